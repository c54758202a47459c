/*
 * claim.c
 *    Getting at a row version that others may be at work on: for update and delete.
 *
 * The loop is: look at the tuple under the page lock; if somebody is in the way, give the page back, queue on the tuple's
 * heavyweight lock (so that waiters are served in order), wait for the transaction, and look again from the start. Nothing is
 * concluded from what was seen before the wait.
 */
#include "postgres.h"

#include "access/visibilitymap.h"
#include "access/xact.h"
#include "heap/xmax.h"

void
heap_claim_lock_page(HeapClaim *claim)
{
	BlockNumber block = BufferGetBlockNumber(claim->buffer);

	for (;;)
	{
		if (PageIsAllVisible(claim->page))
			visibilitymap_pin(claim->rel, block, &claim->vmbuffer);
		LockBuffer(claim->buffer, BUFFER_LOCK_EXCLUSIVE);
		if (!PageIsAllVisible(claim->page) || visibilitymap_pin_ok(block, claim->vmbuffer))
			return;
		LockBuffer(claim->buffer, BUFFER_LOCK_UNLOCK);
	}
}

void
heap_claim_begin(HeapClaim *claim, Relation rel, ItemPointer tid, LockTupleMode mode, XLTW_Oper oper)
{
	ItemId lp;

	Assert(ItemPointerIsValid(tid));
	memset(claim, 0, sizeof(*claim));
	claim->rel = rel;
	claim->mode = mode;
	claim->oper = oper;
	claim->buffer = ReadBuffer(rel, ItemPointerGetBlockNumber(tid));
	claim->page = BufferGetPage(claim->buffer);
	heap_claim_lock_page(claim);
	lp = PageGetItemId(claim->page, ItemPointerGetOffsetNumber(tid));
	if (!ItemIdIsNormal(lp))
		elog(ERROR, "tuple (%u,%u) of relation \"%s\" is not there", ItemPointerGetBlockNumber(tid),
			 ItemPointerGetOffsetNumber(tid), RelationGetRelationName(rel));
	heap_tuple_set_from_page(&claim->tuple, claim->page, lp, ItemPointerGetBlockNumber(tid),
							 ItemPointerGetOffsetNumber(tid), RelationGetRelid(rel));
}

/* While the page was unlocked it may have been rebased. The item itself does not move: we pin the page. */
static void
refresh_tuple(HeapClaim *claim)
{
	claim->tuple.t_xid_base = HeapPageGetXidBase(claim->page);
	claim->tuple.t_multi_base = HeapPageGetMultiBase(claim->page);
}

static TM_Result
outcome_of_committed_update(HeapClaim *claim)
{
	const HeapTupleHeaderData *header = claim->tuple.t_data;

	if (HeapTupleHeaderIndicatesMovedPartitions(header))
		return TM_Deleted;
	return ItemPointerEquals(&claim->tuple.t_self, &header->t_ctid) ? TM_Deleted : TM_Updated;
}

TM_Result
heap_claim_settle(HeapClaim *claim, CommandId cid, bool wait)
{
	for (;;)
	{
		TM_Result result = HeapTupleSatisfiesUpdate(&claim->tuple, cid, claim->buffer);
		XmaxSurvey survey;
		uint64 xmax;
		uint16 infomask, infomask2;

		if (result != TM_BeingModified)
			return result;
		survey = heap_survey_xmax(&claim->tuple, claim->mode);
		if (!survey.conflict_running)
			return survey.conflict_committed ? outcome_of_committed_update(claim) : TM_Ok;
		if (!wait)
			return TM_BeingModified;

		xmax = HeapTupleGetRawXmax(&claim->tuple);
		infomask = claim->tuple.t_data->t_infomask;
		infomask2 = claim->tuple.t_data->t_infomask2;
		LockBuffer(claim->buffer, BUFFER_LOCK_UNLOCK);
		/* Who is in there already must not queue behind those who wait for it. */
		if (survey.own_mode < 0)
			heap_acquire_tuplock(claim->rel, &claim->tuple.t_self, claim->mode, LockWaitBlock,
								 &claim->have_tuple_lock);
		heap_wait_for_xmax(xmax, infomask, infomask2, claim->mode, LockWaitBlock, claim->rel, &claim->tuple.t_self,
						   claim->oper);
		heap_claim_lock_page(claim);
		refresh_tuple(claim);
	}
}

void
heap_claim_release_tuplock(HeapClaim *claim)
{
	if (claim->have_tuple_lock)
		UnlockTuple(claim->rel, &claim->tuple.t_self, heap_tuple_lock_lockmode(claim->mode));
	claim->have_tuple_lock = false;
}

void
heap_claim_end(HeapClaim *claim)
{
	ReleaseBuffer(claim->buffer);
	if (claim->vmbuffer != InvalidBuffer)
		ReleaseBuffer(claim->vmbuffer);
	heap_claim_release_tuplock(claim);
}
