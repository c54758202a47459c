/*
 * utils/array.h
 *    Arrays: layout, construction, access.
 *
 * A value is: header {length, ndim, dataoffset, elemtype}, ndim dimension sizes, ndim lower bounds, null bitmap when
 * dataoffset != 0 (bit set = not null, low bit first), then at a maxaligned offset the elements in row-major order,
 * each aligned as its type wants; nulls take no space. ndim is 0 for the empty array.
 *
 * Element values handed out point into the array. Arrays given to the functions here must be detoasted
 * (DatumGetArrayTypeP) unless they take a Datum.
 */
#ifndef ARRAY_H
#define ARRAY_H

#include "fmgr.h"

#define MAXDIM 6
#define MaxArraySize ((Size) (MaxAllocSize / sizeof(Datum)))

typedef struct ArrayType
{
	int32 vl_len_;
	int ndim;
	int32 dataoffset; /* 0: no null bitmap */
	Oid elemtype;
} ArrayType;

/* Without expanded objects every array is a flat one. */
typedef union AnyArrayType
{
	ArrayType flt;
} AnyArrayType;

#define DatumGetArrayTypeP(X) ((ArrayType *) PG_DETOAST_DATUM(X))
#define DatumGetArrayTypePCopy(X) ((ArrayType *) PG_DETOAST_DATUM_COPY(X))
#define PG_GETARG_ARRAYTYPE_P(n) DatumGetArrayTypeP(PG_GETARG_DATUM(n))
#define PG_GETARG_ARRAYTYPE_P_COPY(n) DatumGetArrayTypePCopy(PG_GETARG_DATUM(n))
#define PG_RETURN_ARRAYTYPE_P(x) PG_RETURN_POINTER(x)

#define ARR_SIZE(a) VARSIZE(a)
#define ARR_NDIM(a) ((a)->ndim)
#define ARR_HASNULL(a) ((a)->dataoffset != 0)
#define ARR_ELEMTYPE(a) ((a)->elemtype)
#define ARR_DIMS(a) ((int *) (((char *) (a)) + sizeof(ArrayType)))
#define ARR_LBOUND(a) (ARR_DIMS(a) + ARR_NDIM(a))
#define ARR_NULLBITMAP(a) (ARR_HASNULL(a) ? (bits8 *) (ARR_LBOUND(a) + ARR_NDIM(a)) : (bits8 *) NULL)
#define ARR_OVERHEAD_NONULLS(ndims) MAXALIGN(sizeof(ArrayType) + 2 * sizeof(int) * (ndims))
#define ARR_OVERHEAD_WITHNULLS(ndims, nitems) \
	MAXALIGN(sizeof(ArrayType) + 2 * sizeof(int) * (ndims) + ((nitems) + 7) / 8)
#define ARR_DATA_OFFSET(a) (ARR_HASNULL(a) ? (a)->dataoffset : ARR_OVERHEAD_NONULLS(ARR_NDIM(a)))
#define ARR_DATA_PTR(a) (((char *) (a)) + ARR_DATA_OFFSET(a))

/* What array functions remember in fn_extra about the element type. */
typedef struct ArrayMetaState
{
	Oid element_type;
	int16 typlen;
	bool typbyval;
	char typalign;
	char typdelim;
	Oid typioparam;
	Oid typiofunc;
	FmgrInfo proc;
} ArrayMetaState;

/* Accumulators: of elements into a one-dimensional array, of arrays into one with a dimension more, of either. */
typedef struct ArrayBuildState
{
	MemoryContext mcontext;
	Datum *dvalues;
	bool *dnulls;
	int alen;
	int nelems;
	Oid element_type;
	int16 typlen;
	bool typbyval;
	char typalign;
	bool private_cxt;
} ArrayBuildState;

typedef struct ArrayBuildStateArr
{
	MemoryContext mcontext;
	char *data;
	bits8 *nullbitmap;
	int abytes;
	int nbytes;
	int aitems;
	int nitems;
	int ndims;
	int dims[MAXDIM];
	int lbs[MAXDIM];
	Oid array_type;
	Oid element_type;
	bool private_cxt;
} ArrayBuildStateArr;

typedef struct ArrayBuildStateAny
{
	ArrayBuildState *scalarstate; /* exactly one of them is set */
	ArrayBuildStateArr *arraystate;
} ArrayBuildStateAny;

typedef struct ArrayIteratorData *ArrayIterator;
extern bool Array_nulls; /* GUC: unquoted NULL in input means null */

/* ---- constructing. elems/nulls in row-major order; nulls may be NULL. */
extern ArrayType *construct_array(Datum *elems, int nelems, Oid elmtype, int elmlen, bool elmbyval, char elmalign);
extern ArrayType *construct_md_array(Datum *elems, bool *nulls, int ndims, int *dims, int *lbs, Oid elmtype,
									 int elmlen, bool elmbyval, char elmalign);
extern ArrayType *construct_empty_array(Oid elmtype);
/* ---- taking apart. Pointers in *elemsp point into the array; 22004 for nulls when nullsp is NULL. */
extern void deconstruct_array(ArrayType *array, Oid elmtype, int elmlen, bool elmbyval, char elmalign, Datum **elemsp,
							  bool **nullsp, int *nelemsp);
extern bool array_contains_nulls(ArrayType *array);
extern void array_bitmap_copy(bits8 *destbitmap, int destoffset, const bits8 *srcbitmap, int srcoffset, int nitems);

/* ---- subscripts. arraytyplen > 0: fixed-length "array" types (name, point); their bounds cannot change. */
extern Datum array_get_element(Datum arraydatum, int nSubscripts, int *indx, int arraytyplen, int elmlen,
							   bool elmbyval, char elmalign, bool *isNull);
extern Datum array_set_element(Datum arraydatum, int nSubscripts, int *indx, Datum dataValue, bool isNull,
							   int arraytyplen, int elmlen, bool elmbyval, char elmalign);
extern Datum array_get_slice(Datum arraydatum, int nSubscripts, int *upperIndx, int *lowerIndx, bool *upperProvided,
							 bool *lowerProvided, int arraytyplen, int elmlen, bool elmbyval, char elmalign);
extern Datum array_set_slice(Datum arraydatum, int nSubscripts, int *upperIndx, int *lowerIndx, bool *upperProvided,
							 bool *lowerProvided, Datum srcArrayDatum, bool isNull, int arraytyplen, int elmlen,
							 bool elmbyval, char elmalign);
extern Datum array_ref(ArrayType *array, int nSubscripts, int *indx, int arraytyplen, int elmlen, bool elmbyval,
					   char elmalign, bool *isNull);
extern ArrayType *array_set(ArrayType *array, int nSubscripts, int *indx, Datum dataValue, bool isNull, int arraytyplen,
							int elmlen, bool elmbyval, char elmalign);

/* ---- accumulating */
extern ArrayBuildState *initArrayResult(Oid element_type, MemoryContext rcontext, bool subcontext);
extern ArrayBuildState *accumArrayResult(ArrayBuildState *astate, Datum dvalue, bool disnull, Oid element_type,
										 MemoryContext rcontext);
extern Datum makeArrayResult(ArrayBuildState *astate, MemoryContext rcontext);
extern Datum makeMdArrayResult(ArrayBuildState *astate, int ndims, int *dims, int *lbs, MemoryContext rcontext,
							   bool release);
extern ArrayBuildStateArr *initArrayResultArr(Oid array_type, Oid element_type, MemoryContext rcontext,
											  bool subcontext);
extern ArrayBuildStateArr *accumArrayResultArr(ArrayBuildStateArr *astate, Datum dvalue, bool disnull, Oid array_type,
											   MemoryContext rcontext);
extern Datum makeArrayResultArr(ArrayBuildStateArr *astate, MemoryContext rcontext, bool release);
extern ArrayBuildStateAny *initArrayResultAny(Oid input_type, MemoryContext rcontext, bool subcontext);
extern ArrayBuildStateAny *accumArrayResultAny(ArrayBuildStateAny *astate, Datum dvalue, bool disnull, Oid input_type,
											   MemoryContext rcontext);
extern Datum makeArrayResultAny(ArrayBuildStateAny *astate, MemoryContext rcontext, bool release);

/* ---- iterating: elements (slice_ndim 0) or sub-arrays of that many dimensions */
extern ArrayIterator array_create_iterator(ArrayType *arr, int slice_ndim, ArrayMetaState *mstate);
extern bool array_iterate(ArrayIterator iterator, Datum *value, bool *isnull);
extern void array_free_iterator(ArrayIterator iterator);

/* ---- dimensions */
extern int ArrayGetNItems(int ndim, const int *dims); /* 54000 when too many */
extern void ArrayCheckBounds(int ndim, const int *dims, const int *lb);
extern int ArrayGetOffset(int n, const int *dim, const int *lb, const int *indx);
extern int32 *ArrayGetIntegerTypmods(ArrayType *arr, int *n);

/* Apply a function to each element: used for coercion of arrays. fn evaluates one element. */
typedef Datum (*array_element_function)(void *arg, Datum value, bool isnull, bool *resultnull);
extern ArrayType *array_map_elements(ArrayType *array, array_element_function fn, void *arg, Oid result_elmtype);

/* Subscript bounds of an int2vector or name and other helpers for the executor */
extern Datum array_larger(PG_FUNCTION_ARGS);
extern Datum array_eq(PG_FUNCTION_ARGS);
extern Datum btarraycmp(PG_FUNCTION_ARGS);
extern Datum hash_array(PG_FUNCTION_ARGS);

/*
 * A cursor over the elements of a flat array, for loops that do not want the deconstructed copy.
 */
typedef struct array_iter
{
	char *data;
	bits8 *bitmap;
	int index;
} array_iter;

extern void array_iter_setup(array_iter *it, ArrayType *a);
extern Datum array_iter_next(array_iter *it, bool *isnull, int elmlen, bool elmbyval, char elmalign);

#endif /* ARRAY_H */
