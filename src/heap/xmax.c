/*
 * xmax.c
 *    The field that says who deletes, updates or locks a tuple.
 *
 * One transaction is stored as it is, several as a multixact. Bits in the infomask say how strong the strongest lock is, so
 * that most questions are answered without reading the multixact.
 *
 *    mode            locks            stronger than / conflicts with
 *    KeyShare        FOR KEY SHARE    conflicts with Exclusive only
 *    Share           FOR SHARE        conflicts with NoKeyExclusive, Exclusive
 *    NoKeyExclusive  FOR NO KEY UPDATE, UPDATE of other columns than keys
 *    Exclusive       FOR UPDATE, DELETE, UPDATE of keys
 */
#include "postgres.h"

#include "access/xact.h"
#include "heap/heap.h"
#include "heap/xmax.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/procarray.h"
#include "utils/combocid.h"

static const struct
{
	LOCKMODE lockmode; /* on the tuple's heavyweight lock, to queue for it */
	MultiXactStatus lock_status;
	MultiXactStatus update_status;
	uint16 lock_bits;
} tuple_modes[] = {
	[LockTupleKeyShare] = {AccessShareLock, MultiXactStatusForKeyShare, MultiXactStatusForKeyShare,
						   HEAP_XMAX_KEYSHR_LOCK},
	[LockTupleShare] = {RowShareLock, MultiXactStatusForShare, MultiXactStatusForShare, HEAP_XMAX_SHR_LOCK},
	[LockTupleNoKeyExclusive] = {ExclusiveLock, MultiXactStatusForNoKeyUpdate, MultiXactStatusNoKeyUpdate,
								 HEAP_XMAX_EXCL_LOCK},
	[LockTupleExclusive] = {AccessExclusiveLock, MultiXactStatusForUpdate, MultiXactStatusUpdate, HEAP_XMAX_EXCL_LOCK},
};

/* Which modes exclude each other; symmetric. */
static bool
modes_conflict(LockTupleMode a, LockTupleMode b)
{
	static const uint8 conflicts[] = {
		[LockTupleKeyShare] = 1 << LockTupleExclusive,
		[LockTupleShare] = 1 << LockTupleNoKeyExclusive | 1 << LockTupleExclusive,
		[LockTupleNoKeyExclusive] = 1 << LockTupleShare | 1 << LockTupleNoKeyExclusive | 1 << LockTupleExclusive,
		[LockTupleExclusive] = 0xF,
	};

	return (conflicts[a] >> b) & 1;
}

LOCKMODE
heap_tuple_lock_lockmode(LockTupleMode mode)
{
	return tuple_modes[mode].lockmode;
}

MultiXactStatus
heap_mxact_status(LockTupleMode mode, bool is_update)
{
	return is_update ? tuple_modes[mode].update_status : tuple_modes[mode].lock_status;
}

LockTupleMode
heap_mxact_lock_mode(MultiXactStatus status)
{
	switch (status)
	{
		case MultiXactStatusForKeyShare:
			return LockTupleKeyShare;
		case MultiXactStatusForShare:
			return LockTupleShare;
		case MultiXactStatusForNoKeyUpdate:
		case MultiXactStatusNoKeyUpdate:
			return LockTupleNoKeyExclusive;
		case MultiXactStatusForUpdate:
		case MultiXactStatusUpdate:
			return LockTupleExclusive;
	}
	elog(ERROR, "invalid multixact status %d", (int) status);
	return LockTupleExclusive;
}

TransactionId
heap_multi_get_update_xid(MultiXactId multi, uint16 infomask)
{
	MultiXactMember *members;
	TransactionId updater = InvalidTransactionId;
	int n = GetMultiXactIdMembers(multi, &members, false, false);

	for (int i = 0; i < n; i++)
		if (ISUPDATE_from_mxstatus(members[i].status))
			updater = members[i].xid;
	if (n > 0)
		pfree(members);
	return updater;
}

/* The strongest status that a single xmax stands for. */
static MultiXactStatus
single_status(uint16 infomask, uint16 infomask2)
{
	if (!HEAP_XMAX_IS_LOCKED_ONLY(infomask))
		return infomask2 & HEAP_KEYS_UPDATED ? MultiXactStatusUpdate : MultiXactStatusNoKeyUpdate;
	if (HEAP_XMAX_IS_KEYSHR_LOCKED(infomask))
		return MultiXactStatusForKeyShare;
	if (HEAP_XMAX_IS_SHR_LOCKED(infomask))
		return MultiXactStatusForShare;
	return infomask2 & HEAP_KEYS_UPDATED ? MultiXactStatusForUpdate : MultiXactStatusForNoKeyUpdate;
}

/* ---- survey ------------------------------------------------------------------------------------------------------------ */
static void
survey_member(XmaxSurvey *survey, TransactionId xid, MultiXactStatus status, LockTupleMode mode)
{
	LockTupleMode held = heap_mxact_lock_mode(status);
	bool is_update = ISUPDATE_from_mxstatus(status);
	bool conflict = modes_conflict(held, mode);

	if (TransactionIdIsCurrentTransactionId(xid))
	{
		survey->own_mode = Max(survey->own_mode, (int) held);
		return;
	}
	if (TransactionIdIsInProgress(xid))
	{
		survey->others_running = true;
		survey->conflict_running |= conflict;
		survey->updater_running |= is_update;
	}
	else if (is_update && TransactionIdDidCommit(xid))
	{
		survey->updater_committed = true;
		survey->conflict_committed |= conflict;
	}
}

XmaxSurvey
heap_survey_xmax(HeapTuple tuple, LockTupleMode mode)
{
	XmaxSurvey survey = {.own_mode = -1};
	uint16 infomask = tuple->t_data->t_infomask;
	uint64 xmax = HeapTupleGetRawXmax(tuple);
	MultiXactMember *members;
	int n;

	if (infomask & HEAP_XMAX_INVALID)
		return survey;
	if (!(infomask & HEAP_XMAX_IS_MULTI))
	{
		survey_member(&survey, xmax, single_status(infomask, tuple->t_data->t_infomask2), mode);
		return survey;
	}
	n = GetMultiXactIdMembers(xmax, &members, false, HEAP_XMAX_IS_LOCKED_ONLY(infomask));
	for (int i = 0; i < n; i++)
		survey_member(&survey, members[i].xid, members[i].status, mode);
	if (n > 0)
		pfree(members);
	return survey;
}

/* ---- waiting --------------------------------------------------------------------------------------------------------------- */
/*
 * Waits for each member in conflict. policy other than block: returns false at the first that would have to be waited for.
 */
static bool
wait_for_xid(TransactionId xid, LockWaitPolicy policy, Relation rel, ItemPointer ctid, XLTW_Oper oper)
{
	if (policy != LockWaitBlock)
		return ConditionalXactLockTableWait(xid);
	XactLockTableWait(xid, rel, ctid, oper);
	return true;
}

bool
heap_wait_for_xmax(uint64 xmax, uint16 infomask, uint16 infomask2, LockTupleMode mode, LockWaitPolicy policy,
				   Relation rel, ItemPointer ctid, XLTW_Oper oper)
{
	MultiXactMember *members;
	bool done = true;
	int n;

	if (!(infomask & HEAP_XMAX_IS_MULTI))
		return wait_for_xid(xmax, policy, rel, ctid, oper);
	n = GetMultiXactIdMembers(xmax, &members, false, HEAP_XMAX_IS_LOCKED_ONLY(infomask));
	for (int i = 0; i < n && done; i++)
	{
		if (TransactionIdIsCurrentTransactionId(members[i].xid) ||
			!modes_conflict(heap_mxact_lock_mode(members[i].status), mode))
			continue;
		done = wait_for_xid(members[i].xid, policy, rel, ctid, oper);
	}
	if (n > 0)
		pfree(members);
	return done;
}

bool
heap_acquire_tuplock(Relation relation, ItemPointer tid, LockTupleMode mode, LockWaitPolicy wait_policy,
					 bool *have_tuple_lock)
{
	LOCKMODE lockmode = tuple_modes[mode].lockmode;

	if (*have_tuple_lock)
		return true;
	if (wait_policy == LockWaitBlock)
		LockTuple(relation, tid, lockmode);
	else if (!ConditionalLockTuple(relation, tid, lockmode))
		return false;
	*have_tuple_lock = true;
	return true;
}

/* ---- new values ---------------------------------------------------------------------------------------------------------------- */
static XmaxChange
single_xmax(TransactionId xid, LockTupleMode mode, bool is_update)
{
	XmaxChange change = {.xmax = xid};

	if (!is_update)
		change.infomask = HEAP_XMAX_LOCK_ONLY | tuple_modes[mode].lock_bits;
	if (mode == LockTupleExclusive)
		change.infomask2 = HEAP_KEYS_UPDATED;
	return change;
}

XmaxChange
heap_multi_xmax(MultiXactId multi)
{
	XmaxChange change = {.xmax = multi, .is_multi = true, .infomask = HEAP_XMAX_IS_MULTI};
	MultiXactMember *members;
	int n = GetMultiXactIdMembers(multi, &members, false, false);
	LockTupleMode strongest = LockTupleKeyShare;
	bool has_update = false;

	for (int i = 0; i < n; i++)
	{
		LockTupleMode mode = heap_mxact_lock_mode(members[i].status);

		strongest = Max(strongest, mode);
		has_update |= ISUPDATE_from_mxstatus(members[i].status);
	}
	if (n > 0)
		pfree(members);
	change.infomask |= tuple_modes[strongest].lock_bits;
	if (strongest == LockTupleExclusive)
		change.infomask2 = HEAP_KEYS_UPDATED;
	if (!has_update)
		change.infomask |= HEAP_XMAX_LOCK_ONLY;
	return change;
}

XmaxChange
heap_compute_new_xmax(uint64 old_xmax, uint16 old_infomask, uint16 old_infomask2, TransactionId add,
					  LockTupleMode mode, bool is_update)
{
	MultiXactStatus status = heap_mxact_status(mode, is_update);
	bool locked_only = HEAP_XMAX_IS_LOCKED_ONLY(old_infomask);
	MultiXactStatus old_status;

	if ((old_infomask & HEAP_XMAX_INVALID) || old_xmax == 0)
		return single_xmax(add, mode, is_update);
	if (old_infomask & HEAP_XMAX_IS_MULTI)
	{
		if (!MultiXactIdIsRunning(old_xmax, locked_only))
		{
			TransactionId updater = locked_only ? InvalidTransactionId
												: heap_multi_get_update_xid(old_xmax, old_infomask);

			if (!TransactionIdIsValid(updater) || !TransactionIdDidCommit(updater))
				return single_xmax(add, mode, is_update);
		}
		return heap_multi_xmax(MultiXactIdExpand(old_xmax, add, status));
	}
	old_status = single_status(old_infomask, old_infomask2);
	if (old_xmax == add)
	{
		/* Own lock: keep the stronger of the two. */
		Assert(locked_only);
		return single_xmax(add, Max(mode, heap_mxact_lock_mode(old_status)), is_update);
	}
	if (TransactionIdIsCurrentTransactionId(old_xmax) || TransactionIdIsInProgress(old_xmax) ||
		(!locked_only && TransactionIdDidCommit(old_xmax)))
		return heap_multi_xmax(MultiXactIdCreate(old_xmax, old_status, add, status));
	return single_xmax(add, mode, is_update);
}

void
heap_apply_xmax(HeapTupleHeader header, Page page, const XmaxChange *change)
{
	header->t_infomask &= ~HEAP_XMAX_BITS;
	header->t_infomask2 &= ~HEAP_KEYS_UPDATED;
	header->t_infomask |= change->infomask;
	header->t_infomask2 |= change->infomask2;
	heap_header_set_xmax(header, page, change->xmax, change->is_multi);
}

void
heap_adjust_cmax(HeapTuple tuple, CommandId *cmax, bool *iscombo)
{
	HeapTupleHeader header = tuple->t_data;

	*iscombo = false;
	if (HeapTupleHeaderXminCommitted(header) || !TransactionIdIsCurrentTransactionId(HeapTupleGetRawXmin(tuple)))
		return;
	*cmax = GetComboCommandId(HeapTupleHeaderGetCmin(header), *cmax);
	*iscombo = true;
}

void
heap_fill_failure(HeapTuple tuple, TM_Result result, TM_FailureData *tmfd)
{
	tmfd->ctid = tuple->t_data->t_ctid;
	tmfd->xmax = HeapTupleGetUpdateXid(tuple);
	tmfd->cmax = result == TM_SelfModified ? HeapTupleHeaderGetCmax(tuple->t_data) : InvalidCommandId;
	tmfd->traversed = false;
}
