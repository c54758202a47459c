/*
 * subselect.c
 *    Sub-queries in expressions and WITH, and the parameters that carry values into them.
 *
 * A SubLink becomes an initplan (evaluated at most once, its result is a PARAM_EXEC) when it needs nothing of its own
 * query level, else a SubPlan that is run per row with that level's values passed as parameters. PARAM_EXEC numbers are
 * unique in the statement, so a value set at one level is seen at all levels below.
 */
#include "postgres.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* ---- parameters ----------------------------------------------------------------------------------------------------- */
int
plan_exec_param(PlannerInfo *root, Oid type)
{
	root->glob->param_exec_types = lappend_oid(root->glob->param_exec_types, type);
	return list_length(root->glob->param_exec_types) - 1;
}

static Param *
exec_param_node(int id, Oid type, int32 typmod, Oid collation, int location)
{
	Param *param = makeNode(Param);

	param->paramkind = PARAM_EXEC;
	param->paramid = id;
	param->paramtype = type;
	param->paramtypmod = typmod;
	param->paramcollid = collation;
	param->location = location;
	return param;
}

Param *
plan_param_new(PlannerInfo *root, Oid type, int32 typmod, Oid collation)
{
	return exec_param_node(plan_exec_param(root, type), type, typmod, collation, -1);
}

/* The parameter by which a sub-query sees `item` (levels-up already 0) of level `owner`. */
static Param *
param_for_outer_item(PlannerInfo *owner, Node *item)
{
	PlanParam *entry = NULL;
	ListCell *lc;

	foreach (lc, owner->plan_params)
		if (equal(((PlanParam *) lfirst(lc))->item, item))
			entry = lfirst(lc);
	if (entry == NULL)
	{
		entry = palloc_object(PlanParam);
		entry->item = item;
		entry->param_id = plan_exec_param(owner, exprType(item));
		owner->plan_params = lappend(owner->plan_params, entry);
	}
	return exec_param_node(entry->param_id, exprType(item), exprTypmod(item), exprCollation(item), exprLocation(item));
}

static PlannerInfo *
level_owner(PlannerInfo *root, int levelsup)
{
	while (levelsup-- > 0 && root != NULL)
		root = root->parent;
	if (root == NULL)
		elog(ERROR, "column reference to a query level that does not exist");
	return root;
}

static void
set_levels_to_zero(Node *node, int levelsup)
{
	IncrementVarSublevelsUp(node, -levelsup, 0);
}

static Node *
correlation_mutator(Node *node, void *context)
{
	PlannerInfo *root = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && ((Var *) node)->varlevelsup > 0)
	{
		Var *var = copyObject((Var *) node);
		int levelsup = var->varlevelsup;

		var->varlevelsup = 0;
		var->location = -1;
		return (Node *) param_for_outer_item(level_owner(root, levelsup), (Node *) var);
	}
	if ((IsA(node, Aggref) && ((Aggref *) node)->agglevelsup > 0) ||
		(IsA(node, GroupingFunc) && ((GroupingFunc *) node)->agglevelsup > 0))
	{
		int levelsup = IsA(node, Aggref) ? (int) ((Aggref *) node)->agglevelsup
										 : (int) ((GroupingFunc *) node)->agglevelsup;
		Node *item = copyObject(node);

		set_levels_to_zero(item, levelsup);
		return (Node *) param_for_outer_item(level_owner(root, levelsup), item);
	}
	return expression_tree_mutator(node, correlation_mutator, context);
}

Node *
replace_correlation_vars(PlannerInfo *root, Node *expr)
{
	return correlation_mutator(expr, root);
}

Param *
replace_nestloop_var(PlannerInfo *root, Var *var)
{
	NestLoopParam *entry;
	Param *param;
	ListCell *lc;

	foreach (lc, root->cur_outer_params)
	{
		entry = lfirst_node(NestLoopParam, lc);
		if (equal(entry->paramval, var))
			return exec_param_node(entry->paramno, var->vartype, var->vartypmod, var->varcollid, var->location);
	}
	param = plan_param_new(root, var->vartype, var->vartypmod, var->varcollid);
	entry = makeNode(NestLoopParam);
	entry->paramno = param->paramid;
	entry->paramval = copyObject(var);
	root->cur_outer_params = lappend(root->cur_outer_params, entry);
	return param;
}

/* A LATERAL sub-query's own parameters become parameters of the nested loop above it. */
void
collect_lateral_params(PlannerInfo *root, PlanRel *rel)
{
	ListCell *lc, *lc2;

	foreach (lc, rel->subplan_params)
	{
		PlanParam *needed = lfirst(lc);
		NestLoopParam *entry = NULL;

		if (!IsA(needed->item, Var))
			elog(ERROR, "lateral reference is not a column");
		foreach (lc2, root->cur_outer_params)
			if (lfirst_node(NestLoopParam, lc2)->paramno == needed->param_id)
				entry = lfirst(lc2);
		if (entry)
			continue;
		entry = makeNode(NestLoopParam);
		entry->paramno = needed->param_id;
		entry->paramval = copyObject((Var *) needed->item);
		root->cur_outer_params = lappend(root->cur_outer_params, entry);
	}
}

/* ---- SubLink to SubPlan ------------------------------------------------------------------------------------------------ */
typedef struct SublinkContext
{
	PlannerInfo *root;
	bool is_top_qual; /* NULL and false are the same to the caller */
} SublinkContext;

static List *
visible_targets(Plan *plan)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, plan->targetlist)
		if (!lfirst_node(TargetEntry, lc)->resjunk)
			result = lappend(result, lfirst(lc));
	return result;
}

/* One new PARAM_EXEC per visible output column. */
static List *
params_for_targets(PlannerInfo *root, Plan *plan, List **ids)
{
	List *params = NIL;
	ListCell *lc;

	*ids = NIL;
	foreach (lc, visible_targets(plan))
	{
		Node *expr = (Node *) lfirst_node(TargetEntry, lc)->expr;
		Param *param = plan_param_new(root, exprType(expr), exprTypmod(expr), exprCollation(expr));

		params = lappend(params, param);
		*ids = lappend_int(*ids, param->paramid);
	}
	return params;
}

static Node *
sublink_to_exec_params(Node *node, void *context)
{
	if (node == NULL)
		return NULL;
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_SUBLINK)
		return copyObject(list_nth((List *) context, ((Param *) node)->paramid - 1));
	if (IsA(node, SubLink))
		return copyObject(node);
	return expression_tree_mutator(node, sublink_to_exec_params, context);
}

static void
describe_first_column(SubPlan *splan, Plan *plan)
{
	List *targets = visible_targets(plan);

	splan->firstColType = VOIDOID;
	splan->firstColTypmod = -1;
	splan->firstColCollation = InvalidOid;
	if (targets != NIL)
	{
		Node *expr = (Node *) linitial_node(TargetEntry, targets)->expr;

		splan->firstColType = exprType(expr);
		splan->firstColTypmod = exprTypmod(expr);
		splan->firstColCollation = exprCollation(expr);
	}
}

static bool
hashable_comparison(OpExpr *op, List *param_ids)
{
	Oid lefttype;

	if (!IsA(op, OpExpr) || list_length(op->args) != 2)
		return false;
	lefttype = exprType(linitial(op->args));
	if (!op_hashjoinable(op->opno, lefttype) || !op_strict(op->opno))
		return false;
	/* left side without, right side only with the sub-query's output */
	return !contain_exec_param(linitial(op->args), param_ids) && !contain_var_clause(lsecond(op->args)) &&
		   !contain_subplans(lsecond(op->args));
}

static bool
testexpr_is_hashable(Node *testexpr, List *param_ids)
{
	ListCell *lc;

	if (testexpr && IsA(testexpr, OpExpr))
		return hashable_comparison((OpExpr *) testexpr, param_ids);
	if (testexpr && is_andclause(testexpr))
	{
		foreach (lc, ((BoolExpr *) testexpr)->args)
			if (!hashable_comparison(lfirst(lc), param_ids))
				return false;
		return true;
	}
	return false;
}

static bool
fits_in_memory(Plan *plan)
{
	double bytes = plan->plan_rows * (MAXALIGN(plan->plan_width) + MAXALIGN(24));

	return bytes <= (double) work_mem * 1024.0;
}

static Plan *
materialized(Plan *plan)
{
	Material *material = makeNode(Material);

	material->plan.targetlist = plan->targetlist;
	material->plan.lefttree = plan;
	material->plan.initPlan = plan->initPlan;
	plan->initPlan = NIL;
	material->plan.startup_cost = plan->startup_cost;
	material->plan.total_cost = plan->total_cost + 2 * cpu_operator_cost * plan->plan_rows;
	material->plan.plan_rows = plan->plan_rows;
	material->plan.plan_width = plan->plan_width;
	return &material->plan;
}

static int
register_subplan(PlannerInfo *root, PlannerInfo *subroot, Plan *plan, SubPlan *splan)
{
	PlannerGlobal *glob = root->glob;

	glob->subplans = lappend(glob->subplans, plan);
	glob->subroots = lappend(glob->subroots, subroot);
	splan->plan_id = list_length(glob->subplans);
	return splan->plan_id;
}

static void
cost_subplan(SubPlan *splan, Plan *plan)
{
	Cost startup = 0;
	Cost per_call;

	if (splan->useHashTable)
	{
		startup = plan->total_cost + cpu_operator_cost * plan->plan_rows;
		per_call = cpu_operator_cost;
	}
	else if (splan->subLinkType == EXISTS_SUBLINK)
		per_call = plan->startup_cost + (plan->total_cost - plan->startup_cost) / clamp_row_est(plan->plan_rows);
	else if (splan->subLinkType == ALL_SUBLINK || splan->subLinkType == ANY_SUBLINK)
		per_call = plan->startup_cost + 0.5 * (plan->total_cost - plan->startup_cost) +
				   0.5 * plan->plan_rows * cpu_operator_cost;
	else
		per_call = plan->total_cost;
	if (splan->parParam == NIL && IsA(plan, Material) && !splan->useHashTable)
	{
		startup += plan->startup_cost;
		per_call = cpu_operator_cost * plan->plan_rows * 0.5;
	}
	splan->startup_cost = startup;
	splan->per_call_cost = per_call;
}

/* What an initplan leaves in the expression: its output parameter(s). NULL: this kind needs a SubPlan. */
static Node *
initplan_result(PlannerInfo *root, SubPlan *splan, Plan *plan, Node *testexpr)
{
	Param *param;

	switch (splan->subLinkType)
	{
		case EXISTS_SUBLINK:
			param = plan_param_new(root, BOOLOID, -1, InvalidOid);
			splan->setParam = list_make1_int(param->paramid);
			return (Node *) param;
		case EXPR_SUBLINK:
			param = plan_param_new(root, splan->firstColType, splan->firstColTypmod, splan->firstColCollation);
			splan->setParam = list_make1_int(param->paramid);
			return (Node *) param;
		case ARRAY_SUBLINK:
			{
				Oid arraytype = get_promoted_array_type(splan->firstColType);

				if (!OidIsValid(arraytype))
					elog(ERROR, "could not find array type for datatype %s", format_type_be(splan->firstColType));
				param = plan_param_new(root, arraytype, splan->firstColTypmod, splan->firstColCollation);
				splan->setParam = list_make1_int(param->paramid);
				return (Node *) param;
			}
		case ROWCOMPARE_SUBLINK:
			{
				List *params = params_for_targets(root, plan, &splan->setParam);

				return sublink_to_exec_params(testexpr, params);
			}
		default:
			return NULL;
	}
}

static const double sublink_fraction[] = {
	[EXISTS_SUBLINK] = 1.0, [ALL_SUBLINK] = 0.5,   [ANY_SUBLINK] = 0.5,		 [ROWCOMPARE_SUBLINK] = 0.0,
	[EXPR_SUBLINK] = 0.0,	[MULTIEXPR_SUBLINK] = 0.0, [ARRAY_SUBLINK] = 0.0, [CTE_SUBLINK] = 0.0,
};

static Node *
make_subplan(PlannerInfo *root, SubLink *sublink, Node *testexpr, bool is_top_qual)
{
	SubPlan *splan = makeNode(SubPlan);
	Query *subquery = copyObject((Query *) sublink->subselect);
	PlannerInfo *subroot;
	List *needed;
	Plan *plan;
	Node *result;
	ListCell *lc;

	Assert(root->plan_params == NIL);
	subroot = plan_query(root->glob, subquery, root, false, sublink_fraction[sublink->subLinkType]);
	needed = root->plan_params;
	root->plan_params = NIL;
	plan = create_plan(subroot, subroot->final_path);

	splan->subLinkType = sublink->subLinkType;
	splan->unknownEqFalse = is_top_qual;
	describe_first_column(splan, plan);
	foreach (lc, needed)
	{
		PlanParam *param = lfirst(lc);
		Node *arg = param->item;

		/* An aggregate passed down may itself hold sub-queries. */
		if (!IsA(arg, Var))
			arg = process_sublinks(root, arg, false);
		splan->parParam = lappend_int(splan->parParam, param->param_id);
		splan->args = lappend(splan->args, arg);
	}

	result = splan->parParam == NIL ? initplan_result(root, splan, plan, testexpr) : NULL;
	if (result != NULL)
	{
		splan->plan_name = NULL;
		root->init_plans = lappend(root->init_plans, splan);
	}
	else if (sublink->subLinkType == MULTIEXPR_SUBLINK)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("UPDATE with a correlated multi-column sub-SELECT is not supported"));
	else
	{
		if (testexpr)
		{
			List *params = params_for_targets(root, plan, &splan->paramIds);

			splan->testexpr = sublink_to_exec_params(testexpr, params);
		}
		if (sublink->subLinkType == ANY_SUBLINK && splan->parParam == NIL && fits_in_memory(plan) &&
			testexpr_is_hashable(splan->testexpr, splan->paramIds))
			splan->useHashTable = true;
		else if (splan->parParam == NIL && enable_material && !IsA(plan, Material) && !IsA(plan, Sort))
			plan = materialized(plan);
		result = (Node *) splan;
	}
	register_subplan(root, subroot, plan, splan);
	if (splan->parParam == NIL)
		root->glob->rewind_plan_ids = bms_add_member(root->glob->rewind_plan_ids, splan->plan_id);
	cost_subplan(splan, plan);
	if (result != (Node *) splan)
	{
		StringInfoData name;

		initStringInfo(&name);
		appendStringInfo(&name, "InitPlan %d (returns ", splan->plan_id);
		foreach (lc, splan->setParam)
			appendStringInfo(&name, "$%d%s", lfirst_int(lc), lnext(splan->setParam, lc) ? "," : ")");
		splan->plan_name = name.data;
	}
	else
		splan->plan_name = psprintf("%sSubPlan %d", splan->useHashTable ? "hashed " : "", splan->plan_id);
	return result;
}

static Node *
process_sublinks_mutator(Node *node, void *context)
{
	SublinkContext *outer = context;
	SublinkContext inner = {outer->root, false};

	if (node == NULL)
		return NULL;
	if (IsA(node, SubLink))
	{
		SubLink *sublink = (SubLink *) node;
		Node *testexpr = process_sublinks_mutator(sublink->testexpr, &inner);

		testexpr = eval_const_expressions(outer->root, testexpr);
		return make_subplan(outer->root, sublink, testexpr, outer->is_top_qual);
	}
	if (IsA(node, SubPlan))
		return node;
	/* Arguments of an outer-level aggregate belong to that level. */
	if (IsA(node, Aggref) && ((Aggref *) node)->agglevelsup > 0)
		return node;
	if (IsA(node, Query))
		return node;
	if (is_andclause(node) || is_orclause(node))
	{
		List *args = NIL;
		ListCell *lc;

		inner.is_top_qual = outer->is_top_qual;
		foreach (lc, ((BoolExpr *) node)->args)
			args = lappend(args, process_sublinks_mutator(lfirst(lc), &inner));
		return (Node *) makeBoolExpr(((BoolExpr *) node)->boolop, args, ((BoolExpr *) node)->location);
	}
	return expression_tree_mutator(node, process_sublinks_mutator, &inner);
}

Node *
process_sublinks(PlannerInfo *root, Node *expr, bool is_qual)
{
	SublinkContext context = {root, is_qual};

	return process_sublinks_mutator(expr, &context);
}

/* ---- WITH ---------------------------------------------------------------------------------------------------------------- */
void
plan_ctes(PlannerInfo *root)
{
	ListCell *lc, *lid;

	forboth (lc, root->parse->cteList, lid, root->cte_plan_ids)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);
		PlannerInfo *subroot;
		SubPlan *splan;
		Plan *plan;

		if (lfirst_int(lid) == -1)
			continue;
		subroot = plan_query(root->glob, copyObject((Query *) cte->ctequery), root, cte->cterecursive, 0.0);
		if (root->plan_params != NIL)
			elog(ERROR, "unexpected outer reference in CTE query");
		plan = create_plan(subroot, subroot->final_path);
		splan = makeNode(SubPlan);
		splan->subLinkType = CTE_SUBLINK;
		describe_first_column(splan, plan);
		splan->setParam = list_make1_int(plan_exec_param(root, InvalidOid));
		lfirst_int(lid) = register_subplan(root, subroot, plan, splan);
		splan->plan_name = psprintf("CTE %s", cte->ctename);
		cost_subplan(splan, plan);
		root->init_plans = lappend(root->init_plans, splan);
	}
}

/* ---- which parameters a plan tree depends on -------------------------------------------------------------------------------- */
typedef struct ParamCollect
{
	PlannerInfo *root;
	Bitmapset *params;
} ParamCollect;

static bool
collect_params_walker(Node *node, void *context)
{
	ParamCollect *collect = context;

	if (node == NULL)
		return false;
	if (IsA(node, Param))
	{
		if (((Param *) node)->paramkind == PARAM_EXEC)
			collect->params = bms_add_member(collect->params, ((Param *) node)->paramid);
		return false;
	}
	if (IsA(node, SubPlan))
	{
		SubPlan *splan = (SubPlan *) node;
		Plan *plan = list_nth(collect->root->glob->subplans, splan->plan_id - 1);
		Bitmapset *inside = bms_copy(plan->extParam);
		ParamCollect test = {collect->root, NULL};
		ListCell *lc;

		/* Its own parameters are set by the SubPlan node, not from outside. */
		collect_params_walker(splan->testexpr, &test);
		foreach (lc, splan->paramIds)
			test.params = bms_del_member(test.params, lfirst_int(lc));
		foreach (lc, splan->parParam)
			inside = bms_del_member(inside, lfirst_int(lc));
		collect_params_walker((Node *) splan->args, collect);
		collect->params = bms_join(collect->params, bms_join(inside, test.params));
		return false;
	}
	return expression_tree_walker(node, collect_params_walker, context);
}

static void
collect_expr_params(ParamCollect *collect, void *expr)
{
	collect_params_walker(expr, collect);
}

static Bitmapset *finalize_node(PlannerInfo *root, Plan *plan);

static void
finalize_children(PlannerInfo *root, ParamCollect *collect, List *plans)
{
	ListCell *lc;

	foreach (lc, plans)
		collect->params = bms_add_members(collect->params, finalize_node(root, lfirst(lc)));
}

/* Parameters in the fields that only this kind of node has, and of children outside lefttree and righttree. */
static void
collect_node_params(PlannerInfo *root, Plan *plan, ParamCollect *collect)
{
	switch (nodeTag(plan))
	{
		case T_Result:
			collect_expr_params(collect, ((Result *) plan)->resconstantqual);
			break;
		case T_IndexScan:
			collect_expr_params(collect, ((IndexScan *) plan)->indexqual);
			break;
		case T_IndexOnlyScan:
			collect_expr_params(collect, ((IndexOnlyScan *) plan)->indexqual);
			break;
		case T_BitmapIndexScan:
			collect_expr_params(collect, ((BitmapIndexScan *) plan)->indexqual);
			break;
		case T_BitmapHeapScan:
			collect_expr_params(collect, ((BitmapHeapScan *) plan)->bitmapqualorig);
			break;
		case T_TidScan:
			collect_expr_params(collect, ((TidScan *) plan)->tidquals);
			break;
		case T_SubqueryScan:
			{
				SubqueryScan *scan = (SubqueryScan *) plan;
				PlanRel *rel = root->rels[scan->scan.scanrelid];

				finalize_plan(rel->subroot, scan->subplan);
				collect->params = bms_add_members(collect->params, scan->subplan->extParam);
			}
			break;
		case T_FunctionScan:
			{
				ListCell *lc;

				foreach (lc, ((FunctionScan *) plan)->functions)
					collect_expr_params(collect, lfirst_node(RangeTblFunction, lc)->funcexpr);
			}
			break;
		case T_ValuesScan:
			collect_expr_params(collect, ((ValuesScan *) plan)->values_lists);
			break;
		case T_CteScan:
			{
				CteScan *scan = (CteScan *) plan;
				Plan *cteplan = list_nth(root->glob->subplans, scan->ctePlanId - 1);

				collect->params = bms_add_members(collect->params, cteplan->extParam);
				collect->params = bms_add_member(collect->params, scan->cteParam);
			}
			break;
		case T_WorkTableScan:
			collect->params = bms_add_member(collect->params, ((WorkTableScan *) plan)->wtParam);
			break;
		case T_Append:
			finalize_children(root, collect, ((Append *) plan)->appendplans);
			break;
		case T_MergeAppend:
			finalize_children(root, collect, ((MergeAppend *) plan)->mergeplans);
			break;
		case T_BitmapAnd:
			finalize_children(root, collect, ((BitmapAnd *) plan)->bitmapplans);
			break;
		case T_BitmapOr:
			finalize_children(root, collect, ((BitmapOr *) plan)->bitmapplans);
			break;
		case T_NestLoop:
			collect_expr_params(collect, ((Join *) plan)->joinqual);
			break;
		case T_MergeJoin:
			collect_expr_params(collect, ((Join *) plan)->joinqual);
			collect_expr_params(collect, ((MergeJoin *) plan)->mergeclauses);
			break;
		case T_HashJoin:
			collect_expr_params(collect, ((Join *) plan)->joinqual);
			collect_expr_params(collect, ((HashJoin *) plan)->hashclauses);
			break;
		case T_Hash:
			collect_expr_params(collect, ((Hash *) plan)->hashkeys);
			break;
		case T_Limit:
			collect_expr_params(collect, ((Limit *) plan)->limitOffset);
			collect_expr_params(collect, ((Limit *) plan)->limitCount);
			break;
		case T_WindowAgg:
			collect_expr_params(collect, ((WindowAgg *) plan)->startOffset);
			collect_expr_params(collect, ((WindowAgg *) plan)->endOffset);
			break;
		case T_ModifyTable:
			collect_expr_params(collect, ((ModifyTable *) plan)->returningLists);
			collect_expr_params(collect, ((ModifyTable *) plan)->onConflictSet);
			collect_expr_params(collect, ((ModifyTable *) plan)->onConflictWhere);
			collect_expr_params(collect, ((ModifyTable *) plan)->withCheckOptionLists);
			break;
		default:
			break;
	}
}

/* Sets extParam and allParam of the subtree; returns extParam, what the parent depends on through it. */
static Bitmapset *
finalize_node(PlannerInfo *root, Plan *plan)
{
	ParamCollect collect = {root, NULL};
	Bitmapset *right = NULL;
	Bitmapset *set_here = NULL;
	ListCell *lc;

	if (plan == NULL)
		return NULL;
	check_stack_depth();
	collect_expr_params(&collect, plan->targetlist);
	collect_expr_params(&collect, plan->qual);
	collect_node_params(root, plan, &collect);
	collect.params = bms_add_members(collect.params, finalize_node(root, plan->lefttree));
	right = bms_copy(finalize_node(root, plan->righttree));
	if (IsA(plan, NestLoop))
		foreach (lc, ((NestLoop *) plan)->nestParams)
			right = bms_del_member(right, lfirst_node(NestLoopParam, lc)->paramno);
	if (IsA(plan, RecursiveUnion))
		right = bms_del_member(right, ((RecursiveUnion *) plan)->wtParam);
	collect.params = bms_join(collect.params, right);

	foreach (lc, plan->initPlan)
	{
		SubPlan *splan = lfirst_node(SubPlan, lc);
		Plan *initplan = list_nth(root->glob->subplans, splan->plan_id - 1);
		ListCell *lp;

		collect.params = bms_add_members(collect.params, initplan->extParam);
		foreach (lp, splan->setParam)
			set_here = bms_add_member(set_here, lfirst_int(lp));
	}
	plan->allParam = collect.params;
	plan->extParam = bms_difference(collect.params, set_here);
	return plan->extParam;
}

void
finalize_plan(PlannerInfo *root, Plan *plan)
{
	finalize_node(root, plan);
}
