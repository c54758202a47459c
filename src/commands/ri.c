/*
 * ri.c
 *    Foreign keys.
 *
 * Everything is a small SQL statement run through SPI with a kept plan per constraint and purpose: the check of a referencing row
 * is SELECT ... FOR KEY SHARE on the referenced table, an action is a DELETE, UPDATE or SELECT on the referencing one. They run
 * as the owner of the table that they touch, as PostgreSQL's do.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "commands/ri.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_oper.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/datum.h"
#include "storage/bufmgr.h"

/* One constraint, from pg_constraint. */
typedef struct RiConstraint
{
	Oid oid;
	bool valid;
	NameData name;
	Oid pk_relid;
	Oid fk_relid;
	char updtype;
	char deltype;
	char matchtype;
	int nkeys;
	int16 pk[INDEX_MAX_KEYS];
	int16 fk[INDEX_MAX_KEYS];
	Oid pf_eq[INDEX_MAX_KEYS];
	Oid ff_eq[INDEX_MAX_KEYS];
	Oid pp_eq[INDEX_MAX_KEYS];
	int ndelset;
	int16 delset[INDEX_MAX_KEYS];
} RiConstraint;

typedef enum RiQuery
{
	RI_CHECK,
	RI_CASCADE_DEL,
	RI_CASCADE_UPD,
	RI_NOREF,			/* NO ACTION, RESTRICT: is somebody referencing? */
	RI_PK_STILL,		/* NO ACTION: has another row taken the key? */
	RI_SETNULL_DEL,
	RI_SETNULL_UPD,
	RI_SETDEFAULT_DEL,
	RI_SETDEFAULT_UPD
} RiQuery;

typedef struct RiPlanKey
{
	Oid constraint;
	int32 query;
} RiPlanKey;
typedef struct RiPlanEntry
{
	RiPlanKey key;
	SPIPlanPtr plan;
} RiPlanEntry;

static HTAB *ri_constraints;
static HTAB *ri_plans;

/* ---- trigger functions: they exist for the catalogs; the executor calls ri_fire ---- */
static const struct
{
	Oid fn;
	RiQuery query;
} ri_functions[] = {
	{F_RI_FKEY_CHECK_INS, RI_CHECK},		   {F_RI_FKEY_CHECK_UPD, RI_CHECK},
	{F_RI_FKEY_CASCADE_DEL, RI_CASCADE_DEL},   {F_RI_FKEY_CASCADE_UPD, RI_CASCADE_UPD},
	{F_RI_FKEY_RESTRICT_DEL, RI_NOREF},		   {F_RI_FKEY_RESTRICT_UPD, RI_NOREF},
	{F_RI_FKEY_SETNULL_DEL, RI_SETNULL_DEL},   {F_RI_FKEY_SETNULL_UPD, RI_SETNULL_UPD},
	{F_RI_FKEY_SETDEFAULT_DEL, RI_SETDEFAULT_DEL}, {F_RI_FKEY_SETDEFAULT_UPD, RI_SETDEFAULT_UPD},
	{F_RI_FKEY_NOACTION_DEL, RI_NOREF},		   {F_RI_FKEY_NOACTION_UPD, RI_NOREF},
};

static bool
query_of_function(Oid fn, RiQuery *query)
{
	for (int i = 0; i < (int) lengthof(ri_functions); i++)
		if (ri_functions[i].fn == fn)
		{
			*query = ri_functions[i].query;
			return true;
		}
	return false;
}

bool
ri_is_trigger_function(Oid fn)
{
	RiQuery q;

	return query_of_function(fn, &q);
}

/* ---- constraints ---- */
static void
invalidate_constraints(Datum arg, int cacheid, uint32 hashvalue)
{
	HASH_SEQ_STATUS seq;
	RiConstraint *c;

	hash_seq_init(&seq, ri_constraints);
	while ((c = hash_seq_search(&seq)) != NULL)
		c->valid = false;
}

static void
init_tables(void)
{
	HASHCTL ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(RiConstraint)};
	HASHCTL pctl = {.keysize = sizeof(RiPlanKey), .entrysize = sizeof(RiPlanEntry)};

	ri_constraints = hash_create("RI constraint cache", 64, &ctl, HASH_ELEM | HASH_BLOBS);
	ri_plans = hash_create("RI query cache", 64, &pctl, HASH_ELEM | HASH_BLOBS);
	CacheRegisterSyscacheCallback(CONSTROID, invalidate_constraints, (Datum) 0);
}

static int
int16_array(HeapTuple tup, int attno, int16 *out)
{
	bool isnull;
	Datum d = SysCacheGetAttr(CONSTROID, tup, attno, &isnull);
	ArrayType *a;

	if (isnull)
		return 0;
	a = DatumGetArrayTypeP(d);
	memcpy(out, ARR_DATA_PTR(a), sizeof(int16) * ARR_DIMS(a)[0]);
	return ARR_DIMS(a)[0];
}

static void
oid_array(HeapTuple tup, int attno, Oid *out)
{
	bool isnull;
	Datum d = SysCacheGetAttr(CONSTROID, tup, attno, &isnull);
	ArrayType *a;

	if (isnull)
		elog(ERROR, "null operator array in a foreign key constraint");
	a = DatumGetArrayTypeP(d);
	memcpy(out, ARR_DATA_PTR(a), sizeof(Oid) * ARR_DIMS(a)[0]);
}

static RiConstraint *
load_constraint(Oid oid)
{
	RiConstraint *c;
	HeapTuple tup;
	Form_pg_constraint con;
	bool found;

	if (ri_constraints == NULL)
		init_tables();
	c = hash_search(ri_constraints, &oid, HASH_ENTER, &found);
	if (found && c->valid)
		return c;
	c->valid = false;
	tup = SearchSysCache1(CONSTROID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tup))
		elog(ERROR, "cache lookup failed for constraint %u", oid);
	con = (Form_pg_constraint) GETSTRUCT(tup);
	if (con->contype != CONSTRAINT_FOREIGN)
		elog(ERROR, "constraint %u is not a foreign key constraint", oid);
	c->name = con->conname;
	c->pk_relid = con->confrelid;
	c->fk_relid = con->conrelid;
	c->updtype = con->confupdtype;
	c->deltype = con->confdeltype;
	c->matchtype = con->confmatchtype;
	c->nkeys = int16_array(tup, Anum_pg_constraint_conkey, c->fk);
	int16_array(tup, Anum_pg_constraint_confkey, c->pk);
	oid_array(tup, Anum_pg_constraint_conpfeqop, c->pf_eq);
	oid_array(tup, Anum_pg_constraint_conppeqop, c->pp_eq);
	oid_array(tup, Anum_pg_constraint_conffeqop, c->ff_eq);
	c->ndelset = int16_array(tup, Anum_pg_constraint_confdelsetcols, c->delset);
	ReleaseSysCache(tup);
	c->valid = true;
	return c;
}

void
ri_constraint_deferral(Oid constraint, bool *deferrable, bool *deferred)
{
	HeapTuple tup = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));

	if (!HeapTupleIsValid(tup))
		elog(ERROR, "cache lookup failed for constraint %u", constraint);
	*deferrable = ((Form_pg_constraint) GETSTRUCT(tup))->condeferrable;
	*deferred = ((Form_pg_constraint) GETSTRUCT(tup))->condeferred;
	ReleaseSysCache(tup);
}

/* ---- keys ---- */
typedef enum KeyNulls
{
	KEYS_NO_NULLS,
	KEYS_SOME_NULLS,
	KEYS_ALL_NULLS
} KeyNulls;

static KeyNulls
key_nulls(HeapTuple tup, TupleDesc desc, const int16 *cols, int n)
{
	int nulls = 0;

	for (int i = 0; i < n; i++)
		nulls += heap_attisnull(tup, cols[i], desc);
	return nulls == 0 ? KEYS_NO_NULLS : (nulls == n ? KEYS_ALL_NULLS : KEYS_SOME_NULLS);
}

/* Old and new key equal, bytewise or by the operator. */
static bool
keys_unchanged(HeapTuple a, HeapTuple b, TupleDesc desc, const int16 *cols, const Oid *eqops, int n, bool bytewise)
{
	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, cols[i] - 1);
		bool an;
		bool bn;
		Datum x = heap_getattr(a, cols[i], desc, &an);
		Datum y = heap_getattr(b, cols[i], desc, &bn);

		if (an || bn)
			return false;
		if (datumIsEqual(x, y, att->attbyval, att->attlen))
			continue;
		if (bytewise)
			return false;
		{
			Oid left;
			Oid right;

			op_input_types(eqops[i], &left, &right);
			/* The operator may be of a type that the column only coerces to: then take it for changed. */
			if (left != att->atttypid && !(left == TEXTOID && att->atttypid == VARCHAROID))
				return false;
			if (!DatumGetBool(OidFunctionCall2Coll(get_opcode(eqops[i]), att->attcollation, x, y)))
				return false;
		}
	}
	return true;
}

bool
ri_event_needed(Relation rel, const Trigger *trigger, TriggerOperation op, HeapTuple oldtup, HeapTuple newtup)
{
	RiConstraint *c = load_constraint(trigger->tgconstraint);
	TupleDesc desc = RelationGetDescr(rel);
	RiQuery query = RI_CHECK;

	query_of_function(trigger->tgfoid, &query);
	if (query == RI_CHECK)
	{
		KeyNulls nulls = key_nulls(newtup, desc, c->fk, c->nkeys);

		if (nulls == KEYS_ALL_NULLS || (nulls == KEYS_SOME_NULLS && c->matchtype == FKCONSTR_MATCH_SIMPLE))
			return false;
		if (op == TRIGGER_OP_INSERT)
			return true;
		/*
		 * An unchanged key was checked when it came; but not yet if this transaction inserted the old version and the check
		 * is deferred: its event would not find that version any more.
		 */
		if (TransactionIdIsCurrentTransactionId(HeapTupleGetRawXmin(oldtup)))
			return true;
		return !keys_unchanged(oldtup, newtup, desc, c->fk, c->ff_eq, c->nkeys, false);
	}
	if (key_nulls(oldtup, desc, c->pk, c->nkeys) != KEYS_NO_NULLS)
		return false;
	if (newtup == NULL)
		return true;
	return !keys_unchanged(oldtup, newtup, desc, c->pk, c->pp_eq, c->nkeys, true);
}

/* ---- queries ---- */
static void
append_relation(StringInfo buf, Relation rel)
{
	appendStringInfoString(buf, quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
														   RelationGetRelationName(rel)));
}

static const char *
column_name(Relation rel, int attno)
{
	return quote_identifier(NameStr(TupleDescAttr(RelationGetDescr(rel), attno - 1)->attname));
}

/* "left OPERATOR(schema.=) right", with casts to the operator's input types where the columns have others. */
static void
append_equal(StringInfo buf, const char *left, Oid lefttype, Oid op, const char *right, Oid righttype)
{
	HeapTuple tup = SearchSysCache1(OPEROID, ObjectIdGetDatum(op));
	Oid opleft;
	Oid opright;
	Oid schema;
	char *name = get_opname(op);

	if (!HeapTupleIsValid(tup))
		elog(ERROR, "cache lookup failed for operator %u", op);
	schema = ((Form_pg_operator) GETSTRUCT(tup))->oprnamespace;
	ReleaseSysCache(tup);
	op_input_types(op, &opleft, &opright);
	appendStringInfoString(buf, left);
	if (lefttype != opleft && !IsPolymorphicType(opleft))
		appendStringInfo(buf, "::%s", format_type_be_qualified(opleft));
	appendStringInfo(buf, " OPERATOR(%s.%s) ", quote_identifier(get_namespace_name(schema)), name);
	appendStringInfoString(buf, right);
	if (righttype != opright && !IsPolymorphicType(opright))
		appendStringInfo(buf, "::%s", format_type_be_qualified(opright));
}

static Oid
column_type(Relation rel, int attno)
{
	return TupleDescAttr(RelationGetDescr(rel), attno - 1)->atttypid;
}

/* " WHERE fk1 = $n AND ..." on the referencing table, parameters of the referenced key's types. */
static void
append_fk_match(StringInfo buf, RiConstraint *c, Relation pk, Relation fk, int first_param)
{
	for (int i = 0; i < c->nkeys; i++)
	{
		char param[16];

		snprintf(param, sizeof(param), "$%d", first_param + i);
		appendStringInfoString(buf, i == 0 ? " WHERE " : " AND ");
		append_equal(buf, param, column_type(pk, c->pk[i]), c->pf_eq[i], column_name(fk, c->fk[i]),
					 column_type(fk, c->fk[i]));
	}
}

static void
append_set(StringInfo buf, RiConstraint *c, Relation fk, RiQuery query)
{
	bool on_delete = query == RI_SETNULL_DEL || query == RI_SETDEFAULT_DEL;
	const char *value = query == RI_SETNULL_DEL || query == RI_SETNULL_UPD ? "NULL" : "DEFAULT";
	const int16 *cols = on_delete && c->ndelset > 0 ? c->delset : c->fk;
	int n = on_delete && c->ndelset > 0 ? c->ndelset : c->nkeys;

	for (int i = 0; i < n; i++)
		appendStringInfo(buf, "%s %s = %s", i == 0 ? " SET" : ",", column_name(fk, cols[i]), value);
}

static char *
query_text(RiConstraint *c, RiQuery query, Relation pk, Relation fk)
{
	StringInfoData buf;

	initStringInfo(&buf);
	switch (query)
	{
		case RI_CHECK:
		case RI_PK_STILL:
			appendStringInfoString(&buf, "SELECT 1 FROM ONLY ");
			append_relation(&buf, pk);
			appendStringInfoString(&buf, " x");
			for (int i = 0; i < c->nkeys; i++)
			{
				char param[16];

				snprintf(param, sizeof(param), "$%d", i + 1);
				appendStringInfoString(&buf, i == 0 ? " WHERE " : " AND ");
				append_equal(&buf, column_name(pk, c->pk[i]), column_type(pk, c->pk[i]),
							 query == RI_CHECK ? c->pf_eq[i] : c->pp_eq[i], param,
							 query == RI_CHECK ? column_type(fk, c->fk[i]) : column_type(pk, c->pk[i]));
			}
			appendStringInfoString(&buf, " FOR KEY SHARE OF x");
			break;
		case RI_CASCADE_DEL:
			appendStringInfoString(&buf, "DELETE FROM ONLY ");
			append_relation(&buf, fk);
			append_fk_match(&buf, c, pk, fk, 1);
			break;
		case RI_CASCADE_UPD:
			appendStringInfoString(&buf, "UPDATE ONLY ");
			append_relation(&buf, fk);
			for (int i = 0; i < c->nkeys; i++)
				appendStringInfo(&buf, "%s %s = $%d", i == 0 ? " SET" : ",", column_name(fk, c->fk[i]), i + 1);
			append_fk_match(&buf, c, pk, fk, c->nkeys + 1);
			break;
		case RI_NOREF:
			appendStringInfoString(&buf, "SELECT 1 FROM ONLY ");
			append_relation(&buf, fk);
			appendStringInfoString(&buf, " x");
			append_fk_match(&buf, c, pk, fk, 1);
			appendStringInfoString(&buf, " FOR KEY SHARE OF x");
			break;
		default:
			appendStringInfoString(&buf, "UPDATE ONLY ");
			append_relation(&buf, fk);
			append_set(&buf, c, fk, query);
			append_fk_match(&buf, c, pk, fk, 1);
			break;
	}
	return buf.data;
}

static SPIPlanPtr
get_plan(RiConstraint *c, RiQuery query, Relation pk, Relation fk)
{
	RiPlanKey key = {c->oid, query};
	RiPlanEntry *entry;
	Oid types[INDEX_MAX_KEYS * 2];
	int ntypes = 0;
	bool found;

	entry = hash_search(ri_plans, &key, HASH_ENTER, &found);
	if (found && entry->plan != NULL && SPI_plan_is_valid(entry->plan))
		return entry->plan;
	if (found && entry->plan != NULL)
		SPI_freeplan(entry->plan);
	entry->plan = NULL;
	if (query == RI_CASCADE_UPD)
		for (int i = 0; i < c->nkeys; i++)
			types[ntypes++] = column_type(pk, c->pk[i]);
	for (int i = 0; i < c->nkeys; i++)
		types[ntypes++] = query == RI_CHECK ? column_type(fk, c->fk[i]) : column_type(pk, c->pk[i]);
	{
		SPIPlanPtr plan = SPI_prepare(query_text(c, query, pk, fk), ntypes, types);

		if (plan == NULL)
			elog(ERROR, "SPI_prepare returned %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		entry->plan = plan;
	}
	return entry->plan;
}

static void
key_values(HeapTuple tup, TupleDesc desc, const int16 *cols, int n, Datum *values, char *nulls)
{
	for (int i = 0; i < n; i++)
	{
		bool isnull;

		values[i] = heap_getattr(tup, cols[i], desc, &isnull);
		nulls[i] = isnull ? 'n' : ' ';
	}
}

/*
 * Run one of the queries as the owner of `target`. newkey: first parameters (CASCADE UPDATE). Returns whether any row was
 * found or changed.
 */
static bool
run_query(RiConstraint *c, RiQuery query, Relation pk, Relation fk, HeapTuple tup, const int16 *cols, TupleDesc desc,
		  HeapTuple newkey, Relation target)
{
	Datum values[INDEX_MAX_KEYS * 2];
	char nulls[INDEX_MAX_KEYS * 2];
	SPIPlanPtr plan;
	Snapshot test = InvalidSnapshot;
	Snapshot crosscheck = InvalidSnapshot;
	bool select = query == RI_CHECK || query == RI_NOREF || query == RI_PK_STILL;
	Oid save_user;
	int save_sec;
	int n = 0;
	int rc;

	GetUserIdAndSecContext(&save_user, &save_sec);
	SetUserIdAndSecContext(RelationGetForm(target)->relowner,
						   save_sec | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	plan = get_plan(c, query, pk, fk);
	if (newkey)
	{
		key_values(newkey, desc, cols, c->nkeys, values, nulls);
		n = c->nkeys;
	}
	key_values(tup, desc, cols, c->nkeys, values + n, nulls + n);
	/* With one snapshot per transaction, rows that it does not see must still stop us: look with a fresh one. */
	if (IsolationUsesXactSnapshot() && query != RI_CHECK)
	{
		CommandCounterIncrement();
		test = GetLatestSnapshot();
		crosscheck = GetTransactionSnapshot();
	}
	rc = SPI_execute_snapshot(plan, values, nulls, test, crosscheck, false, false, select ? 1 : 0);
	SetUserIdAndSecContext(save_user, save_sec);
	if (rc < 0)
		elog(ERROR, "SPI_execute_snapshot returned %s", SPI_result_code_string(rc));
	return SPI_processed > 0;
}

/* ---- violations ---- */
static bool
may_see_key(Relation rel, const int16 *cols, int n)
{
	Oid relid = RelationGetRelid(rel);

	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return true;
	for (int i = 0; i < n; i++)
		if (pg_attribute_aclcheck(relid, cols[i], GetUserId(), ACL_SELECT) != ACLCHECK_OK)
			return false;
	return true;
}

static void
describe_key(Relation rel, HeapTuple tup, const int16 *cols, int n, StringInfo names, StringInfo values)
{
	TupleDesc desc = RelationGetDescr(rel);

	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, cols[i] - 1);
		bool isnull;
		Datum d = heap_getattr(tup, cols[i], desc, &isnull);

		appendStringInfo(names, "%s%s", i ? ", " : "", NameStr(att->attname));
		if (isnull)
			appendStringInfo(values, "%snull", i ? ", " : "");
		else
		{
			Oid fn;
			bool varlena;

			getTypeOutputInfo(att->atttypid, &fn, &varlena);
			appendStringInfo(values, "%s%s", i ? ", " : "", OidOutputFunctionCall(fn, d));
		}
	}
}

static void
report_missing_pk(RiConstraint *c, Relation pk, Relation fk, HeapTuple tup)
{
	StringInfoData names;
	StringInfoData values;
	bool visible = may_see_key(fk, c->fk, c->nkeys);

	initStringInfo(&names);
	initStringInfo(&values);
	describe_key(fk, tup, c->fk, c->nkeys, &names, &values);
	ereport(ERROR, errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
			errmsg("insert or update on table \"%s\" violates foreign key constraint \"%s\"",
				   RelationGetRelationName(fk), NameStr(c->name)),
			visible ? errdetail("Key (%s)=(%s) is not present in table \"%s\".", names.data, values.data,
								RelationGetRelationName(pk))
					: errdetail("Key is not present in table \"%s\".", RelationGetRelationName(pk)),
			errtableconstraint(fk, NameStr(c->name)));
}

static void
report_still_referenced(RiConstraint *c, Relation pk, Relation fk, HeapTuple tup)
{
	StringInfoData names;
	StringInfoData values;
	bool visible = may_see_key(pk, c->pk, c->nkeys);

	initStringInfo(&names);
	initStringInfo(&values);
	describe_key(pk, tup, c->pk, c->nkeys, &names, &values);
	ereport(ERROR, errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
			errmsg("update or delete on table \"%s\" violates foreign key constraint \"%s\" on table \"%s\"",
				   RelationGetRelationName(pk), NameStr(c->name), RelationGetRelationName(fk)),
			visible ? errdetail("Key (%s)=(%s) is still referenced from table \"%s\".", names.data, values.data,
								RelationGetRelationName(fk))
					: errdetail("Key is still referenced from table \"%s\".", RelationGetRelationName(fk)),
			errtableconstraint(fk, NameStr(c->name)));
}

/* ---- firing ---- */
static void
check_reference(RiConstraint *c, Relation fk, HeapTuple tup)
{
	TupleDesc desc = RelationGetDescr(fk);
	Relation pk;

	/* Deferred checks may come for a row that has gone. */
	switch (key_nulls(tup, desc, c->fk, c->nkeys))
	{
		case KEYS_ALL_NULLS:
			return;
		case KEYS_SOME_NULLS:
			if (c->matchtype == FKCONSTR_MATCH_FULL)
				ereport(ERROR, errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
						errmsg("insert or update on table \"%s\" violates foreign key constraint \"%s\"",
							   RelationGetRelationName(fk), NameStr(c->name)),
						errdetail("MATCH FULL does not allow mixing of null and nonnull key values."),
						errtableconstraint(fk, NameStr(c->name)));
			return;
		case KEYS_NO_NULLS:
			break;
	}
	pk = table_open(c->pk_relid, RowShareLock);
	if (!run_query(c, RI_CHECK, pk, fk, tup, c->fk, desc, NULL, pk))
		report_missing_pk(c, pk, fk, tup);
	table_close(pk, NoLock);
}

static bool
row_is_live(Relation rel, HeapTuple tup)
{
	HeapTupleData probe = {0};
	Buffer buffer;
	bool live;

	probe.t_self = tup->t_self;
	live = heap_fetch(rel, SnapshotSelf, &probe, &buffer, false);
	if (live)
		ReleaseBuffer(buffer);
	return live;
}

void
ri_fire(Relation rel, const Trigger *trigger, HeapTuple oldtup, HeapTuple newtup)
{
	RiConstraint *c = load_constraint(trigger->tgconstraint);
	RiQuery query = RI_CHECK;
	Relation fk;

	query_of_function(trigger->tgfoid, &query);
	SPI_connect();
	if (query == RI_CHECK)
	{
		/* The row may have been changed again, or deleted, before a deferred check. */
		if (row_is_live(rel, newtup))
			check_reference(c, rel, newtup);
		SPI_finish();
		return;
	}
	fk = table_open(c->fk_relid, RowExclusiveLock);
	if (query == RI_NOREF)
	{
		bool no_action = trigger->tgfoid == F_RI_FKEY_NOACTION_DEL || trigger->tgfoid == F_RI_FKEY_NOACTION_UPD;

		/* NO ACTION allows the key to have come back in another row. */
		if (!(no_action && run_query(c, RI_PK_STILL, rel, fk, oldtup, c->pk, RelationGetDescr(rel), NULL, rel)) &&
			run_query(c, RI_NOREF, rel, fk, oldtup, c->pk, RelationGetDescr(rel), NULL, fk))
			report_still_referenced(c, rel, fk, oldtup);
	}
	else
	{
		run_query(c, query, rel, fk, oldtup, c->pk, RelationGetDescr(rel), query == RI_CASCADE_UPD ? newtup : NULL, fk);
		/* The default must itself be a valid reference, also when it equals the old key and so nothing was queued. */
		if ((query == RI_SETDEFAULT_DEL || query == RI_SETDEFAULT_UPD) &&
			!run_query(c, RI_PK_STILL, rel, fk, oldtup, c->pk, RelationGetDescr(rel), NULL, rel) &&
			run_query(c, RI_NOREF, rel, fk, oldtup, c->pk, RelationGetDescr(rel), NULL, fk))
			report_still_referenced(c, rel, fk, oldtup);
	}
	table_close(fk, NoLock);
	SPI_finish();
}

/* ---- ALTER TABLE ... ADD FOREIGN KEY, VALIDATE ---- */
void
ri_validate_constraint(Oid constraint_oid)
{
	RiConstraint *c = load_constraint(constraint_oid);
	Relation fk = table_open(c->fk_relid, RowShareLock);
	Relation pk = table_open(c->pk_relid, RowShareLock);
	StringInfoData buf;
	bool full = c->matchtype == FKCONSTR_MATCH_FULL;

	/* Rows whose key has no partner. */
	initStringInfo(&buf);
	appendStringInfoString(&buf, "SELECT fk.ctid FROM ONLY ");
	append_relation(&buf, fk);
	appendStringInfoString(&buf, " fk LEFT OUTER JOIN ONLY ");
	append_relation(&buf, pk);
	appendStringInfoString(&buf, " pk ON (");
	for (int i = 0; i < c->nkeys; i++)
	{
		if (i > 0)
			appendStringInfoString(&buf, " AND ");
		append_equal(&buf, psprintf("pk.%s", column_name(pk, c->pk[i])), column_type(pk, c->pk[i]), c->pf_eq[i],
					 psprintf("fk.%s", column_name(fk, c->fk[i])), column_type(fk, c->fk[i]));
	}
	appendStringInfo(&buf, ") WHERE pk.%s IS NULL AND (", column_name(pk, c->pk[0]));
	for (int i = 0; i < c->nkeys; i++)
		appendStringInfo(&buf, "%sfk.%s IS NOT NULL", i == 0 ? "" : (full ? " OR " : " AND "), column_name(fk, c->fk[i]));
	appendStringInfoChar(&buf, ')');
	SPI_connect();
	if (SPI_execute(buf.data, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed for a foreign key validation");
	if (SPI_processed > 0)
	{
		bool isnull;
		HeapTupleData tup = {0};
		HeapTuple copy;
		Buffer buffer;

		tup.t_self = *(ItemPointer) DatumGetPointer(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
		if (!heap_fetch(fk, GetActiveSnapshot(), &tup, &buffer, false))
			elog(ERROR, "failed to fetch the row that violates a foreign key");
		copy = heap_copytuple(&tup);
		ReleaseBuffer(buffer);
		if (full && key_nulls(copy, RelationGetDescr(fk), c->fk, c->nkeys) != KEYS_NO_NULLS)
			check_reference(c, fk, copy);
		report_missing_pk(c, pk, fk, copy);
	}
	SPI_finish();
	table_close(pk, NoLock);
	table_close(fk, NoLock);
}
