/*
 * predtest.c
 *    Does one condition follow from others? Sound but not complete: "no" may be wrong, "yes" never.
 *
 * Known rules: identity; AND and OR taken apart; comparisons of one expression with constants through their btree
 * family; IS NOT NULL from any strict condition on the expression.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

static bool
constant_comparison(Node *node, Node **expr, Const **constant, Oid *opno, Oid *collation)
{
	OpExpr *op = (OpExpr *) node;

	if (!IsA(node, OpExpr) || list_length(op->args) != 2)
		return false;
	*collation = op->inputcollid;
	if (IsA(lsecond(op->args), Const))
	{
		*expr = linitial(op->args);
		*constant = lsecond(op->args);
		*opno = op->opno;
		return !(*constant)->constisnull;
	}
	if (IsA(linitial(op->args), Const))
	{
		*expr = lsecond(op->args);
		*constant = linitial(op->args);
		*opno = get_commutator(op->opno);
		return OidIsValid(*opno) && !(*constant)->constisnull;
	}
	return false;
}

/*
 * Which comparison of the constants, "clause's constant ? predicate's constant", makes x clause-op c1 imply
 * x predicate-op c2. Rows: the clause's strategy; columns: the predicate's. 0: no comparison does.
 */
static const StrategyNumber implication[6][6] = {
	/* pred:             -   <                     <=                    =                    >=                       > */
	/* unused */ {0, 0, 0, 0, 0, 0},
	/* x <  c1 */ {0, BTLessEqualStrategyNumber, BTLessEqualStrategyNumber, 0, 0, 0},
	/* x <= c1 */ {0, BTLessStrategyNumber, BTLessEqualStrategyNumber, 0, 0, 0},
	/* x =  c1 */
	{0, BTLessStrategyNumber, BTLessEqualStrategyNumber, BTEqualStrategyNumber, BTGreaterEqualStrategyNumber,
	 BTGreaterStrategyNumber},
	/* x >= c1 */ {0, 0, 0, 0, BTGreaterEqualStrategyNumber, BTGreaterStrategyNumber},
	/* x >  c1 */ {0, 0, 0, 0, BTGreaterEqualStrategyNumber, BTGreaterEqualStrategyNumber},
};

static bool
comparison_implies(Node *clause, Node *predicate)
{
	Node *expr1, *expr2;
	Const *c1, *c2;
	Oid op1, op2, collation1, collation2;
	List *interpretations;
	ListCell *lc;

	if (!constant_comparison(clause, &expr1, &c1, &op1, &collation1) ||
		!constant_comparison(predicate, &expr2, &c2, &op2, &collation2) || collation1 != collation2 ||
		!equal(expr1, expr2))
		return false;
	interpretations = get_op_btree_interpretation(op1);
	foreach (lc, interpretations)
	{
		OpBtreeInterpretation *one = lfirst(lc);
		int strategy2 = get_op_opfamily_strategy(op2, one->opfamily_id);
		StrategyNumber test;
		Oid test_op;
		Node *expr;
		Const *result;

		if (strategy2 < 1 || strategy2 > 5 || one->strategy < 1 || one->strategy > 5)
			continue;
		test = implication[one->strategy][strategy2];
		if (test == 0)
			continue;
		test_op = get_opfamily_member(one->opfamily_id, c1->consttype, c2->consttype, test);
		if (!OidIsValid(test_op) || op_volatile(test_op) != 'i')
			continue;
		expr = (Node *) make_opclause(test_op, BOOLOID, false, (Expr *) c1, (Expr *) c2, InvalidOid, collation1);
		set_opfuncid((OpExpr *) expr);
		result = (Const *) evaluate_expr((Expr *) expr, BOOLOID, -1, InvalidOid);
		if (IsA(result, Const) && !result->constisnull && DatumGetBool(result->constvalue))
			return true;
	}
	return false;
}

/* Is the clause certainly not true when expr is NULL? */
static bool
clause_needs_nonnull(Node *clause, Node *expr)
{
	ListCell *lc;

	if (equal(clause, expr))
		return true;
	switch (nodeTag(clause))
	{
		case T_OpExpr:
			if (!op_strict(((OpExpr *) clause)->opno))
				return false;
			foreach (lc, ((OpExpr *) clause)->args)
				if (clause_needs_nonnull(lfirst(lc), expr))
					return true;
			return false;
		case T_FuncExpr:
			if (!func_strict(((FuncExpr *) clause)->funcid))
				return false;
			foreach (lc, ((FuncExpr *) clause)->args)
				if (clause_needs_nonnull(lfirst(lc), expr))
					return true;
			return false;
		case T_ScalarArrayOpExpr:
			return ((ScalarArrayOpExpr *) clause)->useOr && op_strict(((ScalarArrayOpExpr *) clause)->opno) &&
				   clause_needs_nonnull(linitial(((ScalarArrayOpExpr *) clause)->args), expr);
		case T_RelabelType:
			return clause_needs_nonnull((Node *) ((RelabelType *) clause)->arg, expr);
		default:
			return false;
	}
}

static bool
simple_implies(Node *clause, Node *predicate)
{
	if (equal(clause, predicate))
		return true;
	if (IsA(predicate, NullTest) && ((NullTest *) predicate)->nulltesttype == IS_NOT_NULL &&
		!((NullTest *) predicate)->argisrow)
		return clause_needs_nonnull(clause, (Node *) ((NullTest *) predicate)->arg);
	return comparison_implies(clause, predicate);
}

static bool
list_implies(List *clauses, Node *predicate)
{
	ListCell *lc;

	if (is_andclause(predicate))
	{
		foreach (lc, ((BoolExpr *) predicate)->args)
			if (!list_implies(clauses, lfirst(lc)))
				return false;
		return true;
	}
	if (is_orclause(predicate))
	{
		foreach (lc, ((BoolExpr *) predicate)->args)
			if (list_implies(clauses, lfirst(lc)))
				return true;
	}
	foreach (lc, clauses)
	{
		Node *clause = lfirst(lc);

		if (is_andclause(clause) ? list_implies(((BoolExpr *) clause)->args, predicate)
								 : simple_implies(clause, predicate))
			return true;
		if (is_orclause(clause))
		{
			bool every = true;
			ListCell *la;

			foreach (la, ((BoolExpr *) clause)->args)
				every = every && list_implies(list_make1(lfirst(la)), predicate);
			if (every)
				return true;
		}
	}
	return false;
}

bool
predicate_implied_by(List *predicate_list, List *clause_list, bool weak)
{
	ListCell *lc;

	if (predicate_list == NIL)
		return true;
	foreach (lc, predicate_list)
	{
		Node *predicate = lfirst(lc);

		if (weak ? !list_member(clause_list, predicate) : !list_implies(clause_list, predicate))
			return false;
	}
	return true;
}
