/*
 * lwlock_names.c
 *    The array of fixed LWLocks, the names of all of them, and the LWLocks of modules.
 *
 * Built-in names come from storage/lwlocknames.list and storage/lwlocktranches.list. A module asks for locks while it is
 * preloaded (RequestNamedLWLockTranche); they stand behind the fixed ones. Names registered at run time are local to the
 * process that registered them; another process shows "extension".
 */
#include "postgres.h"

#include "miscadmin.h"
#include "shmem/lwlock_internal.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

#define MAX_NAMED_TRANCHES 64

LWLockPadded *MainLWLockArray = NULL;

static const char *const individual_names[] = {
#define LWLOCK_NAME(name) #name,
#include "storage/lwlocknames.list"
#undef LWLOCK_NAME
};

static const char *const tranche_names[] = {
#define LWLOCK_TRANCHE(symbol, name) name,
#include "storage/lwlocktranches.list"
#undef LWLOCK_TRANCHE
};

/* Locks asked for by modules, in the postmaster; children inherit the array. */
typedef struct NamedTranche
{
	char name[NAMEDATALEN];
	int num_lwlocks;
	int tranche_id;
} NamedTranche;

static struct
{
	NamedTranche requests[MAX_NAMED_TRANCHES];
	int num_requests;
	const char **registered; /* names by tranche id - LWTRANCHE_FIRST_USER_DEFINED */
	int num_registered;
	pg_atomic_uint32 *next_tranche; /* in shared memory */
} lwlock_names;

void
RequestNamedLWLockTranche(const char *tranche_name, int num_lwlocks)
{
	NamedTranche *request;

	if (MainLWLockArray != NULL)
		elog(FATAL, "cannot request additional LWLocks outside shmem_request_hook");
	if (lwlock_names.num_requests >= MAX_NAMED_TRANCHES)
		elog(FATAL, "too many LWLock tranches requested");
	request = &lwlock_names.requests[lwlock_names.num_requests++];
	strlcpy(request->name, tranche_name, sizeof(request->name));
	request->num_lwlocks = num_lwlocks;
}

static int
number_of_named_locks(void)
{
	int n = 0;

	for (int i = 0; i < lwlock_names.num_requests; i++)
		n += lwlock_names.requests[i].num_lwlocks;
	return n;
}

Size
lwlock_shmem_size(void)
{
	return add_size(PG_CACHE_LINE_SIZE, mul_size(NUM_FIXED_LWLOCKS + number_of_named_locks(), sizeof(LWLockPadded)));
}

static void
initialize_range(int first, int count, int tranche_id)
{
	for (int i = first; i < first + count; i++)
		LWLockInitialize(&MainLWLockArray[i].lock, tranche_id);
}

void
lwlock_shmem_init(void *base, bool found)
{
	int next = NUM_FIXED_LWLOCKS;

	lwlock_names.next_tranche = base;
	MainLWLockArray = (LWLockPadded *) ((char *) base + PG_CACHE_LINE_SIZE);
	if (found)
		return;
	for (int i = 0; i < NUM_INDIVIDUAL_LWLOCKS; i++)
		LWLockInitialize(&MainLWLockArray[i].lock, i);
	initialize_range(BUFFER_MAPPING_LWLOCK_OFFSET, NUM_BUFFER_PARTITIONS, LWTRANCHE_BUFFER_MAPPING);
	initialize_range(LOCK_MANAGER_LWLOCK_OFFSET, NUM_LOCK_PARTITIONS, LWTRANCHE_LOCK_MANAGER);
	initialize_range(PREDICATELOCK_MANAGER_LWLOCK_OFFSET, NUM_PREDICATELOCK_PARTITIONS,
					 LWTRANCHE_PREDICATE_LOCK_MANAGER);
	pg_atomic_init_u32(lwlock_names.next_tranche, LWTRANCHE_FIRST_USER_DEFINED);
	for (int i = 0; i < lwlock_names.num_requests; i++)
	{
		NamedTranche *request = &lwlock_names.requests[i];

		request->tranche_id = LWLockNewTrancheId();
		LWLockRegisterTranche(request->tranche_id, request->name);
		initialize_range(next, request->num_lwlocks, request->tranche_id);
		next += request->num_lwlocks;
	}
}

LWLockPadded *
GetNamedLWLockTranche(const char *tranche_name)
{
	int next = NUM_FIXED_LWLOCKS;

	for (int i = 0; i < lwlock_names.num_requests; i++)
	{
		if (strcmp(lwlock_names.requests[i].name, tranche_name) == 0)
			return &MainLWLockArray[next];
		next += lwlock_names.requests[i].num_lwlocks;
	}
	elog(ERROR, "requested tranche is not registered");
	return NULL;
}

int
LWLockNewTrancheId(void)
{
	return pg_atomic_fetch_add_u32(lwlock_names.next_tranche, 1);
}

void
LWLockRegisterTranche(int tranche_id, const char *tranche_name)
{
	int pos = tranche_id - LWTRANCHE_FIRST_USER_DEFINED;

	if (pos < 0)
		return;
	if (pos >= lwlock_names.num_registered)
	{
		int count = Max(8, 2 * (pos + 1));
		Size old_size = sizeof(char *) * lwlock_names.num_registered;
		const char **names = MemoryContextAllocZero(TopMemoryContext, sizeof(char *) * count);

		if (lwlock_names.registered)
			memcpy(names, lwlock_names.registered, old_size);
		lwlock_names.registered = names;
		lwlock_names.num_registered = count;
	}
	lwlock_names.registered[pos] = tranche_name;
}

const char *
GetLWLockIdentifier(uint32 classId, uint16 eventId)
{
	int pos;

	Assert(classId == PG_WAIT_LWLOCK);
	if (eventId < NUM_INDIVIDUAL_LWLOCKS)
		return individual_names[eventId];
	if (eventId < LWTRANCHE_FIRST_USER_DEFINED)
		return tranche_names[eventId - NUM_INDIVIDUAL_LWLOCKS];
	pos = eventId - LWTRANCHE_FIRST_USER_DEFINED;
	if (pos < lwlock_names.num_registered && lwlock_names.registered[pos] != NULL)
		return lwlock_names.registered[pos];
	return "extension";
}
