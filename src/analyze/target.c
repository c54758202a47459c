/*
 * target.c
 *    Target lists: SELECT items, *, and where output columns come from.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "catalog/namespace.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "utils/typcache.h"

TargetEntry *
transformTargetEntry(ParseState *pstate, Node *node, Node *expr, ParseExprKind exprKind, char *colname, bool resjunk)
{
	if (expr == NULL)
	{
		/* SET col = DEFAULT stays as it is; who handles the assignment knows the column. */
		if (exprKind == EXPR_KIND_UPDATE_SOURCE && IsA(node, SetToDefault))
			expr = node;
		else
			expr = transformExpr(pstate, node, exprKind);
	}
	if (colname == NULL && !resjunk)
		colname = FigureColname(node);
	return makeTargetEntry((Expr *) expr, (AttrNumber) pstate->p_next_resno++, colname, resjunk);
}

/* ---- expansion of * : to target entries if as_targets, else to bare expressions ---- */
static List *
expand_nsitem(ParseState *pstate, ParseNamespaceItem *nsitem, int sublevels_up, int location, bool as_targets)
{
	List *vars;
	ListCell *lc;

	if (as_targets)
		return expandNSItemAttrs(pstate, nsitem, sublevels_up, true, location);
	vars = expandNSItemVars(nsitem, sublevels_up, location, NULL);
	if (nsitem->p_rte->rtekind == RTE_RELATION)
		nsitem->p_rte->requiredPerms |= ACL_SELECT;
	foreach (lc, vars)
		markVarForSelectPriv(pstate, lfirst(lc));
	return vars;
}

static List *
expand_all_tables(ParseState *pstate, int location)
{
	List *result = NIL;
	bool found = false;
	ListCell *lc;

	foreach (lc, pstate->p_namespace)
	{
		ParseNamespaceItem *nsitem = lfirst(lc);

		if (!nsitem->p_cols_visible)
			continue;
		found = true;
		result = list_concat(result, expand_nsitem(pstate, nsitem, 0, location, true));
	}
	if (!found)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("SELECT * with no tables specified is not valid"),
				parser_errposition(pstate, location));
	return result;
}

static List *
expand_row_columns(ParseState *pstate, Node *expr, bool as_targets)
{
	TupleDesc desc;
	List *result = NIL;

	if (IsA(expr, Var) && ((Var *) expr)->varattno == InvalidAttrNumber)
	{
		Var *var = (Var *) expr;
		ParseNamespaceItem *nsitem = GetNSItemByRangeTablePosn(pstate, var->varno, var->varlevelsup);

		return expand_nsitem(pstate, nsitem, var->varlevelsup, var->location, as_targets);
	}
	if (IsA(expr, Var) && ((Var *) expr)->vartype == RECORDOID)
		desc = expandRecordVariable(pstate, (Var *) expr, 0);
	else
		desc = get_expr_result_tupdesc(expr, false);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		FieldSelect *field;

		if (att->attisdropped)
			continue;
		field = makeNode(FieldSelect);
		field->arg = copyObject((Expr *) expr);
		field->fieldnum = i + 1;
		field->resulttype = att->atttypid;
		field->resulttypmod = att->atttypmod;
		field->resultcollid = att->attcollation;
		if (as_targets)
			result = lappend(result, makeTargetEntry((Expr *) field, (AttrNumber) pstate->p_next_resno++,
													 pstrdup(NameStr(att->attname)), false));
		else
			result = lappend(result, field);
	}
	return result;
}

/* table.*, schema.table.*, database.schema.table.* */
static List *
expand_table_star(ParseState *pstate, ColumnRef *cref, bool as_targets)
{
	List *fields = cref->fields;
	int count = list_length(fields);
	char *schema = NULL;
	char *table;
	int levels_up;
	ParseNamespaceItem *nsitem;
	Node *hooked = NULL;

	if (pstate->p_pre_columnref_hook)
	{
		hooked = pstate->p_pre_columnref_hook(pstate, cref);
		if (hooked)
			return expand_row_columns(pstate, hooked, as_targets);
	}
	if (count > 4)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("improper qualified name (too many dotted names): %s", NameListToString(fields)),
				parser_errposition(pstate, cref->location));
	if (count == 4 && strcmp(strVal(linitial(fields)), get_database_name(MyDatabaseId)) != 0)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cross-database references are not implemented: %s", NameListToString(fields)),
				parser_errposition(pstate, cref->location));
	table = strVal(list_nth(fields, count - 2));
	if (count >= 3)
		schema = strVal(list_nth(fields, count - 3));
	nsitem = refnameNamespaceItem(pstate, schema, table, cref->location, &levels_up);
	if (pstate->p_post_columnref_hook)
	{
		hooked = pstate->p_post_columnref_hook(pstate, cref, (Node *) (nsitem ? nsitem->p_rte : NULL));
		if (hooked && nsitem)
			ereport(ERROR,
					errcode(ERRCODE_AMBIGUOUS_COLUMN),
					errmsg("column reference \"%s\" is ambiguous", NameListToString(fields)),
					parser_errposition(pstate, cref->location));
		if (hooked)
			return expand_row_columns(pstate, hooked, as_targets);
	}
	if (nsitem == NULL)
		errorMissingRTE(pstate, makeRangeVar(schema, table, cref->location));
	return expand_nsitem(pstate, nsitem, levels_up, cref->location, as_targets);
}

/* expression.* */
static List *
expand_indirection_star(ParseState *pstate, A_Indirection *ind, bool as_targets, ParseExprKind kind)
{
	Node *expr;

	ind = copyObject(ind);
	ind->indirection = list_truncate(ind->indirection, list_length(ind->indirection) - 1);
	expr = transformExpr(pstate, (Node *) ind, kind);
	return expand_row_columns(pstate, expr, as_targets);
}

/* NIL with *is_star false: not a *. */
static List *
expand_star(ParseState *pstate, Node *node, ParseExprKind kind, bool as_targets, bool *is_star)
{
	*is_star = true;
	if (IsA(node, ColumnRef) && IsA(llast(((ColumnRef *) node)->fields), A_Star))
	{
		ColumnRef *cref = (ColumnRef *) node;

		if (list_length(cref->fields) == 1)
		{
			if (!as_targets)
				ereport(ERROR,
						errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("SELECT * with no tables specified is not valid"),
						parser_errposition(pstate, cref->location));
			return expand_all_tables(pstate, cref->location);
		}
		return expand_table_star(pstate, cref, as_targets);
	}
	if (IsA(node, A_Indirection) && IsA(llast(((A_Indirection *) node)->indirection), A_Star))
		return expand_indirection_star(pstate, (A_Indirection *) node, as_targets, kind);
	*is_star = false;
	return NIL;
}

List *
transformTargetList(ParseState *pstate, List *targetlist, ParseExprKind exprKind)
{
	List *result = NIL;
	bool expand = exprKind != EXPR_KIND_UPDATE_SOURCE;
	ListCell *lc;

	Assert(pstate->p_multiassign_exprs == NIL);
	foreach (lc, targetlist)
	{
		ResTarget *res = lfirst_node(ResTarget, lc);
		bool is_star = false;
		List *expanded = expand ? expand_star(pstate, res->val, exprKind, true, &is_star) : NIL;

		if (is_star)
			result = list_concat(result, expanded);
		else
			result = lappend(result, transformTargetEntry(pstate, res->val, NULL, exprKind, res->name, false));
	}
	/* UPDATE's multi-column sources follow the visible columns. */
	if (pstate->p_multiassign_exprs)
	{
		Assert(exprKind == EXPR_KIND_UPDATE_SOURCE);
		result = list_concat(result, pstate->p_multiassign_exprs);
		pstate->p_multiassign_exprs = NIL;
	}
	return result;
}

List *
transformExpressionList(ParseState *pstate, List *exprlist, ParseExprKind exprKind, bool allowDefault)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, exprlist)
	{
		Node *raw = lfirst(lc);
		bool is_star;
		List *expanded = expand_star(pstate, raw, exprKind, false, &is_star);

		if (is_star)
			result = list_concat(result, expanded);
		else if (allowDefault && IsA(raw, SetToDefault))
			result = lappend(result, raw);
		else
			result = lappend(result, transformExpr(pstate, raw, exprKind));
	}
	return result;
}

void
resolveTargetListUnknowns(ParseState *pstate, List *targetlist)
{
	ListCell *lc;

	foreach (lc, targetlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Oid type = exprType((Node *) tle->expr);

		if (type == UNKNOWNOID)
			tle->expr = (Expr *) coerce_type(pstate, (Node *) tle->expr, type, TEXTOID, -1, COERCION_IMPLICIT,
											 COERCE_IMPLICIT_CAST, -1);
	}
}

/* ---- where columns come from (RowDescription tells the client) ---- */
static void
mark_origin(ParseState *pstate, TargetEntry *tle, Var *var, int levelsup)
{
	int netlevelsup;
	RangeTblEntry *rte;
	List *source = NIL;
	AttrNumber attnum;
	TargetEntry *origin;

	if (var == NULL || !IsA(var, Var))
		return;
	netlevelsup = var->varlevelsup + levelsup;
	rte = GetRTEByRangeTablePosn(pstate, var->varno, netlevelsup);
	attnum = var->varattno;
	switch (rte->rtekind)
	{
		case RTE_RELATION:
			tle->resorigtbl = rte->relid;
			tle->resorigcol = attnum;
			return;
		case RTE_SUBQUERY:
			source = rte->subquery->targetList;
			break;
		case RTE_CTE:
			if (rte->self_reference || attnum == InvalidAttrNumber)
				return;
			{
				CommonTableExpr *cte = GetCTEForRTE(pstate, rte, netlevelsup);

				if (!IsA(cte->ctequery, Query))
					return;
				source = GetCTETargetList(cte);
				/* SEARCH and CYCLE columns are in no table. */
				if (attnum > list_length(source))
					return;
			}
			break;
		default:
			return;
	}
	if (attnum == InvalidAttrNumber)
		return;
	origin = get_tle_by_resno(source, attnum);
	if (origin == NULL || origin->resjunk)
		elog(ERROR, "subquery %s does not have attribute %d", rte->eref->aliasname, attnum);
	tle->resorigtbl = origin->resorigtbl;
	tle->resorigcol = origin->resorigcol;
}

void
markTargetListOrigins(ParseState *pstate, List *targetlist)
{
	ListCell *lc;

	foreach (lc, targetlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		mark_origin(pstate, tle, (Var *) tle->expr, 0);
	}
}

/* ---- row types of RECORD Vars ---- */
static TupleDesc
whole_row_desc(RangeTblEntry *rte, Var *var)
{
	List *names;
	List *vars;
	TupleDesc desc;

	expandRTE(rte, var->varno, 0, var->location, false, &names, &vars);
	desc = CreateTemplateTupleDesc(list_length(vars));
	for (int i = 0; i < list_length(vars); i++)
	{
		Node *column = list_nth(vars, i);

		TupleDescInitEntry(desc, i + 1, strVal(list_nth(names, i)), exprType(column), exprTypmod(column), 0);
		TupleDescInitEntryCollation(desc, i + 1, exprCollation(column));
	}
	return desc;
}

static TupleDesc
desc_of_expr(ParseState *pstate, Node *expr, int levelsup)
{
	if (IsA(expr, Var))
		return expandRecordVariable(pstate, (Var *) expr, levelsup);
	return get_expr_result_tupdesc(expr, false);
}

/* Look into a query of which only the Query is left: a ParseState that has its range table. */
static TupleDesc
desc_in_query(ParseState *outer, Query *query, AttrNumber attnum, const char *relname)
{
	ParseState inner = {.parentParseState = outer, .p_rtable = query->rtable, .p_ctenamespace = query->cteList};
	TargetEntry *tle = get_tle_by_resno(query->commandType == CMD_SELECT ? query->targetList : query->returningList,
										attnum);

	if (tle == NULL || tle->resjunk)
		elog(ERROR, "subquery %s does not have attribute %d", relname, attnum);
	return desc_of_expr(&inner, (Node *) tle->expr, 0);
}

TupleDesc
expandRecordVariable(ParseState *pstate, Var *var, int levelsup)
{
	int netlevelsup = var->varlevelsup + levelsup;
	RangeTblEntry *rte = GetRTEByRangeTablePosn(pstate, var->varno, netlevelsup);
	ParseState *level = pstate;

	Assert(IsA(var, Var) && var->vartype == RECORDOID);
	if (var->varattno == InvalidAttrNumber)
		return whole_row_desc(rte, var);
	for (int i = 0; i < netlevelsup; i++)
		level = level->parentParseState;
	switch (rte->rtekind)
	{
		case RTE_SUBQUERY:
			return desc_in_query(level, rte->subquery, var->varattno, rte->eref->aliasname);
		case RTE_JOIN:
			return desc_of_expr(pstate, list_nth(rte->joinaliasvars, var->varattno - 1), netlevelsup);
		case RTE_CTE:
			if (!rte->self_reference)
			{
				CommonTableExpr *cte = GetCTEForRTE(pstate, rte, netlevelsup);

				for (Index i = 0; i < rte->ctelevelsup; i++)
					level = level->parentParseState;
				return desc_in_query(level, castNode(Query, cte->ctequery), var->varattno, rte->eref->aliasname);
			}
			break;
		default:
			break;
	}
	/* A column that was declared record: nobody knows, unless the value says so at run time. */
	return get_expr_result_tupdesc((Node *) var, false);
}
