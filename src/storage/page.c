/*
 * page.c
 *    Slotted pages: making, checking, adding items, measuring room. Taking items out is page_compact.c's.
 */
#include "postgres.h"
#include "storage/bufpage.h"
#include "storage/checksum.h"
#include "storage/page_private.h"

void
PageInit(Page page, Size pageSize, Size specialSize)
{
	PageHeader header = (PageHeader) page;

	Assert(pageSize == BLCKSZ);
	specialSize = MAXALIGN(specialSize);
	Assert(specialSize + SizeOfPageHeaderData < pageSize);
	memset(page, 0, pageSize);
	header->pd_lower = SizeOfPageHeaderData;
	header->pd_upper = (LocationIndex) (pageSize - specialSize);
	header->pd_special = header->pd_upper;
	PageSetPageSizeAndVersion(page, pageSize, PG_PAGE_LAYOUT_VERSION);
}

static bool
page_header_is_sane(const PageHeaderData *header)
{
	return (header->pd_flags & ~PD_VALID_FLAG_BITS) == 0 && header->pd_lower <= header->pd_upper &&
		header->pd_upper <= header->pd_special && header->pd_special <= BLCKSZ &&
		header->pd_special == MAXALIGN(header->pd_special);
}

bool
page_is_zero(const char *page)
{
	const uint64 *word = (const uint64 *) page;

	for (Size i = 0; i < BLCKSZ / sizeof(uint64); i++)
		if (word[i] != 0)
			return false;
	return true;
}

bool
PageIsVerifiedExtended(Page page, BlockNumber blkno, int flags)
{
	PageHeader header = (PageHeader) page;
	uint16 checksum;

	if (PageIsNew(page))
		return page_is_zero(page);
	checksum = pg_checksum_page(page, blkno);
	if (checksum != header->pd_checksum)
	{
		if (flags & PIV_LOG_WARNING)
			ereport(WARNING, errcode(ERRCODE_DATA_CORRUPTED),
					errmsg("page verification failed, calculated checksum %u but expected %u", checksum,
						   header->pd_checksum));
		return false;
	}
	return page_header_is_sane(header);
}

void
page_check_pointers(Page page, int elevel)
{
	PageHeader header = (PageHeader) page;

	if (unlikely(header->pd_lower < SizeOfPageHeaderData || header->pd_lower > header->pd_upper ||
				 header->pd_upper > header->pd_special || header->pd_special > BLCKSZ ||
				 header->pd_special != MAXALIGN(header->pd_special)))
		ereport(elevel, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("corrupted page pointers: lower = %u, upper = %u, special = %u", header->pd_lower,
					   header->pd_upper, header->pd_special));
}

/* First unused line pointer, or the one past the end. Corrects the hint flag when there was none after all. */
static OffsetNumber
find_unused_line_pointer(Page page, OffsetNumber limit)
{
	OffsetNumber offset;

	if (!PageHasFreeLinePointers(page))
		return limit;
	for (offset = FirstOffsetNumber; offset < limit; offset++)
	{
		ItemId item_id = PageGetItemId(page, offset);

		if (!ItemIdIsUsed(item_id) && !ItemIdHasStorage(item_id))
			return offset;
	}
	PageClearHasFreeLinePointers(page);
	return limit;
}

OffsetNumber
PageAddItemExtended(Page page, Item item, Size size, OffsetNumber offsetNumber, int flags)
{
	PageHeader header = (PageHeader) page;
	OffsetNumber limit;
	Size aligned_size = MAXALIGN(size);
	int lower;
	int upper;
	bool shift = false;

	page_check_pointers(page, PANIC);
	limit = OffsetNumberNext(PageGetMaxOffsetNumber(page));
	if (offsetNumber == InvalidOffsetNumber)
		offsetNumber = find_unused_line_pointer(page, limit);
	else if (!(flags & PAI_OVERWRITE))
		shift = offsetNumber < limit;
	else if (offsetNumber < limit)
	{
		ItemId item_id = PageGetItemId(page, offsetNumber);

		if (ItemIdIsUsed(item_id) || ItemIdHasStorage(item_id))
		{
			elog(WARNING, "will not overwrite a used ItemId");
			return InvalidOffsetNumber;
		}
	}
	if (offsetNumber > limit)
	{
		elog(WARNING, "specified item offset is too large");
		return InvalidOffsetNumber;
	}
	if ((flags & PAI_IS_HEAP) && offsetNumber > MAX_HEAP_LINE_POINTERS)
	{
		elog(WARNING, "can't put more than MaxHeapTuplesPerPage items in a heap page");
		return InvalidOffsetNumber;
	}

	lower = header->pd_lower + (offsetNumber == limit || shift ? (int) sizeof(ItemIdData) : 0);
	upper = (int) header->pd_upper - (int) aligned_size;
	if (lower > upper)
		return InvalidOffsetNumber;
	if (shift)
		memmove(PageGetItemId(page, offsetNumber + 1), PageGetItemId(page, offsetNumber),
				(limit - offsetNumber) * sizeof(ItemIdData));
	ItemIdSetNormal(PageGetItemId(page, offsetNumber), upper, size);
	memcpy((char *) page + upper, item, size);
	header->pd_lower = (LocationIndex) lower;
	header->pd_upper = (LocationIndex) upper;
	return offsetNumber;
}

/* ---- scratch pages ------------------------------------------------------------------------------------------- */
Page
PageGetTempPage(Page page)
{
	return (Page) palloc(PageGetPageSize(page));
}

Page
PageGetTempPageCopy(Page page)
{
	Page copy = PageGetTempPage(page);

	memcpy(copy, page, PageGetPageSize(page));
	return copy;
}

Page
PageGetTempPageCopySpecial(Page page)
{
	Page copy = PageGetTempPage(page);

	PageInit(copy, PageGetPageSize(page), PageGetSpecialSize(page));
	memcpy(PageGetSpecialPointer(copy), PageGetSpecialPointer(page), PageGetSpecialSize(page));
	return copy;
}

void
PageRestoreTempPage(Page tempPage, Page oldPage)
{
	memcpy(oldPage, tempPage, PageGetPageSize(tempPage));
	pfree(tempPage);
}

/* ---- room ------------------------------------------------------------------------------------------------------ */
Size
PageGetExactFreeSpace(Page page)
{
	PageHeader header = (PageHeader) page;
	int space = (int) header->pd_upper - (int) header->pd_lower;

	return space > 0 ? (Size) space : 0;
}

Size
PageGetFreeSpaceForMultipleTuples(Page page, int ntups)
{
	Size space = PageGetExactFreeSpace(page);
	Size pointers = (Size) ntups * sizeof(ItemIdData);

	return space > pointers ? space - pointers : 0;
}

Size
PageGetFreeSpace(Page page)
{
	return PageGetFreeSpaceForMultipleTuples(page, 1);
}

Size
PageGetHeapFreeSpace(Page page)
{
	Size space = PageGetFreeSpace(page);
	OffsetNumber max_offset = PageGetMaxOffsetNumber(page);

	if (space == 0 || max_offset < MAX_HEAP_LINE_POINTERS)
		return space;
	/* All line pointers are there: room is of use only if one of them is free. The flag is a hint, so look. */
	if (PageHasFreeLinePointers(page))
		for (OffsetNumber offset = FirstOffsetNumber; offset <= max_offset; offset++)
			if (!ItemIdIsUsed(PageGetItemId(page, offset)))
				return space;
	return 0;
}

/* ---- checksums ---------------------------------------------------------------------------------------------------- */
void
PageSetChecksumInplace(Page page, BlockNumber blkno)
{
	if (!PageIsNew(page))
		((PageHeader) page)->pd_checksum = pg_checksum_page(page, blkno);
}

/*
 * While a buffer is written others may set hint bits in it, which would make a checksum in place wrong by the time the kernel
 * copies. So the copy is made first; it is this process's one scratch page, good until the next call.
 */
char *
PageSetChecksumCopy(Page page, BlockNumber blkno)
{
	static char copy[BLCKSZ] pg_attribute_aligned(4096);

	if (PageIsNew(page))
		return page;
	memcpy(copy, page, BLCKSZ);
	((PageHeader) copy)->pd_checksum = pg_checksum_page(copy, blkno);
	return copy;
}
