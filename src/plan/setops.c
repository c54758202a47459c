/*
 * setops.c
 *    UNION, INTERSECT, EXCEPT, and WITH RECURSIVE's union.
 *
 * Every arm is a sub-query of its own. UNION ALL appends; UNION removes duplicates after appending; INTERSECT and EXCEPT
 * append both sides with a flag column and count per group of equal rows. The result's columns are known upwards as
 * columns of the leftmost arm, which is how the query's target list names them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

static Path *plan_setop_tree(PlannerInfo *root, Node *node, SetOperationStmt *parent, int flag);

/* Columns of an arm, named as columns of range-table entry rti and brought to the operation's types. */
static List *
arm_tlist(PlannerInfo *root, Index rti, List *arm_targets, SetOperationStmt *op, int flag)
{
	List *tlist = NIL;
	ListCell *lt, *lo;

	forboth (lt, op->colTypes, lo, op->colCollations)
	{
		AttrNumber resno = list_length(tlist) + 1;
		TargetEntry *source = list_nth_node(TargetEntry, arm_targets, resno - 1);
		Node *expr = (Node *) makeVar(rti, source->resno, exprType((Node *) source->expr),
									  exprTypmod((Node *) source->expr), exprCollation((Node *) source->expr), 0);

		if (exprType(expr) != lfirst_oid(lt))
			expr = coerce_to_common_type(NULL, expr, lfirst_oid(lt), "UNION/INTERSECT/EXCEPT");
		if (exprCollation(expr) != lfirst_oid(lo))
			expr = applyRelabelType(expr, exprType(expr), exprTypmod(expr), lfirst_oid(lo), COERCE_IMPLICIT_CAST, -1, false);
		tlist = lappend(tlist, makeTargetEntry((Expr *) expr, resno, source->resname ? pstrdup(source->resname) : NULL,
											   false));
	}
	if (flag >= 0)
		tlist = lappend(tlist, makeTargetEntry((Expr *) makeConst(INT4OID, -1, InvalidOid, 4, Int32GetDatum(flag), false,
																 true),
											   list_length(tlist) + 1, pstrdup("flag"), true));
	return tlist;
}

static List *
visible_entries(List *tlist)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, tlist)
		if (!lfirst_node(TargetEntry, lc)->resjunk)
			result = lappend(result, lfirst(lc));
	return result;
}

static Path *
plan_arm(PlannerInfo *root, RangeTblRef *ref, SetOperationStmt *op, int flag)
{
	RangeTblEntry *rte = planner_rte(root, ref->rtindex);
	PlanRel *rel = planrel_new(PLANREL_BASE, bms_make_singleton(ref->rtindex));
	Path *path;

	rel->rti = ref->rtindex;
	rel->rte = rte;
	root->rels[ref->rtindex] = rel;
	rel->subroot = plan_query(root->glob, copyObject(rte->subquery), root, false, root->tuple_fraction);
	if (root->plan_params != NIL)
		elog(ERROR, "unexpected outer reference in set operation subquery");
	path = path_new(T_SubqueryScan, rel, rel->subroot->final_path);
	path->pathkeys = NIL;
	path->u.subquery.root = rel->subroot;
	path->tlist = arm_tlist(root, ref->rtindex, visible_entries(rel->subroot->processed_tlist), op, flag);
	rel->rows = rel->tuples = path->rows;
	rel->width = rel->subroot->final_path->rel->width;
	return path;
}

/* The same columns as a path's, seen as outputs of a node above it; flag >= 0 replaces or adds the flag column. */
static List *
output_tlist(Path *path, int flag)
{
	List *tlist = NIL;
	ListCell *lc;

	foreach (lc, path->tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			tlist = lappend(tlist, makeTargetEntry(tle->expr, tle->resno, tle->resname, false));
	}
	if (flag >= 0)
		tlist = lappend(tlist, makeTargetEntry((Expr *) makeConst(INT4OID, -1, InvalidOid, 4, Int32GetDatum(flag), false,
																 true),
											   list_length(tlist) + 1, pstrdup("flag"), true));
	return tlist;
}

/*
 * An operation's columns as its surroundings name them: columns of its leftmost arm, but of the operation's own types.
 * They stand for the rows of all arms, so what the left arm computes (a conversion, a constant) is not repeated.
 */
static List *
operation_tlist(SetOperationStmt *op, Path *left, int flag)
{
	List *tlist = output_tlist(left, flag);
	Node *leftmost = (Node *) op;
	ListCell *lc;

	while (IsA(leftmost, SetOperationStmt))
		leftmost = ((SetOperationStmt *) leftmost)->larg;
	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		int column = foreach_current_index(lc);

		if (!tle->resjunk)
			tle->expr = (Expr *) makeVar(castNode(RangeTblRef, leftmost)->rtindex, tle->resno,
										 list_nth_oid(op->colTypes, column), list_nth_int(op->colTypmods, column),
										 list_nth_oid(op->colCollations, column), 0);
	}
	return tlist;
}

static Path *
append_path(List *subpaths, List *tlist)
{
	PlanRel *rel = planrel_new(PLANREL_UPPER, NULL);
	Path *path = path_new(T_Append, rel, NULL);
	ListCell *lc;

	path->u.append.subpaths = subpaths;
	path->tlist = tlist;
	foreach (lc, subpaths)
	{
		Path *sub = lfirst(lc);

		if (lc == list_head(subpaths))
			path->startup_cost = sub->startup_cost;
		path->rows += sub->rows;
		path->total_cost += sub->total_cost + sub->rows * cpu_tuple_cost * 0.5;
		rel->width = Max(rel->width, sub->rel->width);
		rel->relids = bms_union(rel->relids, sub->rel->relids);
	}
	rel->rows = path->rows;
	return path;
}

/* Grouping clauses bound to columns 1..n of a target list, whose entries get matching reference numbers. */
static List *
bind_group_clauses(List *clauses, List *tlist)
{
	List *result = NIL;
	int column = 0;
	ListCell *lc;

	foreach (lc, clauses)
	{
		SortGroupClause *clause = copyObject(lfirst_node(SortGroupClause, lc));

		clause->tleSortGroupRef = ++column;
		list_nth_node(TargetEntry, tlist, column - 1)->ressortgroupref = column;
		result = lappend(result, clause);
	}
	return result;
}

static bool
clauses_hashable(List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (!lfirst_node(SortGroupClause, lc)->hashable)
			return false;
	return true;
}

static bool
clauses_sortable(List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (!OidIsValid(lfirst_node(SortGroupClause, lc)->sortop))
			return false;
	return true;
}

static void
require_method(List *clauses, const char *construct)
{
	if (!clauses_hashable(clauses) && !clauses_sortable(clauses))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("could not implement %s", construct),
				errdetail("All column datatypes must be hashable."));
}

static const char *
setop_name(SetOperation op)
{
	return op == SETOP_UNION ? "UNION" : op == SETOP_INTERSECT ? "INTERSECT" : "EXCEPT";
}

/* UNION: one of every group of equal rows. */
static Path *
distinct_rows(PlannerInfo *root, Path *input, List *clauses)
{
	List *tlist = output_tlist(input, -1);
	Path *path;

	clauses = bind_group_clauses(clauses, tlist);
	require_method(clauses, "UNION");
	if (clauses == NIL)
	{
		/* No columns: all rows are equal. */
		path = path_new(T_Limit, input->rel, input);
		path->tlist = tlist;
		path->u.limit.count =
			(Node *) makeConst(INT8OID, -1, InvalidOid, sizeof(int64), Int64GetDatum(1), false, true);
		path->rows = 1;
		return path;
	}
	if (clauses_hashable(clauses) && (enable_hashagg || !clauses_sortable(clauses)))
	{
		path = path_new(T_Agg, input->rel, input);
		path->tlist = tlist;
		path->pathkeys = NIL;
		path->u.agg.strategy = AGG_HASHED;
		path->u.agg.split = AGGSPLIT_SIMPLE;
		path->u.agg.group_clause = clauses;
		path->u.agg.num_groups = path->rows = clamp_row_est(input->rows);
		cost_agg(root, path, 0);
		return path;
	}
	path = sort_path(root, input, pathkeys_for_sortclauses(root, clauses, tlist), -1);
	path = path_new(T_Unique, input->rel, path);
	path->tlist = tlist;
	path->u.agg.group_clause = clauses;
	path->total_cost += cpu_operator_cost * input->rows * list_length(clauses);
	return path;
}

/* All arms of a chain of the same UNION [ALL], so that they are appended at once. */
static void
collect_union_arms(PlannerInfo *root, Node *node, SetOperationStmt *top, List **paths)
{
	SetOperationStmt *op = (SetOperationStmt *) node;

	if (IsA(node, SetOperationStmt) && op->op == SETOP_UNION && (op->all == top->all || op->all == false) &&
		!(top->all && !op->all) && equal(op->colTypes, top->colTypes) && equal(op->colCollations, top->colCollations))
	{
		collect_union_arms(root, op->larg, top, paths);
		collect_union_arms(root, op->rarg, top, paths);
		return;
	}
	*paths = lappend(*paths, plan_setop_tree(root, node, top, -1));
}

static Path *
plan_union(PlannerInfo *root, SetOperationStmt *op)
{
	List *paths = NIL;
	Path *path;

	collect_union_arms(root, (Node *) op, op, &paths);
	path = append_path(paths, operation_tlist(op, linitial(paths), -1));
	return op->all ? path : distinct_rows(root, path, op->groupClauses);
}

static Path *
plan_nonunion(PlannerInfo *root, SetOperationStmt *op)
{
	static const SetOpCmd commands[2][2] = {{SETOPCMD_INTERSECT, SETOPCMD_INTERSECT_ALL},
											{SETOPCMD_EXCEPT, SETOPCMD_EXCEPT_ALL}};
	Path *left = plan_setop_tree(root, op->larg, op, 0);
	Path *right = plan_setop_tree(root, op->rarg, op, 1);
	bool except = op->op == SETOP_EXCEPT;
	/* INTERSECT may hash either side: the smaller one. EXCEPT must keep the left one. */
	bool swap = !except && right->rows < left->rows;
	Path *append, *path;
	List *tlist, *clauses;
	bool hashed;

	append = append_path(swap ? list_make2(right, left) : list_make2(left, right), operation_tlist(op, left, 0));
	tlist = output_tlist(append, -1);
	clauses = bind_group_clauses(op->groupClauses, append->tlist);
	require_method(clauses, setop_name(op->op));
	hashed = clauses_hashable(clauses) && (enable_hashagg || !clauses_sortable(clauses));
	path = hashed ? append
				  : sort_path(root, append, pathkeys_for_sortclauses(root, clauses, append->tlist), -1);
	path = path_new(T_SetOp, append->rel, path);
	path->tlist = append->tlist;
	path->pathkeys = NIL;
	path->u.setop.cmd = commands[except][op->all];
	path->u.setop.strategy = hashed ? SETOP_HASHED : SETOP_SORTED;
	path->u.setop.group_clause = clauses;
	path->u.setop.flag_column = list_length(tlist) + 1;
	path->u.setop.first_flag = hashed ? (swap ? 1 : 0) : -1;
	path->rows = path->u.setop.num_groups = clamp_row_est(except ? left->rows : Min(left->rows, right->rows));
	path->total_cost += cpu_operator_cost * append->rows * Max(1, list_length(clauses));
	if (hashed)
		path->startup_cost = path->total_cost;
	return path;
}

static Path *
plan_setop_tree(PlannerInfo *root, Node *node, SetOperationStmt *parent, int flag)
{
	SetOperationStmt *op;
	Path *path;
	List *tlist = NIL;
	bool same = flag < 0;
	int column = 0;
	ListCell *lc;

	check_stack_depth();
	if (IsA(node, RangeTblRef))
		return plan_arm(root, (RangeTblRef *) node, parent, flag);
	op = castNode(SetOperationStmt, node);
	path = op->op == SETOP_UNION ? plan_union(root, op) : plan_nonunion(root, op);
	if (path->node == T_SetOp)
		same = false; /* drops its flag column */
	/* A nested operation's columns may differ in type from what its parent works on. */
	foreach (lc, path->tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node *expr = (Node *) tle->expr;

		if (tle->resjunk)
			continue;
		if (exprType(expr) != list_nth_oid(parent->colTypes, column))
		{
			expr = coerce_to_common_type(NULL, expr, list_nth_oid(parent->colTypes, column), "UNION/INTERSECT/EXCEPT");
			same = false;
		}
		if (exprCollation(expr) != list_nth_oid(parent->colCollations, column))
		{
			expr = applyRelabelType(expr, exprType(expr), exprTypmod(expr), list_nth_oid(parent->colCollations, column),
									COERCE_IMPLICIT_CAST, -1, false);
			same = false;
		}
		tlist = lappend(tlist, makeTargetEntry((Expr *) expr, ++column, tle->resname, false));
	}
	if (same)
		return path;
	if (flag >= 0)
		tlist = lappend(tlist, makeTargetEntry((Expr *) makeConst(INT4OID, -1, InvalidOid, 4, Int32GetDatum(flag), false,
																 true),
											   column + 1, pstrdup("flag"), true));
	return apply_tlist(path, tlist);
}

static Path *
plan_recursive_union(PlannerInfo *root, SetOperationStmt *op)
{
	PlanRel *rel = planrel_new(PLANREL_UPPER, NULL);
	Path *left, *right, *path;
	List *tlist;

	if (op->op != SETOP_UNION)
		elog(ERROR, "only UNION queries can be recursive");
	left = plan_setop_tree(root, op->larg, op, -1);
	root->non_recursive_path = left;
	right = plan_setop_tree(root, op->rarg, op, -1);
	root->non_recursive_path = NULL;
	tlist = operation_tlist(op, left, -1);
	path = path_new(T_RecursiveUnion, rel, left);
	path->inner = right;
	path->tlist = tlist;
	path->pathkeys = NIL;
	path->u.recursive.wt_param = root->wt_param_id;
	if (!op->all)
	{
		path->u.recursive.group_clause = bind_group_clauses(op->groupClauses, tlist);
		if (!clauses_hashable(path->u.recursive.group_clause))
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("could not implement recursive UNION"),
					errdetail("All column datatypes must be hashable."));
	}
	path->rows = path->u.recursive.num_groups = clamp_row_est(left->rows + 10 * right->rows);
	path->total_cost = left->total_cost + 10 * right->total_cost + cpu_tuple_cost * path->rows;
	rel->rows = path->rows;
	rel->width = left->rel->width;
	rel->relids = bms_union(left->rel->relids, right->rel->relids);
	return path;
}

Path *
plan_setops(PlannerInfo *root)
{
	SetOperationStmt *top = castNode(SetOperationStmt, root->parse->setOperations);
	Path *path;

	root->rel_count = list_length(root->parse->rtable) + 1;
	root->rels = palloc0_array(PlanRel *, root->rel_count);
	compute_query_pathkeys(root);
	if (root->wt_param_id >= 0)
		path = plan_recursive_union(root, top);
	else
		path = top->op == SETOP_UNION ? plan_union(root, top) : plan_nonunion(root, top);
	return apply_tlist(path, root->processed_tlist);
}
