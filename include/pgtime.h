/*
 * pgtime.h
 *    Broken-down time and time zones, read from the system's TZif files by our own reader (types/tz.c).
 *
 * pg_tz objects are cached for the life of the process and never freed.
 */
#ifndef PGTIME_H
#define PGTIME_H

#include "c.h"

typedef int64 pg_time_t;

/* As struct tm, with two differences in use: tm_year is the true year or year - 1900 by function, tm_mon 1-12 or 0-11. */
struct pg_tm
{
	int tm_sec;
	int tm_min;
	int tm_hour;
	int tm_mday;
	int tm_mon;
	int tm_year;
	int tm_wday;
	int tm_yday;
	int tm_isdst;
	long int tm_gmtoff; /* seconds east of Greenwich */
	const char *tm_zone;
};

typedef struct pg_tz pg_tz;
typedef struct pg_tzenum pg_tzenum;

#define TZ_STRLEN_MAX 255

extern struct pg_tm *pg_localtime(const pg_time_t *timep, const pg_tz *tz); /* static result; tm_mon 0-11, year - 1900 */
extern struct pg_tm *pg_gmtime(const pg_time_t *timep);
/*
 * The change of offset at or after *timep: 0 = there is none after it (before_* filled), 1 = at *boundary, -1 = failure.
 */
extern int pg_next_dst_boundary(const pg_time_t *timep, long int *before_gmtoff, int *before_isdst, pg_time_t *boundary,
								long int *after_gmtoff, int *after_isdst, const pg_tz *tz);
extern bool pg_interpret_timezone_abbrev(const char *abbrev, const pg_time_t *timep, long int *gmtoff, int *isdst,
										 const pg_tz *tz);
extern bool pg_get_timezone_offset(const pg_tz *tz, long int *gmtoff); /* true when the zone has one offset only */
extern const char *pg_get_timezone_name(pg_tz *tz);
extern bool pg_tz_acceptable(pg_tz *tz);
extern size_t pg_strftime(char *s, size_t maxsize, const char *format, const struct pg_tm *t);

extern pg_tz *session_timezone; /* GUC TimeZone */
extern pg_tz *log_timezone;
extern void pg_timezone_initialize(void);
extern pg_tz *pg_tzset(const char *tzname); /* NULL when there is no such zone */
extern pg_tz *pg_tzset_offset(long gmtoffset);
extern pg_tzenum *pg_tzenumerate_start(void);
extern pg_tz *pg_tzenumerate_next(pg_tzenum *dir);
extern void pg_tzenumerate_end(pg_tzenum *dir);

#endif /* PGTIME_H */
