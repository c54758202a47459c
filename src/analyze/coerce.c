/*
 * coerce.c
 *    Conversions as expression nodes.
 *
 * coerce_to_target_type() is the front door: type, then typmod. coerce_type() assumes that can_coerce_type() said yes.
 * A conversion that is part of another one (a domain's base type, a length after a type) is shown as implicit, so that
 * deparsing gives back one cast.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "access/htup_details.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_relation.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

static Node *coerce_typmod(Node *node, Oid type, int32 typmod, CoercionContext ccontext, CoercionForm cformat,
						   int location, bool hide_input);

/* ---- may it be done? ---- */
static bool
row_types_related(Oid input, Oid target)
{
	if (input == RECORDOID && ISCOMPLEX(target))
		return true;
	if (target == RECORDOID && ISCOMPLEX(input))
		return true;
	if (input == RECORDARRAYOID && is_complex_array(target))
		return true;
	if (target == RECORDARRAYOID && is_complex_array(input))
		return true;
	return row_type_inherits(input, target);
}

bool
can_coerce_type(int nargs, const Oid *input_typeids, const Oid *target_typeids, CoercionContext ccontext)
{
	bool polymorphic = false;

	for (int i = 0; i < nargs; i++)
	{
		Oid input = input_typeids[i];
		Oid target = target_typeids[i];
		Oid funcid;

		if (input == target || target == ANYOID)
			continue;
		if (is_polymorphic_family_type(target))
		{
			polymorphic = true;
			continue;
		}
		if (input == UNKNOWNOID)
			continue;
		if (find_coercion_pathway(target, input, ccontext, &funcid) != COERCION_PATH_NONE)
			continue;
		if (!row_types_related(input, target))
			return false;
	}
	return !polymorphic || check_generic_type_consistency(input_typeids, target_typeids, nargs);
}

/* ---- the nodes ---- */
static void
set_coercion_form(Node *node, CoercionForm form)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			((FuncExpr *) node)->funcformat = form;
			break;
		case T_RelabelType:
			((RelabelType *) node)->relabelformat = form;
			break;
		case T_CoerceViaIO:
			((CoerceViaIO *) node)->coerceformat = form;
			break;
		case T_ArrayCoerceExpr:
			((ArrayCoerceExpr *) node)->coerceformat = form;
			break;
		case T_ConvertRowtypeExpr:
			((ConvertRowtypeExpr *) node)->convertformat = form;
			break;
		case T_RowExpr:
			((RowExpr *) node)->row_format = form;
			break;
		case T_CoerceToDomain:
			((CoerceToDomain *) node)->coercionformat = form;
			break;
		default:
			elog(ERROR, "node of type %d is no coercion", (int) nodeTag(node));
	}
}

/* Coercion of a coercion: only the outer one is to be seen. */
static void
hide_coercion(Node *node)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
		case T_RelabelType:
		case T_CoerceViaIO:
		case T_ArrayCoerceExpr:
		case T_ConvertRowtypeExpr:
		case T_RowExpr:
		case T_CoerceToDomain:
			set_coercion_form(node, COERCE_IMPLICIT_CAST);
			break;
		default:
			break;				/* nothing was done: nothing to hide */
	}
}

/* A cast function takes the value, and optionally the typmod and whether the cast was explicit. */
static Node *
function_coercion(Node *node, Oid funcid, Oid target, int32 typmod, CoercionContext ccontext, CoercionForm cformat,
				  int location)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	int nargs;
	List *args = list_make1(node);
	FuncExpr *call;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	nargs = ((Form_pg_proc) GETSTRUCT(tuple))->pronargs;
	ReleaseSysCache(tuple);
	if (nargs >= 2)
		args = lappend(args, makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(typmod), false, true));
	if (nargs == 3)
		args = lappend(args, makeBoolConst(ccontext == COERCION_EXPLICIT, false));
	call = makeFuncExpr(funcid, target, args, InvalidOid, InvalidOid, cformat);
	call->location = location;
	return (Node *) call;
}

static Node *
array_coercion(Node *node, Oid target, int32 typmod, CoercionContext ccontext, CoercionForm cformat, int location)
{
	ArrayCoerceExpr *acoerce = makeNode(ArrayCoerceExpr);
	CaseTestExpr *element = makeNode(CaseTestExpr);
	Oid source = exprType(node);
	int32 source_typmod = exprTypmod(node);

	source = getBaseTypeAndTypmod(source, &source_typmod);
	element->typeId = get_element_type(source);
	element->typeMod = source_typmod;
	element->collation = InvalidOid; /* set with the rest of the collations */
	acoerce->arg = (Expr *) node;
	acoerce->elemexpr = (Expr *) coerce_to_target_type(NULL, (Node *) element, element->typeId,
													   get_element_type(target), typmod, ccontext, cformat, location);
	if (acoerce->elemexpr == NULL)
		elog(ERROR, "failed to coerce array element type as expected");
	acoerce->resulttype = target;
	acoerce->resulttypmod = exprTypmod((Node *) acoerce->elemexpr);
	acoerce->coerceformat = cformat;
	acoerce->location = location;
	return (Node *) acoerce;
}

static Node *
build_coercion(Node *node, CoercionPathType path, Oid funcid, Oid target, int32 typmod, CoercionContext ccontext,
			   CoercionForm cformat, int location)
{
	CoerceViaIO *io;

	switch (path)
	{
		case COERCION_PATH_FUNC:
			return function_coercion(node, funcid, target, typmod, ccontext, cformat, location);
		case COERCION_PATH_ARRAYCOERCE:
			return array_coercion(node, target, typmod, ccontext, cformat, location);
		case COERCION_PATH_COERCEVIAIO:
			io = makeNode(CoerceViaIO);
			io->arg = (Expr *) node;
			io->resulttype = target;
			io->coerceformat = cformat;
			io->location = location;
			return (Node *) io;
		default:
			elog(ERROR, "unsupported pathtype %d in build_coercion", (int) path);
			return NULL;
	}
}

/* A quoted literal takes on the type here, by the type's input function. */
static Node *
coerce_unknown_literal(ParseState *pstate, Const *con, Oid target, int32 target_typmod, CoercionContext ccontext,
					   CoercionForm cformat, int location)
{
	int32 base_typmod = target_typmod;
	Oid base = getBaseTypeAndTypmod(target, &base_typmod);
	Type type = typeidType(base);
	Const *value = makeNode(Const);
	ParseCallbackState pcbstate;
	Node *result;

	/*
	 * Interval's input function must see the typmod to know what a bare number means; for other types it is applied
	 * afterwards, by a cast that may truncate where input would fail.
	 */
	int32 input_typmod = base == INTERVALOID ? base_typmod : -1;

	value->consttype = base;
	value->consttypmod = input_typmod;
	value->constcollid = typeTypeCollation(type);
	value->constlen = typeLen(type);
	value->constbyval = typeByVal(type);
	value->constisnull = con->constisnull;
	value->location = con->location;
	setup_parser_errposition_callback(&pcbstate, pstate, con->location);
	value->constvalue = stringTypeDatum(type, con->constisnull ? NULL : DatumGetCString(con->constvalue), input_typmod);
	if (!value->constisnull && value->constlen == -1)
		value->constvalue = PointerGetDatum(PG_DETOAST_DATUM(value->constvalue));
	cancel_parser_errposition_callback(&pcbstate);
	ReleaseSysCache(type);
	result = (Node *) value;
	if (base != target)
		result = coerce_to_domain(result, base, base_typmod, target, ccontext, cformat, location, false);
	return result;
}

/* Along a pathway of pg_cast and its kin; a domain is its base type plus a check. */
static Node *
coerce_by_path(Node *node, CoercionPathType path, Oid funcid, Oid target, int32 target_typmod,
			   CoercionContext ccontext, CoercionForm cformat, int location)
{
	int32 base_typmod = target_typmod;
	Oid base = getBaseTypeAndTypmod(target, &base_typmod);
	Node *result;

	if (path != COERCION_PATH_RELABELTYPE)
	{
		result = build_coercion(node, path, funcid, base, base_typmod, ccontext, cformat, location);
		if (target != base)
			result = coerce_to_domain(result, base, base_typmod, target, ccontext, cformat, location, true);
		return result;
	}
	result = coerce_to_domain(node, base, base_typmod, target, ccontext, cformat, location, false);
	if (result == node)
	{
		RelabelType *relabel = makeRelabelType((Expr *) node, target, -1, InvalidOid, cformat);

		relabel->location = location;
		result = (Node *) relabel;
	}
	return result;
}

/* ---- rows ---- */

/* The columns of a row-valued node, one expression each; NIL if it cannot be taken apart. */
static List *
row_columns(ParseState *pstate, Node *node, int location)
{
	if (IsA(node, RowExpr))
		return list_copy(((RowExpr *) node)->args);
	if (IsA(node, Var) && ((Var *) node)->varattno == InvalidAttrNumber)
	{
		Var *var = (Var *) node;
		ParseNamespaceItem *nsitem = GetNSItemByRangeTablePosn(pstate, var->varno, var->varlevelsup);

		return expandNSItemVars(nsitem, var->varlevelsup, var->location, NULL);
	}
	return NIL;
}

static void pg_attribute_noreturn()
row_mismatch(ParseState *pstate, Oid target, const char *detail, int location)
{
	ereport(ERROR,
			errcode(ERRCODE_CANNOT_COERCE),
			errmsg("cannot cast type %s to %s", format_type_be(RECORDOID), format_type_be(target)),
			detail ? errdetail("%s", detail) : 0,
			parser_errposition(pstate, location));
	pg_unreachable();
}

static Node *
coerce_record(ParseState *pstate, Node *node, Oid target, CoercionContext ccontext, CoercionForm cformat, int location)
{
	int32 base_typmod = -1;
	Oid base = getBaseTypeAndTypmod(target, &base_typmod);
	TupleDesc desc;
	List *columns;
	List *newargs = NIL;
	int next = 0;
	RowExpr *row;

	if (!IsA(node, RowExpr) && !(IsA(node, Var) && ((Var *) node)->varattno == InvalidAttrNumber))
		row_mismatch(pstate, target, NULL, location >= 0 ? location : exprLocation(node));
	columns = row_columns(pstate, node, location);
	desc = lookup_rowtype_tupdesc_copy(base, base_typmod);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		Node *value;
		Node *coerced;
		Oid type;

		if (att->attisdropped)
		{
			newargs = lappend(newargs, makeNullConst(INT4OID, -1, InvalidOid));
			continue;
		}
		if (next >= list_length(columns))
			row_mismatch(pstate, target, "Input has too few columns.", location);
		value = list_nth(columns, next++);
		type = exprType(value);
		coerced = coerce_to_target_type(pstate, value, type, att->atttypid, att->atttypmod, ccontext,
										COERCE_IMPLICIT_CAST, -1);
		if (coerced == NULL)
			row_mismatch(pstate, target,
						 psprintf("Cannot cast type %s to %s in column %d.", format_type_be(type),
								  format_type_be(att->atttypid), next),
						 location >= 0 ? exprLocation(value) : -1);
		newargs = lappend(newargs, coerced);
	}
	if (next != list_length(columns))
		row_mismatch(pstate, target, "Input has too many columns.", location);
	row = makeNode(RowExpr);
	row->args = newargs;
	row->row_typeid = base;
	row->row_format = cformat;
	row->location = location;
	if (base == target)
		return (Node *) row;
	row->row_format = COERCE_IMPLICIT_CAST;
	return coerce_to_domain((Node *) row, base, base_typmod, target, ccontext, cformat, location, false);
}

/* A child table's row as its parent's. */
static Node *
coerce_to_parent_row(Node *node, Oid input, Oid target, CoercionForm cformat, int location)
{
	ConvertRowtypeExpr *convert = makeNode(ConvertRowtypeExpr);
	Oid base = getBaseType(input);

	if (base != input)
	{
		RelabelType *relabel = makeRelabelType((Expr *) node, base, -1, InvalidOid, COERCE_IMPLICIT_CAST);

		relabel->location = location;
		node = (Node *) relabel;
	}
	convert->arg = (Expr *) node;
	convert->resulttype = target;
	convert->convertformat = cformat;
	convert->location = location;
	return (Node *) convert;
}

/* ---- coerce_type ---- */

/* A pseudo-type target keeps the value as it is, except that a domain is seen as what it is over. */
static Node *
coerce_to_pseudo(Node *node, Oid input)
{
	Oid base = getBaseType(input);

	if (base == input)
		return node;
	return (Node *) makeRelabelType((Expr *) node, base, -1, InvalidOid, COERCE_IMPLICIT_CAST);
}

static Node *
rewrap_collate(CollateExpr *collate, Node *arg, Oid type)
{
	CollateExpr *outer;

	if (!type_is_collatable(type))
		return arg;
	outer = makeNode(CollateExpr);
	outer->arg = (Expr *) arg;
	outer->collOid = collate->collOid;
	outer->location = collate->location;
	return (Node *) outer;
}

Node *
coerce_type(ParseState *pstate, Node *node, Oid inputTypeId, Oid targetTypeId, int32 targetTypeMod,
			CoercionContext ccontext, CoercionForm cformat, int location)
{
	CoercionPathType path;
	Oid funcid;
	Node *result;

	if (targetTypeId == inputTypeId || node == NULL)
		return node;
	switch (targetTypeId)
	{
		case ANYOID:
		case ANYELEMENTOID:
		case ANYNONARRAYOID:
		case ANYCOMPATIBLEOID:
		case ANYCOMPATIBLENONARRAYOID:
			return node;
		case ANYARRAYOID:
		case ANYENUMOID:
		case ANYRANGEOID:
		case ANYMULTIRANGEOID:
		case ANYCOMPATIBLEARRAYOID:
		case ANYCOMPATIBLERANGEOID:
		case ANYCOMPATIBLEMULTIRANGEOID:
			if (inputTypeId != UNKNOWNOID)
				return coerce_to_pseudo(node, inputTypeId);
			break;
		default:
			break;
	}
	if (inputTypeId == UNKNOWNOID && IsA(node, Const))
		return coerce_unknown_literal(pstate, (Const *) node, targetTypeId, targetTypeMod, ccontext, cformat, location);
	if (IsA(node, Param) && pstate && pstate->p_coerce_param_hook)
	{
		result = pstate->p_coerce_param_hook(pstate, (Param *) node, targetTypeId, targetTypeMod, location);
		if (result)
			return result;
	}
	if (IsA(node, CollateExpr))
	{
		CollateExpr *collate = (CollateExpr *) node;

		result = coerce_type(pstate, (Node *) collate->arg, inputTypeId, targetTypeId, targetTypeMod, ccontext,
							 cformat, location);
		return rewrap_collate(collate, result, targetTypeId);
	}
	path = find_coercion_pathway(targetTypeId, inputTypeId, ccontext, &funcid);
	if (path != COERCION_PATH_NONE)
		return coerce_by_path(node, path, funcid, targetTypeId, targetTypeMod, ccontext, cformat, location);
	if (inputTypeId == RECORDOID && ISCOMPLEX(targetTypeId))
		return coerce_record(pstate, node, targetTypeId, ccontext, cformat, location);
	if ((inputTypeId == RECORDARRAYOID && is_complex_array(targetTypeId)) ||
		(targetTypeId == RECORDOID && ISCOMPLEX(inputTypeId)) ||
		(targetTypeId == RECORDARRAYOID && is_complex_array(inputTypeId)))
		return node;
	if (row_type_inherits(inputTypeId, targetTypeId))
		return coerce_to_parent_row(node, inputTypeId, targetTypeId, cformat, location);
	elog(ERROR, "failed to find conversion function from %s to %s", format_type_be(inputTypeId),
		 format_type_be(targetTypeId));
	return NULL;
}

Node *
coerce_to_domain(Node *arg, Oid baseTypeId, int32 baseTypeMod, Oid typeId, CoercionContext ccontext,
				 CoercionForm cformat, int location, bool hideInputCoercion)
{
	CoerceToDomain *domain;

	if (baseTypeId == typeId)
		return arg;
	if (hideInputCoercion)
		hide_coercion(arg);
	arg = coerce_typmod(arg, baseTypeId, baseTypeMod, ccontext, COERCE_IMPLICIT_CAST, location, false);
	domain = makeNode(CoerceToDomain);
	domain->arg = (Expr *) arg;
	domain->resulttype = typeId;
	domain->resulttypmod = -1;	/* the domain's typmod is not visible from outside */
	domain->coercionformat = cformat;
	domain->location = location;
	return (Node *) domain;
}

static Node *
coerce_typmod(Node *node, Oid type, int32 typmod, CoercionContext ccontext, CoercionForm cformat, int location,
			  bool hide_input)
{
	CoercionPathType path = COERCION_PATH_NONE;
	Oid funcid;

	if (typmod == exprTypmod(node))
		return node;
	if (hide_input)
		hide_coercion(node);
	if (typmod >= 0)
		path = find_typmod_coercion_function(type, &funcid);
	if (path != COERCION_PATH_NONE)
		return build_coercion(node, path, funcid, type, typmod, ccontext, cformat, location);
	/* No function needed, but the expression must show the typmod it promises. */
	return applyRelabelType(node, type, typmod, exprCollation(node), cformat, location, false);
}

Node *
coerce_to_target_type(ParseState *pstate, Node *expr, Oid exprtype, Oid targettype, int32 targettypmod,
					  CoercionContext ccontext, CoercionForm cformat, int location)
{
	Node *bare = expr;
	CollateExpr *collate = NULL;
	Node *result;

	if (!can_coerce_type(1, &exprtype, &targettype, ccontext))
		return NULL;
	/* A COLLATE belongs to the value before and after; the conversion goes beneath it. */
	while (bare && IsA(bare, CollateExpr))
	{
		if (collate == NULL)
			collate = (CollateExpr *) bare;
		bare = (Node *) ((CollateExpr *) bare)->arg;
	}
	result = coerce_type(pstate, bare, exprtype, targettype, targettypmod, ccontext, cformat, location);
	result = coerce_typmod(result, targettype, targettypmod, ccontext, cformat, location,
						   result != bare && !IsA(result, Const));
	return collate ? rewrap_collate(collate, result, targettype) : result;
}

/* ---- what certain places demand ---- */
static void
refuse_set(ParseState *pstate, Node *node, const char *constructName)
{
	if (expression_returns_set(node))
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				/* translator: first %s is name of a SQL construct, eg WHERE */
				errmsg("argument of %s must not return a set", constructName),
				parser_errposition(pstate, exprLocation(node)));
}

Node *
coerce_to_boolean(ParseState *pstate, Node *node, const char *constructName)
{
	return coerce_to_specific_type(pstate, node, BOOLOID, constructName);
}

Node *
coerce_to_specific_type_typmod(ParseState *pstate, Node *node, Oid targetTypeId, int32 targetTypmod,
							   const char *constructName)
{
	Oid type = exprType(node);

	if (type != targetTypeId)
	{
		Node *converted = coerce_to_target_type(pstate, node, type, targetTypeId, targetTypmod, COERCION_ASSIGNMENT,
												COERCE_IMPLICIT_CAST, -1);

		if (converted == NULL)
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("argument of %s must be type %s, not type %s", constructName, format_type_be(targetTypeId),
						   format_type_be(type)),
					parser_errposition(pstate, exprLocation(node)));
		node = converted;
	}
	refuse_set(pstate, node, constructName);
	return node;
}

Node *
coerce_to_specific_type(ParseState *pstate, Node *node, Oid targetTypeId, const char *constructName)
{
	return coerce_to_specific_type_typmod(pstate, node, targetTypeId, -1, constructName);
}

int
parser_coercion_errposition(ParseState *pstate, int coerce_location, Node *input_expr)
{
	return parser_errposition(pstate, coerce_location >= 0 ? coerce_location : exprLocation(input_expr));
}
