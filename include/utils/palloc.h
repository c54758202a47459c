/*
 * utils/palloc.h
 *    Allocation in memory contexts: regions that are freed as a whole.
 *
 * palloc() takes from CurrentMemoryContext and never returns NULL: out of memory, or beyond the session's or the
 * server's budget, is ERROR 53200. Chunks are 8-byte aligned. Freeing a context frees everything in it.
 */
#ifndef PALLOC_H
#define PALLOC_H

#include "c.h"

typedef struct MemoryContextData *MemoryContext;

/* Called once when the context is reset or deleted. The struct lives in the context itself. */
typedef void (*MemoryContextCallbackFunction)(void *arg);
typedef struct MemoryContextCallback
{
	MemoryContextCallbackFunction func;
	void *arg;
	struct MemoryContextCallback *next;
} MemoryContextCallback;

extern MemoryContext CurrentMemoryContext;

#define MCXT_ALLOC_HUGE 0x01	/* allow sizes above 1 GB */
#define MCXT_ALLOC_NO_OOM 0x02	/* return NULL instead of raising */
#define MCXT_ALLOC_ZERO 0x04

extern void *MemoryContextAlloc(MemoryContext context, Size size);
extern void *MemoryContextAllocZero(MemoryContext context, Size size);
extern void *MemoryContextAllocZeroAligned(MemoryContext context, Size size);
extern void *MemoryContextAllocExtended(MemoryContext context, Size size, int flags);
extern void *MemoryContextAllocHuge(MemoryContext context, Size size);
extern void *palloc(Size size);
extern void *palloc0(Size size);
extern void *palloc_extended(Size size, int flags);
extern void *palloc_aligned(Size size, Size alignto, int flags); /* alignto: a power of two up to 64 kB */
extern void *MemoryContextAllocAligned(MemoryContext context, Size size, Size alignto, int flags);
extern void *repalloc(void *pointer, Size size);
extern void *repalloc_huge(void *pointer, Size size);
extern void pfree(void *pointer);

#define palloc_object(type) ((type *) palloc(sizeof(type)))
#define palloc0_object(type) ((type *) palloc0(sizeof(type)))
#define palloc_array(type, count) ((type *) palloc(sizeof(type) * (Size) (count)))
#define palloc0_array(type, count) ((type *) palloc0(sizeof(type) * (Size) (count)))
#define repalloc_array(pointer, type, count) ((type *) repalloc(pointer, sizeof(type) * (Size) (count)))
#define palloc0fast(sz) palloc0(sz)

static inline MemoryContext
MemoryContextSwitchTo(MemoryContext context)
{
	MemoryContext old = CurrentMemoryContext;

	CurrentMemoryContext = context;
	return old;
}

extern void MemoryContextRegisterResetCallback(MemoryContext context, MemoryContextCallback *cb);

extern char *MemoryContextStrdup(MemoryContext context, const char *string);
extern char *pstrdup(const char *in);
extern char *pnstrdup(const char *in, Size len);
extern char *pchomp(const char *in);
extern char *psprintf(const char *fmt, ...) pg_attribute_printf(1, 2);
extern size_t pvsnprintf(char *buf, size_t len, const char *fmt, va_list args);

#endif /* PALLOC_H */
