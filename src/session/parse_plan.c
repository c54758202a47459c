/*
 * parse_plan.c
 *    From text to plans (tcop/tcopprot.h): the four steps, each as a function.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"

List *
pg_parse_query(const char *query_string)
{
	return raw_parser(query_string, RAW_PARSE_DEFAULT);
}

/* Utility statements have no rules: they go through as they are. */
List *
pg_rewrite_query(Query *query)
{
	if (query->commandType == CMD_UTILITY)
		return list_make1(query);
	return QueryRewrite(query);
}

List *
pg_analyze_and_rewrite_fixedparams(RawStmt *parsetree, const char *query_string, const Oid *paramTypes, int numParams,
								   struct QueryEnvironment *queryEnv)
{
	return pg_rewrite_query(parse_analyze_fixedparams(parsetree, query_string, paramTypes, numParams, queryEnv));
}

List *
pg_analyze_and_rewrite_varparams(RawStmt *parsetree, const char *query_string, Oid **paramTypes, int *numParams,
								 struct QueryEnvironment *queryEnv)
{
	Query *query = parse_analyze_varparams(parsetree, query_string, paramTypes, numParams, queryEnv);

	for (int i = 0; i < *numParams; i++)
		if ((*paramTypes)[i] == InvalidOid || (*paramTypes)[i] == 705 /* unknown */)
			ereport(ERROR,
					errcode(ERRCODE_INDETERMINATE_DATATYPE),
					errmsg("could not determine data type of parameter $%d", i + 1));
	return pg_rewrite_query(query);
}

List *
pg_analyze_and_rewrite_withcb(RawStmt *parsetree, const char *query_string, ParserSetupHook parserSetup,
							  void *parserSetupArg, struct QueryEnvironment *queryEnv)
{
	return pg_rewrite_query(parse_analyze_withcb(parsetree, query_string, parserSetup, parserSetupArg, queryEnv));
}

PlannedStmt *
pg_plan_query(Query *querytree, const char *query_string, int cursorOptions, ParamListInfo boundParams)
{
	Assert(querytree->commandType != CMD_UTILITY);
	return planner(querytree, query_string, cursorOptions, boundParams);
}

/* A utility statement is wrapped, so that the result is a list of PlannedStmt in any case. */
static PlannedStmt *
wrap_utility(const Query *query)
{
	PlannedStmt *stmt = makeNode(PlannedStmt);

	stmt->commandType = CMD_UTILITY;
	stmt->canSetTag = query->canSetTag;
	stmt->utilityStmt = query->utilityStmt;
	stmt->stmt_location = query->stmt_location;
	stmt->stmt_len = query->stmt_len;
	return stmt;
}

List *
pg_plan_queries(List *querytrees, const char *query_string, int cursorOptions, ParamListInfo boundParams)
{
	List *plans = NIL;
	ListCell *lc;

	foreach (lc, querytrees)
	{
		Query *query = lfirst_node(Query, lc);

		plans = lappend(plans, query->commandType == CMD_UTILITY
								   ? wrap_utility(query)
								   : pg_plan_query(query, query_string, cursorOptions, boundParams));
	}
	return plans;
}
