/*
 * relcache.h
 *    The relation cache: one RelationData per relation known to this process.
 *
 * RelationIdGetRelation() gives a counted reference (recorded in CurrentResourceOwner) and takes no lock: callers hold one.
 * What is found inside stays valid while a reference *and* a lock are held; without a lock a change by another backend may
 * rebuild the entry in place when invalidations are read.
 */
#ifndef RELCACHE_H
#define RELCACHE_H

#include "access/tupdesc.h"
#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"

typedef struct RelationData *Relation;
typedef Relation *RelationPtr;

extern Relation RelationIdGetRelation(Oid relationId);
extern void RelationClose(Relation relation);
extern void RelationIncrementReferenceCount(Relation rel);
extern void RelationDecrementReferenceCount(Relation rel);

/* Lists are copies in the caller's context: OIDs of indexes (sorted by OID), of foreign keys (ForeignKeyCacheInfo). */
extern List *RelationGetIndexList(Relation relation);
extern List *RelationGetFKeyList(Relation relation);
extern Oid RelationGetPrimaryKeyIndex(Relation relation);
extern Oid RelationGetReplicaIndex(Relation relation);
extern List *RelationGetStatExtList(Relation relation);
extern List *RelationGetIndexExpressions(Relation relation);
extern List *RelationGetDummyIndexExpressions(Relation relation);
extern List *RelationGetIndexPredicate(Relation relation);
extern bytea **RelationGetIndexAttOptions(Relation relation, bool copy);

typedef enum IndexAttrBitmapKind
{
	INDEX_ATTR_BITMAP_ALL,
	INDEX_ATTR_BITMAP_KEY,
	INDEX_ATTR_BITMAP_PRIMARY_KEY,
	INDEX_ATTR_BITMAP_IDENTITY_KEY
} IndexAttrBitmapKind;
/* Attribute numbers, offset by FirstLowInvalidHeapAttributeNumber, that any (or the named) index uses. A copy. */
extern Bitmapset *RelationGetIndexAttrBitmap(Relation relation, IndexAttrBitmapKind attrKind);

extern void RelationInitIndexAccessInfo(Relation relation);
struct CookedConstraintList;
extern int errtable(Relation rel);
extern int errtablecol(Relation rel, int attnum);
extern int errtablecolname(Relation rel, const char *colname);
extern int errtableconstraint(Relation rel, const char *conname);

extern void RelationCacheInitialize(void);
extern void RelationCacheInitializePhase2(void);
extern void RelationCacheInitializePhase3(void);

/* An entry for a relation being created in this transaction; the catalog rows follow. Referenced once. */
extern Relation RelationBuildLocalRelation(const char *relname, Oid relnamespace, TupleDesc tupDesc, Oid relid,
										   Oid accessmtd, Oid relfilenode, Oid reltablespace, bool shared_relation,
										   bool mapped_relation, char relpersistence, char relkind);
/* New, empty storage; the old file goes when the transaction commits. */
extern void RelationSetNewRelfilenode(Relation relation, char persistence);
extern void RelationAssumeNewRelfilenode(Relation relation);

extern void RelationForgetRelation(Oid rid);
extern void RelationCacheInvalidateEntry(Oid relationId);
extern void RelationCacheInvalidate(bool debug_discard);
extern void RelationCloseSmgrByOid(Oid relationId);
extern void AtEOXact_RelationCache(bool isCommit);
extern void AtEOSubXact_RelationCache(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid);
extern bool RelationIdIsInInitFile(Oid relationId);
extern void RelationCacheInitFilePreInvalidate(void);
extern void RelationCacheInitFilePostInvalidate(void);
extern void RelationCacheInitFileRemove(void);

extern bool criticalRelcachesBuilt;
extern bool criticalSharedRelcachesBuilt;

#endif /* RELCACHE_H */
