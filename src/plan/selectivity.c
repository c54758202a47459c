/*
 * selectivity.c
 *    What fraction of rows a condition lets through.
 *
 * Estimates rest on pg_statistic: fraction of NULLs, number of distinct values, most common values, histogram. Which
 * estimator an operator uses is what its pg_operator row names (eqsel, scalarltsel, likesel, ...). Conditions are taken
 * as independent, except a lower and an upper bound on one expression, which are a range.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/plan.h"
#include "plan/var_stats.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#define DEFAULT_EQ_SEL 0.005
#define DEFAULT_INEQ_SEL 0.3333333333333333
#define DEFAULT_RANGE_INEQ_SEL 0.005
#define DEFAULT_MATCH_SEL 0.005
#define DEFAULT_UNK_SEL 0.005
#define DEFAULT_BOOL_SEL 0.5

static double
clamp_probability(double p)
{
	return p < 0.0 ? 0.0 : (p > 1.0 ? 1.0 : p);
}

static bool
call_operator(Oid opfunc, Oid collation, Datum left, Datum right)
{
	return DatumGetBool(OidFunctionCall2Coll(opfunc, collation, left, right));
}

/* ---- against a constant ------------------------------------------------------------------------------------------- */
typedef struct ConstComparison
{
	VarStats *stats;
	Oid opno;
	Oid opfunc;
	Oid collation;
	Datum value;
	bool var_on_left;
} ConstComparison;

static bool
matches(ConstComparison *cmp, Datum statistic)
{
	return cmp->var_on_left ? call_operator(cmp->opfunc, cmp->collation, statistic, cmp->value)
							: call_operator(cmp->opfunc, cmp->collation, cmp->value, statistic);
}

static double
mcv_fraction(ConstComparison *cmp, double *total)
{
	VarStats *stats = cmp->stats;
	double sum = 0;

	*total = 0;
	for (int i = 0; i < stats->mcv.nvalues; i++)
	{
		if (matches(cmp, stats->mcv.values[i]))
			sum += stats->mcv.numbers[i];
		*total += stats->mcv.numbers[i];
	}
	return sum;
}

static double
equality_with_const(ConstComparison *cmp)
{
	VarStats *stats = cmp->stats;
	double total = 0;
	double others;

	if (stats->is_unique && stats->rel_tuples >= 1)
		return 1.0 / stats->rel_tuples;
	if (!stats->has_statistics)
		return 1.0 / Max(stats->ndistinct, 1.0);
	for (int i = 0; i < stats->mcv.nvalues; i++)
	{
		if (matches(cmp, stats->mcv.values[i]))
			return stats->mcv.numbers[i];
		total += stats->mcv.numbers[i];
	}
	others = clamp_probability(1.0 - total - stats->null_fraction);
	if (stats->ndistinct > stats->mcv.nvalues)
		others /= stats->ndistinct - stats->mcv.nvalues;
	if (stats->mcv.nnumbers > 0)
		others = Min(others, stats->mcv.numbers[stats->mcv.nnumbers - 1]);
	return clamp_probability(others);
}

static double
equality_with_unknown(VarStats *stats)
{
	double selectivity;

	if (stats->is_unique && stats->rel_tuples >= 1)
		return 1.0 / stats->rel_tuples;
	selectivity = (1.0 - stats->null_fraction) / Max(stats->ndistinct, 1.0);
	if (stats->mcv.nnumbers > 0)
		selectivity = Min(selectivity, stats->mcv.numbers[0]);
	return clamp_probability(selectivity);
}

/* Fraction of the histogram's values for which "value op const" holds, op being monotone in the value. */
static double
histogram_fraction(ConstComparison *cmp, bool matches_low_end)
{
	VarStats *stats = cmp->stats;
	int low = 0;
	int high = stats->histogram.nvalues; /* invariant: values below low behave as the low end, from high on not */
	double within = 0.5;
	double fraction;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (matches(cmp, stats->histogram.values[middle]) == matches_low_end)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		fraction = 0.0;
	else if (low == stats->histogram.nvalues)
		fraction = 1.0;
	else
	{
		double lower, upper, value;

		if (var_stats_as_number(stats->type, stats->histogram.values[low - 1], &lower) &&
			var_stats_as_number(stats->type, stats->histogram.values[low], &upper) &&
			var_stats_as_number(stats->const_type, cmp->value, &value) && upper > lower)
			within = clamp_probability((value - lower) / (upper - lower));
		fraction = (low - 1 + within) / (stats->histogram.nvalues - 1);
	}
	/* The ends of a histogram are a sample's: never claim certainty. */
	fraction = Min(Max(fraction, 0.0001), 0.9999);
	return matches_low_end ? fraction : 1.0 - fraction;
}

static double
inequality_with_const(ConstComparison *cmp, bool less)
{
	VarStats *stats = cmp->stats;
	double mcv_total;
	double mcv_match;
	double rest;

	if (!stats->has_statistics)
		return DEFAULT_INEQ_SEL;
	mcv_match = mcv_fraction(cmp, &mcv_total);
	rest = clamp_probability(1.0 - mcv_total - stats->null_fraction);
	if (stats->histogram.nvalues >= 2)
		rest *= histogram_fraction(cmp, less);
	else
		rest *= stats->mcv.nvalues > 0 ? 0.5 : DEFAULT_INEQ_SEL;
	return clamp_probability(mcv_match + rest);
}

/* Any other operator with a constant (LIKE, regular expressions, ...): try it on the values that are known. */
static double
sampled_with_const(ConstComparison *cmp, double fallback)
{
	VarStats *stats = cmp->stats;
	double mcv_total;
	double mcv_match;
	double rest;
	double rest_fraction = fallback;

	if (!stats->has_statistics)
		return fallback;
	mcv_match = mcv_fraction(cmp, &mcv_total);
	rest = clamp_probability(1.0 - mcv_total - stats->null_fraction);
	if (stats->histogram.nvalues >= 10)
	{
		int hits = 0;

		for (int i = 0; i < stats->histogram.nvalues; i++)
			hits += matches(cmp, stats->histogram.values[i]);
		rest_fraction = Min(Max((double) hits / stats->histogram.nvalues, 0.0001), 0.9999);
	}
	return clamp_probability(mcv_match + rest * rest_fraction);
}

static double
negated(VarStats *stats, double selectivity)
{
	return clamp_probability(1.0 - selectivity - stats->null_fraction);
}

static double
comparison_selectivity(PlannerInfo *root, Oid opno, Oid estimator, Oid collation, Node *variable, Node *other,
					   bool var_on_left)
{
	VarStats stats;
	ConstComparison cmp;
	bool is_const;
	Const *constant = NULL;
	double result;

	other = estimate_expression_value(root, other);
	is_const = IsA(other, Const);
	var_stats_load(root, variable, &stats);
	if (is_const)
	{
		constant = (Const *) other;
		if (constant->constisnull)
		{
			var_stats_release(&stats);
			return 0.0;
		}
		stats.const_type = constant->consttype;
	}
	cmp = (ConstComparison){&stats, opno, get_opcode(opno), collation, is_const ? constant->constvalue : (Datum) 0,
							var_on_left};
	switch (estimator)
	{
		case F_EQSEL:
			result = is_const ? equality_with_const(&cmp) : equality_with_unknown(&stats);
			break;
		case F_NEQSEL:
			{
				Oid equality = get_negator(opno);

				cmp.opno = equality;
				cmp.opfunc = OidIsValid(equality) ? get_opcode(equality) : InvalidOid;
				result = is_const && OidIsValid(equality) ? equality_with_const(&cmp) : equality_with_unknown(&stats);
				result = negated(&stats, result);
			}
			break;
		case F_SCALARLTSEL:
		case F_SCALARLESEL:
			result = is_const ? inequality_with_const(&cmp, var_on_left) : DEFAULT_INEQ_SEL;
			break;
		case F_SCALARGTSEL:
		case F_SCALARGESEL:
			result = is_const ? inequality_with_const(&cmp, !var_on_left) : DEFAULT_INEQ_SEL;
			break;
		case F_LIKESEL:
		case F_ICLIKESEL:
		case F_REGEXEQSEL:
		case F_ICREGEXEQSEL:
			result = is_const ? sampled_with_const(&cmp, DEFAULT_MATCH_SEL) : DEFAULT_MATCH_SEL;
			break;
		case F_NLIKESEL:
		case F_ICNLIKESEL:
		case F_REGEXNESEL:
		case F_ICREGEXNESEL:
			result = is_const ? sampled_with_const(&cmp, 1.0 - DEFAULT_MATCH_SEL) : 1.0 - DEFAULT_MATCH_SEL;
			break;
		default:
			result = is_const ? sampled_with_const(&cmp, 0.01) : 0.01;
			break;
	}
	var_stats_release(&stats);
	return clamp_probability(result);
}

/* ---- joins ---------------------------------------------------------------------------------------------------------- */
static double
mcv_pair_matches(VarStats *a, VarStats *b, Oid opfunc, Oid collation, double *covered_a, double *covered_b,
				 int *nmatched)
{
	bool *taken = palloc0_array(bool, b->mcv.nvalues + 1);
	double product = 0;

	*covered_a = *covered_b = 0;
	*nmatched = 0;
	for (int i = 0; i < a->mcv.nvalues; i++)
		for (int j = 0; j < b->mcv.nvalues; j++)
			if (!taken[j] && call_operator(opfunc, collation, a->mcv.values[i], b->mcv.values[j]))
			{
				taken[j] = true;
				product += a->mcv.numbers[i] * b->mcv.numbers[j];
				*covered_a += a->mcv.numbers[i];
				*covered_b += b->mcv.numbers[j];
				(*nmatched)++;
				break;
			}
	pfree(taken);
	return product;
}

static double
mcv_total(VarStats *stats)
{
	double total = 0;

	for (int i = 0; i < stats->mcv.nnumbers; i++)
		total += stats->mcv.numbers[i];
	return total;
}

static double
equijoin_inner(VarStats *left, VarStats *right, Oid opfunc, Oid collation)
{
	double nd1 = Max(left->ndistinct, 1.0);
	double nd2 = Max(right->ndistinct, 1.0);
	double matched, covered1, covered2, rest1, rest2, unmatched1, unmatched2, estimate1, estimate2;
	int nmatched;

	if (left->mcv.nvalues == 0 || right->mcv.nvalues == 0)
		return (1.0 - left->null_fraction) * (1.0 - right->null_fraction) / Max(nd1, nd2);

	matched = mcv_pair_matches(left, right, opfunc, collation, &covered1, &covered2, &nmatched);
	unmatched1 = mcv_total(left) - covered1;
	unmatched2 = mcv_total(right) - covered2;
	rest1 = clamp_probability(1.0 - left->null_fraction - mcv_total(left));
	rest2 = clamp_probability(1.0 - right->null_fraction - mcv_total(right));
	/* Common values of one side meet the other side's rest; the rests meet each other: the more cautious of both views. */
	estimate1 = matched;
	if (nd2 > right->mcv.nvalues)
		estimate1 += unmatched1 * rest2 / (nd2 - right->mcv.nvalues);
	if (nd2 > nmatched)
		estimate1 += rest1 * (rest2 + unmatched2) / (nd2 - nmatched);
	estimate2 = matched;
	if (nd1 > left->mcv.nvalues)
		estimate2 += unmatched2 * rest1 / (nd1 - left->mcv.nvalues);
	if (nd1 > nmatched)
		estimate2 += rest2 * (rest1 + unmatched1) / (nd1 - nmatched);
	return Min(estimate1, estimate2);
}

static double
join_selectivity(PlannerInfo *root, Qual *qual, JoinType jointype)
{
	OpExpr *op = (OpExpr *) qual->clause;
	Oid estimator = get_oprjoin(op->opno);
	VarStats left, right;
	double result;

	var_stats_load(root, linitial(op->args), &left);
	var_stats_load(root, lsecond(op->args), &right);
	switch (estimator)
	{
		case F_EQJOINSEL:
		case F_NEQJOINSEL:
			if (jointype == JOIN_SEMI || jointype == JOIN_ANTI)
			{
				OuterJoin *oj = qual->outer_join;
				bool swapped = oj && bms_is_subset(qual->left_relids, oj->right);
				VarStats *outer = swapped ? &right : &left;
				VarStats *inner = swapped ? &left : &right;

				result = (1.0 - outer->null_fraction) *
						 Min(1.0, Max(inner->ndistinct, 1.0) / Max(outer->ndistinct, 1.0));
			}
			else if (estimator == F_NEQJOINSEL)
				result = 1.0 - 1.0 / Max(1.0, Max(left.ndistinct, right.ndistinct));
			else
				result = equijoin_inner(&left, &right, get_opcode(op->opno), op->inputcollid);
			break;
		case F_SCALARLTJOINSEL:
		case F_SCALARLEJOINSEL:
		case F_SCALARGTJOINSEL:
		case F_SCALARGEJOINSEL:
			result = DEFAULT_INEQ_SEL;
			break;
		default:
			result = 0.005;
			break;
	}
	var_stats_release(&left);
	var_stats_release(&right);
	return clamp_probability(result);
}

/* ---- clauses ---------------------------------------------------------------------------------------------------------- */
static double
opclause_selectivity(PlannerInfo *root, OpExpr *op)
{
	Oid estimator = get_oprrest(op->opno);
	Node *left, *right;

	if (!OidIsValid(estimator) || list_length(op->args) != 2)
		return DEFAULT_BOOL_SEL;
	left = linitial(op->args);
	right = lsecond(op->args);
	if (contain_var_clause(left) && !contain_var_clause(right))
		return comparison_selectivity(root, op->opno, estimator, op->inputcollid, left, right, true);
	if (contain_var_clause(right) && !contain_var_clause(left))
		return comparison_selectivity(root, op->opno, estimator, op->inputcollid, right, left, false);
	switch (estimator)
	{
		case F_EQSEL:
			return equal(left, right) ? 0.995 : DEFAULT_EQ_SEL;
		case F_NEQSEL:
			return 1.0 - DEFAULT_EQ_SEL;
		default:
			return DEFAULT_INEQ_SEL;
	}
}

static double
array_selectivity(PlannerInfo *root, ScalarArrayOpExpr *saop)
{
	Oid estimator = get_oprrest(saop->opno);
	Node *variable = linitial(saop->args);
	Node *array = estimate_expression_value(root, lsecond(saop->args));
	bool sum = saop->useOr && estimator == F_EQSEL;
	double result = saop->useOr ? 0.0 : 1.0;
	int count = 0;
	List *elements = NIL;
	ListCell *lc;

	if (!OidIsValid(estimator))
		return DEFAULT_BOOL_SEL;
	if (IsA(array, Const) && !((Const *) array)->constisnull)
	{
		ArrayType *value = DatumGetArrayTypeP(((Const *) array)->constvalue);
		Datum *items;
		bool *nulls;
		int16 typlen;
		bool typbyval;
		char typalign;

		get_typlenbyvalalign(ARR_ELEMTYPE(value), &typlen, &typbyval, &typalign);
		deconstruct_array(value, ARR_ELEMTYPE(value), typlen, typbyval, typalign, &items, &nulls, &count);
		for (int i = 0; i < count && i < 200; i++)
			elements = lappend(elements, makeConst(ARR_ELEMTYPE(value), -1, ((Const *) array)->constcollid, typlen,
												   items[i], nulls[i], typbyval));
	}
	else if (IsA(array, ArrayExpr) && !((ArrayExpr *) array)->multidims)
		elements = ((ArrayExpr *) array)->elements;
	else
		for (int i = 0; i < 10; i++)
		{
			CaseTestExpr *unknown = makeNode(CaseTestExpr);

			unknown->typeId = get_base_element_type(exprType(array));
			unknown->typeMod = -1;
			elements = lappend(elements, unknown);
		}
	foreach (lc, elements)
	{
		double s = comparison_selectivity(root, saop->opno, estimator, saop->inputcollid, variable, lfirst(lc), true);

		if (sum)
			result += s;
		else if (saop->useOr)
			result = result + s - result * s;
		else
			result *= s;
	}
	if (count > 200)
		result = saop->useOr ? Min(1.0, result * count / 200.0) : result;
	return clamp_probability(result);
}

static double
boolean_var_selectivity(PlannerInfo *root, Node *expr, bool value)
{
	Const *constant = makeConst(BOOLOID, -1, InvalidOid, 1, BoolGetDatum(value), false, true);

	return comparison_selectivity(root, BooleanEqualOperator, F_EQSEL, InvalidOid, expr, (Node *) constant, true);
}

static double
null_fraction_of(PlannerInfo *root, Node *expr)
{
	VarStats stats;
	double result;

	var_stats_load(root, expr, &stats);
	result = stats.has_statistics ? stats.null_fraction : DEFAULT_UNK_SEL;
	var_stats_release(&stats);
	return result;
}

static double
booltest_selectivity(PlannerInfo *root, BooleanTest *test, JoinType jointype)
{
	double nulls = null_fraction_of(root, (Node *) test->arg);
	double is_true = clause_selectivity(root, (Node *) test->arg, jointype);

	switch (test->booltesttype)
	{
		case IS_UNKNOWN:
			return nulls;
		case IS_NOT_UNKNOWN:
			return 1.0 - nulls;
		case IS_TRUE:
			return is_true;
		case IS_NOT_TRUE:
			return clamp_probability(1.0 - is_true);
		case IS_FALSE:
			return clamp_probability(1.0 - is_true - nulls);
		default:
			return clamp_probability(is_true + nulls);
	}
}

double
clause_selectivity(PlannerInfo *root, Node *clause, JoinType jointype)
{
	if (clause == NULL)
		return 1.0;
	switch (nodeTag(clause))
	{
		case T_Const:
			return !((Const *) clause)->constisnull && DatumGetBool(((Const *) clause)->constvalue) ? 1.0 : 0.0;
		case T_Var:
			return ((Var *) clause)->vartype == BOOLOID ? boolean_var_selectivity(root, clause, true) : DEFAULT_BOOL_SEL;
		case T_BoolExpr:
			{
				BoolExpr *expr = (BoolExpr *) clause;
				double result = 0.0;
				ListCell *lc;

				if (expr->boolop == NOT_EXPR)
					return clamp_probability(1.0 - clause_selectivity(root, linitial(expr->args), jointype));
				if (expr->boolop == AND_EXPR)
					return clauselist_selectivity(root, expr->args, jointype);
				foreach (lc, expr->args)
				{
					double s = clause_selectivity(root, lfirst(lc), jointype);

					result = result + s - result * s;
				}
				return result;
			}
		case T_OpExpr:
			return opclause_selectivity(root, (OpExpr *) clause);
		case T_DistinctExpr:
			return clamp_probability(1.0 - opclause_selectivity(root, (OpExpr *) clause));
		case T_ScalarArrayOpExpr:
			return array_selectivity(root, (ScalarArrayOpExpr *) clause);
		case T_NullTest:
			{
				double nulls = null_fraction_of(root, (Node *) ((NullTest *) clause)->arg);

				return ((NullTest *) clause)->nulltesttype == IS_NULL ? nulls : 1.0 - nulls;
			}
		case T_BooleanTest:
			return booltest_selectivity(root, (BooleanTest *) clause, jointype);
		case T_RelabelType:
			return clause_selectivity(root, (Node *) ((RelabelType *) clause)->arg, jointype);
		case T_FuncExpr:
			return 0.3333333;
		case T_RowCompareExpr:
			return DEFAULT_INEQ_SEL;
		case T_CurrentOfExpr:
			return 0.0001;
		default:
			return DEFAULT_BOOL_SEL;
	}
}

double
estimate_array_length(Node *array)
{
	while (IsA(array, RelabelType))
		array = (Node *) ((RelabelType *) array)->arg;
	if (IsA(array, Const) && !((Const *) array)->constisnull)
	{
		ArrayType *value = DatumGetArrayTypeP(((Const *) array)->constvalue);

		return Max(ArrayGetNItems(ARR_NDIM(value), ARR_DIMS(value)), 1);
	}
	if (IsA(array, ArrayExpr) && !((ArrayExpr *) array)->multidims)
		return Max(list_length(((ArrayExpr *) array)->elements), 1);
	return 10;
}

/* ---- lists ------------------------------------------------------------------------------------------------------------- */
/* Bounds found so far on one expression. */
typedef struct RangeBounds
{
	Node *expr;
	bool has_low;
	bool has_high;
	double low;
	double high;
} RangeBounds;

static bool
note_range_bound(List **ranges, Node *clause, double selectivity)
{
	OpExpr *op = (OpExpr *) clause;
	Node *variable;
	bool upper;
	RangeBounds *range = NULL;
	ListCell *lc;

	if (!IsA(clause, OpExpr) || list_length(op->args) != 2)
		return false;
	switch (get_oprrest(op->opno))
	{
		case F_SCALARLTSEL:
		case F_SCALARLESEL:
			upper = true;
			break;
		case F_SCALARGTSEL:
		case F_SCALARGESEL:
			upper = false;
			break;
		default:
			return false;
	}
	if (is_pseudo_constant_clause(lsecond(op->args)))
		variable = linitial(op->args);
	else if (is_pseudo_constant_clause(linitial(op->args)))
	{
		variable = lsecond(op->args);
		upper = !upper;
	}
	else
		return false;
	foreach (lc, *ranges)
		if (equal(((RangeBounds *) lfirst(lc))->expr, variable))
			range = lfirst(lc);
	if (range == NULL)
	{
		range = palloc0_object(RangeBounds);
		range->expr = variable;
		*ranges = lappend(*ranges, range);
	}
	if (upper)
	{
		range->high = range->has_high ? Min(range->high, selectivity) : selectivity;
		range->has_high = true;
	}
	else
	{
		range->low = range->has_low ? Min(range->low, selectivity) : selectivity;
		range->has_low = true;
	}
	return true;
}

static double
range_selectivity(PlannerInfo *root, RangeBounds *range)
{
	double result;

	if (!range->has_low)
		return range->high;
	if (!range->has_high)
		return range->low;
	if (range->low == DEFAULT_INEQ_SEL || range->high == DEFAULT_INEQ_SEL)
		return DEFAULT_RANGE_INEQ_SEL;
	result = range->low + range->high - 1.0 + null_fraction_of(root, range->expr);
	if (result <= 0.0)
		return result < -0.01 ? DEFAULT_RANGE_INEQ_SEL : 1.0e-10;
	return result;
}

double
clauselist_selectivity(PlannerInfo *root, List *clauses, JoinType jointype)
{
	double result = 1.0;
	List *ranges = NIL;
	ListCell *lc;

	foreach (lc, clauses)
	{
		double s = clause_selectivity(root, lfirst(lc), jointype);

		if (!note_range_bound(&ranges, lfirst(lc), s))
			result *= s;
	}
	foreach (lc, ranges)
		result *= range_selectivity(root, lfirst(lc));
	return clamp_probability(result);
}

double
qual_selectivity(PlannerInfo *root, Qual *qual, JoinType jointype)
{
	if (qual->selectivity < 0)
	{
		if (qual->can_join && IsA(qual->clause, OpExpr))
			qual->selectivity = join_selectivity(root, qual, qual->outer_join ? qual->outer_join->jointype : JOIN_INNER);
		else
			qual->selectivity = clause_selectivity(root, (Node *) qual->clause, jointype);
	}
	return qual->selectivity;
}

double
quals_selectivity(PlannerInfo *root, List *quals, JoinType jointype)
{
	double result = 1.0;
	List *ranges = NIL;
	ListCell *lc;

	foreach (lc, quals)
	{
		Qual *qual = lfirst(lc);
		double s = qual_selectivity(root, qual, jointype);

		if (qual->can_join || !note_range_bound(&ranges, (Node *) qual->clause, s))
			result *= s;
	}
	foreach (lc, ranges)
		result *= range_selectivity(root, lfirst(lc));
	return clamp_probability(result);
}
