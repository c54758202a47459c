/*
 * int2vector.c
 *    int2vector: a one-dimensional array of smallint from 0, used for column numbers in catalogs.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "types/array_internal.h"
#include "utils/builtins.h"

int2vector *
buildint2vector(const int16 *int2s, int n)
{
	Size size = offsetof(int2vector, values) + (Size) n * sizeof(int16);
	int2vector *result = palloc0(size);

	if (n > 0 && int2s)
		memcpy(result->values, int2s, (Size) n * sizeof(int16));
	SET_VARSIZE(result, size);
	result->ndim = 1;
	result->dataoffset = 0;
	result->elemtype = INT2OID;
	result->dim1 = n;
	result->lbound1 = 0;
	return result;
}

Datum
int2vectorin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	int capacity = 32;
	int n = 0;
	int16 *values = palloc_array(int16, capacity);

	for (;;)
	{
		char *end;
		long value;

		while (isspace((unsigned char) *s))
			s++;
		if (*s == '\0')
			break;
		if (n == capacity)
			values = repalloc_array(values, int16, capacity *= 2);
		errno = 0;
		value = strtol(s, &end, 10);
		if (end == s)
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s: \"%s\"", "smallint", s));
		if (errno == ERANGE || value != (int16) value)
			ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("value \"%s\" is out of range for type %s", s, "smallint"));
		if (*end != '\0' && *end != ' ')
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s: \"%s\"", "smallint", s));
		values[n++] = (int16) value;
		s = end;
	}
	PG_RETURN_POINTER(buildint2vector(values, n));
}

Datum
int2vectorout(PG_FUNCTION_ARGS)
{
	int2vector *vector = (int2vector *) PG_GETARG_VARLENA_P(0);
	char *result = palloc((Size) vector->dim1 * 7 + 1);
	char *at = result;

	for (int i = 0; i < vector->dim1; i++)
	{
		if (i > 0)
			*at++ = ' ';
		at += pg_itoa(vector->values[i], at);
	}
	*at = '\0';
	PG_RETURN_CSTRING(result);
}

Datum
int2vectorrecv(PG_FUNCTION_ARGS)
{
	ArrayType *array = array_receive_of(fcinfo, INT2OID);

	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_LBOUND(array)[0] != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid int2vector data"));
	PG_RETURN_POINTER(array);
}

Datum
int2vectorsend(PG_FUNCTION_ARGS)
{
	return array_send(fcinfo);
}
