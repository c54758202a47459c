/*
 * exec_node.c
 *    The table of node kinds, and what is done to any node: init, instrumented next, rescan, close.
 */
#include "postgres.h"

#include <time.h>

#include "execute/exec.h"
#include "execute/subplan.h"
#include "miscadmin.h"

static const NodeOps *
node_ops(NodeTag tag)
{
	switch (tag)
	{
#define EXEC_NODE(tag, ops) \
	case T_##tag:           \
		return &ops;
#include "execute/exec_nodes.list"
#undef EXEC_NODE
		default:
			elog(ERROR, "unrecognized node type: %d", (int) tag);
	}
}

PlanState *
exec_init_node(Plan *plan, EState *estate, int eflags)
{
	const NodeOps *ops;
	PlanState *ps;
	ListCell *lc;

	if (plan == NULL)
		return NULL;
	check_stack_depth();
	ops = node_ops(nodeTag(plan));
	ps = MemoryContextAllocZero(estate->es_query_cxt, ops->state_size);
	ps->ops = ops;
	ps->plan = plan;
	ps->state = estate;
	ps->ec.type = T_ExprContext;
	ps->ec.ecxt_estate = estate;
	ps->ec.ecxt_per_query_memory = estate->es_query_cxt;
	ps->ec.ecxt_per_tuple_memory = estate->es_query_cxt;
	ps->ec.ecxt_param_list_info = estate->es_param_list_info;
	ops->init(ps, eflags);
	/* After the node's own expressions, so that initplans find their parameters' slots. */
	foreach (lc, plan->initPlan)
		ps->init_plans = lappend(ps->init_plans, subplan_init(lfirst_node(SubPlan, lc), ps));
	if (estate->es_instrument)
	{
		ps->instrument = MemoryContextAllocZero(estate->es_query_cxt, sizeof(Instrumentation));
	}
	return ps;
}

/* ---- instrumentation ---- */
static double
seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) (now.tv_sec - start->tv_sec) + (double) (now.tv_nsec - start->tv_nsec) / 1e9;
}

void
exec_instrument_end_loop(Instrumentation *in)
{
	if (!in->loop_started)
		return;
	in->first_time += in->loop_first;
	in->total_time += in->loop_total;
	in->ntuples += in->loop_tuples;
	in->nloops += 1;
	in->loop_first = in->loop_total = in->loop_tuples = 0;
	in->loop_started = false;
}

static Batch *
instrumented_next(PlanState *ps, int max_rows)
{
	Instrumentation *in = ps->instrument;
	bool timed = (ps->state->es_instrument & INSTRUMENT_TIMER) != 0;
	struct timespec start;
	Batch *batch;

	if (timed)
		clock_gettime(CLOCK_MONOTONIC, &start);
	batch = ps->ops->next(ps, max_rows);
	if (timed)
		in->loop_total += seconds_since(&start);
	if (!in->loop_started)
	{
		in->loop_started = true;
		in->loop_first = in->loop_total;
	}
	if (batch != NULL)
		in->loop_tuples += batch->sel.n;
	return batch;
}

Batch *
exec_next_slow(PlanState *ps, int max_rows)
{
	if (ps->chgParam != NULL)
		exec_rescan(ps);
	if (ps->instrument != NULL)
		return instrumented_next(ps, max_rows);
	return ps->ops->next(ps, max_rows);
}

/* ---- children ---- */
void
exec_walk_children(PlanState *ps, void (*visit)(PlanState *child, void *arg), void *arg)
{
	if (ps->left)
		visit(ps->left, arg);
	if (ps->right)
		visit(ps->right, arg);
}

/*
 * Tell a node that parameters changed; it takes notice at its next rescan or exec_next. Only parameters that its
 * subtree depends on count.
 */
void
exec_mark_changed(PlanState *ps, Bitmapset *changed)
{
	Bitmapset *mine = bms_intersect(ps->plan->allParam, changed);

	if (!bms_is_empty(mine))
	{
		MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);

		ps->chgParam = bms_join(ps->chgParam, bms_copy(mine));
		MemoryContextSwitchTo(old);
	}
	bms_free(mine);
}

void
exec_rescan(PlanState *ps)
{
	ListCell *lc;

	if (ps->instrument)
		exec_instrument_end_loop(ps->instrument);
	if (ps->chgParam != NULL)
	{
		foreach (lc, ps->init_plans)
			subplan_mark_changed(lfirst(lc), ps->chgParam, true, ps);
		foreach (lc, ps->sub_plans)
			subplan_mark_changed(lfirst(lc), ps->chgParam, false, ps);
		if (ps->left)
			exec_mark_changed(ps->left, ps->chgParam);
		if (ps->right)
			exec_mark_changed(ps->right, ps->chgParam);
	}
	if (ps->ec.ecxt_callbacks)
		exec_run_callbacks(&ps->ec);
	ps->done = false;
	ps->ops->rescan(ps);
	if (ps->chgParam != NULL)
	{
		bms_free(ps->chgParam);
		ps->chgParam = NULL;
	}
}

void
exec_close(PlanState *ps)
{
	if (ps == NULL)
		return;
	if (ps->instrument)
		exec_instrument_end_loop(ps->instrument);
	if (ps->ec.ecxt_callbacks)
		exec_run_callbacks(&ps->ec);
	ps->ops->close(ps);
}
