/*
 * deparse_function.c
 *    Definitions of functions: parameters, result, and the whole CREATE FUNCTION.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/deparse.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

static HeapTuple
find_function(Oid funcid)
{
	return SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
}

static List *
default_expressions(HeapTuple tuple)
{
	bool isnull;
	Datum datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargdefaults, &isnull);

	return isnull ? NIL : castNode(List, stringToNode(TextDatumGetCString(datum)));
}

/* The parameters that table_args chooses: those of RETURNS TABLE, or all others. How many were written. */
static int
append_parameters(StringInfo buf, HeapTuple tuple, bool table_args, bool defaults)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	Oid *types;
	char **names;
	char *modes;
	int count = get_func_arg_info(tuple, &types, &names, &modes);
	List *exprs = defaults ? default_expressions(tuple) : NIL;
	int first_default = form->pronargs - list_length(exprs);
	int input = 0;
	int printed = 0;

	for (int i = 0; i < count; i++)
	{
		char mode = modes ? modes[i] : PROARGMODE_IN;
		bool is_input = mode == PROARGMODE_IN || mode == PROARGMODE_INOUT || mode == PROARGMODE_VARIADIC;
		int this_input = input;
		const char *word = "";

		input += is_input;
		if ((mode == PROARGMODE_TABLE) != table_args)
			continue;
		if (mode == PROARGMODE_INOUT)
			word = "INOUT ";
		else if (mode == PROARGMODE_OUT)
			word = "OUT ";
		else if (mode == PROARGMODE_VARIADIC)
			word = "VARIADIC ";
		else if (mode == PROARGMODE_IN && form->prokind == PROKIND_PROCEDURE)
			word = "IN ";
		if (printed++ > 0)
			appendStringInfoString(buf, ", ");
		appendStringInfoString(buf, word);
		if (names && names[i][0])
			appendStringInfo(buf, "%s ", quote_identifier(names[i]));
		appendStringInfoString(buf, format_type_be(types[i]));
		if (is_input && this_input >= first_default)
			appendStringInfo(buf, " DEFAULT %s",
							 deparse_expression(list_nth(exprs, this_input - first_default), NIL, false, false));
	}
	return printed;
}

static void
append_result(StringInfo buf, HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);

	if (form->proretset)
	{
		StringInfoData columns;

		initStringInfo(&columns);
		if (append_parameters(&columns, tuple, true, false) > 0)
		{
			appendStringInfo(buf, "TABLE(%s)", columns.data);
			return;
		}
		appendStringInfoString(buf, "SETOF ");
	}
	appendStringInfoString(buf, format_type_be(form->prorettype));
}

Datum
pg_get_function_arguments(PG_FUNCTION_ARGS)
{
	HeapTuple tuple = find_function(PG_GETARG_OID(0));
	StringInfoData buf;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_NULL();
	initStringInfo(&buf);
	append_parameters(&buf, tuple, false, true);
	ReleaseSysCache(tuple);
	PG_RETURN_TEXT_P(cstring_to_text(buf.data));
}

Datum
pg_get_function_identity_arguments(PG_FUNCTION_ARGS)
{
	HeapTuple tuple = find_function(PG_GETARG_OID(0));
	StringInfoData buf;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_NULL();
	initStringInfo(&buf);
	append_parameters(&buf, tuple, false, false);
	ReleaseSysCache(tuple);
	PG_RETURN_TEXT_P(cstring_to_text(buf.data));
}

Datum
pg_get_function_result(PG_FUNCTION_ARGS)
{
	HeapTuple tuple = find_function(PG_GETARG_OID(0));
	StringInfoData buf;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_NULL();
	if (((Form_pg_proc) GETSTRUCT(tuple))->prokind == PROKIND_PROCEDURE)
	{
		ReleaseSysCache(tuple);
		PG_RETURN_NULL();
	}
	initStringInfo(&buf);
	append_result(&buf, tuple);
	ReleaseSysCache(tuple);
	PG_RETURN_TEXT_P(cstring_to_text(buf.data));
}

Datum
pg_get_function_arg_default(PG_FUNCTION_ARGS)
{
	HeapTuple tuple = find_function(PG_GETARG_OID(0));
	int nth = PG_GETARG_INT32(1);
	Oid *types;
	char **names;
	char *modes;
	int count;
	int input = 0;
	List *exprs;
	int place;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_NULL();
	count = get_func_arg_info(tuple, &types, &names, &modes);
	exprs = default_expressions(tuple);
	place = list_length(exprs) - ((Form_pg_proc) GETSTRUCT(tuple))->pronargs;
	ReleaseSysCache(tuple);
	if (nth < 1 || nth > count)
		PG_RETURN_NULL();
	for (int i = 0; i < nth; i++)
	{
		char mode = modes ? modes[i] : PROARGMODE_IN;

		if (mode == PROARGMODE_IN || mode == PROARGMODE_INOUT || mode == PROARGMODE_VARIADIC)
			input++;
		else if (i == nth - 1)
			PG_RETURN_NULL();
	}
	place += input - 1;
	if (place < 0 || place >= list_length(exprs))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(deparse_expression(list_nth(exprs, place), NIL, false, false)));
}

/* ---- CREATE FUNCTION ---- */
static void
append_properties(StringInfo buf, Form_pg_proc form)
{
	int start = buf->len;
	double default_cost = form->prolang == INTERNALlanguageId || form->prolang == ClanguageId ? 1 : 100;

	if (form->prokind == PROKIND_WINDOW)
		appendStringInfoString(buf, " WINDOW");
	if (form->provolatile == PROVOLATILE_IMMUTABLE)
		appendStringInfoString(buf, " IMMUTABLE");
	else if (form->provolatile == PROVOLATILE_STABLE)
		appendStringInfoString(buf, " STABLE");
	if (form->proparallel == PROPARALLEL_SAFE)
		appendStringInfoString(buf, " PARALLEL SAFE");
	else if (form->proparallel == PROPARALLEL_RESTRICTED)
		appendStringInfoString(buf, " PARALLEL RESTRICTED");
	if (form->proisstrict)
		appendStringInfoString(buf, " STRICT");
	if (form->prosecdef)
		appendStringInfoString(buf, " SECURITY DEFINER");
	if (form->proleakproof)
		appendStringInfoString(buf, " LEAKPROOF");
	if (form->procost != default_cost)
		appendStringInfo(buf, " COST %g", form->procost);
	if (form->prorows > 0 && form->prorows != 1000)
		appendStringInfo(buf, " ROWS %g", form->prorows);
	if (OidIsValid(form->prosupport))
		appendStringInfo(buf, " SUPPORT %s", deparse_function_name(form->prosupport, 1, NIL, (Oid[]){INTERNALOID}, false, NULL));
	if (buf->len > start)
		appendStringInfoChar(buf, '\n');
}

static void
append_settings(StringInfo buf, HeapTuple tuple)
{
	bool isnull;
	Datum datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig, &isnull);
	Datum *items;
	int count;

	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(datum), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		char *item = TextDatumGetCString(items[i]);
		char *value = strchr(item, '=');

		if (value == NULL)
			continue;
		*value++ = '\0';
		appendStringInfo(buf, " SET %s TO ", quote_identifier(item));
		deparse_string_literal(buf, value);
		appendStringInfoChar(buf, '\n');
	}
}

/* A dollar quote that does not occur in the body. */
static void
append_body(StringInfo buf, const char *body, bool procedure)
{
	StringInfoData quote;

	initStringInfo(&quote);
	appendStringInfoString(&quote, procedure ? "$procedure" : "$function");
	while (strstr(body, quote.data))
		appendStringInfoChar(&quote, 'x');
	appendStringInfoChar(&quote, '$');
	appendStringInfo(buf, "%s%s%s", quote.data, body, quote.data);
}

Datum
pg_get_functiondef(PG_FUNCTION_ARGS)
{
	HeapTuple tuple = find_function(PG_GETARG_OID(0));
	Form_pg_proc form;
	bool procedure;
	bool isnull;
	Datum datum;
	StringInfoData buf;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_NULL();
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (form->prokind == PROKIND_AGGREGATE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is an aggregate function", NameStr(form->proname)));
	procedure = form->prokind == PROKIND_PROCEDURE;
	initStringInfo(&buf);
	appendStringInfo(&buf, "CREATE OR REPLACE %s %s(", procedure ? "PROCEDURE" : "FUNCTION",
					 quote_qualified_identifier(get_namespace_name_or_temp(form->pronamespace),
												NameStr(form->proname)));
	append_parameters(&buf, tuple, false, true);
	appendStringInfoString(&buf, ")\n");
	if (!procedure)
	{
		appendStringInfoString(&buf, " RETURNS ");
		append_result(&buf, tuple);
		appendStringInfoChar(&buf, '\n');
	}
	appendStringInfo(&buf, " LANGUAGE %s\n", quote_identifier(get_language_name(form->prolang, false)));
	append_properties(&buf, form);
	append_settings(&buf, tuple);
	datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosqlbody, &isnull);
	if (!isnull)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("showing functions with a SQL-standard body is not supported"));
	appendStringInfoString(&buf, "AS ");
	datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_probin, &isnull);
	if (!isnull)
	{
		deparse_string_literal(&buf, TextDatumGetCString(datum));
		appendStringInfoString(&buf, ", ");
	}
	datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &isnull);
	if (isnull)
		elog(ERROR, "null prosrc");
	append_body(&buf, TextDatumGetCString(datum), procedure);
	appendStringInfoChar(&buf, '\n');
	ReleaseSysCache(tuple);
	PG_RETURN_TEXT_P(cstring_to_text(buf.data));
}

/* BEGIN ATOMIC bodies cannot be made yet, so none is ever shown. */
Datum
pg_get_function_sqlbody(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}
