/*
 * object_description.c
 *    Objects in words, for messages.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_database.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/tablespace.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "utils/rel.h"
#include "utils/syscache.h"

static void
describe_relation(StringInfo buf, Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
	char *nspname = RelationIsVisible(relid) ? NULL : get_namespace_name(form->relnamespace);
	char *name = quote_qualified_identifier(nspname, NameStr(form->relname));
	const char *kind;

	switch (form->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
			kind = "table %s";
			break;
		case RELKIND_INDEX:
		case RELKIND_PARTITIONED_INDEX:
			kind = "index %s";
			break;
		case RELKIND_SEQUENCE:
			kind = "sequence %s";
			break;
		case RELKIND_TOASTVALUE:
			kind = "toast table %s";
			break;
		case RELKIND_VIEW:
			kind = "view %s";
			break;
		case RELKIND_MATVIEW:
			kind = "materialized view %s";
			break;
		case RELKIND_COMPOSITE_TYPE:
			kind = "composite type %s";
			break;
		case RELKIND_FOREIGN_TABLE:
			kind = "foreign table %s";
			break;
		default:
			kind = "relation %s";
	}
	appendStringInfo(buf, kind, name);
	ReleaseSysCache(tuple);
}

/* A row of a catalog without a cache; NULL: not there. */
static HeapTuple
uncached_row(Oid catalog, Oid oid, Relation *rel)
{
	HeapTuple tuple;

	*rel = table_open(catalog, AccessShareLock);
	tuple = get_catalog_object_by_oid(*rel, get_object_attnum_oid(catalog), oid);
	return tuple;
}

static bool
describe_class(StringInfo buf, const ObjectAddress *object)
{
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object->objectId)))
		return false;
	if (object->objectSubId == 0)
		describe_relation(buf, object->objectId);
	else
	{
		char *column = get_attname(object->objectId, object->objectSubId, true);

		if (column == NULL)
			return false;
		appendStringInfo(buf, "column %s of ", column);
		describe_relation(buf, object->objectId);
	}
	return true;
}

static bool
describe_constraint(StringInfo buf, Oid oid)
{
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(oid));
	Form_pg_constraint con;

	if (!HeapTupleIsValid(tuple))
		return false;
	con = (Form_pg_constraint) GETSTRUCT(tuple);
	appendStringInfo(buf, "constraint %s", NameStr(con->conname));
	if (OidIsValid(con->conrelid))
	{
		appendStringInfoString(buf, " on ");
		describe_relation(buf, con->conrelid);
	}
	ReleaseSysCache(tuple);
	return true;
}

static bool
describe_default(StringInfo buf, Oid oid)
{
	Relation attrdef = table_open(AttrDefaultRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	bool found;

	ScanKeyInit(&key, Anum_pg_attrdef_oid, 3, 184 /* oideq */, ObjectIdGetDatum(oid));
	scan = systable_beginscan(attrdef, AttrDefaultOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	found = HeapTupleIsValid(tuple);
	if (found)
	{
		Form_pg_attrdef def = (Form_pg_attrdef) GETSTRUCT(tuple);
		ObjectAddress column = {RelationRelationId, def->adrelid, def->adnum};

		appendStringInfo(buf, "default value for %s", getObjectDescription(&column, false));
	}
	systable_endscan(scan);
	table_close(attrdef, AccessShareLock);
	return found;
}

static bool
describe_rule_or_trigger(StringInfo buf, const ObjectAddress *object)
{
	Relation rel;
	HeapTuple tuple = uncached_row(object->classId, object->objectId, &rel);
	Oid relid;

	if (HeapTupleIsValid(tuple))
	{
		if (object->classId == RewriteRelationId)
		{
			Form_pg_rewrite rule = (Form_pg_rewrite) GETSTRUCT(tuple);

			appendStringInfo(buf, "rule %s on ", NameStr(rule->rulename));
			relid = rule->ev_class;
		}
		else
		{
			Form_pg_trigger trigger = (Form_pg_trigger) GETSTRUCT(tuple);

			appendStringInfo(buf, "trigger %s on ", NameStr(trigger->tgname));
			relid = trigger->tgrelid;
		}
		describe_relation(buf, relid);
	}
	table_close(rel, AccessShareLock);
	return HeapTupleIsValid(tuple);
}

static bool
append_name(StringInfo buf, const char *format, char *name)
{
	if (name == NULL)
		return false;
	appendStringInfo(buf, format, name);
	return true;
}

static bool
describe_default_acl(StringInfo buf, Oid oid)
{
	Relation rel;
	HeapTuple tuple = uncached_row(DefaultAclRelationId, oid, &rel);

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_default_acl form = (Form_pg_default_acl) GETSTRUCT(tuple);
		const char *kind = form->defaclobjtype == DEFACLOBJ_RELATION ? "relations"
			: form->defaclobjtype == DEFACLOBJ_SEQUENCE				 ? "sequences"
			: form->defaclobjtype == DEFACLOBJ_FUNCTION				 ? "functions"
			: form->defaclobjtype == DEFACLOBJ_TYPE					 ? "types"
																	 : "schemas";

		appendStringInfo(buf, "default privileges on new %s belonging to role %s", kind, GetUserNameFromId(form->defaclrole, false));
		if (OidIsValid(form->defaclnamespace))
			appendStringInfo(buf, " in schema %s", get_namespace_name(form->defaclnamespace));
	}
	table_close(rel, AccessShareLock);
	return HeapTupleIsValid(tuple);
}

static bool
describe_cast(StringInfo buf, Oid oid)
{
	Relation rel;
	HeapTuple tuple = uncached_row(CastRelationId, oid, &rel);

	if (HeapTupleIsValid(tuple))
	{
		Form_pg_cast form = (Form_pg_cast) GETSTRUCT(tuple);

		appendStringInfo(buf, "cast from %s to %s", format_type_be(form->castsource), format_type_be(form->casttarget));
	}
	table_close(rel, AccessShareLock);
	return HeapTupleIsValid(tuple);
}

static bool
describe_by_cached_name(StringInfo buf, const ObjectAddress *object, bool visible)
{
	int cache = get_object_catcache_oid(object->classId);
	HeapTuple tuple;
	char *name;
	AttrNumber nspcol = get_object_attnum_namespace(object->classId);

	if (cache < 0)
		return false;
	tuple = SearchSysCache1(cache, ObjectIdGetDatum(object->objectId));
	if (!HeapTupleIsValid(tuple))
		return false;
	name = NameStr(*DatumGetName(SysCacheGetAttrNotNull(cache, tuple, get_object_attnum_name(object->classId))));
	if (nspcol != 0 && !visible)
	{
		Oid nsp = DatumGetObjectId(SysCacheGetAttrNotNull(cache, tuple, nspcol));

		name = quote_qualified_identifier(get_namespace_name(nsp), name);
	}
	appendStringInfo(buf, "%s %s", get_object_class_descr(object->classId), name);
	ReleaseSysCache(tuple);
	return true;
}

static bool
describe(StringInfo buf, const ObjectAddress *object)
{
	Oid oid = object->objectId;

	switch (object->classId)
	{
		case RelationRelationId:
			return describe_class(buf, object);
		case ProcedureRelationId:
			if (!SearchSysCacheExists1(PROCOID, ObjectIdGetDatum(oid)))
				return false;
			appendStringInfo(buf, "function %s", format_procedure(oid));
			return true;
		case TypeRelationId:
			if (!SearchSysCacheExists1(TYPEOID, ObjectIdGetDatum(oid)))
				return false;
			appendStringInfo(buf, "type %s", format_type_be(oid));
			return true;
		case OperatorRelationId:
			if (!SearchSysCacheExists1(OPEROID, ObjectIdGetDatum(oid)))
				return false;
			appendStringInfo(buf, "operator %s", format_operator(oid));
			return true;
		case ConstraintRelationId:
			return describe_constraint(buf, oid);
		case AttrDefaultRelationId:
			return describe_default(buf, oid);
		case RewriteRelationId:
		case TriggerRelationId:
			return describe_rule_or_trigger(buf, object);
		case NamespaceRelationId:
			return append_name(buf, "schema %s", get_namespace_name(oid));
		case AuthIdRelationId:
			return append_name(buf, "role %s", GetUserNameFromId(oid, true));
		case DatabaseRelationId:
			return append_name(buf, "database %s", get_database_name(oid));
		case TableSpaceRelationId:
			return append_name(buf, "tablespace %s", get_tablespace_name(oid));
		case LanguageRelationId:
			return append_name(buf, "language %s", get_language_name(oid, true));
		case CollationRelationId:
			return describe_by_cached_name(buf, object, CollationIsVisible(oid));
		case DefaultAclRelationId:
			return describe_default_acl(buf, oid);
		case CastRelationId:
			return describe_cast(buf, oid);
		default:
			return describe_by_cached_name(buf, object, true);
	}
}

char *
getObjectDescription(const ObjectAddress *object, bool missing_ok)
{
	StringInfoData buf;

	initStringInfo(&buf);
	if (!describe(&buf, object))
	{
		if (!missing_ok)
			elog(ERROR, "cache lookup failed for %s %u", get_object_class_descr(object->classId), object->objectId);
		return NULL;
	}
	return buf.data;
}

char *
getObjectDescriptionOids(Oid classid, Oid objid)
{
	ObjectAddress address = {classid, objid, 0};

	return getObjectDescription(&address, false);
}
