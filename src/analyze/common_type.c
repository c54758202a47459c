/*
 * common_type.c
 *    One type for several expressions: UNION, CASE, VALUES, ARRAY, GREATEST, COALESCE, anycompatible.
 *
 * The documented rule: domains count as their base types; all unknown gives text; all must be of one category; the
 * first known type wins unless a later one can be reached implicitly from it, but not the other way, and it is not
 * preferred itself.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "analyze/analyze_internal.h"
#include "analyze/common_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* Does the choice move from one type to the next? */
static bool
next_type_wins(Oid best, Oid next)
{
	char category;
	bool preferred;

	get_type_category_preferred(best, &category, &preferred);
	return !preferred && can_coerce_type(1, &best, &next, COERCION_IMPLICIT) &&
		   !can_coerce_type(1, &next, &best, COERCION_IMPLICIT);
}

static bool
all_same_type(const Oid *types, int count)
{
	for (int i = 1; i < count; i++)
		if (types[i] != types[0])
			return false;
	return true;
}

/* Index of the deciding type in *which; *clash is the first type of another category, or -1. */
Oid
common_type_of(const Oid *types, int count, int *which, int *clash)
{
	Oid best = UNKNOWNOID;
	TYPCATEGORY category = TYPCATEGORY_INVALID;

	*which = 0;
	*clash = -1;
	/* Without this, values that agree on a domain would lose it. */
	if (types[0] != UNKNOWNOID && all_same_type(types, count))
		return types[0];
	for (int i = 0; i < count; i++)
	{
		Oid type = getBaseType(types[i]);

		if (type == UNKNOWNOID || type == best)
			continue;
		if (best == UNKNOWNOID)
		{
			best = type;
			category = TypeCategory(type);
			*which = i;
		}
		else if (TypeCategory(type) != category)
		{
			*clash = i;
			return InvalidOid;
		}
		else if (next_type_wins(best, type))
		{
			best = type;
			*which = i;
		}
	}
	return best == UNKNOWNOID ? TEXTOID : best;
}

static Oid *
types_of(List *exprs)
{
	Oid *types = palloc(Max(list_length(exprs), 1) * sizeof(Oid));
	ListCell *lc;

	foreach (lc, exprs)
		types[foreach_current_index(lc)] = exprType(lfirst(lc));
	return types;
}

Oid
select_common_type(ParseState *pstate, List *exprs, const char *context, Node **which_expr)
{
	Oid *types = types_of(exprs);
	int which;
	int clash;
	Oid type = common_type_of(types, list_length(exprs), &which, &clash);

	if (clash >= 0)
	{
		if (context == NULL)
			return InvalidOid;
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				/* translator: first %s is name of a SQL construct, eg CASE */
				errmsg("%s types %s and %s cannot be matched", context, format_type_be(getBaseType(types[which])),
					   format_type_be(getBaseType(types[clash]))),
				parser_errposition(pstate, exprLocation(list_nth(exprs, clash))));
	}
	if (which_expr)
		*which_expr = list_nth(exprs, which);
	return type;
}

Node *
coerce_to_common_type(ParseState *pstate, Node *node, Oid targetTypeId, const char *context)
{
	Oid type = exprType(node);

	if (type == targetTypeId)
		return node;
	if (!can_coerce_type(1, &type, &targetTypeId, COERCION_IMPLICIT))
		ereport(ERROR,
				errcode(ERRCODE_CANNOT_COERCE),
				/* translator: first %s is name of a SQL construct, eg CASE */
				errmsg("%s could not convert type %s to %s", context, format_type_be(type),
					   format_type_be(targetTypeId)),
				parser_errposition(pstate, exprLocation(node)));
	return coerce_type(pstate, node, type, targetTypeId, -1, COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
}

bool
verify_common_type(Oid common_type, List *exprs)
{
	ListCell *lc;

	foreach (lc, exprs)
	{
		Oid type = exprType(lfirst(lc));

		if (type != common_type && !can_coerce_type(1, &type, &common_type, COERCION_IMPLICIT))
			return false;
	}
	return true;
}

int32
select_common_typmod(ParseState *pstate, List *exprs, Oid common_type)
{
	int32 result = -1;
	ListCell *lc;

	foreach (lc, exprs)
	{
		Node *expr = lfirst(lc);

		if (exprType(expr) != common_type)
			return -1;
		if (foreach_current_index(lc) == 0)
			result = exprTypmod(expr);
		else if (result != exprTypmod(expr))
			return -1;
	}
	return result;
}
