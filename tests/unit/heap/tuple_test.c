/*
 * tuple_test.c
 *    Goal: what goes into a tuple comes out again, by every way of reading, whatever the types, nulls and order of columns.
 *    Method: random row types and rows from a fixed seed, compared column by column.
 */
#include "server_test.h"

#include "access/htup_details.h"
#include "access/itup.h"
#include "utils/datum.h"

#define COLUMNS_MAX 40

static uint32 seed = 20260102;

static uint32
random_below(uint32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32) (((uint64) seed * limit) >> 32);
}

static const struct
{
	int16 len;
	bool byval;
	char align;
} kinds[] = {{1, true, 'c'}, {2, true, 's'}, {4, true, 'i'}, {8, true, 'd'},
			 {-1, false, 'i'}, {-1, false, 'd'}, {-2, false, 'c'}, {64, false, 'c'}, {16, false, 'd'}};

static TupleDesc
random_desc(int natts)
{
	TupleDesc desc = CreateTemplateTupleDesc(natts);

	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		int kind = (int) random_below(lengthof(kinds));

		att->attlen = kinds[kind].len;
		att->attbyval = kinds[kind].byval;
		att->attalign = kinds[kind].align;
		att->attstorage = kinds[kind].len == -1 && random_below(4) != 0 ? 'x' : 'p';
		att->attcacheoff = -1;
		att->attnum = (int16) (i + 1);
	}
	return desc;
}

static Datum
random_value(const FormData_pg_attribute *att)
{
	uint32 n = random_below(300);
	char *p;

	if (att->attbyval)
	{
		switch (att->attlen)
		{
			case 1:
				return CharGetDatum((char) random_below(256));
			case 2:
				return Int16GetDatum((int16) random_below(65536));
			case 4:
				return Int32GetDatum((int32) (random_below(UINT32_MAX)));
			default:
				return Int64GetDatum((int64) random_below(UINT32_MAX) << 31 | random_below(UINT32_MAX));
		}
	}
	if (att->attlen == -2)
	{
		p = palloc(n + 1);
		memset(p, 'a' + (int) random_below(26), n);
		p[n] = '\0';
		return PointerGetDatum(p);
	}
	if (att->attlen == -1)
	{
		p = palloc(n + VARHDRSZ);
		SET_VARSIZE(p, n + VARHDRSZ);
		memset(VARDATA(p), (int) random_below(256), n);
		return PointerGetDatum(p);
	}
	p = palloc(att->attlen);
	memset(p, (int) random_below(256), att->attlen);
	return PointerGetDatum(p);
}

/* Equal but for the header that a varlena got. */
static void
assert_same(const FormData_pg_attribute *att, Datum in, Datum out)
{
	if (att->attlen != -1)
	{
		assert_true(datumIsEqual(in, out, att->attbyval, att->attlen));
		return;
	}
	assert_int_equal(VARSIZE_ANY_EXHDR(DatumGetPointer(in)), VARSIZE_ANY_EXHDR(DatumGetPointer(out)));
	assert_memory_equal(VARDATA_ANY(DatumGetPointer(in)), VARDATA_ANY(DatumGetPointer(out)),
						VARSIZE_ANY_EXHDR(DatumGetPointer(in)));
}

static void
check_all_readers(TupleDesc desc, HeapTuple tuple, MinimalTuple mtup, const Datum *values, const bool *isnull)
{
	Datum out[COLUMNS_MAX];
	bool outnull[COLUMNS_MAX];
	int some = 1 + (int) random_below(desc->natts);

	heap_deform_tuple(tuple, desc, out, outnull);
	for (int i = 0; i < desc->natts; i++)
	{
		assert_int_equal(isnull[i], outnull[i]);
		if (!isnull[i])
			assert_same(TupleDescAttr(desc, i), values[i], out[i]);
	}
	heap_deform_minimal_tuple(mtup, desc, some, out, outnull);
	for (int i = 0; i < some; i++)
		if (!isnull[i])
			assert_same(TupleDescAttr(desc, i), values[i], out[i]);
	for (int n = 0; n < 5; n++)
	{
		int i = (int) random_below(desc->natts);
		bool null;
		Datum value = heap_getattr(tuple, i + 1, desc, &null);

		assert_int_equal(isnull[i], null);
		assert_int_equal(isnull[i], heap_attisnull(tuple, i + 1, desc));
		if (!null)
			assert_same(TupleDescAttr(desc, i), values[i], value);
	}
}

static void
rows_come_back(void **unused)
{
	for (int round = 0; round < 400; round++)
	{
		int natts = 1 + (int) random_below(COLUMNS_MAX);
		TupleDesc desc = random_desc(natts);

		for (int row = 0; row < 5; row++)
		{
			Datum values[COLUMNS_MAX];
			bool isnull[COLUMNS_MAX];
			int null_rate = (int) random_below(3);
			HeapTuple tuple;
			MinimalTuple mtup;

			for (int i = 0; i < natts; i++)
			{
				isnull[i] = random_below(6) < (uint32) null_rate;
				values[i] = isnull[i] ? (Datum) 0 : random_value(TupleDescAttr(desc, i));
			}
			tuple = heap_form_tuple(desc, values, isnull);
			assert_int_equal(tuple->t_data->t_hoff % 8, 0);
			mtup = heap_form_minimal_tuple(desc, values, isnull);
			check_all_readers(desc, tuple, mtup, values, isnull);
			/* Conversions. */
			check_all_readers(desc, heap_tuple_from_minimal_tuple(mtup), minimal_tuple_from_heap_tuple(tuple), values,
							  isnull);
			check_all_readers(desc, heap_copytuple(tuple), heap_copy_minimal_tuple(mtup), values, isnull);
		}
		MemoryContextReset(CurrentMemoryContext);
	}
}

static void
replaced_columns_are_new_and_others_old(void **unused)
{
	TupleDesc desc = random_desc(10);
	Datum values[10], repl[10], out[10];
	bool isnull[10] = {false}, replnull[10] = {false}, replace[10] = {false}, outnull[10];
	HeapTuple tuple;

	for (int i = 0; i < 10; i++)
	{
		values[i] = random_value(TupleDescAttr(desc, i));
		repl[i] = random_value(TupleDescAttr(desc, i));
	}
	replace[2] = replace[7] = true;
	replnull[7] = true;
	tuple = heap_modify_tuple(heap_form_tuple(desc, values, isnull), desc, repl, replnull, replace);
	heap_deform_tuple(tuple, desc, out, outnull);
	for (int i = 0; i < 10; i++)
	{
		assert_int_equal(outnull[i], i == 7);
		if (i != 7)
			assert_same(TupleDescAttr(desc, i), i == 2 ? repl[i] : values[i], out[i]);
	}
}

/* Columns that were added later: null, or the value that is remembered. */
static void
missing_columns_are_filled_in(void **unused)
{
	TupleDesc old_desc = CreateTemplateTupleDesc(1);
	TupleDesc desc = CreateTemplateTupleDesc(3);
	TupleConstr constr = {.missing = (AttrMissing[3]){{false}, {true, Int32GetDatum(42)}, {false}}};
	Datum value = Int32GetDatum(7), out[3];
	bool isnull = false, outnull[3];

	for (int i = 0; i < 3; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		att->attlen = 4;
		att->attbyval = true;
		att->attalign = 'i';
		att->attcacheoff = -1;
	}
	TupleDescAttr(desc, 1)->atthasmissing = true;
	desc->constr = &constr;
	memcpy(TupleDescAttr(old_desc, 0), TupleDescAttr(desc, 0), sizeof(FormData_pg_attribute));
	heap_deform_tuple(heap_form_tuple(old_desc, &value, &isnull), desc, out, outnull);
	assert_int_equal(DatumGetInt32(out[0]), 7);
	assert_int_equal(DatumGetInt32(out[1]), 42);
	assert_false(outnull[1]);
	assert_true(outnull[2]);
}

/* Offsets on a page stand for 64-bit ids; the special ones are absolute. */
static void
ids_are_offsets_from_the_page(void **unused)
{
	TransactionId base = UINT64CONST(0x500000000);

	assert_true(heap_xid_from_offset(base, 0) == InvalidTransactionId);
	assert_true(heap_xid_from_offset(base, 2) == FrozenTransactionId);
	assert_true(heap_xid_from_offset(base, 3) == base + 3);
	assert_true(heap_xid_from_offset(base, heap_xid_to_offset(base, base + 123456)) == base + 123456);
	assert_true(heap_xid_to_offset(base, FrozenTransactionId) == 2);
	assert_int_equal(offsetof(HeapTupleHeaderData, t_bits), 23);
}

static void
index_tuples_come_back(void **unused)
{
	for (int round = 0; round < 200; round++)
	{
		int natts = 1 + (int) random_below(8);
		TupleDesc desc = random_desc(natts);
		Datum values[8], out[8];
		bool isnull[8], outnull[8];
		IndexTuple itup;

		for (int i = 0; i < natts; i++)
		{
			TupleDescAttr(desc, i)->attstorage = 'p';
			isnull[i] = random_below(5) == 0;
			values[i] = isnull[i] ? (Datum) 0 : random_value(TupleDescAttr(desc, i));
		}
		itup = index_form_tuple(desc, values, isnull);
		assert_int_equal(IndexTupleSize(itup) % 8, 0);
		index_deform_tuple(itup, desc, out, outnull);
		for (int i = 0; i < natts; i++)
		{
			bool null;
			Datum one = index_getattr(itup, i + 1, desc, &null);

			assert_int_equal(isnull[i], outnull[i]);
			assert_int_equal(isnull[i], null);
			if (isnull[i])
				continue;
			assert_same(TupleDescAttr(desc, i), values[i], out[i]);
			assert_same(TupleDescAttr(desc, i), values[i], one);
		}
		MemoryContextReset(CurrentMemoryContext);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_back),
		cmocka_unit_test(replaced_columns_are_new_and_others_old),
		cmocka_unit_test(missing_columns_are_filled_in),
		cmocka_unit_test(ids_are_offsets_from_the_page),
		cmocka_unit_test(index_tuples_come_back),
	};

	MemoryContextInit();
	CurrentMemoryContext = AllocSetContextCreate(TopMemoryContext, "test", ALLOCSET_DEFAULT_SIZES);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
