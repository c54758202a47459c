/*
 * utility.c
 *    Utility statements that contain a query or expressions to analyse.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "analyze/analyze_internal.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_clause.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_func.h"
#include "parser/parse_param.h"
#include "parser/parse_relation.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static Query *
wrap(Node *stmt)
{
	Query *result = makeNode(Query);

	result->commandType = CMD_UTILITY;
	result->utilityStmt = stmt;
	return result;
}

/* ---- DECLARE CURSOR ---- */
static void
check_cursor_options(DeclareCursorStmt *stmt)
{
	const char *pair = NULL;

	if ((stmt->options & CURSOR_OPT_SCROLL) && (stmt->options & CURSOR_OPT_NO_SCROLL))
		pair = "cannot specify both SCROLL and NO SCROLL";
	else if ((stmt->options & CURSOR_OPT_ASENSITIVE) && (stmt->options & CURSOR_OPT_INSENSITIVE))
		pair = "cannot specify both ASENSITIVE and INSENSITIVE";
	if (pair)
		ereport(ERROR, errcode(ERRCODE_INVALID_CURSOR_DEFINITION), errmsg("%s", pair));
}

static void
check_locking_cursor(DeclareCursorStmt *stmt, Query *query)
{
	static const struct
	{
		int option;
		const char *message;
		const char *detail;
	} rules[] = {
		{CURSOR_OPT_HOLD, "DECLARE CURSOR WITH HOLD ... %s is not supported", "Holdable cursors must be READ ONLY."},
		{CURSOR_OPT_SCROLL, "DECLARE SCROLL CURSOR ... %s is not supported", "Scrollable cursors must be READ ONLY."},
		{CURSOR_OPT_INSENSITIVE, "DECLARE INSENSITIVE CURSOR ... %s is not valid",
		 "Insensitive cursors must be READ ONLY."},
	};

	if (query->rowMarks == NIL)
		return;
	for (int i = 0; i < lengthof(rules); i++)
		if (stmt->options & rules[i].option)
			ereport(ERROR,
					errcode(rules[i].option == CURSOR_OPT_INSENSITIVE ? ERRCODE_INVALID_CURSOR_DEFINITION
																	  : ERRCODE_FEATURE_NOT_SUPPORTED),
					/* translator: %s is a SQL row locking clause such as FOR UPDATE */
					errmsg(rules[i].message,
						   LCS_asString(linitial_node(RowMarkClause, query->rowMarks)->strength)),
					errdetail("%s", rules[i].detail));
}

Query *
analyze_declare_cursor(ParseState *pstate, DeclareCursorStmt *stmt)
{
	Query *query;

	check_cursor_options(stmt);
	query = transformStmt(pstate, stmt->query);
	stmt->query = (Node *) query;
	if (!IsA(query, Query) || query->commandType != CMD_SELECT)
		elog(ERROR, "unexpected non-SELECT command in DECLARE CURSOR");
	if (query->hasModifyingCTE)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("DECLARE CURSOR must not contain data-modifying statements in WITH"));
	check_locking_cursor(stmt, query);
	return wrap((Node *) stmt);
}

/* ---- EXPLAIN, CREATE TABLE AS ---- */
Query *
analyze_explain(ParseState *pstate, ExplainStmt *stmt)
{
	/* SELECT INTO inside is CREATE TABLE AS, as at top level. */
	RawStmt inner = {.type = T_RawStmt, .stmt = stmt->query};

	stmt->query = (Node *) transformTopLevelStmt(pstate, &inner);
	return wrap((Node *) stmt);
}

Query *
analyze_create_table_as(ParseState *pstate, CreateTableAsStmt *stmt)
{
	Query *query = transformStmt(pstate, stmt->query);

	stmt->query = (Node *) query;
	if (stmt->objtype == OBJECT_MATVIEW)
	{
		if (query->hasModifyingCTE)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("materialized views must not use data-modifying statements in WITH"));
		if (isQueryUsingTempRelation(query))
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("materialized views must not use temporary tables or views"));
		if (query_contains_extern_params(query))
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("materialized views may not be defined using bound parameters"));
		if (stmt->into->rel->relpersistence == RELPERSISTENCE_UNLOGGED)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("materialized views cannot be unlogged"));
		/* Kept as the view's definition. */
		stmt->into->viewQuery = (Node *) copyObject(query);
	}
	return wrap((Node *) stmt);
}

/* ---- CALL ---- */

/* The call's arguments sorted into inputs (kept in the call) and outputs (columns of its result row). */
static void
split_call_arguments(CallStmt *stmt, FuncExpr *call)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(call->funcid));
	Oid *types;
	char **names;
	char *modes;
	List *inputs = NIL;
	int position = 0;
	ListCell *lc;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", call->funcid);
	(void) get_func_arg_info(tuple, &types, &names, &modes);
	ReleaseSysCache(tuple);
	if (modes == NULL)
		return;
	foreach (lc, call->args)
	{
		Node *arg = lfirst(lc);
		int pos = position++;

		if (IsA(arg, NamedArgExpr))
			pos = ((NamedArgExpr *) arg)->argnumber;
		switch (modes[pos])
		{
			case PROARGMODE_IN:
			case PROARGMODE_VARIADIC:
				inputs = lappend(inputs, arg);
				break;
			case PROARGMODE_OUT:
				stmt->outargs = lappend(stmt->outargs, arg);
				break;
			case PROARGMODE_INOUT:
				inputs = lappend(inputs, arg);
				stmt->outargs = lappend(stmt->outargs, copyObject(arg));
				break;
			default:
				elog(ERROR, "invalid argmode %c for procedure", modes[pos]);
		}
	}
	call->args = inputs;
}

Query *
analyze_call(ParseState *pstate, CallStmt *stmt)
{
	List *args = NIL;
	Node *node;
	ListCell *lc;

	foreach (lc, stmt->funccall->args)
		args = lappend(args, transformExpr(pstate, lfirst(lc), EXPR_KIND_CALL_ARGUMENT));
	node = ParseFuncOrColumn(pstate, stmt->funccall->funcname, args, pstate->p_last_srf, stmt->funccall, true,
							 stmt->funccall->location);
	assign_expr_collations(pstate, node);
	stmt->funcexpr = castNode(FuncExpr, node);
	split_call_arguments(stmt, stmt->funcexpr);
	return wrap((Node *) stmt);
}

Query *
analyze_merge(ParseState *pstate, MergeStmt *stmt)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("MERGE is not supported"));
	return NULL;
}
