/*
 * insert.c
 *    Inserting tuples, one at a time and by the page.
 */
#include "postgres.h"

#include "access/heaptoast.h"
#include "access/visibilitymap.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "heap/heap.h"
#include "sys/fault.h"
#include "utils/inval.h"

HeapTuple
heap_prepare_insert(Relation relation, HeapTuple tup, int options)
{
	HeapTupleHeader header = tup->t_data;

	header->t_infomask &= ~HEAP_XACT_MASK;
	header->t_infomask2 &= ~HEAP2_XACT_MASK;
	header->t_infomask |= HEAP_XMAX_INVALID;
	if (options & HEAP_INSERT_FROZEN)
		HeapTupleHeaderSetXminFrozen(header);
	header->t_choice.t_heap.t_xmax = 0;
	tup->t_tableOid = RelationGetRelid(relation);
	if (relation->rd_rel->relkind != RELKIND_RELATION && relation->rd_rel->relkind != RELKIND_MATVIEW)
		return tup;
	if (HeapTupleHasExternal(tup) || tup->t_len > TOAST_TUPLE_THRESHOLD)
		return heap_toast_insert_or_update(relation, tup, NULL, options);
	return tup;
}

/* The page is locked and has place; gives the tuple its inserter and puts it there. Critical section. */
static void
stamp_and_put(Relation relation, Buffer buffer, HeapTuple tup, TransactionId xid, CommandId cid, bool speculative)
{
	Page page = BufferGetPage(buffer);

	tup->t_xid_base = HeapPageGetXidBase(page);
	tup->t_multi_base = HeapPageGetMultiBase(page);
	HeapTupleSetXmin(tup, xid);
	HeapTupleHeaderSetCmin(tup->t_data, cid);
	RelationPutHeapTuple(relation, buffer, tup, speculative);
}

static bool
clear_all_visible(Relation relation, Buffer buffer, Buffer vmbuffer)
{
	Page page = BufferGetPage(buffer);

	if (!PageIsAllVisible(page))
		return false;
	PageClearAllVisible(page);
	visibilitymap_clear(relation, BufferGetBlockNumber(buffer), vmbuffer, VISIBILITYMAP_VALID_BITS);
	return true;
}

static void
log_insert(Buffer buffer, HeapTuple tup, uint8 flags)
{
	Page page = BufferGetPage(buffer);
	OffsetNumber offnum = ItemPointerGetOffsetNumber(&tup->t_self);
	xl_heap_insert xlrec = {.offnum = offnum, .flags = flags};
	xl_heap_header xlhdr = heap_log_header(tup->t_data);
	xl_heap_bases bases = {HeapPageGetXidBase(page), HeapPageGetMultiBase(page)};
	bool init = offnum == FirstOffsetNumber && PageGetMaxOffsetNumber(page) == FirstOffsetNumber;
	XLogRecPtr recptr;

	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	if (init)
		XLogRegisterData(&bases, sizeof(bases));
	XLogRegisterBuffer(0, buffer, REGBUF_STANDARD | (init ? REGBUF_WILL_INIT : 0));
	XLogRegisterBufData(0, &xlhdr, sizeof(xlhdr));
	XLogRegisterBufData(0, (char *) tup->t_data + SizeofHeapTupleHeader, (int) (tup->t_len - SizeofHeapTupleHeader));
	recptr = XLogInsert(RM_HEAP_ID, XLOG_HEAP_INSERT | (init ? XLOG_HEAP_INIT_PAGE : 0));
	PageSetLSN(page, recptr);
}

void
heap_insert(Relation relation, HeapTuple tup, CommandId cid, int options, BulkInsertState bistate)
{
	TransactionId xid = GetCurrentTransactionId();
	bool speculative = (options & HEAP_INSERT_SPECULATIVE) != 0;
	HeapTuple heaptup = heap_prepare_insert(relation, tup, options);
	Buffer vmbuffer = InvalidBuffer;
	Buffer buffer;
	uint8 flags = 0;

	if (speculative && heaptup != tup)
		heaptup->t_data->t_ctid = tup->t_data->t_ctid;
	buffer = RelationGetBufferForTuple(relation, heaptup->t_len, InvalidBuffer, options, bistate, &vmbuffer, NULL);
	heap_page_prepare_ids(relation, buffer, xid, InvalidMultiXactId);

	START_CRIT_SECTION();
	stamp_and_put(relation, buffer, heaptup, xid, cid, speculative);
	if (clear_all_visible(relation, buffer, vmbuffer))
		flags |= XLH_OLD_ALL_VISIBLE_CLEARED;
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(relation))
	{
		log_insert(buffer, heaptup, flags);
		FAULT_POINT("heap-insert-logged");
	}
	END_CRIT_SECTION();

	UnlockReleaseBuffer(buffer);
	if (vmbuffer != InvalidBuffer)
		ReleaseBuffer(vmbuffer);
	if (IsCatalogRelation(relation))
		CacheInvalidateHeapTuple(relation, heaptup, NULL);
	pgstat_count_heap_insert(relation, 1);
	if (heaptup != tup)
	{
		tup->t_self = heaptup->t_self;
		tup->t_xid_base = heaptup->t_xid_base;
		tup->t_multi_base = heaptup->t_multi_base;
		HeapTupleSetXmin(tup, xid);
		HeapTupleHeaderSetCmin(tup->t_data, cid);
		heap_freetuple(heaptup);
	}
}

void
simple_heap_insert(Relation relation, HeapTuple tup)
{
	heap_insert(relation, tup, GetCurrentCommandId(true), 0, NULL);
}

/* ---- many at once ---------------------------------------------------------------------------------------------------- */
/* One record for tuples[0..n-1], which were put on the page at ascending offsets. */
static void
log_multi_insert(Buffer buffer, HeapTuple *tuples, int n, bool init, uint8 flags)
{
	Page page = BufferGetPage(buffer);
	xl_heap_multi_insert xlrec = {.ntuples = (uint16) n, .flags = flags};
	xl_heap_bases bases = {HeapPageGetXidBase(page), HeapPageGetMultiBase(page)};
	OffsetNumber offsets[MaxHeapTuplesPerPage];
	char data[BLCKSZ * 2];
	char *p = data;
	XLogRecPtr recptr;

	for (int i = 0; i < n; i++)
	{
		HeapTuple tup = tuples[i];
		xl_multi_insert_tuple head = {(uint16) (tup->t_len - SizeofHeapTupleHeader), heap_log_header(tup->t_data)};

		offsets[i] = ItemPointerGetOffsetNumber(&tup->t_self);
		memcpy(p, &head, sizeof(head));
		p += sizeof(head);
		memcpy(p, (char *) tup->t_data + SizeofHeapTupleHeader, head.datalen);
		p += head.datalen;
	}
	Assert((Size) (p - data) <= sizeof(data));
	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	if (init)
		XLogRegisterData(&bases, sizeof(bases));
	else
		XLogRegisterData(offsets, (int) (n * sizeof(OffsetNumber)));
	XLogRegisterBuffer(0, buffer, REGBUF_STANDARD | (init ? REGBUF_WILL_INIT : 0));
	XLogRegisterBufData(0, data, (int) (p - data));
	recptr = XLogInsert(RM_HEAP2_ID, XLOG_HEAP2_MULTI_INSERT | (init ? XLOG_HEAP_INIT_PAGE : 0));
	PageSetLSN(page, recptr);
}

/* Puts as many of tuples[0..n-1] as fit on one page, at least one. Returns how many. */
static int
fill_one_page(Relation relation, HeapTuple *tuples, int n, TransactionId xid, CommandId cid, int options,
			  BulkInsertState bistate, Buffer *vmbuffer)
{
	Size reserve = RelationGetTargetPageFreeSpace(relation, HEAP_DEFAULT_FILLFACTOR);
	Buffer buffer;
	Page page;
	uint8 flags = 0;
	bool init, all_frozen;
	int done = 0;

	buffer = RelationGetBufferForTuple(relation, tuples[0]->t_len, InvalidBuffer, options, bistate, vmbuffer, NULL);
	page = BufferGetPage(buffer);
	heap_page_prepare_ids(relation, buffer, xid, InvalidMultiXactId);
	init = PageGetMaxOffsetNumber(page) == 0;
	all_frozen = init && (options & HEAP_INSERT_FROZEN) != 0;

	START_CRIT_SECTION();
	do
	{
		stamp_and_put(relation, buffer, tuples[done], xid, cid, false);
		done++;
	} while (done < n && PageGetHeapFreeSpace(page) >= MAXALIGN(tuples[done]->t_len) + reserve);
	if (clear_all_visible(relation, buffer, *vmbuffer))
		flags |= XLH_OLD_ALL_VISIBLE_CLEARED;
	if (all_frozen)
	{
		PageSetAllVisible(page);
		flags |= XLH_FROZEN;
	}
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(relation))
	{
		log_multi_insert(buffer, tuples, done, init, flags);
		FAULT_POINT("heap-multi-insert-logged");
	}
	END_CRIT_SECTION();
	if (all_frozen)
		visibilitymap_set(relation, BufferGetBlockNumber(buffer), buffer, InvalidXLogRecPtr, *vmbuffer,
						  InvalidTransactionId, VISIBILITYMAP_VALID_BITS);
	UnlockReleaseBuffer(buffer);
	return done;
}

void
heap_multi_insert(Relation relation, HeapTuple *tuples, int ntuples, CommandId cid, int options,
				  BulkInsertState bistate)
{
	TransactionId xid = GetCurrentTransactionId();
	HeapTuple *heaptuples = palloc_array(HeapTuple, Max(ntuples, 1));
	Buffer vmbuffer = InvalidBuffer;
	int done = 0;

	for (int i = 0; i < ntuples; i++)
		heaptuples[i] = heap_prepare_insert(relation, tuples[i], options);
	while (done < ntuples)
	{
		CHECK_FOR_INTERRUPTS();
		done += fill_one_page(relation, heaptuples + done, ntuples - done, xid, cid, options, bistate, &vmbuffer);
	}
	if (vmbuffer != InvalidBuffer)
		ReleaseBuffer(vmbuffer);
	for (int i = 0; i < ntuples; i++)
	{
		if (IsCatalogRelation(relation))
			CacheInvalidateHeapTuple(relation, heaptuples[i], NULL);
		if (heaptuples[i] == tuples[i])
			continue;
		tuples[i]->t_self = heaptuples[i]->t_self;
		tuples[i]->t_xid_base = heaptuples[i]->t_xid_base;
		tuples[i]->t_multi_base = heaptuples[i]->t_multi_base;
		HeapTupleSetXmin(tuples[i], xid);
		HeapTupleHeaderSetCmin(tuples[i]->t_data, cid);
		heap_freetuple(heaptuples[i]);
	}
	pgstat_count_heap_insert(relation, ntuples);
	pfree(heaptuples);
}
