/*
 * array_access.c
 *    Subscripts: fetching and assigning elements and slices.
 *
 * Subscripts out of range fetch NULL or an empty array and, in assignments to one-dimensional arrays, extend it with
 * nulls. Fixed-length "arrays" (name, point: arraytyplen > 0) have elements 0 .. n-1 and never change their size.
 *
 * Assignment takes the array apart and builds a new one: its cost is the array's size either way, since values are flat.
 */
#include "postgres.h"

#include "types/array_internal.h"

static void pg_attribute_noreturn()
subscript_error(const char *message)
{
	ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("%s", message));
}

static bool
subscripts_inside(int n, const int *dims, const int *lbs, const int *indx)
{
	for (int i = 0; i < n; i++)
	{
		if (indx[i] < lbs[i] || (int64) indx[i] >= (int64) lbs[i] + dims[i])
			return false;
	}
	return true;
}

/* ---- fetching one element */
/* Moves a cursor to element number offset. Without nulls and with fixed lengths that is a multiplication. */
static void
seek_element(ElementCursor *cursor, int offset)
{
	Datum value;
	bool isnull;

	if (cursor->nulls == NULL && cursor->layout->len > 0)
	{
		Size stride = (Size) (element_align(cursor->layout, (char *) (uintptr_t) cursor->layout->len) - (char *) 0);

		cursor->at += stride * (Size) offset;
		cursor->index = offset;
		return;
	}
	while (cursor->index < offset)
		element_cursor_next(cursor, &value, &isnull);
}

Datum
array_get_element(Datum arraydatum, int nSubscripts, int *indx, int arraytyplen, int elmlen, bool elmbyval,
				  char elmalign, bool *isNull)
{
	ElementLayout layout = {InvalidOid, (int16) elmlen, elmbyval, elmalign};
	ElementCursor cursor;
	ArrayType *array;
	Datum result;

	*isNull = true;
	if (arraytyplen > 0)
	{
		if (nSubscripts != 1 || indx[0] < 0 || indx[0] >= arraytyplen / elmlen)
			return (Datum) 0;
		*isNull = false;
		return element_fetch(&layout, DatumGetPointer(arraydatum) + indx[0] * elmlen);
	}
	array = DatumGetArrayTypeP(arraydatum);
	if (ARR_NDIM(array) != nSubscripts || ARR_NDIM(array) <= 0 ||
		!subscripts_inside(nSubscripts, ARR_DIMS(array), ARR_LBOUND(array), indx))
		return (Datum) 0;
	element_cursor_init(&cursor, array, &layout);
	seek_element(&cursor, ArrayGetOffset(nSubscripts, ARR_DIMS(array), ARR_LBOUND(array), indx));
	element_cursor_next(&cursor, &result, isNull);
	return result;
}

Datum
array_ref(ArrayType *array, int nSubscripts, int *indx, int arraytyplen, int elmlen, bool elmbyval, char elmalign,
		  bool *isNull)
{
	return array_get_element(PointerGetDatum(array), nSubscripts, indx, arraytyplen, elmlen, elmbyval, elmalign,
							 isNull);
}

/* ---- slices */
/* The elements of an array in memory, and its shape. */
typedef struct ArrayParts
{
	int ndim;
	int dims[MAXDIM];
	int lbs[MAXDIM];
	Datum *values;
	bool *nulls;
	int count;
} ArrayParts;

static void
take_apart(ArrayType *array, const ElementLayout *layout, ArrayParts *parts)
{
	parts->ndim = ARR_NDIM(array);
	memcpy(parts->dims, ARR_DIMS(array), (size_t) parts->ndim * sizeof(int));
	memcpy(parts->lbs, ARR_LBOUND(array), (size_t) parts->ndim * sizeof(int));
	deconstruct_array(array, ARR_ELEMTYPE(array), layout->len, layout->byval, layout->align, &parts->values,
					  &parts->nulls, &parts->count);
}

/*
 * Visits the positions of a sub-box in row-major order. position[] starts at the box's low corner; false at the end.
 */
static bool
next_in_box(int ndim, int *position, const int *low, const int *high)
{
	for (int d = ndim - 1; d >= 0; d--)
	{
		if (++position[d] <= high[d])
			return true;
		position[d] = low[d];
	}
	return false;
}

Datum
array_get_slice(Datum arraydatum, int nSubscripts, int *upperIndx, int *lowerIndx, bool *upperProvided,
				bool *lowerProvided, int arraytyplen, int elmlen, bool elmbyval, char elmalign)
{
	ArrayType *array;
	ElementLayout layout;
	ArrayParts parts;
	int low[MAXDIM];
	int high[MAXDIM];
	int dims[MAXDIM];
	int ones[MAXDIM] = {1, 1, 1, 1, 1, 1};
	int position[MAXDIM];
	Datum *values;
	bool *nulls;
	int count;

	if (arraytyplen > 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("slices of fixed-length arrays not implemented"));
	array = DatumGetArrayTypeP(arraydatum);
	layout = (ElementLayout){ARR_ELEMTYPE(array), (int16) elmlen, elmbyval, elmalign};
	if (ARR_NDIM(array) < nSubscripts || ARR_NDIM(array) <= 0)
		return PointerGetDatum(construct_empty_array(layout.type));
	take_apart(array, &layout, &parts);
	for (int d = 0; d < parts.ndim; d++)
	{
		int last = parts.lbs[d] + parts.dims[d] - 1;

		/* dimensions without subscripts are taken whole; the rest is clipped to the array */
		low[d] = d < nSubscripts && lowerProvided[d] ? Max(lowerIndx[d], parts.lbs[d]) : parts.lbs[d];
		high[d] = d < nSubscripts && upperProvided[d] ? Min(upperIndx[d], last) : last;
		if (low[d] > high[d])
			return PointerGetDatum(construct_empty_array(layout.type));
		dims[d] = high[d] - low[d] + 1;
	}
	count = ArrayGetNItems(parts.ndim, dims);
	values = palloc_array(Datum, count);
	nulls = palloc_array(bool, count);
	memcpy(position, low, sizeof(position));
	for (int i = 0; i < count; i++)
	{
		int from = ArrayGetOffset(parts.ndim, parts.dims, parts.lbs, position);

		values[i] = parts.values[from];
		nulls[i] = parts.nulls[from];
		next_in_box(parts.ndim, position, low, high);
	}
	return PointerGetDatum(array_build(&layout, values, nulls, parts.ndim, dims, ones));
}

/* ---- assigning */
/* Makes a one-dimensional array reach from low to high, filling with nulls. */
static void
extend_parts(ArrayParts *parts, int low, int high)
{
	int old_low = parts->lbs[0];
	int old_high = old_low + parts->dims[0] - 1;
	int new_low = Min(low, old_low);
	int new_high = Max(high, old_high);
	int64 new_count = (int64) new_high - new_low + 1;
	int shift = old_low - new_low;
	Datum *values;
	bool *nulls;
	int dim;

	if (new_count == parts->count)
		return;
	dim = new_count > (int64) MaxArraySize ? -1 : (int) new_count;
	ArrayGetNItems(1, &dim); /* raises when too many */
	ArrayCheckBounds(1, &dim, &new_low);
	values = palloc0_array(Datum, new_count);
	nulls = palloc_array(bool, new_count);
	memset(nulls, true, (size_t) new_count);
	memcpy(values + shift, parts->values, (size_t) parts->count * sizeof(Datum));
	memcpy(nulls + shift, parts->nulls, (size_t) parts->count * sizeof(bool));
	parts->values = values;
	parts->nulls = nulls;
	parts->count = dim;
	parts->dims[0] = dim;
	parts->lbs[0] = new_low;
}

static Datum
set_fixed_element(Datum arraydatum, int nSubscripts, const int *indx, Datum value, bool isnull, int arraytyplen,
				  const ElementLayout *layout)
{
	char *result;

	if (nSubscripts != 1)
		subscript_error("wrong number of array subscripts");
	if (indx[0] < 0 || indx[0] >= arraytyplen / layout->len)
		subscript_error("array subscript out of range");
	if (isnull)
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("cannot assign null value to an element of a fixed-length array"));
	result = palloc((Size) arraytyplen);
	memcpy(result, DatumGetPointer(arraydatum), (size_t) arraytyplen);
	if (layout->byval)
		memcpy(result + indx[0] * layout->len, &value, (size_t) layout->len);
	else
		memcpy(result + indx[0] * layout->len, DatumGetPointer(value), (size_t) layout->len);
	return PointerGetDatum(result);
}

Datum
array_set_element(Datum arraydatum, int nSubscripts, int *indx, Datum dataValue, bool isNull, int arraytyplen,
				  int elmlen, bool elmbyval, char elmalign)
{
	ElementLayout layout = {InvalidOid, (int16) elmlen, elmbyval, elmalign};
	ArrayType *array;
	ArrayParts parts;
	int offset;

	if (arraytyplen > 0)
		return set_fixed_element(arraydatum, nSubscripts, indx, dataValue, isNull, arraytyplen, &layout);
	if (nSubscripts <= 0 || nSubscripts > MAXDIM)
		subscript_error("wrong number of array subscripts");
	array = DatumGetArrayTypeP(arraydatum);
	layout.type = ARR_ELEMTYPE(array);
	if (elmlen == -1 && !isNull)
		dataValue = PointerGetDatum(PG_DETOAST_DATUM(dataValue));
	if (ARR_NDIM(array) == 0)
	{
		int ones[MAXDIM] = {1, 1, 1, 1, 1, 1};

		return PointerGetDatum(array_build(&layout, &dataValue, &isNull, nSubscripts, ones, indx));
	}
	if (ARR_NDIM(array) != nSubscripts)
		subscript_error("wrong number of array subscripts");
	take_apart(array, &layout, &parts);
	if (nSubscripts == 1)
		extend_parts(&parts, indx[0], indx[0]);
	else if (!subscripts_inside(nSubscripts, parts.dims, parts.lbs, indx))
		subscript_error("array subscript out of range");
	offset = ArrayGetOffset(nSubscripts, parts.dims, parts.lbs, indx);
	parts.values[offset] = dataValue;
	parts.nulls[offset] = isNull;
	return PointerGetDatum(array_build(&layout, parts.values, parts.nulls, parts.ndim, parts.dims, parts.lbs));
}

ArrayType *
array_set(ArrayType *array, int nSubscripts, int *indx, Datum dataValue, bool isNull, int arraytyplen, int elmlen,
		  bool elmbyval, char elmalign)
{
	return DatumGetArrayTypeP(array_set_element(PointerGetDatum(array), nSubscripts, indx, dataValue, isNull,
												arraytyplen, elmlen, elmbyval, elmalign));
}

/* The source of a slice assignment must have as many elements as the slice at least; extra ones are ignored. */
static void
check_source_count(int have, int need)
{
	if (have < need)
		subscript_error("source array too small");
}

/* An empty target becomes the slice. */
static Datum
set_slice_of_empty(const ElementLayout *layout, int ndim, const int *lower, const int *upper,
				   const bool *lower_given, const bool *upper_given, ArrayParts *source)
{
	int dims[MAXDIM];
	int lbs[MAXDIM];

	for (int d = 0; d < ndim; d++)
	{
		if (!upper_given[d])
			ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					errmsg("array slice subscript must provide both boundaries"),
					errdetail("When assigning to a slice of an empty array value, slice boundaries must be fully "
							  "specified."));
		lbs[d] = lower_given[d] ? lower[d] : 1;
		if (pg_sub_s32_overflow(upper[d], lbs[d], &dims[d]) || pg_add_s32_overflow(dims[d], 1, &dims[d]))
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("array size exceeds the maximum allowed (%d)", (int) MaxArraySize));
		if (dims[d] <= 0)
			subscript_error("upper bound cannot be less than lower bound");
	}
	check_source_count(source->count, ArrayGetNItems(ndim, dims));
	return PointerGetDatum(array_build(layout, source->values, source->nulls, ndim, dims, lbs));
}

Datum
array_set_slice(Datum arraydatum, int nSubscripts, int *upperIndx, int *lowerIndx, bool *upperProvided,
				bool *lowerProvided, Datum srcArrayDatum, bool isNull, int arraytyplen, int elmlen, bool elmbyval,
				char elmalign)
{
	ElementLayout layout = {InvalidOid, (int16) elmlen, elmbyval, elmalign};
	ArrayType *array;
	ArrayParts parts;
	ArrayParts source;
	int low[MAXDIM];
	int high[MAXDIM];
	int dims[MAXDIM];
	int position[MAXDIM];
	int count;

	if (arraytyplen > 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("updates on slices of fixed-length arrays not implemented"));
	/* assigning a null array changes nothing */
	if (isNull)
		return arraydatum;
	array = DatumGetArrayTypeP(arraydatum);
	layout.type = ARR_ELEMTYPE(array);
	take_apart(DatumGetArrayTypeP(srcArrayDatum), &layout, &source);
	if (ARR_NDIM(array) == 0)
		return set_slice_of_empty(&layout, nSubscripts, lowerIndx, upperIndx, lowerProvided, upperProvided, &source);
	if (ARR_NDIM(array) < nSubscripts || nSubscripts <= 0 || nSubscripts > MAXDIM)
		subscript_error("wrong number of array subscripts");
	take_apart(array, &layout, &parts);
	for (int d = 0; d < parts.ndim; d++)
	{
		int last = parts.lbs[d] + parts.dims[d] - 1;

		low[d] = d < nSubscripts && lowerProvided[d] ? lowerIndx[d] : parts.lbs[d];
		high[d] = d < nSubscripts && upperProvided[d] ? upperIndx[d] : last;
		/* an empty slice is an error where both ends were written, else it becomes so below */
		if (d < nSubscripts && low[d] > high[d])
			subscript_error("upper bound cannot be less than lower bound");
		if (parts.ndim > 1 && (low[d] < parts.lbs[d] || high[d] > last))
			subscript_error("array subscript out of range");
		if (pg_sub_s32_overflow(high[d], low[d], &dims[d]) || pg_add_s32_overflow(dims[d], 1, &dims[d]))
			dims[d] = -1;
	}
	count = ArrayGetNItems(parts.ndim, dims);
	check_source_count(source.count, count);
	if (parts.ndim == 1)
		extend_parts(&parts, low[0], high[0]);
	memcpy(position, low, sizeof(position));
	for (int i = 0; i < count; i++)
	{
		int to = ArrayGetOffset(parts.ndim, parts.dims, parts.lbs, position);

		parts.values[to] = source.values[i];
		parts.nulls[to] = source.nulls[i];
		next_in_box(parts.ndim, position, low, high);
	}
	return PointerGetDatum(array_build(&layout, parts.values, parts.nulls, parts.ndim, parts.dims, parts.lbs));
}
