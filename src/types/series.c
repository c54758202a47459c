/*
 * series.c
 *    generate_series over integers and numerics.
 */
#include "postgres.h"

#include "funcapi.h"
#include "types/numeric.h"

typedef struct IntSeries
{
	int64 current;
	int64 finish;
	int64 step;
	bool done;
} IntSeries;

static void pg_attribute_noreturn()
zero_step(void)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("step size cannot equal zero"));
}

/* One call of the set function. The series ends also where the next value would leave the type's range. */
static Datum
int_series(FunctionCallInfo fcinfo, int64 start, int64 finish, int64 step, int64 min, int64 max)
{
	FuncCallContext *context;
	IntSeries *series;
	int64 value;

	if (SRF_IS_FIRSTCALL())
	{
		if (step == 0)
			zero_step();
		context = SRF_FIRSTCALL_INIT();
		series = MemoryContextAlloc(context->multi_call_memory_ctx, sizeof(IntSeries));
		*series = (IntSeries){.current = start, .finish = finish, .step = step};
		context->user_fctx = series;
	}
	context = SRF_PERCALL_SETUP();
	series = context->user_fctx;
	if (series->done || (series->step > 0 ? series->current > series->finish : series->current < series->finish))
		SRF_RETURN_DONE(context);
	value = series->current;
	series->done = pg_add_s64_overflow(value, series->step, &series->current) || series->current < min ||
				   series->current > max;
	SRF_RETURN_NEXT(context, Int64GetDatum(value));
}

Datum
generate_series_step_int4(PG_FUNCTION_ARGS)
{
	return int_series(fcinfo, PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_NARGS() > 2 ? PG_GETARG_INT32(2) : 1,
					  PG_INT32_MIN, PG_INT32_MAX);
}

Datum
generate_series_int4(PG_FUNCTION_ARGS)
{
	return generate_series_step_int4(fcinfo);
}

Datum
generate_series_step_int8(PG_FUNCTION_ARGS)
{
	return int_series(fcinfo, PG_GETARG_INT64(0), PG_GETARG_INT64(1), PG_NARGS() > 2 ? PG_GETARG_INT64(2) : 1,
					  PG_INT64_MIN, PG_INT64_MAX);
}

Datum
generate_series_int8(PG_FUNCTION_ARGS)
{
	return generate_series_step_int8(fcinfo);
}

/* ---- numeric */
typedef struct NumericSeries
{
	Num current;
	Num finish;
	Num step;
} NumericSeries;

static void
check_bound(const Num *num, const char *what)
{
	if (num->kind != NUM_FINITE)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("%s cannot be %s", what, num->kind == NUM_NAN ? "NaN" : "infinity"));
}

Datum
generate_series_step_numeric(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	NumericSeries *series;
	MemoryContext old;
	int order;
	Numeric value;

	if (SRF_IS_FIRSTCALL())
	{
		context = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(context->multi_call_memory_ctx);
		series = palloc_object(NumericSeries);
		num_from_datum(&series->current, PG_GETARG_DATUM(0));
		num_from_datum(&series->finish, PG_GETARG_DATUM(1));
		num_set_int(&series->step, 1, 0);
		check_bound(&series->current, "start value");
		check_bound(&series->finish, "stop value");
		if (PG_NARGS() > 2)
		{
			num_from_datum(&series->step, PG_GETARG_DATUM(2));
			check_bound(&series->step, "step size");
			if (num_sign(&series->step) == 0)
				zero_step();
		}
		MemoryContextSwitchTo(old);
		context->user_fctx = series;
	}
	context = SRF_PERCALL_SETUP();
	series = context->user_fctx;
	order = num_compare(&series->current, &series->finish);
	if (num_sign(&series->step) > 0 ? order > 0 : order < 0)
		SRF_RETURN_DONE(context);
	value = num_pack(&series->current);
	old = MemoryContextSwitchTo(context->multi_call_memory_ctx);
	num_add(&series->current, &series->current, &series->step);
	MemoryContextSwitchTo(old);
	SRF_RETURN_NEXT(context, NumericGetDatum(value));
}

Datum
generate_series_numeric(PG_FUNCTION_ARGS)
{
	return generate_series_step_numeric(fcinfo);
}
