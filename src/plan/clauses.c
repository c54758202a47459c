/*
 * clauses.c
 *    Properties of expressions: volatility, strictness, what kinds of node they contain.
 *
 * Volatility is asked of every function an expression calls, implicit ones (I/O conversions, row comparisons) included;
 * one table-like function, node_functions_match(), knows where functions hide in a node.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* ---- kinds of node --------------------------------------------------------------------------------------------- */
static bool
contains_tag_walker(Node *node, void *context)
{
	const NodeTag *tags = context; /* ended by T_Invalid */

	if (node == NULL)
		return false;
	for (const NodeTag *tag = tags; *tag != T_Invalid; tag++)
		if (nodeTag(node) == *tag)
			return true;
	return expression_tree_walker(node, contains_tag_walker, context);
}

bool
contain_agg_clause(Node *clause)
{
	static const NodeTag tags[] = {T_Aggref, T_GroupingFunc, T_Invalid};

	return contains_tag_walker(clause, (void *) tags);
}

bool
contain_window_function(Node *clause)
{
	static const NodeTag tags[] = {T_WindowFunc, T_Invalid};

	return contains_tag_walker(clause, (void *) tags);
}

bool
contain_subplans(Node *clause)
{
	static const NodeTag tags[] = {T_SubPlan, T_AlternativeSubPlan, T_SubLink, T_Invalid};

	return contains_tag_walker(clause, (void *) tags);
}

static bool
contain_exec_param_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param))
		return ((Param *) node)->paramkind == PARAM_EXEC &&
			   list_member_int((List *) context, ((Param *) node)->paramid);
	return expression_tree_walker(node, contain_exec_param_walker, context);
}

bool
contain_exec_param(Node *clause, List *param_ids)
{
	return contain_exec_param_walker(clause, param_ids);
}

/* ---- functions called by a node -------------------------------------------------------------------------------- */
/* Does any function that this node itself (not its children) calls satisfy test? */
static bool
node_functions_match(Node *node, bool (*test)(Oid funcid, void *arg), void *arg)
{
	Oid func;
	bool isvarlena;

	switch (nodeTag(node))
	{
		case T_Aggref:
			return test(((Aggref *) node)->aggfnoid, arg);
		case T_WindowFunc:
			return test(((WindowFunc *) node)->winfnoid, arg);
		case T_FuncExpr:
			return test(((FuncExpr *) node)->funcid, arg);
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			set_opfuncid((OpExpr *) node);
			return test(((OpExpr *) node)->opfuncid, arg);
		case T_ScalarArrayOpExpr:
			set_sa_opfuncid((ScalarArrayOpExpr *) node);
			return test(((ScalarArrayOpExpr *) node)->opfuncid, arg);
		case T_CoerceViaIO:
			{
				CoerceViaIO *io = (CoerceViaIO *) node;
				Oid typioparam;

				getTypeInputInfo(io->resulttype, &func, &typioparam);
				if (test(func, arg))
					return true;
				getTypeOutputInfo(exprType((Node *) io->arg), &func, &isvarlena);
				return test(func, arg);
			}
		case T_RowCompareExpr:
			{
				ListCell *lc;

				foreach (lc, ((RowCompareExpr *) node)->opnos)
					if (test(get_opcode(lfirst_oid(lc)), arg))
						return true;
				return false;
			}
		default:
			return false;
	}
}

typedef struct VolatilityArg
{
	char weakest;	  /* the first volatility that counts: PROVOLATILE_STABLE or PROVOLATILE_VOLATILE */
	bool allow_nextval;
} VolatilityArg;

static bool
function_is_at_least(Oid funcid, void *arg)
{
	VolatilityArg *a = arg;
	char volatility;

	if (a->allow_nextval && funcid == F_NEXTVAL)
		return false;
	volatility = func_volatile(funcid);
	return volatility == PROVOLATILE_VOLATILE || (a->weakest == PROVOLATILE_STABLE && volatility != PROVOLATILE_IMMUTABLE);
}

static bool
volatility_walker(Node *node, void *context)
{
	VolatilityArg *a = context;

	if (node == NULL)
		return false;
	if (node_functions_match(node, function_is_at_least, a))
		return true;
	switch (nodeTag(node))
	{
		case T_SQLValueFunction: /* all of them are stable */
			if (a->weakest == PROVOLATILE_STABLE)
				return true;
			break;
		case T_NextValueExpr:
			if (!a->allow_nextval)
				return true;
			break;
		case T_Query:
			return query_tree_walker((Query *) node, volatility_walker, context, 0);
		default:
			break;
	}
	return expression_tree_walker(node, volatility_walker, context);
}

bool
contain_mutable_functions(Node *clause)
{
	VolatilityArg a = {PROVOLATILE_STABLE, false};

	return volatility_walker(clause, &a);
}

bool
contain_volatile_functions(Node *clause)
{
	VolatilityArg a = {PROVOLATILE_VOLATILE, false};

	return volatility_walker(clause, &a);
}

bool
contain_volatile_functions_not_nextval(Node *clause)
{
	VolatilityArg a = {PROVOLATILE_VOLATILE, true};

	return volatility_walker(clause, &a);
}

static bool
function_is_not_leakproof(Oid funcid, void *arg)
{
	return !get_func_leakproof(funcid);
}

static bool
leaky_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (node_functions_match(node, function_is_not_leakproof, NULL) && contain_var_clause(node))
		return true;
	return expression_tree_walker(node, leaky_walker, context);
}

bool
contain_leaked_vars(Node *clause)
{
	return leaky_walker(clause, NULL);
}

static bool
function_is_not_strict(Oid funcid, void *arg)
{
	return !func_strict(funcid);
}

/* Could the expression be non-NULL although one of its inputs is NULL? */
static bool
nonstrict_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Aggref:
		case T_GroupingFunc:
		case T_WindowFunc:
		case T_SubLink:
		case T_SubPlan:
		case T_AlternativeSubPlan:
		case T_FieldStore:
		case T_CaseExpr:
		case T_ArrayExpr:
		case T_RowExpr:
		case T_RowCompareExpr:
		case T_CoalesceExpr:
		case T_MinMaxExpr:
		case T_XmlExpr:
		case T_NullTest:
		case T_BooleanTest:
		case T_DistinctExpr:
		case T_NullIfExpr:
			return true;
		case T_SubscriptingRef:
			if (((SubscriptingRef *) node)->refassgnexpr != NULL)
				return true;
			break;
		case T_BoolExpr:
			if (((BoolExpr *) node)->boolop != NOT_EXPR)
				return true;
			break;
		case T_CoerceViaIO:
			/* Conversion through text passes NULL on whatever the functions' strictness. */
			return nonstrict_walker((Node *) ((CoerceViaIO *) node)->arg, context);
		default:
			if (node_functions_match(node, function_is_not_strict, NULL))
				return true;
			break;
	}
	return expression_tree_walker(node, nonstrict_walker, context);
}

bool
contain_nonstrict_functions(Node *clause)
{
	return nonstrict_walker(clause, NULL);
}

bool
is_pseudo_constant_clause(Node *clause)
{
	return !contain_var_clause(clause) && !contain_volatile_functions(clause);
}

/* ---- strictness of whole clauses ---------------------------------------------------------------------------------- */
static Relids nonnullable_rels(Node *node, bool top_level);

/* Relations common to all (OR: any arm may be the true one) or to any (AND at top level) of the arguments. */
static Relids
nonnullable_rels_of_list(List *args, bool top_level, bool intersect)
{
	Relids result = NULL;
	bool first = true;
	ListCell *lc;

	foreach (lc, args)
	{
		Relids rels = nonnullable_rels(lfirst(lc), top_level);

		if (!intersect || first)
			result = bms_join(result, rels);
		else
			result = bms_int_members(result, rels);
		first = false;
		if (intersect && bms_is_empty(result))
			break;
	}
	return result;
}

static bool
is_strict_saop(ScalarArrayOpExpr *saop, bool false_is_enough)
{
	Node *array = lsecond(saop->args);

	set_sa_opfuncid(saop);
	if (!func_strict(saop->opfuncid))
		return false;
	if (saop->useOr && false_is_enough)
		return true; /* an empty array gives false */
	/* Otherwise only an array known not to be empty is proof. */
	return IsA(array, ArrayExpr) && !((ArrayExpr *) array)->multidims && ((ArrayExpr *) array)->elements != NIL;
}

static Relids
nonnullable_rels(Node *node, bool top_level)
{
	if (node == NULL)
		return NULL;
	switch (nodeTag(node))
	{
		case T_Var:
			return ((Var *) node)->varlevelsup == 0 ? bms_make_singleton(((Var *) node)->varno) : NULL;
		case T_List:
			return nonnullable_rels_of_list((List *) node, top_level, false);
		case T_FuncExpr:
			if (func_strict(((FuncExpr *) node)->funcid))
				return nonnullable_rels_of_list(((FuncExpr *) node)->args, false, false);
			return NULL;
		case T_OpExpr:
			set_opfuncid((OpExpr *) node);
			if (func_strict(((OpExpr *) node)->opfuncid))
				return nonnullable_rels_of_list(((OpExpr *) node)->args, false, false);
			return NULL;
		case T_ScalarArrayOpExpr:
			if (is_strict_saop((ScalarArrayOpExpr *) node, top_level))
				return nonnullable_rels_of_list(((ScalarArrayOpExpr *) node)->args, false, false);
			return NULL;
		case T_BoolExpr:
			{
				BoolExpr *expr = (BoolExpr *) node;

				/* Below the top, one NULL arm does not make AND or OR NULL by itself: all arms must agree. */
				if (expr->boolop == NOT_EXPR)
					return nonnullable_rels_of_list(expr->args, false, false);
				return nonnullable_rels_of_list(expr->args, top_level, !(expr->boolop == AND_EXPR && top_level));
			}
		case T_RelabelType:
			return nonnullable_rels((Node *) ((RelabelType *) node)->arg, top_level);
		case T_CoerceViaIO:
			return nonnullable_rels((Node *) ((CoerceViaIO *) node)->arg, false);
		case T_ArrayCoerceExpr:
			return nonnullable_rels((Node *) ((ArrayCoerceExpr *) node)->arg, false);
		case T_CollateExpr:
			return nonnullable_rels((Node *) ((CollateExpr *) node)->arg, top_level);
		case T_NullTest:
			if (top_level && ((NullTest *) node)->nulltesttype == IS_NOT_NULL && !((NullTest *) node)->argisrow)
				return nonnullable_rels((Node *) ((NullTest *) node)->arg, false);
			return NULL;
		case T_BooleanTest:
			{
				BooleanTest *test = (BooleanTest *) node;

				if (top_level && (test->booltesttype == IS_TRUE || test->booltesttype == IS_FALSE ||
								  test->booltesttype == IS_NOT_UNKNOWN))
					return nonnullable_rels((Node *) test->arg, false);
				return NULL;
			}
		default:
			return NULL;
	}
}

Relids
find_nonnullable_rels(Node *clause)
{
	return nonnullable_rels(clause, true);
}

/* ---- set-returning expressions -------------------------------------------------------------------------------------- */
/* procost or prorows of a function. */
double
function_estimate(Oid funcid, bool rows)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc form;
	double result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	result = rows ? form->prorows : form->procost;
	ReleaseSysCache(tuple);
	return result;
}

typedef struct SrfRowsArg
{
	double rows;
} SrfRowsArg;

static bool
srf_rows_walker(Node *node, void *context)
{
	SrfRowsArg *a = context;

	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr) && ((FuncExpr *) node)->funcretset)
		a->rows = Max(a->rows, function_estimate(((FuncExpr *) node)->funcid, true));
	if (IsA(node, OpExpr) && ((OpExpr *) node)->opretset)
		a->rows = Max(a->rows, function_estimate(get_opcode(((OpExpr *) node)->opno), true));
	return expression_tree_walker(node, srf_rows_walker, context);
}

double
expression_returns_set_rows(struct PlannerInfo *root, Node *clause)
{
	SrfRowsArg a = {1.0};

	srf_rows_walker(clause, &a);
	return clamp_row_est(a.rows);
}
