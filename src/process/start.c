/*
 * start.c
 *    The first steps of every process: memory, clock, latch, signals (process/init_postgres.h).
 */
#include "postgres.h"

#include <locale.h>
#include <sys/time.h>
#include <unistd.h>

#include "access/xloginsert.h"
#include "error/log_context.h"
#include "miscadmin.h"
#include "process/init_postgres.h"
#include "process/interrupt.h"
#include "storage/bufmgr.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/pmsignal.h"
#include "storage/proc.h"
#include "storage/smgr.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* What is new for every process, forked ones included. */
static void
begin_life(void)
{
	MyProcPid = getpid();
	MyStartTimestamp = GetCurrentTimestamp();
	MyStartTime = time(NULL);
	log_context.start_time = MyStartTime;
	log_context.line_number = 0;
	srandom((unsigned) (MyProcPid ^ MyStartTimestamp));
}

void
InitProcessGlobals(void)
{
	set_stack_base();
	MemoryContextInit();
	begin_life();
	pqinitmask();
	fault_points_arm_from_environment();
	/* the C locale until a database says otherwise: numbers are written with a point */
	setlocale(LC_ALL, "C");
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "C");
}

void
InitStandaloneProcess(const char *argv0)
{
	MyBackendType = B_STANDALONE_BACKEND;
	log_context.backend_type = GetBackendTypeDesc(MyBackendType);
	IsPostmasterEnvironment = false;
	InitializeLatchSupport();
	InitProcessLocalLatch();
	sigprocmask(SIG_SETMASK, &UnBlockSig, NULL);
}

void
InitPostmasterChild(void)
{
	IsUnderPostmaster = true;
	begin_life();
	set_stack_base();
	on_exit_reset();
	InitializeLatchSupport();
	InitProcessLocalLatch();
	PostmasterDeathSignalInit();
	/* it may have died before we asked to be told */
	if (!PostmasterIsAlive())
		_exit(1);
}

void
InitializeMaxBackends(void)
{
	extern int autovacuum_max_workers;
	extern int max_wal_senders;

	/* one for the autovacuum launcher */
	MaxBackends = MaxConnections + autovacuum_max_workers + 1 + max_worker_processes + max_wal_senders;
	if (MaxBackends > 0x3FFFF)
		elog(ERROR, "too many backends configured");
}

void
BaseInit(void)
{
	InitFileAccess();
	smgrinit();
	InitBufferPoolAccess();
	InitTemporaryFileAccess();
	InitXLogInsert();
}
