/*
 * Goal: slotted pages keep their items through any sequence of additions and removals. Method: a model of what should be on the page
 * beside the page, random operations from a fixed seed, full comparison after each; plus the edges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"
#include "storage/bufpage.h"

#define MAX_ITEMS 400

static char page[BLCKSZ] pg_attribute_aligned(8);
static struct
{
	int count;
	struct
	{
		uint16 size;
		uint8 fill;
	} item[MAX_ITEMS + 1];
} model;
static uint32 seed = 20260101;

static uint32
random_below(uint32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

static void
check(void)
{
	PageHeader header = (PageHeader) page;

	assert_int_equal(PageGetMaxOffsetNumber(page), model.count);
	assert_true(header->pd_lower <= header->pd_upper && header->pd_upper <= header->pd_special);
	for (int i = 1; i <= model.count; i++)
	{
		ItemId id = PageGetItemId(page, i);
		uint8 *bytes = (uint8 *) PageGetItem(page, id);

		assert_int_equal(ItemIdGetLength(id), model.item[i].size);
		assert_int_equal(ItemIdGetOffset(id) % 8, 0);
		for (int j = 0; j < model.item[i].size; j++)
			assert_int_equal(bytes[j], model.item[i].fill);
	}
}

static void
start(Size special)
{
	PageInit(page, BLCKSZ, special);
	memset(&model, 0, sizeof(model));
}

static bool
add(OffsetNumber at, uint16 size)
{
	char item[BLCKSZ];
	uint8 fill = (uint8) random_below(256);

	memset(item, fill, size);
	if (PageAddItemExtended(page, item, size, at, 0) == InvalidOffsetNumber)
		return false;
	memmove(&model.item[at + 1], &model.item[at], (model.count - at + 1) * sizeof(model.item[0]));
	model.item[at].size = size;
	model.item[at].fill = fill;
	model.count++;
	return true;
}

static void
random_index_page(void **state)
{
	start(16);
	for (int step = 0; step < 20000; step++)
	{
		uint32 what = random_below(10);

		if (what < 5 || model.count == 0)
			add((OffsetNumber) (1 + random_below(model.count + 1)), (uint16) (1 + random_below(200)));
		else if (what < 7)
		{
			int at = 1 + (int) random_below(model.count);

			PageIndexTupleDelete(page, (OffsetNumber) at);
			memmove(&model.item[at], &model.item[at + 1], (model.count - at) * sizeof(model.item[0]));
			model.count--;
		}
		else if (what < 8)
		{
			OffsetNumber gone[MAX_ITEMS];
			int ngone = 0;
			int kept = 0;

			for (int i = 1; i <= model.count; i++)
				if (random_below(3) == 0)
					gone[ngone++] = (OffsetNumber) i;
				else
					model.item[++kept] = model.item[i];
			PageIndexMultiDelete(page, gone, ngone);
			model.count = kept;
		}
		else
		{
			int at = 1 + (int) random_below(model.count);
			uint16 size = (uint16) (1 + random_below(200));
			char item[BLCKSZ];

			memset(item, 77, size);
			if (PageIndexTupleOverwrite(page, (OffsetNumber) at, item, size))
			{
				model.item[at].size = size;
				model.item[at].fill = 77;
			}
		}
		check();
	}
}

static void
repair_fragmentation(void **state)
{
	Size before;

	start(16);
	for (int i = 1; add((OffsetNumber) i, 100); i++)
		;
	before = PageGetExactFreeSpace(page);
	for (int i = 2; i <= model.count; i += 2)
		ItemIdSetUnused(PageGetItemId(page, i));
	ItemIdSetUnused(PageGetItemId(page, model.count));
	PageRepairFragmentation(page);
	assert_true(PageHasFreeLinePointers(page));
	assert_true(PageGetExactFreeSpace(page) > before + 3000);
	for (int i = 1; i <= PageGetMaxOffsetNumber(page); i += 2)
		assert_int_equal(*(uint8 *) PageGetItem(page, PageGetItemId(page, i)), model.item[i].fill);
	/* A heap page takes the first unused line pointer. */
	assert_int_equal(PageAddItemExtended(page, "x", 1, InvalidOffsetNumber, PAI_IS_HEAP), 2);
}

static void
full_page(void **state)
{
	char big[BLCKSZ];

	memset(big, 1, sizeof(big));
	start(0);
	assert_int_equal(PageGetFreeSpace(page), BLCKSZ - SizeOfPageHeaderData - sizeof(ItemIdData));
	assert_int_equal(PageAddItemExtended(page, big, 8160, InvalidOffsetNumber, 0), 1);
	assert_int_equal(PageGetFreeSpace(page), 0);
	assert_int_equal(PageAddItemExtended(page, big, 1, InvalidOffsetNumber, 0), InvalidOffsetNumber);
	start(0);
	assert_int_equal(PageAddItemExtended(page, big, 8168, InvalidOffsetNumber, 0), InvalidOffsetNumber);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_index_page),
		cmocka_unit_test(repair_fragmentation),
		cmocka_unit_test(full_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
