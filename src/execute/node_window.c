/*
 * node_window.c
 *    Window functions: not there yet, and said so.
 */
#include "postgres.h"

#include "execute/exec.h"
#include "execute/expr.h"

static void
not_supported(void)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("window functions are not supported"));
}

ExprNode *
expr_compile_windowfunc(ExprCompiler *c, WindowFunc *e)
{
	not_supported();
	return NULL;
}

static void
window_init(PlanState *ps, int eflags)
{
	not_supported();
}

static Batch *
window_next(PlanState *ps, int max_rows)
{
	return NULL;
}

static void
window_nothing(PlanState *ps)
{
}

const NodeOps window_agg_ops = {"WindowAgg", sizeof(PlanState), window_init, window_next, window_nothing,
								window_nothing};
