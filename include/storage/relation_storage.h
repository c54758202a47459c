/*
 * storage/relation_storage.h
 *    Files that come and go with a transaction.
 *
 * A relation's file is made at once and unlinked if the transaction aborts; it is dropped by being put on a list that commit
 * works off. Both are on one list per transaction, with nesting levels for subtransactions.
 */
#ifndef RELATION_STORAGE_H
#define RELATION_STORAGE_H

#include "lib/stringinfo.h"
#include "postgres.h"
#include "storage/block.h"
#include "storage/relfilenode.h"
#include "storage/smgr.h"

typedef struct RelationData *Relation;

extern int wal_skip_threshold;

/* Creates the main fork; register_delete: unlink it again if this transaction aborts. relpersistence: 'p', 'u' or 't'. */
extern SMgrRelation RelationCreateStorage(RelFileNode rnode, char relpersistence, bool register_delete);
extern void RelationDropStorage(Relation rel);
/* Takes a file off the list: it stays, whatever becomes of the transaction. */
extern void RelationPreserveStorage(RelFileNode rnode, bool atCommit);
extern void RelationPreTruncate(Relation rel);
/* Cuts the main fork to nblocks and the maps accordingly. AccessExclusiveLock needed. Logged. */
extern void RelationTruncate(Relation rel, BlockNumber nblocks);
extern void RelationCopyStorage(SMgrRelation src, SMgrRelation dst, ForkNumber forkNum, char relpersistence);
/* A file made by this very transaction under wal_level = minimal need not be logged; we always log, so: false. */
extern bool RelFileNodeSkippingWAL(RelFileNode rnode);

extern void smgrDoPendingDeletes(bool isCommit);
extern void smgrDoPendingSyncs(bool isCommit, bool isParallelWorker);
/* Files to unlink at commit (forCommit) or abort, for the transaction's WAL record; palloc'd, number returned. */
extern int smgrGetPendingDeletes(bool forCommit, RelFileNode **ptr);
extern void AtSubCommit_smgr(void);
extern void AtSubAbort_smgr(void);
extern void PostPrepare_smgr(void);
/* Used by redo of commit and abort records, and by two-phase commit. */
extern void DropRelationFiles(RelFileNode *delrels, int ndelrels, bool isRedo);

extern void log_smgrcreate(const RelFileNode *rnode, ForkNumber forkNum);

/* WAL records of the Storage resource manager. */
#define XLOG_SMGR_CREATE 0x10
#define XLOG_SMGR_TRUNCATE 0x20
#define SMGR_TRUNCATE_HEAP 0x0001
#define SMGR_TRUNCATE_VM 0x0002
#define SMGR_TRUNCATE_FSM 0x0004
#define SMGR_TRUNCATE_ALL (SMGR_TRUNCATE_HEAP | SMGR_TRUNCATE_VM | SMGR_TRUNCATE_FSM)

#define XLOG_SMGR_VISIBLE 0x30 /* block 0: map page, block 1: heap page */

typedef struct xl_smgr_visible
{
	TransactionId cutoff_xid; /* newest xid on the page */
	uint8 flags;			  /* bits set */
} xl_smgr_visible;
#define SizeOfSmgrVisible (offsetof(xl_smgr_visible, flags) + sizeof(uint8))

typedef struct xl_smgr_create
{
	RelFileNode rnode;
	ForkNumber forkNum;
} xl_smgr_create;

typedef struct xl_smgr_truncate
{
	BlockNumber blkno;
	RelFileNode rnode;
	int flags;
} xl_smgr_truncate;

struct XLogReaderState;
extern void smgr_redo(struct XLogReaderState *record);
extern void smgr_desc(struct StringInfoData *buf, struct XLogReaderState *record);
extern const char *smgr_identify(uint8 info);
extern void visibilitymap_redo_set(struct XLogReaderState *record);

#endif /* RELATION_STORAGE_H */
