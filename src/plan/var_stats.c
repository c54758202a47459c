/*
 * var_stats.c
 *    Finds the statistics behind an expression, and estimates built directly on numbers of distinct values.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "plan/var_stats.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#define DEFAULT_NUM_DISTINCT 200

/* The relation and column a Var leads to, through sub-queries that pass a column on unchanged. */
static PlanRel *
resolve_column(PlannerInfo *root, Var *var, AttrNumber *attno, double *rows_here)
{
	PlanRel *rel;

	for (;;)
	{
		TargetEntry *tle;
		Query *query;

		if (IS_SPECIAL_VARNO(var->varno) || root->rels == NULL || var->varno >= root->rel_count ||
			(rel = root->rels[var->varno]) == NULL)
			return NULL;
		*rows_here = rel->tuples;
		*attno = var->varattno;
		if (rel->rte->rtekind != RTE_SUBQUERY || rel->subroot == NULL || var->varattno <= 0)
			return rel;
		query = rel->subroot->parse;
		if (query->setOperations || query->groupClause || query->groupingSets || query->distinctClause)
			return NULL;
		tle = list_nth_node(TargetEntry, query->targetList, var->varattno - 1);
		if (!IsA(tle->expr, Var) || ((Var *) tle->expr)->varlevelsup != 0)
			return NULL;
		root = rel->subroot;
		var = (Var *) tle->expr;
	}
}

static bool
column_is_unique(PlanRel *rel, AttrNumber attno)
{
	ListCell *lc;

	foreach (lc, rel->indexes)
	{
		PlanIndex *index = lfirst(lc);

		if (index->unique && index->nkeycolumns == 1 && index->keys[0] == attno &&
			(index->predicate == NIL || index->predicate_ok))
			return true;
	}
	return false;
}

static void
load_slots(VarStats *stats)
{
	stats->has_mcv = get_attstatsslot(&stats->mcv, stats->tuple, STATISTIC_KIND_MCV, InvalidOid,
									  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS);
	stats->has_histogram = get_attstatsslot(&stats->histogram, stats->tuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
											ATTSTATSSLOT_VALUES);
	if (!stats->has_mcv)
		memset(&stats->mcv, 0, sizeof(stats->mcv));
	if (!stats->has_histogram)
		memset(&stats->histogram, 0, sizeof(stats->histogram));
}

void
var_stats_load(PlannerInfo *root, Node *expr, VarStats *stats)
{
	PlanRel *rel = NULL;
	AttrNumber attno = 0;
	double rows = 0;

	memset(stats, 0, sizeof(*stats));
	while (IsA(expr, RelabelType))
		expr = (Node *) ((RelabelType *) expr)->arg;
	stats->type = exprType(expr);
	stats->ndistinct = stats->type == BOOLOID ? 2 : DEFAULT_NUM_DISTINCT;
	if (IsA(expr, Var))
		rel = resolve_column(root, (Var *) expr, &attno, &rows);
	if (rel == NULL)
		return;
	stats->rel_tuples = rel->tuples;
	if (rel->rte->rtekind != RTE_RELATION)
	{
		stats->ndistinct = Min(DEFAULT_NUM_DISTINCT, Max(rel->tuples, 1.0));
		return;
	}
	stats->is_unique = column_is_unique(rel, attno);
	stats->tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(rel->rte->relid), Int16GetDatum(attno),
								   BoolGetDatum(false));
	if (HeapTupleIsValid(stats->tuple))
	{
		Form_pg_statistic form = (Form_pg_statistic) GETSTRUCT(stats->tuple);

		stats->has_statistics = true;
		stats->null_fraction = form->stanullfrac;
		if (form->stadistinct > 0)
			stats->ndistinct = form->stadistinct;
		else if (form->stadistinct < 0)
			stats->ndistinct = -form->stadistinct * rel->tuples;
		load_slots(stats);
	}
	else if (attno < 0)
		stats->ndistinct = rel->tuples; /* ctid; the others hardly matter */
	else if (rel->tuples < DEFAULT_NUM_DISTINCT)
		stats->ndistinct = rel->tuples;
	if (stats->is_unique)
		stats->ndistinct = rel->tuples * (1.0 - stats->null_fraction);
	stats->ndistinct = Max(rint(Min(stats->ndistinct, Max(rel->tuples, 1.0))), 1.0);
}

void
var_stats_release(VarStats *stats)
{
	if (stats->has_mcv)
		free_attstatsslot(&stats->mcv);
	if (stats->has_histogram)
		free_attstatsslot(&stats->histogram);
	if (HeapTupleIsValid(stats->tuple))
		ReleaseSysCache(stats->tuple);
	stats->tuple = NULL;
}

bool
var_stats_as_number(Oid type, Datum value, double *result)
{
	switch (type)
	{
		case BOOLOID:
			*result = DatumGetBool(value);
			return true;
		case INT2OID:
			*result = DatumGetInt16(value);
			return true;
		case INT4OID:
			*result = DatumGetInt32(value);
			return true;
		case INT8OID:
			*result = (double) DatumGetInt64(value);
			return true;
		case FLOAT4OID:
			*result = DatumGetFloat4(value);
			return !isnan(*result) && !isinf(*result);
		case FLOAT8OID:
			*result = DatumGetFloat8(value);
			return !isnan(*result) && !isinf(*result);
		case OIDOID:
			*result = DatumGetObjectId(value);
			return true;
		case NUMERICOID:
			*result = strtod(DatumGetCString(DirectFunctionCall1(numeric_out, value)), NULL);
			return !isnan(*result) && !isinf(*result);
		case DATEOID:
			*result = (double) DatumGetDateADT(value) * 86400e6;
			return true;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			*result = (double) DatumGetTimestamp(value);
			return true;
		case TIMEOID:
			*result = (double) DatumGetTimeADT(value);
			return true;
		default:
			return false;
	}
}

/* ---- numbers of groups ---------------------------------------------------------------------------------------------- */
typedef struct GroupVar
{
	Index rti;
	double ndistinct;
} GroupVar;

/*
 * Per relation the product of its grouping columns' distinct values, but not more than its rows; relations multiply.
 * Several columns of one relation are probably correlated: beyond the first each counts only in part.
 */
double
estimate_num_groups(PlannerInfo *root, List *exprs, double input_rows)
{
	List *vars = NIL;
	double total = 1.0;
	Relids seen = NULL;
	ListCell *lc, *lv;
	int rti = -1;

	input_rows = clamp_row_est(input_rows);
	foreach (lc, exprs)
	{
		Node *expr = lfirst(lc);

		if (exprType(expr) == BOOLOID && !IsA(expr, Var))
		{
			total *= 2.0;
			continue;
		}
		foreach (lv, pull_var_clause(expr, PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS))
		{
			if (list_member(vars, lfirst(lv)))
				continue;
			vars = lappend(vars, lfirst(lv));
			seen = bms_add_member(seen, ((Var *) lfirst(lv))->varno);
		}
	}
	while ((rti = bms_next_member(seen, rti)) >= 0)
	{
		PlanRel *rel = rti < root->rel_count && root->rels ? root->rels[rti] : NULL;
		double product = 1.0;
		double largest = 1.0;
		double rows = rel ? Max(rel->tuples, 1.0) : input_rows;
		int count = 0;

		foreach (lv, vars)
		{
			VarStats stats;

			if (((Var *) lfirst(lv))->varno != rti)
				continue;
			var_stats_load(root, lfirst(lv), &stats);
			product *= stats.ndistinct;
			largest = Max(largest, stats.ndistinct);
			count++;
			var_stats_release(&stats);
		}
		if (count > 1)
			product = Min(product, Max(rows * 0.1, largest));
		product = Min(product, rows);
		/* Only part of the values survive when conditions pick part of the rows. */
		if (rel && rel->rows < rows && rel->rows > 0 && product > 1)
			product *= 1.0 - pow((rows - rel->rows) / rows, rows / product);
		total *= Max(product, 1.0);
	}
	return clamp_row_est(Min(total, input_rows));
}

double
join_key_ndistinct(PlannerInfo *root, Node *expr, double rows)
{
	VarStats stats;
	double result;

	var_stats_load(root, expr, &stats);
	result = Min(stats.ndistinct, Max(rows, 1.0));
	var_stats_release(&stats);
	return result;
}

/* Physical order against index order, -1..1, of the first column. */
double
index_correlation(PlannerInfo *root, PlanIndex *index)
{
	HeapTuple tuple;
	AttStatsSlot slot;
	double result = 0;

	if (index->keys[0] == 0 || index->rel->rte->rtekind != RTE_RELATION)
		return 0;
	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(index->rel->rte->relid), Int16GetDatum(index->keys[0]),
							BoolGetDatum(false));
	if (!HeapTupleIsValid(tuple))
		return 0;
	if (get_attstatsslot(&slot, tuple, STATISTIC_KIND_CORRELATION, InvalidOid, ATTSTATSSLOT_NUMBERS))
	{
		if (slot.nnumbers == 1)
			result = index->descending[0] ? -slot.numbers[0] : slot.numbers[0];
		if (index->nkeycolumns > 1)
			result *= 0.75;
		free_attstatsslot(&slot);
	}
	ReleaseSysCache(tuple);
	return result;
}
