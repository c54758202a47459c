/*
 * float_decimal.c
 *    The shortest decimal that reads back as the same float (base/numutils.h).
 *
 * Two ways, most common first:
 *  - A decimal of at most 15 digits (6 for float4) that reads back is unique, hence shortest. When it is an integer
 *    divided by a small power of ten, division itself proves it: both operands are exact and the quotient is rounded once,
 *    just as reading the decimal would be.
 *  - Otherwise print with rising precision and read back. The nearest decimal of n digits does not read back although
 *    its neighbour does in one case only: below a power of two the spacing halves, so there the decimal one unit up is
 *    tried as well.
 */
#include "postgres.h"

#include <math.h>

#include "base/numutils.h"

typedef struct Decimal
{
	char digits[24]; /* without leading or trailing zeros */
	int count;
	int exponent; /* of the first digit: value = d.ddd * 10^exponent */
} Decimal;

static const double ten_to[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static void
decimal_from_integer(Decimal *decimal, uint64 value, int scale)
{
	decimal->count = pg_ulltoa_n(value, decimal->digits);
	decimal->exponent = decimal->count - 1 - scale;
	while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0')
		decimal->count--;
}

static bool
decimal_by_division(Decimal *decimal, double f, bool single)
{
	double digits_limit = single ? 1e6 : 1e15;
	int scale_max = single ? 9 : 15;

	for (int scale = 0; scale <= scale_max; scale++)
	{
		double scaled = f * ten_to[scale];
		uint64 integer;
		bool same;

		if (scaled >= digits_limit)
			return false;
		integer = (uint64) (scaled + 0.5);
		if (integer == 0)
			continue;
		same = single ? (float) integer / (float) ten_to[scale] == (float) f : (double) integer / ten_to[scale] == f;
		if (same)
		{
			decimal_from_integer(decimal, integer, scale);
			return true;
		}
	}
	return false;
}

/* Read "d.ddde[+-]xx" as printf writes it. */
static void
decimal_from_text(Decimal *decimal, const char *text)
{
	decimal->count = 0;
	for (; *text != 'e'; text++)
		if (*text != '.')
			decimal->digits[decimal->count++] = *text;
	decimal->exponent = (int) strtol(text + 1, NULL, 10);
	while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0')
		decimal->count--;
}

static bool
reads_back(const char *text, double f, bool single)
{
	return single ? strtof(text, NULL) == (float) f : strtod(text, NULL) == f;
}

/* One unit in the last place up, on the text. Fails when it would carry out of the first digit. */
static bool
increment_last_digit(char *text)
{
	char *p = strchr(text, 'e') - 1;

	for (; p >= text; p--)
	{
		if (*p == '.')
			continue;
		if (*p != '9')
		{
			++*p;
			return true;
		}
		*p = '0';
	}
	return false;
}

static void
decimal_by_printing(Decimal *decimal, double f, bool single)
{
	int exponent;
	bool power_of_two = frexp(f, &exponent) == 0.5;
	int precision_max = single ? 9 : 17;
	char text[40];

	/* subnormals have fewer digits than the precision at which every decimal reads back */
	for (int precision = f < (single ? 1.2e-38 : 2.3e-308) ? 1 : precision_max - 2 - (single ? 1 : 0);; precision++)
	{
		snprintf(text, sizeof(text), "%.*e", precision - 1, f);
		if (precision >= precision_max || reads_back(text, f, single))
			break;
		if (power_of_two && increment_last_digit(text) && reads_back(text, f, single))
			break;
	}
	decimal_from_text(decimal, text);
}

static int
write_exponential(const Decimal *decimal, char *out)
{
	char *p = out;
	int exponent = abs(decimal->exponent);

	*p++ = decimal->digits[0];
	if (decimal->count > 1)
	{
		*p++ = '.';
		memcpy(p, decimal->digits + 1, decimal->count - 1);
		p += decimal->count - 1;
	}
	*p++ = 'e';
	*p++ = decimal->exponent < 0 ? '-' : '+';
	return (int) (pg_ultostr_zeropad(p, exponent, 2) - out);
}

static int
write_plain(const Decimal *decimal, char *out)
{
	char *p = out;
	int before_point = decimal->exponent + 1;

	if (before_point <= 0)
	{
		*p++ = '0';
		*p++ = '.';
		memset(p, '0', -before_point);
		p += -before_point;
		memcpy(p, decimal->digits, decimal->count);
		return (int) (p + decimal->count - out);
	}
	if (before_point >= decimal->count)
	{
		memcpy(p, decimal->digits, decimal->count);
		memset(p + decimal->count, '0', before_point - decimal->count);
		return before_point;
	}
	memcpy(p, decimal->digits, before_point);
	p[before_point] = '.';
	memcpy(p + before_point + 1, decimal->digits + before_point, decimal->count - before_point);
	return decimal->count + 1;
}

static int
write_shortest(double f, bool single, char *result)
{
	int plain_digits = single ? 6 : 15;
	Decimal decimal;
	char *p = result;

	if (isnan(f))
		return (int) strlcpy(result, "NaN", 4);
	if (isinf(f))
		return (int) strlcpy(result, f > 0 ? "Infinity" : "-Infinity", 10);
	if (signbit(f))
	{
		*p++ = '-';
		f = -f;
	}
	if (f == 0)
		*p++ = '0';
	else
	{
		if (!decimal_by_division(&decimal, f, single))
			decimal_by_printing(&decimal, f, single);
		p += decimal.exponent < -4 || decimal.exponent >= plain_digits ? write_exponential(&decimal, p)
																		: write_plain(&decimal, p);
	}
	*p = '\0';
	return (int) (p - result);
}

int
double_to_shortest_decimal_buf(double f, char *result)
{
	return write_shortest(f, false, result);
}

int
float_to_shortest_decimal_buf(float f, char *result)
{
	return write_shortest(f, true, result);
}
