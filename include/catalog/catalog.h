/*
 * catalog.h
 *    What is a system catalog; new OIDs and file numbers; paths of databases.
 */
#ifndef CATALOG_H
#define CATALOG_H

#include "catalog/pg_class.h"
#include "utils/relcache.h"

/* OIDs: hand-given below 10000, given at bootstrap below 16384; objects below 12000 are pinned. */
#ifndef FirstGenbkiObjectId
#define FirstGenbkiObjectId 10000
#define FirstUnpinnedObjectId 12000
#define FirstNormalObjectId 16384
#endif

extern bool IsSystemRelation(Relation relation);
extern bool IsToastRelation(Relation relation);
extern bool IsCatalogRelation(Relation relation);
extern bool IsSystemClass(Oid relid, Form_pg_class reltuple);
extern bool IsToastClass(Form_pg_class reltuple);
extern bool IsCatalogRelationOid(Oid relid);
extern bool IsCatalogNamespace(Oid namespaceId);
extern bool IsToastNamespace(Oid namespaceId);
extern bool IsReservedName(const char *name);
extern bool IsSharedRelation(Oid relationId);
extern bool IsPinnedObject(Oid classId, Oid objectId);
/* An OID that no row of the catalog has in that column, by its unique index. */
extern Oid GetNewOidWithIndex(Relation relation, Oid indexId, AttrNumber oidcolumn);
/* An OID for which no storage file exists (and, if pg_class is given, no row there). */
extern Oid GetNewRelFileNode(Oid reltablespace, Relation pg_class, char relpersistence);

#endif /* CATALOG_H */
