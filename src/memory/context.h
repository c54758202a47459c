/*
 * memory/context.h
 *    What the files of memory/ share: the layout of contexts, blocks and chunks.
 *
 * A chunk is preceded by one 8-byte header:
 *    bits  0..2   ChunkKind
 *    bits  3..47  the owning context's address (8-byte aligned user addresses fit)
 *    bits 48..63  by kind: size class (CHUNK_CLASSED), payload / 8 (CHUNK_BUMP), unused (CHUNK_OWN_BLOCK), distance / 8 from
 *                 the chunk that it lies in (CHUNK_ALIGNED)
 * A CHUNK_OWN_BLOCK chunk is alone in its malloc'd block, whose header (just before) knows the size.
 *
 * Invariants
 *   M1  a context and its first ("keeper") block are one malloc; reset keeps that, and only that.
 *   M2  allocated = sum of malloc'd bytes of the context's blocks, the keeper's included.
 *   M3  a chunk's header names its context until it is freed; a freed chunk has kind CHUNK_FREE.
 */
#ifndef MEMORY_CONTEXT_H
#define MEMORY_CONTEXT_H

#include "utils/memutils.h"

typedef enum ContextType
{
	CONTEXT_ALLOCSET,
	CONTEXT_GENERATION,
	CONTEXT_SLAB
} ContextType;

typedef enum ChunkKind
{
	CHUNK_FREE = 0,
	CHUNK_CLASSED,
	CHUNK_BUMP,
	CHUNK_OWN_BLOCK,
	CHUNK_ALIGNED
} ChunkKind;

#define CHUNK_HEADER_SIZE sizeof(uint64)
#define CHUNK_KIND_MASK UINT64CONST(0x7)
#define CHUNK_CONTEXT_MASK UINT64CONST(0x0000FFFFFFFFFFF8)
#define CHUNK_AUX_SHIFT 48
#define BUMP_CHUNK_MAX ((Size) 0xFFFF * 8)

/* Eight-byte steps to 64, then four classes per doubling up to 8192. */
#define SIZE_CLASS_COUNT 36
#define SIZE_CLASS_MAX 8192

typedef struct MemoryBlock
{
	struct MemoryBlock *next;
	struct MemoryBlock *prev;
	Size size; /* malloc'd bytes, this header included */
	MemoryContext context;
} MemoryBlock;
#define BLOCK_HEADER_SIZE MAXALIGN(sizeof(MemoryBlock))

struct MemoryContextData
{
	ContextType type;
	bool is_reset;			/* nothing allocated since creation or the last reset */
	bool allow_in_critical; /* allocation in a critical section does not trip an assertion */
	char *bump;				/* free space of the current block */
	char *bump_end;
	MemoryBlock *blocks; /* all blocks but the keeper, newest first */
	Size allocated;		 /* invariant M2 */
	Size chunk_limit;	 /* larger chunks get a block of their own */
	Size next_block_size;
	Size init_block_size;
	Size max_block_size;
	Size keeper_size;	/* bytes of the malloc that holds this struct */
	Size slab_chunk;	/* CONTEXT_SLAB: the only size */
	MemoryContext parent;
	MemoryContext first_child;
	MemoryContext prev_sibling;
	MemoryContext next_sibling;
	const char *name;  /* a constant */
	const char *ident; /* lives in the context or longer; may be NULL */
	MemoryContextCallback *reset_callbacks;
	void *free_list[SIZE_CLASS_COUNT]; /* freed chunks by class; the payload's first word links */
};

/* memory/size_class.c: the class whose chunks are the smallest that hold size (1..SIZE_CLASS_MAX), and its chunk size. */
extern const uint16 size_class_bytes[SIZE_CLASS_COUNT];
extern const uint8 size_class_of_small[128 + 1]; /* by (size + 7) / 8, up to 1024 bytes */
static inline int
size_class_of(Size size)
{
	if (likely(size <= 1024))
		return size_class_of_small[(size + 7) >> 3];
	else
	{
		int log2 = 63 - __builtin_clzll(size - 1); /* 2^log2 < size <= 2^(log2+1) */

		return 24 + (log2 - 10) * 4 + (int) ((size - 1 - ((Size) 1 << log2)) >> (log2 - 2));
	}
}

static inline uint64 *chunk_header(void *pointer) { return (uint64 *) ((char *) pointer - CHUNK_HEADER_SIZE); }
static inline ChunkKind chunk_kind(uint64 header) { return (ChunkKind) (header & CHUNK_KIND_MASK); }
static inline MemoryContext
chunk_context(uint64 header)
{
	return (MemoryContext) (uintptr_t) (header & CHUNK_CONTEXT_MASK);
}
static inline uint64
chunk_make_header(MemoryContext context, ChunkKind kind, uint64 aux)
{
	return (uint64) (uintptr_t) context | (uint64) kind | aux << CHUNK_AUX_SHIFT;
}
static inline MemoryBlock *
chunk_own_block(void *pointer)
{
	return (MemoryBlock *) ((char *) pointer - CHUNK_HEADER_SIZE - BLOCK_HEADER_SIZE);
}

/* Total bytes malloc'd by all contexts of this process. */
extern Size memory_total_allocated;

/* chunk.c: NULL when malloc fails. */
extern void *memory_alloc(MemoryContext context, Size size);
extern void memory_free_blocks(MemoryContext context);

#endif /* MEMORY_CONTEXT_H */
