/*
 * utils/memutils.h
 *    Making, resetting and deleting memory contexts.
 *
 * Contexts form a tree; deleting one deletes its children. Long-lived roots:
 *    TopMemoryContext      the process          ErrorContext        reserve for reporting when memory is short
 *    CacheMemoryContext    catalog caches       MessageContext      one protocol message
 *    TopTransactionContext one transaction      CurTransactionContext one subtransaction
 *    PortalContext         the running portal   PostmasterContext   what children of the postmaster free first
 */
#ifndef MEMUTILS_H
#define MEMUTILS_H

#include "utils/palloc.h"

#define MaxAllocSize ((Size) 0x3fffffff)
#define AllocSizeIsValid(size) ((Size) (size) <= MaxAllocSize)
#define MaxAllocHugeSize (SIZE_MAX / 2)

extern MemoryContext TopMemoryContext;
extern MemoryContext ErrorContext;
extern MemoryContext PostmasterContext;
extern MemoryContext CacheMemoryContext;
extern MemoryContext MessageContext;
extern MemoryContext TopTransactionContext;
extern MemoryContext CurTransactionContext;
extern MemoryContext PortalContext;

extern void MemoryContextInit(void); /* once per process, before anything else; idempotent after fork */
extern MemoryContext AllocSetContextCreate(MemoryContext parent, const char *name, Size minContextSize,
										   Size initBlockSize, Size maxBlockSize);
#define AllocSetContextCreateInternal AllocSetContextCreate
/* Bump allocation, no pfree: for data freed only as a whole. */
extern MemoryContext GenerationContextCreate(MemoryContext parent, const char *name, Size minContextSize,
											 Size initBlockSize, Size maxBlockSize);
extern MemoryContext SlabContextCreate(MemoryContext parent, const char *name, Size blockSize, Size chunkSize);
extern void MemoryContextReset(MemoryContext context); /* frees contents and deletes children */
extern void MemoryContextResetOnly(MemoryContext context);
extern void MemoryContextResetChildren(MemoryContext context);
extern void MemoryContextDelete(MemoryContext context);
extern void MemoryContextDeleteChildren(MemoryContext context);
#define MemoryContextResetAndDeleteChildren(ctx) MemoryContextReset(ctx)
extern void MemoryContextSetParent(MemoryContext context, MemoryContext new_parent);
extern MemoryContext MemoryContextGetParent(MemoryContext context);
extern MemoryContext GetMemoryChunkContext(void *pointer);
extern Size GetMemoryChunkSpace(void *pointer);
extern Size MemoryContextMemAllocated(MemoryContext context, bool recurse);
extern void MemoryContextStats(MemoryContext context); /* to stderr */
extern void MemoryContextSetIdentifier(MemoryContext context, const char *id);
extern void MemoryContextAllowInCriticalSection(MemoryContext context, bool allow);
extern bool MemoryContextIsEmpty(MemoryContext context);
extern bool MemoryContextContains(MemoryContext context, void *pointer);

#define ALLOCSET_DEFAULT_MINSIZE 0
#define ALLOCSET_DEFAULT_INITSIZE (8 * 1024)
#define ALLOCSET_DEFAULT_MAXSIZE (8 * 1024 * 1024)
#define ALLOCSET_DEFAULT_SIZES ALLOCSET_DEFAULT_MINSIZE, ALLOCSET_DEFAULT_INITSIZE, ALLOCSET_DEFAULT_MAXSIZE
#define ALLOCSET_SMALL_MINSIZE 0
#define ALLOCSET_SMALL_INITSIZE (1 * 1024)
#define ALLOCSET_SMALL_MAXSIZE (8 * 1024)
#define ALLOCSET_SMALL_SIZES ALLOCSET_SMALL_MINSIZE, ALLOCSET_SMALL_INITSIZE, ALLOCSET_SMALL_MAXSIZE
#define ALLOCSET_START_SMALL_SIZES ALLOCSET_SMALL_MINSIZE, ALLOCSET_SMALL_INITSIZE, ALLOCSET_DEFAULT_MAXSIZE
#define SLAB_DEFAULT_BLOCK_SIZE (8 * 1024)
#define SLAB_LARGE_BLOCK_SIZE (8 * 1024 * 1024)

#endif /* MEMUTILS_H */
