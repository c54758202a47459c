/*
 * sort_items.c
 *    Sorting the array in memory.
 *
 * Quicksort with a median of three or nine, insertion sort for short ranges, and a look whether the input is in order already. The
 * same text is compiled for each kind of first key, so that integers are compared in line.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "sort/sort.h"

#define THREE_WAY(a, b) (((a) > (b)) - ((a) < (b)))

#define CMP_GENERIC(a, b) sort_compare(state, (a), (b))
#define CMP_INT(type, a, b) compare_##type(state, (a), (b))

#define DEFINE_INT_COMPARE(name, type, get)                                                                    \
	static pg_attribute_always_inline int compare_##name(Tuplesortstate *state, const SortItem *a, const SortItem *b) \
	{                                                                                                          \
		int result;                                                                                            \
                                                                                                               \
		if (unlikely(a->isnull || b->isnull))                                                                  \
			result = ApplySortComparator(a->key, a->isnull, b->key, b->isnull, &state->keys[0]);               \
		else                                                                                                   \
		{                                                                                                      \
			type x = get(a->key), y = get(b->key);                                                             \
                                                                                                               \
			result = THREE_WAY(x, y);                                                                          \
			if (state->keys[0].ssup_reverse)                                                                   \
				result = -result;                                                                              \
		}                                                                                                      \
		if (result != 0 || state->only_key)                                                                    \
			return result;                                                                                     \
		return state->compare_rest(a, b, state);                                                               \
	}

DEFINE_INT_COMPARE(int32, int32, DatumGetInt32)
DEFINE_INT_COMPARE(int64, int64, DatumGetInt64)
DEFINE_INT_COMPARE(word, Datum, (Datum))

static inline void
swap_items(SortItem *a, SortItem *b)
{
	SortItem t = *a;

	*a = *b;
	*b = t;
}

#define DEFINE_SORT(suffix, CMP)                                                                               \
	static SortItem *median3_##suffix(Tuplesortstate *state, SortItem *a, SortItem *b, SortItem *c)            \
	{                                                                                                          \
		if (CMP(a, b) < 0)                                                                                     \
			return CMP(b, c) < 0 ? b : (CMP(a, c) < 0 ? c : a);                                                \
		return CMP(b, c) > 0 ? b : (CMP(a, c) < 0 ? a : c);                                                    \
	}                                                                                                          \
	static void insertion_##suffix(Tuplesortstate *state, SortItem *a, int64 n)                                \
	{                                                                                                          \
		for (int64 i = 1; i < n; i++)                                                                          \
		{                                                                                                      \
			SortItem item = a[i];                                                                              \
			int64 j = i;                                                                                       \
                                                                                                               \
			while (j > 0 && CMP(&a[j - 1], &item) > 0)                                                         \
			{                                                                                                  \
				a[j] = a[j - 1];                                                                               \
				j--;                                                                                           \
			}                                                                                                  \
			a[j] = item;                                                                                       \
		}                                                                                                      \
	}                                                                                                          \
	static void sort_##suffix(Tuplesortstate *state, SortItem *a, int64 n)                                     \
	{                                                                                                          \
		while (n > 12)                                                                                         \
		{                                                                                                      \
			SortItem *pivot;                                                                                   \
			SortItem p;                                                                                        \
			int64 lo = 0, lt, gt;                                                                              \
                                                                                                               \
			CHECK_FOR_INTERRUPTS();                                                                            \
			if (n > 100)                                                                                       \
			{                                                                                                  \
				int64 d = n / 8;                                                                               \
                                                                                                               \
				pivot = median3_##suffix(state, median3_##suffix(state, a, a + d, a + 2 * d),                  \
										 median3_##suffix(state, a + n / 2 - d, a + n / 2, a + n / 2 + d),     \
										 median3_##suffix(state, a + n - 1 - 2 * d, a + n - 1 - d, a + n - 1)); \
			}                                                                                                  \
			else                                                                                               \
				pivot = median3_##suffix(state, a, a + n / 2, a + n - 1);                                      \
			p = *pivot;                                                                                        \
			/* Three parts: [0, lt) less, [lt, gt) equal, [gt, n) greater. */                                  \
			lt = 0;                                                                                            \
			gt = n;                                                                                            \
			while (lo < gt)                                                                                    \
			{                                                                                                  \
				int c = CMP(&a[lo], &p);                                                                       \
                                                                                                               \
				if (c < 0)                                                                                     \
				{                                                                                              \
					if (lo != lt)                                                                              \
						swap_items(&a[lo], &a[lt]);                                                            \
					lo++;                                                                                      \
					lt++;                                                                                      \
				}                                                                                              \
				else if (c > 0)                                                                                \
				{                                                                                              \
					do                                                                                         \
						gt--;                                                                                  \
					while (gt > lo && CMP(&a[gt], &p) > 0);                                                    \
					if (gt > lo)                                                                               \
						swap_items(&a[lo], &a[gt]);                                                            \
				}                                                                                              \
				else                                                                                           \
					lo++;                                                                                      \
			}                                                                                                  \
			/* Recurse into the shorter side: the depth stays logarithmic. */                                  \
			if (lt < n - gt)                                                                                   \
			{                                                                                                  \
				sort_##suffix(state, a, lt);                                                                   \
				a += gt;                                                                                       \
				n -= gt;                                                                                       \
			}                                                                                                  \
			else                                                                                               \
			{                                                                                                  \
				sort_##suffix(state, a + gt, n - gt);                                                          \
				n = lt;                                                                                        \
			}                                                                                                  \
		}                                                                                                      \
		insertion_##suffix(state, a, n);                                                                       \
	}                                                                                                          \
	static bool ordered_##suffix(Tuplesortstate *state, const SortItem *a, int64 n)                            \
	{                                                                                                          \
		for (int64 i = 1; i < n; i++)                                                                          \
			if (CMP(&a[i - 1], &a[i]) > 0)                                                                     \
				return false;                                                                                  \
		return true;                                                                                           \
	}

#define CMP_INT32(a, b) CMP_INT(int32, a, b)
#define CMP_INT64(a, b) CMP_INT(int64, a, b)
#define CMP_WORD(a, b) CMP_INT(word, a, b)
DEFINE_SORT(generic, CMP_GENERIC)
DEFINE_SORT(int32, CMP_INT32)
DEFINE_SORT(int64, CMP_INT64)
DEFINE_SORT(word, CMP_WORD)

#define SORT_WITH(suffix)                                        \
	do                                                           \
	{                                                            \
		if (!ordered_##suffix(state, state->items, state->nitems)) \
			sort_##suffix(state, state->items, state->nitems);   \
	} while (0)

void
sort_items(Tuplesortstate *state)
{
	if (state->nitems < 2)
		return;
	switch (state->abbreviated ? SORT_NOT_INT : state->keys[0].int_kind)
	{
		case SORT_INT32:
			SORT_WITH(int32);
			break;
		case SORT_INT64:
			SORT_WITH(int64);
			break;
		default:
			if (state->abbreviated || state->keys[0].int_kind == SORT_UINT32)
				SORT_WITH(word);
			else
				SORT_WITH(generic);
			break;
	}
}
