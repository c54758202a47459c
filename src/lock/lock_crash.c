/*
 * lock_crash.c
 *    Heavyweight locks of a process that was killed.
 *
 * Everything is found from its PGPROC: its fast-path slots, the lists of its PROCLOCKs, its place in a queue. The counts of strong locks are
 * not: they follow from the strong modes that it held or waited for. (Killed between counting and entering the table, it leaves
 * a bucket counted once too often, which only costs the fast path of that bucket.)
 */
#include "postgres.h"

#include "lock/lock_crash.h"
#include "lock/lock_internal.h"

static void
uncount_strong(const LOCKTAG *tag, uint32 hashcode, LOCKMODE mode)
{
	if (!fastpath_conflicts(tag, mode))
		return;
	SpinLockAcquire(&fastpath_strong->mutex);
	if (fastpath_strong->count[hashcode % FAST_PATH_STRONG_PARTITIONS] > 0)
		fastpath_strong->count[hashcode % FAST_PATH_STRONG_PARTITIONS]--;
	SpinLockRelease(&fastpath_strong->mutex);
}

static void
leave_queue(PGPROC *dead)
{
	LOCK *lock = dead->waitLock;
	LOCKTAG tag;
	uint32 hashcode;

	if (lock == NULL)
		return;
	/* Nobody frees the lock while somebody is in its queue. */
	tag = lock->tag;
	hashcode = LockTagHashCode(&tag);
	LWLockAcquire(LockHashPartitionLock(hashcode), LW_EXCLUSIVE);
	if (dead->waitLock == lock)
	{
		uncount_strong(&tag, hashcode, dead->waitLockMode);
		lock_leave_queue(dead, hashcode);
	}
	LWLockRelease(LockHashPartitionLock(hashcode));
}

/* The partition's lock is held. */
static void
release_proclock(PROCLOCK *proclock)
{
	LOCK *lock = proclock->tag.myLock;
	uint32 hashcode = LockTagHashCode(&lock->tag);
	LOCKTAG tag = lock->tag;
	bool wakeup = false;

	for (LOCKMODE mode = 1; mode <= MaxLockMode; mode++)
	{
		if (!(proclock->holdMask & LOCKBIT_ON(mode)))
			continue;
		uncount_strong(&tag, hashcode, mode);
		wakeup |= lock_ungrant(lock, proclock, mode);
	}
	lock_cleanup(lock, proclock, hashcode, wakeup);
}

void
lock_release_remains_of(PGPROC *dead)
{
	leave_queue(dead);
	LWLockAcquire(&dead->fpInfoLock, LW_EXCLUSIVE);
	dead->fpLockBits = 0;
	dead->fpVXIDLock = false;
	dead->fpLocalTransactionId = InvalidLocalTransactionId;
	LWLockRelease(&dead->fpInfoLock);
	for (int part = 0; part < NUM_LOCK_PARTITIONS; part++)
	{
		dlist_mutable_iter iter;

		LWLockAcquire(LockHashPartitionLockByIndex(part), LW_EXCLUSIVE);
		dlist_foreach_modify(iter, &dead->myProcLocks[part])
			release_proclock(dlist_container(PROCLOCK, procLink, iter.cur));
		LWLockRelease(LockHashPartitionLockByIndex(part));
	}
}
