/*
 * xact_top.c
 *    Start, commit and abort of the top-level transaction.
 *
 * A transaction that has no xid leaves no trace: its start and end touch only this process's memory and its own PGPROC. One with an
 * xid ends in this order (README, T3): record in the log, flushed unless it may be lost; commit log; ProcArray (the moment
 * from which others see it); locks.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/condition_variable.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/relation_storage.h"
#include "storage/sinvaladt.h"
#include "sys/fault.h"
#include "txn/xact_internal.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#pragma weak AtCleanup_Portals
extern void SyncRepWaitForLSN(XLogRecPtr lsn, bool commit) __attribute__((weak));

#define ABORT_RESERVE (32 * 1024)

/* ---- start --------------------------------------------------------------------------------------------------------------------------------- */

/* The contexts stay for the life of the process; transactions reset them. */
static void
ensure_contexts(void)
{
	if (xact.abort_context == NULL)
		xact.abort_context = AllocSetContextCreate(TopMemoryContext, "TransactionAbortContext", ABORT_RESERVE,
												   ABORT_RESERVE, ABORT_RESERVE);
	if (TopTransactionContext == NULL)
		TopTransactionContext =
			AllocSetContextCreate(TopMemoryContext, "TopTransactionContext", ALLOCSET_DEFAULT_SIZES);
	CurTransactionContext = TopTransactionContext;
	MemoryContextSwitchTo(CurTransactionContext);
}

static void
become_virtual_transaction(void)
{
	VirtualTransactionId vxid = {.backendId = MyBackendId, .localTransactionId = GetNextLocalTransactionId()};

	if (MyBackendId == InvalidBackendId)
		return; /* an auxiliary process */
	VirtualXactLockTableInsert(vxid);
	MyProc->lxid = vxid.localTransactionId;
}

void
xact_start_top(void)
{
	XactLevel *top = &xact.top;

	Assert(xact.current == top && top->state == TRANS_DEFAULT);
	top->state = TRANS_START;
	top->xid = InvalidTransactionId;
	top->chain = false;
	top->nestLevel = top->gucNestLevel = 1;
	top->savepointLevel = 1;
	top->childXids = NULL;
	top->nChildXids = top->maxChildXids = 0;
	top->subid = xact.last_subid = TopSubTransactionId;
	xact.command_id = FirstCommandId;
	xact.command_id_used = false;
	xact.force_sync_commit = false;
	MyXactFlags = 0;
	xact_is_sampled = false;

	XactReadOnly = RecoveryInProgress() ? true : DefaultXactReadOnly;
	XactDeferrable = DefaultXactDeferrable;
	XactIsoLevel = DefaultXactIsoLevel;

	ensure_contexts();
	top->context = CurTransactionContext;
	top->owner = ResourceOwnerCreate(NULL, "TopTransaction");
	TopTransactionResourceOwner = CurTransactionResourceOwner = CurrentResourceOwner = top->owner;

	become_virtual_transaction();
	/* now() is the time of the statement that began the transaction. */
	xact.xact_start = xact.stmt_start != 0 ? xact.stmt_start : GetCurrentTimestamp();
	xact.xact_stop = 0;
	pgstat_report_xact_timestamp(xact.xact_start);
	GetUserIdAndSecContext(&top->prevUser, &top->prevSecContext);
	AtStart_GUC();
	xact_modules_at_start();
	top->state = TRANS_INPROGRESS;
	AcceptInvalidationMessages();
}

/* ---- commit ---------------------------------------------------------------------------------------------------------------------------------- */

/* Does the user's setting, or what the transaction has done, demand that we wait for the disk? */
static bool
must_flush(bool wrote_log, bool has_xid, int nrels)
{
	return (wrote_log && has_xid && synchronous_commit > SYNCHRONOUS_COMMIT_OFF) || xact.force_sync_commit || nrels > 0;
}

/* Writes the record and marks the commit log. Returns the newest id of the tree, Invalid when there is none. */
static TransactionId
record_commit(void)
{
	TransactionId xid = GetTopTransactionIdIfAny();
	RelFileNode *rels = NULL;
	TransactionId *children = NULL;
	SharedInvalidationMessage *msgs = NULL;
	bool relcache_init_inval = false;
	int nrels = smgrGetPendingDeletes(true, &rels);
	int nchildren = xactGetCommittedChildren(&children);
	int nmsgs = xactGetCommittedInvalidationMessages(&msgs, &relcache_init_inval);
	bool has_xid = TransactionIdIsValid(xid);
	bool wrote_log = XactLastRecEnd != 0;
	TransactionId latest = InvalidTransactionId;

	if (!has_xid)
	{
		if (nrels != 0)
			elog(ERROR, "cannot commit a transaction that deleted files but has no xid");
		Assert(nchildren == 0);
		if (!wrote_log)
			return InvalidTransactionId;
	}
	else
	{
		uint32 flags = (xact.force_sync_commit ? XACT_END_FORCE_SYNC : 0) |
					   (relcache_init_inval ? XACT_END_RELCACHE_INIT_INVAL : 0) |
					   ((MyXactFlags & XACT_FLAGS_ACQUIREDACCESSEXCLUSIVELOCK) ? XACT_END_ACCESS_EXCLUSIVE_LOCKS : 0);

		/*
		 * A checkpoint that begins after our record must not finish without our commit-log bits: it waits for those who
		 * have this flag up.
		 */
		START_CRIT_SECTION();
		MyProc->delayChkptFlags |= DELAY_CHKPT_START;
		xact_log_commit(GetCurrentTransactionStopTimestamp(), nchildren, children, nrels, rels, nmsgs, msgs, flags,
						InvalidTransactionId);
	}

	FAULT_POINT("xact-commit-before-flush");
	if (must_flush(wrote_log, has_xid, nrels))
	{
		XLogFlush(XactLastRecEnd);
		FAULT_POINT("xact-commit-after-flush");
		if (has_xid)
			TransactionIdCommitTree(xid, nchildren, children);
	}
	else
	{
		XLogSetAsyncXactLSN(XactLastRecEnd);
		if (has_xid)
			TransactionIdAsyncCommitTree(xid, nchildren, children, XactLastRecEnd);
	}
	if (has_xid)
	{
		MyProc->delayChkptFlags &= ~DELAY_CHKPT_START;
		END_CRIT_SECTION();
		latest = TransactionIdLatest(xid, nchildren, children);
		if (wrote_log && SyncRepWaitForLSN)
			SyncRepWaitForLSN(XactLastRecEnd, true);
	}
	XactLastCommitEnd = XactLastRecEnd;
	XactLastRecEnd = InvalidXLogRecPtr;
	return latest;
}

/* Back to the state before any transaction. */
static void
forget_top(void)
{
	XactLevel *top = &xact.top;

	CurrentResourceOwner = NULL;
	ResourceOwnerDelete(top->owner);
	CurTransactionResourceOwner = TopTransactionResourceOwner = NULL;
	top->owner = NULL;
	top->xid = InvalidTransactionId;
	top->subid = InvalidSubTransactionId;
	top->nestLevel = top->gucNestLevel = 0;
	top->childXids = NULL;
	top->nChildXids = top->maxChildXids = 0;
	MemoryContextSwitchTo(TopMemoryContext);
	MemoryContextReset(TopTransactionContext);
	CurTransactionContext = NULL;
	top->context = NULL;
	top->state = TRANS_DEFAULT;
}

void
xact_commit_top(void)
{
	XactLevel *top = &xact.top;
	TransactionId latest;

	if (xact.current != top || top->state != TRANS_INPROGRESS)
		elog(WARNING, "CommitTransaction while in %s state", xact_block_state_name(xact.current->blockState));
	/* All of this may fail, and then the transaction aborts. */
	xact_modules_before_commit();

	/* From here on it will be committed. */
	HOLD_INTERRUPTS();
	top->state = TRANS_COMMIT;
	latest = record_commit();
	ProcArrayEndTransaction(MyProc, latest);

	xact_call_callbacks(XACT_EVENT_COMMIT);
	CurrentResourceOwner = NULL;
	xact_modules_release(top->owner, true);
	AtEOXact_Snapshot(true, false);
	MyProc->xmin = InvalidTransactionId; /* a catalog snapshot may have been taken meanwhile */
	forget_top();
	RESUME_INTERRUPTS();
}

/* ---- abort ------------------------------------------------------------------------------------------------------------------------------------ */

static TransactionId
record_abort(void)
{
	TransactionId xid = GetTopTransactionIdIfAny();
	RelFileNode *rels;
	TransactionId *children;
	int nrels;
	int nchildren;
	TransactionId latest;

	if (!TransactionIdIsValid(xid))
	{
		XactLastRecEnd = InvalidXLogRecPtr;
		return InvalidTransactionId;
	}
	if (TransactionIdDidCommit(xid))
		elog(PANIC, "cannot abort transaction %" PRIu64 ", it was already committed", xid);
	nrels = smgrGetPendingDeletes(false, &rels);
	nchildren = xactGetCommittedChildren(&children);
	START_CRIT_SECTION();
	xact_log_abort(GetCurrentTransactionStopTimestamp(), nchildren, children, nrels, rels, InvalidTransactionId);
	/* Nobody waits for an abort to be on disk: after a crash it has not happened either. */
	XLogSetAsyncXactLSN(XactLastRecEnd);
	TransactionIdAbortTree(xid, nchildren, children);
	END_CRIT_SECTION();
	latest = TransactionIdLatest(xid, nchildren, children);
	XactLastRecEnd = InvalidXLogRecPtr;
	return latest;
}

/* Give back whatever an error may have interrupted. Also called for subtransactions. */
void
xact_recover_from_error(void)
{
	LWLockReleaseAll();
	pgstat_report_wait_end();
	pgstat_progress_end_command();
	UnlockBuffers();
	XLogResetInsertion();
	ConditionVariableCancelSleep();
	LockErrorCleanup();
	reschedule_timeouts();
}

void
xact_abort_top(void)
{
	XactLevel *top = &xact.top;
	TransactionId latest;

	HOLD_INTERRUPTS();
	/* The error may have been "out of memory": abort works in its reserve. */
	ensure_contexts();
	MemoryContextSwitchTo(xact.abort_context);
	CurrentResourceOwner = top->owner;
	xact_recover_from_error();

	if (top->state != TRANS_INPROGRESS && top->state != TRANS_START)
		elog(WARNING, "AbortTransaction while in %s state", xact_block_state_name(xact.current->blockState));
	top->state = TRANS_ABORT;
	SetUserIdAndSecContext(top->prevUser, top->prevSecContext);
	xact_modules_at_abort();
	latest = record_abort();
	ProcArrayEndTransaction(MyProc, latest);
	if (top->owner != NULL)
	{
		xact_call_callbacks(XACT_EVENT_ABORT);
		xact_modules_release(top->owner, false);
	}
	RESUME_INTERRUPTS();
}

void
xact_cleanup_top(void)
{
	if (xact.top.state != TRANS_ABORT)
		elog(FATAL, "CleanupTransaction: unexpected state %s", xact_block_state_name(xact.top.blockState));
	if (AtCleanup_Portals)
		AtCleanup_Portals();
	AtEOXact_Snapshot(false, true);
	MyProc->xmin = InvalidTransactionId;
	MemoryContextReset(xact.abort_context);
	forget_top();
}
