/*
 * utils/sortsupport.h
 *    Comparing values of one sort column without going through the function manager.
 *
 * PrepareSortSupport* fills comparator: for common types a C function, else a shim over the B-tree comparison function.
 * int_kind tells the sort that the values are integers of that width which it may compare in line.
 */
#ifndef SORTSUPPORT_H
#define SORTSUPPORT_H

#include "access/attnum.h"
#include "fmgr.h"
#include "utils/relcache.h"

typedef struct SortSupportData *SortSupport;

typedef enum SortIntKind
{
	SORT_NOT_INT = 0,
	SORT_INT16,
	SORT_INT32,
	SORT_INT64,
	SORT_UINT32 /* oid */
} SortIntKind;

typedef struct SortSupportData
{
	MemoryContext ssup_cxt; /* lives as long as the sort */
	Oid ssup_collation;
	bool ssup_reverse; /* descending */
	bool ssup_nulls_first;
	AttrNumber ssup_attno;
	void *ssup_extra;
	int (*comparator)(Datum x, Datum y, SortSupport ssup); /* ascending; not for nulls */
	SortIntKind int_kind;

	/* Abbreviated keys: a word that orders like the value, or is equal; then abbrev_full_comparator decides. */
	bool abbreviate; /* in: wanted */
	Datum (*abbrev_converter)(Datum original, SortSupport ssup);
	bool (*abbrev_abort)(int memtupcount, SortSupport ssup);
	int (*abbrev_full_comparator)(Datum x, Datum y, SortSupport ssup);
} SortSupportData;

extern void PrepareSortSupportComparisonShim(Oid cmpFunc, SortSupport ssup);
extern void PrepareSortSupportFromOrderingOp(Oid orderingOp, SortSupport ssup);
extern void PrepareSortSupportFromIndexRel(Relation indexRel, int16 strategy, SortSupport ssup);
/* From a B-tree comparison function's OID alone; knows the built-in integer and oid comparisons. */
extern void sort_support_from_cmp_proc(Oid cmp_proc, SortSupport ssup);
extern int ssup_datum_unsigned_cmp(Datum x, Datum y, SortSupport ssup);
extern int ssup_datum_signed_cmp(Datum x, Datum y, SortSupport ssup);
extern int ssup_datum_int32_cmp(Datum x, Datum y, SortSupport ssup);

static inline int
ApplySortComparator(Datum datum1, bool isNull1, Datum datum2, bool isNull2, SortSupport ssup)
{
	int compare;

	if (unlikely(isNull1 || isNull2))
	{
		if (isNull1 && isNull2)
			return 0;
		return isNull1 == ssup->ssup_nulls_first ? -1 : 1;
	}
	compare = ssup->comparator(datum1, datum2, ssup);
	return ssup->ssup_reverse ? (compare < 0) - (compare > 0) : compare;
}

#endif /* SORTSUPPORT_H */
