/*
 * horizons.c
 *    Which deleted rows nobody can see any more.
 *
 * Exact: compute_xid_horizons() looks at every process. Approximate: a GlobalVisState remembers two bounds, below the
 * first a row is certainly removable, from the second on it certainly is not, and only in between the exact answer is computed again, at
 * most once per change of this process's snapshot.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "miscadmin.h"
#include "shmem/horizons.h"
#include "shmem/proc_internal.h"
#include "storage/lwlock.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

struct GlobalVisState
{
	TransactionId maybe_needed;		 /* below: removable */
	TransactionId definitely_needed; /* from here on: not */
};

static struct
{
	GlobalVisState shared;
	GlobalVisState catalog;
	GlobalVisState data;
	GlobalVisState temp;
	TransactionId computed_for; /* RecentXmin when the exact answer was last computed */
} vis;

static inline TransactionId
older(TransactionId a, TransactionId b)
{
	return TransactionIdIsValid(a) && a < b ? a : b;
}

/* The older of a process's xid and xmin, Invalid when it has neither. */
static inline TransactionId
oldest_of(TransactionId xid, TransactionId xmin)
{
	if (!TransactionIdIsValid(xmin) || (TransactionIdIsValid(xid) && xid < xmin))
		return xid;
	return xmin;
}

void
compute_xid_horizons(XidHorizons *h)
{
	TransactionId slot_xmin;
	TransactionId slot_catalog_xmin;
	TransactionId initial;

	LWLockAcquire(ProcArrayLock, LW_SHARED);
	h->latest_completed = ShmemVariableCache->latestCompletedXid;
	initial = h->latest_completed + 1;
	h->oldest_considered_running = h->shared = h->data = h->temp = initial;
	if (MyProc && TransactionIdIsValid(MyProc->xid) && MyProc->xid < initial)
		h->temp = MyProc->xid;
	slot_xmin = procArray->replication_slot_xmin;
	slot_catalog_xmin = procArray->replication_slot_catalog_xmin;
	for (int pos = 0; pos < procArray->numProcs; pos++)
	{
		PGPROC *proc = GetPGProcByNumber(procArray->pgprocnos[pos]);
		uint8 flags = ProcGlobal->statusFlags[pos];
		TransactionId xid = __atomic_load_n(&ProcGlobal->xids[pos], __ATOMIC_RELAXED);
		TransactionId xmin = oldest_of(xid, __atomic_load_n(&proc->xmin, __ATOMIC_RELAXED));

		if (!TransactionIdIsValid(xmin))
			continue;
		h->oldest_considered_running = older(xmin, h->oldest_considered_running);
		if (flags & (PROC_IN_VACUUM | PROC_IN_LOGICAL_DECODING))
			continue;
		h->shared = older(xmin, h->shared);
		/* A session of another database cannot see our tables; one that has not chosen yet might. */
		if (proc->databaseId == MyDatabaseId || MyDatabaseId == InvalidOid || proc->databaseId == InvalidOid ||
			(flags & PROC_AFFECTS_ALL_HORIZONS))
			h->data = older(xmin, h->data);
	}
	LWLockRelease(ProcArrayLock);

	h->shared = older(slot_xmin, h->shared);
	h->data = older(slot_xmin, h->data);
	h->catalog = older(slot_catalog_xmin, h->data);
	h->shared = older(slot_catalog_xmin, h->shared);
	h->oldest_considered_running = older(h->shared, older(h->data, h->oldest_considered_running));
}

/* ---- exact ------------------------------------------------------------------------------------------------------------------ */

typedef enum HorizonKind
{
	HORIZON_SHARED,
	HORIZON_CATALOG,
	HORIZON_DATA,
	HORIZON_TEMP
} HorizonKind;

static HorizonKind
horizon_kind_of(Relation rel)
{
	if (rel == NULL || rel->rd_rel->relisshared || RecoveryInProgress())
		return HORIZON_SHARED;
	if (IsCatalogRelation(rel))
		return HORIZON_CATALOG;
	if (RELATION_IS_LOCAL(rel))
		return HORIZON_TEMP;
	return HORIZON_DATA;
}

TransactionId
GetOldestNonRemovableTransactionId(Relation rel)
{
	XidHorizons h;

	compute_xid_horizons(&h);
	switch (horizon_kind_of(rel))
	{
		case HORIZON_SHARED:
			return h.shared;
		case HORIZON_CATALOG:
			return h.catalog;
		case HORIZON_DATA:
			return h.data;
		case HORIZON_TEMP:
			return h.temp;
	}
	return InvalidTransactionId;
}

TransactionId
GetOldestTransactionIdConsideredRunning(void)
{
	XidHorizons h;

	compute_xid_horizons(&h);
	return h.oldest_considered_running;
}

/* Nothing older runs (or is about to get an id). */
TransactionId
GetOldestActiveTransactionId(void)
{
	TransactionId oldest;

	LWLockAcquire(XidGenLock, LW_SHARED);
	oldest = XidFromFullTransactionId(ShmemVariableCache->nextXid);
	LWLockRelease(XidGenLock);
	LWLockAcquire(ProcArrayLock, LW_SHARED);
	for (int pos = 0; pos < procArray->numProcs; pos++)
		oldest = older(__atomic_load_n(&ProcGlobal->xids[pos], __ATOMIC_RELAXED), oldest);
	LWLockRelease(ProcArrayLock);
	return oldest;
}

TransactionId
GetOldestSafeDecodingTransactionId(bool catalogOnly)
{
	return GetOldestActiveTransactionId();
}

/* ---- approximate --------------------------------------------------------------------------------------------------------------- */

static void
refresh(void)
{
	XidHorizons h;

	compute_xid_horizons(&h);
	vis.shared.maybe_needed = h.shared;
	vis.catalog.maybe_needed = h.catalog;
	vis.data.maybe_needed = h.data;
	vis.temp.maybe_needed = h.temp;
	vis.shared.definitely_needed = Max(vis.shared.definitely_needed, h.shared);
	vis.catalog.definitely_needed = Max(vis.catalog.definitely_needed, h.catalog);
	vis.data.definitely_needed = Max(vis.data.definitely_needed, h.data);
	vis.temp.definitely_needed = h.temp;
	vis.computed_for = RecentXmin;
}

void
horizons_note_snapshot(TransactionId xmin)
{
	vis.shared.definitely_needed = xmin;
	vis.catalog.definitely_needed = xmin;
	vis.data.definitely_needed = xmin;
	/* For temporary tables only our own transaction counts. */
	vis.temp.definitely_needed = TransactionIdIsValid(MyProc->xid) ? MyProc->xid
																   : ShmemVariableCache->latestCompletedXid + 1;
	vis.temp.maybe_needed = vis.temp.definitely_needed;
}

GlobalVisState *
GlobalVisTestFor(Relation rel)
{
	switch (horizon_kind_of(rel))
	{
		case HORIZON_SHARED:
			return &vis.shared;
		case HORIZON_CATALOG:
			return &vis.catalog;
		case HORIZON_DATA:
			return &vis.data;
		case HORIZON_TEMP:
			return &vis.temp;
	}
	return NULL;
}

bool
GlobalVisTestIsRemovableXid(GlobalVisState *state, TransactionId xid)
{
	if (xid < state->maybe_needed)
		return true;
	if (xid >= state->definitely_needed || vis.computed_for == RecentXmin)
		return false;
	refresh();
	return xid < state->maybe_needed;
}

bool
GlobalVisTestIsRemovableFullXid(GlobalVisState *state, TransactionId xid)
{
	return GlobalVisTestIsRemovableXid(state, xid);
}

bool
GlobalVisCheckRemovableXid(Relation rel, TransactionId xid)
{
	return GlobalVisTestIsRemovableXid(GlobalVisTestFor(rel), xid);
}

bool
GlobalVisCheckRemovableFullXid(Relation rel, TransactionId xid)
{
	return GlobalVisCheckRemovableXid(rel, xid);
}

TransactionId
GlobalVisTestNonRemovableHorizon(GlobalVisState *state)
{
	if (vis.computed_for != RecentXmin)
		refresh();
	return state->maybe_needed;
}
