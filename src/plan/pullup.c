/*
 * pullup.c
 *    Rewriting the join tree before anything is costed: WITH queries inlined, EXISTS and IN turned into semi-joins,
 *    sub-queries in FROM merged into their parent, outer joins turned into inner ones where a condition above allows it.
 *
 * Every step keeps the query's meaning exactly; where a step would need a value computed below an outer join and
 * nulled by it, it is not taken.
 */
#include "postgres.h"

#include "catalog/pg_operator.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"

/* ---- WITH ------------------------------------------------------------------------------------------------------------- */
typedef struct CteUse
{
	const char *name;
	int depth;
	Query *replacement; /* NULL: only count */
	int uses;
} CteUse;

static bool
cte_use_walker(Node *node, void *context)
{
	CteUse *use = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		bool found;

		use->depth++;
		found = query_tree_walker((Query *) node, cte_use_walker, use, QTW_EXAMINE_RTES_BEFORE);
		use->depth--;
		return found;
	}
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *rte = (RangeTblEntry *) node;

		if (rte->rtekind == RTE_CTE && (int) rte->ctelevelsup == use->depth && strcmp(rte->ctename, use->name) == 0)
		{
			use->uses++;
			if (use->replacement)
			{
				Query *query = copyObject(use->replacement);

				if (use->depth > 0)
					IncrementVarSublevelsUp((Node *) query, use->depth, 1);
				rte->rtekind = RTE_SUBQUERY;
				rte->subquery = query;
				rte->security_barrier = false;
				rte->ctename = NULL;
				rte->ctelevelsup = 0;
				rte->self_reference = false;
				rte->coltypes = NIL;
				rte->coltypmods = NIL;
				rte->colcollations = NIL;
			}
		}
		return false;
	}
	return expression_tree_walker(node, cte_use_walker, context);
}

static int
cte_visit(Query *parse, const char *name, Query *replacement)
{
	CteUse use = {name, 0, replacement, 0};

	query_tree_walker(parse, cte_use_walker, &use, QTW_EXAMINE_RTES_BEFORE);
	return use.uses;
}

static bool
cte_may_inline(CommonTableExpr *cte, int uses)
{
	Query *query = (Query *) cte->ctequery;

	if (cte->cterecursive || query->commandType != CMD_SELECT || query->hasForUpdate || query->rowMarks ||
		cte->ctematerialized == CTEMaterializeAlways)
		return false;
	if (uses > 1 && cte->ctematerialized != CTEMaterializeNever)
		return false;
	return !contain_volatile_functions((Node *) query);
}

/* Inlined WITH queries get plan id -1; plan_ctes() plans the rest. */
void
inline_ctes(PlannerInfo *root)
{
	ListCell *lc;

	foreach (lc, root->parse->cteList)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);
		int uses = cte_visit(root->parse, cte->ctename, NULL);
		bool inlined = uses > 0 && cte_may_inline(cte, uses);

		if (inlined)
			cte_visit(root->parse, cte->ctename, (Query *) cte->ctequery);
		/* 0 says "to be planned". An unread SELECT is not run at all. */
		root->cte_plan_ids = lappend_int(
			root->cte_plan_ids, inlined || (uses == 0 && ((Query *) cte->ctequery)->commandType == CMD_SELECT) ? -1 : 0);
	}
}

/* ---- EXISTS and IN to semi-joins ------------------------------------------------------------------------------------------ */
static int
append_rte(PlannerInfo *root, Query *subquery, const char *alias_name)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	Alias *alias = makeAlias(alias_name, NIL);
	ListCell *lc;

	foreach (lc, subquery->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			alias->colnames = lappend(alias->colnames, makeString(pstrdup(tle->resname ? tle->resname : "?column?")));
	}
	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = subquery;
	rte->alias = makeAlias(alias_name, NIL);
	rte->eref = alias;
	rte->lateral = contain_vars_of_level((Node *) subquery, 1);
	rte->inFromCl = false;
	if (rte->lateral)
		root->has_lateral = true;
	root->parse->rtable = lappend(root->parse->rtable, rte);
	return list_length(root->parse->rtable);
}

/* Params of a SubLink's testexpr stand for the sub-query's columns: make them Vars of the new range-table entry. */
typedef struct SublinkVars
{
	int rtindex;
	int sublevels;
} SublinkVars;

static Node *
sublink_params_mutator(Node *node, void *context)
{
	SublinkVars *vars = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_SUBLINK)
	{
		Param *param = (Param *) node;

		return (Node *) makeVar(vars->rtindex, param->paramid, param->paramtype, param->paramtypmod, param->paramcollid,
								0);
	}
	if (IsA(node, SubLink))
		return copyObject(node); /* its Params are its own */
	return expression_tree_mutator(node, sublink_params_mutator, context);
}

static JoinExpr *
semi_join(JoinType jointype, Node *rarg, Node *quals)
{
	JoinExpr *join = makeNode(JoinExpr);

	join->jointype = jointype;
	join->rarg = rarg;
	join->quals = quals;
	return join;
}

static Node *
range_table_ref(int rtindex)
{
	RangeTblRef *ref = makeNode(RangeTblRef);

	ref->rtindex = rtindex;
	return (Node *) ref;
}

/* x IN (SELECT ...): a semi-join when the left side has Vars of available relations and nothing is volatile. */
static JoinExpr *
convert_any_sublink(PlannerInfo *root, SubLink *sublink, Relids available)
{
	Query *subselect = (Query *) sublink->subselect;
	Relids left = pull_varnos(NULL, sublink->testexpr);
	SublinkVars vars;

	if (bms_is_empty(left) || !bms_is_subset(left, available) || contain_volatile_functions(sublink->testexpr) ||
		contain_vars_of_level((Node *) subselect, 1))
		return NULL;
	vars.rtindex = append_rte(root, subselect, "ANY_subquery");
	return semi_join(JOIN_SEMI, range_table_ref(vars.rtindex), sublink_params_mutator(sublink->testexpr, &vars));
}

/*
 * EXISTS over a plain join with a correlated WHERE: its relations join ours, its WHERE becomes the join condition.
 * The parts that stay inside (aggregation, LIMIT other than a positive constant, ...) forbid it.
 */
static bool
simplify_exists(Query *query)
{
	if (query->commandType != CMD_SELECT || query->setOperations || query->hasAggs || query->groupingSets ||
		query->hasWindowFuncs || query->hasTargetSRFs || query->hasModifyingCTE || query->havingQual ||
		query->limitOffset || query->rowMarks || query->cteList)
		return false;
	if (query->limitCount)
	{
		Node *count = eval_const_expressions(NULL, query->limitCount);

		if (!IsA(count, Const) ||
			(!((Const *) count)->constisnull && DatumGetInt64(((Const *) count)->constvalue) <= 0))
			return false;
		query->limitCount = NULL;
	}
	query->targetList = NIL;
	query->groupClause = NIL;
	query->windowClause = NIL;
	query->distinctClause = NIL;
	query->sortClause = NIL;
	query->hasDistinctOn = false;
	return true;
}

static JoinExpr *
convert_exists_sublink(PlannerInfo *root, SubLink *sublink, bool under_not, Relids available)
{
	Query *subselect = copyObject((Query *) sublink->subselect);
	Node *where;
	Relids upper;
	int offset;
	ListCell *lc;

	if (!simplify_exists(subselect) || subselect->jointree->fromlist == NIL)
		return NULL;
	where = subselect->jointree->quals;
	subselect->jointree->quals = NULL;
	/* Correlation only through WHERE, and WHERE must mention both sides. */
	if (contain_vars_of_level((Node *) subselect, 1) || !contain_vars_of_level(where, 1) ||
		!contain_vars_of_level(where, 0) || contain_volatile_functions(where))
		return NULL;
	upper = pull_varnos_of_level(NULL, where, 1);
	if (!bms_is_subset(upper, available))
		return NULL;
	offset = list_length(root->parse->rtable);
	OffsetVarNodes((Node *) subselect, offset, 0);
	OffsetVarNodes(where, offset, 0);
	IncrementVarSublevelsUp((Node *) subselect, -1, 1);
	IncrementVarSublevelsUp(where, -1, 1);
	root->parse->rtable = list_concat(root->parse->rtable, subselect->rtable);
	foreach (lc, subselect->rtable)
		if (lfirst_node(RangeTblEntry, lc)->lateral)
			root->has_lateral = true;
	root->parse->hasSubLinks |= subselect->hasSubLinks;
	return semi_join(under_not ? JOIN_ANTI : JOIN_SEMI,
					 list_length(subselect->jointree->fromlist) == 1 ? linitial(subselect->jointree->fromlist)
																	 : (Node *) subselect->jointree,
					 where);
}

/*
 * Looks at the conjuncts of a condition; a SubLink that becomes a join is put around *jtlink, and the condition
 * without it is returned. `available` are the relations *jtlink may refer to.
 */
static Node *
pull_up_sublinks_qual(PlannerInfo *root, Node *node, Node **jtlink, Relids available)
{
	JoinExpr *join = NULL;

	if (node == NULL)
		return NULL;
	if (IsA(node, SubLink))
	{
		SubLink *sublink = (SubLink *) node;

		if (sublink->subLinkType == ANY_SUBLINK)
			join = convert_any_sublink(root, sublink, available);
		else if (sublink->subLinkType == EXISTS_SUBLINK)
			join = convert_exists_sublink(root, sublink, false, available);
	}
	else if (is_notclause(node))
	{
		SubLink *sublink = (SubLink *) get_notclausearg((Expr *) node);

		if (IsA(sublink, SubLink) && sublink->subLinkType == EXISTS_SUBLINK)
			join = convert_exists_sublink(root, sublink, true, available);
	}
	else if (is_andclause(node))
	{
		List *rest = NIL;
		ListCell *lc;

		foreach (lc, ((BoolExpr *) node)->args)
		{
			Node *arg = pull_up_sublinks_qual(root, lfirst(lc), jtlink, available);

			if (arg)
				rest = lappend(rest, arg);
		}
		return rest == NIL ? NULL : (Node *) make_ands_explicit(rest);
	}
	if (join == NULL)
		return node;
	join->larg = *jtlink;
	*jtlink = (Node *) join;
	/* The new condition may hold further sub-queries over both sides' rows. */
	{
		Relids right = NULL;
		Node *rarg = join->rarg;

		if (IsA(rarg, RangeTblRef))
			right = bms_make_singleton(((RangeTblRef *) rarg)->rtindex);
		if (join->jointype == JOIN_SEMI && right)
			join->quals = pull_up_sublinks_qual(root, join->quals, &join->rarg, right);
	}
	return NULL;
}

static Node *pull_up_sublinks_jointree(PlannerInfo *root, Node *jtnode, Relids *relids);

static Node *
pull_up_sublinks_from(PlannerInfo *root, FromExpr *from, Relids *relids)
{
	FromExpr *copy = makeFromExpr(NIL, NULL);
	Node *link = (Node *) copy;
	Relids all = NULL;
	ListCell *lc;

	foreach (lc, from->fromlist)
	{
		Relids child;

		copy->fromlist = lappend(copy->fromlist, pull_up_sublinks_jointree(root, lfirst(lc), &child));
		all = bms_join(all, child);
	}
	copy->quals = pull_up_sublinks_qual(root, from->quals, &link, all);
	*relids = all;
	return link;
}

static Node *
pull_up_sublinks_join(PlannerInfo *root, JoinExpr *from, Relids *relids)
{
	JoinExpr *join = makeNode(JoinExpr);
	Relids left, right;
	Node *link;

	*join = *from;
	join->larg = pull_up_sublinks_jointree(root, from->larg, &left);
	join->rarg = pull_up_sublinks_jointree(root, from->rarg, &right);
	link = (Node *) join;
	switch (join->jointype)
	{
		case JOIN_INNER:
			join->quals = pull_up_sublinks_qual(root, join->quals, &link, bms_union(left, right));
			break;
		case JOIN_LEFT:
			join->quals = pull_up_sublinks_qual(root, join->quals, &join->rarg, right);
			break;
		case JOIN_RIGHT:
			join->quals = pull_up_sublinks_qual(root, join->quals, &join->larg, left);
			break;
		default:
			break;
	}
	*relids = bms_join(left, right);
	if (join->rtindex)
		*relids = bms_add_member(*relids, join->rtindex);
	return link;
}

static Node *
pull_up_sublinks_jointree(PlannerInfo *root, Node *jtnode, Relids *relids)
{
	*relids = NULL;
	if (jtnode == NULL)
		return NULL;
	if (IsA(jtnode, RangeTblRef))
	{
		*relids = bms_make_singleton(((RangeTblRef *) jtnode)->rtindex);
		return jtnode;
	}
	if (IsA(jtnode, FromExpr))
		return pull_up_sublinks_from(root, (FromExpr *) jtnode, relids);
	return pull_up_sublinks_join(root, castNode(JoinExpr, jtnode), relids);
}

void
pull_up_sublinks(PlannerInfo *root)
{
	Relids relids;
	Node *jtnode = pull_up_sublinks_jointree(root, (Node *) root->parse->jointree, &relids);

	root->parse->jointree = IsA(jtnode, FromExpr) ? (FromExpr *) jtnode : makeFromExpr(list_make1(jtnode), NULL);
}

/* ---- sub-queries in FROM -------------------------------------------------------------------------------------------------- */
static bool
is_simple_subquery(RangeTblEntry *rte, bool nullable)
{
	Query *query = rte->subquery;
	ListCell *lc;

	if (query->commandType != CMD_SELECT || query->setOperations || query->hasAggs || query->hasWindowFuncs ||
		query->hasTargetSRFs || query->groupClause || query->groupingSets || query->havingQual || query->sortClause ||
		query->distinctClause || query->limitOffset || query->limitCount || query->hasForUpdate || query->cteList ||
		rte->security_barrier || rte->lateral)
		return false;
	if (query->jointree->fromlist == NIL)
		return false;
	if (contain_volatile_functions((Node *) query->targetList))
		return false;
	foreach (lc, query->targetList)
	{
		Node *expr = (Node *) lfirst_node(TargetEntry, lc)->expr;

		/* Below an outer join only a plain column is nulled together with its row. */
		if (nullable && !(IsA(expr, Var) && ((Var *) expr)->varlevelsup == 0))
			return false;
	}
	return true;
}

/* A whole-row reference would become ROW(...), which an outer join does not turn into NULL. */
static bool
whole_row_is_used(Query *parse, int rti)
{
	ListCell *lc;

	foreach (lc, pull_vars_of_level((Node *) parse, 0))
		if (lfirst_node(Var, lc)->varno == rti && lfirst_node(Var, lc)->varattno == 0)
			return true;
	return false;
}

typedef struct ReplaceSubquery
{
	PlannerInfo *root;
	int varno;
	List *targetlist;
	RangeTblEntry *rte;
	int depth;
} ReplaceSubquery;

static Node *
subquery_column(ReplaceSubquery *replace, Var *var)
{
	Node *expr;

	if (var->varattno == 0)
	{
		RowExpr *row = makeNode(RowExpr);
		ListCell *lc;

		foreach (lc, replace->targetlist)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lc);

			if (tle->resjunk)
				continue;
			row->args = lappend(row->args, copyObject(tle->expr));
			row->colnames = lappend(row->colnames, makeString(pstrdup(tle->resname ? tle->resname : "?column?")));
		}
		row->row_typeid = var->vartype;
		row->row_format = COERCE_IMPLICIT_CAST;
		row->location = var->location;
		expr = (Node *) row;
	}
	else
	{
		ListCell *lc;

		expr = NULL;
		foreach (lc, replace->targetlist)
			if (lfirst_node(TargetEntry, lc)->resno == var->varattno)
				expr = (Node *) copyObject(lfirst_node(TargetEntry, lc)->expr);
		if (expr == NULL)
			elog(ERROR, "could not find attribute %d in subquery targetlist", var->varattno);
	}
	if (replace->depth > 0)
		IncrementVarSublevelsUp(expr, replace->depth, 0);
	return expr;
}

static Node *
replace_subquery_mutator(Node *node, void *context)
{
	ReplaceSubquery *replace = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
	{
		Var *var = (Var *) node;

		if ((int) var->varlevelsup == replace->depth && var->varno == replace->varno)
			return subquery_column(replace, var);
		return copyObject(node);
	}
	if (IsA(node, Query))
	{
		Query *copy;

		replace->depth++;
		copy = query_tree_mutator((Query *) node, replace_subquery_mutator, replace, 0);
		replace->depth--;
		return (Node *) copy;
	}
	return expression_tree_mutator(node, replace_subquery_mutator, context);
}

static void
replace_in_jointree(Node *jtnode, ReplaceSubquery *replace)
{
	ListCell *lc;

	if (jtnode == NULL || IsA(jtnode, RangeTblRef))
		return;
	if (IsA(jtnode, FromExpr))
	{
		foreach (lc, ((FromExpr *) jtnode)->fromlist)
			replace_in_jointree(lfirst(lc), replace);
		((FromExpr *) jtnode)->quals = replace_subquery_mutator(((FromExpr *) jtnode)->quals, replace);
	}
	else
	{
		JoinExpr *join = castNode(JoinExpr, jtnode);

		replace_in_jointree(join->larg, replace);
		replace_in_jointree(join->rarg, replace);
		join->quals = replace_subquery_mutator(join->quals, replace);
	}
}

static void
replace_in_rte(RangeTblEntry *rte, ReplaceSubquery *replace)
{
	switch (rte->rtekind)
	{
		case RTE_JOIN:
			rte->joinaliasvars = (List *) replace_subquery_mutator((Node *) rte->joinaliasvars, replace);
			break;
		case RTE_FUNCTION:
			if (rte->lateral)
				rte->functions = (List *) replace_subquery_mutator((Node *) rte->functions, replace);
			break;
		case RTE_VALUES:
			if (rte->lateral)
				rte->values_lists = (List *) replace_subquery_mutator((Node *) rte->values_lists, replace);
			break;
		case RTE_SUBQUERY:
			if (rte->lateral)
				rte->subquery = castNode(Query, replace_subquery_mutator((Node *) rte->subquery, replace));
			break;
		default:
			break;
	}
}

/* Every mention of the sub-query's columns in the parent is replaced by the expression behind it. */
static void
replace_subquery_vars(PlannerInfo *root, int varno, Query *subquery)
{
	Query *parse = root->parse;
	ReplaceSubquery replace = {root, varno, subquery->targetList, NULL, 0};
	ListCell *lc;

	parse->targetList = (List *) replace_subquery_mutator((Node *) parse->targetList, &replace);
	parse->returningList = (List *) replace_subquery_mutator((Node *) parse->returningList, &replace);
	parse->withCheckOptions = (List *) replace_subquery_mutator((Node *) parse->withCheckOptions, &replace);
	parse->havingQual = replace_subquery_mutator(parse->havingQual, &replace);
	if (parse->onConflict)
	{
		OnConflictExpr *oc = parse->onConflict;

		oc->onConflictSet = (List *) replace_subquery_mutator((Node *) oc->onConflictSet, &replace);
		oc->onConflictWhere = replace_subquery_mutator(oc->onConflictWhere, &replace);
	}
	replace_in_jointree((Node *) parse->jointree, &replace);
	foreach (lc, parse->rtable)
		replace_in_rte(lfirst_node(RangeTblEntry, lc), &replace);
}

static Node *pull_up_subqueries_recurse(PlannerInfo *root, Node *jtnode, bool nullable);

static Node *
pull_up_simple_subquery(PlannerInfo *root, RangeTblRef *ref, RangeTblEntry *rte, bool nullable)
{
	Query *parse = root->parse;
	Query *subquery = copyObject(rte->subquery);
	PlannerInfo *subroot = makeNode(PlannerInfo);
	int offset;
	ListCell *lc;

	/* Let the sub-query settle its own join tree first, so that what is merged is final. */
	subroot->parse = subquery;
	subroot->glob = root->glob;
	subroot->parent = root->parent;
	subroot->query_level = root->query_level;
	if (subquery->hasSubLinks)
		pull_up_sublinks(subroot);
	subquery = subroot->parse;
	pull_up_subqueries(subroot);
	if (subquery->jointree->fromlist == NIL)
		return (Node *) ref;
	if (nullable)
	{
		foreach (lc, subquery->targetList)
			if (!IsA(lfirst_node(TargetEntry, lc)->expr, Var))
				return (Node *) ref;
	}

	offset = list_length(parse->rtable);
	OffsetVarNodes((Node *) subquery, offset, 0);
	IncrementVarSublevelsUp((Node *) subquery, -1, 1);
	replace_subquery_vars(root, ref->rtindex, subquery);
	parse->rtable = list_concat(parse->rtable, subquery->rtable);
	parse->rowMarks = list_concat(parse->rowMarks, subquery->rowMarks);
	parse->hasSubLinks |= subquery->hasSubLinks;
	foreach (lc, subquery->rtable)
		if (lfirst_node(RangeTblEntry, lc)->lateral)
			root->has_lateral = true;
	/* The entry stays for permission checks, but is no longer scanned. */
	rte->subquery = subquery;
	return (Node *) subquery->jointree;
}

static Node *
pull_up_subqueries_recurse(PlannerInfo *root, Node *jtnode, bool nullable)
{
	if (IsA(jtnode, RangeTblRef))
	{
		RangeTblRef *ref = (RangeTblRef *) jtnode;
		RangeTblEntry *rte = planner_rte(root, ref->rtindex);

		if (rte->rtekind == RTE_SUBQUERY && is_simple_subquery(rte, nullable) &&
			!(nullable && whole_row_is_used(root->parse, ref->rtindex)))
			return pull_up_simple_subquery(root, ref, rte, nullable);
	}
	else if (IsA(jtnode, FromExpr))
	{
		FromExpr *from = (FromExpr *) jtnode;
		ListCell *lc;

		foreach (lc, from->fromlist)
			lfirst(lc) = pull_up_subqueries_recurse(root, lfirst(lc), nullable);
	}
	else
	{
		JoinExpr *join = castNode(JoinExpr, jtnode);
		bool left_nullable = nullable || join->jointype == JOIN_RIGHT || join->jointype == JOIN_FULL;
		bool right_nullable = nullable || join->jointype == JOIN_LEFT || join->jointype == JOIN_FULL ||
							  join->jointype == JOIN_ANTI;

		join->larg = pull_up_subqueries_recurse(root, join->larg, left_nullable);
		join->rarg = pull_up_subqueries_recurse(root, join->rarg, right_nullable);
	}
	return jtnode;
}

void
pull_up_subqueries(PlannerInfo *root)
{
	check_stack_depth();
	/* The target of INSERT ... SELECT etc. is not in the tree; nothing else here is special. */
	root->parse->jointree =
		castNode(FromExpr, pull_up_subqueries_recurse(root, (Node *) root->parse->jointree, false));
}

/* ---- outer joins that a condition above makes inner ---------------------------------------------------------------------- */
static Relids
jointree_relids(Node *jtnode)
{
	Relids relids = NULL;
	ListCell *lc;

	if (IsA(jtnode, RangeTblRef))
		return bms_make_singleton(((RangeTblRef *) jtnode)->rtindex);
	if (IsA(jtnode, FromExpr))
	{
		foreach (lc, ((FromExpr *) jtnode)->fromlist)
			relids = bms_join(relids, jointree_relids(lfirst(lc)));
		return relids;
	}
	return bms_join(jointree_relids(((JoinExpr *) jtnode)->larg), jointree_relids(((JoinExpr *) jtnode)->rarg));
}

static JoinType
reduced_jointype(JoinType jointype, bool left_nonnull, bool right_nonnull)
{
	switch (jointype)
	{
		case JOIN_LEFT:
			return right_nonnull ? JOIN_INNER : JOIN_LEFT;
		case JOIN_RIGHT:
			return left_nonnull ? JOIN_INNER : JOIN_RIGHT;
		case JOIN_FULL:
			if (left_nonnull && right_nonnull)
				return JOIN_INNER;
			if (left_nonnull)
				return JOIN_LEFT;
			return right_nonnull ? JOIN_RIGHT : JOIN_FULL;
		default:
			return jointype;
	}
}

/* nonnullable: relations whose rows must be real for the conditions above to hold. */
static void
reduce_outer_joins_recurse(Node *jtnode, Relids nonnullable)
{
	ListCell *lc;

	if (IsA(jtnode, RangeTblRef))
		return;
	if (IsA(jtnode, FromExpr))
	{
		FromExpr *from = (FromExpr *) jtnode;
		Relids here = bms_union(nonnullable, find_nonnullable_rels(from->quals));

		foreach (lc, from->fromlist)
			reduce_outer_joins_recurse(lfirst(lc), here);
	}
	else
	{
		JoinExpr *join = castNode(JoinExpr, jtnode);
		Relids left = jointree_relids(join->larg);
		Relids right = jointree_relids(join->rarg);
		Relids from_quals = find_nonnullable_rels(join->quals);
		Relids left_pass, right_pass;

		join->jointype = reduced_jointype(join->jointype, bms_overlap(nonnullable, left), bms_overlap(nonnullable, right));
		/* From here on every one-sided join has its preserved side on the left. */
		if (join->jointype == JOIN_RIGHT)
		{
			Node *arg = join->larg;
			Relids relids = left;

			join->larg = join->rarg;
			join->rarg = arg;
			left = right;
			right = relids;
			join->jointype = JOIN_LEFT;
		}
		/* Conditions from above reach a preserved side; the join's own condition reaches a nullable one. */
		switch (join->jointype)
		{
			case JOIN_INNER:
			case JOIN_SEMI:
				left_pass = right_pass = bms_union(nonnullable, from_quals);
				break;
			case JOIN_LEFT:
			case JOIN_ANTI:
				left_pass = nonnullable;
				right_pass = from_quals;
				break;
			default:
				left_pass = right_pass = NULL;
				break;
		}
		reduce_outer_joins_recurse(join->larg, left_pass);
		reduce_outer_joins_recurse(join->rarg, right_pass);
	}
}

void
reduce_outer_joins(PlannerInfo *root)
{
	reduce_outer_joins_recurse((Node *) root->parse->jointree, NULL);
}
