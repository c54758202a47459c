/*
 * wal_buffers.c
 *    The WAL buffers: a ring of pages in shared memory, filled by inserters, emptied by writers.
 *
 * Page n of the log has its place at n modulo the ring's size. page_ends[place] says which page is there: its end position. A page is
 * made (zeroed, header filled) under WALBufMappingLock, once the page that was there before is written.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "storage/lwlock.h"
#include "wal/wal.h"

static void
make_page(uint32 idx, XLogRecPtr begin)
{
	XLogPageHeader page = (XLogPageHeader) (XLogCtl->pages + (Size) idx * XLOG_BLCKSZ);

	memset(page, 0, XLOG_BLCKSZ);
	page->xlp_magic = XLOG_PAGE_MAGIC;
	page->xlp_info = 0;
	page->xlp_tli = XLogCtl->insert_tli;
	page->xlp_pageaddr = begin;
	if (!XLogCtl->force_page_writes)
		page->xlp_info |= XLP_BKP_REMOVABLE;
	if (XLogSegmentOffset(begin, wal_segment_size) == 0)
	{
		XLogLongPageHeader longpage = (XLogLongPageHeader) page;

		longpage->xlp_sysid = ControlFile->system_identifier;
		longpage->xlp_seg_size = (uint32) wal_segment_size;
		longpage->xlp_xlog_blcksz = XLOG_BLCKSZ;
		page->xlp_info |= XLP_LONG_HEADER;
	}
}

/* Writes what must go before a page can be made; called and left with WALBufMappingLock, which is given up meanwhile. */
static void
make_room(XLogRecPtr upto)
{
	LWLockRelease(WALBufMappingLock);
	WaitXLogInsertionsToFinish(upto);
	LWLockAcquire(WALWriteLock, LW_EXCLUSIVE);
	if (pg_atomic_read_u64(&XLogCtl->write_result) < upto)
		XLogWrite(upto, InvalidXLogRecPtr, false);
	LWLockRelease(WALWriteLock);
	LWLockAcquire(WALBufMappingLock, LW_EXCLUSIVE);
}

void
AdvanceXLInsertBuffer(XLogRecPtr upto, bool opportunistic)
{
	LWLockAcquire(WALBufMappingLock, LW_EXCLUSIVE);
	for (;;)
	{
		XLogRecPtr begin = pg_atomic_read_u64(&XLogCtl->initialized_upto);
		uint32 idx = (uint32) XLogRecPtrToBufIdx(begin);
		XLogRecPtr old_end = pg_atomic_read_u64(&XLogCtl->page_ends[idx]);

		if (begin > upto && !opportunistic)
			break;
		if (pg_atomic_read_u64(&XLogCtl->write_result) < old_end)
		{
			if (opportunistic)
				break;
			make_room(old_end);
			continue;
		}
		/* Nobody may take the page for what it was, nor for ready. */
		pg_atomic_write_u64(&XLogCtl->page_ends[idx], 0);
		pg_write_barrier();
		make_page(idx, begin);
		pg_write_barrier();
		pg_atomic_write_u64(&XLogCtl->page_ends[idx], begin + XLOG_BLCKSZ);
		pg_atomic_write_u64(&XLogCtl->initialized_upto, begin + XLOG_BLCKSZ);
	}
	LWLockRelease(WALBufMappingLock);
}

char *
wal_buffer_at(XLogRecPtr ptr)
{
	uint32 idx = (uint32) XLogRecPtrToBufIdx(ptr);
	XLogRecPtr page_end = ptr - ptr % XLOG_BLCKSZ + XLOG_BLCKSZ;

	if (unlikely(pg_atomic_read_u64(&XLogCtl->page_ends[idx]) != page_end))
	{
		/*
		 * All before this page is copied. Say so before anything is waited for: the page that is in our way can be written only
		 * if nobody waits for us.
		 */
		wal_slot_set_position(page_end - XLOG_BLCKSZ);
		AdvanceXLInsertBuffer(ptr, false);
		if (pg_atomic_read_u64(&XLogCtl->page_ends[idx]) != page_end)
			elog(PANIC, "could not find WAL buffer for %X/%X", LSN_FORMAT_ARGS(ptr));
	}
	pg_read_barrier();
	return XLogCtl->pages + (Size) idx * XLOG_BLCKSZ + ptr % XLOG_BLCKSZ;
}
