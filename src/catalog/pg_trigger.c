/*
 * pg_trigger.c
 *    Triggers made by the system for constraints; removing triggers. (CREATE TRIGGER by users is not supported yet.)
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/tablecmds.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static void
set_has_triggers(Oid relid)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	if (!((Form_pg_class) GETSTRUCT(tuple))->relhastriggers)
	{
		((Form_pg_class) GETSTRUCT(tuple))->relhastriggers = true;
		CatalogTupleUpdate(pg_class, &tuple->t_self, tuple);
		CommandCounterIncrement();
	}
	else
		CacheInvalidateRelcacheByTuple(tuple);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
}

Oid
trigger_create_internal(const TriggerSpec *spec)
{
	Relation tgrel = table_open(TriggerRelationId, RowExclusiveLock);
	Oid oid = GetNewOidWithIndex(tgrel, TriggerOidIndexId, Anum_pg_trigger_oid);
	Datum values[Natts_pg_trigger] = {0};
	bool nulls[Natts_pg_trigger] = {false};
	bytea *noargs = palloc0(VARHDRSZ);
	NameData name;
	HeapTuple tuple;
	ObjectAddress self;
	ObjectAddress other;

	SET_VARSIZE(noargs, VARHDRSZ);
	memset(&name, 0, sizeof(name));
	snprintf(NameStr(name), NAMEDATALEN, "%s_%u", spec->name, oid);
#define SET(column, datum) (values[Anum_pg_trigger_##column - 1] = (datum))
	SET(oid, ObjectIdGetDatum(oid));
	SET(tgrelid, ObjectIdGetDatum(spec->relation));
	SET(tgparentid, ObjectIdGetDatum(InvalidOid));
	SET(tgname, NameGetDatum(&name));
	SET(tgfoid, ObjectIdGetDatum(spec->function));
	SET(tgtype, Int16GetDatum(spec->type));
	SET(tgenabled, CharGetDatum('O'));
	SET(tgisinternal, BoolGetDatum(true));
	SET(tgconstrrelid, ObjectIdGetDatum(spec->constraint_relation));
	SET(tgconstrindid, ObjectIdGetDatum(spec->constraint_index));
	SET(tgconstraint, ObjectIdGetDatum(spec->constraint));
	SET(tgdeferrable, BoolGetDatum(spec->deferrable));
	SET(tginitdeferred, BoolGetDatum(spec->initdeferred));
	SET(tgnargs, Int16GetDatum(0));
	SET(tgattr, PointerGetDatum(buildint2vector(NULL, 0)));
	SET(tgargs, PointerGetDatum(noargs));
#undef SET
	nulls[Anum_pg_trigger_tgqual - 1] = nulls[Anum_pg_trigger_tgoldtable - 1] = nulls[Anum_pg_trigger_tgnewtable - 1] = true;
	tuple = heap_form_tuple(RelationGetDescr(tgrel), values, nulls);
	CatalogTupleInsert(tgrel, tuple);
	heap_freetuple(tuple);
	table_close(tgrel, RowExclusiveLock);
	set_has_triggers(spec->relation);
	ObjectAddressSet(self, TriggerRelationId, oid);
	ObjectAddressSet(other, ConstraintRelationId, spec->constraint);
	recordDependencyOn(&self, &other, DEPENDENCY_INTERNAL);
	CommandCounterIncrement();
	return oid;
}

void
RemoveTriggerById(Oid trigOid)
{
	Relation tgrel = table_open(TriggerRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Relation rel;

	ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(trigOid));
	scan = systable_beginscan(tgrel, TriggerOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for trigger %u", trigOid);
	rel = table_open(((Form_pg_trigger) GETSTRUCT(tuple))->tgrelid, AccessExclusiveLock);
	CheckTableNotInUse(rel, "DROP TRIGGER");
	CatalogTupleDelete(tgrel, &tuple->t_self);
	systable_endscan(scan);
	table_close(tgrel, RowExclusiveLock);
	/* relhastriggers stays: VACUUM clears it when none are left */
	CacheInvalidateRelcache(rel);
	table_close(rel, NoLock);
}
