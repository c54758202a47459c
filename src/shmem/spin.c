/*
 * spin.c
 *    The slow path of spinlocks.
 *
 * A spinlock is held for some ten instructions, so a short busy wait nearly always suffices. If it does not, the holder has
 * been descheduled (or killed): then this process sleeps, longer each time, and after two minutes calls the lock stuck,
 * which is a PANIC because nobody can say in what state the protected structure is.
 */
#include "postgres.h"

#include <time.h>

#include "storage/spin.h"

#define BUSY_ROUNDS 200
#define FIRST_SLEEP_US 50
#define LONGEST_SLEEP_US 10000
#define STUCK_AFTER_US (120 * 1000000L)

void
s_lock_wait(volatile slock_t *lock)
{
	long slept_us = 0;
	long sleep_us = FIRST_SLEEP_US;

	for (;;)
	{
		for (int i = 0; i < BUSY_ROUNDS; i++)
		{
			if (SpinLockFree(lock) && __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) == 0)
				return;
			pg_spin_delay();
		}
		if (slept_us > STUCK_AFTER_US)
			elog(PANIC, "stuck spinlock detected at %p", (const void *) lock);
		struct timespec ts = {0, sleep_us * 1000};

		nanosleep(&ts, NULL);
		slept_us += sleep_us;
		sleep_us = Min(sleep_us * 2, LONGEST_SLEEP_US);
	}
}
