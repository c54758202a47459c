/*
 * timestamp.c
 *    timestamp and timestamp with time zone: text and binary form, arithmetic, comparison, zones.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "types/datetime.h"
#include "utils/array.h"
#include "utils/float.h"

void
timestamp_out_of_range(void)
{
	ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range"));
}

/* ---- type modifiers */
int32
anytimestamp_typmod_check(bool istz, int32 typmod)
{
	if (typmod < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("TIMESTAMP(%d)%s precision must not be negative", typmod, istz ? " WITH TIME ZONE" : ""));
	if (typmod > MAX_TIMESTAMP_PRECISION)
	{
		ereport(WARNING, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("TIMESTAMP(%d)%s precision reduced to maximum allowed, %d", typmod,
					   istz ? " WITH TIME ZONE" : "", MAX_TIMESTAMP_PRECISION));
		typmod = MAX_TIMESTAMP_PRECISION;
	}
	return typmod;
}

static int32
typmod_from_array(ArrayType *array, bool istz)
{
	int n;
	int32 *values = ArrayGetIntegerTypmods(array, &n);

	if (n != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid type modifier"));
	return anytimestamp_typmod_check(istz, values[0]);
}

Datum
timestamptypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(typmod_from_array(PG_GETARG_ARRAYTYPE_P(0), false));
}

Datum
timestamptztypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(typmod_from_array(PG_GETARG_ARRAYTYPE_P(0), true));
}

Datum
timestamptypmodout(PG_FUNCTION_ARGS)
{
	int32 typmod = PG_GETARG_INT32(0);

	PG_RETURN_CSTRING(typmod >= 0 ? psprintf("(%d)", typmod) : pstrdup(""));
}

Datum
timestamptztypmodout(PG_FUNCTION_ARGS)
{
	return timestamptypmodout(fcinfo);
}

void
AdjustTimestampForTypmod(Timestamp *time, int32 typmod)
{
	if (TIMESTAMP_NOT_FINITE(*time) || typmod == -1 || typmod == MAX_TIMESTAMP_PRECISION)
		return;
	if (typmod < 0 || typmod > MAX_TIMESTAMP_PRECISION)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("timestamp(%d) precision must be between %d and %d", typmod, 0, MAX_TIMESTAMP_PRECISION));
	*time = round_microseconds(*time, typmod);
}

/* ---- text and binary form */
static Timestamp
parse_timestamp(const char *input, bool with_zone)
{
	const char *type_name = with_zone ? "timestamp with time zone" : "timestamp";
	ParsedDateTime parsed;
	DateTimeError error = datetime_parse(input, false, &parsed);
	Timestamp result;

	if (error)
		datetime_error(error, input, type_name);
	switch (parsed.kind)
	{
		case KIND_INFINITY:
			return DT_NOEND;
		case KIND_NEG_INFINITY:
			return DT_NOBEGIN;
		case KIND_EPOCH:
			return SetEpochTimestamp();
		default:
			break;
	}
	if (with_zone && !parsed.has_zone)
		parsed.zone = DetermineTimeZoneOffset(&parsed.tm, session_timezone);
	if (tm2timestamp(&parsed.tm, parsed.fsec, with_zone ? &parsed.zone : NULL, &result) != 0)
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range: \"%s\"", input));
	return result;
}

static char *
format_timestamp(Timestamp timestamp, bool with_zone)
{
	char buffer[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t fsec;
	int zone = 0;
	const char *zone_name = NULL;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		EncodeSpecialTimestamp(timestamp, buffer);
	else if (timestamp2tm(timestamp, with_zone ? &zone : NULL, &tm, &fsec, with_zone ? &zone_name : NULL, NULL) == 0)
		EncodeDateTime(&tm, fsec, with_zone, zone, zone_name, DateStyle, buffer);
	else
		timestamp_out_of_range();
	return pstrdup(buffer);
}

static Timestamp
receive_timestamp(StringInfo buf, int32 typmod)
{
	Timestamp timestamp = pq_getmsgint64(buf);

	if (!TIMESTAMP_NOT_FINITE(timestamp) && !IS_VALID_TIMESTAMP(timestamp))
		timestamp_out_of_range();
	AdjustTimestampForTypmod(&timestamp, typmod);
	return timestamp;
}

Datum
timestamp_in(PG_FUNCTION_ARGS)
{
	Timestamp result = parse_timestamp(PG_GETARG_CSTRING(0), false);

	AdjustTimestampForTypmod(&result, PG_GETARG_INT32(2));
	PG_RETURN_TIMESTAMP(result);
}

Datum
timestamp_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(format_timestamp(PG_GETARG_TIMESTAMP(0), false));
}

Datum
timestamp_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(receive_timestamp((StringInfo) PG_GETARG_POINTER(0), PG_GETARG_INT32(2)));
}

Datum
timestamp_send(PG_FUNCTION_ARGS)
{
	return int8send(fcinfo);
}

Datum
timestamp_scale(PG_FUNCTION_ARGS)
{
	Timestamp result = PG_GETARG_TIMESTAMP(0);

	AdjustTimestampForTypmod(&result, PG_GETARG_INT32(1));
	PG_RETURN_TIMESTAMP(result);
}

Datum
timestamptz_in(PG_FUNCTION_ARGS)
{
	Timestamp result = parse_timestamp(PG_GETARG_CSTRING(0), true);

	AdjustTimestampForTypmod(&result, PG_GETARG_INT32(2));
	PG_RETURN_TIMESTAMP(result);
}

Datum
timestamptz_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(format_timestamp(PG_GETARG_TIMESTAMP(0), true));
}

Datum
timestamptz_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(receive_timestamp((StringInfo) PG_GETARG_POINTER(0), PG_GETARG_INT32(2)));
}

Datum
timestamptz_send(PG_FUNCTION_ARGS)
{
	return int8send(fcinfo);
}

Datum
timestamptz_scale(PG_FUNCTION_ARGS)
{
	Timestamp result = PG_GETARG_TIMESTAMP(0);

	AdjustTimestampForTypmod(&result, PG_GETARG_INT32(1));
	PG_RETURN_TIMESTAMP(result);
}

const char *
timestamptz_to_str(TimestampTz t)
{
	static char buffer[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t fsec;
	int zone;
	const char *zone_name;

	if (TIMESTAMP_NOT_FINITE(t))
		EncodeSpecialTimestamp(t, buffer);
	else if (timestamp2tm(t, &zone, &tm, &fsec, &zone_name, NULL) == 0)
		EncodeDateTime(&tm, fsec, true, zone, zone_name, USE_ISO_DATES, buffer);
	else
		strlcpy(buffer, "(timestamp out of range)", sizeof(buffer));
	return buffer;
}

Datum
timestamp_finite(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMP(0)));
}

/* ---- constructors */
static Timestamp
make_from_fields(FunctionCallInfo fcinfo, struct pg_tm *tm)
{
	double sec = PG_GETARG_FLOAT8(5);
	int year = PG_GETARG_INT32(0);
	Timestamp result;
	int64 micros;

	memset(tm, 0, sizeof(*tm));
	tm->tm_year = year < 0 ? year + 1 : year;
	tm->tm_mon = PG_GETARG_INT32(1);
	tm->tm_mday = PG_GETARG_INT32(2);
	tm->tm_hour = PG_GETARG_INT32(3);
	tm->tm_min = PG_GETARG_INT32(4);
	if (year == 0 || tm->tm_mon < 1 || tm->tm_mon > 12 || tm->tm_mday < 1 ||
		tm->tm_mday > day_tab[isleap(tm->tm_year)][tm->tm_mon - 1])
		ereport(ERROR, errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				errmsg("date field value out of range: %d-%02d-%02d", year, tm->tm_mon, tm->tm_mday));
	if (tm->tm_hour < 0 || tm->tm_hour > 24 || tm->tm_min < 0 || tm->tm_min > 59 || isnan(sec) || sec < 0 || sec > 60 ||
		(micros = ((tm->tm_hour * 60 + tm->tm_min) * 60) * USECS_PER_SEC + (int64) rint(sec * USECS_PER_SEC)) > USECS_PER_DAY)
		ereport(ERROR, errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				errmsg("time field value out of range: %d:%02d:%02g", tm->tm_hour, tm->tm_min, sec));
	if (!IS_VALID_JULIAN(tm->tm_year, tm->tm_mon, tm->tm_mday) ||
		__builtin_mul_overflow((int64) date2j(tm->tm_year, tm->tm_mon, tm->tm_mday) - POSTGRES_EPOCH_JDATE, USECS_PER_DAY,
							   &result) ||
		__builtin_add_overflow(result, micros, &result) || !IS_VALID_TIMESTAMP(result))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				errmsg("timestamp out of range: %d-%02d-%02d %d:%02d:%02g", year, tm->tm_mon, tm->tm_mday, tm->tm_hour,
					   tm->tm_min, sec));
	tm->tm_sec = (int) sec;
	return result;
}

Datum
make_timestamp(PG_FUNCTION_ARGS)
{
	struct pg_tm tm;

	PG_RETURN_TIMESTAMP(make_from_fields(fcinfo, &tm));
}

Datum
make_timestamptz(PG_FUNCTION_ARGS)
{
	struct pg_tm tm;

	PG_RETURN_TIMESTAMPTZ(local_to_timestamptz(make_from_fields(fcinfo, &tm)));
}

Datum
make_timestamptz_at_timezone(PG_FUNCTION_ARGS)
{
	struct pg_tm tm;
	Timestamp local = make_from_fields(fcinfo, &tm);
	char *zone = text_to_cstring(PG_GETARG_TEXT_PP(6));
	TimestampTz result;
	int offset;
	DateTimeError error;

	if (zone[0] >= '0' && zone[0] <= '9')
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid input syntax for type %s: \"%s\"", "numeric time zone", zone),
				errhint("Numeric time zones must have \"-\" or \"+\" as first character."));
	/* here a signed number counts as in ISO 8601, hours east; AT TIME ZONE takes it as POSIX does */
	error = zone_offset_parse(zone, &offset, NULL);
	if (error == DT_ZONE_OVERFLOW)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("numeric time zone \"%s\" out of range", zone));
	if (error != DT_OK)
		offset = zone_offset_for(zone, local, true);
	result = local + offset * USECS_PER_SEC;
	if (!IS_VALID_TIMESTAMP(result))
		timestamp_out_of_range();
	PG_RETURN_TIMESTAMPTZ(result);
}

Datum
float8_timestamptz(PG_FUNCTION_ARGS)
{
	float8 seconds = PG_GETARG_FLOAT8(0);
	float8 since_2000;
	TimestampTz result;

	if (isnan(seconds))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp cannot be NaN"));
	if (isinf(seconds))
		PG_RETURN_TIMESTAMPTZ(seconds < 0 ? DT_NOBEGIN : DT_NOEND);
	since_2000 = seconds - ((float8) POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	since_2000 = rint(since_2000 * USECS_PER_SEC);
	if (since_2000 < (float8) MIN_TIMESTAMP || since_2000 >= (float8) END_TIMESTAMP)
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range: \"%g\"", seconds));
	result = (TimestampTz) since_2000;
	PG_RETURN_TIMESTAMPTZ(result);
}

/* ---- local time and UTC */
/* overflow NULL: out of range is an error. */
TimestampTz
timestamp2timestamptz_opt_overflow(Timestamp timestamp, int *overflow)
{
	struct pg_tm tm;
	fsec_t fsec;
	int zone;
	TimestampTz result;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		return timestamp;
	if (timestamp2tm(timestamp, NULL, &tm, &fsec, NULL, NULL) != 0)
		timestamp_out_of_range();
	zone = DetermineTimeZoneOffset(&tm, session_timezone);
	result = timestamp + zone * USECS_PER_SEC;
	if (!IS_VALID_TIMESTAMP(result))
	{
		if (overflow == NULL)
			timestamp_out_of_range();
		*overflow = result < MIN_TIMESTAMP ? -1 : 1;
		return *overflow < 0 ? DT_NOBEGIN : DT_NOEND;
	}
	return result;
}

TimestampTz
local_to_timestamptz(Timestamp timestamp)
{
	return timestamp2timestamptz_opt_overflow(timestamp, NULL);
}

Timestamp
timestamptz_to_local(TimestampTz timestamp)
{
	struct pg_tm tm;
	fsec_t fsec;
	int zone;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		return timestamp;
	if (timestamp2tm(timestamp, &zone, &tm, &fsec, NULL, NULL) != 0)
		timestamp_out_of_range();
	return timestamp - zone * USECS_PER_SEC;
}

Datum
timestamp_timestamptz(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(local_to_timestamptz(PG_GETARG_TIMESTAMP(0)));
}

Datum
timestamptz_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(timestamptz_to_local(PG_GETARG_TIMESTAMPTZ(0)));
}

int
zone_offset_for(const char *zone_name, Timestamp timestamp, bool timestamp_is_local)
{
	int zone;
	bool is_dst;
	pg_tz *tz;
	struct pg_tm tm;
	fsec_t fsec;

	if (zone_by_abbreviation(zone_name, &zone, &is_dst))
		return zone;
	tz = zone_by_name(zone_name);
	if (tz == NULL)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("time zone \"%s\" not recognized", zone_name));
	if (timestamp_is_local)
	{
		if (timestamp2tm(timestamp, NULL, &tm, &fsec, NULL, NULL) != 0)
			timestamp_out_of_range();
		return DetermineTimeZoneOffset(&tm, tz);
	}
	if (timestamp2tm(timestamp, &zone, &tm, &fsec, NULL, tz) != 0)
		timestamp_out_of_range();
	return zone;
}

static Timestamp
move_zone(Timestamp timestamp, int seconds)
{
	timestamp += seconds * USECS_PER_SEC;
	if (!IS_VALID_TIMESTAMP(timestamp))
		timestamp_out_of_range();
	return timestamp;
}

Datum
timestamp_zone(PG_FUNCTION_ARGS)
{
	Timestamp timestamp = PG_GETARG_TIMESTAMP(1);

	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_TIMESTAMPTZ(timestamp);
	PG_RETURN_TIMESTAMPTZ(
		move_zone(timestamp, zone_offset_for(text_to_cstring(PG_GETARG_TEXT_PP(0)), timestamp, true)));
}

Datum
timestamptz_zone(PG_FUNCTION_ARGS)
{
	TimestampTz timestamp = PG_GETARG_TIMESTAMPTZ(1);

	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_TIMESTAMP(timestamp);
	PG_RETURN_TIMESTAMP(
		move_zone(timestamp, -zone_offset_for(text_to_cstring(PG_GETARG_TEXT_PP(0)), timestamp, false)));
}

static int
interval_zone(FunctionCallInfo fcinfo)
{
	Interval *zone = PG_GETARG_INTERVAL_P(0);

	if (zone->month != 0 || zone->day != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("interval time zone \"%s\" must not include months or days",
					   DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(0)))));
	return (int) (zone->time / USECS_PER_SEC);
}

Datum
timestamp_izone(PG_FUNCTION_ARGS)
{
	Timestamp timestamp = PG_GETARG_TIMESTAMP(1);

	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_TIMESTAMPTZ(timestamp);
	PG_RETURN_TIMESTAMPTZ(move_zone(timestamp, -interval_zone(fcinfo)));
}

Datum
timestamptz_izone(PG_FUNCTION_ARGS)
{
	TimestampTz timestamp = PG_GETARG_TIMESTAMPTZ(1);

	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_TIMESTAMP(timestamp);
	PG_RETURN_TIMESTAMP(move_zone(timestamp, interval_zone(fcinfo)));
}

/* ---- adding intervals: months, then days, then time */
/* The months go to the same day, or the last one of a shorter month. tz NULL: the timestamp has no zone. */
static Timestamp
add_interval(Timestamp timestamp, const Interval *span, bool with_zone)
{
	struct pg_tm tm;
	fsec_t fsec;
	int zone;
	int *zonep = with_zone ? &zone : NULL;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		return timestamp;
	if (span->month != 0)
	{
		int64 month;

		if (timestamp2tm(timestamp, zonep, &tm, &fsec, NULL, NULL) != 0)
			timestamp_out_of_range();
		month = (int64) tm.tm_year * 12 + (tm.tm_mon - 1) + span->month;
		tm.tm_year = (int) (month >= 0 ? month / 12 : -((-month + 11) / 12));
		tm.tm_mon = (int) (month - (int64) tm.tm_year * 12) + 1;
		tm.tm_mday = Min(tm.tm_mday, day_tab[isleap(tm.tm_year)][tm.tm_mon - 1]);
		if (with_zone)
			zone = DetermineTimeZoneOffset(&tm, session_timezone);
		if (tm2timestamp(&tm, fsec, zonep, &timestamp) != 0)
			timestamp_out_of_range();
	}
	if (span->day != 0)
	{
		int32 jd;

		if (timestamp2tm(timestamp, zonep, &tm, &fsec, NULL, NULL) != 0)
			timestamp_out_of_range();
		if (pg_add_s32_overflow(date2j(tm.tm_year, tm.tm_mon, tm.tm_mday), span->day, &jd) || jd < 0)
			timestamp_out_of_range();
		j2date(jd, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		if (with_zone)
			zone = DetermineTimeZoneOffset(&tm, session_timezone);
		if (tm2timestamp(&tm, fsec, zonep, &timestamp) != 0)
			timestamp_out_of_range();
	}
	if (pg_add_s64_overflow(timestamp, span->time, &timestamp) || !IS_VALID_TIMESTAMP(timestamp))
		timestamp_out_of_range();
	return timestamp;
}

static Interval
negated(const Interval *span)
{
	return (Interval){.month = -span->month, .day = -span->day, .time = -span->time};
}

Datum
timestamp_pl_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(add_interval(PG_GETARG_TIMESTAMP(0), PG_GETARG_INTERVAL_P(1), false));
}

Datum
timestamp_mi_interval(PG_FUNCTION_ARGS)
{
	Interval span = negated(PG_GETARG_INTERVAL_P(1));

	PG_RETURN_TIMESTAMP(add_interval(PG_GETARG_TIMESTAMP(0), &span, false));
}

Datum
timestamptz_pl_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(add_interval(PG_GETARG_TIMESTAMP(0), PG_GETARG_INTERVAL_P(1), true));
}

Datum
timestamptz_mi_interval(PG_FUNCTION_ARGS)
{
	Interval span = negated(PG_GETARG_INTERVAL_P(1));

	PG_RETURN_TIMESTAMP(add_interval(PG_GETARG_TIMESTAMP(0), &span, true));
}

/* The distance, in days of 24 hours and time. */
Datum
timestamp_mi(PG_FUNCTION_ARGS)
{
	Timestamp a = PG_GETARG_TIMESTAMP(0);
	Timestamp b = PG_GETARG_TIMESTAMP(1);
	int64 distance;

	if (TIMESTAMP_NOT_FINITE(a) || TIMESTAMP_NOT_FINITE(b))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("cannot subtract infinite timestamps"));
	if (pg_sub_s64_overflow(a, b, &distance))
		interval_out_of_range();
	PG_RETURN_INTERVAL_P(interval_make(0, (int32) (distance / USECS_PER_DAY), distance % USECS_PER_DAY));
}

/* age(): the distance in years, months and days as a person would count it. */
static Interval *
calendar_distance(Timestamp a, Timestamp b, bool with_zone)
{
	struct pg_tm ta;
	struct pg_tm tb;
	fsec_t fa;
	fsec_t fb;
	int zone;
	int sign = 1;
	int year;
	int mon;
	int day;
	int64 time;

	if (timestamp2tm(a, with_zone ? &zone : NULL, &ta, &fa, NULL, NULL) != 0 ||
		timestamp2tm(b, with_zone ? &zone : NULL, &tb, &fb, NULL, NULL) != 0)
		timestamp_out_of_range();
	year = ta.tm_year - tb.tm_year;
	mon = ta.tm_mon - tb.tm_mon;
	day = ta.tm_mday - tb.tm_mday;
	time = (((int64) (ta.tm_hour - tb.tm_hour) * 60 + (ta.tm_min - tb.tm_min)) * 60 + (ta.tm_sec - tb.tm_sec)) *
			   USECS_PER_SEC +
		   (fa - fb);
	if (a < b)
	{
		sign = -1;
		year = -year;
		mon = -mon;
		day = -day;
		time = -time;
	}
	while (time < 0)
	{
		time += USECS_PER_DAY;
		day--;
	}
	while (day < 0)
	{
		/* borrow the month in which the counting stands */
		struct pg_tm *earlier = a < b ? &ta : &tb;

		day += day_tab[isleap(earlier->tm_year)][earlier->tm_mon - 1];
		mon--;
	}
	while (mon < 0)
	{
		mon += 12;
		year--;
	}
	return interval_make(sign * (year * 12 + mon), sign * day, sign * time);
}

Datum
timestamp_age(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(calendar_distance(PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMP(1), false));
}

Datum
timestamptz_age(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(calendar_distance(PG_GETARG_TIMESTAMPTZ(0), PG_GETARG_TIMESTAMPTZ(1), true));
}

/* ---- comparison */
int
timestamp_cmp_internal(Timestamp dt1, Timestamp dt2)
{
	return (dt1 > dt2) - (dt1 < dt2);
}

Datum
timestamp_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(timestamp_cmp_internal(PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMP(1)));
}

Datum
timestamp_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(Max(PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMP(1)));
}

Datum
timestamp_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(Min(PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMP(1)));
}

Datum
timestamp_hash(PG_FUNCTION_ARGS)
{
	return hashint8(fcinfo);
}

Datum
timestamp_hash_extended(PG_FUNCTION_ARGS)
{
	return hashint8extended(fcinfo);
}

static int
compare_across(Timestamp local, TimestampTz other)
{
	int overflow = 0;
	TimestampTz converted = timestamp2timestamptz_opt_overflow(local, &overflow);

	if (overflow > 0)
		return TIMESTAMP_IS_NOEND(other) ? -1 : 1;
	if (overflow < 0)
		return TIMESTAMP_IS_NOBEGIN(other) ? 1 : -1;
	return timestamp_cmp_internal(converted, other);
}

COMPARISON_OPERATORS(timestamp_, , PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMP(1))
COMPARISON_OPERATORS(timestamp_, _timestamptz, compare_across(PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMPTZ(1)), 0)
COMPARISON_OPERATORS(timestamptz_, _timestamp, -compare_across(PG_GETARG_TIMESTAMP(1), PG_GETARG_TIMESTAMPTZ(0)), 0)

Datum
timestamp_cmp_timestamptz(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_across(PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMPTZ(1)));
}

Datum
timestamptz_cmp_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(-compare_across(PG_GETARG_TIMESTAMP(1), PG_GETARG_TIMESTAMPTZ(0)));
}

/* ---- RANGE frames */
static bool
timestamp_in_range(FunctionCallInfo fcinfo, bool with_zone)
{
	Timestamp val = PG_GETARG_TIMESTAMP(0);
	Timestamp base = PG_GETARG_TIMESTAMP(1);
	Interval *offset = PG_GETARG_INTERVAL_P(2);
	Interval move = PG_GETARG_BOOL(3) ? negated(offset) : *offset;
	Timestamp bound;

	if (interval_span(offset) < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PRECEDING_OR_FOLLOWING_SIZE),
				errmsg("invalid preceding or following size in window function"));
	bound = add_interval(base, &move, with_zone);
	return PG_GETARG_BOOL(4) ? val <= bound : val >= bound;
}

Datum
in_range_timestamp_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(timestamp_in_range(fcinfo, false));
}

Datum
in_range_timestamptz_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(timestamp_in_range(fcinfo, true));
}

/* ---- generate_series */
typedef struct TimestampSeries
{
	Timestamp current;
	Timestamp finish;
	Interval step;
	int sign;
} TimestampSeries;

static Datum
timestamp_series(FunctionCallInfo fcinfo, bool with_zone)
{
	FuncCallContext *context;
	TimestampSeries *series;
	Timestamp value;

	if (SRF_IS_FIRSTCALL())
	{
		int128 span = interval_span(PG_GETARG_INTERVAL_P(2));

		if (span == 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("step size cannot equal zero"));
		context = SRF_FIRSTCALL_INIT();
		series = MemoryContextAlloc(context->multi_call_memory_ctx, sizeof(TimestampSeries));
		*series = (TimestampSeries){PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMP(1), *PG_GETARG_INTERVAL_P(2), span > 0 ? 1 : -1};
		context->user_fctx = series;
	}
	context = SRF_PERCALL_SETUP();
	series = context->user_fctx;
	value = series->current;
	if (series->sign > 0 ? value > series->finish : value < series->finish)
		SRF_RETURN_DONE(context);
	series->current = add_interval(value, &series->step, with_zone);
	SRF_RETURN_NEXT(context, TimestampGetDatum(value));
}

Datum
generate_series_timestamp(PG_FUNCTION_ARGS)
{
	return timestamp_series(fcinfo, false);
}

Datum
generate_series_timestamptz(PG_FUNCTION_ARGS)
{
	return timestamp_series(fcinfo, true);
}
