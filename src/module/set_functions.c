/*
 * set_functions.c
 *    Help for C functions that return sets or rows.
 *
 * A value-per-call function's state hangs on its FmgrInfo and is dropped when the expression context that evaluates it
 * is reset or ends, so a LIMIT that stops early leaks nothing.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

static void
drop_call_context(Datum arg)
{
	FmgrInfo *flinfo = (FmgrInfo *) DatumGetPointer(arg);
	FuncCallContext *context = flinfo->fn_extra;

	flinfo->fn_extra = NULL;
	if (context)
		MemoryContextDelete(context->multi_call_memory_ctx);
}

FuncCallContext *
init_MultiFuncCall(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	FuncCallContext *context;
	MemoryContext memory;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("set-valued function called in context that cannot accept a set"));
	if (fcinfo->flinfo->fn_extra != NULL)
		elog(ERROR, "init_MultiFuncCall cannot be called more than once");
	memory = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "SRF multi-call context", ALLOCSET_SMALL_SIZES);
	context = MemoryContextAllocZero(memory, sizeof(FuncCallContext));
	context->multi_call_memory_ctx = memory;
	fcinfo->flinfo->fn_extra = context;
	RegisterExprContextCallback(rsinfo->econtext, drop_call_context, PointerGetDatum(fcinfo->flinfo));
	return context;
}

FuncCallContext *
per_MultiFuncCall(FunctionCallInfo fcinfo)
{
	return (FuncCallContext *) fcinfo->flinfo->fn_extra;
}

void
end_MultiFuncCall(FunctionCallInfo fcinfo, FuncCallContext *funcctx)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	UnregisterExprContextCallback(rsinfo->econtext, drop_call_context, PointerGetDatum(fcinfo->flinfo));
	drop_call_context(PointerGetDatum(fcinfo->flinfo));
}

/* A tuplestore for all rows at once, and the row type they have. */
void
InitMaterializedSRF(FunctionCallInfo fcinfo, bits32 flags)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old;
	TupleDesc desc;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("set-valued function called in context that cannot accept a set"));
	if (!(rsinfo->allowedModes & SFRM_Materialize) ||
		((flags & MAT_SRF_USE_EXPECTED_DESC) && rsinfo->expectedDesc == NULL))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("materialize mode required, but it is not allowed in this context"));
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	if (flags & MAT_SRF_USE_EXPECTED_DESC)
		desc = CreateTupleDescCopy(rsinfo->expectedDesc);
	else if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (flags & MAT_SRF_BLESS)
		BlessTupleDesc(desc);
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0, false, work_mem);
	rsinfo->setDesc = desc;
	MemoryContextSwitchTo(old);
}

/* ---- rows as values ---- */

/* Give an anonymous row type a number by which this process finds it again. */
TupleDesc
BlessTupleDesc(TupleDesc tupdesc)
{
	if (tupdesc->tdtypeid == RECORDOID && tupdesc->tdtypmod < 0)
		assign_record_type_typmod(tupdesc);
	return tupdesc;
}

AttInMetadata *
TupleDescGetAttInMetadata(TupleDesc tupdesc)
{
	AttInMetadata *meta = palloc(sizeof(AttInMetadata));
	int natts = tupdesc->natts;

	meta->tupdesc = BlessTupleDesc(tupdesc);
	meta->attinfuncs = palloc0(natts * sizeof(FmgrInfo));
	meta->attioparams = palloc0(natts * sizeof(Oid));
	meta->atttypmods = palloc0(natts * sizeof(int32));
	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);
		Oid input;

		if (att->attisdropped)
			continue;
		getTypeInputInfo(att->atttypid, &input, &meta->attioparams[i]);
		fmgr_info(input, &meta->attinfuncs[i]);
		meta->atttypmods[i] = att->atttypmod;
	}
	return meta;
}

HeapTuple
BuildTupleFromCStrings(AttInMetadata *attinmeta, char **values)
{
	TupleDesc desc = attinmeta->tupdesc;
	Datum *datums = palloc0(desc->natts * sizeof(Datum));
	bool *nulls = palloc(desc->natts * sizeof(bool));
	HeapTuple tuple;

	for (int i = 0; i < desc->natts; i++)
	{
		nulls[i] = TupleDescAttr(desc, i)->attisdropped || values[i] == NULL;
		if (!TupleDescAttr(desc, i)->attisdropped)
			datums[i] = InputFunctionCall(&attinmeta->attinfuncs[i], values[i], attinmeta->attioparams[i],
										  attinmeta->atttypmods[i]);
	}
	tuple = heap_form_tuple(desc, datums, nulls);
	pfree(datums);
	pfree(nulls);
	return tuple;
}

/* ---- VARIADIC "any" ---- */

/* The variadic arguments as arrays of values, types and NULL flags; -1: the array itself is NULL. */
int
extract_variadic_args(FunctionCallInfo fcinfo, int variadic_start, bool convert_unknown, Datum **args, Oid **types,
					  bool **nulls)
{
	int count;

	*args = NULL;
	*types = NULL;
	*nulls = NULL;
	if (get_fn_expr_variadic(fcinfo->flinfo))
	{
		ArrayType *array;
		Oid element;
		int16 len;
		bool byval;
		char align;

		Assert(PG_NARGS() == variadic_start + 1);
		if (PG_ARGISNULL(variadic_start))
			return -1;
		array = PG_GETARG_ARRAYTYPE_P(variadic_start);
		element = ARR_ELEMTYPE(array);
		get_typlenbyvalalign(element, &len, &byval, &align);
		deconstruct_array(array, element, len, byval, align, args, nulls, &count);
		*types = palloc0(Max(count, 1) * sizeof(Oid));
		for (int i = 0; i < count; i++)
			(*types)[i] = element;
		return count;
	}
	count = PG_NARGS() - variadic_start;
	*nulls = palloc0(Max(count, 1) * sizeof(bool));
	*args = palloc0(Max(count, 1) * sizeof(Datum));
	*types = palloc0(Max(count, 1) * sizeof(Oid));
	for (int i = 0; i < count; i++)
	{
		int arg = variadic_start + i;

		(*nulls)[i] = PG_ARGISNULL(arg);
		(*types)[i] = get_fn_expr_argtype(fcinfo->flinfo, arg);
		if (!(*nulls)[i])
			(*args)[i] = PG_GETARG_DATUM(arg);
		/* Literals of no type are handed on as text. */
		if (convert_unknown && (*types)[i] == UNKNOWNOID && get_fn_expr_arg_stable(fcinfo->flinfo, arg))
		{
			(*types)[i] = TEXTOID;
			if (!(*nulls)[i])
				(*args)[i] = CStringGetTextDatum(DatumGetCString((*args)[i]));
		}
		if (!OidIsValid((*types)[i]) || (convert_unknown && (*types)[i] == UNKNOWNOID))
			ereport(ERROR,
					errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("could not determine data type for argument %d", i + 1));
	}
	return count;
}
