/*
 * pipeline.c
 *    From a query string to plans: parse, analyze, rewrite, plan, each step as a function of the one before.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/makefuncs.h"

#include "parser/analyze.h"
#include "parser/parser.h"

#include "tcop/tcopprot.h"
#include "utils/snapmgr.h"

/* rewrite/, plan/ */
extern List *QueryRewrite(Query *parsetree);
extern PlannedStmt *planner(Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams);

List *
pg_parse_query(const char *query_string)
{
	return raw_parser(query_string, RAW_PARSE_DEFAULT);
}

List *
pg_rewrite_query(Query *query)
{
	if (query->commandType == CMD_UTILITY)
		return list_make1(query);
	return QueryRewrite(query);
}

List *
pg_analyze_and_rewrite_fixedparams(RawStmt *parsetree, const char *query_string, const Oid *paramTypes, int numParams,
								   QueryEnvironment *queryEnv)
{
	return pg_rewrite_query(parse_analyze_fixedparams(parsetree, query_string, paramTypes, numParams, queryEnv));
}

List *
pg_analyze_and_rewrite_varparams(RawStmt *parsetree, const char *query_string, Oid **paramTypes, int *numParams,
								 QueryEnvironment *queryEnv)
{
	Query *query = parse_analyze_varparams(parsetree, query_string, paramTypes, numParams, queryEnv);

	for (int i = 0; i < *numParams; i++)
	{
		Oid type = (*paramTypes)[i];

		if (type == InvalidOid || type == 705 /* unknown */)
			ereport(ERROR, errcode(ERRCODE_INDETERMINATE_DATATYPE),
					errmsg("could not determine data type of parameter $%d", i + 1));
	}
	return pg_rewrite_query(query);
}

List *
pg_analyze_and_rewrite_withcb(RawStmt *parsetree, const char *query_string, ParserSetupHook parserSetup,
							  void *parserSetupArg, QueryEnvironment *queryEnv)
{
	return pg_rewrite_query(parse_analyze_withcb(parsetree, query_string, parserSetup, parserSetupArg, queryEnv));
}

PlannedStmt *
pg_plan_query(Query *querytree, const char *query_string, int cursorOptions, ParamListInfo boundParams)
{
	if (querytree->commandType == CMD_UTILITY)
		return NULL;
	Assert(ActiveSnapshotSet());
	return planner(querytree, query_string, cursorOptions, boundParams);
}

List *
pg_plan_queries(List *querytrees, const char *query_string, int cursorOptions, ParamListInfo boundParams)
{
	List *stmts = NIL;
	ListCell *lc;

	foreach (lc, querytrees)
	{
		Query *query = lfirst_node(Query, lc);
		PlannedStmt *stmt;

		if (query->commandType == CMD_UTILITY)
		{
			stmt = makeNode(PlannedStmt);
			stmt->commandType = CMD_UTILITY;
			stmt->canSetTag = query->canSetTag;
			stmt->utilityStmt = query->utilityStmt;
			stmt->stmt_location = query->stmt_location;
			stmt->stmt_len = query->stmt_len;
			stmt->queryId = query->queryId;
		}
		else
			stmt = pg_plan_query(query, query_string, cursorOptions, boundParams);
		stmts = lappend(stmts, stmt);
	}
	return stmts;
}
