/*
 * numbers_test.c
 *    Integers and floats to text and back; CRC-32C against its plain twin and the published check value.
 */
#include "server_test.h"

#include <float.h>
#include <math.h>

#include "base/crc32c.h"
#include "base/numutils.h"

static void
integers_round_trip(void **unused)
{
	static const int64 values[] = {0, 1, -1, 9, 10, 99, 100, 12345, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
	char ours[32];
	char theirs[32];

	for (int i = 0; i < lengthof(values); i++)
	{
		assert_int_equal(pg_lltoa(values[i], ours), snprintf(theirs, sizeof(theirs), INT64_FORMAT, values[i]));
		assert_string_equal(ours, theirs);
		assert_true(pg_strtoint64(ours) == values[i]);
	}
	srandom(3);
	for (int i = 0; i < 100000; i++)
	{
		int64 value = ((int64) random() << 33 ^ (int64) random() << 11 ^ random()) >> (random() % 64);

		pg_lltoa(value, ours);
		snprintf(theirs, sizeof(theirs), INT64_FORMAT, value);
		assert_string_equal(ours, theirs);
	}
}

static void
integer_errors(void **unused)
{
	assert_int_equal(pg_strtoint32("  -42  "), -42);
	assert_int_equal(pg_strtoint16("+32767"), 32767);
	assert_raises("22P02", "invalid input syntax for type integer: \"4x\"", pg_strtoint32("4x"));
	assert_raises("22P02", "invalid input syntax for type integer: \"\"", pg_strtoint32(""));
	assert_raises("22P02", "invalid input syntax for type integer: \"-\"", pg_strtoint32("-"));
	assert_raises("22003", "value \"2147483648\" is out of range for type integer", pg_strtoint32("2147483648"));
	assert_raises("22003", "value \"-32769\" is out of range for type smallint", pg_strtoint16("-32769"));
	assert_raises("22003", "value \"9223372036854775808\" is out of range for type bigint",
				  pg_strtoint64("9223372036854775808"));
	assert_raises("22P02", "invalid input syntax for type bigint: \"99999999999999999999999x\"",
				  pg_strtoint64("99999999999999999999999x"));
}

static void
check_double(double value, const char *expected)
{
	char text[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, text);
	assert_string_equal(text, expected);
}

/* What PostgreSQL 15 prints for the same values. */
static void
doubles_as_postgresql_prints_them(void **unused)
{
	check_double(0, "0");
	check_double(-0.0, "-0");
	check_double(1, "1");
	check_double(0.1, "0.1");
	check_double(123456789012345, "123456789012345");
	check_double(1e15, "1e+15");
	check_double(1e-4, "0.0001");
	check_double(1e-5, "1e-05");
	check_double(1.0 / 3, "0.3333333333333333");
	check_double(2.0 / 3, "0.6666666666666666");
	check_double(0.1 + 0.2, "0.30000000000000004");
	check_double(5e-324, "5e-324");
	check_double(DBL_MAX, "1.7976931348623157e+308");
	check_double(DBL_MIN, "2.2250738585072014e-308");
	check_double(9007199254740993.0, "9.007199254740992e+15");
	check_double(INFINITY, "Infinity");
	check_double(-INFINITY, "-Infinity");
	check_double(NAN, "NaN");
}

static void
floats_as_postgresql_prints_them(void **unused)
{
	char text[FLOAT_SHORTEST_DECIMAL_LEN];

	float_to_shortest_decimal_buf(0.1f, text);
	assert_string_equal(text, "0.1");
	float_to_shortest_decimal_buf(1e6f, text);
	assert_string_equal(text, "1e+06");
	float_to_shortest_decimal_buf(123456.0f, text);
	assert_string_equal(text, "123456");
	float_to_shortest_decimal_buf(16777216.0f, text);
	assert_string_equal(text, "1.6777216e+07");
	float_to_shortest_decimal_buf(FLT_MAX, text);
	assert_string_equal(text, "3.4028235e+38");
	float_to_shortest_decimal_buf(1e-45f, text);
	assert_string_equal(text, "1e-45");
}

/* Reads back the same, and no shorter decimal does. */
static void
random_doubles_are_shortest(void **unused)
{
	srandom(4);
	for (int i = 0; i < 200000; i++)
	{
		uint64 bits = (uint64) random() << 40 ^ (uint64) random() << 20 ^ random();
		double value;
		char text[DOUBLE_SHORTEST_DECIMAL_LEN];
		char shorter[64];
		int digits = 0;

		memcpy(&value, &bits, sizeof(value));
		if (i % 2)
			value = (double) (random() % 10000000) / pow(10, random() % 8);
		if (!isfinite(value))
			continue;
		double_to_shortest_decimal_buf(value, text);
		assert_true(strtod(text, NULL) == value);
		for (const char *p = text; *p && *p != 'e'; p++)
			if (*p >= '0' && *p <= '9' && (digits > 0 || *p != '0'))
				digits++;
		for (const char *p = text + strlen(text) - 1; strchr(text, '.') == NULL && strchr(text, 'e') == NULL && *p == '0' && p > text; p--)
			digits--;
		if (digits > 1)
		{
			snprintf(shorter, sizeof(shorter), "%.*e", digits - 2, value);
			assert_true(strtod(shorter, NULL) != value);
		}
	}
}

static void
crc_check_value_and_twin(void **unused)
{
	static uint8 data[20000];
	pg_crc32c crc;

	INIT_CRC32C(crc);
	COMP_CRC32C(crc, "123456789", 9);
	FIN_CRC32C(crc);
	assert_int_equal(crc, 0xE3069283);
	srandom(5);
	for (int i = 0; i < sizeof(data); i++)
		data[i] = (uint8) random();
	for (int length = 0; length < sizeof(data); length += 1 + length / 7)
	{
		int offset = length % 13;
		int size = Min(length, (int) sizeof(data) - offset);

		assert_int_equal(pg_comp_crc32c(7, data + offset, size), crc32c_by_table(7, data + offset, size));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_round_trip),
		cmocka_unit_test(integer_errors),
		cmocka_unit_test(doubles_as_postgresql_prints_them),
		cmocka_unit_test(floats_as_postgresql_prints_them),
		cmocka_unit_test(random_doubles_are_shortest),
		cmocka_unit_test(crc_check_value_and_twin),
	};

	return run_unit_tests(tests);
}
