/*
 * lock_status.c
 *    Looking at locks from outside: conflicts of a wanted mode, waiters, everything, and who blocks whom.
 */
#include "postgres.h"

#include "lock/lock_internal.h"
#include "miscadmin.h"
#include "storage/procarray.h"

/* ---- conflicts -------------------------------------------------------------------------------------------------------------------------- */

static bool
listed(const VirtualTransactionId *vxids, int n, VirtualTransactionId vxid)
{
	for (int i = 0; i < n; i++)
		if (VirtualTransactionIdEquals(vxids[i], vxid))
			return true;
	return false;
}

static void
add_vxid(VirtualTransactionId *vxids, int *n, PGPROC *proc)
{
	VirtualTransactionId vxid;

	GET_VXID_FROM_PGPROC(vxid, *proc);
	if (proc != MyProc && VirtualTransactionIdIsValid(vxid) && !listed(vxids, *n, vxid))
		vxids[(*n)++] = vxid;
}

VirtualTransactionId *
GetLockConflicts(const LOCKTAG *locktag, LOCKMODE lockmode, int *countp)
{
	VirtualTransactionId *vxids = palloc0(sizeof(VirtualTransactionId) * (ProcGlobal->allProcCount + 1));
	uint32 hashcode = LockTagHashCode(locktag);
	LOCKMASK conflicts = lock_conflicts[lockmode];
	LOCK *lock;
	int n = 0;

	if (fastpath_conflicts(locktag, lockmode))
	{
		for (uint32 i = 0; i < ProcGlobal->allProcCount; i++)
		{
			PGPROC *proc = &ProcGlobal->allProcs[i];

			LWLockAcquire(&proc->fpInfoLock, LW_SHARED);
			if (proc->databaseId == locktag->locktag_field1 &&
				(fastpath_modes(proc, locktag->locktag_field2) & conflicts))
				add_vxid(vxids, &n, proc);
			LWLockRelease(&proc->fpInfoLock);
		}
	}
	LWLockAcquire(LockHashPartitionLock(hashcode), LW_SHARED);
	lock = shm_hash_find(lock_hash, locktag, hashcode);
	if (lock)
	{
		dlist_iter iter;

		dlist_foreach(iter, &lock->procLocks)
		{
			PROCLOCK *proclock = dlist_container(PROCLOCK, lockLink, iter.cur);

			if (proclock->holdMask & conflicts)
				add_vxid(vxids, &n, proclock->tag.myProc);
		}
	}
	LWLockRelease(LockHashPartitionLock(hashcode));
	vxids[n].backendId = InvalidBackendId;
	vxids[n].localTransactionId = InvalidLocalTransactionId;
	if (countp)
		*countp = n;
	return vxids;
}

bool
LockHasWaiters(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock)
{
	uint32 hashcode = LockTagHashCode(locktag);
	LOCK *lock;
	bool result;

	LWLockAcquire(LockHashPartitionLock(hashcode), LW_SHARED);
	lock = shm_hash_find(lock_hash, locktag, hashcode);
	result = lock != NULL && (lock_conflicts[lockmode] & lock->waitMask) != 0;
	LWLockRelease(LockHashPartitionLock(hashcode));
	return result;
}

/* ---- everything ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct LockList
{
	LockInstanceData *items;
	int count;
	int capacity;
} LockList;

static LockInstanceData *
add_instance(LockList *list, PGPROC *proc)
{
	LockInstanceData *item;

	if (list->count >= list->capacity)
	{
		list->capacity *= 2;
		list->items = repalloc_huge(list->items, sizeof(LockInstanceData) * list->capacity);
	}
	item = &list->items[list->count++];
	memset(item, 0, sizeof(*item));
	item->backend = proc->backendId;
	item->lxid = proc->lxid;
	item->pid = item->leaderPid = proc->pid;
	return item;
}

/* What the process holds by itself. */
static void
add_fastpath(LockList *list, PGPROC *proc)
{
	LWLockAcquire(&proc->fpInfoLock, LW_SHARED);
	for (int slot = 0; slot < FP_LOCK_SLOTS_PER_BACKEND; slot++)
	{
		LOCKMASK modes = (proc->fpLockBits >> (slot * 3)) & 7;
		LockInstanceData *item;

		if (modes == 0)
			continue;
		item = add_instance(list, proc);
		SET_LOCKTAG_RELATION(item->locktag, proc->databaseId, proc->fpRelId[slot]);
		item->holdMask = modes << AccessShareLock;
		item->fastpath = true;
	}
	if (proc->fpVXIDLock)
	{
		LockInstanceData *item = add_instance(list, proc);
		VirtualTransactionId vxid = {proc->backendId, proc->fpLocalTransactionId};

		item->lxid = vxid.localTransactionId;
		SET_LOCKTAG_VIRTUALTRANSACTION(item->locktag, vxid);
		item->holdMask = LOCKBIT_ON(ExclusiveLock);
		item->fastpath = true;
	}
	LWLockRelease(&proc->fpInfoLock);
}

static void
add_shared(LockList *list)
{
	for (int part = 0; part < NUM_LOCK_PARTITIONS; part++)
	{
		uint64 cursor = 0;
		PROCLOCK *proclock;

		while ((proclock = shm_hash_next(proclock_hash, part, &cursor)) != NULL)
		{
			PGPROC *proc = proclock->tag.myProc;
			LockInstanceData *item = add_instance(list, proc);

			item->locktag = proclock->tag.myLock->tag;
			item->holdMask = proclock->holdMask;
			item->waitLockMode = proc->waitLock == proclock->tag.myLock ? proc->waitLockMode : NoLock;
			item->waitStart = item->waitLockMode != NoLock ? (TimestampTz) pg_atomic_read_u64(&proc->waitStart) : 0;
		}
	}
}

static void
lock_all_partitions(void)
{
	for (int i = 0; i < NUM_LOCK_PARTITIONS; i++)
		LWLockAcquire(LockHashPartitionLockByIndex(i), LW_SHARED);
}

static void
unlock_all_partitions(void)
{
	for (int i = NUM_LOCK_PARTITIONS; --i >= 0;)
		LWLockRelease(LockHashPartitionLockByIndex(i));
}

LockData *
GetLockStatusData(void)
{
	LockData *data = palloc(sizeof(LockData));
	LockList list = {.capacity = 256};

	list.items = palloc(sizeof(LockInstanceData) * list.capacity);
	for (uint32 i = 0; i < ProcGlobal->allProcCount; i++)
		if (ProcGlobal->allProcs[i].pid != 0)
			add_fastpath(&list, &ProcGlobal->allProcs[i]);
	lock_all_partitions();
	add_shared(&list);
	unlock_all_partitions();
	data->nelements = list.count;
	data->locks = list.items;
	return data;
}

/* ---- who blocks whom -------------------------------------------------------------------------------------------------------------------------- */

int
GetBlockingPids(int pid, int **pids)
{
	PGPROC *proc;
	LOCK *lock;
	int n = 0;

	*pids = palloc(sizeof(int) * 2 * ProcGlobal->allProcCount);
	LWLockAcquire(ProcArrayLock, LW_SHARED);
	proc = BackendPidGetProcWithLock(pid);
	LWLockRelease(ProcArrayLock);
	if (proc == NULL)
		return 0;
	lock_all_partitions();
	lock = proc->waitLock;
	if (lock)
	{
		LOCKMASK conflicts = lock_conflicts[proc->waitLockMode];
		dlist_iter iter;

		dlist_foreach(iter, &lock->procLocks)
		{
			PROCLOCK *proclock = dlist_container(PROCLOCK, lockLink, iter.cur);

			if (proclock->tag.myProc != proc && (proclock->holdMask & conflicts))
				(*pids)[n++] = proclock->tag.myProc->pid;
		}
		dlist_foreach(iter, &lock->waitProcs)
		{
			PGPROC *other = dlist_container(PGPROC, links, iter.cur);

			if (other == proc)
				break;
			if (conflicts & LOCKBIT_ON(other->waitLockMode))
				(*pids)[n++] = other->pid;
		}
	}
	unlock_all_partitions();
	return n;
}
