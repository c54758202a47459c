/*
 * tcop/utility.h
 *    Utility statements: everything that is not planned.
 */
#ifndef UTILITY_H
#define UTILITY_H

#include "executor/execdesc.h"
#include "nodes/plannodes.h"
#include "tcop/cmdtag.h"
#include "tcop/dest.h"

typedef enum
{
	PROCESS_UTILITY_TOPLEVEL,		  /* a statement of the client by itself */
	PROCESS_UTILITY_QUERY,			  /* a whole query, but not alone */
	PROCESS_UTILITY_QUERY_NONATOMIC,
	PROCESS_UTILITY_SUBCOMMAND		  /* part of another utility statement */
} ProcessUtilityContext;

typedef void (*ProcessUtility_hook_type)(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree,
										 ProcessUtilityContext context, ParamListInfo params,
										 QueryEnvironment *queryEnv, DestReceiver *dest, QueryCompletion *qc);
extern ProcessUtility_hook_type ProcessUtility_hook;

/* Runs the statement. readOnlyTree: the tree belongs to a plan cache and must not be scribbled on. */
extern void ProcessUtility(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree,
						   ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *queryEnv,
						   DestReceiver *dest, QueryCompletion *qc);
extern void standard_ProcessUtility(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree,
									ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *queryEnv,
									DestReceiver *dest, QueryCompletion *qc);
extern bool UtilityReturnsTuples(Node *parsetree);
extern TupleDesc UtilityTupleDescriptor(Node *parsetree);
extern Query *UtilityContainsQuery(Node *parsetree);
/* The tag of a raw, analyzed or planned statement. */
extern CommandTag CreateCommandTag(Node *parsetree);
static inline const char *
CreateCommandName(Node *parsetree)
{
	return GetCommandTagName(CreateCommandTag(parsetree));
}
extern bool CommandIsReadOnly(PlannedStmt *pstmt);
extern void PreventCommandIfReadOnly(const char *cmdname);
extern void PreventCommandDuringRecovery(const char *cmdname);

#endif /* UTILITY_H */
