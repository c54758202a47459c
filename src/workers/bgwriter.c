/*
 * bgwriter.c
 *    The background writer: keeps buffers clean that will be wanted soon, so that backends need not write.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/bgwriter.h"
#include "process/interrupt.h"
#include "storage/buffer.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"
#include "workers/aux_process.h"

int BgWriterDelay = 200;

#define HIBERNATE_FACTOR 50

void
BackgroundWriterMain(const void *startup_data, size_t startup_data_len)
{
	MemoryContext context;
	WritebackContext wb_context;
	bool hibernated = false;

	aux_process_begin(true);
	context = AllocSetContextCreate(TopMemoryContext, "Background Writer", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	WritebackContextInit(&wb_context, &bgwriter_flush_after);
	aux_process_error_frame(context);
	WritebackContextInit(&wb_context, &bgwriter_flush_after);
	for (;;)
	{
		bool can_hibernate = true;
		int rc;

		ResetLatch(MyLatch);
		HandleMainLoopInterrupts();
		/* In recovery the startup process keeps the table of files to sync: nobody else writes then. */
		if (!RecoveryInProgress())
			can_hibernate = BgBufferSync(&wb_context);
		smgrcloseall();
		rc = WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, BgWriterDelay,
					   WAIT_EVENT_BGWRITER_MAIN);
		if (rc == WL_TIMEOUT && can_hibernate && hibernated)
		{
			/* Two quiet rounds: sleep until somebody takes a buffer. */
			pg_atomic_write_u32(&buf_pool->bgwriter_procno_plus1, (uint32) MyProc->pgprocno + 1);
			(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
							 BgWriterDelay * HIBERNATE_FACTOR, WAIT_EVENT_BGWRITER_HIBERNATE);
			pg_atomic_write_u32(&buf_pool->bgwriter_procno_plus1, 0);
		}
		hibernated = can_hibernate;
	}
}
