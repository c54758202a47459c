/*
 * timeout.c
 *    Timers of a process (utils/timeout.h).
 *
 * The active timeouts are few, so they are an array searched in full. The kernel's timer is set for the earliest; it is left
 * running when that timeout is disabled or a later one added, so that the usual enable-disable of every statement costs
 * no system call: when it rings for nothing it is set anew.
 */
#include "postgres.h"

#include <signal.h>
#include <sys/time.h>

#include "miscadmin.h"
#include "process/interrupt.h"
#include "storage/latch.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

typedef struct Timeout
{
	timeout_handler_proc handler; /* NULL: not registered */
	volatile bool active;
	volatile bool fired;
	TimestampTz start_time;
	TimestampTz finish_time;
	int repeat_ms; /* 0: once */
} Timeout;

typedef struct Timeouts
{
	Timeout item[MAX_TIMEOUTS];
	volatile sig_atomic_t handler_enabled; /* the handler must not look while the array changes */
	volatile sig_atomic_t alarm_pending;   /* the kernel's timer runs */
	volatile TimestampTz alarm_due;
} Timeouts;

static Timeouts timeouts;

/* ---- the kernel's timer ---------------------------------------------------------------------------------------------- */
static TimestampTz
earliest_finish(void)
{
	TimestampTz earliest = PG_INT64_MAX;

	for (int i = 0; i < MAX_TIMEOUTS; i++)
		if (timeouts.item[i].active)
			earliest = Min(earliest, timeouts.item[i].finish_time);
	return earliest;
}

static void
schedule_alarm(TimestampTz now)
{
	TimestampTz due = earliest_finish();
	struct itimerval timer = {0};
	int64 delay_us;

	if (due == PG_INT64_MAX || (timeouts.alarm_pending && timeouts.alarm_due <= due))
		return;
	delay_us = Max(due - now, 1);
	delay_us = Min(delay_us, (int64) 1000 * 1000 * 1000 * 1000);
	timer.it_value.tv_sec = delay_us / 1000000;
	timer.it_value.tv_usec = delay_us % 1000000;
	timeouts.alarm_due = due;
	timeouts.alarm_pending = true;
	if (setitimer(ITIMER_REAL, &timer, NULL) != 0)
		elog(FATAL, "could not enable SIGALRM timer: %m");
}

static void
fire_due(TimestampTz now)
{
	for (int i = 0; i < MAX_TIMEOUTS; i++)
	{
		Timeout *timeout = &timeouts.item[i];

		if (!timeout->active || timeout->finish_time > now)
			continue;
		timeout->fired = true;
		if (timeout->repeat_ms > 0)
			timeout->finish_time = now + (int64) timeout->repeat_ms * 1000;
		else
			timeout->active = false;
		timeout->handler();
	}
}

static void
handle_sig_alarm(int signo)
{
	int save_errno = errno;

	timeouts.alarm_pending = false;
	if (MyLatch)
		SetLatch(MyLatch);
	if (timeouts.handler_enabled)
	{
		TimestampTz now = GetCurrentTimestamp();

		fire_due(now);
		schedule_alarm(now);
	}
	errno = save_errno;
}

static void
begin_change(void)
{
	timeouts.handler_enabled = false;
}

/* An alarm that came during the change was ignored: schedule_alarm finds it overdue and sets the timer to ring at once. */
static void
end_change(void)
{
	bool any = earliest_finish() != PG_INT64_MAX;

	timeouts.handler_enabled = true;
	if (any)
		schedule_alarm(GetCurrentTimestamp());
}

/* ---- interface ---------------------------------------------------------------------------------------------------------- */
void
InitializeTimeouts(void)
{
	memset(&timeouts, 0, sizeof(timeouts));
	timeouts.handler_enabled = true;
	pqsignal(SIGALRM, handle_sig_alarm);
}

TimeoutId
RegisterTimeout(TimeoutId id, timeout_handler_proc handler)
{
	if (id >= USER_TIMEOUT)
	{
		while (id < MAX_TIMEOUTS && timeouts.item[id].handler != NULL)
			id++;
		if (id >= MAX_TIMEOUTS)
			ereport(FATAL,
					errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
					errmsg("cannot add more timeout reasons"));
	}
	timeouts.item[id].handler = handler;
	return id;
}

void
reschedule_timeouts(void)
{
	timeouts.alarm_pending = false;
	end_change();
}

static void
activate(TimeoutId id, TimestampTz start, TimestampTz finish, int repeat_ms)
{
	Timeout *timeout = &timeouts.item[id];

	Assert(timeout->handler != NULL);
	timeout->fired = false;
	timeout->start_time = start;
	timeout->finish_time = finish;
	timeout->repeat_ms = repeat_ms;
	timeout->active = true;
}

void
enable_timeout_after(TimeoutId id, int delay_ms)
{
	EnableTimeoutParams params = {.id = id, .type = TMPARAM_AFTER, .delay_ms = delay_ms};

	enable_timeouts(&params, 1);
}

void
enable_timeout_every(TimeoutId id, TimestampTz fin_time, int delay_ms)
{
	begin_change();
	activate(id, GetCurrentTimestamp(), fin_time, delay_ms);
	end_change();
}

void
enable_timeout_at(TimeoutId id, TimestampTz fin_time)
{
	EnableTimeoutParams params = {.id = id, .type = TMPARAM_AT, .fin_time = fin_time};

	enable_timeouts(&params, 1);
}

void
enable_timeouts(const EnableTimeoutParams *params, int count)
{
	TimestampTz now = GetCurrentTimestamp();

	begin_change();
	for (int i = 0; i < count; i++)
	{
		TimestampTz later = now + (int64) params[i].delay_ms * 1000;

		switch (params[i].type)
		{
			case TMPARAM_AFTER:
				activate(params[i].id, now, later, 0);
				break;
			case TMPARAM_AT:
				activate(params[i].id, now, params[i].fin_time, 0);
				break;
			case TMPARAM_EVERY:
				activate(params[i].id, now, later, params[i].delay_ms);
				break;
		}
	}
	end_change();
}

void
disable_timeout(TimeoutId id, bool keep_indicator)
{
	Timeout *timeout = &timeouts.item[id];

	/* one word, written once: the handler may look at any time */
	timeout->active = false;
	if (!keep_indicator)
		timeout->fired = false;
}

void
disable_timeouts(const DisableTimeoutParams *params, int count)
{
	for (int i = 0; i < count; i++)
		disable_timeout(params[i].id, params[i].keep_indicator);
}

void
disable_all_timeouts(bool keep_indicators)
{
	for (int i = 0; i < MAX_TIMEOUTS; i++)
		disable_timeout(i, keep_indicators);
}

bool
get_timeout_active(TimeoutId id)
{
	return timeouts.item[id].active;
}

bool
get_timeout_indicator(TimeoutId id, bool reset_indicator)
{
	bool fired = timeouts.item[id].fired;

	if (fired && reset_indicator)
		timeouts.item[id].fired = false;
	return fired;
}

TimestampTz
get_timeout_start_time(TimeoutId id)
{
	return timeouts.item[id].start_time;
}

TimestampTz
get_timeout_finish_time(TimeoutId id)
{
	return timeouts.item[id].finish_time;
}
