/*
 * pgstat.c
 *    Counting, and passing the counts on.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "stats/pgstat_shared.h"
#include "storage/ipc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define PGSTAT_FLUSH_INTERVAL_US 100000

bool pgstat_track_counts = true;

static struct
{
	HTAB *tables; /* PgStat_TableStatus by relation */
	PgStat_TableStatus *touched;
	PgStat_Counter xact_commit;
	PgStat_Counter xact_rollback;
	TimestampTz last_flush;
	bool exit_callback;
} pending;

/* ---- relations --------------------------------------------------------------------------------------------------------------------------- */

void
pgstat_init_relation(Relation rel)
{
	rel->pgstat_info = NULL;
	rel->pgstat_enabled = true;
}

void
pgstat_assoc_relation(Relation rel)
{
	Oid relid = RelationGetRelid(rel);
	PgStat_TableStatus *status;
	bool found;

	if (!pgstat_track_counts || MyDatabaseId == InvalidOid || !RELKIND_HAS_STORAGE(rel->rd_rel->relkind))
		return;
	if (pending.tables == NULL)
	{
		HASHCTL ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(PgStat_TableStatus)};

		pending.tables = hash_create("Table statistics", 64, &ctl, HASH_ELEM | HASH_BLOBS);
	}
	status = hash_search(pending.tables, &relid, HASH_ENTER, &found);
	if (!found)
	{
		memset(status, 0, sizeof(*status));
		status->t_id = relid;
		status->t_shared = rel->rd_rel->relisshared;
	}
	rel->pgstat_info = status;
}

void
pgstat_touch(PgStat_TableStatus *status)
{
	status->touched = true;
	status->next_touched = pending.touched;
	pending.touched = status;
}

void
pgstat_count_truncate(Relation rel)
{
	PgStat_TableStatus *status = pgstat_status_of(rel);

	if (status == NULL)
		return;
	if (!status->touched)
		pgstat_touch(status);
	status->truncated = true;
	status->xact_inserted = status->xact_updated = status->xact_deleted = 0;
}

void
pgstat_update_heap_dead_tuples(Relation rel, int delta)
{
	PGSTAT_COUNT(rel, counts.delta_dead_tuples, -delta);
}

/* ---- the end of a transaction ------------------------------------------------------------------------------------------------------------- */

/*
 * What was done is done, whatever became of the transaction; but how many rows live and how many are dead depends on it. Rows of a
 * subtransaction that was rolled back inside a committed transaction are counted as if it had not been: vacuum and
 * analyze correct the estimate.
 */
static void
settle(PgStat_TableStatus *status, bool isCommit)
{
	PgStat_TableCounts *counts = &status->counts;

	counts->tuples_inserted += status->xact_inserted;
	counts->tuples_updated += status->xact_updated;
	counts->tuples_deleted += status->xact_deleted;
	if (isCommit)
	{
		counts->delta_live_tuples += status->xact_inserted - status->xact_deleted;
		counts->delta_dead_tuples += status->xact_updated + status->xact_deleted;
		counts->changed_tuples += status->xact_inserted + status->xact_updated + status->xact_deleted;
	}
	else
		counts->delta_dead_tuples += status->xact_inserted + status->xact_updated;
	status->xact_inserted = status->xact_updated = status->xact_deleted = 0;
	if (!isCommit)
		status->truncated = false;
}

static void
add_counts(PgStat_TableCounts *to, const PgStat_TableCounts *from)
{
	to->numscans += from->numscans;
	to->tuples_returned += from->tuples_returned;
	to->tuples_fetched += from->tuples_fetched;
	to->tuples_inserted += from->tuples_inserted;
	to->tuples_updated += from->tuples_updated;
	to->tuples_deleted += from->tuples_deleted;
	to->tuples_hot_updated += from->tuples_hot_updated;
	to->delta_live_tuples += from->delta_live_tuples;
	to->delta_dead_tuples += from->delta_dead_tuples;
	to->changed_tuples += from->changed_tuples;
	to->blocks_fetched += from->blocks_fetched;
	to->blocks_hit += from->blocks_hit;
}

static void
flush_table(PgStat_TableStatus *status, PgStat_TableCounts *sum)
{
	const PgStat_TableCounts *counts = &status->counts;
	PgStatEntry *entry = pgstat_lock_entry(status->t_shared ? InvalidOid : MyDatabaseId, status->t_id, true);

	if (entry)
	{
		PgStat_StatTabEntry *table = &entry->u.table;

		if (status->truncated)
			table->n_live_tuples = table->n_dead_tuples = 0;
		add_counts(&table->counts, counts);
		table->n_live_tuples = Max(0, table->n_live_tuples + counts->delta_live_tuples);
		table->n_dead_tuples = Max(0, table->n_dead_tuples + counts->delta_dead_tuples);
		table->changes_since_analyze += counts->changed_tuples;
		table->inserts_since_vacuum += counts->tuples_inserted;
		pgstat_unlock_entry(&entry->key);
	}
	add_counts(sum, counts);
	memset(&status->counts, 0, sizeof(status->counts));
	status->truncated = false;
	status->touched = false;
}

static void
flush_all(void)
{
	PgStat_TableCounts sum = {0};
	PgStatEntry *entry;

	while (pending.touched)
	{
		PgStat_TableStatus *status = pending.touched;

		pending.touched = status->next_touched;
		flush_table(status, &sum);
	}
	entry = pgstat_lock_entry(MyDatabaseId, InvalidOid, true);
	if (entry == NULL)
		return;
	add_counts(&entry->u.database.tables, &sum);
	entry->u.database.n_xact_commit += pending.xact_commit;
	entry->u.database.n_xact_rollback += pending.xact_rollback;
	pgstat_unlock_entry(&entry->key);
	pending.xact_commit = pending.xact_rollback = 0;
}

static void
flush_at_exit(int code, Datum arg)
{
	if (OidIsValid(MyDatabaseId))
		flush_all();
}

void
AtEOXact_PgStat(bool isCommit, bool parallel)
{
	TimestampTz now;

	if (!pgstat_track_counts || !OidIsValid(MyDatabaseId))
		return;
	if (isCommit)
		pending.xact_commit++;
	else
		pending.xact_rollback++;
	for (PgStat_TableStatus *status = pending.touched; status; status = status->next_touched)
		settle(status, isCommit);
	/* The start of the statement is a good enough clock, and costs nothing. */
	now = GetCurrentStatementStartTimestamp();
	if (now - pending.last_flush < PGSTAT_FLUSH_INTERVAL_US)
		return;
	if (!pending.exit_callback)
	{
		before_shmem_exit(flush_at_exit, 0);
		pending.exit_callback = true;
	}
	pending.last_flush = now;
	flush_all();
}

long
pgstat_report_stat(bool force)
{
	if (!OidIsValid(MyDatabaseId) || (pending.touched == NULL && pending.xact_commit + pending.xact_rollback == 0))
		return 0;
	/* Numbers of a running transaction are not settled yet. */
	if (IsTransactionOrTransactionBlock())
		return 0;
	if (force || GetCurrentTimestamp() - pending.last_flush >= PGSTAT_FLUSH_INTERVAL_US)
		flush_all();
	return 0;
}

/* ---- maintenance ------------------------------------------------------------------------------------------------------------------------------ */

void
pgstat_report_vacuum(Oid tableoid, bool shared, PgStat_Counter livetuples, PgStat_Counter deadtuples)
{
	PgStatEntry *entry;

	if (!pgstat_track_counts)
		return;
	entry = pgstat_lock_entry(shared ? InvalidOid : MyDatabaseId, tableoid, true);
	if (entry == NULL)
		return;
	entry->u.table.n_live_tuples = livetuples;
	entry->u.table.n_dead_tuples = deadtuples;
	entry->u.table.inserts_since_vacuum = 0;
	if (IsAutoVacuumWorkerProcess())
	{
		entry->u.table.autovac_vacuum_timestamp = GetCurrentTimestamp();
		entry->u.table.autovac_vacuum_count++;
	}
	else
	{
		entry->u.table.vacuum_timestamp = GetCurrentTimestamp();
		entry->u.table.vacuum_count++;
	}
	pgstat_unlock_entry(&entry->key);
}

void
pgstat_report_analyze(Relation rel, PgStat_Counter livetuples, PgStat_Counter deadtuples, bool resetcounter)
{
	PgStatEntry *entry;

	if (!pgstat_track_counts)
		return;
	entry = pgstat_lock_entry(rel->rd_rel->relisshared ? InvalidOid : MyDatabaseId, RelationGetRelid(rel), true);
	if (entry == NULL)
		return;
	entry->u.table.n_live_tuples = livetuples;
	entry->u.table.n_dead_tuples = deadtuples;
	if (resetcounter)
		entry->u.table.changes_since_analyze = 0;
	if (IsAutoVacuumWorkerProcess())
	{
		entry->u.table.autovac_analyze_timestamp = GetCurrentTimestamp();
		entry->u.table.autovac_analyze_count++;
	}
	else
	{
		entry->u.table.analyze_timestamp = GetCurrentTimestamp();
		entry->u.table.analyze_count++;
	}
	pgstat_unlock_entry(&entry->key);
}

void
pgstat_report_deadlock(void)
{
	PgStatEntry *entry = pgstat_lock_entry(MyDatabaseId, InvalidOid, true);

	if (entry == NULL)
		return;
	entry->u.database.n_deadlocks++;
	pgstat_unlock_entry(&entry->key);
}

void
pgstat_report_connect(Oid dboid)
{
	PgStatEntry *entry = pgstat_lock_entry(dboid, InvalidOid, true);

	if (entry == NULL)
		return;
	entry->u.database.n_sessions++;
	pgstat_unlock_entry(&entry->key);
}

void
pgstat_drop_relation(Relation rel)
{
	pgstat_remove_entry(rel->rd_rel->relisshared ? InvalidOid : MyDatabaseId, RelationGetRelid(rel));
}

void
pgstat_drop_database(Oid databaseid)
{
	pgstat_remove_database(databaseid);
}

void
pgstat_reset_counters(void)
{
	PgStatEntry *entry;

	pgstat_remove_database(MyDatabaseId);
	entry = pgstat_lock_entry(MyDatabaseId, InvalidOid, true);
	if (entry == NULL)
		return;
	entry->u.database.stat_reset_timestamp = GetCurrentTimestamp();
	pgstat_unlock_entry(&entry->key);
}

/* ---- reading --------------------------------------------------------------------------------------------------------------------------------- */

bool
pgstat_get_table_ext(bool shared, Oid relid, PgStat_StatTabEntry *result)
{
	PgStatEntry *entry = pgstat_lock_entry(shared ? InvalidOid : MyDatabaseId, relid, false);

	if (entry == NULL)
		return false;
	*result = entry->u.table;
	pgstat_unlock_entry(&entry->key);
	return true;
}

bool
pgstat_get_table(Oid relid, PgStat_StatTabEntry *result)
{
	return pgstat_get_table_ext(false, relid, result) || pgstat_get_table_ext(true, relid, result);
}

bool
pgstat_get_database(Oid dbid, PgStat_StatDBEntry *result)
{
	PgStatEntry *entry = pgstat_lock_entry(dbid, InvalidOid, false);

	if (entry == NULL)
		return false;
	*result = entry->u.database;
	pgstat_unlock_entry(&entry->key);
	return true;
}
