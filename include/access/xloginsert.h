/*
 * access/xloginsert.h
 *    Making a WAL record.
 *
 *    START_CRIT_SECTION();
 *    ... change pages, MarkBufferDirty() each ...
 *    XLogBeginInsert();
 *    XLogRegisterData(&xlrec, sizeof(xlrec));
 *    XLogRegisterBuffer(0, buffer, REGBUF_STANDARD);
 *    XLogRegisterBufData(0, data, len);
 *    recptr = XLogInsert(RM_X_ID, XLOG_X_Y);
 *    PageSetLSN(BufferGetPage(buffer), recptr);
 *    END_CRIT_SECTION();
 *
 * Registered memory is read by XLogInsert(), not before: it must stay. Data of a block whose full image is in the record is left out
 * (unless REGBUF_KEEP_DATA). The full image is taken when the page has not been logged since the last checkpoint began.
 */
#ifndef XLOGINSERT_H
#define XLOGINSERT_H

#include "access/rmgr.h"
#include "access/xlogdefs.h"
#include "storage/block.h"
#include "storage/buf.h"
#include "storage/bufpage.h"
#include "storage/relfilenode.h"

typedef struct RelationData *Relation;

/* Room for these is there without XLogEnsureRecordSpace(). */
#define XLR_NORMAL_MAX_BLOCK_ID 4
#define XLR_NORMAL_RDATAS 20

#define REGBUF_FORCE_IMAGE 0x01 /* take a full image in any case */
#define REGBUF_NO_IMAGE 0x02	/* never */
#define REGBUF_WILL_INIT (0x04 | 0x02) /* redo makes the page anew: no image needed */
#define REGBUF_STANDARD 0x08	/* between pd_lower and pd_upper is nothing: leave the hole out of the image */
#define REGBUF_KEEP_DATA 0x10	/* include the data even beside a full image */

extern void XLogBeginInsert(void);
extern void XLogSetRecordFlags(uint8 flags); /* XLOG_INCLUDE_ORIGIN, XLOG_MARK_UNIMPORTANT */
extern XLogRecPtr XLogInsert(RmgrId rmid, uint8 info); /* returns the record's end */
extern void XLogEnsureRecordSpace(int max_block_id, int ndatas); /* before the critical section */
extern void XLogRegisterData(const void *data, int len);
extern void XLogRegisterBuffer(uint8 block_id, Buffer buffer, uint8 flags);
extern void XLogRegisterBlock(uint8 block_id, RelFileNode *rnode, ForkNumber forknum, BlockNumber blknum, char *page,
							  uint8 flags);
extern void XLogRegisterBufData(uint8 block_id, const void *data, int len);
extern void XLogResetInsertion(void);
extern bool XLogCheckBufferNeedsBackup(Buffer buffer);

/* A record that is nothing but a full image of a page. They set the page's LSN. */
extern XLogRecPtr log_newpage(RelFileNode *rnode, ForkNumber forkNum, BlockNumber blk, char *page, bool page_std);
extern void log_newpages(RelFileNode *rnode, ForkNumber forkNum, int num_pages, BlockNumber *blknos, char **pages,
						 bool page_std);
extern XLogRecPtr log_newpage_buffer(Buffer buffer, bool page_std);
extern void log_newpage_range(Relation rel, ForkNumber forkNum, BlockNumber startblk, BlockNumber endblk,
							  bool page_std);
/* Before a hint-bit change is written: an image if this page has had none since the checkpoint; else InvalidXLogRecPtr. */
extern XLogRecPtr XLogSaveBufferForHint(Buffer buffer, bool buffer_std);

extern void InitXLogInsert(void); /* once per process */

#endif /* XLOGINSERT_H */
