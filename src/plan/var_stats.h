/*
 * var_stats.h
 *    Statistics of one expression, from pg_statistic where it is a column of a table or of a sub-query.
 */
#ifndef VAR_STATS_H
#define VAR_STATS_H

#include "plan/plan.h"
#include "utils/lsyscache.h"

typedef struct VarStats
{
	Oid type;
	Oid const_type;			/* for the caller: type of the value compared with */
	bool has_statistics;	/* false: defaults */
	bool is_unique;			/* by a unique index */
	double rel_tuples;		/* rows of the relation it belongs to; 0: unknown */
	double null_fraction;
	double ndistinct;		/* always > 0 */
	AttStatsSlot mcv;		/* values and numbers; nvalues 0 if there is none */
	AttStatsSlot histogram;
	bool has_mcv;
	bool has_histogram;
	HeapTuple tuple;
} VarStats;

extern void var_stats_load(PlannerInfo *root, Node *expr, VarStats *stats); /* var_stats_release() afterwards */
extern void var_stats_release(VarStats *stats);
/* Position of a value on a number line, for interpolation; false: the type has none. */
extern bool var_stats_as_number(Oid type, Datum value, double *result);

#endif /* VAR_STATS_H */
