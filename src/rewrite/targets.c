/*
 * targets.c
 *    Target lists of INSERT and UPDATE completed: what the statement leaves out or calls DEFAULT gets its expression.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/tupdesc.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "catalog/dependency.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewrite_internal.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* ---- defaults ------------------------------------------------------------------------------------------------------------ */
static Node *
stored_default(TupleDesc desc, int attrno)
{
	TupleConstr *constr = desc->constr;

	for (int i = 0; constr && i < constr->num_defval; i++)
		if (constr->defval[i].adnum == attrno)
			return stringToNode(constr->defval[i].adbin);
	return NULL;
}

Node *
build_column_default(Relation rel, int attrno)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attrno - 1);
	Node *expr = NULL;
	Node *coerced;

	if (att->attidentity)
	{
		NextValueExpr *next = makeNode(NextValueExpr);

		next->seqid = getIdentitySequence(RelationGetRelid(rel), attrno, false);
		next->typeId = att->atttypid;
		return (Node *) next;
	}
	if (att->atthasdef)
		expr = stored_default(RelationGetDescr(rel), attrno);
	if (expr == NULL && !att->attgenerated)
		expr = get_typdefault(att->atttypid);
	if (expr == NULL)
		return NULL;
	coerced = coerce_to_target_type(NULL, expr, exprType(expr), att->atttypid, att->atttypmod, COERCION_ASSIGNMENT,
									COERCE_IMPLICIT_CAST, -1);
	if (coerced == NULL)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("column \"%s\" is of type %s but default expression is of type %s", NameStr(att->attname),
					   format_type_be(att->atttypid), format_type_be(exprType(expr))),
				errhint("You will need to rewrite or cast the expression."));
	return coerced;
}

static Node *
null_for_column(Form_pg_attribute att)
{
	int32 typmod = att->atttypmod;
	Oid base = getBaseTypeAndTypmod(att->atttypid, &typmod);
	Node *null = (Node *) makeNullConst(base, typmod, att->attcollation);

	/* a domain may refuse NULL */
	if (base != att->atttypid)
		null = coerce_to_domain(null, base, typmod, att->atttypid, COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1, false);
	return null;
}

/* ---- several assignments to one column ----------------------------------------------------------------------------------------- */
/* The "old value" input of an assignment to a part of a column; NULL: it assigns the whole. */
static Node *
assignment_input(Node *node)
{
	if (node && IsA(node, CoerceToDomain))
		node = (Node *) ((CoerceToDomain *) node)->arg;
	if (node && IsA(node, FieldStore))
		return (Node *) ((FieldStore *) node)->arg;
	if (node && IsA(node, SubscriptingRef) && ((SubscriptingRef *) node)->refassgnexpr)
		return (Node *) ((SubscriptingRef *) node)->refexpr;
	return NULL;
}

/* col.a = 1, col.b = 2 and col[1] = 1, col[2] = 2 nest: the second works on the result of the first. */
static Node *
nest_assignments(Node *first, Node *second, const char *column)
{
	Node *inner = assignment_input(second);
	CoerceToDomain *domain = NULL;
	Node *result;

	if (assignment_input(first) == NULL || inner == NULL)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("multiple assignments to same column \"%s\"", column));
	if (IsA(second, CoerceToDomain))
	{
		domain = (CoerceToDomain *) copyObject(second);
		second = (Node *) domain->arg;
		if (IsA(first, CoerceToDomain))
			first = (Node *) ((CoerceToDomain *) first)->arg;
	}
	if (IsA(second, FieldStore))
	{
		FieldStore *store = makeNode(FieldStore);

		*store = *(FieldStore *) second;
		store->arg = (Expr *) first;
		result = (Node *) store;
	}
	else
	{
		SubscriptingRef *ref = makeNode(SubscriptingRef);

		*ref = *(SubscriptingRef *) second;
		ref->refexpr = (Expr *) first;
		result = (Node *) ref;
	}
	if (domain)
	{
		domain->arg = (Expr *) result;
		return (Node *) domain;
	}
	return result;
}

/* ---- DEFAULT in a VALUES list ------------------------------------------------------------------------------------------------------ */
/* Which column of the table each column of the VALUES list feeds; 0: none or not directly. */
static int *
values_targets(Query *parsetree, int values_rti, int width)
{
	int *attnos = palloc0_array(int, width);
	ListCell *lc;

	foreach (lc, parsetree->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (IsA(tle->expr, Var) && ((Var *) tle->expr)->varno == values_rti)
			attnos[((Var *) tle->expr)->varattno - 1] = tle->resno;
	}
	return attnos;
}

static bool
column_is_all_default(RangeTblEntry *rte, int column)
{
	ListCell *lc;

	foreach (lc, rte->values_lists)
		if (!IsA(list_nth(lfirst(lc), column), SetToDefault))
			return false;
	return true;
}

static void
fill_values_defaults(Query *parsetree, RangeTblEntry *rte, int values_rti, Relation target)
{
	int width = list_length(linitial(rte->values_lists));
	int *attnos = values_targets(parsetree, values_rti, width);
	ListCell *lr, *lc;

	foreach (lr, rte->values_lists)
	{
		List *row = NIL;

		foreach (lc, (List *) lfirst(lr))
		{
			Node *item = lfirst(lc);
			int attno = attnos[foreach_current_index(lc)];

			if (IsA(item, SetToDefault))
			{
				Form_pg_attribute att;

				if (attno == 0)
					elog(ERROR, "cannot set value in column %d to DEFAULT", foreach_current_index(lc) + 1);
				att = TupleDescAttr(RelationGetDescr(target), attno - 1);
				item = att->attisdropped || att->attgenerated ? NULL : build_column_default(target, attno);
				if (item == NULL)
					item = null_for_column(att);
			}
			row = lappend(row, item);
		}
		lfirst(lr) = row;
	}
}

static RangeTblEntry *
values_entry(Query *parsetree, int *rti)
{
	if (parsetree->commandType != CMD_INSERT || list_length(parsetree->jointree->fromlist) != 1 ||
		!IsA(linitial(parsetree->jointree->fromlist), RangeTblRef))
		return NULL;
	*rti = linitial_node(RangeTblRef, parsetree->jointree->fromlist)->rtindex;
	{
		RangeTblEntry *rte = list_nth_node(RangeTblEntry, parsetree->rtable, *rti - 1);

		return rte->rtekind == RTE_VALUES ? rte : NULL;
	}
}

/* ---- one column ------------------------------------------------------------------------------------------------------------------------ */
static void
check_insert_allowed(Form_pg_attribute att, bool is_default, OverridingKind override)
{
	if (att->attidentity == ATTRIBUTE_IDENTITY_ALWAYS && !is_default && override != OVERRIDING_SYSTEM_VALUE)
		ereport(ERROR, errcode(ERRCODE_GENERATED_ALWAYS),
				errmsg("cannot insert a non-DEFAULT value into column \"%s\"", NameStr(att->attname)),
				errdetail("Column \"%s\" is an identity column defined as GENERATED ALWAYS.", NameStr(att->attname)),
				errhint("Use OVERRIDING SYSTEM VALUE to override."));
	if (att->attgenerated && !is_default)
		ereport(ERROR, errcode(ERRCODE_GENERATED_ALWAYS),
				errmsg("cannot insert a non-DEFAULT value into column \"%s\"", NameStr(att->attname)),
				errdetail("Column \"%s\" is a generated column.", NameStr(att->attname)));
}

static void
check_update_allowed(Form_pg_attribute att, bool is_default)
{
	if (is_default || (att->attidentity != ATTRIBUTE_IDENTITY_ALWAYS && !att->attgenerated))
		return;
	ereport(ERROR, errcode(ERRCODE_GENERATED_ALWAYS),
			errmsg("column \"%s\" can only be updated to DEFAULT", NameStr(att->attname)),
			att->attgenerated
				? errdetail("Column \"%s\" is a generated column.", NameStr(att->attname))
				: errdetail("Column \"%s\" is an identity column defined as GENERATED ALWAYS.", NameStr(att->attname)));
}

/* The final entry of one column; NULL: nothing is assigned. */
static TargetEntry *
complete_column(Query *parsetree, Relation target, AttrNumber attno, TargetEntry *given, RangeTblEntry *values,
				int values_rti)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(target), attno - 1);
	bool insert = parsetree->commandType == CMD_INSERT;
	bool is_default = given && IsA(given->expr, SetToDefault);
	bool from_default_values = given && values && IsA(given->expr, Var) && ((Var *) given->expr)->varno == values_rti &&
							   column_is_all_default(values, ((Var *) given->expr)->varattno - 1);
	bool apply = (given == NULL && insert) || is_default;
	Node *expr;

	if (given && insert)
	{
		/* OVERRIDING USER VALUE: what the user gave for an identity column is ignored. */
		if (att->attidentity && parsetree->override == OVERRIDING_USER_VALUE)
			apply = true;
		else
			check_insert_allowed(att, is_default || from_default_values, parsetree->override);
		if (att->attgenerated)
			return NULL; /* the executor computes it */
	}
	else if (given)
		check_update_allowed(att, is_default);
	if (att->attgenerated)
		return NULL;
	if (!apply)
		return given;
	expr = build_column_default(target, attno);
	if (expr == NULL)
	{
		if (insert)
		{
			/* Missing and without default: NULL by the planner, but a domain may forbid that. */
			if (given == NULL && get_typtype(att->atttypid) != TYPTYPE_DOMAIN)
				return NULL;
		}
		expr = null_for_column(att);
	}
	return makeTargetEntry((Expr *) expr, attno, pstrdup(NameStr(att->attname)), false);
}

static int
by_resno(const ListCell *a, const ListCell *b)
{
	return ((TargetEntry *) lfirst(a))->resno - ((TargetEntry *) lfirst(b))->resno;
}

void
rewrite_target_list(Query *parsetree, Relation target)
{
	int natts = RelationGetDescr(target)->natts;
	TargetEntry **given = palloc0_array(TargetEntry *, natts + 1);
	List *result = NIL;
	List *junk = NIL;
	int values_rti = 0;
	RangeTblEntry *values = values_entry(parsetree, &values_rti);
	ListCell *lc;

	foreach (lc, parsetree->targetList)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resjunk)
		{
			junk = lappend(junk, tle);
			continue;
		}
		if (tle->resno < 1 || tle->resno > natts)
			elog(ERROR, "bogus resno %d in targetlist", tle->resno);
		if (given[tle->resno])
		{
			TargetEntry *nested = flatCopyTargetEntry(tle);

			nested->expr = (Expr *) nest_assignments(
				(Node *) given[tle->resno]->expr, (Node *) tle->expr,
				NameStr(TupleDescAttr(RelationGetDescr(target), tle->resno - 1)->attname));
			given[tle->resno] = nested;
		}
		else
			given[tle->resno] = tle;
	}
	for (AttrNumber attno = 1; attno <= natts; attno++)
	{
		TargetEntry *tle;

		if (TupleDescAttr(RelationGetDescr(target), attno - 1)->attisdropped)
			continue;
		tle = complete_column(parsetree, target, attno, given[attno], values, values_rti);
		if (tle)
			result = lappend(result, tle);
	}
	list_sort(result, by_resno);
	if (values)
		fill_values_defaults(parsetree, values, values_rti, target);
	foreach (lc, junk)
	{
		TargetEntry *tle = flatCopyTargetEntry(lfirst_node(TargetEntry, lc));

		tle->resno = (list_length(result) ? llast_node(TargetEntry, result)->resno : 0) + 1;
		if (tle->resno <= natts)
			tle->resno = natts + 1;
		result = lappend(result, tle);
	}
	parsetree->targetList = result;
}
