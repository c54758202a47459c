/*
 * joinpaths.c
 *    Ways to join two relations whose paths are known: nested loop, hash join, merge join.
 */
#include "postgres.h"

#include <math.h>

#include "access/stratnum.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

/* ---- size ---------------------------------------------------------------------------------------------------------- */
double
join_size(PlannerInfo *root, double outer_rows, double inner_rows, JoinType jointype, List *join_clauses,
		  List *filter_quals)
{
	double selectivity = quals_selectivity(root, join_clauses, jointype);
	double filter = quals_selectivity(root, filter_quals, JOIN_INNER);
	double rows;

	switch (jointype)
	{
		case JOIN_LEFT:
			rows = Max(outer_rows * inner_rows * selectivity, outer_rows);
			break;
		case JOIN_FULL:
			rows = Max(Max(outer_rows * inner_rows * selectivity, outer_rows), inner_rows);
			break;
		case JOIN_SEMI:
			rows = outer_rows * selectivity;
			break;
		case JOIN_ANTI:
			rows = outer_rows * (1.0 - selectivity);
			break;
		default:
			rows = outer_rows * inner_rows * selectivity;
			break;
	}
	return clamp_row_est(rows * filter);
}

/* ---- conditions already ensured below -------------------------------------------------------------------------------- */
bool
path_enforces(Path *path, Qual *qual)
{
	ListCell *lc;

	if (path == NULL)
		return false;
	if (list_member_ptr(path->quals, qual))
		return true;
	switch (path->node)
	{
		case T_IndexScan:
		case T_IndexOnlyScan:
			foreach (lc, path->u.index.clauses)
				if (((IndexClause *) lfirst(lc))->qual == qual && !((IndexClause *) lfirst(lc))->lossy)
					return true;
			return false;
		case T_NestLoop:
		case T_HashJoin:
		case T_MergeJoin:
			return list_member_ptr(path->u.join.join_clauses, qual) || list_member_ptr(path->u.join.key_clauses, qual) ||
				   path_enforces(path->outer, qual) || path_enforces(path->inner, qual);
		case T_Material:
			return path_enforces(path->outer, qual);
		default:
			return false;
	}
}

/* A unique index whose columns are all equated with something outside: at most one match. */
static bool
index_matches_once(PlanIndex *index, Relids outer, List *clauses)
{
	for (int i = 0; i < index->nkeycolumns; i++)
	{
		bool found = false;
		ListCell *lc;

		foreach (lc, clauses)
		{
			Qual *qual = lfirst(lc);
			OpExpr *op = (OpExpr *) qual->clause;
			Node *inner_side;

			if (!qual->can_join || qual->merge_families == NIL || !list_member_oid(qual->merge_families, index->opfamily[i]))
				continue;
			if (bms_is_subset(qual->left_relids, outer))
				inner_side = lsecond(op->args);
			else if (bms_is_subset(qual->right_relids, outer))
				inner_side = linitial(op->args);
			else
				continue;
			while (IsA(inner_side, RelabelType))
				inner_side = (Node *) ((RelabelType *) inner_side)->arg;
			if (IsA(inner_side, Var) && ((Var *) inner_side)->varattno == index->keys[i] && index->keys[i] != 0 &&
				((Var *) inner_side)->varno == (int) index->rel->rti)
				found = true;
		}
		if (!found)
			return false;
	}
	return true;
}

bool
inner_is_unique(PlannerInfo *root, PlanRel *inner, Relids outer, List *join_clauses)
{
	ListCell *lc;

	if (inner->kind != PLANREL_BASE || inner->rte->rtekind != RTE_RELATION)
		return false;
	foreach (lc, inner->indexes)
	{
		PlanIndex *index = lfirst(lc);

		if (index->unique && index->immediate && index->predicate == NIL &&
			index_matches_once(index, outer, join_clauses))
			return true;
	}
	return false;
}

/* ---- common ------------------------------------------------------------------------------------------------------------- */
typedef struct JoinInput
{
	PlannerInfo *root;
	PlanRel *rel;
	PlanRel *outer;
	PlanRel *inner;
	JoinType jointype;
	List *join_clauses;
	List *filters;
	bool inner_unique;
} JoinInput;

static Relids
required_by_join(Path *outer, Path *inner)
{
	Relids needed = bms_union(outer->required_outer, inner->required_outer);

	return bms_del_members(bms_difference(needed, outer->rel->relids), inner->rel->relids);
}

static Path *
join_path(JoinInput *in, NodeTag node, Path *outer, Path *inner)
{
	Path *path = path_new(node, in->rel, NULL);

	path->outer = outer;
	path->inner = inner;
	path->required_outer = required_by_join(outer, inner);
	path->quals = in->filters;
	path->rows = in->rel->rows;
	if (outer->rows < outer->rel->rows && outer->rel->rows > 0 && !bms_is_empty(outer->required_outer))
		path->rows = clamp_row_est(in->rel->rows * outer->rows / outer->rel->rows);
	path->u.join.jointype = in->jointype;
	path->u.join.inner_unique = in->inner_unique;
	return path;
}

/* ---- nested loops ---------------------------------------------------------------------------------------------------------- */
static void
add_nestloop(JoinInput *in, Path *outer, Path *inner)
{
	Path *path;
	ListCell *lc;

	if (bms_overlap(outer->required_outer, in->inner->relids))
		return;
	path = join_path(in, T_NestLoop, outer, inner);
	foreach (lc, in->join_clauses)
		if (bms_is_empty(inner->required_outer) || !path_enforces(inner, lfirst(lc)))
			path->u.join.join_clauses = lappend(path->u.join.join_clauses, lfirst(lc));
	path->pathkeys = pathkeys_truncate_useless(in->root, in->rel, outer->pathkeys);
	cost_nestloop(in->root, path);
	rel_add_path(in->rel, path);
}

static Path *
material_path(Path *input)
{
	Path *path = path_new(T_Material, input->rel, input);

	cost_material(path, input->rows, input->rel->width, input->total_cost);
	return path;
}

static void
add_nestloops(JoinInput *in)
{
	Path *inner_cheapest = in->inner->cheapest_total;
	Path *materialized = NULL;
	ListCell *lo, *li;

	if (in->jointype == JOIN_RIGHT || in->jointype == JOIN_FULL)
		return;
	if (inner_cheapest && enable_material && inner_cheapest->node != T_Material &&
		inner_cheapest->node != T_CteScan && inner_cheapest->node != T_WorkTableScan &&
		!bms_overlap(inner_cheapest->required_outer, in->outer->relids))
		materialized = material_path(inner_cheapest);
	foreach (lo, in->outer->paths)
	{
		Path *outer = lfirst(lo);

		foreach (li, in->inner->paths)
		{
			Path *inner = lfirst(li);

			/* Unparameterized: only the cheapest; parameterized by this outer side: each. */
			if (inner == inner_cheapest || bms_overlap(inner->required_outer, in->outer->relids))
				add_nestloop(in, outer, inner);
		}
		if (materialized)
			add_nestloop(in, outer, materialized);
	}
}

/* ---- hash joins --------------------------------------------------------------------------------------------------------------- */
static bool
sides_fit(Qual *qual, PlanRel *outer, PlanRel *inner)
{
	return qual->can_join &&
		   ((bms_is_subset(qual->left_relids, outer->relids) && bms_is_subset(qual->right_relids, inner->relids)) ||
			(bms_is_subset(qual->right_relids, outer->relids) && bms_is_subset(qual->left_relids, inner->relids)));
}

static void
add_hashjoin(JoinInput *in, Path *outer, Path *inner)
{
	Path *path;
	ListCell *lc;

	if (outer == NULL || inner == NULL || bms_overlap(outer->required_outer, in->inner->relids) ||
		bms_overlap(inner->required_outer, in->outer->relids))
		return;
	path = join_path(in, T_HashJoin, outer, inner);
	foreach (lc, in->join_clauses)
	{
		Qual *qual = lfirst(lc);

		if (OidIsValid(qual->hash_operator) && sides_fit(qual, in->outer, in->inner))
			path->u.join.key_clauses = lappend(path->u.join.key_clauses, qual);
		else
			path->u.join.join_clauses = lappend(path->u.join.join_clauses, qual);
	}
	if (path->u.join.key_clauses == NIL)
		return;
	cost_hashjoin(in->root, path);
	rel_add_path(in->rel, path);
}

/* ---- merge joins ----------------------------------------------------------------------------------------------------------------- */
static void
load_merge_classes(PlannerInfo *root, Qual *qual)
{
	OpExpr *op = (OpExpr *) qual->clause;
	Oid lefttype, righttype;

	if (qual->left_ec)
		return;
	op_input_types(op->opno, &lefttype, &righttype);
	qual->left_ec = ec_for_expr(root, linitial(op->args), qual->merge_families, lefttype, op->inputcollid, true);
	qual->right_ec = ec_for_expr(root, lsecond(op->args), qual->merge_families, righttype, op->inputcollid, true);
}

static PathKey *
merge_key(EquivClass *ec, PathKey *like)
{
	PathKey *key = palloc_object(PathKey);

	key->ec = ec_canonical(ec);
	key->opfamily = like ? like->opfamily : linitial_oid(ec_canonical(ec)->opfamilies);
	key->strategy = like ? like->strategy : BTLessStrategyNumber;
	key->nulls_first = like ? like->nulls_first : false;
	return key;
}

static EquivClass *
side_class(Qual *qual, PlanRel *side)
{
	return bms_is_subset(qual->left_relids, side->relids) ? qual->left_ec : qual->right_ec;
}

static List *
merge_clauses(JoinInput *in)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, in->join_clauses)
	{
		Qual *qual = lfirst(lc);

		if (qual->merge_families == NIL || !sides_fit(qual, in->outer, in->inner))
			continue;
		load_merge_classes(in->root, qual);
		result = lappend(result, qual);
	}
	return result;
}

/* Clauses in the order of the outer path's sort keys, as far as they go. */
static List *
clauses_for_keys(JoinInput *in, List *clauses, List *keys, List **outer_keys, List **inner_keys)
{
	List *result = NIL;
	ListCell *lk;

	*outer_keys = *inner_keys = NIL;
	foreach (lk, keys)
	{
		PathKey *key = lfirst(lk);
		bool found = false;
		ListCell *lc;

		foreach (lc, clauses)
		{
			Qual *qual = lfirst(lc);

			if (ec_canonical(side_class(qual, in->outer)) != ec_canonical(key->ec) || list_member_ptr(result, qual))
				continue;
			if (!list_member_oid(qual->merge_families, key->opfamily))
				continue;
			result = lappend(result, qual);
			if (!found)
			{
				PathKey *inner_key = merge_key(side_class(qual, in->inner), key);

				*outer_keys = lappend(*outer_keys, key);
				if (!pathkey_is_redundant(inner_key, *inner_keys))
					*inner_keys = lappend(*inner_keys, inner_key);
				found = true;
			}
			else
			{
				/* A second clause on the same outer key: its inner key must be the same class too. */
				PathKey *inner_key = merge_key(side_class(qual, in->inner), key);

				if (!pathkey_is_redundant(inner_key, *inner_keys))
					result = list_delete_last(result);
			}
		}
		if (!found)
			break;
	}
	return result;
}

static void
add_mergejoin(JoinInput *in, Path *outer, Path *inner, List *keys, List *outer_keys, List *inner_keys)
{
	Path *path;

	if (bms_overlap(outer->required_outer, in->inner->relids) || bms_overlap(inner->required_outer, in->outer->relids))
		return;
	outer = sort_path(in->root, outer, outer_keys, -1);
	inner = sort_path(in->root, inner, inner_keys, -1);
	if (inner->node != T_Sort && inner->node != T_Material)
		inner = material_path(inner); /* going back to a mark is cheap from memory */
	path = join_path(in, T_MergeJoin, outer, inner);
	path->u.join.key_clauses = keys;
	path->u.join.join_clauses = list_difference_ptr(in->join_clauses, keys);
	path->u.join.outer_keys = outer_keys;
	path->u.join.inner_keys = inner_keys;
	if (in->jointype != JOIN_FULL)
		path->pathkeys = pathkeys_truncate_useless(in->root, in->rel, outer->pathkeys);
	cost_mergejoin(in->root, path);
	rel_add_path(in->rel, path);
}

static Path *
inner_for_keys(JoinInput *in, List *keys)
{
	Path *sorted = path_cheapest_for_keys(in->inner->paths, keys, in->inner->lateral_relids, false, false);

	if (sorted && in->inner->cheapest_total &&
		sorted->total_cost <= sort_path(in->root, in->inner->cheapest_total, keys, -1)->total_cost)
		return sorted;
	return in->inner->cheapest_total;
}

static void
add_mergejoins(JoinInput *in)
{
	List *clauses;
	List *keys, *outer_keys, *inner_keys, *natural = NIL;
	ListCell *lc;

	if (in->jointype == JOIN_RIGHT || in->outer->cheapest_total == NULL || in->inner->cheapest_total == NULL)
		return;
	clauses = merge_clauses(in);
	if (clauses == NIL)
		return;
	if (in->jointype == JOIN_FULL && list_length(clauses) != list_length(in->join_clauses))
		return;
	foreach (lc, clauses)
	{
		PathKey *key = merge_key(side_class(lfirst(lc), in->outer), NULL);

		if (!pathkey_is_redundant(key, natural))
			natural = lappend(natural, key);
	}
	keys = clauses_for_keys(in, clauses, natural, &outer_keys, &inner_keys);
	if (keys != NIL && (in->jointype != JOIN_FULL || list_length(keys) == list_length(in->join_clauses)))
		add_mergejoin(in, in->outer->cheapest_total, inner_for_keys(in, inner_keys), keys, outer_keys, inner_keys);
	foreach (lc, in->outer->paths)
	{
		Path *outer = lfirst(lc);

		if (outer->pathkeys == NIL || !bms_equal(outer->required_outer, in->outer->lateral_relids))
			continue;
		keys = clauses_for_keys(in, clauses, outer->pathkeys, &outer_keys, &inner_keys);
		if (keys == NIL || (in->jointype == JOIN_FULL && list_length(keys) != list_length(in->join_clauses)))
			continue;
		add_mergejoin(in, outer, inner_for_keys(in, inner_keys), keys, outer_keys, inner_keys);
	}
}

void
make_join_paths(PlannerInfo *root, PlanRel *joinrel, PlanRel *outer, PlanRel *inner, JoinType jointype,
				List *join_clauses, List *filter_quals)
{
	JoinInput in = {root, joinrel, outer, inner, jointype, join_clauses, filter_quals, false};
	ListCell *lc;

	in.inner_unique = inner_is_unique(root, inner, outer->relids, join_clauses);
	add_nestloops(&in);
	add_hashjoin(&in, outer->cheapest_total, inner->cheapest_total);
	if (outer->cheapest_startup != outer->cheapest_total)
		add_hashjoin(&in, outer->cheapest_startup, inner->cheapest_total);
	foreach (lc, outer->cheapest_parameterized)
		if (jointype == JOIN_INNER || jointype == JOIN_LEFT)
			add_hashjoin(&in, lfirst(lc), inner->cheapest_total);
	add_mergejoins(&in);
}
