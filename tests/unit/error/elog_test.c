/*
 * elog_test.c
 *    Reports: fields, nesting, contexts, rethrowing; the log's line prefix.
 */
#include "server_test.h"

#include "error/error_internal.h"
#include "error/log_context.h"
#include "miscadmin.h"

static void
add_context(void *arg)
{
	errcontext("while testing %s", (const char *) arg);
}

static void
raise_in_context(void)
{
	ErrorContextCallback outer = {.callback = add_context, .arg = "outer", .previous = error_context_stack};
	ErrorContextCallback inner = {.callback = add_context, .arg = "inner", .previous = &outer};

	error_context_stack = &inner;
	errno = ENOENT;
	ereport(ERROR,
			errcode_for_file_access(),
			errmsg("could not open \"%s\": %m", "x"),
			errdetail("Detail %d.", 1),
			errhint("Hint."));
}

static void
all_fields_arrive(void **unused)
{
	volatile bool caught = false;

	PG_TRY();
	{
		raise_in_context();
	}
	PG_CATCH();
	{
		ErrorData *edata;

		MemoryContextSwitchTo(TopMemoryContext);
		edata = CopyErrorData();
		FlushErrorState();
		assert_string_equal(edata->message, "could not open \"x\": No such file or directory");
		assert_string_equal(edata->detail, "Detail 1.");
		assert_string_equal(edata->hint, "Hint.");
		assert_string_equal(edata->context, "while testing inner\nwhile testing outer");
		assert_int_equal(edata->sqlerrcode, ERRCODE_UNDEFINED_FILE);
		assert_string_equal(edata->filename, "elog_test.c");
		FreeErrorData(edata);
		caught = true;
	}
	PG_END_TRY();
	assert_true(caught);
	assert_null(error_context_stack);
}

static int
errmsg_that_reports(void)
{
	elog(DEBUG5, "nested report");
	return errmsg("outer");
}

static void
reports_nest(void **unused)
{
	log_min_messages = DEBUG5;
	assert_raises("22012", "outer", ereport(ERROR, errcode(ERRCODE_DIVISION_BY_ZERO), errmsg_that_reports()));
	log_min_messages = WARNING;
}

static void
caught_errors_can_be_thrown_again(void **unused)
{
	ErrorData *volatile edata = NULL;

	PG_TRY();
	{
		ereport(ERROR, errcode(ERRCODE_UNIQUE_VIOLATION), errmsg("first"));
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(TopMemoryContext);
		edata = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	assert_raises("23505", "first", ReThrowError(edata));
}

static void
finally_runs_and_rethrows(void **unused)
{
	volatile int runs = 0;

	assert_raises("XX000", "through", {
		PG_TRY(2);
		{
			elog(ERROR, "through");
		}
		PG_FINALLY(2);
		{
			runs++;
		}
		PG_END_TRY(2);
	});
	assert_int_equal(runs, 1);
}

static void
sqlstates_have_five_characters(void **unused)
{
	assert_string_equal(unpack_sql_state(ERRCODE_UNDEFINED_TABLE), "42P01");
	assert_string_equal(unpack_sql_state(ERRCODE_INTERNAL_ERROR), "XX000");
	assert_int_equal(ERRCODE_TO_CATEGORY(ERRCODE_UNIQUE_VIOLATION), ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION);
}

static void
line_prefix_escapes(void **unused)
{
	StringInfoData buf;
	ErrorData edata = {.sqlerrcode = ERRCODE_UNDEFINED_TABLE};

	initStringInfo(&buf);
	log_context.user_name = "joe";
	log_context.database_name = "db";
	log_context.remote_host = "[local]";
	log_context.line_number = 41;
	Log_line_prefix = "<%u@%d %5l|%-4l|%r %e%%>%z";
	log_append_prefix(&buf, &edata);
	assert_string_equal(buf.data, "<joe@db    42|42  |[local] 42P01%>");
	resetStringInfo(&buf);
	log_context.user_name = NULL;
	Log_line_prefix = "a%qb";
	log_append_prefix(&buf, &edata);
	assert_string_equal(buf.data, "a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_arrive),		 cmocka_unit_test(reports_nest),
		cmocka_unit_test(caught_errors_can_be_thrown_again), cmocka_unit_test(finally_runs_and_rethrows),
		cmocka_unit_test(sqlstates_have_five_characters), cmocka_unit_test(line_prefix_escapes),
	};

	return run_unit_tests(tests);
}
