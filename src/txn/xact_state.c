/*
 * xact_state.c
 *    Who am I: the stack of transaction levels, their ids, the command counter.
 */
#include "postgres.h"

#include "access/subtrans.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "txn/xact_internal.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

int DefaultXactIsoLevel = XACT_READ_COMMITTED;
int XactIsoLevel = XACT_READ_COMMITTED;
bool DefaultXactReadOnly = false;
bool XactReadOnly = false;
bool DefaultXactDeferrable = false;
bool XactDeferrable = false;
int synchronous_commit = SYNCHRONOUS_COMMIT_ON;
bool xact_is_sampled = false;
int MyXactFlags = 0;
TransactionId CheckXidAlive = InvalidTransactionId;
bool bsysscan = false;
bool XactLogicalInfo = false;

XactGlobals xact = {.current = &xact.top};

const char *
xact_block_state_name(TBlockState state)
{
	static const char *const names[NUM_TBLOCK_STATES] = {
		[TBLOCK_DEFAULT] = "DEFAULT",
		[TBLOCK_STARTED] = "STARTED",
		[TBLOCK_BEGIN] = "BEGIN",
		[TBLOCK_INPROGRESS] = "INPROGRESS",
		[TBLOCK_IMPLICIT_INPROGRESS] = "IMPLICIT_INPROGRESS",
		[TBLOCK_END] = "END",
		[TBLOCK_ABORT] = "ABORT",
		[TBLOCK_ABORT_END] = "ABORT_END",
		[TBLOCK_ABORT_PENDING] = "ABORT_PENDING",
		[TBLOCK_SUBBEGIN] = "SUBBEGIN",
		[TBLOCK_SUBINPROGRESS] = "SUBINPROGRESS",
		[TBLOCK_SUBRELEASE] = "SUBRELEASE",
		[TBLOCK_SUBCOMMIT] = "SUBCOMMIT",
		[TBLOCK_SUBABORT] = "SUBABORT",
		[TBLOCK_SUBABORT_END] = "SUBABORT_END",
		[TBLOCK_SUBABORT_PENDING] = "SUBABORT_PENDING",
		[TBLOCK_SUBRESTART] = "SUBRESTART",
		[TBLOCK_SUBABORT_RESTART] = "SUBABORT_RESTART",
	};

	return state < NUM_TBLOCK_STATES ? names[state] : "UNRECOGNIZED";
}

/* ---- questions -------------------------------------------------------------------------------------------------------------------------- */

bool
IsTransactionState(void)
{
	return xact.current->state == TRANS_INPROGRESS;
}

bool
IsAbortedTransactionBlockState(void)
{
	return xact.current->blockState == TBLOCK_ABORT || xact.current->blockState == TBLOCK_SUBABORT;
}

bool
IsTransactionBlock(void)
{
	return xact.current->blockState != TBLOCK_DEFAULT && xact.current->blockState != TBLOCK_STARTED;
}

bool
IsTransactionOrTransactionBlock(void)
{
	return xact.current->blockState != TBLOCK_DEFAULT;
}

bool
IsSubTransaction(void)
{
	return xact.current->nestLevel >= 2;
}

char
TransactionBlockStatusCode(void)
{
	switch (xact.current->blockState)
	{
		case TBLOCK_DEFAULT:
		case TBLOCK_STARTED:
			return 'I';
		case TBLOCK_ABORT:
		case TBLOCK_ABORT_END:
		case TBLOCK_ABORT_PENDING:
		case TBLOCK_SUBABORT:
		case TBLOCK_SUBABORT_END:
		case TBLOCK_SUBABORT_PENDING:
		case TBLOCK_SUBRESTART:
		case TBLOCK_SUBABORT_RESTART:
			return 'E';
		default:
			return 'T';
	}
}

int
GetCurrentTransactionNestLevel(void)
{
	return xact.current->nestLevel;
}

SubTransactionId
GetCurrentSubTransactionId(void)
{
	return xact.current->subid;
}

bool
SubTransactionIsActive(SubTransactionId subxid)
{
	for (XactLevel *level = xact.current; level != NULL; level = level->parent)
		if (level->state != TRANS_ABORT && level->subid == subxid)
			return true;
	return false;
}

/* ---- ids --------------------------------------------------------------------------------------------------------------------------------- */

TransactionId
GetTopTransactionId(void)
{
	if (!TransactionIdIsValid(xact.top.xid))
		xact_assign_id(&xact.top);
	return xact.top.xid;
}

TransactionId
GetTopTransactionIdIfAny(void)
{
	return xact.top.xid;
}

TransactionId
GetCurrentTransactionId(void)
{
	if (!TransactionIdIsValid(xact.current->xid))
		xact_assign_id(xact.current);
	return xact.current->xid;
}

TransactionId
GetCurrentTransactionIdIfAny(void)
{
	return xact.current->xid;
}

FullTransactionId
GetTopFullTransactionId(void)
{
	return FullTransactionIdFromXid(GetTopTransactionId());
}

FullTransactionId
GetTopFullTransactionIdIfAny(void)
{
	return FullTransactionIdFromXid(xact.top.xid);
}

FullTransactionId
GetCurrentFullTransactionId(void)
{
	return FullTransactionIdFromXid(GetCurrentTransactionId());
}

FullTransactionId
GetCurrentFullTransactionIdIfAny(void)
{
	return FullTransactionIdFromXid(xact.current->xid);
}

void
MarkCurrentTransactionIdLoggedIfAny(void)
{
	/* Only logical decoding would want to know. */
}

TransactionId
GetStableLatestTransactionId(void)
{
	static LocalTransactionId for_lxid = 0;
	static TransactionId stable = InvalidTransactionId;

	if (for_lxid != MyProc->lxid)
	{
		for_lxid = MyProc->lxid;
		stable = GetTopTransactionIdIfAny();
		if (!TransactionIdIsValid(stable))
			stable = ReadNextTransactionId();
	}
	return stable;
}

/*
 * Give a level an id: its parents first, because a child's id must be higher. The id is locked before anybody can want to
 * wait for it (it is not on any tuple yet).
 */
void
xact_assign_id(XactLevel *level)
{
	ResourceOwner save_owner = CurrentResourceOwner;
	bool is_sub = level->parent != NULL;

	Assert(level->state == TRANS_INPROGRESS);
	if (is_sub && !TransactionIdIsValid(level->parent->xid))
	{
		/* The stack may be deep: go up iteratively. */
		for (;;)
		{
			XactLevel *highest = level->parent;

			while (highest->parent != NULL && !TransactionIdIsValid(highest->parent->xid))
				highest = highest->parent;
			if (TransactionIdIsValid(highest->xid))
				break;
			xact_assign_id(highest);
		}
	}
	level->xid = XidFromFullTransactionId(GetNewTransactionId(is_sub));
	if (is_sub)
		SubTransSetParent(level->xid, level->parent->xid);
	CurrentResourceOwner = level->owner;
	XactLockTableInsert(level->xid);
	CurrentResourceOwner = save_owner;
}

static bool
is_among_children(const XactLevel *level, TransactionId xid)
{
	int low = 0;
	int high = level->nChildXids - 1;

	while (low <= high)
	{
		int middle = (low + high) / 2;

		if (level->childXids[middle] == xid)
			return true;
		if (level->childXids[middle] < xid)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return false;
}

bool
TransactionIdIsCurrentTransactionId(TransactionId xid)
{
	if (!TransactionIdIsNormal(xid))
		return xid == BootstrapTransactionId && xact.top.xid == BootstrapTransactionId;
	/* No id of ours is lower than the top-level one. */
	if (!TransactionIdIsValid(xact.top.xid) || xid < xact.top.xid)
		return false;
	if (xid == xact.top.xid)
		return xact.top.state != TRANS_ABORT;
	for (XactLevel *level = xact.current; level != NULL; level = level->parent)
	{
		if (level->state == TRANS_ABORT || !TransactionIdIsValid(level->xid))
			continue;
		if (level->xid == xid || is_among_children(level, xid))
			return true;
	}
	return false;
}

int
xactGetCommittedChildren(TransactionId **ptr)
{
	*ptr = xact.current->nChildXids > 0 ? xact.current->childXids : NULL;
	return xact.current->nChildXids;
}

/* ---- commands ----------------------------------------------------------------------------------------------------------------------------- */

CommandId
GetCurrentCommandId(bool used)
{
	if (used)
		xact.command_id_used = true;
	return xact.command_id;
}

void
CommandCounterIncrement(void)
{
	/* A command that has marked nothing with its id needs no new one after it. */
	if (!xact.command_id_used)
		return;
	if (xact.command_id + 1 == InvalidCommandId)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("cannot have more than 2^32-2 commands in a transaction"));
	xact.command_id++;
	xact.command_id_used = false;
	SnapshotSetCommandId(xact.command_id);
	/* What the command has done to catalogs becomes visible to the next one. */
	CommandEndInvalidationMessages();
}

void
ForceSyncCommit(void)
{
	xact.force_sync_commit = true;
}

/* ---- times --------------------------------------------------------------------------------------------------------------------------------- */

TimestampTz
GetCurrentTransactionStartTimestamp(void)
{
	return xact.xact_start;
}

TimestampTz
GetCurrentStatementStartTimestamp(void)
{
	return xact.stmt_start;
}

TimestampTz
GetCurrentTransactionStopTimestamp(void)
{
	if (xact.xact_stop == 0)
		xact.xact_stop = GetCurrentTimestamp();
	return xact.xact_stop;
}

void
SetCurrentStatementStartTimestamp(void)
{
	xact.stmt_start = GetCurrentTimestamp();
}

void
SetParallelStartTimestamps(TimestampTz xact_ts, TimestampTz stmt_ts)
{
	xact.xact_start = xact_ts;
	xact.stmt_start = stmt_ts;
}

/* ---- there are no parallel plans ------------------------------------------------------------------------------------------------------------ */

bool
IsInParallelMode(void)
{
	return false;
}

void
EnterParallelMode(void)
{
}

void
ExitParallelMode(void)
{
}
