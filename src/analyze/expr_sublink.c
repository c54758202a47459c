/*
 * expr_sublink.c
 *    Subqueries in expressions, and UPDATE SET (a, b) = row.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "analyze/expr_kinds.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"

static int
visible_columns(List *targetlist)
{
	int count = 0;
	ListCell *lc;

	foreach (lc, targetlist)
		count += !lfirst_node(TargetEntry, lc)->resjunk;
	return count;
}

/* The subquery's columns, as the parameters by which its test expression knows them. */
static List *
output_params(Query *query)
{
	List *params = NIL;
	ListCell *lc;

	foreach (lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Param *param;

		if (tle->resjunk)
			continue;
		param = makeNode(Param);
		param->paramkind = PARAM_SUBLINK;
		param->paramid = tle->resno;
		param->paramtype = exprType((Node *) tle->expr);
		param->paramtypmod = exprTypmod((Node *) tle->expr);
		param->paramcollid = exprCollation((Node *) tle->expr);
		param->location = -1;
		params = lappend(params, param);
	}
	return params;
}

/* lhs op ANY/ALL (subquery), or a row comparison with a one-row subquery. */
static void
make_test_expression(ParseState *pstate, SubLink *sublink, Query *query)
{
	Node *left;
	List *left_list;
	List *right_list = output_params(query);

	if (sublink->operName == NIL)
		sublink->operName = list_make1(makeString("="));
	left = expr_recurse(pstate, sublink->testexpr);
	left_list = left && IsA(left, RowExpr) ? ((RowExpr *) left)->args : list_make1(left);
	if (list_length(left_list) < list_length(right_list))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("subquery has too many columns"),
				parser_errposition(pstate, sublink->location));
	if (list_length(left_list) > list_length(right_list))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("subquery has too few columns"),
				parser_errposition(pstate, sublink->location));
	sublink->testexpr = make_row_comparison_op(pstate, sublink->operName, left_list, right_list, sublink->location);
}

Node *
expr_sublink(ParseState *pstate, SubLink *sublink)
{
	SubLink *result = makeNode(SubLink);
	const ExprKindInfo *info = expr_kind_info(pstate->p_expr_kind);
	Query *query;

	if (info->flags & EXPR_NO_SUBQUERY)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot use subquery in %s", info->noun),
				parser_errposition(pstate, sublink->location));
	pstate->p_hasSubLinks = true;
	*result = *sublink;
	query = parse_sub_analyze(sublink->subselect, pstate, NULL, false, true);
	if (!IsA(query, Query) || query->commandType != CMD_SELECT)
		elog(ERROR, "unexpected non-SELECT command in SubLink");
	result->subselect = (Node *) query;
	sublink->subselect = (Node *) query; /* the raw node's column name is the query's */
	switch (result->subLinkType)
	{
		case EXISTS_SUBLINK:
			result->testexpr = NULL;
			result->operName = NIL;
			break;
		case EXPR_SUBLINK:
		case ARRAY_SUBLINK:
			if (visible_columns(query->targetList) != 1)
				ereport(ERROR,
						errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("subquery must return only one column"),
						parser_errposition(pstate, sublink->location));
			result->testexpr = NULL;
			result->operName = NIL;
			break;
		case MULTIEXPR_SUBLINK:
			result->testexpr = NULL;
			result->operName = NIL;
			break;
		default:
			make_test_expression(pstate, result, query);
			break;
	}
	return (Node *) result;
}

/* ---- UPDATE SET (a, b, ...) = source ---- */

/* First column: analyse the source once, and leave it in p_multiassign_exprs for the others. */
static void
begin_multi_assign(ParseState *pstate, MultiAssignRef *maref)
{
	Node *source = maref->source;
	TargetEntry *tle;

	if (IsA(source, SubLink) && ((SubLink *) source)->subLinkType == EXPR_SUBLINK)
	{
		SubLink *sublink = (SubLink *) source;
		Query *query;

		sublink->subLinkType = MULTIEXPR_SUBLINK;
		sublink = castNode(SubLink, expr_recurse(pstate, (Node *) sublink));
		query = castNode(Query, sublink->subselect);
		if (visible_columns(query->targetList) != maref->ncolumns)
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("number of columns does not match number of values"),
					parser_errposition(pstate, sublink->location));
		tle = makeTargetEntry((Expr *) sublink, 0, NULL, true);
		pstate->p_multiassign_exprs = lappend(pstate->p_multiassign_exprs, tle);
		/* Sublinks are told apart by this number. */
		sublink->subLinkId = list_length(pstate->p_multiassign_exprs);
	}
	else if (IsA(source, RowExpr))
	{
		RowExpr *row = (RowExpr *) expr_row(pstate, (RowExpr *) source, true);

		if (list_length(row->args) != maref->ncolumns)
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("number of columns does not match number of values"),
					parser_errposition(pstate, row->location));
		tle = makeTargetEntry((Expr *) row, 0, NULL, true);
		pstate->p_multiassign_exprs = lappend(pstate->p_multiassign_exprs, tle);
	}
	else
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression"),
				parser_errposition(pstate, exprLocation(source)));
}

Node *
expr_multi_assign(ParseState *pstate, MultiAssignRef *maref)
{
	TargetEntry *tle;

	Assert(pstate->p_expr_kind == EXPR_KIND_UPDATE_SOURCE);
	if (maref->colno == 1)
		begin_multi_assign(pstate, maref);
	tle = llast_node(TargetEntry, pstate->p_multiassign_exprs);
	if (IsA(tle->expr, SubLink))
	{
		SubLink *sublink = (SubLink *) tle->expr;
		TargetEntry *column = list_nth_node(TargetEntry, ((Query *) sublink->subselect)->targetList, maref->colno - 1);
		Param *param = makeNode(Param);

		Assert(!column->resjunk);
		param->paramkind = PARAM_MULTIEXPR;
		param->paramid = (sublink->subLinkId << 16) | maref->colno;
		param->paramtype = exprType((Node *) column->expr);
		param->paramtypmod = exprTypmod((Node *) column->expr);
		param->paramcollid = exprCollation((Node *) column->expr);
		param->location = exprLocation((Node *) column->expr);
		return (Node *) param;
	}
	else
	{
		RowExpr *row = castNode(RowExpr, tle->expr);
		Node *result = list_nth(row->args, maref->colno - 1);

		/* Taken apart completely: the row itself need not be computed. */
		if (maref->colno == maref->ncolumns)
			pstate->p_multiassign_exprs = list_delete_last(pstate->p_multiassign_exprs);
		return result;
	}
}
