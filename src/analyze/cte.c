/*
 * cte.c
 *    WITH: which query sees which, WITH RECURSIVE's order and form.
 *
 * Without RECURSIVE each query sees those before it. With it, references are collected from the raw trees first; the
 * queries are then analysed in an order in which each comes after those it refers to, itself excepted.
 */
#include "postgres.h"

#include "analyze/analyze_internal.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_collate.h"
#include "parser/parse_cte.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* ---- analysing one ---- */
static void
refuse_search_cycle(ParseState *pstate, CommonTableExpr *cte)
{
	if (cte->search_clause)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("SEARCH clause of WITH is not supported"),
				parser_errposition(pstate, cte->search_clause->location));
	if (cte->cycle_clause)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("CYCLE clause of WITH is not supported"),
				parser_errposition(pstate, cte->cycle_clause->location));
}

void
analyzeCTETargetList(ParseState *pstate, CommonTableExpr *cte, List *tlist)
{
	int ncolumns = 0;
	ListCell *lc;

	/* Already known: the non-recursive term has fixed them. */
	if (cte->ctecolnames != NIL && cte->ctecoltypes != NIL)
		return;
	cte->ctecolnames = copyObject(cte->aliascolnames);
	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node *expr = (Node *) tle->expr;
		Oid type = exprType(expr);
		int32 typmod = exprTypmod(expr);
		Oid collation = exprCollation(expr);

		if (tle->resjunk)
			continue;
		ncolumns++;
		if (ncolumns > list_length(cte->aliascolnames))
			cte->ctecolnames = lappend(cte->ctecolnames, makeString(pstrdup(tle->resname)));
		/* Only the non-recursive term can still be of unknown type here. */
		if (cte->cterecursive && type == UNKNOWNOID)
		{
			type = TEXTOID;
			typmod = -1;
			collation = get_typcollation(TEXTOID);
		}
		cte->ctecoltypes = lappend_oid(cte->ctecoltypes, type);
		cte->ctecoltypmods = lappend_int(cte->ctecoltypmods, typmod);
		cte->ctecolcollations = lappend_oid(cte->ctecolcollations, collation);
	}
	if (list_length(cte->aliascolnames) > ncolumns)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
				errmsg("WITH query \"%s\" has %d columns available but %d columns specified", cte->ctename, ncolumns,
					   list_length(cte->aliascolnames)),
				parser_errposition(pstate, cte->location));
}

/* The whole of a recursive query must have the columns that its first term announced. */
static void
check_recursive_columns(ParseState *pstate, CommonTableExpr *cte, List *tlist)
{
	int i = 0;
	ListCell *lc;

	foreach (lc, tlist)
	{
		TargetEntry *tle = lfirst_node(TargetEntry, lc);
		Node *expr = (Node *) tle->expr;
		Oid type;
		int32 typmod;
		Oid collation;

		if (tle->resjunk)
			continue;
		if (i >= list_length(cte->ctecoltypes))
			elog(ERROR, "wrong number of output columns in WITH");
		type = list_nth_oid(cte->ctecoltypes, i);
		typmod = list_nth_int(cte->ctecoltypmods, i);
		collation = list_nth_oid(cte->ctecolcollations, i);
		i++;
		if (exprType(expr) != type || exprTypmod(expr) != typmod)
			ereport(ERROR,
					errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("recursive query \"%s\" column %d has type %s in non-recursive term but type %s overall",
						   cte->ctename, i, format_type_with_typemod(type, typmod),
						   format_type_with_typemod(exprType(expr), exprTypmod(expr))),
					errhint("Cast the output of the non-recursive term to the correct type."),
					parser_errposition(pstate, exprLocation(expr)));
		if (exprCollation(expr) != collation)
			ereport(ERROR,
					errcode(ERRCODE_COLLATION_MISMATCH),
					errmsg("recursive query \"%s\" column %d has collation \"%s\" in non-recursive term but collation "
						   "\"%s\" overall",
						   cte->ctename, i, get_collation_name(collation), get_collation_name(exprCollation(expr))),
					errhint("Use the COLLATE clause to set the collation of the non-recursive term."),
					parser_errposition(pstate, exprLocation(expr)));
	}
}

static void
analyze_one(ParseState *pstate, CommonTableExpr *cte)
{
	Query *query;

	Assert(!IsA(cte->ctequery, Query));
	refuse_search_cycle(pstate, cte);
	query = parse_sub_analyze(cte->ctequery, pstate, cte, false, true);
	cte->ctequery = (Node *) query;
	if (!IsA(query, Query) || query->utilityStmt != NULL)
		elog(ERROR, "unexpected utility statement in WITH");
	if (query->commandType != CMD_SELECT && pstate->parentParseState != NULL)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("WITH clause containing a data-modifying statement must be at the top level"),
				parser_errposition(pstate, cte->location));
	query->canSetTag = false;
	if (cte->cterecursive)
		check_recursive_columns(pstate, cte, GetCTETargetList(cte));
	else
		analyzeCTETargetList(pstate, cte, GetCTETargetList(cte));
}

/* ---- references between raw queries ---- */
typedef struct RefScan
{
	const char *name;
	bool found;
	/* what checking the form of a recursive query needs */
	ParseState *pstate;
	CommonTableExpr *cte;
	const char *place;		/* error format while in a place where self-reference is not allowed; NULL: allowed */
	int count;
	int location;
} RefScan;

static bool refers_walker(Node *node, RefScan *scan);

/* Names in an inner WITH hide ours where they are visible. */
static bool
with_hides(WithClause *with, const char *name)
{
	ListCell *lc;

	foreach (lc, with->ctes)
		if (strcmp(lfirst_node(CommonTableExpr, lc)->ctename, name) == 0)
			return true;
	return false;
}

static WithClause *
with_clause_of(Node *stmt)
{
	switch (nodeTag(stmt))
	{
		case T_SelectStmt:
			return ((SelectStmt *) stmt)->withClause;
		case T_InsertStmt:
			return ((InsertStmt *) stmt)->withClause;
		case T_UpdateStmt:
			return ((UpdateStmt *) stmt)->withClause;
		case T_DeleteStmt:
			return ((DeleteStmt *) stmt)->withClause;
		case T_MergeStmt:
			return ((MergeStmt *) stmt)->withClause;
		default:
			return NULL;
	}
}

/* An inner WITH's own queries: without RECURSIVE, those up to the hiding one still see the outer name. */
static void
scan_inner_with(WithClause *with, RefScan *scan)
{
	ListCell *lc;
	bool hidden = with->recursive && with_hides(with, scan->name);

	foreach (lc, with->ctes)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);

		if (!hidden)
			refers_walker(cte->ctequery, scan);
		hidden |= strcmp(cte->ctename, scan->name) == 0;
	}
}

static bool
refers_walker(Node *node, RefScan *scan)
{
	WithClause *with;

	if (node == NULL)
		return false;
	if (IsA(node, RangeVar))
	{
		RangeVar *rv = (RangeVar *) node;

		if (rv->schemaname == NULL && strcmp(rv->relname, scan->name) == 0)
		{
			scan->found = true;
			scan->count++;
			if (scan->location < 0)
				scan->location = rv->location;
		}
		return false;
	}
	if (IsA(node, WithClause))
		return false;			/* seen with its statement */
	with = with_clause_of(node);
	if (with)
	{
		scan_inner_with(with, scan);
		if (with_hides(with, scan->name))
			return false;
	}
	return raw_expression_tree_walker(node, refers_walker, scan);
}

static bool
refers_to(Node *query, const char *name, int *count, int *location)
{
	RefScan scan = {.name = name, .location = -1};

	refers_walker(query, &scan);
	if (count)
		*count = scan.count;
	if (location)
		*location = scan.location;
	return scan.found;
}

/* ---- the form of a recursive query ---- */
static void
refuse_self_reference(ParseState *pstate, CommonTableExpr *cte, Node *in, const char *format)
{
	int location;

	if (in && refers_to(in, cte->ctename, NULL, &location))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_RECURSION),
				errmsg(format, cte->ctename),
				parser_errposition(pstate, location));
}

/* The nullable side of an outer join must not contain the recursion. */
static void
check_from_recursion(ParseState *pstate, CommonTableExpr *cte, Node *item)
{
	const char *outer = "recursive reference to query \"%s\" must not appear within an outer join";
	JoinExpr *j;

	if (!IsA(item, JoinExpr))
		return;
	j = (JoinExpr *) item;
	if (j->jointype == JOIN_LEFT || j->jointype == JOIN_FULL)
		refuse_self_reference(pstate, cte, j->rarg, outer);
	if (j->jointype == JOIN_RIGHT || j->jointype == JOIN_FULL)
		refuse_self_reference(pstate, cte, j->larg, outer);
	check_from_recursion(pstate, cte, j->larg);
	check_from_recursion(pstate, cte, j->rarg);
}

static bool
sublink_recursion_walker(Node *node, RefScan *scan)
{
	if (node == NULL)
		return false;
	if (IsA(node, SubLink))
		refuse_self_reference(scan->pstate, scan->cte, ((SubLink *) node)->subselect,
							  "recursive reference to query \"%s\" must not appear within a subquery");
	if (IsA(node, RangeSubselect))
		return false;
	return raw_expression_tree_walker(node, sublink_recursion_walker, scan);
}

static void
check_recursive_term(ParseState *pstate, CommonTableExpr *cte, SelectStmt *term)
{
	RefScan scan = {.pstate = pstate, .cte = cte};
	ListCell *lc;

	if (term->op != SETOP_NONE)
	{
		if (term->op == SETOP_INTERSECT && term->all)
			refuse_self_reference(pstate, cte, (Node *) term,
								  "recursive reference to query \"%s\" must not appear within INTERSECT");
		if (term->op == SETOP_EXCEPT)
		{
			if (term->all)
				refuse_self_reference(pstate, cte, (Node *) term->larg,
									  "recursive reference to query \"%s\" must not appear within EXCEPT");
			refuse_self_reference(pstate, cte, (Node *) term->rarg,
								  "recursive reference to query \"%s\" must not appear within EXCEPT");
		}
		check_recursive_term(pstate, cte, term->larg);
		check_recursive_term(pstate, cte, term->rarg);
		return;
	}
	foreach (lc, term->fromClause)
		check_from_recursion(pstate, cte, lfirst(lc));
	sublink_recursion_walker((Node *) term->targetList, &scan);
	sublink_recursion_walker(term->whereClause, &scan);
	sublink_recursion_walker(term->havingClause, &scan);
}

static void
check_recursive_form(ParseState *pstate, CommonTableExpr *cte)
{
	SelectStmt *stmt = (SelectStmt *) cte->ctequery;
	int count;
	int location;

	if (!IsA(stmt, SelectStmt))
		ereport(ERROR,
				errcode(ERRCODE_INVALID_RECURSION),
				errmsg("recursive query \"%s\" must not contain data-modifying statements", cte->ctename),
				parser_errposition(pstate, cte->location));
	if (stmt->op != SETOP_UNION)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_RECURSION),
				errmsg("recursive query \"%s\" does not have the form non-recursive-term UNION [ALL] recursive-term",
					   cte->ctename),
				parser_errposition(pstate, cte->location));
	refuse_self_reference(pstate, cte, (Node *) stmt->larg,
						  "recursive reference to query \"%s\" must not appear within its non-recursive term");
	if (stmt->withClause)
	{
		RefScan scan = {.name = cte->ctename, .location = -1};

		scan_inner_with(stmt->withClause, &scan);
		if (scan.found)
			ereport(ERROR,
					errcode(ERRCODE_INVALID_RECURSION),
					errmsg("recursive reference to query \"%s\" must not appear within a subquery", cte->ctename),
					parser_errposition(pstate, scan.location));
	}
	check_recursive_term(pstate, cte, stmt->rarg);
	refers_to((Node *) stmt->rarg, cte->ctename, &count, &location);
	if (count > 1)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_RECURSION),
				errmsg("recursive reference to query \"%s\" must not appear more than once", cte->ctename),
				parser_errposition(pstate, location));
	if (stmt->sortClause)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("ORDER BY in a recursive query is not implemented"),
				parser_errposition(pstate, exprLocation((Node *) stmt->sortClause)));
	if (stmt->limitOffset)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("OFFSET in a recursive query is not implemented"),
				parser_errposition(pstate, exprLocation(stmt->limitOffset)));
	if (stmt->limitCount)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("LIMIT in a recursive query is not implemented"),
				parser_errposition(pstate, exprLocation(stmt->limitCount)));
	if (stmt->lockingClause)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("FOR UPDATE/SHARE in a recursive query is not implemented"),
				parser_errposition(pstate, cte->location));
}

/* ---- WITH RECURSIVE ---- */

/* Place those whose references are all placed; if nobody can be, they refer to each other in a circle. */
static List *
order_by_dependency(ParseState *pstate, List *ctes)
{
	List *rest = list_copy(ctes);
	List *ordered = NIL;

	while (rest != NIL)
	{
		CommonTableExpr *next = NULL;
		ListCell *lc;

		foreach (lc, rest)
		{
			CommonTableExpr *cte = lfirst(lc);
			bool ready = true;
			ListCell *lc2;

			foreach (lc2, rest)
			{
				CommonTableExpr *other = lfirst(lc2);

				if (other != cte && refers_to(cte->ctequery, other->ctename, NULL, NULL))
					ready = false;
			}
			if (ready)
			{
				next = cte;
				break;
			}
		}
		if (next == NULL)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("mutual recursion between WITH items is not implemented"),
					parser_errposition(pstate, ((CommonTableExpr *) linitial(rest))->location));
		ordered = lappend(ordered, next);
		rest = list_delete_ptr(rest, next);
	}
	return ordered;
}

static void
analyze_recursive_with(ParseState *pstate, List *ctes)
{
	List *ordered;
	ListCell *lc;

	foreach (lc, ctes)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);

		cte->cterecursive = refers_to(cte->ctequery, cte->ctename, NULL, NULL);
	}
	ordered = order_by_dependency(pstate, ctes);
	foreach (lc, ordered)
	{
		CommonTableExpr *cte = lfirst(lc);

		if (cte->cterecursive)
			check_recursive_form(pstate, cte);
	}
	/* In dependency order: whoever plans them in turn finds each after those it reads. */
	pstate->p_ctenamespace = list_copy(ordered);
	foreach (lc, ordered)
		analyze_one(pstate, lfirst(lc));
}

static void
analyze_plain_with(ParseState *pstate, List *ctes)
{
	ListCell *lc;

	pstate->p_future_ctes = list_copy(ctes);
	foreach (lc, ctes)
	{
		CommonTableExpr *cte = lfirst(lc);

		analyze_one(pstate, cte);
		pstate->p_ctenamespace = lappend(pstate->p_ctenamespace, cte);
		pstate->p_future_ctes = list_delete_first(pstate->p_future_ctes);
	}
}

List *
transformWithClause(ParseState *pstate, WithClause *withClause)
{
	ListCell *lc;
	ListCell *lc2;

	Assert(pstate->p_ctenamespace == NIL && pstate->p_future_ctes == NIL);
	foreach (lc, withClause->ctes)
	{
		CommonTableExpr *cte = lfirst_node(CommonTableExpr, lc);

		for_each_from(lc2, withClause->ctes, foreach_current_index(lc) + 1)
		{
			CommonTableExpr *other = lfirst_node(CommonTableExpr, lc2);

			if (strcmp(cte->ctename, other->ctename) == 0)
				ereport(ERROR,
						errcode(ERRCODE_DUPLICATE_ALIAS),
						errmsg("WITH query name \"%s\" specified more than once", other->ctename),
						parser_errposition(pstate, other->location));
		}
		cte->cterecursive = false;
		cte->cterefcount = 0;
		if (!IsA(cte->ctequery, SelectStmt))
			pstate->p_hasModifyingCTE = true;
	}
	if (withClause->recursive)
		analyze_recursive_with(pstate, withClause->ctes);
	else
		analyze_plain_with(pstate, withClause->ctes);
	return pstate->p_ctenamespace;
}
