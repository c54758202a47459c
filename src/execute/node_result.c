/*
 * node_result.c
 *    Result: rows out of nothing, or a filter and projection over one input.
 */
#include "postgres.h"

#include "execute/exec.h"
#include "utils/memutils.h"

typedef struct ResultState
{
	PlanState ps;
	ExprList *constant_qual;
	bool qual_checked;
	bool qual_holds;
	Batch empty;		/* no columns */
} ResultState;

static void
result_init(PlanState *ps, int eflags)
{
	ResultState *rs = (ResultState *) ps;
	ExprCompiler c;

	ps->left = exec_init_node(outerPlan(ps->plan), ps->state, eflags);
	expr_compiler_init(&c, ps);
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
	if (((Result *) ps->plan)->resconstantqual)
	{
		Node *qual = ((Result *) ps->plan)->resconstantqual;

		rs->constant_qual = expr_compile_list(&c, IsA(qual, List) ? (List *) qual : list_make1(qual));
	}
	ps->ec.source[BATCH_OUTER] = &rs->empty;
	ps->ec.source[BATCH_SCAN] = &rs->empty;
}

static bool
result_one_time_filter(ResultState *rs)
{
	Selection one = {1, 1, NULL};
	RowPos buf[1];

	if (rs->constant_qual == NULL)
		return true;
	if (!rs->qual_checked)
	{
		MemoryContext old = MemoryContextSwitchTo(rs->ps.ec.ecxt_per_tuple_memory);

		rs->qual_holds = expr_list_select(rs->constant_qual, &rs->ps.ec, &one, buf) == 1;
		rs->qual_checked = true;
		MemoryContextSwitchTo(old);
	}
	return rs->qual_holds;
}

static Batch *
result_next(PlanState *ps, int max_rows)
{
	ResultState *rs = (ResultState *) ps;
	Selection one = {1, 1, NULL};
	Batch *in;
	Batch *out;

	if (ps->done)
		return NULL;
	if (ps->batch_cxt)
		MemoryContextReset(ps->batch_cxt);
	if (!result_one_time_filter(rs))
	{
		ps->done = true;
		return NULL;
	}
	if (ps->left == NULL)
	{
		ps->done = true;
		return exec_filter_project(ps, &one);
	}
	while ((in = exec_next(ps->left, max_rows)) != NULL)
	{
		ps->ec.source[BATCH_OUTER] = in;
		out = exec_filter_project(ps, &in->sel);
		if (out != NULL)
			return out;
	}
	ps->done = true;
	return NULL;
}

static void
result_rescan(PlanState *ps)
{
	((ResultState *) ps)->qual_checked = false;
	if (ps->left)
		exec_rescan(ps->left);
}

static void
result_close(PlanState *ps)
{
	exec_close(ps->left);
}

const NodeOps result_ops = {"Result", sizeof(ResultState), result_init, result_next, result_rescan, result_close};
