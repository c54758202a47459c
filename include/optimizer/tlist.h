/*
 * optimizer/tlist.h
 *    Looking things up in target lists.
 */
#ifndef TLIST_H
#define TLIST_H

#include "nodes/parsenodes.h"

extern TargetEntry *tlist_member(Expr *node, List *targetlist); /* by equal(); NULL if not there */
extern TargetEntry *get_sortgroupref_tle(Index sortref, List *targetList); /* raises XX000 if not there */
extern TargetEntry *get_sortgroupclause_tle(SortGroupClause *sgClause, List *targetList);
extern Node *get_sortgroupclause_expr(SortGroupClause *sgClause, List *targetList);
extern List *get_sortgrouplist_exprs(List *sgClauses, List *targetList);
extern SortGroupClause *get_sortgroupref_clause(Index sortref, List *clauses);
extern SortGroupClause *get_sortgroupref_clause_noerr(Index sortref, List *clauses);
extern int count_nonjunk_tlist_entries(List *tlist);
extern List *get_tlist_exprs(List *tlist, bool includeJunk);

#endif /* TLIST_H */
