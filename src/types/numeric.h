/*
 * numeric.h
 *    numeric: layout on disk and in memory, and arithmetic on it.
 *
 * On disk (after the varlena header, unaligned):
 *    uint16  bits 0-13 display scale (0..16383); bit 14 negative; bit 15 special
 *    bytes   the coefficient as an unsigned little-endian integer without high zero bytes; none for zero
 * The value is +-coefficient * 10^-scale: the scale is part of the value (1.0 and 1.00 are equal but print differently),
 * so the coefficient holds trailing zeros too. Special values have no coefficient and, in the low bits, 0 = NaN,
 * 1 = Infinity, 2 = -Infinity. There is no negative zero.
 *
 * In memory a Num has its coefficient in 128 bits as long as it fits; beyond that, and only then, in a GMP integer.
 * GMP allocates through palloc: a Num's memory is that of the context current when it grew big, and is never freed
 * singly unless num_release says so.
 */
#ifndef TYPES_NUMERIC_H
#define TYPES_NUMERIC_H

#include <gmp.h>

#include "postgres.h"
#include "utils/numeric.h"

struct NumericData
{
	int32 vl_len_;
	uint16 header;
	uint8 coefficient[];
};

#define NUMERIC_SCALE_MASK 0x3fff
#define NUMERIC_NEGATIVE 0x4000
#define NUMERIC_SPECIAL 0x8000
#define NUMERIC_MAX_WEIGHT_DIGITS 131072 /* decimal digits before the point */
#define NUMERIC_MAX_STORED_SCALE 16383

typedef enum NumKind
{
	NUM_FINITE,
	NUM_NAN,
	NUM_INF,
	NUM_NEG_INF
} NumKind;

typedef struct Num
{
	NumKind kind;
	bool big;	/* the coefficient is in z, not in v */
	int scale;
	int128 v;
	mpz_t z;
} Num;

/* ---- conversion */
extern void num_read(Num *num, const void *varlena); /* any varlena header but compressed or external */
extern void num_from_datum(Num *num, Datum datum);
extern Numeric num_pack(const Num *num);			  /* 22003 when out of the format's range */
extern void num_set_int(Num *num, int128 value, int scale);
extern void num_set_special(Num *num, NumKind kind);
extern char *num_to_string(const Num *num);
extern bool num_parse(const char *s, Num *num, const char **end); /* a finite decimal with optional exponent */
extern bool num_to_int128(const Num *num, int128 *value);		  /* rounds to an integer; false when it does not fit */
extern double num_to_double(const Num *num);

/* ---- facts */
extern int num_sign(const Num *num); /* -1, 0, 1; infinities have one, NaN is 1 */
extern int num_compare(const Num *a, const Num *b);
extern int num_exponent(const Num *num); /* decimal exponent of the leading digit; 0 for zero */
extern int num_digit_count(const Num *num);
extern int num_weight10000(const Num *num, int *first_digit); /* position and value of the leading base-10000 digit */
extern int num_min_scale(const Num *num);

/* ---- arithmetic on finite numbers. Results may be one of the operands. */
extern void num_add(Num *result, const Num *a, const Num *b);
extern void num_sub(Num *result, const Num *a, const Num *b);
extern void num_mul(Num *result, const Num *a, const Num *b); /* scale: sum of scales */
extern void num_div(Num *result, const Num *a, const Num *b, int scale, bool round);
extern void num_rem(Num *result, const Num *a, const Num *b);
extern void num_negate(Num *num);
extern void num_round(Num *num, int scale); /* half away from zero; scale may be negative; also extends */
extern void num_trunc(Num *num, int scale);
extern int num_div_scale(const Num *a, const Num *b); /* the display scale that a quotient gets */

extern mpz_srcptr num_mpz(const Num *num, mpz_t room); /* the coefficient as a GMP integer; room is initialized here */
extern void num_set_mpz(Num *num, mpz_t z, int scale); /* takes z over */
extern void num_release(Num *num);
extern void num_use_palloc(void); /* make GMP allocate through palloc; idempotent */

static inline bool num_is_finite(const Num *num) { return num->kind == NUM_FINITE; }

/* ---- numeric_math.c */
extern void num_sqrt(Num *result, const Num *arg, int scale);
extern void num_ln(Num *result, const Num *arg, int scale);
extern void num_exp(Num *result, const Num *arg, int scale);

extern void numeric_overflow_error(void) pg_attribute_noreturn();
extern void numeric_division_by_zero(void) pg_attribute_noreturn();

/* The four operations on all values, NaN and infinities included. */
extern void numeric_op_add(Num *result, const Num *a, const Num *b);
extern void numeric_op_sub(Num *result, const Num *a, const Num *b);
extern void numeric_op_mul(Num *result, const Num *a, const Num *b);
extern void numeric_op_div(Num *result, const Num *a, const Num *b);
extern void num_apply_typmod(Num *num, int32 typmod);

#endif /* TYPES_NUMERIC_H */
