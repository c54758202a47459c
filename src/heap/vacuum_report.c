/*
 * vacuum_report.c
 *    What VACUUM (VERBOSE) says about one table.
 */
#include "postgres.h"

#include <sys/resource.h>
#include <time.h>

#include "access/transam.h"
#include "commands/dbcommands.h"
#include "heap/vacuum_heap.h"
#include "lib/stringinfo.h"
#include "utils/lsyscache.h"

static int64
timeval_us(struct timeval tv)
{
	return (int64) tv.tv_sec * 1000000 + tv.tv_usec;
}

HeapVacuumUsage
heap_vacuum_usage_begin(void)
{
	HeapVacuumUsage usage;
	struct rusage ru;
	struct timespec now;

	getrusage(RUSAGE_SELF, &ru);
	clock_gettime(CLOCK_MONOTONIC, &now);
	usage.user_us = timeval_us(ru.ru_utime);
	usage.system_us = timeval_us(ru.ru_stime);
	usage.wall_us = (int64) now.tv_sec * 1000000 + now.tv_nsec / 1000;
	return usage;
}

TransactionId
vac_full_xid(uint32 low, TransactionId next)
{
	TransactionId full = (next & ~(TransactionId) UINT32_MAX) | low;

	if (full > next && full > UINT32_MAX)
		full -= (TransactionId) UINT32_MAX + 1;
	return Max(full, FirstNormalTransactionId);
}

static double
percent(double part, double whole)
{
	return whole > 0 ? 100.0 * part / whole : 100.0;
}

static void
report_indexes(HeapVacuum *vac, StringInfo buf)
{
	if (vac->index_scans == 0)
		appendStringInfoString(buf, vac->pages_with_dead == 0 || vac->nindexes == 0 ? "index scan not needed: "
																					 : "index scan bypassed: ");
	else
		appendStringInfoString(buf, "index scan needed: ");
	appendStringInfo(buf, "%u pages from table (%.2f%% of total) had %lld dead item identifiers removed\n",
					 vac->pages_with_dead, percent(vac->pages_with_dead, vac->initial_nblocks),
					 (long long) vac->dead_items_total);
	for (int i = 0; i < vac->nindexes; i++)
	{
		IndexBulkDeleteResult *stats = vac->index_stats[i];

		if (stats == NULL)
			continue;
		appendStringInfo(buf,
						 "index \"%s\": pages: %u in total, %u newly deleted, %u currently deleted, %u reusable\n",
						 RelationGetRelationName(vac->indexes[i]), stats->num_pages, stats->pages_newly_deleted,
						 stats->pages_deleted, stats->pages_free);
	}
}

void
heap_vacuum_report(HeapVacuum *vac)
{
	StringInfoData buf;
	HeapVacuumUsage now = heap_vacuum_usage_begin();

	initStringInfo(&buf);
	appendStringInfo(&buf, "finished vacuuming \"%s.%s.%s\": index scans: %d\n", get_database_name(MyDatabaseId),
					 get_namespace_name(RelationGetNamespace(vac->rel)), RelationGetRelationName(vac->rel),
					 vac->index_scans);
	appendStringInfo(&buf, "pages: %u removed, %u remain, %u scanned (%.2f%% of total)\n", vac->removed_pages,
					 vac->nblocks, vac->scanned_pages, percent(vac->scanned_pages, vac->initial_nblocks));
	appendStringInfo(&buf, "tuples: %lld removed, %lld remain, %lld are dead but not yet removable\n",
					 (long long) vac->tuples_deleted, (long long) vac->new_live_tuples, (long long) vac->recently_dead);
	appendStringInfo(&buf, "removable cutoff: %llu, which was %lld XIDs old when operation ended\n",
					 (unsigned long long) vac->oldest_xmin,
					 (long long) (ReadNextTransactionId() - vac->oldest_xmin));
	report_indexes(vac, &buf);
	appendStringInfo(&buf, "system usage: CPU: user: %.2f s, system: %.2f s, elapsed: %.2f s",
					 (now.user_us - vac->start.user_us) / 1e6, (now.system_us - vac->start.system_us) / 1e6,
					 (now.wall_us - vac->start.wall_us) / 1e6);
	ereport(INFO, (errmsg_internal("%s", buf.data)));
	pfree(buf.data);
}
