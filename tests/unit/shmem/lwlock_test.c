/*
 * lwlock_test.c
 *    LWLocks between real processes: exclusion, no lost wake-ups, variables, and what a killed holder leaves.
 *    Method: one anonymous shared mapping, forked children that hammer it, invariants checked inside the locks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "postgres.h"

#include "shmem/lwlock_internal.h"
#include "storage/proc.h"

#define NPROCS 6
#define ROUNDS 20000

typedef struct Shared
{
	LWLock lock;
	LWLock var_lock;
	uint64 var;
	volatile int inside_exclusive;
	volatile long counter;
	pg_atomic_uint32 failures;
	PGPROC procs[NPROCS];
} Shared;
static Shared *sh;

static void
become(int i)
{
	memset(&sh->procs[i], 0, sizeof(PGPROC));
	sh->procs[i].pgprocno = i;
	MyProc = &sh->procs[i];
	lwlock_use_proc(MyProc);
}

static int
setup(void **state)
{
	sh = mmap(NULL, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	LWLockInitialize(&sh->lock, LWTRANCHE_BUFFER_CONTENT);
	LWLockInitialize(&sh->var_lock, LWTRANCHE_WAL_INSERT);
	return sh == MAP_FAILED;
}

static int
teardown(void **state)
{
	return munmap(sh, sizeof(Shared));
}

static void
hammer(int me)
{
	become(me);
	for (int i = 0; i < ROUNDS; i++)
	{
		if ((i + me) % 3 == 0)
		{
			LWLockAcquire(&sh->lock, LW_EXCLUSIVE);
			if (sh->inside_exclusive++ != 0)
				pg_atomic_fetch_add_u32(&sh->failures, 1);
			sh->counter++;
			if (i % 64 == 0)
				usleep(1);
			sh->inside_exclusive--;
			LWLockRelease(&sh->lock);
		}
		else if ((i + me) % 3 == 1)
		{
			LWLockAcquire(&sh->lock, LW_SHARED);
			if (sh->inside_exclusive != 0)
				pg_atomic_fetch_add_u32(&sh->failures, 1);
			LWLockRelease(&sh->lock);
		}
		else if (LWLockAcquireOrWait(&sh->lock, LW_EXCLUSIVE))
		{
			if (sh->inside_exclusive++ != 0)
				pg_atomic_fetch_add_u32(&sh->failures, 1);
			sh->inside_exclusive--;
			LWLockRelease(&sh->lock);
		}
	}
	_exit(LWLockHeldCount() != 0);
}

static void
wait_for_children(int n)
{
	for (int i = 0; i < n; i++)
	{
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
}

static void
test_exclusion(void **state)
{
	long expected = 0;

	for (int i = 0; i < NPROCS; i++)
	{
		for (int r = 0; r < ROUNDS; r++)
			expected += (r + i) % 3 == 0;
		if (fork() == 0)
		{
			alarm(60); /* a lost wake-up kills the child and fails the test */
			hammer(i);
		}
	}
	wait_for_children(NPROCS);
	assert_int_equal(pg_atomic_read_u32(&sh->failures), 0);
	assert_int_equal(sh->counter, expected);
}

static void
test_wait_for_var(void **state)
{
	pid_t pid = fork();
	uint64 seen = 0;

	if (pid == 0)
	{
		alarm(60);
		become(0);
		for (uint64 v = 1; v <= 2000; v++)
		{
			LWLockAcquire(&sh->var_lock, LW_EXCLUSIVE);
			LWLockUpdateVar(&sh->var_lock, &sh->var, v * 10);
			if (v % 100 == 0)
				usleep(100);
			LWLockReleaseClearVar(&sh->var_lock, &sh->var, v * 10 + 1);
		}
		_exit(0);
	}
	become(1);
	while (seen < 20000)
	{
		uint64 now = 0;

		if (LWLockWaitForVar(&sh->var_lock, &sh->var, seen, &now))
			now = *(volatile uint64 *) &sh->var;
		assert_true(now >= seen);
		seen = now;
	}
	lwlock_use_proc(NULL);
	wait_for_children(1);
}

static void
test_remains(void **state)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
	{
		become(0);
		LWLockAcquire(&sh->lock, LW_SHARED);
		raise(SIGKILL);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(lwlock_remains_of(&sh->procs[0]), LWLOCK_REMAINS_SHARED);
	lwlock_release_remains_of(&sh->procs[0]);
	become(1);
	assert_true(LWLockConditionalAcquire(&sh->lock, LW_EXCLUSIVE));
	assert_true(LWLockHeldByMeInMode(&sh->lock, LW_EXCLUSIVE));
	assert_int_equal(lwlock_remains_of(MyProc), LWLOCK_REMAINS_DAMAGE);
	LWLockReleaseAll();
	assert_int_equal(lwlock_remains_of(MyProc), LWLOCK_REMAINS_NONE);
	lwlock_use_proc(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exclusion),
		cmocka_unit_test(test_wait_for_var),
		cmocka_unit_test(test_remains),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
