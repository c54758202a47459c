/*
 * select.c
 *    SELECT and VALUES; FOR UPDATE.
 *
 * Clauses are analysed in the order in which names become visible: WITH, FROM, select list, WHERE, HAVING, ORDER BY,
 * GROUP BY, DISTINCT, LIMIT, WINDOW. Only then is it known whether the query groups, and what must be grouped.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_agg.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_cte.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"

static void
refuse_into(ParseState *pstate, SelectStmt *stmt)
{
	if (stmt->intoClause)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("SELECT ... INTO is not allowed here"),
				parser_errposition(pstate, exprLocation((Node *) stmt->intoClause)));
}

static void
analyze_with(ParseState *pstate, Query *qry, WithClause *with)
{
	if (with == NULL)
		return;
	qry->hasRecursive = with->recursive;
	qry->cteList = transformWithClause(pstate, with);
	qry->hasModifyingCTE = pstate->p_hasModifyingCTE;
}

static void
analyze_limit(ParseState *pstate, Query *qry, SelectStmt *stmt)
{
	qry->limitOffset = transformLimitClause(pstate, stmt->limitOffset, EXPR_KIND_OFFSET, "OFFSET", stmt->limitOption);
	qry->limitCount = transformLimitClause(pstate, stmt->limitCount, EXPR_KIND_LIMIT, "LIMIT", stmt->limitOption);
	qry->limitOption = stmt->limitOption;
}

static void
analyze_distinct(ParseState *pstate, Query *qry, SelectStmt *stmt)
{
	if (stmt->distinctClause == NIL)
		return;
	/* A list of one NULL is plain DISTINCT. */
	if (linitial(stmt->distinctClause) == NULL)
		qry->distinctClause = transformDistinctClause(pstate, &qry->targetList, qry->sortClause, false);
	else
	{
		qry->distinctClause =
			transformDistinctOnClause(pstate, stmt->distinctClause, &qry->targetList, qry->sortClause);
		qry->hasDistinctOn = true;
	}
}

static void
finish_query(ParseState *pstate, Query *qry, Node *quals)
{
	qry->rtable = pstate->p_rtable;
	qry->jointree = makeFromExpr(pstate->p_joinlist, quals);
	qry->hasSubLinks = pstate->p_hasSubLinks;
	qry->hasWindowFuncs = pstate->p_hasWindowFuncs;
	qry->hasTargetSRFs = pstate->p_hasTargetSRFs;
	qry->hasAggs = pstate->p_hasAggs;
}

Query *
analyze_select(ParseState *pstate, SelectStmt *stmt)
{
	Query *qry = makeNode(Query);
	Node *quals;
	ListCell *lc;

	qry->commandType = CMD_SELECT;
	analyze_with(pstate, qry, stmt->withClause);
	refuse_into(pstate, stmt);
	pstate->p_locking_clause = stmt->lockingClause;
	pstate->p_windowdefs = stmt->windowClause;
	transformFromClause(pstate, stmt->fromClause);
	qry->targetList = transformTargetList(pstate, stmt->targetList, EXPR_KIND_SELECT_TARGET);
	markTargetListOrigins(pstate, qry->targetList);
	quals = transformWhereClause(pstate, stmt->whereClause, EXPR_KIND_WHERE, "WHERE");
	qry->havingQual = transformWhereClause(pstate, stmt->havingClause, EXPR_KIND_HAVING, "HAVING");
	qry->sortClause = transformSortClause(pstate, stmt->sortClause, &qry->targetList, EXPR_KIND_ORDER_BY, false);
	qry->groupClause = transformGroupClause(pstate, stmt->groupClause, stmt->groupDistinct, &qry->groupingSets,
											&qry->targetList, qry->sortClause, EXPR_KIND_GROUP_BY, false);
	qry->groupDistinct = stmt->groupDistinct;
	analyze_distinct(pstate, qry, stmt);
	analyze_limit(pstate, qry, stmt);
	qry->windowClause = transformWindowDefinitions(pstate, pstate->p_windowdefs, &qry->targetList);
	if (pstate->p_resolve_unknowns)
		resolveTargetListUnknowns(pstate, qry->targetList);
	finish_query(pstate, qry, quals);
	foreach (lc, stmt->lockingClause)
		analyze_locking_clause(pstate, qry, lfirst(lc), false);
	assign_query_collations(pstate, qry);
	if (pstate->p_hasAggs || qry->groupClause || qry->groupingSets || qry->havingQual)
		parseCheckAggregates(pstate, qry);
	return qry;
}

/* ---- VALUES ---- */

/* Columns of the rows become of one type each; *lists are changed in place. */
static void
unify_values(ParseState *pstate, List *rows, List **types, List **typmods, List **collations)
{
	int ncolumns = list_length(linitial(rows));

	for (int col = 0; col < ncolumns; col++)
	{
		List *column = NIL;
		Oid type;
		ListCell *lc;

		foreach (lc, rows)
			column = lappend(column, list_nth(lfirst(lc), col));
		type = select_common_type(pstate, column, "VALUES", NULL);
		foreach (lc, column)
			lfirst(lc) = coerce_to_common_type(pstate, lfirst(lc), type, "VALUES");
		*types = lappend_oid(*types, type);
		*typmods = lappend_int(*typmods, select_common_typmod(pstate, column, type));
		*collations = lappend_oid(*collations, select_common_collation(pstate, column, true));
		for (int row = 0; row < list_length(rows); row++)
			lfirst(list_nth_cell(list_nth(rows, row), col)) = list_nth(column, row);
	}
}

Query *
analyze_values(ParseState *pstate, SelectStmt *stmt)
{
	Query *qry = makeNode(Query);
	List *rows = NIL;
	List *types = NIL;
	List *typmods = NIL;
	List *collations = NIL;
	ParseNamespaceItem *nsitem;
	bool lateral;
	ListCell *lc;

	qry->commandType = CMD_SELECT;
	Assert(stmt->distinctClause == NIL && stmt->targetList == NIL && stmt->fromClause == NIL);
	analyze_with(pstate, qry, stmt->withClause);
	foreach (lc, stmt->valuesLists)
	{
		List *row = transformExpressionList(pstate, lfirst(lc), EXPR_KIND_VALUES, false);

		if (rows && list_length(row) != list_length(linitial(rows)))
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("VALUES lists must all be the same length"),
					parser_errposition(pstate, exprLocation((Node *) row)));
		rows = lappend(rows, row);
	}
	unify_values(pstate, rows, &types, &typmods, &collations);
	foreach (lc, rows)
		assign_list_collations(pstate, lfirst(lc));
	/* Names in VALUES can only be of NEW and OLD, in a rule's action. */
	lateral = pstate->p_rtable != NIL && contains_vars_of_level((Node *) rows, 0);
	nsitem = addRangeTableEntryForValues(pstate, rows, types, typmods, collations, NULL, lateral, true);
	addNSItemToQuery(pstate, nsitem, true, true, true);
	qry->targetList = expandNSItemAttrs(pstate, nsitem, 0, true, -1);
	qry->sortClause = transformSortClause(pstate, stmt->sortClause, &qry->targetList, EXPR_KIND_ORDER_BY, false);
	analyze_limit(pstate, qry, stmt);
	if (stmt->lockingClause)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				/* translator: %s is a SQL row locking clause such as FOR UPDATE */
				errmsg("%s cannot be applied to VALUES",
					   LCS_asString(linitial_node(LockingClause, stmt->lockingClause)->strength)));
	finish_query(pstate, qry, NULL);
	assign_query_collations(pstate, qry);
	return qry;
}

/* ---- FOR UPDATE and its kin ---- */
const char *
LCS_asString(LockClauseStrength strength)
{
	switch (strength)
	{
		case LCS_FORKEYSHARE:
			return "FOR KEY SHARE";
		case LCS_FORSHARE:
			return "FOR SHARE";
		case LCS_FORNOKEYUPDATE:
			return "FOR NO KEY UPDATE";
		case LCS_FORUPDATE:
			return "FOR UPDATE";
		default:
			return "FOR some";
	}
}

void
CheckSelectLocking(Query *qry, LockClauseStrength strength)
{
	const char *with = NULL;

	if (qry->setOperations)
		with = "UNION/INTERSECT/EXCEPT";
	else if (qry->distinctClause != NIL)
		with = "DISTINCT clause";
	else if (qry->groupClause != NIL || qry->groupingSets != NIL)
		with = "GROUP BY clause";
	else if (qry->havingQual != NULL)
		with = "HAVING clause";
	else if (qry->hasAggs)
		with = "aggregate functions";
	else if (qry->hasWindowFuncs)
		with = "window functions";
	else if (qry->hasTargetSRFs)
		with = "set-returning functions in the target list";
	if (with)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				/* translator: %s is a SQL row locking clause such as FOR UPDATE */
				errmsg("%s is not allowed with %s", LCS_asString(strength), with));
}

void
applyLockingClause(Query *qry, Index rtindex, LockClauseStrength strength, LockWaitPolicy waitPolicy, bool pushedDown)
{
	RowMarkClause *mark = get_parse_rowmark(qry, rtindex);

	if (!pushedDown)
		qry->hasForUpdate = true;
	if (mark)
	{
		/* The stronger lock and the less patient policy win. */
		mark->strength = Max(mark->strength, strength);
		mark->waitPolicy = Max(mark->waitPolicy, waitPolicy);
		mark->pushedDown &= pushedDown;
		return;
	}
	mark = makeNode(RowMarkClause);
	mark->rti = rtindex;
	mark->strength = strength;
	mark->waitPolicy = waitPolicy;
	mark->pushedDown = pushedDown;
	qry->rowMarks = lappend(qry->rowMarks, mark);
}

static void
lock_entry(ParseState *pstate, Query *qry, RangeTblEntry *rte, Index rtindex, LockingClause *clause, bool pushed_down)
{
	LockingClause all = {.type = T_LockingClause, .strength = clause->strength, .waitPolicy = clause->waitPolicy};

	applyLockingClause(qry, rtindex, clause->strength, clause->waitPolicy, pushed_down);
	if (rte->rtekind == RTE_RELATION)
		rte->requiredPerms |= ACL_SELECT_FOR_UPDATE;
	else
		analyze_locking_clause(pstate, rte->subquery, &all, true);
}

static void pg_attribute_noreturn()
cannot_lock(ParseState *pstate, LockingClause *clause, const char *what, int location)
{
	ereport(ERROR,
			errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			/* translator: %s is a SQL row locking clause such as FOR UPDATE */
			errmsg("%s cannot be applied to %s", LCS_asString(clause->strength), what),
			parser_errposition(pstate, location));
	pg_unreachable();
}

static void
lock_named(ParseState *pstate, Query *qry, LockingClause *clause, RangeVar *rel, bool pushed_down)
{
	ListCell *lc;

	if (rel->catalogname || rel->schemaname)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("%s must specify unqualified relation names", LCS_asString(clause->strength)),
				parser_errposition(pstate, rel->location));
	foreach (lc, qry->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		const char *name = rte->eref->aliasname;

		if (!rte->inFromCl)
			continue;
		if (rte->rtekind == RTE_JOIN && rte->alias == NULL)
		{
			if (rte->join_using_alias == NULL)
				continue;
			name = rte->join_using_alias->aliasname;
		}
		if (strcmp(name, rel->relname) != 0)
			continue;
		switch (rte->rtekind)
		{
			case RTE_RELATION:
			case RTE_SUBQUERY:
				lock_entry(pstate, qry, rte, foreach_current_index(lc) + 1, clause, pushed_down);
				return;
			case RTE_JOIN:
				cannot_lock(pstate, clause, "a join", rel->location);
			case RTE_FUNCTION:
				cannot_lock(pstate, clause, "a function", rel->location);
			case RTE_TABLEFUNC:
				cannot_lock(pstate, clause, "a table function", rel->location);
			case RTE_VALUES:
				cannot_lock(pstate, clause, "VALUES", rel->location);
			case RTE_CTE:
				cannot_lock(pstate, clause, "a WITH query", rel->location);
			default:
				cannot_lock(pstate, clause, "a named tuplestore", rel->location);
		}
	}
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_TABLE),
			/* translator: %s is a SQL row locking clause such as FOR UPDATE */
			errmsg("relation \"%s\" in %s clause not found in FROM clause", rel->relname,
				   LCS_asString(clause->strength)),
			parser_errposition(pstate, rel->location));
}

void
analyze_locking_clause(ParseState *pstate, Query *qry, LockingClause *clause, bool pushed_down)
{
	ListCell *lc;

	CheckSelectLocking(qry, clause->strength);
	if (clause->lockedRels == NIL)
	{
		foreach (lc, qry->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			if (rte->inFromCl && (rte->rtekind == RTE_RELATION || rte->rtekind == RTE_SUBQUERY))
				lock_entry(pstate, qry, rte, foreach_current_index(lc) + 1, clause, pushed_down);
		}
		return;
	}
	foreach (lc, clause->lockedRels)
		lock_named(pstate, qry, clause, lfirst_node(RangeVar, lc), pushed_down);
}
