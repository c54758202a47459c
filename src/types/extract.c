/*
 * extract.c
 *    extract() and date_part(), date_trunc() and date_bin().
 *
 * extract gives numerics, date_part the same numbers as double precision. The value of a field is computed once, as a
 * scaled integer, and packed as either.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "parser/scansup.h"
#include "types/datetime.h"
#include "types/numeric.h"
#include "utils/float.h"

const char *
lower_word(text *word)
{
	return downcase_truncate_identifier(VARDATA_ANY(word), (int) VARSIZE_ANY_EXHDR(word), false);
}

/* ---- results */
/* value / 10^scale; or an infinity, or NULL. */
typedef struct Part
{
	enum
	{
		PART_NUMBER,
		PART_NULL,
		PART_INFINITY,
		PART_NEG_INFINITY
	} kind;
	int128 value;
	int scale;
	Numeric numeric; /* when not NULL the value is this, and real for date_part: Julian days are quotients */
	double real;
} Part;

static Part
integer_part(int64 value)
{
	return (Part){.value = value};
}

static Part
scaled_part(int128 value, int scale)
{
	return (Part){.value = value, .scale = scale};
}

static Datum
return_part(FunctionCallInfo fcinfo, const Part *part, bool as_numeric)
{
	Num num;

	if (part->kind == PART_NULL)
		PG_RETURN_NULL();
	if (part->kind == PART_NUMBER)
	{
		if (part->numeric && as_numeric)
			PG_RETURN_NUMERIC(part->numeric);
		if (part->numeric)
			PG_RETURN_FLOAT8(part->real);
		if (!as_numeric)
		{
			double divisor = 1;

			for (int i = 0; i < part->scale; i++)
				divisor *= 10;
			PG_RETURN_FLOAT8((double) part->value / divisor);
		}
		num_set_int(&num, part->value, part->scale);
		PG_RETURN_NUMERIC(num_pack(&num));
	}
	if (!as_numeric)
		PG_RETURN_FLOAT8(part->kind == PART_INFINITY ? get_float8_infinity() : -get_float8_infinity());
	num_set_special(&num, part->kind == PART_INFINITY ? NUM_INF : NUM_NEG_INF);
	PG_RETURN_NUMERIC(num_pack(&num));
}

/* A known unit that makes no sense for the type, or an unknown one. */
static void pg_attribute_noreturn()
bad_unit(const char *word, Oid type)
{
	if (date_unit(word) == UNIT_UNKNOWN)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("unit \"%s\" not recognized for type %s", word, format_type_be(type)));
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("unit \"%s\" not supported for type %s", word, format_type_be(type)));
}

/* ---- fields of years, shared by dates and timestamps */
static int
century_of(int year, int length)
{
	/* the first century has the years 1 to 100, the one before it 100 BC (-99) to 1 BC (0) */
	return year > 0 ? (year + length - 1) / length : -((length - 1 - (year - 1)) / length);
}

static int
decade_of(int year)
{
	return year >= 0 ? year / 10 : -((8 - (year - 1)) / 10);
}

static int
shown_year(int year)
{
	return year > 0 ? year : year - 1;
}

static bool
date_part_of(DateUnit unit, const struct pg_tm *tm, Part *part)
{
	int year;

	switch (unit)
	{
		case UNIT_DAY:
			*part = integer_part(tm->tm_mday);
			return true;
		case UNIT_MONTH:
			*part = integer_part(tm->tm_mon);
			return true;
		case UNIT_QUARTER:
			*part = integer_part((tm->tm_mon - 1) / 3 + 1);
			return true;
		case UNIT_WEEK:
			*part = integer_part(date2isoweek(tm->tm_year, tm->tm_mon, tm->tm_mday));
			return true;
		case UNIT_YEAR:
			*part = integer_part(shown_year(tm->tm_year));
			return true;
		case UNIT_DECADE:
			*part = integer_part(decade_of(tm->tm_year));
			return true;
		case UNIT_CENTURY:
			*part = integer_part(century_of(tm->tm_year, 100));
			return true;
		case UNIT_MILLENNIUM:
			*part = integer_part(century_of(tm->tm_year, 1000));
			return true;
		case UNIT_ISOYEAR:
			year = date2isoyear(tm->tm_year, tm->tm_mon, tm->tm_mday);
			*part = integer_part(shown_year(year));
			return true;
		case UNIT_DOW:
			*part = integer_part(j2day(date2j(tm->tm_year, tm->tm_mon, tm->tm_mday)));
			return true;
		case UNIT_ISODOW:
			year = j2day(date2j(tm->tm_year, tm->tm_mon, tm->tm_mday));
			*part = integer_part(year == 0 ? 7 : year);
			return true;
		case UNIT_DOY:
			*part = integer_part(date2j(tm->tm_year, tm->tm_mon, tm->tm_mday) - date2j(tm->tm_year, 1, 1) + 1);
			return true;
		default:
			return false;
	}
}

static bool
time_part_of(DateUnit unit, const struct pg_tm *tm, fsec_t fsec, Part *part)
{
	int64 micros = tm->tm_sec * USECS_PER_SEC + fsec;

	switch (unit)
	{
		case UNIT_MICROSECOND:
			*part = integer_part(micros);
			return true;
		case UNIT_MILLISECOND:
			*part = scaled_part(micros, 3);
			return true;
		case UNIT_SECOND:
			*part = scaled_part(micros, 6);
			return true;
		case UNIT_MINUTE:
			*part = integer_part(tm->tm_min);
			return true;
		case UNIT_HOUR:
			*part = integer_part(tm->tm_hour);
			return true;
		default:
			return false;
	}
}

static bool
zone_part_of(DateUnit unit, int zone, Part *part)
{
	switch (unit)
	{
		case UNIT_TIMEZONE:
			*part = integer_part(-zone);
			return true;
		case UNIT_TIMEZONE_MINUTE:
			*part = integer_part(-zone % SECS_PER_HOUR / SECS_PER_MINUTE);
			return true;
		case UNIT_TIMEZONE_HOUR:
			*part = integer_part(-zone / SECS_PER_HOUR);
			return true;
		default:
			return false;
	}
}

/* Infinite dates: units that only grow are infinite too, those that go round have no value. */
static Part
infinite_part(DateUnit unit, const char *word, bool negative, Oid type)
{
	switch (unit)
	{
		case UNIT_YEAR:
		case UNIT_DECADE:
		case UNIT_CENTURY:
		case UNIT_MILLENNIUM:
		case UNIT_JULIAN:
		case UNIT_ISOYEAR:
		case UNIT_EPOCH:
			return (Part){.kind = negative ? PART_NEG_INFINITY : PART_INFINITY};
		case UNIT_UNKNOWN:
			bad_unit(word, type);
		default:
			return (Part){.kind = PART_NULL};
	}
}

/* Julian day with the time as its fraction. */
static Part
julian_part(int jd, int64 micros)
{
	Num day;
	Num fraction;
	Num length;
	Part part = {0};

	num_set_int(&day, jd, 0);
	num_set_int(&fraction, micros, 0);
	num_set_int(&length, USECS_PER_DAY, 0);
	numeric_op_div(&fraction, &fraction, &length);
	num_add(&day, &day, &fraction);
	part.numeric = num_pack(&day);
	part.real = jd + (double) micros / (double) USECS_PER_DAY;
	return part;
}

/* ---- timestamps */
static Datum
timestamp_extract(FunctionCallInfo fcinfo, bool with_zone, bool as_numeric)
{
	const char *word = lower_word(PG_GETARG_TEXT_PP(0));
	DateUnit unit = date_unit(word);
	Timestamp timestamp = PG_GETARG_TIMESTAMP(1);
	Oid type = with_zone ? TIMESTAMPTZOID : TIMESTAMPOID;
	struct pg_tm tm;
	fsec_t fsec;
	int zone = 0;
	Part part = {0};

	if (TIMESTAMP_NOT_FINITE(timestamp))
	{
		part = infinite_part(unit, word, TIMESTAMP_IS_NOBEGIN(timestamp), type);
		return return_part(fcinfo, &part, as_numeric);
	}
	if (timestamp2tm(timestamp, with_zone ? &zone : NULL, &tm, &fsec, NULL, NULL) != 0)
		timestamp_out_of_range();
	if (unit == UNIT_EPOCH)
		part = scaled_part((int128) timestamp - SetEpochTimestamp(), 6);
	else if (unit == UNIT_JULIAN)
		part = julian_part(date2j(tm.tm_year, tm.tm_mon, tm.tm_mday),
						   ((int64) (tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec) * USECS_PER_SEC + fsec);
	else if (!date_part_of(unit, &tm, &part) && !time_part_of(unit, &tm, fsec, &part) &&
			 !(with_zone && zone_part_of(unit, zone, &part)))
		bad_unit(word, type);
	return return_part(fcinfo, &part, as_numeric);
}

Datum
timestamp_part(PG_FUNCTION_ARGS)
{
	return timestamp_extract(fcinfo, false, false);
}

Datum
extract_timestamp(PG_FUNCTION_ARGS)
{
	return timestamp_extract(fcinfo, false, true);
}

Datum
timestamptz_part(PG_FUNCTION_ARGS)
{
	return timestamp_extract(fcinfo, true, false);
}

Datum
extract_timestamptz(PG_FUNCTION_ARGS)
{
	return timestamp_extract(fcinfo, true, true);
}

/* ---- dates */
Datum
extract_date(PG_FUNCTION_ARGS)
{
	const char *word = lower_word(PG_GETARG_TEXT_PP(0));
	DateUnit unit = date_unit(word);
	DateADT date = PG_GETARG_DATEADT(1);
	struct pg_tm tm = {0};
	Part part = {0};

	if (unit != UNIT_JULIAN && unit != UNIT_EPOCH && !date_part_of(unit, &(struct pg_tm){.tm_year = 2000, .tm_mon = 1, .tm_mday = 1}, &part))
		bad_unit(word, DATEOID);
	if (DATE_NOT_FINITE(date))
		part = infinite_part(unit, word, DATE_IS_NOBEGIN(date), DATEOID);
	else
	{
		j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		if (unit == UNIT_JULIAN)
			part = integer_part((int64) date + POSTGRES_EPOCH_JDATE);
		else if (unit == UNIT_EPOCH)
			part = integer_part(((int64) date + POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY);
		else
			date_part_of(unit, &tm, &part);
	}
	return return_part(fcinfo, &part, true);
}

/* ---- times */
static Datum
time_extract(FunctionCallInfo fcinfo, TimeADT time, const int *zone, bool as_numeric)
{
	const char *word = lower_word(PG_GETARG_TEXT_PP(0));
	DateUnit unit = date_unit(word);
	struct pg_tm tm = {0};
	fsec_t fsec;
	Part part = {0};

	dt2time(time, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &fsec);
	if (unit == UNIT_EPOCH)
		part = scaled_part((int128) time + (zone ? *zone * USECS_PER_SEC : 0), 6);
	else if (!time_part_of(unit, &tm, fsec, &part) && !(zone && zone_part_of(unit, *zone, &part)))
		bad_unit(word, zone ? TIMETZOID : TIMEOID);
	return return_part(fcinfo, &part, as_numeric);
}

Datum
time_part(PG_FUNCTION_ARGS)
{
	return time_extract(fcinfo, PG_GETARG_TIMEADT(1), NULL, false);
}

Datum
extract_time(PG_FUNCTION_ARGS)
{
	return time_extract(fcinfo, PG_GETARG_TIMEADT(1), NULL, true);
}

Datum
timetz_part(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(1);

	return time_extract(fcinfo, time->time, &time->zone, false);
}

Datum
extract_timetz(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(1);

	return time_extract(fcinfo, time->time, &time->zone, true);
}

/* ---- intervals: years of 365.25 days in the epoch */
static Datum
interval_extract(FunctionCallInfo fcinfo, bool as_numeric)
{
	const char *word = lower_word(PG_GETARG_TEXT_PP(0));
	DateUnit unit = date_unit(word);
	Interval *interval = PG_GETARG_INTERVAL_P(1);
	int64 time = interval->time;
	int64 hour = time / USECS_PER_HOUR;
	int year = interval->month / 12;
	int month = interval->month % 12;
	struct pg_tm tm = {0};
	Part part = {0};

	time -= hour * USECS_PER_HOUR;
	tm.tm_min = (int) (time / USECS_PER_MINUTE);
	time -= tm.tm_min * USECS_PER_MINUTE;
	switch (unit)
	{
		case UNIT_HOUR:
			part = integer_part(hour);
			break;
		case UNIT_DAY:
			part = integer_part(interval->day);
			break;
		case UNIT_MONTH:
			part = integer_part(month);
			break;
		case UNIT_QUARTER:
			part = integer_part(month / 3 + 1);
			break;
		case UNIT_YEAR:
			part = integer_part(year);
			break;
		case UNIT_DECADE:
			part = integer_part(year / 10);
			break;
		case UNIT_CENTURY:
			part = integer_part(year / 100);
			break;
		case UNIT_MILLENNIUM:
			part = integer_part(year / 1000);
			break;
		case UNIT_EPOCH:
			part = scaled_part(((int128) year * SECS_PER_YEAR + (int128) month * DAYS_PER_MONTH * SECS_PER_DAY +
								(int128) interval->day * SECS_PER_DAY) * USECS_PER_SEC + interval->time, 6);
			break;
		default:
			tm.tm_sec = (int) (time / USECS_PER_SEC);
			if (!time_part_of(unit, &tm, (fsec_t) (time % USECS_PER_SEC), &part))
				bad_unit(word, INTERVALOID);
			break;
	}
	return return_part(fcinfo, &part, as_numeric);
}

Datum
interval_part(PG_FUNCTION_ARGS)
{
	return interval_extract(fcinfo, false);
}

Datum
extract_interval(PG_FUNCTION_ARGS)
{
	return interval_extract(fcinfo, true);
}

/* ---- date_trunc */
/* Sets what is finer than the unit to its beginning; false for a unit that cannot be truncated to. */
static bool
truncate_fields(DateUnit unit, struct pg_tm *tm, fsec_t *fsec)
{
	switch (unit)
	{
		case UNIT_WEEK:
		{
			int week = date2isoweek(tm->tm_year, tm->tm_mon, tm->tm_mday);

			/* the week may belong to the year before or after */
			tm->tm_year = date2isoyear(tm->tm_year, tm->tm_mon, tm->tm_mday);
			isoweek2date(week, &tm->tm_year, &tm->tm_mon, &tm->tm_mday);
			break;
		}
		case UNIT_MILLENNIUM:
			tm->tm_year = tm->tm_year > 0 ? (tm->tm_year + 999) / 1000 * 1000 - 999 : -((999 - (tm->tm_year - 1)) / 1000) * 1000 + 1;
			tm->tm_mon = tm->tm_mday = 1;
			break;
		case UNIT_CENTURY:
			tm->tm_year = tm->tm_year > 0 ? (tm->tm_year + 99) / 100 * 100 - 99 : -((99 - (tm->tm_year - 1)) / 100) * 100 + 1;
			tm->tm_mon = tm->tm_mday = 1;
			break;
		case UNIT_DECADE:
			tm->tm_year = tm->tm_year > 0 ? tm->tm_year / 10 * 10 : -((8 - (tm->tm_year - 1)) / 10) * 10;
			tm->tm_mon = tm->tm_mday = 1;
			break;
		case UNIT_YEAR:
			tm->tm_mon = tm->tm_mday = 1;
			break;
		case UNIT_QUARTER:
			tm->tm_mon = (tm->tm_mon - 1) / 3 * 3 + 1;
			tm->tm_mday = 1;
			break;
		case UNIT_MONTH:
			tm->tm_mday = 1;
			break;
		case UNIT_DAY:
			break;
		case UNIT_HOUR:
			tm->tm_min = tm->tm_sec = 0;
			*fsec = 0;
			return true;
		case UNIT_MINUTE:
			tm->tm_sec = 0;
			*fsec = 0;
			return true;
		case UNIT_SECOND:
			*fsec = 0;
			return true;
		case UNIT_MILLISECOND:
			*fsec = *fsec / 1000 * 1000;
			return true;
		case UNIT_MICROSECOND:
			return true;
		default:
			return false;
	}
	tm->tm_hour = tm->tm_min = tm->tm_sec = 0;
	*fsec = 0;
	return true;
}

static void pg_attribute_noreturn()
bad_trunc_unit(const char *word, Oid type)
{
	DateUnit unit = date_unit(word);

	/* only those that would mean something are "not supported" */
	if (unit == UNIT_TIMEZONE || unit == UNIT_TIMEZONE_HOUR || unit == UNIT_TIMEZONE_MINUTE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("unit \"%s\" not supported for type %s", word, format_type_be(type)));
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("unit \"%s\" not recognized for type %s", word, format_type_be(type)));
}

Datum
timestamp_trunc(PG_FUNCTION_ARGS)
{
	const char *word = lower_word(PG_GETARG_TEXT_PP(0));
	Timestamp timestamp = PG_GETARG_TIMESTAMP(1);
	struct pg_tm tm;
	fsec_t fsec;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_TIMESTAMP(timestamp);
	if (timestamp2tm(timestamp, NULL, &tm, &fsec, NULL, NULL) != 0)
		timestamp_out_of_range();
	if (!truncate_fields(date_unit(word), &tm, &fsec))
		bad_trunc_unit(word, TIMESTAMPOID);
	if (tm2timestamp(&tm, fsec, NULL, &timestamp) != 0)
		timestamp_out_of_range();
	PG_RETURN_TIMESTAMP(timestamp);
}

static TimestampTz
truncate_in_zone(const char *word, TimestampTz timestamp, pg_tz *tz)
{
	DateUnit unit = date_unit(word);
	struct pg_tm tm;
	fsec_t fsec;
	int zone;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		return timestamp;
	if (timestamp2tm(timestamp, &zone, &tm, &fsec, NULL, tz) != 0)
		timestamp_out_of_range();
	if (!truncate_fields(unit, &tm, &fsec))
		bad_trunc_unit(word, TIMESTAMPTZOID);
	/* from days on the offset may be another at the beginning; within a day it is kept, or an hour could go back */
	if (unit >= UNIT_DAY)
		zone = DetermineTimeZoneOffset(&tm, tz);
	if (tm2timestamp(&tm, fsec, &zone, &timestamp) != 0)
		timestamp_out_of_range();
	return timestamp;
}

Datum
timestamptz_trunc(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(
		truncate_in_zone(lower_word(PG_GETARG_TEXT_PP(0)), PG_GETARG_TIMESTAMPTZ(1), session_timezone));
}

Datum
timestamptz_trunc_zone(PG_FUNCTION_ARGS)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(2));
	int zone;
	bool is_dst;
	pg_tz *tz = zone_by_abbreviation(name, &zone, &is_dst) ? pg_tzset_offset(zone) : zone_by_name(name);

	if (tz == NULL)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("time zone \"%s\" not recognized", name));
	PG_RETURN_TIMESTAMPTZ(truncate_in_zone(lower_word(PG_GETARG_TEXT_PP(0)), PG_GETARG_TIMESTAMPTZ(1), tz));
}

Datum
interval_trunc(PG_FUNCTION_ARGS)
{
	const char *word = lower_word(PG_GETARG_TEXT_PP(0));
	Interval *source = PG_GETARG_INTERVAL_P(1);
	Interval *result = interval_make(source->month, source->day, source->time);
	int64 grain = 0;
	int months = 0;

	switch (date_unit(word))
	{
		case UNIT_MILLENNIUM:
			months = 12000;
			break;
		case UNIT_CENTURY:
			months = 1200;
			break;
		case UNIT_DECADE:
			months = 120;
			break;
		case UNIT_YEAR:
			months = 12;
			break;
		case UNIT_QUARTER:
			months = 3;
			break;
		case UNIT_MONTH:
			months = 1;
			break;
		case UNIT_DAY:
			grain = PG_INT64_MAX;
			break;
		case UNIT_HOUR:
			grain = USECS_PER_HOUR;
			break;
		case UNIT_MINUTE:
			grain = USECS_PER_MINUTE;
			break;
		case UNIT_SECOND:
			grain = USECS_PER_SEC;
			break;
		case UNIT_MILLISECOND:
			grain = 1000;
			break;
		case UNIT_MICROSECOND:
			grain = 1;
			break;
		case UNIT_WEEK:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("unit \"%s\" not supported for type %s", word, format_type_be(INTERVALOID)),
					errdetail("Months usually have fractional weeks."));
		default:
			bad_unit(word, INTERVALOID);
	}
	if (months > 0)
	{
		result->month = result->month / months * months;
		result->day = 0;
		result->time = 0;
	}
	else
		result->time = result->time / grain * grain;
	PG_RETURN_INTERVAL_P(result);
}

/* ---- date_bin: the beginning of the stride, counted from origin, in which the timestamp lies */
Datum
timestamp_bin(PG_FUNCTION_ARGS)
{
	Interval *stride = PG_GETARG_INTERVAL_P(0);
	Timestamp timestamp = PG_GETARG_TIMESTAMP(1);
	Timestamp origin = PG_GETARG_TIMESTAMP(2);
	int64 width;
	int64 distance;
	int64 rest;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_TIMESTAMP(timestamp);
	if (TIMESTAMP_NOT_FINITE(origin))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("origin out of range"));
	if (stride->month != 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("timestamps cannot be binned into intervals containing months or years"));
	if (pg_mul_s64_overflow(stride->day, USECS_PER_DAY, &width) || pg_add_s64_overflow(width, stride->time, &width))
		interval_out_of_range();
	if (width <= 0)
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("stride must be greater than zero"));
	if (pg_sub_s64_overflow(timestamp, origin, &distance))
		interval_out_of_range();
	rest = distance % width;
	if (rest < 0)
		rest += width;
	timestamp = timestamp - rest;
	if (!IS_VALID_TIMESTAMP(timestamp))
		timestamp_out_of_range();
	PG_RETURN_TIMESTAMP(timestamp);
}

Datum
timestamptz_bin(PG_FUNCTION_ARGS)
{
	return timestamp_bin(fcinfo);
}
