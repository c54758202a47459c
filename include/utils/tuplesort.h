/*
 * utils/tuplesort.h
 *    Sorting of rows, index entries or single values; in memory up to workMem kilobytes, beyond that on disk.
 *
 *    begin, [set_bound], put ..., performsort, get ..., end. Variants differ in what is put in and got out. Not stable.
 * Values are copied on the way in. What a get returns is valid until the next get.
 */
#ifndef TUPLESORT_H
#define TUPLESORT_H

#include "access/htup_details.h"
#include "access/itup.h"
#include "utils/relcache.h"
#include "utils/sortsupport.h"

typedef struct Tuplesortstate Tuplesortstate;

#define TUPLESORT_NONE 0
#define TUPLESORT_RANDOMACCESS (1 << 0)	 /* rescan, mark/restore, backward reading */
#define TUPLESORT_ALLOWBOUNDED (1 << 1)

typedef enum
{
	SORT_TYPE_STILL_IN_PROGRESS = 0,
	SORT_TYPE_TOP_N_HEAPSORT = 1 << 0,
	SORT_TYPE_QUICKSORT = 1 << 1,
	SORT_TYPE_EXTERNAL_SORT = 1 << 2,
	SORT_TYPE_EXTERNAL_MERGE = 1 << 3
} TuplesortMethod;

typedef enum
{
	SORT_SPACE_TYPE_DISK,
	SORT_SPACE_TYPE_MEMORY
} TuplesortSpaceType;

typedef struct TuplesortInstrumentation
{
	TuplesortMethod sortMethod;
	TuplesortSpaceType spaceType;
	int64 spaceUsed; /* kB */
} TuplesortInstrumentation;

/* Rows. sortOperators: "<" or ">" operators, one per key. */
extern Tuplesortstate *tuplesort_begin_heap(TupleDesc tupDesc, int nkeys, AttrNumber *attNums, Oid *sortOperators,
											Oid *sortCollations, bool *nullsFirstFlags, int workMem, void *coordinate,
											int sortopt);
extern void tuplesort_putvalues(Tuplesortstate *state, const Datum *values, const bool *isnull);
extern bool tuplesort_getvalues(Tuplesortstate *state, bool forward, Datum *values, bool *isnull);
/* The row as a minimal tuple that the sort owns. */
extern MinimalTuple tuplesort_getminimaltuple(Tuplesortstate *state, bool forward);

/* Single values of one type. */
extern Tuplesortstate *tuplesort_begin_datum(Oid datumType, Oid sortOperator, Oid sortCollation, bool nullsFirstFlag,
											 int workMem, void *coordinate, int sortopt);
extern void tuplesort_putdatum(Tuplesortstate *state, Datum val, bool isNull);
/* By-reference values are the sort's (not palloc'd for the caller). */
extern bool tuplesort_getdatum(Tuplesortstate *state, bool forward, Datum *val, bool *isNull, Datum *abbrev);

/* B-tree entries in the index's order, ties by TID. enforceUnique: 23505 at a duplicate. */
extern Tuplesortstate *tuplesort_begin_index_btree(Relation heapRel, Relation indexRel, bool enforceUnique,
												   bool uniqueNullsNotDistinct, int workMem, void *coordinate,
												   int sortopt);
extern void tuplesort_putindextuplevalues(Tuplesortstate *state, Relation rel, ItemPointer self, const Datum *values,
										  const bool *isnull);
extern IndexTuple tuplesort_getindextuple(Tuplesortstate *state, bool forward);

/* Only the first `bound` results are wanted. Before the first put. */
extern void tuplesort_set_bound(Tuplesortstate *state, int64 bound);
extern bool tuplesort_used_bound(Tuplesortstate *state);
extern void tuplesort_performsort(Tuplesortstate *state);
extern bool tuplesort_skiptuples(Tuplesortstate *state, int64 ntuples, bool forward);
extern void tuplesort_reset(Tuplesortstate *state); /* empty again, same keys */
extern void tuplesort_end(Tuplesortstate *state);
extern void tuplesort_get_stats(Tuplesortstate *state, TuplesortInstrumentation *stats);
extern const char *tuplesort_method_name(TuplesortMethod m);
extern const char *tuplesort_space_type_name(TuplesortSpaceType t);
/* With TUPLESORT_RANDOMACCESS. */
extern void tuplesort_rescan(Tuplesortstate *state);
extern void tuplesort_markpos(Tuplesortstate *state);
extern void tuplesort_restorepos(Tuplesortstate *state);

#endif /* TUPLESORT_H */
