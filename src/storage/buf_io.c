/*
 * buf_io.c
 *    Reading and writing of one buffer: BM_IO_IN_PROGRESS, and writing with WAL first.
 *
 * A process does one buffer I/O at a time. Others who need the buffer sleep on its condition variable. When the I/O's owner raises
 * an error, AbortBufferIO() (by its resource owner, or error recovery of processes without one) takes the flag off again.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "storage/buffer.h"
#include "storage/proc.h"
#include "sys/fault.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

static struct
{
	BufferDesc *desc; /* NULL: none */
	bool for_input;
	ResourceOwner owner;
} io_in_progress;

static void
release_io_resource(Datum res)
{
	io_in_progress.owner = NULL;
	AbortBufferIO();
}

static const ResourceOwnerDesc buffer_io_resowner_desc = {
	.name = "buffer io",
	.release_phase = RESOURCE_RELEASE_BEFORE_LOCKS,
	.release_priority = RELEASE_PRIO_BUFFER_IOS,
	.ReleaseResource = release_io_resource,
	.DebugPrint = NULL,
};

void
buf_io_wait(BufferDesc *desc)
{
	ConditionVariablePrepareToSleep(&desc->io_done);
	while (pg_atomic_read_u64(&desc->state) & BM_IO_IN_PROGRESS)
		ConditionVariableSleep(&desc->io_done, WAIT_EVENT_BUFFER_IO);
	ConditionVariableCancelSleep();
}

bool
buf_io_begin(BufferDesc *desc, bool for_input)
{
	uint64 state;

	Assert(io_in_progress.desc == NULL);
	if (CurrentResourceOwner)
		ResourceOwnerEnlarge(CurrentResourceOwner);
	for (;;)
	{
		state = LockBufHdr(desc);
		if (!(state & BM_IO_IN_PROGRESS))
			break;
		UnlockBufHdr(desc);
		buf_io_wait(desc);
	}
	if (for_input ? (state & BM_VALID) != 0 : !(state & BM_DIRTY))
	{
		UnlockBufHdr(desc);
		return false;
	}
	desc->io_proc = MyProc ? MyProc->pgprocno : -1;
	buf_header_unlock(desc, BM_IO_IN_PROGRESS, 0, 0);
	io_in_progress.desc = desc;
	io_in_progress.for_input = for_input;
	io_in_progress.owner = CurrentResourceOwner;
	if (CurrentResourceOwner)
		ResourceOwnerRemember(CurrentResourceOwner, Int32GetDatum(BufferDescriptorGetBuffer(desc)),
							  &buffer_io_resowner_desc);
	return true;
}

void
buf_io_end(BufferDesc *desc, bool clear_dirty, uint64 set_flags)
{
	uint64 state = LockBufHdr(desc);
	uint64 clear = BM_IO_IN_PROGRESS | BM_IO_ERROR;

	Assert(io_in_progress.desc == desc && (state & BM_IO_IN_PROGRESS));
	if (clear_dirty && !(state & BM_JUST_DIRTIED))
		clear |= BM_DIRTY | BM_CHECKPOINT_NEEDED;
	desc->io_proc = -1;
	buf_header_unlock(desc, set_flags, clear & ~set_flags, 0);
	io_in_progress.desc = NULL;
	if (io_in_progress.owner)
		ResourceOwnerForget(io_in_progress.owner, Int32GetDatum(BufferDescriptorGetBuffer(desc)),
							&buffer_io_resowner_desc);
	io_in_progress.owner = NULL;
	ConditionVariableBroadcast(&desc->io_done);
}

void
AbortBufferIO(void)
{
	BufferDesc *desc = io_in_progress.desc;
	uint64 state;

	if (desc == NULL)
		return;
	state = pg_atomic_read_u64(&desc->state);
	if (!io_in_progress.for_input && (state & BM_IO_ERROR))
		ereport(WARNING, errcode(ERRCODE_IO_ERROR),
				errmsg("could not write block %u of %s", desc->tag.blockNum,
					   relpathperm(desc->tag.rnode, (ForkNumber) desc->tag.forkNum)),
				errdetail("Multiple failures --- write error might be permanent."));
	buf_io_end(desc, false, BM_IO_ERROR);
}

/* ---- writing -------------------------------------------------------------------------------------------------------- */
static void
write_error_context(void *arg)
{
	BufferDesc *desc = arg;

	errcontext("writing block %u of relation %s", desc->tag.blockNum,
			   relpathperm(desc->tag.rnode, (ForkNumber) desc->tag.forkNum));
}

void
buf_flush(BufferDesc *desc, SMgrRelation reln)
{
	ErrorContextCallback callback = {.previous = error_context_stack, .callback = write_error_context, .arg = desc};
	XLogRecPtr lsn;
	uint64 state;
	char *image;
	TimestampTz start = 0;

	if (!buf_io_begin(desc, false))
		return;
	error_context_stack = &callback;
	if (reln == NULL)
		reln = smgropen(desc->tag.rnode, InvalidBackendId);

	/* The LSN may be moved by a hint under share lock: read it under the header lock. */
	state = LockBufHdr(desc);
	lsn = PageGetLSN(buf_page(desc));
	buf_header_unlock(desc, 0, BM_JUST_DIRTIED, 0);

	/* WAL before data. Pages that are not logged have LSNs from a counter of their own. */
	if (state & BM_PERMANENT)
		XLogFlush(lsn);
	FAULT_POINT("buffer-write");
	image = PageSetChecksumCopy(buf_page(desc), desc->tag.blockNum);
	if (track_io_timing)
		start = GetCurrentTimestamp();
	smgrwrite(reln, (ForkNumber) desc->tag.forkNum, desc->tag.blockNum, image, false);
	if (track_io_timing)
		pgBufferUsage.blk_write_time_us += GetCurrentTimestamp() - start;
	pgBufferUsage.shared_blks_written++;
	buf_io_end(desc, true, 0);
	error_context_stack = callback.previous;
}
