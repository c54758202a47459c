/*
 * storage/bufmgr.h
 *    The buffer pool: pages of relations in shared memory.
 *
 * Rules for whoever looks at a page:
 *    pin    ReadBuffer() pins: while pinned a buffer keeps its page. ReleaseBuffer() unpins. Pins are remembered by
 *           CurrentResourceOwner and, for the crash cleaner, in this process's PGPROC.
 *    lock   LockBuffer(SHARE) to look at the page, LockBuffer(EXCLUSIVE) to change it. Tuples found visible may be
 *           read under the pin alone. Hint bits may be set under SHARE, with MarkBufferDirtyHint().
 *    clean  moving or removing items needs LockBufferForCleanup(): exclusive lock and no pin but ours.
 *    dirty  change under EXCLUSIVE: in one critical section change, MarkBufferDirty(), XLogInsert(), PageSetLSN().
 * Lock order: pages of one index by its own protocol; heap before visibility map; content lock before WAL locks.
 */
#ifndef BUFMGR_H
#define BUFMGR_H

#include "postgres.h"
#include "storage/block.h"
#include "storage/buf.h"
#include "storage/bufpage.h"
#include "storage/relfilenode.h"

typedef struct RelationData *Relation;
typedef struct SnapshotData *Snapshot;
struct SMgrRelationData;
struct WritebackContext;

typedef void *Block;

typedef enum BufferAccessStrategyType
{
	BAS_NORMAL,	   /* no ring */
	BAS_BULKREAD,  /* sequential scan of a relation larger than a quarter of the pool */
	BAS_BULKWRITE, /* COPY, CREATE TABLE AS, index build */
	BAS_VACUUM
} BufferAccessStrategyType;

typedef enum
{
	RBM_NORMAL,				   /* read; a broken page is an error */
	RBM_ZERO_AND_LOCK,		   /* do not read; give a zeroed page, exclusively locked */
	RBM_ZERO_AND_CLEANUP_LOCK, /* the same with a cleanup lock */
	RBM_ZERO_ON_ERROR,		   /* read; a broken page comes back zeroed, with a WARNING */
	RBM_NORMAL_NO_LOG		   /* as RBM_NORMAL; recovery: do not remember as a missing page */
} ReadBufferMode;

typedef struct PrefetchBufferResult
{
	Buffer recent_buffer;
	bool initiated_io;
} PrefetchBufferResult;

extern int NBuffers;
extern bool zero_damaged_pages;
extern int bgwriter_lru_maxpages;
extern double bgwriter_lru_multiplier;
extern bool track_io_timing;
extern int effective_io_concurrency;
extern int maintenance_io_concurrency;
extern int checkpoint_flush_after;
extern int backend_flush_after;
extern int bgwriter_flush_after;

extern char *BufferBlocks;		 /* NBuffers pages */
extern int NLocBuffer;
extern Block *LocalBufferBlockPointers;
extern int32 *LocalRefCount;

#define MAX_IO_CONCURRENCY 1000
#define BUFFER_LOCK_UNLOCK 0
#define BUFFER_LOCK_SHARE 1
#define BUFFER_LOCK_EXCLUSIVE 2

/* Is this a buffer number at all? (Pinned by us: BufferIsPinned.) */
static inline bool
BufferIsValid(Buffer bufnum)
{
	return bufnum != InvalidBuffer && bufnum <= NBuffers && bufnum >= -NLocBuffer;
}

static inline Block
BufferGetBlock(Buffer buffer)
{
	Assert(BufferIsValid(buffer));
	if (unlikely(buffer < 0))
		return LocalBufferBlockPointers[-buffer - 1];
	return (Block) (BufferBlocks + ((Size) (buffer - 1)) * BLCKSZ);
}

#define BufferGetPageSize(buffer) ((Size) BLCKSZ)
#define BufferGetPage(buffer) ((Page) BufferGetBlock(buffer))
/* Old-snapshot checks are not made; the name stays for those who wrote it. */
#define TestForOldSnapshot(snapshot, relation, page) ((void) 0)

/* ---- reading ------------------------------------------------------------------------------------------------ */
extern PrefetchBufferResult PrefetchBuffer(Relation reln, ForkNumber forkNum, BlockNumber blockNum);
extern PrefetchBufferResult PrefetchSharedBuffer(struct SMgrRelationData *smgr_reln, ForkNumber forkNum,
												 BlockNumber blockNum);
/* Pins recent_buffer if it (still) holds that block; false otherwise. */
extern bool ReadRecentBuffer(RelFileNode rnode, ForkNumber forkNum, BlockNumber blockNum, Buffer recent_buffer);
extern Buffer ReadBuffer(Relation reln, BlockNumber blockNum);
extern Buffer ReadBufferExtended(Relation reln, ForkNumber forkNum, BlockNumber blockNum, ReadBufferMode mode,
								 BufferAccessStrategy strategy);
extern Buffer ReadBufferWithoutRelcache(RelFileNode rnode, ForkNumber forkNum, BlockNumber blockNum,
										ReadBufferMode mode, BufferAccessStrategy strategy, bool permanent);
/*
 * Adds up to extend_by zeroed blocks at the relation's end (the caller holds the relation extension lock); pins and returns the
 * first of them, *extended_by says how many came. The others are in the file, not in the pool.
 */
extern Buffer ExtendBufferedRelBy(Relation reln, ForkNumber forkNum, BufferAccessStrategy strategy, int extend_by,
								  int *extended_by);
extern void ReleaseBuffer(Buffer buffer);
extern void UnlockReleaseBuffer(Buffer buffer);
extern void IncrBufferRefCount(Buffer buffer);
/* buffer (may be Invalid) if it already holds that block, else releases it and reads the other. */
extern Buffer ReleaseAndReadBuffer(Buffer buffer, Relation relation, BlockNumber blockNum);
extern BlockNumber BufferGetBlockNumber(Buffer buffer);
extern void BufferGetTag(Buffer buffer, RelFileNode *rnode, ForkNumber *forknum, BlockNumber *blknum);
extern bool BufferIsPermanent(Buffer buffer);
extern XLogRecPtr BufferGetLSNAtomic(Buffer buffer); /* safe with SHARE only, when hints may be set concurrently */
extern bool BufferIsPinnedByMe(Buffer buffer);

/* ---- changing ----------------------------------------------------------------------------------------------- */
extern void MarkBufferDirty(Buffer buffer);
extern void MarkBufferDirtyHint(Buffer buffer, bool buffer_std);
extern void LockBuffer(Buffer buffer, int mode);
extern bool ConditionalLockBuffer(Buffer buffer); /* EXCLUSIVE, if at once */
extern void LockBufferForCleanup(Buffer buffer);
extern bool ConditionalLockBufferForCleanup(Buffer buffer);
extern bool IsBufferCleanupOK(Buffer buffer); /* we hold EXCLUSIVE: does nobody else pin it? */
extern bool HoldingBufferPinThatDelaysRecovery(void);

/* ---- relations ---------------------------------------------------------------------------------------------- */
extern BlockNumber RelationGetNumberOfBlocksInFork(Relation relation, ForkNumber forkNum);
#define RelationGetNumberOfBlocks(reln) RelationGetNumberOfBlocksInFork(reln, MAIN_FORKNUM)
extern void FlushOneBuffer(Buffer buffer);
extern void FlushRelationBuffers(Relation rel);
extern void FlushRelationsAllBuffers(struct SMgrRelationData **smgrs, int nrels);
extern void FlushDatabaseBuffers(Oid dbid);
extern void DropRelFileNodeBuffers(struct SMgrRelationData *smgr_reln, ForkNumber *forkNum, int nforks,
								   BlockNumber *firstDelBlock);
extern void DropRelFileNodesAllBuffers(struct SMgrRelationData **smgr_reln, int nnodes);
extern void DropDatabaseBuffers(Oid dbid);
extern void CreateAndCopyRelationData(RelFileNode src_rnode, RelFileNode dst_rnode, bool permanent);

/* ---- the pool ----------------------------------------------------------------------------------------------- */
extern Size buffer_shmem_size(void);
extern void buffer_shmem_init(void *base, bool found);
extern void InitBufferPoolAccess(void); /* once in each process, before the first pin */
extern void AtEOXact_Buffers(bool isCommit);
extern void AtProcExit_LocalBuffers(void);
extern void CheckPointBuffers(int flags);
/* One round of background writing; true when the writer may hibernate. */
extern bool BgBufferSync(struct WritebackContext *wb_context);
extern void AbortBufferIO(void); /* error recovery: gives up the I/O this process had begun */
extern void UnlockBuffers(void); /* error recovery: forgets a wait for a cleanup lock */

/* ---- rings -------------------------------------------------------------------------------------------------- */
extern BufferAccessStrategy GetAccessStrategy(BufferAccessStrategyType btype); /* NULL for BAS_NORMAL; palloc'd */
extern void FreeAccessStrategy(BufferAccessStrategy strategy);

/* ---- diagnostics -------------------------------------------------------------------------------------------- */
extern void PrintBufferLeakWarning(Buffer buffer);
extern char *buffer_describe(Buffer buffer); /* palloc'd "relation %s, block %u" for messages */

#endif /* BUFMGR_H */
