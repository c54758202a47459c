/*
 * systable.c
 *    Scans of catalogs by heap column numbers, through an index when there is a usable one.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "miscadmin.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

bool IgnoreSystemIndexes = false;

/* Index keys count index columns. */
static void
translate_keys(Relation irel, ScanKey keys, int nkeys)
{
	for (int i = 0; i < nkeys; i++)
	{
		int j;

		for (j = 0; j < IndexRelationGetNumberOfAttributes(irel); j++)
			if (keys[i].sk_attno == irel->rd_index->indkey.values[j])
			{
				keys[i].sk_attno = j + 1;
				break;
			}
		if (j == IndexRelationGetNumberOfAttributes(irel))
			elog(ERROR, "column is not in index");
	}
}

static Snapshot
scan_snapshot(SysScanDesc sysscan, Relation heap, Snapshot snapshot)
{
	sysscan->snapshot = NULL;
	if (snapshot != NULL)
		return snapshot;
	sysscan->snapshot = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(heap)));
	return sysscan->snapshot;
}

SysScanDesc
systable_beginscan(Relation heapRelation, Oid indexId, bool indexOK, Snapshot snapshot, int nkeys, ScanKey key)
{
	SysScanDesc sysscan = palloc0_object(SysScanDescData);

	sysscan->heap_rel = heapRelation;
	if (indexOK && OidIsValid(indexId) && !IgnoreSystemIndexes && !ReindexIsProcessingIndex(indexId))
		sysscan->irel = index_open(indexId, AccessShareLock);
	snapshot = scan_snapshot(sysscan, heapRelation, snapshot);
	if (sysscan->irel != NULL)
	{
		ScanKeyData keys[INDEX_MAX_KEYS];

		memcpy(keys, key, nkeys * sizeof(ScanKeyData));
		translate_keys(sysscan->irel, keys, nkeys);
		sysscan->iscan = index_beginscan(heapRelation, sysscan->irel, snapshot, nkeys, 0);
		index_rescan(sysscan->iscan, keys, nkeys, NULL, 0);
	}
	else
		sysscan->scan = table_beginscan_strat(heapRelation, snapshot, nkeys, key, true, false);
	return sysscan;
}

HeapTuple
systable_getnext(SysScanDesc sysscan)
{
	if (sysscan->irel == NULL)
		return heap_getnext(sysscan->scan, ForwardScanDirection);
	{
		HeapTuple tuple = index_getnext(sysscan->iscan, ForwardScanDirection);

		if (tuple != NULL && sysscan->iscan->xs_recheck)
			elog(ERROR, "system catalog scans with lossy index conditions are not implemented");
		return tuple;
	}
}

bool
systable_recheck_tuple(SysScanDesc sysscan, HeapTuple tup)
{
	Snapshot fresh = RegisterSnapshot(GetCatalogSnapshot(RelationGetRelid(sysscan->heap_rel)));
	HeapTupleData copy;
	Buffer buffer;
	bool visible;

	copy.t_self = tup->t_self;
	visible = heap_fetch(sysscan->heap_rel, fresh, &copy, &buffer, false);
	if (visible)
		ReleaseBuffer(buffer);
	UnregisterSnapshot(fresh);
	return visible;
}

void
systable_endscan(SysScanDesc sysscan)
{
	if (sysscan->irel != NULL)
	{
		index_endscan(sysscan->iscan);
		index_close(sysscan->irel, AccessShareLock);
	}
	else
		heap_endscan(sysscan->scan);
	if (sysscan->snapshot != NULL)
		UnregisterSnapshot(sysscan->snapshot);
	pfree(sysscan);
}

SysScanDesc
systable_beginscan_ordered(Relation heapRelation, Relation indexRelation, Snapshot snapshot, int nkeys, ScanKey key)
{
	SysScanDesc sysscan = palloc0_object(SysScanDescData);
	ScanKeyData keys[INDEX_MAX_KEYS];

	if (ReindexIsProcessingIndex(RelationGetRelid(indexRelation)))
		elog(ERROR, "cannot do ordered scan on index \"%s\", because it is being reindexed",
			 RelationGetRelationName(indexRelation));
	sysscan->heap_rel = heapRelation;
	sysscan->irel = indexRelation;
	snapshot = scan_snapshot(sysscan, heapRelation, snapshot);
	memcpy(keys, key, nkeys * sizeof(ScanKeyData));
	translate_keys(indexRelation, keys, nkeys);
	sysscan->iscan = index_beginscan(heapRelation, indexRelation, snapshot, nkeys, 0);
	index_rescan(sysscan->iscan, keys, nkeys, NULL, 0);
	return sysscan;
}

HeapTuple
systable_getnext_ordered(SysScanDesc sysscan, ScanDirection direction)
{
	return index_getnext(sysscan->iscan, direction);
}

void
systable_endscan_ordered(SysScanDesc sysscan)
{
	index_endscan(sysscan->iscan);
	if (sysscan->snapshot != NULL)
		UnregisterSnapshot(sysscan->snapshot);
	pfree(sysscan);
}
