/*
 * bytea.c
 *    bytea: text form (hex and escape), parts, bits, comparison, aggregation.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "types/comparison.h"
#include "types/int.h"
#include "types/text.h"
#include "utils/bytea.h"

int bytea_output = BYTEA_OUTPUT_HEX;

static int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* ---- text form */
/* Digits after \x; white space may stand between bytes. */
static bytea *
bytea_from_hex(const char *s, size_t len)
{
	bytea *result = text_alloc(len / 2);
	char *out = VARDATA(result);

	for (size_t i = 0; i < len;)
	{
		int high;
		int low;

		if (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r')
		{
			i++;
			continue;
		}
		high = hex_value((unsigned char) s[i]);
		if (high < 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid hexadecimal digit: \"%.*s\"", pg_mblen(s + i), s + i));
		if (++i >= len)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid hexadecimal data: odd number of digits"));
		low = hex_value((unsigned char) s[i]);
		if (low < 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid hexadecimal digit: \"%.*s\"", pg_mblen(s + i), s + i));
		i++;
		*out++ = (char) (high << 4 | low);
	}
	SET_VARSIZE(result, out - (char *) result);
	return result;
}

/* \ooo and \\ ; everything else stands for itself. */
static bytea *
bytea_from_escapes(const char *s, size_t len)
{
	bytea *result = text_alloc(len);
	char *out = VARDATA(result);

	for (const char *end = s + len; s < end;)
	{
		if (*s != '\\')
			*out++ = *s++;
		else if (s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7')
		{
			*out++ = (char) ((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		}
		else if (s[1] == '\\')
		{
			*out++ = '\\';
			s += 2;
		}
		else
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s", "bytea"));
	}
	SET_VARSIZE(result, out - (char *) result);
	return result;
}

Datum
byteain(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);

	if (s[0] == '\\' && s[1] == 'x')
		PG_RETURN_BYTEA_P(bytea_from_hex(s + 2, strlen(s + 2)));
	PG_RETURN_BYTEA_P(bytea_from_escapes(s, strlen(s)));
}

static char *
bytea_to_hex(const unsigned char *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *result = palloc(2 * len + 3);
	char *out = result;

	*out++ = '\\';
	*out++ = 'x';
	for (size_t i = 0; i < len; i++)
	{
		*out++ = digits[data[i] >> 4];
		*out++ = digits[data[i] & 15];
	}
	*out = '\0';
	return result;
}

static char *
bytea_to_escapes(const unsigned char *data, size_t len)
{
	char *result = palloc(4 * len + 1);
	char *out = result;

	for (size_t i = 0; i < len; i++)
	{
		unsigned char c = data[i];

		if (c == '\\')
		{
			*out++ = '\\';
			*out++ = '\\';
		}
		else if (c < 0x20 || c > 0x7e)
		{
			*out++ = '\\';
			*out++ = (char) ('0' + (c >> 6));
			*out++ = (char) ('0' + (c >> 3 & 7));
			*out++ = (char) ('0' + (c & 7));
		}
		else
			*out++ = (char) c;
	}
	*out = '\0';
	return result;
}

Datum
byteaout(PG_FUNCTION_ARGS)
{
	bytea *value = PG_GETARG_BYTEA_PP(0);
	unsigned char *data = (unsigned char *) VARDATA_ANY(value);
	Size len = VARSIZE_ANY_EXHDR(value);

	PG_RETURN_CSTRING(bytea_output == BYTEA_OUTPUT_HEX ? bytea_to_hex(data, len) : bytea_to_escapes(data, len));
}

Datum
bytearecv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int len = buf->len - buf->cursor;

	PG_RETURN_BYTEA_P(cstring_to_text_with_len(pq_getmsgbytes(buf, len), len));
}

Datum
byteasend(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(PG_GETARG_BYTEA_P_COPY(0));
}

/* ---- length, concatenation, parts */
Datum
byteaoctetlen(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) VARSIZE_ANY_EXHDR(PG_GETARG_BYTEA_PP(0)));
}

Datum
byteacat(PG_FUNCTION_ARGS)
{
	return textcat(fcinfo);
}

/* Bytes [start, end) of the value, 1-based, clipped to it. */
static bytea *
bytea_part(bytea *value, int64 start, int64 end)
{
	int64 len = (int64) VARSIZE_ANY_EXHDR(value);

	start = Max(start, 1);
	end = Min(end, len + 1);
	if (end <= start)
		return text_alloc(0);
	return cstring_to_text_with_len(VARDATA_ANY(value) + start - 1, (int) (end - start));
}

static void
negative_length(void)
{
	ereport(ERROR, errcode(ERRCODE_SUBSTRING_ERROR), errmsg("negative substring length not allowed"));
}

Datum
bytea_substr(PG_FUNCTION_ARGS)
{
	int64 start = PG_GETARG_INT32(1);
	int32 count = PG_GETARG_INT32(2);

	if (count < 0)
		negative_length();
	PG_RETURN_BYTEA_P(bytea_part(PG_GETARG_BYTEA_PP(0), start, start + count));
}

Datum
bytea_substr_no_len(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(bytea_part(PG_GETARG_BYTEA_PP(0), PG_GETARG_INT32(1), PG_INT64_MAX));
}

static bytea *
bytea_overlay(bytea *value, bytea *replacement, int32 start, int32 count)
{
	Size len = VARSIZE_ANY_EXHDR(value);
	Size new_len = VARSIZE_ANY_EXHDR(replacement);
	Size head;
	Size tail_at;
	int32 after;
	bytea *result;

	if (start <= 0)
		negative_length();
	if (pg_add_s32_overflow(start, count, &after))
		int_out_of_range("integer");
	head = Min((Size) start - 1, len);
	tail_at = after <= 1 ? 0 : Min((Size) after - 1, len);
	result = text_alloc(head + new_len + len - tail_at);
	memcpy(VARDATA(result), VARDATA_ANY(value), head);
	memcpy(VARDATA(result) + head, VARDATA_ANY(replacement), new_len);
	memcpy(VARDATA(result) + head + new_len, VARDATA_ANY(value) + tail_at, len - tail_at);
	return result;
}

Datum
byteaoverlay(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(
		bytea_overlay(PG_GETARG_BYTEA_PP(0), PG_GETARG_BYTEA_PP(1), PG_GETARG_INT32(2), PG_GETARG_INT32(3)));
}

Datum
byteaoverlay_no_len(PG_FUNCTION_ARGS)
{
	bytea *replacement = PG_GETARG_BYTEA_PP(1);

	PG_RETURN_BYTEA_P(bytea_overlay(PG_GETARG_BYTEA_PP(0), replacement, PG_GETARG_INT32(2),
									(int32) VARSIZE_ANY_EXHDR(replacement)));
}

Datum
byteapos(PG_FUNCTION_ARGS)
{
	bytea *hay = PG_GETARG_BYTEA_PP(0);
	bytea *needle = PG_GETARG_BYTEA_PP(1);
	char *found;

	if (VARSIZE_ANY_EXHDR(needle) == 0)
		PG_RETURN_INT32(1);
	found = memmem(VARDATA_ANY(hay), VARSIZE_ANY_EXHDR(hay), VARDATA_ANY(needle), VARSIZE_ANY_EXHDR(needle));
	PG_RETURN_INT32(found ? (int32) (found - VARDATA_ANY(hay)) + 1 : 0);
}

/* ---- single bytes and bits; bit 0 is the lowest of byte 0 */
static void
check_index(int64 index, int64 count)
{
	if (index < 0 || index >= count)
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				errmsg("index %lld out of valid range, 0..%lld", (long long) index, (long long) count - 1));
}

Datum
byteaGetByte(PG_FUNCTION_ARGS)
{
	bytea *value = PG_GETARG_BYTEA_PP(0);
	int32 n = PG_GETARG_INT32(1);

	check_index(n, (int64) VARSIZE_ANY_EXHDR(value));
	PG_RETURN_INT32(((unsigned char *) VARDATA_ANY(value))[n]);
}

Datum
byteaGetBit(PG_FUNCTION_ARGS)
{
	bytea *value = PG_GETARG_BYTEA_PP(0);
	int64 n = PG_GETARG_INT64(1);

	check_index(n, (int64) VARSIZE_ANY_EXHDR(value) * 8);
	PG_RETURN_INT32(((unsigned char *) VARDATA_ANY(value))[n / 8] >> (n % 8) & 1);
}

Datum
byteaSetByte(PG_FUNCTION_ARGS)
{
	bytea *value = PG_GETARG_BYTEA_P_COPY(0);
	int32 n = PG_GETARG_INT32(1);

	check_index(n, (int64) VARSIZE(value) - VARHDRSZ);
	((unsigned char *) VARDATA(value))[n] = (unsigned char) PG_GETARG_INT32(2);
	PG_RETURN_BYTEA_P(value);
}

Datum
byteaSetBit(PG_FUNCTION_ARGS)
{
	bytea *value = PG_GETARG_BYTEA_P_COPY(0);
	int64 n = PG_GETARG_INT64(1);
	int32 bit = PG_GETARG_INT32(2);
	unsigned char *byte;

	check_index(n, ((int64) VARSIZE(value) - VARHDRSZ) * 8);
	if (bit != 0 && bit != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("new bit must be 0 or 1"));
	byte = (unsigned char *) VARDATA(value) + n / 8;
	*byte = (unsigned char) ((*byte & ~(1 << (n % 8))) | bit << (n % 8));
	PG_RETURN_BYTEA_P(value);
}

Datum
bytea_bit_count(PG_FUNCTION_ARGS)
{
	bytea *value = PG_GETARG_BYTEA_PP(0);
	int64 count = 0;

	for (Size i = 0; i < VARSIZE_ANY_EXHDR(value); i++)
		count += __builtin_popcount((unsigned char) VARDATA_ANY(value)[i]);
	PG_RETURN_INT64(count);
}

/* ---- trimming bytes that occur in a set */
static bytea *
bytea_trim(bytea *value, bytea *set, bool left, bool right)
{
	const char *start = VARDATA_ANY(value);
	const char *end = start + VARSIZE_ANY_EXHDR(value);
	const char *chars = VARDATA_ANY(set);
	Size count = VARSIZE_ANY_EXHDR(set);

	while (left && start < end && memchr(chars, *start, count))
		start++;
	while (right && start < end && memchr(chars, end[-1], count))
		end--;
	return cstring_to_text_with_len(start, (int) (end - start));
}

Datum
byteatrim(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(bytea_trim(PG_GETARG_BYTEA_PP(0), PG_GETARG_BYTEA_PP(1), true, true));
}

Datum
bytealtrim(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(bytea_trim(PG_GETARG_BYTEA_PP(0), PG_GETARG_BYTEA_PP(1), true, false));
}

Datum
byteartrim(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(bytea_trim(PG_GETARG_BYTEA_PP(0), PG_GETARG_BYTEA_PP(1), false, true));
}

/* ---- comparison */
static int
bytea_compare(FunctionCallInfo fcinfo)
{
	bytea *a = PG_GETARG_BYTEA_PP(0);
	bytea *b = PG_GETARG_BYTEA_PP(1);
	Size a_len = VARSIZE_ANY_EXHDR(a);
	Size b_len = VARSIZE_ANY_EXHDR(b);
	int result = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(a_len, b_len));

	if (result == 0)
		result = (a_len > b_len) - (a_len < b_len);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

COMPARISON_OPERATORS(bytea, , bytea_compare(fcinfo), 0)

Datum
byteacmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(bytea_compare(fcinfo));
}
