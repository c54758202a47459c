/*
 * scan.c
 *    Sequential, TID-range and bitmap scans.
 *
 * A page is looked at once: pinned, share-locked, all its tuples tested, and the offsets of the visible ones remembered;
 * then the lock is given back and tuples are handed out under the pin alone. That is right for any snapshot, since a tuple that was
 * visible stays where it is while the page is pinned.
 */
#include "postgres.h"

#include "access/visibilitymap.h"
#include "heap/heap.h"
#include "utils/snapmgr.h"

struct HeapScanDescData
{
	Relation rel;
	Snapshot snapshot;
	uint32 flags;
	int nkeys;
	ScanKey keys;
	BufferAccessStrategy strategy;
	BlockNumber nblocks;	/* size at the scan's beginning: what is added later is invisible */
	BlockNumber first_block; /* range to scan */
	BlockNumber end_block;
	ItemPointerData min_tid; /* TID range scans: inclusive; Invalid: none */
	ItemPointerData max_tid;

	bool started;
	BlockNumber block; /* current, Invalid: none */
	Buffer buffer;	   /* pinned: the page of what was last returned */
	int nvisible;	   /* visible tuples of the page */
	int next;		   /* index of the next to return (forward) */
	OffsetNumber visible[MaxHeapTuplesPerPage];
	HeapTupleData tuple; /* heap_getnext's result */
};

static void
scan_set_range(HeapScan scan)
{
	scan->nblocks = RelationGetNumberOfBlocks(scan->rel);
	scan->first_block = 0;
	scan->end_block = scan->nblocks;
	if (scan->flags & SO_TYPE_TIDRANGESCAN && ItemPointerIsValid(&scan->min_tid))
		scan->first_block = Min(ItemPointerGetBlockNumber(&scan->min_tid), scan->nblocks);
	if (scan->flags & SO_TYPE_TIDRANGESCAN && ItemPointerIsValid(&scan->max_tid))
		scan->end_block = (BlockNumber) Min((uint64) ItemPointerGetBlockNumber(&scan->max_tid) + 1, scan->nblocks);
	if (scan->strategy == NULL && (scan->flags & SO_ALLOW_STRAT) && scan->nblocks > (BlockNumber) NBuffers / 4 &&
		!RelationUsesLocalBuffers(scan->rel))
		scan->strategy = GetAccessStrategy(BAS_BULKREAD);
	scan->started = false;
	scan->block = InvalidBlockNumber;
	scan->nvisible = scan->next = 0;
	if (scan->flags & SO_TYPE_SEQSCAN)
		pgstat_count_heap_scan(scan->rel);
}

HeapScan
heap_scan_new(Relation relation, Snapshot snapshot, int nkeys, ScanKey key, uint32 flags)
{
	HeapScan scan = palloc(sizeof(HeapScanDescData));

	scan->rel = relation;
	RelationIncrementReferenceCount(relation);
	scan->snapshot = snapshot;
	scan->flags = flags;
	scan->nkeys = nkeys;
	scan->keys = NULL;
	if (nkeys > 0)
	{
		scan->keys = palloc_array(ScanKeyData, nkeys);
		if (key != NULL)
			memcpy(scan->keys, key, nkeys * sizeof(ScanKeyData));
	}
	scan->strategy = NULL;
	scan->buffer = InvalidBuffer;
	ItemPointerSetInvalid(&scan->min_tid);
	ItemPointerSetInvalid(&scan->max_tid);
	scan_set_range(scan);
	if (flags & SO_TYPE_SEQSCAN)
		pgstat_count_heap_scan(relation);
	return scan;
}

TableScanDesc
heap_beginscan(Relation relation, Snapshot snapshot, int nkeys, ScanKey key, void *parallel_scan, uint32 flags)
{
	Assert(parallel_scan == NULL);
	return heap_scan_new(relation, snapshot, nkeys, key, flags);
}

TableScanDesc
table_beginscan(Relation rel, Snapshot snapshot, int nkeys, ScanKey key)
{
	return heap_scan_new(rel, snapshot, nkeys, key, SO_TYPE_SEQSCAN | SO_ALLOW_STRAT | SO_ALLOW_SYNC | SO_ALLOW_PAGEMODE);
}

TableScanDesc
table_beginscan_strat(Relation rel, Snapshot snapshot, int nkeys, ScanKey key, bool allow_strat, bool allow_sync)
{
	return heap_scan_new(rel, snapshot, nkeys, key, SO_TYPE_SEQSCAN | (allow_strat ? SO_ALLOW_STRAT : 0));
}

TableScanDesc
table_beginscan_catalog(Relation rel, int nkeys, ScanKey key)
{
	Snapshot snapshot = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(rel)));

	return heap_scan_new(rel, snapshot, nkeys, key, SO_TYPE_SEQSCAN | SO_ALLOW_STRAT | SO_TEMP_SNAPSHOT);
}

void
heap_setscanlimits(TableScanDesc scan, BlockNumber startBlk, BlockNumber numBlks)
{
	Assert(!scan->started);
	scan->first_block = Min(startBlk, scan->nblocks);
	scan->end_block = numBlks == InvalidBlockNumber
		? scan->nblocks
		: (BlockNumber) Min((uint64) scan->first_block + numBlks, scan->nblocks);
}

static void
release_page(HeapScan scan)
{
	if (scan->buffer != InvalidBuffer)
		ReleaseBuffer(scan->buffer);
	scan->buffer = InvalidBuffer;
}

void
heap_set_tidrange(TableScanDesc scan, ItemPointer mintid, ItemPointer maxtid)
{
	release_page(scan);
	scan->flags |= SO_TYPE_TIDRANGESCAN;
	scan->min_tid = *mintid;
	scan->max_tid = *maxtid;
	scan_set_range(scan);
}

void
heap_rescan(TableScanDesc scan, ScanKey key, bool set_params, bool allow_strat, bool allow_sync, bool allow_pagemode)
{
	release_page(scan);
	if (key != NULL && scan->nkeys > 0)
		memcpy(scan->keys, key, scan->nkeys * sizeof(ScanKeyData));
	scan_set_range(scan);
}

void
heap_endscan(TableScanDesc scan)
{
	release_page(scan);
	RelationDecrementReferenceCount(scan->rel);
	if (scan->keys != NULL)
		pfree(scan->keys);
	if (scan->strategy != NULL)
		FreeAccessStrategy(scan->strategy);
	if (scan->flags & SO_TEMP_SNAPSHOT)
		UnregisterSnapshot(scan->snapshot);
	pfree(scan);
}

Snapshot
heap_scan_get_snapshot(HeapScan scan)
{
	return scan->snapshot;
}

BlockNumber
heap_scan_get_nblocks(HeapScan scan)
{
	return scan->nblocks;
}

/* ---- one page ---------------------------------------------------------------------------------------------------------- */
/* Offsets of the tuples of the page that the snapshot sees, among candidates (offs NULL: all). Page share-locked. */
static int
collect_visible(HeapScan scan, Buffer buffer, const OffsetNumber *offs, int noffs, OffsetNumber *out)
{
	Page page = BufferGetPage(buffer);
	BlockNumber block = BufferGetBlockNumber(buffer);
	OffsetNumber max = PageGetMaxOffsetNumber(page);
	/* A page that everybody sees whole: snapshots taken during recovery may be older than what set the flag. */
	bool all_visible = PageIsAllVisible(page) && IsMVCCSnapshot(scan->snapshot) && !scan->snapshot->takenDuringRecovery;
	int candidates = offs != NULL ? noffs : max;
	HeapTupleData tuple;
	int n = 0;

	for (int i = 0; i < candidates; i++)
	{
		OffsetNumber off = offs != NULL ? offs[i] : (OffsetNumber) (i + 1);
		ItemId lp;

		if (unlikely(off > max))
			break;
		lp = PageGetItemId(page, off);
		if (!ItemIdIsNormal(lp))
			continue;
		if (!all_visible)
		{
			heap_tuple_set_from_page(&tuple, page, lp, block, off, RelationGetRelid(scan->rel));
			if (!HeapTupleSatisfiesVisibility(&tuple, scan->snapshot, buffer))
				continue;
		}
		out[n++] = off;
	}
	return n;
}

static void
trim_to_tid_range(HeapScan scan)
{
	int kept = 0;

	for (int i = 0; i < scan->nvisible; i++)
	{
		ItemPointerData tid;

		ItemPointerSet(&tid, scan->block, scan->visible[i]);
		if (ItemPointerIsValid(&scan->min_tid) && ItemPointerCompare(&tid, &scan->min_tid) < 0)
			continue;
		if (ItemPointerIsValid(&scan->max_tid) && ItemPointerCompare(&tid, &scan->max_tid) > 0)
			continue;
		scan->visible[kept++] = scan->visible[i];
	}
	scan->nvisible = kept;
}

static void
load_page(HeapScan scan, BlockNumber block)
{
	Page page;

	CHECK_FOR_INTERRUPTS();
	release_page(scan);
	scan->block = block;
	scan->buffer = ReadBufferExtended(scan->rel, MAIN_FORKNUM, block, RBM_NORMAL, scan->strategy);
	page = BufferGetPage(scan->buffer);
	heap_page_prune_opt(scan->rel, scan->buffer);
	LockBuffer(scan->buffer, BUFFER_LOCK_SHARE);
	scan->nvisible = PageIsNew(page) ? 0 : collect_visible(scan, scan->buffer, NULL, 0, scan->visible);
	LockBuffer(scan->buffer, BUFFER_LOCK_UNLOCK);
	pgstat_count_heap_rows(scan->rel, scan->nvisible);
	if (scan->flags & SO_TYPE_TIDRANGESCAN)
		trim_to_tid_range(scan);
	scan->next = 0;
}

/* The next page with something visible; false at the end. */
static bool
advance_page(HeapScan scan, bool forward)
{
	for (;;)
	{
		BlockNumber block;

		if (!scan->started)
		{
			scan->started = true;
			if (scan->first_block >= scan->end_block)
				return false;
			block = forward ? scan->first_block : scan->end_block - 1;
		}
		else if (scan->block == InvalidBlockNumber)
			return false;
		else if (forward)
			block = scan->block + 1;
		else
			block = scan->block == scan->first_block ? InvalidBlockNumber : scan->block - 1;
		if (block == InvalidBlockNumber || block >= scan->end_block)
		{
			release_page(scan);
			scan->block = InvalidBlockNumber;
			scan->nvisible = scan->next = 0;
			return false;
		}
		load_page(scan, block);
		if (scan->nvisible > 0)
		{
			if (scan->flags & SO_TYPE_SEQSCAN)
				pgstat_count_heap_rows(scan->rel, scan->nvisible);
			if (!forward)
				scan->next = scan->nvisible;
			return true;
		}
	}
}

static inline void
set_tuple(HeapScan scan, HeapTuple tuple, int index)
{
	Page page = BufferGetPage(scan->buffer);
	OffsetNumber off = scan->visible[index];

	heap_tuple_set_from_page(tuple, page, PageGetItemId(page, off), scan->block, off, RelationGetRelid(scan->rel));
}

static bool
keys_match(HeapScan scan, HeapTuple tuple)
{
	TupleDesc desc = RelationGetDescr(scan->rel);

	for (int i = 0; i < scan->nkeys; i++)
	{
		ScanKey key = &scan->keys[i];
		bool isnull;
		Datum value;

		if (key->sk_flags & SK_ISNULL)
			return false;
		value = heap_getattr(tuple, key->sk_attno, desc, &isnull);
		if (isnull || !DatumGetBool(FunctionCall2Coll(&key->sk_func, key->sk_collation, value, key->sk_argument)))
			return false;
	}
	return true;
}

HeapTuple
heap_getnext(TableScanDesc scan, ScanDirection direction)
{
	bool forward = direction != BackwardScanDirection;

	for (;;)
	{
		if (forward ? scan->next >= scan->nvisible : scan->next <= 0)
		{
			if (!advance_page(scan, forward))
				return NULL;
		}
		set_tuple(scan, &scan->tuple, forward ? scan->next++ : --scan->next);
		if (scan->nkeys == 0 || keys_match(scan, &scan->tuple))
			return &scan->tuple;
	}
}

int
heap_scan_next_batch(HeapScan scan, HeapTupleData *tuples, int max)
{
	for (;;)
	{
		int n = 0;
		Page page;
		TransactionId xid_base;
		MultiXactId multi_base;

		if (scan->next >= scan->nvisible && !advance_page(scan, true))
			return 0;
		page = BufferGetPage(scan->buffer);
		xid_base = HeapPageGetXidBase(page);
		multi_base = HeapPageGetMultiBase(page);
		while (n < max && scan->next < scan->nvisible)
		{
			OffsetNumber off = scan->visible[scan->next++];
			ItemId lp = PageGetItemId(page, off);
			HeapTuple tuple = &tuples[n];

			tuple->t_len = ItemIdGetLength(lp);
			ItemPointerSet(&tuple->t_self, scan->block, off);
			tuple->t_tableOid = RelationGetRelid(scan->rel);
			tuple->t_data = (HeapTupleHeader) PageGetItem(page, lp);
			tuple->t_xid_base = xid_base;
			tuple->t_multi_base = multi_base;
			if (scan->nkeys == 0 || keys_match(scan, tuple))
				n++;
		}
		if (n > 0)
			return n;
	}
}

/* ---- bitmap scans --------------------------------------------------------------------------------------------------------- */
/*
 * The bitmap names entries of indexes: chain roots. Each leads to at most one visible member (MVCC), or to several.
 */
static int
collect_bitmap_visible(HeapScan scan, const OffsetNumber *offs, int noffs)
{
	BlockNumber block = scan->block;
	int n = 0;

	for (int i = 0; i < noffs; i++)
	{
		ItemPointerData tid;
		HeapTupleData tuple;

		ItemPointerSet(&tid, block, offs[i]);
		if (heap_hot_search_buffer(&tid, scan->rel, scan->buffer, scan->snapshot, &tuple, NULL, true))
			scan->visible[n++] = ItemPointerGetOffsetNumber(&tid);
	}
	return n;
}

int
heap_scan_bitmap_block(HeapScan scan, BlockNumber block, const OffsetNumber *offs, int n, HeapTupleData *tuples,
					   int max)
{
	Page page;
	int count;

	Assert(max >= MaxHeapTuplesPerPage);
	if (block >= scan->nblocks)
		return 0;
	CHECK_FOR_INTERRUPTS();
	scan->block = block;
	scan->buffer = ReleaseAndReadBuffer(scan->buffer, scan->rel, block);
	page = BufferGetPage(scan->buffer);
	heap_page_prune_opt(scan->rel, scan->buffer);
	LockBuffer(scan->buffer, BUFFER_LOCK_SHARE);
	if (PageIsNew(page))
		scan->nvisible = 0;
	else if (n < 0)
		scan->nvisible = collect_visible(scan, scan->buffer, NULL, 0, scan->visible);
	else
		scan->nvisible = collect_bitmap_visible(scan, offs, n);
	LockBuffer(scan->buffer, BUFFER_LOCK_UNLOCK);
	scan->next = 0;
	for (count = 0; count < max && scan->next < scan->nvisible; count++)
		set_tuple(scan, &tuples[count], scan->next++);
	return count;
}
