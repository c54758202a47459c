/*
 * optimizer/planner.h
 *    From a rewritten Query to a plan tree.
 *
 * planner() allocates the plan in CurrentMemoryContext and may scribble on parse. cursorOptions: CURSOR_OPT_FAST_PLAN
 *
 * prefers a low start-up cost; going backwards is the portal's business. Raises 0A000 for what no plan exists for, 54001 for too deep a tree.
 */
#ifndef PLANNER_H
#define PLANNER_H

#include "nodes/params.h"
#include "nodes/plannodes.h"

typedef PlannedStmt *(*planner_hook_type)(Query *parse, const char *query_string, int cursorOptions,
										  ParamListInfo boundParams);
extern planner_hook_type planner_hook;

extern PlannedStmt *planner(Query *parse, const char *query_string, int cursorOptions, ParamListInfo boundParams);
extern PlannedStmt *standard_planner(Query *parse, const char *query_string, int cursorOptions,
									 ParamListInfo boundParams);

/* Relations (OIDs) and other objects (PlanInvalItem) that a plan for these rewritten Querys would depend on. */
extern void extract_query_dependencies(Node *query, List **relationOids, List **invalItems, bool *hasRowSecurity);

#endif /* PLANNER_H */
