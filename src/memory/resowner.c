/*
 * resowner.c
 *    Resource owners (utils/resowner.h).
 *
 * An owner remembers its resources in a small array inside itself, searched from the end: what is acquired last is
 * usually given back first, and a statement holds a handful at a time. When the array is full it is emptied into an
 * open-addressing hash table, so that holding thousands stays cheap too. Release sorts what is left once, then walks it.
 *
 * Invariants
 *   R1  ResourceOwnerRemember never allocates: ResourceOwnerEnlarge has made room before.
 *   R2  a resource is forgotten before its ReleaseResource is called: an error in there never releases twice.
 *   R3  children are released before their parent, phase by phase.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#define RECENT_MAX 32
#define TABLE_INITIAL 64

typedef struct OwnedResource
{
	Datum res;
	const ResourceOwnerDesc *kind; /* NULL: empty slot of the table */
} OwnedResource;

struct ResourceOwnerData
{
	ResourceOwner parent;
	ResourceOwner first_child;
	ResourceOwner next_sibling;
	const char *name;
	int recent_count;
	int table_count;
	int table_size; /* a power of two, or 0 */
	OwnedResource *table;
	OwnedResource recent[RECENT_MAX];
};

typedef struct ReleaseCallbackItem
{
	struct ReleaseCallbackItem *next;
	ResourceReleaseCallback callback;
	void *arg;
} ReleaseCallbackItem;

ResourceOwner CurrentResourceOwner = NULL;
ResourceOwner CurTransactionResourceOwner = NULL;
ResourceOwner TopTransactionResourceOwner = NULL;
ResourceOwner AuxProcessResourceOwner = NULL;

static ReleaseCallbackItem *release_callbacks = NULL;

/* ---- the tree -------------------------------------------------------------------------------------------------- */
ResourceOwner
ResourceOwnerCreate(ResourceOwner parent, const char *name)
{
	ResourceOwner owner = MemoryContextAlloc(TopMemoryContext, sizeof(struct ResourceOwnerData));

	memset(owner, 0, offsetof(struct ResourceOwnerData, recent));
	owner->name = name;
	ResourceOwnerNewParent(owner, parent);
	return owner;
}

static void
unlink_owner(ResourceOwner owner)
{
	ResourceOwner *link;

	if (owner->parent == NULL)
		return;
	for (link = &owner->parent->first_child; *link != owner; link = &(*link)->next_sibling)
		;
	*link = owner->next_sibling;
	owner->parent = owner->next_sibling = NULL;
}

void
ResourceOwnerNewParent(ResourceOwner owner, ResourceOwner newparent)
{
	unlink_owner(owner);
	owner->parent = newparent;
	if (newparent)
	{
		owner->next_sibling = newparent->first_child;
		newparent->first_child = owner;
	}
}

ResourceOwner
ResourceOwnerGetParent(ResourceOwner owner)
{
	return owner->parent;
}

const char *
ResourceOwnerGetName(ResourceOwner owner)
{
	return owner->name;
}

void
ResourceOwnerDelete(ResourceOwner owner)
{
	Assert(owner != CurrentResourceOwner);
	Assert(owner->recent_count == 0 && owner->table_count == 0);
	while (owner->first_child)
		ResourceOwnerDelete(owner->first_child);
	unlink_owner(owner);
	if (owner->table)
		pfree(owner->table);
	pfree(owner);
}

/* ---- remembering and forgetting -------------------------------------------------------------------------------- */
static uint32
resource_hash(Datum res, const ResourceOwnerDesc *kind)
{
	return (uint32) murmurhash64((uint64) res ^ ((uint64) (uintptr_t) kind << 7));
}

static void
table_insert(ResourceOwner owner, OwnedResource item)
{
	uint32 mask = owner->table_size - 1;
	uint32 i = resource_hash(item.res, item.kind) & mask;

	while (owner->table[i].kind != NULL)
		i = (i + 1) & mask;
	owner->table[i] = item;
	owner->table_count++;
}

/* Take slot i out and close the gap: move back later members of the run that would not be found past it. */
static void
table_delete_slot(ResourceOwner owner, uint32 i)
{
	uint32 mask = owner->table_size - 1;
	uint32 hole = i;

	owner->table_count--;
	for (uint32 j = (i + 1) & mask; owner->table[j].kind != NULL; j = (j + 1) & mask)
	{
		uint32 home = resource_hash(owner->table[j].res, owner->table[j].kind) & mask;

		if (((j - home) & mask) >= ((j - hole) & mask))
		{
			owner->table[hole] = owner->table[j];
			hole = j;
		}
	}
	owner->table[hole].kind = NULL;
}

static bool
table_forget(ResourceOwner owner, Datum res, const ResourceOwnerDesc *kind)
{
	uint32 mask = owner->table_size - 1;

	if (owner->table_count == 0)
		return false;
	for (uint32 i = resource_hash(res, kind) & mask; owner->table[i].kind != NULL; i = (i + 1) & mask)
		if (owner->table[i].res == res && owner->table[i].kind == kind)
		{
			table_delete_slot(owner, i);
			return true;
		}
	return false;
}

static void
table_grow(ResourceOwner owner, int wanted)
{
	OwnedResource *old = owner->table;
	int old_size = owner->table_size;
	int size = Max(old_size, TABLE_INITIAL);

	while (wanted * 2 > size)
		size *= 2;
	if (size == old_size)
		return;
	owner->table = MemoryContextAllocZero(TopMemoryContext, size * sizeof(OwnedResource));
	owner->table_size = size;
	owner->table_count = 0;
	for (int i = 0; i < old_size; i++)
		if (old[i].kind != NULL)
			table_insert(owner, old[i]);
	if (old)
		pfree(old);
}

void
ResourceOwnerEnlarge(ResourceOwner owner)
{
	if (likely(owner->recent_count < RECENT_MAX))
		return;
	table_grow(owner, owner->table_count + owner->recent_count);
	for (int i = 0; i < owner->recent_count; i++)
		table_insert(owner, owner->recent[i]);
	owner->recent_count = 0;
}

void
ResourceOwnerRemember(ResourceOwner owner, Datum res, const ResourceOwnerDesc *kind)
{
	AssertAlways(owner->recent_count < RECENT_MAX);
	owner->recent[owner->recent_count++] = (OwnedResource){.res = res, .kind = kind};
}

void
ResourceOwnerForget(ResourceOwner owner, Datum res, const ResourceOwnerDesc *kind)
{
	for (int i = owner->recent_count - 1; i >= 0; i--)
		if (owner->recent[i].res == res && owner->recent[i].kind == kind)
		{
			int after = --owner->recent_count - i;

			if (after > 0)
				memmove(&owner->recent[i], &owner->recent[i + 1], after * sizeof(OwnedResource));
			return;
		}
	if (!table_forget(owner, res, kind))
		elog(ERROR, "%s %p is not owned by resource owner %s", kind->name, DatumGetPointer(res), owner->name);
}

/* ---- releasing --------------------------------------------------------------------------------------------------- */
static void
warn_leak(const OwnedResource *item)
{
	char *description = item->kind->DebugPrint ? item->kind->DebugPrint(item->res)
											   : psprintf("%s %p", item->kind->name, DatumGetPointer(item->res));

	elog(WARNING, "resource was not closed: %s", description);
	pfree(description);
}

/* The next resource of the phase to release: lowest priority number, latest remembered. -1: none left. */
static int
next_of_phase(const OwnedResource *items, int count, ResourceReleasePhase phase)
{
	int best = -1;

	for (int i = count - 1; i >= 0; i--)
		if (items[i].kind != NULL && items[i].kind->release_phase == phase &&
			(best < 0 || items[i].kind->release_priority < items[best].kind->release_priority))
			best = i;
	return best;
}

static void
release_item(OwnedResource item, bool isCommit)
{
	if (isCommit)
		warn_leak(&item);
	item.kind->ReleaseResource(item.res);
}

static void
release_recent(ResourceOwner owner, ResourceReleasePhase phase, bool isCommit)
{
	int i;

	while ((i = next_of_phase(owner->recent, owner->recent_count, phase)) >= 0)
	{
		OwnedResource item = owner->recent[i];

		ResourceOwnerForget(owner, item.res, item.kind);
		release_item(item, isCommit);
	}
}

static int
compare_priority(const void *a, const void *b)
{
	ResourceReleasePriority pa = ((const OwnedResource *) a)->kind->release_priority;
	ResourceReleasePriority pb = ((const OwnedResource *) b)->kind->release_priority;

	return (pa > pb) - (pa < pb);
}

/* The table is rare and may be large: collect the phase's members, sort once, release in order. */
static void
release_table(ResourceOwner owner, ResourceReleasePhase phase, bool isCommit)
{
	OwnedResource *items;
	int count = 0;

	if (owner->table_count == 0)
		return;
	items = MemoryContextAlloc(TopMemoryContext, owner->table_count * sizeof(OwnedResource));
	for (int i = 0; i < owner->table_size; i++)
		if (owner->table[i].kind != NULL && owner->table[i].kind->release_phase == phase)
			items[count++] = owner->table[i];
	qsort(items, count, sizeof(OwnedResource), compare_priority);
	for (int i = 0; i < count; i++)
		if (table_forget(owner, items[i].res, items[i].kind))
			release_item(items[i], isCommit);
	pfree(items);
}

void
ResourceOwnerRelease(ResourceOwner owner, ResourceReleasePhase phase, bool isCommit, bool isTopLevel)
{
	ResourceOwner save = CurrentResourceOwner;

	for (ResourceOwner child = owner->first_child; child; child = child->next_sibling)
		ResourceOwnerRelease(child, phase, isCommit, isTopLevel);

	/* so that release functions that look at CurrentResourceOwner see the one being released */
	CurrentResourceOwner = owner;
	release_table(owner, phase, isCommit);
	release_recent(owner, phase, isCommit);
	for (ReleaseCallbackItem *item = release_callbacks, *next; item; item = next)
	{
		next = item->next; /* it may unregister itself */
		item->callback(phase, isCommit, isTopLevel, item->arg);
	}
	CurrentResourceOwner = save;
}

void
ResourceOwnerReleaseAllOfKind(ResourceOwner owner, const ResourceOwnerDesc *kind)
{
	for (int i = owner->recent_count - 1; i >= 0; i--)
		if (i < owner->recent_count && owner->recent[i].kind == kind)
		{
			OwnedResource item = owner->recent[i];

			ResourceOwnerForget(owner, item.res, kind);
			kind->ReleaseResource(item.res);
		}
	for (int i = 0; i < owner->table_size; i++)
		while (owner->table[i].kind == kind)
		{
			OwnedResource item = owner->table[i];

			table_delete_slot(owner, i); /* may pull another one into this slot */
			kind->ReleaseResource(item.res);
		}
}

void
RegisterResourceReleaseCallback(ResourceReleaseCallback callback, void *arg)
{
	ReleaseCallbackItem *item = MemoryContextAlloc(TopMemoryContext, sizeof(ReleaseCallbackItem));

	*item = (ReleaseCallbackItem){.next = release_callbacks, .callback = callback, .arg = arg};
	release_callbacks = item;
}

void
UnregisterResourceReleaseCallback(ResourceReleaseCallback callback, void *arg)
{
	for (ReleaseCallbackItem **link = &release_callbacks; *link; link = &(*link)->next)
		if ((*link)->callback == callback && (*link)->arg == arg)
		{
			ReleaseCallbackItem *found = *link;

			*link = found->next;
			pfree(found);
			return;
		}
}

/* ---- for processes without transactions ------------------------------------------------------------------------- */
void
CreateAuxProcessResourceOwner(void)
{
	Assert(AuxProcessResourceOwner == NULL && CurrentResourceOwner == NULL);
	AuxProcessResourceOwner = ResourceOwnerCreate(NULL, "AuxiliaryProcess");
	CurrentResourceOwner = AuxProcessResourceOwner;
}

void
ReleaseAuxProcessResources(bool isCommit)
{
	if (AuxProcessResourceOwner == NULL)
		return;
	ResourceOwnerRelease(AuxProcessResourceOwner, RESOURCE_RELEASE_BEFORE_LOCKS, isCommit, true);
	ResourceOwnerRelease(AuxProcessResourceOwner, RESOURCE_RELEASE_LOCKS, isCommit, true);
	ResourceOwnerRelease(AuxProcessResourceOwner, RESOURCE_RELEASE_AFTER_LOCKS, isCommit, true);
}
