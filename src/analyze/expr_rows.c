/*
 * expr_rows.c
 *    Comparing rows, and IS DISTINCT FROM.
 *
 * (a, b) = (c, d) is a = c AND b = d, <> is an OR; <, <= and so on compare lexically, which needs operators that belong
 * to a B-tree operator family: that tells what "less" and "equal" are.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_oper.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#define STRATEGY_LT 1
#define STRATEGY_EQ 3
#define STRATEGY_NE 6

/* Strategies (B-tree numbers) that the operator can stand for, as a bit set; *interpretations lists them. */
static uint32
operator_strategies(Oid opno, List **interpretations)
{
	uint32 strategies = 0;
	ListCell *lc;

	*interpretations = get_op_btree_interpretation(opno);
	foreach (lc, *interpretations)
		strategies |= 1u << ((OpBtreeInterpretation *) lfirst(lc))->strategy;
	return strategies;
}

static Node *
compare_lexically(ParseState *pstate, List *opname, List *opexprs, List **interpretations, int strategy,
				  int location)
{
	RowCompareExpr *result = makeNode(RowCompareExpr);
	ListCell *lc;

	result->rctype = (RowCompareType) (strategy - STRATEGY_LT + ROWCOMPARE_LT);
	foreach (lc, opexprs)
	{
		OpExpr *cmp = lfirst(lc);
		Oid family = InvalidOid;
		ListCell *lc2;

		foreach (lc2, interpretations[foreach_current_index(lc)])
		{
			OpBtreeInterpretation *in = lfirst(lc2);

			if (in->strategy == strategy)
			{
				family = in->opfamily_id;
				break;
			}
		}
		if (!OidIsValid(family))
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("could not determine interpretation of row comparison operator %s",
						   strVal(llast(opname))),
					errdetail("There are multiple equally-plausible candidates."),
					parser_errposition(pstate, location));
		result->opnos = lappend_oid(result->opnos, cmp->opno);
		result->opfamilies = lappend_oid(result->opfamilies, family);
		result->largs = lappend(result->largs, linitial(cmp->args));
		result->rargs = lappend(result->rargs, lsecond(cmp->args));
	}
	return (Node *) result;
}

static OpExpr *
compare_pair(ParseState *pstate, List *opname, Node *larg, Node *rarg, int location)
{
	OpExpr *cmp = castNode(OpExpr, make_op(pstate, opname, larg, rarg, pstate->p_last_srf, location));

	if (cmp->opresulttype != BOOLOID)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("row comparison operator must yield type boolean, not type %s",
					   format_type_be(cmp->opresulttype)),
				parser_errposition(pstate, location));
	if (expression_returns_set((Node *) cmp))
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("row comparison operator must not return a set"),
				parser_errposition(pstate, location));
	return cmp;
}

Node *
make_row_comparison_op(ParseState *pstate, List *opname, List *largs, List *rargs, int location)
{
	int count = list_length(largs);
	List *opexprs = NIL;
	List **interpretations;
	uint32 strategies = ~0u;
	int strategy;

	if (count != list_length(rargs))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("unequal number of entries in row expressions"),
				parser_errposition(pstate, location));
	if (count == 0)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot compare rows of zero length"),
				parser_errposition(pstate, location));
	for (int i = 0; i < count; i++)
		opexprs = lappend(opexprs, compare_pair(pstate, opname, list_nth(largs, i), list_nth(rargs, i), location));
	if (count == 1)
		return (Node *) linitial(opexprs);
	interpretations = palloc(count * sizeof(List *));
	for (int i = 0; i < count; i++)
		strategies &= operator_strategies(((OpExpr *) list_nth(opexprs, i))->opno, &interpretations[i]);
	if (strategies == 0)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("could not determine interpretation of row comparison operator %s", strVal(llast(opname))),
				errhint("Row comparison operators must be associated with btree operator families."),
				parser_errposition(pstate, location));
	/* The lowest common one, in B-tree's numbers: <, <=, =, >=, >, and <> as a sixth. */
	strategy = __builtin_ctz(strategies);
	if (strategy == STRATEGY_EQ)
		return (Node *) makeBoolExpr(AND_EXPR, opexprs, location);
	if (strategy == STRATEGY_NE)
		return (Node *) makeBoolExpr(OR_EXPR, opexprs, location);
	return compare_lexically(pstate, opname, opexprs, interpretations, strategy, location);
}

/* ---- IS DISTINCT FROM ---- */
Expr *
make_distinct_op(ParseState *pstate, List *opname, Node *ltree, Node *rtree, int location)
{
	Expr *result = make_op(pstate, opname, ltree, rtree, pstate->p_last_srf, location);

	if (((OpExpr *) result)->opresulttype != BOOLOID)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("IS DISTINCT FROM requires = operator to yield boolean"),
				parser_errposition(pstate, location));
	if (((OpExpr *) result)->opretset)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("%s must not return a set", "IS DISTINCT FROM"),
				parser_errposition(pstate, location));
	NodeSetTag(result, T_DistinctExpr);
	return result;
}

/* Rows are distinct if any pair of columns is. */
Node *
make_row_distinct_op(ParseState *pstate, List *opname, RowExpr *lrow, RowExpr *rrow, int location)
{
	List *tests = NIL;

	if (list_length(lrow->args) != list_length(rrow->args))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("unequal number of entries in row expressions"),
				parser_errposition(pstate, location));
	for (int i = 0; i < list_length(lrow->args); i++)
		tests = lappend(tests, make_distinct_op(pstate, opname, list_nth(lrow->args, i), list_nth(rrow->args, i),
												location));
	if (tests == NIL)
		return makeBoolConst(false, false);
	if (list_length(tests) == 1)
		return linitial(tests);
	return (Node *) makeBoolExpr(OR_EXPR, tests, location);
}

/* x IS [NOT] DISTINCT FROM NULL */
Node *
make_nulltest_from_distinct(ParseState *pstate, A_Expr *distincta, Node *arg)
{
	NullTest *test = makeNode(NullTest);

	test->arg = (Expr *) expr_recurse(pstate, arg);
	test->nulltesttype = distincta->kind == AEXPR_NOT_DISTINCT ? IS_NULL : IS_NOT_NULL;
	test->argisrow = false;		/* the test is of the whole value, even for rows */
	test->location = distincta->location;
	return (Node *) test;
}
