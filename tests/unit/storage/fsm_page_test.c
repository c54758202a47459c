/*
 * Goal: a search of a free space map page finds a slot that is large enough exactly when there is one, and broken maxima mend
 * themselves. Method: random sets and searches against a plain array.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"
#include "storage/fsm_page.h"

static FsmPage fsm;
static uint8 plain[FSM_SLOTS];

static bool
plain_has(uint8 minvalue)
{
	for (int i = 0; i < FSM_SLOTS; i++)
		if (plain[i] >= minvalue)
			return true;
	return false;
}

static void
random_use(void **state)
{
	uint32 seed = 7;

	memset(&fsm, 0, sizeof(fsm));
	memset(plain, 0, sizeof(plain));
	for (int step = 0; step < 20000; step++)
	{
		int slot;
		uint8 value;

		seed = seed * 1664525 + 1013904223;
		slot = (int) ((seed >> 8) % FSM_SLOTS);
		value = (uint8) (seed >> 24);
		if (step % 3 != 0)
		{
			fsm_page_set(&fsm, slot, step % 5 == 0 ? 0 : value);
			plain[slot] = step % 5 == 0 ? 0 : value;
		}
		else
		{
			int found = fsm_page_search(&fsm, Max(value, 1), true);

			assert_int_equal(found >= 0, plain_has(Max(value, 1)));
			if (found >= 0)
				assert_true(plain[found] >= value);
		}
	}
}

static void
mends_itself(void **state)
{
	memset(&fsm, 0, sizeof(fsm));
	memset(fsm.group, 200, sizeof(fsm.group));
	fsm.max = 200;
	fsm.next = 4000000000u;
	assert_int_equal(fsm_page_search(&fsm, 100, false), -1);
	fsm_page_rebuild(&fsm);
	assert_int_equal(fsm.max, 0);
	fsm_page_set(&fsm, FSM_SLOTS - 1, 9);
	assert_int_equal(fsm_page_search(&fsm, 9, false), FSM_SLOTS - 1);
	assert_true(fsm_page_truncate(&fsm, FSM_SLOTS - 1));
	assert_int_equal(fsm_page_search(&fsm, 1, false), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_use),
		cmocka_unit_test(mends_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
