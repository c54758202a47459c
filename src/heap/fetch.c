/*
 * fetch.c
 *    Single tuples by TID: directly, or along HOT chains for index scans.
 */
#include "postgres.h"

#include "access/xact.h"
#include "heap/heap.h"
#include "storage/procarray.h"

bool
heap_fetch(Relation relation, Snapshot snapshot, HeapTuple tuple, Buffer *userbuf, bool keep_buf)
{
	ItemPointerData tid = tuple->t_self;
	OffsetNumber offnum = ItemPointerGetOffsetNumber(&tid);
	Buffer buffer = ReadBuffer(relation, ItemPointerGetBlockNumber(&tid));
	Page page = BufferGetPage(buffer);
	bool visible;

	*userbuf = InvalidBuffer;
	tuple->t_data = NULL;
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	if (offnum < FirstOffsetNumber || offnum > PageGetMaxOffsetNumber(page) ||
		!ItemIdIsNormal(PageGetItemId(page, offnum)))
	{
		UnlockReleaseBuffer(buffer);
		return false;
	}
	heap_tuple_set_from_page(tuple, page, PageGetItemId(page, offnum), ItemPointerGetBlockNumber(&tid), offnum,
							 RelationGetRelid(relation));
	visible = HeapTupleSatisfiesVisibility(tuple, snapshot, buffer);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	if (visible || keep_buf)
	{
		*userbuf = buffer;
		return visible;
	}
	ReleaseBuffer(buffer);
	tuple->t_data = NULL;
	return false;
}

/*
 * A chain's member belongs to it if its inserter is its predecessor's updater; else the place was vacuumed and used again.
 */
bool
heap_hot_search_buffer(ItemPointer tid, Relation relation, Buffer buffer, Snapshot snapshot, HeapTuple heapTuple,
					   bool *all_dead, bool first_call)
{
	Page page = BufferGetPage(buffer);
	BlockNumber block = ItemPointerGetBlockNumber(tid);
	OffsetNumber offnum = ItemPointerGetOffsetNumber(tid);
	TransactionId prev_xmax = InvalidTransactionId;
	GlobalVisState *vistest = NULL;
	bool at_start = first_call;
	bool skip = !first_call;

	if (all_dead)
		*all_dead = first_call;
	for (;;)
	{
		ItemId lp;

		if (offnum < FirstOffsetNumber || offnum > PageGetMaxOffsetNumber(page))
			return false;
		lp = PageGetItemId(page, offnum);
		if (!ItemIdIsNormal(lp))
		{
			if (ItemIdIsRedirected(lp) && at_start)
			{
				offnum = ItemIdGetRedirect(lp);
				at_start = false;
				continue;
			}
			return false;
		}
		heap_tuple_set_from_page(heapTuple, page, lp, block, offnum, RelationGetRelid(relation));
		/* An index entry that leads to a heap-only tuple is a leftover: the entry's row is gone. */
		if (at_start && HeapTupleIsHeapOnly(heapTuple))
			return false;
		if (TransactionIdIsValid(prev_xmax) && prev_xmax != HeapTupleGetRawXmin(heapTuple))
			return false;
		if (!skip)
		{
			if (HeapTupleSatisfiesVisibility(heapTuple, snapshot, buffer))
			{
				ItemPointerSetOffsetNumber(tid, offnum);
				if (all_dead)
					*all_dead = false;
				return true;
			}
			if (all_dead && *all_dead)
			{
				if (vistest == NULL)
					vistest = GlobalVisTestFor(relation);
				if (!HeapTupleIsSurelyDead(heapTuple, vistest))
					*all_dead = false;
			}
		}
		skip = false;
		if (!HeapTupleIsHotUpdated(heapTuple))
			return false;
		Assert(ItemPointerGetBlockNumber(&heapTuple->t_data->t_ctid) == block);
		offnum = ItemPointerGetOffsetNumber(&heapTuple->t_data->t_ctid);
		at_start = false;
		prev_xmax = HeapTupleGetUpdateXid(heapTuple);
	}
}

void
heap_get_latest_tid(Relation relation, Snapshot snapshot, ItemPointer tid)
{
	ItemPointerData ctid = *tid;
	TransactionId prior_xmax = InvalidTransactionId;

	for (;;)
	{
		Buffer buffer = ReadBuffer(relation, ItemPointerGetBlockNumber(&ctid));
		Page page = BufferGetPage(buffer);
		OffsetNumber offnum = ItemPointerGetOffsetNumber(&ctid);
		HeapTupleData tuple;
		bool done;

		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		if (offnum < FirstOffsetNumber || offnum > PageGetMaxOffsetNumber(page) ||
			!ItemIdIsNormal(PageGetItemId(page, offnum)))
		{
			UnlockReleaseBuffer(buffer);
			return;
		}
		heap_tuple_set_from_page(&tuple, page, PageGetItemId(page, offnum), ItemPointerGetBlockNumber(&ctid), offnum,
								 RelationGetRelid(relation));
		if (TransactionIdIsValid(prior_xmax) && prior_xmax != HeapTupleGetRawXmin(&tuple))
		{
			UnlockReleaseBuffer(buffer);
			return;
		}
		if (HeapTupleSatisfiesVisibility(&tuple, snapshot, buffer))
			*tid = ctid;
		done = (tuple.t_data->t_infomask & HEAP_XMAX_INVALID) || HeapTupleIsOnlyLocked(&tuple) ||
			HeapTupleHeaderIndicatesMovedPartitions(tuple.t_data) ||
			ItemPointerEquals(&tuple.t_self, &tuple.t_data->t_ctid);
		ctid = tuple.t_data->t_ctid;
		prior_xmax = HeapTupleGetUpdateXid(&tuple);
		UnlockReleaseBuffer(buffer);
		if (done)
			return;
	}
}

bool
heap_tid_is_valid(Relation relation, ItemPointer tid)
{
	return ItemPointerIsValid(tid) && ItemPointerGetBlockNumber(tid) < RelationGetNumberOfBlocks(relation);
}

/* ---- for index scans ---------------------------------------------------------------------------------------------------- */
IndexFetchTableData *
table_index_fetch_begin(Relation rel)
{
	IndexFetchTableData *scan = palloc_object(IndexFetchTableData);

	scan->rel = rel;
	scan->xs_cbuf = InvalidBuffer;
	return scan;
}

void
table_index_fetch_reset(IndexFetchTableData *scan)
{
	if (scan->xs_cbuf != InvalidBuffer)
		ReleaseBuffer(scan->xs_cbuf);
	scan->xs_cbuf = InvalidBuffer;
}

void
table_index_fetch_end(IndexFetchTableData *scan)
{
	table_index_fetch_reset(scan);
	pfree(scan);
}

bool
table_index_fetch_tuple(IndexFetchTableData *scan, ItemPointer tid, Snapshot snapshot, HeapTuple tuple,
						bool *call_again, bool *all_dead)
{
	bool found;

	if (!*call_again)
	{
		Buffer before = scan->xs_cbuf;

		scan->xs_cbuf = ReleaseAndReadBuffer(before, scan->rel, ItemPointerGetBlockNumber(tid));
		if (before != scan->xs_cbuf)
			heap_page_prune_opt(scan->rel, scan->xs_cbuf);
	}
	LockBuffer(scan->xs_cbuf, BUFFER_LOCK_SHARE);
	found = heap_hot_search_buffer(tid, scan->rel, scan->xs_cbuf, snapshot, tuple, all_dead, !*call_again);
	LockBuffer(scan->xs_cbuf, BUFFER_LOCK_UNLOCK);
	/* With one snapshot at most one member of a chain is visible. */
	*call_again = found && !IsMVCCSnapshot(snapshot);
	return found;
}

bool
table_index_fetch_tuple_check(Relation rel, ItemPointer tid, Snapshot snapshot, bool *all_dead)
{
	IndexFetchTableData *scan = table_index_fetch_begin(rel);
	HeapTupleData tuple;
	bool call_again = false;
	bool found = table_index_fetch_tuple(scan, tid, snapshot, &tuple, &call_again, all_dead);

	table_index_fetch_end(scan);
	return found;
}
