/*
 * numeric_math.c
 *    Roots, logarithms, powers, factorials and the like on numeric.
 *
 * Logarithms and exponentials are computed by MPFR with guard digits beyond the scale shown. How many digits are shown
 * follows PostgreSQL: about 16 significant ones, and no fewer decimals than the arguments have.
 */
#include "postgres.h"

#include <math.h>
#include <mpfr.h>

#include "miscadmin.h"
#include "types/numeric.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/*
 * MPFR keeps constants between calls, so its memory must outlive the query: while it works, allocations go to a context
 * that is never reset.
 */
static MemoryContext
enter_mpfr(void)
{
	static MemoryContext mpfr_context = NULL;

	num_use_palloc();
	if (mpfr_context == NULL)
		mpfr_context = AllocSetContextCreate(TopMemoryContext, "MPFR", ALLOCSET_SMALL_SIZES);
	return MemoryContextSwitchTo(mpfr_context);
}

static int
clamp_scale(double scale)
{
	return (int) Min(Max(scale, (double) NUMERIC_MIN_DISPLAY_SCALE), (double) NUMERIC_MAX_DISPLAY_SCALE);
}

/* Binary digits for that many decimal digits, with some to spare. */
static mpfr_prec_t
bits_for(double decimal_digits)
{
	return (mpfr_prec_t) (Max(decimal_digits, 20) * 3.3219281 + 64);
}

static void
mpfr_from_num(mpfr_t f, const Num *num)
{
	mpz_t room;
	mpz_t p;

	mpfr_set_z(f, num_mpz(num, room), MPFR_RNDN);
	if (num->scale > 0)
	{
		mpz_init(p);
		mpz_ui_pow_ui(p, 10, (unsigned) num->scale);
		mpfr_div_z(f, f, p, MPFR_RNDN);
		mpz_clear(p);
	}
	mpz_clear(room);
}

/* f rounded half away from zero to the scale; result_context gets the number. */
static void
num_from_mpfr(Num *result, mpfr_t f, int scale, MemoryContext result_context)
{
	mpz_t z;
	mpz_t p;

	mpz_init(p);
	mpz_ui_pow_ui(p, 10, (unsigned) scale);
	mpfr_mul_z(f, f, p, MPFR_RNDN);
	mpz_clear(p);
	mpfr_round(f, f);
	MemoryContextSwitchTo(result_context);
	mpz_init(z);
	mpfr_get_z(z, f, MPFR_RNDN);
	num_set_mpz(result, z, scale);
}

/* ---- square root: exact integer arithmetic */
void
num_sqrt(Num *result, const Num *arg, int scale)
{
	Num scaled = *arg;
	mpz_t z;
	mpz_t rest;
	mpz_t room;

	/* sqrt(c / 10^s) * 10^scale = sqrt(c * 10^(2 scale - s)); beyond the point nothing of the argument is lost */
	num_use_palloc();
	if (2 * scale >= arg->scale)
	{
		num_round(&scaled, 2 * scale);
		mpz_inits(z, rest, NULL);
		mpz_sqrtrem(z, rest, num_mpz(&scaled, room));
		/* (z + 1/2)^2 = z^2 + z + 1/4: round up when the rest is more than z */
		if (mpz_cmp(rest, z) > 0)
			mpz_add_ui(z, z, 1);
		mpz_clears(rest, room, NULL);
	}
	else
	{
		/* more decimals than matter: compute with them all, then round once */
		int wide = (arg->scale + 1) / 2 + 2;

		num_sqrt(result, arg, wide);
		num_round(result, scale);
		return;
	}
	num_set_mpz(result, z, scale);
}

Datum
numeric_sqrt(PG_FUNCTION_ARGS)
{
	Num arg;
	int first;
	int weight;
	int sqrt_weight;

	num_from_datum(&arg, PG_GETARG_DATUM(0));
	if (arg.kind == NUM_NAN || arg.kind == NUM_INF)
		PG_RETURN_NUMERIC(num_pack(&arg));
	if (num_sign(&arg) < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_POWER_FUNCTION),
				errmsg("cannot take square root of a negative number"));
	weight = num_weight10000(&arg, &first);
	sqrt_weight = (weight + 1) * 4 / 2 - 1;
	num_sqrt(&arg, &arg, clamp_scale(Max(NUMERIC_MIN_SIG_DIGITS - sqrt_weight, arg.scale)));
	PG_RETURN_NUMERIC(num_pack(&arg));
}

/* ---- logarithms */
/* log10(|base|), for numbers of any size. */
static double
log10_of(const Num *base)
{
	int exponent = num_exponent(base);
	Num mantissa = *base;

	if (num_sign(base) < 0)
		num_negate(&mantissa);
	mantissa.scale += exponent;
	if (mantissa.scale < 0)
		return log10(num_to_double(base) < 0 ? -num_to_double(base) : num_to_double(base));
	return log10(num_to_double(&mantissa)) + exponent;
}

/* Decimal exponent of the natural logarithm's leading digit, roughly: what decides how many decimals are shown. */
static int
ln_decimal_weight(const Num *num)
{
	Num low;
	Num high;
	double ln;

	num_set_int(&low, 9, 1);
	num_set_int(&high, 11, 1);
	if (num_compare(num, &low) >= 0 && num_compare(num, &high) <= 0)
	{
		Num one;
		Num x;

		num_set_int(&one, 1, 0);
		num_sub(&x, num, &one);
		return num_sign(&x) == 0 ? 0 : num_exponent(&x);
	}
	ln = log10_of(num) * 2.302585092994046;
	return ln == 0 ? 0 : (int) log10(fabs(ln));
}

static void
check_ln_argument(const Num *num)
{
	if (num_sign(num) < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_LOG), errmsg("cannot take logarithm of a negative number"));
	if (num_sign(num) == 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_LOG), errmsg("cannot take logarithm of zero"));
}

/* Significant digits that an argument has: nothing of it may be lost before the logarithm near 1 is taken. */
static double
working_digits(const Num *num, int scale)
{
	return num_digit_count(num) + scale + 20;
}

void
num_ln(Num *result, const Num *arg, int scale)
{
	MemoryContext old = enter_mpfr();
	mpfr_t f;

	mpfr_init2(f, bits_for(working_digits(arg, scale)));
	mpfr_from_num(f, arg);
	mpfr_log(f, f, MPFR_RNDN);
	num_from_mpfr(result, f, scale, old);
	mpfr_clear(f);
}

Datum
numeric_ln(PG_FUNCTION_ARGS)
{
	Num arg;

	num_from_datum(&arg, PG_GETARG_DATUM(0));
	if (arg.kind == NUM_NAN || arg.kind == NUM_INF)
		PG_RETURN_NUMERIC(num_pack(&arg));
	check_ln_argument(&arg);
	num_ln(&arg, &arg, clamp_scale(Max(NUMERIC_MIN_SIG_DIGITS - ln_decimal_weight(&arg), arg.scale)));
	PG_RETURN_NUMERIC(num_pack(&arg));
}

Datum
numeric_log(PG_FUNCTION_ARGS)
{
	Num base;
	Num num;
	Num result;
	int scale;
	MemoryContext old;
	mpfr_t f;
	mpfr_t g;

	num_from_datum(&base, PG_GETARG_DATUM(0));
	num_from_datum(&num, PG_GETARG_DATUM(1));
	if (base.kind == NUM_NAN || num.kind == NUM_NAN)
	{
		num_set_special(&result, NUM_NAN);
		PG_RETURN_NUMERIC(num_pack(&result));
	}
	check_ln_argument(&base);
	check_ln_argument(&num);
	if (base.kind == NUM_INF || num.kind == NUM_INF)
	{
		/* log of infinity is infinity; to an infinite base zero; infinity to infinity nobody knows */
		if (base.kind == NUM_INF && num.kind == NUM_INF)
			num_set_special(&result, NUM_NAN);
		else if (base.kind == NUM_INF)
			num_set_int(&result, 0, 0);
		else
			num_set_special(&result, NUM_INF);
		PG_RETURN_NUMERIC(num_pack(&result));
	}
	scale = NUMERIC_MIN_SIG_DIGITS - (ln_decimal_weight(&num) - ln_decimal_weight(&base));
	scale = clamp_scale(Max(scale, Max(base.scale, num.scale)));
	num_set_int(&result, 1, 0);
	if (num_compare(&base, &result) == 0)
		numeric_division_by_zero();
	old = enter_mpfr();
	mpfr_inits2(bits_for(working_digits(&num, scale) + num_digit_count(&base)), f, g, (mpfr_ptr) NULL);
	mpfr_from_num(f, &num);
	mpfr_from_num(g, &base);
	mpfr_log(f, f, MPFR_RNDN);
	mpfr_log(g, g, MPFR_RNDN);
	mpfr_div(f, f, g, MPFR_RNDN);
	num_from_mpfr(&result, f, scale, old);
	mpfr_clears(f, g, (mpfr_ptr) NULL);
	PG_RETURN_NUMERIC(num_pack(&result));
}

/* ---- exponential */
void
num_exp(Num *result, const Num *arg, int scale)
{
	MemoryContext old = enter_mpfr();
	double size = Max(num_to_double(arg) * 0.4343, 0);
	mpfr_t f;

	mpfr_init2(f, bits_for(working_digits(arg, scale) + size));
	mpfr_from_num(f, arg);
	mpfr_exp(f, f, MPFR_RNDN);
	num_from_mpfr(result, f, scale, old);
	mpfr_clear(f);
}

Datum
numeric_exp(PG_FUNCTION_ARGS)
{
	Num arg;
	double value;
	int scale;

	num_from_datum(&arg, PG_GETARG_DATUM(0));
	if (arg.kind == NUM_NEG_INF)
		num_set_int(&arg, 0, 0);
	else if (arg.kind == NUM_FINITE)
	{
		value = num_to_double(&arg) * 0.434294481903252;
		scale = clamp_scale(Max(NUMERIC_MIN_SIG_DIGITS - trunc(Min(Max(value, -NUMERIC_MAX_RESULT_SCALE), NUMERIC_MAX_RESULT_SCALE)),
								arg.scale));
		/* e^6000 has 2606 digits: beyond it the result is not worth having (or is zero) */
		if (num_to_double(&arg) >= NUMERIC_MAX_RESULT_SCALE * 3)
			numeric_overflow_error();
		if (num_to_double(&arg) <= -NUMERIC_MAX_RESULT_SCALE * 3)
			num_set_int(&arg, 0, scale);
		else
			num_exp(&arg, &arg, scale);
	}
	PG_RETURN_NUMERIC(num_pack(&arg));
}

/* ---- powers */
static void pg_attribute_noreturn()
bad_power(const char *message)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_POWER_FUNCTION), errmsg("%s", message));
}

static bool
is_integer(const Num *num)
{
	return num_min_scale(num) == 0;
}

/* The value as an int32 when it is a whole number in range. */
static bool
as_int32(const Num *num, int32 *value)
{
	int128 wide;

	if (!is_integer(num) || !num_to_int128(num, &wide) || wide != (int32) wide)
		return false;
	*value = (int32) wide;
	return true;
}

static bool
is_odd(const Num *num)
{
	Num whole = *num;
	mpz_t room;

	num_round(&whole, 0);
	return whole.big ? mpz_odd_p(num_mpz(&whole, room)) : (whole.v & 1) != 0;
}

/* base^exponent by exact multiplication when the product stays reasonable. */
static bool
power_exact(Num *result, const Num *base, int32 exponent, int scale)
{
	unsigned n = exponent < 0 ? -(unsigned) exponent : (unsigned) exponent;
	mpz_t z;
	mpz_t room;
	Num power;
	Num one;

	if ((double) num_digit_count(base) * n > 5000 || (double) base->scale * n > 100000)
		return false;
	num_use_palloc();
	mpz_init(z);
	mpz_pow_ui(z, num_mpz(base, room), n);
	num_set_mpz(&power, z, base->scale * (int) n);
	if (exponent >= 0)
	{
		*result = power;
		num_round(result, scale);
		return true;
	}
	num_set_int(&one, 1, 0);
	num_div(result, &one, &power, scale, true);
	return true;
}

/* |base|^exponent by MPFR; log10_result is its decimal exponent, known beforehand. */
static void
power_mpfr(Num *result, const Num *base, const Num *exponent, double log10_result, int scale)
{
	MemoryContext old;
	mpfr_t f;
	mpfr_t g;

	old = enter_mpfr();
	mpfr_inits2(bits_for(working_digits(base, scale) + num_digit_count(exponent) + Max(log10_result, 0)), f, g,
				(mpfr_ptr) NULL);
	mpfr_from_num(f, base);
	mpfr_abs(f, f, MPFR_RNDN);
	mpfr_from_num(g, exponent);
	mpfr_pow(f, f, g, MPFR_RNDN);
	num_from_mpfr(result, f, scale, old);
	mpfr_clears(f, g, (mpfr_ptr) NULL);
}

static void
power_finite(Num *result, const Num *base, const Num *exponent)
{
	int32 n;
	bool whole = is_integer(exponent);
	bool negative = num_sign(base) < 0;
	double log10_result;
	int scale;

	if (negative && !whole)
		bad_power("a negative number raised to a non-integer power yields a complex result");
	if (num_sign(base) == 0)
	{
		num_set_int(result, num_sign(exponent) == 0 ? 1 : 0, 0);
		num_round(result, NUMERIC_MIN_SIG_DIGITS);
		return;
	}
	log10_result = log10_of(base) * num_to_double(exponent);
	if (log10_result >= NUMERIC_MAX_WEIGHT_DIGITS + 1)
		numeric_overflow_error();
	if (as_int32(exponent, &n))
	{
		scale = clamp_scale(Max(NUMERIC_MIN_SIG_DIGITS, base->scale));
		if (log10_result < -NUMERIC_MAX_DISPLAY_SCALE - 10)
			num_set_int(result, 0, scale);
		else if (power_exact(result, base, n, scale))
			return; /* with its sign */
		else
			power_mpfr(result, base, exponent, log10_result, scale);
	}
	else
	{
		scale = clamp_scale(Max(NUMERIC_MIN_SIG_DIGITS - trunc(log10_result), Max(base->scale, exponent->scale)));
		if (log10_result < -NUMERIC_MAX_DISPLAY_SCALE - 10)
			num_set_int(result, 0, scale);
		else
			power_mpfr(result, base, exponent, log10_result, scale);
	}
	if (negative && is_odd(exponent))
		num_negate(result);
}

/* As pow() treats them. */
static void
power_special(Num *result, const Num *base, const Num *exponent)
{
	Num one;
	int base_vs_one;

	num_set_int(&one, 1, 0);
	if (base->kind == NUM_NAN || exponent->kind == NUM_NAN)
	{
		bool is_one = (base->kind == NUM_NAN && num_is_finite(exponent) && num_sign(exponent) == 0) ||
					  (exponent->kind == NUM_NAN && num_is_finite(base) && num_compare(base, &one) == 0);

		if (is_one)
			*result = one;
		else
			num_set_special(result, NUM_NAN);
		return;
	}
	if (num_is_finite(exponent))
	{
		/* infinite base */
		if (base->kind == NUM_NEG_INF && !is_integer(exponent))
			bad_power("a negative number raised to a non-integer power yields a complex result");
		if (num_sign(exponent) == 0)
			*result = one;
		else if (num_sign(exponent) < 0)
			num_set_int(result, 0, 0);
		else
			num_set_special(result, base->kind == NUM_NEG_INF && is_odd(exponent) ? NUM_NEG_INF : NUM_INF);
		return;
	}
	if (num_is_finite(base))
	{
		Num size = *base;

		if (num_sign(base) == 0 && exponent->kind == NUM_NEG_INF)
			bad_power("zero raised to a negative power is undefined");
		if (num_sign(base) < 0)
			num_negate(&size);
		base_vs_one = num_compare(&size, &one);
	}
	else
		base_vs_one = 1;
	if (base_vs_one == 0)
		*result = one;
	else if ((base_vs_one > 0) == (exponent->kind == NUM_INF))
		num_set_special(result, NUM_INF);
	else
		num_set_int(result, 0, 0);
}

Datum
numeric_power(PG_FUNCTION_ARGS)
{
	Num base;
	Num exponent;
	Num result;

	num_from_datum(&base, PG_GETARG_DATUM(0));
	num_from_datum(&exponent, PG_GETARG_DATUM(1));
	if (num_is_finite(&base) && num_is_finite(&exponent))
	{
		if (num_sign(&base) == 0 && num_sign(&exponent) < 0)
			bad_power("zero raised to a negative power is undefined");
		power_finite(&result, &base, &exponent);
	}
	else
		power_special(&result, &base, &exponent);
	PG_RETURN_NUMERIC(num_pack(&result));
}

/* ---- factorial, divisors */
Datum
numeric_fac(PG_FUNCTION_ARGS)
{
	int64 n = PG_GETARG_INT64(0);
	Num result;
	mpz_t z;

	if (n < 0)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("factorial of a negative number is undefined"));
	/* 32178! is the first with more digits than the format takes */
	if (n > 32177)
		numeric_overflow_error();
	num_use_palloc();
	mpz_init(z);
	mpz_fac_ui(z, (unsigned long) n);
	num_set_mpz(&result, z, 0);
	PG_RETURN_NUMERIC(num_pack(&result));
}

static void
num_gcd(Num *result, const Num *a, const Num *b)
{
	Num a2 = *a;
	Num b2 = *b;
	int scale = Max(a->scale, b->scale);
	mpz_t z;
	mpz_t a_room;
	mpz_t b_room;

	num_round(&a2, scale);
	num_round(&b2, scale);
	num_use_palloc();
	mpz_init(z);
	mpz_gcd(z, num_mpz(&a2, a_room), num_mpz(&b2, b_room));
	num_set_mpz(result, z, scale);
}

Datum
numeric_gcd(PG_FUNCTION_ARGS)
{
	Num a;
	Num b;

	num_from_datum(&a, PG_GETARG_DATUM(0));
	num_from_datum(&b, PG_GETARG_DATUM(1));
	if (num_is_finite(&a) && num_is_finite(&b))
		num_gcd(&a, &a, &b);
	else
		num_set_special(&a, NUM_NAN);
	PG_RETURN_NUMERIC(num_pack(&a));
}

Datum
numeric_lcm(PG_FUNCTION_ARGS)
{
	Num a;
	Num b;
	Num gcd;
	int scale;

	num_from_datum(&a, PG_GETARG_DATUM(0));
	num_from_datum(&b, PG_GETARG_DATUM(1));
	if (!num_is_finite(&a) || !num_is_finite(&b))
	{
		num_set_special(&a, NUM_NAN);
		PG_RETURN_NUMERIC(num_pack(&a));
	}
	scale = Max(a.scale, b.scale);
	if (num_sign(&a) == 0 || num_sign(&b) == 0)
		num_set_int(&a, 0, 0);
	else
	{
		num_gcd(&gcd, &a, &b);
		num_div(&a, &a, &gcd, 0, false);
		num_mul(&a, &a, &b);
		if (num_sign(&a) < 0)
			num_negate(&a);
	}
	num_round(&a, scale);
	PG_RETURN_NUMERIC(num_pack(&a));
}

/* ---- width_bucket(operand, low, high, count) */
Datum
width_bucket_numeric(PG_FUNCTION_ARGS)
{
	Num operand;
	Num low;
	Num high;
	Num count;
	int32 buckets = PG_GETARG_INT32(3);
	int direction;
	int128 result;

	if (buckets <= 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("count must be greater than zero"));
	num_from_datum(&operand, PG_GETARG_DATUM(0));
	num_from_datum(&low, PG_GETARG_DATUM(1));
	num_from_datum(&high, PG_GETARG_DATUM(2));
	if (operand.kind == NUM_NAN || low.kind == NUM_NAN || high.kind == NUM_NAN)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("operand, lower bound, and upper bound cannot be NaN"));
	if (!num_is_finite(&low) || !num_is_finite(&high))
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("lower and upper bounds must be finite"));
	direction = num_compare(&low, &high);
	if (direction == 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION),
				errmsg("lower bound cannot equal upper bound"));
	/* below the first bucket, beyond the last */
	if (direction < 0 ? num_compare(&operand, &low) < 0 : num_compare(&operand, &low) > 0)
		PG_RETURN_INT32(0);
	if (direction < 0 ? num_compare(&operand, &high) >= 0 : num_compare(&operand, &high) <= 0)
	{
		if (buckets == PG_INT32_MAX)
			ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("integer out of range"));
		PG_RETURN_INT32(buckets + 1);
	}
	num_sub(&operand, &operand, &low);
	num_sub(&high, &high, &low);
	num_set_int(&count, buckets, 0);
	num_mul(&operand, &operand, &count);
	num_div(&operand, &operand, &high, 0, false);
	num_to_int128(&operand, &result);
	PG_RETURN_INT32((int32) result + 1);
}

/* ---- RANGE frames */
Datum
in_range_numeric_numeric(PG_FUNCTION_ARGS)
{
	Num val;
	Num base;
	Num offset;
	bool sub = PG_GETARG_BOOL(3);
	bool less = PG_GETARG_BOOL(4);
	int comparison;

	num_from_datum(&val, PG_GETARG_DATUM(0));
	num_from_datum(&base, PG_GETARG_DATUM(1));
	num_from_datum(&offset, PG_GETARG_DATUM(2));
	if (offset.kind == NUM_NAN || num_sign(&offset) < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PRECEDING_OR_FOLLOWING_SIZE),
				errmsg("invalid preceding or following size in window function"));
	if (val.kind == NUM_NAN)
		PG_RETURN_BOOL(base.kind == NUM_NAN || !less);
	if (base.kind == NUM_NAN)
		PG_RETURN_BOOL(less);
	if (offset.kind == NUM_INF && base.kind == (sub ? NUM_INF : NUM_NEG_INF))
		PG_RETURN_BOOL(true);
	if (sub)
		numeric_op_sub(&base, &base, &offset);
	else
		numeric_op_add(&base, &base, &offset);
	comparison = num_compare(&val, &base);
	PG_RETURN_BOOL(less ? comparison <= 0 : comparison >= 0);
}
