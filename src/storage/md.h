/*
 * storage/md.h
 *    Relations in files of 1 GB: what smgr.c calls. Contracts are those of the smgr functions of the same names.
 */
#ifndef STORAGE_MD_H
#define STORAGE_MD_H

#include "storage/smgr.h"
#include "storage/sync.h"

extern bool md_exists(SMgrRelation reln, ForkNumber forknum);
extern void md_create(SMgrRelation reln, ForkNumber forknum, bool isRedo);
extern void md_close(SMgrRelation reln, ForkNumber forknum);
extern void md_unlink(RelFileNodeBackend rnode, ForkNumber forknum, bool isRedo);
extern void md_extend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync);
extern void md_zero_extend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, int nblocks, bool skipFsync);
extern bool md_prefetch(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum);
extern void md_read(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer);
extern void md_write(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync);
extern void md_writeback(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, BlockNumber nblocks);
extern BlockNumber md_nblocks(SMgrRelation reln, ForkNumber forknum);
extern void md_truncate(SMgrRelation reln, ForkNumber forknum, BlockNumber nblocks);
extern void md_immediate_sync(SMgrRelation reln, ForkNumber forknum);

/* The queue of fsyncs (sync.c) calls these; path gets the file's name. 0, or -1 with errno. */
extern int md_sync_file(const FileTag *ftag, char *path);
extern int md_unlink_file(const FileTag *ftag, char *path);
extern bool md_file_matches(const FileTag *ftag, const FileTag *candidate);
extern void md_forget_database(Oid dbid);

#endif /* STORAGE_MD_H */
