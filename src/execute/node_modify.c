/*
 * node_modify.c
 *    INSERT, UPDATE, DELETE with RETURNING and ON CONFLICT.
 *
 * The subplan gives new column values (INSERT: all columns; UPDATE: the changed ones, in updateColnosLists' order) and, for UPDATE
 * and DELETE, the row's ctid. Rows of an INSERT without ON CONFLICT and RETURNING are inserted a batch at a time.
 *
 * What concurrent transactions did comes back from the heap as TM_Result. Under READ COMMITTED a row that was updated
 * meanwhile is locked in its newest version and goes through EvalPlanQual (epq.c); under REPEATABLE READ it is an error.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "execute/deform.h"
#include "execute/epq.h"
#include "execute/modify.h"
#include "execute/row.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

/* One relation written to, with what is compiled for it. */
typedef struct ModifyTarget
{
	Index rti;
	Oid relid;
	TargetRel *t;			/* open during an execution */
	List *colnos;			/* UPDATE: attribute of each of the subplan's leading columns */
	TupleDesc desc;			/* copy */
	Projection *returning;
	ExprList *check_options;
	List *check_option_nodes;
	/* one row as a batch, for RETURNING, ON CONFLICT and check options */
	Batch row;
	Datum *values;
	bool *nulls;
	HeapTupleData tuple;
	/* ON CONFLICT DO UPDATE */
	Batch excluded;
	Datum *ex_values;
	bool *ex_nulls;
	HeapTupleData ex_tuple;
	ExprList *conflict_set;
	ExprList *conflict_where;
} ModifyTarget;

typedef struct ModifyTableState
{
	PlanState ps;
	CmdType op;
	int ntargets;
	ModifyTarget *targets;
	int ctid_col;
	int tableoid_col;
	bool returning;
	RowBatch ret;			/* rows of RETURNING */
	RowLayout ret_layout;
	Batch *in;				/* input batch with rows to do */
	int in_at;
	MemoryContext row_cxt;	/* one row's tuples */
	EpqState epq;
	double conflicts;
} ModifyTableState;

/* ---- initialisation ---- */
static void
init_row_batch(Batch *b, TupleDesc desc, Datum **values, bool **nulls)
{
	int n = Max(desc->natts, 1);
	Vector *cols = palloc_array(Vector, n);

	*values = palloc0_array(Datum, n);
	*nulls = palloc0_array(bool, n);
	for (int i = 0; i < desc->natts; i++)
		cols[i] = (Vector){&(*values)[i], &(*nulls)[i], 0};
	*b = (Batch){.sel = {1, 1, NULL}, .ncols = desc->natts, .cols = cols, .desc = desc};
}

static void
load_row(Batch *b, Datum *values, bool *nulls, HeapTupleData *place, HeapTuple tuple, TupleDesc desc)
{
	heap_deform_tuple(tuple, desc, values, nulls);
	*place = *tuple;
	b->tuples = place;
}

static void
init_on_conflict(ModifyTableState *ms, ModifyTarget *mt, ModifyTable *plan, ExprCompiler *c)
{
	init_row_batch(&mt->excluded, mt->desc, &mt->ex_values, &mt->ex_nulls);
	if (plan->onConflictAction != ONCONFLICT_UPDATE)
		return;
	c->excluded_rti = plan->exclRelRTI;
	mt->conflict_set = expr_compile_list(c, plan->onConflictSet);
	if (plan->onConflictWhere)
		mt->conflict_where = expr_compile_list(c, IsA(plan->onConflictWhere, List)
													  ? (List *) plan->onConflictWhere
													  : list_make1(plan->onConflictWhere));
}

static void
init_target(ModifyTableState *ms, int i, ModifyTable *plan)
{
	ModifyTarget *mt = &ms->targets[i];
	EState *estate = ms->ps.state;
	Relation rel;
	ExprCompiler c;

	mt->rti = list_nth_int(plan->resultRelations, i);
	rel = exec_open_relation(estate, mt->rti);
	target_rel_check_kind(rel, ms->op);
	mt->relid = RelationGetRelid(rel);
	mt->desc = CreateTupleDescCopyConstr(RelationGetDescr(rel));
	mt->desc->tdtypeid = RelationGetDescr(rel)->tdtypeid;
	if (ms->op == CMD_UPDATE)
		mt->colnos = list_nth(plan->updateColnosLists, i);
	init_row_batch(&mt->row, mt->desc, &mt->values, &mt->nulls);
	expr_compiler_init(&c, &ms->ps);
	c.scan_desc = mt->desc;
	if (plan->returningLists)
		mt->returning = projection_compile(&c, list_nth(plan->returningLists, i));
	if (plan->withCheckOptionLists)
	{
		List *quals = NIL;
		ListCell *lc;

		mt->check_option_nodes = list_nth(plan->withCheckOptionLists, i);
		foreach (lc, mt->check_option_nodes)
			quals = lappend(quals, make_ands_explicit((List *) ((WithCheckOption *) lfirst(lc))->qual));
		mt->check_options = expr_compile_list(&c, quals);
	}
	if (plan->onConflictAction != ONCONFLICT_NONE)
		init_on_conflict(ms, mt, plan, &c);
}

static void
modify_init(PlanState *ps, int eflags)
{
	ModifyTableState *ms = (ModifyTableState *) ps;
	ModifyTable *plan = (ModifyTable *) ps->plan;
	EState *estate = ps->state;
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);
	List *tlist = outerPlan(plan)->targetlist;

	ms->op = plan->operation;
	if (ms->op == CMD_MERGE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("MERGE is not supported"));
	ps->left = exec_init_node(outerPlan(plan), estate, eflags);
	exec_batch_context(ps);
	ms->row_cxt = AllocSetContextCreate(estate->es_query_cxt, "ModifyTable row", ALLOCSET_DEFAULT_SIZES);
	ms->ctid_col = exec_find_column(tlist, "ctid");
	ms->tableoid_col = exec_find_column(tlist, "tableoid");
	ms->ntargets = list_length(plan->resultRelations);
	ms->targets = palloc0_array(ModifyTarget, ms->ntargets);
	for (int i = 0; i < ms->ntargets; i++)
		init_target(ms, i, plan);
	ms->returning = plan->returningLists != NIL;
	if (ms->returning)
	{
		/* The plan's targetlist is the first RETURNING list. */
		ps->result_desc = ExecTypeFromTL(linitial(plan->returningLists));
		row_batch_init(&ms->ret, ps->result_desc, estate->es_query_cxt);
		row_layout_init(&ms->ret_layout, ps->result_desc, estate->es_query_cxt);
	}
	else
		ps->result_desc = ExecTypeFromTL(NIL);
	epq_init(&ms->epq, estate, outerPlan(plan), epq_build_rowmarks(plan->rowMarks, tlist, estate->es_query_cxt),
			 plan->epqParam);
	if (!plan->canSetTag)
		estate->es_auxmodifytables = lcons(ps, estate->es_auxmodifytables);
	MemoryContextSwitchTo(old);
}

static TargetRel *
open_target(ModifyTableState *ms, ModifyTarget *mt)
{
	if (mt->t == NULL)
		mt->t = target_rel_open(exec_open_relation(ms->ps.state, mt->rti), mt->rti, ms->op, ms->op != CMD_DELETE,
								ms->ps.state->es_query_cxt);
	return mt->t;
}

static ModifyTarget *
target_of_row(ModifyTableState *ms, const Batch *in, int pos)
{
	Oid relid;

	if (ms->ntargets == 1 || ms->tableoid_col < 0)
		return &ms->targets[0];
	relid = DatumGetObjectId(vector_value(&in->cols[ms->tableoid_col], pos));
	for (int i = 0; i < ms->ntargets; i++)
		if (ms->targets[i].relid == relid)
			return &ms->targets[i];
	elog(ERROR, "incorrect result rel OID %u", relid);
}

/* ---- RETURNING and check options ---- */
static void
return_row(ModifyTableState *ms, ModifyTarget *mt, HeapTuple tuple, const Batch *in, int pos)
{
	ExprContext *ec = &ms->ps.ec;
	RowPos row = 0;
	Selection one = {1, 1, NULL};
	Batch outer;
	Vector *cols = NULL;
	MemoryContext old;

	if (mt->returning == NULL)
		return;
	load_row(&mt->row, mt->values, mt->nulls, &mt->tuple, tuple, mt->desc);
	ec->source[BATCH_SCAN] = &mt->row;
	old = MemoryContextSwitchTo(ms->row_cxt);
	if (in != NULL)
	{
		/* The subplan's row at position 0. */
		cols = palloc_array(Vector, Max(in->ncols, 1));
		for (int i = 0; i < in->ncols; i++)
		{
			int at = pos & in->cols[i].mask;

			cols[i] = (Vector){in->cols[i].values + at, in->cols[i].nulls ? in->cols[i].nulls + at : NULL, 0};
		}
		outer = (Batch){.sel = {1, 1, NULL}, .ncols = in->ncols, .cols = cols, .desc = in->desc};
		ec->source[BATCH_OUTER] = &outer;
	}
	(void) row;
	projection_eval(mt->returning, ec, &one);
	MemoryContextSwitchTo(old);
	{
		Batch result = {.sel = one, .ncols = mt->returning->n, .cols = mt->returning->cols};

		row_batch_add_copy(&ms->ret, &ms->ret_layout, &result, 0, ms->ps.batch_cxt);
	}
}

static void
check_view_options(ModifyTableState *ms, ModifyTarget *mt, HeapTuple tuple)
{
	ExprContext *ec = &ms->ps.ec;
	Selection one = {1, 1, NULL};
	RowPos buf[1];

	if (mt->check_options == NULL)
		return;
	load_row(&mt->row, mt->values, mt->nulls, &mt->tuple, tuple, mt->desc);
	ec->source[BATCH_SCAN] = &mt->row;
	for (int i = 0; i < mt->check_options->n; i++)
	{
		WithCheckOption *wco = list_nth(mt->check_option_nodes, i);
		char *row;

		if (mt->check_options->nodes[i]->select(mt->check_options->nodes[i], ec, &one, buf) == 1)
			continue;
		if (wco->kind != WCO_VIEW_CHECK)
			ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					errmsg("new row violates row-level security policy for table \"%s\"", wco->relname));
		row = target_rel_describe_row(mt->t, tuple);
		ereport(ERROR, errcode(ERRCODE_WITH_CHECK_OPTION_VIOLATION),
				errmsg("new row violates check option for view \"%s\"", wco->relname),
				row ? errdetail("Failing row contains %s.", row) : 0);
	}
}

/* ---- INSERT ---- */
static HeapTuple
form_insert_tuple(ModifyTarget *mt, const Batch *in, int pos)
{
	int natts = mt->desc->natts;
	HeapTuple tuple;

	for (int i = 0; i < natts; i++)
	{
		bool given = i < in->ncols && !TupleDescAttr(mt->desc, i)->attisdropped;

		mt->nulls[i] = !given || vector_isnull(&in->cols[i], pos);
		mt->values[i] = mt->nulls[i] ? (Datum) 0 : vector_value(&in->cols[i], pos);
	}
	tuple = heap_form_tuple(mt->desc, mt->values, mt->nulls);
	tuple->t_tableOid = mt->relid;
	ItemPointerSetInvalid(&tuple->t_self);
	return target_rel_compute_generated(mt->t, tuple);
}

static void
insert_plain(ModifyTableState *ms, ModifyTarget *mt, HeapTuple tuple)
{
	heap_insert(mt->t->rel, tuple, ms->ps.state->es_output_cid, 0, NULL);
	if (mt->t->nindexes > 0)
		target_rel_insert_index_entries(mt->t, tuple, ms->ps.state, false, NULL);
}

static void
after_insert(ModifyTableState *ms, ModifyTarget *mt, HeapTuple tuple)
{
	if (((ModifyTable *) ms->ps.plan)->canSetTag)
		ms->ps.state->es_processed++;
	if (mt->t->wants_insert_events)
		after_trigger_queue_row(mt->t->rel, TRIGGER_OP_INSERT, NULL, tuple);
}

/* A whole batch; nothing looks at single rows. */
static void
insert_batch(ModifyTableState *ms, ModifyTarget *mt, const Batch *in)
{
	HeapTuple *tuples = MemoryContextAlloc(ms->row_cxt, sizeof(HeapTuple) * in->sel.n);
	MemoryContext old = MemoryContextSwitchTo(ms->row_cxt);

	for (int k = 0; k < in->sel.n; k++)
	{
		tuples[k] = form_insert_tuple(mt, in, selection_pos(&in->sel, k));
		target_rel_check(mt->t, tuples[k]);
		check_view_options(ms, mt, tuples[k]);
	}
	if (in->sel.n == 1)
		heap_insert(mt->t->rel, tuples[0], ms->ps.state->es_output_cid, 0, NULL);
	else
		heap_multi_insert(mt->t->rel, tuples, in->sel.n, ms->ps.state->es_output_cid, 0, NULL);
	for (int k = 0; k < in->sel.n; k++)
	{
		tuples[k]->t_tableOid = mt->relid;
		if (mt->t->nindexes > 0)
			target_rel_insert_index_entries(mt->t, tuples[k], ms->ps.state, false, NULL);
		after_insert(ms, mt, tuples[k]);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(ms->row_cxt);
}

/* Under REPEATABLE READ a conflict with a row that we cannot see is a serialization failure. */
static void
check_conflict_visible(ModifyTableState *ms, ModifyTarget *mt, ItemPointer tid)
{
	HeapTupleData tup = {0};
	Buffer buffer;
	bool visible;

	if (!IsolationUsesXactSnapshot())
		return;
	tup.t_self = *tid;
	if (!heap_fetch(mt->t->rel, SnapshotAny, &tup, &buffer, false))
		elog(ERROR, "failed to fetch conflicting tuple for ON CONFLICT");
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	visible = TransactionIdIsCurrentTransactionId(HeapTupleGetRawXmin(&tup)) ||
			  HeapTupleSatisfiesVisibility(&tup, ms->ps.state->es_snapshot, buffer);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	ReleaseBuffer(buffer);
	if (!visible)
		ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				errmsg("could not serialize access due to concurrent update"));
}

static void finish_update(ModifyTableState *ms, ModifyTarget *mt, HeapTuple oldtup, HeapTuple newtup);

static LockTupleMode
conflict_lock_mode(ModifyTarget *mt, ModifyTable *plan)
{
	Bitmapset *keys = RelationGetIndexAttrBitmap(mt->t->rel, INDEX_ATTR_BITMAP_KEY);
	ListCell *lc;

	foreach (lc, plan->onConflictCols)
		if (bms_is_member(lfirst_int(lc) - FirstLowInvalidHeapAttributeNumber, keys))
			return LockTupleExclusive;
	return LockTupleNoKeyExclusive;
}

/* DO UPDATE on the conflicting row. False: it changed under us, look for a conflict again. */
static bool
conflict_update(ModifyTableState *ms, ModifyTarget *mt, ItemPointer tid, HeapTuple proposed, const Batch *in, int pos)
{
	ModifyTable *plan = (ModifyTable *) ms->ps.plan;
	EState *estate = ms->ps.state;
	ExprContext *ec = &ms->ps.ec;
	Selection one = {1, 1, NULL};
	RowPos buf[1];
	TM_FailureData tmfd;
	HeapTuple existing;
	HeapTuple newtup;
	Datum *values;
	bool *nulls;
	int *cols;
	ItemPointerData otid = *tid;
	LockTupleMode lockmode;
	TM_Result r;
	int n = list_length(plan->onConflictCols);
	ListCell *lc;

	r = heap_tuple_lock(mt->t->rel, &otid, estate->es_snapshot, &existing, estate->es_output_cid,
						conflict_lock_mode(mt, plan), LockWaitBlock, 0, &tmfd);
	switch (r)
	{
		case TM_Ok:
			break;
		case TM_Invisible:
			ereport(ERROR, errcode(ERRCODE_CARDINALITY_VIOLATION),
					errmsg("ON CONFLICT DO UPDATE command cannot affect row a second time"),
					errhint("Ensure that no rows proposed for insertion within the same command have duplicate "
							"constrained values."));
		case TM_SelfModified:
			elog(ERROR, "unexpected self-updated tuple");
		case TM_Updated:
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg(r == TM_Updated ? "could not serialize access due to concurrent update"
											   : "could not serialize access due to concurrent delete"));
			return false;
		default:
			elog(ERROR, "unrecognized heap_lock_tuple status: %u", r);
	}
	check_conflict_visible(ms, mt, &otid);
	load_row(&mt->row, mt->values, mt->nulls, &mt->tuple, existing, mt->desc);
	load_row(&mt->excluded, mt->ex_values, mt->ex_nulls, &mt->ex_tuple, proposed, mt->desc);
	ec->source[BATCH_SCAN] = &mt->row;
	ec->source[BATCH_EXCLUDED] = &mt->excluded;
	ec->source[BATCH_INNER] = &mt->excluded;
	if (mt->conflict_where && expr_list_select(mt->conflict_where, ec, &one, buf) == 0)
	{
		ms->conflicts++;
		return true;
	}
	values = palloc_array(Datum, n);
	nulls = palloc_array(bool, n);
	cols = palloc_array(int, n);
	foreach (lc, plan->onConflictCols)
	{
		int i = foreach_current_index(lc);
		Vector *v = expr_eval(mt->conflict_set->nodes[i], ec, &one);

		cols[i] = lfirst_int(lc);
		values[i] = vector_value(v, 0);
		nulls[i] = vector_isnull(v, 0);
	}
	newtup = heap_modify_tuple_by_cols(existing, mt->desc, n, cols, values, nulls);
	newtup->t_tableOid = mt->relid;
	newtup = target_rel_compute_generated(mt->t, newtup);
	target_rel_check(mt->t, newtup);
	check_view_options(ms, mt, newtup);
	r = heap_update(mt->t->rel, &otid, newtup, estate->es_output_cid, estate->es_crosscheck_snapshot, true, &tmfd,
					&lockmode);
	if (r != TM_Ok)
		elog(ERROR, "unexpected failure %d to update a locked row", (int) r);
	finish_update(ms, mt, existing, newtup);
	return_row(ms, mt, newtup, in, pos);
	return true;
}

static void
insert_on_conflict(ModifyTableState *ms, ModifyTarget *mt, HeapTuple tuple, const Batch *in, int pos)
{
	ModifyTable *plan = (ModifyTable *) ms->ps.plan;
	ArbiterCheck arb = {.index_oids = plan->arbiterIndexes};
	TransactionId xid;

	for (;;)
	{
		uint32 token;
		bool clean;

		CHECK_FOR_INTERRUPTS();
		ItemPointerSetInvalid(&tuple->t_self);
		if (target_rel_find_conflict(mt->t, tuple, &arb))
		{
			if (plan->onConflictAction == ONCONFLICT_NOTHING)
			{
				check_conflict_visible(ms, mt, &arb.conflict_tid);
				ms->conflicts++;
				return;
			}
			if (conflict_update(ms, mt, &arb.conflict_tid, tuple, in, pos))
				return;
			continue;
		}
		/* Nobody is in the way: insert so that others can tell a try from a row, then see whether somebody was faster. */
		xid = GetCurrentTransactionId();
		token = SpeculativeInsertionLockAcquire(xid);
		HeapTupleHeaderSetSpeculativeToken(tuple->t_data, token);
		heap_insert(mt->t->rel, tuple, ms->ps.state->es_output_cid, HEAP_INSERT_SPECULATIVE, NULL);
		clean = target_rel_insert_index_entries(mt->t, tuple, ms->ps.state, false, &arb);
		if (clean)
			heap_finish_speculative(mt->t->rel, &tuple->t_self);
		else
			heap_abort_speculative(mt->t->rel, &tuple->t_self);
		SpeculativeInsertionLockRelease(xid);
		if (clean)
			break;
	}
	after_insert(ms, mt, tuple);
	return_row(ms, mt, tuple, in, pos);
}

static void
insert_row(ModifyTableState *ms, ModifyTarget *mt, const Batch *in, int pos)
{
	ModifyTable *plan = (ModifyTable *) ms->ps.plan;
	HeapTuple tuple = form_insert_tuple(mt, in, pos);

	target_rel_check(mt->t, tuple);
	check_view_options(ms, mt, tuple);
	if (plan->onConflictAction != ONCONFLICT_NONE)
	{
		insert_on_conflict(ms, mt, tuple, in, pos);
		return;
	}
	insert_plain(ms, mt, tuple);
	after_insert(ms, mt, tuple);
	return_row(ms, mt, tuple, in, pos);
}

/* ---- UPDATE and DELETE ---- */
static void
self_modified(TM_FailureData *tmfd, EState *estate, const char *verb)
{
	if (tmfd->cmax != estate->es_output_cid)
		ereport(ERROR, errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				errmsg("tuple to be %s was already modified by an operation triggered by the current command", verb),
				errhint("Consider using an AFTER trigger instead of a BEFORE trigger to propagate changes to other "
						"rows."));
}

static void
serialization_failure(const char *what)
{
	ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			errmsg("could not serialize access due to concurrent %s", what));
}

/*
 * The row was updated by somebody else: lock its newest version and see whether that still qualifies. On true *tid is
 * the newest version and *plan_row the subplan's row for it.
 */
static bool
recheck_newest(ModifyTableState *ms, ModifyTarget *mt, ItemPointer tid, LockTupleMode lockmode, const Batch *in, int pos,
			   Batch **plan_row, HeapTuple *newest)
{
	EState *estate = ms->ps.state;
	TM_FailureData tmfd;
	TM_Result r;

	if (IsolationUsesXactSnapshot())
		serialization_failure("update");
	epq_begin(&ms->epq, in, pos);
	r = heap_tuple_lock(mt->t->rel, tid, estate->es_snapshot, newest, estate->es_output_cid, lockmode, LockWaitBlock,
						TUPLE_LOCK_FLAG_FIND_LAST_VERSION, &tmfd);
	switch (r)
	{
		case TM_Ok:
			(*newest)->t_tableOid = mt->relid;
			epq_set_tuple(&ms->epq, mt->rti, *newest);
			*plan_row = epq_run(&ms->epq);
			if (*plan_row == NULL)
				return false;
			*tid = (*newest)->t_self;
			return true;
		case TM_Deleted:
			return false;
		case TM_SelfModified:
			self_modified(&tmfd, estate, ms->op == CMD_DELETE ? "deleted" : "updated");
			return false;
		default:
			elog(ERROR, "unexpected heap_tuple_lock status: %u", r);
	}
}

static HeapTuple
fetch_old(ModifyTarget *mt, ItemPointer tid)
{
	HeapTupleData tup = {0};
	HeapTuple copy;
	Buffer buffer;

	tup.t_self = *tid;
	if (!heap_fetch(mt->t->rel, SnapshotAny, &tup, &buffer, false))
		elog(ERROR, "failed to fetch tuple being updated");
	copy = heap_copytuple(&tup);
	copy->t_tableOid = mt->relid;
	ReleaseBuffer(buffer);
	return copy;
}

static HeapTuple
form_update_tuple(ModifyTarget *mt, HeapTuple oldtup, const Batch *in, int pos)
{
	HeapTuple newtup;
	ListCell *lc;

	heap_deform_tuple(oldtup, mt->desc, mt->values, mt->nulls);
	foreach (lc, mt->colnos)
	{
		Vector *v = &in->cols[foreach_current_index(lc)];
		int col = lfirst_int(lc) - 1;

		mt->nulls[col] = vector_isnull(v, pos);
		mt->values[col] = mt->nulls[col] ? (Datum) 0 : vector_value(v, pos);
	}
	for (int i = 0; i < mt->desc->natts; i++)
		if (TupleDescAttr(mt->desc, i)->attisdropped)
			mt->nulls[i] = true;
	newtup = heap_form_tuple(mt->desc, mt->values, mt->nulls);
	newtup->t_tableOid = mt->relid;
	newtup->t_self = oldtup->t_self;
	return target_rel_compute_generated(mt->t, newtup);
}

static void
finish_update(ModifyTableState *ms, ModifyTarget *mt, HeapTuple oldtup, HeapTuple newtup)
{
	if (((ModifyTable *) ms->ps.plan)->canSetTag)
		ms->ps.state->es_processed++;
	newtup->t_tableOid = mt->relid;
	if (mt->t->nindexes > 0 && !HeapTupleIsHeapOnly(newtup))
		target_rel_insert_index_entries(mt->t, newtup, ms->ps.state, true, NULL);
	if (mt->t->wants_update_events)
		after_trigger_queue_row(mt->t->rel, TRIGGER_OP_UPDATE, oldtup, newtup);
}

static void
update_row(ModifyTableState *ms, ModifyTarget *mt, const Batch *in, int pos)
{
	EState *estate = ms->ps.state;
	ItemPointerData tid;
	const Batch *row = in;
	int row_pos = pos;
	HeapTuple oldtup;

	if (vector_isnull(&in->cols[ms->ctid_col], pos))
		elog(ERROR, "ctid is NULL");
	tid = *(ItemPointer) DatumGetPointer(vector_value(&in->cols[ms->ctid_col], pos));
	oldtup = fetch_old(mt, &tid);
	for (;;)
	{
		HeapTuple newtup = form_update_tuple(mt, oldtup, row, row_pos);
		LockTupleMode lockmode;
		TM_FailureData tmfd;
		TM_Result r;
		Batch *plan_row;

		target_rel_check(mt->t, newtup);
		check_view_options(ms, mt, newtup);
		r = heap_update(mt->t->rel, &tid, newtup, estate->es_output_cid, estate->es_crosscheck_snapshot, true, &tmfd,
						&lockmode);
		switch (r)
		{
			case TM_Ok:
				finish_update(ms, mt, oldtup, newtup);
				return_row(ms, mt, newtup, row, row_pos);
				return;
			case TM_SelfModified:
				self_modified(&tmfd, estate, "updated");
				return;
			case TM_Deleted:
				if (IsolationUsesXactSnapshot())
					serialization_failure("delete");
				return;
			case TM_Updated:
				if (!recheck_newest(ms, mt, &tid, lockmode, in, pos, &plan_row, &oldtup))
					return;
				row = plan_row;
				row_pos = selection_pos(&plan_row->sel, 0);
				break;
			default:
				elog(ERROR, "unrecognized heap_update status: %u", r);
		}
	}
}

static void
delete_row(ModifyTableState *ms, ModifyTarget *mt, const Batch *in, int pos)
{
	EState *estate = ms->ps.state;
	bool need_old = mt->returning != NULL || mt->t->wants_delete_events;
	const Batch *row = in;
	int row_pos = pos;
	HeapTuple oldtup = NULL;
	ItemPointerData tid;

	if (vector_isnull(&in->cols[ms->ctid_col], pos))
		elog(ERROR, "ctid is NULL");
	tid = *(ItemPointer) DatumGetPointer(vector_value(&in->cols[ms->ctid_col], pos));
	for (;;)
	{
		TM_FailureData tmfd;
		TM_Result r;
		Batch *plan_row;

		if (need_old && oldtup == NULL)
			oldtup = fetch_old(mt, &tid);
		r = heap_delete(mt->t->rel, &tid, estate->es_output_cid, estate->es_crosscheck_snapshot, true, &tmfd, false);
		switch (r)
		{
			case TM_Ok:
				if (((ModifyTable *) ms->ps.plan)->canSetTag)
					estate->es_processed++;
				if (mt->t->wants_delete_events)
					after_trigger_queue_row(mt->t->rel, TRIGGER_OP_DELETE, oldtup, NULL);
				if (oldtup)
					return_row(ms, mt, oldtup, row, row_pos);
				return;
			case TM_SelfModified:
				self_modified(&tmfd, estate, "deleted");
				return;
			case TM_Deleted:
				if (IsolationUsesXactSnapshot())
					serialization_failure("delete");
				return;
			case TM_Updated:
				if (!recheck_newest(ms, mt, &tid, LockTupleExclusive, in, pos, &plan_row, &oldtup))
					return;
				row = plan_row;
				row_pos = selection_pos(&plan_row->sel, 0);
				break;
			default:
				elog(ERROR, "unrecognized heap_delete status: %u", r);
		}
	}
}

/* ---- the node ---- */
static void
modify_one(ModifyTableState *ms, const Batch *in, int pos)
{
	ModifyTarget *mt = target_of_row(ms, in, pos);
	MemoryContext old = MemoryContextSwitchTo(ms->row_cxt);

	open_target(ms, mt);
	if (ms->op == CMD_INSERT)
		insert_row(ms, mt, in, pos);
	else if (ms->op == CMD_UPDATE)
		update_row(ms, mt, in, pos);
	else
		delete_row(ms, mt, in, pos);
	MemoryContextSwitchTo(old);
	MemoryContextReset(ms->row_cxt);
}

static bool
can_insert_batch(ModifyTableState *ms)
{
	return ms->op == CMD_INSERT && !ms->returning &&
		   ((ModifyTable *) ms->ps.plan)->onConflictAction == ONCONFLICT_NONE;
}

static Batch *
modify_next(PlanState *ps, int max_rows)
{
	ModifyTableState *ms = (ModifyTableState *) ps;

	if (ps->done)
		return NULL;
	MemoryContextReset(ps->batch_cxt);
	if (ms->returning)
		row_batch_clear(&ms->ret);
	for (;;)
	{
		if (ms->in == NULL)
		{
			CHECK_FOR_INTERRUPTS();
			ms->in = exec_next(ps->left, BATCH_MAX_ROWS);
			ms->in_at = 0;
			if (ms->in == NULL)
			{
				ps->done = true;
				break;
			}
		}
		if (can_insert_batch(ms))
		{
			open_target(ms, &ms->targets[0]);
			insert_batch(ms, &ms->targets[0], ms->in);
			ms->in = NULL;
			continue;
		}
		while (ms->in_at < ms->in->sel.n)
		{
			if (ms->returning && ms->ret.batch.sel.n >= max_rows)
				return &ms->ret.batch;
			modify_one(ms, ms->in, selection_pos(&ms->in->sel, ms->in_at));
			ms->in_at++;
		}
		ms->in = NULL;
	}
	return ms->returning && ms->ret.batch.sel.n > 0 ? &ms->ret.batch : NULL;
}

static void
modify_rescan(PlanState *ps)
{
	ModifyTableState *ms = (ModifyTableState *) ps;

	/* Only a new execution of the whole statement starts it again. */
	ms->in = NULL;
	exec_rescan(ps->left);
}

static void
modify_close(PlanState *ps)
{
	ModifyTableState *ms = (ModifyTableState *) ps;

	epq_close(&ms->epq);
	for (int i = 0; i < ms->ntargets; i++)
	{
		if (ms->targets[i].t)
			target_rel_close(ms->targets[i].t);
		ms->targets[i].t = NULL;
	}
	ms->in = NULL;
	exec_close(ps->left);
}

double
modify_conflicts(PlanState *ps)
{
	return ((ModifyTableState *) ps)->conflicts;
}

const NodeOps modify_table_ops = {"ModifyTable", sizeof(ModifyTableState), modify_init, modify_next, modify_rescan,
								  modify_close};

/* ---- which plans may be kept between executions ---- */
bool
exec_plan_is_simple(Plan *plan)
{
	if (plan == NULL)
		return true;
	if (plan->initPlan != NIL)
		return false;
	switch (nodeTag(plan))
	{
		case T_Result:
		case T_SeqScan:
		case T_IndexScan:
		case T_IndexOnlyScan:
		case T_Limit:
		case T_Sort:
		case T_NestLoop:
		case T_HashJoin:
		case T_Hash:
		case T_Agg:
		case T_Material:
		case T_LockRows:
			break;
		case T_ModifyTable:
			if (((ModifyTable *) plan)->canSetTag)
				break;
			return false;
		default:
			return false;
	}
	return exec_plan_is_simple(plan->lefttree) && exec_plan_is_simple(plan->righttree);
}
