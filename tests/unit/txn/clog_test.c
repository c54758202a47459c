/*
 * clog_test.c
 *    The commit log through more pages than it has buffers: every status against a model, also after all memory was lost.
 *    Method: the real slru and clog code on files in a temporary directory; the log and the checkpointer are stand-ins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "postgres.h"

#include "access/clog.h"
#include "access/slru.h"
#include "access/transam.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "shmem/lwlock_internal.h"
#include "storage/fd.h"
#include "storage/sync.h"
#include "utils/memutils.h"

/* ---- stand-ins -------------------------------------------------------------------------------------------------------- */
static XLogRecPtr flushed_to;
static int records;

void XLogFlush(XLogRecPtr lsn) { flushed_to = Max(flushed_to, lsn); }
void XLogBeginInsert(void) {}
void XLogRegisterData(const void *data, int len) {}
XLogRecPtr XLogInsert(RmgrId rmid, uint8 info) { return ++records; }
bool RegisterSyncRequest(const FileTag *ftag, SyncRequestType type, bool retryOnError) { return true; }
void sync_register_handler(SyncRequestHandler handler, SyncFileFunction sync_file) {}
int OpenTransientFile(const char *name, int flags) { return open(name, flags, 0600); }
int CloseTransientFile(int fd) { return close(fd); }
void fsync_fname(const char *fname, bool isdir) {}

#define NXIDS 400000 /* 13 pages, 4 buffers */
static VariableCacheData cache;
static uint8 *model;

static void
attach_empty_memory(void)
{
	lwlock_shmem_init(aligned_alloc(64, CACHELINEALIGN(lwlock_shmem_size())), false);
	clog_shmem_init(aligned_alloc(64, CACHELINEALIGN(clog_shmem_size())), false);
	StartupCLOG();
}

static int
setup(void **state)
{
	char dir[] = "/tmp/clog_test_XXXXXX";

	MemoryContextInit();
	NBuffers = 16;
	ShmemVariableCache = &cache;
	model = calloc(NXIDS, 1);
	if (mkdtemp(dir) == NULL || chdir(dir) != 0 || mkdir("pg_xact", 0700) != 0)
		return -1;
	cache.nextXid = FullTransactionIdFromXid(FirstNormalTransactionId);
	attach_empty_memory();
	BootStrapCLOG();
	return 0;
}

static void
check_all(int step)
{
	for (TransactionId xid = FirstNormalTransactionId; xid < NXIDS; xid += step)
	{
		XLogRecPtr lsn;

		assert_int_equal(TransactionIdGetStatus(xid, &lsn), model[xid]);
	}
}

static void
test_statuses(void **state)
{
	uint32 rnd = 7;
	TransactionId xid = FirstNormalTransactionId;

	while (xid < NXIDS - 100000)
	{
		TransactionId subxids[1000];
		int nsub;
		XidStatus status;
		XLogRecPtr lsn;

		rnd = rnd * 1664525 + 1013904223;
		nsub = (rnd >> 8) % 200 == 0 ? 1000 : (rnd >> 8) % 4;
		status = (rnd >> 20) % 3 == 0 ? TRANSACTION_STATUS_ABORTED : TRANSACTION_STATUS_COMMITTED;
		lsn = (rnd >> 24) % 5 == 0 ? xid : InvalidXLogRecPtr;
		for (TransactionId x = xid; x <= xid + nsub * 7; x++)
			ExtendCLOG(x);
		for (int i = 0; i < nsub; i++)
			subxids[i] = xid + 1 + i * 7; /* a large family spreads over pages */
		if ((rnd >> 16) % 10 != 0)
		{
			TransactionIdSetTreeStatus(xid, nsub, subxids, status, lsn);
			model[xid] = status;
			for (int i = 0; i < nsub; i++)
				model[subxids[i]] = status;
		}
		xid += 1 + nsub * 7;
	}
	for (TransactionId x = xid; x < NXIDS; x++)
		ExtendCLOG(x);
	check_all(13);
	check_all(1);
}

static void
test_async_commit_keeps_its_lsn(void **state)
{
	TransactionId xid = NXIDS - 100;
	XLogRecPtr lsn;

	TransactionIdAsyncCommitTree(xid, 0, NULL, 987654);
	model[xid] = TRANSACTION_STATUS_COMMITTED;
	TransactionIdGetStatus(xid, &lsn);
	assert_int_equal(lsn, 987654);
	flushed_to = 0;
	CheckPointCLOG();
	assert_int_equal(flushed_to, 987654); /* the log first, then the page */
}

static void
test_survives_restart(void **state)
{
	cache.nextXid = FullTransactionIdFromXid(NXIDS);
	CheckPointCLOG();
	attach_empty_memory();
	TrimCLOG();
	check_all(1);
}

static void
test_truncation(void **state)
{
	struct stat st;

	assert_int_equal(stat("pg_xact/0000", &st), 0);
	TruncateCLOG(NXIDS, 1); /* all in the first segment: it stays */
	assert_int_equal(stat("pg_xact/0000", &st), 0);
	for (TransactionId x = NXIDS; x < 40 * 32768; x++)
		ExtendCLOG(x);
	CheckPointCLOG();
	TruncateCLOG(39 * 32768, 1);
	assert_int_equal(stat("pg_xact/0000", &st), -1);
	assert_int_equal(stat("pg_xact/0001", &st), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_async_commit_keeps_its_lsn),
		cmocka_unit_test(test_survives_restart),
		cmocka_unit_test(test_truncation),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
