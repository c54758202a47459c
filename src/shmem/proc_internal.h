/*
 * shmem/proc_internal.h
 *    What region layout and the crash cleaner need of proc.c and procarray.c.
 */
#ifndef PROC_INTERNAL_H
#define PROC_INTERNAL_H

#include "storage/proc.h"
#include "storage/procarray.h"

/* Settings that size the pools of slots. */
extern int autovacuum_max_workers;
extern int max_wal_senders;

extern Size proc_shmem_size(void);
extern void proc_shmem_init(void *base, bool found);
/* Puts the slot of a process that is gone, and owns nothing any more, back into its pool. */
extern void proc_return_slot(PGPROC *proc);

/* What a killed process leaves in the structures of this folder. */
extern void sinval_release_remains_of(const PGPROC *dead);
extern void procsignal_release_remains_of(const PGPROC *dead);
extern void backend_status_release_remains_of(const PGPROC *dead);

/* The members of the ProcArray; all under ProcArrayLock. Positions are those of ProcGlobal's dense arrays. */
typedef struct ProcArrayStruct
{
	int numProcs;
	int maxProcs;
	TransactionId replication_slot_xmin;
	TransactionId replication_slot_catalog_xmin;
	int pgprocnos[];
} ProcArrayStruct;
extern ProcArrayStruct *procArray;
extern Size procarray_shmem_size(void);
extern void procarray_shmem_init(void *base, bool found);

#endif /* PROC_INTERNAL_H */
