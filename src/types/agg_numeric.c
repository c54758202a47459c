/*
 * agg_numeric.c
 *    sum, avg, variance and standard deviation of integers and numerics.
 *
 * Integer inputs are summed in 128 bits; numeric ones in a Num, which itself is 128 bits wide until that overflows. The
 * sums live in the aggregate's memory context. Moving aggregates can take a value back; where that would need the scale
 * of the remaining values, the inverse function answers NULL and the frame is computed afresh.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "types/array_internal.h"
#include "types/int.h"
#include "types/numeric.h"

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

/* ---- integers */
typedef struct IntSums
{
	int64 count;
	int128 sum;
	bool squares_wanted;
	Num sum_squares; /* of int8 values these do not fit 128 bits */
} IntSums;

static IntSums *
int_sums(FunctionCallInfo fcinfo, bool squares)
{
	IntSums *state;

	if (!PG_ARGISNULL(0))
		return (IntSums *) PG_GETARG_POINTER(0);
	state = MemoryContextAllocZero(aggregate_context(fcinfo), sizeof(IntSums));
	state->squares_wanted = squares;
	num_set_int(&state->sum_squares, 0, 0);
	return state;
}

/* Adds (sign 1) or takes back (sign -1) one value. */
static void
int_sums_change(FunctionCallInfo fcinfo, IntSums *state, int64 value, int sign)
{
	state->count += sign;
	state->sum += sign * (int128) value;
	if (state->squares_wanted)
	{
		MemoryContext old = MemoryContextSwitchTo(aggregate_context(fcinfo));
		Num square;

		num_set_int(&square, (int128) value * value * sign, 0);
		num_add(&state->sum_squares, &state->sum_squares, &square);
		MemoryContextSwitchTo(old);
	}
}

Datum
int2_accum(PG_FUNCTION_ARGS)
{
	IntSums *state = int_sums(fcinfo, true);

	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT16(1), 1);
	PG_RETURN_POINTER(state);
}

Datum
int2_accum_inv(PG_FUNCTION_ARGS)
{
	IntSums *state = PG_ARGISNULL(0) ? NULL : (IntSums *) PG_GETARG_POINTER(0);

	if (state == NULL)
		elog(ERROR, "int2_accum_inv called with NULL state");
	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT16(1), -1);
	PG_RETURN_POINTER(state);
}

Datum
int4_accum(PG_FUNCTION_ARGS)
{
	IntSums *state = int_sums(fcinfo, true);

	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT32(1), 1);
	PG_RETURN_POINTER(state);
}

Datum
int4_accum_inv(PG_FUNCTION_ARGS)
{
	IntSums *state = PG_ARGISNULL(0) ? NULL : (IntSums *) PG_GETARG_POINTER(0);

	if (state == NULL)
		elog(ERROR, "int4_accum_inv called with NULL state");
	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT32(1), -1);
	PG_RETURN_POINTER(state);
}

Datum
int8_accum(PG_FUNCTION_ARGS)
{
	IntSums *state = int_sums(fcinfo, true);

	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT64(1), 1);
	PG_RETURN_POINTER(state);
}

Datum
int8_accum_inv(PG_FUNCTION_ARGS)
{
	IntSums *state = PG_ARGISNULL(0) ? NULL : (IntSums *) PG_GETARG_POINTER(0);

	if (state == NULL)
		elog(ERROR, "int8_accum_inv called with NULL state");
	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT64(1), -1);
	PG_RETURN_POINTER(state);
}

Datum
int8_avg_accum(PG_FUNCTION_ARGS)
{
	IntSums *state = int_sums(fcinfo, false);

	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT64(1), 1);
	PG_RETURN_POINTER(state);
}

Datum
int8_avg_accum_inv(PG_FUNCTION_ARGS)
{
	IntSums *state = PG_ARGISNULL(0) ? NULL : (IntSums *) PG_GETARG_POINTER(0);

	if (state == NULL)
		elog(ERROR, "int8_avg_accum_inv called with NULL state");
	if (!PG_ARGISNULL(1))
		int_sums_change(fcinfo, state, PG_GETARG_INT64(1), -1);
	PG_RETURN_POINTER(state);
}

static IntSums *
finished_int_sums(FunctionCallInfo fcinfo)
{
	IntSums *state = PG_ARGISNULL(0) ? NULL : (IntSums *) PG_GETARG_POINTER(0);

	return state && state->count > 0 ? state : NULL;
}

Datum
numeric_poly_sum(PG_FUNCTION_ARGS)
{
	IntSums *state = finished_int_sums(fcinfo);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(numeric_from_int128(state->sum));
}

Datum
numeric_poly_avg(PG_FUNCTION_ARGS)
{
	IntSums *state = finished_int_sums(fcinfo);
	Num sum;
	Num count;

	if (state == NULL)
		PG_RETURN_NULL();
	num_set_int(&sum, state->sum, 0);
	num_set_int(&count, state->count, 0);
	numeric_op_div(&sum, &sum, &count);
	PG_RETURN_NUMERIC(num_pack(&sum));
}

/* ---- variance, from count, sum and sum of squares */
typedef enum SpreadKind
{
	VARIANCE_POPULATION,
	VARIANCE_SAMPLE,
	STDDEV_POPULATION,
	STDDEV_SAMPLE
} SpreadKind;

/* (n * sum of squares - square of sum) / (n * n, or n * (n - 1)); false for NULL. */
static bool
spread(Num *result, int64 count, const Num *sum, const Num *sum_squares, SpreadKind kind)
{
	bool sample = kind == VARIANCE_SAMPLE || kind == STDDEV_SAMPLE;
	Num n;
	Num divisor;
	Num square;
	Num top;
	int scale;

	if (count < (sample ? 2 : 1))
		return false;
	num_set_int(&n, count, 0);
	num_mul(&top, sum_squares, &n);
	num_mul(&square, sum, sum);
	num_sub(&top, &top, &square);
	if (num_sign(&top) <= 0)
	{
		num_set_int(result, 0, 0);
		return true;
	}
	num_set_int(&divisor, (int128) count * (sample ? count - 1 : count), 0);
	scale = num_div_scale(&top, &divisor);
	num_div(result, &top, &divisor, scale, true);
	if (kind == STDDEV_POPULATION || kind == STDDEV_SAMPLE)
		num_sqrt(result, result, scale);
	return true;
}

static Datum
int_spread(FunctionCallInfo fcinfo, SpreadKind kind)
{
	IntSums *state = finished_int_sums(fcinfo);
	Num sum;
	Num result;

	if (state == NULL)
		PG_RETURN_NULL();
	num_set_int(&sum, state->sum, 0);
	if (!spread(&result, state->count, &sum, &state->sum_squares, kind))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(num_pack(&result));
}

Datum
numeric_poly_var_pop(PG_FUNCTION_ARGS)
{
	return int_spread(fcinfo, VARIANCE_POPULATION);
}

Datum
numeric_poly_var_samp(PG_FUNCTION_ARGS)
{
	return int_spread(fcinfo, VARIANCE_SAMPLE);
}

Datum
numeric_poly_stddev_pop(PG_FUNCTION_ARGS)
{
	return int_spread(fcinfo, STDDEV_POPULATION);
}

Datum
numeric_poly_stddev_samp(PG_FUNCTION_ARGS)
{
	return int_spread(fcinfo, STDDEV_SAMPLE);
}

/* ---- numerics */
typedef struct NumericSums
{
	int64 count;
	int64 nan_count;
	int64 inf_count;
	int64 neg_inf_count;
	int max_scale;
	int64 max_scale_count; /* how many values have it */
	bool squares_wanted;
	Num sum;
	Num sum_squares;
} NumericSums;

static NumericSums *
numeric_sums(FunctionCallInfo fcinfo, bool squares)
{
	NumericSums *state;

	if (!PG_ARGISNULL(0))
		return (NumericSums *) PG_GETARG_POINTER(0);
	state = MemoryContextAllocZero(aggregate_context(fcinfo), sizeof(NumericSums));
	state->squares_wanted = squares;
	num_set_int(&state->sum, 0, 0);
	num_set_int(&state->sum_squares, 0, 0);
	return state;
}

/* A big coefficient that a Num had before it was replaced is garbage in the aggregate's context: free it. */
static void
accumulate(Num *sum, const Num *value)
{
	Num old = *sum;

	num_add(sum, sum, value);
	if (old.big && (!sum->big || sum->z[0]._mp_d != old.z[0]._mp_d))
		num_release(&old);
}

static int64 *
special_counter(NumericSums *state, NumKind kind)
{
	return kind == NUM_NAN ? &state->nan_count : kind == NUM_INF ? &state->inf_count : &state->neg_inf_count;
}

/* False when a value cannot be taken back: nobody knows the largest scale among the others. */
static bool
numeric_sums_change(FunctionCallInfo fcinfo, NumericSums *state, Datum datum, int sign)
{
	MemoryContext old;
	Num value;

	num_from_datum(&value, datum);
	if (value.kind != NUM_FINITE)
	{
		*special_counter(state, value.kind) += sign;
		return true;
	}
	if (sign > 0)
	{
		if (value.scale > state->max_scale)
		{
			state->max_scale = value.scale;
			state->max_scale_count = 1;
		}
		else if (value.scale == state->max_scale)
			state->max_scale_count++;
	}
	else if (value.scale == state->max_scale && state->max_scale > 0)
	{
		if (state->max_scale_count > 1)
			state->max_scale_count--;
		else if (state->count > 1)
			return false;
		else
			state->max_scale = 0;
	}
	old = MemoryContextSwitchTo(aggregate_context(fcinfo));
	state->count += sign;
	if (state->squares_wanted)
	{
		Num square;

		num_mul(&square, &value, &value);
		if (sign < 0)
			num_negate(&square);
		accumulate(&state->sum_squares, &square);
	}
	if (sign < 0)
		num_negate(&value);
	if (state->count == 0)
	{
		num_set_int(&state->sum, 0, 0);
		num_set_int(&state->sum_squares, 0, 0);
	}
	else
		accumulate(&state->sum, &value);
	MemoryContextSwitchTo(old);
	return true;
}

Datum
numeric_accum(PG_FUNCTION_ARGS)
{
	NumericSums *state = numeric_sums(fcinfo, true);

	if (!PG_ARGISNULL(1))
		numeric_sums_change(fcinfo, state, PG_GETARG_DATUM(1), 1);
	PG_RETURN_POINTER(state);
}

Datum
numeric_avg_accum(PG_FUNCTION_ARGS)
{
	NumericSums *state = numeric_sums(fcinfo, false);

	if (!PG_ARGISNULL(1))
		numeric_sums_change(fcinfo, state, PG_GETARG_DATUM(1), 1);
	PG_RETURN_POINTER(state);
}

Datum
numeric_accum_inv(PG_FUNCTION_ARGS)
{
	NumericSums *state = PG_ARGISNULL(0) ? NULL : (NumericSums *) PG_GETARG_POINTER(0);

	if (state == NULL)
		elog(ERROR, "numeric_accum_inv called with NULL state");
	if (!PG_ARGISNULL(1) && !numeric_sums_change(fcinfo, state, PG_GETARG_DATUM(1), -1))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* The state, NULL when no value was seen. */
static NumericSums *
finished_numeric_sums(FunctionCallInfo fcinfo)
{
	NumericSums *state = PG_ARGISNULL(0) ? NULL : (NumericSums *) PG_GETARG_POINTER(0);

	if (state == NULL || state->count + state->nan_count + state->inf_count + state->neg_inf_count == 0)
		return NULL;
	return state;
}

/* The sum, with what NaN and infinities make of it. */
static void
total(const NumericSums *state, Num *result)
{
	if (state->nan_count > 0 || (state->inf_count > 0 && state->neg_inf_count > 0))
		num_set_special(result, NUM_NAN);
	else if (state->inf_count > 0)
		num_set_special(result, NUM_INF);
	else if (state->neg_inf_count > 0)
		num_set_special(result, NUM_NEG_INF);
	else
	{
		*result = state->sum;
		if (result->scale != state->max_scale)
			num_round(result, state->max_scale);
	}
}

Datum
numeric_sum(PG_FUNCTION_ARGS)
{
	NumericSums *state = finished_numeric_sums(fcinfo);
	Num result;

	if (state == NULL)
		PG_RETURN_NULL();
	total(state, &result);
	PG_RETURN_NUMERIC(num_pack(&result));
}

Datum
numeric_avg(PG_FUNCTION_ARGS)
{
	NumericSums *state = finished_numeric_sums(fcinfo);
	Num result;
	Num count;

	if (state == NULL)
		PG_RETURN_NULL();
	total(state, &result);
	if (result.kind == NUM_FINITE)
	{
		num_set_int(&count, state->count, 0);
		numeric_op_div(&result, &result, &count);
	}
	PG_RETURN_NUMERIC(num_pack(&result));
}

static Datum
numeric_spread(FunctionCallInfo fcinfo, SpreadKind kind)
{
	NumericSums *state = finished_numeric_sums(fcinfo);
	bool sample = kind == VARIANCE_SAMPLE || kind == STDDEV_SAMPLE;
	int64 specials;
	Num result;

	if (state == NULL)
		PG_RETURN_NULL();
	specials = state->nan_count + state->inf_count + state->neg_inf_count;
	if (sample && state->count + specials <= 1)
		PG_RETURN_NULL();
	if (specials > 0)
		num_set_special(&result, NUM_NAN);
	else if (!spread(&result, state->count, &state->sum, &state->sum_squares, kind))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(num_pack(&result));
}

Datum
numeric_var_pop(PG_FUNCTION_ARGS)
{
	return numeric_spread(fcinfo, VARIANCE_POPULATION);
}

Datum
numeric_var_samp(PG_FUNCTION_ARGS)
{
	return numeric_spread(fcinfo, VARIANCE_SAMPLE);
}

Datum
numeric_stddev_pop(PG_FUNCTION_ARGS)
{
	return numeric_spread(fcinfo, STDDEV_POPULATION);
}

Datum
numeric_stddev_samp(PG_FUNCTION_ARGS)
{
	return numeric_spread(fcinfo, STDDEV_SAMPLE);
}

/* ---- sums of small integers in a bigint: NULL until the first value */
Datum
int2_sum(PG_FUNCTION_ARGS)
{
	int64 result;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (PG_ARGISNULL(0))
		PG_RETURN_INT64((int64) PG_GETARG_INT16(1));
	if (pg_add_s64_overflow(PG_GETARG_INT64(0), (int64) PG_GETARG_INT16(1), &result))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int4_sum(PG_FUNCTION_ARGS)
{
	int64 result;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (PG_ARGISNULL(0))
		PG_RETURN_INT64((int64) PG_GETARG_INT32(1));
	if (pg_add_s64_overflow(PG_GETARG_INT64(0), (int64) PG_GETARG_INT32(1), &result))
		int_out_of_range("bigint");
	PG_RETURN_INT64(result);
}

Datum
int8_sum(PG_FUNCTION_ARGS)
{
	Num sum;
	Num value;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	num_set_int(&value, PG_GETARG_INT64(1), 0);
	if (PG_ARGISNULL(0))
		PG_RETURN_NUMERIC(num_pack(&value));
	num_from_datum(&sum, PG_GETARG_DATUM(0));
	numeric_op_add(&sum, &sum, &value);
	PG_RETURN_NUMERIC(num_pack(&sum));
}

/* ---- avg of small integers: the state is a bigint array {count, sum}, changed in place when it is an aggregate's */
typedef struct CountAndSum
{
	int64 count;
	int64 sum;
} CountAndSum;

static CountAndSum *
count_and_sum(FunctionCallInfo fcinfo, ArrayType **array)
{
	*array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
	if (ARR_HASNULL(*array) || ARR_SIZE(*array) != ARR_OVERHEAD_NONULLS(1) + sizeof(CountAndSum))
		elog(ERROR, "expected 2-element int8 array");
	return (CountAndSum *) ARR_DATA_PTR(*array);
}

Datum
int2_avg_accum(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	CountAndSum *state = count_and_sum(fcinfo, &array);

	state->count++;
	state->sum += PG_GETARG_INT16(1);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
int2_avg_accum_inv(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	CountAndSum *state = count_and_sum(fcinfo, &array);

	state->count--;
	state->sum -= PG_GETARG_INT16(1);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
int4_avg_accum(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	CountAndSum *state = count_and_sum(fcinfo, &array);

	state->count++;
	state->sum += PG_GETARG_INT32(1);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
int4_avg_accum_inv(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	CountAndSum *state = count_and_sum(fcinfo, &array);

	state->count--;
	state->sum -= PG_GETARG_INT32(1);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
int8_avg(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	CountAndSum *state = count_and_sum(fcinfo, &array);
	Num sum;
	Num count;

	if (state->count == 0)
		PG_RETURN_NULL();
	num_set_int(&sum, state->sum, 0);
	num_set_int(&count, state->count, 0);
	numeric_op_div(&sum, &sum, &count);
	PG_RETURN_NUMERIC(num_pack(&sum));
}

/* sum of small integers in a moving frame */
Datum
int2int4_sum(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	CountAndSum *state = count_and_sum(fcinfo, &array);

	if (state->count == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(state->sum);
}
