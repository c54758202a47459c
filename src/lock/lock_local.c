/*
 * lock_local.c
 *    What this process holds, how often, and for which resource owners.
 */
#include "postgres.h"

#include "lock/lock_internal.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

dlist_head locallock_list = DLIST_STATIC_INIT(locallock_list);
static HTAB *locallock_hash;

/* The resource owners' phase "locks": see InitLocks(). */
static void
release_with_owner(ResourceReleasePhase phase, bool isCommit, bool isTopLevel, void *arg)
{
	if (phase != RESOURCE_RELEASE_LOCKS)
		return;
	if (isTopLevel)
	{
		/* All at once when the transaction's own turn comes; portals have none of their own then. */
		if (CurrentResourceOwner == TopTransactionResourceOwner || CurrentResourceOwner == AuxProcessResourceOwner)
			ProcReleaseLocks(isCommit);
	}
	else if (isCommit)
		LockReassignCurrentOwner(NULL, 0);
	else
		LockReleaseCurrentOwner(NULL, 0);
}

void
InitLocks(void)
{
	HASHCTL ctl = {.keysize = sizeof(LOCALLOCKTAG), .entrysize = sizeof(LOCALLOCK)};

	if (locallock_hash != NULL)
		return;
	locallock_hash = hash_create("LOCALLOCK hash", 16, &ctl, HASH_ELEM | HASH_BLOBS);
	RegisterResourceReleaseCallback(release_with_owner, NULL);
}

static LOCALLOCKTAG
local_tag(const LOCKTAG *tag, LOCKMODE lockmode)
{
	LOCALLOCKTAG result;

	memset(&result, 0, sizeof(result));
	result.lock = *tag;
	result.mode = lockmode;
	return result;
}

LOCALLOCK *
locallock_find(const LOCKTAG *tag, LOCKMODE lockmode)
{
	LOCALLOCKTAG key = local_tag(tag, lockmode);

	return hash_search(locallock_hash, &key, HASH_FIND, NULL);
}

LOCALLOCK *
locallock_enter(const LOCKTAG *tag, LOCKMODE lockmode)
{
	LOCALLOCKTAG key = local_tag(tag, lockmode);
	LOCALLOCK *locallock;
	bool found;

	locallock = hash_search(locallock_hash, &key, HASH_ENTER, &found);
	if (found)
		return locallock;
	locallock->hashcode = LockTagHashCode(tag);
	locallock->lock = NULL;
	locallock->proclock = NULL;
	locallock->nLocks = 0;
	locallock->holdsStrongLockCount = false;
	locallock->lockCleared = false;
	locallock->numLockOwners = 0;
	locallock->maxLockOwners = lengthof(locallock->inlineOwners);
	locallock->lockOwners = locallock->inlineOwners;
	dlist_push_tail(&locallock_list, &locallock->link);
	return locallock;
}

/* So that locallock_grant() after the lock was granted cannot fail. */
void
locallock_ensure_owner_room(LOCALLOCK *locallock)
{
	int capacity = locallock->maxLockOwners * 2;
	LOCALLOCKOWNER *owners;

	if (locallock->numLockOwners < locallock->maxLockOwners)
		return;
	owners = MemoryContextAlloc(TopMemoryContext, sizeof(LOCALLOCKOWNER) * capacity);
	memcpy(owners, locallock->lockOwners, sizeof(LOCALLOCKOWNER) * locallock->numLockOwners);
	if (locallock->lockOwners != locallock->inlineOwners)
		pfree(locallock->lockOwners);
	locallock->lockOwners = owners;
	locallock->maxLockOwners = capacity;
}

LOCALLOCKOWNER *
locallock_owner(LOCALLOCK *locallock, ResourceOwner owner)
{
	for (int i = locallock->numLockOwners - 1; i >= 0; i--)
		if (locallock->lockOwners[i].owner == owner)
			return &locallock->lockOwners[i];
	return NULL;
}

void
locallock_grant(LOCALLOCK *locallock, ResourceOwner owner)
{
	LOCALLOCKOWNER *entry = locallock_owner(locallock, owner);

	locallock->nLocks++;
	if (entry)
		entry->nLocks++;
	else
	{
		Assert(locallock->numLockOwners < locallock->maxLockOwners);
		locallock->lockOwners[locallock->numLockOwners++] = (LOCALLOCKOWNER) {.owner = owner, .nLocks = 1};
	}
}

void
locallock_remove(LOCALLOCK *locallock)
{
	LOCALLOCKTAG key = locallock->tag;

	fastpath_forget_strong(locallock);
	if (locallock->lockOwners != locallock->inlineOwners)
		pfree(locallock->lockOwners);
	dlist_delete(&locallock->link);
	hash_search(locallock_hash, &key, HASH_REMOVE, NULL);
}

bool
LockHeldByMe(const LOCKTAG *locktag, LOCKMODE lockmode)
{
	LOCALLOCK *locallock = locallock_find(locktag, lockmode);

	return locallock != NULL && locallock->nLocks > 0;
}

void
MarkLockClear(LOCALLOCK *locallock)
{
	Assert(locallock->nLocks > 0);
	locallock->lockCleared = true;
}
