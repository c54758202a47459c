/*
 * sortgroup.c
 *    ORDER BY, GROUP BY, DISTINCT: finding or adding the target entries they mean, and their operators.
 *
 * SQL-92: a bare name or number in ORDER BY or GROUP BY may mean an output column. Otherwise (SQL:1999) it is an
 * expression, which joins the target list as a junk entry if it is not there yet.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"
#include "parser/parse_oper.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "utils/lsyscache.h"

/* ---- which target entry? ---- */

/* A grouping column taken from the output may turn out to be an aggregate. */
static TargetEntry *
check_output_column(ParseState *pstate, TargetEntry *tle, ParseExprKind kind)
{
	Node *expr = (Node *) tle->expr;

	if (kind != EXPR_KIND_GROUP_BY)
		return tle;
	if (pstate->p_hasAggs && contains_aggs_of_level(expr, 0))
		ereport(ERROR,
				errcode(ERRCODE_GROUPING_ERROR),
				/* translator: %s is name of a SQL construct, eg GROUP BY */
				errmsg("aggregate functions are not allowed in %s", ParseExprKindName(kind)),
				parser_errposition(pstate, location_of_agg_of_level(expr, 0)));
	if (pstate->p_hasWindowFuncs && has_window_function(expr))
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				errmsg("window functions are not allowed in %s", ParseExprKindName(kind)),
				parser_errposition(pstate, location_of_window_function(expr)));
	return tle;
}

static TargetEntry *
find_by_name(ParseState *pstate, const char *name, List *tlist, ParseExprKind kind, int location)
{
	TargetEntry *result = NULL;
	ListCell *lc;

	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk || strcmp(tle->resname, name) != 0)
			continue;
		if (result && !equal(result->expr, tle->expr))
			ereport(ERROR,
					errcode(ERRCODE_AMBIGUOUS_COLUMN),
					/* translator: first %s is name of a SQL construct, eg ORDER BY */
					errmsg("%s \"%s\" is ambiguous", ParseExprKindName(kind), name),
					parser_errposition(pstate, location));
		if (result == NULL)
			result = tle;
	}
	return result;
}

static TargetEntry *
find_by_position(ParseState *pstate, A_Const *c, List *tlist, ParseExprKind kind)
{
	int position = 0;
	ListCell *lc;

	if (c->isnull || !IsA(&c->val, Integer))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("non-integer constant in %s", ParseExprKindName(kind)),
				parser_errposition(pstate, c->location));
	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk && ++position == c->val.ival.ival)
			return tle;
	}
	ereport(ERROR,
			errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
			errmsg("%s position %d is not in select list", ParseExprKindName(kind), c->val.ival.ival),
			parser_errposition(pstate, c->location));
	return NULL;
}

TargetEntry *
find_target_sql99(ParseState *pstate, Node *node, List **tlist, ParseExprKind kind)
{
	Node *expr = transformExpr(pstate, node, kind);
	TargetEntry *tle;
	ListCell *lc;

	foreach (lc, *tlist)
	{
		tle = lfirst_node(TargetEntry, lc);
		/* The entry may have been coerced to something the query wants to output. */
		if (equal(expr, strip_implicit_coercions((Node *) tle->expr)))
			return tle;
	}
	tle = transformTargetEntry(pstate, node, expr, kind, NULL, true);
	*tlist = lappend(*tlist, tle);
	return tle;
}

TargetEntry *
find_target_sql92(ParseState *pstate, Node *node, List **tlist, ParseExprKind kind)
{
	if (IsA(node, ColumnRef))
	{
		ColumnRef *cref = (ColumnRef *) node;

		if (list_length(cref->fields) == 1 && IsA(linitial(cref->fields), String))
		{
			char *name = strVal(linitial(cref->fields));
			TargetEntry *tle = NULL;

			/* GROUP BY prefers an input column, as the standard has it. */
			if (kind != EXPR_KIND_GROUP_BY || colNameToVar(pstate, name, true, cref->location) == NULL)
				tle = find_by_name(pstate, name, *tlist, kind, cref->location);
			if (tle)
				return check_output_column(pstate, tle, kind);
		}
	}
	if (IsA(node, A_Const))
		return check_output_column(pstate, find_by_position(pstate, (A_Const *) node, *tlist, kind), kind);
	return find_target_sql99(pstate, node, tlist, kind);
}

/* ---- sort and group clauses ---- */
Index
assignSortGroupRef(TargetEntry *tle, List *tlist)
{
	Index highest = 0;
	ListCell *lc;

	if (tle->ressortgroupref)
		return tle->ressortgroupref;
	foreach (lc, tlist)
		highest = Max(highest, lfirst_node(TargetEntry, lc)->ressortgroupref);
	tle->ressortgroupref = highest + 1;
	return tle->ressortgroupref;
}

bool
targetIsInSortList(TargetEntry *tle, Oid sortop, List *sortList)
{
	ListCell *lc;

	if (tle->ressortgroupref == 0)
		return false;
	foreach (lc, sortList)
	{
		SortGroupClause *scl = lfirst_node(SortGroupClause, lc);

		/* Descending after ascending adds nothing either. */
		if (scl->tleSortGroupRef == tle->ressortgroupref &&
			(sortop == InvalidOid || sortop == scl->sortop || sortop == get_commutator(scl->sortop)))
			return true;
	}
	return false;
}

static Oid
resolve_unknown_target(ParseState *pstate, TargetEntry *tle)
{
	Oid type = exprType((Node *) tle->expr);

	if (type != UNKNOWNOID)
		return type;
	tle->expr = (Expr *) coerce_type(pstate, (Node *) tle->expr, type, TEXTOID, -1, COERCION_IMPLICIT,
									 COERCE_IMPLICIT_CAST, -1);
	return TEXTOID;
}

/* The operators of one ORDER BY item; *reverse: larger values come first. */
static void
sort_operators(SortBy *sortby, Oid type, Oid *sortop, Oid *eqop, bool *hashable, bool *reverse)
{
	*reverse = sortby->sortby_dir == SORTBY_DESC;
	switch (sortby->sortby_dir)
	{
		case SORTBY_DEFAULT:
		case SORTBY_ASC:
			get_sort_group_operators(type, true, true, false, sortop, eqop, NULL, hashable);
			break;
		case SORTBY_DESC:
			get_sort_group_operators(type, false, true, true, NULL, eqop, sortop, hashable);
			break;
		case SORTBY_USING:
			*sortop = compatible_oper_opid(sortby->useOp, type, type, false);
			*eqop = get_equality_op_for_ordering_op(*sortop, reverse);
			if (!OidIsValid(*eqop))
				ereport(ERROR,
						errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("operator %s is not a valid ordering operator", strVal(llast(sortby->useOp))),
						errhint("Ordering operators must be \"<\" or \">\" members of btree operator families."));
			*hashable = op_hashjoinable(*eqop, type);
			break;
	}
}

List *
addTargetToSortList(ParseState *pstate, TargetEntry *tle, List *sortlist, List *targetlist, SortBy *sortby)
{
	Oid type = resolve_unknown_target(pstate, tle);
	ParseCallbackState pcbstate;
	int location = sortby->location >= 0 ? sortby->location : exprLocation(sortby->node);
	Oid sortop;
	Oid eqop;
	bool hashable;
	bool reverse;
	SortGroupClause *clause;

	setup_parser_errposition_callback(&pcbstate, pstate, location);
	sort_operators(sortby, type, &sortop, &eqop, &hashable, &reverse);
	cancel_parser_errposition_callback(&pcbstate);
	if (targetIsInSortList(tle, sortop, sortlist))
		return sortlist;
	clause = makeNode(SortGroupClause);
	clause->tleSortGroupRef = assignSortGroupRef(tle, targetlist);
	clause->eqop = eqop;
	clause->sortop = sortop;
	clause->hashable = hashable;
	clause->nulls_first =
		sortby->sortby_nulls == SORTBY_NULLS_DEFAULT ? reverse : sortby->sortby_nulls == SORTBY_NULLS_FIRST;
	return lappend(sortlist, clause);
}

List *
transformSortClause(ParseState *pstate, List *orderlist, List **targetlist, ParseExprKind exprKind, bool useSQL99)
{
	List *sortlist = NIL;
	ListCell *lc;

	foreach (lc, orderlist)
	{
		SortBy *sortby = lfirst_node(SortBy, lc);
		TargetEntry *tle = useSQL99 ? find_target_sql99(pstate, sortby->node, targetlist, exprKind)
									: find_target_sql92(pstate, sortby->node, targetlist, exprKind);

		sortlist = addTargetToSortList(pstate, tle, sortlist, *targetlist, sortby);
	}
	return sortlist;
}

List *
add_target_to_group_list(ParseState *pstate, TargetEntry *tle, List *grouplist, List *targetlist, int location)
{
	Oid type = resolve_unknown_target(pstate, tle);
	ParseCallbackState pcbstate;
	SortGroupClause *clause;

	if (targetIsInSortList(tle, InvalidOid, grouplist))
		return grouplist;
	clause = makeNode(SortGroupClause);
	setup_parser_errposition_callback(&pcbstate, pstate, location);
	get_sort_group_operators(type, false, true, false, &clause->sortop, &clause->eqop, NULL, &clause->hashable);
	cancel_parser_errposition_callback(&pcbstate);
	clause->tleSortGroupRef = assignSortGroupRef(tle, targetlist);
	return lappend(grouplist, clause);
}

/* ---- GROUP BY ---- */
typedef struct GroupBy
{
	ParseState *pstate;
	List **targetlist;
	List *sortclause;
	ParseExprKind kind;
	bool use_sql99;
	List *clauses;			/* SortGroupClause: the result */
	List *sets;				/* GroupingSet, if there are any */
	bool has_sets;
} GroupBy;

static SortGroupClause *
find_clause(List *clauses, Index ref)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (lfirst_node(SortGroupClause, lc)->tleSortGroupRef == ref)
			return lfirst(lc);
	return NULL;
}

/* One expression: its reference number, which may be an earlier one's. */
static Index
group_by_expr(GroupBy *g, Node *node)
{
	TargetEntry *tle = g->use_sql99 ? find_target_sql99(g->pstate, node, g->targetlist, g->kind)
									: find_target_sql92(g->pstate, node, g->targetlist, g->kind);
	SortGroupClause *sort;

	if (tle->ressortgroupref > 0)
	{
		if (find_clause(g->clauses, tle->ressortgroupref))
			return tle->ressortgroupref;
		/* The same order as ORDER BY's, so that one sort can serve both. */
		sort = find_clause(g->sortclause, tle->ressortgroupref);
		if (sort)
		{
			g->clauses = lappend(g->clauses, copyObject(sort));
			return tle->ressortgroupref;
		}
	}
	g->clauses = add_target_to_group_list(g->pstate, tle, g->clauses, *g->targetlist, exprLocation(node));
	return tle->ressortgroupref;
}

static bool
is_expression_list(Node *node)
{
	return IsA(node, RowExpr) && ((RowExpr *) node)->row_format == COERCE_IMPLICIT_CAST;
}

/* References of (a, b, ...), nested parentheses opened. */
static List *
group_by_list(GroupBy *g, List *exprs)
{
	List *refs = NIL;
	ListCell *lc;

	foreach (lc, exprs)
	{
		Node *node = lfirst(lc);

		if (is_expression_list(node))
			refs = list_concat(refs, group_by_list(g, ((RowExpr *) node)->args));
		else
		{
			Index ref = group_by_expr(g, node);

			if (!list_member_int(refs, ref))
				refs = lappend_int(refs, ref);
		}
	}
	return refs;
}

static GroupingSet *
simple_set(GroupBy *g, List *exprs, int location)
{
	return makeGroupingSet(GROUPING_SET_SIMPLE, group_by_list(g, exprs), location);
}

static GroupingSet *
group_by_set(GroupBy *g, GroupingSet *set)
{
	List *content = NIL;
	ListCell *lc;

	if (set->kind == GROUPING_SET_EMPTY)
		return makeGroupingSet(GROUPING_SET_EMPTY, NIL, set->location);
	foreach (lc, set->content)
	{
		Node *node = lfirst(lc);

		if (IsA(node, GroupingSet))
		{
			GroupingSet *inner = (GroupingSet *) node;

			/* GROUPING SETS within GROUPING SETS adds its sets to the outer ones. */
			if (inner->kind == GROUPING_SET_SETS && set->kind == GROUPING_SET_SETS)
				content = list_concat(content, group_by_set(g, inner)->content);
			else
				content = lappend(content, group_by_set(g, inner));
		}
		else if (is_expression_list(node))
		{
			List *args = ((RowExpr *) node)->args;

			content = lappend(content, args == NIL ? makeGroupingSet(GROUPING_SET_EMPTY, NIL, exprLocation(node))
												   : simple_set(g, args, exprLocation(node)));
		}
		else
			content = lappend(content, simple_set(g, list_make1(node), exprLocation(node)));
	}
	if (set->kind == GROUPING_SET_CUBE && list_length(content) > 12)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_COLUMNS),
				errmsg("CUBE is limited to 12 elements"),
				parser_errposition(g->pstate, set->location));
	return makeGroupingSet(set->kind, content, set->location);
}

static void
group_by_item(GroupBy *g, Node *node)
{
	ListCell *lc;

	if (IsA(node, GroupingSet))
	{
		g->has_sets = true;
		g->sets = lappend(g->sets, group_by_set(g, (GroupingSet *) node));
		return;
	}
	if (is_expression_list(node))
	{
		foreach (lc, ((RowExpr *) node)->args)
			group_by_item(g, lfirst(lc));
		return;
	}
	g->sets = lappend(g->sets, makeGroupingSet(GROUPING_SET_SIMPLE, list_make1_int(group_by_expr(g, node)),
											   exprLocation(node)));
}

List *
transformGroupClause(ParseState *pstate, List *grouplist, bool groupDistinct, List **groupingSets, List **targetlist,
					 List *sortClause, ParseExprKind exprKind, bool useSQL99)
{
	GroupBy g = {.pstate = pstate, .targetlist = targetlist, .sortclause = sortClause, .kind = exprKind,
				 .use_sql99 = useSQL99};
	ListCell *lc;

	foreach (lc, grouplist)
		group_by_item(&g, lfirst(lc));
	if (groupingSets)
		*groupingSets = g.has_sets ? g.sets : NIL;
	else if (g.has_sets)
		elog(ERROR, "grouping sets are not allowed here");
	return g.clauses;
}

/* ---- DISTINCT ---- */
static TargetEntry *
target_of_clause(SortGroupClause *clause, List *tlist)
{
	ListCell *lc;

	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->ressortgroupref == clause->tleSortGroupRef)
			return tle;
	}
	elog(ERROR, "ORDER/GROUP BY expression not found in targetlist");
	return NULL;
}

List *
transformDistinctClause(ParseState *pstate, List **targetlist, List *sortClause, bool is_agg)
{
	List *result = NIL;
	ListCell *lc;

	/* The sort columns come first, so that the sorted rows are also grouped. */
	foreach (lc, sortClause)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		TargetEntry *tle = target_of_clause(clause, *targetlist);

		if (tle->resjunk)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
					is_agg ? errmsg("in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
						   : errmsg("for SELECT DISTINCT, ORDER BY expressions must appear in select list"),
					parser_errposition(pstate, exprLocation((Node *) tle->expr)));
		result = lappend(result, copyObject(clause));
	}
	foreach (lc, *targetlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			result = add_target_to_group_list(pstate, tle, result, *targetlist, exprLocation((Node *) tle->expr));
	}
	if (result == NIL)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				is_agg ? errmsg("an aggregate with DISTINCT must have at least one argument")
					   : errmsg("SELECT DISTINCT must have at least one column"));
	return result;
}

List *
transformDistinctOnClause(ParseState *pstate, List *distinctlist, List **targetlist, List *sortClause)
{
	List *refs = NIL;
	List *result = NIL;
	bool skipped = false;
	ListCell *lc;

	foreach (lc, distinctlist)
	{
		TargetEntry *tle = find_target_sql92(pstate, lfirst(lc), targetlist, EXPR_KIND_DISTINCT_ON);

		refs = lappend_int(refs, assignSortGroupRef(tle, *targetlist));
	}
	foreach (lc, sortClause)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);

		if (!list_member_int(refs, clause->tleSortGroupRef))
		{
			skipped = true;
			continue;
		}
		if (skipped)
		{
			int which = 0;

			while (list_nth_int(refs, which) != (int) clause->tleSortGroupRef)
				which++;
			ereport(ERROR,
					errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
					errmsg("SELECT DISTINCT ON expressions must match initial ORDER BY expressions"),
					parser_errposition(pstate, exprLocation(list_nth(distinctlist, which))));
		}
		result = lappend(result, copyObject(clause));
	}
	for (int i = 0; i < list_length(refs); i++)
	{
		SortGroupClause probe = {.type = T_SortGroupClause, .tleSortGroupRef = list_nth_int(refs, i)};
		TargetEntry *tle = target_of_clause(&probe, *targetlist);
		int before = list_length(result);

		result = add_target_to_group_list(pstate, tle, result, *targetlist, exprLocation(list_nth(distinctlist, i)));
		/* A column that ORDER BY had after others: it cannot be sorted first any more. */
		if (skipped && list_length(result) > before)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
					errmsg("SELECT DISTINCT ON expressions must match initial ORDER BY expressions"),
					parser_errposition(pstate, exprLocation(list_nth(distinctlist, i))));
	}
	return result;
}
