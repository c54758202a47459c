/*
 * vacuum_heap.c
 *    VACUUM of one table.
 *
 * First pass over the heap: prune each page, freeze, collect the line pointers that are dead. Then the indexes forget these TIDs, and
 * a second pass gives the line pointers back. The list of dead TIDs is bounded by maintenance_work_mem; when it is full, the index
 * and second passes run and the first one goes on. A page that turns out to be visible to all is marked so in the visibility map, and
 * skipped from then on.
 *
 * A page is only changed under its cleanup lock; a page that somebody keeps pinned is looked at and left alone, unless this
 * vacuum must freeze everything.
 */
#include "postgres.h"

#include "access/multixact.h"
#include "access/transam.h"
#include "access/visibilitymap.h"
#include "access/xact.h"
#include "catalog/storage.h"
#include "commands/vacuum.h"
#include "heap/heap.h"
#include "commands/dbcommands.h"
#include "heap/vacuum_heap.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "storage/relation_storage.h"
#include "sys/fault.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#define SKIP_PAGES_MIN 32 /* shorter runs are read, so that the kernel's read-ahead stays with us */
#define TRUNCATE_PAGES_MIN 1000
#define TRUNCATE_FRACTION 16

/* ---- dead line pointers --------------------------------------------------------------------------------------------------- */
static bool
tid_is_dead(ItemPointer tid, void *state)
{
	HeapVacuum *vac = state;
	uint64 wanted = item_pointer_to_uint64(tid);
	int64 low = 0, high = vac->ndead;

	if (vac->ndead == 0 || wanted < item_pointer_to_uint64(&vac->dead[0]) ||
		wanted > item_pointer_to_uint64(&vac->dead[vac->ndead - 1]))
		return false;
	while (low < high)
	{
		int64 mid = (low + high) / 2;
		uint64 found = item_pointer_to_uint64(&vac->dead[mid]);

		if (found == wanted)
			return true;
		if (found < wanted)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static void
allocate_dead(HeapVacuum *vac)
{
	int64 most = (int64) maintenance_work_mem * 1024 / (int64) sizeof(ItemPointerData);

	most = Min(most, (int64) (MaxAllocSize / sizeof(ItemPointerData)));
	most = Min(most, (int64) vac->nblocks * MaxHeapTuplesPerPage);
	vac->max_dead = Max(most, MaxHeapTuplesPerPage);
	vac->dead = palloc_array(ItemPointerData, vac->max_dead);
}

/* ---- one page ---------------------------------------------------------------------------------------------------------------- */
static void
note_dead(HeapVacuum *vac, VacuumPage *page, OffsetNumber off)
{
	page->dead[page->ndead++] = off;
	page->all_visible = page->all_frozen = false;
}

/* What a tuple that survived pruning means for the page's visibility. */
static void
judge_survivor(HeapVacuum *vac, VacuumPage *page, HeapTuple tuple)
{
	TransactionId xmin;

	switch (HeapTupleSatisfiesVacuum(tuple, vac->oldest_xmin, page->buffer))
	{
		case HEAPTUPLE_LIVE:
			page->live++;
			if (!HeapTupleHeaderXminCommitted(tuple->t_data))
				page->all_visible = false;
			xmin = HeapTupleGetXmin(tuple);
			if (xmin >= vac->oldest_xmin)
				page->all_visible = false;
			else if (TransactionIdIsNormal(xmin))
				page->visibility_cutoff = Max(page->visibility_cutoff, xmin);
			break;
		case HEAPTUPLE_RECENTLY_DEAD:
			page->recently_dead++;
			page->all_visible = false;
			break;
		case HEAPTUPLE_INSERT_IN_PROGRESS:
			page->all_visible = false;
			break;
		case HEAPTUPLE_DELETE_IN_PROGRESS:
			page->live++;
			page->all_visible = false;
			break;
		case HEAPTUPLE_DEAD:
			/* Became dead since it was pruned: the next vacuum's. */
			page->recently_dead++;
			page->all_visible = false;
			break;
	}
}

static void
freeze_page(HeapVacuum *vac, VacuumPage *page)
{
	Page p = BufferGetPage(page->buffer);

	START_CRIT_SECTION();
	MarkBufferDirty(page->buffer);
	for (int i = 0; i < page->nfrozen; i++)
	{
		ItemId lp = PageGetItemId(p, page->frozen[i].offset);

		heap_execute_freeze_tuple((HeapTupleHeader) PageGetItem(p, lp), p, &page->frozen[i]);
	}
	if (RelationNeedsWAL(vac->rel))
		PageSetLSN(p, log_heap_freeze(vac->rel, page->buffer, vac->freeze_limit, page->frozen, page->nfrozen));
	END_CRIT_SECTION();
}

/* Cleanup-locked. */
static void
scan_and_prune(HeapVacuum *vac, VacuumPage *page)
{
	Page p = BufferGetPage(page->buffer);
	HeapPruneResult pruned = heap_page_prune(vac->rel, page->buffer, vac->vistest, InvalidTransactionId, NULL);

	vac->tuples_deleted += pruned.ndeleted;
	page->all_visible = page->all_frozen = true;
	for (OffsetNumber off = FirstOffsetNumber; off <= PageGetMaxOffsetNumber(p); off++)
	{
		ItemId lp = PageGetItemId(p, off);
		HeapTupleData tuple;
		bool frozen;

		if (!ItemIdIsUsed(lp))
			continue;
		if (ItemIdIsDead(lp))
		{
			/* Will be free before the table is truncated. */
			page->nonempty |= !vac->do_index_vacuuming;
			note_dead(vac, page, off);
			continue;
		}
		page->nonempty = true;
		if (ItemIdIsRedirected(lp))
			continue;
		heap_tuple_set_from_page(&tuple, p, lp, page->block, off, RelationGetRelid(vac->rel));
		judge_survivor(vac, page, &tuple);
		if (heap_prepare_freeze_tuple(&tuple, vac->freeze_limit, vac->multi_limit, vac->oldest_xmin,
									  &page->frozen[page->nfrozen], &frozen))
			page->nfrozen++;
		else if (!frozen)
			vac->oldest_kept_xid = Min(vac->oldest_kept_xid,
									   Max(FirstNormalTransactionId, HeapTupleGetRawXmin(&tuple)));
		if (!frozen)
			page->all_frozen = false;
	}
	if (page->nfrozen > 0)
		freeze_page(vac, page);
	page->all_frozen = page->all_frozen && page->all_visible;
}

/* Somebody keeps the page pinned: count, change nothing. Share-locked. */
static void
scan_without_pruning(HeapVacuum *vac, VacuumPage *page)
{
	Page p = BufferGetPage(page->buffer);

	vac->all_scanned = false;
	for (OffsetNumber off = FirstOffsetNumber; off <= PageGetMaxOffsetNumber(p); off++)
	{
		ItemId lp = PageGetItemId(p, off);
		HeapTupleData tuple;

		if (!ItemIdIsUsed(lp))
			continue;
		page->nonempty = true;
		if (ItemIdIsDead(lp))
		{
			note_dead(vac, page, off);
			continue;
		}
		if (!ItemIdIsNormal(lp))
			continue;
		heap_tuple_set_from_page(&tuple, p, lp, page->block, off, RelationGetRelid(vac->rel));
		judge_survivor(vac, page, &tuple);
	}
	page->all_visible = page->all_frozen = false;
}

/* Dead line pointers become free. Exclusive lock held; no index leads here any more. */
static void
reclaim_line_pointers(HeapVacuum *vac, Buffer buffer, const OffsetNumber *offsets, int n)
{
	Page page = BufferGetPage(buffer);
	OffsetNumber unused[MaxHeapTuplesPerPage];
	int nunused = 0;

	START_CRIT_SECTION();
	for (int i = 0; i < n; i++)
	{
		ItemId lp = PageGetItemId(page, offsets[i]);

		Assert(ItemIdIsDead(lp) && !ItemIdHasStorage(lp));
		ItemIdSetUnused(lp);
		unused[nunused++] = offsets[i];
	}
	PageTruncateLinePointerArray(page);
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(vac->rel))
	{
		xl_heap_vacuum xlrec = {(uint16) nunused};
		XLogRecPtr recptr;

		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		XLogRegisterBuffer(0, buffer, REGBUF_STANDARD);
		XLogRegisterBufData(0, unused, (int) (nunused * sizeof(OffsetNumber)));
		recptr = XLogInsert(RM_HEAP2_ID, XLOG_HEAP2_VACUUM);
		PageSetLSN(page, recptr);
		FAULT_POINT("heap-vacuum-logged");
	}
	END_CRIT_SECTION();
}

/* Is every tuple of the page visible to all, now that its dead items are gone? Exclusive lock held. */
static bool
page_is_all_visible(HeapVacuum *vac, Buffer buffer, TransactionId *cutoff, bool *all_frozen)
{
	Page page = BufferGetPage(buffer);
	BlockNumber block = BufferGetBlockNumber(buffer);

	*cutoff = InvalidTransactionId;
	*all_frozen = true;
	for (OffsetNumber off = FirstOffsetNumber; off <= PageGetMaxOffsetNumber(page); off++)
	{
		ItemId lp = PageGetItemId(page, off);
		HeapTupleData tuple;
		TransactionId xmin;

		if (!ItemIdIsUsed(lp) || ItemIdIsRedirected(lp))
			continue;
		if (!ItemIdIsNormal(lp))
			return false;
		heap_tuple_set_from_page(&tuple, page, lp, block, off, RelationGetRelid(vac->rel));
		if (HeapTupleSatisfiesVacuum(&tuple, vac->oldest_xmin, buffer) != HEAPTUPLE_LIVE ||
			!HeapTupleHeaderXminCommitted(tuple.t_data))
			return false;
		xmin = HeapTupleGetXmin(&tuple);
		if (xmin >= vac->oldest_xmin)
			return false;
		*cutoff = Max(*cutoff, TransactionIdIsNormal(xmin) ? xmin : InvalidTransactionId);
		if (!HeapTupleHeaderXminFrozen(tuple.t_data) || !(tuple.t_data->t_infomask & HEAP_XMAX_INVALID))
			*all_frozen = false;
	}
	return true;
}

static void
mark_all_visible(HeapVacuum *vac, Buffer buffer, Buffer vmbuffer, TransactionId cutoff, bool all_frozen)
{
	Page page = BufferGetPage(buffer);
	uint8 flags = VISIBILITYMAP_ALL_VISIBLE | (all_frozen ? VISIBILITYMAP_ALL_FROZEN : 0);

	if (!PageIsAllVisible(page))
	{
		PageSetAllVisible(page);
		MarkBufferDirty(buffer);
	}
	visibilitymap_set(vac->rel, BufferGetBlockNumber(buffer), buffer, InvalidXLogRecPtr, vmbuffer, cutoff, flags);
}

/* Second pass over one page. */
static void
vacuum_dead_of_page(HeapVacuum *vac, Buffer buffer, const OffsetNumber *offsets, int n, Buffer *vmbuffer)
{
	BlockNumber block = BufferGetBlockNumber(buffer);
	TransactionId cutoff;
	bool all_frozen;

	reclaim_line_pointers(vac, buffer, offsets, n);
	if (page_is_all_visible(vac, buffer, &cutoff, &all_frozen))
	{
		uint8 known = visibilitymap_get_status(vac->rel, block, vmbuffer);

		if (!(known & VISIBILITYMAP_ALL_VISIBLE) || (all_frozen && !(known & VISIBILITYMAP_ALL_FROZEN)))
			mark_all_visible(vac, buffer, *vmbuffer, cutoff, all_frozen);
	}
}

/* ---- the passes --------------------------------------------------------------------------------------------------------------------- */
static void
vacuum_indexes(HeapVacuum *vac)
{
	for (int i = 0; i < vac->nindexes; i++)
	{
		IndexVacuumInfo info = {.index = vac->indexes[i],
								.estimated_count = true,
								.message_level = DEBUG2,
								.num_heap_tuples = vac->old_live_tuples,
								.strategy = vac->strategy};

		vac->index_stats[i] = index_bulk_delete(&info, vac->index_stats[i], tid_is_dead, vac);
	}
	vac->index_scans++;
}

static void
vacuum_heap_second_pass(HeapVacuum *vac)
{
	Buffer vmbuffer = InvalidBuffer;
	int64 i = 0;

	while (i < vac->ndead)
	{
		BlockNumber block = ItemPointerGetBlockNumber(&vac->dead[i]);
		OffsetNumber offsets[MaxHeapTuplesPerPage];
		int n = 0;
		Buffer buffer;
		Size room;

		vacuum_delay_point();
		for (; i < vac->ndead && ItemPointerGetBlockNumber(&vac->dead[i]) == block; i++)
			offsets[n++] = ItemPointerGetOffsetNumber(&vac->dead[i]);
		visibilitymap_pin(vac->rel, block, &vmbuffer);
		buffer = ReadBufferExtended(vac->rel, MAIN_FORKNUM, block, RBM_NORMAL, vac->strategy);
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		vacuum_dead_of_page(vac, buffer, offsets, n, &vmbuffer);
		room = PageGetHeapFreeSpace(BufferGetPage(buffer));
		UnlockReleaseBuffer(buffer);
		RecordPageWithFreeSpace(vac->rel, block, room);
	}
	if (vmbuffer != InvalidBuffer)
		ReleaseBuffer(vmbuffer);
}

static void
process_dead(HeapVacuum *vac)
{
	if (vac->ndead == 0)
		return;
	if (vac->do_index_vacuuming)
	{
		vacuum_indexes(vac);
		vacuum_heap_second_pass(vac);
	}
	vac->ndead = 0;
}

static bool
may_skip(HeapVacuum *vac, BlockNumber block, Buffer *vmbuffer)
{
	uint8 status;

	/* The last page tells whether the table can be truncated. */
	if (vac->skip_none || block == vac->nblocks - 1)
		return false;
	status = visibilitymap_get_status(vac->rel, block, vmbuffer);
	if (status & VISIBILITYMAP_ALL_FROZEN)
		return true;
	return !vac->aggressive && (status & VISIBILITYMAP_ALL_VISIBLE);
}

/* The next block to look at, from `block` on. */
static BlockNumber
next_block(HeapVacuum *vac, BlockNumber block, Buffer *vmbuffer)
{
	BlockNumber next = block;

	while (next < vac->nblocks && may_skip(vac, next, vmbuffer))
		next++;
	if (next - block < SKIP_PAGES_MIN)
		return block;
	vac->skipped_pages += next - block;
	for (BlockNumber b = block; b < next && vac->all_scanned; b++)
		if (!VM_ALL_FROZEN(vac->rel, b, vmbuffer))
			vac->all_scanned = false;
	return next;
}

static void
record_page(HeapVacuum *vac, VacuumPage *page)
{
	vac->live_tuples += page->live;
	vac->recently_dead += page->recently_dead;
	vac->scanned_pages++;
	if (page->nonempty)
		vac->nonempty_pages = page->block + 1;
	for (int i = 0; i < page->ndead; i++)
		ItemPointerSet(&vac->dead[vac->ndead++], page->block, page->dead[i]);
	if (page->ndead > 0)
	{
		vac->pages_with_dead++;
		vac->dead_items_total += page->ndead;
	}
}

static void
vacuum_page(HeapVacuum *vac, BlockNumber block, Buffer *vmbuffer)
{
	VacuumPage page;
	Page p;
	Size room;

	page.block = block;
	page.live = page.recently_dead = 0;
	page.ndead = page.nfrozen = 0;
	page.nonempty = false;
	page.visibility_cutoff = InvalidTransactionId;
	visibilitymap_pin(vac->rel, block, vmbuffer);
	page.buffer = ReadBufferExtended(vac->rel, MAIN_FORKNUM, block, RBM_NORMAL, vac->strategy);
	p = BufferGetPage(page.buffer);
	if (!ConditionalLockBufferForCleanup(page.buffer))
	{
		if (!vac->aggressive)
		{
			LockBuffer(page.buffer, BUFFER_LOCK_SHARE);
			if (!PageIsNew(p))
				scan_without_pruning(vac, &page);
			UnlockReleaseBuffer(page.buffer);
			record_page(vac, &page);
			return;
		}
		LockBufferForCleanup(page.buffer);
	}
	if (PageIsNew(p))
	{
		/* Extended and never used: let it be found. */
		UnlockReleaseBuffer(page.buffer);
		vac->scanned_pages++;
		RecordPageWithFreeSpace(vac->rel, block, BLCKSZ - SizeOfPageHeaderData - sizeof(HeapPageSpecialData));
		return;
	}
	scan_and_prune(vac, &page);
	if (vac->nindexes == 0 && page.ndead > 0)
	{
		vac->pages_with_dead++;
		vac->dead_items_total += page.ndead;
		vacuum_dead_of_page(vac, page.buffer, page.dead, page.ndead, vmbuffer);
		page.ndead = 0;
	}
	else if (page.all_visible)
	{
		uint8 known = visibilitymap_get_status(vac->rel, block, vmbuffer);

		if (!(known & VISIBILITYMAP_ALL_VISIBLE) || !PageIsAllVisible(p) ||
			(page.all_frozen && !(known & VISIBILITYMAP_ALL_FROZEN)))
			mark_all_visible(vac, page.buffer, *vmbuffer, page.visibility_cutoff, page.all_frozen);
	}
	room = PageGetHeapFreeSpace(p);
	UnlockReleaseBuffer(page.buffer);
	record_page(vac, &page);
	/* With dead items left, the second pass will know better. */
	if (page.ndead == 0)
		RecordPageWithFreeSpace(vac->rel, block, room);
}

static void
first_pass(HeapVacuum *vac)
{
	Buffer vmbuffer = InvalidBuffer;
	BlockNumber block = next_block(vac, 0, &vmbuffer);
	BlockNumber checked = 0;

	while (block < vac->nblocks)
	{
		vacuum_delay_point();
		if (vac->max_dead - vac->ndead < MaxHeapTuplesPerPage)
		{
			if (vmbuffer != InvalidBuffer)
				ReleaseBuffer(vmbuffer);
			vmbuffer = InvalidBuffer;
			process_dead(vac);
		}
		vacuum_page(vac, block, &vmbuffer);
		block++;
		if (block >= checked + SKIP_PAGES_MIN || block < SKIP_PAGES_MIN)
		{
			BlockNumber next = next_block(vac, block, &vmbuffer);

			checked = next == block ? block : next;
			block = next;
		}
	}
	if (vmbuffer != InvalidBuffer)
		ReleaseBuffer(vmbuffer);
}

/* ---- giving pages at the end back -------------------------------------------------------------------------------------------------------- */
static bool
worth_truncating(HeapVacuum *vac, bool enabled)
{
	BlockNumber gain = vac->nblocks - vac->nonempty_pages;

	return enabled && gain > 0 && (gain >= TRUNCATE_PAGES_MIN || gain >= vac->nblocks / TRUNCATE_FRACTION);
}

/* Under the exclusive lock: which pages at the end are still empty? */
static BlockNumber
count_nonempty(HeapVacuum *vac, BlockNumber nblocks)
{
	while (nblocks > vac->nonempty_pages)
	{
		Buffer buffer = ReadBufferExtended(vac->rel, MAIN_FORKNUM, nblocks - 1, RBM_NORMAL, vac->strategy);
		Page page = BufferGetPage(buffer);
		bool used = false;

		CHECK_FOR_INTERRUPTS();
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		for (OffsetNumber off = FirstOffsetNumber; !PageIsNew(page) && off <= PageGetMaxOffsetNumber(page); off++)
			used |= ItemIdIsUsed(PageGetItemId(page, off));
		UnlockReleaseBuffer(buffer);
		if (used)
			break;
		nblocks--;
	}
	return nblocks;
}

static void
truncate_heap(HeapVacuum *vac)
{
	BlockNumber nblocks, keep;

	/* Nobody is made to wait for this. */
	if (!ConditionalLockRelation(vac->rel, AccessExclusiveLock))
		return;
	nblocks = RelationGetNumberOfBlocks(vac->rel);
	if (nblocks == vac->nblocks)
	{
		keep = count_nonempty(vac, nblocks);
		if (keep < nblocks)
		{
			RelationTruncate(vac->rel, keep);
			vac->removed_pages += nblocks - keep;
			vac->nblocks = keep;
		}
	}
	UnlockRelation(vac->rel, AccessExclusiveLock);
}

/* ---- one table ------------------------------------------------------------------------------------------------------------------------------ */
static void
set_limits(HeapVacuum *vac, VacuumParams *params)
{
	int min_age = params->freeze_min_age >= 0 ? params->freeze_min_age : vacuum_freeze_min_age;
	int table_age = params->freeze_table_age >= 0 ? params->freeze_table_age : vacuum_freeze_table_age;
	int multi_min_age = params->multixact_freeze_min_age >= 0 ? params->multixact_freeze_min_age
															  : vacuum_multixact_freeze_min_age;
	TransactionId next = ReadNextTransactionId();
	MultiXactId oldest_multi = GetOldestMultiXactId();
	TransactionId relfrozen = vac_full_xid(vac->rel->rd_rel->relfrozenxid, next);

	vac->oldest_xmin = GetOldestNonRemovableTransactionId(vac->rel);
	vac->vistest = GlobalVisTestFor(vac->rel);
	vac->freeze_limit = TransactionIdRetreatedBy(vac->oldest_xmin, (uint32) min_age);
	vac->multi_limit = oldest_multi > (MultiXactId) multi_min_age ? oldest_multi - multi_min_age : FirstMultiXactId;
	vac->aggressive = (params->options & VACOPT_DISABLE_PAGE_SKIPPING) != 0 || params->is_wraparound ||
		relfrozen <= TransactionIdRetreatedBy(next, (uint32) table_age);
	vac->skip_none = (params->options & VACOPT_DISABLE_PAGE_SKIPPING) != 0;
}

static void
cleanup_indexes(HeapVacuum *vac)
{
	for (int i = 0; i < vac->nindexes; i++)
	{
		IndexVacuumInfo info = {.index = vac->indexes[i],
								.estimated_count = vac->scanned_pages < vac->nblocks,
								.message_level = DEBUG2,
								.num_heap_tuples = vac->new_live_tuples,
								.strategy = vac->strategy};
		IndexBulkDeleteResult *stats;

		stats = vac->index_stats[i] = index_vacuum_cleanup(&info, vac->index_stats[i]);
		if (stats != NULL && !stats->estimated_count)
			vac_update_relstats(vac->indexes[i], stats->num_pages, stats->num_index_tuples, 0, false,
								InvalidTransactionId, InvalidMultiXactId, NULL, NULL, false);
	}
}

static void
update_statistics(HeapVacuum *vac)
{
	BlockNumber visible, frozen;
	TransactionId new_frozen = InvalidTransactionId;
	MultiXactId new_minmulti = InvalidMultiXactId;

	visibilitymap_count(vac->rel, &visible, &frozen);
	visible = Min(visible, vac->nblocks);
	/* Only who has seen every page that is not frozen may say that nothing older is left. */
	if (vac->all_scanned)
	{
		new_frozen = Min(vac->freeze_limit, vac->oldest_kept_xid);
		new_minmulti = vac->multi_limit;
	}
	vac_update_relstats(vac->rel, vac->nblocks, vac->new_live_tuples, visible, vac->nindexes > 0, new_frozen,
						new_minmulti, NULL, NULL, false);
	pgstat_report_vacuum(RelationGetRelid(vac->rel), vac->rel->rd_rel->relisshared,
						 (PgStat_Counter) Max(vac->new_live_tuples, 0), (PgStat_Counter) vac->recently_dead);
}

void
heap_vacuum_rel(Relation rel, VacuumParams *params, BufferAccessStrategy bstrategy)
{
	HeapVacuum *vac = palloc0_object(HeapVacuum);
	bool verbose = (params->options & VACOPT_VERBOSE) != 0;

	vac->rel = rel;
	vac->strategy = bstrategy;
	vac->start = heap_vacuum_usage_begin();
	if (verbose)
		ereport(INFO, (errmsg("vacuuming \"%s.%s.%s\"", get_database_name(MyDatabaseId),
							  get_namespace_name(RelationGetNamespace(rel)), RelationGetRelationName(rel))));
	set_limits(vac, params);
	vac->nblocks = vac->initial_nblocks = RelationGetNumberOfBlocks(rel);
	vac->old_live_tuples = rel->rd_rel->reltuples;
	vac->oldest_kept_xid = vac->oldest_xmin;
	vac->all_scanned = true;
	vac_open_indexes(rel, RowExclusiveLock, &vac->nindexes, &vac->indexes);
	vac->index_stats = palloc0_array(IndexBulkDeleteResult *, vac->nindexes + 1);
	vac->do_index_vacuuming = params->index_cleanup != VACOPTVALUE_DISABLED;
	allocate_dead(vac);

	first_pass(vac);
	process_dead(vac);
	vac->new_live_tuples = vac_estimate_reltuples(rel, vac->nblocks, vac->scanned_pages, vac->live_tuples);
	if (vac->do_index_vacuuming)
		cleanup_indexes(vac);
	if (worth_truncating(vac, params->truncate != VACOPTVALUE_DISABLED))
		truncate_heap(vac);
	FreeSpaceMapVacuum(rel);
	update_statistics(vac);
	if (verbose)
		heap_vacuum_report(vac);
	vac_close_indexes(vac->nindexes, vac->indexes, NoLock);
	pfree(vac->dead);
	pfree(vac);
}
