/*
 * page_base.c
 *    64-bit ids on pages whose tuples have room for 32 bits.
 *
 * A page's special area holds a base for transaction ids and one for multixacts; headers hold offsets (README, H1). New bases
 * are chosen 2^31 below the newest id, so ids that are in use fit for the next two thousand million transactions.
 * When an id does not fit, the page is rebased: whatever is older than the new base by then must be over and done with, and is
 * replaced by its final meaning (frozen, or no deleter). That happens so rarely that it is logged as a full page image.
 */
#include "postgres.h"

#include "access/transam.h"
#include "heap/heap.h"
#include "storage/procarray.h"

#define BASE_DISTANCE ((uint64) 1 << 31)

static uint64
choose_base(uint64 newest)
{
	return newest > BASE_DISTANCE ? newest - BASE_DISTANCE : 0;
}

void
heap_page_init_with_bases(Page page, TransactionId xid_base, MultiXactId multi_base)
{
	PageInit(page, BLCKSZ, sizeof(HeapPageSpecialData));
	HeapPageGetSpecial(page)->xid_base = xid_base;
	HeapPageGetSpecial(page)->multi_base = multi_base;
}

void
heap_page_init(Page page)
{
	heap_page_init_with_bases(page, choose_base(ReadNextTransactionId()), choose_base(ReadNextMultiXactId()));
}

bool
heap_page_is_sane(Page page)
{
	return !PageIsNew(page) && ((PageHeader) page)->pd_special == BLCKSZ - sizeof(HeapPageSpecialData);
}

static inline bool
xid_fits(TransactionId base, TransactionId xid)
{
	return xid < FirstNormalTransactionId || (xid >= base + FirstNormalTransactionId && xid - base <= UINT32_MAX);
}

static inline bool
multi_fits(MultiXactId base, MultiXactId multi)
{
	return multi == InvalidMultiXactId || (multi >= base && multi - base <= UINT32_MAX);
}

static void
cannot_rebase(Relation rel, Buffer buffer, TransactionId xid)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("cannot store transaction ID in block %u of relation \"%s\"", BufferGetBlockNumber(buffer),
					RelationGetRelationName(rel)),
			 errdetail("Transaction %llu on that page is still in use.", (unsigned long long) xid)));
}

/* What the new bases make of one tuple. */
static void
rebase_tuple(Relation rel, Buffer buffer, HeapTuple tuple, TransactionId xid_base, MultiXactId multi_base)
{
	HeapTupleHeader header = tuple->t_data;
	TransactionId xmin = HeapTupleGetRawXmin(tuple);
	uint64 xmax = HeapTupleGetRawXmax(tuple);
	TransactionId horizon = GetOldestNonRemovableTransactionId(rel);

	if (xid_fits(xid_base, xmin))
		header->t_choice.t_heap.t_xmin = heap_xid_to_offset(xid_base, xmin);
	else
	{
		if (!HeapTupleHeaderXminFrozen(header))
		{
			if (xmin >= horizon)
				cannot_rebase(rel, buffer, xmin);
			if (!HeapTupleHeaderXminInvalid(header) && TransactionIdDidCommit(xmin))
				HeapTupleHeaderSetXminFrozen(header);
			else
				header->t_infomask = (header->t_infomask & ~HEAP_XMIN_FROZEN) | HEAP_XMIN_INVALID;
		}
		header->t_choice.t_heap.t_xmin =
			HeapTupleHeaderXminFrozen(header) ? FrozenTransactionId : InvalidTransactionId;
	}

	if (header->t_infomask & HEAP_XMAX_INVALID)
		xmax = 0;
	else if ((header->t_infomask & HEAP_XMAX_IS_MULTI) && !multi_fits(multi_base, xmax))
	{
		TransactionId updater = HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask)
			? InvalidTransactionId
			: heap_multi_get_update_xid(xmax, header->t_infomask);

		if (MultiXactIdIsRunning(xmax, HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask)))
			cannot_rebase(rel, buffer, xmax);
		header->t_infomask &= ~(HEAP_XMAX_IS_MULTI | HEAP_LOCK_MASK | HEAP_XMAX_LOCK_ONLY);
		xmax = TransactionIdIsValid(updater) && TransactionIdDidCommit(updater) ? updater : 0;
	}
	if (header->t_infomask & HEAP_XMAX_IS_MULTI && xmax != 0)
	{
		header->t_choice.t_heap.t_xmax = (uint32) (xmax - multi_base);
		return;
	}
	if (!xid_fits(xid_base, xmax))
	{
		if (xmax >= horizon)
			cannot_rebase(rel, buffer, xmax);
		/* Deleted before anybody's time: keep it dead. A deleter that failed is forgotten. */
		if (!HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask) && TransactionIdDidCommit(xmax))
		{
			xmax = FrozenTransactionId;
			header->t_infomask |= HEAP_XMAX_COMMITTED;
		}
		else
			xmax = 0;
	}
	if (xmax == 0)
	{
		header->t_infomask &= ~HEAP_XMAX_BITS;
		header->t_infomask |= HEAP_XMAX_INVALID;
		header->t_infomask2 &= ~(HEAP_HOT_UPDATED | HEAP_KEYS_UPDATED);
	}
	header->t_choice.t_heap.t_xmax = heap_xid_to_offset(xid_base, xmax);
}

void
heap_page_prepare_ids(Relation rel, Buffer buffer, TransactionId xid, MultiXactId multi)
{
	Page page = BufferGetPage(buffer);
	TransactionId xid_base = HeapPageGetXidBase(page);
	MultiXactId multi_base = HeapPageGetMultiBase(page);
	_Alignas(MAXIMUM_ALIGNOF) char copy[BLCKSZ];
	Page scratch = copy;

	if (likely(xid_fits(xid_base, xid) && multi_fits(multi_base, multi)))
		return;
	if (!xid_fits(xid_base, xid))
		xid_base = choose_base(ReadNextTransactionId());
	if (!multi_fits(multi_base, multi))
		multi_base = choose_base(ReadNextMultiXactId());

	/* On a copy, because it can fail half way. */
	memcpy(scratch, page, BLCKSZ);
	for (OffsetNumber off = FirstOffsetNumber; off <= PageGetMaxOffsetNumber(scratch); off++)
	{
		ItemId lp = PageGetItemId(scratch, off);
		HeapTupleData tuple;

		if (!ItemIdIsNormal(lp))
			continue;
		heap_tuple_set_from_page(&tuple, scratch, lp, BufferGetBlockNumber(buffer), off, RelationGetRelid(rel));
		rebase_tuple(rel, buffer, &tuple, xid_base, multi_base);
	}
	HeapPageGetSpecial(scratch)->xid_base = xid_base;
	HeapPageGetSpecial(scratch)->multi_base = multi_base;
	/* "Prunable at once" is always allowed: it is a hint. */
	if (PageGetPruneOffset(scratch) != 0)
		PageSetPruneOffset(scratch, FirstNormalTransactionId);

	START_CRIT_SECTION();
	memcpy(page, scratch, BLCKSZ);
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(rel))
		log_newpage_buffer(buffer, true);
	END_CRIT_SECTION();
}

void
heap_page_note_prunable(Page page, TransactionId xid)
{
	uint32 offset = heap_xid_to_offset(HeapPageGetXidBase(page), xid);
	uint32 known = PageGetPruneOffset(page);

	Assert(TransactionIdIsNormal(xid));
	if (known == 0 || offset < known)
		PageSetPruneOffset(page, offset);
}
