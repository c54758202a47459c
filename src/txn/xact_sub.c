/*
 * xact_sub.c
 *    Subtransactions: push, start, commit, abort, pop.
 *
 * A committed child's id, and the ids of its own children, move up to the parent; what becomes of them is decided when the top-level
 * transaction ends. An aborted child is marked in the commit log at once, and its locks are released.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/relation_storage.h"
#include "txn/xact_internal.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#pragma weak AtSubCleanup_Portals

/* The level's own context, owner and ids become the current ones. */
static void
make_current(XactLevel *level)
{
	CurTransactionContext = level->context;
	CurTransactionResourceOwner = CurrentResourceOwner = level->owner;
	MemoryContextSwitchTo(CurTransactionContext);
}

void
xact_push_sub(void)
{
	XactLevel *parent = xact.current;
	XactLevel *level = MemoryContextAllocZero(TopTransactionContext, sizeof(XactLevel));

	xact.last_subid++;
	level->subid = xact.last_subid;
	level->parent = parent;
	level->nestLevel = parent->nestLevel + 1;
	level->gucNestLevel = NewGUCNestLevel();
	level->savepointLevel = parent->savepointLevel;
	level->state = TRANS_DEFAULT;
	level->blockState = TBLOCK_SUBBEGIN;
	level->prevXactReadOnly = XactReadOnly;
	GetUserIdAndSecContext(&level->prevUser, &level->prevSecContext);
	xact.current = level;
}

void
xact_pop_sub(void)
{
	XactLevel *level = xact.current;

	if (level->state != TRANS_DEFAULT)
		elog(WARNING, "PopTransaction while in %s state", xact_block_state_name(level->blockState));
	if (level->parent == NULL)
		elog(FATAL, "PopTransaction with no parent");
	xact.current = level->parent;
	make_current(xact.current);
	if (level->name)
		pfree(level->name);
	pfree(level);
}

void
xact_start_sub(void)
{
	XactLevel *level = xact.current;

	if (level->state != TRANS_DEFAULT)
		elog(WARNING, "StartSubTransaction while in %s state", xact_block_state_name(level->blockState));
	level->state = TRANS_START;
	level->context = AllocSetContextCreate(level->parent->context, "CurTransactionContext", ALLOCSET_DEFAULT_SIZES);
	level->owner = ResourceOwnerCreate(level->parent->owner, "SubTransaction");
	make_current(level);
	xact_modules_at_sub_start();
	level->state = TRANS_INPROGRESS;
	xact_call_sub_callbacks(SUBXACT_EVENT_START_SUB, level->subid, level->parent->subid);
}

/* The child's ids, all higher than those the parent has, become the parent's. */
static void
give_ids_to_parent(XactLevel *level)
{
	XactLevel *parent = level->parent;
	int total = parent->nChildXids + 1 + level->nChildXids;

	if (total > parent->maxChildXids)
	{
		int capacity = Max(16, total * 2);

		/* Not in the child's context, which goes away. */
		if (parent->childXids == NULL)
			parent->childXids = MemoryContextAlloc(TopTransactionContext, capacity * sizeof(TransactionId));
		else
			parent->childXids = repalloc_huge(parent->childXids, capacity * sizeof(TransactionId));
		parent->maxChildXids = capacity;
	}
	parent->childXids[parent->nChildXids] = level->xid;
	if (level->nChildXids > 0)
		memcpy(&parent->childXids[parent->nChildXids + 1], level->childXids, level->nChildXids * sizeof(TransactionId));
	parent->nChildXids = total;
}

static void
forget_child_ids(XactLevel *level)
{
	if (level->childXids)
		pfree(level->childXids);
	level->childXids = NULL;
	level->nChildXids = level->maxChildXids = 0;
}

void
xact_commit_sub(void)
{
	XactLevel *level = xact.current;

	if (level->state != TRANS_INPROGRESS)
		elog(WARNING, "CommitSubTransaction while in %s state", xact_block_state_name(level->blockState));
	xact_call_sub_callbacks(SUBXACT_EVENT_PRE_COMMIT_SUB, level->subid, level->parent->subid);
	/* Whatever this subtransaction did last is a command of its own to the parent. */
	CommandCounterIncrement();
	level->state = TRANS_COMMIT;
	if (TransactionIdIsValid(level->xid))
		give_ids_to_parent(level);
	forget_child_ids(level);
	xact_modules_at_sub_end(level, true);
	/* Its SET LOCALs outlive it; "read only" goes back to what it was. */
	XactReadOnly = level->prevXactReadOnly;

	CurrentResourceOwner = level->parent->owner;
	CurTransactionResourceOwner = level->parent->owner;
	ResourceOwnerDelete(level->owner);
	level->owner = NULL;
	/* What it has allocated may be of use to the parent; but often there is nothing. */
	CurTransactionContext = level->parent->context;
	MemoryContextSwitchTo(CurTransactionContext);
	if (MemoryContextIsEmpty(level->context))
	{
		MemoryContextDelete(level->context);
		level->context = NULL;
	}
	level->state = TRANS_DEFAULT;
	xact_pop_sub();
}

static void
record_sub_abort(XactLevel *level)
{
	TransactionId latest;
	RelFileNode *rels;
	int nrels;

	if (!TransactionIdIsValid(level->xid))
		return;
	if (TransactionIdDidCommit(level->xid))
		elog(PANIC, "cannot abort transaction %" PRIu64 ", it was already committed", level->xid);
	nrels = smgrGetPendingDeletes(false, &rels);
	START_CRIT_SECTION();
	xact_log_abort(GetCurrentTimestamp(), level->nChildXids, level->childXids, nrels, rels, level->xid);
	TransactionIdAbortTree(level->xid, level->nChildXids, level->childXids);
	END_CRIT_SECTION();
	latest = TransactionIdLatest(level->xid, level->nChildXids, level->childXids);
	XidCacheRemoveRunningXids(level->xid, level->nChildXids, level->childXids, latest);
}

void
xact_abort_sub(void)
{
	XactLevel *level = xact.current;

	HOLD_INTERRUPTS();
	MemoryContextSwitchTo(xact.abort_context);
	if (level->owner != NULL)
		CurrentResourceOwner = level->owner;
	xact_recover_from_error();
	if (level->state != TRANS_INPROGRESS)
		elog(WARNING, "AbortSubTransaction while in %s state", xact_block_state_name(level->blockState));
	level->state = TRANS_ABORT;
	SetUserIdAndSecContext(level->prevUser, level->prevSecContext);
	/* Nothing to release if it failed while it was being set up. */
	if (level->owner != NULL)
	{
		record_sub_abort(level);
		xact_modules_at_sub_end(level, false);
	}
	forget_child_ids(level);
	XactReadOnly = level->prevXactReadOnly;
	RESUME_INTERRUPTS();
}

void
xact_cleanup_sub(void)
{
	XactLevel *level = xact.current;

	if (level->state != TRANS_ABORT)
		elog(WARNING, "CleanupSubTransaction while in %s state", xact_block_state_name(level->blockState));
	if (AtSubCleanup_Portals)
		AtSubCleanup_Portals(level->subid);
	CurrentResourceOwner = level->parent->owner;
	CurTransactionResourceOwner = level->parent->owner;
	if (level->owner)
		ResourceOwnerDelete(level->owner);
	level->owner = NULL;
	CurTransactionContext = level->parent->context;
	MemoryContextSwitchTo(CurTransactionContext);
	if (level->context)
		MemoryContextDelete(level->context);
	level->context = NULL;
	MemoryContextReset(xact.abort_context);
	level->state = TRANS_DEFAULT;
	xact_pop_sub();
}
