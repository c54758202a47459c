/*
 * pg_namespace.c
 *    Rows of pg_namespace.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace_private.h"
#include "catalog/pg_namespace.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/syscache.h"

Oid
NamespaceCreate(const char *nspName, Oid ownerId, bool isTemp)
{
	Relation rel;
	Datum values[Natts_pg_namespace];
	bool nulls[Natts_pg_namespace] = {false};
	Acl *acl = isTemp ? NULL : get_user_default_acl(OBJECT_SCHEMA, ownerId, InvalidOid);
	NameData name;
	HeapTuple tuple;
	Oid oid;

	if (SearchSysCacheExists1(NAMESPACENAME, CStringGetDatum(nspName)))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_SCHEMA), errmsg("schema \"%s\" already exists", nspName));
	rel = table_open(NamespaceRelationId, RowExclusiveLock);
	oid = GetNewOidWithIndex(rel, NamespaceOidIndexId, Anum_pg_namespace_oid);
	namestrcpy(&name, nspName);
	values[Anum_pg_namespace_oid - 1] = ObjectIdGetDatum(oid);
	values[Anum_pg_namespace_nspname - 1] = NameGetDatum(&name);
	values[Anum_pg_namespace_nspowner - 1] = ObjectIdGetDatum(ownerId);
	values[Anum_pg_namespace_nspacl - 1] = PointerGetDatum(acl);
	nulls[Anum_pg_namespace_nspacl - 1] = acl == NULL;
	tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
	CatalogTupleInsert(rel, tuple);
	heap_freetuple(tuple);
	table_close(rel, RowExclusiveLock);
	recordDependencyOnOwner(NamespaceRelationId, oid, ownerId);
	recordDependencyOnNewAcl(NamespaceRelationId, oid, 0, ownerId, acl);
	return oid;
}
