/*
 * description_functions.c
 *    SQL functions that read comments: obj_description() and its relatives.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_description.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_shdescription.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/* The comment on an object; (Datum) 0: there is none. classoid InvalidOid: of whatever class. */
static Datum
find_description(Oid catalog, Oid index, Oid objoid, Oid classoid, int32 subid, bool shared)
{
	Relation rel = table_open(catalog, AccessShareLock);
	ScanKeyData keys[3];
	int nkeys = 0;
	SysScanDesc scan;
	HeapTuple tuple;
	Datum result = (Datum) 0;

	ScanKeyInit(&keys[nkeys++], 1, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(objoid));
	if (OidIsValid(classoid))
		ScanKeyInit(&keys[nkeys++], 2, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(classoid));
	scan = systable_beginscan(rel, index, true, NULL, nkeys, keys);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		bool isnull;

		if (!shared && ((Form_pg_description) GETSTRUCT(tuple))->objsubid != subid)
			continue;
		result = heap_getattr(tuple, shared ? Anum_pg_shdescription_description : Anum_pg_description_description,
							  RelationGetDescr(rel), &isnull);
		result = isnull ? (Datum) 0 : PointerGetDatum(PG_DETOAST_DATUM_COPY(result));
		break;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return result;
}

static Oid
catalog_named(Name name)
{
	return get_relname_relid(NameStr(*name), PG_CATALOG_NAMESPACE);
}

#define RETURN_DESCRIPTION(datum)        \
	do                                   \
	{                                    \
		Datum found_ = (datum);          \
		if (found_ == (Datum) 0)         \
			PG_RETURN_NULL();            \
		PG_RETURN_DATUM(found_);         \
	} while (0)

Datum
obj_description_oid_name(PG_FUNCTION_ARGS)
{
	Oid classoid = catalog_named(PG_GETARG_NAME(1));

	if (!OidIsValid(classoid))
		PG_RETURN_NULL();
	RETURN_DESCRIPTION(
		find_description(DescriptionRelationId, DescriptionObjIndexId, PG_GETARG_OID(0), classoid, 0, false));
}

Datum
obj_description_oid(PG_FUNCTION_ARGS)
{
	RETURN_DESCRIPTION(
		find_description(DescriptionRelationId, DescriptionObjIndexId, PG_GETARG_OID(0), InvalidOid, 0, false));
}

Datum
col_description(PG_FUNCTION_ARGS)
{
	RETURN_DESCRIPTION(find_description(DescriptionRelationId, DescriptionObjIndexId, PG_GETARG_OID(0), RelationRelationId,
										PG_GETARG_INT32(1), false));
}

Datum
shobj_description(PG_FUNCTION_ARGS)
{
	Oid classoid = catalog_named(PG_GETARG_NAME(1));

	if (!OidIsValid(classoid))
		PG_RETURN_NULL();
	RETURN_DESCRIPTION(
		find_description(SharedDescriptionRelationId, SharedDescriptionObjIndexId, PG_GETARG_OID(0), classoid, 0, true));
}
