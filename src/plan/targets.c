/*
 * targets.c
 *    Target lists: the columns that ModifyTable and LockRows need besides the query's own, and projections between steps.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* ---- INSERT, UPDATE, DELETE -------------------------------------------------------------------------------------------- */
/* INSERT: one entry per column of the table, in order; columns not given are NULL. */
static List *
complete_insert_targets(List *tlist, Relation rel)
{
	TupleDesc desc = RelationGetDescr(rel);
	List *result = NIL;
	ListCell *lc;

	for (int attno = 1; attno <= desc->natts; attno++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, attno - 1);
		TargetEntry *found = NULL;

		foreach (lc, tlist)
			if (!lfirst_node(TargetEntry, lc)->resjunk && lfirst_node(TargetEntry, lc)->resno == attno)
				found = lfirst(lc);
		if (found == NULL)
		{
			/* The row type of a dropped column no longer matters. */
			Expr *null = att->attisdropped ? (Expr *) makeNullConst(INT4OID, -1, InvalidOid)
										   : (Expr *) makeNullConst(att->atttypid, att->atttypmod, att->attcollation);

			found = makeTargetEntry(null, attno, pstrdup(NameStr(att->attname)), false);
		}
		result = lappend(result, found);
	}
	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			continue;
		tle = flatCopyTargetEntry(tle);
		tle->resno = list_length(result) + 1;
		result = lappend(result, tle);
	}
	return result;
}

/* UPDATE: entries renumbered from 1; the columns they are for go into a list. */
static List *
take_update_columns(List *tlist)
{
	List *columns = NIL;
	AttrNumber next = 1;
	ListCell *lc;

	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (!tle->resjunk)
			columns = lappend_int(columns, tle->resno);
		tle->resno = next++;
	}
	return columns;
}

static List *
add_junk(List *tlist, Expr *expr, const char *name)
{
	return lappend(tlist, makeTargetEntry(expr, list_length(tlist) + 1, pstrdup(name), true));
}

static Var *
ctid_var(Index rti)
{
	return makeVar(rti, SelfItemPointerAttributeNumber, TIDOID, -1, InvalidOid, 0);
}

static List *
add_row_mark_columns(PlannerInfo *root, List *tlist)
{
	ListCell *lc;

	foreach (lc, root->row_marks)
	{
		PlanRowMark *mark = lfirst_node(PlanRowMark, lc);
		char name[32];

		if (mark->markType == ROW_MARK_COPY)
		{
			snprintf(name, sizeof(name), "wholerow%u", mark->rowmarkId);
			tlist = add_junk(tlist, (Expr *) makeWholeRowVar(planner_rte(root, mark->rti), mark->rti, 0, false), name);
		}
		else
		{
			snprintf(name, sizeof(name), "ctid%u", mark->rowmarkId);
			tlist = add_junk(tlist, (Expr *) ctid_var(mark->rti), name);
		}
	}
	return tlist;
}

/* RETURNING may name columns of other relations: they must come up with the row. */
static List *
add_returning_columns(Query *parse, List *tlist)
{
	ListCell *lc;

	foreach (lc, pull_var_clause((Node *) parse->returningList, PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS))
	{
		Var *var = lfirst_node(Var, lc);

		if (var->varno != parse->resultRelation && !tlist_member((Expr *) var, tlist))
			tlist = lappend(tlist, makeTargetEntry((Expr *) var, list_length(tlist) + 1, NULL, true));
	}
	return tlist;
}

List *
preprocess_targetlist(PlannerInfo *root)
{
	Query *parse = root->parse;
	List *tlist = parse->targetList;

	if (parse->commandType == CMD_INSERT)
	{
		Relation rel = table_open(planner_rte(root, parse->resultRelation)->relid, NoLock);

		tlist = complete_insert_targets(tlist, rel);
		table_close(rel, NoLock);
	}
	else if (parse->commandType == CMD_UPDATE)
		root->update_colnos = take_update_columns(tlist);
	if (parse->commandType == CMD_UPDATE || parse->commandType == CMD_DELETE)
		tlist = add_junk(list_copy(tlist), (Expr *) ctid_var(parse->resultRelation), "ctid");
	tlist = add_row_mark_columns(root, tlist);
	if (parse->returningList && list_length(parse->rtable) > 1)
		tlist = add_returning_columns(parse, tlist);
	return tlist;
}

/* ---- projection ----------------------------------------------------------------------------------------------------------- */
static bool
node_projects(NodeTag node)
{
	switch (node)
	{
		case T_Sort:
		case T_Material:
		case T_Append:
		case T_MergeAppend:
		case T_Unique:
		case T_SetOp:
		case T_Limit:
		case T_LockRows:
		case T_RecursiveUnion:
		case T_ProjectSet:
			return false;
		default:
			return true;
	}
}

/* A path that gives exactly tlist; the input's own node computes it if it can. */
Path *
apply_tlist(Path *path, List *tlist)
{
	Path *result;

	if (node_projects(path->node))
	{
		result = palloc_object(Path);
		*result = *path;
	}
	else
	{
		result = path_new(T_Result, path->rel, path);
		result->total_cost += cpu_tuple_cost * 0.1 * path->rows;
	}
	result->tlist = tlist;
	return result;
}
