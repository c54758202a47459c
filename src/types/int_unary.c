/*
 * int_unary.c
 *    Sign, modulus, minimum and maximum, and bit operations of the integer types.
 */
#include "postgres.h"

#include "types/int.h"
#include "utils/builtins.h"

Datum
int2um(PG_FUNCTION_ARGS)
{
	int16 arg = PG_GETARG_INT16(0);

	if (unlikely(arg == PG_INT16_MIN))
		int_out_of_range("smallint");
	PG_RETURN_INT16((int16) -arg);
}

Datum
int2up(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16(PG_GETARG_INT16(0));
}

Datum
int2abs(PG_FUNCTION_ARGS)
{
	int16 arg = PG_GETARG_INT16(0);

	if (unlikely(arg == PG_INT16_MIN))
		int_out_of_range("smallint");
	PG_RETURN_INT16((int16) (arg < 0 ? -arg : arg));
}

Datum
int2mod(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int16 arg2 = PG_GETARG_INT16(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the machine traps on MIN % -1 */
	if (arg2 == -1)
		PG_RETURN_INT16(0);
	PG_RETURN_INT16((int16) (arg1 % arg2));
}

Datum
int2larger(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int16 arg2 = PG_GETARG_INT16(1);

	PG_RETURN_INT16(arg1 > arg2 ? arg1 : arg2);
}

Datum
int2smaller(PG_FUNCTION_ARGS)
{
	int16 arg1 = PG_GETARG_INT16(0);
	int16 arg2 = PG_GETARG_INT16(1);

	PG_RETURN_INT16(arg1 < arg2 ? arg1 : arg2);
}

Datum
int2and(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) (PG_GETARG_INT16(0) & PG_GETARG_INT16(1)));
}

Datum
int2or(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) (PG_GETARG_INT16(0) | PG_GETARG_INT16(1)));
}

Datum
int2xor(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) (PG_GETARG_INT16(0) ^ PG_GETARG_INT16(1)));
}

Datum
int2not(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) ~PG_GETARG_INT16(0));
}

Datum
int2shl(PG_FUNCTION_ARGS)
{
	/* done in a 32-bit register: the count is taken modulo 32 */
	PG_RETURN_INT16((int16) ((uint32) PG_GETARG_INT16(0) << (PG_GETARG_INT32(1) & 31)));
}

Datum
int2shr(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16((int16) ((int32) PG_GETARG_INT16(0) >> (PG_GETARG_INT32(1) & 31)));
}

Datum
int4um(PG_FUNCTION_ARGS)
{
	int32 arg = PG_GETARG_INT32(0);

	if (unlikely(arg == PG_INT32_MIN))
		int_out_of_range("integer");
	PG_RETURN_INT32((int32) -arg);
}

Datum
int4up(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_INT32(0));
}

Datum
int4abs(PG_FUNCTION_ARGS)
{
	int32 arg = PG_GETARG_INT32(0);

	if (unlikely(arg == PG_INT32_MIN))
		int_out_of_range("integer");
	PG_RETURN_INT32((int32) (arg < 0 ? -arg : arg));
}

Datum
int4mod(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int32 arg2 = PG_GETARG_INT32(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the machine traps on MIN % -1 */
	if (arg2 == -1)
		PG_RETURN_INT32(0);
	PG_RETURN_INT32((int32) (arg1 % arg2));
}

Datum
int4larger(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int32 arg2 = PG_GETARG_INT32(1);

	PG_RETURN_INT32(arg1 > arg2 ? arg1 : arg2);
}

Datum
int4smaller(PG_FUNCTION_ARGS)
{
	int32 arg1 = PG_GETARG_INT32(0);
	int32 arg2 = PG_GETARG_INT32(1);

	PG_RETURN_INT32(arg1 < arg2 ? arg1 : arg2);
}

Datum
int4and(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (PG_GETARG_INT32(0) & PG_GETARG_INT32(1)));
}

Datum
int4or(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (PG_GETARG_INT32(0) | PG_GETARG_INT32(1)));
}

Datum
int4xor(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (PG_GETARG_INT32(0) ^ PG_GETARG_INT32(1)));
}

Datum
int4not(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) ~PG_GETARG_INT32(0));
}

Datum
int4shl(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) ((uint32) PG_GETARG_INT32(0) << (PG_GETARG_INT32(1) & 31)));
}

Datum
int4shr(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_INT32(0) >> (PG_GETARG_INT32(1) & 31));
}

Datum
int8um(PG_FUNCTION_ARGS)
{
	int64 arg = PG_GETARG_INT64(0);

	if (unlikely(arg == PG_INT64_MIN))
		int_out_of_range("bigint");
	PG_RETURN_INT64((int64) -arg);
}

Datum
int8up(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(PG_GETARG_INT64(0));
}

Datum
int8abs(PG_FUNCTION_ARGS)
{
	int64 arg = PG_GETARG_INT64(0);

	if (unlikely(arg == PG_INT64_MIN))
		int_out_of_range("bigint");
	PG_RETURN_INT64((int64) (arg < 0 ? -arg : arg));
}

Datum
int8mod(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int64 arg2 = PG_GETARG_INT64(1);

	if (unlikely(arg2 == 0))
		int_division_by_zero();
	/* the machine traps on MIN % -1 */
	if (arg2 == -1)
		PG_RETURN_INT64(0);
	PG_RETURN_INT64((int64) (arg1 % arg2));
}

Datum
int8larger(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int64 arg2 = PG_GETARG_INT64(1);

	PG_RETURN_INT64(arg1 > arg2 ? arg1 : arg2);
}

Datum
int8smaller(PG_FUNCTION_ARGS)
{
	int64 arg1 = PG_GETARG_INT64(0);
	int64 arg2 = PG_GETARG_INT64(1);

	PG_RETURN_INT64(arg1 < arg2 ? arg1 : arg2);
}

Datum
int8and(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) (PG_GETARG_INT64(0) & PG_GETARG_INT64(1)));
}

Datum
int8or(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) (PG_GETARG_INT64(0) | PG_GETARG_INT64(1)));
}

Datum
int8xor(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) (PG_GETARG_INT64(0) ^ PG_GETARG_INT64(1)));
}

Datum
int8not(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) ~PG_GETARG_INT64(0));
}

Datum
int8shl(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) ((uint64) PG_GETARG_INT64(0) << (PG_GETARG_INT32(1) & 63)));
}

Datum
int8shr(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(PG_GETARG_INT64(0) >> (PG_GETARG_INT32(1) & 63));
}
