/*
 * string_funcs.c
 *    Functions that make strings out of strings: case, padding, trimming, replacing, splitting, repeating.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "types/int.h"
#include "types/text.h"
#include "utils/memutils.h"
#include "utils/pg_locale.h"

static void pg_attribute_noreturn()
too_large(void)
{
	ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("requested length too large"));
}

/* ---- case */
typedef char *(*CaseFunction)(const char *buff, size_t nbytes, Oid collid);

static Datum
change_case(FunctionCallInfo fcinfo, CaseFunction function)
{
	text *s = PG_GETARG_TEXT_PP(0);

	return PointerGetDatum(cstring_to_text(function(VARDATA_ANY(s), VARSIZE_ANY_EXHDR(s), PG_GET_COLLATION())));
}

Datum
lower(PG_FUNCTION_ARGS)
{
	return change_case(fcinfo, str_tolower);
}

Datum
upper(PG_FUNCTION_ARGS)
{
	return change_case(fcinfo, str_toupper);
}

Datum
initcap(PG_FUNCTION_ARGS)
{
	return change_case(fcinfo, str_initcap);
}

/* ---- padding */
/* Appends count characters taken from the filler again and again. */
static char *
put_filler(char *out, const char *filler, int filler_len, int count)
{
	const char *at = filler;

	for (; count > 0; count--)
	{
		int n = pg_mblen(at);

		memcpy(out, at, (size_t) n);
		out += n;
		at += n;
		if (at >= filler + filler_len)
			at = filler;
	}
	return out;
}

static Datum
pad(FunctionCallInfo fcinfo, bool left)
{
	text *s = PG_GETARG_TEXT_PP(0);
	int wanted = Max(PG_GETARG_INT32(1), 0);
	text *filler = PG_GETARG_TEXT_PP(2);
	const char *data = VARDATA_ANY(s);
	int len = (int) VARSIZE_ANY_EXHDR(s);
	int filler_len = (int) VARSIZE_ANY_EXHDR(filler);
	int have = text_char_length(data, len);
	int missing;
	int64 room;
	text *result;
	char *out;

	if (have > wanted)
	{
		len = pg_mbcharcliplen(data, len, wanted);
		have = wanted;
	}
	missing = filler_len > 0 ? wanted - have : 0;
	room = (int64) len + (int64) missing * pg_database_encoding_max_length();
	if (room + VARHDRSZ > (int64) MaxAllocSize)
		too_large();
	result = text_alloc((Size) room);
	out = VARDATA(result);
	if (left)
		out = put_filler(out, VARDATA_ANY(filler), filler_len, missing);
	memcpy(out, data, (size_t) len);
	out += len;
	if (!left)
		out = put_filler(out, VARDATA_ANY(filler), filler_len, missing);
	SET_VARSIZE(result, out - (char *) result);
	return PointerGetDatum(result);
}

Datum
lpad(PG_FUNCTION_ARGS)
{
	return pad(fcinfo, true);
}

Datum
rpad(PG_FUNCTION_ARGS)
{
	return pad(fcinfo, false);
}

/* ---- trimming */
static bool
in_set(const char *c, int n, const char *set, int set_len)
{
	for (int i = 0; i < set_len;)
	{
		int m = pg_mblen(set + i);

		if (m == n && memcmp(set + i, c, (size_t) n) == 0)
			return true;
		i += m;
	}
	return false;
}

/* The beginning of the character that ends at end. */
static const char *
previous_char(const char *start, const char *end)
{
	end--;
	if (GetDatabaseEncoding() == PG_UTF8)
	{
		while (end > start && ((unsigned char) *end & 0xc0) == 0x80)
			end--;
	}
	return end;
}

static text *
trim(text *s, const char *set, int set_len, bool left, bool right)
{
	const char *start = VARDATA_ANY(s);
	const char *end = start + VARSIZE_ANY_EXHDR(s);

	while (left && start < end)
	{
		int n = pg_mblen(start);

		if (!in_set(start, n, set, set_len))
			break;
		start += n;
	}
	while (right && start < end)
	{
		const char *last = previous_char(start, end);

		if (!in_set(last, (int) (end - last), set, set_len))
			break;
		end = last;
	}
	return cstring_to_text_with_len(start, (int) (end - start));
}

Datum
btrim(PG_FUNCTION_ARGS)
{
	text *set = PG_GETARG_TEXT_PP(1);

	PG_RETURN_TEXT_P(trim(PG_GETARG_TEXT_PP(0), VARDATA_ANY(set), (int) VARSIZE_ANY_EXHDR(set), true, true));
}

Datum
btrim1(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(trim(PG_GETARG_TEXT_PP(0), " ", 1, true, true));
}

Datum
ltrim(PG_FUNCTION_ARGS)
{
	text *set = PG_GETARG_TEXT_PP(1);

	PG_RETURN_TEXT_P(trim(PG_GETARG_TEXT_PP(0), VARDATA_ANY(set), (int) VARSIZE_ANY_EXHDR(set), true, false));
}

Datum
ltrim1(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(trim(PG_GETARG_TEXT_PP(0), " ", 1, true, false));
}

Datum
rtrim(PG_FUNCTION_ARGS)
{
	text *set = PG_GETARG_TEXT_PP(1);

	PG_RETURN_TEXT_P(trim(PG_GETARG_TEXT_PP(0), VARDATA_ANY(set), (int) VARSIZE_ANY_EXHDR(set), false, true));
}

Datum
rtrim1(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(trim(PG_GETARG_TEXT_PP(0), " ", 1, false, true));
}

/* ---- replacing */
Datum
replace_text(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	text *from = PG_GETARG_TEXT_PP(1);
	text *to = PG_GETARG_TEXT_PP(2);
	const char *at = VARDATA_ANY(s);
	const char *end = at + VARSIZE_ANY_EXHDR(s);
	Size from_len = VARSIZE_ANY_EXHDR(from);
	const char *found;
	StringInfoData out;

	if (from_len == 0 || (found = memmem(at, (size_t) (end - at), VARDATA_ANY(from), from_len)) == NULL)
		PG_RETURN_TEXT_P(s);
	initStringInfo(&out);
	do
	{
		appendBinaryStringInfo(&out, at, (int) (found - at));
		appendBinaryStringInfo(&out, VARDATA_ANY(to), (int) VARSIZE_ANY_EXHDR(to));
		at = found + from_len;
		found = memmem(at, (size_t) (end - at), VARDATA_ANY(from), from_len);
	} while (found);
	appendBinaryStringInfo(&out, at, (int) (end - at));
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* Each character of the string that occurs in from becomes the one at its place in to, or vanishes. */
Datum
translate(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	text *from = PG_GETARG_TEXT_PP(1);
	text *to = PG_GETARG_TEXT_PP(2);
	const char *at = VARDATA_ANY(s);
	const char *end = at + VARSIZE_ANY_EXHDR(s);
	const char *from_end = VARDATA_ANY(from) + VARSIZE_ANY_EXHDR(from);
	const char *to_end = VARDATA_ANY(to) + VARSIZE_ANY_EXHDR(to);
	StringInfoData out;

	initStringInfo(&out);
	while (at < end)
	{
		int n = pg_mblen(at);
		const char *f = VARDATA_ANY(from);
		const char *t = VARDATA_ANY(to);
		bool found = false;

		while (f < from_end && !found)
		{
			int m = pg_mblen(f);

			found = m == n && memcmp(f, at, (size_t) n) == 0;
			if (!found && t < to_end)
				t += pg_mblen(t);
			f += m;
		}
		if (!found)
			appendBinaryStringInfo(&out, at, n);
		else if (t < to_end)
			appendBinaryStringInfo(&out, t, pg_mblen(t));
		at += n;
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* ---- splitting */
Datum
split_part(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	text *separator = PG_GETARG_TEXT_PP(1);
	int64 field = PG_GETARG_INT32(2);
	const char *at = VARDATA_ANY(s);
	const char *end = at + VARSIZE_ANY_EXHDR(s);
	Size separator_len = VARSIZE_ANY_EXHDR(separator);
	const char *found;

	if (field == 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("field position must not be zero"));
	if (at == end)
		PG_RETURN_TEXT_P(text_alloc(0));
	if (separator_len == 0)
	{
		if (field == 1 || field == -1)
			PG_RETURN_TEXT_P(s);
		PG_RETURN_TEXT_P(text_alloc(0));
	}
	if (field < 0)
	{
		/* from the end: count the fields first */
		int64 count = 1;

		for (const char *p = at; (p = memmem(p, (size_t) (end - p), VARDATA_ANY(separator), separator_len)) != NULL;
			 p += separator_len)
			count++;
		field += count + 1;
		if (field <= 0)
			PG_RETURN_TEXT_P(text_alloc(0));
	}
	for (;; field--)
	{
		found = memmem(at, (size_t) (end - at), VARDATA_ANY(separator), separator_len);
		if (field == 1)
			PG_RETURN_TEXT_P(cstring_to_text_with_len(at, (int) ((found ? found : end) - at)));
		if (found == NULL)
			PG_RETURN_TEXT_P(text_alloc(0));
		at = found + separator_len;
	}
}

/* ---- parts */
Datum
text_left(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	int len = (int) VARSIZE_ANY_EXHDR(s);
	int64 n = PG_GETARG_INT32(1);

	if (n < 0)
		n = Max(text_char_length(VARDATA_ANY(s), len) + n, 0);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(VARDATA_ANY(s), pg_mbcharcliplen(VARDATA_ANY(s), len, (int) n)));
}

Datum
text_right(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	int len = (int) VARSIZE_ANY_EXHDR(s);
	int64 n = PG_GETARG_INT32(1);
	int64 skip = n < 0 ? -n : text_char_length(VARDATA_ANY(s), len) - n;
	int offset = pg_mbcharcliplen(VARDATA_ANY(s), len, (int) Min(Max(skip, 0), (int64) len));

	PG_RETURN_TEXT_P(cstring_to_text_with_len(VARDATA_ANY(s) + offset, len - offset));
}

Datum
text_reverse(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	int len = (int) VARSIZE_ANY_EXHDR(s);
	const char *at = VARDATA_ANY(s);
	const char *end = at + len;
	text *result = text_alloc((Size) len);
	char *out = VARDATA(result) + len;

	while (at < end)
	{
		int n = (int) Min(pg_mblen(at), end - at);

		out -= n;
		memcpy(out, at, (size_t) n);
		at += n;
	}
	PG_RETURN_TEXT_P(result);
}

Datum
repeat(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	Size len = VARSIZE_ANY_EXHDR(s);
	int64 count = Max(PG_GETARG_INT32(1), 0);
	text *result;

	if (count * (int64) len + VARHDRSZ > (int64) MaxAllocSize)
		too_large();
	result = text_alloc((Size) count * len);
	for (int64 i = 0; i < count; i++)
		memcpy(VARDATA(result) + (Size) i * len, VARDATA_ANY(s), len);
	PG_RETURN_TEXT_P(result);
}

Datum
text_starts_with(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);
	text *prefix = PG_GETARG_TEXT_PP(1);

	check_collation_set(PG_GET_COLLATION());
	PG_RETURN_BOOL(VARSIZE_ANY_EXHDR(prefix) <= VARSIZE_ANY_EXHDR(s) &&
				   memcmp(VARDATA_ANY(s), VARDATA_ANY(prefix), VARSIZE_ANY_EXHDR(prefix)) == 0);
}

/* ---- characters and their codes */
Datum
ascii(PG_FUNCTION_ARGS)
{
	text *s = PG_GETARG_TEXT_PP(0);

	if (VARSIZE_ANY_EXHDR(s) == 0)
		PG_RETURN_INT32(0);
	if (GetDatabaseEncoding() == PG_UTF8)
		PG_RETURN_INT32((int32) utf8_to_unicode((unsigned char *) VARDATA_ANY(s)));
	PG_RETURN_INT32((unsigned char) *VARDATA_ANY(s));
}

Datum
chr(PG_FUNCTION_ARGS)
{
	int32 code = PG_GETARG_INT32(0);
	unsigned char bytes[4];
	int len;

	if (code < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("character number must be positive"));
	if (code == 0)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("null character not permitted"));
	if (GetDatabaseEncoding() != PG_UTF8 || code < 128)
	{
		char c = (char) code;

		if (code > 255)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("requested character too large for encoding: %u", (unsigned) code));
		PG_RETURN_TEXT_P(cstring_to_text_with_len(&c, 1));
	}
	if (code > 0x10ffff)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("requested character too large for encoding: %u", (unsigned) code));
	unicode_to_utf8((pg_wchar) code, bytes);
	len = pg_utf_mblen(bytes);
	if (!pg_utf8_islegal(bytes, len))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("requested character not valid for encoding: %u", (unsigned) code));
	PG_RETURN_TEXT_P(cstring_to_text_with_len((char *) bytes, len));
}

Datum
to_hex32(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%x", PG_GETARG_UINT32(0))));
}

Datum
to_hex64(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%llx", (unsigned long long) PG_GETARG_INT64(0))));
}
