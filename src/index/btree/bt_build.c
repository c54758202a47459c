/*
 * bt_build.c
 *    Building an index bottom-up from sorted entries.
 *
 * Each level has one page under construction. When a leaf is full to the fill factor, its last item becomes the first of
 * the next page, the separating key between the two its high key, and that key goes with the page's block number to the level
 * above. Finished pages go straight to the file, not through the buffer pool, and to the WAL in groups as full images; the file is
 * synced at the end, since no checkpoint knows of it.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/xloginsert.h"
#include "index/btree/btree.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/smgr.h"
#include "sys/fault.h"
#include "utils/tuplesort.h"

#define WRITE_GROUP 32

typedef struct BtLevel
{
	char *page; /* under construction */
	BlockNumber block;
	IndexTuple minkey; /* of the page: its entry in the level above; NULL on the leftmost page (minus infinity) */
	OffsetNumber last; /* last offset used */
	uint32 level;
	Size full; /* stop filling when free space falls below this */
	struct BtLevel *up;
} BtLevel;

typedef struct BtWriter
{
	Relation heap;
	Relation index;
	bool use_wal;
	BlockNumber allocated; /* next block to hand out */
	BlockNumber written;   /* blocks in the file */
	int npending;
	BlockNumber blocks[WRITE_GROUP];
	char *pages[WRITE_GROUP];
} BtWriter;

/* ---- writing pages ------------------------------------------------------------------------------------------------------- */
static void
put_in_file(BtWriter *w, BlockNumber block, char *page)
{
	SMgrRelation smgr = RelationGetSmgr(w->index);
	_Alignas(MAXIMUM_ALIGNOF) static const char zeroes[BLCKSZ];

	/* Blocks are finished out of order: upper levels come later. */
	while (w->written < block)
		smgrextend(smgr, MAIN_FORKNUM, w->written++, (char *) zeroes, true);
	PageSetChecksumInplace(page, block);
	if (block == w->written)
	{
		smgrextend(smgr, MAIN_FORKNUM, block, page, true);
		w->written++;
	}
	else
		smgrwrite(smgr, MAIN_FORKNUM, block, page, true);
}

static void
flush_pages(BtWriter *w)
{
	if (w->npending == 0)
		return;
	if (w->use_wal)
	{
		log_newpages(&w->index->rd_node, MAIN_FORKNUM, w->npending, w->blocks, w->pages, true);
		FAULT_POINT("btree-build-logged");
	}
	for (int i = 0; i < w->npending; i++)
	{
		put_in_file(w, w->blocks[i], w->pages[i]);
		pfree(w->pages[i]);
	}
	w->npending = 0;
}

/* Takes over the page's memory. */
static void
write_page(BtWriter *w, char *page, BlockNumber block)
{
	w->blocks[w->npending] = block;
	w->pages[w->npending++] = page;
	if (w->npending == WRITE_GROUP)
		flush_pages(w);
	CHECK_FOR_INTERRUPTS();
}

/* ---- one level ---------------------------------------------------------------------------------------------------------------- */
static char *
new_page(uint32 level)
{
	char *page = palloc_aligned(BLCKSZ, BLCKSZ, MCXT_ALLOC_ZERO);
	BTPageOpaque opaque;

	bt_pageinit(page);
	opaque = BTPageGetOpaque(page);
	opaque->btpo_prev = opaque->btpo_next = P_NONE;
	opaque->btpo_level = level;
	opaque->btpo_flags = level > 0 ? 0 : BTP_LEAF;
	opaque->btpo_cycleid = 0;
	/* Room for the high key, which comes when the page is finished. */
	((PageHeader) page)->pd_lower += sizeof(ItemIdData);
	return page;
}

static BtLevel *
new_level(BtWriter *w, uint32 level)
{
	BtLevel *l = palloc0_object(BtLevel);
	int fillfactor = level > 0 ? BTREE_NONLEAF_FILLFACTOR : BTREE_DEFAULT_FILLFACTOR;

	if (level == 0 && w->index->rd_options != NULL)
		fillfactor = ((BTOptions *) w->index->rd_options)->fillfactor;
	l->page = new_page(level);
	l->block = w->allocated++;
	l->last = P_HIKEY;
	l->level = level;
	l->full = BLCKSZ * (100 - fillfactor) / 100;
	return l;
}

static void
add_to_page(BtLevel *l, IndexTuple itup, Size size, OffsetNumber off)
{
	if (!bt_pgaddtup(l->page, size, itup, off, l->level > 0 && off == P_HIKEY + 1))
		elog(ERROR, "failed to add item to the index page");
}

static void add_item(BtWriter *w, BtLevel *l, IndexTuple itup);

/* The entry for a finished page goes to the level above. */
static void
add_downlink(BtWriter *w, BtLevel *l, BlockNumber block, IndexTuple minkey)
{
	IndexTupleData minus_infinity = {.t_info = sizeof(IndexTupleData)};

	if (l->up == NULL)
		l->up = new_level(w, l->level + 1);
	if (minkey == NULL)
	{
		bt_set_pivot(&minus_infinity, 0, false);
		minkey = &minus_infinity;
	}
	bt_set_downlink(minkey, block);
	add_item(w, l->up, minkey);
}

/* Finishes the page under construction; its last item begins the next one. */
static void
turn_page(BtWriter *w, BtLevel *l)
{
	char *opage = l->page;
	BlockNumber oblock = l->block;
	char *npage = new_page(l->level);
	ItemId last_lp = PageGetItemId(opage, l->last);
	IndexTuple last_item = (IndexTuple) PageGetItem(opage, last_lp);
	Size last_size = ItemIdGetLength(last_lp);
	IndexTuple highkey;
	ItemId hikey_lp = PageGetItemId(opage, P_HIKEY);

	l->page = npage;
	l->block = w->allocated++;
	add_to_page(l, last_item, last_size, P_HIKEY + 1);

	/* The high key: between what stays and what moved. */
	if (l->level == 0)
		highkey = bt_truncate(w->index, bt_page_tuple(opage, l->last - 1), last_item);
	else
		highkey = CopyIndexTuple(last_item);
	{
		/* Taking the last item out by hand: it lies lowest, since items were added in order. */
		PageHeader header = (PageHeader) opage;

		Assert(ItemIdGetOffset(last_lp) == header->pd_upper);
		header->pd_upper += (LocationIndex) MAXALIGN(last_size);
		ItemIdSetUnused(last_lp);
		header->pd_lower -= sizeof(ItemIdData);
		if (header->pd_upper - header->pd_lower < (int) MAXALIGN(IndexTupleSize(highkey)))
			elog(ERROR, "no room for the high key of an index page");
		header->pd_upper -= (LocationIndex) MAXALIGN(IndexTupleSize(highkey));
		memcpy(opage + header->pd_upper, highkey, IndexTupleSize(highkey));
		ItemIdSetNormal(hikey_lp, header->pd_upper, IndexTupleSize(highkey));
		if (l->level > 0)
			bt_set_downlink((IndexTuple) (opage + header->pd_upper), InvalidBlockNumber);
	}
	BTPageGetOpaque(opage)->btpo_next = l->block;
	BTPageGetOpaque(npage)->btpo_prev = oblock;

	add_downlink(w, l, oblock, l->minkey);
	if (l->minkey != NULL)
		pfree(l->minkey);
	l->minkey = highkey;
	l->last = P_HIKEY + 1;
	write_page(w, opage, oblock);
}

static void
add_item(BtWriter *w, BtLevel *l, IndexTuple itup)
{
	Size size = MAXALIGN(IndexTupleSize(itup));
	Size room = PageGetFreeSpace(l->page);

	if (l->level == 0)
		bt_check_third_page(w->index, w->heap, l->page, itup);
	/* The high key that replaces the last item may be longer by a TID. */
	if (room < size + (l->level == 0 ? BT_TID_SLOT : 0) || (room < l->full && l->last > P_HIKEY + 1))
	{
		if (l->last <= P_HIKEY + 1)
			elog(ERROR, "index row does not fit on a page");
		turn_page(w, l);
	}
	l->last = OffsetNumberNext(l->last);
	add_to_page(l, itup, size, l->last);
}

/* A rightmost page has no high key: its place is closed. */
static void
slide_left(char *page)
{
	PageHeader header = (PageHeader) page;
	int n = PageGetMaxOffsetNumber(page);

	memmove(&header->pd_linp[0], &header->pd_linp[1], (n - 1) * sizeof(ItemIdData));
	header->pd_lower -= sizeof(ItemIdData);
}

static void
finish_levels(BtWriter *w, BtLevel *leaf)
{
	BlockNumber root = P_NONE;
	uint32 rootlevel = 0;
	char *metapage = palloc_aligned(BLCKSZ, BLCKSZ, MCXT_ALLOC_ZERO);

	for (BtLevel *l = leaf; l != NULL; l = l->up)
	{
		if (l->up == NULL)
		{
			BTPageGetOpaque(l->page)->btpo_flags |= BTP_ROOT;
			root = l->block;
			rootlevel = l->level;
		}
		else
			add_downlink(w, l, l->block, l->minkey);
		slide_left(l->page);
		write_page(w, l->page, l->block);
	}
	bt_init_metapage(metapage, root, rootlevel);
	write_page(w, metapage, BTREE_METAPAGE);
	flush_pages(w);
}

/* ---- collecting -------------------------------------------------------------------------------------------------------------------- */
typedef struct BtBuild
{
	bool isunique;
	bool have_dead; /* recently dead rows were indexed */
	double index_tuples;
	Tuplesortstate *sort;
	Tuplesortstate *dead_sort; /* rows that uniqueness does not count */
} BtBuild;

static void
build_callback(Relation index, ItemPointer tid, Datum *values, bool *isnull, bool tupleIsAlive, void *state)
{
	BtBuild *build = state;

	if (tupleIsAlive || build->dead_sort == NULL)
		tuplesort_putindextuplevalues(build->sort, index, tid, values, isnull);
	else
	{
		build->have_dead = true;
		tuplesort_putindextuplevalues(build->dead_sort, index, tid, values, isnull);
	}
	build->index_tuples++;
}

static int
compare_entries(Relation index, IndexTuple a, IndexTuple b)
{
	BtKey key;

	bt_key_from_tuple(&key, index, a);
	return bt_compare_tuple(index, &key, b);
}

static BtLevel *
load_sorted(BtWriter *w, BtBuild *build)
{
	BtLevel *leaf = NULL;
	IndexTuple itup;

	if (!build->have_dead)
	{
		while ((itup = tuplesort_getindextuple(build->sort, true)) != NULL)
		{
			if (leaf == NULL)
				leaf = new_level(w, 0);
			add_item(w, leaf, itup);
		}
		return leaf;
	}
	/* Two sorted streams. */
	{
		IndexTuple live = tuplesort_getindextuple(build->sort, true);
		IndexTuple dead = tuplesort_getindextuple(build->dead_sort, true);

		while (live != NULL || dead != NULL)
		{
			bool take_live = dead == NULL || (live != NULL && compare_entries(w->index, live, dead) <= 0);

			if (leaf == NULL)
				leaf = new_level(w, 0);
			add_item(w, leaf, take_live ? live : dead);
			if (take_live)
				live = tuplesort_getindextuple(build->sort, true);
			else
				dead = tuplesort_getindextuple(build->dead_sort, true);
		}
	}
	return leaf;
}

IndexBuildResult *
bt_build(Relation heap, Relation index, IndexInfo *indexInfo)
{
	BtBuild build = {.isunique = indexInfo->ii_Unique};
	BtWriter writer = {.heap = heap, .index = index, .use_wal = RelationNeedsWAL(index), .allocated = BTREE_METAPAGE + 1};
	IndexBuildResult *result = palloc_object(IndexBuildResult);
	BtLevel *leaf;

	if (RelationGetNumberOfBlocks(index) != 0)
		elog(ERROR, "index \"%s\" already contains data", RelationGetRelationName(index));
	build.sort = tuplesort_begin_index_btree(heap, index, build.isunique, indexInfo->ii_NullsNotDistinct,
											 maintenance_work_mem, NULL, TUPLESORT_NONE);
	if (build.isunique)
		build.dead_sort = tuplesort_begin_index_btree(heap, index, false, false, work_mem, NULL, TUPLESORT_NONE);
	result->heap_tuples = table_index_build_scan(heap, index, indexInfo, true, true, build_callback, &build, NULL);
	tuplesort_performsort(build.sort);
	if (build.dead_sort != NULL)
		tuplesort_performsort(build.dead_sort);

	leaf = load_sorted(&writer, &build);
	finish_levels(&writer, leaf);
	tuplesort_end(build.sort);
	if (build.dead_sort != NULL)
		tuplesort_end(build.dead_sort);
	/* These writes went past the checkpointer. */
	if (RelationNeedsWAL(index))
		smgrimmedsync(RelationGetSmgr(index), MAIN_FORKNUM);
	result->index_tuples = build.index_tuples;
	return result;
}

void
bt_buildempty(Relation index)
{
	char *metapage = palloc_aligned(BLCKSZ, BLCKSZ, MCXT_ALLOC_ZERO);

	bt_init_metapage(metapage, P_NONE, 0);
	PageSetChecksumInplace(metapage, BTREE_METAPAGE);
	smgrwrite(RelationGetSmgr(index), INIT_FORKNUM, BTREE_METAPAGE, metapage, true);
	log_newpage(&RelationGetSmgr(index)->smgr_rnode.node, INIT_FORKNUM, BTREE_METAPAGE, metapage, true);
	smgrimmedsync(RelationGetSmgr(index), INIT_FORKNUM);
	pfree(metapage);
}
