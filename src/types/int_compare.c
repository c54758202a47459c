/*
 * int_compare.c
 *    Comparison operators and B-tree support of smallint, integer and bigint, all pairs of widths.
 */
#include "postgres.h"

#include "types/comparison.h"
#include "types/int.h"
#include "utils/builtins.h"

COMPARISON_OPERATORS(int2, , PG_GETARG_INT16(0), PG_GETARG_INT16(1))
COMPARISON_OPERATORS(int24, , PG_GETARG_INT16(0), PG_GETARG_INT32(1))
COMPARISON_OPERATORS(int28, , PG_GETARG_INT16(0), PG_GETARG_INT64(1))
COMPARISON_OPERATORS(int42, , PG_GETARG_INT32(0), PG_GETARG_INT16(1))
COMPARISON_OPERATORS(int4, , PG_GETARG_INT32(0), PG_GETARG_INT32(1))
COMPARISON_OPERATORS(int48, , PG_GETARG_INT32(0), PG_GETARG_INT64(1))
COMPARISON_OPERATORS(int82, , PG_GETARG_INT64(0), PG_GETARG_INT16(1))
COMPARISON_OPERATORS(int84, , PG_GETARG_INT64(0), PG_GETARG_INT32(1))
COMPARISON_OPERATORS(int8, , PG_GETARG_INT64(0), PG_GETARG_INT64(1))

Datum
btint2cmp(PG_FUNCTION_ARGS)
{
	int16 a = PG_GETARG_INT16(0);
	int16 b = PG_GETARG_INT16(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint24cmp(PG_FUNCTION_ARGS)
{
	int16 a = PG_GETARG_INT16(0);
	int32 b = PG_GETARG_INT32(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint28cmp(PG_FUNCTION_ARGS)
{
	int16 a = PG_GETARG_INT16(0);
	int64 b = PG_GETARG_INT64(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint42cmp(PG_FUNCTION_ARGS)
{
	int32 a = PG_GETARG_INT32(0);
	int16 b = PG_GETARG_INT16(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint4cmp(PG_FUNCTION_ARGS)
{
	int32 a = PG_GETARG_INT32(0);
	int32 b = PG_GETARG_INT32(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint48cmp(PG_FUNCTION_ARGS)
{
	int32 a = PG_GETARG_INT32(0);
	int64 b = PG_GETARG_INT64(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint82cmp(PG_FUNCTION_ARGS)
{
	int64 a = PG_GETARG_INT64(0);
	int16 b = PG_GETARG_INT16(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint84cmp(PG_FUNCTION_ARGS)
{
	int64 a = PG_GETARG_INT64(0);
	int32 b = PG_GETARG_INT32(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
btint8cmp(PG_FUNCTION_ARGS)
{
	int64 a = PG_GETARG_INT64(0);
	int64 b = PG_GETARG_INT64(1);

	PG_RETURN_INT32((a > b) - (a < b));
}
