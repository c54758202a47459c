/*
 * worker_stats.c
 *    pg_stat_bgwriter's counters as SQL functions.
 */
#include "postgres.h"
#include "fmgr.h"
#include "utils/timestamp.h"
#include "workers/worker_stats.h"

WorkerStats *worker_stats;

/* The part "Cumulative Statistics" of shared memory: so far these counters are all there is in it. */
Size
worker_stats_shmem_size(void)
{
	return sizeof(WorkerStats);
}

void
worker_stats_shmem_init(void *base, bool found)
{
	worker_stats = base;
	if (found)
		return;
	memset(worker_stats, 0, sizeof(*worker_stats));
	pg_atomic_init_u64(&worker_stats->stat_reset_timestamp, (uint64) GetCurrentTimestamp());
}

#define COUNT(field) PG_RETURN_INT64((int64) pg_atomic_read_u64(&worker_stats->field))

Datum
pg_stat_get_bgwriter_timed_checkpoints(PG_FUNCTION_ARGS)
{
	COUNT(timed_checkpoints);
}

Datum
pg_stat_get_bgwriter_requested_checkpoints(PG_FUNCTION_ARGS)
{
	COUNT(requested_checkpoints);
}

Datum
pg_stat_get_checkpoint_write_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8((double) pg_atomic_read_u64(&worker_stats->checkpoint_write_time_ms));
}

Datum
pg_stat_get_checkpoint_sync_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8((double) pg_atomic_read_u64(&worker_stats->checkpoint_sync_time_ms));
}

Datum
pg_stat_get_bgwriter_buf_written_checkpoints(PG_FUNCTION_ARGS)
{
	COUNT(buf_written_checkpoints);
}

Datum
pg_stat_get_bgwriter_buf_written_clean(PG_FUNCTION_ARGS)
{
	COUNT(buf_written_clean);
}

Datum
pg_stat_get_bgwriter_maxwritten_clean(PG_FUNCTION_ARGS)
{
	COUNT(maxwritten_clean);
}

Datum
pg_stat_get_buf_written_backend(PG_FUNCTION_ARGS)
{
	COUNT(buf_written_backend);
}

Datum
pg_stat_get_buf_fsync_backend(PG_FUNCTION_ARGS)
{
	COUNT(buf_fsync_backend);
}

Datum
pg_stat_get_buf_alloc(PG_FUNCTION_ARGS)
{
	COUNT(buf_alloc);
}

Datum
pg_stat_get_bgwriter_stat_reset_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ((TimestampTz) pg_atomic_read_u64(&worker_stats->stat_reset_timestamp));
}
