/*
 * buf_read.c
 *    From a page's name to a pinned buffer with its contents.
 *
 * A hit needs no lock: probe the table, pin, look at the tag again. Everything else goes the long way: lookup under the partition
 * lock, a victim, a second lookup when the new name is entered, then reading under BM_IO_IN_PROGRESS.
 */
#include "postgres.h"
#include "access/xlogutils.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/buffer.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

typedef struct ReadRequest
{
	SMgrRelation smgr;
	ForkNumber fork;
	BlockNumber block;
	ReadBufferMode mode;
	BufferAccessStrategy strategy;
	bool permanent; /* logged, or an init fork */
} ReadRequest;

/* ---- finding or making room ------------------------------------------------------------------------------------- */
/* A pinned buffer that has the page's name, if there is one. */
static BufferDesc *
find_and_pin(const BufferTag *tag, uint32 hash, bool bump)
{
	BufferDesc *desc;
	int id = buf_table_lookup(tag, hash);

	if (id < 0)
		return NULL;
	desc = GetBufferDescriptor(id);
	/* The partition lock is held, so the name stays; only the pin can be waited for. */
	if (buf_pin_tagged(desc, tag, bump) == 0)
		elog(PANIC, "buffer lookup table corrupted");
	return desc;
}

/* Gives a nameless, pinned buffer its name; or unpins it and returns the one that has got the name meanwhile. */
static BufferDesc *
enter_name(BufferDesc *victim, const BufferTag *tag, uint32 hash, bool permanent, bool bump)
{
	LWLock *partition = BufMappingPartitionLock(hash);
	BufferDesc *other;

	buf_reserve_pin();
	LWLockAcquire(partition, LW_EXCLUSIVE);
	other = find_and_pin(tag, hash, bump);
	if (other)
	{
		LWLockRelease(partition);
		buf_unpin(victim);
		return other;
	}
	LockBufHdr(victim);
	victim->tag = *tag;
	buf_table_insert(victim, hash);
	buf_header_unlock(victim, BM_TAG_VALID | (permanent ? BM_PERMANENT : 0) | BUF_USAGECOUNT_ONE, 0, 0);
	LWLockRelease(partition);
	return victim;
}

static BufferDesc *
shared_buffer_alloc(const ReadRequest *req, const BufferTag *tag, uint32 hash)
{
	LWLock *partition = BufMappingPartitionLock(hash);
	bool bump = req->strategy == NULL;
	BufferDesc *desc;

	buf_reserve_pin();
	LWLockAcquire(partition, LW_SHARED);
	desc = find_and_pin(tag, hash, bump);
	LWLockRelease(partition);
	if (desc)
		return desc;
	return enter_name(buf_get_victim(req->strategy), tag, hash, req->permanent, bump);
}

/* ---- contents ------------------------------------------------------------------------------------------------------- */
static void
read_block_into(const ReadRequest *req, Block page)
{
	TimestampTz start = 0;
	int flags = PIV_REPORT_STAT;

	if (track_io_timing)
		start = GetCurrentTimestamp();
	smgrread(req->smgr, req->fork, req->block, (char *) page);
	if (track_io_timing)
		pgBufferUsage.blk_read_time_us += GetCurrentTimestamp() - start;

	/* Recovery of a page about to be overwritten by an image should not alarm anybody. */
	if (req->mode != RBM_ZERO_ON_ERROR || !InRecovery)
		flags |= PIV_LOG_WARNING;
	if (likely(PageIsVerifiedExtended((Page) page, req->block, flags)))
		return;
	if (req->mode == RBM_ZERO_ON_ERROR || zero_damaged_pages)
	{
		ereport(WARNING, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("invalid page in block %u of relation %s; zeroing out page", req->block,
					   relpath(req->smgr->smgr_rnode, req->fork)));
		memset(page, 0, BLCKSZ);
	}
	else
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("invalid page in block %u of relation %s", req->block,
					   relpath(req->smgr->smgr_rnode, req->fork)));
}

/* Zeroed, valid and locked in one step for everybody else: the lock comes first. */
static void
zero_and_lock(BufferDesc *desc, ReadBufferMode mode)
{
	Buffer buffer = BufferDescriptorGetBuffer(desc);

	if (mode == RBM_ZERO_AND_CLEANUP_LOCK)
		LockBufferForCleanup(buffer);
	else
		LWLockAcquire(&desc->content_lock, LW_EXCLUSIVE);
	if (buf_io_begin(desc, true))
	{
		memset(buf_page(desc), 0, BLCKSZ);
		buf_io_end(desc, false, BM_VALID);
	}
}

static Buffer
read_shared(const ReadRequest *req, const BufferTag *tag, uint32 hash)
{
	BufferDesc *desc = shared_buffer_alloc(req, tag, hash);

	if (req->mode == RBM_ZERO_AND_LOCK || req->mode == RBM_ZERO_AND_CLEANUP_LOCK)
	{
		zero_and_lock(desc, req->mode);
		return BufferDescriptorGetBuffer(desc);
	}
	if (buf_io_begin(desc, true))
	{
		pgBufferUsage.shared_blks_read++;
		read_block_into(req, buf_page(desc));
		buf_io_end(desc, false, BM_VALID);
	}
	else
		pgBufferUsage.shared_blks_hit++;
	return BufferDescriptorGetBuffer(desc);
}

static Buffer
read_local(const ReadRequest *req)
{
	bool found;
	Buffer buffer;

	buf_reserve_pin();
	buffer = local_buffer_alloc(req->smgr, req->fork, req->block, &found);
	if (found)
		pgBufferUsage.local_blks_hit++;
	else
	{
		if (req->mode == RBM_ZERO_AND_LOCK || req->mode == RBM_ZERO_AND_CLEANUP_LOCK)
			memset(BufferGetBlock(buffer), 0, BLCKSZ);
		else
		{
			pgBufferUsage.local_blks_read++;
			read_block_into(req, BufferGetBlock(buffer));
		}
		local_buffer_set_valid(buffer);
	}
	return buffer;
}

/* ---- extension ------------------------------------------------------------------------------------------------------- */
static void
check_not_beyond_eof(const ReadRequest *req, Page page)
{
	if (!PageIsNew(page))
		ereport(ERROR, errmsg("unexpected data beyond EOF in block %u of relation %s", req->block,
							  relpath(req->smgr->smgr_rnode, req->fork)),
				errhint("This has been seen to occur with buggy kernels; consider updating your system."));
}

/*
 * A new block at the end, whose number is in req. The file is made longer before the buffer becomes valid: the space is there, or
 * the statement fails now.
 */
static Buffer
extend_with_buffer(const ReadRequest *req, int nblocks)
{
	BufferTag tag = buffer_tag_make(req->smgr->smgr_rnode.node, req->fork, req->block);
	BufferDesc *desc;

	if (SmgrIsTemp(req->smgr))
	{
		bool found;
		Buffer buffer;

		buf_reserve_pin();
		buffer = local_buffer_alloc(req->smgr, req->fork, req->block, &found);
		if (found)
			check_not_beyond_eof(req, BufferGetPage(buffer));
		memset(BufferGetBlock(buffer), 0, BLCKSZ);
		smgrzeroextend(req->smgr, req->fork, req->block, nblocks, true);
		local_buffer_set_valid(buffer);
		return buffer;
	}
	desc = shared_buffer_alloc(req, &tag, buffer_tag_hash(&tag));
	if (!buf_io_begin(desc, true))
	{
		/* A leftover of an extension that failed, or of a page read past the end with zero_damaged_pages. */
		check_not_beyond_eof(req, buf_page(desc));
		LockBufHdr(desc);
		buf_header_unlock(desc, 0, BM_VALID, 0);
		if (!buf_io_begin(desc, true))
			elog(ERROR, "block %u of relation %s was extended twice", req->block,
				 relpath(req->smgr->smgr_rnode, req->fork));
	}
	memset(buf_page(desc), 0, BLCKSZ);
	smgrzeroextend(req->smgr, req->fork, req->block, nblocks, false);
	buf_io_end(desc, false, BM_VALID);
	return BufferDescriptorGetBuffer(desc);
}

static Buffer
read_buffer(ReadRequest *req)
{
	BufferTag tag;

	if (req->block == P_NEW)
	{
		Buffer buffer;

		req->block = smgrnblocks(req->smgr, req->fork);
		if (req->block == P_NEW)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("cannot extend relation %s beyond %u blocks", relpath(req->smgr->smgr_rnode, req->fork),
						   P_NEW));
		buffer = extend_with_buffer(req, 1);
		if (req->mode == RBM_ZERO_AND_LOCK || req->mode == RBM_ZERO_AND_CLEANUP_LOCK)
			LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		return buffer;
	}
	if (SmgrIsTemp(req->smgr))
		return read_local(req);
	tag = buffer_tag_make(req->smgr->smgr_rnode.node, req->fork, req->block);
	return read_shared(req, &tag, buffer_tag_hash(&tag));
}

/* ---- public ------------------------------------------------------------------------------------------------------------ */
/* The page if it is in the pool with its contents; InvalidBuffer otherwise. */
static inline Buffer
read_hit(const BufferTag *tag, uint32 hash, bool bump)
{
	int id = buf_table_probe(tag, hash);
	BufferDesc *desc;
	uint64 state;

	if (id < 0)
		return InvalidBuffer;
	desc = GetBufferDescriptor(id);
	buf_reserve_pin();
	state = buf_pin_tagged(desc, tag, bump);
	if (state == 0)
		return InvalidBuffer;
	if (likely(state & BM_VALID))
	{
		pgBufferUsage.shared_blks_hit++;
		return BufferDescriptorGetBuffer(desc);
	}
	buf_unpin(desc);
	return InvalidBuffer;
}

Buffer
ReadBufferExtended(Relation reln, ForkNumber forkNum, BlockNumber blockNum, ReadBufferMode mode,
				   BufferAccessStrategy strategy)
{
	ReadRequest req;

	if (likely(mode == RBM_NORMAL && blockNum != P_NEW && reln->rd_backend == InvalidBackendId))
	{
		BufferTag tag = buffer_tag_make(reln->rd_node, forkNum, blockNum);
		Buffer buffer = read_hit(&tag, buffer_tag_hash(&tag), strategy == NULL);

		if (likely(buffer != InvalidBuffer))
		{
			pgstat_count_buffer_read(reln);
			pgstat_count_buffer_hit(reln);
			return buffer;
		}
	}
	else if (reln->rd_backend != InvalidBackendId && !RelationUsesLocalBuffers(reln))
		elog(ERROR, "temporary relation without local buffers");
	if (RELATION_IS_OTHER_TEMP(reln))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot access temporary tables of other sessions"));
	req = (ReadRequest) {.smgr = RelationGetSmgr(reln),
						 .fork = forkNum,
						 .block = blockNum,
						 .mode = mode,
						 .strategy = strategy,
						 .permanent = reln->rd_rel->relpersistence == RELPERSISTENCE_PERMANENT ||
							 forkNum == INIT_FORKNUM};
	pgstat_count_buffer_read(reln);
	return read_buffer(&req);
}

Buffer
ReadBuffer(Relation reln, BlockNumber blockNum)
{
	return ReadBufferExtended(reln, MAIN_FORKNUM, blockNum, RBM_NORMAL, NULL);
}

Buffer
ReadBufferWithoutRelcache(RelFileNode rnode, ForkNumber forkNum, BlockNumber blockNum, ReadBufferMode mode,
						  BufferAccessStrategy strategy, bool permanent)
{
	ReadRequest req;

	if (mode == RBM_NORMAL || mode == RBM_NORMAL_NO_LOG)
	{
		BufferTag tag = buffer_tag_make(rnode, forkNum, blockNum);
		Buffer buffer = blockNum == P_NEW ? InvalidBuffer : read_hit(&tag, buffer_tag_hash(&tag), strategy == NULL);

		if (buffer != InvalidBuffer)
			return buffer;
	}
	req = (ReadRequest) {.smgr = smgropen(rnode, InvalidBackendId),
						 .fork = forkNum,
						 .block = blockNum,
						 .mode = mode,
						 .strategy = strategy,
						 .permanent = permanent || forkNum == INIT_FORKNUM};
	return read_buffer(&req);
}

bool
ReadRecentBuffer(RelFileNode rnode, ForkNumber forkNum, BlockNumber blockNum, Buffer recent_buffer)
{
	BufferTag tag = buffer_tag_make(rnode, forkNum, blockNum);
	BufferDesc *desc;
	uint64 state;

	Assert(BufferIsValid(recent_buffer));
	buf_reserve_pin();
	if (BufferIsLocal(recent_buffer))
	{
		if (!local_buffer_pin_if_tag(recent_buffer, &tag))
			return false;
		pgBufferUsage.local_blks_hit++;
		return true;
	}
	desc = GetBufferDescriptor(recent_buffer - 1);
	if (!buffer_tag_equals(&desc->tag, &tag))
		return false;
	state = buf_pin_tagged(desc, &tag, true);
	if (state == 0)
		return false;
	if (!(state & BM_VALID))
	{
		buf_unpin(desc);
		return false;
	}
	pgBufferUsage.shared_blks_hit++;
	return true;
}

Buffer
ExtendBufferedRelBy(Relation reln, ForkNumber forkNum, BufferAccessStrategy strategy, int extend_by, int *extended_by)
{
	ReadRequest req = {.smgr = RelationGetSmgr(reln),
					   .fork = forkNum,
					   .mode = RBM_NORMAL,
					   .strategy = strategy,
					   .permanent = reln->rd_rel->relpersistence == RELPERSISTENCE_PERMANENT ||
						   forkNum == INIT_FORKNUM};

	Assert(extend_by > 0);
	req.block = smgrnblocks(req.smgr, forkNum);
	if (req.block > MaxBlockNumber - (BlockNumber) extend_by)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("cannot extend relation %s beyond %u blocks", relpath(req.smgr->smgr_rnode, forkNum), P_NEW));
	if (extended_by)
		*extended_by = extend_by;
	return extend_with_buffer(&req, extend_by);
}

void
UnlockReleaseBuffer(Buffer buffer)
{
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	ReleaseBuffer(buffer);
}

Buffer
ReleaseAndReadBuffer(Buffer buffer, Relation relation, BlockNumber blockNum)
{
	if (BufferIsValid(buffer))
	{
		BufferTag tag = BufferIsLocal(buffer) ? local_buffer_tag(buffer) : GetBufferDescriptor(buffer - 1)->tag;

		if (tag.blockNum == blockNum && tag.forkNum == MAIN_FORKNUM && RelFileNodeEquals(tag.rnode, relation->rd_node))
			return buffer;
		ReleaseBuffer(buffer);
	}
	return ReadBuffer(relation, blockNum);
}

PrefetchBufferResult
PrefetchSharedBuffer(SMgrRelation smgr_reln, ForkNumber forkNum, BlockNumber blockNum)
{
	PrefetchBufferResult result = {InvalidBuffer, false};
	BufferTag tag = buffer_tag_make(smgr_reln->smgr_rnode.node, forkNum, blockNum);
	int id = buf_table_probe(&tag, buffer_tag_hash(&tag));

	if (id >= 0)
		result.recent_buffer = id + 1;
	else
		result.initiated_io = smgrprefetch(smgr_reln, forkNum, blockNum);
	return result;
}

PrefetchBufferResult
PrefetchBuffer(Relation reln, ForkNumber forkNum, BlockNumber blockNum)
{
	if (RELATION_IS_OTHER_TEMP(reln))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot access temporary tables of other sessions"));
	if (RelationUsesLocalBuffers(reln))
		return PrefetchLocalBuffer(RelationGetSmgr(reln), forkNum, blockNum);
	return PrefetchSharedBuffer(RelationGetSmgr(reln), forkNum, blockNum);
}

BlockNumber
BufferGetBlockNumber(Buffer buffer)
{
	Assert(BufferIsPinnedByMe(buffer));
	return BufferIsLocal(buffer) ? local_buffer_tag(buffer).blockNum : GetBufferDescriptor(buffer - 1)->tag.blockNum;
}

void
BufferGetTag(Buffer buffer, RelFileNode *rnode, ForkNumber *forknum, BlockNumber *blknum)
{
	BufferTag tag = BufferIsLocal(buffer) ? local_buffer_tag(buffer) : GetBufferDescriptor(buffer - 1)->tag;

	Assert(BufferIsPinnedByMe(buffer));
	*rnode = tag.rnode;
	*forknum = (ForkNumber) tag.forkNum;
	*blknum = tag.blockNum;
}

BlockNumber
RelationGetNumberOfBlocksInFork(Relation relation, ForkNumber forkNum)
{
	return smgrnblocks(RelationGetSmgr(relation), forkNum);
}
