/*
 * commands/explain.h
 *    EXPLAIN.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "executor/executor.h"
#include "lib/stringinfo.h"
#include "parser/parse_node.h"

typedef enum ExplainFormat
{
	EXPLAIN_FORMAT_TEXT,
	EXPLAIN_FORMAT_XML,
	EXPLAIN_FORMAT_JSON,
	EXPLAIN_FORMAT_YAML
} ExplainFormat;

typedef struct ExplainState
{
	StringInfo str;
	bool verbose;
	bool analyze;
	bool costs;
	bool buffers;
	bool wal;
	bool timing;
	bool summary;
	bool settings;
	ExplainFormat format;
	int indent;
	List *grouping_stack;
	PlannedStmt *pstmt;
	List *rtable;
	List *rtable_names;
	List *deparse_cxt;
	Bitmapset *printed_subplans;
} ExplainState;

extern void ExplainQuery(ParseState *pstate, ExplainStmt *stmt, ParamListInfo params, DestReceiver *dest);
extern ExplainState *NewExplainState(void);
extern void explain_one_utility(Node *utilityStmt, struct IntoClause *into, ExplainState *es, const char *queryString,
								ParamListInfo params, QueryEnvironment *queryEnv);
extern TupleDesc ExplainResultDesc(ExplainStmt *stmt);
extern void ExplainOnePlan(PlannedStmt *plannedstmt, struct IntoClause *into, ExplainState *es,
						   const char *queryString, ParamListInfo params, QueryEnvironment *queryEnv,
						   double planning_ms);

#endif /* EXPLAIN_H */
