/*
 * deparse_calls.c
 *    Function calls as text: plain, cast, SQL's own syntax (EXTRACT, AT TIME ZONE ...), aggregates, window functions.
 */
#include "postgres.h"

#include "catalog/pg_aggregate.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/deparse.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

void
deparse_coercion(Deparse *d, Node *arg, Oid type, int32 typmod, Node *parent)
{
	bool full = !(d->flags & PRETTY_PAREN);

	/* '...'::type is one literal, not a literal and a cast. */
	if (arg && IsA(arg, Const) && ((Const *) arg)->consttype == type && ((Const *) arg)->consttypmod == -1)
		deparse_const(d, (Const *) arg, -1);
	else
	{
		if (full)
			appendStringInfoChar(d->buf, '(');
		deparse_expr_paren(d, arg, false, parent);
		if (full)
			appendStringInfoChar(d->buf, ')');
	}
	appendStringInfo(d->buf, "::%s", format_type_with_typemod(type, typmod));
}

/* ---- SQL's own syntax ---- */
static void
expr_at(Deparse *d, List *args, int i)
{
	deparse_expr(d, list_nth(args, i), false);
}

static const char *
const_text(Node *node)
{
	Const *c = (Const *) node;

	if (!IsA(c, Const) || c->consttype != TEXTOID || c->constisnull)
		return NULL;
	return TextDatumGetCString(c->constvalue);
}

/* "trim(BOTH chars FROM string)" and its kin: arguments in the order that the syntax wants. */
static bool
deparse_trim(Deparse *d, const char *side, List *args)
{
	appendStringInfo(d->buf, "TRIM(%s", side);
	if (list_length(args) == 2)
	{
		appendStringInfoChar(d->buf, ' ');
		expr_at(d, args, 1);
	}
	appendStringInfoString(d->buf, " FROM ");
	expr_at(d, args, 0);
	appendStringInfoChar(d->buf, ')');
	return true;
}

static bool
deparse_overlaps(Deparse *d, List *args)
{
	for (int i = 0; i < 4; i += 2)
	{
		appendStringInfoString(d->buf, i == 0 ? "((" : " OVERLAPS (");
		expr_at(d, args, i);
		appendStringInfoString(d->buf, ", ");
		expr_at(d, args, i + 1);
		appendStringInfoChar(d->buf, ')');
	}
	appendStringInfoChar(d->buf, ')');
	return true;
}

static bool
deparse_substring(Deparse *d, List *args)
{
	appendStringInfoString(d->buf, "SUBSTRING(");
	expr_at(d, args, 0);
	/* FROM and FOR take numbers, or a pattern. */
	appendStringInfoString(d->buf, " FROM ");
	expr_at(d, args, 1);
	if (list_length(args) > 2)
	{
		appendStringInfoString(d->buf, " FOR ");
		expr_at(d, args, 2);
	}
	appendStringInfoChar(d->buf, ')');
	return true;
}

/* False: the call has no special syntax that we know. */
static bool
deparse_sql_syntax(Deparse *d, FuncExpr *call)
{
	const char *name = get_func_name(call->funcid);
	List *args = call->args;
	int nargs = list_length(args);
	StringInfo buf = d->buf;

	if (strcmp(name, "timezone") == 0 && nargs == 2)
	{
		appendStringInfoChar(buf, '(');
		deparse_expr_paren(d, lsecond(args), false, (Node *) call);
		appendStringInfoString(buf, " AT TIME ZONE ");
		deparse_expr_paren(d, linitial(args), false, (Node *) call);
		appendStringInfoChar(buf, ')');
		return true;
	}
	if (strcmp(name, "overlaps") == 0 && nargs == 4)
		return deparse_overlaps(d, args);
	if (strcmp(name, "extract") == 0 && nargs == 2 && const_text(linitial(args)))
	{
		appendStringInfo(buf, "EXTRACT(%s FROM ", quote_identifier(const_text(linitial(args))));
		expr_at(d, args, 1);
		appendStringInfoChar(buf, ')');
		return true;
	}
	if (strcmp(name, "is_normalized") == 0)
	{
		appendStringInfoChar(buf, '(');
		deparse_expr_paren(d, linitial(args), false, (Node *) call);
		appendStringInfoString(buf, " IS");
		if (nargs == 2)
			appendStringInfo(buf, " %s", const_text(lsecond(args)));
		appendStringInfoString(buf, " NORMALIZED)");
		return true;
	}
	if (strcmp(name, "pg_collation_for") == 0)
	{
		appendStringInfoString(buf, "COLLATION FOR (");
		expr_at(d, args, 0);
		appendStringInfoChar(buf, ')');
		return true;
	}
	if (strcmp(name, "normalize") == 0)
	{
		appendStringInfoString(buf, "NORMALIZE(");
		expr_at(d, args, 0);
		if (nargs == 2)
			appendStringInfo(buf, ", %s", const_text(lsecond(args)));
		appendStringInfoChar(buf, ')');
		return true;
	}
	if (strcmp(name, "overlay") == 0)
	{
		appendStringInfoString(buf, "OVERLAY(");
		expr_at(d, args, 0);
		appendStringInfoString(buf, " PLACING ");
		expr_at(d, args, 1);
		appendStringInfoString(buf, " FROM ");
		expr_at(d, args, 2);
		if (nargs == 4)
		{
			appendStringInfoString(buf, " FOR ");
			expr_at(d, args, 3);
		}
		appendStringInfoChar(buf, ')');
		return true;
	}
	if (strcmp(name, "position") == 0 && nargs == 2)
	{
		appendStringInfoString(buf, "POSITION((");
		expr_at(d, args, 1);
		appendStringInfoString(buf, ") IN (");
		expr_at(d, args, 0);
		appendStringInfoString(buf, "))");
		return true;
	}
	if (strcmp(name, "substring") == 0 && nargs >= 2)
		return deparse_substring(d, args);
	if (strcmp(name, "btrim") == 0)
		return deparse_trim(d, "BOTH", args);
	if (strcmp(name, "ltrim") == 0)
		return deparse_trim(d, "LEADING", args);
	if (strcmp(name, "rtrim") == 0)
		return deparse_trim(d, "TRAILING", args);
	return false;
}

/* ---- plain calls ---- */
static List *
argument_names(List *args)
{
	List *names = NIL;
	ListCell *lc;

	foreach (lc, args)
		if (IsA(lfirst(lc), NamedArgExpr))
			names = lappend(names, ((NamedArgExpr *) lfirst(lc))->name);
	return names;
}

void
deparse_function_call(Deparse *d, FuncExpr *call, bool show_implicit)
{
	Oid types[FUNC_MAX_ARGS];
	bool use_variadic = call->funcvariadic;
	int32 typmod;
	ListCell *lc;

	if (call->funcformat == COERCE_IMPLICIT_CAST && !show_implicit)
	{
		deparse_expr_paren(d, linitial(call->args), false, (Node *) call);
		return;
	}
	if (call->funcformat == COERCE_EXPLICIT_CAST || call->funcformat == COERCE_IMPLICIT_CAST)
	{
		(void) exprIsLengthCoercion((Node *) call, &typmod);
		deparse_coercion(d, linitial(call->args), call->funcresulttype, typmod, (Node *) call);
		return;
	}
	if (call->funcformat == COERCE_SQL_SYNTAX && deparse_sql_syntax(d, call))
		return;
	if (list_length(call->args) > FUNC_MAX_ARGS)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_ARGUMENTS), errmsg("too many arguments"));
	foreach (lc, call->args)
		types[foreach_current_index(lc)] = exprType(lfirst(lc));
	appendStringInfo(d->buf, "%s(",
					 deparse_function_name(call->funcid, list_length(call->args), argument_names(call->args), types,
										   call->funcvariadic, &use_variadic));
	foreach (lc, call->args)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(d->buf, ", ");
		if (use_variadic && lnext(call->args, lc) == NULL)
			appendStringInfoString(d->buf, "VARIADIC ");
		deparse_expr(d, lfirst(lc), true);
	}
	appendStringInfoChar(d->buf, ')');
}

/* ---- aggregates ---- */
static void
deparse_filter(Deparse *d, Expr *filter)
{
	if (filter == NULL)
		return;
	appendStringInfoString(d->buf, " FILTER (WHERE ");
	deparse_expr(d, (Node *) filter, false);
	appendStringInfoChar(d->buf, ')');
}

void
deparse_aggregate(Deparse *d, Aggref *agg)
{
	Oid types[FUNC_MAX_ARGS];
	int nargs = 0;
	bool use_variadic = agg->aggvariadic;
	bool first = true;
	ListCell *lc;

	foreach (lc, agg->aggargtypes)
		types[nargs++] = lfirst_oid(lc);
	appendStringInfo(d->buf, "%s(%s",
					 deparse_function_name(agg->aggfnoid, nargs, NIL, types, agg->aggvariadic, &use_variadic),
					 agg->aggdistinct ? "DISTINCT " : "");
	if (AGGKIND_IS_ORDERED_SET(agg->aggkind))
	{
		deparse_expr_list(d, agg->aggdirectargs);
		appendStringInfoString(d->buf, ") WITHIN GROUP (ORDER BY ");
		deparse_order_by(d, agg->aggorder, agg->args, false);
	}
	else
	{
		if (agg->aggstar)
			appendStringInfoChar(d->buf, '*');
		else
			foreach (lc, agg->args)
			{
				TargetEntry *tle = lfirst_node(TargetEntry, lc);

				if (tle->resjunk)
					continue;
				if (!first)
					appendStringInfoString(d->buf, ", ");
				first = false;
				if (use_variadic && foreach_current_index(lc) == nargs - 1)
					appendStringInfoString(d->buf, "VARIADIC ");
				deparse_expr(d, (Node *) tle->expr, true);
			}
		if (agg->aggorder)
		{
			appendStringInfoString(d->buf, " ORDER BY ");
			deparse_order_by(d, agg->aggorder, agg->args, false);
		}
	}
	appendStringInfoChar(d->buf, ')');
	deparse_filter(d, agg->aggfilter);
}

void
deparse_window_function(Deparse *d, WindowFunc *wfunc)
{
	Oid types[FUNC_MAX_ARGS];
	ListCell *lc;

	foreach (lc, wfunc->args)
		types[foreach_current_index(lc)] = exprType(lfirst(lc));
	appendStringInfo(d->buf, "%s(",
					 deparse_function_name(wfunc->winfnoid, list_length(wfunc->args), argument_names(wfunc->args),
										   types, false, NULL));
	if (wfunc->winstar)
		appendStringInfoChar(d->buf, '*');
	else
		deparse_expr_list(d, wfunc->args);
	appendStringInfoChar(d->buf, ')');
	deparse_filter(d, wfunc->aggfilter);
	appendStringInfoString(d->buf, " OVER ");
	foreach (lc, d->window_clause)
	{
		WindowClause *wc = lfirst_node(WindowClause, lc);

		if (wc->winref != wfunc->winref)
			continue;
		if (wc->name)
			appendStringInfoString(d->buf, quote_identifier(wc->name));
		else
			deparse_window_spec(d, wc, d->window_targets);
		return;
	}
	/* EXPLAIN does not have the clause at hand. */
	appendStringInfoString(d->buf, "(?)");
}
