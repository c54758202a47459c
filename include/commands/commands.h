/*
 * commands.h
 *    Commands too small for a header of their own.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "catalog/objectaddress.h"
#include "parser/parse_node.h"

/* schemacmds.c */
extern Oid CreateSchemaCommand(CreateSchemaStmt *parsetree, const char *queryString, int stmt_location, int stmt_len);
extern ObjectAddress RenameSchema(const char *oldname, const char *newname);
extern ObjectAddress AlterSchemaOwner(const char *name, Oid newOwnerId);
/* lockcmds.c, discard.c */
extern void LockTableCommand(LockStmt *lockstmt);
extern void DiscardCommand(DiscardStmt *stmt, bool isTopLevel);
/* alter.c */
extern ObjectAddress ExecRenameStmt(RenameStmt *stmt);
extern ObjectAddress ExecAlterObjectSchemaStmt(AlterObjectSchemaStmt *stmt);
extern ObjectAddress ExecAlterOwnerStmt(AlterOwnerStmt *stmt);
/* dropcmds.c */
extern void RemoveObjects(DropStmt *stmt);
/* create_table.c, indexcmds.c: statements as they come from the parser, with all they imply */
extern void create_table_execute(CreateStmt *stmt, const char *queryString);
extern void create_index_execute(IndexStmt *stmt, const char *queryString, bool isTopLevel);

#endif /* COMMANDS_H */
