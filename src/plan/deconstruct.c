/*
 * deconstruct.c
 *    Takes the join tree apart: base relations, outer joins, and each condition with the set of relations it needs.
 *
 * A condition may be evaluated as soon as the relations it mentions are joined, except that a condition above an outer
 * join that mentions its nullable side must wait for that join. An ON condition of an outer join belongs to the join
 * itself, unless it only mentions the nullable side: then it filters that side before.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

/* ---- quals -------------------------------------------------------------------------------------------------------- */
static void
find_join_properties(PlannerInfo *root, Qual *qual)
{
	OpExpr *op = (OpExpr *) qual->clause;
	Node *left;

	if (!IsA(op, OpExpr) || list_length(op->args) != 2)
		return;
	left = linitial(op->args);
	qual->left_relids = pull_varnos(root, left);
	qual->right_relids = pull_varnos(root, lsecond(op->args));
	qual->can_join = !bms_is_empty(qual->left_relids) && !bms_is_empty(qual->right_relids) &&
					 !bms_overlap(qual->left_relids, qual->right_relids);
	if (contain_volatile_functions((Node *) op))
		return;
	if (op_mergejoinable(op->opno, exprType(left)))
		qual->merge_families = get_mergejoin_opfamilies(op->opno);
	if (qual->can_join && op_hashjoinable(op->opno, exprType(left)))
		qual->hash_operator = op->opno;
}

Qual *
make_qual(PlannerInfo *root, Expr *clause, Relids required, OuterJoin *oj)
{
	Qual *qual = palloc0_object(Qual);

	qual->clause = clause;
	qual->clause_relids = pull_varnos(root, (Node *) clause);
	qual->required = required ? required : bms_copy(qual->clause_relids);
	qual->outer_join = oj;
	qual->selectivity = -1;
	find_join_properties(root, qual);
	return qual;
}

List *
qual_clauses(List *quals)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, quals)
		result = lappend(result, ((Qual *) lfirst(lc))->clause);
	return result;
}

static void
note_var_need(PlannerInfo *root, Var *var, Relids needed_by)
{
	VarNeed *need;
	ListCell *lc;

	foreach (lc, root->var_needs)
	{
		need = lfirst(lc);
		if (need->var->varno == var->varno && need->var->varattno == var->varattno)
		{
			need->needed_by = bms_add_members(need->needed_by, needed_by);
			return;
		}
	}
	need = palloc_object(VarNeed);
	need->var = var;
	need->needed_by = bms_copy(needed_by);
	root->var_needs = lappend(root->var_needs, need);
}

static void
note_expr_needs(PlannerInfo *root, Node *expr, Relids needed_by)
{
	ListCell *lc;

	foreach (lc, pull_var_clause(expr, PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS))
		note_var_need(root, lfirst(lc), needed_by);
}

/* Columns that a join of relids must still carry. */
List *
needed_columns(PlannerInfo *root, Relids relids)
{
	List *result = NIL;
	ListCell *lc;

	foreach (lc, root->var_needs)
	{
		VarNeed *need = lfirst(lc);

		if (bms_is_member(need->var->varno, relids) && !bms_is_subset(need->needed_by, relids))
			result = lappend(result, need->var);
	}
	return result;
}

/* Offers a join condition to the relations that could use it as a parameterized index condition. */
static void
offer_for_parameters(PlannerInfo *root, Qual *qual)
{
	int rti = -1;

	if (qual->outer_join && qual->outer_join->jointype == JOIN_FULL)
		return;
	if (qual->outer_join == NULL && !bms_equal(qual->required, qual->clause_relids))
		return;
	while ((rti = bms_next_member(qual->clause_relids, rti)) >= 0)
		if (qual->outer_join == NULL || bms_is_member(rti, qual->outer_join->right))
			root->rels[rti]->join_quals = lappend(root->rels[rti]->join_quals, qual);
}

void
distribute_qual(PlannerInfo *root, Qual *qual)
{
	int rti;

	if (qual->pseudo_constant)
	{
		root->gating_quals = lappend(root->gating_quals, qual->clause);
		return;
	}
	if (qual->outer_join == NULL && bms_get_singleton_member(qual->required, &rti))
	{
		PlanRel *rel = root->rels[rti];

		rel->quals = lappend(rel->quals, qual);
		if (IsA(qual->clause, Const) &&
			(((Const *) qual->clause)->constisnull || !DatumGetBool(((Const *) qual->clause)->constvalue)))
			rel->proven_empty = true;
		return;
	}
	note_expr_needs(root, (Node *) qual->clause, qual->required);
	if (qual->outer_join)
		qual->outer_join->quals = lappend(qual->outer_join->quals, qual);
	else
		root->quals = lappend(root->quals, qual);
	offer_for_parameters(root, qual);
}

/* ---- where an outer join holds a condition back ---------------------------------------------------------------------- */
static Relids
delay_by_outer_joins(PlannerInfo *root, Relids required, Relids scope)
{
	bool grown = true;

	while (grown)
	{
		ListCell *lc;

		grown = false;
		foreach (lc, root->outer_joins)
		{
			OuterJoin *oj = lfirst(lc);
			Relids both;
			bool touches;

			if (oj->jointype == JOIN_SEMI || oj->jointype == JOIN_ANTI)
				continue;
			if (!bms_is_subset(oj->left, scope) || !bms_is_subset(oj->right, scope))
				continue;
			touches = bms_overlap(required, oj->right) || (oj->jointype == JOIN_FULL && bms_overlap(required, oj->left));
			if (!touches)
				continue;
			both = bms_union(oj->jointype == JOIN_FULL ? oj->left : oj->min_left, oj->right);
			if (!bms_is_subset(both, required))
			{
				required = bms_add_members(required, both);
				grown = true;
			}
		}
	}
	return required;
}

/* A condition of WHERE or of an inner join. nullable: we are inside the nullable side of some outer join. */
static void
place_clause(PlannerInfo *root, Expr *clause, Relids scope, bool nullable)
{
	Relids mentioned = pull_varnos(root, (Node *) clause);
	Qual *qual;

	if (bms_is_empty(mentioned))
	{
		qual = make_qual(root, clause, bms_copy(scope), NULL);
		qual->pseudo_constant = !nullable && !contain_volatile_functions((Node *) clause);
		distribute_qual(root, qual);
		return;
	}
	qual = make_qual(root, clause, delay_by_outer_joins(root, bms_copy(mentioned), scope), NULL);
	if (!nullable && bms_equal(qual->required, mentioned) && qual->merge_families != NIL &&
		ec_add_equality(root, qual))
		return;
	distribute_qual(root, qual);
}

/* ---- outer joins -------------------------------------------------------------------------------------------------------- */
static Relids
lateral_references(PlannerInfo *root, Relids relids)
{
	Relids result = NULL;
	int rti = -1;

	while ((rti = bms_next_member(relids, rti)) >= 0)
		result = bms_add_members(result, root->rels[rti]->lateral_relids);
	return result;
}

/*
 * The left relations that must be there first: those the ON condition mentions, with every lower outer join whose
 * nullable side is among them. The right side is always complete.
 */
static Relids
minimum_left(PlannerInfo *root, OuterJoin *oj, List *on_clauses)
{
	Relids result = NULL;
	bool grown = true;
	ListCell *lc;

	if (oj->jointype == JOIN_FULL)
		return bms_copy(oj->left);
	foreach (lc, on_clauses)
		result = bms_add_members(result, pull_varnos(root, lfirst(lc)));
	result = bms_add_members(result, lateral_references(root, oj->right));
	result = bms_int_members(result, oj->left);
	if (bms_is_empty(result))
		return bms_copy(oj->left);
	while (grown)
	{
		grown = false;
		foreach (lc, root->outer_joins)
		{
			OuterJoin *lower = lfirst(lc);
			Relids both = bms_union(lower->min_left, lower->right);

			if (!bms_is_subset(both, oj->left) || bms_is_subset(both, result))
				continue;
			if (bms_overlap(result, lower->right) || (lower->jointype == JOIN_FULL && bms_overlap(result, lower->left)))
			{
				result = bms_add_members(result, both);
				grown = true;
			}
		}
	}
	return result;
}

static void
place_on_clauses(PlannerInfo *root, OuterJoin *oj, List *clauses)
{
	ListCell *lc;

	foreach (lc, clauses)
	{
		Expr *clause = lfirst(lc);
		Relids mentioned = pull_varnos(root, (Node *) clause);

		if (oj->jointype != JOIN_FULL && !bms_is_empty(mentioned) && bms_is_subset(mentioned, oj->right))
			place_clause(root, clause, oj->right, true);
		else
			distribute_qual(root, make_qual(root, clause, bms_union(oj->min_left, oj->right), oj));
	}
}

/* ---- the walk ---------------------------------------------------------------------------------------------------------------- */
static void
load_base_rel(PlannerInfo *root, int rti)
{
	PlanRel *rel = planrel_new(PLANREL_BASE, bms_make_singleton(rti));

	rel->rti = rti;
	rel->rte = planner_rte(root, rti);
	root->rels[rti] = rel;
	root->all_baserels = bms_add_member(root->all_baserels, rti);
	if (rel->rte->lateral)
	{
		Node *source = NULL;
		int level = 0;

		if (rel->rte->rtekind == RTE_SUBQUERY)
		{
			source = (Node *) rel->rte->subquery;
			level = 1;
		}
		else if (rel->rte->rtekind == RTE_FUNCTION)
			source = (Node *) rel->rte->functions;
		else if (rel->rte->rtekind == RTE_VALUES)
			source = (Node *) rel->rte->values_lists;
		if (source)
		{
			ListCell *lc;

			foreach (lc, pull_vars_of_level(source, level))
			{
				Var *var = copyObject(lfirst_node(Var, lc));

				var->varlevelsup = 0;
				rel->lateral_relids = bms_add_member(rel->lateral_relids, var->varno);
				note_var_need(root, var, rel->relids);
			}
		}
	}
	relinfo_load(root, rel);
}

static Relids
deconstruct_recurse(PlannerInfo *root, Node *jtnode, bool nullable)
{
	Relids relids = NULL;
	ListCell *lc;

	if (IsA(jtnode, RangeTblRef))
	{
		load_base_rel(root, ((RangeTblRef *) jtnode)->rtindex);
		return bms_make_singleton(((RangeTblRef *) jtnode)->rtindex);
	}
	if (IsA(jtnode, FromExpr))
	{
		FromExpr *from = (FromExpr *) jtnode;

		foreach (lc, from->fromlist)
			relids = bms_join(relids, deconstruct_recurse(root, lfirst(lc), nullable));
		foreach (lc, (List *) from->quals)
			place_clause(root, lfirst(lc), relids, nullable);
		return relids;
	}
	else
	{
		JoinExpr *join = castNode(JoinExpr, jtnode);
		bool full = join->jointype == JOIN_FULL;
		Relids left = deconstruct_recurse(root, join->larg, nullable || full);
		Relids right = deconstruct_recurse(root, join->rarg, nullable || join->jointype != JOIN_INNER);
		OuterJoin *oj;

		relids = bms_union(left, right);
		if (join->jointype == JOIN_INNER)
		{
			foreach (lc, (List *) join->quals)
				place_clause(root, lfirst(lc), relids, nullable);
			return relids;
		}
		oj = palloc0_object(OuterJoin);
		oj->jointype = join->jointype;
		oj->left = left;
		oj->right = right;
		oj->index = list_length(root->outer_joins);
		oj->min_left = minimum_left(root, oj, (List *) join->quals);
		root->outer_joins = lappend(root->outer_joins, oj);
		place_on_clauses(root, oj, (List *) join->quals);
		return relids;
	}
}

static void
note_used_attributes(PlannerInfo *root, PlanRel *rel)
{
	ListCell *lc;

	foreach (lc, root->var_needs)
	{
		VarNeed *need = lfirst(lc);

		if (need->var->varno != (int) rel->rti)
			continue;
		rel->attrs_used = bms_add_member(rel->attrs_used, need->var->varattno - FirstLowInvalidHeapAttributeNumber);
	}
	foreach (lc, rel->quals)
		pull_varattnos((Node *) ((Qual *) lfirst(lc))->clause, rel->rti, &rel->attrs_used);
	rel->whole_row_needed = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, rel->attrs_used);
}

void
deconstruct_jointree(PlannerInfo *root)
{
	Relids output = bms_make_singleton(0);
	int rti = -1;

	root->rel_count = list_length(root->parse->rtable) + 1;
	root->rels = palloc0_array(PlanRel *, root->rel_count);
	note_expr_needs(root, (Node *) root->processed_tlist, output);
	note_expr_needs(root, root->parse->havingQual, output);
	deconstruct_recurse(root, (Node *) root->parse->jointree, false);
	ec_generate_clauses(root);
	while ((rti = bms_next_member(root->all_baserels, rti)) >= 0)
	{
		root->rels[rti]->targetlist = needed_columns(root, root->rels[rti]->relids);
		note_used_attributes(root, root->rels[rti]);
		root->rels[rti]->width = relation_average_width(root, root->rels[rti]);
	}
}
