/*
 * shmem/lwlock_internal.h
 *    What proc.c and the crash cleaner need of lwlock.c.
 */
#ifndef LWLOCK_INTERNAL_H
#define LWLOCK_INTERNAL_H

#include "storage/lwlock.h"

typedef struct PGPROC PGPROC;

/* From now on this process lists the locks it holds in proc (NULL: in its own memory). It must hold none. */
extern void lwlock_use_proc(PGPROC *proc);

/* Lets all who sleep on the lock look again, if it is free. */
extern void lwlock_wake_sleepers(LWLock *lock);

typedef enum LWLockRemains
{
	LWLOCK_REMAINS_NONE,
	LWLOCK_REMAINS_SHARED, /* holds shared ones: can be given back */
	LWLOCK_REMAINS_DAMAGE  /* holds one exclusively, or it cannot be known: what it protects may be half changed */
} LWLockRemains;
extern LWLockRemains lwlock_remains_of(const PGPROC *dead);
extern void lwlock_release_remains_of(PGPROC *dead);

extern Size lwlock_shmem_size(void);
extern void lwlock_shmem_init(void *base, bool found);

#endif /* LWLOCK_INTERNAL_H */
