/*
 * smgr.c
 *    This process's cache of open relations, and the calls that go through to the files.
 *
 * An entry that somebody points to (a relcache entry's rd_smgr) is owned: when the entry goes the pointer is cleared. Entries without
 * an owner are on a list and go at the end of the transaction. All storage is md.c's.
 */
#include "postgres.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/ipc.h"
#include "storage/md.h"
#include "storage/smgr.h"
#include "storage/sync.h"
#include "utils/hsearch.h"
#include "utils/inval.h"

static struct
{
	HTAB *relations;
	dlist_head unowned;
} smgr_cache;

static void
smgr_on_proc_exit(int code, Datum arg)
{
	smgrcloseall();
}

void
smgrinit(void)
{
	InitSync();
	on_proc_exit(smgr_on_proc_exit, (Datum) 0);
}

SMgrRelation
smgropen(RelFileNode rnode, BackendId backend)
{
	RelFileNodeBackend key = {.node = rnode, .backend = backend};
	SMgrRelation reln;
	bool found;

	if (unlikely(smgr_cache.relations == NULL))
	{
		HASHCTL ctl = {.keysize = sizeof(RelFileNodeBackend), .entrysize = sizeof(SMgrRelationData)};

		smgr_cache.relations = hash_create("smgr relation table", 400, &ctl, HASH_ELEM | HASH_BLOBS);
		dlist_init(&smgr_cache.unowned);
	}
	reln = hash_search(smgr_cache.relations, &key, HASH_ENTER, &found);
	if (!found)
	{
		reln->smgr_owner = NULL;
		reln->smgr_targblock = InvalidBlockNumber;
		for (int fork = 0; fork <= MAX_FORKNUM; fork++)
		{
			reln->smgr_cached_nblocks[fork] = InvalidBlockNumber;
			reln->md_num_open_segs[fork] = 0;
			reln->md_segs[fork] = NULL;
		}
		dlist_push_tail(&smgr_cache.unowned, &reln->unowned_link);
	}
	return reln;
}

void
smgrsetowner(SMgrRelation *owner, SMgrRelation reln)
{
	Assert(owner != NULL);
	if (reln->smgr_owner)
		*reln->smgr_owner = NULL;
	else
		dlist_delete(&reln->unowned_link);
	reln->smgr_owner = owner;
	*owner = reln;
}

void
smgrclearowner(SMgrRelation *owner, SMgrRelation reln)
{
	if (reln->smgr_owner != owner)
		return;
	*owner = NULL;
	reln->smgr_owner = NULL;
	dlist_push_tail(&smgr_cache.unowned, &reln->unowned_link);
}

void
smgrrelease(SMgrRelation reln)
{
	for (int fork = 0; fork <= MAX_FORKNUM; fork++)
	{
		md_close(reln, (ForkNumber) fork);
		reln->smgr_cached_nblocks[fork] = InvalidBlockNumber;
	}
	reln->smgr_targblock = InvalidBlockNumber;
}

void
smgrclose(SMgrRelation reln)
{
	SMgrRelation *owner = reln->smgr_owner;
	RelFileNodeBackend key = reln->smgr_rnode;

	for (int fork = 0; fork <= MAX_FORKNUM; fork++)
		md_close(reln, (ForkNumber) fork);
	if (!owner)
		dlist_delete(&reln->unowned_link);
	if (hash_search(smgr_cache.relations, &key, HASH_REMOVE, NULL) == NULL)
		elog(ERROR, "SMgrRelation hashtable corrupted");
	if (owner)
		*owner = NULL;
}

static void
for_each_relation(void (*act)(SMgrRelation reln))
{
	HASH_SEQ_STATUS status;
	SMgrRelation reln;

	if (smgr_cache.relations == NULL)
		return;
	hash_seq_init(&status, smgr_cache.relations);
	while ((reln = hash_seq_search(&status)) != NULL)
		act(reln);
}

void
smgrcloseall(void)
{
	for_each_relation(smgrclose);
}

void
smgrreleaseall(void)
{
	for_each_relation(smgrrelease);
}

void
smgrclosenode(RelFileNodeBackend rnode)
{
	SMgrRelation reln;

	if (smgr_cache.relations == NULL)
		return;
	reln = hash_search(smgr_cache.relations, &rnode, HASH_FIND, NULL);
	if (reln != NULL)
		smgrclose(reln);
}

void
AtEOXact_SMgr(void)
{
	dlist_mutable_iter iter;

	if (smgr_cache.relations == NULL)
		return;
	dlist_foreach_modify(iter, &smgr_cache.unowned)
		smgrclose(dlist_container(SMgrRelationData, unowned_link, iter.cur));
}

/* ---- files ------------------------------------------------------------------------------------------------------ */
bool
smgrexists(SMgrRelation reln, ForkNumber forknum)
{
	return md_exists(reln, forknum);
}

void
smgrcreate(SMgrRelation reln, ForkNumber forknum, bool isRedo)
{
	md_create(reln, forknum, isRedo);
}

void
smgrdosyncall(SMgrRelation *rels, int nrels)
{
	if (nrels == 0)
		return;
	FlushRelationsAllBuffers(rels, nrels);
	for (int i = 0; i < nrels; i++)
		for (int fork = 0; fork <= MAX_FORKNUM; fork++)
			if (md_exists(rels[i], (ForkNumber) fork))
				md_immediate_sync(rels[i], (ForkNumber) fork);
}

void
smgrdounlinkall(SMgrRelation *rels, int nrels, bool isRedo)
{
	RelFileNodeBackend *rnodes;

	if (nrels == 0)
		return;
	/* First the pages, or a buffer written later would bring a file back to life. */
	DropRelFileNodesAllBuffers(rels, nrels);
	rnodes = palloc(sizeof(RelFileNodeBackend) * nrels);
	for (int i = 0; i < nrels; i++)
	{
		rnodes[i] = rels[i]->smgr_rnode;
		for (int fork = 0; fork <= MAX_FORKNUM; fork++)
			md_close(rels[i], (ForkNumber) fork);
	}
	/* Then other processes' open files, and only then the names. */
	for (int i = 0; i < nrels; i++)
		CacheInvalidateSmgr(rnodes[i]);
	for (int i = 0; i < nrels; i++)
		for (int fork = 0; fork <= MAX_FORKNUM; fork++)
			md_unlink(rnodes[i], (ForkNumber) fork, isRedo);
	pfree(rnodes);
}

void
smgrextend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync)
{
	md_extend(reln, forknum, blocknum, buffer, skipFsync);
	/* A size remembered stays right only if this was the very next block. */
	reln->smgr_cached_nblocks[forknum] =
		reln->smgr_cached_nblocks[forknum] == blocknum ? blocknum + 1 : InvalidBlockNumber;
}

void
smgrzeroextend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, int nblocks, bool skipFsync)
{
	md_zero_extend(reln, forknum, blocknum, nblocks, skipFsync);
	reln->smgr_cached_nblocks[forknum] =
		reln->smgr_cached_nblocks[forknum] == blocknum ? blocknum + nblocks : InvalidBlockNumber;
}

bool
smgrprefetch(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum)
{
	return md_prefetch(reln, forknum, blocknum);
}

void
smgrread(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer)
{
	md_read(reln, forknum, blocknum, buffer);
}

void
smgrwrite(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync)
{
	md_write(reln, forknum, blocknum, buffer, skipFsync);
}

void
smgrwriteback(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, BlockNumber nblocks)
{
	md_writeback(reln, forknum, blocknum, nblocks);
}

BlockNumber
smgrnblocks(SMgrRelation reln, ForkNumber forknum)
{
	BlockNumber result = smgrnblocks_cached(reln, forknum);

	if (result != InvalidBlockNumber)
		return result;
	result = md_nblocks(reln, forknum);
	reln->smgr_cached_nblocks[forknum] = result;
	return result;
}

/* Only in recovery is this process the one that changes sizes. */
BlockNumber
smgrnblocks_cached(SMgrRelation reln, ForkNumber forknum)
{
	return InRecovery ? reln->smgr_cached_nblocks[forknum] : InvalidBlockNumber;
}

void
smgrtruncate(SMgrRelation reln, ForkNumber *forknum, int nforks, BlockNumber *nblocks)
{
	DropRelFileNodeBuffers(reln, forknum, nforks, nblocks);
	/* Others may have segments open that are about to vanish. */
	CacheInvalidateSmgr(reln->smgr_rnode);
	for (int i = 0; i < nforks; i++)
	{
		reln->smgr_cached_nblocks[forknum[i]] = InvalidBlockNumber;
		md_truncate(reln, forknum[i], nblocks[i]);
		reln->smgr_cached_nblocks[forknum[i]] = nblocks[i];
	}
	if (reln->smgr_targblock != InvalidBlockNumber)
		reln->smgr_targblock = InvalidBlockNumber;
}

void
smgrimmedsync(SMgrRelation reln, ForkNumber forknum)
{
	md_immediate_sync(reln, forknum);
}
