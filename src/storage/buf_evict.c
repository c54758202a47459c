/*
 * buf_evict.c
 *    Where a free buffer comes from: the clock sweep, and taking a page out of the pool.
 *
 * The clock hand is one counter of ticks that never turns back: position and round follow from it, so there is no lock and no
 * wrap-around to guard. There is no list of free buffers: one without a page has usage count 0 and is found by the hand.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "storage/buffer.h"
#include "storage/proc.h"
#include "utils/wait_event.h"

WritebackContext BackendWritebackContext;

static void
wake_background_writer(void)
{
	uint32 procno_plus1 = pg_atomic_read_u32(&buf_pool->bgwriter_procno_plus1);

	if (unlikely(procno_plus1 != 0))
	{
		pg_atomic_write_u32(&buf_pool->bgwriter_procno_plus1, 0);
		SetLatch(&GetPGProcByNumber(procno_plus1 - 1)->procLatch);
	}
}

/* Pins the buffer if nobody has it and its usage count has run down; counts usage down otherwise. */
static bool
try_claim(BufferDesc *desc, bool *was_free)
{
	uint64 state = pg_atomic_read_u64(&desc->state);

	*was_free = false;
	if (BUF_STATE_GET_REFCOUNT(state) != 0 || (state & BM_LOCKED))
		return false;
	*was_free = true;
	if (BUF_STATE_GET_USAGECOUNT(state) > 0)
	{
		pg_atomic_compare_exchange_u64(&desc->state, &state, state - BUF_USAGECOUNT_ONE);
		return false;
	}
	proc_record_pin(BufferDescriptorGetBuffer(desc));
	if (pg_atomic_compare_exchange_u64(&desc->state, &state, state + BUF_REFCOUNT_ONE))
	{
		buf_remember_pin(desc);
		return true;
	}
	proc_forget_pin(BufferDescriptorGetBuffer(desc));
	return false;
}

static BufferDesc *
clock_get_buffer(void)
{
	uint32 tries_left = buf_pool->nbuffers * (BM_MAX_USAGE_COUNT + 1);

	wake_background_writer();
	pg_atomic_fetch_add_u64(&buf_pool->allocs, 1);
	for (;;)
	{
		uint64 tick = pg_atomic_fetch_add_u64(&buf_pool->clock_hand, 1);
		BufferDesc *desc = GetBufferDescriptor(tick % buf_pool->nbuffers);
		bool was_free;

		if (try_claim(desc, &was_free))
			return desc;
		if (was_free)
			tries_left = buf_pool->nbuffers * (BM_MAX_USAGE_COUNT + 1);
		else if (--tries_left == 0)
			elog(ERROR, "no unpinned buffers available");
	}
}

/* Takes the page out of a buffer that we alone have pinned; false when it is not so, or the page is dirty again. */
static bool
drop_identity(BufferDesc *desc)
{
	uint32 hash = buffer_tag_hash(&desc->tag);
	LWLock *partition = BufMappingPartitionLock(hash);
	uint64 state;

	LWLockAcquire(partition, LW_EXCLUSIVE);
	state = LockBufHdr(desc);
	if (BUF_STATE_GET_REFCOUNT(state) != 1 || (state & BM_DIRTY))
	{
		UnlockBufHdr(desc);
		LWLockRelease(partition);
		return false;
	}
	buf_table_delete(desc, hash);
	desc->tag = (BufferTag) {.blockNum = InvalidBlockNumber};
	buf_header_unlock(desc, 0, (BUF_FLAG_MASK & ~BM_LOCKED) | BUF_USAGECOUNT_MASK, 0);
	LWLockRelease(partition);
	return true;
}

/* False: somebody has it locked, or a ring would rather have another one than flush WAL for this. */
static bool
write_before_reuse(BufferDesc *desc, BufferAccessStrategy strategy)
{
	if (!LWLockConditionalAcquire(&desc->content_lock, LW_SHARED))
		return false;
	if (strategy != NULL && (pg_atomic_read_u64(&desc->state) & BM_PERMANENT) &&
		XLogNeedsFlush(BufferGetLSNAtomic(BufferDescriptorGetBuffer(desc))) && ring_reject_buffer(strategy, desc))
	{
		LWLockRelease(&desc->content_lock);
		return false;
	}
	buf_flush(desc, NULL);
	LWLockRelease(&desc->content_lock);
	ScheduleBufferTagForWriteback(&BackendWritebackContext, &desc->tag);
	return true;
}

BufferDesc *
buf_get_victim(BufferAccessStrategy strategy)
{
	for (;;)
	{
		BufferDesc *desc = NULL;
		bool from_ring = false;
		uint64 state;

		buf_reserve_pin();
		if (strategy)
			from_ring = (desc = ring_get_buffer(strategy)) != NULL;
		if (desc == NULL)
			desc = clock_get_buffer();
		state = pg_atomic_read_u64(&desc->state);
		if (((state & BM_DIRTY) && !write_before_reuse(desc, from_ring ? strategy : NULL)) ||
			((state & BM_TAG_VALID) && !drop_identity(desc)))
		{
			buf_unpin(desc);
			continue;
		}
		if (strategy && !from_ring)
			ring_add_buffer(strategy, desc);
		return desc;
	}
}

void
buf_invalidate(BufferDesc *desc)
{
	BufferTag tag = desc->tag;
	uint32 hash = buffer_tag_hash(&tag);
	LWLock *partition = BufMappingPartitionLock(hash);
	uint64 state;

	UnlockBufHdr(desc);
	for (;;)
	{
		/* The partition lock comes before the header lock, so the header is looked at again. */
		LWLockAcquire(partition, LW_EXCLUSIVE);
		state = LockBufHdr(desc);
		if (!buffer_tag_equals(&desc->tag, &tag))
		{
			UnlockBufHdr(desc);
			LWLockRelease(partition);
			return;
		}
		if (BUF_STATE_GET_REFCOUNT(state) == 0)
			break;
		/* Somebody writes it out, or is about to. Nobody else can have business with a relation that goes away. */
		UnlockBufHdr(desc);
		LWLockRelease(partition);
		if (buf_private_refcount(BufferDescriptorGetBuffer(desc)) > 0)
			elog(ERROR, "buffer is pinned in InvalidateBuffer");
		buf_io_wait(desc);
		pg_spin_delay();
	}
	if (state & BM_TAG_VALID)
		buf_table_delete(desc, hash);
	desc->tag = (BufferTag) {.blockNum = InvalidBlockNumber};
	buf_header_unlock(desc, 0, (BUF_FLAG_MASK & ~BM_LOCKED) | BUF_USAGECOUNT_MASK, 0);
	LWLockRelease(partition);
}
