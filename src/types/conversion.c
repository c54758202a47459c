/*
 * conversion.c
 *    Conversion between encodings, through ICU's tables where they are not trivial; the client's encoding.
 *
 * Any pair of known encodings that ICU has a converter for is supported; SQL_ASCII on either side converts nothing.
 */
#include "postgres.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "types/encoding.h"
#include "utils/memutils.h"

static int client_encoding = PG_SQL_ASCII;
static bool client_encoding_known = false;

int
utf8_display_width(pg_wchar c)
{
	int8_t category = u_charType((UChar32) c);
	int east_asian = u_getIntPropertyValue((UChar32) c, UCHAR_EAST_ASIAN_WIDTH);

	if (c == 0)
		return 0;
	if (category == U_CONTROL_CHAR)
		return -1;
	if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK)
		return 0;
	return east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
}

/* ---- converters */
/* ICU's names where they differ from ours; the others it knows by ours. */
static const char *
icu_converter_name(int encoding)
{
	static const char *const names[_PG_LAST_ENCODING_] = {
		[PG_EUC_JP] = "EUC-JP",			[PG_EUC_CN] = "EUC-CN",		  [PG_EUC_KR] = "EUC-KR",
		[PG_EUC_TW] = "EUC-TW",			[PG_UTF8] = "UTF-8",		  [PG_LATIN1] = "ISO-8859-1",
		[PG_LATIN2] = "ISO-8859-2",		[PG_LATIN3] = "ISO-8859-3",	  [PG_LATIN4] = "ISO-8859-4",
		[PG_LATIN5] = "ISO-8859-9",		[PG_LATIN6] = "ISO-8859-10",  [PG_LATIN7] = "ISO-8859-13",
		[PG_LATIN8] = "ISO-8859-14",	[PG_LATIN9] = "ISO-8859-15",  [PG_LATIN10] = "ISO-8859-16",
		[PG_WIN1256] = "CP1256",		[PG_WIN1258] = "CP1258",	  [PG_WIN866] = "CP866",
		[PG_WIN874] = "CP874",			[PG_KOI8R] = "KOI8-R",		  [PG_WIN1251] = "CP1251",
		[PG_WIN1252] = "CP1252",		[PG_ISO_8859_5] = "ISO-8859-5", [PG_ISO_8859_6] = "ISO-8859-6",
		[PG_ISO_8859_7] = "ISO-8859-7", [PG_ISO_8859_8] = "ISO-8859-8", [PG_WIN1250] = "CP1250",
		[PG_WIN1253] = "CP1253",		[PG_WIN1254] = "CP1254",	  [PG_WIN1255] = "CP1255",
		[PG_WIN1257] = "CP1257",		[PG_KOI8U] = "KOI8-U",		  [PG_SJIS] = "Shift_JIS",
		[PG_BIG5] = "Big5",				[PG_GBK] = "GBK",			  [PG_UHC] = "windows-949",
		[PG_GB18030] = "GB18030",
	};

	return names[encoding];
}

/* Opened once per process and kept; NULL when ICU has none. They stop at what they cannot convert. */
static UConverter *
converter_for(int encoding)
{
	static UConverter *cache[_PG_LAST_ENCODING_];
	UErrorCode status = U_ZERO_ERROR;
	const char *name = icu_converter_name(encoding);

	if (cache[encoding] != NULL || name == NULL)
		return cache[encoding];
	cache[encoding] = ucnv_open(name, &status);
	if (U_FAILURE(status))
		return cache[encoding] = NULL;
	ucnv_setToUCallBack(cache[encoding], UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
	ucnv_setFromUCallBack(cache[encoding], UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
	return cache[encoding];
}

bool
pg_do_encoding_conversion_possible(int src_encoding, int dest_encoding)
{
	if (src_encoding == dest_encoding || src_encoding == PG_SQL_ASCII || dest_encoding == PG_SQL_ASCII)
		return true;
	return converter_for(src_encoding) != NULL && converter_for(dest_encoding) != NULL;
}

static bool
is_ascii(const char *s, int len)
{
	for (int i = 0; i < len; i++)
	{
		if (IS_HIGHBIT_SET(s[i]))
			return false;
	}
	return true;
}

/* One character at a time, so that the error can name the character. Text has been verified. */
static char *
convert_with_icu(const char *s, int len, int src_encoding, int dest_encoding)
{
	UConverter *source = converter_for(src_encoding);
	UConverter *target = converter_for(dest_encoding);
	char *result = palloc((Size) len * MAX_CONVERSION_GROWTH + 1);
	char *out = result;
	const char *at = s;
	const char *end = s + len;

	ucnv_reset(source);
	while (at < end)
	{
		UErrorCode status = U_ZERO_ERROR;
		const char *start = at;
		UChar units[2];
		int32_t count = 0;
		UChar32 c;

		if (!IS_HIGHBIT_SET(*at))
		{
			*out++ = *at++;
			continue;
		}
		c = ucnv_getNextUChar(source, &at, end, &status);
		if (U_FAILURE(status))
			report_invalid_encoding(src_encoding, start, (int) (end - start));
		U16_APPEND_UNSAFE(units, count, c);
		out += ucnv_fromUChars(target, out, MAX_CONVERSION_GROWTH * 2, units, count, &status);
		if (U_FAILURE(status) && status != U_STRING_NOT_TERMINATED_WARNING)
			report_untranslatable_char(src_encoding, dest_encoding, start, (int) (end - start));
	}
	*out = '\0';
	return result;
}

unsigned char *
pg_do_encoding_conversion(unsigned char *src, int len, int src_encoding, int dest_encoding)
{
	if (len <= 0 || src_encoding == dest_encoding || dest_encoding == PG_SQL_ASCII)
		return src;
	if (src_encoding == PG_SQL_ASCII)
	{
		(void) pg_verify_mbstr(dest_encoding, (char *) src, len, false);
		return src;
	}
	if (!pg_do_encoding_conversion_possible(src_encoding, dest_encoding))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("default conversion function for encoding \"%s\" to \"%s\" does not exist",
					   pg_encoding_to_char(src_encoding), pg_encoding_to_char(dest_encoding)));
	if (is_ascii((char *) src, len))
		return src;
	return (unsigned char *) convert_with_icu((char *) src, len, src_encoding, dest_encoding);
}

/* ---- the client's encoding */
int
pg_get_client_encoding(void)
{
	return client_encoding;
}

const char *
pg_get_client_encoding_name(void)
{
	return pg_encoding_to_char(client_encoding);
}

int
PrepareClientEncoding(int encoding)
{
	if (!PG_VALID_FE_ENCODING(encoding))
		return -1;
	if (!client_encoding_known)
		return 0;
	return pg_do_encoding_conversion_possible(GetDatabaseEncoding(), encoding) ? 0 : -1;
}

int
SetClientEncoding(int encoding)
{
	if (!PG_VALID_FE_ENCODING(encoding))
		return -1;
	if (client_encoding_known && !pg_do_encoding_conversion_possible(GetDatabaseEncoding(), encoding))
		return -1;
	client_encoding = encoding;
	return 0;
}

/* Called when the database, and so its encoding, is known. What was wished for before must turn out possible. */
void
InitializeClientEncoding(void)
{
	client_encoding_known = true;
	if (!pg_do_encoding_conversion_possible(GetDatabaseEncoding(), client_encoding))
		ereport(FATAL, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("conversion between %s and %s is not supported", pg_encoding_to_char(client_encoding),
					   GetDatabaseEncodingName()));
}

char *
pg_client_to_server(const char *s, int len)
{
	return pg_any_to_server(s, len, client_encoding);
}

char *
pg_any_to_server(const char *s, int len, int encoding)
{
	int server = GetDatabaseEncoding();

	if (len <= 0)
		return (char *) s;
	if (encoding == server || encoding == PG_SQL_ASCII || server == PG_SQL_ASCII)
	{
		(void) pg_verify_mbstr(server == PG_SQL_ASCII ? encoding : server, s, len, false);
		return (char *) s;
	}
	(void) pg_verify_mbstr(encoding, s, len, false);
	return (char *) pg_do_encoding_conversion((unsigned char *) s, len, encoding, server);
}

char *
pg_server_to_client(const char *s, int len)
{
	return pg_server_to_any(s, len, client_encoding);
}

char *
pg_server_to_any(const char *s, int len, int encoding)
{
	int server = GetDatabaseEncoding();

	if (len <= 0 || encoding == server || encoding == PG_SQL_ASCII)
		return (char *) s;
	if (server == PG_SQL_ASCII)
	{
		(void) pg_verify_mbstr(encoding, s, len, false);
		return (char *) s;
	}
	return (char *) pg_do_encoding_conversion((unsigned char *) s, len, server, encoding);
}

/* A code point as text of the server's encoding; s has room for MAX_UNICODE_EQUIVALENT_STRING + 1 bytes. */
void
pg_unicode_to_server(pg_wchar c, unsigned char *s)
{
	unsigned char utf8[MAX_MULTIBYTE_CHAR_LEN + 1] = {0};
	unsigned char *converted;

	if (!is_valid_unicode_codepoint(c))
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid Unicode code point"));
	unicode_to_utf8(c, utf8);
	if (c > 0x7f && GetDatabaseEncoding() == PG_SQL_ASCII)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("conversion between %s and %s is not supported", "UTF8", GetDatabaseEncodingName()));
	converted = pg_do_encoding_conversion(utf8, (int) strlen((char *) utf8), PG_UTF8, GetDatabaseEncoding());
	strlcpy((char *) s, (char *) converted, MAX_UNICODE_EQUIVALENT_STRING + 1);
}
