/*
 * wal_slots.c
 *    Insertion slots: who is copying into the WAL buffers, and how far.
 *
 * An insertion takes a slot before it reserves its place and gives it back when all is copied. So whoever reads the reserved position
 * and then looks at every slot misses nobody who might still copy before that position. A slot tells its holder's position, so that
 * one who needs the log up to X waits only for holders before X. A holder works in a critical section: if it dies the server is
 * reset, and nobody waits for it in vain.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "shmem/futex.h"
#include "storage/proc.h"
#include "utils/wait_event.h"
#include "wal/wal.h"

static struct
{
	int mine; /* slot taken, or where to try first */
	bool held;
	bool all;
} slot_state = {.mine = -1};

#define SPINS_BEFORE_SLEEP 200

static pg_atomic_uint32 *
futex_word(WalInsertSlot *slot)
{
	/* Little-endian: the low half comes first. A position never changes in its high half alone. */
	return (pg_atomic_uint32 *) &slot->s.position;
}

/* Until the slot's position is not seen any more. Copying takes less than a microsecond, mostly. */
static void
wait_for_change(WalInsertSlot *slot, uint64 seen)
{
	for (int i = 0; i < SPINS_BEFORE_SLEEP; i++)
	{
		if (pg_atomic_read_u64(&slot->s.position) != seen)
			return;
		pg_spin_delay();
	}
	pgstat_report_wait_start(PG_WAIT_LWLOCK | LWTRANCHE_WAL_INSERT);
	pg_atomic_fetch_add_u32(&slot->s.waiters, 1);
	while (pg_atomic_read_u64(&slot->s.position) == seen)
		futex_wait(futex_word(slot), (uint32) seen, NULL);
	pg_atomic_fetch_sub_u32(&slot->s.waiters, 1);
	pgstat_report_wait_end();
}

static void
store_and_wake(WalInsertSlot *slot, uint64 position)
{
	pg_atomic_exchange_u64(&slot->s.position, position);
	if (unlikely(pg_atomic_read_u32(&slot->s.waiters) > 0))
		futex_wake(futex_word(slot), INT_MAX);
}

void
wal_slot_acquire(void)
{
	int slot_count = WAL_INSERT_SLOTS;

	Assert(!slot_state.held);
	if (slot_state.mine < 0)
		slot_state.mine = MyProc ? MyProc->pgprocno % slot_count : 0;
	for (int tries = 0;; tries++)
	{
		WalInsertSlot *slot = &XLogCtl->slots[slot_state.mine];
		uint64 seen = WAL_SLOT_FREE;

		if (pg_atomic_compare_exchange_u64(&slot->s.position, &seen, WAL_SLOT_UNKNOWN))
			break;
		/* Another one next time too: processes spread over the slots by themselves. */
		if (tries < slot_count)
			slot_state.mine = (slot_state.mine + 1) % slot_count;
		else
			wait_for_change(slot, seen);
	}
	slot_state.held = true;
}

void
wal_slot_acquire_all(void)
{
	Assert(!slot_state.held);
	for (int i = 0; i < WAL_INSERT_SLOTS; i++)
	{
		WalInsertSlot *slot = &XLogCtl->slots[i];
		uint64 target = i == WAL_INSERT_SLOTS - 1 ? WAL_SLOT_UNKNOWN : WAL_SLOT_PASSIVE;
		uint64 seen = WAL_SLOT_FREE;

		while (!pg_atomic_compare_exchange_u64(&slot->s.position, &seen, target))
		{
			wait_for_change(slot, seen);
			seen = WAL_SLOT_FREE;
		}
	}
	slot_state.mine = WAL_INSERT_SLOTS - 1;
	slot_state.held = slot_state.all = true;
}

WalInsertSlot *
wal_slot_mine(void)
{
	Assert(slot_state.held);
	return &XLogCtl->slots[slot_state.mine];
}

void
wal_slot_set_position(XLogRecPtr position)
{
	store_and_wake(wal_slot_mine(), position);
}

void
wal_slot_release(void)
{
	Assert(slot_state.held);
	slot_state.held = false;
	if (slot_state.all)
		for (int i = 0; i < WAL_INSERT_SLOTS; i++)
			store_and_wake(&XLogCtl->slots[i], WAL_SLOT_FREE);
	else
		store_and_wake(&XLogCtl->slots[slot_state.mine], WAL_SLOT_FREE);
	slot_state.all = false;
}

static XLogRecPtr
reserved_end(void)
{
	uint64 bytes;

	SpinLockAcquire(&XLogCtl->reserve_lock);
	bytes = XLogCtl->reserved_bytes;
	SpinLockRelease(&XLogCtl->reserve_lock);
	return wal_bytes_to_end_ptr(bytes);
}

XLogRecPtr
WaitXLogInsertionsToFinish(XLogRecPtr upto)
{
	XLogRecPtr reserved = reserved_end();
	XLogRecPtr finished = reserved;

	if (unlikely(upto > reserved))
	{
		ereport(LOG, errmsg("request to flush past end of generated WAL; request %X/%X, current position %X/%X",
							LSN_FORMAT_ARGS(upto), LSN_FORMAT_ARGS(reserved)));
		upto = reserved;
	}
	for (int i = 0; i < WAL_INSERT_SLOTS; i++)
	{
		WalInsertSlot *slot = &XLogCtl->slots[i];
		uint64 position;

		/* Our own slot is at or past upto, or we would wait for ourselves. */
		while ((position = pg_atomic_read_u64(&slot->s.position)) != WAL_SLOT_FREE && position < upto)
			wait_for_change(slot, position);
		if (position != WAL_SLOT_FREE && position < finished)
			finished = position;
	}
	pg_read_barrier();
	return finished;
}
