/*
 * assign.c
 *    Assignments: INSERT and UPDATE targets, also to parts of columns (col[i], col.field).
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "parser/parse_relation.h"
#include "parser/parse_target.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* What is assigned to at one level of indirection. */
typedef struct AssignTarget
{
	const char *name;
	bool is_subscript;
	Oid type;
	int32 typmod;
	Oid collation;
} AssignTarget;

/* What stays the same through all levels. */
typedef struct Assignment
{
	ParseState *pstate;
	List *indirection;
	Node *rhs;
	int location;
} Assignment;

static Node *assign_through(Assignment *as, Node *base, AssignTarget target, int next);

static Node *
assign_value(Assignment *as, AssignTarget target)
{
	Node *result = coerce_to_target_type(as->pstate, as->rhs, exprType(as->rhs), target.type, target.typmod,
										 COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);

	if (result)
		return result;
	if (target.is_subscript)
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("subscripted assignment to \"%s\" requires type %s but expression is of type %s", target.name,
					   format_type_be(target.type), format_type_be(exprType(as->rhs))),
				errhint("You will need to rewrite or cast the expression."),
				parser_errposition(as->pstate, as->location));
	ereport(ERROR,
			errcode(ERRCODE_DATATYPE_MISMATCH),
			errmsg("subfield \"%s\" is of type %s but expression is of type %s", target.name,
				   format_type_be(target.type), format_type_be(exprType(as->rhs))),
			errhint("You will need to rewrite or cast the expression."),
			parser_errposition(as->pstate, as->location));
	return NULL;
}

static Node *
assign_subscripts(Assignment *as, Node *base, AssignTarget target, List *subscripts, int next)
{
	Oid container = target.type;
	int32 container_typmod = target.typmod;
	SubscriptingRef *ref;
	AssignTarget element = {.name = target.name, .is_subscript = true};
	Node *result;

	transformContainerType(&container, &container_typmod);
	ref = transformContainerSubscripts(as->pstate, base, container, container_typmod, subscripts, true);
	element.type = ref->refrestype;
	element.typmod = ref->reftypmod;
	element.collation = container == target.type ? target.collation : get_typcollation(container);
	ref->refassgnexpr = (Expr *) assign_through(as, NULL, element, next);
	/* As an assignment the node yields the new container. */
	ref->refrestype = container;
	ref->reftypmod = container_typmod;
	if (container == target.type)
		return (Node *) ref;
	result = coerce_to_target_type(as->pstate, (Node *) ref, container, target.type, target.typmod,
								   COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
	if (result == NULL)
		ereport(ERROR,
				errcode(ERRCODE_CANNOT_COERCE),
				errmsg("cannot cast type %s to %s", format_type_be(container), format_type_be(target.type)),
				parser_errposition(as->pstate, as->location));
	return result;
}

static Node *
assign_field(Assignment *as, Node *base, AssignTarget target, const char *field, int next)
{
	int32 base_typmod = target.typmod;
	Oid base_type = getBaseTypeAndTypmod(target.type, &base_typmod);
	Oid relid = typeidTypeRelid(base_type);
	AssignTarget inner = {.name = field};
	AttrNumber attnum;
	FieldStore *store;

	if (!OidIsValid(relid))
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("cannot assign to field \"%s\" of column \"%s\" because its type %s is not a composite type",
					   field, target.name, format_type_be(target.type)),
				parser_errposition(as->pstate, as->location));
	attnum = get_attnum(relid, field);
	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("cannot assign to field \"%s\" of column \"%s\" because there is no such column in data type %s",
					   field, target.name, format_type_be(target.type)),
				parser_errposition(as->pstate, as->location));
	if (attnum < 0)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("cannot assign to system column \"%s\"", field),
				parser_errposition(as->pstate, as->location));
	get_atttypetypmodcoll(relid, attnum, &inner.type, &inner.typmod, &inner.collation);
	store = makeNode(FieldStore);
	store->arg = (Expr *) base;
	store->newvals = list_make1(assign_through(as, NULL, inner, next));
	store->fieldnums = list_make1_int(attnum);
	store->resulttype = base_type;
	if (base_type == target.type)
		return (Node *) store;
	return coerce_to_domain((Node *) store, base_type, base_typmod, target.type, COERCION_IMPLICIT,
							COERCE_IMPLICIT_CAST, as->location, false);
}

/* base NULL below the first level: what the level above hands down at run time. */
static Node *
assign_through(Assignment *as, Node *base, AssignTarget target, int next)
{
	List *subscripts = NIL;

	if (next < list_length(as->indirection) && base == NULL)
	{
		CaseTestExpr *old = makeNode(CaseTestExpr);

		old->typeId = target.type;
		old->typeMod = target.typmod;
		old->collation = target.collation;
		base = (Node *) old;
	}
	for (; next < list_length(as->indirection); next++)
	{
		Node *step = list_nth(as->indirection, next);

		if (IsA(step, A_Indices))
		{
			subscripts = lappend(subscripts, step);
			continue;
		}
		if (IsA(step, A_Star))
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("row expansion via \"*\" is not supported here"),
					parser_errposition(as->pstate, as->location));
		if (subscripts != NIL)
			return assign_subscripts(as, base, target, subscripts, next);
		return assign_field(as, base, target, strVal(step), next + 1);
	}
	if (subscripts != NIL)
		return assign_subscripts(as, base, target, subscripts, next);
	return assign_value(as, target);
}

/* ---- columns ---- */
static void
complete_default(ParseState *pstate, SetToDefault *def, AssignTarget target, List *indirection, int location)
{
	def->typeId = target.type;
	def->typeMod = target.typmod;
	def->collation = target.collation;
	if (indirection == NIL)
		return;
	ereport(ERROR,
			errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			IsA(linitial(indirection), A_Indices) ? errmsg("cannot set an array element to DEFAULT")
												  : errmsg("cannot set a subfield to DEFAULT"),
			parser_errposition(pstate, location));
}

Expr *
transformAssignedExpr(ParseState *pstate, Expr *expr, ParseExprKind exprKind, const char *colname, int attrno,
					  List *indirection, int location)
{
	Relation rel = pstate->p_target_relation;
	ParseExprKind saved = pstate->p_expr_kind;
	AssignTarget target = {.name = colname};
	Node *result;

	if (attrno <= 0)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot assign to system column \"%s\"", colname),
				parser_errposition(pstate, location));
	pstate->p_expr_kind = exprKind;
	target.type = attnumTypeId(rel, attrno);
	target.typmod = TupleDescAttr(rel->rd_att, attrno - 1)->atttypmod;
	target.collation = TupleDescAttr(rel->rd_att, attrno - 1)->attcollation;
	if (expr && IsA(expr, SetToDefault))
		complete_default(pstate, (SetToDefault *) expr, target, indirection, location);
	if (indirection != NIL)
	{
		Assignment as = {.pstate = pstate, .indirection = indirection, .rhs = (Node *) expr, .location = location};
		Node *base;

		/* The old value; an inserted row has none. */
		if (pstate->p_is_insert)
			base = (Node *) makeNullConst(target.type, target.typmod, target.collation);
		else
		{
			Var *var = makeVar(pstate->p_target_nsitem->p_rtindex, attrno, target.type, target.typmod,
							   target.collation, 0);

			var->location = location;
			base = (Node *) var;
		}
		result = assign_through(&as, base, target, 0);
	}
	else
	{
		Oid type = exprType((Node *) expr);

		result = coerce_to_target_type(pstate, (Node *) expr, type, target.type, target.typmod, COERCION_ASSIGNMENT,
									   COERCE_IMPLICIT_CAST, -1);
		if (result == NULL)
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" is of type %s but expression is of type %s", colname,
						   format_type_be(target.type), format_type_be(type)),
					errhint("You will need to rewrite or cast the expression."),
					parser_errposition(pstate, exprLocation((Node *) expr)));
	}
	pstate->p_expr_kind = saved;
	return (Expr *) result;
}

void
updateTargetListEntry(ParseState *pstate, TargetEntry *tle, char *colname, int attrno, List *indirection, int location)
{
	tle->expr = transformAssignedExpr(pstate, tle->expr, EXPR_KIND_UPDATE_TARGET, colname, attrno, indirection,
									  location);
	/* The executor finds columns by number. */
	tle->resno = (AttrNumber) attrno;
	tle->resname = colname;
}

static List *
all_insert_columns(Relation rel, List **attrnos)
{
	List *cols = NIL;

	for (int i = 0; i < rel->rd_att->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(rel->rd_att, i);
		ResTarget *col;

		if (att->attisdropped)
			continue;
		col = makeNode(ResTarget);
		col->name = pstrdup(NameStr(att->attname));
		col->location = -1;
		cols = lappend(cols, col);
		*attrnos = lappend_int(*attrnos, i + 1);
	}
	return cols;
}

List *
checkInsertTargets(ParseState *pstate, List *cols, List **attrnos)
{
	Bitmapset *whole = NULL;
	Bitmapset *partial = NULL;
	ListCell *lc;

	*attrnos = NIL;
	if (cols == NIL)
		return all_insert_columns(pstate->p_target_relation, attrnos);
	foreach (lc, cols)
	{
		ResTarget *col = lfirst_node(ResTarget, lc);
		int attrno = attnameAttNum(pstate->p_target_relation, col->name, false);

		if (attrno == InvalidAttrNumber)
			ereport(ERROR,
					errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("column \"%s\" of relation \"%s\" does not exist", col->name,
						   RelationGetRelationName(pstate->p_target_relation)),
					parser_errposition(pstate, col->location));
		/* Parts of a column may be given one by one, the whole of it once. */
		if (bms_is_member(attrno, whole) || (col->indirection == NIL && bms_is_member(attrno, partial)))
			ereport(ERROR,
					errcode(ERRCODE_DUPLICATE_COLUMN),
					errmsg("column \"%s\" specified more than once", col->name),
					parser_errposition(pstate, col->location));
		if (col->indirection == NIL)
			whole = bms_add_member(whole, attrno);
		else
			partial = bms_add_member(partial, attrno);
		*attrnos = lappend_int(*attrnos, attrno);
	}
	return cols;
}
