/*
 * parser/parse_target.h
 *    Target lists: select items, insert and update targets, column names.
 */
#ifndef PARSE_TARGET_H
#define PARSE_TARGET_H

#include "parser/parse_node.h"

extern List *transformTargetList(ParseState *pstate, List *targetlist, ParseExprKind exprKind);
extern List *transformExpressionList(ParseState *pstate, List *exprlist, ParseExprKind exprKind, bool allowDefault);
extern void resolveTargetListUnknowns(ParseState *pstate, List *targetlist);
extern void markTargetListOrigins(ParseState *pstate, List *targetlist);
extern TargetEntry *transformTargetEntry(ParseState *pstate, Node *node, Node *expr, ParseExprKind exprKind,
										 char *colname, bool resjunk);
extern Expr *transformAssignedExpr(ParseState *pstate, Expr *expr, ParseExprKind exprKind, const char *colname,
								   int attrno, List *indirection, int location);
extern void updateTargetListEntry(ParseState *pstate, TargetEntry *tle, char *colname, int attrno, List *indirection,
								  int location);
extern List *checkInsertTargets(ParseState *pstate, List *cols, List **attrnos);
/* Row type of a composite-valued Var or expression whose declared type is RECORD; counted or blessed as for functions. */
extern TupleDesc expandRecordVariable(ParseState *pstate, Var *var, int levelsup);
extern char *FigureColname(Node *node);
extern char *FigureIndexColname(Node *node);

#endif /* PARSE_TARGET_H */
