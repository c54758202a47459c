/*
 * numeric_core.c
 *    Arithmetic on decimal numbers: 128 bits when they suffice, GMP when not. See types/numeric.h.
 */
#include "postgres.h"

#include "types/numeric.h"
#include "utils/memutils.h"

#define MAX_POW10 38 /* 10^38 < 2^127 */

static uint128
pow10_128(int n)
{
	static uint128 table[MAX_POW10 + 1];

	if (unlikely(table[0] == 0))
	{
		uint128 p = 1;

		for (int i = 0; i <= MAX_POW10; i++, p *= 10)
			table[i] = p;
	}
	Assert(n >= 0 && n <= MAX_POW10);
	return table[n];
}

static uint128
magnitude(int128 v)
{
	return v < 0 ? -(uint128) v : (uint128) v;
}

/* ---- GMP's memory */
static void *
gmp_palloc(size_t size)
{
	return MemoryContextAllocHuge(CurrentMemoryContext, size);
}

static void *
gmp_repalloc(void *pointer, size_t old_size, size_t size)
{
	return repalloc_huge(pointer, size);
}

static void
gmp_pfree(void *pointer, size_t size)
{
	pfree(pointer);
}

void
num_use_palloc(void)
{
	static bool done = false;

	if (!done)
		mp_set_memory_functions(gmp_palloc, gmp_repalloc, gmp_pfree);
	done = true;
}

static void
mpz_set_int128(mpz_t z, int128 v)
{
	uint128 m = magnitude(v);

	num_use_palloc();
	mpz_init(z);
	mpz_import(z, 1, -1, sizeof(m), 0, 0, &m);
	if (v < 0)
		mpz_neg(z, z);
}

static void
mpz_pow10(mpz_t z, unsigned n)
{
	num_use_palloc();
	mpz_init(z);
	mpz_ui_pow_ui(z, 10, n);
}

mpz_srcptr
num_mpz(const Num *num, mpz_t room)
{
	if (num->big)
	{
		num_use_palloc();
		mpz_init(room); /* so that the caller may clear it in any case */
		return num->z;
	}
	mpz_set_int128(room, num->v);
	return room;
}

/* Takes z over; back to 128 bits when it fits. */
void
num_set_mpz(Num *num, mpz_t z, int scale)
{
	num->kind = NUM_FINITE;
	num->scale = scale;
	if (mpz_sizeinbase(z, 2) <= 127)
	{
		uint128 m = 0;

		mpz_export(&m, NULL, -1, sizeof(m), 0, 0, z);
		num->v = mpz_sgn(z) < 0 ? -(int128) m : (int128) m;
		num->big = false;
		mpz_clear(z);
		return;
	}
	num->big = true;
	num->v = 0;
	num->z[0] = z[0];
}

void
num_release(Num *num)
{
	if (num->big)
		mpz_clear(num->z);
	num->big = false;
	num->v = 0;
}

void
num_set_int(Num *num, int128 value, int scale)
{
	num->kind = NUM_FINITE;
	num->big = false;
	num->scale = scale;
	num->v = value;
}

void
num_set_special(Num *num, NumKind kind)
{
	num_set_int(num, 0, 0);
	num->kind = kind;
}

void
numeric_overflow_error(void)
{
	ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("value overflows numeric format"));
}

void
numeric_division_by_zero(void)
{
	ereport(ERROR, errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("division by zero"));
}

/* ---- disk and back */
void
num_read(Num *num, const void *varlena)
{
	const uint8 *data = (const uint8 *) VARDATA_ANY(varlena);
	Size count = VARSIZE_ANY_EXHDR(varlena) - sizeof(uint16);
	uint16 header;

	memcpy(&header, data, sizeof(header));
	data += sizeof(header);
	if (unlikely(header & NUMERIC_SPECIAL))
	{
		num_set_special(num, (header & 3) == 0 ? NUM_NAN : (header & 3) == 1 ? NUM_INF : NUM_NEG_INF);
		return;
	}
	if (likely(count < sizeof(uint128) || (count == sizeof(uint128) && !(data[15] & 0x80))))
	{
		uint128 m = 0;

		memcpy(&m, data, count);
		num_set_int(num, header & NUMERIC_NEGATIVE ? -(int128) m : (int128) m, header & NUMERIC_SCALE_MASK);
		return;
	}
	num_use_palloc();
	num->kind = NUM_FINITE;
	num->big = true;
	num->v = 0;
	num->scale = header & NUMERIC_SCALE_MASK;
	mpz_init(num->z);
	mpz_import(num->z, count, -1, 1, 0, 0, data);
	if (header & NUMERIC_NEGATIVE)
		mpz_neg(num->z, num->z);
}

void
num_from_datum(Num *num, Datum datum)
{
	num_read(num, PG_DETOAST_DATUM_PACKED(datum));
}

static Numeric
pack_special(NumKind kind)
{
	Numeric result = palloc0(sizeof(struct NumericData));

	SET_VARSIZE(result, offsetof(struct NumericData, coefficient));
	result->header = (uint16) (NUMERIC_SPECIAL | (kind == NUM_NAN ? 0 : kind == NUM_INF ? 1 : 2));
	return result;
}

Numeric
num_pack(const Num *num)
{
	Size count;
	Numeric result;
	uint128 m = 0;

	if (unlikely(num->kind != NUM_FINITE))
		return pack_special(num->kind);
	Assert(num->scale >= 0);
	if (unlikely(num->scale > NUMERIC_MAX_STORED_SCALE) ||
		(num->big && num_exponent(num) >= NUMERIC_MAX_WEIGHT_DIGITS))
		numeric_overflow_error();
	if (num->big)
		count = (mpz_sizeinbase(num->z, 2) + 7) / 8;
	else
	{
		uint64 high;
		uint64 low;

		m = magnitude(num->v);
		high = (uint64) (m >> 64);
		low = (uint64) m;
		count = high ? 8 + (71 - (Size) __builtin_clzll(high)) / 8 : low ? (71 - (Size) __builtin_clzll(low)) / 8 : 0;
	}
	result = palloc(offsetof(struct NumericData, coefficient) + count);
	SET_VARSIZE(result, offsetof(struct NumericData, coefficient) + count);
	result->header = (uint16) (num->scale | (num_sign(num) < 0 ? NUMERIC_NEGATIVE : 0));
	if (num->big)
		mpz_export(result->coefficient, NULL, -1, 1, 0, 0, num->z);
	else
		memcpy(result->coefficient, &m, count);
	return result;
}

/* ---- text */
/* Decimal digits of m, at least one; returns their number. */
static int
uint128_digits(uint128 m, char *out)
{
	char buffer[40];
	int n = 0;

	do
	{
		uint64 part = (uint64) (m % UINT64CONST(1000000000000000000));

		m /= UINT64CONST(1000000000000000000);
		for (int i = 0; i < 18 && (i == 0 || m || part); i++)
		{
			buffer[n++] = (char) ('0' + part % 10);
			part /= 10;
		}
	} while (m);
	for (int i = 0; i < n; i++)
		out[i] = buffer[n - 1 - i];
	return n;
}

/* The digits of the coefficient, palloc'd, zero-terminated, without sign. */
static char *
coefficient_digits(const Num *num, int *count)
{
	char *digits;

	if (!num->big)
	{
		digits = palloc(41);
		*count = uint128_digits(magnitude(num->v), digits);
		digits[*count] = '\0';
		return digits;
	}
	digits = palloc(mpz_sizeinbase(num->z, 10) + 2);
	mpz_get_str(digits, 10, num->z);
	if (digits[0] == '-')
		memmove(digits, digits + 1, strlen(digits));
	*count = (int) strlen(digits);
	return digits;
}

char *
num_to_string(const Num *num)
{
	int count;
	char *digits;
	char *result;
	char *out;
	int whole;

	if (num->kind != NUM_FINITE)
		return pstrdup(num->kind == NUM_NAN ? "NaN" : num->kind == NUM_INF ? "Infinity" : "-Infinity");
	digits = coefficient_digits(num, &count);
	whole = count - num->scale;
	out = result = palloc((Size) Max(count, num->scale + 1) + 3);
	if (num_sign(num) < 0)
		*out++ = '-';
	if (whole > 0)
	{
		memcpy(out, digits, (size_t) whole);
		out += whole;
	}
	else
		*out++ = '0';
	if (num->scale > 0)
	{
		*out++ = '.';
		for (int i = whole; i < 0; i++)
			*out++ = '0';
		memcpy(out, digits + Max(whole, 0), (size_t) (count - Max(whole, 0)));
		out += count - Max(whole, 0);
	}
	*out = '\0';
	pfree(digits);
	return result;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Sign, digits with at most one point and at least one digit, exponent. False for a malformed number. */
bool
num_parse(const char *s, Num *num, const char **end)
{
	bool negative = *s == '-';
	const char *start;
	const char *point = NULL;
	int digits = 0;
	long exponent = 0;
	int64 scale;
	uint128 m = 0;

	if (*s == '-' || *s == '+')
		s++;
	start = s;
	for (; is_digit(*s) || (*s == '.' && !point); s++)
	{
		if (*s == '.')
		{
			point = s;
			continue;
		}
		digits++;
		if (digits <= MAX_POW10)
			m = m * 10 + (unsigned) (*s - '0');
	}
	if (digits == 0)
		return false;
	scale = point ? s - point - 1 : 0;
	*end = s;
	if (*s == 'e' || *s == 'E')
	{
		char *exponent_end;

		if (!is_digit(s[1]) && !((s[1] == '+' || s[1] == '-') && is_digit(s[2])))
			return false;
		exponent = strtol(s + 1, &exponent_end, 10);
		/* far beyond any limit: the caller would compute a giant power of ten in vain */
		if (exponent >= PG_INT32_MAX / 2 || exponent <= -(PG_INT32_MAX / 2))
			numeric_overflow_error();
		*end = exponent_end;
	}
	if (digits <= MAX_POW10)
		num_set_int(num, (int128) m, 0);
	else
	{
		char *buffer = palloc((Size) digits + 1);
		char *out = buffer;
		mpz_t z;

		for (; start < s; start++)
		{
			if (*start != '.')
				*out++ = *start;
		}
		*out = '\0';
		num_use_palloc();
		mpz_init_set_str(z, buffer, 10);
		num_set_mpz(num, z, 0);
		pfree(buffer);
	}
	if (negative)
		num_negate(num);
	scale -= exponent;
	if (scale > NUMERIC_MAX_STORED_SCALE)
		numeric_overflow_error();
	if (scale < 0)
	{
		if (num_sign(num) != 0)
		{
			if (-scale + digits > NUMERIC_MAX_WEIGHT_DIGITS + digits)
				numeric_overflow_error();
			num->scale = 0;
			num_round(num, (int) -scale); /* multiplies by 10^-scale ... */
		}
		num->scale = 0; /* ... of which the point is then forgotten */
	}
	else
		num->scale = (int) scale;
	return true;
}

/* ---- facts */
int
num_sign(const Num *num)
{
	if (num->kind != NUM_FINITE)
		return num->kind == NUM_NEG_INF ? -1 : 1;
	return num->big ? mpz_sgn(num->z) : (num->v > 0) - (num->v < 0);
}

static int
digits_of_uint128(uint128 m)
{
	int n;
	int bits;

	if (m == 0)
		return 1;
	bits = (uint64) (m >> 64) ? 128 - __builtin_clzll((uint64) (m >> 64)) : 64 - __builtin_clzll((uint64) m);
	n = bits * 1233 >> 12; /* log10(2) = 0.30103 = 1233/4096 */
	return n + (n > MAX_POW10 || m < pow10_128(n) ? 0 : 1);
}

int
num_digit_count(const Num *num)
{
	size_t guess;
	mpz_t p;
	bool too_many;

	if (!num->big)
		return digits_of_uint128(magnitude(num->v));
	/* GMP's answer may be one too many */
	guess = mpz_sizeinbase(num->z, 10);
	mpz_pow10(p, (unsigned) guess - 1);
	too_many = mpz_cmpabs(num->z, p) < 0;
	mpz_clear(p);
	return (int) guess - (too_many ? 1 : 0);
}

int
num_exponent(const Num *num)
{
	return num_sign(num) == 0 ? 0 : num_digit_count(num) - 1 - num->scale;
}

static int
floor_div(int a, int b)
{
	return a >= 0 ? a / b : -((-a + b - 1) / b);
}

int
num_weight10000(const Num *num, int *first_digit)
{
	int exponent = num_exponent(num);
	int weight = floor_div(exponent, 4);
	int count;
	int wanted = exponent - 4 * weight + 1; /* decimal digits of the leading base-10000 digit */
	char *digits;
	int value = 0;

	*first_digit = 0;
	if (num_sign(num) == 0)
		return 0;
	digits = coefficient_digits(num, &count);
	for (int i = 0; i < wanted; i++)
		value = value * 10 + (i < count ? digits[i] - '0' : 0);
	pfree(digits);
	*first_digit = value;
	return weight;
}

/* ---- scaling */
/* Multiplies the coefficient by 10^n. */
static void
shift_up(Num *num, int n)
{
	int128 product;
	mpz_t z;
	mpz_t p;

	if (n == 0 || (!num->big && num->v == 0))
		return;
	if (!num->big && n <= MAX_POW10 && !__builtin_mul_overflow(num->v, (int128) pow10_128(n), &product))
	{
		num->v = product;
		return;
	}
	mpz_pow10(p, (unsigned) n);
	if (num->big)
	{
		/* not in place: the operand may share its limbs with another Num */
		mpz_init(z);
		mpz_mul(z, num->z, p);
	}
	else
	{
		mpz_set_int128(z, num->v);
		mpz_mul(z, z, p);
	}
	mpz_clear(p);
	num_set_mpz(num, z, num->scale);
}

/* Divides the coefficient by 10^n, rounding half away from zero or toward zero. */
static void
shift_down(Num *num, int n, bool round)
{
	if (n == 0)
		return;
	if (!num->big)
	{
		uint128 m = magnitude(num->v);
		uint128 p;
		bool negative = num->v < 0;

		if (n > MAX_POW10)
		{
			num->v = 0;
			return;
		}
		p = pow10_128(n);
		m = m / p + (round && m % p >= p / 2 ? 1 : 0);
		num->v = negative ? -(int128) m : (int128) m;
	}
	else
	{
		mpz_t z;
		mpz_t p;
		mpz_t half;
		int sign = mpz_sgn(num->z);

		mpz_pow10(p, (unsigned) n);
		mpz_init(z);
		mpz_abs(z, num->z);
		if (round)
		{
			mpz_init(half);
			mpz_tdiv_q_2exp(half, p, 1);
			mpz_add(z, z, half);
			mpz_clear(half);
		}
		mpz_tdiv_q(z, z, p);
		mpz_clear(p);
		if (sign < 0)
			mpz_neg(z, z);
		num_set_mpz(num, z, num->scale);
	}
}

static void
change_scale(Num *num, int scale, bool round)
{
	if (scale >= num->scale)
		shift_up(num, scale - num->scale);
	else
		shift_down(num, num->scale - scale, round);
	num->scale = scale;
	if (scale < 0)
	{
		/* whole tens: the digits that were cut come back as zeros */
		num->scale = 0;
		shift_up(num, -scale);
	}
}

void
num_round(Num *num, int scale)
{
	change_scale(num, scale, true);
}

void
num_trunc(Num *num, int scale)
{
	change_scale(num, scale, false);
}

/* The smallest scale that loses nothing. */
int
num_min_scale(const Num *num)
{
	int count;
	char *digits = coefficient_digits(num, &count);
	int zeros = 0;

	while (zeros < count && zeros < num->scale && digits[count - 1 - zeros] == '0')
		zeros++;
	pfree(digits);
	return num_sign(num) == 0 ? 0 : num->scale - zeros;
}

/* Both operands at the larger scale. */
static void
align_scales(const Num *a, const Num *b, Num *a2, Num *b2)
{
	*a2 = *a;
	*b2 = *b;
	if (a->scale < b->scale)
		change_scale(a2, b->scale, false);
	else if (b->scale < a->scale)
		change_scale(b2, a->scale, false);
}

/* ---- comparison */
int
num_compare(const Num *a, const Num *b)
{
	Num a2;
	Num b2;
	mpz_t a_room;
	mpz_t b_room;
	int a_sign;
	int b_sign;
	int a_exponent;
	int b_exponent;

	if (unlikely(a->kind != NUM_FINITE || b->kind != NUM_FINITE))
	{
		static const int rank[] = {[NUM_NEG_INF] = 0, [NUM_FINITE] = 1, [NUM_INF] = 2, [NUM_NAN] = 3};

		return rank[a->kind] - rank[b->kind];
	}
	if (likely(a->scale == b->scale && !a->big && !b->big))
		return (a->v > b->v) - (a->v < b->v);
	a_sign = num_sign(a);
	b_sign = num_sign(b);
	if (a_sign != b_sign || a_sign == 0)
		return a_sign - b_sign;
	/* far apart: no need to bring them to one scale */
	a_exponent = num_exponent(a);
	b_exponent = num_exponent(b);
	if (a_exponent != b_exponent)
		return a_exponent > b_exponent ? a_sign : -a_sign;
	align_scales(a, b, &a2, &b2);
	if (!a2.big && !b2.big)
		return (a2.v > b2.v) - (a2.v < b2.v);
	return mpz_cmp(num_mpz(&a2, a_room), num_mpz(&b2, b_room));
}

/* ---- arithmetic */
void
num_negate(Num *num)
{
	if (num->kind != NUM_FINITE)
		num->kind = num->kind == NUM_INF ? NUM_NEG_INF : num->kind == NUM_NEG_INF ? NUM_INF : NUM_NAN;
	else if (num->big)
	{
		mpz_t z;

		mpz_init(z);
		mpz_neg(z, num->z);
		num->z[0] = z[0];
	}
	else
		num->v = -num->v;
}

void
num_add(Num *result, const Num *a, const Num *b)
{
	Num a2;
	Num b2;
	int128 sum;
	mpz_t z;
	mpz_t a_room;
	mpz_t b_room;

	align_scales(a, b, &a2, &b2);
	if (!a2.big && !b2.big && !__builtin_add_overflow(a2.v, b2.v, &sum) && sum != ((int128) 1 << 127))
	{
		num_set_int(result, sum, a2.scale);
		return;
	}
	num_use_palloc();
	mpz_init(z);
	mpz_add(z, num_mpz(&a2, a_room), num_mpz(&b2, b_room));
	mpz_clears(a_room, b_room, NULL);
	num_set_mpz(result, z, a2.scale);
}

void
num_sub(Num *result, const Num *a, const Num *b)
{
	Num negated = *b;

	num_negate(&negated);
	num_add(result, a, &negated);
}

void
num_mul(Num *result, const Num *a, const Num *b)
{
	int128 product;
	mpz_t z;
	mpz_t a_room;
	mpz_t b_room;
	int scale = a->scale + b->scale;

	if (!a->big && !b->big && !__builtin_mul_overflow(a->v, b->v, &product) && product != ((int128) 1 << 127))
	{
		num_set_int(result, product, scale);
		return;
	}
	num_use_palloc();
	mpz_init(z);
	mpz_mul(z, num_mpz(a, a_room), num_mpz(b, b_room));
	mpz_clears(a_room, b_room, NULL);
	num_set_mpz(result, z, scale);
}

/* a / b at the given scale, rounded half away from zero or cut. b is not zero. */
void
num_div(Num *result, const Num *a, const Num *b, int scale, bool round)
{
	Num dividend = *a;
	Num divisor = *b;
	int shift = scale + b->scale - a->scale;
	int sign = num_sign(a) * num_sign(b);
	mpz_t z;
	mpz_t rest;
	mpz_t b_room;
	mpz_t a_room;
	mpz_srcptr divisor_z;

	Assert(num_sign(b) != 0);
	if (shift >= 0)
		shift_up(&dividend, shift);
	else
		shift_up(&divisor, -shift);
	if (!dividend.big && !divisor.big)
	{
		uint128 n = magnitude(dividend.v);
		uint128 d = magnitude(divisor.v);
		uint128 q = n / d;

		if (round && n % d >= d - n % d)
			q++;
		num_set_int(result, sign < 0 ? -(int128) q : (int128) q, scale);
		return;
	}
	num_use_palloc();
	mpz_inits(z, rest, NULL);
	divisor_z = num_mpz(&divisor, b_room);
	mpz_tdiv_qr(z, rest, num_mpz(&dividend, a_room), divisor_z);
	if (round)
	{
		mpz_mul_2exp(rest, rest, 1);
		if (mpz_cmpabs(rest, divisor_z) >= 0)
		{
			if (sign < 0)
				mpz_sub_ui(z, z, 1);
			else
				mpz_add_ui(z, z, 1);
		}
	}
	mpz_clears(rest, a_room, b_room, NULL);
	num_set_mpz(result, z, scale);
}

/* The remainder of truncating division: it has the dividend's sign. */
void
num_rem(Num *result, const Num *a, const Num *b)
{
	Num a2;
	Num b2;
	mpz_t z;
	mpz_t a_room;
	mpz_t b_room;

	align_scales(a, b, &a2, &b2);
	if (!a2.big && !b2.big)
	{
		num_set_int(result, a2.v % b2.v, a2.scale);
		return;
	}
	num_use_palloc();
	mpz_init(z);
	mpz_tdiv_r(z, num_mpz(&a2, a_room), num_mpz(&b2, b_room));
	mpz_clears(a_room, b_room, NULL);
	num_set_mpz(result, z, a2.scale);
}

/*
 * PostgreSQL's rule: at least 16 significant digits, judged by base-10000 digits, and no less than either operand shows.
 */
int
num_div_scale(const Num *a, const Num *b)
{
	int a_first;
	int b_first;
	int weight = num_weight10000(a, &a_first) - num_weight10000(b, &b_first);
	int scale;

	if (a_first <= b_first)
		weight--;
	scale = NUMERIC_MIN_SIG_DIGITS - weight * 4;
	scale = Max(scale, Max(a->scale, b->scale));
	return Min(Max(scale, NUMERIC_MIN_DISPLAY_SCALE), NUMERIC_MAX_DISPLAY_SCALE);
}

/* ---- to other numbers */
bool
num_to_int128(const Num *num, int128 *value)
{
	Num copy = *num;

	num_round(&copy, 0);
	if (copy.big)
		return false;
	*value = copy.v;
	return true;
}

double
num_to_double(const Num *num)
{
	if (num->kind != NUM_FINITE)
		return num->kind == NUM_NAN ? __builtin_nan("") : num->kind == NUM_INF ? __builtin_inf() : -__builtin_inf();
	/* exact powers of ten: one correctly rounded operation */
	if (!num->big && num->scale <= 22 && magnitude(num->v) < ((uint128) 1 << 53))
		return (double) num->v / (double) pow10_128(num->scale);
	return strtod(num_to_string(num), NULL);
}
