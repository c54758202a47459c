/*
 * clock.c
 *    The time of day as TimestampTz: microseconds since 2000-01-01 UTC.
 */
#include "postgres.h"

#include <time.h>

#include "datatype/timestamp.h"
#include "utils/timestamp.h"

#define SECONDS_1970_TO_2000 INT64CONST(946684800)

TimestampTz
GetCurrentTimestamp(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ((int64) now.tv_sec - SECONDS_1970_TO_2000) * 1000000 + now.tv_nsec / 1000;
}

TimestampTz
time_t_to_timestamptz(pg_time_t tm)
{
	return ((int64) tm - SECONDS_1970_TO_2000) * 1000000;
}

pg_time_t
timestamptz_to_time_t(TimestampTz t)
{
	return (pg_time_t) (t / 1000000 + SECONDS_1970_TO_2000);
}

/* How long from start to stop; zero when stop is not later. */
void
TimestampDifference(TimestampTz start_time, TimestampTz stop_time, long *secs, int *microsecs)
{
	int64 difference = Max(stop_time - start_time, 0);

	*secs = (long) (difference / 1000000);
	*microsecs = (int) (difference % 1000000);
}

/* The same in milliseconds, rounded up so that a wait of that length is long enough. */
long
TimestampDifferenceMilliseconds(TimestampTz start_time, TimestampTz stop_time)
{
	int64 difference = stop_time - start_time;

	if (start_time == PG_INT64_MIN || stop_time == PG_INT64_MAX)
		return (long) PG_INT32_MAX; /* infinitely far */
	if (difference <= 0)
		return 0;
	return (long) Min((difference + 999) / 1000, (int64) PG_INT32_MAX);
}

bool
TimestampDifferenceExceeds(TimestampTz start_time, TimestampTz stop_time, int msec)
{
	return stop_time - start_time >= (int64) msec * 1000;
}
