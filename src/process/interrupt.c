/*
 * interrupt.c
 *    Signals into interrupts, interrupts into errors (process/interrupt.h, miscadmin.h).
 */
#include "postgres.h"

#include <signal.h>
#include <unistd.h>

#include "access/xact.h"
#include "error/log_context.h"
#include "miscadmin.h"
#include "process/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/procsignal.h"
#include "storage/sinval.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timeout.h"

volatile sig_atomic_t QueryCancelPending = false;
volatile sig_atomic_t ProcDiePending = false;
volatile sig_atomic_t IdleInTransactionSessionTimeoutPending = false;
volatile sig_atomic_t IdleSessionTimeoutPending = false;
volatile sig_atomic_t ClientConnectionLost = false;
volatile sig_atomic_t CheckClientConnectionPending = false;
volatile sig_atomic_t ProcSignalBarrierPending = false;
volatile sig_atomic_t LogMemoryContextPending = false;
volatile sig_atomic_t ConfigReloadPending = false;
volatile sig_atomic_t ShutdownRequestPending = false;
volatile sig_atomic_t IdleStatsUpdateTimeoutPending = false;

sigset_t UnBlockSig;
sigset_t BlockSig;
bool DoingCommandRead = false;

/* ---- handlers ------------------------------------------------------------------------------------------------------ */
pqsigfunc
pqsignal(int signo, pqsigfunc func)
{
	struct sigaction action = {.sa_handler = func, .sa_flags = SA_RESTART};
	struct sigaction old;

	sigemptyset(&action.sa_mask);
	if (signo == SIGCHLD)
		action.sa_flags |= SA_NOCLDSTOP;
	if (sigaction(signo, &action, &old) < 0)
		return SIG_ERR;
	return old.sa_handler;
}

void
pqinitmask(void)
{
	static const int never_blocked[] = {SIGTRAP, SIGABRT, SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGSYS, SIGCONT};

	sigemptyset(&UnBlockSig);
	sigfillset(&BlockSig);
	for (int i = 0; i < lengthof(never_blocked); i++)
		sigdelset(&BlockSig, never_blocked[i]);
	/* the latch's signal is read from a descriptor and stays blocked */
	sigaddset(&UnBlockSig, SIGURG);
}

/* Raise a flag and wake the process up. */
static void
note(volatile sig_atomic_t *flag)
{
	int save_errno = errno;

	*flag = true;
	if (MyLatch)
		SetLatch(MyLatch);
	errno = save_errno;
}

void
die(int signo)
{
	if (!proc_exit_inprogress)
	{
		InterruptPending = true;
		note(&ProcDiePending);
	}
}

void
StatementCancelHandler(int signo)
{
	if (!proc_exit_inprogress)
	{
		InterruptPending = true;
		note(&QueryCancelPending);
	}
}

void
SignalHandlerForConfigReload(int signo)
{
	note(&ConfigReloadPending);
}

void
SignalHandlerForShutdownRequest(int signo)
{
	note(&ShutdownRequestPending);
}

/* Shared memory may be damaged: no callbacks, no cleaning up. */
void
SignalHandlerForCrashExit(int signo)
{
	_exit(2);
}

/*
 * SIGQUIT: the postmaster resets everything, or shuts down at once. The client is told if that can be done without taking a
 * risk; reporting allocates, so whoever was inside malloc could hang here: an alarm ends that.
 */
void
quickdie(int signo)
{
	sigset_t only_alarm;

	/* nothing but the alarm may come in between, and it kills */
	sigfillset(&only_alarm);
	sigdelset(&only_alarm, SIGALRM);
	sigprocmask(SIG_SETMASK, &only_alarm, NULL);
	signal(SIGALRM, SIG_DFL);
	alarm(2);
	HOLD_INTERRUPTS();
	if (log_context.in_authentication)
		client_report_hook = NULL;
	error_context_stack = NULL;
	ereport(WARNING_CLIENT_ONLY,
			errcode(ERRCODE_CRASH_SHUTDOWN),
			errmsg("terminating connection because of crash of another server process"),
			errdetail("The postmaster has commanded this server process to roll back the current transaction and exit, "
					  "because another server process exited abnormally and possibly corrupted shared memory."),
			errhint("In a moment you should be able to reconnect to the database and repeat your command."));
	_exit(2);
}

void
FloatExceptionHandler(int signo)
{
	ereport(ERROR,
			errcode(ERRCODE_FLOATING_POINT_EXCEPTION),
			errmsg("floating-point exception"),
			errdetail("An invalid floating-point operation was signaled. "
					  "This probably means an out-of-range result or an invalid operation, such as division by zero."));
	pg_unreachable();
}

void
backend_signals_install(void)
{
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGINT, StatementCancelHandler);
	pqsignal(SIGTERM, die);
	pqsignal(SIGQUIT, IsUnderPostmaster ? (pqsigfunc) quickdie : (pqsigfunc) die);
	pqsignal(SIGPIPE, SIG_IGN);
	pqsignal(SIGUSR1, procsignal_sigusr1_handler);
	pqsignal(SIGUSR2, SIG_IGN);
	pqsignal(SIGFPE, FloatExceptionHandler);
	pqsignal(SIGCHLD, SIG_DFL);
	InitializeTimeouts(); /* SIGALRM */
}

/* ---- acting on them --------------------------------------------------------------------------------------------------- */
static void
process_die(void)
{
	ProcDiePending = false;
	QueryCancelPending = false; /* dying outranks it */
	LockErrorCleanup();
	if (log_context.in_authentication && whereToSendOutput == DestRemote)
		whereToSendOutput = DestNone; /* a client that has not said who it is gets no details */
	if (log_context.in_authentication)
		ereport(FATAL, errcode(ERRCODE_QUERY_CANCELED), errmsg("canceling authentication due to timeout"));
	if (IsAutoVacuumWorkerProcess())
		ereport(FATAL,
				errcode(ERRCODE_ADMIN_SHUTDOWN),
				errmsg("terminating autovacuum process due to administrator command"));
	if (MyBackendType == B_BG_WORKER)
		ereport(FATAL,
				errcode(ERRCODE_ADMIN_SHUTDOWN),
				errmsg("terminating background worker due to administrator command"));
	ereport(FATAL,
			errcode(ERRCODE_ADMIN_SHUTDOWN),
			errmsg("terminating connection due to administrator command"));
}

/* The earlier of the two timeouts is the reason, when both have fired. */
static void
process_cancel(void)
{
	bool lock_timeout = get_timeout_indicator(LOCK_TIMEOUT, true);
	bool statement_timeout = get_timeout_indicator(STATEMENT_TIMEOUT, true);

	QueryCancelPending = false;
	if (lock_timeout && statement_timeout &&
		get_timeout_finish_time(STATEMENT_TIMEOUT) < get_timeout_finish_time(LOCK_TIMEOUT))
		lock_timeout = false;
	if (lock_timeout)
	{
		LockErrorCleanup();
		ereport(ERROR,
				errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				errmsg("canceling statement due to lock timeout"));
	}
	if (statement_timeout)
	{
		LockErrorCleanup();
		ereport(ERROR,
				errcode(ERRCODE_QUERY_CANCELED),
				errmsg("canceling statement due to statement timeout"));
	}
	if (IsAutoVacuumWorkerProcess())
	{
		LockErrorCleanup();
		ereport(ERROR, errcode(ERRCODE_QUERY_CANCELED), errmsg("canceling autovacuum task"));
	}
	/* between commands there is nothing to cancel: the request came too late */
	if (!DoingCommandRead)
	{
		LockErrorCleanup();
		ereport(ERROR,
				errcode(ERRCODE_QUERY_CANCELED),
				errmsg("canceling statement due to user request"));
	}
}

static void
process_idle_timeouts(void)
{
	if (IdleInTransactionSessionTimeoutPending)
	{
		IdleInTransactionSessionTimeoutPending = false;
		if (IdleInTransactionSessionTimeout > 0)
			ereport(FATAL,
					errcode(ERRCODE_IDLE_IN_TRANSACTION_SESSION_TIMEOUT),
					errmsg("terminating connection due to idle-in-transaction timeout"));
	}
	if (IdleSessionTimeoutPending)
	{
		IdleSessionTimeoutPending = false;
		if (IdleSessionTimeout > 0)
			ereport(FATAL,
					errcode(ERRCODE_IDLE_SESSION_TIMEOUT),
					errmsg("terminating connection due to idle-session timeout"));
	}
}

static void
process_connection_loss(void)
{
	if (CheckClientConnectionPending)
	{
		extern bool pq_check_connection(void) __attribute__((weak));

		CheckClientConnectionPending = false;
		if (IsTransactionState() && !IsAbortedTransactionBlockState() && client_connection_check_interval > 0)
		{
			if (pq_check_connection && !pq_check_connection())
				ClientConnectionLost = true;
			else
				enable_timeout_after(CLIENT_CONNECTION_CHECK_TIMEOUT, client_connection_check_interval);
		}
	}
	if (ClientConnectionLost)
	{
		QueryCancelPending = false;
		LockErrorCleanup();
		whereToSendOutput = DestNone;
		ereport(FATAL, errcode(ERRCODE_CONNECTION_FAILURE), errmsg("connection to client lost"));
	}
}

static void
log_memory_contexts(void)
{
	LogMemoryContextPending = false;
	ereport(LOG_SERVER_ONLY,
			errhidestmt(true),
			errhidecontext(true),
			errmsg("logging memory contexts of PID %d", MyProcPid));
	MemoryContextStats(TopMemoryContext);
}

void
ProcessInterrupts(void)
{
	if (InterruptHoldoffCount != 0 || CritSectionCount != 0)
		return;
	InterruptPending = false;
	if (ProcDiePending)
		process_die();
	process_connection_loss();
	if (QueryCancelPending)
	{
		if (QueryCancelHoldoffCount != 0)
			InterruptPending = true; /* later */
		else
			process_cancel();
	}
	process_idle_timeouts();
	if (ProcSignalBarrierPending)
		ProcessProcSignalBarrier();
	if (LogMemoryContextPending)
		log_memory_contexts();
}

void
HandleMainLoopInterrupts(void)
{
	if (ProcSignalBarrierPending)
		ProcessProcSignalBarrier();
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
	if (ShutdownRequestPending)
		proc_exit(0);
	if (LogMemoryContextPending)
		log_memory_contexts();
}

/* ---- while talking to the client ------------------------------------------------------------------------------------------ */
/* Reading a command: catch up with others' invalidations and notifications; nothing else may interrupt half a message. */
void
ProcessClientReadInterrupt(bool blocked)
{
	int save_errno = errno;

	if (DoingCommandRead)
	{
		CHECK_FOR_INTERRUPTS();
		if (catchupInterruptPending)
			ProcessCatchupInterrupt();
		if (notifyInterruptPending)
		{
			extern void ProcessNotifyInterrupt(bool flush) __attribute__((weak));

			if (ProcessNotifyInterrupt)
				ProcessNotifyInterrupt(true);
			else
				notifyInterruptPending = false;
		}
	}
	else if (ProcDiePending)
	{
		if (blocked)
			CHECK_FOR_INTERRUPTS();
		else
			SetLatch(MyLatch); /* look again before going to sleep */
	}
	errno = save_errno;
}

/* Writing: only being told to die counts, and then the client, half a message received, is not told any more. */
void
ProcessClientWriteInterrupt(bool blocked)
{
	int save_errno = errno;

	if (ProcDiePending)
	{
		if (!blocked)
			SetLatch(MyLatch);
		else if (InterruptHoldoffCount == 0 && CritSectionCount == 0)
		{
			if (whereToSendOutput == DestRemote)
				whereToSendOutput = DestNone;
			CHECK_FOR_INTERRUPTS();
		}
	}
	errno = save_errno;
}
