/*
 * xlog_desc.c
 *    The XLOG resource manager's own records: names and contents.
 */
#include "postgres.h"
#include "access/xlogutils.h"
#include "storage/bufmgr.h"
#include "utils/timestamp.h"
#include "wal/wal.h"

const char *
wal_level_name(int level)
{
	switch (level)
	{
		case WAL_LEVEL_MINIMAL:
			return "minimal";
		case WAL_LEVEL_REPLICA:
			return "replica";
		case WAL_LEVEL_LOGICAL:
			return "logical";
		default:
			return "?";
	}
}

const char *
xlog_identify(uint8 info)
{
	switch (info & ~XLR_INFO_MASK)
	{
		case XLOG_CHECKPOINT_SHUTDOWN:
			return "CHECKPOINT_SHUTDOWN";
		case XLOG_CHECKPOINT_ONLINE:
			return "CHECKPOINT_ONLINE";
		case XLOG_NOOP:
			return "NOOP";
		case XLOG_NEXTOID:
			return "NEXTOID";
		case XLOG_SWITCH:
			return "SWITCH";
		case XLOG_BACKUP_END:
			return "BACKUP_END";
		case XLOG_PARAMETER_CHANGE:
			return "PARAMETER_CHANGE";
		case XLOG_RESTORE_POINT:
			return "RESTORE_POINT";
		case XLOG_FPW_CHANGE:
			return "FPW_CHANGE";
		case XLOG_END_OF_RECOVERY:
			return "END_OF_RECOVERY";
		case XLOG_OVERWRITE_CONTRECORD:
			return "OVERWRITE_CONTRECORD";
		case XLOG_FPI:
			return "FPI";
		case XLOG_FPI_FOR_HINT:
			return "FPI_FOR_HINT";
		default:
			return NULL;
	}
}

static void
desc_checkpoint(StringInfo buf, const CheckPoint *checkpoint, bool shutdown)
{
	appendStringInfo(buf,
					 "redo %X/%X; tli %u; prev tli %u; fpw %s; xid %u:%u; oid %u; multi " UINT64_FORMAT
					 "; offset " UINT64_FORMAT "; oldest xid " UINT64_FORMAT " in DB %u; oldest multi " UINT64_FORMAT
					 " in DB %u; oldest/newest commit timestamp xid: " UINT64_FORMAT "/" UINT64_FORMAT
					 "; oldest running xid " UINT64_FORMAT "; %s",
					 LSN_FORMAT_ARGS(checkpoint->redo), checkpoint->ThisTimeLineID, checkpoint->PrevTimeLineID,
					 checkpoint->fullPageWrites ? "true" : "false", EpochFromFullTransactionId(checkpoint->nextXid),
					 (uint32) U64FromFullTransactionId(checkpoint->nextXid), checkpoint->nextOid,
					 checkpoint->nextMulti, checkpoint->nextMultiOffset, checkpoint->oldestXid,
					 checkpoint->oldestXidDB, checkpoint->oldestMulti, checkpoint->oldestMultiDB,
					 checkpoint->oldestCommitTsXid, checkpoint->newestCommitTsXid, checkpoint->oldestActiveXid,
					 shutdown ? "shutdown" : "online");
}

void
xlog_desc(StringInfo buf, XLogReaderState *record)
{
	char *rec = XLogRecGetData(record);
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	switch (info)
	{
		case XLOG_CHECKPOINT_SHUTDOWN:
		case XLOG_CHECKPOINT_ONLINE:
			desc_checkpoint(buf, (CheckPoint *) rec, info == XLOG_CHECKPOINT_SHUTDOWN);
			break;
		case XLOG_NEXTOID:
			appendStringInfo(buf, "%u", *(Oid *) rec);
			break;
		case XLOG_RESTORE_POINT:
			appendStringInfo(buf, "%s", ((xl_restore_point *) rec)->rp_name);
			break;
		case XLOG_FPW_CHANGE:
			appendStringInfoString(buf, *(bool *) rec ? "true" : "false");
			break;
		case XLOG_BACKUP_END:
			appendStringInfo(buf, "%X/%X", LSN_FORMAT_ARGS(*(XLogRecPtr *) rec));
			break;
		case XLOG_PARAMETER_CHANGE:
		{
			xl_parameter_change *change = (xl_parameter_change *) rec;

			appendStringInfo(buf,
							 "max_connections=%d max_worker_processes=%d max_wal_senders=%d "
							 "max_prepared_xacts=%d max_locks_per_xact=%d wal_level=%s wal_log_hints=%s "
							 "track_commit_timestamp=%s",
							 change->MaxConnections, change->max_worker_processes, change->max_wal_senders,
							 change->max_prepared_xacts, change->max_locks_per_xact, wal_level_name(change->wal_level),
							 change->wal_log_hints ? "on" : "off", change->track_commit_timestamp ? "on" : "off");
			break;
		}
		case XLOG_END_OF_RECOVERY:
		{
			xl_end_of_recovery *end = (xl_end_of_recovery *) rec;

			appendStringInfo(buf, "tli %u; prev tli %u; time %s", end->ThisTimeLineID, end->PrevTimeLineID,
							 timestamptz_to_str(end->end_time));
			break;
		}
		case XLOG_OVERWRITE_CONTRECORD:
		{
			xl_overwrite_contrecord *over = (xl_overwrite_contrecord *) rec;

			appendStringInfo(buf, "lsn %X/%X; time %s", LSN_FORMAT_ARGS(over->overwritten_lsn),
							 timestamptz_to_str(over->overwrite_time));
			break;
		}
	}
}
