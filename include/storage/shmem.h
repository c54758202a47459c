/*
 * storage/shmem.h
 *    The shared memory region: one memfd mapped at one address in every process.
 *
 * Its parts are listed in src/shmem/shmem_regions.list; the postmaster lays them out once, before the first child.
 * Late users (modules) take named pieces from a bounded reserve with ShmemInitStruct; nothing is ever given back.
 * Addresses are equal in all processes, so pointers into the region may be stored in it.
 */
#ifndef SHMEM_H
#define SHMEM_H

#include "postgres.h"

/* Pure arithmetic that raises 54000 on overflow. */
extern Size add_size(Size s1, Size s2);
extern Size mul_size(Size s1, Size s2);

/* Create and initialise the region (postmaster, standalone). Raises FATAL when memory cannot be had. */
extern void CreateSharedMemoryAndSemaphores(void);
/* The size the region will have with the present settings. */
extern Size CalculateShmemSize(int *num_semaphores);
/* Forget the region after a crash so that a new one can be made. */
extern void shmem_drop_region(void);
/* The memfd behind the region, for a child that was exec'ed; and its side of it. */
extern int shmem_region_fd(void);
extern void shmem_attach_region(int fd);
extern void shmem_detach_region(void);
extern bool shmem_is_attached(void);
/* Size of the mapped region, and whether a pointer lies in it. */
extern Size shmem_region_size(void);
extern bool ShmemAddrIsValid(const void *addr);

/*
 * A named piece of the reserve: *foundPtr tells whether it had been made before (by another process). The first caller
 * initialises it, holding AddinShmemInitLock. Raises 53200 when the reserve is used up.
 */
extern void *ShmemInitStruct(const char *name, Size size, bool *foundPtr);
extern void *ShmemAlloc(Size size);
extern void *ShmemAllocNoError(Size size);
/* Modules announce in shmem_request_hook (or _PG_init when preloaded) what they will take. */
extern void RequestAddinShmemSpace(Size size);
typedef void (*shmem_startup_hook_type)(void);
typedef void (*shmem_request_hook_type)(void);
extern shmem_startup_hook_type shmem_startup_hook;
extern shmem_request_hook_type shmem_request_hook;

#endif /* SHMEM_H */
