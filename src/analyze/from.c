/*
 * from.c
 *    FROM: tables, subqueries, functions, joins; and the target table of a data-modifying statement.
 *
 * Each item yields a join tree node, its own namespace item, and the namespace it adds: for a join without alias that
 * is its inputs' table names, but of the columns only the join's.
 */
#include "postgres.h"

#include "access/table.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parser.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "storage/lockdefs.h"
#include "utils/rel.h"

/* ---- namespaces ---- */
void
set_namespace_visibility(List *namespace, bool rel_visible, bool cols_visible)
{
	ListCell *lc;

	foreach (lc, namespace)
	{
		ParseNamespaceItem *nsitem = lfirst(lc);

		nsitem->p_rel_visible &= rel_visible;
		nsitem->p_cols_visible &= cols_visible;
	}
}

void
set_namespace_lateral(List *namespace, bool lateral_only, bool lateral_ok)
{
	ListCell *lc;

	foreach (lc, namespace)
	{
		ParseNamespaceItem *nsitem = lfirst(lc);

		nsitem->p_lateral_only = lateral_only;
		nsitem->p_lateral_ok = lateral_ok;
	}
}

void
transformFromClause(ParseState *pstate, List *frmList)
{
	ListCell *lc;

	foreach (lc, frmList)
	{
		ParseNamespaceItem *nsitem;
		List *namespace;
		Node *n = from_item(pstate, lfirst(lc), &nsitem, &namespace);

		checkNameSpaceConflicts(pstate, pstate->p_namespace, namespace);
		/* Later items see these only laterally. */
		set_namespace_lateral(namespace, true, true);
		pstate->p_joinlist = lappend(pstate->p_joinlist, n);
		pstate->p_namespace = list_concat(pstate->p_namespace, namespace);
	}
	set_namespace_lateral(pstate->p_namespace, false, true);
}

int
setTargetTable(ParseState *pstate, RangeVar *relation, bool inh, bool alsoSource, AclMode requiredPerms)
{
	ParseNamespaceItem *nsitem;

	if (pstate->p_target_relation)
		table_close(pstate->p_target_relation, NoLock);
	pstate->p_target_relation = parserOpenTable(pstate, relation, RowExclusiveLock);
	nsitem = addRangeTableEntryForRelation(pstate, pstate->p_target_relation, RowExclusiveLock, relation->alias, inh,
										   false);
	pstate->p_target_nsitem = nsitem;
	/* Columns that are read will ask for SELECT by themselves. */
	nsitem->p_rte->requiredPerms = requiredPerms;
	if (alsoSource)
		addNSItemToQuery(pstate, nsitem, true, true, true);
	return nsitem->p_rtindex;
}

/* ---- simple items ---- */
static ParseNamespaceItem *
from_subselect(ParseState *pstate, RangeSubselect *r)
{
	ParseExprKind saved_kind = pstate->p_expr_kind;
	bool saved_lateral = pstate->p_lateral_active;
	Query *query;

	pstate->p_expr_kind = EXPR_KIND_FROM_SUBSELECT;
	pstate->p_lateral_active = r->lateral;
	query = parse_sub_analyze(r->subquery, pstate, NULL, r->alias && isLockedRefname(pstate, r->alias->aliasname),
							  true);
	pstate->p_lateral_active = saved_lateral;
	pstate->p_expr_kind = saved_kind;
	if (!IsA(query, Query) || query->commandType != CMD_SELECT)
		elog(ERROR, "unexpected non-SELECT command in subquery in FROM");
	return addRangeTableEntryForSubquery(pstate, query, r->alias, r->lateral, true);
}

/* The functions of a FROM item, analysed. */
typedef struct FromFunctions
{
	List *exprs;
	List *names;
	List *coldeflists;
} FromFunctions;

static void
add_from_function(ParseState *pstate, FromFunctions *ff, Node *raw, List *coldeflist)
{
	Node *last_srf = pstate->p_last_srf;
	Node *expr = transformExpr(pstate, raw, EXPR_KIND_FROM_FUNCTION);

	if (pstate->p_last_srf != last_srf && pstate->p_last_srf != expr)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("set-returning functions must appear at top level of FROM"),
				parser_errposition(pstate, exprLocation(pstate->p_last_srf)));
	ff->exprs = lappend(ff->exprs, expr);
	ff->names = lappend(ff->names, FigureColname(raw));
	ff->coldeflists = lappend(ff->coldeflists, coldeflist);
}

/* unnest(a, b) in FROM means ROWS FROM (unnest(a), unnest(b)). */
static bool
is_multi_unnest(Node *raw)
{
	FuncCall *fc = (FuncCall *) raw;

	return IsA(raw, FuncCall) && list_length(fc->funcname) == 1 && strcmp(strVal(linitial(fc->funcname)), "unnest") == 0 &&
		   list_length(fc->args) > 1 && fc->agg_order == NIL && fc->agg_filter == NULL && fc->over == NULL &&
		   !fc->agg_star && !fc->agg_distinct && !fc->func_variadic;
}

static void
check_coldeflist_place(ParseState *pstate, RangeFunction *r, FromFunctions *ff)
{
	const char *message = NULL;
	const char *hint = "Put the column definition list inside ROWS FROM().";

	if (r->coldeflist == NIL)
		return;
	if (list_length(ff->exprs) != 1)
	{
		message = r->is_rowsfrom ? "ROWS FROM() with multiple functions cannot have a column definition list"
								 : "UNNEST() with multiple arguments cannot have a column definition list";
		hint = r->is_rowsfrom
				   ? "Put a separate column definition list for each function inside ROWS FROM()."
				   : "Use separate UNNEST() calls inside ROWS FROM(), and attach a column definition list to each one.";
	}
	else if (r->ordinality)
		message = "WITH ORDINALITY cannot be used with a column definition list";
	if (message)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("%s", message),
				errhint("%s", hint),
				parser_errposition(pstate, exprLocation((Node *) r->coldeflist)));
	if (linitial(ff->coldeflists) != NULL)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("multiple column definition lists are not allowed for the same function"),
				parser_errposition(pstate, exprLocation((Node *) r->coldeflist)));
	linitial(ff->coldeflists) = r->coldeflist;
}

static ParseNamespaceItem *
from_function(ParseState *pstate, RangeFunction *r)
{
	bool saved_lateral = pstate->p_lateral_active;
	FromFunctions ff = {0};
	ListCell *lc;
	bool lateral;

	/* A function may always refer to what stands before it. */
	pstate->p_lateral_active = true;
	foreach (lc, r->functions)
	{
		List *pair = lfirst_node(List, lc);
		Node *raw = linitial(pair);
		List *coldeflist = lsecond(pair);
		ListCell *lc2;

		if (!is_multi_unnest(raw) || coldeflist != NIL)
		{
			add_from_function(pstate, &ff, raw, coldeflist);
			continue;
		}
		foreach (lc2, ((FuncCall *) raw)->args)
			add_from_function(pstate, &ff,
							  (Node *) makeFuncCall(SystemFuncName("unnest"), list_make1(lfirst(lc2)),
													COERCE_EXPLICIT_CALL, ((FuncCall *) raw)->location),
							  NIL);
	}
	pstate->p_lateral_active = saved_lateral;
	assign_list_collations(pstate, ff.exprs);
	check_coldeflist_place(pstate, r, &ff);
	lateral = r->lateral || contains_vars_of_level((Node *) ff.exprs, 0);
	return addRangeTableEntryForFunction(pstate, ff.names, ff.exprs, ff.coldeflists, r, lateral, true);
}

static ParseNamespaceItem *
from_table(ParseState *pstate, RangeVar *rv)
{
	if (rv->schemaname == NULL)
	{
		Index levelsup;
		CommonTableExpr *cte = scanNameSpaceForCTE(pstate, rv->relname, &levelsup);

		if (cte)
			return addRangeTableEntryForCTE(pstate, cte, levelsup, rv, true);
	}
	return addRangeTableEntry(pstate, rv, rv->alias, rv->inh, true);
}

/* ---- joins ---- */

/* One input of a join. */
typedef struct JoinSide
{
	ParseNamespaceItem *nsitem;
	List *namespace;
	List *colnames;
	List *merged;			/* positions (from 1) of its USING columns */
} JoinSide;

/* The join's own columns, as they are collected. */
typedef struct JoinColumns
{
	List *names;
	List *vars;
	ParseNamespaceColumn *nscolumns;
	int count;
	List *leftcols;
	List *rightcols;
} JoinColumns;

static Var *
side_var(JoinSide *side, int position)
{
	ParseNamespaceColumn *col = &side->nsitem->p_nscolumns[position - 1];
	Var *var = makeVar(col->p_varno, col->p_varattno, col->p_vartype, col->p_vartypmod, col->p_varcollid, 0);

	var->varnosyn = col->p_varnosyn;
	var->varattnosyn = col->p_varattnosyn;
	return var;
}

static List *
natural_using_list(JoinSide *left, JoinSide *right)
{
	List *result = NIL;
	ListCell *lc;
	ListCell *lc2;

	foreach (lc, left->colnames)
	{
		char *name = strVal(lfirst(lc));

		if (*name == '\0')
			continue;
		foreach (lc2, right->colnames)
			if (strcmp(name, strVal(lfirst(lc2))) == 0)
			{
				result = lappend(result, makeString(name));
				break;
			}
	}
	return result;
}

static int
find_using_column(ParseState *pstate, JoinSide *side, const char *name, const char *which)
{
	int found = 0;
	ListCell *lc;

	foreach (lc, side->colnames)
	{
		if (strcmp(strVal(lfirst(lc)), name) != 0)
			continue;
		if (found)
			ereport(ERROR,
					errcode(ERRCODE_AMBIGUOUS_COLUMN),
					errmsg("common column name \"%s\" appears more than once in %s table", name, which));
		found = foreach_current_index(lc) + 1;
	}
	if (found == 0)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" specified in USING clause does not exist in %s table", name, which));
	return found;
}

static Node *
using_condition(ParseState *pstate, JoinSide *left, JoinSide *right)
{
	List *tests = NIL;
	Node *result;

	for (int i = 0; i < list_length(left->merged); i++)
	{
		Var *lvar = side_var(left, list_nth_int(left->merged, i));
		Var *rvar = side_var(right, list_nth_int(right->merged, i));

		markVarForSelectPriv(pstate, lvar);
		markVarForSelectPriv(pstate, rvar);
		tests = lappend(tests, makeSimpleA_Expr(AEXPR_OP, "=", (Node *) lvar, (Node *) rvar, -1));
	}
	result = list_length(tests) == 1 ? linitial(tests) : (Node *) makeBoolExpr(AND_EXPR, tests, -1);
	result = transformExpr(pstate, result, EXPR_KIND_JOIN_USING);
	return coerce_to_boolean(pstate, result, "JOIN/USING");
}

static Node *
as_type(ParseState *pstate, Var *var, Oid type, int32 typmod)
{
	if (var->vartype != type)
		return coerce_type(pstate, (Node *) var, var->vartype, type, typmod, COERCION_IMPLICIT, COERCE_IMPLICIT_CAST,
						   -1);
	if (var->vartypmod != typmod)
		return (Node *) makeRelabelType((Expr *) var, type, typmod, InvalidOid, COERCE_IMPLICIT_CAST);
	return (Node *) var;
}

/* The value of a merged column: that of the side which is never null-extended; for FULL joins, either's. */
static Node *
merged_column(ParseState *pstate, JoinType jointype, Var *lvar, Var *rvar)
{
	Oid type = lvar->vartype;
	int32 typmod = lvar->vartypmod;
	Node *l;
	Node *r;
	Node *result;

	if (type != rvar->vartype)
	{
		type = select_common_type(pstate, list_make2(lvar, rvar), "JOIN/USING", NULL);
		typmod = -1;
	}
	else if (typmod != rvar->vartypmod)
		typmod = -1;
	l = as_type(pstate, lvar, type, typmod);
	r = as_type(pstate, rvar, type, typmod);
	switch (jointype)
	{
		case JOIN_INNER:
			result = !IsA(l, Var) && IsA(r, Var) ? r : l;
			break;
		case JOIN_LEFT:
			result = l;
			break;
		case JOIN_RIGHT:
			result = r;
			break;
		default:
			{
				CoalesceExpr *c = makeNode(CoalesceExpr);

				c->coalescetype = type;
				c->args = list_make2(l, r);
				c->location = -1;
				result = (Node *) c;
			}
			break;
	}
	assign_expr_collations(pstate, result);
	return result;
}

static void
add_merged_column(ParseState *pstate, JoinExpr *j, JoinColumns *cols, JoinSide *left, JoinSide *right, int i)
{
	int lpos = list_nth_int(left->merged, i);
	int rpos = list_nth_int(right->merged, i);
	Node *value = merged_column(pstate, j->jointype, side_var(left, lpos), side_var(right, rpos));
	ParseNamespaceColumn *col = &cols->nscolumns[cols->count++];

	cols->names = lappend(cols->names, list_nth(left->colnames, lpos - 1));
	cols->vars = lappend(cols->vars, value);
	cols->leftcols = lappend_int(cols->leftcols, lpos);
	cols->rightcols = lappend_int(cols->rightcols, rpos);
	if (equal(value, side_var(left, lpos)))
		*col = left->nsitem->p_nscolumns[lpos - 1];
	else if (equal(value, side_var(right, rpos)))
		*col = right->nsitem->p_nscolumns[rpos - 1];
	else
	{
		/* Only the join computes it; p_varno is filled in when its number is known. */
		col->p_varno = 0;
		col->p_varattno = cols->count;
		col->p_vartype = exprType(value);
		col->p_vartypmod = exprTypmod(value);
		col->p_varcollid = exprCollation(value);
		col->p_varnosyn = 0;
		col->p_varattnosyn = cols->count;
	}
}

static void
add_remaining_columns(JoinColumns *cols, JoinSide *side, List **colnos)
{
	ListCell *lc;

	foreach (lc, side->colnames)
	{
		int position = foreach_current_index(lc) + 1;

		if (*strVal(lfirst(lc)) == '\0' || list_member_int(side->merged, position))
			continue;
		*colnos = lappend_int(*colnos, position);
		cols->names = lappend(cols->names, lfirst(lc));
		cols->vars = lappend(cols->vars, side_var(side, position));
		cols->nscolumns[cols->count++] = side->nsitem->p_nscolumns[position - 1];
	}
}

static void
resolve_using(ParseState *pstate, JoinExpr *j, JoinColumns *cols, JoinSide *left, JoinSide *right)
{
	ListCell *lc;
	List *seen = NIL;

	foreach (lc, j->usingClause)
	{
		char *name = strVal(lfirst(lc));
		ListCell *lc2;

		foreach (lc2, seen)
			if (strcmp(lfirst(lc2), name) == 0)
				ereport(ERROR,
						errcode(ERRCODE_DUPLICATE_COLUMN),
						errmsg("column name \"%s\" appears more than once in USING clause", name));
		seen = lappend(seen, name);
		left->merged = lappend_int(left->merged, find_using_column(pstate, left, name, "left"));
		right->merged = lappend_int(right->merged, find_using_column(pstate, right, name, "right"));
	}
	j->quals = using_condition(pstate, left, right);
	for (int i = 0; i < list_length(left->merged); i++)
		add_merged_column(pstate, j, cols, left, right, i);
}

/* ON sees the inputs of this join, and what is around the query, but no other FROM item. */
static Node *
transform_on(ParseState *pstate, JoinExpr *j, List *namespace)
{
	List *saved = pstate->p_namespace;
	Node *result;

	set_namespace_lateral(namespace, false, true);
	pstate->p_namespace = namespace;
	result = transformWhereClause(pstate, j->quals, EXPR_KIND_JOIN_ON, "JOIN/ON");
	pstate->p_namespace = saved;
	return result;
}

static void
fix_join_columns(JoinExpr *j, JoinColumns *cols)
{
	for (int k = 0; k < cols->count; k++)
	{
		ParseNamespaceColumn *col = &cols->nscolumns[k];

		if (col->p_varno == 0)
			col->p_varno = j->rtindex;
		if (col->p_varnosyn == 0)
			col->p_varnosyn = j->rtindex;
		if (j->alias)
		{
			col->p_varnosyn = j->rtindex;
			col->p_varattnosyn = k + 1;
		}
	}
}

static ParseNamespaceItem *
using_alias_item(JoinExpr *j, ParseNamespaceItem *join)
{
	ParseNamespaceItem *nsitem = palloc0(sizeof(ParseNamespaceItem));

	nsitem->p_names = j->join_using_alias;
	nsitem->p_rte = join->p_rte;
	nsitem->p_rtindex = join->p_rtindex;
	nsitem->p_nscolumns = join->p_nscolumns;
	nsitem->p_rel_visible = true;
	nsitem->p_lateral_ok = true;
	return nsitem;
}

static Node *
from_join(ParseState *pstate, JoinExpr *j, ParseNamespaceItem **top_nsitem, List **namespace)
{
	JoinSide left = {0};
	JoinSide right = {0};
	JoinColumns cols = {0};
	List *mine;
	int outer_length;
	ParseNamespaceItem *nsitem;

	j->larg = from_item(pstate, j->larg, &left.nsitem, &left.namespace);
	/* The right side sees the left one laterally; whether that is legal depends on the kind of join. */
	set_namespace_lateral(left.namespace, true, j->jointype == JOIN_INNER || j->jointype == JOIN_LEFT);
	outer_length = list_length(pstate->p_namespace);
	pstate->p_namespace = list_concat(pstate->p_namespace, left.namespace);
	j->rarg = from_item(pstate, j->rarg, &right.nsitem, &right.namespace);
	pstate->p_namespace = list_truncate(pstate->p_namespace, outer_length);
	checkNameSpaceConflicts(pstate, left.namespace, right.namespace);
	mine = list_concat_copy(left.namespace, right.namespace);

	left.colnames = left.nsitem->p_names->colnames;
	right.colnames = right.nsitem->p_names->colnames;
	cols.nscolumns =
		palloc0((list_length(left.colnames) + list_length(right.colnames) + 1) * sizeof(ParseNamespaceColumn));
	if (j->isNatural)
		j->usingClause = natural_using_list(&left, &right);
	if (j->usingClause)
	{
		if (j->join_using_alias)
			j->join_using_alias->colnames = copyObject(j->usingClause);
		resolve_using(pstate, j, &cols, &left, &right);
	}
	add_remaining_columns(&cols, &left, &cols.leftcols);
	add_remaining_columns(&cols, &right, &cols.rightcols);
	if (j->usingClause == NIL && j->quals)
		j->quals = transform_on(pstate, j, mine);

	nsitem = addRangeTableEntryForJoin(pstate, cols.names, cols.nscolumns, j->jointype, list_length(j->usingClause),
									   cols.vars, cols.leftcols, cols.rightcols, j->join_using_alias, j->alias, true);
	j->rtindex = nsitem->p_rtindex;
	fix_join_columns(j, &cols);
	while (list_length(pstate->p_joinexprs) < j->rtindex - 1)
		pstate->p_joinexprs = lappend(pstate->p_joinexprs, NULL);
	pstate->p_joinexprs = lappend(pstate->p_joinexprs, j);

	if (j->join_using_alias)
	{
		ParseNamespaceItem *alias_item = using_alias_item(j, nsitem);

		checkNameSpaceConflicts(pstate, list_make1(alias_item), mine);
		mine = lappend(mine, alias_item);
	}
	if (j->alias)
		mine = j->join_using_alias ? list_make1(llast(mine)) : NIL;
	else
		set_namespace_visibility(mine, true, false);
	nsitem->p_rel_visible = j->alias != NULL;
	*top_nsitem = nsitem;
	*namespace = lappend(mine, nsitem);
	return (Node *) j;
}

/* ---- the switch ---- */
Node *
from_item(ParseState *pstate, Node *n, ParseNamespaceItem **top_nsitem, List **namespace)
{
	ParseNamespaceItem *nsitem;
	RangeTblRef *ref;

	check_stack_depth();
	switch (nodeTag(n))
	{
		case T_RangeVar:
			nsitem = from_table(pstate, (RangeVar *) n);
			break;
		case T_RangeSubselect:
			nsitem = from_subselect(pstate, (RangeSubselect *) n);
			break;
		case T_RangeFunction:
			nsitem = from_function(pstate, (RangeFunction *) n);
			break;
		case T_JoinExpr:
			return from_join(pstate, (JoinExpr *) n, top_nsitem, namespace);
		case T_RangeTableFunc:
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("unsupported XML feature"),
					errdetail("This functionality requires the server to be built with libxml support."));
			return NULL;
		case T_RangeTableSample:
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("TABLESAMPLE is not supported"),
					parser_errposition(pstate, ((RangeTableSample *) n)->location));
			return NULL;
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(n));
			return NULL;
	}
	ref = makeNode(RangeTblRef);
	ref->rtindex = nsitem->p_rtindex;
	*top_nsitem = nsitem;
	*namespace = list_make1(nsitem);
	return (Node *) ref;
}

/* ---- WHERE, LIMIT ---- */
Node *
transformWhereClause(ParseState *pstate, Node *clause, ParseExprKind exprKind, const char *constructName)
{
	if (clause == NULL)
		return NULL;
	return coerce_to_boolean(pstate, transformExpr(pstate, clause, exprKind), constructName);
}

Node *
transformLimitClause(ParseState *pstate, Node *clause, ParseExprKind exprKind, const char *constructName,
					 LimitOption limitOption)
{
	Node *qual;

	if (clause == NULL)
		return NULL;
	qual = transformExpr(pstate, clause, exprKind);
	qual = coerce_to_specific_type(pstate, qual, INT8OID, constructName);
	if (contains_vars_of_level(qual, 0))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				/* translator: %s is name of a SQL construct, eg LIMIT */
				errmsg("argument of %s must not contain variables", constructName),
				parser_errposition(pstate, location_of_var_of_level(qual, 0)));
	if (exprKind == EXPR_KIND_LIMIT && limitOption == LIMIT_OPTION_WITH_TIES && IsA(clause, A_Const) &&
		((A_Const *) clause)->isnull)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_ROW_COUNT_IN_LIMIT_CLAUSE),
				errmsg("row count cannot be null in FETCH FIRST ... WITH TIES clause"));
	return qual;
}
