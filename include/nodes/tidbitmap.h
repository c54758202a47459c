/*
 * nodes/tidbitmap.h
 *    Sets of TIDs for bitmap scans: exact offsets per page, or, when memory gets short, whole pages ("lossy").
 */
#ifndef TIDBITMAP_H
#define TIDBITMAP_H

#include "storage/itemptr.h"

typedef struct TIDBitmap TIDBitmap;
typedef struct TBMIterator TBMIterator;

typedef struct TBMIterateResult
{
	BlockNumber blockno;
	int ntuples; /* -1: lossy, look at all tuples of the page */
	bool recheck; /* the condition must be tested on the tuples */
	OffsetNumber offsets[]; /* ascending */
} TBMIterateResult;

extern TIDBitmap *tbm_create(long maxbytes, void *dsa);
extern void tbm_free(TIDBitmap *tbm);
extern void tbm_add_tuples(TIDBitmap *tbm, const ItemPointerData *tids, int ntids, bool recheck);
extern void tbm_add_page(TIDBitmap *tbm, BlockNumber pageno);
extern void tbm_union(TIDBitmap *a, const TIDBitmap *b);	 /* a = a or b */
extern void tbm_intersect(TIDBitmap *a, const TIDBitmap *b); /* a = a and b */
extern bool tbm_is_empty(const TIDBitmap *tbm);
/* Pages in block order; after the first call the bitmap must not change. NULL at the end; the result is the iterator's. */
extern TBMIterator *tbm_begin_iterate(TIDBitmap *tbm);
extern TBMIterateResult *tbm_iterate(TBMIterator *iterator);
extern void tbm_end_iterate(TBMIterator *iterator);
extern long tbm_calculate_entries(double maxbytes);

#endif /* TIDBITMAP_H */
