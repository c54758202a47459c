/*
 * procarray.c
 *    Membership of the ProcArray, and the end of transactions.
 *
 * A transaction ends for everybody at one instant: when its xid disappears from the dense array under ProcArrayLock held
 * exclusively, together with the advance of latestCompletedXid and of xactCompletionCount (README, S1). Transactions without an xid
 * are of no interest to snapshots and end without the lock.
 */
#include "postgres.h"

#include "access/transam.h"
#include "miscadmin.h"
#include "shmem/proc_internal.h"
#include "storage/lock.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"

ProcArrayStruct *procArray = NULL;

Size
procarray_shmem_size(void)
{
	return add_size(offsetof(ProcArrayStruct, pgprocnos), mul_size(MaxBackends, sizeof(int)));
}

Size
ProcArrayShmemSize(void)
{
	return procarray_shmem_size();
}

void
procarray_shmem_init(void *base, bool found)
{
	procArray = base;
	if (found)
		return;
	memset(base, 0, procarray_shmem_size());
	procArray->maxProcs = MaxBackends;
}

static void
lock_membership(void)
{
	/* Both: xids are assigned (written to the dense array at pgxactoff) under XidGenLock alone. */
	LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	LWLockAcquire(XidGenLock, LW_EXCLUSIVE);
}

static void
unlock_membership(void)
{
	LWLockRelease(XidGenLock);
	LWLockRelease(ProcArrayLock);
}

static void
place(PGPROC *proc, int pos)
{
	procArray->pgprocnos[pos] = proc->pgprocno;
	proc->pgxactoff = pos;
	ProcGlobal->xids[pos] = proc->xid;
	ProcGlobal->subxidStates[pos] = proc->subxidStatus;
	ProcGlobal->statusFlags[pos] = proc->statusFlags;
}

void
ProcArrayAdd(PGPROC *proc)
{
	lock_membership();
	if (procArray->numProcs >= procArray->maxProcs)
	{
		unlock_membership();
		ereport(FATAL, errcode(ERRCODE_TOO_MANY_CONNECTIONS), errmsg("sorry, too many clients already"));
	}
	place(proc, procArray->numProcs);
	procArray->numProcs++;
	unlock_membership();
}

static void
note_completed(TransactionId latestXid)
{
	if (latestXid > ShmemVariableCache->latestCompletedXid)
		ShmemVariableCache->latestCompletedXid = latestXid;
	__atomic_fetch_add(&ShmemVariableCache->xactCompletionCount, 1, __ATOMIC_SEQ_CST);
}

void
ProcArrayRemove(PGPROC *proc, TransactionId latestXid)
{
	int last;

	lock_membership();
	if (proc->pgxactoff < 0)
	{
		unlock_membership();
		return;
	}
	if (TransactionIdIsValid(latestXid))
		note_completed(latestXid); /* a prepared transaction, or what a dead process left */
	last = procArray->numProcs - 1;
	if (proc->pgxactoff != last)
		place(GetPGProcByNumber(procArray->pgprocnos[last]), proc->pgxactoff);
	procArray->numProcs = last;
	proc->pgxactoff = -1;
	unlock_membership();
}

/* What a transaction advertised besides its xid. */
static void
clear_transaction_fields(PGPROC *proc)
{
	proc->lxid = InvalidLocalTransactionId;
	proc->xmin = InvalidTransactionId;
	proc->delayChkptFlags = 0;
	proc->recoveryConflictPending = false;
}

static void
set_status_flags(PGPROC *proc, uint8 flags)
{
	proc->statusFlags = flags;
	ProcGlobal->statusFlags[proc->pgxactoff] = flags;
}

static void
clear_xid(PGPROC *proc)
{
	int pos = proc->pgxactoff;

	ProcGlobal->xids[pos] = InvalidTransactionId;
	proc->xid = InvalidTransactionId;
	if (proc->subxidStatus.count > 0 || proc->subxidStatus.overflowed)
	{
		ProcGlobal->subxidStates[pos] = (XidCacheStatus) {0};
		proc->subxidStatus = (XidCacheStatus) {0};
	}
}

void
ProcArrayEndTransaction(PGPROC *proc, TransactionId latestXid)
{
	bool vacuum_flags = (proc->statusFlags & PROC_VACUUM_STATE_MASK) != 0;

	if (!TransactionIdIsValid(latestXid) && !vacuum_flags)
	{
		/* Nobody can have seen it. */
		Assert(!TransactionIdIsValid(proc->xid));
		clear_transaction_fields(proc);
		return;
	}
	LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	if (vacuum_flags)
		set_status_flags(proc, proc->statusFlags & ~PROC_VACUUM_STATE_MASK);
	if (TransactionIdIsValid(latestXid))
	{
		clear_xid(proc);
		note_completed(latestXid);
	}
	clear_transaction_fields(proc);
	LWLockRelease(ProcArrayLock);
}

/* The transaction lives on elsewhere (prepared): forget it without completing it. */
void
ProcArrayClearTransaction(PGPROC *proc)
{
	LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	clear_xid(proc);
	__atomic_fetch_add(&ShmemVariableCache->xactCompletionCount, 1, __ATOMIC_SEQ_CST);
	clear_transaction_fields(proc);
	LWLockRelease(ProcArrayLock);
}

void
XidCacheRemoveRunningXids(TransactionId xid, int nxids, const TransactionId *xids, TransactionId latestXid)
{
	int pos;

	LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	pos = MyProc->pgxactoff;
	for (int i = -1; i < nxids; i++)
	{
		TransactionId gone = i < 0 ? xid : xids[i];
		int count = MyProc->subxidStatus.count;

		for (int j = count - 1; j >= 0; j--)
		{
			if (MyProc->subxids.xids[j] != gone)
				continue;
			MyProc->subxids.xids[j] = MyProc->subxids.xids[count - 1];
			pg_write_barrier();
			MyProc->subxidStatus.count--;
			ProcGlobal->subxidStates[pos].count--;
			break;
		}
		/* Not found: the cache has overflowed, and they are looked up in pg_subtrans. */
	}
	note_completed(latestXid);
	LWLockRelease(ProcArrayLock);
}

void
ProcArraySetReplicationSlotXmin(TransactionId xmin, TransactionId catalog_xmin, bool already_locked)
{
	if (!already_locked)
		LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	procArray->replication_slot_xmin = xmin;
	procArray->replication_slot_catalog_xmin = catalog_xmin;
	if (!already_locked)
		LWLockRelease(ProcArrayLock);
}

void
ProcArrayGetReplicationSlotXmin(TransactionId *xmin, TransactionId *catalog_xmin)
{
	LWLockAcquire(ProcArrayLock, LW_SHARED);
	if (xmin)
		*xmin = procArray->replication_slot_xmin;
	if (catalog_xmin)
		*catalog_xmin = procArray->replication_slot_catalog_xmin;
	LWLockRelease(ProcArrayLock);
}

/* At the end of recovery nothing runs: everything below nextXid has completed. */
void
ProcArrayInitRecovery(TransactionId initializedUptoXID)
{
	LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	ShmemVariableCache->latestCompletedXid = initializedUptoXID - 1;
	LWLockRelease(ProcArrayLock);
}
