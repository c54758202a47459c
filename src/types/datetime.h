/*
 * datetime.h
 *    Between the files of types/ that deal with dates and times.
 */
#ifndef TYPES_DATETIME_H
#define TYPES_DATETIME_H

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

/* ---- what can be wrong with input; the same codes everywhere so that one function words the errors */
typedef enum DateTimeError
{
	DT_OK,
	DT_BAD_FORMAT,
	DT_FIELD_OVERFLOW,
	DT_MONTH_DAY_OVERFLOW, /* maybe DateStyle is not the one meant */
	DT_INTERVAL_OVERFLOW,
	DT_ZONE_OVERFLOW
} DateTimeError;

extern void datetime_error(DateTimeError error, const char *input, const char *type_name) pg_attribute_noreturn();

/* ---- parsed input */
typedef enum DateTimeKind
{
	KIND_FIELDS,	/* tm, fsec, maybe a zone */
	KIND_EPOCH,
	KIND_INFINITY,
	KIND_NEG_INFINITY
} DateTimeKind;

typedef struct ParsedDateTime
{
	DateTimeKind kind;
	struct pg_tm tm; /* true year, month 1-12 */
	fsec_t fsec;
	bool has_date;
	bool has_time;
	bool has_zone;
	int zone;	 /* seconds west of UTC, when has_zone */
	pg_tz *tz;	 /* or a zone whose offset depends on the date */
} ParsedDateTime;

/* time_only: a bare number is a time, and a date is needed only to find a zone's offset. */
extern DateTimeError datetime_parse(const char *input, bool time_only, ParsedDateTime *result);
extern DateTimeError interval_parse(const char *input, int range, Interval *result);
/* "+05:30" into seconds west; NULL end: the whole string. */
extern DateTimeError zone_offset_parse(const char *s, int *zone, const char **end);

/* ---- time zones */
extern pg_tz *zone_by_name(const char *name); /* NULL when there is none */
/* An abbreviation: its offset in seconds west and whether it is daylight-saving time. */
extern bool zone_by_abbreviation(const char *word, int *zone, bool *is_dst);
typedef struct ZoneAbbreviation
{
	const char *name;
	int utc_offset; /* seconds east */
	bool is_dst;
} ZoneAbbreviation;
extern const ZoneAbbreviation zone_abbreviations[];
extern const int zone_abbreviation_count;
/* Zone argument of AT TIME ZONE: offset in seconds west for a UTC or a local timestamp. 22023 when unknown. */
extern int zone_offset_for(const char *zone_name, Timestamp timestamp, bool timestamp_is_local);

/* ---- helpers */
extern const char *lower_word(text *word); /* for unit names: lower case, palloc'd */
extern Timestamp date_to_timestamp(DateADT date); /* 22008 when out of range */
extern TimestampTz date_to_timestamptz(DateADT date);
extern Timestamp timestamptz_to_local(TimestampTz timestamp);
extern TimestampTz local_to_timestamptz(Timestamp timestamp);
extern void timestamp_out_of_range(void) pg_attribute_noreturn();
extern void interval_out_of_range(void) pg_attribute_noreturn();
extern void interval_format(const Interval *interval, int style, char *str); /* MAXDATELEN + 1 bytes */
extern int128 interval_span(const Interval *interval); /* in microseconds with 30-day months: what comparison uses */
extern Interval *interval_make(int32 month, int32 day, int64 time);
extern void interval_apply_typmod(Interval *interval, int32 typmod);
extern int64 round_microseconds(int64 time, int precision); /* half away from zero; precision -1: not at all */

/* ---- units of extract, date_trunc and interval input */
typedef enum DateUnit
{
	UNIT_UNKNOWN,
	UNIT_MICROSECOND,
	UNIT_MILLISECOND,
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_QUARTER,
	UNIT_YEAR,
	UNIT_DECADE,
	UNIT_CENTURY,
	UNIT_MILLENNIUM,
	UNIT_JULIAN,
	UNIT_ISOYEAR,
	UNIT_DOW,
	UNIT_ISODOW,
	UNIT_DOY,
	UNIT_TIMEZONE,
	UNIT_TIMEZONE_HOUR,
	UNIT_TIMEZONE_MINUTE,
	UNIT_EPOCH
} DateUnit;

extern DateUnit date_unit(const char *word);

#endif /* TYPES_DATETIME_H */
