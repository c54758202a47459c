/*
 * lock/deadlock.h
 *    Pure: is a process part of a deadlock, and can wait queues be reordered so that it is not?
 *
 * The graph is a picture of all locks that anybody waits for. A process that waits has a hard edge to every holder whose modes
 * conflict with the one it wants, and a soft edge to every conflicting waiter in front of it in the queue: the queue's order
 * could be changed. A cycle of hard edges alone is a deadlock. A cycle with soft edges is broken by reversing one of them,
 * provided that leads to an order of the queues without cycles through anybody concerned.
 *
 * No shared memory, no locks, no errors; memory is the caller's.
 */
#ifndef DEADLOCK_H
#define DEADLOCK_H

#include "c.h"

#define DEADLOCK_NOBODY (-1)

typedef struct DeadlockHolder
{
	int proc;
	uint32 modes; /* mask of modes held */
} DeadlockHolder;

typedef struct DeadlockLock
{
	int nholders;
	DeadlockHolder *holders;
	int nwaiters;
	int *waiters; /* in queue order */
} DeadlockLock;

typedef struct DeadlockProc
{
	int lock; /* index of the lock it waits for; DEADLOCK_NOBODY: does not wait */
	int mode;
} DeadlockProc;

typedef struct DeadlockGraph
{
	int nprocs;
	DeadlockProc *procs;
	int nlocks;
	DeadlockLock *locks;
	const int *conflicts; /* mask of conflicting modes, by mode */
} DeadlockGraph;

typedef enum DeadlockVerdict
{
	DEADLOCK_NONE,
	DEADLOCK_SOFT, /* the waiters[] of the graph's locks have been brought into an order without deadlock */
	DEADLOCK_HARD  /* cycle[0] = start waits for cycle[1], ..., the last one for start */
} DeadlockVerdict;

typedef struct DeadlockResult
{
	DeadlockVerdict verdict;
	int cycle_length;
	int *cycle;			/* room for nprocs; filled for DEADLOCK_HARD */
	bool *lock_changed; /* room for nlocks; filled for DEADLOCK_SOFT */
} DeadlockResult;

/* Memory that deadlock_search() needs besides, for a graph of that size; hand it over zeroed or not. */
extern Size deadlock_workspace_size(const DeadlockGraph *graph);
extern void deadlock_search(DeadlockGraph *graph, int start, DeadlockResult *result, void *workspace);

#endif /* DEADLOCK_H */
