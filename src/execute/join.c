/*
 * join.c
 *    Candidate pairs of a join, judged and projected together.
 */
#include "postgres.h"

#include "execute/join.h"
#include "utils/datum.h"
#include "utils/memutils.h"

static int
used_columns(Bitmapset *used, bool whole, int natts, int **cols, MemoryContext cxt)
{
	int n = 0;

	*cols = MemoryContextAlloc(cxt, sizeof(int) * Max(natts, 1));
	for (int i = 0; i < natts; i++)
		if (whole || bms_is_member(i, used))
			(*cols)[n++] = i;
	return n;
}

/* c has compiled nothing yet; the node's expressions are compiled here. */
void
join_out_init(JoinOut *jo, PlanState *ps, ExprCompiler *c, Join *plan)
{
	MemoryContext cxt = ps->state->es_query_cxt;

	jo->ps = ps;
	jo->type = plan->jointype;
	jo->single_match = plan->jointype == JOIN_SEMI || plan->inner_unique;
	jo->ec = &ps->ec;
	exec_init_qual(ps, c);
	exec_init_projection(ps, c);
	jo->joinqual = expr_compile_list(c, plan->joinqual);
	jo->outer_desc = exec_output_desc(ps->left);
	jo->inner_desc = exec_output_desc(ps->right);
	row_layout_init(&jo->inner_layout, jo->inner_desc, cxt);
	jo->nouter = used_columns(c->used[BATCH_OUTER], c->whole_row[BATCH_OUTER], jo->outer_desc->natts, &jo->outer_cols,
							  cxt);
	jo->ninner = used_columns(c->used[BATCH_INNER], c->whole_row[BATCH_INNER], jo->inner_desc->natts, &jo->inner_cols,
							  cxt);
	jo->outer.ncols = jo->outer_desc->natts;
	jo->outer.desc = jo->outer_desc;
	jo->outer.cols = MemoryContextAllocZero(cxt, sizeof(Vector) * Max(jo->outer.ncols, 1));
	jo->outer_nulls = MemoryContextAllocZero(cxt, sizeof(bool *) * Max(jo->outer.ncols, 1));
	jo->inner.ncols = jo->inner_desc->natts;
	jo->inner.desc = jo->inner_desc;
	jo->inner.cols = MemoryContextAllocZero(cxt, sizeof(Vector) * Max(jo->inner.ncols, 1));
	jo->inner_nulls = MemoryContextAllocZero(cxt, sizeof(bool *) * Max(jo->inner.ncols, 1));
	jo->matched = MemoryContextAlloc(cxt, sizeof(bool) * BATCH_MAX_ROWS);
	exec_batch_context(ps);
}

static void
reserve_columns(Batch *batch, bool **nulls, const int *cols, int n, int capacity, MemoryContext cxt)
{
	for (int i = 0; i < n; i++)
	{
		Vector *v = &batch->cols[cols[i]];

		if (v->values)
			pfree(v->values);
		v->values = MemoryContextAlloc(cxt, capacity * (sizeof(Datum) + sizeof(bool)));
		nulls[cols[i]] = v->nulls = (bool *) (v->values + capacity);
		v->mask = VECTOR_ALL;
	}
}

static void
join_out_reserve(JoinOut *jo, int n)
{
	MemoryContext cxt = jo->ps->state->es_query_cxt;
	int capacity = n <= 8 ? 8 : (n <= 128 ? 128 : BATCH_MAX_ROWS);
	JoinPair *pairs;

	if (n <= jo->capacity)
		return;
	pairs = MemoryContextAlloc(cxt, sizeof(JoinPair) * capacity);
	if (jo->pairs)
	{
		memcpy(pairs, jo->pairs, sizeof(JoinPair) * jo->n);
		pfree(jo->pairs);
		pfree(jo->keep);
	}
	jo->pairs = pairs;
	jo->keep = MemoryContextAlloc(cxt, sizeof(RowPos) * capacity);
	jo->capacity = capacity;
	reserve_columns(&jo->outer, jo->outer_nulls, jo->outer_cols, jo->nouter, capacity, cxt);
	reserve_columns(&jo->inner, jo->inner_nulls, jo->inner_cols, jo->ninner, capacity, cxt);
}

void
join_out_new_outer(JoinOut *jo, const Batch *outer)
{
	Assert(jo->n == 0);
	memset(jo->matched, false, outer->sel.extent);
}

void
join_out_add(JoinOut *jo, RowPos outer, bool no_outer, Row *inner)
{
	if (unlikely(jo->n >= jo->capacity))
		join_out_reserve(jo, jo->n + 1);
	jo->pairs[jo->n++] = (JoinPair){outer, no_outer, inner};
}

static void
gather_outer(JoinOut *jo, const Batch *outer)
{
	for (int i = 0; i < jo->nouter; i++)
	{
		int c = jo->outer_cols[i];
		Vector *dst = &jo->outer.cols[c];
		bool *nulls = jo->outer_nulls[c];

		dst->nulls = nulls;
		for (int k = 0; k < jo->n; k++)
		{
			bool null = jo->pairs[k].no_outer || vector_isnull(&outer->cols[c], jo->pairs[k].outer);

			nulls[k] = null;
			dst->values[k] = null ? (Datum) 0 : vector_value(&outer->cols[c], jo->pairs[k].outer);
		}
	}
}

static void
gather_inner(JoinOut *jo)
{
	RowLayout *layout = &jo->inner_layout;
	MemoryContext old = MemoryContextSwitchTo(jo->ps->batch_cxt);

	for (int i = 0; i < jo->ninner; i++)
	{
		int c = jo->inner_cols[i];
		Vector *dst = &jo->inner.cols[c];
		bool *nulls = jo->inner_nulls[c];
		bool copy = jo->copy_inner && !layout->typbyval[c];

		dst->nulls = nulls;
		for (int k = 0; k < jo->n; k++)
		{
			Row *row = jo->pairs[k].inner;

			nulls[k] = row == NULL || row_nulls(layout, row)[c];
			dst->values[k] = nulls[k] ? (Datum) 0 : row->values[c];
			if (copy && !nulls[k])
				dst->values[k] = datumCopy(dst->values[k], false, layout->typlen[c]);
		}
	}
	MemoryContextSwitchTo(old);
}

/* Which pairs pass the join condition proper; pairs that lack a side are decided elsewhere. */
static void
judge(JoinOut *jo, bool *pass)
{
	RowPos rows[BATCH_MAX_ROWS];
	RowPos passed[BATCH_MAX_ROWS];
	Selection sel = {0, jo->n, rows};
	int n;

	for (int k = 0; k < jo->n; k++)
	{
		pass[k] = jo->joinqual == NULL;
		if (jo->pairs[k].inner != NULL && !jo->pairs[k].no_outer)
			rows[sel.n++] = k;
	}
	if (jo->joinqual == NULL || sel.n == 0)
		return;
	n = expr_list_select(jo->joinqual, jo->ec, &sel, passed);
	if (jo->ps->instrument)
		jo->ps->instrument->removed_by_join += sel.n - n;
	for (int i = 0; i < n; i++)
		pass[passed[i]] = true;
}

/* Decide in order what comes out; see the header. */
static int
choose_output(JoinOut *jo, const bool *pass)
{
	int n = 0;

	for (int k = 0; k < jo->n; k++)
	{
		JoinPair *p = &jo->pairs[k];

		if (p->no_outer)
			jo->keep[n++] = k;
		else if (p->inner == NULL)
		{
			if (!jo->matched[p->outer])
				jo->keep[n++] = k;
		}
		else if (pass[k])
		{
			bool first = !jo->matched[p->outer];

			jo->matched[p->outer] = true;
			p->inner->mark = true;
			if (jo->type == JOIN_ANTI || (jo->single_match && !first))
				continue;
			jo->keep[n++] = k;
		}
	}
	return n;
}

Batch *
join_out_flush(JoinOut *jo, const Batch *outer)
{
	PlanState *ps = jo->ps;
	MemoryContext old;
	bool pass[BATCH_MAX_ROWS];
	Selection sel;
	Batch *out;

	if (jo->n == 0)
		return NULL;
	old = MemoryContextSwitchTo(ps->batch_cxt);
	gather_outer(jo, outer);
	gather_inner(jo);
	jo->ec->source[BATCH_OUTER] = &jo->outer;
	jo->ec->source[BATCH_INNER] = &jo->inner;
	jo->outer.sel = jo->inner.sel = (Selection){jo->n, jo->n, NULL};
	judge(jo, pass);
	sel = (Selection){choose_output(jo, pass), jo->n, jo->keep};
	MemoryContextSwitchTo(old);
	jo->n = 0;
	out = sel.n > 0 ? exec_filter_project(ps, &sel) : NULL;
	return out;
}

int
join_select_inner(JoinOut *jo, const Batch *outer, int pos, const Batch *inner, RowPos *dst)
{
	Vector row[64];
	Vector *cols = row;
	Batch one;
	MemoryContext old;
	int n;

	if (jo->joinqual == NULL)
	{
		for (int k = 0; k < inner->sel.n; k++)
			dst[k] = selection_pos(&inner->sel, k);
		return inner->sel.n;
	}
	old = MemoryContextSwitchTo(jo->ps->batch_cxt);
	if (outer->ncols > (int) lengthof(row))
		cols = palloc_array(Vector, outer->ncols);
	/* The outer row as constant columns. */
	for (int i = 0; i < jo->nouter; i++)
	{
		int c = jo->outer_cols[i];
		const Vector *v = &outer->cols[c];
		int at = pos & v->mask;

		cols[c] = (Vector){v->values + at, v->nulls ? v->nulls + at : NULL, 0};
	}
	one = (Batch){.sel = {1, 1, NULL}, .ncols = outer->ncols, .cols = cols, .desc = jo->outer_desc};
	jo->ec->source[BATCH_OUTER] = &one;
	jo->ec->source[BATCH_INNER] = inner;
	n = expr_list_select(jo->joinqual, jo->ec, &inner->sel, dst);
	if (jo->ps->instrument)
		jo->ps->instrument->removed_by_join += inner->sel.n - n;
	MemoryContextSwitchTo(old);
	return n;
}
