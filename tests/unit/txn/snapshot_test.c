/*
 * snapshot_test.c
 *    Snapshots against a model: a transaction is visible iff it had ended when the snapshot was taken, including its subtransactions,
 *    with and without overflow of the advertised ones; and no horizon is ever newer than a snapshot in use.
 *    Method: many PGPROCs driven by one process that takes their places in turn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"

#include "access/clog.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "shmem/horizons.h"
#include "shmem/lwlock_internal.h"
#include "shmem/proc_internal.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#define NPROCS 12
#define NXIDS 20000

/* ---- stand-ins -------------------------------------------------------------------------------------------------------- */
static TransactionId parent_of[NXIDS];

void ExtendCLOG(TransactionId xid) {}
void ExtendSUBTRANS(TransactionId xid) {}
bool RecoveryInProgress(void) { return false; }
TransactionId
SubTransGetTopmostTransaction(TransactionId xid)
{
	while (parent_of[xid] != InvalidTransactionId)
		xid = parent_of[xid];
	return xid;
}

extern Size varsup_shmem_size(void);
extern void varsup_shmem_init(void *base, bool found);

static PGPROC *procs;
static bool ended[NXIDS];

static void *
memory(Size size)
{
	return aligned_alloc(PG_CACHE_LINE_SIZE, CACHELINEALIGN(size));
}

static int
setup(void **state)
{
	MemoryContextInit();
	MaxBackends = NPROCS;
	max_worker_processes = autovacuum_max_workers = max_wal_senders = 0;
	autovacuum_max_workers = -1; /* the launcher's slot is added */
	lwlock_shmem_init(memory(lwlock_shmem_size()), false);
	varsup_shmem_init(memory(varsup_shmem_size()), false);
	proc_shmem_init(memory(proc_shmem_size()), false);
	procarray_shmem_init(memory(procarray_shmem_size()), false);
	ShmemVariableCache->nextXid = FullTransactionIdFromXid(FirstNormalTransactionId);
	ShmemVariableCache->latestCompletedXid = FirstNormalTransactionId - 1;
	SetProcessingMode(NormalProcessing);
	procs = ProcGlobal->allProcs;
	for (int i = 0; i < NPROCS; i++)
	{
		procs[i].pid = 1000 + i;
		procs[i].databaseId = 1;
		ProcArrayAdd(&procs[i]);
	}
	MyDatabaseId = 1;
	return 0;
}

typedef struct Taken
{
	SnapshotData snap;
	bool ended[NXIDS]; /* when it was taken */
	TransactionId upto;
} Taken;

static void
take(Taken *taken, int as)
{
	MyProc = &procs[as];
	GetSnapshotData(&taken->snap);
	memcpy(taken->ended, ended, sizeof(ended));
	taken->upto = XidFromFullTransactionId(ShmemVariableCache->nextXid);
}

static void
check(Taken *taken, int as)
{
	TransactionId mine = procs[as].xid;

	TransactionXmin = taken->snap.xmin;
	for (TransactionId xid = FirstNormalTransactionId; xid < taken->upto; xid++)
		if (SubTransGetTopmostTransaction(xid) != mine)
			assert_int_equal(XidInMVCCSnapshot(xid, &taken->snap), !taken->ended[xid]);
	assert_true(XidInMVCCSnapshot(taken->upto, &taken->snap));
}

static void
end_transaction(int i)
{
	TransactionId top = procs[i].xid;
	TransactionId latest = top;

	if (!TransactionIdIsValid(top))
	{
		procs[i].xmin = InvalidTransactionId;
		return;
	}
	for (TransactionId xid = top; xid < XidFromFullTransactionId(ShmemVariableCache->nextXid); xid++)
		if (SubTransGetTopmostTransaction(xid) == top)
			ended[xid] = true, latest = xid;
	ProcArrayEndTransaction(&procs[i], latest);
}

static void
test_against_model(void **state)
{
	static Taken taken[NPROCS];
	uint32 rnd = 99;
	int reused = 0;

	for (int i = 0; i < NPROCS; i++)
		taken[i].snap.snapshot_type = SNAPSHOT_MVCC;
	for (int step = 0; step < 6000; step++)
	{
		int i;

		rnd = rnd * 1664525 + 1013904223;
		i = (rnd >> 8) % NPROCS;
		MyProc = &procs[i];
		switch ((rnd >> 16) % 4)
		{
			case 0:
				if (!TransactionIdIsValid(procs[i].xid))
					GetNewTransactionId(false);
				else
				{
					/* A burst now and then overflows the advertised ones. */
					int n = (rnd >> 20) % 20 == 0 ? PGPROC_MAX_CACHED_SUBXIDS + 3 : 1;

					for (int k = 0; k < n; k++)
					{
						TransactionId sub = XidFromFullTransactionId(GetNewTransactionId(true));

						parent_of[sub] = procs[i].xid;
					}
				}
				break;
			case 1:
				end_transaction(i);
				break;
			default:
			{
				uint64 before = taken[i].snap.snapXactCompletionCount;
				XidHorizons h;

				take(&taken[i], i);
				reused += before == taken[i].snap.snapXactCompletionCount;
				check(&taken[i], i);
				compute_xid_horizons(&h);
				for (int k = 0; k < NPROCS; k++)
				{
					if (!TransactionIdIsValid(procs[k].xmin))
						continue;
					assert_true(h.data <= procs[k].xmin);
					assert_true(h.oldest_considered_running <= h.data);
				}
				break;
			}
		}
		if (XidFromFullTransactionId(ShmemVariableCache->nextXid) > NXIDS - 200)
			break;
	}
	assert_true(reused > 10);
	for (int i = 0; i < NPROCS; i++)
		end_transaction(i);
}

static void
test_nothing_running(void **state)
{
	static SnapshotData snap;

	MyProc = &procs[0];
	GetSnapshotData(&snap);
	assert_int_equal(snap.xcnt, 0);
	assert_int_equal(snap.xmin, snap.xmax);
	assert_int_equal(snap.xmax, ShmemVariableCache->latestCompletedXid + 1);
	assert_false(TransactionIdIsInProgress(snap.xmax - 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_nothing_running),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
