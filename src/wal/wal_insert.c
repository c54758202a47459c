/*
 * wal_insert.c
 *    Reserving a place in the log and copying a record there.
 */
#include "postgres.h"
#include "access/xloginsert.h"
#include "access/xlogrecord.h"
#include "base/crc32c.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "sys/fault.h"
#include "wal/wal.h"

WalUsage pgWalUsage;

typedef struct Reservation
{
	XLogRecPtr start;
	XLogRecPtr end;
	XLogRecPtr prev;
} Reservation;

/* The one place where inserters meet: a few additions under a spinlock. */
static Reservation
reserve(uint32 size)
{
	uint64 start;
	uint64 prev;

	size = MAXALIGN(size);
	SpinLockAcquire(&XLogCtl->reserve_lock);
	start = XLogCtl->reserved_bytes;
	prev = XLogCtl->prev_bytes;
	XLogCtl->reserved_bytes = start + size;
	XLogCtl->prev_bytes = start;
	SpinLockRelease(&XLogCtl->reserve_lock);
	return (Reservation) {wal_bytes_to_ptr(start), wal_bytes_to_end_ptr(start + size), wal_bytes_to_ptr(prev)};
}

/*
 * A switch record takes the rest of its segment. All slots are held. False: the log is at a segment's start already, nothing to
 * switch; end is then that position.
 */
static bool
reserve_switch(Reservation *place)
{
	uint64 start;
	uint64 prev;
	XLogRecPtr ptr;

	SpinLockAcquire(&XLogCtl->reserve_lock);
	start = XLogCtl->reserved_bytes;
	ptr = wal_bytes_to_end_ptr(start);
	if (XLogSegmentOffset(ptr, wal_segment_size) == 0)
	{
		SpinLockRelease(&XLogCtl->reserve_lock);
		place->start = place->end = ptr;
		return false;
	}
	prev = XLogCtl->prev_bytes;
	place->start = wal_bytes_to_ptr(start);
	place->prev = wal_bytes_to_ptr(prev);
	place->end = wal_bytes_to_end_ptr(start + MAXALIGN(SizeOfXLogRecord));
	if (XLogSegmentOffset(place->end, wal_segment_size) != 0)
		place->end += wal_segment_size - XLogSegmentOffset(place->end, wal_segment_size);
	XLogCtl->reserved_bytes = wal_ptr_to_bytes(place->end);
	XLogCtl->prev_bytes = start;
	SpinLockRelease(&XLogCtl->reserve_lock);
	return true;
}

/* Pages made after the first carry in their header how much of the record is still to come. */
static void
copy_record(const WalPiece *pieces, uint32 total_len, bool is_switch, const Reservation *place)
{
	XLogRecPtr at = place->start;
	char *dst = wal_buffer_at(at);
	uint32 room = XLOG_BLCKSZ - at % XLOG_BLCKSZ;
	uint32 left = total_len;

	for (const WalPiece *piece = pieces; piece; piece = piece->next)
	{
		const char *src = piece->data;
		uint32 len = piece->len;

		while (len > room)
		{
			XLogPageHeader page;

			memcpy(dst, src, room);
			src += room;
			len -= room;
			left -= room;
			at += room;
			dst = wal_buffer_at(at);
			page = (XLogPageHeader) dst;
			page->xlp_rem_len = left;
			page->xlp_info |= XLP_FIRST_IS_CONTRECORD;
			dst += XLogPageHeaderSize(page);
			at += XLogPageHeaderSize(page);
			room = XLOG_BLCKSZ - at % XLOG_BLCKSZ;
		}
		memcpy(dst, src, len);
		dst += len;
		room -= len;
		left -= len;
		at += len;
	}
	Assert(left == 0);
	if (!is_switch)
		return;
	/* The rest of the segment: pages of zeroes without headers, so that a reader that strays there sees no log. */
	at = MAXALIGN64(at);
	if (at % XLOG_BLCKSZ != 0)
		at += XLOG_BLCKSZ - at % XLOG_BLCKSZ;
	for (; at < place->end; at += XLOG_BLCKSZ)
		memset(wal_buffer_at(at), 0, XLOG_BLCKSZ);
}

/* Looks again whether the decision about images still holds, now that redo_ptr cannot change. */
static bool
images_outdated(XLogRecPtr fpw_lsn)
{
	XLogRecPtr redo_ptr = pg_atomic_read_u64(&XLogCtl->redo_ptr);
	bool do_page_writes = XLogCtl->full_page_writes || XLogCtl->force_page_writes;

	wal_local.redo_ptr = redo_ptr;
	if (do_page_writes && !wal_local.do_page_writes)
	{
		wal_local.do_page_writes = true;
		return true;
	}
	wal_local.do_page_writes = do_page_writes;
	return do_page_writes && fpw_lsn != InvalidXLogRecPtr && fpw_lsn <= redo_ptr;
}

XLogRecPtr
XLogInsertRecord(WalPiece *pieces, XLogRecPtr fpw_lsn, uint8 flags, int num_fpi)
{
	XLogRecord *record = (XLogRecord *) pieces->data;
	bool is_switch = record->xl_rmid == RM_XLOG_ID && (record->xl_info & ~XLR_INFO_MASK) == XLOG_SWITCH;
	Reservation place = {0};
	bool inserted = true;

	if (unlikely(!XLogInsertAllowed()))
		elog(ERROR, "cannot make new WAL entries during recovery");
	Assert(pieces->len >= SizeOfXLogRecord);

	START_CRIT_SECTION();
	FAULT_POINT("wal-insert");
	if (is_switch)
		wal_slot_acquire_all();
	else
		wal_slot_acquire();
	if (unlikely(images_outdated(fpw_lsn)))
	{
		wal_slot_release();
		END_CRIT_SECTION();
		return InvalidXLogRecPtr;
	}
	if (is_switch)
		inserted = reserve_switch(&place);
	else
		place = reserve(record->xl_tot_len);
	if (inserted)
	{
		pg_crc32c crc = record->xl_crc;

		wal_slot_set_position(place.start);
		FAULT_POINT("wal-insert-reserved");
		record->xl_prev = place.prev;
		COMP_CRC32C(crc, record, offsetof(XLogRecord, xl_crc));
		FIN_CRC32C(crc);
		record->xl_crc = crc;
		copy_record(pieces, record->xl_tot_len, is_switch, &place);
		if (!(flags & XLOG_MARK_UNIMPORTANT))
			wal_slot_mine()->s.last_important = place.start;
	}
	wal_slot_release();
	END_CRIT_SECTION();

	/* A page is full: let the writer know how far there is something to write. */
	if (place.start / XLOG_BLCKSZ != place.end / XLOG_BLCKSZ)
		wal_request_write(place.end);
	if (is_switch && inserted)
	{
		/* The segment is complete now: out with it, for the archiver. The caller is told the record's own end. */
		XLogFlush(place.end);
		place.end = wal_bytes_to_end_ptr(wal_ptr_to_bytes(place.start) + MAXALIGN(SizeOfXLogRecord));
	}
	ProcLastRecPtr = place.start;
	XactLastRecEnd = place.end;
	if (inserted)
	{
		pgWalUsage.wal_records++;
		pgWalUsage.wal_bytes += record->xl_tot_len;
		pgWalUsage.wal_fpi += num_fpi;
	}
	return place.end;
}
