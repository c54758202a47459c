/*
 * aclchk.c
 *    May this role do that? And the errors when not.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_database.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* An object's ACL (default if none is stored) and owner; false: no such object. *acl is palloc'd. */
static bool
object_acl(int cache, Oid oid, AttrNumber ownercol, AttrNumber aclcol, ObjectType type, Acl **acl, Oid *owner)
{
	HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(oid));
	Datum datum;
	bool isnull;

	if (!HeapTupleIsValid(tuple))
		return false;
	*owner = DatumGetObjectId(SysCacheGetAttrNotNull(cache, tuple, ownercol));
	datum = SysCacheGetAttr(cache, tuple, aclcol, &isnull);
	*acl = isnull ? acldefault(type, *owner) : DatumGetAclPCopy(datum);
	ReleaseSysCache(tuple);
	return true;
}

static AclResult
check_object(int cache, Oid oid, AttrNumber ownercol, AttrNumber aclcol, ObjectType type, Oid roleid, AclMode mode, const char *what)
{
	Acl *acl;
	Oid owner;
	AclMode granted;

	if (superuser_arg(roleid))
		return ACLCHECK_OK;
	if (!object_acl(cache, oid, ownercol, aclcol, type, &acl, &owner))
		elog(ERROR, "cache lookup failed for %s %u", what, oid);
	granted = aclmask(acl, roleid, owner, mode, ACLMASK_ANY);
	pfree(acl);
	return granted != 0 ? ACLCHECK_OK : ACLCHECK_NO_PRIV;
}

AclResult
pg_database_aclcheck(Oid db_oid, Oid roleid, AclMode mode)
{
	return check_object(DATABASEOID, db_oid, Anum_pg_database_datdba, Anum_pg_database_datacl, OBJECT_DATABASE, roleid, mode, "database");
}

AclResult
pg_proc_aclcheck(Oid proc_oid, Oid roleid, AclMode mode)
{
	return check_object(PROCOID, proc_oid, Anum_pg_proc_proowner, Anum_pg_proc_proacl, OBJECT_FUNCTION, roleid, mode, "function");
}

AclResult
pg_language_aclcheck(Oid lang_oid, Oid roleid, AclMode mode)
{
	return check_object(LANGOID, lang_oid, Anum_pg_language_lanowner, Anum_pg_language_lanacl, OBJECT_LANGUAGE, roleid, mode, "language");
}

AclResult
pg_namespace_aclcheck(Oid nsp_oid, Oid roleid, AclMode mode)
{
	/* The session's own temporary schema is open to it if it may create temporary tables at all. */
	if (isTempNamespace(nsp_oid))
		return pg_database_aclcheck(MyDatabaseId, roleid, ACL_CREATE_TEMP) == ACLCHECK_OK || !(mode & ACL_CREATE) ? ACLCHECK_OK : ACLCHECK_NO_PRIV;
	if (mode == ACL_USAGE && (has_privs_of_role(roleid, ROLE_PG_READ_ALL_DATA) || has_privs_of_role(roleid, ROLE_PG_WRITE_ALL_DATA)))
		return ACLCHECK_OK;
	return check_object(NAMESPACEOID, nsp_oid, Anum_pg_namespace_nspowner, Anum_pg_namespace_nspacl, OBJECT_SCHEMA, roleid, mode, "schema");
}

AclResult
pg_tablespace_aclcheck(Oid spc_oid, Oid roleid, AclMode mode)
{
	return check_object(TABLESPACEOID, spc_oid, Anum_pg_tablespace_spcowner, Anum_pg_tablespace_spcacl, OBJECT_TABLESPACE, roleid, mode,
						"tablespace");
}

AclResult
pg_type_aclcheck(Oid type_oid, Oid roleid, AclMode mode)
{
	Oid element = get_element_type(type_oid);

	/* arrays go by their elements */
	if (OidIsValid(element))
		type_oid = element;
	return check_object(TYPEOID, type_oid, Anum_pg_type_typowner, Anum_pg_type_typacl, OBJECT_TYPE, roleid, mode, "type");
}

AclResult
pg_parameter_aclcheck(const char *name, Oid roleid, AclMode mode)
{
	return superuser_arg(roleid) ? ACLCHECK_OK : ACLCHECK_NO_PRIV;
}

/* ---- relations and columns -------------------------------------------------------------------------------------------------------- */
AclMode
aclmask_of_class(Oid table_oid, Oid roleid, AclMode mask, AclMaskHow how)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table_oid));
	Form_pg_class form;
	Datum datum;
	bool isnull;
	Acl *acl;
	AclMode result;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", table_oid));
	form = (Form_pg_class) GETSTRUCT(tuple);
	/* Nobody but superusers changes system catalogs, and not even they unless allowed. */
	if ((mask & (ACL_INSERT | ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE | ACL_USAGE)) && IsSystemClass(table_oid, form) &&
		form->relkind != RELKIND_VIEW && !superuser_arg(roleid))
		mask &= ~(ACL_INSERT | ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE | ACL_USAGE);
	if (superuser_arg(roleid))
	{
		ReleaseSysCache(tuple);
		return mask;
	}
	datum = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relacl, &isnull);
	acl = isnull ? acldefault(form->relkind == RELKIND_SEQUENCE ? OBJECT_SEQUENCE : OBJECT_TABLE, form->relowner) : DatumGetAclPCopy(datum);
	result = aclmask(acl, roleid, form->relowner, mask, how);
	pfree(acl);
	ReleaseSysCache(tuple);
	if ((mask & ACL_SELECT) && !(result & ACL_SELECT) && has_privs_of_role(roleid, ROLE_PG_READ_ALL_DATA))
		result |= ACL_SELECT;
	if ((mask & (ACL_INSERT | ACL_UPDATE | ACL_DELETE)) && has_privs_of_role(roleid, ROLE_PG_WRITE_ALL_DATA))
		result |= mask & (ACL_INSERT | ACL_UPDATE | ACL_DELETE);
	return result;
}

AclResult
pg_class_aclcheck(Oid table_oid, Oid roleid, AclMode mode)
{
	return aclmask_of_class(table_oid, roleid, mode, ACLMASK_ANY) != 0 ? ACLCHECK_OK : ACLCHECK_NO_PRIV;
}

AclResult
pg_class_aclcheck_ext(Oid table_oid, Oid roleid, AclMode mode, bool *is_missing)
{
	if (is_missing != NULL && !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table_oid)))
	{
		*is_missing = true;
		return ACLCHECK_NO_PRIV;
	}
	return pg_class_aclcheck(table_oid, roleid, mode);
}

/* What the column's own ACL adds to the relation's. */
static AclMode
column_mask(Oid table_oid, AttrNumber attnum, Oid roleid, AclMode mask, bool *is_missing)
{
	HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(table_oid), Int16GetDatum(attnum));
	HeapTuple class_tuple;
	Datum datum;
	bool isnull;
	AclMode result = 0;

	if (!HeapTupleIsValid(tuple) || ((Form_pg_attribute) GETSTRUCT(tuple))->attisdropped)
	{
		if (HeapTupleIsValid(tuple))
			ReleaseSysCache(tuple);
		if (is_missing != NULL)
		{
			*is_missing = true;
			return 0;
		}
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("attribute %d of relation with OID %u does not exist", attnum, table_oid));
	}
	datum = SysCacheGetAttr(ATTNUM, tuple, Anum_pg_attribute_attacl, &isnull);
	if (!isnull)
	{
		class_tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table_oid));
		if (HeapTupleIsValid(class_tuple))
		{
			result = aclmask(DatumGetAclP(datum), roleid, ((Form_pg_class) GETSTRUCT(class_tuple))->relowner, mask, ACLMASK_ANY);
			ReleaseSysCache(class_tuple);
		}
	}
	ReleaseSysCache(tuple);
	return result;
}

AclResult
pg_attribute_aclcheck_ext(Oid table_oid, AttrNumber attnum, Oid roleid, AclMode mode, bool *is_missing)
{
	return column_mask(table_oid, attnum, roleid, mode, is_missing) != 0 ? ACLCHECK_OK : ACLCHECK_NO_PRIV;
}

AclResult
pg_attribute_aclcheck(Oid table_oid, AttrNumber attnum, Oid roleid, AclMode mode)
{
	return pg_attribute_aclcheck_ext(table_oid, attnum, roleid, mode, NULL);
}

AclResult
pg_attribute_aclcheck_all(Oid table_oid, Oid roleid, AclMode mode, AclMaskHow how)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table_oid));
	AclResult result = ACLCHECK_NO_PRIV;
	int natts;

	if (!HeapTupleIsValid(tuple))
		return ACLCHECK_NO_PRIV;
	natts = ((Form_pg_class) GETSTRUCT(tuple))->relnatts;
	ReleaseSysCache(tuple);
	for (AttrNumber a = 1; a <= natts; a++)
	{
		bool missing = false;

		result = pg_attribute_aclcheck_ext(table_oid, a, roleid, mode, &missing);
		if (missing)
			continue;
		if ((how == ACLMASK_ANY) == (result == ACLCHECK_OK))
			return result;
	}
	return result;
}

/* ---- ownership ----------------------------------------------------------------------------------------------------------------------- */
bool
object_ownercheck(Oid classid, Oid objectid, Oid roleid)
{
	int cache = get_object_catcache_oid(classid);
	HeapTuple tuple;
	Oid owner;

	if (superuser_arg(roleid))
		return true;
	if (cache < 0)
		elog(ERROR, "unexpected object class %u", classid);
	tuple = SearchSysCache1(cache, ObjectIdGetDatum(objectid));
	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("%s with OID %u does not exist", get_object_class_descr(classid), objectid));
	owner = DatumGetObjectId(SysCacheGetAttrNotNull(cache, tuple, get_object_attnum_owner(classid)));
	ReleaseSysCache(tuple);
	return has_privs_of_role(roleid, owner);
}

bool
pg_class_ownercheck(Oid class_oid, Oid roleid)
{
	return object_ownercheck(RelationRelationId, class_oid, roleid);
}

bool
pg_type_ownercheck(Oid type_oid, Oid roleid)
{
	return object_ownercheck(TypeRelationId, type_oid, roleid);
}

bool
pg_oper_ownercheck(Oid oper_oid, Oid roleid)
{
	return object_ownercheck(OperatorRelationId, oper_oid, roleid);
}

bool
pg_proc_ownercheck(Oid proc_oid, Oid roleid)
{
	return object_ownercheck(ProcedureRelationId, proc_oid, roleid);
}

bool
pg_language_ownercheck(Oid lan_oid, Oid roleid)
{
	return object_ownercheck(LanguageRelationId, lan_oid, roleid);
}

bool
pg_namespace_ownercheck(Oid nsp_oid, Oid roleid)
{
	return object_ownercheck(NamespaceRelationId, nsp_oid, roleid);
}

bool
pg_tablespace_ownercheck(Oid spc_oid, Oid roleid)
{
	return object_ownercheck(TableSpaceRelationId, spc_oid, roleid);
}

bool
pg_database_ownercheck(Oid db_oid, Oid roleid)
{
	return object_ownercheck(DatabaseRelationId, db_oid, roleid);
}

bool
pg_collation_ownercheck(Oid coll_oid, Oid roleid)
{
	return object_ownercheck(CollationRelationId, coll_oid, roleid);
}

/* ---- errors ---------------------------------------------------------------------------------------------------------------------------- */
typedef struct ObjectTypeName
{
	ObjectType type;
	const char *denied; /* "permission denied for X name" */
	const char *owner;	/* "must be owner of X name" */
} ObjectTypeName;

static const ObjectTypeName object_type_names[] = {
	{OBJECT_AGGREGATE, "aggregate", "aggregate"},
	{OBJECT_COLLATION, "collation", "collation"},
	{OBJECT_COLUMN, "column", "relation"},
	{OBJECT_CONVERSION, "conversion", "conversion"},
	{OBJECT_DATABASE, "database", "database"},
	{OBJECT_DOMAIN, "domain", "domain"},
	{OBJECT_EVENT_TRIGGER, "event trigger", "event trigger"},
	{OBJECT_EXTENSION, "extension", "extension"},
	{OBJECT_FDW, "foreign-data wrapper", "foreign-data wrapper"},
	{OBJECT_FOREIGN_SERVER, "foreign server", "foreign server"},
	{OBJECT_FOREIGN_TABLE, "foreign table", "foreign table"},
	{OBJECT_FUNCTION, "function", "function"},
	{OBJECT_INDEX, "index", "index"},
	{OBJECT_LANGUAGE, "language", "language"},
	{OBJECT_LARGEOBJECT, "large object", "large object"},
	{OBJECT_MATVIEW, "materialized view", "materialized view"},
	{OBJECT_OPCLASS, "operator class", "operator class"},
	{OBJECT_OPERATOR, "operator", "operator"},
	{OBJECT_OPFAMILY, "operator family", "operator family"},
	{OBJECT_PARAMETER_ACL, "parameter", "parameter"},
	{OBJECT_POLICY, "policy", "policy"},
	{OBJECT_PROCEDURE, "procedure", "procedure"},
	{OBJECT_PUBLICATION, "publication", "publication"},
	{OBJECT_ROUTINE, "routine", "routine"},
	{OBJECT_SCHEMA, "schema", "schema"},
	{OBJECT_SEQUENCE, "sequence", "sequence"},
	{OBJECT_STATISTIC_EXT, "statistics object", "statistics object"},
	{OBJECT_SUBSCRIPTION, "subscription", "subscription"},
	{OBJECT_TABLE, "table", "table"},
	{OBJECT_TABCONSTRAINT, "table", "relation"},
	{OBJECT_RULE, "rule", "relation"},
	{OBJECT_TRIGGER, "trigger", "relation"},
	{OBJECT_TABLESPACE, "tablespace", "tablespace"},
	{OBJECT_TSCONFIGURATION, "text search configuration", "text search configuration"},
	{OBJECT_TSDICTIONARY, "text search dictionary", "text search dictionary"},
	{OBJECT_TYPE, "type", "type"},
	{OBJECT_VIEW, "view", "view"},
};

static const ObjectTypeName *
object_type_name(ObjectType objtype)
{
	for (int i = 0; i < (int) lengthof(object_type_names); i++)
	{
		if (object_type_names[i].type == objtype)
			return &object_type_names[i];
	}
	elog(ERROR, "unsupported object type %d", objtype);
}

void
aclcheck_error(AclResult aclerr, ObjectType objtype, const char *objectname)
{
	if (aclerr == ACLCHECK_OK)
		return;
	if (aclerr == ACLCHECK_NO_PRIV)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied for %s %s", object_type_name(objtype)->denied, objectname));
	ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be owner of %s %s", object_type_name(objtype)->owner, objectname));
}

void
aclcheck_error_col(AclResult aclerr, ObjectType objtype, const char *objectname, const char *colname)
{
	if (aclerr == ACLCHECK_NO_PRIV)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied for column \"%s\" of relation \"%s\"", colname, objectname));
	aclcheck_error(aclerr, objtype, objectname);
}

void
aclcheck_error_type(AclResult aclerr, Oid typeOid)
{
	Oid element = get_element_type(typeOid);

	aclcheck_error(aclerr, OBJECT_TYPE, format_type_be(element ? element : typeOid));
}

/* ---- privileges of new objects ------------------------------------------------------------------------------------------------------------ */
static Acl *
stored_default_acl(Oid role, Oid nsp, char kind)
{
	HeapTuple tuple = SearchSysCache3(DEFACLROLENSPOBJ, ObjectIdGetDatum(role), ObjectIdGetDatum(nsp), CharGetDatum(kind));
	Acl *acl = NULL;
	Datum datum;
	bool isnull;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	datum = SysCacheGetAttr(DEFACLROLENSPOBJ, tuple, Anum_pg_default_acl_defaclacl, &isnull);
	if (!isnull)
		acl = DatumGetAclPCopy(datum);
	ReleaseSysCache(tuple);
	return acl;
}

Acl *
get_user_default_acl(ObjectType objtype, Oid ownerId, Oid nsp_oid)
{
	char kind;
	Acl *global;
	Acl *schema;
	Acl *defaults;
	Acl *result;

	if (IsBootstrapProcessingMode())
		return NULL;
	switch (objtype)
	{
		case OBJECT_TABLE:
			kind = DEFACLOBJ_RELATION;
			break;
		case OBJECT_SEQUENCE:
			kind = DEFACLOBJ_SEQUENCE;
			break;
		case OBJECT_FUNCTION:
			kind = DEFACLOBJ_FUNCTION;
			break;
		case OBJECT_TYPE:
			kind = DEFACLOBJ_TYPE;
			break;
		case OBJECT_SCHEMA:
			kind = DEFACLOBJ_NAMESPACE;
			break;
		default:
			return NULL;
	}
	global = stored_default_acl(ownerId, InvalidOid, kind);
	schema = stored_default_acl(ownerId, nsp_oid, kind);
	if (global == NULL && schema == NULL)
		return NULL;
	defaults = acldefault(objtype, ownerId);
	result = aclmerge(global ? global : defaults, schema, ownerId);
	aclitemsort(result);
	aclitemsort(defaults);
	return aclequal(result, defaults) ? NULL : result;
}

void
recordDependencyOnNewAcl(Oid classId, Oid objectId, int32 objsubId, Oid ownerId, Acl *acl)
{
	Oid *members;
	int n;

	if (acl == NULL)
		return;
	n = aclmembers(acl, &members);
	updateAclDependencies(classId, objectId, objsubId, ownerId, 0, NULL, n, members);
}
