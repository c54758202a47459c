/*
 * tcop/tcopprot.h
 *    The steps from a query string to plans.
 */
#ifndef TCOPPROT_H
#define TCOPPROT_H

#include "nodes/execnodes.h"
#include "nodes/params.h"
#include "nodes/plannodes.h"
#include "parser/parse_node.h"

extern const char *debug_query_string; /* what the client sent last; for error reports */

/* RawStmts of a string that may have several statements. */
extern List *pg_parse_query(const char *query_string);
/* One raw statement → rewritten Querys. The forms differ in how $n are known. */
extern List *pg_analyze_and_rewrite_fixedparams(RawStmt *parsetree, const char *query_string, const Oid *paramTypes,
												int numParams, QueryEnvironment *queryEnv);
extern List *pg_analyze_and_rewrite_varparams(RawStmt *parsetree, const char *query_string, Oid **paramTypes,
											  int *numParams, QueryEnvironment *queryEnv);
extern List *pg_analyze_and_rewrite_withcb(RawStmt *parsetree, const char *query_string, ParserSetupHook parserSetup,
										   void *parserSetupArg, QueryEnvironment *queryEnv);
extern List *pg_rewrite_query(Query *query);
/* Needs an active snapshot. */
extern PlannedStmt *pg_plan_query(Query *querytree, const char *query_string, int cursorOptions,
								  ParamListInfo boundParams);
/* Utility statements become PlannedStmts too. */
extern List *pg_plan_queries(List *querytrees, const char *query_string, int cursorOptions,
							 ParamListInfo boundParams);

#endif /* TCOPPROT_H */
