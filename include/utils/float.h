/*
 * utils/float.h
 *    Floating point: comparison with NaN as the largest value, checked arithmetic, conversion to and from text.
 */
#ifndef FLOAT_H
#define FLOAT_H

#include <math.h>

#include "postgres.h"

extern int extra_float_digits; /* GUC */

extern void float_overflow_error(void) pg_attribute_noreturn();
extern void float_underflow_error(void) pg_attribute_noreturn();
extern void float_zero_divide_error(void) pg_attribute_noreturn();

extern float8 float8in_internal(char *num, char **endptr_p, const char *type_name, const char *orig_string);
extern float4 float4in_internal(char *num, char **endptr_p, const char *type_name, const char *orig_string);
extern char *float8out_internal(float8 num);
extern char *float4out_internal(float4 num);
extern int float4_cmp_internal(float4 a, float4 b);
extern int float8_cmp_internal(float8 a, float8 b);

static inline float8 get_float8_infinity(void) { return INFINITY; }
static inline float8 get_float8_nan(void) { return NAN; }
static inline float4 get_float4_infinity(void) { return INFINITY; }
static inline float4 get_float4_nan(void) { return NAN; }

static inline float8
float8_pl(float8 a, float8 b)
{
	float8 r = a + b;

	if (unlikely(isinf(r)) && !isinf(a) && !isinf(b))
		float_overflow_error();
	return r;
}
static inline float8
float8_mi(float8 a, float8 b)
{
	float8 r = a - b;

	if (unlikely(isinf(r)) && !isinf(a) && !isinf(b))
		float_overflow_error();
	return r;
}
static inline float8
float8_mul(float8 a, float8 b)
{
	float8 r = a * b;

	if (unlikely(isinf(r)) && !isinf(a) && !isinf(b))
		float_overflow_error();
	if (unlikely(r == 0.0) && a != 0.0 && b != 0.0)
		float_underflow_error();
	return r;
}
static inline float8
float8_div(float8 a, float8 b)
{
	float8 r;

	if (unlikely(b == 0.0) && !isnan(a))
		float_zero_divide_error();
	r = a / b;
	if (unlikely(isinf(r)) && !isinf(a))
		float_overflow_error();
	if (unlikely(r == 0.0) && a != 0.0 && !isinf(b))
		float_underflow_error();
	return r;
}
static inline float4
float4_pl(float4 a, float4 b)
{
	float4 r = a + b;

	if (unlikely(isinf(r)) && !isinf(a) && !isinf(b))
		float_overflow_error();
	return r;
}
static inline float4
float4_mi(float4 a, float4 b)
{
	float4 r = a - b;

	if (unlikely(isinf(r)) && !isinf(a) && !isinf(b))
		float_overflow_error();
	return r;
}
static inline float4
float4_mul(float4 a, float4 b)
{
	float4 r = a * b;

	if (unlikely(isinf(r)) && !isinf(a) && !isinf(b))
		float_overflow_error();
	if (unlikely(r == 0.0f) && a != 0.0f && b != 0.0f)
		float_underflow_error();
	return r;
}
static inline float4
float4_div(float4 a, float4 b)
{
	float4 r;

	if (unlikely(b == 0.0f) && !isnan(a))
		float_zero_divide_error();
	r = a / b;
	if (unlikely(isinf(r)) && !isinf(a))
		float_overflow_error();
	if (unlikely(r == 0.0f) && a != 0.0f && !isinf(b))
		float_underflow_error();
	return r;
}

/* NaN equals NaN and is greater than everything else. */
static inline bool float8_eq(float8 a, float8 b) { return isnan(a) ? isnan(b) : a == b; }
static inline bool float8_ne(float8 a, float8 b) { return !float8_eq(a, b); }
static inline bool float8_lt(float8 a, float8 b) { return !isnan(a) && (isnan(b) || a < b); }
static inline bool float8_le(float8 a, float8 b) { return isnan(b) || (!isnan(a) && a <= b); }
static inline bool float8_gt(float8 a, float8 b) { return float8_lt(b, a); }
static inline bool float8_ge(float8 a, float8 b) { return float8_le(b, a); }
static inline float8 float8_min(float8 a, float8 b) { return float8_lt(a, b) ? a : b; }
static inline float8 float8_max(float8 a, float8 b) { return float8_gt(a, b) ? a : b; }
static inline bool float4_eq(float4 a, float4 b) { return isnan(a) ? isnan(b) : a == b; }
static inline bool float4_ne(float4 a, float4 b) { return !float4_eq(a, b); }
static inline bool float4_lt(float4 a, float4 b) { return !isnan(a) && (isnan(b) || a < b); }
static inline bool float4_le(float4 a, float4 b) { return isnan(b) || (!isnan(a) && a <= b); }
static inline bool float4_gt(float4 a, float4 b) { return float4_lt(b, a); }
static inline bool float4_ge(float4 a, float4 b) { return float4_le(b, a); }

#endif /* FLOAT_H */
