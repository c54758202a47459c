/*
 * array_internal.h
 *    Between the files that implement arrays.
 */
#ifndef ARRAY_INTERNAL_H
#define ARRAY_INTERNAL_H

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* How elements lie in memory. */
typedef struct ElementLayout
{
	Oid type;
	int16 len;
	bool byval;
	char align;
} ElementLayout;

/* The layout of a type, remembered in flinfo->fn_extra when flinfo is given and fn_extra is free for it. */
extern const ElementLayout *element_layout(FmgrInfo *flinfo, Oid type);

/* Where the value at data ends, and where the next one begins. */
extern Size element_size(const ElementLayout *layout, const char *data);
extern char *element_align(const ElementLayout *layout, char *at);

static inline Datum
element_fetch(const ElementLayout *layout, const char *data)
{
	if (!layout->byval)
		return PointerGetDatum(data);
	switch (layout->len)
	{
		case 1:
			return CharGetDatum(*data);
		case 2:
			return Int16GetDatum(*(const int16 *) data);
		case 4:
			return Int32GetDatum(*(const int32 *) data);
		default:
			return *(const Datum *) data;
	}
}

/* Reads elements one after another. */
typedef struct ElementCursor
{
	const ElementLayout *layout;
	char *at;
	const bits8 *nulls;
	int index;
	int count;
} ElementCursor;

extern void element_cursor_init(ElementCursor *cursor, ArrayType *array, const ElementLayout *layout);
/* False at the end. */
extern bool element_cursor_next(ElementCursor *cursor, Datum *value, bool *isnull);

/* The elements, as deconstruct_array gives them, and an array of the given shape from them. */
extern ArrayType *array_build(const ElementLayout *layout, Datum *values, bool *nulls, int ndims, const int *dims,
							  const int *lbs);
/* array_recv for a known element type; fcinfo->args[0] is the message. */
extern ArrayType *array_receive_of(FunctionCallInfo fcinfo, Oid element_type);

extern Datum array_send(PG_FUNCTION_ARGS);
extern Datum array_recv(PG_FUNCTION_ARGS);

#endif /* ARRAY_INTERNAL_H */
