/*
 * func_objects.c
 *    Functions named by DDL: exact argument types, or none at all if the name is unique.
 */
#include "postgres.h"

#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "parser/parse_func.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

typedef enum LookupResult
{
	LOOKUP_FOUND,
	LOOKUP_NONE,
	LOOKUP_AMBIGUOUS
} LookupResult;

static bool
kind_matches(ObjectType objtype, Oid oid)
{
	char kind = get_func_prokind(oid);

	switch (objtype)
	{
		case OBJECT_FUNCTION:
			return kind != PROKIND_PROCEDURE;
		case OBJECT_AGGREGATE:
			return kind != PROKIND_PROCEDURE;
		case OBJECT_PROCEDURE:
			return kind == PROKIND_PROCEDURE;
		default:
			return true;
	}
}

/* nargs < 0: any, but only one function may have the name. */
static LookupResult
lookup_function(ObjectType objtype, List *funcname, int nargs, const Oid *argtypes, bool include_out, bool missing_ok,
				Oid *found)
{
	FuncCandidateList candidates = FuncnameGetCandidates(funcname, nargs, NIL, false, false, include_out, missing_ok);
	LookupResult result = LOOKUP_NONE;

	*found = InvalidOid;
	for (FuncCandidateList c = candidates; c; c = c->next)
	{
		if (nargs > 0 && memcmp(argtypes, c->args, nargs * sizeof(Oid)) != 0)
			continue;
		if (!kind_matches(objtype, c->oid))
			continue;
		if (OidIsValid(*found) && *found != c->oid)
			return LOOKUP_AMBIGUOUS;
		*found = c->oid;
		result = LOOKUP_FOUND;
	}
	return result;
}

Oid
LookupFuncName(List *funcname, int nargs, const Oid *argtypes, bool missing_ok)
{
	Oid found;

	switch (lookup_function(OBJECT_ROUTINE, funcname, nargs, argtypes, false, missing_ok, &found))
	{
		case LOOKUP_FOUND:
			return found;
		case LOOKUP_AMBIGUOUS:
			if (nargs < 0)
				ereport(ERROR,
						errcode(ERRCODE_AMBIGUOUS_FUNCTION),
						errmsg("function name \"%s\" is not unique", NameListToString(funcname)),
						errhint("Specify the argument list to select the function unambiguously."));
			return found;
		case LOOKUP_NONE:
			break;
	}
	if (missing_ok)
		return InvalidOid;
	if (nargs < 0)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not find a function named \"%s\"", NameListToString(funcname)));
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_FUNCTION),
			errmsg("function %s does not exist", func_signature_string(funcname, nargs, NIL, argtypes)));
	return InvalidOid;
}

/* ---- ObjectWithArgs ---- */
static const char *
object_noun(ObjectType objtype)
{
	switch (objtype)
	{
		case OBJECT_PROCEDURE:
			return "procedure";
		case OBJECT_AGGREGATE:
			return "aggregate";
		case OBJECT_ROUTINE:
			return "routine";
		default:
			return "function";
	}
}

static void pg_attribute_noreturn()
object_missing(ObjectType objtype, ObjectWithArgs *func, int nargs, const Oid *argtypes)
{
	const char *name = NameListToString(func->objname);

	if (func->args_unspecified)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not find a%s %s named \"%s\"", objtype == OBJECT_AGGREGATE ? "n" : "",
					   object_noun(objtype), name));
	if (objtype == OBJECT_AGGREGATE && nargs == 0)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("aggregate %s(*) does not exist", name));
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_FUNCTION),
			errmsg("%s %s does not exist", objtype == OBJECT_ROUTINE ? "routine" : object_noun(objtype),
				   func_signature_string(func->objname, nargs, NIL, argtypes)));
	pg_unreachable();
}

static void pg_attribute_noreturn()
object_ambiguous(ObjectType objtype, ObjectWithArgs *func)
{
	const char *noun = object_noun(objtype);

	ereport(ERROR,
			errcode(ERRCODE_AMBIGUOUS_FUNCTION),
			errmsg("%s name \"%s\" is not unique", noun, NameListToString(func->objname)),
			func->args_unspecified ? errhint("Specify the argument list to select the %s unambiguously.", noun) : 0);
	pg_unreachable();
}

/* Found, but is it what the command is for? */
static void
check_kind(ObjectType objtype, Oid oid, ObjectWithArgs *func, int nargs, const Oid *argtypes)
{
	char kind = get_func_prokind(oid);
	const char *wrong = NULL;

	if (objtype == OBJECT_FUNCTION && kind == PROKIND_PROCEDURE)
		wrong = "%s is not a function";
	else if (objtype == OBJECT_PROCEDURE && kind != PROKIND_PROCEDURE)
		wrong = "%s is not a procedure";
	else if (objtype == OBJECT_AGGREGATE && kind != PROKIND_AGGREGATE)
		wrong = "function %s is not an aggregate";
	if (wrong)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg(wrong, func_signature_string(func->objname, nargs, NIL, argtypes)));
}

/* With the names and modes of the parameters, OUT ones may be meant to count. */
static bool
all_parameter_types(ObjectWithArgs *func, Oid *types, int *ntypes)
{
	ListCell *lc;

	*ntypes = 0;
	if (func->objfuncargs == NIL)
		return false;
	foreach (lc, func->objfuncargs)
	{
		FunctionParameter *param = lfirst_node(FunctionParameter, lc);

		if (param->mode != FUNC_PARAM_DEFAULT && param->mode != FUNC_PARAM_IN && param->mode != FUNC_PARAM_INOUT &&
			param->mode != FUNC_PARAM_OUT && param->mode != FUNC_PARAM_VARIADIC)
			return false;
		if (*ntypes >= FUNC_MAX_ARGS)
			return false;
		types[(*ntypes)++] = LookupTypeNameOid(NULL, param->argType, true);
	}
	return true;
}

Oid
LookupFuncWithArgs(ObjectType objtype, ObjectWithArgs *func, bool missing_ok)
{
	Oid argtypes[FUNC_MAX_ARGS];
	int nargs = list_length(func->objargs);
	Oid found;
	LookupResult result;
	ListCell *lc;

	if (nargs > FUNC_MAX_ARGS)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_ARGUMENTS),
				errmsg_plural("functions cannot have more than %d argument",
							  "functions cannot have more than %d arguments", FUNC_MAX_ARGS, FUNC_MAX_ARGS));
	foreach (lc, func->objargs)
	{
		argtypes[foreach_current_index(lc)] = LookupTypeNameOid(NULL, lfirst_node(TypeName, lc), missing_ok);
		if (!OidIsValid(argtypes[foreach_current_index(lc)]))
			return InvalidOid;
	}
	result = lookup_function(func->args_unspecified ? objtype : OBJECT_ROUTINE, func->objname,
							 func->args_unspecified ? -1 : nargs, argtypes, false, missing_ok, &found);
	if ((objtype == OBJECT_PROCEDURE || objtype == OBJECT_ROUTINE) && !func->args_unspecified)
	{
		Oid all[FUNC_MAX_ARGS];
		int nall;
		Oid other;

		if (all_parameter_types(func, all, &nall) && result == LOOKUP_NONE)
		{
			result = lookup_function(objtype, func->objname, nall, all, true, missing_ok, &other);
			found = other;
		}
	}
	switch (result)
	{
		case LOOKUP_FOUND:
			check_kind(objtype, found, func, nargs, argtypes);
			return found;
		case LOOKUP_AMBIGUOUS:
			object_ambiguous(objtype, func);
		case LOOKUP_NONE:
			break;
	}
	if (missing_ok)
		return InvalidOid;
	object_missing(objtype, func, nargs, argtypes);
}
