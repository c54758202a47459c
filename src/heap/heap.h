/*
 * heap/heap.h
 *    What the files of heap/ share. Others use access/heapam.h.
 */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "access/heapam.h"
#include "access/heapam_xlog.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* ---- page bases (page_base.c) -------------------------------------------------------------------------------------- */
/* Makes an empty heap page whose bases leave half of the 32-bit range free in each direction. No WAL. */
extern void heap_page_init(Page page);
extern void heap_page_init_with_bases(Page page, TransactionId xid_base, MultiXactId multi_base);
/*
 * Makes sure that xid (or multi; 0 = none) can be stored on the page: rebases it if not, with a full page image in the WAL.
 * Exclusive lock held, outside of a critical section. 54000 when something on the page is too old and still needed.
 */
extern void heap_page_prepare_ids(Relation rel, Buffer buffer, TransactionId xid, MultiXactId multi);
/* Does the page have the heap's special area (is it not new or foreign)? */
extern bool heap_page_is_sane(Page page);

/* Writes xmax into a header on a page. */
static inline void
heap_header_set_xmax(HeapTupleHeader header, Page page, uint64 xmax, bool is_multi)
{
	header->t_choice.t_heap.t_xmax =
		is_multi ? (uint32) (xmax - HeapPageGetMultiBase(page)) : heap_xid_to_offset(HeapPageGetXidBase(page), xmax);
}
/* Remember on the page that something there becomes prunable once xid is old. */
extern void heap_page_note_prunable(Page page, TransactionId xid);

/* ---- finding room (place.c) ------------------------------------------------------------------------------------------- */
typedef struct BulkInsertStateData
{
	BufferAccessStrategy strategy;
	Buffer current_buf; /* pinned, or Invalid */
	int already_extended_by;
	BlockNumber next_free; /* pages of the last bulk extension not used yet: next_free .. last_free */
	BlockNumber last_free;
} BulkInsertStateData;

/*
 * A page with room for len bytes: pinned and exclusively locked. otherBuffer (pinned, unlocked) is locked too, lower block
 * number first. *vmbuffer (and *vmbuffer_other) hold the map page pinned when the page is all-visible.
 */
extern Buffer RelationGetBufferForTuple(Relation relation, Size len, Buffer otherBuffer, int options,
										BulkInsertState bistate, Buffer *vmbuffer, Buffer *vmbuffer_other);
/* Puts the tuple on the page and tells it its place. Critical section. */
extern void RelationPutHeapTuple(Relation relation, Buffer buffer, HeapTuple tuple, bool token);

/* ---- insertion (insert.c) ------------------------------------------------------------------------------------------------ */
/* Stamps the header (without xmin) and toasts; the result is tup or a replacement. */
extern HeapTuple heap_prepare_insert(Relation relation, HeapTuple tup, int options);

/* ---- xmax and its lock bits (xmax.c) --------------------------------------------------------------------------------------- */
typedef struct XmaxChange
{
	uint64 xmax; /* transaction or multixact, see is_multi */
	bool is_multi;
	uint16 infomask;  /* HEAP_XMAX_* bits to set */
	uint16 infomask2; /* HEAP_KEYS_UPDATED or 0 */
} XmaxChange;

/* What xmax becomes when `add` locks (is_update: updates or deletes) a tuple whose xmax is old_xmax with old masks. */
extern XmaxChange heap_compute_new_xmax(uint64 old_xmax, uint16 old_infomask, uint16 old_infomask2,
										TransactionId add, LockTupleMode mode, bool is_update);
extern LOCKMODE heap_tuple_lock_lockmode(LockTupleMode mode);
extern MultiXactStatus heap_mxact_status(LockTupleMode mode, bool is_update);
extern LockTupleMode heap_mxact_lock_mode(MultiXactStatus status);
/* Takes the heavyweight lock on the tuple once; false: not available under the policy. */
extern bool heap_acquire_tuplock(Relation relation, ItemPointer tid, LockTupleMode mode, LockWaitPolicy wait_policy,
								 bool *have_tuple_lock);
/* cmax to store: a combo id when this transaction also inserted the tuple. */
extern void heap_adjust_cmax(HeapTuple tuple, CommandId *cmax, bool *iscombo);
/* Makes the page's deleter/locker fields say `change`. The tuple is on a page, exclusively locked, in a critical section. */
extern void heap_apply_xmax(HeapTupleHeader header, Page page, const XmaxChange *change);
extern void heap_fill_failure(HeapTuple tuple, TM_Result result, TM_FailureData *tmfd);

/* ---- pruning and freezing ------------------------------------------------------------------------------------------------------ */
struct GlobalVisState;
typedef struct HeapPruneResult
{
	int ndeleted;  /* tuples removed */
	int nnewlpdead; /* line pointers that became dead */
} HeapPruneResult;
/* Exclusive cleanup lock held. vistest or (if it is NULL) oldest_xmin decides what is dead. off_loc: for error messages. */
extern HeapPruneResult heap_page_prune(Relation relation, Buffer buffer, struct GlobalVisState *vistest,
									   TransactionId oldest_xmin, OffsetNumber *off_loc);
/* For each line pointer of the page the root of its HOT chain, Invalid for others. MaxHeapTuplesPerPage entries. */
extern void heap_get_root_tuples(Page page, OffsetNumber *root_offsets);
/* The page change itself, for redo too. */
extern void heap_page_prune_execute(Buffer buffer, OffsetNumber *redirected, int nredirected, OffsetNumber *nowdead,
									int ndead, OffsetNumber *nowunused, int nunused);

/* Returns whether something is to be frozen; *all_frozen: the tuple needs no further freezing afterwards. */
extern bool heap_prepare_freeze_tuple(HeapTuple tuple, TransactionId freeze_limit, MultiXactId multi_limit,
									  TransactionId oldest_xmin, xl_heap_freeze_tuple *frz, bool *all_frozen);
extern void heap_execute_freeze_tuple(HeapTupleHeader header, Page page, const xl_heap_freeze_tuple *frz);
extern XLogRecPtr log_heap_freeze(Relation reln, Buffer buffer, TransactionId cutoff_xid, xl_heap_freeze_tuple *tuples,
								  int ntuples);

/* ---- logging helpers -------------------------------------------------------------------------------------------------------------- */
static inline xl_heap_header
heap_log_header(const HeapTupleHeaderData *header)
{
	xl_heap_header result = {header->t_infomask2, header->t_infomask, header->t_hoff};

	return result;
}

extern HeapScan heap_scan_new(Relation relation, Snapshot snapshot, int nkeys, ScanKey key, uint32 flags);

#endif /* HEAP_HEAP_H */
