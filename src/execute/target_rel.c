/*
 * target_rel.c
 *    A relation that rows are written to: its indexes, NOT NULL and CHECK, generated columns, conflict search.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/nbtree.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "commands/trigger.h"
#include "execute/modify.h"
#include "executor/executor.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

/* ---- opening ---- */
void
target_rel_check_kind(Relation rel, CmdType op)
{
	switch (rel->rd_rel->relkind)
	{
		case RELKIND_RELATION:
			break;
		case RELKIND_SEQUENCE:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot change sequence \"%s\"", RelationGetRelationName(rel)));
		case RELKIND_TOASTVALUE:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot change TOAST relation \"%s\"", RelationGetRelationName(rel)));
		case RELKIND_VIEW:
			ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					op == CMD_INSERT   ? errmsg("cannot insert into view \"%s\"", RelationGetRelationName(rel))
					: op == CMD_UPDATE ? errmsg("cannot update view \"%s\"", RelationGetRelationName(rel))
									   : errmsg("cannot delete from view \"%s\"", RelationGetRelationName(rel)));
		case RELKIND_MATVIEW:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot change materialized view \"%s\"", RelationGetRelationName(rel)));
		case RELKIND_PARTITIONED_TABLE:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("writing to a partitioned table is not supported"));
		case RELKIND_FOREIGN_TABLE:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("foreign tables are not supported"));
		default:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot change relation \"%s\"", RelationGetRelationName(rel)));
	}
}

/* Triggers of users would have to fire; only those of foreign keys are known. */
static void
check_triggers(Relation rel)
{
	for (int i = 0; rel->trigdesc && i < rel->trigdesc->numtriggers; i++)
	{
		Trigger *t = &rel->trigdesc->triggers[i];

		if (!t->tgisinternal && t->tgenabled != 'D')
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("triggers are not supported (trigger \"%s\" on table \"%s\")", t->tgname,
						   RelationGetRelationName(rel)));
	}
}

static void
open_indexes(TargetRel *t)
{
	List *oids = t->rel->rd_rel->relhasindex ? RelationGetIndexList(t->rel) : NIL;
	ListCell *lc;

	t->indexes = palloc_array(Relation, Max(list_length(oids), 1));
	t->infos = palloc_array(IndexInfo *, Max(list_length(oids), 1));
	foreach (lc, oids)
	{
		t->indexes[t->nindexes] = index_open(lfirst_oid(lc), RowExclusiveLock);
		t->infos[t->nindexes] = BuildIndexInfo(t->indexes[t->nindexes]);
		t->nindexes++;
	}
	list_free(oids);
}

static void
prepare_checks(TargetRel *t)
{
	TupleConstr *constr = t->desc->constr;
	List *exprs = NIL;

	if (constr == NULL || constr->num_check == 0)
		return;
	for (int i = 0; i < constr->num_check; i++)
	{
		if (!constr->check[i].ccvalid && !OidIsValid(RelationGetRelid(t->rel)))
			continue;
		exprs = lappend(exprs, stringToNode(constr->check[i].ccbin));
	}
	t->checks = row_exprs_prepare(exprs, t->desc, t->cxt);
}

static void
prepare_generated(TargetRel *t)
{
	TupleConstr *constr = t->desc->constr;
	List *exprs = NIL;

	if (constr == NULL || !constr->has_generated_stored)
		return;
	t->generated_cols = palloc_array(AttrNumber, t->desc->natts);
	for (int i = 0; i < t->desc->natts; i++)
	{
		if (TupleDescAttr(t->desc, i)->attgenerated != ATTRIBUTE_GENERATED_STORED)
			continue;
		for (int d = 0; d < constr->num_defval; d++)
			if (constr->defval[d].adnum == i + 1)
			{
				exprs = lappend(exprs, stringToNode(constr->defval[d].adbin));
				t->generated_cols[t->ngenerated++] = i + 1;
			}
	}
	t->generated = row_exprs_prepare(exprs, t->desc, t->cxt);
}

TargetRel *
target_rel_open(Relation rel, Index rti, CmdType op, bool with_indexes, MemoryContext parent)
{
	MemoryContext cxt = AllocSetContextCreate(parent, "TargetRel", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	TargetRel *t = palloc0_object(TargetRel);

	t->cxt = cxt;
	t->rel = rel;
	t->rti = rti;
	t->desc = RelationGetDescr(rel);
	target_rel_check_kind(rel, op);
	check_triggers(rel);
	if (with_indexes)
	{
		open_indexes(t);
		t->indexes_open = true;
	}
	if (op != CMD_DELETE)
	{
		prepare_checks(t);
		prepare_generated(t);
	}
	t->wants_insert_events = after_trigger_wanted(rel, TRIGGER_OP_INSERT);
	t->wants_update_events = after_trigger_wanted(rel, TRIGGER_OP_UPDATE);
	t->wants_delete_events = after_trigger_wanted(rel, TRIGGER_OP_DELETE);
	MemoryContextSwitchTo(old);
	return t;
}

void
target_rel_close(TargetRel *t)
{
	for (int i = 0; i < t->nindexes; i++)
		index_close(t->indexes[i], NoLock);
	MemoryContextDelete(t->cxt);
}

/* ---- description of a row in errors ---- */
#define DESCRIBE_VALUE_MAX 64

static void
describe_value(StringInfo buf, Form_pg_attribute att, Datum value, bool isnull)
{
	Oid fn;
	bool varlena;
	char *s;
	int len;

	if (isnull)
	{
		appendStringInfoString(buf, "null");
		return;
	}
	getTypeOutputInfo(att->atttypid, &fn, &varlena);
	s = OidOutputFunctionCall(fn, value);
	len = (int) strlen(s);
	if (len <= DESCRIBE_VALUE_MAX)
		appendBinaryStringInfo(buf, s, len);
	else
	{
		appendBinaryStringInfo(buf, s, pg_mbcliplen(s, len, DESCRIBE_VALUE_MAX));
		appendStringInfoString(buf, "...");
	}
}

/* All columns when the user may read the table; otherwise those that he may read, with their names. */
char *
target_rel_describe_row(TargetRel *t, HeapTuple tuple)
{
	Oid relid = RelationGetRelid(t->rel);
	bool all = pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
	StringInfoData values;
	StringInfoData names;
	bool any = false;

	initStringInfo(&values);
	initStringInfo(&names);
	appendStringInfoChar(&values, '(');
	appendStringInfoChar(&names, '(');
	for (int i = 0; i < t->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(t->desc, i);
		bool isnull;
		Datum d;

		if (att->attisdropped)
			continue;
		if (!all && pg_attribute_aclcheck(relid, att->attnum, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
			continue;
		if (any)
		{
			appendStringInfoString(&values, ", ");
			appendStringInfoString(&names, ", ");
		}
		any = true;
		appendStringInfoString(&names, NameStr(att->attname));
		d = heap_getattr(tuple, i + 1, t->desc, &isnull);
		describe_value(&values, att, d, isnull);
	}
	if (!any)
		return NULL;
	appendStringInfoChar(&values, ')');
	appendStringInfoChar(&names, ')');
	if (all)
		return values.data;
	appendStringInfo(&names, " = %s", values.data);
	return names.data;
}

/* ---- constraints ---- */
static void
fail_not_null(TargetRel *t, int attno, HeapTuple tuple)
{
	char *row = target_rel_describe_row(t, tuple);

	ereport(ERROR, errcode(ERRCODE_NOT_NULL_VIOLATION),
			errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
				   NameStr(TupleDescAttr(t->desc, attno - 1)->attname), RelationGetRelationName(t->rel)),
			row ? errdetail("Failing row contains %s.", row) : 0, errtablecol(t->rel, attno));
}

static void
fail_check(TargetRel *t, const char *name, HeapTuple tuple)
{
	char *row = target_rel_describe_row(t, tuple);

	ereport(ERROR, errcode(ERRCODE_CHECK_VIOLATION),
			errmsg("new row for relation \"%s\" violates check constraint \"%s\"", RelationGetRelationName(t->rel), name),
			row ? errdetail("Failing row contains %s.", row) : 0, errtableconstraint(t->rel, name));
}

void
target_rel_check(TargetRel *t, HeapTuple tuple)
{
	TupleConstr *constr = t->desc->constr;

	if (constr == NULL)
		return;
	if (constr->has_not_null && HeapTupleHasNulls(tuple))
		for (int i = 0; i < t->desc->natts; i++)
			if (TupleDescAttr(t->desc, i)->attnotnull && heap_attisnull(tuple, i + 1, t->desc))
				fail_not_null(t, i + 1, tuple);
	if (t->checks)
	{
		int failed = row_exprs_first_failed(t->checks, tuple);

		if (failed >= 0)
			fail_check(t, constr->check[failed].ccname, tuple);
	}
}

/* The tuple with its stored generated columns filled in; the same tuple when there are none. */
HeapTuple
target_rel_compute_generated(TargetRel *t, HeapTuple tuple)
{
	Datum *values;
	bool *nulls;
	int cols[1600];

	if (t->generated == NULL)
		return tuple;
	values = palloc_array(Datum, t->ngenerated);
	nulls = palloc_array(bool, t->ngenerated);
	row_exprs_eval_tuple(t->generated, tuple, values, nulls);
	for (int i = 0; i < t->ngenerated; i++)
		cols[i] = t->generated_cols[i];
	{
		HeapTuple result = heap_modify_tuple_by_cols(tuple, t->desc, t->ngenerated, cols, values, nulls);

		result->t_self = tuple->t_self;
		result->t_tableOid = tuple->t_tableOid;
		return result;
	}
}

/* ---- index entries ---- */
static bool
is_arbiter(ArbiterCheck *arb, Relation index)
{
	if (arb == NULL || !index->rd_index->indisunique)
		return false;
	return arb->index_oids == NIL ? index->rd_index->indimmediate
								  : list_member_oid(arb->index_oids, RelationGetRelid(index));
}

bool
target_rel_insert_index_entries(TargetRel *t, HeapTuple tuple, EState *estate, bool update, ArbiterCheck *arb)
{
	Datum values[INDEX_MAX_KEYS];
	bool nulls[INDEX_MAX_KEYS];
	bool clean = true;

	for (int i = 0; i < t->nindexes; i++)
	{
		Relation index = t->indexes[i];
		IndexInfo *info = t->infos[i];
		IndexUniqueCheck check = UNIQUE_CHECK_NO;
		bool ok;

		if (!info->ii_ReadyForInserts || !index_predicate_holds(info, tuple, t->desc))
			continue;
		index_form_datum(info, tuple, t->desc, values, nulls);
		if (index->rd_index->indisunique)
			check = is_arbiter(arb, index) || !index->rd_index->indimmediate ? UNIQUE_CHECK_PARTIAL : UNIQUE_CHECK_YES;
		ok = index_insert(index, values, nulls, &tuple->t_self, t->rel, check, false, info);
		if (check != UNIQUE_CHECK_PARTIAL || ok)
			continue;
		if (is_arbiter(arb, index))
			clean = false;
		else
			after_trigger_queue_unique(t->rel, index, &tuple->t_self);
	}
	return clean;
}

/* ---- conflicts ---- */

/* Keys for "equal to these values" on a unique index. False: some value is NULL, so nothing conflicts. */
static bool
equality_keys(Relation index, IndexInfo *info, const Datum *values, const bool *nulls, ScanKeyData *keys)
{
	for (int i = 0; i < info->ii_NumIndexKeyAttrs; i++)
	{
		Oid type = index->rd_opcintype[i];
		Oid op = get_opfamily_member(index->rd_opfamily[i], type, type, BTEqualStrategyNumber);

		if (nulls[i])
		{
			if (!info->ii_NullsNotDistinct)
				return false;
			ScanKeyEntryInitialize(&keys[i], SK_ISNULL | SK_SEARCHNULL, i + 1, InvalidStrategy, InvalidOid,
								   index->rd_indcollation[i], InvalidOid, (Datum) 0);
			continue;
		}
		if (!OidIsValid(op))
			elog(ERROR, "missing operator %d(%u,%u) in opfamily %u", BTEqualStrategyNumber, type, type,
				 index->rd_opfamily[i]);
		ScanKeyEntryInitialize(&keys[i], 0, i + 1, BTEqualStrategyNumber, type, index->rd_indcollation[i],
							   get_opcode(op), values[i]);
	}
	return true;
}

typedef enum ConflictState
{
	CONFLICT_NONE,
	CONFLICT_FOUND,
	CONFLICT_WAIT /* somebody is at work on the row: wait, then look again */
} ConflictState;

static ConflictState
search_conflict(TargetRel *t, Relation index, IndexInfo *info, ScanKeyData *keys, HeapTuple self,
				ItemPointer conflict, TransactionId *wait_for, uint32 *token)
{
	SnapshotData dirty;
	IndexScanDesc scan;
	HeapTuple found;
	ConflictState result = CONFLICT_NONE;

	InitDirtySnapshot(dirty);
	scan = index_beginscan(t->rel, index, &dirty, info->ii_NumIndexKeyAttrs, 0);
	index_rescan(scan, keys, info->ii_NumIndexKeyAttrs, NULL, 0);
	while ((found = index_getnext(scan, ForwardScanDirection)) != NULL)
	{
		if (ItemPointerIsValid(&self->t_self) && ItemPointerEquals(&self->t_self, &found->t_self))
			continue;
		*conflict = found->t_self;
		*wait_for = TransactionIdIsValid(dirty.xmin) ? dirty.xmin : dirty.xmax;
		*token = TransactionIdIsValid(dirty.xmin) ? dirty.speculativeToken : 0;
		result = TransactionIdIsValid(*wait_for) ? CONFLICT_WAIT : CONFLICT_FOUND;
		break;
	}
	index_endscan(scan);
	return result;
}

bool
target_rel_find_conflict(TargetRel *t, HeapTuple tuple, ArbiterCheck *arb)
{
	Datum values[INDEX_MAX_KEYS];
	bool nulls[INDEX_MAX_KEYS];
	ScanKeyData keys[INDEX_MAX_KEYS];
	bool any = false;

	for (int i = 0; i < t->nindexes; i++)
	{
		Relation index = t->indexes[i];
		IndexInfo *info = t->infos[i];

		if (!is_arbiter(arb, index))
			continue;
		if (!index->rd_index->indimmediate)
			ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters"),
					errtableconstraint(t->rel, RelationGetRelationName(index)));
		any = true;
		if (!info->ii_ReadyForInserts || !index_predicate_holds(info, tuple, t->desc))
			continue;
		index_form_datum(info, tuple, t->desc, values, nulls);
		if (!equality_keys(index, info, values, nulls, keys))
			continue;
		for (;;)
		{
			TransactionId wait_for;
			uint32 token;
			ConflictState s =
				search_conflict(t, index, info, keys, tuple, &arb->conflict_tid, &wait_for, &token);

			if (s == CONFLICT_FOUND)
				return true;
			if (s == CONFLICT_NONE)
				break;
			CHECK_FOR_INTERRUPTS();
			if (token != 0)
				SpeculativeInsertionWait(wait_for, token);
			else
				XactLockTableWait(wait_for, t->rel, &arb->conflict_tid, XLTW_InsertIndex);
		}
	}
	if (arb->index_oids != NIL && !any)
		elog(ERROR, "unexpected failure to find arbiter index");
	return false;
}
