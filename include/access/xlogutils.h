/*
 * access/xlogutils.h
 *    What redo functions need: the buffer to apply a record to, and the memory of pages that were not there.
 */
#ifndef XLOG_UTILS_H
#define XLOG_UTILS_H

#include "access/xlogreader.h"
#include "storage/bufmgr.h"

extern bool ignore_invalid_pages;

/* Are we applying WAL (startup process before the end of recovery)? */
extern bool InRecovery;

typedef enum
{
	STANDBY_DISABLED,
	STANDBY_INITIALIZED,
	STANDBY_SNAPSHOT_PENDING,
	STANDBY_SNAPSHOT_READY
} HotStandbyState;
extern HotStandbyState standbyState;
#define InHotStandby (standbyState >= STANDBY_SNAPSHOT_PENDING)

/* What is to be done with a block of the record being replayed. */
typedef enum
{
	BLK_NEEDS_REDO, /* apply the change; the buffer is exclusively locked */
	BLK_DONE,		/* the page is already newer; buffer locked */
	BLK_RESTORED,	/* restored from a full image; buffer locked */
	BLK_NOTFOUND	/* the page is not there any more (it will be dropped or truncated later); no buffer */
} XLogRedoAction;

extern XLogRedoAction XLogReadBufferForRedo(XLogReaderState *record, uint8 buffer_id, Buffer *buf);
extern Buffer XLogInitBufferForRedo(XLogReaderState *record, uint8 block_id);
extern XLogRedoAction XLogReadBufferForRedoExtended(XLogReaderState *record, uint8 buffer_id, ReadBufferMode mode,
													bool get_cleanup_lock, Buffer *buf);
extern Buffer XLogReadBufferExtended(RelFileNode rnode, ForkNumber forknum, BlockNumber blkno, ReadBufferMode mode,
									 Buffer recent_buffer);

/* A minimal Relation over a file, for redo code that calls relation functions. */
extern Relation CreateFakeRelcacheEntry(RelFileNode rnode);
extern void FreeFakeRelcacheEntry(Relation fakerel);

/* References to pages that are not there are remembered until the drop that explains them; unexplained ones are PANIC. */
extern bool XLogHaveInvalidPages(void);
extern void XLogCheckInvalidPages(void);
extern void XLogDropRelation(RelFileNode rnode, ForkNumber forknum);
extern void XLogDropDatabase(Oid dbid);
extern void XLogTruncateRelation(RelFileNode rnode, ForkNumber forkNum, BlockNumber nblocks);

#endif /* XLOG_UTILS_H */
