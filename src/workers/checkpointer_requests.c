/*
 * checkpointer_requests.c
 *    Asking for checkpoints, and the queue of files to sync (checkpointer_shared.h).
 */
#include <signal.h>
#include <unistd.h>

#include "postgres.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/bgwriter.h"
#include "storage/bufmgr.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "storage/smgr.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"
#include "workers/checkpointer_shared.h"

CheckpointerShared *checkpointer_shared;

/* One entry per buffer is more than files can be dirty at once; large pools need no larger queue. */
#define MAX_SYNC_REQUESTS 262144

static int
queue_size(void)
{
	return Min(NBuffers, MAX_SYNC_REQUESTS);
}

Size
checkpointer_shmem_size(void)
{
	return add_size(offsetof(CheckpointerShared, requests), mul_size(queue_size(), sizeof(SyncQueueEntry)));
}

void
checkpointer_shmem_init(void *base, bool found)
{
	checkpointer_shared = base;
	if (found)
		return;
	memset(checkpointer_shared, 0, offsetof(CheckpointerShared, requests));
	checkpointer_shared->request_max = queue_size();
	SpinLockInit(&checkpointer_shared->lock);
	ConditionVariableInit(&checkpointer_shared->start_cv);
	ConditionVariableInit(&checkpointer_shared->done_cv);
}

/* ---- checkpoints -------------------------------------------------------------------------------------------------------- */
/* The checkpointer may be about to start, at the server's start. */
static void
wake_checkpointer(int flags)
{
	for (int tries = 0;; tries++)
	{
		Latch *latch = ProcGlobal->checkpointerLatch;

		if (latch != NULL)
		{
			SetLatch(latch);
			return;
		}
		if (tries >= 600 || !(flags & CHECKPOINT_WAIT))
		{
			elog((flags & CHECKPOINT_WAIT) ? ERROR : LOG,
				 "could not signal for checkpoint: checkpointer is not running");
			return;
		}
		CHECK_FOR_INTERRUPTS();
		usleep(100000L);
	}
}

static void
read_counts(int *started, int *done, int *failed)
{
	SpinLockAcquire(&checkpointer_shared->lock);
	*started = checkpointer_shared->started;
	*done = checkpointer_shared->done;
	*failed = checkpointer_shared->failed;
	SpinLockRelease(&checkpointer_shared->lock);
}

void
RequestCheckpoint(int flags)
{
	int old_started;
	int new_started;
	int old_failed;
	int failed;
	int done;

	if (!IsPostmasterEnvironment)
	{
		CreateCheckPoint(flags | CHECKPOINT_IMMEDIATE);
		smgrcloseall();
		return;
	}
	SpinLockAcquire(&checkpointer_shared->lock);
	old_failed = checkpointer_shared->failed;
	old_started = checkpointer_shared->started;
	__atomic_fetch_or(&checkpointer_shared->flags, flags | CHECKPOINT_REQUESTED, __ATOMIC_ACQ_REL);
	SpinLockRelease(&checkpointer_shared->lock);
	wake_checkpointer(flags);
	if (!(flags & CHECKPOINT_WAIT))
		return;

	ConditionVariablePrepareToSleep(&checkpointer_shared->start_cv);
	for (;;)
	{
		read_counts(&new_started, &done, &failed);
		if (new_started != old_started)
			break;
		ConditionVariableSleep(&checkpointer_shared->start_cv, WAIT_EVENT_CHECKPOINT_START);
	}
	ConditionVariableCancelSleep();
	ConditionVariablePrepareToSleep(&checkpointer_shared->done_cv);
	for (;;)
	{
		int started;

		read_counts(&started, &done, &failed);
		if (done - new_started >= 0)
			break;
		ConditionVariableSleep(&checkpointer_shared->done_cv, WAIT_EVENT_CHECKPOINT_DONE);
	}
	ConditionVariableCancelSleep();
	if (failed != old_failed)
		ereport(ERROR, errmsg("checkpoint request failed"),
				errhint("Consult recent messages in the server log for details."));
}

bool
FirstCallSinceLastCheckpoint(void)
{
	static int last_done = 0;
	int started;
	int done;
	int failed;
	bool result;

	read_counts(&started, &done, &failed);
	result = done != last_done;
	last_done = done;
	return result;
}

/* ---- files to sync ---------------------------------------------------------------------------------------------------------- */
/* The queue is full: forget all but the last of equal requests, as long as no forget request stands between. */
static bool
compact_queue(void)
{
	HASHCTL ctl = {.keysize = sizeof(SyncQueueEntry), .entrysize = sizeof(SyncQueueEntry) + sizeof(int)};
	HTAB *seen;
	bool *skip;
	int kept = 0;
	int count = checkpointer_shared->request_count;

	/* Memory may not be asked for in a critical section. */
	if (CritSectionCount > 0)
		return false;
	skip = palloc0(sizeof(bool) * count);
	ctl.hcxt = CurrentMemoryContext;
	seen = hash_create("CompactCheckpointerRequestQueue", count, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = count - 1; i >= 0; i--)
	{
		bool found;

		/* From the end: an earlier request that says the same is redundant. A forget in between wipes the slate. */
		if (checkpointer_shared->requests[i].type != SYNC_REQUEST)
		{
			hash_destroy(seen);
			seen = hash_create("CompactCheckpointerRequestQueue", count, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
			continue;
		}
		hash_search(seen, &checkpointer_shared->requests[i], HASH_ENTER, &found);
		skip[i] = found;
	}
	hash_destroy(seen);
	for (int i = 0; i < count; i++)
		if (!skip[i])
			checkpointer_shared->requests[kept++] = checkpointer_shared->requests[i];
	pfree(skip);
	checkpointer_shared->request_count = kept;
	if (kept == count)
		return false;
	elog(DEBUG1, "compacted fsync request queue from %d entries to %d entries", count, kept);
	return true;
}

bool
ForwardSyncRequest(const FileTag *ftag, SyncRequestType type)
{
	bool half_full;

	if (!IsUnderPostmaster)
		return false;
	if (AmCheckpointerProcess())
		elog(ERROR, "ForwardSyncRequest must not be called in checkpointer");
	LWLockAcquire(CheckpointerCommLock, LW_EXCLUSIVE);
	if (checkpointer_shared->checkpointer_pid == 0 ||
		(checkpointer_shared->request_count >= checkpointer_shared->request_max && !compact_queue()))
	{
		LWLockRelease(CheckpointerCommLock);
		worker_stats_add(buf_fsync_backend, 1);
		return false;
	}
	memset(&checkpointer_shared->requests[checkpointer_shared->request_count], 0, sizeof(SyncQueueEntry));
	checkpointer_shared->requests[checkpointer_shared->request_count].type = type;
	checkpointer_shared->requests[checkpointer_shared->request_count++].tag = *ftag;
	half_full = checkpointer_shared->request_count >= checkpointer_shared->request_max / 2;
	LWLockRelease(CheckpointerCommLock);
	if (type == SYNC_REQUEST)
		worker_stats_add(buf_written_backend, 1);
	if (half_full && ProcGlobal->checkpointerLatch)
		SetLatch(ProcGlobal->checkpointerLatch);
	return true;
}

void
AbsorbSyncRequests(void)
{
	SyncQueueEntry *requests = NULL;
	int count;

	if (!AmCheckpointerProcess())
		return;
	LWLockAcquire(CheckpointerCommLock, LW_EXCLUSIVE);
	count = checkpointer_shared->request_count;
	if (count > 0)
	{
		requests = palloc(count * sizeof(SyncQueueEntry));
		memcpy(requests, checkpointer_shared->requests, count * sizeof(SyncQueueEntry));
	}
	/* Once taken off the queue they must not be lost: a failure from here on is PANIC. */
	START_CRIT_SECTION();
	checkpointer_shared->request_count = 0;
	LWLockRelease(CheckpointerCommLock);
	for (int i = 0; i < count; i++)
		RememberSyncRequest(&requests[i].tag, requests[i].type);
	END_CRIT_SECTION();
	if (requests)
		pfree(requests);
}
