/*
 * modify.c
 *    INSERT, UPDATE, DELETE, RETURNING, ON CONFLICT.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "analyze/analyze_internal.h"
#include "catalog/catalog.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_cte.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "parser/parse_type.h"
#include "storage/lockdefs.h"
#include "utils/rel.h"

static void
analyze_with(ParseState *pstate, Query *qry, WithClause *with)
{
	if (with == NULL)
		return;
	qry->hasRecursive = with->recursive;
	qry->cteList = transformWithClause(pstate, with);
	qry->hasModifyingCTE = pstate->p_hasModifyingCTE;
}

static void
finish_query(ParseState *pstate, Query *qry, Node *quals)
{
	qry->rtable = pstate->p_rtable;
	qry->jointree = makeFromExpr(pstate->p_joinlist, quals);
	qry->hasTargetSRFs = pstate->p_hasTargetSRFs;
	qry->hasSubLinks = pstate->p_hasSubLinks;
	assign_query_collations(pstate, qry);
}

/* ---- RETURNING ---- */
List *
analyze_returning_list(ParseState *pstate, List *returning)
{
	int saved_resno = pstate->p_next_resno;
	List *result;

	if (returning == NIL)
		return NIL;
	pstate->p_next_resno = 1;
	result = transformTargetList(pstate, returning, EXPR_KIND_RETURNING);
	/* table.* of a table without columns */
	if (result == NIL)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("RETURNING must have at least one column"),
				parser_errposition(pstate, exprLocation(linitial(returning))));
	markTargetListOrigins(pstate, result);
	if (pstate->p_resolve_unknowns)
		resolveTargetListUnknowns(pstate, result);
	pstate->p_next_resno = saved_resno;
	return result;
}

/* ---- INSERT ---- */

/* Was a whole row given in parentheses too many? */
static bool
is_row_in_parentheses(List *exprlist, int ncolumns)
{
	Node *expr = linitial(exprlist);

	if (list_length(exprlist) != 1)
		return false;
	if (IsA(expr, RowExpr))
		return list_length(((RowExpr *) expr)->args) == ncolumns;
	return false;
}

/* Leave only the value of col[i] = value; the assignment is put around the VALUES column later. */
static Expr *
strip_assignment(Expr *expr)
{
	while (expr)
	{
		Expr *sub = expr;

		while (IsA(sub, CoerceToDomain) && ((CoerceToDomain *) sub)->coercionformat == COERCE_IMPLICIT_CAST)
			sub = ((CoerceToDomain *) sub)->arg;
		if (IsA(sub, FieldStore))
			expr = linitial(((FieldStore *) sub)->newvals);
		else if (IsA(sub, SubscriptingRef) && ((SubscriptingRef *) sub)->refassgnexpr)
			expr = ((SubscriptingRef *) sub)->refassgnexpr;
		else
			break;
	}
	return expr;
}

List *
analyze_insert_row(ParseState *pstate, List *exprlist, List *stmtcols, List *icolumns, List *attrnos,
				   bool strip_indirection)
{
	List *result = NIL;
	ListCell *lc;

	if (list_length(exprlist) > list_length(icolumns))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("INSERT has more expressions than target columns"),
				parser_errposition(pstate, exprLocation(list_nth(exprlist, list_length(icolumns)))));
	if (stmtcols != NIL && list_length(exprlist) < list_length(icolumns))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("INSERT has more target columns than expressions"),
				is_row_in_parentheses(exprlist, list_length(icolumns))
					? errhint("The insertion source is a row expression containing the same number of columns expected "
							  "by the INSERT. Did you accidentally use extra parentheses?")
					: 0,
				parser_errposition(pstate, exprLocation(list_nth(icolumns, list_length(exprlist)))));
	foreach (lc, exprlist)
	{
		ResTarget *col = list_nth_node(ResTarget, icolumns, foreach_current_index(lc));
		Expr *expr = transformAssignedExpr(pstate, lfirst(lc), EXPR_KIND_INSERT_TARGET, col->name,
										   list_nth_int(attrnos, foreach_current_index(lc)), col->indirection,
										   col->location);

		if (strip_indirection)
			expr = strip_assignment(expr);
		result = lappend(result, expr);
	}
	return result;
}

static List *
insert_from_select(ParseState *pstate, SelectStmt *select, List *rtable, List *namespace)
{
	ParseState *sub = make_parsestate(pstate);
	Query *query;
	ParseNamespaceItem *nsitem;
	List *exprs = NIL;
	ListCell *lc;

	/* Rule actions: OLD and NEW, which were in the INSERT's range table, are seen by the SELECT. */
	sub->p_rtable = rtable;
	sub->p_namespace = namespace;
	sub->p_resolve_unknowns = false;
	query = transformStmt(sub, (Node *) select);
	free_parsestate(sub);
	if (!IsA(query, Query) || query->commandType != CMD_SELECT)
		elog(ERROR, "unexpected non-SELECT command in INSERT ... SELECT");
	nsitem = addRangeTableEntryForSubquery(pstate, query, makeAlias("*SELECT*", NIL), false, false);
	addNSItemToQuery(pstate, nsitem, true, false, false);
	foreach (lc, query->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Expr *expr = tle->expr;

		if (tle->resjunk)
			continue;
		/* An untyped literal takes the column's type, so it must be seen. */
		if (!((IsA(expr, Const) || IsA(expr, Param)) && exprType((Node *) expr) == UNKNOWNOID))
		{
			Var *var = makeVarFromTargetEntry(nsitem->p_rtindex, tle);

			var->location = exprLocation((Node *) tle->expr);
			expr = (Expr *) var;
		}
		exprs = lappend(exprs, expr);
	}
	return exprs;
}

static List *
insert_from_values(ParseState *pstate, SelectStmt *select, List *cols, List *icolumns, List *attrnos)
{
	List *rows = NIL;
	List *types = NIL;
	List *typmods = NIL;
	List *collations = NIL;
	int length = -1;
	ParseNamespaceItem *nsitem;
	ListCell *lc;

	foreach (lc, select->valuesLists)
	{
		List *row = transformExpressionList(pstate, lfirst(lc), EXPR_KIND_VALUES, true);

		if (length >= 0 && list_length(row) != length)
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("VALUES lists must all be the same length"),
					parser_errposition(pstate, exprLocation((Node *) row)));
		length = list_length(row);
		row = analyze_insert_row(pstate, row, cols, icolumns, attrnos, true);
		assign_list_collations(pstate, row);
		rows = lappend(rows, row);
	}
	foreach (lc, (List *) linitial(rows))
	{
		Node *value = lfirst(lc);

		types = lappend_oid(types, exprType(value));
		typmods = lappend_int(typmods, exprTypmod(value));
		collations = lappend_oid(collations, InvalidOid);
	}
	nsitem = addRangeTableEntryForValues(pstate, rows, types, typmods, collations, NULL,
										 list_length(pstate->p_rtable) != 1 &&
											 contains_vars_of_level((Node *) rows, 0),
										 true);
	addNSItemToQuery(pstate, nsitem, true, false, false);
	return expandNSItemVars(nsitem, 0, -1, NULL);
}

static bool
is_general_select(SelectStmt *select)
{
	return select && (select->valuesLists == NIL || select->sortClause || select->limitOffset || select->limitCount ||
					  select->lockingClause || select->withClause);
}

/* ---- ON CONFLICT ---- */
List *
BuildOnConflictExcludedTargetlist(Relation targetrel, Index exclRelIndex)
{
	List *result = NIL;
	Var *var;

	for (int attno = 1; attno <= RelationGetNumberOfAttributes(targetrel); attno++)
	{
		Form_pg_attribute att = TupleDescAttr(targetrel->rd_att, attno - 1);
		char *name = NULL;

		/* A dropped column keeps its place. */
		if (att->attisdropped)
			var = (Var *) makeNullConst(INT4OID, -1, InvalidOid);
		else
		{
			var = makeVar(exclRelIndex, attno, att->atttypid, att->atttypmod, att->attcollation, 0);
			name = pstrdup(NameStr(att->attname));
		}
		result = lappend(result, makeTargetEntry((Expr *) var, attno, name, false));
	}
	var = makeVar(exclRelIndex, InvalidAttrNumber, targetrel->rd_rel->reltype, -1, InvalidOid, 0);
	return lappend(result, makeTargetEntry((Expr *) var, InvalidAttrNumber, NULL, true));
}

static List *
inference_elements(ParseState *pstate, InferClause *infer)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, infer->indexElems)
	{
		IndexElem *raw = lfirst_node(IndexElem, lc);
		InferenceElem *elem = makeNode(InferenceElem);
		Node *node = raw->expr;

		if (raw->ordering != SORTBY_DEFAULT)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
					errmsg("ASC/DESC is not allowed in ON CONFLICT clause"),
					parser_errposition(pstate, infer->location));
		if (raw->nulls_ordering != SORTBY_NULLS_DEFAULT)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
					errmsg("NULLS FIRST/LAST is not allowed in ON CONFLICT clause"),
					parser_errposition(pstate, infer->location));
		if (node == NULL)
		{
			ColumnRef *cref = makeNode(ColumnRef);

			cref->fields = list_make1(makeString(raw->name));
			cref->location = infer->location;
			node = (Node *) cref;
		}
		elem->expr = transformExpr(pstate, node, EXPR_KIND_INDEX_EXPRESSION);
		if (raw->collation)
			elem->infercollid = LookupCollation(pstate, raw->collation, exprLocation(elem->expr));
		if (raw->opclass)
			elem->inferopclass = get_opclass_oid(BTREE_AM_OID, raw->opclass, false);
		result = lappend(result, elem);
	}
	return result;
}

void
transformOnConflictArbiter(ParseState *pstate, OnConflictClause *onConflictClause, List **arbiterExpr,
						   Node **arbiterWhere, Oid *constraint)
{
	InferClause *infer = onConflictClause->infer;

	*arbiterExpr = NIL;
	*arbiterWhere = NULL;
	*constraint = InvalidOid;
	if (onConflictClause->action == ONCONFLICT_UPDATE && infer == NULL)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("ON CONFLICT DO UPDATE requires inference specification or constraint name"),
				errhint("For example, ON CONFLICT (column_name)."),
				parser_errposition(pstate, exprLocation((Node *) onConflictClause)));
	if (IsCatalogRelation(pstate->p_target_relation))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("ON CONFLICT is not supported with system catalog tables"),
				parser_errposition(pstate, exprLocation((Node *) onConflictClause)));
	if (infer == NULL)
		return;
	if (infer->indexElems)
		*arbiterExpr = inference_elements(pstate, infer);
	if (infer->whereClause)
		*arbiterWhere = transformExpr(pstate, infer->whereClause, EXPR_KIND_INDEX_PREDICATE);
	if (infer->conname)
	{
		RangeTblEntry *rte = pstate->p_target_nsitem->p_rte;
		Oid relid = RelationGetRelid(pstate->p_target_relation);
		Bitmapset *columns = get_relation_constraint_attnos(relid, infer->conname, false, constraint);

		/* Looking for a conflict reads the constraint's columns. */
		rte->requiredPerms |= ACL_SELECT;
		rte->selectedCols = bms_add_members(rte->selectedCols, columns);
	}
}

static OnConflictExpr *
analyze_on_conflict(ParseState *pstate, OnConflictClause *clause)
{
	OnConflictExpr *result = makeNode(OnConflictExpr);

	result->action = clause->action;
	transformOnConflictArbiter(pstate, clause, &result->arbiterElems, &result->arbiterWhere, &result->constraint);
	if (clause->action == ONCONFLICT_UPDATE)
	{
		Relation target = pstate->p_target_relation;
		ParseNamespaceItem *excluded;

		pstate->p_is_insert = false;
		excluded = addRangeTableEntryForRelation(pstate, target, RowExclusiveLock, makeAlias("excluded", NIL), false,
												 false);
		/* Not a table that is read: it has no system columns, and needs no permissions. */
		excluded->p_rte->relkind = RELKIND_COMPOSITE_TYPE;
		excluded->p_rte->requiredPerms = 0;
		result->exclRelIndex = excluded->p_rtindex;
		result->exclRelTlist = BuildOnConflictExcludedTargetlist(target, excluded->p_rtindex);
		addNSItemToQuery(pstate, excluded, false, true, true);
		result->onConflictSet = analyze_update_target_list(pstate, clause->targetList);
		result->onConflictWhere = transformWhereClause(pstate, clause->whereClause, EXPR_KIND_WHERE, "WHERE");
		/* RETURNING does not see it. */
		pstate->p_namespace = list_delete_last(pstate->p_namespace);
	}
	return result;
}

Query *
analyze_insert(ParseState *pstate, InsertStmt *stmt)
{
	Query *qry = makeNode(Query);
	SelectStmt *select = (SelectStmt *) stmt->selectStmt;
	bool general = is_general_select(select);
	bool do_update = stmt->onConflictClause && stmt->onConflictClause->action == ONCONFLICT_UPDATE;
	List *sub_rtable = NIL;
	List *sub_namespace = NIL;
	List *icolumns;
	List *attrnos;
	List *exprs = NIL;
	RangeTblEntry *rte;
	ListCell *lc;

	qry->commandType = CMD_INSERT;
	pstate->p_is_insert = true;
	analyze_with(pstate, qry, stmt->withClause);
	qry->override = stmt->override;
	if (general)
	{
		sub_rtable = pstate->p_rtable;
		pstate->p_rtable = NIL;
		sub_namespace = pstate->p_namespace;
		pstate->p_namespace = NIL;
	}
	qry->resultRelation =
		setTargetTable(pstate, stmt->relation, false, false, ACL_INSERT | (do_update ? ACL_UPDATE : 0));
	icolumns = checkInsertTargets(pstate, stmt->cols, &attrnos);
	if (select == NULL)
		exprs = NIL;			/* DEFAULT VALUES */
	else if (general)
		exprs = analyze_insert_row(pstate, insert_from_select(pstate, select, sub_rtable, sub_namespace), stmt->cols,
								   icolumns, attrnos, false);
	else if (list_length(select->valuesLists) > 1)
		exprs = analyze_insert_row(pstate, insert_from_values(pstate, select, stmt->cols, icolumns, attrnos),
								   stmt->cols, icolumns, attrnos, false);
	else
		exprs = analyze_insert_row(pstate,
								   transformExpressionList(pstate, linitial(select->valuesLists),
														   EXPR_KIND_VALUES_SINGLE, true),
								   stmt->cols, icolumns, attrnos, false);
	rte = pstate->p_target_nsitem->p_rte;
	foreach (lc, exprs)
	{
		int i = foreach_current_index(lc);
		int attno = list_nth_int(attrnos, i);

		qry->targetList = lappend(qry->targetList,
								  makeTargetEntry(lfirst(lc), attno, list_nth_node(ResTarget, icolumns, i)->name,
												  false));
		rte->insertedCols = bms_add_member(rte->insertedCols, attno - FirstLowInvalidHeapAttributeNumber);
	}
	/* What follows sees the target table only. */
	if (stmt->onConflictClause || stmt->returningList)
	{
		pstate->p_namespace = NIL;
		addNSItemToQuery(pstate, pstate->p_target_nsitem, false, true, true);
	}
	if (stmt->onConflictClause)
		qry->onConflict = analyze_on_conflict(pstate, stmt->onConflictClause);
	qry->returningList = analyze_returning_list(pstate, stmt->returningList);
	finish_query(pstate, qry, NULL);
	return qry;
}

/* ---- UPDATE, DELETE ---- */

/* FROM or USING beside the target table, which their subqueries may not refer to. */
static void
analyze_other_tables(ParseState *pstate, List *from)
{
	ParseNamespaceItem *target = pstate->p_target_nsitem;

	target->p_lateral_only = true;
	target->p_lateral_ok = false;
	transformFromClause(pstate, from);
	target->p_lateral_only = false;
	target->p_lateral_ok = true;
}

List *
analyze_update_target_list(ParseState *pstate, List *orig_targets)
{
	List *tlist = transformTargetList(pstate, orig_targets, EXPR_KIND_UPDATE_SOURCE);
	RangeTblEntry *rte = pstate->p_target_nsitem->p_rte;
	Relation rel = pstate->p_target_relation;
	ListCell *lc;

	/* Junk entries are numbered after the table's columns. */
	if (pstate->p_next_resno <= RelationGetNumberOfAttributes(rel))
		pstate->p_next_resno = RelationGetNumberOfAttributes(rel) + 1;
	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		ResTarget *target;
		int attrno;

		if (tle->resjunk)
		{
			tle->resno = (AttrNumber) pstate->p_next_resno++;
			tle->resname = NULL;
			continue;
		}
		target = list_nth_node(ResTarget, orig_targets, foreach_current_index(lc));
		attrno = attnameAttNum(rel, target->name, true);
		if (attrno == InvalidAttrNumber)
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("column \"%s\" of relation \"%s\" does not exist", target->name,
						   RelationGetRelationName(rel)),
					parser_errposition(pstate, target->location));
		updateTargetListEntry(pstate, tle, target->name, attrno, target->indirection, target->location);
		rte->updatedCols = bms_add_member(rte->updatedCols, attrno - FirstLowInvalidHeapAttributeNumber);
	}
	return tlist;
}

Query *
analyze_update(ParseState *pstate, UpdateStmt *stmt)
{
	Query *qry = makeNode(Query);
	Node *quals;

	qry->commandType = CMD_UPDATE;
	pstate->p_is_insert = false;
	analyze_with(pstate, qry, stmt->withClause);
	qry->resultRelation = setTargetTable(pstate, stmt->relation, stmt->relation->inh, true, ACL_UPDATE);
	analyze_other_tables(pstate, stmt->fromClause);
	quals = transformWhereClause(pstate, stmt->whereClause, EXPR_KIND_WHERE, "WHERE");
	qry->returningList = analyze_returning_list(pstate, stmt->returningList);
	qry->targetList = analyze_update_target_list(pstate, stmt->targetList);
	finish_query(pstate, qry, quals);
	return qry;
}

Query *
analyze_delete(ParseState *pstate, DeleteStmt *stmt)
{
	Query *qry = makeNode(Query);
	Node *quals;

	qry->commandType = CMD_DELETE;
	analyze_with(pstate, qry, stmt->withClause);
	qry->resultRelation = setTargetTable(pstate, stmt->relation, stmt->relation->inh, true, ACL_DELETE);
	analyze_other_tables(pstate, stmt->usingClause);
	quals = transformWhereClause(pstate, stmt->whereClause, EXPR_KIND_WHERE, "WHERE");
	qry->returningList = analyze_returning_list(pstate, stmt->returningList);
	finish_query(pstate, qry, quals);
	return qry;
}
