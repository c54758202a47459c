/*
 * visibilitymap.c
 *    Two bits per heap page in the vm fork.
 *
 * A map page is a page header and 8168 bytes, four heap pages to a byte, lowest bits first. Setting bits is a WAL record of the
 * Storage manager (storage_xlog.c); clearing needs none of its own, because the heap record that makes a bit untrue says so, and
 * its redo clears the bit.
 */
#include "postgres.h"
#include "access/visibilitymap.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/relation_storage.h"
#include "storage/smgr.h"
#include "utils/inval.h"
#include "utils/rel.h"

#define MAP_BYTES (BLCKSZ - MAXALIGN(SizeOfPageHeaderData))
#define HEAP_BLOCKS_PER_BYTE (BITS_PER_BYTE / BITS_PER_HEAPBLOCK)
#define HEAP_BLOCKS_PER_MAP_PAGE (MAP_BYTES * HEAP_BLOCKS_PER_BYTE)

#define map_block(heap_block) ((BlockNumber) ((heap_block) / HEAP_BLOCKS_PER_MAP_PAGE))
#define map_byte(heap_block) (((heap_block) % HEAP_BLOCKS_PER_MAP_PAGE) / HEAP_BLOCKS_PER_BYTE)
#define map_shift(heap_block) (((heap_block) % HEAP_BLOCKS_PER_BYTE) * BITS_PER_HEAPBLOCK)

static uint8 *
map_bits(Buffer buffer)
{
	return (uint8 *) PageGetContents(BufferGetPage(buffer));
}

/* ---- pages ------------------------------------------------------------------------------------------------------ */
static void
extend_map(Relation rel, BlockNumber nblocks)
{
	SMgrRelation reln;
	BlockNumber now;

	/* Redo is alone. */
	if (!InRecovery)
		LockRelationForExtension(rel, ExclusiveLock);
	reln = RelationGetSmgr(rel);
	if (!smgrexists(reln, VISIBILITYMAP_FORKNUM))
		smgrcreate(reln, VISIBILITYMAP_FORKNUM, false);
	now = smgrnblocks(reln, VISIBILITYMAP_FORKNUM);
	if (now < nblocks)
	{
		smgrzeroextend(reln, VISIBILITYMAP_FORKNUM, now, (int) (nblocks - now), false);
		/* Others remember that there is no map, or a shorter one. */
		CacheInvalidateSmgr(reln->smgr_rnode);
	}
	reln->smgr_cached_nblocks[VISIBILITYMAP_FORKNUM] = Max(now, nblocks);
	if (!InRecovery)
		UnlockRelationForExtension(rel, ExclusiveLock);
}

static Buffer
read_map_page(Relation rel, BlockNumber block, bool extend)
{
	SMgrRelation reln = RelationGetSmgr(rel);
	BlockNumber *known = &reln->smgr_cached_nblocks[VISIBILITYMAP_FORKNUM];
	Buffer buffer;

	if (*known == InvalidBlockNumber)
		*known = smgrexists(reln, VISIBILITYMAP_FORKNUM) ? smgrnblocks(reln, VISIBILITYMAP_FORKNUM) : 0;
	if (block >= *known)
	{
		if (!extend)
			return InvalidBuffer;
		extend_map(rel, block + 1);
	}
	/* A broken map page is as good as an empty one. */
	buffer = ReadBufferExtended(rel, VISIBILITYMAP_FORKNUM, block, RBM_ZERO_ON_ERROR, NULL);
	if (PageIsNew(BufferGetPage(buffer)))
	{
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		if (PageIsNew(BufferGetPage(buffer)))
			PageInit(BufferGetPage(buffer), BLCKSZ, 0);
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	}
	return buffer;
}

void
visibilitymap_pin(Relation rel, BlockNumber heapBlk, Buffer *vmbuf)
{
	if (BufferIsValid(*vmbuf))
	{
		if (visibilitymap_pin_ok(heapBlk, *vmbuf))
			return;
		ReleaseBuffer(*vmbuf);
	}
	*vmbuf = read_map_page(rel, map_block(heapBlk), true);
}

bool
visibilitymap_pin_ok(BlockNumber heapBlk, Buffer vmbuf)
{
	return BufferIsValid(vmbuf) && BufferGetBlockNumber(vmbuf) == map_block(heapBlk);
}

/* ---- bits ------------------------------------------------------------------------------------------------------- */
bool
visibilitymap_clear(Relation rel, BlockNumber heapBlk, Buffer vmbuf, uint8 flags)
{
	uint8 mask = (uint8) (flags << map_shift(heapBlk));
	bool cleared = false;

	Assert(flags & VISIBILITYMAP_VALID_BITS);
	if (!visibilitymap_pin_ok(heapBlk, vmbuf))
		elog(ERROR, "wrong buffer passed to visibilitymap_clear");
	LockBuffer(vmbuf, BUFFER_LOCK_EXCLUSIVE);
	if (map_bits(vmbuf)[map_byte(heapBlk)] & mask)
	{
		map_bits(vmbuf)[map_byte(heapBlk)] &= (uint8) ~mask;
		MarkBufferDirty(vmbuf);
		cleared = true;
	}
	LockBuffer(vmbuf, BUFFER_LOCK_UNLOCK);
	return cleared;
}

static XLogRecPtr
log_visible(Buffer heapBuf, Buffer vmBuf, TransactionId cutoff_xid, uint8 flags)
{
	xl_smgr_visible xlrec = {.cutoff_xid = cutoff_xid, .flags = flags};

	XLogBeginInsert();
	XLogRegisterData(&xlrec, SizeOfSmgrVisible);
	XLogRegisterBuffer(0, vmBuf, 0);
	XLogRegisterBuffer(1, heapBuf, REGBUF_STANDARD);
	return XLogInsert(RM_SMGR_ID, XLOG_SMGR_VISIBLE);
}

void
visibilitymap_set(Relation rel, BlockNumber heapBlk, Buffer heapBuf, XLogRecPtr recptr, Buffer vmBuf,
				  TransactionId cutoff_xid, uint8 flags)
{
	uint8 *byte;
	uint8 bits = (uint8) (flags << map_shift(heapBlk));

	Assert(InRecovery || XLogRecPtrIsInvalid(recptr));
	Assert(InRecovery || PageIsAllVisible(BufferGetPage(heapBuf)));
	Assert((flags & VISIBILITYMAP_VALID_BITS) == flags && flags != VISIBILITYMAP_ALL_FROZEN);
	if (BufferIsValid(heapBuf) && BufferGetBlockNumber(heapBuf) != heapBlk)
		elog(ERROR, "wrong heap buffer passed to visibilitymap_set");
	if (!visibilitymap_pin_ok(heapBlk, vmBuf))
		elog(ERROR, "wrong VM buffer passed to visibilitymap_set");

	LockBuffer(vmBuf, BUFFER_LOCK_EXCLUSIVE);
	byte = &map_bits(vmBuf)[map_byte(heapBlk)];
	if ((*byte & bits) != bits)
	{
		START_CRIT_SECTION();
		*byte |= bits;
		MarkBufferDirty(vmBuf);
		if (RelationNeedsWAL(rel))
		{
			if (XLogRecPtrIsInvalid(recptr))
			{
				recptr = log_visible(heapBuf, vmBuf, cutoff_xid, flags);
				PageSetLSN(BufferGetPage(heapBuf), recptr);
			}
			PageSetLSN(BufferGetPage(vmBuf), recptr);
		}
		END_CRIT_SECTION();
	}
	LockBuffer(vmBuf, BUFFER_LOCK_UNLOCK);
}

uint8
visibilitymap_get_status(Relation rel, BlockNumber heapBlk, Buffer *vmbuf)
{
	if (!visibilitymap_pin_ok(heapBlk, *vmbuf))
	{
		if (BufferIsValid(*vmbuf))
			ReleaseBuffer(*vmbuf);
		*vmbuf = read_map_page(rel, map_block(heapBlk), false);
		if (!BufferIsValid(*vmbuf))
			return 0;
	}
	/* One byte is read whole; that it may change the next moment is the caller's to think about. */
	return (map_bits(*vmbuf)[map_byte(heapBlk)] >> map_shift(heapBlk)) & VISIBILITYMAP_VALID_BITS;
}

void
visibilitymap_count(Relation rel, BlockNumber *all_visible, BlockNumber *all_frozen)
{
	const uint64 visible_mask = UINT64CONST(0x5555555555555555);
	BlockNumber visible = 0;
	BlockNumber frozen = 0;

	for (BlockNumber block = 0;; block++)
	{
		Buffer buffer = read_map_page(rel, block, false);
		const uint64 *words;

		if (!BufferIsValid(buffer))
			break;
		words = (const uint64 *) map_bits(buffer);
		_Static_assert(MAP_BYTES % sizeof(uint64) == 0, "counted in words");
		for (Size i = 0; i < MAP_BYTES / sizeof(uint64); i++)
		{
			visible += (BlockNumber) __builtin_popcountll(words[i] & visible_mask);
			frozen += (BlockNumber) __builtin_popcountll(words[i] & ~visible_mask);
		}
		ReleaseBuffer(buffer);
	}
	*all_visible = visible;
	if (all_frozen)
		*all_frozen = frozen;
}

BlockNumber
visibilitymap_prepare_truncate(Relation rel, BlockNumber nheapblocks)
{
	BlockNumber block = map_block(nheapblocks);
	uint32 byte = map_byte(nheapblocks);
	uint8 shift = map_shift(nheapblocks);
	BlockNumber new_nblocks = block;

	if (!smgrexists(RelationGetSmgr(rel), VISIBILITYMAP_FORKNUM))
		return InvalidBlockNumber;
	if (byte != 0 || shift != 0)
	{
		Buffer buffer = read_map_page(rel, block, false);
		uint8 *bits;

		if (!BufferIsValid(buffer))
			return InvalidBlockNumber;
		new_nblocks = block + 1;
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		START_CRIT_SECTION();
		bits = map_bits(buffer);
		memset(bits + byte + 1, 0, MAP_BYTES - (byte + 1));
		bits[byte] &= (uint8) ((1 << shift) - 1);
		MarkBufferDirty(buffer);
		if (!InRecovery && RelationNeedsWAL(rel))
			log_newpage_buffer(buffer, false);
		END_CRIT_SECTION();
		UnlockReleaseBuffer(buffer);
	}
	if (smgrnblocks(RelationGetSmgr(rel), VISIBILITYMAP_FORKNUM) <= new_nblocks)
		return InvalidBlockNumber;
	return new_nblocks;
}

/* ---- redo ------------------------------------------------------------------------------------------------------- */
void
visibilitymap_redo_set(XLogReaderState *record)
{
	xl_smgr_visible xlrec;
	XLogRecPtr lsn = record->EndRecPtr;
	RelFileNode rnode;
	BlockNumber heap_block;
	Buffer buffer;

	memcpy(&xlrec, XLogRecGetData(record), SizeOfSmgrVisible);
	XLogRecGetBlockTag(record, 1, &rnode, NULL, &heap_block);
	if (XLogReadBufferForRedo(record, 1, &buffer) == BLK_NEEDS_REDO)
	{
		PageSetAllVisible(BufferGetPage(buffer));
		PageSetLSN(BufferGetPage(buffer), lsn);
		MarkBufferDirty(buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
	if (XLogReadBufferForRedoExtended(record, 0, RBM_ZERO_ON_ERROR, false, &buffer) == BLK_NEEDS_REDO)
	{
		if (PageIsNew(BufferGetPage(buffer)))
			PageInit(BufferGetPage(buffer), BLCKSZ, 0);
		map_bits(buffer)[map_byte(heap_block)] |= (uint8) (xlrec.flags << map_shift(heap_block));
		PageSetLSN(BufferGetPage(buffer), lsn);
		MarkBufferDirty(buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
}
