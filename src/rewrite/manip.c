/*
 * manip.c
 *    Renumbering of query trees.
 *
 * All in-place changes share one walk: renumber_walker() visits every node that names a relation or a query level
 * (Var, Aggref, CTE references, row marks, ...) and knows how deep below the start it is.
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parse_coerce.h"
#include "rewrite/rewriteManip.h"

typedef struct Renumber
{
	int depth;				/* levels below the start, plus the caller's sublevels_up */
	/* new index of a relation that belongs to the start's level */
	int (*map_rti)(int rti, const struct Renumber *renumber);
	int from, to;			/* for map_rti */
	int delta_levels;		/* for levels-up >= depth + ... */
	bool change_levels;
} Renumber;

static bool renumber_walker(Node *node, void *context);

static int
add_offset(int rti, const Renumber *renumber)
{
	return rti + renumber->to;
}

static int
replace_one(int rti, const Renumber *renumber)
{
	return rti == renumber->from ? renumber->to : rti;
}

static void
map_index(Index *rti, const Renumber *renumber)
{
	if (*rti > 0)
		*rti = renumber->map_rti(*rti, renumber);
}

static void
map_int(int *rti, const Renumber *renumber)
{
	if (*rti > 0)
		*rti = renumber->map_rti(*rti, renumber);
}

static void
renumber_var(Var *var, const Renumber *renumber)
{
	if (renumber->change_levels)
	{
		if ((int) var->varlevelsup >= renumber->depth)
			var->varlevelsup += renumber->delta_levels;
		return;
	}
	if ((int) var->varlevelsup != renumber->depth || IS_SPECIAL_VARNO(var->varno))
		return;
	map_int(&var->varno, renumber);
	if (var->varnosyn > 0)
		map_index(&var->varnosyn, renumber);
}

/* Fields of the start query itself that hold range-table indexes. */
static void
renumber_query_fields(Query *query, const Renumber *renumber)
{
	ListCell *lc;

	map_int(&query->resultRelation, renumber);
	if (query->onConflict)
		map_int(&query->onConflict->exclRelIndex, renumber);
	foreach (lc, query->rowMarks)
		map_index(&lfirst_node(RowMarkClause, lc)->rti, renumber);
}

static void
renumber_rte_levels(RangeTblEntry *rte, const Renumber *renumber)
{
	if (rte->rtekind == RTE_CTE && (int) rte->ctelevelsup >= renumber->depth)
		rte->ctelevelsup += renumber->delta_levels;
}

static bool
renumber_walker(Node *node, void *context)
{
	Renumber *renumber = context;

	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Var:
			renumber_var((Var *) node, renumber);
			return false;
		case T_CurrentOfExpr:
			if (!renumber->change_levels && renumber->depth == 0)
				map_index(&((CurrentOfExpr *) node)->cvarno, renumber);
			return false;
		case T_Aggref:
			if (renumber->change_levels && (int) ((Aggref *) node)->agglevelsup >= renumber->depth)
				((Aggref *) node)->agglevelsup += renumber->delta_levels;
			break;
		case T_GroupingFunc:
			if (renumber->change_levels && (int) ((GroupingFunc *) node)->agglevelsup >= renumber->depth)
				((GroupingFunc *) node)->agglevelsup += renumber->delta_levels;
			break;
		case T_RangeTblRef:
			if (!renumber->change_levels && renumber->depth == 0)
				map_int(&((RangeTblRef *) node)->rtindex, renumber);
			return false;
		case T_JoinExpr:
			if (!renumber->change_levels && renumber->depth == 0)
				map_int(&((JoinExpr *) node)->rtindex, renumber);
			break;
		case T_RangeTblEntry:
			if (renumber->change_levels)
				renumber_rte_levels((RangeTblEntry *) node, renumber);
			return false; /* query_tree_walker visits what is in it */
		case T_Query:
			{
				bool result;

				renumber->depth++;
				result = query_tree_walker((Query *) node, renumber_walker, renumber,
										   renumber->change_levels ? QTW_EXAMINE_RTES_BEFORE : 0);
				renumber->depth--;
				return result;
			}
		default:
			break;
	}
	return expression_tree_walker(node, renumber_walker, context);
}

static void
renumber_start(Node *node, Renumber *renumber)
{
	/* A Query passed directly is the level itself, not one below it. */
	if (node && IsA(node, Query))
	{
		if (!renumber->change_levels && renumber->depth == 0)
			renumber_query_fields((Query *) node, renumber);
		query_tree_walker((Query *) node, renumber_walker, renumber,
						  renumber->change_levels ? QTW_EXAMINE_RTES_BEFORE : 0);
	}
	else
		renumber_walker(node, renumber);
}

void
OffsetVarNodes(Node *node, int offset, int sublevels_up)
{
	Renumber renumber = {.depth = sublevels_up, .map_rti = add_offset, .to = offset};

	renumber_start(node, &renumber);
}

void
ChangeVarNodes(Node *node, int rt_index, int new_index, int sublevels_up)
{
	Renumber renumber = {.depth = sublevels_up, .map_rti = replace_one, .from = rt_index, .to = new_index};

	renumber_start(node, &renumber);
}

void
IncrementVarSublevelsUp(Node *node, int delta_sublevels_up, int min_sublevels_up)
{
	Renumber renumber = {.depth = min_sublevels_up, .delta_levels = delta_sublevels_up, .change_levels = true};

	renumber_start(node, &renumber);
}

void
IncrementVarSublevelsUp_rtable(List *rtable, int delta_sublevels_up, int min_sublevels_up)
{
	Renumber renumber = {.depth = min_sublevels_up, .delta_levels = delta_sublevels_up, .change_levels = true};

	range_table_walker(rtable, renumber_walker, &renumber, QTW_EXAMINE_RTES_BEFORE);
}

/* ---- questions ------------------------------------------------------------------------------------------------------- */
typedef struct Seek
{
	int depth;
	int rti;
	int location;
} Seek;

static bool
rte_used_walker(Node *node, void *context)
{
	Seek *seek = context;

	if (node == NULL)
		return false;
	switch (nodeTag(node))
	{
		case T_Var:
			return (int) ((Var *) node)->varlevelsup == seek->depth && ((Var *) node)->varno == seek->rti;
		case T_CurrentOfExpr:
			return seek->depth == 0 && (int) ((CurrentOfExpr *) node)->cvarno == seek->rti;
		case T_RangeTblRef:
			return seek->depth == 0 && ((RangeTblRef *) node)->rtindex == seek->rti;
		case T_JoinExpr:
			if (seek->depth == 0 && ((JoinExpr *) node)->rtindex == seek->rti)
				return true;
			break;
		case T_Query:
			{
				bool found;

				seek->depth++;
				found = query_tree_walker((Query *) node, rte_used_walker, seek, 0);
				seek->depth--;
				return found;
			}
		default:
			break;
	}
	return expression_tree_walker(node, rte_used_walker, context);
}

bool
rangeTableEntry_used(Node *node, int rt_index, int sublevels_up)
{
	Seek seek = {sublevels_up, rt_index, -1};

	return query_or_expression_tree_walker(node, rte_used_walker, &seek, 0);
}

static bool
agg_of_level_walker(Node *node, void *context)
{
	Seek *seek = context;
	int level = -1;

	if (node == NULL)
		return false;
	if (IsA(node, Aggref))
	{
		level = ((Aggref *) node)->agglevelsup;
		seek->location = ((Aggref *) node)->location;
	}
	else if (IsA(node, GroupingFunc))
	{
		level = ((GroupingFunc *) node)->agglevelsup;
		seek->location = ((GroupingFunc *) node)->location;
	}
	else if (IsA(node, Query))
	{
		bool found;

		seek->depth++;
		found = query_tree_walker((Query *) node, agg_of_level_walker, seek, 0);
		seek->depth--;
		return found;
	}
	if (level == seek->depth)
		return true;
	return expression_tree_walker(node, agg_of_level_walker, context);
}

bool
contain_aggs_of_level(Node *node, int levelsup)
{
	Seek seek = {levelsup, 0, -1};

	return query_or_expression_tree_walker(node, agg_of_level_walker, &seek, 0);
}

int
locate_agg_of_level(Node *node, int levelsup)
{
	Seek seek = {levelsup, 0, -1};

	return query_or_expression_tree_walker(node, agg_of_level_walker, &seek, 0) ? seek.location : -1;
}

static bool
windowfunc_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, WindowFunc))
	{
		if (context)
			*(int *) context = ((WindowFunc *) node)->location;
		return true;
	}
	return expression_tree_walker(node, windowfunc_walker, context);
}

bool
contain_windowfuncs(Node *node)
{
	return query_or_expression_tree_walker(node, windowfunc_walker, NULL, 0);
}

int
locate_windowfunc(Node *node)
{
	int location = -1;

	return query_or_expression_tree_walker(node, windowfunc_walker, &location, 0) ? location : -1;
}

static bool
sublink_walker(Node *node, void *context)
{
	if (node == NULL)
		return false;
	return IsA(node, SubLink) || expression_tree_walker(node, sublink_walker, context);
}

bool
checkExprHasSubLink(Node *node)
{
	return query_or_expression_tree_walker(node, sublink_walker, NULL, QTW_IGNORE_RC_SUBQUERIES);
}

/* ---- adding conditions -------------------------------------------------------------------------------------------------- */
void
AddQual(Query *parsetree, Node *qual)
{
	Node *copy;

	if (qual == NULL)
		return;
	copy = copyObject(qual);
	parsetree->jointree->quals = make_and_qual(parsetree->jointree->quals, copy);
	if (!parsetree->hasSubLinks)
		parsetree->hasSubLinks = checkExprHasSubLink(copy);
}

void
AddHavingQual(Query *parsetree, Node *havingQual)
{
	Node *copy;

	if (havingQual == NULL)
		return;
	copy = copyObject(havingQual);
	parsetree->havingQual = make_and_qual(parsetree->havingQual, copy);
	if (!parsetree->hasSubLinks)
		parsetree->hasSubLinks = checkExprHasSubLink(copy);
}

/* ---- replacing Vars ------------------------------------------------------------------------------------------------------- */
typedef struct ReplaceVars
{
	int varno;
	int depth;
	RangeTblEntry *rte;
	List *targetlist;
	ReplaceVarsNoMatchOption nomatch;
	int nomatch_varno;
	bool found_sublink;
} ReplaceVars;

static Node *replace_vars_mutator(Node *node, void *context);

static Node *
expand_whole_row(Var *var, ReplaceVars *replace)
{
	RowExpr *row = makeNode(RowExpr);
	List *colnames = replace->rte->eref ? replace->rte->eref->colnames : NIL;
	ListCell *lc;

	foreach (lc, replace->targetlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node *expr;

		if (tle->resjunk)
			continue;
		expr = copyObject((Node *) tle->expr);
		if (replace->depth > 0)
			IncrementVarSublevelsUp(expr, replace->depth, 0);
		row->args = lappend(row->args, expr);
	}
	row->colnames = copyObject(colnames);
	row->row_typeid = var->vartype;
	row->row_format = COERCE_IMPLICIT_CAST;
	row->location = var->location;
	return (Node *) row;
}

static Node *
replaced_var(Var *var, ReplaceVars *replace)
{
	ListCell *lc;
	Node *expr;

	if (var->varattno == 0)
		return expand_whole_row(var, replace);
	foreach (lc, replace->targetlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);

		if (tle->resno != var->varattno || tle->resjunk)
			continue;
		expr = copyObject((Node *) tle->expr);
		if (replace->depth > 0)
			IncrementVarSublevelsUp(expr, replace->depth, 0);
		if (checkExprHasSubLink(expr))
			replace->found_sublink = true;
		return expr;
	}
	switch (replace->nomatch)
	{
		case REPLACEVARS_CHANGE_VARNO:
			var = copyObject(var);
			var->varno = replace->nomatch_varno;
			return (Node *) var;
		case REPLACEVARS_SUBSTITUTE_NULL:
			return coerce_to_domain((Node *) makeNullConst(var->vartype, var->vartypmod, var->varcollid), InvalidOid, -1,
									var->vartype, COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1, false);
		default:
			elog(ERROR, "could not find replacement targetlist entry for attno %d", var->varattno);
			return NULL;
	}
}

static Node *
replace_vars_mutator(Node *node, void *context)
{
	ReplaceVars *replace = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, Var) && ((Var *) node)->varno == replace->varno && (int) ((Var *) node)->varlevelsup == replace->depth)
		return replaced_var((Var *) node, replace);
	if (IsA(node, Query))
	{
		Query *copy;
		bool outer_found = replace->found_sublink;

		replace->depth++;
		replace->found_sublink = false;
		copy = query_tree_mutator((Query *) node, replace_vars_mutator, replace, 0);
		copy->hasSubLinks |= replace->found_sublink;
		replace->found_sublink = outer_found;
		replace->depth--;
		return (Node *) copy;
	}
	return expression_tree_mutator(node, replace_vars_mutator, context);
}

Node *
ReplaceVarsFromTargetList(Node *node, int target_varno, int sublevels_up, RangeTblEntry *target_rte, List *targetlist,
						  ReplaceVarsNoMatchOption nomatch_option, int nomatch_varno, bool *outer_hasSubLinks)
{
	ReplaceVars replace = {target_varno, sublevels_up, target_rte, targetlist, nomatch_option, nomatch_varno, false};
	Node *result;

	if (node && IsA(node, Query))
	{
		Query *copy = query_tree_mutator((Query *) node, replace_vars_mutator, &replace, 0);

		copy->hasSubLinks |= replace.found_sublink;
		result = (Node *) copy;
	}
	else
		result = replace_vars_mutator(node, &replace);
	if (outer_hasSubLinks)
		*outer_hasSubLinks |= replace.found_sublink;
	return result;
}
