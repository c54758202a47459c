/*
 * array_compare.c
 *    Comparison, containment and hashing of arrays, element by element through the element type's own functions.
 *
 * Order: elements first to last, null above everything and equal to null; then the number of elements, the number of
 * dimensions, their sizes, their lower bounds.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "types/array_internal.h"
#include "utils/typcache.h"

/* The type cache entry with what flags ask for, remembered in fn_extra. */
static TypeCacheEntry *
element_cache(FunctionCallInfo fcinfo, Oid element_type, int flags)
{
	TypeCacheEntry *entry = fcinfo->flinfo ? fcinfo->flinfo->fn_extra : NULL;

	if (entry == NULL || entry->type_id != element_type)
	{
		entry = lookup_type_cache(element_type, flags);
		if (fcinfo->flinfo)
			fcinfo->flinfo->fn_extra = entry;
	}
	return entry;
}

static ElementLayout
cached_layout(const TypeCacheEntry *entry)
{
	return (ElementLayout){entry->type_id, entry->typlen, entry->typbyval, entry->typalign};
}

static void
check_same_elements(ArrayType *a, ArrayType *b)
{
	if (ARR_ELEMTYPE(a) != ARR_ELEMTYPE(b))
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("cannot compare arrays of different element types"));
}

static TypeCacheEntry *
need_equality(FunctionCallInfo fcinfo, Oid element_type)
{
	TypeCacheEntry *entry = element_cache(fcinfo, element_type, TYPECACHE_EQ_OPR_FINFO);

	if (!OidIsValid(entry->eq_opr_finfo.fn_oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify an equality operator for type %s", format_type_be(element_type)));
	return entry;
}

static int
compare_ints(int a, int b)
{
	return (a > b) - (a < b);
}

static int
array_compare(FunctionCallInfo fcinfo)
{
	ArrayType *a = PG_GETARG_ARRAYTYPE_P(0);
	ArrayType *b = PG_GETARG_ARRAYTYPE_P(1);
	TypeCacheEntry *entry;
	ElementLayout layout;
	ElementCursor a_cursor;
	ElementCursor b_cursor;
	Datum a_value;
	Datum b_value;
	bool a_null;
	bool b_null;
	int result = 0;

	check_same_elements(a, b);
	entry = element_cache(fcinfo, ARR_ELEMTYPE(a), TYPECACHE_CMP_PROC_FINFO);
	if (!OidIsValid(entry->cmp_proc_finfo.fn_oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify a comparison function for type %s", format_type_be(ARR_ELEMTYPE(a))));
	layout = cached_layout(entry);
	element_cursor_init(&a_cursor, a, &layout);
	element_cursor_init(&b_cursor, b, &layout);
	while (result == 0 && element_cursor_next(&a_cursor, &a_value, &a_null) &&
		   element_cursor_next(&b_cursor, &b_value, &b_null))
	{
		if (a_null || b_null)
			result = (int) a_null - (int) b_null;
		else
			result = DatumGetInt32(FunctionCall2Coll(&entry->cmp_proc_finfo, PG_GET_COLLATION(), a_value, b_value));
	}
	if (result == 0)
		result = compare_ints(a_cursor.count, b_cursor.count);
	if (result == 0)
		result = compare_ints(ARR_NDIM(a), ARR_NDIM(b));
	for (int d = 0; result == 0 && d < ARR_NDIM(a); d++)
		result = compare_ints(ARR_DIMS(a)[d], ARR_DIMS(b)[d]);
	for (int d = 0; result == 0 && d < ARR_NDIM(a); d++)
		result = compare_ints(ARR_LBOUND(a)[d], ARR_LBOUND(b)[d]);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* Equality has its own way: a type may have = without an order. */
Datum
array_eq(PG_FUNCTION_ARGS)
{
	ArrayType *a = PG_GETARG_ARRAYTYPE_P(0);
	ArrayType *b = PG_GETARG_ARRAYTYPE_P(1);
	TypeCacheEntry *entry;
	ElementLayout layout;
	ElementCursor a_cursor;
	ElementCursor b_cursor;
	Datum a_value;
	Datum b_value;
	bool a_null;
	bool b_null;
	bool result = true;

	check_same_elements(a, b);
	if (ARR_NDIM(a) != ARR_NDIM(b) ||
		memcmp(ARR_DIMS(a), ARR_DIMS(b), 2 * sizeof(int) * (size_t) ARR_NDIM(a)) != 0)
		PG_RETURN_BOOL(false);
	entry = need_equality(fcinfo, ARR_ELEMTYPE(a));
	layout = cached_layout(entry);
	element_cursor_init(&a_cursor, a, &layout);
	element_cursor_init(&b_cursor, b, &layout);
	while (result && element_cursor_next(&a_cursor, &a_value, &a_null))
	{
		element_cursor_next(&b_cursor, &b_value, &b_null);
		if (a_null || b_null)
			result = a_null && b_null;
		else
			result = DatumGetBool(FunctionCall2Coll(&entry->eq_opr_finfo, PG_GET_COLLATION(), a_value, b_value));
	}
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	PG_RETURN_BOOL(result);
}

Datum
array_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!DatumGetBool(array_eq(fcinfo)));
}

Datum
btarraycmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(array_compare(fcinfo));
}

/* ---- containment: nulls are contained in nothing */
/* Do all (or does any) of the elements of a occur in b? */
static bool
elements_occur(ArrayType *a, ArrayType *b, bool all, FunctionCallInfo fcinfo)
{
	TypeCacheEntry *entry;
	ElementLayout layout;
	ElementCursor cursor;
	Datum *b_values;
	bool *b_nulls;
	int b_count;
	Datum value;
	bool isnull;

	check_same_elements(a, b);
	entry = need_equality(fcinfo, ARR_ELEMTYPE(a));
	layout = cached_layout(entry);
	deconstruct_array(b, layout.type, layout.len, layout.byval, layout.align, &b_values, &b_nulls, &b_count);
	element_cursor_init(&cursor, a, &layout);
	while (element_cursor_next(&cursor, &value, &isnull))
	{
		bool found = false;

		for (int i = 0; !isnull && !found && i < b_count; i++)
			found = !b_nulls[i] && DatumGetBool(FunctionCall2Coll(&entry->eq_opr_finfo, PG_GET_COLLATION(), value,
																  b_values[i]));
		if (found != all)
			return !all;
	}
	return all;
}

Datum
arrayoverlap(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(elements_occur(PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1), false, fcinfo));
}

Datum
arraycontains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(elements_occur(PG_GETARG_ARRAYTYPE_P(1), PG_GETARG_ARRAYTYPE_P(0), true, fcinfo));
}

Datum
arraycontained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(elements_occur(PG_GETARG_ARRAYTYPE_P(0), PG_GETARG_ARRAYTYPE_P(1), true, fcinfo));
}

/* ---- hashing: elements in order; shape is left out, equal arrays have equal elements */
Datum
hash_array(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	TypeCacheEntry *entry = element_cache(fcinfo, ARR_ELEMTYPE(array), TYPECACHE_HASH_PROC_FINFO);
	ElementLayout layout;
	ElementCursor cursor;
	uint32 result = 1;
	Datum value;
	bool isnull;

	if (!OidIsValid(entry->hash_proc_finfo.fn_oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify a hash function for type %s", format_type_be(ARR_ELEMTYPE(array))));
	layout = cached_layout(entry);
	element_cursor_init(&cursor, array, &layout);
	while (element_cursor_next(&cursor, &value, &isnull))
	{
		uint32 hash =
			isnull ? 0 : DatumGetUInt32(FunctionCall1Coll(&entry->hash_proc_finfo, PG_GET_COLLATION(), value));

		result = hash_combine(result, hash);
	}
	PG_FREE_IF_COPY(array, 0);
	PG_RETURN_UINT32(result);
}

Datum
hash_array_extended(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	Datum seed = PG_GETARG_DATUM(1);
	TypeCacheEntry *entry = element_cache(fcinfo, ARR_ELEMTYPE(array), TYPECACHE_HASH_EXTENDED_PROC_FINFO);
	ElementLayout layout;
	ElementCursor cursor;
	uint64 result = 1;
	Datum value;
	bool isnull;

	if (!OidIsValid(entry->hash_extended_proc_finfo.fn_oid))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify an extended hash function for type %s",
					   format_type_be(ARR_ELEMTYPE(array))));
	layout = cached_layout(entry);
	element_cursor_init(&cursor, array, &layout);
	while (element_cursor_next(&cursor, &value, &isnull))
	{
		uint64 hash = isnull ? 0
							 : DatumGetUInt64(FunctionCall2Coll(&entry->hash_extended_proc_finfo,
																PG_GET_COLLATION(), value, seed));

		result = hash_combine64(result, hash);
	}
	PG_FREE_IF_COPY(array, 0);
	PG_RETURN_UINT64(result);
}

Datum
array_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(array_compare(fcinfo) < 0);
}

Datum
array_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(array_compare(fcinfo) <= 0);
}

Datum
array_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(array_compare(fcinfo) > 0);
}

Datum
array_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(array_compare(fcinfo) >= 0);
}

Datum
array_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(array_compare(fcinfo) > 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

Datum
array_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(array_compare(fcinfo) < 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}
