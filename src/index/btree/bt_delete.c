/*
 * bt_delete.c
 *    Removing items, and removing pages that have become empty.
 *
 * A page is deleted in two atomic steps. First the parent's entry for it goes and the leaf is marked half-dead; to keep the key
 * space without holes, the parent's entry of the right sibling takes the deleted one's key range (the downlink moves left). Then the
 * page is unlinked from its siblings. Searches that arrive late find the mark and go right. Only leaves whose parent keeps at
 * least one other child are deleted, so inner pages are never left empty; a level's rightmost page and the root stay.
 *
 * A deleted page stays readable until nobody can be on his way to it: its safexid is older than every snapshot.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xloginsert.h"
#include "index/btree/btree.h"
#include "sys/fault.h"

void
bt_delitems(Relation rel, Buffer buf, OffsetNumber *offsets, int n, bool vacuum, BTCycleId clear_cycle)
{
	Page page = BufferGetPage(buf);
	BTPageOpaque opaque = BTPageGetOpaque(page);

	START_CRIT_SECTION();
	PageIndexMultiDelete(page, offsets, n);
	opaque->btpo_flags &= ~BTP_HAS_GARBAGE;
	if (vacuum)
		opaque->btpo_cycleid = 0;
	MarkBufferDirty(buf);
	if (RelationNeedsWAL(rel))
	{
		xl_btree_delete xlrec = {(uint16) n};
		XLogRecPtr recptr;

		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		XLogRegisterBuffer(0, buf, REGBUF_STANDARD);
		XLogRegisterBufData(0, offsets, (int) (n * sizeof(OffsetNumber)));
		recptr = XLogInsert(RM_BTREE_ID, vacuum ? XLOG_BTREE_VACUUM : XLOG_BTREE_DELETE);
		PageSetLSN(page, recptr);
		FAULT_POINT("btree-delete-logged");
	}
	END_CRIT_SECTION();
}

bool
bt_remove_dead(Relation rel, Buffer buf, Relation heapRel)
{
	Page page = BufferGetPage(buf);
	OffsetNumber dead[MaxIndexTuplesPerPage];
	int n = 0;

	for (OffsetNumber off = P_FIRSTDATAKEY(BTPageGetOpaque(page)); off <= PageGetMaxOffsetNumber(page); off++)
		if (ItemIdIsDead(PageGetItemId(page, off)))
			dead[n++] = off;
	if (n == 0)
	{
		BTPageGetOpaque(page)->btpo_flags &= ~BTP_HAS_GARBAGE;
		MarkBufferDirtyHint(buf, true);
		return false;
	}
	bt_delitems(rel, buf, dead, n, false, 0);
	return true;
}

/* ---- pages ------------------------------------------------------------------------------------------------------------------ */
/* Is the left sibling's split incomplete, so that this page has no entry in the parent? */
static bool
left_split_incomplete(Relation rel, BlockNumber left, BlockNumber target)
{
	Buffer buf;
	BTPageOpaque opaque;
	bool result;

	if (left == P_NONE)
		return false;
	buf = bt_getbuf(rel, left, BT_READ);
	opaque = BTPageGetOpaque(BufferGetPage(buf));
	result = opaque->btpo_next == target && P_INCOMPLETE_SPLIT(opaque);
	bt_relbuf(buf);
	return result;
}

static bool
page_is_deletable(Page page)
{
	BTPageOpaque opaque = BTPageGetOpaque(page);

	return P_ISLEAF(opaque) && !P_RIGHTMOST(opaque) && !P_ISROOT(opaque) && !P_ISDELETED(opaque) &&
		!P_INCOMPLETE_SPLIT(opaque) && PageGetMaxOffsetNumber(page) < P_FIRSTDATAKEY(opaque);
}

/*
 * Step one. leafbuf is exclusively locked and stays so. False: not possible now.
 */
static bool
mark_halfdead(Relation rel, Buffer leafbuf, BtStack *stack)
{
	Page page = BufferGetPage(leafbuf);
	BTPageOpaque opaque = BTPageGetOpaque(page);
	BlockNumber leafblock = BufferGetBlockNumber(leafbuf);
	BlockNumber right = opaque->btpo_next;
	OffsetNumber off;
	Buffer parent;
	Page ppage;
	Buffer bufs[2];
	IndexTuple next_item;

	parent = bt_getstackbuf(rel, stack, leafblock, &off);
	if (parent == InvalidBuffer)
		return false;
	ppage = BufferGetPage(parent);
	/* The parent's last child stays: its key range could only go to a cousin. So does one whose right sibling is elsewhere. */
	if (off >= PageGetMaxOffsetNumber(ppage) || bt_downlink(bt_page_tuple(ppage, off + 1)) != right)
	{
		bt_relbuf(parent);
		return false;
	}
	START_CRIT_SECTION();
	/* Our entry now leads to the right sibling, whose own entry goes. */
	bt_set_downlink(bt_page_tuple(ppage, off), right);
	next_item = bt_page_tuple(ppage, off + 1);
	Assert(bt_downlink(next_item) == right);
	(void) next_item;
	PageIndexTupleDelete(ppage, off + 1);
	opaque->btpo_flags |= BTP_HALF_DEAD;
	MarkBufferDirty(parent);
	MarkBufferDirty(leafbuf);
	bufs[0] = leafbuf;
	bufs[1] = parent;
	if (RelationNeedsWAL(rel))
	{
		bt_log_images(XLOG_BTREE_MARK_HALFDEAD, bufs, 2);
		FAULT_POINT("btree-halfdead-logged");
	}
	END_CRIT_SECTION();
	bt_relbuf(parent);
	return true;
}

/* The left sibling of a page, exclusively locked: it may have been split since we looked. Invalid: lost it. */
static Buffer
lock_left_sibling(Relation rel, BlockNumber left, BlockNumber target)
{
	Buffer buf = bt_getbuf(rel, left, BT_WRITE);

	for (;;)
	{
		BTPageOpaque opaque = BTPageGetOpaque(BufferGetPage(buf));

		if (!P_ISDELETED(opaque) && opaque->btpo_next == target)
			return buf;
		if (P_ISDELETED(opaque) || P_RIGHTMOST(opaque))
		{
			bt_relbuf(buf);
			return InvalidBuffer;
		}
		CHECK_FOR_INTERRUPTS();
		buf = bt_relandgetbuf(rel, buf, opaque->btpo_next, BT_WRITE);
	}
}

/* Step two: out of the chain of siblings. leafblock is half-dead; nothing is locked. */
static bool
unlink_halfdead(Relation rel, BlockNumber leafblock, IndexBulkDeleteResult *stats)
{
	for (int attempt = 0; attempt < 5; attempt++)
	{
		Buffer leafbuf = bt_getbuf(rel, leafblock, BT_READ);
		BTPageOpaque opaque = BTPageGetOpaque(BufferGetPage(leafbuf));
		BlockNumber left = opaque->btpo_prev;
		Buffer lbuf = InvalidBuffer, rbuf;
		Buffer bufs[3];
		int nbufs = 0;
		BTPageOpaque ropaque;

		if (!P_ISHALFDEAD(opaque))
		{
			bt_relbuf(leafbuf);
			return false;
		}
		bt_relbuf(leafbuf);
		/* Left, target, right: the order of all who lock several pages of a level. */
		if (left != P_NONE)
		{
			lbuf = lock_left_sibling(rel, left, leafblock);
			if (lbuf == InvalidBuffer)
				continue;
		}
		leafbuf = bt_getbuf(rel, leafblock, BT_WRITE);
		opaque = BTPageGetOpaque(BufferGetPage(leafbuf));
		if (!P_ISHALFDEAD(opaque) || opaque->btpo_prev != (lbuf == InvalidBuffer ? P_NONE : BufferGetBlockNumber(lbuf)))
		{
			if (lbuf != InvalidBuffer)
				bt_relbuf(lbuf);
			bt_relbuf(leafbuf);
			continue;
		}
		rbuf = bt_getbuf(rel, opaque->btpo_next, BT_WRITE);
		ropaque = BTPageGetOpaque(BufferGetPage(rbuf));
		if (ropaque->btpo_prev != leafblock)
			ereport(ERROR,
					(errcode(ERRCODE_INDEX_CORRUPTED),
					 errmsg_internal("right sibling's left-link doesn't match: block %u links to %u instead of expected %u in index \"%s\"",
									 opaque->btpo_next, ropaque->btpo_prev, leafblock, RelationGetRelationName(rel))));

		START_CRIT_SECTION();
		if (lbuf != InvalidBuffer)
		{
			BTPageGetOpaque(BufferGetPage(lbuf))->btpo_next = BufferGetBlockNumber(rbuf);
			bufs[nbufs++] = lbuf;
		}
		ropaque->btpo_prev = opaque->btpo_prev;
		bt_set_deleted(BufferGetPage(leafbuf), ReadNextTransactionId());
		bufs[nbufs++] = leafbuf;
		bufs[nbufs++] = rbuf;
		for (int i = 0; i < nbufs; i++)
			MarkBufferDirty(bufs[i]);
		if (RelationNeedsWAL(rel))
		{
			bt_log_images(XLOG_BTREE_UNLINK, bufs, nbufs);
			FAULT_POINT("btree-unlink-logged");
		}
		END_CRIT_SECTION();
		for (int i = 0; i < nbufs; i++)
			bt_relbuf(bufs[i]);
		stats->pages_newly_deleted++;
		stats->pages_deleted++;
		return true;
	}
	return false;
}

/*
 * Deletes an empty leaf, or finishes the deletion of a half-dead one. leafbuf: exclusively locked; unlocked and released.
 */
bool
bt_pagedel(Relation rel, Buffer leafbuf, IndexBulkDeleteResult *stats)
{
	BlockNumber leafblock = BufferGetBlockNumber(leafbuf);
	Page page = BufferGetPage(leafbuf);
	BTPageOpaque opaque = BTPageGetOpaque(page);

	if (!P_ISHALFDEAD(opaque))
	{
		BtKey key;
		BtStack stack;
		Buffer found;
		IndexTuple target;
		BlockNumber left = opaque->btpo_prev;
		bool ok;

		if (!page_is_deletable(page))
		{
			bt_relbuf(leafbuf);
			return false;
		}
		/* The way to the parent: search for the page's own bound. No page may be locked meanwhile. */
		target = CopyIndexTuple(bt_page_tuple(page, P_HIKEY));
		bt_relbuf(leafbuf);
		if (left_split_incomplete(rel, left, leafblock))
		{
			pfree(target);
			return false;
		}
		bt_key_from_tuple(&key, rel, target);
		key.pivotsearch = true;
		found = bt_search(rel, &key, BT_READ, &stack);
		pfree(target);
		if (found == InvalidBuffer)
			return false;
		bt_relbuf(found);
		if (stack.depth == 0)
			return false;
		leafbuf = bt_getbuf(rel, leafblock, BT_WRITE);
		page = BufferGetPage(leafbuf);
		ok = page_is_deletable(page) && !P_ISHALFDEAD(BTPageGetOpaque(page)) && mark_halfdead(rel, leafbuf, &stack);
		bt_relbuf(leafbuf);
		if (!ok)
			return false;
	}
	else
		bt_relbuf(leafbuf);
	return unlink_halfdead(rel, leafblock, stats);
}
