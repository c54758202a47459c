/*
 * paths.c
 *    The set of alternatives of one relation, and which of them survive.
 *
 * A path is kept unless another one of the same relation is at least as good in total cost, start-up cost, order and
 * freedom from parameters. Costs within one percent count as equal, so that the set stays small.
 */
#include "postgres.h"

#include "plan/plan.h"

#define FUZZ 1.01

Path *
path_new(NodeTag node, PlanRel *rel, Path *outer)
{
	Path *path = palloc0_object(Path);

	path->node = node;
	path->rel = rel;
	path->outer = outer;
	if (outer)
	{
		path->rows = outer->rows;
		path->startup_cost = outer->startup_cost;
		path->total_cost = outer->total_cost;
		path->pathkeys = outer->pathkeys;
		path->required_outer = outer->required_outer;
	}
	return path;
}

/* Is a at least as good as b in every respect? */
static bool
dominates(Path *a, Path *b)
{
	return a->total_cost <= b->total_cost * FUZZ && a->startup_cost <= b->startup_cost * FUZZ &&
		   pathkeys_contained_in(b->pathkeys, a->pathkeys) && bms_is_subset(a->required_outer, b->required_outer) &&
		   a->rows <= b->rows * FUZZ;
}

/* Between two that dominate each other the really cheaper one wins. */
static bool
better_of_equals(Path *a, Path *b)
{
	if (a->total_cost != b->total_cost)
		return a->total_cost < b->total_cost;
	return a->startup_cost <= b->startup_cost;
}

bool
rel_add_path(PlanRel *rel, Path *path)
{
	List *kept = NIL;
	ListCell *lc;

	foreach (lc, rel->paths)
	{
		Path *old = lfirst(lc);

		if (dominates(old, path) && !(dominates(path, old) && !better_of_equals(old, path)))
			return false;
	}
	foreach (lc, rel->paths)
		if (!dominates(path, lfirst(lc)))
			kept = lappend(kept, lfirst(lc));
	rel->paths = lappend(kept, path);
	return true;
}

void
rel_set_cheapest(PlanRel *rel)
{
	ListCell *lc;

	rel->cheapest_startup = rel->cheapest_total = NULL;
	rel->cheapest_parameterized = NIL;
	if (rel->paths == NIL)
		elog(ERROR, "could not devise a query plan for the given query");
	foreach (lc, rel->paths)
	{
		Path *path = lfirst(lc);

		if (!bms_equal(path->required_outer, rel->lateral_relids))
		{
			rel->cheapest_parameterized = lappend(rel->cheapest_parameterized, path);
			continue;
		}
		if (rel->cheapest_total == NULL || path->total_cost < rel->cheapest_total->total_cost)
			rel->cheapest_total = path;
		if (rel->cheapest_startup == NULL || path->startup_cost < rel->cheapest_startup->startup_cost)
			rel->cheapest_startup = path;
	}
}

/* Cost of getting the first part of a path's rows. */
static Cost
cost_of_fraction(Path *path, double fraction)
{
	return path->startup_cost + fraction * (path->total_cost - path->startup_cost);
}

/* fraction as in PlannerInfo.tuple_fraction. */
Path *
path_cheapest_for_fraction(PlanRel *rel, double fraction, double total_rows)
{
	Path *best = rel->cheapest_total;
	ListCell *lc;

	if (fraction <= 0.0 || best == NULL)
		return best;
	if (fraction >= 1.0)
		fraction = total_rows > 0 ? Min(1.0, fraction / total_rows) : 1.0;
	foreach (lc, rel->paths)
	{
		Path *path = lfirst(lc);

		if (bms_equal(path->required_outer, rel->lateral_relids) && cost_of_fraction(path, fraction) < cost_of_fraction(best, fraction))
			best = path;
	}
	return best;
}

Path *
path_cheapest_for_keys(List *paths, List *keys, Relids required_outer, bool startup, bool any_parameters)
{
	Path *best = NULL;
	ListCell *lc;

	foreach (lc, paths)
	{
		Path *path = lfirst(lc);

		if (!any_parameters && !bms_is_subset(path->required_outer, required_outer))
			continue;
		if (!pathkeys_contained_in(keys, path->pathkeys))
			continue;
		if (best == NULL ||
			(startup ? path->startup_cost < best->startup_cost : path->total_cost < best->total_cost))
			best = path;
	}
	return best;
}

Path *
sort_path(PlannerInfo *root, Path *input, List *keys, double limit_rows)
{
	Path *path;

	if (pathkeys_contained_in(keys, input->pathkeys))
		return input;
	path = path_new(T_Sort, input->rel, input);
	path->tlist = input->tlist;
	path->u.sort.keys = keys;
	path->pathkeys = keys;
	path->startup_cost = input->total_cost + cost_sort_total(input->rows, input->rel->width, limit_rows);
	path->total_cost = path->startup_cost + cpu_operator_cost * input->rows;
	return path;
}
