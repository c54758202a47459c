/*
 * set_statement.c
 *    SET, RESET and SET TRANSACTION: from the statement's tree to set_config_option.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "config/settings.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

/* ---- arguments as text --------------------------------------------------------------------------------------------------- */
/* SET TIME ZONE INTERVAL '...' HOUR TO MINUTE: the interval with its qualifier applied, as text. */
static void
append_interval(StringInfo buf, const char *text, TypeName *type_name)
{
	Oid type;
	int32 typmod;
	Datum interval;

	typenameTypeIdAndMod(NULL, type_name, &type, &typmod);
	Assert(type == INTERVALOID);
	interval = DirectFunctionCall3(interval_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
								   Int32GetDatum(typmod));
	appendStringInfo(buf, "INTERVAL '%s'", DatumGetCString(DirectFunctionCall1(interval_out, interval)));
}

static void
append_argument(StringInfo buf, Node *argument, int flags)
{
	TypeName *type_name = NULL;
	A_Const *constant;

	if (IsA(argument, TypeCast))
	{
		type_name = ((TypeCast *) argument)->typeName;
		argument = ((TypeCast *) argument)->arg;
	}
	if (!IsA(argument, A_Const))
		elog(ERROR, "unrecognized node type: %d", (int) nodeTag(argument));
	constant = (A_Const *) argument;
	switch (nodeTag(&constant->val.node))
	{
		case T_Integer:
			appendStringInfo(buf, "%d", constant->val.ival.ival);
			break;
		case T_Float:
			appendStringInfoString(buf, constant->val.fval.fval);
			break;
		case T_Boolean:
			appendStringInfoString(buf, constant->val.boolval.boolval ? "true" : "false");
			break;
		case T_String:
			if (type_name)
				append_interval(buf, constant->val.sval.sval, type_name);
			else if (flags & GUC_LIST_QUOTE)
				appendStringInfoString(buf, quote_identifier(constant->val.sval.sval));
			else
				appendStringInfoString(buf, constant->val.sval.sval);
			break;
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(&constant->val.node));
	}
}

static char *
arguments_as_text(const char *name, List *args)
{
	int flags = GetConfigOptionFlags(name, true);
	StringInfoData buf;
	ListCell *lc;

	if (args == NIL)
		return NULL;
	if (!(flags & GUC_LIST_INPUT) && list_length(args) != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("SET %s takes only one argument", name));
	initStringInfo(&buf);
	foreach (lc, args)
	{
		if (buf.len > 0)
			appendStringInfoString(&buf, ", ");
		append_argument(&buf, lfirst(lc), flags);
	}
	return buf.data;
}

char *
ExtractSetVariableArgs(VariableSetStmt *stmt)
{
	switch (stmt->kind)
	{
		case VAR_SET_VALUE:
			return arguments_as_text(stmt->name, stmt->args);
		case VAR_SET_CURRENT:
			return GetConfigOptionByName(stmt->name, NULL, false);
		default:
			return NULL;
	}
}

/* ---- running ---------------------------------------------------------------------------------------------------------------- */
static void
set_by_statement(const char *name, const char *value, bool is_local)
{
	(void) set_config_option(name, value, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION,
							 is_local ? GUC_ACTION_LOCAL : GUC_ACTION_SET, true, 0, false);
}

/* SET [LOCAL] TRANSACTION and SET SESSION CHARACTERISTICS: a list of DefElems, each a setting of its own. */
static void
set_transaction_options(List *options, const char *prefix, bool is_local)
{
	static const char *const names[] = {"transaction_isolation", "transaction_read_only", "transaction_deferrable"};
	ListCell *lc;

	foreach (lc, options)
	{
		DefElem *item = lfirst_node(DefElem, lc);
		bool known = false;

		for (int i = 0; i < lengthof(names); i++)
			known |= strcmp(item->defname, names[i]) == 0;
		if (!known)
			elog(ERROR, "unexpected SET TRANSACTION element: %s", item->defname);
		set_by_statement(psprintf("%s%s", prefix, item->defname), arguments_as_text(item->defname, list_make1(item->arg)),
						 is_local);
	}
}

static void
set_multiple(VariableSetStmt *stmt, bool isTopLevel)
{
	if (strcmp(stmt->name, "TRANSACTION") == 0)
	{
		WarnNoTransactionBlock(isTopLevel, "SET TRANSACTION");
		set_transaction_options(stmt->args, "", true);
	}
	else if (strcmp(stmt->name, "SESSION CHARACTERISTICS") == 0)
		set_transaction_options(stmt->args, "default_", stmt->is_local);
	else if (strcmp(stmt->name, "TRANSACTION SNAPSHOT") == 0)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("SET TRANSACTION SNAPSHOT is not supported"));
	else
		elog(ERROR, "unexpected SET MULTI element: %s", stmt->name);
}

void
ExecSetVariableStmt(VariableSetStmt *stmt, bool isTopLevel)
{
	switch (stmt->kind)
	{
		case VAR_SET_VALUE:
		case VAR_SET_CURRENT:
			if (stmt->is_local)
				WarnNoTransactionBlock(isTopLevel, "SET LOCAL");
			set_by_statement(stmt->name, ExtractSetVariableArgs(stmt), stmt->is_local);
			break;
		case VAR_SET_MULTI:
			set_multiple(stmt, isTopLevel);
			break;
		case VAR_SET_DEFAULT:
			if (stmt->is_local)
				WarnNoTransactionBlock(isTopLevel, "SET LOCAL");
			pg_fallthrough;
		case VAR_RESET:
			if (strcmp(stmt->name, "transaction_isolation") == 0)
				WarnNoTransactionBlock(isTopLevel, "RESET TRANSACTION");
			set_by_statement(stmt->name, NULL, stmt->is_local);
			break;
		case VAR_RESET_ALL:
			ResetAllOptions();
			break;
	}
}
