/*
 * Goal: pg_control is PostgreSQL 15's, and damage is noticed. Method: a control file made by PostgreSQL 15 (its first 296 bytes are
 * below) is read, and refused after any flip of a bit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"
#include "wal/wal.h"

static const unsigned char from_postgres[] = {
#include "pg_control.inc"
};

static void
reads_postgres(void **state)
{
	ControlFileData control;

	assert_null(control_file_parse((const char *) from_postgres, sizeof(from_postgres), &control));
	assert_int_equal(control.pg_control_version, 1300);
	assert_int_equal(control.catalog_version_no, 202209061);
	assert_int_equal(control.blcksz, 8192);
	assert_int_equal(control.xlog_seg_size, 16 * 1024 * 1024);
	assert_int_equal(control.toast_max_chunk_size, 1996);
	assert_int_equal(control.loblksize, 2048);
	assert_int_equal(control.data_checksum_version, 1);
	assert_true(control.floatFormat == FLOATFORMAT_VALUE);
	assert_int_equal(control.checkPointCopy.nextXid >> 32, 0);
}

static void
notices_damage(void **state)
{
	ControlFileData control;
	char copy[sizeof(from_postgres)];

	for (size_t pos = 0; pos < offsetof(ControlFileData, crc) + sizeof(uint32); pos++)
	{
		memcpy(copy, from_postgres, sizeof(copy));
		copy[pos] ^= 1;
		assert_non_null(control_file_parse(copy, sizeof(copy), &control));
	}
	assert_non_null(control_file_parse((const char *) from_postgres, 100, &control));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_postgres), cmocka_unit_test(notices_damage)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
