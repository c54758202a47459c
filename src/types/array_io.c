/*
 * array_io.c
 *    Arrays: text form {a,"b c",NULL,{...}} with optional [low:high]=, and binary form.
 *
 * The reader goes over the text once. It keeps, per nesting level, how many items the current list has; the first list
 * finished at a level fixes the size of that dimension, and all others must agree.
 */
#include "postgres.h"

#include <ctype.h>

#include "libpq/pqformat.h"
#include "types/array_internal.h"

/* I/O facts of an element type, kept in fn_extra. */
typedef struct ArrayIoState
{
	Oid element_type;
	IOFuncSelector which;
	ElementLayout layout;
	char delimiter;
	Oid ioparam;
	FmgrInfo proc;
} ArrayIoState;

static ArrayIoState *
io_state(FunctionCallInfo fcinfo, Oid element_type, IOFuncSelector which)
{
	ArrayIoState *state = fcinfo->flinfo->fn_extra;
	Oid function;

	if (state && state->element_type == element_type && state->which == which)
		return state;
	if (state == NULL)
		state = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ArrayIoState));
	state->element_type = InvalidOid;
	get_type_io_data(element_type, which, &state->layout.len, &state->layout.byval, &state->layout.align,
					 &state->delimiter, &state->ioparam, &function);
	if (!OidIsValid(function))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg(which == IOFunc_receive ? "no binary input function available for type %s"
											   : "no binary output function available for type %s",
					   format_type_be(element_type)));
	fmgr_info_cxt(function, &state->proc, fcinfo->flinfo->fn_mcxt);
	state->layout.type = element_type;
	state->which = which;
	state->element_type = element_type;
	fcinfo->flinfo->fn_extra = state;
	return state;
}

/* ---- reading text */
typedef struct ArrayReader
{
	const char *input; /* whole literal, for messages */
	const char *at;
	ArrayIoState *io;
	int32 typmod;
	Datum *values;
	bool *nulls;
	int count;
	int capacity;
	int ndim;			  /* nesting depth of elements; 0 until the first element */
	int dims[MAXDIM];	  /* -1 until known */
	StringInfoData item;
} ArrayReader;

static void pg_attribute_noreturn()
malformed(const char *input, const char *detail)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("malformed array literal: \"%s\"", input),
			errdetail("%s", detail));
}

static void pg_attribute_noreturn()
unexpected_char(const char *input, char c)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("malformed array literal: \"%s\"", input),
			errdetail("Unexpected \"%c\" character.", c));
}

static void
skip_space(const char **s)
{
	while (isspace((unsigned char) **s))
		(*s)++;
}

/* A bound in [low:high]; false when no number is there. */
static bool
read_bound(const char **s, int *result)
{
	char *end;
	long value;

	if (!isdigit((unsigned char) **s) && **s != '-' && **s != '+')
		return false;
	value = strtol(*s, &end, 10);
	if (end == *s)
		return false;
	*s = end;
	*result = (int) Max(Min(value, (long) PG_INT32_MAX), (long) PG_INT32_MIN);
	return true;
}

/* [low:high] or [high], repeated, then =. Returns the number of dimensions, 0 when the literal has none. */
static int
read_dimensions(ArrayReader *reader, int *dims, int *lbs)
{
	int ndim = 0;

	for (;;)
	{
		int upper;

		skip_space(&reader->at);
		if (*reader->at != '[')
			break;
		reader->at++;
		if (ndim >= MAXDIM)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", ndim + 1, MAXDIM));
		if (!read_bound(&reader->at, &lbs[ndim]))
			malformed(reader->input, "\"[\" must introduce explicitly-specified array dimensions.");
		if (*reader->at == ':')
		{
			reader->at++;
			if (!read_bound(&reader->at, &upper))
				malformed(reader->input, "Missing array dimension value.");
		}
		else
		{
			upper = lbs[ndim];
			lbs[ndim] = 1;
		}
		if (*reader->at != ']')
			malformed(reader->input, "Missing \"]\" after array dimensions.");
		reader->at++;
		if (upper < lbs[ndim])
			ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
					errmsg("upper bound cannot be less than lower bound"));
		if (pg_sub_s32_overflow(upper, lbs[ndim], &dims[ndim]) || pg_add_s32_overflow(dims[ndim], 1, &dims[ndim]))
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("array size exceeds the maximum allowed (%d)", (int) MaxArraySize));
		ndim++;
	}
	if (ndim > 0)
	{
		if (*reader->at != '=')
			malformed(reader->input, "Missing \"=\" after array dimensions.");
		reader->at++;
		skip_space(&reader->at);
	}
	return ndim;
}

static void
add_element(ArrayReader *reader, bool is_null)
{
	if (reader->count == reader->capacity)
	{
		reader->capacity *= 2;
		if (reader->capacity > (int) MaxArraySize)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("array size exceeds the maximum allowed (%d)", (int) MaxArraySize));
		reader->values = repalloc_array(reader->values, Datum, reader->capacity);
		reader->nulls = repalloc_array(reader->nulls, bool, reader->capacity);
	}
	reader->nulls[reader->count] = is_null;
	reader->values[reader->count++] =
		InputFunctionCall(&reader->io->proc, is_null ? NULL : reader->item.data, reader->io->ioparam, reader->typmod);
}

/* One element up to its delimiter or brace. Blanks around it do not count, blanks inside and escaped ones do. */
static void
read_element(ArrayReader *reader)
{
	bool quoted = *reader->at == '"';
	bool escaped = false;
	int keep = 0; /* length without trailing blanks */

	resetStringInfo(&reader->item);
	if (quoted)
	{
		for (reader->at++; *reader->at != '"'; reader->at++)
		{
			if (*reader->at == '\\')
				reader->at++;
			if (*reader->at == '\0')
				malformed(reader->input, "Unexpected end of input.");
			appendStringInfoCharMacro(&reader->item, *reader->at);
		}
		reader->at++;
		skip_space(&reader->at);
		if (*reader->at == '\0')
			malformed(reader->input, "Unexpected end of input.");
		if (*reader->at != reader->io->delimiter && *reader->at != '}')
			malformed(reader->input, "Unexpected array element.");
	}
	else
	{
		for (; *reader->at != reader->io->delimiter && *reader->at != '}'; reader->at++)
		{
			char c = *reader->at;

			if (c == '"')
				malformed(reader->input, "Unexpected array element.");
			if (c == '{')
				unexpected_char(reader->input, c);
			if (c == '\\')
			{
				c = *++reader->at;
				escaped = true;
			}
			if (c == '\0')
				malformed(reader->input, "Unexpected end of input.");
			appendStringInfoCharMacro(&reader->item, c);
			if (!isspace((unsigned char) c) || reader->at[-1] == '\\')
				keep = reader->item.len;
		}
		reader->item.len = keep;
		reader->item.data[keep] = '\0';
	}
	add_element(reader, Array_nulls && !quoted && !escaped && strcasecmp(reader->item.data, "NULL") == 0);
}

/* A finished list of count items at nesting level (0-based). */
static void
close_list(ArrayReader *reader, int level, int count)
{
	if (reader->dims[level] < 0)
		reader->dims[level] = count;
	else if (reader->dims[level] != count)
		malformed(reader->input, "Multidimensional arrays must have sub-arrays with matching dimensions.");
}

static void
read_elements(ArrayReader *reader)
{
	int counts[MAXDIM];
	int level = 0; /* lists open */
	bool want_item = true;

	for (int i = 0; i < MAXDIM; i++)
		reader->dims[i] = -1;
	Assert(*reader->at == '{');
	do
	{
		skip_space(&reader->at);
		if (*reader->at == '\0')
			malformed(reader->input, "Unexpected end of input.");
		if (*reader->at == '{')
		{
			if (!want_item || (reader->ndim > 0 && level >= reader->ndim))
				unexpected_char(reader->input, '{');
			if (level >= MAXDIM)
				ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", level + 1, MAXDIM));
			counts[level++] = 0;
			reader->at++;
		}
		else if (*reader->at == '}')
		{
			/* only the whole array may be empty */
			if (want_item && !(level == 1 && counts[0] == 0))
				unexpected_char(reader->input, '}');
			close_list(reader, level - 1, counts[level - 1]);
			level--;
			if (level > 0)
				counts[level - 1]++;
			want_item = false;
			reader->at++;
		}
		else if (*reader->at == reader->io->delimiter)
		{
			if (want_item)
				unexpected_char(reader->input, *reader->at);
			want_item = true;
			reader->at++;
		}
		else
		{
			if (!want_item || (reader->ndim > 0 && level != reader->ndim))
				malformed(reader->input, "Unexpected array element.");
			reader->ndim = level;
			read_element(reader);
			counts[level - 1]++;
			want_item = false;
		}
	} while (level > 0);
}

Datum
array_in(PG_FUNCTION_ARGS)
{
	Oid element_type = PG_GETARG_OID(1);
	ArrayReader reader = {.input = PG_GETARG_CSTRING(0), .typmod = PG_GETARG_INT32(2), .capacity = 32};
	int given_dims[MAXDIM];
	int lbs[MAXDIM] = {1, 1, 1, 1, 1, 1};
	int given_ndim;

	reader.at = reader.input;
	reader.io = io_state(fcinfo, element_type, IOFunc_input);
	reader.values = palloc_array(Datum, reader.capacity);
	reader.nulls = palloc_array(bool, reader.capacity);
	initStringInfo(&reader.item);

	given_ndim = read_dimensions(&reader, given_dims, lbs);
	if (*reader.at != '{')
		malformed(reader.input, given_ndim > 0 ? "Array contents must start with \"{\"."
											   : "Array value must start with \"{\" or dimension information.");
	read_elements(&reader);
	skip_space(&reader.at);
	if (*reader.at != '\0')
		malformed(reader.input, "Junk after closing right brace.");

	if (given_ndim > 0 && (given_ndim != reader.ndim ||
						   memcmp(given_dims, reader.dims, (size_t) given_ndim * sizeof(int)) != 0))
		malformed(reader.input, "Specified array dimensions do not match array contents.");
	if (reader.count == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(element_type));
	PG_RETURN_ARRAYTYPE_P(
		array_build(&reader.io->layout, reader.values, reader.nulls, reader.ndim, reader.dims, lbs));
}

/* ---- writing text */
static bool
needs_quotes(const char *s, char delimiter)
{
	if (*s == '\0' || strcasecmp(s, "NULL") == 0)
		return true;
	for (; *s; s++)
	{
		if (*s == '"' || *s == '\\' || *s == '{' || *s == '}' || *s == delimiter || isspace((unsigned char) *s))
			return true;
	}
	return false;
}

static void
append_element(StringInfo buf, const char *s, char delimiter)
{
	if (!needs_quotes(s, delimiter))
	{
		appendStringInfoString(buf, s);
		return;
	}
	appendStringInfoCharMacro(buf, '"');
	for (; *s; s++)
	{
		if (*s == '"' || *s == '\\')
			appendStringInfoCharMacro(buf, '\\');
		appendStringInfoCharMacro(buf, *s);
	}
	appendStringInfoCharMacro(buf, '"');
}

/* How many of the innermost dimensions begin (or end) at element i. */
static int
edges_at(int i, int ndim, const int *dims)
{
	int edges = 0;

	for (int d = ndim - 1; d >= 0; d--)
	{
		if (i % dims[d] != 0)
			break;
		edges++;
		i /= dims[d];
	}
	return edges;
}

Datum
array_out(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	int ndim = ARR_NDIM(array);
	int *dims = ARR_DIMS(array);
	int *lbs = ARR_LBOUND(array);
	ArrayIoState *io = io_state(fcinfo, ARR_ELEMTYPE(array), IOFunc_output);
	ElementCursor cursor;
	StringInfoData buf;
	bool show_bounds = false;
	Datum value;
	bool isnull;

	element_cursor_init(&cursor, array, &io->layout);
	if (cursor.count == 0)
		PG_RETURN_CSTRING(pstrdup("{}"));
	initStringInfo(&buf);
	for (int d = 0; d < ndim; d++)
		show_bounds = show_bounds || lbs[d] != 1;
	if (show_bounds)
	{
		for (int d = 0; d < ndim; d++)
			appendStringInfo(&buf, "[%d:%d]", lbs[d], lbs[d] + dims[d] - 1);
		appendStringInfoChar(&buf, '=');
	}
	for (int i = 0; element_cursor_next(&cursor, &value, &isnull); i++)
	{
		if (i > 0)
			appendStringInfoCharMacro(&buf, io->delimiter);
		for (int e = edges_at(i, ndim, dims); e > 0; e--)
			appendStringInfoCharMacro(&buf, '{');
		if (isnull)
			appendStringInfoString(&buf, "NULL");
		else
			append_element(&buf, OutputFunctionCall(&io->proc, value), io->delimiter);
		for (int e = edges_at(i + 1, ndim, dims); e > 0; e--)
			appendStringInfoCharMacro(&buf, '}');
	}
	PG_RETURN_CSTRING(buf.data);
}

/* ---- binary form: ndim, flag "has nulls", element type, {size, lower bound} per dimension, {length, bytes} per element */
static void
receive_element(ArrayIoState *io, StringInfo buf, int32 typmod, Datum *value, bool *isnull)
{
	int len = (int) pq_getmsgint(buf, 4);
	StringInfoData item;

	if (len < -1 || len > buf->len - buf->cursor)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("insufficient data left in message"));
	*isnull = len == -1;
	if (len == -1)
	{
		*value = ReceiveFunctionCall(&io->proc, NULL, io->ioparam, typmod);
		return;
	}
	/* receive functions may rely on a zero behind the data: give each element a copy */
	item.data = palloc((Size) len + 1);
	pq_copymsgbytes(buf, item.data, len);
	item.data[len] = '\0';
	item.len = item.maxlen = len;
	item.cursor = 0;
	*value = ReceiveFunctionCall(&io->proc, &item, io->ioparam, typmod);
	if (item.cursor != len)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("improper binary format in array element"));
}

static ArrayType *
receive_array(FunctionCallInfo fcinfo, StringInfo buf, Oid wanted_type, int32 typmod)
{
	int ndim = (int) pq_getmsgint(buf, 4);
	int flags;
	Oid element_type;
	int dims[MAXDIM];
	int lbs[MAXDIM];
	int count;
	Datum *values;
	bool *nulls;
	ArrayIoState *io;

	if (ndim < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid number of dimensions: %d", ndim));
	if (ndim > MAXDIM)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", ndim, MAXDIM));
	flags = (int) pq_getmsgint(buf, 4);
	if (flags != 0 && flags != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid array flags"));
	element_type = pq_getmsgint(buf, 4);
	if (element_type != wanted_type)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("binary data has array element type %u (%s) instead of expected %u (%s)", element_type,
					   format_type_extended(element_type, -1, FORMAT_TYPE_ALLOW_INVALID), wanted_type,
					   format_type_extended(wanted_type, -1, FORMAT_TYPE_ALLOW_INVALID)));
	for (int d = 0; d < ndim; d++)
	{
		dims[d] = (int) pq_getmsgint(buf, 4);
		lbs[d] = (int) pq_getmsgint(buf, 4);
	}
	count = ArrayGetNItems(ndim, dims);
	ArrayCheckBounds(ndim, dims, lbs);
	if (count == 0)
		return construct_empty_array(wanted_type);
	/* each element takes four bytes at least: do not believe a count that the message cannot hold */
	if ((int64) count * 4 > buf->len - buf->cursor)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("insufficient data left in message"));
	io = io_state(fcinfo, wanted_type, IOFunc_receive);
	values = palloc_array(Datum, count);
	nulls = palloc_array(bool, count);
	for (int i = 0; i < count; i++)
		receive_element(io, buf, typmod, &values[i], &nulls[i]);
	return array_build(&io->layout, values, nulls, ndim, dims, lbs);
}

Datum
array_recv(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(receive_array(fcinfo, (StringInfo) PG_GETARG_POINTER(0), PG_GETARG_OID(1), PG_GETARG_INT32(2)));
}

ArrayType *
array_receive_of(FunctionCallInfo fcinfo, Oid element_type)
{
	return receive_array(fcinfo, (StringInfo) PG_GETARG_POINTER(0), element_type, -1);
}

Datum
array_send(PG_FUNCTION_ARGS)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
	ArrayIoState *io = io_state(fcinfo, ARR_ELEMTYPE(array), IOFunc_send);
	ElementCursor cursor;
	StringInfoData buf;
	Datum value;
	bool isnull;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, (uint32) ARR_NDIM(array));
	pq_sendint32(&buf, ARR_HASNULL(array) ? 1 : 0);
	pq_sendint32(&buf, ARR_ELEMTYPE(array));
	for (int d = 0; d < ARR_NDIM(array); d++)
	{
		pq_sendint32(&buf, (uint32) ARR_DIMS(array)[d]);
		pq_sendint32(&buf, (uint32) ARR_LBOUND(array)[d]);
	}
	element_cursor_init(&cursor, array, &io->layout);
	while (element_cursor_next(&cursor, &value, &isnull))
	{
		bytea *bytes;

		if (isnull)
		{
			pq_sendint32(&buf, (uint32) -1);
			continue;
		}
		bytes = SendFunctionCall(&io->proc, value);
		pq_sendint32(&buf, (uint32) (VARSIZE(bytes) - VARHDRSZ));
		pq_sendbytes(&buf, VARDATA(bytes), (int) (VARSIZE(bytes) - VARHDRSZ));
		pfree(bytes);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
