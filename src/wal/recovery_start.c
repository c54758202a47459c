/*
 * recovery_start.c
 *    StartupXLOG: from whatever the last run left to a server that may write.
 *
 * Read pg_control; find the checkpoint; if it was not a clean shutdown, replay to the end of the log; take the log's last page over; make
 * an end-of-recovery checkpoint; declare production. All of it is the startup process's (or a standalone backend's) work alone, the final
 * checkpoint too: it has the table of files to sync.
 *
 * Archive recovery, standby mode and backups (recovery.signal, standby.signal, backup_label) are not supported yet.
 */
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "postgres.h"
#include "access/clog.h"
#include "access/multixact.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "storage/lwlock.h"
#include "storage/reinit.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"
#include "wal/wal.h"

extern int max_prepared_xacts;
extern int max_locks_per_xact;
extern int max_wal_senders;
extern bool track_commit_timestamp;

static const char *
log_time(pg_time_t when)
{
	static char buf[128];
	time_t t = (time_t) when;
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S %Z", &tm);
	return buf;
}

static void
report_last_state(void)
{
	const char *when = log_time(ControlFile->time);

	switch (ControlFile->state)
	{
		case DB_SHUTDOWNED:
			ereport(IsPostmasterEnvironment ? LOG : NOTICE, errmsg("database system was shut down at %s", when));
			break;
		case DB_SHUTDOWNED_IN_RECOVERY:
			ereport(LOG, errmsg("database system was shut down in recovery at %s", when));
			break;
		case DB_SHUTDOWNING:
			ereport(LOG, errmsg("database system shutdown was interrupted; last known up at %s", when));
			break;
		case DB_IN_CRASH_RECOVERY:
			ereport(LOG, errmsg("database system was interrupted while in recovery at %s", when),
					errhint("This probably means that some data is corrupted and you will have to use the last backup "
							"for recovery."));
			break;
		case DB_IN_ARCHIVE_RECOVERY:
			ereport(LOG, errmsg("database system was interrupted while in recovery at log time %s",
								log_time(ControlFile->checkPointCopy.time)),
					errhint("If this has occurred more than once some data might be corrupted and you might need to "
							"choose an earlier recovery target."));
			break;
		case DB_IN_PRODUCTION:
			ereport(LOG, errmsg("database system was interrupted; last known up at %s", when));
			break;
		default:
			ereport(FATAL, errcode(ERRCODE_DATA_CORRUPTED),
					errmsg("control file contains invalid database cluster state"));
	}
}

static void
refuse_unsupported(void)
{
	static const char *const files[] = {"recovery.signal", "standby.signal", "backup_label"};
	struct stat st;

	for (size_t i = 0; i < lengthof(files); i++)
		if (stat(files[i], &st) == 0)
			ereport(FATAL, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("recovery with \"%s\" is not supported", files[i]));
}

/* The record that pg_control points to. */
static CheckPoint
read_checkpoint(XLogReaderState *reader, bool *was_shutdown)
{
	XLogRecPtr at = ControlFile->checkPoint;
	CheckPoint checkpoint;
	uint8 info;

	if (!XRecOffIsValid(at))
		ereport(FATAL, errcode(ERRCODE_DATA_CORRUPTED), errmsg("control file contains invalid checkpoint location"));
	XLogBeginRead(reader, at);
	if (recovery_read_record(reader, LOG) == NULL)
		ereport(PANIC, errmsg("could not locate a valid checkpoint record"));
	info = XLogRecGetInfo(reader) & ~XLR_INFO_MASK;
	if (XLogRecGetRmid(reader) != RM_XLOG_ID)
		ereport(PANIC, errmsg("invalid resource manager ID in checkpoint record"));
	if (info != XLOG_CHECKPOINT_SHUTDOWN && info != XLOG_CHECKPOINT_ONLINE)
		ereport(PANIC, errmsg("invalid xl_info in checkpoint record"));
	if (XLogRecGetDataLen(reader) != sizeof(CheckPoint))
		ereport(PANIC, errmsg("invalid length of checkpoint record"));
	ereport(DEBUG1, errmsg_internal("checkpoint record is at %X/%X", LSN_FORMAT_ARGS(at)));
	memcpy(&checkpoint, XLogRecGetData(reader), sizeof(CheckPoint));
	*was_shutdown = info == XLOG_CHECKPOINT_SHUTDOWN;
	if (checkpoint.redo > at)
		ereport(PANIC, errmsg("invalid redo in checkpoint record"));
	if (!TransactionIdIsNormal(XidFromFullTransactionId(checkpoint.nextXid)))
		ereport(PANIC, errmsg("invalid next transaction ID"));
	return checkpoint;
}

/* Shared state as of the checkpoint. */
static void
init_shared_state(const CheckPoint *checkpoint)
{
	checkpoint_apply_counters(checkpoint);
	XLogCtl->ckpt_full_xid = checkpoint->nextXid;
	StartupCLOG();
	StartupMultiXact();
	XLogCtl->unlogged_lsn =
		ControlFile->state == DB_SHUTDOWNED ? ControlFile->unloggedLSN : FirstNormalUnloggedLSN;
	pg_atomic_write_u64(&XLogCtl->redo_ptr, checkpoint->redo);
	wal_local.redo_ptr = checkpoint->redo;
	XLogCtl->full_page_writes = checkpoint->fullPageWrites;
	XLogCtl->insert_tli = XLogCtl->prev_tli = checkpoint->ThisTimeLineID;
	XLogCtl->last_seg_switch_time = (pg_time_t) time(NULL);
}

static void
begin_crash_recovery(const CheckPoint *checkpoint, XLogRecPtr at)
{
	ereport(LOG, errmsg("database system was not properly shut down; automatic recovery in progress"));
	LWLockAcquire(ControlFileLock, LW_EXCLUSIVE);
	ControlFile->state = DB_IN_CRASH_RECOVERY;
	ControlFile->checkPoint = at;
	ControlFile->checkPointCopy = checkpoint_to_disk(checkpoint);
	UpdateControlFile();
	LWLockRelease(ControlFileLock);
	InRecovery = true;
	ResetUnloggedRelations(UNLOGGED_RELATION_CLEANUP);
}

/* ---- the end ------------------------------------------------------------------------------------------------------------ */
/* Settings that others (standbys, tools) must know of are in pg_control and in the log. */
static void
report_parameters(void)
{
	xl_parameter_change change = {.MaxConnections = MaxConnections,
								  .max_worker_processes = max_worker_processes,
								  .max_wal_senders = max_wal_senders,
								  .max_prepared_xacts = max_prepared_xacts,
								  .max_locks_per_xact = max_locks_per_xact,
								  .wal_level = wal_level,
								  .wal_log_hints = wal_log_hints,
								  .track_commit_timestamp = track_commit_timestamp};

	if (ControlFile->wal_level == wal_level && ControlFile->wal_log_hints == wal_log_hints &&
		ControlFile->MaxConnections == MaxConnections && ControlFile->max_worker_processes == max_worker_processes &&
		ControlFile->max_wal_senders == max_wal_senders && ControlFile->max_prepared_xacts == max_prepared_xacts &&
		ControlFile->max_locks_per_xact == max_locks_per_xact &&
		ControlFile->track_commit_timestamp == track_commit_timestamp)
		return;
	if (!IsBootstrapProcessingMode())
	{
		XLogRecPtr end;

		XLogBeginInsert();
		XLogRegisterData(&change, sizeof(change));
		end = XLogInsert(RM_XLOG_ID, XLOG_PARAMETER_CHANGE);
		XLogFlush(end);
	}
	LWLockAcquire(ControlFileLock, LW_EXCLUSIVE);
	control_file_note_settings();
	UpdateControlFile();
	LWLockRelease(ControlFileLock);
}

void
recovery_prime_buffers(XLogReaderState *reader, const RecoveryResult *result)
{
	XLogRecPtr end = result->end_of_log;
	uint32 used = (uint32) (end % XLOG_BLCKSZ);

	XLogCtl->prev_bytes = wal_ptr_to_bytes(result->last_record);
	XLogCtl->reserved_bytes = wal_ptr_to_bytes(end);
	if (used != 0)
	{
		XLogRecPtr begin = end - used;
		uint32 idx = (uint32) XLogRecPtrToBufIdx(begin);
		char *page = XLogCtl->pages + (Size) idx * XLOG_BLCKSZ;
		int fd = XLogFileOpen(begin / wal_segment_size, XLogCtl->insert_tli);

		if (pg_pread(fd, page, XLOG_BLCKSZ, (off_t) XLogSegmentOffset(begin, wal_segment_size)) != XLOG_BLCKSZ)
			ereport(PANIC, errcode_for_file_access(),
					errmsg("could not read the last page of the write-ahead log at %X/%X: %m", LSN_FORMAT_ARGS(begin)));
		close(fd);
		memset(page + used, 0, XLOG_BLCKSZ - used);
		pg_atomic_write_u64(&XLogCtl->page_ends[idx], begin + XLOG_BLCKSZ);
		pg_atomic_write_u64(&XLogCtl->initialized_upto, begin + XLOG_BLCKSZ);
	}
	else
		pg_atomic_write_u64(&XLogCtl->initialized_upto, end);
	pg_atomic_write_u64(&XLogCtl->write_result, end);
	pg_atomic_write_u64(&XLogCtl->flush_result, end);
	pg_atomic_write_u64(&XLogCtl->write_request, end);
}

static void
end_recovery(XLogReaderState *reader, RecoveryResult *result)
{
	TransactionId oldest_active;

	XLogCtl->insert_tli = ControlFile->checkPointCopy.ThisTimeLineID;
	recovery_prime_buffers(reader, result);
	if (InRecovery)
	{
		XLogCheckInvalidPages();
		ResetUnloggedRelations(UNLOGGED_RELATION_INIT);
	}
	LWLockAcquire(ProcArrayLock, LW_EXCLUSIVE);
	ShmemVariableCache->latestCompletedXid = XidFromFullTransactionId(ShmemVariableCache->nextXid) - 1;
	LWLockRelease(ProcArrayLock);
	oldest_active = XidFromFullTransactionId(ShmemVariableCache->nextXid);
	StartupSUBTRANS(oldest_active);
	TrimCLOG();
	TrimMultiXact();

	/* From here on this process, and only it, may write to the log. */
	wal_local.insert_allowed = 1;
	UpdateFullPageWrites();
	FAULT_POINT("recovery-end");
	if (InRecovery)
	{
		InRecovery = false;
		CreateCheckPoint(CHECKPOINT_END_OF_RECOVERY | CHECKPOINT_IMMEDIATE);
		wal_local.insert_allowed = 1;
	}
	wal_preallocate(result->end_of_log, XLogCtl->insert_tli);
	report_parameters();

	LWLockAcquire(ControlFileLock, LW_EXCLUSIVE);
	ControlFile->state = DB_IN_PRODUCTION;
	UpdateControlFile();
	LWLockRelease(ControlFileLock);
	pg_memory_barrier();
	pg_atomic_write_u32(&XLogCtl->recovery_state, RECOVERY_STATE_DONE);
	wal_local.insert_allowed = -1;
}

void
StartupXLOG(void)
{
	XLogReaderState *reader;
	RecoveryResult result = {0};
	CheckPoint checkpoint;
	XLogRecPtr checkpoint_at;
	bool was_shutdown;

	if (CurrentResourceOwner == NULL)
		CurrentResourceOwner = AuxProcessResourceOwner;
	report_last_state();
	refuse_unsupported();
	wal_check_directories();
	if (ControlFile->state != DB_SHUTDOWNED && ControlFile->state != DB_SHUTDOWNED_IN_RECOVERY)
	{
		wal_remove_temp_files();
		/* What the last run wrote without syncing must be on disk before we rely on it. */
		SyncDataDirectory();
	}
	reader = recovery_reader_open();
	checkpoint_at = ControlFile->checkPoint;
	checkpoint = read_checkpoint(reader, &was_shutdown);
	result.last_record = reader->ReadRecPtr;
	result.end_of_log = reader->EndRecPtr;
	init_shared_state(&checkpoint);
	if (checkpoint.redo < checkpoint_at && was_shutdown)
		ereport(PANIC, errmsg("invalid redo record in shutdown checkpoint"));
	if (checkpoint.redo < checkpoint_at || ControlFile->state != DB_SHUTDOWNED)
	{
		begin_crash_recovery(&checkpoint, checkpoint_at);
		recovery_replay(reader, &checkpoint, &result);
	}
	end_recovery(reader, &result);
	recovery_reader_close(reader);
}
