/*
 * storage/procarray.h
 *    Which transactions run: snapshots, "is it in progress", and the horizons below which dead rows may go.
 *
 * The ProcArray is the set of PGPROCs that take part, in no order; xids, subtransaction state and flags are mirrored in
 * dense arrays, where a process has the position pgxactoff (it changes when others leave: read it under a lock). ProcArrayLock protects membership and the *ending* of transactions; beginning one (assigning
 * an xid) happens under XidGenLock before the id is known to anybody.
 */
#ifndef PROCARRAY_H
#define PROCARRAY_H

#include "postgres.h"
#include "storage/backendid.h"
#include "utils/snapshot.h"

typedef struct RelationData *Relation;
typedef struct PGPROC PGPROC;
typedef struct GlobalVisState GlobalVisState;
struct VirtualTransactionId;

extern void ProcArrayAdd(PGPROC *proc);
extern void ProcArrayRemove(PGPROC *proc, TransactionId latestXid);
/* Ends the transaction of proc for all snapshots from now on; latestXid: its newest id, Invalid when it had none. */
extern void ProcArrayEndTransaction(PGPROC *proc, TransactionId latestXid);
extern void ProcArrayClearTransaction(PGPROC *proc);

extern int GetMaxSnapshotXidCount(void);
extern int GetMaxSnapshotSubxidCount(void);
/* Fills a static or caller's snapshot; arrays are allocated (malloc) at first use and kept. */
extern Snapshot GetSnapshotData(Snapshot snapshot);
extern bool ProcArrayInstallImportedXmin(TransactionId xmin, struct VirtualTransactionId *sourcevxid);

extern bool TransactionIdIsInProgress(TransactionId xid);
extern bool TransactionIdIsActive(TransactionId xid); /* of a running top-level transaction */

/* rel: NULL means "any relation, shared ones too". Rows deleted by xids below it are invisible to all. */
extern TransactionId GetOldestNonRemovableTransactionId(Relation rel);
extern TransactionId GetOldestTransactionIdConsideredRunning(void);
extern TransactionId GetOldestActiveTransactionId(void);
extern TransactionId GetOldestSafeDecodingTransactionId(bool catalogOnly);
extern void ProcArraySetReplicationSlotXmin(TransactionId xmin, TransactionId catalog_xmin, bool already_locked);
extern void ProcArrayGetReplicationSlotXmin(TransactionId *xmin, TransactionId *catalog_xmin);

/* Cheap, lazily refreshed answers to "is this xid older than every snapshot". */
extern GlobalVisState *GlobalVisTestFor(Relation rel);
extern bool GlobalVisTestIsRemovableXid(GlobalVisState *state, TransactionId xid);
extern bool GlobalVisCheckRemovableXid(Relation rel, TransactionId xid);
extern bool GlobalVisTestIsRemovableFullXid(GlobalVisState *state, TransactionId xid);
extern bool GlobalVisCheckRemovableFullXid(Relation rel, TransactionId xid);
extern TransactionId GlobalVisTestNonRemovableHorizon(GlobalVisState *state);

/* Ids of running transactions for the checkpoint's record of them; arrays in palloc'd memory. */
typedef struct RunningTransactionsData
{
	int xcnt;
	int subxcnt;
	bool subxid_overflow;
	TransactionId nextXid;
	TransactionId oldestRunningXid;
	TransactionId latestCompletedXid;
	TransactionId *xids;
} RunningTransactionsData;
typedef RunningTransactionsData *RunningTransactions;
extern RunningTransactions GetRunningTransactionData(void);

/* Checkpoints wait for processes between their commit record and clog. */
extern struct VirtualTransactionId *GetVirtualXIDsDelayingChkpt(int *nvxids, int type);
extern bool HaveVirtualXIDsDelayingChkpt(struct VirtualTransactionId *vxids, int nvxids, int type);

extern PGPROC *BackendPidGetProc(int pid);
extern PGPROC *BackendPidGetProcWithLock(int pid);
extern PGPROC *BackendIdGetProc(BackendId backendID);
extern void BackendIdGetTransactionIds(BackendId backendID, TransactionId *xid, TransactionId *xmin);
extern int BackendXidGetPid(TransactionId xid);
extern bool IsBackendPid(int pid);
extern struct VirtualTransactionId *GetCurrentVirtualXIDs(TransactionId limitXmin, bool excludeXmin0, bool allDbs,
														  int excludeVacuum, int *nvxids);
extern bool MinimumActiveBackends(int min);
extern int CountDBBackends(Oid databaseid);
extern int CountDBConnections(Oid databaseid);
extern int CountUserBackends(Oid roleid);
/* Waits up to 5 s for others to leave the database; true: some are still there. */
extern bool CountOtherDBBackends(Oid databaseId, int *nbackends, int *nprepared);
extern void TerminateOtherDBBackends(Oid databaseId);

/* Aborted subtransactions stop being advertised. */
extern void XidCacheRemoveRunningXids(TransactionId xid, int nxids, const TransactionId *xids, TransactionId latestXid);

/* Startup process: transaction ids known to have run, at the end of recovery nothing runs. */
extern void ProcArrayInitRecovery(TransactionId initializedUptoXID);

extern Size ProcArrayShmemSize(void);

#endif /* PROCARRAY_H */
