/*
 * analyze.c
 *    ANALYZE: a random sample of rows, and what its columns' values look like (analyze_stats.c), stored in pg_statistic.
 *
 * The sample has 300 rows per unit of statistics target, taken from as many pages chosen at random; within them each row has the
 * same chance (reservoir sampling).
 */
#include "postgres.h"

#include <math.h>

#include "access/genam.h"
#include "access/multixact.h"
#include "access/transam.h"
#include "access/visibilitymap.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/analyze_stats.h"
#include "commands/dbcommands.h"
#include "commands/vacuum.h"
#include "heap/heap.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "pgstat.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/array.h"

/* ---- random numbers: a private, cheap generator ---------------------------------------------------------------------- */
typedef struct SampleRandom
{
	uint64 state;
} SampleRandom;

static uint64
sample_random(SampleRandom *r)
{
	uint64 z = (r->state += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static double
sample_fraction(SampleRandom *r)
{
	return (double) (sample_random(r) >> 11) / (double) (UINT64CONST(1) << 53);
}

/* ---- the sample ------------------------------------------------------------------------------------------------------------ */
typedef struct RowSample
{
	HeapTuple *rows;
	int nrows;
	int wanted;
	double seen; /* live rows met */
	double live;
	double dead;
	BlockNumber scanned_pages;
	BlockNumber total_pages;
} RowSample;

static void
offer_row(RowSample *sample, SampleRandom *random, HeapTuple tuple)
{
	if (sample->nrows < sample->wanted)
		sample->rows[sample->nrows++] = heap_copytuple(tuple);
	else
	{
		uint64 place = (uint64) (sample_fraction(random) * (sample->seen + 1));

		if (place < (uint64) sample->wanted)
		{
			heap_freetuple(sample->rows[place]);
			sample->rows[place] = heap_copytuple(tuple);
		}
	}
	sample->seen++;
}

static void
sample_page(Relation rel, BlockNumber block, TransactionId oldest_xmin, RowSample *sample, SampleRandom *random,
			BufferAccessStrategy strategy)
{
	Buffer buffer = ReadBufferExtended(rel, MAIN_FORKNUM, block, RBM_NORMAL, strategy);
	Page page = BufferGetPage(buffer);

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	for (OffsetNumber off = FirstOffsetNumber; !PageIsNew(page) && off <= PageGetMaxOffsetNumber(page); off++)
	{
		ItemId lp = PageGetItemId(page, off);
		HeapTupleData tuple;

		if (ItemIdIsDead(lp))
			sample->dead++;
		if (!ItemIdIsNormal(lp))
			continue;
		heap_tuple_set_from_page(&tuple, page, lp, block, off, RelationGetRelid(rel));
		switch (HeapTupleSatisfiesVacuum(&tuple, oldest_xmin, buffer))
		{
			case HEAPTUPLE_LIVE:
				sample->live++;
				offer_row(sample, random, &tuple);
				break;
			case HEAPTUPLE_DEAD:
			case HEAPTUPLE_RECENTLY_DEAD:
				sample->dead++;
				break;
			case HEAPTUPLE_INSERT_IN_PROGRESS:
				/* Our own uncommitted rows are what we will look at next. */
				if (TransactionIdIsCurrentTransactionId(HeapTupleGetXmin(&tuple)))
				{
					sample->live++;
					offer_row(sample, random, &tuple);
				}
				break;
			case HEAPTUPLE_DELETE_IN_PROGRESS:
				if (TransactionIdIsCurrentTransactionId(HeapTupleGetUpdateXid(&tuple)))
					sample->dead++;
				else
				{
					sample->live++;
					offer_row(sample, random, &tuple);
				}
				break;
		}
	}
	UnlockReleaseBuffer(buffer);
	sample->scanned_pages++;
}

static int
compare_rows_by_tid(const void *a, const void *b)
{
	HeapTuple x = *(HeapTuple const *) a;
	HeapTuple y = *(HeapTuple const *) b;

	return ItemPointerCompare(&x->t_self, &y->t_self);
}

static void
take_sample(Relation rel, int wanted, RowSample *sample, BufferAccessStrategy strategy)
{
	SampleRandom random = {(uint64) GetCurrentTimestamp() ^ ((uint64) MyProcPid << 32)};
	TransactionId oldest_xmin = GetOldestNonRemovableTransactionId(rel);
	BlockNumber remaining = RelationGetNumberOfBlocks(rel);
	BlockNumber want_blocks = (BlockNumber) wanted;

	memset(sample, 0, sizeof(*sample));
	sample->wanted = wanted;
	sample->rows = palloc_array(HeapTuple, wanted);
	sample->total_pages = remaining;
	/* Knuth's algorithm S: each block is taken with probability wanted / remaining. */
	for (BlockNumber block = 0; remaining > 0 && want_blocks > 0; block++, remaining--)
	{
		if (want_blocks < remaining && sample_fraction(&random) * remaining >= want_blocks)
			continue;
		vacuum_delay_point();
		sample_page(rel, block, oldest_xmin, sample, &random, strategy);
		want_blocks--;
	}
	/* In physical order, for the correlation. */
	if (sample->nrows > 1)
		qsort(sample->rows, sample->nrows, sizeof(HeapTuple), compare_rows_by_tid);
}

/* ---- storing ------------------------------------------------------------------------------------------------------------------ */
static void
store_column(Oid relid, bool inherited, const ColumnStats *stats)
{
	Relation rel = table_open(StatisticRelationId, RowExclusiveLock);
	Datum values[Natts_pg_statistic];
	bool nulls[Natts_pg_statistic];
	bool replaces[Natts_pg_statistic];
	HeapTuple old, tuple;

	memset(nulls, 0, sizeof(nulls));
	memset(replaces, 1, sizeof(replaces));
	values[Anum_pg_statistic_starelid - 1] = ObjectIdGetDatum(relid);
	values[Anum_pg_statistic_staattnum - 1] = Int16GetDatum(stats->attnum);
	values[Anum_pg_statistic_stainherit - 1] = BoolGetDatum(inherited);
	values[Anum_pg_statistic_stanullfrac - 1] = Float4GetDatum(stats->nullfrac);
	values[Anum_pg_statistic_stawidth - 1] = Int32GetDatum(stats->width);
	values[Anum_pg_statistic_stadistinct - 1] = Float4GetDatum(stats->distinct);
	for (int k = 0; k < STATISTIC_NUM_SLOTS; k++)
	{
		const StatsSlot *slot = &stats->slots[k];
		bool used = k < stats->nslots;

		values[Anum_pg_statistic_stakind1 - 1 + k] = Int16GetDatum(used ? slot->kind : 0);
		values[Anum_pg_statistic_staop1 - 1 + k] = ObjectIdGetDatum(used ? slot->op : InvalidOid);
		values[Anum_pg_statistic_stacoll1 - 1 + k] = ObjectIdGetDatum(used ? slot->coll : InvalidOid);
		if (used && slot->nnumbers > 0)
		{
			Datum *numbers = palloc_array(Datum, slot->nnumbers);

			for (int i = 0; i < slot->nnumbers; i++)
				numbers[i] = Float4GetDatum(slot->numbers[i]);
			values[Anum_pg_statistic_stanumbers1 - 1 + k] =
				PointerGetDatum(construct_array(numbers, slot->nnumbers, FLOAT4OID, sizeof(float4), true, 'i'));
		}
		else
			nulls[Anum_pg_statistic_stanumbers1 - 1 + k] = true;
		if (used && slot->nvalues > 0)
			values[Anum_pg_statistic_stavalues1 - 1 + k] = PointerGetDatum(
				construct_array(slot->values, slot->nvalues, stats->typid, stats->typlen, stats->typbyval, stats->typalign));
		else
			nulls[Anum_pg_statistic_stavalues1 - 1 + k] = true;
	}
	old = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid), Int16GetDatum(stats->attnum), BoolGetDatum(inherited));
	if (HeapTupleIsValid(old))
	{
		tuple = heap_modify_tuple(old, RelationGetDescr(rel), values, nulls, replaces);
		CatalogTupleUpdate(rel, &tuple->t_self, tuple);
		ReleaseSysCache(old);
	}
	else
	{
		tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
		CatalogTupleInsert(rel, tuple);
	}
	heap_freetuple(tuple);
	table_close(rel, RowExclusiveLock);
}

/* ---- one table -------------------------------------------------------------------------------------------------------------------- */
static List *
columns_to_analyze(Relation rel, List *va_cols)
{
	TupleDesc desc = RelationGetDescr(rel);
	List *result = NIL;
	ListCell *lc;

	if (va_cols == NIL)
	{
		for (int i = 1; i <= desc->natts; i++)
			if (!TupleDescAttr(desc, i - 1)->attisdropped)
				result = lappend_int(result, i);
		return result;
	}
	foreach (lc, va_cols)
	{
		const char *name = strVal(lfirst(lc));
		AttrNumber attnum = get_attnum(RelationGetRelid(rel), name);

		if (attnum == InvalidAttrNumber)
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
							errmsg("column \"%s\" of relation \"%s\" does not exist", name, RelationGetRelationName(rel))));
		if (list_member_int(result, attnum))
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("column \"%s\" of relation \"%s\" appears more than once", name,
								   RelationGetRelationName(rel))));
		result = lappend_int(result, attnum);
	}
	return result;
}

static int
statistics_target(const FormData_pg_attribute *att)
{
	return att->attstattarget < 0 ? default_statistics_target : att->attstattarget;
}

static void
analyze_column(Relation rel, AttrNumber attnum, RowSample *sample, double total_rows)
{
	TupleDesc desc = RelationGetDescr(rel);
	const FormData_pg_attribute *att = TupleDescAttr(desc, attnum - 1);
	ColumnSample column = {.n = sample->nrows, .total_rows = total_rows, .target = statistics_target(att)};
	ColumnStats stats;

	column.values = palloc_array(Datum, sample->nrows);
	column.nulls = palloc_array(bool, sample->nrows);
	for (int i = 0; i < sample->nrows; i++)
		column.values[i] = heap_getattr(sample->rows[i], attnum, desc, &column.nulls[i]);
	memset(&stats, 0, sizeof(stats));
	stats.attnum = attnum;
	stats.typid = att->atttypid;
	stats.typlen = att->attlen;
	stats.typbyval = att->attbyval;
	stats.typalign = att->attalign;
	stats.collation = att->attcollation;
	if (analyze_stats_compute(&column, &stats))
		store_column(RelationGetRelid(rel), false, &stats);
}

/* Columns of expression indexes have statistics of their own, under the index's OID. */
static void
analyze_index_expressions(Relation index, Relation rel, RowSample *sample, double total_rows)
{
	IndexInfo *info = BuildIndexInfo(index);
	TupleDesc desc = RelationGetDescr(rel);
	Datum *values;
	bool *nulls;
	int *counts;

	if (info->ii_Expressions == NIL)
		return;
	values = palloc_array(Datum, (Size) sample->nrows * INDEX_MAX_KEYS + 1);
	nulls = palloc_array(bool, (Size) sample->nrows * INDEX_MAX_KEYS + 1);
	counts = palloc0_array(int, INDEX_MAX_KEYS);
	for (int i = 0; i < sample->nrows; i++)
	{
		Datum row[INDEX_MAX_KEYS];
		bool rownulls[INDEX_MAX_KEYS];

		if (!index_predicate_holds(info, sample->rows[i], desc))
			continue;
		index_form_datum(info, sample->rows[i], desc, row, rownulls);
		for (int k = 0; k < info->ii_NumIndexAttrs; k++)
		{
			const FormData_pg_attribute *att = TupleDescAttr(RelationGetDescr(index), k);

			if (info->ii_IndexAttrNumbers[k] != 0)
				continue;
			nulls[k * sample->nrows + counts[k]] = rownulls[k];
			values[k * sample->nrows + counts[k]] = rownulls[k] ? (Datum) 0 : datumCopy(row[k], att->attbyval, att->attlen);
			counts[k]++;
		}
	}
	for (int k = 0; k < info->ii_NumIndexAttrs; k++)
	{
		const FormData_pg_attribute *att = TupleDescAttr(RelationGetDescr(index), k);
		ColumnSample column = {.n = counts[k], .total_rows = total_rows, .target = statistics_target(att)};
		ColumnStats stats;

		if (info->ii_IndexAttrNumbers[k] != 0)
			continue;
		column.values = values + k * sample->nrows;
		column.nulls = nulls + k * sample->nrows;
		memset(&stats, 0, sizeof(stats));
		stats.attnum = k + 1;
		stats.typid = att->atttypid;
		stats.typlen = att->attlen;
		stats.typbyval = att->attbyval;
		stats.typalign = att->attalign;
		stats.collation = att->attcollation;
		if (analyze_stats_compute(&column, &stats))
			store_column(RelationGetRelid(index), false, &stats);
	}
}

static void
analyze_opened(Relation rel, VacuumParams *params, List *va_cols, bool in_outer_xact, BufferAccessStrategy strategy)
{
	List *columns = columns_to_analyze(rel, va_cols);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "Analyze", ALLOCSET_DEFAULT_SIZES);
	MemoryContext column_context = AllocSetContextCreate(context, "Analyze Column", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	int level = params->options & VACOPT_VERBOSE ? INFO : DEBUG2;
	int target = 1;
	RowSample sample;
	double total_rows, total_dead;
	BlockNumber visible;
	int nindexes;
	Relation *indexes;
	ListCell *lc;

	ereport(level, (errmsg("analyzing \"%s.%s\"", get_namespace_name(RelationGetNamespace(rel)),
						   RelationGetRelationName(rel))));
	vac_open_indexes(rel, AccessShareLock, &nindexes, &indexes);
	foreach (lc, columns)
		target = Max(target, statistics_target(TupleDescAttr(RelationGetDescr(rel), lfirst_int(lc) - 1)));
	take_sample(rel, 300 * target, &sample, strategy);
	total_rows = sample.scanned_pages > 0
		? floor(sample.live / sample.scanned_pages * sample.total_pages + 0.5)
		: 0;
	total_dead = sample.scanned_pages > 0
		? floor(sample.dead / sample.scanned_pages * sample.total_pages + 0.5)
		: 0;
	ereport(level,
			(errmsg("\"%s\": scanned %u of %u pages, containing %.0f live rows and %.0f dead rows; %d rows in sample, %.0f estimated total rows",
					RelationGetRelationName(rel), sample.scanned_pages, sample.total_pages, sample.live, sample.dead,
					sample.nrows, total_rows)));
	if (sample.nrows > 0)
	{
		foreach (lc, columns)
		{
			MemoryContextSwitchTo(column_context);
			analyze_column(rel, lfirst_int(lc), &sample, total_rows);
			MemoryContextSwitchTo(context);
			MemoryContextReset(column_context);
		}
		for (int i = 0; i < nindexes && va_cols == NIL; i++)
		{
			MemoryContextSwitchTo(column_context);
			analyze_index_expressions(indexes[i], rel, &sample, total_rows);
			MemoryContextSwitchTo(context);
			MemoryContextReset(column_context);
		}
	}
	visibilitymap_count(rel, &visible, NULL);
	vac_update_relstats(rel, sample.total_pages, total_rows, visible, nindexes > 0, InvalidTransactionId,
						InvalidMultiXactId, NULL, NULL, in_outer_xact);
	for (int i = 0; i < nindexes; i++)
		vac_update_relstats(indexes[i], RelationGetNumberOfBlocks(indexes[i]), total_rows, 0, false,
							InvalidTransactionId, InvalidMultiXactId, NULL, NULL, in_outer_xact);
	pgstat_report_analyze(rel, (PgStat_Counter) total_rows, (PgStat_Counter) total_dead, va_cols == NIL);
	vac_close_indexes(nindexes, indexes, NoLock);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

static bool
may_analyze(Relation rel)
{
	if (pg_class_ownercheck(RelationGetRelid(rel), GetUserId()) ||
		(pg_database_ownercheck(MyDatabaseId, GetUserId()) && !rel->rd_rel->relisshared))
		return true;
	if (rel->rd_rel->relisshared)
		ereport(WARNING, (errmsg("skipping \"%s\" --- only superuser can analyze it", RelationGetRelationName(rel))));
	else if (rel->rd_rel->relnamespace == PG_CATALOG_NAMESPACE)
		ereport(WARNING, (errmsg("skipping \"%s\" --- only superuser or database owner can analyze it",
								 RelationGetRelationName(rel))));
	else
		ereport(WARNING, (errmsg("skipping \"%s\" --- only table or database owner can analyze it",
								 RelationGetRelationName(rel))));
	return false;
}

void
analyze_rel(Oid relid, RangeVar *relation, VacuumParams *params, List *va_cols, bool in_outer_xact,
			BufferAccessStrategy bstrategy)
{
	Relation rel;
	Oid save_userid;
	int save_sec_context;

	CHECK_FOR_INTERRUPTS();
	if ((params->options & VACOPT_SKIP_LOCKED) && !ConditionalLockRelationOid(relid, ShareUpdateExclusiveLock))
	{
		if (relation != NULL)
			ereport(WARNING, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
							  errmsg("skipping analyze of \"%s\" --- lock not available", relation->relname)));
		return;
	}
	rel = try_relation_open(relid, params->options & VACOPT_SKIP_LOCKED ? NoLock : ShareUpdateExclusiveLock);
	if (rel == NULL)
		return;
	if (!may_analyze(rel) || RELATION_IS_OTHER_TEMP(rel) || RelationGetRelid(rel) == StatisticRelationId)
	{
		relation_close(rel, ShareUpdateExclusiveLock);
		return;
	}
	if (rel->rd_rel->relkind != RELKIND_RELATION && rel->rd_rel->relkind != RELKIND_MATVIEW)
	{
		if (!(params->options & VACOPT_VACUUM))
			ereport(WARNING, (errmsg("skipping \"%s\" --- cannot analyze non-tables or special system tables",
									 RelationGetRelationName(rel))));
		relation_close(rel, ShareUpdateExclusiveLock);
		return;
	}
	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	SetUserIdAndSecContext(rel->rd_rel->relowner, save_sec_context | SECURITY_RESTRICTED_OPERATION);
	analyze_opened(rel, params, va_cols, in_outer_xact, bstrategy);
	SetUserIdAndSecContext(save_userid, save_sec_context);
	relation_close(rel, NoLock);
}
