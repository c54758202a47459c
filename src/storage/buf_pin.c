/*
 * buf_pin.c
 *    Pins: the count in the state word, this process's own counts, and who is told about them.
 *
 * A process counts in the shared word once however often it has pinned a buffer; how often is in a private hash table (most
 * pins are second pins or go in the order they came, so the last slot used is tried first). A pin is entered in the PGPROC before
 * it is taken and erased after it is given back, so that the crash cleaner sees a pin too many but never one too few.
 */
#include <sched.h>

#include "postgres.h"
#include "miscadmin.h"
#include "storage/buffer.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "utils/memutils.h"

typedef struct PrivatePin
{
	Buffer buffer; /* InvalidBuffer: empty slot */
	int32 count;
} PrivatePin;

#define PRIVATE_PINS_INITIAL 64 /* a power of two */

static PrivatePin initial_slots[PRIVATE_PINS_INITIAL];
static struct
{
	PrivatePin *slots; /* open addressing, linear probing; never more than half full */
	uint32 mask;
	uint32 used;
	PrivatePin *last; /* the slot used last, a guess */
} private_pins = {initial_slots, PRIVATE_PINS_INITIAL - 1, 0, initial_slots};

/* ---- private counts ---------------------------------------------------------------------------------------------- */
static inline uint32
private_home(Buffer buffer)
{
	return ((uint32) buffer * 0x9E3779B1u >> 7) & private_pins.mask;
}

static inline PrivatePin *
private_find(Buffer buffer)
{
	uint32 i;

	if (private_pins.last->buffer == buffer)
		return private_pins.last;
	for (i = private_home(buffer); private_pins.slots[i].buffer != InvalidBuffer; i = (i + 1) & private_pins.mask)
		if (private_pins.slots[i].buffer == buffer)
			return private_pins.last = &private_pins.slots[i];
	return NULL;
}

static void
private_insert(Buffer buffer, int32 count)
{
	uint32 i = private_home(buffer);

	while (private_pins.slots[i].buffer != InvalidBuffer)
		i = (i + 1) & private_pins.mask;
	private_pins.slots[i] = (PrivatePin) {buffer, count};
	private_pins.last = &private_pins.slots[i];
	private_pins.used++;
}

/* Removes an entry and moves up those after it that a probe would no longer find. */
static void
private_remove(PrivatePin *pin)
{
	uint32 hole = (uint32) (pin - private_pins.slots);

	for (uint32 i = (hole + 1) & private_pins.mask; private_pins.slots[i].buffer != InvalidBuffer;
		 i = (i + 1) & private_pins.mask)
	{
		uint32 home = private_home(private_pins.slots[i].buffer);

		/* May the entry at i move to the hole? Only if its home is not after the hole. */
		if (((i - home) & private_pins.mask) >= ((i - hole) & private_pins.mask))
		{
			private_pins.slots[hole] = private_pins.slots[i];
			hole = i;
		}
	}
	private_pins.slots[hole] = (PrivatePin) {InvalidBuffer, 0};
	private_pins.used--;
}

static void
private_grow(void)
{
	PrivatePin *old = private_pins.slots;
	uint32 old_size = private_pins.mask + 1;

	private_pins.slots = MemoryContextAllocZero(TopMemoryContext, sizeof(PrivatePin) * old_size * 2);
	private_pins.mask = old_size * 2 - 1;
	private_pins.used = 0;
	private_pins.last = private_pins.slots;
	for (uint32 i = 0; i < old_size; i++)
		if (old[i].buffer != InvalidBuffer)
			private_insert(old[i].buffer, old[i].count);
	if (old != initial_slots)
		pfree(old);
}

int
buf_private_refcount(Buffer buffer)
{
	PrivatePin *pin = private_find(buffer);

	return pin ? pin->count : 0;
}

/* ---- resource owner ----------------------------------------------------------------------------------------------- */
static void pin_drop(BufferDesc *desc);

static void
release_pin_resource(Datum res)
{
	Buffer buffer = DatumGetInt32(res);

	if (BufferIsLocal(buffer))
		local_buffer_unpin(buffer);
	else
		pin_drop(GetBufferDescriptor(buffer - 1));
}

static char *
describe_pin_resource(Datum res)
{
	return buffer_describe(DatumGetInt32(res));
}

const ResourceOwnerDesc buffer_pin_resowner_desc = {
	.name = "buffer pin",
	.release_phase = RESOURCE_RELEASE_BEFORE_LOCKS,
	.release_priority = RELEASE_PRIO_BUFFER_PINS,
	.ReleaseResource = release_pin_resource,
	.DebugPrint = describe_pin_resource,
};

static inline void
owner_remember(Buffer buffer)
{
	if (likely(CurrentResourceOwner != NULL))
		ResourceOwnerRemember(CurrentResourceOwner, Int32GetDatum(buffer), &buffer_pin_resowner_desc);
}

void
buf_reserve_pin(void)
{
	if (likely(CurrentResourceOwner != NULL))
		ResourceOwnerEnlarge(CurrentResourceOwner);
	if (unlikely(private_pins.used * 2 >= private_pins.mask))
		private_grow();
}

/* ---- header lock ---------------------------------------------------------------------------------------------------- */
static uint64
wait_while_locked(BufferDesc *desc)
{
	uint64 state;

	for (int spins = 0; (state = pg_atomic_read_u64(&desc->state)) & BM_LOCKED; spins++)
	{
		pg_spin_delay();
		if (spins % 100 == 99)
			sched_yield();
	}
	return state;
}

uint64
LockBufHdr(BufferDesc *desc)
{
	for (;;)
	{
		uint64 old = pg_atomic_fetch_or_u64(&desc->state, BM_LOCKED);

		if (likely(!(old & BM_LOCKED)))
			return old | BM_LOCKED;
		wait_while_locked(desc);
	}
}

uint64
buf_header_unlock(BufferDesc *desc, uint64 set, uint64 clear, int add_refcount)
{
	uint64 state = pg_atomic_read_u64(&desc->state);
	uint64 new_state;

	/* A loop, because pins may be given back meanwhile. */
	do
	{
		Assert(state & BM_LOCKED);
		new_state = (state & ~(clear | BM_LOCKED)) | set;
		new_state += (int64) add_refcount;
	} while (!pg_atomic_compare_exchange_u64(&desc->state, &state, new_state));
	return new_state;
}

/* ---- pinning ------------------------------------------------------------------------------------------------------------ */
static inline uint64
bump_usage(uint64 state, bool bump)
{
	uint32 usage = BUF_STATE_GET_USAGECOUNT(state);

	if (usage < (bump ? BM_MAX_USAGE_COUNT : 1))
		state += BUF_USAGECOUNT_ONE;
	return state;
}

/* Who waits to be the only one may be so now. */
static void
wake_pin_count_waiter(BufferDesc *desc)
{
	uint64 state = LockBufHdr(desc);

	if ((state & BM_PIN_COUNT_WAITER) && BUF_STATE_GET_REFCOUNT(state) == 1)
	{
		int waiter = desc->wait_proc;

		buf_header_unlock(desc, 0, BM_PIN_COUNT_WAITER, 0);
		ProcSendSignal(waiter);
	}
	else
		UnlockBufHdr(desc);
}

static inline void
shared_count_down(BufferDesc *desc, int count)
{
	uint64 old = pg_atomic_fetch_sub_u64(&desc->state, count);

	AssertAlways(BUF_STATE_GET_REFCOUNT(old) >= (uint32) count);
	if (unlikely(old & BM_PIN_COUNT_WAITER))
		wake_pin_count_waiter(desc);
}

uint64
buf_pin_tagged(BufferDesc *desc, const BufferTag *tag, bool bump)
{
	Buffer buffer = BufferDescriptorGetBuffer(desc);
	PrivatePin *pin = private_find(buffer);
	uint64 state = pg_atomic_read_u64(&desc->state);
	uint64 new_state;

	if (pin)
	{
		/* Ours already: nobody can give it another page. */
		if (!buffer_tag_equals(&desc->tag, tag))
			return 0;
		pg_read_barrier();
		pin->count++;
		owner_remember(buffer);
		return state;
	}
	proc_record_pin(buffer);
	do
	{
		if (unlikely(state & BM_LOCKED))
			state = wait_while_locked(desc);
		if (unlikely(!(state & BM_TAG_VALID)))
		{
			proc_forget_pin(buffer);
			return 0;
		}
		new_state = bump_usage(state + BUF_REFCOUNT_ONE, bump);
	} while (!pg_atomic_compare_exchange_u64(&desc->state, &state, new_state));
	if (unlikely(!buffer_tag_equals(&desc->tag, tag)))
	{
		shared_count_down(desc, 1);
		proc_forget_pin(buffer);
		return 0;
	}
	private_insert(buffer, 1);
	owner_remember(buffer);
	return new_state;
}

void
buf_remember_pin(BufferDesc *desc)
{
	Buffer buffer = BufferDescriptorGetBuffer(desc);

	Assert(private_find(buffer) == NULL);
	private_insert(buffer, 1);
	owner_remember(buffer);
}

void
buf_pin_locked(BufferDesc *desc)
{
	Buffer buffer = BufferDescriptorGetBuffer(desc);
	PrivatePin *pin = private_find(buffer);

	if (pin)
	{
		UnlockBufHdr(desc);
		pin->count++;
		owner_remember(buffer);
		return;
	}
	proc_record_pin(buffer);
	buf_header_unlock(desc, 0, 0, 1);
	buf_remember_pin(desc);
}

/* Gives back one pin that the owner has forgotten already. */
static void
pin_drop(BufferDesc *desc)
{
	Buffer buffer = BufferDescriptorGetBuffer(desc);
	PrivatePin *pin = private_find(buffer);

	AssertAlways(pin != NULL);
	if (--pin->count > 0)
		return;
	Assert(!LWLockHeldByMe(&desc->content_lock));
	private_remove(pin);
	shared_count_down(desc, 1);
	proc_forget_pin(buffer);
}

void
buf_unpin(BufferDesc *desc)
{
	if (likely(CurrentResourceOwner != NULL))
		ResourceOwnerForget(CurrentResourceOwner, Int32GetDatum(BufferDescriptorGetBuffer(desc)),
							&buffer_pin_resowner_desc);
	pin_drop(desc);
}

/* ---- public ----------------------------------------------------------------------------------------------------------- */
void
ReleaseBuffer(Buffer buffer)
{
	if (unlikely(!BufferIsValid(buffer)))
		elog(ERROR, "bad buffer ID: %d", buffer);
	if (BufferIsLocal(buffer))
	{
		if (CurrentResourceOwner)
			ResourceOwnerForget(CurrentResourceOwner, Int32GetDatum(buffer), &buffer_pin_resowner_desc);
		local_buffer_unpin(buffer);
	}
	else
		buf_unpin(GetBufferDescriptor(buffer - 1));
}

void
IncrBufferRefCount(Buffer buffer)
{
	Assert(BufferIsPinnedByMe(buffer));
	buf_reserve_pin();
	if (BufferIsLocal(buffer))
		local_buffer_pin_again(buffer);
	else
		private_find(buffer)->count++;
	owner_remember(buffer);
}

bool
BufferIsPinnedByMe(Buffer buffer)
{
	if (!BufferIsValid(buffer))
		return false;
	return BufferIsLocal(buffer) ? LocalRefCount[-buffer - 1] > 0 : private_find(buffer) != NULL;
}

/* ---- transaction and process end -------------------------------------------------------------------------------------- */
static void
check_for_leaked_pins(void)
{
#ifdef USE_ASSERT_CHECKING
	for (uint32 i = 0; i <= private_pins.mask; i++)
		if (private_pins.slots[i].buffer != InvalidBuffer)
		{
			PrintBufferLeakWarning(private_pins.slots[i].buffer);
			Assert(private_pins.used == 0);
		}
#endif
}

void
AtEOXact_Buffers(bool isCommit)
{
	check_for_leaked_pins();
	local_buffers_check_leaks();
}

static void
bufmgr_on_shmem_exit(int code, Datum arg)
{
	AbortBufferIO();
	UnlockBuffers();
	/* A process that ends without aborting its transaction properly still must not keep pages pinned. */
	for (uint32 i = 0; i <= private_pins.mask; i++)
		if (private_pins.slots[i].buffer != InvalidBuffer)
		{
			Buffer buffer = private_pins.slots[i].buffer;

			shared_count_down(GetBufferDescriptor(buffer - 1), 1);
			proc_forget_pin(buffer);
			private_pins.slots[i] = (PrivatePin) {InvalidBuffer, 0};
		}
	private_pins.used = 0;
	local_buffers_check_leaks();
}

void
InitBufferPoolAccess(void)
{
	WritebackContextInit(&BackendWritebackContext, &backend_flush_after);
	on_shmem_exit(bufmgr_on_shmem_exit, 0);
}

char *
buffer_describe(Buffer buffer)
{
	BufferTag tag;

	if (BufferIsLocal(buffer))
	{
		tag = local_buffer_tag(buffer);
		return psprintf("[%03d] (rel=%s, blockNum=%u, local pins=%d)", buffer,
						relpathbackend(tag.rnode, MyBackendId, (ForkNumber) tag.forkNum), tag.blockNum,
						LocalRefCount[-buffer - 1]);
	}
	tag = GetBufferDescriptor(buffer - 1)->tag;
	return psprintf("[%03d] (rel=%s, blockNum=%u, flags=0x%x, refcount=%u %d)", buffer,
					relpathperm(tag.rnode, (ForkNumber) tag.forkNum), tag.blockNum,
					(uint32) (pg_atomic_read_u64(&GetBufferDescriptor(buffer - 1)->state) >> 32),
					BUF_STATE_GET_REFCOUNT(pg_atomic_read_u64(&GetBufferDescriptor(buffer - 1)->state)),
					buf_private_refcount(buffer));
}

void
PrintBufferLeakWarning(Buffer buffer)
{
	elog(WARNING, "buffer refcount leak: %s", buffer_describe(buffer));
}
