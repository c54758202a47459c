/*
 * rte.c
 *    Range-table entries of every kind, and the namespace items that show them.
 *
 * An entry's eref has the names to use: alias names first, the source's own for the rest. A dropped column keeps its
 * place with the name "".
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tupdesc.h"
#include "analyze/analyze_internal.h"
#include "catalog/heap.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "parser/parse_type.h"
#include "storage/lockdefs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* ---- namespace items ---- */
static void
fill_nscolumn(ParseNamespaceColumn *col, int rtindex, int attno, Oid type, int32 typmod, Oid collation)
{
	col->p_varno = rtindex;
	col->p_varattno = attno;
	col->p_vartype = type;
	col->p_vartypmod = typmod;
	col->p_varcollid = collation;
	col->p_varnosyn = rtindex;
	col->p_varattnosyn = attno;
}

static ParseNamespaceItem *
make_nsitem(RangeTblEntry *rte, int rtindex, ParseNamespaceColumn *nscolumns)
{
	ParseNamespaceItem *nsitem = palloc0(sizeof(ParseNamespaceItem));

	nsitem->p_names = rte->eref;
	nsitem->p_rte = rte;
	nsitem->p_rtindex = rtindex;
	nsitem->p_nscolumns = nscolumns;
	nsitem->p_rel_visible = true;
	nsitem->p_cols_visible = true;
	nsitem->p_lateral_ok = true;
	return nsitem;
}

static ParseNamespaceItem *
nsitem_from_tupdesc(RangeTblEntry *rte, int rtindex, TupleDesc tupdesc)
{
	ParseNamespaceColumn *cols = palloc0(Max(tupdesc->natts, 1) * sizeof(ParseNamespaceColumn));

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (!att->attisdropped)
			fill_nscolumn(&cols[i], rtindex, i + 1, att->atttypid, att->atttypmod, att->attcollation);
	}
	return make_nsitem(rte, rtindex, cols);
}

static ParseNamespaceItem *
nsitem_from_lists(RangeTblEntry *rte, int rtindex, List *coltypes, List *coltypmods, List *colcollations)
{
	ParseNamespaceColumn *cols = palloc0(Max(list_length(coltypes), 1) * sizeof(ParseNamespaceColumn));

	for (int i = 0; i < list_length(coltypes); i++)
		if (OidIsValid(list_nth_oid(coltypes, i)))
			fill_nscolumn(&cols[i], rtindex, i + 1, list_nth_oid(coltypes, i), list_nth_int(coltypmods, i),
						  list_nth_oid(colcollations, i));
	return make_nsitem(rte, rtindex, cols);
}

/* Append to the range table; the new entry's index. */
static int
add_rte(ParseState *pstate, RangeTblEntry *rte)
{
	pstate->p_rtable = lappend(pstate->p_rtable, rte);
	return list_length(pstate->p_rtable);
}

/* Fill eref's column names up: given are those of the alias, names those of the source. */
static void
complete_colnames(Alias *eref, List *given, List *names)
{
	int ngiven = list_length(given);

	if (ngiven > list_length(names))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("table \"%s\" has %d columns available but %d columns specified", eref->aliasname,
					   list_length(names), ngiven));
	eref->colnames = copyObject(given);
	for (int i = ngiven; i < list_length(names); i++)
		eref->colnames = lappend(eref->colnames, list_nth(names, i));
}

/* ---- tables ---- */
static void
name_relation_columns(TupleDesc tupdesc, Alias *alias, Alias *eref)
{
	int nlive = 0;
	int used = 0;
	int ngiven = alias ? list_length(alias->colnames) : 0;

	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);
		char *name = "";

		if (!att->attisdropped)
		{
			name = used < ngiven ? strVal(list_nth(alias->colnames, used)) : NameStr(att->attname);
			used++;
			nlive++;
		}
		eref->colnames = lappend(eref->colnames, makeString(pstrdup(name)));
	}
	if (ngiven > nlive)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("table \"%s\" has %d columns available but %d columns specified", eref->aliasname, nlive,
					   ngiven));
}

static bool
is_future_cte(ParseState *pstate, const char *refname)
{
	for (; pstate; pstate = pstate->parentParseState)
	{
		ListCell *lc;

		foreach (lc, pstate->p_future_ctes)
			if (strcmp(lfirst_node(CommonTableExpr, lc)->ctename, refname) == 0)
				return true;
	}
	return false;
}

Relation
parserOpenTable(ParseState *pstate, const RangeVar *relation, LOCKMODE lockmode)
{
	ParseCallbackState pcbstate;
	Relation rel;

	setup_parser_errposition_callback(&pcbstate, pstate, relation->location);
	rel = table_openrv_extended(relation, lockmode, true);
	if (rel == NULL)
	{
		if (relation->schemaname)
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_TABLE),
					errmsg("relation \"%s.%s\" does not exist", relation->schemaname, relation->relname));
		if (is_future_cte(pstate, relation->relname))
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_TABLE),
					errmsg("relation \"%s\" does not exist", relation->relname),
					errdetail("There is a WITH item named \"%s\", but it cannot be referenced from this part of the "
							  "query.", relation->relname),
					errhint("Use WITH RECURSIVE, or re-order the WITH items to remove forward references."));
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("relation \"%s\" does not exist", relation->relname));
	}
	cancel_parser_errposition_callback(&pcbstate);
	return rel;
}

ParseNamespaceItem *
addRangeTableEntryForRelation(ParseState *pstate, Relation rel, LOCKMODE lockmode, Alias *alias, bool inh,
							  bool inFromCl)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);

	rte->rtekind = RTE_RELATION;
	rte->alias = alias;
	rte->relid = RelationGetRelid(rel);
	rte->relkind = rel->rd_rel->relkind;
	rte->rellockmode = lockmode;
	rte->eref = makeAlias(alias ? alias->aliasname : RelationGetRelationName(rel), NIL);
	name_relation_columns(rel->rd_att, alias, rte->eref);
	rte->inh = inh;
	rte->inFromCl = inFromCl;
	rte->requiredPerms = ACL_SELECT;
	return nsitem_from_tupdesc(rte, add_rte(pstate, rte), rel->rd_att);
}

ParseNamespaceItem *
addRangeTableEntry(ParseState *pstate, RangeVar *relation, Alias *alias, bool inh, bool inFromCl)
{
	const char *refname = alias ? alias->aliasname : relation->relname;
	LOCKMODE lockmode = isLockedRefname(pstate, refname) ? RowShareLock : AccessShareLock;
	Relation rel = parserOpenTable(pstate, relation, lockmode);
	ParseNamespaceItem *nsitem = addRangeTableEntryForRelation(pstate, rel, lockmode, alias, inh, inFromCl);

	table_close(rel, NoLock);
	return nsitem;
}

bool
isLockedRefname(ParseState *pstate, const char *refname)
{
	ListCell *lc;

	if (pstate->p_locked_from_parent)
		return true;
	foreach (lc, pstate->p_locking_clause)
	{
		LockingClause *clause = lfirst_node(LockingClause, lc);
		ListCell *lc2;

		if (clause->lockedRels == NIL)
			return true;
		foreach (lc2, clause->lockedRels)
			if (strcmp(refname, ((RangeVar *) lfirst(lc2))->relname) == 0)
				return true;
	}
	return false;
}

/* ---- subqueries, VALUES, joins ---- */
ParseNamespaceItem *
addRangeTableEntryForSubquery(ParseState *pstate, Query *subquery, Alias *alias, bool lateral, bool inFromCl)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	List *names = NIL;
	List *types = NIL;
	List *typmods = NIL;
	List *collations = NIL;
	ListCell *lc;

	rte->rtekind = RTE_SUBQUERY;
	rte->subquery = subquery;
	rte->alias = alias;
	rte->eref = makeAlias(alias ? alias->aliasname : "unnamed_subquery", NIL);
	foreach (lc, subquery->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
			continue;
		names = lappend(names, makeString(pstrdup(tle->resname)));
		types = lappend_oid(types, exprType((Node *) tle->expr));
		typmods = lappend_int(typmods, exprTypmod((Node *) tle->expr));
		collations = lappend_oid(collations, exprCollation((Node *) tle->expr));
	}
	complete_colnames(rte->eref, alias ? alias->colnames : NIL, names);
	rte->lateral = lateral;
	rte->inFromCl = inFromCl;
	return nsitem_from_lists(rte, add_rte(pstate, rte), types, typmods, collations);
}

ParseNamespaceItem *
addRangeTableEntryForValues(ParseState *pstate, List *exprs, List *coltypes, List *coltypmods, List *colcollations,
							Alias *alias, bool lateral, bool inFromCl)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	int ncolumns = list_length(linitial(exprs));
	int ngiven = alias ? list_length(alias->colnames) : 0;

	rte->rtekind = RTE_VALUES;
	rte->values_lists = exprs;
	rte->coltypes = coltypes;
	rte->coltypmods = coltypmods;
	rte->colcollations = colcollations;
	rte->alias = alias;
	rte->eref = alias ? copyObject(alias) : makeAlias("*VALUES*", NIL);
	for (int i = ngiven; i < ncolumns; i++)
		rte->eref->colnames = lappend(rte->eref->colnames, makeString(psprintf("column%d", i + 1)));
	if (ngiven > ncolumns)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("VALUES lists \"%s\" have %d columns available but %d columns specified", rte->eref->aliasname,
					   ncolumns, ngiven));
	rte->lateral = lateral;
	rte->inFromCl = inFromCl;
	return nsitem_from_lists(rte, add_rte(pstate, rte), coltypes, coltypmods, colcollations);
}

ParseNamespaceItem *
addRangeTableEntryForJoin(ParseState *pstate, List *colnames, ParseNamespaceColumn *nscolumns, JoinType jointype,
						  int nummergedcols, List *aliasvars, List *leftcols, List *rightcols, Alias *join_using_alias,
						  Alias *alias, bool inFromCl)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	int ngiven = alias ? list_length(alias->colnames) : 0;

	/* Vars number a join's columns with an AttrNumber. */
	if (list_length(aliasvars) > MaxAttrNumber)
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("joins can have at most %d columns", MaxAttrNumber));
	rte->rtekind = RTE_JOIN;
	rte->jointype = jointype;
	rte->joinmergedcols = nummergedcols;
	rte->joinaliasvars = aliasvars;
	rte->joinleftcols = leftcols;
	rte->joinrightcols = rightcols;
	rte->join_using_alias = join_using_alias;
	rte->alias = alias;
	rte->eref = alias ? copyObject(alias) : makeAlias("unnamed_join", NIL);
	if (ngiven > list_length(colnames))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("join expression \"%s\" has %d columns available but %d columns specified",
					   rte->eref->aliasname, list_length(colnames), ngiven));
	rte->eref->colnames = list_concat(rte->eref->colnames, list_copy_tail(colnames, ngiven));
	rte->inFromCl = inFromCl;
	return make_nsitem(rte, add_rte(pstate, rte), nscolumns);
}

/* ---- WITH ---- */
ParseNamespaceItem *
addRangeTableEntryForCTE(ParseState *pstate, CommonTableExpr *cte, Index levelsup, RangeVar *rv, bool inFromCl)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	Alias *alias = rv->alias;

	rte->rtekind = RTE_CTE;
	rte->ctename = cte->ctename;
	rte->ctelevelsup = levelsup;
	/* Not analysed yet: we are inside of its own recursive definition. */
	rte->self_reference = !IsA(cte->ctequery, Query);
	cte->cterefcount += !rte->self_reference;
	if (IsA(cte->ctequery, Query))
	{
		Query *query = (Query *) cte->ctequery;

		if (query->commandType != CMD_SELECT && query->returningList == NIL)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("WITH query \"%s\" does not have a RETURNING clause", cte->ctename),
					parser_errposition(pstate, rv->location));
	}
	rte->coltypes = list_copy(cte->ctecoltypes);
	rte->coltypmods = list_copy(cte->ctecoltypmods);
	rte->colcollations = list_copy(cte->ctecolcollations);
	rte->alias = alias;
	rte->eref = makeAlias(alias ? alias->aliasname : cte->ctename, NIL);
	complete_colnames(rte->eref, alias ? alias->colnames : NIL, copyObject(cte->ctecolnames));

	rte->inFromCl = inFromCl;
	return nsitem_from_lists(rte, add_rte(pstate, rte), rte->coltypes, rte->coltypmods, rte->colcollations);
}

/* ---- functions ---- */

/* Checks a column definition list, and makes a row type of it. */
static TupleDesc
tupdesc_from_coldeflist(ParseState *pstate, RangeTblFunction *rtfunc, List *coldeflist)
{
	TupleDesc desc = CreateTemplateTupleDesc(list_length(coldeflist));
	ListCell *lc;

	foreach (lc, coldeflist)
	{
		ColumnDef *def = lfirst_node(ColumnDef, lc);
		int i = foreach_current_index(lc) + 1;
		Oid type;
		int32 typmod;
		Oid collation;

		if (def->typeName->setof)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					errmsg("column \"%s\" cannot be declared SETOF", def->colname),
					parser_errposition(pstate, def->location));
		typenameTypeIdAndMod(pstate, def->typeName, &type, &typmod);
		collation = GetColumnDefCollation(pstate, def, type);
		TupleDescInitEntry(desc, (AttrNumber) i, def->colname, type, typmod, 0);
		TupleDescInitEntryCollation(desc, (AttrNumber) i, collation);
		rtfunc->funccolnames = lappend(rtfunc->funccolnames, makeString(pstrdup(def->colname)));
		rtfunc->funccoltypes = lappend_oid(rtfunc->funccoltypes, type);
		rtfunc->funccoltypmods = lappend_int(rtfunc->funccoltypmods, typmod);
		rtfunc->funccolcollations = lappend_oid(rtfunc->funccolcollations, collation);
	}
	CheckAttributeNamesTypes(desc, RELKIND_COMPOSITE_TYPE, CHKATYPE_ANYRECORD);
	return desc;
}

/* A function of scalar result has one column: named by the alias, an OUT parameter, or the function. */
static char *
scalar_column_name(Node *funcexpr, char *funcname, Alias *alias, int nfuncs)
{
	if (funcexpr && IsA(funcexpr, FuncExpr))
	{
		char *outname = get_func_result_name(((FuncExpr *) funcexpr)->funcid);

		if (outname)
			return outname;
	}
	if (nfuncs == 1 && alias)
		return alias->aliasname;
	return funcname;
}

static void
check_coldeflist_use(ParseState *pstate, TypeFuncClass functypclass, Node *funcexpr, List *coldeflist)
{
	int location = exprLocation((Node *) coldeflist);

	if (functypclass == TYPEFUNC_RECORD)
	{
		if (coldeflist == NIL)
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("a column definition list is required for functions returning \"record\""),
					parser_errposition(pstate, exprLocation(funcexpr)));
		return;
	}
	if (coldeflist == NIL)
		return;
	if (functypclass == TYPEFUNC_COMPOSITE || functypclass == TYPEFUNC_COMPOSITE_DOMAIN)
	{
		if (exprType(funcexpr) == RECORDOID)
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("a column definition list is redundant for a function with OUT parameters"),
					parser_errposition(pstate, location));
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("a column definition list is redundant for a function returning a named composite type"),
				parser_errposition(pstate, location));
	}
	ereport(ERROR,
			errcode(ERRCODE_SYNTAX_ERROR),
			errmsg("a column definition list is only allowed for functions returning \"record\""),
			parser_errposition(pstate, location));
}

static TupleDesc
function_tupdesc(ParseState *pstate, Node *funcexpr, char *funcname, List *coldeflist, RangeTblFunction *rtfunc,
				 Alias *alias, int nfuncs)
{
	Oid rettype;
	TupleDesc desc;
	TypeFuncClass functypclass = get_expr_result_type(funcexpr, &rettype, &desc);

	check_coldeflist_use(pstate, functypclass, funcexpr, coldeflist);
	switch (functypclass)
	{
		case TYPEFUNC_COMPOSITE:
		case TYPEFUNC_COMPOSITE_DOMAIN:
			return desc;
		case TYPEFUNC_SCALAR:
			desc = CreateTemplateTupleDesc(1);
			TupleDescInitEntry(desc, 1, scalar_column_name(funcexpr, funcname, alias, nfuncs), rettype,
							   exprTypmod(funcexpr), 0);
			TupleDescInitEntryCollation(desc, 1, exprCollation(funcexpr));
			return desc;
		case TYPEFUNC_RECORD:
			return tupdesc_from_coldeflist(pstate, rtfunc, coldeflist);
		default:
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("function \"%s\" in FROM has unsupported return type %s", funcname,
						   format_type_be(rettype)),
					parser_errposition(pstate, exprLocation(funcexpr)));
			return NULL;
	}
}

ParseNamespaceItem *
addRangeTableEntryForFunction(ParseState *pstate, List *funcnames, List *funcexprs, List *coldeflists,
							  RangeFunction *rangefunc, bool lateral, bool inFromCl)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	Alias *alias = rangefunc->alias;
	int nfuncs = list_length(funcexprs);
	TupleDesc *descs = palloc(nfuncs * sizeof(TupleDesc));
	int natts = 0;
	TupleDesc whole;

	rte->rtekind = RTE_FUNCTION;
	rte->funcordinality = rangefunc->ordinality;
	rte->alias = alias;
	rte->eref = makeAlias(alias ? alias->aliasname : linitial(funcnames), NIL);
	for (int i = 0; i < nfuncs; i++)
	{
		RangeTblFunction *rtfunc = makeNode(RangeTblFunction);

		rtfunc->funcexpr = list_nth(funcexprs, i);
		descs[i] = function_tupdesc(pstate, rtfunc->funcexpr, list_nth(funcnames, i), list_nth(coldeflists, i), rtfunc,
									alias, nfuncs);
		rtfunc->funccolcount = descs[i]->natts;
		rte->functions = lappend(rte->functions, rtfunc);
		natts += descs[i]->natts;
	}
	if (natts + (rangefunc->ordinality ? 1 : 0) > MaxTupleAttributeNumber)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_COLUMNS),
				errmsg("functions in FROM can return at most %d columns", MaxTupleAttributeNumber),
				parser_errposition(pstate, exprLocation((Node *) funcexprs)));
	whole = CreateTemplateTupleDesc(natts + (rangefunc->ordinality ? 1 : 0));
	natts = 0;
	for (int i = 0; i < nfuncs; i++)
		for (int j = 1; j <= descs[i]->natts; j++)
			TupleDescCopyEntry(whole, ++natts, descs[i], j);
	if (rangefunc->ordinality)
		TupleDescInitEntry(whole, ++natts, "ordinality", INT8OID, -1, 0);
	Assert(natts == whole->natts);
	name_relation_columns(whole, alias, rte->eref);
	rte->lateral = lateral;
	rte->inFromCl = inFromCl;
	return nsitem_from_tupdesc(rte, add_rte(pstate, rte), whole);
}

/* ---- placing ---- */
void
addNSItemToQuery(ParseState *pstate, ParseNamespaceItem *nsitem, bool addToJoinList, bool addToRelNameSpace,
				 bool addToVarNameSpace)
{
	if (addToJoinList)
	{
		RangeTblRef *ref = makeNode(RangeTblRef);

		ref->rtindex = nsitem->p_rtindex;
		pstate->p_joinlist = lappend(pstate->p_joinlist, ref);
	}
	if (addToRelNameSpace || addToVarNameSpace)
	{
		nsitem->p_rel_visible = addToRelNameSpace;
		nsitem->p_cols_visible = addToVarNameSpace;
		nsitem->p_lateral_only = false;
		nsitem->p_lateral_ok = true;
		pstate->p_namespace = lappend(pstate->p_namespace, nsitem);
	}
}
