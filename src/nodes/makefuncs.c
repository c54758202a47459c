/*
 * makefuncs.c
 *    Constructors of common nodes.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"

A_Expr *
makeA_Expr(A_Expr_Kind kind, List *name, Node *lexpr, Node *rexpr, int location)
{
	A_Expr *a = makeNode(A_Expr);

	a->kind = kind;
	a->name = name;
	a->lexpr = lexpr;
	a->rexpr = rexpr;
	a->location = location;
	return a;
}

A_Expr *
makeSimpleA_Expr(A_Expr_Kind kind, char *name, Node *lexpr, Node *rexpr, int location)
{
	return makeA_Expr(kind, list_make1(makeString(name)), lexpr, rexpr, location);
}

Var *
makeVar(int varno, AttrNumber varattno, Oid vartype, int32 vartypmod, Oid varcollid, Index varlevelsup)
{
	Var *var = makeNode(Var);

	var->varno = varno;
	var->varattno = varattno;
	var->vartype = vartype;
	var->vartypmod = vartypmod;
	var->varcollid = varcollid;
	var->varlevelsup = varlevelsup;
	/* What the query says is what it means until somebody flattens it. */
	var->varnosyn = (Index) varno;
	var->varattnosyn = varattno;
	var->location = -1;
	return var;
}

Var *
makeVarFromTargetEntry(int varno, TargetEntry *tle)
{
	Node *expr = (Node *) tle->expr;

	return makeVar(varno, tle->resno, exprType(expr), exprTypmod(expr), exprCollation(expr), 0);
}

/* The row of a function in FROM: composite as it is, scalar as itself or as record. */
static Var *
make_function_row_var(RangeTblEntry *rte, int varno, Index varlevelsup, bool allowScalar)
{
	Node *fexpr;
	Oid type;

	if (rte->funcordinality || list_length(rte->functions) != 1)
		return makeVar(varno, InvalidAttrNumber, RECORDOID, -1, InvalidOid, varlevelsup);
	fexpr = ((RangeTblFunction *) linitial(rte->functions))->funcexpr;
	type = exprType(fexpr);
	if (type_is_rowtype(type))
		return makeVar(varno, InvalidAttrNumber, type, -1, InvalidOid, varlevelsup);
	if (allowScalar)
		return makeVar(varno, 1, type, exprTypmod(fexpr), exprCollation(fexpr), varlevelsup);
	return makeVar(varno, InvalidAttrNumber, RECORDOID, -1, InvalidOid, varlevelsup);
}

Var *
makeWholeRowVar(RangeTblEntry *rte, int varno, Index varlevelsup, bool allowScalar)
{
	Oid type;

	switch (rte->rtekind)
	{
		case RTE_RELATION:
			type = get_rel_type_id(rte->relid);
			if (!OidIsValid(type))
				ereport(ERROR,
						errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("relation \"%s\" does not have a composite type", get_rel_name(rte->relid)));
			return makeVar(varno, InvalidAttrNumber, type, -1, InvalidOid, varlevelsup);
		case RTE_FUNCTION:
			return make_function_row_var(rte, varno, varlevelsup, allowScalar);
		default:
			return makeVar(varno, InvalidAttrNumber, RECORDOID, -1, InvalidOid, varlevelsup);
	}
}

TargetEntry *
makeTargetEntry(Expr *expr, AttrNumber resno, char *resname, bool resjunk)
{
	TargetEntry *tle = makeNode(TargetEntry);

	tle->expr = expr;
	tle->resno = resno;
	tle->resname = resname;
	tle->resjunk = resjunk;
	return tle;
}

TargetEntry *
flatCopyTargetEntry(TargetEntry *src_tle)
{
	TargetEntry *tle = palloc(sizeof(TargetEntry));

	*tle = *src_tle;
	return tle;
}

FromExpr *
makeFromExpr(List *fromlist, Node *quals)
{
	FromExpr *f = makeNode(FromExpr);

	f->fromlist = fromlist;
	f->quals = quals;
	return f;
}

Const *
makeConst(Oid consttype, int32 consttypmod, Oid constcollid, int constlen, Datum constvalue, bool constisnull,
		  bool constbyval)
{
	Const *c = makeNode(Const);

	c->consttype = consttype;
	c->consttypmod = consttypmod;
	c->constcollid = constcollid;
	c->constlen = constlen;
	c->constvalue = constvalue;
	c->constisnull = constisnull;
	c->constbyval = constbyval;
	c->location = -1;
	return c;
}

Const *
makeNullConst(Oid consttype, int32 consttypmod, Oid constcollid)
{
	int16 typlen;
	bool typbyval;

	get_typlenbyval(consttype, &typlen, &typbyval);
	return makeConst(consttype, consttypmod, constcollid, typlen, (Datum) 0, true, typbyval);
}

Node *
makeBoolConst(bool value, bool isnull)
{
	return (Node *) makeConst(BOOLOID, -1, InvalidOid, 1, BoolGetDatum(value && !isnull), isnull, true);
}

Expr *
makeBoolExpr(BoolExprType boolop, List *args, int location)
{
	BoolExpr *b = makeNode(BoolExpr);

	b->boolop = boolop;
	b->args = args;
	b->location = location;
	return (Expr *) b;
}

Alias *
makeAlias(const char *aliasname, List *colnames)
{
	Alias *a = makeNode(Alias);

	a->aliasname = pstrdup(aliasname);
	a->colnames = colnames;
	return a;
}

RelabelType *
makeRelabelType(Expr *arg, Oid rtype, int32 rtypmod, Oid rcollid, CoercionForm rformat)
{
	RelabelType *r = makeNode(RelabelType);

	r->arg = arg;
	r->resulttype = rtype;
	r->resulttypmod = rtypmod;
	r->resultcollid = rcollid;
	r->relabelformat = rformat;
	r->location = -1;
	return r;
}

RangeVar *
makeRangeVar(char *schemaname, char *relname, int location)
{
	RangeVar *r = makeNode(RangeVar);

	r->schemaname = schemaname;
	r->relname = relname;
	r->inh = true;
	r->relpersistence = RELPERSISTENCE_PERMANENT;
	r->location = location;
	return r;
}

TypeName *
makeTypeNameFromNameList(List *names)
{
	TypeName *n = makeNode(TypeName);

	n->names = names;
	n->typemod = -1;
	n->location = -1;
	return n;
}

TypeName *
makeTypeName(char *typnam)
{
	return makeTypeNameFromNameList(list_make1(makeString(typnam)));
}

TypeName *
makeTypeNameFromOid(Oid typeOid, int32 typmod)
{
	TypeName *n = makeTypeNameFromNameList(NIL);

	n->typeOid = typeOid;
	n->typemod = typmod;
	return n;
}

ColumnDef *
makeColumnDef(const char *colname, Oid typeOid, int32 typmod, Oid collOid)
{
	ColumnDef *n = makeNode(ColumnDef);

	n->colname = pstrdup(colname);
	n->typeName = makeTypeNameFromOid(typeOid, typmod);
	n->is_local = true;
	n->collOid = collOid;
	n->location = -1;
	return n;
}

FuncExpr *
makeFuncExpr(Oid funcid, Oid rettype, List *args, Oid funccollid, Oid inputcollid, CoercionForm fformat)
{
	FuncExpr *f = makeNode(FuncExpr);

	f->funcid = funcid;
	f->funcresulttype = rettype;
	f->funcformat = fformat;
	f->funccollid = funccollid;
	f->inputcollid = inputcollid;
	f->args = args;
	f->location = -1;
	return f;
}

FuncCall *
makeFuncCall(List *name, List *args, CoercionForm funcformat, int location)
{
	FuncCall *f = makeNode(FuncCall);

	f->funcname = name;
	f->args = args;
	f->funcformat = funcformat;
	f->location = location;
	return f;
}

Expr *
make_opclause(Oid opno, Oid opresulttype, bool opretset, Expr *leftop, Expr *rightop, Oid opcollid, Oid inputcollid)
{
	OpExpr *o = makeNode(OpExpr);

	o->opno = opno;
	o->opresulttype = opresulttype;
	o->opretset = opretset;
	o->opcollid = opcollid;
	o->inputcollid = inputcollid;
	o->args = rightop ? list_make2(leftop, rightop) : list_make1(leftop);
	o->location = -1;
	return (Expr *) o;
}

Expr *
make_andclause(List *andclauses)
{
	return makeBoolExpr(AND_EXPR, andclauses, -1);
}

Expr *
make_orclause(List *orclauses)
{
	return makeBoolExpr(OR_EXPR, orclauses, -1);
}

Expr *
make_notclause(Expr *notclause)
{
	return makeBoolExpr(NOT_EXPR, list_make1(notclause), -1);
}

/* NULL stands for "true" on either side. */
Node *
make_and_qual(Node *qual1, Node *qual2)
{
	if (qual1 == NULL)
		return qual2;
	if (qual2 == NULL)
		return qual1;
	return (Node *) make_andclause(list_make2(qual1, qual2));
}

Expr *
make_ands_explicit(List *andclauses)
{
	if (andclauses == NIL)
		return (Expr *) makeBoolConst(true, false);
	if (list_length(andclauses) == 1)
		return linitial(andclauses);
	return make_andclause(andclauses);
}

List *
make_ands_implicit(Expr *clause)
{
	const Const *c = (const Const *) clause;

	if (clause == NULL)
		return NIL;
	if (is_andclause(clause))
		return ((BoolExpr *) clause)->args;
	if (IsA(clause, Const) && !c->constisnull && DatumGetBool(c->constvalue))
		return NIL;
	return list_make1(clause);
}

DefElem *
makeDefElemExtended(char *nameSpace, char *name, Node *arg, DefElemAction defaction, int location)
{
	DefElem *d = makeNode(DefElem);

	d->defnamespace = nameSpace;
	d->defname = name;
	d->arg = arg;
	d->defaction = defaction;
	d->location = location;
	return d;
}

DefElem *
makeDefElem(char *name, Node *arg, int location)
{
	return makeDefElemExtended(NULL, name, arg, DEFELEM_UNSPEC, location);
}

GroupingSet *
makeGroupingSet(GroupingSetKind kind, List *content, int location)
{
	GroupingSet *g = makeNode(GroupingSet);

	g->kind = kind;
	g->content = content;
	g->location = location;
	return g;
}

VacuumRelation *
makeVacuumRelation(RangeVar *relation, Oid oid, List *va_cols)
{
	VacuumRelation *v = makeNode(VacuumRelation);

	v->relation = relation;
	v->oid = oid;
	v->va_cols = va_cols;
	return v;
}
