/*
 * utils/timeout.h
 *    Timers of a process: each has an id and a handler, which runs in a signal handler (set flags and latches only).
 *
 * One interval timer (SIGALRM) serves them all; enabling and disabling in quick succession costs no system call.
 */
#ifndef TIMEOUT_H
#define TIMEOUT_H

#include "postgres.h"

typedef enum TimeoutId
{
	STARTUP_PACKET_TIMEOUT,
	DEADLOCK_TIMEOUT,
	LOCK_TIMEOUT,
	STATEMENT_TIMEOUT,
	STANDBY_DEADLOCK_TIMEOUT,
	STANDBY_TIMEOUT,
	STANDBY_LOCK_TIMEOUT,
	IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
	IDLE_SESSION_TIMEOUT,
	IDLE_STATS_UPDATE_TIMEOUT,
	CLIENT_CONNECTION_CHECK_TIMEOUT,
	STARTUP_PROGRESS_TIMEOUT,
	USER_TIMEOUT, /* first of those that modules register */
	MAX_TIMEOUTS = USER_TIMEOUT + 10
} TimeoutId;

typedef void (*timeout_handler_proc)(void);

typedef enum TimeoutType
{
	TMPARAM_AFTER,
	TMPARAM_AT,
	TMPARAM_EVERY
} TimeoutType;

typedef struct
{
	TimeoutId id;
	TimeoutType type;
	int delay_ms;	  /* AFTER, EVERY */
	int64 fin_time;	  /* TMPARAM_AT: TimestampTz */
} EnableTimeoutParams;

typedef struct
{
	TimeoutId id;
	bool keep_indicator;
} DisableTimeoutParams;

extern void InitializeTimeouts(void); /* also disables everything inherited over fork */
extern TimeoutId RegisterTimeout(TimeoutId id, timeout_handler_proc handler);
extern void reschedule_timeouts(void);
extern void enable_timeout_after(TimeoutId id, int delay_ms);
extern void enable_timeout_every(TimeoutId id, int64 fin_time, int delay_ms);
extern void enable_timeout_at(TimeoutId id, int64 fin_time);
extern void enable_timeouts(const EnableTimeoutParams *timeouts, int count);
extern void disable_timeout(TimeoutId id, bool keep_indicator);
extern void disable_timeouts(const DisableTimeoutParams *timeouts, int count);
extern void disable_all_timeouts(bool keep_indicators);
extern bool get_timeout_active(TimeoutId id);
extern bool get_timeout_indicator(TimeoutId id, bool reset_indicator); /* has it fired? */
extern int64 get_timeout_start_time(TimeoutId id);
extern int64 get_timeout_finish_time(TimeoutId id);

#endif /* TIMEOUT_H */
