/*
 * sql_language.c
 *    Built-in functions that PostgreSQL defines in SQL, in terms of others. Here they are C, which does what the SQL says.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

/* ---- text || anything --------------------------------------------------------------------------------------------------------- */
static Datum
argument_as_text(FunctionCallInfo fcinfo, int number)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, number);
	Oid output;
	bool varlena;

	if (!OidIsValid(type))
		elog(ERROR, "could not determine data type of argument");
	/* the cast from boolean to text spells the word out, its output function does not */
	if (type == BOOLOID)
		return CStringGetTextDatum(PG_GETARG_BOOL(number) ? "true" : "false");
	if (type == TEXTOID || type == VARCHAROID)
		return PG_GETARG_DATUM(number);
	getTypeOutputInfo(type, &output, &varlena);
	/* char(n) becomes text without its padding, as by the cast */
	if (type == BPCHAROID)
		return DirectFunctionCall1(rtrim1, PG_GETARG_DATUM(number));
	return CStringGetTextDatum(OidOutputFunctionCall(output, PG_GETARG_DATUM(number)));
}

Datum
textanycat(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(textcat, PG_GETARG_DATUM(0), argument_as_text(fcinfo, 1));
}

Datum
anytextcat(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(textcat, argument_as_text(fcinfo, 0), PG_GETARG_DATUM(1));
}

Datum
quote_literal_anyelement(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(quote_literal, argument_as_text(fcinfo, 0));
}

Datum
quote_nullable_anyelement(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(CStringGetTextDatum("NULL"));
	return DirectFunctionCall1(quote_literal, argument_as_text(fcinfo, 0));
}

/* ---- strings ------------------------------------------------------------------------------------------------------------------ */
Datum
lpad_text_int4(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall3(lpad, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), CStringGetTextDatum(" "));
}

Datum
rpad_text_int4(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall3(rpad, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), CStringGetTextDatum(" "));
}

Datum
substring_text_text_text(PG_FUNCTION_ARGS)
{
	Datum pattern = DirectFunctionCall2(similar_to_escape_2, PG_GETARG_DATUM(1), PG_GETARG_DATUM(2));
	LOCAL_FCINFO(inner, 2);
	Datum result;

	InitFunctionCallInfoData(*inner, NULL, 2, PG_GET_COLLATION(), NULL, NULL);
	inner->args[0] = fcinfo->args[0];
	inner->args[1] = (NullableDatum){.value = pattern};
	result = textregexsubstr(inner);
	if (inner->isnull)
		PG_RETURN_NULL();
	return result;
}

Datum
bit_length_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(DatumGetInt32(DirectFunctionCall1(textoctetlen, PG_GETARG_DATUM(0))) * 8);
}

Datum
bit_length_bytea(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(DatumGetInt32(DirectFunctionCall1(byteaoctetlen, PG_GETARG_DATUM(0))) * 8);
}

Datum
bit_length_bit(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(bitlength, PG_GETARG_DATUM(0));
}

/* ---- numbers ------------------------------------------------------------------------------------------------------------------ */
Datum
round_numeric(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(numeric_round, PG_GETARG_DATUM(0), Int32GetDatum(0));
}

Datum
trunc_numeric(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(numeric_trunc, PG_GETARG_DATUM(0), Int32GetDatum(0));
}

Datum
log_numeric(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(numeric_log, DirectFunctionCall1(int4_numeric, Int32GetDatum(10)), PG_GETARG_DATUM(0));
}

Datum
log10_numeric(PG_FUNCTION_ARGS)
{
	return log_numeric(fcinfo);
}

Datum
numeric_pl_pg_lsn(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(pg_lsn_pli, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

/* ---- dates and times: commuted additions ----------------------------------------------------------------------------------------- */
Datum
integer_pl_date(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(date_pli, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
interval_pl_date(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(date_pl_interval, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
interval_pl_time(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(time_pl_interval, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
interval_pl_timetz(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(timetz_pl_interval, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
interval_pl_timestamp(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(timestamp_pl_interval, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
interval_pl_timestamptz(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(timestamptz_pl_interval, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
timedate_pl(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(datetime_timestamp, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
timetzdate_pl(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(datetimetz_timestamptz, PG_GETARG_DATUM(1), PG_GETARG_DATUM(0));
}

Datum
timestamptz_date_time(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(timestamp_timestamptz,
							   DirectFunctionCall2(datetime_timestamp, PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

/* ---- dates and times: against today ----------------------------------------------------------------------------------------------- */
static Datum
today_as_timestamptz(void)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	Datum today = DirectFunctionCall1(timestamptz_date, TimestampTzGetDatum(now));

	return DirectFunctionCall1(date_timestamptz, today);
}

Datum
age_timestamp(PG_FUNCTION_ARGS)
{
	Datum today = DirectFunctionCall1(timestamptz_timestamp, today_as_timestamptz());

	return DirectFunctionCall2(timestamp_age, today, PG_GETARG_DATUM(0));
}

Datum
age_timestamptz(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(timestamptz_age, today_as_timestamptz(), PG_GETARG_DATUM(0));
}

Datum
date_part_text_date(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(timestamp_part, PG_GETARG_DATUM(0), DirectFunctionCall1(date_timestamp, PG_GETARG_DATUM(1)));
}

/* ---- OVERLAPS with a length in place of an end ----------------------------------------------------------------------------------------- */
typedef struct Overlap
{
	PGFunction overlaps;
	PGFunction add_interval;
	bool first_is_length;
	bool second_is_length;
} Overlap;

/* NULL arguments are the underlying function's affair: it knows when the answer does not depend on them. */
static NullableDatum
end_of_range(FunctionCallInfo fcinfo, int start, bool is_length, PGFunction add_interval)
{
	NullableDatum end = fcinfo->args[start + 1];

	if (!is_length)
		return end;
	if (PG_ARGISNULL(start) || end.isnull)
		return (NullableDatum){.isnull = true};
	end.value = DirectFunctionCall2(add_interval, PG_GETARG_DATUM(start), end.value);
	return end;
}

static Datum
overlaps(FunctionCallInfo fcinfo, Overlap how)
{
	LOCAL_FCINFO(inner, 4);
	Datum result;

	InitFunctionCallInfoData(*inner, NULL, 4, InvalidOid, NULL, NULL);
	inner->args[0] = fcinfo->args[0];
	inner->args[1] = end_of_range(fcinfo, 0, how.first_is_length, how.add_interval);
	inner->args[2] = fcinfo->args[2];
	inner->args[3] = end_of_range(fcinfo, 2, how.second_is_length, how.add_interval);
	result = how.overlaps(inner);
	if (inner->isnull)
		PG_RETURN_NULL();
	return result;
}

Datum
overlaps_timestamp_timestamp_timestamp_interval(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_timestamp, timestamp_pl_interval, false, true});
}

Datum
overlaps_timestamp_interval_timestamp_timestamp(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_timestamp, timestamp_pl_interval, true, false});
}

Datum
overlaps_timestamp_interval_timestamp_interval(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_timestamp, timestamp_pl_interval, true, true});
}

Datum
overlaps_timestamptz_timestamptz_timestamptz_interval(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_timestamp, timestamptz_pl_interval, false, true});
}

Datum
overlaps_timestamptz_interval_timestamptz_timestamptz(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_timestamp, timestamptz_pl_interval, true, false});
}

Datum
overlaps_timestamptz_interval_timestamptz_interval(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_timestamp, timestamptz_pl_interval, true, true});
}

Datum
overlaps_time_time_time_interval(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_time, time_pl_interval, false, true});
}

Datum
overlaps_time_interval_time_time(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_time, time_pl_interval, true, false});
}

Datum
overlaps_time_interval_time_interval(PG_FUNCTION_ARGS)
{
	return overlaps(fcinfo, (Overlap){overlaps_time, time_pl_interval, true, true});
}

/* ---- sleeping ---------------------------------------------------------------------------------------------------------------------- */
Datum
pg_sleep_until(PG_FUNCTION_ARGS)
{
	double seconds = (PG_GETARG_INT64(0) - GetCurrentTimestamp()) / 1000000.0;

	return DirectFunctionCall1(pg_sleep, Float8GetDatum(seconds));
}

Datum
pg_sleep_for(PG_FUNCTION_ARGS)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz until =
		DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(now), PG_GETARG_DATUM(0)));

	return DirectFunctionCall1(pg_sleep, Float8GetDatum((until - now) / 1000000.0));
}
