/*
 * encoding.c
 *    Names of encodings; walking over and checking text of the database's encoding. See mb/pg_wchar.h.
 *
 * A database is UTF8, SQL_ASCII or a single-byte encoding. SQL_ASCII takes any byte but zero and converts nothing.
 */
#include "postgres.h"

#include <ctype.h>

#include "mb/pg_wchar.h"
#include "types/encoding.h"

static const struct
{
	const char *name;
	int max_bytes;
	const char *aliases;
} encodings[] = {
#define ENCODING(id, name, max_bytes, aliases) [id] = {name, max_bytes, aliases},
#include "types/encoding_table.h"
#undef ENCODING
};

StaticAssertDecl(lengthof(encodings) == _PG_LAST_ENCODING_, "every encoding has a line");

static int database_encoding = PG_SQL_ASCII;

/* ---- names */
const char *
pg_encoding_to_char(int encoding)
{
	return PG_VALID_ENCODING(encoding) ? encodings[encoding].name : "";
}

/* Letters and digits of a name, in lower case; false when there is more than fits. */
static bool
normalize_name(const char *name, size_t len, char *out, size_t out_size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
	{
		if (!isalnum((unsigned char) name[i]))
			continue;
		if (n + 1 >= out_size)
			return false;
		out[n++] = (char) tolower((unsigned char) name[i]);
	}
	out[n] = '\0';
	return true;
}

/* Is word one of the blank-separated words of list? */
static bool
word_in_list(const char *word, const char *list)
{
	size_t len = strlen(word);

	while (*list)
	{
		size_t n = strcspn(list, " ");

		if (n == len && memcmp(word, list, n) == 0)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

int
pg_char_to_encoding(const char *name)
{
	char wanted[NAMEDATALEN];
	char known[NAMEDATALEN];

	if (!normalize_name(name, strlen(name), wanted, sizeof(wanted)) || wanted[0] == '\0')
		return -1;
	for (int i = 0; i < _PG_LAST_ENCODING_; i++)
	{
		normalize_name(encodings[i].name, strlen(encodings[i].name), known, sizeof(known));
		if (strcmp(wanted, known) == 0 || word_in_list(wanted, encodings[i].aliases))
			return i;
	}
	return -1;
}

int
pg_valid_server_encoding(const char *name)
{
	int encoding = pg_char_to_encoding(name);

	return PG_VALID_BE_ENCODING(encoding) ? encoding : -1;
}

int
pg_valid_server_encoding_id(int encoding)
{
	return PG_VALID_BE_ENCODING(encoding);
}

int
pg_valid_client_encoding(const char *name)
{
	return pg_char_to_encoding(name);
}

int
pg_encoding_max_length(int encoding)
{
	Assert(PG_VALID_ENCODING(encoding));
	return encodings[encoding].max_bytes;
}

/* ---- the database's encoding */
int
GetDatabaseEncoding(void)
{
	return database_encoding;
}

const char *
GetDatabaseEncodingName(void)
{
	return encodings[database_encoding].name;
}

void
SetDatabaseEncoding(int encoding)
{
	if (!PG_VALID_BE_ENCODING(encoding))
		elog(ERROR, "invalid database encoding: %d", encoding);
	database_encoding = encoding;
}

int
GetMessageEncoding(void)
{
	return database_encoding;
}

int
pg_database_encoding_max_length(void)
{
	return encodings[database_encoding].max_bytes;
}

/* ---- UTF-8 */
/* Length that the first byte announces; 1 for bytes that cannot begin a character. */
int
pg_utf_mblen(const unsigned char *s)
{
	if (*s < 0x80)
		return 1;
	if ((*s & 0xe0) == 0xc0)
		return 2;
	if ((*s & 0xf0) == 0xe0)
		return 3;
	if ((*s & 0xf8) == 0xf0)
		return 4;
	return 1;
}

/* One character: no overlong form, no surrogate, nothing above U+10FFFF. */
bool
pg_utf8_islegal(const unsigned char *source, int length)
{
	unsigned char low = 0x80;
	unsigned char high = 0xbf;

	if (length == 1)
		return source[0] < 0x80;
	if (length < 1 || length > 4 || source[0] < 0xc2 || source[0] > 0xf4)
		return false;
	switch (source[0])
	{
		case 0xe0:
			low = 0xa0;
			break;
		case 0xed:
			high = 0x9f;
			break;
		case 0xf0:
			low = 0x90;
			break;
		case 0xf4:
			high = 0x8f;
			break;
	}
	if (source[1] < low || source[1] > high)
		return false;
	for (int i = 2; i < length; i++)
	{
		if ((source[i] & 0xc0) != 0x80)
			return false;
	}
	return true;
}

pg_wchar
utf8_to_unicode(const unsigned char *c)
{
	switch (pg_utf_mblen(c))
	{
		case 2:
			return (pg_wchar) (c[0] & 0x1f) << 6 | (c[1] & 0x3f);
		case 3:
			return (pg_wchar) (c[0] & 0x0f) << 12 | (pg_wchar) (c[1] & 0x3f) << 6 | (c[2] & 0x3f);
		case 4:
			return (pg_wchar) (c[0] & 0x07) << 18 | (pg_wchar) (c[1] & 0x3f) << 12 | (pg_wchar) (c[2] & 0x3f) << 6 |
				   (c[3] & 0x3f);
		default:
			return c[0];
	}
}

unsigned char *
unicode_to_utf8(pg_wchar c, unsigned char *utf8string)
{
	if (c <= 0x7f)
		utf8string[0] = (unsigned char) c;
	else if (c <= 0x7ff)
	{
		utf8string[0] = (unsigned char) (0xc0 | c >> 6);
		utf8string[1] = (unsigned char) (0x80 | (c & 0x3f));
	}
	else if (c <= 0xffff)
	{
		utf8string[0] = (unsigned char) (0xe0 | c >> 12);
		utf8string[1] = (unsigned char) (0x80 | (c >> 6 & 0x3f));
		utf8string[2] = (unsigned char) (0x80 | (c & 0x3f));
	}
	else
	{
		utf8string[0] = (unsigned char) (0xf0 | c >> 18);
		utf8string[1] = (unsigned char) (0x80 | (c >> 12 & 0x3f));
		utf8string[2] = (unsigned char) (0x80 | (c >> 6 & 0x3f));
		utf8string[3] = (unsigned char) (0x80 | (c & 0x3f));
	}
	return utf8string;
}

/* Length of the longest valid prefix. Runs of ASCII are taken eight bytes at a time. */
static int
utf8_valid_prefix(const unsigned char *s, int len)
{
	const unsigned char *start = s;
	const unsigned char *end = s + len;

	while (s < end)
	{
		int n;

		if (end - s >= 8)
		{
			uint64 chunk;

			memcpy(&chunk, s, 8);
			if ((chunk & UINT64CONST(0x8080808080808080)) == 0 &&
				((chunk - UINT64CONST(0x0101010101010101)) & UINT64CONST(0x8080808080808080)) == 0)
			{
				s += 8;
				continue;
			}
		}
		n = pg_utf_mblen(s);
		if (*s == '\0' || n > end - s || !pg_utf8_islegal(s, n))
			break;
		s += n;
	}
	return (int) (s - start);
}

/* ---- walking */
int
pg_encoding_mblen(int encoding, const char *mbstr)
{
	return encoding == PG_UTF8 ? pg_utf_mblen((const unsigned char *) mbstr) : 1;
}

int
pg_encoding_dsplen(int encoding, const char *mbstr)
{
	return encoding == PG_UTF8 ? utf8_display_width(utf8_to_unicode((const unsigned char *) mbstr)) : 1;
}

int
pg_mblen(const char *mbstr)
{
	return pg_encoding_mblen(database_encoding, mbstr);
}

int
pg_dsplen(const char *mbstr)
{
	return pg_encoding_dsplen(database_encoding, mbstr);
}

int
pg_mbstrlen(const char *mbstr)
{
	return pg_mbstrlen_with_len(mbstr, (int) strlen(mbstr));
}

/* Counts the bytes that begin a character; stops at a zero byte. */
int
pg_mbstrlen_with_len(const char *mbstr, int len)
{
	int count = 0;

	if (database_encoding != PG_UTF8)
		return len;
	for (int i = 0; i < len; i++)
		count += (mbstr[i] & 0xc0) != 0x80;
	return count;
}

int
pg_encoding_mbcliplen(int encoding, const char *mbstr, int len, int limit)
{
	int used = 0;

	if (encoding != PG_UTF8)
		return Min(len, limit);
	if (len <= limit)
		return len;
	while (used < len)
	{
		int n = pg_utf_mblen((const unsigned char *) mbstr + used);

		if (used + n > limit)
			break;
		used += n;
	}
	return used;
}

int
pg_mbcliplen(const char *mbstr, int len, int limit)
{
	return pg_encoding_mbcliplen(database_encoding, mbstr, len, limit);
}

int
pg_mbcharcliplen(const char *mbstr, int len, int limit)
{
	int used = 0;

	if (database_encoding != PG_UTF8)
		return Min(len, limit);
	for (int chars = 0; used < len && chars < limit; chars++)
		used += pg_utf_mblen((const unsigned char *) mbstr + used);
	return Min(used, len);
}

/* Code points (bytes, when not UTF-8); to has room for len + 1. Returns their number; a zero follows. */
int
pg_mb2wchar_with_len(const char *from, pg_wchar *to, int len)
{
	int count = 0;

	for (int i = 0; i < len;)
	{
		to[count++] = database_encoding == PG_UTF8 ? utf8_to_unicode((const unsigned char *) from + i)
												   : (unsigned char) from[i];
		i += pg_mblen(from + i);
	}
	to[count] = 0;
	return count;
}

int
pg_wchar2mb_with_len(const pg_wchar *from, char *to, int len)
{
	char *out = to;

	for (int i = 0; i < len; i++)
	{
		if (database_encoding == PG_UTF8)
		{
			unicode_to_utf8(from[i], (unsigned char *) out);
			out += pg_utf_mblen((unsigned char *) out);
		}
		else
			*out++ = (char) from[i];
	}
	*out = '\0';
	return (int) (out - to);
}

/* ---- checking */
int
pg_encoding_verifymbstr(int encoding, const char *mbstr, int len)
{
	const char *zero;

	if (encoding == PG_UTF8)
		return utf8_valid_prefix((const unsigned char *) mbstr, len);
	zero = memchr(mbstr, '\0', (size_t) len);
	return zero ? (int) (zero - mbstr) : len;
}

bool
pg_verifymbstr(const char *mbstr, int len, bool noError)
{
	return pg_verify_mbstr(database_encoding, mbstr, len, noError);
}

bool
pg_verify_mbstr(int encoding, const char *mbstr, int len, bool noError)
{
	int valid = pg_encoding_verifymbstr(encoding, mbstr, len);

	if (valid != len && !noError)
		report_invalid_encoding(encoding, mbstr + valid, len - valid);
	return valid == len;
}

/* The number of characters, -1 when invalid and noError. */
int
pg_verify_mbstr_len(int encoding, const char *mbstr, int len, bool noError)
{
	int count = 0;

	if (!pg_verify_mbstr(encoding, mbstr, len, noError))
		return -1;
	for (int i = 0; i < len; count++)
		i += pg_encoding_mblen(encoding, mbstr + i);
	return count;
}

/* "0xc3 0x28": the bytes of one character, as far as they are there. */
static void
show_bytes(int encoding, const char *mbstr, int len, char *out, size_t out_size)
{
	int n = Min(Min(pg_encoding_mblen(encoding, mbstr), len), 8);
	size_t at = 0;

	out[0] = '\0';
	for (int i = 0; i < n; i++)
		at += (size_t) snprintf(out + at, out_size - at, "%s0x%02x", i > 0 ? " " : "", (unsigned char) mbstr[i]);
}

void
report_invalid_encoding(int encoding, const char *mbstr, int len)
{
	char bytes[8 * 5 + 1];

	show_bytes(encoding, mbstr, len, bytes, sizeof(bytes));
	ereport(ERROR, errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
			errmsg("invalid byte sequence for encoding \"%s\": %s", pg_encoding_to_char(encoding), bytes));
}

void
report_untranslatable_char(int src_encoding, int dest_encoding, const char *mbstr, int len)
{
	char bytes[8 * 5 + 1];

	show_bytes(src_encoding, mbstr, len, bytes, sizeof(bytes));
	ereport(ERROR, errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
			errmsg("character with byte sequence %s in encoding \"%s\" has no equivalent in encoding \"%s\"", bytes,
				   pg_encoding_to_char(src_encoding), pg_encoding_to_char(dest_encoding)));
}
