/*
 * setops.c
 *    UNION, INTERSECT, EXCEPT.
 *
 * Each leaf query becomes a subquery entry; the tree of operations above them says of each column which type,
 * collation and grouping operators its rows are compared by. Casts to those types are put in by the planner, except
 * for untyped literals, which are resolved here.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_cte.h"
#include "parser/parse_oper.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "utils/builtins.h"
#include "utils/typcache.h"

static Node *analyze_set_tree(ParseState *pstate, SelectStmt *stmt, bool top, List **targetlist);

SortGroupClause *
makeSortGroupClauseForSetOp(Oid rescoltype, bool require_hash)
{
	SortGroupClause *clause = makeNode(SortGroupClause);

	get_sort_group_operators(rescoltype, false, true, false, &clause->sortop, &clause->eqop, NULL, &clause->hashable);
	/* RECORD may or may not be hashable, by its columns; a recursive union has no other way. */
	if (require_hash && (rescoltype == RECORDOID || rescoltype == RECORDARRAYOID))
		clause->hashable = true;
	return clause;
}

static const char *
set_op_name(SetOperation op)
{
	return op == SETOP_UNION ? "UNION" : op == SETOP_INTERSECT ? "INTERSECT" : "EXCEPT";
}

static void
refuse_leaf_into(ParseState *pstate, SelectStmt *stmt)
{
	if (stmt->intoClause)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT"),
				parser_errposition(pstate, exprLocation((Node *) stmt->intoClause)));
}

static void
refuse_locking(SelectStmt *stmt)
{
	if (stmt->lockingClause)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				/* translator: %s is a SQL row locking clause such as FOR UPDATE */
				errmsg("%s is not allowed with UNION/INTERSECT/EXCEPT",
					   LCS_asString(linitial_node(LockingClause, stmt->lockingClause)->strength)));
}

static bool
is_leaf(SelectStmt *stmt)
{
	return stmt->op == SETOP_NONE || stmt->sortClause || stmt->limitOffset || stmt->limitCount || stmt->lockingClause ||
		   stmt->withClause;
}

static Node *
analyze_set_leaf(ParseState *pstate, SelectStmt *stmt, List **targetlist)
{
	Query *query = parse_sub_analyze((Node *) stmt, pstate, NULL, false, false);
	ParseNamespaceItem *nsitem;
	RangeTblRef *ref;
	ListCell *lc;

	/* Inside a rule, OLD and NEW are visible but not usable here. */
	if (pstate->p_namespace && contains_vars_of_level((Node *) query, 1))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("UNION/INTERSECT/EXCEPT member statement cannot refer to other relations of same query level"),
				parser_errposition(pstate, location_of_var_of_level((Node *) query, 1)));
	*targetlist = NIL;
	foreach (lc, query->targetList)
		if (!lfirst_node(TargetEntry, lc)->resjunk)
			*targetlist = lappend(*targetlist, lfirst(lc));
	nsitem = addRangeTableEntryForSubquery(
		pstate, query, makeAlias(psprintf("*SELECT* %d", list_length(pstate->p_rtable) + 1), NIL), false, false);
	ref = makeNode(RangeTblRef);
	ref->rtindex = nsitem->p_rtindex;
	return (Node *) ref;
}

/* A leaf's untyped literal or parameter takes the column's type now. */
static Node *
settle_literal(ParseState *pstate, TargetEntry *tle, Oid type, const char *context)
{
	Node *expr = (Node *) tle->expr;

	if (exprType(expr) != UNKNOWNOID)
		return coerce_to_common_type(pstate, expr, type, context);
	if (IsA(expr, Const) || IsA(expr, Param))
	{
		expr = coerce_to_common_type(pstate, expr, type, context);
		tle->expr = (Expr *) expr;
	}
	return expr;
}

static void
unify_column(ParseState *pstate, SetOperationStmt *op, TargetEntry *ltle, TargetEntry *rtle, bool recursive,
			 List **targetlist)
{
	const char *context = set_op_name(op->op);
	List *pair = list_make2(ltle->expr, rtle->expr);
	Node *best;
	Oid type = select_common_type(pstate, pair, context, &best);
	int location = exprLocation(best);
	int32 typmod;
	Oid collation;

	pair = list_make2(settle_literal(pstate, ltle, type, context), settle_literal(pstate, rtle, type, context));
	typmod = select_common_typmod(pstate, pair, type);
	collation = select_common_collation(pstate, pair, op->op == SETOP_UNION && op->all);
	op->colTypes = lappend_oid(op->colTypes, type);
	op->colTypmods = lappend_int(op->colTypmods, typmod);
	op->colCollations = lappend_oid(op->colCollations, collation);
	if (op->op != SETOP_UNION || !op->all)
	{
		ParseCallbackState pcbstate;

		setup_parser_errposition_callback(&pcbstate, pstate, location);
		op->groupClauses = lappend(op->groupClauses, makeSortGroupClauseForSetOp(type, recursive));
		cancel_parser_errposition_callback(&pcbstate);
	}
	if (targetlist)
	{
		/* All that the operation above needs to know of the column. */
		SetToDefault *stand_in = makeNode(SetToDefault);

		stand_in->typeId = type;
		stand_in->typeMod = typmod;
		stand_in->collation = collation;
		stand_in->location = location;
		*targetlist = lappend(*targetlist, makeTargetEntry((Expr *) stand_in, 0, NULL, false));
	}
}

/* The non-recursive term fixes the columns of the CTE that its recursive term will refer to. */
static void
fix_recursive_columns(ParseState *pstate, Node *larg, List *targetlist)
{
	Node *node = larg;
	Query *leftmost;
	List *columns = NIL;
	AttrNumber resno = 1;
	ListCell *lc;

	while (IsA(node, SetOperationStmt))
		node = ((SetOperationStmt *) node)->larg;
	leftmost = rt_fetch(castNode(RangeTblRef, node)->rtindex, pstate->p_rtable)->subquery;
	foreach (lc, targetlist)
	{
		TargetEntry *named = list_nth(leftmost->targetList, foreach_current_index(lc));

		columns = lappend(columns, makeTargetEntry(lfirst_node(TargetEntry, lc)->expr, resno++,
												   pstrdup(named->resname), false));
	}
	analyzeCTETargetList(pstate, pstate->p_parent_cte, columns);
}

static Node *
analyze_set_node(ParseState *pstate, SelectStmt *stmt, bool top, List **targetlist)
{
	SetOperationStmt *op = makeNode(SetOperationStmt);
	bool recursive = pstate->p_parent_cte && pstate->p_parent_cte->cterecursive;
	List *ltargets;
	List *rtargets;

	op->op = stmt->op;
	op->all = stmt->all;
	op->larg = analyze_set_tree(pstate, stmt->larg, false, &ltargets);
	if (top && recursive)
		fix_recursive_columns(pstate, op->larg, ltargets);
	op->rarg = analyze_set_tree(pstate, stmt->rarg, false, &rtargets);
	if (list_length(ltargets) != list_length(rtargets))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("each %s query must have the same number of columns", set_op_name(op->op)),
				parser_errposition(pstate, exprLocation((Node *) rtargets)));
	if (targetlist)
		*targetlist = NIL;
	for (int i = 0; i < list_length(ltargets); i++)
		unify_column(pstate, op, list_nth(ltargets, i), list_nth(rtargets, i), top && recursive, targetlist);
	return (Node *) op;
}

static Node *
analyze_set_tree(ParseState *pstate, SelectStmt *stmt, bool top, List **targetlist)
{
	check_stack_depth();
	if (!top)
		refuse_leaf_into(pstate, stmt);
	if (stmt->op != SETOP_NONE && stmt->lockingClause)
		refuse_locking(stmt);
	if (is_leaf(stmt))
		return analyze_set_leaf(pstate, stmt, targetlist);
	return analyze_set_node(pstate, stmt, top, targetlist);
}

/* ORDER BY after a set operation may name result columns only: sort in a namespace of just those. */
static void
sort_result(ParseState *pstate, Query *qry, List *sortclause, List *names, ParseNamespaceColumn *nscolumns, List *vars)
{
	int nrte = list_length(pstate->p_rtable);
	int ncolumns = list_length(qry->targetList);
	List *saved = pstate->p_namespace;
	ParseNamespaceItem *nsitem = addRangeTableEntryForJoin(pstate, names, nscolumns, JOIN_INNER, 0, vars, NIL, NIL,
														   NULL, NULL, false);

	pstate->p_namespace = NIL;
	addNSItemToQuery(pstate, nsitem, false, false, true);
	qry->sortClause = transformSortClause(pstate, sortclause, &qry->targetList, EXPR_KIND_ORDER_BY, false);
	pstate->p_namespace = saved;
	pstate->p_rtable = list_truncate(pstate->p_rtable, nrte);
	if (list_length(qry->targetList) != ncolumns)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("invalid UNION/INTERSECT/EXCEPT ORDER BY clause"),
				errdetail("Only result column names can be used, not expressions or functions."),
				errhint("Add the expression/function to every SELECT, or move the UNION into a FROM clause."),
				parser_errposition(pstate, exprLocation(list_nth(qry->targetList, ncolumns))));
}

Query *
analyze_set_operation(ParseState *pstate, SelectStmt *stmt)
{
	Query *qry = makeNode(Query);
	SelectStmt outer = *stmt;
	SelectStmt *leftmost = stmt->larg;
	SetOperationStmt *op;
	Node *node;
	int leftmost_rti;
	Query *leftmost_query;
	List *names = NIL;
	List *vars = NIL;
	ParseNamespaceColumn *nscolumns;

	qry->commandType = CMD_SELECT;
	while (leftmost && leftmost->op != SETOP_NONE)
		leftmost = leftmost->larg;
	if (leftmost->intoClause)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("SELECT ... INTO is not allowed here"),
				parser_errposition(pstate, exprLocation((Node *) leftmost->intoClause)));
	refuse_locking(stmt);
	/* These belong to the whole, not to the tree of operations. */
	stmt->sortClause = NIL;
	stmt->limitOffset = NULL;
	stmt->limitCount = NULL;
	stmt->withClause = NULL;
	if (outer.withClause)
	{
		qry->hasRecursive = outer.withClause->recursive;
		qry->cteList = transformWithClause(pstate, outer.withClause);
		qry->hasModifyingCTE = pstate->p_hasModifyingCTE;
	}
	op = castNode(SetOperationStmt, analyze_set_tree(pstate, stmt, true, NULL));
	qry->setOperations = (Node *) op;

	node = op->larg;
	while (IsA(node, SetOperationStmt))
		node = ((SetOperationStmt *) node)->larg;
	leftmost_rti = castNode(RangeTblRef, node)->rtindex;
	leftmost_query = rt_fetch(leftmost_rti, pstate->p_rtable)->subquery;
	nscolumns = palloc0(Max(list_length(op->colTypes), 1) * sizeof(ParseNamespaceColumn));
	for (int i = 0; i < list_length(op->colTypes); i++)
	{
		TargetEntry *named = list_nth_node(TargetEntry, leftmost_query->targetList, i);
		char *name = pstrdup(named->resname);
		Var *var = makeVar(leftmost_rti, named->resno, list_nth_oid(op->colTypes, i), list_nth_int(op->colTypmods, i),
						   list_nth_oid(op->colCollations, i), 0);

		var->location = exprLocation((Node *) named->expr);
		qry->targetList = lappend(qry->targetList, makeTargetEntry((Expr *) var,
																   (AttrNumber) pstate->p_next_resno++, name, false));
		vars = lappend(vars, var);
		names = lappend(names, makeString(name));
		nscolumns[i] = (ParseNamespaceColumn){.p_varno = leftmost_rti, .p_varattno = named->resno,
											  .p_vartype = var->vartype, .p_vartypmod = var->vartypmod,
											  .p_varcollid = var->varcollid, .p_varnosyn = leftmost_rti,
											  .p_varattnosyn = named->resno};
	}
	sort_result(pstate, qry, outer.sortClause, names, nscolumns, vars);
	qry->limitOffset = transformLimitClause(pstate, outer.limitOffset, EXPR_KIND_OFFSET, "OFFSET", outer.limitOption);
	qry->limitCount = transformLimitClause(pstate, outer.limitCount, EXPR_KIND_LIMIT, "LIMIT", outer.limitOption);
	qry->limitOption = outer.limitOption;
	qry->rtable = pstate->p_rtable;
	qry->jointree = makeFromExpr(pstate->p_joinlist, NULL);
	qry->hasSubLinks = pstate->p_hasSubLinks;
	qry->hasWindowFuncs = pstate->p_hasWindowFuncs;
	qry->hasTargetSRFs = pstate->p_hasTargetSRFs;
	qry->hasAggs = pstate->p_hasAggs;
	assign_query_collations(pstate, qry);
	return qry;
}
