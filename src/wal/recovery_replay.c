/*
 * recovery_replay.c
 *    The replay loop.
 */
#include "postgres.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlogutils.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "postmaster/startup.h"
#include "sys/fault.h"
#include "utils/memutils.h"
#include "utils/pg_rusage.h"
#include "utils/timestamp.h"
#include "wal/wal.h"

static void
redo_error_context(void *arg)
{
	XLogReaderState *record = arg;
	StringInfoData buf;

	initStringInfo(&buf);
	xlog_outdesc(&buf, record);
	xlog_block_info(&buf, record);
	errcontext("WAL redo at %X/%X for %s", LSN_FORMAT_ARGS(record->ReadRecPtr), buf.data);
	pfree(buf.data);
}

static void
call_managers(void (*select)(const RmgrData *rmgr))
{
	for (int id = 0; id <= RM_MAX_BUILTIN_ID; id++)
		select(&RmgrTable[id]);
}

static void
manager_startup(const RmgrData *rmgr)
{
	if (rmgr->rm_startup)
		rmgr->rm_startup();
}

static void
manager_cleanup(const RmgrData *rmgr)
{
	if (rmgr->rm_cleanup)
		rmgr->rm_cleanup();
}

/* When the last transaction that we know of ended; for the log. */
static void
note_transaction_time(XLogReaderState *record)
{
	uint8 kind = XLogRecGetInfo(record) & XLOG_XACT_OPMASK;

	if (XLogRecGetRmid(record) != RM_XACT_ID || XLogRecGetDataLen(record) < sizeof(TimestampTz))
		return;
	if (kind == XLOG_XACT_COMMIT || kind == XLOG_XACT_ABORT)
		memcpy(&XLogCtl->recovery_last_xtime, XLogRecGetData(record), sizeof(TimestampTz));
}

static void
apply_record(XLogReaderState *reader)
{
	const RmgrData *rmgr = &RmgrTable[XLogRecGetRmid(reader)];

	FAULT_POINT("recovery-record");
	if (rmgr->rm_redo == NULL)
		ereport(PANIC, errmsg("resource manager with ID %d not registered", XLogRecGetRmid(reader)));
	if (TransactionIdIsNormal(XLogRecGetXid(reader)))
		AdvanceNextFullTransactionIdPastXid(XLogRecGetXid(reader));
	SpinLockAcquire(&XLogCtl->info_lock);
	XLogCtl->replay_end = reader->EndRecPtr;
	SpinLockRelease(&XLogCtl->info_lock);
	rmgr->rm_redo(reader);
	note_transaction_time(reader);
	XLogCtl->replayed_upto = reader->EndRecPtr;
}

void
recovery_replay(XLogReaderState *reader, const CheckPoint *checkpoint, RecoveryResult *result)
{
	ErrorContextCallback callback = {.callback = redo_error_context, .arg = reader};
	MemoryContext redo_context =
		AllocSetContextCreate(CurrentMemoryContext, "redo", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old_context;
	uint64 replayed = 0;
	PGRUsage usage;

	pg_rusage_init(&usage);
	if (checkpoint->redo < reader->ReadRecPtr)
	{
		XLogBeginRead(reader, checkpoint->redo);
		if (recovery_read_record(reader, LOG) == NULL)
			ereport(PANIC, errmsg("could not find redo location referenced by checkpoint record"));
	}
	else if (recovery_read_record(reader, LOG) == NULL)
	{
		ereport(LOG, errmsg("redo is not required"));
		return;
	}
	call_managers(manager_startup);
	ereport(LOG, errmsg("redo starts at %X/%X", LSN_FORMAT_ARGS(reader->ReadRecPtr)));
	result->performed = true;
	callback.previous = error_context_stack;
	old_context = MemoryContextSwitchTo(redo_context);
	do
	{
		HandleStartupProcInterrupts();
		error_context_stack = &callback;
		apply_record(reader);
		error_context_stack = callback.previous;
		result->last_record = reader->ReadRecPtr;
		result->end_of_log = reader->EndRecPtr;
		/* Redo functions may leave small change behind. */
		if (unlikely(++replayed % 256 == 0))
			MemoryContextReset(redo_context);
	} while (recovery_read_record(reader, LOG) != NULL);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(redo_context);
	result->aborted_record = reader->abortedRecPtr;
	result->missing_contrecord = reader->missingContrecPtr;
	call_managers(manager_cleanup);
	ereport(LOG, errmsg("redo done at %X/%X system usage: %s", LSN_FORMAT_ARGS(result->last_record),
						pg_rusage_show(&usage)));
	if (XLogCtl->recovery_last_xtime != 0)
		ereport(LOG, errmsg("last completed transaction was at log time %s",
							timestamptz_to_str(XLogCtl->recovery_last_xtime)));
}
