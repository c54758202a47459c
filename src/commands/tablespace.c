/*
 * tablespace.c
 *    Tablespaces: names, oids, and which one a new relation goes to. CREATE and DROP TABLESPACE are not supported yet.
 */
#include "postgres.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_tablespace.h"
#include "commands/tablespace.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/syscache.h"

char *default_tablespace = NULL;
char *temp_tablespaces = NULL;
bool allow_in_place_tablespaces = false;

Oid
get_tablespace_oid(const char *tablespacename, bool missing_ok)
{
	Relation rel = table_open(TableSpaceRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Oid oid = InvalidOid;

	ScanKeyInit(&key, Anum_pg_tablespace_spcname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum(tablespacename));
	scan = systable_beginscan(rel, TablespaceNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		oid = ((Form_pg_tablespace) GETSTRUCT(tuple))->oid;
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("tablespace \"%s\" does not exist", tablespacename));
	return oid;
}

char *
get_tablespace_name(Oid spc_oid)
{
	HeapTuple tuple = SearchSysCache1(TABLESPACEOID, ObjectIdGetDatum(spc_oid));
	char *result;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	result = pstrdup(NameStr(((Form_pg_tablespace) GETSTRUCT(tuple))->spcname));
	ReleaseSysCache(tuple);
	return result;
}

/* InvalidOid: the database's own. */
Oid
GetDefaultTablespace(char relpersistence, bool partitioned)
{
	Oid result;

	if (relpersistence == RELPERSISTENCE_TEMP)
	{
		PrepareTempTablespaces();
		return InvalidOid;
	}
	if (default_tablespace == NULL || default_tablespace[0] == '\0')
		return InvalidOid;
	/* A setting may name a tablespace that is gone: then the database's is used. */
	result = get_tablespace_oid(default_tablespace, true);
	if (result != MyDatabaseTableSpace)
		return result;
	if (partitioned)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot specify default tablespace for partitioned relations"));
	return InvalidOid;
}

void
PrepareTempTablespaces(void)
{
}
