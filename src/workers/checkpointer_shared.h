/*
 * workers/checkpointer_shared.h
 *    What backends and the checkpointer share: requests for checkpoints, and the queue of files to sync.
 *
 * started, done and failed count checkpoints. A requester sets its flags, remembers started and failed, wakes the checkpointer, waits until
 * started has moved, and then until done has reached that value; if failed has moved meanwhile, its checkpoint has failed.
 */
#ifndef WORKERS_CHECKPOINTER_SHARED_H
#define WORKERS_CHECKPOINTER_SHARED_H

#include "storage/condition_variable.h"
#include "storage/spin.h"
#include "storage/sync.h"
#include "workers/worker_stats.h"

typedef struct SyncQueueEntry
{
	SyncRequestType type;
	FileTag tag;
} SyncQueueEntry;

typedef struct CheckpointerShared
{
	int checkpointer_pid;
	slock_t lock; /* guards the next four */
	int started;
	int done;
	int failed;
	int flags; /* CHECKPOINT_* asked for and not yet begun */
	ConditionVariable start_cv;
	ConditionVariable done_cv;
	bool wal_writer_sleeps_long;

	/* Under CheckpointerCommLock. */
	int request_count;
	int request_max;
	SyncQueueEntry requests[];
} CheckpointerShared;
extern CheckpointerShared *checkpointer_shared;

#endif /* WORKERS_CHECKPOINTER_SHARED_H */
