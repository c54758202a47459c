/*
 * lock.c
 *    Row locks: SELECT FOR UPDATE and its weaker relatives.
 *
 * A row lock is stored in the tuple's xmax, so its number is not limited; only waiting uses the lock manager. A lock that
 * does not exclude an update (FOR KEY SHARE against an update that leaves keys alone) must hold for the row's newer versions too,
 * so those are locked as well.
 */
#include "postgres.h"

#include "access/visibilitymap.h"
#include "access/xact.h"
#include "heap/heap.h"
#include "heap/xmax.h"
#include "storage/procarray.h"
#include "sys/fault.h"

/* Writes the lock into the tuple and the log. */
static void
apply_lock(HeapClaim *claim, TransactionId xid, CommandId cid, bool newer_version)
{
	HeapTupleHeader header = claim->tuple.t_data;
	XmaxChange change = heap_compute_new_xmax(HeapTupleGetRawXmax(&claim->tuple), header->t_infomask,
											  header->t_infomask2, xid, claim->mode, false);
	uint8 flags = 0;

	heap_page_prepare_ids(claim->rel, claim->buffer, xid, change.is_multi ? change.xmax : InvalidMultiXactId);
	START_CRIT_SECTION();
	heap_apply_xmax(header, claim->page, &change);
	if (HEAP_XMAX_IS_LOCKED_ONLY(change.infomask))
	{
		/* No newer version (any more). */
		HeapTupleHeaderClearHotUpdated(header);
		if (!HeapTupleHeaderIsSpeculative(header))
			header->t_ctid = claim->tuple.t_self;
	}
	if (PageIsAllVisible(claim->page) &&
		visibilitymap_clear(claim->rel, BufferGetBlockNumber(claim->buffer), claim->vmbuffer,
							VISIBILITYMAP_ALL_FROZEN))
		flags |= XLH_OLD_ALL_VISIBLE_CLEARED;
	MarkBufferDirty(claim->buffer);
	if (RelationNeedsWAL(claim->rel))
	{
		xl_heap_lock xlrec = {.xmax = change.xmax,
							  .offnum = ItemPointerGetOffsetNumber(&claim->tuple.t_self),
							  .infobits = change.infomask,
							  .keys_updated = change.infomask2 != 0,
							  .flags = flags};
		XLogRecPtr recptr;

		if (HEAP_XMAX_IS_LOCKED_ONLY(change.infomask))
			xlrec.flags |= XLH_CTID_SELF;
		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		XLogRegisterBuffer(0, claim->buffer, REGBUF_STANDARD);
		recptr = newer_version ? XLogInsert(RM_HEAP2_ID, XLOG_HEAP2_LOCK_UPDATED)
							   : XLogInsert(RM_HEAP_ID, XLOG_HEAP_LOCK);
		PageSetLSN(claim->page, recptr);
		FAULT_POINT("heap-lock-logged");
	}
	END_CRIT_SECTION();
	claim->tuple.t_xid_base = HeapPageGetXidBase(claim->page);
	claim->tuple.t_multi_base = HeapPageGetMultiBase(claim->page);
}

/* ---- newer versions ------------------------------------------------------------------------------------------------------ */
/* Locks one newer version; waits as needed. TM_Ok also when there is nothing to lock any more. *next: the version after it. */
static TM_Result
lock_newer_version(Relation rel, ItemPointer tid, TransactionId prior_xmax, TransactionId xid, LockTupleMode mode,
				   ItemPointer next, TransactionId *next_prior)
{
	HeapClaim claim;
	TM_Result result = TM_Ok;
	TransactionId updater;

	ItemPointerSetInvalid(next);
	memset(&claim, 0, sizeof(claim));
	claim.rel = rel;
	claim.mode = mode;
	claim.oper = XLTW_LockUpdated;
	claim.buffer = ReadBuffer(rel, ItemPointerGetBlockNumber(tid));
	claim.page = BufferGetPage(claim.buffer);
	for (;;)
	{
		ItemId lp;
		XmaxSurvey survey;
		uint64 xmax;
		uint16 infomask, infomask2;

		heap_claim_lock_page(&claim);
		lp = ItemPointerGetOffsetNumber(tid) <= PageGetMaxOffsetNumber(claim.page)
			? PageGetItemId(claim.page, ItemPointerGetOffsetNumber(tid))
			: NULL;
		if (lp == NULL || !ItemIdIsNormal(lp))
			break;
		heap_tuple_set_from_page(&claim.tuple, claim.page, lp, ItemPointerGetBlockNumber(tid),
								 ItemPointerGetOffsetNumber(tid), RelationGetRelid(rel));
		/* Is it the version that the update we came from made? If that failed, its place may have been used again. */
		if (HeapTupleGetRawXmin(&claim.tuple) != prior_xmax || HeapTupleHeaderXminInvalid(claim.tuple.t_data) ||
			(!HeapTupleHeaderXminCommitted(claim.tuple.t_data) && TransactionIdDidAbort(prior_xmax)))
			break;
		survey = heap_survey_xmax(&claim.tuple, mode);
		if (survey.conflict_running)
		{
			xmax = HeapTupleGetRawXmax(&claim.tuple);
			infomask = claim.tuple.t_data->t_infomask;
			infomask2 = claim.tuple.t_data->t_infomask2;
			LockBuffer(claim.buffer, BUFFER_LOCK_UNLOCK);
			heap_wait_for_xmax(xmax, infomask, infomask2, mode, LockWaitBlock, rel, tid, XLTW_LockUpdated);
			continue;
		}
		if (survey.conflict_committed)
		{
			result = ItemPointerEquals(tid, &claim.tuple.t_data->t_ctid) ? TM_Deleted : TM_Updated;
			break;
		}
		if (survey.own_mode < (int) mode)
			apply_lock(&claim, xid, InvalidCommandId, true);
		updater = HeapTupleIsOnlyLocked(&claim.tuple) ? InvalidTransactionId : HeapTupleGetUpdateXid(&claim.tuple);
		if (TransactionIdIsValid(updater) && !ItemPointerEquals(tid, &claim.tuple.t_data->t_ctid) &&
			!HeapTupleHeaderIndicatesMovedPartitions(claim.tuple.t_data))
		{
			*next = claim.tuple.t_data->t_ctid;
			*next_prior = updater;
		}
		break;
	}
	LockBuffer(claim.buffer, BUFFER_LOCK_UNLOCK);
	heap_claim_end(&claim);
	return result;
}

static TM_Result
lock_newer_versions(Relation rel, HeapTuple tuple, ItemPointer ctid, TransactionId xid, LockTupleMode mode)
{
	ItemPointerData tid = *ctid;
	TransactionId prior = HeapTupleGetUpdateXid(tuple);

	while (ItemPointerIsValid(&tid) && !ItemPointerIndicatesMovedPartitions(&tid))
	{
		ItemPointerData next;
		TransactionId next_prior = InvalidTransactionId;
		TM_Result result = lock_newer_version(rel, &tid, prior, xid, mode, &next, &next_prior);

		if (result != TM_Ok)
			return result;
		CHECK_FOR_INTERRUPTS();
		tid = next;
		prior = next_prior;
	}
	return TM_Ok;
}

/* ---- one version ------------------------------------------------------------------------------------------------------------ */
static void
lock_not_available(Relation relation)
{
	ereport(ERROR, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
					errmsg("could not obtain lock on row in relation \"%s\"", RelationGetRelationName(relation))));
}

/* Waits for those in the way; page unlocked on entry, locked on exit. False: skip. */
static bool
wait_in_line(HeapClaim *claim, const XmaxSurvey *survey, uint64 xmax, uint16 infomask, uint16 infomask2,
			 LockWaitPolicy policy)
{
	bool ok = true;

	if (survey->own_mode < 0)
		ok = heap_acquire_tuplock(claim->rel, &claim->tuple.t_self, claim->mode, policy, &claim->have_tuple_lock);
	if (ok)
		ok = heap_wait_for_xmax(xmax, infomask, infomask2, claim->mode, policy, claim->rel, &claim->tuple.t_self,
								XLTW_Lock);
	if (!ok && policy == LockWaitError)
		lock_not_available(claim->rel);
	heap_claim_lock_page(claim);
	claim->tuple.t_xid_base = HeapPageGetXidBase(claim->page);
	claim->tuple.t_multi_base = HeapPageGetMultiBase(claim->page);
	return ok;
}

/*
 * The version is there and somebody has been at it. TM_Ok: *need_write says whether the lock must still be written.
 */
static TM_Result
settle_lock(HeapClaim *claim, TransactionId xid, CommandId cid, LockWaitPolicy policy, bool follow_update,
			bool *need_write)
{
	bool followed = false;

	*need_write = true;
	for (;;)
	{
		TM_Result result = HeapTupleSatisfiesUpdate(&claim->tuple, cid, claim->buffer);
		HeapTupleHeader header = claim->tuple.t_data;
		XmaxSurvey survey;
		uint64 xmax = HeapTupleGetRawXmax(&claim->tuple);
		uint16 infomask = header->t_infomask;
		uint16 infomask2 = header->t_infomask2;
		ItemPointerData ctid = header->t_ctid;

		if (result == TM_Ok || result == TM_Invisible || result == TM_SelfModified || result == TM_Deleted)
			return result;
		survey = heap_survey_xmax(&claim->tuple, claim->mode);
		if (survey.own_mode >= (int) claim->mode)
		{
			*need_write = false;
			return TM_Ok;
		}
		if (survey.conflict_running)
		{
			LockBuffer(claim->buffer, BUFFER_LOCK_UNLOCK);
			if (!wait_in_line(claim, &survey, xmax, infomask, infomask2, policy))
				return TM_WouldBlock;
			continue;
		}
		if (survey.conflict_committed)
		{
			if (HeapTupleHeaderIndicatesMovedPartitions(header))
				return TM_Deleted;
			return ItemPointerEquals(&claim->tuple.t_self, &header->t_ctid) ? TM_Deleted : TM_Updated;
		}
		/* A compatible update, running or done: its result must be locked too. */
		if ((survey.updater_running || survey.updater_committed) && follow_update && !followed &&
			!ItemPointerEquals(&claim->tuple.t_self, &ctid))
		{
			HeapTupleData copy = claim->tuple;
			_Alignas(8) char header_copy[MAXALIGN(SizeofHeapTupleHeader)];
			TM_Result newer;

			memcpy(header_copy, header, SizeofHeapTupleHeader);
			copy.t_data = (HeapTupleHeader) header_copy;
			LockBuffer(claim->buffer, BUFFER_LOCK_UNLOCK);
			newer = lock_newer_versions(claim->rel, &copy, &ctid, xid, claim->mode);
			heap_claim_lock_page(claim);
			claim->tuple.t_xid_base = HeapPageGetXidBase(claim->page);
			claim->tuple.t_multi_base = HeapPageGetMultiBase(claim->page);
			if (newer != TM_Ok)
				return newer;
			followed = true;
			continue;
		}
		return TM_Ok;
	}
}

TM_Result
heap_lock_tuple(Relation relation, HeapTuple tuple, CommandId cid, LockTupleMode mode, LockWaitPolicy wait_policy,
				bool follow_update, Buffer *buffer, TM_FailureData *tmfd)
{
	TransactionId xid = GetCurrentTransactionId();
	HeapClaim claim;
	TM_Result result;
	bool need_write;

	MultiXactIdSetOldestMember();
	heap_claim_begin(&claim, relation, &tuple->t_self, mode, XLTW_Lock);
	*buffer = claim.buffer;
	result = settle_lock(&claim, xid, cid, wait_policy, follow_update, &need_write);
	if (result == TM_Ok)
	{
		if (need_write)
			apply_lock(&claim, xid, cid, false);
	}
	else if (result != TM_Invisible)
		heap_fill_failure(&claim.tuple, result, tmfd);
	LockBuffer(claim.buffer, BUFFER_LOCK_UNLOCK);
	*tuple = claim.tuple;
	if (claim.vmbuffer != InvalidBuffer)
		ReleaseBuffer(claim.vmbuffer);
	heap_claim_release_tuplock(&claim);
	return result;
}

/* ---- the newest version ------------------------------------------------------------------------------------------------------ */
/*
 * From a version that was updated to the one that is to be tried next. False: the row is gone, *result says how.
 */
static bool
step_to_newer(Relation relation, ItemPointer tid, TransactionId *prior_xmax, LockWaitPolicy policy, CommandId cid,
			  TM_FailureData *tmfd, TM_Result *result)
{
	SnapshotData dirty;

	InitDirtySnapshot(dirty);
	for (;;)
	{
		HeapTupleData tuple;
		Buffer buffer = InvalidBuffer;
		TransactionId xmax;
		ItemPointerData ctid;

		if (ItemPointerIndicatesMovedPartitions(tid))
			ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
							errmsg("tuple to be locked was already moved to another partition due to concurrent update")));
		tuple.t_self = *tid;
		*result = TM_Deleted;
		if (heap_fetch(relation, &dirty, &tuple, &buffer, true))
		{
			bool same_row = HeapTupleGetRawXmin(&tuple) == *prior_xmax || HeapTupleGetXmin(&tuple) == *prior_xmax;

			ReleaseBuffer(buffer);
			/* The place was taken by another row. */
			if (!same_row)
				return false;
			if (TransactionIdIsValid(dirty.xmin))
				elog(ERROR, "t_xmin %llu is uncommitted in tuple (%u,%u) to be updated in table \"%s\"",
					 (unsigned long long) dirty.xmin, ItemPointerGetBlockNumber(tid), ItemPointerGetOffsetNumber(tid),
					 RelationGetRelationName(relation));
			if (!TransactionIdIsValid(dirty.xmax))
				return true;
			/* Somebody is at the newer version. */
			if (policy == LockWaitBlock)
				XactLockTableWait(dirty.xmax, relation, tid, XLTW_FetchUpdated);
			else if (!ConditionalXactLockTableWait(dirty.xmax))
			{
				if (policy == LockWaitError)
					lock_not_available(relation);
				*result = TM_WouldBlock;
				return false;
			}
			continue;
		}
		if (tuple.t_data == NULL)
			return false;
		/* Not the same row any more, or deleted, or updated again, perhaps by ourselves. */
		if (HeapTupleGetRawXmin(&tuple) != *prior_xmax && HeapTupleGetXmin(&tuple) != *prior_xmax)
		{
			ReleaseBuffer(buffer);
			return false;
		}
		xmax = HeapTupleGetUpdateXid(&tuple);
		ctid = tuple.t_data->t_ctid;
		if (TransactionIdIsCurrentTransactionId(HeapTupleGetRawXmin(&tuple)) &&
			HeapTupleHeaderGetCmin(tuple.t_data) >= cid)
		{
			tmfd->xmax = *prior_xmax;
			tmfd->cmax = HeapTupleHeaderGetCmin(tuple.t_data);
			ReleaseBuffer(buffer);
			*result = TM_SelfModified;
			return false;
		}
		if (TransactionIdIsCurrentTransactionId(xmax))
		{
			/* Let the lock attempt say TM_SelfModified. */
			ReleaseBuffer(buffer);
			return true;
		}
		ReleaseBuffer(buffer);
		if (ItemPointerEquals(&ctid, tid))
			return false;
		*tid = ctid;
		*prior_xmax = xmax;
	}
}

TM_Result
heap_tuple_lock(Relation relation, ItemPointer tid, Snapshot snapshot, HeapTuple *tuple, CommandId cid,
				LockTupleMode mode, LockWaitPolicy wait_policy, uint8 flags, TM_FailureData *tmfd)
{
	bool follow = (flags & TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS) != 0;
	ItemPointerData current = *tid;
	bool traversed = false;

	*tuple = NULL;
	for (;;)
	{
		HeapTupleData locked;
		Buffer buffer;
		TM_Result result;
		TransactionId prior_xmax;

		locked.t_self = current;
		result = heap_lock_tuple(relation, &locked, cid, mode, wait_policy, follow, &buffer, tmfd);
		if (result == TM_Ok)
			*tuple = heap_copytuple(&locked);
		ReleaseBuffer(buffer);
		tmfd->traversed = traversed;
		if (result != TM_Updated || !(flags & TUPLE_LOCK_FLAG_FIND_LAST_VERSION))
			return result;
		if (ItemPointerEquals(&tmfd->ctid, &current))
			return TM_Deleted;
		current = tmfd->ctid;
		prior_xmax = tmfd->xmax;
		traversed = true;
		if (!step_to_newer(relation, &current, &prior_xmax, wait_policy, cid, tmfd, &result))
		{
			tmfd->traversed = true;
			return result;
		}
	}
}
