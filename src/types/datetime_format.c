/*
 * datetime_format.c
 *    Writing dates, times, timestamps and intervals in the styles of DateStyle and IntervalStyle.
 */
#include "postgres.h"

#include "types/datetime.h"

#define ROOM (MAXDATELEN + 1)

/* ---- pieces. Each appends at s and returns the new end. */
static char *
put_padded(char *s, int value, int width)
{
	return pg_ultostr_zeropad(s, (uint32) value, width);
}

/* Seconds with as many decimals as are not zero. */
static char *
put_seconds(char *s, int sec, fsec_t fsec, bool zero_pad)
{
	if (zero_pad || sec >= 10)
		s = put_padded(s, abs(sec), 2);
	else
		s = put_padded(s, abs(sec), 1);
	if (fsec != 0)
	{
		int value = abs(fsec);
		int digits = 6;

		while (value % 10 == 0)
		{
			value /= 10;
			digits--;
		}
		*s++ = '.';
		s = put_padded(s, value, digits);
	}
	return s;
}

/* Zone in seconds west: +hh, with minutes and seconds where they are not zero. */
static char *
put_zone(char *s, int zone, int style)
{
	int seconds = abs(zone);

	*s++ = zone <= 0 ? '+' : '-';
	s = put_padded(s, seconds / SECS_PER_HOUR, 2);
	if (seconds % SECS_PER_HOUR != 0 || style == USE_XSD_DATES)
	{
		*s++ = ':';
		s = put_padded(s, seconds / SECS_PER_MINUTE % 60, 2);
	}
	if (seconds % SECS_PER_MINUTE != 0)
	{
		*s++ = ':';
		s = put_padded(s, seconds % 60, 2);
	}
	return s;
}

/* There is no year 0: 0 is 1 BC. */
static int
shown_year(int year)
{
	return year > 0 ? year : 1 - year;
}

static char *
put_text(char *s, const char *text)
{
	size_t len = strlen(text);

	memcpy(s, text, len);
	return s + len;
}

static char *
put_date(char *s, const struct pg_tm *tm, int style)
{
	bool day_first = DateOrder == DATEORDER_DMY;
	int first = day_first ? tm->tm_mday : tm->tm_mon;
	int second = day_first ? tm->tm_mon : tm->tm_mday;
	char separator = style == USE_SQL_DATES ? '/' : '-';

	switch (style)
	{
		case USE_ISO_DATES:
		case USE_XSD_DATES:
			s = put_padded(s, shown_year(tm->tm_year), 4);
			*s++ = '-';
			s = put_padded(s, tm->tm_mon, 2);
			*s++ = '-';
			return put_padded(s, tm->tm_mday, 2);
		case USE_GERMAN_DATES:
			first = tm->tm_mday;
			second = tm->tm_mon;
			separator = '.';
			break;
	}
	s = put_padded(s, first, 2);
	*s++ = separator;
	s = put_padded(s, second, 2);
	*s++ = separator;
	return put_padded(s, shown_year(tm->tm_year), 4);
}

static char *
put_time(char *s, const struct pg_tm *tm, fsec_t fsec)
{
	s = put_padded(s, tm->tm_hour, 2);
	*s++ = ':';
	s = put_padded(s, tm->tm_min, 2);
	*s++ = ':';
	return put_seconds(s, tm->tm_sec, fsec, true);
}

void
EncodeDateOnly(struct pg_tm *tm, int style, char *str)
{
	str = put_date(str, tm, style);
	if (tm->tm_year <= 0)
		str = put_text(str, " BC");
	*str = '\0';
}

void
EncodeTimeOnly(struct pg_tm *tm, fsec_t fsec, bool print_tz, int tz, int style, char *str)
{
	str = put_time(str, tm, fsec);
	if (print_tz)
		str = put_zone(str, tz, style);
	*str = '\0';
}

static char *
put_zone_name(char *s, int tz, const char *tzn, int style)
{
	if (tzn && tzn[0] != '+' && tzn[0] != '-' && !(tzn[0] >= '0' && tzn[0] <= '9'))
	{
		*s++ = ' ';
		return s + snprintf(s, MAXTZLEN + 1, "%.*s", MAXTZLEN, tzn);
	}
	/* a zone without a name gets its offset, apart from the year in the traditional style */
	if (style == USE_POSTGRES_DATES)
		*s++ = ' ';
	return put_zone(s, tz, style);
}

void
EncodeDateTime(struct pg_tm *tm, fsec_t fsec, bool print_tz, int tz, const char *tzn, int style, char *str)
{
	switch (style)
	{
		case USE_ISO_DATES:
		case USE_XSD_DATES:
			str = put_date(str, tm, style);
			*str++ = style == USE_ISO_DATES ? ' ' : 'T';
			str = put_time(str, tm, fsec);
			if (print_tz)
				str = put_zone(str, tz, style);
			break;
		case USE_SQL_DATES:
		case USE_GERMAN_DATES:
			str = put_date(str, tm, style);
			*str++ = ' ';
			str = put_time(str, tm, fsec);
			if (print_tz)
				str = put_zone_name(str, tz, tzn, style);
			break;
		default:
			/* Wed Dec 17 07:37:16 1997 PST */
			str = put_text(str, pnstrdup(days[j2day(date2j(tm->tm_year, tm->tm_mon, tm->tm_mday))], 3));
			*str++ = ' ';
			if (DateOrder == DATEORDER_DMY)
			{
				str = put_padded(str, tm->tm_mday, 2);
				*str++ = ' ';
				str = put_text(str, months[tm->tm_mon - 1]);
			}
			else
			{
				str = put_text(str, months[tm->tm_mon - 1]);
				*str++ = ' ';
				str = put_padded(str, tm->tm_mday, 2);
			}
			*str++ = ' ';
			str = put_time(str, tm, fsec);
			*str++ = ' ';
			str = put_padded(str, shown_year(tm->tm_year), 4);
			if (print_tz)
				str = put_zone_name(str, tz, tzn, USE_POSTGRES_DATES);
			break;
	}
	if (tm->tm_year <= 0)
		str = put_text(str, " BC");
	*str = '\0';
}

void
EncodeSpecialTimestamp(Timestamp dt, char *str)
{
	strlcpy(str, TIMESTAMP_IS_NOBEGIN(dt) ? "-infinity" : "infinity", ROOM);
}

/* ---- intervals */
typedef struct IntervalFields
{
	int year;
	int mon;
	int day;
	int64 hour;
	int min;
	int sec;
	int fsec;
} IntervalFields;

static IntervalFields
interval_fields(const Interval *interval)
{
	int64 time = interval->time;
	IntervalFields f;

	f.year = interval->month / 12;
	f.mon = interval->month % 12;
	f.day = interval->day;
	f.hour = time / USECS_PER_HOUR;
	time -= f.hour * USECS_PER_HOUR;
	f.min = (int) (time / USECS_PER_MINUTE);
	time -= f.min * USECS_PER_MINUTE;
	f.sec = (int) (time / USECS_PER_SEC);
	f.fsec = (int) (time - f.sec * USECS_PER_SEC);
	return f;
}

/* "1 year", "-2 mons": a blank in front unless first; a plus after a negative field. */
static char *
put_unit(char *s, int64 value, const char *unit, bool *first, bool *negative_before)
{
	if (value == 0)
		return s;
	s += snprintf(s, 40, "%s%s%lld %s%s", *first ? "" : " ", *negative_before && value > 0 ? "+" : "", (long long) value, unit,
				  value == 1 ? "" : "s");
	*negative_before = value < 0;
	*first = false;
	return s;
}

static void
format_postgres(const IntervalFields *f, char *s)
{
	bool first = true;
	bool negative = false;

	s = put_unit(s, f->year, "year", &first, &negative);
	s = put_unit(s, f->mon, "mon", &first, &negative);
	s = put_unit(s, f->day, "day", &first, &negative);
	if (first || f->hour != 0 || f->min != 0 || f->sec != 0 || f->fsec != 0)
	{
		bool minus = f->hour < 0 || f->min < 0 || f->sec < 0 || f->fsec < 0;

		s += snprintf(s, 64, "%s%s%02lld:%02d:", first ? "" : " ", minus ? "-" : (negative ? "+" : ""),
					  (long long) (f->hour < 0 ? -f->hour : f->hour), abs(f->min));
		s = put_seconds(s, f->sec, f->fsec, true);
	}
	*s = '\0';
}

/* "1-2 3 4:05:06"; signs are written everywhere once fields differ in sign */
static void
format_sql(const IntervalFields *f, char *s)
{
	bool has_negative = f->year < 0 || f->mon < 0 || f->day < 0 || f->hour < 0 || f->min < 0 || f->sec < 0 || f->fsec < 0;
	bool has_positive = f->year > 0 || f->mon > 0 || f->day > 0 || f->hour > 0 || f->min > 0 || f->sec > 0 || f->fsec > 0;
	bool has_year_month = f->year != 0 || f->mon != 0;
	bool has_day_time = f->day != 0 || f->hour != 0 || f->min != 0 || f->sec != 0 || f->fsec != 0;
	bool standard = !(has_negative && has_positive) && !(has_year_month && has_day_time);
	bool time_negative = f->hour < 0 || f->min < 0 || f->sec < 0 || f->fsec < 0;
	int64 hour = f->hour < 0 ? -f->hour : f->hour;

	if (!has_negative && !has_positive)
	{
		strlcpy(s, "0", ROOM);
		return;
	}
	if (!standard)
	{
		s += snprintf(s, ROOM, "%c%d-%d %c%lld %c%lld:%02d:", f->year < 0 || f->mon < 0 ? '-' : '+', abs(f->year),
					  abs(f->mon), f->day < 0 ? '-' : '+', (long long) llabs(f->day), time_negative ? '-' : '+',
					  (long long) hour, abs(f->min));
		s = put_seconds(s, f->sec, f->fsec, true);
	}
	else
	{
		if (has_negative)
			*s++ = '-';
		if (has_year_month)
			s += snprintf(s, ROOM - 1, "%d-%d", abs(f->year), abs(f->mon));
		else
		{
			if (f->day != 0)
				s += snprintf(s, ROOM - 1, "%lld ", (long long) llabs(f->day));
			s += snprintf(s, 64, "%lld:%02d:", (long long) hour, abs(f->min));
			s = put_seconds(s, f->sec, f->fsec, true);
		}
	}
	*s = '\0';
}

static char *
put_iso_part(char *s, int64 value, char unit)
{
	return value == 0 ? s : s + snprintf(s, 32, "%lld%c", (long long) value, unit);
}

static void
format_iso(const IntervalFields *f, char *s)
{
	*s++ = 'P';
	if (f->year == 0 && f->mon == 0 && f->day == 0 && f->hour == 0 && f->min == 0 && f->sec == 0 && f->fsec == 0)
	{
		strlcpy(s, "T0S", ROOM - 1);
		return;
	}
	s = put_iso_part(s, f->year, 'Y');
	s = put_iso_part(s, f->mon, 'M');
	s = put_iso_part(s, f->day, 'D');
	if (f->hour != 0 || f->min != 0 || f->sec != 0 || f->fsec != 0)
		*s++ = 'T';
	s = put_iso_part(s, f->hour, 'H');
	s = put_iso_part(s, f->min, 'M');
	if (f->sec != 0 || f->fsec != 0)
	{
		if (f->sec < 0 || f->fsec < 0)
			*s++ = '-';
		s = put_seconds(s, f->sec, f->fsec, false);
		*s++ = 'S';
	}
	*s = '\0';
}

/* "@ 1 year 2 mons -3 days 4 hours ago": the first field's sign is the whole's */
static char *
put_verbose_unit(char *s, int64 value, const char *unit, bool *first, bool *ago)
{
	if (value == 0)
		return s;
	if (*first)
	{
		*ago = value < 0;
		value = value < 0 ? -value : value;
	}
	else if (*ago)
		value = -value;
	*first = false;
	return s + snprintf(s, 40, " %lld %s%s", (long long) value, unit, value == 1 || value == -1 ? "" : "s");
}

static void
format_verbose(const IntervalFields *f, char *s)
{
	bool first = true;
	bool ago = false;

	*s++ = '@';
	s = put_verbose_unit(s, f->year, "year", &first, &ago);
	s = put_verbose_unit(s, f->mon, "mon", &first, &ago);
	s = put_verbose_unit(s, f->day, "day", &first, &ago);
	s = put_verbose_unit(s, f->hour, "hour", &first, &ago);
	s = put_verbose_unit(s, f->min, "min", &first, &ago);
	if (f->sec != 0 || f->fsec != 0)
	{
		bool negative = f->sec < 0 || f->fsec < 0;

		*s++ = ' ';
		if (first)
			ago = negative;
		else if (negative != ago)
			*s++ = '-';
		s = put_seconds(s, f->sec, f->fsec, false);
		s = put_text(s, abs(f->sec) != 1 || f->fsec != 0 ? " secs" : " sec");
		first = false;
	}
	if (first)
		s = put_text(s, " 0");
	if (ago)
		s = put_text(s, " ago");
	*s = '\0';
}

void
interval_format(const Interval *interval, int style, char *str)
{
	IntervalFields f = interval_fields(interval);

	switch (style)
	{
		case INTSTYLE_SQL_STANDARD:
			format_sql(&f, str);
			break;
		case INTSTYLE_ISO_8601:
			format_iso(&f, str);
			break;
		case INTSTYLE_POSTGRES_VERBOSE:
			format_verbose(&f, str);
			break;
		default:
			format_postgres(&f, str);
			break;
	}
}
