/*
 * buf_drop.c
 *    Pages of relations that go away, or that must be on disk now.
 *
 * All of these walk the whole pool: a test of the tag without the lock first, again with it. The callers hold locks that keep
 * everybody from bringing in more pages of what they drop.
 */
#include "postgres.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "catalog/pg_class.h"
#include "storage/relation_storage.h"
#include "miscadmin.h"
#include "storage/buffer.h"
#include "utils/rel.h"

/* Up to this share of the pool, looking each page up is cheaper than walking all buffers. */
#define DROP_BY_LOOKUP_MAX (NBuffers / 32)
/* From so many relations on the list is sorted and searched. */
#define LINEAR_SEARCH_MAX 20

static void
drop_one_block(const BufferTag *tag)
{
	uint32 hash = buffer_tag_hash(tag);
	LWLock *partition = BufMappingPartitionLock(hash);
	BufferDesc *desc;
	int id;

	LWLockAcquire(partition, LW_SHARED);
	id = buf_table_lookup(tag, hash);
	LWLockRelease(partition);
	if (id < 0)
		return;
	desc = GetBufferDescriptor(id);
	LockBufHdr(desc);
	if (buffer_tag_equals(&desc->tag, tag))
		buf_invalidate(desc);
	else
		UnlockBufHdr(desc);
}

/* In recovery sizes are known for certain and relations are often small: true if the pages were dropped one by one. */
static bool
drop_by_lookup(SMgrRelation reln, const ForkNumber *forks, int nforks, const BlockNumber *first)
{
	uint64 total = 0;

	for (int i = 0; i < nforks; i++)
	{
		BlockNumber nblocks = smgrnblocks_cached(reln, forks[i]);

		if (nblocks == InvalidBlockNumber)
			return false;
		total += nblocks > first[i] ? nblocks - first[i] : 0;
	}
	if (total >= (uint64) DROP_BY_LOOKUP_MAX)
		return false;
	for (int i = 0; i < nforks; i++)
		for (BlockNumber block = first[i]; block < smgrnblocks_cached(reln, forks[i]); block++)
		{
			BufferTag tag = buffer_tag_make(reln->smgr_rnode.node, forks[i], block);

			drop_one_block(&tag);
		}
	return true;
}

static bool
tag_is_to_drop(const BufferTag *tag, RelFileNode rnode, const ForkNumber *forks, int nforks, const BlockNumber *first)
{
	if (!RelFileNodeEquals(tag->rnode, rnode))
		return false;
	for (int i = 0; i < nforks; i++)
		if (tag->forkNum == (uint32) forks[i] && tag->blockNum >= first[i])
			return true;
	return false;
}

void
DropRelFileNodeBuffers(SMgrRelation smgr_reln, ForkNumber *forkNum, int nforks, BlockNumber *firstDelBlock)
{
	RelFileNode rnode = smgr_reln->smgr_rnode.node;

	if (SmgrIsTemp(smgr_reln))
	{
		if (smgr_reln->smgr_rnode.backend == MyBackendId)
			for (int i = 0; i < nforks; i++)
				local_buffers_drop(rnode, forkNum[i], firstDelBlock[i]);
		return;
	}
	if (drop_by_lookup(smgr_reln, forkNum, nforks, firstDelBlock))
		return;
	for (int id = 0; id < NBuffers; id++)
	{
		BufferDesc *desc = GetBufferDescriptor(id);

		if (!tag_is_to_drop(&desc->tag, rnode, forkNum, nforks, firstDelBlock))
			continue;
		LockBufHdr(desc);
		if (tag_is_to_drop(&desc->tag, rnode, forkNum, nforks, firstDelBlock))
			buf_invalidate(desc);
		else
			UnlockBufHdr(desc);
	}
}

static int
compare_rnodes(const void *left, const void *right)
{
	const RelFileNode *a = left;
	const RelFileNode *b = right;

	if (a->relNode != b->relNode)
		return a->relNode < b->relNode ? -1 : 1;
	if (a->dbNode != b->dbNode)
		return a->dbNode < b->dbNode ? -1 : 1;
	return a->spcNode < b->spcNode ? -1 : a->spcNode > b->spcNode;
}

static bool
rnode_in_list(const RelFileNode *rnode, const RelFileNode *list, int count, bool sorted)
{
	if (sorted)
		return bsearch(rnode, list, count, sizeof(RelFileNode), compare_rnodes) != NULL;
	for (int i = 0; i < count; i++)
		if (RelFileNodeEquals(*rnode, list[i]))
			return true;
	return false;
}

void
DropRelFileNodesAllBuffers(SMgrRelation *smgr_reln, int nnodes)
{
	RelFileNode *list = palloc(sizeof(RelFileNode) * Max(nnodes, 1));
	int count = 0;
	bool sorted;

	for (int i = 0; i < nnodes; i++)
		if (!SmgrIsTemp(smgr_reln[i]))
			list[count++] = smgr_reln[i]->smgr_rnode.node;
		else if (smgr_reln[i]->smgr_rnode.backend == MyBackendId)
			local_buffers_drop(smgr_reln[i]->smgr_rnode.node, InvalidForkNumber, 0);
	sorted = count > LINEAR_SEARCH_MAX;
	if (sorted)
		qsort(list, count, sizeof(RelFileNode), compare_rnodes);
	for (int id = 0; id < NBuffers && count > 0; id++)
	{
		BufferDesc *desc = GetBufferDescriptor(id);
		RelFileNode rnode = desc->tag.rnode;

		if (!rnode_in_list(&rnode, list, count, sorted))
			continue;
		LockBufHdr(desc);
		if (rnode_in_list(&desc->tag.rnode, list, count, sorted))
			buf_invalidate(desc);
		else
			UnlockBufHdr(desc);
	}
	pfree(list);
}

void
DropDatabaseBuffers(Oid dbid)
{
	for (int id = 0; id < NBuffers; id++)
	{
		BufferDesc *desc = GetBufferDescriptor(id);

		if (desc->tag.rnode.dbNode != dbid)
			continue;
		LockBufHdr(desc);
		if (desc->tag.rnode.dbNode == dbid)
			buf_invalidate(desc);
		else
			UnlockBufHdr(desc);
	}
}

/* ---- flushing --------------------------------------------------------------------------------------------------------- */
static void
flush_if_dirty(BufferDesc *desc, const RelFileNode *rnode, Oid dbid, SMgrRelation reln)
{
	uint64 state;

	buf_reserve_pin();
	state = LockBufHdr(desc);
	if ((rnode ? RelFileNodeEquals(desc->tag.rnode, *rnode) : desc->tag.rnode.dbNode == dbid) &&
		(state & (BM_VALID | BM_DIRTY)) == (BM_VALID | BM_DIRTY))
	{
		buf_pin_locked(desc);
		LWLockAcquire(&desc->content_lock, LW_SHARED);
		buf_flush(desc, reln);
		LWLockRelease(&desc->content_lock);
		buf_unpin(desc);
	}
	else
		UnlockBufHdr(desc);
}

static void
flush_relation(SMgrRelation reln)
{
	RelFileNode rnode = reln->smgr_rnode.node;

	if (SmgrIsTemp(reln))
	{
		local_buffers_flush(rnode);
		return;
	}
	for (int id = 0; id < NBuffers; id++)
	{
		BufferDesc *desc = GetBufferDescriptor(id);

		if (RelFileNodeEquals(desc->tag.rnode, rnode))
			flush_if_dirty(desc, &rnode, InvalidOid, reln);
	}
}

void
FlushRelationBuffers(Relation rel)
{
	flush_relation(RelationGetSmgr(rel));
}

void
FlushRelationsAllBuffers(SMgrRelation *smgrs, int nrels)
{
	for (int i = 0; i < nrels; i++)
		flush_relation(smgrs[i]);
}

void
FlushDatabaseBuffers(Oid dbid)
{
	for (int id = 0; id < NBuffers; id++)
	{
		BufferDesc *desc = GetBufferDescriptor(id);

		if (desc->tag.rnode.dbNode == dbid)
			flush_if_dirty(desc, NULL, dbid, NULL);
	}
}

void
FlushOneBuffer(Buffer buffer)
{
	Assert(!BufferIsLocal(buffer) && BufferIsPinnedByMe(buffer));
	buf_flush(GetBufferDescriptor(buffer - 1), NULL);
}

/* ---- copying a whole relation (CREATE DATABASE) ------------------------------------------------------------------------ */
static void
copy_fork(RelFileNode src, RelFileNode dst, ForkNumber fork, bool permanent)
{
	BlockNumber nblocks = smgrnblocks(smgropen(src, InvalidBackendId), fork);
	BufferAccessStrategy read_ring = GetAccessStrategy(BAS_BULKREAD);
	BufferAccessStrategy write_ring = GetAccessStrategy(BAS_BULKWRITE);

	if (nblocks > 0)
		smgrzeroextend(smgropen(dst, InvalidBackendId), fork, 0, (int) nblocks, false);
	for (BlockNumber block = 0; block < nblocks; block++)
	{
		Buffer from;
		Buffer to;

		CHECK_FOR_INTERRUPTS();
		from = ReadBufferWithoutRelcache(src, fork, block, RBM_NORMAL, read_ring, permanent);
		LockBuffer(from, BUFFER_LOCK_SHARE);
		to = ReadBufferWithoutRelcache(dst, fork, block, RBM_ZERO_AND_LOCK, write_ring, permanent);
		START_CRIT_SECTION();
		memcpy(BufferGetPage(to), BufferGetPage(from), BLCKSZ);
		MarkBufferDirty(to);
		if (permanent)
			log_newpage_buffer(to, true);
		END_CRIT_SECTION();
		UnlockReleaseBuffer(to);
		UnlockReleaseBuffer(from);
	}
	FreeAccessStrategy(read_ring);
	FreeAccessStrategy(write_ring);
}

void
CreateAndCopyRelationData(RelFileNode src_rnode, RelFileNode dst_rnode, bool permanent)
{
	char persistence = permanent ? RELPERSISTENCE_PERMANENT : RELPERSISTENCE_UNLOGGED;

	RelationCreateStorage(dst_rnode, persistence, false);
	copy_fork(src_rnode, dst_rnode, MAIN_FORKNUM, permanent);
	for (int fork = MAIN_FORKNUM + 1; fork <= MAX_FORKNUM; fork++)
	{
		if (!smgrexists(smgropen(src_rnode, InvalidBackendId), (ForkNumber) fork))
			continue;
		smgrcreate(smgropen(dst_rnode, InvalidBackendId), (ForkNumber) fork, false);
		if (permanent || fork == INIT_FORKNUM)
			log_smgrcreate(&dst_rnode, (ForkNumber) fork);
		copy_fork(src_rnode, dst_rnode, (ForkNumber) fork, permanent || fork == INIT_FORKNUM);
	}
}
