/*
 * views.c
 *    Views expanded: a range-table entry of a view becomes the sub-query that its ON SELECT rule holds.
 *
 * The entry keeps the view's relid and required permissions, which the executor checks against the caller; the
 * relations inside are checked as the view's owner (checkAsUser), unless the view is a security_invoker one.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/prs2lock.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewrite_internal.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

Query *
get_view_query(Relation view)
{
	RuleLock *rules = view->rd_rules;

	Assert(view->rd_rel->relkind == RELKIND_VIEW || view->rd_rel->relkind == RELKIND_MATVIEW);
	for (int i = 0; rules && i < rules->numLocks; i++)
		if (rules->rules[i]->event == CMD_SELECT)
		{
			if (list_length(rules->rules[i]->actions) != 1)
				elog(ERROR, "invalid _RETURN rule action specification");
			return linitial_node(Query, rules->rules[i]->actions);
		}
	elog(ERROR, "failed to find _RETURN rule for view");
	return NULL;
}

/* ---- whose permissions count inside ------------------------------------------------------------------------------------- */
static bool
check_as_user_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		ListCell *lc;

		foreach (lc, ((Query *) node)->rtable)
			lfirst_node(RangeTblEntry, lc)->checkAsUser = *(Oid *) context;
		return query_tree_walker((Query *) node, check_as_user_walker, context, 0);
	}
	return expression_tree_walker(node, check_as_user_walker, context);
}

static void
set_check_as_user(Query *query, Oid userid)
{
	check_as_user_walker((Node *) query, &userid);
}

/* ---- FOR UPDATE reaches through -------------------------------------------------------------------------------------------- */
static void
lock_jointree_rows(Query *query, Node *jtnode, RowMarkClause *like)
{
	ListCell *lc;

	if (jtnode == NULL)
		return;
	if (IsA(jtnode, RangeTblRef))
	{
		int rti = ((RangeTblRef *) jtnode)->rtindex;
		RangeTblEntry *rte = list_nth_node(RangeTblEntry, query->rtable, rti - 1);

		if (rte->rtekind == RTE_RELATION)
		{
			RowMarkClause *mark = makeNode(RowMarkClause);

			*mark = *like;
			mark->rti = rti;
			mark->pushedDown = true;
			query->rowMarks = lappend(query->rowMarks, mark);
			rte->requiredPerms |= ACL_SELECT_FOR_UPDATE;
		}
		else if (rte->rtekind == RTE_SUBQUERY)
		{
			lock_jointree_rows(rte->subquery, (Node *) rte->subquery->jointree, like);
			rte->subquery->hasForUpdate = true;
		}
	}
	else if (IsA(jtnode, FromExpr))
	{
		foreach (lc, ((FromExpr *) jtnode)->fromlist)
			lock_jointree_rows(query, lfirst(lc), like);
	}
	else
	{
		lock_jointree_rows(query, ((JoinExpr *) jtnode)->larg, like);
		lock_jointree_rows(query, ((JoinExpr *) jtnode)->rarg, like);
	}
}

/* ---- expansion ---------------------------------------------------------------------------------------------------------------- */
static void
expand_view(Query *parsetree, int rti, Relation view, List *active)
{
	RangeTblEntry *rte = list_nth_node(RangeTblEntry, parsetree->rtable, rti - 1);
	Query *query = copyObject(get_view_query(view));
	ListCell *lc;

	if (list_member_oid(active, RelationGetRelid(view)))
		ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				errmsg("infinite recursion detected in rules for relation \"%s\"", RelationGetRelationName(view)));
	AcquireRewriteLocks(query, true, false);
	if (!RelationHasSecurityInvoker(view))
		set_check_as_user(query, view->rd_rel->relowner);
	else if (OidIsValid(rte->checkAsUser))
		set_check_as_user(query, rte->checkAsUser);
	foreach (lc, parsetree->rowMarks)
		if (lfirst_node(RowMarkClause, lc)->rti == (Index) rti)
		{
			lock_jointree_rows(query, (Node *) query->jointree, lfirst(lc));
			query->hasForUpdate = true;
		}
	query = rewrite_expand_views(query, lappend_oid(list_copy(active), RelationGetRelid(view)));
	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = query;
	rte->security_barrier = RelationIsSecurityView(view);
	rte->tablesample = NULL;
	rte->inh = false;
}

static bool
expand_in_sublinks_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
	{
		SubLink *sub = (SubLink *) node;

		sub->subselect = (Node *) rewrite_expand_views((Query *) sub->subselect, (List *) context);
		/* and on to testexpr */
	}
	if (IsA(node, Query))
		return false; /* expanded by whoever holds it */
	return expression_tree_walker(node, expand_in_sublinks_walker, context);
}

Query *
rewrite_expand_views(Query *parsetree, List *active)
{
	ListCell *lc;
	int rti = 0;

	check_stack_depth();
	while (rti < list_length(parsetree->rtable))
	{
		RangeTblEntry *rte = list_nth_node(RangeTblEntry, parsetree->rtable, rti);

		rti++;
		if (rte->rtekind == RTE_SUBQUERY)
		{
			rte->subquery = rewrite_expand_views(rte->subquery, active);
			continue;
		}
		/* The target of INSERT, UPDATE and DELETE is handled by the caller; EXCLUDED is no table. */
		if (rte->rtekind != RTE_RELATION || rte->relkind != RELKIND_VIEW || rti == parsetree->resultRelation)
			continue;
		if (parsetree->onConflict && rti == parsetree->onConflict->exclRelIndex)
			continue;
		/* A relation nobody reads (an alias for permissions) stays. */
		{
			Relation view = table_open(rte->relid, NoLock);

			expand_view(parsetree, rti, view, active);
			table_close(view, NoLock);
		}
	}
	foreach (lc, parsetree->cteList)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);

		cte->ctequery = (Node *) rewrite_expand_views((Query *) cte->ctequery, active);
	}
	if (parsetree->hasSubLinks)
		query_tree_walker(parsetree, expand_in_sublinks_walker, active, QTW_IGNORE_RC_SUBQUERIES);
	return parsetree;
}

/* ---- locks -------------------------------------------------------------------------------------------------------------------- */
static bool
relock_sublinks_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
		AcquireRewriteLocks((Query *) ((SubLink *) node)->subselect, *(bool *) context, false);
	if (IsA(node, Query))
		return false;
	return expression_tree_walker(node, relock_sublinks_walker, context);
}

static bool
has_row_mark(Query *query, int rti)
{
	ListCell *lc;

	foreach (lc, query->rowMarks)
		if (lfirst_node(RowMarkClause, lc)->rti == (Index) rti)
			return true;
	return false;
}

void
AcquireRewriteLocks(Query *parsetree, bool forExecute, bool forUpdatePushedDown)
{
	ListCell *lc;
	int rti = 0;

	foreach (lc, parsetree->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		rti++;
		if (rte->rtekind == RTE_RELATION)
		{
			LOCKMODE mode = !forExecute ? AccessShareLock : forUpdatePushedDown ? RowShareLock : rte->rellockmode;
			Relation rel = table_open(rte->relid, mode);

			rte->relkind = rel->rd_rel->relkind;
			if (forExecute && forUpdatePushedDown && rte->rellockmode == AccessShareLock)
				rte->rellockmode = RowShareLock;
			table_close(rel, NoLock);
		}
		else if (rte->rtekind == RTE_SUBQUERY)
			AcquireRewriteLocks(rte->subquery, forExecute, forUpdatePushedDown || has_row_mark(parsetree, rti));
	}
	foreach (lc, parsetree->cteList)
		AcquireRewriteLocks((Query *) lfirst_node(CommonTableExpr, lc)->ctequery, forExecute, false);
	if (parsetree->hasSubLinks)
		query_tree_walker(parsetree, relock_sublinks_walker, &forExecute, QTW_IGNORE_RC_SUBQUERIES);
}
