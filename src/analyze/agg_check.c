/*
 * agg_check.c
 *    Grouped queries: what is outside of aggregates must be a grouping expression, or depend on one.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "analyze/analyze_internal.h"
#include "catalog/dependency.h"
#include "catalog/pg_constraint.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_agg.h"
#include "parser/parse_relation.h"
#include "storage/lockdefs.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

typedef struct GroupCheck
{
	ParseState *pstate;
	Query *query;
	List *group_exprs;		/* TargetEntry of each grouping column, join aliases flattened */
	List *common_vars;		/* Vars that all grouping sets contain */
	bool only_vars;			/* all grouping expressions are plain columns */
	int depth;				/* query levels below the grouped one */
	bool in_direct_args;
	List *dependent_rels;	/* range-table indexes known to depend on the grouping */
} GroupCheck;

/* ---- grouping sets as lists of references ---- */
/* All sets that one (possibly nested) grouping set stands for. An empty set is NIL. */
static List *
expand_set(GroupingSet *set)
{
	List *result = NIL;
	int count = list_length(set->content);

	switch (set->kind)
	{
		case GROUPING_SET_EMPTY:
			return list_make1(NIL);
		case GROUPING_SET_SIMPLE:
			return list_make1(set->content);
		case GROUPING_SET_ROLLUP:
			for (int prefix = count; prefix >= 0; prefix--)
			{
				List *refs = NIL;

				for (int i = 0; i < prefix; i++)
					refs = list_concat(refs, ((GroupingSet *) list_nth(set->content, i))->content);
				result = lappend(result, refs);
			}
			return result;
		case GROUPING_SET_CUBE:
			for (uint32 bits = 0; bits < (1u << count); bits++)
			{
				List *refs = NIL;

				for (int i = 0; i < count; i++)
					if (bits & (1u << i))
						refs = list_concat(refs, ((GroupingSet *) list_nth(set->content, i))->content);
				result = lappend(result, refs);
			}
			return result;
		case GROUPING_SET_SETS:
			for (int i = 0; i < count; i++)
				result = list_concat(result, expand_set(list_nth(set->content, i)));
			return result;
	}
	return NIL;
}

static int
compare_set_length(const ListCell *a, const ListCell *b)
{
	return list_length(lfirst(a)) - list_length(lfirst(b));
}

static int
compare_set_content(const ListCell *a, const ListCell *b)
{
	const List *la = lfirst(a);
	const List *lb = lfirst(b);

	if (list_length(la) != list_length(lb))
		return list_length(la) - list_length(lb);
	for (int i = 0; i < list_length(la); i++)
		if (list_nth_int(la, i) != list_nth_int(lb, i))
			return list_nth_int(la, i) < list_nth_int(lb, i) ? -1 : 1;
	return 0;
}

/* -1 for limit: no limit. The limit guards against exponential growth. */
List *
expand_grouping_sets(List *groupingSets, bool groupDistinct, int limit)
{
	List *result = list_make1(NIL);
	ListCell *lc;

	if (groupingSets == NIL)
		return NIL;
	foreach (lc, groupingSets)
	{
		List *sets = expand_set(lfirst(lc));
		List *product = NIL;
		ListCell *lc2;
		ListCell *lc3;

		if (limit >= 0 && (double) list_length(result) * list_length(sets) > limit)
			return NIL;
		foreach (lc2, result)
			foreach (lc3, sets)
			{
				List *merged = list_copy(lfirst(lc2));
				ListCell *lc4;

				foreach (lc4, (List *) lfirst(lc3))
					if (!list_member_int(merged, lfirst_int(lc4)))
						merged = lappend_int(merged, lfirst_int(lc4));
				product = lappend(product, merged);
			}
		result = product;
	}
	if (groupDistinct)
	{
		List *unique = NIL;

		foreach (lc, result)
			if (lfirst(lc))
				list_sort(lfirst(lc), list_int_cmp);
		list_sort(result, compare_set_content);
		foreach (lc, result)
			if (unique == NIL || !equal(llast(unique), lfirst(lc)))
				unique = lappend(unique, lfirst(lc));
		result = unique;
	}
	else
		list_sort(result, compare_set_length);
	return result;
}

/* ---- the check ---- */
static bool
is_grouping_expr(GroupCheck *check, Node *node)
{
	ListCell *lc;

	foreach (lc, check->group_exprs)
		if (equal(node, lfirst_node(TargetEntry, lc)->expr))
			return true;
	return false;
}

static bool
is_grouping_var(GroupCheck *check, Var *var)
{
	ListCell *lc;

	foreach (lc, check->group_exprs)
	{
		Var *group = (Var *) lfirst_node(TargetEntry, lc)->expr;

		if (IsA(group, Var) && group->varno == var->varno && group->varattno == var->varattno &&
			group->varlevelsup == 0)
			return true;
	}
	return false;
}

static void
check_var(GroupCheck *check, Var *var)
{
	RangeTblEntry *rte;
	char *attname;

	if ((int) var->varlevelsup != check->depth)
		return;
	if (is_grouping_var(check, var))
		return;
	rte = rt_fetch(var->varno, check->query->rtable);
	if (rte->rtekind == RTE_RELATION)
	{
		if (list_member_int(check->dependent_rels, var->varno))
			return;
		/* Grouped by its whole primary key? Then the query depends on that constraint. */
		if (check_functional_grouping(rte->relid, var->varno, 0, check->common_vars, &check->query->constraintDeps))
		{
			check->dependent_rels = lappend_int(check->dependent_rels, var->varno);
			return;
		}
	}
	attname = get_rte_attribute_name(rte, var->varattno);
	if (check->depth == 0)
		ereport(ERROR,
				errcode(ERRCODE_GROUPING_ERROR),
				errmsg("column \"%s.%s\" must appear in the GROUP BY clause or be used in an aggregate function",
					   rte->eref->aliasname, attname),
				check->in_direct_args
					? errdetail("Direct arguments of an ordered-set aggregate must use only grouped columns.")
					: 0,
				parser_errposition(check->pstate, var->location));
	ereport(ERROR,
			errcode(ERRCODE_GROUPING_ERROR),
			errmsg("subquery uses ungrouped column \"%s.%s\" from outer query", rte->eref->aliasname, attname),
			parser_errposition(check->pstate, var->location));
}

static bool
ungrouped_walker(Node *node, GroupCheck *check)
{
	if (node == NULL)
		return false;
	if (IsA(node, Const) || IsA(node, Param))
		return false;
	if (IsA(node, Aggref))
	{
		Aggref *agg = (Aggref *) node;

		if ((int) agg->agglevelsup == check->depth)
		{
			bool result;

			check->in_direct_args = true;
			result = expression_tree_walker((Node *) agg->aggdirectargs, ungrouped_walker, check);
			check->in_direct_args = false;
			return result;
		}
		if ((int) agg->agglevelsup > check->depth)
			return false;
	}
	if (IsA(node, GroupingFunc) && (int) ((GroupingFunc *) node)->agglevelsup >= check->depth)
		return false;
	if (!check->only_vars && check->depth == 0 && is_grouping_expr(check, node))
		return false;
	if (IsA(node, Var))
	{
		check_var(check, (Var *) node);
		return false;
	}
	if (IsA(node, Query))
	{
		bool result;

		check->depth++;
		result = query_tree_walker((Query *) node, ungrouped_walker, check, 0);
		check->depth--;
		return result;
	}
	return expression_tree_walker(node, ungrouped_walker, check);
}

/* GROUPING's arguments must be grouping expressions; refs remembers which. */
static void
resolve_grouping(GroupCheck *check, GroupingFunc *grp, bool has_joins)
{
	List *refs = NIL;
	ListCell *lc;

	foreach (lc, grp->args)
	{
		Node *arg = lfirst(lc);
		Index ref = 0;
		ListCell *lc2;

		if (has_joins && check->depth == 0)
			arg = flatten_join_alias_vars(check->query, arg);
		foreach (lc2, check->group_exprs)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lc2);
			Var *var = (Var *) arg;
			Var *group = (Var *) tle->expr;

			if (IsA(arg, Var) && IsA(group, Var)
					? (int) var->varlevelsup == check->depth && var->varno == group->varno &&
						  var->varattno == group->varattno
					: check->depth == 0 && equal(arg, tle->expr))
			{
				ref = tle->ressortgroupref;
				break;
			}
		}
		if (ref == 0)
			ereport(ERROR,
					errcode(ERRCODE_GROUPING_ERROR),
					errmsg("arguments to GROUPING must be grouping expressions of the associated query level"),
					parser_errposition(check->pstate, exprLocation(lfirst(lc))));
		refs = lappend_int(refs, ref);
	}
	grp->refs = refs;
}

static bool
resolve_grouping_walker(Node *node, GroupCheck *check)
{
	if (node == NULL)
		return false;
	if (IsA(node, GroupingFunc) && (int) ((GroupingFunc *) node)->agglevelsup == check->depth)
	{
		resolve_grouping(check, (GroupingFunc *) node, true);
		return false;
	}
	if (IsA(node, Query))
	{
		bool result;

		check->depth++;
		result = query_tree_walker((Query *) node, resolve_grouping_walker, check, 0);
		check->depth--;
		return result;
	}
	return expression_tree_walker(node, resolve_grouping_walker, check);
}

/* ---- set-up ---- */
static List *
refs_in_all_sets(Query *qry, List *gsets)
{
	List *common = NIL;
	ListCell *lc;

	if (gsets == NIL)
	{
		foreach (lc, qry->groupClause)
			common = lappend_int(common, lfirst_node(SortGroupClause, lc)->tleSortGroupRef);
		return common;
	}
	common = list_copy(linitial(gsets));
	foreach (lc, gsets)
		common = list_intersection_int(common, lfirst(lc));
	return common;
}

static bool
has_rte(Query *qry, bool (*test)(RangeTblEntry *))
{
	ListCell *lc;

	foreach (lc, qry->rtable)
		if (test(lfirst_node(RangeTblEntry, lc)))
			return true;
	return false;
}

static bool is_join(RangeTblEntry *rte) { return rte->rtekind == RTE_JOIN; }
static bool is_self_reference(RangeTblEntry *rte) { return rte->rtekind == RTE_CTE && rte->self_reference; }

static void
collect_group_exprs(GroupCheck *check, Query *qry, List *common_refs, bool has_joins)
{
	ListCell *lc;

	check->only_vars = true;
	foreach (lc, qry->groupClause)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		ListCell *lc2;

		foreach (lc2, qry->targetList)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lc2);

			if (tle->ressortgroupref != clause->tleSortGroupRef)
				continue;
			tle = flatCopyTargetEntry(tle);
			if (has_joins)
				tle->expr = (Expr *) flatten_join_alias_vars(qry, (Node *) tle->expr);
			check->group_exprs = lappend(check->group_exprs, tle);
			if (!IsA(tle->expr, Var))
				check->only_vars = false;
			else if (list_member_int(common_refs, tle->ressortgroupref))
				check->common_vars = lappend(check->common_vars, tle->expr);
			break;
		}
	}
}

void
parseCheckAggregates(ParseState *pstate, Query *qry)
{
	GroupCheck check = {.pstate = pstate, .query = qry};
	List *gsets = NIL;
	bool has_joins = has_rte(qry, is_join);
	Node *clause;

	Assert(pstate->p_hasAggs || qry->groupClause || qry->havingQual || qry->groupingSets);
	if (qry->groupingSets)
	{
		gsets = expand_grouping_sets(qry->groupingSets, qry->groupDistinct, 4096);
		if (gsets == NIL)
			ereport(ERROR,
					errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
					errmsg("too many grouping sets present (maximum 4096)"),
					parser_errposition(pstate, qry->groupClause ? exprLocation((Node *) qry->groupClause)
																: exprLocation((Node *) qry->groupingSets)));
		/* A single set that is not empty is plain GROUP BY. */
		if (list_length(gsets) == 1 && qry->groupClause && linitial(gsets) != NIL &&
			list_length(linitial(gsets)) == list_length(qry->groupClause))
			qry->groupingSets = NIL;
	}
	collect_group_exprs(&check, qry, refs_in_all_sets(qry, gsets), has_joins);

	resolve_grouping_walker((Node *) qry->targetList, &check);
	clause = (Node *) qry->targetList;
	if (has_joins)
		clause = flatten_join_alias_vars(qry, clause);
	ungrouped_walker(clause, &check);
	if (qry->havingQual)
	{
		resolve_grouping_walker(qry->havingQual, &check);
		clause = has_joins ? flatten_join_alias_vars(qry, qry->havingQual) : qry->havingQual;
		ungrouped_walker(clause, &check);
	}
	if (pstate->p_hasAggs && has_rte(qry, is_self_reference))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_RECURSION),
				errmsg("aggregate functions are not allowed in a recursive query's recursive term"),
				parser_errposition(pstate, location_of_agg_of_level((Node *) qry, 0)));
}
