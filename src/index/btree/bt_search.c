/*
 * bt_search.c
 *    From the root to a leaf (Lehman and Yao): one page locked at a time; a page that was split meanwhile is noticed by its high
 *    key, and the way goes on to the right.
 */
#include "postgres.h"

#include "index/btree/btree.h"

/*
 * Walks right while the key lies beyond the page's high key. forupdate: incomplete splits met on the way are finished, which
 * needs `stack`.
 */
Buffer
bt_moveright(Relation rel, const BtKey *key, Buffer buf, int access, BtStack *stack, bool forupdate)
{
	int limit = key->nextkey ? 0 : 1;

	for (;;)
	{
		Page page = BufferGetPage(buf);
		BTPageOpaque opaque = BTPageGetOpaque(page);

		if (P_RIGHTMOST(opaque))
			break;
		if (unlikely(forupdate && P_INCOMPLETE_SPLIT(opaque)))
		{
			BlockNumber block = BufferGetBlockNumber(buf);

			if (access == BT_READ)
			{
				LockBuffer(buf, BUFFER_LOCK_UNLOCK);
				LockBuffer(buf, BT_WRITE);
			}
			if (P_INCOMPLETE_SPLIT(opaque))
				bt_finish_split(rel, buf, stack);
			else
				bt_relbuf(buf);
			buf = bt_getbuf(rel, block, access);
			continue;
		}
		if (P_IGNORE(opaque) || bt_compare(rel, key, page, P_HIKEY) >= limit)
		{
			buf = bt_relandgetbuf(rel, buf, opaque->btpo_next, access);
			continue;
		}
		break;
	}
	if (P_IGNORE(BTPageGetOpaque(BufferGetPage(buf))))
		elog(ERROR, "fell off the end of index \"%s\"", RelationGetRelationName(rel));
	return buf;
}

/* One integer column, no nulls on the page's way: the loop that point queries live in. */
static pg_attribute_always_inline OffsetNumber
binsrch_int(Page page, OffsetNumber low, OffsetNumber high, Datum sought, int kind, bool nextkey, bool *usable)
{
	while (high > low)
	{
		OffsetNumber mid = low + (high - low) / 2;
		IndexTuple itup = bt_page_tuple(page, mid);
		const char *data = (const char *) itup + sizeof(IndexTupleData);
		int cmp;

		if (unlikely(IndexTupleHasNulls(itup)))
		{
			*usable = false;
			return low;
		}
		if (kind == SORT_INT32)
			cmp = (DatumGetInt32(sought) > *(const int32 *) data) - (DatumGetInt32(sought) < *(const int32 *) data);
		else
			cmp = (DatumGetInt64(sought) > *(const int64 *) data) - (DatumGetInt64(sought) < *(const int64 *) data);
		/* Equal columns: the general comparison knows about TIDs. */
		if (unlikely(cmp == 0 && bt_is_pivot(itup)))
		{
			*usable = false;
			return low;
		}
		if (cmp > 0 || (cmp == 0 && nextkey))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * Leaf: first item >= key (> key with nextkey), possibly one past the end. Inner page: last item < key (<= key), that is, the
 * child to go to.
 */
OffsetNumber
bt_binsrch(Relation rel, const BtKey *key, Page page)
{
	BTPageOpaque opaque = BTPageGetOpaque(page);
	OffsetNumber low = P_FIRSTDATAKEY(opaque);
	OffsetNumber high = PageGetMaxOffsetNumber(page);
	bool leaf = P_ISLEAF(opaque);
	int limit = key->nextkey ? 0 : 1;

	if (unlikely(high < low))
		return low;
	high++;
	/* The first item of an inner page is minus infinity. */
	if (!leaf)
		low++;
	if (key->nkeys == 1 && !key->has_tid && !key->cols[0].isnull && !(key->cols[0].flags & BT_KEY_DESC) &&
		(key->cols[0].int_kind == SORT_INT32 || key->cols[0].int_kind == SORT_INT64))
	{
		bool usable = true;
		OffsetNumber found = key->cols[0].int_kind == SORT_INT32
			? binsrch_int(page, low, high, key->cols[0].value, SORT_INT32, key->nextkey, &usable)
			: binsrch_int(page, low, high, key->cols[0].value, SORT_INT64, key->nextkey, &usable);

		if (likely(usable))
			return leaf ? found : OffsetNumberPrev(found);
	}
	while (high > low)
	{
		OffsetNumber mid = low + (high - low) / 2;

		if (bt_compare_tuple(rel, key, bt_page_tuple(page, mid)) >= limit)
			low = mid + 1;
		else
			high = mid;
	}
	return leaf ? low : OffsetNumberPrev(low);
}

Buffer
bt_search(Relation rel, const BtKey *key, int access, BtStack *stack)
{
	Buffer buf = bt_getroot(rel, access);
	int page_access = BT_READ;

	if (stack != NULL)
		stack->depth = 0;
	if (buf == InvalidBuffer)
		return InvalidBuffer;
	for (;;)
	{
		Page page;
		BTPageOpaque opaque;
		OffsetNumber offnum;
		BlockNumber child;

		buf = bt_moveright(rel, key, buf, page_access, stack, access == BT_WRITE);
		page = BufferGetPage(buf);
		opaque = BTPageGetOpaque(page);
		if (P_ISLEAF(opaque))
			break;
		offnum = bt_binsrch(rel, key, page);
		child = bt_downlink(bt_page_tuple(page, offnum));
		if (stack != NULL)
		{
			if (stack->depth == BT_MAX_LEVELS)
				elog(ERROR, "btree level %u not found in index \"%s\"", opaque->btpo_level, RelationGetRelationName(rel));
			stack->entry[stack->depth].block = BufferGetBlockNumber(buf);
			stack->entry[stack->depth].offnum = offnum;
			stack->depth++;
		}
		if (opaque->btpo_level == 1 && access == BT_WRITE)
			page_access = BT_WRITE;
		buf = bt_relandgetbuf(rel, buf, child, page_access);
	}
	/* The root was a leaf: get the lock that was asked for, and look whether it was split meanwhile. */
	if (access == BT_WRITE && page_access == BT_READ)
	{
		LockBuffer(buf, BUFFER_LOCK_UNLOCK);
		LockBuffer(buf, BT_WRITE);
		buf = bt_moveright(rel, key, buf, BT_WRITE, stack, true);
	}
	return buf;
}

/* The leftmost or rightmost page of a level. */
Buffer
bt_get_endpoint(Relation rel, uint32 level, bool rightmost, int access)
{
	Buffer buf = bt_getroot(rel, BT_READ);

	if (buf == InvalidBuffer)
		return InvalidBuffer;
	for (;;)
	{
		Page page = BufferGetPage(buf);
		BTPageOpaque opaque = BTPageGetOpaque(page);
		OffsetNumber offnum;

		while (P_IGNORE(opaque) || (rightmost && !P_RIGHTMOST(opaque)))
		{
			if (P_RIGHTMOST(opaque))
				elog(ERROR, "fell off the end of index \"%s\"", RelationGetRelationName(rel));
			buf = bt_relandgetbuf(rel, buf, opaque->btpo_next, BT_READ);
			page = BufferGetPage(buf);
			opaque = BTPageGetOpaque(page);
		}
		if (opaque->btpo_level == level)
			break;
		if (opaque->btpo_level < level)
			ereport(ERROR, (errcode(ERRCODE_INDEX_CORRUPTED),
							errmsg_internal("btree level %u not found in index \"%s\"", level,
											RelationGetRelationName(rel))));
		offnum = rightmost ? PageGetMaxOffsetNumber(page) : P_FIRSTDATAKEY(opaque);
		buf = bt_relandgetbuf(rel, buf, bt_downlink(bt_page_tuple(page, offnum)), BT_READ);
	}
	if (access == BT_WRITE)
	{
		LockBuffer(buf, BUFFER_LOCK_UNLOCK);
		LockBuffer(buf, BT_WRITE);
	}
	return buf;
}
