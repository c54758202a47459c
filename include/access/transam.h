/*
 * access/transam.h
 *    Transaction ids (64 bits, never reused) and what became of them; object ids.
 */
#ifndef TRANSAM_H
#define TRANSAM_H

#include "access/xlogdefs.h"
#include "c.h"

#define InvalidTransactionId ((TransactionId) 0)
#define BootstrapTransactionId ((TransactionId) 1)
#define FrozenTransactionId ((TransactionId) 2)
#define FirstNormalTransactionId ((TransactionId) 3)
#define MaxTransactionId (~(TransactionId) 0)

#define TransactionIdIsValid(xid) ((xid) != InvalidTransactionId)
#define TransactionIdIsNormal(xid) ((xid) >= FirstNormalTransactionId)
#define TransactionIdEquals(id1, id2) ((id1) == (id2))
#define TransactionIdStore(xid, dest) (*(dest) = (xid))
#define StoreInvalidTransactionId(dest) (*(dest) = InvalidTransactionId)
#define TransactionIdAdvance(dest) ((dest)++)
#define TransactionIdRetreat(dest) ((dest)--)

/* Ids have one order for ever; the special ones come first. */
static inline bool TransactionIdPrecedes(TransactionId id1, TransactionId id2) { return id1 < id2; }
static inline bool TransactionIdPrecedesOrEquals(TransactionId id1, TransactionId id2) { return id1 <= id2; }
static inline bool TransactionIdFollows(TransactionId id1, TransactionId id2) { return id1 > id2; }
static inline bool TransactionIdFollowsOrEquals(TransactionId id1, TransactionId id2) { return id1 >= id2; }
static inline TransactionId TransactionIdOlder(TransactionId a, TransactionId b)
{
	if (!TransactionIdIsValid(a))
		return b;
	if (!TransactionIdIsValid(b))
		return a;
	return a < b ? a : b;
}
#define NormalTransactionIdPrecedes(id1, id2) ((id1) < (id2))
#define NormalTransactionIdFollows(id1, id2) ((id1) > (id2))
static inline TransactionId TransactionIdRetreatedBy(TransactionId xid, uint32 amount)
{
	return xid > FirstNormalTransactionId + amount ? xid - amount : FirstNormalTransactionId;
}

/* The same number in the wrapping that module code written for 32-bit ids uses. */
typedef struct FullTransactionId
{
	uint64 value;
} FullTransactionId;
#define EpochFromFullTransactionId(x) ((uint32) ((x).value >> 32))
#define XidFromFullTransactionId(x) ((TransactionId) (x).value)
#define U64FromFullTransactionId(x) ((x).value)
#define FullTransactionIdEquals(a, b) ((a).value == (b).value)
#define FullTransactionIdPrecedes(a, b) ((a).value < (b).value)
#define FullTransactionIdPrecedesOrEquals(a, b) ((a).value <= (b).value)
#define FullTransactionIdFollows(a, b) ((a).value > (b).value)
#define FullTransactionIdFollowsOrEquals(a, b) ((a).value >= (b).value)
#define FullTransactionIdIsValid(x) TransactionIdIsValid((x).value)
#define InvalidFullTransactionId (FullTransactionIdFromU64(InvalidTransactionId))
#define FirstNormalFullTransactionId (FullTransactionIdFromU64(FirstNormalTransactionId))
#define FullTransactionIdIsNormal(x) TransactionIdIsNormal((x).value)
static inline FullTransactionId FullTransactionIdFromU64(uint64 value)
{
	FullTransactionId result = {value};

	return result;
}
static inline FullTransactionId FullTransactionIdFromXid(TransactionId xid) { return FullTransactionIdFromU64(xid); }
static inline void FullTransactionIdAdvance(FullTransactionId *dest) { dest->value++; }

/* ---- object ids ------------------------------------------------------------------------------------------------- */
/* 1-9999 assigned by hand, -11999 by the catalog generator, -16383 during bootstrap, above: users' objects. */
#define FirstGenbkiObjectId 10000
#define FirstUnpinnedObjectId 12000
#define FirstNormalObjectId 16384

/*
 * Counters of ids, in shared memory. Checkpoints save them.
 */
typedef struct VariableCacheData
{
	/* Under OidGenLock. */
	Oid nextOid;
	uint32 oidCount; /* logged in advance: that many may be used without a WAL record */

	/* Under XidGenLock; a reader that needs only a lower bound may read nextXid without. */
	FullTransactionId nextXid;
	TransactionId oldestXid; /* clog exists from here */
	Oid oldestXidDB;
	TransactionId oldestClogXid; /* under XactTruncationLock */

	/* Under ProcArrayLock. */
	TransactionId latestCompletedXid; /* newest id that has committed or aborted */
	uint64 xactCompletionCount;		  /* moves whenever a transaction with an id ends: snapshots taken at the same count are equal */
} VariableCacheData;
typedef VariableCacheData *VariableCache;
extern VariableCache ShmemVariableCache;

/* What became of a transaction. False also while it runs: ask TransactionIdIsInProgress() *first*. */
extern bool TransactionIdDidCommit(TransactionId transactionId);
extern bool TransactionIdDidAbort(TransactionId transactionId);
extern bool TransactionIdIsKnownCompleted(TransactionId transactionId);
extern void TransactionIdCommitTree(TransactionId xid, int nxids, TransactionId *xids);
extern void TransactionIdAsyncCommitTree(TransactionId xid, int nxids, TransactionId *xids, XLogRecPtr lsn);
extern void TransactionIdAbortTree(TransactionId xid, int nxids, TransactionId *xids);
extern TransactionId TransactionIdLatest(TransactionId mainxid, int nxids, const TransactionId *xids);
/* The log must be flushed to here before the commit may be shown on disk (hint bits). */
extern XLogRecPtr TransactionIdGetCommitLSN(TransactionId xid);

/* Assigns the next id and makes it visible in MyProc (as its transaction's, or as a subtransaction's). */
extern FullTransactionId GetNewTransactionId(bool isSubXact);
extern void AdvanceNextFullTransactionIdPastXid(TransactionId xid); /* redo */
extern FullTransactionId ReadNextFullTransactionId(void);
static inline TransactionId ReadNextTransactionId(void) { return XidFromFullTransactionId(ReadNextFullTransactionId()); }
extern void SetTransactionIdLimit(TransactionId oldest_datfrozenxid, Oid oldest_datoid);
extern void AdvanceOldestClogXid(TransactionId oldest_datfrozenxid);
extern bool ForceTransactionIdLimitUpdate(void);
extern Oid GetNewObjectId(void);
extern void StopGeneratingPinnedObjectIds(void);
extern void StopGeneratingSystemObjectIds(void);

#endif /* TRANSAM_H */
