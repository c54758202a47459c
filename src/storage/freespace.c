/*
 * freespace.c
 *    The free space map: a tree of FSM pages in the fsm fork, three levels of 8000.
 *
 * Level 0 has one byte per heap page: free space in units of 32 bytes, rounded down. A page above has one byte per page below: its
 * maximum. Level 2 is one page, the root. Pages lie depth first: the root is block 0, then its first child, that one's children, ...
 * so that a small relation has a small map: heap page 0 is in block 2.
 *
 * The map is not logged and may be wrong after a crash, or at any time. Who finds a page fuller than the map says corrects it; who
 * finds a page of the map broken gets it zeroed. A request for n bytes looks for n rounded up.
 */
#include "postgres.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/freespace.h"
#include "storage/fsm_page.h"
#include "storage/lmgr.h"
#include "storage/smgr.h"
#include "utils/rel.h"

#define FSM_CATEGORY_STEP (BLCKSZ / 256)
#define FSM_ROOT_LEVEL 2

typedef struct FsmAddress
{
	int level;
	uint32 page; /* number among the pages of its level */
} FsmAddress;

static const FsmAddress fsm_root = {FSM_ROOT_LEVEL, 0};

/* ---- arithmetic ------------------------------------------------------------------------------------------------------ */
static uint8
category_of_available(Size avail)
{
	Size category = avail / FSM_CATEGORY_STEP;

	return (uint8) Min(category, 255);
}

static uint8
category_of_needed(Size needed)
{
	Size category = (needed + FSM_CATEGORY_STEP - 1) / FSM_CATEGORY_STEP;

	if (needed == 0)
		return 1;
	/* The largest item that fits an empty page is a little more than category 255 can promise. */
	return (uint8) Min(category, 255);
}

static Size
available_of_category(uint8 category)
{
	return (Size) category * FSM_CATEGORY_STEP;
}

/* Depth-first number of a page: all level-0 pages before its last leaf, and the upper pages met on the way down. */
static BlockNumber
block_of_address(FsmAddress addr)
{
	uint64 first_leaf = addr.page;
	uint64 block;

	for (int level = 0; level < addr.level; level++)
		first_leaf *= FSM_SLOTS;
	/* Upper pages that come before first_leaf: one root, and a level-1 page for every 8000 leaves begun. */
	block = first_leaf + first_leaf / FSM_SLOTS + 1 + 1;
	/* From the leaf back up to the page wanted: its first descendants precede the leaf directly. */
	return (BlockNumber) (block - addr.level);
}

static FsmAddress
address_of_heap_block(BlockNumber heap_block, int *slot)
{
	*slot = (int) (heap_block % FSM_SLOTS);
	return (FsmAddress) {0, heap_block / FSM_SLOTS};
}

static FsmAddress
parent_of(FsmAddress addr, int *slot)
{
	*slot = (int) (addr.page % FSM_SLOTS);
	return (FsmAddress) {addr.level + 1, addr.page / FSM_SLOTS};
}

static FsmAddress
child_of(FsmAddress addr, int slot)
{
	return (FsmAddress) {addr.level - 1, addr.page * FSM_SLOTS + (uint32) slot};
}

/* ---- pages ------------------------------------------------------------------------------------------------------------ */
static void
init_if_new(Buffer buffer)
{
	if (!PageIsNew(BufferGetPage(buffer)))
		return;
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (PageIsNew(BufferGetPage(buffer)))
		PageInit(BufferGetPage(buffer), BLCKSZ, 0);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
}

static void
extend_map(Relation rel, BlockNumber nblocks)
{
	BlockNumber now;

	/* Redo is alone. */
	if (!InRecovery)
		LockRelationForExtension(rel, ExclusiveLock);
	if (!smgrexists(RelationGetSmgr(rel), FSM_FORKNUM))
		smgrcreate(RelationGetSmgr(rel), FSM_FORKNUM, false);
	now = smgrnblocks(RelationGetSmgr(rel), FSM_FORKNUM);
	if (now < nblocks)
		smgrzeroextend(RelationGetSmgr(rel), FSM_FORKNUM, now, (int) (nblocks - now), false);
	RelationGetSmgr(rel)->smgr_cached_nblocks[FSM_FORKNUM] = Max(now, nblocks);
	if (!InRecovery)
		UnlockRelationForExtension(rel, ExclusiveLock);
}

/* Pinned; InvalidBuffer when the map is not that long and extend is false. */
static Buffer
read_map_page(Relation rel, FsmAddress addr, bool extend)
{
	BlockNumber block = block_of_address(addr);
	SMgrRelation reln = RelationGetSmgr(rel);
	Buffer buffer;

	/* The size is kept in smgr_cached_nblocks by this file also outside recovery: here too small a value does no harm. */
	if (reln->smgr_cached_nblocks[FSM_FORKNUM] == InvalidBlockNumber || block >= reln->smgr_cached_nblocks[FSM_FORKNUM])
		reln->smgr_cached_nblocks[FSM_FORKNUM] = smgrexists(reln, FSM_FORKNUM) ? smgrnblocks(reln, FSM_FORKNUM) : 0;
	if (block >= reln->smgr_cached_nblocks[FSM_FORKNUM])
	{
		if (!extend)
			return InvalidBuffer;
		extend_map(rel, block + 1);
	}
	buffer = ReadBufferExtended(rel, FSM_FORKNUM, block, RBM_ZERO_ON_ERROR, NULL);
	init_if_new(buffer);
	return buffer;
}

/* Sets one byte, and searches the page for minvalue if that is not 0. */
static int
set_and_search(Relation rel, FsmAddress addr, int slot, uint8 value, uint8 minvalue)
{
	Buffer buffer = read_map_page(rel, addr, true);
	FsmPage *fsm = fsm_page_contents(BufferGetPage(buffer));
	int found = -1;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (fsm_page_set(fsm, slot, value))
		MarkBufferDirtyHint(buffer, false);
	if (minvalue != 0)
		found = fsm_page_search(fsm, minvalue, addr.level == 0);
	UnlockReleaseBuffer(buffer);
	return found;
}

/*
 * From the root down. An upper page may promise what a lower one does not have: then it is corrected and the search begins anew, a
 * limited number of times.
 */
static BlockNumber
search_map(Relation rel, uint8 minvalue)
{
	FsmAddress addr = fsm_root;

	for (int restarts = 0; restarts < 1000;)
	{
		Buffer buffer = read_map_page(rel, addr, false);
		uint8 max = 0;
		int slot = -1;

		if (BufferIsValid(buffer))
		{
			FsmPage *fsm = fsm_page_contents(BufferGetPage(buffer));

			LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
			slot = fsm_page_search(fsm, minvalue, addr.level == 0);
			max = fsm->max;
			UnlockReleaseBuffer(buffer);
		}
		if (slot >= 0)
		{
			if (addr.level == 0)
				return addr.page * FSM_SLOTS + (BlockNumber) slot;
			addr = child_of(addr, slot);
			continue;
		}
		if (addr.level == FSM_ROOT_LEVEL)
			return InvalidBlockNumber;
		addr = parent_of(addr, &slot);
		set_and_search(rel, addr, slot, max, 0);
		addr = fsm_root;
		restarts++;
	}
	return InvalidBlockNumber;
}

/* ---- public -------------------------------------------------------------------------------------------------------------- */
BlockNumber
GetPageWithFreeSpace(Relation rel, Size spaceNeeded)
{
	return search_map(rel, category_of_needed(spaceNeeded));
}

BlockNumber
RecordAndGetPageWithFreeSpace(Relation rel, BlockNumber oldPage, Size oldSpaceAvail, Size spaceNeeded)
{
	uint8 needed = category_of_needed(spaceNeeded);
	int slot;
	FsmAddress addr = address_of_heap_block(oldPage, &slot);
	int found = set_and_search(rel, addr, slot, category_of_available(oldSpaceAvail), needed);

	if (found >= 0)
		return addr.page * FSM_SLOTS + (BlockNumber) found;
	return search_map(rel, needed);
}

void
RecordPageWithFreeSpace(Relation rel, BlockNumber heapBlk, Size spaceAvail)
{
	int slot;
	FsmAddress addr = address_of_heap_block(heapBlk, &slot);

	set_and_search(rel, addr, slot, category_of_available(spaceAvail), 0);
}

void
XLogRecordPageWithFreeSpace(RelFileNode rnode, BlockNumber heapBlk, Size spaceAvail)
{
	int slot;
	FsmAddress addr = address_of_heap_block(heapBlk, &slot);
	Buffer buffer = XLogReadBufferExtended(rnode, FSM_FORKNUM, block_of_address(addr), RBM_ZERO_ON_ERROR, InvalidBuffer);

	if (!BufferIsValid(buffer))
		return;
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (PageIsNew(BufferGetPage(buffer)))
		PageInit(BufferGetPage(buffer), BLCKSZ, 0);
	if (fsm_page_set(fsm_page_contents(BufferGetPage(buffer)), slot, category_of_available(spaceAvail)))
		MarkBufferDirtyHint(buffer, false);
	UnlockReleaseBuffer(buffer);
}

Size
GetRecordedFreeSpace(Relation rel, BlockNumber heapBlk)
{
	int slot;
	FsmAddress addr = address_of_heap_block(heapBlk, &slot);
	Buffer buffer = read_map_page(rel, addr, false);
	uint8 category;

	if (!BufferIsValid(buffer))
		return 0;
	category = fsm_page_get(fsm_page_contents(BufferGetPage(buffer)), slot);
	ReleaseBuffer(buffer);
	return available_of_category(category);
}

BlockNumber
FreeSpaceMapPrepareTruncateRel(Relation rel, BlockNumber nblocks)
{
	int slot;
	FsmAddress addr = address_of_heap_block(nblocks, &slot);
	BlockNumber new_nblocks;
	Buffer buffer;

	if (!smgrexists(RelationGetSmgr(rel), FSM_FORKNUM))
		return InvalidBlockNumber;
	if (slot == 0)
	{
		new_nblocks = block_of_address(addr);
		return smgrnblocks(RelationGetSmgr(rel), FSM_FORKNUM) <= new_nblocks ? InvalidBlockNumber : new_nblocks;
	}
	buffer = read_map_page(rel, addr, false);
	if (!BufferIsValid(buffer))
		return InvalidBlockNumber;
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	/* Dirty for real, not as a hint: a later crash must not bring entries past the end back. */
	START_CRIT_SECTION();
	fsm_page_truncate(fsm_page_contents(BufferGetPage(buffer)), slot);
	MarkBufferDirty(buffer);
	if (!InRecovery && RelationNeedsWAL(rel))
		log_newpage_buffer(buffer, false);
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
	new_nblocks = block_of_address(addr) + 1;
	return smgrnblocks(RelationGetSmgr(rel), FSM_FORKNUM) <= new_nblocks ? InvalidBlockNumber : new_nblocks;
}

/* Maximum of the page after its children that concern heap blocks [start, end) have been looked at. */
static uint8
vacuum_page(Relation rel, FsmAddress addr, BlockNumber start, BlockNumber end)
{
	Buffer buffer = read_map_page(rel, addr, false);
	FsmPage *fsm;
	uint8 max;

	if (!BufferIsValid(buffer))
		return 0;
	fsm = fsm_page_contents(BufferGetPage(buffer));
	if (addr.level > 0)
	{
		/* Heap blocks that one slot of this page stands for. */
		uint64 heap_span = addr.level == 1 ? FSM_SLOTS : (uint64) FSM_SLOTS * FSM_SLOTS;

		for (int slot = 0; slot < FSM_SLOTS; slot++)
		{
			uint64 first_heap = child_of(addr, slot).page * heap_span;
			uint8 child_max;

			if (first_heap >= end)
				break;
			if (first_heap + heap_span <= start)
				continue;
			CHECK_FOR_INTERRUPTS();
			child_max = vacuum_page(rel, child_of(addr, slot), start, end);
			if (fsm_page_get(fsm, slot) != child_max)
			{
				LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
				fsm_page_set(fsm, slot, child_max);
				MarkBufferDirtyHint(buffer, false);
				LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
			}
		}
	}
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (fsm_page_rebuild(fsm))
		MarkBufferDirtyHint(buffer, false);
	max = fsm->max;
	/* Begin again at the front, so that a vacuumed relation fills from its start and its end can be cut off. */
	fsm->next = 0;
	UnlockReleaseBuffer(buffer);
	return max;
}

void
FreeSpaceMapVacuum(Relation rel)
{
	FreeSpaceMapVacuumRange(rel, 0, InvalidBlockNumber);
}

void
FreeSpaceMapVacuumRange(Relation rel, BlockNumber start, BlockNumber end)
{
	BlockNumber nblocks;

	if (end == InvalidBlockNumber)
	{
		nblocks = RelationGetNumberOfBlocks(rel);
		end = nblocks;
	}
	if (end > start)
		vacuum_page(rel, fsm_root, start, end);
}

/* ---- indexes: pages are free or not -------------------------------------------------------------------------------------- */
BlockNumber
GetFreeIndexPage(Relation rel)
{
	BlockNumber block = GetPageWithFreeSpace(rel, BLCKSZ / 2);

	if (block != InvalidBlockNumber)
		RecordUsedIndexPage(rel, block);
	return block;
}

void
RecordFreeIndexPage(Relation rel, BlockNumber freeBlock)
{
	RecordPageWithFreeSpace(rel, freeBlock, BLCKSZ - 1);
}

void
RecordUsedIndexPage(Relation rel, BlockNumber usedBlock)
{
	RecordPageWithFreeSpace(rel, usedBlock, 0);
}

void
IndexFreeSpaceMapVacuum(Relation rel)
{
	FreeSpaceMapVacuum(rel);
}
