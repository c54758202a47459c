/*
 * port/atomics.h
 *    Atomic integers for shared memory, under the names modules know.
 *
 * read and write are relaxed (no ordering), every read-modify-write is a full barrier, and compare_exchange updates
 * *expected when it fails. The flag is a test-and-set byte: test_set has acquire, clear has release semantics.
 */
#ifndef ATOMICS_H
#define ATOMICS_H

#include "c.h"

typedef struct pg_atomic_flag
{
	volatile uint32 value;
} pg_atomic_flag;

typedef struct pg_atomic_uint32
{
	volatile uint32 value;
} pg_atomic_uint32;

typedef struct pg_atomic_uint64
{
	volatile uint64 value __attribute__((aligned(8)));
} pg_atomic_uint64;

#define pg_compiler_barrier() __asm__ __volatile__("" ::: "memory")
#define pg_memory_barrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define pg_read_barrier() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define pg_write_barrier() __atomic_thread_fence(__ATOMIC_RELEASE)

static inline void
pg_spin_delay(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__asm__ __volatile__("rep; nop");
#else
	pg_compiler_barrier();
#endif
}

static inline void pg_atomic_init_flag(volatile pg_atomic_flag *p) { __atomic_store_n(&p->value, 0, __ATOMIC_RELAXED); }
static inline bool
pg_atomic_test_set_flag(volatile pg_atomic_flag *p)
{
	return __atomic_exchange_n(&p->value, 1, __ATOMIC_ACQUIRE) == 0;
}
static inline bool
pg_atomic_unlocked_test_flag(volatile pg_atomic_flag *p)
{
	return __atomic_load_n(&p->value, __ATOMIC_RELAXED) == 0;
}
static inline void pg_atomic_clear_flag(volatile pg_atomic_flag *p) { __atomic_store_n(&p->value, 0, __ATOMIC_RELEASE); }

/* One definition for both widths. */
#define DEFINE_ATOMIC_OPS(name, atomic, type, stype)                                                                          \
	static inline void pg_atomic_init_##name(volatile atomic *p, type v)                                   \
	{                                                                                                                 \
		__atomic_store_n(&p->value, v, __ATOMIC_RELAXED);                                                             \
	}                                                                                                                 \
	static inline type pg_atomic_read_##name(volatile atomic *p)                                           \
	{                                                                                                                 \
		return __atomic_load_n(&p->value, __ATOMIC_RELAXED);                                                          \
	}                                                                                                                 \
	static inline void pg_atomic_write_##name(volatile atomic *p, type v)                                  \
	{                                                                                                                 \
		__atomic_store_n(&p->value, v, __ATOMIC_RELAXED);                                                             \
	}                                                                                                                 \
	static inline void pg_atomic_unlocked_write_##name(volatile atomic *p, type v)                         \
	{                                                                                                                 \
		__atomic_store_n(&p->value, v, __ATOMIC_RELAXED);                                                             \
	}                                                                                                                 \
	static inline type pg_atomic_exchange_##name(volatile atomic *p, type v)                               \
	{                                                                                                                 \
		return __atomic_exchange_n(&p->value, v, __ATOMIC_SEQ_CST);                                                   \
	}                                                                                                                 \
	static inline bool pg_atomic_compare_exchange_##name(volatile atomic *p, type *expected, type v)       \
	{                                                                                                                 \
		return __atomic_compare_exchange_n(&p->value, expected, v, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);        \
	}                                                                                                                 \
	static inline type pg_atomic_fetch_add_##name(volatile atomic *p, stype v)                             \
	{                                                                                                                 \
		return __atomic_fetch_add(&p->value, (type) v, __ATOMIC_SEQ_CST);                                             \
	}                                                                                                                 \
	static inline type pg_atomic_fetch_sub_##name(volatile atomic *p, stype v)                             \
	{                                                                                                                 \
		return __atomic_fetch_sub(&p->value, (type) v, __ATOMIC_SEQ_CST);                                             \
	}                                                                                                                 \
	static inline type pg_atomic_fetch_and_##name(volatile atomic *p, type v)                              \
	{                                                                                                                 \
		return __atomic_fetch_and(&p->value, v, __ATOMIC_SEQ_CST);                                                    \
	}                                                                                                                 \
	static inline type pg_atomic_fetch_or_##name(volatile atomic *p, type v)                               \
	{                                                                                                                 \
		return __atomic_fetch_or(&p->value, v, __ATOMIC_SEQ_CST);                                                     \
	}                                                                                                                 \
	static inline type pg_atomic_add_fetch_##name(volatile atomic *p, stype v)                             \
	{                                                                                                                 \
		return __atomic_add_fetch(&p->value, (type) v, __ATOMIC_SEQ_CST);                                             \
	}                                                                                                                 \
	static inline type pg_atomic_sub_fetch_##name(volatile atomic *p, stype v)                             \
	{                                                                                                                 \
		return __atomic_sub_fetch(&p->value, (type) v, __ATOMIC_SEQ_CST);                                             \
	}

DEFINE_ATOMIC_OPS(u32, pg_atomic_uint32, uint32, int32)
DEFINE_ATOMIC_OPS(u64, pg_atomic_uint64, uint64, int64)

#endif /* ATOMICS_H */
