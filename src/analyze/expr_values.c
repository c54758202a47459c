/*
 * expr_values.c
 *    Expressions that build or choose values: ARRAY, ROW, CASE, COALESCE, casts, COLLATE, parameters, CURRENT_*.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

static void
refuse_srf_inside(ParseState *pstate, Node *last_srf, const char *construct)
{
	if (pstate->p_last_srf != last_srf)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				/* translator: %s is name of a SQL construct, eg GROUP BY */
				errmsg("set-returning functions are not allowed in %s", construct),
				errhint("You might be able to move the set-returning function into a LATERAL FROM item."),
				parser_errposition(pstate, exprLocation(pstate->p_last_srf)));
}

/* ---- ARRAY[...] ---- */
static void
choose_array_type(ParseState *pstate, ArrayExpr *array, List *elements, int location)
{
	Oid type;

	if (elements == NIL)
		ereport(ERROR,
				errcode(ERRCODE_INDETERMINATE_DATATYPE),
				errmsg("cannot determine type of empty array"),
				errhint("Explicitly cast to the desired type, for example ARRAY[]::integer[]."),
				parser_errposition(pstate, location));
	type = select_common_type(pstate, elements, "ARRAY", NULL);
	if (array->multidims)
	{
		array->array_typeid = type;
		array->element_typeid = get_element_type(type);
		if (!OidIsValid(array->element_typeid))
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("could not find element type for data type %s", format_type_be(type)),
					parser_errposition(pstate, location));
		return;
	}
	array->element_typeid = type;
	array->array_typeid = get_array_type(type);
	if (!OidIsValid(array->array_typeid))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("could not find array type for data type %s", format_type_be(type)),
				parser_errposition(pstate, location));
}

static Node *
coerce_array_element(ParseState *pstate, Node *element, Oid type, int32 typmod, bool explicit_cast)
{
	Node *result;

	if (!explicit_cast)
		return coerce_to_common_type(pstate, element, type, "ARRAY");
	result = coerce_to_target_type(pstate, element, exprType(element), type, typmod, COERCION_EXPLICIT,
								   COERCE_EXPLICIT_CAST, -1);
	if (result == NULL)
		ereport(ERROR,
				errcode(ERRCODE_CANNOT_COERCE),
				errmsg("cannot cast type %s to %s", format_type_be(exprType(element)), format_type_be(type)),
				parser_errposition(pstate, exprLocation(element)));
	return result;
}

/* array_type given: the array stands under a cast, which goes for each element. */
Node *
expr_array(ParseState *pstate, A_ArrayExpr *a, Oid array_type, Oid element_type, int32 typmod)
{
	ArrayExpr *array = makeNode(ArrayExpr);
	bool explicit_cast = OidIsValid(array_type);
	List *elements = NIL;
	ListCell *lc;
	Oid target;

	foreach (lc, a->elements)
	{
		Node *raw = lfirst(lc);
		Node *element;

		if (IsA(raw, A_ArrayExpr))
		{
			element = expr_array(pstate, (A_ArrayExpr *) raw, array_type, element_type, typmod);
			array->multidims = true;
		}
		else
		{
			Oid type;

			element = expr_recurse(pstate, raw);
			type = exprType(element);
			if (!array->multidims && type != INT2VECTOROID && type != OIDVECTOROID && type_is_array(type))
				array->multidims = true;
		}
		elements = lappend(elements, element);
	}
	if (explicit_cast)
	{
		array->array_typeid = array_type;
		array->element_typeid = element_type;
	}
	else
		choose_array_type(pstate, array, elements, a->location);
	target = array->multidims ? array->array_typeid : array->element_typeid;
	foreach (lc, elements)
		array->elements = lappend(array->elements,
								  coerce_array_element(pstate, lfirst(lc), target, typmod, explicit_cast));
	array->location = a->location;
	return (Node *) array;
}

/* ---- casts ---- */
Node *
expr_type_cast(ParseState *pstate, TypeCast *tc)
{
	Node *arg = tc->arg;
	Node *expr;
	Node *result;
	Oid target;
	int32 typmod;
	Oid input;
	int location;

	typenameTypeIdAndMod(pstate, tc->typeName, &target, &typmod);
	if (IsA(arg, A_ArrayExpr))
	{
		int32 base_typmod = typmod;
		Oid base = getBaseTypeAndTypmod(target, &base_typmod);
		Oid element = get_element_type(base);

		expr = OidIsValid(element)
				   ? expr_array(pstate, (A_ArrayExpr *) arg, base, element, base_typmod)
				   : expr_recurse(pstate, arg);
	}
	else
		expr = expr_recurse(pstate, arg);
	input = exprType(expr);
	if (!OidIsValid(input))
		return expr;
	location = tc->location >= 0 ? tc->location : tc->typeName->location;
	result = coerce_to_target_type(pstate, expr, input, target, typmod, COERCION_EXPLICIT, COERCE_EXPLICIT_CAST,
								   location);
	if (result == NULL)
		ereport(ERROR,
				errcode(ERRCODE_CANNOT_COERCE),
				errmsg("cannot cast type %s to %s", format_type_be(input), format_type_be(target)),
				parser_coercion_errposition(pstate, location, expr));
	return result;
}

Node *
expr_collate(ParseState *pstate, CollateClause *c)
{
	CollateExpr *result = makeNode(CollateExpr);
	Oid type;

	result->arg = (Expr *) expr_recurse(pstate, c->arg);
	type = exprType((Node *) result->arg);
	/* A literal of unknown type will become text at least. */
	if (!type_is_collatable(type) && type != UNKNOWNOID)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("collations are not supported by type %s", format_type_be(type)),
				parser_errposition(pstate, c->location));
	result->collOid = LookupCollation(pstate, c->collname, c->location);
	result->location = c->location;
	return (Node *) result;
}

/* ---- CASE ---- */
static CaseTestExpr *
case_operand(ParseState *pstate, CaseExpr *c, CaseExpr *result)
{
	Node *arg = expr_recurse(pstate, (Node *) c->arg);
	CaseTestExpr *placeholder;

	/* Compared many times, so it must have a type now. */
	if (exprType(arg) == UNKNOWNOID)
		arg = coerce_to_common_type(pstate, arg, TEXTOID, "CASE");
	assign_expr_collations(pstate, arg);
	result->arg = (Expr *) arg;
	placeholder = makeNode(CaseTestExpr);
	placeholder->typeId = exprType(arg);
	placeholder->typeMod = exprTypmod(arg);
	placeholder->collation = exprCollation(arg);
	return placeholder;
}

Node *
expr_case(ParseState *pstate, CaseExpr *c)
{
	CaseExpr *result = makeNode(CaseExpr);
	Node *last_srf = pstate->p_last_srf;
	CaseTestExpr *placeholder = c->arg ? case_operand(pstate, c, result) : NULL;
	List *results = NIL;
	ListCell *lc;

	foreach (lc, c->args)
	{
		CaseWhen *raw = lfirst_node(CaseWhen, lc);
		CaseWhen *when = makeNode(CaseWhen);
		Node *condition = (Node *) raw->expr;

		if (placeholder)
			condition =
				(Node *) makeSimpleA_Expr(AEXPR_OP, "=", (Node *) placeholder, condition, raw->location);
		when->expr = (Expr *) coerce_to_boolean(pstate, expr_recurse(pstate, condition), "CASE/WHEN");
		when->result = (Expr *) expr_recurse(pstate, (Node *) raw->result);
		when->location = raw->location;
		result->args = lappend(result->args, when);
		results = lappend(results, when->result);
	}
	if (c->defresult)
		result->defresult = (Expr *) expr_recurse(pstate, (Node *) c->defresult);
	else
	{
		A_Const *null = makeNode(A_Const);

		null->isnull = true;
		null->location = -1;
		result->defresult = (Expr *) expr_recurse(pstate, (Node *) null);
	}
	/* The default goes first: in a tie its type wins. */
	results = lcons(result->defresult, results);
	result->casetype = select_common_type(pstate, results, "CASE", NULL);
	result->defresult = (Expr *) coerce_to_common_type(pstate, (Node *) result->defresult, result->casetype,
													   "CASE/ELSE");
	foreach (lc, result->args)
	{
		CaseWhen *when = lfirst(lc);

		when->result = (Expr *) coerce_to_common_type(pstate, (Node *) when->result, result->casetype, "CASE/WHEN");
	}
	refuse_srf_inside(pstate, last_srf, "CASE");
	result->location = c->location;
	return (Node *) result;
}

/* ---- COALESCE, GREATEST, LEAST ---- */
static List *
common_type_args(ParseState *pstate, List *raw, const char *construct, Oid *type)
{
	List *args = NIL;
	ListCell *lc;

	foreach (lc, raw)
		args = lappend(args, expr_recurse(pstate, lfirst(lc)));
	*type = select_common_type(pstate, args, construct, NULL);
	foreach (lc, args)
		lfirst(lc) = coerce_to_common_type(pstate, lfirst(lc), *type, construct);
	return args;
}

Node *
expr_coalesce(ParseState *pstate, CoalesceExpr *c)
{
	CoalesceExpr *result = makeNode(CoalesceExpr);
	Node *last_srf = pstate->p_last_srf;

	result->args = common_type_args(pstate, c->args, "COALESCE", &result->coalescetype);
	refuse_srf_inside(pstate, last_srf, "COALESCE");
	result->location = c->location;
	return (Node *) result;
}

Node *
expr_min_max(ParseState *pstate, MinMaxExpr *m)
{
	MinMaxExpr *result = makeNode(MinMaxExpr);

	result->op = m->op;
	result->args = common_type_args(pstate, m->args, m->op == IS_GREATEST ? "GREATEST" : "LEAST", &result->minmaxtype);
	result->location = m->location;
	return (Node *) result;
}

/* ---- ROW ---- */
Node *
expr_row(ParseState *pstate, RowExpr *r, bool allow_default)
{
	RowExpr *result = makeNode(RowExpr);

	result->args = transformExpressionList(pstate, r->args, pstate->p_expr_kind, allow_default);
	if (list_length(result->args) > MaxTupleAttributeNumber)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_COLUMNS),
				errmsg("ROW expressions can have at most %d entries", MaxTupleAttributeNumber),
				parser_errposition(pstate, r->location));
	result->row_typeid = RECORDOID;
	result->row_format = r->row_format;
	for (int i = 0; i < list_length(result->args); i++)
		result->colnames = lappend(result->colnames, makeString(psprintf("f%d", i + 1)));
	result->location = r->location;
	return (Node *) result;
}

/* ---- IS TRUE and its kin ---- */
Node *
expr_boolean_test(ParseState *pstate, BooleanTest *b)
{
	static const char *const names[] = {
		[IS_TRUE] = "IS TRUE", [IS_NOT_TRUE] = "IS NOT TRUE", [IS_FALSE] = "IS FALSE",
		[IS_NOT_FALSE] = "IS NOT FALSE", [IS_UNKNOWN] = "IS UNKNOWN", [IS_NOT_UNKNOWN] = "IS NOT UNKNOWN"};
	BooleanTest *result = makeNode(BooleanTest);

	result->arg = (Expr *) coerce_to_boolean(pstate, expr_recurse(pstate, (Node *) b->arg), names[b->booltesttype]);
	result->booltesttype = b->booltesttype;
	result->location = b->location;
	return (Node *) result;
}

/* ---- CURRENT_DATE and its kin ---- */
Node *
expr_sql_value_function(ParseState *pstate, SQLValueFunction *svf)
{
	SQLValueFunction *result = copyObject(svf);

	switch (result->op)
	{
		case SVFOP_CURRENT_DATE:
			result->type = DATEOID;
			break;
		case SVFOP_CURRENT_TIME:
			result->type = TIMETZOID;
			break;
		case SVFOP_CURRENT_TIME_N:
			result->type = TIMETZOID;
			result->typmod = anytime_typmod_check(true, result->typmod);
			break;
		case SVFOP_CURRENT_TIMESTAMP:
			result->type = TIMESTAMPTZOID;
			break;
		case SVFOP_CURRENT_TIMESTAMP_N:
			result->type = TIMESTAMPTZOID;
			result->typmod = anytimestamp_typmod_check(true, result->typmod);
			break;
		case SVFOP_LOCALTIME:
			result->type = TIMEOID;
			break;
		case SVFOP_LOCALTIME_N:
			result->type = TIMEOID;
			result->typmod = anytime_typmod_check(false, result->typmod);
			break;
		case SVFOP_LOCALTIMESTAMP:
			result->type = TIMESTAMPOID;
			break;
		case SVFOP_LOCALTIMESTAMP_N:
			result->type = TIMESTAMPOID;
			result->typmod = anytimestamp_typmod_check(false, result->typmod);
			break;
		default:
			result->type = NAMEOID;
			break;
	}
	return (Node *) result;
}

/* ---- $n ---- */
Node *
expr_param_ref(ParseState *pstate, ParamRef *pref)
{
	Node *result = pstate->p_paramref_hook ? pstate->p_paramref_hook(pstate, pref) : NULL;

	if (result == NULL)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_PARAMETER),
				errmsg("there is no parameter $%d", pref->number),
				parser_errposition(pstate, pref->location));
	return result;
}

/* ---- WHERE CURRENT OF ---- */
Node *
expr_current_of(ParseState *pstate, CurrentOfExpr *cexpr)
{
	Assert(pstate->p_target_nsitem != NULL);
	cexpr->cvarno = pstate->p_target_nsitem->p_rtindex;
	/* A refcursor parameter of that name, as PL/pgSQL has them, is meant before a cursor's own name. */
	if (cexpr->cursor_name)
	{
		ColumnRef *cref = makeNode(ColumnRef);
		Node *node = NULL;

		cref->fields = list_make1(makeString(cexpr->cursor_name));
		cref->location = -1;
		if (pstate->p_pre_columnref_hook)
			node = pstate->p_pre_columnref_hook(pstate, cref);
		if (node == NULL && pstate->p_post_columnref_hook)
			node = pstate->p_post_columnref_hook(pstate, cref, NULL);
		if (node && IsA(node, Param))
		{
			Param *p = (Param *) node;

			if (p->paramkind == PARAM_EXTERN && p->paramtype == REFCURSOROID)
			{
				cexpr->cursor_name = NULL;
				cexpr->cursor_param = p->paramid;
			}
		}
	}
	return (Node *) cexpr;
}
