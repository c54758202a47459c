/*
 * lmgr_xact.c
 *    Waiting for transactions: every one with an id holds an exclusive lock on that id until it ends.
 */
#include "postgres.h"

#include "access/subtrans.h"
#include "access/transam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/rel.h"
#include "utils/wait_event.h"

static LOCKTAG
xid_tag(TransactionId xid)
{
	LOCKTAG tag;

	SET_LOCKTAG_TRANSACTION(tag, xid);
	return tag;
}

void
XactLockTableInsert(TransactionId xid)
{
	LOCKTAG tag = xid_tag(xid);

	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

void
XactLockTableDelete(TransactionId xid)
{
	LOCKTAG tag = xid_tag(xid);

	LockRelease(&tag, ExclusiveLock, false);
}

typedef struct WaitContext
{
	XLTW_Oper oper;
	Relation rel;
	ItemPointer ctid;
} WaitContext;

static void
add_error_context(void *arg)
{
	static const char *const format[] = {
		[XLTW_Update] = "while updating tuple (%u,%u) in relation \"%s\"",
		[XLTW_Delete] = "while deleting tuple (%u,%u) in relation \"%s\"",
		[XLTW_Lock] = "while locking tuple (%u,%u) in relation \"%s\"",
		[XLTW_LockUpdated] = "while locking updated version (%u,%u) of tuple in relation \"%s\"",
		[XLTW_InsertIndex] = "while inserting index tuple (%u,%u) in relation \"%s\"",
		[XLTW_InsertIndexUnique] = "while checking uniqueness of tuple (%u,%u) in relation \"%s\"",
		[XLTW_FetchUpdated] = "while rechecking updated tuple (%u,%u) in relation \"%s\"",
		[XLTW_RecheckExclusionConstr] = "while checking exclusion constraint on tuple (%u,%u) in relation \"%s\"",
	};
	WaitContext *context = arg;

	if (context->oper == XLTW_None || !ItemPointerIsValid(context->ctid) || !RelationIsValid(context->rel))
		return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	errcontext(format[context->oper], ItemPointerGetBlockNumber(context->ctid),
			   ItemPointerGetOffsetNumber(context->ctid), RelationGetRelationName(context->rel));
#pragma GCC diagnostic pop
}

/* One step: wait for whoever has the lock on xid now. False: not available, and it was not to be waited for. */
static bool
wait_once(TransactionId xid, bool dontWait)
{
	LOCKTAG tag = xid_tag(xid);

	if (LockAcquire(&tag, ShareLock, false, dontWait) == LOCKACQUIRE_NOT_AVAIL)
		return false;
	LockRelease(&tag, ShareLock, false);
	return true;
}

/*
 * A subtransaction's lock goes when it commits, although its fate is still open: then wait for its parents. A transaction is in the
 * ProcArray a moment before it has its lock and a moment after it has given it back: then look again a little later.
 */
static bool
wait_for_end(TransactionId xid, bool dontWait)
{
	for (bool first = true;; first = false)
	{
		Assert(TransactionIdIsValid(xid) && xid != GetTopTransactionIdIfAny());
		if (!wait_once(xid, dontWait))
			return false;
		if (!TransactionIdIsInProgress(xid))
			return true;
		if (!first)
		{
			CHECK_FOR_INTERRUPTS();
			(void) WaitLatch(MyLatch, WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 1, PG_WAIT_LOCK | LOCKTAG_TRANSACTION);
		}
		xid = SubTransGetTopmostTransaction(xid);
	}
}

void
XactLockTableWait(TransactionId xid, Relation rel, ItemPointer ctid, XLTW_Oper oper)
{
	WaitContext context = {.oper = oper, .rel = rel, .ctid = ctid};
	ErrorContextCallback callback = {.previous = error_context_stack, .callback = add_error_context, .arg = &context};

	error_context_stack = &callback;
	(void) wait_for_end(xid, false);
	error_context_stack = callback.previous;
}

bool
ConditionalXactLockTableWait(TransactionId xid)
{
	return wait_for_end(xid, true);
}

/* ---- all who hold conflicting locks -------------------------------------------------------------------------------------------------------- */

void
WaitForLockersMultiple(List *locktags, LOCKMODE lockmode, bool progress)
{
	List *holders = NIL;
	ListCell *lc;

	/* All pictures first: new lockers that come while we wait do not matter. */
	foreach (lc, locktags)
		holders = lappend(holders, GetLockConflicts((LOCKTAG *) lfirst(lc), lockmode, NULL));
	foreach (lc, holders)
	{
		for (VirtualTransactionId *vxid = lfirst(lc); VirtualTransactionIdIsValid(*vxid); vxid++)
			VirtualXactLock(*vxid, true);
	}
	list_free_deep(holders);
}

void
WaitForLockers(LOCKTAG heaplocktag, LOCKMODE lockmode, bool progress)
{
	List *tags = list_make1(&heaplocktag);

	WaitForLockersMultiple(tags, lockmode, progress);
	list_free(tags);
}

/* ---- speculative insertions -------------------------------------------------------------------------------------------------------------------- */

static uint32 speculative_token;

static LOCKTAG
speculative_tag(TransactionId xid, uint32 token)
{
	LOCKTAG tag;

	SET_LOCKTAG_SPECULATIVE_INSERTION(tag, xid, token);
	return tag;
}

uint32
SpeculativeInsertionLockAcquire(TransactionId xid)
{
	LOCKTAG tag;

	if (++speculative_token == 0) /* 0 means "not speculative" */
		speculative_token = 1;
	tag = speculative_tag(xid, speculative_token);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	return speculative_token;
}

void
SpeculativeInsertionLockRelease(TransactionId xid)
{
	LOCKTAG tag = speculative_tag(xid, speculative_token);

	LockRelease(&tag, ExclusiveLock, false);
}

void
SpeculativeInsertionWait(TransactionId xid, uint32 token)
{
	LOCKTAG tag = speculative_tag(xid, token);

	Assert(TransactionIdIsValid(xid) && token != 0);
	(void) LockAcquire(&tag, ShareLock, false, false);
	LockRelease(&tag, ShareLock, false);
}
