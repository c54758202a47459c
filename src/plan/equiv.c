/*
 * equiv.c
 *    Classes of expressions that are equal in every result row, and orderings expressed through them.
 *
 * From a.x = b.y and b.y = c.z follows a.x = c.z, and from a.x = 5 follows b.y = 5: the equalities are collected into
 * classes and clauses are made from the classes, all pairs of them, so that every join order finds one. The same
 * classes are the currency of sort orders: two orderings by equal expressions are one ordering.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "utils/lsyscache.h"

EquivClass *
ec_canonical(EquivClass *ec)
{
	while (ec->merged_into)
		ec = ec->merged_into;
	return ec;
}

/* The expression with exactly the type and collation that the operator family works on. */
static Expr *
canonical_expr(Expr *expr, Oid datatype, Oid collation)
{
	Oid type = exprType((Node *) expr);

	if (IsPolymorphicType(datatype) || datatype == RECORDOID || datatype == RECORDARRAYOID)
		datatype = type;
	if (type == datatype && exprCollation((Node *) expr) == collation)
		return expr;
	while (IsA(expr, RelabelType))
		expr = ((RelabelType *) expr)->arg;
	if (exprType((Node *) expr) == datatype && exprCollation((Node *) expr) == collation)
		return expr;
	return (Expr *) applyRelabelType((Node *) expr, datatype, -1, collation, COERCE_IMPLICIT_CAST, -1, false);
}

static bool
same_families(List *a, List *b)
{
	return equal(a, b);
}

static EquivMember *
add_member(PlannerInfo *root, EquivClass *ec, Expr *expr, Oid datatype)
{
	EquivMember *em = palloc0_object(EquivMember);

	em->expr = expr;
	em->relids = pull_varnos(root, (Node *) expr);
	em->datatype = datatype;
	em->is_const = bms_is_empty(em->relids) && !ec->has_volatile && !contain_agg_clause((Node *) expr) &&
				   !contain_window_function((Node *) expr);
	ec->members = lappend(ec->members, em);
	ec->relids = bms_add_members(ec->relids, em->relids);
	if (em->is_const)
		ec->has_const = true;
	return em;
}

static EquivClass *
find_class(PlannerInfo *root, Expr *expr, List *opfamilies, Oid datatype, Oid collation, EquivMember **member)
{
	ListCell *lc, *lm;

	foreach (lc, root->classes)
	{
		EquivClass *ec = lfirst(lc);

		if (ec->merged_into || ec->has_volatile || ec->collation != collation)
			continue;
		if (!same_families(ec->opfamilies, opfamilies))
			continue;
		foreach (lm, ec->members)
		{
			EquivMember *em = lfirst(lm);

			if (em->datatype == datatype && equal(em->expr, expr))
			{
				if (member)
					*member = em;
				return ec;
			}
		}
	}
	return NULL;
}

static EquivClass *
new_class(PlannerInfo *root, List *opfamilies, Oid collation)
{
	EquivClass *ec = palloc0_object(EquivClass);

	ec->opfamilies = opfamilies;
	ec->collation = collation;
	root->classes = lappend(root->classes, ec);
	return ec;
}

bool
ec_add_equality(PlannerInfo *root, Qual *qual)
{
	OpExpr *op = (OpExpr *) qual->clause;
	Oid lefttype, righttype;
	Expr *left, *right;
	EquivClass *ec1, *ec2;

	op_input_types(op->opno, &lefttype, &righttype);
	left = canonical_expr(linitial(op->args), lefttype, op->inputcollid);
	right = canonical_expr(lsecond(op->args), righttype, op->inputcollid);
	/* x = x only says that x is not NULL, and a constant-only equality is a gate. */
	if (equal(left, right) || bms_is_empty(qual->clause_relids) || contain_nonstrict_functions((Node *) left) ||
		contain_nonstrict_functions((Node *) right) || contain_subplans((Node *) op))
		return false;

	ec1 = find_class(root, left, qual->merge_families, lefttype, op->inputcollid, NULL);
	ec2 = find_class(root, right, qual->merge_families, righttype, op->inputcollid, NULL);
	if ((ec1 && !same_families(ec1->opfamilies, qual->merge_families)) ||
		(ec2 && !same_families(ec2->opfamilies, qual->merge_families)))
		return false;
	if (ec1 && ec2 && ec1 != ec2)
	{
		ec1->members = list_concat(ec1->members, ec2->members);
		ec1->sources = list_concat(ec1->sources, ec2->sources);
		ec1->relids = bms_add_members(ec1->relids, ec2->relids);
		ec1->has_const |= ec2->has_const;
		ec2->merged_into = ec1;
	}
	else if (ec1 == NULL && ec2 == NULL)
	{
		ec1 = new_class(root, qual->merge_families, op->inputcollid);
		add_member(root, ec1, left, lefttype);
		add_member(root, ec1, right, righttype);
	}
	else if (ec1 == NULL)
	{
		ec1 = ec2;
		add_member(root, ec1, left, lefttype);
	}
	else if (ec2 == NULL)
		add_member(root, ec1, right, righttype);
	ec1->sources = lappend(ec1->sources, qual);
	return true;
}

/* ---- clauses from classes -------------------------------------------------------------------------------------------- */
static Expr *
equality_clause(EquivClass *ec, EquivMember *a, EquivMember *b)
{
	ListCell *lc;

	foreach (lc, ec->opfamilies)
	{
		Oid op = get_opfamily_member(lfirst_oid(lc), a->datatype, b->datatype, BTEqualStrategyNumber);
		Expr *clause;

		if (!OidIsValid(op))
			continue;
		clause = make_opclause(op, BOOLOID, false, copyObject(a->expr), copyObject(b->expr), InvalidOid, ec->collation);
		set_opfuncid((OpExpr *) clause);
		return clause;
	}
	return NULL;
}

static bool
all_pairs_comparable(EquivClass *ec)
{
	ListCell *la, *lb;

	foreach (la, ec->members)
		foreach (lb, ec->members)
			if (la != lb && equality_clause(ec, lfirst(la), lfirst(lb)) == NULL)
				return false;
	return true;
}

static void
generate_with_const(PlannerInfo *root, EquivClass *ec)
{
	EquivMember *constant = NULL;
	ListCell *lc;

	foreach (lc, ec->members)
		if (((EquivMember *) lfirst(lc))->is_const)
		{
			constant = lfirst(lc);
			break;
		}
	foreach (lc, ec->members)
	{
		EquivMember *em = lfirst(lc);
		Expr *clause;
		Qual *qual;

		if (em == constant)
			continue;
		clause = equality_clause(ec, em, constant);
		if (em->is_const)
			clause = (Expr *) eval_const_expressions(root, (Node *) clause);
		qual = make_qual(root, clause, NULL, NULL);
		qual->pseudo_constant = em->is_const;
		distribute_qual(root, qual);
	}
}

static void
generate_pairs(PlannerInfo *root, EquivClass *ec)
{
	ListCell *la;

	foreach (la, ec->members)
	{
		EquivMember *a = lfirst(la);
		bool linked_here = false;
		ListCell *lb;

		for_each_from(lb, ec->members, foreach_current_index(la) + 1)
		{
			EquivMember *b = lfirst(lb);
			Qual *qual;

			/* Among members of one relation a chain is enough. */
			if (bms_equal(a->relids, b->relids))
			{
				if (linked_here)
					continue;
				linked_here = true;
			}
			qual = make_qual(root, equality_clause(ec, a, b), NULL, NULL);
			if (!bms_overlap(a->relids, b->relids))
				qual->ec = ec;
			distribute_qual(root, qual);
		}
	}
}

void
ec_generate_clauses(PlannerInfo *root)
{
	ListCell *lc, *lq;

	foreach (lc, root->classes)
	{
		EquivClass *ec = lfirst(lc);

		if (ec->merged_into || ec->sources == NIL)
			continue;
		if (list_length(ec->sources) == 1 && !ec->has_const)
		{
			Qual *qual = linitial(ec->sources);

			qual->ec = bms_overlap(qual->left_relids, qual->right_relids) ? NULL : ec;
			distribute_qual(root, qual);
		}
		else if (list_length(ec->sources) == 1 || !all_pairs_comparable(ec))
			foreach (lq, ec->sources)
				distribute_qual(root, lfirst(lq));
		else if (ec->has_const)
			generate_with_const(root, ec);
		else
			generate_pairs(root, ec);
	}
}

/* ---- orderings -------------------------------------------------------------------------------------------------------- */
EquivClass *
ec_for_expr(PlannerInfo *root, Expr *expr, List *opfamilies, Oid datatype, Oid collation, bool create)
{
	Expr *canonical = canonical_expr(expr, datatype, collation);
	EquivClass *ec;
	bool is_volatile = contain_volatile_functions((Node *) canonical);

	if (IsPolymorphicType(datatype) || datatype == RECORDOID || datatype == RECORDARRAYOID)
		datatype = exprType((Node *) expr);
	ec = is_volatile ? NULL : find_class(root, canonical, opfamilies, datatype, collation, NULL);
	if (ec == NULL && create)
	{
		ec = new_class(root, opfamilies, collation);
		ec->has_volatile = is_volatile;
		add_member(root, ec, canonical, datatype);
	}
	return ec;
}

EquivMember *
ec_member_in(EquivClass *ec, Relids relids)
{
	ListCell *lc;

	foreach (lc, ec_canonical(ec)->members)
	{
		EquivMember *em = lfirst(lc);

		if (!em->is_const && bms_is_subset(em->relids, relids))
			return em;
	}
	return NULL;
}

PathKey *
pathkey_make(PlannerInfo *root, Expr *expr, Oid opfamily, Oid datatype, Oid collation, int strategy, bool nulls_first,
			 bool create)
{
	Oid equality = get_opfamily_member(opfamily, datatype, datatype, BTEqualStrategyNumber);
	List *families = OidIsValid(equality) ? get_mergejoin_opfamilies(equality) : NIL;
	EquivClass *ec;
	PathKey *key;

	if (families == NIL)
		families = list_make1_oid(opfamily);
	ec = ec_for_expr(root, expr, families, datatype, collation, create);
	if (ec == NULL)
		return NULL;
	key = palloc_object(PathKey);
	key->ec = ec;
	key->opfamily = opfamily;
	key->strategy = strategy;
	key->nulls_first = nulls_first;
	return key;
}

static bool
same_key(PathKey *a, PathKey *b)
{
	return ec_canonical(a->ec) == ec_canonical(b->ec) && a->strategy == b->strategy && a->nulls_first == b->nulls_first;
}

/* Ordering by a constant, or by something the earlier keys have already ordered by, changes nothing. */
bool
pathkey_is_redundant(PathKey *key, List *keys)
{
	EquivClass *ec = ec_canonical(key->ec);
	ListCell *lc;

	if (ec->has_const && !ec->has_volatile && ec->sources != NIL)
		return true;
	foreach (lc, keys)
		if (ec_canonical(((PathKey *) lfirst(lc))->ec) == ec)
			return true;
	return false;
}

List *
pathkeys_for_sortclauses(PlannerInfo *root, List *clauses, List *tlist)
{
	List *keys = NIL;
	ListCell *lc;

	foreach (lc, clauses)
	{
		SortGroupClause *clause = lfirst_node(SortGroupClause, lc);
		Expr *expr = (Expr *) get_sortgroupclause_expr(clause, tlist);
		Oid opfamily, opcintype;
		int16 strategy;
		PathKey *key;

		if (!OidIsValid(clause->sortop))
			return NIL;
		if (!get_ordering_op_properties(clause->sortop, &opfamily, &opcintype, &strategy))
			elog(ERROR, "operator %u is not a valid ordering operator", clause->sortop);
		key = pathkey_make(root, expr, opfamily, opcintype, exprCollation((Node *) expr), strategy, clause->nulls_first,
						   true);
		if (!pathkey_is_redundant(key, keys))
			keys = lappend(keys, key);
	}
	return keys;
}

/* Number of leading keys of wanted that have also begins with. */
int
pathkeys_common(List *wanted, List *have)
{
	ListCell *lw, *lh;
	int count = 0;

	forboth (lw, wanted, lh, have)
	{
		if (!same_key(lfirst(lw), lfirst(lh)))
			break;
		count++;
	}
	return count;
}

bool
pathkeys_contained_in(List *wanted, List *have)
{
	return pathkeys_common(wanted, have) == list_length(wanted);
}

/* Is an ordering by this key of use to anybody above rel: the query's own order or a merge join still to come? */
static bool
useful_for_merging(PlannerInfo *root, PlanRel *rel, PathKey *key)
{
	EquivClass *ec = ec_canonical(key->ec);
	ListCell *lc;

	if (ec->sources != NIL && !bms_is_subset(ec->relids, rel->relids))
		return true;
	foreach (lc, root->outer_joins)
	{
		OuterJoin *oj = lfirst(lc);
		ListCell *lq;

		if (bms_is_subset(oj->right, rel->relids) && bms_is_subset(oj->min_left, rel->relids))
			continue;
		foreach (lq, oj->quals)
		{
			Qual *qual = lfirst(lq);

			if (qual->merge_families && qual->can_join && bms_overlap(qual->clause_relids, rel->relids))
				return true;
		}
	}
	return false;
}

List *
pathkeys_truncate_useless(PlannerInfo *root, PlanRel *rel, List *keys)
{
	int useful = pathkeys_common(root->query_pathkeys, keys);
	int merging = 0;
	ListCell *lc;

	foreach (lc, keys)
	{
		if (!useful_for_merging(root, rel, lfirst(lc)))
			break;
		merging++;
	}
	useful = Max(useful, merging);
	if (useful == list_length(keys))
		return keys;
	return list_copy_head(keys, useful);
}
