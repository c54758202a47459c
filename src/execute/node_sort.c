/*
 * node_sort.c
 *    Sort and IncrementalSort on top of utils/tuplesort.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "execute/key.h"
#include "execute/node_sort.h"
#include "execute/row.h"
#include "miscadmin.h"
#include "utils/memutils.h"

typedef struct SortState
{
	PlanState ps;
	Tuplesortstate *ts;
	TupleDesc desc;
	bool sorted;
	bool in_memory;			/* rows stay where they are until the sort ends */
	int64 bound;
	int64 bound_done;
	Datum *values;
	bool *nulls;
	RowBatch rb;
	TuplesortInstrumentation stats;
	bool have_stats;
	/* IncrementalSort */
	int npresorted;
	KeyEqual *prefix_equal;
	Batch *pending;			/* input batch of which rows remain */
	int pending_at;
	bool input_done;
	Row *group_row;			/* first row of the current group */
	RowLayout layout;
	MemoryContext group_cxt;
} SortState;

static void
sort_init(PlanState *ps, int eflags)
{
	SortState *ss = (SortState *) ps;
	int natts;

	ps->left = exec_init_node(outerPlan(ps->plan), ps->state, eflags & ~EXEC_FLAG_REWIND);
	ss->desc = exec_output_desc(ps->left);
	ps->result_desc = ss->desc;
	natts = Max(ss->desc->natts, 1);
	ss->values = MemoryContextAlloc(ps->state->es_query_cxt, sizeof(Datum) * natts);
	ss->nulls = MemoryContextAlloc(ps->state->es_query_cxt, sizeof(bool) * natts);
	row_batch_init(&ss->rb, ss->desc, ps->state->es_query_cxt);
	exec_batch_context(ps);
}

static void
sort_begin(SortState *ss, int64 bound)
{
	Sort *plan = (Sort *) ss->ps.plan;
	MemoryContext old = MemoryContextSwitchTo(ss->ps.state->es_query_cxt);

	ss->ts = tuplesort_begin_heap(ss->desc, plan->numCols, plan->sortColIdx, plan->sortOperators, plan->collations,
								  plan->nullsFirst, work_mem, NULL,
								  bound ? TUPLESORT_ALLOWBOUNDED : TUPLESORT_NONE);
	if (bound)
		tuplesort_set_bound(ss->ts, bound);
	MemoryContextSwitchTo(old);
}

static void
sort_put_batch(SortState *ss, const Batch *in, int from, int to)
{
	for (int k = from; k < to; k++)
	{
		batch_get_row(in, selection_pos(&in->sel, k), ss->values, ss->nulls);
		tuplesort_putvalues(ss->ts, ss->values, ss->nulls);
	}
}

static void
sort_perform(SortState *ss)
{
	tuplesort_performsort(ss->ts);
	tuplesort_get_stats(ss->ts, &ss->stats);
	ss->have_stats = true;
	ss->in_memory = ss->stats.spaceType == SORT_SPACE_TYPE_MEMORY;
	ss->sorted = true;
}

/* Next rows of the sort as a batch; NULL at the end. */
static Batch *
sort_emit(SortState *ss, int max_rows)
{
	PlanState *ps = &ss->ps;

	MemoryContextReset(ps->batch_cxt);
	row_batch_clear(&ss->rb);
	for (int n = 0; n < max_rows; n++)
	{
		MinimalTuple tup = tuplesort_getminimaltuple(ss->ts, true);

		if (tup == NULL)
			break;
		if (!ss->in_memory)
		{
			MemoryContext old = MemoryContextSwitchTo(ps->batch_cxt);

			tup = heap_copy_minimal_tuple(tup);
			MemoryContextSwitchTo(old);
		}
		heap_deform_minimal_tuple(tup, ss->desc, ss->desc->natts, ss->values, ss->nulls);
		row_batch_add_values(&ss->rb, ss->values, ss->nulls);
	}
	return ss->rb.batch.sel.n > 0 ? &ss->rb.batch : NULL;
}

static Batch *
sort_next(PlanState *ps, int max_rows)
{
	SortState *ss = (SortState *) ps;
	Batch *in;
	Batch *out;

	if (ps->done)
		return NULL;
	if (!ss->sorted)
	{
		sort_begin(ss, ss->bound);
		while ((in = exec_next(ps->left, BATCH_MAX_ROWS)) != NULL)
		{
			CHECK_FOR_INTERRUPTS();
			sort_put_batch(ss, in, 0, in->sel.n);
		}
		sort_perform(ss);
		ss->bound_done = ss->bound;
	}
	out = sort_emit(ss, max_rows);
	ps->done = out == NULL;
	return out;
}

static void
sort_forget(SortState *ss)
{
	if (ss->ts)
		tuplesort_end(ss->ts);
	ss->ts = NULL;
	ss->sorted = false;
}

static void
sort_rescan(PlanState *ps)
{
	SortState *ss = (SortState *) ps;

	/* What is in memory can be read again; a result on disk is merged as it is read, and must be sorted again. */
	if (ss->sorted && ss->in_memory && ps->left->chgParam == NULL && ss->bound == ss->bound_done)
	{
		tuplesort_rescan(ss->ts);
		return;
	}
	sort_forget(ss);
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
sort_close(PlanState *ps)
{
	sort_forget((SortState *) ps);
	exec_close(ps->left);
}

void
sort_set_bound(PlanState *ps, int64 bound)
{
	((SortState *) ps)->bound = bound;
}

bool
sort_get_stats(PlanState *ps, TuplesortInstrumentation *stats)
{
	*stats = ((SortState *) ps)->stats;
	return ((SortState *) ps)->have_stats;
}

const NodeOps sort_ops = {"Sort", sizeof(SortState), sort_init, sort_next, sort_rescan, sort_close};

/* ---- IncrementalSort: input comes sorted by the first columns; each run of equal ones is sorted by itself ---- */
static void
incremental_sort_init(PlanState *ps, int eflags)
{
	SortState *ss = (SortState *) ps;
	IncrementalSort *plan = (IncrementalSort *) ps->plan;

	sort_init(ps, eflags);
	ss->npresorted = plan->nPresortedCols;
	ss->prefix_equal = MemoryContextAlloc(ps->state->es_query_cxt, sizeof(KeyEqual) * ss->npresorted);
	for (int i = 0; i < ss->npresorted; i++)
	{
		Oid type = TupleDescAttr(ss->desc, plan->sort.sortColIdx[i] - 1)->atttypid;

		key_equal_init(&ss->prefix_equal[i], key_equality_operator(type), plan->sort.collations[i],
					   ps->state->es_query_cxt);
	}
	row_layout_init(&ss->layout, ss->desc, ps->state->es_query_cxt);
	ss->group_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Sort group", ALLOCSET_SMALL_SIZES);
}

static bool
same_prefix(SortState *ss, const Batch *in, int pos)
{
	Sort *plan = (Sort *) ss->ps.plan;
	bool *nulls = row_nulls(&ss->layout, ss->group_row);

	for (int i = 0; i < ss->npresorted; i++)
	{
		int c = plan->sortColIdx[i] - 1;
		bool isnull = vector_isnull(&in->cols[c], pos);

		if (isnull != nulls[c])
			return false;
		if (!isnull && !key_equal(&ss->prefix_equal[i], vector_value(&in->cols[c], pos), ss->group_row->values[c]))
			return false;
	}
	return true;
}

/* Collect and sort the next group; false when the input is at its end. */
static bool
incremental_sort_group(SortState *ss)
{
	PlanState *ps = &ss->ps;
	bool any = false;

	sort_forget(ss);
	sort_begin(ss, ss->bound);
	MemoryContextReset(ss->group_cxt);
	ss->group_row = NULL;
	for (;;)
	{
		int k;

		if (ss->pending == NULL && !ss->input_done)
		{
			ss->pending = exec_next(ps->left, BATCH_MAX_ROWS);
			ss->pending_at = 0;
			ss->input_done = ss->pending == NULL;
		}
		if (ss->pending == NULL)
			break;
		if (ss->group_row == NULL)
		{
			MemoryContext old = MemoryContextSwitchTo(ss->group_cxt);

			ss->group_row =
				row_from_batch(&ss->layout, ss->pending, selection_pos(&ss->pending->sel, ss->pending_at), 0);
			MemoryContextSwitchTo(old);
		}
		for (k = ss->pending_at; k < ss->pending->sel.n; k++)
			if (!same_prefix(ss, ss->pending, selection_pos(&ss->pending->sel, k)))
				break;
		sort_put_batch(ss, ss->pending, ss->pending_at, k);
		any |= k > ss->pending_at;
		if (k < ss->pending->sel.n)
		{
			ss->pending_at = k;
			break;
		}
		ss->pending = NULL;
	}
	if (!any)
		return false;
	sort_perform(ss);
	return true;
}

static Batch *
incremental_sort_next(PlanState *ps, int max_rows)
{
	SortState *ss = (SortState *) ps;

	if (ps->done)
		return NULL;
	for (;;)
	{
		Batch *out = ss->sorted ? sort_emit(ss, max_rows) : NULL;

		if (out != NULL)
			return out;
		if (!incremental_sort_group(ss))
		{
			ps->done = true;
			return NULL;
		}
	}
}

static void
incremental_sort_rescan(PlanState *ps)
{
	SortState *ss = (SortState *) ps;

	sort_forget(ss);
	ss->pending = NULL;
	ss->input_done = false;
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
incremental_sort_close(PlanState *ps)
{
	SortState *ss = (SortState *) ps;

	sort_forget(ss);
	ss->pending = NULL;
	ss->input_done = false;
	exec_close(ps->left);
}

const NodeOps incremental_sort_ops = {"Incremental Sort", sizeof(SortState), incremental_sort_init,
									  incremental_sort_next, incremental_sort_rescan, incremental_sort_close};
