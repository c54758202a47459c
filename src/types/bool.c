/*
 * bool.c
 *    boolean: text and binary form, operators, and the states of bool_and, bool_or and every.
 */
#include "postgres.h"

#include <ctype.h>

#include "executor/executor.h"
#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "utils/builtins.h"

bool
parse_bool(const char *value, bool *result)
{
	return parse_bool_with_len(value, strlen(value), result);
}

/*
 * Unique prefixes of true, false, yes, no; on, off (two letters at least to tell them apart), 1, 0. No case.
 * Returns whether it was one.
 */
bool
parse_bool_with_len(const char *value, size_t len, bool *result)
{
	static const struct
	{
		const char *word;
		size_t min_len;
		bool value;
	} words[] = {{"true", 1, true}, {"false", 1, false}, {"yes", 1, true}, {"no", 1, false},
				 {"on", 2, true},	{"off", 2, false},	 {"1", 1, true},   {"0", 1, false}};

	for (size_t i = 0; i < lengthof(words); i++)
	{
		if (len >= words[i].min_len && len <= strlen(words[i].word) && strncasecmp(value, words[i].word, len) == 0)
		{
			if (result)
				*result = words[i].value;
			return true;
		}
	}
	if (result)
		*result = false;
	return false;
}

Datum
boolin(PG_FUNCTION_ARGS)
{
	const char *input = PG_GETARG_CSTRING(0);
	const char *start = input;
	size_t len;
	bool result;

	while (isspace((unsigned char) *start))
		start++;
	len = strlen(start);
	while (len > 0 && isspace((unsigned char) start[len - 1]))
		len--;
	if (!parse_bool_with_len(start, len, &result))
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input syntax for type %s: \"%s\"", "boolean", input));
	PG_RETURN_BOOL(result);
}

Datum
boolout(PG_FUNCTION_ARGS)
{
	char *result = palloc(2);

	result[0] = PG_GETARG_BOOL(0) ? 't' : 'f';
	result[1] = '\0';
	PG_RETURN_CSTRING(result);
}

Datum
boolrecv(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pq_getmsgbyte((StringInfo) PG_GETARG_POINTER(0)) != 0);
}

Datum
boolsend(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, PG_GETARG_BOOL(0) ? 1 : 0);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
booltext(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(PG_GETARG_BOOL(0) ? "true" : "false"));
}

Datum
booland_statefunc(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_BOOL(0) && PG_GETARG_BOOL(1));
}

Datum
boolor_statefunc(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_BOOL(0) || PG_GETARG_BOOL(1));
}

/* ---- moving aggregates count what they saw, so that a row can leave the frame again */
typedef struct BoolCounts
{
	int64 seen;
	int64 seen_true;
} BoolCounts;

Datum
bool_accum(PG_FUNCTION_ARGS)
{
	BoolCounts *state = PG_ARGISNULL(0) ? NULL : (BoolCounts *) PG_GETARG_POINTER(0);

	if (state == NULL)
	{
		MemoryContext aggcontext;

		if (!AggCheckCallContext(fcinfo, &aggcontext))
			elog(ERROR, "aggregate function called in non-aggregate context");
		state = MemoryContextAllocZero(aggcontext, sizeof(BoolCounts));
	}
	if (!PG_ARGISNULL(1))
	{
		state->seen++;
		if (PG_GETARG_BOOL(1))
			state->seen_true++;
	}
	PG_RETURN_POINTER(state);
}

Datum
bool_accum_inv(PG_FUNCTION_ARGS)
{
	BoolCounts *state = PG_ARGISNULL(0) ? NULL : (BoolCounts *) PG_GETARG_POINTER(0);

	if (state == NULL)
		elog(ERROR, "bool_accum_inv called with NULL state");
	if (!PG_ARGISNULL(1))
	{
		state->seen--;
		if (PG_GETARG_BOOL(1))
			state->seen_true--;
	}
	PG_RETURN_POINTER(state);
}

Datum
bool_alltrue(PG_FUNCTION_ARGS)
{
	BoolCounts *state = PG_ARGISNULL(0) ? NULL : (BoolCounts *) PG_GETARG_POINTER(0);

	if (state == NULL || state->seen == 0)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(state->seen_true == state->seen);
}

Datum
bool_anytrue(PG_FUNCTION_ARGS)
{
	BoolCounts *state = PG_ARGISNULL(0) ? NULL : (BoolCounts *) PG_GETARG_POINTER(0);

	if (state == NULL || state->seen == 0)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(state->seen_true > 0);
}

COMPARISON_OPERATORS(bool, , PG_GETARG_BOOL(0), PG_GETARG_BOOL(1))

Datum
btboolcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) PG_GETARG_BOOL(0) - (int32) PG_GETARG_BOOL(1));
}
