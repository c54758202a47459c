/*
 * fold.c
 *    Simplification of expressions at plan time.
 *
 * One bottom-up pass: children first, then what their being constant allows. Only immutable functions are evaluated
 * (estimation mode also takes stable ones: its result is used for selectivities and thrown away). Evaluation happens in
 * the executor's own evaluator, so that a folded result cannot differ from a computed one.
 *
 * Rules beyond evaluation: AND/OR are flattened and lose neutral arms; NOT is pushed through AND/OR and comparison
 * negators; CASE and COALESCE lose arms that cannot be reached; strict functions of a NULL constant become NULL;
 * named and defaulted arguments of function calls become positional.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/params.h"
#include "optimizer/optimizer.h"
#include "plan/plan.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

typedef struct FoldContext
{
	PlannerInfo *root;
	ParamListInfo bound_params;
	bool estimate;			/* the result is only used for estimates */
	Node *case_value;		/* what a CaseTestExpr stands for when it is a constant; else NULL */
} FoldContext;

static Node *fold_mutator(Node *node, void *context);

static List *
fold_list(List *list, FoldContext *fold)
{
	return (List *) expression_tree_mutator((Node *) list, fold_mutator, fold);
}

static bool
is_null_const(Node *node)
{
	return IsA(node, Const) && ((Const *) node)->constisnull;
}

static bool
all_const(List *args)
{
	ListCell *lc;

	foreach (lc, args)
		if (!IsA(lfirst(lc), Const))
			return false;
	return true;
}

static bool
any_null_const(List *args)
{
	ListCell *lc;

	foreach (lc, args)
		if (is_null_const(lfirst(lc)))
			return true;
	return false;
}

static Node *
null_of_type(Oid type, int32 typmod, Oid collation)
{
	return (Node *) makeNullConst(type, typmod, collation);
}

static bool
may_evaluate(FoldContext *fold, Oid funcid)
{
	char volatility = func_volatile(funcid);

	return volatility == PROVOLATILE_IMMUTABLE || (fold->estimate && volatility == PROVOLATILE_STABLE);
}

static Node *
evaluate_node(Node *node)
{
	Node *result = (Node *) evaluate_expr((Expr *) node, exprType(node), exprTypmod(node), exprCollation(node));

	((Const *) result)->location = exprLocation(node);
	return result;
}

/* ---- function calls ---------------------------------------------------------------------------------------------- */
/* Arguments in declared order, NamedArgExprs put in their place and missing ones filled with their defaults. */
static List *
positional_arguments(List *args, HeapTuple proctup, Oid funcid)
{
	Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(proctup);
	int pronargs = proc->pronargs;
	Node **slots = palloc0(sizeof(Node *) * Max(pronargs, list_length(args)));
	bool plain = list_length(args) >= pronargs;
	int given = 0;
	List *result = NIL;
	ListCell *lc;

	foreach (lc, args)
	{
		Node *arg = lfirst(lc);

		if (IsA(arg, NamedArgExpr))
		{
			plain = false;
			slots[((NamedArgExpr *) arg)->argnumber] = (Node *) ((NamedArgExpr *) arg)->arg;
		}
		else
			slots[given++] = arg;
	}
	if (plain)
		return args;

	for (int i = 0; i < pronargs; i++)
	{
		if (slots[i] == NULL)
		{
			bool isnull;
			Datum text_defaults = SysCacheGetAttr(PROCOID, proctup, Anum_pg_proc_proargdefaults, &isnull);
			List *defaults;
			int from_end = pronargs - i;

			if (isnull)
				elog(ERROR, "not enough default arguments");
			defaults = castNode(List, stringToNode(TextDatumGetCString(text_defaults)));
			if (from_end > list_length(defaults))
				elog(ERROR, "not enough default arguments");
			slots[i] = list_nth(defaults, list_length(defaults) - from_end);
		}
		result = lappend(result, slots[i]);
	}
	return result;
}

/* The value of a call whose arguments are folded, or NULL when it must be called at run time. */
static Node *
fold_call(FoldContext *fold, Node *call, Oid funcid, List *args, bool retset)
{
	if (retset)
		return NULL;
	if (func_strict(funcid) && any_null_const(args))
		return null_of_type(exprType(call), exprTypmod(call), exprCollation(call));
	if (all_const(args) && may_evaluate(fold, funcid))
		return evaluate_node(call);
	return NULL;
}

static Node *
fold_funcexpr(FuncExpr *expr, FoldContext *fold)
{
	FuncExpr *copy = makeNode(FuncExpr);
	HeapTuple proctup = SearchSysCache1(PROCOID, ObjectIdGetDatum(expr->funcid));
	Node *folded;

	if (!HeapTupleIsValid(proctup))
		elog(ERROR, "cache lookup failed for function %u", expr->funcid);
	*copy = *expr;
	copy->args = fold_list(positional_arguments(expr->args, proctup, expr->funcid), fold);
	folded = fold_call(fold, (Node *) copy, copy->funcid, copy->args, copy->funcretset);
	ReleaseSysCache(proctup);
	return folded ? folded : (Node *) copy;
}

static Node *
fold_opexpr(OpExpr *expr, FoldContext *fold)
{
	OpExpr *copy = makeNode(OpExpr);
	Node *folded;

	*copy = *expr;
	set_opfuncid(copy);
	copy->args = fold_list(expr->args, fold);
	folded = fold_call(fold, (Node *) copy, copy->opfuncid, copy->args, copy->opretset);
	return folded ? folded : (Node *) copy;
}

static Node *
fold_distinct(DistinctExpr *expr, FoldContext *fold)
{
	DistinctExpr *copy = (DistinctExpr *) makeNode(OpExpr);
	Node *left, *right;

	*copy = *expr;
	set_opfuncid((OpExpr *) copy);
	copy->args = fold_list(expr->args, fold);
	left = linitial(copy->args);
	right = lsecond(copy->args);
	if (is_null_const(left) && is_null_const(right))
		return makeBoolConst(false, false);
	if (all_const(copy->args) && (is_null_const(left) || is_null_const(right)))
		return makeBoolConst(true, false);
	if (all_const(copy->args) && may_evaluate(fold, copy->opfuncid))
		return evaluate_node((Node *) copy);
	return (Node *) copy;
}

/* ---- boolean expressions ------------------------------------------------------------------------------------------ */
/*
 * Arms of AND (neutral: true) or OR (neutral: false), flattened. *absorbed is set when an arm decides the result;
 * *saw_null when a NULL constant arm was met (one is kept out of the list and put back by the caller).
 */
static List *
fold_arms(List *args, BoolExprType op, FoldContext *fold, bool *absorbed, bool *saw_null)
{
	bool neutral = (op == AND_EXPR);
	List *result = NIL;
	ListCell *lc;

	foreach (lc, args)
	{
		Node *arm = fold_mutator(lfirst(lc), fold);

		if (IsA(arm, Const))
		{
			Const *c = (Const *) arm;

			if (c->constisnull)
				*saw_null = true;
			else if (DatumGetBool(c->constvalue) != neutral)
			{
				*absorbed = true;
				return NIL;
			}
			continue;
		}
		if (IsA(arm, BoolExpr) && ((BoolExpr *) arm)->boolop == op)
			result = list_concat(result, fold_arms(((BoolExpr *) arm)->args, op, fold, absorbed, saw_null));
		else
			result = lappend(result, arm);
		if (*absorbed)
			return NIL;
	}
	return result;
}

static Node *
fold_boolexpr(BoolExpr *expr, FoldContext *fold)
{
	bool absorbed = false;
	bool saw_null = false;
	List *arms;

	if (expr->boolop == NOT_EXPR)
	{
		Node *arg = fold_mutator(linitial(expr->args), fold);

		return negate_clause(arg);
	}
	arms = fold_arms(expr->args, expr->boolop, fold, &absorbed, &saw_null);
	if (absorbed)
		return makeBoolConst(expr->boolop == OR_EXPR, false);
	if (saw_null)
		arms = lappend(arms, makeBoolConst(false, true));
	if (arms == NIL)
		return makeBoolConst(expr->boolop == AND_EXPR, false);
	if (list_length(arms) == 1)
		return linitial(arms);
	return (Node *) makeBoolExpr(expr->boolop, arms, expr->location);
}

Node *
negate_clause(Node *node)
{
	switch (nodeTag(node))
	{
		case T_Const:
			if (((Const *) node)->constisnull)
				return makeBoolConst(false, true);
			return makeBoolConst(!DatumGetBool(((Const *) node)->constvalue), false);
		case T_OpExpr:
			{
				OpExpr *op = (OpExpr *) node;
				Oid negator = get_negator(op->opno);
				OpExpr *result;

				if (!OidIsValid(negator))
					break;
				result = makeNode(OpExpr);
				*result = *op;
				result->opno = negator;
				result->opfuncid = InvalidOid;
				set_opfuncid(result);
				return (Node *) result;
			}
		case T_ScalarArrayOpExpr:
			{
				ScalarArrayOpExpr *op = (ScalarArrayOpExpr *) node;
				Oid negator = get_negator(op->opno);
				ScalarArrayOpExpr *result;

				if (!OidIsValid(negator))
					break;
				result = makeNode(ScalarArrayOpExpr);
				*result = *op;
				result->opno = negator;
				result->opfuncid = InvalidOid;
				result->hashfuncid = InvalidOid;
				result->negfuncid = InvalidOid;
				result->useOr = !op->useOr;
				set_sa_opfuncid(result);
				return (Node *) result;
			}
		case T_BoolExpr:
			{
				BoolExpr *expr = (BoolExpr *) node;
				List *arms = NIL;
				ListCell *lc;

				if (expr->boolop == NOT_EXPR)
					return linitial(expr->args);
				foreach (lc, expr->args)
					arms = lappend(arms, negate_clause(lfirst(lc)));
				return (Node *) makeBoolExpr(expr->boolop == AND_EXPR ? OR_EXPR : AND_EXPR, arms, expr->location);
			}
		case T_NullTest:
			if (!((NullTest *) node)->argisrow)
			{
				NullTest *result = makeNode(NullTest);

				*result = *(NullTest *) node;
				result->nulltesttype = result->nulltesttype == IS_NULL ? IS_NOT_NULL : IS_NULL;
				return (Node *) result;
			}
			break;
		case T_BooleanTest:
			{
				static const BoolTestType opposite[] = {[IS_TRUE] = IS_NOT_TRUE, [IS_NOT_TRUE] = IS_TRUE,
														[IS_FALSE] = IS_NOT_FALSE, [IS_NOT_FALSE] = IS_FALSE,
														[IS_UNKNOWN] = IS_NOT_UNKNOWN, [IS_NOT_UNKNOWN] = IS_UNKNOWN};
				BooleanTest *result = makeNode(BooleanTest);

				*result = *(BooleanTest *) node;
				result->booltesttype = opposite[result->booltesttype];
				return (Node *) result;
			}
		default:
			break;
	}
	return (Node *) makeBoolExpr(NOT_EXPR, list_make1(node), -1);
}

/* ---- conditionals -------------------------------------------------------------------------------------------------- */
static Node *
fold_case(CaseExpr *expr, FoldContext *fold)
{
	Node *outer_case_value = fold->case_value;
	Node *arg = expr->arg ? fold_mutator((Node *) expr->arg, fold) : NULL;
	Node *defresult = NULL;
	List *whens = NIL;
	CaseExpr *copy;
	ListCell *lc;

	fold->case_value = (arg && IsA(arg, Const)) ? arg : NULL;
	foreach (lc, expr->args)
	{
		CaseWhen *when = lfirst_node(CaseWhen, lc);
		CaseWhen *folded;
		Node *cond = fold_mutator((Node *) when->expr, fold);
		bool always = false;

		if (IsA(cond, Const))
		{
			if (((Const *) cond)->constisnull || !DatumGetBool(((Const *) cond)->constvalue))
				continue;
			always = true;
		}
		fold->case_value = outer_case_value;
		if (always)
		{
			defresult = fold_mutator((Node *) when->result, fold);
			break;
		}
		folded = makeNode(CaseWhen);
		folded->expr = (Expr *) cond;
		folded->result = (Expr *) fold_mutator((Node *) when->result, fold);
		folded->location = when->location;
		whens = lappend(whens, folded);
		fold->case_value = (arg && IsA(arg, Const)) ? arg : NULL;
	}
	fold->case_value = outer_case_value;
	if (defresult == NULL && expr->defresult)
		defresult = fold_mutator((Node *) expr->defresult, fold);
	if (defresult == NULL)
		defresult = null_of_type(expr->casetype, -1, expr->casecollid);
	if (whens == NIL)
		return defresult;
	copy = makeNode(CaseExpr);
	*copy = *expr;
	copy->arg = (Expr *) arg;
	copy->args = whens;
	copy->defresult = (Expr *) defresult;
	return (Node *) copy;
}

static Node *
fold_coalesce(CoalesceExpr *expr, FoldContext *fold)
{
	List *args = NIL;
	CoalesceExpr *copy;
	ListCell *lc;

	foreach (lc, expr->args)
	{
		Node *arg = fold_mutator(lfirst(lc), fold);

		if (is_null_const(arg))
			continue;
		args = lappend(args, arg);
		if (IsA(arg, Const))
			break;
	}
	if (args == NIL)
		return null_of_type(expr->coalescetype, -1, expr->coalescecollid);
	if (list_length(args) == 1)
		return linitial(args);
	copy = makeNode(CoalesceExpr);
	*copy = *expr;
	copy->args = args;
	return (Node *) copy;
}

static Node *
fold_booltest(BooleanTest *test, FoldContext *fold)
{
	Node *arg = fold_mutator((Node *) test->arg, fold);
	BooleanTest *copy;

	if (IsA(arg, Const))
	{
		bool isnull = ((Const *) arg)->constisnull;
		bool value = !isnull && DatumGetBool(((Const *) arg)->constvalue);
		bool result = false;

		switch (test->booltesttype)
		{
			case IS_TRUE:
				result = !isnull && value;
				break;
			case IS_NOT_TRUE:
				result = isnull || !value;
				break;
			case IS_FALSE:
				result = !isnull && !value;
				break;
			case IS_NOT_FALSE:
				result = isnull || value;
				break;
			case IS_UNKNOWN:
				result = isnull;
				break;
			case IS_NOT_UNKNOWN:
				result = !isnull;
				break;
			default:
				elog(ERROR, "unrecognized booltesttype: %d", (int) test->booltesttype);
		}
		return makeBoolConst(result, false);
	}
	copy = makeNode(BooleanTest);
	*copy = *test;
	copy->arg = (Expr *) arg;
	return (Node *) copy;
}

static Node *
fold_nulltest(NullTest *test, FoldContext *fold)
{
	Node *arg = fold_mutator((Node *) test->arg, fold);
	NullTest *copy;

	if (IsA(arg, Const) && !test->argisrow)
		return makeBoolConst(((Const *) arg)->constisnull == (test->nulltesttype == IS_NULL), false);
	copy = makeNode(NullTest);
	*copy = *test;
	copy->arg = (Expr *) arg;
	return (Node *) copy;
}

/* ---- casts ------------------------------------------------------------------------------------------------------------ */
static Node *
fold_relabel(RelabelType *expr, FoldContext *fold)
{
	Node *arg = fold_mutator((Node *) expr->arg, fold);

	return applyRelabelType(arg, expr->resulttype, expr->resulttypmod, expr->resultcollid, expr->relabelformat,
							expr->location, true);
}

static Node *
fold_via_io(CoerceViaIO *expr, FoldContext *fold)
{
	CoerceViaIO *copy = makeNode(CoerceViaIO);
	Oid outfunc, infunc, typioparam;
	bool isvarlena;

	*copy = *expr;
	copy->arg = (Expr *) fold_mutator((Node *) expr->arg, fold);
	if (!IsA(copy->arg, Const))
		return (Node *) copy;
	getTypeOutputInfo(exprType((Node *) copy->arg), &outfunc, &isvarlena);
	getTypeInputInfo(copy->resulttype, &infunc, &typioparam);
	if (may_evaluate(fold, outfunc) && may_evaluate(fold, infunc))
		return evaluate_node((Node *) copy);
	return (Node *) copy;
}

static Node *
fold_param(Param *param, FoldContext *fold)
{
	ParamListInfo params = fold->bound_params;
	ParamExternData workspace;
	ParamExternData *value;
	int16 typlen;
	bool typbyval;

	if (param->paramkind != PARAM_EXTERN || params == NULL || param->paramid <= 0 || param->paramid > params->numParams)
		return (Node *) copyObject(param);
	value = params->paramFetch ? params->paramFetch(params, param->paramid, true, &workspace)
							   : &params->params[param->paramid - 1];
	if (value->ptype != param->paramtype || !(fold->estimate || (value->pflags & PARAM_FLAG_CONST)))
		return (Node *) copyObject(param);
	get_typlenbyval(param->paramtype, &typlen, &typbyval);
	return (Node *) makeConst(param->paramtype, param->paramtypmod, param->paramcollid, typlen,
							  value->isnull ? (Datum) 0 : datumCopy(value->value, typbyval, typlen), value->isnull,
							  typbyval);
}

/* ---- the pass ----------------------------------------------------------------------------------------------------------- */
/* Nodes that compute from their (folded) children by built-in immutable rules. */
static bool
is_computable(FoldContext *fold, Node *node)
{
	switch (nodeTag(node))
	{
		case T_ArrayExpr:
			return all_const(((ArrayExpr *) node)->elements);
		case T_RowExpr:
			return all_const(((RowExpr *) node)->args);
		case T_MinMaxExpr:
			return all_const(((MinMaxExpr *) node)->args);
		case T_ScalarArrayOpExpr:
			set_sa_opfuncid((ScalarArrayOpExpr *) node);
			return all_const(((ScalarArrayOpExpr *) node)->args) &&
				   may_evaluate(fold, ((ScalarArrayOpExpr *) node)->opfuncid);
		case T_NullIfExpr:
			set_opfuncid((OpExpr *) node);
			return all_const(((NullIfExpr *) node)->args) && may_evaluate(fold, ((NullIfExpr *) node)->opfuncid);
		case T_ArrayCoerceExpr:
			return IsA(((ArrayCoerceExpr *) node)->arg, Const) && !contain_mutable_functions(node);
		case T_FieldSelect:
			return IsA(((FieldSelect *) node)->arg, Const);
		case T_SubscriptingRef:
			{
				SubscriptingRef *ref = (SubscriptingRef *) node;

				return ref->refassgnexpr == NULL && IsA(ref->refexpr, Const) && all_const(ref->refupperindexpr) &&
					   all_const(ref->reflowerindexpr) && !list_member_ptr(ref->refupperindexpr, NULL) &&
					   !list_member_ptr(ref->reflowerindexpr, NULL);
			}
		case T_SQLValueFunction:
			return fold->estimate;
		default:
			return false;
	}
}

static bool
subscripts_have_gaps(Node *node)
{
	SubscriptingRef *ref = (SubscriptingRef *) node;

	return list_member_ptr(ref->refupperindexpr, NULL) || list_member_ptr(ref->reflowerindexpr, NULL);
}

static Node *
fold_mutator(Node *node, void *context)
{
	FoldContext *fold = context;
	Node *copy;

	if (node == NULL)
		return NULL;
	check_stack_depth();
	switch (nodeTag(node))
	{
		case T_Param:
			return fold_param((Param *) node, fold);
		case T_FuncExpr:
			return fold_funcexpr((FuncExpr *) node, fold);
		case T_OpExpr:
			return fold_opexpr((OpExpr *) node, fold);
		case T_DistinctExpr:
			return fold_distinct((DistinctExpr *) node, fold);
		case T_BoolExpr:
			return fold_boolexpr((BoolExpr *) node, fold);
		case T_CaseExpr:
			return fold_case((CaseExpr *) node, fold);
		case T_CaseTestExpr:
			return fold->case_value ? copyObject(fold->case_value) : copyObject(node);
		case T_CoalesceExpr:
			return fold_coalesce((CoalesceExpr *) node, fold);
		case T_NullTest:
			return fold_nulltest((NullTest *) node, fold);
		case T_BooleanTest:
			return fold_booltest((BooleanTest *) node, fold);
		case T_RelabelType:
			return fold_relabel((RelabelType *) node, fold);
		case T_CoerceViaIO:
			return fold_via_io((CoerceViaIO *) node, fold);
		case T_CollateExpr:
			{
				CollateExpr *collate = (CollateExpr *) node;
				Node *arg = fold_mutator((Node *) collate->arg, fold);

				return applyRelabelType(arg, exprType(arg), exprTypmod(arg), collate->collOid, COERCE_IMPLICIT_CAST,
										collate->location, true);
			}
		case T_ArrayCoerceExpr:
			{
				/* The element expression's CaseTestExpr is not ours. */
				Node *outer_case_value = fold->case_value;

				fold->case_value = NULL;
				copy = expression_tree_mutator(node, fold_mutator, fold);
				fold->case_value = outer_case_value;
				return is_computable(fold, copy) ? evaluate_node(copy) : copy;
			}
		case T_SubPlan:
		case T_AlternativeSubPlan:
			return node; /* planned already */
		case T_SubLink:
			return copyObject(node); /* its query is folded when it is planned; testexpr by the caller of that */
		case T_Query:
			return node;
		case T_FieldSelect:
			{
				FieldSelect *fs;

				copy = expression_tree_mutator(node, fold_mutator, fold);
				fs = (FieldSelect *) copy;
				if (IsA(fs->arg, RowExpr) && fs->fieldnum > 0 && fs->fieldnum <= list_length(((RowExpr *) fs->arg)->args))
				{
					Node *field = list_nth(((RowExpr *) fs->arg)->args, fs->fieldnum - 1);

					if (exprType(field) == fs->resulttype && exprTypmod(field) == fs->resulttypmod)
						return field;
				}
				return is_computable(fold, copy) ? evaluate_node(copy) : copy;
			}
		default:
			copy = expression_tree_mutator(node, fold_mutator, fold);
			if (IsA(copy, SubscriptingRef) && subscripts_have_gaps(copy))
				return copy;
			return is_computable(fold, copy) ? evaluate_node(copy) : copy;
	}
}

Node *
eval_const_expressions(struct PlannerInfo *root, Node *node)
{
	FoldContext fold = {root, root ? root->glob->bound_params : NULL, false, NULL};

	return fold_mutator(node, &fold);
}

Node *
estimate_expression_value(struct PlannerInfo *root, Node *node)
{
	FoldContext fold = {root, root ? root->glob->bound_params : NULL, true, NULL};

	return fold_mutator(node, &fold);
}

Expr *
expression_planner(Expr *expr)
{
	Node *result = eval_const_expressions(NULL, (Node *) expr);

	fix_opfuncids(result);
	return (Expr *) result;
}

/* ---- canonical form of conditions ---------------------------------------------------------------------------------- */
/* Clauses that every arm of an OR has in common come out in front: (A AND B) OR (A AND C) is A AND (B OR C). */
static Node *
factor_or(BoolExpr *or_expr)
{
	List *common = NIL;
	List *arms = NIL;
	bool arm_vanished = false;
	ListCell *lc;
	bool first = true;

	foreach (lc, or_expr->args)
	{
		List *conjuncts = make_ands_implicit((Expr *) lfirst(lc));

		common = first ? list_copy(conjuncts) : list_intersection(common, conjuncts);
		first = false;
		if (common == NIL)
			return (Node *) or_expr;
	}
	foreach (lc, or_expr->args)
	{
		List *rest = list_difference(make_ands_implicit((Expr *) lfirst(lc)), common);

		if (rest == NIL)
			arm_vanished = true;
		else
			arms = lappend(arms, make_ands_explicit(rest));
	}
	if (!arm_vanished)
		common = lappend(common, list_length(arms) == 1 ? linitial(arms) : makeBoolExpr(OR_EXPR, arms, -1));
	return (Node *) make_ands_explicit(common);
}

static Node *
canonicalize_mutator(Node *node)
{
	BoolExpr *expr;
	List *args = NIL;
	ListCell *lc;

	if (node == NULL || !IsA(node, BoolExpr) || ((BoolExpr *) node)->boolop == NOT_EXPR)
		return node;
	expr = (BoolExpr *) node;
	foreach (lc, expr->args)
	{
		Node *arg = canonicalize_mutator(lfirst(lc));

		if (IsA(arg, BoolExpr) && ((BoolExpr *) arg)->boolop == expr->boolop)
			args = list_concat(args, ((BoolExpr *) arg)->args);
		else
			args = lappend(args, arg);
	}
	expr = (BoolExpr *) makeBoolExpr(expr->boolop, args, expr->location);
	return expr->boolop == OR_EXPR ? factor_or(expr) : (Node *) expr;
}

Expr *
canonicalize_qual(Expr *qual, bool is_check)
{
	/* In a CHECK a NULL counts as true, so factoring is only safe for WHERE. */
	if (qual == NULL || is_check)
		return qual;
	return (Expr *) canonicalize_mutator((Node *) qual);
}
