/*
 * settings_test.c
 *    Settings: units, ranges, what transactions leave behind, configuration file syntax.
 */
#include "server_test.h"

#include "config/settings.h"
#include "miscadmin.h"

static int answer;
static char *word;
static bool flag;

static void
define_test_settings(void)
{
	DefineCustomIntVariable("test.answer", "a number", NULL, &answer, 42, 0, 1000, PGC_USERSET, GUC_UNIT_MS, NULL, NULL,
							NULL);
	DefineCustomStringVariable("test.word", "a string", NULL, &word, "boot", PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("test.flag", "a flag", NULL, &flag, false, PGC_USERSET, 0, NULL, NULL, NULL);
}

static void
set(const char *name, const char *value, GucAction action)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, action, true, ERROR, false);
}

static void
values_with_units(void **unused)
{
	int number;
	const char *hint;

	assert_true(parse_int("2min", &number, GUC_UNIT_S, &hint) && number == 120);
	assert_true(parse_int(" 1.5 GB ", &number, GUC_UNIT_KB, &hint) && number == 1572864);
	assert_true(parse_int("0x1F", &number, 0, &hint) && number == 31);
	assert_true(parse_int("8kB", &number, GUC_UNIT_BLOCKS, &hint) && number == 1);
	assert_false(parse_int("1 parsec", &number, GUC_UNIT_S, &hint));
	assert_string_equal(hint, "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".");
	assert_false(parse_int("99999999999", &number, 0, &hint));
	assert_string_equal(hint, "Value exceeds integer range.");
	set("test.answer", "1s", GUC_ACTION_SET);
	assert_int_equal(answer, 1000);
	assert_string_equal(GetConfigOptionByName("test.answer", NULL, false), "1s");
}

static void
wrong_values_are_refused(void **unused)
{
	assert_raises("22023", "invalid value for parameter \"test.answer\": \"x\"", set("test.answer", "x", GUC_ACTION_SET));
	assert_raises("22023", "1001 ms is outside the valid range for parameter \"test.answer\" (0 .. 1000)",
				  set("test.answer", "1001", GUC_ACTION_SET));
	assert_raises("22023", "parameter \"test.flag\" requires a Boolean value", set("test.flag", "o", GUC_ACTION_SET));
	assert_raises("42704", "unrecognized configuration parameter \"nonsense\"", set("nonsense", "1", GUC_ACTION_SET));
	assert_raises("42602", "invalid configuration parameter name \"a.2b\"", set("a.2b", "1", GUC_ACTION_SET));
	assert_raises("55P02", "parameter \"port\" cannot be changed without restarting the server",
				  set("port", "1", GUC_ACTION_SET));
}

static void
boolean_words(void **unused)
{
	static const char *const yes[] = {"t", "true", "Y", "yes", "on", "1", "TRUE"};
	static const char *const no[] = {"f", "false", "n", "no", "of", "off", "0"};

	for (int i = 0; i < lengthof(yes); i++)
	{
		set("test.flag", yes[i], GUC_ACTION_SET);
		assert_true(flag);
		set("test.flag", no[i], GUC_ACTION_SET);
		assert_false(flag);
	}
}

static void
begin(void)
{
	AtStart_GUC();
}

static void
end(bool commit)
{
	AtEOXact_GUC(commit, 1);
}

static void
transactions_keep_or_restore(void **unused)
{
	set("test.word", "zero", GUC_ACTION_SET);
	begin();
	set("test.word", "one", GUC_ACTION_SET);
	end(true);
	assert_string_equal(word, "one");

	begin();
	set("test.word", "two", GUC_ACTION_SET);
	end(false);
	assert_string_equal(word, "one");

	begin();
	set("test.word", "local", GUC_ACTION_LOCAL);
	assert_string_equal(word, "local");
	end(true);
	assert_string_equal(word, "one");

	begin();
	set("test.word", "set", GUC_ACTION_SET);
	set("test.word", "local", GUC_ACTION_LOCAL);
	end(true);
	assert_string_equal(word, "set");
}

static void
subtransactions_keep_or_restore(void **unused)
{
	int level;

	set("test.word", "zero", GUC_ACTION_SET);
	begin();
	set("test.word", "outer", GUC_ACTION_SET);
	level = NewGUCNestLevel();
	set("test.word", "inner", GUC_ACTION_SET);
	AtEOXact_GUC(false, level);
	assert_string_equal(word, "outer");
	level = NewGUCNestLevel();
	set("test.word", "inner", GUC_ACTION_LOCAL);
	AtEOXact_GUC(true, level);
	assert_string_equal(word, "inner"); /* SET LOCAL lasts to the end of the transaction */
	end(true);
	assert_string_equal(word, "outer");

	begin();
	level = NewGUCNestLevel();
	set("test.word", "deep", GUC_ACTION_SET);
	AtEOXact_GUC(true, level);
	end(false);
	assert_string_equal(word, "outer");
}

static void
function_options_end_with_the_function(void **unused)
{
	int level;

	set("test.word", "zero", GUC_ACTION_SET);
	begin();
	level = NewGUCNestLevel();
	set("test.word", "option", GUC_ACTION_SAVE);
	set("test.word", "local", GUC_ACTION_LOCAL);
	AtEOXact_GUC(true, level);
	assert_string_equal(word, "zero");
	level = NewGUCNestLevel();
	set("test.word", "option", GUC_ACTION_SAVE);
	set("test.word", "kept", GUC_ACTION_SET); /* an ordinary SET outlives the function */
	AtEOXact_GUC(true, level);
	assert_string_equal(word, "kept");
	end(true);
	assert_string_equal(word, "kept");
}

static void
reset_goes_back(void **unused)
{
	set("test.word", "changed", GUC_ACTION_SET);
	set("test.word", NULL, GUC_ACTION_SET);
	assert_string_equal(word, "boot");
}

static ConfigVariable *
parse(const char *text, bool expect_ok)
{
	ConfigVariable *head = NULL;
	ConfigVariable *tail = NULL;

	assert_int_equal(ParseConfigFp(text, "/test.conf", 0, DEBUG5, &head, &tail), expect_ok);
	return head;
}

static void
config_file_syntax(void **unused)
{
	ConfigVariable *item = parse("# comment\n"
								 "a = 1 # trailing\n"
								 "b.c 'it''s \\'quoted\\' \\n \\101'\n\n"
								 "  d=-1.5e3\r\n"
								 "e = 128MB",
								 true);

	assert_string_equal(item->name, "a");
	assert_string_equal(item->value, "1");
	assert_int_equal(item->sourceline, 2);
	item = item->next;
	assert_string_equal(item->name, "b.c");
	assert_string_equal(item->value, "it's 'quoted' \n A");
	item = item->next;
	assert_string_equal(item->value, "-1.5e3");
	item = item->next;
	assert_string_equal(item->value, "128MB");
	assert_int_equal(item->sourceline, 6);
	assert_null(item->next);

	item = parse("good = 1\nbad =\nunclosed = 'x\ntwo words here\n", false);
	assert_string_equal(item->name, "good");
	for (int line = 2; line <= 4; line++)
	{
		item = item->next;
		assert_null(item->name);
		assert_string_equal(item->errmsg, "syntax error");
		assert_int_equal(item->sourceline, line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_with_units),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(boolean_words),
		cmocka_unit_test(transactions_keep_or_restore),
		cmocka_unit_test(subtransactions_keep_or_restore),
		cmocka_unit_test(function_options_end_with_the_function),
		cmocka_unit_test(reset_goes_back),
		cmocka_unit_test(config_file_syntax),
	};

	MemoryContextInit();
	define_test_settings();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
