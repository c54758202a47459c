/*
 * walwriter.c
 *    Writes WAL out in the background.
 *
 * An asynchronous commit is durable at the latest three wal_writer_delays later. When there has been nothing to do for a while the
 * writer sleeps long, and says so: then committers wake it.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/walwriter.h"
#include "process/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"
#include "workers/aux_process.h"
#include "workers/checkpointer_shared.h"

int WalWriterDelay = 200;
int WalWriterFlushAfter = 128;

#define IDLE_ROUNDS_BEFORE_HIBERNATION 50
#define HIBERNATE_FACTOR 25

bool
wal_writer_sleeps_long(void)
{
	return checkpointer_shared && checkpointer_shared->wal_writer_sleeps_long;
}

void
wal_writer_set_sleeps_long(bool sleeps_long)
{
	checkpointer_shared->wal_writer_sleeps_long = sleeps_long;
}

static void
forget_latch(int code, Datum arg)
{
	ProcGlobal->walwriterLatch = NULL;
}

void
WalWriterMain(const void *startup_data, size_t startup_data_len)
{
	MemoryContext context;
	volatile int idle_rounds = 0;

	aux_process_begin(true);
	context = AllocSetContextCreate(TopMemoryContext, "Wal Writer", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	aux_process_error_frame(context);
	wal_writer_set_sleeps_long(false);
	ProcGlobal->walwriterLatch = &MyProc->procLatch;
	on_shmem_exit(forget_latch, 0);
	for (;;)
	{
		long timeout = WalWriterDelay;
		bool hibernate = idle_rounds >= IDLE_ROUNDS_BEFORE_HIBERNATION;

		if (hibernate != wal_writer_sleeps_long())
			wal_writer_set_sleeps_long(hibernate);
		ResetLatch(MyLatch);
		HandleMainLoopInterrupts();
		if (XLogBackgroundFlush())
			idle_rounds = 0;
		else if (idle_rounds < IDLE_ROUNDS_BEFORE_HIBERNATION)
			idle_rounds++;
		if (hibernate)
			timeout *= HIBERNATE_FACTOR;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, timeout,
						 WAIT_EVENT_WAL_WRITER_MAIN);
	}
}
