/*
 * shm_hash_test.c
 *    The shared hash table agrees with a plain array through random operations; full tables say so; scans see everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"

#include "common/hashfn.h"
#include "shmem/shm_hash.h"

typedef struct Entry
{
	uint64 key;
	uint64 value;
} Entry;

#define NKEYS 500
#define CAPACITY 300

static void
test_random_operations(void **state)
{
	ShmHashLayout layout = {.capacity = CAPACITY, .keysize = 8, .entrysize = sizeof(Entry), .npartitions = 16};
	void *memory = aligned_alloc(PG_CACHE_LINE_SIZE, CACHELINEALIGN(shm_hash_size(&layout)));
	ShmHash *table = shm_hash_init(memory, &layout);
	uint64 model[NKEYS] = {0};
	int in_model = 0;
	uint32 rnd = 12345;

	for (int i = 0; i < 200000; i++)
	{
		uint64 key;
		uint32 hash;

		rnd = rnd * 1664525 + 1013904223;
		key = (rnd >> 8) % NKEYS;
		hash = murmurhash32(key);
		if ((rnd >> 4) % 3 == 0)
		{
			assert_int_equal(shm_hash_remove(table, &key, hash), model[key] != 0);
			in_model -= model[key] != 0;
			model[key] = 0;
		}
		else
		{
			bool found;
			Entry *entry = shm_hash_enter(table, &key, hash, &found);

			if (entry == NULL)
			{
				assert_int_equal(in_model, CAPACITY);
				assert_int_equal(model[key], 0);
				continue;
			}
			assert_int_equal(found, model[key] != 0);
			if (found)
				assert_int_equal(entry->value, model[key]);
			in_model += !found;
			entry->value = model[key] = i + 1;
		}
		assert_int_equal(shm_hash_count(table), in_model);
	}

	for (uint32 part = 0; part < 16; part++)
	{
		uint64 cursor = 0;
		Entry *entry;

		while ((entry = shm_hash_next(table, part, &cursor)) != NULL)
		{
			assert_int_equal(murmurhash32(entry->key) % 16, part);
			assert_int_equal(entry->value, model[entry->key]);
			model[entry->key] = 0;
			in_model--;
			assert_true(shm_hash_remove(table, &entry->key, murmurhash32(entry->key)));
		}
	}
	assert_int_equal(in_model, 0);
	assert_int_equal(shm_hash_count(table), 0);
	free(memory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_operations)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
