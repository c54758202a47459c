/*
 * user_id.c
 *    Whose privileges count: authenticated, session, outer and current user (miscadmin.h).
 *
 *    authenticated  who logged in; never changes
 *    session        changed by SET SESSION AUTHORIZATION
 *    outer          changed by SET ROLE; the session user without it
 *    current        changed inside security-definer functions and maintenance commands
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "error/log_context.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

typedef struct UserIds
{
	Oid authenticated;
	bool authenticated_is_superuser;
	Oid session;
	bool session_is_superuser;
	Oid outer;
	Oid current;
	int security_context; /* SECURITY_... */
	bool role_is_set;	  /* by SET ROLE */
} UserIds;

static UserIds ids;

Oid
GetUserId(void)
{
	return ids.current;
}

Oid
GetOuterUserId(void)
{
	return ids.outer;
}

Oid
GetSessionUserId(void)
{
	return ids.session;
}

Oid
GetAuthenticatedUserId(void)
{
	return ids.authenticated;
}

bool
GetSessionUserIsSuperuser(void)
{
	return ids.session_is_superuser;
}

void
GetUserIdAndSecContext(Oid *userid, int *sec_context)
{
	*userid = ids.current;
	*sec_context = ids.security_context;
}

void
SetUserIdAndSecContext(Oid userid, int sec_context)
{
	ids.current = userid;
	ids.security_context = sec_context;
}

void
GetUserIdAndContext(Oid *userid, bool *sec_def_context)
{
	*userid = ids.current;
	*sec_def_context = InLocalUserIdChange();
}

void
SetUserIdAndContext(Oid userid, bool sec_def_context)
{
	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("cannot set parameter \"%s\" within security-restricted operation", "role"));
	ids.current = userid;
	if (sec_def_context)
		ids.security_context |= SECURITY_LOCAL_USERID_CHANGE;
	else
		ids.security_context &= ~SECURITY_LOCAL_USERID_CHANGE;
}

bool
InLocalUserIdChange(void)
{
	return (ids.security_context & SECURITY_LOCAL_USERID_CHANGE) != 0;
}

bool
InSecurityRestrictedOperation(void)
{
	return (ids.security_context & SECURITY_RESTRICTED_OPERATION) != 0;
}

bool
InNoForceRLSOperation(void)
{
	return (ids.security_context & SECURITY_NOFORCE_RLS) != 0;
}

static void
set_outer(Oid userid)
{
	ids.outer = ids.current = userid;
}

static void
set_session(Oid userid, bool is_superuser)
{
	ids.session = userid;
	ids.session_is_superuser = is_superuser;
	ids.role_is_set = false;
	set_outer(userid);
}

/* ---- logging in ---------------------------------------------------------------------------------------------------- */
static HeapTuple
find_role(const char *rolename, Oid roleid)
{
	HeapTuple tuple;

	if (rolename)
	{
		tuple = SearchSysCache1(AUTHNAME, PointerGetDatum(rolename));
		if (!HeapTupleIsValid(tuple))
			ereport(FATAL,
					errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
					errmsg("role \"%s\" does not exist", rolename));
	}
	else
	{
		tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(roleid));
		if (!HeapTupleIsValid(tuple))
			ereport(FATAL,
					errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
					errmsg("role with OID %u does not exist", roleid));
	}
	return tuple;
}

static void
check_may_log_in(Form_pg_authid role)
{
	if (!IsUnderPostmaster)
		return;
	if (!role->rolcanlogin)
		ereport(FATAL,
				errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				errmsg("role \"%s\" is not permitted to log in", NameStr(role->rolname)));
	if (role->rolconnlimit >= 0 && !ids.authenticated_is_superuser &&
		CountUserBackends(role->oid) > role->rolconnlimit)
		ereport(FATAL,
				errcode(ERRCODE_TOO_MANY_CONNECTIONS),
				errmsg("too many connections for role \"%s\"", NameStr(role->rolname)));
}

static void
tell_settings(const char *rolename, bool is_superuser)
{
	SetConfigOption("session_authorization", rolename, PGC_BACKEND, PGC_S_OVERRIDE);
	SetConfigOption("is_superuser", is_superuser ? "on" : "off", PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
}

void
InitializeSessionUserId(const char *rolename, Oid useroid)
{
	HeapTuple tuple = find_role(rolename, useroid);
	Form_pg_authid role = (Form_pg_authid) GETSTRUCT(tuple);

	ids.authenticated = role->oid;
	ids.authenticated_is_superuser = role->rolsuper;
	set_session(role->oid, role->rolsuper);
	MyProc->roleId = role->oid;
	check_may_log_in(role);
	tell_settings(NameStr(role->rolname), role->rolsuper);
	ReleaseSysCache(tuple);
}

void
InitializeSessionUserIdStandalone(void)
{
	enum { BOOTSTRAP_SUPERUSER = 10 };

	ids.authenticated = BOOTSTRAP_SUPERUSER;
	ids.authenticated_is_superuser = true;
	set_session(BOOTSTRAP_SUPERUSER, true);
}

void
SetSessionAuthorization(Oid userid, bool is_superuser)
{
	if (userid != ids.authenticated && !ids.authenticated_is_superuser)
		ereport(ERROR,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied to set session authorization"));
	set_session(userid, is_superuser);
	SetConfigOption("is_superuser", is_superuser ? "on" : "off", PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
}

Oid
GetCurrentRoleId(void)
{
	return ids.role_is_set ? ids.outer : InvalidOid;
}

void
SetCurrentRoleId(Oid roleid, bool is_superuser)
{
	if (!OidIsValid(roleid))
	{
		if (!OidIsValid(ids.session))
			return; /* the setting gets its boot value before anybody has logged in */
		roleid = ids.session;
		is_superuser = ids.session_is_superuser;
		ids.role_is_set = false;
	}
	else
		ids.role_is_set = true;
	set_outer(roleid);
	SetConfigOption("is_superuser", is_superuser ? "on" : "off", PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
}

char *
GetUserNameFromId(Oid roleid, bool noerr)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(roleid));
	char *result;

	if (!HeapTupleIsValid(tuple))
	{
		if (!noerr)
			ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("invalid role OID: %u", roleid));
		return NULL;
	}
	result = pstrdup(NameStr(((Form_pg_authid) GETSTRUCT(tuple))->rolname));
	ReleaseSysCache(tuple);
	return result;
}

/* ---- attributes ------------------------------------------------------------------------------------------------------- */
bool
superuser(void)
{
	return superuser_arg(GetUserId());
}

static bool
role_attribute(Oid roleid, bool (*attribute)(Form_pg_authid role))
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(roleid));
	bool result = false;

	if (HeapTupleIsValid(tuple))
	{
		result = attribute((Form_pg_authid) GETSTRUCT(tuple));
		ReleaseSysCache(tuple);
	}
	return result;
}

static bool
role_is_superuser(Form_pg_authid role)
{
	return role->rolsuper;
}

static bool
role_may_replicate(Form_pg_authid role)
{
	return role->rolreplication;
}

bool
superuser_arg(Oid roleid)
{
	enum { BOOTSTRAP_SUPERUSER = 10 };

	/* without a postmaster somebody must be able to repair the catalogs */
	if (!IsUnderPostmaster && roleid == BOOTSTRAP_SUPERUSER)
		return true;
	return role_attribute(roleid, role_is_superuser);
}

bool
has_rolreplication(Oid roleid)
{
	return superuser_arg(roleid) || role_attribute(roleid, role_may_replicate);
}
