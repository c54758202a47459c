/*
 * scansup.c
 *    Identifiers: folding to lower case, truncation, white space.
 */
#include "postgres.h"

#include <ctype.h>

#include "mb/pg_wchar.h"
#include "parser/scansup.h"

char *
downcase_identifier(const char *ident, int len, bool warn, bool truncate)
{
	char *result = palloc(len + 1);
	bool single_byte = pg_database_encoding_max_length() == 1;

	for (int i = 0; i < len; i++)
	{
		unsigned char ch = (unsigned char) ident[i];

		if (ch >= 'A' && ch <= 'Z')
			ch += 'a' - 'A';
		else if (single_byte && IS_HIGHBIT_SET(ch) && isupper(ch))
			ch = tolower(ch);
		result[i] = (char) ch;
	}
	result[len] = '\0';
	if (truncate && len >= NAMEDATALEN)
		truncate_identifier(result, len, warn);
	return result;
}

char *
downcase_truncate_identifier(const char *ident, int len, bool warn)
{
	return downcase_identifier(ident, len, warn, true);
}

void
truncate_identifier(char *ident, int len, bool warn)
{
	int kept;

	if (len < NAMEDATALEN)
		return;
	kept = pg_mbcliplen(ident, len, NAMEDATALEN - 1);
	if (warn)
		ereport(NOTICE,
				errcode(ERRCODE_NAME_TOO_LONG),
				errmsg("identifier \"%s\" will be truncated to \"%.*s\"", ident, kept, ident));
	ident[kept] = '\0';
}

bool
scanner_isspace(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f';
}
