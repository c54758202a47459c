/*
 * planner.c
 *    Entry point, and the steps common to every query level.
 *
 * A level is planned in this order: WITH queries, join-tree rewriting (pullup.c), expression preprocessing, conditions
 * to their places (deconstruct.c), base relations (scanpaths.c), joins (joinsearch.c), everything above (upper.c or
 * setops.c). Sub-queries are planned by the same function when their relation is met.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/planner.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

planner_hook_type planner_hook = NULL;

PlannedStmt *
planner(Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams)
{
	if (planner_hook)
		return planner_hook(parse, query_string, cursorOptions, boundParams);
	return standard_planner(parse, query_string, cursorOptions, boundParams);
}

static double
wanted_fraction(int cursorOptions)
{
	if (!(cursorOptions & CURSOR_OPT_FAST_PLAN) || cursor_tuple_fraction >= 1.0)
		return 0.0;
	return Max(cursor_tuple_fraction, 1e-10);
}

PlannedStmt *
standard_planner(Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams)
{
	PlannerGlobal *glob = palloc0_object(PlannerGlobal);
	PlannerInfo *root;
	PlannedStmt *stmt;
	Plan *top;
	ListCell *lp, *lr;

	glob->bound_params = boundParams;
	root = plan_query(glob, parse, NULL, false, wanted_fraction(cursorOptions));
	top = create_plan(root, root->final_path);

	forboth (lp, glob->subplans, lr, glob->subroots)
		finalize_plan(lfirst(lr), lfirst(lp));
	finalize_plan(root, top);

	record_dependencies(glob, parse);
	top = set_references(root, top);
	forboth (lp, glob->subplans, lr, glob->subroots)
		lfirst(lp) = set_references(lfirst(lr), lfirst(lp));

	stmt = makeNode(PlannedStmt);
	stmt->commandType = parse->commandType;
	stmt->queryId = parse->queryId;
	stmt->hasReturning = (parse->returningList != NIL);
	stmt->hasModifyingCTE = parse->hasModifyingCTE;
	stmt->canSetTag = parse->canSetTag;
	stmt->transientPlan = glob->transient_plan;
	stmt->dependsOnRole = glob->depends_on_role;
	stmt->planTree = top;
	stmt->rtable = glob->final_rtable;
	stmt->resultRelations = glob->result_relations;
	stmt->subplans = glob->subplans;
	stmt->rewindPlanIDs = glob->rewind_plan_ids;
	stmt->rowMarks = glob->final_rowmarks;
	stmt->relationOids = glob->relation_oids;
	stmt->invalItems = glob->inval_items;
	stmt->paramExecTypes = glob->param_exec_types;
	stmt->utilityStmt = parse->utilityStmt;
	stmt->stmt_location = parse->stmt_location;
	stmt->stmt_len = parse->stmt_len;
	return stmt;
}

/* ---- expressions ---------------------------------------------------------------------------------------------------- */
static bool
has_join_rtes(Query *parse)
{
	ListCell *lc;

	foreach (lc, parse->rtable)
		if (lfirst_node(RangeTblEntry, lc)->rtekind == RTE_JOIN)
			return true;
	return false;
}

/*
 * Makes an expression of this level ready: join aliases resolved, constants folded, sub-queries planned, Vars of upper
 * levels turned into parameters. EXPRKIND_QUAL gives an implicit-AND list.
 */
Node *
preprocess_expression(PlannerInfo *root, Node *expr, int kind)
{
	if (expr == NULL)
		return NULL;
	if (has_join_rtes(root->parse))
		expr = flatten_join_alias_vars(root->parse, expr);
	expr = eval_const_expressions(root, expr);
	if (kind == EXPRKIND_QUAL)
		expr = (Node *) canonicalize_qual((Expr *) expr, false);
	if (root->parse->hasSubLinks)
		expr = process_sublinks(root, expr, kind == EXPRKIND_QUAL);
	if (root->query_level > 1)
		expr = replace_correlation_vars(root, expr);
	if (kind == EXPRKIND_QUAL)
		expr = (Node *) make_ands_implicit((Expr *) expr);
	return expr;
}

static void
preprocess_jointree_quals(PlannerInfo *root, Node *jtnode)
{
	ListCell *lc;

	if (jtnode == NULL || IsA(jtnode, RangeTblRef))
		return;
	if (IsA(jtnode, FromExpr))
	{
		FromExpr *from = (FromExpr *) jtnode;

		foreach (lc, from->fromlist)
			preprocess_jointree_quals(root, lfirst(lc));
		from->quals = preprocess_expression(root, from->quals, EXPRKIND_QUAL);
	}
	else
	{
		JoinExpr *join = castNode(JoinExpr, jtnode);

		preprocess_jointree_quals(root, join->larg);
		preprocess_jointree_quals(root, join->rarg);
		join->quals = preprocess_expression(root, join->quals, EXPRKIND_QUAL);
	}
}

static void
preprocess_rte(PlannerInfo *root, RangeTblEntry *rte)
{
	ListCell *lc;

	switch (rte->rtekind)
	{
		case RTE_FUNCTION:
			foreach (lc, rte->functions)
			{
				RangeTblFunction *function = lfirst_node(RangeTblFunction, lc);

				function->funcexpr = preprocess_expression(root, function->funcexpr, EXPRKIND_RTFUNC);
			}
			break;
		case RTE_VALUES:
			rte->values_lists = (List *) preprocess_expression(root, (Node *) rte->values_lists, EXPRKIND_VALUES);
			break;
		case RTE_SUBQUERY:
			if (rte->lateral && has_join_rtes(root->parse))
				rte->subquery = castNode(Query, flatten_join_alias_vars(root->parse, (Node *) rte->subquery));
			break;
		case RTE_RELATION:
			if (rte->tablesample)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("TABLESAMPLE is not supported"));
			break;
		case RTE_TABLEFUNC:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("XMLTABLE is not supported"));
			break;
		default:
			break;
	}
}

static void
preprocess_query_expressions(PlannerInfo *root)
{
	bool had_having;
	Query *parse = root->parse;
	ListCell *lc;

	parse->targetList = (List *) preprocess_expression(root, (Node *) parse->targetList, EXPRKIND_TARGET);
	parse->returningList = (List *) preprocess_expression(root, (Node *) parse->returningList, EXPRKIND_TARGET);
	foreach (lc, parse->withCheckOptions)
	{
		WithCheckOption *wco = lfirst_node(WithCheckOption, lc);

		wco->qual = preprocess_expression(root, wco->qual, EXPRKIND_QUAL);
	}
	preprocess_jointree_quals(root, (Node *) parse->jointree);
	had_having = parse->havingQual != NULL;
	parse->havingQual = preprocess_expression(root, parse->havingQual, EXPRKIND_QUAL);
	/* HAVING makes one group of the rows even if its condition is plainly true. */
	if (had_having && parse->havingQual == NULL)
		parse->havingQual = (Node *) list_make1(makeBoolConst(true, false));
	foreach (lc, parse->windowClause)
	{
		WindowClause *wc = lfirst_node(WindowClause, lc);

		wc->startOffset = preprocess_expression(root, wc->startOffset, EXPRKIND_LIMIT);
		wc->endOffset = preprocess_expression(root, wc->endOffset, EXPRKIND_LIMIT);
	}
	parse->limitOffset = preprocess_expression(root, parse->limitOffset, EXPRKIND_LIMIT);
	parse->limitCount = preprocess_expression(root, parse->limitCount, EXPRKIND_LIMIT);
	if (parse->onConflict)
	{
		OnConflictExpr *oc = parse->onConflict;

		oc->arbiterElems = (List *) preprocess_expression(root, (Node *) oc->arbiterElems, EXPRKIND_ARBITER);
		oc->arbiterWhere = preprocess_expression(root, oc->arbiterWhere, EXPRKIND_QUAL);
		oc->onConflictSet = (List *) preprocess_expression(root, (Node *) oc->onConflictSet, EXPRKIND_TARGET);
		oc->onConflictWhere = preprocess_expression(root, oc->onConflictWhere, EXPRKIND_QUAL);
	}
	foreach (lc, parse->rtable)
		preprocess_rte(root, lfirst_node(RangeTblEntry, lc));
}

/* HAVING conditions without aggregates are cheaper as WHERE, where grouping makes them equivalent. */
static void
move_having_to_where(PlannerInfo *root)
{
	Query *parse = root->parse;
	List *stay = NIL;
	ListCell *lc;

	foreach (lc, (List *) parse->havingQual)
	{
		Node *clause = lfirst(lc);

		if (parse->groupClause == NIL || parse->groupingSets != NIL || contain_agg_clause(clause) ||
			contain_volatile_functions(clause) || contain_subplans(clause))
			stay = lappend(stay, clause);
		else
			parse->jointree->quals = (Node *) lappend((List *) parse->jointree->quals, clause);
	}
	parse->havingQual = (Node *) stay;
}

/* ---- row marks --------------------------------------------------------------------------------------------------------- */
static RowMarkType
row_mark_type(RangeTblEntry *rte, LockClauseStrength strength)
{
	if (rte->rtekind != RTE_RELATION)
		return ROW_MARK_COPY;
	switch (strength)
	{
		case LCS_FORKEYSHARE:
			return ROW_MARK_KEYSHARE;
		case LCS_FORSHARE:
			return ROW_MARK_SHARE;
		case LCS_FORNOKEYUPDATE:
			return ROW_MARK_NOKEYEXCLUSIVE;
		case LCS_FORUPDATE:
			return ROW_MARK_EXCLUSIVE;
		default:
			return ROW_MARK_REFERENCE;
	}
}

static void
add_row_mark(PlannerInfo *root, Index rti, LockClauseStrength strength, LockWaitPolicy policy)
{
	PlanRowMark *mark = makeNode(PlanRowMark);

	mark->rti = mark->prti = rti;
	mark->rowmarkId = ++root->glob->last_rowmark_id;
	mark->markType = row_mark_type(planner_rte(root, rti), strength);
	mark->allMarkTypes = 1 << mark->markType;
	mark->strength = strength;
	mark->waitPolicy = policy;
	root->row_marks = lappend(root->row_marks, mark);
}

static void
collect_from_rtis(Node *jtnode, Bitmapset **rtis)
{
	ListCell *lc;

	if (jtnode == NULL)
		return;
	if (IsA(jtnode, RangeTblRef))
		*rtis = bms_add_member(*rtis, ((RangeTblRef *) jtnode)->rtindex);
	else if (IsA(jtnode, FromExpr))
	{
		foreach (lc, ((FromExpr *) jtnode)->fromlist)
			collect_from_rtis(lfirst(lc), rtis);
	}
	else
	{
		collect_from_rtis(((JoinExpr *) jtnode)->larg, rtis);
		collect_from_rtis(((JoinExpr *) jtnode)->rarg, rtis);
	}
}

/*
 * FOR UPDATE/SHARE names relations to lock; the others of the same query, and those beside the target of an UPDATE or
 * DELETE, are remembered so that a concurrent update can be rechecked against the same rows.
 */
static void
preprocess_row_marks(PlannerInfo *root)
{
	Query *parse = root->parse;
	Bitmapset *rest = NULL;
	ListCell *lc;
	int rti = -1;

	if (parse->rowMarks == NIL && parse->commandType != CMD_UPDATE && parse->commandType != CMD_DELETE &&
		parse->commandType != CMD_MERGE)
		return;
	collect_from_rtis((Node *) parse->jointree, &rest);
	rest = bms_del_member(rest, parse->resultRelation);
	foreach (lc, parse->rowMarks)
	{
		RowMarkClause *clause = lfirst_node(RowMarkClause, lc);

		if (!bms_is_member(clause->rti, rest) || planner_rte(root, clause->rti)->rtekind != RTE_RELATION)
			continue;
		rest = bms_del_member(rest, clause->rti);
		add_row_mark(root, clause->rti, clause->strength, clause->waitPolicy);
	}
	while ((rti = bms_next_member(rest, rti)) >= 0)
		add_row_mark(root, rti, LCS_NONE, LockWaitBlock);
}

/* ---- LIMIT ------------------------------------------------------------------------------------------------------------- */
static double
constant_limit(PlannerInfo *root, Node *expr, double unknown)
{
	Node *value = estimate_expression_value(root, expr);

	if (!IsA(value, Const))
		return unknown;
	if (((Const *) value)->constisnull)
		return 0;
	return Max(0, (double) DatumGetInt64(((Const *) value)->constvalue));
}

/* How much of the input the query's own LIMIT and its reader together want. Result as PlannerInfo.tuple_fraction. */
static double
limited_fraction(PlannerInfo *root, double tuple_fraction)
{
	Query *parse = root->parse;
	double count, offset;

	if (parse->limitCount == NULL || parse->limitOption != LIMIT_OPTION_COUNT)
		return tuple_fraction;
	count = constant_limit(root, parse->limitCount, -1);
	offset = parse->limitOffset ? constant_limit(root, parse->limitOffset, -1) : 0;
	if (count < 0 || offset < 0)
		return tuple_fraction > 0 ? Min(tuple_fraction, 0.1) : 0.1;
	if (count == 0 && parse->limitCount && IsA(parse->limitCount, Const) && ((Const *) parse->limitCount)->constisnull)
		return tuple_fraction; /* LIMIT NULL */
	count = Max(count + offset, 1.0);
	if (tuple_fraction >= 1.0)
		return Min(tuple_fraction, count);
	return count;
}

/* ---- one level ------------------------------------------------------------------------------------------------------------ */
static void
add_modify_table(PlannerInfo *root)
{
	Path *path = path_new(T_ModifyTable, planrel_new(PLANREL_UPPER, NULL), root->final_path);

	path->rows = root->parse->returningList ? root->final_path->rows : 0;
	path->startup_cost = root->final_path->startup_cost;
	path->total_cost = root->final_path->total_cost;
	root->final_path = path;
}

PlannerInfo *
plan_query(PlannerGlobal *glob, Query *parse, PlannerInfo *parent, bool has_recursion, double tuple_fraction)
{
	PlannerInfo *root = makeNode(PlannerInfo);
	ListCell *lc;

	check_stack_depth();
	root->parse = parse;
	root->glob = glob;
	root->parent = parent;
	root->query_level = parent ? parent->query_level + 1 : 1;
	root->wt_param_id = has_recursion ? plan_exec_param(root, InvalidOid) : -1;

	if (parse->commandType == CMD_MERGE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("MERGE is not supported"));
	foreach (lc, parse->rtable)
		if (lfirst_node(RangeTblEntry, lc)->lateral)
			root->has_lateral = true;
	if (parse->cteList)
	{
		inline_ctes(root);
		plan_ctes(root);
	}
	if (parse->hasSubLinks)
		pull_up_sublinks(root);
	pull_up_subqueries(root);
	preprocess_row_marks(root);
	preprocess_query_expressions(root);
	move_having_to_where(root);
	reduce_outer_joins(root);

	root->tuple_fraction = limited_fraction(root, tuple_fraction);
	root->processed_tlist = preprocess_targetlist(root);
	if (parse->setOperations)
		root->final_path = plan_upper(root, NULL);
	else
	{
		deconstruct_jointree(root);
		compute_query_pathkeys(root);
		root->final_path = plan_upper(root, join_search(root));
	}
	if (parse->commandType != CMD_SELECT)
		add_modify_table(root);
	return root;
}
