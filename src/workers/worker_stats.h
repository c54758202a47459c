/*
 * workers/worker_stats.h
 *    The counters behind pg_stat_bgwriter: one struct in shared memory, added to by whoever does the work.
 */
#ifndef WORKERS_WORKER_STATS_H
#define WORKERS_WORKER_STATS_H

#include "port/atomics.h"
#include "postgres.h"

typedef struct WorkerStats
{
	pg_atomic_uint64 timed_checkpoints;
	pg_atomic_uint64 requested_checkpoints;
	pg_atomic_uint64 checkpoint_write_time_ms;
	pg_atomic_uint64 checkpoint_sync_time_ms;
	pg_atomic_uint64 buf_written_checkpoints;
	pg_atomic_uint64 buf_written_clean;
	pg_atomic_uint64 maxwritten_clean;
	pg_atomic_uint64 buf_written_backend;
	pg_atomic_uint64 buf_fsync_backend;
	pg_atomic_uint64 buf_alloc;
	pg_atomic_uint64 stat_reset_timestamp;
} WorkerStats;
extern WorkerStats *worker_stats; /* NULL before shared memory is there */

#define worker_stats_add(field, n) \
	((void) (worker_stats && pg_atomic_fetch_add_u64(&worker_stats->field, (n))))
#define worker_stats_count_checkpoint_buffer() worker_stats_add(buf_written_checkpoints, 1)
#define worker_stats_count_buf_alloc(n) worker_stats_add(buf_alloc, (n))
#define worker_stats_count_maxwritten_clean() worker_stats_add(maxwritten_clean, 1)
#define worker_stats_count_buf_written_clean(n) worker_stats_add(buf_written_clean, (n))

extern Size worker_stats_shmem_size(void);
extern void worker_stats_shmem_init(void *base, bool found);

#endif /* WORKERS_WORKER_STATS_H */
