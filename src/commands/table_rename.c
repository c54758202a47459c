/*
 * table_rename.c
 *    ALTER TABLE and its kin: RENAME of relations, columns and constraints; OWNER TO; SET SCHEMA.
 *
 * A relation's name appears in pg_class, in its row type and that one's array type, and in the constraint that an index stands
 * for. Its owner and schema also belong to its indexes, owned sequences, TOAST table and types: they move together.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/tablecmds.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_type.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- may they ------------------------------------------------------------------------------------------------------------- */
static void
check_owner(Oid relid, char relkind, const char *relname)
{
	if (!pg_class_ownercheck(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(relkind), relname);
	if (!allowSystemTableMods && IsCatalogRelationOid(relid))
		ereport(ERROR,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied: \"%s\" is a system catalog", relname));
}

static void
check_create_in(Oid namespace)
{
	AclResult result = pg_namespace_aclcheck(namespace, GetUserId(), ACL_CREATE);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(namespace));
}

static void
wrong_kind(const char *relname, const char *kind)
{
	ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not %s", relname, kind));
}

/* ALTER VIEW wants a view, and so on; ALTER TABLE takes everything but types. */
static void
check_statement_fits(ObjectType objtype, char relkind, const char *relname)
{
	if (objtype == OBJECT_SEQUENCE && relkind != RELKIND_SEQUENCE)
		wrong_kind(relname, "a sequence");
	if (objtype == OBJECT_VIEW && relkind != RELKIND_VIEW)
		wrong_kind(relname, "a view");
	if (objtype == OBJECT_MATVIEW && relkind != RELKIND_MATVIEW)
		wrong_kind(relname, "a materialized view");
	if (objtype == OBJECT_INDEX && relkind != RELKIND_INDEX && relkind != RELKIND_PARTITIONED_INDEX)
		wrong_kind(relname, "an index");
	if (objtype != OBJECT_TYPE && relkind == RELKIND_COMPOSITE_TYPE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is a composite type", relname),
				errhint("Use ALTER TYPE instead."));
}

static void
check_before_lock(const RangeVar *rv, Oid relid, Oid oldrelid, void *arg)
{
	ObjectType objtype = *(ObjectType *) arg;
	HeapTuple tuple = OidIsValid(relid) ? SearchSysCache1(RELOID, ObjectIdGetDatum(relid)) : NULL;
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		return; /* missing, or just dropped: the caller says so */
	form = (Form_pg_class) GETSTRUCT(tuple);
	check_owner(relid, form->relkind, NameStr(form->relname));
	check_statement_fits(objtype, form->relkind, NameStr(form->relname));
	ReleaseSysCache(tuple);
}

static Oid
find_relation(RangeVar *rv, ObjectType objtype, LOCKMODE lockmode, bool missing_ok)
{
	Oid relid = RangeVarGetRelidExtended(rv, lockmode, missing_ok ? RVR_MISSING_OK : 0, check_before_lock, &objtype);

	if (!OidIsValid(relid))
		ereport(NOTICE, errmsg("relation \"%s\" does not exist, skipping", rv->relname));
	return relid;
}

/* ---- RENAME TO --------------------------------------------------------------------------------------------------------------- */
void
RenameRelationInternal(Oid myrelid, const char *newrelname, bool is_internal, bool is_index)
{
	Relation rel = relation_open(myrelid, is_index ? ShareUpdateExclusiveLock : AccessExclusiveLock);
	Oid namespace = RelationGetNamespace(rel);
	Relation pg_class;
	HeapTuple tuple;
	Form_pg_class form;

	if (get_relname_relid(newrelname, namespace) != InvalidOid)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_TABLE), errmsg("relation \"%s\" already exists", newrelname));
	pg_class = table_open(RelationRelationId, RowExclusiveLock);
	tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(myrelid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", myrelid);
	form = (Form_pg_class) GETSTRUCT(tuple);
	namestrcpy(&form->relname, newrelname);
	CatalogTupleUpdate(pg_class, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_class, RowExclusiveLock);

	if (OidIsValid(rel->rd_rel->reltype))
		RenameTypeInternal(rel->rd_rel->reltype, newrelname, namespace);
	if (rel->rd_rel->relkind == RELKIND_INDEX || rel->rd_rel->relkind == RELKIND_PARTITIONED_INDEX)
	{
		Oid constraint = get_index_constraint(myrelid);

		if (OidIsValid(constraint))
			RenameConstraintById(constraint, newrelname);
	}
	relation_close(rel, NoLock);
}

ObjectAddress
RenameRelation(RenameStmt *stmt)
{
	bool is_index = stmt->renameType == OBJECT_INDEX;
	Oid relid = find_relation(stmt->relation, stmt->renameType, is_index ? ShareUpdateExclusiveLock : AccessExclusiveLock,
							  stmt->missing_ok);
	char relkind;
	ObjectAddress address;

	if (!OidIsValid(relid))
		return InvalidObjectAddress;
	relkind = get_rel_relkind(relid);
	/* ALTER TABLE may name an index, which needs the weaker lock; the stronger one does no harm */
	check_create_in(get_rel_namespace(relid));
	RenameRelationInternal(relid, stmt->newname, false,
						   is_index && (relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX));
	ObjectAddressSet(address, RelationRelationId, relid);
	return address;
}

/* ---- RENAME COLUMN ------------------------------------------------------------------------------------------------------------ */
static void
check_column_free(Oid relid, const char *relname, const char *column)
{
	HeapTuple tuple = SearchSysCache2(ATTNAME, ObjectIdGetDatum(relid), PointerGetDatum(column));
	AttrNumber number;

	if (!HeapTupleIsValid(tuple))
		return;
	number = ((Form_pg_attribute) GETSTRUCT(tuple))->attnum;
	ReleaseSysCache(tuple);
	if (number < 0)
		ereport(ERROR,
				errcode(ERRCODE_DUPLICATE_COLUMN),
				errmsg("column name \"%s\" conflicts with a system column name", column));
	ereport(ERROR,
			errcode(ERRCODE_DUPLICATE_COLUMN),
			errmsg("column \"%s\" of relation \"%s\" already exists", column, relname));
}

static bool
has_renameable_columns(char relkind)
{
	return relkind == RELKIND_RELATION || relkind == RELKIND_VIEW || relkind == RELKIND_MATVIEW ||
		   relkind == RELKIND_COMPOSITE_TYPE || relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX ||
		   relkind == RELKIND_FOREIGN_TABLE || relkind == RELKIND_PARTITIONED_TABLE;
}

static AttrNumber
rename_column(Relation rel, const char *oldname, const char *newname)
{
	Relation pg_attribute = table_open(AttributeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopyAttName(RelationGetRelid(rel), oldname);
	Form_pg_attribute form;
	AttrNumber number;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" does not exist", oldname));
	form = (Form_pg_attribute) GETSTRUCT(tuple);
	number = form->attnum;
	if (number <= 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot rename system column \"%s\"", oldname));
	if (form->attinhcount > 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				errmsg("cannot rename inherited column \"%s\"", oldname));
	check_column_free(RelationGetRelid(rel), RelationGetRelationName(rel), newname);
	namestrcpy(&form->attname, newname);
	CatalogTupleUpdate(pg_attribute, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_attribute, RowExclusiveLock);
	return number;
}

ObjectAddress
renameatt(RenameStmt *stmt)
{
	ObjectType objtype = stmt->renameType == OBJECT_ATTRIBUTE ? OBJECT_TYPE : stmt->relationType;
	Oid relid = find_relation(stmt->relation, objtype, AccessExclusiveLock, stmt->missing_ok);
	ObjectAddress address;
	AttrNumber number;
	Relation rel;

	if (!OidIsValid(relid))
		return InvalidObjectAddress;
	rel = relation_open(relid, NoLock);
	if (!has_renameable_columns(rel->rd_rel->relkind))
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("cannot rename columns of relation \"%s\"", RelationGetRelationName(rel)));
	if (rel->rd_rel->relhassubclass)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("renaming a column of a table that has child tables is not supported"));
	number = rename_column(rel, stmt->subname, stmt->newname);
	relation_close(rel, NoLock);
	ObjectAddressSubSet(address, RelationRelationId, relid, number);
	return address;
}

/* ---- RENAME CONSTRAINT ----------------------------------------------------------------------------------------------------------- */
static void
rename_constraint(Oid relid, Oid constraint_oid, const char *newname)
{
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint_oid));
	Form_pg_constraint form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for constraint %u", constraint_oid);
	form = (Form_pg_constraint) GETSTRUCT(tuple);
	/* a constraint that an index stands for has the index's name */
	if (OidIsValid(form->conindid) && (form->contype == CONSTRAINT_PRIMARY || form->contype == CONSTRAINT_UNIQUE ||
									   form->contype == CONSTRAINT_EXCLUSION))
		RenameRelationInternal(form->conindid, newname, false, true);
	else
	{
		if (OidIsValid(relid) && ConstraintNameIsUsed(CONSTRAINT_RELATION, relid, newname))
			ereport(ERROR,
					errcode(ERRCODE_DUPLICATE_OBJECT),
					errmsg("constraint \"%s\" for relation \"%s\" already exists", newname, get_rel_name(relid)));
		RenameConstraintById(constraint_oid, newname);
	}
	ReleaseSysCache(tuple);
}

static Oid
find_domain_constraint(RenameStmt *stmt)
{
	Oid type = typenameTypeId(NULL, makeTypeNameFromNameList(castNode(List, stmt->object)));

	if (!pg_type_ownercheck(type, GetUserId()))
		aclcheck_error_type(ACLCHECK_NOT_OWNER, type);
	return get_domain_constraint_oid(type, stmt->subname, false);
}

ObjectAddress
RenameConstraint(RenameStmt *stmt)
{
	ObjectAddress address;
	Oid constraint;
	Oid relid = InvalidOid;

	if (stmt->renameType == OBJECT_DOMCONSTRAINT)
		constraint = find_domain_constraint(stmt);
	else
	{
		relid = find_relation(stmt->relation, OBJECT_TABLE, AccessExclusiveLock, stmt->missing_ok);
		if (!OidIsValid(relid))
			return InvalidObjectAddress;
		constraint = get_relation_constraint_oid(relid, stmt->subname, false);
	}
	rename_constraint(relid, constraint, stmt->newname);
	ObjectAddressSet(address, ConstraintRelationId, constraint);
	return address;
}

/* ---- OWNER TO ---------------------------------------------------------------------------------------------------------------------- */
static void
change_type_owner(Oid type_oid, Oid new_owner)
{
	Relation pg_type = table_open(TypeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(type_oid));
	Form_pg_type form;
	Oid array_type;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type_oid);
	form = (Form_pg_type) GETSTRUCT(tuple);
	array_type = form->typarray;
	form->typowner = new_owner;
	CatalogTupleUpdate(pg_type, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_type, RowExclusiveLock);
	if (OidIsValid(array_type))
		change_type_owner(array_type, new_owner);
}

/* pg_class.relowner, and the grants made in the old owner's name. */
static void
change_class_owner(Oid relid, Oid new_owner)
{
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Datum values[Natts_pg_class] = {0};
	bool nulls[Natts_pg_class] = {false};
	bool replace[Natts_pg_class] = {false};
	HeapTuple changed;
	Form_pg_class form;
	Datum acl;
	bool isnull;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	form = (Form_pg_class) GETSTRUCT(tuple);
	replace[Anum_pg_class_relowner - 1] = true;
	values[Anum_pg_class_relowner - 1] = ObjectIdGetDatum(new_owner);
	acl = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relacl, &isnull);
	if (!isnull)
	{
		replace[Anum_pg_class_relacl - 1] = true;
		values[Anum_pg_class_relacl - 1] = PointerGetDatum(aclnewowner(DatumGetAclP(acl), form->relowner, new_owner));
	}
	changed = heap_modify_tuple(tuple, RelationGetDescr(pg_class), values, nulls, replace);
	CatalogTupleUpdate(pg_class, &changed->t_self, changed);
	heap_freetuple(changed);
	ReleaseSysCache(tuple);
	table_close(pg_class, RowExclusiveLock);
}

static void
check_new_owner(Relation rel, Oid new_owner)
{
	Oid namespace = RelationGetNamespace(rel);
	AclResult result;

	if (superuser())
		return;
	check_owner(RelationGetRelid(rel), rel->rd_rel->relkind, RelationGetRelationName(rel));
	check_is_member_of_role(GetUserId(), new_owner);
	result = pg_namespace_aclcheck(namespace, new_owner, ACL_CREATE);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(namespace));
}

static void
refuse_dependent_relation(Relation rel)
{
	const char *name = RelationGetRelationName(rel);
	Oid table;
	int32 column;

	switch (rel->rd_rel->relkind)
	{
		case RELKIND_SEQUENCE:
			if (sequenceIsOwned(RelationGetRelid(rel), DEPENDENCY_AUTO, &table, &column) ||
				sequenceIsOwned(RelationGetRelid(rel), DEPENDENCY_INTERNAL, &table, &column))
				ereport(ERROR,
						errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cannot change owner of sequence \"%s\"", name),
						errdetail("Sequence \"%s\" is linked to table \"%s\".", name, get_rel_name(table)));
			break;
		case RELKIND_INDEX:
			ereport(WARNING,
					errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("cannot change owner of index \"%s\"", name),
					errhint("Change the ownership of the index's table instead."));
			break;
		case RELKIND_COMPOSITE_TYPE:
			ereport(ERROR,
					errcode(ERRCODE_WRONG_OBJECT_TYPE),
					errmsg("\"%s\" is a composite type", name),
					errhint("Use ALTER TYPE instead."));
			break;
		case RELKIND_TOASTVALUE:
			ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot change owner of relation \"%s\"", name));
			break;
		default:
			break;
	}
}

void
ATExecChangeOwner(Oid relationOid, Oid newOwnerId, bool recursing, LOCKMODE lockmode)
{
	Relation rel = relation_open(relationOid, lockmode);
	char relkind = rel->rd_rel->relkind;
	ListCell *lc;

	if (!recursing)
	{
		refuse_dependent_relation(rel);
		if (relkind == RELKIND_INDEX)
		{
			relation_close(rel, NoLock);
			return;
		}
	}
	if (rel->rd_rel->relowner != newOwnerId)
	{
		if (!recursing)
			check_new_owner(rel, newOwnerId);
		change_class_owner(relationOid, newOwnerId);
		if (relkind != RELKIND_INDEX && relkind != RELKIND_TOASTVALUE)
			changeDependencyOnOwner(RelationRelationId, relationOid, newOwnerId);
		if (OidIsValid(rel->rd_rel->reltype))
			change_type_owner(rel->rd_rel->reltype, newOwnerId);
		if (rel->rd_rel->relhasindex)
			foreach (lc, RelationGetIndexList(rel))
				ATExecChangeOwner(lfirst_oid(lc), newOwnerId, true, lockmode);
		if (OidIsValid(rel->rd_rel->reltoastrelid))
			ATExecChangeOwner(rel->rd_rel->reltoastrelid, newOwnerId, true, lockmode);
		if (relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE)
			foreach (lc, getOwnedSequences(relationOid))
				ATExecChangeOwner(lfirst_oid(lc), newOwnerId, true, lockmode);
	}
	relation_close(rel, NoLock);
}

/* ---- SET SCHEMA ------------------------------------------------------------------------------------------------------------------- */
static void
move_type(Oid type_oid, Oid new_namespace)
{
	Relation pg_type = table_open(TypeRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(type_oid));
	Form_pg_type form;
	Oid array_type;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type_oid);
	form = (Form_pg_type) GETSTRUCT(tuple);
	if (SearchSysCacheExists2(TYPENAMENSP, NameGetDatum(&form->typname), ObjectIdGetDatum(new_namespace)))
		ereport(ERROR,
				errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("type \"%s\" already exists in schema \"%s\"", NameStr(form->typname),
					   get_namespace_name(new_namespace)));
	array_type = form->typarray;
	form->typnamespace = new_namespace;
	CatalogTupleUpdate(pg_type, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(pg_type, RowExclusiveLock);
	if (OidIsValid(array_type))
		move_type(array_type, new_namespace);
}

void
AlterRelationNamespaceInternal(Relation classRel, Oid relOid, Oid oldNspOid, Oid newNspOid, bool hasDependEntry)
{
	HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relOid));
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relOid);
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (get_relname_relid(NameStr(form->relname), newNspOid) != InvalidOid)
		ereport(ERROR,
				errcode(ERRCODE_DUPLICATE_TABLE),
				errmsg("relation \"%s\" already exists in schema \"%s\"", NameStr(form->relname),
					   get_namespace_name(newNspOid)));
	form->relnamespace = newNspOid;
	CatalogTupleUpdate(classRel, &tuple->t_self, tuple);
	if (hasDependEntry)
		(void) changeDependencyFor(RelationRelationId, relOid, NamespaceRelationId, oldNspOid, newNspOid);
	heap_freetuple(tuple);
}

static void
move_relation(Relation rel, Oid old_namespace, Oid new_namespace)
{
	Oid relid = RelationGetRelid(rel);
	Relation pg_class = table_open(RelationRelationId, RowExclusiveLock);
	ObjectAddresses *moved = new_object_addresses();
	ListCell *lc;

	AlterRelationNamespaceInternal(pg_class, relid, old_namespace, new_namespace, true);
	if (OidIsValid(rel->rd_rel->reltype))
		move_type(rel->rd_rel->reltype, new_namespace);
	if (rel->rd_rel->relhasindex)
		foreach (lc, RelationGetIndexList(rel))
			AlterRelationNamespaceInternal(pg_class, lfirst_oid(lc), old_namespace, new_namespace, false);
	CommandCounterIncrement();
	AlterConstraintNamespaces(relid, old_namespace, new_namespace, false, moved);
	foreach (lc, getOwnedSequences(relid))
		AlterRelationNamespaceInternal(pg_class, lfirst_oid(lc), old_namespace, new_namespace, true);
	free_object_addresses(moved);
	table_close(pg_class, RowExclusiveLock);
}

ObjectAddress
AlterTableNamespace(AlterObjectSchemaStmt *stmt, Oid *oldschema)
{
	Oid relid = find_relation(stmt->relation, stmt->objectType, AccessExclusiveLock, stmt->missing_ok);
	ObjectAddress address;
	Relation rel;
	Oid old_namespace;
	Oid new_namespace;
	Oid table;
	int32 column;

	if (!OidIsValid(relid))
		return InvalidObjectAddress;
	rel = relation_open(relid, NoLock);
	old_namespace = RelationGetNamespace(rel);
	if (rel->rd_rel->relkind == RELKIND_SEQUENCE &&
		(sequenceIsOwned(relid, DEPENDENCY_AUTO, &table, &column) ||
		 sequenceIsOwned(relid, DEPENDENCY_INTERNAL, &table, &column)))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot move an owned sequence into another schema"),
				errdetail("Sequence \"%s\" is linked to table \"%s\".", RelationGetRelationName(rel), get_rel_name(table)));
	if (rel->rd_rel->relkind == RELKIND_INDEX)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("cannot change schema of index \"%s\"", RelationGetRelationName(rel)),
				errhint("Change the schema of the table instead."));
	new_namespace = LookupCreationNamespace(stmt->newschema);
	CheckSetNamespace(old_namespace, new_namespace);
	if (new_namespace != old_namespace)
		move_relation(rel, old_namespace, new_namespace);
	if (oldschema)
		*oldschema = old_namespace;
	relation_close(rel, NoLock);
	ObjectAddressSet(address, RelationRelationId, relid);
	return address;
}
