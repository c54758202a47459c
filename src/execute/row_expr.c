/*
 * row_expr.c
 *    Expressions outside of plans: on one given row, or on none.
 *
 * A RowExprs has a batch of one row whose columns are filled before each evaluation. Its memory is two contexts: one for the
 * compiled form, one for results, which is reset at the start of each evaluation.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "execute/exec.h"
#include "execute/expr.h"
#include "executor/executor.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

struct RowExprs
{
	MemoryContext cxt;
	MemoryContext results;
	ExprList *list;
	TupleDesc desc;
	int natts_used;
	ExprContext ec;
	Batch batch;
	Vector *cols;
	Datum *values;
	bool *nulls;
	HeapTupleData tuple;
};

static const Selection one_row = {1, 1, NULL};

RowExprs *
row_exprs_prepare(List *exprs, TupleDesc desc, MemoryContext context)
{
	MemoryContext cxt = AllocSetContextCreate(context, "RowExprs", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	RowExprs *re = palloc0_object(RowExprs);
	int natts = desc ? desc->natts : 0;
	ExprCompiler c;

	re->cxt = cxt;
	re->results = AllocSetContextCreate(cxt, "RowExprs results", ALLOCSET_SMALL_SIZES);
	re->desc = desc;
	expr_compiler_init(&c, NULL);
	c.scan_desc = desc;
	re->list = expr_compile_list(&c, exprs);
	re->natts_used = natts;
	re->values = palloc_array(Datum, Max(natts, 1));
	re->nulls = palloc_array(bool, Max(natts, 1));
	re->cols = palloc_array(Vector, Max(natts, 1));
	for (int i = 0; i < natts; i++)
		re->cols[i] = (Vector){&re->values[i], &re->nulls[i], 0};
	re->batch = (Batch){.sel = one_row, .ncols = natts, .cols = re->cols, .desc = desc};
	re->ec.type = T_ExprContext;
	re->ec.ecxt_per_query_memory = cxt;
	re->ec.ecxt_per_tuple_memory = re->results;
	for (int i = 0; i < BATCH_NUM_SOURCES; i++)
		re->ec.source[i] = &re->batch;
	MemoryContextSwitchTo(old);
	return re;
}

static void
eval_all(RowExprs *re, Datum *result, bool *isnull)
{
	MemoryContext old;

	if (re->list == NULL)
		return;
	MemoryContextReset(re->results);
	old = MemoryContextSwitchTo(re->results);
	for (int i = 0; i < re->list->n; i++)
	{
		Vector *v = expr_eval(re->list->nodes[i], &re->ec, &one_row);

		result[i] = vector_value(v, 0);
		isnull[i] = vector_isnull(v, 0);
	}
	MemoryContextSwitchTo(old);
}

void
row_exprs_eval(RowExprs *re, const Datum *values, const bool *nulls, Datum *result, bool *isnull)
{
	if (re->natts_used > 0)
	{
		memcpy(re->values, values, re->natts_used * sizeof(Datum));
		memcpy(re->nulls, nulls, re->natts_used * sizeof(bool));
	}
	re->batch.tuples = NULL;
	eval_all(re, result, isnull);
}

static void
load_tuple(RowExprs *re, HeapTuple tuple)
{
	if (re->natts_used > 0)
		heap_deform_tuple(tuple, re->desc, re->values, re->nulls);
	re->tuple = *tuple;
	re->batch.tuples = &re->tuple;
}

void
row_exprs_eval_tuple(RowExprs *re, HeapTuple tuple, Datum *result, bool *isnull)
{
	load_tuple(re, tuple);
	eval_all(re, result, isnull);
}

bool
row_exprs_qual(RowExprs *re, HeapTuple tuple)
{
	MemoryContext old;
	RowPos buf[1];
	bool pass = true;

	if (re->list == NULL)
		return true;
	load_tuple(re, tuple);
	MemoryContextReset(re->results);
	old = MemoryContextSwitchTo(re->results);
	for (int i = 0; i < re->list->n && pass; i++)
		pass = re->list->nodes[i]->select(re->list->nodes[i], &re->ec, &one_row, buf) == 1;
	MemoryContextSwitchTo(old);
	return pass;
}

/* Number of the first CHECK-like expression that is false, -1 when all pass. */
static int
first_false(RowExprs *re)
{
	MemoryContext old;
	int failed = -1;

	MemoryContextReset(re->results);
	old = MemoryContextSwitchTo(re->results);
	for (int i = 0; i < re->list->n && failed < 0; i++)
	{
		Vector *v = expr_eval(re->list->nodes[i], &re->ec, &one_row);

		if (!vector_isnull(v, 0) && !DatumGetBool(vector_value(v, 0)))
			failed = i;
	}
	MemoryContextSwitchTo(old);
	return failed;
}

bool
row_exprs_check(RowExprs *re, HeapTuple tuple)
{
	return row_exprs_first_failed(re, tuple) < 0;
}

int
row_exprs_first_failed(RowExprs *re, HeapTuple tuple)
{
	if (re->list == NULL)
		return -1;
	load_tuple(re, tuple);
	return first_false(re);
}

void
row_exprs_free(RowExprs *re)
{
	MemoryContextDelete(re->cxt);
}

/* ---- without a row ---- */
Datum
expr_eval_one(Node *expr, ParamListInfo params, bool *isnull)
{
	MemoryContext caller = CurrentMemoryContext;
	RowExprs *re = row_exprs_prepare(list_make1(expr), NULL, caller);
	Datum result;
	int16 typlen;
	bool typbyval;

	re->ec.ecxt_param_list_info = params;
	eval_all(re, &result, isnull);
	if (!*isnull)
	{
		get_typlenbyval(exprType(expr), &typlen, &typbyval);
		result = datumCopy(result, typbyval, typlen);
	}
	else
		result = (Datum) 0;
	row_exprs_free(re);
	return result;
}

Expr *
evaluate_expr(Expr *expr, Oid result_type, int32 result_typmod, Oid result_collation)
{
	bool isnull;
	Datum value = expr_eval_one((Node *) expr, NULL, &isnull);
	int16 typlen;
	bool typbyval;

	get_typlenbyval(result_type, &typlen, &typbyval);
	/* A constant in a plan must stand on its own. */
	if (!isnull && typlen == -1)
		value = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	return (Expr *) makeConst(result_type, result_typmod, result_collation, typlen, value, isnull, typbyval);
}
