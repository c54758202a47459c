/*
 * containers_test.c
 *    Lists, bit sets, heaps, strings and hash tables against plain models.
 */
#include "server_test.h"

#include "common/hashfn.h"
#include "lib/binaryheap.h"
#include "lib/ilist.h"
#include "lib/pairingheap.h"
#include "lib/stringinfo.h"
#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"

static void
string_grows_and_keeps_its_content(void **unused)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < 10000; i++)
		appendStringInfo(&buf, "%d,", i);
	assert_int_equal(buf.len, strlen(buf.data));
	assert_int_equal(buf.len, 10 * 2 + 90 * 3 + 900 * 4 + 9000 * 5);
	assert_string_equal(buf.data + buf.len - 10, "9998,9999,");
	resetStringInfo(&buf);
	appendStringInfoSpaces(&buf, 3);
	appendStringInfoChar(&buf, 'x');
	assert_string_equal(buf.data, "   x");
	assert_raises("54000", "out of memory", enlargeStringInfo(&buf, 0x3fffffff));
}

static void
list_inserts_and_deletes(void **unused)
{
	List *list = NIL;
	ListCell *lc;
	int expected = 0;

	for (int i = 0; i < 100; i++)
		list = lappend_int(list, i);
	list = lcons_int(-1, list);
	list = list_delete_int(list, 50);
	list = list_insert_nth_int(list, 51, 50);
	foreach (lc, list)
		assert_int_equal(lfirst_int(lc), expected++ - 1);
	assert_int_equal(list_length(list), 101);
	foreach (lc, list)
		if (lfirst_int(lc) % 2 != 0)
			list = foreach_delete_current(list, lc);
	assert_int_equal(list_length(list), 50);
	assert_int_equal(llast_int(list), 98);
	list = list_concat(list, list);
	assert_int_equal(list_length(list), 100);
	assert_int_equal(list_length(list_union_int(list, list_make1_int(7))), 101);
	assert_int_equal(list_length(list_difference_int(list, list_make1_int(0))), 98);
	assert_null(list_delete_first_n(list, 100));
}

static void
bitmapset_against_model(void **unused)
{
	enum { MEMBERS = 300, ROUNDS = 20000 };
	bool model[MEMBERS] = {false};
	Bitmapset *set = NULL;
	int count = 0;
	int x = -1;

	srandom(1);
	for (int i = 0; i < ROUNDS; i++)
	{
		int member = random() % MEMBERS;

		if (random() % 2)
			set = bms_add_member(set, member);
		else
			set = bms_del_member(set, member);
		model[member] = bms_is_member(member, set);
	}
	for (int i = 0; i < MEMBERS; i++)
	{
		assert_int_equal(model[i], bms_is_member(i, set));
		if (model[i])
		{
			x = bms_next_member(set, x);
			assert_int_equal(x, i);
			assert_int_equal(bms_member_index(set, i), count);
			count++;
		}
	}
	assert_int_equal(bms_next_member(set, x), -2);
	assert_int_equal(bms_num_members(set), count);
	x = -1;
	for (int i = MEMBERS - 1; i >= 0; i--)
		if (model[i])
		{
			x = bms_prev_member(set, x);
			assert_int_equal(x, i);
		}
	assert_int_equal(bms_prev_member(set, x), -2);
	assert_true(bms_equal(bms_union(set, NULL), set));
	assert_true(bms_is_empty(bms_difference(set, set)));
	assert_true(bms_is_subset(bms_intersect(set, bms_add_range(NULL, 10, 200)), set));
	assert_int_equal(bms_num_members(bms_add_range(NULL, 3, 260)), 258);
}

static int
compare_ints(Datum a, Datum b, void *arg)
{
	return DatumGetInt32(a) - DatumGetInt32(b);
}

static void
binary_heap_sorts(void **unused)
{
	binaryheap *heap = binaryheap_allocate(1000, compare_ints, NULL);
	int last = INT32_MAX;

	for (int i = 0; i < 500; i++)
		binaryheap_add_unordered(heap, Int32GetDatum((i * 7919) % 1000));
	binaryheap_build(heap);
	for (int i = 500; i < 1000; i++)
		binaryheap_add(heap, Int32GetDatum((i * 7919) % 1000));
	assert_raises("XX000", "out of binary heap slots", binaryheap_add(heap, Int32GetDatum(1)));
	while (!binaryheap_empty(heap))
	{
		int value = DatumGetInt32(binaryheap_remove_first(heap));

		assert_true(value <= last);
		last = value;
	}
	assert_int_equal(last, 0);
}

typedef struct Item
{
	int value;
	pairingheap_node node;
} Item;

static int
compare_items(const pairingheap_node *a, const pairingheap_node *b, void *arg)
{
	return pairingheap_const_container(Item, node, a)->value - pairingheap_const_container(Item, node, b)->value;
}

static void
pairing_heap_sorts_and_removes(void **unused)
{
	enum { COUNT = 1000 };
	static Item items[COUNT];
	pairingheap *heap = pairingheap_allocate(compare_items, NULL);
	int last = INT32_MAX;
	int left = 0;

	for (int i = 0; i < COUNT; i++)
	{
		items[i].value = (i * 7919) % COUNT;
		pairingheap_add(heap, &items[i].node);
	}
	for (int i = 0; i < COUNT; i += 3)
		pairingheap_remove(heap, &items[i].node);
	while (!pairingheap_is_empty(heap))
	{
		Item *item = pairingheap_container(Item, node, pairingheap_remove_first(heap));

		assert_true(item->value < last);
		assert_true((item - items) % 3 != 0);
		last = item->value;
		left++;
	}
	assert_int_equal(left, COUNT - (COUNT + 2) / 3);
}

typedef struct Entry
{
	int key;
	int value;
} Entry;

static void
hash_table_against_model(void **unused)
{
	enum { KEYS = 5000, ROUNDS = 100000 };
	HASHCTL info = {.keysize = sizeof(int), .entrysize = sizeof(Entry)};
	HTAB *table = hash_create("test", 10, &info, HASH_ELEM | HASH_BLOBS);
	static Entry *model[KEYS];
	HASH_SEQ_STATUS scan;
	Entry *entry;
	long count = 0;

	srandom(2);
	for (int i = 0; i < ROUNDS; i++)
	{
		int key = random() % KEYS;
		bool found;

		if (random() % 3)
		{
			entry = hash_search(table, &key, HASH_ENTER, &found);
			assert_int_equal(found, model[key] != NULL);
			if (found)
				assert_ptr_equal(entry, model[key]); /* entries never move */
			entry->value = key * 2;
			model[key] = entry;
		}
		else
		{
			hash_search(table, &key, HASH_REMOVE, &found);
			assert_int_equal(found, model[key] != NULL);
			model[key] = NULL;
		}
	}
	hash_seq_init(&scan, table);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		assert_ptr_equal(model[entry->key], entry);
		assert_int_equal(entry->value, entry->key * 2);
		count++;
		hash_search(table, &entry->key, HASH_REMOVE, NULL); /* removing during a scan is allowed */
	}
	for (int i = 0; i < KEYS; i++)
		count -= model[i] != NULL;
	assert_int_equal(count, 0);
	assert_int_equal(hash_get_num_entries(table), 0);
	hash_destroy(table);
}

static void
string_keys_are_cut_where_they_are_stored(void **unused)
{
	HASHCTL info = {.keysize = 8, .entrysize = 16};
	HTAB *table = hash_create("names", 10, &info, HASH_ELEM | HASH_STRINGS);
	bool found;

	hash_search(table, "abcdefghij", HASH_ENTER, &found);
	assert_non_null(hash_search(table, "abcdefgXX", HASH_FIND, NULL));
	assert_null(hash_search(table, "abcdef", HASH_FIND, NULL));
	hash_destroy(table);
}

static void
list_of_zeroed_head_is_empty(void **unused)
{
	dlist_head head = {0};
	dlist_node a;
	dlist_node b;
	dlist_mutable_iter iter;
	int seen = 0;

	assert_true(dlist_is_empty(&head));
	dlist_push_tail(&head, &a);
	dlist_push_head(&head, &b);
	assert_ptr_equal(dlist_head_node(&head), &b);
	dlist_foreach_modify(iter, &head)
	{
		dlist_delete(iter.cur);
		seen++;
	}
	assert_int_equal(seen, 2);
	assert_true(dlist_is_empty(&head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(string_grows_and_keeps_its_content),
		cmocka_unit_test(list_inserts_and_deletes),
		cmocka_unit_test(bitmapset_against_model),
		cmocka_unit_test(binary_heap_sorts),
		cmocka_unit_test(pairing_heap_sorts_and_removes),
		cmocka_unit_test(hash_table_against_model),
		cmocka_unit_test(string_keys_are_cut_where_they_are_stored),
		cmocka_unit_test(list_of_zeroed_head_is_empty),
	};

	return run_unit_tests(tests);
}
