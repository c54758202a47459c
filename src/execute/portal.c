/*
 * portal.c
 *    The table of portals, and what transaction ends do to them.
 *
 * A portal belongs to the transaction that made it, except a holdable cursor whose rows have been stored at commit: that
 * lives until it is closed or the session ends (createSubid is then InvalidSubTransactionId). The unnamed portal has a place of
 * its own, since every simple or extended query uses it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/portalcmds.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

typedef struct PortalEntry
{
	char name[NAMEDATALEN];
	Portal portal;
} PortalEntry;

static struct
{
	HTAB *named;
	Portal unnamed;
	MemoryContext top;		/* parent of portals' contexts */
	uint64 next_number;		/* for generated names */
} portals;

void
EnablePortalManager(void)
{
	HASHCTL ctl = {.keysize = NAMEDATALEN, .entrysize = sizeof(PortalEntry)};

	if (portals.named != NULL)
		return;
	portals.top = AllocSetContextCreate(TopMemoryContext, "TopPortalContext", ALLOCSET_DEFAULT_SIZES);
	portals.named = hash_create("Portal hash", 16, &ctl, HASH_ELEM | HASH_STRINGS);
}

/* All portals at this moment, in memory of the caller; visiting code may drop any of them. */
static Portal *
portal_snapshot(int *count)
{
	HASH_SEQ_STATUS seq;
	PortalEntry *entry;
	Portal *all;
	int n = 0;

	*count = 0;
	if (portals.named == NULL)
		return NULL;
	if (portals.unnamed == NULL && hash_get_num_entries(portals.named) == 0)
		return NULL;
	all = palloc_array(Portal, hash_get_num_entries(portals.named) + 1);
	if (portals.unnamed)
		all[n++] = portals.unnamed;
	hash_seq_init(&seq, portals.named);
	while ((entry = hash_seq_search(&seq)) != NULL)
		all[n++] = entry->portal;
	*count = n;
	return all;
}

static bool
portal_still_there(Portal portal)
{
	int n;
	Portal *all = portal_snapshot(&n);
	bool found = false;

	for (int i = 0; i < n && !found; i++)
		found = all[i] == portal;
	if (all)
		pfree(all);
	return found;
}

Portal
GetPortalByName(const char *name)
{
	PortalEntry *entry;

	if (name == NULL || portals.named == NULL)
		return NULL;
	if (name[0] == '\0')
		return portals.unnamed;
	entry = hash_search(portals.named, name, HASH_FIND, NULL);
	return entry ? entry->portal : NULL;
}

PlannedStmt *
PortalGetPrimaryStmt(Portal portal)
{
	ListCell *lc;

	foreach (lc, portal->stmts)
	{
		PlannedStmt *stmt = lfirst_node(PlannedStmt, lc);

		if (stmt->canSetTag)
			return stmt;
	}
	return NULL;
}

Portal
CreatePortal(const char *name, bool allowDup, bool dupSilent)
{
	Portal portal = GetPortalByName(name);

	if (portals.named == NULL)
		EnablePortalManager();
	if (portal != NULL)
	{
		if (!allowDup)
			ereport(ERROR, errcode(ERRCODE_DUPLICATE_CURSOR), errmsg("cursor \"%s\" already exists", name));
		if (!dupSilent)
			ereport(WARNING, errcode(ERRCODE_DUPLICATE_CURSOR), errmsg("closing existing cursor \"%s\"", name));
		PortalDrop(portal, false);
	}
	portal = MemoryContextAllocZero(portals.top, sizeof(*portal));
	portal->portalContext = AllocSetContextCreate(portals.top, "PortalContext", ALLOCSET_SMALL_SIZES);
	portal->resowner = ResourceOwnerCreate(CurTransactionResourceOwner, "Portal");
	portal->status = PORTAL_NEW;
	portal->cleanup = PortalCleanup;
	portal->createSubid = GetCurrentSubTransactionId();
	portal->activeSubid = portal->createSubid;
	portal->strategy = PORTAL_MULTI_QUERY;
	portal->cursorOptions = CURSOR_OPT_NO_SCROLL;
	portal->atStart = true;
	portal->atEnd = true;
	portal->visible = true;
	portal->creation_time = GetCurrentStatementStartTimestamp();
	if (name[0] == '\0')
	{
		portals.unnamed = portal;
		portal->name = "";
	}
	else
	{
		char key[NAMEDATALEN];
		PortalEntry *entry;

		strlcpy(key, name, NAMEDATALEN);
		entry = hash_search(portals.named, key, HASH_ENTER, NULL);
		entry->portal = portal;
		portal->name = MemoryContextStrdup(portal->portalContext, key);
		MemoryContextSetIdentifier(portal->portalContext, portal->name);
	}
	return portal;
}

Portal
CreateNewPortal(void)
{
	char name[NAMEDATALEN];

	do
		snprintf(name, sizeof(name), "<unnamed portal %llu>", (unsigned long long) ++portals.next_number);
	while (GetPortalByName(name) != NULL);
	return CreatePortal(name, false, false);
}

void
PortalDefineQuery(Portal portal, const char *prepStmtName, const char *sourceText, CommandTag commandTag, List *stmts,
				  CachedPlan *cplan)
{
	Assert(portal->status == PORTAL_NEW);
	portal->prepStmtName = prepStmtName;
	portal->sourceText = sourceText;
	portal->commandTag = commandTag;
	SetQueryCompletion(&portal->qc, commandTag, 0);
	portal->stmts = stmts;
	portal->cplan = cplan;
	portal->status = PORTAL_DEFINED;
}

static void
portal_release_plan(Portal portal)
{
	if (portal->cplan != NULL)
	{
		ReleaseCachedPlan(portal->cplan, NULL);
		portal->cplan = NULL;
		portal->stmts = NIL;
	}
}

void
PortalCreateHoldStore(Portal portal)
{
	MemoryContext old;

	Assert(portal->holdStore == NULL && portal->holdContext == NULL);
	portal->holdContext = AllocSetContextCreate(portals.top, "PortalHoldContext", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(portal->holdContext);
	portal->holdStore = tuplestore_begin_heap(true, true, work_mem);
	MemoryContextSwitchTo(old);
}

void
PinPortal(Portal portal)
{
	if (portal->portalPinned)
		elog(ERROR, "portal already pinned");
	portal->portalPinned = true;
}

void
UnpinPortal(Portal portal)
{
	if (!portal->portalPinned)
		elog(ERROR, "portal not pinned");
	portal->portalPinned = false;
}

void
MarkPortalActive(Portal portal)
{
	if (portal->status != PORTAL_READY)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("portal \"%s\" cannot be run", portal->name));
	portal->status = PORTAL_ACTIVE;
	portal->activeSubid = GetCurrentSubTransactionId();
}

static void
portal_run_cleanup(Portal portal)
{
	void (*cleanup)(Portal) = portal->cleanup;

	portal->cleanup = NULL;
	if (cleanup)
		cleanup(portal);
}

void
MarkPortalDone(Portal portal)
{
	Assert(portal->status == PORTAL_ACTIVE);
	portal->status = PORTAL_DONE;
	portal_run_cleanup(portal);
}

void
MarkPortalFailed(Portal portal)
{
	Assert(portal->status != PORTAL_DONE);
	portal->status = PORTAL_FAILED;
	portal_run_cleanup(portal);
}

static void
portal_release_resources(Portal portal, bool isTopCommit)
{
	bool isCommit;

	/*
	 * At commit the transaction's own release takes care of owners below it. A portal without trouble has nothing left that
	 * must be warned about; a failed one may have anything, and says so as an abort does.
	 */
	if (portal->resowner == NULL || (isTopCommit && portal->status != PORTAL_FAILED))
		return;
	isCommit = portal->status != PORTAL_FAILED;
	ResourceOwnerRelease(portal->resowner, RESOURCE_RELEASE_BEFORE_LOCKS, isCommit, false);
	ResourceOwnerRelease(portal->resowner, RESOURCE_RELEASE_LOCKS, isCommit, false);
	ResourceOwnerRelease(portal->resowner, RESOURCE_RELEASE_AFTER_LOCKS, isCommit, false);
	ResourceOwnerDelete(portal->resowner);
	portal->resowner = NULL;
}

void
PortalDrop(Portal portal, bool isTopCommit)
{
	if (portal->portalPinned)
		ereport(ERROR, errcode(ERRCODE_INVALID_CURSOR_STATE), errmsg("cannot drop pinned portal \"%s\"", portal->name));
	if (portal->status == PORTAL_ACTIVE)
		ereport(ERROR, errcode(ERRCODE_INVALID_CURSOR_STATE), errmsg("cannot drop active portal \"%s\"", portal->name));
	portal_run_cleanup(portal);
	Assert(portal->portalSnapshot == NULL || portal->resowner == NULL);
	if (portal->name[0] == '\0')
		portals.unnamed = NULL;
	else
		hash_search(portals.named, portal->name, HASH_REMOVE, NULL);
	portal_release_plan(portal);
	if (portal->holdSnapshot)
	{
		if (portal->resowner)
			UnregisterSnapshotFromOwner(portal->holdSnapshot, portal->resowner);
		portal->holdSnapshot = NULL;
	}
	portal_release_resources(portal, isTopCommit);
	if (portal->holdStore)
	{
		MemoryContext old = MemoryContextSwitchTo(portal->holdContext);

		tuplestore_end(portal->holdStore);
		MemoryContextSwitchTo(old);
		portal->holdStore = NULL;
	}
	if (portal->holdContext)
		MemoryContextDelete(portal->holdContext);
	MemoryContextDelete(portal->portalContext);
	pfree(portal);
}

void
PortalHashTableDeleteAll(void)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
		if (portal_still_there(all[i]) && all[i]->status != PORTAL_ACTIVE)
			PortalDrop(all[i], false);
}

/* ---- transaction ends ---- */
static void
hold_portal(Portal portal)
{
	PortalCreateHoldStoreIfMissing(portal);
	PersistHoldablePortal(portal);
	portal_release_plan(portal);
	/* Whatever the resource owner has goes with the transaction; the portal only keeps memory and files. */
	portal->resowner = NULL;
	portal->createSubid = InvalidSubTransactionId;
	portal->activeSubid = InvalidSubTransactionId;
}

void
PortalCreateHoldStoreIfMissing(Portal portal)
{
	if (portal->holdStore == NULL)
		PortalCreateHoldStore(portal);
}

bool
PreCommit_Portals(bool isPrepare)
{
	int n;
	Portal *all = portal_snapshot(&n);
	bool did_something = false;

	for (int i = 0; i < n; i++)
	{
		Portal portal = all[i];

		if (!portal_still_there(portal))
			continue;
		if (portal->portalPinned && !portal->autoHeld)
			elog(ERROR, "cannot commit while a portal is pinned");
		if (portal->status == PORTAL_ACTIVE)
		{
			/* COMMIT itself runs in it: it survives, without resources. */
			if (portal->holdSnapshot)
			{
				if (portal->resowner)
					UnregisterSnapshotFromOwner(portal->holdSnapshot, portal->resowner);
				portal->holdSnapshot = NULL;
			}
			portal->resowner = NULL;
			portal->portalSnapshot = NULL;
			continue;
		}
		if (portal->createSubid == InvalidSubTransactionId)
			continue;
		if ((portal->cursorOptions & CURSOR_OPT_HOLD) && portal->status == PORTAL_READY)
		{
			if (isPrepare)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cannot PREPARE a transaction that has created a cursor WITH HOLD"));
			hold_portal(portal);
		}
		else
			PortalDrop(portal, true);
		did_something = true;
	}
	if (all)
		pfree(all);
	return did_something;
}

/* After an error nothing of the transaction's portals can run on; memory stays until cleanup. */
static void
portal_abort(Portal portal)
{
	if (portal->status == PORTAL_ACTIVE || portal->status == PORTAL_READY)
		MarkPortalFailed(portal);
	portal_run_cleanup(portal);
	portal_release_plan(portal);
	portal->resowner = NULL;
	portal->portalSnapshot = NULL;
	portal->holdSnapshot = NULL;
	MemoryContextDeleteChildren(portal->portalContext);
}

void
AtAbort_Portals(void)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
	{
		Portal portal = all[i];

		if (portal->createSubid == InvalidSubTransactionId)
		{
			/* Held from before; but a fetch from it may be what failed. */
			if (portal->status == PORTAL_ACTIVE)
				MarkPortalFailed(portal);
			continue;
		}
		portal_abort(portal);
	}
}

void
AtCleanup_Portals(void)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
	{
		Portal portal = all[i];

		if (portal->createSubid == InvalidSubTransactionId)
			continue;
		if (portal->status == PORTAL_ACTIVE)
			portal->status = PORTAL_FAILED;
		portal->portalPinned = false;
		portal->cleanup = NULL;
		PortalDrop(portal, false);
	}
}

void
PortalErrorCleanup(void)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
		if (all[i]->autoHeld)
		{
			all[i]->portalPinned = false;
			PortalDrop(all[i], false);
		}
}

void
AtSubCommit_Portals(SubTransactionId mySubid, SubTransactionId parentSubid, int parentLevel,
					ResourceOwner parentXactOwner)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
	{
		Portal portal = all[i];

		if (portal->createSubid == mySubid)
		{
			portal->createSubid = parentSubid;
			if (portal->resowner)
				ResourceOwnerNewParent(portal->resowner, parentXactOwner);
		}
		if (portal->activeSubid == mySubid)
			portal->activeSubid = parentSubid;
	}
	if (all)
		pfree(all);
}

void
AtSubAbort_Portals(SubTransactionId mySubid, SubTransactionId parentSubid, ResourceOwner myXactOwner,
				   ResourceOwner parentXactOwner)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
	{
		Portal portal = all[i];

		if (portal->createSubid == mySubid)
		{
			portal_abort(portal);
			continue;
		}
		/* An upper portal that ran inside of the failed subtransaction holds things that are gone now. */
		if (portal->activeSubid == mySubid)
		{
			portal->activeSubid = parentSubid;
			if (portal->status == PORTAL_ACTIVE)
				MarkPortalFailed(portal);
			if (portal->status == PORTAL_FAILED && portal->resowner)
			{
				ResourceOwnerNewParent(portal->resowner, myXactOwner);
				portal->resowner = NULL;
			}
		}
	}
}

void
AtSubCleanup_Portals(SubTransactionId mySubid)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
	{
		Portal portal = all[i];

		if (portal->createSubid != mySubid)
			continue;
		portal->portalPinned = false;
		portal->cleanup = NULL;
		if (portal->status == PORTAL_ACTIVE)
			portal->status = PORTAL_FAILED;
		PortalDrop(portal, false);
	}
}

bool
ThereAreNoReadyPortals(void)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
		if (all[i]->status == PORTAL_READY)
			return false;
	return true;
}

/* COMMIT inside of a procedure: cursors that it has pinned are stored, as if WITH HOLD. */
void
HoldPinnedPortals(void)
{
	int n;
	Portal *all = portal_snapshot(&n);

	for (int i = 0; i < n; i++)
	{
		Portal portal = all[i];

		if (!portal->portalPinned || portal->autoHeld)
			continue;
		if (portal->strategy != PORTAL_ONE_SELECT)
			ereport(ERROR, errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
					errmsg("cannot perform transaction commands inside a cursor loop that is not read-only"));
		if (portal->status != PORTAL_READY)
			elog(ERROR, "pinned portal is not ready to be auto-held");
		hold_portal(portal);
		portal->autoHeld = true;
	}
}

void
ForgetPortalSnapshots(void)
{
	int n;
	Portal *all = portal_snapshot(&n);
	int held = 0;

	for (int i = 0; i < n; i++)
		if (all[i]->portalSnapshot != NULL)
		{
			all[i]->portalSnapshot = NULL;
			held++;
		}
	while (held-- > 0 && ActiveSnapshotSet())
		PopActiveSnapshot();
}

/* SQL function behind the view pg_cursors. */
Datum
pg_cursor(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int n;
	Portal *all;

	InitMaterializedSRF(fcinfo, 0);
	all = portal_snapshot(&n);
	for (int i = 0; i < n; i++)
	{
		Portal p = all[i];
		Datum values[6];
		bool nulls[6] = {false};

		if (!p->visible || p->sourceText == NULL)
			continue;
		values[0] = CStringGetTextDatum(p->name);
		values[1] = CStringGetTextDatum(p->sourceText);
		values[2] = BoolGetDatum((p->cursorOptions & CURSOR_OPT_HOLD) != 0);
		values[3] = BoolGetDatum((p->cursorOptions & CURSOR_OPT_BINARY) != 0);
		values[4] = BoolGetDatum((p->cursorOptions & CURSOR_OPT_SCROLL) != 0);
		values[5] = TimestampTzGetDatum(p->creation_time);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
