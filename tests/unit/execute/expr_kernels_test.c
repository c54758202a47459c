/*
 * expr_kernels_test.c
 *    Goal: a kernel gives what the plain function of the same OID gives, for every row and with any NULLs and selection.
 *    Method: random vectors from a fixed seed; full, sparse and constant-side selections.
 */
#include "server_test.h"

#include "execute/expr_kernels.h"
#include "fmgr.h"
#include "utils/fmgroids.h"

#define ROWS 200

static uint32 seed = 77;

static uint32
random_below(uint32 limit)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32) (((uint64) seed * limit) >> 32);
}

static const Oid int_functions[] = {F_INT4EQ, F_INT4NE, F_INT4LT, F_INT4LE, F_INT4GT, F_INT4GE,
									F_INT4PL, F_INT4MI, F_INT4MUL, F_INT8EQ, F_INT8LT, F_INT8GE, F_INT8PL};

typedef struct Column
{
	Datum values[ROWS];
	bool nulls[ROWS];
	Vector v;
} Column;

static void
fill_column(Column *c, bool with_nulls, bool constant)
{
	for (int i = 0; i < ROWS; i++)
	{
		c->values[i] = Int32GetDatum((int32) random_below(20) - 10);
		c->nulls[i] = with_nulls && random_below(4) == 0;
	}
	c->v = (Vector){c->values, with_nulls ? c->nulls : NULL, constant ? 0 : VECTOR_ALL};
}

static void
check_kernel(Oid fn, const Column *a, const Column *b, const Selection *sel)
{
	const Kernel *k = kernel_find(fn);
	Datum values[ROWS];
	bool nulls[ROWS];
	Vector out = {values, NULL, VECTOR_ALL};
	RowPos picked[ROWS];
	int npicked = 0;
	int at = 0;

	assert_non_null(k);
	k->eval(&out, nulls, &a->v, &b->v, sel);
	if (k->select)
		npicked = k->select(picked, &a->v, &b->v, sel);
	for (int i = 0; i < sel->n; i++)
	{
		int pos = selection_pos(sel, i);
		bool isnull = vector_isnull(&a->v, pos) || vector_isnull(&b->v, pos);
		Datum plain;

		assert_int_equal(vector_isnull(&out, pos), isnull);
		if (isnull)
			continue;
		plain = OidFunctionCall2(fn, vector_value(&a->v, pos), vector_value(&b->v, pos));
		assert_true(vector_value(&out, pos) == plain);
		if (k->select && DatumGetBool(plain))
			assert_int_equal(picked[at++], pos);
	}
	if (k->select)
		assert_int_equal(at, npicked);
}

static void
kernels_agree_with_functions(void **state)
{
	static Column a;
	static Column b;
	RowPos rows[ROWS];

	for (int round = 0; round < 40; round++)
	{
		Selection full = {ROWS, ROWS, NULL};
		Selection sparse = {0, ROWS, rows};

		fill_column(&a, round & 1, round & 2);
		fill_column(&b, round & 4, round & 8);
		for (int i = 0; i < ROWS; i++)
			if (random_below(3) == 0)
				rows[sparse.n++] = i;
		for (int f = 0; f < (int) lengthof(int_functions); f++)
		{
			check_kernel(int_functions[f], &a, &b, &full);
			check_kernel(int_functions[f], &a, &b, &sparse);
		}
	}
}

static void
unknown_functions_have_no_kernel(void **state)
{
	assert_null(kernel_find(InvalidOid));
	assert_null(kernel_find(F_NOW));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_agree_with_functions),
		cmocka_unit_test(unknown_functions_have_no_kernel),
	};

	MemoryContextInit();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
