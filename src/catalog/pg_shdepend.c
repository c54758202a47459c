/*
 * pg_shdepend.c
 *    Who refers to roles and tablespaces, across databases.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_shdepend.h"
#include "catalog/pg_tablespace.h"
#include "commands/dbcommands.h"
#include "commands/tablespace.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#define REPORT_MAX 100

/* Shared objects' own records have no database. */
static Oid
database_of(Oid classId)
{
	return IsSharedRelation(classId) ? InvalidOid : MyDatabaseId;
}

void
shdepLockAndCheckObject(Oid classId, Oid objectId)
{
	bool exists;

	LockSharedObject(classId, objectId, 0, AccessShareLock);
	switch (classId)
	{
		case AuthIdRelationId:
			exists = SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(objectId));
			if (!exists)
				ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role %u was concurrently dropped", objectId));
			break;
		case TableSpaceRelationId:
			if (get_tablespace_name(objectId) == NULL)
				ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("tablespace %u was concurrently dropped", objectId));
			break;
		case DatabaseRelationId:
			if (get_database_name(objectId) == NULL)
				ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("database %u was concurrently dropped", objectId));
			break;
		default:
			elog(ERROR, "unrecognized shared classId: %u", classId);
	}
}

static void
insert_record(Relation rel, Oid classId, Oid objectId, int32 subId, Oid refClass, Oid refId, SharedDependencyType type)
{
	Datum values[Natts_pg_shdepend];
	bool nulls[Natts_pg_shdepend] = {false};
	HeapTuple tuple;

	if (IsPinnedObject(refClass, refId))
		return;
	shdepLockAndCheckObject(refClass, refId);
	values[Anum_pg_shdepend_dbid - 1] = ObjectIdGetDatum(database_of(classId));
	values[Anum_pg_shdepend_classid - 1] = ObjectIdGetDatum(classId);
	values[Anum_pg_shdepend_objid - 1] = ObjectIdGetDatum(objectId);
	values[Anum_pg_shdepend_objsubid - 1] = Int32GetDatum(subId);
	values[Anum_pg_shdepend_refclassid - 1] = ObjectIdGetDatum(refClass);
	values[Anum_pg_shdepend_refobjid - 1] = ObjectIdGetDatum(refId);
	values[Anum_pg_shdepend_deptype - 1] = CharGetDatum((char) type);
	tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
	CatalogTupleInsert(rel, tuple);
	heap_freetuple(tuple);
}

/* Deletes records of a depender. subId < 0: of all its columns too; refclass, refobj, deptype 0: any. */
static void
delete_records(Relation rel, Oid classId, Oid objectId, int32 subId, Oid refClass, Oid refId, char deptype)
{
	ScanKeyData keys[4];
	int nkeys = 3;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], Anum_pg_shdepend_dbid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(database_of(classId)));
	ScanKeyInit(&keys[1], Anum_pg_shdepend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(classId));
	ScanKeyInit(&keys[2], Anum_pg_shdepend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(objectId));
	if (subId >= 0)
		ScanKeyInit(&keys[nkeys++], Anum_pg_shdepend_objsubid, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(subId));
	scan = systable_beginscan(rel, SharedDependDependerIndexId, true, NULL, nkeys, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_shdepend dep = (Form_pg_shdepend) GETSTRUCT(tuple);

		if ((refClass && dep->refclassid != refClass) || (refId && dep->refobjid != refId) || (deptype && dep->deptype != deptype))
			continue;
		CatalogTupleDelete(rel, &tuple->t_self);
	}
	systable_endscan(scan);
}

void
recordSharedDependencyOn(ObjectAddress *depender, ObjectAddress *referenced, SharedDependencyType deptype)
{
	Relation rel;

	if (IsBootstrapProcessingMode() || IsPinnedObject(referenced->classId, referenced->objectId))
		return;
	rel = table_open(SharedDependRelationId, RowExclusiveLock);
	insert_record(rel, depender->classId, depender->objectId, depender->objectSubId, referenced->classId, referenced->objectId, deptype);
	table_close(rel, RowExclusiveLock);
}

void
deleteSharedDependencyRecordsFor(Oid classId, Oid objectId, int32 objectSubId)
{
	Relation rel = table_open(SharedDependRelationId, RowExclusiveLock);

	delete_records(rel, classId, objectId, objectSubId == 0 ? -1 : objectSubId, InvalidOid, InvalidOid, 0);
	table_close(rel, RowExclusiveLock);
}

void
recordDependencyOnOwner(Oid classId, Oid objectId, Oid owner)
{
	ObjectAddress self = {classId, objectId, 0};
	ObjectAddress role = {AuthIdRelationId, owner, 0};

	recordSharedDependencyOn(&self, &role, SHARED_DEPENDENCY_OWNER);
}

static void
change_record(Oid classId, Oid objectId, Oid refClass, Oid newRef, SharedDependencyType type)
{
	Relation rel = table_open(SharedDependRelationId, RowExclusiveLock);

	delete_records(rel, classId, objectId, 0, refClass, InvalidOid, (char) type);
	if (OidIsValid(newRef))
		insert_record(rel, classId, objectId, 0, refClass, newRef, type);
	table_close(rel, RowExclusiveLock);
}

void
changeDependencyOnOwner(Oid classId, Oid objectId, Oid newOwnerId)
{
	Relation rel;

	change_record(classId, objectId, AuthIdRelationId, newOwnerId, SHARED_DEPENDENCY_OWNER);
	/* an owner's rights are not recorded as granted ones */
	rel = table_open(SharedDependRelationId, RowExclusiveLock);
	delete_records(rel, classId, objectId, 0, AuthIdRelationId, newOwnerId, SHARED_DEPENDENCY_ACL);
	table_close(rel, RowExclusiveLock);
}

void
recordDependencyOnTablespace(Oid classId, Oid objectId, Oid tablespace)
{
	ObjectAddress self = {classId, objectId, 0};
	ObjectAddress spc = {TableSpaceRelationId, tablespace, 0};

	recordSharedDependencyOn(&self, &spc, SHARED_DEPENDENCY_TABLESPACE);
}

void
changeDependencyOnTablespace(Oid classId, Oid objectId, Oid newTablespaceId)
{
	if (newTablespaceId == DEFAULTTABLESPACE_OID || newTablespaceId == InvalidOid)
		newTablespaceId = InvalidOid;
	change_record(classId, objectId, TableSpaceRelationId, newTablespaceId, SHARED_DEPENDENCY_TABLESPACE);
}

static bool
is_member(Oid role, int n, const Oid *members)
{
	for (int i = 0; i < n; i++)
	{
		if (members[i] == role)
			return true;
	}
	return false;
}

void
updateAclDependencies(Oid classId, Oid objectId, int32 objsubId, Oid ownerId, int noldmembers, Oid *oldmembers, int nnewmembers,
					  Oid *newmembers)
{
	Relation rel;

	if (noldmembers == 0 && nnewmembers == 0)
		return;
	rel = table_open(SharedDependRelationId, RowExclusiveLock);
	for (int i = 0; i < nnewmembers; i++)
	{
		if (newmembers[i] != ownerId && !is_member(newmembers[i], noldmembers, oldmembers))
			insert_record(rel, classId, objectId, objsubId, AuthIdRelationId, newmembers[i], SHARED_DEPENDENCY_ACL);
	}
	for (int i = 0; i < noldmembers; i++)
	{
		if (oldmembers[i] != ownerId && !is_member(oldmembers[i], nnewmembers, newmembers))
			delete_records(rel, classId, objectId, objsubId, AuthIdRelationId, oldmembers[i], SHARED_DEPENDENCY_ACL);
	}
	table_close(rel, RowExclusiveLock);
}

/* ---- what would be left behind ----------------------------------------------------------------------------------------------------- */
static void
append_line(StringInfo buf, const char *line)
{
	if (buf->len > 0)
		appendStringInfoChar(buf, '\n');
	appendStringInfoString(buf, line);
}

static char *
describe_record(Form_pg_shdepend dep)
{
	ObjectAddress object = {dep->classid, dep->objid, dep->objsubid};
	char *what = getObjectDescription(&object, true);

	if (what == NULL)
		return NULL;
	switch (dep->deptype)
	{
		case SHARED_DEPENDENCY_OWNER:
			return psprintf("owner of %s", what);
		case SHARED_DEPENDENCY_ACL:
			return psprintf("privileges for %s", what);
		case SHARED_DEPENDENCY_POLICY:
			return psprintf("target of %s", what);
		case SHARED_DEPENDENCY_TABLESPACE:
			return psprintf("tablespace for %s", what);
	}
	return what;
}

bool
checkSharedDependencies(Oid classId, Oid objectId, char **detail_msg, char **detail_log_msg)
{
	Relation rel = table_open(SharedDependRelationId, AccessShareLock);
	StringInfoData detail;
	List *databases = NIL;
	List *counts = NIL;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;
	ListCell *db;
	ListCell *count;

	initStringInfo(&detail);
	ScanKeyInit(&keys[0], Anum_pg_shdepend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(classId));
	ScanKeyInit(&keys[1], Anum_pg_shdepend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(objectId));
	scan = systable_beginscan(rel, SharedDependReferenceIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_shdepend dep = (Form_pg_shdepend) GETSTRUCT(tuple);

		if (dep->dbid == MyDatabaseId || dep->dbid == InvalidOid)
		{
			char *line = describe_record(dep);

			if (line)
				append_line(&detail, line);
			continue;
		}
		/* in other databases objects can only be counted */
		if (!list_member_oid(databases, dep->dbid))
		{
			databases = lappend_oid(databases, dep->dbid);
			counts = lappend_int(counts, 1);
		}
		else
		{
			forboth(db, databases, count, counts)
			{
				if (lfirst_oid(db) == dep->dbid)
					lfirst_int(count)++;
			}
		}
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	forboth(db, databases, count, counts)
	{
		append_line(&detail, psprintf(ngettext("%d object in %s", "%d objects in %s", lfirst_int(count)), lfirst_int(count),
									  getObjectDescriptionOids(DatabaseRelationId, lfirst_oid(db))));
	}
	if (detail.len == 0)
	{
		*detail_msg = *detail_log_msg = NULL;
		return false;
	}
	*detail_msg = detail.data;
	*detail_log_msg = pstrdup(detail.data);
	return true;
}

/* ---- databases --------------------------------------------------------------------------------------------------------------------------- */
static void
each_of_database(Oid dbid, void (*visit)(Relation rel, HeapTuple tuple, Oid arg), Oid arg)
{
	Relation rel = table_open(SharedDependRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_shdepend_dbid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(dbid));
	scan = systable_beginscan(rel, SharedDependDependerIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		visit(rel, tuple, arg);
	systable_endscan(scan);
	table_close(rel, RowExclusiveLock);
}

static void
copy_to(Relation rel, HeapTuple tuple, Oid new_db)
{
	HeapTuple copy = heap_copytuple(tuple);

	((Form_pg_shdepend) GETSTRUCT(copy))->dbid = new_db;
	CatalogTupleInsert(rel, copy);
	heap_freetuple(copy);
}

void
copyTemplateDependencies(Oid templateDbId, Oid newDbId)
{
	each_of_database(templateDbId, copy_to, newDbId);
}

static void
delete_it(Relation rel, HeapTuple tuple, Oid ignored)
{
	CatalogTupleDelete(rel, &tuple->t_self);
}

void
dropDatabaseDependencies(Oid databaseId)
{
	each_of_database(databaseId, delete_it, InvalidOid);
	deleteSharedDependencyRecordsFor(DatabaseRelationId, databaseId, 0);
}

void
shdepDropOwned(List *relids, DropBehavior behavior)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("DROP OWNED is not supported"));
}

void
shdepReassignOwned(List *relids, Oid newrole)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("REASSIGN OWNED is not supported"));
}
