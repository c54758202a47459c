/*
 * execute/deform.h
 *    From heap tuples to column vectors, only the columns that are wanted.
 */
#ifndef EXECUTE_DEFORM_H
#define EXECUTE_DEFORM_H

#include "execute/batch.h"
#include "nodes/bitmapset.h"

/* Which columns to extract, and how. Made once per scan. */
typedef struct DeformPlan
{
	TupleDesc desc;		/* must outlive the plan */
	int natts;			/* columns up to here must be walked; 0: nothing to do */
	int nwanted;
	int *wanted;		/* ascending 0-based columns */
	bool *is_wanted;	/* by column */
	int32 *fixed_off;	/* by column: offset in every tuple without NULLs, or -1 */
	bool all_fixed;		/* all wanted columns have one */
} DeformPlan;

/* attrs: attribute numbers offset by FirstLowInvalidHeapAttributeNumber; system columns are ignored. */
extern void deform_plan_init(DeformPlan *plan, TupleDesc desc, Bitmapset *attrs, MemoryContext cxt);

/*
 * Fill the wanted columns of cols (indexed by column) for the selected tuples. values must have room for the selection's
 * extent; null_bufs[] are the columns' own flag arrays. nulls is set to NULL for a column without NULLs where that is
 * cheap to know. By-reference values point into the tuples.
 */
extern void deform_batch(const DeformPlan *plan, HeapTupleData *tuples, const Selection *sel, Vector *cols,
						 bool **null_bufs);

#endif /* EXECUTE_DEFORM_H */
