/*
 * node_limit.c
 *    LIMIT, OFFSET, FETCH FIRST ... WITH TIES.
 */
#include "postgres.h"

#include "execute/key.h"
#include "execute/node_append.h"
#include "execute/node_sort.h"
#include "execute/row.h"
#include "utils/memutils.h"

typedef struct LimitState
{
	PlanState ps;
	ExprNode *offset_expr;
	ExprNode *count_expr;
	bool computed;
	bool no_count;
	int64 offset;
	int64 count;
	int64 skipped;
	int64 returned;
	RowPos scratch[BATCH_MAX_ROWS];
	/* WITH TIES */
	KeyEqual *equal;
	RowLayout layout;
	MemoryContext tie_cxt;
	Row *last_row;
} LimitState;

static void
limit_init(PlanState *ps, int eflags)
{
	LimitState *ls = (LimitState *) ps;
	Limit *plan = (Limit *) ps->plan;
	ExprCompiler c;

	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	ps->result_desc = exec_output_desc(ps->left);
	expr_compiler_init(&c, ps);
	if (plan->limitOffset)
		ls->offset_expr = expr_compile(&c, plan->limitOffset);
	if (plan->limitCount)
		ls->count_expr = expr_compile(&c, plan->limitCount);
	if (plan->limitOption == LIMIT_OPTION_WITH_TIES)
	{
		ls->equal = MemoryContextAlloc(ps->state->es_query_cxt, sizeof(KeyEqual) * plan->uniqNumCols);
		for (int i = 0; i < plan->uniqNumCols; i++)
			key_equal_init(&ls->equal[i], plan->uniqOperators[i], plan->uniqCollations[i], ps->state->es_query_cxt);
		row_layout_init(&ls->layout, ps->result_desc, ps->state->es_query_cxt);
		ls->tie_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Limit ties", ALLOCSET_SMALL_SIZES);
	}
	exec_batch_context(ps);
}

static int64
limit_number(LimitState *ls, ExprNode *expr, bool *isnull)
{
	Selection one = {1, 1, NULL};
	MemoryContext old = MemoryContextSwitchTo(ls->ps.batch_cxt);
	Vector *v = expr_eval(expr, &ls->ps.ec, &one);

	MemoryContextSwitchTo(old);
	*isnull = vector_isnull(v, 0);
	return *isnull ? 0 : DatumGetInt64(vector_value(v, 0));
}

static void
limit_compute(LimitState *ls)
{
	bool isnull;

	ls->offset = 0;
	ls->count = 0;
	ls->no_count = true;
	if (ls->offset_expr)
	{
		ls->offset = limit_number(ls, ls->offset_expr, &isnull);
		if (ls->offset < 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_ROW_COUNT_IN_RESULT_OFFSET_CLAUSE),
					errmsg("OFFSET must not be negative"));
	}
	if (ls->count_expr)
	{
		ls->count = limit_number(ls, ls->count_expr, &isnull);
		ls->no_count = isnull;
		if (!isnull && ls->count < 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_ROW_COUNT_IN_LIMIT_CLAUSE), errmsg("LIMIT must not be negative"));
	}
	ls->skipped = 0;
	ls->returned = 0;
	ls->last_row = NULL;
	ls->computed = true;
	exec_set_tuple_bound(ls->ps.left,
						 ls->no_count || ls->equal != NULL || ls->offset > PG_INT64_MAX - ls->count
							 ? 0
							 : ls->offset + ls->count);
}

static void
limit_remember_last(LimitState *ls, const Batch *batch, int pos)
{
	MemoryContext old;

	MemoryContextReset(ls->tie_cxt);
	old = MemoryContextSwitchTo(ls->tie_cxt);
	ls->last_row = row_from_batch(&ls->layout, batch, pos, 0);
	MemoryContextSwitchTo(old);
}

static bool
limit_is_tie(LimitState *ls, const Batch *batch, int pos)
{
	Limit *plan = (Limit *) ls->ps.plan;
	bool *nulls = row_nulls(&ls->layout, ls->last_row);

	for (int i = 0; i < plan->uniqNumCols; i++)
	{
		int c = plan->uniqColIdx[i] - 1;
		bool isnull = vector_isnull(&batch->cols[c], pos);

		if (isnull != nulls[c])
			return false;
		if (!isnull && !key_equal(&ls->equal[i], vector_value(&batch->cols[c], pos), ls->last_row->values[c]))
			return false;
	}
	return true;
}

/* How many of the batch's rows from `first` on are within the count, or tie with the last that is. */
static int
limit_take(LimitState *ls, const Batch *in, int first)
{
	int avail = in->sel.n - first;
	int take = avail;

	if (ls->no_count)
		return avail;
	if (ls->returned + take > ls->count)
		take = ls->returned >= ls->count ? 0 : (int) (ls->count - ls->returned);
	if (ls->equal == NULL)
		return take;
	if (take > 0 && ls->returned + take == ls->count)
		limit_remember_last(ls, in, selection_pos(&in->sel, first + take - 1));
	if (ls->returned + take >= ls->count && ls->last_row != NULL)
		while (take < avail && limit_is_tie(ls, in, selection_pos(&in->sel, first + take)))
			take++;
	return take;
}

static Batch *
limit_next(PlanState *ps, int max_rows)
{
	LimitState *ls = (LimitState *) ps;

	if (ps->done)
		return NULL;
	if (!ls->computed)
		limit_compute(ls);
	for (;;)
	{
		int64 want = max_rows;
		Batch *in;
		int first = 0;
		int take;

		if (!ls->no_count && ls->returned >= ls->count && (ls->equal == NULL || ls->count == 0))
			break;
		if (ls->skipped < ls->offset)
			want = Min(ls->offset - ls->skipped + (ls->no_count ? max_rows : Min((int64) max_rows, ls->count)),
					   BATCH_MAX_ROWS);
		else if (!ls->no_count && ls->equal == NULL)
			want = Min(want, ls->count - ls->returned);
		in = exec_next(ps->left, (int) Max(want, 1));
		if (in == NULL)
			break;
		if (ls->skipped < ls->offset)
		{
			first = (int) Min((int64) in->sel.n, ls->offset - ls->skipped);
			ls->skipped += first;
			if (first == in->sel.n)
				continue;
			/* More than asked for cannot be returned: leave it to a batch of its own by asking for less above. */
		}
		take = limit_take(ls, in, first);
		ls->returned += take;
		if (take == 0)
			break;
		if (first + take < in->sel.n && !ls->no_count)
			ps->done = true;
		batch_slice(&ps->out, in, first, take, ls->scratch);
		ps->out.desc = ps->result_desc;
		return &ps->out;
	}
	ps->done = true;
	return NULL;
}

static void
limit_rescan(PlanState *ps)
{
	LimitState *ls = (LimitState *) ps;

	ls->computed = false;
	/* The bound may change: tell the sort before it decides whether its result can be used again. */
	limit_compute(ls);
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
limit_close(PlanState *ps)
{
	((LimitState *) ps)->computed = false;
	exec_close(ps->left);
}

const NodeOps limit_ops = {"Limit", sizeof(LimitState), limit_init, limit_next, limit_rescan, limit_close};

void
exec_set_tuple_bound(PlanState *ps, int64 bound)
{
	switch (nodeTag(ps->plan))
	{
		case T_Sort:
		case T_IncrementalSort:
			sort_set_bound(ps, bound);
			break;
		case T_Result:
			if (ps->left && ps->qual == NULL)
				exec_set_tuple_bound(ps->left, bound);
			break;
		case T_SubqueryScan:
			if (ps->qual == NULL)
				exec_set_tuple_bound(ps->left, bound);
			break;
		case T_Append:
		case T_MergeAppend:
			append_set_bound(ps, bound);
			break;
		default:
			break;
	}
}
