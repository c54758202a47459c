/*
 * heap_drop.c
 *    Removing relations, columns, defaults and statistics from the catalogs.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "catalog/storage.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

bool InSystemScript = false;

/* Deletes all rows of a catalog that match the keys. */
static int
delete_rows(Oid catalog, Oid index, int nkeys, ScanKey keys)
{
	Relation rel = table_open(catalog, RowExclusiveLock);
	SysScanDesc scan = systable_beginscan(rel, index, true, NULL, nkeys, keys);
	HeapTuple tuple;
	int n = 0;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CatalogTupleDelete(rel, &tuple->t_self);
		n++;
	}
	systable_endscan(scan);
	table_close(rel, RowExclusiveLock);
	return n;
}

void
DeleteRelationTuple(Oid relid)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	CatalogTupleDelete(pg_class, &tuple->t_self);
	ReleaseSysCache(tuple);
	table_close(pg_class, RowExclusiveLock);
}

void
DeleteAttributeTuples(Oid relid)
{
	ScanKeyData key;

	ScanKeyInit(&key, Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	delete_rows(AttributeRelationId, AttributeRelidNumIndexId, 1, &key);
}

void
RelationRemoveInheritance(Oid relid)
{
	ScanKeyData key;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	delete_rows(InheritsRelationId, InheritsRelidSeqnoIndexId, 1, &key);
}

/* attnum 0: of all columns */
void
RemoveStatistics(Oid relid, AttrNumber attnum)
{
	ScanKeyData keys[2];
	int nkeys = 1;

	ScanKeyInit(&keys[0], Anum_pg_statistic_starelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	if (attnum != 0)
		ScanKeyInit(&keys[nkeys++], Anum_pg_statistic_staattnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(attnum));
	delete_rows(StatisticRelationId, StatisticRelidAttnumInhIndexId, nkeys, keys);
}

void
CopyStatistics(Oid fromrelid, Oid torelid)
{
	Relation rel = table_open(StatisticRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_statistic_starelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(fromrelid));
	scan = systable_beginscan(rel, StatisticRelidAttnumInhIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		HeapTuple copy = heap_copytuple(tuple);

		((Form_pg_statistic) GETSTRUCT(copy))->starelid = torelid;
		CatalogTupleInsert(rel, copy);
		heap_freetuple(copy);
	}
	systable_endscan(scan);
	table_close(rel, RowExclusiveLock);
}

/* ---- a whole relation ----------------------------------------------------------------------------------------------------------- */
void
heap_drop_with_catalog(Oid relid)
{
	Relation rel = relation_open(relid, AccessExclusiveLock);

	CheckTableNotInUse(rel, "DROP TABLE");
	if (RELKIND_HAS_STORAGE(rel->rd_rel->relkind))
		RelationDropStorage(rel);
	remove_on_commit_action(relid);
	relation_close(rel, NoLock);
	RelationForgetRelation(relid);
	RelationRemoveInheritance(relid);
	RemoveStatistics(relid, 0);
	DeleteAttributeTuples(relid);
	DeleteRelationTuple(relid);
}

/* ---- one column -------------------------------------------------------------------------------------------------------------------- */
/* The row stays, so that column numbers and stored rows keep their meaning; it only loses name and type. */
void
RemoveAttributeById(Oid relid, AttrNumber attnum)
{
	Relation rel = relation_open(relid, AccessExclusiveLock);
	Relation pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	Form_pg_attribute form;
	Datum values[Natts_pg_attribute] = {0};
	bool nulls[Natts_pg_attribute] = {false};
	bool replaces[Natts_pg_attribute] = {false};
	static const AttrNumber cleared[] = {Anum_pg_attribute_attacl, Anum_pg_attribute_attoptions, Anum_pg_attribute_attfdwoptions,
										 Anum_pg_attribute_attmissingval};

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for attribute %d of relation %u", attnum, relid);
	form = (Form_pg_attribute) GETSTRUCT(tuple);
	form->attisdropped = true;
	form->atttypid = InvalidOid; /* attlen, attbyval and attalign remain: rows still have the value */
	form->attnotnull = false;
	form->attstattarget = 0;
	form->attgenerated = '\0';
	form->attidentity = '\0';
	form->atthasmissing = false;
	snprintf(NameStr(form->attname), NAMEDATALEN, "........pg.dropped.%d........", attnum);
	for (int i = 0; i < (int) lengthof(cleared); i++)
		nulls[cleared[i] - 1] = replaces[cleared[i] - 1] = true;
	tuple = heap_modify_tuple(tuple, RelationGetDescr(pg_attribute), values, nulls, replaces);
	CatalogTupleUpdate(pg_attribute, &tuple->t_self, tuple);
	table_close(pg_attribute, RowExclusiveLock);
	RemoveStatistics(relid, attnum);
	relation_close(rel, NoLock);
}

/* ---- defaults ------------------------------------------------------------------------------------------------------------------------- */
Oid
GetAttrDefaultOid(Oid relid, AttrNumber attnum)
{
	Relation attrdef = table_open(AttrDefaultRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;
	Oid result = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_attrdef_adrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[1], Anum_pg_attrdef_adnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(attnum));
	scan = systable_beginscan(attrdef, AttrDefaultIndexId, true, NULL, 2, keys);
	if (HeapTupleIsValid(tuple = systable_getnext(scan)))
		result = ((Form_pg_attrdef) GETSTRUCT(tuple))->oid;
	systable_endscan(scan);
	table_close(attrdef, AccessShareLock);
	return result;
}

void
RemoveAttrDefault(Oid relid, AttrNumber attnum, DropBehavior behavior, bool complain, bool internal)
{
	ObjectAddress object;
	Oid oid = GetAttrDefaultOid(relid, attnum);

	if (!OidIsValid(oid))
	{
		if (complain)
			elog(ERROR, "could not find attrdef tuple for relation %u attnum %d", relid, attnum);
		return;
	}
	ObjectAddressSet(object, AttrDefaultRelationId, oid);
	performDeletion(&object, behavior, internal ? PERFORM_DELETION_INTERNAL : 0);
}

static void
clear_has_default(Oid relid, AttrNumber attnum)
{
	Relation pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for attribute %d of relation %u", attnum, relid);
	((Form_pg_attribute) GETSTRUCT(tuple))->atthasdef = false;
	CatalogTupleUpdate(pg_attribute, &tuple->t_self, tuple);
	table_close(pg_attribute, RowExclusiveLock);
}

void
RemoveAttrDefaultById(Oid attrdefId)
{
	Relation attrdef = table_open(AttrDefaultRelationId, RowExclusiveLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Oid relid;
	AttrNumber attnum;
	Relation rel;

	ScanKeyInit(&key, Anum_pg_attrdef_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(attrdefId));
	scan = systable_beginscan(attrdef, AttrDefaultOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "could not find tuple for attrdef %u", attrdefId);
	relid = ((Form_pg_attrdef) GETSTRUCT(tuple))->adrelid;
	attnum = ((Form_pg_attrdef) GETSTRUCT(tuple))->adnum;
	rel = relation_open(relid, AccessExclusiveLock);
	CatalogTupleDelete(attrdef, &tuple->t_self);
	systable_endscan(scan);
	table_close(attrdef, RowExclusiveLock);
	clear_has_default(relid, attnum);
	relation_close(rel, NoLock);
}

/* ---- truncation in place, for tables whose contents nobody else can have seen ---------------------------------------------------------- */
void
heap_truncate_one_rel(Relation rel)
{
	List *indexes = RelationGetIndexList(rel);
	Oid toast = rel->rd_rel->reltoastrelid;
	ListCell *lc;

	RelationTruncate(rel, 0);
	foreach(lc, indexes)
	{
		Relation index = index_open(lfirst_oid(lc), AccessExclusiveLock);

		RelationTruncate(index, 0);
		index_build(rel, index, BuildDummyIndexInfo(index), true, false);
		index_close(index, NoLock);
	}
	if (OidIsValid(toast))
	{
		Relation toastrel = table_open(toast, AccessExclusiveLock);

		heap_truncate_one_rel(toastrel);
		table_close(toastrel, NoLock);
	}
}

void
heap_truncate(List *relids)
{
	List *relations = NIL;
	ListCell *lc;

	foreach(lc, relids)
		relations = lappend(relations, table_open(lfirst_oid(lc), AccessExclusiveLock));
	heap_truncate_check_FKs(relations, true);
	foreach(lc, relations)
	{
		heap_truncate_one_rel(lfirst(lc));
		table_close(lfirst(lc), NoLock);
	}
}

/* ---- foreign keys and TRUNCATE ---------------------------------------------------------------------------------------------------------------- */
/* Tables (by OID) whose foreign keys refer to one of these. */
List *
heap_truncate_find_FKs(List *relationIds)
{
	Relation con = table_open(ConstraintRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(con, InvalidOid, false, NULL, 0, NULL);
	List *result = NIL;
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);

		if (form->contype == CONSTRAINT_FOREIGN && list_member_oid(relationIds, form->confrelid) &&
			!list_member_oid(relationIds, form->conrelid))
			result = list_append_unique_oid(result, form->conrelid);
	}
	systable_endscan(scan);
	table_close(con, AccessShareLock);
	list_sort(result, list_oid_cmp);
	return result;
}

static void
report_reference(List *oids, bool tempTables)
{
	ListCell *lc;

	foreach(lc, oids)
	{
		List *dependents = heap_truncate_find_FKs(list_make1_oid(lfirst_oid(lc)));
		ListCell *cell;

		foreach(cell, dependents)
		{
			if (list_member_oid(oids, lfirst_oid(cell)))
				continue;
			if (tempTables)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("unsupported ON COMMIT and foreign key combination"),
						errdetail("Tables \"%s\" and \"%s\" do not have the same ON COMMIT setting.", get_rel_name(lfirst_oid(cell)),
								  get_rel_name(lfirst_oid(lc))));
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("cannot truncate a table referenced in a foreign key constraint"),
					errdetail("Table \"%s\" references \"%s\".", get_rel_name(lfirst_oid(cell)), get_rel_name(lfirst_oid(lc))),
					errhint("Truncate table \"%s\" at the same time, or use TRUNCATE ... CASCADE.", get_rel_name(lfirst_oid(cell))));
		}
	}
}

void
heap_truncate_check_FKs(List *relations, bool tempTables)
{
	List *oids = NIL;
	ListCell *lc;

	foreach(lc, relations)
	{
		Relation rel = lfirst(lc);

		if (rel->rd_rel->relhastriggers)
			oids = lappend_oid(oids, RelationGetRelid(rel));
	}
	if (oids == NIL || heap_truncate_find_FKs(oids) == NIL)
		return;
	report_reference(oids, tempTables);
}
