/*
 * comment.c
 *    COMMENT ON.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_description.h"
#include "catalog/pg_shdescription.h"
#include "catalog/pg_tablespace.h"
#include "commands/comment.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

/* Both catalogs are alike: keys first, then the text. */
static void
store_comment(Oid catalog, Oid index, int nkeys, Datum *keys, const char *comment)
{
	Relation rel = table_open(catalog, RowExclusiveLock);
	static const RegProcedure equality[] = {F_OIDEQ, F_OIDEQ, F_INT4EQ};
	ScanKeyData skeys[3];
	Datum values[4];
	bool nulls[4] = {false};
	SysScanDesc scan;
	HeapTuple old;

	for (int i = 0; i < nkeys; i++)
	{
		ScanKeyInit(&skeys[i], i + 1, BTEqualStrategyNumber, equality[i], keys[i]);
		values[i] = keys[i];
	}
	scan = systable_beginscan(rel, index, true, NULL, nkeys, skeys);
	old = systable_getnext(scan);
	/* an empty comment is none */
	if (comment == NULL || comment[0] == '\0')
	{
		if (HeapTupleIsValid(old))
			CatalogTupleDelete(rel, &old->t_self);
	}
	else
	{
		HeapTuple tuple;

		values[nkeys] = CStringGetTextDatum(comment);
		tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
		if (HeapTupleIsValid(old))
			CatalogTupleUpdate(rel, &old->t_self, tuple);
		else
			CatalogTupleInsert(rel, tuple);
		heap_freetuple(tuple);
	}
	systable_endscan(scan);
	table_close(rel, NoLock);
}

void
CreateComments(Oid oid, Oid classoid, int32 subid, const char *comment)
{
	Datum keys[] = {ObjectIdGetDatum(oid), ObjectIdGetDatum(classoid), Int32GetDatum(subid)};

	store_comment(DescriptionRelationId, DescriptionObjIndexId, 3, keys, comment);
}

void
CreateSharedComments(Oid oid, Oid classoid, const char *comment)
{
	Datum keys[] = {ObjectIdGetDatum(oid), ObjectIdGetDatum(classoid)};

	store_comment(SharedDescriptionRelationId, SharedDescriptionObjIndexId, 2, keys, comment);
}

void
DeleteSharedComments(Oid oid, Oid classoid)
{
	CreateSharedComments(oid, classoid, NULL);
}

void
DeleteComments(Oid oid, Oid classoid, int32 subid)
{
	Relation rel = table_open(DescriptionRelationId, RowExclusiveLock);
	ScanKeyData keys[3];
	int nkeys = 2;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], Anum_pg_description_objoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
	ScanKeyInit(&keys[1], Anum_pg_description_classoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(classoid));
	if (subid != 0)
		ScanKeyInit(&keys[nkeys++], Anum_pg_description_objsubid, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(subid));
	scan = systable_beginscan(rel, DescriptionObjIndexId, true, NULL, nkeys, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		CatalogTupleDelete(rel, &tuple->t_self);
	systable_endscan(scan);
	table_close(rel, RowExclusiveLock);
}

char *
GetComment(Oid oid, Oid classoid, int32 subid)
{
	Relation rel = table_open(DescriptionRelationId, AccessShareLock);
	ScanKeyData keys[3];
	SysScanDesc scan;
	HeapTuple tuple;
	char *comment = NULL;

	ScanKeyInit(&keys[0], Anum_pg_description_objoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
	ScanKeyInit(&keys[1], Anum_pg_description_classoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(classoid));
	ScanKeyInit(&keys[2], Anum_pg_description_objsubid, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(subid));
	scan = systable_beginscan(rel, DescriptionObjIndexId, true, NULL, 3, keys);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool isnull;
		Datum value = heap_getattr(tuple, Anum_pg_description_description, RelationGetDescr(rel), &isnull);

		comment = isnull ? NULL : TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return comment;
}

ObjectAddress
CommentObject(CommentStmt *stmt)
{
	Relation relation;
	ObjectAddress address;

	if (stmt->objtype == OBJECT_DATABASE && !OidIsValid(get_database_oid(strVal(stmt->object), true)))
	{
		/* dumps may be restored into a database of another name */
		ereport(WARNING, errcode(ERRCODE_UNDEFINED_DATABASE), errmsg("database \"%s\" does not exist", strVal(stmt->object)));
		return InvalidObjectAddress;
	}
	address = get_object_address(stmt->objtype, stmt->object, &relation, ShareUpdateExclusiveLock, false);
	check_object_ownership(GetUserId(), stmt->objtype, address, stmt->object, relation);
	if (stmt->objtype == OBJECT_COLUMN && relation->rd_rel->relkind == RELKIND_INDEX)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot set comment on relation \"%s\"", RelationGetRelationName(relation)),
				errdetail_relkind_not_supported(relation->rd_rel->relkind));
	if (address.classId == DatabaseRelationId || address.classId == TableSpaceRelationId || address.classId == AuthIdRelationId)
		CreateSharedComments(address.objectId, address.classId, stmt->comment);
	else
		CreateComments(address.objectId, address.classId, address.objectSubId, stmt->comment);
	if (relation != NULL)
		relation_close(relation, NoLock);
	return address;
}
