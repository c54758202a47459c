/*
 * namespace.c
 *    The search path; relations and types by name.
 *
 * The path is computed when first needed and after anything it depends on has changed: the setting, the user, a schema. The
 * computed list is what lookups walk; the creation schema is kept beside it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/namespace_private.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "storage/ipc.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "storage/sinval.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

char *namespace_search_path = NULL;

NamespacePath current_path;
static bool path_valid = false;
static uint64 path_generation = 1;
static List *path_overrides = NIL; /* NamespacePath, innermost first */

/* ---- temporary schemas ------------------------------------------------------------------------------------------------------ */
static Oid my_temp_namespace = InvalidOid;
static Oid my_temp_toast_namespace = InvalidOid;
static SubTransactionId my_temp_namespace_subid = InvalidSubTransactionId;

static void
path_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	path_valid = false;
}

void
InitializeSearchPath(void)
{
	static bool registered = false;

	if (IsBootstrapProcessingMode() || registered)
		return;
	registered = true;
	CacheRegisterSyscacheCallback(NAMESPACEOID, path_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, path_changed, (Datum) 0);
	path_valid = false;
}

/* GUC search_path: hooks */
bool
check_search_path(char **newval, void **extra, GucSource source)
{
	char *raw = pstrdup(*newval);
	List *names;
	bool ok = SplitIdentifierString(raw, ',', &names);

	if (!ok)
		GUC_check_errdetail("List syntax is invalid.");
	list_free(names);
	pfree(raw);
	return ok;
}

void
assign_search_path(const char *newval, void *extra)
{
	path_valid = false;
}

static Oid
schema_if_usable(const char *name, Oid role)
{
	Oid oid = get_namespace_oid(name, true);

	if (OidIsValid(oid) && pg_namespace_aclcheck(oid, role, ACL_USAGE) != ACLCHECK_OK)
		return InvalidOid;
	return oid;
}

/* One element of search_path; *is_temp: it is the temporary schema, which may not exist yet. */
static Oid
path_element(const char *name, Oid role, bool *is_temp)
{
	*is_temp = false;
	if (strcmp(name, "$user") == 0)
	{
		HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
		Oid oid = InvalidOid;

		if (HeapTupleIsValid(tuple))
		{
			oid = schema_if_usable(NameStr(((Form_pg_authid) GETSTRUCT(tuple))->rolname), role);
			ReleaseSysCache(tuple);
		}
		return oid;
	}
	if (strcmp(name, "pg_temp") == 0)
	{
		*is_temp = true;
		return my_temp_namespace;
	}
	return schema_if_usable(name, role);
}

static void
path_compute(void)
{
	Oid role = GetUserId();
	char *raw = pstrdup(namespace_search_path ? namespace_search_path : "");
	List *names;
	List *oids = NIL;
	Oid creation = InvalidOid;
	bool creation_temp = false;
	bool first = true;
	bool temp_seen = false;
	ListCell *lc;
	MemoryContext old;

	if (!SplitIdentifierString(raw, ',', &names))
		elog(ERROR, "invalid list syntax");
	foreach(lc, names)
	{
		bool is_temp;
		Oid oid = path_element(lfirst(lc), role, &is_temp);

		temp_seen |= is_temp;
		if (first && (OidIsValid(oid) || is_temp))
		{
			creation = oid;
			creation_temp = is_temp;
			first = false;
		}
		if (OidIsValid(oid))
			oids = list_append_unique_oid(oids, oid);
	}
	if (!list_member_oid(oids, PG_CATALOG_NAMESPACE))
		oids = lcons_oid(PG_CATALOG_NAMESPACE, oids);
	if (OidIsValid(my_temp_namespace) && !temp_seen)
		oids = lcons_oid(my_temp_namespace, oids);

	old = MemoryContextSwitchTo(TopMemoryContext);
	list_free(current_path.schemas);
	current_path.schemas = list_copy(oids);
	MemoryContextSwitchTo(old);
	current_path.creation = creation;
	current_path.creation_temp = creation_temp;
	current_path.user = role;
	path_generation++;
	path_valid = true;
	list_free(oids);
	list_free(names);
	pfree(raw);
}

const NamespacePath *
namespace_path(void)
{
	if (path_overrides != NIL)
		return linitial(path_overrides);
	if (!path_valid || current_path.user != GetUserId())
		path_compute();
	return &current_path;
}

/* Position of a schema in the path, -1 when it is not there. */
int
namespace_path_position(Oid nspid)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		if (lfirst_oid(lc) == nspid)
			return foreach_current_index(lc);
	}
	return -1;
}

/* ---- schemas by name ------------------------------------------------------------------------------------------------------------ */
Oid
get_namespace_oid(const char *nspname, bool missing_ok)
{
	Oid oid = GetSysCacheOid1(NAMESPACENAME, Anum_pg_namespace_oid, CStringGetDatum(nspname));

	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_SCHEMA), errmsg("schema \"%s\" does not exist", nspname));
	return oid;
}

Oid
LookupNamespaceNoError(const char *nspname)
{
	if (strcmp(nspname, "pg_temp") == 0)
		return my_temp_namespace;
	return get_namespace_oid(nspname, true);
}

Oid
LookupExplicitNamespace(const char *nspname, bool missing_ok)
{
	Oid oid;

	if (strcmp(nspname, "pg_temp") == 0 && OidIsValid(my_temp_namespace))
		return my_temp_namespace;
	oid = get_namespace_oid(nspname, missing_ok);
	if (OidIsValid(oid) && pg_namespace_aclcheck(oid, GetUserId(), ACL_USAGE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, nspname);
	return oid;
}

static void
require_create(Oid nspid)
{
	if (pg_namespace_aclcheck(nspid, GetUserId(), ACL_CREATE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, get_namespace_name(nspid));
}

Oid
LookupCreationNamespace(const char *nspname)
{
	Oid oid;

	if (strcmp(nspname, "pg_temp") == 0)
		return namespace_access_temp();
	oid = get_namespace_oid(nspname, false);
	require_create(oid);
	return oid;
}

void
CheckSetNamespace(Oid oldNspOid, Oid nspOid)
{
	if (isAnyTempNamespace(nspOid) || isAnyTempNamespace(oldNspOid))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot move objects into or out of temporary schemas"));
	if (nspOid == PG_TOAST_NAMESPACE || oldNspOid == PG_TOAST_NAMESPACE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("cannot move objects into or out of TOAST schema"));
}

/* The schema new objects go to when none is named. */
Oid
namespace_creation_default(void)
{
	const NamespacePath *path = namespace_path();

	if (path->creation_temp && !OidIsValid(path->creation))
		return namespace_access_temp();
	if (!OidIsValid(path->creation))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_SCHEMA), errmsg("no schema has been selected to create in"));
	return path->creation;
}

Oid
QualifiedNameGetCreationNamespace(List *names, char **objname_p)
{
	char *schemaname;

	DeconstructQualifiedName(names, &schemaname, objname_p);
	if (schemaname == NULL)
		return namespace_creation_default();
	if (strcmp(schemaname, "pg_temp") == 0)
		return namespace_access_temp();
	return get_namespace_oid(schemaname, false);
}

void
DeconstructQualifiedName(List *names, char **nspname_p, char **objname_p)
{
	char *catalogname;

	*nspname_p = NULL;
	switch (list_length(names))
	{
		case 1:
			*objname_p = strVal(linitial(names));
			break;
		case 2:
			*nspname_p = strVal(linitial(names));
			*objname_p = strVal(lsecond(names));
			break;
		case 3:
			catalogname = strVal(linitial(names));
			*nspname_p = strVal(lsecond(names));
			*objname_p = strVal(lthird(names));
			if (strcmp(catalogname, get_database_name(MyDatabaseId)) != 0)
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cross-database references are not implemented: %s", NameListToString(names)));
			break;
		default:
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("improper qualified name (too many dotted names): %s", NameListToString(names)));
	}
}

RangeVar *
makeRangeVarFromNameList(List *names)
{
	RangeVar *rel = makeRangeVar(NULL, NULL, -1);

	switch (list_length(names))
	{
		case 1:
			rel->relname = strVal(linitial(names));
			break;
		case 2:
			rel->schemaname = strVal(linitial(names));
			rel->relname = strVal(lsecond(names));
			break;
		case 3:
			rel->catalogname = strVal(linitial(names));
			rel->schemaname = strVal(lsecond(names));
			rel->relname = strVal(lthird(names));
			break;
		default:
			ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("improper relation name (too many dotted names): %s", NameListToString(names)));
	}
	return rel;
}

static char *
join_names(List *names, bool quote)
{
	StringInfoData buf;
	ListCell *lc;

	initStringInfo(&buf);
	foreach(lc, names)
	{
		Node *name = lfirst(lc);

		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(&buf, '.');
		if (IsA(name, String))
			appendStringInfoString(&buf, quote ? quote_identifier(strVal(name)) : strVal(name));
		else
			appendStringInfoChar(&buf, '*');
	}
	return buf.data;
}

char *
NameListToString(List *names)
{
	return join_names(names, false);
}

char *
NameListToQuotedString(List *names)
{
	return join_names(names, true);
}

/* ---- relations by name ----------------------------------------------------------------------------------------------------------- */
Oid
RelnameGetRelid(const char *relname)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		Oid relid = get_relname_relid(relname, lfirst_oid(lc));

		if (OidIsValid(relid))
			return relid;
	}
	return InvalidOid;
}

static void
check_catalog_name(const RangeVar *relation)
{
	if (relation->catalogname == NULL || strcmp(relation->catalogname, get_database_name(MyDatabaseId)) == 0)
		return;
	if (relation->schemaname)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cross-database references are not implemented: \"%s.%s.%s\"", relation->catalogname, relation->schemaname,
					   relation->relname));
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("cross-database references are not implemented: \"%s.%s\"", relation->catalogname, relation->relname));
}

static Oid
rangevar_lookup_once(const RangeVar *relation, bool missing_ok)
{
	Oid nspid;

	if (relation->relpersistence == RELPERSISTENCE_TEMP)
	{
		/* a name said to be temporary is looked for there only */
		if (!OidIsValid(my_temp_namespace))
			return InvalidOid;
		if (relation->schemaname && LookupExplicitNamespace(relation->schemaname, missing_ok) != my_temp_namespace)
			ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("temporary tables cannot specify a schema name"));
		return get_relname_relid(relation->relname, my_temp_namespace);
	}
	if (relation->schemaname == NULL)
		return RelnameGetRelid(relation->relname);
	nspid = LookupExplicitNamespace(relation->schemaname, missing_ok);
	return OidIsValid(nspid) ? get_relname_relid(relation->relname, nspid) : InvalidOid;
}

static void
report_missing_relation(const RangeVar *relation, int elevel)
{
	if (relation->schemaname)
		ereport(elevel, errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("relation \"%s.%s\" does not exist", relation->schemaname, relation->relname));
	else
		ereport(elevel, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation \"%s\" does not exist", relation->relname));
}

static bool
lock_relation(const RangeVar *relation, Oid relid, LOCKMODE lockmode, uint32 flags)
{
	if (!(flags & (RVR_NOWAIT | RVR_SKIP_LOCKED)))
	{
		LockRelationOid(relid, lockmode);
		return true;
	}
	if (ConditionalLockRelationOid(relid, lockmode))
		return true;
	if (flags & RVR_SKIP_LOCKED)
		return false;
	if (relation->schemaname)
		ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				errmsg("could not obtain lock on relation \"%s.%s\"", relation->schemaname, relation->relname));
	ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE), errmsg("could not obtain lock on relation \"%s\"", relation->relname));
}

Oid
RangeVarGetRelidExtended(const RangeVar *relation, LOCKMODE lockmode, uint32 flags, RangeVarGetRelidCallback callback,
						 void *callback_arg)
{
	Oid locked = InvalidOid;
	bool missing_ok = (flags & RVR_MISSING_OK) != 0;
	bool first = true;
	Oid relid;

	check_catalog_name(relation);
	for (;;)
	{
		uint64 seen = SharedInvalidMessageCounter;

		relid = rangevar_lookup_once(relation, missing_ok);
		if (callback)
			callback(relation, relid, locked, callback_arg);
		if (lockmode == NoLock)
			break;
		/* The lock just taken was on the right relation. */
		if (!first && relid == locked)
			break;
		if (OidIsValid(locked) && relid != locked)
			UnlockRelationOid(locked, lockmode);
		locked = InvalidOid;
		if (OidIsValid(relid))
		{
			if (!lock_relation(relation, relid, lockmode, flags))
				return InvalidOid;
			locked = relid;
		}
		else
			AcceptInvalidationMessages();
		/* Nothing was heard of while waiting: what the name meant, it still means. */
		if (seen == SharedInvalidMessageCounter)
			break;
		first = false;
	}
	if (!OidIsValid(relid))
		report_missing_relation(relation, missing_ok ? DEBUG1 : ERROR);
	return relid;
}

bool
RelationIsVisible(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool visible = false;
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (list_member_oid(namespace_path()->schemas, form->relnamespace))
		visible = RelnameGetRelid(NameStr(form->relname)) == relid;
	ReleaseSysCache(tuple);
	return visible;
}

/* ---- where a new relation goes --------------------------------------------------------------------------------------------------- */
Oid
RangeVarGetCreationNamespace(const RangeVar *newRelation)
{
	check_catalog_name(newRelation);
	if (newRelation->schemaname)
	{
		if (strcmp(newRelation->schemaname, "pg_temp") == 0)
			return namespace_access_temp();
		return get_namespace_oid(newRelation->schemaname, false);
	}
	if (newRelation->relpersistence == RELPERSISTENCE_TEMP)
		return namespace_access_temp();
	return namespace_creation_default();
}

Oid
RangeVarGetAndCheckCreationNamespace(RangeVar *relation, LOCKMODE lockmode, Oid *existing_relation_id)
{
	Oid nspid = InvalidOid;
	Oid locked_nsp = InvalidOid;
	Oid locked_rel = InvalidOid;
	Oid relid = InvalidOid;

	for (;;)
	{
		uint64 seen = SharedInvalidMessageCounter;

		nspid = RangeVarGetCreationNamespace(relation);
		relid = existing_relation_id ? get_relname_relid(relation->relname, nspid) : InvalidOid;
		if (IsBootstrapProcessingMode())
			break;
		require_create(nspid);
		if (locked_nsp == nspid && locked_rel == relid)
			break;
		if (OidIsValid(locked_nsp) && locked_nsp != nspid)
			UnlockDatabaseObject(NamespaceRelationId, locked_nsp, 0, AccessShareLock);
		if (OidIsValid(locked_rel) && locked_rel != relid)
			UnlockRelationOid(locked_rel, lockmode);
		if (locked_nsp != nspid)
			LockDatabaseObject(NamespaceRelationId, nspid, 0, AccessShareLock);
		if (OidIsValid(relid) && lockmode != NoLock && relid != locked_rel)
			LockRelationOid(relid, lockmode);
		locked_nsp = nspid;
		locked_rel = relid;
		if (seen == SharedInvalidMessageCounter)
			break;
	}
	RangeVarAdjustRelationPersistence(relation, nspid);
	if (existing_relation_id)
		*existing_relation_id = relid;
	return nspid;
}

void
RangeVarAdjustRelationPersistence(RangeVar *newRelation, Oid nspid)
{
	switch (newRelation->relpersistence)
	{
		case RELPERSISTENCE_TEMP:
			if (isTempOrTempToastNamespace(nspid))
				return;
			if (isAnyTempNamespace(nspid))
				ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("cannot create relations in temporary schemas of other sessions"));
			ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("cannot create temporary relation in non-temporary schema"));
		case RELPERSISTENCE_PERMANENT:
			if (isTempOrTempToastNamespace(nspid))
				newRelation->relpersistence = RELPERSISTENCE_TEMP;
			else if (isAnyTempNamespace(nspid))
				ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("cannot create relations in temporary schemas of other sessions"));
			break;
		default:
			if (isAnyTempNamespace(nspid))
				ereport(ERROR, errcode(ERRCODE_INVALID_TABLE_DEFINITION), errmsg("only temporary relations may be created in temporary schemas"));
	}
}

/* ---- types by name ------------------------------------------------------------------------------------------------------------------ */
Oid
TypenameGetTypidExtended(const char *typname, bool temp_ok)
{
	ListCell *lc;

	foreach(lc, namespace_path()->schemas)
	{
		Oid oid;

		if (!temp_ok && lfirst_oid(lc) == my_temp_namespace)
			continue;
		oid = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(typname), ObjectIdGetDatum(lfirst_oid(lc)));
		if (OidIsValid(oid))
			return oid;
	}
	return InvalidOid;
}

Oid
TypenameGetTypid(const char *typname)
{
	return TypenameGetTypidExtended(typname, true);
}

bool
TypeIsVisible(Oid typid)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(typid));
	bool visible = false;
	Form_pg_type form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", typid);
	form = (Form_pg_type) GETSTRUCT(tuple);
	if (list_member_oid(namespace_path()->schemas, form->typnamespace))
		visible = TypenameGetTypid(NameStr(form->typname)) == typid;
	ReleaseSysCache(tuple);
	return visible;
}

/* ---- the temporary schema --------------------------------------------------------------------------------------------------------------- */
bool
isTempNamespace(Oid namespaceId)
{
	return OidIsValid(my_temp_namespace) && my_temp_namespace == namespaceId;
}

bool
isTempToastNamespace(Oid namespaceId)
{
	return OidIsValid(my_temp_toast_namespace) && my_temp_toast_namespace == namespaceId;
}

bool
isTempOrTempToastNamespace(Oid namespaceId)
{
	return OidIsValid(my_temp_namespace) && (my_temp_namespace == namespaceId || my_temp_toast_namespace == namespaceId);
}

static bool
temp_name_backend(Oid nspid, int *backend)
{
	char *name = get_namespace_name(nspid);
	bool is_temp = name && (sscanf(name, "pg_temp_%d", backend) == 1 || sscanf(name, "pg_toast_temp_%d", backend) == 1);

	if (name)
		pfree(name);
	return is_temp;
}

bool
isAnyTempNamespace(Oid namespaceId)
{
	int backend;

	return temp_name_backend(namespaceId, &backend);
}

bool
isOtherTempNamespace(Oid namespaceId)
{
	return !isTempOrTempToastNamespace(namespaceId) && isAnyTempNamespace(namespaceId);
}

int
GetTempNamespaceBackendId(Oid namespaceId)
{
	int backend;

	return temp_name_backend(namespaceId, &backend) ? backend : InvalidBackendId;
}

Oid
GetTempToastNamespace(void)
{
	Assert(OidIsValid(my_temp_toast_namespace));
	return my_temp_toast_namespace;
}

void
GetTempNamespaceState(Oid *tempNamespaceId, Oid *tempToastNamespaceId)
{
	*tempNamespaceId = my_temp_namespace;
	*tempToastNamespaceId = my_temp_toast_namespace;
}

void
SetTempNamespaceState(Oid tempNamespaceId, Oid tempToastNamespaceId)
{
	my_temp_namespace = tempNamespaceId;
	my_temp_toast_namespace = tempToastNamespaceId;
	path_valid = false;
}

static void
remove_temp_relations(Oid nspid)
{
	ObjectAddress object;

	ObjectAddressSet(object, NamespaceRelationId, nspid);
	performDeletion(&object, DROP_CASCADE,
					PERFORM_DELETION_INTERNAL | PERFORM_DELETION_QUIETLY | PERFORM_DELETION_SKIP_ORIGINAL | PERFORM_DELETION_SKIP_EXTENSIONS);
}

static void
remove_temp_relations_at_exit(int code, Datum arg)
{
	if (!OidIsValid(my_temp_namespace))
		return;
	AbortOutOfAnyTransaction();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	remove_temp_relations(my_temp_namespace);
	PopActiveSnapshot();
	CommitTransactionCommand();
}

void
ResetTempTableNamespace(void)
{
	if (OidIsValid(my_temp_namespace))
		remove_temp_relations(my_temp_namespace);
}

static Oid
make_temp_schema(const char *format, bool clean_up)
{
	char name[NAMEDATALEN];
	Oid oid;

	snprintf(name, sizeof(name), format, MyBackendId);
	oid = get_namespace_oid(name, true);
	if (!OidIsValid(oid))
	{
		oid = NamespaceCreate(name, BOOTSTRAP_SUPERUSERID, true);
		CommandCounterIncrement();
	}
	else if (clean_up)
		remove_temp_relations(oid); /* left by a crashed process of the same number */
	return oid;
}

Oid
namespace_access_temp(void)
{
	MyXactFlags |= XACT_FLAGS_ACCESSEDTEMPNAMESPACE;
	if (OidIsValid(my_temp_namespace))
		return my_temp_namespace;
	if (pg_database_aclcheck(MyDatabaseId, GetUserId(), ACL_CREATE_TEMP) != ACLCHECK_OK)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied to create temporary tables in database \"%s\"", get_database_name(MyDatabaseId)));
	if (RecoveryInProgress())
		ereport(ERROR, errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("cannot create temporary tables during recovery"));
	my_temp_namespace = make_temp_schema("pg_temp_%d", true);
	my_temp_toast_namespace = make_temp_schema("pg_toast_temp_%d", false);
	my_temp_namespace_subid = GetCurrentSubTransactionId();
	path_valid = false;
	return my_temp_namespace;
}

void
AtEOXact_Namespace(bool isCommit, bool parallel)
{
	if (my_temp_namespace_subid != InvalidSubTransactionId)
	{
		if (isCommit)
			before_shmem_exit(remove_temp_relations_at_exit, 0);
		else
		{
			my_temp_namespace = my_temp_toast_namespace = InvalidOid;
			path_valid = false;
		}
		my_temp_namespace_subid = InvalidSubTransactionId;
	}
	list_free(path_overrides);
	path_overrides = NIL;
}

void
AtEOSubXact_Namespace(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid)
{
	if (my_temp_namespace_subid != mySubid)
		return;
	if (isCommit)
	{
		my_temp_namespace_subid = parentSubid;
		return;
	}
	my_temp_namespace_subid = InvalidSubTransactionId;
	my_temp_namespace = my_temp_toast_namespace = InvalidOid;
	path_valid = false;
}

/* ---- the path for others ---------------------------------------------------------------------------------------------------------------- */
List *
fetch_search_path(bool includeImplicit)
{
	const NamespacePath *path = namespace_path();
	List *result;

	if (path->creation_temp && !OidIsValid(path->creation))
	{
		namespace_access_temp();
		path = namespace_path();
	}
	result = list_copy(path->schemas);
	if (!includeImplicit)
	{
		while (result != NIL && linitial_oid(result) != path->creation)
			result = list_delete_first(result);
	}
	return result;
}

int
fetch_search_path_array(Oid *sarray, int sarray_len)
{
	ListCell *lc;
	int count = 0;

	foreach(lc, namespace_path()->schemas)
	{
		if (lfirst_oid(lc) == my_temp_namespace)
			continue;
		if (count < sarray_len)
			sarray[count] = lfirst_oid(lc);
		count++;
	}
	return count;
}

OverrideSearchPath *
GetOverrideSearchPath(MemoryContext context)
{
	const NamespacePath *path = namespace_path();
	MemoryContext old = MemoryContextSwitchTo(context);
	OverrideSearchPath *result = palloc0(sizeof(OverrideSearchPath));
	List *schemas = list_copy(path->schemas);

	while (schemas != NIL && linitial_oid(schemas) != path->creation)
	{
		if (linitial_oid(schemas) == my_temp_namespace)
			result->addTemp = true;
		else
			result->addCatalog = true;
		schemas = list_delete_first(schemas);
	}
	result->schemas = schemas;
	result->generation = path_generation;
	MemoryContextSwitchTo(old);
	return result;
}

OverrideSearchPath *
CopyOverrideSearchPath(OverrideSearchPath *path)
{
	OverrideSearchPath *result = palloc(sizeof(OverrideSearchPath));

	*result = *path;
	result->schemas = list_copy(path->schemas);
	return result;
}

bool
OverrideSearchPathMatchesCurrent(OverrideSearchPath *path)
{
	OverrideSearchPath *current;

	(void) namespace_path();
	if (path->generation == path_generation)
		return true;
	current = GetOverrideSearchPath(CurrentMemoryContext);
	if (!equal(path->schemas, current->schemas) || path->addCatalog != current->addCatalog || path->addTemp != current->addTemp)
		return false;
	path->generation = path_generation;
	return true;
}

void
PushOverrideSearchPath(OverrideSearchPath *newpath)
{
	MemoryContext old = MemoryContextSwitchTo(TopTransactionContext);
	NamespacePath *path = palloc0(sizeof(NamespacePath));

	path->schemas = list_copy(newpath->schemas);
	path->creation = path->schemas ? linitial_oid(path->schemas) : InvalidOid;
	path->user = GetUserId();
	if (newpath->addCatalog)
		path->schemas = lcons_oid(PG_CATALOG_NAMESPACE, path->schemas);
	if (newpath->addTemp && OidIsValid(my_temp_namespace))
		path->schemas = lcons_oid(my_temp_namespace, path->schemas);
	MemoryContextSwitchTo(TopMemoryContext);
	path_overrides = lcons(path, path_overrides);
	MemoryContextSwitchTo(old);
}

void
PopOverrideSearchPath(void)
{
	if (path_overrides == NIL)
		elog(ERROR, "bogus PopOverrideSearchPath call");
	path_overrides = list_delete_first(path_overrides);
}
