/*
 * transam.c
 *    What became of a transaction.
 *
 * A final status never changes, so the last one looked up is remembered; scans ask for the same few ids over and over. Ids
 * below the horizon that clog is kept for cannot be asked for: their tuples are frozen.
 */
#include "postgres.h"

#include "access/clog.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "utils/snapmgr.h"

static struct
{
	TransactionId xid;
	XidStatus status;
	XLogRecPtr lsn;
} last_looked_up;

static XidStatus
get_status(TransactionId xid)
{
	XidStatus status;
	XLogRecPtr lsn;

	if (xid == last_looked_up.xid)
		return last_looked_up.status;
	if (!TransactionIdIsNormal(xid))
		return xid == InvalidTransactionId ? TRANSACTION_STATUS_ABORTED : TRANSACTION_STATUS_COMMITTED;
	status = TransactionIdGetStatus(xid, &lsn);
	if (status == TRANSACTION_STATUS_COMMITTED || status == TRANSACTION_STATUS_ABORTED)
	{
		last_looked_up.xid = xid;
		last_looked_up.status = status;
		last_looked_up.lsn = lsn;
	}
	return status;
}

/*
 * A sub-committed child is as its parent. It cannot be that the parent is so old that pg_subtrans has forgotten it, unless
 * we crashed with it in progress: then it counts as aborted.
 */
static bool
parent_has_status(TransactionId xid, bool (*ask)(TransactionId), bool if_unknown)
{
	TransactionId parent;

	if (xid < TransactionXmin)
		return if_unknown;
	parent = SubTransGetParent(xid);
	if (!TransactionIdIsValid(parent))
	{
		elog(WARNING, "no pg_subtrans entry for subcommitted XID %" PRIu64, xid);
		return if_unknown;
	}
	return ask(parent);
}

bool
TransactionIdDidCommit(TransactionId xid)
{
	XidStatus status = get_status(xid);

	if (status == TRANSACTION_STATUS_SUB_COMMITTED)
		return parent_has_status(xid, TransactionIdDidCommit, false);
	return status == TRANSACTION_STATUS_COMMITTED;
}

bool
TransactionIdDidAbort(TransactionId xid)
{
	XidStatus status = get_status(xid);

	if (status == TRANSACTION_STATUS_SUB_COMMITTED)
		return parent_has_status(xid, TransactionIdDidAbort, true);
	return status == TRANSACTION_STATUS_ABORTED;
}

bool
TransactionIdIsKnownCompleted(TransactionId xid)
{
	return xid == last_looked_up.xid && TransactionIdIsValid(xid);
}

void
TransactionIdCommitTree(TransactionId xid, int nxids, TransactionId *xids)
{
	TransactionIdSetTreeStatus(xid, nxids, xids, TRANSACTION_STATUS_COMMITTED, InvalidXLogRecPtr);
}

void
TransactionIdAsyncCommitTree(TransactionId xid, int nxids, TransactionId *xids, XLogRecPtr lsn)
{
	TransactionIdSetTreeStatus(xid, nxids, xids, TRANSACTION_STATUS_COMMITTED, lsn);
}

void
TransactionIdAbortTree(TransactionId xid, int nxids, TransactionId *xids)
{
	TransactionIdSetTreeStatus(xid, nxids, xids, TRANSACTION_STATUS_ABORTED, InvalidXLogRecPtr);
}

TransactionId
TransactionIdLatest(TransactionId mainxid, int nxids, const TransactionId *xids)
{
	TransactionId latest = mainxid;

	for (int i = 0; i < nxids; i++)
		latest = Max(latest, xids[i]);
	return latest;
}

XLogRecPtr
TransactionIdGetCommitLSN(TransactionId xid)
{
	XLogRecPtr lsn;

	if (xid == last_looked_up.xid)
		return last_looked_up.lsn;
	if (!TransactionIdIsNormal(xid))
		return InvalidXLogRecPtr;
	(void) TransactionIdGetStatus(xid, &lsn);
	return lsn;
}
