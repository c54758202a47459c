/*
 * param.c
 *    $1, $2, ...: with types given by the client, or found out from how they are used.
 */
#include "postgres.h"

#include <limits.h>

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_param.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

typedef struct FixedParams
{
	const Oid *types;
	int count;
} FixedParams;

typedef struct VariableParams
{
	Oid **types;			/* the caller's array, repalloc'd as it grows */
	int *count;
} VariableParams;

static Param *
make_extern_param(int number, Oid type, int location)
{
	Param *param = makeNode(Param);

	param->paramkind = PARAM_EXTERN;
	param->paramid = number;
	param->paramtype = type;
	param->paramtypmod = -1;
	param->paramcollid = get_typcollation(type);
	param->location = location;
	return param;
}

static void pg_attribute_noreturn()
no_such_param(ParseState *pstate, ParamRef *pref)
{
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_PARAMETER),
			errmsg("there is no parameter $%d", pref->number),
			parser_errposition(pstate, pref->location));
	pg_unreachable();
}

/* ---- given types ---- */
static Node *
fixed_param_ref(ParseState *pstate, ParamRef *pref)
{
	FixedParams *params = pstate->p_ref_hook_state;

	if (pref->number <= 0 || pref->number > params->count || !OidIsValid(params->types[pref->number - 1]))
		no_such_param(pstate, pref);
	return (Node *) make_extern_param(pref->number, params->types[pref->number - 1], pref->location);
}

void
setup_parse_fixed_parameters(ParseState *pstate, const Oid *paramTypes, int numParams)
{
	FixedParams *params = palloc(sizeof(FixedParams));

	params->types = paramTypes;
	params->count = numParams;
	pstate->p_ref_hook_state = params;
	pstate->p_paramref_hook = fixed_param_ref;
}

/* ---- types to be found ---- */
static void
grow_params(VariableParams *params, int count)
{
	Oid *types = *params->types ? repalloc(*params->types, count * sizeof(Oid)) : palloc(count * sizeof(Oid));

	memset(types + *params->count, 0, (count - *params->count) * sizeof(Oid));
	*params->types = types;
	*params->count = count;
}

static Node *
variable_param_ref(ParseState *pstate, ParamRef *pref)
{
	VariableParams *params = pstate->p_ref_hook_state;
	Oid *type;

	if (pref->number <= 0 || pref->number > INT_MAX / (int) sizeof(Oid))
		no_such_param(pstate, pref);
	if (pref->number > *params->count)
		grow_params(params, pref->number);
	type = &(*params->types)[pref->number - 1];
	/* unknown: seen, but nothing has said what it is */
	if (*type == InvalidOid)
		*type = UNKNOWNOID;
	/* A void parameter is no parameter; drivers declare OUT ones so. */
	if (*type == VOIDOID && pstate->p_expr_kind == EXPR_KIND_CALL_ARGUMENT)
		*type = UNKNOWNOID;
	return (Node *) make_extern_param(pref->number, *type, pref->location);
}

static Node *
variable_coerce_param(ParseState *pstate, Param *param, Oid targetTypeId, int32 targetTypeMod, int location)
{
	VariableParams *params = pstate->p_ref_hook_state;
	Oid *type;

	if (param->paramkind != PARAM_EXTERN || param->paramtype != UNKNOWNOID)
		return NULL;
	if (param->paramid <= 0 || param->paramid > *params->count)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_PARAMETER),
				errmsg("there is no parameter $%d", param->paramid),
				parser_errposition(pstate, param->location));
	type = &(*params->types)[param->paramid - 1];
	if (*type == UNKNOWNOID)
		*type = targetTypeId;
	else if (*type != targetTypeId)
		ereport(ERROR,
				errcode(ERRCODE_AMBIGUOUS_PARAMETER),
				errmsg("inconsistent types deduced for parameter $%d", param->paramid),
				errdetail("%s versus %s", format_type_be(*type), format_type_be(targetTypeId)),
				parser_errposition(pstate, param->location));
	param->paramtype = targetTypeId;
	/* A length coercion, if any, is applied outside: the client may send any length. */
	param->paramtypmod = -1;
	param->paramcollid = get_typcollation(param->paramtype);
	if (location >= 0 && (param->location < 0 || location < param->location))
		param->location = location;
	return (Node *) param;
}

void
setup_parse_variable_parameters(ParseState *pstate, Oid **paramTypes, int *numParams)
{
	VariableParams *params = palloc(sizeof(VariableParams));

	params->types = paramTypes;
	params->count = numParams;
	pstate->p_ref_hook_state = params;
	pstate->p_paramref_hook = variable_param_ref;
	pstate->p_coerce_param_hook = variable_coerce_param;
}

/* ---- afterwards ---- */
static bool
check_param_walker(Node *node, ParseState *pstate)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param))
	{
		Param *param = (Param *) node;

		if (param->paramkind == PARAM_EXTERN)
		{
			VariableParams *params = pstate->p_ref_hook_state;

			if (param->paramid <= 0 || param->paramid > *params->count)
				ereport(ERROR,
						errcode(ERRCODE_UNDEFINED_PARAMETER),
						errmsg("there is no parameter $%d", param->paramid),
						parser_errposition(pstate, param->location));
			/* An early use left untyped while a later one found a type. */
			if (param->paramtype != (*params->types)[param->paramid - 1])
				ereport(ERROR,
						errcode(ERRCODE_AMBIGUOUS_PARAMETER),
						errmsg("could not determine data type of parameter $%d", param->paramid),
						parser_errposition(pstate, param->location));
		}
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, check_param_walker, pstate, 0);
	return expression_tree_walker(node, check_param_walker, pstate);
}

void
check_variable_parameters(ParseState *pstate, Query *query)
{
	VariableParams *params = pstate->p_ref_hook_state;

	if (*params->count > 0)
		query_tree_walker(query, check_param_walker, pstate, 0);
}

static bool
extern_param_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param))
		return ((Param *) node)->paramkind == PARAM_EXTERN;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, extern_param_walker, context, 0);
	return expression_tree_walker(node, extern_param_walker, context);
}

bool
query_contains_extern_params(Query *query)
{
	return query_tree_walker(query, extern_param_walker, NULL, 0);
}
