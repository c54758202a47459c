/*
 * buf_ring.c
 *    Rings: a bulk operation goes round in a few buffers instead of pushing everybody's pages out.
 *
 * A ring fills with buffers from the clock sweep and then takes them in turn. A buffer that others use meanwhile (pinned, or used
 * since) is left to them and replaced by a new one.
 */
#include "postgres.h"
#include "storage/buffer.h"
#include "storage/proc.h"

typedef struct BufferAccessStrategyData
{
	BufferAccessStrategyType type;
	int size;
	int current;
	bool current_was_in_ring;
	Buffer buffers[];
} BufferAccessStrategyData;

/* 256 kB stay in a processor's cache; writers get more, so that WAL is flushed for many pages at once. */
static int
ring_size_kb(BufferAccessStrategyType type)
{
	switch (type)
	{
		case BAS_BULKREAD:
			return 256;
		case BAS_BULKWRITE:
			return 16 * 1024;
		case BAS_VACUUM:
			return 256;
		default:
			elog(ERROR, "unrecognized buffer access strategy: %d", (int) type);
	}
}

BufferAccessStrategy
GetAccessStrategy(BufferAccessStrategyType btype)
{
	BufferAccessStrategy strategy;
	int size;

	if (btype == BAS_NORMAL)
		return NULL;
	size = Max(Min(NBuffers / 8, ring_size_kb(btype) * 1024 / BLCKSZ), 1);
	strategy = palloc0(offsetof(BufferAccessStrategyData, buffers) + size * sizeof(Buffer));
	strategy->type = btype;
	strategy->size = size;
	return strategy;
}

void
FreeAccessStrategy(BufferAccessStrategy strategy)
{
	if (strategy != NULL)
		pfree(strategy);
}

BufferDesc *
ring_get_buffer(BufferAccessStrategy strategy)
{
	BufferDesc *desc;
	Buffer buffer;
	uint64 state;

	strategy->current = (strategy->current + 1) % strategy->size;
	strategy->current_was_in_ring = false;
	buffer = strategy->buffers[strategy->current];
	if (buffer == InvalidBuffer)
		return NULL;
	/* Our own use left a usage count of at most 1. */
	desc = GetBufferDescriptor(buffer - 1);
	state = pg_atomic_read_u64(&desc->state);
	if (BUF_STATE_GET_REFCOUNT(state) != 0 || BUF_STATE_GET_USAGECOUNT(state) > 1 || (state & BM_LOCKED))
		return NULL;
	proc_record_pin(buffer);
	if (!pg_atomic_compare_exchange_u64(&desc->state, &state, state + BUF_REFCOUNT_ONE))
	{
		proc_forget_pin(buffer);
		return NULL;
	}
	buf_remember_pin(desc);
	strategy->current_was_in_ring = true;
	return desc;
}

void
ring_add_buffer(BufferAccessStrategy strategy, BufferDesc *desc)
{
	strategy->buffers[strategy->current] = BufferDescriptorGetBuffer(desc);
}

bool
ring_reject_buffer(BufferAccessStrategy strategy, BufferDesc *desc)
{
	/* Only a reader may evade the flush: it dirties at most hint bits, and would otherwise wait for WAL at each turn. */
	if (strategy->type != BAS_BULKREAD || !strategy->current_was_in_ring ||
		strategy->buffers[strategy->current] != BufferDescriptorGetBuffer(desc))
		return false;
	strategy->buffers[strategy->current] = InvalidBuffer;
	return true;
}
