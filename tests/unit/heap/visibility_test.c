/*
 * visibility_test.c
 *    Goal: the rules of visibility, case by case. Method: the fates of transactions are a table here; each tuple of the matrix
 *    (inserter × deleter) is judged by every kind of snapshot and compared with what the words mean.
 */
#include "server_test.h"

#include "heap/heap.h"
#include "storage/procarray.h"

/* ---- the world ------------------------------------------------------------------------------------------------------------ */
#define XID_COMMITTED_OLD ((TransactionId) 100) /* before the snapshot */
#define XID_COMMITTED_NEW ((TransactionId) 200) /* committed, but running when the snapshot was taken */
#define XID_RUNNING ((TransactionId) 201)
#define XID_ABORTED ((TransactionId) 101)
#define XID_MINE ((TransactionId) 202)

bool
TransactionIdIsCurrentTransactionId(TransactionId xid)
{
	return xid == XID_MINE;
}
bool
TransactionIdIsInProgress(TransactionId xid)
{
	return xid == XID_RUNNING || xid == XID_MINE;
}
bool
TransactionIdDidCommit(TransactionId xid)
{
	return xid == XID_COMMITTED_OLD || xid == XID_COMMITTED_NEW || xid == FrozenTransactionId;
}
bool
XidInMVCCSnapshot(TransactionId xid, Snapshot snapshot)
{
	return xid >= 200;
}
XLogRecPtr
TransactionIdGetCommitLSN(TransactionId xid)
{
	return InvalidXLogRecPtr;
}
void
MarkBufferDirtyHint(Buffer buffer, bool buffer_std)
{
}
CommandId
GetRealCmin(CommandId combocid)
{
	return combocid;
}
CommandId
GetRealCmax(CommandId combocid)
{
	return combocid;
}
bool
GlobalVisTestIsRemovableXid(GlobalVisState *state, TransactionId xid)
{
	return xid < 150;
}
bool
MultiXactIdIsRunning(MultiXactId multi, bool isLockOnly)
{
	return false;
}

static HeapTupleHeaderData *header;
static HeapTupleData tuple;

static void
make(TransactionId xmin, TransactionId xmax, uint16 infomask)
{
	static uint64 space[8];

	memset(space, 0, sizeof(space));
	header = (HeapTupleHeaderData *) space;
	header->t_choice.t_heap.t_xmin = (uint32) xmin;
	header->t_choice.t_heap.t_xmax = (uint32) xmax;
	header->t_infomask = infomask | (xmax == 0 ? HEAP_XMAX_INVALID : 0);
	header->t_hoff = 24;
	ItemPointerSet(&header->t_ctid, 1, 1);
	memset(&tuple, 0, sizeof(tuple));
	tuple.t_data = header;
	tuple.t_len = 32;
	ItemPointerSet(&tuple.t_self, 1, 1);
}

static const TransactionId inserters[] = {XID_COMMITTED_OLD, XID_COMMITTED_NEW, XID_RUNNING, XID_ABORTED, XID_MINE};
static const TransactionId deleters[] = {0, XID_COMMITTED_OLD, XID_COMMITTED_NEW, XID_RUNNING, XID_ABORTED, XID_MINE};

/* Both with and without hints, since the first judgement writes them. */
#define judged_twice(snapshot, expected)                                                      \
	do                                                                                        \
	{                                                                                         \
		assert_int_equal(HeapTupleSatisfiesVisibility(&tuple, (snapshot), 1), (expected));    \
		assert_int_equal(HeapTupleSatisfiesVisibility(&tuple, (snapshot), 1), (expected));    \
	} while (0)

static void
mvcc_sees_what_was_committed_then(void **unused)
{
	SnapshotData snapshot = {.snapshot_type = SNAPSHOT_MVCC, .xmin = 200, .xmax = 300, .curcid = 5};

	for (size_t i = 0; i < lengthof(inserters); i++)
		for (size_t d = 0; d < lengthof(deleters); d++)
		{
			bool inserted = inserters[i] == XID_COMMITTED_OLD || inserters[i] == XID_MINE;
			bool deleted = deleters[d] == XID_COMMITTED_OLD || deleters[d] == XID_MINE;

			/* Only its own transaction can delete a row that is not committed. */
			if (inserters[i] == XID_MINE && deleters[d] != 0 && deleters[d] != XID_MINE && deleters[d] != XID_ABORTED)
				continue;
			make(inserters[i], deleters[d], 0);
			judged_twice(&snapshot, inserted && !deleted);
		}
}

static void
own_commands_count_in_order(void **unused)
{
	SnapshotData snapshot = {.snapshot_type = SNAPSHOT_MVCC, .xmin = 200, .xmax = 300, .curcid = 5};

	make(XID_MINE, 0, 0);
	header->t_choice.t_heap.t_cid = 4;
	judged_twice(&snapshot, true);
	header->t_choice.t_heap.t_cid = 5;
	judged_twice(&snapshot, false);
	make(XID_COMMITTED_OLD, XID_MINE, 0);
	header->t_choice.t_heap.t_cid = 4;
	judged_twice(&snapshot, false);
	header->t_choice.t_heap.t_cid = 5;
	judged_twice(&snapshot, true);
}

static void
locks_hide_nothing(void **unused)
{
	SnapshotData snapshot = {.snapshot_type = SNAPSHOT_MVCC, .xmin = 200, .xmax = 300, .curcid = 5};

	for (size_t d = 1; d < lengthof(deleters); d++)
	{
		make(XID_COMMITTED_OLD, deleters[d], HEAP_XMAX_LOCK_ONLY | HEAP_XMAX_EXCL_LOCK);
		judged_twice(&snapshot, true);
	}
}

static void
frozen_needs_no_commit_log(void **unused)
{
	SnapshotData snapshot = {.snapshot_type = SNAPSHOT_MVCC, .xmin = 200, .xmax = 300, .curcid = 5};

	make(XID_ABORTED, 0, HEAP_XMIN_FROZEN);
	judged_twice(&snapshot, true);
}

static void
dirty_tells_who_is_at_work(void **unused)
{
	SnapshotData snapshot = {.snapshot_type = SNAPSHOT_DIRTY};

	make(XID_RUNNING, 0, 0);
	judged_twice(&snapshot, true);
	assert_true(snapshot.xmin == XID_RUNNING);
	make(XID_COMMITTED_NEW, XID_RUNNING, 0);
	judged_twice(&snapshot, true);
	assert_true(snapshot.xmin == 0 && snapshot.xmax == XID_RUNNING);
	make(XID_COMMITTED_OLD, XID_COMMITTED_NEW, 0);
	judged_twice(&snapshot, false);
	make(XID_COMMITTED_OLD, XID_ABORTED, 0);
	judged_twice(&snapshot, true);
	make(XID_ABORTED, 0, 0);
	judged_twice(&snapshot, false);
}

static void
vacuum_removes_what_nobody_sees(void **unused)
{
	make(XID_ABORTED, 0, 0);
	assert_int_equal(HeapTupleSatisfiesVacuum(&tuple, 150, 1), HEAPTUPLE_DEAD);
	make(XID_COMMITTED_OLD, 0, 0);
	assert_int_equal(HeapTupleSatisfiesVacuum(&tuple, 150, 1), HEAPTUPLE_LIVE);
	make(XID_COMMITTED_OLD, XID_COMMITTED_OLD, 0);
	assert_int_equal(HeapTupleSatisfiesVacuum(&tuple, 150, 1), HEAPTUPLE_DEAD);
	make(XID_COMMITTED_OLD, XID_COMMITTED_NEW, 0);
	assert_int_equal(HeapTupleSatisfiesVacuum(&tuple, 150, 1), HEAPTUPLE_RECENTLY_DEAD);
	make(XID_COMMITTED_OLD, XID_RUNNING, 0);
	assert_int_equal(HeapTupleSatisfiesVacuum(&tuple, 150, 1), HEAPTUPLE_DELETE_IN_PROGRESS);
	make(XID_RUNNING, 0, 0);
	assert_int_equal(HeapTupleSatisfiesVacuum(&tuple, 150, 1), HEAPTUPLE_INSERT_IN_PROGRESS);
	make(XID_COMMITTED_OLD, XID_ABORTED, 0);
	assert_int_equal(HeapTupleSatisfiesVacuum(&tuple, 150, 1), HEAPTUPLE_LIVE);
}

static void
update_meets_others(void **unused)
{
	make(XID_COMMITTED_OLD, 0, 0);
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_Ok);
	make(XID_RUNNING, 0, 0);
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_Invisible);
	make(XID_COMMITTED_OLD, XID_RUNNING, 0);
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_BeingModified);
	make(XID_COMMITTED_OLD, XID_COMMITTED_NEW, 0);
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_Deleted);
	make(XID_COMMITTED_OLD, XID_COMMITTED_NEW, 0);
	ItemPointerSet(&header->t_ctid, 1, 2);
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_Updated);
	make(XID_COMMITTED_OLD, XID_MINE, 0);
	header->t_choice.t_heap.t_cid = 5;
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_SelfModified);
	header->t_choice.t_heap.t_cid = 4;
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_Invisible);
	make(XID_COMMITTED_OLD, XID_ABORTED, 0);
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_Ok);
	make(XID_COMMITTED_OLD, XID_COMMITTED_NEW, HEAP_XMAX_LOCK_ONLY | HEAP_XMAX_EXCL_LOCK);
	assert_int_equal(HeapTupleSatisfiesUpdate(&tuple, 5, 1), TM_Ok);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mvcc_sees_what_was_committed_then),
		cmocka_unit_test(own_commands_count_in_order),
		cmocka_unit_test(locks_hide_nothing),
		cmocka_unit_test(frozen_needs_no_commit_log),
		cmocka_unit_test(dirty_tells_who_is_at_work),
		cmocka_unit_test(vacuum_removes_what_nobody_sees),
		cmocka_unit_test(update_meets_others),
	};

	MemoryContextInit();
	CurrentMemoryContext = TopMemoryContext;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
