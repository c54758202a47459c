/*
 * checkpointer.c
 *    The process that makes checkpoints: after checkpoint_timeout, when enough WAL has been written, when asked, and at shutdown.
 *
 * SIGINT (or the latch with flags set) asks for one. SIGUSR2 is the postmaster's word that all who write have gone: make the shutdown
 * checkpoint and end. An ordinary checkpoint is spread over checkpoint_completion_target of the time, or of the WAL, until the next.
 */
#include <time.h>

#include "postgres.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/bgwriter.h"
#include "process/interrupt.h"
#include "storage/bufmgr.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/pmsignal.h"
#include "storage/proc.h"
#include "storage/procsignal.h"
#include "storage/smgr.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
#include "wal/wal.h"
#include "workers/aux_process.h"
#include "workers/checkpointer_shared.h"

int CheckPointTimeout = 300;
int CheckPointWarning = 30;

/* The checkpoint that this process makes. */
static struct
{
	bool active;
	pg_time_t start_time;
	XLogRecPtr start_recptr;
	double last_progress_checked;
} current;
static pg_time_t last_checkpoint_time;

#define WRITES_PER_ABSORB 1000

/* ---- pacing ----------------------------------------------------------------------------------------------------------- */
static int
pending_flags(void)
{
	return __atomic_load_n(&checkpointer_shared->flags, __ATOMIC_ACQUIRE);
}

/* Is progress ahead of where it should be, by WAL written and by time? */
static bool
on_schedule(double progress)
{
	double elapsed_wal;
	double elapsed_time;

	progress *= CheckPointCompletionTarget;
	if (progress < current.last_progress_checked)
		return false;
	elapsed_wal = (double) (GetInsertRecPtr() - current.start_recptr) / wal_segment_size / CheckPointSegments;
	if (progress < elapsed_wal)
	{
		current.last_progress_checked = elapsed_wal;
		return false;
	}
	elapsed_time = (double) ((pg_time_t) time(NULL) - current.start_time) / CheckPointTimeout;
	if (progress < elapsed_time)
	{
		current.last_progress_checked = elapsed_time;
		return false;
	}
	return true;
}

void
CheckpointWriteDelay(int flags, double progress)
{
	static int until_absorb = WRITES_PER_ABSORB;

	if (!AmCheckpointerProcess())
		return;
	if (!(flags & CHECKPOINT_IMMEDIATE) && !ShutdownRequestPending && !(pending_flags() & CHECKPOINT_IMMEDIATE) &&
		on_schedule(progress))
	{
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			ProcessConfigFile(PGC_SIGHUP);
			UpdateFullPageWrites();
		}
		AbsorbSyncRequests();
		until_absorb = WRITES_PER_ABSORB;
		WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | WL_TIMEOUT, 100, WAIT_EVENT_CHECKPOINT_WRITE_DELAY);
		ResetLatch(MyLatch);
	}
	else if (--until_absorb <= 0)
	{
		AbsorbSyncRequests();
		until_absorb = WRITES_PER_ABSORB;
	}
	if (ProcSignalBarrierPending)
		ProcessProcSignalBarrier();
}

/* ---- the process -------------------------------------------------------------------------------------------------------- */
static void
request_by_signal(int signo)
{
	int save_errno = errno;

	__atomic_fetch_or(&checkpointer_shared->flags, CHECKPOINT_REQUESTED, __ATOMIC_ACQ_REL);
	SetLatch(MyLatch);
	errno = save_errno;
}

static void
forget_checkpointer(int code, Datum arg)
{
	checkpointer_shared->checkpointer_pid = 0;
	ProcGlobal->checkpointerLatch = NULL;
}

/* A checkpoint that was being made has failed: tell those who wait. */
static void
report_failure(void)
{
	if (!current.active)
		return;
	current.active = false;
	SpinLockAcquire(&checkpointer_shared->lock);
	checkpointer_shared->failed++;
	checkpointer_shared->done = checkpointer_shared->started;
	SpinLockRelease(&checkpointer_shared->lock);
	ConditionVariableBroadcast(&checkpointer_shared->done_cv);
}

static void
warn_when_frequent(int flags, pg_time_t elapsed)
{
	if (!(flags & CHECKPOINT_CAUSE_XLOG) || elapsed >= CheckPointWarning)
		return;
	ereport(LOG,
			errmsg_plural("checkpoints are occurring too frequently (%d second apart)",
						  "checkpoints are occurring too frequently (%d seconds apart)", (unsigned long) elapsed,
						  (int) elapsed),
			errhint("Consider increasing the configuration parameter \"max_wal_size\"."));
}

static void
make_checkpoint(int cause, pg_time_t now)
{
	int flags;

	SpinLockAcquire(&checkpointer_shared->lock);
	flags = cause | __atomic_exchange_n(&checkpointer_shared->flags, 0, __ATOMIC_ACQ_REL);
	checkpointer_shared->started++;
	SpinLockRelease(&checkpointer_shared->lock);
	ConditionVariableBroadcast(&checkpointer_shared->start_cv);

	warn_when_frequent(flags, now - last_checkpoint_time);
	current.active = true;
	current.start_time = now;
	current.start_recptr = GetInsertRecPtr();
	current.last_progress_checked = 0;
	CreateCheckPoint(flags);
	smgrcloseall();

	SpinLockAcquire(&checkpointer_shared->lock);
	checkpointer_shared->done = checkpointer_shared->started;
	SpinLockRelease(&checkpointer_shared->lock);
	ConditionVariableBroadcast(&checkpointer_shared->done_cv);
	current.active = false;
	last_checkpoint_time = now;
}

static void
handle_interrupts(void)
{
	if (ProcSignalBarrierPending)
		ProcessProcSignalBarrier();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
		if (!RecoveryInProgress())
			UpdateFullPageWrites();
	}
	if (!ShutdownRequestPending)
		return;
	/* An error now must end the process: nobody is left to try again for. */
	ExitOnAnyError = true;
	worker_stats_add(requested_checkpoints, 1);
	ShutdownXLOG(0, 0);
	SendPostmasterSignal(PMSIGNAL_XLOG_IS_SHUTDOWN);
	proc_exit(0);
}

void
CheckpointerMain(const void *startup_data, size_t startup_data_len)
{
	MemoryContext context;
	sigjmp_buf local_sigjmp_buf;

	aux_process_begin(false);
	checkpointer_shared->checkpointer_pid = MyProcPid;
	ProcGlobal->checkpointerLatch = &MyProc->procLatch;
	on_shmem_exit(forget_checkpointer, 0);
	/* SIGTERM says nothing to us: backends may still need checkpoints. */
	pqsignal(SIGINT, request_by_signal);
	pqsignal(SIGUSR2, SignalHandlerForShutdownRequest);
	last_checkpoint_time = (pg_time_t) time(NULL);
	context = AllocSetContextCreate(TopMemoryContext, "Checkpointer", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	if (sigsetjmp(local_sigjmp_buf, 1) != 0)
	{
		report_failure();
		aux_process_recover(context);
	}
	PG_exception_stack = &local_sigjmp_buf;
	for (;;)
	{
		pg_time_t now;
		long left;
		int cause = 0;

		ResetLatch(MyLatch);
		AbsorbSyncRequests();
		handle_interrupts();
		now = (pg_time_t) time(NULL);
		if (pending_flags() != 0 && !RecoveryInProgress())
		{
			worker_stats_add(requested_checkpoints, 1);
			make_checkpoint(0, now);
			continue;
		}
		if (now - last_checkpoint_time >= CheckPointTimeout && !RecoveryInProgress())
		{
			cause = CHECKPOINT_CAUSE_TIME;
			worker_stats_add(timed_checkpoints, 1);
			make_checkpoint(cause, now);
			continue;
		}
		left = RecoveryInProgress() ? CheckPointTimeout : CheckPointTimeout - (now - last_checkpoint_time);
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, Max(left, 1) * 1000L,
						 WAIT_EVENT_CHECKPOINTER_MAIN);
	}
}
