/*
 * calendar.c
 *    The proleptic Gregorian calendar: days to dates and back, ISO weeks, timestamps to fields and back.
 *
 * Days are counted as Julian days (0 = 4714-11-24 BC). Internally years begin in March, so that the leap day is the last
 * of its year and month lengths follow a line: (153 m + 2) / 5.
 */
#include "postgres.h"

#include <limits.h>

#include "types/datetime.h"

const int day_tab[2][13] = {{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0},
							{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0}};
const char *const months[13] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", NULL};
const char *const days[8] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", NULL};

#define DAYS_PER_ERA 146097 /* 400 years */
#define ERA_START_JULIAN 1721120 /* 0000-03-01 */

int
date2j(int year, int month, int day)
{
	int64 y = (int64) year - (month <= 2);
	int64 era = (y >= 0 ? y : y - 399) / 400;
	int64 year_of_era = y - era * 400;
	int64 shifted_month = month + (month > 2 ? -3 : 9);
	int64 day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
	int64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return (int) (era * DAYS_PER_ERA + day_of_era + ERA_START_JULIAN);
}

void
j2date(int jd, int *year, int *month, int *day)
{
	int64 z = (int64) jd - ERA_START_JULIAN;
	int64 era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64 day_of_era = z - era * DAYS_PER_ERA;
	int64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64 shifted_month = (5 * day_of_year + 2) / 153;

	*day = (int) (day_of_year - (153 * shifted_month + 2) / 5 + 1);
	*month = (int) (shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
	*year = (int) (year_of_era + era * 400 + (*month <= 2));
}

int
j2day(int jd)
{
	int day = (int) (((int64) jd + 1) % 7);

	return day < 0 ? day + 7 : day;
}

/* ---- ISO weeks: they begin on Monday, the first holds January 4th */
/* The Monday of week 1 of an ISO year. */
static int
iso_year_start(int year)
{
	int fourth = date2j(year, 1, 4);

	return fourth - (j2day(fourth) + 6) % 7;
}

int
isoweek2j(int year, int week)
{
	return iso_year_start(year) + (week - 1) * 7;
}

void
isoweek2date(int woy, int *year, int *mon, int *mday)
{
	j2date(isoweek2j(*year, woy), year, mon, mday);
}

/* wday: 1 = Sunday, as to_date's field D has it. */
void
isoweekdate2date(int isoweek, int wday, int *year, int *mon, int *mday)
{
	int jd = isoweek2j(*year, isoweek);

	j2date(wday > 1 ? jd + wday - 2 : jd + 6, year, mon, mday);
}

int
date2isoyear(int year, int mon, int mday)
{
	int jd = date2j(year, mon, mday);

	if (jd < iso_year_start(year))
		return year - 1;
	return jd >= iso_year_start(year + 1) ? year + 1 : year;
}

int
date2isoweek(int year, int mon, int mday)
{
	return (date2j(year, mon, mday) - iso_year_start(date2isoyear(year, mon, mday))) / 7 + 1;
}

int
date2isoyearday(int year, int mon, int mday)
{
	return date2j(year, mon, mday) - iso_year_start(date2isoyear(year, mon, mday)) + 1;
}

/* ---- timestamps */
/* Splits into whole days and the non-negative rest. */
static int64
split_days(Timestamp t, int64 *rest)
{
	int64 whole_days = t / USECS_PER_DAY;

	*rest = t % USECS_PER_DAY;
	if (*rest < 0)
	{
		*rest += USECS_PER_DAY;
		whole_days--;
	}
	return whole_days;
}

void
dt2time(Timestamp dt, int *hour, int *min, int *sec, fsec_t *fsec)
{
	int64 time = dt;

	*hour = (int) (time / USECS_PER_HOUR);
	time -= *hour * USECS_PER_HOUR;
	*min = (int) (time / USECS_PER_MINUTE);
	time -= *min * USECS_PER_MINUTE;
	*sec = (int) (time / USECS_PER_SEC);
	*fsec = (fsec_t) (time - *sec * USECS_PER_SEC);
}

/* With tzp: dt is UTC and shown in attimezone (NULL: the session's); without: as it is. */
int
timestamp2tm(Timestamp dt, int *tzp, struct pg_tm *tm, fsec_t *fsec, const char **tzn, pg_tz *attimezone)
{
	int64 rest;
	int64 day_number = split_days(dt, &rest) + POSTGRES_EPOCH_JDATE;

	if (attimezone == NULL)
		attimezone = session_timezone;
	if (day_number < 0 || day_number > INT_MAX)
		return -1;
	tm->tm_isdst = -1;
	tm->tm_gmtoff = 0;
	tm->tm_zone = NULL;
	if (tzp)
	{
		pg_time_t utc = (day_number - UNIX_EPOCH_JDATE) * SECS_PER_DAY + rest / USECS_PER_SEC;
		struct pg_tm *local = pg_localtime(&utc, attimezone);

		if (local == NULL)
			return -1;
		*tm = *local;
		tm->tm_year += 1900;
		tm->tm_mon += 1;
		*fsec = (fsec_t) (rest % USECS_PER_SEC);
		*tzp = (int) -tm->tm_gmtoff;
		if (tzn)
			*tzn = tm->tm_zone;
		return 0;
	}
	j2date((int) day_number, &tm->tm_year, &tm->tm_mon, &tm->tm_mday);
	dt2time(rest, &tm->tm_hour, &tm->tm_min, &tm->tm_sec, fsec);
	if (tzn)
		*tzn = NULL;
	return 0;
}

int
tm2timestamp(struct pg_tm *tm, fsec_t fsec, int *tzp, Timestamp *result)
{
	int64 day_number;
	int64 time;
	int64 value;

	if (!IS_VALID_JULIAN(tm->tm_year, tm->tm_mon, tm->tm_mday))
		goto fail;
	day_number = (int64) date2j(tm->tm_year, tm->tm_mon, tm->tm_mday) - POSTGRES_EPOCH_JDATE;
	time = ((tm->tm_hour * 60 + tm->tm_min) * 60 + tm->tm_sec) * USECS_PER_SEC + fsec;
	if (__builtin_mul_overflow(day_number, USECS_PER_DAY, &value) || __builtin_add_overflow(value, time, &value))
		goto fail;
	if (tzp && __builtin_add_overflow(value, *tzp * USECS_PER_SEC, &value))
		goto fail;
	if (!IS_VALID_TIMESTAMP(value))
		goto fail;
	*result = value;
	return 0;

fail:
	*result = 0;
	return -1;
}

void
GetEpochTime(struct pg_tm *tm)
{
	memset(tm, 0, sizeof(*tm));
	tm->tm_year = 1970;
	tm->tm_mon = 1;
	tm->tm_mday = 1;
}

Timestamp
SetEpochTimestamp(void)
{
	return ((int64) UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
}

/* ---- local time to offset */
/*
 * A local time may exist twice (clocks were set back) or not at all (set forward). In the first case the later meaning is
 * taken, standard time; in the second the offset before the change.
 */
int
DetermineTimeZoneOffset(struct pg_tm *tm, pg_tz *tzp)
{
	pg_time_t local;
	pg_time_t day_before;
	pg_time_t boundary;
	long int before_offset;
	long int after_offset;
	int before_dst;
	int after_dst;
	int found;

	if (!IS_VALID_JULIAN(tm->tm_year, tm->tm_mon, tm->tm_mday))
	{
		tm->tm_isdst = 0;
		return 0;
	}
	local = ((pg_time_t) date2j(tm->tm_year, tm->tm_mon, tm->tm_mday) - UNIX_EPOCH_JDATE) * SECS_PER_DAY +
			tm->tm_hour * SECS_PER_HOUR + tm->tm_min * SECS_PER_MINUTE + tm->tm_sec;
	day_before = local - SECS_PER_DAY;
	found = pg_next_dst_boundary(&day_before, &before_offset, &before_dst, &boundary, &after_offset, &after_dst, tzp);
	if (found < 0)
	{
		tm->tm_isdst = 0;
		return 0;
	}
	if (found > 0)
	{
		bool after_holds = local - after_offset >= boundary;

		/* both: ambiguous, take the later; neither: a gap, take the earlier */
		if (after_holds)
		{
			tm->tm_isdst = after_dst;
			return (int) -after_offset;
		}
	}
	tm->tm_isdst = before_dst;
	return (int) -before_offset;
}
