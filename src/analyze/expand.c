/*
 * expand.c
 *    A range-table entry's columns as lists of names and Vars: for *, for whole rows, and for the planner.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "access/tupdesc.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* Where expansion writes. Either list may be unwanted. */
typedef struct Expansion
{
	int rtindex;
	int sublevels_up;
	int location;
	bool include_dropped;
	Alias *eref;
	List **colnames;
	List **colvars;
	int varattno;		/* last column done */
} Expansion;

static char *
eref_name(const Alias *eref, int index, const char *otherwise)
{
	if (index < list_length(eref->colnames))
		return strVal(list_nth(eref->colnames, index));
	return (char *) otherwise;
}

static void
expand_column(Expansion *ex, const char *own_name, Oid type, int32 typmod, Oid collation)
{
	ex->varattno++;
	if (ex->colnames)
		*ex->colnames =
			lappend(*ex->colnames, makeString(pstrdup(eref_name(ex->eref, ex->varattno - 1, own_name))));
	if (ex->colvars)
	{
		Var *var = makeVar(ex->rtindex, ex->varattno, type, typmod, collation, ex->sublevels_up);

		var->location = ex->location;
		*ex->colvars = lappend(*ex->colvars, var);
	}
}

/* A dropped column: its place, if wanted, has an empty name and a NULL of a harmless type. */
static void
expand_dropped(Expansion *ex, Oid type, int32 typmod, Oid collation)
{
	ex->varattno++;
	if (!ex->include_dropped)
		return;
	if (ex->colnames)
		*ex->colnames = lappend(*ex->colnames, makeString(pstrdup("")));
	if (ex->colvars)
		*ex->colvars = lappend(*ex->colvars, makeNullConst(INT4OID, -1, InvalidOid));
}

static void
expand_tupdesc(Expansion *ex, TupleDesc desc, int natts)
{
	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (att->attisdropped)
			expand_dropped(ex, att->atttypid, att->atttypmod, att->attcollation);
		else
			expand_column(ex, NameStr(att->attname), att->atttypid, att->atttypmod, att->attcollation);
	}
}

static void
expand_relation(Expansion *ex, Oid relid)
{
	Relation rel = relation_open(relid, AccessShareLock);

	expand_tupdesc(ex, rel->rd_att, rel->rd_att->natts);
	relation_close(rel, AccessShareLock);
}

static void
expand_subquery(Expansion *ex, Query *subquery)
{
	ListCell *lc;

	foreach (lc, subquery->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node *expr = (Node *) tle->expr;

		if (tle->resjunk)
			continue;
		/* A view's query may have gained columns since the entry was made. */
		if (ex->varattno >= list_length(ex->eref->colnames))
			break;
		expand_column(ex, tle->resname, exprType(expr), exprTypmod(expr), exprCollation(expr));
	}
}

static void
expand_one_function(Expansion *ex, RangeTblFunction *rtfunc)
{
	Oid rettype;
	TupleDesc desc;

	switch (get_expr_result_type(rtfunc->funcexpr, &rettype, &desc))
	{
		case TYPEFUNC_COMPOSITE:
		case TYPEFUNC_COMPOSITE_DOMAIN:
			/* The type may have got columns after the query was stored. */
			expand_tupdesc(ex, desc, Min(desc->natts, rtfunc->funccolcount));
			break;
		case TYPEFUNC_SCALAR:
			expand_column(ex, "", rettype, exprTypmod(rtfunc->funcexpr), exprCollation(rtfunc->funcexpr));
			break;
		case TYPEFUNC_RECORD:
			for (int i = 0; i < list_length(rtfunc->funccoltypes); i++)
				expand_column(ex, strVal(list_nth(rtfunc->funccolnames, i)), list_nth_oid(rtfunc->funccoltypes, i),
							  list_nth_int(rtfunc->funccoltypmods, i), list_nth_oid(rtfunc->funccolcollations, i));
			break;
		default:
			elog(ERROR, "function in FROM has unsupported return type");
	}
}

static void
expand_functions(Expansion *ex, RangeTblEntry *rte)
{
	ListCell *lc;

	foreach (lc, rte->functions)
		expand_one_function(ex, lfirst_node(RangeTblFunction, lc));
	if (rte->funcordinality)
		expand_column(ex, "ordinality", INT8OID, -1, InvalidOid);
}

static void
expand_lists(Expansion *ex, RangeTblEntry *rte)
{
	for (int i = 0; i < list_length(rte->coltypes); i++)
	{
		Oid type = list_nth_oid(rte->coltypes, i);

		if (!OidIsValid(type))
			expand_dropped(ex, type, -1, InvalidOid);
		else
			expand_column(ex, "", type, list_nth_int(rte->coltypmods, i), list_nth_oid(rte->colcollations, i));
	}
}

static void
expand_join(Expansion *ex, RangeTblEntry *rte)
{
	ListCell *lc;

	foreach (lc, rte->joinaliasvars)
	{
		Node *avar = lfirst(lc);

		if (avar == NULL)
			expand_dropped(ex, InvalidOid, -1, InvalidOid);
		else
		{
			/* Outside of the query the join's own column; inside, the input's Var where it is one. */
			expand_column(ex, "", exprType(avar), exprTypmod(avar), exprCollation(avar));
			if (ex->colvars && IsA(avar, Var) && ((Var *) avar)->varlevelsup == 0 && ex->sublevels_up == 0)
			{
				Var *var = copyObject((Var *) avar);

				var->location = ex->location;
				var->varnosyn = ex->rtindex;
				var->varattnosyn = ex->varattno;
				lfirst(list_tail(*ex->colvars)) = var;
			}
		}
	}
}

void
expandRTE(RangeTblEntry *rte, int rtindex, int sublevels_up, int location, bool include_dropped, List **colnames,
		  List **colvars)
{
	Expansion ex = {.rtindex = rtindex, .sublevels_up = sublevels_up, .location = location,
					.include_dropped = include_dropped, .eref = rte->eref, .colnames = colnames, .colvars = colvars};

	if (colnames)
		*colnames = NIL;
	if (colvars)
		*colvars = NIL;
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			expand_relation(&ex, rte->relid);
			break;
		case RTE_SUBQUERY:
			expand_subquery(&ex, rte->subquery);
			break;
		case RTE_FUNCTION:
			expand_functions(&ex, rte);
			break;
		case RTE_JOIN:
			expand_join(&ex, rte);
			break;
		case RTE_TABLEFUNC:
		case RTE_VALUES:
		case RTE_CTE:
		case RTE_NAMEDTUPLESTORE:
			expand_lists(&ex, rte);
			break;
		case RTE_RESULT:
			break;
	}
}

/* ---- through the namespace ---- */
static Var *
nscolumn_var(const ParseNamespaceColumn *col, int sublevels_up, int location)
{
	Var *var = makeVar(col->p_varno, col->p_varattno, col->p_vartype, col->p_vartypmod, col->p_varcollid, sublevels_up);

	var->varnosyn = col->p_varnosyn;
	var->varattnosyn = col->p_varattnosyn;
	var->location = location;
	return var;
}

List *
expandNSItemVars(ParseNamespaceItem *nsitem, int sublevels_up, int location, List **colnames)
{
	List *vars = NIL;
	ListCell *lc;

	if (colnames)
		*colnames = NIL;
	foreach (lc, nsitem->p_names->colnames)
	{
		ParseNamespaceColumn *col = &nsitem->p_nscolumns[foreach_current_index(lc)];

		if (col->p_varno == 0 || col->p_dontexpand)
			continue;
		vars = lappend(vars, nscolumn_var(col, sublevels_up, location));
		if (colnames)
			*colnames = lappend(*colnames, lfirst(lc));
	}
	return vars;
}

List *
expandNSItemAttrs(ParseState *pstate, ParseNamespaceItem *nsitem, int sublevels_up, bool require_col_privs,
				  int location)
{
	List *names;
	List *vars = expandNSItemVars(nsitem, sublevels_up, location, &names);
	List *result = NIL;
	ListCell *lc_name;
	ListCell *lc_var;

	/* "Some column" is what SELECT on no column at all needs. */
	if (nsitem->p_rte->rtekind == RTE_RELATION)
		nsitem->p_rte->requiredPerms |= ACL_SELECT;
	forboth(lc_name, names, lc_var, vars)
	{
		result = lappend(result, makeTargetEntry(lfirst(lc_var), (AttrNumber) pstate->p_next_resno++,
												 strVal(lfirst(lc_name)), false));
		if (require_col_privs)
			markVarForSelectPriv(pstate, lfirst(lc_var));
	}
	return result;
}

/* ---- single columns ---- */
char *
get_rte_attribute_name(RangeTblEntry *rte, AttrNumber attnum)
{
	if (attnum == InvalidAttrNumber)
		return "*";
	if (rte->alias && attnum > 0 && attnum <= list_length(rte->alias->colnames))
		return strVal(list_nth(rte->alias->colnames, attnum - 1));
	/* A table's columns may have been renamed since. */
	if (rte->rtekind == RTE_RELATION)
		return get_attname(rte->relid, attnum, false);
	if (attnum > 0 && attnum <= list_length(rte->eref->colnames))
		return strVal(list_nth(rte->eref->colnames, attnum - 1));
	elog(ERROR, "invalid attnum %d for rangetable entry %s", attnum, rte->eref->aliasname);
	return NULL;
}

bool
get_rte_attribute_is_dropped(RangeTblEntry *rte, AttrNumber attnum)
{
	List *vars;
	Node *column;

	if (attnum <= 0)
		return false;
	switch (rte->rtekind)
	{
		case RTE_RELATION:
		case RTE_JOIN:
		case RTE_FUNCTION:
			break;
		default:
			return false;
	}
	if (rte->rtekind == RTE_JOIN)
		return list_nth(rte->joinaliasvars, attnum - 1) == NULL;
	expandRTE(rte, 1, 0, -1, true, NULL, &vars);
	if (attnum > list_length(vars))
		elog(ERROR, "column %d of relation %s does not exist", attnum, rte->eref->aliasname);
	column = list_nth(vars, attnum - 1);
	return IsA(column, Const);
}

TargetEntry *
get_tle_by_resno(List *tlist, AttrNumber resno)
{
	ListCell *lc;

	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resno == resno)
			return tle;
	}
	return NULL;
}

RowMarkClause *
get_parse_rowmark(Query *qry, Index rtindex)
{
	ListCell *lc;

	foreach (lc, qry->rowMarks)
	{
		RowMarkClause *mark = lfirst_node(RowMarkClause, lc);

		if (mark->rti == rtindex)
			return mark;
	}
	return NULL;
}
