/*
 * expr.c
 *    transformExpr: the switch over raw expression nodes, operators, Boolean connectives and calls.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_agg.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"
#include "parser/parse_func.h"
#include "parser/parse_oper.h"
#include "parser/parse_type.h"
#include "utils/lsyscache.h"

bool Transform_null_equals = false;

Node *
transformExpr(ParseState *pstate, Node *expr, ParseExprKind exprKind)
{
	ParseExprKind saved = pstate->p_expr_kind;
	Node *result;

	Assert(exprKind != EXPR_KIND_NONE);
	pstate->p_expr_kind = exprKind;
	result = expr_recurse(pstate, expr);
	pstate->p_expr_kind = saved;
	return result;
}

static bool
is_null_literal(Node *arg)
{
	return arg && IsA(arg, A_Const) && ((A_Const *) arg)->isnull;
}

/* ---- operators ---- */
static Node *
is_null_test(Node *arg, int location)
{
	NullTest *test = makeNode(NullTest);

	test->nulltesttype = IS_NULL;
	test->arg = (Expr *) arg;
	test->location = location;
	return (Node *) test;
}

static Node *
expr_op(ParseState *pstate, A_Expr *a)
{
	Node *lexpr = a->lexpr;
	Node *rexpr = a->rexpr;
	Node *last_srf;

	if (Transform_null_equals && list_length(a->name) == 1 && strcmp(strVal(linitial(a->name)), "=") == 0 &&
		(is_null_literal(lexpr) || is_null_literal(rexpr)) && !(lexpr && IsA(lexpr, CaseTestExpr)))
		return expr_recurse(pstate, is_null_test(is_null_literal(lexpr) ? rexpr : lexpr, a->location));
	if (lexpr && IsA(lexpr, RowExpr) && rexpr && IsA(rexpr, SubLink) &&
		((SubLink *) rexpr)->subLinkType == EXPR_SUBLINK)
	{
		/* ROW(a, b) op (SELECT ...): the subquery is compared column by column. */
		SubLink *sublink = (SubLink *) rexpr;

		sublink->subLinkType = ROWCOMPARE_SUBLINK;
		sublink->testexpr = lexpr;
		sublink->operName = a->name;
		sublink->location = a->location;
		return expr_recurse(pstate, (Node *) sublink);
	}
	if (lexpr && IsA(lexpr, RowExpr) && rexpr && IsA(rexpr, RowExpr))
	{
		lexpr = expr_recurse(pstate, lexpr);
		rexpr = expr_recurse(pstate, rexpr);
		return make_row_comparison_op(pstate, a->name, castNode(RowExpr, lexpr)->args, castNode(RowExpr, rexpr)->args,
									  a->location);
	}
	last_srf = pstate->p_last_srf;
	lexpr = expr_recurse(pstate, lexpr);
	rexpr = expr_recurse(pstate, rexpr);
	return (Node *) make_op(pstate, a->name, lexpr, rexpr, last_srf, a->location);
}

static Node *
expr_op_any_all(ParseState *pstate, A_Expr *a)
{
	Node *lexpr = expr_recurse(pstate, a->lexpr);
	Node *rexpr = expr_recurse(pstate, a->rexpr);

	return (Node *) make_scalar_array_op(pstate, a->name, a->kind == AEXPR_OP_ANY, lexpr, rexpr, a->location);
}

static Node *
expr_distinct(ParseState *pstate, A_Expr *a)
{
	Node *lexpr;
	Node *rexpr;
	Node *result;

	if (is_null_literal(a->rexpr))
		return make_nulltest_from_distinct(pstate, a, a->lexpr);
	if (is_null_literal(a->lexpr))
		return make_nulltest_from_distinct(pstate, a, a->rexpr);
	lexpr = expr_recurse(pstate, a->lexpr);
	rexpr = expr_recurse(pstate, a->rexpr);
	if (lexpr && IsA(lexpr, RowExpr) && rexpr && IsA(rexpr, RowExpr))
		result = make_row_distinct_op(pstate, a->name, (RowExpr *) lexpr, (RowExpr *) rexpr, a->location);
	else
		result = (Node *) make_distinct_op(pstate, a->name, lexpr, rexpr, a->location);
	if (a->kind == AEXPR_NOT_DISTINCT)
		result = (Node *) makeBoolExpr(NOT_EXPR, list_make1(result), a->location);
	return result;
}

static Node *
expr_nullif(ParseState *pstate, A_Expr *a)
{
	Node *lexpr = expr_recurse(pstate, a->lexpr);
	Node *rexpr = expr_recurse(pstate, a->rexpr);
	OpExpr *result = (OpExpr *) make_op(pstate, a->name, lexpr, rexpr, pstate->p_last_srf, a->location);

	if (result->opresulttype != BOOLOID)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("NULLIF requires = operator to yield boolean"),
				parser_errposition(pstate, a->location));
	if (result->opretset)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("%s must not return a set", "NULLIF"),
				parser_errposition(pstate, a->location));
	result->opresulttype = exprType((Node *) linitial(result->args));
	NodeSetTag(result, T_NullIfExpr);
	return (Node *) result;
}

/* ---- IN (list) ---- */
static bool
has_var_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		return ((Var *) node)->varlevelsup == 0;
	if (IsA(node, SubLink))
		return expression_tree_walker(((SubLink *) node)->testexpr, has_var_walker, context);
	return expression_tree_walker(node, has_var_walker, context);
}

/* "x = ANY (ARRAY[...])" for those list items that are constant here; NULL if they have no common array type. */
static Node *
in_as_array_op(ParseState *pstate, A_Expr *a, Node *lexpr, List *items, bool use_or)
{
	List *all = lcons(lexpr, list_copy(items));
	Oid scalar = select_common_type(pstate, all, NULL, NULL);
	Oid array_type = InvalidOid;
	ArrayExpr *array;
	ListCell *lc;

	if (OidIsValid(scalar) && scalar != RECORDOID && verify_common_type(scalar, all))
		array_type = get_array_type(scalar);
	if (!OidIsValid(array_type))
		return NULL;
	array = makeNode(ArrayExpr);
	array->array_typeid = array_type;
	array->element_typeid = scalar;
	array->location = -1;
	foreach (lc, items)
		array->elements = lappend(array->elements, coerce_to_common_type(pstate, lfirst(lc), scalar, "IN"));
	return (Node *) make_scalar_array_op(pstate, a->name, use_or, lexpr, (Node *) array, a->location);
}

static Node *
in_item_op(ParseState *pstate, A_Expr *a, Node *lexpr, Node *item)
{
	Node *cmp;

	lexpr = copyObject(lexpr);
	if (IsA(lexpr, RowExpr) && IsA(item, RowExpr))
		cmp = make_row_comparison_op(pstate, a->name, ((RowExpr *) lexpr)->args, ((RowExpr *) item)->args,
									 a->location);
	else
		cmp = (Node *) make_op(pstate, a->name, lexpr, item, pstate->p_last_srf, a->location);
	return coerce_to_boolean(pstate, cmp, "IN");
}

static Node *
expr_in(ParseState *pstate, A_Expr *a)
{
	bool use_or = strcmp(strVal(linitial(a->name)), "<>") != 0;
	Node *lexpr = expr_recurse(pstate, a->lexpr);
	List *constants = NIL;
	List *single = NIL;
	List *clauses = NIL;
	ListCell *lc;

	foreach (lc, castNode(List, a->rexpr))
	{
		Node *item = expr_recurse(pstate, lfirst(lc));

		/* What mentions columns may be used by an index or a join on its own. */
		if (has_var_walker(item, NULL))
			single = lappend(single, item);
		else
			constants = lappend(constants, item);
	}
	if (list_length(constants) > 1)
	{
		Node *op = in_as_array_op(pstate, a, lexpr, constants, use_or);

		if (op)
			clauses = list_make1(op);
	}
	if (clauses == NIL)
	{
		/* in the order of writing */
		ListCell *lc_const = list_head(constants);
		ListCell *lc_single = list_head(single);

		foreach (lc, (List *) a->rexpr)
		{
			Node *item;

			if (lc_single && (lc_const == NULL || exprLocation(lfirst(lc_single)) < exprLocation(lfirst(lc_const))))
			{
				item = lfirst(lc_single);
				lc_single = lnext(single, lc_single);
			}
			else
			{
				item = lfirst(lc_const);
				lc_const = lnext(constants, lc_const);
			}
			clauses = lappend(clauses, in_item_op(pstate, a, lexpr, item));
		}
	}
	else
		foreach (lc, single)
			clauses = lappend(clauses, in_item_op(pstate, a, lexpr, lfirst(lc)));
	if (list_length(clauses) == 1)
		return linitial(clauses);
	return (Node *) makeBoolExpr(use_or ? OR_EXPR : AND_EXPR, clauses, a->location);
}

/* ---- BETWEEN ---- */
static Node *
raw_range_test(A_Expr *a, const char *low_op, Node *low, BoolExprType connective, const char *high_op, Node *high)
{
	Node *first = (Node *) makeSimpleA_Expr(AEXPR_OP, (char *) low_op, a->lexpr, low, a->location);
	Node *second =
		(Node *) makeSimpleA_Expr(AEXPR_OP, (char *) high_op, copyObject(a->lexpr), high, a->location);

	return (Node *) makeBoolExpr(connective, list_make2(first, second), a->location);
}

static Node *
expr_between(ParseState *pstate, A_Expr *a)
{
	List *bounds = castNode(List, a->rexpr);
	Node *low = linitial(bounds);
	Node *high = lsecond(bounds);
	Node *forward;
	Node *backward;

	switch (a->kind)
	{
		case AEXPR_BETWEEN:
			return expr_recurse(pstate, raw_range_test(a, ">=", low, AND_EXPR, "<=", high));
		case AEXPR_NOT_BETWEEN:
			return expr_recurse(pstate, raw_range_test(a, "<", low, OR_EXPR, ">", high));
		case AEXPR_BETWEEN_SYM:
			forward = raw_range_test(a, ">=", low, AND_EXPR, "<=", high);
			backward = raw_range_test(a, ">=", copyObject(high), AND_EXPR, "<=", copyObject(low));
			return expr_recurse(pstate, (Node *) makeBoolExpr(OR_EXPR, list_make2(forward, backward), a->location));
		default:
			forward = raw_range_test(a, "<", low, OR_EXPR, ">", high);
			backward = raw_range_test(a, "<", copyObject(high), OR_EXPR, ">", copyObject(low));
			return expr_recurse(pstate, (Node *) makeBoolExpr(AND_EXPR, list_make2(forward, backward), a->location));
	}
}

static Node *
expr_a_expr(ParseState *pstate, A_Expr *a)
{
	switch (a->kind)
	{
		case AEXPR_OP:
		case AEXPR_LIKE:
		case AEXPR_ILIKE:
		case AEXPR_SIMILAR:
			return expr_op(pstate, a);
		case AEXPR_OP_ANY:
		case AEXPR_OP_ALL:
			return expr_op_any_all(pstate, a);
		case AEXPR_DISTINCT:
		case AEXPR_NOT_DISTINCT:
			return expr_distinct(pstate, a);
		case AEXPR_NULLIF:
			return expr_nullif(pstate, a);
		case AEXPR_IN:
			return expr_in(pstate, a);
		case AEXPR_BETWEEN:
		case AEXPR_NOT_BETWEEN:
		case AEXPR_BETWEEN_SYM:
		case AEXPR_NOT_BETWEEN_SYM:
			return expr_between(pstate, a);
	}
	elog(ERROR, "unrecognized A_Expr kind: %d", (int) a->kind);
	return NULL;
}

/* ---- the rest ---- */
static Node *
expr_bool(ParseState *pstate, BoolExpr *b)
{
	static const char *const names[] = {[AND_EXPR] = "AND", [OR_EXPR] = "OR", [NOT_EXPR] = "NOT"};
	List *args = NIL;
	ListCell *lc;

	foreach (lc, b->args)
		args = lappend(args, coerce_to_boolean(pstate, expr_recurse(pstate, lfirst(lc)), names[b->boolop]));
	return (Node *) makeBoolExpr(b->boolop, args, b->location);
}

static Node *
expr_call(ParseState *pstate, FuncCall *fn)
{
	Node *last_srf = pstate->p_last_srf;
	List *args = NIL;
	ListCell *lc;

	foreach (lc, fn->args)
		args = lappend(args, expr_recurse(pstate, lfirst(lc)));
	/* WITHIN GROUP's sort expressions take part in finding the function. */
	if (fn->agg_within_group)
		foreach (lc, fn->agg_order)
			args = lappend(args, transformExpr(pstate, lfirst_node(SortBy, lc)->node, EXPR_KIND_ORDER_BY));
	return ParseFuncOrColumn(pstate, fn->funcname, args, last_srf, fn, false, fn->location);
}

static Node *
expr_null_test(ParseState *pstate, NullTest *n)
{
	NullTest *result = makeNode(NullTest);

	result->arg = (Expr *) expr_recurse(pstate, (Node *) n->arg);
	result->nulltesttype = n->nulltesttype;
	result->argisrow = type_is_rowtype(exprType((Node *) result->arg));
	result->location = n->location;
	return (Node *) result;
}

static Node *
expr_named_arg(ParseState *pstate, NamedArgExpr *na)
{
	na->arg = (Expr *) expr_recurse(pstate, (Node *) na->arg);
	return (Node *) na;
}

static void pg_attribute_noreturn()
refuse_xml(void)
{
	ereport(ERROR,
			errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("unsupported XML feature"),
			errdetail("This functionality requires the server to be built with libxml support."));
	pg_unreachable();
}

Node *
expr_recurse(ParseState *pstate, Node *expr)
{
	if (expr == NULL)
		return NULL;
	check_stack_depth();
	switch (nodeTag(expr))
	{
		case T_ColumnRef:
			return expr_column_ref(pstate, (ColumnRef *) expr);
		case T_ParamRef:
			return expr_param_ref(pstate, (ParamRef *) expr);
		case T_A_Const:
			return (Node *) make_const(pstate, (A_Const *) expr);
		case T_A_Indirection:
			return expr_indirection(pstate, (A_Indirection *) expr);
		case T_A_ArrayExpr:
			return expr_array(pstate, (A_ArrayExpr *) expr, InvalidOid, InvalidOid, -1);
		case T_TypeCast:
			return expr_type_cast(pstate, (TypeCast *) expr);
		case T_CollateClause:
			return expr_collate(pstate, (CollateClause *) expr);
		case T_A_Expr:
			return expr_a_expr(pstate, (A_Expr *) expr);
		case T_BoolExpr:
			return expr_bool(pstate, (BoolExpr *) expr);
		case T_FuncCall:
			return expr_call(pstate, (FuncCall *) expr);
		case T_MultiAssignRef:
			return expr_multi_assign(pstate, (MultiAssignRef *) expr);
		case T_GroupingFunc:
			return transformGroupingFunc(pstate, (GroupingFunc *) expr);
		case T_NamedArgExpr:
			return expr_named_arg(pstate, (NamedArgExpr *) expr);
		case T_SubLink:
			return expr_sublink(pstate, (SubLink *) expr);
		case T_CaseExpr:
			return expr_case(pstate, (CaseExpr *) expr);
		case T_RowExpr:
			return expr_row(pstate, (RowExpr *) expr, false);
		case T_CoalesceExpr:
			return expr_coalesce(pstate, (CoalesceExpr *) expr);
		case T_MinMaxExpr:
			return expr_min_max(pstate, (MinMaxExpr *) expr);
		case T_SQLValueFunction:
			return expr_sql_value_function(pstate, (SQLValueFunction *) expr);
		case T_XmlExpr:
		case T_XmlSerialize:
			refuse_xml();
		case T_NullTest:
			return expr_null_test(pstate, (NullTest *) expr);
		case T_BooleanTest:
			return expr_boolean_test(pstate, (BooleanTest *) expr);
		case T_CurrentOfExpr:
			return expr_current_of(pstate, (CurrentOfExpr *) expr);
		case T_SetToDefault:
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("DEFAULT is not allowed in this context"),
					parser_errposition(pstate, ((SetToDefault *) expr)->location));
			return NULL;
		case T_CaseTestExpr:	/* CASE x WHEN: x's stand-in */
		case T_Var:				/* already analysed: CREATE RULE, generated expressions */
			return expr;
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(expr));
			return NULL;
	}
}
