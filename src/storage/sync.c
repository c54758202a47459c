/*
 * sync.c
 *    The table of files to fsync and the list of files to unlink, and how requests get there.
 *
 * A checkpoint must make durable everything written before its redo point was chosen. Writers do not fsync: they register the file.
 * The process that keeps the table is the checkpointer; in a standalone backend and in the startup process (which may have no
 * checkpointer yet) it is the process itself.
 *
 * Cycles: each entry has the number of the cycle in which it was (re-)entered. ProcessSyncRequests() begins a new cycle and
 * serves the entries of older ones, so it ends even while others keep registering. An entry that fails stays for the next try;
 * after a real fsync failure that is moot, because the failure is PANIC: the kernel may have dropped the dirty pages.
 */
#include <unistd.h>

#include "postgres.h"
#include "access/xlog.h"
#include "access/xlogutils.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "postmaster/bgwriter.h"
#include "storage/latch.h"
#include "storage/md.h"
#include "storage/sync.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

typedef struct PendingFsync
{
	FileTag tag; /* hash key: first */
	uint64 cycle;
	bool canceled;
} PendingFsync;

typedef struct PendingUnlink
{
	dlist_node link;
	FileTag tag;
	uint64 cycle;
	bool canceled;
} PendingUnlink;

/* Only in the process that keeps the table; pending is NULL in all others. */
static struct
{
	MemoryContext context;
	HTAB *pending;
	dlist_head unlinks;
	uint64 fsync_cycle;
	uint64 checkpoint_cycle;
	SyncFileFunction handlers[SYNC_NUM_HANDLERS];
} sync_state;

/* While fsyncing, the queue is emptied every so many files, and unlinks give way as often. */
#define FSYNCS_PER_ABSORB 10
#define UNLINKS_PER_ABSORB 10

void
sync_register_handler(SyncRequestHandler handler, SyncFileFunction sync_file)
{
	Assert(handler > SYNC_HANDLER_MD && handler < SYNC_NUM_HANDLERS);
	sync_state.handlers[handler] = sync_file;
}

void
InitSync(void)
{
	HASHCTL ctl;

	sync_state.handlers[SYNC_HANDLER_MD] = md_sync_file;
	/* Backends under a postmaster send requests to the checkpointer. The startup process has nobody to rely on. */
	if (IsUnderPostmaster && !AmCheckpointerProcess() && !AmStartupProcess())
		return;
	if (sync_state.pending)
		return;
	sync_state.context = AllocSetContextCreate(TopMemoryContext, "Pending ops context", ALLOCSET_DEFAULT_SIZES);
	MemoryContextAllowInCriticalSection(sync_state.context, true);
	memset(&ctl, 0, sizeof(ctl));
	ctl.keysize = sizeof(FileTag);
	ctl.entrysize = sizeof(PendingFsync);
	ctl.hcxt = sync_state.context;
	sync_state.pending = hash_create("Pending Ops Table", 100, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	dlist_init(&sync_state.unlinks);
}

/* ---- unlinks -------------------------------------------------------------------------------------------------------- */
void
SyncPreCheckpoint(void)
{
	/* Requests made before the checkpoint began must count as such: fetch them first. */
	AbsorbSyncRequests();
	sync_state.checkpoint_cycle++;
}

void
SyncPostCheckpoint(void)
{
	int done = 0;
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &sync_state.unlinks)
	{
		PendingUnlink *entry = dlist_container(PendingUnlink, link, iter.cur);
		char path[MAXPGPATH];

		/* New ones go to the end: from here on they are of this cycle. */
		if (entry->cycle == sync_state.checkpoint_cycle)
			break;
		if (!entry->canceled && md_unlink_file(&entry->tag, path) < 0 && errno != ENOENT)
			ereport(WARNING, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", path));
		dlist_delete(&entry->link);
		pfree(entry);
		if (++done % UNLINKS_PER_ABSORB == 0)
			AbsorbSyncRequests();
	}
}

/* ---- fsyncs ----------------------------------------------------------------------------------------------------------- */
/* One file. A file that is gone may be explained by a forget request that is still in the queue: then try once more. */
static void
sync_one(PendingFsync *entry)
{
	char path[MAXPGPATH];
	int64 elapsed_us;

	for (int failures = 0; !entry->canceled; failures++)
	{
		TimestampTz start = GetCurrentTimestamp();

		FAULT_POINT("sync-fsync");
		if (sync_state.handlers[entry->tag.handler](&entry->tag, path) == 0)
		{
			elapsed_us = GetCurrentTimestamp() - start;
			CheckpointStats.ckpt_sync_rels++;
			CheckpointStats.ckpt_agg_sync_time += elapsed_us;
			CheckpointStats.ckpt_longest_sync = Max(CheckpointStats.ckpt_longest_sync, (uint64) elapsed_us);
			if (log_checkpoints)
				elog(DEBUG1, "checkpoint sync: number=%d file=%s time=%.3f ms", CheckpointStats.ckpt_sync_rels, path,
					 (double) elapsed_us / 1000);
			return;
		}
		if (errno != ENOENT || failures > 0)
			ereport(data_sync_elevel(ERROR), errcode_for_file_access(),
					errmsg("could not fsync file \"%s\": %m", path));
		ereport(DEBUG1, errcode_for_file_access(), errmsg_internal("could not fsync file \"%s\" but retrying: %m", path));
		AbsorbSyncRequests();
	}
}

void
ProcessSyncRequests(void)
{
	HASH_SEQ_STATUS scan;
	PendingFsync *entry;
	int until_absorb = FSYNCS_PER_ABSORB;

	if (!sync_state.pending)
		elog(ERROR, "cannot sync without a pendingOps table");
	AbsorbSyncRequests();
	sync_state.fsync_cycle++;
	hash_seq_init(&scan, sync_state.pending);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		if (entry->cycle == sync_state.fsync_cycle)
			continue;
		if (enableFsync)
		{
			if (--until_absorb <= 0)
			{
				AbsorbSyncRequests();
				until_absorb = FSYNCS_PER_ABSORB;
			}
			sync_one(entry);
		}
		hash_search(sync_state.pending, &entry->tag, HASH_REMOVE, NULL);
	}
}

/* ---- registering ---------------------------------------------------------------------------------------------------------- */
static void
forget_matching(const FileTag *ftag)
{
	HASH_SEQ_STATUS scan;
	PendingFsync *entry;
	dlist_iter iter;

	hash_seq_init(&scan, sync_state.pending);
	while ((entry = hash_seq_search(&scan)) != NULL)
		if (entry->tag.handler == ftag->handler && md_file_matches(ftag, &entry->tag))
			entry->canceled = true;
	dlist_foreach(iter, &sync_state.unlinks)
	{
		PendingUnlink *unlink = dlist_container(PendingUnlink, link, iter.cur);

		if (unlink->tag.handler == ftag->handler && md_file_matches(ftag, &unlink->tag))
			unlink->canceled = true;
	}
}

static void
remember_unlink(const FileTag *ftag)
{
	PendingUnlink *entry = MemoryContextAlloc(sync_state.context, sizeof(PendingUnlink));

	entry->tag = *ftag;
	entry->cycle = sync_state.checkpoint_cycle;
	entry->canceled = false;
	dlist_push_tail(&sync_state.unlinks, &entry->link);
}

void
RememberSyncRequest(const FileTag *ftag, SyncRequestType type)
{
	PendingFsync *entry;
	bool found;

	Assert(sync_state.pending);
	switch (type)
	{
		case SYNC_FORGET_REQUEST:
			entry = hash_search(sync_state.pending, ftag, HASH_FIND, NULL);
			if (entry)
				entry->canceled = true;
			break;
		case SYNC_FILTER_REQUEST:
			forget_matching(ftag);
			break;
		case SYNC_UNLINK_REQUEST:
			remember_unlink(ftag);
			break;
		case SYNC_REQUEST:
			entry = hash_search(sync_state.pending, ftag, HASH_ENTER, &found);
			/* An older entry keeps its cycle: what it stands for is still owed to the checkpoint that is running. */
			if (!found || entry->canceled)
			{
				entry->cycle = sync_state.fsync_cycle;
				entry->canceled = false;
			}
			break;
	}
}

bool
RegisterSyncRequest(const FileTag *ftag, SyncRequestType type, bool retryOnError)
{
	if (sync_state.pending)
	{
		RememberSyncRequest(ftag, type);
		return true;
	}
	for (;;)
	{
		if (ForwardSyncRequest(ftag, type))
			return true;
		if (!retryOnError)
			return false;
		WaitLatch(NULL, WL_EXIT_ON_PM_DEATH | WL_TIMEOUT, 10, WAIT_EVENT_REGISTER_SYNC_REQUEST);
	}
}
