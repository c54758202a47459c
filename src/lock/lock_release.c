/*
 * lock_release.c
 *    Giving heavyweight locks back: one, those of a resource owner, all.
 */
#include "postgres.h"

#include "lock/lock_internal.h"
#include "miscadmin.h"
#include "utils/resowner.h"

void
locallock_release_shared(LOCALLOCK *locallock)
{
	LOCKTAG tag = locallock->tag.lock;
	LOCKMODE lockmode = locallock->tag.mode;
	uint32 hashcode = locallock->hashcode;

	if (locallock->lock == NULL)
	{
		/* By the fast path, unless somebody has moved it meanwhile. */
		bool in_slot = fastpath_eligible(&tag, lockmode) && fastpath_release(tag.locktag_field2, lockmode);

		locallock_remove(locallock);
		if (!in_slot)
			lock_refind_and_release(MyProc, &tag, lockmode);
		return;
	}
	LWLockAcquire(LockHashPartitionLock(hashcode), LW_EXCLUSIVE);
	lock_cleanup(locallock->lock, locallock->proclock, hashcode,
				 lock_ungrant(locallock->lock, locallock->proclock, lockmode));
	LWLockRelease(LockHashPartitionLock(hashcode));
	locallock_remove(locallock);
}

static void
remove_owner(LOCALLOCK *locallock, LOCALLOCKOWNER *entry)
{
	*entry = locallock->lockOwners[--locallock->numLockOwners];
}

bool
LockRelease(const LOCKTAG *locktag, LOCKMODE lockmode, bool sessionLock)
{
	LOCALLOCK *locallock = locallock_find(locktag, lockmode);
	LOCALLOCKOWNER *entry;

	entry = locallock && locallock->nLocks > 0 ? locallock_owner(locallock, sessionLock ? NULL : CurrentResourceOwner)
											   : NULL;
	if (entry == NULL)
	{
		elog(WARNING, "you don't own a lock of type %s", GetLockmodeName(locktag->locktag_lockmethodid, lockmode));
		return false;
	}
	if (--entry->nLocks == 0)
		remove_owner(locallock, entry);
	if (--locallock->nLocks == 0)
		locallock_release_shared(locallock);
	return true;
}

/* What stays of it when all but the session's share go. */
static int64
session_share(LOCALLOCK *locallock)
{
	LOCALLOCKOWNER *entry = locallock_owner(locallock, NULL);

	return entry ? entry->nLocks : 0;
}

void
LockReleaseAll(LOCKMETHODID lockmethodid, bool allLocks)
{
	dlist_mutable_iter iter;

	if (lockmethodid == DEFAULT_LOCKMETHOD)
		VirtualXactLockTableCleanup();
	dlist_foreach_modify(iter, &locallock_list)
	{
		LOCALLOCK *locallock = dlist_container(LOCALLOCK, link, iter.cur);
		int64 kept;

		if (locallock->tag.lock.locktag_lockmethodid != lockmethodid)
			continue;
		if (locallock->nLocks == 0)
		{
			/* Acquisition failed before anything was granted. */
			locallock_remove(locallock);
			continue;
		}
		kept = allLocks ? 0 : session_share(locallock);
		if (kept > 0)
		{
			locallock->nLocks = kept;
			locallock->lockOwners[0] = (LOCALLOCKOWNER) {.owner = NULL, .nLocks = kept};
			locallock->numLockOwners = 1;
		}
		else
			locallock_release_shared(locallock);
	}
}

void
LockReleaseSession(LOCKMETHODID lockmethodid)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &locallock_list)
	{
		LOCALLOCK *locallock = dlist_container(LOCALLOCK, link, iter.cur);
		LOCALLOCKOWNER *entry;

		if (locallock->tag.lock.locktag_lockmethodid != lockmethodid)
			continue;
		entry = locallock_owner(locallock, NULL);
		if (entry == NULL)
			continue;
		locallock->nLocks -= entry->nLocks;
		remove_owner(locallock, entry);
		if (locallock->nLocks == 0)
			locallock_release_shared(locallock);
	}
}

static void
release_share_of(LOCALLOCK *locallock, ResourceOwner owner)
{
	LOCALLOCKOWNER *entry = locallock_owner(locallock, owner);

	if (entry == NULL)
		return;
	locallock->nLocks -= entry->nLocks;
	remove_owner(locallock, entry);
	if (locallock->nLocks == 0)
		locallock_release_shared(locallock);
}

void
LockReleaseCurrentOwner(LOCALLOCK **locallocks, int nlocks)
{
	dlist_mutable_iter iter;

	if (locallocks != NULL)
	{
		for (int i = nlocks - 1; i >= 0; i--)
			release_share_of(locallocks[i], CurrentResourceOwner);
		return;
	}
	dlist_foreach_modify(iter, &locallock_list)
		release_share_of(dlist_container(LOCALLOCK, link, iter.cur), CurrentResourceOwner);
}

/* The owner's share becomes its parent's. */
static void
reassign_share_of(LOCALLOCK *locallock, ResourceOwner owner)
{
	ResourceOwner parent = ResourceOwnerGetParent(owner);
	LOCALLOCKOWNER *mine = locallock_owner(locallock, owner);
	LOCALLOCKOWNER *theirs;

	if (mine == NULL)
		return;
	theirs = locallock_owner(locallock, parent);
	if (theirs == NULL)
	{
		mine->owner = parent;
		return;
	}
	theirs->nLocks += mine->nLocks;
	remove_owner(locallock, mine);
}

void
LockReassignCurrentOwner(LOCALLOCK **locallocks, int nlocks)
{
	dlist_iter iter;

	Assert(ResourceOwnerGetParent(CurrentResourceOwner) != NULL);
	if (locallocks != NULL)
	{
		for (int i = nlocks - 1; i >= 0; i--)
			reassign_share_of(locallocks[i], CurrentResourceOwner);
		return;
	}
	dlist_foreach(iter, &locallock_list)
		reassign_share_of(dlist_container(LOCALLOCK, link, iter.cur), CurrentResourceOwner);
}

void
ProcReleaseLocks(bool isCommit)
{
	if (MyProc == NULL)
		return;
	LockErrorCleanup();
	LockReleaseAll(DEFAULT_LOCKMETHOD, !isCommit);
	LockReleaseAll(USER_LOCKMETHOD, false);
}
