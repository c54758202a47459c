/*
 * rewrite.c
 *    QueryRewrite(): the steps between analysis and planning.
 *
 * Missing on purpose: rules other than the ones that make views (CREATE RULE says so), row-level security, and INSERT,
 * UPDATE, DELETE through views that are not simple.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewrite_internal.h"
#include "utils/rel.h"

static void rewrite_modifying_query(Query *parsetree);

static void
rewrite_modifying_ctes(Query *parsetree)
{
	ListCell *lc;

	foreach (lc, parsetree->cteList)
	{
		Query *query = (Query *) lfirst_node(CommonTableExpr, lc)->ctequery;

		if (IsA(query, Query) && query->commandType != CMD_SELECT && query->commandType != CMD_UTILITY)
		{
			rewrite_modifying_query(query);
			lfirst_node(CommonTableExpr, lc)->ctequery = (Node *) query;
		}
	}
}

static void
rewrite_modifying_query(Query *parsetree)
{
	RangeTblEntry *rte = list_nth_node(RangeTblEntry, parsetree->rtable, parsetree->resultRelation - 1);
	Relation target = table_open(rte->relid, NoLock);

	if (target->rd_rel->relkind == RELKIND_VIEW)
	{
		const char *operation = parsetree->commandType == CMD_INSERT   ? "insert into"
								: parsetree->commandType == CMD_UPDATE ? "update"
																		: "delete from";
		const char *reason = view_query_is_auto_updatable(get_view_query(target), true);

		if (reason)
			ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("cannot %s view \"%s\"", operation, RelationGetRelationName(target)),
					errdetail_internal("%s", reason),
					errhint("To enable %s the view, provide an INSTEAD OF %s trigger or an unconditional ON %s DO INSTEAD rule.",
							parsetree->commandType == CMD_INSERT   ? "inserting into"
							: parsetree->commandType == CMD_UPDATE ? "updating"
																	: "deleting from",
							parsetree->commandType == CMD_INSERT   ? "INSERT"
							: parsetree->commandType == CMD_UPDATE ? "UPDATE"
																	: "DELETE",
							parsetree->commandType == CMD_INSERT   ? "INSERT"
							: parsetree->commandType == CMD_UPDATE ? "UPDATE"
																	: "DELETE"));
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("modifying a view is not supported"),
				errdetail("\"%s\" is a view.", RelationGetRelationName(target)));
	}
	if (parsetree->commandType == CMD_INSERT || parsetree->commandType == CMD_UPDATE)
		rewrite_target_list(parsetree, target);
	if (parsetree->commandType == CMD_INSERT && parsetree->onConflict &&
		parsetree->onConflict->action == ONCONFLICT_UPDATE)
	{
		/* DO UPDATE SET is an UPDATE of its own. */
		Query *update = makeNode(Query);

		update->commandType = CMD_UPDATE;
		update->targetList = parsetree->onConflict->onConflictSet;
		update->jointree = makeFromExpr(NIL, NULL);
		rewrite_target_list(update, target);
		parsetree->onConflict->onConflictSet = update->targetList;
	}
	table_close(target, NoLock);
}

List *
QueryRewrite(Query *parsetree)
{
	if (parsetree->commandType == CMD_UTILITY)
		return list_make1(parsetree);
	check_stack_depth();
	if (parsetree->commandType != CMD_SELECT)
		rewrite_modifying_query(parsetree);
	rewrite_modifying_ctes(parsetree);
	return list_make1(rewrite_expand_views(parsetree, NIL));
}

const char *
view_query_is_auto_updatable(Query *viewquery, bool check_cols)
{
	RangeTblRef *ref;
	RangeTblEntry *rte;
	bool updatable_column = false;
	ListCell *lc;

	if (viewquery->distinctClause != NIL)
		return "Views containing DISTINCT are not automatically updatable.";
	if (viewquery->groupClause != NIL || viewquery->groupingSets)
		return "Views containing GROUP BY are not automatically updatable.";
	if (viewquery->havingQual != NULL)
		return "Views containing HAVING are not automatically updatable.";
	if (viewquery->setOperations != NULL)
		return "Views containing UNION, INTERSECT, or EXCEPT are not automatically updatable.";
	if (viewquery->cteList != NIL)
		return "Views containing WITH are not automatically updatable.";
	if (viewquery->limitOffset != NULL || viewquery->limitCount != NULL)
		return "Views containing LIMIT or OFFSET are not automatically updatable.";
	if (viewquery->hasAggs)
		return "Views that return aggregate functions are not automatically updatable.";
	if (viewquery->hasWindowFuncs)
		return "Views that return window functions are not automatically updatable.";
	if (viewquery->hasTargetSRFs)
		return "Views that return set-returning functions are not automatically updatable.";
	if (list_length(viewquery->jointree->fromlist) != 1 || !IsA(linitial(viewquery->jointree->fromlist), RangeTblRef))
		return "Views that do not select from a single table or view are not automatically updatable.";
	ref = linitial_node(RangeTblRef, viewquery->jointree->fromlist);
	rte = list_nth_node(RangeTblEntry, viewquery->rtable, ref->rtindex - 1);
	if (rte->rtekind != RTE_RELATION || (rte->relkind != RELKIND_RELATION && rte->relkind != RELKIND_VIEW &&
										 rte->relkind != RELKIND_PARTITIONED_TABLE))
		return "Views that do not select from a single table or view are not automatically updatable.";
	if (rte->tablesample)
		return "Views containing TABLESAMPLE are not automatically updatable.";
	if (!check_cols)
		return NULL;
	foreach (lc, viewquery->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk && IsA(tle->expr, Var) && ((Var *) tle->expr)->varno == ref->rtindex &&
			((Var *) tle->expr)->varattno > 0)
			updatable_column = true;
	}
	return updatable_column ? NULL : "Views that have no updatable columns are not automatically updatable.";
}
