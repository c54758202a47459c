/*
 * utils/snapmgr.h
 *    Who needs which snapshot: the transaction's, the active stack, registered ones, and the xmin they hold back.
 *
 * READ COMMITTED takes a new one per statement; REPEATABLE READ keeps the first. GetTransactionSnapshot's and
 * GetLatestSnapshot's results are static and overwritten by the next call: push or register them to keep them.
 * MyProc->xmin is the oldest of all that are pushed or registered; when none is left it is cleared.
 */
#ifndef SNAPMGR_H
#define SNAPMGR_H

#include "postgres.h"
#include "utils/snapshot.h"

typedef struct ResourceOwnerData *ResourceOwner;
typedef struct RelationData *Relation;
typedef struct GlobalVisState GlobalVisState;

extern bool FirstSnapshotSet; /* the transaction has taken a snapshot */
extern TransactionId TransactionXmin; /* no snapshot of this process is older */
extern TransactionId RecentXmin;

extern SnapshotData SnapshotSelfData;
extern SnapshotData SnapshotAnyData;
extern SnapshotData CatalogSnapshotData;
#define SnapshotSelf (&SnapshotSelfData)
#define SnapshotAny (&SnapshotAnyData)
#define InitDirtySnapshot(snapshotdata) ((snapshotdata).snapshot_type = SNAPSHOT_DIRTY)
#define InitNonVacuumableSnapshot(snapshotdata, vistestp) \
	((snapshotdata).snapshot_type = SNAPSHOT_NON_VACUUMABLE, (snapshotdata).vistest = (vistestp))
#define InitToastSnapshot(snapshotdata, l, w) \
	((snapshotdata).snapshot_type = SNAPSHOT_TOAST, (snapshotdata).lsn = (l), (snapshotdata).whenTaken = (w))
#define IsMVCCSnapshot(snapshot) \
	((snapshot)->snapshot_type == SNAPSHOT_MVCC || (snapshot)->snapshot_type == SNAPSHOT_HISTORIC_MVCC)

extern Snapshot GetTransactionSnapshot(void);
extern Snapshot GetLatestSnapshot(void);
extern Snapshot GetOldestSnapshot(void);
/* For catalog scans: valid until the next invalidation that concerns relid; keeps an xmin while cached. */
extern Snapshot GetCatalogSnapshot(Oid relid);
extern Snapshot GetNonHistoricCatalogSnapshot(Oid relid);
extern void InvalidateCatalogSnapshot(void);
extern void InvalidateCatalogSnapshotConditionally(void);
extern void SnapshotSetCommandId(CommandId curcid);

extern void PushActiveSnapshot(Snapshot snapshot);
extern void PushActiveSnapshotWithLevel(Snapshot snapshot, int snap_level);
extern void PushCopiedSnapshot(Snapshot snapshot);
extern void UpdateActiveSnapshotCommandId(void);
extern void PopActiveSnapshot(void);
extern Snapshot GetActiveSnapshot(void);
extern bool ActiveSnapshotSet(void);

extern Snapshot RegisterSnapshot(Snapshot snapshot);
extern Snapshot RegisterSnapshotOnOwner(Snapshot snapshot, ResourceOwner owner);
extern void UnregisterSnapshot(Snapshot snapshot);
extern void UnregisterSnapshotFromOwner(Snapshot snapshot, ResourceOwner owner);

extern void AtSubCommit_Snapshot(int level);
extern void AtSubAbort_Snapshot(int level);
extern void AtEOXact_Snapshot(bool isCommit, bool resetXmin);

extern bool XactHasExportedSnapshots(void);
extern bool ThereAreNoPriorRegisteredSnapshots(void);
extern bool HaveRegisteredOrActiveSnapshot(void);

/* True: the transaction (or its parent) was running when the snapshot was taken. Own transactions: test them first. */
extern bool XidInMVCCSnapshot(TransactionId xid, Snapshot snapshot);

/* Horizon tests, see storage/procarray.h. */
extern GlobalVisState *GlobalVisTestFor(Relation rel);
extern bool GlobalVisTestIsRemovableXid(GlobalVisState *state, TransactionId xid);
extern bool GlobalVisCheckRemovableXid(Relation rel, TransactionId xid);

extern bool HistoricSnapshotActive(void);
extern Size EstimateSnapshotSpace(Snapshot snapshot);
extern void SerializeSnapshot(Snapshot snapshot, char *start_address);
extern Snapshot RestoreSnapshot(char *start_address);

#endif /* SNAPMGR_H */
