/*
 * xlog_redo.c
 *    Replay of the XLOG resource manager's records.
 */
#include "postgres.h"
#include "access/multixact.h"
#include "access/transam.h"
#include "access/xlogutils.h"
#include "storage/bufmgr.h"
#include "storage/lwlock.h"
#include "wal/wal.h"

void
checkpoint_apply_counters(const CheckPoint *checkpoint)
{
	ShmemVariableCache->nextXid = checkpoint->nextXid;
	ShmemVariableCache->nextOid = checkpoint->nextOid;
	ShmemVariableCache->oidCount = 0;
	MultiXactSetNextMXact(checkpoint->nextMulti, checkpoint->nextMultiOffset);
	AdvanceOldestClogXid(checkpoint->oldestXid);
	SetTransactionIdLimit(checkpoint->oldestXid, checkpoint->oldestXidDB);
	SetMultiXactIdLimit(checkpoint->oldestMulti, checkpoint->oldestMultiDB, true);
}

static void
redo_shutdown_checkpoint(const CheckPoint *checkpoint)
{
	/* At such a checkpoint nothing ran: its counters are exact. */
	LWLockAcquire(XidGenLock, LW_EXCLUSIVE);
	ShmemVariableCache->nextXid = checkpoint->nextXid;
	LWLockRelease(XidGenLock);
	LWLockAcquire(OidGenLock, LW_EXCLUSIVE);
	ShmemVariableCache->nextOid = checkpoint->nextOid;
	ShmemVariableCache->oidCount = 0;
	LWLockRelease(OidGenLock);
	MultiXactSetNextMXact(checkpoint->nextMulti, checkpoint->nextMultiOffset);
	MultiXactAdvanceOldest(checkpoint->oldestMulti, checkpoint->oldestMultiDB);
	SetTransactionIdLimit(checkpoint->oldestXid, checkpoint->oldestXidDB);
}

static void
redo_online_checkpoint(const CheckPoint *checkpoint)
{
	/* It was taken at its beginning, and we have replayed what came after: ids only go forward. */
	LWLockAcquire(XidGenLock, LW_EXCLUSIVE);
	if (FullTransactionIdPrecedes(ShmemVariableCache->nextXid, checkpoint->nextXid))
		ShmemVariableCache->nextXid = checkpoint->nextXid;
	LWLockRelease(XidGenLock);
	MultiXactAdvanceNextMXact(checkpoint->nextMulti, checkpoint->nextMultiOffset);
	MultiXactAdvanceOldest(checkpoint->oldestMulti, checkpoint->oldestMultiDB);
	if (TransactionIdPrecedes(ShmemVariableCache->oldestXid, checkpoint->oldestXid))
		SetTransactionIdLimit(checkpoint->oldestXid, checkpoint->oldestXidDB);
}

static void
redo_images(XLogReaderState *record)
{
	for (int id = 0; id <= XLogRecMaxBlockId(record); id++)
	{
		Buffer buffer;

		if (!XLogRecHasBlockImage(record, id))
			elog(ERROR, "unexpected XLOG_FPI record without image");
		if (XLogReadBufferForRedo(record, (uint8) id, &buffer) != BLK_RESTORED)
			elog(ERROR, "unexpected XLogReadBufferForRedo result when restoring backup block");
		UnlockReleaseBuffer(buffer);
	}
}

static void
redo_parameter_change(const xl_parameter_change *change)
{
	LWLockAcquire(ControlFileLock, LW_EXCLUSIVE);
	ControlFile->MaxConnections = change->MaxConnections;
	ControlFile->max_worker_processes = change->max_worker_processes;
	ControlFile->max_wal_senders = change->max_wal_senders;
	ControlFile->max_prepared_xacts = change->max_prepared_xacts;
	ControlFile->max_locks_per_xact = change->max_locks_per_xact;
	ControlFile->wal_level = change->wal_level;
	ControlFile->wal_log_hints = change->wal_log_hints;
	ControlFile->track_commit_timestamp = change->track_commit_timestamp;
	UpdateControlFile();
	LWLockRelease(ControlFileLock);
}

void
xlog_redo(XLogReaderState *record)
{
	char *rec = XLogRecGetData(record);

	switch (XLogRecGetInfo(record) & ~XLR_INFO_MASK)
	{
		case XLOG_NEXTOID:
		{
			Oid next;

			memcpy(&next, rec, sizeof(Oid));
			LWLockAcquire(OidGenLock, LW_EXCLUSIVE);
			ShmemVariableCache->nextOid = next;
			ShmemVariableCache->oidCount = 0;
			LWLockRelease(OidGenLock);
			break;
		}
		case XLOG_CHECKPOINT_SHUTDOWN:
			redo_shutdown_checkpoint((CheckPoint *) rec);
			break;
		case XLOG_CHECKPOINT_ONLINE:
			redo_online_checkpoint((CheckPoint *) rec);
			break;
		case XLOG_FPI:
		case XLOG_FPI_FOR_HINT:
			redo_images(record);
			break;
		case XLOG_PARAMETER_CHANGE:
			redo_parameter_change((xl_parameter_change *) rec);
			break;
		case XLOG_FPW_CHANGE:
		case XLOG_END_OF_RECOVERY:
		case XLOG_OVERWRITE_CONTRECORD:
		case XLOG_NOOP:
		case XLOG_SWITCH:
		case XLOG_RESTORE_POINT:
		case XLOG_BACKUP_END:
			break;
		default:
			elog(PANIC, "xlog_redo: unknown op code %u", XLogRecGetInfo(record));
	}
}
