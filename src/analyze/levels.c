/*
 * levels.c
 *    Does a tree mention columns, aggregates or window functions of a certain query level, and where?
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "nodes/nodeFuncs.h"

typedef struct LevelSearch
{
	bool (*matches)(Node *node, int level);
	int level;			/* query levels between here and the level asked for */
	Node *found;
} LevelSearch;

static bool
level_walker(Node *node, LevelSearch *search)
{
	if (node == NULL)
		return false;
	if (search->matches(node, search->level))
	{
		search->found = node;
		return true;
	}
	if (IsA(node, Query))
	{
		bool result;

		search->level++;
		result = query_tree_walker((Query *) node, level_walker, search, 0);
		search->level--;
		return result;
	}
	return expression_tree_walker(node, level_walker, search);
}

static Node *
find_at_level(Node *node, int level, bool (*matches)(Node *, int))
{
	LevelSearch search = {.matches = matches, .level = level};

	if (node && IsA(node, Query))
		query_tree_walker((Query *) node, level_walker, &search, 0);
	else
		level_walker(node, &search);
	return search.found;
}

static bool
is_var(Node *node, int level)
{
	if (IsA(node, CurrentOfExpr))
		return level == 0;
	return IsA(node, Var) && (int) ((Var *) node)->varlevelsup == level;
}

static bool
is_agg(Node *node, int level)
{
	if (IsA(node, GroupingFunc))
		return (int) ((GroupingFunc *) node)->agglevelsup == level;
	return IsA(node, Aggref) && (int) ((Aggref *) node)->agglevelsup == level;
}

static bool
is_window_function(Node *node, int level)
{
	return level == 0 && IsA(node, WindowFunc);
}

bool
contains_vars_of_level(Node *node, int level)
{
	return find_at_level(node, level, is_var) != NULL;
}

int
location_of_var_of_level(Node *node, int level)
{
	Node *found = find_at_level(node, level, is_var);

	return found ? exprLocation(found) : -1;
}

bool
contains_aggs_of_level(Node *node, int level)
{
	return find_at_level(node, level, is_agg) != NULL;
}

int
location_of_agg_of_level(Node *node, int level)
{
	Node *found = find_at_level(node, level, is_agg);

	return found ? exprLocation(found) : -1;
}

int
location_of_window_function(Node *node)
{
	Node *found = find_at_level(node, 0, is_window_function);

	return found ? exprLocation(found) : -1;
}

bool
has_window_function(Node *node)
{
	return find_at_level(node, 0, is_window_function) != NULL;
}
