/*
 * access/heapam.h
 *    The heap: scanning, fetching, inserting, updating, deleting and locking rows.
 *
 * Changing functions raise errors for trouble and *return* TM_Result for what other transactions did. Tuples found by
 * scans point into pinned pages and are valid until the next call on the scan.
 */
#ifndef HEAPAM_H
#define HEAPAM_H

#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/sdir.h"
#include "access/skey.h"
#include "access/table.h"
#include "nodes/lockoptions.h"
#include "storage/bufmgr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

struct TupleTableSlot;
struct IndexInfo;
struct VacuumParams;

/* ---- what happened to a row that somebody wanted to change -------------------------------------------------------- */
typedef enum TM_Result
{
	TM_Ok,			  /* done */
	TM_Invisible,	  /* the row is not visible to the snapshot used: a caller's error */
	TM_SelfModified,  /* this transaction changed it already (cmax says by which command) */
	TM_Updated,		  /* a committed transaction updated it: ctid leads to the new version */
	TM_Deleted,		  /* a committed transaction deleted it */
	TM_BeingModified, /* somebody is at it, and the caller did not want to wait */
	TM_WouldBlock	  /* lock not available, and the policy is to skip */
} TM_Result;

typedef struct TM_FailureData
{
	ItemPointerData ctid; /* newer version; the row's own TID when it was deleted */
	TransactionId xmax;	  /* who */
	CommandId cmax;		  /* TM_SelfModified: by which command; else InvalidCommandId */
	bool traversed;		  /* heap_tuple_lock: not the version asked for was locked */
} TM_FailureData;

/* heap_tuple_lock flags */
#define TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS (1 << 0) /* FOR SHARE-like locks: lock newer versions too */
#define TUPLE_LOCK_FLAG_FIND_LAST_VERSION (1 << 1)		 /* follow updates to the newest version and lock that */

/* ---- scans --------------------------------------------------------------------------------------------------------- */
typedef enum ScanOptions
{
	SO_TYPE_SEQSCAN = 1 << 0,
	SO_TYPE_BITMAPSCAN = 1 << 1,
	SO_TYPE_SAMPLESCAN = 1 << 2,
	SO_TYPE_TIDSCAN = 1 << 3,
	SO_TYPE_TIDRANGESCAN = 1 << 4,
	SO_TYPE_ANALYZE = 1 << 5,
	SO_ALLOW_STRAT = 1 << 6,   /* a ring of buffers for a big table */
	SO_ALLOW_SYNC = 1 << 7,	   /* accepted; scans always start at block 0 */
	SO_ALLOW_PAGEMODE = 1 << 8, /* accepted; scans always work page at a time with MVCC snapshots */
	SO_TEMP_SNAPSHOT = 1 << 9  /* unregister the snapshot at the end */
} ScanOptions;

extern TableScanDesc heap_beginscan(Relation relation, Snapshot snapshot, int nkeys, ScanKey key, void *parallel_scan,
									uint32 flags);
/* Sequential scan for a query; registers nothing: the snapshot must outlive the scan. */
extern TableScanDesc table_beginscan(Relation rel, Snapshot snapshot, int nkeys, ScanKey key);
extern TableScanDesc table_beginscan_catalog(Relation rel, int nkeys, ScanKey key);
extern TableScanDesc table_beginscan_strat(Relation rel, Snapshot snapshot, int nkeys, ScanKey key, bool allow_strat,
										   bool allow_sync);
/* Restrict to some pages; before the first fetch. */
extern void heap_setscanlimits(TableScanDesc scan, BlockNumber startBlk, BlockNumber numBlks);
/* Restrict to TIDs from mintid to maxtid, inclusive; may be called again after a rescan. */
extern void heap_set_tidrange(TableScanDesc scan, ItemPointer mintid, ItemPointer maxtid);
extern HeapTuple heap_getnext(TableScanDesc scan, ScanDirection direction);
/*
 * The next visible tuples, all of one page, at most max; 0 at the end. They stay valid until the next call. Pages that the
 * visibility map's flag on the page calls all-visible are not tested tuple by tuple.
 */
extern int heap_scan_next_batch(HeapScan scan, HeapTupleData *tuples, int max);
/*
 * Bitmap heap scans: visible tuples of one block, candidates offs[0..n-1], or all when n < 0. Valid until the next call;
 * max >= MaxHeapTuplesPerPage.
 */
extern int heap_scan_bitmap_block(HeapScan scan, BlockNumber block, const OffsetNumber *offs, int n,
								  HeapTupleData *tuples, int max);
extern void heap_rescan(TableScanDesc scan, ScanKey key, bool set_params, bool allow_strat, bool allow_sync,
						bool allow_pagemode);
extern void heap_endscan(TableScanDesc scan);
#define table_endscan(scan) heap_endscan(scan)
#define table_rescan(scan, key) heap_rescan((scan), (key), false, false, false, false)
extern Snapshot heap_scan_get_snapshot(HeapScan scan);
extern BlockNumber heap_scan_get_nblocks(HeapScan scan);

/*
 * Fetches the tuple at tuple->t_self. True: visible, *tuple filled, *userbuf pinned. False: not visible; with keep_buf and
 * the tuple physically there the buffer is kept pinned and t_data set, else t_data is NULL.
 */
extern bool heap_fetch(Relation relation, Snapshot snapshot, HeapTuple tuple, Buffer *userbuf, bool keep_buf);
/*
 * Searches the HOT chain that begins at tid for the member visible to the snapshot; the buffer is pinned and share-locked.
 * tid and *heapTuple become that member's. *all_dead (may be NULL): nobody can see any member.
 */
extern bool heap_hot_search_buffer(ItemPointer tid, Relation relation, Buffer buffer, Snapshot snapshot,
								   HeapTuple heapTuple, bool *all_dead, bool first_call);
/* tid becomes the newest version visible to the snapshot. */
extern void heap_get_latest_tid(Relation relation, Snapshot snapshot, ItemPointer tid);
extern bool heap_tid_is_valid(Relation relation, ItemPointer tid); /* block exists, offset not 0 */

extern IndexFetchTableData *table_index_fetch_begin(Relation rel);
extern void table_index_fetch_reset(IndexFetchTableData *scan);
extern void table_index_fetch_end(IndexFetchTableData *scan);
/* As heap_hot_search_buffer, reading and pinning the page as needed. *call_again: in and out, for non-MVCC snapshots. */
extern bool table_index_fetch_tuple(IndexFetchTableData *scan, ItemPointer tid, Snapshot snapshot, HeapTuple tuple,
									bool *call_again, bool *all_dead);
extern bool table_index_fetch_tuple_check(Relation rel, ItemPointer tid, Snapshot snapshot, bool *all_dead);

/* ---- changing ------------------------------------------------------------------------------------------------------ */
#define HEAP_INSERT_SKIP_FSM 0x0002	   /* always at the end */
#define HEAP_INSERT_FROZEN 0x0004	   /* COPY FREEZE: visible to all at once */
#define HEAP_INSERT_NO_LOGICAL 0x0008  /* accepted */
#define HEAP_INSERT_SPECULATIVE 0x0010 /* the tuple's t_ctid carries a token; finish or abort it */

typedef struct BulkInsertStateData *BulkInsertState;
extern BulkInsertState GetBulkInsertState(void);
extern void FreeBulkInsertState(BulkInsertState bistate);
extern void ReleaseBulkInsertStatePin(BulkInsertState bistate);

/* Fills tup->t_self. The tuple stored may differ (toasted); tup's header gets the transaction information. */
extern void heap_insert(Relation relation, HeapTuple tup, CommandId cid, int options, BulkInsertState bistate);
extern void heap_multi_insert(Relation relation, HeapTuple *tuples, int ntuples, CommandId cid, int options,
							  BulkInsertState bistate);
extern TM_Result heap_delete(Relation relation, ItemPointer tid, CommandId cid, Snapshot crosscheck, bool wait,
							 TM_FailureData *tmfd, bool changingPart);
/* newtup->t_self is the new version's place. No new index entries are needed when HeapTupleIsHeapOnly(newtup). */
extern TM_Result heap_update(Relation relation, ItemPointer otid, HeapTuple newtup, CommandId cid, Snapshot crosscheck,
							 bool wait, TM_FailureData *tmfd, LockTupleMode *lockmode);
/* Locks the version at tuple->t_self; *buffer is pinned whatever the result, and *tuple describes what is there. */
extern TM_Result heap_lock_tuple(Relation relation, HeapTuple tuple, CommandId cid, LockTupleMode mode,
								 LockWaitPolicy wait_policy, bool follow_update, Buffer *buffer,
								 TM_FailureData *tmfd);
/*
 * heap_lock_tuple that can follow updates to the newest version. On TM_Ok *tuple is a palloc'd copy of the version locked.
 * TM_Deleted when the row vanished on the way. 40001 where the snapshot's transaction keeps one snapshot is the caller's.
 */
extern TM_Result heap_tuple_lock(Relation relation, ItemPointer tid, Snapshot snapshot, HeapTuple *tuple, CommandId cid,
								 LockTupleMode mode, LockWaitPolicy wait_policy, uint8 flags, TM_FailureData *tmfd);
/* Overwrites the tuple at tuple->t_self without a new version: same length, no transaction rules. Catalog statistics. */
extern void heap_inplace_update(Relation relation, HeapTuple tuple);
extern void heap_finish_speculative(Relation relation, ItemPointer tid);
extern void heap_abort_speculative(Relation relation, ItemPointer tid);

/* Raise errors for concurrent changes: catalogs. */
extern void simple_heap_insert(Relation relation, HeapTuple tup);
extern void simple_heap_delete(Relation relation, ItemPointer tid);
extern void simple_heap_update(Relation relation, ItemPointer otid, HeapTuple tup);

/* ---- visibility ----------------------------------------------------------------------------------------------------- */
typedef enum
{
	HEAPTUPLE_DEAD,				  /* nobody can see it: may be removed */
	HEAPTUPLE_LIVE,				  /* live; its inserter committed */
	HEAPTUPLE_RECENTLY_DEAD,	  /* deleted, but somebody might still see it */
	HEAPTUPLE_INSERT_IN_PROGRESS,
	HEAPTUPLE_DELETE_IN_PROGRESS
} HTSV_Result;

/* All need the buffer pinned and (at least share) locked; they may set hint bits. */
extern bool HeapTupleSatisfiesVisibility(HeapTuple htup, Snapshot snapshot, Buffer buffer);
extern TM_Result HeapTupleSatisfiesUpdate(HeapTuple htup, CommandId curcid, Buffer buffer);
extern HTSV_Result HeapTupleSatisfiesVacuum(HeapTuple htup, TransactionId OldestXmin, Buffer buffer);
/* RECENTLY_DEAD comes with *dead_after: the xid that must be older than every snapshot. */
extern HTSV_Result HeapTupleSatisfiesVacuumHorizon(HeapTuple htup, Buffer buffer, TransactionId *dead_after);
extern void HeapTupleSetHintBits(HeapTupleHeader tuple, Buffer buffer, uint16 infomask, TransactionId xid);
extern bool HeapTupleIsSurelyDead(HeapTuple htup, struct GlobalVisState *vistest);
extern bool HeapTupleIsOnlyLocked(HeapTuple tuple);

/* ---- pruning, freezing, vacuum ----------------------------------------------------------------------------------------- */
/* Cheap test, then prune if the page would profit and the cleanup lock is free. Pinned, not locked. */
extern void heap_page_prune_opt(Relation relation, Buffer buffer);
extern TransactionId heap_index_delete_horizon(Relation rel, const ItemPointerData *tids, int ntids, bool *removable);
extern void heap_vacuum_rel(Relation rel, struct VacuumParams *params, BufferAccessStrategy bstrategy);

/* Calls back for every live (for SnapshotAny: every indexable) tuple; returns the number of live tuples. */
typedef void (*IndexBuildCallback)(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool tupleIsAlive,
								   void *state);
extern double table_index_build_scan(Relation table_rel, Relation index_rel, struct IndexInfo *index_info,
									 bool allow_sync, bool progress, IndexBuildCallback callback, void *callback_state,
									 TableScanDesc scan);
/* Values of the index columns for one heap tuple. */
extern void index_form_datum(struct IndexInfo *indexInfo, HeapTuple tuple, TupleDesc tupdesc, Datum *values,
							 bool *isnull);
/* Does the tuple satisfy the index's predicate? (true when there is none) */
extern bool index_predicate_holds(struct IndexInfo *indexInfo, HeapTuple tuple, TupleDesc tupdesc);

/* ---- new storage -------------------------------------------------------------------------------------------------------- */
/* Empties a table's and its TOAST table's files in place, without transaction safety: TRUNCATE of tables created in this transaction. */
extern void heap_truncate_storage(Relation rel);

/* Checks every page of a heap; appends findings as "block B, offset O: ..." strings; returns their number. Tests. */
struct StringInfoData;
extern int heap_check(Relation rel, struct StringInfoData *report);

#endif /* HEAPAM_H */
