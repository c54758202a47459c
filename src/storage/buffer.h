/*
 * storage/buffer.h
 *    Inside of the buffer pool: descriptors, their state words, the lookup table.
 *
 * Invariants (README, B1-B9):
 *    B1  tag, hash_next: written by who holds the tag's partition lock exclusively and has the header locked; read by anybody,
 *        believed only under a pin taken while BM_TAG_VALID was set.
 *    B2  while BM_LOCKED is set nobody else raises the refcount or changes flags; the refcount may go down.
 *    B3  a buffer gets another page only by who holds its header lock and sees a refcount of 1, its own pin.
 */
#ifndef STORAGE_BUFFER_H
#define STORAGE_BUFFER_H

#include "port/atomics.h"
#include "executor/instrument.h"
#include "storage/bufmgr.h"
#include "storage/condition_variable.h"
#include "storage/lwlock.h"
#include "storage/smgr.h"
#include "utils/resowner.h"

typedef struct BufferTag
{
	RelFileNode rnode;
	uint32 forkNum;
	BlockNumber blockNum;
} BufferTag;
_Static_assert(sizeof(BufferTag) == 20, "compared as bytes: no padding");

/* The state word: refcount 18 bits, usage count 4 bits, flags in the upper half. */
#define BUF_REFCOUNT_ONE UINT64CONST(1)
#define BUF_REFCOUNT_MASK ((UINT64CONST(1) << 18) - 1)
#define BUF_USAGECOUNT_SHIFT 18
#define BUF_USAGECOUNT_ONE (UINT64CONST(1) << BUF_USAGECOUNT_SHIFT)
#define BUF_USAGECOUNT_MASK (UINT64CONST(0xF) << BUF_USAGECOUNT_SHIFT)
#define BUF_STATE_GET_REFCOUNT(state) ((uint32) ((state) & BUF_REFCOUNT_MASK))
#define BUF_STATE_GET_USAGECOUNT(state) ((uint32) (((state) & BUF_USAGECOUNT_MASK) >> BUF_USAGECOUNT_SHIFT))
#define BM_MAX_USAGE_COUNT 5

#define BM_FLAG(n) (UINT64CONST(1) << (32 + (n)))
#define BM_LOCKED BM_FLAG(0)			/* header spinlock */
#define BM_DIRTY BM_FLAG(1)				/* differs from the file */
#define BM_VALID BM_FLAG(2)				/* contents are there */
#define BM_TAG_VALID BM_FLAG(3)			/* has a page assigned */
#define BM_IO_IN_PROGRESS BM_FLAG(4)	/* being read or written */
#define BM_IO_ERROR BM_FLAG(5)			/* the last I/O failed */
#define BM_JUST_DIRTIED BM_FLAG(6)		/* dirtied since the write began */
#define BM_PIN_COUNT_WAITER BM_FLAG(7)	/* wait_proc waits to be the only one with a pin */
#define BM_CHECKPOINT_NEEDED BM_FLAG(8) /* the running checkpoint must write it */
#define BM_PERMANENT BM_FLAG(9)			/* of a logged relation (or an init fork) */
#define BUF_FLAG_MASK (~UINT64CONST(0) << 32)

typedef struct BufferDesc
{
	BufferTag tag;
	uint32 buf_id; /* position: Buffer number - 1 */
	pg_atomic_uint64 state;
	uint32 hash_next; /* lookup chain: buf_id + 1 of the next, 0 at the end */
	int wait_proc;	  /* pgprocno of who waits for a cleanup lock */
	int io_proc;	  /* pgprocno of who reads or writes, while BM_IO_IN_PROGRESS; -1 when it has none */
	ConditionVariable io_done;
	LWLock content_lock;
} BufferDesc;
_Static_assert(sizeof(BufferDesc) <= 64, "a descriptor is one cache line");

typedef union BufferDescPadded
{
	BufferDesc desc;
	char pad[64];
} BufferDescPadded;

extern BufferDescPadded *BufferDescriptors;
#define GetBufferDescriptor(id) (&BufferDescriptors[(id)].desc)
#define BufferDescriptorGetBuffer(desc) ((Buffer) (desc)->buf_id + 1)
#define buf_page(desc) (BufferBlocks + (Size) (desc)->buf_id * BLCKSZ)

static inline bool
buffer_tag_equals(const BufferTag *a, const BufferTag *b)
{
	return a->blockNum == b->blockNum && a->rnode.relNode == b->rnode.relNode && a->forkNum == b->forkNum &&
		a->rnode.dbNode == b->rnode.dbNode && a->rnode.spcNode == b->rnode.spcNode;
}

static inline BufferTag
buffer_tag_make(RelFileNode rnode, ForkNumber fork, BlockNumber block)
{
	return (BufferTag) {.rnode = rnode, .forkNum = (uint32) fork, .blockNum = block};
}

/* Multiply and fold: block numbers that follow each other must land in different partitions. */
static inline uint32
buffer_tag_hash(const BufferTag *tag)
{
	uint64 h = ((uint64) tag->rnode.relNode << 32 | tag->blockNum) * UINT64CONST(0x9E3779B97F4A7C15);

	h ^= ((uint64) tag->rnode.dbNode << 32 | (tag->rnode.spcNode ^ tag->forkNum << 28)) * UINT64CONST(0xC2B2AE3D27D4EB4F);
	h ^= h >> 32;
	h *= UINT64CONST(0xD6E8FEB86659FD93);
	return (uint32) (h >> 32);
}

#define BufMappingPartitionLock(hash) \
	(&MainLWLockArray[BUFFER_MAPPING_LWLOCK_OFFSET + (hash) % NUM_BUFFER_PARTITIONS].lock)

/* ---- everything in shared memory ------------------------------------------------------------------------------- */
typedef struct CkptSortItem
{
	BufferTag tag;
	uint32 buf_id;
} CkptSortItem;

typedef struct BufferPool
{
	uint32 nbuffers;
	uint32 bucket_mask;
	pg_atomic_uint64 clock_hand; /* ticks since start; hand = ticks % nbuffers, rounds = ticks / nbuffers */
	pg_atomic_uint64 allocs;	 /* pages brought in since start */
	pg_atomic_uint32 bgwriter_procno_plus1; /* wants a wake-up at the next allocation; 0: nobody */
	uint32 *buckets;
	CkptSortItem *ckpt_items; /* nbuffers; used by the process that runs a checkpoint */
} BufferPool;
extern BufferPool *buf_pool;

/* ---- buf_table.c ------------------------------------------------------------------------------------------------ */
/* buf_id or -1. Lock-free: a hit must be confirmed under a pin, a miss under the partition lock. */
extern int buf_table_probe(const BufferTag *tag, uint32 hash);
/* The same with the partition lock held: both answers are certain. */
extern int buf_table_lookup(const BufferTag *tag, uint32 hash);
/* With the partition lock held exclusively. */
extern void buf_table_insert(BufferDesc *desc, uint32 hash);
extern void buf_table_delete(BufferDesc *desc, uint32 hash);

/* ---- buf_pin.c ------------------------------------------------------------------------------------------------- */
extern const ResourceOwnerDesc buffer_pin_resowner_desc;

/* Takes the header spinlock; returns the state with BM_LOCKED set. */
extern uint64 LockBufHdr(BufferDesc *desc);
/* Gives it back, changing flags and usage; the refcount is changed by add. */
extern uint64 buf_header_unlock(BufferDesc *desc, uint64 set, uint64 clear, int add_refcount);
#define UnlockBufHdr(desc) ((void) buf_header_unlock((desc), 0, 0, 0))

/* Room for one more pin in CurrentResourceOwner and in the private table; may raise, do it before PinBuffer. */
extern void buf_reserve_pin(void);
/*
 * Pins if the buffer holds that tag; 0 when not, else the state word as it became. bump: usage count as for a normal
 * access, else only raised from 0 to 1 (rings).
 */
extern uint64 buf_pin_tagged(BufferDesc *desc, const BufferTag *tag, bool bump);
extern void buf_pin_locked(BufferDesc *desc); /* header locked by caller; unlocks it */
extern void buf_remember_pin(BufferDesc *desc); /* a pin taken by changing the state word directly */

/* ---- buf_crash.c: what a killed process leaves ------------------------------------------------------------------ */
typedef struct PGPROC PGPROC;
extern bool buf_remains_are_clean(const PGPROC *dead);
extern void buf_release_remains_of(PGPROC *dead);
extern void buf_unpin(BufferDesc *desc);
extern int buf_private_refcount(Buffer buffer);

/* ---- buf_io.c ---------------------------------------------------------------------------------------------------- */
/* Begins reading (for_input) or writing; false: somebody else has done it meanwhile. Waits while another's I/O runs. */
extern bool buf_io_begin(BufferDesc *desc, bool for_input);
extern void buf_io_end(BufferDesc *desc, bool clear_dirty, uint64 set_flags);
extern void buf_io_wait(BufferDesc *desc);
/* Writes a pinned, share-locked buffer if it is dirty. reln may be NULL. */
extern void buf_flush(BufferDesc *desc, SMgrRelation reln);

/* ---- buf_evict.c ------------------------------------------------------------------------------------------------- */
/* A pinned buffer that nobody uses and that has no page. *from_ring tells whether strategy gave it. */
extern BufferDesc *buf_get_victim(BufferAccessStrategy strategy);
extern void buf_invalidate(BufferDesc *desc); /* header locked by caller; unlocks it. Waits for I/O and drops the page */

/* ---- rings ---------------------------------------------------------------------------------------------------------- */
extern BufferDesc *ring_get_buffer(BufferAccessStrategy strategy); /* pinned; NULL: take one from the pool */
extern void ring_add_buffer(BufferAccessStrategy strategy, BufferDesc *desc);
extern bool ring_reject_buffer(BufferAccessStrategy strategy, BufferDesc *desc);

/* ---- buf_writeback.c ------------------------------------------------------------------------------------------------ */
#define WRITEBACK_MAX_PENDING_FLUSHES 256
typedef struct WritebackContext
{
	int *max_pending; /* the setting: 0 = off */
	int nr_pending;
	BufferTag pending[WRITEBACK_MAX_PENDING_FLUSHES];
} WritebackContext;
extern WritebackContext BackendWritebackContext;
extern void WritebackContextInit(WritebackContext *context, int *max_pending);
extern void ScheduleBufferTagForWriteback(WritebackContext *context, const BufferTag *tag);
extern void IssuePendingWritebacks(WritebackContext *context);

/* ---- buf_sync.c ------------------------------------------------------------------------------------------------------ */
/* What a checkpoint or the background writer's pass did with one buffer. */
#define BUF_WRITTEN 0x01
#define BUF_REUSABLE 0x02
extern int buf_sync_one(uint32 buf_id, bool skip_recently_used, WritebackContext *wb_context);

/* ---- buf_local.c --------------------------------------------------------------------------------------------------------- */
extern PrefetchBufferResult PrefetchLocalBuffer(SMgrRelation smgr, ForkNumber forkNum, BlockNumber blockNum);
/* Pinned buffer for the page; *found: its contents are there. */
extern Buffer local_buffer_alloc(SMgrRelation smgr, ForkNumber forkNum, BlockNumber blockNum, bool *found);
extern void local_buffer_set_valid(Buffer buffer);
extern void local_buffer_mark_dirty(Buffer buffer);
extern void local_buffer_unpin(Buffer buffer);
extern void local_buffer_pin_again(Buffer buffer);
extern bool local_buffer_pin_if_tag(Buffer buffer, const BufferTag *tag);
extern BufferTag local_buffer_tag(Buffer buffer);
extern void local_buffers_drop(RelFileNode rnode, ForkNumber fork, BlockNumber first); /* fork Invalid: all */
extern void local_buffers_flush(RelFileNode rnode);
extern void local_buffers_check_leaks(void);

#endif /* STORAGE_BUFFER_H */
