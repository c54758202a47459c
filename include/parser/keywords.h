/*
 * parser/keywords.h
 *    SQL's keywords and how reserved they are: what identifiers must be quoted.
 */
#ifndef KEYWORDS_H
#define KEYWORDS_H

#include "c.h"

#define UNRESERVED_KEYWORD 0
#define COL_NAME_KEYWORD 1
#define TYPE_FUNC_NAME_KEYWORD 2
#define RESERVED_KEYWORD 3

typedef struct SqlKeyword
{
	const char *word;
	uint8 category;
	bool bare_label;	/* may be a column label without AS */
} SqlKeyword;

/* NULL if word (lower case) is no keyword. */
extern const SqlKeyword *sql_keyword_lookup(const char *word);
/* All, sorted; for pg_get_keywords(). */
extern const SqlKeyword *sql_keyword_table(int *count);

#endif /* KEYWORDS_H */
