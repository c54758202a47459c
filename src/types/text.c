/*
 * text.c
 *    text: text and binary form, length, concatenation, parts, position; conversions from and to C strings.
 *
 * Lengths and positions count characters of the database encoding; single-byte encodings take short cuts.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "types/int.h"
#include "types/text.h"
#include "utils/memutils.h"

/* ---- C strings */
text *
cstring_to_text(const char *s)
{
	return cstring_to_text_with_len(s, (int) strlen(s));
}

text *
cstring_to_text_with_len(const char *s, int len)
{
	text *result = text_alloc((Size) len);

	memcpy(VARDATA(result), s, (size_t) len);
	return result;
}

char *
text_to_cstring(const text *t)
{
	text *plain = pg_detoast_datum_packed((struct varlena *) t);
	char *result = pnstrdup(VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain));

	if (plain != t)
		pfree(plain);
	return result;
}

/* Cuts at a character boundary when it does not fit. */
void
text_to_cstring_buffer(const text *src, char *dst, size_t dst_len)
{
	text *plain = pg_detoast_datum_packed((struct varlena *) src);
	int len = (int) VARSIZE_ANY_EXHDR(plain);

	if (dst_len > 0)
	{
		if ((size_t) len >= dst_len)
			len = pg_mbcliplen(VARDATA_ANY(plain), len, (int) dst_len - 1);
		memcpy(dst, VARDATA_ANY(plain), (size_t) len);
		dst[len] = '\0';
	}
	if (plain != src)
		pfree(plain);
}

/* ---- text and binary form */
Datum
textin(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(PG_GETARG_CSTRING(0)));
}

Datum
textout(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_to_cstring((text *) PG_GETARG_POINTER(0)));
}

Datum
textrecv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int nbytes;
	char *str = pq_getmsgtext(buf, buf->len - buf->cursor, &nbytes);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(str, nbytes));
}

Datum
textsend(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendtext(&buf, VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- length */
int
text_char_length(const char *data, int len)
{
	return pg_database_encoding_max_length() == 1 ? len : pg_mbstrlen_with_len(data, len);
}

Datum
textlen(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);

	PG_RETURN_INT32(text_char_length(VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t)));
}

Datum
textoctetlen(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);

	PG_RETURN_INT32((int32) VARSIZE_ANY_EXHDR(t));
}

/* ---- concatenation */
Datum
textcat(PG_FUNCTION_ARGS)
{
	text *a = PG_GETARG_TEXT_PP(0);
	text *b = PG_GETARG_TEXT_PP(1);
	Size a_len = VARSIZE_ANY_EXHDR(a);
	Size b_len = VARSIZE_ANY_EXHDR(b);
	text *result = text_alloc(a_len + b_len);

	memcpy(VARDATA(result), VARDATA_ANY(a), a_len);
	memcpy(VARDATA(result) + a_len, VARDATA_ANY(b), b_len);
	PG_RETURN_TEXT_P(result);
}

/* ---- parts of a string */
text *
text_slice(const char *data, int len, int64 start, int64 count)
{
	int skip;
	int take;

	Assert(start >= 1);
	if (start > len)
		return cstring_to_text_with_len("", 0);
	skip = pg_mbcharcliplen(data, len, (int) (start - 1));
	if (count < 0)
		take = len - skip;
	else
		take = pg_mbcharcliplen(data + skip, len - skip, (int) Min(count, (int64) (len - skip)));
	return cstring_to_text_with_len(data + skip, take);
}

static void
check_substring_length(int32 count)
{
	if (count < 0)
		ereport(ERROR, errcode(ERRCODE_SUBSTRING_ERROR), errmsg("negative substring length not allowed"));
}

/* Characters [start, start + count) where start may be before the string. */
static text *
substring_with_length(text *t, int32 start, int32 count)
{
	int64 end;

	check_substring_length(count);
	end = (int64) start + count;
	if (end <= 1)
		return cstring_to_text_with_len("", 0);
	if (start < 1)
		start = 1;
	return text_slice(VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t), start, end - start);
}

Datum
text_substr(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(substring_with_length(PG_GETARG_TEXT_PP(0), PG_GETARG_INT32(1), PG_GETARG_INT32(2)));
}

Datum
text_substr_no_len(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);
	int32 start = PG_GETARG_INT32(1);

	PG_RETURN_TEXT_P(text_slice(VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t), Max(start, 1), -1));
}

/* t with the characters [start, start + count) replaced. */
static text *
text_overlay(text *t, text *replacement, int32 start, int32 count)
{
	const char *data = VARDATA_ANY(t);
	int len = (int) VARSIZE_ANY_EXHDR(t);
	Size new_len = VARSIZE_ANY_EXHDR(replacement);
	int32 after;
	int head;
	int tail_at;
	text *result;

	if (start <= 0)
		check_substring_length(-1);
	if (pg_add_s32_overflow(start, count, &after))
		int_out_of_range("integer");
	head = pg_mbcharcliplen(data, len, start - 1);
	tail_at = after <= 1 ? 0 : pg_mbcharcliplen(data, len, after - 1);
	result = text_alloc((Size) head + new_len + (Size) (len - tail_at));
	memcpy(VARDATA(result), data, (size_t) head);
	memcpy(VARDATA(result) + head, VARDATA_ANY(replacement), new_len);
	memcpy(VARDATA(result) + head + new_len, data + tail_at, (size_t) (len - tail_at));
	return result;
}

Datum
textoverlay(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(
		text_overlay(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT32(2), PG_GETARG_INT32(3)));
}

Datum
textoverlay_no_len(PG_FUNCTION_ARGS)
{
	text *replacement = PG_GETARG_TEXT_PP(1);

	PG_RETURN_TEXT_P(text_overlay(PG_GETARG_TEXT_PP(0), replacement, PG_GETARG_INT32(2),
								  text_char_length(VARDATA_ANY(replacement), (int) VARSIZE_ANY_EXHDR(replacement))));
}

/* ---- position */
int
text_position(const char *hay, int hay_len, const char *needle, int needle_len, Oid collid)
{
	const char *found;

	if (needle_len == 0)
		return 1;
	/* UTF-8 and single-byte encodings: a match of bytes is a match of characters */
	found = memmem(hay, (size_t) hay_len, needle, (size_t) needle_len);
	if (found == NULL)
		return 0;
	return text_char_length(hay, (int) (found - hay)) + 1;
}

Datum
textpos(PG_FUNCTION_ARGS)
{
	text *hay = PG_GETARG_TEXT_PP(0);
	text *needle = PG_GETARG_TEXT_PP(1);

	PG_RETURN_INT32(text_position(VARDATA_ANY(hay), (int) VARSIZE_ANY_EXHDR(hay), VARDATA_ANY(needle),
								  (int) VARSIZE_ANY_EXHDR(needle), PG_GET_COLLATION()));
}

/* ---- name */
Datum
text_name(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);
	int len = (int) VARSIZE_ANY_EXHDR(t);
	Name result = palloc0(NAMEDATALEN);

	if (len >= NAMEDATALEN)
		len = pg_mbcliplen(VARDATA_ANY(t), len, NAMEDATALEN - 1);
	memcpy(NameStr(*result), VARDATA_ANY(t), (size_t) len);
	PG_RETURN_NAME(result);
}

Datum
name_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(NameStr(*PG_GETARG_NAME(0))));
}
