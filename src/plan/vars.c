/*
 * vars.c
 *    Which columns of which relations an expression mentions.
 *
 * All functions share one walker that carries the depth of sub-queries it has entered, so that "level n" always means
 * "n levels above the node that the caller passed". A whole query may be passed as well as an expression.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteManip.h"

/* What visit() is told: every Var, CurrentOfExpr, Aggref and GroupingFunc met, with the depth below the start. */
typedef struct VarVisitor
{
	bool (*visit)(Node *node, int depth, void *arg); /* true ends the walk */
	void *arg;
	int depth;
} VarVisitor;

static bool
visit_vars_walker(Node *node, void *context)
{
	VarVisitor *visitor = context;

	if (node == NULL)
		return false;
	if (IsA(node, Var) || IsA(node, CurrentOfExpr))
		return visitor->visit(node, visitor->depth, visitor->arg);
	if (IsA(node, Query))
	{
		bool found;

		visitor->depth++;
		found = query_tree_walker((Query *) node, visit_vars_walker, visitor, 0);
		visitor->depth--;
		return found;
	}
	return expression_tree_walker(node, visit_vars_walker, visitor);
}

static bool
visit_vars(Node *node, bool (*visit)(Node *, int, void *), void *arg)
{
	VarVisitor visitor = {visit, arg, 0};

	/* A query passed directly is level 0 itself; only queries inside of it are deeper. */
	if (node && IsA(node, Query))
		return query_tree_walker((Query *) node, visit_vars_walker, &visitor, 0);
	return visit_vars_walker(node, &visitor);
}

static bool
is_var_of_level(Node *node, int depth, int level)
{
	if (IsA(node, Var))
		return (int) ((Var *) node)->varlevelsup == level + depth;
	return IsA(node, CurrentOfExpr) && level + depth == 0;
}

/* ---- relation sets --------------------------------------------------------------------------------------------- */
typedef struct VarnosArg
{
	Relids varnos;
	int level;
} VarnosArg;

static bool
collect_varno(Node *node, int depth, void *arg)
{
	VarnosArg *a = arg;

	if (is_var_of_level(node, depth, a->level))
	{
		int varno = IsA(node, Var) ? (int) ((Var *) node)->varno : (int) ((CurrentOfExpr *) node)->cvarno;

		a->varnos = bms_add_member(a->varnos, varno);
	}
	return false;
}

Relids
pull_varnos_of_level(struct PlannerInfo *root, Node *node, int levelsup)
{
	VarnosArg a = {NULL, levelsup};

	visit_vars(node, collect_varno, &a);
	return a.varnos;
}

Relids
pull_varnos(struct PlannerInfo *root, Node *node)
{
	return pull_varnos_of_level(root, node, 0);
}

typedef struct VarattnosArg
{
	Bitmapset **attnos;
	Index varno;
} VarattnosArg;

static bool
collect_varattno(Node *node, int depth, void *arg)
{
	VarattnosArg *a = arg;

	if (IsA(node, Var) && is_var_of_level(node, depth, 0) && ((Var *) node)->varno == (int) a->varno)
		*a->attnos = bms_add_member(*a->attnos, ((Var *) node)->varattno - FirstLowInvalidHeapAttributeNumber);
	return false;
}

void
pull_varattnos(Node *node, Index varno, Bitmapset **varattnos)
{
	VarattnosArg a = {varattnos, varno};

	visit_vars(node, collect_varattno, &a);
}

/* ---- presence, position, lists ----------------------------------------------------------------------------------- */
typedef struct LevelArg
{
	int level;
	int location;
	List *vars;
} LevelArg;

static bool
stop_at_level(Node *node, int depth, void *arg)
{
	LevelArg *a = arg;

	if (!is_var_of_level(node, depth, a->level))
		return false;
	a->location = IsA(node, Var) ? ((Var *) node)->location : -1;
	return true;
}

bool
contain_vars_of_level(Node *node, int levelsup)
{
	LevelArg a = {levelsup, -1, NIL};

	return visit_vars(node, stop_at_level, &a);
}

bool
contain_var_clause(Node *node)
{
	return contain_vars_of_level(node, 0);
}

static bool
stop_at_located(Node *node, int depth, void *arg)
{
	LevelArg *a = arg;

	return stop_at_level(node, depth, arg) && a->location >= 0;
}

int
locate_var_of_level(Node *node, int levelsup)
{
	LevelArg a = {levelsup, -1, NIL};

	return visit_vars(node, stop_at_located, &a) ? a.location : -1;
}

static bool
collect_at_level(Node *node, int depth, void *arg)
{
	LevelArg *a = arg;

	if (IsA(node, Var) && is_var_of_level(node, depth, a->level))
		a->vars = lappend(a->vars, node);
	return false;
}

List *
pull_vars_of_level(Node *node, int levelsup)
{
	LevelArg a = {levelsup, -1, NIL};

	visit_vars(node, collect_at_level, &a);
	return a.vars;
}

/* ---- pull_var_clause ---------------------------------------------------------------------------------------------- */
typedef struct PullArg
{
	List *found;
	int flags;
} PullArg;

static bool
pull_var_clause_walker(Node *node, void *context)
{
	PullArg *a = context;

	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Var:
			if (((Var *) node)->varlevelsup != 0)
				elog(ERROR, "upper-level column reference where none was expected");
			a->found = lappend(a->found, node);
			return false;
		case T_Aggref:
		case T_GroupingFunc:
			if (a->flags & PVC_INCLUDE_AGGREGATES)
			{
				a->found = lappend(a->found, node);
				return false;
			}
			if (!(a->flags & PVC_RECURSE_AGGREGATES))
				elog(ERROR, "aggregate found where none was expected");
			break;
		case T_WindowFunc:
			if (a->flags & PVC_INCLUDE_WINDOWFUNCS)
			{
				a->found = lappend(a->found, node);
				return false;
			}
			if (!(a->flags & PVC_RECURSE_WINDOWFUNCS))
				elog(ERROR, "window function found where none was expected");
			break;
		default:
			break;
	}
	return expression_tree_walker(node, pull_var_clause_walker, context);
}

List *
pull_var_clause(Node *node, int flags)
{
	PullArg a = {NIL, flags};

	pull_var_clause_walker(node, &a);
	return a.found;
}

/* ---- join aliases -------------------------------------------------------------------------------------------------- */
typedef struct FlattenArg
{
	Query *query;
	int depth;
} FlattenArg;

static Node *flatten_join_alias_mutator(Node *node, void *context);

/* The expression behind one column of a join, adjusted to the depth it is used at, itself free of join aliases. */
static Node *
join_column_expr(FlattenArg *a, RangeTblEntry *rte, int attno)
{
	Node *expr = copyObject(list_nth(rte->joinaliasvars, attno - 1));

	if (expr == NULL) /* a column dropped since the view was made */
		return (Node *) makeNullConst(INT4OID, -1, InvalidOid);
	if (a->depth > 0)
		IncrementVarSublevelsUp(expr, a->depth, 0);
	return flatten_join_alias_mutator(expr, a);
}

static Node *
join_whole_row(FlattenArg *a, RangeTblEntry *rte, Var *var)
{
	RowExpr *row = makeNode(RowExpr);
	int attno = 0;
	ListCell *lc;

	foreach (lc, rte->joinaliasvars)
	{
		attno++;
		if (lfirst(lc) == NULL)
			continue;
		row->args = lappend(row->args, join_column_expr(a, rte, attno));
		row->colnames = lappend(row->colnames, copyObject(list_nth(rte->eref->colnames, attno - 1)));
	}
	row->row_typeid = var->vartype;
	row->row_format = COERCE_IMPLICIT_CAST;
	row->location = var->location;
	return (Node *) row;
}

static Node *
flatten_join_alias_mutator(Node *node, void *context)
{
	FlattenArg *a = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var))
	{
		Var *var = (Var *) node;
		RangeTblEntry *rte;

		if ((int) var->varlevelsup != a->depth)
			return copyObject(node);
		rte = list_nth_node(RangeTblEntry, a->query->rtable, var->varno - 1);
		if (rte->rtekind != RTE_JOIN)
			return copyObject(node);
		return var->varattno == 0 ? join_whole_row(a, rte, var) : join_column_expr(a, rte, var->varattno);
	}
	if (IsA(node, Query))
	{
		Query *copy;

		a->depth++;
		copy = query_tree_mutator((Query *) node, flatten_join_alias_mutator, a, QTW_IGNORE_JOINALIASES);
		a->depth--;
		return (Node *) copy;
	}
	return expression_tree_mutator(node, flatten_join_alias_mutator, context);
}

Node *
flatten_join_alias_vars(Query *query, Node *node)
{
	FlattenArg a = {query, 0};

	return flatten_join_alias_mutator(node, &a);
}
