/*
 * xact_hooks.c
 *    Whom the ends of transactions concern.
 *
 * Callbacks of modules, and the calls into the server's own subsystems in the one order that is right. In short: before
 * the commit record everything that may fail; then caches and buffers, while the locks still keep others away; then the
 * locks; then what only concerns this process.
 */
#include "postgres.h"

#include "access/multixact.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/fd.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/relation_storage.h"
#include "storage/smgr.h"
#include "txn/xact_internal.h"
#include "utils/backend_status.h"
#include "utils/combocid.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"

/* Subsystems that not every build of the server has. */
extern void PreCommit_on_commit_actions(void) __attribute__((weak));
extern void AtEOXact_on_commit_actions(bool isCommit) __attribute__((weak));
extern void AtEOSubXact_on_commit_actions(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid)
	__attribute__((weak));
extern void PreCommit_Notify(void) __attribute__((weak));
extern void AtCommit_Notify(void) __attribute__((weak));
extern void AtAbort_Notify(void) __attribute__((weak));
extern void AtSubCommit_Notify(void) __attribute__((weak));
extern void AtSubAbort_Notify(void) __attribute__((weak));
extern void AtEOXact_Enum(void) __attribute__((weak));
extern void AtEOXact_PgStat(bool isCommit, bool parallel) __attribute__((weak));
extern void AtEOSubXact_PgStat(bool isCommit, int nestDepth) __attribute__((weak));
#pragma weak AfterTriggerBeginXact
#pragma weak AfterTriggerFireDeferred
#pragma weak AfterTriggerEndXact
#pragma weak AfterTriggerBeginSubXact
#pragma weak AfterTriggerEndSubXact
#pragma weak AtEOXact_SPI
#pragma weak AtEOSubXact_SPI
#pragma weak PreCommit_Portals
#pragma weak AtAbort_Portals
#pragma weak AtSubCommit_Portals
#pragma weak AtSubAbort_Portals

#define IF_PRESENT(function, ...) (function ? function(__VA_ARGS__) : (void) 0)

/* ---- callbacks of modules ----------------------------------------------------------------------------------------------------------------- */

typedef struct CallbackItem
{
	struct CallbackItem *next;
	union
	{
		XactCallback xact;
		SubXactCallback sub;
	} function;
	void *arg;
} CallbackItem;

static CallbackItem *xact_callbacks;
static CallbackItem *sub_callbacks;

static void
register_callback(CallbackItem **list, CallbackItem item)
{
	CallbackItem *copy = MemoryContextAlloc(TopMemoryContext, sizeof(CallbackItem));

	item.next = *list;
	*copy = item;
	*list = copy;
}

void
RegisterXactCallback(XactCallback callback, void *arg)
{
	register_callback(&xact_callbacks, (CallbackItem) {.function.xact = callback, .arg = arg});
}

void
RegisterSubXactCallback(SubXactCallback callback, void *arg)
{
	register_callback(&sub_callbacks, (CallbackItem) {.function.sub = callback, .arg = arg});
}

static void
unregister_callback(CallbackItem **list, CallbackItem wanted)
{
	for (CallbackItem **link = list; *link != NULL; link = &(*link)->next)
	{
		CallbackItem *item = *link;

		if (memcmp(&item->function, &wanted.function, sizeof(item->function)) == 0 && item->arg == wanted.arg)
		{
			*link = item->next;
			pfree(item);
			return;
		}
	}
}

void
UnregisterXactCallback(XactCallback callback, void *arg)
{
	unregister_callback(&xact_callbacks, (CallbackItem) {.function.xact = callback, .arg = arg});
}

void
UnregisterSubXactCallback(SubXactCallback callback, void *arg)
{
	unregister_callback(&sub_callbacks, (CallbackItem) {.function.sub = callback, .arg = arg});
}

void
xact_call_callbacks(XactEvent event)
{
	for (CallbackItem *item = xact_callbacks, *next; item; item = next)
	{
		next = item->next; /* it may unregister itself */
		item->function.xact(event, item->arg);
	}
}

void
xact_call_sub_callbacks(SubXactEvent event, SubTransactionId mySubid, SubTransactionId parentSubid)
{
	for (CallbackItem *item = sub_callbacks, *next; item; item = next)
	{
		next = item->next;
		item->function.sub(event, mySubid, parentSubid, item->arg);
	}
}

/* ---- top level ----------------------------------------------------------------------------------------------------------------------------- */

void
xact_modules_at_start(void)
{
	IF_PRESENT(AfterTriggerBeginXact);
}

/* Each round may make work for the other: deferred triggers open portals, closing portals fires triggers. */
static void
settle_triggers_and_portals(void)
{
	do
	{
		IF_PRESENT(AfterTriggerFireDeferred);
	} while (PreCommit_Portals && PreCommit_Portals(false));
}

void
xact_modules_before_commit(void)
{
	settle_triggers_and_portals();
	xact_call_callbacks(XACT_EVENT_PRE_COMMIT);
	IF_PRESENT(AfterTriggerEndXact, true);
	IF_PRESENT(PreCommit_on_commit_actions);
	smgrDoPendingSyncs(true, false);
	IF_PRESENT(PreCommit_Notify);
}

void
xact_modules_at_abort(void)
{
	IF_PRESENT(AfterTriggerEndXact, false);
	IF_PRESENT(AtAbort_Portals);
	smgrDoPendingSyncs(false, false);
	IF_PRESENT(AtAbort_Notify);
}

void
xact_modules_release(ResourceOwner owner, bool isCommit)
{
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_BEFORE_LOCKS, isCommit, true);
	AtEOXact_Buffers(isCommit);
	AtEOXact_RelationCache(isCommit);
	/* Others must learn what has changed before they can lock it. */
	AtEOXact_Inval(isCommit);
	AtEOXact_MultiXact();
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_LOCKS, isCommit, true);
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_AFTER_LOCKS, isCommit, true);
	/* Files go when nobody can look at them any more; their relations' locks are gone, but so are their catalog rows. */
	smgrDoPendingDeletes(isCommit);
	if (isCommit)
		IF_PRESENT(AtCommit_Notify);
	AtEOXact_GUC(isCommit, 1);
	IF_PRESENT(AtEOXact_SPI, isCommit);
	IF_PRESENT(AtEOXact_Enum);
	IF_PRESENT(AtEOXact_on_commit_actions, isCommit);
	AtEOXact_Namespace(isCommit, false);
	AtEOXact_SMgr();
	AtEOXact_Files(isCommit);
	AtEOXact_ComboCid();
	IF_PRESENT(AtEOXact_PgStat, isCommit, false);
	pgstat_report_xact_timestamp(0);
}

/* ---- subtransactions ----------------------------------------------------------------------------------------------------------------------- */

void
xact_modules_at_sub_start(void)
{
	IF_PRESENT(AfterTriggerBeginSubXact);
}

void
xact_modules_at_sub_end(XactLevel *level, bool isCommit)
{
	SubTransactionId mine = level->subid;
	SubTransactionId parents = level->parent->subid;

	IF_PRESENT(AfterTriggerEndSubXact, isCommit);
	if (isCommit)
	{
		IF_PRESENT(AtSubCommit_Portals, mine, parents, level->parent->nestLevel, level->parent->owner);
		IF_PRESENT(AtSubCommit_Notify);
	}
	else
	{
		IF_PRESENT(AtSubAbort_Portals, mine, parents, level->owner, level->parent->owner);
		IF_PRESENT(AtSubAbort_Notify);
	}
	xact_call_sub_callbacks(isCommit ? SUBXACT_EVENT_COMMIT_SUB : SUBXACT_EVENT_ABORT_SUB, mine, parents);
	ResourceOwnerRelease(level->owner, RESOURCE_RELEASE_BEFORE_LOCKS, isCommit, false);
	AtEOSubXact_RelationCache(isCommit, mine, parents);
	AtEOSubXact_Inval(isCommit);
	if (isCommit && TransactionIdIsValid(level->xid))
		XactLockTableDelete(level->xid); /* others wait for the top-level transaction from now on */
	ResourceOwnerRelease(level->owner, RESOURCE_RELEASE_LOCKS, isCommit, false);
	ResourceOwnerRelease(level->owner, RESOURCE_RELEASE_AFTER_LOCKS, isCommit, false);
	if (isCommit)
		AtSubCommit_smgr();
	else
		AtSubAbort_smgr();
	AtEOXact_GUC(isCommit, level->gucNestLevel);
	IF_PRESENT(AtEOSubXact_SPI, isCommit, mine);
	IF_PRESENT(AtEOSubXact_on_commit_actions, isCommit, mine, parents);
	AtEOSubXact_Namespace(isCommit, mine, parents);
	AtEOSubXact_Files(isCommit, mine, parents);
	IF_PRESENT(AtEOSubXact_PgStat, isCommit, level->nestLevel);
	if (isCommit)
		AtSubCommit_Snapshot(level->nestLevel);
	else
		AtSubAbort_Snapshot(level->nestLevel);
}
