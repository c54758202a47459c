/*
 * exprinfo.c
 *    What an expression node says about its value: type, typmod, collation; and where it stands in the text.
 *
 * Most nodes keep these in fields, so a table tells where; the rest compute them from their children.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/nodedesc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* Offsets of the fields that hold each fact; 0 = not kept. fixed_type stands for a type that never varies. */
typedef struct ExprShape
{
	uint16 type;
	uint16 typmod;
	uint16 collation;
	uint16 input_collation;
	Oid fixed_type;
} ExprShape;

#define AT(node, field) offsetof(node, field)

static const ExprShape shapes[NODE_TAG_COUNT] = {
	[T_Var] = {AT(Var, vartype), AT(Var, vartypmod), AT(Var, varcollid)},
	[T_Const] = {AT(Const, consttype), AT(Const, consttypmod), AT(Const, constcollid)},
	[T_Param] = {AT(Param, paramtype), AT(Param, paramtypmod), AT(Param, paramcollid)},
	[T_Aggref] = {AT(Aggref, aggtype), 0, AT(Aggref, aggcollid), AT(Aggref, inputcollid)},
	[T_GroupingFunc] = {.fixed_type = INT4OID},
	[T_WindowFunc] = {AT(WindowFunc, wintype), 0, AT(WindowFunc, wincollid), AT(WindowFunc, inputcollid)},
	[T_SubscriptingRef] = {AT(SubscriptingRef, refrestype), AT(SubscriptingRef, reftypmod),
						   AT(SubscriptingRef, refcollid)},
	[T_FuncExpr] = {AT(FuncExpr, funcresulttype), 0, AT(FuncExpr, funccollid), AT(FuncExpr, inputcollid)},
	[T_OpExpr] = {AT(OpExpr, opresulttype), 0, AT(OpExpr, opcollid), AT(OpExpr, inputcollid)},
	[T_DistinctExpr] = {AT(OpExpr, opresulttype), 0, AT(OpExpr, opcollid), AT(OpExpr, inputcollid)},
	[T_NullIfExpr] = {AT(OpExpr, opresulttype), 0, AT(OpExpr, opcollid), AT(OpExpr, inputcollid)},
	[T_ScalarArrayOpExpr] = {.fixed_type = BOOLOID, .input_collation = AT(ScalarArrayOpExpr, inputcollid)},
	[T_BoolExpr] = {.fixed_type = BOOLOID},
	[T_FieldSelect] = {AT(FieldSelect, resulttype), AT(FieldSelect, resulttypmod), AT(FieldSelect, resultcollid)},
	[T_FieldStore] = {AT(FieldStore, resulttype)},
	[T_RelabelType] = {AT(RelabelType, resulttype), AT(RelabelType, resulttypmod), AT(RelabelType, resultcollid)},
	[T_CoerceViaIO] = {AT(CoerceViaIO, resulttype), 0, AT(CoerceViaIO, resultcollid)},
	[T_ArrayCoerceExpr] = {AT(ArrayCoerceExpr, resulttype), AT(ArrayCoerceExpr, resulttypmod),
						   AT(ArrayCoerceExpr, resultcollid)},
	[T_ConvertRowtypeExpr] = {AT(ConvertRowtypeExpr, resulttype)},
	[T_CaseExpr] = {AT(CaseExpr, casetype), 0, AT(CaseExpr, casecollid)},
	[T_CaseTestExpr] = {AT(CaseTestExpr, typeId), AT(CaseTestExpr, typeMod), AT(CaseTestExpr, collation)},
	[T_ArrayExpr] = {AT(ArrayExpr, array_typeid), 0, AT(ArrayExpr, array_collid)},
	[T_RowExpr] = {AT(RowExpr, row_typeid)},
	[T_RowCompareExpr] = {.fixed_type = BOOLOID},
	[T_CoalesceExpr] = {AT(CoalesceExpr, coalescetype), 0, AT(CoalesceExpr, coalescecollid)},
	[T_MinMaxExpr] = {AT(MinMaxExpr, minmaxtype), 0, AT(MinMaxExpr, minmaxcollid), AT(MinMaxExpr, inputcollid)},
	[T_SQLValueFunction] = {AT(SQLValueFunction, type), AT(SQLValueFunction, typmod)},
	[T_NullTest] = {.fixed_type = BOOLOID},
	[T_BooleanTest] = {.fixed_type = BOOLOID},
	[T_CoerceToDomain] = {AT(CoerceToDomain, resulttype), AT(CoerceToDomain, resulttypmod),
						  AT(CoerceToDomain, resultcollid)},
	[T_CoerceToDomainValue] = {AT(CoerceToDomainValue, typeId), AT(CoerceToDomainValue, typeMod),
							   AT(CoerceToDomainValue, collation)},
	[T_SetToDefault] = {AT(SetToDefault, typeId), AT(SetToDefault, typeMod), AT(SetToDefault, collation)},
	[T_CurrentOfExpr] = {.fixed_type = BOOLOID},
	[T_NextValueExpr] = {AT(NextValueExpr, typeId)},
};

static inline Oid
oid_at(const Node *expr, uint16 offset)
{
	return *(const Oid *) ((const char *) expr + offset);
}

/* The subquery's only visible output column; a SubLink that has not been analysed yet has none. */
static const Node *
sublink_output(const SubLink *sublink)
{
	const Query *query = (const Query *) sublink->subselect;

	if (query == NULL || !IsA(query, Query))
		elog(ERROR, "cannot get type for untransformed sublink");
	return (const Node *) linitial_node(TargetEntry, query->targetList)->expr;
}

static Oid
array_type_of(Oid element)
{
	Oid type = get_promoted_array_type(element);

	if (!OidIsValid(type))
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("could not find array type for data type %s", format_type_be(element)));
	return type;
}

static Oid
sublink_type(const SubLink *sublink)
{
	switch (sublink->subLinkType)
	{
		case EXPR_SUBLINK:
			return exprType(sublink_output(sublink));
		case ARRAY_SUBLINK:
			return array_type_of(exprType(sublink_output(sublink)));
		case MULTIEXPR_SUBLINK:
			return RECORDOID;
		default:
			return BOOLOID;
	}
}

static Oid
subplan_type(const SubPlan *subplan)
{
	switch (subplan->subLinkType)
	{
		case EXPR_SUBLINK:
			return subplan->firstColType;
		case ARRAY_SUBLINK:
			return array_type_of(subplan->firstColType);
		case MULTIEXPR_SUBLINK:
			return RECORDOID;
		default:
			return BOOLOID;
	}
}

static Oid
xml_type(const XmlExpr *xml)
{
	if (xml->op == IS_DOCUMENT)
		return BOOLOID;
	return xml->op == IS_XMLSERIALIZE ? TEXTOID : XMLOID;
}

/* Nodes whose facts are those of one child. */
static const Node *
transparent_child(const Node *expr)
{
	switch (nodeTag(expr))
	{
		case T_NamedArgExpr:
			return (const Node *) ((const NamedArgExpr *) expr)->arg;
		case T_CollateExpr:
			return (const Node *) ((const CollateExpr *) expr)->arg;
		case T_InferenceElem:
			return ((const InferenceElem *) expr)->expr;
		case T_AlternativeSubPlan:
			return linitial(((const AlternativeSubPlan *) expr)->subplans);
		case T_TargetEntry:
			return (const Node *) ((const TargetEntry *) expr)->expr;
		default:
			return NULL;
	}
}

Oid
exprType(const Node *expr)
{
	const ExprShape *shape;
	const Node *child;

	if (expr == NULL)
		return InvalidOid;
	shape = &shapes[nodeTag(expr)];
	if (shape->type)
		return oid_at(expr, shape->type);
	if (shape->fixed_type)
		return shape->fixed_type;
	if ((child = transparent_child(expr)) != NULL)
		return exprType(child);
	switch (nodeTag(expr))
	{
		case T_SubLink:
			return sublink_type((const SubLink *) expr);
		case T_SubPlan:
			return subplan_type((const SubPlan *) expr);
		case T_XmlExpr:
			return xml_type((const XmlExpr *) expr);
		default:
			elog(ERROR, "node of type %d has no data type", (int) nodeTag(expr));
	}
	return InvalidOid;
}

/* The typmod on which all of the values agree, if they also are of that type; else -1. */
static int32
common_typmod(const List *values, const Node *extra, Oid type)
{
	int32 typmod = -1;
	bool first = true;

	for (int i = -1; i < list_length(values); i++)
	{
		const Node *value = i < 0 ? extra : list_nth(values, i);

		if (value == NULL)
		{
			if (i < 0)
				continue;
			return -1;
		}
		if (IsA(value, CaseWhen))
			value = (const Node *) ((const CaseWhen *) value)->result;
		if (exprType(value) != type)
			return -1;
		if (first)
			typmod = exprTypmod(value);
		else if (exprTypmod(value) != typmod)
			return -1;
		if (typmod < 0)
			return -1;
		first = false;
	}
	return typmod;
}

static int32
array_typmod(const ArrayExpr *array)
{
	return common_typmod(array->elements, NULL, array->multidims ? array->array_typeid : array->element_typeid);
}

int32
exprTypmod(const Node *expr)
{
	const ExprShape *shape;
	const Node *child;
	int32 typmod;

	if (expr == NULL)
		return -1;
	shape = &shapes[nodeTag(expr)];
	if (shape->typmod)
		return *(const int32 *) ((const char *) expr + shape->typmod);
	if ((child = transparent_child(expr)) != NULL)
		return exprTypmod(child);
	switch (nodeTag(expr))
	{
		case T_FuncExpr:
			return exprIsLengthCoercion(expr, &typmod) ? typmod : -1;
		case T_NullIfExpr:
			return exprTypmod(linitial(((const NullIfExpr *) expr)->args));
		case T_CaseExpr:
			{
				const CaseExpr *c = (const CaseExpr *) expr;

				return c->defresult ? common_typmod(c->args, (const Node *) c->defresult, c->casetype) : -1;
			}
		case T_CoalesceExpr:
			return common_typmod(((const CoalesceExpr *) expr)->args, NULL, exprType(expr));
		case T_MinMaxExpr:
			return common_typmod(((const MinMaxExpr *) expr)->args, NULL, exprType(expr));
		case T_ArrayExpr:
			return array_typmod((const ArrayExpr *) expr);
		case T_SubLink:
			{
				SubLinkType kind = ((const SubLink *) expr)->subLinkType;

				if (kind == EXPR_SUBLINK || kind == ARRAY_SUBLINK)
					return exprTypmod(sublink_output((const SubLink *) expr));
				return -1;
			}
		case T_SubPlan:
			{
				const SubPlan *plan = (const SubPlan *) expr;

				return plan->subLinkType == EXPR_SUBLINK || plan->subLinkType == ARRAY_SUBLINK ? plan->firstColTypmod
																							   : -1;
			}
		default:
			return -1;
	}
}

/*
 * A call that applies a typmod: a function written as a cast whose second argument is a constant int4. For arrays the
 * element expression tells.
 */
bool
exprIsLengthCoercion(const Node *expr, int32 *coercedTypmod)
{
	if (coercedTypmod)
		*coercedTypmod = -1;
	if (expr && IsA(expr, FuncExpr))
	{
		const FuncExpr *func = (const FuncExpr *) expr;
		int nargs = list_length(func->args);
		const Const *typmod;

		if (func->funcformat != COERCE_EXPLICIT_CAST && func->funcformat != COERCE_IMPLICIT_CAST)
			return false;
		if (nargs < 2 || nargs > 3)
			return false;
		typmod = lsecond(func->args);
		if (!IsA(typmod, Const) || typmod->consttype != INT4OID || typmod->constisnull)
			return false;
		if (coercedTypmod)
			*coercedTypmod = DatumGetInt32(typmod->constvalue);
		return true;
	}
	if (expr && IsA(expr, ArrayCoerceExpr))
		return exprIsLengthCoercion((const Node *) ((const ArrayCoerceExpr *) expr)->elemexpr, coercedTypmod);
	return false;
}

Oid
exprCollation(const Node *expr)
{
	const ExprShape *shape;
	const Node *child;

	if (expr == NULL)
		return InvalidOid;
	shape = &shapes[nodeTag(expr)];
	if (shape->collation)
		return oid_at(expr, shape->collation);
	switch (nodeTag(expr))
	{
		case T_CollateExpr:
			return ((const CollateExpr *) expr)->collOid;
		case T_SubLink:
			{
				SubLinkType kind = ((const SubLink *) expr)->subLinkType;

				if (kind == EXPR_SUBLINK || kind == ARRAY_SUBLINK)
					return exprCollation(sublink_output((const SubLink *) expr));
				return InvalidOid;
			}
		case T_SubPlan:
			{
				const SubPlan *plan = (const SubPlan *) expr;

				if (plan->subLinkType == EXPR_SUBLINK || plan->subLinkType == ARRAY_SUBLINK)
					return plan->firstColCollation;
				return InvalidOid;
			}
		case T_SQLValueFunction:
			return exprType(expr) == NAMEOID ? get_typcollation(NAMEOID) : InvalidOid;
		case T_XmlExpr:
			return ((const XmlExpr *) expr)->op == IS_XMLSERIALIZE ? get_typcollation(TEXTOID) : InvalidOid;
		default:
			child = transparent_child(expr);
			return child ? exprCollation(child) : InvalidOid;
	}
}

Oid
exprInputCollation(const Node *expr)
{
	uint16 offset = expr ? shapes[nodeTag(expr)].input_collation : 0;

	return offset ? oid_at(expr, offset) : InvalidOid;
}

void
exprSetCollation(Node *expr, Oid collation)
{
	uint16 offset = shapes[nodeTag(expr)].collation;

	if (offset)
		*(Oid *) ((char *) expr + offset) = collation;
	else if (IsA(expr, NamedArgExpr))
		Assert(collation == exprCollation((Node *) ((NamedArgExpr *) expr)->arg));
}

void
exprSetInputCollation(Node *expr, Oid inputcollation)
{
	uint16 offset = shapes[nodeTag(expr)].input_collation;

	if (offset)
		*(Oid *) ((char *) expr + offset) = inputcollation;
}

/* ---- locations ---- */
static int
leftmost(int a, int b)
{
	if (a < 0)
		return b;
	return b < 0 ? a : Min(a, b);
}

static int
list_location(const List *list)
{
	ListCell *lc;

	if (list == NIL || !IsA(list, List))
		return -1;
	foreach (lc, list)
	{
		int location = exprLocation(lfirst(lc));

		if (location >= 0)
			return location;
	}
	return -1;
}

static int
own_location(const Node *node)
{
	const NodeDesc *desc = &node_descs[nodeTag(node)];

	for (int i = 0; i < desc->nfields; i++)
		if ((desc->fields[i].flags & NF_LOCATION) && strcmp(desc->fields[i].name, "location") == 0)
			return *(int *) node_field_at(node, &desc->fields[i]);
	return -1;
}

/* Nodes whose text may begin before their own location, with a child: operators, casts, subscripts and their kin. */
static int
child_location(const Node *node)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			return list_location(((const FuncExpr *) node)->args);
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			return list_location(((const OpExpr *) node)->args);
		case T_ScalarArrayOpExpr:
			return list_location(((const ScalarArrayOpExpr *) node)->args);
		case T_BoolExpr:
			return list_location(((const BoolExpr *) node)->args);
		case T_NamedArgExpr:
			return exprLocation((Node *) ((const NamedArgExpr *) node)->arg);
		case T_SubLink:
			return exprLocation(((const SubLink *) node)->testexpr);
		case T_SubscriptingRef:
			return exprLocation((Node *) ((const SubscriptingRef *) node)->refexpr);
		case T_FieldSelect:
			return exprLocation((Node *) ((const FieldSelect *) node)->arg);
		case T_FieldStore:
			return exprLocation((Node *) ((const FieldStore *) node)->arg);
		case T_RelabelType:
			return exprLocation((Node *) ((const RelabelType *) node)->arg);
		case T_CoerceViaIO:
			return exprLocation((Node *) ((const CoerceViaIO *) node)->arg);
		case T_ArrayCoerceExpr:
			return exprLocation((Node *) ((const ArrayCoerceExpr *) node)->arg);
		case T_ConvertRowtypeExpr:
			return exprLocation((Node *) ((const ConvertRowtypeExpr *) node)->arg);
		case T_CollateExpr:
			return exprLocation((Node *) ((const CollateExpr *) node)->arg);
		case T_RowCompareExpr:
			return list_location(((const RowCompareExpr *) node)->largs);
		case T_NullTest:
			return exprLocation((Node *) ((const NullTest *) node)->arg);
		case T_BooleanTest:
			return exprLocation((Node *) ((const BooleanTest *) node)->arg);
		case T_CoerceToDomain:
			return exprLocation((Node *) ((const CoerceToDomain *) node)->arg);
		case T_TargetEntry:
			return exprLocation((Node *) ((const TargetEntry *) node)->expr);
		case T_XmlExpr:
			return list_location(((const XmlExpr *) node)->args);
		case T_InferenceElem:
			return exprLocation(((const InferenceElem *) node)->expr);
		case T_SetOperationStmt:
			return exprLocation(((const SetOperationStmt *) node)->larg);
		case T_A_Expr:
			return exprLocation(((const A_Expr *) node)->lexpr);
		case T_FuncCall:
			return list_location(((const FuncCall *) node)->args);
		case T_TypeCast:
			return leftmost(exprLocation(((const TypeCast *) node)->arg),
							((const TypeCast *) node)->typeName->location);
		case T_CollateClause:
			return exprLocation(((const CollateClause *) node)->arg);
		case T_SortBy:
			return exprLocation(((const SortBy *) node)->node);
		case T_MultiAssignRef:
			return exprLocation(((const MultiAssignRef *) node)->source);
		case T_A_Indirection:
			return exprLocation(((const A_Indirection *) node)->arg);
		case T_IntoClause:
			return exprLocation((Node *) ((const IntoClause *) node)->rel);
		default:
			return -1;
	}
}

int
exprLocation(const Node *expr)
{
	if (expr == NULL)
		return -1;
	check_stack_depth();
	if (IsA(expr, List))
		return list_location((const List *) expr);
	/* These begin where they are marked, whatever stands inside. */
	if (IsA(expr, ResTarget) || IsA(expr, SortBy) || IsA(expr, WindowDef))
	{
		int own = own_location(expr);

		return IsA(expr, SortBy) ? leftmost(own, child_location(expr)) : own;
	}
	return leftmost(own_location(expr), child_location(expr));
}
