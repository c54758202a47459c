/*
 * node_function.c
 *    FunctionScan (functions in FROM, ROWS FROM, WITH ORDINALITY) and ProjectSet (set-returning functions in a targetlist).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "execute/row.h"
#include "execute/srf.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/datum.h"
#include "utils/memutils.h"

/* ---- FunctionScan ---- */
typedef struct ScanFunction
{
	SrfCall call;
	TupleDesc desc;
	int first_col;
	Tuplestorestate *store;
	bool at_end;
	Datum *values;
	bool *nulls;
} ScanFunction;

typedef struct FunctionScanState
{
	PlanState ps;
	int n;
	ScanFunction *funcs;
	bool ordinality;
	int64 row;
	TupleDesc desc;		/* all columns */
	RowLayout layout;
	RowBatch rb;
	Datum *values;
	bool *nulls;
	Vector *cols;
	MemoryContext call_cxt;
} FunctionScanState;

/* Column types of one function: from its column definition list, its result type, or one scalar column. */
static TupleDesc
function_desc(RangeTblFunction *rtf)
{
	TupleDesc desc;
	TypeFuncClass c = get_expr_result_type(rtf->funcexpr, NULL, &desc);
	Oid type;

	if (rtf->funccolnames != NIL)
		return BuildDescFromLists(rtf->funccolnames, rtf->funccoltypes, rtf->funccoltypmods, rtf->funccolcollations);
	if (c == TYPEFUNC_COMPOSITE || c == TYPEFUNC_COMPOSITE_DOMAIN)
		return CreateTupleDescCopy(desc);
	if (c == TYPEFUNC_SCALAR)
	{
		type = exprType(rtf->funcexpr);
		desc = CreateTemplateTupleDesc(1);
		TupleDescInitEntry(desc, 1, NULL, type, exprTypmod(rtf->funcexpr), 0);
		TupleDescInitEntryCollation(desc, 1, exprCollation(rtf->funcexpr));
		return desc;
	}
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("function in FROM has unsupported return type"));
}

static void
function_scan_init(PlanState *ps, int eflags)
{
	FunctionScanState *fs = (FunctionScanState *) ps;
	FunctionScan *plan = (FunctionScan *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;
	MemoryContext old = MemoryContextSwitchTo(cxt);
	ExprCompiler c;
	ListCell *lc;
	int natts = 0;

	fs->ordinality = plan->funcordinality;
	fs->funcs = palloc0_array(ScanFunction, list_length(plan->functions));
	expr_compiler_init(&c, ps);
	foreach (lc, plan->functions)
	{
		RangeTblFunction *rtf = lfirst_node(RangeTblFunction, lc);
		ScanFunction *f = &fs->funcs[fs->n++];

		f->desc = function_desc(rtf);
		f->first_col = natts;
		natts += f->desc->natts;
		f->values = palloc_array(Datum, Max(f->desc->natts, 1));
		f->nulls = palloc_array(bool, Max(f->desc->natts, 1));
		if (f->desc->tdtypeid == RECORDOID)
			BlessTupleDesc(f->desc);
		srf_init(&f->call, &c, rtf->funcexpr, f->desc);
	}
	if (fs->n == 1 && !fs->ordinality)
		fs->desc = fs->funcs[0].desc;
	else
	{
		fs->desc = CreateTemplateTupleDesc(natts + (fs->ordinality ? 1 : 0));
		for (int i = 0; i < fs->n; i++)
			for (int k = 0; k < fs->funcs[i].desc->natts; k++)
				TupleDescCopyEntry(fs->desc, fs->funcs[i].first_col + k + 1, fs->funcs[i].desc, k + 1);
		if (fs->ordinality)
			TupleDescInitEntry(fs->desc, natts + 1, "ordinality", INT8OID, -1, 0);
	}
	row_layout_init(&fs->layout, fs->desc, cxt);
	row_batch_init(&fs->rb, fs->desc, cxt);
	fs->values = palloc_array(Datum, Max(fs->desc->natts, 1));
	fs->nulls = palloc_array(bool, Max(fs->desc->natts, 1));
	fs->cols = palloc_array(Vector, Max(fs->desc->natts, 1));
	for (int i = 0; i < fs->desc->natts; i++)
		fs->cols[i] = (Vector){&fs->values[i], &fs->nulls[i], 0};
	c.scan_desc = fs->desc;
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
	fs->call_cxt = AllocSetContextCreate(cxt, "FunctionScan call", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(old);
}

static void
run_functions(FunctionScanState *fs)
{
	MemoryContext old = MemoryContextSwitchTo(fs->call_cxt);

	for (int i = 0; i < fs->n; i++)
		if (fs->funcs[i].store == NULL)
		{
			fs->funcs[i].store = srf_collect(&fs->funcs[i].call, &fs->ps.ec, fs->funcs[i].desc);
			fs->funcs[i].at_end = false;
			tuplestore_rescan(fs->funcs[i].store);
		}
	MemoryContextSwitchTo(old);
	MemoryContextReset(fs->call_cxt);
}

/* One row of ROWS FROM: shorter results are filled up with NULLs. */
static bool
next_row(FunctionScanState *fs)
{
	bool any = false;

	for (int i = 0; i < fs->n; i++)
	{
		ScanFunction *f = &fs->funcs[i];

		if (!f->at_end && !tuplestore_getvalues(f->store, true, f->values, f->nulls))
			f->at_end = true;
		for (int k = 0; k < f->desc->natts; k++)
		{
			fs->nulls[f->first_col + k] = f->at_end || f->nulls[k];
			fs->values[f->first_col + k] = f->at_end ? (Datum) 0 : f->values[k];
		}
		any |= !f->at_end;
	}
	if (any && fs->ordinality)
	{
		fs->values[fs->desc->natts - 1] = Int64GetDatum(++fs->row);
		fs->nulls[fs->desc->natts - 1] = false;
	}
	return any;
}

static Batch *
function_scan_next(PlanState *ps, int max_rows)
{
	FunctionScanState *fs = (FunctionScanState *) ps;
	Batch one = {.sel = {1, 1, NULL}, .ncols = fs->desc->natts, .cols = fs->cols, .desc = fs->desc};

	run_functions(fs);
	for (;;)
	{
		bool copy = false;
		Batch *out;

		MemoryContextReset(ps->batch_cxt);
		row_batch_clear(&fs->rb);
		for (int i = 0; i < fs->n; i++)
			copy |= !tuplestore_in_memory(fs->funcs[i].store);
		while (fs->rb.batch.sel.n < max_rows && next_row(fs))
		{
			if (copy)
				row_batch_add_copy(&fs->rb, &fs->layout, &one, 0, ps->batch_cxt);
			else
				row_batch_add_values(&fs->rb, fs->values, fs->nulls);
		}
		CHECK_FOR_INTERRUPTS();
		if (fs->rb.batch.sel.n == 0)
			return NULL;
		ps->ec.source[BATCH_SCAN] = &fs->rb.batch;
		out = exec_filter_project(ps, &fs->rb.batch.sel);
		if (out != NULL)
			return out;
	}
}

static void
forget_results(FunctionScanState *fs)
{
	for (int i = 0; i < fs->n; i++)
	{
		if (fs->funcs[i].store)
			tuplestore_end(fs->funcs[i].store);
		fs->funcs[i].store = NULL;
		srf_end(&fs->funcs[i].call);
	}
	fs->row = 0;
}

static void
function_scan_rescan(PlanState *ps)
{
	FunctionScanState *fs = (FunctionScanState *) ps;

	fs->row = 0;
	if (ps->chgParam != NULL)
	{
		forget_results(fs);
		return;
	}
	for (int i = 0; i < fs->n; i++)
	{
		if (fs->funcs[i].store)
			tuplestore_rescan(fs->funcs[i].store);
		fs->funcs[i].at_end = false;
	}
}

static void
function_scan_close(PlanState *ps)
{
	forget_results((FunctionScanState *) ps);
}

const NodeOps function_scan_ops = {"Function Scan", sizeof(FunctionScanState), function_scan_init, function_scan_next,
								   function_scan_rescan, function_scan_close};

/* ---- ProjectSet ---- */
typedef struct ProjectSetState
{
	PlanState ps;
	int n;
	SrfCall **srfs;			/* by column; NULL: plain expression */
	ExprNode **exprs;
	Vector **exprv;			/* values of plain expressions for the current input batch */
	Batch *in;
	int in_at;
	bool row_open;
	Batch empty;
	RowBatch rb;
	Datum *values;
	bool *nulls;
	MemoryContext expr_cxt;
	bool any_srf_done_input;
} ProjectSetState;

static bool
is_srf(Node *expr)
{
	return (IsA(expr, FuncExpr) && ((FuncExpr *) expr)->funcretset) ||
		   (IsA(expr, OpExpr) && ((OpExpr *) expr)->opretset);
}

static void
project_set_init(PlanState *ps, int eflags)
{
	ProjectSetState *ss = (ProjectSetState *) ps;
	MemoryContext cxt = ps->state->es_query_cxt;
	MemoryContext old = MemoryContextSwitchTo(cxt);
	ExprCompiler c;
	ListCell *lc;

	ps->left = exec_init_node(outerPlan(ps->plan), ps->state, eflags);
	exec_init_result_type(ps);
	exec_batch_context(ps);
	expr_compiler_init(&c, ps);
	ss->n = list_length(ps->plan->targetlist);
	ss->srfs = palloc0_array(SrfCall *, ss->n);
	ss->exprs = palloc0_array(ExprNode *, ss->n);
	ss->exprv = palloc0_array(Vector *, ss->n);
	ss->values = palloc0_array(Datum, ss->n);
	ss->nulls = palloc0_array(bool, ss->n);
	foreach (lc, ps->plan->targetlist)
	{
		Node *expr = (Node *) ((TargetEntry *) lfirst(lc))->expr;
		int i = foreach_current_index(lc);

		if (is_srf(expr))
		{
			TupleDesc expected = NULL;

			get_expr_result_type(expr, NULL, &expected);
			ss->srfs[i] = palloc0_object(SrfCall);
			srf_init(ss->srfs[i], &c, expr, expected);
		}
		else
			ss->exprs[i] = expr_compile(&c, expr);
	}
	row_batch_init(&ss->rb, ps->result_desc, cxt);
	ss->expr_cxt = AllocSetContextCreate(cxt, "ProjectSet input", ALLOCSET_DEFAULT_SIZES);
	ps->ec.source[BATCH_OUTER] = &ss->empty;
	ps->ec.source[BATCH_SCAN] = &ss->empty;
	MemoryContextSwitchTo(old);
}

static bool
next_input(ProjectSetState *ss, int max_rows)
{
	PlanState *ps = &ss->ps;
	MemoryContext old;

	if (ps->done)
		return false;
	if (ps->left == NULL)
	{
		ss->empty.sel = (Selection){1, 1, NULL};
		ss->in = &ss->empty;
		ps->done = true;
	}
	else
	{
		ss->in = exec_next(ps->left, max_rows);
		if (ss->in == NULL)
		{
			ps->done = true;
			return false;
		}
	}
	ss->in_at = 0;
	ss->row_open = false;
	ps->ec.source[BATCH_OUTER] = ss->in;
	MemoryContextReset(ss->expr_cxt);
	old = MemoryContextSwitchTo(ss->expr_cxt);
	for (int i = 0; i < ss->n; i++)
		if (ss->exprs[i])
			ss->exprv[i] = expr_eval(ss->exprs[i], &ps->ec, &ss->in->sel);
	MemoryContextSwitchTo(old);
	return true;
}

/* The next output row of the current input row. Functions that have ended give NULL while others go on. */
static bool
next_set_row(ProjectSetState *ss, int pos)
{
	bool any = false;

	for (int i = 0; i < ss->n; i++)
	{
		if (ss->srfs[i] == NULL)
			continue;
		if (!ss->row_open)
			srf_start(ss->srfs[i], &ss->ps.ec, pos);
		ss->nulls[i] = true;
		ss->values[i] = (Datum) 0;
		if (srf_next_value(ss->srfs[i], &ss->values[i], &ss->nulls[i]))
			any = true;
		else
		{
			ss->nulls[i] = true;
			ss->values[i] = (Datum) 0;
		}
	}
	ss->row_open = true;
	if (!any)
		return false;
	for (int i = 0; i < ss->n; i++)
		if (ss->exprs[i])
		{
			ss->values[i] = vector_value(ss->exprv[i], pos);
			ss->nulls[i] = vector_isnull(ss->exprv[i], pos);
		}
	return true;
}

static Batch *
project_set_next(PlanState *ps, int max_rows)
{
	ProjectSetState *ss = (ProjectSetState *) ps;
	MemoryContext old;

	MemoryContextReset(ps->batch_cxt);
	row_batch_clear(&ss->rb);
	for (;;)
	{
		int pos;

		CHECK_FOR_INTERRUPTS();
		if (ss->in != NULL && ss->in_at >= ss->in->sel.n)
		{
			/* Rows collected point into the input batch: return them before it goes. */
			if (ss->rb.batch.sel.n > 0)
				break;
			ss->in = NULL;
		}
		if (ss->in == NULL && !next_input(ss, max_rows))
			break;
		pos = selection_pos(&ss->in->sel, ss->in_at);
		old = MemoryContextSwitchTo(ps->batch_cxt);
		while (ss->rb.batch.sel.n < max_rows)
		{
			if (!next_set_row(ss, pos))
			{
				ss->in_at++;
				ss->row_open = false;
				break;
			}
			row_batch_add_values(&ss->rb, ss->values, ss->nulls);
		}
		MemoryContextSwitchTo(old);
		if (ss->rb.batch.sel.n >= max_rows)
			break;
	}
	return ss->rb.batch.sel.n > 0 ? &ss->rb.batch : NULL;
}

static void
project_set_forget(ProjectSetState *ss)
{
	for (int i = 0; i < ss->n; i++)
		if (ss->srfs[i])
			srf_end(ss->srfs[i]);
	ss->in = NULL;
	ss->row_open = false;
}

static void
project_set_rescan(PlanState *ps)
{
	project_set_forget((ProjectSetState *) ps);
	if (ps->left && ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
project_set_close(PlanState *ps)
{
	project_set_forget((ProjectSetState *) ps);
	exec_close(ps->left);
}

const NodeOps project_set_ops = {"ProjectSet", sizeof(ProjectSetState), project_set_init, project_set_next,
								 project_set_rescan, project_set_close};
