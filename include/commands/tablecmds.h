/*
 * tablecmds.h
 *    CREATE, ALTER, DROP, TRUNCATE of tables and what is like them.
 */
#ifndef TABLECMDS_H
#define TABLECMDS_H

#include "access/htup.h"
#include "catalog/dependency.h"
#include "catalog/objectaddress.h"
#include "nodes/parsenodes.h"
#include "parser/parse_node.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"

struct AlterTableUtilityContext;

extern ObjectAddress DefineRelation(CreateStmt *stmt, char relkind, Oid ownerId, ObjectAddress *typaddress,
									const char *queryString);
/* A row type of ColumnDefs. */
extern TupleDesc BuildDescForRelation(List *schema);
extern void RemoveRelations(DropStmt *drop);
extern void ExecuteTruncate(TruncateStmt *stmt);
extern void ExecuteTruncateGuts(List *explicit_rels, List *relids, List *relids_logged, DropBehavior behavior,
								bool restart_seqs);
extern Oid AlterTableLookupRelation(AlterTableStmt *stmt, LOCKMODE lockmode);
extern void AlterTable(AlterTableStmt *stmt, LOCKMODE lockmode, const char *queryString);
extern LOCKMODE AlterTableGetLockLevel(List *cmds);
extern void AlterTableInternal(Oid relid, List *cmds, bool recurse);
extern ObjectAddress AlterTableNamespace(AlterObjectSchemaStmt *stmt, Oid *oldschema);
extern void AlterRelationNamespaceInternal(Relation classRel, Oid relOid, Oid oldNspOid, Oid newNspOid, bool hasDependEntry);
extern void ATExecChangeOwner(Oid relationOid, Oid newOwnerId, bool recursing, LOCKMODE lockmode);
extern ObjectAddress RenameRelation(RenameStmt *stmt);
extern void RenameRelationInternal(Oid myrelid, const char *newrelname, bool is_internal, bool is_index);
extern ObjectAddress renameatt(RenameStmt *stmt);
extern ObjectAddress RenameConstraint(RenameStmt *stmt);
/* 55006 when this session still uses the relation: open cursors, pending trigger events. */
extern void CheckTableNotInUse(Relation rel, const char *stmt);
extern void find_composite_type_dependencies(Oid typeOid, Relation origRelation, const char *origTypeName);
extern void check_of_type(HeapTuple typetuple);
extern void RangeVarCallbackOwnsTable(const RangeVar *relation, Oid relId, Oid oldRelId, void *arg);
extern void RangeVarCallbackOwnsRelation(const RangeVar *relation, Oid relId, Oid oldRelId, void *arg);
/* Whether the column type needs no table rewrite to become the other. */
extern void SetRelationHasSubclass(Oid relationId, bool relhassubclass);

/* ON COMMIT actions of temporary tables */
extern void register_on_commit_action(Oid relid, OnCommitAction action);
extern void remove_on_commit_action(Oid relid);
extern void PreCommit_on_commit_actions(void);
extern void AtEOXact_on_commit_actions(bool isCommit);
extern void AtEOSubXact_on_commit_actions(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid);

#endif /* TABLECMDS_H */
