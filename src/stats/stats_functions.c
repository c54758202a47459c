/*
 * stats_functions.c
 *    SQL functions that show the counters of tables and databases; the views pg_stat_* are made of them.
 *
 * One helper finds the entry; a relation or database without one has zeros.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "stats/pgstat_shared.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"

static PgStat_StatTabEntry
table_arg(FunctionCallInfo fcinfo)
{
	PgStat_StatTabEntry entry;

	if (!pgstat_get_table(PG_GETARG_OID(0), &entry))
		memset(&entry, 0, sizeof(entry));
	return entry;
}

static PgStat_StatDBEntry
database_arg(FunctionCallInfo fcinfo)
{
	PgStat_StatDBEntry entry;

	if (!pgstat_get_database(PG_GETARG_OID(0), &entry))
		memset(&entry, 0, sizeof(entry));
	return entry;
}

/* 0 means never. */
#define RETURN_TIME(t)                     \
	do                                     \
	{                                      \
		TimestampTz t_ = (t);              \
		if (t_ == 0)                       \
			PG_RETURN_NULL();              \
		PG_RETURN_INT64(t_);               \
	} while (0)

/* ---- tables ------------------------------------------------------------------------------------------------------------------------------ */

Datum
pg_stat_get_numscans(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.numscans);
}

Datum
pg_stat_get_tuples_returned(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.tuples_returned);
}

Datum
pg_stat_get_tuples_fetched(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.tuples_fetched);
}

Datum
pg_stat_get_tuples_inserted(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.tuples_inserted);
}

Datum
pg_stat_get_tuples_updated(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.tuples_updated);
}

Datum
pg_stat_get_tuples_deleted(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.tuples_deleted);
}

Datum
pg_stat_get_tuples_hot_updated(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.tuples_hot_updated);
}

Datum
pg_stat_get_blocks_fetched(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.blocks_fetched);
}

Datum
pg_stat_get_blocks_hit(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).counts.blocks_hit);
}

Datum
pg_stat_get_live_tuples(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).n_live_tuples);
}

Datum
pg_stat_get_dead_tuples(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).n_dead_tuples);
}

Datum
pg_stat_get_mod_since_analyze(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).changes_since_analyze);
}

Datum
pg_stat_get_ins_since_vacuum(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).inserts_since_vacuum);
}

Datum
pg_stat_get_vacuum_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).vacuum_count);
}

Datum
pg_stat_get_autovacuum_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).autovac_vacuum_count);
}

Datum
pg_stat_get_analyze_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).analyze_count);
}

Datum
pg_stat_get_autoanalyze_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(table_arg(fcinfo).autovac_analyze_count);
}

Datum
pg_stat_get_last_vacuum_time(PG_FUNCTION_ARGS)
{
	RETURN_TIME(table_arg(fcinfo).vacuum_timestamp);
}

Datum
pg_stat_get_last_autovacuum_time(PG_FUNCTION_ARGS)
{
	RETURN_TIME(table_arg(fcinfo).autovac_vacuum_timestamp);
}

Datum
pg_stat_get_last_analyze_time(PG_FUNCTION_ARGS)
{
	RETURN_TIME(table_arg(fcinfo).analyze_timestamp);
}

Datum
pg_stat_get_last_autoanalyze_time(PG_FUNCTION_ARGS)
{
	RETURN_TIME(table_arg(fcinfo).autovac_analyze_timestamp);
}

/* ---- databases --------------------------------------------------------------------------------------------------------------------------- */

Datum
pg_stat_get_db_xact_commit(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).n_xact_commit);
}

Datum
pg_stat_get_db_xact_rollback(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).n_xact_rollback);
}

Datum
pg_stat_get_db_deadlocks(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).n_deadlocks);
}

Datum
pg_stat_get_db_sessions(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).n_sessions);
}

Datum
pg_stat_get_db_temp_files(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).n_temp_files);
}

Datum
pg_stat_get_db_temp_bytes(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).n_temp_bytes);
}

Datum
pg_stat_get_db_blocks_fetched(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).tables.blocks_fetched);
}

Datum
pg_stat_get_db_blocks_hit(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).tables.blocks_hit);
}

Datum
pg_stat_get_db_tuples_returned(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).tables.tuples_returned);
}

Datum
pg_stat_get_db_tuples_fetched(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).tables.tuples_fetched);
}

Datum
pg_stat_get_db_tuples_inserted(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).tables.tuples_inserted);
}

Datum
pg_stat_get_db_tuples_updated(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).tables.tuples_updated);
}

Datum
pg_stat_get_db_tuples_deleted(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(database_arg(fcinfo).tables.tuples_deleted);
}

Datum
pg_stat_get_db_stat_reset_time(PG_FUNCTION_ARGS)
{
	RETURN_TIME(database_arg(fcinfo).stat_reset_timestamp);
}

Datum
pg_stat_get_db_numbackends(PG_FUNCTION_ARGS)
{
	Oid dbid = PG_GETARG_OID(0);
	int n = pgstat_fetch_stat_numbackends();
	int32 result = 0;

	for (int i = 1; i <= n; i++)
		result += pgstat_fetch_stat_beentry(i)->st_databaseid == dbid;
	PG_RETURN_INT32(result);
}

/* Conflicts with recovery happen on standbys only, and checksum failures are errors: always zero here. */

Datum
pg_stat_get_db_conflict_tablespace(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_conflict_lock(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_conflict_snapshot(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_conflict_bufferpin(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_conflict_startup_deadlock(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_conflict_all(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_checksum_failures(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_sessions_abandoned(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_sessions_fatal(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_sessions_killed(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(0);
}

Datum
pg_stat_get_db_checksum_last_failure(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

/* Times are not measured (track_io_timing = off). */

Datum
pg_stat_get_db_blk_read_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(0);
}

Datum
pg_stat_get_db_blk_write_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(0);
}

Datum
pg_stat_get_db_session_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(0);
}

Datum
pg_stat_get_db_active_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(0);
}

Datum
pg_stat_get_db_idle_in_transaction_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(0);
}

/* ---- resetting ---------------------------------------------------------------------------------------------------------------------------- */

Datum
pg_stat_clear_snapshot(PG_FUNCTION_ARGS)
{
	pgstat_clear_backend_activity_snapshot();
	PG_RETURN_VOID();
}

Datum
pg_stat_get_snapshot_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

Datum
pg_stat_reset(PG_FUNCTION_ARGS)
{
	pgstat_reset_counters();
	PG_RETURN_VOID();
}

Datum
pg_stat_reset_single_table_counters(PG_FUNCTION_ARGS)
{
	pgstat_remove_entry(MyDatabaseId, PG_GETARG_OID(0));
	PG_RETURN_VOID();
}

Datum
pg_stat_force_next_flush(PG_FUNCTION_ARGS)
{
	PG_RETURN_VOID();
}
