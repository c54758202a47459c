/*
 * sys/fault.h
 *    Named points at which a test can make the server crash, fail or stop.
 *
 * Every name is a line of sys/fault_points.list. Armed by the environment variable MATRIARCH_FAULTS or the setting
 * fault_points: 'name:action[:nth][,...]' with action
 *    crash   _exit the process as if killed, at the nth hit (default 1)
 *    error   FAULT_FAILS() says yes (FAULT_POINT raises ERROR), at the nth hit only; nth = '*' means always
 *    stop    SIGSTOP this process, so that a test can look around
 * When nothing is armed a point costs one predictable branch.
 */
#ifndef SYS_FAULT_H
#define SYS_FAULT_H

#include "c.h"

extern bool fault_points_armed;
extern bool fault_point_hit(const char *name); /* true: the action is "error" and it is due */
extern void fault_point_raise(const char *name);

#define FAULT_FAILS(name) (unlikely(fault_points_armed) && fault_point_hit(name))
#define FAULT_POINT(name)            \
	do                               \
	{                                \
		if (FAULT_FAILS(name))       \
			fault_point_raise(name); \
	} while (0)

/* Parse a specification and arm it; false (with *message) when it is not one. "" disarms all. */
extern bool fault_points_arm(const char *specification, const char **message);
extern bool fault_points_check(const char *specification, const char **message); /* the same, arming nothing */
extern void fault_points_arm_from_environment(void);

#endif /* SYS_FAULT_H */
