/*
 * float_math.c
 *    Mathematical functions on double precision: rounding, roots, powers, logarithms, trigonometry, random numbers.
 *
 * Functions whose domain is limited say so themselves (2201E, 2201F, 22003) instead of passing NaN on; a finite argument
 * never gives an infinite result silently.
 */
#include "postgres.h"

#include <math.h>
#include <sys/random.h>

#include "fmgr.h"
#include "utils/float.h"

static void pg_attribute_noreturn() pg_attribute_cold
input_out_of_range(void)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("input is out of range"));
}

static void pg_attribute_noreturn() pg_attribute_cold
bad_logarithm(float8 arg)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_LOG),
			errmsg(arg == 0 ? "cannot take logarithm of zero" : "cannot take logarithm of a negative number"));
}

static void pg_attribute_noreturn() pg_attribute_cold
bad_power(const char *message)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_POWER_FUNCTION), errmsg("%s", message));
}

static float8
checked_overflow(float8 result)
{
	if (unlikely(isinf(result)))
		float_overflow_error();
	return result;
}

/* ---- rounding and sign */
Datum
dround(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	PG_RETURN_FLOAT8(rint(arg));
}

Datum
dceil(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	PG_RETURN_FLOAT8(ceil(arg));
}

Datum
dfloor(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	PG_RETURN_FLOAT8(floor(arg));
}

Datum
dtrunc(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	PG_RETURN_FLOAT8(trunc(arg));
}

Datum
dsign(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	PG_RETURN_FLOAT8(arg > 0 ? 1.0 : arg < 0 ? -1.0 : 0.0);
}

/* ---- roots, powers, logarithms */
Datum
dsqrt(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (arg < 0)
		bad_power("cannot take square root of a negative number");
	PG_RETURN_FLOAT8(sqrt(arg));
}

Datum
dcbrt(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(cbrt(PG_GETARG_FLOAT8(0)));
}

/* pow() has IEEE's special cases; only what it would answer with NaN, or overflow with, is an error. */
Datum
dpow(PG_FUNCTION_ARGS)
{
	float8 base = PG_GETARG_FLOAT8(0);
	float8 exponent = PG_GETARG_FLOAT8(1);
	float8 result;

	if (base == 0 && exponent < 0)
		bad_power("zero raised to a negative power is undefined");
	if (base < 0 && isfinite(exponent) && floor(exponent) != exponent)
		bad_power("a negative number raised to a non-integer power yields a complex result");
	result = pow(base, exponent);
	if (isfinite(base) && isfinite(exponent))
	{
		if (unlikely(isinf(result)))
			float_overflow_error();
		if (unlikely(result == 0) && base != 0)
			float_underflow_error();
	}
	PG_RETURN_FLOAT8(result);
}

Datum
dexp(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);
	float8 result = exp(arg);

	if (isfinite(arg))
	{
		if (unlikely(isinf(result)))
			float_overflow_error();
		if (unlikely(result == 0))
			float_underflow_error();
	}
	PG_RETURN_FLOAT8(result);
}

Datum
dlog1(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (arg <= 0)
		bad_logarithm(arg);
	PG_RETURN_FLOAT8(log(arg));
}

Datum
dlog10(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (arg <= 0)
		bad_logarithm(arg);
	PG_RETURN_FLOAT8(log10(arg));
}

/* ---- trigonometry in radians */
Datum
dsin(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (isinf(arg))
		input_out_of_range();
	PG_RETURN_FLOAT8(sin(arg));
}

Datum
dcos(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (isinf(arg))
		input_out_of_range();
	PG_RETURN_FLOAT8(cos(arg));
}

Datum
dtan(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (isinf(arg))
		input_out_of_range();
	PG_RETURN_FLOAT8(tan(arg));
}

Datum
dcot(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (isinf(arg))
		input_out_of_range();
	PG_RETURN_FLOAT8(1.0 / tan(arg));
}

Datum
dasin(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (arg < -1.0 || arg > 1.0)
		input_out_of_range();
	PG_RETURN_FLOAT8(asin(arg));
}

Datum
dacos(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (arg < -1.0 || arg > 1.0)
		input_out_of_range();
	PG_RETURN_FLOAT8(acos(arg));
}

Datum
datan(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(atan(PG_GETARG_FLOAT8(0)));
}

Datum
datan2(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(atan2(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1)));
}

Datum
dsinh(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(sinh(PG_GETARG_FLOAT8(0)));
}

Datum
dcosh(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);
	float8 result = cosh(arg);

	PG_RETURN_FLOAT8(isinf(arg) ? result : checked_overflow(result));
}

Datum
dtanh(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(tanh(PG_GETARG_FLOAT8(0)));
}

Datum
dasinh(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(asinh(PG_GETARG_FLOAT8(0)));
}

Datum
dacosh(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (arg < 1.0)
		input_out_of_range();
	PG_RETURN_FLOAT8(acosh(arg));
}

Datum
datanh(PG_FUNCTION_ARGS)
{
	float8 arg = PG_GETARG_FLOAT8(0);

	if (arg < -1.0 || arg > 1.0)
		input_out_of_range();
	PG_RETURN_FLOAT8(atanh(arg));
}

/* ---- trigonometry in degrees: exact at the multiples of 30 and 45 degrees where the result is rational */
#define RADIANS_PER_DEGREE 0.0174532925199432957692

/*
 * sine of an angle in [0, 90]. Scaled so that sin 30 is exactly 0.5, and taken from the cosine above 45 degrees, where
 * that is the more accurate of the two.
 */
static double
sin_quadrant(double degrees)
{
	static volatile double thirty = 30.0;
	static volatile double sixty = 60.0;

	if (degrees <= 30)
		return sin(degrees * RADIANS_PER_DEGREE) / sin(thirty * RADIANS_PER_DEGREE) / 2.0;
	/* 1 - cos vanishes at zero and is scaled so that cos 60 is exactly 0.5 */
	return 1.0 - (1.0 - cos((90 - degrees) * RADIANS_PER_DEGREE)) / (1.0 - cos(sixty * RADIANS_PER_DEGREE)) / 2.0;
}

static double
cos_quadrant(double degrees)
{
	static volatile double thirty = 30.0;
	static volatile double sixty = 60.0;

	if (degrees <= 60)
		return 1.0 - (1.0 - cos(degrees * RADIANS_PER_DEGREE)) / (1.0 - cos(sixty * RADIANS_PER_DEGREE)) / 2.0;
	return sin((90 - degrees) * RADIANS_PER_DEGREE) / sin(thirty * RADIANS_PER_DEGREE) / 2.0;
}

/* Reduces an angle to [0, 90]; the signs that sine and cosine take on are returned. */
static double
reduce_degrees(double degrees, int *sin_sign, int *cos_sign)
{
	*sin_sign = *cos_sign = 1;
	degrees = fmod(degrees, 360.0);
	if (degrees < 0)
	{
		degrees = -degrees;
		*sin_sign = -1;
	}
	if (degrees > 180)
	{
		degrees = 360 - degrees;
		*sin_sign = -*sin_sign;
	}
	if (degrees > 90)
	{
		degrees = 180 - degrees;
		*cos_sign = -1;
	}
	return degrees;
}

static double
checked_angle(double degrees)
{
	if (isinf(degrees))
		input_out_of_range();
	return degrees;
}

Datum
dsind(PG_FUNCTION_ARGS)
{
	double arg = checked_angle(PG_GETARG_FLOAT8(0));
	int sin_sign;
	int cos_sign;
	double reduced = reduce_degrees(arg, &sin_sign, &cos_sign);

	PG_RETURN_FLOAT8(isnan(arg) ? arg : sin_sign * sin_quadrant(reduced));
}

Datum
dcosd(PG_FUNCTION_ARGS)
{
	double arg = checked_angle(PG_GETARG_FLOAT8(0));
	int sin_sign;
	int cos_sign;
	double reduced = reduce_degrees(arg, &sin_sign, &cos_sign);

	PG_RETURN_FLOAT8(isnan(arg) ? arg : cos_sign * cos_quadrant(reduced));
}

/* Scaled so that tan 45 and cot 45 are exactly 1; never negative zero. */
static double
tan_degrees(double arg, bool inverse)
{
	static volatile double forty_five = 45.0;
	int sin_sign;
	int cos_sign;
	double reduced;
	double unit;
	double result;

	if (isnan(arg))
		return arg;
	reduced = reduce_degrees(arg, &sin_sign, &cos_sign);
	unit = inverse ? cos_quadrant(forty_five) / sin_quadrant(forty_five) : sin_quadrant(forty_five) / cos_quadrant(forty_five);
	result = inverse ? cos_quadrant(reduced) / sin_quadrant(reduced) : sin_quadrant(reduced) / cos_quadrant(reduced);
	result = sin_sign * cos_sign * (result / unit);
	return result == 0 ? 0 : result;
}

Datum
dtand(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(tan_degrees(checked_angle(PG_GETARG_FLOAT8(0)), false));
}

Datum
dcotd(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(tan_degrees(checked_angle(PG_GETARG_FLOAT8(0)), true));
}

/* asin of x in [0, 1] in degrees, exact at 0, 0.5 and 1. */
static double
asin_quadrant(double x)
{
	static volatile double half = 0.5;

	if (x <= 0.5)
		return asin(x) / asin(half) * 30.0;
	return 90.0 - acos(x) / acos(half) * 60.0;
}

static double
acos_quadrant(double x)
{
	static volatile double half = 0.5;

	if (x <= 0.5)
		return 90.0 - asin(x) / asin(half) * 30.0;
	return acos(x) / acos(half) * 60.0;
}

static double
checked_unit(double x)
{
	if (x < -1.0 || x > 1.0)
		input_out_of_range();
	return x;
}

Datum
dasind(PG_FUNCTION_ARGS)
{
	double x = checked_unit(PG_GETARG_FLOAT8(0));

	PG_RETURN_FLOAT8(isnan(x) ? x : x >= 0 ? asin_quadrant(x) : -asin_quadrant(-x));
}

Datum
dacosd(PG_FUNCTION_ARGS)
{
	double x = checked_unit(PG_GETARG_FLOAT8(0));

	PG_RETURN_FLOAT8(isnan(x) ? x : x >= 0 ? acos_quadrant(x) : 90.0 + asin_quadrant(-x));
}

Datum
datand(PG_FUNCTION_ARGS)
{
	static volatile double one = 1.0;

	PG_RETURN_FLOAT8(atan(PG_GETARG_FLOAT8(0)) / atan(one) * 45.0);
}

Datum
datan2d(PG_FUNCTION_ARGS)
{
	static volatile double one = 1.0;

	PG_RETURN_FLOAT8(atan2(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1)) / atan(one) * 45.0);
}

Datum
dpi(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(M_PI);
}

Datum
degrees(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(float8_div(PG_GETARG_FLOAT8(0), RADIANS_PER_DEGREE));
}

Datum
radians(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(float8_mul(PG_GETARG_FLOAT8(0), RADIANS_PER_DEGREE));
}

/* ---- histogram */
Datum
width_bucket_float8(PG_FUNCTION_ARGS)
{
	float8 operand = PG_GETARG_FLOAT8(0);
	float8 low = PG_GETARG_FLOAT8(1);
	float8 high = PG_GETARG_FLOAT8(2);
	int32 count = PG_GETARG_INT32(3);
	int32 result;

	if (count <= 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("count must be greater than zero"));
	if (isnan(operand) || isnan(low) || isnan(high))
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("operand, lower bound, and upper bound cannot be NaN"));
	if (isinf(low) || isinf(high))
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("lower and upper bounds must be finite"));
	if (low == high)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("lower bound cannot equal upper bound"));
	if (low < high ? operand < low : operand > low)
		PG_RETURN_INT32(0);
	if (low < high ? operand >= high : operand <= high)
	{
		if (__builtin_add_overflow(count, 1, &result))
			ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("integer out of range"));
		PG_RETURN_INT32(result);
	}
	/* halved when the width itself would overflow */
	if (isinf(high - low))
		result = (int32) (count * ((operand / 2 - low / 2) / (high / 2 - low / 2)));
	else
		result = (int32) (count * ((operand - low) / (high - low)));
	/* rounding must not lift a value that is below the upper bound out of the last bucket */
	PG_RETURN_INT32(Min(result, count - 1) + 1);
}

/* ---- random(): xoshiro256++ per session, seeded by the kernel or by setseed() */
static uint64 random_state[4];
static bool random_seeded = false;

static uint64
rotate_left(uint64 x, int n)
{
	return x << n | x >> (64 - n);
}

static uint64
random_next(void)
{
	uint64 result = rotate_left(random_state[0] + random_state[3], 23) + random_state[0];
	uint64 t = random_state[1] << 17;

	random_state[2] ^= random_state[0];
	random_state[3] ^= random_state[1];
	random_state[1] ^= random_state[2];
	random_state[0] ^= random_state[3];
	random_state[2] ^= t;
	random_state[3] = rotate_left(random_state[3], 45);
	return result;
}

/* splitmix64: spreads one seed over the state. */
static void
random_seed(uint64 seed)
{
	for (int i = 0; i < 4; i++)
	{
		uint64 z = seed += UINT64CONST(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64CONST(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64CONST(0x94d049bb133111eb);
		random_state[i] = z ^ z >> 31;
	}
	random_seeded = true;
}

Datum
drandom(PG_FUNCTION_ARGS)
{
	if (unlikely(!random_seeded))
	{
		uint64 seed;

		if (getrandom(&seed, sizeof(seed), 0) != (ssize_t) sizeof(seed))
			elog(ERROR, "could not get random bytes: %m");
		random_seed(seed);
	}
	PG_RETURN_FLOAT8((float8) (random_next() >> 11) * 0x1p-53);
}

Datum
setseed(PG_FUNCTION_ARGS)
{
	float8 seed = PG_GETARG_FLOAT8(0);
	uint64 bits;

	if (seed < -1 || seed > 1 || isnan(seed))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("setseed parameter %g is out of allowed range [-1,1]", seed));
	memcpy(&bits, &seed, sizeof(bits));
	random_seed(bits);
	PG_RETURN_VOID();
}
