/*
 * time.c
 *    time and time with time zone.
 *
 * timetz values are ordered by the moment they mean (time plus zone), and among equal moments by zone, so that values
 * that look different are never equal.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "types/datetime.h"
#include "utils/array.h"
#include "utils/float.h"

/* ---- type modifiers */
int32
anytime_typmod_check(bool istz, int32 typmod)
{
	if (typmod < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("TIME(%d)%s precision must not be negative", typmod, istz ? " WITH TIME ZONE" : ""));
	if (typmod > MAX_TIME_PRECISION)
	{
		ereport(WARNING, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("TIME(%d)%s precision reduced to maximum allowed, %d", typmod, istz ? " WITH TIME ZONE" : "",
					   MAX_TIME_PRECISION));
		typmod = MAX_TIME_PRECISION;
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
	return anytime_typmod_check(istz, values[0]);
}

static char *
typmod_text(int32 typmod, const char *suffix)
{
	return typmod >= 0 ? psprintf("(%d)%s", typmod, suffix) : pstrdup(suffix);
}

Datum
timetypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(typmod_from_array(PG_GETARG_ARRAYTYPE_P(0), false));
}

Datum
timetypmodout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(typmod_text(PG_GETARG_INT32(0), ""));
}

Datum
timetztypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(typmod_from_array(PG_GETARG_ARRAYTYPE_P(0), true));
}

Datum
timetztypmodout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(typmod_text(PG_GETARG_INT32(0), ""));
}

/* Rounds to precision decimals of a second; values come with their sign, halves go away from zero. */
int64
round_microseconds(int64 time, int precision)
{
	static const int64 scales[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	int64 scale;
	int64 half;

	if (precision < 0 || precision >= MAX_TIME_PRECISION)
		return time;
	scale = scales[precision];
	half = scale / 2;
	return time >= 0 ? (time + half) / scale * scale : -((-time + half) / scale * scale);
}

/* ---- text and binary form */
static TimeTzADT
parse_time(const char *input, const char *type_name, bool want_zone)
{
	ParsedDateTime parsed;
	DateTimeError error = datetime_parse(input, true, &parsed);
	TimeTzADT result;

	if (error)
		datetime_error(error, input, type_name);
	if (parsed.kind != KIND_FIELDS)
		datetime_error(DT_BAD_FORMAT, input, type_name);
	/* a zone whose offset changes with the date needs one; time without time zone ignores zones */
	if (parsed.tz && !parsed.has_date)
	{
		long int offset;

		if (!pg_get_timezone_offset(parsed.tz, &offset))
			datetime_error(DT_BAD_FORMAT, input, type_name);
		parsed.zone = (int) -offset;
		parsed.has_zone = true;
	}
	if (want_zone && !parsed.has_zone)
	{
		struct pg_tm now = parsed.tm;
		struct pg_tm today;

		if (!parsed.has_date)
		{
			GetCurrentDateTime(&today);
			now.tm_year = today.tm_year;
			now.tm_mon = today.tm_mon;
			now.tm_mday = today.tm_mday;
		}
		parsed.zone = DetermineTimeZoneOffset(&now, session_timezone);
	}
	result.time = ((parsed.tm.tm_hour * 60 + parsed.tm.tm_min) * 60 + parsed.tm.tm_sec) * USECS_PER_SEC + parsed.fsec;
	result.zone = parsed.zone;
	return result;
}

static void
split_time(TimeADT time, struct pg_tm *tm, fsec_t *fsec)
{
	memset(tm, 0, sizeof(*tm));
	dt2time(time, &tm->tm_hour, &tm->tm_min, &tm->tm_sec, fsec);
}

Datum
time_in(PG_FUNCTION_ARGS)
{
	TimeTzADT parsed = parse_time(PG_GETARG_CSTRING(0), "time", false);

	PG_RETURN_TIMEADT(round_microseconds(parsed.time, PG_GETARG_INT32(2)));
}

Datum
time_out(PG_FUNCTION_ARGS)
{
	char buffer[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t fsec;

	split_time(PG_GETARG_TIMEADT(0), &tm, &fsec);
	EncodeTimeOnly(&tm, fsec, false, 0, DateStyle, buffer);
	PG_RETURN_CSTRING(pstrdup(buffer));
}

static TimeADT
receive_time(StringInfo buf)
{
	TimeADT time = pq_getmsgint64(buf);

	if (time < 0 || time > USECS_PER_DAY)
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("time out of range"));
	return time;
}

Datum
time_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(round_microseconds(receive_time((StringInfo) PG_GETARG_POINTER(0)), PG_GETARG_INT32(2)));
}

Datum
time_send(PG_FUNCTION_ARGS)
{
	return int8send(fcinfo);
}

Datum
time_scale(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(round_microseconds(PG_GETARG_TIMEADT(0), PG_GETARG_INT32(1)));
}

static TimeTzADT *
timetz_make(TimeADT time, int32 zone)
{
	TimeTzADT *result = palloc_object(TimeTzADT);

	result->time = time;
	result->zone = zone;
	return result;
}

Datum
timetz_in(PG_FUNCTION_ARGS)
{
	TimeTzADT parsed = parse_time(PG_GETARG_CSTRING(0), "time with time zone", true);

	PG_RETURN_TIMETZADT_P(timetz_make(round_microseconds(parsed.time, PG_GETARG_INT32(2)), parsed.zone));
}

Datum
timetz_out(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(0);
	char buffer[MAXDATELEN + 1];
	struct pg_tm tm;
	fsec_t fsec;

	split_time(time->time, &tm, &fsec);
	EncodeTimeOnly(&tm, fsec, true, time->zone, DateStyle, buffer);
	PG_RETURN_CSTRING(pstrdup(buffer));
}

Datum
timetz_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	TimeADT time = receive_time(buf);
	int32 zone = (int32) pq_getmsgint(buf, 4);

	if (zone <= -TZDISP_LIMIT || zone >= TZDISP_LIMIT)
		ereport(ERROR, errcode(ERRCODE_INVALID_TIME_ZONE_DISPLACEMENT_VALUE), errmsg("time zone displacement out of range"));
	PG_RETURN_TIMETZADT_P(timetz_make(round_microseconds(time, PG_GETARG_INT32(2)), zone));
}

Datum
timetz_send(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, (uint64) time->time);
	pq_sendint32(&buf, (uint32) time->zone);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
timetz_scale(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(0);

	PG_RETURN_TIMETZADT_P(timetz_make(round_microseconds(time->time, PG_GETARG_INT32(1)), time->zone));
}

Datum
make_time(PG_FUNCTION_ARGS)
{
	int hour = PG_GETARG_INT32(0);
	int min = PG_GETARG_INT32(1);
	double sec = PG_GETARG_FLOAT8(2);
	TimeADT time;

	if (hour < 0 || hour > 24 || min < 0 || min > 59 || isnan(sec) || sec < 0 || sec > 60 ||
		(time = ((hour * 60 + min) * 60) * USECS_PER_SEC + (int64) rint(sec * USECS_PER_SEC)) > USECS_PER_DAY)
		ereport(ERROR, errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				errmsg("time field value out of range: %d:%02d:%02g", hour, min, sec));
	PG_RETURN_TIMEADT(time);
}

/* ---- arithmetic: around the clock */
static TimeADT
wrap(int64 time)
{
	time %= USECS_PER_DAY;
	return time < 0 ? time + USECS_PER_DAY : time;
}

Datum
time_pl_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(wrap(PG_GETARG_TIMEADT(0) + PG_GETARG_INTERVAL_P(1)->time % USECS_PER_DAY));
}

Datum
time_mi_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(wrap(PG_GETARG_TIMEADT(0) - PG_GETARG_INTERVAL_P(1)->time % USECS_PER_DAY));
}

Datum
time_mi_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(interval_make(0, 0, PG_GETARG_TIMEADT(0) - PG_GETARG_TIMEADT(1)));
}

Datum
timetz_pl_interval(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(0);

	PG_RETURN_TIMETZADT_P(timetz_make(wrap(time->time + PG_GETARG_INTERVAL_P(1)->time % USECS_PER_DAY), time->zone));
}

Datum
timetz_mi_interval(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(0);

	PG_RETURN_TIMETZADT_P(timetz_make(wrap(time->time - PG_GETARG_INTERVAL_P(1)->time % USECS_PER_DAY), time->zone));
}

/* ---- conversions */
static TimeADT
time_of(Timestamp timestamp)
{
	return wrap(timestamp);
}

Datum
timestamp_time(PG_FUNCTION_ARGS)
{
	if (TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMP(0)))
		PG_RETURN_NULL();
	PG_RETURN_TIMEADT(time_of(PG_GETARG_TIMESTAMP(0)));
}

Datum
timestamptz_time(PG_FUNCTION_ARGS)
{
	if (TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(0)))
		PG_RETURN_NULL();
	PG_RETURN_TIMEADT(time_of(timestamptz_to_local(PG_GETARG_TIMESTAMPTZ(0))));
}

Datum
timestamptz_timetz(PG_FUNCTION_ARGS)
{
	TimestampTz timestamp = PG_GETARG_TIMESTAMPTZ(0);
	struct pg_tm tm;
	fsec_t fsec;
	int zone;

	if (TIMESTAMP_NOT_FINITE(timestamp))
		PG_RETURN_NULL();
	if (timestamp2tm(timestamp, &zone, &tm, &fsec, NULL, NULL) != 0)
		timestamp_out_of_range();
	PG_RETURN_TIMETZADT_P(timetz_make(((tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec) * USECS_PER_SEC + fsec, zone));
}

Datum
timetz_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(PG_GETARG_TIMETZADT_P(0)->time);
}

Datum
time_timetz(PG_FUNCTION_ARGS)
{
	struct pg_tm now;

	GetCurrentDateTime(&now);
	now.tm_hour = (int) (PG_GETARG_TIMEADT(0) / USECS_PER_HOUR);
	now.tm_min = (int) (PG_GETARG_TIMEADT(0) / USECS_PER_MINUTE % 60);
	now.tm_sec = (int) (PG_GETARG_TIMEADT(0) / USECS_PER_SEC % 60);
	PG_RETURN_TIMETZADT_P(timetz_make(PG_GETARG_TIMEADT(0), DetermineTimeZoneOffset(&now, session_timezone)));
}

Datum
time_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(interval_make(0, 0, PG_GETARG_TIMEADT(0)));
}

Datum
interval_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(wrap(PG_GETARG_INTERVAL_P(0)->time));
}

/* ---- AT TIME ZONE */
static TimeTzADT *
timetz_move(TimeTzADT *time, int32 zone)
{
	return timetz_make(wrap(time->time + (int64) (time->zone - zone) * USECS_PER_SEC), zone);
}

Datum
timetz_zone(PG_FUNCTION_ARGS)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));

	PG_RETURN_TIMETZADT_P(
		timetz_move(PG_GETARG_TIMETZADT_P(1), zone_offset_for(name, GetCurrentTimestamp(), false)));
}

Datum
timetz_izone(PG_FUNCTION_ARGS)
{
	Interval *zone = PG_GETARG_INTERVAL_P(0);

	if (zone->month != 0 || zone->day != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("interval time zone \"%s\" must not include months or days",
					   DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(0)))));
	PG_RETURN_TIMETZADT_P(timetz_move(PG_GETARG_TIMETZADT_P(1), (int32) (-zone->time / USECS_PER_SEC)));
}

/* ---- comparison */
static int
timetz_compare(TimeTzADT *a, TimeTzADT *b)
{
	int64 a_moment = a->time + a->zone * USECS_PER_SEC;
	int64 b_moment = b->time + b->zone * USECS_PER_SEC;

	if (a_moment != b_moment)
		return a_moment > b_moment ? 1 : -1;
	return (a->zone > b->zone) - (a->zone < b->zone);
}

Datum
time_cmp(PG_FUNCTION_ARGS)
{
	TimeADT a = PG_GETARG_TIMEADT(0);
	TimeADT b = PG_GETARG_TIMEADT(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
timetz_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(timetz_compare(PG_GETARG_TIMETZADT_P(0), PG_GETARG_TIMETZADT_P(1)));
}

COMPARISON_OPERATORS(time_, , PG_GETARG_TIMEADT(0), PG_GETARG_TIMEADT(1))
COMPARISON_OPERATORS(timetz_, , timetz_compare(PG_GETARG_TIMETZADT_P(0), PG_GETARG_TIMETZADT_P(1)), 0)

Datum
time_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(Max(PG_GETARG_TIMEADT(0), PG_GETARG_TIMEADT(1)));
}

Datum
timetz_larger(PG_FUNCTION_ARGS)
{
	TimeTzADT *a = PG_GETARG_TIMETZADT_P(0);
	TimeTzADT *b = PG_GETARG_TIMETZADT_P(1);

	PG_RETURN_TIMETZADT_P(timetz_compare(a, b) > 0 ? a : b);
}

Datum
time_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMEADT(Min(PG_GETARG_TIMEADT(0), PG_GETARG_TIMEADT(1)));
}

Datum
timetz_smaller(PG_FUNCTION_ARGS)
{
	TimeTzADT *a = PG_GETARG_TIMETZADT_P(0);
	TimeTzADT *b = PG_GETARG_TIMETZADT_P(1);

	PG_RETURN_TIMETZADT_P(timetz_compare(a, b) < 0 ? a : b);
}

Datum
time_hash(PG_FUNCTION_ARGS)
{
	return hashint8(fcinfo);
}

Datum
time_hash_extended(PG_FUNCTION_ARGS)
{
	return hashint8extended(fcinfo);
}

Datum
timetz_hash(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(0);
	uint32 hash = DatumGetUInt32(DirectFunctionCall1(hashint8, Int64GetDatum(time->time)));

	PG_RETURN_UINT32(hash ^ DatumGetUInt32(hash_uint32((uint32) time->zone)));
}

Datum
timetz_hash_extended(PG_FUNCTION_ARGS)
{
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(0);
	uint64 hash = DatumGetUInt64(DirectFunctionCall2(hashint8extended, Int64GetDatum(time->time), PG_GETARG_DATUM(1)));

	PG_RETURN_UINT64(hash ^ DatumGetUInt64(hash_uint32_extended((uint32) time->zone, (uint64) PG_GETARG_INT64(1))));
}

/* ---- OVERLAPS over times; ends may come in any order, nulls make it three-valued */
typedef int (*OverlapCompare)(Datum a, Datum b);

static int
overlap_compare_time(Datum a, Datum b)
{
	return (DatumGetTimeADT(a) > DatumGetTimeADT(b)) - (DatumGetTimeADT(a) < DatumGetTimeADT(b));
}

static int
overlap_compare_timetz(Datum a, Datum b)
{
	return timetz_compare(DatumGetTimeTzADTP(a), DatumGetTimeTzADTP(b));
}

static int
overlap_compare_timestamp(Datum a, Datum b)
{
	return timestamp_cmp_internal(DatumGetTimestamp(a), DatumGetTimestamp(b));
}

/* Brings a period into order: start not null unless both are, start before end. False when both ends are null. */
static bool
order_period(NullableDatum *start, NullableDatum *end, OverlapCompare compare)
{
	if (start->isnull && end->isnull)
		return false;
	if (start->isnull || (!end->isnull && compare(start->value, end->value) > 0))
	{
		NullableDatum swap = *start;

		*start = *end;
		*end = swap;
	}
	return true;
}

static Datum
overlaps(FunctionCallInfo fcinfo, OverlapCompare compare)
{
	NullableDatum s1 = fcinfo->args[0];
	NullableDatum e1 = fcinfo->args[1];
	NullableDatum s2 = fcinfo->args[2];
	NullableDatum e2 = fcinfo->args[3];
	int order;

	if (!order_period(&s1, &e1, compare) || !order_period(&s2, &e2, compare))
		PG_RETURN_NULL();
	order = compare(s1.value, s2.value);
	/* periods that begin together overlap, an empty one with itself too */
	if (order == 0)
	{
		if (e1.isnull || e2.isnull)
			PG_RETURN_NULL();
		PG_RETURN_BOOL(true);
	}
	if (order > 0)
	{
		NullableDatum swap = s1;

		s1 = s2;
		s2 = swap;
		swap = e1;
		e1 = e2;
		e2 = swap;
	}
	/* now s1 < s2: they overlap when e1 lies behind s2 */
	if (e1.isnull)
		PG_RETURN_NULL();
	if (compare(s2.value, e1.value) < 0)
	{
		if (e2.isnull)
			PG_RETURN_NULL();
		PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}

Datum
overlaps_time(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, overlap_compare_time);
}

Datum
overlaps_timetz(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, overlap_compare_timetz);
}

Datum
overlaps_timestamp(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, overlap_compare_timestamp);
}
