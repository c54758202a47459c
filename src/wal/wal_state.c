/*
 * wal_state.c
 *    The log's shared state, its settings, and small questions about positions.
 */
#include "postgres.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "postmaster/bgwriter.h"
#include "storage/bufmgr.h"
#include "storage/lwlock.h"
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "wal/wal.h"

/* ---- settings -------------------------------------------------------------------------------------------------------- */
int sync_method = DEFAULT_SYNC_METHOD;
int wal_segment_size = DEFAULT_XLOG_SEG_SIZE;
int min_wal_size_mb = 80;
int max_wal_size_mb = 1024;
int wal_keep_size_mb = 0;
int max_slot_wal_keep_size_mb = -1;
int XLOGbuffers = -1;
int XLogArchiveTimeout = 0;
int XLogArchiveMode = ARCHIVE_MODE_OFF;
char *XLogArchiveCommand = NULL;
int wal_retrieve_retry_interval = 5000;
bool EnableHotStandby = true;
bool fullPageWrites = true;
bool wal_log_hints = false;
int wal_compression = WAL_COMPRESSION_NONE;
bool wal_init_zero = true;
bool wal_recycle = true;
char *wal_consistency_checking_string = NULL;
bool log_checkpoints = true;
int CommitDelay = 0;
int CommitSiblings = 5;
int wal_level = WAL_LEVEL_REPLICA;
int CheckPointSegments = 1;
double CheckPointCompletionTarget = 0.9;
bool track_wal_io_timing = false;

/* Settings of parts that do not exist yet; whoever writes them defines the variable anew. */
int max_prepared_xacts __attribute__((weak)) = 0;
int max_wal_senders __attribute__((weak)) = 10;
bool track_commit_timestamp __attribute__((weak)) = false;

XLogCtlData *XLogCtl;
CheckpointStatsData CheckpointStats;

XLogRecPtr ProcLastRecPtr = InvalidXLogRecPtr;
XLogRecPtr XactLastRecEnd = InvalidXLogRecPtr;
XLogRecPtr XactLastCommitEnd = InvalidXLogRecPtr;

WalLocal wal_local = {.recovery_state = RECOVERY_STATE_CRASH, .insert_allowed = -1, .file = -1};

void
assign_max_wal_size(int newval, void *extra)
{
	max_wal_size_mb = newval;
	wal_calculate_checkpoint_segments();
}

void
assign_checkpoint_completion_target(double newval, void *extra)
{
	CheckPointCompletionTarget = newval;
	wal_calculate_checkpoint_segments();
}

void
assign_xlog_sync_method(int new_sync_method, void *extra)
{
	if (sync_method == new_sync_method || wal_local.file < 0)
		return;
	/* What was written by the old method must not be left to the new one; open flags may differ too. */
	issue_xlog_fsync(wal_local.file, wal_local.file_segno, wal_local.file_tli);
	wal_close_file();
}

bool
check_wal_buffers(int *newval, void **extra, GucSource source)
{
	/* -1: chosen from shared_buffers when the memory is laid out. */
	if (*newval != -1 && *newval < 4)
		*newval = 4;
	return true;
}

bool
check_wal_consistency_checking(char **newval, void **extra, GucSource source)
{
	if (*newval == NULL || (*newval)[0] == '\0')
		return true;
	GUC_check_errdetail("Consistency checking of WAL is not supported.");
	return false;
}

void
assign_wal_consistency_checking(const char *newval, void *extra)
{
}

/* ---- shared memory ----------------------------------------------------------------------------------------------------- */
static int
buffer_page_count(void)
{
	int pages = XLOGbuffers;

	/* A thirty-second of the buffer pool, at most a segment. */
	if (pages < 0)
		pages = Min(NBuffers / 32, wal_segment_size / XLOG_BLCKSZ);
	return Max(pages, 8);
}

Size
xlog_shmem_size(void)
{
	Size size = CACHELINEALIGN(sizeof(XLogCtlData));
	int pages = buffer_page_count();

	size += CACHELINEALIGN(sizeof(pg_atomic_uint64) * pages);
	size += (Size) XLOG_BLCKSZ * (pages + 1);
	return size;
}

void
xlog_shmem_init(void *base, bool found)
{
	char *at = base;
	ControlFileData *local = ControlFile;

	XLogCtl = base;
	ControlFile = &XLogCtl->control_file;
	if (found)
	{
		if (ControlFile->xlog_seg_size != 0)
			wal_segment_size = (int) ControlFile->xlog_seg_size;
		wal_calculate_checkpoint_segments();
		return;
	}
	memset(XLogCtl, 0, sizeof(*XLogCtl));
	if (local && local != ControlFile)
		*ControlFile = *local;
	at += CACHELINEALIGN(sizeof(XLogCtlData));
	XLogCtl->page_count = (uint32) buffer_page_count();
	XLogCtl->page_ends = (pg_atomic_uint64 *) at;
	at += CACHELINEALIGN(sizeof(pg_atomic_uint64) * XLogCtl->page_count);
	XLogCtl->pages = (char *) TYPEALIGN(XLOG_BLCKSZ, at);
	for (uint32 i = 0; i < XLogCtl->page_count; i++)
		pg_atomic_init_u64(&XLogCtl->page_ends[i], 0);
	for (int i = 0; i < WAL_INSERT_SLOTS; i++)
		pg_atomic_init_u64(&XLogCtl->slots[i].s.position, WAL_SLOT_FREE);
	pg_atomic_init_u32(&XLogCtl->recovery_state, RECOVERY_STATE_CRASH);
	SpinLockInit(&XLogCtl->reserve_lock);
	SpinLockInit(&XLogCtl->info_lock);
}

/* ---- positions ------------------------------------------------------------------------------------------------------------- */
XLogRecPtr
GetXLogInsertRecPtr(void)
{
	uint64 bytes;

	SpinLockAcquire(&XLogCtl->reserve_lock);
	bytes = XLogCtl->reserved_bytes;
	SpinLockRelease(&XLogCtl->reserve_lock);
	return wal_bytes_to_ptr(bytes);
}

XLogRecPtr
GetXLogWriteRecPtr(void)
{
	return pg_atomic_read_u64(&XLogCtl->write_result);
}

XLogRecPtr
GetFlushRecPtr(TimeLineID *insertTLI)
{
	if (insertTLI)
		*insertTLI = XLogCtl->insert_tli;
	return pg_atomic_read_u64(&XLogCtl->flush_result);
}

XLogRecPtr
GetInsertRecPtr(void)
{
	/* Behind by less than a page: what matters is progress. */
	return pg_atomic_read_u64(&XLogCtl->write_request);
}

XLogRecPtr
GetRedoRecPtr(void)
{
	wal_local.redo_ptr = pg_atomic_read_u64(&XLogCtl->redo_ptr);
	return wal_local.redo_ptr;
}

void
GetFullPageWriteInfo(XLogRecPtr *RedoRecPtr_p, bool *doPageWrites_p)
{
	if (unlikely(wal_local.redo_ptr == InvalidXLogRecPtr))
	{
		wal_local.redo_ptr = pg_atomic_read_u64(&XLogCtl->redo_ptr);
		wal_local.do_page_writes = XLogCtl->full_page_writes || XLogCtl->force_page_writes;
	}
	*RedoRecPtr_p = wal_local.redo_ptr;
	*doPageWrites_p = wal_local.do_page_writes;
}

XLogRecPtr
GetLastImportantRecPtr(void)
{
	XLogRecPtr result = InvalidXLogRecPtr;

	for (int i = 0; i < WAL_INSERT_SLOTS; i++)
		result = Max(result, __atomic_load_n(&XLogCtl->slots[i].s.last_important, __ATOMIC_RELAXED));
	return result;
}

TimeLineID
GetWALInsertionTimeLine(void)
{
	return XLogCtl->insert_tli;
}

pg_time_t
GetLastSegSwitchData(XLogRecPtr *lastSwitchLSN)
{
	pg_time_t result;

	LWLockAcquire(WALWriteLock, LW_SHARED);
	result = XLogCtl->last_seg_switch_time;
	*lastSwitchLSN = XLogCtl->last_seg_switch_lsn;
	LWLockRelease(WALWriteLock);
	return result;
}

XLogRecPtr
GetXLogReplayRecPtr(TimeLineID *replayTLI)
{
	XLogRecPtr result;

	SpinLockAcquire(&XLogCtl->info_lock);
	result = XLogCtl->replay_end;
	if (replayTLI)
		*replayTLI = XLogCtl->replay_tli;
	SpinLockRelease(&XLogCtl->info_lock);
	return result;
}

/* Pages of relations that are not logged need LSNs that grow too (index code compares them). */
XLogRecPtr
GetFakeLSNForUnloggedRel(void)
{
	XLogRecPtr result;

	SpinLockAcquire(&XLogCtl->info_lock);
	result = XLogCtl->unlogged_lsn++;
	SpinLockRelease(&XLogCtl->info_lock);
	return result;
}

/* ---- recovery or not --------------------------------------------------------------------------------------------------------- */
RecoveryState
GetRecoveryState(void)
{
	return (RecoveryState) pg_atomic_read_u32(&XLogCtl->recovery_state);
}

bool
RecoveryInProgress(void)
{
	/* Once over it stays over. */
	if (likely(wal_local.recovery_state == RECOVERY_STATE_DONE))
		return false;
	if (XLogCtl == NULL)
		return true;
	wal_local.recovery_state = GetRecoveryState();
	if (wal_local.recovery_state != RECOVERY_STATE_DONE)
		return true;
	pg_memory_barrier();
	InitXLOGAccess();
	return false;
}

bool
XLogInsertAllowed(void)
{
	if (likely(wal_local.insert_allowed >= 0))
		return wal_local.insert_allowed == 1;
	if (RecoveryInProgress())
		return false;
	wal_local.insert_allowed = 1;
	return true;
}

void
InitXLOGAccess(void)
{
	wal_local.redo_ptr = pg_atomic_read_u64(&XLogCtl->redo_ptr);
	wal_local.do_page_writes = XLogCtl->full_page_writes || XLogCtl->force_page_writes;
}

bool
XLogArchiveCheckDone(const char *xlog)
{
	/* With archive_mode on nothing goes before the archiver, which does not exist yet, has had it. */
	return !XLogArchivingActive();
}

/* ---- records of our own --------------------------------------------------------------------------------------------------------- */
void
XLogPutNextOid(Oid nextOid)
{
	XLogBeginInsert();
	XLogRegisterData(&nextOid, sizeof(Oid));
	/* Not flushed: an oid that gets to disk does so in pages whose own WAL comes after this record. */
	(void) XLogInsert(RM_XLOG_ID, XLOG_NEXTOID);
}

XLogRecPtr
RequestXLogSwitch(bool mark_unimportant)
{
	XLogBeginInsert();
	if (mark_unimportant)
		XLogSetRecordFlags(XLOG_MARK_UNIMPORTANT);
	return XLogInsert(RM_XLOG_ID, XLOG_SWITCH);
}

XLogRecPtr
XLogRestorePoint(const char *rpName)
{
	xl_restore_point xlrec = {.rp_time = GetCurrentTimestamp()};
	XLogRecPtr result;

	strlcpy(xlrec.rp_name, rpName, MAXFNAMELEN);
	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	result = XLogInsert(RM_XLOG_ID, XLOG_RESTORE_POINT);
	ereport(LOG, errmsg("restore point \"%s\" created at %X/%X", rpName, LSN_FORMAT_ARGS(result)));
	return result;
}

void
UpdateFullPageWrites(void)
{
	if (XLogCtl->full_page_writes == fullPageWrites)
		return;
	START_CRIT_SECTION();
	/* Turned on: in force before it is logged; turned off: logged before it ends. */
	if (fullPageWrites)
	{
		wal_slot_acquire_all();
		XLogCtl->full_page_writes = true;
		wal_slot_release();
	}
	if (XLogStandbyInfoActive() && !RecoveryInProgress())
	{
		XLogBeginInsert();
		XLogRegisterData(&fullPageWrites, sizeof(bool));
		XLogInsert(RM_XLOG_ID, XLOG_FPW_CHANGE);
	}
	if (!fullPageWrites)
	{
		wal_slot_acquire_all();
		XLogCtl->full_page_writes = false;
		wal_slot_release();
	}
	END_CRIT_SECTION();
}
