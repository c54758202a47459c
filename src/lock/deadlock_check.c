/*
 * deadlock_check.c
 *    Looking for deadlocks among the real locks.
 *
 * With all partition locks held a picture of the locks that are waited for is made; deadlock_search() judges it. Then either queues
 * are put into another order and whoever can go is woken, or this process leaves its queue and reports the cycle.
 * Waiters that wait for a lock which nobody is in the queue of are irrelevant, so only processes with a waitLock are looked at.
 */
#include "postgres.h"

#include "lock/deadlock.h"
#include "lock/lock_internal.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/backend_status.h"
#include "utils/memutils.h"

/* One step of the cycle found last, for the report. */
typedef struct DeadlockInfo
{
	LOCKTAG locktag;
	LOCKMODE lockmode;
	int pid;
} DeadlockInfo;

static struct
{
	DeadlockInfo *steps;
	int nsteps;
	MemoryContext context;
} last_deadlock;

/* ---- the picture ------------------------------------------------------------------------------------------------------------------------ */

typedef struct Picture
{
	DeadlockGraph graph;
	LOCK **locks; /* by index in the graph */
} Picture;

static int
index_of_lock(Picture *picture, LOCK *lock)
{
	for (int i = 0; i < picture->graph.nlocks; i++)
		if (picture->locks[i] == lock)
			return i;
	picture->locks[picture->graph.nlocks] = lock;
	return picture->graph.nlocks++;
}

static void
picture_lock(DeadlockLock *out, LOCK *lock)
{
	dlist_iter iter;
	int nholders = 0;

	dlist_foreach(iter, &lock->procLocks)
		nholders++;
	out->holders = palloc(sizeof(DeadlockHolder) * nholders);
	dlist_foreach(iter, &lock->procLocks)
	{
		PROCLOCK *proclock = dlist_container(PROCLOCK, lockLink, iter.cur);

		if (proclock->holdMask != 0)
			out->holders[out->nholders++] =
				(DeadlockHolder) {.proc = proclock->tag.myProc->pgprocno, .modes = proclock->holdMask};
	}
	out->waiters = palloc(sizeof(int) * Max(1, lock->waitCount));
	dlist_foreach(iter, &lock->waitProcs)
		out->waiters[out->nwaiters++] = dlist_container(PGPROC, links, iter.cur)->pgprocno;
}

static Picture *
take_picture(void)
{
	Picture *picture = palloc0(sizeof(Picture));
	uint32 n = ProcGlobal->allProcCount;

	picture->graph.nprocs = n;
	picture->graph.conflicts = lock_conflicts;
	picture->graph.procs = palloc(sizeof(DeadlockProc) * n);
	picture->locks = palloc(sizeof(LOCK *) * n);
	for (uint32 i = 0; i < n; i++)
	{
		PGPROC *proc = &ProcGlobal->allProcs[i];

		picture->graph.procs[i] = (DeadlockProc) {.lock = DEADLOCK_NOBODY};
		if (proc->pid == 0 || proc->waitLock == NULL)
			continue;
		picture->graph.procs[i].lock = index_of_lock(picture, proc->waitLock);
		picture->graph.procs[i].mode = proc->waitLockMode;
	}
	picture->graph.locks = palloc0(sizeof(DeadlockLock) * Max(1, picture->graph.nlocks));
	for (int i = 0; i < picture->graph.nlocks; i++)
		picture_lock(&picture->graph.locks[i], picture->locks[i]);
	return picture;
}

/* ---- what follows from it ----------------------------------------------------------------------------------------------------------------- */

static void
apply_new_orders(Picture *picture, const DeadlockResult *result)
{
	for (int i = 0; i < picture->graph.nlocks; i++)
	{
		LOCK *lock = picture->locks[i];

		if (!result->lock_changed[i])
			continue;
		dlist_init(&lock->waitProcs);
		for (int w = 0; w < picture->graph.locks[i].nwaiters; w++)
			dlist_push_tail(&lock->waitProcs, &GetPGProcByNumber(picture->graph.locks[i].waiters[w])->links);
		lock_wake_waiters(lock);
	}
}

static void
remember_cycle(const DeadlockResult *result)
{
	if (last_deadlock.context == NULL)
		last_deadlock.context = AllocSetContextCreate(TopMemoryContext, "Deadlock report", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(last_deadlock.context);
	last_deadlock.steps = MemoryContextAlloc(last_deadlock.context, sizeof(DeadlockInfo) * result->cycle_length);
	last_deadlock.nsteps = result->cycle_length;
	for (int i = 0; i < result->cycle_length; i++)
	{
		PGPROC *proc = GetPGProcByNumber(result->cycle[i]);

		last_deadlock.steps[i] = (DeadlockInfo) {
			.locktag = proc->waitLock->tag, .lockmode = proc->waitLockMode, .pid = proc->pid};
	}
}

static DeadLockState
judge_and_act(PGPROC *proc)
{
	Picture *picture = take_picture();
	DeadlockResult result = {.cycle = palloc(sizeof(int) * picture->graph.nprocs),
							 .lock_changed = palloc0(sizeof(bool) * Max(1, picture->graph.nlocks))};

	deadlock_search(&picture->graph, proc->pgprocno, &result,
					MemoryContextAllocHuge(CurrentMemoryContext, deadlock_workspace_size(&picture->graph)));
	switch (result.verdict)
	{
		case DEADLOCK_SOFT:
			apply_new_orders(picture, &result);
			return DS_SOFT_DEADLOCK;
		case DEADLOCK_HARD:
			remember_cycle(&result);
			lock_leave_queue(proc, LockTagHashCode(&proc->waitLock->tag));
			return DS_HARD_DEADLOCK;
		default:
			return DS_NO_DEADLOCK;
	}
}

DeadLockState
deadlock_check(PGPROC *proc)
{
	MemoryContext work = AllocSetContextCreate(TopMemoryContext, "Deadlock check", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(work);
	DeadLockState state = DS_NOT_YET_CHECKED;

	/* In order of their numbers: all who take several do so. */
	for (int i = 0; i < NUM_LOCK_PARTITIONS; i++)
		LWLockAcquire(LockHashPartitionLockByIndex(i), LW_EXCLUSIVE);
	/* It may have been granted while we waited for these. */
	if (proc->waitLock != NULL)
		state = judge_and_act(proc);
	for (int i = NUM_LOCK_PARTITIONS; --i >= 0;)
		LWLockRelease(LockHashPartitionLockByIndex(i));
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return state;
}

/* ---- the report ------------------------------------------------------------------------------------------------------------------------------ */

void
DeadLockReport(void)
{
	StringInfoData client;
	StringInfoData log;
	StringInfoData tag;

	initStringInfo(&client);
	initStringInfo(&log);
	initStringInfo(&tag);
	for (int i = 0; i < last_deadlock.nsteps; i++)
	{
		DeadlockInfo *step = &last_deadlock.steps[i];
		int next_pid = last_deadlock.steps[(i + 1) % last_deadlock.nsteps].pid;

		resetStringInfo(&tag);
		DescribeLockTag(&tag, &step->locktag);
		appendStringInfo(&client, "%sProcess %d waits for %s on %s; blocked by process %d.", i > 0 ? "\n" : "",
						 step->pid, GetLockmodeName(step->locktag.locktag_lockmethodid, step->lockmode), tag.data,
						 next_pid);
	}
	appendStringInfoString(&log, client.data);
	for (int i = 0; i < last_deadlock.nsteps; i++)
		appendStringInfo(&log, "\nProcess %d: %s", last_deadlock.steps[i].pid,
						 pgstat_get_backend_current_activity(last_deadlock.steps[i].pid, false));
	ereport(ERROR, errcode(ERRCODE_T_R_DEADLOCK_DETECTED), errmsg("deadlock detected"),
			errdetail_internal("%s", client.data), errdetail_log("%s", log.data),
			errhint("See server log for query details."));
	pg_unreachable();
}
