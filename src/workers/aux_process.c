/*
 * aux_process.c
 *    Beginning and error recovery of auxiliary processes.
 *
 * Auxiliary processes run no transactions: what a transaction's abort would give back is given back here, and resources
 * belong to AuxProcessResourceOwner.
 */
#include <signal.h>
#include <unistd.h>

#include "postgres.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "process/interrupt.h"
#include "storage/bufmgr.h"
#include "storage/condition_variable.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/pmsignal.h"
#include "storage/proc.h"
#include "storage/procsignal.h"
#include "storage/smgr.h"
#include "utils/backend_status.h"
#include "utils/memutils.h"
#include "utils/ps_status.h"
#include "utils/resowner.h"
#include "utils/wait_event.h"
#include "workers/aux_process.h"

extern void BaseInit(void);

static void
release_at_exit(int code, Datum arg)
{
	LWLockReleaseAll();
	ConditionVariableCancelSleep();
	AbortBufferIO();
	ReleaseAuxProcessResources(false);
}

void
aux_process_begin(bool shutdown_on_term)
{
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGINT, SIG_IGN);
	pqsignal(SIGTERM, shutdown_on_term ? SignalHandlerForShutdownRequest : SIG_IGN);
	pqsignal(SIGQUIT, SignalHandlerForCrashExit);
	pqsignal(SIGALRM, SIG_IGN);
	pqsignal(SIGPIPE, SIG_IGN);
	pqsignal(SIGUSR1, procsignal_sigusr1_handler);
	pqsignal(SIGUSR2, SIG_IGN);
	pqsignal(SIGCHLD, SIG_DFL);

	init_ps_display(NULL);
	InitAuxiliaryProcess();
	BaseInit();
	CreateAuxProcessResourceOwner();
	ProcSignalInit(MyProc->pgprocno + 1);
	before_shmem_exit(release_at_exit, 0);
	pgstat_beinit();
	pgstat_bestart();
	SetProcessingMode(NormalProcessing);
	sigprocmask(SIG_SETMASK, &UnBlockSig, NULL);
}

void
aux_process_recover(MemoryContext loop_context)
{
	error_context_stack = NULL;
	HOLD_INTERRUPTS();
	EmitErrorReport();
	LWLockReleaseAll();
	ConditionVariableCancelSleep();
	pgstat_report_wait_end();
	AbortBufferIO();
	UnlockBuffers();
	XLogResetInsertion();
	ReleaseAuxProcessResources(false);
	AtEOXact_Buffers(false);
	AtEOXact_SMgr();
	AtEOXact_Files(false);
	MemoryContextSwitchTo(loop_context);
	FlushErrorState();
	MemoryContextReset(loop_context);
	RESUME_INTERRUPTS();
	/* Errors are likely to come again at once: do not fill the log with them. */
	usleep(1000000L);
}
