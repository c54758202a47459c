/*
 * string_encode.c
 *    Bytes and text: encode, decode, hashes, conversion between encodings, Unicode escapes and normalization.
 */
#include "postgres.h"

#include <openssl/evp.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "types/text.h"

/* ---- encode and decode */
static text *
encode_hex(const unsigned char *data, Size len)
{
	static const char digits[] = "0123456789abcdef";
	text *result = text_alloc(2 * len);
	char *out = VARDATA(result);

	for (Size i = 0; i < len; i++)
	{
		*out++ = digits[data[i] >> 4];
		*out++ = digits[data[i] & 15];
	}
	return result;
}

/* Lines of 76 characters, as MIME has them. */
static text *
encode_base64(const unsigned char *data, Size len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	Size chars = (len + 2) / 3 * 4;
	text *result = text_alloc(chars + chars / 76 + 1);
	char *out = VARDATA(result);
	int column = 0;

	for (Size i = 0; i < len; i += 3)
	{
		uint32 group = (uint32) data[i] << 16 | (uint32) (i + 1 < len ? data[i + 1] : 0) << 8 | (i + 2 < len ? data[i + 2] : 0);

		if (column == 76)
		{
			*out++ = '\n';
			column = 0;
		}
		*out++ = digits[group >> 18];
		*out++ = digits[group >> 12 & 63];
		*out++ = i + 1 < len ? digits[group >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[group & 63] : '=';
		column += 4;
	}
	if (column == 76)
		*out++ = '\n';
	SET_VARSIZE(result, out - (char *) result);
	return result;
}

static int
base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bytea *
decode_base64(const char *s, Size len)
{
	bytea *result = text_alloc(len);
	char *out = VARDATA(result);
	uint32 group = 0;
	int count = 0;
	int padding = 0;

	for (const char *end = s + len; s < end; s++)
	{
		int value;

		if (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')
			continue;
		if (*s == '=')
		{
			if (padding == 0 && count < 2)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unexpected \"=\" while decoding base64 sequence"));
			padding++;
			value = 0;
		}
		else
		{
			value = padding > 0 ? -1 : base64_value((unsigned char) *s);
			if (value < 0)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid symbol \"%.*s\" found while decoding base64 sequence", pg_mblen(s), s));
		}
		group = group << 6 | (uint32) value;
		if (++count == 4)
		{
			*out++ = (char) (group >> 16);
			if (padding < 2)
				*out++ = (char) (group >> 8);
			if (padding < 1)
				*out++ = (char) group;
			count = 0;
			group = 0;
			if (padding > 0)
				padding = 3;
		}
	}
	if (count != 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid base64 end sequence"),
				errhint("Input data is missing padding, is truncated, or is otherwise corrupted."));
	SET_VARSIZE(result, out - (char *) result);
	return result;
}

static text *
encode_escape(const unsigned char *data, Size len)
{
	text *result = text_alloc(4 * len);
	char *out = VARDATA(result);

	for (Size i = 0; i < len; i++)
	{
		if (data[i] == 0 || data[i] >= 0x80)
		{
			*out++ = '\\';
			*out++ = (char) ('0' + (data[i] >> 6));
			*out++ = (char) ('0' + (data[i] >> 3 & 7));
			*out++ = (char) ('0' + (data[i] & 7));
		}
		else
		{
			if (data[i] == '\\')
				*out++ = '\\';
			*out++ = (char) data[i];
		}
	}
	SET_VARSIZE(result, out - (char *) result);
	return result;
}

static void pg_attribute_noreturn()
unknown_format(const char *name)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unrecognized encoding: \"%s\"", name));
}

Datum
binary_encode(PG_FUNCTION_ARGS)
{
	bytea *data = PG_GETARG_BYTEA_PP(0);
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const unsigned char *bytes = (const unsigned char *) VARDATA_ANY(data);
	Size len = VARSIZE_ANY_EXHDR(data);

	if (strcasecmp(name, "hex") == 0)
		PG_RETURN_TEXT_P(encode_hex(bytes, len));
	if (strcasecmp(name, "base64") == 0)
		PG_RETURN_TEXT_P(encode_base64(bytes, len));
	if (strcasecmp(name, "escape") == 0)
		PG_RETURN_TEXT_P(encode_escape(bytes, len));
	unknown_format(name);
}

Datum
binary_decode(PG_FUNCTION_ARGS)
{
	text *data = PG_GETARG_TEXT_PP(0);
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(1));

	if (strcasecmp(name, "hex") == 0)
		return DirectFunctionCall1(byteain, CStringGetDatum(psprintf("\\x%s", text_to_cstring(data))));
	if (strcasecmp(name, "base64") == 0)
		PG_RETURN_BYTEA_P(decode_base64(VARDATA_ANY(data), VARSIZE_ANY_EXHDR(data)));
	if (strcasecmp(name, "escape") == 0)
	{
		char *s = text_to_cstring(data);

		/* byteain would take a leading \x for hexadecimal */
		if (s[0] == '\\' && s[1] == 'x')
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type %s", "bytea"));
		return DirectFunctionCall1(byteain, CStringGetDatum(s));
	}
	unknown_format(name);
}

/* ---- hashes */
static unsigned
digest(const EVP_MD *algorithm, bytea *data, unsigned char *result)
{
	unsigned len = 0;

	if (algorithm == NULL ||
		EVP_Digest(VARDATA_ANY(data), VARSIZE_ANY_EXHDR(data), result, &len, algorithm, NULL) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute hash"));
	return len;
}

Datum
md5_text(PG_FUNCTION_ARGS)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = digest(EVP_md5(), PG_GETARG_TEXT_PP(0), hash);

	PG_RETURN_TEXT_P(encode_hex(hash, len));
}

Datum
md5_bytea(PG_FUNCTION_ARGS)
{
	return md5_text(fcinfo);
}

Datum
sha224_bytea(PG_FUNCTION_ARGS)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = digest(EVP_sha224(), PG_GETARG_BYTEA_PP(0), hash);

	PG_RETURN_BYTEA_P(cstring_to_text_with_len((char *) hash, (int) len));
}

Datum
sha256_bytea(PG_FUNCTION_ARGS)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = digest(EVP_sha256(), PG_GETARG_BYTEA_PP(0), hash);

	PG_RETURN_BYTEA_P(cstring_to_text_with_len((char *) hash, (int) len));
}

Datum
sha384_bytea(PG_FUNCTION_ARGS)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = digest(EVP_sha384(), PG_GETARG_BYTEA_PP(0), hash);

	PG_RETURN_BYTEA_P(cstring_to_text_with_len((char *) hash, (int) len));
}

Datum
sha512_bytea(PG_FUNCTION_ARGS)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = digest(EVP_sha512(), PG_GETARG_BYTEA_PP(0), hash);

	PG_RETURN_BYTEA_P(cstring_to_text_with_len((char *) hash, (int) len));
}

/* ---- encodings */
static int
encoding_named(Name name, const char *role)
{
	int encoding = pg_char_to_encoding(NameStr(*name));

	if (encoding < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid %s encoding name \"%s\"", role, NameStr(*name)));
	return encoding;
}

static bytea *
convert_bytes(bytea *data, int from, int to)
{
	int len = (int) VARSIZE_ANY_EXHDR(data);
	unsigned char *bytes = (unsigned char *) VARDATA_ANY(data);
	unsigned char *converted;

	(void) pg_verify_mbstr(from, (char *) bytes, len, false);
	converted = pg_do_encoding_conversion(bytes, len, from, to);
	if (converted != bytes)
		len = (int) strlen((char *) converted);
	return cstring_to_text_with_len((char *) converted, len);
}

Datum
pg_convert(PG_FUNCTION_ARGS)
{
	int from = encoding_named(PG_GETARG_NAME(1), "source");
	int to = encoding_named(PG_GETARG_NAME(2), "destination");

	PG_RETURN_BYTEA_P(convert_bytes(PG_GETARG_BYTEA_PP(0), from, to));
}

Datum
pg_convert_to(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(
		convert_bytes(PG_GETARG_TEXT_PP(0), GetDatabaseEncoding(), encoding_named(PG_GETARG_NAME(1), "destination")));
}

Datum
pg_convert_from(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(
		convert_bytes(PG_GETARG_BYTEA_PP(0), encoding_named(PG_GETARG_NAME(1), "source"), GetDatabaseEncoding()));
}

Datum
length_in_encoding(PG_FUNCTION_ARGS)
{
	bytea *data = PG_GETARG_BYTEA_PP(0);
	int encoding = pg_char_to_encoding(NameStr(*PG_GETARG_NAME(1)));

	if (encoding < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid encoding name \"%s\"", NameStr(*PG_GETARG_NAME(1))));
	PG_RETURN_INT32(pg_verify_mbstr_len(encoding, VARDATA_ANY(data), (int) VARSIZE_ANY_EXHDR(data), false));
}

/* ---- unistr: \XXXX, \+XXXXXX, \uXXXX, \UXXXXXXXX */
static bool
hex_code(const char *s, const char *end, int digits, pg_wchar *code)
{
	*code = 0;
	if (end - s < digits)
		return false;
	for (int i = 0; i < digits; i++)
	{
		char c = s[i];

		if (c >= '0' && c <= '9')
			*code = *code << 4 | (pg_wchar) (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			*code = *code << 4 | (pg_wchar) ((c | 32) - 'a' + 10);
		else
			return false;
	}
	return true;
}

static void pg_attribute_noreturn()
bad_pair(void)
{
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid Unicode surrogate pair"));
}

Datum
unistr(PG_FUNCTION_ARGS)
{
	text *input = PG_GETARG_TEXT_PP(0);
	const char *s = VARDATA_ANY(input);
	const char *end = s + VARSIZE_ANY_EXHDR(input);
	pg_wchar first = 0; /* of a surrogate pair */
	StringInfoData out;

	initStringInfo(&out);
	while (s < end)
	{
		unsigned char bytes[MAX_UNICODE_EQUIVALENT_STRING + 1];
		pg_wchar code;

		if (*s != '\\' || (end - s >= 2 && s[1] == '\\'))
		{
			if (first)
				bad_pair();
			appendStringInfoChar(&out, *s);
			s += *s == '\\' ? 2 : 1;
			continue;
		}
		if (hex_code(s + 1, end, 4, &code))
			s += 5;
		else if (end - s > 1 && s[1] == 'u' && hex_code(s + 2, end, 4, &code))
			s += 6;
		else if (end - s > 1 && s[1] == '+' && hex_code(s + 2, end, 6, &code))
			s += 8;
		else if (end - s > 1 && s[1] == 'U' && hex_code(s + 2, end, 8, &code))
			s += 10;
		else
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid Unicode escape"),
					errhint("Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX."));
		if (!is_valid_unicode_codepoint(code))
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid Unicode code point: %04X", code));
		if (first)
		{
			if (!is_utf16_surrogate_second(code))
				bad_pair();
			code = surrogate_pair_to_codepoint(first, code);
			first = 0;
		}
		else if (is_utf16_surrogate_second(code))
			bad_pair();
		else if (is_utf16_surrogate_first(code))
		{
			first = code;
			continue;
		}
		pg_unicode_to_server(code, bytes);
		appendStringInfoString(&out, (char *) bytes);
	}
	if (first)
		bad_pair();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* ---- normal forms */
static const UNormalizer2 *
normalizer(text *form)
{
	char *name = text_to_cstring(form);
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *result = NULL;

	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("Unicode normalization can only be performed if server encoding is UTF8"));
	if (strcasecmp(name, "NFC") == 0)
		result = unorm2_getNFCInstance(&status);
	else if (strcasecmp(name, "NFD") == 0)
		result = unorm2_getNFDInstance(&status);
	else if (strcasecmp(name, "NFKC") == 0)
		result = unorm2_getNFKCInstance(&status);
	else if (strcasecmp(name, "NFKD") == 0)
		result = unorm2_getNFKDInstance(&status);
	else
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid normalization form: %s", name));
	if (U_FAILURE(status))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("normalization failed: %s", u_errorName(status)));
	return result;
}

static UChar *
to_utf16(text *s, int32_t *len)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t capacity = (int32_t) VARSIZE_ANY_EXHDR(s) + 1;
	UChar *wide = palloc_array(UChar, capacity);

	u_strFromUTF8(wide, capacity, len, VARDATA_ANY(s), (int32_t) VARSIZE_ANY_EXHDR(s), &status);
	if (U_FAILURE(status))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("normalization failed: %s", u_errorName(status)));
	return wide;
}

Datum
unicode_normalize_func(PG_FUNCTION_ARGS)
{
	const UNormalizer2 *form = normalizer(PG_GETARG_TEXT_PP(1));
	UErrorCode status = U_ZERO_ERROR;
	int32_t len;
	int32_t bytes = 0;
	UChar *wide = to_utf16(PG_GETARG_TEXT_PP(0), &len);
	int32_t capacity = len * 18 + 1; /* the longest expansion there is */
	UChar *normal = palloc_array(UChar, capacity);
	int32_t normal_len = unorm2_normalize(form, wide, len, normal, capacity, &status);
	text *result;

	if (U_FAILURE(status))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("normalization failed: %s", u_errorName(status)));
	result = text_alloc((Size) normal_len * 3);
	u_strToUTF8(VARDATA(result), normal_len * 3, &bytes, normal, normal_len, &status);
	SET_VARSIZE(result, bytes + VARHDRSZ);
	PG_RETURN_TEXT_P(result);
}

Datum
unicode_is_normalized(PG_FUNCTION_ARGS)
{
	const UNormalizer2 *form = normalizer(PG_GETARG_TEXT_PP(1));
	UErrorCode status = U_ZERO_ERROR;
	int32_t len;
	UChar *wide = to_utf16(PG_GETARG_TEXT_PP(0), &len);

	PG_RETURN_BOOL(unorm2_isNormalized(form, wide, len, &status));
}
