/*
 * bt_xlog.c
 *    WAL of the B-tree: writing page images, redo, description.
 *
 * Changes of the tree's shape are rare (one per some hundred insertions) and are logged as full images of the pages touched, in one
 * record: redo restores them together and cannot disagree with what was done. Insertion and removal of items, the frequent ones,
 * are logged as such.
 */
#include "postgres.h"

#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "index/btree/btree.h"

void
bt_log_images(uint8 info, Buffer *bufs, int nbufs)
{
	XLogRecPtr recptr;

	XLogBeginInsert();
	for (int i = 0; i < nbufs; i++)
		XLogRegisterBuffer((uint8) i, bufs[i], REGBUF_FORCE_IMAGE | REGBUF_STANDARD);
	recptr = XLogInsert(RM_BTREE_ID, info);
	for (int i = 0; i < nbufs; i++)
		PageSetLSN(BufferGetPage(bufs[i]), recptr);
}

static void
redo_images(XLogReaderState *record)
{
	Buffer bufs[XLR_MAX_BLOCK_ID + 1];

	/* All stay locked until the last one is there: readers never see half a change. */
	for (int i = 0; i <= XLogRecMaxBlockId(record); i++)
		if (XLogReadBufferForRedo(record, (uint8) i, &bufs[i]) == BLK_NEEDS_REDO)
			elog(PANIC, "btree record without page image");
	for (int i = 0; i <= XLogRecMaxBlockId(record); i++)
		if (BufferIsValid(bufs[i]))
			UnlockReleaseBuffer(bufs[i]);
}

static void
redo_insert(XLogReaderState *record, bool leaf)
{
	xl_btree_insert *xlrec = (xl_btree_insert *) XLogRecGetData(record);
	Buffer buf, cbuf;

	if (!leaf)
	{
		if (XLogReadBufferForRedo(record, 1, &cbuf) == BLK_NEEDS_REDO)
		{
			Page page = BufferGetPage(cbuf);

			BTPageGetOpaque(page)->btpo_flags &= ~BTP_INCOMPLETE_SPLIT;
			PageSetLSN(page, record->EndRecPtr);
			MarkBufferDirty(cbuf);
		}
		if (BufferIsValid(cbuf))
			UnlockReleaseBuffer(cbuf);
	}
	if (XLogReadBufferForRedo(record, 0, &buf) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buf);
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);

		if (PageAddItemExtended(page, (Item) data, len, xlrec->offnum, 0) == InvalidOffsetNumber)
			elog(PANIC, "failed to add new item");
		PageSetLSN(page, record->EndRecPtr);
		MarkBufferDirty(buf);
	}
	if (BufferIsValid(buf))
		UnlockReleaseBuffer(buf);
}

static void
redo_delete(XLogReaderState *record, bool vacuum)
{
	xl_btree_delete *xlrec = (xl_btree_delete *) XLogRecGetData(record);
	Buffer buf;

	if (XLogReadBufferForRedoExtended(record, 0, RBM_NORMAL, vacuum, &buf) == BLK_NEEDS_REDO)
	{
		Page page = BufferGetPage(buf);
		OffsetNumber offsets[MaxIndexTuplesPerPage];
		Size len;
		char *data = XLogRecGetBlockData(record, 0, &len);

		Assert(len == xlrec->ndeleted * sizeof(OffsetNumber));
		memcpy(offsets, data, len);
		PageIndexMultiDelete(page, offsets, xlrec->ndeleted);
		BTPageGetOpaque(page)->btpo_flags &= ~BTP_HAS_GARBAGE;
		PageSetLSN(page, record->EndRecPtr);
		MarkBufferDirty(buf);
	}
	if (BufferIsValid(buf))
		UnlockReleaseBuffer(buf);
}

void
btree_redo(XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	switch (info)
	{
		case XLOG_BTREE_INSERT_LEAF:
			redo_insert(record, true);
			break;
		case XLOG_BTREE_INSERT_UPPER:
			redo_insert(record, false);
			break;
		case XLOG_BTREE_SPLIT:
		case XLOG_BTREE_NEWROOT:
		case XLOG_BTREE_MARK_HALFDEAD:
		case XLOG_BTREE_UNLINK:
			redo_images(record);
			break;
		case XLOG_BTREE_DELETE:
			redo_delete(record, false);
			break;
		case XLOG_BTREE_VACUUM:
			redo_delete(record, true);
			break;
		case XLOG_BTREE_REUSE_PAGE:
			break;
		default:
			elog(PANIC, "btree_redo: unknown op code %u", info);
	}
}

void
btree_desc(StringInfo buf, XLogReaderState *record)
{
	char *data = XLogRecGetData(record);

	switch (XLogRecGetInfo(record) & ~XLR_INFO_MASK)
	{
		case XLOG_BTREE_INSERT_LEAF:
		case XLOG_BTREE_INSERT_UPPER:
			appendStringInfo(buf, "off: %u", ((xl_btree_insert *) data)->offnum);
			break;
		case XLOG_BTREE_DELETE:
		case XLOG_BTREE_VACUUM:
			appendStringInfo(buf, "ndeleted: %u", ((xl_btree_delete *) data)->ndeleted);
			break;
		case XLOG_BTREE_REUSE_PAGE:
			break;
		default:
			appendStringInfo(buf, "npages: %d", XLogRecMaxBlockId(record) + 1);
			break;
	}
}

const char *
btree_identify(uint8 info)
{
	switch (info & ~XLR_INFO_MASK)
	{
		case XLOG_BTREE_INSERT_LEAF:
			return "INSERT_LEAF";
		case XLOG_BTREE_INSERT_UPPER:
			return "INSERT_UPPER";
		case XLOG_BTREE_SPLIT:
			return "SPLIT";
		case XLOG_BTREE_NEWROOT:
			return "NEWROOT";
		case XLOG_BTREE_DELETE:
			return "DELETE";
		case XLOG_BTREE_VACUUM:
			return "VACUUM";
		case XLOG_BTREE_MARK_HALFDEAD:
			return "MARK_PAGE_HALFDEAD";
		case XLOG_BTREE_UNLINK:
			return "UNLINK_PAGE";
		case XLOG_BTREE_REUSE_PAGE:
			return "REUSE_PAGE";
		default:
			return NULL;
	}
}
