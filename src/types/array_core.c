/*
 * array_core.c
 *    Building arrays, taking them apart, walking over them. The layout is described in utils/array.h.
 */
#include "postgres.h"

#include "types/array_internal.h"

bool Array_nulls = true;

/* ---- element layout */
const ElementLayout *
element_layout(FmgrInfo *flinfo, Oid type)
{
	ElementLayout *layout = flinfo ? flinfo->fn_extra : NULL;

	if (layout && layout->type == type)
		return layout;
	if (layout == NULL)
	{
		layout = MemoryContextAlloc(flinfo ? flinfo->fn_mcxt : CurrentMemoryContext, sizeof(ElementLayout));
		if (flinfo)
			flinfo->fn_extra = layout;
	}
	layout->type = InvalidOid;
	get_typlenbyvalalign(type, &layout->len, &layout->byval, &layout->align);
	layout->type = type;
	return layout;
}

static Size
alignment_of(char align)
{
	switch (align)
	{
		case TYPALIGN_CHAR:
			return 1;
		case TYPALIGN_SHORT:
			return ALIGNOF_SHORT;
		case TYPALIGN_INT:
			return ALIGNOF_INT;
		default:
			return ALIGNOF_DOUBLE;
	}
}

Size
element_size(const ElementLayout *layout, const char *data)
{
	if (layout->len > 0)
		return (Size) layout->len;
	if (layout->len == -1)
		return VARSIZE_ANY(data);
	return strlen(data) + 1;
}

char *
element_align(const ElementLayout *layout, char *at)
{
	return (char *) TYPEALIGN(alignment_of(layout->align), at);
}

/* ---- dimensions */
int
ArrayGetNItems(int ndim, const int *dims)
{
	int64 count = 1;

	if (ndim <= 0)
		return 0;
	for (int i = 0; i < ndim; i++)
	{
		if (dims[i] < 0)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("array size exceeds the maximum allowed (%d)", (int) MaxArraySize));
		count *= dims[i];
		if (count > (int64) MaxArraySize)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("array size exceeds the maximum allowed (%d)", (int) MaxArraySize));
	}
	return (int) count;
}

/* Upper bounds must fit an int. */
void
ArrayCheckBounds(int ndim, const int *dims, const int *lb)
{
	for (int i = 0; i < ndim; i++)
	{
		int32 end;

		if (pg_add_s32_overflow(dims[i], lb[i], &end))
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("array lower bound is too large: %d", lb[i]));
	}
}

/* Row-major position of an element whose subscripts are known to be inside. */
int
ArrayGetOffset(int n, const int *dim, const int *lb, const int *indx)
{
	int offset = 0;

	for (int i = 0; i < n; i++)
		offset = offset * dim[i] + (indx[i] - lb[i]);
	return offset;
}

/* ---- building */
static void
check_array_size(Size size)
{
	if (!AllocSizeIsValid(size))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("array size exceeds the maximum allowed (%d)", (int) MaxAllocSize));
}

ArrayType *
construct_empty_array(Oid elmtype)
{
	ArrayType *result = palloc0(sizeof(ArrayType));

	SET_VARSIZE(result, sizeof(ArrayType));
	result->elemtype = elmtype;
	return result;
}

/* Bytes that the elements take, padding in between included; flattens varlena elements in values to plain ones. */
static Size
measure_elements(const ElementLayout *layout, Datum *values, const bool *nulls, int count)
{
	Size align = alignment_of(layout->align);
	Size size = 0;

	if (layout->len > 0 && nulls == NULL)
		return TYPEALIGN(align, (Size) layout->len) * (Size) count;
	for (int i = 0; i < count; i++)
	{
		if (nulls && nulls[i])
			continue;
		if (layout->len == -1)
			values[i] = PointerGetDatum(PG_DETOAST_DATUM(values[i]));
		size = TYPEALIGN(align, size);
		size += layout->len > 0 ? (Size) layout->len : element_size(layout, DatumGetPointer(values[i]));
		if (!AllocSizeIsValid(size))
			check_array_size(size);
	}
	return TYPEALIGN(align, size);
}

static char *
store_element(const ElementLayout *layout, char *at, Datum value)
{
	Size size;

	at = element_align(layout, at);
	if (layout->byval)
	{
		memcpy(at, &value, (size_t) layout->len); /* little-endian: the low bytes come first */
		return at + layout->len;
	}
	size = element_size(layout, DatumGetPointer(value));
	memcpy(at, DatumGetPointer(value), size);
	return at + size;
}

ArrayType *
array_build(const ElementLayout *layout, Datum *values, bool *nulls, int ndims, const int *dims, const int *lbs)
{
	int count;
	bool has_nulls = false;
	Size overhead;
	Size size;
	ArrayType *result;
	bits8 *bitmap;
	char *at;

	if (ndims < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid number of dimensions: %d", ndims));
	if (ndims > MAXDIM)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", ndims, MAXDIM));
	count = ArrayGetNItems(ndims, dims);
	ArrayCheckBounds(ndims, dims, lbs);
	if (count == 0)
		return construct_empty_array(layout->type);

	for (int i = 0; nulls && i < count && !has_nulls; i++)
		has_nulls = nulls[i];
	overhead = has_nulls ? ARR_OVERHEAD_WITHNULLS(ndims, count) : ARR_OVERHEAD_NONULLS(ndims);
	size = overhead + measure_elements(layout, values, has_nulls ? nulls : NULL, count);
	check_array_size(size);
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->ndim = ndims;
	result->dataoffset = has_nulls ? (int32) overhead : 0;
	result->elemtype = layout->type;
	memcpy(ARR_DIMS(result), dims, (size_t) ndims * sizeof(int));
	memcpy(ARR_LBOUND(result), lbs, (size_t) ndims * sizeof(int));
	bitmap = ARR_NULLBITMAP(result);
	at = ARR_DATA_PTR(result);
	for (int i = 0; i < count; i++)
	{
		if (has_nulls && nulls[i])
			continue;
		if (bitmap)
			bitmap[i / 8] |= (bits8) (1 << (i % 8));
		at = store_element(layout, at, values[i]);
	}
	Assert(at <= (char *) result + size);
	return result;
}

ArrayType *
construct_md_array(Datum *elems, bool *nulls, int ndims, int *dims, int *lbs, Oid elmtype, int elmlen, bool elmbyval,
				   char elmalign)
{
	ElementLayout layout = {elmtype, (int16) elmlen, elmbyval, elmalign};

	return array_build(&layout, elems, nulls, ndims, dims, lbs);
}

ArrayType *
construct_array(Datum *elems, int nelems, Oid elmtype, int elmlen, bool elmbyval, char elmalign)
{
	int dim = nelems;
	int lb = 1;

	return construct_md_array(elems, NULL, 1, &dim, &lb, elmtype, elmlen, elmbyval, elmalign);
}

/* ---- walking */
void
element_cursor_init(ElementCursor *cursor, ArrayType *array, const ElementLayout *layout)
{
	cursor->layout = layout;
	cursor->at = ARR_DATA_PTR(array);
	cursor->nulls = ARR_NULLBITMAP(array);
	cursor->index = 0;
	cursor->count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

bool
element_cursor_next(ElementCursor *cursor, Datum *value, bool *isnull)
{
	int i = cursor->index;

	if (i >= cursor->count)
		return false;
	cursor->index++;
	if (cursor->nulls && !(cursor->nulls[i / 8] & (1 << (i % 8))))
	{
		*value = (Datum) 0;
		*isnull = true;
		return true;
	}
	cursor->at = element_align(cursor->layout, cursor->at);
	*value = element_fetch(cursor->layout, cursor->at);
	*isnull = false;
	cursor->at += element_size(cursor->layout, cursor->at);
	return true;
}

void
array_iter_setup(array_iter *it, ArrayType *a)
{
	it->data = ARR_DATA_PTR(a);
	it->bitmap = ARR_NULLBITMAP(a);
	it->index = 0;
}

Datum
array_iter_next(array_iter *it, bool *isnull, int elmlen, bool elmbyval, char elmalign)
{
	ElementLayout layout = {InvalidOid, (int16) elmlen, elmbyval, elmalign};
	ElementCursor cursor = {&layout, it->data, it->bitmap, it->index, it->index + 1};
	Datum value;

	element_cursor_next(&cursor, &value, isnull);
	it->data = cursor.at;
	it->index++;
	return value;
}

/* ---- taking apart */
void
deconstruct_array(ArrayType *array, Oid elmtype, int elmlen, bool elmbyval, char elmalign, Datum **elemsp,
				  bool **nullsp, int *nelemsp)
{
	ElementLayout layout = {elmtype, (int16) elmlen, elmbyval, elmalign};
	ElementCursor cursor;
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	Datum *values = palloc_array(Datum, Max(count, 1));
	bool *nulls = nullsp ? palloc0_array(bool, Max(count, 1)) : NULL;
	bool isnull;

	Assert(ARR_ELEMTYPE(array) == elmtype);
	element_cursor_init(&cursor, array, &layout);
	for (int i = 0; element_cursor_next(&cursor, &values[i], &isnull); i++)
	{
		if (nulls)
			nulls[i] = isnull;
		else if (isnull)
			ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("null array element not allowed in this context"));
	}
	*elemsp = values;
	if (nullsp)
		*nullsp = nulls;
	*nelemsp = count;
}

bool
array_contains_nulls(ArrayType *array)
{
	bits8 *bitmap = ARR_NULLBITMAP(array);
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	for (int i = 0; bitmap && i < count; i++)
	{
		if (!(bitmap[i / 8] & (1 << (i % 8))))
			return true;
	}
	return false;
}

/* Copies bits of null bitmaps; a missing source means not null. */
void
array_bitmap_copy(bits8 *destbitmap, int destoffset, const bits8 *srcbitmap, int srcoffset, int nitems)
{
	for (int i = 0; i < nitems; i++)
	{
		int from = srcoffset + i;
		int to = destoffset + i;
		bool set = srcbitmap == NULL || (srcbitmap[from / 8] & (1 << (from % 8)));

		if (set)
			destbitmap[to / 8] |= (bits8) (1 << (to % 8));
		else
			destbitmap[to / 8] &= (bits8) ~(1 << (to % 8));
	}
}

/* Type modifiers come as a cstring array of integers. */
int32 *
ArrayGetIntegerTypmods(ArrayType *arr, int *n)
{
	Datum *values;
	int32 *result;

	if (ARR_ELEMTYPE(arr) != CSTRINGOID)
		ereport(ERROR, errcode(ERRCODE_ARRAY_ELEMENT_ERROR), errmsg("typmod array must be type cstring[]"));
	if (ARR_NDIM(arr) != 1)
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("typmod array must be one-dimensional"));
	if (array_contains_nulls(arr))
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("typmod array must not contain nulls"));
	deconstruct_array(arr, CSTRINGOID, -2, false, TYPALIGN_CHAR, &values, NULL, n);
	result = palloc_array(int32, Max(*n, 1));
	for (int i = 0; i < *n; i++)
		result[i] = pg_strtoint32(DatumGetCString(values[i]));
	pfree(values);
	return result;
}

ArrayType *
array_map_elements(ArrayType *array, array_element_function fn, void *arg, Oid result_elmtype)
{
	ElementLayout source = *element_layout(NULL, ARR_ELEMTYPE(array));
	ElementLayout target = *element_layout(NULL, result_elmtype);
	ElementCursor cursor;
	Datum *values;
	bool *nulls;
	Datum value;
	bool isnull;

	element_cursor_init(&cursor, array, &source);
	if (cursor.count == 0)
		return construct_empty_array(result_elmtype);
	values = palloc_array(Datum, cursor.count);
	nulls = palloc_array(bool, cursor.count);
	for (int i = 0; element_cursor_next(&cursor, &value, &isnull); i++)
		values[i] = fn(arg, value, isnull, &nulls[i]);
	return array_build(&target, values, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array));
}

/* ---- iterating over elements or slices */
typedef struct ArrayIteratorData
{
	ElementLayout layout;
	ElementCursor cursor;
	int slice_ndim;
	int slice_count;
	int *slice_dims;
	int *slice_lbs;
	Datum *values;
	bool *nulls;
} ArrayIteratorData;

ArrayIterator
array_create_iterator(ArrayType *arr, int slice_ndim, ArrayMetaState *mstate)
{
	ArrayIterator iterator = palloc0_object(ArrayIteratorData);
	int ndim = ARR_NDIM(arr);

	if (slice_ndim < 0 || slice_ndim > ndim)
		elog(ERROR, "invalid arguments to array_create_iterator");
	if (mstate)
		iterator->layout =
			(ElementLayout){mstate->element_type, mstate->typlen, mstate->typbyval, mstate->typalign};
	else
		iterator->layout = *element_layout(NULL, ARR_ELEMTYPE(arr));
	element_cursor_init(&iterator->cursor, arr, &iterator->layout);
	iterator->slice_ndim = slice_ndim;
	if (slice_ndim > 0)
	{
		iterator->slice_dims = ARR_DIMS(arr) + ndim - slice_ndim;
		iterator->slice_lbs = ARR_LBOUND(arr) + ndim - slice_ndim;
		iterator->slice_count = ArrayGetNItems(slice_ndim, iterator->slice_dims);
		iterator->values = palloc_array(Datum, iterator->slice_count);
		iterator->nulls = palloc_array(bool, iterator->slice_count);
	}
	return iterator;
}

bool
array_iterate(ArrayIterator iterator, Datum *value, bool *isnull)
{
	if (iterator->slice_ndim == 0)
		return element_cursor_next(&iterator->cursor, value, isnull);
	for (int i = 0; i < iterator->slice_count; i++)
	{
		if (!element_cursor_next(&iterator->cursor, &iterator->values[i], &iterator->nulls[i]))
			return false;
	}
	*value = PointerGetDatum(array_build(&iterator->layout, iterator->values, iterator->nulls, iterator->slice_ndim,
										 iterator->slice_dims, iterator->slice_lbs));
	*isnull = false;
	return true;
}

void
array_free_iterator(ArrayIterator iterator)
{
	if (iterator->values)
	{
		pfree(iterator->values);
		pfree(iterator->nulls);
	}
	pfree(iterator);
}
