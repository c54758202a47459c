/*
 * interval.c
 *    interval: text and binary form, arithmetic, comparison, aggregates.
 *
 * Comparison takes a month for 30 days and a day for 24 hours; so '1 month' equals '30 days' though they add differently.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "executor/executor.h"
#include "libpq/pqformat.h"
#include "types/array_internal.h"
#include "types/comparison.h"
#include "types/datetime.h"
#include "utils/float.h"

void
interval_out_of_range(void)
{
	ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("interval out of range"));
}

Interval *
interval_make(int32 month, int32 day, int64 time)
{
	Interval *result = palloc_object(Interval);

	*result = (Interval){.month = month, .day = day, .time = time};
	return result;
}

int128
interval_span(const Interval *interval)
{
	return (int128) interval->time + ((int128) interval->month * 30 + interval->day) * USECS_PER_DAY;
}

/* ---- type modifiers: precision in the low half, the fields allowed in the high */
#define F_MONTH INTERVAL_MASK(1)
#define F_YEAR INTERVAL_MASK(2)
#define F_DAY INTERVAL_MASK(3)
#define F_HOUR INTERVAL_MASK(10)
#define F_MINUTE INTERVAL_MASK(11)
#define F_SECOND INTERVAL_MASK(12)

static const struct
{
	int range;
	const char *name;
} ranges[] = {{F_YEAR, " year"},
			  {F_MONTH, " month"},
			  {F_DAY, " day"},
			  {F_HOUR, " hour"},
			  {F_MINUTE, " minute"},
			  {F_SECOND, " second"},
			  {F_YEAR | F_MONTH, " year to month"},
			  {F_DAY | F_HOUR, " day to hour"},
			  {F_DAY | F_HOUR | F_MINUTE, " day to minute"},
			  {F_DAY | F_HOUR | F_MINUTE | F_SECOND, " day to second"},
			  {F_HOUR | F_MINUTE, " hour to minute"},
			  {F_HOUR | F_MINUTE | F_SECOND, " hour to second"},
			  {F_MINUTE | F_SECOND, " minute to second"},
			  {INTERVAL_FULL_RANGE, ""}};

Datum
intervaltypmodin(PG_FUNCTION_ARGS)
{
	int n;
	int32 *values = ArrayGetIntegerTypmods(PG_GETARG_ARRAYTYPE_P(0), &n);
	bool known = false;

	for (size_t i = 0; n > 0 && i < lengthof(ranges); i++)
		known = known || ranges[i].range == values[0];
	if (!known || n > 2)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid INTERVAL type modifier"));
	if (n == 1)
		PG_RETURN_INT32(values[0] == INTERVAL_FULL_RANGE ? -1 : INTERVAL_TYPMOD(INTERVAL_FULL_PRECISION, values[0]));
	if (values[1] < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("INTERVAL(%d) precision must not be negative", values[1]));
	if (values[1] > MAX_INTERVAL_PRECISION)
	{
		ereport(WARNING, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("INTERVAL(%d) precision reduced to maximum allowed, %d", values[1], MAX_INTERVAL_PRECISION));
		values[1] = MAX_INTERVAL_PRECISION;
	}
	PG_RETURN_INT32(INTERVAL_TYPMOD(values[1], values[0]));
}

Datum
intervaltypmodout(PG_FUNCTION_ARGS)
{
	int32 typmod = PG_GETARG_INT32(0);
	const char *name = "";

	if (typmod < 0)
		PG_RETURN_CSTRING(pstrdup(""));
	for (size_t i = 0; i < lengthof(ranges); i++)
	{
		if (ranges[i].range == INTERVAL_RANGE(typmod))
			name = ranges[i].name;
	}
	if (INTERVAL_PRECISION(typmod) != INTERVAL_FULL_PRECISION)
		PG_RETURN_CSTRING(psprintf("%s(%d)", name, INTERVAL_PRECISION(typmod)));
	PG_RETURN_CSTRING(pstrdup(name));
}

/* Drops what is finer than the last field allowed, and rounds seconds. */
void
interval_apply_typmod(Interval *interval, int32 typmod)
{
	int range = typmod >= 0 ? INTERVAL_RANGE(typmod) : INTERVAL_FULL_RANGE;
	int precision = typmod >= 0 ? INTERVAL_PRECISION(typmod) : INTERVAL_FULL_PRECISION;

	if (typmod < 0)
		return;
	if (range == F_YEAR)
		interval->month = interval->month / 12 * 12;
	if (range == F_YEAR || range == F_MONTH || range == (F_YEAR | F_MONTH))
		interval->day = 0;
	if (range == F_YEAR || range == F_MONTH || range == (F_YEAR | F_MONTH) || range == F_DAY)
		interval->time = 0;
	else if (!(range & F_SECOND) && range != INTERVAL_FULL_RANGE)
	{
		if (range & F_MINUTE)
			interval->time = interval->time / USECS_PER_MINUTE * USECS_PER_MINUTE;
		else if (range & F_HOUR)
			interval->time = interval->time / USECS_PER_HOUR * USECS_PER_HOUR;
	}
	if (precision != INTERVAL_FULL_PRECISION)
		interval->time = round_microseconds(interval->time, precision);
}

/* ---- text and binary form */
Datum
interval_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	int32 typmod = PG_GETARG_INT32(2);
	Interval *result = interval_make(0, 0, 0);
	DateTimeError error = interval_parse(input, typmod >= 0 ? INTERVAL_RANGE(typmod) : INTERVAL_FULL_RANGE, result);

	if (error)
		datetime_error(error == DT_FIELD_OVERFLOW ? DT_INTERVAL_OVERFLOW : error, input, "interval");
	interval_apply_typmod(result, typmod);
	PG_RETURN_INTERVAL_P(result);
}

Datum
interval_out(PG_FUNCTION_ARGS)
{
	char buffer[MAXDATELEN + 1];

	interval_format(PG_GETARG_INTERVAL_P(0), IntervalStyle, buffer);
	PG_RETURN_CSTRING(pstrdup(buffer));
}

Datum
interval_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	Interval *result = interval_make(0, 0, pq_getmsgint64(buf));

	result->day = (int32) pq_getmsgint(buf, 4);
	result->month = (int32) pq_getmsgint(buf, 4);
	interval_apply_typmod(result, PG_GETARG_INT32(2));
	PG_RETURN_INTERVAL_P(result);
}

Datum
interval_send(PG_FUNCTION_ARGS)
{
	Interval *interval = PG_GETARG_INTERVAL_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, (uint64) interval->time);
	pq_sendint32(&buf, (uint32) interval->day);
	pq_sendint32(&buf, (uint32) interval->month);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
interval_scale(PG_FUNCTION_ARGS)
{
	Interval *source = PG_GETARG_INTERVAL_P(0);
	Interval *result = interval_make(source->month, source->day, source->time);

	interval_apply_typmod(result, PG_GETARG_INT32(1));
	PG_RETURN_INTERVAL_P(result);
}

Datum
interval_finite(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(true);
}

Datum
make_interval(PG_FUNCTION_ARGS)
{
	int64 months = (int64) PG_GETARG_INT32(0) * 12 + PG_GETARG_INT32(1);
	int64 days = (int64) PG_GETARG_INT32(2) * 7 + PG_GETARG_INT32(3);
	double secs = PG_GETARG_FLOAT8(6);
	int64 time;

	if (isinf(secs) || isnan(secs) || months != (int32) months || days != (int32) days)
		interval_out_of_range();
	secs = rint(float8_mul(secs, USECS_PER_SEC));
	if (secs < -0x1p63 || secs >= 0x1p63 ||
		pg_add_s64_overflow((int64) PG_GETARG_INT32(4) * USECS_PER_HOUR + (int64) PG_GETARG_INT32(5) * USECS_PER_MINUTE,
							(int64) secs, &time))
		interval_out_of_range();
	PG_RETURN_INTERVAL_P(interval_make((int32) months, (int32) days, time));
}

/* ---- arithmetic */
static Interval *
combine(const Interval *a, const Interval *b, int sign)
{
	int64 month = (int64) a->month + sign * (int64) b->month;
	int64 day = (int64) a->day + sign * (int64) b->day;
	int128 time = (int128) a->time + sign * (int128) b->time;

	if (month != (int32) month || day != (int32) day || time != (int64) time)
		interval_out_of_range();
	return interval_make((int32) month, (int32) day, (int64) time);
}

Datum
interval_pl(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(combine(PG_GETARG_INTERVAL_P(0), PG_GETARG_INTERVAL_P(1), 1));
}

Datum
interval_mi(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(combine(PG_GETARG_INTERVAL_P(0), PG_GETARG_INTERVAL_P(1), -1));
}

Datum
interval_um(PG_FUNCTION_ARGS)
{
	Interval zero = {0};

	PG_RETURN_INTERVAL_P(combine(&zero, PG_GETARG_INTERVAL_P(0), -1));
}

/*
 * Times a factor. What is left of a month becomes days, of a day time. Day and second parts are rounded to microseconds'
 * worth so that 0.1 as a binary fraction does no harm.
 */
static Interval *
scaled(const Interval *span, double factor, bool divide)
{
	double month = divide ? span->month / factor : span->month * factor;
	double day = divide ? span->day / factor : span->day * factor;
	double time;
	double month_rest_days;
	double day_rest_secs;
	int32 whole_month;
	int32 whole_day;

	if (isnan(month) || month > PG_INT32_MAX || month < PG_INT32_MIN || isnan(day) || day > PG_INT32_MAX ||
		day < PG_INT32_MIN)
		interval_out_of_range();
	whole_month = (int32) month;
	whole_day = (int32) day;
	month_rest_days = (month - whole_month) * DAYS_PER_MONTH;
	month_rest_days = rint(month_rest_days * 1e6) / 1e6;
	day_rest_secs = (day - whole_day + month_rest_days - (int) month_rest_days) * SECS_PER_DAY;
	day_rest_secs = rint(day_rest_secs * 1e6) / 1e6;
	/* rounding may have made a whole day of it */
	if (fabs(day_rest_secs) >= SECS_PER_DAY)
	{
		whole_day += (int) (day_rest_secs / SECS_PER_DAY);
		day_rest_secs -= (int) (day_rest_secs / SECS_PER_DAY) * SECS_PER_DAY;
	}
	whole_day += (int32) month_rest_days;
	time = rint((divide ? span->time / factor : span->time * factor) + day_rest_secs * USECS_PER_SEC);
	if (isnan(time) || time < -0x1p63 || time >= 0x1p63)
		interval_out_of_range();
	return interval_make(whole_month, whole_day, (int64) time);
}

Datum
interval_mul(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(scaled(PG_GETARG_INTERVAL_P(0), PG_GETARG_FLOAT8(1), false));
}

Datum
mul_d_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_INTERVAL_P(scaled(PG_GETARG_INTERVAL_P(1), PG_GETARG_FLOAT8(0), false));
}

Datum
interval_div(PG_FUNCTION_ARGS)
{
	if (PG_GETARG_FLOAT8(1) == 0)
		ereport(ERROR, errcode(ERRCODE_DIVISION_BY_ZERO), errmsg("division by zero"));
	PG_RETURN_INTERVAL_P(scaled(PG_GETARG_INTERVAL_P(0), PG_GETARG_FLOAT8(1), true));
}

/* ---- justify: carry time into days, days into months, and make all signs alike */
static void
carry_hours(Interval *i)
{
	int64 day = i->day + i->time / USECS_PER_DAY;

	i->time %= USECS_PER_DAY;
	if (day > 0 && i->time < 0)
	{
		i->time += USECS_PER_DAY;
		day--;
	}
	else if (day < 0 && i->time > 0)
	{
		i->time -= USECS_PER_DAY;
		day++;
	}
	if (day != (int32) day)
		interval_out_of_range();
	i->day = (int32) day;
}

static void
carry_days(Interval *i)
{
	int64 month = (int64) i->month + i->day / DAYS_PER_MONTH;

	i->day %= DAYS_PER_MONTH;
	if (month > 0 && i->day < 0)
	{
		i->day += DAYS_PER_MONTH;
		month--;
	}
	else if (month < 0 && i->day > 0)
	{
		i->day -= DAYS_PER_MONTH;
		month++;
	}
	if (month != (int32) month)
		interval_out_of_range();
	i->month = (int32) month;
}

Datum
interval_justify_hours(PG_FUNCTION_ARGS)
{
	Interval *i = interval_make(PG_GETARG_INTERVAL_P(0)->month, PG_GETARG_INTERVAL_P(0)->day, PG_GETARG_INTERVAL_P(0)->time);

	carry_hours(i);
	PG_RETURN_INTERVAL_P(i);
}

Datum
interval_justify_days(PG_FUNCTION_ARGS)
{
	Interval *i = interval_make(PG_GETARG_INTERVAL_P(0)->month, PG_GETARG_INTERVAL_P(0)->day, PG_GETARG_INTERVAL_P(0)->time);

	carry_days(i);
	PG_RETURN_INTERVAL_P(i);
}

Datum
interval_justify_interval(PG_FUNCTION_ARGS)
{
	Interval *i = interval_make(PG_GETARG_INTERVAL_P(0)->month, PG_GETARG_INTERVAL_P(0)->day, PG_GETARG_INTERVAL_P(0)->time);
	int64 day = i->day + i->time / USECS_PER_DAY;
	int64 month;

	i->time %= USECS_PER_DAY;
	month = (int64) i->month + day / DAYS_PER_MONTH;
	day %= DAYS_PER_MONTH;
	if (month > 0 && (day < 0 || (day == 0 && i->time < 0)))
	{
		day += DAYS_PER_MONTH;
		month--;
	}
	else if (month < 0 && (day > 0 || (day == 0 && i->time > 0)))
	{
		day -= DAYS_PER_MONTH;
		month++;
	}
	if (day > 0 && i->time < 0)
	{
		i->time += USECS_PER_DAY;
		day--;
	}
	else if (day < 0 && i->time > 0)
	{
		i->time -= USECS_PER_DAY;
		day++;
	}
	if (month != (int32) month)
		interval_out_of_range();
	i->month = (int32) month;
	i->day = (int32) day;
	PG_RETURN_INTERVAL_P(i);
}

/* ---- comparison */
static int
interval_compare(FunctionCallInfo fcinfo)
{
	int128 a = interval_span(PG_GETARG_INTERVAL_P(0));
	int128 b = interval_span(PG_GETARG_INTERVAL_P(1));

	return (a > b) - (a < b);
}

Datum
interval_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(interval_compare(fcinfo));
}

COMPARISON_OPERATORS(interval_, , interval_compare(fcinfo), 0)

Datum
interval_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(interval_compare(fcinfo) > 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

Datum
interval_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(interval_compare(fcinfo) < 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

Datum
interval_hash(PG_FUNCTION_ARGS)
{
	int64 key = (int64) interval_span(PG_GETARG_INTERVAL_P(0));

	return DirectFunctionCall1(hashint8, Int64GetDatum(key));
}

Datum
interval_hash_extended(PG_FUNCTION_ARGS)
{
	int64 key = (int64) interval_span(PG_GETARG_INTERVAL_P(0));

	return DirectFunctionCall2(hashint8extended, Int64GetDatum(key), PG_GETARG_DATUM(1));
}

Datum
in_range_interval_interval(PG_FUNCTION_ARGS)
{
	int128 val = interval_span(PG_GETARG_INTERVAL_P(0));
	int128 base = interval_span(PG_GETARG_INTERVAL_P(1));
	int128 offset = interval_span(PG_GETARG_INTERVAL_P(2));
	int128 bound = PG_GETARG_BOOL(3) ? base - offset : base + offset;

	if (offset < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PRECEDING_OR_FOLLOWING_SIZE),
				errmsg("invalid preceding or following size in window function"));
	PG_RETURN_BOOL(PG_GETARG_BOOL(4) ? val <= bound : val >= bound);
}

/* time and timetz with interval offsets: no wrapping around midnight */
static bool
time_in_range(int64 val, int64 base, Interval *offset, bool sub, bool less)
{
	int64 bound;

	if (offset->time < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PRECEDING_OR_FOLLOWING_SIZE),
				errmsg("invalid preceding or following size in window function"));
	if (sub ? pg_sub_s64_overflow(base, offset->time, &bound) : pg_add_s64_overflow(base, offset->time, &bound))
		return sub ? !less : less;
	return less ? val <= bound : val >= bound;
}

Datum
in_range_time_interval(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(time_in_range(PG_GETARG_TIMEADT(0), PG_GETARG_TIMEADT(1), PG_GETARG_INTERVAL_P(2), PG_GETARG_BOOL(3),
								 PG_GETARG_BOOL(4)));
}

Datum
in_range_timetz_interval(PG_FUNCTION_ARGS)
{
	TimeTzADT *val = PG_GETARG_TIMETZADT_P(0);
	TimeTzADT *base = PG_GETARG_TIMETZADT_P(1);

	PG_RETURN_BOOL(time_in_range(val->time + val->zone * USECS_PER_SEC, base->time + base->zone * USECS_PER_SEC,
								 PG_GETARG_INTERVAL_P(2), PG_GETARG_BOOL(3), PG_GETARG_BOOL(4)));
}

/* ---- avg and moving sum: the state is an array of two intervals, the sum and (in time) the count */
static Interval *
interval_state(FunctionCallInfo fcinfo, ArrayType **array)
{
	*array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
	if (ARR_NDIM(*array) != 1 || ARR_DIMS(*array)[0] != 2 || ARR_HASNULL(*array))
		elog(ERROR, "expected 2-element interval array");
	return (Interval *) ARR_DATA_PTR(*array);
}

Datum
interval_accum(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	Interval *state = interval_state(fcinfo, &array);

	state[0] = *combine(&state[0], PG_GETARG_INTERVAL_P(1), 1);
	state[1].time++;
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
interval_accum_inv(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	Interval *state = interval_state(fcinfo, &array);

	state[0] = *combine(&state[0], PG_GETARG_INTERVAL_P(1), -1);
	state[1].time--;
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
interval_avg(PG_FUNCTION_ARGS)
{
	ArrayType *array;
	Interval *state = interval_state(fcinfo, &array);

	if (state[1].time == 0)
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(scaled(&state[0], (double) state[1].time, true));
}
