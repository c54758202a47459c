/*
 * agg_float.c
 *    sum of floats is float8pl; here are averages, spreads and linear regression over double precision.
 *
 * The states are float8 arrays: {n, sum x, sum of (x - mean)^2}, for regression with the same of y and the sum of
 * products after them. Sums of squared deviations are updated as Youngs and Cramer (1971) do it, which loses far less
 * than subtracting large squares.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "types/array_internal.h"
#include "utils/float.h"

#define SPREAD_FIELDS 3
#define REGRESSION_FIELDS 6

enum
{
	F_N,
	F_SX,
	F_SXX,
	F_SY,
	F_SYY,
	F_SXY
};

/* The state's numbers, in the array given. An aggregate's own array may be changed in place. */
static float8 *
float_state(FunctionCallInfo fcinfo, int fields, ArrayType **array, const char *caller)
{
	*array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
	if (ARR_NDIM(*array) != 1 || ARR_DIMS(*array)[0] != fields || ARR_HASNULL(*array) ||
		ARR_ELEMTYPE(*array) != FLOAT8OID)
		elog(ERROR, "%s: expected %d-element float8 array", caller, fields);
	return (float8 *) ARR_DATA_PTR(*array);
}

/* A finite input must not have made the sums infinite; infinite or NaN input makes the deviations NaN. */
static float8
check_deviation(float8 deviation, float8 sum, float8 old_sum, float8 input)
{
	if (isinf(sum) || isinf(deviation))
	{
		if (!isinf(old_sum) && !isinf(input))
			float_overflow_error();
		return get_float8_nan();
	}
	return deviation;
}

static Datum
accumulate(FunctionCallInfo fcinfo, float8 x, const char *caller)
{
	ArrayType *array;
	float8 *state = float_state(fcinfo, SPREAD_FIELDS, &array, caller);
	float8 old_n = state[F_N];
	float8 n = old_n + 1.0;
	float8 sx = state[F_SX] + x;
	float8 sxx = state[F_SXX];

	if (old_n > 0.0)
	{
		float8 distance = x * n - sx;

		sxx += distance * distance / (n * old_n);
		sxx = check_deviation(sxx, sx, state[F_SX], x);
	}
	else if (isnan(x) || isinf(x))
		sxx = get_float8_nan();
	state[F_N] = n;
	state[F_SX] = sx;
	state[F_SXX] = sxx;
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
float8_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, PG_GETARG_FLOAT8(1), "float8_accum");
}

Datum
float4_accum(PG_FUNCTION_ARGS)
{
	return accumulate(fcinfo, (float8) PG_GETARG_FLOAT4(1), "float4_accum");
}

Datum
float8_avg(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *state = float_state(fcinfo, SPREAD_FIELDS, &array, "float8_avg");

	if (state[F_N] == 0.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(state[F_SX] / state[F_N]);
}

Datum
float8_var_pop(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *state = float_state(fcinfo, SPREAD_FIELDS, &array, "float8_var_pop");

	if (state[F_N] <= 0.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(state[F_SXX] / state[F_N]);
}

Datum
float8_var_samp(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *state = float_state(fcinfo, SPREAD_FIELDS, &array, "float8_var_samp");

	if (state[F_N] <= 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(state[F_SXX] / (state[F_N] - 1.0));
}

Datum
float8_stddev_pop(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *state = float_state(fcinfo, SPREAD_FIELDS, &array, "float8_stddev_pop");

	if (state[F_N] <= 0.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(sqrt(state[F_SXX] / state[F_N]));
}

Datum
float8_stddev_samp(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *state = float_state(fcinfo, SPREAD_FIELDS, &array, "float8_stddev_samp");

	if (state[F_N] <= 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(sqrt(state[F_SXX] / (state[F_N] - 1.0)));
}

/* ---- regression: arguments are state, Y, X in this order */
Datum
float8_regr_accum(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *state = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_accum");
	float8 y = PG_GETARG_FLOAT8(1);
	float8 x = PG_GETARG_FLOAT8(2);
	float8 old_n = state[F_N];
	float8 n = old_n + 1.0;
	float8 sx = state[F_SX] + x;
	float8 sy = state[F_SY] + y;

	if (old_n > 0.0)
	{
		float8 x_distance = x * n - sx;
		float8 y_distance = y * n - sy;
		float8 scale = 1.0 / (n * old_n);

		state[F_SXX] += x_distance * x_distance * scale;
		state[F_SYY] += y_distance * y_distance * scale;
		state[F_SXY] += x_distance * y_distance * scale;
		state[F_SXX] = check_deviation(state[F_SXX], sx, state[F_SX], x);
		state[F_SYY] = check_deviation(state[F_SYY], sy, state[F_SY], y);
		if (isinf(state[F_SXY]))
		{
			if (!isinf(state[F_SX]) && !isinf(x) && !isinf(state[F_SY]) && !isinf(y))
				float_overflow_error();
			state[F_SXY] = get_float8_nan();
		}
	}
	else
	{
		if (isnan(x) || isinf(x))
			state[F_SXX] = state[F_SXY] = get_float8_nan();
		if (isnan(y) || isinf(y))
			state[F_SYY] = state[F_SXY] = get_float8_nan();
	}
	state[F_N] = n;
	state[F_SX] = sx;
	state[F_SY] = sy;
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
float8_regr_sxx(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_sxx");

	if (s[F_N] < 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SXX]);
}

Datum
float8_regr_syy(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_syy");

	if (s[F_N] < 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SYY]);
}

Datum
float8_regr_sxy(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_sxy");

	if (s[F_N] < 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SXY]);
}

Datum
float8_regr_avgx(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_avgx");

	if (s[F_N] < 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SX] / s[F_N]);
}

Datum
float8_regr_avgy(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_avgy");

	if (s[F_N] < 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SY] / s[F_N]);
}

Datum
float8_covar_pop(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_covar_pop");

	if (s[F_N] < 1.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SXY] / s[F_N]);
}

Datum
float8_covar_samp(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_covar_samp");

	if (s[F_N] < 2.0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SXY] / (s[F_N] - 1.0));
}

Datum
float8_corr(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_corr");

	if (s[F_N] < 1.0 || s[F_SXX] == 0 || s[F_SYY] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SXY] / sqrt(s[F_SXX] * s[F_SYY]));
}

Datum
float8_regr_r2(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_r2");

	if (s[F_N] < 1.0 || s[F_SXX] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SYY] == 0 ? 1.0 : (s[F_SXY] * s[F_SXY]) / (s[F_SXX] * s[F_SYY]));
}

Datum
float8_regr_slope(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_slope");

	if (s[F_N] < 1.0 || s[F_SXX] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(s[F_SXY] / s[F_SXX]);
}

Datum
float8_regr_intercept(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	float8 *s = float_state(fcinfo, REGRESSION_FIELDS, &array, "float8_regr_intercept");

	if (s[F_N] < 1.0 || s[F_SXX] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((s[F_SY] - s[F_SX] * s[F_SXY] / s[F_SXX]) / s[F_N]);
}
