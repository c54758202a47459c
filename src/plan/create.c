/*
 * create.c
 *    Turns the chosen path tree into a plan tree.
 *
 * Expressions still hold Vars of range-table entries here; references.c turns them into references to child outputs.
 * Vars of relations on the outer side of a nested loop become parameters where the inner side uses them.
 */
#include "postgres.h"

#include <limits.h>

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "plan/infer_arbiter.h"
#include "utils/lsyscache.h"

static Plan *create_node(PlannerInfo *root, Path *path);

/* ---- expressions ----------------------------------------------------------------------------------------------------- */
static Node *
nestloop_params_mutator(Node *node, void *context)
{
	PlannerInfo *root = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
	{
		Var *var = (Var *) node;

		if (var->varlevelsup == 0 && bms_is_member(var->varno, root->cur_outer_rels))
			return (Node *) replace_nestloop_var(root, var);
		return node;
	}
	return expression_tree_mutator(node, nestloop_params_mutator, context);
}

static Node *
parameterize(PlannerInfo *root, Path *path, Node *expr)
{
	if (bms_is_empty(path->required_outer) || bms_is_empty(root->cur_outer_rels))
		return expr;
	return nestloop_params_mutator(expr, root);
}

/* Cheap conditions first; among equals the order they were written in. */
static List *
ordered_clauses(PlannerInfo *root, List *quals)
{
	List *result = NIL;
	Cost *costs = palloc_array(Cost, list_length(quals) + 1);
	int count = 0;
	ListCell *lc;

	foreach (lc, quals)
	{
		Node *clause = (Node *) ((Qual *) lfirst(lc))->clause;
		Cost startup, per_tuple;
		int position;

		/* A condition known to be true needs no test. */
		if (IsA(clause, Const) && !((Const *) clause)->constisnull && DatumGetBool(((Const *) clause)->constvalue))
			continue;
		cost_expression(root, clause, &startup, &per_tuple);
		for (position = count; position > 0 && costs[position - 1] > per_tuple; position--)
			costs[position] = costs[position - 1];
		costs[position] = per_tuple;
		result = list_insert_nth(result, position, clause);
		count++;
	}
	return result;
}

static List *
rel_tlist(PlannerInfo *root, Path *path)
{
	List *tlist = NIL;
	ListCell *lc;

	if (path->tlist != NIL)
		return path->tlist;
	foreach (lc, path->rel->targetlist)
		tlist = lappend(tlist, makeTargetEntry(lfirst(lc), list_length(tlist) + 1, NULL, false));
	return tlist;
}

static void
set_plan_basics(PlannerInfo *root, Plan *plan, Path *path, List *tlist, List *qual)
{
	plan->startup_cost = path->startup_cost;
	plan->total_cost = path->total_cost;
	plan->plan_rows = path->rows;
	plan->plan_width = path->rel ? path->rel->width : 0;
	plan->targetlist = tlist;
	plan->qual = qual;
}

static void
set_scan_basics(PlannerInfo *root, Scan *scan, Path *path)
{
	set_plan_basics(root, &scan->plan, path,
					(List *) parameterize(root, path, (Node *) rel_tlist(root, path)),
					(List *) parameterize(root, path, (Node *) ordered_clauses(root, path->quals)));
	scan->scanrelid = path->rel->rti;
}

/* ---- index conditions -------------------------------------------------------------------------------------------------- */
static Node *
index_var(PlanIndex *index, Node *key, int column)
{
	Node *bare = key;

	while (IsA(bare, RelabelType))
		bare = (Node *) ((RelabelType *) bare)->arg;
	return (Node *) makeVar(INDEX_VAR, column, exprType(bare), -1, exprCollation(bare), 0);
}

/* The condition with its index column as INDEX_VAR on the left. */
static Node *
index_condition(PlannerInfo *root, Path *path, IndexClause *ic, Node *clause)
{
	PlanIndex *index = path->u.index.index;
	int column = ic->column + 1;

	clause = copyObject(parameterize(root, path, clause));
	switch (nodeTag(clause))
	{
		case T_OpExpr:
			linitial(((OpExpr *) clause)->args) = index_var(index, linitial(((OpExpr *) clause)->args), column);
			break;
		case T_ScalarArrayOpExpr:
			linitial(((ScalarArrayOpExpr *) clause)->args) =
				index_var(index, linitial(((ScalarArrayOpExpr *) clause)->args), column);
			break;
		case T_NullTest:
			((NullTest *) clause)->arg = (Expr *) index_var(index, (Node *) ((NullTest *) clause)->arg, column);
			break;
		default:
			elog(ERROR, "unsupported indexqual type: %d", (int) nodeTag(clause));
	}
	return clause;
}

static void
index_conditions(PlannerInfo *root, Path *path, List **indexed, List **original)
{
	ListCell *lc, *lq;

	*indexed = *original = NIL;
	foreach (lc, path->u.index.clauses)
	{
		IndexClause *ic = lfirst(lc);

		foreach (lq, ic->clauses)
		{
			*indexed = lappend(*indexed, index_condition(root, path, ic, lfirst(lq)));
			*original = lappend(*original, parameterize(root, path, lfirst(lq)));
		}
	}
}

static List *
index_tlist(PlanIndex *index)
{
	List *tlist = NIL;
	int nth = 0;

	for (int i = 0; i < index->ncolumns; i++)
	{
		Expr *expr;

		if (index->keys[i] != 0)
		{
			Oid type, collation;
			int32 typmod;

			get_atttypetypmodcoll(index->rel->rte->relid, index->keys[i], &type, &typmod, &collation);
			expr = (Expr *) makeVar(index->rel->rti, index->keys[i], type, typmod, collation, 0);
		}
		else
			expr = list_nth(index->expressions, nth++);
		tlist = lappend(tlist, makeTargetEntry(expr, i + 1, NULL, !index->can_return[i]));
	}
	return tlist;
}

/* ---- scans ---------------------------------------------------------------------------------------------------------------- */
static Plan *
create_index_scan(PlannerInfo *root, Path *path)
{
	PlanIndex *index = path->u.index.index;

	if (path->node == T_IndexOnlyScan)
	{
		IndexOnlyScan *scan = makeNode(IndexOnlyScan);

		set_scan_basics(root, &scan->scan, path);
		scan->indexid = index->oid;
		index_conditions(root, path, &scan->indexqual, &scan->recheckqual);
		scan->indextlist = index_tlist(index);
		scan->indexorderdir = path->u.index.direction;
		return &scan->scan.plan;
	}
	else
	{
		IndexScan *scan = makeNode(IndexScan);

		set_scan_basics(root, &scan->scan, path);
		scan->indexid = index->oid;
		index_conditions(root, path, &scan->indexqual, &scan->indexqualorig);
		scan->indexorderdir = path->u.index.direction;
		return &scan->scan.plan;
	}
}

/* The bitmap's plan; *quals gets the conditions it ensures (as one implicit-AND list). */
static Plan *
create_bitmap(PlannerInfo *root, Path *path, List **quals)
{
	List *plans = NIL;
	List *arms = NIL;
	ListCell *lc;

	if (path->node == T_BitmapIndexScan)
	{
		BitmapIndexScan *scan = makeNode(BitmapIndexScan);

		scan->scan.scanrelid = path->rel->rti;
		scan->indexid = path->u.index.index->oid;
		index_conditions(root, path, &scan->indexqual, &scan->indexqualorig);
		set_plan_basics(root, &scan->scan.plan, path, NIL, NIL);
		scan->scan.plan.plan_width = 0;
		*quals = list_concat_copy(scan->indexqualorig, path->u.index.index->predicate);
		return &scan->scan.plan;
	}
	foreach (lc, path->u.bitmap.members)
	{
		List *member_quals;

		plans = lappend(plans, create_bitmap(root, lfirst(lc), &member_quals));
		arms = lappend(arms, make_ands_explicit(member_quals));
	}
	if (path->node == T_BitmapAnd)
	{
		BitmapAnd *node = makeNode(BitmapAnd);

		node->bitmapplans = plans;
		set_plan_basics(root, &node->plan, path, NIL, NIL);
		node->plan.plan_width = 0;
		*quals = make_ands_implicit(make_ands_explicit(arms));
		return &node->plan;
	}
	else
	{
		BitmapOr *node = makeNode(BitmapOr);

		node->bitmapplans = plans;
		set_plan_basics(root, &node->plan, path, NIL, NIL);
		node->plan.plan_width = 0;
		*quals = list_make1(makeBoolExpr(OR_EXPR, arms, -1));
		return &node->plan;
	}
}

static Plan *
create_bitmap_heap_scan(PlannerInfo *root, Path *path)
{
	BitmapHeapScan *scan = makeNode(BitmapHeapScan);
	List *ensured;
	ListCell *lc;
	List *stay = NIL;

	scan->scan.plan.lefttree = create_bitmap(root, path->outer, &ensured);
	set_scan_basics(root, &scan->scan, path);
	scan->bitmapqualorig = ensured;
	/* What the bitmap ensures is only checked again for lossy pages. */
	foreach (lc, scan->scan.plan.qual)
		if (!list_member(ensured, lfirst(lc)) && !predicate_implied_by(list_make1(lfirst(lc)), ensured, false))
			stay = lappend(stay, lfirst(lc));
	scan->scan.plan.qual = stay;
	return &scan->scan.plan;
}

static Plan *
create_scan(PlannerInfo *root, Path *path)
{
	switch (path->node)
	{
		case T_SeqScan:
			{
				SeqScan *scan = makeNode(SeqScan);

				set_scan_basics(root, &scan->scan, path);
				return &scan->scan.plan;
			}
		case T_TidScan:
			{
				TidScan *scan = makeNode(TidScan);

				set_scan_basics(root, &scan->scan, path);
				scan->tidquals = path->u.tid.tidquals;
				return &scan->scan.plan;
			}
		case T_SubqueryScan:
			{
				SubqueryScan *scan = makeNode(SubqueryScan);

				if (path->rel->subplan_params)
					collect_lateral_params(root, path->rel);
				scan->subplan = create_plan(path->u.subquery.root, path->u.subquery.root->final_path);
				set_scan_basics(root, &scan->scan, path);
				return &scan->scan.plan;
			}
		case T_FunctionScan:
			{
				FunctionScan *scan = makeNode(FunctionScan);

				set_scan_basics(root, &scan->scan, path);
				scan->functions = (List *) parameterize(root, path, (Node *) path->rel->rte->functions);
				scan->funcordinality = path->rel->rte->funcordinality;
				return &scan->scan.plan;
			}
		case T_ValuesScan:
			{
				ValuesScan *scan = makeNode(ValuesScan);

				set_scan_basics(root, &scan->scan, path);
				scan->values_lists = (List *) parameterize(root, path, (Node *) path->rel->rte->values_lists);
				return &scan->scan.plan;
			}
		case T_CteScan:
			{
				CteScan *scan = makeNode(CteScan);

				set_scan_basics(root, &scan->scan, path);
				scan->ctePlanId = path->u.cte.cte_plan_id;
				scan->cteParam = path->u.cte.cte_param;
				return &scan->scan.plan;
			}
		default:
			{
				WorkTableScan *scan = makeNode(WorkTableScan);

				set_scan_basics(root, &scan->scan, path);
				scan->wtParam = path->u.recursive.wt_param;
				return &scan->scan.plan;
			}
	}
}

/* ---- sort columns ------------------------------------------------------------------------------------------------------------- */
/* Column of the plan's output that holds a member of the class; added as a junk column where a node can compute it. */
static AttrNumber
column_for_class(PlannerInfo *root, Plan **plan, Path *path, EquivClass *ec, Oid *datatype)
{
	ListCell *lc, *lt;

	ec = ec_canonical(ec);
	foreach (lt, (*plan)->targetlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lt);
		Node *expr = (Node *) tle->expr;

		while (IsA(expr, RelabelType))
			expr = (Node *) ((RelabelType *) expr)->arg;
		foreach (lc, ec->members)
		{
			EquivMember *em = lfirst(lc);
			Node *member = (Node *) em->expr;

			while (IsA(member, RelabelType))
				member = (Node *) ((RelabelType *) member)->arg;
			/* A constant is sorted by only if the query asks so: then it is the class. */
			if ((!em->is_const || ec->sources == NIL) && equal(member, expr))
			{
				*datatype = em->datatype;
				return tle->resno;
			}
		}
	}
	foreach (lc, ec->members)
	{
		EquivMember *em = lfirst(lc);
		Plan *target = *plan;
		TargetEntry *tle;

		if (em->is_const && !ec->has_volatile)
			continue;
		if (path->rel->relids && !bms_is_subset(em->relids, path->rel->relids))
			continue;
		if (contain_agg_clause((Node *) em->expr) || contain_window_function((Node *) em->expr))
			continue;
		if (IsA(target, Sort) || IsA(target, Material) || IsA(target, Append) || IsA(target, Unique) ||
			IsA(target, SetOp) || IsA(target, Limit) || IsA(target, LockRows) || IsA(target, ProjectSet))
		{
			Result *projection = makeNode(Result);

			set_plan_basics(root, &projection->plan, path, list_copy(target->targetlist), NIL);
			projection->plan.lefttree = target;
			*plan = target = &projection->plan;
		}
		tle = makeTargetEntry(em->expr, list_length(target->targetlist) + 1, NULL, true);
		target->targetlist = lappend(list_copy(target->targetlist), tle);
		*datatype = em->datatype;
		return tle->resno;
	}
	elog(ERROR, "could not find pathkey item to sort");
	return 0;
}

/* The family's operator for a type; arrays, enums, ranges and rows share those of their pseudo-type. */
static Oid
sort_operator(Oid opfamily, Oid datatype, int strategy)
{
	Oid operator = get_opfamily_member(opfamily, datatype, datatype, strategy);
	Oid base = getBaseType(datatype);
	Oid generic = InvalidOid;

	if (OidIsValid(operator))
		return operator;
	if (type_is_array(base))
		generic = ANYARRAYOID;
	else if (type_is_enum(base))
		generic = ANYENUMOID;
	else if (type_is_range(base))
		generic = ANYRANGEOID;
	else if (type_is_multirange(base))
		generic = ANYMULTIRANGEOID;
	else if (type_is_rowtype(base))
		generic = RECORDOID;
	return OidIsValid(generic) ? get_opfamily_member(opfamily, generic, generic, strategy) : InvalidOid;
}

static Plan *
create_sort_on(PlannerInfo *root, Path *path, Plan *input, List *keys)
{
	Sort *sort = makeNode(Sort);
	int count = list_length(keys);
	int i = 0;
	ListCell *lc;

	sort->sortColIdx = palloc_array(AttrNumber, count);
	sort->sortOperators = palloc_array(Oid, count);
	sort->collations = palloc_array(Oid, count);
	sort->nullsFirst = palloc_array(bool, count);
	foreach (lc, keys)
	{
		PathKey *key = lfirst(lc);
		Oid datatype;

		sort->sortColIdx[i] = column_for_class(root, &input, path, key->ec, &datatype);
		sort->sortOperators[i] = sort_operator(key->opfamily, datatype, key->strategy);
		if (!OidIsValid(sort->sortOperators[i]))
			elog(ERROR, "missing operator %d(%u,%u) in opfamily %u", key->strategy, datatype, datatype, key->opfamily);
		sort->collations[i] = ec_canonical(key->ec)->collation;
		sort->nullsFirst[i] = key->nulls_first;
		i++;
	}
	sort->numCols = count;
	set_plan_basics(root, &sort->plan, path, input->targetlist, NIL);
	sort->plan.lefttree = input;
	return &sort->plan;
}

/* ---- joins -------------------------------------------------------------------------------------------------------------------------- */
static List *
join_tlist(PlannerInfo *root, Path *path)
{
	return (List *) parameterize(root, path, (Node *) rel_tlist(root, path));
}

static void
set_join_basics(PlannerInfo *root, Join *join, Path *path, Plan *outer, Plan *inner)
{
	set_plan_basics(root, &join->plan, path, join_tlist(root, path),
					(List *) parameterize(root, path, (Node *) ordered_clauses(root, path->quals)));
	join->plan.lefttree = outer;
	join->plan.righttree = inner;
	join->jointype = path->u.join.jointype;
	join->inner_unique = path->u.join.inner_unique;
	join->joinqual =
		(List *) parameterize(root, path, (Node *) ordered_clauses(root, path->u.join.join_clauses));
}

static Plan *
create_nestloop(PlannerInfo *root, Path *path)
{
	NestLoop *join = makeNode(NestLoop);
	Relids saved = root->cur_outer_rels;
	Relids outer_relids = path->outer->rel->relids;
	List *stay = NIL;
	Plan *outer, *inner;
	ListCell *lc;

	outer = create_node(root, path->outer);
	root->cur_outer_rels = bms_union(root->cur_outer_rels, outer_relids);
	inner = create_node(root, path->inner);
	root->cur_outer_rels = saved;
	set_join_basics(root, &join->join, path, outer, inner);
	/* Parameters that our outer side supplies are ours; the rest belong to a loop further up. */
	foreach (lc, root->cur_outer_params)
	{
		NestLoopParam *param = lfirst_node(NestLoopParam, lc);

		if (bms_is_member(param->paramval->varno, outer_relids))
			join->nestParams = lappend(join->nestParams, param);
		else
			stay = lappend(stay, param);
	}
	root->cur_outer_params = stay;
	/* The values must be in the outer side's output. */
	foreach (lc, join->nestParams)
	{
		Var *var = lfirst_node(NestLoopParam, lc)->paramval;

		if (!tlist_member((Expr *) var, outer->targetlist))
			outer->targetlist =
				lappend(list_copy(outer->targetlist),
						makeTargetEntry((Expr *) var, list_length(outer->targetlist) + 1, NULL, true));
	}
	return &join->join.plan;
}

/* The clause with the outer side's expression on the left. */
static OpExpr *
outer_first(Qual *qual, Relids outer)
{
	OpExpr *op = (OpExpr *) qual->clause;
	OpExpr *result = makeNode(OpExpr);

	*result = *op;
	if (bms_is_subset(qual->left_relids, outer))
		return result;
	result->opno = get_commutator(op->opno);
	if (!OidIsValid(result->opno))
		elog(ERROR, "could not find commutator for operator %u", op->opno);
	result->opfuncid = InvalidOid;
	set_opfuncid(result);
	result->args = list_make2(lsecond(op->args), linitial(op->args));
	return result;
}

static Plan *
create_hashjoin(PlannerInfo *root, Path *path)
{
	HashJoin *join = makeNode(HashJoin);
	Hash *hash = makeNode(Hash);
	Plan *outer = create_node(root, path->outer);
	Plan *inner = create_node(root, path->inner);
	List *inner_keys = NIL;
	ListCell *lc;

	foreach (lc, path->u.join.key_clauses)
	{
		OpExpr *op = outer_first(lfirst(lc), path->outer->rel->relids);

		op = (OpExpr *) parameterize(root, path, (Node *) op);
		join->hashclauses = lappend(join->hashclauses, op);
		join->hashoperators = lappend_oid(join->hashoperators, op->opno);
		join->hashcollations = lappend_oid(join->hashcollations, op->inputcollid);
		join->hashkeys = lappend(join->hashkeys, linitial(op->args));
		inner_keys = lappend(inner_keys, lsecond(op->args));
	}
	set_plan_basics(root, &hash->plan, path->inner, inner->targetlist, NIL);
	hash->plan.startup_cost = hash->plan.total_cost;
	hash->plan.lefttree = inner;
	hash->hashkeys = inner_keys;
	set_join_basics(root, &join->join, path, outer, &hash->plan);
	return &join->join.plan;
}

static Plan *
create_mergejoin(PlannerInfo *root, Path *path)
{
	MergeJoin *join = makeNode(MergeJoin);
	Plan *outer = create_node(root, path->outer);
	Plan *inner = create_node(root, path->inner);
	int count = list_length(path->u.join.key_clauses);
	int i = 0;
	ListCell *lc;

	join->mergeFamilies = palloc_array(Oid, count);
	join->mergeCollations = palloc_array(Oid, count);
	join->mergeStrategies = palloc_array(int, count);
	join->mergeNullsFirst = palloc_array(bool, count);
	foreach (lc, path->u.join.key_clauses)
	{
		Qual *qual = lfirst(lc);
		OpExpr *op = outer_first(qual, path->outer->rel->relids);
		EquivClass *ec = ec_canonical(bms_is_subset(qual->left_relids, path->outer->rel->relids) ? qual->left_ec
																								  : qual->right_ec);
		PathKey *key = NULL;
		ListCell *lk;

		foreach (lk, path->u.join.outer_keys)
			if (ec_canonical(((PathKey *) lfirst(lk))->ec) == ec)
				key = lfirst(lk);
		if (key == NULL)
			elog(ERROR, "merge clause without matching sort order");
		join->mergeclauses = lappend(join->mergeclauses, parameterize(root, path, (Node *) op));
		join->mergeFamilies[i] = key->opfamily;
		join->mergeCollations[i] = op->inputcollid;
		join->mergeStrategies[i] = key->strategy;
		join->mergeNullsFirst[i] = key->nulls_first;
		i++;
	}
	set_join_basics(root, &join->join, path, outer, inner);
	return &join->join.plan;
}

/* ---- upper nodes ----------------------------------------------------------------------------------------------------------------------- */
typedef struct GroupColumns
{
	int count;
	AttrNumber *columns;
	Oid *operators;
	Oid *collations;
} GroupColumns;

/* The clauses' columns in the input's output, and their equality operators. */
static GroupColumns
group_columns(List *clauses, List *query_tlist, Plan *input)
{
	GroupColumns result = {0};
	ListCell *lc, *lt;

	result.columns = palloc_array(AttrNumber, list_length(clauses) + 1);
	result.operators = palloc_array(Oid, list_length(clauses) + 1);
	result.collations = palloc_array(Oid, list_length(clauses) + 1);
	foreach (lc, clauses)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		Node *expr = get_sortgroupclause_expr(clause, query_tlist);
		TargetEntry *found = NULL;

		foreach (lt, input->targetlist)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lt);

			/* By reference number where there is one: a volatile expression may occur twice. */
			if (tle->ressortgroupref == clause->tleSortGroupRef && equal(tle->expr, expr))
			{
				found = tle;
				break;
			}
		}
		if (found == NULL)
			foreach (lt, input->targetlist)
				if (equal(lfirst_node(TargetEntry, lt)->expr, expr))
				{
					found = lfirst_node(TargetEntry, lt);
					break;
				}
		if (found == NULL)
			elog(ERROR, "could not find grouping column in the input");
		result.columns[result.count] = found->resno;
		result.operators[result.count] = clause->eqop;
		result.collations[result.count] = exprCollation((Node *) found->expr);
		result.count++;
	}
	return result;
}

/* Clauses of set operations are bound to columns by number: reference n is column n of the input. */
static GroupColumns
setop_group_columns(List *clauses, Plan *input)
{
	GroupColumns result = {0};
	ListCell *lc;

	result.columns = palloc_array(AttrNumber, list_length(clauses) + 1);
	result.operators = palloc_array(Oid, list_length(clauses) + 1);
	result.collations = palloc_array(Oid, list_length(clauses) + 1);
	foreach (lc, clauses)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		TargetEntry *tle = list_nth_node(TargetEntry, input->targetlist, clause->tleSortGroupRef - 1);

		result.columns[result.count] = tle->resno;
		result.operators[result.count] = clause->eqop;
		result.collations[result.count] = exprCollation((Node *) tle->expr);
		result.count++;
	}
	return result;
}

/* Does the grouping belong to a set operation, or to the query's own GROUP BY or DISTINCT? */
static GroupColumns
path_group_columns(PlannerInfo *root, Path *path, Plan *input)
{
	if (root->parse->setOperations && path->tlist != NIL &&
		(path->u.agg.group_clause != root->parse->distinctClause || root->parse->distinctClause == NIL))
		return setop_group_columns(path->u.agg.group_clause, input);
	return group_columns(path->u.agg.group_clause, root->processed_tlist, input);
}

static Plan *
create_agg(PlannerInfo *root, Path *path)
{
	Agg *agg = makeNode(Agg);
	Plan *input = create_node(root, path->outer);
	GroupColumns group = path_group_columns(root, path, input);

	agg->aggstrategy = path->u.agg.strategy;
	agg->aggsplit = path->u.agg.split;
	agg->numCols = group.count;
	agg->grpColIdx = group.columns;
	agg->grpOperators = group.operators;
	agg->grpCollations = group.collations;
	agg->numGroups = (long) Min(path->u.agg.num_groups, (double) LONG_MAX);
	set_plan_basics(root, &agg->plan, path, rel_tlist(root, path), path->u.agg.having);
	agg->plan.lefttree = input;
	return &agg->plan;
}

static Plan *
create_unique(PlannerInfo *root, Path *path)
{
	Unique *unique = makeNode(Unique);
	Plan *input = create_node(root, path->outer);
	GroupColumns group = path_group_columns(root, path, input);

	unique->numCols = group.count;
	unique->uniqColIdx = group.columns;
	unique->uniqOperators = group.operators;
	unique->uniqCollations = group.collations;
	set_plan_basics(root, &unique->plan, path, input->targetlist, NIL);
	unique->plan.lefttree = input;
	return &unique->plan;
}

static Plan *
create_setop(PlannerInfo *root, Path *path)
{
	SetOp *setop = makeNode(SetOp);
	Plan *input = create_node(root, path->outer);
	GroupColumns group = setop_group_columns(path->u.setop.group_clause, input);

	setop->cmd = path->u.setop.cmd;
	setop->strategy = path->u.setop.strategy;
	setop->numCols = group.count;
	setop->dupColIdx = group.columns;
	setop->dupOperators = group.operators;
	setop->dupCollations = group.collations;
	setop->flagColIdx = path->u.setop.flag_column;
	setop->firstFlag = path->u.setop.first_flag;
	setop->numGroups = (long) Min(path->u.setop.num_groups, (double) LONG_MAX);
	set_plan_basics(root, &setop->plan, path, input->targetlist, NIL);
	setop->plan.lefttree = input;
	return &setop->plan;
}

static Plan *
create_recursive_union(PlannerInfo *root, Path *path)
{
	RecursiveUnion *node = makeNode(RecursiveUnion);
	Plan *left = create_node(root, path->outer);
	Plan *right = create_node(root, path->inner);
	GroupColumns group = setop_group_columns(path->u.recursive.group_clause, left);

	node->wtParam = path->u.recursive.wt_param;
	node->numCols = group.count;
	node->dupColIdx = group.columns;
	node->dupOperators = group.operators;
	node->dupCollations = group.collations;
	node->numGroups = (long) Min(path->u.recursive.num_groups, (double) LONG_MAX);
	set_plan_basics(root, &node->plan, path, path->tlist, NIL);
	node->plan.lefttree = left;
	node->plan.righttree = right;
	return &node->plan;
}

static Plan *
create_append(PlannerInfo *root, Path *path)
{
	Append *append = makeNode(Append);
	ListCell *lc;

	foreach (lc, path->u.append.subpaths)
		append->appendplans = lappend(append->appendplans, create_node(root, lfirst(lc)));
	append->apprelids = path->rel->relids;
	set_plan_basics(root, &append->plan, path, path->tlist, NIL);
	return &append->plan;
}

/* RANGE with an offset is computed by the in_range support function of the ordering operator's family. */
static Plan *
create_window(PlannerInfo *root, Path *path)
{
	WindowAgg *window = makeNode(WindowAgg);
	WindowClause *wc = path->u.window.clause;
	Plan *input = create_node(root, path->outer);
	GroupColumns partition = group_columns(wc->partitionClause, root->processed_tlist, input);
	GroupColumns order = group_columns(wc->orderClause, root->processed_tlist, input);

	window->winref = wc->winref;
	window->partNumCols = partition.count;
	window->partColIdx = partition.columns;
	window->partOperators = partition.operators;
	window->partCollations = partition.collations;
	window->ordNumCols = order.count;
	window->ordColIdx = order.columns;
	window->ordOperators = order.operators;
	window->ordCollations = order.collations;
	window->frameOptions = wc->frameOptions;
	window->startOffset = wc->startOffset;
	window->endOffset = wc->endOffset;
	window->startInRangeFunc = wc->startInRangeFunc;
	window->endInRangeFunc = wc->endInRangeFunc;
	window->inRangeColl = wc->inRangeColl;
	window->inRangeAsc = wc->inRangeAsc;
	window->inRangeNullsFirst = wc->inRangeNullsFirst;
	window->topWindow = true;
	set_plan_basics(root, &window->plan, path, path->tlist, NIL);
	window->plan.lefttree = input;
	return &window->plan;
}

static Plan *
create_limit(PlannerInfo *root, Path *path)
{
	Limit *limit = makeNode(Limit);
	Plan *input = create_node(root, path->outer);

	limit->limitOffset = path->u.limit.offset;
	limit->limitCount = path->u.limit.count;
	limit->limitOption = path->u.limit.option;
	if (limit->limitOption == LIMIT_OPTION_WITH_TIES)
	{
		GroupColumns order = group_columns(root->parse->sortClause, root->processed_tlist, input);

		limit->uniqNumCols = order.count;
		limit->uniqColIdx = order.columns;
		limit->uniqOperators = order.operators;
		limit->uniqCollations = order.collations;
	}
	set_plan_basics(root, &limit->plan, path, input->targetlist, NIL);
	limit->plan.lefttree = input;
	return &limit->plan;
}

static Plan *
create_modify_table(PlannerInfo *root, Path *path)
{
	Query *parse = root->parse;
	ModifyTable *modify = makeNode(ModifyTable);
	Plan *input = create_node(root, path->outer);

	modify->operation = parse->commandType;
	modify->canSetTag = parse->canSetTag;
	modify->nominalRelation = parse->resultRelation;
	modify->rootRelation = 0;
	modify->resultRelations = list_make1_int(parse->resultRelation);
	if (parse->commandType == CMD_UPDATE)
		modify->updateColnosLists = list_make1(root->update_colnos);
	if (parse->withCheckOptions)
		modify->withCheckOptionLists = list_make1(parse->withCheckOptions);
	if (parse->returningList)
		modify->returningLists = list_make1(parse->returningList);
	modify->rowMarks = parse->rowMarks ? NIL : root->row_marks;
	modify->epqParam = plan_exec_param(root, InvalidOid);
	if (parse->onConflict)
	{
		OnConflictExpr *oc = parse->onConflict;
		AttrNumber resno = 1;
		ListCell *lc;

		modify->onConflictAction = oc->action;
		modify->arbiterIndexes = infer_arbiter_indexes(root);
		modify->onConflictSet = oc->onConflictSet;
		foreach (lc, oc->onConflictSet)
		{
			TargetEntry *tle = lfirst_node(TargetEntry, lc);

			if (!tle->resjunk)
				modify->onConflictCols = lappend_int(modify->onConflictCols, tle->resno);
			tle->resno = resno++;
		}
		modify->onConflictWhere = oc->onConflictWhere;
		modify->exclRelRTI = oc->exclRelIndex;
		modify->exclRelTlist = oc->exclRelTlist;
	}
	set_plan_basics(root, &modify->plan, path, NIL, NIL);
	modify->plan.lefttree = input;
	return &modify->plan;
}

static Plan *
create_result(PlannerInfo *root, Path *path)
{
	Result *result = makeNode(Result);

	if (path->outer)
		result->plan.lefttree = create_node(root, path->outer);
	result->resconstantqual = path->u.result.constant_qual;
	set_plan_basics(root, &result->plan, path,
					path->outer && path->tlist == NIL ? result->plan.lefttree->targetlist : rel_tlist(root, path),
					ordered_clauses(root, path->quals));
	return &result->plan;
}

static Plan *
create_one_input(PlannerInfo *root, Path *path)
{
	Plan *input = create_node(root, path->outer);
	Plan *plan;

	if (path->node == T_Sort)
		return create_sort_on(root, path, input, path->u.sort.keys);
	if (path->node == T_Material)
		plan = (Plan *) makeNode(Material);
	else
	{
		LockRows *lock = makeNode(LockRows);

		lock->rowMarks = path->u.lockrows.row_marks;
		lock->epqParam = path->u.lockrows.epq_param;
		plan = &lock->plan;
	}
	set_plan_basics(root, plan, path, input->targetlist, NIL);
	plan->lefttree = input;
	return plan;
}

static Plan *
create_project_set(PlannerInfo *root, Path *path)
{
	ProjectSet *node = makeNode(ProjectSet);

	node->plan.lefttree = create_node(root, path->outer);
	set_plan_basics(root, &node->plan, path, path->tlist, NIL);
	return &node->plan;
}

static Plan *
create_node(PlannerInfo *root, Path *path)
{
	check_stack_depth();
	switch (path->node)
	{
		case T_IndexScan:
		case T_IndexOnlyScan:
			return create_index_scan(root, path);
		case T_BitmapHeapScan:
			return create_bitmap_heap_scan(root, path);
		case T_SeqScan:
		case T_TidScan:
		case T_SubqueryScan:
		case T_FunctionScan:
		case T_ValuesScan:
		case T_CteScan:
		case T_WorkTableScan:
			return create_scan(root, path);
		case T_NestLoop:
			return create_nestloop(root, path);
		case T_HashJoin:
			return create_hashjoin(root, path);
		case T_MergeJoin:
			return create_mergejoin(root, path);
		case T_Agg:
			return create_agg(root, path);
		case T_Unique:
			return create_unique(root, path);
		case T_SetOp:
			return create_setop(root, path);
		case T_RecursiveUnion:
			return create_recursive_union(root, path);
		case T_Append:
			return create_append(root, path);
		case T_WindowAgg:
			return create_window(root, path);
		case T_Limit:
			return create_limit(root, path);
		case T_ModifyTable:
			return create_modify_table(root, path);
		case T_Result:
			return create_result(root, path);
		case T_ProjectSet:
			return create_project_set(root, path);
		case T_Sort:
		case T_Material:
		case T_LockRows:
			return create_one_input(root, path);
		default:
			elog(ERROR, "unrecognized path type: %d", (int) path->node);
	}
}

/* The query's visible columns carry its names and origins. */
static void
label_targets(PlannerInfo *root, Plan *plan)
{
	ListCell *lp, *lq;

	if (root->parse->commandType != CMD_SELECT)
		return;
	forboth (lp, plan->targetlist, lq, root->processed_tlist)
	{
		TargetEntry *to = lfirst_node(TargetEntry, lp);
		TargetEntry *from = lfirst_node(TargetEntry, lq);

		to->resname = from->resname;
		to->ressortgroupref = from->ressortgroupref;
		to->resorigtbl = from->resorigtbl;
		to->resorigcol = from->resorigcol;
		to->resjunk = from->resjunk;
	}
}

/* The plan of a query level, its initplans attached to the top node. */
Plan *
create_plan(PlannerInfo *root, Path *path)
{
	Plan *plan = create_node(root, path);

	if (root->cur_outer_params != NIL)
		elog(ERROR, "failed to assign all nested-loop parameters to plan nodes");
	label_targets(root, plan);
	plan->initPlan = list_concat(plan->initPlan, root->init_plans);
	return plan;
}
