/*
 * lwlock.c
 *    Lightweight locks on an atomic word, waiting in the kernel.
 *
 * The word:
 *    bit 31       held exclusively
 *    bit 30, 29   somebody sleeps who wants it exclusively / shared (or just to know that it became free)
 *    bits 0-28    held exclusively: the holder's pgprocno + 1; else: the number of shared holders
 *
 * A waiter reads wake_seq, sets its flag in the word while the lock is busy, and sleeps on wake_seq. Whoever makes the
 * lock free and sees a flag clears the flags, moves wake_seq, and wakes all shared sleepers and one exclusive one.
 * Because that clears the exclusive flag although others may sleep on, a process that has slept takes the lock with the flag
 * set again: at worst one wake-up too many at the end of a convoy. (A queue of PGPROCs would save it, but a killed process
 * would have to be cut out of the queue; the kernel does that for us.)
 *
 * The lock is not fair: whoever comes when it is free gets it. See README.md, invariants W1-W4.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "shmem/futex.h"
#include "shmem/lwlock_internal.h"
#include "storage/proc.h"
#include "utils/wait_event.h"

#define LW_EXCLUSIVE_BIT (1U << 31)
#define LW_WAIT_EXCLUSIVE (1U << 30)
#define LW_WAIT_SHARED (1U << 29)
#define LW_WAIT_MASK (LW_WAIT_EXCLUSIVE | LW_WAIT_SHARED)
#define LW_VALUE_MASK (LW_WAIT_SHARED - 1)
#define LW_BUSY_MASK (LW_EXCLUSIVE_BIT | LW_VALUE_MASK)

#define WAKE_BIT_EXCLUSIVE 1U
#define WAKE_BIT_SHARED 2U

/* Look this often before sleeping: a lock is typically held for less than a microsecond. */
#define SPINS_BEFORE_SLEEP 60

/*
 * Where the locks held by this process are listed: in its PGPROC, or here as long as it has none.
 */
typedef struct HeldList
{
	int *count;
	HeldLWLock *slot;
	uint32 owner; /* what an exclusive lock of ours carries */
} HeldList;

static int alone_count;
static HeldLWLock alone_slots[PROC_MAX_HELD_LWLOCKS];
static HeldList held = {&alone_count, alone_slots, LW_VALUE_MASK};

void
lwlock_use_proc(PGPROC *proc)
{
	AssertAlways(*held.count == 0);
	if (proc == NULL)
		held = (HeldList) {&alone_count, alone_slots, LW_VALUE_MASK};
	else
		held = (HeldList) {&proc->num_held_lwlocks, proc->held_lwlocks, (uint32) proc->pgprocno + 1};
}

void
LWLockInitialize(LWLock *lock, int tranche_id)
{
	pg_atomic_init_u32(&lock->state, 0);
	pg_atomic_init_u32(&lock->wake_seq, 0);
	lock->tranche = tranche_id;
	lock->spare = 0;
}

/* ---- the list of held locks (README, C2: written before the lock is tried, erased after it is given back) ------------- */

static inline HeldLWLock *
held_add(LWLock *lock, LWLockMode mode)
{
	int n = *held.count;
	HeldLWLock *slot;

	if (unlikely(n >= PROC_MAX_HELD_LWLOCKS))
		elog(ERROR, "too many LWLocks taken");
	slot = &held.slot[n];
	slot->lock = lock;
	slot->mode = mode;
	slot->phase = HELD_LWLOCK_TRYING;
	pg_compiler_barrier();
	*held.count = n + 1;
	pg_compiler_barrier();
	return slot;
}

static inline void
held_remove(HeldLWLock *slot)
{
	int last = *held.count - 1;

	pg_compiler_barrier();
	if (slot != &held.slot[last])
		*slot = held.slot[last]; /* for a moment it is listed twice, which is harmless */
	pg_compiler_barrier();
	*held.count = last;
}

static inline HeldLWLock *
held_find(const LWLock *lock)
{
	for (int i = *held.count - 1; i >= 0; i--)
		if (held.slot[i].lock == lock)
			return &held.slot[i];
	return NULL;
}

/* ---- the word --------------------------------------------------------------------------------------------------------- */

static inline bool
word_admits(uint32 word, LWLockMode mode)
{
	return (word & (mode == LW_SHARED ? LW_EXCLUSIVE_BIT : LW_BUSY_MASK)) == 0;
}

/* One attempt; extra: flags to set along with the grant. */
static inline bool
lwlock_try(LWLock *lock, LWLockMode mode, uint32 extra)
{
	uint32 word = pg_atomic_read_u32(&lock->state);

	while (word_admits(word, mode))
	{
		uint32 granted = mode == LW_SHARED ? word + 1 : word | LW_EXCLUSIVE_BIT | held.owner;

		if (pg_atomic_compare_exchange_u32(&lock->state, &word, granted | extra))
			return true;
	}
	return false;
}

/* Sets the flag of a would-be sleeper, unless the lock has become available; false: it has. */
static bool
lwlock_announce_sleeper(LWLock *lock, LWLockMode mode, uint32 flag)
{
	uint32 word = pg_atomic_read_u32(&lock->state);

	while (!word_admits(word, mode))
	{
		if ((word & flag) || pg_atomic_compare_exchange_u32(&lock->state, &word, word | flag))
			return true;
	}
	return false;
}

/* Sleeps until wake_seq moves from seq (or for any other reason). */
static void
lwlock_sleep(LWLock *lock, uint32 seq, uint32 bits, HeldLWLock *slot)
{
	uint32 outer_wait = *my_wait_event_info;

	if (slot)
		slot->phase = HELD_LWLOCK_SLEEPING;
	pgstat_report_wait_start(PG_WAIT_LWLOCK | lock->tranche);
	futex_wait_bits(&lock->wake_seq, seq, bits, NULL);
	*my_wait_event_info = outer_wait;
	if (slot)
		slot->phase = HELD_LWLOCK_TRYING;
	pg_compiler_barrier();
}

static void
lwlock_wake(LWLock *lock)
{
	uint32 word = pg_atomic_fetch_and_u32(&lock->state, ~LW_WAIT_MASK);

	pg_atomic_fetch_add_u32(&lock->wake_seq, 1);
	if (word & LW_WAIT_SHARED)
		futex_wake_bits(&lock->wake_seq, INT_MAX, WAKE_BIT_SHARED);
	if (word & LW_WAIT_EXCLUSIVE)
		futex_wake_bits(&lock->wake_seq, 1, WAKE_BIT_EXCLUSIVE);
}

void
lwlock_wake_sleepers(LWLock *lock)
{
	pg_atomic_fetch_or_u32(&lock->state, LW_WAIT_MASK);
	if ((pg_atomic_read_u32(&lock->state) & LW_BUSY_MASK) == 0)
		lwlock_wake(lock);
}

static pg_noinline void
lwlock_wait_for_grant(LWLock *lock, LWLockMode mode, HeldLWLock *slot)
{
	uint32 flag = mode == LW_SHARED ? LW_WAIT_SHARED : LW_WAIT_EXCLUSIVE;
	uint32 bits = mode == LW_SHARED ? WAKE_BIT_SHARED : WAKE_BIT_EXCLUSIVE;
	uint32 extra = 0;

	for (;;)
	{
		uint32 seq;

		for (int i = 0; i < SPINS_BEFORE_SLEEP; i++)
		{
			if (lwlock_try(lock, mode, extra))
				return;
			pg_spin_delay();
		}
		seq = __atomic_load_n(&lock->wake_seq.value, __ATOMIC_ACQUIRE);
		if (!lwlock_announce_sleeper(lock, mode, flag))
			continue;
		lwlock_sleep(lock, seq, bits, slot);
		if (mode == LW_EXCLUSIVE)
			extra = LW_WAIT_EXCLUSIVE; /* we may have been woken in place of others */
	}
}

/* ---- the interface -------------------------------------------------------------------------------------------------------- */

bool
LWLockAcquire(LWLock *lock, LWLockMode mode)
{
	HeldLWLock *slot;

	Assert(mode == LW_SHARED || mode == LW_EXCLUSIVE);
	Assert(held_find(lock) == NULL);
	slot = held_add(lock, mode);
	HOLD_INTERRUPTS();
	if (likely(lwlock_try(lock, mode, 0)))
	{
		slot->phase = HELD_LWLOCK_HELD;
		return true;
	}
	lwlock_wait_for_grant(lock, mode, slot);
	slot->phase = HELD_LWLOCK_HELD;
	return false;
}

bool
LWLockConditionalAcquire(LWLock *lock, LWLockMode mode)
{
	HeldLWLock *slot = held_add(lock, mode);

	HOLD_INTERRUPTS();
	if (lwlock_try(lock, mode, 0))
	{
		slot->phase = HELD_LWLOCK_HELD;
		return true;
	}
	held_remove(slot);
	RESUME_INTERRUPTS();
	return false;
}

bool
LWLockAcquireOrWait(LWLock *lock, LWLockMode mode)
{
	HeldLWLock *slot = held_add(lock, mode);
	uint32 seq;

	HOLD_INTERRUPTS();
	for (int i = 0; i < 2; i++)
	{
		if (lwlock_try(lock, mode, 0))
		{
			slot->phase = HELD_LWLOCK_HELD;
			return true;
		}
		seq = __atomic_load_n(&lock->wake_seq.value, __ATOMIC_ACQUIRE);
		if (lwlock_announce_sleeper(lock, mode, LW_WAIT_SHARED))
		{
			lwlock_sleep(lock, seq, WAKE_BIT_SHARED, slot);
			break;
		}
	}
	held_remove(slot);
	RESUME_INTERRUPTS();
	return false;
}

static inline void
lwlock_give_back(HeldLWLock *slot)
{
	LWLock *lock = slot->lock;
	uint32 word;

	slot->phase = HELD_LWLOCK_TRYING;
	pg_compiler_barrier();
	if (slot->mode == LW_SHARED)
		word = pg_atomic_sub_fetch_u32(&lock->state, 1);
	else
		word = pg_atomic_fetch_and_u32(&lock->state, ~LW_BUSY_MASK) & ~LW_BUSY_MASK;
	held_remove(slot);
	if (unlikely(word & LW_WAIT_MASK) && (word & LW_BUSY_MASK) == 0)
		lwlock_wake(lock);
}

void
LWLockRelease(LWLock *lock)
{
	HeldLWLock *slot = held_find(lock);

	if (unlikely(slot == NULL))
		elog(ERROR, "lock %s is not held", GetLWLockIdentifier(PG_WAIT_LWLOCK, lock->tranche));
	lwlock_give_back(slot);
	RESUME_INTERRUPTS();
}

void
LWLockReleaseAll(void)
{
	while (*held.count > 0)
	{
		HOLD_INTERRUPTS(); /* error recovery has reset the count of those who hold them off */
		LWLockRelease(held.slot[*held.count - 1].lock);
	}
}

bool
LWLockHeldByMe(LWLock *lock)
{
	return held_find(lock) != NULL;
}

bool
LWLockAnyHeldByMe(LWLock *lock, int nlocks, size_t stride)
{
	const char *begin = (const char *) lock;
	const char *end = begin + nlocks * stride;

	for (int i = 0; i < *held.count; i++)
	{
		const char *p = (const char *) held.slot[i].lock;

		if (p >= begin && p < end && (p - begin) % stride == 0)
			return true;
	}
	return false;
}

bool
LWLockHeldByMeInMode(LWLock *lock, LWLockMode mode)
{
	HeldLWLock *slot = held_find(lock);

	return slot != NULL && slot->mode == mode;
}

int
LWLockHeldCount(void)
{
	return *held.count;
}

void
ForEachLWLockHeldByMe(void (*callback)(LWLock *, LWLockMode, void *), void *context)
{
	for (int i = 0; i < *held.count; i++)
		callback(held.slot[i].lock, held.slot[i].mode, context);
}

/* ---- variables under an exclusive lock ------------------------------------------------------------------------------ */

bool
LWLockWaitForVar(LWLock *lock, uint64 *valptr, uint64 oldval, uint64 *newval)
{
	bool was_free = false;

	HOLD_INTERRUPTS();
	for (;;)
	{
		uint32 seq = __atomic_load_n(&lock->wake_seq.value, __ATOMIC_ACQUIRE);

		/* Announce first and look at the variable after: who changes it looks for our flag after the change. */
		if (!lwlock_announce_sleeper(lock, LW_SHARED, LW_WAIT_SHARED))
		{
			was_free = true;
			break;
		}
		*newval = __atomic_load_n(valptr, __ATOMIC_SEQ_CST);
		if (*newval != oldval)
			break;
		lwlock_sleep(lock, seq, WAKE_BIT_SHARED, NULL);
	}
	RESUME_INTERRUPTS();
	return was_free;
}

void
LWLockUpdateVar(LWLock *lock, uint64 *valptr, uint64 val)
{
	Assert(LWLockHeldByMeInMode(lock, LW_EXCLUSIVE));
	__atomic_store_n(valptr, val, __ATOMIC_SEQ_CST);
	if (pg_atomic_read_u32(&lock->state) & LW_WAIT_SHARED)
	{
		pg_atomic_fetch_and_u32(&lock->state, ~LW_WAIT_SHARED);
		pg_atomic_fetch_add_u32(&lock->wake_seq, 1);
		futex_wake_bits(&lock->wake_seq, INT_MAX, WAKE_BIT_SHARED);
	}
}

void
LWLockReleaseClearVar(LWLock *lock, uint64 *valptr, uint64 val)
{
	__atomic_store_n(valptr, val, __ATOMIC_SEQ_CST);
	LWLockRelease(lock);
}

/* ---- for the crash cleaner --------------------------------------------------------------------------------------------- */

LWLockRemains
lwlock_remains_of(const PGPROC *dead)
{
	LWLockRemains worst = LWLOCK_REMAINS_NONE;

	for (int i = 0; i < Min(dead->num_held_lwlocks, PROC_MAX_HELD_LWLOCKS); i++)
	{
		const HeldLWLock *slot = &dead->held_lwlocks[i];
		uint32 word = pg_atomic_read_u32(&slot->lock->state);

		if (slot->mode != LW_SHARED)
		{
			if ((word & LW_EXCLUSIVE_BIT) && (word & LW_VALUE_MASK) == (uint32) dead->pgprocno + 1)
				return LWLOCK_REMAINS_DAMAGE;
		}
		else if (slot->phase == HELD_LWLOCK_HELD)
			worst = Max(worst, LWLOCK_REMAINS_SHARED);
		else if (slot->phase == HELD_LWLOCK_TRYING)
			return LWLOCK_REMAINS_DAMAGE; /* cannot tell whether it was counted */
	}
	return worst;
}

void
lwlock_release_remains_of(PGPROC *dead)
{
	while (dead->num_held_lwlocks > 0)
	{
		HeldLWLock *slot = &dead->held_lwlocks[dead->num_held_lwlocks - 1];

		if (slot->mode == LW_SHARED && slot->phase == HELD_LWLOCK_HELD)
			pg_atomic_sub_fetch_u32(&slot->lock->state, 1);
		/* It may have been woken in place of others, or have just released: let them look. */
		lwlock_wake_sleepers(slot->lock);
		dead->num_held_lwlocks--;
	}
}
