/*
 * tlist.c
 *    Looking things up in target lists.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "optimizer/tlist.h"

TargetEntry *
tlist_member(Expr *node, List *targetlist)
{
	ListCell *lc;

	foreach (lc, targetlist)
		if (equal(lfirst_node(TargetEntry, lc)->expr, node))
			return lfirst_node(TargetEntry, lc);
	return NULL;
}

TargetEntry *
get_sortgroupref_tle(Index sortref, List *targetList)
{
	ListCell *lc;

	foreach (lc, targetList)
		if (lfirst_node(TargetEntry, lc)->ressortgroupref == sortref)
			return lfirst_node(TargetEntry, lc);
	elog(ERROR, "ORDER/GROUP BY expression not found in targetlist");
	return NULL;
}

TargetEntry *
get_sortgroupclause_tle(SortGroupClause *sgClause, List *targetList)
{
	return get_sortgroupref_tle(sgClause->tleSortGroupRef, targetList);
}

Node *
get_sortgroupclause_expr(SortGroupClause *sgClause, List *targetList)
{
	return (Node *) get_sortgroupclause_tle(sgClause, targetList)->expr;
}

List *
get_sortgrouplist_exprs(List *sgClauses, List *targetList)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, sgClauses)
		result = lappend(result, get_sortgroupclause_expr(lfirst_node(SortGroupClause, lc), targetList));
	return result;
}

SortGroupClause *
get_sortgroupref_clause_noerr(Index sortref, List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (lfirst_node(SortGroupClause, lc)->tleSortGroupRef == sortref)
			return lfirst_node(SortGroupClause, lc);
	return NULL;
}

SortGroupClause *
get_sortgroupref_clause(Index sortref, List *clauses)
{
	SortGroupClause *result = get_sortgroupref_clause_noerr(sortref, clauses);

	if (result == NULL)
		elog(ERROR, "ORDER/GROUP BY expression not found in list");
	return result;
}

int
count_nonjunk_tlist_entries(List *tlist)
{
	int count = 0;
	ListCell *lc;

	foreach (lc, tlist)
		if (!lfirst_node(TargetEntry, lc)->resjunk)
			count++;
	return count;
}

List *
get_tlist_exprs(List *tlist, bool includeJunk)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, tlist)
		if (includeJunk || !lfirst_node(TargetEntry, lc)->resjunk)
			result = lappend(result, lfirst_node(TargetEntry, lc)->expr);
	return result;
}
