/*
 * wal_pos.c
 *    Positions of the log as bytes of records alone, and as addresses that count page headers.
 *
 * Reserving a place is then one addition. A segment's first page holds 16 bytes less than the others, its header being longer.
 */
#include "postgres.h"
#include "wal/wal.h"

#define FIRST_PAGE_USABLE (XLOG_BLCKSZ - SizeOfXLogLongPHD)

static uint64
segment_usable(void)
{
	return (uint64) (wal_segment_size / XLOG_BLCKSZ) * WAL_PAGE_USABLE - (SizeOfXLogLongPHD - SizeOfXLogShortPHD);
}

XLogRecPtr
wal_bytes_to_ptr(uint64 bytes)
{
	uint64 segno = bytes / segment_usable();
	uint64 left = bytes % segment_usable();
	uint64 offset;

	if (left < FIRST_PAGE_USABLE)
		offset = SizeOfXLogLongPHD + left;
	else
	{
		left -= FIRST_PAGE_USABLE;
		offset = XLOG_BLCKSZ + left / WAL_PAGE_USABLE * XLOG_BLCKSZ + SizeOfXLogShortPHD + left % WAL_PAGE_USABLE;
	}
	return segno * wal_segment_size + offset;
}

XLogRecPtr
wal_bytes_to_end_ptr(uint64 bytes)
{
	XLogRecPtr ptr = wal_bytes_to_ptr(bytes);

	/* Nothing of the page is used yet: its header is not part of what came before. */
	if (XLogSegmentOffset(ptr, wal_segment_size) == SizeOfXLogLongPHD)
		return ptr - SizeOfXLogLongPHD;
	if (XLogSegmentOffset(ptr, wal_segment_size) > XLOG_BLCKSZ && ptr % XLOG_BLCKSZ == SizeOfXLogShortPHD)
		return ptr - SizeOfXLogShortPHD;
	return ptr;
}

uint64
wal_ptr_to_bytes(XLogRecPtr ptr)
{
	uint64 segno = ptr / wal_segment_size;
	uint64 page = XLogSegmentOffset(ptr, wal_segment_size) / XLOG_BLCKSZ;
	uint64 offset = ptr % XLOG_BLCKSZ;
	uint64 bytes = segno * segment_usable();

	if (page == 0)
		return bytes + (offset > SizeOfXLogLongPHD ? offset - SizeOfXLogLongPHD : 0);
	return bytes + FIRST_PAGE_USABLE + (page - 1) * WAL_PAGE_USABLE +
		(offset > SizeOfXLogShortPHD ? offset - SizeOfXLogShortPHD : 0);
}
