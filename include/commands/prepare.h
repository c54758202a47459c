/*
 * commands/prepare.h
 *    PREPARE, EXECUTE, DEALLOCATE. Storage of prepared statements by name is declared in utils/plancache.h.
 */
#ifndef PREPARE_H
#define PREPARE_H

#include "commands/explain.h"
#include "parser/parse_node.h"
#include "utils/plancache.h"

extern void PrepareQuery(ParseState *pstate, PrepareStmt *stmt, int stmt_location, int stmt_len);
struct IntoClause;
extern void ExecuteQuery(ParseState *pstate, ExecuteStmt *stmt, struct IntoClause *intoClause, ParamListInfo params,
						 DestReceiver *dest, QueryCompletion *qc);
extern void DeallocateQuery(DeallocateStmt *stmt);
extern void ExplainExecuteQuery(ExecuteStmt *execstmt, struct IntoClause *into, ExplainState *es,
								const char *queryString, ParamListInfo params, QueryEnvironment *queryEnv);

#endif /* PREPARE_H */
