/*
 * to_char_date.c
 *    to_char() of timestamps and intervals.
 *
 * A pattern is a sequence of fields from the table below, each with optional FM before and TH behind it, quoted text, and
 * other characters that stand for themselves.
 */
#include "postgres.h"

#include <ctype.h>

#include "types/datetime.h"
#include "types/text.h"

typedef enum DateField
{
	F_AD, F_AD_DOTS, F_AM, F_AM_DOTS, F_CC, F_DAY, F_DY, F_DDD, F_DD, F_D, F_FF, F_HH24, F_HH12, F_IDDD, F_ID, F_IW, F_IYEAR,
	F_J, F_MI, F_MM, F_MONTH, F_MON, F_MS, F_OF, F_Q, F_RM, F_SSSS, F_SS, F_TZH, F_TZM, F_TZ, F_US, F_WW, F_W, F_Y_YYY, F_YEAR
} DateField;

/* Longer spellings stand before their beginnings. */
static const struct
{
	const char *word;
	DateField field;
	int digits;
} fields[] = {
	{"A.D.", F_AD_DOTS, 0}, {"A.M.", F_AM_DOTS, 0}, {"AD", F_AD, 0}, {"AM", F_AM, 0}, {"B.C.", F_AD_DOTS, 0}, {"BC", F_AD, 0},
	{"CC", F_CC, 0}, {"DAY", F_DAY, 0}, {"DDD", F_DDD, 3}, {"DD", F_DD, 2}, {"DY", F_DY, 0}, {"D", F_D, 1}, {"FF1", F_FF, 1},
	{"FF2", F_FF, 2}, {"FF3", F_FF, 3}, {"FF4", F_FF, 4}, {"FF5", F_FF, 5}, {"FF6", F_FF, 6}, {"HH24", F_HH24, 2},
	{"HH12", F_HH12, 2}, {"HH", F_HH12, 2}, {"IDDD", F_IDDD, 3}, {"ID", F_ID, 1}, {"IW", F_IW, 2}, {"IYYY", F_IYEAR, 4},
	{"IYY", F_IYEAR, 3}, {"IY", F_IYEAR, 2}, {"I", F_IYEAR, 1}, {"J", F_J, 0}, {"MI", F_MI, 2}, {"MM", F_MM, 2},
	{"MONTH", F_MONTH, 0}, {"MON", F_MON, 0}, {"MS", F_MS, 3}, {"OF", F_OF, 0}, {"P.M.", F_AM_DOTS, 0}, {"PM", F_AM, 0},
	{"Q", F_Q, 1}, {"RM", F_RM, 0}, {"SSSSS", F_SSSS, 0}, {"SSSS", F_SSSS, 0}, {"SS", F_SS, 2}, {"TZH", F_TZH, 0},
	{"TZM", F_TZM, 0}, {"TZ", F_TZ, 0}, {"US", F_US, 6}, {"WW", F_WW, 2}, {"W", F_W, 1}, {"Y,YYY", F_Y_YYY, 0},
	{"YYYY", F_YEAR, 4}, {"YYY", F_YEAR, 3}, {"YY", F_YEAR, 2}, {"Y", F_YEAR, 1},
};

typedef struct DateValue
{
	struct pg_tm tm;
	int64 hour; /* of an interval beyond 24 */
	fsec_t fsec;
	int zone;
	const char *zone_name;
	bool has_zone;
	bool interval;
} DateValue;

/* ABC, Abc or abc as the pattern is written. */
static void
put_cased(StringInfo out, const char *word, const char *pattern, int pad)
{
	bool upper = isupper((unsigned char) pattern[0]);
	bool rest_upper = upper && isupper((unsigned char) pattern[1]);
	int n = 0;

	for (; word[n]; n++)
	{
		char c = word[n];

		appendStringInfoChar(out, (char) ((n == 0 ? upper : rest_upper) ? toupper((unsigned char) c) : tolower((unsigned char) c)));
	}
	for (; n < pad; n++)
		appendStringInfoChar(out, ' ');
}

static void
put_number(StringInfo out, int64 value, int width, bool fill_mode)
{
	bool negative = value < 0;

	if (fill_mode)
		width = 0;
	else if (negative)
		width++;
	appendStringInfo(out, "%0*lld", width, (long long) value);
}

static int
shown_year(const DateValue *v, int year)
{
	return v->interval ? year : year > 0 ? year : 1 - year;
}

static void
put_year(StringInfo out, const DateValue *v, int year, int digits, bool fill_mode)
{
	static const int powers[] = {1, 10, 100, 1000};
	int shown = shown_year(v, year);

	put_number(out, digits == 4 ? shown : shown % powers[digits], digits, fill_mode);
}

static void
put_field(StringInfo out, const DateValue *v, DateField field, int digits, const char *pattern, bool fill_mode)
{
	static const char *const full_months[] = {"January", "February", "March",	  "April",	 "May",		 "June",
											  "July",	 "August",	 "September", "October", "November", "December"};
	static const char *const roman_months[] = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"};
	const struct pg_tm *tm = &v->tm;
	static const int fraction_divisors[] = {0, 100000, 10000, 1000, 100, 10, 1};
	int weekday = v->interval ? 0 : j2day(date2j(tm->tm_year, tm->tm_mon, tm->tm_mday));
	int day_of_year = v->interval ? tm->tm_year * 12 * 30 + tm->tm_mon * 30 + tm->tm_mday
								  : date2j(tm->tm_year, tm->tm_mon, tm->tm_mday) - date2j(tm->tm_year, 1, 1) + 1;
	int century;

	/* an interval without months has no month's name */
	if (tm->tm_mon == 0 && (field == F_MONTH || field == F_MON || field == F_RM))
		return;
	switch (field)
	{
		case F_AM:
			put_cased(out, v->hour % 24 >= 12 ? "pm" : "am", isupper((unsigned char) *pattern) ? "AA" : "aa", 0);
			break;
		case F_AM_DOTS:
			put_cased(out, v->hour % 24 >= 12 ? "p.m." : "a.m.", isupper((unsigned char) *pattern) ? "AA" : "aa", 0);
			break;
		case F_AD:
			put_cased(out, tm->tm_year <= 0 ? "bc" : "ad", isupper((unsigned char) *pattern) ? "AA" : "aa", 0);
			break;
		case F_AD_DOTS:
			put_cased(out, tm->tm_year <= 0 ? "b.c." : "a.d.", isupper((unsigned char) *pattern) ? "AA" : "aa", 0);
			break;
		case F_HH24:
			put_number(out, v->hour, 2, fill_mode);
			break;
		case F_HH12:
			put_number(out, v->hour % 12 == 0 ? 12 : v->hour % 12, 2, fill_mode);
			break;
		case F_MI:
			put_number(out, tm->tm_min, 2, fill_mode);
			break;
		case F_SS:
			put_number(out, tm->tm_sec, 2, fill_mode);
			break;
		case F_MS:
			put_number(out, v->fsec / 1000, 3, false);
			break;
		case F_US:
			put_number(out, v->fsec, 6, false);
			break;
		case F_FF:
			put_number(out, v->fsec / fraction_divisors[digits], digits, false);
			break;
		case F_SSSS:
			appendStringInfo(out, "%lld", (long long) (v->hour * 3600 + tm->tm_min * 60 + tm->tm_sec));
			break;
		case F_TZ:
			if (v->zone_name)
				put_cased(out, v->zone_name, isupper((unsigned char) *pattern) ? "AA" : "aa", 0);
			break;
		case F_TZH:
			appendStringInfo(out, "%c%02d", v->zone > 0 ? '-' : '+', abs(v->zone) / SECS_PER_HOUR);
			break;
		case F_TZM:
			appendStringInfo(out, "%02d", abs(v->zone) % SECS_PER_HOUR / SECS_PER_MINUTE);
			break;
		case F_OF:
			appendStringInfo(out, "%c%0*d", v->zone > 0 ? '-' : '+', fill_mode ? 0 : 2, abs(v->zone) / SECS_PER_HOUR);
			if (abs(v->zone) % SECS_PER_HOUR != 0)
				appendStringInfo(out, ":%02d", abs(v->zone) % SECS_PER_HOUR / SECS_PER_MINUTE);
			break;
		case F_MONTH:
			put_cased(out, full_months[tm->tm_mon - 1], pattern, fill_mode ? 0 : 9);
			break;
		case F_MON:
			put_cased(out, months[tm->tm_mon - 1], pattern, 0);
			break;
		case F_MM:
			put_number(out, tm->tm_mon, 2, fill_mode);
			break;
		case F_DAY:
			put_cased(out, days[weekday], pattern, fill_mode ? 0 : 9);
			break;
		case F_DY:
			put_cased(out, pnstrdup(days[weekday], 3), pattern, 0);
			break;
		case F_DDD:
			put_number(out, day_of_year, 3, fill_mode);
			break;
		case F_IDDD:
			put_number(out, date2isoyearday(tm->tm_year, tm->tm_mon, tm->tm_mday), 3, fill_mode);
			break;
		case F_DD:
			put_number(out, tm->tm_mday, 2, fill_mode);
			break;
		case F_D:
			appendStringInfo(out, "%d", weekday + 1);
			break;
		case F_ID:
			appendStringInfo(out, "%d", weekday == 0 ? 7 : weekday);
			break;
		case F_WW:
			put_number(out, (day_of_year - 1) / 7 + 1, 2, fill_mode);
			break;
		case F_IW:
			put_number(out, date2isoweek(tm->tm_year, tm->tm_mon, tm->tm_mday), 2, fill_mode);
			break;
		case F_W:
			appendStringInfo(out, "%d", (tm->tm_mday - 1) / 7 + 1);
			break;
		case F_Q:
			if (tm->tm_mon > 0)
				appendStringInfo(out, "%d", (tm->tm_mon - 1) / 3 + 1);
			break;
		case F_CC:
			century = v->interval ? tm->tm_year / 100 : tm->tm_year > 0 ? (tm->tm_year - 1) / 100 + 1 : tm->tm_year / 100 - 1;
			if (century >= -99 && century <= 99)
				put_number(out, century, 2, fill_mode);
			else
				appendStringInfo(out, "%d", century);
			break;
		case F_Y_YYY:
			appendStringInfo(out, "%d,%03d", shown_year(v, tm->tm_year) / 1000, shown_year(v, tm->tm_year) % 1000);
			break;
		case F_YEAR:
			put_year(out, v, tm->tm_year, digits, fill_mode);
			break;
		case F_IYEAR:
			put_year(out, v, date2isoyear(tm->tm_year, tm->tm_mon, tm->tm_mday), digits, fill_mode);
			break;
		case F_RM:
			put_cased(out, roman_months[tm->tm_mon - 1], isupper((unsigned char) *pattern) ? "AA" : "aa", fill_mode ? 0 : 4);
			break;
		case F_J:
			appendStringInfo(out, "%d", date2j(tm->tm_year, tm->tm_mon, tm->tm_mday));
			break;
	}
}

/* TH or th behind a field: the ordinal ending of the number just written. */
static void
put_ordinal(StringInfo out, int from, const char *th)
{
	char last = out->data[out->len - 1];
	const char *suffix = "th";

	if (!(out->len - from > 1 && out->data[out->len - 2] == '1'))
		suffix = last == '1' ? "st" : last == '2' ? "nd" : last == '3' ? "rd" : "th";
	put_cased(out, suffix, *th == 'T' ? "AA" : "aa", 0);
}

static text *
format_date(const DateValue *v, text *format)
{
	char *pattern = text_to_cstring(format);
	StringInfoData out;

	initStringInfo(&out);
	for (const char *s = pattern; *s;)
	{
		bool fill_mode = false;
		bool found = false;
		const char *field_start;

		if (*s == '"')
		{
			for (s++; *s && *s != '"'; s++)
			{
				if (*s == '\\' && s[1])
					s++;
				appendStringInfoChar(&out, *s);
			}
			s += *s == '"';
			continue;
		}
		if (*s == '\\' && s[1])
			s++;
		field_start = s;
		while (strncasecmp(s, "FM", 2) == 0 || strncasecmp(s, "TM", 2) == 0 || strncasecmp(s, "FX", 2) == 0)
		{
			fill_mode = fill_mode || strncasecmp(s, "FM", 2) == 0;
			s += 2;
		}
		for (size_t i = 0; i < lengthof(fields) && !found; i++)
		{
			size_t len = strlen(fields[i].word);

			if (strncasecmp(s, fields[i].word, len) == 0)
			{
				int from = out.len;

				if (v->interval && (fields[i].field == F_TZ || fields[i].field == F_OF || fields[i].field == F_TZH || fields[i].field == F_TZM ||
									fields[i].field == F_AD || fields[i].field == F_AD_DOTS || fields[i].field == F_D ||
									fields[i].field == F_ID || fields[i].field == F_DY || fields[i].field == F_DAY))
					ereport(ERROR, errcode(ERRCODE_INVALID_DATETIME_FORMAT),
							errmsg("invalid format specification for an interval value"),
							errhint("Intervals are not tied to specific calendar dates."));
				put_field(&out, v, fields[i].field, fields[i].digits, s, fill_mode);
				s += len;
				if (strncmp(s, "TH", 2) == 0 || strncmp(s, "th", 2) == 0)
				{
					if (out.len > from)
						put_ordinal(&out, from, s);
					s += 2;
				}
				found = true;
			}
		}
		if (!found)
		{
			if (s == field_start)
				appendStringInfoChar(&out, *s++);
		}
	}
	return cstring_to_text_with_len(out.data, out.len);
}

static Datum
timestamp_text(FunctionCallInfo fcinfo, bool with_zone)
{
	Timestamp timestamp = PG_GETARG_TIMESTAMP(0);
	text *format = PG_GETARG_TEXT_PP(1);
	DateValue v = {.has_zone = with_zone};

	if (VARSIZE_ANY_EXHDR(format) == 0 || TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_NULL();
	if (timestamp2tm(timestamp, with_zone ? &v.zone : NULL, &v.tm, &v.fsec, with_zone ? &v.zone_name : NULL, NULL) != 0)
		timestamp_out_of_range();
	v.hour = v.tm.tm_hour;
	PG_RETURN_TEXT_P(format_date(&v, format));
}

Datum
timestamp_to_char(PG_FUNCTION_ARGS)
{
	return timestamp_text(fcinfo, false);
}

Datum
timestamptz_to_char(PG_FUNCTION_ARGS)
{
	return timestamp_text(fcinfo, true);
}

Datum
interval_to_char(PG_FUNCTION_ARGS)
{
	Interval *interval = PG_GETARG_INTERVAL_P(0);
	text *format = PG_GETARG_TEXT_PP(1);
	DateValue v = {.interval = true};
	int64 time = interval->time;

	if (VARSIZE_ANY_EXHDR(format) == 0)
		PG_RETURN_NULL();
	v.tm.tm_year = interval->month / 12;
	v.tm.tm_mon = interval->month % 12;
	v.tm.tm_mday = interval->day;
	v.hour = time / USECS_PER_HOUR;
	time -= v.hour * USECS_PER_HOUR;
	v.tm.tm_min = (int) (time / USECS_PER_MINUTE);
	time -= v.tm.tm_min * USECS_PER_MINUTE;
	v.tm.tm_sec = (int) (time / USECS_PER_SEC);
	v.fsec = (fsec_t) (time - v.tm.tm_sec * USECS_PER_SEC);
	PG_RETURN_TEXT_P(format_date(&v, format));
}
