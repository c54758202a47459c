/*
 * access/xlog.h
 *    The write-ahead log as the rest of the server sees it: positions, flushing, checkpoints, recovery.
 *
 * XactLogCommitRecord() and friends live in txn/. Nothing here may be called from the postmaster, but for the settings.
 */
#ifndef XLOG_H
#define XLOG_H

#include "access/xlogdefs.h"
#include "access/xlogreader.h"
#include "catalog/pg_control.h"

/* ---- settings ------------------------------------------------------------------------------------------------ */
extern int sync_method;
extern int wal_segment_size;
extern int min_wal_size_mb;
extern int max_wal_size_mb;
extern int wal_keep_size_mb;
extern int max_slot_wal_keep_size_mb;
extern int XLOGbuffers;
extern int XLogArchiveTimeout;
extern int wal_retrieve_retry_interval;
extern char *XLogArchiveCommand;
extern bool EnableHotStandby;
extern bool fullPageWrites;
extern bool wal_log_hints;
extern int wal_compression;
extern bool wal_init_zero;
extern bool wal_recycle;
extern bool *wal_consistency_checking;
extern bool log_checkpoints;
extern int CommitDelay;
extern int CommitSiblings;
extern int wal_level;
extern int XLogArchiveMode;
extern int CheckPointSegments;
extern bool enableFsync;
extern int CheckPointTimeout;
extern int CheckPointWarning;
extern double CheckPointCompletionTarget;

typedef enum ArchiveMode
{
	ARCHIVE_MODE_OFF = 0,
	ARCHIVE_MODE_ON,
	ARCHIVE_MODE_ALWAYS
} ArchiveMode;

typedef enum WalLevel
{
	WAL_LEVEL_MINIMAL = 0,
	WAL_LEVEL_REPLICA,
	WAL_LEVEL_LOGICAL
} WalLevel;

typedef enum WalCompression
{
	WAL_COMPRESSION_NONE = 0,
	WAL_COMPRESSION_PGLZ,
	WAL_COMPRESSION_LZ4,
	WAL_COMPRESSION_ZSTD
} WalCompression;

typedef enum RecoveryState
{
	RECOVERY_STATE_CRASH = 0,
	RECOVERY_STATE_ARCHIVE,
	RECOVERY_STATE_DONE
} RecoveryState;

#define XLogArchivingActive() (XLogArchiveMode > ARCHIVE_MODE_OFF)
#define XLogArchivingAlways() (XLogArchiveMode == ARCHIVE_MODE_ALWAYS)
#define XLogIsNeeded() (wal_level >= WAL_LEVEL_REPLICA)
#define XLogHintBitIsNeeded() true /* checksums are always on */
#define XLogStandbyInfoActive() (wal_level >= WAL_LEVEL_REPLICA)
#define XLogLogicalInfoActive() (wal_level >= WAL_LEVEL_LOGICAL)

/* Where this process last inserted, and where its transaction's last record ends. */
extern XLogRecPtr ProcLastRecPtr;
extern XLogRecPtr XactLastRecEnd;
extern XLogRecPtr XactLastCommitEnd;

/* ---- inserting and flushing -------------------------------------------------------------------------------------- */
#define XLOG_INCLUDE_ORIGIN 0x01
#define XLOG_MARK_UNIMPORTANT 0x02

extern void XLogFlush(XLogRecPtr RecPtr); /* waits until the log is durable up to there */
extern bool XLogBackgroundFlush(void);	  /* walwriter's round; false when there was nothing to do */
extern bool XLogNeedsFlush(XLogRecPtr RecPtr);
extern void XLogSetAsyncXactLSN(XLogRecPtr record);
extern XLogRecPtr GetXLogInsertRecPtr(void);
extern XLogRecPtr GetXLogWriteRecPtr(void);
extern XLogRecPtr GetFlushRecPtr(TimeLineID *insertTLI);
extern XLogRecPtr GetRedoRecPtr(void);
extern XLogRecPtr GetInsertRecPtr(void);
extern XLogRecPtr GetLastImportantRecPtr(void);
extern XLogRecPtr GetXLogReplayRecPtr(TimeLineID *replayTLI);
extern TimeLineID GetWALInsertionTimeLine(void);
extern pg_time_t GetLastSegSwitchData(XLogRecPtr *lastSwitchLSN);
extern XLogRecPtr RequestXLogSwitch(bool mark_unimportant);
extern XLogRecPtr XLogRestorePoint(const char *rpName);
extern void XLogPutNextOid(Oid nextOid);
extern XLogRecPtr GetFakeLSNForUnloggedRel(void);
extern void UpdateFullPageWrites(void);
/* Would a full image be needed for a page with that LSN? Only a guess: the insertion decides. */
extern void GetFullPageWriteInfo(XLogRecPtr *RedoRecPtr_p, bool *doPageWrites_p);
extern bool XLogInsertAllowed(void);
extern XLogSegNo XLogGetLastRemovedSegno(void);

/* Archiver: may this finished segment go? (No archiver yet: archive_mode = off.) */
extern bool XLogArchiveCheckDone(const char *xlog);

/* ---- identity ----------------------------------------------------------------------------------------------------- */
extern uint64 GetSystemIdentifier(void);
extern char *GetMockAuthenticationNonce(void);
extern bool DataChecksumsEnabled(void);
extern int wal_segment_size;

/* ---- recovery -------------------------------------------------------------------------------------------------------- */
extern bool RecoveryInProgress(void);
extern RecoveryState GetRecoveryState(void);
extern void StartupXLOG(void);			/* startup process, or a standalone backend */
extern void ShutdownXLOG(int code, uintptr_t arg); /* on_shmem_exit callback's form: shutdown checkpoint */
extern void BootStrapXLOG(void);		/* first segment and pg_control of a new cluster */
extern void InitXLOGAccess(void);		/* backends: copies of RedoRecPtr etc. */
extern void LocalProcessControlFile(bool reset); /* postmaster and standalone: reads and checks pg_control */
extern void XLogShutdownWalRcv(void);

/* ---- checkpoints ------------------------------------------------------------------------------------------------------- */
#define CHECKPOINT_IS_SHUTDOWN 0x0001
#define CHECKPOINT_END_OF_RECOVERY 0x0002
#define CHECKPOINT_IMMEDIATE 0x0004
#define CHECKPOINT_FORCE 0x0008
#define CHECKPOINT_FLUSH_ALL 0x0010
#define CHECKPOINT_WAIT 0x0020
#define CHECKPOINT_REQUESTED 0x0040
#define CHECKPOINT_CAUSE_XLOG 0x0080
#define CHECKPOINT_CAUSE_TIME 0x0100

typedef struct CheckpointStatsData
{
	int64 ckpt_start_t; /* TimestampTz */
	int64 ckpt_write_t;
	int64 ckpt_sync_t;
	int64 ckpt_sync_end_t;
	int64 ckpt_end_t;
	int ckpt_bufs_written;
	int ckpt_segs_added;
	int ckpt_segs_removed;
	int ckpt_segs_recycled;
	int ckpt_sync_rels;
	uint64 ckpt_longest_sync; /* microseconds */
	uint64 ckpt_agg_sync_time;
} CheckpointStatsData;
extern CheckpointStatsData CheckpointStats;

extern void CreateCheckPoint(int flags);
extern bool CreateRestartPoint(int flags);

/* ---- shared memory ------------------------------------------------------------------------------------------------------ */
extern Size xlog_shmem_size(void);
extern void xlog_shmem_init(void *base, bool found);

#endif /* XLOG_H */
