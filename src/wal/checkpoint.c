/*
 * checkpoint.c
 *    Checkpoints: from where must replay begin?
 *
 * 1. With all insertion slots held the redo pointer is set to the end of the log. From then on the first change of each page
 *    is logged with a full image.
 * 2. Everything dirty at that moment is written and synced: transaction logs, buffers, files.
 * 3. A checkpoint record with the counters of ids is written and flushed, then pg_control points to it.
 * 4. What only the older checkpoint needed is removed.
 * A crash at any point leaves the older checkpoint valid until pg_control is replaced, and its log segments are removed only after.
 *
 * Between 1 and 2 we wait for processes that had written a record before the redo pointer but not yet changed what a checkpoint
 * writes (DELAY_CHKPT_START: a commit record whose bit in the commit log is still to come).
 */
#include <unistd.h>

#include "postgres.h"
#include "access/clog.h"
#include "access/multixact.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "postmaster/bgwriter.h"
#include "storage/bufmgr.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/sync.h"
#include "sys/fault.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
#include "wal/wal.h"
#include "workers/worker_stats.h"

/* ---- what the log says ---------------------------------------------------------------------------------------------- */
static void
log_start(int flags)
{
	ereport(LOG, errmsg("checkpoint starting:%s%s%s%s%s%s%s%s", (flags & CHECKPOINT_IS_SHUTDOWN) ? " shutdown" : "",
						(flags & CHECKPOINT_END_OF_RECOVERY) ? " end-of-recovery" : "",
						(flags & CHECKPOINT_IMMEDIATE) ? " immediate" : "", (flags & CHECKPOINT_FORCE) ? " force" : "",
						(flags & CHECKPOINT_WAIT) ? " wait" : "", (flags & CHECKPOINT_CAUSE_XLOG) ? " wal" : "",
						(flags & CHECKPOINT_CAUSE_TIME) ? " time" : "",
						(flags & CHECKPOINT_FLUSH_ALL) ? " flush-all" : ""));
}

static double
seconds_between(int64 from, int64 to)
{
	return (double) (to - from) / 1000000.0;
}

static void
log_end(void)
{
	CheckpointStatsData *s = &CheckpointStats;
	uint64 average = s->ckpt_sync_rels > 0 ? s->ckpt_agg_sync_time / (uint64) s->ckpt_sync_rels : 0;

	s->ckpt_end_t = GetCurrentTimestamp();
	worker_stats_add(checkpoint_write_time_ms, (s->ckpt_sync_t - s->ckpt_write_t) / 1000);
	worker_stats_add(checkpoint_sync_time_ms, (s->ckpt_sync_end_t - s->ckpt_sync_t) / 1000);
	if (!log_checkpoints)
		return;
	ereport(LOG,
			errmsg("checkpoint complete: wrote %d buffers (%.1f%%); %d WAL file(s) added, %d removed, %d recycled; "
				   "write=%.3f s, sync=%.3f s, total=%.3f s; sync files=%d, longest=%.3f s, average=%.3f s; "
				   "distance=%d kB, estimate=%d kB",
				   s->ckpt_bufs_written, (double) s->ckpt_bufs_written * 100 / NBuffers, s->ckpt_segs_added,
				   s->ckpt_segs_removed, s->ckpt_segs_recycled, seconds_between(s->ckpt_write_t, s->ckpt_sync_t),
				   seconds_between(s->ckpt_sync_t, s->ckpt_sync_end_t), seconds_between(s->ckpt_start_t, s->ckpt_end_t),
				   s->ckpt_sync_rels, (double) s->ckpt_longest_sync / 1000000.0, (double) average / 1000000.0,
				   (int) (PrevCheckPointDistance / 1024.0), (int) (CheckPointDistanceEstimate / 1024.0)));
}

/* ---- the steps ------------------------------------------------------------------------------------------------------- */
/* Step 1. False: nothing of importance has happened since the last checkpoint, and nobody insists on another. */
static bool
choose_redo_pointer(CheckPoint *checkpoint, int flags)
{
	XLogRecPtr insert;
	uint64 bytes;

	wal_slot_acquire_all();
	SpinLockAcquire(&XLogCtl->reserve_lock);
	bytes = XLogCtl->reserved_bytes;
	SpinLockRelease(&XLogCtl->reserve_lock);
	insert = wal_bytes_to_ptr(bytes);
	if ((flags & (CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_END_OF_RECOVERY | CHECKPOINT_FORCE)) == 0 &&
		GetLastImportantRecPtr() == ControlFile->checkPoint)
	{
		wal_slot_release();
		return false;
	}
	/* At the end of recovery the timeline may be new; the shared state knows already. */
	checkpoint->ThisTimeLineID = XLogCtl->insert_tli;
	checkpoint->PrevTimeLineID =
		(flags & CHECKPOINT_END_OF_RECOVERY) ? XLogCtl->prev_tli : checkpoint->ThisTimeLineID;
	checkpoint->fullPageWrites = XLogCtl->full_page_writes;
	checkpoint->redo = insert;
	pg_atomic_write_u64(&XLogCtl->redo_ptr, insert);
	wal_local.redo_ptr = insert;
	wal_slot_release();
	return true;
}

static void
collect_counters(CheckPoint *checkpoint, bool shutdown)
{
	LWLockAcquire(XidGenLock, LW_SHARED);
	checkpoint->nextXid = ShmemVariableCache->nextXid;
	checkpoint->oldestXid = ShmemVariableCache->oldestXid;
	checkpoint->oldestXidDB = ShmemVariableCache->oldestXidDB;
	LWLockRelease(XidGenLock);
	LWLockAcquire(OidGenLock, LW_SHARED);
	checkpoint->nextOid = ShmemVariableCache->nextOid;
	/* While running, oids have been logged in advance and may be in use: replay would learn of them, a clean start not. */
	if (!shutdown)
		checkpoint->nextOid += ShmemVariableCache->oidCount;
	LWLockRelease(OidGenLock);
	MultiXactGetCheckptMulti(shutdown, &checkpoint->nextMulti, &checkpoint->nextMultiOffset, &checkpoint->oldestMulti,
							 &checkpoint->oldestMultiDB);
}

static void
wait_for_delayers(int type)
{
	int count;
	struct VirtualTransactionId *vxids = GetVirtualXIDsDelayingChkpt(&count, type);

	while (count > 0 && HaveVirtualXIDsDelayingChkpt(vxids, count, type))
		usleep(10000);
	if (vxids)
		pfree(vxids);
}

/* Step 2. */
static void
write_everything(int flags)
{
	CheckPointCLOG();
	CheckPointSUBTRANS();
	CheckPointMultiXact();
	CheckpointStats.ckpt_write_t = GetCurrentTimestamp();
	CheckPointBuffers(flags);
	CheckpointStats.ckpt_sync_t = GetCurrentTimestamp();
	ProcessSyncRequests();
	CheckpointStats.ckpt_sync_end_t = GetCurrentTimestamp();
}

/* Step 3; returns the record's start. */
static XLogRecPtr
write_record(const CheckPoint *checkpoint, int flags)
{
	bool shutdown = (flags & (CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_END_OF_RECOVERY)) != 0;
	XLogRecPtr end;

	FAULT_POINT("checkpoint-before-record");
	XLogBeginInsert();
	XLogRegisterData(checkpoint, sizeof(CheckPoint));
	end = XLogInsert(RM_XLOG_ID, shutdown ? XLOG_CHECKPOINT_SHUTDOWN : XLOG_CHECKPOINT_ONLINE);
	XLogFlush(end);
	/* After a shutdown checkpoint there must be nothing; a startup process goes on to normal operation elsewhere. */
	if (shutdown)
		wal_local.insert_allowed = (flags & CHECKPOINT_IS_SHUTDOWN) ? 0 : -1;
	if (shutdown && checkpoint->redo != ProcLastRecPtr)
		ereport(PANIC, errmsg("concurrent write-ahead log activity while database system is shutting down"));
	FAULT_POINT("checkpoint-after-record");
	return ProcLastRecPtr;
}

static void
point_control_file(const CheckPoint *checkpoint, XLogRecPtr record, int flags)
{
	LWLockAcquire(ControlFileLock, LW_EXCLUSIVE);
	if (flags & CHECKPOINT_IS_SHUTDOWN)
		ControlFile->state = DB_SHUTDOWNED;
	ControlFile->checkPoint = record;
	ControlFile->checkPointCopy = checkpoint_to_disk(checkpoint);
	/* Crash recovery goes to the log's end. */
	ControlFile->minRecoveryPoint = InvalidXLogRecPtr;
	ControlFile->minRecoveryPointTLI = 0;
	SpinLockAcquire(&XLogCtl->info_lock);
	ControlFile->unloggedLSN = XLogCtl->unlogged_lsn;
	SpinLockRelease(&XLogCtl->info_lock);
	UpdateControlFile();
	LWLockRelease(ControlFileLock);
	FAULT_POINT("checkpoint-after-control-file");
}

/* Step 4. */
static void
remove_what_is_old(const CheckPoint *checkpoint, XLogRecPtr previous_redo, XLogRecPtr record, int flags)
{
	XLogSegNo keep_from;

	SyncPostCheckpoint();
	if (previous_redo != InvalidXLogRecPtr)
		wal_update_checkpoint_distance(checkpoint->redo - previous_redo);
	keep_from = wal_oldest_to_keep(checkpoint->redo, record);
	if (keep_from > 0)
		wal_remove_old_segments(keep_from - 1, checkpoint->redo, record, checkpoint->ThisTimeLineID);
	if (!(flags & CHECKPOINT_IS_SHUTDOWN))
		wal_preallocate(record, checkpoint->ThisTimeLineID);
	if (!RecoveryInProgress())
		TruncateSUBTRANS(GetOldestTransactionIdConsideredRunning());
}

void
CreateCheckPoint(int flags)
{
	bool shutdown = (flags & (CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_END_OF_RECOVERY)) != 0;
	CheckPoint checkpoint;
	XLogRecPtr previous_redo;
	XLogRecPtr record;

	if (RecoveryInProgress() && !(flags & CHECKPOINT_END_OF_RECOVERY))
		elog(ERROR, "can't create a checkpoint during recovery");
	memset(&CheckpointStats, 0, sizeof(CheckpointStats));
	CheckpointStats.ckpt_start_t = GetCurrentTimestamp();
	SyncPreCheckpoint();

	START_CRIT_SECTION();
	if (shutdown)
		control_file_set_state((flags & CHECKPOINT_IS_SHUTDOWN) ? DB_SHUTDOWNING : ControlFile->state);
	/* Padding goes into the record too: no garbage. */
	memset(&checkpoint, 0, sizeof(checkpoint));
	checkpoint.time = (pg_time_t) time(NULL);
	checkpoint.oldestActiveXid =
		!shutdown && XLogStandbyInfoActive() ? GetOldestActiveTransactionId() : InvalidTransactionId;
	if (flags & CHECKPOINT_END_OF_RECOVERY)
		wal_local.insert_allowed = 1;
	if (!choose_redo_pointer(&checkpoint, flags))
	{
		END_CRIT_SECTION();
		ereport(DEBUG1, errmsg_internal("checkpoint skipped because system is idle"));
		return;
	}
	if (log_checkpoints)
		log_start(flags);
	collect_counters(&checkpoint, shutdown);
	END_CRIT_SECTION();
	FAULT_POINT("checkpoint-begin");

	wait_for_delayers(DELAY_CHKPT_START);
	/* Waiting for them has shown us counters that they have moved: that is harmless, replay raises them again. */
	write_everything(flags);
	wait_for_delayers(DELAY_CHKPT_COMPLETE);

	START_CRIT_SECTION();
	record = write_record(&checkpoint, flags);
	previous_redo = ControlFile->checkPointCopy.redo;
	point_control_file(&checkpoint, record, flags);
	SpinLockAcquire(&XLogCtl->info_lock);
	XLogCtl->ckpt_full_xid = checkpoint.nextXid;
	SpinLockRelease(&XLogCtl->info_lock);
	END_CRIT_SECTION();

	remove_what_is_old(&checkpoint, previous_redo, record, flags);
	log_end();
}

bool
CreateRestartPoint(int flags)
{
	/* Restart points serve standbys; crash recovery ends in a checkpoint. */
	return false;
}

void
ShutdownXLOG(int code, uintptr_t arg)
{
	/* In a standalone backend the transaction that ran last has taken its owner along. */
	if (CurrentResourceOwner == NULL)
	{
		if (AuxProcessResourceOwner == NULL)
			CreateAuxProcessResourceOwner();
		CurrentResourceOwner = AuxProcessResourceOwner;
	}
	ereport(IsPostmasterEnvironment ? LOG : NOTICE, errmsg("shutting down"));
	if (RecoveryInProgress())
		CreateRestartPoint(CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_IMMEDIATE);
	else
	{
		if (XLogArchivingActive())
			RequestXLogSwitch(false);
		CreateCheckPoint(CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_IMMEDIATE);
	}
}
