/*
 * agg.c
 *    Calls of aggregates and window functions: their arguments, their query level, and whether they may stand there.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "analyze/analyze_internal.h"
#include "analyze/expr_kinds.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_agg.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* ---- which level does it belong to? ---- */

/* The nearest query whose columns (or aggregates) an argument mentions; INT_MAX: none. */
typedef struct LevelScan
{
	ParseState *pstate;
	int min_var;
	int min_agg;
	int depth;
} LevelScan;

#define NO_LEVEL PG_INT32_MAX

static bool
level_scan_walker(Node *node, LevelScan *scan)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		int level = (int) ((Var *) node)->varlevelsup - scan->depth;

		if (level >= 0)
			scan->min_var = Min(scan->min_var, level);
		return false;
	}
	if (IsA(node, Aggref))
	{
		int level = (int) ((Aggref *) node)->agglevelsup - scan->depth;

		if (level >= 0)
			scan->min_agg = Min(scan->min_agg, level);
		/* its arguments are its own affair */
		return false;
	}
	if (IsA(node, GroupingFunc))
	{
		int level = (int) ((GroupingFunc *) node)->agglevelsup - scan->depth;

		if (level >= 0)
			scan->min_agg = Min(scan->min_agg, level);
	}
	if (scan->depth == 0)
	{
		if ((IsA(node, FuncExpr) && ((FuncExpr *) node)->funcretset) ||
			(IsA(node, OpExpr) && ((OpExpr *) node)->opretset))
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("aggregate function calls cannot contain set-returning function calls"),
					errhint("You might be able to move the set-returning function into a LATERAL FROM item."),
					parser_errposition(scan->pstate, exprLocation(node)));
		if (IsA(node, WindowFunc))
			ereport(ERROR,
					errcode(ERRCODE_GROUPING_ERROR),
					errmsg("aggregate function calls cannot contain window function calls"),
					parser_errposition(scan->pstate, ((WindowFunc *) node)->location));
	}
	if (IsA(node, Query))
	{
		bool result;

		scan->depth++;
		result = query_tree_walker((Query *) node, level_scan_walker, scan, 0);
		scan->depth--;
		return result;
	}
	return expression_tree_walker(node, level_scan_walker, scan);
}

static int
level_of_arguments(ParseState *pstate, List *directargs, List *args, Expr *filter)
{
	LevelScan scan = {.pstate = pstate, .min_var = NO_LEVEL, .min_agg = NO_LEVEL};
	int level;

	expression_tree_walker((Node *) args, level_scan_walker, &scan);
	level_scan_walker((Node *) filter, &scan);
	level = Min(scan.min_var, scan.min_agg);
	if (level == NO_LEVEL)
		level = 0;
	if (scan.min_agg == level)
		ereport(ERROR,
				errcode(ERRCODE_GROUPING_ERROR),
				errmsg("aggregate function calls cannot be nested"),
				parser_errposition(pstate, location_of_agg_of_level((Node *) args, level) >= 0
											   ? location_of_agg_of_level((Node *) args, level)
											   : location_of_agg_of_level((Node *) filter, level)));
	if (directargs)
	{
		LevelScan direct = {.pstate = pstate, .min_var = NO_LEVEL, .min_agg = NO_LEVEL};

		expression_tree_walker((Node *) directargs, level_scan_walker, &direct);
		if (direct.min_var < level)
			ereport(ERROR,
					errcode(ERRCODE_GROUPING_ERROR),
					errmsg("outer-level aggregate cannot contain a lower-level variable in its direct arguments"),
					parser_errposition(pstate, location_of_var_of_level((Node *) directargs, direct.min_var)));
		if (direct.min_agg <= level)
			ereport(ERROR,
					errcode(ERRCODE_GROUPING_ERROR),
					errmsg("aggregate function calls cannot be nested"),
					parser_errposition(pstate, location_of_agg_of_level((Node *) directargs, direct.min_agg)));
	}
	return level;
}

/* ---- may it stand there? ---- */
static void
check_agg_place(ParseState *pstate, bool is_agg, int location)
{
	ParseExprKind kind = pstate->p_expr_kind;
	const ExprKindInfo *info = expr_kind_info(kind);
	const char *what = is_agg ? "aggregate functions" : "grouping operations";

	if (info->flags & EXPR_ALLOWS_AGG)
		return;
	if (kind == EXPR_KIND_FROM_SUBSELECT)
		ereport(ERROR,
				errcode(ERRCODE_GROUPING_ERROR),
				errmsg("%s are not allowed in FROM clause of their own query level", what),
				parser_errposition(pstate, location));
	ereport(ERROR,
			errcode(ERRCODE_GROUPING_ERROR),
			/* translator: %s is name of a SQL construct, eg GROUP BY */
			errmsg("%s are not allowed in %s", what, expr_kind_plural(info)),
			parser_errposition(pstate, location));
}

static void
place_at_level(ParseState *pstate, int level, bool is_agg, int location)
{
	for (int i = 0; i < level; i++)
		pstate = pstate->parentParseState;
	pstate->p_hasAggs = true;
	check_agg_place(pstate, is_agg, location);
}

/* ---- aggregates ---- */
static List *
types_of_args(List *args)
{
	List *types = NIL;
	ListCell *lc;

	foreach (lc, args)
		types = lappend_oid(types, exprType(lfirst(lc)));
	return types;
}

static void
check_sortable(ParseState *pstate, List *distinct, List *tlist)
{
	ListCell *lc;

	foreach (lc, distinct)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		ListCell *lc2;

		if (OidIsValid(clause->sortop))
			continue;
		foreach (lc2, tlist)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lc2);
			Node *expr = (Node *) tle->expr;

			if (tle->ressortgroupref == clause->tleSortGroupRef)
				ereport(ERROR,
						errcode(ERRCODE_UNDEFINED_FUNCTION),
						errmsg("could not identify an ordering operator for type %s", format_type_be(exprType(expr))),
						errdetail("Aggregates with DISTINCT must be able to sort their inputs."),
						parser_errposition(pstate, exprLocation(expr)));
		}
	}
}

void
transformAggregateCall(ParseState *pstate, Aggref *agg, List *args, List *aggorder, bool agg_distinct)
{
	List *tlist = NIL;
	List *order = NIL;
	List *distinct = NIL;
	int saved_resno = pstate->p_next_resno;
	AttrNumber attno = 1;
	ListCell *lc;

	agg->aggargtypes = types_of_args(args);
	if (AGGKIND_IS_ORDERED_SET(agg->aggkind))
	{
		int ndirect = list_length(args) - list_length(aggorder);

		agg->aggdirectargs = list_copy_head(args, ndirect);
		for (int i = 0; i < list_length(aggorder); i++)
		{
			TargetEntry *tle = makeTargetEntry(list_nth(args, ndirect + i), attno++, NULL, false);

			tlist = lappend(tlist, tle);
			order = addTargetToSortList(pstate, tle, order, tlist, list_nth(aggorder, i));
		}
		Assert(!agg_distinct);
	}
	else
	{
		foreach (lc, args)
			tlist = lappend(tlist, makeTargetEntry(lfirst(lc), attno++, NULL, false));
		/* New sort columns are numbered after the arguments. */
		pstate->p_next_resno = attno;
		order = transformSortClause(pstate, aggorder, &tlist, EXPR_KIND_ORDER_BY, true);
		pstate->p_next_resno = saved_resno;
		if (agg_distinct)
		{
			distinct = transformDistinctClause(pstate, &tlist, order, true);
			check_sortable(pstate, distinct, tlist);
		}
	}
	agg->args = tlist;
	agg->aggorder = order;
	agg->aggdistinct = distinct;
	agg->agglevelsup = level_of_arguments(pstate, agg->aggdirectargs, agg->args, agg->aggfilter);
	place_at_level(pstate, agg->agglevelsup, true, agg->location);
}

Node *
transformGroupingFunc(ParseState *pstate, GroupingFunc *p)
{
	GroupingFunc *result = makeNode(GroupingFunc);
	ListCell *lc;

	if (list_length(p->args) > 31)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_ARGUMENTS),
				errmsg("GROUPING must have fewer than 32 arguments"),
				parser_errposition(pstate, p->location));
	foreach (lc, p->args)
		result->args = lappend(result->args, transformExpr(pstate, lfirst(lc), pstate->p_expr_kind));
	result->location = p->location;
	result->agglevelsup = level_of_arguments(pstate, NIL, result->args, NULL);
	place_at_level(pstate, result->agglevelsup, false, result->location);
	return (Node *) result;
}

/* ---- window functions ---- */
static bool
same_window(const WindowDef *a, const WindowDef *b)
{
	if (a->refname || b->refname)
		if (!a->refname || !b->refname || strcmp(a->refname, b->refname) != 0)
			return false;
	return equal(a->partitionClause, b->partitionClause) && equal(a->orderClause, b->orderClause) &&
		   a->frameOptions == b->frameOptions && equal(a->startOffset, b->startOffset) &&
		   equal(a->endOffset, b->endOffset);
}

static Index
window_by_name(ParseState *pstate, WindowDef *windef)
{
	ListCell *lc;

	foreach (lc, pstate->p_windowdefs)
	{
		WindowDef *def = lfirst_node(WindowDef, lc);

		if (def->name && strcmp(def->name, windef->name) == 0)
			return foreach_current_index(lc) + 1;
	}
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_OBJECT),
			errmsg("window \"%s\" does not exist", windef->name),
			parser_errposition(pstate, windef->location));
	return 0;
}

static Index
window_by_content(ParseState *pstate, WindowDef *windef)
{
	ListCell *lc;

	foreach (lc, pstate->p_windowdefs)
		if (same_window(lfirst_node(WindowDef, lc), windef))
			return foreach_current_index(lc) + 1;
	pstate->p_windowdefs = lappend(pstate->p_windowdefs, windef);
	return list_length(pstate->p_windowdefs);
}

void
transformWindowFuncCall(ParseState *pstate, WindowFunc *wfunc, WindowDef *windef)
{
	const ExprKindInfo *info = expr_kind_info(pstate->p_expr_kind);

	if (pstate->p_hasWindowFuncs && has_window_function((Node *) wfunc->args))
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				errmsg("window function calls cannot be nested"),
				parser_errposition(pstate, location_of_window_function((Node *) wfunc->args)));
	if (!(info->flags & EXPR_ALLOWS_WINDOW))
		ereport(ERROR,
				errcode(ERRCODE_WINDOWING_ERROR),
				/* translator: %s is name of a SQL construct, eg GROUP BY */
				errmsg("window functions are not allowed in %s",
					   expr_kind_is_window_frame(pstate->p_expr_kind) ? "window definitions" : expr_kind_plural(info)),
				parser_errposition(pstate, wfunc->location));
	if (windef->name)
	{
		Assert(windef->refname == NULL && windef->partitionClause == NIL && windef->orderClause == NIL);
		wfunc->winref = window_by_name(pstate, windef);
	}
	else
		wfunc->winref = window_by_content(pstate, windef);
	pstate->p_hasWindowFuncs = true;
}

/* ---- transition types ---- */
int
get_aggregate_argtypes(Aggref *aggref, Oid *inputTypes)
{
	ListCell *lc;

	foreach (lc, aggref->aggargtypes)
		inputTypes[foreach_current_index(lc)] = lfirst_oid(lc);
	return list_length(aggref->aggargtypes);
}

Oid
resolve_aggregate_transtype(Oid aggfuncid, Oid aggtranstype, Oid *inputTypes, int numArguments)
{
	Oid *declared;
	int ndeclared;

	if (!is_polymorphic_family_type(aggtranstype))
		return aggtranstype;
	(void) get_func_signature(aggfuncid, &declared, &ndeclared);
	Assert(ndeclared <= numArguments);
	return enforce_generic_type_consistency(inputTypes, declared, ndeclared, aggtranstype, false);
}
