/*
 * parser/parser.h
 *    Text to raw parse trees.
 */
#ifndef PARSER_H
#define PARSER_H

#include "nodes/parsenodes.h"

typedef enum RawParseMode
{
	RAW_PARSE_DEFAULT = 0,	 /* statements: a list of RawStmt */
	RAW_PARSE_TYPE_NAME,	 /* one type name: a list of one TypeName */
	RAW_PARSE_PLPGSQL_EXPR,	 /* what may follow SELECT: a list of one RawStmt */
	RAW_PARSE_PLPGSQL_ASSIGN1, /* target := expression, the target having 1, 2 or 3 names */
	RAW_PARSE_PLPGSQL_ASSIGN2,
	RAW_PARSE_PLPGSQL_ASSIGN3
} RawParseMode;

typedef enum
{
	BACKSLASH_QUOTE_OFF,
	BACKSLASH_QUOTE_ON,
	BACKSLASH_QUOTE_SAFE_ENCODING
} BackslashQuoteType;

/*
 * Parse. The result is palloc'd in CurrentMemoryContext; an empty string gives NIL. Errors are 42601 and its kin with
 * a cursor position in characters; a tree deeper than the stack allows is 54001.
 */
extern List *raw_parser(const char *str, RawParseMode mode);

/* pg_catalog.name, as the grammar writes it. */
extern List *SystemFuncName(char *name);
extern TypeName *SystemTypeName(char *name);

#endif /* PARSER_H */
