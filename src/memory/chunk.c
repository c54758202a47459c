/*
 * chunk.c
 *    Allocating, freeing and resizing chunks of a memory context.
 *
 * The usual palloc is: class lookup, pop from the class's free list or bump a pointer, write one header word. Anything
 * else (a new block, an oversized chunk) is out of line. Failure of malloc is returned as NULL here and raised in
 * mcxt.c, where the caller's wishes (MCXT_ALLOC_NO_OOM) are known.
 */
#include "postgres.h"

#include "memory/context.h"
#include "miscadmin.h"

Size memory_total_allocated = 0;

static MemoryBlock *
block_new(MemoryContext context, Size size)
{
	MemoryBlock *block = malloc(size);

	if (block == NULL)
		return NULL;
	block->size = size;
	block->context = context;
	block->prev = NULL;
	block->next = context->blocks;
	if (block->next)
		block->next->prev = block;
	context->blocks = block;
	context->allocated += size;
	memory_total_allocated += size;
	return block;
}

static void
block_free(MemoryBlock *block)
{
	MemoryContext context = block->context;

	if (block->prev)
		block->prev->next = block->next;
	else
		context->blocks = block->next;
	if (block->next)
		block->next->prev = block->prev;
	context->allocated -= block->size;
	memory_total_allocated -= block->size;
	free(block);
}

void
memory_free_blocks(MemoryContext context)
{
	while (context->blocks)
		block_free(context->blocks);
}

static void *
alloc_own_block(MemoryContext context, Size size)
{
	MemoryBlock *block = block_new(context, BLOCK_HEADER_SIZE + CHUNK_HEADER_SIZE + MAXALIGN(size));
	char *chunk;

	if (block == NULL)
		return NULL;
	chunk = (char *) block + BLOCK_HEADER_SIZE + CHUNK_HEADER_SIZE;
	*chunk_header(chunk) = chunk_make_header(context, CHUNK_OWN_BLOCK, 0);
	return chunk;
}

/* The rest of the current block becomes one free chunk of the largest class that fits, rather than waste. */
static void
donate_block_rest(MemoryContext context)
{
	Size space = context->bump_end - context->bump;

	if (space >= CHUNK_HEADER_SIZE + size_class_bytes[0])
	{
		Size payload = Min(space - CHUNK_HEADER_SIZE, (Size) SIZE_CLASS_MAX);
		int class = size_class_of(payload);
		char *chunk = context->bump + CHUNK_HEADER_SIZE;

		if (size_class_bytes[class] > payload)
			class--;
		*chunk_header(chunk) = chunk_make_header(context, CHUNK_FREE, class);
		*(void **) chunk = context->free_list[class];
		context->free_list[class] = chunk;
	}
	context->bump = context->bump_end = NULL;
}

static bool
start_new_block(MemoryContext context, Size needed)
{
	Size size = context->next_block_size;
	MemoryBlock *block;

	if (context->type == CONTEXT_ALLOCSET)
		donate_block_rest(context);
	while (size < needed + BLOCK_HEADER_SIZE)
		size *= 2;
	block = block_new(context, size);
	if (block == NULL)
		return false;
	context->next_block_size = Min(context->next_block_size * 2, context->max_block_size);
	context->bump = (char *) block + BLOCK_HEADER_SIZE;
	context->bump_end = (char *) block + size;
	return true;
}

static pg_attribute_always_inline void *
bump(MemoryContext context, Size payload, uint64 header)
{
	char *chunk;

	if (unlikely((Size) (context->bump_end - context->bump) < payload + CHUNK_HEADER_SIZE) &&
		!start_new_block(context, payload + CHUNK_HEADER_SIZE))
		return NULL;
	chunk = context->bump + CHUNK_HEADER_SIZE;
	context->bump += payload + CHUNK_HEADER_SIZE;
	*chunk_header(chunk) = header;
	return chunk;
}

static void *
alloc_bump(MemoryContext context, Size size)
{
	Size payload = Max(MAXALIGN(size), 8);

	if (payload > context->chunk_limit)
		return alloc_own_block(context, size);
	return bump(context, payload, chunk_make_header(context, CHUNK_BUMP, payload / 8));
}

void *
memory_alloc(MemoryContext context, Size size)
{
	int class;
	void *chunk;

	context->is_reset = false;
	if (unlikely(context->type == CONTEXT_GENERATION))
		return alloc_bump(context, size);
	if (unlikely(size > context->chunk_limit))
		return alloc_own_block(context, size);
	if (unlikely(size == 0))
		size = 1;

	class = size_class_of(size);
	chunk = context->free_list[class];
	if (chunk != NULL)
	{
		context->free_list[class] = *(void **) chunk;
		*chunk_header(chunk) = chunk_make_header(context, CHUNK_CLASSED, class);
		return chunk;
	}
	return bump(context, size_class_bytes[class], chunk_make_header(context, CHUNK_CLASSED, class));
}

/* The chunk in which an aligned one lies. */
static void *
enclosing_chunk(void *pointer)
{
	return (char *) pointer - (*chunk_header(pointer) >> CHUNK_AUX_SHIFT) * 8;
}

static Size
chunk_payload(void *pointer)
{
	uint64 header = *chunk_header(pointer);

	switch (chunk_kind(header))
	{
		case CHUNK_CLASSED:
			return size_class_bytes[header >> CHUNK_AUX_SHIFT];
		case CHUNK_BUMP:
			return (header >> CHUNK_AUX_SHIFT) * 8;
		case CHUNK_OWN_BLOCK:
			return chunk_own_block(pointer)->size - BLOCK_HEADER_SIZE - CHUNK_HEADER_SIZE;
		case CHUNK_ALIGNED:
			return chunk_payload(enclosing_chunk(pointer)) - ((char *) pointer - (char *) enclosing_chunk(pointer));
		case CHUNK_FREE:
			break;
	}
	elog(PANIC, "pointer %p is not an allocated chunk (freed twice?)", pointer);
}

void
pfree(void *pointer)
{
	uint64 *header = chunk_header(pointer);

	if (likely(chunk_kind(*header) == CHUNK_CLASSED))
	{
		MemoryContext context = chunk_context(*header);
		int class = *header >> CHUNK_AUX_SHIFT;

#ifdef USE_ASSERT_CHECKING
		memset(pointer, 0x7F, size_class_bytes[class]);
#endif
		*header = (*header & ~CHUNK_KIND_MASK) | CHUNK_FREE;
		*(void **) pointer = context->free_list[class];
		context->free_list[class] = pointer;
		return;
	}
	if (chunk_kind(*header) == CHUNK_ALIGNED)
	{
		pfree(enclosing_chunk(pointer));
		return;
	}
#ifdef USE_ASSERT_CHECKING
	memset(pointer, 0x7F, chunk_payload(pointer));
#endif
	switch (chunk_kind(*header))
	{
		case CHUNK_OWN_BLOCK:
			block_free(chunk_own_block(pointer));
			break;
		case CHUNK_BUMP:
			*header = (*header & ~CHUNK_KIND_MASK) | CHUNK_FREE; /* freed with its context */
			break;
		default:
			elog(PANIC, "pfree of %p, which is not an allocated chunk (freed twice?)", pointer);
	}
}

/* Grow or shrink a chunk that has a malloc of its own, where it is if the C library can. */
static void *
resize_own_block(void *pointer, Size size)
{
	MemoryBlock *block = chunk_own_block(pointer);
	MemoryContext context = block->context;
	Size old_size = block->size;
	Size new_size = BLOCK_HEADER_SIZE + CHUNK_HEADER_SIZE + MAXALIGN(size);
	MemoryBlock *moved = realloc(block, new_size);

	if (moved == NULL)
		return NULL;
	moved->size = new_size;
	if (moved->prev)
		moved->prev->next = moved;
	else
		context->blocks = moved;
	if (moved->next)
		moved->next->prev = moved;
	context->allocated += new_size - old_size;
	memory_total_allocated += new_size - old_size;
	return (char *) moved + BLOCK_HEADER_SIZE + CHUNK_HEADER_SIZE;
}

static pg_attribute_cold void pg_attribute_noreturn()
raise_out_of_memory(MemoryContext context, Size size)
{
	ereport(ERROR,
			errcode(ERRCODE_OUT_OF_MEMORY),
			errmsg("out of memory"),
			errdetail("Failed on request of size %zu in memory context \"%s\".", size, context->name));
	pg_unreachable();
}

static void *
resize(void *pointer, Size size, Size limit)
{
	MemoryContext context = GetMemoryChunkContext(pointer);
	Size payload = chunk_payload(pointer);
	void *moved;

	if (unlikely(size > limit))
		elog(ERROR, "invalid memory alloc request size %zu", size);
	if (chunk_kind(*chunk_header(pointer)) == CHUNK_OWN_BLOCK && size > context->chunk_limit)
	{
		moved = resize_own_block(pointer, size);
		if (moved == NULL)
			raise_out_of_memory(context, size);
		return moved;
	}
	if (size <= payload && size * 4 >= payload)
		return pointer;
	if (size <= payload && payload <= 256)
		return pointer;
	moved = memory_alloc(context, size);
	if (moved == NULL)
		raise_out_of_memory(context, size);
	memcpy(moved, pointer, Min(size, payload));
	pfree(pointer);
	return moved;
}

void *
repalloc(void *pointer, Size size)
{
	return resize(pointer, size, MaxAllocSize);
}

void *
repalloc_huge(void *pointer, Size size)
{
	return resize(pointer, size, MaxAllocHugeSize);
}

MemoryContext
GetMemoryChunkContext(void *pointer)
{
	uint64 header = *chunk_header(pointer);

	Assert(pointer != NULL && PointerIsAligned(pointer, uint64));
	Assert(chunk_kind(header) != CHUNK_FREE);
	return chunk_context(header);
}

Size
GetMemoryChunkSpace(void *pointer)
{
	return chunk_payload(pointer) + CHUNK_HEADER_SIZE;
}

bool
MemoryContextContains(MemoryContext context, void *pointer)
{
	uint64 header;

	if (pointer == NULL || !PointerIsAligned(pointer, uint64))
		return false;
	header = *chunk_header(pointer);
	return chunk_kind(header) != CHUNK_FREE && chunk_context(header) == context;
}

/* ---- the palloc family --------------------------------------------------------------------------------------- */
static pg_attribute_always_inline void *
alloc_or_raise(MemoryContext context, Size size, Size limit)
{
	void *chunk;

	Assert(context != NULL);
	Assert(CritSectionCount == 0 || context->allow_in_critical);
	if (unlikely(size > limit))
		elog(ERROR, "invalid memory alloc request size %zu", size);
	chunk = memory_alloc(context, size);
	if (unlikely(chunk == NULL))
		raise_out_of_memory(context, size);
	return chunk;
}

void *
palloc(Size size)
{
	return alloc_or_raise(CurrentMemoryContext, size, MaxAllocSize);
}

void *
palloc0(Size size)
{
	return memset(alloc_or_raise(CurrentMemoryContext, size, MaxAllocSize), 0, size);
}

void *
palloc_extended(Size size, int flags)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, size, flags);
}

void *
MemoryContextAlloc(MemoryContext context, Size size)
{
	return alloc_or_raise(context, size, MaxAllocSize);
}

void *
MemoryContextAllocZero(MemoryContext context, Size size)
{
	return memset(alloc_or_raise(context, size, MaxAllocSize), 0, size);
}

void *
MemoryContextAllocZeroAligned(MemoryContext context, Size size)
{
	return MemoryContextAllocZero(context, size);
}

void *
MemoryContextAllocHuge(MemoryContext context, Size size)
{
	return alloc_or_raise(context, size, MaxAllocHugeSize);
}

void *
MemoryContextAllocExtended(MemoryContext context, Size size, int flags)
{
	void *chunk;

	if (size > ((flags & MCXT_ALLOC_HUGE) ? MaxAllocHugeSize : MaxAllocSize))
		elog(ERROR, "invalid memory alloc request size %zu", size);
	chunk = memory_alloc(context, size);
	if (chunk == NULL)
	{
		if (flags & MCXT_ALLOC_NO_OOM)
			return NULL;
		raise_out_of_memory(context, size);
	}
	if (flags & MCXT_ALLOC_ZERO)
		memset(chunk, 0, size);
	return chunk;
}

void *
MemoryContextAllocAligned(MemoryContext context, Size size, Size alignto, int flags)
{
	char *chunk;
	char *aligned;

	Assert(alignto >= CHUNK_HEADER_SIZE && (alignto & (alignto - 1)) == 0 && alignto <= 64 * 1024);
	chunk = MemoryContextAllocExtended(context, size + alignto, flags);
	if (chunk == NULL)
		return NULL;
	aligned = (char *) TYPEALIGN(alignto, chunk);
	if (aligned != chunk)
		*chunk_header(aligned) = chunk_make_header(context, CHUNK_ALIGNED, (aligned - chunk) / 8);
	return aligned;
}

void *
palloc_aligned(Size size, Size alignto, int flags)
{
	return MemoryContextAllocAligned(CurrentMemoryContext, size, alignto, flags);
}
