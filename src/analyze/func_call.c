/*
 * func_call.c
 *    f(x) in an expression: function, aggregate, window function, conversion, or column x.f.
 *
 * ParseFuncOrColumn gathers what it learns in one CallSite; each kind of result then checks what it does not allow and
 * builds its node.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "analyze/analyze_internal.h"
#include "analyze/expr_kinds.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_agg.h"
#include "parser/parse_clause.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"
#include "parser/parse_func.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

typedef struct CallSite
{
	ParseState *pstate;
	List *funcname;
	FuncCall *fn;			/* NULL: written x.f */
	bool proc_call;
	int location;
	Node *last_srf;

	/* how it was written */
	List *agg_order;
	Expr *agg_filter;
	WindowDef *over;
	bool within_group;
	bool star;
	bool distinct;
	bool variadic;
	List *argnames;

	/* arguments and what was found */
	List *args;
	int nargs;
	Oid actual[FUNC_MAX_ARGS];
	Oid *declared;
	FuncDetailCode detail;
	Oid funcid;
	Oid rettype;
	bool retset;
	int nvargs;
	Oid vatype;
	List *defaults;
	char aggkind;
} CallSite;

#define NAME(cs) NameListToString((cs)->funcname)
#define AT(cs) parser_errposition((cs)->pstate, (cs)->location)

static void pg_attribute_noreturn()
wrong_use(CallSite *cs, int sqlstate, const char *format)
{
	ereport(ERROR, errcode(sqlstate), errmsg(format, NAME(cs)), AT(cs));
	pg_unreachable();
}

/* ---- arguments ---- */
static void
collect_arguments(CallSite *cs, List *fargs)
{
	ListCell *lc;

	if (list_length(fargs) > FUNC_MAX_ARGS)
		ereport(ERROR,
				errcode(ERRCODE_TOO_MANY_ARGUMENTS),
				errmsg_plural("cannot pass more than %d argument to a function",
							  "cannot pass more than %d arguments to a function", FUNC_MAX_ARGS, FUNC_MAX_ARGS),
				AT(cs));
	foreach (lc, fargs)
	{
		Node *arg = lfirst(lc);
		Oid type = exprType(arg);

		/* A parameter of type void stands for no argument (drivers send OUT parameters so). */
		if (type == VOIDOID && IsA(arg, Param) && !cs->within_group && !cs->proc_call)
			continue;
		cs->args = lappend(cs->args, arg);
		cs->actual[cs->nargs++] = type;
	}
	foreach (lc, cs->args)
	{
		NamedArgExpr *named = (NamedArgExpr *) lfirst(lc);
		ListCell *lc2;

		if (!IsA(named, NamedArgExpr))
		{
			if (cs->argnames != NIL)
				ereport(ERROR,
						errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("positional argument cannot follow named argument"),
						parser_errposition(cs->pstate, exprLocation((Node *) named)));
			continue;
		}
		foreach (lc2, cs->argnames)
			if (strcmp(lfirst(lc2), named->name) == 0)
				ereport(ERROR,
						errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("argument name \"%s\" used more than once", named->name),
						parser_errposition(cs->pstate, named->location));
		cs->argnames = lappend(cs->argnames, named->name);
	}
}

/* ---- x.f ---- */

/* The field of a row-valued expression; NULL if there is none. */
static Node *
project_field(ParseState *pstate, const char *field, Node *row, int location)
{
	TupleDesc desc;

	if (IsA(row, Var) && ((Var *) row)->varattno == InvalidAttrNumber)
	{
		Var *var = (Var *) row;
		ParseNamespaceItem *nsitem = GetNSItemByRangeTablePosn(pstate, var->varno, var->varlevelsup);
		Node *column = scanNSItemForColumn(pstate, nsitem, var->varlevelsup, field, location);

		if (column)
			return column;
	}
	if (IsA(row, Var) && ((Var *) row)->vartype == RECORDOID)
		desc = expandRecordVariable(pstate, (Var *) row, 0);
	else
		desc = get_expr_result_tupdesc(row, true);
	if (desc == NULL)
		return NULL;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		FieldSelect *select;

		if (att->attisdropped || strcmp(field, NameStr(att->attname)) != 0)
			continue;
		select = makeNode(FieldSelect);
		select->arg = (Expr *) row;
		select->fieldnum = i + 1;
		select->resulttype = att->atttypid;
		select->resulttypmod = att->atttypmod;
		select->resultcollid = att->attcollation;
		return (Node *) select;
	}
	return NULL;
}

static bool
could_be_projection(CallSite *cs)
{
	return cs->nargs == 1 && !cs->proc_call && cs->agg_order == NIL && cs->agg_filter == NULL && !cs->star &&
		   !cs->distinct && cs->over == NULL && !cs->variadic && cs->argnames == NIL &&
		   list_length(cs->funcname) == 1 && (cs->actual[0] == RECORDOID || ISCOMPLEX(cs->actual[0]));
}

/* ---- what each kind does not allow ---- */
static void
check_not_aggregate_syntax(CallSite *cs)
{
	if (cs->star)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s(*) specified, but %s is not an aggregate function", NAME(cs), NAME(cs)),
				AT(cs));
	if (cs->distinct)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE, "DISTINCT specified, but %s is not an aggregate function");
	if (cs->within_group)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE, "WITHIN GROUP specified, but %s is not an aggregate function");
	if (cs->agg_order != NIL)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE, "ORDER BY specified, but %s is not an aggregate function");
	if (cs->agg_filter)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE, "FILTER specified, but %s is not an aggregate function");
	if (cs->over)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE,
				  "OVER specified, but %s is not a window function nor an aggregate function");
}

static void
check_procedure_call(CallSite *cs)
{
	if (cs->detail == FUNCDETAIL_PROCEDURE && !cs->proc_call)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s is a procedure", func_signature_string(cs->funcname, cs->nargs, cs->argnames, cs->actual)),
				errhint("To call a procedure, use CALL."),
				AT(cs));
	if (cs->proc_call &&
		(cs->detail == FUNCDETAIL_NORMAL || cs->detail == FUNCDETAIL_AGGREGATE || cs->detail == FUNCDETAIL_WINDOWFUNC))
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s is not a procedure",
					   func_signature_string(cs->funcname, cs->nargs, cs->argnames, cs->actual)),
				errhint("To call a function, use SELECT."),
				AT(cs));
}

static void pg_attribute_noreturn()
wrong_ordered_set_args(CallSite *cs, const char *hint)
{
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_FUNCTION),
			errmsg("function %s does not exist",
				   func_signature_string(cs->funcname, cs->nargs, cs->argnames, cs->actual)),
			errhint("%s", hint),
			AT(cs));
	pg_unreachable();
}

/* Hypothetical-set aggregates: each direct argument and its sort column become of one type. */
static void
unify_hypothetical_args(CallSite *cs, int ndirect)
{
	int pairs = cs->nargs - ndirect;
	int offset = ndirect - pairs;

	if (offset < 0)
		elog(ERROR, "incorrect number of arguments to hypothetical-set aggregate");
	for (int i = 0; i < pairs; i++)
	{
		ListCell *direct = list_nth_cell(cs->args, offset + i);
		ListCell *sorted = list_nth_cell(cs->args, ndirect + i);
		List *both = list_make2(lfirst(sorted), lfirst(direct));
		Oid common;

		if (cs->declared[offset + i] != cs->declared[ndirect + i])
			elog(ERROR, "hypothetical-set aggregate has inconsistent declared argument types");
		if (cs->declared[ndirect + i] != ANYOID)
			continue;
		common = select_common_type(cs->pstate, both, "WITHIN GROUP", NULL);
		lfirst(direct) = coerce_type(cs->pstate, lfirst(direct), cs->actual[offset + i], common,
									 select_common_typmod(cs->pstate, both, common), COERCION_IMPLICIT,
									 COERCE_IMPLICIT_CAST, -1);
		cs->actual[offset + i] = common;
		lfirst(sorted) = coerce_type(cs->pstate, lfirst(sorted), cs->actual[ndirect + i], common, -1,
									 COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
		cs->actual[ndirect + i] = common;
	}
}

/* nargs counts both the direct and the sorted arguments here. */
static void
check_ordered_set(CallSite *cs, int declared_direct)
{
	int direct = cs->nargs - list_length(cs->agg_order);

	if (!cs->within_group)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE, "WITHIN GROUP is required for ordered-set aggregate %s");
	if (cs->over)
		wrong_use(cs, ERRCODE_FEATURE_NOT_SUPPORTED, "OVER is not supported for ordered-set aggregate %s");
	Assert(!cs->distinct && !cs->variadic);
	if (!OidIsValid(cs->vatype))
	{
		if (direct != declared_direct)
			wrong_ordered_set_args(cs, psprintf(ngettext("There is an ordered-set aggregate %s, but it requires %d "
														 "direct argument, not %d.",
														 "There is an ordered-set aggregate %s, but it requires %d "
														 "direct arguments, not %d.",
														 declared_direct),
												NAME(cs), declared_direct, direct));
	}
	else
	{
		/* VARIADIC may take from both sides; a hypothetical set's sides are of equal length. */
		if (cs->aggkind == AGGKIND_HYPOTHETICAL && direct != list_length(cs->agg_order))
			wrong_ordered_set_args(cs,
								   psprintf(_("To use the hypothetical-set aggregate %s, the number of hypothetical "
											  "direct arguments (here %d) must match the number of ordering columns "
											  "(here %d)."),
											NAME(cs), direct, list_length(cs->agg_order)));
		if (cs->aggkind != AGGKIND_HYPOTHETICAL && direct < declared_direct)
			wrong_ordered_set_args(cs, psprintf(_("There is an ordered-set aggregate %s, but it requires at least %d "
												  "direct arguments."),
												NAME(cs), declared_direct));
	}
	if (cs->aggkind == AGGKIND_HYPOTHETICAL)
		unify_hypothetical_args(cs, direct);
}

static void
check_aggregate(CallSite *cs)
{
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(cs->funcid));
	int declared_direct;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for aggregate %u", cs->funcid);
	cs->aggkind = ((Form_pg_aggregate) GETSTRUCT(tuple))->aggkind;
	declared_direct = ((Form_pg_aggregate) GETSTRUCT(tuple))->aggnumdirectargs;
	ReleaseSysCache(tuple);
	if (AGGKIND_IS_ORDERED_SET(cs->aggkind))
		check_ordered_set(cs, declared_direct);
	else if (cs->within_group)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE,
				  "%s is not an ordered-set aggregate, so it cannot have WITHIN GROUP");
}

static void
check_window_function(CallSite *cs)
{
	if (cs->over == NULL)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE, "window function %s requires an OVER clause");
	if (cs->within_group)
		wrong_use(cs, ERRCODE_WRONG_OBJECT_TYPE, "window function %s cannot have WITHIN GROUP");
}

/* ---- results ---- */
void
make_fn_arguments(ParseState *pstate, List *fargs, Oid *actual_arg_types, Oid *declared_arg_types)
{
	ListCell *lc;

	foreach (lc, fargs)
	{
		int i = foreach_current_index(lc);
		Node *arg = lfirst(lc);

		if (actual_arg_types[i] == declared_arg_types[i])
			continue;
		if (IsA(arg, NamedArgExpr))
		{
			NamedArgExpr *named = (NamedArgExpr *) arg;

			named->arg = (Expr *) coerce_type(pstate, (Node *) named->arg, actual_arg_types[i], declared_arg_types[i],
											  -1, COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
		}
		else
			lfirst(lc) = coerce_type(pstate, arg, actual_arg_types[i], declared_arg_types[i], -1, COERCION_IMPLICIT,
									 COERCE_IMPLICIT_CAST, -1);
	}
}

/* The trailing arguments of a VARIADIC function as one array. */
static void
pack_variadic(CallSite *cs)
{
	ArrayExpr *array;
	List *elements;
	int first;

	if (cs->nvargs <= 0 || cs->vatype == ANYOID)
		return;
	first = cs->nargs - cs->nvargs;
	elements = list_copy_tail(cs->args, first);
	array = makeNode(ArrayExpr);
	array->elements = elements;
	array->element_typeid = exprType(linitial(elements));
	array->array_typeid = get_array_type(array->element_typeid);
	if (!OidIsValid(array->array_typeid))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("could not find array type for data type %s", format_type_be(array->element_typeid)),
				parser_errposition(cs->pstate, exprLocation((Node *) elements)));
	array->location = exprLocation((Node *) elements);
	cs->args = lappend(list_truncate(cs->args, first), array);
	/* To the deparser this is a call with VARIADIC, so that it finds the same function again. */
	cs->variadic = true;
}

static void
finish_arguments(CallSite *cs)
{
	int nargs_given = cs->nargs;
	ListCell *lc;

	foreach (lc, cs->defaults)
	{
		Node *expr = lfirst(lc);

		if (cs->nargs >= FUNC_MAX_ARGS)
			ereport(ERROR,
					errcode(ERRCODE_TOO_MANY_ARGUMENTS),
					errmsg_plural("cannot pass more than %d argument to a function",
								  "cannot pass more than %d arguments to a function", FUNC_MAX_ARGS, FUNC_MAX_ARGS),
					AT(cs));
		cs->actual[cs->nargs++] = exprType(expr);
	}
	/* Defaults only take part in deciding polymorphic types; the planner puts them into the call. */
	cs->rettype = enforce_generic_type_consistency(cs->actual, cs->declared, cs->nargs, cs->rettype, false);
	make_fn_arguments(cs->pstate, cs->args, cs->actual, cs->declared);
	cs->nargs = nargs_given;
	pack_variadic(cs);
	if (cs->nargs > 0 && cs->vatype == ANYOID && cs->variadic)
	{
		Oid type = cs->actual[cs->nargs - 1];

		if (!OidIsValid(get_base_element_type(type)))
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("VARIADIC argument must be an array"),
					parser_errposition(cs->pstate, exprLocation(list_nth(cs->args, cs->nargs - 1))));
	}
	if (cs->retset)
		check_srf_call_placement(cs->pstate, cs->last_srf, cs->location);
}

static Node *
make_plain_call(CallSite *cs)
{
	FuncExpr *call = makeNode(FuncExpr);

	call->funcid = cs->funcid;
	call->funcresulttype = cs->rettype;
	call->funcretset = cs->retset;
	call->funcvariadic = cs->variadic;
	call->funcformat = cs->fn ? cs->fn->funcformat : COERCE_EXPLICIT_CALL;
	call->args = cs->args;
	call->location = cs->location;
	if (cs->retset)
		cs->pstate->p_last_srf = (Node *) call;
	return (Node *) call;
}

static Node *
make_aggregate(CallSite *cs)
{
	Aggref *agg = makeNode(Aggref);

	agg->aggfnoid = cs->funcid;
	agg->aggtype = cs->rettype;
	agg->aggtranstype = InvalidOid;
	agg->aggfilter = cs->agg_filter;
	agg->aggstar = cs->star;
	agg->aggvariadic = cs->variadic;
	agg->aggkind = cs->aggkind;
	agg->aggsplit = AGGSPLIT_SIMPLE;
	agg->aggno = -1;
	agg->aggtransno = -1;
	agg->location = cs->location;
	if (cs->args == NIL && !cs->star && !AGGKIND_IS_ORDERED_SET(cs->aggkind))
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s(*) must be used to call a parameterless aggregate function", NAME(cs)),
				AT(cs));
	if (cs->retset)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				errmsg("aggregates cannot return sets"),
				AT(cs));
	if (cs->argnames != NIL)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("aggregates cannot use named arguments"),
				AT(cs));
	transformAggregateCall(cs->pstate, agg, cs->args, cs->agg_order, cs->distinct);
	return (Node *) agg;
}

static Node *
make_window_call(CallSite *cs)
{
	WindowFunc *call = makeNode(WindowFunc);

	Assert(!cs->within_group);
	call->winfnoid = cs->funcid;
	call->wintype = cs->rettype;
	call->args = cs->args;
	call->winstar = cs->star;
	call->winagg = cs->detail == FUNCDETAIL_AGGREGATE;
	call->aggfilter = cs->agg_filter;
	call->location = cs->location;
	if (cs->distinct)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("DISTINCT is not implemented for window functions"),
				AT(cs));
	if (call->winagg && cs->args == NIL && !cs->star)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s(*) must be used to call a parameterless aggregate function", NAME(cs)),
				AT(cs));
	if (cs->agg_order != NIL)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("aggregate ORDER BY is not implemented for window functions"),
				AT(cs));
	if (!call->winagg && cs->agg_filter)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("FILTER is not implemented for non-aggregate window functions"),
				AT(cs));
	if (cs->pstate->p_last_srf != cs->last_srf)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("window function calls cannot contain set-returning function calls"),
				errhint("You might be able to move the set-returning function into a LATERAL FROM item."),
				parser_errposition(cs->pstate, exprLocation(cs->pstate->p_last_srf)));
	if (cs->retset)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				errmsg("window functions cannot return sets"),
				AT(cs));
	transformWindowFuncCall(cs->pstate, call, cs->over);
	return (Node *) call;
}

static void pg_attribute_noreturn()
ambiguous_call(CallSite *cs)
{
	const char *signature = func_signature_string(cs->funcname, cs->nargs, cs->argnames, cs->actual);

	if (cs->proc_call)
		ereport(ERROR,
				errcode(ERRCODE_AMBIGUOUS_FUNCTION),
				errmsg("procedure %s is not unique", signature),
				errhint("Could not choose a best candidate procedure. You might need to add explicit type casts."),
				AT(cs));
	ereport(ERROR,
			errcode(ERRCODE_AMBIGUOUS_FUNCTION),
			errmsg("function %s is not unique", signature),
			errhint("Could not choose a best candidate function. You might need to add explicit type casts."),
			AT(cs));
	pg_unreachable();
}

static void pg_attribute_noreturn()
missing_function(CallSite *cs)
{
	const char *signature = func_signature_string(cs->funcname, cs->nargs, cs->argnames, cs->actual);
	const char *hint = "No function matches the given name and argument types. You might need to add explicit type casts.";

	if (cs->proc_call)
		hint = "No procedure matches the given name and argument types. You might need to add explicit type casts.";
	else if (list_length(cs->agg_order) > 1 && !cs->within_group)
		hint = "No aggregate function matches the given name and argument types. Perhaps you misplaced ORDER BY; "
			   "ORDER BY must appear after all regular arguments of the aggregate.";
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_FUNCTION),
			errmsg(cs->proc_call ? "procedure %s does not exist" : "function %s does not exist", signature),
			errhint("%s", hint),
			AT(cs));
	pg_unreachable();
}

static void
describe_call(CallSite *cs)
{
	FuncCall *fn = cs->fn;

	if (fn == NULL)
		return;
	cs->agg_order = fn->agg_order;
	cs->over = fn->over;
	cs->within_group = fn->agg_within_group;
	cs->star = fn->agg_star;
	cs->distinct = fn->agg_distinct;
	cs->variadic = fn->func_variadic;
	if (fn->agg_filter)
		cs->agg_filter = (Expr *) transformWhereClause(cs->pstate, fn->agg_filter, EXPR_KIND_FILTER, "FILTER");
}

Node *
ParseFuncOrColumn(ParseState *pstate, List *funcname, List *fargs, Node *last_srf, FuncCall *fn, bool proc_call,
				  int location)
{
	CallSite cs = {.pstate = pstate, .funcname = funcname, .fn = fn, .proc_call = proc_call, .location = location,
				   .last_srf = last_srf};
	ParseCallbackState pcbstate;
	bool projection;
	Node *column;

	describe_call(&cs);
	collect_arguments(&cs, fargs);
	projection = could_be_projection(&cs);
	/* x.f prefers the column, f(x) the function. */
	if (projection && fn == NULL)
	{
		column = project_field(pstate, strVal(linitial(funcname)), linitial(cs.args), location);
		if (column)
			return column;
	}
	setup_parser_errposition_callback(&pcbstate, pstate, location);
	cs.detail = func_get_detail(funcname, cs.args, cs.argnames, cs.nargs, cs.actual, !cs.variadic, true, proc_call,
								&cs.funcid, &cs.rettype, &cs.retset, &cs.nvargs, &cs.vatype, &cs.declared,
								&cs.defaults);
	cancel_parser_errposition_callback(&pcbstate);
	check_procedure_call(&cs);
	switch (cs.detail)
	{
		case FUNCDETAIL_COERCION:
			check_not_aggregate_syntax(&cs);
			return coerce_type(pstate, linitial(cs.args), cs.actual[0], cs.rettype, -1, COERCION_EXPLICIT,
							   COERCE_EXPLICIT_CALL, location);
		case FUNCDETAIL_NORMAL:
		case FUNCDETAIL_PROCEDURE:
			check_not_aggregate_syntax(&cs);
			break;
		case FUNCDETAIL_AGGREGATE:
			check_aggregate(&cs);
			break;
		case FUNCDETAIL_WINDOWFUNC:
			check_window_function(&cs);
			break;
		case FUNCDETAIL_MULTIPLE:
			ambiguous_call(&cs);
		case FUNCDETAIL_NOTFOUND:
			if (projection && fn != NULL)
			{
				column = project_field(pstate, strVal(linitial(funcname)), linitial(cs.args), location);
				if (column)
					return column;
			}
			if (fn == NULL)
				return NULL;	/* the caller knows better what to say */
			missing_function(&cs);
	}
	finish_arguments(&cs);
	if (cs.detail == FUNCDETAIL_NORMAL || cs.detail == FUNCDETAIL_PROCEDURE)
		return make_plain_call(&cs);
	if (cs.detail == FUNCDETAIL_AGGREGATE && cs.over == NULL)
		return make_aggregate(&cs);
	return make_window_call(&cs);
}

/* ---- where sets may be returned ---- */
void
check_srf_call_placement(ParseState *pstate, Node *last_srf, int location)
{
	const ExprKindInfo *info = expr_kind_info(pstate->p_expr_kind);

	if (pstate->p_expr_kind == EXPR_KIND_FROM_FUNCTION)
	{
		if (pstate->p_last_srf != last_srf)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("set-returning functions must appear at top level of FROM"),
					parser_errposition(pstate, exprLocation(pstate->p_last_srf)));
		return;
	}
	if (info->flags & EXPR_ALLOWS_SET)
	{
		if (info->flags & EXPR_IS_TARGET)
			pstate->p_hasTargetSRFs = true;
		return;
	}
	ereport(ERROR,
			errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("set-returning functions are not allowed in %s",
				   expr_kind_is_window_frame(pstate->p_expr_kind) ? "window definitions" : expr_kind_plural(info)),
			parser_errposition(pstate, location));
}
