/*
 * xact_record.c
 *    Commit and abort in the log: writing, taking apart, redo, description. The format is in access/xact.h.
 */
#include "postgres.h"

#include "access/subtrans.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "storage/relation_storage.h"
#include "txn/xact_internal.h"
#include "utils/timestamp.h"

/* ---- writing ---------------------------------------------------------------------------------------------------------------------------------------- */

static XLogRecPtr
log_end(uint8 info, xl_xact_end *head, TransactionId *subxacts, RelFileNode *rels, SharedInvalidationMessage *msgs)
{
	XLogBeginInsert();
	XLogRegisterData(head, sizeof(*head));
	if (head->nsubxacts > 0)
		XLogRegisterData(subxacts, head->nsubxacts * sizeof(TransactionId));
	if (head->nrels > 0)
		XLogRegisterData(rels, head->nrels * sizeof(RelFileNode));
	if (head->nmsgs > 0)
		XLogRegisterData(msgs, head->nmsgs * sizeof(SharedInvalidationMessage));
	XLogSetRecordFlags(XLOG_INCLUDE_ORIGIN);
	return XLogInsert(RM_XACT_ID, info);
}

XLogRecPtr
xact_log_commit(TimestampTz time, int nsubxacts, TransactionId *subxacts, int nrels, RelFileNode *rels, int nmsgs,
				SharedInvalidationMessage *msgs, uint32 flags, TransactionId xid)
{
	xl_xact_end head = {
		.xact_time = time,
		.dbId = MyDatabaseId,
		.flags = flags | (synchronous_commit >= SYNCHRONOUS_COMMIT_REMOTE_APPLY ? XACT_END_SYNC_APPLY : 0),
		.nsubxacts = nsubxacts,
		.nrels = nrels,
		.nmsgs = nmsgs,
	};

	Assert(CritSectionCount > 0);
	return log_end(XLOG_XACT_COMMIT, &head, subxacts, rels, msgs);
}

XLogRecPtr
xact_log_abort(TimestampTz time, int nsubxacts, TransactionId *subxacts, int nrels, RelFileNode *rels,
			   TransactionId xid)
{
	xl_xact_end head = {.xact_time = time, .dbId = MyDatabaseId, .nsubxacts = nsubxacts, .nrels = nrels};

	Assert(CritSectionCount > 0);
	return log_end(XLOG_XACT_ABORT, &head, subxacts, rels, NULL);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------------------------------ */

static void *
take_array(const char **data, uint32 *left, uint32 count, Size size, bool *ok)
{
	void *copy;

	if (count == 0)
		return NULL;
	if (count > *left / size)
	{
		*ok = false;
		return NULL;
	}
	copy = palloc(count * size);
	memcpy(copy, *data, count * size);
	*data += count * size;
	*left -= count * size;
	return copy;
}

bool
ParseXactEndRecord(const char *data, uint32 len, xl_xact_parsed_end *parsed)
{
	bool ok = true;

	memset(parsed, 0, sizeof(*parsed));
	if (len < sizeof(xl_xact_end))
		return false;
	memcpy(&parsed->head, data, sizeof(xl_xact_end));
	data += sizeof(xl_xact_end);
	len -= sizeof(xl_xact_end);
	parsed->subxacts = take_array(&data, &len, parsed->head.nsubxacts, sizeof(TransactionId), &ok);
	parsed->rels = take_array(&data, &len, parsed->head.nrels, sizeof(RelFileNode), &ok);
	parsed->msgs = take_array(&data, &len, parsed->head.nmsgs, sizeof(SharedInvalidationMessage), &ok);
	return ok;
}

static void
free_parsed(xl_xact_parsed_end *parsed)
{
	if (parsed->subxacts)
		pfree(parsed->subxacts);
	if (parsed->rels)
		pfree(parsed->rels);
	if (parsed->msgs)
		pfree(parsed->msgs);
}

static void
redo_end(XLogReaderState *record, bool is_commit)
{
	TransactionId xid = XLogRecGetXid(record);
	xl_xact_parsed_end parsed;

	if (!ParseXactEndRecord(XLogRecGetData(record), XLogRecGetDataLen(record), &parsed))
		elog(PANIC, "invalid transaction record at %X/%X", LSN_FORMAT_ARGS(record->ReadRecPtr));
	AdvanceNextFullTransactionIdPastXid(TransactionIdLatest(xid, parsed.head.nsubxacts, parsed.subxacts));
	if (is_commit)
		TransactionIdCommitTree(xid, parsed.head.nsubxacts, parsed.subxacts);
	else
		TransactionIdAbortTree(xid, parsed.head.nsubxacts, parsed.subxacts);
	if (parsed.head.nrels > 0)
	{
		/* The files cannot come back; so the point after this record must be the earliest to recover to. */
		XLogFlush(record->EndRecPtr);
		DropRelationFiles(parsed.rels, parsed.head.nrels, true);
	}
	free_parsed(&parsed);
}

void
xact_redo(XLogReaderState *record)
{
	switch (XLogRecGetInfo(record) & XLOG_XACT_OPMASK)
	{
		case XLOG_XACT_COMMIT:
			redo_end(record, true);
			break;
		case XLOG_XACT_ABORT:
			redo_end(record, false);
			break;
		case XLOG_XACT_ASSIGNMENT:
		case XLOG_XACT_INVALIDATIONS:
			break; /* for standbys with queries */
		default:
			elog(PANIC, "xact_redo: unknown op code %u", XLogRecGetInfo(record));
	}
}

/* ---- describing ------------------------------------------------------------------------------------------------------------------------------------------ */

void
xact_desc(StringInfo buf, XLogReaderState *record)
{
	uint8 op = XLogRecGetInfo(record) & XLOG_XACT_OPMASK;
	xl_xact_parsed_end parsed;

	if (op != XLOG_XACT_COMMIT && op != XLOG_XACT_ABORT)
		return;
	if (!ParseXactEndRecord(XLogRecGetData(record), XLogRecGetDataLen(record), &parsed))
	{
		appendStringInfoString(buf, "invalid");
		return;
	}
	appendStringInfoString(buf, timestamptz_to_str(parsed.head.xact_time));
	if (parsed.head.nrels > 0)
	{
		appendStringInfoString(buf, "; rels:");
		for (uint32 i = 0; i < parsed.head.nrels; i++)
			appendStringInfo(buf, " %u/%u/%u", parsed.rels[i].spcNode, parsed.rels[i].dbNode, parsed.rels[i].relNode);
	}
	if (parsed.head.nsubxacts > 0)
	{
		appendStringInfoString(buf, "; subxacts:");
		for (uint32 i = 0; i < parsed.head.nsubxacts; i++)
			appendStringInfo(buf, " %" PRIu64, parsed.subxacts[i]);
	}
	if (parsed.head.nmsgs > 0)
		appendStringInfo(buf, "; inval msgs: %u", parsed.head.nmsgs);
	if (parsed.head.flags & XACT_END_FORCE_SYNC)
		appendStringInfoString(buf, "; sync");
	free_parsed(&parsed);
}

const char *
xact_identify(uint8 info)
{
	switch (info & XLOG_XACT_OPMASK)
	{
		case XLOG_XACT_COMMIT:
			return "COMMIT";
		case XLOG_XACT_PREPARE:
			return "PREPARE";
		case XLOG_XACT_ABORT:
			return "ABORT";
		case XLOG_XACT_COMMIT_PREPARED:
			return "COMMIT_PREPARED";
		case XLOG_XACT_ABORT_PREPARED:
			return "ABORT_PREPARED";
		case XLOG_XACT_ASSIGNMENT:
			return "ASSIGNMENT";
		case XLOG_XACT_INVALIDATIONS:
			return "INVALIDATION";
		default:
			return NULL;
	}
}
