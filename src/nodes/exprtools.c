/*
 * exprtools.c
 *    Small questions to, and small changes of, expressions.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"

/* A relabelling on top of arg; relabelled constants and RelabelTypes are changed instead of stacked upon. */
Node *
applyRelabelType(Node *arg, Oid rtype, int32 rtypmod, Oid rcollid, CoercionForm rformat, int rlocation,
				 bool overwrite_ok)
{
	RelabelType *relabel;

	while (arg && IsA(arg, RelabelType))
		arg = (Node *) ((RelabelType *) arg)->arg;
	if (arg && IsA(arg, Const))
	{
		Const *c = overwrite_ok ? (Const *) arg : copyObject((Const *) arg);

		c->consttype = rtype;
		c->consttypmod = rtypmod;
		c->constcollid = rcollid;
		return (Node *) c;
	}
	if (exprType(arg) == rtype && exprTypmod(arg) == rtypmod && exprCollation(arg) == rcollid)
		return arg;
	relabel = makeRelabelType((Expr *) arg, rtype, rtypmod, rcollid, rformat);
	relabel->location = rlocation;
	return (Node *) relabel;
}

Node *
relabel_to_typmod(Node *expr, int32 typmod)
{
	return applyRelabelType(expr, exprType(expr), typmod, exprCollation(expr), COERCE_EXPLICIT_CAST, -1, false);
}

/* The argument of a coercion that nobody wrote. */
static Node *
implicit_coercion_arg(Node *node)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			if (((FuncExpr *) node)->funcformat == COERCE_IMPLICIT_CAST)
				return linitial(((FuncExpr *) node)->args);
			break;
		case T_RelabelType:
			if (((RelabelType *) node)->relabelformat == COERCE_IMPLICIT_CAST)
				return (Node *) ((RelabelType *) node)->arg;
			break;
		case T_CoerceViaIO:
			if (((CoerceViaIO *) node)->coerceformat == COERCE_IMPLICIT_CAST)
				return (Node *) ((CoerceViaIO *) node)->arg;
			break;
		case T_ArrayCoerceExpr:
			if (((ArrayCoerceExpr *) node)->coerceformat == COERCE_IMPLICIT_CAST)
				return (Node *) ((ArrayCoerceExpr *) node)->arg;
			break;
		case T_ConvertRowtypeExpr:
			if (((ConvertRowtypeExpr *) node)->convertformat == COERCE_IMPLICIT_CAST)
				return (Node *) ((ConvertRowtypeExpr *) node)->arg;
			break;
		case T_CoerceToDomain:
			if (((CoerceToDomain *) node)->coercionformat == COERCE_IMPLICIT_CAST)
				return (Node *) ((CoerceToDomain *) node)->arg;
			break;
		default:
			break;
	}
	return NULL;
}

Node *
strip_implicit_coercions(Node *node)
{
	Node *arg;

	while (node && (arg = implicit_coercion_arg(node)) != NULL)
		node = arg;
	return node;
}

static bool
returns_set_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcretset)
		return true;
	if (IsA(node, OpExpr) && ((OpExpr *) node)->opretset)
		return true;
	/* A set in an aggregate's or grouping function's argument does not multiply the rows out here. */
	if (IsA(node, Aggref) || IsA(node, GroupingFunc) || IsA(node, WindowFunc))
		return false;
	return expression_tree_walker(node, returns_set_walker, context);
}

bool
expression_returns_set(Node *clause)
{
	return returns_set_walker(clause, NULL);
}

void
set_opfuncid(OpExpr *opexpr)
{
	if (!OidIsValid(opexpr->opfuncid))
		opexpr->opfuncid = get_opcode(opexpr->opno);
}

void
set_sa_opfuncid(ScalarArrayOpExpr *opexpr)
{
	if (!OidIsValid(opexpr->opfuncid))
		opexpr->opfuncid = get_opcode(opexpr->opno);
}

static bool
fix_opfuncids_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, OpExpr) || IsA(node, DistinctExpr) || IsA(node, NullIfExpr))
		set_opfuncid((OpExpr *) node);
	else if (IsA(node, ScalarArrayOpExpr))
		set_sa_opfuncid((ScalarArrayOpExpr *) node);
	return expression_tree_walker(node, fix_opfuncids_walker, context);
}

void
fix_opfuncids(Node *node)
{
	fix_opfuncids_walker(node, NULL);
}

static bool
check_io_coercion(CoerceViaIO *coerce, check_function_callback checker, void *context)
{
	Oid function;
	Oid ioparam;
	bool varlena;

	getTypeInputInfo(coerce->resulttype, &function, &ioparam);
	if (checker(function, context))
		return true;
	getTypeOutputInfo(exprType((Node *) coerce->arg), &function, &varlena);
	return checker(function, context);
}

bool
check_functions_in_node(Node *node, check_function_callback checker, void *context)
{
	ListCell *lc;

	switch (nodeTag(node))
	{
		case T_Aggref:
			return checker(((Aggref *) node)->aggfnoid, context);
		case T_WindowFunc:
			return checker(((WindowFunc *) node)->winfnoid, context);
		case T_FuncExpr:
			return checker(((FuncExpr *) node)->funcid, context);
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			set_opfuncid((OpExpr *) node);
			return checker(((OpExpr *) node)->opfuncid, context);
		case T_ScalarArrayOpExpr:
			set_sa_opfuncid((ScalarArrayOpExpr *) node);
			return checker(((ScalarArrayOpExpr *) node)->opfuncid, context);
		case T_CoerceViaIO:
			return check_io_coercion((CoerceViaIO *) node, checker, context);
		case T_RowCompareExpr:
			foreach (lc, ((RowCompareExpr *) node)->opnos)
				if (checker(get_opcode(lfirst_oid(lc)), context))
					return true;
			return false;
		default:
			return false;
	}
}
