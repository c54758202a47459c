/*
 * deadlock_test.c
 *    The deadlock search on hand-made graphs, and on random ones against brute force: a verdict "none" or "soft" must leave no cycle
 *    through the start, a verdict "hard" must name a real cycle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"

#include "lock/deadlock.h"
#include "lock/lock_internal.h"

#define MAXP 8
#define MAXL 6

typedef struct Model
{
	DeadlockGraph graph;
	DeadlockProc procs[MAXP];
	DeadlockLock locks[MAXL];
	DeadlockHolder holders[MAXL][MAXP];
	int waiters[MAXL][MAXP];
} Model;

static Model *
new_model(int nprocs, int nlocks)
{
	Model *m = calloc(1, sizeof(Model));

	m->graph = (DeadlockGraph) {
		.nprocs = nprocs, .procs = m->procs, .nlocks = nlocks, .locks = m->locks, .conflicts = lock_conflicts};
	for (int i = 0; i < MAXP; i++)
		m->procs[i].lock = DEADLOCK_NOBODY;
	for (int i = 0; i < MAXL; i++)
	{
		m->locks[i].holders = m->holders[i];
		m->locks[i].waiters = m->waiters[i];
	}
	return m;
}

static void
holds(Model *m, int proc, int lock, int mode)
{
	DeadlockLock *l = &m->locks[lock];

	l->holders[l->nholders++] = (DeadlockHolder) {.proc = proc, .modes = LOCKBIT_ON(mode)};
}

static void
waits(Model *m, int proc, int lock, int mode)
{
	DeadlockLock *l = &m->locks[lock];

	m->procs[proc] = (DeadlockProc) {.lock = lock, .mode = mode};
	l->waiters[l->nwaiters++] = proc;
}

static DeadlockVerdict
judge(Model *m, int start, DeadlockResult *result)
{
	void *workspace = malloc(deadlock_workspace_size(&m->graph));

	result->cycle = malloc(sizeof(int) * MAXP);
	result->lock_changed = calloc(MAXL, sizeof(bool));
	deadlock_search(&m->graph, start, result, workspace);
	free(workspace);
	return result->verdict;
}

static void
release(Model *m, DeadlockResult *result)
{
	free(result->cycle);
	free(result->lock_changed);
	free(m);
}

static void
test_no_deadlock(void **state)
{
	Model *m = new_model(3, 2);
	DeadlockResult r;

	holds(m, 0, 0, ExclusiveLock);
	waits(m, 1, 0, ExclusiveLock);
	holds(m, 1, 1, ExclusiveLock);
	waits(m, 2, 1, ShareLock);
	assert_int_equal(judge(m, 2, &r), DEADLOCK_NONE);
	release(m, &r);
}

static void
test_two_processes(void **state)
{
	Model *m = new_model(2, 2);
	DeadlockResult r;

	holds(m, 0, 0, ExclusiveLock);
	holds(m, 1, 1, ExclusiveLock);
	waits(m, 0, 1, ExclusiveLock);
	waits(m, 1, 0, ExclusiveLock);
	assert_int_equal(judge(m, 1, &r), DEADLOCK_HARD);
	assert_int_equal(r.cycle_length, 2);
	assert_int_equal(r.cycle[0], 1);
	assert_int_equal(r.cycle[1], 0);
	release(m, &r);
}

/* Two share holders that both want to become exclusive. */
static void
test_upgrade(void **state)
{
	Model *m = new_model(2, 1);
	DeadlockResult r;

	holds(m, 0, 0, ShareLock);
	holds(m, 1, 0, ShareLock);
	waits(m, 0, 0, ExclusiveLock);
	waits(m, 1, 0, ExclusiveLock);
	assert_int_equal(judge(m, 1, &r), DEADLOCK_HARD);
	release(m, &r);
}

/*
 * 0 holds A shared. 1 waits for A exclusively. 2 waits behind it for A shared, and holds B, which 0 wants: letting 2 go before 1
 * resolves it.
 */
static void
test_soft(void **state)
{
	Model *m = new_model(3, 2);
	DeadlockResult r;

	holds(m, 0, 0, ShareLock);
	waits(m, 1, 0, ExclusiveLock);
	waits(m, 2, 0, ShareLock);
	holds(m, 2, 1, ExclusiveLock);
	waits(m, 0, 1, ExclusiveLock);
	assert_int_equal(judge(m, 0, &r), DEADLOCK_SOFT);
	assert_true(r.lock_changed[0]);
	assert_false(r.lock_changed[1]);
	assert_int_equal(m->waiters[0][0], 2);
	assert_int_equal(m->waiters[0][1], 1);
	release(m, &r);
}

/* Brute force: can start come back to itself along any edges, under the queues as they are? */
static bool
reaches(Model *m, int from, int target, bool *seen)
{
	DeadlockProc *p = &m->procs[from];
	DeadlockLock *l;

	if (p->lock == DEADLOCK_NOBODY)
		return false;
	l = &m->locks[p->lock];
	for (int step = 0; step < 2; step++)
	{
		int n = step == 0 ? l->nholders : l->nwaiters;

		for (int i = 0; i < n; i++)
		{
			int next = step == 0 ? l->holders[i].proc : l->waiters[i];
			uint32 modes = step == 0 ? l->holders[i].modes : LOCKBIT_ON(m->procs[l->waiters[i]].mode);

			if (step == 1 && next == from)
				break;
			if (next == from || !(lock_conflicts[p->mode] & modes))
				continue;
			if (next == target)
				return true;
			if (!seen[next])
			{
				seen[next] = true;
				if (reaches(m, next, target, seen))
					return true;
			}
		}
	}
	return false;
}

static uint32
next_random(uint32 *state, uint32 n)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 10) % n;
}

static void
test_random(void **state)
{
	uint32 rnd = 42;
	int verdicts[3] = {0};

#define NEXT(n) next_random(&rnd, n)
	for (int round = 0; round < 20000; round++)
	{
		int nprocs = 2 + NEXT(MAXP - 1);
		int nlocks = 1 + NEXT(MAXL);
		Model *m = new_model(nprocs, nlocks);
		DeadlockResult r;
		int start = NEXT(nprocs);
		bool seen[MAXP] = {false};

		for (int l = 0; l < nlocks; l++)
		{
			/* Compatible holders: all share, or one exclusive. */
			if (NEXT(2))
				holds(m, NEXT(nprocs), l, ExclusiveLock);
			else
				for (int p = 0; p < nprocs; p++)
					if (NEXT(3) == 0)
						holds(m, p, l, ShareLock);
		}
		for (int p = 0; p < nprocs; p++)
			if (NEXT(4) != 0)
				waits(m, p, NEXT(nlocks), NEXT(2) ? ExclusiveLock : ShareLock);
		verdicts[judge(m, start, &r)]++;
		if (r.verdict != DEADLOCK_HARD)
			assert_false(reaches(m, start, start, seen));
		else
		{
			assert_int_equal(r.cycle[0], start);
			assert_true(r.cycle_length >= 2);
			for (int i = 0; i < r.cycle_length; i++)
				assert_int_not_equal(m->procs[r.cycle[i]].lock, DEADLOCK_NOBODY);
			assert_true(reaches(m, start, start, seen));
		}
		release(m, &r);
	}
	assert_true(verdicts[DEADLOCK_NONE] > 100 && verdicts[DEADLOCK_SOFT] > 10 && verdicts[DEADLOCK_HARD] > 100);
}

static void
test_conflict_table_is_symmetric(void **state)
{
	for (int a = 1; a <= MaxLockMode; a++)
		for (int b = 1; b <= MaxLockMode; b++)
			assert_int_equal(DoLockModesConflict(a, b), DoLockModesConflict(b, a));
	assert_false(DoLockModesConflict(RowExclusiveLock, RowExclusiveLock));
	assert_true(DoLockModesConflict(ShareUpdateExclusiveLock, ShareUpdateExclusiveLock));
	assert_false(DoLockModesConflict(ShareLock, ShareLock));
	assert_false(DoLockModesConflict(ExclusiveLock, AccessShareLock));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_deadlock),
		cmocka_unit_test(test_two_processes),
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_soft),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_conflict_table_is_symmetric),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
