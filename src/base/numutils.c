/*
 * numutils.c
 *    Integers from and to text (base/numutils.h).
 */
#include "postgres.h"

#include <ctype.h>

#include "base/numutils.h"
#include "port/pg_bitutils.h"

/* ---- reading --------------------------------------------------------------------------------------------------- */
NumParse
num_parse_int64(const char *s, int64 min, int64 max, int64 *result)
{
	bool negative = false;
	uint64 value = 0;
	uint64 limit;

	while (isspace((unsigned char) *s))
		s++;
	if (*s == '-' || *s == '+')
		negative = *s++ == '-';
	if (!isdigit((unsigned char) *s))
		return NUM_PARSE_SYNTAX;
	limit = negative ? (uint64) 0 - (uint64) min : (uint64) max;
	for (; isdigit((unsigned char) *s); s++)
	{
		uint64 digit = *s - '0';

		/* stop growing once out of range, but read on: bad syntax is the graver error */
		if (value <= limit)
			value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
	}
	while (isspace((unsigned char) *s))
		s++;
	if (*s != '\0')
		return NUM_PARSE_SYNTAX;
	if (value > limit)
		return NUM_PARSE_RANGE;
	*result = (int64) (negative ? (uint64) 0 - value : value);
	return NUM_PARSE_OK;
}

static int64
parse_or_raise(const char *s, int64 min, int64 max, const char *type_name)
{
	int64 result = 0;

	switch (num_parse_int64(s, min, max, &result))
	{
		case NUM_PARSE_OK:
			break;
		case NUM_PARSE_SYNTAX:
			ereport(ERROR,
					errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s: \"%s\"", type_name, s));
			break;
		case NUM_PARSE_RANGE:
			ereport(ERROR,
					errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					errmsg("value \"%s\" is out of range for type %s", s, type_name));
			break;
	}
	return result;
}

int16
pg_strtoint16(const char *s)
{
	return (int16) parse_or_raise(s, PG_INT16_MIN, PG_INT16_MAX, "smallint");
}

int32
pg_strtoint32(const char *s)
{
	return (int32) parse_or_raise(s, PG_INT32_MIN, PG_INT32_MAX, "integer");
}

int64
pg_strtoint64(const char *s)
{
	return parse_or_raise(s, PG_INT64_MIN, PG_INT64_MAX, "bigint");
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */
/* "00" "01" ... "99" */
static const char digit_pairs[201] =
	"00010203040506070809" "10111213141516171819" "20212223242526272829" "30313233343536373839"
	"40414243444546474849" "50515253545556575859" "60616263646566676869" "70717273747576777879"
	"80818283848586878889" "90919293949596979899";

static const uint64 powers_of_ten[20] = {
	UINT64CONST(1), UINT64CONST(10), UINT64CONST(100), UINT64CONST(1000), UINT64CONST(10000), UINT64CONST(100000),
	UINT64CONST(1000000), UINT64CONST(10000000), UINT64CONST(100000000), UINT64CONST(1000000000),
	UINT64CONST(10000000000), UINT64CONST(100000000000), UINT64CONST(1000000000000), UINT64CONST(10000000000000),
	UINT64CONST(100000000000000), UINT64CONST(1000000000000000), UINT64CONST(10000000000000000),
	UINT64CONST(100000000000000000), UINT64CONST(1000000000000000000), UINT64CONST(10000000000000000000),
};

/* log10 from log2: 1233 / 4096 is just above log10(2); correct by one when the power of ten is larger. */
static inline int
decimal_length(uint64 v)
{
	int guess;

	if (v == 0)
		return 1;
	guess = ((pg_leftmost_one_pos64(v) + 1) * 1233) >> 12;
	return guess + (guess < 20 && v >= powers_of_ten[guess]);
}

int
pg_ulltoa_n(uint64 l, char *a)
{
	int length = decimal_length(l);
	char *p = a + length;

	while (l >= 100)
	{
		p -= 2;
		memcpy(p, &digit_pairs[(l % 100) * 2], 2);
		l /= 100;
	}
	if (l >= 10)
		memcpy(p - 2, &digit_pairs[l * 2], 2);
	else
		p[-1] = (char) ('0' + l);
	return length;
}

int
pg_ultoa_n(uint32 l, char *a)
{
	return pg_ulltoa_n(l, a);
}

int
pg_lltoa(int64 ll, char *a)
{
	int sign = ll < 0;
	uint64 magnitude = sign ? (uint64) 0 - (uint64) ll : (uint64) ll;
	int length;

	a[0] = '-';
	length = sign + pg_ulltoa_n(magnitude, a + sign);
	a[length] = '\0';
	return length;
}

int
pg_ltoa(int32 l, char *a)
{
	return pg_lltoa(l, a);
}

int
pg_itoa(int16 i, char *a)
{
	return pg_lltoa(i, a);
}

char *
pg_ultostr(char *str, uint32 value)
{
	return str + pg_ulltoa_n(value, str);
}

char *
pg_ultostr_zeropad(char *str, uint32 value, int32 minwidth)
{
	int padding = minwidth - decimal_length(value);

	if (padding > 0)
	{
		memset(str, '0', padding);
		str += padding;
	}
	return pg_ultostr(str, value);
}
