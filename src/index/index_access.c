/*
 * index_access.c
 *    Indexes whatever their access method: opening, inserting, scanning, vacuuming.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/heapam.h"
#include "access/transam.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

Relation
index_open(Oid relationId, LOCKMODE lockmode)
{
	Relation r = relation_open(relationId, lockmode);

	if (r->rd_rel->relkind != RELKIND_INDEX && r->rd_rel->relkind != RELKIND_PARTITIONED_INDEX)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is not an index", RelationGetRelationName(r))));
	return r;
}

void
index_close(Relation relation, LOCKMODE lockmode)
{
	relation_close(relation, lockmode);
}

bool
index_insert(Relation indexRelation, Datum *values, bool *isnull, ItemPointer heap_t_ctid, Relation heapRelation,
			 IndexUniqueCheck checkUnique, bool indexUnchanged, struct IndexInfo *indexInfo)
{
	return indexRelation->rd_indam->aminsert(indexRelation, values, isnull, heap_t_ctid, heapRelation, checkUnique,
											 indexUnchanged, indexInfo);
}

/* ---- scans ----------------------------------------------------------------------------------------------------------------- */
IndexScanDesc
RelationGetIndexScan(Relation indexRelation, int nkeys, int norderbys)
{
	IndexScanDesc scan = palloc0_object(IndexScanDescData);

	scan->indexRelation = indexRelation;
	scan->numberOfKeys = nkeys;
	scan->numberOfOrderBys = norderbys;
	if (nkeys > 0)
		scan->keyData = palloc_array(ScanKeyData, nkeys);
	if (norderbys > 0)
		scan->orderByData = palloc_array(ScanKeyData, norderbys);
	scan->xactStartedInRecovery = false;
	scan->ignore_killed_tuples = true;
	scan->xs_itupdesc = RelationGetDescr(indexRelation);
	return scan;
}

void
IndexScanEnd(IndexScanDesc scan)
{
	if (scan->keyData != NULL)
		pfree(scan->keyData);
	if (scan->orderByData != NULL)
		pfree(scan->orderByData);
	pfree(scan);
}

static IndexScanDesc
begin_scan(Relation indexRelation, Snapshot snapshot, int nkeys, int norderbys)
{
	IndexScanDesc scan;

	/* The scan needs the cache entry, whatever its creator does with his reference. */
	RelationIncrementReferenceCount(indexRelation);
	scan = indexRelation->rd_indam->ambeginscan(indexRelation, nkeys, norderbys);
	scan->xs_snapshot = snapshot;
	return scan;
}

IndexScanDesc
index_beginscan(Relation heapRelation, Relation indexRelation, Snapshot snapshot, int nkeys, int norderbys)
{
	IndexScanDesc scan = begin_scan(indexRelation, snapshot, nkeys, norderbys);

	scan->heapRelation = heapRelation;
	scan->xs_heapfetch = table_index_fetch_begin(heapRelation);
	return scan;
}

IndexScanDesc
index_beginscan_bitmap(Relation indexRelation, Snapshot snapshot, int nkeys)
{
	return begin_scan(indexRelation, snapshot, nkeys, 0);
}

static void
release_pins(IndexScanDesc scan)
{
	for (int i = 0; i < scan->xs_num_pins; i++)
		ReleaseBuffer(scan->xs_pins[i]);
	scan->xs_num_pins = 0;
}

void
index_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys)
{
	Assert(nkeys == scan->numberOfKeys);
	release_pins(scan);
	if (scan->xs_heapfetch)
		table_index_fetch_reset(scan->xs_heapfetch);
	scan->kill_prior_tuple = false;
	scan->xs_heap_continue = false;
	scan->xs_at_end = false;
	pgstat_count_index_scan(scan->indexRelation);
	scan->indexRelation->rd_indam->amrescan(scan, keys, nkeys, orderbys, norderbys);
}

void
index_endscan(IndexScanDesc scan)
{
	release_pins(scan);
	if (scan->xs_heapfetch)
		table_index_fetch_end(scan->xs_heapfetch);
	scan->indexRelation->rd_indam->amendscan(scan);
	RelationDecrementReferenceCount(scan->indexRelation);
	if (scan->xs_temp_snap)
		UnregisterSnapshot(scan->xs_snapshot);
	IndexScanEnd(scan);
}

void
index_markpos(IndexScanDesc scan)
{
	scan->indexRelation->rd_indam->ammarkpos(scan);
}

void
index_restrpos(IndexScanDesc scan)
{
	Assert(IsMVCCSnapshot(scan->xs_snapshot));
	if (scan->xs_heapfetch)
		table_index_fetch_reset(scan->xs_heapfetch);
	scan->kill_prior_tuple = false;
	scan->xs_heap_continue = false;
	scan->xs_at_end = false;
	scan->indexRelation->rd_indam->amrestrpos(scan);
}

ItemPointer
index_getnext_tid(IndexScanDesc scan, ScanDirection direction)
{
	bool found = !scan->xs_at_end && scan->indexRelation->rd_indam->amgettuple(scan, direction);

	scan->kill_prior_tuple = false;
	scan->xs_heap_continue = false;
	if (!found)
	{
		scan->xs_at_end = true;
		if (scan->xs_heapfetch)
			table_index_fetch_reset(scan->xs_heapfetch);
		return NULL;
	}
	Assert(ItemPointerIsValid(&scan->xs_heaptid));
	pgstat_count_index_tuples(scan->indexRelation, 1);
	return &scan->xs_heaptid;
}

HeapTuple
index_fetch_heap(IndexScanDesc scan)
{
	bool all_dead = false;
	bool found = table_index_fetch_tuple(scan->xs_heapfetch, &scan->xs_heaptid, scan->xs_snapshot,
										 &scan->xs_heap_tuple, &scan->xs_heap_continue, &all_dead);

	/* During recovery a primary's older snapshots would matter; there are no scans then. */
	if (!scan->xactStartedInRecovery)
		scan->kill_prior_tuple = all_dead;
	if (!found)
		return NULL;
	pgstat_count_heap_fetch(scan->indexRelation);
	scan->xs_hitup = &scan->xs_heap_tuple;
	return &scan->xs_heap_tuple;
}

HeapTuple
index_getnext(IndexScanDesc scan, ScanDirection direction)
{
	for (;;)
	{
		HeapTuple tuple;

		if (!scan->xs_heap_continue && index_getnext_tid(scan, direction) == NULL)
			return NULL;
		tuple = index_fetch_heap(scan);
		if (tuple != NULL)
			return tuple;
	}
}

/* Tuples of several pages: each page's pin is kept once. */
int
index_getnext_batch(IndexScanDesc scan, ScanDirection direction, HeapTupleData *tuples, int max)
{
	int n = 0;

	release_pins(scan);
	while (n < max)
	{
		HeapTuple tuple = index_getnext(scan, direction);
		Buffer buffer;

		if (tuple == NULL)
			break;
		tuples[n++] = *tuple;
		buffer = scan->xs_heapfetch->xs_cbuf;
		if (scan->xs_num_pins > 0 && scan->xs_pins[scan->xs_num_pins - 1] == buffer)
			continue;
		/* The fetch state keeps the last page pinned by itself: one tuple needs no pin of ours. */
		if (n == max && scan->xs_num_pins == 0 && max == 1)
			break;
		IncrBufferRefCount(buffer);
		scan->xs_pins[scan->xs_num_pins++] = buffer;
		if (scan->xs_num_pins == INDEX_SCAN_MAX_PINS)
			break;
	}
	return n;
}

int
index_next_batch_tids(IndexScanDesc scan, ScanDirection direction, ItemPointerData *tids, int max)
{
	int n = 0;

	while (n < max && index_getnext_tid(scan, direction) != NULL)
		tids[n++] = scan->xs_heaptid;
	return n;
}

int64
index_getbitmap(IndexScanDesc scan, TIDBitmap *bitmap)
{
	scan->kill_prior_tuple = false;
	return scan->indexRelation->rd_indam->amgetbitmap(scan, bitmap);
}

/* ---- vacuum -------------------------------------------------------------------------------------------------------------------- */
IndexBulkDeleteResult *
index_bulk_delete(IndexVacuumInfo *info, IndexBulkDeleteResult *istat, IndexBulkDeleteCallback callback,
				  void *callback_state)
{
	return info->index->rd_indam->ambulkdelete(info, istat, callback, callback_state);
}

IndexBulkDeleteResult *
index_vacuum_cleanup(IndexVacuumInfo *info, IndexBulkDeleteResult *istat)
{
	return info->index->rd_indam->amvacuumcleanup(info, istat);
}

bool
index_can_return(Relation indexRelation, int attno)
{
	return indexRelation->rd_indam->amcanreturn != NULL && indexRelation->rd_indam->amcanreturn(indexRelation, attno);
}

/* ---- support functions ------------------------------------------------------------------------------------------------------------- */
RegProcedure
index_getprocid(Relation irel, AttrNumber attnum, uint16 procnum)
{
	int nproc = irel->rd_indam->amsupport;

	Assert(procnum > 0 && procnum <= (uint16) nproc);
	return irel->rd_support[nproc * (attnum - 1) + (procnum - 1)];
}

FmgrInfo *
index_getprocinfo(Relation irel, AttrNumber attnum, uint16 procnum)
{
	int index = irel->rd_indam->amsupport * (attnum - 1) + (procnum - 1);
	FmgrInfo *info = &irel->rd_supportinfo[index];

	if (unlikely(info->fn_oid == InvalidOid))
	{
		RegProcedure proc = irel->rd_support[index];

		if (!OidIsValid(proc))
			elog(ERROR, "missing support function %d for attribute %d of index \"%s\"", procnum, attnum,
				 RelationGetRelationName(irel));
		fmgr_info_cxt(proc, info, irel->rd_indexcxt);
	}
	return info;
}
