/*
 * bt_scan.c
 *    Scanning: a leaf page is read once, its matching items are copied, and then handed out without touching the page.
 *
 * Under an MVCC snapshot the pin is given back at once, so that vacuum need not wait for idle scans: a TID that is removed and
 * reused meanwhile leads to a row that the snapshot does not see. Index-only scans and other snapshots keep the pin while items of the
 * page are outstanding.
 */
#include "postgres.h"

#include "index/btree/bt_scankey.h"
#include "pgstat.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#define pos_valid(p) ((p)->block != InvalidBlockNumber)

IndexScanDesc
bt_beginscan(Relation rel, int nkeys, int norderbys)
{
	IndexScanDesc scan = RelationGetIndexScan(rel, nkeys, norderbys);
	/* The item arrays are large: not zeroed. */
	BtScan *so = palloc(sizeof(BtScan));

	Assert(norderbys == 0);
	memset(so, 0, offsetof(BtScan, pos));
	so->keys = nkeys > 0 ? palloc_array(BtScanKey, nkeys) : NULL;
	so->pos.buf = so->mark.buf = InvalidBuffer;
	so->pos.block = so->mark.block = InvalidBlockNumber;
	so->mark_item = -1;
	scan->opaque = so;
	return scan;
}

/* ---- dead items ---------------------------------------------------------------------------------------------------------- */
/* Marks items whose rows were found dead, if the page is still as we saw it. Called with the page unlocked. */
static void
kill_items(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;
	BtScanPos *pos = &so->pos;
	Buffer buf;
	Page page;
	bool marked = false;

	if (pos->buf != InvalidBuffer)
	{
		buf = pos->buf;
		LockBuffer(buf, BT_READ);
	}
	else
	{
		buf = bt_getbuf(scan->indexRelation, pos->block, BT_READ);
		if (BufferGetLSNAtomic(buf) != pos->lsn)
		{
			bt_relbuf(buf);
			so->nkilled = 0;
			return;
		}
	}
	page = BufferGetPage(buf);
	for (int i = 0; i < so->nkilled; i++)
	{
		BtScanItem *item = &pos->items[so->killed[i]];
		OffsetNumber max = PageGetMaxOffsetNumber(page);

		/* Inserts move items to the right. */
		for (OffsetNumber off = item->offset; off <= max; off++)
		{
			ItemId lp = PageGetItemId(page, off);

			if (!ItemPointerEquals(&((IndexTuple) PageGetItem(page, lp))->t_tid, &item->tid))
				continue;
			if (!ItemIdIsDead(lp))
			{
				ItemIdMarkDead(lp);
				marked = true;
			}
			break;
		}
	}
	if (marked)
	{
		BTPageGetOpaque(page)->btpo_flags |= BTP_HAS_GARBAGE;
		MarkBufferDirtyHint(buf, true);
	}
	if (pos->buf != InvalidBuffer)
		LockBuffer(buf, BUFFER_LOCK_UNLOCK);
	else
		bt_relbuf(buf);
	so->nkilled = 0;
}

static void
leave_page(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;

	if (so->nkilled > 0)
		kill_items(scan);
	if (so->pos.buf != InvalidBuffer)
		ReleaseBuffer(so->pos.buf);
	so->pos.buf = InvalidBuffer;
}

static void
forget_position(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;

	if (pos_valid(&so->pos))
		leave_page(scan);
	so->pos.block = InvalidBlockNumber;
	if (so->mark.buf != InvalidBuffer)
		ReleaseBuffer(so->mark.buf);
	so->mark.buf = InvalidBuffer;
	so->mark.block = InvalidBlockNumber;
	so->mark_item = -1;
}

void
bt_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys)
{
	BtScan *so = scan->opaque;

	forget_position(scan);
	so->drop_pin = !scan->xs_want_itup && scan->xs_snapshot != NULL && IsMVCCSnapshot(scan->xs_snapshot);
	if (scan->xs_want_itup && so->tuples == NULL)
	{
		so->tuples = MemoryContextAlloc(GetMemoryChunkContext(so), BLCKSZ * 2);
		so->mark_tuples = so->tuples + BLCKSZ;
	}
	if (keys != NULL && scan->numberOfKeys > 0)
		memmove(scan->keyData, keys, scan->numberOfKeys * sizeof(ScanKeyData));
	so->nkeys = 0;
	bt_collect_arrays(scan);
}

void
bt_endscan(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;

	forget_position(scan);
	if (so->array_cxt != NULL)
		MemoryContextDelete(so->array_cxt);
	if (so->arrays != NULL)
		pfree(so->arrays);
	if (so->keys != NULL)
		pfree(so->keys);
	if (so->killed != NULL)
		pfree(so->killed);
	if (so->tuples != NULL)
		pfree(so->tuples);
	for (int i = 0; i < INDEX_MAX_KEYS; i++)
		if (so->cross_procs[i] != NULL)
			pfree(so->cross_procs[i]);
	pfree(so);
}

/* ---- one page ----------------------------------------------------------------------------------------------------------------- */
static inline void
save_item(BtScan *so, int index, OffsetNumber off, IndexTuple itup)
{
	BtScanItem *item = &so->pos.items[index];

	item->tid = itup->t_tid;
	item->offset = off;
	if (so->tuples != NULL)
	{
		Size size = IndexTupleSize(itup);

		item->tuple_offset = (LocationIndex) so->pos.used_tuple_space;
		memcpy(so->tuples + so->pos.used_tuple_space, itup, size);
		so->pos.used_tuple_space += (int) MAXALIGN(size);
	}
}

static void
collect_forward(IndexScanDesc scan, Page page, OffsetNumber offnum)
{
	BtScan *so = scan->opaque;
	BTPageOpaque opaque = BTPageGetOpaque(page);
	int natts = RelationGetDescr(scan->indexRelation)->natts;
	OffsetNumber max = PageGetMaxOffsetNumber(page);
	bool goes_on = true;
	int n = 0;

	for (OffsetNumber off = Max(offnum, P_FIRSTDATAKEY(opaque)); off <= max; off++)
	{
		ItemId lp = PageGetItemId(page, off);
		IndexTuple itup = (IndexTuple) PageGetItem(page, lp);

		if (scan->ignore_killed_tuples && ItemIdIsDead(lp))
			continue;
		if (bt_check_keys(scan, itup, natts, ForwardScanDirection, &goes_on))
			save_item(so, n++, off, itup);
		if (!goes_on)
			break;
	}
	/* The bound of this page may already be beyond what we look for: saves a visit to the next. */
	if (goes_on && !P_RIGHTMOST(opaque) && so->nkeys > 0)
	{
		IndexTuple high = bt_page_tuple(page, P_HIKEY);

		bt_check_keys(scan, high, bt_tuple_natts(high, scan->indexRelation), ForwardScanDirection, &goes_on);
	}
	so->pos.more_right = goes_on && !P_RIGHTMOST(opaque);
	so->pos.first = 0;
	so->pos.last = n - 1;
	so->pos.current = 0;
}

static void
collect_backward(IndexScanDesc scan, Page page, OffsetNumber offnum)
{
	BtScan *so = scan->opaque;
	BTPageOpaque opaque = BTPageGetOpaque(page);
	int natts = RelationGetDescr(scan->indexRelation)->natts;
	OffsetNumber min = P_FIRSTDATAKEY(opaque);
	bool goes_on = true;
	int n = MaxIndexTuplesPerPage;

	for (OffsetNumber off = Min(offnum, PageGetMaxOffsetNumber(page)); off >= min; off--)
	{
		ItemId lp = PageGetItemId(page, off);
		IndexTuple itup = (IndexTuple) PageGetItem(page, lp);

		if (scan->ignore_killed_tuples && ItemIdIsDead(lp))
			continue;
		if (bt_check_keys(scan, itup, natts, BackwardScanDirection, &goes_on))
			save_item(so, --n, off, itup);
		if (!goes_on)
			break;
	}
	so->pos.more_left = goes_on && !P_LEFTMOST(opaque);
	so->pos.first = n;
	so->pos.last = MaxIndexTuplesPerPage - 1;
	so->pos.current = so->pos.last;
}

/* The page is share-locked: collects its items and unlocks it. True: there are some. */
static bool
read_page(IndexScanDesc scan, Buffer buf, ScanDirection dir, OffsetNumber offnum)
{
	BtScan *so = scan->opaque;
	Page page = BufferGetPage(buf);

	so->pos.block = BufferGetBlockNumber(buf);
	so->pos.next = BTPageGetOpaque(page)->btpo_next;
	so->pos.lsn = BufferGetLSNAtomic(buf);
	so->pos.used_tuple_space = 0;
	so->mark_item = -1;
	if (ScanDirectionIsForward(dir))
		collect_forward(scan, page, offnum);
	else
		collect_backward(scan, page, offnum);
	LockBuffer(buf, BUFFER_LOCK_UNLOCK);
	if (so->pos.first <= so->pos.last)
		pgstat_count_index_tuples(scan->indexRelation, so->pos.last - so->pos.first + 1);
	if (so->drop_pin)
	{
		ReleaseBuffer(buf);
		so->pos.buf = InvalidBuffer;
	}
	else
		so->pos.buf = buf;
	return so->pos.first <= so->pos.last;
}

/* ---- to the neighbours ---------------------------------------------------------------------------------------------------------- */
/*
 * The live page to the left of `block`, share-locked; Invalid: none. The left sibling may have been split (then our neighbour is
 * further right than the link says) and our own page may have been deleted.
 */
static Buffer
walk_left(Relation rel, BlockNumber block)
{
	for (;;)
	{
		Buffer buf = bt_getbuf(rel, block, BT_READ);
		BTPageOpaque opaque = BTPageGetOpaque(BufferGetPage(buf));
		BlockNumber left;

		/* What lay on a deleted page lies on its right neighbour now. */
		while (P_ISDELETED(opaque))
		{
			if (P_RIGHTMOST(opaque))
				elog(ERROR, "fell off the end of index \"%s\"", RelationGetRelationName(rel));
			buf = bt_relandgetbuf(rel, buf, opaque->btpo_next, BT_READ);
			opaque = BTPageGetOpaque(BufferGetPage(buf));
		}
		block = BufferGetBlockNumber(buf);
		left = opaque->btpo_prev;
		if (left == P_NONE)
		{
			bt_relbuf(buf);
			return InvalidBuffer;
		}
		CHECK_FOR_INTERRUPTS();
		buf = bt_relandgetbuf(rel, buf, left, BT_READ);
		opaque = BTPageGetOpaque(BufferGetPage(buf));
		for (int tries = 0; tries < 4; tries++)
		{
			if (!P_ISDELETED(opaque) && opaque->btpo_next == block)
			{
				if (!P_IGNORE(opaque))
					return buf;
				break;
			}
			if (P_RIGHTMOST(opaque))
				break;
			buf = bt_relandgetbuf(rel, buf, opaque->btpo_next, BT_READ);
			opaque = BTPageGetOpaque(BufferGetPage(buf));
		}
		/* A half-dead neighbour: go on from there. Else look at our own page's link again. */
		if (P_ISHALFDEAD(opaque) && opaque->btpo_next == block)
			block = BufferGetBlockNumber(buf);
		bt_relbuf(buf);
	}
}

static bool
step_page(IndexScanDesc scan, ScanDirection dir)
{
	BtScan *so = scan->opaque;
	Relation rel = scan->indexRelation;

	for (;;)
	{
		BlockNumber block = so->pos.block;
		BlockNumber next = so->pos.next;
		bool more = ScanDirectionIsForward(dir) ? so->pos.more_right : so->pos.more_left;
		Buffer buf;

		/* A marked page keeps its items: they move to the mark. */
		if (so->mark_item >= 0)
		{
			if (so->mark.buf != InvalidBuffer)
				ReleaseBuffer(so->mark.buf);
			memcpy(&so->mark, &so->pos, offsetof(BtScanPos, items));
			memcpy(&so->mark.items[so->pos.first], &so->pos.items[so->pos.first],
				   Max(0, so->pos.last - so->pos.first + 1) * sizeof(BtScanItem));
			so->mark.current = so->mark_item;
			if (so->tuples != NULL)
				memcpy(so->mark_tuples, so->tuples, so->pos.used_tuple_space);
			if (so->mark.buf != InvalidBuffer)
				IncrBufferRefCount(so->mark.buf);
			so->mark_item = -1;
		}
		leave_page(scan);
		if (!more)
		{
			so->pos.block = InvalidBlockNumber;
			return false;
		}
		CHECK_FOR_INTERRUPTS();
		if (ScanDirectionIsForward(dir))
		{
			so->pos.more_left = true;
			buf = bt_getbuf(rel, next, BT_READ);
			while (P_IGNORE(BTPageGetOpaque(BufferGetPage(buf))))
			{
				next = BTPageGetOpaque(BufferGetPage(buf))->btpo_next;
				if (next == P_NONE)
				{
					bt_relbuf(buf);
					so->pos.block = InvalidBlockNumber;
					return false;
				}
				buf = bt_relandgetbuf(rel, buf, next, BT_READ);
			}
			if (read_page(scan, buf, dir, P_FIRSTDATAKEY(BTPageGetOpaque(BufferGetPage(buf)))))
				return true;
		}
		else
		{
			so->pos.more_right = true;
			buf = walk_left(rel, block);
			if (buf == InvalidBuffer)
			{
				so->pos.block = InvalidBlockNumber;
				return false;
			}
			if (read_page(scan, buf, dir, PageGetMaxOffsetNumber(BufferGetPage(buf))))
				return true;
		}
	}
}

/* ---- beginning ------------------------------------------------------------------------------------------------------------------ */
static bool
first_page(IndexScanDesc scan, ScanDirection dir)
{
	BtScan *so = scan->opaque;
	Relation rel = scan->indexRelation;
	BtKey key;
	bool goback;
	Buffer buf;
	OffsetNumber offnum;
	Page page;

	bt_prepare_keys(scan);
	if (so->impossible)
		return false;
	pgstat_count_index_scan(rel);
	if (bt_start_key(scan, dir, &key, &goback))
	{
		buf = bt_search(rel, &key, BT_READ, NULL);
		if (buf == InvalidBuffer)
			return false;
		offnum = bt_binsrch(rel, &key, BufferGetPage(buf));
		if (goback)
			offnum = OffsetNumberPrev(offnum);
	}
	else
	{
		buf = bt_get_endpoint(rel, 0, ScanDirectionIsBackward(dir), BT_READ);
		if (buf == InvalidBuffer)
			return false;
		page = BufferGetPage(buf);
		offnum = ScanDirectionIsForward(dir) ? P_FIRSTDATAKEY(BTPageGetOpaque(page)) : PageGetMaxOffsetNumber(page);
	}
	so->pos.more_left = so->pos.more_right = true;
	if (read_page(scan, buf, dir, offnum))
		return true;
	return step_page(scan, dir);
}

static inline void
return_item(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;
	BtScanItem *item = &so->pos.items[so->pos.current];

	scan->xs_heaptid = item->tid;
	if (scan->xs_want_itup)
		scan->xs_itup = (IndexTuple) (so->tuples + item->tuple_offset);
}

static void
remember_dead(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;

	if (so->killed == NULL)
		so->killed = MemoryContextAlloc(GetMemoryChunkContext(so), MaxIndexTuplesPerPage * sizeof(int));
	if (so->nkilled < MaxIndexTuplesPerPage)
		so->killed[so->nkilled++] = so->pos.current;
}

bool
bt_gettuple(IndexScanDesc scan, ScanDirection dir)
{
	BtScan *so = scan->opaque;

	if (unlikely(so->narrays < 0))
		return false;
	scan->xs_recheck = false;
	if (!pos_valid(&so->pos) && so->narrays > 0)
		bt_start_arrays(scan, dir);
	do
	{
		bool found;

		if (!pos_valid(&so->pos))
			found = first_page(scan, dir);
		else
		{
			if (scan->kill_prior_tuple)
				remember_dead(scan);
			if (ScanDirectionIsForward(dir))
				found = ++so->pos.current <= so->pos.last || step_page(scan, dir);
			else
				found = --so->pos.current >= so->pos.first || step_page(scan, dir);
		}
		if (found)
		{
			return_item(scan);
			return true;
		}
		scan->kill_prior_tuple = false;
		if (pos_valid(&so->pos))
		{
			leave_page(scan);
			so->pos.block = InvalidBlockNumber;
		}
	} while (so->narrays > 0 && bt_advance_arrays(scan, dir));
	return false;
}

int64
bt_getbitmap(IndexScanDesc scan, TIDBitmap *tbm)
{
	BtScan *so = scan->opaque;
	int64 ntids = 0;

	if (so->narrays < 0)
		return 0;
	if (so->narrays > 0)
		bt_start_arrays(scan, ForwardScanDirection);
	do
	{
		bool found = first_page(scan, ForwardScanDirection);

		while (found)
		{
			ItemPointerData tids[MaxIndexTuplesPerPage];
			int n = 0;

			for (int i = so->pos.first; i <= so->pos.last; i++)
				tids[n++] = so->pos.items[i].tid;
			tbm_add_tuples(tbm, tids, n, false);
			ntids += n;
			found = step_page(scan, ForwardScanDirection);
		}
		if (pos_valid(&so->pos))
		{
			leave_page(scan);
			so->pos.block = InvalidBlockNumber;
		}
	} while (so->narrays > 0 && bt_advance_arrays(scan, ForwardScanDirection));
	return ntids;
}

/* ---- mark and restore --------------------------------------------------------------------------------------------------------------- */
void
bt_markpos(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;

	if (so->mark.buf != InvalidBuffer)
		ReleaseBuffer(so->mark.buf);
	so->mark.buf = InvalidBuffer;
	so->mark.block = InvalidBlockNumber;
	so->mark_item = pos_valid(&so->pos) ? so->pos.current : -1;
	for (int i = 0; i < so->narrays; i++)
		so->arrays[i].marked = so->arrays[i].current;
}

void
bt_restrpos(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;

	for (int i = 0; i < so->narrays; i++)
	{
		BtArrayKey *array = &so->arrays[i];

		array->current = array->marked;
		scan->keyData[array->key].sk_argument = array->elems[array->current];
	}
	if (so->mark_item >= 0)
	{
		so->pos.current = so->mark_item;
		return;
	}
	if (pos_valid(&so->pos))
		leave_page(scan);
	so->pos.block = InvalidBlockNumber;
	if (!pos_valid(&so->mark))
		return;
	memcpy(&so->pos, &so->mark, offsetof(BtScanPos, items));
	memcpy(&so->pos.items[so->mark.first], &so->mark.items[so->mark.first],
		   Max(0, so->mark.last - so->mark.first + 1) * sizeof(BtScanItem));
	if (so->pos.buf != InvalidBuffer)
		IncrBufferRefCount(so->pos.buf);
	if (so->tuples != NULL)
		memcpy(so->tuples, so->mark_tuples, so->mark.used_tuple_space);
	if (so->narrays > 0)
		bt_prepare_keys(scan);
}
