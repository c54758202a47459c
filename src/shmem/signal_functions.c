/*
 * signal_functions.c
 *    SQL functions that signal other sessions.
 */
#include "postgres.h"

#include <signal.h>

#include "catalog/pg_authid.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/wait_event.h"

typedef enum SignalResult
{
	SIGNAL_SENT,
	SIGNAL_FAILED,
	SIGNAL_NEEDS_MEMBERSHIP,
	SIGNAL_NEEDS_SUPERUSER
} SignalResult;

static SignalResult
signal_backend(int pid, int signo)
{
	PGPROC *proc = BackendPidGetProc(pid);

	if (proc == NULL)
	{
		/* It may have ended by itself: not an error. */
		ereport(WARNING, errmsg("PID %d is not a PostgreSQL backend process", pid));
		return SIGNAL_FAILED;
	}
	if (superuser_arg(proc->roleId) && !superuser())
		return SIGNAL_NEEDS_SUPERUSER;
	if (!has_privs_of_role(GetUserId(), proc->roleId) && !has_privs_of_role(GetUserId(), ROLE_PG_SIGNAL_BACKEND))
		return SIGNAL_NEEDS_MEMBERSHIP;
	if (kill(pid, signo) != 0)
	{
		ereport(WARNING, errmsg("could not send signal to process %d: %m", pid));
		return SIGNAL_FAILED;
	}
	return SIGNAL_SENT;
}

Datum
pg_cancel_backend(PG_FUNCTION_ARGS)
{
	SignalResult result = signal_backend(PG_GETARG_INT32(0), SIGINT);

	if (result == SIGNAL_NEEDS_SUPERUSER)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("must be a superuser to cancel superuser query"));
	if (result == SIGNAL_NEEDS_MEMBERSHIP)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("must be a member of the role whose query is being canceled or member of pg_signal_backend"));
	PG_RETURN_BOOL(result == SIGNAL_SENT);
}

/* Wait until the process is gone; false with a warning when that takes too long. */
static bool
wait_until_gone(int pid, int64 timeout_ms)
{
	for (int64 left = timeout_ms; left > 0; left -= 100)
	{
		if (kill(pid, 0) == -1)
		{
			if (errno == ESRCH)
				return true;
			ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
					errmsg("could not check the existence of the backend with PID %d: %m", pid));
		}
		CHECK_FOR_INTERRUPTS();
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, Min(left, 100),
						 WAIT_EVENT_BACKEND_TERMINATION);
		ResetLatch(MyLatch);
	}
	ereport(WARNING, errmsg_plural("backend with PID %d did not terminate within %lld millisecond",
								   "backend with PID %d did not terminate within %lld milliseconds", timeout_ms, pid,
								   (long long) timeout_ms));
	return false;
}

Datum
pg_terminate_backend(PG_FUNCTION_ARGS)
{
	int pid = PG_GETARG_INT32(0);
	int64 timeout = PG_GETARG_INT64(1);
	SignalResult result;

	if (timeout < 0)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("\"timeout\" must not be negative"));
	result = signal_backend(pid, SIGTERM);
	if (result == SIGNAL_NEEDS_SUPERUSER)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("must be a superuser to terminate superuser process"));
	if (result == SIGNAL_NEEDS_MEMBERSHIP)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("must be a member of the role whose process is being terminated or member of pg_signal_backend"));
	if (result == SIGNAL_SENT && timeout > 0)
		PG_RETURN_BOOL(wait_until_gone(pid, timeout));
	PG_RETURN_BOOL(result == SIGNAL_SENT);
}
