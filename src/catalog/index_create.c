/*
 * index_create.c
 *    Index relations and their catalog rows: creating and dropping, constraints made of indexes.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "catalog/storage.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parser.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- the row type of an index ------------------------------------------------------------------------------------------------------- */
static void
copy_column(Form_pg_attribute to, const FormData_pg_attribute *from)
{
	namestrcpy(&to->attname, NameStr(from->attname));
	to->atttypid = from->atttypid;
	to->attlen = from->attlen;
	to->attndims = from->attndims;
	to->atttypmod = from->atttypmod;
	to->attbyval = from->attbyval;
	to->attalign = from->attalign;
	to->attstorage = from->attstorage;
	to->attcompression = from->attcompression;
}

static void
set_type(Form_pg_attribute to, Oid type, int32 typmod)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Form_pg_type form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	form = (Form_pg_type) GETSTRUCT(tuple);
	to->atttypid = type;
	to->attlen = form->typlen;
	to->atttypmod = typmod;
	to->attbyval = form->typbyval;
	to->attalign = form->typalign;
	to->attstorage = form->typstorage;
	ReleaseSysCache(tuple);
}

/* An operator class may keep something other than its input: anyarray classes keep the column's type, others a fixed one. */
static void
apply_key_type(Form_pg_attribute att, Oid opclass)
{
	HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
	Oid keytype;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for opclass %u", opclass);
	keytype = ((Form_pg_opclass) GETSTRUCT(tuple))->opckeytype;
	ReleaseSysCache(tuple);
	/* name_ops says cstring: here names are stored as they are */
	if (!OidIsValid(keytype) || keytype == att->atttypid || keytype == CSTRINGOID || IsPolymorphicType(keytype))
		return;
	set_type(att, keytype, -1);
}

static TupleDesc
index_tupdesc(Relation heap, const IndexInfo *info, List *names, const Oid *collations, const Oid *classes)
{
	TupleDesc heap_desc = RelationGetDescr(heap);
	TupleDesc desc = CreateTemplateTupleDesc(info->ii_NumIndexAttrs);
	ListCell *name = list_head(names);
	ListCell *expr = list_head(info->ii_Expressions);

	for (int i = 0; i < info->ii_NumIndexAttrs; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		AttrNumber attnum = info->ii_IndexAttrNumbers[i];

		memset(att, 0, ATTRIBUTE_FIXED_PART_SIZE);
		att->attnum = i + 1;
		att->attstattarget = -1;
		att->attcacheoff = -1;
		att->attislocal = true;
		if (attnum < 0)
			copy_column(att, SystemAttributeDefinition(attnum));
		else if (attnum > 0)
			copy_column(att, TupleDescAttr(heap_desc, attnum - 1));
		else
		{
			Node *node = lfirst(expr);

			expr = lnext(info->ii_Expressions, expr);
			set_type(att, exprType(node), exprTypmod(node));
			CheckAttributeType(NameStr(att->attname), att->atttypid, i < info->ii_NumIndexKeyAttrs ? collations[i] : InvalidOid, NIL, 0);
		}
		namestrcpy(&att->attname, (const char *) lfirst(name));
		name = lnext(names, name);
		if (i < info->ii_NumIndexKeyAttrs)
		{
			att->attcollation = collations[i];
			apply_key_type(att, classes[i]);
		}
	}
	return desc;
}

/* ---- catalog rows ------------------------------------------------------------------------------------------------------------------------ */
static Datum
tree_text(List *tree)
{
	return CStringGetTextDatum(nodeToString(tree));
}

static void
insert_pg_index(Oid indexoid, Oid heapoid, const IndexInfo *info, const Oid *collations, const Oid *classes,
				const int16 *options, bool primary, bool immediate, bool valid, bool ready)
{
	Relation pg_index = table_open(IndexRelationId, RowExclusiveLock);
	Datum values[Natts_pg_index] = {0};
	bool nulls[Natts_pg_index] = {false};
	HeapTuple tuple;
	Expr *predicate;

#define SET(column, datum) (values[Anum_pg_index_##column - 1] = (datum))
	SET(indexrelid, ObjectIdGetDatum(indexoid));
	SET(indrelid, ObjectIdGetDatum(heapoid));
	SET(indnatts, Int16GetDatum(info->ii_NumIndexAttrs));
	SET(indnkeyatts, Int16GetDatum(info->ii_NumIndexKeyAttrs));
	SET(indisunique, BoolGetDatum(info->ii_Unique));
	SET(indnullsnotdistinct, BoolGetDatum(info->ii_NullsNotDistinct));
	SET(indisprimary, BoolGetDatum(primary));
	SET(indisexclusion, BoolGetDatum(false));
	SET(indimmediate, BoolGetDatum(immediate));
	SET(indisclustered, BoolGetDatum(false));
	SET(indisvalid, BoolGetDatum(valid));
	SET(indcheckxmin, BoolGetDatum(false));
	SET(indisready, BoolGetDatum(ready));
	SET(indislive, BoolGetDatum(true));
	SET(indisreplident, BoolGetDatum(false));
	SET(indkey, PointerGetDatum(buildint2vector(info->ii_IndexAttrNumbers, info->ii_NumIndexAttrs)));
	SET(indcollation, PointerGetDatum(buildoidvector(collations, info->ii_NumIndexKeyAttrs)));
	SET(indclass, PointerGetDatum(buildoidvector(classes, info->ii_NumIndexKeyAttrs)));
	SET(indoption, PointerGetDatum(buildint2vector(options, info->ii_NumIndexKeyAttrs)));
	if (info->ii_Expressions != NIL)
		SET(indexprs, tree_text(info->ii_Expressions));
	else
		nulls[Anum_pg_index_indexprs - 1] = true;
	if (info->ii_Predicate != NIL)
	{
		predicate = make_ands_explicit(info->ii_Predicate);
		SET(indpred, CStringGetTextDatum(nodeToString(list_make1(predicate))));
	}
	else
		nulls[Anum_pg_index_indpred - 1] = true;
#undef SET
	tuple = heap_form_tuple(RelationGetDescr(pg_index), values, nulls);
	CatalogTupleInsert(pg_index, tuple);
	heap_freetuple(tuple);
	table_close(pg_index, RowExclusiveLock);
}

static void
record_index_dependencies(Relation heap, Oid indexoid, const IndexInfo *info, const Oid *collations, const Oid *classes, bool constraint)
{
	ObjectAddress index;
	ObjectAddress referenced;
	ObjectAddresses *addrs = new_object_addresses();
	bool have_column = false;

	ObjectAddressSet(index, RelationRelationId, indexoid);
	if (!constraint)
	{
		for (int i = 0; i < info->ii_NumIndexAttrs; i++)
		{
			if (info->ii_IndexAttrNumbers[i] == 0)
				continue;
			ObjectAddressSubSet(referenced, RelationRelationId, RelationGetRelid(heap), info->ii_IndexAttrNumbers[i]);
			add_exact_object_address(&referenced, addrs);
			have_column = true;
		}
		if (!have_column)
		{
			ObjectAddressSet(referenced, RelationRelationId, RelationGetRelid(heap));
			add_exact_object_address(&referenced, addrs);
		}
		record_object_address_dependencies(&index, addrs, DEPENDENCY_AUTO);
	}
	free_object_addresses(addrs);
	for (int i = 0; i < info->ii_NumIndexKeyAttrs; i++)
	{
		if (OidIsValid(collations[i]) && collations[i] != DEFAULT_COLLATION_OID)
		{
			ObjectAddressSet(referenced, CollationRelationId, collations[i]);
			recordDependencyOn(&index, &referenced, DEPENDENCY_NORMAL);
		}
		ObjectAddressSet(referenced, OperatorClassRelationId, classes[i]);
		recordDependencyOn(&index, &referenced, DEPENDENCY_NORMAL);
	}
	if (info->ii_Expressions)
		recordDependencyOnSingleRelExpr(&index, (Node *) info->ii_Expressions, RelationGetRelid(heap), DEPENDENCY_NORMAL, DEPENDENCY_AUTO, false);
	if (info->ii_Predicate)
		recordDependencyOnSingleRelExpr(&index, (Node *) info->ii_Predicate, RelationGetRelid(heap), DEPENDENCY_NORMAL, DEPENDENCY_AUTO, false);
}

static void
insert_index_relation(Relation index, Oid oid, Relation heap, Datum reloptions)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	Relation pg_attribute;
	CatalogIndexState indstate;

	index->rd_rel->relowner = heap->rd_rel->relowner;
	index->rd_rel->relam = BTREE_AM_OID;
	index->rd_rel->relispartition = false;
	InsertPgClassTuple(pg_class, index, oid, (Datum) 0, reloptions);
	table_close(pg_class, RowExclusiveLock);
	pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);
	indstate = CatalogOpenIndexes(pg_attribute);
	InsertPgAttributeTuples(pg_attribute, RelationGetDescr(index), oid, NULL, indstate);
	CatalogCloseIndexes(indstate);
	table_close(pg_attribute, RowExclusiveLock);
}

/* ---- creating -------------------------------------------------------------------------------------------------------------------------------- */
static bool
name_taken(const char *name, Relation heap, bits16 flags)
{
	if (!OidIsValid(get_relname_relid(name, RelationGetNamespace(heap))))
		return false;
	if (flags & INDEX_CREATE_IF_NOT_EXISTS)
	{
		ereport(NOTICE, errcode(ERRCODE_DUPLICATE_TABLE), errmsg("relation \"%s\" already exists, skipping", name));
		return true;
	}
	ereport(ERROR, errcode(ERRCODE_DUPLICATE_TABLE), errmsg("relation \"%s\" already exists", name));
}

Oid
index_create(Relation heapRelation, const char *indexRelationName, Oid indexRelationId, Oid parentIndexRelid,
			 Oid parentConstraintId, Oid relFileNode, IndexInfo *indexInfo, List *indexColNames, Oid accessMethodObjectId,
			 Oid tableSpaceId, Oid *collationObjectId, Oid *classObjectId, int16 *coloptions, Datum reloptions, bits16 flags,
			 bits16 constr_flags, bool allow_system_table_mods, bool is_internal, Oid *constraintId)
{
	bool primary = (flags & INDEX_CREATE_IS_PRIMARY) != 0;
	bool constraint = (flags & INDEX_CREATE_ADD_CONSTRAINT) != 0;
	bool deferrable = constraint && (constr_flags & INDEX_CONSTR_CREATE_DEFERRABLE);
	bool invalid = (flags & INDEX_CREATE_INVALID) != 0;
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	TupleDesc desc;
	Relation index;

	Assert(indexInfo->ii_NumIndexAttrs >= 1);
	if (!allow_system_table_mods && IsSystemRelation(heapRelation) && IsNormalProcessingMode() && !IsToastRelation(heapRelation))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("user-defined indexes on system catalog tables are not supported"));
	if (name_taken(indexRelationName, heapRelation, flags))
	{
		table_close(pg_class, RowExclusiveLock);
		return InvalidOid;
	}
	if (constraint && ConstraintNameIsUsed(CONSTRAINT_RELATION, RelationGetRelid(heapRelation), indexRelationName))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("constraint \"%s\" for relation \"%s\" already exists", indexRelationName, RelationGetRelationName(heapRelation)));
	desc = index_tupdesc(heapRelation, indexInfo, indexColNames, collationObjectId, classObjectId);
	if (!OidIsValid(indexRelationId))
		indexRelationId = GetNewRelFileNode(tableSpaceId, pg_class, heapRelation->rd_rel->relpersistence);
	if (!OidIsValid(relFileNode))
		relFileNode = indexRelationId;
	index = heap_create(indexRelationName, RelationGetNamespace(heapRelation), tableSpaceId, indexRelationId, relFileNode,
						accessMethodObjectId, desc, RELKIND_INDEX, heapRelation->rd_rel->relpersistence, false, false,
						allow_system_table_mods, NULL, NULL, true);
	LockRelation(index, AccessExclusiveLock);
	table_close(pg_class, RowExclusiveLock);
	insert_index_relation(index, indexRelationId, heapRelation, reloptions);
	insert_pg_index(indexRelationId, RelationGetRelid(heapRelation), indexInfo, collationObjectId, classObjectId, coloptions, primary,
					!deferrable, !invalid, true);
	CacheInvalidateRelcache(heapRelation);
	if (constraint)
	{
		char type = primary ? CONSTRAINT_PRIMARY : CONSTRAINT_UNIQUE;
		ObjectAddress address = index_constraint_create(heapRelation, indexRelationId, InvalidOid, indexInfo, indexRelationName, type,
														constr_flags, allow_system_table_mods, is_internal);

		if (constraintId)
			*constraintId = address.objectId;
	}
	if (!IsBootstrapProcessingMode())
		record_index_dependencies(heapRelation, indexRelationId, indexInfo, collationObjectId, classObjectId, constraint);
	/* The cache entry made by heap_create becomes a whole one. */
	CommandCounterIncrement();
	RelationInitIndexAccessInfo(index);
	if (flags & INDEX_CREATE_SKIP_BUILD)
	{
		index_update_stats(heapRelation, true, -1.0);
		CommandCounterIncrement();
	}
	else
		index_build(heapRelation, index, indexInfo, false, true);
	index_close(index, NoLock);
	return indexRelationId;
}

/* A deferrable unique constraint is rechecked by a trigger. */
static void
create_unique_recheck_trigger(Relation heap, Oid constraint, Oid index, bool initdeferred)
{
	TriggerSpec spec = {.name = "PK_ConstraintTrigger",
						.relation = RelationGetRelid(heap),
						.function = 1250, /* unique_key_recheck */
						.type = TRIGGER_TYPE_ROW | TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE,
						.constraint = constraint,
						.constraint_index = index,
						.deferrable = true,
						.initdeferred = initdeferred};

	trigger_create_internal(&spec);
}

ObjectAddress
index_constraint_create(Relation heapRelation, Oid indexRelationId, Oid parentConstraintId, IndexInfo *indexInfo,
						const char *constraintName, char constraintType, bits16 constr_flags, bool allow_system_table_mods,
						bool is_internal)
{
	bool deferrable = (constr_flags & INDEX_CONSTR_CREATE_DEFERRABLE) != 0;
	bool initdeferred = (constr_flags & INDEX_CONSTR_CREATE_INIT_DEFERRED) != 0;
	ObjectAddress constraint;
	ObjectAddress index;
	ConstraintEntry entry = {.name = constraintName,
							 .namespace = RelationGetNamespace(heapRelation),
							 .type = constraintType,
							 .deferrable = deferrable,
							 .initdeferred = initdeferred,
							 .validated = true,
							 .relation = RelationGetRelid(heapRelation),
							 .index = indexRelationId,
							 .keys = indexInfo->ii_IndexAttrNumbers,
							 .nkeys = indexInfo->ii_NumIndexKeyAttrs,
							 .ntotal_keys = indexInfo->ii_NumIndexAttrs,
							 .is_local = true,
							 .noinherit = true};

	if (indexInfo->ii_Expressions && constraintType != CONSTRAINT_EXCLUSION)
		elog(ERROR, "constraints cannot have index expressions");
	ObjectAddressSet(index, RelationRelationId, indexRelationId);
	if (constr_flags & INDEX_CONSTR_CREATE_REMOVE_OLD_DEPS)
		deleteDependencyRecordsForClass(RelationRelationId, indexRelationId, RelationRelationId, DEPENDENCY_AUTO);
	ObjectAddressSet(constraint, ConstraintRelationId, constraint_create(&entry));
	recordDependencyOn(&index, &constraint, DEPENDENCY_INTERNAL);
	if (deferrable)
		create_unique_recheck_trigger(heapRelation, constraint.objectId, indexRelationId, initdeferred);
	if ((constr_flags & INDEX_CONSTR_CREATE_UPDATE_INDEX) && ((constr_flags & INDEX_CONSTR_CREATE_MARK_AS_PRIMARY) || deferrable))
	{
		Relation pg_index = table_open(IndexRelationId, RowExclusiveLock);
		HeapTuple tuple = SearchSysCacheCopy1(INDEXRELID, ObjectIdGetDatum(indexRelationId));
		Form_pg_index form = (Form_pg_index) GETSTRUCT(tuple);

		if (constr_flags & INDEX_CONSTR_CREATE_MARK_AS_PRIMARY)
			form->indisprimary = true;
		if (deferrable)
			form->indimmediate = false;
		CatalogTupleUpdate(pg_index, &tuple->t_self, tuple);
		heap_freetuple(tuple);
		table_close(pg_index, RowExclusiveLock);
	}
	return constraint;
}

/* ---- dropping ----------------------------------------------------------------------------------------------------------------------------------- */
void
index_drop(Oid indexId, bool concurrent, bool concurrent_lock_mode)
{
	Oid heapId = IndexGetRelation(indexId, false);
	Relation heap = table_open(heapId, AccessExclusiveLock);
	Relation index = index_open(indexId, AccessExclusiveLock);
	Relation pg_index;
	HeapTuple tuple;

	CheckTableNotInUse(index, "DROP INDEX");
	RelationDropStorage(index);
	index_close(index, NoLock);
	RelationForgetRelation(indexId);
	pg_index = table_open(IndexRelationId, RowExclusiveLock);
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexId));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", indexId);
	CatalogTupleDelete(pg_index, &tuple->t_self);
	if (!heap_attisnull(tuple, Anum_pg_index_indexprs, NULL))
		RemoveStatistics(indexId, 0);
	ReleaseSysCache(tuple);
	table_close(pg_index, RowExclusiveLock);
	DeleteAttributeTuples(indexId);
	DeleteRelationTuple(indexId);
	/* The table's list of indexes changes. */
	CacheInvalidateRelcache(heap);
	table_close(heap, NoLock);
}
