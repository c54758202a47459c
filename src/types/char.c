/*
 * char.c
 *    "char": one byte. Bytes beyond ASCII are written as a backslash and three octal digits.
 */
#include "postgres.h"

#include <limits.h>

#include "libpq/pqformat.h"
#include "types/comparison.h"
#include "types/int.h"
#include "utils/builtins.h"

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The value of a string: \ooo or the first byte; the rest is ignored, an empty string is the zero byte. */
static char
char_from_string(const char *s, int len)
{
	if (len == 4 && s[0] == '\\' && is_octal(s[1]) && is_octal(s[2]) && is_octal(s[3]))
		return (char) (((s[1] - '0') << 6) | ((s[2] - '0') << 3) | (s[3] - '0'));
	return len > 0 ? s[0] : '\0';
}

/* buffer takes 5 bytes; returns the length. */
static int
char_to_string(char c, char *buffer)
{
	if (IS_HIGHBIT_SET(c))
		return snprintf(buffer, 5, "\\%03o", (unsigned) (uint8) c);
	buffer[0] = c;
	buffer[1] = '\0';
	return c == '\0' ? 0 : 1;
}

Datum
charin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);

	PG_RETURN_CHAR(char_from_string(s, (int) strlen(s)));
}

Datum
charout(PG_FUNCTION_ARGS)
{
	char *result = palloc(5);

	char_to_string(PG_GETARG_CHAR(0), result);
	PG_RETURN_CSTRING(result);
}

Datum
charrecv(PG_FUNCTION_ARGS)
{
	PG_RETURN_CHAR((char) pq_getmsgbyte((StringInfo) PG_GETARG_POINTER(0)));
}

Datum
charsend(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, (uint8) PG_GETARG_CHAR(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
chartoi4(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (int8) PG_GETARG_CHAR(0));
}

Datum
i4tochar(PG_FUNCTION_ARGS)
{
	int32 arg = PG_GETARG_INT32(0);

	if (arg < SCHAR_MIN || arg > SCHAR_MAX)
		int_out_of_range("\"char\"");
	PG_RETURN_CHAR((char) (int8) arg);
}

Datum
text_char(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);

	PG_RETURN_CHAR(char_from_string(VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t)));
}

Datum
char_text(PG_FUNCTION_ARGS)
{
	char buffer[5];
	int len = char_to_string(PG_GETARG_CHAR(0), buffer);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(buffer, len));
}

COMPARISON_OPERATORS(char, , (uint8) PG_GETARG_CHAR(0), (uint8) PG_GETARG_CHAR(1))

Datum
btcharcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (uint8) PG_GETARG_CHAR(0) - (int32) (uint8) PG_GETARG_CHAR(1));
}
