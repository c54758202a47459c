/*
 * buf_crash.c
 *    What a process that was killed leaves in the buffer pool: pins, and perhaps I/O in progress.
 *
 * Pins are recorded in PGPROC before they are taken and erased after they are given back, so the list may name one too many. Which
 * it is shows in the refcount: every living holder has listed its pin, so a refcount above the number of living listings is ours to
 * lower. When the two are equal, either the dead one did not have the pin, or a living one is just about to take its own: look
 * again for a while.
 */
#include "postgres.h"

#include <unistd.h>

#include "storage/buffer.h"
#include "storage/proc.h"

#define LOOKS 50
#define LOOK_INTERVAL_US 1000

static bool
lists_pin(const PGPROC *proc, int buffer)
{
	for (int i = 0; i < Min(proc->num_pins, PROC_MAX_PINS); i++)
		if (proc->pins[i].buffer == buffer)
			return true;
	return false;
}

/* Living processes that list the pin; -1: somebody's list is incomplete. */
static int
count_living_listings(const PGPROC *dead, int buffer)
{
	int n = 0;

	for (uint32 i = 0; i < ProcGlobal->allProcCount; i++)
	{
		const PGPROC *proc = &ProcGlobal->allProcs[i];

		if (proc == dead || proc->pid == 0)
			continue;
		if (proc->pins_overflowed)
			return -1;
		n += lists_pin(proc, buffer);
	}
	return n;
}

static bool
is_pinned_by(const PGPROC *dead, BufferDesc *desc)
{
	for (int look = 0; look < LOOKS; look++)
	{
		int living = count_living_listings(dead, BufferDescriptorGetBuffer(desc));
		uint32 refcount;

		pg_memory_barrier();
		refcount = BUF_STATE_GET_REFCOUNT(pg_atomic_read_u64(&desc->state));
		if (living >= 0 && refcount > (uint32) living)
			return true;
		if (refcount == 0)
			return false;
		usleep(LOOK_INTERVAL_US);
	}
	return false;
}

/* Nothing half done? */
bool
buf_remains_are_clean(const PGPROC *dead)
{
	if (dead->pins_overflowed)
		return false;
	for (int i = 0; i < dead->num_pins; i++)
	{
		BufferDesc *desc = GetBufferDescriptor(dead->pins[i].buffer - 1);
		uint64 state = pg_atomic_read_u64(&desc->state);

		if (desc->io_proc == dead->pgprocno && (state & BM_IO_IN_PROGRESS))
			return false;
		if (count_living_listings(dead, dead->pins[i].buffer) < 0)
			return false;
	}
	return true;
}

static void
give_back_pin(BufferDesc *desc, int dead_procno)
{
	uint64 state = LockBufHdr(desc);
	uint64 clear = 0;
	int waiter = -1;

	if ((state & BM_PIN_COUNT_WAITER) && desc->wait_proc == dead_procno)
		clear = BM_PIN_COUNT_WAITER;
	else if ((state & BM_PIN_COUNT_WAITER) && BUF_STATE_GET_REFCOUNT(state) == 2)
	{
		waiter = desc->wait_proc;
		clear = BM_PIN_COUNT_WAITER;
	}
	buf_header_unlock(desc, 0, clear, -1);
	if (waiter >= 0)
		ProcSendSignal(waiter);
}

void
buf_release_remains_of(PGPROC *dead)
{
	while (dead->num_pins > 0)
	{
		int buffer = dead->pins[--dead->num_pins].buffer;

		/* A list in the middle of a change may name one twice. */
		if (!lists_pin(dead, buffer) && is_pinned_by(dead, GetBufferDescriptor(buffer - 1)))
			give_back_pin(GetBufferDescriptor(buffer - 1), dead->pgprocno);
	}
}
