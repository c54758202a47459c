/*
 * access/xlog_internal.h
 *    The form of WAL files, for the WAL code itself and for tools.
 *
 * A segment file of wal_segment_size bytes is a run of 8 KB pages. Each begins with a header of 24 bytes, a segment's first
 * with one of 40. A record that does not fit goes on after the next page's header, whose xlp_rem_len then says how much is still to
 * come. File names: timeline, then the segment number split so that names sort.
 */
#ifndef XLOG_INTERNAL_H
#define XLOG_INTERNAL_H

#include "access/rmgr.h"
#include "access/xlogdefs.h"
#include "access/xlogreader.h"
#include "lib/stringinfo.h"

#define XLOG_PAGE_MAGIC 0xD110

typedef struct XLogPageHeaderData
{
	uint16 xlp_magic;
	uint16 xlp_info;
	TimeLineID xlp_tli;
	XLogRecPtr xlp_pageaddr;
	uint32 xlp_rem_len; /* bytes of a record from before that are still to come, this page's included */
	uint32 xlp_unused;
} XLogPageHeaderData;
typedef XLogPageHeaderData *XLogPageHeader;
#define SizeOfXLogShortPHD sizeof(XLogPageHeaderData)
_Static_assert(SizeOfXLogShortPHD == 24, "the WAL page header is 24 bytes on disk");

typedef struct XLogLongPageHeaderData
{
	XLogPageHeaderData std;
	uint64 xlp_sysid;
	uint32 xlp_seg_size;
	uint32 xlp_xlog_blcksz;
} XLogLongPageHeaderData;
typedef XLogLongPageHeaderData *XLogLongPageHeader;
#define SizeOfXLogLongPHD sizeof(XLogLongPageHeaderData)
_Static_assert(SizeOfXLogLongPHD == 40, "the long WAL page header is 40 bytes on disk");

#define XLP_FIRST_IS_CONTRECORD 0x0001
#define XLP_LONG_HEADER 0x0002
#define XLP_BKP_REMOVABLE 0x0004
#define XLP_FIRST_IS_OVERWRITE_CONTRECORD 0x0008
#define XLP_ALL_FLAGS 0x000F

#define XLogPageHeaderSize(hdr) (((hdr)->xlp_info & XLP_LONG_HEADER) ? SizeOfXLogLongPHD : SizeOfXLogShortPHD)

#define WalSegMinSize (1024 * 1024)
#define WalSegMaxSize (1024 * 1024 * 1024)
#define DEFAULT_MIN_WAL_SEGS 5
#define DEFAULT_MAX_WAL_SEGS 64
#define DEFAULT_XLOG_SEG_SIZE (16 * 1024 * 1024)

#define IsPowerOf2(x) ((x) > 0 && ((x) & ((x) -1)) == 0)
#define IsValidWalSegSize(size) (IsPowerOf2(size) && (size) >= WalSegMinSize && (size) <= WalSegMaxSize)
#define XLogSegmentsPerXLogId(wal_segsz_bytes) (UINT64CONST(0x100000000) / (wal_segsz_bytes))
#define XLogSegNoOffsetToRecPtr(segno, offset, wal_segsz_bytes, dest) \
	((dest) = (XLogRecPtr) (segno) * (wal_segsz_bytes) + (offset))
#define XLogSegmentOffset(xlogptr, wal_segsz_bytes) ((xlogptr) & ((wal_segsz_bytes) -1))
#define XLByteToSeg(xlrp, logSegNo, wal_segsz_bytes) ((logSegNo) = (xlrp) / (wal_segsz_bytes))
#define XLByteToPrevSeg(xlrp, logSegNo, wal_segsz_bytes) ((logSegNo) = ((xlrp) -1) / (wal_segsz_bytes))
#define XLByteInSeg(xlrp, logSegNo, wal_segsz_bytes) (((xlrp) / (wal_segsz_bytes)) == (logSegNo))
#define XLByteInPrevSeg(xlrp, logSegNo, wal_segsz_bytes) ((((xlrp) -1) / (wal_segsz_bytes)) == (logSegNo))
#define XRecOffIsValid(xlrp) ((xlrp) % XLOG_BLCKSZ >= SizeOfXLogShortPHD)

#define XLOGDIR "pg_wal"
#define XLOG_CONTROL_FILE "global/pg_control"
#define MAXFNAMELEN 64
#define XLOG_FNAME_LEN 24

#define XLogFileName(fname, tli, logSegNo, wal_segsz_bytes)                                     \
	snprintf(fname, MAXFNAMELEN, "%08X%08X%08X", tli,                                           \
			 (uint32) ((logSegNo) / XLogSegmentsPerXLogId(wal_segsz_bytes)),                    \
			 (uint32) ((logSegNo) % XLogSegmentsPerXLogId(wal_segsz_bytes)))
#define XLogFilePath(path, tli, logSegNo, wal_segsz_bytes)                                      \
	snprintf(path, MAXPGPATH, XLOGDIR "/%08X%08X%08X", tli,                                     \
			 (uint32) ((logSegNo) / XLogSegmentsPerXLogId(wal_segsz_bytes)),                    \
			 (uint32) ((logSegNo) % XLogSegmentsPerXLogId(wal_segsz_bytes)))

/* The XLOG_FNAME_LEN upper-case hexadecimal digits of a segment's name, and nothing else? */
static inline bool
IsXLogFileName(const char *fname)
{
	return strlen(fname) == XLOG_FNAME_LEN && strspn(fname, "0123456789ABCDEF") == XLOG_FNAME_LEN;
}

static inline bool
XLogFromFileName(const char *fname, TimeLineID *tli, XLogSegNo *logSegNo, int wal_segsz_bytes)
{
	uint32 log;
	uint32 seg;

	if (sscanf(fname, "%08X%08X%08X", tli, &log, &seg) != 3)
		return false;
	*logSegNo = (uint64) log * XLogSegmentsPerXLogId(wal_segsz_bytes) + seg;
	return true;
}

/* ---- records of the XLOG resource manager (numbers: catalog/pg_control.h) -------------------------------------- */
typedef struct xl_parameter_change
{
	int MaxConnections;
	int max_worker_processes;
	int max_wal_senders;
	int max_prepared_xacts;
	int max_locks_per_xact;
	int wal_level;
	bool wal_log_hints;
	bool track_commit_timestamp;
} xl_parameter_change;

typedef struct xl_end_of_recovery
{
	int64 end_time; /* TimestampTz */
	TimeLineID ThisTimeLineID;
	TimeLineID PrevTimeLineID;
} xl_end_of_recovery;

typedef struct xl_overwrite_contrecord
{
	XLogRecPtr overwritten_lsn;
	int64 overwrite_time;
} xl_overwrite_contrecord;

typedef struct xl_restore_point
{
	int64 rp_time;
	char rp_name[MAXFNAMELEN];
} xl_restore_point;

/* ---- the table of resource managers ------------------------------------------------------------------------------ */
typedef struct RmgrData
{
	const char *rm_name;
	void (*rm_redo)(XLogReaderState *record);
	void (*rm_desc)(StringInfo buf, XLogReaderState *record);
	const char *(*rm_identify)(uint8 info);
	void (*rm_startup)(void);
	void (*rm_cleanup)(void);
	void (*rm_mask)(char *pagedata, BlockNumber blkno);
	void (*rm_decode)(void *ctx, void *buf);
} RmgrData;

extern const RmgrData RmgrTable[RM_MAX_ID + 1];
/* A manager that has no redo function: nothing of it is in our log. */
#define RmgrIdExists(rmid) (RmgrTable[rmid].rm_redo != NULL)

extern const char *wal_level_name(int level);
/* "rmgr: X, len..., desc: ..." pieces used by recovery's error context and by pg_waldump. */
extern void xlog_outdesc(StringInfo buf, XLogReaderState *record);
extern void xlog_block_info(StringInfo buf, XLogReaderState *record);

#endif /* XLOG_INTERNAL_H */
