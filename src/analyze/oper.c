/*
 * oper.c
 *    Operators: lookup by name and operand types, and OpExpr making.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "analyze/analyze_internal.h"
#include "catalog/namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_func.h"
#include "parser/parse_oper.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#define FORM(op) ((Form_pg_operator) GETSTRUCT(op))

Oid oprid(Operator op) { return FORM(op)->oid; }
Oid oprfuncid(Operator op) { return FORM(op)->oprcode; }

/* ---- messages ---- */
static const char *
op_signature(List *op, char oprkind, Oid arg1, Oid arg2)
{
	StringInfoData buf;

	initStringInfo(&buf);
	if (oprkind != 'l')
		appendStringInfo(&buf, "%s ", format_type_be(arg1));
	appendStringInfoString(&buf, NameListToString(op));
	appendStringInfo(&buf, " %s", format_type_be(arg2));
	return buf.data;
}

static void pg_attribute_noreturn()
op_error(ParseState *pstate, List *op, char oprkind, Oid arg1, Oid arg2, bool ambiguous, int location)
{
	const char *signature = op_signature(op, oprkind, arg1, arg2);

	if (ambiguous)
		ereport(ERROR,
				errcode(ERRCODE_AMBIGUOUS_FUNCTION),
				errmsg("operator is not unique: %s", signature),
				errhint("Could not choose a best candidate operator. You might need to add explicit type casts."),
				parser_errposition(pstate, location));
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_FUNCTION),
			errmsg("operator does not exist: %s", signature),
			oprkind == 'l' || !OidIsValid(arg1) || !OidIsValid(arg2)
				? errhint("No operator matches the given name and argument type. "
						  "You might need to add an explicit type cast.")
				: errhint("No operator matches the given name and argument types. "
						  "You might need to add explicit type casts."),
			parser_errposition(pstate, location));
	pg_unreachable();
}

/* ---- exact lookup, for DDL ---- */
Oid
LookupOperName(ParseState *pstate, List *opername, Oid oprleft, Oid oprright, bool noError, int location)
{
	Oid result = OpernameGetOprid(opername, oprleft, oprright);

	if (OidIsValid(result) || noError)
		return result;
	if (!OidIsValid(oprright))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("postfix operators are not supported"),
				parser_errposition(pstate, location));
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_FUNCTION),
			errmsg("operator does not exist: %s",
				   op_signature(opername, OidIsValid(oprleft) ? 'b' : 'l', oprleft, oprright)),
			parser_errposition(pstate, location));
	return InvalidOid;
}

Oid
LookupOperWithArgs(ObjectWithArgs *oper, bool noError)
{
	TypeName *left = linitial(oper->objargs);
	TypeName *right = lsecond(oper->objargs);
	Oid left_type = left ? LookupTypeNameOid(NULL, left, noError) : InvalidOid;
	Oid right_type = right ? LookupTypeNameOid(NULL, right, noError) : InvalidOid;

	return LookupOperName(NULL, oper->objname, left_type, right_type, noError, -1);
}

/* ---- lookup with conversion ---- */

/* An untyped literal is first supposed to be of the other operand's type. */
static Oid
find_exact_binary(List *op, Oid arg1, Oid arg2)
{
	bool supposed = false;
	Oid result;

	if (arg1 == UNKNOWNOID && OidIsValid(arg2))
	{
		arg1 = arg2;
		supposed = true;
	}
	else if (arg2 == UNKNOWNOID && OidIsValid(arg1))
	{
		arg2 = arg1;
		supposed = true;
	}
	result = OpernameGetOprid(op, arg1, arg2);
	if (!OidIsValid(result) && supposed)
	{
		Oid base = getBaseType(arg1);

		if (base != arg1)
			result = OpernameGetOprid(op, base, base);
	}
	return result;
}

/* InvalidOid if none or, *ambiguous, several. */
static Oid
select_operator(int nargs, Oid *inputs, FuncCandidateList candidates, bool *ambiguous)
{
	FuncCandidateList usable;
	int count = func_match_argtypes(nargs, inputs, candidates, &usable);

	*ambiguous = false;
	if (count == 0)
		return InvalidOid;
	if (count > 1)
		usable = func_select_candidate(nargs, inputs, usable);
	*ambiguous = usable == NULL;
	return usable ? usable->oid : InvalidOid;
}

static Operator
fetch_operator(Oid oid)
{
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(oid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", oid);
	return tuple;
}

Operator
oper(ParseState *pstate, List *op, Oid arg1, Oid arg2, bool noError, int location)
{
	Oid oid = find_exact_binary(op, arg1, arg2);
	bool ambiguous = false;

	if (!OidIsValid(oid))
	{
		FuncCandidateList candidates = OpernameGetCandidates(op, 'b', false);
		Oid inputs[2] = {OidIsValid(arg1) ? arg1 : arg2, OidIsValid(arg2) ? arg2 : arg1};

		if (candidates)
			oid = select_operator(2, inputs, candidates, &ambiguous);
	}
	if (OidIsValid(oid))
		return fetch_operator(oid);
	if (!noError)
		op_error(pstate, op, 'b', arg1, arg2, ambiguous, location);
	return NULL;
}

Operator
left_oper(ParseState *pstate, List *op, Oid arg, bool noError, int location)
{
	Oid oid = OpernameGetOprid(op, InvalidOid, arg);
	bool ambiguous = false;

	if (!OidIsValid(oid))
	{
		FuncCandidateList candidates = OpernameGetCandidates(op, 'l', false);

		/* Prefix operators' only operand is the right one. */
		for (FuncCandidateList c = candidates; c; c = c->next)
			c->args[0] = c->args[1];
		if (candidates)
			oid = select_operator(1, &arg, candidates, &ambiguous);
	}
	if (OidIsValid(oid))
		return fetch_operator(oid);
	if (!noError)
		op_error(pstate, op, 'l', InvalidOid, arg, ambiguous, location);
	return NULL;
}

Operator
compatible_oper(ParseState *pstate, List *op, Oid arg1, Oid arg2, bool noError, int location)
{
	Operator tuple = oper(pstate, op, arg1, arg2, noError, location);

	if (tuple == NULL)
		return NULL;
	if (IsBinaryCoercible(arg1, FORM(tuple)->oprleft) && IsBinaryCoercible(arg2, FORM(tuple)->oprright))
		return tuple;
	ReleaseSysCache(tuple);
	if (!noError)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("operator requires run-time type coercion: %s", op_signature(op, 'b', arg1, arg2)),
				parser_errposition(pstate, location));
	return NULL;
}

Oid
compatible_oper_opid(List *op, Oid arg1, Oid arg2, bool noError)
{
	Operator tuple = compatible_oper(NULL, op, arg1, arg2, noError, -1);
	Oid result = InvalidOid;

	if (tuple)
	{
		result = oprid(tuple);
		ReleaseSysCache(tuple);
	}
	return result;
}

void
get_sort_group_operators(Oid argtype, bool needLT, bool needEQ, bool needGT, Oid *ltOpr, Oid *eqOpr, Oid *gtOpr,
						 bool *isHashable)
{
	int flags = TYPECACHE_LT_OPR | TYPECACHE_EQ_OPR | TYPECACHE_GT_OPR | (isHashable ? TYPECACHE_HASH_PROC : 0);
	TypeCacheEntry *entry = lookup_type_cache(argtype, flags);

	if ((needLT && !OidIsValid(entry->lt_opr)) || (needGT && !OidIsValid(entry->gt_opr)))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify an ordering operator for type %s", format_type_be(argtype)),
				errhint("Use an explicit ordering operator or modify the query."));
	if (needEQ && !OidIsValid(entry->eq_opr))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not identify an equality operator for type %s", format_type_be(argtype)));
	if (ltOpr)
		*ltOpr = entry->lt_opr;
	if (eqOpr)
		*eqOpr = entry->eq_opr;
	if (gtOpr)
		*gtOpr = entry->gt_opr;
	if (isHashable)
		*isHashable = OidIsValid(entry->hash_proc);
}

/* ---- nodes ---- */
static void
refuse_shell(ParseState *pstate, Operator tuple, List *opname, int location)
{
	Form_pg_operator form = FORM(tuple);

	if (!OidIsValid(form->oprcode))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("operator is only a shell: %s",
					   op_signature(opname, form->oprkind, form->oprleft, form->oprright)),
				parser_errposition(pstate, location));
}

Expr *
make_op(ParseState *pstate, List *opname, Node *ltree, Node *rtree, Node *last_srf, int location)
{
	Operator tuple;
	Form_pg_operator form;
	Oid actual[2];
	Oid declared[2];
	int nargs;
	List *args;
	OpExpr *result;

	if (rtree == NULL)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("postfix operators are not supported"),
				parser_errposition(pstate, location));
	if (ltree == NULL)
	{
		tuple = left_oper(pstate, opname, exprType(rtree), false, location);
		form = FORM(tuple);
		args = list_make1(rtree);
		actual[0] = exprType(rtree);
		declared[0] = form->oprright;
		nargs = 1;
	}
	else
	{
		tuple = oper(pstate, opname, exprType(ltree), exprType(rtree), false, location);
		form = FORM(tuple);
		args = list_make2(ltree, rtree);
		actual[0] = exprType(ltree);
		actual[1] = exprType(rtree);
		declared[0] = form->oprleft;
		declared[1] = form->oprright;
		nargs = 2;
	}
	refuse_shell(pstate, tuple, opname, location);
	result = makeNode(OpExpr);
	result->opno = form->oid;
	result->opfuncid = form->oprcode;
	result->opresulttype = enforce_generic_type_consistency(actual, declared, nargs, form->oprresult, false);
	result->opretset = get_func_retset(form->oprcode);
	make_fn_arguments(pstate, args, actual, declared);
	result->args = args;
	result->location = location;
	if (result->opretset)
	{
		check_srf_call_placement(pstate, last_srf, location);
		pstate->p_last_srf = (Node *) result;
	}
	ReleaseSysCache(tuple);
	return (Expr *) result;
}

/* The array type that the operator's right operand stands for. */
static Oid
array_operand_type(ParseState *pstate, Oid element, Oid actual_array, int location)
{
	Oid array;

	if (is_polymorphic_family_type(element))
		return actual_array;
	array = get_array_type(element);
	if (!OidIsValid(array))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("could not find array type for data type %s", format_type_be(element)),
				parser_errposition(pstate, location));
	return array;
}

Expr *
make_scalar_array_op(ParseState *pstate, List *opname, bool useOr, Node *ltree, Node *rtree, int location)
{
	Oid ltype = exprType(ltree);
	Oid array = exprType(rtree);
	Oid element = UNKNOWNOID;
	Operator tuple;
	Form_pg_operator form;
	Oid actual[2];
	Oid declared[2];
	Oid rettype;
	List *args = list_make2(ltree, rtree);
	ScalarArrayOpExpr *result;

	if (array != UNKNOWNOID)
	{
		element = get_base_element_type(array);
		if (!OidIsValid(element))
			ereport(ERROR,
					errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("op ANY/ALL (array) requires array on right side"),
					parser_errposition(pstate, location));
	}
	tuple = oper(pstate, opname, ltype, element, false, location);
	form = FORM(tuple);
	refuse_shell(pstate, tuple, opname, location);
	actual[0] = ltype;
	actual[1] = element;
	declared[0] = form->oprleft;
	declared[1] = form->oprright;
	rettype = enforce_generic_type_consistency(actual, declared, 2, form->oprresult, false);
	if (rettype != BOOLOID)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("op ANY/ALL (array) requires operator to yield boolean"),
				parser_errposition(pstate, location));
	if (get_func_retset(form->oprcode))
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("op ANY/ALL (array) requires operator not to return a set"),
				parser_errposition(pstate, location));
	actual[1] = array;
	declared[1] = array_operand_type(pstate, declared[1], array, location);
	make_fn_arguments(pstate, args, actual, declared);
	result = makeNode(ScalarArrayOpExpr);
	result->opno = form->oid;
	result->opfuncid = form->oprcode;
	result->useOr = useOr;
	result->args = args;
	result->location = location;
	ReleaseSysCache(tuple);
	return (Expr *) result;
}
