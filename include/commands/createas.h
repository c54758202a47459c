/*
 * commands/createas.h
 *    CREATE TABLE AS, SELECT INTO.
 */
#ifndef CREATEAS_H
#define CREATEAS_H

#include "access/htup.h"
#include "catalog/objectaddress.h"
#include "nodes/execnodes.h"
#include "nodes/params.h"
#include "parser/parse_node.h"
#include "tcop/dest.h"

extern ObjectAddress ExecCreateTableAs(ParseState *pstate, CreateTableAsStmt *stmt, ParamListInfo params,
									   QueryEnvironment *queryEnv, QueryCompletion *qc);
/* A receiver that makes the table at its start and inserts what it gets. */
extern DestReceiver *CreateIntoRelDestReceiver(struct IntoClause *intoClause);
extern bool CreateTableAsRelExists(CreateTableAsStmt *ctas);

#endif /* CREATEAS_H */
