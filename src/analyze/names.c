/*
 * names.c
 *    Finding tables and columns by name in the namespaces of this query and the ones around it.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "analyze/analyze_internal.h"
#include "catalog/heap.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- LATERAL ---- */
static void
check_lateral_reference(ParseState *pstate, ParseNamespaceItem *nsitem, int location)
{
	const char *name = nsitem->p_names->aliasname;

	if (!nsitem->p_lateral_only || nsitem->p_lateral_ok)
		return;
	ereport(ERROR,
			errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
			errmsg("invalid reference to FROM-clause entry for table \"%s\"", name),
			nsitem == pstate->p_target_nsitem
				? errhint("There is an entry for table \"%s\", but it cannot be referenced from this part of the query.",
						  name)
				: errdetail("The combining JOIN type must be INNER or LEFT for a LATERAL reference."),
			parser_errposition(pstate, location));
}

static bool
hidden_lateral(ParseState *pstate, ParseNamespaceItem *nsitem)
{
	return nsitem->p_lateral_only && !pstate->p_lateral_active;
}

/* ---- tables ---- */
static bool
matches_name(ParseNamespaceItem *nsitem, const char *refname)
{
	/* A join without alias has no name, but USING (...) AS x names its merged columns. */
	if (nsitem->p_rte->rtekind == RTE_JOIN && nsitem->p_rte->alias == NULL &&
		nsitem->p_names == nsitem->p_rte->eref)
		return false;
	return strcmp(nsitem->p_names->aliasname, refname) == 0;
}

static bool
matches_relid(ParseNamespaceItem *nsitem, Oid relid)
{
	RangeTblEntry *rte = nsitem->p_rte;

	/* schema.table means the table itself: an alias hides it. */
	return rte->rtekind == RTE_RELATION && rte->relid == relid && rte->alias == NULL;
}

/* relid valid: look for that table; else for refname. */
static ParseNamespaceItem *
find_in_level(ParseState *pstate, const char *refname, Oid relid, int location)
{
	ParseNamespaceItem *result = NULL;
	ListCell *lc;

	foreach (lc, pstate->p_namespace)
	{
		ParseNamespaceItem *nsitem = lfirst(lc);

		if (!nsitem->p_rel_visible || hidden_lateral(pstate, nsitem))
			continue;
		if (OidIsValid(relid) ? !matches_relid(nsitem, relid) : !matches_name(nsitem, refname))
			continue;
		if (result)
		{
			if (OidIsValid(relid))
				ereport(ERROR,
						errcode(ERRCODE_AMBIGUOUS_ALIAS),
						errmsg("table reference %u is ambiguous", relid),
						parser_errposition(pstate, location));
			ereport(ERROR,
					errcode(ERRCODE_AMBIGUOUS_ALIAS),
					errmsg("table reference \"%s\" is ambiguous", refname),
					parser_errposition(pstate, location));
		}
		check_lateral_reference(pstate, nsitem, location);
		result = nsitem;
	}
	return result;
}

ParseNamespaceItem *
refnameNamespaceItem(ParseState *pstate, const char *schemaname, const char *refname, int location, int *sublevels_up)
{
	Oid relid = InvalidOid;

	if (sublevels_up)
		*sublevels_up = 0;
	if (schemaname)
	{
		Oid namespace = LookupNamespaceNoError(schemaname);

		relid = OidIsValid(namespace) ? get_relname_relid(refname, namespace) : InvalidOid;
		if (!OidIsValid(relid))
			return NULL;
	}
	for (; pstate; pstate = pstate->parentParseState)
	{
		ParseNamespaceItem *nsitem = find_in_level(pstate, refname, relid, location);

		if (nsitem)
			return nsitem;
		if (sublevels_up == NULL)
			return NULL;
		(*sublevels_up)++;
	}
	return NULL;
}

CommonTableExpr *
scanNameSpaceForCTE(ParseState *pstate, const char *refname, Index *ctelevelsup)
{
	for (*ctelevelsup = 0; pstate; pstate = pstate->parentParseState, (*ctelevelsup)++)
	{
		ListCell *lc;

		foreach (lc, pstate->p_ctenamespace)
		{
			CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);

			if (strcmp(cte->ctename, refname) == 0)
				return cte;
		}
	}
	return NULL;
}

bool
scanNameSpaceForENR(ParseState *pstate, const char *refname)
{
	return false;				/* transition tables and the like are not supported */
}

void
checkNameSpaceConflicts(ParseState *pstate, List *namespace1, List *namespace2)
{
	ListCell *lc1;
	ListCell *lc2;

	foreach (lc1, namespace1)
	{
		ParseNamespaceItem *a = lfirst(lc1);

		if (!a->p_rel_visible)
			continue;
		foreach (lc2, namespace2)
		{
			ParseNamespaceItem *b = lfirst(lc2);

			if (!b->p_rel_visible || strcmp(a->p_names->aliasname, b->p_names->aliasname) != 0)
				continue;
			/* schema1.t and schema2.t may stand side by side */
			if (a->p_rte->rtekind == RTE_RELATION && a->p_rte->alias == NULL && b->p_rte->rtekind == RTE_RELATION &&
				b->p_rte->alias == NULL && a->p_rte->relid != b->p_rte->relid)
				continue;
			ereport(ERROR,
					errcode(ERRCODE_DUPLICATE_ALIAS),
					errmsg("table name \"%s\" specified more than once", a->p_names->aliasname));
		}
	}
}

/* ---- by position ---- */
static ParseState *
level_up(ParseState *pstate, int sublevels_up)
{
	while (sublevels_up-- > 0)
	{
		pstate = pstate->parentParseState;
		Assert(pstate != NULL);
	}
	return pstate;
}

ParseNamespaceItem *
GetNSItemByRangeTablePosn(ParseState *pstate, int varno, int sublevels_up)
{
	ListCell *lc;

	pstate = level_up(pstate, sublevels_up);
	foreach (lc, pstate->p_namespace)
	{
		ParseNamespaceItem *nsitem = lfirst(lc);

		if (nsitem->p_rtindex == varno)
			return nsitem;
	}
	elog(ERROR, "nsitem not found (internal error)");
	return NULL;
}

RangeTblEntry *
GetRTEByRangeTablePosn(ParseState *pstate, int varno, int sublevels_up)
{
	pstate = level_up(pstate, sublevels_up);
	return rt_fetch(varno, pstate->p_rtable);
}

CommonTableExpr *
GetCTEForRTE(ParseState *pstate, RangeTblEntry *rte, int rtelevelsup)
{
	ListCell *lc;

	Assert(rte->rtekind == RTE_CTE);
	pstate = level_up(pstate, rte->ctelevelsup + rtelevelsup);
	foreach (lc, pstate->p_ctenamespace)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);

		if (strcmp(cte->ctename, rte->ctename) == 0)
			return cte;
	}
	elog(ERROR, "could not find CTE \"%s\"", rte->ctename);
	return NULL;
}

/* ---- columns ---- */

/* The system column of that name, if the entry has one and it may be used here. */
static AttrNumber
system_column(ParseState *pstate, RangeTblEntry *rte, const char *colname, int location)
{
	const FormData_pg_attribute *sysatt;

	if (rte->rtekind != RTE_RELATION || rte->relkind == RELKIND_COMPOSITE_TYPE)
		return InvalidAttrNumber;
	sysatt = SystemAttributeByName(colname);
	if (sysatt == NULL)
		return InvalidAttrNumber;
	if (pstate->p_expr_kind == EXPR_KIND_CHECK_CONSTRAINT && sysatt->attnum != TableOidAttributeNumber)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("system column \"%s\" reference in check constraint is invalid", colname),
				parser_errposition(pstate, location));
	if (pstate->p_expr_kind == EXPR_KIND_GENERATED_COLUMN && sysatt->attnum != TableOidAttributeNumber)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("cannot use system column \"%s\" in column generation expression", colname),
				parser_errposition(pstate, location));
	if (pstate->p_expr_kind == EXPR_KIND_MERGE_WHEN && sysatt->attnum != TableOidAttributeNumber)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("cannot use system column \"%s\" in MERGE WHEN condition", colname),
				parser_errposition(pstate, location));
	/* A view has no rows of its own to have ctids and the like. */
	if (!SearchSysCacheExists2(ATTNUM, ObjectIdGetDatum(rte->relid), Int16GetDatum(sysatt->attnum)))
		return InvalidAttrNumber;
	return sysatt->attnum;
}

static Var *
system_column_var(ParseNamespaceItem *nsitem, AttrNumber attnum, int sublevels_up)
{
	const FormData_pg_attribute *sysatt = SystemAttributeDefinition(attnum);

	return makeVar(nsitem->p_rtindex, attnum, sysatt->atttypid, sysatt->atttypmod, sysatt->attcollation, sublevels_up);
}

/* 1-based place of the name among the item's columns, 0 if absent. */
static int
user_column(ParseState *pstate, ParseNamespaceItem *nsitem, const char *colname, int location)
{
	int found = 0;
	ListCell *lc;

	foreach (lc, nsitem->p_names->colnames)
	{
		int i = foreach_current_index(lc);

		if (strcmp(strVal(lfirst(lc)), colname) != 0 || nsitem->p_nscolumns[i].p_varno == 0)
			continue;
		if (found)
			ereport(ERROR,
					errcode(ERRCODE_AMBIGUOUS_COLUMN),
					errmsg("column reference \"%s\" is ambiguous", colname),
					parser_errposition(pstate, location));
		found = i + 1;
	}
	return found;
}

Node *
scanNSItemForColumn(ParseState *pstate, ParseNamespaceItem *nsitem, int sublevels_up, const char *colname,
					int location)
{
	int column = user_column(pstate, nsitem, colname, location);
	Var *var;

	if (column > 0)
	{
		ParseNamespaceColumn *col = &nsitem->p_nscolumns[column - 1];

		var = makeVar(col->p_varno, col->p_varattno, col->p_vartype, col->p_vartypmod, col->p_varcollid, sublevels_up);
		var->varnosyn = col->p_varnosyn;
		var->varattnosyn = col->p_varattnosyn;
	}
	else
	{
		AttrNumber attnum = system_column(pstate, nsitem->p_rte, colname, location);

		if (attnum == InvalidAttrNumber)
			return NULL;
		var = system_column_var(nsitem, attnum, sublevels_up);
	}
	var->location = location;
	markVarForSelectPriv(pstate, var);
	return (Node *) var;
}

Node *
colNameToVar(ParseState *pstate, const char *colname, bool localonly, int location)
{
	ParseState *start = pstate;
	int sublevels_up = 0;

	for (; pstate; pstate = pstate->parentParseState, sublevels_up++)
	{
		Node *result = NULL;
		ListCell *lc;

		foreach (lc, pstate->p_namespace)
		{
			ParseNamespaceItem *nsitem = lfirst(lc);
			Node *var;

			if (!nsitem->p_cols_visible || hidden_lateral(pstate, nsitem))
				continue;
			/* The expression's place and the permissions are those of the query that asks. */
			var = scanNSItemForColumn(start, nsitem, sublevels_up, colname, location);
			if (var == NULL)
				continue;
			if (result)
				ereport(ERROR,
						errcode(ERRCODE_AMBIGUOUS_COLUMN),
						errmsg("column reference \"%s\" is ambiguous", colname),
						parser_errposition(start, location));
			check_lateral_reference(pstate, nsitem, location);
			result = var;
		}
		if (result || localonly)
			return result;
	}
	return NULL;
}

/* ---- permissions ---- */
static void
mark_rte_for_select(ParseState *pstate, int rtindex, AttrNumber col)
{
	RangeTblEntry *rte = rt_fetch(rtindex, pstate->p_rtable);

	if (rte->rtekind == RTE_RELATION)
	{
		rte->requiredPerms |= ACL_SELECT;
		rte->selectedCols = bms_add_member(rte->selectedCols, col - FirstLowInvalidHeapAttributeNumber);
	}
	else if (rte->rtekind == RTE_JOIN && col == InvalidAttrNumber)
	{
		/* The whole row of a join reads both inputs; merged columns are read by the join's condition anyway. */
		JoinExpr *join = list_nth_node(JoinExpr, pstate->p_joinexprs, rtindex - 1);
		Node *inputs[2] = {join->larg, join->rarg};

		for (int i = 0; i < 2; i++)
			mark_rte_for_select(pstate,
								IsA(inputs[i], RangeTblRef) ? ((RangeTblRef *) inputs[i])->rtindex
															: castNode(JoinExpr, inputs[i])->rtindex,
								InvalidAttrNumber);
	}
}

void
markVarForSelectPriv(ParseState *pstate, Var *var)
{
	mark_rte_for_select(level_up(pstate, var->varlevelsup), var->varno, var->varattno);
}

/* ---- columns of an open relation ---- */
int
attnameAttNum(Relation rd, const char *attname, bool sysColOK)
{
	for (int i = 0; i < RelationGetNumberOfAttributes(rd); i++)
	{
		Form_pg_attribute att = TupleDescAttr(rd->rd_att, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), attname) == 0)
			return i + 1;
	}
	if (sysColOK)
	{
		const FormData_pg_attribute *sysatt = SystemAttributeByName(attname);

		if (sysatt)
			return sysatt->attnum;
	}
	return InvalidAttrNumber;
}

static const FormData_pg_attribute *
attribute_of(Relation rd, int attid)
{
	if (attid <= 0)
		return SystemAttributeDefinition(attid);
	if (attid > rd->rd_att->natts)
		elog(ERROR, "invalid attribute number %d", attid);
	return TupleDescAttr(rd->rd_att, attid - 1);
}

const NameData *
attnumAttName(Relation rd, int attid)
{
	return &attribute_of(rd, attid)->attname;
}

Oid
attnumTypeId(Relation rd, int attid)
{
	return attribute_of(rd, attid)->atttypid;
}

Oid
attnumCollationId(Relation rd, int attid)
{
	return attid <= 0 ? InvalidOid : attribute_of(rd, attid)->attcollation;
}

/* ---- does a query use temporary tables? (its views and functions must then be temporary too) ---- */
static bool
uses_temp_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		Query *query = (Query *) node;
		ListCell *lc;

		foreach (lc, query->rtable)
		{
			RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

			if (rte->rtekind == RTE_RELATION && get_rel_persistence(rte->relid) == RELPERSISTENCE_TEMP)
				return true;
		}
		return query_tree_walker(query, uses_temp_walker, context, QTW_IGNORE_JOINALIASES);
	}
	return expression_tree_walker(node, uses_temp_walker, context);
}

bool
isQueryUsingTempRelation(Query *query)
{
	return uses_temp_walker((Node *) query, NULL);
}
