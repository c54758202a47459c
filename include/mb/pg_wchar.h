/*
 * mb/pg_wchar.h
 *    Character encodings: UTF8, SQL_ASCII and LATIN1 are implemented, the others are known by name only.
 *
 * Server-side text is always valid in the database's encoding; functions that walk over it may rely on that. Text that
 * comes from outside goes through pg_verifymbstr (22021) or pg_any_to_server.
 */
#ifndef PG_WCHAR_H
#define PG_WCHAR_H

#include "c.h"

typedef unsigned int pg_wchar;

#define MAX_MULTIBYTE_CHAR_LEN 4
#define MAX_CONVERSION_GROWTH 4
#define MAX_CONVERSION_INPUT_LENGTH 16
#define MAX_UNICODE_EQUIVALENT_STRING 16

/* Numbers are PostgreSQL's: they are stored in pg_database.encoding and pg_collation.collencoding. */
typedef enum pg_enc
{
	PG_SQL_ASCII = 0,
	PG_EUC_JP,
	PG_EUC_CN,
	PG_EUC_KR,
	PG_EUC_TW,
	PG_EUC_JIS_2004,
	PG_UTF8,
	PG_MULE_INTERNAL,
	PG_LATIN1,
	PG_LATIN2,
	PG_LATIN3,
	PG_LATIN4,
	PG_LATIN5,
	PG_LATIN6,
	PG_LATIN7,
	PG_LATIN8,
	PG_LATIN9,
	PG_LATIN10,
	PG_WIN1256,
	PG_WIN1258,
	PG_WIN866,
	PG_WIN874,
	PG_KOI8R,
	PG_WIN1251,
	PG_WIN1252,
	PG_ISO_8859_5,
	PG_ISO_8859_6,
	PG_ISO_8859_7,
	PG_ISO_8859_8,
	PG_WIN1250,
	PG_WIN1253,
	PG_WIN1254,
	PG_WIN1255,
	PG_WIN1257,
	PG_KOI8U,
	PG_SJIS,
	PG_BIG5,
	PG_GBK,
	PG_UHC,
	PG_GB18030,
	PG_JOHAB,
	PG_SHIFT_JIS_2004,
	_PG_LAST_ENCODING_
} pg_enc;

#define PG_ENCODING_BE_LAST PG_KOI8U
#define PG_VALID_BE_ENCODING(_enc) ((_enc) >= 0 && (_enc) <= PG_ENCODING_BE_LAST)
#define PG_VALID_ENCODING(_enc) ((_enc) >= 0 && (_enc) < _PG_LAST_ENCODING_)
#define PG_VALID_FE_ENCODING(_enc) PG_VALID_ENCODING(_enc)
#define PG_ENCODING_IS_CLIENT_ONLY(_enc) ((_enc) > PG_ENCODING_BE_LAST && (_enc) < _PG_LAST_ENCODING_)

/* ---- names */
extern const char *pg_encoding_to_char(int encoding); /* "" when unknown */
extern int pg_char_to_encoding(const char *name);	  /* -1 when unknown; case and punctuation do not matter */
extern int pg_valid_server_encoding(const char *name);
extern int pg_valid_server_encoding_id(int encoding);
extern int pg_valid_client_encoding(const char *name);
extern int pg_encoding_max_length(int encoding);

/* ---- the encodings of this session */
extern int GetDatabaseEncoding(void);
extern const char *GetDatabaseEncodingName(void);
extern void SetDatabaseEncoding(int encoding);
extern int GetMessageEncoding(void);
extern int pg_get_client_encoding(void);
extern const char *pg_get_client_encoding_name(void);
extern int PrepareClientEncoding(int encoding); /* -1 when no conversion to it exists */
extern int SetClientEncoding(int encoding);
extern void InitializeClientEncoding(void);
extern int pg_database_encoding_max_length(void);
extern bool pg_do_encoding_conversion_possible(int src_encoding, int dest_encoding);

/* ---- walking */
extern int pg_encoding_mblen(int encoding, const char *mbstr);
extern int pg_encoding_dsplen(int encoding, const char *mbstr);
extern int pg_encoding_verifymbstr(int encoding, const char *mbstr, int len); /* length of the valid prefix */
extern int pg_mblen(const char *mbstr);
extern int pg_dsplen(const char *mbstr);
extern int pg_mbstrlen(const char *mbstr);
extern int pg_mbstrlen_with_len(const char *mbstr, int len);
extern int pg_mbcliplen(const char *mbstr, int len, int limit);		/* bytes, <= limit, whole characters */
extern int pg_mbcharcliplen(const char *mbstr, int len, int limit); /* bytes of the first limit characters */
extern int pg_encoding_mbcliplen(int encoding, const char *mbstr, int len, int limit);
extern int pg_mb2wchar_with_len(const char *from, pg_wchar *to, int len);
extern int pg_wchar2mb_with_len(const pg_wchar *from, char *to, int len);
extern int pg_utf_mblen(const unsigned char *s);
extern bool pg_utf8_islegal(const unsigned char *source, int length);
extern pg_wchar utf8_to_unicode(const unsigned char *c);
extern unsigned char *unicode_to_utf8(pg_wchar c, unsigned char *utf8string);

/* ---- checking and converting. Results are the input itself when nothing is to do, else palloc'd. */
extern bool pg_verifymbstr(const char *mbstr, int len, bool noError);
extern bool pg_verify_mbstr(int encoding, const char *mbstr, int len, bool noError);
extern int pg_verify_mbstr_len(int encoding, const char *mbstr, int len, bool noError);
extern void report_invalid_encoding(int encoding, const char *mbstr, int len) pg_attribute_noreturn();
extern void report_untranslatable_char(int src_encoding, int dest_encoding, const char *mbstr, int len)
	pg_attribute_noreturn();
extern unsigned char *pg_do_encoding_conversion(unsigned char *src, int len, int src_encoding, int dest_encoding);
extern char *pg_client_to_server(const char *s, int len);
extern char *pg_server_to_client(const char *s, int len);
extern char *pg_any_to_server(const char *s, int len, int encoding);
extern char *pg_server_to_any(const char *s, int len, int encoding);
extern void pg_unicode_to_server(pg_wchar c, unsigned char *s);

static inline bool
is_valid_unicode_codepoint(pg_wchar c)
{
	return c > 0 && c <= 0x10FFFF;
}
static inline bool
is_utf16_surrogate_first(pg_wchar c)
{
	return c >= 0xD800 && c <= 0xDBFF;
}
static inline bool
is_utf16_surrogate_second(pg_wchar c)
{
	return c >= 0xDC00 && c <= 0xDFFF;
}
static inline pg_wchar
surrogate_pair_to_codepoint(pg_wchar first, pg_wchar second)
{
	return ((first & 0x3FF) << 10) + 0x10000 + (second & 0x3FF);
}

#endif /* PG_WCHAR_H */
