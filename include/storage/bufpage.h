/*
 * storage/bufpage.h
 *    The 8 KB page: header, line pointers growing up, items growing down, special space at the end.
 *
 * offset  size  field
 *      0     8  pd_lsn               high half, low half of the last WAL record's end
 *      8     2  pd_checksum          set when the page is written (storage/checksum.h)
 *     10     2  pd_flags             PD_*
 *     12     2  pd_lower             end of the line pointers
 *     14     2  pd_upper             start of the items
 *     16     2  pd_special           start of the special space
 *     18     2  pd_pagesize_version  8192 | 4
 *     20     4  pd_prune_xid         heap: offset from the page's base of the oldest prunable xid, 0 = none
 *     24   4*n  pd_linp
 *
 * Always: 24 <= pd_lower <= pd_upper <= pd_special <= 8192, pd_special on an 8-byte boundary. All zeroes is a valid
 * page too: one that was never initialised.
 */
#ifndef BUFPAGE_H
#define BUFPAGE_H

#include "postgres.h"
#include "access/xlogdefs.h"
#include "storage/block.h"
#include "storage/item.h"
#include "storage/off.h"

typedef Pointer Page;
typedef uint16 LocationIndex;

typedef struct
{
	uint32 xlogid;	/* high bits */
	uint32 xrecoff; /* low bits */
} PageXLogRecPtr;

typedef struct PageHeaderData
{
	PageXLogRecPtr pd_lsn;
	uint16 pd_checksum;
	uint16 pd_flags;
	LocationIndex pd_lower;
	LocationIndex pd_upper;
	LocationIndex pd_special;
	uint16 pd_pagesize_version;
	uint32 pd_prune_xid;
	ItemIdData pd_linp[];
} PageHeaderData;
typedef PageHeaderData *PageHeader;
_Static_assert(sizeof(PageHeaderData) == 24, "the page header is 24 bytes on disk");

#define PD_HAS_FREE_LINES 0x0001 /* some line pointers are unused (a hint) */
#define PD_PAGE_FULL 0x0002		 /* no room for an update was found here (a hint) */
#define PD_ALL_VISIBLE 0x0004	 /* every tuple is visible to everybody */
#define PD_VALID_FLAG_BITS 0x0007

#define PG_PAGE_LAYOUT_VERSION 4
#define PG_DATA_CHECKSUM_VERSION 1

#define SizeOfPageHeaderData (offsetof(PageHeaderData, pd_linp))

/* Flags of PageAddItemExtended and PageIsVerifiedExtended. */
#define PAI_OVERWRITE (1 << 0)
#define PAI_IS_HEAP (1 << 1)
#define PIV_LOG_WARNING (1 << 0)
#define PIV_REPORT_STAT (1 << 1)

static inline XLogRecPtr
PageXLogRecPtrGet(PageXLogRecPtr val)
{
	return ((uint64) val.xlogid << 32) | val.xrecoff;
}

#define PageXLogRecPtrSet(ptr, lsn) ((ptr).xlogid = (uint32) ((lsn) >> 32), (ptr).xrecoff = (uint32) (lsn))

#define PageIsValid(page) PointerIsValid(page)
#define PageGetItemId(page, offsetNumber) (&((PageHeader) (page))->pd_linp[(offsetNumber) -1])
#define PageGetContents(page) ((char *) (page) + MAXALIGN(SizeOfPageHeaderData))
#define PageIsEmpty(page) (((PageHeader) (page))->pd_lower <= SizeOfPageHeaderData)
#define PageIsNew(page) (((PageHeader) (page))->pd_upper == 0)
#define PageSizeIsValid(pageSize) ((pageSize) == BLCKSZ)
#define PageGetPageSize(page) ((Size) (((PageHeader) (page))->pd_pagesize_version & (uint16) 0xFF00))
#define PageGetPageLayoutVersion(page) (((PageHeader) (page))->pd_pagesize_version & 0x00FF)
#define PageSetPageSizeAndVersion(page, size, version) \
	(((PageHeader) (page))->pd_pagesize_version = (uint16) ((size) | (version)))
#define PageGetSpecialSize(page) ((uint16) (PageGetPageSize(page) - ((PageHeader) (page))->pd_special))
#define PageGetSpecialPointer(page) ((char *) (page) + ((PageHeader) (page))->pd_special)
#define PageGetItem(page, itemId) ((Item) (((char *) (page)) + ItemIdGetOffset(itemId)))
#define PageHasFreeLinePointers(page) (((PageHeader) (page))->pd_flags & PD_HAS_FREE_LINES)
#define PageSetHasFreeLinePointers(page) (((PageHeader) (page))->pd_flags |= PD_HAS_FREE_LINES)
#define PageClearHasFreeLinePointers(page) (((PageHeader) (page))->pd_flags &= ~PD_HAS_FREE_LINES)
#define PageIsFull(page) (((PageHeader) (page))->pd_flags & PD_PAGE_FULL)
#define PageSetFull(page) (((PageHeader) (page))->pd_flags |= PD_PAGE_FULL)
#define PageClearFull(page) (((PageHeader) (page))->pd_flags &= ~PD_PAGE_FULL)
#define PageIsAllVisible(page) (((PageHeader) (page))->pd_flags & PD_ALL_VISIBLE)
#define PageSetAllVisible(page) (((PageHeader) (page))->pd_flags |= PD_ALL_VISIBLE)
#define PageClearAllVisible(page) (((PageHeader) (page))->pd_flags &= ~PD_ALL_VISIBLE)
/* pd_prune_xid is 32 bits: heap/ keeps it as an offset from the page's base. 0 means nothing to prune. */
#define PageGetPruneOffset(page) (((PageHeader) (page))->pd_prune_xid)
#define PageSetPruneOffset(page, off) (((PageHeader) (page))->pd_prune_xid = (uint32) (off))

/* Highest offset number in use as a line pointer, 0 when there is none. */
static inline OffsetNumber
PageGetMaxOffsetNumber(const char *page)
{
	LocationIndex lower = ((const PageHeaderData *) page)->pd_lower;

	return lower <= SizeOfPageHeaderData ? 0 : (OffsetNumber) ((lower - SizeOfPageHeaderData) / sizeof(ItemIdData));
}

static inline XLogRecPtr
PageGetLSN(const char *page)
{
	return PageXLogRecPtrGet(((const PageHeaderData *) page)->pd_lsn);
}

static inline void
PageSetLSN(Page page, XLogRecPtr lsn)
{
	PageXLogRecPtrSet(((PageHeader) page)->pd_lsn, lsn);
}

/* An empty page whose last specialSize bytes (rounded up to 8) are the caller's; everything else zero. */
extern void PageInit(Page page, Size pageSize, Size specialSize);

/*
 * Is this a page that may be used: header sane, checksum right, or all zeroes? With PIV_LOG_WARNING a wrong checksum
 * is reported as a WARNING. Never raises an error.
 */
extern bool PageIsVerifiedExtended(Page page, BlockNumber blkno, int flags);
#define PageIsVerified(page, blkno) PageIsVerifiedExtended(page, blkno, PIV_LOG_WARNING | PIV_REPORT_STAT)

/*
 * Adds an item; offsetNumber Invalid = wherever there is place. With PAI_OVERWRITE the line pointer must be unused or new,
 * without it items from offsetNumber on are shifted up. Returns the offset number, or InvalidOffsetNumber (with a WARNING for
 * impossible requests) when it does not fit. A corrupt header is PANIC.
 */
extern OffsetNumber PageAddItemExtended(Page page, Item item, Size size, OffsetNumber offsetNumber, int flags);
#define PageAddItem(page, item, size, offsetNumber, overwrite, is_heap) \
	PageAddItemExtended(page, item, size, offsetNumber,                 \
						((overwrite) ? PAI_OVERWRITE : 0) | ((is_heap) ? PAI_IS_HEAP : 0))

/* Palloc'd scratch pages; specialSize is that of the page which the scratch page will replace. */
extern Page PageGetTempPage(Page page);
extern Page PageGetTempPageCopy(Page page);
extern Page PageGetTempPageCopySpecial(Page page);
extern void PageRestoreTempPage(Page tempPage, Page oldPage); /* copies back and frees */

/* Heap pages: squeezes out the space of items without line pointers, trims trailing unused line pointers. */
extern void PageRepairFragmentation(Page page);
extern void PageTruncateLinePointerArray(Page page);

/* Free bytes, one line pointer's size already taken off (0 when not even that fits). */
extern Size PageGetFreeSpace(Page page);
extern Size PageGetFreeSpaceForMultipleTuples(Page page, int ntups);
extern Size PageGetExactFreeSpace(Page page); /* nothing taken off */
/* 0 also when the page has all the line pointers a heap page may have, none of them unused. */
extern Size PageGetHeapFreeSpace(Page page);

/* Index pages: these take items out and close the line pointer array. */
extern void PageIndexTupleDelete(Page page, OffsetNumber offnum);
extern void PageIndexMultiDelete(Page page, OffsetNumber *itemnos, int nitems); /* itemnos ascending */
extern void PageIndexTupleDeleteNoCompact(Page page, OffsetNumber offnum);
/* Replaces an item in place; false when the new one does not fit. */
extern bool PageIndexTupleOverwrite(Page page, OffsetNumber offnum, Item newtup, Size newsize);

/* Checksum of a page about to be written: the first copies (buffers may change under us), the second sets in place. */
extern char *PageSetChecksumCopy(Page page, BlockNumber blkno);
extern void PageSetChecksumInplace(Page page, BlockNumber blkno);

#endif /* BUFPAGE_H */
