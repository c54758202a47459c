/*
 * bt_check.c
 *    btree_check(): is the tree what the README says?
 *
 * Level by level from the root down, each from left to right: links agree, levels count down, items are in order and within
 * their page's bounds, every downlink leads to the next page of the level below and its key is that page's lower bound. With the
 * heap, every row that a snapshot sees must be found in the index. Meant for an index that nobody changes meanwhile: ShareLock on the
 * table.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "catalog/index.h"
#include "index/btree/btree.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

typedef struct BtCheck
{
	Relation rel;
	StringInfo report;
	int findings;
	BlockNumber *children; /* of the level being checked: downlinks found, in order */
	int nchildren;
	int children_size;
	double leaf_items;
} BtCheck;

static void pg_attribute_printf(3, 4)
finding(BtCheck *check, BlockNumber block, const char *fmt, ...)
{
	va_list args;
	char text[256];

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	appendStringInfo(check->report, "block %u: %s\n", block, text);
	check->findings++;
}

static void
add_child(BtCheck *check, BlockNumber block)
{
	if (check->nchildren == check->children_size)
	{
		check->children_size = Max(256, check->children_size * 2);
		check->children = check->children ? repalloc_array(check->children, BlockNumber, check->children_size)
										  : palloc_array(BlockNumber, check->children_size);
	}
	check->children[check->nchildren++] = block;
}

static bool
in_order(BtCheck *check, IndexTuple a, IndexTuple b, bool equal_allowed)
{
	BtKey key;
	int cmp;

	bt_key_from_tuple(&key, check->rel, a);
	key.pivotsearch = true;
	cmp = bt_compare_tuple(check->rel, &key, b);
	/* The comparison calls a search key that ends early "equal"; a pivot that ends early is below all that go on. */
	if (cmp == 0 && bt_is_pivot(a) &&
		(key.nkeys < Min(bt_tuple_natts(b, check->rel), IndexRelationGetNumberOfKeyAttributes(check->rel)) ||
		 (!key.has_tid && bt_tuple_heap_tid(b) != NULL)))
		cmp = -1;
	return equal_allowed ? cmp <= 0 : cmp < 0;
}

static void
check_items(BtCheck *check, Page page, BlockNumber block)
{
	BTPageOpaque opaque = BTPageGetOpaque(page);
	OffsetNumber first = P_FIRSTDATAKEY(opaque);
	OffsetNumber max = PageGetMaxOffsetNumber(page);
	bool leaf = P_ISLEAF(opaque);

	for (OffsetNumber off = first; off <= max; off++)
	{
		IndexTuple itup = bt_page_tuple(page, off);
		bool minus_infinity = !leaf && off == first;

		if (leaf == bt_is_pivot(itup))
			finding(check, block, "item %u is %sa pivot tuple", off, leaf ? "" : "not ");
		if (!leaf)
			add_child(check, bt_downlink(itup));
		else
			check->leaf_items++;
		if (minus_infinity && bt_tuple_natts(itup, check->rel) != 0)
			finding(check, block, "first item of an inner page has columns");
		if (minus_infinity)
			continue;
		if (off > first + (leaf ? 0 : 1) && !in_order(check, bt_page_tuple(page, off - 1), itup, false))
			finding(check, block, "items %u and %u are out of order", off - 1, off);
		if (!P_RIGHTMOST(opaque) && !in_order(check, itup, bt_page_tuple(page, P_HIKEY), leaf))
			finding(check, block, "item %u is above the page's high key", off);
	}
}

/* One level, from its leftmost page on. expected: the parents' downlinks (NULL for the root). */
static BlockNumber
check_level(BtCheck *check, BlockNumber leftmost, uint32 level, const BlockNumber *expected, int nexpected)
{
	BlockNumber block = leftmost, prev = P_NONE, next_level = P_NONE;
	IndexTuple prev_high = NULL;
	int position = 0;
	bool prev_incomplete = false;

	check->nchildren = 0;
	while (block != P_NONE)
	{
		Buffer buf = bt_getbuf(check->rel, block, BT_READ);
		Page page = BufferGetPage(buf);
		BTPageOpaque opaque = BTPageGetOpaque(page);
		BlockNumber next = opaque->btpo_next;

		CHECK_FOR_INTERRUPTS();
		if (opaque->btpo_level != level)
			finding(check, block, "level is %u, expected %u", opaque->btpo_level, level);
		if (opaque->btpo_prev != prev)
			finding(check, block, "left link to %u, expected %u", opaque->btpo_prev, prev);
		if (P_ISDELETED(opaque))
			finding(check, block, "deleted page is still linked");
		if (!P_IGNORE(opaque))
		{
			/* A half-dead page, or one whose left sibling's split is not finished, has no entry in the parent. */
			if (expected != NULL && !prev_incomplete)
			{
				if (position >= nexpected || expected[position] != block)
					finding(check, block, "parent's entry %d leads to %u", position,
							position < nexpected ? expected[position] : 0);
				position++;
			}
			if (prev_high != NULL && PageGetMaxOffsetNumber(page) >= P_FIRSTDATAKEY(opaque) && P_ISLEAF(opaque) &&
				!in_order(check, prev_high, bt_page_tuple(page, P_FIRSTDATAKEY(opaque)), false))
				finding(check, block, "first item is not above the left sibling's high key");
			check_items(check, page, block);
			if (level > 0 && next_level == P_NONE && PageGetMaxOffsetNumber(page) >= P_FIRSTDATAKEY(opaque))
				next_level = bt_downlink(bt_page_tuple(page, P_FIRSTDATAKEY(opaque)));
			prev_incomplete = P_INCOMPLETE_SPLIT(opaque);
		}
		if (prev_high != NULL)
			pfree(prev_high);
		prev_high = P_RIGHTMOST(opaque) ? NULL : CopyIndexTuple(bt_page_tuple(page, P_HIKEY));
		prev = block;
		block = next;
		bt_relbuf(buf);
	}
	if (expected != NULL && position != nexpected)
		finding(check, leftmost, "level %u has %d pages, its parents %d entries", level, position, nexpected);
	return next_level;
}

/* ---- heap against index -------------------------------------------------------------------------------------------------- */
typedef struct HeapAgainstIndex
{
	BtCheck *check;
	double missing;
} HeapAgainstIndex;

static void
look_for_entry(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool tupleIsAlive, void *state)
{
	HeapAgainstIndex *h = state;
	IndexTuple wanted;
	BtKey key;
	Buffer buf;
	OffsetNumber off;
	bool found = false;

	if (!tupleIsAlive)
		return;
	wanted = index_form_tuple(RelationGetDescr(index), values, isnull);
	wanted->t_tid = *tid;
	bt_key_from_tuple(&key, index, wanted);
	buf = bt_search(index, &key, BT_READ, NULL);
	if (buf != InvalidBuffer)
	{
		Page page = BufferGetPage(buf);

		off = bt_binsrch(index, &key, page);
		if (off <= PageGetMaxOffsetNumber(page) && bt_compare(index, &key, page, off) == 0)
			found = true;
		bt_relbuf(buf);
	}
	if (!found)
	{
		appendStringInfo(h->check->report, "row (%u,%u) has no entry\n", ItemPointerGetBlockNumber(tid),
						 ItemPointerGetOffsetNumber(tid));
		h->check->findings++;
	}
	pfree(wanted);
}

int
btree_check(Relation index, Relation heap, StringInfo report)
{
	BtCheck check = {.rel = index, .report = report};
	Buffer metabuf = bt_getbuf(index, BTREE_METAPAGE, BT_READ);
	BTMetaPageData meta = *BTPageGetMeta(BufferGetPage(metabuf));
	BlockNumber *expected = NULL;
	int nexpected = 0;
	BlockNumber leftmost = meta.btm_root;

	bt_relbuf(metabuf);
	if (meta.btm_magic != BTREE_MAGIC || meta.btm_version != BTREE_VERSION)
	{
		finding(&check, BTREE_METAPAGE, "metapage has magic %x, version %u", meta.btm_magic, meta.btm_version);
		return check.findings;
	}
	for (int level = (int) meta.btm_level; meta.btm_root != P_NONE && level >= 0; level--)
	{
		BlockNumber next = check_level(&check, leftmost, (uint32) level, expected, nexpected);

		if (level > 0 && next == P_NONE)
		{
			finding(&check, leftmost, "level %d has no children", level);
			break;
		}
		expected = check.children;
		nexpected = check.nchildren;
		check.children = NULL;
		check.nchildren = check.children_size = 0;
		leftmost = next;
	}
	if (heap != NULL)
	{
		HeapAgainstIndex against = {.check = &check};

		table_index_build_scan(heap, index, BuildIndexInfo(index), false, false, look_for_entry, &against, NULL);
	}
	return check.findings;
}

/* SQL: matriarch_btree_check(regclass) returns text: the findings, NULL when there are none. */
Datum
matriarch_btree_check(PG_FUNCTION_ARGS)
{
	Oid indexoid = PG_GETARG_OID(0);
	Oid heapoid = IndexGetRelation(indexoid, false);
	Relation heap = table_open(heapoid, ShareLock);
	Relation index = index_open(indexoid, AccessShareLock);
	StringInfoData report;
	int findings;

	if (!superuser())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be superuser to check an index")));
	initStringInfo(&report);
	findings = btree_check(index, heap, &report);
	index_close(index, AccessShareLock);
	table_close(heap, ShareLock);
	if (findings == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(report.data));
}
