/*
 * page_compact.c
 *    Taking items out of pages and closing the gaps.
 *
 * Two kinds of pages, two rules for line pointers. Heap: an offset number is an item's identity, so line pointers stay where they
 * are and only the items move. Index: line pointers are an ordered array, which closes up.
 *
 * All compaction goes through page_pack_items(): the caller lists the items that stay, and they are laid out anew from pd_special
 * downwards. Everything is checked before the first byte moves.
 */
#include "postgres.h"
#include "storage/bufpage.h"
#include "storage/page_private.h"

typedef struct KeptItem
{
	uint16 item_off; /* where the item is now */
	uint16 size;	 /* rounded up to 8 */
	OffsetNumber pointer; /* its line pointer, after any closing of the array */
} KeptItem;

#define MAX_KEPT_ITEMS (BLCKSZ / sizeof(ItemIdData))

static KeptItem
kept_item_checked(Page page, ItemId item_id, OffsetNumber pointer)
{
	PageHeader header = (PageHeader) page;
	KeptItem item = {.item_off = ItemIdGetOffset(item_id),
					 .size = (uint16) MAXALIGN(ItemIdGetLength(item_id)),
					 .pointer = pointer};

	if (unlikely(item.item_off < header->pd_upper || (Size) item.item_off + item.size > header->pd_special ||
				 item.item_off != MAXALIGN(item.item_off)))
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg("corrupted line pointer: %u", item.item_off));
	return item;
}

/* Moves the items so that they end at pd_special without gaps, and points their line pointers there. */
static void
page_pack_items(Page page, const KeptItem *items, int count)
{
	PageHeader header = (PageHeader) page;
	char scratch[BLCKSZ] pg_attribute_aligned(8);
	LocationIndex upper = header->pd_special;
	int first = 0;

	/* Items that already lie where they would go, from the end of the page on, are left alone. */
	while (first < count && items[first].item_off + items[first].size == upper)
	{
		upper = items[first].item_off;
		first++;
	}
	if (first < count)
		memcpy(scratch + header->pd_upper, (char *) page + header->pd_upper, header->pd_special - header->pd_upper);
	for (int i = first; i < count; i++)
	{
		upper -= items[i].size;
		memcpy((char *) page + upper, scratch + items[i].item_off, items[i].size);
		PageGetItemId(page, items[i].pointer)->lp_off = upper;
	}
	header->pd_upper = upper;
}

/* ---- heap pages ---------------------------------------------------------------------------------------------- */
void
PageRepairFragmentation(Page page)
{
	PageHeader header = (PageHeader) page;
	KeptItem items[MAX_KEPT_ITEMS];
	OffsetNumber max_offset = PageGetMaxOffsetNumber(page);
	OffsetNumber last_used = 0;
	Size total = 0;
	int count = 0;
	int unused = 0;

	page_check_pointers(page, ERROR);
	for (OffsetNumber offset = FirstOffsetNumber; offset <= max_offset; offset++)
	{
		ItemId item_id = PageGetItemId(page, offset);

		if (!ItemIdIsUsed(item_id))
		{
			ItemIdSetUnused(item_id);
			unused++;
			continue;
		}
		last_used = offset;
		if (ItemIdHasStorage(item_id))
		{
			items[count] = kept_item_checked(page, item_id, offset);
			total += items[count++].size;
		}
	}
	if (unlikely(total > (Size) (header->pd_special - header->pd_lower)))
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("corrupted item lengths: total %u, available space %u", (unsigned) total,
					   header->pd_special - header->pd_lower));
	page_pack_items(page, items, count);
	if (last_used != max_offset)
	{
		unused -= max_offset - last_used;
		header->pd_lower -= (LocationIndex) ((max_offset - last_used) * sizeof(ItemIdData));
	}
	if (unused > 0)
		PageSetHasFreeLinePointers(page);
	else
		PageClearHasFreeLinePointers(page);
}

void
PageTruncateLinePointerArray(Page page)
{
	PageHeader header = (PageHeader) page;
	OffsetNumber max_offset = PageGetMaxOffsetNumber(page);
	OffsetNumber last_used = max_offset;
	bool unused = false;

	while (last_used >= FirstOffsetNumber && !ItemIdIsUsed(PageGetItemId(page, last_used)))
		last_used--;
	/* One line pointer stays, so that a heap page never looks as if nothing had ever been on it. */
	if (last_used < FirstOffsetNumber && max_offset >= FirstOffsetNumber)
		last_used = FirstOffsetNumber;
	header->pd_lower -= (LocationIndex) ((max_offset - last_used) * sizeof(ItemIdData));
	for (OffsetNumber offset = FirstOffsetNumber; offset <= last_used && !unused; offset++)
		unused = !ItemIdIsUsed(PageGetItemId(page, offset));
	if (unused)
		PageSetHasFreeLinePointers(page);
	else
		PageClearHasFreeLinePointers(page);
}

/* ---- index pages --------------------------------------------------------------------------------------------- */
/* Everybody whose item lies below at, where size bytes were freed, has moved up by that. */
static void
page_shift_items_below(Page page, LocationIndex at, int size)
{
	PageHeader header = (PageHeader) page;
	OffsetNumber max_offset = PageGetMaxOffsetNumber(page);

	memmove((char *) page + header->pd_upper + size, (char *) page + header->pd_upper, at - header->pd_upper);
	header->pd_upper = (LocationIndex) (header->pd_upper + size);
	for (OffsetNumber offset = FirstOffsetNumber; offset <= max_offset; offset++)
	{
		ItemId item_id = PageGetItemId(page, offset);

		if (ItemIdHasStorage(item_id) && ItemIdGetOffset(item_id) < at)
			item_id->lp_off = (unsigned) ((int) item_id->lp_off + size);
	}
}

static ItemId
index_item_checked(Page page, OffsetNumber offnum, KeptItem *item)
{
	ItemId item_id;

	page_check_pointers(page, ERROR);
	if (offnum < FirstOffsetNumber || offnum > PageGetMaxOffsetNumber(page))
		elog(ERROR, "invalid index offnum: %u", offnum);
	item_id = PageGetItemId(page, offnum);
	*item = kept_item_checked(page, item_id, offnum);
	return item_id;
}

void
PageIndexTupleDelete(Page page, OffsetNumber offnum)
{
	PageHeader header = (PageHeader) page;
	KeptItem gone;
	ItemId item_id = index_item_checked(page, offnum, &gone);
	char *after = (char *) (item_id + 1);

	memmove(item_id, after, (Size) ((char *) page + header->pd_lower - after));
	header->pd_lower -= sizeof(ItemIdData);
	page_shift_items_below(page, gone.item_off, gone.size);
}

void
PageIndexTupleDeleteNoCompact(Page page, OffsetNumber offnum)
{
	PageHeader header = (PageHeader) page;
	KeptItem gone;
	ItemId item_id = index_item_checked(page, offnum, &gone);

	if (offnum == PageGetMaxOffsetNumber(page))
		header->pd_lower -= sizeof(ItemIdData);
	else
	{
		ItemIdSetUnused(item_id);
		PageSetHasFreeLinePointers(page);
	}
	page_shift_items_below(page, gone.item_off, gone.size);
}

void
PageIndexMultiDelete(Page page, OffsetNumber *itemnos, int nitems)
{
	PageHeader header = (PageHeader) page;
	KeptItem items[MAX_KEPT_ITEMS];
	ItemIdData pointers[MAX_KEPT_ITEMS];
	OffsetNumber max_offset = PageGetMaxOffsetNumber(page);
	Size total = 0;
	int next_gone = 0;
	int count = 0;

	page_check_pointers(page, ERROR);
	for (OffsetNumber offset = FirstOffsetNumber; offset <= max_offset; offset++)
	{
		ItemId item_id = PageGetItemId(page, offset);
		KeptItem item = kept_item_checked(page, item_id, (OffsetNumber) (count + 1));

		if (next_gone < nitems && itemnos[next_gone] == offset)
		{
			next_gone++;
			continue;
		}
		items[count] = item;
		pointers[count++] = *item_id;
		total += item.size;
	}
	if (next_gone != nitems)
		elog(ERROR, "incorrect index offsets supplied");
	if (unlikely(total > (Size) (header->pd_special - header->pd_lower)))
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("corrupted item lengths: total %u, available space %u", (unsigned) total,
					   header->pd_special - header->pd_lower));
	memcpy(header->pd_linp, pointers, count * sizeof(ItemIdData));
	page_pack_items(page, items, count);
	header->pd_lower = (LocationIndex) (SizeOfPageHeaderData + count * sizeof(ItemIdData));
}

bool
PageIndexTupleOverwrite(Page page, OffsetNumber offnum, Item newtup, Size newsize)
{
	PageHeader header = (PageHeader) page;
	KeptItem old;
	ItemId item_id = index_item_checked(page, offnum, &old);
	int shrink = (int) old.size - (int) MAXALIGN(newsize);

	if (-shrink > (int) header->pd_upper - (int) header->pd_lower)
		return false;
	/* Items below, this one too, move by the difference; its new place ends where the old one ended. */
	if (shrink != 0)
		page_shift_items_below(page, old.item_off, shrink);
	ItemIdSetNormal(item_id, (unsigned) ((int) old.item_off + shrink), newsize);
	memcpy(PageGetItem(page, item_id), newtup, newsize);
	return true;
}
