/*
 * commands/analyze_stats.h
 *    From a sample of one column's values to its statistics.
 */
#ifndef COMMANDS_ANALYZE_STATS_H
#define COMMANDS_ANALYZE_STATS_H

#include "access/attnum.h"
#include "postgres.h"

#ifndef STATISTIC_NUM_SLOTS
#define STATISTIC_NUM_SLOTS 5
#endif

typedef struct ColumnSample
{
	int n;
	Datum *values; /* in physical order of the rows */
	bool *nulls;
	double total_rows; /* of the table, estimated */
	int target;		   /* most common values and histogram bounds wanted at most */
} ColumnSample;

typedef struct StatsSlot
{
	int16 kind; /* STATISTIC_KIND_* */
	Oid op;
	Oid coll;
	int nnumbers;
	float4 *numbers;
	int nvalues;
	Datum *values;
} StatsSlot;

typedef struct ColumnStats
{
	/* in */
	AttrNumber attnum;
	Oid typid;
	int16 typlen;
	bool typbyval;
	char typalign;
	Oid collation;
	/* out */
	float4 nullfrac;
	int32 width;
	float4 distinct; /* > 0 number, < 0 minus the fraction of the rows, 0 unknown */
	int nslots;
	StatsSlot slots[STATISTIC_NUM_SLOTS];
} ColumnStats;

/* False: nothing to store (target 0). Memory comes from the current context. */
extern bool analyze_stats_compute(const ColumnSample *sample, ColumnStats *stats);

#endif /* COMMANDS_ANALYZE_STATS_H */
