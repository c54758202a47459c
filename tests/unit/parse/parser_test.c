/*
 * parser_test.c
 *    raw_parser: trees have the shape and places that analysis counts on; errors have PostgreSQL's text, code and place.
 */
#include "server_test.h"

#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "nodes/value.h"
#include "parser/keywords.h"
#include "parser/parser.h"

static void
statements_keep_their_places(void **unused)
{
	List *stmts = raw_parser(" select 1 ; select 22", RAW_PARSE_DEFAULT);

	assert_int_equal(list_length(stmts), 2);
	assert_int_equal(linitial_node(RawStmt, stmts)->stmt_location, 0);
	assert_int_equal(linitial_node(RawStmt, stmts)->stmt_len, 10);
	assert_int_equal(lsecond_node(RawStmt, stmts)->stmt_location, 11);
	assert_int_equal(lsecond_node(RawStmt, stmts)->stmt_len, 0);
	assert_null(raw_parser("", RAW_PARSE_DEFAULT));
	assert_null(raw_parser(" -- nothing\n;;", RAW_PARSE_DEFAULT));
}

static void
empty_strings_are_values(void **unused)
{
	SelectStmt *select = (SelectStmt *) linitial_node(RawStmt, raw_parser("select ''", RAW_PARSE_DEFAULT))->stmt;
	A_Const *value = (A_Const *) linitial_node(ResTarget, select->targetList)->val;

	assert_true(IsA(&value->val, String));
	assert_string_equal(value->val.sval.sval, "");
	assert_null(linitial_node(ResTarget, select->targetList)->name);
}

static void
enums_are_ours(void **unused)
{
	CreateFunctionStmt *stmt = (CreateFunctionStmt *) linitial_node(
		RawStmt, raw_parser("create function f(int, out b int) language sql as ''", RAW_PARSE_DEFAULT))->stmt;

	assert_int_equal(linitial_node(FunctionParameter, stmt->parameters)->mode, FUNC_PARAM_DEFAULT);
	assert_int_equal(lsecond_node(FunctionParameter, stmt->parameters)->mode, FUNC_PARAM_OUT);
}

static int
error_position(const char *text)
{
	volatile int position = -1;
	MemoryContext context = CurrentMemoryContext;

	PG_TRY();
	{
		raw_parser(text, RAW_PARSE_DEFAULT);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		position = CopyErrorData()->cursorpos;
		FlushErrorState();
	}
	PG_END_TRY();
	return position;
}

static void
errors_are_postgresqls(void **unused)
{
	assert_raises("42601", "syntax error at or near \"selct\"", raw_parser("selct 1", RAW_PARSE_DEFAULT));
	assert_raises("42601", "syntax error at end of input", raw_parser("select (", RAW_PARSE_DEFAULT));
	assert_raises("42601", "unterminated quoted string at or near \"'x\"", raw_parser("select 'x", RAW_PARSE_DEFAULT));
	assert_raises("42P20", "frame start cannot be UNBOUNDED FOLLOWING",
				  raw_parser("select sum(x) over (rows unbounded following)", RAW_PARSE_DEFAULT));
	assert_int_equal(error_position("selct 1"), 1);
	/* characters, not bytes */
	assert_int_equal(error_position("select '\xc3\xa9\xc3\xa9' frm t 1"), 17);
}

static void
types_and_expressions_alone(void **unused)
{
	TypeName *type = linitial_node(TypeName, raw_parser("numeric(10,2)[]", RAW_PARSE_TYPE_NAME));

	assert_int_equal(list_length(type->typmods), 2);
	assert_int_equal(list_length(type->arrayBounds), 1);
	assert_raises("42601", "invalid type name \"int, 1\"", raw_parser("int, 1", RAW_PARSE_TYPE_NAME));
	assert_raises("42601", "invalid type name \"int from t\"", raw_parser("int from t", RAW_PARSE_TYPE_NAME));
	assert_int_equal(list_length(raw_parser("a + 1", RAW_PARSE_PLPGSQL_EXPR)), 1);
}

/* A text may nest as deep as it is long: never a crash. */
static void
deep_nesting_is_an_error(void **unused)
{
	enum { DEPTH = 100000 };
	char *sum = palloc(2 * DEPTH + 16);
	char *parens = palloc(2 * DEPTH + 16);

	strlcpy(sum, "select 1", 16);
	for (int i = 0; i < DEPTH; i++)
		memcpy(sum + 8 + 2 * i, "+1", 3);
	assert_raises("54001", "stack depth limit exceeded", raw_parser(sum, RAW_PARSE_DEFAULT));
	strlcpy(parens, "select ", 16);
	memset(parens + 7, '(', DEPTH);
	strlcpy(parens + 7 + DEPTH, "1", 2);
	assert_true(error_position(parens) >= 0);
}

static void
keywords_are_found(void **unused)
{
	int count;
	const SqlKeyword *all = sql_keyword_table(&count);

	assert_true(count > 400);
	for (int i = 0; i < count; i++)
		assert_ptr_equal(sql_keyword_lookup(all[i].word), &all[i]);
	assert_int_equal(sql_keyword_lookup("select")->category, RESERVED_KEYWORD);
	assert_null(sql_keyword_lookup("selec"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_keep_their_places), cmocka_unit_test(empty_strings_are_values),
		cmocka_unit_test(enums_are_ours),				cmocka_unit_test(errors_are_postgresqls),
		cmocka_unit_test(types_and_expressions_alone),	cmocka_unit_test(deep_nesting_is_an_error),
		cmocka_unit_test(keywords_are_found),
	};

	set_stack_base();
	return run_unit_tests(tests);
}
