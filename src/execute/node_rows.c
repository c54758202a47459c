/*
 * node_rows.c
 *    Scans of rows that are not in a table: SubqueryScan, ValuesScan.
 */
#include "postgres.h"

#include "execute/exec.h"
#include "execute/row.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"

/* ---- SubqueryScan ---- */
static void
subquery_scan_init(PlanState *ps, int eflags)
{
	ExprCompiler c;

	ps->left = exec_init_node(((SubqueryScan *) ps->plan)->subplan, ps->state, eflags);
	expr_compiler_init(&c, ps);
	c.scan_desc = exec_output_desc(ps->left);
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
}

static Batch *
subquery_scan_next(PlanState *ps, int max_rows)
{
	Batch *in;

	MemoryContextReset(ps->batch_cxt);
	while ((in = exec_next(ps->left, max_rows)) != NULL)
	{
		Batch *out;

		ps->ec.source[BATCH_SCAN] = in;
		out = exec_filter_project(ps, &in->sel);
		if (out != NULL)
			return out;
		MemoryContextReset(ps->batch_cxt);
	}
	return NULL;
}

static void
subquery_scan_rescan(PlanState *ps)
{
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
subquery_scan_close(PlanState *ps)
{
	exec_close(ps->left);
}

const NodeOps subquery_scan_ops = {"Subquery Scan", sizeof(PlanState), subquery_scan_init, subquery_scan_next,
								   subquery_scan_rescan, subquery_scan_close};

/* ---- ValuesScan: each row's expressions are compiled and evaluated when their turn comes, then forgotten ---- */
typedef struct ValuesScanState
{
	PlanState ps;
	List *rows;
	int next;
	Batch scan;
	RowBatch rb;
	RowLayout layout;
	MemoryContext row_cxt;	/* compiled expressions of one row */
	bool has_subplans;
	ExprNode ***compiled;	/* rows with SubPlans are compiled once: their state belongs to the plan */
} ValuesScanState;

static TupleDesc
values_desc(List *rows)
{
	return ExecTypeFromExprList(linitial(rows));
}

static void
values_scan_init(PlanState *ps, int eflags)
{
	ValuesScanState *vs = (ValuesScanState *) ps;
	MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);
	TupleDesc desc;
	ExprCompiler c;

	vs->rows = ((ValuesScan *) ps->plan)->values_lists;
	desc = values_desc(vs->rows);
	row_batch_init(&vs->rb, desc, ps->state->es_query_cxt);
	row_layout_init(&vs->layout, desc, ps->state->es_query_cxt);
	expr_compiler_init(&c, ps);
	c.scan_desc = desc;
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
	vs->row_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Values row", ALLOCSET_SMALL_SIZES);
	/* Rows with subqueries must be compiled now, like any expression with SubPlans. */
	if (ps->state->es_num_subplans > 0)
	{
		int r = 0;
		ListCell *lc;

		vs->compiled = palloc_array(ExprNode **, list_length(vs->rows));
		foreach (lc, vs->rows)
		{
			List *row = lfirst(lc);
			ListCell *lc2;
			int i = 0;

			vs->compiled[r] = palloc_array(ExprNode *, list_length(row));
			foreach (lc2, row)
				vs->compiled[r][i++] = expr_compile(&c, lfirst(lc2));
			r++;
		}
	}
	MemoryContextSwitchTo(old);
}

/* Evaluate one row of expressions into the batch; results are copied to the batch context. */
static void
values_add_row(ValuesScanState *vs, List *row, int index)
{
	PlanState *ps = &vs->ps;
	Selection one = {1, 1, NULL};
	Datum *values = MemoryContextAlloc(ps->batch_cxt, sizeof(Datum) * Max(vs->layout.ncols, 1));
	bool *nulls = MemoryContextAlloc(ps->batch_cxt, sizeof(bool) * Max(vs->layout.ncols, 1));
	MemoryContext old = MemoryContextSwitchTo(vs->row_cxt);
	ExprCompiler c;
	ListCell *lc;
	int i = 0;

	expr_compiler_init(&c, ps);
	c.cxt = vs->row_cxt;
	foreach (lc, row)
	{
		ExprNode *node = vs->compiled ? vs->compiled[index][i] : expr_compile(&c, lfirst(lc));
		Vector *v = expr_eval(node, &ps->ec, &one);

		nulls[i] = vector_isnull(v, 0);
		values[i] = vector_value(v, 0);
		if (!nulls[i] && !vs->layout.typbyval[i])
		{
			MemoryContextSwitchTo(ps->batch_cxt);
			values[i] = datumCopy(values[i], false, vs->layout.typlen[i]);
			MemoryContextSwitchTo(vs->row_cxt);
		}
		i++;
	}
	row_batch_add_values(&vs->rb, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextReset(vs->row_cxt);
}

static Batch *
values_scan_next(PlanState *ps, int max_rows)
{
	ValuesScanState *vs = (ValuesScanState *) ps;

	for (;;)
	{
		Batch *out;

		MemoryContextReset(ps->batch_cxt);
		row_batch_clear(&vs->rb);
		while (vs->next < list_length(vs->rows) && vs->rb.batch.sel.n < max_rows)
		{
			CHECK_FOR_INTERRUPTS();
			values_add_row(vs, list_nth(vs->rows, vs->next), vs->next);
			vs->next++;
		}
		if (vs->rb.batch.sel.n == 0)
			return NULL;
		ps->ec.source[BATCH_SCAN] = &vs->rb.batch;
		out = exec_filter_project(ps, &vs->rb.batch.sel);
		if (out != NULL)
			return out;
	}
}

static void
values_scan_rescan(PlanState *ps)
{
	((ValuesScanState *) ps)->next = 0;
}

const NodeOps values_scan_ops = {"Values Scan", sizeof(ValuesScanState), values_scan_init, values_scan_next,
								 values_scan_rescan, values_scan_rescan};
