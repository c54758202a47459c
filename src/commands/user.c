/*
 * user.c
 *    Roles: CREATE, ALTER, DROP ROLE, memberships.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "commands/comment.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/setting_commands.h"
#include "commands/user.h"
#include "auth/auth.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- options ------------------------------------------------------------------------------------------------------------------------ */
typedef struct RoleOptions
{
	DefElem *password;
	DefElem *issuper;
	DefElem *inherit;
	DefElem *createrole;
	DefElem *createdb;
	DefElem *canlogin;
	DefElem *isreplication;
	DefElem *connlimit;
	DefElem *addroleto;
	DefElem *rolemembers;
	DefElem *adminmembers;
	DefElem *validuntil;
	DefElem *bypassrls;
} RoleOptions;

static void
take_options(ParseState *pstate, List *list, RoleOptions *o)
{
	const struct
	{
		const char *name;
		DefElem **place;
	} known[] = {{"password", &o->password}, {"superuser", &o->issuper}, {"inherit", &o->inherit}, {"createrole", &o->createrole},
				 {"createdb", &o->createdb}, {"canlogin", &o->canlogin}, {"isreplication", &o->isreplication},
				 {"connectionlimit", &o->connlimit}, {"addroleto", &o->addroleto}, {"rolemembers", &o->rolemembers},
				 {"adminmembers", &o->adminmembers}, {"validUntil", &o->validuntil}, {"bypassrls", &o->bypassrls}};
	ListCell *lc;

	foreach(lc, list)
	{
		DefElem *def = lfirst(lc);
		int i;

		if (strcmp(def->defname, "sysid") == 0)
		{
			ereport(NOTICE, errmsg("SYSID can no longer be specified"));
			continue;
		}
		for (i = 0; i < (int) lengthof(known) && strcmp(known[i].name, def->defname) != 0; i++)
			;
		if (i == (int) lengthof(known))
			elog(ERROR, "option \"%s\" not recognized", def->defname);
		if (*known[i].place)
			errorConflictingDefElem(def, pstate);
		*known[i].place = def;
	}
}

static bool
flag(DefElem *def, bool dflt)
{
	return def ? boolVal(def->arg) : dflt;
}

static void
refuse(bool condition, const char *message)
{
	if (condition)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg_internal("%s", message));
}

static Datum
password_datum(DefElem *def, const char *role, bool *isnull)
{
	const char *password = def && def->arg ? strVal(def->arg) : NULL;

	*isnull = password == NULL || password[0] == '\0';
	if (password && password[0] == '\0')
		ereport(NOTICE, errmsg("empty string is not a valid password, clearing password"));
	return *isnull ? (Datum) 0 : CStringGetTextDatum(encrypt_password(Password_encryption, role, password));
}

static Datum
valid_until(DefElem *def, bool *isnull)
{
	*isnull = def == NULL || def->arg == NULL;
	if (*isnull)
		return (Datum) 0;
	return DirectFunctionCall3(timestamptz_in, CStringGetDatum(strVal(def->arg)), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

static int
connection_limit(DefElem *def)
{
	int limit = def ? intVal(def->arg) : -1;

	if (limit < -1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid connection limit: %d", limit));
	return limit;
}

/* ---- memberships ---------------------------------------------------------------------------------------------------------------------- */
static void
may_grant_role(const char *rolename, Oid roleid)
{
	if (superuser_arg(roleid))
		refuse(!superuser(), "must be superuser to alter superusers");
	else if (!has_createrole_privilege(GetUserId()) && !is_admin_of_role(GetUserId(), roleid))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must have admin option on role \"%s\"", rolename));
	if (roleid == ROLE_PG_DATABASE_OWNER)
		ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION), errmsg("role \"%s\" cannot have explicit members", rolename));
}

static void
add_member(const char *rolename, Oid roleid, Oid member, Oid grantor, bool admin)
{
	Relation rel = table_open(AuthMemRelationId, RowExclusiveLock);
	HeapTuple old = SearchSysCacheCopy2(AUTHMEMROLEMEM, ObjectIdGetDatum(roleid), ObjectIdGetDatum(member));
	Datum values[Natts_pg_auth_members];
	bool nulls[Natts_pg_auth_members] = {false};

	if (is_member_of_role_nosuper(roleid, member))
		ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION),
				errmsg("role \"%s\" is a member of role \"%s\"", rolename, GetUserNameFromId(member, false)));
	if (HeapTupleIsValid(old) && (!admin || ((Form_pg_auth_members) GETSTRUCT(old))->admin_option))
	{
		ereport(NOTICE, errmsg("role \"%s\" is already a member of role \"%s\"", GetUserNameFromId(member, false), rolename));
		table_close(rel, NoLock);
		return;
	}
	values[Anum_pg_auth_members_roleid - 1] = ObjectIdGetDatum(roleid);
	values[Anum_pg_auth_members_member - 1] = ObjectIdGetDatum(member);
	values[Anum_pg_auth_members_grantor - 1] = ObjectIdGetDatum(grantor);
	values[Anum_pg_auth_members_admin_option - 1] = BoolGetDatum(admin);
	if (HeapTupleIsValid(old))
		CatalogTupleUpdate(rel, &old->t_self, heap_form_tuple(RelationGetDescr(rel), values, nulls));
	else
		CatalogTupleInsert(rel, heap_form_tuple(RelationGetDescr(rel), values, nulls));
	CommandCounterIncrement();
	table_close(rel, NoLock);
}

static void
remove_member(const char *rolename, Oid roleid, Oid member, bool admin_only)
{
	Relation rel = table_open(AuthMemRelationId, RowExclusiveLock);
	HeapTuple old = SearchSysCacheCopy2(AUTHMEMROLEMEM, ObjectIdGetDatum(roleid), ObjectIdGetDatum(member));

	if (!HeapTupleIsValid(old))
		ereport(WARNING, errmsg("role \"%s\" is not a member of role \"%s\"", GetUserNameFromId(member, false), rolename));
	else if (admin_only)
	{
		((Form_pg_auth_members) GETSTRUCT(old))->admin_option = false;
		CatalogTupleUpdate(rel, &old->t_self, old);
	}
	else
		CatalogTupleDelete(rel, &old->t_self);
	CommandCounterIncrement();
	table_close(rel, NoLock);
}

static void
add_members(const char *rolename, Oid roleid, List *members, bool admin)
{
	ListCell *lc;

	foreach(lc, members)
		add_member(rolename, roleid, get_rolespec_oid(lfirst(lc), false), GetUserId(), admin);
}

List *
roleSpecsToIds(List *memberNames)
{
	List *result = NIL;
	ListCell *lc;

	foreach(lc, memberNames)
		result = lappend_oid(result, get_rolespec_oid(lfirst(lc), false));
	return result;
}

void
GrantRole(GrantRoleStmt *stmt)
{
	Oid grantor = stmt->grantor ? get_rolespec_oid(stmt->grantor, false) : GetUserId();
	List *members = roleSpecsToIds(stmt->grantee_roles);
	ListCell *lc;
	ListCell *m;

	foreach(lc, stmt->granted_roles)
	{
		AccessPriv *priv = lfirst(lc);
		Oid roleid;

		if (priv->priv_name == NULL || priv->cols != NIL)
			ereport(ERROR, errcode(ERRCODE_INVALID_GRANT_OPERATION), errmsg("column names cannot be included in GRANT/REVOKE ROLE"));
		roleid = get_role_oid(priv->priv_name, false);
		may_grant_role(priv->priv_name, roleid);
		foreach(m, members)
		{
			if (stmt->is_grant)
				add_member(priv->priv_name, roleid, lfirst_oid(m), grantor, stmt->admin_opt);
			else
				remove_member(priv->priv_name, roleid, lfirst_oid(m), stmt->admin_opt);
		}
	}
}

/* ---- CREATE ------------------------------------------------------------------------------------------------------------------------------ */
static void
check_creator(const RoleOptions *o)
{
	if (flag(o->issuper, false))
		refuse(!superuser(), "must be superuser to create superusers");
	else if (flag(o->isreplication, false))
		refuse(!superuser(), "must be superuser to create replication users");
	else if (flag(o->bypassrls, false))
		refuse(!superuser(), "must be superuser to create bypassrls users");
	else
		refuse(!has_createrole_privilege(GetUserId()), "permission denied to create role");
}

Oid
CreateRole(ParseState *pstate, CreateRoleStmt *stmt)
{
	RoleOptions o = {0};
	Relation rel;
	Datum values[Natts_pg_authid] = {0};
	bool nulls[Natts_pg_authid] = {false};
	NameData name;
	Oid oid;
	ListCell *lc;

	take_options(pstate, stmt->options, &o);
	check_creator(&o);
	if (IsReservedName(stmt->role))
		ereport(ERROR, errcode(ERRCODE_RESERVED_NAME), errmsg("role name \"%s\" is reserved", stmt->role),
				errdetail("Role names starting with \"pg_\" are reserved."));
	if (OidIsValid(get_role_oid(stmt->role, true)))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("role \"%s\" already exists", stmt->role));
	rel = table_open(AuthIdRelationId, RowExclusiveLock);
	oid = GetNewOidWithIndex(rel, AuthIdOidIndexId, Anum_pg_authid_oid);
	namestrcpy(&name, stmt->role);
#define SET(column, datum) (values[Anum_pg_authid_##column - 1] = (datum))
	SET(oid, ObjectIdGetDatum(oid));
	SET(rolname, NameGetDatum(&name));
	SET(rolsuper, BoolGetDatum(flag(o.issuper, false)));
	SET(rolinherit, BoolGetDatum(flag(o.inherit, true)));
	SET(rolcreaterole, BoolGetDatum(flag(o.createrole, false)));
	SET(rolcreatedb, BoolGetDatum(flag(o.createdb, false)));
	SET(rolcanlogin, BoolGetDatum(flag(o.canlogin, stmt->stmt_type == ROLESTMT_USER)));
	SET(rolreplication, BoolGetDatum(flag(o.isreplication, false)));
	SET(rolbypassrls, BoolGetDatum(flag(o.bypassrls, false)));
	SET(rolconnlimit, Int32GetDatum(connection_limit(o.connlimit)));
	SET(rolpassword, password_datum(o.password, stmt->role, &nulls[Anum_pg_authid_rolpassword - 1]));
	SET(rolvaliduntil, valid_until(o.validuntil, &nulls[Anum_pg_authid_rolvaliduntil - 1]));
#undef SET
	CatalogTupleInsert(rel, heap_form_tuple(RelationGetDescr(rel), values, nulls));
	CommandCounterIncrement();
	if (o.addroleto)
	{
		foreach(lc, (List *) o.addroleto->arg)
		{
			char *parent = get_rolespec_name(lfirst(lc));
			Oid parentid = get_role_oid(parent, false);

			may_grant_role(parent, parentid);
			add_member(parent, parentid, oid, GetUserId(), false);
		}
	}
	if (o.adminmembers)
		add_members(stmt->role, oid, (List *) o.adminmembers->arg, true);
	if (o.rolemembers)
		add_members(stmt->role, oid, (List *) o.rolemembers->arg, false);
	table_close(rel, NoLock);
	return oid;
}

/* ---- ALTER ------------------------------------------------------------------------------------------------------------------------------- */
static void
check_alter(const RoleOptions *o, Form_pg_authid role)
{
	bool only_password = o->password && !o->issuper && !o->inherit && !o->createrole && !o->createdb && !o->canlogin && !o->connlimit &&
		!o->isreplication && !o->rolemembers && !o->validuntil && !o->bypassrls;

	if (role->rolsuper || o->issuper)
		refuse(!superuser(), "must be superuser to alter superuser roles or change superuser attribute");
	else if (role->rolreplication || o->isreplication)
		refuse(!superuser(), "must be superuser to alter replication roles or change replication attribute");
	else if (o->bypassrls)
		refuse(!superuser(), "must be superuser to change bypassrls attribute");
	else if (!has_createrole_privilege(GetUserId()))
		refuse(!(only_password && role->oid == GetUserId()), "permission denied");
}

Oid
AlterRole(ParseState *pstate, AlterRoleStmt *stmt)
{
	RoleOptions o = {0};
	Relation rel = table_open(AuthIdRelationId, RowExclusiveLock);
	HeapTuple tuple;
	Form_pg_authid form;
	Datum values[Natts_pg_authid] = {0};
	bool nulls[Natts_pg_authid] = {false};
	bool replaces[Natts_pg_authid] = {false};
	HeapTuple newtuple;
	Oid oid;
	char *name;

	check_rolespec_name(stmt->role, "Cannot alter reserved roles.");
	take_options(pstate, stmt->options, &o);
	tuple = get_rolespec_tuple(stmt->role);
	form = (Form_pg_authid) GETSTRUCT(tuple);
	oid = form->oid;
	name = pstrdup(NameStr(form->rolname));
	check_alter(&o, form);
#define CHANGE(column, def, datum)                                                         \
	if (def)                                                                               \
	{                                                                                      \
		values[Anum_pg_authid_##column - 1] = (datum);                                     \
		replaces[Anum_pg_authid_##column - 1] = true;                                      \
	}
	if (o.issuper && !flag(o.issuper, false) && oid == BOOTSTRAP_SUPERUSERID)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("the bootstrap superuser must have the %s attribute", "SUPERUSER"));
	CHANGE(rolsuper, o.issuper, BoolGetDatum(flag(o.issuper, false)))
	CHANGE(rolinherit, o.inherit, BoolGetDatum(flag(o.inherit, true)))
	CHANGE(rolcreaterole, o.createrole, BoolGetDatum(flag(o.createrole, false)))
	CHANGE(rolcreatedb, o.createdb, BoolGetDatum(flag(o.createdb, false)))
	CHANGE(rolcanlogin, o.canlogin, BoolGetDatum(flag(o.canlogin, false)))
	CHANGE(rolreplication, o.isreplication, BoolGetDatum(flag(o.isreplication, false)))
	CHANGE(rolbypassrls, o.bypassrls, BoolGetDatum(flag(o.bypassrls, false)))
	CHANGE(rolconnlimit, o.connlimit, Int32GetDatum(connection_limit(o.connlimit)))
	CHANGE(rolpassword, o.password, password_datum(o.password, name, &nulls[Anum_pg_authid_rolpassword - 1]))
	CHANGE(rolvaliduntil, o.validuntil, valid_until(o.validuntil, &nulls[Anum_pg_authid_rolvaliduntil - 1]))
#undef CHANGE
	newtuple = heap_modify_tuple(tuple, RelationGetDescr(rel), values, nulls, replaces);
	CatalogTupleUpdate(rel, &tuple->t_self, newtuple);
	ReleaseSysCache(tuple);
	CommandCounterIncrement();
	if (o.rolemembers)
	{
		ListCell *lc;

		if (stmt->action == +1)
			add_members(name, oid, (List *) o.rolemembers->arg, false);
		else
		{
			foreach(lc, (List *) o.rolemembers->arg)
				remove_member(name, oid, get_rolespec_oid(lfirst(lc), false), false);
		}
	}
	table_close(rel, NoLock);
	return oid;
}

Oid
AlterRoleSet(AlterRoleSetStmt *stmt)
{
	Oid role = InvalidOid;
	Oid database = InvalidOid;

	if (stmt->role)
	{
		HeapTuple tuple;

		check_rolespec_name(stmt->role, "Cannot alter reserved roles.");
		tuple = get_rolespec_tuple(stmt->role);
		role = ((Form_pg_authid) GETSTRUCT(tuple))->oid;
		if (((Form_pg_authid) GETSTRUCT(tuple))->rolsuper)
			refuse(!superuser(), "must be superuser to alter superusers");
		else
			refuse(!has_createrole_privilege(GetUserId()) && role != GetUserId(), "permission denied");
		ReleaseSysCache(tuple);
	}
	if (stmt->database)
	{
		database = get_database_oid(stmt->database, false);
		if (!stmt->role && !pg_database_ownercheck(database, GetUserId()))
			aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_DATABASE, stmt->database);
	}
	if (!stmt->role && !stmt->database)
		refuse(!superuser(), "must be superuser to alter settings globally");
	setting_alter(database, role, stmt->setstmt);
	return role;
}

ObjectAddress
RenameRole(const char *oldname, const char *newname)
{
	Relation rel = table_open(AuthIdRelationId, RowExclusiveLock);
	HeapTuple tuple = SearchSysCacheCopy1(AUTHNAME, CStringGetDatum(oldname));
	Form_pg_authid form;
	ObjectAddress address;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", oldname));
	form = (Form_pg_authid) GETSTRUCT(tuple);
	if (form->oid == GetSessionUserId())
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("session user cannot be renamed"));
	if (form->oid == GetOuterUserId())
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("current user cannot be renamed"));
	if (IsReservedName(oldname) || IsReservedName(newname))
		ereport(ERROR, errcode(ERRCODE_RESERVED_NAME), errmsg("role name \"%s\" is reserved", IsReservedName(oldname) ? oldname : newname),
				errdetail("Role names starting with \"pg_\" are reserved."));
	if (OidIsValid(get_role_oid(newname, true)))
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("role \"%s\" already exists", newname));
	if (form->rolsuper)
		refuse(!superuser(), "must be superuser to rename superusers");
	else
		refuse(!has_createrole_privilege(GetUserId()), "permission denied to rename role");
	namestrcpy(&form->rolname, newname);
	CatalogTupleUpdate(rel, &tuple->t_self, tuple);
	ObjectAddressSet(address, AuthIdRelationId, form->oid);
	table_close(rel, NoLock);
	return address;
}

/* ---- DROP -------------------------------------------------------------------------------------------------------------------------------------- */
static void
drop_memberships(Oid roleid)
{
	Relation rel = table_open(AuthMemRelationId, RowExclusiveLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_auth_members form = (Form_pg_auth_members) GETSTRUCT(tuple);

		if (form->roleid == roleid || form->member == roleid)
			CatalogTupleDelete(rel, &tuple->t_self);
	}
	systable_endscan(scan);
	table_close(rel, NoLock);
}

static void
drop_one(Relation rel, const char *name, bool missing_ok)
{
	HeapTuple tuple = SearchSysCacheCopy1(AUTHNAME, CStringGetDatum(name));
	Form_pg_authid form;
	char *detail;
	char *detail_log;

	if (!HeapTupleIsValid(tuple))
	{
		if (!missing_ok)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", name));
		ereport(NOTICE, errmsg("role \"%s\" does not exist, skipping", name));
		return;
	}
	form = (Form_pg_authid) GETSTRUCT(tuple);
	if (form->oid == GetUserId() || form->oid == GetOuterUserId())
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE), errmsg("current user cannot be dropped"));
	if (form->oid == GetSessionUserId())
		ereport(ERROR, errcode(ERRCODE_OBJECT_IN_USE), errmsg("session user cannot be dropped"));
	if (form->rolsuper)
		refuse(!superuser(), "must be superuser to drop superusers");
	LockSharedObject(AuthIdRelationId, form->oid, 0, AccessExclusiveLock);
	if (IsPinnedObject(AuthIdRelationId, form->oid))
		ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				errmsg("cannot drop role %s because it is required by the database system", name));
	if (checkSharedDependencies(AuthIdRelationId, form->oid, &detail, &detail_log))
		ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST), errmsg("role \"%s\" cannot be dropped because some objects depend on it", name),
				errdetail_internal("%s", detail), errdetail_log("%s", detail_log));
	CatalogTupleDelete(rel, &tuple->t_self);
	drop_memberships(form->oid);
	DeleteSharedComments(form->oid, AuthIdRelationId);
	setting_drop(InvalidOid, form->oid);
	CommandCounterIncrement();
}

void
DropRole(DropRoleStmt *stmt)
{
	Relation rel;
	ListCell *lc;

	refuse(!has_createrole_privilege(GetUserId()), "permission denied to drop role");
	rel = table_open(AuthIdRelationId, RowExclusiveLock);
	foreach(lc, stmt->roles)
	{
		RoleSpec *spec = lfirst(lc);

		if (spec->roletype != ROLESPEC_CSTRING)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cannot use special role specifier in DROP ROLE"));
		drop_one(rel, spec->rolename, stmt->missing_ok);
	}
	table_close(rel, NoLock);
}

void
DropOwnedObjects(DropOwnedStmt *stmt)
{
	shdepDropOwned(roleSpecsToIds(stmt->roles), stmt->behavior);
}

void
ReassignOwnedObjects(ReassignOwnedStmt *stmt)
{
	shdepReassignOwned(roleSpecsToIds(stmt->roles), get_rolespec_oid(stmt->newrole, false));
}
