/*
 * vacuum_stats.c
 *    What vacuum keeps in the catalogs, its settings, and its pauses.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_database.h"
#include "commands/vacuum.h"
#include "heap/vacuum_heap.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "utils/syscache.h"
#include "utils/wait_event.h"

int VacuumPageHit = 0;
int VacuumPageMiss = 0;
int VacuumPageDirty = 0;

/* ---- indexes of the table ------------------------------------------------------------------------------------------------ */
void
vac_open_indexes(Relation relation, LOCKMODE lockmode, int *nindexes, Relation **Irel)
{
	List *oids = RelationGetIndexList(relation);
	ListCell *lc;
	int n = 0;

	*Irel = palloc_array(Relation, list_length(oids) + 1);
	foreach (lc, oids)
	{
		Relation index = index_open(lfirst_oid(lc), lockmode);

		if (index->rd_index->indisready)
			(*Irel)[n++] = index;
		else
			index_close(index, lockmode);
	}
	*nindexes = n;
	list_free(oids);
}

void
vac_close_indexes(int nindexes, Relation *Irel, LOCKMODE lockmode)
{
	for (int i = 0; i < nindexes; i++)
		index_close(Irel[i], lockmode);
	pfree(Irel);
}

/* ---- pg_class --------------------------------------------------------------------------------------------------------------- */
/*
 * From a sample of pages to the table: the density of the pages seen counts for those, the old one for the rest.
 */
double
vac_estimate_reltuples(Relation relation, BlockNumber total_pages, BlockNumber scanned_pages, double scanned_tuples)
{
	BlockNumber old_pages = (BlockNumber) relation->rd_rel->relpages;
	double old_tuples = relation->rd_rel->reltuples;
	double old_density;

	if (scanned_pages >= total_pages)
		return scanned_tuples;
	/* A handful of pages that were looked at only for truncation says nothing. */
	if (old_pages == total_pages && scanned_pages < (double) total_pages * 0.02)
		return old_tuples;
	if (scanned_pages <= 1)
		return old_tuples;
	if (old_tuples < 0 || old_pages == 0)
		return floor((scanned_tuples / scanned_pages) * total_pages + 0.5);
	old_density = old_tuples / old_pages;
	return floor(old_density * (total_pages - scanned_pages) + scanned_tuples + 0.5);
}

static void
set_int(int32 *field, int32 value, bool *dirty)
{
	if (*field != value)
	{
		*field = value;
		*dirty = true;
	}
}

void
vac_update_relstats(Relation relation, BlockNumber num_pages, double num_tuples, BlockNumber num_all_visible_pages,
					bool hasindex, TransactionId frozenxid, MultiXactId minmulti, bool *frozenxid_updated,
					bool *minmulti_updated, bool in_outer_xact)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(RelationGetRelid(relation)));
	Form_pg_class form;
	bool dirty = false;
	TransactionId next = ReadNextTransactionId();

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "pg_class entry for relid %u vanished during vacuuming", RelationGetRelid(relation));
	form = (Form_pg_class) GETSTRUCT(tuple);
	set_int(&form->relpages, (int32) num_pages, &dirty);
	if (form->reltuples != (float4) num_tuples)
	{
		form->reltuples = (float4) num_tuples;
		dirty = true;
	}
	set_int(&form->relallvisible, (int32) num_all_visible_pages, &dirty);
	/* Flags that only schema changes may set are cleared here, when nobody else's transaction could be rolled back. */
	if (!in_outer_xact)
	{
		if (form->relhasindex && !hasindex && relation->rd_rel->relkind != RELKIND_INDEX)
		{
			form->relhasindex = false;
			dirty = true;
		}
	}
	if (frozenxid_updated)
		*frozenxid_updated = false;
	if (minmulti_updated)
		*minmulti_updated = false;
	if (TransactionIdIsNormal(frozenxid) && vac_full_xid(form->relfrozenxid, next) < frozenxid)
	{
		form->relfrozenxid = (uint32) frozenxid;
		dirty = true;
		if (frozenxid_updated)
			*frozenxid_updated = true;
	}
	if (minmulti != InvalidMultiXactId && form->relminmxid < (uint32) minmulti)
	{
		form->relminmxid = (uint32) minmulti;
		dirty = true;
		if (minmulti_updated)
			*minmulti_updated = true;
	}
	if (dirty)
		heap_inplace_update(pg_class, tuple);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
}

/* The database's oldest unfrozen id: the minimum over its tables. */
void
vac_update_datfrozenxid(void)
{
	TransactionId next = ReadNextTransactionId();
	TransactionId oldest = next;
	Relation pg_class, pg_database;
	TableScanDesc scan;
	HeapTuple tuple;
	bool dirty = false;

	LockDatabaseFrozenIds(ExclusiveLock);
	pg_class = table_open(RelationRelationId, AccessShareLock);
	scan = table_beginscan_catalog(pg_class, 0, NULL);
	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

		if (form->relkind == RELKIND_RELATION || form->relkind == RELKIND_MATVIEW || form->relkind == RELKIND_TOASTVALUE)
			oldest = Min(oldest, vac_full_xid(form->relfrozenxid, next));
	}
	heap_endscan(scan);
	table_close(pg_class, AccessShareLock);

	pg_database = table_open(DatabaseRelationId, RowExclusiveLock);
	tuple = SearchSysCacheCopy1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for database %u", MyDatabaseId);
	{
		Form_pg_database form = (Form_pg_database) GETSTRUCT(tuple);

		if (vac_full_xid(form->datfrozenxid, next) < oldest)
		{
			form->datfrozenxid = (uint32) oldest;
			dirty = true;
		}
	}
	if (dirty)
		heap_inplace_update(pg_database, tuple);
	heap_freetuple(tuple);
	table_close(pg_database, RowExclusiveLock);
}

/* ---- pauses ------------------------------------------------------------------------------------------------------------------- */
void
vacuum_delay_point(void)
{
	CHECK_FOR_INTERRUPTS();
	if (!VacuumCostActive || VacuumCostBalance < VacuumCostLimit)
		return;
	{
		double msec = Min(VacuumCostDelay * VacuumCostBalance / VacuumCostLimit, VacuumCostDelay * 4);

		WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, (long) Max(msec, 1),
				  WAIT_EVENT_VACUUM_DELAY);
		ResetLatch(MyLatch);
		VacuumCostBalance = 0;
		CHECK_FOR_INTERRUPTS();
	}
}
