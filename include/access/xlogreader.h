/*
 * access/xlogreader.h
 *    Reads and validates WAL, record by record, from whatever gives it pages.
 *
 * Knows nothing of a running server; used by recovery, by backends that look at WAL, by pg_waldump and by unit tests. Never
 * trusts a length: any bytes at all lead to a record or to an error string, never to an access out of bounds.
 */
#ifndef XLOGREADER_H
#define XLOGREADER_H

#include "access/xlogrecord.h"
#include "storage/buf.h"

#define XLOG_READER_SEG_PATH_MAX 1024

typedef struct XLogReaderState XLogReaderState;

/*
 * Puts the page at targetPagePtr into readBuf; at least reqLen bytes of it must become valid. targetRecPtr: the record that is
 * wanted (for messages, and to decide about sources). Returns the number of valid bytes, -1 for failure or end.
 */
typedef int (*XLogPageReadCB)(XLogReaderState *state, XLogRecPtr targetPagePtr, int reqLen, XLogRecPtr targetRecPtr,
							  char *readBuf);

typedef struct DecodedBkpBlock
{
	bool in_use;
	RelFileNode rnode;
	ForkNumber forknum;
	BlockNumber blkno;
	Buffer prefetch_buffer;
	uint8 flags;
	bool has_image;
	bool apply_image;
	const char *bkp_image;
	uint16 hole_offset;
	uint16 hole_length;
	uint16 bimg_len;
	uint8 bimg_info;
	bool has_data;
	const char *data; /* aligned to 8 */
	uint16 data_len;
	uint16 data_bufsz;
} DecodedBkpBlock;

struct XLogReaderState
{
	/* Given by the user. */
	XLogPageReadCB page_read;
	void *private_data;
	uint64 system_identifier; /* 0: do not check */
	int wal_segment_size;

	/* The record last returned; pointers are good until the next read. */
	XLogRecPtr ReadRecPtr; /* start */
	XLogRecPtr EndRecPtr;  /* end + 1 */
	XLogRecPtr NextRecPtr; /* where the next call begins */
	XLogRecord *decoded_record;
	TransactionId xid;
	char *main_data;
	uint32 main_data_len;
	RepOriginId record_origin;
	TransactionId toplevel_xid;
	int max_block_id; /* -1: none */
	DecodedBkpBlock blocks[XLR_MAX_BLOCK_ID + 1];

	/* An incomplete record at the end of the log: where it began, and where the missing part would be. */
	XLogRecPtr abortedRecPtr;
	XLogRecPtr missingContrecPtr;

	/* The page in readBuf. */
	char *readBuf;
	XLogRecPtr readPagePtr; /* InvalidXLogRecPtr: none */
	uint32 readLen;
	TimeLineID latestPageTLI;
	XLogRecPtr latestPagePtr;
	XLogRecPtr currRecPtr; /* being read */
	TimeLineID currTLI;

	/* Assembly of records that cross pages, and the decoded copy. */
	char *readRecordBuf;
	uint32 readRecordBufSize;
	char *decode_buf;
	uint32 decode_buf_size;

	char *errormsg_buf; /* "" when there is none */
	bool errormsg_deferred;
};

/* NULL when out of memory. Memory comes from malloc: usable without memory contexts. */
extern XLogReaderState *XLogReaderAllocate(int wal_segment_size, XLogPageReadCB page_read, uint64 system_identifier,
										   void *private_data);
extern void XLogReaderFree(XLogReaderState *state);
extern void XLogBeginRead(XLogReaderState *state, XLogRecPtr RecPtr);
/* First valid record at or after RecPtr, InvalidXLogRecPtr if none; positions the reader there. */
extern XLogRecPtr XLogFindNextRecord(XLogReaderState *state, XLogRecPtr RecPtr);
/* NULL: end of log or error; *errormsg (in the reader's memory) is NULL if the page callback gave no reason. */
extern XLogRecord *XLogReadRecord(XLogReaderState *state, char **errormsg);
extern bool XLogReaderValidatePageHeader(XLogReaderState *state, XLogRecPtr recptr, char *phdr);
extern void XLogReaderInvalReadState(XLogReaderState *state);

/* Writes the full page; false and errormsg_buf when the image is broken. */
extern bool RestoreBlockImage(XLogReaderState *record, uint8 block_id, char *page);
extern char *XLogRecGetBlockData(XLogReaderState *record, uint8 block_id, Size *len);
extern void XLogRecGetBlockTag(XLogReaderState *record, uint8 block_id, RelFileNode *rnode, ForkNumber *forknum,
							   BlockNumber *blknum);
extern bool XLogRecGetBlockTagExtended(XLogReaderState *record, uint8 block_id, RelFileNode *rnode,
									   ForkNumber *forknum, BlockNumber *blknum, Buffer *prefetch_buffer);

#define XLogRecGetTotalLen(reader) ((reader)->decoded_record->xl_tot_len)
#define XLogRecGetPrev(reader) ((reader)->decoded_record->xl_prev)
#define XLogRecGetInfo(reader) ((reader)->decoded_record->xl_info)
#define XLogRecGetRmid(reader) ((reader)->decoded_record->xl_rmid)
#define XLogRecGetXid(reader) ((reader)->xid)
#define XLogRecGetOrigin(reader) ((reader)->record_origin)
#define XLogRecGetTopXid(reader) ((reader)->toplevel_xid)
#define XLogRecGetData(reader) ((reader)->main_data)
#define XLogRecGetDataLen(reader) ((reader)->main_data_len)
#define XLogRecHasAnyBlockRefs(reader) ((reader)->max_block_id >= 0)
#define XLogRecMaxBlockId(reader) ((reader)->max_block_id)
#define XLogRecGetBlock(reader, i) (&(reader)->blocks[(i)])
#define XLogRecHasBlockRef(reader, block_id) \
	((reader)->max_block_id >= (block_id) && (reader)->blocks[block_id].in_use)
#define XLogRecHasBlockImage(reader, block_id) ((reader)->blocks[block_id].has_image)
#define XLogRecBlockImageApply(reader, block_id) ((reader)->blocks[block_id].apply_image)
#define XLogRecHasBlockData(reader, block_id) ((reader)->blocks[block_id].has_data)
#define XLogRecGetFullXid(reader) FullTransactionIdFromU64((reader)->xid)

#endif /* XLOGREADER_H */
