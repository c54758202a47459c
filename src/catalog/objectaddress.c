/*
 * objectaddress.c
 *    From the object a statement names to its address, locked.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_am.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_database.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/tablespace.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "parser/parse_oper.h"
#include "parser/parse_type.h"
#include "storage/lmgr.h"
#include "storage/sinval.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static void
wrong_kind(ObjectType objtype, const char *name)
{
	const char *what = objtype == OBJECT_INDEX ? "an index"
		: objtype == OBJECT_SEQUENCE		   ? "a sequence"
		: objtype == OBJECT_VIEW			   ? "a view"
		: objtype == OBJECT_MATVIEW			   ? "a materialized view"
		: objtype == OBJECT_FOREIGN_TABLE	   ? "a foreign table"
											   : "a table";

	ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not %s", name, what));
}

static bool
kind_fits(ObjectType objtype, char relkind)
{
	switch (objtype)
	{
		case OBJECT_INDEX:
			return relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX;
		case OBJECT_SEQUENCE:
			return relkind == RELKIND_SEQUENCE;
		case OBJECT_TABLE:
			return relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE;
		case OBJECT_VIEW:
			return relkind == RELKIND_VIEW;
		case OBJECT_MATVIEW:
			return relkind == RELKIND_MATVIEW;
		case OBJECT_FOREIGN_TABLE:
			return relkind == RELKIND_FOREIGN_TABLE;
		default:
			return true;
	}
}

static ObjectAddress
relation_address(ObjectType objtype, List *names, Relation *relp, LOCKMODE lockmode, bool missing_ok)
{
	Relation rel = relation_openrv_extended(makeRangeVarFromNameList(names), lockmode, missing_ok);
	ObjectAddress address = InvalidObjectAddress;

	*relp = rel;
	if (rel == NULL)
	{
		address.classId = RelationRelationId;
		return address;
	}
	if (!kind_fits(objtype, rel->rd_rel->relkind))
		wrong_kind(objtype, RelationGetRelationName(rel));
	ObjectAddressSet(address, RelationRelationId, RelationGetRelid(rel));
	return address;
}

/* The last name is the column's. */
static ObjectAddress
column_address(List *names, Relation *relp, LOCKMODE lockmode, bool missing_ok)
{
	char *attname = strVal(llast(names));
	List *relname = list_truncate(list_copy(names), list_length(names) - 1);
	Relation rel;
	AttrNumber attnum;
	ObjectAddress address = {RelationRelationId, InvalidOid, 0};

	if (relname == NIL)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("column name must be qualified"));
	rel = relation_openrv_extended(makeRangeVarFromNameList(relname), lockmode, missing_ok);
	*relp = rel;
	if (rel == NULL)
		return address;
	attnum = get_attnum(RelationGetRelid(rel), attname);
	if (attnum == InvalidAttrNumber)
	{
		if (!missing_ok)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("column \"%s\" of relation \"%s\" does not exist", attname, RelationGetRelationName(rel)));
		relation_close(rel, lockmode);
		*relp = NULL;
		return address;
	}
	ObjectAddressSubSet(address, RelationRelationId, RelationGetRelid(rel), attnum);
	return address;
}

static ObjectAddress
table_constraint_address(List *names, Relation *relp, LOCKMODE lockmode, bool missing_ok)
{
	List *relname = list_truncate(list_copy(names), list_length(names) - 1);
	ObjectAddress address = {ConstraintRelationId, InvalidOid, 0};

	*relp = relation_openrv_extended(makeRangeVarFromNameList(relname), AccessShareLock, missing_ok);
	if (*relp != NULL)
		address.objectId = get_relation_constraint_oid(RelationGetRelid(*relp), strVal(llast(names)), missing_ok);
	return address;
}

static ObjectAddress
type_address(ObjectType objtype, TypeName *name, bool missing_ok)
{
	ObjectAddress address = {TypeRelationId, InvalidOid, 0};
	Type tup = LookupTypeName(NULL, name, NULL, missing_ok);

	if (!HeapTupleIsValid(tup))
	{
		if (!missing_ok)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type \"%s\" does not exist", TypeNameToString(name)));
		return address;
	}
	address.objectId = typeTypeId(tup);
	if (objtype == OBJECT_DOMAIN && ((Form_pg_type) GETSTRUCT(tup))->typtype != TYPTYPE_DOMAIN)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a domain", TypeNameToString(name)));
	ReleaseSysCache(tup);
	return address;
}

static ObjectAddress
opclass_address(ObjectType objtype, List *names, bool missing_ok)
{
	Oid am = get_index_am_oid(strVal(linitial(names)), false);
	List *rest = list_copy_tail(names, 1);
	ObjectAddress address = {objtype == OBJECT_OPCLASS ? OperatorClassRelationId : OperatorFamilyRelationId, InvalidOid, 0};

	if (objtype == OBJECT_OPCLASS)
		address.objectId = get_opclass_oid(am, rest, missing_ok);
	else
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("operator families are not supported in this command"));
	return address;
}

static ObjectAddress
simple_address(Oid class, Oid oid)
{
	return (ObjectAddress){class, oid, 0};
}

static ObjectAddress
lookup(ObjectType objtype, Node *object, Relation *relp, LOCKMODE lockmode, bool missing_ok)
{
	switch (objtype)
	{
		case OBJECT_INDEX:
		case OBJECT_SEQUENCE:
		case OBJECT_TABLE:
		case OBJECT_VIEW:
		case OBJECT_MATVIEW:
		case OBJECT_FOREIGN_TABLE:
			return relation_address(objtype, castNode(List, object), relp, lockmode, missing_ok);
		case OBJECT_COLUMN:
			return column_address(castNode(List, object), relp, lockmode, missing_ok);
		case OBJECT_TABCONSTRAINT:
			return table_constraint_address(castNode(List, object), relp, lockmode, missing_ok);
		case OBJECT_DATABASE:
			return simple_address(DatabaseRelationId, get_database_oid(strVal(object), missing_ok));
		case OBJECT_TABLESPACE:
			return simple_address(TableSpaceRelationId, get_tablespace_oid(strVal(object), missing_ok));
		case OBJECT_ROLE:
			return simple_address(AuthIdRelationId, get_role_oid(strVal(object), missing_ok));
		case OBJECT_SCHEMA:
			return simple_address(NamespaceRelationId, get_namespace_oid(strVal(object), missing_ok));
		case OBJECT_LANGUAGE:
			return simple_address(LanguageRelationId, get_language_oid(strVal(object), missing_ok));
		case OBJECT_ACCESS_METHOD:
			return simple_address(AccessMethodRelationId, get_am_oid(strVal(object), missing_ok));
		case OBJECT_TYPE:
		case OBJECT_DOMAIN:
			return type_address(objtype, castNode(TypeName, object), missing_ok);
		case OBJECT_AGGREGATE:
		case OBJECT_FUNCTION:
		case OBJECT_PROCEDURE:
		case OBJECT_ROUTINE:
			return simple_address(ProcedureRelationId, LookupFuncWithArgs(objtype, castNode(ObjectWithArgs, object), missing_ok));
		case OBJECT_OPERATOR:
			return simple_address(OperatorRelationId, LookupOperWithArgs(castNode(ObjectWithArgs, object), missing_ok));
		case OBJECT_COLLATION:
			return simple_address(CollationRelationId, get_collation_oid(castNode(List, object), missing_ok));
		case OBJECT_OPCLASS:
		case OBJECT_OPFAMILY:
			return opclass_address(objtype, castNode(List, object), missing_ok);
		default:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("commands on this type of object are not supported"));
	}
}

static bool
is_shared_class(Oid class)
{
	return class == DatabaseRelationId || class == AuthIdRelationId || class == TableSpaceRelationId;
}

ObjectAddress
get_object_address(ObjectType objtype, Node *object, Relation *relp, LOCKMODE lockmode, bool missing_ok)
{
	ObjectAddress address;
	ObjectAddress locked = InvalidObjectAddress;
	Relation not_wanted;

	Assert(lockmode != NoLock);
	if (relp == NULL)
		relp = &not_wanted; /* the object is of a kind that belongs to no relation */
	*relp = NULL;
	for (;;)
	{
		uint64 seen = SharedInvalidMessageCounter;

		address = lookup(objtype, object, relp, lockmode, missing_ok);
		/* relations were locked when they were opened */
		if (!OidIsValid(address.objectId) || address.classId == RelationRelationId)
			return address;
		if (locked.objectId == address.objectId && locked.classId == address.classId)
			return address;
		if (OidIsValid(locked.objectId))
		{
			if (is_shared_class(locked.classId))
				UnlockSharedObject(locked.classId, locked.objectId, 0, lockmode);
			else
				UnlockDatabaseObject(locked.classId, locked.objectId, 0, lockmode);
		}
		if (is_shared_class(address.classId))
			LockSharedObject(address.classId, address.objectId, 0, lockmode);
		else
			LockDatabaseObject(address.classId, address.objectId, 0, lockmode);
		if (seen == SharedInvalidMessageCounter || *relp != NULL)
			return address;
		locked = address;
	}
}

ObjectAddress
get_object_address_rv(ObjectType objtype, RangeVar *rel, List *object, Relation *relp, LOCKMODE lockmode, bool missing_ok)
{
	if (rel)
	{
		object = lcons(makeString(rel->relname), object);
		if (rel->schemaname)
			object = lcons(makeString(rel->schemaname), object);
		if (rel->catalogname)
			object = lcons(makeString(rel->catalogname), object);
	}
	return get_object_address(objtype, (Node *) object, relp, lockmode, missing_ok);
}

static const char *
object_name(ObjectType objtype, Node *object, Relation relation)
{
	if (relation)
		return RelationGetRelationName(relation);
	switch (nodeTag(object))
	{
		case T_String:
			return strVal(object);
		case T_List:
			return NameListToString((List *) object);
		case T_ObjectWithArgs:
			return NameListToString(((ObjectWithArgs *) object)->objname);
		case T_TypeName:
			return TypeNameToString((TypeName *) object);
		default:
			return "";
	}
}

void
check_object_ownership(Oid roleid, ObjectType objtype, ObjectAddress address, Node *object, Relation relation)
{
	Oid class = address.classId;
	Oid oid = address.objectId;

	if (relation != NULL)
	{
		class = RelationRelationId;
		oid = RelationGetRelid(relation);
	}
	if (class == AuthIdRelationId)
	{
		if (!has_createrole_privilege(roleid))
			ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must have CREATEROLE privilege"));
		return;
	}
	if (get_object_attnum_owner(class) == 0)
	{
		if (!superuser_arg(roleid))
			ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be superuser"));
		return;
	}
	if (class == TypeRelationId && !object_ownercheck(class, oid, roleid))
		aclcheck_error_type(ACLCHECK_NOT_OWNER, oid);
	if (!object_ownercheck(class, oid, roleid))
		aclcheck_error(ACLCHECK_NOT_OWNER, relation ? get_relkind_objtype(relation->rd_rel->relkind) : objtype,
					   object_name(objtype, object, relation));
}
