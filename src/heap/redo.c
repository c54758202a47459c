/*
 * redo.c
 *    Applying the heap's WAL records. See access/heapam_xlog.h for their layout.
 */
#include "postgres.h"

#include "access/visibilitymap.h"
#include "access/xlogutils.h"
#include "heap/heap.h"
#include "storage/freespace.h"

/* A tuple as long as any, aligned. */
typedef union TupleSpace
{
	HeapTupleHeaderData header;
	char data[MaxHeapTupleSize + MAXIMUM_ALIGNOF];
} TupleSpace;

static void
clear_visibility(XLogReaderState *record, uint8 block_id, uint8 bits)
{
	RelFileNode rnode;
	BlockNumber block;
	Buffer vmbuffer = InvalidBuffer;
	Relation rel;

	XLogRecGetBlockTag(record, block_id, &rnode, NULL, &block);
	rel = CreateFakeRelcacheEntry(rnode);
	visibilitymap_pin(rel, block, &vmbuffer);
	visibilitymap_clear(rel, block, vmbuffer, bits);
	ReleaseBuffer(vmbuffer);
	FreeFakeRelcacheEntry(rel);
}

static HeapTupleHeader
page_tuple(Page page, OffsetNumber offnum)
{
	ItemId lp = NULL;

	if (offnum >= FirstOffsetNumber && offnum <= PageGetMaxOffsetNumber(page))
		lp = PageGetItemId(page, offnum);
	if (lp == NULL || !ItemIdIsNormal(lp))
		elog(PANIC, "invalid lp");
	return (HeapTupleHeader) PageGetItem(page, lp);
}

static void
finish_page(XLogReaderState *record, Buffer buffer)
{
	PageSetLSN(BufferGetPage(buffer), record->EndRecPtr);
	MarkBufferDirty(buffer);
}

/* What the free-space map should know, when the page is getting full. */
static void
note_free_space(XLogReaderState *record, uint8 block_id, Size freespace)
{
	RelFileNode rnode;
	BlockNumber block;

	if (freespace >= BLCKSZ / 5)
		return;
	XLogRecGetBlockTag(record, block_id, &rnode, NULL, &block);
	XLogRecordPageWithFreeSpace(rnode, block, freespace);
}

/* The page to insert on: made anew with INIT_PAGE, bases are at `bases`. */
static XLogRedoAction
page_for_insert(XLogReaderState *record, uint8 block_id, const char *bases, Buffer *buffer)
{
	xl_heap_bases b;

	if (!(XLogRecGetInfo(record) & XLOG_HEAP_INIT_PAGE))
		return XLogReadBufferForRedo(record, block_id, buffer);
	*buffer = XLogInitBufferForRedo(record, block_id);
	memcpy(&b, bases, sizeof(b));
	heap_page_init_with_bases(BufferGetPage(*buffer), b.xid_base, b.multi_base);
	return BLK_NEEDS_REDO;
}

static void
set_header(HeapTupleHeader header, Page page, const xl_heap_header *xlhdr, TransactionId xmin)
{
	header->t_infomask2 = xlhdr->t_infomask2;
	header->t_infomask = xlhdr->t_infomask;
	header->t_hoff = xlhdr->t_hoff;
	header->t_choice.t_heap.t_xmin = heap_xid_to_offset(HeapPageGetXidBase(page), xmin);
}

static void
put_tuple(Page page, HeapTupleHeader header, Size len, OffsetNumber offnum)
{
	if (PageGetMaxOffsetNumber(page) + 1 < offnum)
		elog(PANIC, "invalid max offset number");
	if (PageAddItemExtended(page, (Item) header, len, offnum, PAI_OVERWRITE | PAI_IS_HEAP) == InvalidOffsetNumber)
		elog(PANIC, "failed to add tuple");
}

/* ---- insert ------------------------------------------------------------------------------------------------------------- */
static void
redo_insert(XLogReaderState *record)
{
	xl_heap_insert *xlrec = (xl_heap_insert *) XLogRecGetData(record);
	Buffer buffer;
	Size freespace = BLCKSZ;

	if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
		clear_visibility(record, 0, VISIBILITYMAP_VALID_BITS);
	if (page_for_insert(record, 0, (char *) (xlrec + 1), &buffer) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buffer);
		TupleSpace space;
		xl_heap_header xlhdr;
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);
		BlockNumber block;

		Assert(len > sizeof(xlhdr) && len <= MaxHeapTupleSize);
		memcpy(&xlhdr, data, sizeof(xlhdr));
		memset(&space.header, 0, SizeofHeapTupleHeader);
		memcpy(space.data + SizeofHeapTupleHeader, data + sizeof(xlhdr), len - sizeof(xlhdr));
		set_header(&space.header, page, &xlhdr, XLogRecGetXid(record));
		XLogRecGetBlockTag(record, 0, NULL, NULL, &block);
		ItemPointerSet(&space.header.t_ctid, block, xlrec->offnum);
		put_tuple(page, &space.header, SizeofHeapTupleHeader + len - sizeof(xlhdr), xlrec->offnum);
		freespace = PageGetHeapFreeSpace(page);
		if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
			PageClearAllVisible(page);
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
	note_free_space(record, 0, freespace);
}

static void
redo_multi_insert(XLogReaderState *record)
{
	xl_heap_multi_insert *xlrec = (xl_heap_multi_insert *) XLogRecGetData(record);
	bool init = (XLogRecGetInfo(record) & XLOG_HEAP_INIT_PAGE) != 0;
	Buffer buffer;
	Size freespace = BLCKSZ;

	if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
		clear_visibility(record, 0, VISIBILITYMAP_VALID_BITS);
	if (page_for_insert(record, 0, (char *) (xlrec + 1), &buffer) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buffer);
		TupleSpace space;
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);
		char *end = data + len;
		BlockNumber block;

		XLogRecGetBlockTag(record, 0, NULL, NULL, &block);
		for (int i = 0; i < xlrec->ntuples; i++)
		{
			xl_multi_insert_tuple head;
			OffsetNumber offnum = (OffsetNumber) (i + 1);

			if (!init)
				memcpy(&offnum, (char *) (xlrec + 1) + i * sizeof(OffsetNumber), sizeof(offnum));
			memcpy(&head, data, sizeof(head));
			data += sizeof(head);
			memset(&space.header, 0, SizeofHeapTupleHeader);
			memcpy(space.data + SizeofHeapTupleHeader, data, head.datalen);
			data += head.datalen;
			set_header(&space.header, page, &head.header, XLogRecGetXid(record));
			ItemPointerSet(&space.header.t_ctid, block, offnum);
			put_tuple(page, &space.header, SizeofHeapTupleHeader + head.datalen, offnum);
		}
		if (data != end)
			elog(PANIC, "total tuple length mismatch");
		if (xlrec->flags & XLH_FROZEN)
			PageSetAllVisible(page);
		freespace = PageGetHeapFreeSpace(page);
		if ((xlrec->flags & (XLH_OLD_ALL_VISIBLE_CLEARED | XLH_FROZEN)) == XLH_OLD_ALL_VISIBLE_CLEARED)
			PageClearAllVisible(page);
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
	note_free_space(record, 0, freespace);
}

/* ---- delete, lock --------------------------------------------------------------------------------------------------------- */
static void
set_xmax(HeapTupleHeader header, Page page, uint64 xmax, uint16 infobits, bool keys_updated)
{
	XmaxChange change = {.xmax = xmax,
						 .is_multi = (infobits & HEAP_XMAX_IS_MULTI) != 0,
						 .infomask = infobits,
						 .infomask2 = keys_updated ? HEAP_KEYS_UPDATED : 0};

	heap_apply_xmax(header, page, &change);
}

static void
redo_delete(XLogReaderState *record)
{
	xl_heap_delete *xlrec = (xl_heap_delete *) XLogRecGetData(record);
	Buffer buffer;

	if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
		clear_visibility(record, 0, VISIBILITYMAP_VALID_BITS);
	if (XLogReadBufferForRedo(record, 0, &buffer) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buffer);
		HeapTupleHeader header = page_tuple(page, xlrec->offnum);
		BlockNumber block;

		XLogRecGetBlockTag(record, 0, NULL, NULL, &block);
		if (xlrec->flags & XLH_SUPER_DELETE)
		{
			header->t_choice.t_heap.t_xmin = InvalidTransactionId;
			header->t_infomask &= ~(HEAP_XMAX_BITS | HEAP_XMIN_FROZEN);
			header->t_infomask |= HEAP_XMIN_INVALID | HEAP_XMAX_INVALID;
			header->t_infomask2 &= ~HEAP_KEYS_UPDATED;
		}
		else
		{
			set_xmax(header, page, xlrec->xmax, xlrec->infobits, xlrec->keys_updated);
			HeapTupleHeaderClearHotUpdated(header);
			HeapTupleHeaderSetCmax(header, FirstCommandId, false);
		}
		heap_page_note_prunable(page, XLogRecGetXid(record));
		if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
			PageClearAllVisible(page);
		if (xlrec->flags & XLH_PARTITION_MOVE)
			HeapTupleHeaderSetMovedPartitions(header);
		else
			ItemPointerSet(&header->t_ctid, block, xlrec->offnum);
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
}

static void
redo_lock(XLogReaderState *record)
{
	xl_heap_lock *xlrec = (xl_heap_lock *) XLogRecGetData(record);
	Buffer buffer;

	if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
		clear_visibility(record, 0, VISIBILITYMAP_ALL_FROZEN);
	if (XLogReadBufferForRedo(record, 0, &buffer) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buffer);
		HeapTupleHeader header = page_tuple(page, xlrec->offnum);

		set_xmax(header, page, xlrec->xmax, xlrec->infobits, xlrec->keys_updated);
		if (HEAP_XMAX_IS_LOCKED_ONLY(xlrec->infobits))
		{
			HeapTupleHeaderClearHotUpdated(header);
			ItemPointerSet(&header->t_ctid, BufferGetBlockNumber(buffer), xlrec->offnum);
		}
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
}

/* ---- update ---------------------------------------------------------------------------------------------------------------------- */
/* Puts the new tuple together; returns its length. old: the old tuple, when prefix or suffix come from it. */
static Size
assemble_new_tuple(XLogReaderState *record, const xl_heap_update *xlrec, Page page, HeapTupleHeader old, uint32 old_len,
				   TupleSpace *space)
{
	Size len;
	char *data = XLogRecGetBlockData(record, 0, &len);
	char *end = data + len;
	uint16 prefix = 0, suffix = 0;
	xl_heap_header xlhdr;
	Size bitmap, middle;
	char *out;

	if (xlrec->flags & XLH_PREFIX_FROM_OLD)
	{
		memcpy(&prefix, data, sizeof(prefix));
		data += sizeof(prefix);
	}
	if (xlrec->flags & XLH_SUFFIX_FROM_OLD)
	{
		memcpy(&suffix, data, sizeof(suffix));
		data += sizeof(suffix);
	}
	memcpy(&xlhdr, data, sizeof(xlhdr));
	data += sizeof(xlhdr);
	memset(&space->header, 0, SizeofHeapTupleHeader);
	out = space->data + SizeofHeapTupleHeader;
	bitmap = xlhdr.t_hoff - SizeofHeapTupleHeader;
	memcpy(out, data, bitmap);
	out += bitmap;
	data += bitmap;
	if (prefix > 0)
	{
		memcpy(out, (char *) old + old->t_hoff, prefix);
		out += prefix;
	}
	middle = (Size) (end - data);
	memcpy(out, data, middle);
	out += middle;
	if (suffix > 0)
	{
		memcpy(out, (char *) old + old_len - suffix, suffix);
		out += suffix;
	}
	set_header(&space->header, page, &xlhdr, XLogRecGetXid(record));
	heap_header_set_xmax(&space->header, page, xlrec->new_xmax, (xlhdr.t_infomask & HEAP_XMAX_IS_MULTI) != 0);
	HeapTupleHeaderSetCmin(&space->header, FirstCommandId);
	return (Size) (out - space->data);
}

static void
redo_old_version(XLogReaderState *record, const xl_heap_update *xlrec, Page page, HeapTupleHeader header, bool hot,
				 BlockNumber newblock, bool same_page)
{
	set_xmax(header, page, xlrec->old_xmax, xlrec->old_infobits, xlrec->old_keys_updated);
	if (hot)
		HeapTupleHeaderSetHotUpdated(header);
	else
		HeapTupleHeaderClearHotUpdated(header);
	HeapTupleHeaderSetCmax(header, FirstCommandId, false);
	ItemPointerSet(&header->t_ctid, newblock, xlrec->new_offnum);
	heap_page_note_prunable(page, XLogRecGetXid(record));
	if (!same_page)
		PageSetFull(page);
	if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
		PageClearAllVisible(page);
}

static void
redo_update(XLogReaderState *record, bool hot)
{
	xl_heap_update *xlrec = (xl_heap_update *) XLogRecGetData(record);
	bool same_page = !XLogRecHasBlockRef(record, 1);
	Buffer oldbuf = InvalidBuffer, newbuf;
	BlockNumber newblock, oldblock;
	XLogRedoAction action;
	HeapTupleHeader old = NULL;
	uint32 old_len = 0;
	Size freespace = BLCKSZ;

	XLogRecGetBlockTag(record, 0, NULL, NULL, &newblock);
	if (same_page)
		oldblock = newblock;
	else
		XLogRecGetBlockTag(record, 1, NULL, NULL, &oldblock);
	if (xlrec->flags & XLH_OLD_ALL_VISIBLE_CLEARED)
		clear_visibility(record, same_page ? 0 : 1, VISIBILITYMAP_VALID_BITS);
	if (xlrec->flags & XLH_NEW_ALL_VISIBLE_CLEARED)
		clear_visibility(record, 0, VISIBILITYMAP_VALID_BITS);

	if (!same_page)
	{
		if (XLogReadBufferForRedo(record, 1, &oldbuf) == BLK_NEEDS_REDO)
		{
			Page page = BufferGetPage(oldbuf);

			redo_old_version(record, xlrec, page, page_tuple(page, xlrec->old_offnum), hot, newblock, false);
			finish_page(record, oldbuf);
		}
	}
	action = page_for_insert(record, 0, (char *) (xlrec + 1), &newbuf);
	if (action == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(newbuf);
		TupleSpace space;
		Size len;

		if (same_page)
		{
			old = page_tuple(page, xlrec->old_offnum);
			old_len = ItemIdGetLength(PageGetItemId(page, xlrec->old_offnum));
		}
		len = assemble_new_tuple(record, xlrec, page, old, old_len, &space);
		ItemPointerSet(&space.header.t_ctid, newblock, xlrec->new_offnum);
		if (same_page)
			redo_old_version(record, xlrec, page, old, hot, newblock, true);
		put_tuple(page, &space.header, len, xlrec->new_offnum);
		if (xlrec->flags & (same_page ? XLH_OLD_ALL_VISIBLE_CLEARED : XLH_NEW_ALL_VISIBLE_CLEARED))
			PageClearAllVisible(page);
		freespace = PageGetHeapFreeSpace(page);
		finish_page(record, newbuf);
	}
	if (BufferIsValid(newbuf))
		UnlockReleaseBuffer(newbuf);
	if (BufferIsValid(oldbuf))
		UnlockReleaseBuffer(oldbuf);
	/* HOT updates come back to the page: its room is theirs. */
	if (!hot)
		note_free_space(record, 0, freespace);
}

/* ---- small ones --------------------------------------------------------------------------------------------------------------------- */
static void
redo_confirm(XLogReaderState *record)
{
	xl_heap_confirm *xlrec = (xl_heap_confirm *) XLogRecGetData(record);
	Buffer buffer;

	if (XLogReadBufferForRedo(record, 0, &buffer) == BLK_NEEDS_REDO)
	{
		HeapTupleHeader header = page_tuple(BufferGetPage(buffer), xlrec->offnum);

		ItemPointerSet(&header->t_ctid, BufferGetBlockNumber(buffer), xlrec->offnum);
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
}

static void
redo_inplace(XLogReaderState *record)
{
	xl_heap_inplace *xlrec = (xl_heap_inplace *) XLogRecGetData(record);
	Buffer buffer;

	if (XLogReadBufferForRedo(record, 0, &buffer) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buffer);
		HeapTupleHeader header = page_tuple(page, xlrec->offnum);
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);

		if (ItemIdGetLength(PageGetItemId(page, xlrec->offnum)) - header->t_hoff != len)
			elog(PANIC, "wrong tuple length");
		memcpy((char *) header + header->t_hoff, data, len);
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
}

static void
redo_prune(XLogReaderState *record)
{
	xl_heap_prune *xlrec = (xl_heap_prune *) XLogRecGetData(record);
	Buffer buffer;
	Size freespace = 0;

	if (XLogReadBufferForRedoExtended(record, 0, RBM_NORMAL, true, &buffer) == BLK_NEEDS_REDO)
	{
		OffsetNumber offsets[MaxHeapTuplesPerPage * 4];
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);
		OffsetNumber *dead = offsets + xlrec->nredirected * 2;
		OffsetNumber *unused = dead + xlrec->ndead;

		Assert(len <= sizeof(offsets));
		memcpy(offsets, data, len);
		heap_page_prune_execute(buffer, offsets, xlrec->nredirected, dead, xlrec->ndead, unused,
								(int) (offsets + len / sizeof(OffsetNumber) - unused));
		PageClearFull(BufferGetPage(buffer));
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
	{
		freespace = PageGetHeapFreeSpace(BufferGetPage(buffer));
		UnlockReleaseBuffer(buffer);
		note_free_space(record, 0, freespace);
	}
}

static void
redo_vacuum(XLogReaderState *record)
{
	xl_heap_vacuum *xlrec = (xl_heap_vacuum *) XLogRecGetData(record);
	Buffer buffer;

	if (XLogReadBufferForRedo(record, 0, &buffer) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buffer);
		OffsetNumber offsets[MaxHeapTuplesPerPage];
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);

		Assert(len == xlrec->nunused * sizeof(OffsetNumber));
		memcpy(offsets, data, len);
		for (int i = 0; i < xlrec->nunused; i++)
			ItemIdSetUnused(PageGetItemId(page, offsets[i]));
		PageTruncateLinePointerArray(page);
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
	{
		Size freespace = PageGetHeapFreeSpace(BufferGetPage(buffer));
		RelFileNode rnode;
		BlockNumber block;

		XLogRecGetBlockTag(record, 0, &rnode, NULL, &block);
		UnlockReleaseBuffer(buffer);
		XLogRecordPageWithFreeSpace(rnode, block, freespace);
	}
}

static void
redo_freeze(XLogReaderState *record)
{
	xl_heap_freeze_page *xlrec = (xl_heap_freeze_page *) XLogRecGetData(record);
	Buffer buffer;

	if (XLogReadBufferForRedo(record, 0, &buffer) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buffer);
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);

		Assert(len == xlrec->ntuples * sizeof(xl_heap_freeze_tuple));
		for (int i = 0; i < xlrec->ntuples; i++)
		{
			xl_heap_freeze_tuple frz;

			memcpy(&frz, data + i * sizeof(frz), sizeof(frz));
			heap_execute_freeze_tuple(page_tuple(page, frz.offset), page, &frz);
		}
		finish_page(record, buffer);
	}
	if (BufferIsValid(buffer))
		UnlockReleaseBuffer(buffer);
}

/* ---- dispatch ------------------------------------------------------------------------------------------------------------------------ */
void
heap_redo(XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	switch (info & XLOG_HEAP_OPMASK)
	{
		case XLOG_HEAP_INSERT:
			redo_insert(record);
			break;
		case XLOG_HEAP_DELETE:
			redo_delete(record);
			break;
		case XLOG_HEAP_UPDATE:
			redo_update(record, false);
			break;
		case XLOG_HEAP_HOT_UPDATE:
			redo_update(record, true);
			break;
		case XLOG_HEAP_TRUNCATE:
			break;
		case XLOG_HEAP_CONFIRM:
			redo_confirm(record);
			break;
		case XLOG_HEAP_LOCK:
			redo_lock(record);
			break;
		case XLOG_HEAP_INPLACE:
			redo_inplace(record);
			break;
		default:
			elog(PANIC, "heap_redo: unknown op code %u", info);
	}
}

void
heap2_redo(XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	switch (info & XLOG_HEAP_OPMASK)
	{
		case XLOG_HEAP2_PRUNE:
			redo_prune(record);
			break;
		case XLOG_HEAP2_VACUUM:
			redo_vacuum(record);
			break;
		case XLOG_HEAP2_FREEZE_PAGE:
			redo_freeze(record);
			break;
		case XLOG_HEAP2_MULTI_INSERT:
			redo_multi_insert(record);
			break;
		case XLOG_HEAP2_LOCK_UPDATED:
			redo_lock(record);
			break;
		default:
			elog(PANIC, "heap2_redo: unknown op code %u", info);
	}
}
