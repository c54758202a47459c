/*
 * access/xlogrecord.h
 *    The layout of one WAL record.
 *
 *    XLogRecord (24 bytes)
 *    for each block:  XLogRecordBlockHeader (4)
 *                     [XLogRecordBlockImageHeader (5) [hole_length (2): only if both hole and compressed]]
 *                     [RelFileNode (12): unless BKPBLOCK_SAME_REL] BlockNumber (4)
 *    [id 251, high half of the xid (4): only when it is not 0]
 *    [id 253, replication origin (2)] [id 252, top-level xid: 8 bytes]
 *    [id 255, length (1)] or [id 254, length (4)]: main data
 *    for each block:  [image] [data]
 *    main data
 * No padding inside; a record begins on an 8-byte boundary. xl_crc is CRC-32C over everything after the XLogRecord and then the
 * XLogRecord up to xl_crc, started from XLOG_CRC_SEED where PostgreSQL starts from all ones.
 */
#ifndef XLOGRECORD_H
#define XLOGRECORD_H

#include "c.h"
#include "access/rmgr.h"
#include "access/xlogdefs.h"
#include "storage/block.h"
#include "storage/relfilenode.h"

typedef struct XLogRecord
{
	uint32 xl_tot_len;
	uint32 xl_xid_low; /* XLogRecGetXid() puts both halves together */
	XLogRecPtr xl_prev;
	uint8 xl_info;
	RmgrId xl_rmid;
	uint16 xl_unused;
	uint32 xl_crc;
} XLogRecord;
_Static_assert(sizeof(XLogRecord) == 24, "the WAL record header is 24 bytes on disk");

#define SizeOfXLogRecord sizeof(XLogRecord)

#define XLR_INFO_MASK 0x0F		/* bits of xl_info that belong to the WAL code */
#define XLR_RMGR_INFO_MASK 0xF0 /* and those of the resource manager */
#define XLR_SPECIAL_REL_UPDATE 0x01
#define XLR_CHECK_CONSISTENCY 0x02

typedef struct XLogRecordBlockHeader
{
	uint8 id;
	uint8 fork_flags;
	uint16 data_length;
} XLogRecordBlockHeader;
#define SizeOfXLogRecordBlockHeader 4

#define BKPBLOCK_FORK_MASK 0x0F
#define BKPBLOCK_FLAG_MASK 0xF0
#define BKPBLOCK_HAS_IMAGE 0x10
#define BKPBLOCK_HAS_DATA 0x20
#define BKPBLOCK_WILL_INIT 0x40 /* redo makes the page anew */
#define BKPBLOCK_SAME_REL 0x80	/* RelFileNode left out: as the block before */

/* Written field by field: 5 bytes. */
typedef struct XLogRecordBlockImageHeader
{
	uint16 length;		/* of the image as stored */
	uint16 hole_offset; /* bytes before the hole */
	uint8 bimg_info;
} XLogRecordBlockImageHeader;
#define SizeOfXLogRecordBlockImageHeader 5
#define SizeOfXLogRecordBlockCompressHeader 2

#define BKPIMAGE_HAS_HOLE 0x01
#define BKPIMAGE_APPLY 0x02 /* restore during replay (else for consistency checks only) */
#define BKPIMAGE_COMPRESS_PGLZ 0x04
#define BKPIMAGE_COMPRESS_LZ4 0x08
#define BKPIMAGE_COMPRESS_ZSTD 0x10
#define BKPIMAGE_COMPRESSED(info) \
	(((info) & (BKPIMAGE_COMPRESS_PGLZ | BKPIMAGE_COMPRESS_LZ4 | BKPIMAGE_COMPRESS_ZSTD)) != 0)

#define MaxSizeOfXLogRecordBlockHeader                                                                              \
	(SizeOfXLogRecordBlockHeader + SizeOfXLogRecordBlockImageHeader + SizeOfXLogRecordBlockCompressHeader +         \
	 sizeof(RelFileNode) + sizeof(BlockNumber))

#define XLR_MAX_BLOCK_ID 32
#define XLR_BLOCK_ID_DATA_SHORT 255
#define XLR_BLOCK_ID_DATA_LONG 254
#define XLR_BLOCK_ID_ORIGIN 253
#define XLR_BLOCK_ID_TOPLEVEL_XID 252
#define XLR_BLOCK_ID_XID_HIGH 251

#define XLOG_CRC_SEED 0x4D415452u /* "MATR": a real PostgreSQL refuses the first record it meets */
/* A record is never longer: it is assembled in memory by the reader. */
#define XLogRecordMaxSize (1020 * 1024 * 1024)

#endif /* XLOGRECORD_H */
