/*
 * keywords.c
 *    Looking words up in the generated keyword table.
 */
#include "postgres.h"

#include "parser/keywords.h"

#include "parse/keywords_gen.h"

static int
compare_keyword(const void *word, const void *entry)
{
	return strcmp(word, ((const SqlKeyword *) entry)->word);
}

const SqlKeyword *
sql_keyword_lookup(const char *word)
{
	return bsearch(word, sql_keywords, lengthof(sql_keywords), sizeof(SqlKeyword), compare_keyword);
}

const SqlKeyword *
sql_keyword_table(int *count)
{
	*count = lengthof(sql_keywords);
	return sql_keywords;
}
