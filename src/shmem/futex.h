/*
 * shmem/futex.h
 *    The four futex operations, on words in shared memory.
 */
#ifndef SHMEM_FUTEX_H
#define SHMEM_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "port/atomics.h"

/*
 * Sleeps while *word == expected, until woken with a common bit, a signal, or the timeout (relative; NULL: none).
 * Returns false only after a timeout; everything else is for the caller to look at again.
 */
static inline bool
futex_wait_bits(pg_atomic_uint32 *word, uint32 expected, uint32 bits, const struct timespec *timeout)
{
	struct timespec deadline;
	const struct timespec *deadline_p = NULL;

	/* FUTEX_WAIT_BITSET takes an absolute time, on the monotonic clock. */
	if (timeout != NULL)
	{
		clock_gettime(CLOCK_MONOTONIC, &deadline);
		deadline.tv_sec += timeout->tv_sec;
		deadline.tv_nsec += timeout->tv_nsec;
		if (deadline.tv_nsec >= 1000000000)
		{
			deadline.tv_nsec -= 1000000000;
			deadline.tv_sec++;
		}
		deadline_p = &deadline;
	}
	return !(syscall(SYS_futex, &word->value, FUTEX_WAIT_BITSET, expected, deadline_p, NULL, bits) < 0 &&
			 errno == ETIMEDOUT);
}

static inline bool
futex_wait(pg_atomic_uint32 *word, uint32 expected, const struct timespec *timeout)
{
	return futex_wait_bits(word, expected, FUTEX_BITSET_MATCH_ANY, timeout);
}

static inline void
futex_wake_bits(pg_atomic_uint32 *word, int count, uint32 bits)
{
	int save_errno = errno;

	syscall(SYS_futex, &word->value, FUTEX_WAKE_BITSET, count, NULL, NULL, bits);
	errno = save_errno;
}

static inline void
futex_wake(pg_atomic_uint32 *word, int count)
{
	futex_wake_bits(word, count, FUTEX_BITSET_MATCH_ANY);
}

#endif /* SHMEM_FUTEX_H */
