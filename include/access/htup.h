/*
 * access/htup.h
 *    A heap tuple as it is handled in memory.
 *
 * t_data points to the tuple's header: into a pinned page, or into memory (right behind this struct when made by
 * heap_form_tuple). Transaction ids in the header are 32-bit offsets from the page's bases, so the bases travel with the
 * tuple; for a tuple that has never been on a page they are 0 and mean nothing. See access/htup_details.h for readers.
 */
#ifndef HTUP_H
#define HTUP_H

#include "storage/itemptr.h"

typedef struct HeapTupleHeaderData HeapTupleHeaderData;
typedef HeapTupleHeaderData *HeapTupleHeader;
typedef struct MinimalTupleData MinimalTupleData;
typedef MinimalTupleData *MinimalTuple;

typedef struct HeapTupleData
{
	uint32 t_len;			/* length of *t_data */
	ItemPointerData t_self; /* where it is, or Invalid */
	Oid t_tableOid;			/* table it came from, or Invalid */
	HeapTupleHeader t_data;
	TransactionId t_xid_base;
	MultiXactId t_multi_base;
} HeapTupleData;
typedef HeapTupleData *HeapTuple;

#define HEAPTUPLESIZE MAXALIGN(sizeof(HeapTupleData))
#define HeapTupleIsValid(tuple) PointerIsValid(tuple)

/* Command ids and the updater: see access/htup_details.h. */
extern CommandId HeapTupleHeaderGetCmin(const HeapTupleHeaderData *tup);
extern CommandId HeapTupleHeaderGetCmax(const HeapTupleHeaderData *tup);

#endif /* HTUP_H */
