/*
 * shmem/latch_internal.h
 *    Shared between latch.c and wait_event_set.c.
 */
#ifndef LATCH_INTERNAL_H
#define LATCH_INTERNAL_H

/* Latch.sleeping */
enum
{
	LATCH_AWAKE,
	LATCH_IN_FUTEX,
	LATCH_IN_EPOLL
};

extern void latch_exit_if_postmaster_died(int wakeEvents);

#endif /* LATCH_INTERNAL_H */
