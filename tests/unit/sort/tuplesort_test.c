/*
 * tuplesort_test.c
 *    Goal: sorting sorts, in memory and bounded, forwards and backwards. Method: random integers against qsort; the variants that
 *    need catalogs are tested by SQL.
 */
#include "server_test.h"

#include "sort/sort.h"

static uint32 seed = 20260104;

static uint32
random_below(uint32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32) (((uint64) seed * limit) >> 32);
}

static Tuplesortstate *
begin_ints(bool reverse, bool nulls_first, bool inline_compare)
{
	Tuplesortstate *state = sort_begin_common(65536, TUPLESORT_RANDOMACCESS | TUPLESORT_ALLOWBOUNDED);

	state->nkeys = 1;
	state->only_key = true;
	state->datum_type = 23;
	state->datum_byval = true;
	state->datum_len = 4;
	state->keys = palloc0_object(SortSupportData);
	state->keys->comparator = ssup_datum_int32_cmp;
	state->keys->int_kind = inline_compare ? SORT_INT32 : SORT_NOT_INT;
	state->keys->ssup_reverse = reverse;
	state->keys->ssup_nulls_first = nulls_first;
	return state;
}

static int
compare_ints(const void *a, const void *b)
{
	int32 x = *(const int32 *) a, y = *(const int32 *) b;

	return (x > y) - (x < y);
}

static void
sorts_like_qsort(void **unused)
{
	for (int round = 0; round < 60; round++)
	{
		int n = (int) random_below(round < 30 ? 200 : 20000);
		uint32 range = round % 3 == 0 ? 5 : round % 3 == 1 ? 1000 : 1u << 31;
		bool reverse = random_below(2), nulls_first = random_below(2);
		Tuplesortstate *state = begin_ints(reverse, nulls_first, round % 2 == 0);
		int32 *expected = palloc_array(int32, n + 1);
		int nulls = 0, m = 0;
		Datum value;
		bool isnull;

		for (int i = 0; i < n; i++)
		{
			int32 x = (int32) random_below(range) - (int32) (range / 2);

			if (random_below(20) == 0)
			{
				nulls++;
				tuplesort_putdatum(state, 0, true);
				continue;
			}
			expected[m++] = x;
			tuplesort_putdatum(state, Int32GetDatum(x), false);
		}
		qsort(expected, m, sizeof(int32), compare_ints);
		tuplesort_performsort(state);
		for (int i = 0; i < n; i++)
		{
			int at = nulls_first ? i - nulls : i;

			assert_true(tuplesort_getdatum(state, true, &value, &isnull, NULL));
			assert_int_equal(isnull, nulls_first ? i < nulls : i >= m);
			if (!isnull)
				assert_int_equal(DatumGetInt32(value), expected[reverse ? m - 1 - at : at]);
		}
		assert_false(tuplesort_getdatum(state, true, &value, &isnull, NULL));
		for (int i = n - 1; i >= 0; i--)
			assert_true(tuplesort_getdatum(state, false, &value, &isnull, NULL));
		assert_false(tuplesort_getdatum(state, false, &value, &isnull, NULL));
		tuplesort_end(state);
		pfree(expected);
	}
}

static void
bounded_gives_the_first(void **unused)
{
	for (int round = 0; round < 30; round++)
	{
		int n = 1000 + (int) random_below(5000), bound = 1 + (int) random_below(100);
		Tuplesortstate *state = begin_ints(false, false, true);
		int32 *expected = palloc_array(int32, n);
		Datum value;
		bool isnull;

		tuplesort_set_bound(state, bound);
		for (int i = 0; i < n; i++)
		{
			expected[i] = (int32) random_below(100000);
			tuplesort_putdatum(state, Int32GetDatum(expected[i]), false);
		}
		qsort(expected, n, sizeof(int32), compare_ints);
		tuplesort_performsort(state);
		assert_true(tuplesort_used_bound(state));
		for (int i = 0; i < bound; i++)
		{
			assert_true(tuplesort_getdatum(state, true, &value, &isnull, NULL));
			assert_int_equal(DatumGetInt32(value), expected[i]);
		}
		tuplesort_end(state);
		pfree(expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_like_qsort),
		cmocka_unit_test(bounded_gives_the_first),
	};

	MemoryContextInit();
	CurrentMemoryContext = TopMemoryContext;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
