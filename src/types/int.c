/*
 * int.c
 *    smallint, integer and bigint: text and binary form, conversions among them, greatest common divisors,
 *    window frame offsets.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "types/int.h"
#include "utils/builtins.h"

/* ---- text and binary form */
Datum
int2in(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16(pg_strtoint16(PG_GETARG_CSTRING(0)));
}

Datum
int2out(PG_FUNCTION_ARGS)
{
	char *result = palloc(7);

	pg_itoa(PG_GETARG_INT16(0), result);
	PG_RETURN_CSTRING(result);
}

Datum
int2recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) pq_getmsgint((StringInfo) PG_GETARG_POINTER(0), 2));
}

Datum
int2send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint16(&buf, PG_GETARG_INT16(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
int4in(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(pg_strtoint32(PG_GETARG_CSTRING(0)));
}

Datum
int4out(PG_FUNCTION_ARGS)
{
	char *result = palloc(12);

	pg_ltoa(PG_GETARG_INT32(0), result);
	PG_RETURN_CSTRING(result);
}

Datum
int4recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) pq_getmsgint((StringInfo) PG_GETARG_POINTER(0), 4));
}

Datum
int4send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, PG_GETARG_INT32(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
int8in(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(pg_strtoint64(PG_GETARG_CSTRING(0)));
}

Datum
int8out(PG_FUNCTION_ARGS)
{
	char *result = palloc(MAXINT8LEN + 1);

	pg_lltoa(PG_GETARG_INT64(0), result);
	PG_RETURN_CSTRING(result);
}

Datum
int8recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(pq_getmsgint64((StringInfo) PG_GETARG_POINTER(0)));
}

Datum
int8send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_INT64(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- conversions */
Datum
i2toi4(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_INT16(0));
}

Datum
i4toi2(PG_FUNCTION_ARGS)
{
	int32 arg = PG_GETARG_INT32(0);

	if (unlikely(arg != (int16) arg))
		int_out_of_range("smallint");
	PG_RETURN_INT16((int16) arg);
}

Datum
int28(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(PG_GETARG_INT16(0));
}

Datum
int82(PG_FUNCTION_ARGS)
{
	int64 arg = PG_GETARG_INT64(0);

	if (unlikely(arg != (int16) arg))
		int_out_of_range("smallint");
	PG_RETURN_INT16((int16) arg);
}

Datum
int48(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(PG_GETARG_INT32(0));
}

Datum
int84(PG_FUNCTION_ARGS)
{
	int64 arg = PG_GETARG_INT64(0);

	if (unlikely(arg != (int32) arg))
		int_out_of_range("integer");
	PG_RETURN_INT32((int32) arg);
}

Datum
int4_bool(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_INT32(0) != 0);
}

Datum
bool_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_BOOL(0) ? 1 : 0);
}

Datum
i8tooid(PG_FUNCTION_ARGS)
{
	int64 arg = PG_GETARG_INT64(0);

	if (unlikely(arg != (int64) (Oid) arg))
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("OID out of range"));
	PG_RETURN_OID((Oid) arg);
}

Datum
oidtoi8(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) PG_GETARG_OID(0));
}

/* ---- counting: what count() steps with */
Datum
int4inc(PG_FUNCTION_ARGS)
{
	int32 result;

	if (unlikely(__builtin_add_overflow(PG_GETARG_INT32(0), 1, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int8inc(PG_FUNCTION_ARGS)
{
	int64 result;

	if (unlikely(__builtin_add_overflow(PG_GETARG_INT64(0), (int64) 1, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int8dec(PG_FUNCTION_ARGS)
{
	int64 result;

	if (unlikely(__builtin_sub_overflow(PG_GETARG_INT64(0), (int64) 1, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

/* count(any): the argument has been found not null, its value does not matter. */
Datum
int8inc_any(PG_FUNCTION_ARGS)
{
	return int8inc(fcinfo);
}

Datum
int8dec_any(PG_FUNCTION_ARGS)
{
	return int8dec(fcinfo);
}

Datum
int8inc_float8_float8(PG_FUNCTION_ARGS)
{
	return int8inc(fcinfo);
}

/* ---- greatest common divisor, least common multiple */
static uint64
magnitude(int64 x)
{
	return x < 0 ? -(uint64) x : (uint64) x;
}

static uint64
euclid(uint64 a, uint64 b)
{
	while (b != 0)
	{
		uint64 rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* The divisor of two numbers of the given type, or an error when it is |MIN| and cannot be shown. */
static int64
checked_gcd(int64 a, int64 b, int64 max, const char *type_name)
{
	uint64 result = euclid(magnitude(a), magnitude(b));

	if (result > (uint64) max)
		int_out_of_range(type_name);
	return (int64) result;
}

static int64
checked_lcm(int64 a, int64 b, int64 max, const char *type_name)
{
	uint64 divisor;
	uint64 result;

	if (a == 0 || b == 0)
		return 0;
	divisor = euclid(magnitude(a), magnitude(b));
	if (__builtin_mul_overflow(magnitude(a) / divisor, magnitude(b), &result) || result > (uint64) max)
		int_out_of_range(type_name);
	return (int64) result;
}

Datum
int4gcd(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) checked_gcd(PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_INT32_MAX, "integer"));
}

Datum
int8gcd(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(checked_gcd(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_INT64_MAX, "bigint"));
}

Datum
int4lcm(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) checked_lcm(PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_INT32_MAX, "integer"));
}

Datum
int8lcm(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(checked_lcm(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_INT64_MAX, "bigint"));
}

/* ---- RANGE frames: is val within base -/+ offset? args: val, base, offset, sub, less */
static bool
int_in_range(int64 val, int64 base, int64 offset, bool sub, bool less)
{
	int64 bound;

	if (offset < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PRECEDING_OR_FOLLOWING_SIZE),
				errmsg("invalid preceding or following size in window function"));
	/* a bound beyond the type's range is farther out than any value */
	if (sub ? __builtin_sub_overflow(base, offset, &bound) : __builtin_add_overflow(base, offset, &bound))
		return sub ? !less : less;
	return less ? val <= bound : val >= bound;
}

Datum
in_range_int2_int2(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(int_in_range(PG_GETARG_INT16(0), PG_GETARG_INT16(1), PG_GETARG_INT16(2), PG_GETARG_BOOL(3),
								PG_GETARG_BOOL(4)));
}

Datum
in_range_int2_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(int_in_range(PG_GETARG_INT16(0), PG_GETARG_INT16(1), PG_GETARG_INT32(2), PG_GETARG_BOOL(3),
								PG_GETARG_BOOL(4)));
}

Datum
in_range_int2_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(int_in_range(PG_GETARG_INT16(0), PG_GETARG_INT16(1), PG_GETARG_INT64(2), PG_GETARG_BOOL(3),
								PG_GETARG_BOOL(4)));
}

Datum
in_range_int4_int2(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(int_in_range(PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_GETARG_INT16(2), PG_GETARG_BOOL(3),
								PG_GETARG_BOOL(4)));
}

Datum
in_range_int4_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(int_in_range(PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_GETARG_INT32(2), PG_GETARG_BOOL(3),
								PG_GETARG_BOOL(4)));
}

Datum
in_range_int4_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(int_in_range(PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_GETARG_INT64(2), PG_GETARG_BOOL(3),
								PG_GETARG_BOOL(4)));
}

Datum
in_range_int8_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(int_in_range(PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_GETARG_INT64(2), PG_GETARG_BOOL(3),
								PG_GETARG_BOOL(4)));
}
