/*
 * float.c
 *    real and double precision: text and binary form, conversions, comparison.
 *
 * Output is the shortest text that reads back as the same value when extra_float_digits > 0, else that many digits less
 * than 6 or 15.
 */
#include "postgres.h"

#include <ctype.h>

#include "libpq/pqformat.h"
#include "types/int.h"
#include "utils/builtins.h"
#include "utils/float.h"

int extra_float_digits = 1;

void
float_overflow_error(void)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: overflow"));
}

void
float_underflow_error(void)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value out of range: underflow"));
}

void
float_zero_divide_error(void)
{
	ereport(ERROR, errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("division by zero"));
}

static void pg_attribute_noreturn()
bad_float(const char *type_name, const char *input)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			errmsg("invalid input syntax for type %s: \"%s\"", type_name, input));
}

/* ---- reading */
/* NaN, infinities; strtod's own spellings with payloads are not ours. Returns the length matched, 0 when none is there. */
static int
read_special(const char *num, double *value)
{
	static const struct
	{
		const char *word;
		double value;
	} specials[] = {{"NaN", NAN},		 {"Infinity", INFINITY}, {"+Infinity", INFINITY}, {"-Infinity", -INFINITY},
					{"inf", INFINITY},	 {"+inf", INFINITY},	 {"-inf", -INFINITY}};

	for (size_t i = 0; i < lengthof(specials); i++)
	{
		size_t len = strlen(specials[i].word);

		if (strncasecmp(num, specials[i].word, len) == 0)
		{
			*value = specials[i].value;
			return (int) len;
		}
	}
	return 0;
}

/* The end of a number that was read: white space, then the end or, with endptr_p, anything. */
static void
finish_reading(char *end, char **endptr_p, const char *type_name, const char *orig_string)
{
	while (isspace((unsigned char) *end))
		end++;
	if (endptr_p)
		*endptr_p = end;
	else if (*end != '\0')
		bad_float(type_name, orig_string);
}

static void pg_attribute_noreturn()
float_out_of_range(const char *type_name, const char *num, const char *end)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			errmsg("\"%s\" is out of range for type %s", pnstrdup(num, (Size) (end - num)), type_name));
}

float8
float8in_internal(char *num, char **endptr_p, const char *type_name, const char *orig_string)
{
	double value = 0;
	char *end;
	int special_len;

	while (isspace((unsigned char) *num))
		num++;
	if (*num == '\0')
		bad_float(type_name, orig_string);
	special_len = read_special(num, &value);
	if (special_len > 0)
		end = num + special_len;
	else
	{
		errno = 0;
		value = strtod(num, &end);
		if (end == num || isnan(value) || (isinf(value) && errno == 0))
			bad_float(type_name, orig_string);
		if (errno == ERANGE && (value == 0 || isinf(value)))
			float_out_of_range(type_name, num, end);
	}
	finish_reading(end, endptr_p, type_name, orig_string);
	return value;
}

float4
float4in_internal(char *num, char **endptr_p, const char *type_name, const char *orig_string)
{
	float value = 0;
	double special;
	char *end;
	int special_len;

	while (isspace((unsigned char) *num))
		num++;
	if (*num == '\0')
		bad_float(type_name, orig_string);
	special_len = read_special(num, &special);
	if (special_len > 0)
	{
		value = (float) special;
		end = num + special_len;
	}
	else
	{
		errno = 0;
		value = strtof(num, &end);
		if (end == num || isnan(value) || (isinf(value) && errno == 0))
			bad_float(type_name, orig_string);
		if (errno == ERANGE && (value == 0 || isinf(value)))
			float_out_of_range(type_name, num, end);
	}
	finish_reading(end, endptr_p, type_name, orig_string);
	return value;
}

Datum
float4in(PG_FUNCTION_ARGS)
{
	char *num = PG_GETARG_CSTRING(0);

	PG_RETURN_FLOAT4(float4in_internal(num, NULL, "real", num));
}

Datum
float8in(PG_FUNCTION_ARGS)
{
	char *num = PG_GETARG_CSTRING(0);

	PG_RETURN_FLOAT8(float8in_internal(num, NULL, "double precision", num));
}

/* ---- writing */
/* %.*g, with our names for what is not a number. */
static char *
float_with_digits(double num, int digits)
{
	if (isnan(num))
		return pstrdup("NaN");
	if (isinf(num))
		return pstrdup(num > 0 ? "Infinity" : "-Infinity");
	return psprintf("%.*g", Max(digits, 1), num);
}

char *
float8out_internal(float8 num)
{
	char *result;

	if (extra_float_digits <= 0)
		return float_with_digits(num, 15 + extra_float_digits);
	result = palloc(32);
	double_to_shortest_decimal_buf(num, result);
	return result;
}

char *
float4out_internal(float4 num)
{
	char *result;

	if (extra_float_digits <= 0)
		return float_with_digits(num, 6 + extra_float_digits);
	result = palloc(32);
	float_to_shortest_decimal_buf(num, result);
	return result;
}

Datum
float4out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(float4out_internal(PG_GETARG_FLOAT4(0)));
}

Datum
float8out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(float8out_internal(PG_GETARG_FLOAT8(0)));
}

/* ---- binary form */
Datum
float4recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT4(pq_getmsgfloat4((StringInfo) PG_GETARG_POINTER(0)));
}

Datum
float8recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(pq_getmsgfloat8((StringInfo) PG_GETARG_POINTER(0)));
}

Datum
float4send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendfloat4(&buf, PG_GETARG_FLOAT4(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
float8send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendfloat8(&buf, PG_GETARG_FLOAT8(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- comparison */
int
float8_cmp_internal(float8 a, float8 b)
{
	return float8_gt(a, b) - float8_lt(a, b);
}

int
float4_cmp_internal(float4 a, float4 b)
{
	return float4_gt(a, b) - float4_lt(a, b);
}

/* ---- conversions: to integers by rounding half to even */
Datum
ftod(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8((float8) PG_GETARG_FLOAT4(0));
}

Datum
dtof(PG_FUNCTION_ARGS)
{
	float8 num = PG_GETARG_FLOAT8(0);
	float4 result = (float4) num;

	if (unlikely(isinf(result)) && !isinf(num))
		float_overflow_error();
	if (unlikely(result == 0.0f) && num != 0.0)
		float_underflow_error();
	PG_RETURN_FLOAT4(result);
}

/* num rounded, which must lie in [-limit, limit) with limit a power of two; NaN fails the test too. */
static float8
round_within(float8 num, float8 limit, const char *type_name)
{
	num = rint(num);
	if (unlikely(!(num >= -limit && num < limit)))
		int_out_of_range(type_name);
	return num;
}

Datum
dtoi2(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) round_within(PG_GETARG_FLOAT8(0), 0x1p15, "smallint"));
}

Datum
dtoi4(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) round_within(PG_GETARG_FLOAT8(0), 0x1p31, "integer"));
}

Datum
dtoi8(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) round_within(PG_GETARG_FLOAT8(0), 0x1p63, "bigint"));
}

Datum
ftoi2(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) round_within(PG_GETARG_FLOAT4(0), 0x1p15, "smallint"));
}

Datum
ftoi4(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) round_within(PG_GETARG_FLOAT4(0), 0x1p31, "integer"));
}

Datum
ftoi8(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) round_within(PG_GETARG_FLOAT4(0), 0x1p63, "bigint"));
}

Datum
i2tod(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8((float8) PG_GETARG_INT16(0));
}

Datum
i4tod(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8((float8) PG_GETARG_INT32(0));
}

Datum
i8tod(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8((float8) PG_GETARG_INT64(0));
}

Datum
i2tof(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT4((float4) PG_GETARG_INT16(0));
}

Datum
i4tof(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT4((float4) PG_GETARG_INT32(0));
}

Datum
i8tof(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT4((float4) PG_GETARG_INT64(0));
}

/* ---- RANGE frames */
static bool
float_in_range(float8 val, float8 base, float8 offset, bool sub, bool less)
{
	float8 bound;

	if (isnan(offset) || offset < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PRECEDING_OR_FOLLOWING_SIZE),
				errmsg("invalid preceding or following size in window function"));
	/* NaN is peer of NaN alone, and sorts last */
	if (isnan(val))
		return isnan(base) || !less;
	if (isnan(base))
		return less;
	/* infinity minus infinity: everything is in range of it */
	if (isinf(offset) && isinf(base) && (sub ? base > 0 : base < 0))
		return true;
	bound = sub ? base - offset : base + offset;
	return less ? val <= bound : val >= bound;
}

Datum
in_range_float8_float8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(float_in_range(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2), PG_GETARG_BOOL(3),
								  PG_GETARG_BOOL(4)));
}

Datum
in_range_float4_float8(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(float_in_range(PG_GETARG_FLOAT4(0), PG_GETARG_FLOAT4(1), PG_GETARG_FLOAT8(2), PG_GETARG_BOOL(3),
								  PG_GETARG_BOOL(4)));
}
