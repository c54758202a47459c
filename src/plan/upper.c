/*
 * upper.c
 *    Everything above the joins: grouping, window functions, set-returning functions, DISTINCT, ORDER BY, row locks,
 *    LIMIT.
 *
 * Each step maps a list of candidate paths to a list of candidate paths; the cheapest survivor is the plan. Steps that
 * have a hashed and a sorted form give both, so that the choice is made where all costs are known.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

static bool
needs_grouping(Query *parse)
{
	return parse->groupClause || parse->groupingSets || parse->hasAggs || parse->havingQual;
}

static PlanRel *
upper_rel(PlanRel *below, double rows)
{
	PlanRel *rel = planrel_new(PLANREL_UPPER, below ? below->relids : NULL);

	rel->rows = rows;
	rel->width = below ? below->width : 8;
	return rel;
}

/* ---- orders ------------------------------------------------------------------------------------------------------------- */
static bool
all_sortable(List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (!OidIsValid(lfirst_node(SortGroupClause, lc)->sortop))
			return false;
	return true;
}

static bool
all_hashable(List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (!lfirst_node(SortGroupClause, lc)->hashable)
			return false;
	return true;
}

/* GROUP BY and DISTINCT clauses may be taken in any order: ORDER BY's, as far as it names them, saves a sort. */
static List *
reorder_by_sort(List *clauses, List *sort_clauses)
{
	List *result = NIL;
	ListCell *ls, *lc;

	foreach (ls, sort_clauses)
	{
		SortGroupClause *sort = lfirst_node(SortGroupClause, ls);
		SortGroupClause *match = NULL;

		foreach (lc, clauses)
			if (lfirst_node(SortGroupClause, lc)->tleSortGroupRef == sort->tleSortGroupRef)
				match = lfirst(lc);
		if (match == NULL || !OidIsValid(sort->sortop) || sort->eqop != match->eqop)
			break;
		result = lappend(result, sort);
	}
	foreach (lc, clauses)
	{
		bool known = false;
		ListCell *lr;

		foreach (lr, result)
			known |= lfirst_node(SortGroupClause, lr)->tleSortGroupRef ==
					 lfirst_node(SortGroupClause, lc)->tleSortGroupRef;
		if (!known)
			result = lappend(result, lfirst(lc));
	}
	return result;
}

static List *
window_sort_clauses(WindowClause *wc)
{
	List *result = list_copy(wc->partitionClause);
	ListCell *lc, *lr;

	foreach (lc, wc->orderClause)
	{
		bool known = false;

		foreach (lr, result)
			known |= lfirst_node(SortGroupClause, lr)->tleSortGroupRef ==
					 lfirst_node(SortGroupClause, lc)->tleSortGroupRef;
		if (!known)
			result = lappend(result, lfirst(lc));
	}
	return result;
}

static List *
active_windows(Query *parse)
{
	List *result = NIL;
	ListCell *lc;

	if (!parse->hasWindowFuncs)
		return NIL;
	foreach (lc, parse->windowClause)
		result = lappend(result, lfirst(lc));
	return result;
}

void
compute_query_pathkeys(PlannerInfo *root)
{
	Query *parse = root->parse;
	List *tlist = root->processed_tlist;

	if (parse->groupClause && parse->groupingSets == NIL)
	{
		parse->groupClause = reorder_by_sort(parse->groupClause, parse->sortClause);
		if (all_sortable(parse->groupClause))
			root->group_pathkeys = pathkeys_for_sortclauses(root, parse->groupClause, tlist);
	}
	if (parse->distinctClause && !parse->hasDistinctOn)
		parse->distinctClause = reorder_by_sort(parse->distinctClause, parse->sortClause);
	if (parse->distinctClause && all_sortable(parse->distinctClause))
		root->distinct_pathkeys = pathkeys_for_sortclauses(root, parse->distinctClause, tlist);
	root->sort_pathkeys = pathkeys_for_sortclauses(root, parse->sortClause, tlist);
	if (root->group_pathkeys)
		root->query_pathkeys = root->group_pathkeys;
	else if (needs_grouping(parse))
		root->query_pathkeys = NIL;
	else if (parse->hasWindowFuncs && parse->windowClause)
		root->query_pathkeys =
			pathkeys_for_sortclauses(root, window_sort_clauses(linitial_node(WindowClause, parse->windowClause)), tlist);
	else if (list_length(root->distinct_pathkeys) > list_length(root->sort_pathkeys))
		root->query_pathkeys = root->distinct_pathkeys;
	else
		root->query_pathkeys = root->sort_pathkeys;
}

/* ---- input columns of a step ---------------------------------------------------------------------------------------------- */
static bool
ref_in_clauses(Index ref, List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (lfirst_node(SortGroupClause, lc)->tleSortGroupRef == ref)
			return true;
	return false;
}

static List *
add_columns(List *tlist, List *exprs)
{
	ListCell *lc;

	foreach (lc, exprs)
		if (!tlist_member(lfirst(lc), tlist))
			tlist = lappend(tlist, makeTargetEntry(lfirst(lc), list_length(tlist) + 1, NULL, false));
	return tlist;
}

static List *
add_entry(List *tlist, TargetEntry *tle)
{
	TargetEntry *copy = makeTargetEntry(tle->expr, list_length(tlist) + 1, NULL, false);

	copy->ressortgroupref = tle->ressortgroupref;
	return lappend(tlist, copy);
}

/* Grouping expressions whole, everything else as the columns it is made of. */
static List *
group_input_tlist(PlannerInfo *root)
{
	Query *parse = root->parse;
	List *tlist = NIL;
	ListCell *lc;

	foreach (lc, root->processed_tlist)
		if (ref_in_clauses(lfirst_node(TargetEntry, lc)->ressortgroupref, parse->groupClause))
			tlist = add_entry(tlist, lfirst(lc));
	foreach (lc, root->processed_tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!ref_in_clauses(tle->ressortgroupref, parse->groupClause))
			tlist = add_columns(tlist, pull_var_clause((Node *) tle->expr,
													   PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS));
	}
	return add_columns(tlist, pull_var_clause(parse->havingQual, PVC_RECURSE_AGGREGATES));
}

/* Sort and group columns without window functions whole; the rest as columns and aggregates. */
static List *
window_input_tlist(PlannerInfo *root)
{
	List *tlist = NIL;
	ListCell *lc;

	foreach (lc, root->processed_tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->ressortgroupref != 0 && !contain_window_function((Node *) tle->expr) &&
			!expression_returns_set((Node *) tle->expr))
			tlist = add_entry(tlist, tle);
	}
	foreach (lc, root->processed_tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->ressortgroupref == 0 || contain_window_function((Node *) tle->expr) ||
			expression_returns_set((Node *) tle->expr))
			tlist = add_columns(tlist, pull_var_clause((Node *) tle->expr,
													   PVC_INCLUDE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS));
	}
	return tlist;
}

/* ---- grouping ---------------------------------------------------------------------------------------------------------------- */
static bool
count_aggs_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Aggref))
		(*(int *) context)++;
	return expression_tree_walker(node, count_aggs_walker, context);
}

static bool
needs_ordered_input_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Aggref))
	{
		Aggref *agg = (Aggref *) node;

		/* Sorting its own input per group is what hashing cannot do well, and AGG_HASHED does not do at all. */
		if (agg->aggorder != NIL || agg->aggdistinct != NIL || AGGKIND_IS_ORDERED_SET(agg->aggkind))
			return true;
	}
	return expression_tree_walker(node, needs_ordered_input_walker, context);
}

static Path *
agg_path(PlannerInfo *root, Path *input, AggStrategy strategy, double groups, List *tlist)
{
	Query *parse = root->parse;
	Path *path = path_new(T_Agg, upper_rel(input->rel, groups), input);
	int num_aggs = 0;

	count_aggs_walker((Node *) root->processed_tlist, &num_aggs);
	count_aggs_walker(parse->havingQual, &num_aggs);
	path->rows = groups;
	path->tlist = tlist;
	path->u.agg.strategy = strategy;
	path->u.agg.split = AGGSPLIT_SIMPLE;
	path->u.agg.group_clause = parse->groupClause;
	path->u.agg.having = (List *) parse->havingQual;
	path->u.agg.num_groups = groups;
	path->pathkeys = strategy == AGG_SORTED ? root->group_pathkeys : NIL;
	cost_agg(root, path, num_aggs);
	if (parse->havingQual)
		path->rows = clamp_row_est(groups * clauselist_selectivity(root, (List *) parse->havingQual, JOIN_INNER));
	return path;
}

/* HAVING without GROUP BY or aggregates: one row if it holds. */
static Path *
having_only_path(PlannerInfo *root, List *tlist)
{
	Path *path = path_new(T_Result, upper_rel(NULL, 1), NULL);

	path->rows = 1;
	path->total_cost = cpu_tuple_cost;
	path->tlist = tlist;
	path->u.result.constant_qual = root->parse->havingQual;
	return path;
}

static List *
add_grouping(PlannerInfo *root, List *inputs, List *output)
{
	Query *parse = root->parse;
	List *tlist = group_input_tlist(root);
	List *result = NIL;
	double groups = 1;
	bool ordered_aggs;
	ListCell *lc;

	if (parse->groupingSets)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("GROUPING SETS is not supported"));
	if (parse->groupClause == NIL && !parse->hasAggs)
		return list_make1(having_only_path(root, output));
	ordered_aggs = needs_ordered_input_walker((Node *) root->processed_tlist, NULL) ||
				   needs_ordered_input_walker(parse->havingQual, NULL);
	if (parse->groupClause)
	{
		List *exprs = get_sortgrouplist_exprs(parse->groupClause, root->processed_tlist);
		Path *any = linitial(inputs);

		groups = estimate_num_groups(root, exprs, any->rows);
		if (!all_sortable(parse->groupClause) && (!all_hashable(parse->groupClause) || ordered_aggs))
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("could not implement GROUP BY"),
					errdetail("Some of the datatypes only support hashing, while others only support sorting."));
	}
	foreach (lc, inputs)
	{
		Path *input = apply_tlist(lfirst(lc), tlist);

		if (parse->groupClause == NIL)
		{
			result = lappend(result, agg_path(root, input, AGG_PLAIN, 1, output));
			continue;
		}
		if (all_sortable(parse->groupClause))
			result = lappend(result, agg_path(root, sort_path(root, input, root->group_pathkeys, -1), AGG_SORTED, groups,
											  output));
		if (all_hashable(parse->groupClause) && !ordered_aggs)
			result = lappend(result, agg_path(root, input, AGG_HASHED, groups, output));
	}
	return result;
}

/* ---- window functions ------------------------------------------------------------------------------------------------------------ */
static bool
collect_window_funcs_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, WindowFunc))
	{
		*(List **) context = list_append_unique(*(List **) context, node);
		return false;
	}
	return expression_tree_walker(node, collect_window_funcs_walker, context);
}

static List *
add_windows(PlannerInfo *root, List *inputs, List *input_tlist, List *output)
{
	List *functions = NIL;
	List *windows = NIL;
	List *result = NIL;
	ListCell *lc, *lw, *lf;

	collect_window_funcs_walker((Node *) root->processed_tlist, &functions);
	foreach (lw, active_windows(root->parse))
		foreach (lf, functions)
			if (lfirst_node(WindowFunc, lf)->winref == lfirst_node(WindowClause, lw)->winref)
			{
				windows = lappend(windows, lfirst(lw));
				break;
			}
	foreach (lc, inputs)
	{
		Path *path = lfirst(lc);
		List *tlist = input_tlist;

		foreach (lw, windows)
		{
			WindowClause *wc = lfirst_node(WindowClause, lw);
			List *keys = pathkeys_for_sortclauses(root, window_sort_clauses(wc), root->processed_tlist);
			List *mine = NIL;
			Path *window;

			if (!all_sortable(window_sort_clauses(wc)))
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("could not implement window PARTITION BY"),
						errdetail("Window partitioning columns must be of sortable datatypes."));
			path = sort_path(root, path, keys, -1);
			foreach (lf, functions)
				if (lfirst_node(WindowFunc, lf)->winref == wc->winref)
					mine = lappend(mine, lfirst(lf));
			tlist = add_columns(list_copy(tlist), mine);
			window = path_new(T_WindowAgg, upper_rel(path->rel, path->rows), path);
			window->tlist = lnext(windows, lw) ? tlist : output;
			window->u.window.clause = wc;
			window->u.window.functions = mine;
			window->total_cost += path->rows * (cpu_tuple_cost + cpu_operator_cost * list_length(mine));
			path = window;
		}
		result = lappend(result, path);
	}
	return result;
}

/* ---- set-returning functions in the target list -------------------------------------------------------------------------------------- */
static bool
is_srf(Node *node)
{
	return (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcretset) || (IsA(node, OpExpr) && ((OpExpr *) node)->opretset);
}

/* One round of evaluation: calls whose arguments hold no call that is still to be made. */
typedef struct SrfRound
{
	List *done;		/* calls made by earlier rounds: columns now */
	List *ready;	/* calls to make in this round */
	List *columns;	/* other columns that later rounds and the result need */
} SrfRound;

static bool
waits_for_srf_walker(Node *node, void *context)
{
	if (node == NULL || list_member((List *) context, node))
		return false;
	return is_srf(node) || expression_tree_walker(node, waits_for_srf_walker, context);
}

static bool
arguments_are_ready(Node *call, List *done)
{
	List *args = IsA(call, FuncExpr) ? ((FuncExpr *) call)->args : ((OpExpr *) call)->args;

	return !waits_for_srf_walker((Node *) args, done);
}

static bool
srf_round_walker(Node *node, void *context)
{
	SrfRound *round = context;

	if (node == NULL)
		return false;
	if (list_member(round->done, node))
		return false;
	if (is_srf(node) && arguments_are_ready(node, round->done))
		round->ready = list_append_unique(round->ready, node);
	else if (IsA(node, Var) || IsA(node, Aggref) || IsA(node, WindowFunc))
		round->columns = list_append_unique(round->columns, node);
	else
		return expression_tree_walker(node, srf_round_walker, context);
	return false;
}

static Path *
project_set(PlannerInfo *root, Path *input, List *tlist)
{
	Path *path = path_new(T_ProjectSet, upper_rel(input->rel, input->rows), input);
	double rows = 1;
	ListCell *lc;

	foreach (lc, tlist)
		rows = Max(rows, expression_returns_set_rows(root, (Node *) lfirst_node(TargetEntry, lc)->expr));
	path->rows = clamp_row_est(input->rows * rows);
	path->tlist = tlist;
	path->total_cost += cpu_tuple_cost * input->rows + (path->rows - input->rows) * cpu_tuple_cost / 2;
	return path;
}

static bool
srfs_only_on_top(List *tlist)
{
	ListCell *lc;

	foreach (lc, tlist)
	{
		Node *expr = (Node *) lfirst_node(TargetEntry, lc)->expr;

		if (expression_returns_set(expr) && !(is_srf(expr) && arguments_are_ready(expr, NIL)))
			return false;
	}
	return true;
}

/*
 * Nested set-returning calls are made from the inside out, one ProjectSet per depth; what surrounds the outermost ones
 * is computed on top.
 */
static Path *
add_srfs(PlannerInfo *root, Path *input, List *tlist)
{
	List *done = NIL;

	if (srfs_only_on_top(tlist))
		return project_set(root, input, tlist);
	for (;;)
	{
		SrfRound round = {done, NIL, NIL};
		List *columns;
		ListCell *lc;

		srf_round_walker((Node *) tlist, &round);
		if (round.ready == NIL)
			return apply_tlist(input, tlist);
		/* Arguments of calls still ahead, and of this round's, are columns of the input; later ones pass through. */
		columns = add_columns(NIL, round.columns);
		foreach (lc, tlist)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lc);

			if (tle->ressortgroupref != 0 && !expression_returns_set((Node *) tle->expr) &&
				!tlist_member(tle->expr, columns))
				columns = add_entry(columns, tle);
		}
		columns = add_columns(columns, done);
		columns = add_columns(columns, round.ready);
		input = project_set(root, input, columns);
		done = list_concat(list_copy(done), round.ready);
	}
}

/* ---- DISTINCT, ORDER BY, LIMIT ---------------------------------------------------------------------------------------------------------- */
static List *
add_distinct(PlannerInfo *root, List *inputs)
{
	Query *parse = root->parse;
	List *clauses = parse->distinctClause;
	List *exprs = get_sortgrouplist_exprs(clauses, root->processed_tlist);
	List *result = NIL;
	ListCell *lc;

	foreach (lc, inputs)
	{
		Path *input = lfirst(lc);
		double rows = needs_grouping(parse) || root->rels == NULL ? input->rows
																   : estimate_num_groups(root, exprs, input->rows);

		if (all_sortable(clauses))
		{
			/* DISTINCT ON keeps the first row in ORDER BY's order. */
			List *keys = list_length(root->sort_pathkeys) > list_length(root->distinct_pathkeys) && parse->hasDistinctOn
							 ? root->sort_pathkeys
							 : root->distinct_pathkeys;
			Path *path = path_new(T_Unique, upper_rel(input->rel, rows), sort_path(root, input, keys, -1));

			path->rows = rows;
			path->total_cost += cpu_operator_cost * input->rows * list_length(clauses);
			path->u.agg.group_clause = clauses;
			path->tlist = input->tlist;
			result = lappend(result, path);
		}
		if (all_hashable(clauses) && !parse->hasDistinctOn)
		{
			Path *path = path_new(T_Agg, upper_rel(input->rel, rows), input);

			path->rows = rows;
			path->tlist = input->tlist ? input->tlist : root->processed_tlist;
			path->u.agg.strategy = AGG_HASHED;
			path->u.agg.split = AGGSPLIT_SIMPLE;
			path->u.agg.group_clause = clauses;
			path->u.agg.num_groups = rows;
			path->pathkeys = NIL;
			cost_agg(root, path, 0);
			result = lappend(result, path);
		}
	}
	if (result == NIL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("could not implement DISTINCT"),
				errdetail("Some of the datatypes only support hashing, while others only support sorting."));
	return result;
}

static List *
add_order(PlannerInfo *root, List *inputs)
{
	List *result = NIL;
	double limit = root->tuple_fraction >= 1.0 && root->parse->limitCount ? root->tuple_fraction : -1;
	ListCell *lc;

	foreach (lc, inputs)
		result = lappend(result, sort_path(root, lfirst(lc), root->sort_pathkeys, limit));
	return result;
}

static Cost
cost_to_fraction(Path *path, double fraction)
{
	if (fraction <= 0)
		return path->total_cost;
	if (fraction >= 1.0)
		fraction = path->rows > 0 ? Min(1.0, fraction / path->rows) : 1.0;
	return path->startup_cost + fraction * (path->total_cost - path->startup_cost);
}

static Path *
cheapest_of(List *paths, double fraction)
{
	Path *best = NULL;
	ListCell *lc;

	foreach (lc, paths)
		if (best == NULL || cost_to_fraction(lfirst(lc), fraction) < cost_to_fraction(best, fraction))
			best = lfirst(lc);
	return best;
}

static Path *
add_locks(PlannerInfo *root, Path *input)
{
	Path *path = path_new(T_LockRows, upper_rel(input->rel, input->rows), input);

	path->tlist = input->tlist;
	path->u.lockrows.row_marks = root->row_marks;
	path->u.lockrows.epq_param = plan_exec_param(root, InvalidOid);
	path->total_cost += cpu_tuple_cost * input->rows;
	return path;
}

static bool
limit_is_needed(Query *parse)
{
	if (parse->limitCount && !(IsA(parse->limitCount, Const) && ((Const *) parse->limitCount)->constisnull))
		return true;
	if (parse->limitOffset == NULL)
		return false;
	return !(IsA(parse->limitOffset, Const) && (((Const *) parse->limitOffset)->constisnull ||
												DatumGetInt64(((Const *) parse->limitOffset)->constvalue) == 0));
}

static Path *
add_limit(PlannerInfo *root, Path *input)
{
	Query *parse = root->parse;
	Path *path = path_new(T_Limit, upper_rel(input->rel, input->rows), input);
	double count = input->rows;

	path->tlist = input->tlist;
	path->u.limit.offset = parse->limitOffset;
	path->u.limit.count = parse->limitCount;
	path->u.limit.option = parse->limitOption;
	if (parse->limitCount && IsA(parse->limitCount, Const) && !((Const *) parse->limitCount)->constisnull)
		count = (double) DatumGetInt64(((Const *) parse->limitCount)->constvalue);
	else if (parse->limitCount)
		count = input->rows * 0.1;
	path->rows = clamp_row_est(Min(count, input->rows));
	if (input->rows > 0)
		path->total_cost = input->startup_cost +
						   (input->total_cost - input->startup_cost) * Min(1.0, path->rows / input->rows);
	return path;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------------------------- */
/* The join result's alternatives worth carrying on: cheapest, quickest to start, and those in a wanted order. */
static List *
join_candidates(PlannerInfo *root, PlanRel *joined)
{
	List *result = list_make1(joined->cheapest_total);
	Path *fractional = path_cheapest_for_fraction(joined, root->tuple_fraction, joined->rows);
	ListCell *lc;

	if (fractional != joined->cheapest_total)
		result = lappend(result, fractional);
	foreach (lc, joined->paths)
	{
		Path *path = lfirst(lc);

		if (bms_is_empty(path->required_outer) && path->pathkeys != NIL)
			result = list_append_unique_ptr(result, path);
	}
	return result;
}

static Path *
gate(PlannerInfo *root, Path *input)
{
	Path *path;

	if (root->gating_quals == NIL)
		return input;
	path = path_new(T_Result, input->rel, input);
	path->tlist = input->tlist;
	path->u.result.constant_qual = (Node *) root->gating_quals;
	return path;
}

static List *
gate_all(PlannerInfo *root, List *paths)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, paths)
		result = lappend(result, gate(root, lfirst(lc)));
	return result;
}

static List *
project_all(List *paths, List *tlist)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, paths)
		result = lappend(result, apply_tlist(lfirst(lc), tlist));
	return result;
}

/* Set-returning output columns wait until after the sort, unless the sort is by them. */
static bool
srfs_after_sort(PlannerInfo *root)
{
	Query *parse = root->parse;
	ListCell *lc;

	if (parse->distinctClause || parse->sortClause == NIL)
		return false;
	foreach (lc, root->processed_tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (ref_in_clauses(tle->ressortgroupref, parse->sortClause) && expression_returns_set((Node *) tle->expr))
			return false;
	}
	return true;
}

Path *
plan_upper(PlannerInfo *root, PlanRel *joined)
{
	Query *parse = root->parse;
	bool has_srfs = expression_returns_set((Node *) root->processed_tlist);
	bool late_srfs = has_srfs && srfs_after_sort(root);
	List *before_srfs = has_srfs ? window_input_tlist(root) : root->processed_tlist;
	List *before_windows = parse->hasWindowFuncs ? window_input_tlist(root) : before_srfs;
	List *paths;
	ListCell *lc;
	Path *path;

	if (has_srfs && parse->hasWindowFuncs)
	{
		List *functions = NIL;

		collect_window_funcs_walker((Node *) root->processed_tlist, &functions);
		before_srfs = add_columns(list_copy(before_srfs), functions);
	}
	if (joined == NULL)
		paths = list_make1(plan_setops(root));
	else
	{
		paths = gate_all(root, join_candidates(root, joined));
		if (needs_grouping(parse))
			paths = add_grouping(root, paths, before_windows);
		else
			paths = project_all(paths, before_windows);
		if (parse->hasWindowFuncs)
			paths = add_windows(root, paths, before_windows, before_srfs);
	}
	if (has_srfs && !late_srfs)
		foreach (lc, paths)
			lfirst(lc) = add_srfs(root, lfirst(lc), root->processed_tlist);
	if (parse->distinctClause)
		paths = add_distinct(root, paths);
	if (root->sort_pathkeys)
		paths = add_order(root, paths);
	path = cheapest_of(paths, root->tuple_fraction);
	if (late_srfs)
		path = add_srfs(root, path, root->processed_tlist);
	if (parse->rowMarks)
		path = add_locks(root, path);
	if (limit_is_needed(parse))
		path = add_limit(root, path);
	return path;
}
