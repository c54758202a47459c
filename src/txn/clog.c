/*
 * clog.c
 *    The commit log: two bits per transaction id.
 *
 * Id x is bits 2*(x%4).. of byte (x % CLOG_XACTS_PER_PAGE)/4 of page x / CLOG_XACTS_PER_PAGE. Changes of the bits are not logged
 * themselves: redo of commit and abort records makes them again; only the creation of a page is.
 *
 * The statuses of a transaction and its subtransactions must appear together. On one page they do, because they are set
 * under one hold of the lock. If they are spread over pages, the children on other pages are marked "sub-committed" first, which
 * means "ask the parent"; then the page of the parent changes, which is the moment of truth; then the others.
 *
 * For transactions that committed without waiting for the flush of their record, each group of ids remembers the newest such
 * record: the page may not be written, nor hint bits set, before the log is flushed to there.
 */
#include "postgres.h"

#include "access/clog.h"
#include "access/slru.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "miscadmin.h"

#define CLOG_BITS_PER_XACT 2
#define CLOG_XACTS_PER_BYTE 4
#define CLOG_XACTS_PER_PAGE (BLCKSZ * CLOG_XACTS_PER_BYTE)
#define CLOG_XACT_BITMASK ((1 << CLOG_BITS_PER_XACT) - 1)

#define CLOG_XACTS_PER_LSN_GROUP 32
#define CLOG_LSNS_PER_PAGE (CLOG_XACTS_PER_PAGE / CLOG_XACTS_PER_LSN_GROUP)

static SlruCtlData XactCtlData;
#define XactCtl (&XactCtlData)

static inline SlruPageNo xid_page(TransactionId xid) { return xid / CLOG_XACTS_PER_PAGE; }
static inline uint32 xid_index(TransactionId xid) { return xid % CLOG_XACTS_PER_PAGE; }
static inline uint32 xid_byte(TransactionId xid) { return xid_index(xid) / CLOG_XACTS_PER_BYTE; }
static inline int xid_shift(TransactionId xid) { return (xid % CLOG_XACTS_PER_BYTE) * CLOG_BITS_PER_XACT; }
static inline int
lsn_index(int slotno, TransactionId xid)
{
	return slotno * CLOG_LSNS_PER_PAGE + xid_index(xid) / CLOG_XACTS_PER_LSN_GROUP;
}

static int
number_of_buffers(void)
{
	return Min(128, Max(4, NBuffers / 512));
}

Size
clog_shmem_size(void)
{
	return SimpleLruShmemSize(number_of_buffers(), CLOG_LSNS_PER_PAGE);
}

int
clogsyncfiletag(const FileTag *ftag, char *path)
{
	return SlruSyncFileTag(XactCtl, ftag, path);
}

void
clog_shmem_init(void *base, bool found)
{
	slru_init(XactCtl, "Xact", number_of_buffers(), CLOG_LSNS_PER_PAGE, XactSLRULock, "pg_xact",
			  LWTRANCHE_XACT_BUFFER, SYNC_HANDLER_CLOG, base, found);
	sync_register_handler(SYNC_HANDLER_CLOG, clogsyncfiletag);
}

/* ---- status ---------------------------------------------------------------------------------------------------------------------- */

/* The lock is held and the page is in slotno. */
static void
set_status_bits(TransactionId xid, XidStatus status, XLogRecPtr lsn, int slotno)
{
	char *byte = &XactCtl->shared->page_buffer[slotno][xid_byte(xid)];
	int shift = xid_shift(xid);
	XidStatus now = (*byte >> shift) & CLOG_XACT_BITMASK;

	/* Redo repeats itself; and a child marked earlier may meet its final status before. */
	if (InRecovery && status == TRANSACTION_STATUS_SUB_COMMITTED && now == TRANSACTION_STATUS_COMMITTED)
		return;
	Assert(now == TRANSACTION_STATUS_IN_PROGRESS || now == status ||
		   (now == TRANSACTION_STATUS_SUB_COMMITTED && status != TRANSACTION_STATUS_IN_PROGRESS));
	*byte = (*byte & ~(CLOG_XACT_BITMASK << shift)) | (status << shift);
	if (!XLogRecPtrIsInvalid(lsn))
	{
		XLogRecPtr *group = &XactCtl->shared->group_lsn[lsn_index(slotno, xid)];

		*group = Max(*group, lsn);
	}
}

/* Sets all given ids, which are on one page; xid may be Invalid. */
static void
set_page_status(TransactionId xid, int nsubxids, const TransactionId *subxids, XidStatus status, XLogRecPtr lsn,
				SlruPageNo pageno)
{
	int slotno;

	LWLockAcquire(XactSLRULock, LW_EXCLUSIVE);
	/* While the page is being written it may change only if the change needs no flush of the log (README, U3). */
	slotno = SimpleLruReadPage(XactCtl, pageno, XLogRecPtrIsInvalid(lsn), xid);
	if (TransactionIdIsValid(xid))
	{
		if (status == TRANSACTION_STATUS_COMMITTED)
			for (int i = 0; i < nsubxids; i++)
				set_status_bits(subxids[i], TRANSACTION_STATUS_SUB_COMMITTED, lsn, slotno);
		set_status_bits(xid, status, lsn, slotno);
	}
	for (int i = 0; i < nsubxids; i++)
		set_status_bits(subxids[i], status, lsn, slotno);
	XactCtl->shared->page_dirty[slotno] = true;
	LWLockRelease(XactSLRULock);
}

/* How many of the (ascending) ids are on the page of the first. */
static int
run_on_one_page(int n, const TransactionId *xids)
{
	int i = 1;

	while (i < n && xid_page(xids[i]) == xid_page(xids[0]))
		i++;
	return Min(i, n);
}

static void
set_status_of_runs(int n, const TransactionId *xids, XidStatus status, XLogRecPtr lsn, SlruPageNo except_page)
{
	while (n > 0)
	{
		int run = run_on_one_page(n, xids);

		if (xid_page(xids[0]) != except_page)
			set_page_status(InvalidTransactionId, run, xids, status, lsn, xid_page(xids[0]));
		xids += run;
		n -= run;
	}
}

void
TransactionIdSetTreeStatus(TransactionId xid, int nsubxids, TransactionId *subxids, XidStatus status, XLogRecPtr lsn)
{
	SlruPageNo page = xid_page(xid);
	int same_page = 0;

	Assert(status == TRANSACTION_STATUS_COMMITTED || status == TRANSACTION_STATUS_ABORTED);
	/* Children have higher ids, in ascending order: those on the parent's page come first. */
	while (same_page < nsubxids && xid_page(subxids[same_page]) == page)
		same_page++;
	if (same_page < nsubxids && status == TRANSACTION_STATUS_COMMITTED)
		set_status_of_runs(nsubxids, subxids, TRANSACTION_STATUS_SUB_COMMITTED, lsn, page);
	set_page_status(xid, same_page, subxids, status, lsn, page);
	set_status_of_runs(nsubxids - same_page, subxids + same_page, status, lsn, page);
}

XidStatus
TransactionIdGetStatus(TransactionId xid, XLogRecPtr *lsn)
{
	int slotno = SimpleLruReadPage_ReadOnly(XactCtl, xid_page(xid), xid);
	XidStatus status = (XactCtl->shared->page_buffer[slotno][xid_byte(xid)] >> xid_shift(xid)) & CLOG_XACT_BITMASK;

	*lsn = XactCtl->shared->group_lsn[lsn_index(slotno, xid)];
	LWLockRelease(XactSLRULock);
	return status;
}

/* ---- pages ----------------------------------------------------------------------------------------------------------------------- */

void
BootStrapCLOG(void)
{
	int slotno;

	LWLockAcquire(XactSLRULock, LW_EXCLUSIVE);
	slotno = SimpleLruZeroPage(XactCtl, 0);
	SimpleLruWritePage(XactCtl, slotno);
	LWLockRelease(XactSLRULock);
}

void
StartupCLOG(void)
{
	pg_atomic_write_u64(&XactCtl->shared->latest_page_number, xid_page(ReadNextTransactionId()));
}

/* At the end of recovery: ids from the next one on have not been used, whatever a crash has left on the page. */
void
TrimCLOG(void)
{
	TransactionId xid = ReadNextTransactionId();
	SlruPageNo pageno = xid_page(xid);

	LWLockAcquire(XactSLRULock, LW_EXCLUSIVE);
	pg_atomic_write_u64(&XactCtl->shared->latest_page_number, pageno);
	if (xid_index(xid) != 0)
	{
		int slotno = SimpleLruReadPage(XactCtl, pageno, false, xid);
		char *page = XactCtl->shared->page_buffer[slotno];
		uint32 byte = xid_byte(xid);

		page[byte] &= (1 << xid_shift(xid)) - 1;
		memset(page + byte + 1, 0, BLCKSZ - byte - 1);
		XactCtl->shared->page_dirty[slotno] = true;
	}
	LWLockRelease(XactSLRULock);
}

void
CheckPointCLOG(void)
{
	SimpleLruWriteAll(XactCtl, true);
}

static void
log_zero_page(SlruPageNo pageno)
{
	XLogBeginInsert();
	XLogRegisterData(&pageno, sizeof(pageno));
	(void) XLogInsert(RM_CLOG_ID, CLOG_ZEROPAGE);
}

/* Called with XidGenLock held, for each id before it is handed out. */
void
ExtendCLOG(TransactionId newestXact)
{
	SlruPageNo pageno = xid_page(newestXact);

	if (likely(xid_index(newestXact) != 0 && newestXact != FirstNormalTransactionId))
		return;
	LWLockAcquire(XactSLRULock, LW_EXCLUSIVE);
	/* The page of the first ids exists from bootstrap on, with their statuses. */
	if (pageno != 0)
	{
		SimpleLruZeroPage(XactCtl, pageno);
		log_zero_page(pageno);
	}
	LWLockRelease(XactSLRULock);
}

void
TruncateCLOG(TransactionId oldestXact, Oid oldestxid_datoid)
{
	SlruPageNo cutoff = xid_page(oldestXact);
	xl_clog_truncate xlrec = {.pageno = cutoff, .oldestXact = oldestXact, .oldestXactDb = oldestxid_datoid};
	XLogRecPtr recptr;

	if (cutoff < SLRU_PAGES_PER_SEGMENT)
		return; /* not even one segment could go */
	/* Nobody may look an old id up while its page goes. */
	AdvanceOldestClogXid(oldestXact);
	XLogBeginInsert();
	XLogRegisterData(&xlrec, sizeof(xlrec));
	recptr = XLogInsert(RM_CLOG_ID, CLOG_TRUNCATE);
	XLogFlush(recptr);
	SimpleLruTruncate(XactCtl, cutoff);
}

/* ---- redo -------------------------------------------------------------------------------------------------------------------------- */

static void
redo_zero_page(SlruPageNo pageno)
{
	int slotno;

	LWLockAcquire(XactSLRULock, LW_EXCLUSIVE);
	slotno = SimpleLruZeroPage(XactCtl, pageno);
	SimpleLruWritePage(XactCtl, slotno);
	LWLockRelease(XactSLRULock);
}

void
clog_redo(XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	if (info == CLOG_ZEROPAGE)
	{
		SlruPageNo pageno;

		memcpy(&pageno, XLogRecGetData(record), sizeof(pageno));
		redo_zero_page(pageno);
	}
	else if (info == CLOG_TRUNCATE)
	{
		xl_clog_truncate xlrec;

		memcpy(&xlrec, XLogRecGetData(record), sizeof(xlrec));
		AdvanceOldestClogXid(xlrec.oldestXact);
		SimpleLruTruncate(XactCtl, xlrec.pageno);
	}
	else
		elog(PANIC, "clog_redo: unknown op code %u", info);
}

void
clog_desc(StringInfo buf, XLogReaderState *record)
{
	uint8 info = XLogRecGetInfo(record) & ~XLR_INFO_MASK;

	if (info == CLOG_ZEROPAGE)
	{
		SlruPageNo pageno;

		memcpy(&pageno, XLogRecGetData(record), sizeof(pageno));
		appendStringInfo(buf, "page %" PRId64, pageno);
	}
	else if (info == CLOG_TRUNCATE)
	{
		xl_clog_truncate xlrec;

		memcpy(&xlrec, XLogRecGetData(record), sizeof(xlrec));
		appendStringInfo(buf, "page %" PRId64 "; oldestXact %" PRIu64, xlrec.pageno, xlrec.oldestXact);
	}
}

const char *
clog_identify(uint8 info)
{
	switch (info & ~XLR_INFO_MASK)
	{
		case CLOG_ZEROPAGE:
			return "ZEROPAGE";
		case CLOG_TRUNCATE:
			return "TRUNCATE";
		default:
			return NULL;
	}
}
