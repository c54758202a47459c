/*
 * lock_table.c
 *    The shared lock tables.
 *
 * LOCK by tag, PROCLOCK by (LOCK, process). Both tables have the same partitions: the partition of an entry follows from the hash of
 * the tag. A LOCK exists as long as somebody holds it or waits for it.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "lock/lock_internal.h"
#include "miscadmin.h"
#include "storage/shmem.h"

int max_locks_per_xact = 64;

ShmHash *lock_hash;
ShmHash *proclock_hash;
FastPathStrongLocks *fastpath_strong;

/* ---- shared memory -------------------------------------------------------------------------------------------------------------------- */

static uint32
max_lock_entries(void)
{
	return mul_size(max_locks_per_xact, MaxBackends + NUM_AUXILIARY_PROCS);
}

static ShmHashLayout
lock_layout(void)
{
	return (ShmHashLayout) {.capacity = max_lock_entries() + max_lock_entries() / 10,
							.keysize = sizeof(LOCKTAG),
							.entrysize = sizeof(LOCK),
							.npartitions = NUM_LOCK_PARTITIONS};
}

static ShmHashLayout
proclock_layout(void)
{
	return (ShmHashLayout) {.capacity = 2 * max_lock_entries(),
							.keysize = sizeof(PROCLOCKTAG),
							.entrysize = sizeof(PROCLOCK),
							.npartitions = NUM_LOCK_PARTITIONS};
}

Size
lock_shmem_size(void)
{
	ShmHashLayout locks = lock_layout();
	ShmHashLayout proclocks = proclock_layout();

	return add_size(CACHELINEALIGN(sizeof(FastPathStrongLocks)),
					add_size(CACHELINEALIGN(shm_hash_size(&locks)), CACHELINEALIGN(shm_hash_size(&proclocks))));
}

Size
LockShmemSize(void)
{
	return lock_shmem_size();
}

void
lock_shmem_init(void *base, bool found)
{
	ShmHashLayout locks = lock_layout();
	ShmHashLayout proclocks = proclock_layout();
	char *p = base;

	fastpath_strong = (FastPathStrongLocks *) p;
	p += CACHELINEALIGN(sizeof(FastPathStrongLocks));
	lock_hash = (ShmHash *) p;
	p += CACHELINEALIGN(shm_hash_size(&locks));
	proclock_hash = (ShmHash *) p;
	if (found)
		return;
	memset(fastpath_strong, 0, sizeof(*fastpath_strong));
	SpinLockInit(&fastpath_strong->mutex);
	shm_hash_init(lock_hash, &locks);
	shm_hash_init(proclock_hash, &proclocks);
}

uint32
LockTagHashCode(const LOCKTAG *locktag)
{
	return hash_bytes((const unsigned char *) locktag, sizeof(LOCKTAG));
}

/* Differs from the lock's only above the bits that choose the partition. */
uint32
proclock_hashcode(const PROCLOCKTAG *tag, uint32 lock_hashcode)
{
	return lock_hashcode ^ ((uint32) tag->myProc->pgprocno << LOG2_NUM_LOCK_PARTITIONS);
}

/* ---- entries -------------------------------------------------------------------------------------------------------------------------- */

static void
init_lock(LOCK *lock)
{
	lock->grantMask = lock->waitMask = 0;
	dlist_init(&lock->procLocks);
	dlist_init(&lock->waitProcs);
	lock->waitCount = 0;
	lock->nRequested = lock->nGranted = 0;
	memset(lock->requested, 0, sizeof(lock->requested));
	memset(lock->granted, 0, sizeof(lock->granted));
}

PROCLOCK *
lock_table_enter(PGPROC *proc, const LOCKTAG *tag, uint32 hashcode, LOCKMODE lockmode)
{
	PROCLOCKTAG proctag;
	PROCLOCK *proclock;
	LOCK *lock;
	bool found;

	lock = shm_hash_enter(lock_hash, tag, hashcode, &found);
	if (lock == NULL)
		return NULL;
	if (!found)
		init_lock(lock);
	memset(&proctag, 0, sizeof(proctag));
	proctag.myLock = lock;
	proctag.myProc = proc;
	proclock = shm_hash_enter(proclock_hash, &proctag, proclock_hashcode(&proctag, hashcode), &found);
	if (proclock == NULL)
	{
		if (lock->nRequested == 0)
			shm_hash_remove(lock_hash, tag, hashcode);
		return NULL;
	}
	if (!found)
	{
		proclock->holdMask = proclock->releaseMask = 0;
		dlist_push_tail(&lock->procLocks, &proclock->lockLink);
		dlist_push_tail(&proc->myProcLocks[LockHashPartition(hashcode)], &proclock->procLink);
	}
	lock->nRequested++;
	lock->requested[lockmode]++;
	return proclock;
}

bool
lock_conflicts_with_holders(LOCKMODE lockmode, const LOCK *lock, const PROCLOCK *proclock)
{
	LOCKMASK conflicts = lock_conflicts[lockmode];

	if ((conflicts & lock->grantMask) == 0)
		return false;
	/* What we hold ourselves does not count. */
	for (LOCKMODE mode = 1; mode <= MaxLockMode; mode++)
	{
		int holders = lock->granted[mode];

		if ((conflicts & LOCKBIT_ON(mode)) == 0 || holders == 0)
			continue;
		if (proclock->holdMask & LOCKBIT_ON(mode))
			holders--;
		if (holders > 0)
			return true;
	}
	return false;
}

void
lock_grant(LOCK *lock, PROCLOCK *proclock, LOCKMODE lockmode)
{
	lock->nGranted++;
	lock->granted[lockmode]++;
	lock->grantMask |= LOCKBIT_ON(lockmode);
	if (lock->granted[lockmode] == lock->requested[lockmode])
		lock->waitMask &= LOCKBIT_OFF(lockmode);
	proclock->holdMask |= LOCKBIT_ON(lockmode);
	Assert(lock->nGranted > 0 && lock->nGranted <= lock->nRequested);
}

void
lock_unrequest(LOCK *lock, LOCKMODE lockmode)
{
	Assert(lock->nRequested > 0 && lock->requested[lockmode] > 0);
	lock->nRequested--;
	lock->requested[lockmode]--;
	if (lock->granted[lockmode] == lock->requested[lockmode])
		lock->waitMask &= LOCKBIT_OFF(lockmode);
}

bool
lock_ungrant(LOCK *lock, PROCLOCK *proclock, LOCKMODE lockmode)
{
	Assert(lock->nGranted > 0 && lock->granted[lockmode] > 0);
	lock->nRequested--;
	lock->requested[lockmode]--;
	lock->nGranted--;
	if (--lock->granted[lockmode] == 0)
		lock->grantMask &= LOCKBIT_OFF(lockmode);
	proclock->holdMask &= LOCKBIT_OFF(lockmode);
	return (lock_conflicts[lockmode] & lock->waitMask) != 0;
}

void
lock_cleanup(LOCK *lock, PROCLOCK *proclock, uint32 hashcode, bool wakeup_needed)
{
	/* A waiter keeps its PROCLOCK although it holds nothing yet: its caller knows. */
	if (proclock->holdMask == 0)
	{
		PROCLOCKTAG tag = proclock->tag;

		dlist_delete(&proclock->lockLink);
		dlist_delete(&proclock->procLink);
		if (!shm_hash_remove(proclock_hash, &tag, proclock_hashcode(&tag, hashcode)))
			elog(PANIC, "proclock table corrupted");
	}
	if (lock->nRequested == 0)
	{
		LOCKTAG tag = lock->tag;

		Assert(dlist_is_empty(&lock->procLocks));
		if (!shm_hash_remove(lock_hash, &tag, hashcode))
			elog(PANIC, "lock table corrupted");
	}
	else if (wakeup_needed)
		lock_wake_waiters(lock);
}

bool
lock_refind_and_release(PGPROC *proc, const LOCKTAG *tag, LOCKMODE lockmode)
{
	uint32 hashcode = LockTagHashCode(tag);
	LWLock *partition_lock = LockHashPartitionLock(hashcode);
	PROCLOCK *proclock = NULL;
	LOCK *lock;

	LWLockAcquire(partition_lock, LW_EXCLUSIVE);
	lock = shm_hash_find(lock_hash, tag, hashcode);
	if (lock != NULL)
	{
		PROCLOCKTAG proctag;

		memset(&proctag, 0, sizeof(proctag));
		proctag.myLock = lock;
		proctag.myProc = proc;
		proclock = shm_hash_find(proclock_hash, &proctag, proclock_hashcode(&proctag, hashcode));
	}
	if (proclock == NULL || !(proclock->holdMask & LOCKBIT_ON(lockmode)))
	{
		LWLockRelease(partition_lock);
		elog(WARNING, "you don't own a lock of type %s", GetLockmodeName(tag->locktag_lockmethodid, lockmode));
		return false;
	}
	lock_cleanup(lock, proclock, hashcode, lock_ungrant(lock, proclock, lockmode));
	LWLockRelease(partition_lock);
	return true;
}
