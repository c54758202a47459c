/*
 * resowner_test.c
 *    Resource owners: everything remembered is released once, in phase and priority order, children first.
 */
#include "server_test.h"

#include "utils/resowner.h"

static int released[10000];
static int released_count;

static void
release(Datum res)
{
	released[released_count++] = DatumGetInt32(res);
}

static const ResourceOwnerDesc early = {"early", RESOURCE_RELEASE_BEFORE_LOCKS, 100, release, NULL};
static const ResourceOwnerDesc late = {"late", RESOURCE_RELEASE_BEFORE_LOCKS, 200, release, NULL};
static const ResourceOwnerDesc last = {"last", RESOURCE_RELEASE_AFTER_LOCKS, 100, release, NULL};

static void
remember(ResourceOwner owner, int value, const ResourceOwnerDesc *kind)
{
	ResourceOwnerEnlarge(owner);
	ResourceOwnerRemember(owner, Int32GetDatum(value), kind);
}

static void
release_all(ResourceOwner owner)
{
	released_count = 0;
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_BEFORE_LOCKS, false, true);
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_LOCKS, false, true);
	ResourceOwnerRelease(owner, RESOURCE_RELEASE_AFTER_LOCKS, false, true);
	ResourceOwnerDelete(owner);
}

static void
released_in_order(void **unused)
{
	ResourceOwner owner = ResourceOwnerCreate(NULL, "test");
	ResourceOwner child = ResourceOwnerCreate(owner, "child");

	remember(owner, 1, &last);
	remember(owner, 2, &late);
	remember(owner, 3, &early);
	remember(owner, 4, &early);
	remember(child, 5, &late);
	release_all(owner);
	assert_int_equal(released_count, 5);
	assert_int_equal(released[0], 5);
	assert_int_equal(released[1], 4);
	assert_int_equal(released[2], 3);
	assert_int_equal(released[3], 2);
	assert_int_equal(released[4], 1);
}

static void
thousands_are_remembered_and_forgotten(void **unused)
{
	enum { COUNT = 5000 };
	ResourceOwner owner = ResourceOwnerCreate(NULL, "many");
	bool seen[COUNT] = {false};

	for (int i = 0; i < COUNT; i++)
		remember(owner, i, i % 2 ? &early : &last);
	for (int i = 0; i < COUNT; i += 5)
		ResourceOwnerForget(owner, Int32GetDatum(i), i % 2 ? &early : &last);
	release_all(owner);
	assert_int_equal(released_count, COUNT - COUNT / 5);
	for (int i = 0; i < released_count; i++)
	{
		assert_false(seen[released[i]]);
		seen[released[i]] = true;
	}
}

static void
forgetting_what_is_not_held(void **unused)
{
	ResourceOwner owner = ResourceOwnerCreate(NULL, "none");

	assert_raises("XX000", "early 0x7 is not owned by resource owner none",
				  ResourceOwnerForget(owner, Int32GetDatum(7), &early));
	release_all(owner);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(released_in_order),
		cmocka_unit_test(thousands_are_remembered_and_forgotten),
		cmocka_unit_test(forgetting_what_is_not_held),
	};

	return run_unit_tests(tests);
}
