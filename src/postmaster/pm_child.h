/*
 * postmaster/pm_child.h
 *    The postmaster's own record of its children: who runs in which slot. In its private memory; nobody else writes it.
 *
 * Slots are in pools, one per purpose, so that no kind can take another's: clients (backends and walsenders), autovacuum workers,
 * background workers, and one slot for each auxiliary kind. Dead-end backends have slot 0 and no pool. A slot number is also the index
 * of the child's flag in shared memory (storage/pmsignal.h).
 */
#ifndef POSTMASTER_PM_CHILD_H
#define POSTMASTER_PM_CHILD_H

#include "lib/ilist.h"
#include "miscadmin.h"

typedef struct PMChild
{
	dlist_node link; /* in the active list or its pool's free list */
	pid_t pid;
	int child_slot;	 /* 0: dead-end */
	BackendType type;
	int32 cancel_key; /* backends */
	pid_t cleans_pid; /* crash cleaner: whose remains it looks at */
	BackendType cleans_type;
	int pool;
} PMChild;

extern void pm_child_init(void); /* sizes from the settings */
/* A slot for a child of that kind, in the active list with pid 0; NULL when the pool is empty. */
extern PMChild *pm_child_assign(BackendType type);
/* Back to the pool. False: the child died while it used shared memory. */
extern bool pm_child_release(PMChild *child);
extern PMChild *pm_child_find(pid_t pid);
extern int pm_child_free_client_slots(void);
extern dlist_head *pm_child_active(void);

#endif /* POSTMASTER_PM_CHILD_H */
