/*
 * xlogutils.c
 *    What redo functions need: buffers with the pages of a record, and a memory of pages that were not there.
 *
 * A page that a record changes may be missing because a later record drops or cuts its relation: replay then goes over ground that is
 * gone already. Such references are remembered, and forgotten when the drop or truncation is replayed. What is left at the end is
 * corruption.
 */
#include "postgres.h"
#include "access/xlogutils.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/smgr.h"
#include "utils/hsearch.h"
#include "utils/rel.h"
#include "wal/wal.h"

bool ignore_invalid_pages = false;
bool InRecovery = false;
HotStandbyState standbyState = STANDBY_DISABLED;

/* ---- pages that were not there -------------------------------------------------------------------------------------- */
typedef struct InvalidPageKey
{
	RelFileNode rnode;
	ForkNumber fork;
	BlockNumber block;
} InvalidPageKey;

typedef struct InvalidPage
{
	InvalidPageKey key;
	bool present; /* all zeroes, rather than past the end */
} InvalidPage;

static HTAB *invalid_pages;

static void
report_invalid_page(int elevel, const InvalidPageKey *key, bool present)
{
	char *path = relpathperm(key->rnode, key->fork);

	if (present)
		elog(elevel, "page %u of relation %s is uninitialized", key->block, path);
	else
		elog(elevel, "page %u of relation %s does not exist", key->block, path);
	pfree(path);
}

static void
remember_invalid_page(RelFileNode rnode, ForkNumber fork, BlockNumber block, bool present)
{
	InvalidPageKey key;
	InvalidPage *entry;
	bool found;

	memset(&key, 0, sizeof(key));
	key.rnode = rnode;
	key.fork = fork;
	key.block = block;
	if (log_min_messages <= DEBUG1)
		report_invalid_page(DEBUG1, &key, present);
	if (invalid_pages == NULL)
	{
		HASHCTL ctl = {.keysize = sizeof(InvalidPageKey), .entrysize = sizeof(InvalidPage)};

		invalid_pages = hash_create("XLOG invalid-page table", 100, &ctl, HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(invalid_pages, &key, HASH_ENTER, &found);
	if (!found)
		entry->present = present;
}

/* fork Invalid: the whole database dbid; else pages of the fork from block on. */
static void
forget_invalid_pages(Oid dbid, RelFileNode rnode, ForkNumber fork, BlockNumber from)
{
	HASH_SEQ_STATUS status;
	InvalidPage *entry;

	if (invalid_pages == NULL)
		return;
	hash_seq_init(&status, invalid_pages);
	while ((entry = hash_seq_search(&status)) != NULL)
	{
		bool match = fork == InvalidForkNumber
			? entry->key.rnode.dbNode == dbid
			: RelFileNodeEquals(entry->key.rnode, rnode) && entry->key.fork == fork && entry->key.block >= from;

		if (match)
			hash_search(invalid_pages, &entry->key, HASH_REMOVE, NULL);
	}
}

bool
XLogHaveInvalidPages(void)
{
	return invalid_pages != NULL && hash_get_num_entries(invalid_pages) > 0;
}

void
XLogCheckInvalidPages(void)
{
	HASH_SEQ_STATUS status;
	InvalidPage *entry;

	if (!XLogHaveInvalidPages())
		return;
	hash_seq_init(&status, invalid_pages);
	while ((entry = hash_seq_search(&status)) != NULL)
		report_invalid_page(WARNING, &entry->key, entry->present);
	elog(ignore_invalid_pages ? WARNING : PANIC, "WAL contains references to invalid pages");
	hash_destroy(invalid_pages);
	invalid_pages = NULL;
}

void
XLogDropRelation(RelFileNode rnode, ForkNumber forknum)
{
	forget_invalid_pages(InvalidOid, rnode, forknum, 0);
}

void
XLogTruncateRelation(RelFileNode rnode, ForkNumber forkNum, BlockNumber nblocks)
{
	forget_invalid_pages(InvalidOid, rnode, forkNum, nblocks);
}

void
XLogDropDatabase(Oid dbid)
{
	/* Files stay open otherwise, with their names gone. */
	smgrcloseall();
	forget_invalid_pages(dbid, (RelFileNode) {0}, InvalidForkNumber, 0);
}

/* ---- buffers ------------------------------------------------------------------------------------------------------------ */
Buffer
XLogReadBufferExtended(RelFileNode rnode, ForkNumber forknum, BlockNumber blkno, ReadBufferMode mode,
					   Buffer recent_buffer)
{
	SMgrRelation smgr;
	BlockNumber nblocks;
	Buffer buffer;

	Assert(blkno != P_NEW);
	if (BufferIsValid(recent_buffer) && mode == RBM_NORMAL &&
		ReadRecentBuffer(rnode, forknum, blkno, recent_buffer))
		return recent_buffer;
	smgr = smgropen(rnode, InvalidBackendId);
	nblocks = smgrnblocks_cached(smgr, forknum);
	if (nblocks == InvalidBlockNumber)
	{
		/* The file may be gone by a later DROP; made anew it is dropped again. */
		smgrcreate(smgr, forknum, true);
		nblocks = smgrnblocks(smgr, forknum);
	}
	if (blkno >= nblocks)
	{
		if (mode == RBM_NORMAL)
		{
			remember_invalid_page(rnode, forknum, blkno, false);
			return InvalidBuffer;
		}
		if (mode == RBM_NORMAL_NO_LOG)
			return InvalidBuffer;
		smgrzeroextend(smgr, forknum, nblocks, (int) (blkno + 1 - nblocks), false);
		smgr->smgr_cached_nblocks[forknum] = blkno + 1;
	}
	buffer = ReadBufferWithoutRelcache(rnode, forknum, blkno, mode, NULL, true);
	if (mode == RBM_NORMAL && PageIsNew(BufferGetPage(buffer)))
	{
		ReleaseBuffer(buffer);
		remember_invalid_page(rnode, forknum, blkno, true);
		return InvalidBuffer;
	}
	return buffer;
}

static Buffer
restore_image(XLogReaderState *record, uint8 block_id, const DecodedBkpBlock *blk, bool cleanup_lock)
{
	Buffer buffer = XLogReadBufferExtended(blk->rnode, blk->forknum, blk->blkno,
										   cleanup_lock ? RBM_ZERO_AND_CLEANUP_LOCK : RBM_ZERO_AND_LOCK, InvalidBuffer);
	Page page = BufferGetPage(buffer);

	if (!RestoreBlockImage(record, block_id, page))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg_internal("%s", record->errormsg_buf));
	/* A page of zeroes has no LSN. */
	if (!PageIsNew(page))
		PageSetLSN(page, record->EndRecPtr);
	MarkBufferDirty(buffer);
	/* An init fork is copied at the end of recovery, by name: its page must be in the file. */
	if (blk->forknum == INIT_FORKNUM)
		FlushOneBuffer(buffer);
	return buffer;
}

XLogRedoAction
XLogReadBufferForRedoExtended(XLogReaderState *record, uint8 buffer_id, ReadBufferMode mode, bool get_cleanup_lock,
							  Buffer *buf)
{
	DecodedBkpBlock *blk = &record->blocks[buffer_id];
	bool zero_mode = mode == RBM_ZERO_AND_LOCK || mode == RBM_ZERO_AND_CLEANUP_LOCK;

	if ((int) buffer_id > record->max_block_id || !blk->in_use)
		elog(PANIC, "failed to locate backup block with ID %d in WAL record", buffer_id);
	if (((blk->flags & BKPBLOCK_WILL_INIT) != 0) != zero_mode)
		elog(PANIC, zero_mode ? "block to be initialized in redo routine must be marked with WILL_INIT flag in the WAL record"
							  : "block with WILL_INIT flag in WAL record must be zeroed by redo routine");
	if (blk->apply_image)
	{
		*buf = restore_image(record, buffer_id, blk, get_cleanup_lock);
		return BLK_RESTORED;
	}
	*buf = XLogReadBufferExtended(blk->rnode, blk->forknum, blk->blkno, mode, blk->prefetch_buffer);
	if (!BufferIsValid(*buf))
		return BLK_NOTFOUND;
	if (!zero_mode)
	{
		if (get_cleanup_lock)
			LockBufferForCleanup(*buf);
		else
			LockBuffer(*buf, BUFFER_LOCK_EXCLUSIVE);
	}
	return record->EndRecPtr <= PageGetLSN(BufferGetPage(*buf)) ? BLK_DONE : BLK_NEEDS_REDO;
}

XLogRedoAction
XLogReadBufferForRedo(XLogReaderState *record, uint8 buffer_id, Buffer *buf)
{
	return XLogReadBufferForRedoExtended(record, buffer_id, RBM_NORMAL, false, buf);
}

Buffer
XLogInitBufferForRedo(XLogReaderState *record, uint8 block_id)
{
	Buffer buffer;

	XLogReadBufferForRedoExtended(record, block_id, RBM_ZERO_AND_LOCK, false, &buffer);
	return buffer;
}

/* ---- a relation without catalogs ---------------------------------------------------------------------------------------- */
typedef struct FakeRelation
{
	RelationData rel; /* must be first */
	FormData_pg_class pgc;
} FakeRelation;

Relation
CreateFakeRelcacheEntry(RelFileNode rnode)
{
	FakeRelation *fake = palloc0(sizeof(FakeRelation));
	Relation rel = &fake->rel;

	Assert(InRecovery);
	rel->rd_rel = &fake->pgc;
	rel->rd_node = rnode;
	rel->rd_backend = InvalidBackendId;
	rel->rd_rel->relpersistence = RELPERSISTENCE_PERMANENT;
	snprintf(NameStr(rel->rd_rel->relname), NAMEDATALEN, "%u", rnode.relNode);
	rel->rd_lockInfo.lockRelId.dbId = rnode.dbNode;
	rel->rd_lockInfo.lockRelId.relId = rnode.relNode;
	return rel;
}

void
FreeFakeRelcacheEntry(Relation fakerel)
{
	/* The smgr entry may still point to us. */
	if (fakerel->rd_smgr != NULL)
		smgrclearowner(&fakerel->rd_smgr, fakerel->rd_smgr);
	pfree(fakerel);
}
