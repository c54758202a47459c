/*
 * parser/parse_cte.h
 *    WITH.
 */
#ifndef PARSE_CTE_H
#define PARSE_CTE_H

#include "parser/parse_node.h"

extern List *transformWithClause(ParseState *pstate, WithClause *withClause);
extern void analyzeCTETargetList(ParseState *pstate, CommonTableExpr *cte, List *tlist);

#endif /* PARSE_CTE_H */
