/*
 * node_unique.c
 *    Unique and Group over sorted input, SetOp (INTERSECT, EXCEPT), LIMIT-free duplicates of the same idea.
 */
#include "postgres.h"

#include "execute/exec.h"
#include "execute/row.h"
#include "execute/row_hash.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* ---- Unique and Group: a row passes when it differs from the one before ---- */
typedef struct UniqueState
{
	PlanState ps;
	int ncols;
	AttrNumber *cols;
	KeyEqual *equal;
	RowLayout layout;
	Row *prev;
	MemoryContext prev_cxt;
} UniqueState;

static void
unique_setup(UniqueState *us, int ncols, AttrNumber *cols, Oid *ops, Oid *colls, int eflags)
{
	PlanState *ps = &us->ps;
	MemoryContext cxt = ps->state->es_query_cxt;

	ps->left = exec_init_node(outerPlan(ps->plan), ps->state, eflags);
	us->ncols = ncols;
	us->cols = cols;
	us->equal = MemoryContextAllocZero(cxt, sizeof(KeyEqual) * Max(ncols, 1));
	for (int i = 0; i < ncols; i++)
		key_equal_init(&us->equal[i], ops[i], colls[i], cxt);
	row_layout_init(&us->layout, exec_output_desc(ps->left), cxt);
	us->prev_cxt = AllocSetContextCreate(cxt, "Unique", ALLOCSET_SMALL_SIZES);
}

static void
unique_init(PlanState *ps, int eflags)
{
	Unique *plan = (Unique *) ps->plan;

	unique_setup((UniqueState *) ps, plan->numCols, plan->uniqColIdx, plan->uniqOperators, plan->uniqCollations,
				 eflags);
	ps->result_desc = exec_output_desc(ps->left);
}

static bool
same_as_row(UniqueState *us, const Batch *in, int pos)
{
	bool *nulls = row_nulls(&us->layout, us->prev);

	for (int i = 0; i < us->ncols; i++)
	{
		int c = us->cols[i] - 1;
		bool isnull = vector_isnull(&in->cols[c], pos);

		if (isnull != nulls[c] ||
			(!isnull && !key_equal(&us->equal[i], us->prev->values[c], vector_value(&in->cols[c], pos))))
			return false;
	}
	return true;
}

static bool
same_rows(UniqueState *us, const Batch *in, int a, int b)
{
	for (int i = 0; i < us->ncols; i++)
	{
		Vector *v = &in->cols[us->cols[i] - 1];
		bool anull = vector_isnull(v, a);

		if (anull != vector_isnull(v, b) ||
			(!anull && !key_equal(&us->equal[i], vector_value(v, a), vector_value(v, b))))
			return false;
	}
	return true;
}

/* Positions of first rows of their kind into buf; remembers the batch's last row. */
static int
unique_select(UniqueState *us, const Batch *in, RowPos *buf)
{
	MemoryContext old;
	int n = 0;
	int last = -1;

	for (int k = 0; k < in->sel.n; k++)
	{
		int pos = selection_pos(&in->sel, k);
		bool same = last >= 0 ? same_rows(us, in, last, pos) : us->prev != NULL && same_as_row(us, in, pos);

		if (!same)
			buf[n++] = pos;
		last = pos;
	}
	MemoryContextReset(us->prev_cxt);
	old = MemoryContextSwitchTo(us->prev_cxt);
	us->prev = row_from_batch(&us->layout, in, last, 0);
	MemoryContextSwitchTo(old);
	return n;
}

static Batch *
unique_next(PlanState *ps, int max_rows)
{
	UniqueState *us = (UniqueState *) ps;
	Batch *in;

	while ((in = exec_next(ps->left, max_rows)) != NULL)
	{
		RowPos *buf = exec_sel_buffer(ps);
		int n = unique_select(us, in, buf);

		CHECK_FOR_INTERRUPTS();
		if (n == 0)
			continue;
		ps->out = *in;
		ps->out.sel = (Selection){n, in->sel.extent, buf};
		return &ps->out;
	}
	return NULL;
}

static void
unique_rescan(PlanState *ps)
{
	((UniqueState *) ps)->prev = NULL;
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
unique_close(PlanState *ps)
{
	((UniqueState *) ps)->prev = NULL;
	exec_close(ps->left);
}

const NodeOps unique_ops = {"Unique", sizeof(UniqueState), unique_init, unique_next, unique_rescan, unique_close};

/* Group: the same, with a targetlist and HAVING of its own. */
static void
group_init(PlanState *ps, int eflags)
{
	Group *plan = (Group *) ps->plan;
	ExprCompiler c;

	unique_setup((UniqueState *) ps, plan->numCols, plan->grpColIdx, plan->grpOperators, plan->grpCollations, eflags);
	expr_compiler_init(&c, ps);
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
}

static Batch *
group_next(PlanState *ps, int max_rows)
{
	UniqueState *us = (UniqueState *) ps;
	RowPos buf[BATCH_MAX_ROWS];
	Batch *in;

	MemoryContextReset(ps->batch_cxt);
	while ((in = exec_next(ps->left, max_rows)) != NULL)
	{
		Selection sel = {unique_select(us, in, buf), in->sel.extent, buf};
		Batch *out;

		CHECK_FOR_INTERRUPTS();
		if (sel.n == 0)
			continue;
		ps->ec.source[BATCH_OUTER] = in;
		if (ps->qual == NULL)
		{
			/* The selection is returned with the batch: it must not be on the stack. */
			memcpy(exec_sel_buffer(ps), buf, sizeof(RowPos) * sel.n);
			sel.rows = ps->sel_buf;
		}
		out = exec_filter_project(ps, &sel);
		if (out != NULL)
			return out;
		MemoryContextReset(ps->batch_cxt);
	}
	return NULL;
}

const NodeOps group_ops = {"Group", sizeof(UniqueState), group_init, group_next, unique_rescan, unique_close};

/* ---- SetOp ---- */
typedef struct SetOpCounts
{
	int64 left;
	int64 right;
} SetOpCounts;

typedef struct SetOpState
{
	PlanState ps;
	RowHash *hash;
	Row **order;
	int64 ngroups;
	int64 capacity;
	bool filled;
	int64 at;
	int64 repeat;		/* copies of the current group still to come out */
	RowBatch rb;
	Datum *keys;
	bool *key_nulls;
} SetOpState;

/* Both strategies hash: the sorted one's input order is kept because groups come out as they were first seen. */
static void
set_op_init(PlanState *ps, int eflags)
{
	SetOpState *ss = (SetOpState *) ps;
	SetOp *plan = (SetOp *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;

	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	exec_init_result_type(ps);
	ss->hash = row_hash_create(exec_output_desc(ps->left), plan->numCols, plan->dupColIdx, plan->dupOperators,
							   plan->dupCollations, sizeof(SetOpCounts), (double) plan->numGroups, cxt);
	row_batch_init(&ss->rb, ps->result_desc, cxt);
	ss->keys = MemoryContextAlloc(cxt, sizeof(Datum) * Max(plan->numCols, 1));
	ss->key_nulls = MemoryContextAlloc(cxt, sizeof(bool) * Max(plan->numCols, 1));
}

static void
set_op_remember(SetOpState *ss, Row *row)
{
	if (ss->ngroups >= ss->capacity)
	{
		int64 capacity = Max(256, ss->capacity * 2);
		Row **order = MemoryContextAllocHuge(ss->ps.state->es_query_cxt, sizeof(Row *) * capacity);

		if (ss->order)
		{
			memcpy(order, ss->order, sizeof(Row *) * ss->ngroups);
			pfree(ss->order);
		}
		ss->order = order;
		ss->capacity = capacity;
	}
	ss->order[ss->ngroups++] = row;
}

static void
set_op_fill(SetOpState *ss)
{
	SetOp *plan = (SetOp *) ss->ps.plan;
	Batch *in;

	row_hash_reset(ss->hash);
	ss->ngroups = 0;
	while ((in = exec_next(ss->ps.left, BATCH_MAX_ROWS)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		for (int k = 0; k < in->sel.n; k++)
		{
			int pos = selection_pos(&in->sel, k);
			int flag = DatumGetInt32(vector_value(&in->cols[plan->flagColIdx - 1], pos));
			SetOpCounts *counts;
			uint32 h;
			Row *row;

			for (int i = 0; i < plan->numCols; i++)
			{
				Vector *v = &in->cols[plan->dupColIdx[i] - 1];

				ss->key_nulls[i] = vector_isnull(v, pos);
				ss->keys[i] = ss->key_nulls[i] ? (Datum) 0 : vector_value(v, pos);
			}
			h = row_hash_value(ss->hash, ss->keys, ss->key_nulls);
			row = row_hash_lookup(ss->hash, h, ss->keys, ss->key_nulls);
			if (row == NULL)
			{
				row = row_hash_insert_batch(ss->hash, h, in, pos);
				set_op_remember(ss, row);
			}
			counts = row_extra(&ss->hash->layout, row);
			if (flag == 0)
				counts->left++;
			else
				counts->right++;
		}
	}
	ss->filled = true;
	ss->at = 0;
	ss->repeat = 0;
}

static int64
set_op_copies(SetOpCmd cmd, const SetOpCounts *c)
{
	switch (cmd)
	{
		case SETOPCMD_INTERSECT:
			return c->left > 0 && c->right > 0 ? 1 : 0;
		case SETOPCMD_INTERSECT_ALL:
			return Min(c->left, c->right);
		case SETOPCMD_EXCEPT:
			return c->left > 0 && c->right == 0 ? 1 : 0;
		case SETOPCMD_EXCEPT_ALL:
			return c->left > c->right ? c->left - c->right : 0;
	}
	elog(ERROR, "unrecognized set op: %d", (int) cmd);
}

static Batch *
set_op_next(PlanState *ps, int max_rows)
{
	SetOpState *ss = (SetOpState *) ps;
	SetOp *plan = (SetOp *) ps->plan;

	if (!ss->filled)
		set_op_fill(ss);
	row_batch_clear(&ss->rb);
	while (ss->rb.batch.sel.n < max_rows)
	{
		if (ss->repeat == 0)
		{
			if (ss->at >= ss->ngroups)
				break;
			ss->repeat = set_op_copies(plan->cmd, row_extra(&ss->hash->layout, ss->order[ss->at]));
			ss->at++;
			continue;
		}
		row_batch_add_values(&ss->rb, ss->order[ss->at - 1]->values,
							 row_nulls(&ss->hash->layout, ss->order[ss->at - 1]));
		ss->repeat--;
	}
	return ss->rb.batch.sel.n > 0 ? &ss->rb.batch : NULL;
}

static void
set_op_rescan(PlanState *ps)
{
	SetOpState *ss = (SetOpState *) ps;

	ss->at = 0;
	ss->repeat = 0;
	if (ss->filled && ps->left->chgParam == NULL)
		return;
	ss->filled = false;
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
set_op_close(PlanState *ps)
{
	SetOpState *ss = (SetOpState *) ps;

	ss->filled = false;
	row_hash_reset(ss->hash);
	exec_close(ps->left);
}

const NodeOps set_op_ops = {"SetOp", sizeof(SetOpState), set_op_init, set_op_next, set_op_rescan, set_op_close};
