/*
 * deparse_expr.c
 *    Expressions as text.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "rewrite/deparse.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

/* ---- literals ---- */
void
deparse_string_literal(StringInfo buf, const char *value)
{
	/* Backslashes need the E'' form only where they would be taken for escapes: never, with standard strings. */
	if (strchr(value, '\\'))
		appendStringInfoChar(buf, 'E');
	appendStringInfoChar(buf, '\'');
	for (; *value; value++)
	{
		if (*value == '\'' || *value == '\\')
			appendStringInfoChar(buf, *value);
		appendStringInfoChar(buf, *value);
	}
	appendStringInfoChar(buf, '\'');
}

static bool
looks_like_number(const char *text)
{
	return *text && strspn(text, "0123456789.eE+-") == strlen(text) && *text != '-' && *text != '+';
}

/* show_type: -1 never, 0 if the text would be taken for another type, 1 always. */
void
deparse_const(Deparse *d, Const *c, int show_type)
{
	bool label = true;
	Oid output;
	bool varlena;
	char *text;

	if (c->constisnull)
	{
		appendStringInfoString(d->buf, "NULL");
		if (show_type >= 0)
			appendStringInfo(d->buf, "::%s", format_type_with_typemod(c->consttype, c->consttypmod));
		return;
	}
	getTypeOutputInfo(c->consttype, &output, &varlena);
	text = OidOutputFunctionCall(output, c->constvalue);
	switch (c->consttype)
	{
		case INT4OID:
			label = *text == '-';
			if (label)
				appendStringInfo(d->buf, "'%s'", text);
			else
				appendStringInfoString(d->buf, text);
			break;
		case NUMERICOID:
			if (looks_like_number(text))
			{
				appendStringInfoString(d->buf, text);
				label = strcspn(text, "eE.") == strlen(text) || c->consttypmod >= 0;
			}
			else
				appendStringInfo(d->buf, "'%s'", text);
			break;
		case BOOLOID:
			appendStringInfoString(d->buf, strcmp(text, "t") == 0 ? "true" : "false");
			label = false;
			break;
		case UNKNOWNOID:
			deparse_string_literal(d->buf, text);
			label = false;
			break;
		default:
			deparse_string_literal(d->buf, text);
			break;
	}
	if (show_type > 0 || (show_type == 0 && label))
		appendStringInfo(d->buf, "::%s", format_type_with_typemod(c->consttype, c->consttypmod));
	if (show_type >= 0 && OidIsValid(c->constcollid) && c->constcollid != get_typcollation(c->consttype))
		appendStringInfo(d->buf, " COLLATE %s", generate_collation_name(c->constcollid));
}

/* ---- parentheses ---- */

/* Does the node stand by itself inside parent, without parentheses? */
static bool
is_simple_in(Node *node, Node *parent, int flags)
{
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Var:
		case T_Const:
		case T_Param:
		case T_CoerceToDomainValue:
		case T_SetToDefault:
		case T_CurrentOfExpr:
		case T_SubscriptingRef:
		case T_ArrayExpr:
		case T_RowExpr:
		case T_CoalesceExpr:
		case T_MinMaxExpr:
		case T_SQLValueFunction:
		case T_NextValueExpr:
		case T_NullIfExpr:
		case T_Aggref:
		case T_GroupingFunc:
		case T_WindowFunc:
		case T_CaseExpr:
			return true;
		case T_FuncExpr:
			if (((FuncExpr *) node)->funcformat == COERCE_IMPLICIT_CAST)
				return is_simple_in(linitial(((FuncExpr *) node)->args), node, flags);
			return true;
		case T_FieldSelect:
			return !(parent && IsA(parent, FieldSelect));
		case T_FieldStore:
			return !(parent && IsA(parent, FieldStore));
		case T_CoerceToDomain:
			return is_simple_in((Node *) ((CoerceToDomain *) node)->arg, node, flags);
		case T_RelabelType:
			return is_simple_in((Node *) ((RelabelType *) node)->arg, node, flags);
		case T_CoerceViaIO:
			return is_simple_in((Node *) ((CoerceViaIO *) node)->arg, node, flags);
		case T_ArrayCoerceExpr:
			return is_simple_in((Node *) ((ArrayCoerceExpr *) node)->arg, node, flags);
		case T_ConvertRowtypeExpr:
			return is_simple_in((Node *) ((ConvertRowtypeExpr *) node)->arg, node, flags);
		case T_OpExpr:
			/* a + b * c: precedence of the arithmetic operators is certain, of others not */
			if ((flags & PRETTY_PAREN) && parent && IsA(parent, OpExpr))
			{
				char *op = get_opname(((OpExpr *) node)->opno);
				char *parent_op = get_opname(((OpExpr *) parent)->opno);
				bool low = op && (strcmp(op, "+") == 0 || strcmp(op, "-") == 0);
				bool high = op && (strcmp(op, "*") == 0 || strcmp(op, "/") == 0 || strcmp(op, "%") == 0);
				bool parent_low = parent_op && (strcmp(parent_op, "+") == 0 || strcmp(parent_op, "-") == 0);
				bool parent_high =
					parent_op &&
					(strcmp(parent_op, "*") == 0 || strcmp(parent_op, "/") == 0 || strcmp(parent_op, "%") == 0);

				if (!(low || high) || !(parent_low || parent_high) || list_length(((OpExpr *) parent)->args) == 1 ||
					list_length(((OpExpr *) node)->args) == 1)
					return false;
				if (high && parent_low)
					return true;
				if (low && parent_high)
					return false;
				/* same level: left associative */
				return node == (Node *) linitial(((OpExpr *) parent)->args);
			}
			/* FALLTHROUGH */
		case T_SubLink:
		case T_NullTest:
		case T_BooleanTest:
		case T_DistinctExpr:
			if (parent == NULL)
				return true;
			switch (nodeTag(parent))
			{
				case T_FuncExpr:
					return ((FuncExpr *) parent)->funcformat == COERCE_EXPLICIT_CALL ||
						   ((FuncExpr *) parent)->funcformat == COERCE_SQL_SYNTAX;
				case T_BoolExpr:
				case T_SubscriptingRef:
				case T_ArrayExpr:
				case T_RowExpr:
				case T_CoalesceExpr:
				case T_MinMaxExpr:
				case T_XmlExpr:
				case T_NullIfExpr:
				case T_Aggref:
				case T_GroupingFunc:
				case T_WindowFunc:
				case T_CaseExpr:
					return true;
				default:
					return false;
			}
		case T_BoolExpr:
			if (parent && IsA(parent, BoolExpr) && (flags & PRETTY_PAREN))
			{
				BoolExprType type = ((BoolExpr *) node)->boolop;
				BoolExprType parent_type = ((BoolExpr *) parent)->boolop;

				switch (type)
				{
					case NOT_EXPR:
					case AND_EXPR:
						return parent_type == AND_EXPR || parent_type == OR_EXPR;
					case OR_EXPR:
						return parent_type == OR_EXPR;
				}
			}
			if (parent == NULL)
				return true;
			return IsA(parent, SubscriptingRef) || IsA(parent, ArrayExpr) || IsA(parent, RowExpr) ||
				   IsA(parent, CoalesceExpr) || IsA(parent, MinMaxExpr) || IsA(parent, NullIfExpr) ||
				   IsA(parent, Aggref) || IsA(parent, GroupingFunc) || IsA(parent, WindowFunc) ||
				   IsA(parent, CaseExpr) ||
				   (IsA(parent, FuncExpr) && ((FuncExpr *) parent)->funcformat == COERCE_EXPLICIT_CALL);
		default:
			return false;
	}
}

void
deparse_expr_paren(Deparse *d, Node *node, bool show_implicit, Node *parent)
{
	bool paren = (d->flags & PRETTY_PAREN) && !is_simple_in(node, parent, d->flags);

	if (paren)
		appendStringInfoChar(d->buf, '(');
	deparse_expr(d, node, show_implicit);
	if (paren)
		appendStringInfoChar(d->buf, ')');
}

static inline bool
full_parens(Deparse *d)
{
	return !(d->flags & PRETTY_PAREN);
}

static void
open_paren(Deparse *d)
{
	if (full_parens(d))
		appendStringInfoChar(d->buf, '(');
}

static void
close_paren(Deparse *d)
{
	if (full_parens(d))
		appendStringInfoChar(d->buf, ')');
}

void
deparse_expr_list(Deparse *d, List *list)
{
	ListCell *lc;

	foreach (lc, list)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(d->buf, ", ");
		deparse_expr(d, lfirst(lc), true);
	}
}

/* ---- Vars ---- */
static void
deparse_var(Deparse *d, Var *var)
{
	RangeTblEntry *rte;
	int varno = var->varnosyn > 0 ? (int) var->varnosyn : var->varno;
	AttrNumber attno = var->varnosyn > 0 ? var->varattnosyn : var->varattno;
	DeparseEntry *entry = deparse_entry_of(d, varno, var->varlevelsup, &rte);
	const char *colname = NULL;
	bool need_prefix;

	/* A column of an unnamed join: what it is made of, or the merged name. */
	if (rte->rtekind == RTE_JOIN && rte->alias == NULL && attno > 0)
	{
		Var *alias_var = list_nth(rte->joinaliasvars, attno - 1);

		if (alias_var && IsA(alias_var, Var) && attno > rte->joinmergedcols)
		{
			Var inner = *alias_var;

			inner.varlevelsup += var->varlevelsup;
			deparse_var(d, &inner);
			return;
		}
	}
	if (attno > 0 && attno <= entry->ncolumns)
		colname = entry->colnames[attno - 1];
	else if (attno < 0)
		colname = get_rte_attribute_name(rte, attno);
	if (attno != 0 && colname == NULL)
		colname = "?dropped?column?";
	need_prefix = (d->prefix || attno == 0) && entry->refname != NULL;
	if (need_prefix)
		appendStringInfo(d->buf, "%s.", quote_identifier(entry->refname));
	if (attno == 0)
		appendStringInfoChar(d->buf, '*');
	else
		appendStringInfoString(d->buf, quote_identifier(colname));
}

/* ---- operators ---- */
static void
deparse_op(Deparse *d, OpExpr *op)
{
	Node *left = list_length(op->args) == 2 ? linitial(op->args) : NULL;
	Node *right = llast(op->args);

	open_paren(d);
	if (left)
	{
		deparse_expr_paren(d, left, true, (Node *) op);
		appendStringInfo(d->buf, " %s ", deparse_operator_name(op->opno, exprType(left), exprType(right)));
	}
	else
		appendStringInfo(d->buf, "%s ", deparse_operator_name(op->opno, InvalidOid, exprType(right)));
	deparse_expr_paren(d, right, true, (Node *) op);
	close_paren(d);
}

static void
deparse_infix(Deparse *d, Node *parent, Node *left, const char *word, Node *right)
{
	open_paren(d);
	deparse_expr_paren(d, left, true, parent);
	appendStringInfo(d->buf, " %s ", word);
	deparse_expr_paren(d, right, true, parent);
	close_paren(d);
}

static void
deparse_bool(Deparse *d, BoolExpr *b)
{
	const char *word = b->boolop == AND_EXPR ? " AND " : " OR ";
	ListCell *lc;

	open_paren(d);
	if (b->boolop == NOT_EXPR)
	{
		appendStringInfoString(d->buf, "NOT ");
		deparse_expr_paren(d, linitial(b->args), false, (Node *) b);
	}
	else
		foreach (lc, b->args)
		{
			if (foreach_current_index(lc) > 0)
				appendStringInfoString(d->buf, word);
			deparse_expr_paren(d, lfirst(lc), false, (Node *) b);
		}
	close_paren(d);
}

static void
deparse_array_op(Deparse *d, ScalarArrayOpExpr *op)
{
	Node *left = linitial(op->args);
	Node *right = lsecond(op->args);

	open_paren(d);
	deparse_expr_paren(d, left, true, (Node *) op);
	appendStringInfo(d->buf, " %s %s (",
					 deparse_operator_name(op->opno, exprType(left), get_base_element_type(exprType(right))),
					 op->useOr ? "ANY" : "ALL");
	deparse_expr_paren(d, right, true, (Node *) op);
	/* A subquery would be read as the other kind of ANY. */
	if (IsA(right, SubLink) && ((SubLink *) right)->subLinkType == EXPR_SUBLINK)
		appendStringInfo(d->buf, "::%s", format_type_with_typemod(exprType(right), exprTypmod(right)));
	appendStringInfoChar(d->buf, ')');
	close_paren(d);
}

static void
deparse_null_test(Deparse *d, NullTest *n)
{
	/* For a row, IS NULL would look into the columns; that is not what a plain test of it does. */
	bool whole_row = !n->argisrow && type_is_rowtype(exprType((Node *) n->arg));

	open_paren(d);
	deparse_expr_paren(d, (Node *) n->arg, true, (Node *) n);
	if (whole_row)
		appendStringInfoString(d->buf, n->nulltesttype == IS_NULL ? " IS NOT DISTINCT FROM NULL"
																  : " IS DISTINCT FROM NULL");
	else
		appendStringInfoString(d->buf, n->nulltesttype == IS_NULL ? " IS NULL" : " IS NOT NULL");
	close_paren(d);
}

static void
deparse_boolean_test(Deparse *d, BooleanTest *b)
{
	static const char *const words[] = {
		[IS_TRUE] = " IS TRUE", [IS_NOT_TRUE] = " IS NOT TRUE", [IS_FALSE] = " IS FALSE",
		[IS_NOT_FALSE] = " IS NOT FALSE", [IS_UNKNOWN] = " IS UNKNOWN", [IS_NOT_UNKNOWN] = " IS NOT UNKNOWN"};

	open_paren(d);
	deparse_expr_paren(d, (Node *) b->arg, false, (Node *) b);
	appendStringInfoString(d->buf, words[b->booltesttype]);
	close_paren(d);
}

/* ---- CASE ---- */

/* The condition of "CASE x WHEN value": the other side of the comparison with x's stand-in. */
static Node *
simple_case_value(Node *condition)
{
	Node *left;

	if (!IsA(condition, OpExpr) || list_length(((OpExpr *) condition)->args) != 2)
		return condition;
	left = strip_implicit_coercions(linitial(((OpExpr *) condition)->args));
	return IsA(left, CaseTestExpr) ? lsecond(((OpExpr *) condition)->args) : condition;
}

static void
deparse_case(Deparse *d, CaseExpr *c)
{
	ListCell *lc;

	deparse_keyword(d, "CASE", 0, INDENT_VAR, 0);
	if (c->arg)
	{
		appendStringInfoChar(d->buf, ' ');
		deparse_expr(d, (Node *) c->arg, true);
	}
	foreach (lc, c->args)
	{
		CaseWhen *when = lfirst_node(CaseWhen, lc);
		Node *condition = (Node *) when->expr;

		if (c->arg)
			condition = simple_case_value(condition);
		if (!(d->flags & PRETTY_INDENT))
			appendStringInfoChar(d->buf, ' ');
		deparse_keyword(d, "WHEN ", 0, 0, 0);
		deparse_expr(d, condition, false);
		appendStringInfoString(d->buf, " THEN ");
		deparse_expr(d, (Node *) when->result, true);
	}
	if (!(d->flags & PRETTY_INDENT))
		appendStringInfoChar(d->buf, ' ');
	deparse_keyword(d, "ELSE ", 0, 0, 0);
	deparse_expr(d, (Node *) c->defresult, true);
	if (!(d->flags & PRETTY_INDENT))
		appendStringInfoChar(d->buf, ' ');
	deparse_keyword(d, "END", -INDENT_VAR, 0, 0);
}

/* ---- rows, fields, subscripts ---- */
static void
deparse_row(Deparse *d, RowExpr *row)
{
	TupleDesc desc = NULL;
	const char *sep = "";
	int i = 0;
	ListCell *lc;

	if (row->row_typeid != RECORDOID)
		desc = lookup_rowtype_tupdesc_copy(row->row_typeid, -1);
	appendStringInfoString(d->buf, "ROW(");
	foreach (lc, row->args)
	{
		if (desc == NULL || !TupleDescAttr(desc, i)->attisdropped)
		{
			appendStringInfoString(d->buf, sep);
			deparse_expr(d, lfirst(lc), true);
			sep = ", ";
		}
		i++;
	}
	appendStringInfoChar(d->buf, ')');
	if (row->row_format == COERCE_EXPLICIT_CAST)
		appendStringInfo(d->buf, "::%s", format_type_with_typemod(row->row_typeid, -1));
}

/* The name of a field of a row-valued expression. */
static const char *
field_name(Node *arg, AttrNumber fieldnum)
{
	TupleDesc desc;

	if (IsA(arg, RowExpr) && fieldnum <= list_length(((RowExpr *) arg)->colnames))
		return strVal(list_nth(((RowExpr *) arg)->colnames, fieldnum - 1));
	desc = get_expr_result_tupdesc(arg, true);
	if (desc && fieldnum <= desc->natts)
		return NameStr(TupleDescAttr(desc, fieldnum - 1)->attname);
	return psprintf("f%d", fieldnum);
}

static void
deparse_field_select(Deparse *d, FieldSelect *f)
{
	Node *arg = (Node *) f->arg;
	bool paren = !IsA(arg, SubscriptingRef) && !IsA(arg, FieldSelect);

	if (paren)
		appendStringInfoChar(d->buf, '(');
	deparse_expr(d, arg, true);
	if (paren)
		appendStringInfoChar(d->buf, ')');
	appendStringInfo(d->buf, ".%s", quote_identifier(field_name(arg, f->fieldnum)));
}

static void
deparse_subscripts(Deparse *d, SubscriptingRef *ref)
{
	for (int i = 0; i < list_length(ref->refupperindexpr); i++)
	{
		appendStringInfoChar(d->buf, '[');
		if (i < list_length(ref->reflowerindexpr))
		{
			deparse_expr(d, list_nth(ref->reflowerindexpr, i), false);
			appendStringInfoChar(d->buf, ':');
		}
		deparse_expr(d, list_nth(ref->refupperindexpr, i), false);
		appendStringInfoChar(d->buf, ']');
	}
}

static void
deparse_subscripting(Deparse *d, SubscriptingRef *ref)
{
	Node *base = (Node *) ref->refexpr;
	bool paren = base && !IsA(base, Var) && !IsA(base, FieldSelect);

	if (base && IsA(base, CaseTestExpr))
	{
		/* inside of an assignment: only the new value can be shown */
		deparse_expr(d, (Node *) ref->refassgnexpr, true);
		return;
	}
	if (paren)
		appendStringInfoChar(d->buf, '(');
	deparse_expr(d, base, true);
	if (paren)
		appendStringInfoChar(d->buf, ')');
	deparse_subscripts(d, ref);
	if (ref->refassgnexpr)
	{
		appendStringInfoString(d->buf, " := ");
		deparse_expr(d, (Node *) ref->refassgnexpr, true);
	}
}

/* ---- subqueries ---- */
static void
deparse_sublink(Deparse *d, SubLink *sublink)
{
	Query *query = (Query *) sublink->subselect;
	const char *opname = NULL;
	Node *test = sublink->testexpr;
	bool paren = true;

	if (sublink->subLinkType == ARRAY_SUBLINK)
		appendStringInfoString(d->buf, "ARRAY(");
	else
		appendStringInfoChar(d->buf, '(');
	if (test && IsA(test, OpExpr))
	{
		OpExpr *op = (OpExpr *) test;

		deparse_expr(d, linitial(op->args), true);
		opname = deparse_operator_name(op->opno, exprType(linitial(op->args)), exprType(lsecond(op->args)));
	}
	else if (test)
	{
		List *lefts = NIL;
		ListCell *lc;

		if (IsA(test, BoolExpr))
		{
			foreach (lc, ((BoolExpr *) test)->args)
			{
				OpExpr *op = lfirst_node(OpExpr, lc);

				lefts = lappend(lefts, linitial(op->args));
				if (opname == NULL)
					opname = deparse_operator_name(op->opno, exprType(linitial(op->args)),
												   exprType(lsecond(op->args)));
			}
		}
		else
		{
			RowCompareExpr *rc = castNode(RowCompareExpr, test);

			lefts = rc->largs;
			opname = deparse_operator_name(linitial_oid(rc->opnos), exprType(linitial(rc->largs)),
										   exprType(linitial(rc->rargs)));
		}
		appendStringInfoChar(d->buf, '(');
		deparse_expr_list(d, lefts);
		appendStringInfoChar(d->buf, ')');
	}
	switch (sublink->subLinkType)
	{
		case EXISTS_SUBLINK:
			appendStringInfoString(d->buf, "EXISTS ");
			break;
		case ANY_SUBLINK:
			if (strcmp(opname, "=") == 0)
				appendStringInfoString(d->buf, " IN ");
			else
				appendStringInfo(d->buf, " %s ANY ", opname);
			break;
		case ALL_SUBLINK:
			appendStringInfo(d->buf, " %s ALL ", opname);
			break;
		case ROWCOMPARE_SUBLINK:
			appendStringInfo(d->buf, " %s ", opname);
			break;
		default:
			paren = false;
			break;
	}
	if (paren)
		appendStringInfoChar(d->buf, '(');
	deparse_subquery(d, query, NULL);
	appendStringInfoString(d->buf, paren ? "))" : ")");
}

/* ---- CURRENT_DATE and its kin ---- */
static void
deparse_value_function(Deparse *d, SQLValueFunction *svf)
{
	static const char *const names[] = {
		[SVFOP_CURRENT_DATE] = "CURRENT_DATE",
		[SVFOP_CURRENT_TIME] = "CURRENT_TIME",
		[SVFOP_CURRENT_TIME_N] = "CURRENT_TIME(%d)",
		[SVFOP_CURRENT_TIMESTAMP] = "CURRENT_TIMESTAMP",
		[SVFOP_CURRENT_TIMESTAMP_N] = "CURRENT_TIMESTAMP(%d)",
		[SVFOP_LOCALTIME] = "LOCALTIME",
		[SVFOP_LOCALTIME_N] = "LOCALTIME(%d)",
		[SVFOP_LOCALTIMESTAMP] = "LOCALTIMESTAMP",
		[SVFOP_LOCALTIMESTAMP_N] = "LOCALTIMESTAMP(%d)",
		[SVFOP_CURRENT_ROLE] = "CURRENT_ROLE",
		[SVFOP_CURRENT_USER] = "CURRENT_USER",
		[SVFOP_USER] = "USER",
		[SVFOP_SESSION_USER] = "SESSION_USER",
		[SVFOP_CURRENT_CATALOG] = "CURRENT_CATALOG",
		[SVFOP_CURRENT_SCHEMA] = "CURRENT_SCHEMA",
	};
	const char *name = names[svf->op];
	const char *precision = strstr(name, "(%d)");

	if (precision)
		appendStringInfo(d->buf, "%.*s(%d)", (int) (precision - name), name, svf->typmod);
	else
		appendStringInfoString(d->buf, name);
}

/* ---- the switch ---- */
static void
deparse_named_list(Deparse *d, const char *name, List *args)
{
	appendStringInfo(d->buf, "%s(", name);
	deparse_expr_list(d, args);
	appendStringInfoChar(d->buf, ')');
}

static void
deparse_relabel(Deparse *d, Node *node, Node *arg, CoercionForm form, Oid type, int32 typmod, bool show_implicit)
{
	if (form == COERCE_IMPLICIT_CAST && !show_implicit)
		deparse_expr_paren(d, arg, false, node);
	else
		deparse_coercion(d, arg, type, typmod, node);
}

void
deparse_expr(Deparse *d, Node *node, bool show_implicit)
{
	if (node == NULL)
		return;
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	switch (nodeTag(node))
	{
		case T_Var:
			deparse_var(d, (Var *) node);
			break;
		case T_Const:
			deparse_const(d, (Const *) node, 0);
			break;
		case T_Param:
			appendStringInfo(d->buf, "$%d", ((Param *) node)->paramid);
			break;
		case T_Aggref:
			deparse_aggregate(d, (Aggref *) node);
			break;
		case T_GroupingFunc:
			deparse_named_list(d, "GROUPING", ((GroupingFunc *) node)->args);
			break;
		case T_WindowFunc:
			deparse_window_function(d, (WindowFunc *) node);
			break;
		case T_SubscriptingRef:
			deparse_subscripting(d, (SubscriptingRef *) node);
			break;
		case T_FuncExpr:
			deparse_function_call(d, (FuncExpr *) node, show_implicit);
			break;
		case T_NamedArgExpr:
			appendStringInfo(d->buf, "%s => ", quote_identifier(((NamedArgExpr *) node)->name));
			deparse_expr(d, (Node *) ((NamedArgExpr *) node)->arg, show_implicit);
			break;
		case T_OpExpr:
			deparse_op(d, (OpExpr *) node);
			break;
		case T_DistinctExpr:
			deparse_infix(d, node, linitial(((OpExpr *) node)->args), "IS DISTINCT FROM",
						  lsecond(((OpExpr *) node)->args));
			break;
		case T_NullIfExpr:
			deparse_named_list(d, "NULLIF", ((NullIfExpr *) node)->args);
			break;
		case T_ScalarArrayOpExpr:
			deparse_array_op(d, (ScalarArrayOpExpr *) node);
			break;
		case T_BoolExpr:
			deparse_bool(d, (BoolExpr *) node);
			break;
		case T_SubLink:
			deparse_sublink(d, (SubLink *) node);
			break;
		case T_FieldSelect:
			deparse_field_select(d, (FieldSelect *) node);
			break;
		case T_FieldStore:
			appendStringInfoString(d->buf, "ROW(");
			deparse_expr_list(d, ((FieldStore *) node)->newvals);
			appendStringInfoChar(d->buf, ')');
			break;
		case T_RelabelType:
			{
				RelabelType *r = (RelabelType *) node;

				deparse_relabel(d, node, (Node *) r->arg, r->relabelformat, r->resulttype, r->resulttypmod,
								show_implicit);
			}
			break;
		case T_CoerceViaIO:
			{
				CoerceViaIO *c = (CoerceViaIO *) node;

				deparse_relabel(d, node, (Node *) c->arg, c->coerceformat, c->resulttype, -1, show_implicit);
			}
			break;
		case T_ArrayCoerceExpr:
			{
				ArrayCoerceExpr *a = (ArrayCoerceExpr *) node;

				deparse_relabel(d, node, (Node *) a->arg, a->coerceformat, a->resulttype, a->resulttypmod,
								show_implicit);
			}
			break;
		case T_ConvertRowtypeExpr:
			{
				ConvertRowtypeExpr *c = (ConvertRowtypeExpr *) node;

				deparse_relabel(d, node, (Node *) c->arg, c->convertformat, c->resulttype, -1, show_implicit);
			}
			break;
		case T_CoerceToDomain:
			{
				CoerceToDomain *c = (CoerceToDomain *) node;

				deparse_relabel(d, node, (Node *) c->arg, c->coercionformat, c->resulttype, c->resulttypmod,
								show_implicit);
			}
			break;
		case T_CollateExpr:
			open_paren(d);
			deparse_expr_paren(d, (Node *) ((CollateExpr *) node)->arg, show_implicit, node);
			appendStringInfo(d->buf, " COLLATE %s", generate_collation_name(((CollateExpr *) node)->collOid));
			close_paren(d);
			break;
		case T_CaseExpr:
			deparse_case(d, (CaseExpr *) node);
			break;
		case T_CaseTestExpr:
			appendStringInfoString(d->buf, "CASE_TEST_EXPR");
			break;
		case T_ArrayExpr:
			appendStringInfoString(d->buf, "ARRAY[");
			deparse_expr_list(d, ((ArrayExpr *) node)->elements);
			appendStringInfoChar(d->buf, ']');
			/* An empty array has nothing else to tell its type. */
			if (((ArrayExpr *) node)->elements == NIL)
				appendStringInfo(d->buf, "::%s", format_type_with_typemod(((ArrayExpr *) node)->array_typeid, -1));
			break;
		case T_RowExpr:
			deparse_row(d, (RowExpr *) node);
			break;
		case T_RowCompareExpr:
			{
				RowCompareExpr *rc = (RowCompareExpr *) node;

				appendStringInfoString(d->buf, "(ROW(");
				deparse_expr_list(d, rc->largs);
				appendStringInfo(d->buf, ") %s ROW(",
								 deparse_operator_name(linitial_oid(rc->opnos), exprType(linitial(rc->largs)),
													   exprType(linitial(rc->rargs))));
				deparse_expr_list(d, rc->rargs);
				appendStringInfoString(d->buf, "))");
			}
			break;
		case T_CoalesceExpr:
			deparse_named_list(d, "COALESCE", ((CoalesceExpr *) node)->args);
			break;
		case T_MinMaxExpr:
			deparse_named_list(d, ((MinMaxExpr *) node)->op == IS_GREATEST ? "GREATEST" : "LEAST",
							   ((MinMaxExpr *) node)->args);
			break;
		case T_SQLValueFunction:
			deparse_value_function(d, (SQLValueFunction *) node);
			break;
		case T_NullTest:
			deparse_null_test(d, (NullTest *) node);
			break;
		case T_BooleanTest:
			deparse_boolean_test(d, (BooleanTest *) node);
			break;
		case T_CoerceToDomainValue:
			appendStringInfoString(d->buf, "VALUE");
			break;
		case T_SetToDefault:
			appendStringInfoString(d->buf, "DEFAULT");
			break;
		case T_CurrentOfExpr:
			if (((CurrentOfExpr *) node)->cursor_name)
				appendStringInfo(d->buf, "CURRENT OF %s", quote_identifier(((CurrentOfExpr *) node)->cursor_name));
			else
				appendStringInfo(d->buf, "CURRENT OF $%d", ((CurrentOfExpr *) node)->cursor_param);
			break;
		case T_NextValueExpr:
			appendStringInfoString(d->buf, "nextval(");
			deparse_string_literal(d->buf, deparse_relation_name(((NextValueExpr *) node)->seqid, NIL));
			appendStringInfoString(d->buf, "::regclass)");
			break;
		case T_InferenceElem:
			deparse_expr(d, ((InferenceElem *) node)->expr, false);
			break;
		case T_TargetEntry:
			deparse_expr(d, (Node *) ((TargetEntry *) node)->expr, show_implicit);
			break;
		case T_List:
			deparse_expr_list(d, (List *) node);
			break;
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(node));
	}
}

/* Outermost in a statement: a bare whole-row Var would be read as a table's columns. */
void
deparse_top_expr(Deparse *d, Node *node, bool show_implicit)
{
	deparse_expr(d, node, show_implicit);
	if (node && IsA(node, Var) && ((Var *) node)->varattno == 0)
		appendStringInfo(d->buf, "::%s", format_type_with_typemod(((Var *) node)->vartype, -1));
}
