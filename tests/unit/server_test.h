/*
 * server_test.h
 *    What a unit test of server code needs: cmocka, memory contexts, and catching errors.
 */
#ifndef SERVER_TEST_H
#define SERVER_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "postgres.h"

#include "utils/memutils.h"

/* Run a statement that must raise; check SQLSTATE and message. */
#define assert_raises(sqlstate, text, ...)                                          \
	do                                                                              \
	{                                                                               \
		volatile bool raised_ = false;                                              \
		MemoryContext context_ = CurrentMemoryContext;                              \
		PG_TRY();                                                                   \
		{                                                                           \
			__VA_ARGS__;                                                            \
		}                                                                           \
		PG_CATCH();                                                                 \
		{                                                                           \
			ErrorData *edata_;                                                      \
			MemoryContextSwitchTo(context_);                                        \
			edata_ = CopyErrorData();                                               \
			FlushErrorState();                                                      \
			assert_string_equal(edata_->message, (text));                           \
			assert_string_equal(unpack_sql_state(edata_->sqlerrcode), (sqlstate));  \
			raised_ = true;                                                         \
		}                                                                           \
		PG_END_TRY();                                                               \
		assert_true(raised_);                                                       \
	} while (0)

#define run_unit_tests(tests) (MemoryContextInit(), cmocka_run_group_tests(tests, NULL, NULL))

#endif /* SERVER_TEST_H */
