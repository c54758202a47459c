/*
 * storage/smgr.h
 *    Relations as files: open, extend, read, write, truncate, unlink, by RelFileNode and fork.
 *
 * An SMgrRelation is this process's cache of one relation's open files. It lives until smgrclose(): never keep one across
 * anything that processes invalidations; take it afresh with RelationGetSmgr(rel) or smgropen().
 * Only the buffer manager and code that builds whole files (index builds, file copies) belong here; others use bufmgr.h.
 * Errors: ereport(ERROR) with errcode_for_file_access(); a full disk is 53100 with the hint "Check free disk space.".
 */
#ifndef SMGR_H
#define SMGR_H

#include "lib/ilist.h"
#include "postgres.h"
#include "storage/block.h"
#include "storage/relfilenode.h"

struct md_segment;

typedef struct SMgrRelationData
{
	RelFileNodeBackend smgr_rnode; /* the hash key: must be first */
	struct SMgrRelationData **smgr_owner; /* the one pointer to clear when this goes away */
	BlockNumber smgr_targblock;			  /* where this process last inserted; InvalidBlockNumber = do not know */
	BlockNumber smgr_cached_nblocks[MAX_FORKNUM + 1]; /* last size seen; trusted in recovery only */
	int md_num_open_segs[MAX_FORKNUM + 1];
	struct md_segment *md_segs[MAX_FORKNUM + 1];
	dlist_node unowned_link; /* while smgr_owner is NULL */
} SMgrRelationData;
typedef SMgrRelationData *SMgrRelation;

#define SmgrIsTemp(smgr) RelFileNodeBackendIsTemp((smgr)->smgr_rnode)

extern void smgrinit(void);
extern SMgrRelation smgropen(RelFileNode rnode, BackendId backend);
extern void smgrsetowner(SMgrRelation *owner, SMgrRelation reln);
extern void smgrclearowner(SMgrRelation *owner, SMgrRelation reln);
extern void smgrclose(SMgrRelation reln);
extern void smgrcloseall(void);
extern void smgrclosenode(RelFileNodeBackend rnode);
extern void smgrrelease(SMgrRelation reln);
extern void smgrreleaseall(void);
extern void AtEOXact_SMgr(void); /* closes relations that have no owner */

extern bool smgrexists(SMgrRelation reln, ForkNumber forknum);
extern void smgrcreate(SMgrRelation reln, ForkNumber forknum, bool isRedo);
extern void smgrdosyncall(SMgrRelation *rels, int nrels);
extern void smgrdounlinkall(SMgrRelation *rels, int nrels, bool isRedo);
extern void smgrextend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync);
/* Appends nblocks pages of zeroes beginning at blocknum, in one call to the kernel where it can be. */
extern void smgrzeroextend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, int nblocks, bool skipFsync);
extern bool smgrprefetch(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum);
extern void smgrread(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer);
extern void smgrwrite(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync);
extern void smgrwriteback(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, BlockNumber nblocks);
extern BlockNumber smgrnblocks(SMgrRelation reln, ForkNumber forknum);
extern BlockNumber smgrnblocks_cached(SMgrRelation reln, ForkNumber forknum); /* recovery; Invalid = not known */
/* Drops buffers past the new ends, tells other processes, truncates. Call it in a critical section after the WAL record. */
extern void smgrtruncate(SMgrRelation reln, ForkNumber *forknum, int nforks, BlockNumber *nblocks);
extern void smgrimmedsync(SMgrRelation reln, ForkNumber forknum);

#endif /* SMGR_H */
