/*
 * execute/node_scan.h
 *    Shared by scans of relations: a page or so of tuples, filtered first on the columns that the qual needs, then
 *    completed with the columns that the output needs.
 */
#ifndef EXECUTE_NODE_SCAN_H
#define EXECUTE_NODE_SCAN_H

#include "execute/deform.h"
#include "execute/exec.h"

typedef struct RelScanState
{
	PlanState ps;
	Index rti;
	Relation rel;			/* open while an execution runs */
	TupleDesc desc;			/* own copy: survives between executions */
	Batch scan;
	DeformPlan qual_plan;
	DeformPlan rest_plan;
	bool split;				/* qual and rest are extracted separately */
	bool **null_bufs;
	int capacity;			/* of tuples and of the column vectors */
	HeapTupleData *tuples;
	Selection pending;		/* rows that passed the qual and are not yet returned */
	int pending_done;
	RowPos *pending_rows;
	bool volatile_qual;
	ExprList *recheck;		/* index quals as conditions on the row: EvalPlanQual, lossy bitmaps */
} RelScanState;

/* fetch more tuples into tuples[0..]: returns how many, 0 at the end. */
typedef int (*RelScanFetch)(RelScanState *ss, int max);

extern void rel_scan_init(RelScanState *ss, List *recheck_quals);
extern Batch *rel_scan_next(RelScanState *ss, int max_rows, RelScanFetch fetch);
extern void rel_scan_open(RelScanState *ss);
extern void rel_scan_reset(RelScanState *ss);
/* Room for n tuples and their columns; for use inside fetch. */
extern void rel_scan_reserve(RelScanState *ss, int n);

#endif /* EXECUTE_NODE_SCAN_H */
