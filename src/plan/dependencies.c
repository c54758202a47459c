/*
 * dependencies.c
 *    What a query's plan depends on: relations, and functions that may be replaced. The plan cache makes plans anew when
 *    any of it changes.
 */
#include "postgres.h"

#include "access/transam.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/planner.h"
#include "plan/plan.h"
#include "tcop/utility.h"
#include "utils/syscache.h"

typedef struct Dependencies
{
	List *relations;  /* OIDs */
	List *items;	  /* PlanInvalItem */
} Dependencies;

static void
add_function(Dependencies *deps, Oid funcid)
{
	PlanInvalItem *item;
	uint32 hash;
	ListCell *lc;

	/* Built-in functions do not change. */
	if (funcid < FirstNormalObjectId)
		return;
	hash = GetSysCacheHashValue1(PROCOID, ObjectIdGetDatum(funcid));
	foreach (lc, deps->items)
		if (((PlanInvalItem *) lfirst(lc))->hashValue == hash)
			return;
	item = makeNode(PlanInvalItem);
	item->cacheId = PROCOID;
	item->hashValue = hash;
	deps->items = lappend(deps->items, item);
}

static void
add_functions_of(Dependencies *deps, Node *node)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			add_function(deps, ((FuncExpr *) node)->funcid);
			break;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			set_opfuncid((OpExpr *) node);
			add_function(deps, ((OpExpr *) node)->opfuncid);
			break;
		case T_ScalarArrayOpExpr:
			set_sa_opfuncid((ScalarArrayOpExpr *) node);
			add_function(deps, ((ScalarArrayOpExpr *) node)->opfuncid);
			break;
		case T_Aggref:
			add_function(deps, ((Aggref *) node)->aggfnoid);
			break;
		case T_WindowFunc:
			add_function(deps, ((WindowFunc *) node)->winfnoid);
			break;
		default:
			break;
	}
}

static bool
dependency_walker(Node *node, void *context)
{
	Dependencies *deps = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query *query = (Query *) node;
		ListCell *lc;

		if (query->commandType == CMD_UTILITY)
		{
			/* EXPLAIN and the like hold the query they will plan. */
			query = UtilityContainsQuery(query->utilityStmt);
			if (query == NULL)
				return false;
		}
		foreach (lc, query->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			/* A view's entry has become a sub-query that still names the view. */
			if (rte->rtekind == RTE_RELATION || (rte->rtekind == RTE_SUBQUERY && OidIsValid(rte->relid)))
				deps->relations = list_append_unique_oid(deps->relations, rte->relid);
		}
		return query_tree_walker(query, dependency_walker, context, 0);
	}
	add_functions_of(deps, node);
	return expression_tree_walker(node, dependency_walker, context);
}

void
extract_query_dependencies(Node *query, List **relationOids, List **invalItems, bool *hasRowSecurity)
{
	Dependencies deps = {NIL, NIL};

	dependency_walker(query, &deps);
	*relationOids = deps.relations;
	*invalItems = deps.items;
	*hasRowSecurity = false; /* row-level security is not supported */
}

void
record_dependencies(PlannerGlobal *glob, Query *parse)
{
	bool has_row_security;

	extract_query_dependencies((Node *) parse, &glob->relation_oids, &glob->inval_items, &has_row_security);
}
