/*
 * update.c
 *    Updating rows: a new version beside the old one.
 *
 * When the new version fits on the old one's page and no indexed column changed, it is a heap-only tuple (HOT): no index
 * entries are made for it, scans find it through the old version's ctid, and pruning removes dead members of such chains
 * without touching indexes.
 *
 * When it does not fit, or values must go to the TOAST table, the page lock has to be given up. The old version is then locked by
 * a real, logged row lock first, so that nobody overtakes us.
 */
#include "postgres.h"

#include "access/heaptoast.h"
#include "access/sysattr.h"
#include "access/visibilitymap.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "heap/heap.h"
#include "heap/xmax.h"
#include "nodes/bitmapset.h"
#include "storage/freespace.h"
#include "sys/fault.h"
#include "utils/datum.h"
#include "utils/inval.h"
#include "utils/relcache.h"

/* ---- which columns change ---------------------------------------------------------------------------------------------- */
static bool
column_differs(TupleDesc desc, AttrNumber attnum, HeapTuple a, HeapTuple b)
{
	bool anull, bnull;
	Datum avalue, bvalue;
	const FormData_pg_attribute *att;

	/* A whole-row reference, or a system column: assume the worst. */
	if (attnum <= 0)
		return attnum != TableOidAttributeNumber;
	avalue = heap_getattr(a, attnum, desc, &anull);
	bvalue = heap_getattr(b, attnum, desc, &bnull);
	if (anull || bnull)
		return anull != bnull;
	att = TupleDescAttr(desc, attnum - 1);
	return !datumIsEqual(avalue, bvalue, att->attbyval, att->attlen);
}

static bool
any_column_differs(TupleDesc desc, const Bitmapset *attrs, HeapTuple a, HeapTuple b)
{
	int i = -1;

	while ((i = bms_next_member(attrs, i)) >= 0)
		if (column_differs(desc, i + FirstLowInvalidHeapAttributeNumber, a, b))
			return true;
	return false;
}

/*
 * The cache's own sets, without copying. They may go when invalidations are read, so they are used before anything that could
 * wait or open a relation.
 */
static void
load_index_attributes(Relation relation)
{
	if (relation->rd_rel->relhasindex && !relation->rd_attrsvalid)
		bms_free(RelationGetIndexAttrBitmap(relation, INDEX_ATTR_BITMAP_ALL));
}

/* ---- the WAL record ----------------------------------------------------------------------------------------------------------- */
#define PREFIX_WORTH_MIN 3 /* costs a two-byte length */

/* How much of the new tuple's data equals the old one's at the beginning and at the end. */
static void
common_ends(HeapTuple oldtup, HeapTuple newtup, uint16 *prefix, uint16 *suffix)
{
	const char *olddata = (char *) oldtup->t_data + oldtup->t_data->t_hoff;
	const char *newdata = (char *) newtup->t_data + newtup->t_data->t_hoff;
	int oldlen = (int) (oldtup->t_len - oldtup->t_data->t_hoff);
	int newlen = (int) (newtup->t_len - newtup->t_data->t_hoff);
	int shorter = Min(oldlen, newlen);
	int p = 0;
	int s = 0;

	while (p < shorter && newdata[p] == olddata[p])
		p++;
	if (p < PREFIX_WORTH_MIN)
		p = 0;
	while (s < shorter - p && newdata[newlen - s - 1] == olddata[oldlen - s - 1])
		s++;
	if (s < PREFIX_WORTH_MIN)
		s = 0;
	*prefix = (uint16) p;
	*suffix = (uint16) s;
}

static void
log_update(Relation relation, Buffer oldbuf, HeapTuple oldtup, const XmaxChange *old_change, Buffer newbuf,
		   HeapTuple newtup, bool hot, uint8 flags)
{
	Page page = BufferGetPage(newbuf);
	OffsetNumber new_offnum = ItemPointerGetOffsetNumber(&newtup->t_self);
	bool init = new_offnum == FirstOffsetNumber && PageGetMaxOffsetNumber(page) == FirstOffsetNumber;
	xl_heap_update xlrec;
	xl_heap_bases bases = {HeapPageGetXidBase(page), HeapPageGetMultiBase(page)};
	xl_heap_header xlhdr = heap_log_header(newtup->t_data);
	uint16 prefix = 0, suffix = 0;
	int bitmap_len = newtup->t_data->t_hoff - (int) SizeofHeapTupleHeader;
	const char *data = (char *) newtup->t_data + newtup->t_data->t_hoff;
	int data_len = (int) newtup->t_len - newtup->t_data->t_hoff;
	XLogRecPtr recptr;

	if (oldbuf == newbuf && !XLogCheckBufferNeedsBackup(newbuf))
		common_ends(oldtup, newtup, &prefix, &suffix);
	xlrec.old_xmax = old_change->xmax;
	xlrec.new_xmax = HeapTupleGetRawXmax(newtup);
	xlrec.old_offnum = ItemPointerGetOffsetNumber(&oldtup->t_self);
	xlrec.new_offnum = new_offnum;
	xlrec.old_infobits = old_change->infomask;
	xlrec.old_keys_updated = old_change->infomask2 != 0;
	xlrec.flags = flags | (prefix ? XLH_PREFIX_FROM_OLD : 0) | (suffix ? XLH_SUFFIX_FROM_OLD : 0);

	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	if (init)
		XLogRegisterData(&bases, sizeof(bases));
	XLogRegisterBuffer(0, newbuf, REGBUF_STANDARD | (init ? REGBUF_WILL_INIT : 0));
	if (oldbuf != newbuf)
		XLogRegisterBuffer(1, oldbuf, REGBUF_STANDARD);
	if (prefix)
		XLogRegisterBufData(0, &prefix, sizeof(prefix));
	if (suffix)
		XLogRegisterBufData(0, &suffix, sizeof(suffix));
	XLogRegisterBufData(0, &xlhdr, sizeof(xlhdr));
	if (bitmap_len > 0)
		XLogRegisterBufData(0, (char *) newtup->t_data + SizeofHeapTupleHeader, bitmap_len);
	if (data_len > prefix + suffix)
		XLogRegisterBufData(0, data + prefix, data_len - prefix - suffix);
	recptr = XLogInsert(RM_HEAP_ID, (hot ? XLOG_HEAP_HOT_UPDATE : XLOG_HEAP_UPDATE) | (init ? XLOG_HEAP_INIT_PAGE : 0));
	PageSetLSN(page, recptr);
	if (oldbuf != newbuf)
		PageSetLSN(BufferGetPage(oldbuf), recptr);
}

/* ---- holding on to the old version -------------------------------------------------------------------------------------------------- */
/* A row lock, so that the page lock can be given up for a while. */
static void
lock_old_version(HeapClaim *claim, TransactionId xid, CommandId cid)
{
	HeapTupleHeader header = claim->tuple.t_data;
	XmaxChange change = heap_compute_new_xmax(HeapTupleGetRawXmax(&claim->tuple), header->t_infomask,
											  header->t_infomask2, xid, claim->mode, false);
	uint8 flags = 0;

	heap_page_prepare_ids(claim->rel, claim->buffer, xid, change.is_multi ? change.xmax : InvalidMultiXactId);
	START_CRIT_SECTION();
	heap_apply_xmax(header, claim->page, &change);
	HeapTupleHeaderClearHotUpdated(header);
	header->t_ctid = claim->tuple.t_self;
	if (PageIsAllVisible(claim->page) &&
		visibilitymap_clear(claim->rel, BufferGetBlockNumber(claim->buffer), claim->vmbuffer,
							VISIBILITYMAP_ALL_FROZEN))
		flags |= XLH_OLD_ALL_VISIBLE_CLEARED;
	MarkBufferDirty(claim->buffer);
	if (RelationNeedsWAL(claim->rel))
	{
		xl_heap_lock xlrec = {.xmax = change.xmax,
							  .offnum = ItemPointerGetOffsetNumber(&claim->tuple.t_self),
							  .infobits = change.infomask,
							  .keys_updated = change.infomask2 != 0,
							  .flags = flags};
		XLogRecPtr recptr;

		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		XLogRegisterBuffer(0, claim->buffer, REGBUF_STANDARD);
		recptr = XLogInsert(RM_HEAP_ID, XLOG_HEAP_LOCK);
		PageSetLSN(claim->page, recptr);
		FAULT_POINT("heap-lock-logged");
	}
	END_CRIT_SECTION();
}

/* Who else holds a lock on the old version must hold it on the new one too. */
static XmaxChange
inherited_lockers(HeapClaim *claim)
{
	XmaxChange none = {.infomask = HEAP_XMAX_INVALID};
	XmaxSurvey survey = heap_survey_xmax(&claim->tuple, claim->mode);
	uint16 infomask = claim->tuple.t_data->t_infomask;
	uint64 xmax = HeapTupleGetRawXmax(&claim->tuple);

	if (!survey.others_running)
		return none;
	if (infomask & HEAP_XMAX_IS_MULTI)
		return heap_multi_xmax(xmax);
	return (XmaxChange){.xmax = xmax, .infomask = HEAP_XMAX_LOCK_ONLY | (infomask & HEAP_LOCK_MASK)};
}

/*
 * Finds the new version's page: both pages end up exclusively locked. *heaptup becomes the toasted tuple. Returns the buffer,
 * which is claim->buffer when it fits there.
 */
static Buffer
place_new_version(HeapClaim *claim, HeapTuple newtup, HeapTuple *heaptup, TransactionId xid, CommandId cid,
				  Buffer *vmbuffer_new)
{
	Relation relation = claim->rel;
	Size size = MAXALIGN(newtup->t_len);
	bool need_toast = false;
	Buffer newbuf;

	*heaptup = newtup;
	if (relation->rd_rel->relkind == RELKIND_RELATION || relation->rd_rel->relkind == RELKIND_MATVIEW)
		need_toast = HeapTupleHasExternal(&claim->tuple) || HeapTupleHasExternal(newtup) ||
			newtup->t_len > TOAST_TUPLE_THRESHOLD;
	if (likely(!need_toast && size <= PageGetHeapFreeSpace(claim->page)))
		return claim->buffer;

	lock_old_version(claim, xid, cid);
	LockBuffer(claim->buffer, BUFFER_LOCK_UNLOCK);
	if (need_toast)
	{
		*heaptup = heap_toast_insert_or_update(relation, newtup, &claim->tuple, 0);
		size = MAXALIGN((*heaptup)->t_len);
	}
	for (;;)
	{
		heap_claim_lock_page(claim);
		if (size <= PageGetHeapFreeSpace(claim->page))
		{
			newbuf = claim->buffer;
			break;
		}
		/* Tell later visitors that pruning is worth while here. */
		LockBuffer(claim->buffer, BUFFER_LOCK_UNLOCK);
		newbuf = RelationGetBufferForTuple(relation, (*heaptup)->t_len, claim->buffer, 0, NULL, vmbuffer_new,
										   &claim->vmbuffer);
		break;
	}
	claim->tuple.t_xid_base = HeapPageGetXidBase(claim->page);
	claim->tuple.t_multi_base = HeapPageGetMultiBase(claim->page);
	return newbuf;
}

static bool
clear_page_all_visible(Relation relation, Buffer buffer, Buffer vmbuffer)
{
	if (!PageIsAllVisible(BufferGetPage(buffer)))
		return false;
	PageClearAllVisible(BufferGetPage(buffer));
	visibilitymap_clear(relation, BufferGetBlockNumber(buffer), vmbuffer, VISIBILITYMAP_VALID_BITS);
	return true;
}

static void
prepare_new_header(HeapTuple newtup, Relation relation, CommandId cid, const XmaxChange *lockers)
{
	HeapTupleHeader header = newtup->t_data;

	header->t_infomask &= ~HEAP_XACT_MASK;
	header->t_infomask2 &= ~HEAP2_XACT_MASK;
	header->t_infomask |= HEAP_UPDATED | lockers->infomask;
	header->t_infomask2 |= lockers->infomask2;
	HeapTupleHeaderSetCmin(header, cid);
	newtup->t_tableOid = RelationGetRelid(relation);
}

TM_Result
heap_update(Relation relation, ItemPointer otid, HeapTuple newtup, CommandId cid, Snapshot crosscheck, bool wait,
			TM_FailureData *tmfd, LockTupleMode *lockmode)
{
	TransactionId xid = GetCurrentTransactionId();
	TupleDesc desc = RelationGetDescr(relation);
	HeapClaim claim;
	TM_Result result;
	HeapTuple heaptup;
	XmaxChange change, lockers;
	Buffer newbuf, vmbuffer_new = InvalidBuffer;
	CommandId cmax = cid;
	bool iscombo, hot, index_columns_same;
	uint8 flags = 0;
	ItemPointerData old_tid = *otid;

	load_index_attributes(relation);
	MultiXactIdSetOldestMember();
	heap_claim_begin(&claim, relation, &old_tid, LockTupleExclusive, XLTW_Update);
	/* The old version cannot change while we pin it: both questions are answered before any wait. */
	if (!relation->rd_rel->relhasindex || !any_column_differs(desc, relation->rd_keyattr, &claim.tuple, newtup))
		claim.mode = LockTupleNoKeyExclusive;
	index_columns_same = !relation->rd_rel->relhasindex ||
		!any_column_differs(desc, relation->rd_indexattr, &claim.tuple, newtup);
	*lockmode = claim.mode;

	result = heap_claim_settle(&claim, cid, wait);
	if (result == TM_Invisible)
	{
		UnlockReleaseBuffer(claim.buffer);
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("attempted to update invisible tuple")));
	}
	if (result == TM_Ok && crosscheck != InvalidSnapshot &&
		!HeapTupleSatisfiesVisibility(&claim.tuple, crosscheck, claim.buffer))
		result = TM_Updated;
	if (result != TM_Ok)
	{
		heap_fill_failure(&claim.tuple, result, tmfd);
		LockBuffer(claim.buffer, BUFFER_LOCK_UNLOCK);
		heap_claim_end(&claim);
		return result;
	}

	newbuf = place_new_version(&claim, newtup, &heaptup, xid, cid, &vmbuffer_new);
	/* From here on both pages stay locked. */
	lockers = inherited_lockers(&claim);
	change = heap_compute_new_xmax(HeapTupleGetRawXmax(&claim.tuple), claim.tuple.t_data->t_infomask,
								   claim.tuple.t_data->t_infomask2, xid, claim.mode, true);
	heap_adjust_cmax(&claim.tuple, &cmax, &iscombo);
	heap_page_prepare_ids(relation, claim.buffer, xid,
						  change.is_multi ? change.xmax : (lockers.is_multi ? lockers.xmax : InvalidMultiXactId));
	if (newbuf != claim.buffer)
		heap_page_prepare_ids(relation, newbuf, xid, lockers.is_multi ? lockers.xmax : InvalidMultiXactId);
	prepare_new_header(heaptup, relation, cid, &lockers);
	hot = newbuf == claim.buffer && index_columns_same;

	START_CRIT_SECTION();
	heap_page_note_prunable(claim.page, xid);
	if (!hot && newbuf != claim.buffer)
		PageSetFull(claim.page);
	if (hot)
		HeapTupleHeaderSetHeapOnly(heaptup->t_data);
	heaptup->t_xid_base = HeapPageGetXidBase(BufferGetPage(newbuf));
	heaptup->t_multi_base = HeapPageGetMultiBase(BufferGetPage(newbuf));
	HeapTupleSetXmin(heaptup, xid);
	heap_header_set_xmax(heaptup->t_data, BufferGetPage(newbuf), lockers.xmax, lockers.is_multi);
	RelationPutHeapTuple(relation, newbuf, heaptup, false);

	heap_apply_xmax(claim.tuple.t_data, claim.page, &change);
	if (hot)
		HeapTupleHeaderSetHotUpdated(claim.tuple.t_data);
	else
		HeapTupleHeaderClearHotUpdated(claim.tuple.t_data);
	HeapTupleHeaderSetCmax(claim.tuple.t_data, cmax, iscombo);
	claim.tuple.t_data->t_ctid = heaptup->t_self;

	if (clear_page_all_visible(relation, claim.buffer, claim.vmbuffer))
		flags |= XLH_OLD_ALL_VISIBLE_CLEARED;
	if (newbuf != claim.buffer && clear_page_all_visible(relation, newbuf, vmbuffer_new))
		flags |= XLH_NEW_ALL_VISIBLE_CLEARED;
	MarkBufferDirty(claim.buffer);
	if (newbuf != claim.buffer)
		MarkBufferDirty(newbuf);
	if (RelationNeedsWAL(relation))
	{
		claim.tuple.t_xid_base = HeapPageGetXidBase(claim.page);
		log_update(relation, claim.buffer, &claim.tuple, &change, newbuf, heaptup, hot, flags);
		FAULT_POINT("heap-update-logged");
	}
	END_CRIT_SECTION();

	if (newbuf != claim.buffer)
		LockBuffer(newbuf, BUFFER_LOCK_UNLOCK);
	LockBuffer(claim.buffer, BUFFER_LOCK_UNLOCK);
	claim.tuple.t_xid_base = HeapPageGetXidBase(claim.page);
	claim.tuple.t_multi_base = HeapPageGetMultiBase(claim.page);
	if (IsCatalogRelation(relation))
		CacheInvalidateHeapTuple(relation, &claim.tuple, heaptup);
	if (newbuf != claim.buffer)
		ReleaseBuffer(newbuf);
	if (vmbuffer_new != InvalidBuffer)
		ReleaseBuffer(vmbuffer_new);
	heap_claim_end(&claim);
	pgstat_count_heap_update(relation, hot);

	if (heaptup != newtup)
	{
		newtup->t_self = heaptup->t_self;
		newtup->t_tableOid = heaptup->t_tableOid;
		if (hot)
			HeapTupleHeaderSetHeapOnly(newtup->t_data);
		else
			HeapTupleHeaderClearHeapOnly(newtup->t_data);
		newtup->t_xid_base = heaptup->t_xid_base;
		newtup->t_multi_base = heaptup->t_multi_base;
		heap_freetuple(heaptup);
	}
	return TM_Ok;
}

void
simple_heap_update(Relation relation, ItemPointer otid, HeapTuple tup)
{
	TM_FailureData tmfd;
	LockTupleMode lockmode;
	TM_Result result = heap_update(relation, otid, tup, GetCurrentCommandId(true), InvalidSnapshot, true, &tmfd,
								   &lockmode);

	switch (result)
	{
		case TM_Ok:
			return;
		case TM_SelfModified:
			elog(ERROR, "tuple already updated by self");
		case TM_Updated:
			elog(ERROR, "tuple concurrently updated");
		case TM_Deleted:
			elog(ERROR, "tuple concurrently deleted");
		default:
			elog(ERROR, "unrecognized heap_update status: %u", result);
	}
}

/* ---- in place ------------------------------------------------------------------------------------------------------------------------ */
void
heap_inplace_update(Relation relation, HeapTuple tuple)
{
	Buffer buffer = ReadBuffer(relation, ItemPointerGetBlockNumber(&tuple->t_self));
	Page page = BufferGetPage(buffer);
	OffsetNumber offnum = ItemPointerGetOffsetNumber(&tuple->t_self);
	HeapTupleHeader header;
	uint32 len;
	ItemId lp;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	lp = offnum <= PageGetMaxOffsetNumber(page) ? PageGetItemId(page, offnum) : NULL;
	if (lp == NULL || !ItemIdIsNormal(lp))
		elog(ERROR, "invalid lp");
	header = (HeapTupleHeader) PageGetItem(page, lp);
	len = ItemIdGetLength(lp) - header->t_hoff;
	if (len != tuple->t_len - tuple->t_data->t_hoff || header->t_hoff != tuple->t_data->t_hoff)
		elog(ERROR, "wrong tuple length");
	START_CRIT_SECTION();
	memcpy((char *) header + header->t_hoff, (char *) tuple->t_data + tuple->t_data->t_hoff, len);
	MarkBufferDirty(buffer);
	if (RelationNeedsWAL(relation))
	{
		xl_heap_inplace xlrec = {offnum};
		XLogRecPtr recptr;

		XLogBeginInsert();
		XLogRegisterData(&xlrec, sizeof(xlrec));
		XLogRegisterBuffer(0, buffer, REGBUF_STANDARD);
		XLogRegisterBufData(0, (char *) header + header->t_hoff, (int) len);
		recptr = XLogInsert(RM_HEAP_ID, XLOG_HEAP_INPLACE);
		PageSetLSN(page, recptr);
		FAULT_POINT("heap-inplace-logged");
	}
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
	if (!IsBootstrapProcessingMode())
		CacheInvalidateHeapTuple(relation, tuple, NULL);
}
