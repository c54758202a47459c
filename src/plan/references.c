/*
 * references.c
 *    The last pass over a plan: one flat range table for the whole statement, and Vars of upper nodes turned into
 *    references to columns of their inputs (OUTER_VAR, INNER_VAR, INDEX_VAR).
 *
 * A node is done before its children, because it looks its Vars up in the children's target lists as they were planned.
 * An expression that a child already computes is taken from there as a whole.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"

/* ---- the flat range table ------------------------------------------------------------------------------------------- */
static int
append_rtable(PlannerGlobal *glob, List *rtable)
{
	int offset = list_length(glob->final_rtable);
	ListCell *lc;

	foreach (lc, rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		RangeTblEntry *flat = makeNode(RangeTblEntry);

		/* The executor needs the relation, names for EXPLAIN, and permissions; not the expressions. */
		*flat = *rte;
		flat->tablesample = NULL;
		flat->subquery = NULL;
		flat->joinaliasvars = NIL;
		flat->joinleftcols = NIL;
		flat->joinrightcols = NIL;
		flat->functions = NIL;
		flat->tablefunc = NULL;
		flat->values_lists = NIL;
		flat->coltypes = NIL;
		flat->coltypmods = NIL;
		flat->colcollations = NIL;
		flat->securityQuals = NIL;
		glob->final_rtable = lappend(glob->final_rtable, flat);
	}
	return offset;
}

/* ---- lookup in a child's output ---------------------------------------------------------------------------------------- */
typedef struct RefContext
{
	PlannerInfo *root;
	int offset;			/* of range-table indexes */
	List *outer;		/* TargetEntry lists as planned; NIL with !has_outer: no such input */
	List *inner;
	List *index;
	bool has_outer;
	bool has_inner;
	int inner_varno;	/* INNER_VAR */
	Index kept_rel;		/* Vars of this relation stay (target of ON CONFLICT, RETURNING); 0: none */
	bool index_only;
} RefContext;

static Node *
reference_to(List *tlist, Node *node, int varno)
{
	ListCell *lc;

	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (IsA(node, Var) && IsA(tle->expr, Var))
		{
			Var *want = (Var *) node;
			Var *have = (Var *) tle->expr;

			if (want->varno != have->varno || want->varattno != have->varattno ||
				want->varlevelsup != have->varlevelsup)
				continue;
		}
		else if (!equal(tle->expr, node))
			continue;
		{
			Var *var = makeVarFromTargetEntry(varno, tle);

			/* Names in EXPLAIN come from where the column was. */
			if (IsA(node, Var))
			{
				var->varnosyn = ((Var *) node)->varnosyn;
				var->varattnosyn = ((Var *) node)->varattnosyn;
				var->vartype = ((Var *) node)->vartype;
				var->vartypmod = ((Var *) node)->vartypmod;
				var->varcollid = ((Var *) node)->varcollid;
			}
			else
			{
				var->varnosyn = 0;
				var->varattnosyn = 0;
			}
			return (Node *) var;
		}
	}
	return NULL;
}

static bool
could_be_computed_below(Node *node)
{
	return !IsA(node, Const) && !IsA(node, Param) && !IsA(node, List) && !IsA(node, TargetEntry) &&
		   !IsA(node, RangeTblFunction) && !IsA(node, CaseTestExpr) && !IsA(node, CaseWhen) && !IsA(node, SubPlan);
}

static Node *
fix_expr_mutator(Node *node, void *context)
{
	RefContext *ref = context;
	Node *found;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && IS_SPECIAL_VARNO(((Var *) node)->varno))
		return copyObject(node);
	if (IsA(node, Var) && ref->kept_rel != 0 && ((Var *) node)->varno == (int) ref->kept_rel)
	{
		Var *var = copyObject((Var *) node);

		var->varno += ref->offset;
		if (var->varnosyn > 0)
			var->varnosyn += ref->offset;
		return (Node *) var;
	}
	if (could_be_computed_below(node))
	{
		if (ref->has_outer && (found = reference_to(ref->outer, node, OUTER_VAR)) != NULL)
			goto fixed;
		if (ref->has_inner && (found = reference_to(ref->inner, node, ref->inner_varno)) != NULL)
			goto fixed;
		if (ref->index_only && (found = reference_to(ref->index, node, INDEX_VAR)) != NULL)
			goto fixed;
	}
	if (IsA(node, Var))
	{
		Var *var = copyObject((Var *) node);

		if (ref->has_outer || ref->has_inner)
			elog(ERROR, "variable not found in subplan target list");
		if (ref->index_only)
			elog(ERROR, "variable not found in index column list");
		var->varno += ref->offset;
		if (var->varnosyn > 0)
			var->varnosyn += ref->offset;
		return (Node *) var;
	}
	if (IsA(node, CurrentOfExpr))
	{
		CurrentOfExpr *current = copyObject((CurrentOfExpr *) node);

		current->cvarno += ref->offset;
		return (Node *) current;
	}
	return expression_tree_mutator(node, fix_expr_mutator, context);

fixed:
	if (IsA(found, Var) && ((Var *) found)->varnosyn > 0)
		((Var *) found)->varnosyn += ref->offset;
	return found;
}

static void *
fix_with(RefContext *ref, void *expr)
{
	Node *result = fix_expr_mutator(expr, ref);

	fix_opfuncids(result);
	return result;
}

/* Vars of range-table entries only get their offset: scans. */
static void *
fix_scan_expr(PlannerInfo *root, void *expr, int offset)
{
	RefContext ref = {.root = root, .offset = offset};

	return fix_with(&ref, expr);
}

static void *
fix_upper_expr(PlannerInfo *root, void *expr, List *input, int offset)
{
	RefContext ref = {.root = root, .offset = offset, .outer = input, .has_outer = true};

	return fix_with(&ref, expr);
}

static void *
fix_join_expr(PlannerInfo *root, void *expr, List *outer, List *inner, int offset)
{
	RefContext ref = {.root = root,
					  .offset = offset,
					  .outer = outer,
					  .has_outer = true,
					  .inner = inner,
					  .has_inner = true,
					  .inner_varno = INNER_VAR};

	return fix_with(&ref, expr);
}

/* Nodes that pass rows through: their target list is their input's, by position. */
static List *
passthrough_tlist(List *tlist, int offset)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		TargetEntry *copy = flatCopyTargetEntry(tle);
		Var *var = makeVar(OUTER_VAR, tle->resno, exprType((Node *) tle->expr), exprTypmod((Node *) tle->expr),
						   exprCollation((Node *) tle->expr), 0);

		if (IsA(tle->expr, Var) && ((Var *) tle->expr)->varnosyn > 0)
		{
			var->varnosyn = ((Var *) tle->expr)->varnosyn + offset;
			var->varattnosyn = ((Var *) tle->expr)->varattnosyn;
		}
		else
			var->varnosyn = var->varattnosyn = 0;
		copy->expr = (Expr *) var;
		result = lappend(result, copy);
	}
	return result;
}

/* ---- nodes -------------------------------------------------------------------------------------------------------------------- */
static Plan *set_node_references(PlannerInfo *root, Plan *plan, int offset);

static void
fix_scan_basics(PlannerInfo *root, Scan *scan, int offset)
{
	scan->scanrelid += offset;
	scan->plan.targetlist = fix_scan_expr(root, scan->plan.targetlist, offset);
	scan->plan.qual = fix_scan_expr(root, scan->plan.qual, offset);
}

static void
fix_index_only_scan(PlannerInfo *root, IndexOnlyScan *scan, int offset)
{
	List *returnable = NIL;
	RefContext ref = {.root = root, .offset = offset, .index_only = true};
	ListCell *lc;

	foreach (lc, scan->indextlist)
		if (!lfirst_node(TargetEntry, lc)->resjunk)
			returnable = lappend(returnable, lfirst(lc));
	ref.index = returnable;
	scan->scan.scanrelid += offset;
	scan->scan.plan.targetlist = fix_with(&ref, scan->scan.plan.targetlist);
	scan->scan.plan.qual = fix_with(&ref, scan->scan.plan.qual);
	scan->recheckqual = fix_with(&ref, scan->recheckqual);
	scan->indexqual = fix_scan_expr(root, scan->indexqual, offset);
	scan->indextlist = fix_scan_expr(root, scan->indextlist, offset);
}

/* A sub-query scan has nothing to do but pass its input on: the input takes its place. */
static bool
subquery_scan_is_trivial(SubqueryScan *scan)
{
	ListCell *ls, *li;

	if (scan->scan.plan.qual != NIL || list_length(scan->scan.plan.targetlist) != list_length(scan->subplan->targetlist))
		return false;
	forboth (ls, scan->scan.plan.targetlist, li, scan->subplan->targetlist)
	{
		TargetEntry *outer = lfirst_node(TargetEntry, ls);
		TargetEntry *inner = lfirst_node(TargetEntry, li);

		if (outer->resjunk != inner->resjunk || !IsA(outer->expr, Var) ||
			((Var *) outer->expr)->varattno != inner->resno)
			return false;
	}
	return true;
}

static Plan *
fix_subquery_scan(PlannerInfo *root, SubqueryScan *scan, int offset)
{
	PlanRel *rel = root->rels[scan->scan.scanrelid];
	ListCell *ls, *li;

	scan->subplan = set_references(rel->subroot, scan->subplan);
	if (!subquery_scan_is_trivial(scan))
	{
		fix_scan_basics(root, &scan->scan, offset);
		return &scan->scan.plan;
	}
	forboth (ls, scan->scan.plan.targetlist, li, scan->subplan->targetlist)
	{
		lfirst_node(TargetEntry, li)->resname = lfirst_node(TargetEntry, ls)->resname;
		lfirst_node(TargetEntry, li)->ressortgroupref = lfirst_node(TargetEntry, ls)->ressortgroupref;
	}
	scan->subplan->initPlan = list_concat(scan->scan.plan.initPlan, scan->subplan->initPlan);
	return scan->subplan;
}

static void
fix_join(PlannerInfo *root, Join *join, int offset)
{
	List *outer = join->plan.lefttree->targetlist;
	List *inner = join->plan.righttree->targetlist;
	ListCell *lc;

	join->plan.targetlist = fix_join_expr(root, join->plan.targetlist, outer, inner, offset);
	join->plan.qual = fix_join_expr(root, join->plan.qual, outer, inner, offset);
	join->joinqual = fix_join_expr(root, join->joinqual, outer, inner, offset);
	switch (nodeTag(join))
	{
		case T_NestLoop:
			foreach (lc, ((NestLoop *) join)->nestParams)
			{
				NestLoopParam *param = lfirst_node(NestLoopParam, lc);

				param->paramval = fix_upper_expr(root, param->paramval, outer, offset);
			}
			break;
		case T_MergeJoin:
			((MergeJoin *) join)->mergeclauses =
				fix_join_expr(root, ((MergeJoin *) join)->mergeclauses, outer, inner, offset);
			break;
		default:
			((HashJoin *) join)->hashclauses =
				fix_join_expr(root, ((HashJoin *) join)->hashclauses, outer, inner, offset);
			((HashJoin *) join)->hashkeys = fix_upper_expr(root, ((HashJoin *) join)->hashkeys, outer, offset);
			break;
	}
}

static List *
fix_row_marks(PlannerGlobal *glob, List *marks, int offset)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, marks)
	{
		PlanRowMark *mark = makeNode(PlanRowMark);

		*mark = *lfirst_node(PlanRowMark, lc);
		mark->rti += offset;
		mark->prti += offset;
		result = lappend(result, mark);
		glob->final_rowmarks = lappend(glob->final_rowmarks, mark);
	}
	return result;
}

static void
fix_modify_table(PlannerInfo *root, ModifyTable *modify, int offset)
{
	Index target = linitial_int(modify->resultRelations);
	List *input = modify->plan.lefttree->targetlist;
	RefContext returning = {.root = root, .offset = offset, .outer = input, .has_outer = true, .kept_rel = target};

	if (modify->returningLists)
	{
		List *fixed = fix_with(&returning, linitial(modify->returningLists));

		modify->returningLists = list_make1(fixed);
		modify->plan.targetlist = copyObject(fixed);
	}
	modify->withCheckOptionLists = fix_scan_expr(root, modify->withCheckOptionLists, offset);
	if (modify->onConflictSet || modify->onConflictWhere)
	{
		RefContext conflict = {.root = root,
							   .offset = offset,
							   .inner = modify->exclRelTlist,
							   .has_inner = true,
							   .inner_varno = INNER_VAR,
							   .kept_rel = target};

		modify->onConflictSet = fix_with(&conflict, modify->onConflictSet);
		modify->onConflictWhere = fix_with(&conflict, modify->onConflictWhere);
		modify->exclRelTlist = fix_scan_expr(root, modify->exclRelTlist, offset);
	}
	modify->rowMarks = fix_row_marks(root->glob, modify->rowMarks, offset);
	modify->nominalRelation += offset;
	if (modify->exclRelRTI)
		modify->exclRelRTI += offset;
	modify->resultRelations = list_make1_int(target + offset);
	root->glob->result_relations = lappend_int(root->glob->result_relations, target + offset);
}

static List *
fix_children(PlannerInfo *root, List *plans, int offset)
{
	ListCell *lc;

	foreach (lc, plans)
		lfirst(lc) = set_node_references(root, lfirst(lc), offset);
	return plans;
}

/* References of one node, children excluded (except those not in lefttree/righttree). */
static void
fix_node(PlannerInfo *root, Plan *plan, int offset)
{
	List *input = plan->lefttree ? plan->lefttree->targetlist : NIL;

	switch (nodeTag(plan))
	{
		case T_SeqScan:
			fix_scan_basics(root, (Scan *) plan, offset);
			break;
		case T_IndexScan:
			{
				IndexScan *scan = (IndexScan *) plan;

				fix_scan_basics(root, &scan->scan, offset);
				scan->indexqual = fix_scan_expr(root, scan->indexqual, offset);
				scan->indexqualorig = fix_scan_expr(root, scan->indexqualorig, offset);
			}
			break;
		case T_IndexOnlyScan:
			fix_index_only_scan(root, (IndexOnlyScan *) plan, offset);
			break;
		case T_BitmapIndexScan:
			{
				BitmapIndexScan *scan = (BitmapIndexScan *) plan;

				scan->scan.scanrelid += offset;
				scan->indexqual = fix_scan_expr(root, scan->indexqual, offset);
				scan->indexqualorig = fix_scan_expr(root, scan->indexqualorig, offset);
			}
			break;
		case T_BitmapHeapScan:
			fix_scan_basics(root, (Scan *) plan, offset);
			((BitmapHeapScan *) plan)->bitmapqualorig =
				fix_scan_expr(root, ((BitmapHeapScan *) plan)->bitmapqualorig, offset);
			break;
		case T_TidScan:
			fix_scan_basics(root, (Scan *) plan, offset);
			((TidScan *) plan)->tidquals = fix_scan_expr(root, ((TidScan *) plan)->tidquals, offset);
			break;
		case T_FunctionScan:
			fix_scan_basics(root, (Scan *) plan, offset);
			((FunctionScan *) plan)->functions = fix_scan_expr(root, ((FunctionScan *) plan)->functions, offset);
			break;
		case T_ValuesScan:
			fix_scan_basics(root, (Scan *) plan, offset);
			((ValuesScan *) plan)->values_lists = fix_scan_expr(root, ((ValuesScan *) plan)->values_lists, offset);
			break;
		case T_CteScan:
		case T_WorkTableScan:
			fix_scan_basics(root, (Scan *) plan, offset);
			break;
		case T_NestLoop:
		case T_MergeJoin:
		case T_HashJoin:
			fix_join(root, (Join *) plan, offset);
			break;
		case T_Hash:
			((Hash *) plan)->hashkeys = fix_upper_expr(root, ((Hash *) plan)->hashkeys, input, offset);
			plan->targetlist = passthrough_tlist(plan->targetlist, offset);
			break;
		case T_LockRows:
			((LockRows *) plan)->rowMarks = fix_row_marks(root->glob, ((LockRows *) plan)->rowMarks, offset);
			plan->targetlist = passthrough_tlist(plan->targetlist, offset);
			break;
		case T_Sort:
		case T_Material:
		case T_Unique:
		case T_SetOp:
		case T_RecursiveUnion:
			plan->targetlist = passthrough_tlist(plan->targetlist, offset);
			break;
		case T_Limit:
			((Limit *) plan)->limitOffset = fix_scan_expr(root, ((Limit *) plan)->limitOffset, offset);
			((Limit *) plan)->limitCount = fix_scan_expr(root, ((Limit *) plan)->limitCount, offset);
			plan->targetlist = passthrough_tlist(plan->targetlist, offset);
			break;
		case T_Append:
			((Append *) plan)->appendplans = fix_children(root, ((Append *) plan)->appendplans, offset);
			plan->targetlist = passthrough_tlist(plan->targetlist, offset);
			break;
		case T_BitmapAnd:
			((BitmapAnd *) plan)->bitmapplans = fix_children(root, ((BitmapAnd *) plan)->bitmapplans, offset);
			break;
		case T_BitmapOr:
			((BitmapOr *) plan)->bitmapplans = fix_children(root, ((BitmapOr *) plan)->bitmapplans, offset);
			break;
		case T_Agg:
		case T_ProjectSet:
			plan->targetlist = fix_upper_expr(root, plan->targetlist, input, offset);
			plan->qual = fix_upper_expr(root, plan->qual, input, offset);
			break;
		case T_WindowAgg:
			((WindowAgg *) plan)->startOffset = fix_scan_expr(root, ((WindowAgg *) plan)->startOffset, offset);
			((WindowAgg *) plan)->endOffset = fix_scan_expr(root, ((WindowAgg *) plan)->endOffset, offset);
			plan->targetlist = fix_upper_expr(root, plan->targetlist, input, offset);
			plan->qual = fix_upper_expr(root, plan->qual, input, offset);
			break;
		case T_Result:
			((Result *) plan)->resconstantqual = fix_scan_expr(root, ((Result *) plan)->resconstantqual, offset);
			if (plan->lefttree)
			{
				plan->targetlist = fix_upper_expr(root, plan->targetlist, input, offset);
				plan->qual = fix_upper_expr(root, plan->qual, input, offset);
			}
			else
			{
				plan->targetlist = fix_scan_expr(root, plan->targetlist, offset);
				plan->qual = fix_scan_expr(root, plan->qual, offset);
			}
			break;
		case T_ModifyTable:
			fix_modify_table(root, (ModifyTable *) plan, offset);
			break;
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(plan));
	}
}

/* The arguments of an initplan are its own; only the SubPlan nodes' expressions need nothing more. */
static Plan *
set_node_references(PlannerInfo *root, Plan *plan, int offset)
{
	if (plan == NULL)
		return NULL;
	check_stack_depth();
	if (IsA(plan, SubqueryScan))
	{
		Plan *result = fix_subquery_scan(root, (SubqueryScan *) plan, offset);

		if (result == plan)
			plan->plan_node_id = root->glob->last_plan_node_id++;
		return result;
	}
	plan->plan_node_id = root->glob->last_plan_node_id++;
	fix_node(root, plan, offset);
	plan->lefttree = set_node_references(root, plan->lefttree, offset);
	plan->righttree = set_node_references(root, plan->righttree, offset);
	return plan;
}

Plan *
set_references(PlannerInfo *root, Plan *plan)
{
	int offset = append_rtable(root->glob, root->parse->rtable);

	return set_node_references(root, plan, offset);
}
