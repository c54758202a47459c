/*
 * bt_split.c
 *    Putting an item on a page, splitting the page when it is full, and telling the parent.
 *
 * A split is two atomic steps: first the new right page is linked in and the left one marked INCOMPLETE_SPLIT (searches find the
 * right page over the right-link), then the parent gets its entry and the mark goes. A crash or error in between leaves the
 * mark; the next inserter that passes finishes the job.
 *
 * Locks: children before parents, left before right. During a split left, new right and old right sibling are locked; while
 * the parent is changed only the left page.
 */
#include "postgres.h"

#include "access/xloginsert.h"
#include "index/btree/btree.h"
#include "sys/fault.h"

/* Adds an item; the first one of an inner page loses its columns. */
bool
bt_pgaddtup(Page page, Size itemsize, IndexTuple itup, OffsetNumber off, bool first_on_inner)
{
	IndexTupleData truncated;

	if (first_on_inner)
	{
		truncated = *itup;
		truncated.t_info = sizeof(IndexTupleData);
		bt_set_pivot(&truncated, 0, false);
		itup = &truncated;
		itemsize = sizeof(IndexTupleData);
	}
	return PageAddItemExtended(page, (Item) itup, itemsize, off, 0) != InvalidOffsetNumber;
}

/* ---- suffix truncation --------------------------------------------------------------------------------------------------- */
/* How many columns tell firstright from lastleft; one more than there are key columns: only the TID does. */
int
bt_keep_natts(Relation rel, IndexTuple lastleft, IndexTuple firstright)
{
	BtKey key;
	TupleDesc desc = RelationGetDescr(rel);

	bt_key_from_tuple(&key, rel, firstright);
	for (int i = 0; i < key.nkeys; i++)
	{
		bool isnull;
		Datum value = index_getattr(lastleft, i + 1, desc, &isnull);

		if (bt_compare_column(&key.cols[i], value, isnull) != 0)
			return i + 1;
	}
	return key.nkeys + 1;
}

/* The shortest pivot that is greater than lastleft and not greater than firstright; palloc'd. Leaf items. */
IndexTuple
bt_truncate(Relation rel, IndexTuple lastleft, IndexTuple firstright)
{
	int nkeyatts = IndexRelationGetNumberOfKeyAttributes(rel);
	int keep = bt_keep_natts(rel, lastleft, firstright);
	IndexTuple pivot = index_truncate_tuple(RelationGetDescr(rel), firstright, Min(keep, nkeyatts));
	IndexTuple tidpivot;
	Size size;

	if (keep <= nkeyatts)
	{
		bt_set_pivot(pivot, keep, false);
		return pivot;
	}
	/* Duplicates on both sides: the last TID of the left page is the bound. */
	size = MAXALIGN(IndexTupleSize(pivot)) + BT_TID_SLOT;
	tidpivot = palloc0(size);
	memcpy(tidpivot, pivot, IndexTupleSize(pivot));
	tidpivot->t_info = (unsigned short) ((pivot->t_info & ~INDEX_SIZE_MASK) | size);
	bt_set_pivot(tidpivot, nkeyatts, true);
	*bt_tuple_heap_tid(tidpivot) = lastleft->t_tid;
	pfree(pivot);
	return tidpivot;
}

/* ---- splitting ---------------------------------------------------------------------------------------------------------------- */
static void
check_add(bool ok, Relation rel, Buffer buf, const char *which)
{
	if (!ok)
		elog(ERROR, "failed to add item to the %s sibling while splitting block %u of index \"%s\"", which,
			 BufferGetBlockNumber(buf), RelationGetRelationName(rel));
}

/* The virtual page that has the new item in its place: item number i (0-based) of it. */
typedef struct SplitItems
{
	Page page;
	OffsetNumber first;
	OffsetNumber newoff;
	IndexTuple newitem;
	Size newsize;
	int count;
} SplitItems;

static IndexTuple
split_item(const SplitItems *items, int i, Size *size)
{
	OffsetNumber off = items->first + i;
	ItemId lp;

	if (off == items->newoff)
	{
		*size = items->newsize;
		return items->newitem;
	}
	if (off > items->newoff)
		off--;
	lp = PageGetItemId(items->page, off);
	*size = ItemIdGetLength(lp);
	return (IndexTuple) PageGetItem(items->page, lp);
}

static void
copy_items(Relation rel, Buffer buf, const SplitItems *items, int from, int to, Page target, bool leaf,
		   const char *which)
{
	OffsetNumber firstdata = P_FIRSTDATAKEY(BTPageGetOpaque(target));
	OffsetNumber off = firstdata;

	for (int i = from; i < to; i++, off++)
	{
		Size size;
		IndexTuple itup = split_item(items, i, &size);

		check_add(bt_pgaddtup(target, size, itup, off, !leaf && off == firstdata), rel, buf, which);
	}
}

/*
 * Splits buf (exclusively locked), putting newitem in. Returns the new right page, exclusively locked. cbuf is unlocked and
 * released.
 */
static Buffer
split_page(Relation rel, Buffer buf, Buffer cbuf, OffsetNumber newitemoff, Size newitemsz, IndexTuple newitem)
{
	Page origpage = BufferGetPage(buf);
	BTPageOpaque oopaque = BTPageGetOpaque(origpage);
	bool leaf = P_ISLEAF(oopaque);
	bool rightmost = P_RIGHTMOST(oopaque);
	SplitItems items = {.page = origpage,
						.first = P_FIRSTDATAKEY(oopaque),
						.newoff = newitemoff,
						.newitem = newitem,
						.newsize = newitemsz};
	bool newitemonleft;
	OffsetNumber firstright_off;
	int nleft;
	Page leftpage, rightpage;
	BTPageOpaque lopaque, ropaque;
	Buffer rbuf, sbuf = InvalidBuffer;
	Buffer bufs[4];
	int nbufs = 0;
	IndexTuple highkey, firstright, lastleft;
	Size size;

	items.count = PageGetMaxOffsetNumber(origpage) - items.first + 2;
	firstright_off = bt_find_split(rel, origpage, newitemoff, newitemsz, newitem, &newitemonleft);
	nleft = firstright_off - items.first + (newitemonleft ? 1 : 0);
	Assert(nleft > 0 && nleft < items.count);

	lastleft = split_item(&items, nleft - 1, &size);
	firstright = split_item(&items, nleft, &size);
	highkey = leaf ? bt_truncate(rel, lastleft, firstright) : CopyIndexTuple(firstright);
	if (!leaf)
		bt_set_downlink(highkey, InvalidBlockNumber);

	leftpage = PageGetTempPage(origpage);
	bt_pageinit(leftpage);
	lopaque = BTPageGetOpaque(leftpage);
	rbuf = bt_alloc(rel);
	rightpage = PageGetTempPage(origpage);
	bt_pageinit(rightpage);
	ropaque = BTPageGetOpaque(rightpage);

	*lopaque = *oopaque;
	lopaque->btpo_flags &= ~BTP_HAS_GARBAGE;
	lopaque->btpo_flags |= BTP_INCOMPLETE_SPLIT;
	lopaque->btpo_next = BufferGetBlockNumber(rbuf);
	lopaque->btpo_cycleid = bt_vacuum_cycleid(rel);
	*ropaque = *oopaque;
	ropaque->btpo_flags &= ~(BTP_ROOT | BTP_HAS_GARBAGE | BTP_INCOMPLETE_SPLIT);
	ropaque->btpo_prev = BufferGetBlockNumber(buf);
	ropaque->btpo_cycleid = lopaque->btpo_cycleid;

	check_add(PageAddItemExtended(leftpage, (Item) highkey, IndexTupleSize(highkey), P_HIKEY, 0) != InvalidOffsetNumber,
			  rel, buf, "left");
	if (!rightmost)
	{
		ItemId lp = PageGetItemId(origpage, P_HIKEY);

		check_add(PageAddItemExtended(rightpage, PageGetItem(origpage, lp), ItemIdGetLength(lp), P_HIKEY, 0) !=
					  InvalidOffsetNumber,
				  rel, buf, "right");
	}
	copy_items(rel, buf, &items, 0, nleft, leftpage, leaf, "left");
	copy_items(rel, buf, &items, nleft, items.count, rightpage, leaf, "right");

	if (!rightmost)
	{
		sbuf = bt_getbuf(rel, oopaque->btpo_next, BT_WRITE);
		if (BTPageGetOpaque(BufferGetPage(sbuf))->btpo_prev != BufferGetBlockNumber(buf))
			ereport(ERROR,
					(errcode(ERRCODE_INDEX_CORRUPTED),
					 errmsg_internal("right sibling's left-link doesn't match: block %u links to %u instead of expected %u in index \"%s\"",
									 oopaque->btpo_next, BTPageGetOpaque(BufferGetPage(sbuf))->btpo_prev,
									 BufferGetBlockNumber(buf), RelationGetRelationName(rel))));
	}

	START_CRIT_SECTION();
	{
		XLogRecPtr lsn = PageGetLSN(origpage);

		memcpy(origpage, leftpage, BLCKSZ);
		PageSetLSN(origpage, lsn);
		memcpy(BufferGetPage(rbuf), rightpage, BLCKSZ);
	}
	bufs[nbufs++] = buf;
	bufs[nbufs++] = rbuf;
	if (sbuf != InvalidBuffer)
	{
		BTPageGetOpaque(BufferGetPage(sbuf))->btpo_prev = BufferGetBlockNumber(rbuf);
		bufs[nbufs++] = sbuf;
	}
	if (cbuf != InvalidBuffer)
	{
		BTPageGetOpaque(BufferGetPage(cbuf))->btpo_flags &= ~BTP_INCOMPLETE_SPLIT;
		bufs[nbufs++] = cbuf;
	}
	for (int i = 0; i < nbufs; i++)
		MarkBufferDirty(bufs[i]);
	if (RelationNeedsWAL(rel))
	{
		bt_log_images(XLOG_BTREE_SPLIT, bufs, nbufs);
		FAULT_POINT("btree-split-logged");
	}
	END_CRIT_SECTION();

	if (sbuf != InvalidBuffer)
		bt_relbuf(sbuf);
	if (cbuf != InvalidBuffer)
		bt_relbuf(cbuf);
	pfree(leftpage);
	pfree(rightpage);
	pfree(highkey);
	return rbuf;
}

/* ---- inserting ------------------------------------------------------------------------------------------------------------------ */
static void
log_insert(Buffer buf, Buffer cbuf, OffsetNumber offnum, IndexTuple itup, bool leaf)
{
	xl_btree_insert xlrec = {offnum};
	XLogRecPtr recptr;

	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	XLogRegisterBuffer(0, buf, REGBUF_STANDARD);
	XLogRegisterBufData(0, itup, (int) IndexTupleSize(itup));
	if (!leaf)
		XLogRegisterBuffer(1, cbuf, REGBUF_STANDARD);
	recptr = XLogInsert(RM_BTREE_ID, leaf ? XLOG_BTREE_INSERT_LEAF : XLOG_BTREE_INSERT_UPPER);
	PageSetLSN(BufferGetPage(buf), recptr);
	if (!leaf)
		PageSetLSN(BufferGetPage(cbuf), recptr);
}

void
bt_insertonpg(Relation rel, Buffer buf, Buffer cbuf, BtStack *stack, IndexTuple itup, OffsetNumber newitemoff)
{
	Page page = BufferGetPage(buf);
	BTPageOpaque opaque = BTPageGetOpaque(page);
	bool leaf = P_ISLEAF(opaque);
	Size size = MAXALIGN(IndexTupleSize(itup));

	Assert(leaf == (cbuf == InvalidBuffer));
	if (unlikely(PageGetFreeSpace(page) < size))
	{
		Buffer rbuf = split_page(rel, buf, cbuf, newitemoff, size, itup);

		bt_insert_parent(rel, buf, rbuf, stack);
		return;
	}
	START_CRIT_SECTION();
	if (!bt_pgaddtup(page, size, itup, newitemoff, false))
		elog(PANIC, "failed to add new item to block %u in index \"%s\"", BufferGetBlockNumber(buf),
			 RelationGetRelationName(rel));
	MarkBufferDirty(buf);
	if (cbuf != InvalidBuffer)
	{
		BTPageGetOpaque(BufferGetPage(cbuf))->btpo_flags &= ~BTP_INCOMPLETE_SPLIT;
		MarkBufferDirty(cbuf);
	}
	if (RelationNeedsWAL(rel))
	{
		log_insert(buf, cbuf, newitemoff, itup, leaf);
		FAULT_POINT("btree-insert-logged");
	}
	END_CRIT_SECTION();
	/* Remember a rightmost leaf for the next ascending key. */
	if (leaf)
		RelationSetTargetBlock(rel, P_RIGHTMOST(opaque) && !P_LEFTMOST(opaque) ? BufferGetBlockNumber(buf)
																			   : InvalidBlockNumber);
	if (cbuf != InvalidBuffer)
		bt_relbuf(cbuf);
	bt_relbuf(buf);
}

/* A new root above two pages. Both stay locked. */
static void
new_root(Relation rel, Buffer lbuf, Buffer rbuf)
{
	Page lpage = BufferGetPage(lbuf);
	BTPageOpaque lopaque = BTPageGetOpaque(lpage);
	ItemId hikey = PageGetItemId(lpage, P_HIKEY);
	IndexTuple right_item = CopyIndexTuple((IndexTuple) PageGetItem(lpage, hikey));
	IndexTupleData left_item = {.t_info = sizeof(IndexTupleData)};
	Buffer rootbuf = bt_alloc(rel);
	Buffer metabuf = bt_getbuf(rel, BTREE_METAPAGE, BT_WRITE);
	BTMetaPageData *meta = BTPageGetMeta(BufferGetPage(metabuf));
	Page rootpage = BufferGetPage(rootbuf);
	BTPageOpaque rootopaque = BTPageGetOpaque(rootpage);
	Buffer bufs[3] = {rootbuf, lbuf, metabuf};

	bt_set_downlink(right_item, BufferGetBlockNumber(rbuf));
	bt_set_pivot(&left_item, 0, false);
	bt_set_downlink(&left_item, BufferGetBlockNumber(lbuf));

	START_CRIT_SECTION();
	rootopaque->btpo_prev = rootopaque->btpo_next = P_NONE;
	rootopaque->btpo_flags = BTP_ROOT;
	rootopaque->btpo_level = lopaque->btpo_level + 1;
	rootopaque->btpo_cycleid = 0;
	if (PageAddItemExtended(rootpage, (Item) &left_item, sizeof(IndexTupleData), P_HIKEY, 0) == InvalidOffsetNumber ||
		PageAddItemExtended(rootpage, (Item) right_item, IndexTupleSize(right_item), P_HIKEY + 1, 0) ==
			InvalidOffsetNumber)
		elog(PANIC, "failed to add keys to new root page of index \"%s\"", RelationGetRelationName(rel));
	lopaque->btpo_flags &= ~(BTP_ROOT | BTP_INCOMPLETE_SPLIT);
	meta->btm_root = BufferGetBlockNumber(rootbuf);
	meta->btm_level = rootopaque->btpo_level;
	for (int i = 0; i < 3; i++)
		MarkBufferDirty(bufs[i]);
	if (RelationNeedsWAL(rel))
	{
		bt_log_images(XLOG_BTREE_NEWROOT, bufs, 3);
		FAULT_POINT("btree-newroot-logged");
	}
	END_CRIT_SECTION();
	bt_relbuf(metabuf);
	bt_relbuf(rootbuf);
	pfree(right_item);
}

/* buf and rbuf are the halves of a split, both exclusively locked; unlocks and releases them. */
void
bt_insert_parent(Relation rel, Buffer buf, Buffer rbuf, BtStack *stack)
{
	Page page = BufferGetPage(buf);
	BTPageOpaque opaque = BTPageGetOpaque(page);
	BlockNumber lblock = BufferGetBlockNumber(buf);
	BtStack upper;
	IndexTuple new_item;
	OffsetNumber offnum;
	Buffer pbuf;

	if (P_ISROOT(opaque))
	{
		new_root(rel, buf, rbuf);
		bt_relbuf(rbuf);
		bt_relbuf(buf);
		return;
	}
	if (stack != NULL)
		upper = *stack;
	else
		upper.depth = 0;
	if (upper.depth == 0)
	{
		/* It was the root when we started, or we did not come from above: begin at its parents' left end. */
		Buffer endbuf = bt_get_endpoint(rel, opaque->btpo_level + 1, false, BT_READ);

		upper.entry[0].block = BufferGetBlockNumber(endbuf);
		upper.entry[0].offnum = InvalidOffsetNumber;
		upper.depth = 1;
		bt_relbuf(endbuf);
	}
	new_item = CopyIndexTuple(bt_page_tuple(page, P_HIKEY));
	bt_set_downlink(new_item, BufferGetBlockNumber(rbuf));
	bt_relbuf(rbuf);

	pbuf = bt_getstackbuf(rel, &upper, lblock, &offnum);
	if (pbuf == InvalidBuffer)
		ereport(ERROR, (errcode(ERRCODE_INDEX_CORRUPTED),
						errmsg_internal("failed to re-find parent key in index \"%s\" for split pages %u/%u",
										RelationGetRelationName(rel), lblock, bt_downlink(new_item))));
	upper.depth--;
	bt_insertonpg(rel, pbuf, buf, &upper, new_item, offnum + 1);
	pfree(new_item);
}

/* lbuf exclusively locked; unlocked and released. */
void
bt_finish_split(Relation rel, Buffer lbuf, BtStack *stack)
{
	BTPageOpaque opaque = BTPageGetOpaque(BufferGetPage(lbuf));
	Buffer rbuf;

	Assert(P_INCOMPLETE_SPLIT(opaque));
	rbuf = bt_getbuf(rel, opaque->btpo_next, BT_WRITE);
	bt_insert_parent(rel, lbuf, rbuf, stack);
}

/* Does the page have a downlink to child? Looks near the hint first. */
static OffsetNumber
find_downlink(Page page, BlockNumber child, OffsetNumber hint)
{
	OffsetNumber min = P_FIRSTDATAKEY(BTPageGetOpaque(page));
	OffsetNumber max = PageGetMaxOffsetNumber(page);

	if (hint >= min && hint <= max)
		for (OffsetNumber off = hint; off <= max; off++)
			if (bt_downlink(bt_page_tuple(page, off)) == child)
				return off;
	for (OffsetNumber off = min; off <= max; off++)
		if (bt_downlink(bt_page_tuple(page, off)) == child)
			return off;
	return InvalidOffsetNumber;
}

/* stack's last entry is where the parent was; it may have moved right. */
Buffer
bt_getstackbuf(Relation rel, BtStack *stack, BlockNumber child, OffsetNumber *offnum)
{
	BtStackEntry *entry = &stack->entry[stack->depth - 1];
	BlockNumber block = entry->block;
	OffsetNumber hint = entry->offnum;

	for (;;)
	{
		Buffer buf = bt_getbuf(rel, block, BT_WRITE);
		Page page = BufferGetPage(buf);
		BTPageOpaque opaque = BTPageGetOpaque(page);

		if (P_INCOMPLETE_SPLIT(opaque))
		{
			BtStack above = *stack;

			above.depth--;
			bt_finish_split(rel, buf, &above);
			continue;
		}
		if (!P_IGNORE(opaque))
		{
			*offnum = find_downlink(page, child, hint);
			if (*offnum != InvalidOffsetNumber)
			{
				entry->block = block;
				entry->offnum = *offnum;
				return buf;
			}
		}
		if (P_RIGHTMOST(opaque))
		{
			bt_relbuf(buf);
			return InvalidBuffer;
		}
		block = opaque->btpo_next;
		hint = InvalidOffsetNumber;
		bt_relbuf(buf);
	}
}
