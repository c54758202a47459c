/*
 * procarray_query.c
 *    Questions about running processes and their transactions.
 */
#include "postgres.h"

#include <signal.h>

#include "access/subtrans.h"
#include "access/transam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "shmem/proc_internal.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "storage/lwlock.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"

#define FOREACH_MEMBER(pos, proc)                                                                                     \
	for (int pos = 0; pos < procArray->numProcs; pos++)                                                              \
		for (PGPROC *proc = GetPGProcByNumber(procArray->pgprocnos[pos]); proc != NULL; proc = NULL)

/* ---- transaction ids -------------------------------------------------------------------------------------------------------- */

typedef enum Advertised
{
	ADVERTISED_NOT,
	ADVERTISED_YES,
	ADVERTISED_MAYBE /* among the subtransactions that did not fit */
} Advertised;

/* Is xid the transaction at pos or one of its subtransactions? ProcArrayLock held. */
static Advertised
advertised_at(int pos, const PGPROC *proc, TransactionId xid)
{
	TransactionId top = __atomic_load_n(&ProcGlobal->xids[pos], __ATOMIC_RELAXED);
	XidCacheStatus sub;

	if (!TransactionIdIsValid(top) || xid < top)
		return ADVERTISED_NOT; /* children have higher ids than their parents */
	if (top == xid)
		return ADVERTISED_YES;
	sub = ProcGlobal->subxidStates[pos];
	pg_read_barrier();
	for (int i = 0; i < sub.count; i++)
		if (proc->subxids.xids[i] == xid)
			return ADVERTISED_YES;
	return sub.overflowed ? ADVERTISED_MAYBE : ADVERTISED_NOT;
}

bool
TransactionIdIsInProgress(TransactionId xid)
{
	static TransactionId *overflowed_tops = NULL;
	int noverflowed = 0;
	TransactionId top;

	if (xid < RecentXmin)
		return false;
	if (TransactionIdIsKnownCompleted(xid))
		return false;
	if (TransactionIdIsCurrentTransactionId(xid))
		return true;
	if (overflowed_tops == NULL)
	{
		overflowed_tops = malloc(sizeof(TransactionId) * procArray->maxProcs);
		if (overflowed_tops == NULL)
			ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	}

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	if (xid > ShmemVariableCache->latestCompletedXid)
	{
		LWLockRelease(ProcArrayLock);
		return true;
	}
	FOREACH_MEMBER(pos, proc)
	{
		Advertised a = proc == MyProc ? ADVERTISED_NOT : advertised_at(pos, proc, xid);

		if (a == ADVERTISED_YES)
		{
			LWLockRelease(ProcArrayLock);
			return true;
		}
		if (a == ADVERTISED_MAYBE)
			overflowed_tops[noverflowed++] = ProcGlobal->xids[pos];
	}
	LWLockRelease(ProcArrayLock);
	if (noverflowed == 0)
		return false;

	/* It may be one of the subtransactions that nobody advertises. */
	if (TransactionIdDidAbort(xid))
		return false;
	top = SubTransGetTopmostTransaction(xid);
	if (top != xid)
		for (int i = 0; i < noverflowed; i++)
			if (overflowed_tops[i] == top)
				return true;
	return false;
}

bool
TransactionIdIsActive(TransactionId xid)
{
	bool result = false;

	if (xid < RecentXmin)
		return false;
	LWLockAcquire(ProcArrayLock, LW_SHARED);
	FOREACH_MEMBER(pos, proc)
	{
		if (proc->pid != 0 && ProcGlobal->xids[pos] == xid)
			result = true;
	}
	LWLockRelease(ProcArrayLock);
	return result;
}

RunningTransactions
GetRunningTransactionData(void)
{
	RunningTransactions running = palloc0(sizeof(RunningTransactionsData));
	int count = 0;

	running->xids = palloc(sizeof(TransactionId) * Max(1, GetMaxSnapshotXidCount() + GetMaxSnapshotSubxidCount()));
	LWLockAcquire(ProcArrayLock, LW_SHARED);
	LWLockAcquire(XidGenLock, LW_SHARED);
	running->nextXid = XidFromFullTransactionId(ShmemVariableCache->nextXid);
	running->latestCompletedXid = ShmemVariableCache->latestCompletedXid;
	running->oldestRunningXid = running->nextXid;
	FOREACH_MEMBER(pos, proc)
	{
		TransactionId xid = ProcGlobal->xids[pos];

		if (!TransactionIdIsValid(xid))
			continue;
		running->oldestRunningXid = Min(running->oldestRunningXid, xid);
		running->subxid_overflow |= ProcGlobal->subxidStates[pos].overflowed;
		running->xids[count++] = xid;
	}
	running->xcnt = count;
	if (!running->subxid_overflow)
	{
		FOREACH_MEMBER(pos, proc)
		{
			int n = ProcGlobal->subxidStates[pos].count;

			memcpy(&running->xids[count], proc->subxids.xids, n * sizeof(TransactionId));
			count += n;
			running->subxcnt += n;
		}
	}
	LWLockRelease(XidGenLock);
	LWLockRelease(ProcArrayLock);
	return running;
}

/* ---- virtual transactions -------------------------------------------------------------------------------------------------------- */

VirtualTransactionId *
GetVirtualXIDsDelayingChkpt(int *nvxids, int type)
{
	VirtualTransactionId *vxids = palloc(sizeof(VirtualTransactionId) * procArray->maxProcs);
	int count = 0;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	FOREACH_MEMBER(pos, proc)
	{
		if ((proc->delayChkptFlags & type) == 0)
			continue;
		GET_VXID_FROM_PGPROC(vxids[count], *proc);
		if (VirtualTransactionIdIsValid(vxids[count]))
			count++;
	}
	LWLockRelease(ProcArrayLock);
	*nvxids = count;
	return vxids;
}

bool
HaveVirtualXIDsDelayingChkpt(VirtualTransactionId *vxids, int nvxids, int type)
{
	bool result = false;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	FOREACH_MEMBER(pos, proc)
	{
		VirtualTransactionId vxid;

		if ((proc->delayChkptFlags & type) == 0)
			continue;
		GET_VXID_FROM_PGPROC(vxid, *proc);
		for (int i = 0; i < nvxids; i++)
			if (VirtualTransactionIdIsValid(vxid) && VirtualTransactionIdEquals(vxid, vxids[i]))
				result = true;
	}
	LWLockRelease(ProcArrayLock);
	return result;
}

VirtualTransactionId *
GetCurrentVirtualXIDs(TransactionId limitXmin, bool excludeXmin0, bool allDbs, int excludeVacuum, int *nvxids)
{
	VirtualTransactionId *vxids = palloc(sizeof(VirtualTransactionId) * procArray->maxProcs);
	int count = 0;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	FOREACH_MEMBER(pos, proc)
	{
		TransactionId xmin = __atomic_load_n(&proc->xmin, __ATOMIC_RELAXED);

		if (proc == MyProc || (excludeVacuum & ProcGlobal->statusFlags[pos]) ||
			!(allDbs || proc->databaseId == MyDatabaseId) || (excludeXmin0 && !TransactionIdIsValid(xmin)))
			continue;
		if (TransactionIdIsValid(limitXmin) && xmin > limitXmin)
			continue;
		GET_VXID_FROM_PGPROC(vxids[count], *proc);
		if (VirtualTransactionIdIsValid(vxids[count]))
			count++;
	}
	LWLockRelease(ProcArrayLock);
	*nvxids = count;
	return vxids;
}

/* ---- processes -------------------------------------------------------------------------------------------------------------------- */

PGPROC *
BackendPidGetProcWithLock(int pid)
{
	if (pid == 0)
		return NULL;
	FOREACH_MEMBER(pos, proc)
	{
		if (proc->pid == pid)
			return proc;
	}
	return NULL;
}

PGPROC *
BackendPidGetProc(int pid)
{
	PGPROC *proc;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	proc = BackendPidGetProcWithLock(pid);
	LWLockRelease(ProcArrayLock);
	return proc;
}

PGPROC *
BackendIdGetProc(BackendId backendID)
{
	PGPROC *proc;

	if (backendID < 1 || backendID > MaxBackends)
		return NULL;
	proc = GetPGProcByNumber(backendID - 1);
	return proc->pid != 0 ? proc : NULL;
}

void
BackendIdGetTransactionIds(BackendId backendID, TransactionId *xid, TransactionId *xmin)
{
	PGPROC *proc = BackendIdGetProc(backendID);

	*xid = proc ? proc->xid : InvalidTransactionId;
	*xmin = proc ? proc->xmin : InvalidTransactionId;
}

int
BackendXidGetPid(TransactionId xid)
{
	int result = 0;

	if (!TransactionIdIsValid(xid))
		return 0;
	LWLockAcquire(ProcArrayLock, LW_SHARED);
	FOREACH_MEMBER(pos, proc)
	{
		if (ProcGlobal->xids[pos] == xid)
			result = proc->pid;
	}
	LWLockRelease(ProcArrayLock);
	return result;
}

bool
IsBackendPid(int pid)
{
	return BackendPidGetProc(pid) != NULL;
}

/* Racy on purpose: only a hint whether waiting for companions in a commit pays. */
bool
MinimumActiveBackends(int min)
{
	int count = 0;

	if (min == 0)
		return true;
	FOREACH_MEMBER(pos, proc)
	{
		if (proc == MyProc || !TransactionIdIsValid(proc->xid) || proc->pid == 0 || proc->waitLock != NULL)
			continue;
		if (++count >= min)
			return true;
	}
	return false;
}

static int
count_members(Oid databaseid, Oid roleid, bool backends_only)
{
	int count = 0;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	FOREACH_MEMBER(pos, proc)
	{
		if (proc->pid == 0 || (backends_only && proc->isBackgroundWorker))
			continue;
		if ((!OidIsValid(databaseid) || proc->databaseId == databaseid) &&
			(!OidIsValid(roleid) || proc->roleId == roleid))
			count++;
	}
	LWLockRelease(ProcArrayLock);
	return count;
}

int
CountDBBackends(Oid databaseid)
{
	return count_members(databaseid, InvalidOid, false);
}

int
CountDBConnections(Oid databaseid)
{
	return count_members(databaseid, InvalidOid, true);
}

int
CountUserBackends(Oid roleid)
{
	return count_members(InvalidOid, roleid, true);
}

bool
CountOtherDBBackends(Oid databaseId, int *nbackends, int *nprepared)
{
	for (int tries = 0; tries < 50; tries++) /* 5 seconds */
	{
		*nbackends = *nprepared = 0;
		CHECK_FOR_INTERRUPTS();
		LWLockAcquire(ProcArrayLock, LW_SHARED);
		FOREACH_MEMBER(pos, proc)
		{
			if (proc->databaseId != databaseId || proc == MyProc)
				continue;
			if (proc->pid == 0)
				(*nprepared)++;
			else
			{
				(*nbackends)++;
				/* Autovacuum gives way. */
				if (ProcGlobal->statusFlags[pos] & PROC_IS_AUTOVACUUM)
					kill(proc->pid, SIGTERM);
			}
		}
		LWLockRelease(ProcArrayLock);
		if (*nbackends == 0 && *nprepared == 0)
			return false;
		(void) WaitLatch(MyLatch, WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 100, WAIT_EVENT_PG_SLEEP);
	}
	return true;
}

void
TerminateOtherDBBackends(Oid databaseId)
{
	LWLockAcquire(ProcArrayLock, LW_SHARED);
	FOREACH_MEMBER(pos, proc)
	{
		if (proc->databaseId == databaseId && proc != MyProc && proc->pid != 0)
			kill(proc->pid, SIGTERM);
	}
	LWLockRelease(ProcArrayLock);
}
