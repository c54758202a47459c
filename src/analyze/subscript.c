/*
 * subscript.c
 *    Subscripting: arrays (and other containers: jsonb).
 *
 * For arrays every subscript becomes int4. For jsonb a subscript is a text key or an int4 index, as its type says.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

void
transformContainerType(Oid *containerType, int32 *containerTypmod)
{
	*containerType = getBaseTypeAndTypmod(*containerType, containerTypmod);
	/* These are arrays in all but their category; subscripting sees the arrays they look like. */
	if (*containerType == INT2VECTOROID)
		*containerType = INT2ARRAYOID;
	else if (*containerType == OIDVECTOROID)
		*containerType = OIDARRAYOID;
}

static bool
has_slice(List *indirection)
{
	ListCell *lc;

	foreach (lc, indirection)
		if (lfirst_node(A_Indices, lc)->is_slice)
			return true;
	return false;
}

static Node *
array_subscript(ParseState *pstate, Node *raw)
{
	Node *expr = transformExpr(pstate, raw, pstate->p_expr_kind);
	Node *result = coerce_to_target_type(pstate, expr, exprType(expr), INT4OID, -1, COERCION_ASSIGNMENT,
										 COERCE_IMPLICIT_CAST, -1);

	if (result == NULL)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("array subscript must have type integer"),
				parser_errposition(pstate, exprLocation(expr)));
	return result;
}

static void
array_subscripts(ParseState *pstate, SubscriptingRef *ref, List *indirection, bool slice)
{
	ListCell *lc;

	foreach (lc, indirection)
	{
		A_Indices *ai = lfirst_node(A_Indices, lc);
		Node *lower = NULL;

		if (slice)
		{
			if (ai->lidx)
				lower = array_subscript(pstate, ai->lidx);
			else if (!ai->is_slice)
				lower = (Node *) makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(1), false, true);
			ref->reflowerindexpr = lappend(ref->reflowerindexpr, lower);
		}
		ref->refupperindexpr = lappend(ref->refupperindexpr, ai->uidx ? array_subscript(pstate, ai->uidx) : NULL);
	}
	if (list_length(indirection) > MAXDIM)
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("number of array dimensions (%d) exceeds the maximum allowed (%d)", list_length(indirection),
					   MAXDIM));
	ref->refrestype = slice ? ref->refcontainertype : ref->refelemtype;
}

/* A key or an index: exactly one of text and int4 must fit. */
static Node *
jsonb_subscript(ParseState *pstate, Node *raw)
{
	Node *expr = transformExpr(pstate, raw, pstate->p_expr_kind);
	Oid type = exprType(expr);
	Oid targets[2] = {INT4OID, TEXTOID};
	Oid target = UNKNOWNOID;

	if (type == UNKNOWNOID)
		target = TEXTOID;
	else
		for (int i = 0; i < 2; i++)
		{
			if (!can_coerce_type(1, &type, &targets[i], COERCION_IMPLICIT))
				continue;
			if (target != UNKNOWNOID)
				ereport(ERROR,
						errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("subscript type %s is not supported", format_type_be(type)),
						errhint("jsonb subscript must be coercible to only one type, integer or text."),
						parser_errposition(pstate, exprLocation(expr)));
			target = targets[i];
		}
	if (target == UNKNOWNOID)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("subscript type %s is not supported", format_type_be(type)),
				errhint("jsonb subscript must be coercible to either integer or text."),
				parser_errposition(pstate, exprLocation(expr)));
	return coerce_type(pstate, expr, type, target, -1, COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
}

static void
jsonb_subscripts(ParseState *pstate, SubscriptingRef *ref, List *indirection)
{
	ListCell *lc;

	foreach (lc, indirection)
	{
		A_Indices *ai = lfirst_node(A_Indices, lc);

		if (ai->is_slice)
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("jsonb subscript does not support slices"),
					parser_errposition(pstate, exprLocation(ai->uidx ? ai->uidx : ai->lidx)));
		ref->refupperindexpr = lappend(ref->refupperindexpr, jsonb_subscript(pstate, ai->uidx));
	}
	ref->refrestype = JSONBOID;
	ref->reftypmod = -1;
}

SubscriptingRef *
transformContainerSubscripts(ParseState *pstate, Node *containerBase, Oid containerType, int32 containerTypMod,
							 List *indirection, bool isAssignment)
{
	SubscriptingRef *ref;
	Oid element;

	if (!isAssignment)
		transformContainerType(&containerType, &containerTypMod);
	element = get_element_type(containerType);
	if (containerType == NAMEOID || containerType == POINTOID || containerType == BOXOID || containerType == LSEGOID ||
		containerType == LINEOID)
		get_typsubscript(containerType, &element);
	if (!OidIsValid(element) && containerType != JSONBOID)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("cannot subscript type %s because it does not support subscripting",
					   format_type_be(containerType)),
				parser_errposition(pstate, exprLocation(containerBase)));
	ref = makeNode(SubscriptingRef);
	ref->refcontainertype = containerType;
	ref->refelemtype = element;
	ref->reftypmod = containerTypMod;
	ref->refexpr = (Expr *) containerBase;
	if (containerType == JSONBOID)
		jsonb_subscripts(pstate, ref, indirection);
	else
		array_subscripts(pstate, ref, indirection, has_slice(indirection));
	return ref;
}
