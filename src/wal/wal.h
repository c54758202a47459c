/*
 * wal/wal.h
 *    Inside of the write-ahead log: shared state, and what its files call of each other.
 *
 * The way of a record: assembled from registered pieces (xloginsert.c), a place reserved under a spinlock and copied into the
 * WAL buffers under an insertion slot (wal_insert.c, wal_slots.c, wal_buffers.c), written and synced by whoever needs it durable
 * (wal_write.c) into segment files (wal_segment.c).
 *
 * Positions, always in this order:
 *    flushed <= written <= inserted (all before it is copied) <= reserved
 * Lock order: insertion slots, WALBufMappingLock, WALWriteLock, ControlFileLock; spinlocks innermost, one at a time. A process
 * that waits for an insertion to end holds no slot at a position before the one it waits for.
 */
#ifndef WAL_WAL_H
#define WAL_WAL_H

#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "catalog/pg_control.h"
#include "port/atomics.h"
#include "storage/spin.h"

/* ---- insertion slots ------------------------------------------------------------------------------------------------- */
#define WAL_INSERT_SLOTS 8
#define WAL_SLOT_FREE UINT64CONST(0)
#define WAL_SLOT_UNKNOWN UINT64CONST(1)	 /* taken; where it will insert is not known yet */
#define WAL_SLOT_PASSIVE PG_UINT64_MAX	 /* taken by who has them all, and inserts under the last one */

typedef union WalInsertSlot
{
	struct
	{
		/*
		 * Everything before this position that belongs to this slot's insertion is copied. Written by the holder only (and from
		 * FREE by who takes it). The low half is the futex word.
		 */
		pg_atomic_uint64 position;
		pg_atomic_uint32 waiters;
		XLogRecPtr last_important; /* start of the last record inserted here that was not marked unimportant */
	} s;
	char pad[PG_CACHE_LINE_SIZE * 2];
} WalInsertSlot;

/* ---- shared state ------------------------------------------------------------------------------------------------------ */
typedef struct XLogCtlData
{
	/* Reserving. Both count bytes of the log without page headers. */
	slock_t reserve_lock;
	uint64 reserved_bytes; /* next record begins here */
	uint64 prev_bytes;	   /* last record began here */
	char pad1[PG_CACHE_LINE_SIZE];

	/* Read by every insertion; changed only with all slots held. */
	pg_atomic_uint64 redo_ptr; /* pages older than this need a full image */
	bool full_page_writes;
	bool force_page_writes; /* a base backup runs */
	TimeLineID insert_tli;
	TimeLineID prev_tli;
	char pad2[PG_CACHE_LINE_SIZE];

	/* Buffers. initialized_upto under WALBufMappingLock; read without as a hint. */
	pg_atomic_uint64 initialized_upto; /* first position that has no buffer page */
	char *pages;
	pg_atomic_uint64 *page_ends; /* position after each buffer page; 0: never used */
	uint32 page_count;

	/* Progress. write and flush move under WALWriteLock, both only forward. */
	pg_atomic_uint64 write_request; /* somebody would like to have it written up to here */
	pg_atomic_uint64 write_result;
	pg_atomic_uint64 flush_result;
	pg_atomic_uint64 async_commit; /* newest asynchronous commit */
	char pad3[PG_CACHE_LINE_SIZE];

	WalInsertSlot slots[WAL_INSERT_SLOTS];

	/* The rest changes rarely; info_lock where it says nothing else. */
	slock_t info_lock;
	pg_atomic_uint32 recovery_state; /* RecoveryState; DONE: WAL may be written */
	XLogSegNo last_removed_segno;
	XLogRecPtr unlogged_lsn;	/* counter, under info_lock */
	pg_time_t last_seg_switch_time; /* under WALWriteLock */
	XLogRecPtr last_seg_switch_lsn;
	FullTransactionId ckpt_full_xid;
	XLogRecPtr replay_end; /* last record replayed ends here */
	TimeLineID replay_tli;
	XLogRecPtr replayed_upto;
	pg_time_t recovery_last_xtime;

	ControlFileData control_file; /* under ControlFileLock */
} XLogCtlData;
extern XLogCtlData *XLogCtl;
extern ControlFileData *ControlFile; /* in XLogCtl, or private before there is shared memory */

#define NextBufIdx(idx) (((idx) + 1) % XLogCtl->page_count)
#define XLogRecPtrToBufIdx(ptr) (((ptr) / XLOG_BLCKSZ) % XLogCtl->page_count)

/* This process's own view, refreshed when it matters. */
typedef struct WalLocal
{
	XLogRecPtr redo_ptr;
	bool do_page_writes;
	RecoveryState recovery_state; /* DONE once seen */
	int insert_allowed;			  /* -1: look at recovery_state; 1: yes in any case; 0: no */
	/* The open segment, for writing. */
	int file;
	XLogSegNo file_segno;
	TimeLineID file_tli;
} WalLocal;
extern WalLocal wal_local;

/* ---- wal_pos.c: positions with and without headers ------------------------------------------------------------------------ */
#define WAL_PAGE_USABLE (XLOG_BLCKSZ - SizeOfXLogShortPHD)
extern XLogRecPtr wal_bytes_to_ptr(uint64 bytes);	  /* as a record's start: after any page header */
extern XLogRecPtr wal_bytes_to_end_ptr(uint64 bytes); /* as a record's end: before a page header */
extern uint64 wal_ptr_to_bytes(XLogRecPtr ptr);

/* ---- wal_slots.c -------------------------------------------------------------------------------------------------------------- */
extern void wal_slot_acquire(void);
extern void wal_slot_acquire_all(void);
extern void wal_slot_set_position(XLogRecPtr position);
extern void wal_slot_release(void);
extern WalInsertSlot *wal_slot_mine(void);
/* Waits until all reservations before upto are copied; returns up to where everything is (>= upto). */
extern XLogRecPtr WaitXLogInsertionsToFinish(XLogRecPtr upto);

/* ---- wal_insert.c --------------------------------------------------------------------------------------------------------------- */
typedef struct WalPiece
{
	struct WalPiece *next;
	const char *data;
	uint32 len;
} WalPiece;
/*
 * Inserts an assembled record; pieces begins with the XLogRecord, whose crc covers all the rest so far. fpw_lsn: the lowest LSN of
 * registered pages that got no image; if one would be needed after all, nothing is inserted and InvalidXLogRecPtr returned.
 */
extern XLogRecPtr XLogInsertRecord(WalPiece *pieces, XLogRecPtr fpw_lsn, uint8 flags, int num_fpi);

/* ---- wal_buffers.c ------------------------------------------------------------------------------------------------------------------ */
/* Where in memory the byte at ptr goes; its page is made if need be. Caller holds a slot. */
extern char *wal_buffer_at(XLogRecPtr ptr);
/* Makes pages up to and including the one that holds upto; opportunistic: only those that cost no write. */
extern void AdvanceXLInsertBuffer(XLogRecPtr upto, bool opportunistic);

/* ---- wal_write.c ------------------------------------------------------------------------------------------------------------------------ */
/* Writes up to write, syncs up to flush (0: not). WALWriteLock held; in a critical section. flexible: may stop earlier. */
extern void XLogWrite(XLogRecPtr write, XLogRecPtr flush, bool flexible);
extern void wal_request_write(XLogRecPtr upto);
extern void wal_sync_open_file(void);

/* ---- wal_segment.c ------------------------------------------------------------------------------------------------------------------------ */
extern int XLogFileInit(XLogSegNo segno, TimeLineID tli); /* open for writing; made (or recycled) if it is not there */
extern int XLogFileOpen(XLogSegNo segno, TimeLineID tli);
extern void wal_close_file(void);
extern void issue_xlog_fsync(int fd, XLogSegNo segno, TimeLineID tli);
extern void wal_preallocate(XLogRecPtr endptr, TimeLineID tli);
extern void wal_remove_old_segments(XLogSegNo segno, XLogRecPtr redo, XLogRecPtr endptr, TimeLineID tli);
extern void wal_remove_temp_files(void);
extern XLogSegNo wal_oldest_to_keep(XLogRecPtr redo, XLogRecPtr recptr);
extern void wal_check_directories(void);
extern void wal_update_checkpoint_distance(uint64 nbytes);
extern void wal_calculate_checkpoint_segments(void);
extern double CheckPointDistanceEstimate;
extern double PrevCheckPointDistance;

/* ---- control_file.c -------------------------------------------------------------------------------------------------------------------------- */
extern void UpdateControlFile(void);
extern void WriteNewControlFile(void); /* bootstrap */
extern void control_file_set_state(DBState state);
extern CheckPointOnDisk checkpoint_to_disk(const CheckPoint *checkpoint);
extern void control_file_note_settings(void);
/* Reads and checks; NULL or why it is not usable. Needs no server. */
extern const char *control_file_parse(const char *bytes, size_t len, ControlFileData *result);

/* ---- xlog_desc.c, xlog_redo.c -------------------------------------------------------------------------------------------------------------------- */
extern void xlog_redo(XLogReaderState *record);
extern void xlog_desc(StringInfo buf, XLogReaderState *record);
extern const char *xlog_identify(uint8 info);
/* Sets the counters of ids to those of a checkpoint. */
extern void checkpoint_apply_counters(const CheckPoint *checkpoint);

/* ---- recovery_*.c ---------------------------------------------------------------------------------------------------------------------------------- */
typedef struct RecoveryReader RecoveryReader;
extern XLogReaderState *recovery_reader_open(void);
extern void recovery_reader_close(XLogReaderState *reader);
/* NULL at the end of the log, after saying why at emode (0: silently). */
extern XLogRecord *recovery_read_record(XLogReaderState *reader, int emode);

typedef struct RecoveryResult
{
	bool performed;			/* anything replayed? */
	XLogRecPtr last_record; /* start of the last good one */
	XLogRecPtr end_of_log;
	XLogRecPtr aborted_record;
	XLogRecPtr missing_contrecord;
} RecoveryResult;
extern void recovery_replay(XLogReaderState *reader, const CheckPoint *checkpoint, RecoveryResult *result);
/* Takes the tail page over into the WAL buffers, so that writing can go on after it. */
extern void recovery_prime_buffers(XLogReaderState *reader, const RecoveryResult *result);

#endif /* WAL_WAL_H */
