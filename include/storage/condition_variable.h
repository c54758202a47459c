/*
 * storage/condition_variable.h
 *    Condition variables in shared memory.
 *
 * A condition variable is a futex counter: a sleeper remembers the counter, tests its condition, and sleeps only while the
 * counter is what it was; signalling moves the counter and wakes. No queue of processes: a killed sleeper leaves nothing.
 *
 *    ConditionVariablePrepareToSleep(cv);
 *    while (!condition)
 *        ConditionVariableSleep(cv, WAIT_EVENT_...);
 *    ConditionVariableCancelSleep();
 *
 * Sleeps end early for interrupts: ConditionVariableSleep calls CHECK_FOR_INTERRUPTS and may raise.
 */
#ifndef CONDITION_VARIABLE_H
#define CONDITION_VARIABLE_H

#include "port/atomics.h"

typedef struct ConditionVariable
{
	pg_atomic_uint32 seq;	   /* futex word */
	pg_atomic_uint32 sleepers; /* an upper bound; 0 lets the signaller skip the system call */
} ConditionVariable;

typedef union ConditionVariableMinimallyPadded
{
	ConditionVariable cv;
	char pad[16];
} ConditionVariableMinimallyPadded;

extern void ConditionVariableInit(ConditionVariable *cv);
extern void ConditionVariablePrepareToSleep(ConditionVariable *cv);
extern void ConditionVariableSleep(ConditionVariable *cv, uint32 wait_event_info);
/* True: timed out (timeout in ms). */
extern bool ConditionVariableTimedSleep(ConditionVariable *cv, long timeout, uint32 wait_event_info);
extern void ConditionVariableCancelSleep(void);
extern void ConditionVariableSignal(ConditionVariable *cv);
extern void ConditionVariableBroadcast(ConditionVariable *cv);

#endif /* CONDITION_VARIABLE_H */
