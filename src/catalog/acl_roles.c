/*
 * acl_roles.c
 *    Roles: by name, memberships.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "commands/user.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* The closure of memberships of one role, kept until something about roles changes. */
typedef enum MembershipKind
{
	MEMBERSHIP_PRIVILEGES, /* through INHERIT roles only */
	MEMBERSHIP_ANY,
	MEMBERSHIP_KINDS
} MembershipKind;

static Oid cached_role[MEMBERSHIP_KINDS];
static List *cached_roles[MEMBERSHIP_KINDS];
static bool callbacks_registered = false;

static void
memberships_changed(Datum arg, int cacheid, uint32 hashvalue)
{
	cached_role[0] = cached_role[1] = InvalidOid;
}

void
initialize_acl(void)
{
	if (callbacks_registered || IsBootstrapProcessingMode())
		return;
	callbacks_registered = true;
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, memberships_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, memberships_changed, (Datum) 0);
	CacheRegisterSyscacheCallback(DATABASEOID, memberships_changed, (Datum) 0);
}

static bool
role_inherits(Oid role)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
	bool result = false;

	if (HeapTupleIsValid(tuple))
	{
		result = ((Form_pg_authid) GETSTRUCT(tuple))->rolinherit;
		ReleaseSysCache(tuple);
	}
	return result;
}

/* The database's owner is a member of pg_database_owner, by definition. */
static bool
owns_database(Oid role)
{
	HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	bool result = false;

	if (HeapTupleIsValid(tuple))
	{
		result = ((Form_pg_database) GETSTRUCT(tuple))->datdba == role;
		ReleaseSysCache(tuple);
	}
	return result;
}

static List *
roles_of(Oid roleid, MembershipKind kind)
{
	List *roles = list_make1_oid(roleid);
	MemoryContext old;

	initialize_acl();
	if (cached_role[kind] == roleid && OidIsValid(roleid))
		return cached_roles[kind];
	for (int i = 0; i < list_length(roles); i++)
	{
		Oid member = list_nth_oid(roles, i);
		CatCList *list;

		if (kind == MEMBERSHIP_PRIVILEGES && !role_inherits(member))
			continue;
		list = SearchSysCacheList1(AUTHMEMMEMROLE, ObjectIdGetDatum(member));
		for (int j = 0; j < list->n_members; j++)
			roles = list_append_unique_oid(roles, ((Form_pg_auth_members) GETSTRUCT(&list->members[j]->tuple))->roleid);
		ReleaseSysCacheList(list);
		if (owns_database(member))
			roles = list_append_unique_oid(roles, ROLE_PG_DATABASE_OWNER);
	}
	old = MemoryContextSwitchTo(TopMemoryContext);
	list_free(cached_roles[kind]);
	cached_roles[kind] = list_copy(roles);
	cached_role[kind] = roleid;
	MemoryContextSwitchTo(old);
	list_free(roles);
	return cached_roles[kind];
}

bool
has_privs_of_role(Oid member, Oid role)
{
	return member == role || superuser_arg(member) || list_member_oid(roles_of(member, MEMBERSHIP_PRIVILEGES), role);
}

bool
is_member_of_role(Oid member, Oid role)
{
	return member == role || superuser_arg(member) || is_member_of_role_nosuper(member, role);
}

bool
is_member_of_role_nosuper(Oid member, Oid role)
{
	return member == role || list_member_oid(roles_of(member, MEMBERSHIP_ANY), role);
}

void
check_is_member_of_role(Oid member, Oid role)
{
	if (!is_member_of_role(member, role))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be member of role \"%s\"", GetUserNameFromId(role, false)));
}

bool
is_admin_of_role(Oid member, Oid role)
{
	List *roles;
	ListCell *lc;

	if (superuser_arg(member))
		return true;
	if (member == role)
		return false;
	roles = list_copy(roles_of(member, MEMBERSHIP_ANY));
	foreach(lc, roles)
	{
		HeapTuple tuple = SearchSysCache2(AUTHMEMROLEMEM, ObjectIdGetDatum(role), ObjectIdGetDatum(lfirst_oid(lc)));
		bool admin = false;

		if (HeapTupleIsValid(tuple))
		{
			admin = ((Form_pg_auth_members) GETSTRUCT(tuple))->admin_option;
			ReleaseSysCache(tuple);
		}
		if (admin)
			return true;
	}
	return false;
}

/* ---- names ----------------------------------------------------------------------------------------------------------------------- */
Oid
get_role_oid(const char *rolename, bool missing_ok)
{
	Oid oid = GetSysCacheOid1(AUTHNAME, Anum_pg_authid_oid, CStringGetDatum(rolename));

	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", rolename));
	return oid;
}

Oid
get_role_oid_or_public(const char *rolename)
{
	return strcmp(rolename, "public") == 0 ? ACL_ID_PUBLIC : get_role_oid(rolename, false);
}

Oid
get_rolespec_oid(const RoleSpec *role, bool missing_ok)
{
	switch (role->roletype)
	{
		case ROLESPEC_CSTRING:
			return get_role_oid(role->rolename, missing_ok);
		case ROLESPEC_CURRENT_ROLE:
		case ROLESPEC_CURRENT_USER:
			return GetUserId();
		case ROLESPEC_SESSION_USER:
			return GetSessionUserId();
		case ROLESPEC_PUBLIC:
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", "public"));
		default:
			elog(ERROR, "unexpected role type %d", role->roletype);
	}
}

HeapTuple
get_rolespec_tuple(const RoleSpec *role)
{
	HeapTuple tuple;

	if (role->roletype == ROLESPEC_CSTRING)
	{
		tuple = SearchSysCache1(AUTHNAME, CStringGetDatum(role->rolename));
		if (!HeapTupleIsValid(tuple))
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", role->rolename));
		return tuple;
	}
	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(get_rolespec_oid(role, false)));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for role %u", get_rolespec_oid(role, false));
	return tuple;
}

char *
get_rolespec_name(const RoleSpec *role)
{
	HeapTuple tuple = get_rolespec_tuple(role);
	char *name = pstrdup(NameStr(((Form_pg_authid) GETSTRUCT(tuple))->rolname));

	ReleaseSysCache(tuple);
	return name;
}

void
check_rolespec_name(const RoleSpec *role, const char *detail_msg)
{
	if (role == NULL || role->roletype != ROLESPEC_CSTRING || strncmp(role->rolename, "pg_", 3) != 0)
		return;
	if (detail_msg)
		ereport(ERROR, errcode(ERRCODE_RESERVED_NAME), errmsg("role name \"%s\" is reserved", role->rolename), errdetail_internal("%s", detail_msg));
	ereport(ERROR, errcode(ERRCODE_RESERVED_NAME), errmsg("role name \"%s\" is reserved", role->rolename));
}

static bool
role_attribute(Oid roleid, size_t offset)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(roleid));
	bool result = false;

	if (superuser_arg(roleid))
	{
		if (HeapTupleIsValid(tuple))
			ReleaseSysCache(tuple);
		return true;
	}
	if (HeapTupleIsValid(tuple))
	{
		result = *((bool *) ((char *) GETSTRUCT(tuple) + offset));
		ReleaseSysCache(tuple);
	}
	return result;
}

bool
has_createrole_privilege(Oid roleid)
{
	return role_attribute(roleid, offsetof(FormData_pg_authid, rolcreaterole));
}

bool
has_bypassrls_privilege(Oid roleid)
{
	return role_attribute(roleid, offsetof(FormData_pg_authid, rolbypassrls));
}

bool
have_createdb_privilege(void)
{
	return role_attribute(GetUserId(), offsetof(FormData_pg_authid, rolcreatedb));
}
