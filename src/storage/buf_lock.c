/*
 * buf_lock.c
 *    Content locks, cleanup locks, marking dirty.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "storage/relation_storage.h"
#include "miscadmin.h"
#include "storage/buffer.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "utils/wait_event.h"

/* The buffer whose pin count we wait for; its header says so too (BM_PIN_COUNT_WAITER, wait_proc). */
static BufferDesc *pin_count_wait;

/* ---- content locks ------------------------------------------------------------------------------------------------ */
void
LockBuffer(Buffer buffer, int mode)
{
	LWLock *lock;

	Assert(BufferIsPinnedByMe(buffer));
	if (BufferIsLocal(buffer))
		return;
	lock = &GetBufferDescriptor(buffer - 1)->content_lock;
	if (mode == BUFFER_LOCK_UNLOCK)
		LWLockRelease(lock);
	else if (mode == BUFFER_LOCK_SHARE)
		LWLockAcquire(lock, LW_SHARED);
	else if (mode == BUFFER_LOCK_EXCLUSIVE)
		LWLockAcquire(lock, LW_EXCLUSIVE);
	else
		elog(ERROR, "unrecognized buffer lock mode: %d", mode);
}

bool
ConditionalLockBuffer(Buffer buffer)
{
	Assert(BufferIsPinnedByMe(buffer));
	return BufferIsLocal(buffer) ||
		LWLockConditionalAcquire(&GetBufferDescriptor(buffer - 1)->content_lock, LW_EXCLUSIVE);
}

/* ---- cleanup locks ------------------------------------------------------------------------------------------------ */
static int
my_pins(Buffer buffer)
{
	return BufferIsLocal(buffer) ? LocalRefCount[-buffer - 1] : buf_private_refcount(buffer);
}

void
LockBufferForCleanup(Buffer buffer)
{
	BufferDesc *desc;

	if (my_pins(buffer) != 1)
		elog(ERROR, "incorrect local pin count: %d", my_pins(buffer));
	if (BufferIsLocal(buffer))
		return;
	desc = GetBufferDescriptor(buffer - 1);
	for (;;)
	{
		uint64 state;

		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		state = LockBufHdr(desc);
		if (BUF_STATE_GET_REFCOUNT(state) == 1)
		{
			UnlockBufHdr(desc);
			return;
		}
		if (state & BM_PIN_COUNT_WAITER)
		{
			UnlockBufHdr(desc);
			LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
			elog(ERROR, "multiple backends attempting to wait for pincount 1");
		}
		desc->wait_proc = MyProc->pgprocno;
		pin_count_wait = desc;
		buf_header_unlock(desc, BM_PIN_COUNT_WAITER, 0, 0);
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		ProcWaitForSignal(PG_WAIT_BUFFER_PIN);
		UnlockBuffers();
	}
}

void
UnlockBuffers(void)
{
	BufferDesc *desc = pin_count_wait;

	if (desc == NULL)
		return;
	/* Whoever gave the last pin back may have taken the flag off already, and another may wait now. */
	if ((LockBufHdr(desc) & BM_PIN_COUNT_WAITER) && desc->wait_proc == MyProc->pgprocno)
		buf_header_unlock(desc, 0, BM_PIN_COUNT_WAITER, 0);
	else
		UnlockBufHdr(desc);
	pin_count_wait = NULL;
}

bool
HoldingBufferPinThatDelaysRecovery(void)
{
	int bufid = ProcGlobal->startupBufferPinWaitBufId;

	return bufid >= 0 && buf_private_refcount(bufid + 1) > 0;
}

bool
IsBufferCleanupOK(Buffer buffer)
{
	if (my_pins(buffer) != 1)
		return false;
	/* Nobody can come to look at the page while we have it locked, so the count can only go down. */
	return BufferIsLocal(buffer) ||
		BUF_STATE_GET_REFCOUNT(pg_atomic_read_u64(&GetBufferDescriptor(buffer - 1)->state)) == 1;
}

bool
ConditionalLockBufferForCleanup(Buffer buffer)
{
	if (my_pins(buffer) != 1 || !ConditionalLockBuffer(buffer))
		return false;
	if (IsBufferCleanupOK(buffer))
		return true;
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	return false;
}

/* ---- dirty -------------------------------------------------------------------------------------------------------- */
#define DIRTY_FLAGS (BM_DIRTY | BM_JUST_DIRTIED)

/* Others may hold the header lock: flags change only when it is free. */
static uint64
set_dirty_flags(BufferDesc *desc)
{
	uint64 old = LockBufHdr(desc);

	buf_header_unlock(desc, DIRTY_FLAGS, 0, 0);
	return old;
}

void
MarkBufferDirty(Buffer buffer)
{
	BufferDesc *desc;

	if (unlikely(!BufferIsValid(buffer)))
		elog(ERROR, "bad buffer ID: %d", buffer);
	if (BufferIsLocal(buffer))
	{
		local_buffer_mark_dirty(buffer);
		return;
	}
	desc = GetBufferDescriptor(buffer - 1);
	Assert(BufferIsPinnedByMe(buffer));
	Assert(LWLockHeldByMeInMode(&desc->content_lock, LW_EXCLUSIVE));
	/* A writer takes JUST_DIRTIED off under share lock only: while we have the page exclusively, set means set. */
	if ((pg_atomic_read_u64(&desc->state) & DIRTY_FLAGS) == DIRTY_FLAGS)
		return;
	if (!(set_dirty_flags(desc) & BM_DIRTY))
		pgBufferUsage.shared_blks_dirtied++;
}

void
MarkBufferDirtyHint(Buffer buffer, bool buffer_std)
{
	BufferDesc *desc;
	Page page;
	XLogRecPtr lsn = InvalidXLogRecPtr;
	bool delay_checkpoint = false;
	uint64 state;

	if (unlikely(!BufferIsValid(buffer)))
		elog(ERROR, "bad buffer ID: %d", buffer);
	if (BufferIsLocal(buffer))
	{
		local_buffer_mark_dirty(buffer);
		return;
	}
	desc = GetBufferDescriptor(buffer - 1);
	state = pg_atomic_read_u64(&desc->state);
	Assert(BufferIsPinnedByMe(buffer));
	if ((state & DIRTY_FLAGS) == DIRTY_FLAGS)
		return;
	page = BufferGetPage(buffer);
	if (state & BM_PERMANENT)
	{
		/* No WAL may be written now: the hint stays in memory, and goes with the page. */
		if (RecoveryInProgress())
			return;
		/*
		 * The page with its checksum could be torn by a crash in the middle of its write, so its first change since the
		 * checkpoint needs an image even if it is but a hint. A checkpoint must not choose its redo point between that image and the
		 * dirty flag: it would then neither write the page nor replay the image.
		 */
		Assert(!(MyProc->delayChkptFlags & DELAY_CHKPT_START));
		MyProc->delayChkptFlags |= DELAY_CHKPT_START;
		delay_checkpoint = true;
		lsn = XLogSaveBufferForHint(buffer, buffer_std);
	}
	state = LockBufHdr(desc);
	if (!(state & BM_DIRTY))
	{
		pgBufferUsage.shared_blks_dirtied++;
		/* Under share lock several may come here; the header lock keeps the LSN in one piece for those who read it so. */
		if (lsn != InvalidXLogRecPtr)
			PageSetLSN(page, lsn);
	}
	buf_header_unlock(desc, DIRTY_FLAGS, 0, 0);
	if (delay_checkpoint)
		MyProc->delayChkptFlags &= ~DELAY_CHKPT_START;
}

bool
BufferIsPermanent(Buffer buffer)
{
	Assert(BufferIsPinnedByMe(buffer));
	return !BufferIsLocal(buffer) && (pg_atomic_read_u64(&GetBufferDescriptor(buffer - 1)->state) & BM_PERMANENT) != 0;
}

XLogRecPtr
BufferGetLSNAtomic(Buffer buffer)
{
	BufferDesc *desc;
	XLogRecPtr lsn;

	if (BufferIsLocal(buffer))
		return PageGetLSN(BufferGetPage(buffer));
	desc = GetBufferDescriptor(buffer - 1);
	LockBufHdr(desc);
	lsn = PageGetLSN(BufferGetPage(buffer));
	UnlockBufHdr(desc);
	return lsn;
}
