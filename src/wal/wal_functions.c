/*
 * wal_functions.c
 *    SQL functions about the log: positions, file names, switching.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "access/xlogutils.h"
#include "executor/instrument.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/pg_lsn.h"
#include "utils/timestamp.h"
#include "wal/wal.h"

static void
refuse_in_recovery(void)
{
	if (RecoveryInProgress())
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("recovery is in progress"),
				errhint("WAL control functions cannot be executed during recovery."));
}

static void
require_recovery(void)
{
	if (!RecoveryInProgress())
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("recovery is not in progress"),
				errhint("Recovery control functions can only be executed during recovery."));
}

Datum
pg_current_wal_lsn(PG_FUNCTION_ARGS)
{
	refuse_in_recovery();
	PG_RETURN_LSN(GetXLogWriteRecPtr());
}

Datum
pg_current_wal_insert_lsn(PG_FUNCTION_ARGS)
{
	refuse_in_recovery();
	PG_RETURN_LSN(GetXLogInsertRecPtr());
}

Datum
pg_current_wal_flush_lsn(PG_FUNCTION_ARGS)
{
	refuse_in_recovery();
	PG_RETURN_LSN(GetFlushRecPtr(NULL));
}

Datum
pg_switch_wal(PG_FUNCTION_ARGS)
{
	refuse_in_recovery();
	PG_RETURN_LSN(RequestXLogSwitch(false));
}

Datum
pg_create_restore_point(PG_FUNCTION_ARGS)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));

	refuse_in_recovery();
	if (!XLogIsNeeded())
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("WAL level not sufficient for creating a restore point"),
				errhint("wal_level must be set to \"replica\" or \"logical\" at server start."));
	if (strlen(name) >= MAXFNAMELEN)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("value too long for restore point (maximum %d characters)", MAXFNAMELEN - 1));
	PG_RETURN_LSN(XLogRestorePoint(name));
}

Datum
pg_is_in_recovery(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(RecoveryInProgress());
}

Datum
pg_last_wal_receive_lsn(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

Datum
pg_last_wal_replay_lsn(PG_FUNCTION_ARGS)
{
	XLogRecPtr lsn = GetXLogReplayRecPtr(NULL);

	if (lsn == InvalidXLogRecPtr)
		PG_RETURN_NULL();
	PG_RETURN_LSN(lsn);
}

Datum
pg_last_xact_replay_timestamp(PG_FUNCTION_ARGS)
{
	if (XLogCtl->recovery_last_xtime == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(XLogCtl->recovery_last_xtime);
}

Datum
pg_is_wal_replay_paused(PG_FUNCTION_ARGS)
{
	require_recovery();
	PG_RETURN_BOOL(false);
}

Datum
pg_get_wal_replay_pause_state(PG_FUNCTION_ARGS)
{
	require_recovery();
	PG_RETURN_TEXT_P(cstring_to_text("not paused"));
}

Datum
pg_wal_replay_pause(PG_FUNCTION_ARGS)
{
	require_recovery();
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("pausing recovery is not supported"));
}

Datum
pg_wal_replay_resume(PG_FUNCTION_ARGS)
{
	require_recovery();
	PG_RETURN_VOID();
}

/* ---- file names -------------------------------------------------------------------------------------------------------- */
static void
refuse_names_in_recovery(const char *function)
{
	if (RecoveryInProgress())
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("recovery is in progress"),
				errhint("%s cannot be executed during recovery.", function));
}

/* A position at a segment's start belongs to the segment before: that is the one to archive. */
static void
file_name_of(XLogRecPtr lsn, char *name)
{
	XLogSegNo segno;

	XLByteToPrevSeg(lsn, segno, wal_segment_size);
	XLogFileName(name, GetWALInsertionTimeLine(), segno, wal_segment_size);
}

Datum
pg_walfile_name(PG_FUNCTION_ARGS)
{
	char name[MAXFNAMELEN];

	refuse_names_in_recovery("pg_walfile_name()");
	file_name_of(PG_GETARG_LSN(0), name);
	PG_RETURN_TEXT_P(cstring_to_text(name));
}

Datum
pg_walfile_name_offset(PG_FUNCTION_ARGS)
{
	XLogRecPtr lsn = PG_GETARG_LSN(0);
	char name[MAXFNAMELEN];
	TupleDesc tupdesc;
	Datum values[2];
	bool nulls[2] = {false, false};

	refuse_names_in_recovery("pg_walfile_name_offset()");
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	file_name_of(lsn, name);
	values[0] = PointerGetDatum(cstring_to_text(name));
	values[1] = UInt32GetDatum((uint32) XLogSegmentOffset(lsn, wal_segment_size));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}

/* ---- pg_control ----------------------------------------------------------------------------------------------------------- */
static Datum
row_of(FunctionCallInfo fcinfo, Datum *values, int count)
{
	TupleDesc tupdesc;
	bool nulls[32] = {false};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	Assert(tupdesc->natts == count && count <= 32);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}

static TimestampTz
timestamp_of(pg_time_t when)
{
	return (when - INT64CONST(946684800)) * 1000000;
}

Datum
pg_control_system(PG_FUNCTION_ARGS)
{
	Datum values[] = {
		Int32GetDatum((int32) ControlFile->pg_control_version),
		Int32GetDatum((int32) ControlFile->catalog_version_no),
		Int64GetDatum((int64) ControlFile->system_identifier),
		Int64GetDatum(timestamp_of(ControlFile->time)),
	};

	return row_of(fcinfo, values, lengthof(values));
}

Datum
pg_control_checkpoint(PG_FUNCTION_ARGS)
{
	ControlFileData control = *ControlFile;
	const CheckPointOnDisk *cp = &control.checkPointCopy;
	char fname[MAXFNAMELEN];

	XLogFileName(fname, cp->ThisTimeLineID, cp->redo / wal_segment_size, wal_segment_size);
	{
		Datum values[] = {
			Int64GetDatum((int64) control.checkPoint),
			Int64GetDatum((int64) cp->redo),
			CStringGetTextDatum(fname),
			Int32GetDatum((int32) cp->ThisTimeLineID),
			Int32GetDatum((int32) cp->PrevTimeLineID),
			BoolGetDatum(cp->fullPageWrites),
			CStringGetTextDatum(psprintf("%u:%u", (uint32) (cp->nextXid >> 32), (uint32) cp->nextXid)),
			ObjectIdGetDatum(cp->nextOid),
			TransactionIdGetDatum(cp->nextMulti),
			TransactionIdGetDatum(cp->nextMultiOffset),
			TransactionIdGetDatum(cp->oldestXid),
			ObjectIdGetDatum(cp->oldestXidDB),
			TransactionIdGetDatum(cp->oldestActiveXid),
			TransactionIdGetDatum(cp->oldestMulti),
			ObjectIdGetDatum(cp->oldestMultiDB),
			TransactionIdGetDatum(cp->oldestCommitTsXid),
			TransactionIdGetDatum(cp->newestCommitTsXid),
			Int64GetDatum(timestamp_of(cp->time)),
		};

		return row_of(fcinfo, values, lengthof(values));
	}
}

Datum
pg_control_recovery(PG_FUNCTION_ARGS)
{
	Datum values[] = {
		Int64GetDatum((int64) ControlFile->minRecoveryPoint), Int32GetDatum((int32) ControlFile->minRecoveryPointTLI),
		Int64GetDatum((int64) ControlFile->backupStartPoint), Int64GetDatum((int64) ControlFile->backupEndPoint),
		BoolGetDatum(ControlFile->backupEndRequired),
	};

	return row_of(fcinfo, values, lengthof(values));
}

Datum
pg_control_init(PG_FUNCTION_ARGS)
{
	Datum values[] = {
		Int32GetDatum((int32) ControlFile->maxAlign),		 Int32GetDatum((int32) ControlFile->blcksz),
		Int32GetDatum((int32) ControlFile->relseg_size),	 Int32GetDatum((int32) ControlFile->xlog_blcksz),
		Int32GetDatum((int32) ControlFile->xlog_seg_size),	 Int32GetDatum((int32) ControlFile->nameDataLen),
		Int32GetDatum((int32) ControlFile->indexMaxKeys),	 Int32GetDatum((int32) ControlFile->toast_max_chunk_size),
		Int32GetDatum((int32) ControlFile->loblksize),		 BoolGetDatum(ControlFile->float8ByVal),
		Int32GetDatum((int32) ControlFile->data_checksum_version),
	};

	return row_of(fcinfo, values, lengthof(values));
}
