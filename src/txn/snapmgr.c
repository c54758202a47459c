/*
 * snapmgr.c
 *    The snapshots of this process: the transaction's, the active stack, the registered ones, the catalog's.
 *
 * A static snapshot (CurrentSnapshotData and its siblings) is filled anew by each GetSnapshotData; pushing or registering it makes
 * a copy with reference counts. Copies are kept in a small free list with their arrays, so that the usual statement (push,
 * run, pop) allocates nothing.
 *
 * MyProc->xmin must not be newer than any snapshot in use. The registered snapshots and the cached catalog snapshot are in a heap
 * by xmin; when the last active one is popped, xmin advances to the heap's first, or is cleared.
 */
#include "postgres.h"

#include "access/attnum.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "access/xact.h"
#include "lib/pairingheap.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/sinval.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

bool FirstSnapshotSet = false;

SnapshotData SnapshotSelfData = {.snapshot_type = SNAPSHOT_SELF};
SnapshotData SnapshotAnyData = {.snapshot_type = SNAPSHOT_ANY};
SnapshotData CatalogSnapshotData = {.snapshot_type = SNAPSHOT_MVCC};
static SnapshotData CurrentSnapshotData = {.snapshot_type = SNAPSHOT_MVCC};
static SnapshotData SecondarySnapshotData = {.snapshot_type = SNAPSHOT_MVCC};

typedef struct ActiveSnapshotElt
{
	Snapshot snap;
	int level; /* transaction nesting level at which it was pushed */
	struct ActiveSnapshotElt *next;
} ActiveSnapshotElt;

/* A copy, its arrays following it. */
typedef struct SnapshotCopy
{
	SnapshotData snap; /* first: the two are converted into each other */
	uint32 xip_room;
	uint32 subxip_room;
	struct SnapshotCopy *next_free;
} SnapshotCopy;

static int xmin_cmp(const pairingheap_node *a, const pairingheap_node *b, void *arg);

static struct
{
	Snapshot current;	/* of the transaction, as GetTransactionSnapshot last gave it */
	Snapshot secondary; /* of GetLatestSnapshot */
	Snapshot catalog;	/* valid until an invalidation */
	Snapshot first_xact; /* the registered one of a REPEATABLE READ transaction */
	ActiveSnapshotElt *active;
	ActiveSnapshotElt *free_elts;
	SnapshotCopy *free_copies;
	pairingheap registered;
	int nregistered;
} snap_state = {.registered = {.ph_compare = xmin_cmp}};

/* ---- copies -------------------------------------------------------------------------------------------------------------------------- */

#define MIN_XIP_ROOM 16

static SnapshotCopy *
new_copy(uint32 xcnt, uint32 subxcnt)
{
	uint32 xip_room = Max(MIN_XIP_ROOM, xcnt);
	SnapshotCopy *copy = MemoryContextAlloc(TopMemoryContext,
											sizeof(SnapshotCopy) + sizeof(TransactionId) * (xip_room + subxcnt));

	copy->xip_room = xip_room;
	copy->subxip_room = subxcnt;
	return copy;
}

static Snapshot
copy_snapshot(Snapshot snapshot)
{
	uint32 subxcnt = snapshot->suboverflowed ? 0 : snapshot->subxcnt;
	SnapshotCopy *copy = snap_state.free_copies;

	if (copy != NULL && copy->xip_room >= snapshot->xcnt && copy->subxip_room >= subxcnt)
		snap_state.free_copies = copy->next_free;
	else
		copy = new_copy(snapshot->xcnt, subxcnt);
	copy->snap = *snapshot;
	copy->snap.xip = (TransactionId *) (copy + 1);
	copy->snap.subxip = copy->snap.xip + copy->xip_room;
	copy->snap.subxcnt = subxcnt;
	memcpy(copy->snap.xip, snapshot->xip, sizeof(TransactionId) * snapshot->xcnt);
	if (subxcnt > 0)
		memcpy(copy->snap.subxip, snapshot->subxip, sizeof(TransactionId) * subxcnt);
	copy->snap.active_count = copy->snap.regd_count = 0;
	copy->snap.copied = true;
	copy->snap.snapXactCompletionCount = 0;
	return &copy->snap;
}

static void
free_copy(Snapshot snapshot)
{
	SnapshotCopy *copy = (SnapshotCopy *) snapshot;

	Assert(snapshot->copied && snapshot->active_count == 0 && snapshot->regd_count == 0);
	/* Keep small ones; a large one replaces nothing. */
	if (copy->xip_room > 256 || copy->subxip_room > 256)
	{
		pfree(copy);
		return;
	}
	copy->next_free = snap_state.free_copies;
	snap_state.free_copies = copy;
}

/* ---- xmin ---------------------------------------------------------------------------------------------------------------------------- */

static int
xmin_cmp(const pairingheap_node *a, const pairingheap_node *b, void *arg)
{
	TransactionId xa = pairingheap_const_container(SnapshotData, ph_node, a)->xmin;
	TransactionId xb = pairingheap_const_container(SnapshotData, ph_node, b)->xmin;

	return xa < xb ? 1 : xa > xb ? -1 : 0; /* the oldest first */
}

/* Something was let go: does the process still hold back as much as before? */
static void
reset_xmin(void)
{
	Snapshot oldest;

	if (snap_state.active != NULL)
		return;
	if (pairingheap_is_empty(&snap_state.registered))
	{
		MyProc->xmin = InvalidTransactionId;
		return;
	}
	oldest = pairingheap_container(SnapshotData, ph_node, pairingheap_first(&snap_state.registered));
	if (MyProc->xmin < oldest->xmin)
		MyProc->xmin = oldest->xmin;
}

static void
heap_add(Snapshot snapshot)
{
	pairingheap_add(&snap_state.registered, &snapshot->ph_node);
	snap_state.nregistered++;
}

static void
heap_remove(Snapshot snapshot)
{
	pairingheap_remove(&snap_state.registered, &snapshot->ph_node);
	snap_state.nregistered--;
}

/* ---- taking --------------------------------------------------------------------------------------------------------------------------- */

Snapshot
GetTransactionSnapshot(void)
{
	if (!FirstSnapshotSet)
	{
		/* The catalog snapshot may not be older than the transaction's. */
		InvalidateCatalogSnapshot();
		if (IsolationIsSerializable())
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("transaction isolation level SERIALIZABLE is not supported"),
					errhint("Use REPEATABLE READ, and lock explicitly what a transaction relies on."));
		if (IsolationUsesXactSnapshot())
		{
			Snapshot snapshot = copy_snapshot(GetSnapshotData(&CurrentSnapshotData));

			/* Held to the end of the transaction; not by a resource owner, which might end earlier. */
			snapshot->regd_count++;
			heap_add(snapshot);
			snap_state.first_xact = snap_state.current = snapshot;
		}
		else
			snap_state.current = GetSnapshotData(&CurrentSnapshotData);
		FirstSnapshotSet = true;
		return snap_state.current;
	}
	if (IsolationUsesXactSnapshot())
		return snap_state.current;
	InvalidateCatalogSnapshot();
	snap_state.current = GetSnapshotData(&CurrentSnapshotData);
	return snap_state.current;
}

Snapshot
GetLatestSnapshot(void)
{
	if (!FirstSnapshotSet)
		return GetTransactionSnapshot();
	snap_state.secondary = GetSnapshotData(&SecondarySnapshotData);
	return snap_state.secondary;
}

Snapshot
GetOldestSnapshot(void)
{
	Snapshot oldest = NULL;

	if (!pairingheap_is_empty(&snap_state.registered))
		oldest = pairingheap_container(SnapshotData, ph_node, pairingheap_first(&snap_state.registered));
	for (ActiveSnapshotElt *elt = snap_state.active; elt; elt = elt->next)
		if (oldest == NULL || elt->snap->xmin < oldest->xmin)
			oldest = elt->snap;
	return oldest;
}

Snapshot
GetCatalogSnapshot(Oid relid)
{
	return GetNonHistoricCatalogSnapshot(relid);
}

Snapshot
GetNonHistoricCatalogSnapshot(Oid relid)
{
	/* Relations whose changes send no invalidation messages need a new one each time. */
	if (snap_state.catalog != NULL && !RelationInvalidatesSnapshotsOnly(relid) && !RelationHasSysCache(relid))
		InvalidateCatalogSnapshot();
	if (snap_state.catalog == NULL)
	{
		snap_state.catalog = GetSnapshotData(&CatalogSnapshotData);
		/* It is in the heap as if it were registered, though no resource owner has it. */
		heap_add(snap_state.catalog);
	}
	return snap_state.catalog;
}

void
InvalidateCatalogSnapshot(void)
{
	if (snap_state.catalog == NULL)
		return;
	heap_remove(snap_state.catalog);
	snap_state.catalog = NULL;
	reset_xmin();
}

/* Before waiting for the client: hold nothing back just for the catalog snapshot. */
void
InvalidateCatalogSnapshotConditionally(void)
{
	if (snap_state.catalog != NULL && snap_state.active == NULL && snap_state.nregistered == 1)
		InvalidateCatalogSnapshot();
}

void
SnapshotSetCommandId(CommandId curcid)
{
	if (!FirstSnapshotSet)
		return;
	if (snap_state.current)
		snap_state.current->curcid = curcid;
	if (snap_state.secondary)
		snap_state.secondary->curcid = curcid;
	/* The catalog snapshot sees what commands before this one did: invalidation has dropped it if that matters. */
}

/* ---- the active stack ------------------------------------------------------------------------------------------------------------------ */

void
PushActiveSnapshotWithLevel(Snapshot snapshot, int snap_level)
{
	ActiveSnapshotElt *elt = snap_state.free_elts;

	Assert(snapshot != InvalidSnapshot);
	Assert(snap_state.active == NULL || snap_level >= snap_state.active->level);
	if (elt != NULL)
		snap_state.free_elts = elt->next;
	else
		elt = MemoryContextAlloc(TopMemoryContext, sizeof(ActiveSnapshotElt));
	/* Static ones are overwritten by the next taking. */
	if (!snapshot->copied)
		snapshot = copy_snapshot(snapshot);
	*elt = (ActiveSnapshotElt) {.snap = snapshot, .level = snap_level, .next = snap_state.active};
	snapshot->active_count++;
	snap_state.active = elt;
}

void
PushActiveSnapshot(Snapshot snapshot)
{
	PushActiveSnapshotWithLevel(snapshot, GetCurrentTransactionNestLevel());
}

void
PushCopiedSnapshot(Snapshot snapshot)
{
	PushActiveSnapshot(copy_snapshot(snapshot));
}

void
UpdateActiveSnapshotCommandId(void)
{
	Assert(snap_state.active != NULL && snap_state.active->snap->active_count == 1 &&
		   snap_state.active->snap->regd_count == 0);
	snap_state.active->snap->curcid = GetCurrentCommandId(false);
}

static void
pop_one(void)
{
	ActiveSnapshotElt *elt = snap_state.active;

	Assert(elt->snap->active_count > 0);
	snap_state.active = elt->next;
	if (--elt->snap->active_count == 0 && elt->snap->regd_count == 0)
		free_copy(elt->snap);
	elt->next = snap_state.free_elts;
	snap_state.free_elts = elt;
}

void
PopActiveSnapshot(void)
{
	pop_one();
	reset_xmin();
}

Snapshot
GetActiveSnapshot(void)
{
	Assert(snap_state.active != NULL);
	return snap_state.active->snap;
}

bool
ActiveSnapshotSet(void)
{
	return snap_state.active != NULL;
}

/* ---- registered ones ------------------------------------------------------------------------------------------------------------------- */

static void
unregister(Snapshot snapshot)
{
	Assert(snapshot->regd_count > 0);
	if (--snapshot->regd_count == 0)
		heap_remove(snapshot);
	if (snapshot->regd_count == 0 && snapshot->active_count == 0)
	{
		free_copy(snapshot);
		reset_xmin();
	}
}

static void
release_snapshot(Datum res)
{
	unregister((Snapshot) DatumGetPointer(res));
}

static const ResourceOwnerDesc snapshot_resource = {
	.name = "snapshot reference",
	.release_phase = RESOURCE_RELEASE_AFTER_LOCKS,
	.release_priority = RELEASE_PRIO_SNAPSHOT_REFS,
	.ReleaseResource = release_snapshot,
};

Snapshot
RegisterSnapshotOnOwner(Snapshot snapshot, ResourceOwner owner)
{
	if (snapshot == InvalidSnapshot)
		return InvalidSnapshot;
	ResourceOwnerEnlarge(owner);
	if (!snapshot->copied)
		snapshot = copy_snapshot(snapshot);
	if (snapshot->regd_count++ == 0)
		heap_add(snapshot);
	ResourceOwnerRemember(owner, PointerGetDatum(snapshot), &snapshot_resource);
	return snapshot;
}

Snapshot
RegisterSnapshot(Snapshot snapshot)
{
	return RegisterSnapshotOnOwner(snapshot, CurrentResourceOwner);
}

void
UnregisterSnapshotFromOwner(Snapshot snapshot, ResourceOwner owner)
{
	if (snapshot == InvalidSnapshot)
		return;
	ResourceOwnerForget(owner, PointerGetDatum(snapshot), &snapshot_resource);
	unregister(snapshot);
}

void
UnregisterSnapshot(Snapshot snapshot)
{
	UnregisterSnapshotFromOwner(snapshot, CurrentResourceOwner);
}

/* ---- ends of (sub)transactions ------------------------------------------------------------------------------------------------------- */

/* What the child has pushed and not popped belongs to the parent. */
void
AtSubCommit_Snapshot(int level)
{
	for (ActiveSnapshotElt *elt = snap_state.active; elt && elt->level >= level; elt = elt->next)
		elt->level = level - 1;
}

void
AtSubAbort_Snapshot(int level)
{
	while (snap_state.active && snap_state.active->level >= level)
		pop_one();
	reset_xmin();
}

void
AtEOXact_Snapshot(bool isCommit, bool resetXmin)
{
	if (snap_state.first_xact != NULL)
	{
		Snapshot first = snap_state.first_xact;

		snap_state.first_xact = NULL;
		heap_remove(first);
		first->regd_count--;
		if (first->active_count == 0 && first->regd_count == 0)
			free_copy(first);
	}
	if (snap_state.catalog != NULL)
	{
		heap_remove(snap_state.catalog);
		snap_state.catalog = NULL;
	}
	if (isCommit)
	{
		if (!pairingheap_is_empty(&snap_state.registered))
			elog(WARNING, "registered snapshots seem to remain after cleanup");
		for (ActiveSnapshotElt *elt = snap_state.active; elt; elt = elt->next)
			elog(WARNING, "snapshot %p still active", (void *) elt);
	}
	while (snap_state.active != NULL)
		pop_one();
	pairingheap_reset(&snap_state.registered);
	snap_state.nregistered = 0;
	snap_state.current = snap_state.secondary = NULL;
	FirstSnapshotSet = false;
	if (resetXmin)
		reset_xmin();
}

/* ---- questions --------------------------------------------------------------------------------------------------------------------------- */

bool
XactHasExportedSnapshots(void)
{
	return false;
}

bool
ThereAreNoPriorRegisteredSnapshots(void)
{
	return snap_state.nregistered <= 1;
}

bool
HaveRegisteredOrActiveSnapshot(void)
{
	if (snap_state.active != NULL)
		return true;
	/* The catalog snapshot alone does not count: it may vanish at any time. */
	return snap_state.nregistered > (snap_state.catalog != NULL ? 1 : 0);
}

bool
HistoricSnapshotActive(void)
{
	return false;
}

static bool
contains(const TransactionId *xids, int n, TransactionId xid)
{
	for (int i = 0; i < n; i++)
		if (xids[i] == xid)
			return true;
	return false;
}

bool
XidInMVCCSnapshot(TransactionId xid, Snapshot snapshot)
{
	if (xid < snapshot->xmin)
		return false;
	if (xid >= snapshot->xmax)
		return true;
	if (!snapshot->suboverflowed)
	{
		if (contains(snapshot->subxip, snapshot->subxcnt, xid))
			return true;
	}
	else
	{
		/* Some subtransactions are not listed: look the parent up. */
		xid = SubTransGetTopmostTransaction(xid);
		if (xid < snapshot->xmin)
			return false;
	}
	return contains(snapshot->xip, snapshot->xcnt, xid);
}

/* ---- as bytes ------------------------------------------------------------------------------------------------------------------------------ */

Size
EstimateSnapshotSpace(Snapshot snapshot)
{
	return sizeof(SnapshotData) + sizeof(TransactionId) * (Size) (snapshot->xcnt + snapshot->subxcnt);
}

void
SerializeSnapshot(Snapshot snapshot, char *start_address)
{
	memcpy(start_address, snapshot, sizeof(SnapshotData));
	start_address += sizeof(SnapshotData);
	memcpy(start_address, snapshot->xip, sizeof(TransactionId) * snapshot->xcnt);
	start_address += sizeof(TransactionId) * snapshot->xcnt;
	memcpy(start_address, snapshot->subxip, sizeof(TransactionId) * snapshot->subxcnt);
}

Snapshot
RestoreSnapshot(char *start_address)
{
	SnapshotData raw;

	memcpy(&raw, start_address, sizeof(raw));
	raw.xip = (TransactionId *) (start_address + sizeof(SnapshotData));
	raw.subxip = raw.xip + raw.xcnt;
	return copy_snapshot(&raw);
}
