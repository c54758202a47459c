/*
 * catalog.c
 *    What is a system catalog; new OIDs and file numbers.
 */
#include "postgres.h"

#include <sys/stat.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/catalog.h"
#include "catalog/catalog_data.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_largeobject.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_tablespace.h"
#include "common/relpath.h"
#include "miscadmin.h"
#include "storage/smgr.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

bool
IsSystemRelation(Relation relation)
{
	return IsSystemClass(RelationGetRelid(relation), relation->rd_rel);
}

bool
IsSystemClass(Oid relid, Form_pg_class reltuple)
{
	return IsCatalogRelationOid(relid) || IsToastClass(reltuple);
}

bool
IsCatalogRelation(Relation relation)
{
	return IsCatalogRelationOid(RelationGetRelid(relation));
}

/* True for catalogs, their indexes and TOAST tables; not for information_schema and the system views. */
bool
IsCatalogRelationOid(Oid relid)
{
	return relid < FirstUnpinnedObjectId;
}

bool
IsToastRelation(Relation relation)
{
	return IsToastNamespace(RelationGetNamespace(relation));
}

bool
IsToastClass(Form_pg_class reltuple)
{
	return IsToastNamespace(reltuple->relnamespace);
}

bool
IsCatalogNamespace(Oid namespaceId)
{
	return namespaceId == PG_CATALOG_NAMESPACE;
}

bool
IsToastNamespace(Oid namespaceId)
{
	return namespaceId == PG_TOAST_NAMESPACE || isTempToastNamespace(namespaceId);
}

bool
IsReservedName(const char *name)
{
	return strncmp(name, "pg_", 3) == 0;
}

bool
IsSharedRelation(Oid relationId)
{
	const CatalogRelation *relation = catalog_relation_by_oid(relationId);
	const CatalogIndex *index;

	if (relation != NULL)
		return relation->shared;
	if ((index = catalog_index_by_oid(relationId)) != NULL)
		return index->shared;
	relation = catalog_relation_by_toast_oid(relationId);
	return relation != NULL && relation->shared;
}

/* Built-in objects are not recorded in pg_depend and cannot be dropped; the exceptions are things users may want to drop. */
bool
IsPinnedObject(Oid classId, Oid objectId)
{
	if (objectId >= FirstUnpinnedObjectId)
		return false;
	if (classId == LargeObjectRelationId)
		return false;
	if (classId == NamespaceRelationId && objectId == PG_PUBLIC_NAMESPACE)
		return false;
	if (classId == DatabaseRelationId)
		return false;
	return true;
}

Oid
GetNewOidWithIndex(Relation relation, Oid indexId, AttrNumber oidcolumn)
{
	if (IsBootstrapProcessingMode())
		return GetNewObjectId();
	for (;;)
	{
		Oid oid = GetNewObjectId();
		ScanKeyData key;
		SysScanDesc scan;
		bool collides;
		SnapshotData dirty;

		CHECK_FOR_INTERRUPTS();
		/* Rows of transactions in progress count as well. */
		InitDirtySnapshot(dirty);
		ScanKeyInit(&key, oidcolumn, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
		scan = systable_beginscan(relation, indexId, true, &dirty, 1, &key);
		collides = HeapTupleIsValid(systable_getnext(scan));
		systable_endscan(scan);
		if (!collides)
			return oid;
	}
}

Oid
GetNewRelFileNode(Oid reltablespace, Relation pg_class, char relpersistence)
{
	RelFileNodeBackend rnode;

	rnode.backend = relpersistence == RELPERSISTENCE_TEMP ? BackendIdForTempRelations() : InvalidBackendId;
	rnode.node.spcNode = reltablespace ? reltablespace : MyDatabaseTableSpace;
	rnode.node.dbNode = rnode.node.spcNode == GLOBALTABLESPACE_OID ? InvalidOid : MyDatabaseId;
	for (;;)
	{
		SMgrRelation smgr;

		CHECK_FOR_INTERRUPTS();
		rnode.node.relNode = pg_class ? GetNewOidWithIndex(pg_class, ClassOidIndexId, Anum_pg_class_oid) : GetNewObjectId();
		smgr = smgropen(rnode.node, rnode.backend);
		if (!smgrexists(smgr, MAIN_FORKNUM))
		{
			smgrclose(smgr);
			return rnode.node.relNode;
		}
		smgrclose(smgr);
	}
}

int
errdetail_relkind_not_supported(char relkind)
{
	switch (relkind)
	{
		case RELKIND_RELATION:
			return errdetail("This operation is not supported for tables.");
		case RELKIND_INDEX:
			return errdetail("This operation is not supported for indexes.");
		case RELKIND_SEQUENCE:
			return errdetail("This operation is not supported for sequences.");
		case RELKIND_TOASTVALUE:
			return errdetail("This operation is not supported for TOAST tables.");
		case RELKIND_VIEW:
			return errdetail("This operation is not supported for views.");
		case RELKIND_MATVIEW:
			return errdetail("This operation is not supported for materialized views.");
		case RELKIND_COMPOSITE_TYPE:
			return errdetail("This operation is not supported for composite types.");
		case RELKIND_FOREIGN_TABLE:
			return errdetail("This operation is not supported for foreign tables.");
		case RELKIND_PARTITIONED_TABLE:
			return errdetail("This operation is not supported for partitioned tables.");
		case RELKIND_PARTITIONED_INDEX:
			return errdetail("This operation is not supported for partitioned indexes.");
		default:
			elog(ERROR, "unrecognized relkind: '%c'", relkind);
	}
	return 0;
}
