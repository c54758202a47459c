/*
 * place.c
 *    Finding a page with room for a tuple, and putting it there.
 *
 * Order of attempts: the page where this process last inserted, a page that the free-space map proposes, the last page, and then
 * more pages at the end. Growth is by one page for a lone inserter and by many at a time when others wait for the extension
 * lock, or in a bulk load; the surplus goes to the free-space map, or is kept by the bulk loader itself.
 *
 * Lock order: two heap pages are locked lower block number first; map pages are pinned before heap pages are locked.
 */
#include "postgres.h"

#include "access/visibilitymap.h"
#include "heap/heap.h"
#include "storage/freespace.h"
#include "storage/lmgr.h"
#include "sys/fault.h"

#define BULK_EXTEND_BLOCKS_MAX 128

void
RelationPutHeapTuple(Relation relation, Buffer buffer, HeapTuple tuple, bool token)
{
	Page page = BufferGetPage(buffer);
	OffsetNumber offnum;

	Assert(!token || HeapTupleHeaderIsSpeculative(tuple->t_data));
	offnum = PageAddItemExtended(page, (Item) tuple->t_data, tuple->t_len, InvalidOffsetNumber, PAI_IS_HEAP);
	if (offnum == InvalidOffsetNumber)
		elog(PANIC, "failed to add tuple to page");
	ItemPointerSet(&tuple->t_self, BufferGetBlockNumber(buffer), offnum);
	if (!token)
	{
		HeapTupleHeader stored = (HeapTupleHeader) PageGetItem(page, PageGetItemId(page, offnum));

		stored->t_ctid = tuple->t_self;
	}
}

static Buffer
read_buffer_for_insert(Relation relation, BlockNumber block, ReadBufferMode mode, BulkInsertState bistate)
{
	Buffer buffer;

	if (bistate == NULL)
		return ReadBufferExtended(relation, MAIN_FORKNUM, block, mode, NULL);
	if (bistate->current_buf != InvalidBuffer)
	{
		if (BufferGetBlockNumber(bistate->current_buf) == block)
		{
			IncrBufferRefCount(bistate->current_buf);
			return bistate->current_buf;
		}
		ReleaseBuffer(bistate->current_buf);
		bistate->current_buf = InvalidBuffer;
	}
	buffer = ReadBufferExtended(relation, MAIN_FORKNUM, block, mode, bistate->strategy);
	IncrBufferRefCount(buffer);
	bistate->current_buf = buffer;
	return buffer;
}

/* Pins the map pages that pages found all-visible need; true when locks had to be given up for that. */
static bool
pin_visibility_maps(Relation relation, Buffer buffer, Buffer other, Buffer *vmbuffer, Buffer *vmbuffer_other)
{
	BlockNumber block = BufferGetBlockNumber(buffer);
	bool need = PageIsAllVisible(BufferGetPage(buffer)) && !visibilitymap_pin_ok(block, *vmbuffer);
	bool need_other = other != InvalidBuffer && vmbuffer_other != NULL && PageIsAllVisible(BufferGetPage(other)) &&
		!visibilitymap_pin_ok(BufferGetBlockNumber(other), *vmbuffer_other);

	if (likely(!need && !need_other))
		return false;
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	if (other != InvalidBuffer && other != buffer)
		LockBuffer(other, BUFFER_LOCK_UNLOCK);
	if (need)
		visibilitymap_pin(relation, block, vmbuffer);
	if (need_other)
		visibilitymap_pin(relation, BufferGetBlockNumber(other), vmbuffer_other);
	return true;
}

static void
lock_pair(Buffer buffer, Buffer other)
{
	if (other == InvalidBuffer || other == buffer)
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	else if (BufferGetBlockNumber(other) < BufferGetBlockNumber(buffer))
	{
		LockBuffer(other, BUFFER_LOCK_EXCLUSIVE);
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	}
	else
	{
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		LockBuffer(other, BUFFER_LOCK_EXCLUSIVE);
	}
}

static void
lock_pair_with_maps(Relation relation, Buffer buffer, Buffer other, Buffer *vmbuffer, Buffer *vmbuffer_other)
{
	/* A page can become all-visible while it is unlocked, so once more until nothing is missing. */
	do
		lock_pair(buffer, other);
	while (pin_visibility_maps(relation, buffer, other, vmbuffer, vmbuffer_other));
}

/*
 * Adds pages. All but the first are advertised in the free-space map, or kept for the bulk loader. Returns the first one
 * pinned and unlocked, initialised and empty.
 */
static Buffer
extend_relation(Relation relation, BulkInsertState bistate)
{
	bool needs_lock = !RELATION_IS_LOCAL(relation);
	BufferAccessStrategy strategy = bistate ? bistate->strategy : NULL;
	int want = 1;
	int got;
	Buffer buffer;
	BlockNumber first;

	if (bistate != NULL)
		want = Max(1, Min(bistate->already_extended_by, BULK_EXTEND_BLOCKS_MAX));
	if (needs_lock && !ConditionalLockRelationForExtension(relation, ExclusiveLock))
	{
		LockRelationForExtension(relation, ExclusiveLock);
		/* Those who wait behind us will want pages too. */
		want = Max(want, Min(BULK_EXTEND_BLOCKS_MAX, 1 + RelationExtensionLockWaiterCount(relation) * 20));
	}
	buffer = ExtendBufferedRelBy(relation, MAIN_FORKNUM, strategy, want, &got);
	first = BufferGetBlockNumber(buffer);
	if (needs_lock)
		UnlockRelationForExtension(relation, ExclusiveLock);

	if (bistate != NULL)
	{
		bistate->already_extended_by += got;
		bistate->next_free = got > 1 ? first + 1 : InvalidBlockNumber;
		bistate->last_free = first + got - 1;
		if (bistate->current_buf != InvalidBuffer)
			ReleaseBuffer(bistate->current_buf);
		IncrBufferRefCount(buffer);
		bistate->current_buf = buffer;
	}
	else if (got > 1)
	{
		Size room = BLCKSZ - SizeOfPageHeaderData - sizeof(HeapPageSpecialData) - sizeof(ItemIdData);

		for (int i = 1; i < got; i++)
			RecordPageWithFreeSpace(relation, first + i, room);
		FreeSpaceMapVacuumRange(relation, first, first + got);
	}
	return buffer;
}

/* Where to look first. */
static BlockNumber
first_target(Relation relation, Size needed, int options, BulkInsertState bistate)
{
	BlockNumber target;

	if (bistate != NULL && bistate->current_buf != InvalidBuffer)
		return BufferGetBlockNumber(bistate->current_buf);
	target = RelationGetTargetBlock(relation);
	if (target == InvalidBlockNumber && !(options & HEAP_INSERT_SKIP_FSM))
		target = GetPageWithFreeSpace(relation, needed);
	if (target == InvalidBlockNumber && !(options & HEAP_INSERT_SKIP_FSM))
	{
		BlockNumber nblocks = RelationGetNumberOfBlocks(relation);

		if (nblocks > 0)
			target = nblocks - 1;
	}
	return target;
}

static BlockNumber
next_target(Relation relation, BlockNumber tried, Size room, Size needed, int options, BulkInsertState bistate)
{
	if (bistate != NULL && bistate->next_free != InvalidBlockNumber)
	{
		BlockNumber next = bistate->next_free;

		bistate->next_free = next < bistate->last_free ? next + 1 : InvalidBlockNumber;
		return next;
	}
	if (options & HEAP_INSERT_SKIP_FSM)
		return InvalidBlockNumber;
	return RecordAndGetPageWithFreeSpace(relation, tried, room, needed);
}

/* The page is locked. An all-zero page (somebody extended and died) is put in order. */
static Size
page_room(Buffer buffer)
{
	Page page = BufferGetPage(buffer);

	if (PageIsNew(page))
	{
		heap_page_init(page);
		MarkBufferDirty(buffer);
	}
	return PageGetHeapFreeSpace(page);
}

Buffer
RelationGetBufferForTuple(Relation relation, Size len, Buffer otherBuffer, int options, BulkInsertState bistate,
						  Buffer *vmbuffer, Buffer *vmbuffer_other)
{
	Size reserve = RelationGetTargetPageFreeSpace(relation, HEAP_DEFAULT_FILLFACTOR);
	Size needed;
	BlockNumber target;
	BlockNumber other_block = otherBuffer != InvalidBuffer ? BufferGetBlockNumber(otherBuffer) : InvalidBlockNumber;

	len = MAXALIGN(len);
	if (len > MaxHeapTupleSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("row is too big: size %zu, maximum size %zu", len, (Size) MaxHeapTupleSize)));
	/* A row that would not fit beside the reserve still gets an empty page. */
	needed = Min(len + reserve, MaxHeapTupleSize);
	/* An update has found its own page too full: do not go back there for the reserve's sake. */
	target = first_target(relation, needed, options, bistate);

	while (target != InvalidBlockNumber)
	{
		Buffer buffer;
		Size room;

		CHECK_FOR_INTERRUPTS();
		buffer = target == other_block ? otherBuffer
									   : read_buffer_for_insert(relation, target, RBM_NORMAL, bistate);
		/* Frozen rows on an empty page make it all-visible at once: the map will be needed. */
		if (PageIsAllVisible(BufferGetPage(buffer)) || (options & HEAP_INSERT_FROZEN))
			visibilitymap_pin(relation, target, vmbuffer);
		lock_pair_with_maps(relation, buffer, otherBuffer, vmbuffer, vmbuffer_other);
		room = page_room(buffer);
		if (room >= needed || (room >= len && PageGetMaxOffsetNumber(BufferGetPage(buffer)) == 0))
		{
			RelationSetTargetBlock(relation, target);
			return buffer;
		}
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		if (otherBuffer != InvalidBuffer && buffer != otherBuffer)
			LockBuffer(otherBuffer, BUFFER_LOCK_UNLOCK);
		if (buffer != otherBuffer)
			ReleaseBuffer(buffer);
		target = next_target(relation, target, room, needed, options, bistate);
	}

	for (;;)
	{
		Buffer buffer = extend_relation(relation, bistate);

		if (options & HEAP_INSERT_FROZEN)
			visibilitymap_pin(relation, BufferGetBlockNumber(buffer), vmbuffer);
		lock_pair_with_maps(relation, buffer, otherBuffer, vmbuffer, vmbuffer_other);
		/* Somebody may have found the new page before we locked it. */
		if (page_room(buffer) >= len)
		{
			RelationSetTargetBlock(relation, BufferGetBlockNumber(buffer));
			return buffer;
		}
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		if (otherBuffer != InvalidBuffer)
			LockBuffer(otherBuffer, BUFFER_LOCK_UNLOCK);
		ReleaseBuffer(buffer);
	}
}

/* ---- bulk insertion ------------------------------------------------------------------------------------------------------- */
BulkInsertState
GetBulkInsertState(void)
{
	BulkInsertState bistate = palloc0_object(BulkInsertStateData);

	bistate->strategy = GetAccessStrategy(BAS_BULKWRITE);
	bistate->current_buf = InvalidBuffer;
	bistate->next_free = bistate->last_free = InvalidBlockNumber;
	return bistate;
}

void
ReleaseBulkInsertStatePin(BulkInsertState bistate)
{
	if (bistate->current_buf != InvalidBuffer)
		ReleaseBuffer(bistate->current_buf);
	bistate->current_buf = InvalidBuffer;
}

void
FreeBulkInsertState(BulkInsertState bistate)
{
	ReleaseBulkInsertStatePin(bistate);
	if (bistate->strategy != NULL)
		FreeAccessStrategy(bistate->strategy);
	pfree(bistate);
}
