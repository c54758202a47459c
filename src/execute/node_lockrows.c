/*
 * node_lockrows.c
 *    SELECT ... FOR UPDATE/SHARE: lock each row that is about to be returned, and no other.
 *
 * A row that was updated since the snapshot is locked in its newest version and looked at again (epq.c); SKIP LOCKED leaves
 * out rows that cannot be locked at once.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/xact.h"
#include "execute/epq.h"
#include "execute/row.h"
#include "miscadmin.h"
#include "utils/memutils.h"

typedef struct LockRowsState
{
	PlanState ps;
	List *marks;		/* ExecRowMark that lock */
	EpqState epq;
	Batch *in;
	int in_at;
	RowBatch rb;
	RowLayout layout;
} LockRowsState;

static void
lock_rows_init(PlanState *ps, int eflags)
{
	LockRowsState *ls = (LockRowsState *) ps;
	LockRows *plan = (LockRows *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;
	List *tlist = outerPlan(plan)->targetlist;
	List *all;
	List *others = NIL;
	MemoryContext old;
	ListCell *lc;

	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	ps->result_desc = exec_output_desc(ps->left);
	all = epq_build_rowmarks(plan->rowMarks, tlist, cxt);
	old = MemoryContextSwitchTo(cxt);
	foreach (lc, all)
	{
		ExecRowMark *rm = lfirst(lc);

		if (RowMarkRequiresRowShareLock(rm->markType))
			ls->marks = lappend(ls->marks, rm);
		else
			others = lappend(others, rm);
	}
	MemoryContextSwitchTo(old);
	epq_init(&ls->epq, ps->state, outerPlan(plan), others, plan->epqParam);
	row_batch_init(&ls->rb, ps->result_desc, cxt);
	row_layout_init(&ls->layout, ps->result_desc, cxt);
	exec_batch_context(ps);
}

static LockTupleMode
lock_mode(RowMarkType type)
{
	switch (type)
	{
		case ROW_MARK_EXCLUSIVE:
			return LockTupleExclusive;
		case ROW_MARK_NOKEYEXCLUSIVE:
			return LockTupleNoKeyExclusive;
		case ROW_MARK_SHARE:
			return LockTupleShare;
		default:
			return LockTupleKeyShare;
	}
}

typedef enum LockOutcome
{
	LOCKED,
	LOCKED_NEWER,	/* another version than the one the query saw */
	LOCK_SKIP
} LockOutcome;

static LockOutcome
lock_one(LockRowsState *ls, ExecRowMark *rm, ItemPointer tid, HeapTuple *tuple)
{
	EState *estate = ls->ps.state;
	TM_FailureData tmfd;
	uint8 flags = TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS;
	TM_Result r;

	if (!IsolationUsesXactSnapshot())
		flags |= TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	r = heap_tuple_lock(exec_open_relation(estate, rm->rti), tid, estate->es_snapshot, tuple, estate->es_output_cid,
						lock_mode(rm->markType), rm->waitPolicy, flags, &tmfd);
	switch (r)
	{
		case TM_Ok:
			return tmfd.traversed ? LOCKED_NEWER : LOCKED;
		case TM_WouldBlock:
		case TM_SelfModified:
			return LOCK_SKIP;
		case TM_Updated:
		case TM_Deleted:
			if (IsolationUsesXactSnapshot())
				ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("could not serialize access due to concurrent update"));
			return LOCK_SKIP;
		case TM_Invisible:
			elog(ERROR, "attempted to lock invisible tuple");
		default:
			elog(ERROR, "unrecognized heap_tuple_lock status: %u", r);
	}
}

/* Lock the row for all marks and put it (or its newest version) into the output. */
static void
lock_row(LockRowsState *ls, int pos)
{
	PlanState *ps = &ls->ps;
	int nmarks = list_length(ls->marks);
	HeapTuple tuples[64];
	bool newer = false;
	ListCell *lc;

	if (nmarks > (int) lengthof(tuples))
		elog(ERROR, "too many relations to lock rows in");
	foreach (lc, ls->marks)
	{
		ExecRowMark *rm = lfirst(lc);
		int i = foreach_current_index(lc);
		Vector *v = &ls->in->cols[rm->ctid_col];
		ItemPointerData tid;
		LockOutcome outcome;

		tuples[i] = NULL;
		if (rm->ctid_col < 0)
			elog(ERROR, "could not find junk ctid%u column", rm->rowmarkId);
		/* The null-extended side of an outer join has no row to lock. */
		if (vector_isnull(v, pos))
			continue;
		if (ls->rb.batch.ncols > 0 && rm->toid_col >= 0 &&
			DatumGetObjectId(vector_value(&ls->in->cols[rm->toid_col], pos)) !=
				RelationGetRelid(exec_open_relation(ps->state, rm->rti)))
			continue;
		tid = *(ItemPointer) DatumGetPointer(vector_value(v, pos));
		outcome = lock_one(ls, rm, &tid, &tuples[i]);
		if (outcome == LOCK_SKIP)
			return;
		newer |= outcome == LOCKED_NEWER;
	}
	if (!newer)
	{
		row_batch_add_copy(&ls->rb, &ls->layout, ls->in, pos, ps->batch_cxt);
		return;
	}
	epq_begin(&ls->epq, ls->in, pos);
	foreach (lc, ls->marks)
		epq_set_tuple(&ls->epq, ((ExecRowMark *) lfirst(lc))->rti, tuples[foreach_current_index(lc)]);
	{
		Batch *row = epq_run(&ls->epq);

		if (row != NULL)
			row_batch_add_copy(&ls->rb, &ls->layout, row, selection_pos(&row->sel, 0), ps->batch_cxt);
	}
}

static Batch *
lock_rows_next(PlanState *ps, int max_rows)
{
	LockRowsState *ls = (LockRowsState *) ps;
	MemoryContext old;

	MemoryContextReset(ps->batch_cxt);
	row_batch_clear(&ls->rb);
	for (;;)
	{
		if (ls->in == NULL)
		{
			CHECK_FOR_INTERRUPTS();
			ls->in = exec_next(ps->left, max_rows);
			ls->in_at = 0;
			if (ls->in == NULL)
				break;
		}
		while (ls->in_at < ls->in->sel.n && ls->rb.batch.sel.n < max_rows)
		{
			old = MemoryContextSwitchTo(ps->batch_cxt);
			lock_row(ls, selection_pos(&ls->in->sel, ls->in_at++));
			MemoryContextSwitchTo(old);
		}
		if (ls->in_at >= ls->in->sel.n)
			ls->in = NULL;
		if (ls->rb.batch.sel.n > 0)
			break;
	}
	return ls->rb.batch.sel.n > 0 ? &ls->rb.batch : NULL;
}

static void
lock_rows_rescan(PlanState *ps)
{
	((LockRowsState *) ps)->in = NULL;
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
lock_rows_close(PlanState *ps)
{
	LockRowsState *ls = (LockRowsState *) ps;

	ls->in = NULL;
	epq_close(&ls->epq);
	exec_close(ps->left);
}

const NodeOps lock_rows_ops = {"LockRows", sizeof(LockRowsState), lock_rows_init, lock_rows_next, lock_rows_rescan,
							   lock_rows_close};
