/*
 * pm_state_test.c
 *    Walks every state the postmaster can reach, by applying every event to every state found (counts capped at 2).
 *
 * Goal: the invariants P1 to P4 of pm_state.h. Safety is checked at each transition; progress by letting all children of
 * every state exit, one after the other, and asking that the machine comes to an end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "postgres.h"

#include <signal.h>

#include "postmaster/cac.h"
#include "postmaster/pm_state.h"

#define STATES_MAX 200000
#define HASH_SIZE (1 << 19)

static PmState states[STATES_MAX];
static int state_count;
static int table[HASH_SIZE];
static long pair_count;

/* The kinds that differ in the machine's eyes. */
static const BackendType kinds[] = {B_BACKEND,	  B_DEAD_END_BACKEND, B_WAL_SENDER, B_STARTUP, B_CHECKPOINTER,
									B_BG_WRITER, B_WAL_WRITER};

static uint32
hash_state(const PmState *state)
{
	const unsigned char *p = (const unsigned char *) state;
	uint32 h = 2166136261u;

	for (size_t i = 0; i < sizeof(*state); i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

static void
add_state(const PmState *given)
{
	PmState state;
	uint32 i;

	memset(&state, 0, sizeof(state)); /* padding must compare equal */
	state.phase = given->phase;
	state.shutdown = given->shutdown;
	state.crashed = given->crashed;
	state.startup_failed = given->startup_failed;
	state.restart_after_crash = given->restart_after_crash;
	state.kill_timer = given->kill_timer;
	state.held_back = given->held_back;
	memcpy(state.live, given->live, sizeof(state.live));
	for (i = hash_state(&state) % HASH_SIZE; table[i] != 0; i = (i + 1) % HASH_SIZE)
		if (memcmp(&states[table[i] - 1], &state, sizeof(state)) == 0)
			return;
	assert_true(state_count < STATES_MAX);
	states[state_count++] = state;
	table[i] = state_count;
}

static bool
launches(const PmActions *actions, BackendType type)
{
	for (int i = 0; i < actions->count; i++)
		if (actions->item[i].kind == PM_ACTION_LAUNCH && actions->item[i].type == type)
			return true;
	return false;
}

static void
check_safety(const PmState *before, const PmState *after, const PmActions *actions)
{
	static const BackendType single[] = {B_STARTUP, B_CHECKPOINTER, B_BG_WRITER, B_WAL_WRITER};

	for (int i = 0; i < lengthof(single); i++)
		assert_true(after->live[single[i]] <= 1); /* P1 */
	if (cac_decide(after, 1, true) == CAC_OK) /* P2 */
	{
		assert_true(after->phase == PM_RUN || after->phase == PM_HOT_STANDBY);
		assert_true(after->shutdown == NO_SHUTDOWN && !after->crashed);
	}
	/* P3: when the shutdown checkpoint is asked for, nobody is left who writes */
	if (after->phase == PM_WAIT_XLOG_SHUTDOWN)
		assert_int_equal(after->live[B_BACKEND] + after->live[B_STARTUP] + after->live[B_BG_WRITER] +
							 after->live[B_WAL_WRITER],
						 0);
	/* nothing is launched into a crash or an immediate shutdown, but the startup process of a fresh start */
	if (after->crashed || after->shutdown == IMMEDIATE_SHUTDOWN)
		for (int i = 0; i < lengthof(single); i++)
			assert_false(launches(actions, single[i]));
	/* phases that are only passed through */
	assert_true(after->phase != PM_STOP_BACKENDS && after->phase != PM_NO_CHILDREN);
}

static void
try_event(const PmState *state, PmEvent event)
{
	PmActions actions;
	PmState after = pm_step(*state, &event, &actions);

	pair_count++;
	check_safety(state, &after, &actions);
	add_state(&after);
}

static void
try_all_events(const PmState *state)
{
	for (int kind = 0; kind < PM_NUM_EVENT_KINDS; kind++)
		switch (kind)
		{
			case PM_EVENT_CHILD_EXIT:
				for (int i = 0; i < lengthof(kinds); i++)
					for (int how = CHILD_EXIT_OK; how <= CHILD_EXIT_CRASH; how++)
						if (state->live[kinds[i]] > 0)
							try_event(state, (PmEvent){.kind = kind, .type = kinds[i], .how = how});
				break;
			case PM_EVENT_LAUNCHED:
				if (cac_decide(state, 1, true) == CAC_OK)
				{
					if (state->live[B_BACKEND] < 2)
						try_event(state, (PmEvent){.kind = kind, .type = B_BACKEND});
					if (state->live[B_WAL_SENDER] < 1)
						try_event(state, (PmEvent){.kind = kind, .type = B_WAL_SENDER});
				}
				if (state->live[B_DEAD_END_BACKEND] < 1 && state->phase < PM_WAIT_DEAD_END)
					try_event(state, (PmEvent){.kind = kind, .type = B_DEAD_END_BACKEND});
				break;
			case PM_EVENT_LAUNCH_FAILED:
				for (int i = 3; i < lengthof(kinds); i++)
					if (state->live[kinds[i]] > 0)
						try_event(state, (PmEvent){.kind = kind, .type = kinds[i]});
				break;
			case PM_EVENT_SHUTDOWN:
				for (int mode = SMART_SHUTDOWN; mode <= IMMEDIATE_SHUTDOWN; mode++)
					try_event(state, (PmEvent){.kind = kind, .mode = mode});
				break;
			default:
				try_event(state, (PmEvent){.kind = kind});
		}
}

static void
walk(bool restart_after_crash)
{
	PmState start = pm_initial_state(restart_after_crash);

	state_count = 0;
	memset(table, 0, sizeof(table));
	add_state(&start);
	for (int i = 0; i < state_count; i++)
		try_all_events(&states[i]);
}

/* P4: whoever has been told to go, goes; the checkpointer at last says that WAL is shut down. */
static bool
comes_to_an_end(PmState state, ChildExit how)
{
	PmActions actions;

	for (int step = 0; step < 100; step++)
	{
		bool found = false;

		if (state.phase == PM_EXITED)
			return true;
		/* a crash ends in a fresh start */
		if (!state.crashed && state.shutdown == NO_SHUTDOWN)
			return true;
		for (int i = 0; i < lengthof(kinds) && !found; i++)
		{
			BackendType type = kinds[i];
			ChildExit exit_how = how;

			if (state.live[type] == 0)
				continue;
			/* the checkpointer stays until it is asked, unless it is killed like the others */
			if (type == B_CHECKPOINTER && how == CHILD_EXIT_OK && !state.crashed &&
				state.shutdown != IMMEDIATE_SHUTDOWN && state.phase < PM_WAIT_XLOG_SHUTDOWN)
				continue;
			if (type == B_STARTUP && how == CHILD_EXIT_OK)
				exit_how = CHILD_EXIT_FAILURE;
			state = pm_step(state, &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = type, .how = exit_how}, &actions);
			found = true;
		}
		if (!found)
			state = pm_step(state, &(PmEvent){.kind = PM_EVENT_TICK}, &actions);
	}
	return false;
}

static void
walk_is_safe(void **unused)
{
	pair_count = 0;
	walk(false);
	print_message("without restart: %d states\n", state_count);
	walk(true);
	print_message("with restart: %d states, %ld pairs of state and event in all\n", state_count, pair_count);
	assert_true(state_count > 100);
}

static void
every_shutdown_ends(void **unused)
{
	PmActions actions;

	walk(true);
	for (int i = 0; i < state_count; i++)
		for (int mode = SMART_SHUTDOWN; mode <= IMMEDIATE_SHUTDOWN; mode++)
		{
			PmState state = states[i];

			if (state.phase == PM_INIT)
				continue;
			state = pm_step(state, &(PmEvent){.kind = PM_EVENT_SHUTDOWN, .mode = mode}, &actions);
			assert_true(comes_to_an_end(state, CHILD_EXIT_OK));
			assert_true(comes_to_an_end(state, CHILD_EXIT_CRASH));
		}
}

static void
every_crash_ends(void **unused)
{
	PmActions actions;

	walk(true);
	for (int i = 0; i < state_count; i++)
		for (int k = 0; k < lengthof(kinds); k++)
			if (states[i].live[kinds[k]] > 0)
			{
				PmState state = pm_step(
					states[i], &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = kinds[k], .how = CHILD_EXIT_CRASH}, &actions);

				if (!comes_to_an_end(state, CHILD_EXIT_CRASH))
					fail_msg("stuck: %s exits in %s (shutdown %d, crashed %d), then %s", GetBackendTypeDesc(kinds[k]),
							 pm_phase_name(states[i].phase), states[i].shutdown, states[i].crashed,
							 pm_phase_name(state.phase));
			}
}

static PmState
running_server(void)
{
	PmActions actions;
	PmState state = pm_step(pm_initial_state(true), &(PmEvent){.kind = PM_EVENT_START}, &actions);

	assert_true(launches(&actions, B_STARTUP) && launches(&actions, B_CHECKPOINTER) && launches(&actions, B_BG_WRITER));
	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = B_STARTUP, .how = CHILD_EXIT_OK}, &actions);
	assert_int_equal(state.phase, PM_RUN);
	assert_true(launches(&actions, B_WAL_WRITER));
	return state;
}

static void
smart_shutdown_waits_for_clients(void **unused)
{
	PmActions actions;
	PmState state = running_server();

	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_LAUNCHED, .type = B_BACKEND}, &actions);
	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_SHUTDOWN, .mode = SMART_SHUTDOWN}, &actions);
	assert_int_equal(state.phase, PM_RUN);
	assert_int_equal(cac_decide(&state, 1, true), CAC_SHUTDOWN);
	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = B_BACKEND, .how = CHILD_EXIT_OK}, &actions);
	assert_int_equal(state.phase, PM_WAIT_BACKENDS);
}

static void
crash_resets_and_starts_again(void **unused)
{
	PmActions actions;
	PmState state = running_server();

	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_LAUNCHED, .type = B_BACKEND}, &actions);
	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = B_BACKEND, .how = CHILD_EXIT_CRASH}, &actions);
	assert_true(state.crashed && state.kill_timer);
	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = B_CHECKPOINTER, .how = CHILD_EXIT_CRASH}, &actions);
	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = B_WAL_WRITER, .how = CHILD_EXIT_CRASH}, &actions);
	assert_true(state.crashed);
	state = pm_step(state, &(PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = B_BG_WRITER, .how = CHILD_EXIT_CRASH}, &actions);
	assert_int_equal(state.phase, PM_STARTUP);
	assert_false(state.crashed);
	assert_true(launches(&actions, B_STARTUP));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walk_is_safe),
		cmocka_unit_test(every_shutdown_ends),
		cmocka_unit_test(every_crash_ends),
		cmocka_unit_test(smart_shutdown_waits_for_clients),
		cmocka_unit_test(crash_resets_and_starts_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
