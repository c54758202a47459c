/*
 * toasting.c
 *    TOAST tables: made for tables whose rows can be long.
 */
#include "postgres.h"

#include "access/heaptoast.h"
#include "access/tupmacs.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_type.h"
#include "catalog/toasting.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* Can a row be longer than what is kept in line, and has it a column that could move out? */
static bool
needs_toast_table(Relation rel)
{
	TupleDesc desc = RelationGetDescr(rel);
	bool unbounded = false;
	bool toastable = false;
	int32 length = 0;

	if (rel->rd_rel->relkind != RELKIND_RELATION && rel->rd_rel->relkind != RELKIND_MATVIEW)
		return false;
	if (rel->rd_rel->relisshared || IsCatalogRelation(rel))
		return false;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		int32 max;

		if (att->attisdropped)
			continue;
		length = att_align_nominal(length, att->attalign);
		if (att->attlen > 0)
		{
			length += att->attlen;
			continue;
		}
		max = type_maximum_size(att->atttypid, att->atttypmod);
		if (max < 0)
			unbounded = true;
		else
			length += max;
		if (att->attstorage != TYPSTORAGE_PLAIN)
			toastable = true;
	}
	if (!toastable)
		return false;
	if (unbounded)
		return true;
	return MAXALIGN(SizeofHeapTupleHeader + BITMAPLEN(desc->natts)) + MAXALIGN(length) > TOAST_TUPLE_THRESHOLD;
}

static TupleDesc
toast_tupdesc(void)
{
	TupleDesc desc = CreateTemplateTupleDesc(3);

	TupleDescInitEntry(desc, 1, "chunk_id", OIDOID, -1, 0);
	TupleDescInitEntry(desc, 2, "chunk_seq", INT4OID, -1, 0);
	TupleDescInitEntry(desc, 3, "chunk_data", BYTEAOID, -1, 0);
	for (int i = 0; i < 3; i++)
	{
		TupleDescAttr(desc, i)->attstorage = TYPSTORAGE_PLAIN; /* chunks are not toasted again */
		TupleDescAttr(desc, i)->attcompression = '\0';
	}
	return desc;
}

static void
create_toast_index(Relation toast, Oid owner, Oid tablespace)
{
	IndexInfo *info = (IndexInfo *) newNode(sizeof(IndexInfo), T_IndexInfo);
	Oid collations[2] = {InvalidOid, InvalidOid};
	Oid classes[2] = {OID_BTREE_OPS_OID, INT4_BTREE_OPS_OID};
	int16 options[2] = {0, 0};
	char name[NAMEDATALEN];

	snprintf(name, sizeof(name), "%s_index", RelationGetRelationName(toast));
	info->ii_NumIndexAttrs = info->ii_NumIndexKeyAttrs = 2;
	info->ii_IndexAttrNumbers[0] = 1;
	info->ii_IndexAttrNumbers[1] = 2;
	info->ii_Unique = true;
	info->ii_ReadyForInserts = true;
	info->ii_Am = BTREE_AM_OID;
	info->ii_Context = CurrentMemoryContext;
	index_create(toast, name, InvalidOid, InvalidOid, InvalidOid, InvalidOid, info, list_make2("chunk_id", "chunk_seq"), BTREE_AM_OID, tablespace,
				 collations, classes, options, (Datum) 0, INDEX_CREATE_IS_PRIMARY, 0, true, true, NULL);
}

static void
set_toast_relation(Oid relid, Oid toastid)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relid));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	((Form_pg_class) GETSTRUCT(tuple))->reltoastrelid = toastid;
	CatalogTupleUpdate(pg_class, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);
}

static void
create_toast_table(Relation rel, Datum reloptions)
{
	Oid relid = RelationGetRelid(rel);
	bool temp = isTempOrTempToastNamespace(rel->rd_rel->relnamespace);
	Oid nsp = temp ? GetTempToastNamespace() : PG_TOAST_NAMESPACE;
	char name[NAMEDATALEN];
	Oid toastid;
	Relation toast;
	ObjectAddress self;
	ObjectAddress table;

	if (OidIsValid(rel->rd_rel->reltoastrelid) || !needs_toast_table(rel))
		return;
	snprintf(name, sizeof(name), "pg_toast_%u", relid);
	toastid = heap_create_with_catalog(name, nsp, rel->rd_rel->reltablespace, InvalidOid, InvalidOid, InvalidOid, rel->rd_rel->relowner,
									   HEAP_TABLE_AM_OID, toast_tupdesc(), NIL, RELKIND_TOASTVALUE, rel->rd_rel->relpersistence, false, false,
									   ONCOMMIT_NOOP, reloptions, false, true, true, rel->rd_rel->relrewrite, NULL);
	CommandCounterIncrement();
	toast = table_open(toastid, ShareLock);
	create_toast_index(toast, rel->rd_rel->relowner, rel->rd_rel->reltablespace);
	table_close(toast, NoLock);
	set_toast_relation(relid, toastid);
	if (!IsBootstrapProcessingMode())
	{
		ObjectAddressSet(table, RelationRelationId, relid);
		ObjectAddressSet(self, RelationRelationId, toastid);
		recordDependencyOn(&self, &table, DEPENDENCY_INTERNAL);
	}
	CommandCounterIncrement();
}

void
AlterTableCreateToastTable(Oid relOid, Datum reloptions, LOCKMODE lockmode)
{
	Relation rel = table_open(relOid, lockmode);

	create_toast_table(rel, reloptions);
	table_close(rel, NoLock);
}

void
NewHeapCreateToastTable(Oid relOid, Datum reloptions, LOCKMODE lockmode, Oid OIDOldToast)
{
	AlterTableCreateToastTable(relOid, reloptions, lockmode);
}

void
NewRelationCreateToastTable(Oid relOid, Datum reloptions)
{
	AlterTableCreateToastTable(relOid, reloptions, AccessExclusiveLock);
}
