/*
 * crash_cleaner.c
 *    A backend was killed from outside: give back what it owned, so that nobody else notices.
 *
 * Everything a process owns in shared memory is written in its PGPROC (shmem/README.md, C1-C3). If it died in a critical section, held an
 * LWLock exclusively, was in the instant of taking or releasing a shared one, or did I/O on a buffer, shared memory may be half changed: exit
 * code 1, and the postmaster resets everything. Otherwise its transaction is aborted and all it owned released, in the order
 * in which the process itself would have done it.
 *
 * No abort record is written: an xid that is neither running nor committed counts as aborted, now and after a restart. Files the
 * transaction has made stay until the next start.
 */
#include "postgres.h"

#include "access/clog.h"
#include "access/transam.h"
#include "lock/lock_crash.h"
#include "miscadmin.h"
#include "process/crash_cleaner.h"
#include "shmem/lwlock_internal.h"
#include "shmem/proc_internal.h"
#include "storage/buffer.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "txn/multixact_internal.h"
#include "workers/aux_process.h"

static PGPROC *
find_dead(int pid)
{
	for (uint32 i = 0; i < ProcGlobal->allProcCount; i++)
		if (ProcGlobal->allProcs[i].pid == pid)
			return &ProcGlobal->allProcs[i];
	return NULL;
}

/* NULL, or why it cannot be contained. */
static const char *
reason_against(const PGPROC *dead)
{
	if (dead->pgprocno >= MaxBackends)
		return "it was an auxiliary process";
	if (dead->crit_section_count > 0)
		return "it was in a critical section";
	if (lwlock_remains_of(dead) == LWLOCK_REMAINS_DAMAGE)
		return "it held a lightweight lock exclusively";
	if (!buf_remains_are_clean(dead))
		return "it was reading or writing a buffer";
	return NULL;
}

/* Its transaction is over, and was rolled back. */
static void
abort_transaction_of(PGPROC *dead)
{
	TransactionId xid = dead->xid;
	TransactionId latest = xid;

	if (TransactionIdIsValid(xid) && !TransactionIdDidCommit(xid))
	{
		int n = dead->subxidStatus.count;

		TransactionIdAbortTree(xid, n, dead->subxids.xids);
		latest = TransactionIdLatest(xid, n, dead->subxids.xids);
	}
	ProcArrayRemove(dead, latest);
}

static void
release_everything_of(PGPROC *dead)
{
	lwlock_release_remains_of(dead);
	abort_transaction_of(dead);
	buf_release_remains_of(dead);
	lock_release_remains_of(dead);
	multixact_release_remains_of(dead->backendId);
	sinval_release_remains_of(dead);
	procsignal_release_remains_of(dead);
	backend_status_release_remains_of(dead);
	dead->xid = dead->xmin = InvalidTransactionId;
	dead->lxid = 0;
	dead->procLatch.owner_pid = 0;
	pg_atomic_write_u32(&dead->procLatch.sleeping, 0);
	proc_return_slot(dead);
}

void
CrashCleanerMain(const void *startup_data, size_t startup_data_len)
{
	const CrashCleanerStartupData *data = startup_data;
	const char *reason;
	PGPROC *dead;

	Assert(startup_data_len == sizeof(*data));
	aux_process_begin(false);
	dead = find_dead(data->pid);
	if (dead == NULL)
	{
		/* It had not got as far as a PGPROC, or had given it back. */
		proc_exit(0);
	}
	reason = reason_against(dead);
	if (reason)
	{
		ereport(LOG, errmsg("the end of process %d cannot be contained: %s", data->pid, reason));
		proc_exit(1);
	}
	release_everything_of(dead);
	ereport(LOG, errmsg("cleaned up after process %d", data->pid));
	proc_exit(0);
}
