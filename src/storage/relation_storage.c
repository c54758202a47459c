/*
 * relation_storage.c
 *    Files that come and go with a transaction.
 *
 * One list for both directions: an entry says which file to unlink, and whether at commit or at abort, and the nesting level that
 * made it. A committed subtransaction's entries become its parent's; an aborted one works its own off at once.
 */
#include "postgres.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "access/visibilitymap.h"
#include "catalog/pg_class.h"
#include "storage/relation_storage.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/freespace.h"
#include "storage/proc.h"
#include "sys/fault.h"
#include "utils/memutils.h"
#include "utils/rel.h"

typedef struct PendingDelete
{
	struct PendingDelete *next;
	RelFileNode rnode;
	BackendId backend; /* owner of a temporary relation */
	bool at_commit;	   /* else at abort */
	int nest_level;
} PendingDelete;

static PendingDelete *pending_deletes; /* newest first */
int wal_skip_threshold = 2048;

static void
pending_add(RelFileNode rnode, BackendId backend, bool at_commit)
{
	PendingDelete *pending = MemoryContextAlloc(TopMemoryContext, sizeof(PendingDelete));

	*pending = (PendingDelete) {.next = pending_deletes,
								.rnode = rnode,
								.backend = backend,
								.at_commit = at_commit,
								.nest_level = GetCurrentTransactionNestLevel()};
	pending_deletes = pending;
}

SMgrRelation
RelationCreateStorage(RelFileNode rnode, char relpersistence, bool register_delete)
{
	BackendId backend;
	SMgrRelation reln;

	switch (relpersistence)
	{
		case RELPERSISTENCE_TEMP:
			backend = BackendIdForTempRelations();
			break;
		case RELPERSISTENCE_UNLOGGED:
		case RELPERSISTENCE_PERMANENT:
			backend = InvalidBackendId;
			break;
		default:
			elog(ERROR, "invalid relpersistence: %c", relpersistence);
	}
	reln = smgropen(rnode, backend);
	smgrcreate(reln, MAIN_FORKNUM, false);
	if (relpersistence == RELPERSISTENCE_PERMANENT)
		log_smgrcreate(&rnode, MAIN_FORKNUM);
	if (register_delete)
		pending_add(rnode, backend, false);
	return reln;
}

void
log_smgrcreate(const RelFileNode *rnode, ForkNumber forkNum)
{
	xl_smgr_create xlrec = {.rnode = *rnode, .forkNum = forkNum};

	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	XLogInsert(RM_SMGR_ID, XLOG_SMGR_CREATE | XLR_SPECIAL_REL_UPDATE);
}

void
RelationDropStorage(Relation rel)
{
	pending_add(rel->rd_node, rel->rd_backend, true);
	/* The smgr entry must not outlive the file by accident. */
	RelationCloseSmgr(rel);
}

void
RelationPreserveStorage(RelFileNode rnode, bool atCommit)
{
	PendingDelete **link = &pending_deletes;

	while (*link)
	{
		PendingDelete *pending = *link;

		if (RelFileNodeEquals(rnode, pending->rnode) && pending->at_commit == atCommit)
		{
			*link = pending->next;
			pfree(pending);
		}
		else
			link = &pending->next;
	}
}

bool
RelFileNodeSkippingWAL(RelFileNode rnode)
{
	return false;
}

/* ---- truncation --------------------------------------------------------------------------------------------------- */
void
RelationPreTruncate(Relation rel)
{
}

/* Main fork and, where they are longer than they should be, the maps. Returns the number of forks. */
static int
forks_to_truncate(Relation rel, BlockNumber nblocks, ForkNumber *forks, BlockNumber *blocks)
{
	int nforks = 0;

	forks[nforks] = MAIN_FORKNUM;
	blocks[nforks++] = nblocks;
	if (smgrexists(RelationGetSmgr(rel), FSM_FORKNUM))
	{
		blocks[nforks] = FreeSpaceMapPrepareTruncateRel(rel, nblocks);
		if (BlockNumberIsValid(blocks[nforks]))
			forks[nforks++] = FSM_FORKNUM;
	}
	if (smgrexists(RelationGetSmgr(rel), VISIBILITYMAP_FORKNUM))
	{
		blocks[nforks] = visibilitymap_prepare_truncate(rel, nblocks);
		if (BlockNumberIsValid(blocks[nforks]))
			forks[nforks++] = VISIBILITYMAP_FORKNUM;
	}
	return nforks;
}

void
RelationTruncate(Relation rel, BlockNumber nblocks)
{
	ForkNumber forks[MAX_FORKNUM + 1];
	BlockNumber blocks[MAX_FORKNUM + 1];
	int nforks;

	RelationGetSmgr(rel)->smgr_targblock = InvalidBlockNumber;
	for (int fork = 0; fork <= MAX_FORKNUM; fork++)
		RelationGetSmgr(rel)->smgr_cached_nblocks[fork] = InvalidBlockNumber;
	nforks = forks_to_truncate(rel, nblocks, forks, blocks);
	/* Opens all segments now: opening allocates, which the critical section must not. */
	for (int i = 0; i < nforks; i++)
		(void) smgrnblocks(RelationGetSmgr(rel), forks[i]);

	/*
	 * A checkpoint that begins between record and truncation would let replay start after the record, with pages in the file that
	 * were never to come back; and one must not end, believing all files in order, before the truncation is done.
	 */
	Assert((MyProc->delayChkptFlags & (DELAY_CHKPT_START | DELAY_CHKPT_COMPLETE)) == 0);
	MyProc->delayChkptFlags |= DELAY_CHKPT_START | DELAY_CHKPT_COMPLETE;
	START_CRIT_SECTION();
	if (RelationNeedsWAL(rel))
	{
		xl_smgr_truncate xlrec = {.blkno = nblocks, .rnode = rel->rd_node, .flags = SMGR_TRUNCATE_ALL};
		XLogRecPtr lsn;

		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		lsn = XLogInsert(RM_SMGR_ID, XLOG_SMGR_TRUNCATE | XLR_SPECIAL_REL_UPDATE);
		/* Truncation cannot be undone: it must be in the log before it happens. */
		XLogFlush(lsn);
	}
	FAULT_POINT("storage-truncate-after-wal");
	smgrtruncate(RelationGetSmgr(rel), forks, nforks, blocks);
	END_CRIT_SECTION();
	MyProc->delayChkptFlags &= ~(DELAY_CHKPT_START | DELAY_CHKPT_COMPLETE);
	FreeSpaceMapVacuumRange(rel, nblocks, InvalidBlockNumber);
}

void
RelationCopyStorage(SMgrRelation src, SMgrRelation dst, ForkNumber forkNum, char relpersistence)
{
	bool logged = relpersistence == RELPERSISTENCE_PERMANENT ||
		(relpersistence == RELPERSISTENCE_UNLOGGED && forkNum == INIT_FORKNUM);
	BlockNumber nblocks = smgrnblocks(src, forkNum);
	char *page = palloc_aligned(BLCKSZ, 4096, 0);

	for (BlockNumber block = 0; block < nblocks; block++)
	{
		CHECK_FOR_INTERRUPTS();
		smgrread(src, forkNum, block, page);
		if (!PageIsVerified((Page) page, block))
			ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
					errmsg("invalid page in block %u of relation %s", block, relpath(src->smgr_rnode, forkNum)));
		if (logged)
			log_newpage(&dst->smgr_rnode.node, forkNum, block, page, false);
		PageSetChecksumInplace((Page) page, block);
		smgrextend(dst, forkNum, block, page, true);
	}
	pfree(page);
	/* The pages are not in the pool: no checkpoint would find them. */
	if (logged || relpersistence == RELPERSISTENCE_UNLOGGED)
		smgrimmedsync(dst, forkNum);
}

/* ---- end of transaction ------------------------------------------------------------------------------------------------ */
void
smgrDoPendingDeletes(bool isCommit)
{
	int level = GetCurrentTransactionNestLevel();
	PendingDelete **link = &pending_deletes;
	SMgrRelation *doomed = NULL;
	int count = 0;
	int allocated = 0;

	while (*link)
	{
		PendingDelete *pending = *link;

		if (pending->nest_level < level)
		{
			link = &pending->next;
			continue;
		}
		*link = pending->next;
		if (pending->at_commit == isCommit)
		{
			if (count == allocated)
			{
				allocated = allocated ? allocated * 2 : 8;
				doomed = doomed ? repalloc(doomed, allocated * sizeof(SMgrRelation))
								: palloc(allocated * sizeof(SMgrRelation));
			}
			doomed[count++] = smgropen(pending->rnode, pending->backend);
		}
		pfree(pending);
	}
	if (count == 0)
		return;
	FAULT_POINT("storage-before-unlink");
	smgrdounlinkall(doomed, count, false);
	for (int i = 0; i < count; i++)
		smgrclose(doomed[i]);
	pfree(doomed);
}

/* Nothing is ever left unlogged for the sake of a sync at commit. */
void
smgrDoPendingSyncs(bool isCommit, bool isParallelWorker)
{
}

int
smgrGetPendingDeletes(bool forCommit, RelFileNode **ptr)
{
	int level = GetCurrentTransactionNestLevel();
	int count = 0;

	for (PendingDelete *p = pending_deletes; p; p = p->next)
		if (p->nest_level >= level && p->at_commit == forCommit && p->backend == InvalidBackendId)
			count++;
	*ptr = NULL;
	if (count == 0)
		return 0;
	*ptr = palloc(count * sizeof(RelFileNode));
	count = 0;
	for (PendingDelete *p = pending_deletes; p; p = p->next)
		if (p->nest_level >= level && p->at_commit == forCommit && p->backend == InvalidBackendId)
			(*ptr)[count++] = p->rnode;
	return count;
}

void
AtSubCommit_smgr(void)
{
	int level = GetCurrentTransactionNestLevel();

	for (PendingDelete *p = pending_deletes; p; p = p->next)
		if (p->nest_level >= level)
			p->nest_level = level - 1;
}

void
AtSubAbort_smgr(void)
{
	smgrDoPendingDeletes(false);
}

/* After PREPARE the files are the prepared transaction's affair. */
void
PostPrepare_smgr(void)
{
	while (pending_deletes)
	{
		PendingDelete *next = pending_deletes->next;

		pfree(pending_deletes);
		pending_deletes = next;
	}
}

void
DropRelationFiles(RelFileNode *delrels, int ndelrels, bool isRedo)
{
	SMgrRelation *relations = palloc(sizeof(SMgrRelation) * Max(ndelrels, 1));

	for (int i = 0; i < ndelrels; i++)
	{
		relations[i] = smgropen(delrels[i], InvalidBackendId);
		if (isRedo)
			for (int fork = 0; fork <= MAX_FORKNUM; fork++)
				XLogDropRelation(delrels[i], (ForkNumber) fork);
	}
	smgrdounlinkall(relations, ndelrels, isRedo);
	for (int i = 0; i < ndelrels; i++)
		smgrclose(relations[i]);
	pfree(relations);
}

/* ---- redo ---------------------------------------------------------------------------------------------------------------- */
static void
redo_create(const xl_smgr_create *xlrec)
{
	smgrcreate(smgropen(xlrec->rnode, InvalidBackendId), xlrec->forkNum, true);
}

static void
redo_truncate(const xl_smgr_truncate *xlrec, XLogRecPtr lsn)
{
	SMgrRelation reln = smgropen(xlrec->rnode, InvalidBackendId);
	Relation rel;
	ForkNumber forks[MAX_FORKNUM + 1];
	BlockNumber blocks[MAX_FORKNUM + 1];
	int nforks = 0;

	/* The file may be gone already by what comes later in the log. */
	smgrcreate(reln, MAIN_FORKNUM, true);
	/* This cannot be undone: recovery must not stop before it any more. */
	XLogFlush(lsn);
	if (xlrec->flags & SMGR_TRUNCATE_HEAP)
	{
		forks[nforks] = MAIN_FORKNUM;
		blocks[nforks++] = xlrec->blkno;
		XLogTruncateRelation(xlrec->rnode, MAIN_FORKNUM, xlrec->blkno);
	}
	rel = CreateFakeRelcacheEntry(xlrec->rnode);
	if ((xlrec->flags & SMGR_TRUNCATE_FSM) && smgrexists(reln, FSM_FORKNUM))
	{
		blocks[nforks] = FreeSpaceMapPrepareTruncateRel(rel, xlrec->blkno);
		if (BlockNumberIsValid(blocks[nforks]))
			forks[nforks++] = FSM_FORKNUM;
	}
	if ((xlrec->flags & SMGR_TRUNCATE_VM) && smgrexists(reln, VISIBILITYMAP_FORKNUM))
	{
		blocks[nforks] = visibilitymap_prepare_truncate(rel, xlrec->blkno);
		if (BlockNumberIsValid(blocks[nforks]))
			forks[nforks++] = VISIBILITYMAP_FORKNUM;
	}
	if (nforks > 0)
	{
		for (int i = 0; i < nforks; i++)
			(void) smgrnblocks(reln, forks[i]);
		START_CRIT_SECTION();
		smgrtruncate(reln, forks, nforks, blocks);
		END_CRIT_SECTION();
	}
	FreeFakeRelcacheEntry(rel);
}

void
smgr_redo(XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	if (info == XLOG_SMGR_CREATE)
		redo_create((xl_smgr_create *) XLogRecGetData(record));
	else if (info == XLOG_SMGR_TRUNCATE)
		redo_truncate((xl_smgr_truncate *) XLogRecGetData(record), record->EndRecPtr);
	else if (info == XLOG_SMGR_VISIBLE)
		visibilitymap_redo_set(record);
	else
		elog(PANIC, "smgr_redo: unknown op code %u", info);
}

void
smgr_desc(StringInfo buf, XLogReaderState *record)
{
	char *rec = XLogRecGetData(record);
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	if (info == XLOG_SMGR_CREATE)
	{
		xl_smgr_create *xlrec = (xl_smgr_create *) rec;

		appendStringInfoString(buf, relpathperm(xlrec->rnode, xlrec->forkNum));
	}
	else if (info == XLOG_SMGR_TRUNCATE)
	{
		xl_smgr_truncate *xlrec = (xl_smgr_truncate *) rec;

		appendStringInfo(buf, "%s to %u blocks flags %d", relpathperm(xlrec->rnode, MAIN_FORKNUM), xlrec->blkno,
						 xlrec->flags);
	}
	else if (info == XLOG_SMGR_VISIBLE)
	{
		xl_smgr_visible xlrec;

		memcpy(&xlrec, rec, SizeOfSmgrVisible);
		appendStringInfo(buf, "cutoff xid " UINT64_FORMAT " flags 0x%02X", xlrec.cutoff_xid, xlrec.flags);
	}
}

const char *
smgr_identify(uint8 info)
{
	switch (info & ~XLR_INFO_MASK)
	{
		case XLOG_SMGR_CREATE:
			return "CREATE";
		case XLOG_SMGR_TRUNCATE:
			return "TRUNCATE";
		case XLOG_SMGR_VISIBLE:
			return "VISIBLE";
		default:
			return NULL;
	}
}
