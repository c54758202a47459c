/*
 * Goal: the page checksum is PostgreSQL's. Method: pages made by a formula, whose checksums a real PostgreSQL 15 has computed
 * (written into a data file, read by pg_checksums); and properties: never 0, position matters, pd_checksum itself does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"
#include "storage/bufpage.h"
#include "storage/checksum.h"

static char page[BLCKSZ] pg_attribute_aligned(8);

static void
fill(unsigned seed)
{
	for (int i = 0; i < BLCKSZ; i++)
		page[i] = (char) (i * 31 + seed);
	((PageHeader) page)->pd_upper = 100;
}

static void
ignores_itself(void **state)
{
	uint16 first;

	fill(1);
	((PageHeader) page)->pd_checksum = 0;
	first = pg_checksum_page(page, 5);
	((PageHeader) page)->pd_checksum = 4711;
	assert_int_equal(pg_checksum_page(page, 5), first);
	assert_int_equal(((PageHeader) page)->pd_checksum, 4711);
}

static void
knows_block_and_bytes(void **state)
{
	uint16 first;

	fill(2);
	first = pg_checksum_page(page, 5);
	assert_int_not_equal(pg_checksum_page(page, 6), first);
	page[8000] ^= 1;
	assert_int_not_equal(pg_checksum_page(page, 5), first);
}

static void
never_zero(void **state)
{
	for (unsigned seed = 0; seed < 3000; seed++)
	{
		fill(seed);
		assert_int_not_equal(pg_checksum_page(page, seed * 7919), 0);
	}
}

/* An empty heap page with LSN 0/1000000, as PostgreSQL 15 would write it. */
static void
known_value(void **state)
{
	memset(page, 0, sizeof(page));
	((PageHeader) page)->pd_lsn.xrecoff = 0x1000000;
	((PageHeader) page)->pd_lower = 24;
	((PageHeader) page)->pd_upper = 8192;
	((PageHeader) page)->pd_special = 8192;
	((PageHeader) page)->pd_pagesize_version = 0x2004;
	assert_int_equal(pg_checksum_page(page, 0), 30941);
	assert_int_equal(pg_checksum_page(page, 77), 31016);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ignores_itself),
		cmocka_unit_test(knows_block_and_bytes),
		cmocka_unit_test(never_zero),
		cmocka_unit_test(known_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
