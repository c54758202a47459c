/*
 * latch.c
 *    Latches: set, reset, and the pure wait.
 *
 * A latch is a futex word with values 0 and 1. `sleeping` tells the setter how its owner sleeps, so that setting the latch
 * of a running process costs no system call:
 *
 *    owner                                    setter
 *    sleeping = how                           is_set = 1
 *    (barrier)                                (barrier)
 *    if is_set: do not sleep                  if sleeping: wake it
 *
 * Either the owner sees is_set or the setter sees sleeping (both, at times: a needless wake-up). README, W5.
 */
#include "postgres.h"

#include <signal.h>

#include "miscadmin.h"
#include "shmem/futex.h"
#include "shmem/latch_internal.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/pmsignal.h"
#include "storage/proc.h"
#include "utils/wait_event.h"

void
InitLatch(Latch *latch)
{
	pg_atomic_init_u32(&latch->is_set, 0);
	pg_atomic_init_u32(&latch->sleeping, LATCH_AWAKE);
	latch->is_shared = false;
	latch->owner_pid = getpid();
}

void
InitSharedLatch(Latch *latch)
{
	pg_atomic_init_u32(&latch->is_set, 0);
	pg_atomic_init_u32(&latch->sleeping, LATCH_AWAKE);
	latch->is_shared = true;
	latch->owner_pid = 0;
}

void
OwnLatch(Latch *latch)
{
	AssertAlways(latch->is_shared);
	if (latch->owner_pid != 0 && latch->owner_pid != MyProcPid)
		elog(PANIC, "latch already owned by PID %d", latch->owner_pid);
	pg_atomic_write_u32(&latch->sleeping, LATCH_AWAKE);
	latch->owner_pid = MyProcPid;
}

void
DisownLatch(Latch *latch)
{
	Assert(latch->is_shared && latch->owner_pid == MyProcPid);
	latch->owner_pid = 0;
}

void
SetLatch(Latch *latch)
{
	/* Everything the caller wrote must be visible before the latch is seen set: the exchange is a full barrier. */
	if (pg_atomic_exchange_u32(&latch->is_set, 1) != 0)
		return;
	switch (pg_atomic_read_u32(&latch->sleeping))
	{
		case LATCH_IN_FUTEX:
			futex_wake(&latch->is_set, INT_MAX);
			break;
		case LATCH_IN_EPOLL:
		{
			int pid = latch->owner_pid;
			int save_errno = errno;

			if (pid != 0)
				kill(pid, SIGURG);
			errno = save_errno;
			break;
		}
		default:
			break;
	}
}

void
ResetLatch(Latch *latch)
{
	Assert(latch->owner_pid == MyProcPid);
	/* Full barrier: what the caller reads from now on is newer than this reset. */
	pg_atomic_exchange_u32(&latch->is_set, 0);
}

/* ---- the process's own latch ------------------------------------------------------------------------------------------------ */

Latch *MyLatch;
static Latch local_latch;

void
InitProcessLocalLatch(void)
{
	InitLatch(&local_latch);
	MyLatch = &local_latch;
}

void
SwitchToSharedLatch(void)
{
	MyLatch = &MyProc->procLatch;
	/* Whoever set the local one a moment ago must not be forgotten. */
	SetLatch(MyLatch);
}

void
SwitchBackToLocalLatch(void)
{
	InitProcessLocalLatch();
	SetLatch(MyLatch);
}

/* ---- waiting ------------------------------------------------------------------------------------------------------------------- */

/* The postmaster is gone and the caller asked not to live on. */
void
latch_exit_if_postmaster_died(int wakeEvents)
{
	if ((wakeEvents & WL_EXIT_ON_PM_DEATH) && !PostmasterIsAlive())
		proc_exit(1);
}

/*
 * Sleep in the futex until the latch is set or the deadline (milliseconds, < 0: none) passes. Signals end the sleep early; the
 * death of the postmaster is a signal, too (PR_SET_PDEATHSIG), whose handler sets the latch.
 */
static int
wait_latch_only(Latch *latch, int wakeEvents, long timeout, uint32 wait_event_info)
{
	struct timespec remaining;
	struct timespec deadline = {0, 0};
	int result = 0;

	if (timeout >= 0)
	{
		clock_gettime(CLOCK_MONOTONIC, &deadline);
		deadline.tv_sec += timeout / 1000;
		deadline.tv_nsec += (timeout % 1000) * 1000000;
	}
	pgstat_report_wait_start(wait_event_info);
	pg_atomic_exchange_u32(&latch->sleeping, LATCH_IN_FUTEX);
	while (result == 0)
	{
		if (pg_atomic_read_u32(&latch->is_set))
			result |= WL_LATCH_SET;
		if ((wakeEvents & (WL_POSTMASTER_DEATH | WL_EXIT_ON_PM_DEATH)) && !PostmasterIsAlive())
		{
			latch_exit_if_postmaster_died(wakeEvents);
			result |= WL_POSTMASTER_DEATH;
		}
		if (result != 0)
			break;
		if (timeout >= 0)
		{
			struct timespec now;
			int64 left_ns;

			clock_gettime(CLOCK_MONOTONIC, &now);
			left_ns = (deadline.tv_sec - now.tv_sec) * INT64CONST(1000000000) + (deadline.tv_nsec - now.tv_nsec);
			if (left_ns <= 0)
			{
				result = WL_TIMEOUT;
				break;
			}
			remaining.tv_sec = left_ns / 1000000000;
			remaining.tv_nsec = left_ns % 1000000000;
		}
		futex_wait(&latch->is_set, 0, timeout >= 0 ? &remaining : NULL);
	}
	pg_atomic_write_u32(&latch->sleeping, LATCH_AWAKE);
	pgstat_report_wait_end();
	return result;
}

int
WaitLatch(Latch *latch, int wakeEvents, long timeout, uint32 wait_event_info)
{
	struct timespec ts;

	if (!(wakeEvents & WL_TIMEOUT))
		timeout = -1;
	if (latch != NULL && (wakeEvents & WL_LATCH_SET))
	{
		Assert(latch->owner_pid == MyProcPid);
		return wait_latch_only(latch, wakeEvents, timeout, wait_event_info);
	}
	/* Nothing but time to wait for; any signal may end it early as far as the caller is concerned. */
	Assert(timeout >= 0);
	pgstat_report_wait_start(wait_event_info);
	ts = (struct timespec) {timeout / 1000, (timeout % 1000) * 1000000};
	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		latch_exit_if_postmaster_died(wakeEvents);
	pgstat_report_wait_end();
	return WL_TIMEOUT;
}
