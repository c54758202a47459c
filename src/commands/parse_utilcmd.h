/*
 * parse_utilcmd.h
 *    Analysis of CREATE TABLE, CREATE INDEX, ALTER TABLE: what they imply, spelled out.
 */
#ifndef PARSE_UTILCMD_H
#define PARSE_UTILCMD_H

#include "parser/parse_node.h"

/* Statements to run before, the CreateStmt itself, statements to run after. */
extern List *transformCreateStmt(CreateStmt *stmt, const char *queryString);
extern IndexStmt *transformIndexStmt(Oid relid, IndexStmt *stmt, const char *queryString);
extern AlterTableStmt *transformAlterTableStmt(Oid relid, AlterTableStmt *stmt, const char *queryString, List **beforeStmts, List **afterStmts);
/* Runs one of those statements. */
extern void utilcmd_run(Node *stmt, Oid relid, const char *queryString);

#endif /* PARSE_UTILCMD_H */
