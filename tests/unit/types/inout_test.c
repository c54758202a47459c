/*
 * inout_test.c
 *    Goal: text input and output of the simple types, and operators and functions over them, give what PostgreSQL 15
 *    gives, error messages and SQLSTATEs included.
 *    Method: each line of inout_cases.inc is a function, its arguments as text with their types, and the result as text
 *    or "ERROR <sqlstate>: <message>". The lines were made by asking PostgreSQL 15 (tools/make_type_cases.py).
 *    No catalogs: types are a small table of input and output functions here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"

#include "catalog/pg_collation.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

typedef struct Type
{
	const char *name;
	PGFunction in;
	PGFunction out;
} Type;

static const Type types[] = {
	{"bool", boolin, boolout},			 {"int2", int2in, int2out},			  {"int4", int4in, int4out},
	{"int8", int8in, int8out},			 {"float4", float4in, float4out},	  {"float8", float8in, float8out},
	{"numeric", numeric_in, numeric_out}, {"text", textin, textout},		  {"bytea", byteain, byteaout},
	{"date", date_in, date_out},		 {"time", time_in, time_out},		  {"timetz", timetz_in, timetz_out},
	{"timestamp", timestamp_in, timestamp_out}, {"timestamptz", timestamptz_in, timestamptz_out},
	{"interval", interval_in, interval_out}, {"bpchar", bpcharin, bpcharout}, {"tid", tidin, tidout},
	{"name", namein, nameout},			 {"oid", oidin, oidout},			  {"pg_lsn", pg_lsn_in, pg_lsn_out},
};

typedef struct Case
{
	const char *function_name;
	PGFunction function;
	const char *result_type;
	const char *argument_types[4];
	const char *arguments[4];
	const char *expected; /* NULL: null */
} Case;

static const Case cases[] = {
#include "inout_cases.inc"
};

static const Type *
find_type(const char *name)
{
	for (size_t i = 0; i < lengthof(types); i++)
	{
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	}
	fail_msg("no type %s", name);
	return NULL;
}

static Datum
read_value(const Type *type, const char *text)
{
	FmgrInfo flinfo = {.fn_addr = type->in, .fn_nargs = 3, .fn_mcxt = CurrentMemoryContext};

	return FunctionCall3Coll(&flinfo, DEFAULT_COLLATION_OID, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
							 Int32GetDatum(-1));
}

static char *
run(const Case *c)
{
	FmgrInfo flinfo = {.fn_addr = c->function, .fn_mcxt = CurrentMemoryContext};
	LOCAL_FCINFO(fcinfo, 4);
	Datum result;
	int n = 0;

	InitFunctionCallInfoData(*fcinfo, &flinfo, 0, DEFAULT_COLLATION_OID, NULL, NULL);
	for (; n < 4 && c->argument_types[n]; n++)
	{
		fcinfo->args[n].value = read_value(find_type(c->argument_types[n]), c->arguments[n]);
		fcinfo->args[n].isnull = false;
	}
	fcinfo->nargs = (short) n;
	if (c->function == NULL) /* input and output alone */
		result = fcinfo->args[0].value;
	else
		result = c->function(fcinfo);
	if (fcinfo->isnull)
		return NULL;
	return DatumGetCString(DirectFunctionCall1(find_type(c->result_type)->out, result));
}

static char *
run_catching(const Case *c)
{
	MemoryContext context = CurrentMemoryContext;
	char *volatile result = NULL;

	PG_TRY();
	{
		result = run(c);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		result = psprintf("ERROR %s: %s", unpack_sql_state(error->sqlerrcode), error->message);
	}
	PG_END_TRY();
	return result;
}

static void
test_cases(void **state)
{
	int wrong = 0;

	for (size_t i = 0; i < lengthof(cases); i++)
	{
		const Case *c = &cases[i];
		char *got = run_catching(c);
		bool same = got == NULL || c->expected == NULL ? got == c->expected : strcmp(got, c->expected) == 0;

		if (!same)
		{
			wrong++;
			print_message("%s(%s%s%s%s%s): %s, not %s\n", c->function_name, c->arguments[0], c->arguments[1] ? ", " : "",
						  c->arguments[1] ? c->arguments[1] : "", c->arguments[2] ? ", " : "",
						  c->arguments[2] ? c->arguments[2] : "", got ? got : "NULL", c->expected ? c->expected : "NULL");
		}
	}
	print_message("%zu cases, %d wrong\n", lengthof(cases), wrong);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};

	MemoryContextInit();
	SetDatabaseEncoding(PG_UTF8);
	pg_timezone_initialize();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
