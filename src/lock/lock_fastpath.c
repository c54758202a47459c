/*
 * lock_fastpath.c
 *    Weak relation locks, and locks on virtual transactions, without the shared table.
 *
 * AccessShare, RowShare and RowExclusive do not conflict with each other. While nobody holds or wants a stronger mode on
 * relations of the same hash bucket, a process notes such a lock in one of its own slots: three bits and the relation's OID in PGPROC, under
 * its own fpInfoLock. Who wants a strong lock first raises the bucket's counter, and then moves the slots of all processes for
 * that relation into the shared table. Each process looks at the counter while it holds its fpInfoLock, so either it sees
 * the counter, or its slot is seen (README, F1).
 *
 * The lock that a virtual transaction holds on itself is only a number in PGPROC until somebody wants to wait for it.
 */
#include "postgres.h"

#include "lock/lock_internal.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"

#define BITS_PER_SLOT 3
#define SLOT_MASK ((UINT64CONST(1) << BITS_PER_SLOT) - 1)
#define MODE_BIT(slot, mode) (UINT64CONST(1) << ((slot) *BITS_PER_SLOT + (mode) -AccessShareLock))
_Static_assert(FP_LOCK_SLOTS_PER_BACKEND * BITS_PER_SLOT <= 64, "fpLockBits is one word");

int fastpath_local_count = 0; /* slots this process uses (an upper bound: others may have moved some) */
static LOCALLOCK *strong_in_progress;

static inline uint32
strong_bucket(uint32 hashcode)
{
	return hashcode % FAST_PATH_STRONG_PARTITIONS;
}

static bool
is_local_relation(const LOCKTAG *tag)
{
	return tag->locktag_lockmethodid == DEFAULT_LOCKMETHOD && tag->locktag_type == LOCKTAG_RELATION &&
		   tag->locktag_field1 != InvalidOid;
}

bool
fastpath_eligible(const LOCKTAG *tag, LOCKMODE lockmode)
{
	return is_local_relation(tag) && tag->locktag_field1 == MyDatabaseId && lockmode < ShareUpdateExclusiveLock;
}

bool
fastpath_conflicts(const LOCKTAG *tag, LOCKMODE lockmode)
{
	return is_local_relation(tag) && lockmode > ShareUpdateExclusiveLock;
}

static inline uint64
slot_bits(const PGPROC *proc, int slot)
{
	return (proc->fpLockBits >> (slot * BITS_PER_SLOT)) & SLOT_MASK;
}

/* fpInfoLock held. */
static bool
note_in_slot(Oid relid, LOCKMODE lockmode)
{
	int unused = -1;

	for (int slot = 0; slot < FP_LOCK_SLOTS_PER_BACKEND; slot++)
	{
		if (slot_bits(MyProc, slot) == 0)
			unused = slot;
		else if (MyProc->fpRelId[slot] == relid)
		{
			MyProc->fpLockBits |= MODE_BIT(slot, lockmode);
			return true;
		}
	}
	if (unused < 0)
		return false;
	MyProc->fpRelId[unused] = relid;
	MyProc->fpLockBits |= MODE_BIT(unused, lockmode);
	fastpath_local_count++;
	return true;
}

bool
fastpath_try_acquire(const LOCKTAG *tag, uint32 hashcode, LOCKMODE lockmode)
{
	bool acquired = false;

	if (fastpath_local_count >= FP_LOCK_SLOTS_PER_BACKEND)
		return false;
	LWLockAcquire(&MyProc->fpInfoLock, LW_EXCLUSIVE);
	if (__atomic_load_n(&fastpath_strong->count[strong_bucket(hashcode)], __ATOMIC_SEQ_CST) == 0)
		acquired = note_in_slot(tag->locktag_field2, lockmode);
	LWLockRelease(&MyProc->fpInfoLock);
	return acquired;
}

/* False: not there, somebody has moved it into the shared table. */
bool
fastpath_release(Oid relid, LOCKMODE lockmode)
{
	bool released = false;
	int used = 0;

	LWLockAcquire(&MyProc->fpInfoLock, LW_EXCLUSIVE);
	for (int slot = 0; slot < FP_LOCK_SLOTS_PER_BACKEND; slot++)
	{
		if (!released && MyProc->fpRelId[slot] == relid && (MyProc->fpLockBits & MODE_BIT(slot, lockmode)))
		{
			MyProc->fpLockBits &= ~MODE_BIT(slot, lockmode);
			released = true;
		}
		if (slot_bits(MyProc, slot) != 0)
			used++;
	}
	fastpath_local_count = used;
	LWLockRelease(&MyProc->fpInfoLock);
	return released;
}

LOCKMASK
fastpath_modes(const PGPROC *proc, Oid relid)
{
	for (int slot = 0; slot < FP_LOCK_SLOTS_PER_BACKEND; slot++)
		if (slot_bits(proc, slot) != 0 && proc->fpRelId[slot] == relid)
			return slot_bits(proc, slot) << AccessShareLock;
	return 0;
}

/* ---- strong locks ----------------------------------------------------------------------------------------------------------------------- */

void
fastpath_announce_strong(LOCALLOCK *locallock)
{
	uint32 bucket = strong_bucket(locallock->hashcode);

	Assert(strong_in_progress == NULL && !locallock->holdsStrongLockCount);
	/* Nothing may come between counting and noting that we have counted: no interrupt is handled here. */
	SpinLockAcquire(&fastpath_strong->mutex);
	__atomic_fetch_add(&fastpath_strong->count[bucket], 1, __ATOMIC_SEQ_CST);
	locallock->holdsStrongLockCount = true;
	strong_in_progress = locallock;
	SpinLockRelease(&fastpath_strong->mutex);
}

void
fastpath_finish_strong(void)
{
	strong_in_progress = NULL;
}

void
fastpath_forget_strong(LOCALLOCK *locallock)
{
	if (!locallock->holdsStrongLockCount)
		return;
	SpinLockAcquire(&fastpath_strong->mutex);
	Assert(fastpath_strong->count[strong_bucket(locallock->hashcode)] > 0);
	__atomic_fetch_sub(&fastpath_strong->count[strong_bucket(locallock->hashcode)], 1, __ATOMIC_SEQ_CST);
	locallock->holdsStrongLockCount = false;
	SpinLockRelease(&fastpath_strong->mutex);
}

/* The acquisition failed in the middle. */
void
fastpath_abort_strong(void)
{
	LOCALLOCK *locallock = strong_in_progress;

	if (locallock == NULL)
		return;
	strong_in_progress = NULL;
	fastpath_forget_strong(locallock);
}

/* Moves one process's slot for the relation; its fpInfoLock is held. False: out of shared memory. */
static bool
transfer_slot(PGPROC *proc, int slot, const LOCKTAG *tag, uint32 hashcode)
{
	LWLock *partition_lock = LockHashPartitionLock(hashcode);
	bool ok = true;

	LWLockAcquire(partition_lock, LW_EXCLUSIVE);
	for (LOCKMODE mode = AccessShareLock; mode < ShareUpdateExclusiveLock && ok; mode++)
	{
		PROCLOCK *proclock;

		if (!(proc->fpLockBits & MODE_BIT(slot, mode)))
			continue;
		proclock = lock_table_enter(proc, tag, hashcode, mode);
		if (proclock == NULL)
			ok = false;
		else
		{
			lock_grant(proclock->tag.myLock, proclock, mode);
			proc->fpLockBits &= ~MODE_BIT(slot, mode);
		}
	}
	LWLockRelease(partition_lock);
	return ok;
}

bool
fastpath_transfer_others(const LOCKTAG *tag, uint32 hashcode)
{
	for (uint32 i = 0; i < ProcGlobal->allProcCount; i++)
	{
		PGPROC *proc = &ProcGlobal->allProcs[i];
		bool ok = true;

		LWLockAcquire(&proc->fpInfoLock, LW_EXCLUSIVE);
		if (proc->databaseId == tag->locktag_field1)
		{
			for (int slot = 0; slot < FP_LOCK_SLOTS_PER_BACKEND && ok; slot++)
				if (proc->fpRelId[slot] == tag->locktag_field2 && slot_bits(proc, slot) != 0)
					ok = transfer_slot(proc, slot, tag, hashcode);
		}
		LWLockRelease(&proc->fpInfoLock);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- virtual transactions ------------------------------------------------------------------------------------------------------------------ */

void
VirtualXactLockTableInsert(VirtualTransactionId vxid)
{
	Assert(VirtualTransactionIdIsValid(vxid));
	LWLockAcquire(&MyProc->fpInfoLock, LW_EXCLUSIVE);
	MyProc->fpVXIDLock = true;
	MyProc->fpLocalTransactionId = vxid.localTransactionId;
	LWLockRelease(&MyProc->fpInfoLock);
}

void
VirtualXactLockTableCleanup(void)
{
	LocalTransactionId lxid;
	bool in_slot;

	if (MyProc->fpLocalTransactionId == InvalidLocalTransactionId)
		return;
	LWLockAcquire(&MyProc->fpInfoLock, LW_EXCLUSIVE);
	in_slot = MyProc->fpVXIDLock;
	lxid = MyProc->fpLocalTransactionId;
	MyProc->fpVXIDLock = false;
	MyProc->fpLocalTransactionId = InvalidLocalTransactionId;
	LWLockRelease(&MyProc->fpInfoLock);
	if (!in_slot && LocalTransactionIdIsValid(lxid))
	{
		/* Somebody wanted to wait for us, and has moved the lock. */
		VirtualTransactionId vxid = {.backendId = MyBackendId, .localTransactionId = lxid};
		LOCKTAG tag;

		SET_LOCKTAG_VIRTUALTRANSACTION(tag, vxid);
		lock_refind_and_release(MyProc, &tag, ExclusiveLock);
	}
}

static void
report_out_of_memory(void)
{
	ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of shared memory"),
			errhint("You might need to increase max_locks_per_transaction."));
}

bool
VirtualXactLock(VirtualTransactionId vxid, bool wait)
{
	PGPROC *proc = BackendIdGetProc(vxid.backendId);
	LOCKTAG tag;

	Assert(VirtualTransactionIdIsValid(vxid));
	if (proc == NULL)
		return true;
	SET_LOCKTAG_VIRTUALTRANSACTION(tag, vxid);
	LWLockAcquire(&proc->fpInfoLock, LW_EXCLUSIVE);
	if (proc->backendId != vxid.backendId || proc->fpLocalTransactionId != vxid.localTransactionId)
	{
		LWLockRelease(&proc->fpInfoLock);
		return true; /* it has ended */
	}
	if (!wait)
	{
		LWLockRelease(&proc->fpInfoLock);
		return false;
	}
	if (proc->fpVXIDLock)
	{
		uint32 hashcode = LockTagHashCode(&tag);
		LWLock *partition_lock = LockHashPartitionLock(hashcode);
		PROCLOCK *proclock;

		LWLockAcquire(partition_lock, LW_EXCLUSIVE);
		proclock = lock_table_enter(proc, &tag, hashcode, ExclusiveLock);
		if (proclock == NULL)
		{
			LWLockRelease(partition_lock);
			LWLockRelease(&proc->fpInfoLock);
			report_out_of_memory();
		}
		lock_grant(proclock->tag.myLock, proclock, ExclusiveLock);
		LWLockRelease(partition_lock);
		proc->fpVXIDLock = false;
	}
	LWLockRelease(&proc->fpInfoLock);
	(void) LockAcquire(&tag, ShareLock, false, false);
	LockRelease(&tag, ShareLock, false);
	return true;
}
