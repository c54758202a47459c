/*
 * agg_string.c
 *    string_agg over text and bytea.
 *
 * The state is a buffer that begins with the first delimiter; the buffer's cursor says how long that is, and the result
 * begins behind it. So each value is simply appended as delimiter and text.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "lib/stringinfo.h"
#include "types/text.h"

static StringInfo
string_state(FunctionCallInfo fcinfo, bool *first)
{
	MemoryContext context;
	MemoryContext old;
	StringInfo state;

	*first = PG_ARGISNULL(0);
	if (!*first)
		return (StringInfo) PG_GETARG_POINTER(0);
	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "string_agg_transfn called in non-aggregate context");
	old = MemoryContextSwitchTo(context);
	state = makeStringInfo();
	MemoryContextSwitchTo(old);
	return state;
}

Datum
string_agg_transfn(PG_FUNCTION_ARGS)
{
	text *value;
	StringInfo state;
	bool first;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = string_state(fcinfo, &first);
	if (!PG_ARGISNULL(2))
	{
		text *delimiter = PG_GETARG_TEXT_PP(2);

		appendBinaryStringInfo(state, VARDATA_ANY(delimiter), (int) VARSIZE_ANY_EXHDR(delimiter));
		if (first)
			state->cursor = (int) VARSIZE_ANY_EXHDR(delimiter);
	}
	value = PG_GETARG_TEXT_PP(1);
	appendBinaryStringInfo(state, VARDATA_ANY(value), (int) VARSIZE_ANY_EXHDR(value));
	PG_RETURN_POINTER(state);
}

Datum
string_agg_finalfn(PG_FUNCTION_ARGS)
{
	StringInfo state = PG_ARGISNULL(0) ? NULL : (StringInfo) PG_GETARG_POINTER(0);

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(state->data + state->cursor, state->len - state->cursor));
}

Datum
bytea_string_agg_transfn(PG_FUNCTION_ARGS)
{
	return string_agg_transfn(fcinfo);
}

Datum
bytea_string_agg_finalfn(PG_FUNCTION_ARGS)
{
	return string_agg_finalfn(fcinfo);
}
