/*
 * array_text.c
 *    array_to_string, string_to_array, string_to_table.
 */
#include "postgres.h"

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "types/array_internal.h"
#include "types/text.h"
#include "utils/tuplestore.h"

/* ---- joining */
static Datum
join_array(FunctionCallInfo fcinfo, ArrayType *array, const char *separator, const char *null_string)
{
	Oid type = ARR_ELEMTYPE(array);
	ElementLayout layout = *element_layout(NULL, type);
	ElementCursor cursor;
	Oid output;
	bool is_varlena;
	FmgrInfo proc;
	StringInfoData buf;
	bool first = true;
	Datum value;
	bool isnull;

	element_cursor_init(&cursor, array, &layout);
	if (cursor.count == 0)
		return PointerGetDatum(cstring_to_text_with_len("", 0));
	getTypeOutputInfo(type, &output, &is_varlena);
	fmgr_info(output, &proc);
	initStringInfo(&buf);
	while (element_cursor_next(&cursor, &value, &isnull))
	{
		if (isnull && null_string == NULL)
			continue;
		if (!first)
			appendStringInfoString(&buf, separator);
		first = false;
		appendStringInfoString(&buf, isnull ? null_string : OutputFunctionCall(&proc, value));
	}
	return PointerGetDatum(cstring_to_text_with_len(buf.data, buf.len));
}

Datum
array_to_text(PG_FUNCTION_ARGS)
{
	return join_array(fcinfo, PG_GETARG_ARRAYTYPE_P(0), text_to_cstring(PG_GETARG_TEXT_PP(1)), NULL);
}

Datum
array_to_text_null(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return join_array(fcinfo, PG_GETARG_ARRAYTYPE_P(0), text_to_cstring(PG_GETARG_TEXT_PP(1)),
					  PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2)));
}

/* ---- splitting. A null separator cuts between characters, an empty one does not cut at all. */
typedef struct Splitter
{
	const char *at;
	const char *end;
	const char *separator; /* NULL: each character */
	int separator_len;
	text *null_string; /* items equal to it are null */
	bool done;
} Splitter;

static void
splitter_init(Splitter *splitter, FunctionCallInfo fcinfo)
{
	text *input = PG_GETARG_TEXT_PP(0);

	splitter->at = VARDATA_ANY(input);
	splitter->end = splitter->at + VARSIZE_ANY_EXHDR(input);
	splitter->separator = NULL;
	splitter->separator_len = 0;
	if (!PG_ARGISNULL(1))
	{
		text *separator = PG_GETARG_TEXT_PP(1);

		splitter->separator = VARDATA_ANY(separator);
		splitter->separator_len = (int) VARSIZE_ANY_EXHDR(separator);
	}
	splitter->null_string = PG_NARGS() > 2 && !PG_ARGISNULL(2) ? PG_GETARG_TEXT_PP(2) : NULL;
	splitter->done = splitter->at == splitter->end;
}

static bool
splitter_next(Splitter *splitter, Datum *item, bool *isnull)
{
	const char *start = splitter->at;
	const char *item_end = splitter->end;

	if (splitter->done)
		return false;
	if (splitter->separator == NULL)
	{
		item_end = start + Min(pg_mblen(start), splitter->end - start);
		splitter->at = item_end;
		splitter->done = item_end == splitter->end;
	}
	else
	{
		const char *found = splitter->separator_len > 0
								? memmem(start, (size_t) (splitter->end - start), splitter->separator,
										 (size_t) splitter->separator_len)
								: NULL;

		if (found)
		{
			item_end = found;
			splitter->at = found + splitter->separator_len;
		}
		else
			splitter->done = true;
	}
	*isnull = splitter->null_string && (Size) (item_end - start) == VARSIZE_ANY_EXHDR(splitter->null_string) &&
			  memcmp(start, VARDATA_ANY(splitter->null_string), (size_t) (item_end - start)) == 0;
	*item = *isnull ? (Datum) 0 : PointerGetDatum(cstring_to_text_with_len(start, (int) (item_end - start)));
	return true;
}

Datum
text_to_array(PG_FUNCTION_ARGS)
{
	Splitter splitter;
	ArrayBuildState *state;
	Datum item;
	bool isnull;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	splitter_init(&splitter, fcinfo);
	state = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	while (splitter_next(&splitter, &item, &isnull))
		state = accumArrayResult(state, item, isnull, TEXTOID, CurrentMemoryContext);
	return makeArrayResult(state, CurrentMemoryContext);
}

Datum
text_to_array_null(PG_FUNCTION_ARGS)
{
	return text_to_array(fcinfo);
}

Datum
text_to_table(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Splitter splitter;
	Datum item;
	bool isnull;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	splitter_init(&splitter, fcinfo);
	while (splitter_next(&splitter, &item, &isnull))
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &item, &isnull);
	return (Datum) 0;
}

Datum
text_to_table_null(PG_FUNCTION_ARGS)
{
	return text_to_table(fcinfo);
}
