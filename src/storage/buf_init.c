/*
 * buf_init.c
 *    The buffer pool's place in shared memory, and its settings.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "storage/buffer.h"
#include "storage/shmem.h"

char *BufferBlocks;
BufferDescPadded *BufferDescriptors;
BufferPool *buf_pool;

int NBuffers = 16384;
bool zero_damaged_pages = false;
int bgwriter_lru_maxpages = 100;
double bgwriter_lru_multiplier = 2.0;
bool track_io_timing = false;
int effective_io_concurrency = 1;
int maintenance_io_concurrency = 10;
int checkpoint_flush_after = 32;
int backend_flush_after = 0;
int bgwriter_flush_after = 64;

BufferUsage pgBufferUsage;

/* Twice as many chains as buffers, and never fewer than partitions. */
static uint32
bucket_count(void)
{
	uint32 count = NUM_BUFFER_PARTITIONS;

	while (count < (uint32) NBuffers * 2)
		count *= 2;
	return count;
}

static Size
pages_offset(void)
{
	Size size = CACHELINEALIGN(sizeof(BufferPool));

	size = add_size(size, mul_size(NBuffers, sizeof(BufferDescPadded)));
	size = add_size(size, CACHELINEALIGN(mul_size(bucket_count(), sizeof(uint32))));
	size = add_size(size, CACHELINEALIGN(mul_size(NBuffers, sizeof(CkptSortItem))));
	return TYPEALIGN(4096, size);
}

Size
buffer_shmem_size(void)
{
	/* One more page of slack: base is aligned to a cache line only, pages are to be on page boundaries. */
	return add_size(add_size(pages_offset(), 4096), mul_size(NBuffers, BLCKSZ));
}

void
buffer_shmem_init(void *base, bool found)
{
	char *at = base;

	buf_pool = (BufferPool *) at;
	at += CACHELINEALIGN(sizeof(BufferPool));
	BufferDescriptors = (BufferDescPadded *) at;
	at += (Size) NBuffers * sizeof(BufferDescPadded);
	BufferBlocks = (char *) TYPEALIGN(4096, (char *) base + pages_offset());
	if (found)
		return;

	buf_pool->nbuffers = (uint32) NBuffers;
	buf_pool->bucket_mask = bucket_count() - 1;
	buf_pool->buckets = (uint32 *) at;
	memset(at, 0, bucket_count() * sizeof(uint32));
	at += CACHELINEALIGN(bucket_count() * sizeof(uint32));
	buf_pool->ckpt_items = (CkptSortItem *) at;
	pg_atomic_init_u64(&buf_pool->clock_hand, 0);
	pg_atomic_init_u64(&buf_pool->allocs, 0);
	pg_atomic_init_u32(&buf_pool->bgwriter_procno_plus1, 0);
	for (int i = 0; i < NBuffers; i++)
	{
		BufferDesc *desc = GetBufferDescriptor(i);

		memset(desc, 0, sizeof(*desc));
		desc->buf_id = (uint32) i;
		desc->tag.blockNum = InvalidBlockNumber;
		desc->wait_proc = desc->io_proc = -1;
		pg_atomic_init_u64(&desc->state, 0);
		ConditionVariableInit(&desc->io_done);
		LWLockInitialize(&desc->content_lock, LWTRANCHE_BUFFER_CONTENT);
	}
}
