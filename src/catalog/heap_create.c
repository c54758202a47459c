/*
 * heap_create.c
 *    New relations: storage, cache entry, rows in pg_class, pg_attribute, pg_type.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/multixact.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/heap.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_type.h"
#include "catalog/storage.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "storage/lmgr.h"
#include "utils/snapmgr.h"
#include "storage/smgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* ---- system columns --------------------------------------------------------------------------------------------------------- */
#define SYSTEM_COLUMN(number, colname, type, len, align)                                                                   \
	[-(number) -1] = {.attname = {colname}, .atttypid = (type), .attlen = (len), .attnum = (number), .attcacheoff = -1,    \
					  .atttypmod = -1, .attbyval = (len) == 4, .attalign = (align), .attstorage = TYPSTORAGE_PLAIN,        \
					  .attnotnull = true, .attislocal = true, .attstattarget = 0}

static const FormData_pg_attribute system_columns[] = {
	SYSTEM_COLUMN(SelfItemPointerAttributeNumber, "ctid", TIDOID, 6, TYPALIGN_SHORT),
	SYSTEM_COLUMN(MinTransactionIdAttributeNumber, "xmin", XIDOID, 4, TYPALIGN_INT),
	SYSTEM_COLUMN(MinCommandIdAttributeNumber, "cmin", CIDOID, 4, TYPALIGN_INT),
	SYSTEM_COLUMN(MaxTransactionIdAttributeNumber, "xmax", XIDOID, 4, TYPALIGN_INT),
	SYSTEM_COLUMN(MaxCommandIdAttributeNumber, "cmax", CIDOID, 4, TYPALIGN_INT),
	SYSTEM_COLUMN(TableOidAttributeNumber, "tableoid", OIDOID, 4, TYPALIGN_INT),
};

const FormData_pg_attribute *
SystemAttributeDefinition(AttrNumber attno)
{
	if (attno >= 0 || attno < -(int) lengthof(system_columns))
		elog(ERROR, "invalid system attribute number %d", attno);
	return &system_columns[-attno - 1];
}

const FormData_pg_attribute *
SystemAttributeByName(const char *attname)
{
	for (int i = 0; i < (int) lengthof(system_columns); i++)
	{
		if (strcmp(NameStr(system_columns[i].attname), attname) == 0)
			return &system_columns[i];
	}
	return NULL;
}

/* ---- checks ---------------------------------------------------------------------------------------------------------------------- */
void
CheckAttributeType(const char *attname, Oid atttypid, Oid attcollation, List *containing_rowtypes, int flags)
{
	char typtype = get_typtype(atttypid);
	Oid elem;

	check_stack_depth();
	if (typtype == TYPTYPE_PSEUDO)
	{
		bool allowed = (atttypid == ANYARRAYOID && (flags & CHKATYPE_ANYARRAY)) ||
			(atttypid == RECORDOID && (flags & CHKATYPE_ANYRECORD)) || (atttypid == RECORDARRAYOID && (flags & CHKATYPE_ANYRECORD));

		if (!allowed)
			ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					errmsg("column \"%s\" has pseudo-type %s", attname, format_type_be(atttypid)));
	}
	else if (typtype == TYPTYPE_DOMAIN)
		CheckAttributeType(attname, getBaseType(atttypid), attcollation, containing_rowtypes, flags);
	else if (typtype == TYPTYPE_COMPOSITE)
	{
		TupleDesc desc;

		if (list_member_oid(containing_rowtypes, atttypid))
			ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					errmsg("composite type %s cannot be made a member of itself", format_type_be(atttypid)));
		containing_rowtypes = lappend_oid(containing_rowtypes, atttypid);
		desc = lookup_rowtype_tupdesc_copy(atttypid, -1);
		for (int i = 0; i < desc->natts; i++)
		{
			Form_pg_attribute att = TupleDescAttr(desc, i);

			if (!att->attisdropped)
				CheckAttributeType(NameStr(att->attname), att->atttypid, att->attcollation, containing_rowtypes, flags & ~CHKATYPE_IS_PARTKEY);
		}
		FreeTupleDesc(desc);
		containing_rowtypes = list_delete_last(containing_rowtypes);
	}
	else if (OidIsValid(elem = get_element_type(atttypid)))
		CheckAttributeType(attname, elem, attcollation, containing_rowtypes, flags);

	if (!OidIsValid(attcollation) && type_is_collatable(atttypid))
		ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				errmsg("no collation was derived for column \"%s\" with collatable type %s", attname, format_type_be(atttypid)),
				errhint("Use the COLLATE clause to set the collation explicitly."));
}

void
CheckAttributeNamesTypes(TupleDesc tupdesc, char relkind, int flags)
{
	int natts = tupdesc->natts;

	if (natts < 0 || natts > MaxHeapAttributeNumber)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_COLUMNS), errmsg("tables can have at most %d columns", MaxHeapAttributeNumber));
	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(tupdesc, i);

		if (att->attisdropped)
			continue;
		if (relkind != RELKIND_VIEW && relkind != RELKIND_COMPOSITE_TYPE && SystemAttributeByName(NameStr(att->attname)) != NULL)
			ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN),
					errmsg("column name \"%s\" conflicts with a system column name", NameStr(att->attname)));
		for (int j = 0; j < i; j++)
		{
			if (strcmp(NameStr(TupleDescAttr(tupdesc, j)->attname), NameStr(att->attname)) == 0)
				ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN), errmsg("column \"%s\" specified more than once", NameStr(att->attname)));
		}
		CheckAttributeType(NameStr(att->attname), att->atttypid, att->attcollation, NIL, flags);
	}
}

/* ---- rows --------------------------------------------------------------------------------------------------------------------------- */
void
heap_pg_class_values(Relation rel, Oid relid, Datum relacl, Datum reloptions, Datum *values, bool *nulls)
{
	Form_pg_class form = rel->rd_rel;

	memset(nulls, 0, Natts_pg_class * sizeof(bool));
#define SET(column, datum) (values[Anum_pg_class_##column - 1] = (datum))
	SET(oid, ObjectIdGetDatum(relid));
	SET(relname, NameGetDatum(&form->relname));
	SET(relnamespace, ObjectIdGetDatum(form->relnamespace));
	SET(reltype, ObjectIdGetDatum(form->reltype));
	SET(reloftype, ObjectIdGetDatum(form->reloftype));
	SET(relowner, ObjectIdGetDatum(form->relowner));
	SET(relam, ObjectIdGetDatum(form->relam));
	SET(relfilenode, ObjectIdGetDatum(form->relfilenode));
	SET(reltablespace, ObjectIdGetDatum(form->reltablespace));
	SET(relpages, Int32GetDatum(form->relpages));
	SET(reltuples, Float4GetDatum(form->reltuples));
	SET(relallvisible, Int32GetDatum(form->relallvisible));
	SET(reltoastrelid, ObjectIdGetDatum(form->reltoastrelid));
	SET(relhasindex, BoolGetDatum(form->relhasindex));
	SET(relisshared, BoolGetDatum(form->relisshared));
	SET(relpersistence, CharGetDatum(form->relpersistence));
	SET(relkind, CharGetDatum(form->relkind));
	SET(relnatts, Int16GetDatum(form->relnatts));
	SET(relchecks, Int16GetDatum(form->relchecks));
	SET(relhasrules, BoolGetDatum(form->relhasrules));
	SET(relhastriggers, BoolGetDatum(form->relhastriggers));
	SET(relhassubclass, BoolGetDatum(form->relhassubclass));
	SET(relrowsecurity, BoolGetDatum(form->relrowsecurity));
	SET(relforcerowsecurity, BoolGetDatum(form->relforcerowsecurity));
	SET(relispopulated, BoolGetDatum(form->relispopulated));
	SET(relreplident, CharGetDatum(form->relreplident));
	SET(relispartition, BoolGetDatum(form->relispartition));
	SET(relrewrite, ObjectIdGetDatum(form->relrewrite));
	SET(relfrozenxid, ObjectIdGetDatum(form->relfrozenxid)); /* a 32-bit word, like an OID */
	SET(relminmxid, ObjectIdGetDatum(form->relminmxid));
	SET(relacl, relacl);
	SET(reloptions, reloptions);
#undef SET
	nulls[Anum_pg_class_relacl - 1] = relacl == (Datum) 0;
	nulls[Anum_pg_class_reloptions - 1] = reloptions == (Datum) 0;
	nulls[Anum_pg_class_relpartbound - 1] = true;
	values[Anum_pg_class_relpartbound - 1] = (Datum) 0;
}

void
heap_pg_attribute_values(const FormData_pg_attribute *att, Oid relid, Datum attoptions, Datum *values, bool *nulls)
{
	memset(nulls, 0, Natts_pg_attribute * sizeof(bool));
#define SET(column, datum) (values[Anum_pg_attribute_##column - 1] = (datum))
	SET(attrelid, ObjectIdGetDatum(relid));
	SET(attname, NameGetDatum(&att->attname));
	SET(atttypid, ObjectIdGetDatum(att->atttypid));
	SET(attstattarget, Int32GetDatum(att->attstattarget));
	SET(attlen, Int16GetDatum(att->attlen));
	SET(attnum, Int16GetDatum(att->attnum));
	SET(attndims, Int32GetDatum(att->attndims));
	SET(attcacheoff, Int32GetDatum(-1));
	SET(atttypmod, Int32GetDatum(att->atttypmod));
	SET(attbyval, BoolGetDatum(att->attbyval));
	SET(attalign, CharGetDatum(att->attalign));
	SET(attstorage, CharGetDatum(att->attstorage));
	SET(attcompression, CharGetDatum(att->attcompression));
	SET(attnotnull, BoolGetDatum(att->attnotnull));
	SET(atthasdef, BoolGetDatum(att->atthasdef));
	SET(atthasmissing, BoolGetDatum(att->atthasmissing));
	SET(attidentity, CharGetDatum(att->attidentity));
	SET(attgenerated, CharGetDatum(att->attgenerated));
	SET(attisdropped, BoolGetDatum(att->attisdropped));
	SET(attislocal, BoolGetDatum(att->attislocal));
	SET(attinhcount, Int32GetDatum(att->attinhcount));
	SET(attcollation, ObjectIdGetDatum(att->attcollation));
	SET(attoptions, attoptions);
#undef SET
	nulls[Anum_pg_attribute_attacl - 1] = nulls[Anum_pg_attribute_attfdwoptions - 1] = nulls[Anum_pg_attribute_attmissingval - 1] = true;
	nulls[Anum_pg_attribute_attoptions - 1] = attoptions == (Datum) 0;
}

void
InsertPgClassTuple(Relation pg_class_desc, Relation new_rel_desc, Oid new_rel_oid, Datum relacl, Datum reloptions)
{
	Datum values[Natts_pg_class] = {0};
	bool nulls[Natts_pg_class];
	HeapTuple tuple;

	heap_pg_class_values(new_rel_desc, new_rel_oid, relacl, reloptions, values, nulls);
	tuple = heap_form_tuple(RelationGetDescr(pg_class_desc), values, nulls);
	CatalogTupleInsert(pg_class_desc, tuple);
	heap_freetuple(tuple);
}

static void
insert_attribute(Relation pg_attribute, const FormData_pg_attribute *att, Oid relid, Datum options, CatalogIndexState indstate)
{
	Datum values[Natts_pg_attribute] = {0};
	bool nulls[Natts_pg_attribute];
	HeapTuple tuple;

	heap_pg_attribute_values(att, relid, options, values, nulls);
	tuple = heap_form_tuple(RelationGetDescr(pg_attribute), values, nulls);
	CatalogTupleInsertWithInfo(pg_attribute, tuple, indstate);
	heap_freetuple(tuple);
}

void
InsertPgAttributeTuples(Relation pg_attribute_rel, TupleDesc tupdesc, Oid new_rel_oid, Datum *attoptions, CatalogIndexState indstate)
{
	CatalogIndexState own = indstate ? NULL : CatalogOpenIndexes(pg_attribute_rel);

	for (int i = 0; i < tupdesc->natts; i++)
		insert_attribute(pg_attribute_rel, TupleDescAttr(tupdesc, i), new_rel_oid, attoptions ? attoptions[i] : (Datum) 0, own ? own : indstate);
	if (own)
		CatalogCloseIndexes(own);
}

static void
add_attribute_rows(Oid relid, TupleDesc desc, char relkind)
{
	Relation pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);
	CatalogIndexState indstate = CatalogOpenIndexes(pg_attribute);
	ObjectAddress column;
	ObjectAddress referenced;

	InsertPgAttributeTuples(pg_attribute, desc, relid, NULL, indstate);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		ObjectAddressSubSet(column, RelationRelationId, relid, i + 1);
		ObjectAddressSet(referenced, TypeRelationId, att->atttypid);
		recordDependencyOn(&column, &referenced, DEPENDENCY_NORMAL);
		if (OidIsValid(att->attcollation) && att->attcollation != DEFAULT_COLLATION_OID)
		{
			ObjectAddressSet(referenced, CollationRelationId, att->attcollation);
			recordDependencyOn(&column, &referenced, DEPENDENCY_NORMAL);
		}
	}
	if (relkind != RELKIND_VIEW && relkind != RELKIND_COMPOSITE_TYPE)
	{
		for (AttrNumber a = -1; a >= -(int) lengthof(system_columns); a--)
			insert_attribute(pg_attribute, SystemAttributeDefinition(a), relid, (Datum) 0, indstate);
	}
	CatalogCloseIndexes(indstate);
	table_close(pg_attribute, RowExclusiveLock);
}

/* ---- the relation ----------------------------------------------------------------------------------------------------------------------- */
Relation
heap_create(const char *relname, Oid relnamespace, Oid reltablespace, Oid relid, Oid relfilenode, Oid accessmtd,
			TupleDesc tupDesc, char relkind, char relpersistence, bool shared_relation, bool mapped_relation,
			bool allow_system_table_mods, TransactionId *relfrozenxid, MultiXactId *relminmxid, bool create_storage)
{
	Relation rel;

	Assert(OidIsValid(relid));
	if (!allow_system_table_mods && ((IsCatalogNamespace(relnamespace) && relkind != RELKIND_INDEX) || IsToastNamespace(relnamespace)) &&
		IsNormalProcessingMode() && !IsToastNamespace(relnamespace) && !InSystemScript)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied to create \"%s.%s\"", get_namespace_name(relnamespace), relname),
				errdetail("System catalog modifications are currently disallowed."));
	if (relfrozenxid)
		*relfrozenxid = InvalidTransactionId;
	if (relminmxid)
		*relminmxid = InvalidMultiXactId;
	if (!RELKIND_HAS_TABLESPACE(relkind))
		reltablespace = InvalidOid;
	if (!RELKIND_HAS_STORAGE(relkind))
		create_storage = false;
	else if (!OidIsValid(relfilenode))
		relfilenode = relid;
	/* the database's own tablespace is not named, so that the database can be moved */
	if (reltablespace == MyDatabaseTableSpace)
		reltablespace = InvalidOid;
	rel = RelationBuildLocalRelation(relname, relnamespace, tupDesc, relid, accessmtd, create_storage || RELKIND_HAS_STORAGE(relkind) ? relfilenode : InvalidOid,
									 reltablespace, shared_relation, mapped_relation, relpersistence, relkind);
	if (create_storage)
	{
		SMgrRelation srel = RelationCreateStorage(rel->rd_node, relpersistence, true);

		if (relpersistence == RELPERSISTENCE_UNLOGGED && relkind != RELKIND_INDEX)
		{
			smgrcreate(srel, INIT_FORKNUM, false);
			log_smgrcreate(&rel->rd_node, INIT_FORKNUM);
			smgrimmedsync(srel, INIT_FORKNUM);
		}
	}
	return rel;
}

static void
insert_new_class(Relation pg_class, Relation rel, Oid relid, Oid rowtype, Oid reloftype, Oid owner, char relkind, Datum relacl, Datum reloptions)
{
	Form_pg_class form = rel->rd_rel;

	form->relpages = 0;
	form->reltuples = relkind == RELKIND_SEQUENCE ? 1 : -1;
	if (relkind == RELKIND_SEQUENCE)
		form->relpages = 1;
	if (RELKIND_HAS_TABLE_AM(relkind))
	{
		/* Low words: the ids proper are 64 bits wide and never wrap. */
		form->relfrozenxid = (uint32) RecentXmin;
		form->relminmxid = (uint32) GetOldestMultiXactId();
	}
	form->relowner = owner;
	form->reltype = rowtype;
	form->reloftype = reloftype;
	rel->rd_att->tdtypeid = OidIsValid(rowtype) ? rowtype : RECORDOID;
	rel->rd_att->tdtypmod = -1;
	InsertPgClassTuple(pg_class, rel, relid, relacl, reloptions);
}

static void
check_name_free(const char *relname, Oid relnamespace)
{
	Oid existing = get_relname_relid(relname, relnamespace);
	Oid type;

	if (OidIsValid(existing))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_TABLE), errmsg("relation \"%s\" already exists", relname));
	/* the row type needs the name too; an automatic array type of that name moves out of the way */
	type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(relname), ObjectIdGetDatum(relnamespace));
	if (OidIsValid(type) && !moveArrayTypeName(type, relname, relnamespace))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("type \"%s\" already exists", relname),
				errhint("A relation has an associated type of the same name, so you must use a name that doesn't conflict with any existing type."));
}

static void
record_relation_dependencies(Oid relid, Oid relnamespace, Oid ownerid, Oid reloftype, Oid reltablespace, char relkind, Acl *acl)
{
	ObjectAddress self;
	ObjectAddress referenced;

	ObjectAddressSet(self, RelationRelationId, relid);
	recordDependencyOnOwner(RelationRelationId, relid, ownerid);
	if (acl)
		recordDependencyOnNewAcl(RelationRelationId, relid, 0, ownerid, acl);
	if (OidIsValid(reltablespace) && !RELKIND_HAS_STORAGE(relkind))
		recordDependencyOnTablespace(RelationRelationId, relid, reltablespace);
	ObjectAddressSet(referenced, NamespaceRelationId, relnamespace);
	recordDependencyOn(&self, &referenced, DEPENDENCY_NORMAL);
	if (OidIsValid(reloftype))
	{
		ObjectAddressSet(referenced, TypeRelationId, reloftype);
		recordDependencyOn(&self, &referenced, DEPENDENCY_NORMAL);
	}
}

Oid
heap_create_with_catalog(const char *relname, Oid relnamespace, Oid reltablespace, Oid relid, Oid reltypeid, Oid reloftypeid,
						 Oid ownerid, Oid accessmtd, TupleDesc tupdesc, List *cooked_constraints, char relkind,
						 char relpersistence, bool shared_relation, bool mapped_relation, OnCommitAction oncommit,
						 Datum reloptions, bool use_user_acl, bool allow_system_table_mods, bool is_internal, Oid relrewrite,
						 ObjectAddress *typaddress)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	bool has_rowtype = relkind != RELKIND_SEQUENCE && relkind != RELKIND_TOASTVALUE && relkind != RELKIND_INDEX && !OidIsValid(relrewrite);
	Acl *acl = NULL;
	Oid rowtype = InvalidOid;
	Relation rel;

	CheckAttributeNamesTypes(tupdesc, relkind, allow_system_table_mods || InSystemScript ? CHKATYPE_ANYARRAY : 0);
	if (!OidIsValid(relrewrite))
		check_name_free(relname, relnamespace);
	if (!OidIsValid(relid))
		relid = GetNewRelFileNode(RELKIND_HAS_TABLESPACE(relkind) ? reltablespace : InvalidOid, pg_class, relpersistence);
	if (use_user_acl && (relkind == RELKIND_RELATION || relkind == RELKIND_VIEW || relkind == RELKIND_MATVIEW || relkind == RELKIND_SEQUENCE))
		acl = get_user_default_acl(relkind == RELKIND_SEQUENCE ? OBJECT_SEQUENCE : OBJECT_TABLE, ownerid, relnamespace);
	rel = heap_create(relname, relnamespace, reltablespace, relid, relid, accessmtd, tupdesc, relkind, relpersistence, shared_relation,
					  mapped_relation, allow_system_table_mods, NULL, NULL, true);
	rel->rd_rel->relrewrite = relrewrite;
	if (has_rowtype)
	{
		ObjectAddress address = type_create_rowtype(relname, relnamespace, relid, relkind, ownerid, reltypeid);

		rowtype = address.objectId;
		if (typaddress)
			*typaddress = address;
	}
	insert_new_class(pg_class, rel, relid, rowtype, reloftypeid, ownerid, relkind, PointerGetDatum(acl), reloptions);
	add_attribute_rows(relid, RelationGetDescr(rel), relkind);
	if (relkind != RELKIND_COMPOSITE_TYPE && relkind != RELKIND_TOASTVALUE && !IsBootstrapProcessingMode())
		record_relation_dependencies(relid, relnamespace, ownerid, reloftypeid, reltablespace, relkind, acl);
	if (cooked_constraints)
		heap_store_constraints(rel, cooked_constraints, is_internal);
	if (oncommit != ONCOMMIT_NOOP)
		register_on_commit_action(relid, oncommit);
	table_close(rel, NoLock);
	table_close(pg_class, RowExclusiveLock);
	return relid;
}
