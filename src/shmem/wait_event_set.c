/*
 * wait_event_set.c
 *    Waiting for sockets, a latch and time at once: one epoll instance per set.
 *
 * A latch wakes the sleeper by SIGURG, which is blocked in every server process and read from one signalfd per process that
 * all sets share. Ordinary signals end epoll_wait with EINTR; their handlers set the latch when they want attention.
 * The postmaster's death arrives as a signal (storage/pmsignal.h), so it needs no descriptor of its own; where it is asked
 * for, it is looked for after each wake-up.
 */
#include "postgres.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "miscadmin.h"
#include "shmem/latch_internal.h"
#include "storage/latch.h"
#include "storage/pmsignal.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

struct WaitEventSet
{
	int nevents;
	int nevents_space;
	WaitEvent *events;
	Latch *latch; /* at most one per set */
	int latch_pos;
	uint32 death_events; /* WL_POSTMASTER_DEATH or WL_EXIT_ON_PM_DEATH when asked for */
	int death_pos;
	int epoll_fd;
	struct epoll_event *ready;
};

static struct
{
	int signal_fd;	   /* SIGURG; -1: not made yet */
	int signal_fd_pid; /* who made it */
} wait_sets = {.signal_fd = -1};

void
InitializeLatchSupport(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGURG);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	/* A signalfd reads the signals of whoever reads it, so an inherited one would do; but epoll binds to its creator. */
	if (wait_sets.signal_fd >= 0 && wait_sets.signal_fd_pid != getpid())
		ShutdownLatchSupport();
	if (wait_sets.signal_fd < 0)
	{
		wait_sets.signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
		if (wait_sets.signal_fd < 0)
			elog(FATAL, "signalfd() failed");
		wait_sets.signal_fd_pid = getpid();
	}
}

void
InitializeLatchWaitSet(void)
{
	InitializeLatchSupport(); /* pure waits need no set */
}

void
ShutdownLatchSupport(void)
{
	if (wait_sets.signal_fd >= 0)
		close(wait_sets.signal_fd);
	wait_sets.signal_fd = -1;
}

WaitEventSet *
CreateWaitEventSet(MemoryContext context, int nevents)
{
	WaitEventSet *set = MemoryContextAllocZero(context, sizeof(WaitEventSet));

	set->nevents_space = nevents;
	set->events = MemoryContextAllocZero(context, sizeof(WaitEvent) * nevents);
	set->ready = MemoryContextAllocZero(context, sizeof(struct epoll_event) * nevents);
	set->latch_pos = set->death_pos = -1;
	set->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (set->epoll_fd < 0)
		elog(ERROR, "epoll_create1 failed: %m");
	return set;
}

void
FreeWaitEventSet(WaitEventSet *set)
{
	close(set->epoll_fd);
	pfree(set->ready);
	pfree(set->events);
	pfree(set);
}

void
FreeWaitEventSetAfterFork(WaitEventSet *set)
{
	FreeWaitEventSet(set);
}

static void
set_epoll_interest(WaitEventSet *set, WaitEvent *event, int op)
{
	struct epoll_event ev = {.data.ptr = event, .events = EPOLLERR | EPOLLHUP};

	if (event->events & WL_LATCH_SET)
		ev.events |= EPOLLIN;
	if (event->events & WL_SOCKET_READABLE)
		ev.events |= EPOLLIN;
	if (event->events & WL_SOCKET_WRITEABLE)
		ev.events |= EPOLLOUT;
	if (event->events & WL_SOCKET_CLOSED)
		ev.events |= EPOLLRDHUP;
	if (epoll_ctl(set->epoll_fd, op, event->fd, &ev) < 0)
		ereport(ERROR, errcode_for_socket_access(), errmsg("%s() failed: %m", "epoll_ctl"));
}

int
AddWaitEventToSet(WaitEventSet *set, uint32 events, pgsocket fd, Latch *latch, void *user_data)
{
	WaitEvent *event;

	Assert(set->nevents < set->nevents_space);
	if (latch && latch->owner_pid != MyProcPid)
		elog(ERROR, "cannot wait on a latch owned by another process");
	event = &set->events[set->nevents];
	*event = (WaitEvent) {.pos = set->nevents++, .events = events, .fd = fd, .user_data = user_data};
	if (events & (WL_POSTMASTER_DEATH | WL_EXIT_ON_PM_DEATH))
	{
		set->death_pos = event->pos;
		set->death_events = events;
		return event->pos;
	}
	if (events & WL_LATCH_SET)
	{
		if (set->latch_pos >= 0)
			elog(ERROR, "cannot wait on more than one latch");
		InitializeLatchSupport();
		set->latch = latch;
		set->latch_pos = event->pos;
		event->fd = wait_sets.signal_fd;
	}
	set_epoll_interest(set, event, EPOLL_CTL_ADD);
	return event->pos;
}

void
ModifyWaitEvent(WaitEventSet *set, int pos, uint32 events, Latch *latch)
{
	WaitEvent *event = &set->events[pos];

	Assert(pos < set->nevents);
	if (pos == set->death_pos)
	{
		event->events = set->death_events = events;
		return;
	}
	if (pos == set->latch_pos)
	{
		if (latch && latch->owner_pid != MyProcPid)
			elog(ERROR, "cannot wait on a latch owned by another process");
		set->latch = latch; /* NULL: deaf for now; the signalfd stays registered */
		return;
	}
	if (event->events == events)
		return;
	event->events = events;
	set_epoll_interest(set, event, EPOLL_CTL_MOD);
}

static void
drain_signal_fd(void)
{
	struct signalfd_siginfo info[8];

	while (read(wait_sets.signal_fd, info, sizeof(info)) == sizeof(info))
		;
}

/* What epoll says of one event; 0: nothing that was asked for. */
static uint32
translate_ready(const WaitEvent *event, uint32 got)
{
	uint32 result = 0;

	if ((event->events & WL_SOCKET_READABLE) && (got & (EPOLLIN | EPOLLERR | EPOLLHUP)))
		result |= WL_SOCKET_READABLE;
	if ((event->events & WL_SOCKET_WRITEABLE) && (got & (EPOLLOUT | EPOLLERR | EPOLLHUP)))
		result |= WL_SOCKET_WRITEABLE;
	if ((event->events & WL_SOCKET_CLOSED) && (got & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)))
		result |= WL_SOCKET_CLOSED;
	return result;
}

static int
collect_ready(WaitEventSet *set, int nready, WaitEvent *occurred_events, int nevents)
{
	int n = 0;

	for (int i = 0; i < nready && n < nevents; i++)
	{
		WaitEvent *event = set->ready[i].data.ptr;
		uint32 what;

		if (event->pos == set->latch_pos)
		{
			drain_signal_fd();
			what = set->latch && pg_atomic_read_u32(&set->latch->is_set) ? WL_LATCH_SET : 0;
		}
		else
			what = translate_ready(event, set->ready[i].events);
		if (what)
		{
			occurred_events[n] = *event;
			occurred_events[n++].events = what;
		}
	}
	return n;
}

static int64
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64CONST(1000) + ts.tv_nsec / 1000000;
}

int
WaitEventSetWait(WaitEventSet *set, long timeout, WaitEvent *occurred_events, int nevents, uint32 wait_event_info)
{
	int64 deadline = timeout > 0 ? now_ms() + timeout : 0;
	long left = timeout;
	int n = 0;

	pgstat_report_wait_start(wait_event_info);
	for (;;)
	{
		int nready;

		if (set->latch && !pg_atomic_read_u32(&set->latch->is_set))
			pg_atomic_exchange_u32(&set->latch->sleeping, LATCH_IN_EPOLL);
		if (set->latch && pg_atomic_read_u32(&set->latch->is_set))
		{
			occurred_events[n] = set->events[set->latch_pos];
			occurred_events[n++].events = WL_LATCH_SET;
		}
		if (set->death_events && !PostmasterIsAlive())
		{
			latch_exit_if_postmaster_died(set->death_events);
			if (n < nevents)
			{
				occurred_events[n] = set->events[set->death_pos];
				occurred_events[n++].events = WL_POSTMASTER_DEATH;
			}
		}
		if (n > 0)
			break;
		nready = epoll_wait(set->epoll_fd, set->ready, set->nevents_space, timeout < 0 ? -1 : (int) left);
		if (nready < 0 && errno != EINTR)
		{
			if (set->latch)
				pg_atomic_write_u32(&set->latch->sleeping, LATCH_AWAKE);
			pgstat_report_wait_end();
			ereport(ERROR, errcode_for_socket_access(), errmsg("%s() failed: %m", "epoll_wait"));
		}
		if (nready > 0)
			n = collect_ready(set, nready, occurred_events, nevents);
		if (n > 0 || (nready == 0 && timeout >= 0 && left == 0))
			break;
		if (timeout > 0)
			left = Max(0, deadline - now_ms());
	}
	if (set->latch)
		pg_atomic_write_u32(&set->latch->sleeping, LATCH_AWAKE);
	pgstat_report_wait_end();
	return n;
}

int
GetNumRegisteredWaitEvents(WaitEventSet *set)
{
	return set->nevents;
}

bool
WaitEventSetCanReportClosed(void)
{
	return true;
}

int
WaitLatchOrSocket(Latch *latch, int wakeEvents, pgsocket sock, long timeout, uint32 wait_event_info)
{
	WaitEventSet *set;
	WaitEvent events[3];
	int result = 0;
	int n;

	if (!(wakeEvents & WL_SOCKET_MASK) || sock == PGINVALID_SOCKET)
		return WaitLatch(latch, wakeEvents & ~WL_SOCKET_MASK, timeout, wait_event_info);
	set = CreateWaitEventSet(CurrentMemoryContext, 3);
	if (wakeEvents & WL_LATCH_SET)
		AddWaitEventToSet(set, WL_LATCH_SET, PGINVALID_SOCKET, latch, NULL);
	if (wakeEvents & (WL_POSTMASTER_DEATH | WL_EXIT_ON_PM_DEATH))
		AddWaitEventToSet(set, wakeEvents & (WL_POSTMASTER_DEATH | WL_EXIT_ON_PM_DEATH), PGINVALID_SOCKET, NULL, NULL);
	AddWaitEventToSet(set, wakeEvents & WL_SOCKET_MASK, sock, NULL, NULL);
	n = WaitEventSetWait(set, wakeEvents & WL_TIMEOUT ? timeout : -1, events, lengthof(events), wait_event_info);
	for (int i = 0; i < n; i++)
		result |= events[i].events;
	FreeWaitEventSet(set);
	return n == 0 ? WL_TIMEOUT : result;
}
