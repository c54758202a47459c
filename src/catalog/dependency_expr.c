/*
 * dependency_expr.c
 *    Everything that an expression or query mentions, as dependencies.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

typedef struct FindContext
{
	ObjectAddresses *addrs;
	List *rtables; /* of the query levels, innermost first */
} FindContext;

static void
add(FindContext *cxt, Oid class, Oid oid, int32 sub)
{
	ObjectAddress address = {class, oid, sub};

	if (OidIsValid(oid))
		add_exact_object_address(&address, cxt->addrs);
}

static void
add_collation(FindContext *cxt, Oid collation)
{
	if (collation != DEFAULT_COLLATION_OID)
		add(cxt, CollationRelationId, collation, 0);
}

static bool find_walker(Node *node, FindContext *cxt);

/* A Var is a column of a table; of a join it is what the join's alias list says. */
static void
find_var(Var *var, FindContext *cxt)
{
	List *rtable;
	RangeTblEntry *rte;

	if ((int) var->varlevelsup >= list_length(cxt->rtables))
		return;
	rtable = list_nth(cxt->rtables, var->varlevelsup);
	if (var->varno <= 0 || var->varno > list_length(rtable))
		return;
	rte = rt_fetch(var->varno, rtable);
	if (rte->rtekind == RTE_RELATION)
		add(cxt, RelationRelationId, rte->relid, Max(var->varattno, 0));
	else if (rte->rtekind == RTE_JOIN && var->varattno > 0 && var->varattno <= list_length(rte->joinaliasvars))
	{
		/* merged columns are expressions over the joined tables */
		List *save = cxt->rtables;

		cxt->rtables = list_copy_tail(cxt->rtables, var->varlevelsup);
		find_walker(list_nth(rte->joinaliasvars, var->varattno - 1), cxt);
		cxt->rtables = save;
	}
}

static void
find_const(Const *con, FindContext *cxt)
{
	add(cxt, TypeRelationId, con->consttype, 0);
	add_collation(cxt, con->constcollid);
	if (con->constisnull)
		return;
	/* constants that are object identifiers */
	switch (con->consttype)
	{
		case REGPROCOID:
		case REGPROCEDUREOID:
			add(cxt, ProcedureRelationId, DatumGetObjectId(con->constvalue), 0);
			break;
		case REGOPEROID:
		case REGOPERATOROID:
			add(cxt, OperatorRelationId, DatumGetObjectId(con->constvalue), 0);
			break;
		case REGCLASSOID:
			if (get_rel_relkind(DatumGetObjectId(con->constvalue)) != '\0')
				add(cxt, RelationRelationId, DatumGetObjectId(con->constvalue), 0);
			break;
		case REGTYPEOID:
			if (get_typtype(DatumGetObjectId(con->constvalue)) != '\0')
				add(cxt, TypeRelationId, DatumGetObjectId(con->constvalue), 0);
			break;
		case REGNAMESPACEOID:
			add(cxt, NamespaceRelationId, DatumGetObjectId(con->constvalue), 0);
			break;
		case REGROLEOID:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("constant of the type %s cannot be used here", "regrole"));
	}
}

static bool
find_query(Query *query, FindContext *cxt)
{
	List *save = cxt->rtables;
	ListCell *lc;
	bool result;

	foreach(lc, query->rtable)
	{
		RangeTblEntry *rte = lfirst(lc);

		if (rte->rtekind == RTE_RELATION)
			add(cxt, RelationRelationId, rte->relid, 0);
	}
	foreach(lc, query->constraintDeps)
		add(cxt, ConstraintRelationId, lfirst_oid(lc), 0);
	cxt->rtables = lcons(query->rtable, list_copy(cxt->rtables));
	result = query_tree_walker(query, find_walker, cxt, QTW_IGNORE_JOINALIASES | QTW_EXAMINE_SORTGROUP);
	cxt->rtables = save;
	return result;
}

static bool
find_walker(Node *node, FindContext *cxt)
{
	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Var:
			find_var((Var *) node, cxt);
			return false;
		case T_Const:
			find_const((Const *) node, cxt);
			return false;
		case T_Param:
			add(cxt, TypeRelationId, ((Param *) node)->paramtype, 0);
			add_collation(cxt, ((Param *) node)->paramcollid);
			break;
		case T_FuncExpr:
			add(cxt, ProcedureRelationId, ((FuncExpr *) node)->funcid, 0);
			break;
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			add(cxt, OperatorRelationId, ((OpExpr *) node)->opno, 0);
			break;
		case T_ScalarArrayOpExpr:
			add(cxt, OperatorRelationId, ((ScalarArrayOpExpr *) node)->opno, 0);
			break;
		case T_Aggref:
			add(cxt, ProcedureRelationId, ((Aggref *) node)->aggfnoid, 0);
			break;
		case T_WindowFunc:
			add(cxt, ProcedureRelationId, ((WindowFunc *) node)->winfnoid, 0);
			break;
		case T_RelabelType:
			add(cxt, TypeRelationId, ((RelabelType *) node)->resulttype, 0);
			add_collation(cxt, ((RelabelType *) node)->resultcollid);
			break;
		case T_CoerceViaIO:
			add(cxt, TypeRelationId, ((CoerceViaIO *) node)->resulttype, 0);
			break;
		case T_ArrayCoerceExpr:
			add(cxt, TypeRelationId, ((ArrayCoerceExpr *) node)->resulttype, 0);
			break;
		case T_ConvertRowtypeExpr:
			add(cxt, TypeRelationId, ((ConvertRowtypeExpr *) node)->resulttype, 0);
			break;
		case T_CoerceToDomain:
			add(cxt, TypeRelationId, ((CoerceToDomain *) node)->resulttype, 0);
			break;
		case T_CollateExpr:
			add_collation(cxt, ((CollateExpr *) node)->collOid);
			break;
		case T_RowExpr:
			add(cxt, TypeRelationId, ((RowExpr *) node)->row_typeid, 0);
			break;
		case T_FieldSelect:
			add(cxt, TypeRelationId, ((FieldSelect *) node)->resulttype, 0);
			break;
		case T_NextValueExpr:
			add(cxt, RelationRelationId, ((NextValueExpr *) node)->seqid, 0);
			break;
		case T_SortGroupClause:
			add(cxt, OperatorRelationId, ((SortGroupClause *) node)->eqop, 0);
			add(cxt, OperatorRelationId, ((SortGroupClause *) node)->sortop, 0);
			return false;
		case T_Query:
			return find_query((Query *) node, cxt);
		default:
			break;
	}
	return expression_tree_walker(node, find_walker, cxt);
}

void
recordDependencyOnExpr(const ObjectAddress *depender, Node *expr, List *rtable, DependencyType behavior)
{
	FindContext cxt = {.addrs = new_object_addresses(), .rtables = list_make1(rtable)};

	find_walker(expr, &cxt);
	record_object_address_dependencies(depender, cxt.addrs, behavior);
	free_object_addresses(cxt.addrs);
}

void
recordDependencyOnSingleRelExpr(const ObjectAddress *depender, Node *expr, Oid relId, DependencyType behavior,
								DependencyType self_behavior, bool reverse_self)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);
	FindContext cxt = {.addrs = new_object_addresses()};
	ObjectAddresses *self = new_object_addresses();
	ObjectAddresses *others = new_object_addresses();

	rte->rtekind = RTE_RELATION;
	rte->relid = relId;
	rte->relkind = RELKIND_RELATION;
	cxt.rtables = list_make1(list_make1(rte));
	find_walker(expr, &cxt);
	object_addresses_split(cxt.addrs, RelationRelationId, relId, self, others);
	record_object_address_dependencies(depender, self, self_behavior);
	record_object_address_dependencies(depender, others, behavior);
	free_object_addresses(cxt.addrs);
	free_object_addresses(self);
	free_object_addresses(others);
}
