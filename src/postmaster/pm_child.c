/*
 * pm_child.c
 *    Slots of the postmaster's children (postmaster/pm_child.h).
 */
#include "postgres.h"

#include <signal.h>

#include "postmaster/launch.h"
#include "postmaster/pm_child.h"
#include "storage/pmsignal.h"
#include "utils/memutils.h"

typedef enum Pool
{
	POOL_CLIENTS,
	POOL_AUTOVACUUM,
	POOL_BACKGROUND,
	POOL_AUXILIARY, /* this and the following: one slot for each auxiliary kind */
	POOL_COUNT = POOL_AUXILIARY + BACKEND_NUM_TYPES,
	POOL_NONE = -1
} Pool;

typedef struct Children
{
	dlist_head free[POOL_COUNT];
	int free_count[POOL_COUNT];
	dlist_head active;
} Children;

static Children children;

static Pool
pool_of(BackendType type)
{
	switch (type)
	{
		case B_BACKEND:
		case B_WAL_SENDER:
			return POOL_CLIENTS;
		case B_AUTOVAC_WORKER:
			return POOL_AUTOVACUUM;
		case B_BG_WORKER:
			return POOL_BACKGROUND;
		case B_DEAD_END_BACKEND:
			return POOL_NONE;
		default:
			return POOL_AUXILIARY + type;
	}
}

static int
pool_size(Pool pool)
{
	extern int autovacuum_max_workers;
	extern int max_wal_senders;

	switch ((int) pool)
	{
		case POOL_CLIENTS:
			/* twice: a backend that is on its way out still has its slot */
			return 2 * (MaxConnections + max_wal_senders);
		case POOL_AUTOVACUUM:
			return autovacuum_max_workers;
		case POOL_BACKGROUND:
			return max_worker_processes;
		case POOL_AUXILIARY + B_CRASH_CLEANER:
			return 8; /* several may die at once */
		default:
			return 1;
	}
}

void
pm_child_init(void)
{
	int slot = 1;

	dlist_init(&children.active);
	for (int pool = 0; pool < POOL_COUNT; pool++)
	{
		int size = pool_size(pool);
		PMChild *slots = MemoryContextAllocZero(TopMemoryContext, size * sizeof(PMChild));

		dlist_init(&children.free[pool]);
		for (int i = 0; i < size; i++)
		{
			slots[i].child_slot = slot++;
			slots[i].pool = pool;
			dlist_push_tail(&children.free[pool], &slots[i].link);
		}
		children.free_count[pool] = size;
	}
}

PMChild *
pm_child_assign(BackendType type)
{
	Pool pool = pool_of(type);
	PMChild *child;

	if (pool == POOL_NONE)
	{
		child = MemoryContextAllocZero(TopMemoryContext, sizeof(PMChild));
		child->pool = POOL_NONE;
	}
	else
	{
		if (dlist_is_empty(&children.free[pool]))
			return NULL;
		child = dlist_container(PMChild, link, dlist_pop_head_node(&children.free[pool]));
		children.free_count[pool]--;
		MarkPostmasterChildSlotAssigned(child->child_slot);
	}
	child->type = type;
	child->pid = 0;
	child->cancel_key = 0;
	child->cleans_pid = 0;
	dlist_push_head(&children.active, &child->link);
	return child;
}

bool
pm_child_release(PMChild *child)
{
	bool detached = true;

	dlist_delete(&child->link);
	if (child->pool == POOL_NONE)
	{
		pfree(child);
		return true;
	}
	detached = MarkPostmasterChildSlotUnassigned(child->child_slot);
	child->pid = 0;
	/* at the tail: a slot just used rests for a while */
	dlist_push_tail(&children.free[child->pool], &child->link);
	children.free_count[child->pool]++;
	return detached;
}

PMChild *
pm_child_find(pid_t pid)
{
	dlist_iter iter;

	dlist_foreach(iter, &children.active)
	{
		PMChild *child = dlist_container(PMChild, link, iter.cur);

		if (child->pid == pid)
			return child;
	}
	return NULL;
}

int
pm_child_free_client_slots(void)
{
	return children.free_count[POOL_CLIENTS];
}

dlist_head *
pm_child_active(void)
{
	return &children.active;
}

/* In the child that got the request: fork has copied the table as of its launch. */
bool
postmaster_cancel_request(int pid, int32 key)
{
	PMChild *child = pid > 0 ? pm_child_find(pid) : NULL;

	if (child == NULL || child->type == B_DEAD_END_BACKEND)
	{
		ereport(LOG, errmsg("PID %d in cancel request did not match any process", pid));
		return false;
	}
	if (child->cancel_key != key)
	{
		ereport(LOG, errmsg("wrong key in cancel request for process %d", pid));
		return false;
	}
	ereport(DEBUG2, errmsg_internal("processing cancel request: sending SIGINT to process %d", pid));
	/* its group, for what it may have started itself (COPY PROGRAM) */
	if (kill(-pid, SIGINT) != 0)
		kill(pid, SIGINT);
	return true;
}
