/*
 * index.h (catalog)
 *    Catalog side of indexes: creating, building, dropping, rebuilding.
 */
#ifndef CATALOG_INDEX_H
#define CATALOG_INDEX_H

#include "catalog/objectaddress.h"
#include "nodes/execnodes.h"
#include "utils/snapshot.h"

#define DEFAULT_INDEX_TYPE "btree"

typedef enum
{
	INDEX_CREATE_SET_READY,
	INDEX_CREATE_SET_VALID,
	INDEX_DROP_CLEAR_VALID,
	INDEX_DROP_SET_DEAD
} IndexStateFlagsAction;

#define REINDEXOPT_VERBOSE 0x01
#define REINDEXOPT_REPORT_PROGRESS 0x02
#define REINDEXOPT_MISSING_OK 0x04
#define REINDEXOPT_CONCURRENTLY 0x08
typedef struct ReindexParams
{
	bits32 options;
	Oid tablespaceOid;
} ReindexParams;

#define INDEX_CREATE_IS_PRIMARY (1 << 0)
#define INDEX_CREATE_ADD_CONSTRAINT (1 << 1)
#define INDEX_CREATE_SKIP_BUILD (1 << 2)
#define INDEX_CREATE_CONCURRENT (1 << 3)
#define INDEX_CREATE_IF_NOT_EXISTS (1 << 4)
#define INDEX_CREATE_PARTITIONED (1 << 5)
#define INDEX_CREATE_INVALID (1 << 6)

#define INDEX_CONSTR_CREATE_MARK_AS_PRIMARY (1 << 0)
#define INDEX_CONSTR_CREATE_DEFERRABLE (1 << 1)
#define INDEX_CONSTR_CREATE_INIT_DEFERRED (1 << 2)
#define INDEX_CONSTR_CREATE_UPDATE_INDEX (1 << 3)
#define INDEX_CONSTR_CREATE_REMOVE_OLD_DEPS (1 << 4)

#define REINDEX_REL_PROCESS_TOAST 0x01
#define REINDEX_REL_SUPPRESS_INDEX_USE 0x02
#define REINDEX_REL_CHECK_CONSTRAINTS 0x04

extern Oid index_create(Relation heapRelation, const char *indexRelationName, Oid indexRelationId, Oid parentIndexRelid,
						Oid parentConstraintId, Oid relFileNode, IndexInfo *indexInfo, List *indexColNames,
						Oid accessMethodObjectId, Oid tableSpaceId, Oid *collationObjectId, Oid *classObjectId,
						int16 *coloptions, Datum reloptions, bits16 flags, bits16 constr_flags,
						bool allow_system_table_mods, bool is_internal, Oid *constraintId);
extern ObjectAddress index_constraint_create(Relation heapRelation, Oid indexRelationId, Oid parentConstraintId,
											 IndexInfo *indexInfo, const char *constraintName, char constraintType,
											 bits16 constr_flags, bool allow_system_table_mods, bool is_internal);
extern void index_drop(Oid indexId, bool concurrent, bool concurrent_lock_mode);
extern IndexInfo *BuildIndexInfo(Relation index);
extern IndexInfo *BuildDummyIndexInfo(Relation index);
extern void BuildSpeculativeIndexInfo(Relation index, IndexInfo *ii);
/* Fills the empty index from the table and marks both in pg_class. */
extern void index_build(Relation heapRelation, Relation indexRelation, IndexInfo *indexInfo, bool isreindex,
						bool parallel);
extern void index_set_state_flags(Oid indexId, IndexStateFlagsAction action);
extern Oid IndexGetRelation(Oid indexId, bool missing_ok);
extern void reindex_index(Oid indexId, bool skip_constraint_checks, char relpersistence, ReindexParams *params);
extern bool reindex_relation(Oid relid, int flags, ReindexParams *params);
extern bool ReindexIsProcessingHeap(Oid heapOid);
extern bool ReindexIsProcessingIndex(Oid indexOid);
extern void ResetReindexState(int nestLevel);
extern void validate_index(Oid heapId, Oid indexId, Snapshot snapshot);
/* relhasindex, relpages, reltuples of a table or index just built. */
extern void index_update_stats(Relation rel, bool hasindex, double reltuples);

#endif /* CATALOG_INDEX_H */
