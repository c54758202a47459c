/*
 * Goal: positions with and without page headers are each other's inverse. Method: every 8-byte position of two small segments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"
#include "wal/wal.h"

static void
round_trip(void **state)
{
	XLogRecPtr last = 0;

	wal_segment_size = 1024 * 1024;
	for (uint64 bytes = 0; bytes < 2 * 1024 * 1024; bytes += 8)
	{
		XLogRecPtr start = wal_bytes_to_ptr(bytes);
		XLogRecPtr end = wal_bytes_to_end_ptr(bytes);

		assert_true(start > last);
		assert_true(start % XLOG_BLCKSZ >= SizeOfXLogShortPHD);
		assert_int_equal(wal_ptr_to_bytes(start), bytes);
		assert_int_equal(wal_ptr_to_bytes(end), bytes);
		assert_true(end <= start && start - end <= SizeOfXLogLongPHD);
		last = start;
	}
	assert_int_equal(wal_bytes_to_ptr(0), SizeOfXLogLongPHD);
	assert_int_equal(wal_bytes_to_end_ptr(0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
