/*
 * varsup.c
 *    Handing out transaction ids and object ids.
 *
 * Both are counters in shared memory that checkpoints save. A transaction id that was handed out need not be in the log: what the
 * transaction logs carries it, and redo moves the counter past every id it sees. Object ids are logged OIDS_LOGGED_AT_ONCE
 * at a time; a crash skips the rest of such a batch.
 */
#include "postgres.h"

#include "access/clog.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "storage/proc.h"

#define OIDS_LOGGED_AT_ONCE 8192

VariableCache ShmemVariableCache = NULL;

Size
varsup_shmem_size(void)
{
	return sizeof(VariableCacheData);
}

void
varsup_shmem_init(void *base, bool found)
{
	ShmemVariableCache = base;
	if (found)
		return;
	memset(base, 0, sizeof(VariableCacheData));
	ShmemVariableCache->xactCompletionCount = 1; /* 0 means "never" in snapshots */
}

/* ---- transaction ids ---------------------------------------------------------------------------------------------------------- */

/* Under XidGenLock: from now on everybody can see that xid runs. README, T2. */
static void
advertise(TransactionId xid, bool isSubXact)
{
	XidCacheStatus *mirror;

	if (!isSubXact)
	{
		MyProc->xid = xid;
		if (MyProc->pgxactoff >= 0)
			__atomic_store_n(&ProcGlobal->xids[MyProc->pgxactoff], xid, __ATOMIC_RELEASE);
		return;
	}
	mirror = MyProc->pgxactoff >= 0 ? &ProcGlobal->subxidStates[MyProc->pgxactoff] : NULL;
	if (MyProc->subxidStatus.count < PGPROC_MAX_CACHED_SUBXIDS)
	{
		MyProc->subxids.xids[MyProc->subxidStatus.count] = xid;
		pg_write_barrier(); /* the id before the count */
		MyProc->subxidStatus.count++;
	}
	else
		MyProc->subxidStatus.overflowed = true;
	if (mirror)
		*mirror = MyProc->subxidStatus;
}

FullTransactionId
GetNewTransactionId(bool isSubXact)
{
	FullTransactionId full_xid;
	TransactionId xid;

	if (IsBootstrapProcessingMode())
	{
		Assert(!isSubXact);
		MyProc->xid = BootstrapTransactionId;
		if (MyProc->pgxactoff >= 0)
			ProcGlobal->xids[MyProc->pgxactoff] = BootstrapTransactionId;
		return FullTransactionIdFromXid(BootstrapTransactionId);
	}
	if (RecoveryInProgress())
		elog(ERROR, "cannot assign TransactionIds during recovery");

	LWLockAcquire(XidGenLock, LW_EXCLUSIVE);
	full_xid = ShmemVariableCache->nextXid;
	xid = XidFromFullTransactionId(full_xid);
	/* Make room in the logs before the counter moves: if that fails, the id is tried again by the next one. */
	ExtendCLOG(xid);
	ExtendSUBTRANS(xid);
	FullTransactionIdAdvance(&ShmemVariableCache->nextXid);
	advertise(xid, isSubXact);
	LWLockRelease(XidGenLock);
	return full_xid;
}

FullTransactionId
ReadNextFullTransactionId(void)
{
	return FullTransactionIdFromU64(__atomic_load_n(&ShmemVariableCache->nextXid.value, __ATOMIC_ACQUIRE));
}

/* Redo only: the startup process is alone, others may read. */
void
AdvanceNextFullTransactionIdPastXid(TransactionId xid)
{
	if (xid < XidFromFullTransactionId(ShmemVariableCache->nextXid))
		return;
	LWLockAcquire(XidGenLock, LW_EXCLUSIVE);
	ShmemVariableCache->nextXid = FullTransactionIdFromU64(xid + 1);
	LWLockRelease(XidGenLock);
}

/* Ids never run out; the oldest one in use is kept because the logs are truncated by it. */
void
SetTransactionIdLimit(TransactionId oldest_datfrozenxid, Oid oldest_datoid)
{
	Assert(TransactionIdIsNormal(oldest_datfrozenxid));
	LWLockAcquire(XidGenLock, LW_EXCLUSIVE);
	ShmemVariableCache->oldestXid = oldest_datfrozenxid;
	ShmemVariableCache->oldestXidDB = oldest_datoid;
	LWLockRelease(XidGenLock);
}

void
AdvanceOldestClogXid(TransactionId oldest_datfrozenxid)
{
	LWLockAcquire(XactTruncationLock, LW_EXCLUSIVE);
	if (ShmemVariableCache->oldestClogXid < oldest_datfrozenxid)
		ShmemVariableCache->oldestClogXid = oldest_datfrozenxid;
	LWLockRelease(XactTruncationLock);
}

bool
ForceTransactionIdLimitUpdate(void)
{
	return !TransactionIdIsValid(ShmemVariableCache->oldestXid);
}

/* ---- object ids ------------------------------------------------------------------------------------------------------------------ */

Oid
GetNewObjectId(void)
{
	Oid result;

	if (RecoveryInProgress())
		elog(ERROR, "cannot assign OIDs during recovery");
	LWLockAcquire(OidGenLock, LW_EXCLUSIVE);
	/* The counter wraps to the first id that users' objects may have; during bootstrap and initdb lower ones are used. */
	if (ShmemVariableCache->nextOid < (IsPostmasterEnvironment ? FirstNormalObjectId : FirstGenbkiObjectId))
	{
		ShmemVariableCache->nextOid = IsPostmasterEnvironment ? FirstNormalObjectId : FirstGenbkiObjectId;
		ShmemVariableCache->oidCount = 0;
	}
	if (ShmemVariableCache->oidCount == 0)
	{
		XLogPutNextOid(ShmemVariableCache->nextOid + OIDS_LOGGED_AT_ONCE);
		ShmemVariableCache->oidCount = OIDS_LOGGED_AT_ONCE;
	}
	result = ShmemVariableCache->nextOid;
	ShmemVariableCache->nextOid++;
	ShmemVariableCache->oidCount--;
	LWLockRelease(OidGenLock);
	return result;
}

static void
move_next_oid(Oid next)
{
	LWLockAcquire(OidGenLock, LW_EXCLUSIVE);
	if (ShmemVariableCache->nextOid > next)
	{
		LWLockRelease(OidGenLock);
		elog(ERROR, "too late to advance OID counter to %u, it is now %u", next, ShmemVariableCache->nextOid);
	}
	ShmemVariableCache->nextOid = next;
	ShmemVariableCache->oidCount = 0;
	LWLockRelease(OidGenLock);
}

/* initdb: what follows can be dropped by users. */
void
StopGeneratingPinnedObjectIds(void)
{
	move_next_oid(FirstUnpinnedObjectId);
}

/* The last act of making a cluster: everything from here on is the users'. */
void
StopGeneratingSystemObjectIds(void)
{
	move_next_oid(FirstNormalObjectId);
}
