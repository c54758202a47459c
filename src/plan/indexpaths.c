/*
 * indexpaths.c
 *    Ways to read a table through its indexes: plain, index-only, bitmap, and parameterized by outer relations.
 *
 * A condition matches an index column when it is "column op value" with op in the column's operator family, the right
 * collation, and a value that does not depend on the table. Conditions from joins count when the other relations are
 * promised as parameters: one set of paths is made per distinct set of outer relations.
 */
#include "postgres.h"

#include <math.h>

#include "access/stratnum.h"
#include "access/sysattr.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

/* ---- matching ---------------------------------------------------------------------------------------------------------- */
static Node *
index_expression(PlanIndex *index, int column)
{
	int nth = 0;

	for (int i = 0; i < column; i++)
		if (index->keys[i] == 0)
			nth++;
	return list_nth(index->expressions, nth);
}

static bool
is_index_column(PlanIndex *index, int column, Node *node)
{
	while (node && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	if (node == NULL)
		return false;
	if (index->keys[column] != 0)
		return IsA(node, Var) && ((Var *) node)->varno == (int) index->rel->rti &&
			   ((Var *) node)->varattno == index->keys[column] && ((Var *) node)->varlevelsup == 0;
	else
	{
		Node *expr = index_expression(index, column);

		while (IsA(expr, RelabelType))
			expr = (Node *) ((RelabelType *) expr)->arg;
		return equal(node, expr);
	}
}

static bool
is_comparison_value(PlanIndex *index, Node *node)
{
	return !bms_is_member(index->rel->rti, pull_varnos(NULL, node)) && !contain_volatile_functions(node);
}

static bool
collation_fits(PlanIndex *index, int column, Oid collation)
{
	return !OidIsValid(index->collation[column]) || index->collation[column] == collation;
}

static Expr *
match_operator(PlanIndex *index, int column, OpExpr *op)
{
	Node *left, *right;

	if (list_length(op->args) != 2 || !collation_fits(index, column, op->inputcollid))
		return NULL;
	left = linitial(op->args);
	right = lsecond(op->args);
	if (is_index_column(index, column, left) && is_comparison_value(index, right))
		return op_in_opfamily(op->opno, index->opfamily[column]) ? (Expr *) op : NULL;
	if (is_index_column(index, column, right) && is_comparison_value(index, left))
	{
		Oid commuted = get_commutator(op->opno);
		OpExpr *swapped;

		if (!OidIsValid(commuted) || !op_in_opfamily(commuted, index->opfamily[column]))
			return NULL;
		swapped = makeNode(OpExpr);
		*swapped = *op;
		swapped->opno = commuted;
		swapped->opfuncid = InvalidOid;
		set_opfuncid(swapped);
		swapped->args = list_make2(right, left);
		return (Expr *) swapped;
	}
	return NULL;
}

static Expr *
match_boolean(PlanIndex *index, int column, Node *clause)
{
	bool value = true;
	Node *variable = clause;

	if (index->opfamily[column] != BOOL_BTREE_FAM_OID && index->opfamily[column] != BOOL_HASH_FAM_OID)
		return NULL;
	if (is_notclause(clause))
	{
		variable = (Node *) get_notclausearg((Expr *) clause);
		value = false;
	}
	else if (IsA(clause, BooleanTest) && ((BooleanTest *) clause)->booltesttype == IS_TRUE)
		variable = (Node *) ((BooleanTest *) clause)->arg;
	else if (IsA(clause, BooleanTest) && ((BooleanTest *) clause)->booltesttype == IS_FALSE)
	{
		variable = (Node *) ((BooleanTest *) clause)->arg;
		value = false;
	}
	if (exprType(variable) != BOOLOID || !is_index_column(index, column, variable))
		return NULL;
	variable = (Node *) make_opclause(BooleanEqualOperator, BOOLOID, false, (Expr *) variable,
									  (Expr *) makeBoolConst(value, false), InvalidOid, InvalidOid);
	set_opfuncid((OpExpr *) variable);
	return (Expr *) variable;
}

/* The condition as the index understands it; NULL: it is of no use for this column. */
static IndexClause *
match_clause(PlanIndex *index, int column, Qual *qual)
{
	Node *clause = (Node *) qual->clause;
	Expr *form = NULL;
	IndexClause *result;

	switch (nodeTag(clause))
	{
		case T_OpExpr:
			form = match_operator(index, column, (OpExpr *) clause);
			break;
		case T_ScalarArrayOpExpr:
			{
				ScalarArrayOpExpr *saop = (ScalarArrayOpExpr *) clause;

				if (saop->useOr && index->amsearcharray && collation_fits(index, column, saop->inputcollid) &&
					is_index_column(index, column, linitial(saop->args)) &&
					is_comparison_value(index, lsecond(saop->args)) &&
					op_in_opfamily(saop->opno, index->opfamily[column]))
					form = (Expr *) saop;
			}
			break;
		case T_NullTest:
			if (index->amsearchnulls && !((NullTest *) clause)->argisrow &&
				is_index_column(index, column, (Node *) ((NullTest *) clause)->arg))
				form = (Expr *) clause;
			break;
		default:
			break;
	}
	if (form == NULL)
		form = match_boolean(index, column, clause);
	if (form == NULL)
		return NULL;
	result = palloc0_object(IndexClause);
	result->qual = qual;
	result->clauses = list_make1(form);
	result->column = column;
	return result;
}

/* ---- collecting ---------------------------------------------------------------------------------------------------------- */
static List *
match_quals(PlanIndex *index, List *quals)
{
	List *result = NIL;

	for (int column = 0; column < index->nkeycolumns; column++)
	{
		List *classes = NIL;
		ListCell *lc;

		foreach (lc, quals)
		{
			Qual *qual = lfirst(lc);
			IndexClause *clause;

			if (qual->ec && list_member_ptr(classes, qual->ec))
				continue;
			clause = match_clause(index, column, qual);
			if (clause == NULL)
				continue;
			if (qual->ec)
				classes = lappend(classes, qual->ec);
			result = lappend(result, clause);
		}
	}
	return result;
}

static bool
is_equality(PlanIndex *index, int column, Node *clause)
{
	Oid opno;

	if (IsA(clause, OpExpr))
		opno = ((OpExpr *) clause)->opno;
	else if (IsA(clause, ScalarArrayOpExpr))
		opno = ((ScalarArrayOpExpr *) clause)->opno;
	else
		return IsA(clause, NullTest) && ((NullTest *) clause)->nulltesttype == IS_NULL;
	return get_op_opfamily_strategy(opno, index->opfamily[column]) == BTEqualStrategyNumber;
}

/* Conditions that bound the range of the index to read: equalities on leading columns and the first other column. */
static double
boundary_selectivity(PlannerInfo *root, PlanIndex *index, List *clauses)
{
	double result = 1.0;
	int next = 0;
	bool open = true;
	bool all_equal = true;
	ListCell *lc;
	List *bounds = NIL;

	while (open && next < index->nkeycolumns)
	{
		bool equality = false;
		bool any = false;

		foreach (lc, clauses)
		{
			IndexClause *clause = lfirst(lc);

			if (clause->column != next)
				continue;
			any = true;
			bounds = lappend(bounds, clause->qual);
			if (is_equality(index, next, linitial(clause->clauses)))
				equality = true;
		}
		if (!any)
			all_equal = false;
		open = any && equality;
		all_equal = all_equal && equality;
		next++;
	}
	result = quals_selectivity(root, bounds, JOIN_INNER);
	if (index->unique && all_equal && next == index->nkeycolumns && index->tuples > 0)
		result = Min(result, 1.0 / index->tuples);
	return result;
}

static double
all_selectivity(PlannerInfo *root, PlanIndex *index, List *clauses)
{
	List *quals = NIL;
	ListCell *lc;

	foreach (lc, clauses)
		quals = list_append_unique_ptr(quals, ((IndexClause *) lfirst(lc))->qual);
	/* Rows missing from a partial index fail the query's conditions anyway. */
	if (index->predicate != NIL)
	{
		double rows = quals_selectivity(root, quals, JOIN_INNER) * Max(index->rel->tuples, 1.0);

		return Min(1.0, rows / Max(index->tuples, 1.0));
	}
	return quals_selectivity(root, quals, JOIN_INNER);
}

/* ---- order and coverage ------------------------------------------------------------------------------------------------------ */
static List *
index_pathkeys(PlannerInfo *root, PlanIndex *index, bool backward)
{
	List *keys = NIL;

	if (!index->amcanorder)
		return NIL;
	for (int i = 0; i < index->nkeycolumns; i++)
	{
		Expr *expr;
		PathKey *key;
		bool descending = index->descending[i] != backward;
		bool nulls_first = index->nulls_first[i] != backward;

		if (index->keys[i] != 0)
		{
			Oid type, collation;
			int32 typmod;

			get_atttypetypmodcoll(index->rel->rte->relid, index->keys[i], &type, &typmod, &collation);
			expr = (Expr *) makeVar(index->rel->rti, index->keys[i], type, typmod, collation, 0);
		}
		else
			expr = (Expr *) index_expression(index, i);
		key = pathkey_make(root, expr, index->opfamily[i], index->opcintype[i], index->collation[i],
						   descending ? BTGreaterStrategyNumber : BTLessStrategyNumber, nulls_first, false);
		if (key == NULL)
			break;
		if (!pathkey_is_redundant(key, keys))
			keys = lappend(keys, key);
	}
	return pathkeys_truncate_useless(root, index->rel, keys);
}

static bool
index_covers(PlanIndex *index)
{
	PlanRel *rel = index->rel;
	int bit = -1;

	if (!enable_indexonlyscan || rel->whole_row_needed)
		return false;
	while ((bit = bms_next_member(rel->attrs_used, bit)) >= 0)
	{
		int attno = bit + FirstLowInvalidHeapAttributeNumber;
		bool found = false;

		for (int i = 0; i < index->ncolumns && !found; i++)
			found = index->keys[i] == attno && attno > 0 && index->can_return[i];
		if (!found)
			return false;
	}
	return true;
}

/* ---- making paths --------------------------------------------------------------------------------------------------------------- */
/* What is left to check on a row: the relation's conditions and movable join conditions that the index does not ensure. */
static List *
remaining_quals(PlanRel *rel, List *clauses, Relids outer)
{
	Relids available = bms_union(rel->relids, outer);
	List *enforced = NIL;
	List *result = NIL;
	ListCell *lc;

	foreach (lc, clauses)
		if (!((IndexClause *) lfirst(lc))->lossy)
			enforced = lappend(enforced, ((IndexClause *) lfirst(lc))->qual);
	result = list_difference_ptr(rel->quals, enforced);
	if (!bms_is_empty(outer))
		foreach (lc, rel->join_quals)
		{
			Qual *qual = lfirst(lc);

			if (bms_is_subset(qual->clause_relids, available) && !list_member_ptr(enforced, qual))
				result = lappend(result, qual);
		}
	return result;
}

static double
loop_count(PlannerInfo *root, Relids outer)
{
	double loops = 0;
	int rti = -1;

	while ((rti = bms_next_member(outer, rti)) >= 0)
	{
		double rows = root->rels[rti] ? Max(root->rels[rti]->rows, 1.0) : 1.0;

		loops = loops == 0 ? rows : Min(loops, rows);
	}
	return Max(loops, 1.0);
}

static Path *
index_path(PlannerInfo *root, PlanIndex *index, List *clauses, Relids outer, NodeTag node, ScanDirection direction)
{
	PlanRel *rel = index->rel;
	Path *path = path_new(node, rel, NULL);

	path->required_outer = bms_union(outer, rel->lateral_relids);
	path->rows = base_scan_rows(root, rel, outer);
	path->quals = remaining_quals(rel, clauses, outer);
	path->u.index.index = index;
	path->u.index.clauses = clauses;
	path->u.index.direction = direction;
	path->u.index.index_only = (node == T_IndexOnlyScan);
	path->u.index.boundary = boundary_selectivity(root, index, clauses);
	path->u.index.selectivity = Min(path->u.index.boundary, all_selectivity(root, index, clauses));
	return path;
}

/* Array conditions give rows in array order, unless the array is on the leading, only ordered-by prefix. */
static bool
has_array_condition(List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
		if (IsA(linitial(((IndexClause *) lfirst(lc))->clauses), ScalarArrayOpExpr))
			return true;
	return false;
}

static bool
has_first_column(List *clauses)
{
	return clauses != NIL && ((IndexClause *) linitial(clauses))->column == 0;
}

static void
add_index_paths(PlannerInfo *root, PlanIndex *index, List *clauses, Relids outer, List **bitmaps)
{
	PlanRel *rel = index->rel;
	bool covers = index_covers(index);
	bool selective = has_first_column(clauses);
	NodeTag node = covers ? T_IndexOnlyScan : T_IndexScan;
	double loops = loop_count(root, outer);

	if (index->amhasgettuple)
	{
		List *forward = has_array_condition(clauses) ? NIL : index_pathkeys(root, index, false);
		List *backward = has_array_condition(clauses) ? NIL : index_pathkeys(root, index, true);

		if (selective || forward != NIL || covers || (index->predicate != NIL && outer == NULL))
		{
			Path *path = index_path(root, index, clauses, outer, node, ForwardScanDirection);

			path->pathkeys = forward;
			cost_index(root, path, loops);
			rel_add_path(rel, path);
		}
		if (backward != NIL && !pathkeys_contained_in(backward, forward))
		{
			Path *path = index_path(root, index, clauses, outer, node, BackwardScanDirection);

			path->pathkeys = backward;
			cost_index(root, path, loops);
			rel_add_path(rel, path);
		}
	}
	if (index->amhasgetbitmap && (selective || index->predicate != NIL))
		*bitmaps = lappend(*bitmaps, index_path(root, index, clauses, outer, T_BitmapIndexScan, ForwardScanDirection));
}

/* ---- bitmaps ------------------------------------------------------------------------------------------------------------------------ */
static Path *
bitmap_heap_path(PlannerInfo *root, PlanRel *rel, Path *bitmap, Relids outer)
{
	Path *path = path_new(T_BitmapHeapScan, rel, NULL);

	path->outer = bitmap;
	path->required_outer = bms_union(outer, rel->lateral_relids);
	path->rows = base_scan_rows(root, rel, outer);
	/* Conditions that the bitmap ensures are rechecked by the node itself where needed; create.c drops them. */
	path->quals = remaining_quals(rel, NIL, outer);
	cost_bitmap_heap(root, path, loop_count(root, outer));
	return path;
}

static Path *
bitmap_combination(PlanRel *rel, NodeTag node, List *members)
{
	Path *path = path_new(node, rel, NULL);

	path->u.bitmap.members = members;
	return path;
}

static int
by_selectivity(const ListCell *a, const ListCell *b)
{
	double sa = ((Path *) lfirst(a))->u.index.selectivity;
	double sb = ((Path *) lfirst(b))->u.index.selectivity;

	return (sa > sb) - (sa < sb);
}

static bool
adds_condition(Path *candidate, List *members)
{
	ListCell *lc, *lm, *lo;

	foreach (lc, candidate->u.index.clauses)
	{
		bool known = false;

		foreach (lm, members)
			foreach (lo, ((Path *) lfirst(lm))->u.index.clauses)
				if (((IndexClause *) lfirst(lo))->qual == ((IndexClause *) lfirst(lc))->qual)
					known = true;
		if (!known)
			return true;
	}
	return false;
}

/* The best single bitmap, then further ones ANDed as long as that gets cheaper. */
static void
add_bitmap_paths(PlannerInfo *root, PlanRel *rel, List *bitmaps, Relids outer)
{
	List *chosen = NIL;
	Path *best = NULL;
	ListCell *lc;

	list_sort(bitmaps, by_selectivity);
	foreach (lc, bitmaps)
	{
		Path *candidate = lfirst(lc);
		Path *heap;

		if (best && !adds_condition(candidate, chosen))
			continue;
		if (best == NULL)
			heap = bitmap_heap_path(root, rel, candidate, outer);
		else
			heap = bitmap_heap_path(
				root, rel, bitmap_combination(rel, T_BitmapAnd, lappend(list_copy(chosen), candidate)), outer);
		if (best == NULL || heap->total_cost < best->total_cost)
		{
			best = heap;
			chosen = lappend(chosen, candidate);
		}
	}
	if (best)
		rel_add_path(rel, best);
}

/* OR: every arm must be able to use some index. */
static Path *
bitmap_for_or(PlannerInfo *root, PlanRel *rel, BoolExpr *or_expr)
{
	List *members = NIL;
	ListCell *lc, *li;

	foreach (lc, or_expr->args)
	{
		List *quals = NIL;
		Path *best = NULL;
		ListCell *lq;

		foreach (lq, make_ands_implicit((Expr *) lfirst(lc)))
			quals = lappend(quals, make_qual(root, lfirst(lq), NULL, NULL));
		foreach (li, rel->indexes)
		{
			PlanIndex *index = lfirst(li);
			List *clauses;
			Path *path;

			if (!index->amhasgetbitmap ||
				(!index->predicate_ok && !predicate_implied_by(index->predicate, qual_clauses(quals), false)))
				continue;
			clauses = match_quals(index, quals);
			if (!has_first_column(clauses))
				continue;
			path = index_path(root, index, clauses, NULL, T_BitmapIndexScan, ForwardScanDirection);
			if (best == NULL || path->u.index.selectivity < best->u.index.selectivity)
				best = path;
		}
		if (best == NULL)
			return NULL;
		members = lappend(members, best);
	}
	return bitmap_combination(rel, T_BitmapOr, members);
}

static void
add_or_paths(PlannerInfo *root, PlanRel *rel)
{
	ListCell *lc;

	foreach (lc, rel->quals)
	{
		Qual *qual = lfirst(lc);
		Path *bitmap;

		if (!is_orclause(qual->clause))
			continue;
		bitmap = bitmap_for_or(root, rel, (BoolExpr *) qual->clause);
		if (bitmap)
			rel_add_path(rel, bitmap_heap_path(root, rel, bitmap, NULL));
	}
}

/* ---- parameterized ------------------------------------------------------------------------------------------------------------------- */
/* Distinct sets of outer relations that some matching join condition needs, and their union. */
static List *
outer_sets(PlanIndex *index)
{
	List *sets = NIL;
	Relids all = NULL;
	ListCell *lc;

	foreach (lc, index->rel->join_quals)
	{
		Qual *qual = lfirst(lc);
		bool useful = false;

		for (int column = 0; column < index->nkeycolumns && !useful; column++)
			useful = match_clause(index, column, qual) != NULL;
		if (useful)
		{
			Relids outer = bms_difference(qual->clause_relids, index->rel->relids);
			ListCell *ls;
			bool known = false;

			foreach (ls, sets)
				known |= bms_equal(lfirst(ls), outer);
			if (!known)
				sets = lappend(sets, outer);
			all = bms_union(all, outer);
		}
	}
	if (list_length(sets) > 1)
	{
		ListCell *ls;
		bool known = false;

		foreach (ls, sets)
			known |= bms_equal(lfirst(ls), all);
		if (!known)
			sets = lappend(sets, all);
	}
	return sets;
}

static void
add_parameterized_paths(PlannerInfo *root, PlanRel *rel, PlanIndex *index)
{
	ListCell *ls;

	foreach (ls, outer_sets(index))
	{
		Relids outer = lfirst(ls);
		Relids available = bms_union(outer, rel->relids);
		List *quals = list_copy(rel->quals);
		List *bitmaps = NIL;
		List *clauses;
		ListCell *lc;

		foreach (lc, rel->join_quals)
			if (bms_is_subset(((Qual *) lfirst(lc))->clause_relids, available))
				quals = lappend(quals, lfirst(lc));
		clauses = match_quals(index, quals);
		if (!has_first_column(clauses))
			continue;
		add_index_paths(root, index, clauses, outer, &bitmaps);
		add_bitmap_paths(root, rel, bitmaps, outer);
	}
}

void
make_index_paths(PlannerInfo *root, PlanRel *rel)
{
	List *bitmaps = NIL;
	ListCell *lc;

	foreach (lc, rel->indexes)
	{
		PlanIndex *index = lfirst(lc);

		if (index->predicate != NIL && !index->predicate_ok)
			continue;
		add_index_paths(root, index, match_quals(index, rel->quals), NULL, &bitmaps);
		if (bms_is_empty(rel->lateral_relids))
			add_parameterized_paths(root, rel, index);
	}
	add_bitmap_paths(root, rel, bitmaps, NULL);
	add_or_paths(root, rel);
}
