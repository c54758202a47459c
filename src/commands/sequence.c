/*
 * sequence.c
 *    CREATE and ALTER SEQUENCE.
 *
 * The parameters are a row of pg_sequence, transactional; the state is the sequence's own tuple (sequence_values.c). ALTER SEQUENCE gives the
 * sequence a new file when it changes the state, so that a rollback brings the old one back.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_sequence.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/sequence.h"
#include "commands/sequence_internal.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_type.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

/* The options as they were given; NULL: not given. */
typedef struct SequenceOptions
{
	DefElem *as_type;
	DefElem *increment;
	DefElem *start;
	DefElem *restart;
	DefElem *max;
	DefElem *min;
	DefElem *cache;
	DefElem *cycle;
	List *owned_by;
} SequenceOptions;

/* Parameters and state together: what options work on. */
typedef struct SequenceState
{
	FormData_pg_sequence p;
	int64 last_value;
	bool is_called;
	bool rewrite; /* the state has changed */
} SequenceState;

/* ---- options --------------------------------------------------------------------------------------------------------------------- */

static SequenceOptions
collect_options(ParseState *pstate, List *options)
{
	SequenceOptions result = {0};
	ListCell *lc;

	foreach (lc, options)
	{
		DefElem *def = lfirst(lc);
		DefElem **slot = NULL;

		if (strcmp(def->defname, "as") == 0)
			slot = &result.as_type;
		else if (strcmp(def->defname, "increment") == 0)
			slot = &result.increment;
		else if (strcmp(def->defname, "start") == 0)
			slot = &result.start;
		else if (strcmp(def->defname, "restart") == 0)
			slot = &result.restart;
		else if (strcmp(def->defname, "maxvalue") == 0)
			slot = &result.max;
		else if (strcmp(def->defname, "minvalue") == 0)
			slot = &result.min;
		else if (strcmp(def->defname, "cache") == 0)
			slot = &result.cache;
		else if (strcmp(def->defname, "cycle") == 0)
			slot = &result.cycle;
		else if (strcmp(def->defname, "owned_by") == 0)
		{
			if (result.owned_by)
				errorConflictingDefElem(def, pstate);
			result.owned_by = defGetQualifiedName(def);
			continue;
		}
		else if (strcmp(def->defname, "sequence_name") == 0)
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid sequence option SEQUENCE NAME"),
					parser_errposition(pstate, def->location));
		else
			elog(ERROR, "option \"%s\" not recognized", def->defname);
		if (*slot)
			errorConflictingDefElem(def, pstate);
		*slot = def;
	}
	return result;
}

static int64
type_max(Oid type)
{
	return type == INT2OID ? PG_INT16_MAX : type == INT4OID ? PG_INT32_MAX : PG_INT64_MAX;
}

static int64
type_min(Oid type)
{
	return type == INT2OID ? PG_INT16_MIN : type == INT4OID ? PG_INT32_MIN : PG_INT64_MIN;
}

/* AS type: limits that were the old type's own become the new type's. */
static void
apply_type(ParseState *pstate, const SequenceOptions *o, SequenceState *s, bool is_new, bool for_identity, bool *reset_max,
		   bool *reset_min)
{
	Oid type;

	if (o->as_type == NULL)
	{
		if (is_new)
			s->p.seqtypid = INT8OID;
		return;
	}
	type = typenameTypeId(pstate, defGetTypeName(o->as_type));
	if (type != INT2OID && type != INT4OID && type != INT8OID)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				for_identity ? errmsg("identity column type must be smallint, integer, or bigint")
							 : errmsg("sequence type must be smallint, integer, or bigint"));
	if (!is_new)
	{
		*reset_max = s->p.seqmax == type_max(s->p.seqtypid);
		*reset_min = s->p.seqmin == type_min(s->p.seqtypid);
	}
	s->p.seqtypid = type;
}

static void
apply_limits(const SequenceOptions *o, SequenceState *s, bool is_new, bool reset_max, bool reset_min)
{
	FormData_pg_sequence *p = &s->p;

	if (o->max && o->max->arg)
		p->seqmax = defGetInt64(o->max);
	else if (is_new || o->max || reset_max)
		p->seqmax = p->seqincrement > 0 ? type_max(p->seqtypid) : -1;
	if (p->seqmax < type_min(p->seqtypid) || p->seqmax > type_max(p->seqtypid))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("MAXVALUE (%lld) is out of range for sequence data type %s", (long long) p->seqmax,
					   format_type_be(p->seqtypid)));
	if (o->min && o->min->arg)
		p->seqmin = defGetInt64(o->min);
	else if (is_new || o->min || reset_min)
		p->seqmin = p->seqincrement < 0 ? type_min(p->seqtypid) : 1;
	if (p->seqmin < type_min(p->seqtypid) || p->seqmin > type_max(p->seqtypid))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("MINVALUE (%lld) is out of range for sequence data type %s", (long long) p->seqmin,
					   format_type_be(p->seqtypid)));
	if (p->seqmin >= p->seqmax)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("MINVALUE (%lld) must be less than MAXVALUE (%lld)", (long long) p->seqmin, (long long) p->seqmax));
}

static void
check_between(const char *what, int64 value, const FormData_pg_sequence *p)
{
	if (value < p->seqmin)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("%s value (%lld) cannot be less than MINVALUE (%lld)", what, (long long) value,
					   (long long) p->seqmin));
	if (value > p->seqmax)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("%s value (%lld) cannot be greater than MAXVALUE (%lld)", what, (long long) value,
					   (long long) p->seqmax));
}

static void
apply_start(const SequenceOptions *o, SequenceState *s, bool is_new)
{
	if (o->start)
		s->p.seqstart = defGetInt64(o->start);
	else if (is_new)
		s->p.seqstart = s->p.seqincrement > 0 ? s->p.seqmin : s->p.seqmax;
	check_between("START", s->p.seqstart, &s->p);

	if (o->restart)
	{
		s->last_value = o->restart->arg ? defGetInt64(o->restart) : s->p.seqstart;
		s->is_called = false;
		s->rewrite = true;
	}
	else if (is_new)
	{
		s->last_value = s->p.seqstart;
		s->is_called = false;
	}
	check_between("RESTART", s->last_value, &s->p);
}

static void
apply_options(ParseState *pstate, const SequenceOptions *o, SequenceState *s, bool is_new, bool for_identity)
{
	bool reset_max = false;
	bool reset_min = false;

	apply_type(pstate, o, s, is_new, for_identity, &reset_max, &reset_min);
	if (o->increment)
	{
		s->p.seqincrement = defGetInt64(o->increment);
		if (s->p.seqincrement == 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("INCREMENT must not be zero"));
	}
	else if (is_new)
		s->p.seqincrement = 1;
	if (o->cycle)
		s->p.seqcycle = boolVal(o->cycle->arg);
	else if (is_new)
		s->p.seqcycle = false;
	apply_limits(o, s, is_new, reset_max, reset_min);
	apply_start(o, s, is_new);
	if (o->cache)
	{
		s->p.seqcache = defGetInt64(o->cache);
		if (s->p.seqcache <= 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("CACHE (%lld) must be greater than zero", (long long) s->p.seqcache));
	}
	else if (is_new)
		s->p.seqcache = 1;
	/* Whatever changes how values follow each other makes logged-ahead values worthless. */
	if (o->increment || o->max || o->min || o->cycle || o->cache || o->as_type)
		s->rewrite = true;
}

/* ---- OWNED BY ------------------------------------------------------------------------------------------------------------------------ */

static void
apply_owned_by(Relation seqrel, List *owned_by, bool for_identity)
{
	DependencyType deptype = for_identity ? DEPENDENCY_INTERNAL : DEPENDENCY_AUTO;
	int nnames = list_length(owned_by);
	Relation tablerel = NULL;
	AttrNumber attnum = 0;
	ObjectAddress depender;

	if (nnames == 1)
	{
		if (strcmp(strVal(linitial(owned_by)), "none") != 0)
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid OWNED BY option"),
					errhint("Specify OWNED BY table.column or OWNED BY NONE."));
	}
	else
	{
		List *relname = list_truncate(list_copy(owned_by), nnames - 1);
		char *attrname = strVal(llast(owned_by));
		RangeVar *rv = makeRangeVarFromNameList(relname);
		char kind;

		tablerel = relation_openrv(rv, AccessShareLock);
		kind = tablerel->rd_rel->relkind;
		if (kind != RELKIND_RELATION && kind != RELKIND_FOREIGN_TABLE && kind != RELKIND_VIEW &&
			kind != RELKIND_PARTITIONED_TABLE)
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("sequence cannot be owned by relation \"%s\"", RelationGetRelationName(tablerel)));
		if (seqrel->rd_rel->relowner != tablerel->rd_rel->relowner)
			ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("sequence must have same owner as table it is linked to"));
		if (RelationGetNamespace(seqrel) != RelationGetNamespace(tablerel))
			ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("sequence must be in same schema as table it is linked to"));
		attnum = get_attnum(RelationGetRelid(tablerel), attrname);
		if (attnum == InvalidAttrNumber)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("column \"%s\" of relation \"%s\" does not exist", attrname,
						   RelationGetRelationName(tablerel)));
	}
	if (deptype == DEPENDENCY_AUTO)
	{
		Oid table_id;
		int32 col_id;

		if (sequenceIsOwned(RelationGetRelid(seqrel), DEPENDENCY_INTERNAL, &table_id, &col_id))
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("cannot change ownership of identity sequence"),
					errdetail("Sequence \"%s\" is linked to table \"%s\".", RelationGetRelationName(seqrel),
							  get_rel_name(table_id)));
	}
	deleteDependencyRecordsForClass(RelationRelationId, RelationGetRelid(seqrel), RelationRelationId, deptype);
	if (tablerel)
	{
		ObjectAddress referenced;

		ObjectAddressSubSet(referenced, RelationRelationId, RelationGetRelid(tablerel), attnum);
		ObjectAddressSet(depender, RelationRelationId, RelationGetRelid(seqrel));
		recordDependencyOn(&depender, &referenced, deptype);
		relation_close(tablerel, NoLock);
	}
}

/* ---- create ---------------------------------------------------------------------------------------------------------------------------- */

static List *
sequence_columns(void)
{
	static const struct
	{
		const char *name;
		Oid type;
	} columns[] = {{"last_value", INT8OID}, {"log_cnt", INT8OID}, {"is_called", BOOLOID}};
	List *result = NIL;

	for (int i = 0; i < lengthof(columns); i++)
	{
		ColumnDef *column = makeColumnDef(columns[i].name, columns[i].type, -1, InvalidOid);

		column->is_not_null = true;
		result = lappend(result, column);
	}
	return result;
}

static void
insert_parameters(const FormData_pg_sequence *p)
{
	Relation rel = table_open(SequenceRelationId, RowExclusiveLock);
	Datum values[Natts_pg_sequence];
	bool nulls[Natts_pg_sequence] = {false};
	HeapTuple tuple;

	values[Anum_pg_sequence_seqrelid - 1] = ObjectIdGetDatum(p->seqrelid);
	values[Anum_pg_sequence_seqtypid - 1] = ObjectIdGetDatum(p->seqtypid);
	values[Anum_pg_sequence_seqstart - 1] = Int64GetDatum(p->seqstart);
	values[Anum_pg_sequence_seqincrement - 1] = Int64GetDatum(p->seqincrement);
	values[Anum_pg_sequence_seqmax - 1] = Int64GetDatum(p->seqmax);
	values[Anum_pg_sequence_seqmin - 1] = Int64GetDatum(p->seqmin);
	values[Anum_pg_sequence_seqcache - 1] = Int64GetDatum(p->seqcache);
	values[Anum_pg_sequence_seqcycle - 1] = BoolGetDatum(p->seqcycle);
	tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
	CatalogTupleInsert(rel, tuple);
	heap_freetuple(tuple);
	table_close(rel, RowExclusiveLock);
}

ObjectAddress
DefineSequence(ParseState *pstate, CreateSeqStmt *seq)
{
	CreateStmt *stmt = makeNode(CreateStmt);
	SequenceOptions options;
	SequenceState state = {.rewrite = true};
	ObjectAddress address;
	Relation rel;

	if (seq->if_not_exists)
	{
		Oid existing;

		RangeVarGetAndCheckCreationNamespace(seq->sequence, NoLock, &existing);
		if (OidIsValid(existing))
		{
			ereport(NOTICE, errcode(ERRCODE_DUPLICATE_TABLE),
					errmsg("relation \"%s\" already exists, skipping", seq->sequence->relname));
			return InvalidObjectAddress;
		}
	}
	options = collect_options(pstate, seq->options);
	apply_options(pstate, &options, &state, true, seq->for_identity);

	stmt->relation = seq->sequence;
	stmt->tableElts = sequence_columns();
	stmt->oncommit = ONCOMMIT_NOOP;
	stmt->if_not_exists = seq->if_not_exists;
	address = DefineRelation(stmt, RELKIND_SEQUENCE, seq->ownerId, NULL, NULL);

	rel = table_open(address.objectId, AccessExclusiveLock);
	sequence_write_first(rel, state.last_value, state.is_called);
	if (options.owned_by)
		apply_owned_by(rel, options.owned_by, seq->for_identity);
	table_close(rel, NoLock);
	state.p.seqrelid = address.objectId;
	insert_parameters(&state.p);
	return address;
}

/* ---- alter ------------------------------------------------------------------------------------------------------------------------------ */

static void
read_state(Relation rel, SequenceState *s)
{
	HeapTupleData tuple;
	Buffer buffer;
	Form_pg_sequence_data data = sequence_lock_tuple(rel, &buffer, &tuple);

	s->last_value = data->last_value;
	s->is_called = data->is_called;
	UnlockReleaseBuffer(buffer);
}

ObjectAddress
AlterSequence(ParseState *pstate, AlterSeqStmt *stmt)
{
	ObjectAddress address;
	SequenceOptions options;
	SequenceState state = {0};
	Relation catalog;
	Relation rel;
	HeapTuple tuple;
	Oid relid = RangeVarGetRelidExtended(stmt->sequence, ShareRowExclusiveLock, stmt->missing_ok ? RVR_MISSING_OK : 0,
										 RangeVarCallbackOwnsRelation, NULL);

	if (relid == InvalidOid)
	{
		ereport(NOTICE, errmsg("relation \"%s\" does not exist, skipping", stmt->sequence->relname));
		return InvalidObjectAddress;
	}
	sequence_open(relid, &rel);
	catalog = table_open(SequenceRelationId, RowExclusiveLock);
	tuple = SearchSysCacheCopy1(SEQRELID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for sequence %u", relid);
	state.p = *(Form_pg_sequence) GETSTRUCT(tuple);
	read_state(rel, &state);
	options = collect_options(pstate, stmt->options);
	apply_options(pstate, &options, &state, false, stmt->for_identity);
	if (state.rewrite)
	{
		RelationSetNewRelfilenode(rel, rel->rd_rel->relpersistence);
		sequence_write_first(rel, state.last_value, state.is_called);
	}
	sequence_forget_cached(relid);
	if (options.owned_by)
		apply_owned_by(rel, options.owned_by, stmt->for_identity);
	*(Form_pg_sequence) GETSTRUCT(tuple) = state.p;
	CatalogTupleUpdate(catalog, &tuple->t_self, tuple);
	ObjectAddressSet(address, RelationRelationId, relid);
	table_close(catalog, RowExclusiveLock);
	relation_close(rel, NoLock);
	return address;
}

void
DeleteSequenceTuple(Oid relid)
{
	Relation rel = table_open(SequenceRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(relid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for sequence %u", relid);
	CatalogTupleDelete(rel, &tuple->t_self);
	ReleaseSysCache(tuple);
	table_close(rel, RowExclusiveLock);
}

/* TRUNCATE ... RESTART IDENTITY: back to the start, undone by a rollback. */
void
ResetSequence(Oid seq_relid)
{
	HeapTuple tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(seq_relid));
	int64 start;
	Relation rel;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for sequence %u", seq_relid);
	start = ((Form_pg_sequence) GETSTRUCT(tuple))->seqstart;
	ReleaseSysCache(tuple);
	sequence_open(seq_relid, &rel);
	RelationSetNewRelfilenode(rel, rel->rd_rel->relpersistence);
	sequence_write_first(rel, start, false);
	sequence_forget_cached(seq_relid);
	relation_close(rel, NoLock);
}

/* The options that would make this sequence: for tables made like another. */
List *
sequence_options(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(relid));
	FormData_pg_sequence p;
	List *options = NIL;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for sequence %u", relid);
	p = *(Form_pg_sequence) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);
#define NUMBER(v) ((Node *) makeFloat(psprintf("%lld", (long long) (v))))
	options = lappend(options, makeDefElem("cache", NUMBER(p.seqcache), -1));
	options = lappend(options, makeDefElem("cycle", (Node *) makeBoolean(p.seqcycle), -1));
	options = lappend(options, makeDefElem("increment", NUMBER(p.seqincrement), -1));
	options = lappend(options, makeDefElem("maxvalue", NUMBER(p.seqmax), -1));
	options = lappend(options, makeDefElem("minvalue", NUMBER(p.seqmin), -1));
	options = lappend(options, makeDefElem("start", NUMBER(p.seqstart), -1));
#undef NUMBER
	return options;
}
