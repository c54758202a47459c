/*
 * date.c
 *    date: text and binary form, arithmetic, conversions, comparison with timestamps.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "types/datetime.h"

static void pg_attribute_noreturn()
date_out_of_range(void)
{
	ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("date out of range"));
}

Datum
date_in(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	ParsedDateTime parsed;
	DateTimeError error = datetime_parse(input, false, &parsed);
	DateADT date;

	if (error)
		datetime_error(error, input, "date");
	switch (parsed.kind)
	{
		case KIND_INFINITY:
			PG_RETURN_DATEADT(DATEVAL_NOEND);
		case KIND_NEG_INFINITY:
			PG_RETURN_DATEADT(DATEVAL_NOBEGIN);
		case KIND_EPOCH:
			PG_RETURN_DATEADT(UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE);
		default:
			break;
	}
	if (!IS_VALID_JULIAN(parsed.tm.tm_year, parsed.tm.tm_mon, parsed.tm.tm_mday))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("date out of range: \"%s\"", input));
	date = date2j(parsed.tm.tm_year, parsed.tm.tm_mon, parsed.tm.tm_mday) - POSTGRES_EPOCH_JDATE;
	if (!IS_VALID_DATE(date))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("date out of range: \"%s\"", input));
	PG_RETURN_DATEADT(date);
}

Datum
date_out(PG_FUNCTION_ARGS)
{
	DateADT date = PG_GETARG_DATEADT(0);
	char buffer[MAXDATELEN + 1];
	struct pg_tm tm = {0};

	if (DATE_NOT_FINITE(date))
		strlcpy(buffer, DATE_IS_NOBEGIN(date) ? "-infinity" : "infinity", sizeof(buffer));
	else
	{
		j2date(date + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		EncodeDateOnly(&tm, DateStyle, buffer);
	}
	PG_RETURN_CSTRING(pstrdup(buffer));
}

Datum
date_recv(PG_FUNCTION_ARGS)
{
	DateADT date = (DateADT) pq_getmsgint((StringInfo) PG_GETARG_POINTER(0), 4);

	if (!DATE_NOT_FINITE(date) && !IS_VALID_DATE(date))
		date_out_of_range();
	PG_RETURN_DATEADT(date);
}

Datum
date_send(PG_FUNCTION_ARGS)
{
	return int4send(fcinfo);
}

Datum
make_date(PG_FUNCTION_ARGS)
{
	int year = PG_GETARG_INT32(0);
	int month = PG_GETARG_INT32(1);
	int day = PG_GETARG_INT32(2);
	int true_year = year < 0 ? year + 1 : year;
	DateADT date;

	if (year == 0 || month < 1 || month > 12 || day < 1 || day > day_tab[isleap(true_year)][month - 1])
		ereport(ERROR, errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				errmsg("date field value out of range: %d-%02d-%02d", year, month, day));
	if (!IS_VALID_JULIAN(true_year, month, day) ||
		!IS_VALID_DATE(date = date2j(true_year, month, day) - POSTGRES_EPOCH_JDATE))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				errmsg("date out of range: %d-%02d-%02d", year, month, day));
	PG_RETURN_DATEADT(date);
}

Datum
date_finite(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!DATE_NOT_FINITE(PG_GETARG_DATEADT(0)));
}

/* ---- arithmetic */
static DateADT
date_shift(DateADT date, int64 days)
{
	int64 result = (int64) date + days;

	if (DATE_NOT_FINITE(date))
		return date;
	if (result != (DateADT) result || !IS_VALID_DATE((DateADT) result))
		date_out_of_range();
	return (DateADT) result;
}

Datum
date_pli(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(date_shift(PG_GETARG_DATEADT(0), PG_GETARG_INT32(1)));
}

Datum
date_mii(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(date_shift(PG_GETARG_DATEADT(0), -(int64) PG_GETARG_INT32(1)));
}

Datum
date_mi(PG_FUNCTION_ARGS)
{
	DateADT a = PG_GETARG_DATEADT(0);
	DateADT b = PG_GETARG_DATEADT(1);

	if (DATE_NOT_FINITE(a) || DATE_NOT_FINITE(b))
		ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("cannot subtract infinite dates"));
	PG_RETURN_INT32(a - b);
}

Datum
date_pl_interval(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(date_to_timestamp(PG_GETARG_DATEADT(0))),
							   PG_GETARG_DATUM(1));
}

Datum
date_mi_interval(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(timestamp_mi_interval, TimestampGetDatum(date_to_timestamp(PG_GETARG_DATEADT(0))),
							   PG_GETARG_DATUM(1));
}

/* ---- to and from timestamps */
/* overflow: beyond the range in that direction; NULL raises. */
static Timestamp
convert_date(DateADT date, int *overflow)
{
	if (DATE_IS_NOBEGIN(date))
		return DT_NOBEGIN;
	if (DATE_IS_NOEND(date))
		return DT_NOEND;
	if (date >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
	{
		if (overflow == NULL)
			ereport(ERROR, errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("date out of range for timestamp"));
		*overflow = 1;
		return DT_NOEND;
	}
	return (int64) date * USECS_PER_DAY;
}

Timestamp
date_to_timestamp(DateADT date)
{
	return convert_date(date, NULL);
}

TimestampTz
date_to_timestamptz(DateADT date)
{
	return date2timestamptz_opt_overflow(date, NULL);
}

TimestampTz
date2timestamptz_opt_overflow(DateADT dateVal, int *overflow)
{
	Timestamp timestamp;

	if (overflow)
		*overflow = 0;
	timestamp = convert_date(dateVal, overflow);
	if (TIMESTAMP_NOT_FINITE(timestamp))
		return timestamp;
	return timestamp2timestamptz_opt_overflow(timestamp, overflow);
}

Datum
date_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(date_to_timestamp(PG_GETARG_DATEADT(0)));
}

Datum
date_timestamptz(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(date_to_timestamptz(PG_GETARG_DATEADT(0)));
}

static DateADT
date_of(Timestamp timestamp)
{
	int64 day = timestamp / USECS_PER_DAY;

	if (TIMESTAMP_IS_NOBEGIN(timestamp))
		return DATEVAL_NOBEGIN;
	if (TIMESTAMP_IS_NOEND(timestamp))
		return DATEVAL_NOEND;
	if (timestamp % USECS_PER_DAY < 0)
		day--;
	return (DateADT) day;
}

Datum
timestamp_date(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(date_of(PG_GETARG_TIMESTAMP(0)));
}

Datum
timestamptz_date(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(date_of(timestamptz_to_local(PG_GETARG_TIMESTAMPTZ(0))));
}

Datum
datetime_timestamp(PG_FUNCTION_ARGS)
{
	Timestamp timestamp = date_to_timestamp(PG_GETARG_DATEADT(0));

	if (!TIMESTAMP_NOT_FINITE(timestamp))
	{
		timestamp += PG_GETARG_TIMEADT(1);
		if (!IS_VALID_TIMESTAMP(timestamp))
			timestamp_out_of_range();
	}
	PG_RETURN_TIMESTAMP(timestamp);
}

Datum
datetimetz_timestamptz(PG_FUNCTION_ARGS)
{
	Timestamp timestamp = date_to_timestamp(PG_GETARG_DATEADT(0));
	TimeTzADT *time = PG_GETARG_TIMETZADT_P(1);

	if (!TIMESTAMP_NOT_FINITE(timestamp))
	{
		timestamp += time->time + time->zone * USECS_PER_SEC;
		if (!IS_VALID_TIMESTAMP(timestamp))
			timestamp_out_of_range();
	}
	PG_RETURN_TIMESTAMPTZ(timestamp);
}

/* ---- comparison */
/* A date beyond the timestamps' range is later than all of them but infinity. */
static int
compare_date_timestamp(DateADT date, Timestamp other)
{
	int overflow = 0;
	Timestamp timestamp = convert_date(date, &overflow);

	if (overflow > 0)
		return TIMESTAMP_IS_NOEND(other) ? -1 : 1;
	return timestamp_cmp_internal(timestamp, other);
}

static int
compare_date_timestamptz(DateADT date, TimestampTz other)
{
	int overflow = 0;
	TimestampTz timestamp = date2timestamptz_opt_overflow(date, &overflow);

	if (overflow > 0)
		return TIMESTAMP_IS_NOEND(other) ? -1 : 1;
	if (overflow < 0)
		return TIMESTAMP_IS_NOBEGIN(other) ? 1 : -1;
	return timestamp_cmp_internal(timestamp, other);
}

Datum
date_cmp(PG_FUNCTION_ARGS)
{
	DateADT a = PG_GETARG_DATEADT(0);
	DateADT b = PG_GETARG_DATEADT(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

Datum
date_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(Max(PG_GETARG_DATEADT(0), PG_GETARG_DATEADT(1)));
}

Datum
date_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(Min(PG_GETARG_DATEADT(0), PG_GETARG_DATEADT(1)));
}

COMPARISON_OPERATORS(date_, , PG_GETARG_DATEADT(0), PG_GETARG_DATEADT(1))
COMPARISON_OPERATORS(date_, _timestamp, compare_date_timestamp(PG_GETARG_DATEADT(0), PG_GETARG_TIMESTAMP(1)), 0)
COMPARISON_OPERATORS(timestamp_, _date, -compare_date_timestamp(PG_GETARG_DATEADT(1), PG_GETARG_TIMESTAMP(0)), 0)

Datum
date_cmp_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_date_timestamp(PG_GETARG_DATEADT(0), PG_GETARG_TIMESTAMP(1)));
}

Datum
timestamp_cmp_date(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(-compare_date_timestamp(PG_GETARG_DATEADT(1), PG_GETARG_TIMESTAMP(0)));
}

COMPARISON_OPERATORS(date_, _timestamptz, compare_date_timestamptz(PG_GETARG_DATEADT(0), PG_GETARG_TIMESTAMPTZ(1)), 0)
COMPARISON_OPERATORS(timestamptz_, _date, -compare_date_timestamptz(PG_GETARG_DATEADT(1), PG_GETARG_TIMESTAMPTZ(0)), 0)

Datum
date_cmp_timestamptz(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_date_timestamptz(PG_GETARG_DATEADT(0), PG_GETARG_TIMESTAMPTZ(1)));
}

Datum
timestamptz_cmp_date(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(-compare_date_timestamptz(PG_GETARG_DATEADT(1), PG_GETARG_TIMESTAMPTZ(0)));
}

Datum
in_range_date_interval(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall5(in_range_timestamp_interval, TimestampGetDatum(date_to_timestamp(PG_GETARG_DATEADT(0))),
							   TimestampGetDatum(date_to_timestamp(PG_GETARG_DATEADT(1))), PG_GETARG_DATUM(2),
							   PG_GETARG_DATUM(3), PG_GETARG_DATUM(4));
}
