/*
 * scanpaths.c
 *    Ways to read one base relation.
 */
#include "postgres.h"

#include <math.h>

#include "access/sysattr.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

/* Join conditions that can be checked at rel once the relations of required_outer are given. */
static List *
movable_join_quals(PlanRel *rel, Relids required_outer)
{
	Relids available = bms_union(rel->relids, required_outer);
	List *result = NIL;
	ListCell *lc;

	foreach (lc, rel->join_quals)
		if (bms_is_subset(((Qual *) lfirst(lc))->clause_relids, available))
			result = lappend(result, lfirst(lc));
	return result;
}

/* Rows of one scan when the given outer relations supply parameters. */
double
base_scan_rows(PlannerInfo *root, PlanRel *rel, Relids required_outer)
{
	double rows = rel->rows;
	List *seen_classes = NIL;
	ListCell *lc;

	if (bms_is_empty(required_outer) || bms_is_subset(required_outer, rel->lateral_relids))
		return rows;
	foreach (lc, movable_join_quals(rel, required_outer))
	{
		Qual *qual = lfirst(lc);

		if (qual->ec && list_member_ptr(seen_classes, qual->ec))
			continue;
		if (qual->ec)
			seen_classes = lappend(seen_classes, qual->ec);
		rows *= qual_selectivity(root, qual, JOIN_INNER);
	}
	return clamp_row_est(rows);
}

static Path *
simple_scan(PlanRel *rel, NodeTag node)
{
	Path *path = path_new(node, rel, NULL);

	path->rows = rel->rows;
	path->quals = rel->quals;
	path->required_outer = bms_copy(rel->lateral_relids);
	return path;
}

static void
set_base_size(PlannerInfo *root, PlanRel *rel)
{
	rel->rows = clamp_row_est(rel->tuples * quals_selectivity(root, rel->quals, JOIN_INNER));
}

/* Rows of all tables, so that paths of one can be costed by the rows of another. */
void
estimate_base_sizes(PlannerInfo *root)
{
	int rti = -1;

	while ((rti = bms_next_member(root->all_baserels, rti)) >= 0)
	{
		PlanRel *rel = root->rels[rti];
		ListCell *lc;

		if (rel->rte->rtekind != RTE_RELATION)
			continue;
		foreach (lc, rel->indexes)
		{
			PlanIndex *index = lfirst(lc);

			index->predicate_ok =
				index->predicate == NIL || predicate_implied_by(index->predicate, qual_clauses(rel->quals), false);
		}
		set_base_size(root, rel);
	}
}

/* ---- tables ------------------------------------------------------------------------------------------------------------ */
static bool
is_ctid_var(Node *node, Index rti)
{
	return IsA(node, Var) && ((Var *) node)->varno == (int) rti &&
		   ((Var *) node)->varattno == SelfItemPointerAttributeNumber && ((Var *) node)->varlevelsup == 0;
}

/* CTID = value, CTID = ANY (array) or WHERE CURRENT OF. NULL: not such a condition. */
static Node *
tid_condition(PlanRel *rel, Node *clause)
{
	if (IsA(clause, CurrentOfExpr))
		return clause;
	if (IsA(clause, OpExpr) && ((OpExpr *) clause)->opno == TIDEqualOperator)
	{
		Node *left = linitial(((OpExpr *) clause)->args);
		Node *right = lsecond(((OpExpr *) clause)->args);

		if ((is_ctid_var(left, rel->rti) && is_pseudo_constant_clause(right)) ||
			(is_ctid_var(right, rel->rti) && is_pseudo_constant_clause(left)))
			return clause;
	}
	if (IsA(clause, ScalarArrayOpExpr) && ((ScalarArrayOpExpr *) clause)->opno == TIDEqualOperator &&
		((ScalarArrayOpExpr *) clause)->useOr && is_ctid_var(linitial(((ScalarArrayOpExpr *) clause)->args), rel->rti) &&
		is_pseudo_constant_clause(lsecond(((ScalarArrayOpExpr *) clause)->args)))
		return clause;
	return NULL;
}

static void
make_tid_path(PlannerInfo *root, PlanRel *rel)
{
	ListCell *lc;

	foreach (lc, rel->quals)
	{
		Qual *qual = lfirst(lc);
		Node *condition = tid_condition(rel, (Node *) qual->clause);
		Path *path;

		if (condition == NULL)
			continue;
		path = simple_scan(rel, T_TidScan);
		path->u.tid.tidquals = list_make1(condition);
		path->quals = list_delete_ptr(list_copy(rel->quals), qual);
		path->rows = IsA(condition, ScalarArrayOpExpr) ? Min(10.0, Max(rel->tuples, 1.0)) : 1.0;
		path->startup_cost = 0;
		path->total_cost = path->rows * (random_page_cost + cpu_tuple_cost);
		if (!enable_tidscan && !IsA(condition, CurrentOfExpr))
			path->total_cost += 1.0e10;
		if (IsA(condition, CurrentOfExpr))
		{
			/* Nothing else can evaluate it. */
			rel->paths = list_make1(path);
			return;
		}
		rel_add_path(rel, path);
	}
}

static void
make_table_paths(PlannerInfo *root, PlanRel *rel)
{
	Path *path = simple_scan(rel, T_SeqScan);

	cost_seqscan(root, path);
	rel_add_path(rel, path);
	make_index_paths(root, rel);
	make_tid_path(root, rel);
}

/* ---- sub-queries ------------------------------------------------------------------------------------------------------- */
/* May the condition be checked inside the sub-query, on rows that its output is made of? */
static bool
qual_is_pushable(PlannerInfo *root, PlanRel *rel, Query *subquery, Qual *qual)
{
	ListCell *lc;

	if (contain_volatile_functions((Node *) qual->clause) || contain_subplans((Node *) qual->clause))
		return false;
	foreach (lc, pull_var_clause((Node *) qual->clause, 0))
	{
		Var *var = lfirst_node(Var, lc);
		TargetEntry *tle;

		if (var->varattno <= 0)
			return false;
		tle = list_nth_node(TargetEntry, subquery->targetList, var->varattno - 1);
		if (tle->resjunk || contain_volatile_functions((Node *) tle->expr) ||
			expression_returns_set((Node *) tle->expr) || contain_subplans((Node *) tle->expr))
			return false;
		if (subquery->hasWindowFuncs)
		{
			/* Only columns that every window partitions by leave all windows whole. */
			ListCell *lw;

			foreach (lw, subquery->windowClause)
			{
				bool found = false;
				ListCell *lp;

				foreach (lp, lfirst_node(WindowClause, lw)->partitionClause)
					if (tle->ressortgroupref != 0 &&
						lfirst_node(SortGroupClause, lp)->tleSortGroupRef == tle->ressortgroupref)
						found = true;
				if (!found)
					return false;
			}
		}
		if (subquery->hasDistinctOn)
		{
			bool found = false;
			ListCell *ld;

			foreach (ld, subquery->distinctClause)
				if (lfirst_node(SortGroupClause, ld)->tleSortGroupRef == tle->ressortgroupref)
					found = true;
			if (!found)
				return false;
		}
	}
	return true;
}

typedef struct PushArg
{
	Index rti;
	List *tlist;
} PushArg;

static Node *
push_vars_mutator(Node *node, void *context)
{
	PushArg *push = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && ((Var *) node)->varno == (int) push->rti && ((Var *) node)->varlevelsup == 0)
		return copyObject(
			(Node *) list_nth_node(TargetEntry, push->tlist, ((Var *) node)->varattno - 1)->expr);
	return expression_tree_mutator(node, push_vars_mutator, context);
}

static void
push_qual(PlanRel *rel, Query *subquery, Qual *qual)
{
	PushArg push = {rel->rti, subquery->targetList};
	Node *clause = push_vars_mutator((Node *) qual->clause, &push);

	if (subquery->hasAggs || subquery->groupClause || subquery->groupingSets || subquery->havingQual)
		subquery->havingQual = (Node *) make_and_qual(subquery->havingQual, clause);
	else
		subquery->jointree->quals = make_and_qual(subquery->jointree->quals, clause);
}

/*
 * Conditions on a sub-query's output go inside where that changes nothing: not below LIMIT, DISTINCT ON columns other
 * than its own, set operations, or grouping sets.
 */
static void
push_down_quals(PlannerInfo *root, PlanRel *rel, Query *subquery)
{
	List *stay = NIL;
	ListCell *lc;

	if (subquery->limitOffset || subquery->limitCount || subquery->setOperations || subquery->groupingSets ||
		rel->rte->security_barrier || subquery->hasTargetSRFs)
		return;
	foreach (lc, rel->quals)
	{
		Qual *qual = lfirst(lc);

		if (qual_is_pushable(root, rel, subquery, qual))
			push_qual(rel, subquery, qual);
		else
			stay = lappend(stay, qual);
	}
	rel->quals = stay;
}

static void
make_subquery_paths(PlannerInfo *root, PlanRel *rel)
{
	Query *subquery = copyObject(rel->rte->subquery);
	Path *path;
	bool only_this = bms_membership(root->all_baserels) == BMS_SINGLETON && !root->parse->hasAggs &&
					 root->parse->groupClause == NIL && root->parse->sortClause == NIL &&
					 root->parse->distinctClause == NIL && root->parse->windowClause == NIL;

	push_down_quals(root, rel, subquery);
	rel->subroot = plan_query(root->glob, subquery, root, false, only_this ? root->tuple_fraction : 0.0);
	rel->subplan_params = root->plan_params;
	root->plan_params = NIL;
	rel->tuples = clamp_row_est(rel->subroot->final_path->rows);
	set_base_size(root, rel);
	path = simple_scan(rel, T_SubqueryScan);
	path->outer = rel->subroot->final_path;
	path->u.subquery.root = rel->subroot;
	{
		Cost startup, per_tuple;

		cost_quals(root, rel->quals, &startup, &per_tuple);
		path->startup_cost = path->outer->startup_cost + startup;
		path->total_cost = path->outer->total_cost + startup + (cpu_tuple_cost * 0.1 + per_tuple) * rel->tuples;
	}
	/* The sub-query's order, where its keys are plain output columns here. */
	path->pathkeys = NIL;
	{
		ListCell *lc;

		foreach (lc, subquery->sortClause)
		{
			SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
			TargetEntry *tle = get_sortgroupref_tle(clause->tleSortGroupRef, rel->subroot->processed_tlist);
			Oid opfamily, opcintype;
			int16 strategy;
			PathKey *key;
			Var *var;

			if (tle->resjunk || !get_ordering_op_properties(clause->sortop, &opfamily, &opcintype, &strategy))
				break;
			var = makeVarFromTargetEntry(rel->rti, tle);
			key = pathkey_make(root, (Expr *) var, opfamily, opcintype, var->varcollid, strategy, clause->nulls_first, false);
			if (key == NULL)
				break;
			if (!pathkey_is_redundant(key, path->pathkeys))
				path->pathkeys = lappend(path->pathkeys, key);
		}
	}
	rel_add_path(rel, path);
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------ */
static void
finish_scan(PlannerInfo *root, PlanRel *rel, Path *path, Cost startup, Cost per_tuple)
{
	Cost qual_startup, qual_per_tuple;

	cost_quals(root, rel->quals, &qual_startup, &qual_per_tuple);
	path->startup_cost = startup + qual_startup;
	path->total_cost = path->startup_cost + (cpu_tuple_cost + per_tuple + qual_per_tuple) * rel->tuples;
	rel_add_path(rel, path);
}

static void
make_function_path(PlannerInfo *root, PlanRel *rel)
{
	Cost startup, per_tuple;
	double rows = 0;
	ListCell *lc;

	foreach (lc, rel->rte->functions)
	{
		RangeTblFunction *function = lfirst_node(RangeTblFunction, lc);

		rows = Max(rows, expression_returns_set_rows(root, function->funcexpr));
	}
	rel->tuples = clamp_row_est(rows);
	set_base_size(root, rel);
	cost_expression(root, (Node *) rel->rte->functions, &startup, &per_tuple);
	/* The functions run once, before the first row. */
	finish_scan(root, rel, simple_scan(rel, T_FunctionScan), startup + per_tuple, 0);
}

static void
make_values_path(PlannerInfo *root, PlanRel *rel)
{
	rel->tuples = list_length(rel->rte->values_lists);
	set_base_size(root, rel);
	finish_scan(root, rel, simple_scan(rel, T_ValuesScan), 0, cpu_operator_cost);
}

static PlannerInfo *
ancestor(PlannerInfo *root, Index levelsup)
{
	while (levelsup-- > 0 && root)
		root = root->parent;
	if (root == NULL)
		elog(ERROR, "WITH query of a level that does not exist");
	return root;
}

static void
make_worktable_path(PlannerInfo *root, PlanRel *rel)
{
	PlannerInfo *cte_root = ancestor(root, rel->rte->ctelevelsup - 1);
	Path *path;

	if (cte_root->non_recursive_path == NULL)
		elog(ERROR, "recursive reference outside of a recursive term");
	rel->tuples = clamp_row_est(10.0 * cte_root->non_recursive_path->rows);
	set_base_size(root, rel);
	path = simple_scan(rel, T_WorkTableScan);
	path->u.recursive.wt_param = cte_root->wt_param_id;
	finish_scan(root, rel, path, 0, 0);
}

static void
make_cte_path(PlannerInfo *root, PlanRel *rel)
{
	PlannerInfo *owner = ancestor(root, rel->rte->ctelevelsup);
	Path *path;
	int index = 0;
	int plan_id;
	Plan *plan;
	ListCell *lc;

	foreach (lc, owner->parse->cteList)
	{
		if (strcmp(lfirst_node(CommonTableExpr, lc)->ctename, rel->rte->ctename) == 0)
			break;
		index++;
	}
	if (lc == NULL || index >= list_length(owner->cte_plan_ids))
		elog(ERROR, "could not find CTE \"%s\"", rel->rte->ctename);
	plan_id = list_nth_int(owner->cte_plan_ids, index);
	if (plan_id <= 0)
		elog(ERROR, "no plan was made for CTE \"%s\"", rel->rte->ctename);
	plan = list_nth(root->glob->subplans, plan_id - 1);
	rel->tuples = clamp_row_est(plan->plan_rows);
	set_base_size(root, rel);
	path = simple_scan(rel, T_CteScan);
	path->u.cte.cte_plan_id = plan_id;
	foreach (lc, owner->init_plans)
		if (lfirst_node(SubPlan, lc)->plan_id == plan_id)
			path->u.cte.cte_param = linitial_int(lfirst_node(SubPlan, lc)->setParam);
	finish_scan(root, rel, path, 0, 0);
}

static void
make_empty_path(PlannerInfo *root, PlanRel *rel)
{
	Path *path = path_new(T_Result, rel, NULL);

	rel->rows = 1;
	path->rows = 0;
	path->u.result.constant_qual = (Node *) list_make1(makeBoolConst(false, false));
	path->required_outer = bms_copy(rel->lateral_relids);
	rel_add_path(rel, path);
}

void
make_scan_paths(PlannerInfo *root, PlanRel *rel)
{
	if (rel->proven_empty)
	{
		make_empty_path(root, rel);
		rel_set_cheapest(rel);
		return;
	}
	switch (rel->rte->rtekind)
	{
		case RTE_RELATION:
			make_table_paths(root, rel);
			break;
		case RTE_SUBQUERY:
			make_subquery_paths(root, rel);
			break;
		case RTE_FUNCTION:
			make_function_path(root, rel);
			break;
		case RTE_VALUES:
			make_values_path(root, rel);
			break;
		case RTE_CTE:
			if (rel->rte->self_reference)
				make_worktable_path(root, rel);
			else
				make_cte_path(root, rel);
			break;
		default:
			elog(ERROR, "unexpected kind of range-table entry: %d", (int) rel->rte->rtekind);
	}
	rel_set_cheapest(rel);
}
