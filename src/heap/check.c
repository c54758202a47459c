/*
 * check.c
 *    heap_check(): is a table's storage consistent? For tests and for the curious.
 *
 * Each page is looked at under its share lock. Line pointers, headers, HOT chains and column data are checked against what the
 * README says; transactions against the commit log.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/transam.h"
#include "access/visibilitymap.h"
#include "heap/heap.h"
#include "lib/stringinfo.h"
#include "storage/procarray.h"
#include "utils/builtins.h"

typedef struct HeapCheck
{
	Relation rel;
	StringInfo report;
	int findings;
	BlockNumber block;
	Buffer vmbuffer;
} HeapCheck;

static void pg_attribute_printf(3, 4)
finding(HeapCheck *check, OffsetNumber off, const char *fmt, ...)
{
	va_list args;
	char text[256];

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	appendStringInfo(check->report, "block %u, offset %u: %s\n", check->block, off, text);
	check->findings++;
}

/* Column data must end exactly where the tuple does, give or take padding. */
static void
check_columns(HeapCheck *check, OffsetNumber off, HeapTuple tuple)
{
	TupleDesc desc = RelationGetDescr(check->rel);
	HeapTupleHeader header = tuple->t_data;
	int natts = HeapTupleHeaderGetNatts(header);
	const char *data = (char *) header + header->t_hoff;
	Size limit = tuple->t_len - header->t_hoff;
	Size offset = 0;

	if (natts > desc->natts)
	{
		finding(check, off, "%d columns, the table has %d", natts, desc->natts);
		return;
	}
	for (int i = 0; i < natts; i++)
	{
		const FormData_pg_attribute *att = TupleDescAttr(desc, i);

		if ((header->t_infomask & HEAP_HASNULL) && att_isnull(i, header->t_bits))
			continue;
		if (offset > limit || (att->attlen == -1 && offset >= limit))
		{
			finding(check, off, "column %d begins beyond the tuple's end", i + 1);
			return;
		}
		offset = att_align_pointer(offset, att->attalign, att->attlen, data + offset);
		if (att->attlen == -2)
		{
			if (memchr(data + offset, 0, limit - offset) == NULL)
			{
				finding(check, off, "string in column %d has no end", i + 1);
				return;
			}
		}
		else if (att->attlen == -1 && offset >= limit)
		{
			finding(check, off, "column %d begins beyond the tuple's end", i + 1);
			return;
		}
		offset = att_addlength_pointer(offset, att->attlen, data + offset);
		if (offset > limit)
		{
			finding(check, off, "column %d ends %zu bytes beyond the tuple's end", i + 1, offset - limit);
			return;
		}
	}
	if (offset != limit)
		finding(check, off, "%zu bytes behind the last column", limit - offset);
}

static void
check_xids(HeapCheck *check, OffsetNumber off, HeapTuple tuple)
{
	TransactionId next = ReadNextTransactionId();
	TransactionId xmin = HeapTupleGetRawXmin(tuple);
	HeapTupleHeader header = tuple->t_data;

	if (xmin >= next)
		finding(check, off, "xmin %llu is in the future", (unsigned long long) xmin);
	if (!(header->t_infomask & HEAP_XMAX_INVALID) && !(header->t_infomask & HEAP_XMAX_IS_MULTI) &&
		HeapTupleGetRawXmax(tuple) >= next)
		finding(check, off, "xmax %llu is in the future", (unsigned long long) HeapTupleGetRawXmax(tuple));
	if (HeapTupleHeaderXminFrozen(header) || !TransactionIdIsNormal(xmin) || xmin >= next)
		return;
	if (HeapTupleHeaderXminCommitted(header) && !TransactionIdDidCommit(xmin))
		finding(check, off, "hint says that xmin %llu committed, the commit log does not", (unsigned long long) xmin);
	if (HeapTupleHeaderXminInvalid(header) && TransactionIdDidCommit(xmin))
		finding(check, off, "hint says that xmin %llu failed, but it committed", (unsigned long long) xmin);
}

static void
check_tuple(HeapCheck *check, Page page, OffsetNumber off)
{
	ItemId lp = PageGetItemId(page, off);
	HeapTupleData tuple;
	HeapTupleHeader header;
	Size least;

	if (ItemIdGetOffset(lp) != MAXALIGN(ItemIdGetOffset(lp)) ||
		ItemIdGetOffset(lp) + ItemIdGetLength(lp) > ((PageHeader) page)->pd_special ||
		ItemIdGetOffset(lp) < ((PageHeader) page)->pd_upper || ItemIdGetLength(lp) < SizeofHeapTupleHeader)
	{
		finding(check, off, "line pointer to %u, length %u, is out of bounds", ItemIdGetOffset(lp), ItemIdGetLength(lp));
		return;
	}
	heap_tuple_set_from_page(&tuple, page, lp, check->block, off, RelationGetRelid(check->rel));
	header = tuple.t_data;
	least = SizeofHeapTupleHeader +
		(header->t_infomask & HEAP_HASNULL ? BITMAPLEN(HeapTupleHeaderGetNatts(header)) : 0);
	if (header->t_hoff != MAXALIGN(least) || header->t_hoff > tuple.t_len)
	{
		finding(check, off, "data begins at %u, expected at %zu", header->t_hoff, (Size) MAXALIGN(least));
		return;
	}
	check_xids(check, off, &tuple);
	check_columns(check, off, &tuple);
	if (HeapTupleIsHotUpdated(&tuple))
	{
		OffsetNumber next = ItemPointerGetOffsetNumberNoCheck(&header->t_ctid);

		if (ItemPointerGetBlockNumberNoCheck(&header->t_ctid) != check->block)
			finding(check, off, "HOT update leads to another page");
		else if (next < FirstOffsetNumber || next > PageGetMaxOffsetNumber(page))
		{
			TransactionId updater = HeapTupleGetUpdateXid(&tuple);

			/* A failed update's tuple may be gone. */
			if (TransactionIdIsNormal(updater) && TransactionIdDidCommit(updater))
				finding(check, off, "HOT update leads to offset %u of %u", next, PageGetMaxOffsetNumber(page));
		}
	}
	if (PageIsAllVisible(page) &&
		(!(header->t_infomask & HEAP_XMAX_INVALID) && !HeapTupleIsOnlyLocked(&tuple) &&
		 TransactionIdDidCommit(HeapTupleGetUpdateXid(&tuple))))
		finding(check, off, "deleted tuple on a page that is marked all-visible");
}

static void
check_page(HeapCheck *check, Buffer buffer)
{
	Page page = BufferGetPage(buffer);
	PageHeader header = (PageHeader) page;
	OffsetNumber roots[MaxHeapTuplesPerPage];
	OffsetNumber max;

	if (PageIsNew(page))
		return;
	if (!heap_page_is_sane(page))
	{
		finding(check, 0, "special area begins at %u", header->pd_special);
		return;
	}
	max = PageGetMaxOffsetNumber(page);
	if (VM_ALL_VISIBLE(check->rel, check->block, &check->vmbuffer) && !PageIsAllVisible(page))
		finding(check, 0, "visibility map says all-visible, the page does not");
	for (OffsetNumber off = FirstOffsetNumber; off <= max; off++)
	{
		ItemId lp = PageGetItemId(page, off);

		if (ItemIdIsRedirected(lp))
		{
			OffsetNumber to = ItemIdGetRedirect(lp);

			if (to < FirstOffsetNumber || to > max)
				finding(check, off, "redirect to offset %u of %u", to, max);
			else if (!ItemIdIsNormal(PageGetItemId(page, to)) ||
					 !HeapTupleHeaderIsHeapOnly((HeapTupleHeader) PageGetItem(page, PageGetItemId(page, to))))
				finding(check, off, "redirect to offset %u, which is not a heap-only tuple", to);
		}
		else if (ItemIdIsDead(lp) && PageIsAllVisible(page))
			finding(check, off, "dead line pointer on a page that is marked all-visible");
		else if (ItemIdIsNormal(lp))
			check_tuple(check, page, off);
	}
	if (check->findings > 0)
		return;
	/* A live heap-only tuple must be reachable from a root. */
	heap_get_root_tuples(page, roots);
	for (OffsetNumber off = FirstOffsetNumber; off <= max; off++)
	{
		ItemId lp = PageGetItemId(page, off);
		HeapTupleData tuple;

		if (!ItemIdIsNormal(lp))
			continue;
		heap_tuple_set_from_page(&tuple, page, lp, check->block, off, RelationGetRelid(check->rel));
		if (HeapTupleIsHeapOnly(&tuple) && roots[off - 1] == InvalidOffsetNumber &&
			HeapTupleSatisfiesVisibility(&tuple, SnapshotSelf, buffer))
			finding(check, off, "visible heap-only tuple that no chain leads to");
	}
}

int
heap_check(Relation rel, StringInfo report)
{
	HeapCheck check = {.rel = rel, .report = report, .vmbuffer = InvalidBuffer};
	BlockNumber nblocks = RelationGetNumberOfBlocks(rel);

	for (check.block = 0; check.block < nblocks; check.block++)
	{
		Buffer buffer = ReadBuffer(rel, check.block);

		CHECK_FOR_INTERRUPTS();
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		check_page(&check, buffer);
		UnlockReleaseBuffer(buffer);
	}
	if (check.vmbuffer != InvalidBuffer)
		ReleaseBuffer(check.vmbuffer);
	return check.findings;
}

/* SQL: matriarch_heap_check(regclass) returns text: the findings, NULL when there are none. */
Datum
matriarch_heap_check(PG_FUNCTION_ARGS)
{
	Relation rel = table_open(PG_GETARG_OID(0), AccessShareLock);
	StringInfoData report;
	int findings;

	if (!superuser())
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be superuser to check a table's storage")));
	if (rel->rd_rel->relkind != RELKIND_RELATION && rel->rd_rel->relkind != RELKIND_MATVIEW &&
		rel->rd_rel->relkind != RELKIND_TOASTVALUE)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", RelationGetRelationName(rel))));
	initStringInfo(&report);
	findings = heap_check(rel, &report);
	table_close(rel, AccessShareLock);
	if (findings == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(report.data));
}
