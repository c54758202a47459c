/*
 * joinsearch.c
 *    In which order relations are joined: dynamic programming over sets of relations (Selinger et al., "Access Path
 *    Selection in a Relational Database Management System", SIGMOD 1979), bushy trees included; for very many
 *    relations a greedy search by smallest result.
 *
 * A set of relations may be joined among itself only if every outer join is either untouched by it, still to come
 * inside of its nullable side, or complete (set_is_valid). Which join is performed when two sets meet follows from that.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "plan/plan.h"

typedef struct JoinStep
{
	OuterJoin *oj;		/* NULL: inner join */
	bool reversed;		/* the second set is the left side */
} JoinStep;

/* ---- legality ------------------------------------------------------------------------------------------------------- */
static bool
set_is_valid(PlannerInfo *root, Relids set)
{
	ListCell *lc;

	foreach (lc, root->outer_joins)
	{
		OuterJoin *oj = lfirst(lc);
		bool complete = bms_is_subset(oj->right, set) && bms_is_subset(oj->min_left, set);

		if (bms_overlap(set, oj->right) && !bms_is_subset(set, oj->right) && !complete)
			return false;
		if (oj->jointype == JOIN_FULL && bms_overlap(set, oj->left) && !bms_is_subset(set, oj->left) && !complete)
			return false;
	}
	return true;
}

static bool
find_join_step(PlannerInfo *root, Relids a, Relids b, Relids both, JoinStep *step)
{
	ListCell *lc;

	step->oj = NULL;
	step->reversed = false;
	foreach (lc, root->outer_joins)
	{
		OuterJoin *oj = lfirst(lc);
		Relids needed = bms_union(oj->right, oj->min_left);

		if (!bms_is_subset(needed, both) || bms_is_subset(needed, a) || bms_is_subset(needed, b))
			continue;
		if (step->oj != NULL)
			return false;
		if (bms_equal(b, oj->right) && bms_is_subset(oj->min_left, a))
			step->reversed = false;
		else if (bms_equal(a, oj->right) && bms_is_subset(oj->min_left, b))
			step->reversed = true;
		else
			return false;
		step->oj = oj;
	}
	return true;
}

/* ---- which pairs are worth trying ------------------------------------------------------------------------------------- */
static bool
connected(PlannerInfo *root, PlanRel *a, PlanRel *b)
{
	Relids both = bms_union(a->relids, b->relids);
	ListCell *lc;

	foreach (lc, root->quals)
	{
		Qual *qual = lfirst(lc);

		if (bms_overlap(qual->required, a->relids) && bms_overlap(qual->required, b->relids))
			return true;
	}
	foreach (lc, root->outer_joins)
	{
		OuterJoin *oj = lfirst(lc);

		if (bms_is_subset(oj->right, both) && bms_is_subset(oj->min_left, both) &&
			!bms_is_subset(bms_union(oj->right, oj->min_left), a->relids) &&
			!bms_is_subset(bms_union(oj->right, oj->min_left), b->relids))
			return true;
	}
	return bms_overlap(a->lateral_relids, b->relids) || bms_overlap(b->lateral_relids, a->relids);
}

/* Conditions that can be checked for the first time when a and b are joined; one per equivalence class. */
static List *
newly_applicable(PlannerInfo *root, Relids a, Relids b, Relids both)
{
	List *result = NIL;
	List *classes = NIL;
	ListCell *lc;

	foreach (lc, root->quals)
	{
		Qual *qual = lfirst(lc);

		if (!bms_is_subset(qual->required, both) || bms_is_subset(qual->required, a) || bms_is_subset(qual->required, b))
			continue;
		if (qual->ec && list_member_ptr(classes, qual->ec))
			continue;
		if (qual->ec)
			classes = lappend(classes, qual->ec);
		result = lappend(result, qual);
	}
	return result;
}

static PlanRel *
find_join_rel(PlannerInfo *root, Relids relids)
{
	ListCell *lc;

	foreach (lc, root->join_rels)
		if (bms_equal(((PlanRel *) lfirst(lc))->relids, relids))
			return lfirst(lc);
	return NULL;
}

static int32
target_width(PlannerInfo *root, PlanRel *rel, PlanRel *a, PlanRel *b)
{
	int total = list_length(a->targetlist) + list_length(b->targetlist);

	if (total == 0)
		return 0;
	return (int32) ((double) (a->width + b->width) * list_length(rel->targetlist) / total);
}

/* Joins a and b if that is legal; the join relation, with paths added, or NULL. */
static PlanRel *
try_join(PlannerInfo *root, PlanRel *a, PlanRel *b)
{
	Relids both = bms_union(a->relids, b->relids);
	JoinStep step;
	PlanRel *rel, *left, *right;
	List *applicable, *join_clauses, *filters;
	JoinType jointype;

	if (!set_is_valid(root, both) || !find_join_step(root, a->relids, b->relids, both, &step))
		return NULL;
	if (bms_overlap(a->lateral_relids, b->relids) && bms_overlap(b->lateral_relids, a->relids))
		return NULL;
	applicable = newly_applicable(root, a->relids, b->relids, both);
	left = step.reversed ? b : a;
	right = step.reversed ? a : b;
	jointype = step.oj ? step.oj->jointype : JOIN_INNER;
	join_clauses = step.oj ? step.oj->quals : applicable;
	filters = step.oj ? applicable : NIL;

	rel = find_join_rel(root, both);
	if (rel == NULL)
	{
		rel = planrel_new(PLANREL_JOIN, both);
		rel->targetlist = needed_columns(root, both);
		rel->lateral_relids = bms_difference(bms_union(a->lateral_relids, b->lateral_relids), both);
		rel->rows = join_size(root, left->rows, right->rows, jointype, join_clauses, filters);
		rel->width = target_width(root, rel, a, b);
		root->join_rels = lappend(root->join_rels, rel);
	}
	switch (jointype)
	{
		case JOIN_INNER:
			make_join_paths(root, rel, a, b, JOIN_INNER, join_clauses, filters);
			make_join_paths(root, rel, b, a, JOIN_INNER, join_clauses, filters);
			break;
		case JOIN_LEFT:
			make_join_paths(root, rel, left, right, JOIN_LEFT, join_clauses, filters);
			make_join_paths(root, rel, right, left, JOIN_RIGHT, join_clauses, filters);
			break;
		case JOIN_FULL:
			make_join_paths(root, rel, left, right, JOIN_FULL, join_clauses, filters);
			make_join_paths(root, rel, right, left, JOIN_FULL, join_clauses, filters);
			if (rel->paths == NIL)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("FULL JOIN is only supported with merge-joinable or hash-joinable join conditions"));
			break;
		default:
			make_join_paths(root, rel, left, right, jointype, join_clauses, filters);
			break;
	}
	return rel;
}

/* ---- dynamic programming --------------------------------------------------------------------------------------------------- */
static void
join_level_pairs(PlannerInfo *root, List **levels, int level, bool need_connection)
{
	for (int size = 1; size <= level / 2; size++)
	{
		ListCell *la, *lb;

		foreach (la, levels[size])
		{
			PlanRel *a = lfirst(la);

			foreach (lb, levels[level - size])
			{
				PlanRel *b = lfirst(lb);
				PlanRel *rel;

				if (size == level - size && foreach_current_index(lb) <= foreach_current_index(la))
					continue;
				if (bms_overlap(a->relids, b->relids) || (need_connection && !connected(root, a, b)))
					continue;
				CHECK_FOR_INTERRUPTS();
				rel = try_join(root, a, b);
				if (rel && rel->paths)
					levels[level] = list_append_unique_ptr(levels[level], rel);
			}
		}
	}
}

static PlanRel *
search_exhaustively(PlannerInfo *root, List *base)
{
	int count = list_length(base);
	List **levels = palloc0_array(List *, count + 1);

	levels[1] = base;
	for (int level = 2; level <= count; level++)
	{
		ListCell *lc;

		join_level_pairs(root, levels, level, true);
		if (levels[level] == NIL || (level == count && levels[level] == NIL))
			join_level_pairs(root, levels, level, false);
		foreach (lc, levels[level])
			rel_set_cheapest(lfirst(lc));
	}
	if (levels[count] == NIL)
	{
		/* Some parts are connected only by conditions that must wait: allow products at every level. */
		for (int level = 2; level <= count; level++)
		{
			ListCell *lc;

			join_level_pairs(root, levels, level, false);
			foreach (lc, levels[level])
				rel_set_cheapest(lfirst(lc));
		}
	}
	if (levels[count] == NIL)
		elog(ERROR, "failed to build any %d-way joins", count);
	return linitial(levels[count]);
}

/* ---- greedy ------------------------------------------------------------------------------------------------------------------- */
static PlanRel *
best_pair(PlannerInfo *root, List *rels, bool need_connection, PlanRel **used_a, PlanRel **used_b)
{
	PlanRel *best = NULL;
	ListCell *la, *lb;

	foreach (la, rels)
		for_each_from (lb, rels, foreach_current_index(la) + 1)
		{
			PlanRel *a = lfirst(la);
			PlanRel *b = lfirst(lb);
			PlanRel *rel;

			if (need_connection && !connected(root, a, b))
				continue;
			CHECK_FOR_INTERRUPTS();
			rel = try_join(root, a, b);
			if (rel == NULL || rel->paths == NIL)
				continue;
			if (best == NULL || rel->rows < best->rows)
			{
				best = rel;
				*used_a = a;
				*used_b = b;
			}
		}
	return best;
}

static PlanRel *
search_greedily(PlannerInfo *root, List *base)
{
	List *rels = list_copy(base);

	while (list_length(rels) > 1)
	{
		PlanRel *a = NULL;
		PlanRel *b = NULL;
		PlanRel *rel = best_pair(root, rels, true, &a, &b);

		if (rel == NULL)
			rel = best_pair(root, rels, false, &a, &b);
		if (rel == NULL)
			elog(ERROR, "failed to find a legal join order for %d relations", list_length(rels));
		rel_set_cheapest(rel);
		rels = list_delete_ptr(rels, a);
		rels = list_delete_ptr(rels, b);
		rels = lappend(rels, rel);
	}
	return linitial(rels);
}

/* ---- no relation at all --------------------------------------------------------------------------------------------------------- */
static PlanRel *
empty_from(PlannerInfo *root)
{
	PlanRel *rel = planrel_new(PLANREL_JOIN, NULL);
	Path *path = path_new(T_Result, rel, NULL);

	rel->rows = path->rows = 1;
	path->total_cost = cpu_tuple_cost;
	rel_add_path(rel, path);
	rel_set_cheapest(rel);
	return rel;
}

PlanRel *
join_search(PlannerInfo *root)
{
	List *base = NIL;
	int rti = -1;

	if (bms_is_empty(root->all_baserels))
		return empty_from(root);
	estimate_base_sizes(root);
	while ((rti = bms_next_member(root->all_baserels, rti)) >= 0)
	{
		make_scan_paths(root, root->rels[rti]);
		base = lappend(base, root->rels[rti]);
	}
	if (list_length(base) == 1)
		return linitial(base);
	if (list_length(base) > geqo_threshold)
		return search_greedily(root, base);
	return search_exhaustively(root, base);
}
