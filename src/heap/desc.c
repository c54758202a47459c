/*
 * desc.c
 *    Heap WAL records in words, for pg_waldump.
 */
#include "postgres.h"

#include "access/heapam_xlog.h"

void
heap_desc(StringInfo buf, XLogReaderState *record)
{
	char *data = XLogRecGetData(record);

	switch (XLogRecGetInfo(record) & XLOG_HEAP_OPMASK)
	{
		case XLOG_HEAP_INSERT:
		{
			xl_heap_insert *xlrec = (xl_heap_insert *) data;

			appendStringInfo(buf, "off %u flags 0x%02X", xlrec->offnum, xlrec->flags);
			break;
		}
		case XLOG_HEAP_DELETE:
		{
			xl_heap_delete *xlrec = (xl_heap_delete *) data;

			appendStringInfo(buf, "off %u xmax %llu flags 0x%02X infobits 0x%04X", xlrec->offnum,
							 (unsigned long long) xlrec->xmax, xlrec->flags, xlrec->infobits);
			break;
		}
		case XLOG_HEAP_UPDATE:
		case XLOG_HEAP_HOT_UPDATE:
		{
			xl_heap_update *xlrec = (xl_heap_update *) data;

			appendStringInfo(buf, "off %u xmax %llu flags 0x%02X ; new off %u xmax %llu", xlrec->old_offnum,
							 (unsigned long long) xlrec->old_xmax, xlrec->flags, xlrec->new_offnum,
							 (unsigned long long) xlrec->new_xmax);
			break;
		}
		case XLOG_HEAP_TRUNCATE:
			appendStringInfo(buf, "nrelids %u", ((xl_heap_truncate *) data)->nrelids);
			break;
		case XLOG_HEAP_CONFIRM:
			appendStringInfo(buf, "off %u", ((xl_heap_confirm *) data)->offnum);
			break;
		case XLOG_HEAP_LOCK:
		{
			xl_heap_lock *xlrec = (xl_heap_lock *) data;

			appendStringInfo(buf, "off %u: xid %llu: flags 0x%02X infobits 0x%04X", xlrec->offnum,
							 (unsigned long long) xlrec->xmax, xlrec->flags, xlrec->infobits);
			break;
		}
		case XLOG_HEAP_INPLACE:
			appendStringInfo(buf, "off %u", ((xl_heap_inplace *) data)->offnum);
			break;
	}
}

const char *
heap_identify(uint8 info)
{
	bool init = (info & XLOG_HEAP_INIT_PAGE) != 0;

	switch (info & XLOG_HEAP_OPMASK)
	{
		case XLOG_HEAP_INSERT:
			return init ? "INSERT+INIT" : "INSERT";
		case XLOG_HEAP_DELETE:
			return "DELETE";
		case XLOG_HEAP_UPDATE:
			return init ? "UPDATE+INIT" : "UPDATE";
		case XLOG_HEAP_HOT_UPDATE:
			return init ? "HOT_UPDATE+INIT" : "HOT_UPDATE";
		case XLOG_HEAP_TRUNCATE:
			return "TRUNCATE";
		case XLOG_HEAP_CONFIRM:
			return "HEAP_CONFIRM";
		case XLOG_HEAP_LOCK:
			return "LOCK";
		case XLOG_HEAP_INPLACE:
			return "INPLACE";
		default:
			return NULL;
	}
}

void
heap2_desc(StringInfo buf, XLogReaderState *record)
{
	char *data = XLogRecGetData(record);

	switch (XLogRecGetInfo(record) & XLOG_HEAP_OPMASK)
	{
		case XLOG_HEAP2_PRUNE:
		{
			xl_heap_prune *xlrec = (xl_heap_prune *) data;

			appendStringInfo(buf, "latestRemovedXid %llu nredirected %u ndead %u",
							 (unsigned long long) xlrec->conflict_xid, xlrec->nredirected, xlrec->ndead);
			break;
		}
		case XLOG_HEAP2_VACUUM:
			appendStringInfo(buf, "nunused %u", ((xl_heap_vacuum *) data)->nunused);
			break;
		case XLOG_HEAP2_FREEZE_PAGE:
		{
			xl_heap_freeze_page *xlrec = (xl_heap_freeze_page *) data;

			appendStringInfo(buf, "cutoff xid %llu ntuples %u", (unsigned long long) xlrec->cutoff_xid, xlrec->ntuples);
			break;
		}
		case XLOG_HEAP2_MULTI_INSERT:
		{
			xl_heap_multi_insert *xlrec = (xl_heap_multi_insert *) data;

			appendStringInfo(buf, "%d tuples flags 0x%02X", xlrec->ntuples, xlrec->flags);
			break;
		}
		case XLOG_HEAP2_LOCK_UPDATED:
		{
			xl_heap_lock *xlrec = (xl_heap_lock *) data;

			appendStringInfo(buf, "off %u: xmax %llu: flags 0x%02X infobits 0x%04X", xlrec->offnum,
							 (unsigned long long) xlrec->xmax, xlrec->flags, xlrec->infobits);
			break;
		}
	}
}

const char *
heap2_identify(uint8 info)
{
	switch (info & XLOG_HEAP_OPMASK)
	{
		case XLOG_HEAP2_PRUNE:
			return "PRUNE";
		case XLOG_HEAP2_VACUUM:
			return "VACUUM";
		case XLOG_HEAP2_FREEZE_PAGE:
			return "FREEZE_PAGE";
		case XLOG_HEAP2_MULTI_INSERT:
			return info & XLOG_HEAP_INIT_PAGE ? "MULTI_INSERT+INIT" : "MULTI_INSERT";
		case XLOG_HEAP2_LOCK_UPDATED:
			return "LOCK_UPDATED";
		default:
			return NULL;
	}
}
