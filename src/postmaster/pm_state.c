/*
 * pm_state.c
 *    The postmaster's decisions (postmaster/pm_state.h).
 *
 * An event first changes what is known (counts, modes, marks); then settle() draws all conclusions: which children the
 * phase wants, and whether the phase is over. Conclusions depend on the state alone, so it does not matter which event
 * brought it about.
 */
#include "postgres.h"

#include <signal.h>

#include "postmaster/pm_state.h"

#define M(type) PM_TYPE_MASK(B_##type)
#define ALL_TYPES (PM_TYPE_MASK(BACKEND_NUM_TYPES) - 1)
/* No shared memory: a reset does not concern them. */
#define UNATTACHED (M(LOGGER) | M(DEAD_END_BACKEND))
/* Those that may write WAL and have to be gone before the shutdown checkpoint. */
#define WRITERS (ALL_TYPES & ~(UNATTACHED | M(CHECKPOINTER) | M(ARCHIVER) | M(WAL_SENDER)))
#define LAST_WAL_SENDERS (M(ARCHIVER) | M(WAL_SENDER))

PmState
pm_initial_state(bool restart_after_crash)
{
	return (PmState){.phase = PM_INIT, .restart_after_crash = restart_after_crash};
}

int
pm_count(const PmState *state, uint32 types)
{
	int count = 0;

	for (int type = 0; type < BACKEND_NUM_TYPES; type++)
		if (types & PM_TYPE_MASK(type))
			count += state->live[type];
	return count;
}

const char *
pm_phase_name(PMState phase)
{
	static const char *const names[] = {
		[PM_INIT] = "PM_INIT",
		[PM_STARTUP] = "PM_STARTUP",
		[PM_RECOVERY] = "PM_RECOVERY",
		[PM_HOT_STANDBY] = "PM_HOT_STANDBY",
		[PM_RUN] = "PM_RUN",
		[PM_STOP_BACKENDS] = "PM_STOP_BACKENDS",
		[PM_WAIT_BACKENDS] = "PM_WAIT_BACKENDS",
		[PM_WAIT_XLOG_SHUTDOWN] = "PM_WAIT_XLOG_SHUTDOWN",
		[PM_WAIT_XLOG_ARCHIVAL] = "PM_WAIT_XLOG_ARCHIVAL",
		[PM_WAIT_CHECKPOINTER] = "PM_WAIT_CHECKPOINTER",
		[PM_WAIT_DEAD_END] = "PM_WAIT_DEAD_END",
		[PM_NO_CHILDREN] = "PM_NO_CHILDREN",
		[PM_EXITED] = "PM_EXITED",
	};

	return names[phase];
}

/* ---- actions ----------------------------------------------------------------------------------------------------------- */
static void
add_action(PmActions *actions, PmAction action)
{
	Assert(actions->count < PM_ACTIONS_MAX);
	actions->item[actions->count++] = action;
}

static void
launch(PmState *state, PmActions *actions, BackendType type)
{
	Assert(state->live[type] == 0);
	state->live[type]++; /* taken back by PM_EVENT_LAUNCH_FAILED */
	add_action(actions, (PmAction){.kind = PM_ACTION_LAUNCH, .type = type});
}

static void
signal_types(const PmState *state, PmActions *actions, uint32 types, int signo)
{
	if (pm_count(state, types) > 0)
		add_action(actions, (PmAction){.kind = PM_ACTION_SIGNAL, .types = types, .signo = signo});
}

static void
say(PmActions *actions, PmActionKind kind, const char *text)
{
	add_action(actions, (PmAction){.kind = kind, .text = text});
}

static void
set_kill_timer(PmState *state, PmActions *actions, bool on)
{
	if (state->kill_timer == on)
		return;
	state->kill_timer = on;
	add_action(actions, (PmAction){.kind = PM_ACTION_KILL_TIMER, .value = on});
}

/* ---- conclusions: which children ------------------------------------------------------------------------------------------ */
static bool
is_wanted(const PmState *state, BackendType type)
{
	bool operating = state->phase >= PM_STARTUP && state->phase <= PM_RUN;

	if (state->crashed || state->shutdown == IMMEDIATE_SHUTDOWN)
		return false;
	switch (type)
	{
		case B_CHECKPOINTER:
			/* one is needed for the shutdown checkpoint too, should the last have gone */
			return operating || state->phase == PM_WAIT_XLOG_SHUTDOWN;
		case B_BG_WRITER:
			return operating;
		case B_WAL_WRITER:
			return state->phase == PM_RUN;
		default:
			return false;
	}
}

static void
launch_wanted(PmState *state, PmActions *actions)
{
	static const BackendType kept[] = {B_CHECKPOINTER, B_BG_WRITER, B_WAL_WRITER};

	for (int i = 0; i < lengthof(kept); i++)
		if (is_wanted(state, kept[i]) && state->live[kept[i]] == 0 && !(state->held_back & PM_TYPE_MASK(kept[i])))
		{
			launch(state, actions, kept[i]);
			/* a checkpointer that is born into the shutdown has missed its signal */
			if (kept[i] == B_CHECKPOINTER && state->phase == PM_WAIT_XLOG_SHUTDOWN)
				signal_types(state, actions, M(CHECKPOINTER), SIGUSR2);
		}
}

/* ---- conclusions: is the phase over --------------------------------------------------------------------------------------- */
static void
begin_stop(PmState *state, PmActions *actions)
{
	signal_types(state, actions, WRITERS, SIGTERM);
	state->phase = PM_WAIT_BACKENDS;
}

static bool
smart_shutdown_may_proceed(const PmState *state)
{
	/* before normal operation nobody is connected; after, the clients' sessions end by themselves */
	return state->phase < PM_HOT_STANDBY || state->live[B_BACKEND] == 0;
}

static void
start_over(PmState *state, PmActions *actions)
{
	bool restart = state->restart_after_crash;
	uint16 logger = state->live[B_LOGGER];

	say(actions, PM_ACTION_LOG, "all server processes terminated; reinitializing");
	add_action(actions, (PmAction){.kind = PM_ACTION_RESET_SHMEM});
	set_kill_timer(state, actions, false);
	*state = pm_initial_state(restart);
	state->live[B_LOGGER] = logger;
	state->phase = PM_STARTUP;
	launch(state, actions, B_STARTUP);
}

static void
finish(PmState *state, PmActions *actions, int code)
{
	set_kill_timer(state, actions, false);
	if (code != 0 && state->shutdown != NO_SHUTDOWN && state->crashed)
		say(actions, PM_ACTION_LOG, "abnormal database system shutdown");
	state->phase = PM_EXITED;
	add_action(actions, (PmAction){.kind = PM_ACTION_EXIT, .value = code});
}

/* One step of shutting down; false when there is something to wait for. */
static bool
advance(PmState *state, PmActions *actions)
{
	switch (state->phase)
	{
		case PM_STARTUP:
		case PM_RECOVERY:
		case PM_HOT_STANDBY:
		case PM_RUN:
			if (state->shutdown == FAST_SHUTDOWN ||
				(state->shutdown == SMART_SHUTDOWN && smart_shutdown_may_proceed(state)))
			{
				state->phase = PM_STOP_BACKENDS;
				return true;
			}
			return false;
		case PM_STOP_BACKENDS:
			begin_stop(state, actions);
			return true;
		case PM_WAIT_BACKENDS:
			if (state->crashed || state->shutdown == IMMEDIATE_SHUTDOWN)
			{
				if (pm_count(state, ALL_TYPES & ~UNATTACHED) > 0)
					return false;
				state->phase = PM_WAIT_DEAD_END;
				return true;
			}
			if (pm_count(state, WRITERS) > 0)
				return false;
			state->phase = PM_WAIT_XLOG_SHUTDOWN;
			signal_types(state, actions, M(CHECKPOINTER), SIGUSR2);
			return true;
		case PM_WAIT_XLOG_ARCHIVAL:
			if (pm_count(state, LAST_WAL_SENDERS) > 0)
				return false;
			state->phase = PM_WAIT_CHECKPOINTER;
			signal_types(state, actions, M(CHECKPOINTER), SIGUSR2);
			return true;
		case PM_WAIT_CHECKPOINTER:
			if (pm_count(state, M(CHECKPOINTER)) > 0)
				return false;
			state->phase = PM_WAIT_DEAD_END;
			return true;
		case PM_WAIT_DEAD_END:
			if (state->shutdown != NO_SHUTDOWN)
				signal_types(state, actions, M(DEAD_END_BACKEND), SIGQUIT);
			if (pm_count(state, M(DEAD_END_BACKEND)) > 0)
				return false;
			state->phase = PM_NO_CHILDREN;
			return true;
		case PM_NO_CHILDREN:
			if (state->shutdown != NO_SHUTDOWN)
				finish(state, actions, state->crashed ? 1 : 0);
			else if (state->startup_failed)
				finish(state, actions, 1);
			else if (!state->restart_after_crash)
			{
				say(actions, PM_ACTION_LOG, "shutting down because restart_after_crash is off");
				finish(state, actions, 1);
			}
			else
				start_over(state, actions);
			return false;
		case PM_INIT:
			if (state->shutdown == NO_SHUTDOWN)
				return false;
			state->phase = PM_WAIT_DEAD_END; /* told to stop before anything was started */
			return true;
		case PM_WAIT_XLOG_SHUTDOWN:
		case PM_EXITED:
			return false;
	}
	pg_unreachable();
}

static void
settle(PmState *state, PmActions *actions)
{
	while (advance(state, actions))
		;
	launch_wanted(state, actions);
}

/* ---- what events change ------------------------------------------------------------------------------------------------------ */
/* Shared memory may be damaged: everybody who uses it has to go, at once. */
static void
begin_crash(PmState *state, PmActions *actions)
{
	/* in an immediate shutdown all ends are violent, by our own order */
	if (state->crashed || state->shutdown == IMMEDIATE_SHUTDOWN)
		return;
	state->crashed = true;
	say(actions, PM_ACTION_LOG, "terminating any other active server processes");
	signal_types(state, actions, ALL_TYPES & ~UNATTACHED, SIGQUIT);
	set_kill_timer(state, actions, true);
	state->phase = PM_WAIT_BACKENDS;
}

static void
enter_run(PmState *state, PmActions *actions)
{
	state->phase = PM_RUN;
	say(actions, PM_ACTION_STATUS, "ready   ");
	say(actions, PM_ACTION_LOG, "database system is ready to accept connections");
}

static void
startup_exited(PmState *state, PmActions *actions, ChildExit how)
{
	if (state->phase > PM_RUN || state->crashed)
	{
		/* it was told to go; a crash on the way is still one */
		if (how == CHILD_EXIT_CRASH)
			begin_crash(state, actions);
		return;
	}
	if (how == CHILD_EXIT_OK)
	{
		enter_run(state, actions);
		return;
	}
	if (state->phase == PM_STARTUP)
	{
		say(actions, PM_ACTION_LOG, "aborting startup due to startup process failure");
		state->shutdown = Max(state->shutdown, FAST_SHUTDOWN);
	}
	state->startup_failed = true;
	begin_crash(state, actions);
}

static void
checkpointer_exited(PmState *state, PmActions *actions, ChildExit how)
{
	bool due = state->phase >= PM_WAIT_XLOG_SHUTDOWN && !state->crashed;

	if (how == CHILD_EXIT_OK && due)
	{
		/* it may say so by ending as well as by PM_EVENT_XLOG_IS_SHUTDOWN */
		if (state->phase == PM_WAIT_XLOG_SHUTDOWN)
		{
			state->phase = PM_WAIT_XLOG_ARCHIVAL;
			signal_types(state, actions, LAST_WAL_SENDERS, SIGUSR2);
		}
		return;
	}
	begin_crash(state, actions);
}

static void
child_exited(PmState *state, PmActions *actions, const PmEvent *event)
{
	Assert(state->live[event->type] > 0);
	state->live[event->type]--;
	switch (event->type)
	{
		case B_STARTUP:
			startup_exited(state, actions, event->how);
			break;
		case B_CHECKPOINTER:
			checkpointer_exited(state, actions, event->how);
			break;
		default:
			if (event->how == CHILD_EXIT_CRASH && !(PM_TYPE_MASK(event->type) & UNATTACHED))
				begin_crash(state, actions);
			break;
	}
}

static void
begin_shutdown(PmState *state, PmActions *actions, ShutdownMode mode)
{
	static const char *const messages[] = {[SMART_SHUTDOWN] = "received smart shutdown request",
										   [FAST_SHUTDOWN] = "received fast shutdown request",
										   [IMMEDIATE_SHUTDOWN] = "received immediate shutdown request"};

	if (mode <= state->shutdown || state->phase == PM_EXITED)
		return;
	state->shutdown = mode;
	say(actions, PM_ACTION_LOG, messages[mode]);
	say(actions, PM_ACTION_STATUS, "stopping");
	if (mode == FAST_SHUTDOWN && state->phase <= PM_RUN && !state->crashed)
		say(actions, PM_ACTION_LOG, "aborting any active transactions");
	if (mode == IMMEDIATE_SHUTDOWN)
	{
		signal_types(state, actions, ALL_TYPES & ~M(LOGGER), SIGQUIT);
		set_kill_timer(state, actions, true);
		state->phase = PM_WAIT_BACKENDS; /* from later phases too: the checkpointer need not be waited for */
	}
}

static void
launch_failed(PmState *state, PmActions *actions, BackendType type)
{
	if (state->live[type] > 0)
		state->live[type]--;
	state->held_back |= PM_TYPE_MASK(type);
	if (type == B_STARTUP && state->phase <= PM_RUN)
	{
		state->startup_failed = true;
		begin_crash(state, actions);
	}
}

static void
apply_event(PmState *state, PmActions *actions, const PmEvent *event)
{
	switch (event->kind)
	{
		case PM_EVENT_START:
			if (state->phase == PM_INIT)
			{
				state->phase = PM_STARTUP;
				launch(state, actions, B_STARTUP);
			}
			break;
		case PM_EVENT_CHILD_EXIT:
			child_exited(state, actions, event);
			break;
		case PM_EVENT_LAUNCHED:
			state->live[event->type]++;
			break;
		case PM_EVENT_LAUNCH_FAILED:
			launch_failed(state, actions, event->type);
			break;
		case PM_EVENT_SHUTDOWN:
			begin_shutdown(state, actions, event->mode);
			break;
		case PM_EVENT_RECOVERY_STARTED:
			if (state->phase == PM_STARTUP && state->live[B_STARTUP] > 0)
				state->phase = PM_RECOVERY;
			break;
		case PM_EVENT_BEGIN_HOT_STANDBY:
			if (state->phase == PM_RECOVERY && state->live[B_STARTUP] > 0)
			{
				state->phase = PM_HOT_STANDBY;
				say(actions, PM_ACTION_STATUS, "ready   ");
				say(actions, PM_ACTION_LOG, "database system is ready to accept read-only connections");
			}
			break;
		case PM_EVENT_XLOG_IS_SHUTDOWN:
			if (state->phase == PM_WAIT_XLOG_SHUTDOWN)
			{
				state->phase = PM_WAIT_XLOG_ARCHIVAL;
				signal_types(state, actions, LAST_WAL_SENDERS, SIGUSR2);
			}
			break;
		case PM_EVENT_TICK:
			state->held_back = 0;
			break;
		case PM_EVENT_KILL_TIMEOUT:
			if (state->kill_timer)
			{
				state->kill_timer = false;
				say(actions, PM_ACTION_LOG, "issuing SIGKILL to recalcitrant children");
				signal_types(state, actions, ALL_TYPES & ~M(LOGGER), SIGKILL);
			}
			break;
		case PM_NUM_EVENT_KINDS:
			break;
	}
}

PmState
pm_step(PmState state, const PmEvent *event, PmActions *actions)
{
	actions->count = 0;
	if (state.phase == PM_EXITED)
		return state;
	apply_event(&state, actions, event);
	settle(&state, actions);
	return state;
}
