/*
 * heap_constraints.c
 *    Column defaults and check constraints: analysis and storage.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/indexing.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- defaults -------------------------------------------------------------------------------------------------------------------- */
static void
set_has_default(Relation rel, AttrNumber attnum)
{
	Relation pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy2(ATTNUM, ObjectIdGetDatum(RelationGetRelid(rel)), Int16GetDatum(attnum));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for attribute %d of relation %u", attnum, RelationGetRelid(rel));
	if (!((Form_pg_attribute) GETSTRUCT(tuple))->atthasdef)
	{
		((Form_pg_attribute) GETSTRUCT(tuple))->atthasdef = true;
		CatalogTupleUpdate(pg_attribute, &tuple->t_self, tuple);
	}
	heap_freetuple(tuple);
	table_close(pg_attribute, RowExclusiveLock);
}

Oid
StoreAttrDefault(Relation rel, AttrNumber attnum, Node *expr, bool is_internal, bool add_column_mode)
{
	Relation adrel = table_open(AttrDefaultRelationId, RowExclusiveLock);
	Oid oid = GetNewOidWithIndex(adrel, AttrDefaultOidIndexId, Anum_pg_attrdef_oid);
	Datum values[Natts_pg_attrdef] = {ObjectIdGetDatum(oid), ObjectIdGetDatum(RelationGetRelid(rel)), Int16GetDatum(attnum),
									  CStringGetTextDatum(nodeToString(expr))};
	bool nulls[Natts_pg_attrdef] = {false};
	HeapTuple tuple = heap_form_tuple(RelationGetDescr(adrel), values, nulls);
	bool generated = TupleDescAttr(RelationGetDescr(rel), attnum - 1)->attgenerated != '\0';
	ObjectAddress self;
	ObjectAddress column;

	CatalogTupleInsert(adrel, tuple);
	heap_freetuple(tuple);
	table_close(adrel, RowExclusiveLock);
	ObjectAddressSet(self, AttrDefaultRelationId, oid);
	set_has_default(rel, attnum);
	ObjectAddressSubSet(column, RelationRelationId, RelationGetRelid(rel), attnum);
	recordDependencyOn(&self, &column, generated ? DEPENDENCY_INTERNAL : DEPENDENCY_AUTO);
	/* A generated column needs the columns it is computed from; so it is the column, not the default, that depends. */
	if (generated)
		recordDependencyOnSingleRelExpr(&self, expr, RelationGetRelid(rel), DEPENDENCY_NORMAL, DEPENDENCY_NORMAL, false);
	else
		recordDependencyOnSingleRelExpr(&self, expr, RelationGetRelid(rel), DEPENDENCY_NORMAL, DEPENDENCY_NORMAL, false);
	return oid;
}

/* Values for rows older than the column are stored by rewriting the table: nothing to keep here. */
void
StoreAttrMissingVal(Relation rel, AttrNumber attnum, Datum value, bool isnull)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("missing values of columns are not supported"));
}

void
RelationClearMissing(Relation rel)
{
}

static bool
refers_to_generated(Node *node, ParseState *pstate)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		Var *var = (Var *) node;
		Oid relid = rt_fetch(var->varno, pstate->p_rtable)->relid;

		if (OidIsValid(relid) && var->varattno > 0 && get_attgenerated(relid, var->varattno))
			ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
					errmsg("cannot use generated column \"%s\" in column generation expression", get_attname(relid, var->varattno, false)),
					errdetail("A generated column cannot reference another generated column."), parser_errposition(pstate, var->location));
		if (OidIsValid(relid) && var->varattno == 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
					errmsg("cannot use whole-row variable in column generation expression"),
					errdetail("This would cause the generated column to depend on its own value."), parser_errposition(pstate, var->location));
		return false;
	}
	return expression_tree_walker(node, refers_to_generated, pstate);
}

Node *
cookDefault(ParseState *pstate, Node *raw_default, Oid atttypid, int32 atttypmod, const char *attname, char attgenerated)
{
	Node *expr = transformExpr(pstate, raw_default, attgenerated ? EXPR_KIND_GENERATED_COLUMN : EXPR_KIND_COLUMN_DEFAULT);
	Oid type;

	if (attgenerated)
	{
		refers_to_generated(expr, pstate);
		if (contain_mutable_functions(expr))
			ereport(ERROR, errcode(ERRCODE_INVALID_OBJECT_DEFINITION), errmsg("generation expression is not immutable"));
	}
	type = exprType(expr);
	if (OidIsValid(atttypid))
	{
		expr = coerce_to_target_type(pstate, expr, type, atttypid, atttypmod, COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
		if (expr == NULL)
			ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" is of type %s but default expression is of type %s", attname, format_type_be(atttypid),
						   format_type_be(type)),
					errhint("You will need to rewrite or cast the expression."));
	}
	assign_expr_collations(pstate, expr);
	return expr;
}

/* ---- checks -------------------------------------------------------------------------------------------------------------------------- */
static Node *
cook_check(ParseState *pstate, Node *raw, const char *relname)
{
	Node *expr = transformExpr(pstate, raw, EXPR_KIND_CHECK_CONSTRAINT);

	expr = coerce_to_boolean(pstate, expr, "CHECK");
	assign_expr_collations(pstate, expr);
	if (list_length(pstate->p_rtable) != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("only table \"%s\" can be referenced in check constraint", relname));
	return expr;
}

static Oid
store_check(Relation rel, const CookedConstraint *con)
{
	List *vars = pull_var_clause(con->expr, 0);
	int16 *keys = palloc(Max(list_length(vars), 1) * sizeof(int16));
	int nkeys = 0;
	ListCell *lc;
	ConstraintEntry entry = {.name = con->name,
							 .namespace = RelationGetNamespace(rel),
							 .type = CONSTRAINT_CHECK,
							 .validated = !con->skip_validation,
							 .relation = RelationGetRelid(rel),
							 .expr = con->expr,
							 .is_local = con->is_local,
							 .inhcount = con->inhcount,
							 .noinherit = con->is_no_inherit};

	foreach(lc, vars)
	{
		AttrNumber attnum = ((Var *) lfirst(lc))->varattno;
		bool seen = false;

		for (int i = 0; i < nkeys; i++)
			seen |= keys[i] == attnum;
		if (!seen)
			keys[nkeys++] = attnum;
	}
	entry.keys = keys;
	entry.nkeys = entry.ntotal_keys = nkeys;
	return constraint_create(&entry);
}

void
heap_set_num_checks(Relation rel, int numchecks)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(RelationGetRelid(rel)));
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", RelationGetRelid(rel));
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (form->relchecks != numchecks)
	{
		form->relchecks = numchecks;
		CatalogTupleUpdate(pg_class, &tuple->t_self, tuple);
	}
	else
		CacheInvalidateRelcache(rel);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
}

void
heap_store_constraints(Relation rel, List *cooked_constraints, bool is_internal)
{
	int nchecks = rel->rd_rel->relchecks;
	bool have_checks = false;
	ListCell *lc;

	if (cooked_constraints == NIL)
		return;
	/* The rows of pg_class and pg_attribute just made must be visible. */
	CommandCounterIncrement();
	foreach(lc, cooked_constraints)
	{
		CookedConstraint *con = lfirst(lc);

		if (con->contype == CONSTR_DEFAULT)
			con->conoid = StoreAttrDefault(rel, con->attnum, con->expr, is_internal, false);
		else
		{
			con->conoid = store_check(rel, con);
			nchecks++;
			have_checks = true;
		}
	}
	if (have_checks)
		heap_set_num_checks(rel, nchecks);
}

/* An existing check of that name: an error, unless it may be merged (inheritance) and says the same. */
static bool
merge_check(Relation rel, const char *name, Node *expr, bool allow_merge)
{
	Oid oid = get_relation_constraint_oid(RelationGetRelid(rel), name, true);

	if (!OidIsValid(oid))
		return false;
	ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT),
			errmsg("constraint \"%s\" for relation \"%s\" already exists", name, RelationGetRelationName(rel)));
}

static char *
choose_check_name(Relation rel, Node *expr, List *used)
{
	List *vars = list_union(NIL, pull_var_clause(expr, 0));
	char *column = NULL;
	ListCell *lc;
	AttrNumber only = 0;
	bool many = false;

	foreach(lc, vars)
	{
		AttrNumber attnum = ((Var *) lfirst(lc))->varattno;

		if (only != 0 && attnum != only)
			many = true;
		only = attnum;
	}
	if (vars != NIL && !many)
		column = get_attname(RelationGetRelid(rel), only, true);
	return ChooseConstraintName(RelationGetRelationName(rel), column, "check", RelationGetNamespace(rel), used);
}

static CookedConstraint *
cook_constraint(ParseState *pstate, Relation rel, Constraint *raw, List *used, bool allow_merge, bool is_local)
{
	CookedConstraint *cooked = palloc0(sizeof(CookedConstraint));
	ListCell *lc;

	if (raw->raw_expr != NULL)
		cooked->expr = cook_check(pstate, raw->raw_expr, RelationGetRelationName(rel));
	else
		cooked->expr = stringToNode(raw->cooked_expr);
	if (raw->conname != NULL)
	{
		foreach(lc, used)
		{
			if (strcmp(lfirst(lc), raw->conname) == 0)
				ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("check constraint \"%s\" already exists", raw->conname));
		}
		merge_check(rel, raw->conname, cooked->expr, allow_merge);
		cooked->name = raw->conname;
	}
	else
		cooked->name = choose_check_name(rel, cooked->expr, used);
	cooked->contype = CONSTR_CHECK;
	cooked->skip_validation = raw->skip_validation;
	cooked->is_local = is_local;
	cooked->inhcount = is_local ? 0 : 1;
	cooked->is_no_inherit = raw->is_no_inherit;
	return cooked;
}

static bool
is_null_const(Node *expr)
{
	return IsA(expr, Const) && ((Const *) expr)->constisnull;
}

List *
AddRelationNewConstraints(Relation rel, List *newColDefaults, List *newConstraints, bool allow_merge, bool is_local, bool is_internal,
						  const char *queryString)
{
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *nsitem;
	List *cooked = NIL;
	List *used = NIL;
	int nchecks = rel->rd_att->constr ? rel->rd_att->constr->num_check : 0;
	ListCell *lc;

	pstate->p_sourcetext = queryString;
	nsitem = addRangeTableEntryForRelation(pstate, rel, AccessShareLock, NULL, false, true);
	addNSItemToQuery(pstate, nsitem, true, true, true);
	foreach(lc, newColDefaults)
	{
		RawColumnDefault *def = lfirst(lc);
		Form_pg_attribute att = TupleDescAttr(rel->rd_att, def->attnum - 1);
		CookedConstraint *con;
		Node *expr = cookDefault(pstate, def->raw_default, att->atttypid, att->atttypmod, NameStr(att->attname), att->attgenerated);

		/* DEFAULT NULL is no default; but a domain's own default would apply then */
		if (is_null_const(expr) && !att->attgenerated && get_typtype(att->atttypid) != 'd')
			continue;
		con = palloc0(sizeof(CookedConstraint));
		con->contype = CONSTR_DEFAULT;
		con->conoid = StoreAttrDefault(rel, def->attnum, expr, is_internal, false);
		con->attnum = def->attnum;
		con->expr = expr;
		con->is_local = is_local;
		con->inhcount = is_local ? 0 : 1;
		cooked = lappend(cooked, con);
	}
	foreach(lc, newConstraints)
	{
		Constraint *raw = lfirst(lc);
		CookedConstraint *con;

		if (raw->contype != CONSTR_CHECK)
			continue;
		con = cook_constraint(pstate, rel, raw, used, allow_merge, is_local);
		con->conoid = store_check(rel, con);
		used = lappend(used, con->name);
		cooked = lappend(cooked, con);
		nchecks++;
	}
	heap_set_num_checks(rel, nchecks);
	return cooked;
}
