/*
 * lock_wait.c
 *    Waiting for a heavyweight lock.
 *
 * A waiter stands in the lock's queue, under the partition lock. Who releases goes through the queue from its head and grants whatever
 * conflicts neither with holders nor with an earlier waiter that has to stay; the waiter finds waitStatus changed
 * when its latch wakes it. Timeouts are those of the latch wait: after deadlock_timeout the waiter looks for a deadlock, once; after
 * lock_timeout it gives up.
 */
#include "postgres.h"

#include "access/xact.h"
#include "lock/lock_internal.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

LOCALLOCK *awaited_lock;
ResourceOwner awaited_owner;

/* ---- the queue (partition lock held) ------------------------------------------------------------------------------------------------- */

/*
 * The place for us: at the end, unless we hold something that a waiter before us conflicts with; behind that one we would wait for
 * it and it for us, so we go in front of it. Sets *deadlock when that one also conflicts with a lock further ahead in
 * a way that no order can resolve. True in *grantable: nobody in front of our place stands in the way.
 */
static dlist_node *
find_place(LOCK *lock, PROCLOCK *proclock, LOCKMODE lockmode, bool *grantable, bool *deadlock)
{
	LOCKMASK held = proclock->holdMask;
	LOCKMASK ahead = 0;
	dlist_iter iter;

	*grantable = *deadlock = false;
	if (held == 0)
		return NULL;
	dlist_foreach(iter, &lock->waitProcs)
	{
		PGPROC *other = dlist_container(PGPROC, links, iter.cur);

		if (lock_conflicts[other->waitLockMode] & held)
		{
			/* It waits for us. If we would wait for what it holds, too, that is a deadlock whatever the order. */
			if (lock_conflicts[lockmode] & other->heldLocks)
			{
				*deadlock = true;
				return NULL;
			}
			*grantable = (lock_conflicts[lockmode] & ahead) == 0 &&
						 !lock_conflicts_with_holders(lockmode, lock, proclock);
			return &other->links;
		}
		ahead |= LOCKBIT_ON(other->waitLockMode);
	}
	return NULL;
}

static void
enter_queue(LOCK *lock, PROCLOCK *proclock, LOCKMODE lockmode, dlist_node *before)
{
	if (before)
		dlist_insert_before(before, &MyProc->links);
	else
		dlist_push_tail(&lock->waitProcs, &MyProc->links);
	lock->waitCount++;
	lock->waitMask |= LOCKBIT_ON(lockmode);
	MyProc->heldLocks = proclock->holdMask;
	MyProc->waitLock = lock;
	MyProc->waitProcLock = proclock;
	MyProc->waitLockMode = lockmode;
	MyProc->waitStatus = PROC_WAIT_STATUS_WAITING;
}

static void
leave_wait_state(PGPROC *proc, ProcWaitStatus status)
{
	dlist_delete(&proc->links);
	proc->waitLock->waitCount--;
	proc->waitLock = NULL;
	proc->waitProcLock = NULL;
	pg_atomic_write_u64(&proc->waitStart, 0);
	__atomic_store_n(&proc->waitStatus, status, __ATOMIC_RELEASE);
}

void
lock_leave_queue(PGPROC *proc, uint32 hashcode)
{
	LOCK *lock = proc->waitLock;
	PROCLOCK *proclock = proc->waitProcLock;
	LOCKMODE lockmode = proc->waitLockMode;

	leave_wait_state(proc, PROC_WAIT_STATUS_ERROR);
	lock_unrequest(lock, lockmode);
	/* Those behind us may have waited only for us. */
	lock_cleanup(lock, proclock, hashcode, true);
}

void
lock_wake_waiters(LOCK *lock)
{
	LOCKMASK ahead = 0;
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &lock->waitProcs)
	{
		PGPROC *proc = dlist_container(PGPROC, links, iter.cur);
		LOCKMODE mode = proc->waitLockMode;

		if ((lock_conflicts[mode] & ahead) == 0 && !lock_conflicts_with_holders(mode, lock, proc->waitProcLock))
		{
			lock_grant(lock, proc->waitProcLock, mode);
			leave_wait_state(proc, PROC_WAIT_STATUS_OK);
			SetLatch(&proc->procLatch);
		}
		else
			ahead |= LOCKBIT_ON(mode);
	}
}

/* ---- the wait ------------------------------------------------------------------------------------------------------------------------- */

static const char *
describe(const LOCALLOCK *locallock)
{
	StringInfoData buf;

	initStringInfo(&buf);
	DescribeLockTag(&buf, &locallock->tag.lock);
	return buf.data;
}

static void
log_wait(const LOCALLOCK *locallock, const char *what, TimestampTz began)
{
	int64 us = GetCurrentTimestamp() - began;

	if (!log_lock_waits)
		return;
	ereport(LOG, errmsg("process %d %s %s on %s after %ld.%03d ms", MyProcPid, what,
						GetLockmodeName(DEFAULT_LOCKMETHOD, locallock->tag.mode), describe(locallock),
						(long) (us / 1000), (int) (us % 1000)));
}

/* Milliseconds from now to the earlier of the deadlines that are set (microseconds, 0: none); -1: no deadline. */
static long
time_to_sleep(TimestampTz deadlock_at, TimestampTz timeout_at)
{
	TimestampTz first = deadlock_at;
	TimestampTz now;

	if (first == 0 || (timeout_at != 0 && timeout_at < first))
		first = timeout_at;
	if (first == 0)
		return -1;
	now = GetCurrentTimestamp();
	return first <= now ? 0 : (first - now + 999) / 1000;
}

/* Sleeps until the status changes. Raises for cancel and lock_timeout: LockErrorCleanup() then leaves the queue. */
static ProcWaitStatus
sleep_in_queue(LOCALLOCK *locallock)
{
	TimestampTz began = GetCurrentTimestamp();
	TimestampTz deadlock_at = began + (TimestampTz) DeadlockTimeout * 1000;
	TimestampTz timeout_at = LockTimeout > 0 ? began + (TimestampTz) LockTimeout * 1000 : 0;
	bool waited_long = false;
	ProcWaitStatus status;

	pg_atomic_write_u64(&MyProc->waitStart, began);
	while ((status = __atomic_load_n(&MyProc->waitStatus, __ATOMIC_ACQUIRE)) == PROC_WAIT_STATUS_WAITING)
	{
		long timeout = time_to_sleep(deadlock_at, timeout_at);

		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (timeout >= 0 ? WL_TIMEOUT : 0), timeout,
						 PG_WAIT_LOCK | locallock->tag.lock.locktag_type);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		status = __atomic_load_n(&MyProc->waitStatus, __ATOMIC_ACQUIRE);
		if (status != PROC_WAIT_STATUS_WAITING)
			break;
		if (deadlock_at != 0 && GetCurrentTimestamp() >= deadlock_at)
		{
			deadlock_at = 0;
			waited_long = true;
			/* A hard deadlock takes us off the queue and sets the status. */
			deadlock_check(MyProc);
			status = __atomic_load_n(&MyProc->waitStatus, __ATOMIC_ACQUIRE);
			if (status == PROC_WAIT_STATUS_WAITING)
				log_wait(locallock, "still waiting for", began);
			continue;
		}
		if (timeout_at != 0 && GetCurrentTimestamp() >= timeout_at)
			ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE), errmsg("canceling statement due to lock timeout"));
	}
	if (waited_long)
		log_wait(locallock, status == PROC_WAIT_STATUS_OK ? "acquired" : "failed to acquire", began);
	return status;
}

/* For those who arm DEADLOCK_TIMEOUT as a timer: wake the waiter, it looks at the time itself. */
void
CheckDeadLockAlert(void)
{
	if (MyLatch)
		SetLatch(MyLatch);
}

ProcWaitStatus
lock_sleep(LOCALLOCK *locallock)
{
	LOCK *lock = locallock->lock;
	PROCLOCK *proclock = locallock->proclock;
	LOCKMODE lockmode = locallock->tag.mode;
	LWLock *partition_lock = LockHashPartitionLock(locallock->hashcode);
	bool grantable;
	bool deadlock;
	dlist_node *before = find_place(lock, proclock, lockmode, &grantable, &deadlock);
	ProcWaitStatus status;

	if (grantable)
	{
		lock_grant(lock, proclock, lockmode);
		return PROC_WAIT_STATUS_OK;
	}
	enter_queue(lock, proclock, lockmode, before);
	if (deadlock)
	{
		/* No need to wait for the timeout; but the report wants to know who is involved. */
		LWLockRelease(partition_lock);
		deadlock_check(MyProc);
		LWLockAcquire(partition_lock, LW_EXCLUSIVE);
		if (MyProc->waitStatus == PROC_WAIT_STATUS_ERROR)
			return PROC_WAIT_STATUS_ERROR;
	}
	LWLockRelease(partition_lock);
	status = sleep_in_queue(locallock);
	LWLockAcquire(partition_lock, LW_EXCLUSIVE);
	return status;
}

/*
 * Called in error recovery: we may have been waiting. If somebody has granted the lock in the last moment, take note of it, so that
 * it is released with the others.
 */
void
LockErrorCleanup(void)
{
	LOCALLOCK *locallock = awaited_lock;
	LWLock *partition_lock;

	HOLD_INTERRUPTS();
	fastpath_abort_strong();
	if (locallock == NULL)
	{
		RESUME_INTERRUPTS();
		return;
	}
	awaited_lock = NULL;
	partition_lock = LockHashPartitionLock(locallock->hashcode);
	LWLockAcquire(partition_lock, LW_EXCLUSIVE);
	if (MyProc->waitLock != NULL)
	{
		lock_leave_queue(MyProc, locallock->hashcode);
		locallock->lock = NULL;
		locallock->proclock = NULL;
	}
	else if (MyProc->waitStatus == PROC_WAIT_STATUS_OK)
		locallock_grant(locallock, awaited_owner);
	LWLockRelease(partition_lock);
	RESUME_INTERRUPTS();
}
