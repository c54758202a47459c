/*
 * parser/parse_expr.h
 *    Raw expressions to typed ones.
 */
#ifndef PARSE_EXPR_H
#define PARSE_EXPR_H

#include "parser/parse_node.h"

extern bool Transform_null_equals; /* GUC transform_null_equals */

extern Node *transformExpr(ParseState *pstate, Node *expr, ParseExprKind exprKind);
/* "WHERE", "CHECK", ...: what an error message calls the place. */
extern const char *ParseExprKindName(ParseExprKind exprKind);

#endif /* PARSE_EXPR_H */
