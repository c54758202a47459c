/*
 * srf.c
 *    Calling set-returning functions, in both protocols: a value per call, or a whole tuplestore at once.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "execute/srf.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

void
srf_init(SrfCall *srf, ExprCompiler *c, Node *expr, TupleDesc expected)
{
	Oid funcid = InvalidOid;
	Oid collation = InvalidOid;
	List *args = NIL;
	ListCell *lc;

	memset(srf, 0, sizeof(*srf));
	srf->rettype = exprType(expr);
	srf->returns_tuple = type_is_rowtype(srf->rettype);
	if (IsA(expr, FuncExpr))
	{
		funcid = ((FuncExpr *) expr)->funcid;
		collation = ((FuncExpr *) expr)->inputcollid;
		args = ((FuncExpr *) expr)->args;
	}
	else if (IsA(expr, OpExpr) && ((OpExpr *) expr)->opretset)
	{
		funcid = ((OpExpr *) expr)->opfuncid;
		collation = ((OpExpr *) expr)->inputcollid;
		args = ((OpExpr *) expr)->args;
	}
	else
	{
		srf->scalar = expr_compile(c, expr);
		srf->arg_cxt = AllocSetContextCreate(c->cxt, "SRF arguments", ALLOCSET_SMALL_SIZES);
		return;
	}
	expr_check_execute(funcid);
	fmgr_info_cxt(funcid, &srf->finfo, c->cxt);
	fmgr_info_set_expr(expr, &srf->finfo);
	srf->nargs = list_length(args);
	srf->args = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * Max(srf->nargs, 1));
	foreach (lc, args)
		srf->args[foreach_current_index(lc)] = expr_compile(c, lfirst(lc));
	srf->fcinfo = MemoryContextAllocZero(c->cxt, SizeForFunctionCallInfo(srf->nargs));
	srf->rsinfo.type = T_ReturnSetInfo;
	srf->rsinfo.expectedDesc = expected;
	InitFunctionCallInfoData(*srf->fcinfo, &srf->finfo, srf->nargs, collation, NULL, &srf->rsinfo);
	srf->arg_cxt = AllocSetContextCreate(c->cxt, "SRF arguments", ALLOCSET_SMALL_SIZES);
}

void
srf_end(SrfCall *srf)
{
	if (srf->store)
		tuplestore_end(srf->store);
	srf->store = NULL;
	srf->active = false;
}

void
srf_start(SrfCall *srf, ExprContext *ec, int pos)
{
	RowPos row = pos;
	Selection one = {1, pos + 1, &row};
	MemoryContext old;

	srf_end(srf);
	MemoryContextReset(srf->arg_cxt);
	old = MemoryContextSwitchTo(srf->arg_cxt);
	srf->ec = ec;
	srf->active = true;
	for (int i = 0; i < srf->nargs; i++)
	{
		Vector *v = expr_eval(srf->args[i], ec, &one);

		srf->fcinfo->args[i].isnull = vector_isnull(v, pos);
		srf->fcinfo->args[i].value = vector_value(v, pos);
		/* A strict function of NULL returns no rows. */
		if (srf->fcinfo->args[i].isnull && srf->finfo.fn_strict)
			srf->active = srf->finfo.fn_retset ? false : srf->active;
	}
	if (srf->active)
		for (int i = 0; i < srf->nargs; i++)
			if (!srf->fcinfo->args[i].isnull)
			{
				int16 typlen;
				bool typbyval;

				get_typlenbyval(srf->args[i]->type, &typlen, &typbyval);
				if (!typbyval)
					srf->fcinfo->args[i].value = datumCopy(srf->fcinfo->args[i].value, false, typlen);
			}
	MemoryContextSwitchTo(old);
}

/* One call of the function. Afterwards either a value is there, or a store, or the end. */
static bool
call_function(SrfCall *srf, Datum *value, bool *isnull)
{
	FunctionCallInfo fcinfo = srf->fcinfo;

	srf->rsinfo.econtext = srf->ec;
	srf->rsinfo.allowedModes = SFRM_ValuePerCall | SFRM_Materialize | SFRM_Materialize_Preferred;
	srf->rsinfo.returnMode = SFRM_ValuePerCall;
	srf->rsinfo.isDone = ExprSingleResult;
	srf->rsinfo.setResult = NULL;
	srf->rsinfo.setDesc = NULL;
	if (srf->finfo.fn_strict && !srf->finfo.fn_retset)
		for (int i = 0; i < srf->nargs; i++)
			if (fcinfo->args[i].isnull)
			{
				*isnull = true;
				*value = (Datum) 0;
				srf->active = false;
				return true;
			}
	fcinfo->isnull = false;
	*value = FunctionCallInvoke(fcinfo);
	*isnull = fcinfo->isnull;
	if (srf->rsinfo.returnMode == SFRM_Materialize)
	{
		if (srf->rsinfo.isDone != ExprSingleResult)
			ereport(ERROR, errcode(ERRCODE_E_R_I_E_SRF_PROTOCOL_VIOLATED),
					errmsg("table-function protocol for materialize mode was not followed"));
		srf->store = srf->rsinfo.setResult;
		srf->store_desc = srf->rsinfo.setDesc;
		srf->active = srf->store != NULL;
		return false;
	}
	if (srf->rsinfo.isDone == ExprEndResult)
	{
		srf->active = false;
		return false;
	}
	if (srf->rsinfo.isDone == ExprSingleResult)
		srf->active = false;
	return true;
}

static bool
next_from_store(SrfCall *srf, Datum *value, bool *isnull)
{
	int natts = srf->store_desc ? srf->store_desc->natts : 1;
	Datum *values = palloc_array(Datum, Max(natts, 1));
	bool *nulls = palloc_array(bool, Max(natts, 1));

	if (!tuplestore_getvalues(srf->store, true, values, nulls))
	{
		srf_end(srf);
		return false;
	}
	if (srf->returns_tuple)
	{
		*value = HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(srf->store_desc), values, nulls));
		*isnull = false;
	}
	else
	{
		*value = values[0];
		*isnull = nulls[0];
		if (!*isnull && !TupleDescAttr(srf->store_desc, 0)->attbyval)
			*value = datumCopy(*value, false, TupleDescAttr(srf->store_desc, 0)->attlen);
	}
	return true;
}

bool
srf_next_value(SrfCall *srf, Datum *value, bool *isnull)
{
	if (srf->store)
		return next_from_store(srf, value, isnull);
	if (!srf->active)
		return false;
	if (srf->scalar)
	{
		Selection one = {1, 1, NULL};
		Vector *v = expr_eval(srf->scalar, srf->ec, &one);

		*value = vector_value(v, 0);
		*isnull = vector_isnull(v, 0);
		srf->active = false;
		return true;
	}
	if (call_function(srf, value, isnull))
		return true;
	return srf->store ? next_from_store(srf, value, isnull) : false;
}

/* A composite value as columns. */
static void
expand_row(Datum value, bool isnull, TupleDesc desc, Datum *values, bool *nulls)
{
	HeapTupleHeader h;
	HeapTupleData tup = {0};
	TupleDesc actual;

	if (isnull)
	{
		memset(nulls, true, desc->natts);
		memset(values, 0, sizeof(Datum) * desc->natts);
		return;
	}
	h = DatumGetHeapTupleHeader(value);
	tup.t_data = h;
	tup.t_len = HeapTupleHeaderGetDatumLength(h);
	actual = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(h), HeapTupleHeaderGetTypMod(h));
	if (actual->natts != desc->natts)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("function return row and query-specified return row do not match"),
				errdetail_plural("Returned row contains %d attribute, but query expects %d.",
								 "Returned row contains %d attributes, but query expects %d.", actual->natts,
								 actual->natts, desc->natts));
	heap_deform_tuple(&tup, actual, values, nulls);
	ReleaseTupleDesc(actual);
}

Tuplestorestate *
srf_collect(SrfCall *srf, ExprContext *ec, TupleDesc desc)
{
	Tuplestorestate *store;
	MemoryContext old;
	Datum *values = palloc_array(Datum, Max(desc->natts, 1));
	bool *nulls = palloc_array(bool, Max(desc->natts, 1));
	MemoryContext call_cxt = AllocSetContextCreate(CurrentMemoryContext, "SRF value", ALLOCSET_SMALL_SIZES);
	Datum value;
	bool isnull;
	bool any = false;

	srf_start(srf, ec, 0);
	old = MemoryContextSwitchTo(ec->ecxt_per_query_memory);
	store = tuplestore_begin_heap(true, false, work_mem);
	MemoryContextSwitchTo(call_cxt);
	while (srf->active || srf->store)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(call_cxt);
		if (srf->store)
		{
			/* Materialized: its rows are the result, when its row type is as wide as expected. */
			if (srf->store_desc && srf->store_desc->natts != desc->natts && srf->returns_tuple)
				ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("function return row and query-specified return row do not match"),
						errdetail_plural("Returned row contains %d attribute, but query expects %d.",
										 "Returned row contains %d attributes, but query expects %d.",
										 srf->store_desc->natts, srf->store_desc->natts, desc->natts));
			MemoryContextSwitchTo(old);
			tuplestore_end(store);
			store = srf->store;
			srf->store = NULL;
			srf->active = false;
			any = true;
			break;
		}
		if (srf->scalar)
		{
			if (!srf_next_value(srf, &value, &isnull))
				break;
		}
		else if (!call_function(srf, &value, &isnull))
			continue;
		any = true;
		if (srf->returns_tuple)
			expand_row(value, isnull, desc, values, nulls);
		else
		{
			values[0] = value;
			nulls[0] = isnull;
		}
		tuplestore_putvalues(store, desc, values, nulls);
	}
	MemoryContextSwitchTo(old);
	/* A function that returns no set gives one row, if only of NULLs. */
	if (!any && !srf->finfo.fn_retset && srf->scalar == NULL)
	{
		memset(nulls, true, desc->natts);
		memset(values, 0, sizeof(Datum) * desc->natts);
		tuplestore_putvalues(store, desc, values, nulls);
	}
	MemoryContextDelete(call_cxt);
	return store;
}
