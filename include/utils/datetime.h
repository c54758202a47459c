/*
 * utils/datetime.h
 *    Calendar arithmetic, and the styles in which dates and intervals are read and written.
 */
#ifndef DATETIME_H
#define DATETIME_H

#include "utils/timestamp.h"

/* DateStyle and DateOrder: the two halves of setting datestyle. */
#define USE_POSTGRES_DATES 0
#define USE_ISO_DATES 1
#define USE_SQL_DATES 2
#define USE_GERMAN_DATES 3
#define USE_XSD_DATES 4 /* ISO with a T: what JSON and XML want */
#define DATEORDER_YMD 0
#define DATEORDER_DMY 1
#define DATEORDER_MDY 2
#define INTSTYLE_POSTGRES 0
#define INTSTYLE_POSTGRES_VERBOSE 1
#define INTSTYLE_SQL_STANDARD 2
#define INTSTYLE_ISO_8601 3

#define MAXTZLEN 10
#define MAXDATELEN 128
#define MAXDATEFIELDS 25

extern int DateStyle;
extern int DateOrder;
extern int IntervalStyle;

extern const int day_tab[2][13]; /* days of the months: [leap year][month - 1] */
extern const char *const months[13];
extern const char *const days[8];
#define isleap(y) (((y) % 4) == 0 && (((y) % 100) != 0 || ((y) % 400) == 0))

extern int date2j(int year, int month, int day);			   /* Julian day */
extern void j2date(int jd, int *year, int *month, int *day);
extern int j2day(int jd);									   /* 0 = Sunday */
extern void GetCurrentDateTime(struct pg_tm *tm);
extern void GetCurrentTimeUsec(struct pg_tm *tm, fsec_t *fsec, int *tzp);
extern int DetermineTimeZoneOffset(struct pg_tm *tm, pg_tz *tzp); /* seconds west of UTC of a local time */

/* "2001-02-03 04:05:06" in a style; str has MAXDATELEN + 1 bytes */
extern void EncodeDateOnly(struct pg_tm *tm, int style, char *str);
extern void EncodeTimeOnly(struct pg_tm *tm, fsec_t fsec, bool print_tz, int tz, int style, char *str);
extern void EncodeDateTime(struct pg_tm *tm, fsec_t fsec, bool print_tz, int tz, const char *tzn, int style, char *str);
extern void EncodeSpecialTimestamp(Timestamp dt, char *str);

#endif /* DATETIME_H */
