/*
 * visibility.c
 *    Who sees a tuple version.
 *
 * Every rule is made of two questions: what became of the inserter, and what became of the deleter (an updater counts as one).
 * Answers that will not change any more are noted on the tuple as hint bits, so that the commit log is asked once.
 *
 * Order matters: "is it running?" is asked before "did it commit?", since a transaction first writes to the commit log
 * and then leaves the set of running ones. A snapshot's answer to "running?" stays the same however long one waits.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "heap/heap.h"
#include "storage/procarray.h"
#include "utils/combocid.h"

/* What a transaction's action on a tuple amounts to. */
typedef enum XactOutcome
{
	OUTCOME_NONE,	 /* no such action: not deleted, only locked */
	OUTCOME_MINE,	 /* by the current transaction or a live subtransaction */
	OUTCOME_RUNNING, /* by another one that has not ended */
	OUTCOME_COMMITTED,
	OUTCOME_ABORTED	 /* or crashed */
} XactOutcome;

/*
 * A "committed" hint must not reach the disk before the commit record does: with an asynchronous commit that is not flushed yet
 * the hint waits for a later visitor, unless the page's own LSN already forces the log out first.
 */
void
HeapTupleSetHintBits(HeapTupleHeader tuple, Buffer buffer, uint16 infomask, TransactionId xid)
{
	if (TransactionIdIsValid(xid))
	{
		XLogRecPtr commit_lsn = TransactionIdGetCommitLSN(xid);

		if (unlikely(!XLogRecPtrIsInvalid(commit_lsn)) && BufferIsPermanent(buffer) && XLogNeedsFlush(commit_lsn) &&
			BufferGetLSNAtomic(buffer) < commit_lsn)
			return;
	}
	tuple->t_infomask |= infomask;
	MarkBufferDirtyHint(buffer, true);
}

static XactOutcome
xact_outcome(TransactionId xid)
{
	if (TransactionIdIsCurrentTransactionId(xid))
		return OUTCOME_MINE;
	if (TransactionIdIsInProgress(xid))
		return OUTCOME_RUNNING;
	return TransactionIdDidCommit(xid) ? OUTCOME_COMMITTED : OUTCOME_ABORTED;
}

static inline XactOutcome
inserter_outcome(HeapTuple htup, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;
	TransactionId xmin;
	XactOutcome outcome;

	if (HeapTupleHeaderXminCommitted(header))
		return OUTCOME_COMMITTED;
	if (HeapTupleHeaderXminInvalid(header))
		return OUTCOME_ABORTED;
	xmin = HeapTupleGetRawXmin(htup);
	outcome = xact_outcome(xmin);
	if (outcome == OUTCOME_COMMITTED)
		HeapTupleSetHintBits(header, buffer, HEAP_XMIN_COMMITTED, xmin);
	else if (outcome == OUTCOME_ABORTED)
		HeapTupleSetHintBits(header, buffer, HEAP_XMIN_INVALID, InvalidTransactionId);
	return outcome;
}

/*
 * *deleter is set when there is one. A deleter inside a multixact gets no hint: the other members may still hold their locks.
 */
static XactOutcome
deleter_outcome(HeapTuple htup, Buffer buffer, TransactionId *deleter)
{
	HeapTupleHeader header = htup->t_data;
	uint16 infomask = header->t_infomask;
	XactOutcome outcome;

	*deleter = InvalidTransactionId;
	if (infomask & (HEAP_XMAX_INVALID | HEAP_XMAX_LOCK_ONLY))
		return OUTCOME_NONE;
	*deleter = HeapTupleGetUpdateXid(htup);
	if (infomask & HEAP_XMAX_IS_MULTI)
		return TransactionIdIsValid(*deleter) ? xact_outcome(*deleter) : OUTCOME_NONE;
	if (infomask & HEAP_XMAX_COMMITTED)
		return OUTCOME_COMMITTED;
	outcome = xact_outcome(*deleter);
	if (outcome == OUTCOME_COMMITTED)
		HeapTupleSetHintBits(header, buffer, HEAP_XMAX_COMMITTED, *deleter);
	else if (outcome == OUTCOME_ABORTED)
		HeapTupleSetHintBits(header, buffer, HEAP_XMAX_INVALID, InvalidTransactionId);
	return outcome;
}

/* ---- MVCC ------------------------------------------------------------------------------------------------------------ */
/* Does the snapshot see the deletion? The tuple itself is seen by it. */
static pg_noinline bool
snapshot_sees_deletion(HeapTuple htup, Snapshot snapshot, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;
	TransactionId xmax;

	if (HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask))
		return false;
	xmax = HeapTupleGetUpdateXid(htup);
	if (!TransactionIdIsValid(xmax))
		return false;
	if ((header->t_infomask & (HEAP_XMAX_COMMITTED | HEAP_XMAX_IS_MULTI)) == HEAP_XMAX_COMMITTED)
		return !XidInMVCCSnapshot(xmax, snapshot);
	if (TransactionIdIsCurrentTransactionId(xmax))
		return HeapTupleHeaderGetCmax(header) < snapshot->curcid;
	if (XidInMVCCSnapshot(xmax, snapshot))
		return false;
	if (TransactionIdDidCommit(xmax))
	{
		if (!(header->t_infomask & HEAP_XMAX_IS_MULTI))
			HeapTupleSetHintBits(header, buffer, HEAP_XMAX_COMMITTED, xmax);
		return true;
	}
	/* In a multixact lockers may live on: the field is still needed. */
	if (!(header->t_infomask & HEAP_XMAX_IS_MULTI))
		HeapTupleSetHintBits(header, buffer, HEAP_XMAX_INVALID, InvalidTransactionId);
	return false;
}

/* Inserted by this transaction: which commands were before the snapshot's? */
static bool
own_tuple_visible(HeapTuple htup, Snapshot snapshot)
{
	HeapTupleHeader header = htup->t_data;
	TransactionId xmax;

	if (HeapTupleHeaderGetCmin(header) >= snapshot->curcid)
		return false;
	if (header->t_infomask & (HEAP_XMAX_INVALID | HEAP_XMAX_LOCK_ONLY))
		return true;
	xmax = HeapTupleGetUpdateXid(htup);
	/* Nobody else could delete it: a deleter that is not current was a subtransaction that failed. */
	if (!TransactionIdIsCurrentTransactionId(xmax))
		return true;
	return HeapTupleHeaderGetCmax(header) >= snapshot->curcid;
}

static pg_noinline bool
inserter_seen(HeapTuple htup, Snapshot snapshot, Buffer buffer, bool *decided)
{
	HeapTupleHeader header = htup->t_data;
	TransactionId xmin = HeapTupleGetRawXmin(htup);

	*decided = true;
	if (HeapTupleHeaderXminInvalid(header))
		return false;
	if (TransactionIdIsCurrentTransactionId(xmin))
		return own_tuple_visible(htup, snapshot);
	if (XidInMVCCSnapshot(xmin, snapshot))
		return false;
	if (!TransactionIdDidCommit(xmin))
	{
		HeapTupleSetHintBits(header, buffer, HEAP_XMIN_INVALID, InvalidTransactionId);
		return false;
	}
	HeapTupleSetHintBits(header, buffer, HEAP_XMIN_COMMITTED, xmin);
	*decided = false;
	return true;
}

static inline bool
satisfies_mvcc(HeapTuple htup, Snapshot snapshot, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;

	if (unlikely(!HeapTupleHeaderXminCommitted(header)))
	{
		bool decided;
		bool visible = inserter_seen(htup, snapshot, buffer, &decided);

		if (decided)
			return visible;
	}
	else if (!HeapTupleHeaderXminFrozen(header))
	{
		TransactionId xmin = HeapTupleGetRawXmin(htup);

		if (xmin >= snapshot->xmin && XidInMVCCSnapshot(xmin, snapshot))
			return false;
	}
	if (likely(header->t_infomask & HEAP_XMAX_INVALID))
		return true;
	return !snapshot_sees_deletion(htup, snapshot, buffer);
}

/* ---- the others --------------------------------------------------------------------------------------------------------- */
static bool
satisfies_self(HeapTuple htup, Buffer buffer)
{
	TransactionId deleter;
	XactOutcome inserter = inserter_outcome(htup, buffer);
	XactOutcome deletion;

	if (inserter == OUTCOME_ABORTED || inserter == OUTCOME_RUNNING)
		return false;
	deletion = deleter_outcome(htup, buffer, &deleter);
	return deletion != OUTCOME_COMMITTED && deletion != OUTCOME_MINE;
}

/* Like "self", but what is in progress counts as done, and the snapshot tells who is at work. */
static bool
satisfies_dirty(HeapTuple htup, Snapshot snapshot, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;
	TransactionId deleter;

	snapshot->xmin = snapshot->xmax = InvalidTransactionId;
	snapshot->speculativeToken = 0;
	switch (inserter_outcome(htup, buffer))
	{
		case OUTCOME_ABORTED:
			return false;
		case OUTCOME_RUNNING:
			if (HeapTupleHeaderIsSpeculative(header))
				snapshot->speculativeToken = HeapTupleHeaderGetSpeculativeToken(header);
			snapshot->xmin = HeapTupleGetRawXmin(htup);
			return true;
		default:
			break;
	}
	switch (deleter_outcome(htup, buffer, &deleter))
	{
		case OUTCOME_COMMITTED:
		case OUTCOME_MINE:
			return false;
		case OUTCOME_RUNNING:
			snapshot->xmax = deleter;
			return true;
		default:
			return true;
	}
}

/*
 * TOAST chunks are reached only through a visible owner, so all that counts is that they were inserted by somebody who did
 * not fail. A speculative insertion that was taken back has no inserter any more.
 */
static bool
satisfies_toast(HeapTuple htup, Buffer buffer)
{
	if (inserter_outcome(htup, buffer) == OUTCOME_ABORTED)
		return false;
	return HeapTupleHeaderXminFrozen(htup->t_data) || TransactionIdIsValid(HeapTupleGetRawXmin(htup));
}

static bool
satisfies_non_vacuumable(HeapTuple htup, Snapshot snapshot, Buffer buffer)
{
	TransactionId dead_after = InvalidTransactionId;
	HTSV_Result result = HeapTupleSatisfiesVacuumHorizon(htup, buffer, &dead_after);

	if (result == HEAPTUPLE_RECENTLY_DEAD)
		return !GlobalVisTestIsRemovableXid(snapshot->vistest, dead_after);
	return result != HEAPTUPLE_DEAD;
}

bool
HeapTupleSatisfiesVisibility(HeapTuple htup, Snapshot snapshot, Buffer buffer)
{
	switch (snapshot->snapshot_type)
	{
		case SNAPSHOT_MVCC:
		case SNAPSHOT_HISTORIC_MVCC:
			return satisfies_mvcc(htup, snapshot, buffer);
		case SNAPSHOT_SELF:
			return satisfies_self(htup, buffer);
		case SNAPSHOT_ANY:
			return true;
		case SNAPSHOT_TOAST:
			return satisfies_toast(htup, buffer);
		case SNAPSHOT_DIRTY:
			return satisfies_dirty(htup, snapshot, buffer);
		case SNAPSHOT_NON_VACUUMABLE:
			return satisfies_non_vacuumable(htup, snapshot, buffer);
	}
	pg_unreachable();
}

/* ---- changing ---------------------------------------------------------------------------------------------------------- */
static TM_Result
changed_by_committed(HeapTuple htup)
{
	if (HeapTupleHeaderIndicatesMovedPartitions(htup->t_data))
		return TM_Deleted;
	return ItemPointerEquals(&htup->t_self, &htup->t_data->t_ctid) ? TM_Deleted : TM_Updated;
}

static TM_Result
changed_by_me(HeapTuple htup, CommandId curcid)
{
	return HeapTupleHeaderGetCmax(htup->t_data) >= curcid ? TM_SelfModified : TM_Invisible;
}

/* xmax is a multixact. */
static TM_Result
satisfies_update_multi(HeapTuple htup, CommandId curcid, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;
	MultiXactId multi = HeapTupleGetRawXmax(htup);
	TransactionId updater;

	if (HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask))
	{
		if (MultiXactIdIsRunning(multi, true))
			return TM_BeingModified;
		HeapTupleSetHintBits(header, buffer, HEAP_XMAX_INVALID, InvalidTransactionId);
		return TM_Ok;
	}
	updater = HeapTupleGetUpdateXid(htup);
	if (!TransactionIdIsValid(updater))
		return MultiXactIdIsRunning(multi, false) ? TM_BeingModified : TM_Ok;
	if (TransactionIdIsCurrentTransactionId(updater))
		return changed_by_me(htup, curcid);
	if (MultiXactIdIsRunning(multi, false))
		return TM_BeingModified;
	if (TransactionIdDidCommit(updater))
		return changed_by_committed(htup);
	HeapTupleSetHintBits(header, buffer, HEAP_XMAX_INVALID, InvalidTransactionId);
	return TM_Ok;
}

/* xmax is one transaction that locked or changed the tuple. */
static TM_Result
satisfies_update_single(HeapTuple htup, CommandId curcid, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;
	bool locked_only = HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask);
	TransactionId xmax = HeapTupleGetRawXmax(htup);

	if (header->t_infomask & HEAP_XMAX_COMMITTED)
		return locked_only ? TM_Ok : changed_by_committed(htup);
	switch (xact_outcome(xmax))
	{
		case OUTCOME_MINE:
			return locked_only ? TM_BeingModified : changed_by_me(htup, curcid);
		case OUTCOME_RUNNING:
			return TM_BeingModified;
		case OUTCOME_COMMITTED:
			if (locked_only)
				break;
			HeapTupleSetHintBits(header, buffer, HEAP_XMAX_COMMITTED, xmax);
			return changed_by_committed(htup);
		default:
			break;
	}
	HeapTupleSetHintBits(header, buffer, HEAP_XMAX_INVALID, InvalidTransactionId);
	return TM_Ok;
}

static TM_Result
satisfies_update_own(HeapTuple htup, CommandId curcid, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;
	uint16 infomask = header->t_infomask;
	TransactionId xmax;

	if (HeapTupleHeaderGetCmin(header) >= curcid)
		return TM_Invisible;
	if (infomask & HEAP_XMAX_INVALID)
		return TM_Ok;
	if (HEAP_XMAX_IS_LOCKED_ONLY(infomask))
	{
		xmax = HeapTupleGetRawXmax(htup);
		if (infomask & HEAP_XMAX_IS_MULTI)
			return MultiXactIdIsRunning(xmax, true) ? TM_BeingModified : TM_Ok;
		if (TransactionIdIsCurrentTransactionId(xmax) || TransactionIdIsInProgress(xmax))
			return TM_BeingModified;
		return TM_Ok;
	}
	xmax = HeapTupleGetUpdateXid(htup);
	if (TransactionIdIsCurrentTransactionId(xmax))
		return changed_by_me(htup, curcid);
	if (infomask & HEAP_XMAX_IS_MULTI)
		return MultiXactIdIsRunning(HeapTupleGetRawXmax(htup), false) ? TM_BeingModified : TM_Ok;
	/* A subtransaction that failed. */
	HeapTupleSetHintBits(header, buffer, HEAP_XMAX_INVALID, InvalidTransactionId);
	return TM_Ok;
}

TM_Result
HeapTupleSatisfiesUpdate(HeapTuple htup, CommandId curcid, Buffer buffer)
{
	switch (inserter_outcome(htup, buffer))
	{
		case OUTCOME_MINE:
			return satisfies_update_own(htup, curcid, buffer);
		case OUTCOME_COMMITTED:
			break;
		default:
			return TM_Invisible;
	}
	if (htup->t_data->t_infomask & HEAP_XMAX_INVALID)
		return TM_Ok;
	if (htup->t_data->t_infomask & HEAP_XMAX_IS_MULTI)
		return satisfies_update_multi(htup, curcid, buffer);
	return satisfies_update_single(htup, curcid, buffer);
}

/* ---- vacuum -------------------------------------------------------------------------------------------------------------- */
/* A lock whose holder has ended need not be looked at again. */
static void
tidy_lock_only(HeapTuple htup, Buffer buffer)
{
	HeapTupleHeader header = htup->t_data;
	uint64 xmax;

	if (header->t_infomask & (HEAP_XMAX_INVALID | HEAP_XMAX_COMMITTED))
		return;
	xmax = HeapTupleGetRawXmax(htup);
	if (header->t_infomask & HEAP_XMAX_IS_MULTI)
	{
		if (MultiXactIdIsRunning(xmax, true))
			return;
	}
	else if (TransactionIdIsInProgress(xmax) || TransactionIdIsCurrentTransactionId(xmax))
		return;
	HeapTupleSetHintBits(header, buffer, HEAP_XMAX_INVALID, InvalidTransactionId);
}

HTSV_Result
HeapTupleSatisfiesVacuumHorizon(HeapTuple htup, Buffer buffer, TransactionId *dead_after)
{
	XactOutcome inserter = inserter_outcome(htup, buffer);
	TransactionId deleter;

	*dead_after = InvalidTransactionId;
	switch (inserter)
	{
		case OUTCOME_ABORTED:
			return HEAPTUPLE_DEAD;
		case OUTCOME_RUNNING:
			return HEAPTUPLE_INSERT_IN_PROGRESS;
		case OUTCOME_MINE:
			if (deleter_outcome(htup, buffer, &deleter) == OUTCOME_MINE)
				return HEAPTUPLE_DELETE_IN_PROGRESS;
			return HEAPTUPLE_INSERT_IN_PROGRESS;
		default:
			break;
	}
	if (HEAP_XMAX_IS_LOCKED_ONLY(htup->t_data->t_infomask))
		tidy_lock_only(htup, buffer);
	switch (deleter_outcome(htup, buffer, &deleter))
	{
		case OUTCOME_MINE:
		case OUTCOME_RUNNING:
			return HEAPTUPLE_DELETE_IN_PROGRESS;
		case OUTCOME_COMMITTED:
			*dead_after = deleter;
			return HEAPTUPLE_RECENTLY_DEAD;
		default:
			return HEAPTUPLE_LIVE;
	}
}

HTSV_Result
HeapTupleSatisfiesVacuum(HeapTuple htup, TransactionId OldestXmin, Buffer buffer)
{
	TransactionId dead_after;
	HTSV_Result result = HeapTupleSatisfiesVacuumHorizon(htup, buffer, &dead_after);

	if (result == HEAPTUPLE_RECENTLY_DEAD && dead_after < OldestXmin)
		return HEAPTUPLE_DEAD;
	return result;
}

/* From hint bits alone, without locks on anything: false when in doubt. */
bool
HeapTupleIsSurelyDead(HeapTuple htup, struct GlobalVisState *vistest)
{
	HeapTupleHeader header = htup->t_data;

	if (!HeapTupleHeaderXminCommitted(header))
		return HeapTupleHeaderXminInvalid(header);
	if ((header->t_infomask & (HEAP_XMAX_INVALID | HEAP_XMAX_LOCK_ONLY | HEAP_XMAX_IS_MULTI)) ||
		!(header->t_infomask & HEAP_XMAX_COMMITTED))
		return false;
	return GlobalVisTestIsRemovableXid(vistest, HeapTupleGetRawXmax(htup));
}

bool
HeapTupleIsOnlyLocked(HeapTuple tuple)
{
	uint16 infomask = tuple->t_data->t_infomask;
	TransactionId updater;

	if (infomask & (HEAP_XMAX_INVALID | HEAP_XMAX_LOCK_ONLY))
		return true;
	if (!(infomask & HEAP_XMAX_IS_MULTI))
		return !TransactionIdIsValid(HeapTupleGetRawXmax(tuple));
	updater = HeapTupleGetUpdateXid(tuple);
	if (!TransactionIdIsValid(updater))
		return true;
	/* An updater that failed leaves only lockers. */
	return xact_outcome(updater) == OUTCOME_ABORTED;
}
