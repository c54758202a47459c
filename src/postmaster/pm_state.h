/*
 * postmaster/pm_state.h
 *    What the postmaster decides: a pure state machine. (state, event) -> (state, actions).
 *
 * No pid, pointer, clock or I/O: the shell (pm_shell.c) turns signals, exits and messages into events and performs the actions.
 * Launch failures come back as events. Defined for every pair of state and event.
 *
 * Phases
 *    PM_INIT                nothing runs yet
 *    PM_STARTUP             the startup process reads the control file and begins
 *    PM_RECOVERY            it replays WAL
 *    PM_HOT_STANDBY         it still does, and read-only sessions are let in
 *    PM_RUN                 normal operation
 *    PM_STOP_BACKENDS       passed through: everything but checkpointer, archiver and walsenders is told to stop
 *    PM_WAIT_BACKENDS       until they are gone
 *    PM_WAIT_XLOG_SHUTDOWN  the checkpointer writes the shutdown checkpoint
 *    PM_WAIT_XLOG_ARCHIVAL  archiver and walsenders send out the last WAL
 *    PM_WAIT_CHECKPOINTER   the checkpointer ends
 *    PM_WAIT_DEAD_END       so do the children that only refuse connections
 *    PM_NO_CHILDREN         passed through: start over after a crash, or exit
 *
 * Invariants, checked by the unit test over every reachable state
 *    P1  at most one process of each auxiliary kind.
 *    P2  no backend is let in before PM_HOT_STANDBY or PM_RUN, nor once a shutdown or crash is on its way.
 *    P3  the checkpointer outlives every process that may write WAL, unless there is a crash.
 *    P4  whatever happens, a requested shutdown ends in exit once children do exit; a crash ends in a new start or exit.
 */
#ifndef POSTMASTER_PM_STATE_H
#define POSTMASTER_PM_STATE_H

#include "miscadmin.h"

typedef enum PMState
{
	PM_INIT,
	PM_STARTUP,
	PM_RECOVERY,
	PM_HOT_STANDBY,
	PM_RUN,
	PM_STOP_BACKENDS,
	PM_WAIT_BACKENDS,
	PM_WAIT_XLOG_SHUTDOWN,
	PM_WAIT_XLOG_ARCHIVAL,
	PM_WAIT_CHECKPOINTER,
	PM_WAIT_DEAD_END,
	PM_NO_CHILDREN,
	PM_EXITED /* nothing may follow */
} PMState;

typedef enum ShutdownMode
{
	NO_SHUTDOWN,
	SMART_SHUTDOWN,
	FAST_SHUTDOWN,
	IMMEDIATE_SHUTDOWN
} ShutdownMode;

typedef struct PmState
{
	PMState phase;
	ShutdownMode shutdown;
	bool crashed;			 /* shared memory is not to be trusted: a reset is owed */
	bool startup_failed;	 /* recovery itself died: there is no point in trying again */
	bool restart_after_crash;
	bool kill_timer;		 /* SIGQUIT was sent; SIGKILL follows if that does not help */
	uint32 held_back;		 /* kinds whose launch failed: not again before the next tick */
	uint16 live[BACKEND_NUM_TYPES];
} PmState;

typedef enum PmEventKind
{
	PM_EVENT_START,
	PM_EVENT_CHILD_EXIT,	/* type, how */
	PM_EVENT_LAUNCHED,		/* type: a backend, by the shell's own decision (pm_may_connect) */
	PM_EVENT_LAUNCH_FAILED, /* type */
	PM_EVENT_SHUTDOWN,		/* mode */
	PM_EVENT_RECOVERY_STARTED,
	PM_EVENT_BEGIN_HOT_STANDBY,
	PM_EVENT_XLOG_IS_SHUTDOWN,
	PM_EVENT_TICK,			/* about every second while something is held back */
	PM_EVENT_KILL_TIMEOUT,
	PM_NUM_EVENT_KINDS
} PmEventKind;

typedef enum ChildExit
{
	CHILD_EXIT_OK,		/* code 0 */
	CHILD_EXIT_FAILURE, /* code 1: an orderly end after an error */
	CHILD_EXIT_CRASH	/* anything else, or shared memory not given back */
} ChildExit;

typedef struct PmEvent
{
	PmEventKind kind;
	BackendType type;
	ChildExit how;
	ShutdownMode mode;
} PmEvent;

typedef enum PmActionKind
{
	PM_ACTION_LAUNCH,		/* type */
	PM_ACTION_SIGNAL,		/* types (mask), signo */
	PM_ACTION_KILL_TIMER,	/* value: on or off */
	PM_ACTION_RESET_SHMEM,
	PM_ACTION_CLOSE_SOCKETS,
	PM_ACTION_STATUS,		/* text: the last line of postmaster.pid */
	PM_ACTION_LOG,			/* text */
	PM_ACTION_EXIT			/* value: code */
} PmActionKind;

typedef struct PmAction
{
	PmActionKind kind;
	BackendType type;
	uint32 types;
	int signo;
	int value;
	const char *text;
} PmAction;

#define PM_ACTIONS_MAX 24
typedef struct PmActions
{
	int count;
	PmAction item[PM_ACTIONS_MAX];
} PmActions;

#define PM_TYPE_MASK(type) ((uint32) 1 << (type))

extern PmState pm_initial_state(bool restart_after_crash);
extern PmState pm_step(PmState state, const PmEvent *event, PmActions *actions);
extern const char *pm_phase_name(PMState phase);
/* How many children of the kinds in the mask live. */
extern int pm_count(const PmState *state, uint32 types);

#endif /* POSTMASTER_PM_STATE_H */
