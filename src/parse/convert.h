/*
 * convert.h
 *    libpg_query's protobuf tree to our node tree.
 */
#ifndef PARSE_CONVERT_H
#define PARSE_CONVERT_H

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include "nodes/parsenodes.h"

/* All statements of a parse, as a list of RawStmt, palloc'd; raises 54001 if a tree is too deep for the stack. */
extern List *parse_convert_result(const PgQuery__ParseResult *parse);

#endif /* PARSE_CONVERT_H */
