/*
 * colnames.c
 *    The name of an output column that nobody named.
 *
 * Names differ in strength: a column or function name is a good one, a cast's type or "case" only serves if nothing
 * better is inside.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "parser/parse_target.h"

typedef enum NameStrength
{
	NAME_NONE,
	NAME_WEAK,
	NAME_GOOD
} NameStrength;

static NameStrength figure(Node *node, char **name);

static NameStrength
good(char **name, const char *value)
{
	*name = (char *) value;
	return NAME_GOOD;
}

/* The last proper name of a list of fields and subscripts; NULL if there is none. */
static char *
last_name(List *fields)
{
	char *result = NULL;
	ListCell *lc;

	foreach (lc, fields)
		if (IsA(lfirst(lc), String))
			result = strVal(lfirst(lc));
	return result;
}

static NameStrength
figure_sublink(SubLink *sublink, char **name)
{
	Query *query = (Query *) sublink->subselect;

	switch (sublink->subLinkType)
	{
		case EXISTS_SUBLINK:
			return good(name, "exists");
		case ARRAY_SUBLINK:
			return good(name, "array");
		case EXPR_SUBLINK:
			if (IsA(query, Query))
			{
				TargetEntry *tle = linitial_node(TargetEntry, query->targetList);

				if (tle->resname)
					return good(name, tle->resname);
			}
			return NAME_NONE;
		default:
			return NAME_NONE;
	}
}

static NameStrength
figure_type_cast(TypeCast *tc, char **name)
{
	NameStrength strength = figure(tc->arg, name);

	if (strength > NAME_WEAK || tc->typeName == NULL)
		return strength;
	*name = strVal(llast(tc->typeName->names));
	return NAME_WEAK;
}

static NameStrength
figure_case(CaseExpr *c, char **name)
{
	NameStrength strength = figure((Node *) c->defresult, name);

	if (strength > NAME_WEAK)
		return strength;
	*name = "case";
	return NAME_WEAK;
}

static const char *
value_function_name(SQLValueFunctionOp op)
{
	static const char *const names[] = {
		[SVFOP_CURRENT_DATE] = "current_date",
		[SVFOP_CURRENT_TIME] = "current_time",
		[SVFOP_CURRENT_TIME_N] = "current_time",
		[SVFOP_CURRENT_TIMESTAMP] = "current_timestamp",
		[SVFOP_CURRENT_TIMESTAMP_N] = "current_timestamp",
		[SVFOP_LOCALTIME] = "localtime",
		[SVFOP_LOCALTIME_N] = "localtime",
		[SVFOP_LOCALTIMESTAMP] = "localtimestamp",
		[SVFOP_LOCALTIMESTAMP_N] = "localtimestamp",
		[SVFOP_CURRENT_ROLE] = "current_role",
		[SVFOP_CURRENT_USER] = "current_user",
		[SVFOP_USER] = "user",
		[SVFOP_SESSION_USER] = "session_user",
		[SVFOP_CURRENT_CATALOG] = "current_catalog",
		[SVFOP_CURRENT_SCHEMA] = "current_schema",
	};

	return names[op];
}

static NameStrength
figure(Node *node, char **name)
{
	char *last;

	if (node == NULL)
		return NAME_NONE;
	switch (nodeTag(node))
	{
		case T_ColumnRef:
			last = last_name(((ColumnRef *) node)->fields);
			return last ? good(name, last) : NAME_NONE;
		case T_A_Indirection:
			last = last_name(((A_Indirection *) node)->indirection);
			return last ? good(name, last) : figure(((A_Indirection *) node)->arg, name);
		case T_FuncCall:
			return good(name, strVal(llast(((FuncCall *) node)->funcname)));
		case T_A_Expr:
			return ((A_Expr *) node)->kind == AEXPR_NULLIF ? good(name, "nullif") : NAME_NONE;
		case T_TypeCast:
			return figure_type_cast((TypeCast *) node, name);
		case T_CollateClause:
			return figure(((CollateClause *) node)->arg, name);
		case T_GroupingFunc:
			return good(name, "grouping");
		case T_SubLink:
			return figure_sublink((SubLink *) node, name);
		case T_CaseExpr:
			return figure_case((CaseExpr *) node, name);
		case T_A_ArrayExpr:
			return good(name, "array");
		case T_RowExpr:
			return good(name, "row");
		case T_CoalesceExpr:
			return good(name, "coalesce");
		case T_MinMaxExpr:
			return good(name, ((MinMaxExpr *) node)->op == IS_GREATEST ? "greatest" : "least");
		case T_SQLValueFunction:
			return good(name, value_function_name(((SQLValueFunction *) node)->op));
		default:
			return NAME_NONE;
	}
}

char *
FigureColname(Node *node)
{
	char *name = NULL;

	(void) figure(node, &name);
	return name ? name : "?column?";
}

char *
FigureIndexColname(Node *node)
{
	char *name = NULL;

	(void) figure(node, &name);
	return name;
}
