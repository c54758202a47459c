/*
 * pm_shell.c
 *    The postmaster's loop (postmaster/pm_shell.h): the only place that waits, launches, kills and logs.
 *
 * Signals are read from a signalfd, connections from the listening sockets, all in one epoll. A turn of the loop handles
 * signals first: children that died make room for connections that wait.
 */
#include "postgres.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/cac.h"
#include "postmaster/launch.h"
#include "postmaster/listen.h"
#include "postmaster/pidfile.h"
#include "postmaster/pm_child.h"
#include "postmaster/pm_shell.h"
#include "postmaster/pm_state.h"
#include "process/crash_cleaner.h"
#include "process/interrupt.h"
#include "storage/ipc.h"
#include "storage/pmsignal.h"
#include "storage/shmem.h"
#include "sys/fd.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#define SIGKILL_AFTER_MS 5000
#define TICK_MS 1000
#define LOCK_FILE_CHECK_MS (60 * 1000)
#define SOCKET_TOUCH_MS (58 * 60 * 1000)

typedef struct PmShell
{
	PmState state;
	int epoll_fd;
	int signal_fd;
	sigset_t signals;
	bool accepting;		   /* the listening sockets are in the epoll set */
	int64 kill_at_ms;	   /* 0: no timer */
	int64 lock_check_at_ms;
	int64 touch_at_ms;
} PmShell;

static PmShell shell = {.epoll_fd = -1, .signal_fd = -1};

extern bool restart_after_crash;
extern bool remove_temp_files_after_crash;
extern bool EnableHotStandby;
extern bool load_hba(void) __attribute__((weak));

static void handle_event(PmEvent event);

static int64
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- children ---------------------------------------------------------------------------------------------------------- */
/* Who died, in the words PostgreSQL's log has for it. */
static const char *
process_description(BackendType type)
{
	switch (type)
	{
		case B_STARTUP:
			return "startup process";
		case B_CHECKPOINTER:
			return "checkpointer process";
		case B_BG_WRITER:
			return "background writer process";
		case B_WAL_WRITER:
			return "WAL writer process";
		case B_ARCHIVER:
			return "archiver process";
		default:
			return "server process";
	}
}

static void
launch_auxiliary(BackendType type)
{
	PMChild *child = pm_child_assign(type);
	pid_t pid = -1;

	if (child)
		pid = postmaster_child_launch(type, child->child_slot, NULL, 0, NULL);
	if (pid < 0)
	{
		ereport(LOG, errmsg("could not fork %s: %m", process_description(type)));
		if (child)
			pm_child_release(child);
		handle_event((PmEvent){.kind = PM_EVENT_LAUNCH_FAILED, .type = type});
		return;
	}
	child->pid = pid;
}

/* The group too, where the child has one of its own: what it started (archive_command, COPY PROGRAM) goes with it. */
static void
signal_child(const PMChild *child, int signo)
{
	if (child->pid <= 0)
		return;
	if (kill(child->pid, signo) != 0)
		elog(DEBUG3, "kill(%ld,%d) failed: %m", (long) child->pid, signo);
}

static void
signal_children(uint32 types, int signo)
{
	dlist_iter iter;

	if (signo == SIGQUIT)
		SetQuitSignalReason(shell.state.crashed ? PMQUIT_FOR_CRASH : PMQUIT_FOR_STOP);
	dlist_foreach(iter, pm_child_active())
	{
		PMChild *child = dlist_container(PMChild, link, iter.cur);

		if (types & PM_TYPE_MASK(child->type))
			signal_child(child, signo);
	}
}

/* ---- actions ------------------------------------------------------------------------------------------------------------- */
static void
stop_accepting(void)
{
	const int *fds;
	int count = listen_sockets(&fds);

	for (int i = 0; shell.accepting && i < count; i++)
		epoll_ctl(shell.epoll_fd, EPOLL_CTL_DEL, fds[i], NULL);
	shell.accepting = false;
}

static void
start_accepting(void)
{
	const int *fds;
	int count = listen_sockets(&fds);

	for (int i = 0; i < count; i++)
	{
		struct epoll_event event = {.events = EPOLLIN, .data.fd = fds[i]};

		if (epoll_ctl(shell.epoll_fd, EPOLL_CTL_ADD, fds[i], &event) != 0)
			elog(FATAL, "epoll_ctl failed: %m");
	}
	shell.accepting = true;
}

static void
reset_shared_memory(void)
{
	if (remove_temp_files_after_crash)
		RemovePgTempFiles();
	shmem_drop_region();
	LocalProcessControlFile(true);
	CreateSharedMemoryAndSemaphores();
}

static void
perform(const PmAction *action)
{
	switch (action->kind)
	{
		case PM_ACTION_LAUNCH:
			launch_auxiliary(action->type);
			break;
		case PM_ACTION_SIGNAL:
			signal_children(action->types, action->signo);
			break;
		case PM_ACTION_KILL_TIMER:
			shell.kill_at_ms = action->value ? now_ms() + SIGKILL_AFTER_MS : 0;
			break;
		case PM_ACTION_RESET_SHMEM:
			reset_shared_memory();
			break;
		case PM_ACTION_CLOSE_SOCKETS:
			stop_accepting();
			break;
		case PM_ACTION_STATUS:
			AddToDataDirLockFile(LOCK_FILE_LINE_PM_STATUS, action->text);
			break;
		case PM_ACTION_LOG:
			ereport(LOG, errmsg_internal("%s", action->text));
			break;
		case PM_ACTION_EXIT:
			proc_exit(action->value);
	}
}

static void
handle_event(PmEvent event)
{
	PmActions actions;
	PMState before = shell.state.phase;

	shell.state = pm_step(shell.state, &event, &actions);
	if (shell.state.phase != before)
		elog(DEBUG2, "postmaster: %s to %s", pm_phase_name(before), pm_phase_name(shell.state.phase));
	for (int i = 0; i < actions.count; i++)
		perform(&actions.item[i]);
}

/* ---- connections ------------------------------------------------------------------------------------------------------------ */
static int32
new_cancel_key(void)
{
	int32 key;

	if (getrandom(&key, sizeof(key), 0) != sizeof(key))
		elog(FATAL, "could not generate random cancel key");
	return key;
}

/* Tell a client without a process for it that there is none; it need not be listening. */
static void
report_fork_failure(int sock)
{
	char buffer[256];
	int length = snprintf(buffer, sizeof(buffer), "E%s%s\n", "could not fork new process for connection: ", strerror(errno));
	ssize_t unused pg_attribute_unused();

	unused = send(sock, buffer, length + 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
launch_backend(ClientSocket *client)
{
	BackendStartupData data = {
		.canAcceptConnections = cac_decide(&shell.state, pm_child_free_client_slots(), EnableHotStandby),
		.cancel_key = new_cancel_key(),
		.socket_created = GetCurrentTimestamp(),
	};
	BackendType type = data.canAcceptConnections == CAC_OK ? B_BACKEND : B_DEAD_END_BACKEND;
	PMChild *child = pm_child_assign(type);
	pid_t pid;

	child->cancel_key = data.cancel_key;
	pid = postmaster_child_launch(type, child->child_slot, &data, sizeof(data), client);
	if (pid < 0)
	{
		int save_errno = errno;

		pm_child_release(child);
		errno = save_errno;
		ereport(LOG, errmsg("could not fork new process for connection: %m"));
		errno = save_errno;
		report_fork_failure(client->sock);
		return;
	}
	child->pid = pid;
	handle_event((PmEvent){.kind = PM_EVENT_LAUNCHED, .type = type});
}

static void
accept_some(int fd)
{
	enum { AT_ONCE = 32 }; /* then look at signals again */
	ClientSocket client;

	for (int i = 0; i < AT_ONCE && listen_accept(fd, &client); i++)
	{
		launch_backend(&client);
		close(client.sock);
	}
}

/* ---- signals ---------------------------------------------------------------------------------------------------------------- */
static void
log_child_exit(const PMChild *child, int status, ChildExit how)
{
	const char *who = process_description(child->type);
	int elevel = how == CHILD_EXIT_CRASH ? LOG : DEBUG2;
	char activity_buffer[1024];
	const char *activity = how == CHILD_EXIT_CRASH && child->type == B_BACKEND
							   ? pgstat_get_crashed_backend_activity(child->pid, activity_buffer, sizeof(activity_buffer))
							   : NULL;

	if (WIFEXITED(status))
		ereport(elevel,
				errmsg("%s (PID %d) exited with exit code %d", who, (int) child->pid, WEXITSTATUS(status)),
				activity ? errdetail("Failed process was running: %s", activity) : 0);
	else
		ereport(elevel,
				errmsg("%s (PID %d) was terminated by signal %d: %s", who, (int) child->pid, WTERMSIG(status),
					   strsignal(WTERMSIG(status))),
				activity ? errdetail("Failed process was running: %s", activity) : 0);
}

static ChildExit
judge_exit(BackendType type, int status, bool detached)
{
	if (!detached || !WIFEXITED(status))
		return CHILD_EXIT_CRASH;
	switch (WEXITSTATUS(status))
	{
		case 0:
			return CHILD_EXIT_OK;
		case 1:
			return CHILD_EXIT_FAILURE;
		default:
			return CHILD_EXIT_CRASH;
	}
}

/*
 * A backend was killed from outside: perhaps it can be cleaned up after, and nobody else needs to notice. The machine hears of the
 * death when the cleaner has come to a result. False: it must be treated as a crash.
 */
static bool
try_to_contain(const PMChild *dead, int status)
{
	CrashCleanerStartupData data = {.pid = dead->pid};
	PMChild *cleaner;
	pid_t pid;

	if (dead->type != B_BACKEND || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL || shell.state.crashed ||
		shell.state.phase != PM_RUN || shell.state.shutdown == IMMEDIATE_SHUTDOWN)
		return false;
	cleaner = pm_child_assign(B_CRASH_CLEANER);
	if (cleaner == NULL)
		return false;
	cleaner->cleans_pid = dead->pid;
	cleaner->cleans_type = dead->type;
	pid = postmaster_child_launch(B_CRASH_CLEANER, cleaner->child_slot, &data, sizeof(data), NULL);
	if (pid < 0)
	{
		pm_child_release(cleaner);
		return false;
	}
	cleaner->pid = pid;
	return true;
}

static void
cleaner_ended(const PMChild *cleaner, ChildExit how)
{
	handle_event((PmEvent){.kind = PM_EVENT_CHILD_EXIT,
						   .type = cleaner->cleans_type,
						   .how = how == CHILD_EXIT_OK ? CHILD_EXIT_FAILURE : CHILD_EXIT_CRASH});
}

static void
reap_children(void)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
	{
		PMChild *child = pm_child_find(pid);
		PMChild copy;
		ChildExit how;

		if (child == NULL)
			continue; /* not one we launched: inherited from whoever exec'ed us */
		copy = *child;
		how = judge_exit(copy.type, status, pm_child_release(child));
		if (copy.type == B_DEAD_END_BACKEND)
			how = CHILD_EXIT_OK; /* it touches nothing that could suffer */
		/* in a crash or shutdown the others' ends are of our making */
		if (!shell.state.crashed && shell.state.shutdown != IMMEDIATE_SHUTDOWN)
			log_child_exit(&copy, status, how);
		if (copy.type == B_CRASH_CLEANER)
		{
			cleaner_ended(&copy, how);
			continue;
		}
		if (how == CHILD_EXIT_CRASH && try_to_contain(&copy, status))
			continue;
		handle_event((PmEvent){.kind = PM_EVENT_CHILD_EXIT, .type = copy.type, .how = how});
	}
}

static void
reload_configuration(void)
{
	if (shell.state.shutdown > SMART_SHUTDOWN)
		return;
	ereport(LOG, errmsg("received SIGHUP, reloading configuration files"));
	ProcessConfigFile(PGC_SIGHUP);
	signal_children(~(uint32) 0 & ~PM_TYPE_MASK(B_DEAD_END_BACKEND), SIGHUP);
	if (load_hba && !load_hba())
		ereport(LOG, errmsg("%s was not reloaded", HbaFileName));
}

static void
handle_pmsignals(void)
{
	static const struct
	{
		PMSignalReason reason;
		PmEventKind event;
	} translated[] = {{PMSIGNAL_RECOVERY_STARTED, PM_EVENT_RECOVERY_STARTED},
					  {PMSIGNAL_BEGIN_HOT_STANDBY, PM_EVENT_BEGIN_HOT_STANDBY},
					  {PMSIGNAL_XLOG_IS_SHUTDOWN, PM_EVENT_XLOG_IS_SHUTDOWN}};

	for (int i = 0; i < lengthof(translated); i++)
		if (CheckPostmasterSignal(translated[i].reason))
			handle_event((PmEvent){.kind = translated[i].event});
}

static void
handle_signal(int signo)
{
	switch (signo)
	{
		case SIGHUP:
			reload_configuration();
			break;
		case SIGTERM:
			handle_event((PmEvent){.kind = PM_EVENT_SHUTDOWN, .mode = SMART_SHUTDOWN});
			break;
		case SIGINT:
			handle_event((PmEvent){.kind = PM_EVENT_SHUTDOWN, .mode = FAST_SHUTDOWN});
			break;
		case SIGQUIT:
			handle_event((PmEvent){.kind = PM_EVENT_SHUTDOWN, .mode = IMMEDIATE_SHUTDOWN});
			break;
		case SIGUSR1:
			handle_pmsignals();
			break;
		case SIGCHLD:
			/* what a child said before it died comes first */
			handle_pmsignals();
			reap_children();
			break;
	}
}

static void
read_signals(void)
{
	struct signalfd_siginfo info[8];
	ssize_t got;

	while ((got = read(shell.signal_fd, info, sizeof(info))) > 0)
		for (size_t i = 0; i < got / sizeof(info[0]); i++)
			handle_signal((int) info[i].ssi_signo);
}

/* ---- time -------------------------------------------------------------------------------------------------------------------- */
static void
handle_time(void)
{
	int64 now = now_ms();

	if (shell.kill_at_ms != 0 && now >= shell.kill_at_ms)
	{
		shell.kill_at_ms = 0;
		handle_event((PmEvent){.kind = PM_EVENT_KILL_TIMEOUT});
	}
	if (shell.state.held_back != 0)
		handle_event((PmEvent){.kind = PM_EVENT_TICK});
	if (now >= shell.lock_check_at_ms)
	{
		shell.lock_check_at_ms = now + LOCK_FILE_CHECK_MS;
		if (!RecheckDataDirLockFile())
		{
			ereport(LOG, errmsg("performing immediate shutdown because data directory lock file is invalid"));
			handle_event((PmEvent){.kind = PM_EVENT_SHUTDOWN, .mode = IMMEDIATE_SHUTDOWN});
		}
	}
	if (now >= shell.touch_at_ms)
	{
		shell.touch_at_ms = now + SOCKET_TOUCH_MS;
		TouchSocketLockFiles();
	}
}

static int
wait_timeout_ms(void)
{
	int64 until = Min(shell.lock_check_at_ms, shell.touch_at_ms);
	int64 now = now_ms();

	if (shell.kill_at_ms != 0)
		until = Min(until, shell.kill_at_ms);
	if (shell.state.held_back != 0)
		until = Min(until, now + TICK_MS);
	return (int) Max(until - now, 0);
}

/* ---- life ------------------------------------------------------------------------------------------------------------------- */
void
pm_shell_init(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGCHLD, SIGUSR1};
	struct epoll_event event = {.events = EPOLLIN};

	sigemptyset(&shell.signals);
	for (int i = 0; i < lengthof(signals); i++)
	{
		pqsignal(signals[i], SIG_DFL);
		sigaddset(&shell.signals, signals[i]);
	}
	pqsignal(SIGPIPE, SIG_IGN);
	pqsignal(SIGUSR2, SIG_IGN);
	pqsignal(SIGALRM, SIG_IGN);
	sigprocmask(SIG_BLOCK, &shell.signals, NULL);
	shell.signal_fd = signalfd(-1, &shell.signals, SFD_CLOEXEC | SFD_NONBLOCK);
	shell.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	event.data.fd = shell.signal_fd;
	if (shell.signal_fd < 0 || shell.epoll_fd < 0 ||
		epoll_ctl(shell.epoll_fd, EPOLL_CTL_ADD, shell.signal_fd, &event) != 0)
		elog(FATAL, "could not set up the postmaster's wait set: %m");
}

void
pm_shell_close_in_child(void)
{
	listen_close_in_child();
	close(shell.epoll_fd);
	close(shell.signal_fd);
	shell.epoll_fd = shell.signal_fd = -1;
	/* children start with everything blocked and unblock when their handlers are in place */
	sigprocmask(SIG_SETMASK, &BlockSig, NULL);
}

static void
sort_out(const struct epoll_event *events, int count)
{
	for (int i = 0; i < count; i++)
		if (events[i].data.fd == shell.signal_fd)
			read_signals();
	for (int i = 0; i < count; i++)
		if (events[i].data.fd != shell.signal_fd)
			accept_some(events[i].data.fd);
}

void
pm_shell_run(void)
{
	shell.state = pm_initial_state(restart_after_crash);
	shell.lock_check_at_ms = now_ms() + LOCK_FILE_CHECK_MS;
	shell.touch_at_ms = now_ms() + SOCKET_TOUCH_MS;
	start_accepting();
	handle_event((PmEvent){.kind = PM_EVENT_START});
	for (;;)
	{
		struct epoll_event events[16];
		int count = epoll_wait(shell.epoll_fd, events, lengthof(events), wait_timeout_ms());

		if (count < 0 && errno != EINTR)
			elog(FATAL, "epoll_wait() failed in postmaster: %m");
		sort_out(events, Max(count, 0));
		shell.state.restart_after_crash = restart_after_crash;
		handle_time();
	}
}
