/*
 * node_nestloop.c
 *    Nested loop join: for each outer row the inner side is started again, with parameters when it depends on the row.
 *
 * Output rows are collected over many outer rows, so that a loop of single-row index lookups still makes full batches; inner
 * values are copied, since the next rescan takes them away. Batches start small and grow, so that a LIMIT or EXISTS
 * above does not pay for rows it does not want.
 */
#include "postgres.h"

#include "execute/join.h"
#include "miscadmin.h"
#include "utils/memutils.h"

typedef struct NestLoopState
{
	PlanState ps;
	JoinOut jo;
	Batch *outer;
	int outer_at;			/* row of the outer batch in work; its inner side is open */
	bool outer_open;
	Batch *inner;			/* batch of the inner side in work */
	RowPos hits[BATCH_MAX_ROWS];
	int nhits;
	int hit_at;
	int target;				/* rows to collect before returning */
	MemoryContext rows_cxt;	/* copies of inner rows among the pairs */
	Bitmapset *param_set;
} NestLoopState;

static void
nest_loop_init(PlanState *ps, int eflags)
{
	NestLoopState *ns = (NestLoopState *) ps;
	NestLoop *plan = (NestLoop *) ps->plan;
	ExprCompiler c;
	ListCell *lc;

	if (plan->join.jointype != JOIN_INNER && plan->join.jointype != JOIN_LEFT && plan->join.jointype != JOIN_SEMI &&
		plan->join.jointype != JOIN_ANTI)
		elog(ERROR, "unrecognized join type: %d", (int) plan->join.jointype);
	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	ps->right = exec_init_node(innerPlan(plan), ps->state, eflags);
	expr_compiler_init(&c, ps);
	join_out_init(&ns->jo, ps, &c, &plan->join);
	/* The join condition is applied here to whole inner batches; pairs in the list have passed it. */
	ns->rows_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "NestLoop rows", ALLOCSET_DEFAULT_SIZES);
	ns->target = 16;
	foreach (lc, plan->nestParams)
		ns->param_set = bms_add_member(ns->param_set, ((NestLoopParam *) lfirst(lc))->paramno);
}

/* Hand the outer row's values to the inner side and start it. */
static void
nest_loop_open_inner(NestLoopState *ns, int pos)
{
	NestLoop *plan = (NestLoop *) ns->ps.plan;
	ListCell *lc;

	foreach (lc, plan->nestParams)
	{
		NestLoopParam *nlp = lfirst(lc);
		ParamExecData *prm = &ns->ps.state->es_param_exec_vals[nlp->paramno];
		Vector *v = &ns->outer->cols[nlp->paramval->varattno - 1];

		prm->value = vector_value(v, pos);
		prm->isnull = vector_isnull(v, pos);
		prm->plan = NULL;
	}
	if (ns->param_set)
		exec_mark_changed(ns->ps.right, ns->param_set);
	exec_rescan(ns->ps.right);
	ns->inner = NULL;
	ns->nhits = ns->hit_at = 0;
	ns->outer_open = true;
}

static void
nest_loop_add(NestLoopState *ns, int outer_pos, int inner_pos)
{
	Row *row = NULL;

	if (inner_pos >= 0)
	{
		MemoryContext old = MemoryContextSwitchTo(ns->rows_cxt);

		row = row_from_batch(&ns->jo.inner_layout, ns->inner, inner_pos, 0);
		MemoryContextSwitchTo(old);
	}
	join_out_add(&ns->jo, outer_pos, false, row);
}

/* Work on the open outer row until its inner side is finished (true) or enough pairs are there (false). */
static bool
nest_loop_scan_inner(NestLoopState *ns, int pos, int limit)
{
	NestLoop *plan = (NestLoop *) ns->ps.plan;
	bool first_only = ns->jo.single_match || plan->join.jointype == JOIN_ANTI;

	for (;;)
	{
		while (ns->hit_at < ns->nhits)
		{
			int hit = ns->hits[ns->hit_at++];

			ns->jo.matched[pos] = true;
			if (plan->join.jointype == JOIN_ANTI)
				return true;
			nest_loop_add(ns, pos, hit);
			if (first_only)
				return true;
			if (ns->jo.n >= limit)
				return false;
		}
		ns->inner = exec_next(ns->ps.right, first_only && ns->jo.joinqual == NULL ? 1 : BATCH_MAX_ROWS);
		if (ns->inner == NULL)
			return true;
		ns->nhits = join_select_inner(&ns->jo, ns->outer, pos, ns->inner, ns->hits);
		ns->hit_at = 0;
	}
}

static Batch *
nest_loop_flush(NestLoopState *ns)
{
	ExprList *joinqual = ns->jo.joinqual;
	bool single = ns->jo.single_match;
	Batch *out;

	/* Pairs have been judged already. */
	ns->jo.joinqual = NULL;
	ns->jo.single_match = false;
	out = join_out_flush(&ns->jo, ns->outer);
	ns->jo.joinqual = joinqual;
	ns->jo.single_match = single;
	return out;
}

static Batch *
nest_loop_next(PlanState *ps, int max_rows)
{
	NestLoopState *ns = (NestLoopState *) ps;
	NestLoop *plan = (NestLoop *) ps->plan;
	bool extend = plan->join.jointype == JOIN_LEFT || plan->join.jointype == JOIN_ANTI;
	int limit = Min(max_rows, ns->target);

	MemoryContextReset(ps->batch_cxt);
	MemoryContextReset(ns->rows_cxt);
	ns->target = Min(ns->target * 4, BATCH_MAX_ROWS);
	for (;;)
	{
		Batch *out;

		CHECK_FOR_INTERRUPTS();
		if (ns->outer == NULL)
		{
			if (ps->done)
				return NULL;
			ns->outer = exec_next(ps->left, Max(limit, 64));
			if (ns->outer == NULL)
			{
				ps->done = true;
				return NULL;
			}
			ns->outer_at = 0;
			ns->outer_open = false;
			join_out_new_outer(&ns->jo, ns->outer);
		}
		while (ns->outer_at < ns->outer->sel.n && ns->jo.n < limit)
		{
			int pos = selection_pos(&ns->outer->sel, ns->outer_at);

			if (!ns->outer_open)
				nest_loop_open_inner(ns, pos);
			if (!nest_loop_scan_inner(ns, pos, limit))
				break;
			if (extend && !ns->jo.matched[pos])
				nest_loop_add(ns, pos, -1);
			ns->outer_open = false;
			ns->outer_at++;
		}
		if (ns->jo.n > 0 && (ns->jo.n >= limit || ns->outer_at >= ns->outer->sel.n))
		{
			/* A null-extended pair comes out because its row is unmatched; matched[] says so. */
			out = nest_loop_flush(ns);
			if (ns->outer_at >= ns->outer->sel.n && !ns->outer_open)
			{
				if (out != NULL)
				{
					/* The output may point into the outer batch: fetch the next one only when called again. */
					ns->outer_at = ns->outer->sel.n;
					return out;
				}
				ns->outer = NULL;
				continue;
			}
			if (out != NULL)
				return out;
			MemoryContextReset(ns->rows_cxt);
			continue;
		}
		if (ns->outer_at >= ns->outer->sel.n)
			ns->outer = NULL;
	}
}

static void
nest_loop_rescan(PlanState *ps)
{
	NestLoopState *ns = (NestLoopState *) ps;

	ns->outer = NULL;
	ns->outer_open = false;
	ns->jo.n = 0;
	ns->target = 16;
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
	/* The inner side is started again for every outer row anyway. */
}

static void
nest_loop_close(PlanState *ps)
{
	NestLoopState *ns = (NestLoopState *) ps;

	ns->outer = NULL;
	ns->jo.n = 0;
	exec_close(ps->left);
	exec_close(ps->right);
}

const NodeOps nest_loop_ops = {"Nested Loop", sizeof(NestLoopState), nest_loop_init, nest_loop_next, nest_loop_rescan,
							   nest_loop_close};
