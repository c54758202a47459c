/*
 * tidbitmap_test.c
 *    Goal: TID sets are sets: union, intersection and iteration agree with a plain array, and running out of memory only
 *    makes them coarser. Method: random sets from a fixed seed.
 */
#include "server_test.h"

#include "nodes/tidbitmap.h"

#define BLOCKS 400
#define OFFSETS 60

typedef struct Model
{
	bool has[BLOCKS][OFFSETS + 1];
} Model;

static uint32 seed = 20260103;

static uint32
random_below(uint32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32) (((uint64) seed * limit) >> 32);
}

static void
fill(TIDBitmap *tbm, Model *model, int n)
{
	memset(model, 0, sizeof(*model));
	for (int i = 0; i < n; i++)
	{
		BlockNumber block = random_below(BLOCKS);
		OffsetNumber off = (OffsetNumber) (1 + random_below(OFFSETS));
		ItemPointerData tid;

		ItemPointerSet(&tid, block, off);
		tbm_add_tuples(tbm, &tid, 1, false);
		model->has[block][off] = true;
	}
}

/* exact: the bitmap names exactly the model's TIDs; else at least those, lossy pages counting as everything. */
static void
compare(TIDBitmap *tbm, const Model *model, bool exact)
{
	TBMIterator *it = tbm_begin_iterate(tbm);
	TBMIterateResult *page;
	int next = 0;

	while ((page = tbm_iterate(it)) != NULL)
	{
		OffsetNumber last = 0;

		for (; next < (int) page->blockno; next++)
			for (int o = 1; o <= OFFSETS; o++)
				assert_false(model->has[next][o]);
		next = (int) page->blockno + 1;
		if (page->ntuples < 0)
		{
			assert_false(exact);
			assert_true(page->recheck);
			continue;
		}
		for (int i = 0; i < page->ntuples; i++)
		{
			assert_true(page->offsets[i] > last);
			if (exact)
				assert_true(model->has[page->blockno][page->offsets[i]]);
			for (int o = last + 1; o < page->offsets[i] && o <= OFFSETS; o++)
				assert_false(model->has[page->blockno][o]);
			last = page->offsets[i];
		}
		for (int o = last + 1; o <= OFFSETS; o++)
			assert_false(model->has[page->blockno][o]);
	}
	for (; next < BLOCKS; next++)
		for (int o = 1; o <= OFFSETS; o++)
			assert_false(model->has[next][o]);
	tbm_end_iterate(it);
}

static void
sets_agree_with_the_model(void **unused)
{
	static Model a, b;

	for (int round = 0; round < 30; round++)
	{
		/* Some small enough to become lossy. */
		long memory = round % 3 == 0 ? 4096 : 4L * 1024 * 1024;
		TIDBitmap *x = tbm_create(memory, NULL);
		TIDBitmap *y = tbm_create(memory, NULL);
		bool intersect = random_below(2) == 0;

		fill(x, &a, (int) random_below(6000));
		fill(y, &b, (int) random_below(6000));
		for (int i = 0; i < BLOCKS; i++)
			for (int o = 1; o <= OFFSETS; o++)
				a.has[i][o] = intersect ? a.has[i][o] && b.has[i][o] : a.has[i][o] || b.has[i][o];
		if (intersect)
			tbm_intersect(x, y);
		else
			tbm_union(x, y);
		compare(x, &a, memory > 4096);
		tbm_free(x);
		tbm_free(y);
	}
}

static void
empty_set(void **unused)
{
	TIDBitmap *tbm = tbm_create(1024 * 1024, NULL);
	TBMIterator *it;

	assert_true(tbm_is_empty(tbm));
	it = tbm_begin_iterate(tbm);
	assert_null(tbm_iterate(it));
	tbm_end_iterate(it);
	tbm_free(tbm);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_agree_with_the_model),
		cmocka_unit_test(empty_set),
	};

	MemoryContextInit();
	CurrentMemoryContext = TopMemoryContext;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
