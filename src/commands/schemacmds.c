/*
 * schemacmds.c
 *    CREATE SCHEMA with what may follow it, and ALTER SCHEMA: new name, new owner.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/namespace_private.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_namespace.h"
#include "commands/commands.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- schema elements --------------------------------------------------------------------------------------------------------------- */
static void
put_into_schema(const char *schema, char **name)
{
	if (*name == NULL)
		*name = pstrdup(schema);
	else if (strcmp(*name, schema) != 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_SCHEMA_DEFINITION),
				errmsg("CREATE specifies a schema (%s) different from the one being created (%s)", *name, schema));
}

/* The order in which elements are made, whatever order they are written in; the relation goes into the new schema. */
static int
prepare_element(const char *schema, Node *element)
{
	switch (nodeTag(element))
	{
		case T_CreateSeqStmt:
			put_into_schema(schema, &((CreateSeqStmt *) element)->sequence->schemaname);
			return 0;
		case T_CreateStmt:
			put_into_schema(schema, &((CreateStmt *) element)->relation->schemaname);
			return 1;
		case T_ViewStmt:
			put_into_schema(schema, &((ViewStmt *) element)->view->schemaname);
			return 2;
		case T_IndexStmt:
			put_into_schema(schema, &((IndexStmt *) element)->relation->schemaname);
			return 3;
		case T_CreateTrigStmt:
			put_into_schema(schema, &((CreateTrigStmt *) element)->relation->schemaname);
			return 4;
		case T_GrantStmt:
			return 5;
		default:
			elog(ERROR, "unrecognized node type: %d", (int) nodeTag(element));
	}
}

static void
run_element(Node *element, const char *queryString, int stmt_location, int stmt_len)
{
	PlannedStmt *wrapper = makeNode(PlannedStmt);

	wrapper->commandType = CMD_UTILITY;
	wrapper->utilityStmt = element;
	wrapper->stmt_location = stmt_location;
	wrapper->stmt_len = stmt_len;
	ProcessUtility(wrapper, queryString, false, PROCESS_UTILITY_SUBCOMMAND, NULL, NULL, None_Receiver, NULL);
	CommandCounterIncrement();
}

static void
run_elements(CreateSchemaStmt *stmt, const char *schema, const char *queryString, int stmt_location, int stmt_len)
{
	enum { RANKS = 6 };
	List *by_rank[RANKS] = {NIL};
	ListCell *lc;

	foreach (lc, stmt->schemaElts)
	{
		int rank = prepare_element(schema, lfirst(lc));

		by_rank[rank] = lappend(by_rank[rank], lfirst(lc));
	}
	for (int rank = 0; rank < RANKS; rank++)
		foreach (lc, by_rank[rank])
			run_element(lfirst(lc), queryString, stmt_location, stmt_len);
}

/* ---- CREATE SCHEMA ------------------------------------------------------------------------------------------------------------------- */
static void
check_schema_name(const char *name)
{
	if (!allowSystemTableMods && IsReservedName(name))
		ereport(ERROR,
				errcode(ERRCODE_RESERVED_NAME),
				errmsg("unacceptable schema name \"%s\"", name),
				errdetail("The prefix \"pg_\" is reserved for system schemas."));
}

static void
check_may_create(Oid owner, Oid current_user)
{
	AclResult result = pg_database_aclcheck(MyDatabaseId, current_user, ACL_CREATE);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_DATABASE, get_database_name(MyDatabaseId));
	check_is_member_of_role(current_user, owner);
}

static char *
schema_name(CreateSchemaStmt *stmt, Oid owner)
{
	return stmt->schemaname ? stmt->schemaname : GetUserNameFromId(owner, false);
}

Oid
CreateSchemaCommand(CreateSchemaStmt *stmt, const char *queryString, int stmt_location, int stmt_len)
{
	Oid current_user;
	int security;
	Oid owner;
	char *name;
	Oid namespace;
	OverrideSearchPath *path;

	GetUserIdAndSecContext(&current_user, &security);
	owner = stmt->authrole ? get_rolespec_oid(stmt->authrole, false) : current_user;
	name = schema_name(stmt, owner);
	check_may_create(owner, current_user);
	check_schema_name(name);
	if (stmt->if_not_exists && OidIsValid(get_namespace_oid(name, true)))
	{
		ereport(NOTICE, errcode(ERRCODE_DUPLICATE_SCHEMA), errmsg("schema \"%s\" already exists, skipping", name));
		return InvalidOid;
	}
	/* what is in the schema belongs to its owner as well */
	if (owner != current_user)
		SetUserIdAndSecContext(owner, security | SECURITY_LOCAL_USERID_CHANGE);
	namespace = NamespaceCreate(name, owner, false);
	CommandCounterIncrement();

	path = GetOverrideSearchPath(CurrentMemoryContext);
	path->schemas = lcons_oid(namespace, path->schemas);
	PushOverrideSearchPath(path);
	run_elements(stmt, name, queryString, stmt_location, stmt_len);
	PopOverrideSearchPath();
	SetUserIdAndSecContext(current_user, security);
	return namespace;
}

/* ---- ALTER SCHEMA -------------------------------------------------------------------------------------------------------------------- */
static HeapTuple
find_schema(const char *name)
{
	HeapTuple tuple = SearchSysCacheCopy1(NAMESPACENAME, CStringGetDatum(name));

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_SCHEMA), errmsg("schema \"%s\" does not exist", name));
	return tuple;
}

static void
require_owner(Oid namespace, const char *name)
{
	if (!pg_namespace_ownercheck(namespace, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_SCHEMA, name);
}

ObjectAddress
RenameSchema(const char *oldname, const char *newname)
{
	Relation catalog = table_open(NamespaceRelationId, RowExclusiveLock);
	HeapTuple tuple = find_schema(oldname);
	Form_pg_namespace form = (Form_pg_namespace) GETSTRUCT(tuple);
	AclResult result;
	ObjectAddress address;

	if (OidIsValid(get_namespace_oid(newname, true)))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_SCHEMA), errmsg("schema \"%s\" already exists", newname));
	require_owner(form->oid, oldname);
	result = pg_database_aclcheck(MyDatabaseId, GetUserId(), ACL_CREATE);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_DATABASE, get_database_name(MyDatabaseId));
	check_schema_name(newname);
	ObjectAddressSet(address, NamespaceRelationId, form->oid);
	namestrcpy(&form->nspname, newname);
	CatalogTupleUpdate(catalog, &tuple->t_self, tuple);
	heap_freetuple(tuple);
	table_close(catalog, NoLock);
	return address;
}

ObjectAddress
AlterSchemaOwner(const char *name, Oid newOwnerId)
{
	Relation catalog = table_open(NamespaceRelationId, RowExclusiveLock);
	HeapTuple tuple = find_schema(name);
	Form_pg_namespace form = (Form_pg_namespace) GETSTRUCT(tuple);
	ObjectAddress address;

	ObjectAddressSet(address, NamespaceRelationId, form->oid);
	if (form->nspowner != newOwnerId)
	{
		Datum values[Natts_pg_namespace] = {0};
		bool nulls[Natts_pg_namespace] = {false};
		bool replace[Natts_pg_namespace] = {false};
		HeapTuple changed;
		bool isnull;
		Datum acl;

		require_owner(form->oid, name);
		check_may_create(newOwnerId, GetUserId());
		replace[Anum_pg_namespace_nspowner - 1] = true;
		values[Anum_pg_namespace_nspowner - 1] = ObjectIdGetDatum(newOwnerId);
		acl = heap_getattr(tuple, Anum_pg_namespace_nspacl, RelationGetDescr(catalog), &isnull);
		if (!isnull)
		{
			replace[Anum_pg_namespace_nspacl - 1] = true;
			values[Anum_pg_namespace_nspacl - 1] =
				PointerGetDatum(aclnewowner(DatumGetAclP(acl), form->nspowner, newOwnerId));
		}
		changed = heap_modify_tuple(tuple, RelationGetDescr(catalog), values, nulls, replace);
		CatalogTupleUpdate(catalog, &tuple->t_self, changed);
		heap_freetuple(changed);
		changeDependencyOnOwner(NamespaceRelationId, address.objectId, newOwnerId);
	}
	heap_freetuple(tuple);
	table_close(catalog, RowExclusiveLock);
	return address;
}
