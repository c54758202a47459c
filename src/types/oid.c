/*
 * oid.c
 *    oid and oidvector. An oidvector is a one-dimensional array from 0 without nulls, so array functions take it too.
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "nodes/value.h"
#include "types/array_internal.h"
#include "types/comparison.h"
#include "utils/builtins.h"

/*
 * Reads an OID. Signed input is taken modulo 2^32, as clients that print OIDs with %d exist.
 * endp: where to store the end; without it nothing but white space may follow.
 */
static Oid
parse_oid(const char *s, char **endp)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(s, &end, 10);
	if (end == s || (errno && errno != ERANGE))
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s: \"%s\"", "oid", s));
	if (errno == ERANGE || (value != (Oid) value && (long) value != (int32) value))
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				errmsg("value \"%s\" is out of range for type %s", s, "oid"));
	if (endp)
		*endp = end;
	else
	{
		while (isspace((unsigned char) *end))
			end++;
		if (*end != '\0')
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s: \"%s\"", "oid", s));
	}
	return (Oid) value;
}

Datum
oidin(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(parse_oid(PG_GETARG_CSTRING(0), NULL));
}

Datum
oidout(PG_FUNCTION_ARGS)
{
	char *result = palloc(12);
	int len = pg_ultoa_n(PG_GETARG_OID(0), result);

	result[len] = '\0';
	PG_RETURN_CSTRING(result);
}

Datum
oidrecv(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID((Oid) pq_getmsgint((StringInfo) PG_GETARG_POINTER(0), 4));
}

Datum
oidsend(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, PG_GETARG_OID(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* An OID written in SQL is an integer constant, or a float one when it does not fit int4. */
Oid
oidparse(Node *node)
{
	switch (nodeTag(node))
	{
		case T_Integer:
			return (Oid) intVal(node);
		case T_Float:
			return parse_oid(castNode(Float, node)->fval, NULL);
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(node));
	}
	return InvalidOid;
}

int
oid_cmp(const void *p1, const void *p2)
{
	Oid a = *(const Oid *) p1;
	Oid b = *(const Oid *) p2;

	return (a > b) - (a < b);
}

/* ---- oidvector */
oidvector *
buildoidvector(const Oid *oids, int n)
{
	Size size = offsetof(oidvector, values) + (Size) n * sizeof(Oid);
	oidvector *result = palloc0(size);

	if (n > 0 && oids)
		memcpy(result->values, oids, (Size) n * sizeof(Oid));
	SET_VARSIZE(result, size);
	result->ndim = 1;
	result->dataoffset = 0;
	result->elemtype = OIDOID;
	result->dim1 = n;
	result->lbound1 = 0;
	return result;
}

void
check_valid_oidvector(const oidvector *oidArray)
{
	if (oidArray->ndim != 1 || oidArray->dataoffset != 0 || oidArray->elemtype != OIDOID)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("array is not a valid oidvector"));
}

Datum
oidvectorin(PG_FUNCTION_ARGS)
{
	char *s = PG_GETARG_CSTRING(0);
	int capacity = 32;
	int n = 0;
	Oid *oids = palloc_array(Oid, capacity);

	for (;;)
	{
		while (isspace((unsigned char) *s))
			s++;
		if (*s == '\0')
			break;
		if (n == capacity)
			oids = repalloc_array(oids, Oid, capacity *= 2);
		oids[n++] = parse_oid(s, &s);
	}
	PG_RETURN_POINTER(buildoidvector(oids, n));
}

Datum
oidvectorout(PG_FUNCTION_ARGS)
{
	oidvector *vector = (oidvector *) PG_GETARG_VARLENA_P(0);
	char *result;
	char *at;

	check_valid_oidvector(vector);
	at = result = palloc((Size) vector->dim1 * 12 + 1);
	for (int i = 0; i < vector->dim1; i++)
	{
		if (i > 0)
			*at++ = ' ';
		at += pg_ultoa_n(vector->values[i], at);
	}
	*at = '\0';
	PG_RETURN_CSTRING(result);
}

Datum
oidvectorrecv(PG_FUNCTION_ARGS)
{
	ArrayType *array = array_receive_of(fcinfo, OIDOID);

	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_LBOUND(array)[0] != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid oidvector data"));
	PG_RETURN_POINTER(array);
}

Datum
oidvectorsend(PG_FUNCTION_ARGS)
{
	return array_send(fcinfo);
}

/* Shorter vectors sort first, then element by element. */
static int
oidvector_compare(FunctionCallInfo fcinfo)
{
	oidvector *a = (oidvector *) PG_GETARG_VARLENA_P(0);
	oidvector *b = (oidvector *) PG_GETARG_VARLENA_P(1);

	check_valid_oidvector(a);
	check_valid_oidvector(b);
	if (a->dim1 != b->dim1)
		return a->dim1 < b->dim1 ? -1 : 1;
	for (int i = 0; i < a->dim1; i++)
	{
		if (a->values[i] != b->values[i])
			return a->values[i] < b->values[i] ? -1 : 1;
	}
	return 0;
}

Datum
btoidvectorcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(oidvector_compare(fcinfo));
}

COMPARISON_OPERATORS(oid, , PG_GETARG_OID(0), PG_GETARG_OID(1))

Datum
oidlarger(PG_FUNCTION_ARGS)
{
	Oid a = PG_GETARG_OID(0);
	Oid b = PG_GETARG_OID(1);

	PG_RETURN_OID(a > b ? a : b);
}

Datum
oidsmaller(PG_FUNCTION_ARGS)
{
	Oid a = PG_GETARG_OID(0);
	Oid b = PG_GETARG_OID(1);

	PG_RETURN_OID(a < b ? a : b);
}

Datum
btoidcmp(PG_FUNCTION_ARGS)
{
	Oid a = PG_GETARG_OID(0);
	Oid b = PG_GETARG_OID(1);

	PG_RETURN_INT32((a > b) - (a < b));
}
COMPARISON_OPERATORS(oidvector, , oidvector_compare(fcinfo), 0)
