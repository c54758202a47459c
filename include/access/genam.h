/*
 * access/genam.h
 *    Indexes whatever their access method, and scans of catalogs.
 */
#ifndef GENAM_H
#define GENAM_H

#include "access/heapam.h"
#include "access/relscan.h"
#include "access/sdir.h"
#include "access/skey.h"
#include "nodes/tidbitmap.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

struct IndexInfo;

typedef struct IndexBuildResult
{
	double heap_tuples;	 /* seen in the table */
	double index_tuples; /* put into the index */
} IndexBuildResult;

typedef struct IndexVacuumInfo
{
	Relation index;
	bool analyze_only;
	bool report_progress;
	bool estimated_count; /* num_heap_tuples is an estimate */
	int message_level;
	double num_heap_tuples;
	BufferAccessStrategy strategy;
} IndexVacuumInfo;

typedef struct IndexBulkDeleteResult
{
	BlockNumber num_pages;
	bool estimated_count;
	double num_index_tuples;
	double tuples_removed;
	BlockNumber pages_newly_deleted;
	BlockNumber pages_deleted; /* all deleted pages, new and old */
	BlockNumber pages_free;	   /* of them free for reuse */
} IndexBulkDeleteResult;

typedef bool (*IndexBulkDeleteCallback)(ItemPointer itemptr, void *state);

typedef enum IndexUniqueCheck
{
	UNIQUE_CHECK_NO,	   /* not a unique index, or do not look */
	UNIQUE_CHECK_YES,	   /* raise 23505; wait for transactions in doubt */
	UNIQUE_CHECK_PARTIAL,  /* insert, and tell whether there might be a duplicate: deferred and speculative */
	UNIQUE_CHECK_EXISTING  /* do not insert: check the entry that is there */
} IndexUniqueCheck;

#define IndexScanIsValid(scan) PointerIsValid(scan)

extern Relation index_open(Oid relationId, LOCKMODE lockmode); /* 42809 when it is not an index */
extern void index_close(Relation relation, LOCKMODE lockmode);

/* Result: for UNIQUE_CHECK_PARTIAL false means a possible duplicate; else true. */
extern bool index_insert(Relation indexRelation, Datum *values, bool *isnull, ItemPointer heap_t_ctid,
						 Relation heapRelation, IndexUniqueCheck checkUnique, bool indexUnchanged,
						 struct IndexInfo *indexInfo);

/* A plain or index-only scan. Then index_rescan with the keys, which are copied. */
extern IndexScanDesc index_beginscan(Relation heapRelation, Relation indexRelation, Snapshot snapshot, int nkeys,
									 int norderbys);
extern IndexScanDesc index_beginscan_bitmap(Relation indexRelation, Snapshot snapshot, int nkeys);
extern void index_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys);
extern void index_endscan(IndexScanDesc scan);
extern void index_markpos(IndexScanDesc scan);
extern void index_restrpos(IndexScanDesc scan);
/* The next matching entry's TID (points into the scan), NULL at the end. With xs_want_itup also scan->xs_itup. */
extern ItemPointer index_getnext_tid(IndexScanDesc scan, ScanDirection direction);
/* The heap tuple of xs_heaptid that the snapshot sees, or NULL. Pinned until the next call. */
extern HeapTuple index_fetch_heap(IndexScanDesc scan);
/* Both in a loop: the next visible heap tuple. */
extern HeapTuple index_getnext(IndexScanDesc scan, ScanDirection direction);
/*
 * Up to max visible heap tuples in index order, 0 at the end; they stay pinned until the next call. Fewer than max does not
 * mean the end.
 */
extern int index_getnext_batch(IndexScanDesc scan, ScanDirection direction, HeapTupleData *tuples, int max);
/* TIDs only, without looking at the heap. */
extern int index_next_batch_tids(IndexScanDesc scan, ScanDirection direction, ItemPointerData *tids, int max);
/* Adds all matching TIDs to the bitmap; returns their number. */
extern int64 index_getbitmap(IndexScanDesc scan, TIDBitmap *bitmap);

extern IndexBulkDeleteResult *index_bulk_delete(IndexVacuumInfo *info, IndexBulkDeleteResult *istat,
												IndexBulkDeleteCallback callback, void *callback_state);
extern IndexBulkDeleteResult *index_vacuum_cleanup(IndexVacuumInfo *info, IndexBulkDeleteResult *istat);
extern bool index_can_return(Relation indexRelation, int attno);
extern RegProcedure index_getprocid(Relation irel, AttrNumber attnum, uint16 procnum);
extern FmgrInfo *index_getprocinfo(Relation irel, AttrNumber attnum, uint16 procnum);

/* For access methods' ambeginscan. */
extern IndexScanDesc RelationGetIndexScan(Relation indexRelation, int nkeys, int norderbys);
extern void IndexScanEnd(IndexScanDesc scan);

/* "(a, b)=(1, 2)", or NULL when the user may not see those columns. values: as stored in the index. */
extern char *BuildIndexValueDescription(Relation indexRelation, Datum *values, bool *isnull);

/* ---- catalogs ------------------------------------------------------------------------------------------------------ */
/* Keys name heap columns. snapshot NULL: a fresh catalog snapshot. The tuple is valid until the next call. */
extern SysScanDesc systable_beginscan(Relation heapRelation, Oid indexId, bool indexOK, Snapshot snapshot, int nkeys,
									  ScanKey key);
extern HeapTuple systable_getnext(SysScanDesc sysscan);
/* Does the tuple last returned still look live to a fresh snapshot? */
extern bool systable_recheck_tuple(SysScanDesc sysscan, HeapTuple tup);
extern void systable_endscan(SysScanDesc sysscan);
extern SysScanDesc systable_beginscan_ordered(Relation heapRelation, Relation indexRelation, Snapshot snapshot,
											  int nkeys, ScanKey key);
extern HeapTuple systable_getnext_ordered(SysScanDesc sysscan, ScanDirection direction);
extern void systable_endscan_ordered(SysScanDesc sysscan);

#endif /* GENAM_H */
