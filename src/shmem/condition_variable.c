/*
 * condition_variable.c
 *    Condition variables as futex counters.
 *
 * The sleeper's order is: count itself in `sleepers`, remember `seq`, test the condition (the caller), sleep while `seq` is
 * unchanged. The signaller's: make the condition true (the caller), move `seq`, wake if there are sleepers. So a signal between
 * test and sleep is seen as a changed counter. Signal() wakes one sleeper, but a sleeper that is about to sleep may take notice of it as
 * well: spurious wake-ups are part of the contract.
 *
 * A sleep is cut into slices of one second because a cancel request that arrives just before the system call would
 * otherwise go unnoticed.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "shmem/futex.h"
#include "storage/condition_variable.h"
#include "storage/latch.h"
#include "storage/pmsignal.h"
#include "utils/wait_event.h"

#define SLICE_MS 1000

/* The one this process is prepared to sleep on. */
static struct
{
	ConditionVariable *target;
	uint32 seq;
} sleep_state;

void
ConditionVariableInit(ConditionVariable *cv)
{
	pg_atomic_init_u32(&cv->seq, 0);
	pg_atomic_init_u32(&cv->sleepers, 0);
}

void
ConditionVariablePrepareToSleep(ConditionVariable *cv)
{
	if (sleep_state.target != NULL)
		ConditionVariableCancelSleep();
	pg_atomic_fetch_add_u32(&cv->sleepers, 1);
	sleep_state.target = cv;
	sleep_state.seq = pg_atomic_read_u32(&cv->seq);
	pg_memory_barrier(); /* the caller tests its condition after this */
}

void
ConditionVariableCancelSleep(void)
{
	if (sleep_state.target == NULL)
		return;
	pg_atomic_fetch_sub_u32(&sleep_state.target->sleepers, 1);
	sleep_state.target = NULL;
}

static int64
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64CONST(1000000) + ts.tv_nsec / 1000;
}

bool
ConditionVariableTimedSleep(ConditionVariable *cv, long timeout, uint32 wait_event_info)
{
	int64 deadline = timeout >= 0 ? now_us() + timeout * INT64CONST(1000) : 0;
	bool timed_out = false;

	/* Not prepared yet: prepare and let the caller test its condition once more. */
	if (sleep_state.target != cv)
	{
		ConditionVariablePrepareToSleep(cv);
		return false;
	}
	while (pg_atomic_read_u32(&cv->seq) == sleep_state.seq)
	{
		int64 slice = SLICE_MS * 1000;
		struct timespec ts;

		if (timeout >= 0)
		{
			slice = Min(slice, deadline - now_us());
			if (slice <= 0)
			{
				timed_out = true;
				break;
			}
		}
		ts = (struct timespec) {slice / 1000000, (slice % 1000000) * 1000};
		pgstat_report_wait_start(wait_event_info);
		futex_wait(&cv->seq, sleep_state.seq, &ts);
		pgstat_report_wait_end();
		CHECK_FOR_INTERRUPTS();
		if (IsUnderPostmaster && !PostmasterIsAlive())
			exit(1);
	}
	sleep_state.seq = pg_atomic_read_u32(&cv->seq);
	pg_memory_barrier();
	return timed_out;
}

void
ConditionVariableSleep(ConditionVariable *cv, uint32 wait_event_info)
{
	(void) ConditionVariableTimedSleep(cv, -1, wait_event_info);
}

static void
signal_sleepers(ConditionVariable *cv, int count)
{
	pg_atomic_fetch_add_u32(&cv->seq, 1);
	if (pg_atomic_read_u32(&cv->sleepers) > 0)
		futex_wake(&cv->seq, count);
}

void
ConditionVariableSignal(ConditionVariable *cv)
{
	signal_sleepers(cv, 1);
}

void
ConditionVariableBroadcast(ConditionVariable *cv)
{
	signal_sleepers(cv, INT_MAX);
}
