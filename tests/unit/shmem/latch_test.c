/*
 * latch_test.c
 *    Latches lose no wake-up, whether the owner sleeps in the futex or in epoll.
 *    Method: ping-pong of a counter between two processes, each waiting on its own latch; an alarm ends a hang.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "postgres.h"

#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

#define ROUNDS 20000

/* Of process/, which this test does without. */
__attribute__((weak)) int MyProcPid;
__attribute__((weak)) bool IsUnderPostmaster;

typedef struct Shared
{
	Latch latch[2];
	volatile int turn;
	volatile int count;
} Shared;
static Shared *sh;

static void
wait_mine(Latch *latch, WaitEventSet *set)
{
	WaitEvent event;

	if (set)
		WaitEventSetWait(set, -1, &event, 1, WAIT_EVENT_CLIENT_READ);
	else
		WaitLatch(latch, WL_LATCH_SET, 0, WAIT_EVENT_CLIENT_READ);
	ResetLatch(latch);
}

static void
play(int me, bool epoll)
{
	Latch *mine = &sh->latch[me];
	WaitEventSet *set = NULL;
	int pipe_fds[2];

	MyProcPid = getpid();
	InitializeLatchSupport();
	OwnLatch(mine);
	if (epoll)
	{
		assert_int_equal(pipe(pipe_fds), 0);
		set = CreateWaitEventSet(TopMemoryContext, 2);
		AddWaitEventToSet(set, WL_LATCH_SET, PGINVALID_SOCKET, mine, NULL);
		AddWaitEventToSet(set, WL_SOCKET_READABLE, pipe_fds[0], NULL, NULL);
	}
	while (sh->count < ROUNDS)
	{
		while (sh->turn != me && sh->count < ROUNDS)
			wait_mine(mine, set);
		sh->count++;
		sh->turn = 1 - me;
		SetLatch(&sh->latch[1 - me]);
	}
	SetLatch(&sh->latch[1 - me]);
}

static void
ping_pong(bool epoll_a, bool epoll_b)
{
	pid_t pid;
	int status;

	InitSharedLatch(&sh->latch[0]);
	InitSharedLatch(&sh->latch[1]);
	sh->turn = sh->count = 0;
	pid = fork();
	if (pid == 0)
	{
		alarm(60);
		play(1, epoll_b);
		_exit(0);
	}
	alarm(60);
	play(0, epoll_a);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
test_futex(void **state)
{
	ping_pong(false, false);
}

static void
test_epoll(void **state)
{
	ping_pong(true, true);
}

static void
test_mixed(void **state)
{
	ping_pong(true, false);
}

static void
test_timeout(void **state)
{
	Latch latch;

	MyProcPid = getpid();
	InitLatch(&latch);
	assert_int_equal(WaitLatch(&latch, WL_LATCH_SET | WL_TIMEOUT, 20, WAIT_EVENT_PG_SLEEP), WL_TIMEOUT);
	SetLatch(&latch);
	assert_int_equal(WaitLatch(&latch, WL_LATCH_SET | WL_TIMEOUT, 20, WAIT_EVENT_PG_SLEEP), WL_LATCH_SET);
	ResetLatch(&latch);
	assert_int_equal(WaitLatch(&latch, WL_LATCH_SET | WL_TIMEOUT, 0, WAIT_EVENT_PG_SLEEP), WL_TIMEOUT);
}

static int
setup(void **state)
{
	MemoryContextInit();
	sh = mmap(NULL, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return sh == MAP_FAILED;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_futex),
		cmocka_unit_test(test_epoll),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_timeout),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
