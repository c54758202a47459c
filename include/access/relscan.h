/*
 * access/relscan.h
 *    The state of scans of tables and indexes.
 */
#ifndef RELSCAN_H
#define RELSCAN_H

#include "access/htup_details.h"
#include "access/itup.h"
#include "access/sdir.h"
#include "access/skey.h"
#include "storage/buf.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

typedef struct HeapScanDescData HeapScanDescData; /* heap/heap_scan.c */
typedef HeapScanDescData *HeapScanDesc;
typedef HeapScanDescData *HeapScan;
typedef HeapScanDescData *TableScanDesc;

/* Fetching heap tuples for TIDs that an index gave; keeps the last heap page pinned. */
typedef struct IndexFetchTableData
{
	Relation rel;
	Buffer xs_cbuf; /* pinned, or Invalid */
} IndexFetchTableData;

#define INDEX_SCAN_MAX_PINS 16

typedef struct IndexScanDescData
{
	Relation heapRelation; /* NULL for a bitmap scan */
	Relation indexRelation;
	Snapshot xs_snapshot;
	int numberOfKeys;
	int numberOfOrderBys; /* always 0: no access method orders by distance */
	ScanKeyData *keyData;
	ScanKeyData *orderByData;
	bool xs_want_itup; /* the caller wants xs_itup (index-only scan) */
	bool xs_temp_snap;
	bool kill_prior_tuple; /* the tuple last returned is dead to everybody: the index may mark its entry */
	bool ignore_killed_tuples;
	bool xactStartedInRecovery;
	void *opaque; /* the access method's */
	IndexTuple xs_itup;		  /* index-only: valid until the next call */
	TupleDesc xs_itupdesc;
	HeapTuple xs_hitup;
	TupleDesc xs_hitupdesc;
	ItemPointerData xs_heaptid; /* result of index_getnext_tid */
	bool xs_at_end;				/* the access method has said so: asking it again would start over */
	bool xs_heap_continue;		/* more members of the same HOT chain may match (non-MVCC snapshots) */
	IndexFetchTableData *xs_heapfetch;
	bool xs_recheck; /* the caller must check the scan keys itself */
	HeapTupleData xs_heap_tuple;	/* result of index_getnext: valid while xs_heapfetch pins it */
	int xs_num_pins;
	Buffer xs_pins[INDEX_SCAN_MAX_PINS]; /* pages of the last index_getnext_batch */
} IndexScanDescData;
typedef IndexScanDescData *IndexScanDesc;

/* A scan of a catalog, by index when that is possible. */
typedef struct SysScanDescData
{
	Relation heap_rel;
	Relation irel; /* NULL: heap scan */
	TableScanDesc scan;
	IndexScanDesc iscan;
	Snapshot snapshot; /* to unregister, or NULL */
} SysScanDescData;
typedef SysScanDescData *SysScanDesc;

#endif /* RELSCAN_H */
