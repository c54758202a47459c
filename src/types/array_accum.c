/*
 * array_accum.c
 *    Growing arrays: accumulators for C code, array_agg, array constructors of the executor.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "types/array_internal.h"

/* ---- scalars */
ArrayBuildState *
initArrayResult(Oid element_type, MemoryContext rcontext, bool subcontext)
{
	MemoryContext context =
		subcontext ? AllocSetContextCreate(rcontext, "accumArrayResult", ALLOCSET_DEFAULT_SIZES) : rcontext;
	ArrayBuildState *state = MemoryContextAllocZero(context, sizeof(ArrayBuildState));

	state->mcontext = context;
	state->private_cxt = subcontext;
	state->alen = subcontext ? 64 : 8;
	state->dvalues = MemoryContextAlloc(context, (Size) state->alen * sizeof(Datum));
	state->dnulls = MemoryContextAlloc(context, (Size) state->alen * sizeof(bool));
	state->element_type = element_type;
	get_typlenbyvalalign(element_type, &state->typlen, &state->typbyval, &state->typalign);
	return state;
}

/* A copy of a value in the current context, varlena ones plain. */
static Datum
copy_element(Datum value, int16 typlen, bool typbyval)
{
	ElementLayout layout = {InvalidOid, typlen, typbyval, TYPALIGN_CHAR};
	Size size;
	char *copy;

	if (typbyval)
		return value;
	if (typlen == -1)
		return PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	size = element_size(&layout, DatumGetPointer(value));
	copy = palloc(size);
	memcpy(copy, DatumGetPointer(value), size);
	return PointerGetDatum(copy);
}

ArrayBuildState *
accumArrayResult(ArrayBuildState *astate, Datum dvalue, bool disnull, Oid element_type, MemoryContext rcontext)
{
	MemoryContext old;

	if (astate == NULL)
		astate = initArrayResult(element_type, rcontext, true);
	Assert(astate->element_type == element_type);
	old = MemoryContextSwitchTo(astate->mcontext);
	if (astate->nelems >= astate->alen)
	{
		astate->alen *= 2;
		if (!AllocSizeIsValid((Size) astate->alen * sizeof(Datum)))
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("array size exceeds the maximum allowed (%d)", (int) MaxAllocSize));
		astate->dvalues = repalloc_array(astate->dvalues, Datum, astate->alen);
		astate->dnulls = repalloc_array(astate->dnulls, bool, astate->alen);
	}
	astate->dvalues[astate->nelems] = disnull ? (Datum) 0 : copy_element(dvalue, astate->typlen, astate->typbyval);
	astate->dnulls[astate->nelems++] = disnull;
	MemoryContextSwitchTo(old);
	return astate;
}

Datum
makeMdArrayResult(ArrayBuildState *astate, int ndims, int *dims, int *lbs, MemoryContext rcontext, bool release)
{
	ElementLayout layout = {astate->element_type, astate->typlen, astate->typbyval, astate->typalign};
	MemoryContext old = MemoryContextSwitchTo(rcontext);
	ArrayType *result = array_build(&layout, astate->dvalues, astate->dnulls, ndims, dims, lbs);

	MemoryContextSwitchTo(old);
	if (release)
	{
		Assert(astate->private_cxt);
		MemoryContextDelete(astate->mcontext);
	}
	return PointerGetDatum(result);
}

Datum
makeArrayResult(ArrayBuildState *astate, MemoryContext rcontext)
{
	int dim = astate->nelems;
	int lb = 1;

	return makeMdArrayResult(astate, astate->nelems > 0 ? 1 : 0, &dim, &lb, rcontext, astate->private_cxt);
}

/* ---- arrays of one shape into an array with a dimension more */
ArrayBuildStateArr *
initArrayResultArr(Oid array_type, Oid element_type, MemoryContext rcontext, bool subcontext)
{
	MemoryContext context =
		subcontext ? AllocSetContextCreate(rcontext, "accumArrayResultArr", ALLOCSET_DEFAULT_SIZES) : rcontext;
	ArrayBuildStateArr *state = MemoryContextAllocZero(context, sizeof(ArrayBuildStateArr));

	if (!OidIsValid(element_type))
	{
		element_type = get_element_type(array_type);
		if (!OidIsValid(element_type))
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("data type %s is not an array type", format_type_be(array_type)));
	}
	state->mcontext = context;
	state->private_cxt = subcontext;
	state->array_type = array_type;
	state->element_type = element_type;
	return state;
}

static void
check_same_shape(ArrayBuildStateArr *state, ArrayType *array)
{
	if (ARR_NDIM(array) + 1 != state->ndims)
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				errmsg("cannot accumulate arrays of different dimensionality"));
	for (int d = 0; d < ARR_NDIM(array); d++)
	{
		if (state->dims[d + 1] != ARR_DIMS(array)[d] || state->lbs[d + 1] != ARR_LBOUND(array)[d])
			ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					errmsg("cannot accumulate arrays of different dimensionality"));
	}
}

static void
set_shape(ArrayBuildStateArr *state, ArrayType *array)
{
	int ndim = ARR_NDIM(array);

	if (ndim == 0)
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("cannot accumulate empty arrays"));
	if (ndim + 1 > MAXDIM)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", ndim + 1, MAXDIM));
	state->ndims = ndim + 1;
	state->lbs[0] = 1;
	memcpy(&state->dims[1], ARR_DIMS(array), (size_t) ndim * sizeof(int));
	memcpy(&state->lbs[1], ARR_LBOUND(array), (size_t) ndim * sizeof(int));
}

/* Element data of arrays of one type can be joined as bytes: each piece is padded to the element alignment. */
static void
append_data(ArrayBuildStateArr *state, const char *data, int size)
{
	int needed = state->nbytes + size;

	if (!AllocSizeIsValid(needed))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("array size exceeds the maximum allowed (%d)", (int) MaxAllocSize));
	if (state->data == NULL)
	{
		state->abytes = Max(1024, size);
		state->data = palloc((Size) state->abytes);
	}
	else if (needed > state->abytes)
	{
		state->abytes = Max(state->abytes * 2, needed);
		state->data = repalloc(state->data, (Size) state->abytes);
	}
	memcpy(state->data + state->nbytes, data, (size_t) size);
	state->nbytes = needed;
}

static void
append_nulls(ArrayBuildStateArr *state, ArrayType *array, int count)
{
	if (state->nullbitmap == NULL && !ARR_HASNULL(array))
		return;
	if (state->nullbitmap == NULL || state->nitems + count > state->aitems)
	{
		int bits = Max(256, 2 * (state->nitems + count));
		bits8 *bitmap = palloc0((Size) (bits + 7) / 8);

		array_bitmap_copy(bitmap, 0, state->nullbitmap, 0, state->nitems);
		if (state->nullbitmap)
			pfree(state->nullbitmap);
		state->nullbitmap = bitmap;
		state->aitems = bits;
	}
	array_bitmap_copy(state->nullbitmap, state->nitems, ARR_NULLBITMAP(array), 0, count);
}

ArrayBuildStateArr *
accumArrayResultArr(ArrayBuildStateArr *astate, Datum dvalue, bool disnull, Oid array_type, MemoryContext rcontext)
{
	ArrayType *array;
	MemoryContext old;
	int count;

	if (disnull)
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("cannot accumulate null arrays"));
	array = DatumGetArrayTypeP(dvalue);
	if (astate == NULL)
		astate = initArrayResultArr(array_type, InvalidOid, rcontext, true);
	if (astate->ndims == 0)
		set_shape(astate, array);
	else
		check_same_shape(astate, array);
	old = MemoryContextSwitchTo(astate->mcontext);
	count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	append_data(astate, ARR_DATA_PTR(array), (int) (ARR_SIZE(array) - ARR_DATA_OFFSET(array)));
	append_nulls(astate, array, count);
	astate->nitems += count;
	astate->dims[0]++;
	MemoryContextSwitchTo(old);
	return astate;
}

Datum
makeArrayResultArr(ArrayBuildStateArr *astate, MemoryContext rcontext, bool release)
{
	MemoryContext old = MemoryContextSwitchTo(rcontext);
	ArrayType *result;

	if (astate->ndims == 0)
		result = construct_empty_array(astate->element_type);
	else
	{
		Size overhead;

		ArrayGetNItems(astate->ndims, astate->dims);
		ArrayCheckBounds(astate->ndims, astate->dims, astate->lbs);
		overhead = astate->nullbitmap ? ARR_OVERHEAD_WITHNULLS(astate->ndims, astate->nitems)
									  : ARR_OVERHEAD_NONULLS(astate->ndims);
		result = palloc0(overhead + (Size) astate->nbytes);
		SET_VARSIZE(result, overhead + (Size) astate->nbytes);
		result->ndim = astate->ndims;
		result->dataoffset = astate->nullbitmap ? (int32) overhead : 0;
		result->elemtype = astate->element_type;
		memcpy(ARR_DIMS(result), astate->dims, (size_t) astate->ndims * sizeof(int));
		memcpy(ARR_LBOUND(result), astate->lbs, (size_t) astate->ndims * sizeof(int));
		if (astate->nullbitmap)
			array_bitmap_copy(ARR_NULLBITMAP(result), 0, astate->nullbitmap, 0, astate->nitems);
		memcpy(ARR_DATA_PTR(result), astate->data, (size_t) astate->nbytes);
	}
	MemoryContextSwitchTo(old);
	if (release)
		MemoryContextDelete(astate->mcontext);
	return PointerGetDatum(result);
}

/* ---- either, by the input's type */
ArrayBuildStateAny *
initArrayResultAny(Oid input_type, MemoryContext rcontext, bool subcontext)
{
	Oid element_type = get_element_type(input_type);
	ArrayBuildStateAny *state;

	if (OidIsValid(element_type))
	{
		ArrayBuildStateArr *arraystate = initArrayResultArr(input_type, InvalidOid, rcontext, subcontext);

		state = MemoryContextAllocZero(arraystate->mcontext, sizeof(ArrayBuildStateAny));
		state->arraystate = arraystate;
	}
	else
	{
		ArrayBuildState *scalarstate = initArrayResult(input_type, rcontext, subcontext);

		state = MemoryContextAllocZero(scalarstate->mcontext, sizeof(ArrayBuildStateAny));
		state->scalarstate = scalarstate;
	}
	return state;
}

ArrayBuildStateAny *
accumArrayResultAny(ArrayBuildStateAny *astate, Datum dvalue, bool disnull, Oid input_type, MemoryContext rcontext)
{
	if (astate == NULL)
		astate = initArrayResultAny(input_type, rcontext, true);
	if (astate->scalarstate)
		(void) accumArrayResult(astate->scalarstate, dvalue, disnull, input_type, rcontext);
	else
		(void) accumArrayResultArr(astate->arraystate, dvalue, disnull, input_type, rcontext);
	return astate;
}

Datum
makeArrayResultAny(ArrayBuildStateAny *astate, MemoryContext rcontext, bool release)
{
	if (astate->scalarstate)
	{
		int dim = astate->scalarstate->nelems;
		int lb = 1;

		return makeMdArrayResult(astate->scalarstate, dim > 0 ? 1 : 0, &dim, &lb, rcontext, release);
	}
	return makeArrayResultArr(astate->arraystate, rcontext, release);
}

/* ---- array_agg. The state is kept: a window function may ask for the result more than once. */
static Oid
aggregated_type(FunctionCallInfo fcinfo)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 1);

	if (!OidIsValid(type))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("could not determine input data type"));
	return type;
}

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo, const char *function)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "%s called in non-aggregate context", function);
	return context;
}

Datum
array_agg_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo, "array_agg_transfn");
	Oid type = aggregated_type(fcinfo);
	ArrayBuildState *state = PG_ARGISNULL(0) ? initArrayResult(type, context, false)
											 : (ArrayBuildState *) PG_GETARG_POINTER(0);

	PG_RETURN_POINTER(accumArrayResult(state, PG_ARGISNULL(1) ? (Datum) 0 : PG_GETARG_DATUM(1), PG_ARGISNULL(1), type,
									   context));
}

Datum
array_agg_finalfn(PG_FUNCTION_ARGS)
{
	ArrayBuildState *state = PG_ARGISNULL(0) ? NULL : (ArrayBuildState *) PG_GETARG_POINTER(0);
	int dim;
	int lb = 1;

	if (state == NULL)
		PG_RETURN_NULL();
	dim = state->nelems;
	return makeMdArrayResult(state, 1, &dim, &lb, CurrentMemoryContext, false);
}

Datum
array_agg_array_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo, "array_agg_array_transfn");
	Oid type = aggregated_type(fcinfo);
	ArrayBuildStateArr *state = PG_ARGISNULL(0) ? initArrayResultArr(type, InvalidOid, context, false)
												: (ArrayBuildStateArr *) PG_GETARG_POINTER(0);

	PG_RETURN_POINTER(accumArrayResultArr(state, PG_ARGISNULL(1) ? (Datum) 0 : PG_GETARG_DATUM(1), PG_ARGISNULL(1),
										  type, context));
}

Datum
array_agg_array_finalfn(PG_FUNCTION_ARGS)
{
	ArrayBuildStateArr *state = PG_ARGISNULL(0) ? NULL : (ArrayBuildStateArr *) PG_GETARG_POINTER(0);

	if (state == NULL)
		PG_RETURN_NULL();
	return makeArrayResultArr(state, CurrentMemoryContext, false);
}
