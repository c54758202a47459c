/*
 * datatype/timestamp.h
 *    Representation of dates and times: microseconds and days counted from 2000-01-01.
 *
 * The extreme integers stand for infinity and -infinity. An interval keeps months, days and microseconds apart because
 * neither a month nor a day has a fixed length.
 */
#ifndef DATATYPE_TIMESTAMP_H
#define DATATYPE_TIMESTAMP_H

#include "c.h"

typedef int64 Timestamp;
typedef int64 TimestampTz;
typedef int64 TimeOffset;
typedef int32 fsec_t; /* microseconds within a second */

typedef struct
{
	TimeOffset time; /* microseconds */
	int32 day;
	int32 month;
} Interval;

#define MAX_TIMESTAMP_PRECISION 6
#define MAX_INTERVAL_PRECISION 6

#define YEARS_PER_CENTURY 100
#define DAYS_PER_YEAR 365.25
#define MONTHS_PER_YEAR 12
#define DAYS_PER_MONTH 30 /* what justify_days and interval comparison take a month for */
#define DAYS_PER_WEEK 7
#define HOURS_PER_DAY 24
#define MINS_PER_HOUR 60
#define SECS_PER_YEAR (36525 * 864)
#define SECS_PER_DAY 86400
#define SECS_PER_HOUR 3600
#define SECS_PER_MINUTE 60
#define USECS_PER_DAY INT64CONST(86400000000)
#define USECS_PER_HOUR INT64CONST(3600000000)
#define USECS_PER_MINUTE INT64CONST(60000000)
#define USECS_PER_SEC INT64CONST(1000000)

/* Displacement of a time zone from UTC must be smaller than this. */
#define MAX_TZDISP_HOUR 15
#define TZDISP_LIMIT ((MAX_TZDISP_HOUR + 1) * SECS_PER_HOUR)

#define DT_NOBEGIN PG_INT64_MIN
#define DT_NOEND PG_INT64_MAX
#define TIMESTAMP_NOBEGIN(j) ((j) = DT_NOBEGIN)
#define TIMESTAMP_IS_NOBEGIN(j) ((j) == DT_NOBEGIN)
#define TIMESTAMP_NOEND(j) ((j) = DT_NOEND)
#define TIMESTAMP_IS_NOEND(j) ((j) == DT_NOEND)
#define TIMESTAMP_NOT_FINITE(j) (TIMESTAMP_IS_NOBEGIN(j) || TIMESTAMP_IS_NOEND(j))

#define JULIAN_MINYEAR (-4713)
#define JULIAN_MINMONTH 11
#define JULIAN_MINDAY 24
#define JULIAN_MAXYEAR 5874898
#define JULIAN_MAXMONTH 6
#define JULIAN_MAXDAY 3
#define IS_VALID_JULIAN(y, m, d)                                               \
	(((y) > JULIAN_MINYEAR || ((y) == JULIAN_MINYEAR && (m) >= JULIAN_MINMONTH)) && \
	 ((y) < JULIAN_MAXYEAR || ((y) == JULIAN_MAXYEAR && (m) < JULIAN_MAXMONTH)))

#define UNIX_EPOCH_JDATE 2440588
#define POSTGRES_EPOCH_JDATE 2451545
#define DATETIME_MIN_JULIAN 0
#define DATE_END_JULIAN 2147483494
#define TIMESTAMP_END_JULIAN 109203528
#define MIN_TIMESTAMP INT64CONST(-211813488000000000)
#define END_TIMESTAMP INT64CONST(9223371331200000000)
#define IS_VALID_DATE(d) \
	((DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE) <= (d) && (d) < (DATE_END_JULIAN - POSTGRES_EPOCH_JDATE))
#define IS_VALID_TIMESTAMP(t) (MIN_TIMESTAMP <= (t) && (t) < END_TIMESTAMP)

#endif /* DATATYPE_TIMESTAMP_H */
