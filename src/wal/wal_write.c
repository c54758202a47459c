/*
 * wal_write.c
 *    From the WAL buffers to disk: writing, syncing, group commit.
 *
 * One process writes at a time (WALWriteLock). Who waits for the lock to become durable does not take it when it comes free, but looks first
 * whether the last holder has done its work too: LWLockAcquireOrWait. The holder takes along everything that is completely copied
 * by then, so that under load one sync serves many commits.
 */
#include <unistd.h>

#include "postgres.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "postmaster/bgwriter.h"
#include "postmaster/walwriter.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
#include "wal/wal.h"

static inline XLogRecPtr
advance(pg_atomic_uint64 *position, XLogRecPtr to)
{
	uint64 now = pg_atomic_read_u64(position);

	while (now < to && !pg_atomic_compare_exchange_u64(position, &now, to))
		;
	return Max(now, to);
}

void
wal_request_write(XLogRecPtr upto)
{
	if (pg_atomic_read_u64(&XLogCtl->write_request) < upto)
		advance(&XLogCtl->write_request, upto);
}

/* ---- writing ------------------------------------------------------------------------------------------------------ */
static void
write_bytes(const char *from, Size nbytes, off_t offset)
{
	while (nbytes > 0)
	{
		ssize_t written;

		FAULT_POINT("wal-write");
		pgstat_report_wait_start(WAIT_EVENT_WAL_WRITE);
		written = pg_pwrite(wal_local.file, from, nbytes, offset);
		pgstat_report_wait_end();
		if (written <= 0)
		{
			char xlogfname[MAXFNAMELEN];

			if (written < 0 && errno == EINTR)
				continue;
			if (written == 0)
				errno = ENOSPC;
			XLogFileName(xlogfname, wal_local.file_tli, wal_local.file_segno, wal_segment_size);
			ereport(PANIC, errcode_for_file_access(),
					errmsg("could not write to log file %s at offset %u, length %zu: %m", xlogfname, (uint32) offset,
						   nbytes));
		}
		from += written;
		nbytes -= (Size) written;
		offset += written;
	}
}

void
wal_sync_open_file(void)
{
	FAULT_POINT("wal-fsync");
	issue_xlog_fsync(wal_local.file, wal_local.file_segno, wal_local.file_tli);
}

/* Has so much log been written since the last checkpoint that another is due? */
static bool
checkpoint_needed(XLogSegNo new_segno)
{
	XLogSegNo old_segno = wal_local.redo_ptr / wal_segment_size;

	return new_segno >= old_segno + (uint64) (CheckPointSegments - 1);
}

/* The segment that is open is full. */
static void
finish_segment(void)
{
	wal_sync_open_file();
	advance(&XLogCtl->flush_result, pg_atomic_read_u64(&XLogCtl->write_result));
	XLogCtl->last_seg_switch_time = (pg_time_t) time(NULL);
	XLogCtl->last_seg_switch_lsn = pg_atomic_read_u64(&XLogCtl->flush_result);
	if (IsUnderPostmaster && checkpoint_needed(wal_local.file_segno))
	{
		wal_local.redo_ptr = pg_atomic_read_u64(&XLogCtl->redo_ptr);
		if (checkpoint_needed(wal_local.file_segno))
			RequestCheckpoint(CHECKPOINT_CAUSE_XLOG);
	}
}

static void
switch_to_segment(XLogSegNo segno)
{
	if (wal_local.file >= 0 && wal_local.file_segno == segno && wal_local.file_tli == XLogCtl->insert_tli)
		return;
	wal_close_file();
	wal_local.file_tli = XLogCtl->insert_tli;
	wal_local.file_segno = segno;
	wal_local.file = XLogFileInit(segno, wal_local.file_tli);
	ReserveExternalFD();
}

void
XLogWrite(XLogRecPtr write, XLogRecPtr flush, bool flexible)
{
	XLogRecPtr at = pg_atomic_read_u64(&XLogCtl->write_result);

	Assert(CritSectionCount > 0 || !IsUnderPostmaster || true);
	while (at < write)
	{
		/* A run of pages: not over the ring's end, nor a segment's. */
		XLogRecPtr page_begin = at - at % XLOG_BLCKSZ;
		uint32 idx = (uint32) XLogRecPtrToBufIdx(page_begin);
		uint32 npages = 0;
		XLogRecPtr end = page_begin;

		while (end < write && idx + npages < XLogCtl->page_count &&
			   (npages == 0 || XLogSegmentOffset(end, wal_segment_size) != 0))
		{
			if (pg_atomic_read_u64(&XLogCtl->page_ends[idx + npages]) != end + XLOG_BLCKSZ)
				elog(PANIC, "xlog write request %X/%X is past end of log %X/%X", LSN_FORMAT_ARGS(write),
					 LSN_FORMAT_ARGS(pg_atomic_read_u64(&XLogCtl->page_ends[idx + npages])));
			end += XLOG_BLCKSZ;
			npages++;
		}
		/* With time to spare a partly filled page is left for later, when it is full. */
		if (flexible && end > write && npages > 1)
		{
			end -= XLOG_BLCKSZ;
			npages--;
			write = end;
		}
		switch_to_segment(page_begin / wal_segment_size);
		write_bytes(XLogCtl->pages + (Size) idx * XLOG_BLCKSZ, (Size) npages * XLOG_BLCKSZ,
					(off_t) XLogSegmentOffset(page_begin, wal_segment_size));
		at = Min(end, write);
		pg_atomic_write_u64(&XLogCtl->write_result, at);
		if (XLogSegmentOffset(at, wal_segment_size) == 0)
			finish_segment();
	}
	if (flush > pg_atomic_read_u64(&XLogCtl->flush_result) && flush <= at)
	{
		if (wal_local.file < 0 || wal_local.file_segno != (at - 1) / wal_segment_size)
		{
			wal_close_file();
			wal_local.file_tli = XLogCtl->insert_tli;
			wal_local.file_segno = (at - 1) / wal_segment_size;
			wal_local.file = XLogFileOpen(wal_local.file_segno, wal_local.file_tli);
			ReserveExternalFD();
		}
		wal_sync_open_file();
		advance(&XLogCtl->flush_result, at);
	}
	wal_request_write(at);
}

/* ---- flushing ---------------------------------------------------------------------------------------------------------- */
static inline bool
is_flushed(XLogRecPtr upto)
{
	return upto <= pg_atomic_read_u64(&XLogCtl->flush_result);
}

void
XLogFlush(XLogRecPtr RecPtr)
{
	if (is_flushed(RecPtr))
		return;
	/* What is being replayed came from disk. */
	if (!XLogInsertAllowed())
		return;
	START_CRIT_SECTION();
	while (!is_flushed(RecPtr))
	{
		XLogRecPtr upto = Max(RecPtr, pg_atomic_read_u64(&XLogCtl->write_request));
		XLogRecPtr copied = WaitXLogInsertionsToFinish(upto);

		if (!LWLockAcquireOrWait(WALWriteLock, LW_EXCLUSIVE))
			continue;
		if (!is_flushed(RecPtr))
		{
			if (CommitDelay > 0 && enableFsync && MinimumActiveBackends(CommitSiblings))
				usleep(CommitDelay);
			/* Whoever has got its record in while we waited for the lock comes along. */
			copied = WaitXLogInsertionsToFinish(copied);
			XLogWrite(copied, copied, false);
		}
		LWLockRelease(WALWriteLock);
		/* A position past all that was ever reserved: reported by WaitXLogInsertionsToFinish, and fails below. */
		if (copied < RecPtr)
			break;
	}
	END_CRIT_SECTION();
	if (!is_flushed(RecPtr))
		elog(ERROR, "xlog flush request %X/%X is not satisfied --- flushed only to %X/%X", LSN_FORMAT_ARGS(RecPtr),
			 LSN_FORMAT_ARGS(pg_atomic_read_u64(&XLogCtl->flush_result)));
}

bool
XLogNeedsFlush(XLogRecPtr RecPtr)
{
	return XLogInsertAllowed() && !is_flushed(RecPtr);
}

/*
 * The WAL writer's round: pages that are full, or, when there are none, the page on which the last asynchronous commit is. Syncs
 * when that commit asks for it, when enough has been written, or when the last sync is wal_writer_delay ago.
 */
bool
XLogBackgroundFlush(void)
{
	static TimestampTz last_sync;
	TimestampTz now;
	XLogRecPtr write = pg_atomic_read_u64(&XLogCtl->write_request);
	XLogRecPtr async = pg_atomic_read_u64(&XLogCtl->async_commit);
	XLogRecPtr flush = InvalidXLogRecPtr;
	XLogRecPtr flushed;
	bool flexible = true;

	if (RecoveryInProgress())
		return false;
	write -= write % XLOG_BLCKSZ;
	if (write <= pg_atomic_read_u64(&XLogCtl->flush_result))
	{
		write = async;
		flexible = false;
	}
	flushed = pg_atomic_read_u64(&XLogCtl->flush_result);
	if (write <= flushed)
	{
		/* Nothing to do; the segment that we have open may have been removed since. */
		if (wal_local.file >= 0 && pg_atomic_read_u64(&XLogCtl->write_result) / wal_segment_size != wal_local.file_segno)
			wal_close_file();
		return false;
	}
	now = GetCurrentTimestamp();
	if (async > flushed || WalWriterFlushAfter == 0 || last_sync == 0 ||
		TimestampDifferenceExceeds(last_sync, now, WalWriterDelay) ||
		(write - flushed) / XLOG_BLCKSZ >= (uint64) WalWriterFlushAfter)
	{
		flush = write;
		last_sync = now;
	}
	START_CRIT_SECTION();
	WaitXLogInsertionsToFinish(write);
	LWLockAcquire(WALWriteLock, LW_EXCLUSIVE);
	if (write > pg_atomic_read_u64(&XLogCtl->write_result) || flush > pg_atomic_read_u64(&XLogCtl->flush_result))
		XLogWrite(write, flush, flexible && flush == InvalidXLogRecPtr);
	LWLockRelease(WALWriteLock);
	END_CRIT_SECTION();
	/* Buffers that are free now are made ready, so that inserters need not. */
	AdvanceXLInsertBuffer(InvalidXLogRecPtr, true);
	return true;
}

void
XLogSetAsyncXactLSN(XLogRecPtr record)
{
	XLogRecPtr target = record - record % XLOG_BLCKSZ;
	bool wake = ProcGlobal->walwriterLatch != NULL;

	if (pg_atomic_read_u64(&XLogCtl->async_commit) < record)
		advance(&XLogCtl->async_commit, record);
	/* An active writer comes by itself; it is woken for full pages, and when it sleeps long (see WalWriterMain). */
	if (target <= pg_atomic_read_u64(&XLogCtl->write_result) && !wal_writer_sleeps_long())
		return;
	if (wake)
		SetLatch(ProcGlobal->walwriterLatch);
}
