/*
 * quote.c
 *    Quoting of identifiers and literals, and lists of qualified names.
 */
#include "postgres.h"

#include <ctype.h>

#include "mb/pg_wchar.h"
#include "nodes/value.h"
#include "parser/keywords.h"
#include "parser/scansup.h"
#include "types/text.h"

bool quote_all_identifiers = false;

/* Lower-case letters, digits, underscores, no digit first, and no keyword that the grammar reserves anywhere. */
static bool
identifier_is_safe(const char *ident)
{
	const SqlKeyword *keyword;

	if (!((ident[0] >= 'a' && ident[0] <= 'z') || ident[0] == '_'))
		return false;
	for (const char *c = ident; *c; c++)
	{
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
			return false;
	}
	keyword = sql_keyword_lookup(ident);
	return keyword == NULL || keyword->category == UNRESERVED_KEYWORD;
}

/* Between delimiters, the delimiter itself doubled. */
static char *
enclose(const char *s, char delimiter)
{
	char *result = palloc(2 * strlen(s) + 3);
	char *out = result;

	*out++ = delimiter;
	for (; *s; s++)
	{
		if (*s == delimiter)
			*out++ = delimiter;
		*out++ = *s;
	}
	*out++ = delimiter;
	*out = '\0';
	return result;
}

const char *
quote_identifier(const char *ident)
{
	if (!quote_all_identifiers && identifier_is_safe(ident))
		return ident;
	return enclose(ident, '"');
}

char *
quote_qualified_identifier(const char *qualifier, const char *ident)
{
	if (qualifier)
		return psprintf("%s.%s", quote_identifier(qualifier), quote_identifier(ident));
	return pstrdup(quote_identifier(ident));
}

/* 'it''s'; with backslashes E'...' and those doubled too. */
char *
quote_literal_cstr(const char *rawstr)
{
	Size len = strlen(rawstr);
	char *result = palloc(2 * len + 4);
	char *out = result;

	if (memchr(rawstr, '\\', len))
		*out++ = 'E';
	*out++ = '\'';
	for (; *rawstr; rawstr++)
	{
		if (*rawstr == '\'' || *rawstr == '\\')
			*out++ = *rawstr;
		*out++ = *rawstr;
	}
	*out++ = '\'';
	*out = '\0';
	return result;
}

Datum
quote_ident(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(quote_identifier(text_to_cstring(PG_GETARG_TEXT_PP(0)))));
}

Datum
quote_literal(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(quote_literal_cstr(text_to_cstring(PG_GETARG_TEXT_PP(0)))));
}

Datum
quote_nullable(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_TEXT_P(cstring_to_text("NULL"));
	return quote_literal(fcinfo);
}

/* ---- lists of names */
/* What is taken off the front of a list: one item, quotes undone or case folded. In place; *next is where it ended. */
static char *
take_item(char *s, char separator, bool fold, char **next)
{
	char *item = s;
	char *out;

	if (*s == '"')
	{
		out = item = ++s;
		for (;; s++)
		{
			if (*s == '\0')
				return NULL;
			if (*s == '"')
			{
				if (s[1] != '"')
					break;
				s++;
			}
			*out++ = *s;
		}
		*next = s + 1;
		*out = '\0';
		return item;
	}
	while (*s && *s != separator && !isspace((unsigned char) *s))
		s++;
	*next = s;
	if (s == item)
		return NULL;
	return fold ? downcase_truncate_identifier(item, (int) (s - item), false) : pnstrdup(item, (Size) (s - item));
}

static bool
split_list(char *raw, char separator, bool fold, List **list)
{
	char *s = raw;

	*list = NIL;
	while (isspace((unsigned char) *s))
		s++;
	if (*s == '\0')
		return true;
	for (;;)
	{
		char *next;
		char *item = take_item(s, separator, fold, &next);
		char *copy;

		if (item == NULL)
			return false;
		copy = pstrdup(item);
		if (fold)
			truncate_identifier(copy, (int) strlen(copy), false);
		*list = lappend(*list, copy);
		s = next;
		while (isspace((unsigned char) *s))
			s++;
		if (*s == '\0')
			return true;
		if (*s != separator)
			return false;
		s++;
		while (isspace((unsigned char) *s))
			s++;
	}
}

bool
SplitIdentifierString(char *rawstring, char separator, List **namelist)
{
	return split_list(rawstring, separator, true, namelist);
}

/* Items may hold blanks inside; they are cut to MAXPGPATH by the caller's use, not here. */
bool
SplitDirectoriesString(char *rawstring, char separator, List **namelist)
{
	char *s = rawstring;

	*namelist = NIL;
	while (isspace((unsigned char) *s))
		s++;
	if (*s == '\0')
		return true;
	for (;;)
	{
		char *end;
		char *last;

		if (*s == '"')
		{
			char *next;
			char *item = take_item(s, separator, false, &next);

			if (item == NULL)
				return false;
			*namelist = lappend(*namelist, pstrdup(item));
			end = next;
			while (isspace((unsigned char) *end))
				end++;
			if (*end != '\0' && *end != separator)
				return false;
		}
		else
		{
			end = s + strcspn(s, (char[]){separator, '\0'});
			last = end;
			while (last > s && isspace((unsigned char) last[-1]))
				last--;
			if (last == s)
				return false;
			*namelist = lappend(*namelist, pnstrdup(s, (Size) (last - s)));
		}
		if (*end == '\0')
			return true;
		s = end + 1;
		while (isspace((unsigned char) *s))
			s++;
	}
}

bool
SplitGUCList(char *rawstring, char separator, List **namelist)
{
	return split_list(rawstring, separator, false, namelist);
}

List *
stringToQualifiedNameList(const char *string)
{
	char *raw = pstrdup(string);
	List *items;
	List *result = NIL;
	ListCell *cell;

	if (!SplitIdentifierString(raw, '.', &items) || items == NIL)
		ereport(ERROR, errcode(ERRCODE_INVALID_NAME), errmsg("invalid name syntax"));
	foreach (cell, items)
		result = lappend(result, makeString(pstrdup((char *) lfirst(cell))));
	pfree(raw);
	list_free_deep(items);
	return result;
}

List *
textToQualifiedNameList(text *textval)
{
	return stringToQualifiedNameList(text_to_cstring(textval));
}
