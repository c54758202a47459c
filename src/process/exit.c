/*
 * exit.c
 *    Leaving a process (storage/ipc.h): three stacks of callbacks, run once.
 *
 * A callback is taken off its stack before it is called. If it raises FATAL, proc_exit() starts again and goes on with the
 * next one, so every callback gets its chance and none runs twice.
 */
#include "postgres.h"

#include <unistd.h>

#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/memutils.h"

#define CALLBACKS_MAX 20

typedef struct ExitCallback
{
	pg_on_exit_callback function;
	Datum arg;
} ExitCallback;

typedef struct ExitStack
{
	int count;
	ExitCallback items[CALLBACKS_MAX];
} ExitStack;

typedef struct ExitStacks
{
	ExitStack before_shmem;
	ExitStack on_shmem;
	ExitStack on_proc;
	pid_t owner; /* who registered: a forked child must not run its parent's callbacks */
} ExitStacks;

static ExitStacks stacks;

bool proc_exit_inprogress = false;
bool shmem_exit_inprogress = false;

static void
push_callback(ExitStack *stack, pg_on_exit_callback function, Datum arg)
{
	if (stack->count >= CALLBACKS_MAX)
		ereport(FATAL,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg_internal("out of exit callback slots"));
	stack->items[stack->count++] = (ExitCallback){function, arg};
	stacks.owner = getpid();
}

void
on_proc_exit(pg_on_exit_callback function, Datum arg)
{
	push_callback(&stacks.on_proc, function, arg);
}

void
on_shmem_exit(pg_on_exit_callback function, Datum arg)
{
	push_callback(&stacks.on_shmem, function, arg);
}

void
before_shmem_exit(pg_on_exit_callback function, Datum arg)
{
	push_callback(&stacks.before_shmem, function, arg);
}

void
cancel_before_shmem_exit(pg_on_exit_callback function, Datum arg)
{
	ExitStack *stack = &stacks.before_shmem;

	if (stack->count == 0 || stack->items[stack->count - 1].function != function ||
		stack->items[stack->count - 1].arg != arg)
		elog(ERROR, "before_shmem_exit callback (%p,0x%" PRIxPTR ") is not the latest entry", function, arg);
	stack->count--;
}

void
on_exit_reset(void)
{
	stacks = (ExitStacks){0};
}

void
check_on_shmem_exit_lists_are_empty(void)
{
	if (stacks.before_shmem.count > 0)
		elog(FATAL, "before_shmem_exit has been called prematurely");
	if (stacks.on_shmem.count > 0)
		elog(FATAL, "on_shmem_exit has been called prematurely");
}

static void
run_stack(ExitStack *stack, int code)
{
	while (stack->count > 0)
	{
		ExitCallback callback = stack->items[--stack->count];

		callback.function(code, callback.arg);
	}
}

void
shmem_exit(int code)
{
	shmem_exit_inprogress = true;
	run_stack(&stacks.before_shmem, code);
	run_stack(&stacks.on_shmem, code);
	shmem_exit_inprogress = false;
}

/* From here on nothing may interrupt, catch or time out. */
static void
prepare_to_exit(int code)
{
	proc_exit_inprogress = true;
	InterruptPending = false;
	ProcDiePending = false;
	QueryCancelPending = false;
	InterruptHoldoffCount = 1;
	CritSectionCount = 0;
	error_context_stack = NULL;
	/* callbacks may palloc: in the one context that is sure to be there */
	MemoryContextSwitchTo(TopMemoryContext);
}

void
proc_exit(int code)
{
	if (stacks.owner != 0 && stacks.owner != getpid())
		_exit(code); /* a forked child that has not become anything: its parent's things are not its to give back */
	prepare_to_exit(code);
	shmem_exit(code);
	run_stack(&stacks.on_proc, code);
	fflush(NULL);
	exit(code);
}
