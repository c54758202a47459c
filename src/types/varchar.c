/*
 * varchar.c
 *    character(n) (bpchar) and character varying(n).
 *
 * The type modifier is n + 4, n counting characters. bpchar values are stored padded with blanks, which no operator but
 * LIKE and the pattern operators' callers ever see: comparison, length and conversion to text ignore them.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "types/comparison.h"
#include "types/text.h"
#include "utils/array.h"

#define MAX_CHAR_LENGTH (10 * 1024 * 1024)

int
bpchartruelen(char *s, int len)
{
	while (len > 0 && s[len - 1] == ' ')
		len--;
	return len;
}

/* ---- type modifiers */
static int32
char_typmodin(ArrayType *modifiers, const char *type_name)
{
	int n;
	int32 *values = ArrayGetIntegerTypmods(modifiers, &n);

	if (n != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid type modifier"));
	if (values[0] < 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("length for type %s must be at least 1", type_name));
	if (values[0] > MAX_CHAR_LENGTH)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("length for type %s cannot exceed %d", type_name, MAX_CHAR_LENGTH));
	return values[0] + VARHDRSZ;
}

static char *
char_typmodout(int32 typmod)
{
	return typmod > VARHDRSZ ? psprintf("(%d)", typmod - VARHDRSZ) : pstrdup("");
}

Datum
bpchartypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(char_typmodin(PG_GETARG_ARRAYTYPE_P(0), "char"));
}

Datum
bpchartypmodout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(char_typmodout(PG_GETARG_INT32(0)));
}

Datum
varchartypmodin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(char_typmodin(PG_GETARG_ARRAYTYPE_P(0), "varchar"));
}

Datum
varchartypmodout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(char_typmodout(PG_GETARG_INT32(0)));
}

/* ---- fitting a string into n characters */
/*
 * Bytes of s to keep so that it has at most max_chars characters. What is cut off must be blanks, else 22001; an
 * explicit cast cuts anything.
 */
static int
clip_to_length(const char *s, int len, int max_chars, bool is_explicit, const char *type_name)
{
	int keep;

	if (len <= max_chars)
		return len;
	keep = pg_mbcharcliplen(s, len, max_chars);
	if (!is_explicit)
	{
		for (int i = keep; i < len; i++)
		{
			if (s[i] != ' ')
				ereport(ERROR, errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
						errmsg("value too long for type %s(%d)", type_name, max_chars));
		}
	}
	return keep;
}

/* A bpchar of the string: cut or padded to n characters. */
static BpChar *
bpchar_from_string(const char *s, int len, int32 typmod, bool is_explicit)
{
	int max_chars = typmod - VARHDRSZ;
	int padding = 0;
	BpChar *result;

	if (typmod >= VARHDRSZ)
	{
		len = clip_to_length(s, len, max_chars, is_explicit, "character");
		padding = Max(max_chars - text_char_length(s, len), 0);
	}
	result = text_alloc((Size) len + (Size) padding);
	memcpy(VARDATA(result), s, (size_t) len);
	memset(VARDATA(result) + len, ' ', (size_t) padding);
	return result;
}

static VarChar *
varchar_from_string(const char *s, int len, int32 typmod)
{
	if (typmod >= VARHDRSZ)
		len = clip_to_length(s, len, typmod - VARHDRSZ, false, "character varying");
	return cstring_to_text_with_len(s, len);
}

/* ---- bpchar: text and binary form, casts */
Datum
bpcharin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);

	PG_RETURN_BPCHAR_P(bpchar_from_string(s, (int) strlen(s), PG_GETARG_INT32(2), false));
}

Datum
bpcharout(PG_FUNCTION_ARGS)
{
	return textout(fcinfo);
}

Datum
bpcharrecv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int nbytes;
	char *str = pq_getmsgtext(buf, buf->len - buf->cursor, &nbytes);

	PG_RETURN_BPCHAR_P(bpchar_from_string(str, nbytes, PG_GETARG_INT32(2), false));
}

Datum
bpcharsend(PG_FUNCTION_ARGS)
{
	return textsend(fcinfo);
}

/* Apply a length: args value, typmod, is it an explicit cast. */
Datum
bpchar(PG_FUNCTION_ARGS)
{
	BpChar *source = PG_GETARG_BPCHAR_PP(0);
	int32 typmod = PG_GETARG_INT32(1);
	int len = (int) VARSIZE_ANY_EXHDR(source);

	if (typmod < VARHDRSZ ||
		(len == typmod - VARHDRSZ && text_char_length(VARDATA_ANY(source), len) == len))
		PG_RETURN_BPCHAR_P(source);
	PG_RETURN_BPCHAR_P(bpchar_from_string(VARDATA_ANY(source), len, typmod, PG_GETARG_BOOL(2)));
}

Datum
char_bpchar(PG_FUNCTION_ARGS)
{
	char c = PG_GETARG_CHAR(0);

	PG_RETURN_BPCHAR_P(cstring_to_text_with_len(&c, 1));
}

Datum
bpchar_name(PG_FUNCTION_ARGS)
{
	BpChar *s = PG_GETARG_BPCHAR_PP(0);
	int len = (int) VARSIZE_ANY_EXHDR(s);
	Name result = palloc0(NAMEDATALEN);

	if (len >= NAMEDATALEN)
		len = pg_mbcliplen(VARDATA_ANY(s), len, NAMEDATALEN - 1);
	len = bpchartruelen(VARDATA_ANY(s), len);
	memcpy(NameStr(*result), VARDATA_ANY(s), (size_t) len);
	PG_RETURN_NAME(result);
}

Datum
name_bpchar(PG_FUNCTION_ARGS)
{
	PG_RETURN_BPCHAR_P(cstring_to_text(NameStr(*PG_GETARG_NAME(0))));
}

/* ---- varchar */
Datum
varcharin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);

	PG_RETURN_VARCHAR_P(varchar_from_string(s, (int) strlen(s), PG_GETARG_INT32(2)));
}

Datum
varcharout(PG_FUNCTION_ARGS)
{
	return textout(fcinfo);
}

Datum
varcharrecv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int nbytes;
	char *str = pq_getmsgtext(buf, buf->len - buf->cursor, &nbytes);

	PG_RETURN_VARCHAR_P(varchar_from_string(str, nbytes, PG_GETARG_INT32(2)));
}

Datum
varcharsend(PG_FUNCTION_ARGS)
{
	return textsend(fcinfo);
}

Datum
varchar(PG_FUNCTION_ARGS)
{
	VarChar *source = PG_GETARG_VARCHAR_PP(0);
	int32 typmod = PG_GETARG_INT32(1);
	int len = (int) VARSIZE_ANY_EXHDR(source);
	int keep;

	if (typmod < VARHDRSZ || len <= typmod - VARHDRSZ)
		PG_RETURN_VARCHAR_P(source);
	keep = clip_to_length(VARDATA_ANY(source), len, typmod - VARHDRSZ, PG_GETARG_BOOL(2), "character varying");
	PG_RETURN_VARCHAR_P(cstring_to_text_with_len(VARDATA_ANY(source), keep));
}

/* ---- bpchar: length, comparison, hash */
static int
trimmed_len(BpChar *s)
{
	return bpchartruelen(VARDATA_ANY(s), (int) VARSIZE_ANY_EXHDR(s));
}

Datum
bpcharlen(PG_FUNCTION_ARGS)
{
	BpChar *s = PG_GETARG_BPCHAR_PP(0);

	PG_RETURN_INT32(text_char_length(VARDATA_ANY(s), trimmed_len(s)));
}

Datum
bpcharoctetlen(PG_FUNCTION_ARGS)
{
	BpChar *s = PG_GETARG_BPCHAR_PP(0);

	PG_RETURN_INT32((int32) VARSIZE_ANY_EXHDR(s));
}

static int
bpchar_compare(FunctionCallInfo fcinfo)
{
	BpChar *a = PG_GETARG_BPCHAR_PP(0);
	BpChar *b = PG_GETARG_BPCHAR_PP(1);
	int result = varstr_cmp(VARDATA_ANY(a), trimmed_len(a), VARDATA_ANY(b), trimmed_len(b), PG_GET_COLLATION());

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

static int
bpchar_pattern_compare(FunctionCallInfo fcinfo)
{
	BpChar *a = PG_GETARG_BPCHAR_PP(0);
	BpChar *b = PG_GETARG_BPCHAR_PP(1);
	int a_len = trimmed_len(a);
	int b_len = trimmed_len(b);
	int result = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), (size_t) Min(a_len, b_len));

	if (result == 0)
		result = (a_len > b_len) - (a_len < b_len);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

COMPARISON_OPERATORS(bpchar, , bpchar_compare(fcinfo), 0)

Datum
bpcharcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(bpchar_compare(fcinfo));
}

Datum
btbpchar_pattern_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(bpchar_pattern_compare(fcinfo));
}

/* Hashes the text without its padding, as a text of the same characters. */
static Datum
trimmed_text(FunctionCallInfo fcinfo)
{
	BpChar *s = PG_GETARG_BPCHAR_PP(0);

	return PointerGetDatum(cstring_to_text_with_len(VARDATA_ANY(s), trimmed_len(s)));
}

Datum
hashbpchar(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1Coll(hashtext, PG_GET_COLLATION(), trimmed_text(fcinfo));
}

Datum
hashbpcharextended(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2Coll(hashtextextended, PG_GET_COLLATION(), trimmed_text(fcinfo), PG_GETARG_DATUM(1));
}

Datum
bpchar_pattern_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(bpchar_pattern_compare(fcinfo) < 0);
}

Datum
bpchar_pattern_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(bpchar_pattern_compare(fcinfo) <= 0);
}

Datum
bpchar_pattern_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(bpchar_pattern_compare(fcinfo) > 0);
}

Datum
bpchar_pattern_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(bpchar_pattern_compare(fcinfo) >= 0);
}

Datum
bpchar_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(bpchar_compare(fcinfo) >= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

Datum
bpchar_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(bpchar_compare(fcinfo) <= 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}
