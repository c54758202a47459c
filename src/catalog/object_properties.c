/*
 * object_properties.c
 *    One table of what the catalogs of objects are like: description, index, caches, columns of name, schema, owner, ACL.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_conversion.h"
#include "catalog/pg_database.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

const ObjectAddress InvalidObjectAddress = {InvalidOid, InvalidOid, 0};

typedef struct ObjectProperty
{
	const char *descr;
	Oid class_id;
	Oid oid_index;
	int oid_cache; /* -1: none */
	int name_cache;
	AttrNumber attnum_oid;
	AttrNumber attnum_name;
	AttrNumber attnum_namespace;
	AttrNumber attnum_owner;
	AttrNumber attnum_acl;
	ObjectType type;
	bool namensp_unique;
} ObjectProperty;

#define A(table, column) Anum_##table##_##column
static const ObjectProperty properties[] = {
	{"access method", AccessMethodRelationId, AmOidIndexId, AMOID, AMNAME, A(pg_am, oid), A(pg_am, amname), 0, 0, 0, OBJECT_ACCESS_METHOD, true},
	{"access method operator", AccessMethodOperatorRelationId, AccessMethodOperatorOidIndexId, -1, -1, A(pg_amop, oid), 0, 0, 0, 0, OBJECT_AMOP, false},
	{"access method procedure", AccessMethodProcedureRelationId, AccessMethodProcedureOidIndexId, -1, -1, A(pg_amproc, oid), 0, 0, 0, 0, OBJECT_AMPROC, false},
	{"cast", CastRelationId, CastOidIndexId, -1, -1, A(pg_cast, oid), 0, 0, 0, 0, OBJECT_CAST, false},
	{"collation", CollationRelationId, CollationOidIndexId, COLLOID, -1, A(pg_collation, oid), A(pg_collation, collname), A(pg_collation, collnamespace), A(pg_collation, collowner), 0, OBJECT_COLLATION, true},
	{"constraint", ConstraintRelationId, ConstraintOidIndexId, CONSTROID, -1, A(pg_constraint, oid), A(pg_constraint, conname), A(pg_constraint, connamespace), 0, 0, OBJECT_TABCONSTRAINT, false},
	{"conversion", ConversionRelationId, ConversionOidIndexId, CONVOID, CONNAMENSP, A(pg_conversion, oid), A(pg_conversion, conname), A(pg_conversion, connamespace), A(pg_conversion, conowner), 0, OBJECT_CONVERSION, true},
	{"database", DatabaseRelationId, DatabaseOidIndexId, DATABASEOID, -1, A(pg_database, oid), A(pg_database, datname), 0, A(pg_database, datdba), A(pg_database, datacl), OBJECT_DATABASE, true},
	{"default ACL", DefaultAclRelationId, DefaultAclOidIndexId, -1, -1, A(pg_default_acl, oid), 0, 0, 0, 0, OBJECT_DEFACL, false},
	{"function", ProcedureRelationId, ProcedureOidIndexId, PROCOID, -1, A(pg_proc, oid), A(pg_proc, proname), A(pg_proc, pronamespace), A(pg_proc, proowner), A(pg_proc, proacl), OBJECT_FUNCTION, false},
	{"language", LanguageRelationId, LanguageOidIndexId, LANGOID, LANGNAME, A(pg_language, oid), A(pg_language, lanname), 0, A(pg_language, lanowner), A(pg_language, lanacl), OBJECT_LANGUAGE, true},
	{"schema", NamespaceRelationId, NamespaceOidIndexId, NAMESPACEOID, NAMESPACENAME, A(pg_namespace, oid), A(pg_namespace, nspname), 0, A(pg_namespace, nspowner), A(pg_namespace, nspacl), OBJECT_SCHEMA, true},
	{"operator class", OperatorClassRelationId, OpclassOidIndexId, CLAOID, -1, A(pg_opclass, oid), A(pg_opclass, opcname), A(pg_opclass, opcnamespace), A(pg_opclass, opcowner), 0, OBJECT_OPCLASS, true},
	{"operator", OperatorRelationId, OperatorOidIndexId, OPEROID, -1, A(pg_operator, oid), A(pg_operator, oprname), A(pg_operator, oprnamespace), A(pg_operator, oprowner), 0, OBJECT_OPERATOR, false},
	{"operator family", OperatorFamilyRelationId, OpfamilyOidIndexId, OPFAMILYOID, -1, A(pg_opfamily, oid), A(pg_opfamily, opfname), A(pg_opfamily, opfnamespace), A(pg_opfamily, opfowner), 0, OBJECT_OPFAMILY, true},
	{"role", AuthIdRelationId, AuthIdOidIndexId, AUTHOID, AUTHNAME, A(pg_authid, oid), A(pg_authid, rolname), 0, 0, 0, OBJECT_ROLE, true},
	{"rule", RewriteRelationId, RewriteOidIndexId, -1, -1, A(pg_rewrite, oid), A(pg_rewrite, rulename), 0, 0, 0, OBJECT_RULE, false},
	{"trigger", TriggerRelationId, TriggerOidIndexId, -1, -1, A(pg_trigger, oid), A(pg_trigger, tgname), 0, 0, 0, OBJECT_TRIGGER, false},
	{"tablespace", TableSpaceRelationId, TablespaceOidIndexId, TABLESPACEOID, -1, A(pg_tablespace, oid), A(pg_tablespace, spcname), 0, A(pg_tablespace, spcowner), A(pg_tablespace, spcacl), OBJECT_TABLESPACE, true},
	{"relation", RelationRelationId, ClassOidIndexId, RELOID, RELNAMENSP, A(pg_class, oid), A(pg_class, relname), A(pg_class, relnamespace), A(pg_class, relowner), A(pg_class, relacl), OBJECT_TABLE, true},
	{"type", TypeRelationId, TypeOidIndexId, TYPEOID, TYPENAMENSP, A(pg_type, oid), A(pg_type, typname), A(pg_type, typnamespace), A(pg_type, typowner), A(pg_type, typacl), OBJECT_TYPE, true},
	{"statistics object", StatisticExtRelationId, StatisticExtOidIndexId, STATEXTOID, STATEXTNAMENSP, A(pg_statistic_ext, oid), A(pg_statistic_ext, stxname), A(pg_statistic_ext, stxnamespace), A(pg_statistic_ext, stxowner), 0, OBJECT_STATISTIC_EXT, true},
};
#undef A

static const ObjectProperty *
property(Oid class_id)
{
	for (int i = 0; i < (int) lengthof(properties); i++)
	{
		if (properties[i].class_id == class_id)
			return &properties[i];
	}
	ereport(ERROR, errmsg_internal("unrecognized class ID: %u", class_id));
}

const char *
get_object_class_descr(Oid class_id)
{
	return property(class_id)->descr;
}

Oid
get_object_oid_index(Oid class_id)
{
	return property(class_id)->oid_index;
}

int
get_object_catcache_oid(Oid class_id)
{
	return property(class_id)->oid_cache;
}

int
get_object_catcache_name(Oid class_id)
{
	return property(class_id)->name_cache;
}

AttrNumber
get_object_attnum_oid(Oid class_id)
{
	return property(class_id)->attnum_oid;
}

AttrNumber
get_object_attnum_name(Oid class_id)
{
	return property(class_id)->attnum_name;
}

AttrNumber
get_object_attnum_namespace(Oid class_id)
{
	return property(class_id)->attnum_namespace;
}

AttrNumber
get_object_attnum_owner(Oid class_id)
{
	return property(class_id)->attnum_owner;
}

AttrNumber
get_object_attnum_acl(Oid class_id)
{
	return property(class_id)->attnum_acl;
}

bool
get_object_namensp_unique(Oid class_id)
{
	return property(class_id)->namensp_unique;
}

ObjectType
get_object_type(Oid class_id, Oid object_id)
{
	if (class_id == RelationRelationId)
		return get_relkind_objtype(get_rel_relkind(object_id));
	return property(class_id)->type;
}

ObjectType
get_relkind_objtype(char relkind)
{
	switch (relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_TOASTVALUE:
			return OBJECT_TABLE;
		case RELKIND_INDEX:
		case RELKIND_PARTITIONED_INDEX:
			return OBJECT_INDEX;
		case RELKIND_SEQUENCE:
			return OBJECT_SEQUENCE;
		case RELKIND_VIEW:
			return OBJECT_VIEW;
		case RELKIND_MATVIEW:
			return OBJECT_MATVIEW;
		case RELKIND_FOREIGN_TABLE:
			return OBJECT_FOREIGN_TABLE;
		default:
			return OBJECT_TABLE;
	}
}

HeapTuple
get_catalog_object_by_oid(Relation catalog, AttrNumber oidcol, Oid objectId)
{
	const ObjectProperty *p = property(RelationGetRelid(catalog));
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	if (p->oid_cache >= 0)
		return SearchSysCacheCopy1(p->oid_cache, ObjectIdGetDatum(objectId));
	ScanKeyInit(&key, oidcol, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(objectId));
	scan = systable_beginscan(catalog, p->oid_index, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		tuple = heap_copytuple(tuple);
	systable_endscan(scan);
	return tuple;
}

Oid
get_object_namespace(const ObjectAddress *address)
{
	const ObjectProperty *p = property(address->classId);
	HeapTuple tuple;
	Oid result;

	if (p->attnum_namespace == 0 || p->oid_cache < 0)
		return InvalidOid;
	tuple = SearchSysCache1(p->oid_cache, ObjectIdGetDatum(address->objectId));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for cache %d oid %u", p->oid_cache, address->objectId);
	result = DatumGetObjectId(SysCacheGetAttrNotNull(p->oid_cache, tuple, p->attnum_namespace));
	ReleaseSysCache(tuple);
	return result;
}
