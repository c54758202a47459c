/*
 * delete.c
 *    Deleting rows, and the two ends of a speculative insertion.
 */
#include "postgres.h"

#include "access/heaptoast.h"
#include "access/visibilitymap.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "heap/heap.h"
#include "heap/xmax.h"
#include "storage/procarray.h"
#include "sys/fault.h"
#include "utils/inval.h"

static bool
has_toastable_storage(Relation relation)
{
	return relation->rd_rel->relkind == RELKIND_RELATION || relation->rd_rel->relkind == RELKIND_MATVIEW;
}

static void
log_delete(HeapClaim *claim, const XmaxChange *change, uint8 flags)
{
	xl_heap_delete xlrec = {.xmax = change->xmax,
							.offnum = ItemPointerGetOffsetNumber(&claim->tuple.t_self),
							.infobits = change->infomask,
							.keys_updated = change->infomask2 != 0,
							.flags = flags};
	XLogRecPtr recptr;

	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	XLogRegisterBuffer(0, claim->buffer, REGBUF_STANDARD);
	recptr = XLogInsert(RM_HEAP_ID, XLOG_HEAP_DELETE);
	PageSetLSN(claim->page, recptr);
}

static void
apply_delete(HeapClaim *claim, const XmaxChange *change, TransactionId xid, CommandId cmax, bool iscombo,
			 bool changing_part)
{
	HeapTupleHeader header = claim->tuple.t_data;
	uint8 flags = changing_part ? XLH_PARTITION_MOVE : 0;

	START_CRIT_SECTION();
	heap_page_note_prunable(claim->page, xid);
	if (PageIsAllVisible(claim->page))
	{
		flags |= XLH_OLD_ALL_VISIBLE_CLEARED;
		PageClearAllVisible(claim->page);
		visibilitymap_clear(claim->rel, BufferGetBlockNumber(claim->buffer), claim->vmbuffer,
							VISIBILITYMAP_VALID_BITS);
	}
	heap_apply_xmax(header, claim->page, change);
	HeapTupleHeaderClearHotUpdated(header);
	HeapTupleHeaderSetCmax(header, cmax, iscombo);
	if (changing_part)
		HeapTupleHeaderSetMovedPartitions(header);
	else
		header->t_ctid = claim->tuple.t_self;
	MarkBufferDirty(claim->buffer);
	if (RelationNeedsWAL(claim->rel))
	{
		log_delete(claim, change, flags);
		FAULT_POINT("heap-delete-logged");
	}
	END_CRIT_SECTION();
}

TM_Result
heap_delete(Relation relation, ItemPointer tid, CommandId cid, Snapshot crosscheck, bool wait, TM_FailureData *tmfd,
			bool changingPart)
{
	TransactionId xid = GetCurrentTransactionId();
	HeapClaim claim;
	TM_Result result;
	XmaxChange change;
	CommandId cmax = cid;
	bool iscombo;

	MultiXactIdSetOldestMember();
	heap_claim_begin(&claim, relation, tid, LockTupleExclusive, XLTW_Delete);
	result = heap_claim_settle(&claim, cid, wait);
	if (result == TM_Invisible)
	{
		UnlockReleaseBuffer(claim.buffer);
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("attempted to delete invisible tuple")));
	}
	if (result == TM_Ok && crosscheck != InvalidSnapshot &&
		!HeapTupleSatisfiesVisibility(&claim.tuple, crosscheck, claim.buffer))
		result = TM_Updated;
	if (result != TM_Ok)
	{
		heap_fill_failure(&claim.tuple, result, tmfd);
		LockBuffer(claim.buffer, BUFFER_LOCK_UNLOCK);
		heap_claim_end(&claim);
		return result;
	}

	heap_adjust_cmax(&claim.tuple, &cmax, &iscombo);
	change = heap_compute_new_xmax(HeapTupleGetRawXmax(&claim.tuple), claim.tuple.t_data->t_infomask,
								   claim.tuple.t_data->t_infomask2, xid, LockTupleExclusive, true);
	heap_page_prepare_ids(relation, claim.buffer, xid, change.is_multi ? change.xmax : InvalidMultiXactId);
	apply_delete(&claim, &change, xid, cmax, iscombo, changingPart);
	LockBuffer(claim.buffer, BUFFER_LOCK_UNLOCK);

	/* The page stays pinned: the tuple is still needed. */
	claim.tuple.t_xid_base = HeapPageGetXidBase(claim.page);
	claim.tuple.t_multi_base = HeapPageGetMultiBase(claim.page);
	if (has_toastable_storage(relation) && HeapTupleHasExternal(&claim.tuple))
		heap_toast_delete(relation, &claim.tuple, false);
	if (IsCatalogRelation(relation))
		CacheInvalidateHeapTuple(relation, &claim.tuple, NULL);
	heap_claim_end(&claim);
	pgstat_count_heap_delete(relation);
	return TM_Ok;
}

void
simple_heap_delete(Relation relation, ItemPointer tid)
{
	TM_FailureData tmfd;
	TM_Result result = heap_delete(relation, tid, GetCurrentCommandId(true), InvalidSnapshot, true, &tmfd, false);

	switch (result)
	{
		case TM_Ok:
			return;
		case TM_SelfModified:
			elog(ERROR, "tuple already updated by self");
		case TM_Updated:
			elog(ERROR, "tuple concurrently updated");
		case TM_Deleted:
			elog(ERROR, "tuple concurrently deleted");
		default:
			elog(ERROR, "unrecognized heap_delete status: %u", result);
	}
}

/* ---- speculative insertion ---------------------------------------------------------------------------------------------- */
static HeapTupleHeader
own_tuple_on_page(Page page, ItemPointer tid)
{
	OffsetNumber offnum = ItemPointerGetOffsetNumber(tid);
	ItemId lp = NULL;

	if (offnum <= PageGetMaxOffsetNumber(page))
		lp = PageGetItemId(page, offnum);
	if (lp == NULL || !ItemIdIsNormal(lp))
		elog(ERROR, "invalid lp");
	return (HeapTupleHeader) PageGetItem(page, lp);
}

/* The insertion stands: the token gives way to a normal ctid. */
void
heap_finish_speculative(Relation relation, ItemPointer tid)
{
	Buffer buffer = ReadBuffer(relation, ItemPointerGetBlockNumber(tid));
	Page page = BufferGetPage(buffer);
	HeapTupleHeader header;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	header = own_tuple_on_page(page, tid);
	Assert(HeapTupleHeaderIsSpeculative(header));
	START_CRIT_SECTION();
	MarkBufferDirty(buffer);
	header->t_ctid = *tid;
	if (RelationNeedsWAL(relation))
	{
		xl_heap_confirm xlrec = {ItemPointerGetOffsetNumber(tid)};
		XLogRecPtr recptr;

		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		XLogRegisterBuffer(0, buffer, REGBUF_STANDARD);
		recptr = XLogInsert(RM_HEAP_ID, XLOG_HEAP_CONFIRM);
		PageSetLSN(page, recptr);
		FAULT_POINT("heap-confirm-logged");
	}
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
}

/* The insertion is taken back at once, so that others need not wait for the transaction's end. */
void
heap_abort_speculative(Relation relation, ItemPointer tid)
{
	TransactionId xid = GetCurrentTransactionId();
	Buffer buffer = ReadBuffer(relation, ItemPointerGetBlockNumber(tid));
	Page page = BufferGetPage(buffer);
	HeapTupleHeader header;
	HeapTupleData tuple;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	header = own_tuple_on_page(page, tid);
	heap_tuple_set_from_page(&tuple, page, PageGetItemId(page, ItemPointerGetOffsetNumber(tid)),
							 ItemPointerGetBlockNumber(tid), ItemPointerGetOffsetNumber(tid),
							 RelationGetRelid(relation));
	if (HeapTupleGetRawXmin(&tuple) != xid)
		elog(ERROR, "attempted to kill a tuple inserted by another transaction");
	if (!HeapTupleHeaderIsSpeculative(header))
		elog(ERROR, "attempted to kill a non-speculative tuple");

	START_CRIT_SECTION();
	heap_page_note_prunable(page, xid);
	/* Without an inserter it is dead to everybody, this transaction included. */
	header->t_choice.t_heap.t_xmin = InvalidTransactionId;
	header->t_infomask &= ~(HEAP_XMAX_BITS | HEAP_XMIN_FROZEN);
	header->t_infomask |= HEAP_XMIN_INVALID | HEAP_XMAX_INVALID;
	header->t_infomask2 &= ~HEAP_KEYS_UPDATED;
	header->t_ctid = *tid;
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(relation))
	{
		xl_heap_delete xlrec = {.xmax = xid, .offnum = ItemPointerGetOffsetNumber(tid), .flags = XLH_SUPER_DELETE};
		XLogRecPtr recptr;

		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		XLogRegisterBuffer(0, buffer, REGBUF_STANDARD);
		recptr = XLogInsert(RM_HEAP_ID, XLOG_HEAP_DELETE);
		PageSetLSN(page, recptr);
		FAULT_POINT("heap-super-delete-logged");
	}
	END_CRIT_SECTION();
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	if (HeapTupleHasExternal(&tuple))
		heap_toast_delete(relation, &tuple, true);
	ReleaseBuffer(buffer);
	pgstat_count_heap_delete(relation);
}
