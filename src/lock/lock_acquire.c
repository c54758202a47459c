/*
 * lock_acquire.c
 *    Taking a heavyweight lock.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "access/xlogutils.h"
#include "lock/lock_internal.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/resowner.h"

static void
report_out_of_memory(void)
{
	ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of shared memory"),
			errhint("You might need to increase max_locks_per_transaction."));
}

/* Undo what has been prepared; for a failure that is not an error of ours. */
static void
give_up(LOCALLOCK *locallock)
{
	fastpath_abort_strong();
	if (locallock->nLocks == 0)
		locallock_remove(locallock);
}

/*
 * With the partition lock held: grant at once, or say that it must wait. Whoever would have to wait behind a conflicting
 * waiter waits as well, for fairness; unless it holds something already that the waiter in front of it waits for (lock_sleep finds
 * out).
 */
static bool
must_wait(LOCKMODE lockmode, LOCK *lock, PROCLOCK *proclock)
{
	if (lock_conflicts[lockmode] & lock->waitMask)
		return true;
	return lock_conflicts_with_holders(lockmode, lock, proclock);
}

/* dontWait: take the request back. */
static void
withdraw_request(LOCK *lock, PROCLOCK *proclock, LOCKMODE lockmode, uint32 hashcode)
{
	lock_unrequest(lock, lockmode);
	lock_cleanup(lock, proclock, hashcode, false);
}

/* Waits, then takes note. Partition lock held at entry, not at exit. */
static void
wait_for_grant(LOCALLOCK *locallock, ResourceOwner owner)
{
	LWLock *partition_lock = LockHashPartitionLock(locallock->hashcode);
	ProcWaitStatus status;

	awaited_lock = locallock;
	awaited_owner = owner;
	status = lock_sleep(locallock);
	LWLockRelease(partition_lock);
	if (status != PROC_WAIT_STATUS_OK)
	{
		/* The detector has taken us off the queue. */
		awaited_lock = NULL;
		fastpath_abort_strong();
		if (locallock->nLocks == 0)
			locallock_remove(locallock);
		DeadLockReport();
	}
	awaited_lock = NULL;
}

LockAcquireResult
LockAcquireExtended(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock, bool dontWait,
					bool reportMemoryError, LOCALLOCK **locallockp)
{
	ResourceOwner owner = sessionLock ? NULL : CurrentResourceOwner;
	LOCALLOCK *locallock;
	LWLock *partition_lock;
	PROCLOCK *proclock;

	Assert(lockmode > 0 && lockmode <= MaxLockMode);
	/* Only the startup process takes strong locks then. */
	if (lockmode > RowExclusiveLock &&
		(locktag->locktag_type == LOCKTAG_OBJECT || locktag->locktag_type == LOCKTAG_RELATION) &&
		RecoveryInProgress() && !InRecovery)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("cannot acquire lock mode %s on database objects while recovery is in progress",
					   GetLockmodeName(locktag->locktag_lockmethodid, lockmode)),
				errhint("Only RowExclusiveLock or less can be acquired on database objects during recovery."));

	locallock = locallock_enter(locktag, lockmode);
	locallock_ensure_owner_room(locallock);
	if (locallockp)
		*locallockp = locallock;
	if (locallock->nLocks > 0)
	{
		locallock_grant(locallock, owner);
		return locallock->lockCleared ? LOCKACQUIRE_ALREADY_CLEAR : LOCKACQUIRE_ALREADY_HELD;
	}

	if (fastpath_eligible(locktag, lockmode) && fastpath_try_acquire(locktag, locallock->hashcode, lockmode))
	{
		locallock->lock = NULL;
		locallock->proclock = NULL;
		locallock_grant(locallock, owner);
		return LOCKACQUIRE_OK;
	}
	if (fastpath_conflicts(locktag, lockmode))
	{
		fastpath_announce_strong(locallock);
		if (!fastpath_transfer_others(locktag, locallock->hashcode))
		{
			give_up(locallock);
			if (locallockp)
				*locallockp = NULL;
			if (reportMemoryError)
				report_out_of_memory();
			return LOCKACQUIRE_NOT_AVAIL;
		}
	}

	partition_lock = LockHashPartitionLock(locallock->hashcode);
	LWLockAcquire(partition_lock, LW_EXCLUSIVE);
	proclock = lock_table_enter(MyProc, locktag, locallock->hashcode, lockmode);
	if (proclock == NULL)
	{
		LWLockRelease(partition_lock);
		give_up(locallock);
		if (locallockp)
			*locallockp = NULL;
		if (reportMemoryError)
			report_out_of_memory();
		return LOCKACQUIRE_NOT_AVAIL;
	}
	locallock->proclock = proclock;
	locallock->lock = proclock->tag.myLock;
	if (!must_wait(lockmode, locallock->lock, proclock))
	{
		lock_grant(locallock->lock, proclock, lockmode);
		LWLockRelease(partition_lock);
		locallock_grant(locallock, owner);
	}
	else if (dontWait)
	{
		withdraw_request(locallock->lock, proclock, lockmode, locallock->hashcode);
		LWLockRelease(partition_lock);
		locallock->lock = NULL;
		locallock->proclock = NULL;
		give_up(locallock);
		if (locallockp)
			*locallockp = NULL;
		return LOCKACQUIRE_NOT_AVAIL;
	}
	else
	{
		wait_for_grant(locallock, owner);
		locallock_grant(locallock, owner);
	}
	fastpath_finish_strong();
	return LOCKACQUIRE_OK;
}

LockAcquireResult
LockAcquire(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock, bool dontWait)
{
	return LockAcquireExtended(locktag, lockmode, sessionLock, dontWait, true, NULL);
}
