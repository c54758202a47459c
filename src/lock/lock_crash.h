/*
 * lock/lock_crash.h
 *    For the crash cleaner.
 */
#ifndef LOCK_CRASH_H
#define LOCK_CRASH_H

typedef struct PGPROC PGPROC;

/* Releases all heavyweight locks of a process that is gone, takes it off its wait queue, and wakes who can go. */
extern void lock_release_remains_of(PGPROC *dead);

#endif /* LOCK_CRASH_H */
