/*
 * interval_parse.c
 *    Reading intervals: "1 year 2 mons 3 days 04:05:06", "1-2 3 4:05:06" (SQL), "P1Y2M3DT4H5M6S" (ISO 8601).
 *
 * Quantities are added up in months, days and microseconds. A fraction of a unit flows down: of a year into months
 * (rounded), of a month into days of 30 to the month, of a day into time.
 */
#include "postgres.h"

#include <ctype.h>
#include <math.h>

#include "types/datetime.h"

typedef struct IntervalReader
{
	int64 years;
	int64 months;
	int64 days;
	int64 time;
	unsigned seen; /* bits by DateUnit: nothing may come twice */
	bool overflow;
} IntervalReader;

/* ---- units */
typedef struct UnitName
{
	const char *name;
	DateUnit unit;
} UnitName;

static const UnitName unit_names[] = {
	{"us", UNIT_MICROSECOND},		{"usec", UNIT_MICROSECOND},		{"usecs", UNIT_MICROSECOND},
	{"microsecon", UNIT_MICROSECOND}, {"microsecond", UNIT_MICROSECOND}, {"microseconds", UNIT_MICROSECOND},
	{"usecond", UNIT_MICROSECOND},	{"useconds", UNIT_MICROSECOND},	{"ms", UNIT_MILLISECOND},
	{"msec", UNIT_MILLISECOND},		{"msecs", UNIT_MILLISECOND},	{"msecond", UNIT_MILLISECOND},
	{"mseconds", UNIT_MILLISECOND}, {"millisecon", UNIT_MILLISECOND}, {"millisecond", UNIT_MILLISECOND},
	{"milliseconds", UNIT_MILLISECOND}, {"s", UNIT_SECOND},			{"sec", UNIT_SECOND},
	{"secs", UNIT_SECOND},			{"second", UNIT_SECOND},		{"seconds", UNIT_SECOND},
	{"m", UNIT_MINUTE},				{"min", UNIT_MINUTE},			{"mins", UNIT_MINUTE},
	{"minute", UNIT_MINUTE},		{"minutes", UNIT_MINUTE},		{"h", UNIT_HOUR},
	{"hr", UNIT_HOUR},				{"hrs", UNIT_HOUR},				{"hour", UNIT_HOUR},
	{"hours", UNIT_HOUR},			{"d", UNIT_DAY},				{"day", UNIT_DAY},
	{"days", UNIT_DAY},				{"w", UNIT_WEEK},				{"week", UNIT_WEEK},
	{"weeks", UNIT_WEEK},			{"mon", UNIT_MONTH},			{"mons", UNIT_MONTH},
	{"month", UNIT_MONTH},			{"months", UNIT_MONTH},			{"qtr", UNIT_QUARTER},
	{"quarter", UNIT_QUARTER},		{"y", UNIT_YEAR},				{"yr", UNIT_YEAR},
	{"yrs", UNIT_YEAR},				{"year", UNIT_YEAR},			{"years", UNIT_YEAR},
	{"dec", UNIT_DECADE},			{"decs", UNIT_DECADE},			{"decade", UNIT_DECADE},
	{"decades", UNIT_DECADE},		{"c", UNIT_CENTURY},			{"cent", UNIT_CENTURY},
	{"century", UNIT_CENTURY},		{"centuries", UNIT_CENTURY},	{"mil", UNIT_MILLENNIUM},
	{"mils", UNIT_MILLENNIUM},		{"millennia", UNIT_MILLENNIUM}, {"millennium", UNIT_MILLENNIUM},
	{"millenniums", UNIT_MILLENNIUM},
	{"timezone", UNIT_TIMEZONE},	{"timezone_h", UNIT_TIMEZONE_HOUR}, {"timezone_hour", UNIT_TIMEZONE_HOUR},
	{"timezone_m", UNIT_TIMEZONE_MINUTE}, {"timezone_minute", UNIT_TIMEZONE_MINUTE}, {"epoch", UNIT_EPOCH},
	{"julian", UNIT_JULIAN},		{"j", UNIT_JULIAN},				{"jd", UNIT_JULIAN},
	{"isoyear", UNIT_ISOYEAR},		{"dow", UNIT_DOW},				{"isodow", UNIT_ISODOW},
	{"doy", UNIT_DOY},
};

DateUnit
date_unit(const char *word)
{
	for (size_t i = 0; i < lengthof(unit_names); i++)
	{
		if (strcmp(unit_names[i].name, word) == 0)
			return unit_names[i].unit;
	}
	return UNIT_UNKNOWN;
}

/* ---- adding quantities: whole and fraction have the same sign */
static void
add(IntervalReader *r, int64 *field, int64 value, int64 factor)
{
	int64 product;

	if (pg_mul_s64_overflow(value, factor, &product) || pg_add_s64_overflow(*field, product, field))
		r->overflow = true;
}

/* A fraction of a unit worth usecs microseconds. */
static void
add_time_fraction(IntervalReader *r, double fraction, int64 usecs)
{
	double value = fraction * (double) usecs;

	if (value < -9.2e18 || value > 9.2e18)
		r->overflow = true;
	else
		add(r, &r->time, (int64) rint(value), 1);
}

static void
add_day_fraction(IntervalReader *r, double fraction, int days_per_unit)
{
	double value = fraction * days_per_unit;
	int64 whole = (int64) value;

	add(r, &r->days, whole, 1);
	add_time_fraction(r, value - (double) whole, USECS_PER_DAY);
}

static DateTimeError
add_quantity(IntervalReader *r, int64 whole, double fraction, DateUnit unit)
{
	/* seconds, milliseconds and microseconds may stand beside each other; nothing may come twice */
	if (r->seen & (1u << unit))
		return DT_BAD_FORMAT;
	r->seen |= 1u << unit;
	if (unit >= UNIT_DAY && whole != (int32) whole)
		return DT_FIELD_OVERFLOW;
	switch (unit)
	{
		case UNIT_MICROSECOND:
			add(r, &r->time, whole, 1);
			add_time_fraction(r, fraction, 1);
			break;
		case UNIT_MILLISECOND:
			add(r, &r->time, whole, 1000);
			add_time_fraction(r, fraction, 1000);
			break;
		case UNIT_SECOND:
			add(r, &r->time, whole, USECS_PER_SEC);
			add_time_fraction(r, fraction, USECS_PER_SEC);
			break;
		case UNIT_MINUTE:
			add(r, &r->time, whole, USECS_PER_MINUTE);
			add_time_fraction(r, fraction, USECS_PER_MINUTE);
			break;
		case UNIT_HOUR:
			add(r, &r->time, whole, USECS_PER_HOUR);
			add_time_fraction(r, fraction, USECS_PER_HOUR);
			break;
		case UNIT_DAY:
			add(r, &r->days, whole, 1);
			add_time_fraction(r, fraction, USECS_PER_DAY);
			break;
		case UNIT_WEEK:
			add(r, &r->days, whole, 7);
			add_day_fraction(r, fraction, 7);
			break;
		case UNIT_MONTH:
			add(r, &r->months, whole, 1);
			add_day_fraction(r, fraction, DAYS_PER_MONTH);
			break;
		case UNIT_YEAR:
		case UNIT_DECADE:
		case UNIT_CENTURY:
		case UNIT_MILLENNIUM:
		{
			int years = unit == UNIT_YEAR ? 1 : unit == UNIT_DECADE ? 10 : unit == UNIT_CENTURY ? 100 : 1000;

			add(r, &r->years, whole, years);
			add(r, &r->months, (int64) rint(fraction * 12 * years), 1);
			break;
		}
		default:
			return DT_BAD_FORMAT;
	}
	return DT_OK;
}

/* ---- numbers */
/* [sign] digits [. digits]; the fraction has the number's sign. */
static DateTimeError
scan_number(const char **s, int64 *whole, double *fraction, bool *negative)
{
	const char *p = *s;
	char *end;

	*negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	if (!isdigit((unsigned char) *p) && !(*p == '.' && isdigit((unsigned char) p[1])))
		return DT_BAD_FORMAT;
	errno = 0;
	*whole = isdigit((unsigned char) *p) ? strtoll(p, &end, 10) : (end = (char *) p, 0);
	if (errno == ERANGE)
		return DT_FIELD_OVERFLOW;
	*fraction = 0;
	if (*end == '.')
	{
		char digits[32];
		size_t n = strspn(end + 1, "0123456789");

		snprintf(digits, sizeof(digits), "0.%.*s", (int) Min(n, 25), end + 1);
		*fraction = strtod(digits, NULL);
		end += 1 + n;
	}
	if (*negative)
	{
		*whole = -*whole;
		*fraction = -*fraction;
	}
	*s = end;
	return DT_OK;
}

/* h:mm[:ss[.f]]; with two parts their meaning depends on the declared range. */
static DateTimeError
scan_time(const char **s, int range, int64 *usecs)
{
	const char *p = *s;
	bool negative = *p == '-';
	char *end;
	int64 parts[3] = {0};
	int count = 0;
	double fraction = 0;
	int128 total;

	if (*p == '-' || *p == '+')
		p++;
	for (;;)
	{
		if (!isdigit((unsigned char) *p))
			return DT_BAD_FORMAT;
		errno = 0;
		parts[count++] = strtoll(p, &end, 10);
		if (errno == ERANGE)
			return DT_FIELD_OVERFLOW;
		if (*end != ':')
			break;
		if (count == 3)
			return DT_BAD_FORMAT;
		p = end + 1;
	}
	if (*end == '.')
	{
		size_t n = strspn(end + 1, "0123456789");
		char digits[32];

		snprintf(digits, sizeof(digits), "0.%.*s", (int) Min(n, 25), end + 1);
		fraction = strtod(digits, NULL);
		end += 1 + n;
	}
	if (count == 2 && (fraction > 0 || range == (INTERVAL_MASK(11) | INTERVAL_MASK(12))))
	{
		/* mm:ss */
		parts[2] = parts[1];
		parts[1] = parts[0];
		parts[0] = 0;
	}
	if (parts[1] > 59 || parts[2] > 60)
		return DT_FIELD_OVERFLOW;
	total = ((int128) parts[0] * 3600 + parts[1] * 60 + parts[2]) * USECS_PER_SEC + (int64) rint(fraction * 1000000);
	if (negative)
		total = -total;
	if (total != (int64) total)
		return DT_FIELD_OVERFLOW;
	*usecs = (int64) total;
	*s = end;
	return DT_OK;
}

/* ---- typmod ranges: bits of the fields as in INTERVAL_MASK(field); the last field is what a bare number counts */
#define BIT_MONTH INTERVAL_MASK(1)
#define BIT_YEAR INTERVAL_MASK(2)
#define BIT_DAY INTERVAL_MASK(3)
#define BIT_HOUR INTERVAL_MASK(10)
#define BIT_MINUTE INTERVAL_MASK(11)
#define BIT_SECOND INTERVAL_MASK(12)

static DateUnit
default_unit(int range)
{
	if (range == INTERVAL_FULL_RANGE || (range & BIT_SECOND))
		return UNIT_SECOND;
	if (range & BIT_MINUTE)
		return UNIT_MINUTE;
	if (range & BIT_HOUR)
		return UNIT_HOUR;
	if (range & BIT_DAY)
		return UNIT_DAY;
	if (range & BIT_MONTH)
		return UNIT_MONTH;
	return UNIT_YEAR;
}

static void
skip(const char **s)
{
	while (isspace((unsigned char) **s) || **s == ',' || **s == '@')
		(*s)++;
}

/* What follows a number: another number's separator, a time's colon, or a unit. */
static bool
is_time_ahead(const char *s)
{
	if (*s == '+' || *s == '-')
		s++;
	s += strspn(s, "0123456789");
	return *s == ':';
}

/* years-months */
static bool
is_year_month(const char *s)
{
	if (*s == '+' || *s == '-')
		s++;
	s += strspn(s, "0123456789");
	return *s == '-' && isdigit((unsigned char) s[1]);
}

static DateTimeError
read_year_month(IntervalReader *r, const char **s)
{
	bool negative = **s == '-';
	char *end;
	long years;
	long mons;

	if (**s == '-' || **s == '+')
		(*s)++;
	errno = 0;
	years = strtol(*s, &end, 10);
	mons = strtol(end + 1, &end, 10);
	if (errno == ERANGE)
		return DT_FIELD_OVERFLOW;
	if (mons < 0 || mons >= 12)
		return DT_FIELD_OVERFLOW;
	if (r->seen & (1u << UNIT_YEAR | 1u << UNIT_MONTH))
		return DT_BAD_FORMAT;
	r->seen |= 1u << UNIT_YEAR | 1u << UNIT_MONTH;
	add(r, &r->years, negative ? -years : years, 1);
	add(r, &r->months, negative ? -mons : mons, 1);
	*s = end;
	return DT_OK;
}

static DateTimeError
read_time_part(IntervalReader *r, const char **s, int range)
{
	int64 usecs;
	DateTimeError error = scan_time(s, range, &usecs);

	if (error)
		return error;
	if (r->seen & (1u << UNIT_HOUR | 1u << UNIT_MINUTE | 1u << UNIT_SECOND))
		return DT_BAD_FORMAT;
	r->seen |= 1u << UNIT_HOUR | 1u << UNIT_MINUTE | 1u << UNIT_SECOND;
	add(r, &r->time, usecs, 1);
	return DT_OK;
}

static DateTimeError
read_counted(IntervalReader *r, const char **s, int range)
{
	int64 whole;
	double fraction;
	bool negative;
	char word[32];
	size_t len = 0;
	const char *after;
	DateTimeError error = scan_number(s, &whole, &fraction, &negative);

	if (error)
		return error;
	after = *s;
	skip(&after);
	while (isalpha((unsigned char) after[len]))
	{
		if (len + 1 >= sizeof(word))
			return DT_BAD_FORMAT;
		word[len] = (char) tolower((unsigned char) after[len]);
		len++;
	}
	word[len] = '\0';
	if (len > 0 && strcmp(word, "ago") != 0)
	{
		DateUnit unit = date_unit(word);

		*s = after + len;
		if (unit == UNIT_UNKNOWN || unit == UNIT_QUARTER)
			return DT_BAD_FORMAT;
		return add_quantity(r, whole, fraction, unit);
	}
	/* days before a time of day; else the last field of the type */
	if (len == 0 && is_time_ahead(after) && after > *s)
		return add_quantity(r, whole, fraction, UNIT_DAY);
	if (len == 0 && *after != '\0' && range == INTERVAL_FULL_RANGE)
		return DT_BAD_FORMAT;
	if (len == 0 && *after != '\0')
		return add_quantity(r, whole, fraction, UNIT_DAY);
	return add_quantity(r, whole, fraction, default_unit(range));
}

/* Under sql_standard a leading minus with no other sign is everybody's. */
static bool
sign_is_shared(const char *input)
{
	if (IntervalStyle != INTSTYLE_SQL_STANDARD || *input != '-')
		return false;
	for (const char *s = input + 1; *s; s++)
	{
		/* the minus between years and months is none */
		if ((*s == '+' || *s == '-') && !isdigit((unsigned char) s[-1]))
			return false;
	}
	return true;
}

static DateTimeError
parse_traditional(const char *input, int range, IntervalReader *r)
{
	const char *s = input;
	bool any = false;
	bool shared;
	bool ago = false;

	skip(&s);
	shared = sign_is_shared(s);
	if (shared)
		s++;
	for (skip(&s); *s; skip(&s))
	{
		DateTimeError error;

		if (ago)
			return DT_BAD_FORMAT;
		if (strncasecmp(s, "ago", 3) == 0 && !isalnum((unsigned char) s[3]) && any)
		{
			ago = true;
			s += 3;
			continue;
		}
		/* a sign may stand apart from its number */
		if ((*s == '-' || *s == '+') && isspace((unsigned char) s[1]))
			return DT_BAD_FORMAT;
		if (is_time_ahead(s))
			error = read_time_part(r, &s, range);
		else if (is_year_month(s))
			error = read_year_month(r, &s);
		else
			error = read_counted(r, &s, range);
		if (error)
			return error;
		any = true;
	}
	if (!any)
		return DT_BAD_FORMAT;
	if (shared || ago)
	{
		r->years = -r->years;
		r->months = -r->months;
		r->days = -r->days;
		r->time = -r->time;
	}
	return DT_OK;
}

/* ---- ISO 8601: PnYnMnWnDTnHnMnS, or P0001-02-03T04:05:06 */
static DateTimeError
parse_iso_alternative(const char *s, IntervalReader *r)
{
	bool in_time = false;

	while (*s)
	{
		int64 parts[3] = {0};
		double fraction = 0;
		int count = 0;
		char separator = in_time ? ':' : '-';

		while (count < 3)
		{
			bool negative;
			DateTimeError error = scan_number(&s, &parts[count++], &fraction, &negative);

			if (error)
				return error;
			if (*s != separator)
				break;
			s++;
		}
		if (in_time)
		{
			add(r, &r->time, parts[0], USECS_PER_HOUR);
			add(r, &r->time, parts[1], USECS_PER_MINUTE);
			add(r, &r->time, parts[2], USECS_PER_SEC);
			add_time_fraction(r, fraction, USECS_PER_SEC);
			return *s == '\0' ? DT_OK : DT_BAD_FORMAT;
		}
		add(r, &r->years, parts[0], 1);
		add(r, &r->months, parts[1], 1);
		add(r, &r->days, parts[2], 1);
		if (*s == '\0')
			return DT_OK;
		if (*s != 'T' && *s != ' ')
			return DT_BAD_FORMAT;
		in_time = true;
		s++;
	}
	return DT_BAD_FORMAT;
}

static DateTimeError
parse_iso(const char *s, IntervalReader *r)
{
	bool in_time = false;
	bool any = false;

	s++; /* P */
	if (strchr(s + (*s == '-'), '-') != NULL && strspn(s, "0123456789") > 0 && s[strspn(s, "0123456789")] == '-')
		return parse_iso_alternative(s, r);
	if (*s == '\0')
		return DT_BAD_FORMAT;
	while (*s)
	{
		int64 whole;
		double fraction;
		bool negative;
		DateUnit unit;
		DateTimeError error;

		if (*s == 'T' && !in_time)
		{
			in_time = true;
			s++;
			if (strchr(s, ':'))
			{
				int64 usecs;

				error = scan_time(&s, INTERVAL_FULL_RANGE, &usecs);
				if (error)
					return error;
				add(r, &r->time, usecs, 1);
				return *s == '\0' ? DT_OK : DT_BAD_FORMAT;
			}
			continue;
		}
		error = scan_number(&s, &whole, &fraction, &negative);
		if (error)
			return error;
		switch (*s)
		{
			case 'Y':
				unit = in_time ? UNIT_UNKNOWN : UNIT_YEAR;
				break;
			case 'M':
				unit = in_time ? UNIT_MINUTE : UNIT_MONTH;
				break;
			case 'W':
				unit = in_time ? UNIT_UNKNOWN : UNIT_WEEK;
				break;
			case 'D':
				unit = in_time ? UNIT_UNKNOWN : UNIT_DAY;
				break;
			case 'H':
				unit = in_time ? UNIT_HOUR : UNIT_UNKNOWN;
				break;
			case 'S':
				unit = in_time ? UNIT_SECOND : UNIT_UNKNOWN;
				break;
			default:
				return DT_BAD_FORMAT;
		}
		if (unit == UNIT_UNKNOWN)
			return DT_BAD_FORMAT;
		s++;
		r->seen &= ~(1u << unit);
		error = add_quantity(r, whole, fraction, unit);
		if (error)
			return error;
		any = true;
	}
	return any ? DT_OK : DT_BAD_FORMAT;
}

DateTimeError
interval_parse(const char *input, int range, Interval *result)
{
	IntervalReader r = {0};
	const char *s = input;
	DateTimeError error;

	while (isspace((unsigned char) *s))
		s++;
	error = *s == 'P' ? parse_iso(s, &r) : parse_traditional(s, range, &r);
	if (error == DT_FIELD_OVERFLOW)
		return DT_INTERVAL_OVERFLOW;
	if (error)
		return error;
	if (r.overflow || r.years != (int32) r.years || r.months != (int32) r.months || r.days != (int32) r.days)
		return DT_INTERVAL_OVERFLOW;
	r.months += r.years * 12;
	if (r.months != (int32) r.months)
		interval_out_of_range();
	result->month = (int32) r.months;
	result->day = (int32) r.days;
	result->time = r.time;
	return DT_OK;
}
