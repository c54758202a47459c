/*
 * setting_commands.c
 *    Settings of databases and roles.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_db_role_setting.h"
#include "commands/setting_commands.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/rel.h"

static ArrayType *
changed_settings(ArrayType *old, VariableSetStmt *stmt)
{
	if (stmt->kind == VAR_RESET_ALL)
		return old ? GUCArrayReset(old) : NULL;
	if (stmt->kind == VAR_SET_DEFAULT || stmt->kind == VAR_RESET)
		return old ? GUCArrayDelete(old, stmt->name) : NULL;
	if (stmt->kind == VAR_SET_CURRENT)
		return GUCArrayAdd(old, stmt->name, GetConfigOptionByName(stmt->name, NULL, false));
	return GUCArrayAdd(old, stmt->name, ExtractSetVariableArgs(stmt));
}

void
setting_alter(Oid databaseid, Oid roleid, VariableSetStmt *setstmt)
{
	Relation rel = table_open(DbRoleSettingRelationId, RowExclusiveLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;
	ArrayType *settings = NULL;
	Datum values[Natts_pg_db_role_setting] = {ObjectIdGetDatum(databaseid), ObjectIdGetDatum(roleid)};
	bool nulls[Natts_pg_db_role_setting] = {false};

	ScanKeyInit(&keys[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(databaseid));
	ScanKeyInit(&keys[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(roleid));
	scan = systable_beginscan(rel, DbRoleSettingDatidRolidIndexId, true, NULL, 2, keys);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool isnull;
		Datum datum = heap_getattr(tuple, Anum_pg_db_role_setting_setconfig, RelationGetDescr(rel), &isnull);

		settings = isnull ? NULL : DatumGetArrayTypePCopy(datum);
	}
	settings = changed_settings(settings, setstmt);
	if (settings == NULL)
	{
		if (HeapTupleIsValid(tuple))
			CatalogTupleDelete(rel, &tuple->t_self);
	}
	else
	{
		HeapTuple newtuple;

		values[Anum_pg_db_role_setting_setconfig - 1] = PointerGetDatum(settings);
		newtuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
		if (HeapTupleIsValid(tuple))
			CatalogTupleUpdate(rel, &tuple->t_self, newtuple);
		else
			CatalogTupleInsert(rel, newtuple);
	}
	systable_endscan(scan);
	table_close(rel, NoLock);
}

void
setting_drop(Oid databaseid, Oid roleid)
{
	Relation rel = table_open(DbRoleSettingRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	if (OidIsValid(databaseid))
		ScanKeyInit(&key, Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(databaseid));
	else
		ScanKeyInit(&key, Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(roleid));
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		CatalogTupleDelete(rel, &tuple->t_self);
	systable_endscan(scan);
	table_close(rel, RowExclusiveLock);
}
