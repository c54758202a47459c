/*
 * slru.c
 *    Shared buffers for the small per-id logs: which page is in which slot, reading, writing, replacing.
 *
 * The control lock (one LWLock per log) protects the slot table. It is released while a page is read or written; then the
 * slot's status says so and the slot's own lock is held exclusively, so that others wait for the I/O by taking that lock shared.
 * Replacement takes the slot that was used longest ago, never the newest page. README, U1-U4.
 */
#include "postgres.h"

#include "access/slru.h"
#include "access/transam.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "storage/shmem.h"
#include "txn/slru_io.h"

/* ---- layout ---------------------------------------------------------------------------------------------------------------------- */

/* Walks through the arrays of the shared part; with base NULL it only measures. */
static Size
lay_out(SlruShared shared, char *base, int nslots, int nlsns)
{
	Size at = CACHELINEALIGN(sizeof(SlruSharedData));

#define PLACE(field, type, count)                                   \
	do                                                              \
	{                                                               \
		if (base)                                                   \
			shared->field = (type *) (base + at);                   \
		at += CACHELINEALIGN(sizeof(type) * (Size) (count));        \
	} while (0)

	PLACE(page_buffer, char *, nslots);
	PLACE(page_status, SlruPageStatus, nslots);
	PLACE(page_dirty, bool, nslots);
	PLACE(page_number, SlruPageNo, nslots);
	PLACE(page_lru_count, int, nslots);
	PLACE(buffer_locks, LWLockPadded, nslots);
	if (nlsns > 0)
		PLACE(group_lsn, XLogRecPtr, (Size) nslots * nlsns);
#undef PLACE
	at = TYPEALIGN(PG_CACHE_LINE_SIZE, at);
	if (base)
		for (int i = 0; i < nslots; i++)
			shared->page_buffer[i] = base + at + (Size) i * BLCKSZ;
	return at + (Size) nslots * BLCKSZ;
}

Size
SimpleLruShmemSize(int nslots, int nlsns)
{
	return lay_out(NULL, NULL, nslots, nlsns);
}

void
slru_init(SlruCtl ctl, const char *name, int nslots, int nlsns, LWLock *ctllock, const char *subdir, int tranche_id,
		  SyncRequestHandler sync_handler, void *base, bool found)
{
	SlruShared shared = base;

	ctl->shared = shared;
	ctl->name = name;
	ctl->sync_handler = sync_handler;
	strlcpy(ctl->Dir, subdir, sizeof(ctl->Dir));
	if (found)
		return;
	memset(shared, 0, SimpleLruShmemSize(nslots, nlsns));
	lay_out(shared, base, nslots, nlsns);
	shared->ControlLock = ctllock;
	shared->num_slots = nslots;
	shared->lsn_groups_per_page = nlsns;
	for (int i = 0; i < nslots; i++)
		LWLockInitialize(&shared->buffer_locks[i].lock, tranche_id);
}

/* ---- slots (control lock held exclusively, where not said otherwise) ------------------------------------------------------------- */

/* Racy when the lock is held shared: two users may get the same count, which does no harm. */
static inline void
touch(SlruShared shared, int slotno)
{
	int now = shared->cur_lru_count;

	if (shared->page_lru_count[slotno] != now)
	{
		shared->cur_lru_count = ++now;
		shared->page_lru_count[slotno] = now;
	}
}

static void
forget_lsns(SlruShared shared, int slotno)
{
	if (shared->lsn_groups_per_page > 0)
		memset(&shared->group_lsn[slotno * shared->lsn_groups_per_page], 0,
			   shared->lsn_groups_per_page * sizeof(XLogRecPtr));
}

static int
find_slot(SlruShared shared, SlruPageNo pageno)
{
	for (int i = 0; i < shared->num_slots; i++)
		if (shared->page_number[i] == pageno && shared->page_status[i] != SLRU_PAGE_EMPTY)
			return i;
	return -1;
}

/* Another process reads or writes the page: sleep until it is done. Releases and retakes the control lock. */
static void
wait_for_io(SlruCtl ctl, int slotno)
{
	SlruShared shared = ctl->shared;

	LWLockRelease(shared->ControlLock);
	LWLockAcquire(&shared->buffer_locks[slotno].lock, LW_SHARED);
	LWLockRelease(&shared->buffer_locks[slotno].lock);
	LWLockAcquire(shared->ControlLock, LW_EXCLUSIVE);

	/* Still in I/O although nobody has the lock: whoever did it has raised an error. Undo its mark. */
	if ((shared->page_status[slotno] == SLRU_PAGE_READ_IN_PROGRESS ||
		 shared->page_status[slotno] == SLRU_PAGE_WRITE_IN_PROGRESS) &&
		LWLockConditionalAcquire(&shared->buffer_locks[slotno].lock, LW_SHARED))
	{
		if (shared->page_status[slotno] == SLRU_PAGE_READ_IN_PROGRESS)
			shared->page_status[slotno] = SLRU_PAGE_EMPTY;
		else if (shared->page_status[slotno] == SLRU_PAGE_WRITE_IN_PROGRESS)
		{
			shared->page_status[slotno] = SLRU_PAGE_VALID;
			shared->page_dirty[slotno] = true;
		}
		LWLockRelease(&shared->buffer_locks[slotno].lock);
	}
}

/* The best slot to take: an empty one, or the valid one used longest ago; else (all in I/O) the oldest of those. */
static int
choose_victim(SlruShared shared)
{
	SlruPageNo newest = pg_atomic_read_u64(&shared->latest_page_number);
	int best = -1;
	int best_age = -1;
	int busy = -1;
	int busy_age = -1;
	int now = shared->cur_lru_count++;

	for (int i = 0; i < shared->num_slots; i++)
	{
		int age = Max(0, now - shared->page_lru_count[i]);

		if (shared->page_status[i] == SLRU_PAGE_EMPTY)
			return i;
		if (shared->page_number[i] == newest)
			continue;
		if (shared->page_status[i] == SLRU_PAGE_VALID && age > best_age)
			best = i, best_age = age;
		else if (shared->page_status[i] != SLRU_PAGE_VALID && age > busy_age)
			busy = i, busy_age = age;
	}
	return best >= 0 ? best : busy;
}

/* A slot that has the page, or is free for it. May write another page out, so the lock may be released meanwhile. */
static int
select_slot(SlruCtl ctl, SlruPageNo pageno)
{
	SlruShared shared = ctl->shared;

	for (;;)
	{
		int slotno = find_slot(shared, pageno);

		if (slotno >= 0)
			return slotno;
		slotno = choose_victim(shared);
		if (shared->page_status[slotno] == SLRU_PAGE_EMPTY)
			return slotno;
		if (shared->page_status[slotno] != SLRU_PAGE_VALID)
			wait_for_io(ctl, slotno);
		else if (shared->page_dirty[slotno])
			SimpleLruWritePage(ctl, slotno);
		else
			return slotno;
	}
}

int
SimpleLruZeroPage(SlruCtl ctl, SlruPageNo pageno)
{
	SlruShared shared = ctl->shared;
	int slotno = select_slot(ctl, pageno);

	Assert(LWLockHeldByMeInMode(shared->ControlLock, LW_EXCLUSIVE));
	shared->page_number[slotno] = pageno;
	shared->page_status[slotno] = SLRU_PAGE_VALID;
	shared->page_dirty[slotno] = true;
	touch(shared, slotno);
	memset(shared->page_buffer[slotno], 0, BLCKSZ);
	forget_lsns(shared, slotno);
	pg_atomic_write_u64(&shared->latest_page_number, pageno);
	return slotno;
}

int
SimpleLruReadPage(SlruCtl ctl, SlruPageNo pageno, bool write_ok, TransactionId xid)
{
	SlruShared shared = ctl->shared;

	for (;;)
	{
		int slotno = select_slot(ctl, pageno);
		SlruIoError error;
		bool ok;

		if (shared->page_number[slotno] == pageno && shared->page_status[slotno] != SLRU_PAGE_EMPTY)
		{
			/* A page that is being written can be read, and changed by those who say so. */
			if (shared->page_status[slotno] == SLRU_PAGE_READ_IN_PROGRESS ||
				(shared->page_status[slotno] == SLRU_PAGE_WRITE_IN_PROGRESS && !write_ok))
			{
				wait_for_io(ctl, slotno);
				continue;
			}
			touch(shared, slotno);
			return slotno;
		}
		shared->page_number[slotno] = pageno;
		shared->page_status[slotno] = SLRU_PAGE_READ_IN_PROGRESS;
		shared->page_dirty[slotno] = false;
		LWLockAcquire(&shared->buffer_locks[slotno].lock, LW_EXCLUSIVE);
		LWLockRelease(shared->ControlLock);
		ok = slru_read_page(ctl, pageno, shared->page_buffer[slotno], &error);
		forget_lsns(shared, slotno);
		LWLockAcquire(shared->ControlLock, LW_EXCLUSIVE);
		shared->page_status[slotno] = ok ? SLRU_PAGE_VALID : SLRU_PAGE_EMPTY;
		LWLockRelease(&shared->buffer_locks[slotno].lock);
		if (!ok)
			slru_report_error(&error, xid);
		touch(shared, slotno);
		return slotno;
	}
}

int
SimpleLruReadPage_ReadOnly(SlruCtl ctl, SlruPageNo pageno, TransactionId xid)
{
	SlruShared shared = ctl->shared;

	LWLockAcquire(shared->ControlLock, LW_SHARED);
	for (int i = 0; i < shared->num_slots; i++)
	{
		if (shared->page_number[i] == pageno && shared->page_status[i] != SLRU_PAGE_EMPTY &&
			shared->page_status[i] != SLRU_PAGE_READ_IN_PROGRESS)
		{
			touch(shared, i);
			return i;
		}
	}
	LWLockRelease(shared->ControlLock);
	LWLockAcquire(shared->ControlLock, LW_EXCLUSIVE);
	return SimpleLruReadPage(ctl, pageno, true, xid);
}

/* The log must be durable up to the newest commit on the page before the page may be. */
static void
flush_wal_for(SlruShared shared, int slotno)
{
	XLogRecPtr max = InvalidXLogRecPtr;

	if (shared->lsn_groups_per_page == 0)
		return;
	for (int i = 0; i < shared->lsn_groups_per_page; i++)
		max = Max(max, shared->group_lsn[slotno * shared->lsn_groups_per_page + i]);
	if (!XLogRecPtrIsInvalid(max))
	{
		/* As elsewhere: a log that cannot be flushed is no reason to carry on. */
		START_CRIT_SECTION();
		XLogFlush(max);
		END_CRIT_SECTION();
	}
}

void
SimpleLruWritePage(SlruCtl ctl, int slotno)
{
	SlruShared shared = ctl->shared;
	SlruPageNo pageno = shared->page_number[slotno];
	SlruIoError error;
	bool ok;

	while (shared->page_status[slotno] == SLRU_PAGE_WRITE_IN_PROGRESS && shared->page_number[slotno] == pageno)
		wait_for_io(ctl, slotno);
	/* Somebody else has done it, or given the slot to another page. */
	if (!shared->page_dirty[slotno] || shared->page_status[slotno] != SLRU_PAGE_VALID ||
		shared->page_number[slotno] != pageno)
		return;
	shared->page_status[slotno] = SLRU_PAGE_WRITE_IN_PROGRESS;
	shared->page_dirty[slotno] = false; /* changes from now on make it dirty again */
	LWLockAcquire(&shared->buffer_locks[slotno].lock, LW_EXCLUSIVE);
	LWLockRelease(shared->ControlLock);
	flush_wal_for(shared, slotno);
	ok = slru_write_page(ctl, pageno, shared->page_buffer[slotno], &error);
	LWLockAcquire(shared->ControlLock, LW_EXCLUSIVE);
	if (!ok)
		shared->page_dirty[slotno] = true;
	shared->page_status[slotno] = SLRU_PAGE_VALID;
	LWLockRelease(&shared->buffer_locks[slotno].lock);
	if (!ok)
		slru_report_error(&error, InvalidTransactionId);
}

void
SimpleLruWriteAll(SlruCtl ctl, bool allow_redirtied)
{
	SlruShared shared = ctl->shared;

	LWLockAcquire(shared->ControlLock, LW_EXCLUSIVE);
	for (int i = 0; i < shared->num_slots; i++)
	{
		if (shared->page_status[i] == SLRU_PAGE_EMPTY)
			continue;
		SimpleLruWritePage(ctl, i);
		Assert(allow_redirtied || shared->page_status[i] == SLRU_PAGE_EMPTY || !shared->page_dirty[i]);
	}
	LWLockRelease(shared->ControlLock);
	slru_sync_directory(ctl);
}

void
SimpleLruTruncate(SlruCtl ctl, SlruPageNo cutoffPage)
{
	SlruShared shared = ctl->shared;

	/* Whole segments only. */
	cutoffPage -= cutoffPage % SLRU_PAGES_PER_SEGMENT;
	LWLockAcquire(shared->ControlLock, LW_EXCLUSIVE);
	for (int i = 0; i < shared->num_slots; i++)
	{
		while (shared->page_status[i] != SLRU_PAGE_EMPTY && shared->page_number[i] < cutoffPage)
		{
			if (shared->page_status[i] == SLRU_PAGE_VALID)
			{
				/* Nobody needs its contents any more, written or not. */
				shared->page_status[i] = SLRU_PAGE_EMPTY;
				shared->page_dirty[i] = false;
			}
			else
				wait_for_io(ctl, i);
		}
	}
	LWLockRelease(shared->ControlLock);
	slru_remove_segments_before(ctl, cutoffPage / SLRU_PAGES_PER_SEGMENT);
}
