/*
 * startup.c
 *    The startup process: brings the data directory to a consistent state, and ends with exit code 0.
 */
#include <unistd.h>

#include "postgres.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/startup.h"
#include "process/interrupt.h"
#include "storage/ipc.h"
#include "storage/pmsignal.h"
#include "storage/procsignal.h"
#include "utils/guc.h"
#include "workers/aux_process.h"

static volatile sig_atomic_t shutdown_requested;

/* Told to stop in the middle of recovery: exit 1, the postmaster knows that it asked for it. */
static void
request_shutdown(int signo)
{
	shutdown_requested = true;
}

void
HandleStartupProcInterrupts(void)
{
	static uint32 calls;

	if (unlikely(ConfigReloadPending))
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
	}
	if (unlikely(shutdown_requested))
		proc_exit(1);
	/* Called for every record: the postmaster is looked at now and then. */
	if (unlikely(++calls % 1024 == 0) && IsUnderPostmaster && !PostmasterIsAlive())
		exit(1);
	if (unlikely(ProcSignalBarrierPending))
		ProcessProcSignalBarrier();
}

void
StartupProcessMain(const void *startup_data, size_t startup_data_len)
{
	aux_process_begin(false);
	pqsignal(SIGTERM, request_shutdown);
	StartupXLOG();
	proc_exit(0);
}
