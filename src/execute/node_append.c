/*
 * node_append.c
 *    Append, and MergeAppend over sorted inputs; BitmapAnd and BitmapOr keep their children the same way (node_bitmap.c).
 */
#include "postgres.h"

#include "execute/key.h"
#include "execute/node_append.h"
#include "execute/node_sort.h"
#include "execute/row.h"
#include "utils/memutils.h"

typedef struct AppendState
{
	PlanState ps;
	int n;
	PlanState **children;
	int current;
	/* MergeAppend */
	Batch **batches;	/* current batch of each child; NULL at its end */
	int *at;			/* row of it that is next */
	bool started;
	KeyOrder *orders;
	RowBatch rb;
	RowLayout layout;
} AppendState;

static void
init_children(AppendState *as, List *plans, int eflags)
{
	ListCell *lc;

	as->children = MemoryContextAlloc(as->ps.state->es_query_cxt, sizeof(PlanState *) * Max(list_length(plans), 1));
	foreach (lc, plans)
		as->children[as->n++] = exec_init_node(lfirst(lc), as->ps.state, eflags);
}

static void
rescan_children(AppendState *as)
{
	for (int i = 0; i < as->n; i++)
	{
		if (as->ps.chgParam)
			exec_mark_changed(as->children[i], as->ps.chgParam);
		if (as->children[i]->chgParam == NULL)
			exec_rescan(as->children[i]);
	}
}

static void
append_init(PlanState *ps, int eflags)
{
	AppendState *as = (AppendState *) ps;

	init_children(as, ((Append *) ps->plan)->appendplans, eflags);
	exec_init_result_type(ps);
}

static Batch *
append_next(PlanState *ps, int max_rows)
{
	AppendState *as = (AppendState *) ps;

	while (as->current < as->n)
	{
		Batch *in = exec_next(as->children[as->current], max_rows);

		if (in != NULL)
		{
			ps->out = *in;
			ps->out.desc = ps->result_desc;
			return &ps->out;
		}
		as->current++;
	}
	return NULL;
}

static void
append_rescan(PlanState *ps)
{
	AppendState *as = (AppendState *) ps;

	as->current = 0;
	rescan_children(as);
}

static void
append_close(PlanState *ps)
{
	AppendState *as = (AppendState *) ps;

	for (int i = 0; i < as->n; i++)
		exec_close(as->children[i]);
	as->current = 0;
}

const NodeOps append_ops = {"Append", sizeof(AppendState), append_init, append_next, append_rescan, append_close};

/* ---- MergeAppend ---- */
static void
merge_append_init(PlanState *ps, int eflags)
{
	AppendState *as = (AppendState *) ps;
	MergeAppend *plan = (MergeAppend *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;

	init_children(as, plan->mergeplans, eflags);
	exec_init_result_type(ps);
	as->batches = MemoryContextAllocZero(cxt, sizeof(Batch *) * Max(as->n, 1));
	as->at = MemoryContextAllocZero(cxt, sizeof(int) * Max(as->n, 1));
	as->orders = MemoryContextAllocZero(cxt, sizeof(KeyOrder) * plan->numCols);
	for (int i = 0; i < plan->numCols; i++)
		key_order_init(&as->orders[i], plan->sortOperators[i], plan->collations[i], plan->nullsFirst[i], cxt);
	row_layout_init(&as->layout, ps->result_desc, cxt);
	row_batch_init(&as->rb, ps->result_desc, cxt);
	exec_batch_context(ps);
}

static int
merge_compare(AppendState *as, int a, int b)
{
	MergeAppend *plan = (MergeAppend *) as->ps.plan;
	Batch *x = as->batches[a];
	Batch *y = as->batches[b];
	int px = selection_pos(&x->sel, as->at[a]);
	int py = selection_pos(&y->sel, as->at[b]);

	for (int i = 0; i < plan->numCols; i++)
	{
		int c = plan->sortColIdx[i] - 1;
		int r = key_order(&as->orders[i], vector_value(&x->cols[c], px), vector_isnull(&x->cols[c], px),
						  vector_value(&y->cols[c], py), vector_isnull(&y->cols[c], py));

		if (r != 0)
			return r;
	}
	return 0;
}

static void
merge_advance(AppendState *as, int i, int max_rows)
{
	if (as->batches[i] && ++as->at[i] < as->batches[i]->sel.n)
		return;
	as->batches[i] = exec_next(as->children[i], max_rows);
	as->at[i] = 0;
}

static Batch *
merge_append_next(PlanState *ps, int max_rows)
{
	AppendState *as = (AppendState *) ps;

	if (ps->done)
		return NULL;
	MemoryContextReset(ps->batch_cxt);
	row_batch_clear(&as->rb);
	if (!as->started)
	{
		for (int i = 0; i < as->n; i++)
		{
			as->batches[i] = NULL;
			merge_advance(as, i, max_rows);
		}
		as->started = true;
	}
	while (as->rb.batch.sel.n < max_rows)
	{
		int best = -1;

		for (int i = 0; i < as->n; i++)
			if (as->batches[i] && (best < 0 || merge_compare(as, i, best) < 0))
				best = i;
		if (best < 0)
			break;
		row_batch_add_copy(&as->rb, &as->layout, as->batches[best],
						   selection_pos(&as->batches[best]->sel, as->at[best]), ps->batch_cxt);
		merge_advance(as, best, max_rows);
	}
	ps->done = as->rb.batch.sel.n == 0;
	return ps->done ? NULL : &as->rb.batch;
}

static void
merge_append_rescan(PlanState *ps)
{
	AppendState *as = (AppendState *) ps;

	as->started = false;
	rescan_children(as);
}

static void
merge_append_close(PlanState *ps)
{
	append_close(ps);
	((AppendState *) ps)->started = false;
}

const NodeOps merge_append_ops = {"Merge Append", sizeof(AppendState), merge_append_init, merge_append_next,
								  merge_append_rescan, merge_append_close};

/* ---- for others ---- */
void
append_set_bound(PlanState *ps, int64 bound)
{
	AppendState *as = (AppendState *) ps;

	for (int i = 0; i < as->n; i++)
		exec_set_tuple_bound(as->children[i], bound);
}

int
append_num_children(PlanState *ps)
{
	return ((AppendState *) ps)->n;
}

PlanState *
append_child(PlanState *ps, int i)
{
	return ((AppendState *) ps)->children[i];
}
