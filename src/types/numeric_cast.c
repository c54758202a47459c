/*
 * numeric_cast.c
 *    Conversions between numeric and the other numbers.
 */
#include "postgres.h"

#include <math.h>

#include "types/int.h"
#include "types/numeric.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/pg_lsn.h"

Numeric
numeric_from_int128(int128 val)
{
	Num num;

	num_set_int(&num, val, 0);
	return num_pack(&num);
}

Numeric
int64_to_numeric(int64 val)
{
	return numeric_from_int128(val);
}

/* val1 / 10^log10val2, with that many decimals. */
Numeric
int64_div_fast_to_numeric(int64 val1, int log10val2)
{
	Num num;

	num_set_int(&num, val1, Max(log10val2, 0));
	for (int i = log10val2; i < 0; i++)
		num_set_int(&num, num.v * 10, 0);
	return num_pack(&num);
}

Datum
int2_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(numeric_from_int128(PG_GETARG_INT16(0)));
}

Datum
int4_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(numeric_from_int128(PG_GETARG_INT32(0)));
}

Datum
int8_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(numeric_from_int128(PG_GETARG_INT64(0)));
}

/* The value rounded to an integer within [min, max]. */
static int128
to_integer(const Num *num, int128 min, int128 max, const char *type_name)
{
	int128 value;

	if (unlikely(num->kind != NUM_FINITE))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot convert %s to %s", num->kind == NUM_NAN ? "NaN" : "infinity", type_name));
	if (unlikely(!num_to_int128(num, &value) || value < min || value > max))
		int_out_of_range(type_name);
	return value;
}

Datum
numeric_int2(PG_FUNCTION_ARGS)
{
	Num num;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	PG_RETURN_INT16((int16) to_integer(&num, PG_INT16_MIN, PG_INT16_MAX, "smallint"));
}

Datum
numeric_int4(PG_FUNCTION_ARGS)
{
	Num num;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	PG_RETURN_INT32((int32) to_integer(&num, PG_INT32_MIN, PG_INT32_MAX, "integer"));
}

int32
numeric_int4_opt_error(Numeric value, bool *error)
{
	Num num;
	int128 result;

	num_read(&num, value);
	if (error)
	{
		*error = num.kind != NUM_FINITE || !num_to_int128(&num, &result) || result != (int32) result;
		return *error ? 0 : (int32) result;
	}
	return (int32) to_integer(&num, PG_INT32_MIN, PG_INT32_MAX, "integer");
}

Datum
numeric_int8(PG_FUNCTION_ARGS)
{
	Num num;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	PG_RETURN_INT64((int64) to_integer(&num, PG_INT64_MIN, PG_INT64_MAX, "bigint"));
}

Datum
numeric_pg_lsn(PG_FUNCTION_ARGS)
{
	Num num;
	int128 value;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	if (num.kind != NUM_FINITE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot convert %s to %s", num.kind == NUM_NAN ? "NaN" : "infinity", "pg_lsn"));
	if (!num_to_int128(&num, &value) || value < 0 || value > (int128) PG_UINT64_MAX)
		int_out_of_range("pg_lsn");
	PG_RETURN_LSN((XLogRecPtr) value);
}

/* ---- floats: as many decimal digits as the type guarantees */
static Numeric
from_double(double value, int digits)
{
	Num num;
	const char *end;
	char buffer[64];

	if (isnan(value))
		num_set_special(&num, NUM_NAN);
	else if (isinf(value))
		num_set_special(&num, value > 0 ? NUM_INF : NUM_NEG_INF);
	else
	{
		snprintf(buffer, sizeof(buffer), "%.*g", digits, value);
		if (!num_parse(buffer, &num, &end))
			elog(ERROR, "could not convert \"%s\" to numeric", buffer);
	}
	return num_pack(&num);
}

Datum
float8_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(from_double(PG_GETARG_FLOAT8(0), 15));
}

Datum
float4_numeric(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(from_double(PG_GETARG_FLOAT4(0), 6));
}

Datum
numeric_float8(PG_FUNCTION_ARGS)
{
	Num num;
	char *text;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	/* exact quotients of small numbers need no detour over text */
	if (num.kind == NUM_FINITE && !num.big && num.scale <= 22 && num.v < ((int128) 1 << 53) && num.v > -((int128) 1 << 53))
		PG_RETURN_FLOAT8(num_to_double(&num));
	text = num_to_string(&num);
	PG_RETURN_FLOAT8(float8in_internal(text, NULL, "double precision", text));
}

Datum
numeric_float4(PG_FUNCTION_ARGS)
{
	Num num;
	char *text;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	text = num_to_string(&num);
	PG_RETURN_FLOAT4(float4in_internal(text, NULL, "real", text));
}
