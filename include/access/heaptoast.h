/*
 * access/heaptoast.h
 *    TOAST: keeping wide rows on one page by compressing values or moving them to the TOAST table.
 */
#ifndef HEAPTOAST_H
#define HEAPTOAST_H

#include "access/htup_details.h"
#include "utils/relcache.h"

#define MaximumBytesPerTuple(tuplesPerPage)                                                              \
	MAXALIGN_DOWN((BLCKSZ - MAXALIGN(SizeOfPageHeaderData + (tuplesPerPage) * sizeof(ItemIdData)) -      \
				   sizeof(HeapPageSpecialData)) /                                                        \
				  (tuplesPerPage))
#define TOAST_TUPLES_PER_PAGE 4
#define TOAST_TUPLE_THRESHOLD MaximumBytesPerTuple(TOAST_TUPLES_PER_PAGE)
#define TOAST_TUPLE_TARGET TOAST_TUPLE_THRESHOLD
#define TOAST_TUPLE_TARGET_MAIN MaximumBytesPerTuple(1)
#define TOAST_INDEX_TARGET (MaxHeapTupleSize / 16)
#define EXTERN_TUPLES_PER_PAGE 4
#define EXTERN_TUPLE_MAX_SIZE MaximumBytesPerTuple(EXTERN_TUPLES_PER_PAGE)
#define TOAST_MAX_CHUNK_SIZE (EXTERN_TUPLE_MAX_SIZE - MAXALIGN(SizeofHeapTupleHeader) - sizeof(Oid) - sizeof(int32) - VARHDRSZ)

/* Can rows of this type be too long for a page? Then the table needs a TOAST table. */
extern bool heap_relation_needs_toast_table(Relation rel);
extern HeapTuple heap_toast_insert_or_update(Relation rel, HeapTuple newtup, HeapTuple oldtup, int options);
extern void heap_toast_delete(Relation rel, HeapTuple oldtup, bool is_speculative);
extern HeapTuple toast_flatten_tuple(HeapTuple tup, TupleDesc tupleDesc);
extern Datum toast_flatten_tuple_to_datum(HeapTupleHeader tup, uint32 tup_len, TupleDesc tupleDesc);
extern HeapTuple toast_build_flattened_tuple(TupleDesc tupleDesc, Datum *values, bool *isnull);
/* A compressed copy, or (Datum) 0 when that does not make it smaller. */
extern Datum toast_compress_datum(Datum value, char cmethod);
extern Datum toast_save_datum(Relation rel, Datum value, struct varlena *oldexternal, int options);
extern void toast_delete_datum(Relation rel, Datum value, bool is_speculative);
extern Oid toast_get_valid_index(Oid toastoid, int lock);

#endif /* HEAPTOAST_H */
