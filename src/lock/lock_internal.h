/*
 * lock/lock_internal.h
 *    Between the files of the lock manager.
 *
 *    lock_modes.c     conflict table and names
 *    lock_table.c     the shared tables: finding, granting, cleaning up; under the partition lock of the tag
 *    lock_fastpath.c  weak relation locks and virtual transactions in PGPROC
 *    lock_local.c     the local table: who in this process holds what
 *    lock_acquire.c   LockAcquire
 *    lock_release.c   LockRelease and its relatives
 *    lock_wait.c      wait queues, sleeping, waking
 *    deadlock.c       pure: cycles in a wait-for graph and how to reorder queues to break them
 *    deadlock_check.c the graph taken from shared memory, and what is done with the answer
 *    lock_status.c    pictures of the whole
 */
#ifndef LOCK_INTERNAL_H
#define LOCK_INTERNAL_H

#include "shmem/shm_hash.h"
#include "storage/lock.h"
#include "storage/proc.h"

/* lock_modes.c */
extern const LOCKMASK lock_conflicts[MaxLockMode + 1];

/* lock_table.c. All need the partition lock of the tag, exclusively unless they only look. */
extern ShmHash *lock_hash;
extern ShmHash *proclock_hash;
extern uint32 proclock_hashcode(const PROCLOCKTAG *tag, uint32 lock_hashcode);
/* Entries for (tag, proc), made if they do not exist, counted as a request of lockmode. NULL: out of shared memory. */
extern PROCLOCK *lock_table_enter(PGPROC *proc, const LOCKTAG *tag, uint32 hashcode, LOCKMODE lockmode);
/* Would granting conflict with what others hold? */
extern bool lock_conflicts_with_holders(LOCKMODE lockmode, const LOCK *lock, const PROCLOCK *proclock);
extern void lock_grant(LOCK *lock, PROCLOCK *proclock, LOCKMODE lockmode);
/* Takes one grant back; true: waiters may have become grantable. */
extern bool lock_ungrant(LOCK *lock, PROCLOCK *proclock, LOCKMODE lockmode);
/* Takes back the request that lock_table_enter counted. */
extern void lock_unrequest(LOCK *lock, LOCKMODE lockmode);
/* Frees entries nobody needs; wakes waiters when there may be grantable ones. */
extern void lock_cleanup(LOCK *lock, PROCLOCK *proclock, uint32 hashcode, bool wakeup_needed);
/* Finds (tag, proc) and releases one grant of lockmode; false with a WARNING when there is none. */
extern bool lock_refind_and_release(PGPROC *proc, const LOCKTAG *tag, LOCKMODE lockmode);

/* lock_fastpath.c */
#define FAST_PATH_STRONG_PARTITIONS 1024
typedef struct FastPathStrongLocks
{
	slock_t mutex;
	uint32 count[FAST_PATH_STRONG_PARTITIONS]; /* strong locks held or wanted, by hash of the tag */
} FastPathStrongLocks;
extern FastPathStrongLocks *fastpath_strong;
extern bool fastpath_eligible(const LOCKTAG *tag, LOCKMODE lockmode);
extern bool fastpath_conflicts(const LOCKTAG *tag, LOCKMODE lockmode);
extern bool fastpath_try_acquire(const LOCKTAG *tag, uint32 hashcode, LOCKMODE lockmode);
extern bool fastpath_release(Oid relid, LOCKMODE lockmode);
extern void fastpath_announce_strong(LOCALLOCK *locallock);
extern void fastpath_finish_strong(void);
extern void fastpath_abort_strong(void);
extern void fastpath_forget_strong(LOCALLOCK *locallock);
extern bool fastpath_transfer_others(const LOCKTAG *tag, uint32 hashcode);
/* Modes of relid that proc holds by the fast path. proc->fpInfoLock held. */
extern LOCKMASK fastpath_modes(const PGPROC *proc, Oid relid);
extern int fastpath_local_count;

/* lock_local.c */
extern void locallock_init(void);
extern LOCALLOCK *locallock_enter(const LOCKTAG *tag, LOCKMODE lockmode);
extern LOCALLOCK *locallock_find(const LOCKTAG *tag, LOCKMODE lockmode);
extern void locallock_ensure_owner_room(LOCALLOCK *locallock);
extern void locallock_grant(LOCALLOCK *locallock, ResourceOwner owner);
extern void locallock_remove(LOCALLOCK *locallock);
extern LOCALLOCKOWNER *locallock_owner(LOCALLOCK *locallock, ResourceOwner owner);
extern dlist_head locallock_list;

/* lock_release.c */
/* Gives back what the shared table or the fast path has, and the local entry. */
extern void locallock_release_shared(LOCALLOCK *locallock);

/* lock_wait.c */
/* Enters the queue and sleeps. Partition lock held at entry and at exit. OK: granted; ERROR: deadlock. */
extern ProcWaitStatus lock_sleep(LOCALLOCK *locallock);
extern void lock_wake_waiters(LOCK *lock);
/* Leaves the queue without the lock. Partition lock held. */
extern void lock_leave_queue(PGPROC *proc, uint32 hashcode);
extern LOCALLOCK *awaited_lock;
extern ResourceOwner awaited_owner;

/* deadlock_check.c */
extern DeadLockState deadlock_check(PGPROC *proc);

#endif /* LOCK_INTERNAL_H */
