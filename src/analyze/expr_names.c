/*
 * expr_names.c
 *    Names in expressions: columns, whole rows, x.y.z, subscripts.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_func.h"
#include "parser/parse_relation.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"

/* A column reference taken apart, and how far its lookup got. */
typedef enum NameFailure
{
	NAME_NO_COLUMN,
	NAME_NO_TABLE,
	NAME_OTHER_DATABASE,
	NAME_TOO_LONG
} NameFailure;

typedef struct NameParts
{
	char *schema;
	char *table;
	char *column;
	NameFailure failure;
} NameParts;

static void
refuse_column_ref(ParseState *pstate, int location)
{
	const char *where = NULL;

	if (pstate->p_expr_kind == EXPR_KIND_COLUMN_DEFAULT)
		where = "cannot use column reference in DEFAULT expression";
	else if (pstate->p_expr_kind == EXPR_KIND_PARTITION_BOUND)
		where = "cannot use column reference in partition bound expression";
	if (where)
		ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE), errmsg("%s", where),
				parser_errposition(pstate, location));
}

Node *
expr_whole_row_ref(ParseState *pstate, ParseNamespaceItem *nsitem, int sublevels_up, int location)
{
	/* A JOIN USING alias names only some of a join's columns: a row made of those. */
	if (nsitem->p_names != nsitem->p_rte->eref)
	{
		RowExpr *row = makeNode(RowExpr);
		List *names;
		List *vars;
		ListCell *lc;

		vars = expandNSItemVars(nsitem, sublevels_up, location, &names);
		row->args = list_truncate(vars, list_length(nsitem->p_names->colnames));
		row->row_typeid = RECORDOID;
		row->row_format = COERCE_IMPLICIT_CAST;
		row->colnames = copyObject(nsitem->p_names->colnames);
		row->location = location;
		foreach (lc, row->args)
			markVarForSelectPriv(pstate, lfirst(lc));
		return (Node *) row;
	}
	else
	{
		Var *var = makeWholeRowVar(nsitem->p_rte, nsitem->p_rtindex, sublevels_up, true);

		var->location = location;
		markVarForSelectPriv(pstate, var);
		return (Node *) var;
	}
}

void
unknown_attribute(ParseState *pstate, Node *relref, const char *attname, int location)
{
	Oid type;

	if (IsA(relref, Var) && ((Var *) relref)->varattno == InvalidAttrNumber)
	{
		RangeTblEntry *rte = GetRTEByRangeTablePosn(pstate, ((Var *) relref)->varno, ((Var *) relref)->varlevelsup);

		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column %s.%s does not exist", rte->eref->aliasname, attname),
				parser_errposition(pstate, location));
	}
	type = exprType(relref);
	if (ISCOMPLEX(type))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" not found in data type %s", attname, format_type_be(type)),
				parser_errposition(pstate, location));
	if (type == RECORDOID)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("could not identify column \"%s\" in record data type", attname),
				parser_errposition(pstate, location));
	ereport(ERROR,
			errcode(ERRCODE_WRONG_OBJECT_TYPE),
			errmsg("column notation .%s applied to type %s, which is not a composite type", attname,
				   format_type_be(type)),
			parser_errposition(pstate, location));
	pg_unreachable();
}

/* One name: a column, or else a table's whole row. */
static Node *
lookup_one_name(ParseState *pstate, ColumnRef *cref, NameParts *parts)
{
	int levels_up;
	ParseNamespaceItem *nsitem;
	Node *node;

	parts->column = strVal(linitial(cref->fields));
	node = colNameToVar(pstate, parts->column, false, cref->location);
	if (node)
		return node;
	parts->failure = NAME_NO_COLUMN;
	nsitem = refnameNamespaceItem(pstate, NULL, parts->column, cref->location, &levels_up);
	if (nsitem)
		return expr_whole_row_ref(pstate, nsitem, levels_up, cref->location);
	return NULL;
}

/* table.column, with what stands before the table already in parts; last is the column's name or *. */
static Node *
lookup_in_table(ParseState *pstate, ColumnRef *cref, NameParts *parts, Node *last)
{
	int levels_up;
	ParseNamespaceItem *nsitem = refnameNamespaceItem(pstate, parts->schema, parts->table, cref->location, &levels_up);
	Node *node;
	Node *row;

	if (nsitem == NULL)
	{
		parts->failure = NAME_NO_TABLE;
		return NULL;
	}
	if (IsA(last, A_Star))
		return expr_whole_row_ref(pstate, nsitem, levels_up, cref->location);
	parts->column = strVal(last);
	node = scanNSItemForColumn(pstate, nsitem, levels_up, parts->column, cref->location);
	if (node)
		return node;
	/* t.f may be a function of the row */
	parts->failure = NAME_NO_COLUMN;
	row = expr_whole_row_ref(pstate, nsitem, levels_up, cref->location);
	return ParseFuncOrColumn(pstate, list_make1(makeString(parts->column)), list_make1(row), pstate->p_last_srf, NULL,
							 false, cref->location);
}

static Node *
lookup_names(ParseState *pstate, ColumnRef *cref, NameParts *parts)
{
	List *fields = cref->fields;

	switch (list_length(fields))
	{
		case 1:
			return lookup_one_name(pstate, cref, parts);
		case 2:
			parts->table = strVal(linitial(fields));
			return lookup_in_table(pstate, cref, parts, lsecond(fields));
		case 3:
			parts->schema = strVal(linitial(fields));
			parts->table = strVal(lsecond(fields));
			return lookup_in_table(pstate, cref, parts, lthird(fields));
		case 4:
			if (strcmp(strVal(linitial(fields)), get_database_name(MyDatabaseId)) != 0)
			{
				parts->failure = NAME_OTHER_DATABASE;
				return NULL;
			}
			parts->schema = strVal(lsecond(fields));
			parts->table = strVal(lthird(fields));
			return lookup_in_table(pstate, cref, parts, lfourth(fields));
		default:
			parts->failure = NAME_TOO_LONG;
			return NULL;
	}
}

static void pg_attribute_noreturn()
report_missing_name(ParseState *pstate, ColumnRef *cref, NameParts *parts)
{
	switch (parts->failure)
	{
		case NAME_NO_COLUMN:
			errorMissingColumn(pstate, parts->table, parts->column, cref->location);
		case NAME_NO_TABLE:
			errorMissingRTE(pstate, makeRangeVar(parts->schema, parts->table, cref->location));
		case NAME_OTHER_DATABASE:
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("cross-database references are not implemented: %s", NameListToString(cref->fields)),
					parser_errposition(pstate, cref->location));
		case NAME_TOO_LONG:
			break;
	}
	ereport(ERROR,
			errcode(ERRCODE_SYNTAX_ERROR),
			errmsg("improper qualified name (too many dotted names): %s", NameListToString(cref->fields)),
			parser_errposition(pstate, cref->location));
	pg_unreachable();
}

Node *
expr_column_ref(ParseState *pstate, ColumnRef *cref)
{
	NameParts parts = {0};
	Node *node;

	refuse_column_ref(pstate, cref->location);
	if (pstate->p_pre_columnref_hook)
	{
		node = pstate->p_pre_columnref_hook(pstate, cref);
		if (node)
			return node;
	}
	node = lookup_names(pstate, cref, &parts);
	if (pstate->p_post_columnref_hook)
	{
		Node *hooked = pstate->p_post_columnref_hook(pstate, cref, node);

		if (node && hooked)
			ereport(ERROR,
					errcode(ERRCODE_AMBIGUOUS_COLUMN),
					errmsg("column reference \"%s\" is ambiguous", NameListToString(cref->fields)),
					parser_errposition(pstate, cref->location));
		if (node == NULL)
			node = hooked;
	}
	if (node == NULL)
		report_missing_name(pstate, cref, &parts);
	return node;
}

/* ---- x.f, x[i], x[i:j] ---- */
static Node *
apply_subscripts(ParseState *pstate, Node *base, List *subscripts)
{
	if (subscripts == NIL)
		return base;
	return (Node *) transformContainerSubscripts(pstate, base, exprType(base), exprTypmod(base), subscripts, false);
}

Node *
expr_indirection(ParseState *pstate, A_Indirection *ind)
{
	Node *last_srf = pstate->p_last_srf;
	Node *result = expr_recurse(pstate, ind->arg);
	int location = exprLocation(result);
	List *subscripts = NIL;
	ListCell *lc;

	/* Adjacent subscripts belong together: a[1][2] is one fetch from a two-dimensional array. */
	foreach (lc, ind->indirection)
	{
		Node *step = lfirst(lc);
		Node *field;

		if (IsA(step, A_Indices))
		{
			subscripts = lappend(subscripts, step);
			continue;
		}
		if (IsA(step, A_Star))
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("row expansion via \"*\" is not supported here"),
					parser_errposition(pstate, location));
		result = apply_subscripts(pstate, result, subscripts);
		subscripts = NIL;
		field = ParseFuncOrColumn(pstate, list_make1(step), list_make1(result), last_srf, NULL, false, location);
		if (field == NULL)
			unknown_attribute(pstate, result, strVal(step), location);
		result = field;
	}
	return apply_subscripts(pstate, result, subscripts);
}
