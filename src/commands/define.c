/*
 * define.c
 *    Values of options: DefElem to C types.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/defrem.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "parser/parse_type.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

static void
requires(DefElem *def, const char *what)
{
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg(what, def->defname));
}

char *
defGetString(DefElem *def)
{
	if (def->arg == NULL)
		requires(def, "%s requires a parameter");
	switch (nodeTag(def->arg))
	{
		case T_Integer:
			return psprintf("%ld", (long) intVal(def->arg));
		case T_Float:
			return ((Float *) def->arg)->fval;
		case T_Boolean:
			return boolVal(def->arg) ? "true" : "false";
		case T_String:
			return strVal(def->arg);
		case T_TypeName:
			return TypeNameToString((TypeName *) def->arg);
		case T_List:
			return NameListToString((List *) def->arg);
		case T_A_Star:
			return pstrdup("*");
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(def->arg));
	}
	return NULL;
}

double
defGetNumeric(DefElem *def)
{
	if (def->arg == NULL)
		requires(def, "%s requires a numeric value");
	switch (nodeTag(def->arg))
	{
		case T_Integer:
			return (double) intVal(def->arg);
		case T_Float:
			return floatVal(def->arg);
		default:
			requires(def, "%s requires a numeric value");
	}
	return 0;
}

bool
defGetBoolean(DefElem *def)
{
	char *string;

	if (def->arg == NULL)
		return true;
	if (IsA(def->arg, Integer) && (intVal(def->arg) == 0 || intVal(def->arg) == 1))
		return intVal(def->arg) == 1;
	if (!IsA(def->arg, Integer))
	{
		string = defGetString(def);
		if (strcasecmp(string, "true") == 0 || strcasecmp(string, "on") == 0)
			return true;
		if (strcasecmp(string, "false") == 0 || strcasecmp(string, "off") == 0)
			return false;
	}
	requires(def, "%s requires a Boolean value");
	return false;
}

int32
defGetInt32(DefElem *def)
{
	if (def->arg == NULL || !IsA(def->arg, Integer))
		requires(def, "%s requires an integer value");
	return (int32) intVal(def->arg);
}

int64
defGetInt64(DefElem *def)
{
	if (def->arg == NULL)
		requires(def, "%s requires a numeric value");
	switch (nodeTag(def->arg))
	{
		case T_Integer:
			return (int64) intVal(def->arg);
		case T_Float:
			/* numbers too big for int come as Float */
			return DatumGetInt64(DirectFunctionCall1(int8in, CStringGetDatum(((Float *) def->arg)->fval)));
		default:
			requires(def, "%s requires a numeric value");
	}
	return 0;
}

Oid
defGetObjectId(DefElem *def)
{
	if (def->arg == NULL)
		requires(def, "%s requires a numeric value");
	switch (nodeTag(def->arg))
	{
		case T_Integer:
			return (Oid) intVal(def->arg);
		case T_Float:
			return DatumGetObjectId(DirectFunctionCall1(oidin, CStringGetDatum(((Float *) def->arg)->fval)));
		default:
			requires(def, "%s requires a numeric value");
	}
	return 0;
}

List *
defGetQualifiedName(DefElem *def)
{
	if (def->arg == NULL)
		requires(def, "%s requires a parameter");
	switch (nodeTag(def->arg))
	{
		case T_TypeName:
			return ((TypeName *) def->arg)->names;
		case T_List:
			return (List *) def->arg;
		case T_String:
			return list_make1(def->arg);
		default:
			requires(def, "argument of %s must be a name");
	}
	return NIL;
}

TypeName *
defGetTypeName(DefElem *def)
{
	if (def->arg == NULL)
		requires(def, "%s requires a parameter");
	switch (nodeTag(def->arg))
	{
		case T_TypeName:
			return (TypeName *) def->arg;
		case T_String:
			return makeTypeNameFromNameList(list_make1(def->arg));
		default:
			requires(def, "argument of %s must be a type name");
	}
	return NULL;
}

List *
defGetStringList(DefElem *def)
{
	if (def->arg == NULL)
		requires(def, "%s requires a parameter");
	if (!IsA(def->arg, List))
		elog(ERROR, "unrecognized node type: %d", (int) nodeTag(def->arg));
	return (List *) def->arg;
}

void
errorConflictingDefElem(DefElem *defel, ParseState *pstate)
{
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("conflicting or redundant options"), parser_errposition(pstate, defel->location));
}
