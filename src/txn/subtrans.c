/*
 * subtrans.c
 *    The parent of each subtransaction, eight bytes per id.
 *
 * Needed only while the top-level transaction may still run, so it is not logged and the pages in use at start-up are made
 * anew, empty. An id without an entry is a top-level transaction.
 */
#include "postgres.h"

#include "access/slru.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#define SUBTRANS_XACTS_PER_PAGE (BLCKSZ / sizeof(TransactionId))
#define NUM_SUBTRANS_BUFFERS 32

static SlruCtlData SubTransCtlData;
#define SubTransCtl (&SubTransCtlData)

static inline SlruPageNo xid_page(TransactionId xid) { return xid / SUBTRANS_XACTS_PER_PAGE; }
static inline TransactionId *
entry_of(int slotno, TransactionId xid)
{
	return (TransactionId *) SubTransCtl->shared->page_buffer[slotno] + xid % SUBTRANS_XACTS_PER_PAGE;
}

Size
subtrans_shmem_size(void)
{
	return SimpleLruShmemSize(NUM_SUBTRANS_BUFFERS, 0);
}

void
subtrans_shmem_init(void *base, bool found)
{
	slru_init(SubTransCtl, "Subtrans", NUM_SUBTRANS_BUFFERS, 0, SubtransSLRULock, "pg_subtrans",
			  LWTRANCHE_SUBTRANS_BUFFER, SYNC_HANDLER_NONE, base, found);
}

void
SubTransSetParent(TransactionId xid, TransactionId parent)
{
	TransactionId *entry;
	int slotno;

	Assert(parent < xid);
	LWLockAcquire(SubtransSLRULock, LW_EXCLUSIVE);
	slotno = SimpleLruReadPage(SubTransCtl, xid_page(xid), true, xid);
	entry = entry_of(slotno, xid);
	if (*entry != parent)
	{
		Assert(*entry == InvalidTransactionId);
		*entry = parent;
		SubTransCtl->shared->page_dirty[slotno] = true;
	}
	LWLockRelease(SubtransSLRULock);
}

TransactionId
SubTransGetParent(TransactionId xid)
{
	TransactionId parent;
	int slotno;

	if (!TransactionIdIsNormal(xid))
		return InvalidTransactionId;
	slotno = SimpleLruReadPage_ReadOnly(SubTransCtl, xid_page(xid), xid);
	parent = *entry_of(slotno, xid);
	LWLockRelease(SubtransSLRULock);
	return parent;
}

TransactionId
SubTransGetTopmostTransaction(TransactionId xid)
{
	TransactionId top = xid;

	/* Nobody needs to look below the oldest snapshot of this process: what was there has ended. */
	while (top >= TransactionXmin)
	{
		TransactionId parent = SubTransGetParent(top);

		if (!TransactionIdIsValid(parent))
			break;
		if (parent >= top)
			elog(ERROR, "pg_subtrans contains invalid entry: xid %" PRIu64 " points to parent xid %" PRIu64, top, parent);
		top = parent;
	}
	return top;
}

void
BootStrapSUBTRANS(void)
{
	int slotno;

	LWLockAcquire(SubtransSLRULock, LW_EXCLUSIVE);
	slotno = SimpleLruZeroPage(SubTransCtl, 0);
	SimpleLruWritePage(SubTransCtl, slotno);
	LWLockRelease(SubtransSLRULock);
}

void
StartupSUBTRANS(TransactionId oldestActiveXID)
{
	SlruPageNo last = xid_page(ReadNextTransactionId());

	LWLockAcquire(SubtransSLRULock, LW_EXCLUSIVE);
	for (SlruPageNo page = xid_page(oldestActiveXID); page <= last; page++)
		SimpleLruZeroPage(SubTransCtl, page);
	LWLockRelease(SubtransSLRULock);
}

void
CheckPointSUBTRANS(void)
{
	SimpleLruWriteAll(SubTransCtl, true); /* only to make its buffers cheap to replace */
}

void
ExtendSUBTRANS(TransactionId newestXact)
{
	if (likely(newestXact % SUBTRANS_XACTS_PER_PAGE != 0 && newestXact != FirstNormalTransactionId))
		return;
	LWLockAcquire(SubtransSLRULock, LW_EXCLUSIVE);
	SimpleLruZeroPage(SubTransCtl, xid_page(newestXact));
	LWLockRelease(SubtransSLRULock);
}

void
TruncateSUBTRANS(TransactionId oldestXact)
{
	SimpleLruTruncate(SubTransCtl, xid_page(oldestXact - 1));
}
