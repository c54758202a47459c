/*
 * storage/spin.h
 *    Spinlocks: for a handful of instructions, in shared memory, around plain loads and stores only.
 *
 * Between SpinLockAcquire and SpinLockRelease nothing may fail, wait, allocate, or check interrupts. A process that dies
 * with a spinlock held cannot be contained,
 */
#ifndef SPIN_H
#define SPIN_H

#include "port/atomics.h"

typedef volatile uint32 slock_t;

extern void s_lock_wait(volatile slock_t *lock);

#define SpinLockInit(lock) __atomic_store_n((lock), 0, __ATOMIC_RELEASE)
#define SpinLockFree(lock) (__atomic_load_n((lock), __ATOMIC_RELAXED) == 0)

static inline void
SpinLockAcquire(volatile slock_t *lock)
{
	if (unlikely(__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0))
		s_lock_wait(lock);
}

static inline void
SpinLockRelease(volatile slock_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

#endif /* SPIN_H */
