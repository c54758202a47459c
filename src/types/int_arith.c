/*
 * int_arith.c
 *    Arithmetic of smallint, integer and bigint: results have the wider type, overflow is 22003.
 */
#include "postgres.h"

#include "types/int.h"
#include "utils/builtins.h"

Datum
int2pl(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int16 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("smallint");
	PG_RETURN_INT16(result);
}

Datum
int2mi(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int16 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("smallint");
	PG_RETURN_INT16(result);
}

Datum
int2mul(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int16 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("smallint");
	PG_RETURN_INT16(result);
}

Datum
int2div(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int16 arg2 = PG_GETARG_INT16(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the quotient of the smallest number and -1 does not fit */
	if (unlikely(arg2 == -1 && arg1 == PG_INT16_MIN))
		int_out_of_range("smallint");
	PG_RETURN_INT16((int16) (arg1 / arg2));
}

Datum
int24pl(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int32 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int24mi(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int32 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int24mul(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int32 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int24div(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int32 arg2 = PG_GETARG_INT32(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	PG_RETURN_INT32((int32) arg1 / arg2);
}

Datum
int28pl(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int28mi(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int28mul(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int28div(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int64 arg2 = PG_GETARG_INT64(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	PG_RETURN_INT64((int64) arg1 / arg2);
}

Datum
int42pl(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int32 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int42mi(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int32 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int42mul(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int32 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int42div(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int16 arg2 = PG_GETARG_INT16(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the quotient of the smallest number and -1 does not fit */
	if (unlikely(arg2 == -1 && arg1 == PG_INT32_MIN))
		int_out_of_range("integer");
	PG_RETURN_INT32((int32) (arg1 / arg2));
}

Datum
int4pl(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int32 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int4mi(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int32 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int4mul(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int32 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("integer");
	PG_RETURN_INT32(result);
}

Datum
int4div(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int32 arg2 = PG_GETARG_INT32(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the quotient of the smallest number and -1 does not fit */
	if (unlikely(arg2 == -1 && arg1 == PG_INT32_MIN))
		int_out_of_range("integer");
	PG_RETURN_INT32((int32) (arg1 / arg2));
}

Datum
int48pl(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int48mi(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int48mul(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int48div(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int64 arg2 = PG_GETARG_INT64(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	PG_RETURN_INT64((int64) arg1 / arg2);
}

Datum
int82pl(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int64 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int82mi(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int64 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int82mul(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int16 arg2 = PG_GETARG_INT16(1);
	int64 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int82div(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int16 arg2 = PG_GETARG_INT16(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the quotient of the smallest number and -1 does not fit */
	if (unlikely(arg2 == -1 && arg1 == PG_INT64_MIN))
		int_out_of_range("bigint");
	PG_RETURN_INT64((int64) (arg1 / arg2));
}

Datum
int84pl(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int64 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int84mi(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int64 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int84mul(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int32 arg2 = PG_GETARG_INT32(1);
	int64 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int84div(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int32 arg2 = PG_GETARG_INT32(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the quotient of the smallest number and -1 does not fit */
	if (unlikely(arg2 == -1 && arg1 == PG_INT64_MIN))
		int_out_of_range("bigint");
	PG_RETURN_INT64((int64) (arg1 / arg2));
}

Datum
int8pl(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_add_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int8mi(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_sub_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int8mul(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int64 arg2 = PG_GETARG_INT64(1);
	int64 result;

	if (unlikely(__builtin_mul_overflow(arg1, arg2, &result)))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int8div(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int64 arg2 = PG_GETARG_INT64(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the quotient of the smallest number and -1 does not fit */
	if (unlikely(arg2 == -1 && arg1 == PG_INT64_MIN))
		int_out_of_range("bigint");
	PG_RETURN_INT64((int64) (arg1 / arg2));
}
