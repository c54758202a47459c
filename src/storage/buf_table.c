/*
 * buf_table.c
 *    Which buffer holds this page? A hash table of chains through the descriptors.
 *
 * buckets[hash & mask] is buf_id + 1 of the chain's first descriptor, hash_next of the next. The partition of a hash is its low seven
 * bits, the mask has at least those: a chain belongs to one partition, whose lock its writers hold exclusively.
 *
 * A probe without the lock may be led astray while a descriptor moves from one chain to another: it may miss a page that is there, and
 * end on a descriptor that has just got another page. Hence the rule in buffer.h. It cannot run for ever: steps are limited.
 */
#include "postgres.h"
#include "storage/buffer.h"

#define PROBE_STEPS_MAX 32

static inline uint32
load_link(const uint32 *link)
{
	return __atomic_load_n(link, __ATOMIC_ACQUIRE);
}

static inline void
store_link(uint32 *link, uint32 value)
{
	__atomic_store_n(link, value, __ATOMIC_RELEASE);
}

int
buf_table_probe(const BufferTag *tag, uint32 hash)
{
	uint32 id = load_link(&buf_pool->buckets[hash & buf_pool->bucket_mask]);

	for (int step = 0; id != 0 && step < PROBE_STEPS_MAX; step++)
	{
		BufferDesc *desc = GetBufferDescriptor(id - 1);

		if (buffer_tag_equals(&desc->tag, tag))
			return (int) (id - 1);
		id = load_link(&desc->hash_next);
	}
	return -1;
}

int
buf_table_lookup(const BufferTag *tag, uint32 hash)
{
	for (uint32 id = buf_pool->buckets[hash & buf_pool->bucket_mask]; id != 0;)
	{
		BufferDesc *desc = GetBufferDescriptor(id - 1);

		if (buffer_tag_equals(&desc->tag, tag))
			return (int) (id - 1);
		id = desc->hash_next;
	}
	return -1;
}

void
buf_table_insert(BufferDesc *desc, uint32 hash)
{
	uint32 *bucket = &buf_pool->buckets[hash & buf_pool->bucket_mask];

	store_link(&desc->hash_next, *bucket);
	store_link(bucket, desc->buf_id + 1);
}

void
buf_table_delete(BufferDesc *desc, uint32 hash)
{
	uint32 *link = &buf_pool->buckets[hash & buf_pool->bucket_mask];

	while (*link != desc->buf_id + 1)
	{
		AssertAlways(*link != 0);
		link = &GetBufferDescriptor(*link - 1)->hash_next;
	}
	store_link(link, desc->hash_next);
}
