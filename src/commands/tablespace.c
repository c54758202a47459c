/*
 * tablespace.c
 *    Names of tablespaces. (CREATE TABLESPACE is not supported yet.)
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/heapam.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_tablespace.h"
#include "commands/tablespace.h"
#include "miscadmin.h"
#include "utils/rel.h"
#include "utils/syscache.h"

Oid
get_tablespace_oid(const char *tablespacename, bool missing_ok)
{
	/* Two rows in most clusters: a scan is as good as an index. */
	Relation rel = table_open(TableSpaceRelationId, AccessShareLock);
	TableScanDesc scan = table_beginscan_catalog(rel, 0, NULL);
	HeapTuple tuple;
	Oid result = InvalidOid;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		if (strcmp(NameStr(((Form_pg_tablespace) GETSTRUCT(tuple))->spcname), tablespacename) == 0)
			result = ((Form_pg_tablespace) GETSTRUCT(tuple))->oid;
	}
	table_endscan(scan);
	table_close(rel, AccessShareLock);
	if (!OidIsValid(result) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("tablespace \"%s\" does not exist", tablespacename));
	return result;
}

char *
get_tablespace_name(Oid spc_oid)
{
	HeapTuple tuple = SearchSysCache1(TABLESPACEOID, ObjectIdGetDatum(spc_oid));
	char *name = NULL;

	if (HeapTupleIsValid(tuple))
	{
		name = pstrdup(NameStr(((Form_pg_tablespace) GETSTRUCT(tuple))->spcname));
		ReleaseSysCache(tuple);
	}
	return name;
}

/* InvalidOid: the database's. default_tablespace can name no other while there are none. */
Oid
GetDefaultTablespace(char relpersistence, bool partitioned)
{
	return InvalidOid;
}

void
PrepareTempTablespaces(void)
{
}
