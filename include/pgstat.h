/*
 * pgstat.h
 *    Counters of what happens to tables and databases.
 *
 * Counting is local: a few additions in a struct that the relation points to. At the end of a transaction the numbers are added to entries in
 * shared memory, at most every PGSTAT_FLUSH_INTERVAL. Counters are estimates: they are lost in a crash, and not taken when the
 * table of entries is full.
 */
#ifndef PGSTAT_H
#define PGSTAT_H

#include "datatype/timestamp.h"
#include "postgres.h"
#include "utils/rel.h"
#include "utils/wait_event.h"

typedef int64 PgStat_Counter;

extern bool pgstat_track_counts;

typedef struct PgStat_TableCounts
{
	PgStat_Counter numscans;
	PgStat_Counter tuples_returned;
	PgStat_Counter tuples_fetched;
	PgStat_Counter tuples_inserted;
	PgStat_Counter tuples_updated;
	PgStat_Counter tuples_deleted;
	PgStat_Counter tuples_hot_updated;
	PgStat_Counter delta_live_tuples;
	PgStat_Counter delta_dead_tuples;
	PgStat_Counter changed_tuples;
	PgStat_Counter blocks_fetched;
	PgStat_Counter blocks_hit;
} PgStat_TableCounts;

/* Local, one per relation this process has counted for; never freed, so that relcache entries may point to it. */
typedef struct PgStat_TableStatus
{
	Oid t_id; /* the key of the local table */
	bool t_shared;
	bool touched;			   /* on the list of those to flush */
	PgStat_TableCounts counts; /* not flushed yet */
	/* Of the running transaction: what becomes of them is known at its end. */
	PgStat_Counter xact_inserted;
	PgStat_Counter xact_updated;
	PgStat_Counter xact_deleted;
	bool truncated;
	struct PgStat_TableStatus *next_touched;
} PgStat_TableStatus;

extern void pgstat_assoc_relation(Relation rel);
extern void pgstat_init_relation(Relation rel);

static inline PgStat_TableStatus *
pgstat_status_of(Relation rel)
{
	if (unlikely(rel->pgstat_info == NULL))
		pgstat_assoc_relation(rel);
	return rel->pgstat_info; /* NULL: not counted */
}

extern void pgstat_touch(PgStat_TableStatus *status);

#define PGSTAT_COUNT(rel, field, n)                                   \
	do                                                                \
	{                                                                 \
		PgStat_TableStatus *status_ = pgstat_status_of(rel);          \
		if (status_)                                                  \
		{                                                             \
			if (unlikely(!status_->touched))                          \
				pgstat_touch(status_);                                \
			status_->field += (n);                                    \
		}                                                             \
	} while (0)

#define pgstat_count_heap_scan(rel) PGSTAT_COUNT(rel, counts.numscans, 1)
#define pgstat_count_heap_getnext(rel) PGSTAT_COUNT(rel, counts.tuples_returned, 1)
#define pgstat_count_heap_rows(rel, n) PGSTAT_COUNT(rel, counts.tuples_returned, n)
#define pgstat_count_heap_fetch(rel) PGSTAT_COUNT(rel, counts.tuples_fetched, 1)
#define pgstat_count_index_scan(rel) PGSTAT_COUNT(rel, counts.numscans, 1)
#define pgstat_count_index_tuples(rel, n) PGSTAT_COUNT(rel, counts.tuples_returned, n)
#define pgstat_count_buffer_read(rel) PGSTAT_COUNT(rel, counts.blocks_fetched, 1)
#define pgstat_count_buffer_hit(rel) PGSTAT_COUNT(rel, counts.blocks_hit, 1)
#define pgstat_count_heap_insert(rel, n) PGSTAT_COUNT(rel, xact_inserted, n)
#define pgstat_count_heap_update(rel, hot)                        \
	do                                                            \
	{                                                             \
		PGSTAT_COUNT(rel, xact_updated, 1);                       \
		if (hot)                                                  \
			PGSTAT_COUNT(rel, counts.tuples_hot_updated, 1);      \
	} while (0)
#define pgstat_count_heap_delete(rel) PGSTAT_COUNT(rel, xact_deleted, 1)
extern void pgstat_count_truncate(Relation rel);
extern void pgstat_update_heap_dead_tuples(Relation rel, int delta);

extern void pgstat_report_vacuum(Oid tableoid, bool shared, PgStat_Counter livetuples, PgStat_Counter deadtuples);
extern void pgstat_report_analyze(Relation rel, PgStat_Counter livetuples, PgStat_Counter deadtuples, bool resetcounter);
extern void pgstat_report_deadlock(void);
extern void pgstat_report_connect(Oid dboid);
extern void pgstat_drop_relation(Relation rel);
extern void pgstat_drop_database(Oid databaseid);

extern void AtEOXact_PgStat(bool isCommit, bool parallel);
/* Adds what is pending to shared memory; force: whatever the interval. Returns 0. */
extern long pgstat_report_stat(bool force);
extern void pgstat_reset_counters(void);

/* Shared entries, copied. */
typedef struct PgStat_StatTabEntry
{
	PgStat_TableCounts counts;
	PgStat_Counter n_live_tuples;
	PgStat_Counter n_dead_tuples;
	PgStat_Counter changes_since_analyze;
	PgStat_Counter inserts_since_vacuum;
	TimestampTz vacuum_timestamp;
	PgStat_Counter vacuum_count;
	TimestampTz autovac_vacuum_timestamp;
	PgStat_Counter autovac_vacuum_count;
	TimestampTz analyze_timestamp;
	PgStat_Counter analyze_count;
	TimestampTz autovac_analyze_timestamp;
	PgStat_Counter autovac_analyze_count;
} PgStat_StatTabEntry;

typedef struct PgStat_StatDBEntry
{
	PgStat_Counter n_xact_commit;
	PgStat_Counter n_xact_rollback;
	PgStat_Counter n_deadlocks;
	PgStat_Counter n_sessions;
	PgStat_Counter n_temp_files;
	PgStat_Counter n_temp_bytes;
	PgStat_TableCounts tables; /* sums */
	TimestampTz stat_reset_timestamp;
} PgStat_StatDBEntry;

/* False: nothing is known. */
extern bool pgstat_get_table(Oid relid, PgStat_StatTabEntry *entry);
extern bool pgstat_get_table_ext(bool shared, Oid relid, PgStat_StatTabEntry *entry);
extern bool pgstat_get_database(Oid dbid, PgStat_StatDBEntry *entry);

#endif /* PGSTAT_H */
