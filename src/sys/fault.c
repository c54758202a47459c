/*
 * fault.c
 *    Fault points (sys/fault.h): parsing the specification, counting hits, acting.
 */
#include "postgres.h"

#include <signal.h>
#include <unistd.h>

#include "sys/fault.h"

typedef enum FaultAction
{
	FAULT_NONE,
	FAULT_CRASH,
	FAULT_ERROR,
	FAULT_STOP
} FaultAction;

typedef struct FaultPoint
{
	const char *name;
	FaultAction action;
	int countdown; /* hits until it is due */
	bool always;   /* due at every hit */
} FaultPoint;

static FaultPoint fault_points[] = {
#define FAULT(point, proves) {.name = (point)},
#include "sys/fault_points.list"
#undef FAULT
};

bool fault_points_armed = false;

static FaultPoint *
find_point(const char *name, size_t length)
{
	for (int i = 0; i < lengthof(fault_points); i++)
		if (strlen(fault_points[i].name) == length && memcmp(fault_points[i].name, name, length) == 0)
			return &fault_points[i];
	return NULL;
}

/* A point is due once, at its nth hit, or always. */
static bool
is_due(FaultPoint *point)
{
	if (point->action == FAULT_NONE)
		return false;
	if (point->always)
		return true;
	return point->countdown > 0 && --point->countdown == 0;
}

bool
fault_point_hit(const char *name)
{
	FaultPoint *point = find_point(name, strlen(name));

	AssertAlways(point != NULL); /* a name that is not in the list */
	if (!is_due(point))
		return false;
	switch (point->action)
	{
		case FAULT_CRASH:
			write_stderr("fault point \"%s\": crashing\n", name);
			kill(getpid(), SIGKILL);
			_exit(2);
		case FAULT_STOP:
			write_stderr("fault point \"%s\": stopping\n", name);
			raise(SIGSTOP);
			return false;
		default:
			return true;
	}
}

void
fault_point_raise(const char *name)
{
	ereport(ERROR, errcode(ERRCODE_IO_ERROR), errmsg("error raised by fault point \"%s\"", name));
}

static FaultAction
parse_action(const char *text, size_t length)
{
	static const struct
	{
		const char *name;
		FaultAction action;
	} actions[] = {{"crash", FAULT_CRASH}, {"error", FAULT_ERROR}, {"stop", FAULT_STOP}};

	for (int i = 0; i < lengthof(actions); i++)
		if (strlen(actions[i].name) == length && memcmp(actions[i].name, text, length) == 0)
			return actions[i].action;
	return FAULT_NONE;
}

/* One name:action[:nth]; apply = false only checks it. */
static bool
parse_item(const char *item, size_t length, bool apply, const char **message)
{
	const char *colon = memchr(item, ':', length);
	const char *action_text = colon ? colon + 1 : NULL;
	size_t action_length = colon ? length - (action_text - item) : 0;
	const char *second = colon ? memchr(action_text, ':', action_length) : NULL;
	FaultPoint *point = colon ? find_point(item, colon - item) : NULL;
	FaultAction action;
	long nth = 1;

	if (second)
	{
		nth = second[1] == '*' ? 0 : strtol(second + 1, NULL, 10);
		action_length = second - action_text;
	}
	action = colon ? parse_action(action_text, action_length) : FAULT_NONE;
	if (point == NULL)
		*message = "There is no such fault point.";
	else if (action == FAULT_NONE)
		*message = "The action must be \"crash\", \"error\" or \"stop\".";
	else if (nth < 0 || nth > 1000000000)
		*message = "The hit number is out of range.";
	else
	{
		if (apply)
		{
			point->action = action;
			point->countdown = (int) nth;
			point->always = nth == 0;
			fault_points_armed = true;
		}
		return true;
	}
	return false;
}

static bool
parse_all(const char *specification, bool apply, const char **message)
{
	for (const char *item = specification; *item;)
	{
		size_t length = strcspn(item, ",");

		if (!parse_item(item, length, apply, message))
			return false;
		item += length + (item[length] == ',');
	}
	return true;
}

bool
fault_points_check(const char *specification, const char **message)
{
	return parse_all(specification, false, message);
}

bool
fault_points_arm(const char *specification, const char **message)
{
	if (!parse_all(specification, false, message))
		return false;
	fault_points_armed = false;
	for (int i = 0; i < lengthof(fault_points); i++)
		fault_points[i].action = FAULT_NONE;
	return parse_all(specification, true, message);
}

void
fault_points_arm_from_environment(void)
{
	const char *specification = getenv("MATRIARCH_FAULTS");
	const char *message;

	if (specification && !fault_points_arm(specification, &message))
		write_stderr("MATRIARCH_FAULTS is not usable: %s\n", message);
}
