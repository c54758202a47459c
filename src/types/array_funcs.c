/*
 * array_funcs.c
 *    Functions over arrays: shape, growing, searching, replacing, filling, unnest.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "types/array_internal.h"
#include "types/int.h"
#include "utils/typcache.h"

/* ---- shape */
Datum
array_ndims(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);

	if (ARR_NDIM(array) <= 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(ARR_NDIM(array));
}

Datum
array_dims(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	StringInfoData buf;

	if (ARR_NDIM(array) <= 0)
		PG_RETURN_NULL();
	initStringInfo(&buf);
	for (int d = 0; d < ARR_NDIM(array); d++)
		appendStringInfo(&buf, "[%d:%d]", ARR_LBOUND(array)[d], ARR_LBOUND(array)[d] + ARR_DIMS(array)[d] - 1);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}

/* Does the array have the dimension (1-based) that the second argument names? */
static bool
has_dimension(ArrayType *array, int dimension)
{
	return dimension > 0 && dimension <= ARR_NDIM(array);
}

Datum
array_lower(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	int dimension = PG_GETARG_INT32(1);

	if (!has_dimension(array, dimension))
		PG_RETURN_NULL();
	PG_RETURN_INT32(ARR_LBOUND(array)[dimension - 1]);
}

Datum
array_upper(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	int dimension = PG_GETARG_INT32(1);

	if (!has_dimension(array, dimension))
		PG_RETURN_NULL();
	PG_RETURN_INT32(ARR_LBOUND(array)[dimension - 1] + ARR_DIMS(array)[dimension - 1] - 1);
}

Datum
array_length(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	int dimension = PG_GETARG_INT32(1);

	if (!has_dimension(array, dimension))
		PG_RETURN_NULL();
	PG_RETURN_INT32(ARR_DIMS(array)[dimension - 1]);
}

Datum
array_cardinality(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);

	PG_RETURN_INT32(ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)));
}

/* ---- growing */
/* The array argument n, or an empty one of the element type that the call says. */
static ArrayType *
array_argument_or_empty(FunctionCallInfo fcinfo, int n)
{
	Oid array_type;
	Oid element_type;

	if (!PG_ARGISNULL(n))
		return PG_GETARG_ARRAYTYPE_P(n);
	array_type = get_fn_expr_argtype(fcinfo->flinfo, n);
	if (!OidIsValid(array_type))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("could not determine input data type"));
	element_type = get_element_type(array_type);
	if (!OidIsValid(element_type))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("input data type is not an array"));
	return construct_empty_array(element_type);
}

static void
check_one_dimension(ArrayType *array)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, errcode(ERRCODE_DATA_EXCEPTION), errmsg("argument must be empty or one-dimensional array"));
}

Datum
array_append(PG_FUNCTION_ARGS)
{
	ArrayType *array = array_argument_or_empty(fcinfo, 0);
	const ElementLayout *layout = element_layout(fcinfo->flinfo, ARR_ELEMTYPE(array));
	int index = 1;

	check_one_dimension(array);
	if (ARR_NDIM(array) == 1 && pg_add_s32_overflow(ARR_LBOUND(array)[0], ARR_DIMS(array)[0], &index))
		int_out_of_range("integer");
	return array_set_element(PointerGetDatum(array), 1, &index, PG_GETARG_DATUM(1), PG_ARGISNULL(1), -1, layout->len,
							 layout->byval, layout->align);
}

/* The new element goes before the first and takes its subscript: the lower bound stays. */
Datum
array_prepend(PG_FUNCTION_ARGS)
{
	ArrayType *array = array_argument_or_empty(fcinfo, 1);
	const ElementLayout *layout = element_layout(fcinfo->flinfo, ARR_ELEMTYPE(array));
	int lower = 1;
	int index = 1;
	ArrayType *result;

	check_one_dimension(array);
	if (ARR_NDIM(array) == 1)
	{
		lower = ARR_LBOUND(array)[0];
		if (pg_sub_s32_overflow(lower, 1, &index))
			int_out_of_range("integer");
	}
	result = DatumGetArrayTypeP(array_set_element(PointerGetDatum(array), 1, &index, PG_GETARG_DATUM(0),
												  PG_ARGISNULL(0), -1, layout->len, layout->byval, layout->align));
	ARR_LBOUND(result)[0] = lower;
	PG_RETURN_ARRAYTYPE_P(result);
}

static void pg_attribute_noreturn()
cannot_concatenate(const char *detail)
{
	ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("cannot concatenate incompatible arrays"),
			errdetail("%s", detail));
}

/* The shape of a || b: one of them may have a dimension less and is then one item of the other's outermost list. */
static int
concatenated_shape(ArrayType *a, ArrayType *b, int *dims, int *lbs)
{
	int a_ndim = ARR_NDIM(a);
	int b_ndim = ARR_NDIM(b);
	ArrayType *larger = a_ndim >= b_ndim ? a : b;
	int ndim = ARR_NDIM(larger);
	int *a_inner = ARR_DIMS(a) + (a_ndim == ndim ? 1 : 0);
	int *b_inner = ARR_DIMS(b) + (b_ndim == ndim ? 1 : 0);

	if (abs(a_ndim - b_ndim) > 1)
		cannot_concatenate(psprintf("Arrays of %d and %d dimensions are not compatible for concatenation.", a_ndim, b_ndim));
	if (memcmp(a_inner, b_inner, (size_t) (ndim - 1) * sizeof(int)) != 0 ||
		memcmp(ARR_LBOUND(a) + (a_ndim == ndim ? 1 : 0), ARR_LBOUND(b) + (b_ndim == ndim ? 1 : 0),
			   (size_t) (ndim - 1) * sizeof(int)) != 0)
		cannot_concatenate(a_ndim == b_ndim
							   ? "Arrays with differing element dimensions are not compatible for concatenation."
							   : "Arrays with differing dimensions are not compatible for concatenation.");
	memcpy(dims, ARR_DIMS(larger), (size_t) ndim * sizeof(int));
	memcpy(lbs, ARR_LBOUND(larger), (size_t) ndim * sizeof(int));
	dims[0] = (a_ndim == ndim ? ARR_DIMS(a)[0] : 1) + (b_ndim == ndim ? ARR_DIMS(b)[0] : 1);
	return ndim;
}

Datum
array_cat(PG_FUNCTION_ARGS)
{
	ArrayType *a;
	ArrayType *b;
	const ElementLayout *layout;
	ElementCursor cursor;
	int dims[MAXDIM];
	int lbs[MAXDIM];
	int ndim;
	int count;
	int at = 0;
	Datum *values;
	bool *nulls;

	if (PG_ARGISNULL(0))
	{
		if (PG_ARGISNULL(1))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));
	}
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	a = PG_GETARG_ARRAYTYPE_P(0);
	b = PG_GETARG_ARRAYTYPE_P(1);
	if (ARR_ELEMTYPE(a) != ARR_ELEMTYPE(b))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("cannot concatenate incompatible arrays"),
				errdetail("Arrays with element types %s and %s are not compatible for concatenation.",
						  format_type_be(ARR_ELEMTYPE(a)), format_type_be(ARR_ELEMTYPE(b))));
	if (ARR_NDIM(b) == 0)
		PG_RETURN_ARRAYTYPE_P(a);
	if (ARR_NDIM(a) == 0)
		PG_RETURN_ARRAYTYPE_P(b);
	ndim = concatenated_shape(a, b, dims, lbs);
	count = ArrayGetNItems(ndim, dims);
	values = palloc_array(Datum, Max(count, 1));
	nulls = palloc_array(bool, Max(count, 1));
	layout = element_layout(fcinfo->flinfo, ARR_ELEMTYPE(a));
	element_cursor_init(&cursor, a, layout);
	while (element_cursor_next(&cursor, &values[at], &nulls[at]))
		at++;
	element_cursor_init(&cursor, b, layout);
	while (at < count && element_cursor_next(&cursor, &values[at], &nulls[at]))
		at++;
	PG_RETURN_ARRAYTYPE_P(array_build(layout, values, nulls, ndim, dims, lbs));
}

/* ---- searching */
static TypeCacheEntry *
equality_of(FunctionCallInfo fcinfo, Oid type)
{
	TypeCacheEntry *entry = fcinfo->flinfo->fn_extra;

	if (entry == NULL || entry->type_id != type)
	{
		entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);
		if (!OidIsValid(entry->eq_opr_finfo.fn_oid))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
					errmsg("could not identify an equality operator for type %s", format_type_be(type)));
		fcinfo->flinfo->fn_extra = entry;
	}
	return entry;
}

/* Nulls are not distinct from each other. */
static bool
is_wanted(TypeCacheEntry *entry, Oid collation, Datum value, bool isnull, Datum wanted, bool wanted_null)
{
	if (isnull || wanted_null)
		return isnull && wanted_null;
	return DatumGetBool(FunctionCall2Coll(&entry->eq_opr_finfo, collation, value, wanted));
}

static void
check_searchable(ArrayType *array)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("searching for elements in multidimensional arrays is not supported"));
}

/* Subscript of the first occurrence at or after start; found tells whether there is one. */
static int
find_element(FunctionCallInfo fcinfo, int start, bool *found)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	TypeCacheEntry *entry;
	ElementLayout layout;
	ElementCursor cursor;
	Datum value;
	bool isnull;
	int index;

	*found = false;
	check_searchable(array);
	if (ARR_NDIM(array) < 1)
		return 0;
	entry = equality_of(fcinfo, ARR_ELEMTYPE(array));
	layout = (ElementLayout){entry->type_id, entry->typlen, entry->typbyval, entry->typalign};
	element_cursor_init(&cursor, array, &layout);
	for (index = ARR_LBOUND(array)[0]; element_cursor_next(&cursor, &value, &isnull); index++)
	{
		if (index >= start &&
			is_wanted(entry, PG_GET_COLLATION(), value, isnull, PG_GETARG_DATUM(1), PG_ARGISNULL(1)))
		{
			*found = true;
			return index;
		}
	}
	return 0;
}

Datum
array_position(PG_FUNCTION_ARGS)
{
	bool found;
	int index;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	index = find_element(fcinfo, PG_INT32_MIN, &found);
	if (!found)
		PG_RETURN_NULL();
	PG_RETURN_INT32(index);
}

Datum
array_position_start(PG_FUNCTION_ARGS)
{
	bool found;
	int index;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(2))
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("initial position must not be null"));
	index = find_element(fcinfo, PG_GETARG_INT32(2), &found);
	if (!found)
		PG_RETURN_NULL();
	PG_RETURN_INT32(index);
}

Datum
array_positions(PG_FUNCTION_ARGS)
{
	ArrayBuildState *state;
	ArrayType *array;
	TypeCacheEntry *entry;
	ElementLayout layout;
	ElementCursor cursor;
	Datum value;
	bool isnull;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	array = PG_GETARG_ARRAYTYPE_P(0);
	check_searchable(array);
	state = initArrayResult(INT4OID, CurrentMemoryContext, false);
	if (ARR_NDIM(array) < 1)
		return makeArrayResult(state, CurrentMemoryContext);
	entry = equality_of(fcinfo, ARR_ELEMTYPE(array));
	layout = (ElementLayout){entry->type_id, entry->typlen, entry->typbyval, entry->typalign};
	element_cursor_init(&cursor, array, &layout);
	for (int index = ARR_LBOUND(array)[0]; element_cursor_next(&cursor, &value, &isnull); index++)
	{
		if (is_wanted(entry, PG_GET_COLLATION(), value, isnull, PG_GETARG_DATUM(1), PG_ARGISNULL(1)))
			state = accumArrayResult(state, Int32GetDatum(index), false, INT4OID, CurrentMemoryContext);
	}
	return makeArrayResult(state, CurrentMemoryContext);
}

/* ---- removing and replacing */
static ArrayType *
replace_elements(FunctionCallInfo fcinfo, ArrayType *array, Datum search, bool search_null, bool remove,
				 Datum replacement, bool replacement_null)
{
	TypeCacheEntry *entry = equality_of(fcinfo, ARR_ELEMTYPE(array));
	ElementLayout layout = {entry->type_id, entry->typlen, entry->typbyval, entry->typalign};
	ElementCursor cursor;
	Datum *values;
	bool *nulls;
	int kept = 0;
	bool changed = false;
	int dims[MAXDIM];
	Datum value;
	bool isnull;

	element_cursor_init(&cursor, array, &layout);
	if (cursor.count == 0)
		return array;
	if (remove && ARR_NDIM(array) > 1)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("removing elements from multidimensional arrays is not supported"));
	values = palloc_array(Datum, cursor.count);
	nulls = palloc_array(bool, cursor.count);
	while (element_cursor_next(&cursor, &value, &isnull))
	{
		bool match = is_wanted(entry, PG_GET_COLLATION(), value, isnull, search, search_null);

		changed = changed || match;
		if (match && remove)
			continue;
		values[kept] = match ? replacement : value;
		nulls[kept++] = match ? replacement_null : isnull;
	}
	if (!changed)
		return array;
	memcpy(dims, ARR_DIMS(array), (size_t) ARR_NDIM(array) * sizeof(int));
	if (remove)
		dims[0] = kept;
	return array_build(&layout, values, nulls, ARR_NDIM(array), dims, ARR_LBOUND(array));
}

Datum
array_remove(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(replace_elements(fcinfo, PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_DATUM(1), PG_ARGISNULL(1), true,
										   (Datum) 0, true));
}

Datum
array_replace(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(replace_elements(fcinfo, PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_DATUM(1), PG_ARGISNULL(1),
										   false, PG_GETARG_DATUM(2), PG_ARGISNULL(2)));
}

Datum
trim_array(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	int count = PG_GETARG_INT32(1);
	int length = ARR_NDIM(array) > 0 ? ARR_DIMS(array)[0] : 0;
	int lower[MAXDIM] = {0};
	int upper[MAXDIM] = {0};
	bool lower_given[MAXDIM] = {false};
	bool upper_given[MAXDIM] = {true};
	const ElementLayout *layout = element_layout(NULL, ARR_ELEMTYPE(array));

	if (count < 0 || count > length)
		ereport(ERROR, errcode(ERRCODE_ARRAY_ELEMENT_ERROR),
				errmsg("number of elements to trim must be between 0 and %d", length));
	if (length == 0)
		PG_RETURN_ARRAYTYPE_P(array);
	upper[0] = ARR_LBOUND(array)[0] + length - count - 1;
	return array_get_slice(PointerGetDatum(array), 1, upper, lower, upper_given, lower_given, -1, layout->len,
						   layout->byval, layout->align);
}

/* ---- filling */
/* The integers of a one-dimensional array without nulls. */
static int *
integers_of(ArrayType *array, const char *what, int *count)
{
	Datum *values;
	int *result;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("wrong number of array subscripts"),
				errdetail("%s must be one dimensional.", what));
	if (array_contains_nulls(array))
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("dimension values cannot be null"));
	deconstruct_array(array, INT4OID, 4, true, TYPALIGN_INT, &values, NULL, count);
	result = palloc_array(int, Max(*count, 1));
	for (int i = 0; i < *count; i++)
		result[i] = DatumGetInt32(values[i]);
	return result;
}

static ArrayType *
filled_array(FunctionCallInfo fcinfo, ArrayType *dims_array, ArrayType *lbs_array)
{
	int ones[MAXDIM] = {1, 1, 1, 1, 1, 1};
	int ndim;
	int *dims = integers_of(dims_array, "Dimension array", &ndim);
	int *lbs = ones;
	int count;
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	Datum *values;
	bool *nulls;

	if (!OidIsValid(type))
		elog(ERROR, "could not determine data type of input");
	if (ndim > MAXDIM)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", ndim, MAXDIM));
	if (lbs_array)
	{
		int lbs_count;

		lbs = integers_of(lbs_array, "Dimension array", &lbs_count);
		if (lbs_count != ndim)
			ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("wrong number of array subscripts"),
					errdetail("Low bound array has different size than dimensions array."));
	}
	count = ArrayGetNItems(ndim, dims);
	ArrayCheckBounds(ndim, dims, lbs);
	if (count == 0)
		return construct_empty_array(type);
	values = palloc_array(Datum, count);
	nulls = palloc_array(bool, count);
	for (int i = 0; i < count; i++)
	{
		values[i] = PG_GETARG_DATUM(0);
		nulls[i] = PG_ARGISNULL(0);
	}
	return array_build(element_layout(fcinfo->flinfo, type), values, nulls, ndim, dims, lbs);
}

static void pg_attribute_noreturn()
null_dimensions(void)
{
	ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("dimension array or low bound array cannot be null"));
}

Datum
array_fill(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
		null_dimensions();
	PG_RETURN_ARRAYTYPE_P(filled_array(fcinfo, PG_GETARG_ARRAYTYPE_P(1), NULL));
}

Datum
array_fill_with_lower_bounds(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		null_dimensions();
	PG_RETURN_ARRAYTYPE_P(filled_array(fcinfo, PG_GETARG_ARRAYTYPE_P(1), PG_GETARG_ARRAYTYPE_P(2)));
}

/* ---- to rows */
typedef struct UnnestState
{
	ElementLayout layout;
	ElementCursor cursor;
} UnnestState;

Datum
array_unnest(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	UnnestState *state;
	Datum value;
	bool isnull;

	if (SRF_IS_FIRSTCALL())
	{
		ArrayType *array;
		MemoryContext old;

		context = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(context->multi_call_memory_ctx);
		array = (ArrayType *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
		state = palloc_object(UnnestState);
		state->layout = *element_layout(NULL, ARR_ELEMTYPE(array));
		element_cursor_init(&state->cursor, array, &state->layout);
		context->user_fctx = state;
		MemoryContextSwitchTo(old);
	}
	context = SRF_PERCALL_SETUP();
	state = context->user_fctx;
	if (!element_cursor_next(&state->cursor, &value, &isnull))
		SRF_RETURN_DONE(context);
	if (isnull)
		SRF_RETURN_NEXT_NULL(context);
	SRF_RETURN_NEXT(context, value);
}

typedef struct SubscriptState
{
	int lower;
	int upper;
	bool reverse;
} SubscriptState;

Datum
generate_subscripts(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	SubscriptState *state;

	if (SRF_IS_FIRSTCALL())
	{
		ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
		int dimension = PG_GETARG_INT32(1);

		context = SRF_FIRSTCALL_INIT();
		if (!has_dimension(array, dimension))
			SRF_RETURN_DONE(context);
		state = MemoryContextAlloc(context->multi_call_memory_ctx, sizeof(SubscriptState));
		state->lower = ARR_LBOUND(array)[dimension - 1];
		state->upper = state->lower + ARR_DIMS(array)[dimension - 1] - 1;
		state->reverse = PG_NARGS() > 2 && PG_GETARG_BOOL(2);
		context->user_fctx = state;
	}
	context = SRF_PERCALL_SETUP();
	state = context->user_fctx;
	if (state->lower > state->upper)
		SRF_RETURN_DONE(context);
	SRF_RETURN_NEXT(context, Int32GetDatum(state->reverse ? state->upper-- : state->lower++));
}

Datum
generate_subscripts_nodir(PG_FUNCTION_ARGS)
{
	return generate_subscripts(fcinfo);
}

/* ---- width_bucket(operand, thresholds): how many thresholds are not above the operand */
Datum
width_bucket_array(PG_FUNCTION_ARGS)
{
	Datum operand = PG_GETARG_DATUM(0);
	ArrayType *thresholds = PG_GETARG_ARRAYTYPE_P(1);
	Oid type = ARR_ELEMTYPE(thresholds);
	TypeCacheEntry *entry;
	Datum *values;
	int count;
	int low = 0;
	int high;

	if (ARR_NDIM(thresholds) > 1)
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("thresholds must be one-dimensional array"));
	if (array_contains_nulls(thresholds))
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("thresholds array must not contain NULLs"));
	entry = fcinfo->flinfo->fn_extra;
	if (entry == NULL || entry->type_id != type)
	{
		entry = lookup_type_cache(type, TYPECACHE_CMP_PROC_FINFO);
		if (!OidIsValid(entry->cmp_proc_finfo.fn_oid))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
					errmsg("could not identify a comparison function for type %s", format_type_be(type)));
		fcinfo->flinfo->fn_extra = entry;
	}
	deconstruct_array(thresholds, type, entry->typlen, entry->typbyval, entry->typalign, &values, NULL, &count);
	high = count;
	while (low < high)
	{
		int middle = (low + high) / 2;

		if (DatumGetInt32(FunctionCall2Coll(&entry->cmp_proc_finfo, PG_GET_COLLATION(), operand, values[middle])) < 0)
			high = middle;
		else
			low = middle + 1;
	}
	PG_RETURN_INT32(low);
}
