/*
 * fmgr_expr.c
 *    What a function can learn of the expression that calls it: types of result and arguments.
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/lsyscache.h"

Oid
get_fn_expr_rettype(FmgrInfo *flinfo)
{
	if (flinfo == NULL || flinfo->fn_expr == NULL)
		return InvalidOid;
	return exprType(flinfo->fn_expr);
}

static List *
call_arguments(Node *expr)
{
	switch (nodeTag(expr))
	{
		case T_FuncExpr:
			return ((FuncExpr *) expr)->args;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			return ((OpExpr *) expr)->args;
		case T_ScalarArrayOpExpr:
			return ((ScalarArrayOpExpr *) expr)->args;
		case T_WindowFunc:
			return ((WindowFunc *) expr)->args;
		default:
			return NIL;
	}
}

Oid
get_call_expr_argtype(Node *expr, int argnum)
{
	List *args;
	Oid type;

	if (expr == NULL)
		return InvalidOid;
	args = call_arguments(expr);
	if (argnum < 0 || argnum >= list_length(args))
		return InvalidOid;
	type = exprType((Node *) list_nth(args, argnum));
	/* x = ANY (array): the operator's function sees elements */
	if (IsA(expr, ScalarArrayOpExpr) && argnum == 1)
		type = get_base_element_type(type);
	return type;
}

Oid
get_fn_expr_argtype(FmgrInfo *flinfo, int argnum)
{
	if (flinfo == NULL)
		return InvalidOid;
	return get_call_expr_argtype(flinfo->fn_expr, argnum);
}

bool
get_fn_expr_arg_stable(FmgrInfo *flinfo, int argnum)
{
	List *args;
	Node *arg;

	if (flinfo == NULL || flinfo->fn_expr == NULL)
		return false;
	args = call_arguments(flinfo->fn_expr);
	if (argnum < 0 || argnum >= list_length(args))
		return false;
	arg = list_nth(args, argnum);
	return IsA(arg, Const) || (IsA(arg, Param) && ((Param *) arg)->paramkind == PARAM_EXTERN);
}

bool
get_fn_expr_variadic(FmgrInfo *flinfo)
{
	if (flinfo == NULL || flinfo->fn_expr == NULL || !IsA(flinfo->fn_expr, FuncExpr))
		return false;
	return ((FuncExpr *) flinfo->fn_expr)->funcvariadic;
}
