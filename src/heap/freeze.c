/*
 * freeze.c
 *    Making tuples independent of old transactions' commit status.
 *
 * Ids do not wrap, so freezing is only for giving back the commit log's space and for pages that can be skipped for good.
 */
#include "postgres.h"

#include "access/xact.h"
#include "heap/heap.h"
#include "storage/procarray.h"
#include "sys/fault.h"

static void
drop_xmax(xl_heap_freeze_tuple *frz)
{
	frz->xmax = InvalidTransactionId;
	frz->t_infomask &= ~HEAP_XMAX_BITS;
	frz->t_infomask |= HEAP_XMAX_INVALID;
	frz->t_infomask2 &= ~(HEAP_HOT_UPDATED | HEAP_KEYS_UPDATED);
}

/* A multixact that nobody needs any more becomes its updater, or nothing. */
static bool
freeze_multi(HeapTuple tuple, MultiXactId multi_limit, xl_heap_freeze_tuple *frz, bool *settled)
{
	MultiXactId multi = HeapTupleGetRawXmax(tuple);
	bool locked_only = HEAP_XMAX_IS_LOCKED_ONLY(frz->t_infomask);
	TransactionId updater;

	*settled = false;
	if (multi >= multi_limit || MultiXactIdIsRunning(multi, locked_only))
		return false;
	updater = locked_only ? InvalidTransactionId : heap_multi_get_update_xid(multi, frz->t_infomask);
	if (TransactionIdIsValid(updater) && !TransactionIdDidAbort(updater) && TransactionIdDidCommit(updater))
	{
		frz->xmax = updater;
		frz->t_infomask &= ~HEAP_XMAX_BITS;
		frz->t_infomask |= HEAP_XMAX_COMMITTED;
		return true;
	}
	drop_xmax(frz);
	*settled = true;
	return true;
}

bool
heap_prepare_freeze_tuple(HeapTuple tuple, TransactionId freeze_limit, MultiXactId multi_limit,
						  TransactionId oldest_xmin, xl_heap_freeze_tuple *frz, bool *all_frozen)
{
	HeapTupleHeader header = tuple->t_data;
	TransactionId xmin = HeapTupleGetRawXmin(tuple);
	uint64 xmax = HeapTupleGetRawXmax(tuple);
	bool changed = false;

	frz->offset = ItemPointerGetOffsetNumber(&tuple->t_self);
	frz->t_infomask = header->t_infomask;
	frz->t_infomask2 = header->t_infomask2;
	frz->xmax = xmax;
	frz->spare = 0;
	*all_frozen = true;

	if (TransactionIdIsNormal(xmin) && !HeapTupleHeaderXminFrozen(header))
	{
		if (xmin < freeze_limit)
		{
			if (!TransactionIdDidCommit(xmin))
				ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
								errmsg_internal("uncommitted xmin %llu from before xid cutoff %llu needs to be frozen",
												(unsigned long long) xmin, (unsigned long long) freeze_limit)));
			frz->t_infomask |= HEAP_XMIN_FROZEN;
			changed = true;
		}
		else
			*all_frozen = false;
	}
	if (frz->t_infomask & HEAP_XMAX_INVALID)
	{
		/* Nobody looks at it, but an old number would hold back nothing less than a new one: clear it. */
		if (xmax != 0 && !(frz->t_infomask & HEAP_XMAX_IS_MULTI) && xmax < freeze_limit)
		{
			drop_xmax(frz);
			changed = true;
		}
	}
	else if (frz->t_infomask & HEAP_XMAX_IS_MULTI)
	{
		bool settled;

		changed |= freeze_multi(tuple, multi_limit, frz, &settled);
		if (!settled)
			*all_frozen = false;
	}
	else if (TransactionIdIsNormal(xmax))
	{
		bool deleter = !HEAP_XMAX_IS_LOCKED_ONLY(frz->t_infomask);

		if (xmax < freeze_limit && !(deleter && TransactionIdDidCommit(xmax)) && !TransactionIdIsInProgress(xmax))
		{
			drop_xmax(frz);
			changed = true;
		}
		else
			*all_frozen = false;
	}
	return changed;
}

void
heap_execute_freeze_tuple(HeapTupleHeader header, Page page, const xl_heap_freeze_tuple *frz)
{
	header->t_infomask = frz->t_infomask;
	header->t_infomask2 = frz->t_infomask2;
	heap_header_set_xmax(header, page, frz->xmax, (frz->t_infomask & HEAP_XMAX_IS_MULTI) != 0);
}

/* Inside the critical section that changed the page. */
XLogRecPtr
log_heap_freeze(Relation reln, Buffer buffer, TransactionId cutoff_xid, xl_heap_freeze_tuple *tuples, int ntuples)
{
	xl_heap_freeze_page xlrec = {.cutoff_xid = cutoff_xid, .ntuples = (uint16) ntuples};
	XLogRecPtr recptr;

	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	XLogRegisterBuffer(0, buffer, REGBUF_STANDARD);
	XLogRegisterBufData(0, tuples, (int) (ntuples * sizeof(xl_heap_freeze_tuple)));
	recptr = XLogInsert(RM_HEAP2_ID, XLOG_HEAP2_FREEZE_PAGE);
	FAULT_POINT("heap-freeze-logged");
	return recptr;
}
