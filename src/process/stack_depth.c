/*
 * stack_depth.c
 *    How deep may recursion go (miscadmin.h: check_stack_depth).
 */
#include "postgres.h"

#include <sys/resource.h>

#include "miscadmin.h"
#include "utils/guc.h"

#define STACK_RESERVE_KB 512 /* for signal handlers and what does not check */

int max_stack_depth = 100;
static size_t max_stack_depth_bytes = 100 * 1024;
static char *stack_base = NULL;

pg_stack_base_t
set_stack_base(void)
{
	char *old = stack_base;

	stack_base = __builtin_frame_address(0);
	return old;
}

void
restore_stack_base(pg_stack_base_t base)
{
	stack_base = base;
}

bool
stack_is_too_deep(void)
{
	char *here = __builtin_frame_address(0);
	ptrdiff_t depth = stack_base - here;

	return stack_base != NULL && (size_t) (depth < 0 ? -depth : depth) > max_stack_depth_bytes;
}

void
check_stack_depth(void)
{
	if (unlikely(stack_is_too_deep()))
		ereport(ERROR,
				errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				errmsg("stack depth limit exceeded"),
				errhint("Increase the configuration parameter \"max_stack_depth\" (currently %dkB), "
						"after ensuring the platform's stack depth limit is adequate.",
						max_stack_depth));
}

/* The kernel's limit in kB; -1: none or unknown. */
static long
kernel_stack_limit_kb(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return -1;
	return (long) Min(limit.rlim_cur / 1024, (rlim_t) INT32_MAX);
}

bool
check_max_stack_depth(int *newval, void **extra, GucSource source)
{
	long limit = kernel_stack_limit_kb();

	if (limit > 0 && *newval > limit - STACK_RESERVE_KB)
	{
		GUC_check_errdetail("\"max_stack_depth\" must not exceed %ldkB.", limit - STACK_RESERVE_KB);
		GUC_check_errhint("Increase the platform's stack depth limit via \"ulimit -s\" or local equivalent.");
		return false;
	}
	return true;
}

void
assign_max_stack_depth(int newval, void *extra)
{
	max_stack_depth_bytes = (size_t) newval * 1024;
}

/* Two megabytes, or what the kernel's limit leaves: as a default of the platform, weaker than any configuration. */
void
set_stack_depth_default(void)
{
	long limit = kernel_stack_limit_kb();
	char text[16];

	if (limit < 0)
		limit = 2048 + STACK_RESERVE_KB;
	limit = Min(limit - STACK_RESERVE_KB, 2048);
	if (limit > 100)
	{
		snprintf(text, sizeof(text), "%ld", limit);
		SetConfigOption("max_stack_depth", text, PGC_POSTMASTER, PGC_S_DYNAMIC_DEFAULT);
	}
}
