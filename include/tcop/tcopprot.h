/*
 * tcop/tcopprot.h
 *    The steps from a query string to plans, and the sessions that take them.
 */
#ifndef TCOPPROT_H
#define TCOPPROT_H

#include "nodes/execnodes.h"
#include "nodes/params.h"
#include "nodes/plannodes.h"
#include "parser/parse_node.h"
#include "tcop/dest.h"

extern const char *debug_query_string; /* what the client sent last; for error reports */
extern CommandDest whereToSendOutput;  /* DestRemote with a client, DestDebug without, DestNone when it is gone */
extern int client_connection_check_interval;

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

/* Run a string of statements in the simple protocol's way, results to whereToSendOutput. */
extern void exec_simple_query(const char *query_string);
extern void PostgresSingleUserMain(int argc, char *argv[], const char *username) pg_attribute_noreturn();

/* Signal handlers of a backend (process/interrupt.h). */
extern void die(int signo);
extern void quickdie(int signo) pg_attribute_noreturn();
extern void StatementCancelHandler(int signo);
extern void FloatExceptionHandler(int signo) pg_attribute_noreturn();
extern void ProcessClientReadInterrupt(bool blocked);
extern void ProcessClientWriteInterrupt(bool blocked);

#endif /* TCOPPROT_H */
