/*
 * bt_splitloc.c
 *    Where to split a page.
 *
 * Wanted: both halves about equally full, or, at the right end of a level where keys usually come in ascending order, the left
 * one filled to the fill factor. Among the splits that are nearly ideal, the one wins whose separating key is shortest: the
 * upper levels become smaller and fewer.
 */
#include "postgres.h"

#include <limits.h>

#include "index/btree/btree.h"

typedef struct SplitPoint
{
	OffsetNumber firstright; /* old offset of the right half's first item (the new item not counted) */
	bool newitemonleft;		 /* when the new item is at the border: on which side */
	int delta;				 /* distance from ideal, bytes */
} SplitPoint;

#define CANDIDATES_MAX 9

typedef struct SplitSearch
{
	Page page;
	bool leaf;
	Size newsize;
	OffsetNumber newoff;
	Size left_capacity;	 /* bytes for items, high keys not counted */
	Size right_capacity;
	Size highkey_reserve; /* longest possible separating key minus what it replaces */
	double left_share;	 /* ideal */
	SplitPoint best[CANDIDATES_MAX];
	int nbest;
} SplitSearch;

/* Keeps the best few, in order. */
static void
add_candidate(SplitSearch *search, SplitPoint point)
{
	int i;

	if (search->nbest == CANDIDATES_MAX)
	{
		if (point.delta >= search->best[CANDIDATES_MAX - 1].delta)
			return;
		search->nbest--;
	}
	for (i = search->nbest; i > 0 && search->best[i - 1].delta > point.delta; i--)
		search->best[i] = search->best[i - 1];
	search->best[i] = point;
	search->nbest++;
}

static void
consider(SplitSearch *search, OffsetNumber firstright, bool newitemonleft, Size left_bytes, Size right_bytes,
		 Size firstright_size)
{
	/* Left gets a high key that is at most firstright plus a TID. */
	Size highkey = MAXALIGN(firstright_size) + sizeof(ItemIdData) + (search->leaf ? BT_TID_SLOT : 0);
	int left_free = (int) search->left_capacity - (int) left_bytes - (int) highkey;
	int right_free = (int) search->right_capacity - (int) right_bytes;
	SplitPoint point = {firstright, newitemonleft, 0};
	double delta;

	/* An inner page's first item loses its columns. */
	if (!search->leaf)
		right_free += (int) (MAXALIGN(firstright_size) - sizeof(IndexTupleData));
	if (left_free < 0 || right_free < 0)
		return;
	delta = (double) left_free * search->left_share - (double) right_free * (1.0 - search->left_share);
	point.delta = (int) (delta < 0 ? -delta : delta);
	add_candidate(search, point);
}

static IndexTuple
neighbour(SplitSearch *search, const SplitPoint *point, IndexTuple newitem, bool left)
{
	if (search->newoff == point->firstright && point->newitemonleft == left)
		return newitem;
	return bt_page_tuple(search->page, left ? point->firstright - 1 : point->firstright);
}

OffsetNumber
bt_find_split(Relation rel, Page page, OffsetNumber newitemoff, Size newitemsz, IndexTuple newitem, bool *newitemonleft)
{
	BTPageOpaque opaque = BTPageGetOpaque(page);
	OffsetNumber first = P_FIRSTDATAKEY(opaque);
	OffsetNumber max = PageGetMaxOffsetNumber(page);
	SplitSearch search = {.page = page, .leaf = P_ISLEAF(opaque), .newsize = newitemsz + sizeof(ItemIdData),
						  .newoff = newitemoff, .left_share = 0.5};
	Size total = search.newsize;
	Size left = 0;
	int chosen = 0;

	search.left_capacity = search.right_capacity = BLCKSZ - SizeOfPageHeaderData - sizeof(BTPageOpaqueData);
	if (!P_RIGHTMOST(opaque))
		search.right_capacity -= MAXALIGN(ItemIdGetLength(PageGetItemId(page, P_HIKEY))) + sizeof(ItemIdData);
	else if (newitemoff > max || !search.leaf)
	{
		int fillfactor = search.leaf ? BTREE_DEFAULT_FILLFACTOR : BTREE_NONLEAF_FILLFACTOR;

		if (search.leaf && rel->rd_options != NULL)
			fillfactor = ((BTOptions *) rel->rd_options)->fillfactor;
		search.left_share = fillfactor / 100.0;
	}
	for (OffsetNumber off = first; off <= max; off++)
		total += MAXALIGN(ItemIdGetLength(PageGetItemId(page, off))) + sizeof(ItemIdData);

	/* Walk the border from left to right; `left` is what lies left of it, the new item counted once it is passed. */
	for (OffsetNumber off = first; off <= max + 1; off++)
	{
		Size item = off <= max ? ItemIdGetLength(PageGetItemId(page, off)) : 0;

		if (off == newitemoff)
		{
			/* Border just before the new item, then just after it. */
			if (left > 0)
				consider(&search, off, false, left, total - left, newitemsz);
			left += search.newsize;
		}
		if (off <= max && left > 0)
			consider(&search, off, off == newitemoff || off > newitemoff, left, total - left, item);
		left += MAXALIGN(item) + sizeof(ItemIdData);
	}
	if (search.nbest == 0)
		elog(ERROR, "could not find a feasible split point for index \"%s\"", RelationGetRelationName(rel));

	if (search.leaf)
	{
		int least = INT_MAX;
		int tolerance = search.best[0].delta + (BLCKSZ / 20);

		for (int i = 0; i < search.nbest && search.best[i].delta <= tolerance; i++)
		{
			int keep = bt_keep_natts(rel, neighbour(&search, &search.best[i], newitem, true),
									 neighbour(&search, &search.best[i], newitem, false));

			if (keep < least)
			{
				least = keep;
				chosen = i;
			}
			if (least == 1)
				break;
		}
	}
	*newitemonleft = search.best[chosen].newitemonleft;
	return search.best[chosen].firstright;
}
