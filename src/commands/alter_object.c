/*
 * alter_object.c
 *    RENAME, OWNER TO and SET SCHEMA for objects of every kind: to the kind's own function, or one that knows where each
 *    catalog keeps name, owner, schema and privileges (catalog/objectaddress.h).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/commands.h"
#include "commands/dbcommands.h"
#include "commands/tablecmds.h"
#include "commands/user.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "parser/parse_type.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static void pg_attribute_noreturn()
not_supported(const char *what)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s is not supported", what));
	pg_unreachable();
}

/* ---- one row of one catalog -------------------------------------------------------------------------------------------------- */
typedef struct ObjectRow
{
	Relation catalog;
	HeapTuple tuple;
	Oid class_id;
	Oid object_id;
	Datum *values; /* replacements */
	bool *replace;
} ObjectRow;

static ObjectRow
open_row(Oid class_id, Oid object_id)
{
	ObjectRow row = {.class_id = class_id, .object_id = object_id};
	int columns;

	row.catalog = table_open(class_id, RowExclusiveLock);
	row.tuple = get_catalog_object_by_oid(row.catalog, get_object_attnum_oid(class_id), object_id);
	if (!HeapTupleIsValid(row.tuple))
		elog(ERROR, "cache lookup failed for object %u of catalog \"%s\"", object_id,
			 RelationGetRelationName(row.catalog));
	columns = RelationGetDescr(row.catalog)->natts;
	row.values = palloc0_array(Datum, columns);
	row.replace = palloc0_array(bool, columns);
	return row;
}

static Datum
row_column(const ObjectRow *row, AttrNumber column, bool *isnull)
{
	bool null;
	Datum value = heap_getattr(row->tuple, column, RelationGetDescr(row->catalog), &null);

	if (isnull)
		*isnull = null;
	else if (null)
		elog(ERROR, "null in column %d of catalog \"%s\"", column, RelationGetRelationName(row->catalog));
	return value;
}

static void
set_column(ObjectRow *row, AttrNumber column, Datum value)
{
	row->values[column - 1] = value;
	row->replace[column - 1] = true;
}

static void
store_row(ObjectRow *row)
{
	bool *nulls = palloc0_array(bool, RelationGetDescr(row->catalog)->natts);
	HeapTuple changed = heap_modify_tuple(row->tuple, RelationGetDescr(row->catalog), row->values, nulls, row->replace);

	CatalogTupleUpdate(row->catalog, &row->tuple->t_self, changed);
	heap_freetuple(changed);
	table_close(row->catalog, RowExclusiveLock);
}

static const char *
row_name(const ObjectRow *row)
{
	return NameStr(*DatumGetName(row_column(row, get_object_attnum_name(row->class_id), NULL)));
}

static void
require_ownership(const ObjectRow *row)
{
	if (!object_ownercheck(row->class_id, row->object_id, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, get_object_type(row->class_id, row->object_id), row_name(row));
}

/* ---- name clashes -------------------------------------------------------------------------------------------------------------- */
static void
check_function_name_free(const ObjectRow *row, const char *name, Oid namespace)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(row->tuple);

	if (SearchSysCacheExists3(PROCNAMEARGSNSP, CStringGetDatum(name), PointerGetDatum(&form->proargtypes),
							  ObjectIdGetDatum(namespace)))
		ereport(ERROR,
				errcode(ERRCODE_DUPLICATE_FUNCTION),
				errmsg("function %s already exists in schema \"%s\"",
					   funcname_signature_string(name, form->pronargs, NIL, form->proargtypes.values),
					   get_namespace_name(namespace)));
}

static void
check_name_free(const ObjectRow *row, const char *name, Oid namespace)
{
	int cache = get_object_catcache_name(row->class_id);

	if (row->class_id == ProcedureRelationId)
	{
		check_function_name_free(row, name, namespace);
		return;
	}
	if (cache < 0 || !get_object_namensp_unique(row->class_id))
		return; /* its unique index finds out */
	if (OidIsValid(namespace) ? SearchSysCacheExists2(cache, CStringGetDatum(name), ObjectIdGetDatum(namespace))
							  : SearchSysCacheExists1(cache, CStringGetDatum(name)))
	{
		if (OidIsValid(namespace))
			ereport(ERROR,
					errcode(ERRCODE_DUPLICATE_OBJECT),
					errmsg("%s \"%s\" already exists in schema \"%s\"", get_object_class_descr(row->class_id), name,
						   get_namespace_name(namespace)));
		ereport(ERROR,
				errcode(ERRCODE_DUPLICATE_OBJECT),
				errmsg("%s \"%s\" already exists", get_object_class_descr(row->class_id), name));
	}
}

/* ---- RENAME ---------------------------------------------------------------------------------------------------------------------- */
static void
rename_object(Oid class_id, Oid object_id, const char *newname)
{
	ObjectRow row = open_row(class_id, object_id);
	AttrNumber namespace_column = get_object_attnum_namespace(class_id);
	Oid namespace = namespace_column ? DatumGetObjectId(row_column(&row, namespace_column, NULL)) : InvalidOid;
	NameData name;

	if (!superuser())
	{
		require_ownership(&row);
		if (OidIsValid(namespace))
		{
			AclResult result = pg_namespace_aclcheck(namespace, GetUserId(), ACL_CREATE);

			if (result != ACLCHECK_OK)
				aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(namespace));
		}
	}
	check_name_free(&row, newname, namespace);
	namestrcpy(&name, newname);
	set_column(&row, get_object_attnum_name(class_id), NameGetDatum(&name));
	store_row(&row);
}

static ObjectAddress
rename_type(RenameStmt *stmt)
{
	Oid type_oid = typenameTypeId(NULL, makeTypeNameFromNameList(castNode(List, stmt->object)));
	HeapTuple tuple = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(type_oid));
	Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);
	ObjectAddress address;

	if (!pg_type_ownercheck(type_oid, GetUserId()))
		aclcheck_error_type(ACLCHECK_NOT_OWNER, type_oid);
	if (stmt->renameType == OBJECT_DOMAIN && form->typtype != TYPTYPE_DOMAIN)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s is not a domain", format_type_be(type_oid)));
	if (form->typtype == TYPTYPE_COMPOSITE && get_rel_relkind(form->typrelid) != RELKIND_COMPOSITE_TYPE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s is a table's row type", format_type_be(type_oid)),
				errhint("Use ALTER TABLE instead."));
	if (OidIsValid(form->typelem) && get_array_type(form->typelem) == type_oid)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("cannot alter array type %s", format_type_be(type_oid)),
				errhint("You can alter type %s, which will alter the array type as well.", format_type_be(form->typelem)));
	if (form->typtype == TYPTYPE_COMPOSITE)
		RenameRelationInternal(form->typrelid, stmt->newname, false, false);
	else
		RenameTypeInternal(type_oid, stmt->newname, form->typnamespace);
	ObjectAddressSet(address, TypeRelationId, type_oid);
	return address;
}

ObjectAddress
ExecRenameStmt(RenameStmt *stmt)
{
	ObjectAddress address;

	switch (stmt->renameType)
	{
		case OBJECT_TABCONSTRAINT:
		case OBJECT_DOMCONSTRAINT:
			return RenameConstraint(stmt);
		case OBJECT_DATABASE:
			return RenameDatabase(stmt->subname, stmt->newname);
		case OBJECT_ROLE:
			return RenameRole(stmt->subname, stmt->newname);
		case OBJECT_SCHEMA:
			return RenameSchema(stmt->subname, stmt->newname);
		case OBJECT_TABLE:
		case OBJECT_VIEW:
		case OBJECT_MATVIEW:
		case OBJECT_SEQUENCE:
		case OBJECT_INDEX:
		case OBJECT_FOREIGN_TABLE:
			return RenameRelation(stmt);
		case OBJECT_COLUMN:
		case OBJECT_ATTRIBUTE:
			return renameatt(stmt);
		case OBJECT_DOMAIN:
		case OBJECT_TYPE:
			return rename_type(stmt);
		case OBJECT_AGGREGATE:
		case OBJECT_COLLATION:
		case OBJECT_CONVERSION:
		case OBJECT_FUNCTION:
		case OBJECT_LANGUAGE:
		case OBJECT_OPCLASS:
		case OBJECT_OPFAMILY:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
			address = get_object_address(stmt->renameType, stmt->object, NULL, AccessExclusiveLock, false);
			rename_object(address.classId, address.objectId, stmt->newname);
			return address;
		case OBJECT_TRIGGER:
			not_supported("ALTER TRIGGER ... RENAME");
		case OBJECT_RULE:
			not_supported("ALTER RULE ... RENAME");
		case OBJECT_POLICY:
			not_supported("ALTER POLICY ... RENAME");
		case OBJECT_TABLESPACE:
			not_supported("ALTER TABLESPACE ... RENAME");
		default:
			not_supported("this form of ALTER ... RENAME");
	}
}

/* ---- SET SCHEMA ------------------------------------------------------------------------------------------------------------------- */
static void
move_object(Oid class_id, Oid object_id, Oid new_namespace)
{
	ObjectRow row = open_row(class_id, object_id);
	AttrNumber column = get_object_attnum_namespace(class_id);
	Oid old_namespace = DatumGetObjectId(row_column(&row, column, NULL));

	if (old_namespace == new_namespace)
	{
		table_close(row.catalog, RowExclusiveLock);
		return;
	}
	CheckSetNamespace(old_namespace, new_namespace);
	if (!superuser())
	{
		AclResult result = pg_namespace_aclcheck(new_namespace, GetUserId(), ACL_CREATE);

		require_ownership(&row);
		if (result != ACLCHECK_OK)
			aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(new_namespace));
	}
	check_name_free(&row, row_name(&row), new_namespace);
	set_column(&row, column, ObjectIdGetDatum(new_namespace));
	store_row(&row);
	(void) changeDependencyFor(class_id, object_id, NamespaceRelationId, old_namespace, new_namespace);
}

static ObjectAddress
move_type_to_schema(AlterObjectSchemaStmt *stmt)
{
	Oid type_oid = typenameTypeId(NULL, makeTypeNameFromNameList(castNode(List, stmt->object)));
	Oid array_type = get_array_type(type_oid);
	Oid relid = get_typ_typrelid(type_oid);
	Oid namespace = LookupCreationNamespace(stmt->newschema);
	ObjectAddress address;

	if (!pg_type_ownercheck(type_oid, GetUserId()))
		aclcheck_error_type(ACLCHECK_NOT_OWNER, type_oid);
	if (OidIsValid(relid))
		not_supported("ALTER TYPE ... SET SCHEMA for composite types");
	move_object(TypeRelationId, type_oid, namespace);
	if (OidIsValid(array_type))
		move_object(TypeRelationId, array_type, namespace);
	ObjectAddressSet(address, TypeRelationId, type_oid);
	return address;
}

ObjectAddress
ExecAlterObjectSchemaStmt(AlterObjectSchemaStmt *stmt)
{
	ObjectAddress address;

	switch (stmt->objectType)
	{
		case OBJECT_TABLE:
		case OBJECT_VIEW:
		case OBJECT_MATVIEW:
		case OBJECT_SEQUENCE:
		case OBJECT_FOREIGN_TABLE:
			return AlterTableNamespace(stmt, NULL);
		case OBJECT_DOMAIN:
		case OBJECT_TYPE:
			return move_type_to_schema(stmt);
		case OBJECT_AGGREGATE:
		case OBJECT_COLLATION:
		case OBJECT_CONVERSION:
		case OBJECT_FUNCTION:
		case OBJECT_OPERATOR:
		case OBJECT_OPCLASS:
		case OBJECT_OPFAMILY:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
			address = get_object_address(stmt->objectType, stmt->object, NULL, AccessExclusiveLock, false);
			move_object(address.classId, address.objectId, LookupCreationNamespace(stmt->newschema));
			return address;
		default:
			not_supported("this form of ALTER ... SET SCHEMA");
	}
}

/* ---- OWNER TO ---------------------------------------------------------------------------------------------------------------------- */
static void
check_new_owner(const ObjectRow *row, Oid new_owner)
{
	AttrNumber namespace_column = get_object_attnum_namespace(row->class_id);

	if (superuser())
		return;
	require_ownership(row);
	check_is_member_of_role(GetUserId(), new_owner);
	if (namespace_column)
	{
		Oid namespace = DatumGetObjectId(row_column(row, namespace_column, NULL));
		AclResult result = pg_namespace_aclcheck(namespace, new_owner, ACL_CREATE);

		if (result != ACLCHECK_OK)
			aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(namespace));
	}
}

static void
change_owner(Oid class_id, Oid object_id, Oid new_owner)
{
	ObjectRow row = open_row(class_id, object_id);
	AttrNumber owner_column = get_object_attnum_owner(class_id);
	AttrNumber acl_column = get_object_attnum_acl(class_id);
	Oid old_owner = DatumGetObjectId(row_column(&row, owner_column, NULL));

	if (old_owner == new_owner)
	{
		table_close(row.catalog, RowExclusiveLock);
		return;
	}
	check_new_owner(&row, new_owner);
	set_column(&row, owner_column, ObjectIdGetDatum(new_owner));
	if (acl_column)
	{
		bool isnull;
		Datum acl = row_column(&row, acl_column, &isnull);

		if (!isnull)
			set_column(&row, acl_column, PointerGetDatum(aclnewowner(DatumGetAclP(acl), old_owner, new_owner)));
	}
	store_row(&row);
	changeDependencyOnOwner(class_id, object_id, new_owner);
}

static ObjectAddress
change_type_owner_by_name(AlterOwnerStmt *stmt, Oid new_owner)
{
	Oid type_oid = typenameTypeId(NULL, makeTypeNameFromNameList(castNode(List, stmt->object)));
	Oid relid = get_typ_typrelid(type_oid);
	Oid array_type = get_array_type(type_oid);
	ObjectAddress address;

	if (OidIsValid(relid) && get_rel_relkind(relid) != RELKIND_COMPOSITE_TYPE)
		ereport(ERROR,
				errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("%s is a table's row type", format_type_be(type_oid)),
				errhint("Use ALTER TABLE instead."));
	if (OidIsValid(relid))
		ATExecChangeOwner(relid, new_owner, true, AccessExclusiveLock);
	else
	{
		change_owner(TypeRelationId, type_oid, new_owner);
		if (OidIsValid(array_type))
		{
			/* the array type has no dependency of its own on the owner */
			ObjectRow row = open_row(TypeRelationId, array_type);

			set_column(&row, Anum_pg_type_typowner, ObjectIdGetDatum(new_owner));
			store_row(&row);
		}
	}
	ObjectAddressSet(address, TypeRelationId, type_oid);
	return address;
}

ObjectAddress
ExecAlterOwnerStmt(AlterOwnerStmt *stmt)
{
	Oid new_owner = get_rolespec_oid(stmt->newowner, false);
	ObjectAddress address;

	switch (stmt->objectType)
	{
		case OBJECT_DATABASE:
			return AlterDatabaseOwner(strVal(stmt->object), new_owner);
		case OBJECT_SCHEMA:
			return AlterSchemaOwner(strVal(stmt->object), new_owner);
		case OBJECT_TYPE:
		case OBJECT_DOMAIN:
			return change_type_owner_by_name(stmt, new_owner);
		case OBJECT_AGGREGATE:
		case OBJECT_COLLATION:
		case OBJECT_CONVERSION:
		case OBJECT_FUNCTION:
		case OBJECT_LANGUAGE:
		case OBJECT_OPERATOR:
		case OBJECT_OPCLASS:
		case OBJECT_OPFAMILY:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
		case OBJECT_TABLESPACE:
			address = get_object_address(stmt->objectType, stmt->object, NULL, AccessExclusiveLock, false);
			change_owner(address.classId, address.objectId, new_owner);
			return address;
		default:
			not_supported("this form of ALTER ... OWNER TO");
	}
}
