/*
 * snapshot_data.c
 *    Taking a snapshot: which transactions run now.
 *
 * The scan reads the dense arrays under ProcArrayLock in shared mode. As long as no transaction with an id has ended since, a
 * snapshot's answer stays the same (new ids are >= xmax), which xactCompletionCount tells: then it is reused without any lock.
 *
 * Why the reuse needs no lock: we publish xmin first and look at the counter after, with a full barrier between. Whoever
 * could remove what this snapshot needs must first see a transaction end that the snapshot has as running, that is, see a
 * higher counter than we saw; so it reads our xmin after we have published it. (README, S3)
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "shmem/proc_internal.h"
#include "shmem/horizons.h"
#include "storage/lwlock.h"
#include "utils/snapmgr.h"

TransactionId TransactionXmin = FirstNormalTransactionId;
TransactionId RecentXmin = FirstNormalTransactionId;

#define TOTAL_MAX_CACHED_SUBXIDS ((PGPROC_MAX_CACHED_SUBXIDS + 1) * procArray->maxProcs)

int
GetMaxSnapshotXidCount(void)
{
	return procArray->maxProcs;
}

int
GetMaxSnapshotSubxidCount(void)
{
	return TOTAL_MAX_CACHED_SUBXIDS;
}

/* Arrays of a static snapshot: made once and as large as can ever be needed. */
static void
allocate_arrays(Snapshot snapshot)
{
	snapshot->xip = malloc(sizeof(TransactionId) * Max(1, procArray->maxProcs));
	snapshot->subxip = malloc(sizeof(TransactionId) * Max(1, TOTAL_MAX_CACHED_SUBXIDS));
	if (snapshot->xip == NULL || snapshot->subxip == NULL)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
}

static inline uint64
read_completion_count(void)
{
	return __atomic_load_n(&ShmemVariableCache->xactCompletionCount, __ATOMIC_ACQUIRE);
}

static void
finish(Snapshot snapshot)
{
	RecentXmin = snapshot->xmin;
	snapshot->curcid = GetCurrentCommandId(false);
	snapshot->active_count = 0;
	snapshot->regd_count = 0;
	snapshot->copied = false;
}

static bool
reuse_unchanged(Snapshot snapshot)
{
	if (snapshot->snapXactCompletionCount == 0 || snapshot->snapXactCompletionCount != read_completion_count())
		return false;
	if (!TransactionIdIsValid(MyProc->xmin))
	{
		__atomic_store_n(&MyProc->xmin, snapshot->xmin, __ATOMIC_SEQ_CST);
		TransactionXmin = snapshot->xmin;
		pg_memory_barrier();
		if (snapshot->snapXactCompletionCount != read_completion_count())
		{
			/* The slow path computes it anew, under the lock. */
			__atomic_store_n(&MyProc->xmin, InvalidTransactionId, __ATOMIC_SEQ_CST);
			return false;
		}
	}
	finish(snapshot);
	return true;
}

/* Copy what a process advertises of its subtransactions; it only ever adds to them without ProcArrayLock. */
static int
copy_subxids(TransactionId *to, const PGPROC *proc, int count)
{
	pg_read_barrier();
	memcpy(to, proc->subxids.xids, count * sizeof(TransactionId));
	return count;
}

Snapshot
GetSnapshotData(Snapshot snapshot)
{
	TransactionId xmax;
	TransactionId xmin;
	TransactionId my_xid = MyProc->xid;
	int numProcs;
	int count = 0;
	int subcount = 0;
	bool suboverflowed = false;

	if (unlikely(snapshot->xip == NULL))
		allocate_arrays(snapshot);
	if (reuse_unchanged(snapshot))
		return snapshot;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	xmax = ShmemVariableCache->latestCompletedXid + 1;
	xmin = xmax;
	snapshot->snapXactCompletionCount = read_completion_count();
	numProcs = procArray->numProcs;
	for (int pos = 0; pos < numProcs; pos++)
	{
		TransactionId xid = __atomic_load_n(&ProcGlobal->xids[pos], __ATOMIC_RELAXED);
		XidCacheStatus sub;

		if (likely(xid == InvalidTransactionId) || xid == my_xid || xid >= xmax)
			continue;
		/* A lazy VACUUM has an id at most for moments and never changes a row that others see. */
		if (ProcGlobal->statusFlags[pos] & (PROC_IN_LOGICAL_DECODING | PROC_IN_VACUUM))
			continue;
		if (xid < xmin)
			xmin = xid;
		snapshot->xip[count++] = xid;
		if (suboverflowed)
			continue;
		sub = ProcGlobal->subxidStates[pos];
		if (sub.overflowed)
			suboverflowed = true;
		else if (sub.count > 0)
			subcount += copy_subxids(&snapshot->subxip[subcount],
									 GetPGProcByNumber(procArray->pgprocnos[pos]), sub.count);
	}
	if (TransactionIdIsNormal(my_xid) && my_xid < xmin)
		xmin = my_xid;
	if (!TransactionIdIsValid(MyProc->xmin))
	{
		__atomic_store_n(&MyProc->xmin, xmin, __ATOMIC_SEQ_CST);
		TransactionXmin = xmin;
	}
	LWLockRelease(ProcArrayLock);

	horizons_note_snapshot(xmin);
	snapshot->xmin = xmin;
	snapshot->xmax = xmax;
	snapshot->xcnt = count;
	snapshot->subxcnt = subcount;
	snapshot->suboverflowed = suboverflowed;
	snapshot->takenDuringRecovery = false;
	finish(snapshot);
	return snapshot;
}

bool
ProcArrayInstallImportedXmin(TransactionId xmin, struct VirtualTransactionId *sourcevxid)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("importing snapshots is not supported"));
	return false;
}
