/*
 * foreign_key.c
 *    Foreign keys: finding the key on the other side, the operators, the constraint, its triggers.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/heap.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/alter_table.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

typedef struct ForeignKeyColumns
{
	int n;
	AttrNumber fk[INDEX_MAX_KEYS];
	AttrNumber pk[INDEX_MAX_KEYS];
	Oid fk_types[INDEX_MAX_KEYS];
	Oid pk_types[INDEX_MAX_KEYS];
	Oid opclasses[INDEX_MAX_KEYS];
	Oid pf_eq[INDEX_MAX_KEYS];
	Oid pp_eq[INDEX_MAX_KEYS];
	Oid ff_eq[INDEX_MAX_KEYS];
	int ndelete_set;
	AttrNumber delete_set[INDEX_MAX_KEYS];
} ForeignKeyColumns;

static int
columns_by_name(Relation rel, List *names, AttrNumber *attnums, Oid *types)
{
	int n = 0;
	ListCell *lc;

	foreach(lc, names)
	{
		char *name = strVal(lfirst(lc));
		HeapTuple tuple = SearchSysCacheAttName(RelationGetRelid(rel), name);

		if (!HeapTupleIsValid(tuple))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" referenced in foreign key constraint does not exist", name));
		if (((Form_pg_attribute) GETSTRUCT(tuple))->attnum < 0)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("system columns cannot be used in foreign keys"));
		if (n >= INDEX_MAX_KEYS)
			ereport(ERROR, errcode(ERRCODE_TOO_MANY_COLUMNS), errmsg("cannot have more than %d keys in a foreign key", INDEX_MAX_KEYS));
		attnums[n] = ((Form_pg_attribute) GETSTRUCT(tuple))->attnum;
		if (types)
			types[n] = ((Form_pg_attribute) GETSTRUCT(tuple))->atttypid;
		n++;
		ReleaseSysCache(tuple);
	}
	return n;
}

static void
index_classes(HeapTuple tuple, Oid *classes, int n)
{
	oidvector *v = (oidvector *) DatumGetPointer(SysCacheGetAttrNotNull(INDEXRELID, tuple, Anum_pg_index_indclass));

	memcpy(classes, v->values, n * sizeof(Oid));
}

/* No columns named on the other side: its primary key. */
static Oid
use_primary_key(Relation pkrel, ForeignKeyColumns *cols)
{
	Oid indexoid = RelationGetPrimaryKeyIndex(pkrel);
	HeapTuple tuple;
	Form_pg_index index;

	if (!OidIsValid(indexoid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("there is no primary key for referenced table \"%s\"", RelationGetRelationName(pkrel)));
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexoid));
	index = (Form_pg_index) GETSTRUCT(tuple);
	if (!index->indimmediate)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("cannot use a deferrable primary key for referenced table \"%s\"", RelationGetRelationName(pkrel)));
	for (int i = 0; i < index->indnkeyatts; i++)
	{
		cols->pk[i] = index->indkey.values[i];
		cols->pk_types[i] = get_atttype(RelationGetRelid(pkrel), cols->pk[i]);
	}
	cols->n = index->indnkeyatts;
	index_classes(tuple, cols->opclasses, cols->n);
	ReleaseSysCache(tuple);
	return indexoid;
}

/* The index has just these columns, in any order: note their operator classes. */
static bool
index_matches(HeapTuple tuple, ForeignKeyColumns *cols)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	Oid classes[INDEX_MAX_KEYS];

	if (index->indnkeyatts != cols->n || !index->indisunique || !index->indisvalid ||
		!heap_attisnull(tuple, Anum_pg_index_indpred, NULL) || !heap_attisnull(tuple, Anum_pg_index_indexprs, NULL))
		return false;
	index_classes(tuple, classes, cols->n);
	for (int i = 0; i < cols->n; i++)
	{
		bool found = false;

		for (int j = 0; j < cols->n && !found; j++)
		{
			if (cols->pk[i] == index->indkey.values[j])
			{
				cols->opclasses[i] = classes[j];
				found = true;
			}
		}
		if (!found)
			return false;
	}
	return true;
}

static Oid
find_unique_index(Relation pkrel, ForeignKeyColumns *cols)
{
	bool found_deferrable = false;
	Oid result = InvalidOid;
	ListCell *lc;

	for (int i = 0; i < cols->n; i++)
	{
		for (int j = i + 1; j < cols->n; j++)
		{
			if (cols->pk[i] == cols->pk[j])
				ereport(ERROR, errcode(ERRCODE_INVALID_FOREIGN_KEY), errmsg("foreign key referenced-columns list must not contain duplicates"));
		}
	}
	foreach(lc, RelationGetIndexList(pkrel))
	{
		HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(lc)));

		if (index_matches(tuple, cols))
		{
			if (((Form_pg_index) GETSTRUCT(tuple))->indimmediate)
				result = lfirst_oid(lc);
			else
				found_deferrable = true;
		}
		ReleaseSysCache(tuple);
		if (OidIsValid(result))
			return result;
	}
	if (found_deferrable)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("cannot use a deferrable unique constraint for referenced table \"%s\"", RelationGetRelationName(pkrel)));
	ereport(ERROR, errcode(ERRCODE_INVALID_FOREIGN_KEY),
			errmsg("there is no unique constraint matching given keys for referenced table \"%s\"", RelationGetRelationName(pkrel)));
}

/* How are the two sides compared? With an operator of the index's family for both types, or after an implicit cast. */
static void
choose_operators(ForeignKeyColumns *cols, int i, const char *name, Constraint *con, Relation rel, Relation pkrel)
{
	Oid family = get_opclass_family(cols->opclasses[i]);
	Oid intype = get_opclass_input_type(cols->opclasses[i]);
	Oid fktype = getBaseType(cols->fk_types[i]);
	Oid pfeq = InvalidOid;
	Oid ffeq = InvalidOid;
	Oid ppeq = get_opfamily_member(family, intype, intype, BTEqualStrategyNumber);

	if (!OidIsValid(ppeq))
		elog(ERROR, "missing operator %d(%u,%u) in opfamily %u", BTEqualStrategyNumber, intype, intype, family);
	pfeq = get_opfamily_member(family, intype, fktype, BTEqualStrategyNumber);
	if (OidIsValid(pfeq))
		ffeq = get_opfamily_member(family, fktype, fktype, BTEqualStrategyNumber);
	if (!OidIsValid(pfeq) || !OidIsValid(ffeq))
	{
		Oid inputs[2] = {cols->pk_types[i], cols->fk_types[i]};
		Oid targets[2] = {intype, intype};

		if (can_coerce_type(2, inputs, targets, COERCION_IMPLICIT))
			pfeq = ffeq = ppeq;
	}
	if (!OidIsValid(pfeq) || !OidIsValid(ffeq))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("foreign key constraint \"%s\" cannot be implemented", name),
				errdetail("Key columns \"%s\" and \"%s\" are of incompatible types: %s and %s.", get_attname(RelationGetRelid(rel), cols->fk[i], false),
						  get_attname(RelationGetRelid(pkrel), cols->pk[i], false), format_type_be(cols->fk_types[i]),
						  format_type_be(cols->pk_types[i])));
	cols->pp_eq[i] = ppeq;
	cols->pf_eq[i] = pfeq;
	cols->ff_eq[i] = ffeq;
}

static void
check_tables(Relation rel, Relation pkrel)
{
	if (pkrel->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("referenced relation \"%s\" is not a table", RelationGetRelationName(pkrel)));
	if (!allowSystemTableMods && IsSystemRelation(pkrel))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied: \"%s\" is a system catalog", RelationGetRelationName(pkrel)));
	switch (rel->rd_rel->relpersistence)
	{
		case RELPERSISTENCE_PERMANENT:
			if (!RelationIsPermanent(pkrel))
				ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("constraints on permanent tables may reference only permanent tables"));
			break;
		case RELPERSISTENCE_UNLOGGED:
			if (pkrel->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
				ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
						errmsg("constraints on unlogged tables may reference only permanent or unlogged tables"));
			break;
		case RELPERSISTENCE_TEMP:
			if (pkrel->rd_rel->relpersistence != RELPERSISTENCE_TEMP)
				ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("constraints on temporary tables may reference only temporary tables"));
			if (!pkrel->rd_islocaltemp || !rel->rd_islocaltemp)
				ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
						errmsg("constraints on temporary tables must involve temporary tables of this session"));
	}
}

static void
check_permission(Relation pkrel, const ForeignKeyColumns *cols)
{
	if (pg_class_aclcheck(RelationGetRelid(pkrel), GetUserId(), ACL_REFERENCES) == ACLCHECK_OK)
		return;
	for (int i = 0; i < cols->n; i++)
	{
		if (pg_attribute_aclcheck(RelationGetRelid(pkrel), cols->pk[i], GetUserId(), ACL_REFERENCES) != ACLCHECK_OK)
			aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(pkrel->rd_rel->relkind), RelationGetRelationName(pkrel));
	}
}

static Oid
action_function(char action, bool on_delete)
{
	switch (action)
	{
		case FKCONSTR_ACTION_NOACTION:
			return on_delete ? F_RI_FKEY_NOACTION_DEL : F_RI_FKEY_NOACTION_UPD;
		case FKCONSTR_ACTION_RESTRICT:
			return on_delete ? F_RI_FKEY_RESTRICT_DEL : F_RI_FKEY_RESTRICT_UPD;
		case FKCONSTR_ACTION_CASCADE:
			return on_delete ? F_RI_FKEY_CASCADE_DEL : F_RI_FKEY_CASCADE_UPD;
		case FKCONSTR_ACTION_SETNULL:
			return on_delete ? F_RI_FKEY_SETNULL_DEL : F_RI_FKEY_SETNULL_UPD;
		case FKCONSTR_ACTION_SETDEFAULT:
			return on_delete ? F_RI_FKEY_SETDEFAULT_DEL : F_RI_FKEY_SETDEFAULT_UPD;
		default:
			elog(ERROR, "unrecognized FK action type: %d", (int) action);
	}
}

static void
create_trigger(Oid on, Oid other, Oid function, int16 event, Constraint *con, Oid constraint, Oid index, bool action)
{
	TriggerSpec spec = {.name = action ? "RI_ConstraintTrigger_a" : "RI_ConstraintTrigger_c",
						.relation = on,
						.function = function,
						.type = TRIGGER_TYPE_ROW | event,
						.constraint_relation = other,
						.constraint = constraint,
						.constraint_index = index,
						.deferrable = con->deferrable,
						.initdeferred = con->initdeferred};

	trigger_create_internal(&spec);
}

static void
create_triggers(Oid fkrel, Oid pkrel, Constraint *con, Oid constraint, Oid index)
{
	Constraint immediate = *con;
	bool delete_now = con->fk_del_action != FKCONSTR_ACTION_NOACTION;
	bool update_now = con->fk_upd_action != FKCONSTR_ACTION_NOACTION;

	/* actions are never deferred, only checks are */
	immediate.deferrable = immediate.initdeferred = false;
	create_trigger(pkrel, fkrel, action_function(con->fk_del_action, true), TRIGGER_TYPE_DELETE, delete_now ? &immediate : con, constraint, index, true);
	create_trigger(pkrel, fkrel, action_function(con->fk_upd_action, false), TRIGGER_TYPE_UPDATE, update_now ? &immediate : con, constraint, index, true);
	create_trigger(fkrel, pkrel, F_RI_FKEY_CHECK_INS, TRIGGER_TYPE_INSERT, con, constraint, index, false);
	create_trigger(fkrel, pkrel, F_RI_FKEY_CHECK_UPD, TRIGGER_TYPE_UPDATE, con, constraint, index, false);
}

static char *
default_name(Relation rel, List *columns)
{
	StringInfoData buf;
	ListCell *lc;

	initStringInfo(&buf);
	foreach(lc, columns)
		appendStringInfo(&buf, "%s%s", foreach_current_index(lc) > 0 ? "_" : "", strVal(lfirst(lc)));
	return ChooseConstraintName(RelationGetRelationName(rel), buf.data, "fkey", RelationGetNamespace(rel), NIL);
}

static void
check_generated(Relation rel, Constraint *con, const ForeignKeyColumns *cols)
{
	for (int i = 0; i < cols->n; i++)
	{
		if (!TupleDescAttr(RelationGetDescr(rel), cols->fk[i] - 1)->attgenerated)
			continue;
		if (con->fk_upd_action == FKCONSTR_ACTION_SETNULL || con->fk_upd_action == FKCONSTR_ACTION_SETDEFAULT ||
			con->fk_upd_action == FKCONSTR_ACTION_CASCADE)
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid %s action for foreign key constraint containing generated column", "ON UPDATE"));
		if (con->fk_del_action == FKCONSTR_ACTION_SETNULL || con->fk_del_action == FKCONSTR_ACTION_SETDEFAULT)
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid %s action for foreign key constraint containing generated column", "ON DELETE"));
	}
}

Oid
foreign_key_create(Relation rel, Constraint *con)
{
	Relation pkrel = table_openrv(con->pktable, ShareRowExclusiveLock);
	ForeignKeyColumns *cols = palloc0(sizeof(ForeignKeyColumns));
	ConstraintEntry entry = {.type = CONSTRAINT_FOREIGN};
	int nfk;
	Oid index;
	Oid constraint;

	check_tables(rel, pkrel);
	nfk = columns_by_name(rel, con->fk_attrs, cols->fk, cols->fk_types);
	cols->ndelete_set = columns_by_name(rel, con->fk_del_set_cols, cols->delete_set, NULL);
	if (con->pk_attrs == NIL)
		index = use_primary_key(pkrel, cols);
	else
	{
		cols->n = columns_by_name(pkrel, con->pk_attrs, cols->pk, cols->pk_types);
		index = find_unique_index(pkrel, cols);
	}
	check_permission(pkrel, cols);
	if (nfk != cols->n)
		ereport(ERROR, errcode(ERRCODE_INVALID_FOREIGN_KEY), errmsg("number of referencing and referenced columns for foreign key disagree"));
	check_generated(rel, con, cols);
	if (con->conname == NULL)
		con->conname = default_name(rel, con->fk_attrs);
	else if (ConstraintNameIsUsed(CONSTRAINT_RELATION, RelationGetRelid(rel), con->conname))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("constraint \"%s\" for relation \"%s\" already exists", con->conname, RelationGetRelationName(rel)));
	for (int i = 0; i < cols->n; i++)
		choose_operators(cols, i, con->conname, con, rel, pkrel);
	entry.name = con->conname;
	entry.namespace = RelationGetNamespace(rel);
	entry.deferrable = con->deferrable;
	entry.initdeferred = con->initdeferred;
	entry.validated = con->initially_valid;
	entry.relation = RelationGetRelid(rel);
	entry.index = index;
	entry.keys = cols->fk;
	entry.nkeys = entry.ntotal_keys = cols->n;
	entry.foreign_relation = RelationGetRelid(pkrel);
	entry.foreign_keys = cols->pk;
	entry.pf_eq_ops = cols->pf_eq;
	entry.pp_eq_ops = cols->pp_eq;
	entry.ff_eq_ops = cols->ff_eq;
	entry.nforeign_keys = cols->n;
	entry.foreign_update = con->fk_upd_action;
	entry.foreign_delete = con->fk_del_action;
	entry.foreign_match = con->fk_matchtype;
	entry.delete_set_cols = cols->delete_set;
	entry.ndelete_set_cols = cols->ndelete_set;
	entry.is_local = true;
	entry.noinherit = true;
	constraint = constraint_create(&entry);
	CommandCounterIncrement();
	create_triggers(RelationGetRelid(rel), RelationGetRelid(pkrel), con, constraint, index);
	table_close(pkrel, NoLock);
	return constraint;
}
