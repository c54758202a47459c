/*
 * aclitem.c
 *    The type aclitem: "grantee=rights/grantor", an asterisk after a right meaning that it may be granted on.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

/* ---- text ---------------------------------------------------------------------------------------------------------------- */
/* A role name as aclitem writes it: quoted unless it is all letters, digits and underscores. */
static void
put_role_name(StringInfo out, const char *name)
{
	bool safe = true;

	for (const char *c = name; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '_'))
			safe = false;
	if (!safe)
		appendStringInfoChar(out, '"');
	for (const char *c = name; *c; c++)
	{
		if (*c == '"')
			appendStringInfoChar(out, '"');
		appendStringInfoChar(out, *c);
	}
	if (!safe)
		appendStringInfoChar(out, '"');
}

static void
put_role(StringInfo out, Oid role)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));

	if (HeapTupleIsValid(tuple))
	{
		put_role_name(out, NameStr(((Form_pg_authid) GETSTRUCT(tuple))->rolname));
		ReleaseSysCache(tuple);
	}
	else
		appendStringInfo(out, "%u", role);
}

Datum
aclitemout(PG_FUNCTION_ARGS)
{
	AclItem *item = PG_GETARG_ACLITEM_P(0);
	StringInfoData out;

	initStringInfo(&out);
	if (item->ai_grantee != ACL_ID_PUBLIC)
		put_role(&out, item->ai_grantee);
	appendStringInfoChar(&out, '=');
	for (int i = 0; i < N_ACL_RIGHTS; i++)
	{
		if (ACLITEM_GET_PRIVS(*item) & (1 << i))
			appendStringInfoChar(&out, ACL_ALL_RIGHTS_STR[i]);
		if (ACLITEM_GET_GOPTIONS(*item) & (1 << i))
			appendStringInfoChar(&out, '*');
	}
	appendStringInfoChar(&out, '/');
	put_role(&out, item->ai_grantor);
	PG_RETURN_CSTRING(out.data);
}

/* One name at *s, quoted or a plain word; moves past it. */
static char *
take_name(const char **s)
{
	StringInfoData name;
	const char *c = *s;
	bool quoted = false;

	initStringInfo(&name);
	while (*c == ' ')
		c++;
	for (; *c; c++)
	{
		if (*c == '"')
		{
			if (quoted && c[1] == '"')
				appendStringInfoChar(&name, *c++);
			else
				quoted = !quoted;
		}
		else if (quoted || *c == '_' || (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
				 (*c >= 'A' && *c <= 'Z') || IS_HIGHBIT_SET(*c))
			appendStringInfoChar(&name, *c);
		else
			break;
	}
	if (name.len >= NAMEDATALEN)
		ereport(ERROR, errcode(ERRCODE_NAME_TOO_LONG), errmsg("identifier too long"),
				errdetail("Identifier must be less than %d characters.", NAMEDATALEN));
	*s = c;
	return name.data;
}

static void
take_rights(const char **s, AclMode *privs, AclMode *options)
{
	const char *c = *s;
	AclMode last = 0;

	*privs = *options = ACL_NO_RIGHTS;
	for (; *c && *c != '/' && *c != ' '; c++)
	{
		const char *position;

		if (*c == '*')
		{
			*options |= last;
			continue;
		}
		position = strchr(ACL_ALL_RIGHTS_STR, *c);
		if (position == NULL)
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid mode character: must be one of \"%s\"", ACL_ALL_RIGHTS_STR));
		last = (AclMode) 1 << (position - ACL_ALL_RIGHTS_STR);
		*privs |= last;
	}
	*s = c;
}

Datum
aclitemin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	AclItem *item = palloc0_object(AclItem);
	char *name = take_name(&s);
	AclMode privs, options;

	if (*s != '=')
	{
		if (strcmp(name, "group") != 0 && strcmp(name, "user") != 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("unrecognized key word: \"%s\"", name),
					errhint("ACL key word must be \"group\" or \"user\"."));
		name = take_name(&s);
		if (name[0] == '\0')
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("missing name"),
					errhint("A name must follow the \"group\" or \"user\" key word."));
	}
	if (*s != '=')
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("missing \"=\" sign"));
	s++;
	take_rights(&s, &privs, &options);
	item->ai_grantee = name[0] ? get_role_oid(name, false) : ACL_ID_PUBLIC;
	if (*s == '/')
	{
		s++;
		name = take_name(&s);
		if (name[0] == '\0')
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("a name must follow the \"/\" sign"));
		item->ai_grantor = get_role_oid(name, false);
	}
	else
	{
		item->ai_grantor = BOOTSTRAP_SUPERUSERID;
		ereport(WARNING, errcode(ERRCODE_INVALID_GRANTOR), errmsg("defaulting grantor to user ID %u", BOOTSTRAP_SUPERUSERID));
	}
	ACLITEM_SET_PRIVS_GOPTIONS(*item, privs, options);
	while (*s == ' ')
		s++;
	if (*s)
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("extra garbage at the end of the ACL specification"));
	PG_RETURN_ACLITEM_P(item);
}

/* ---- comparison -------------------------------------------------------------------------------------------------------------- */
static bool
items_equal(const AclItem *a, const AclItem *b)
{
	return a->ai_grantee == b->ai_grantee && a->ai_grantor == b->ai_grantor && a->ai_privs == b->ai_privs;
}

Datum
aclitem_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(items_equal(PG_GETARG_ACLITEM_P(0), PG_GETARG_ACLITEM_P(1)));
}

Datum
hash_aclitem(PG_FUNCTION_ARGS)
{
	AclItem *item = PG_GETARG_ACLITEM_P(0);

	PG_RETURN_UINT32(hash_bytes((unsigned char *) item, sizeof(AclItem)));
}

Datum
hash_aclitem_extended(PG_FUNCTION_ARGS)
{
	AclItem *item = PG_GETARG_ACLITEM_P(0);

	PG_RETURN_UINT64(hash_bytes_extended((unsigned char *) item, sizeof(AclItem), PG_GETARG_INT64(1)));
}

Datum
aclcontains(PG_FUNCTION_ARGS)
{
	Acl *acl = PG_GETARG_ACL_P(0);
	AclItem *wanted = PG_GETARG_ACLITEM_P(1);

	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		AclItem *item = &ACL_DAT(acl)[i];

		if (item->ai_grantee == wanted->ai_grantee && item->ai_grantor == wanted->ai_grantor &&
			(wanted->ai_privs & item->ai_privs) == wanted->ai_privs)
			PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}

Datum
aclinsert(PG_FUNCTION_ARGS)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("aclinsert is no longer supported"));
	PG_RETURN_NULL();
}

Datum
aclremove(PG_FUNCTION_ARGS)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("aclremove is no longer supported"));
	PG_RETURN_NULL();
}

/* ---- names of rights -------------------------------------------------------------------------------------------------------------- */
static const char *const right_names[N_ACL_RIGHTS] = {"INSERT",	 "SELECT", "UPDATE", "DELETE",	  "TRUNCATE", "REFERENCES", "TRIGGER",
													  "EXECUTE", "USAGE",  "CREATE", "TEMPORARY", "CONNECT",  "SET",		"ALTER SYSTEM"};

static AclMode
right_from_name(const char *name, int length)
{
	for (int i = 0; i < N_ACL_RIGHTS; i++)
		if ((int) strlen(right_names[i]) == length && strncasecmp(right_names[i], name, length) == 0)
			return (AclMode) 1 << i;
	if (length == 4 && strncasecmp(name, "TEMP", 4) == 0)
		return ACL_CREATE_TEMP;
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unrecognized privilege type: \"%.*s\"", length, name));
	return 0;
}

Datum
makeaclitem(PG_FUNCTION_ARGS)
{
	AclItem *item = palloc_object(AclItem);
	char *names = text_to_cstring(PG_GETARG_TEXT_PP(2));
	bool grantable = PG_GETARG_BOOL(3);
	AclMode privs = 0;

	for (char *part = names; part;)
	{
		char *comma = strchr(part, ',');
		char *end = comma ? comma : part + strlen(part);

		while (*part == ' ')
			part++;
		while (end > part && end[-1] == ' ')
			end--;
		privs |= right_from_name(part, end - part);
		part = comma ? comma + 1 : NULL;
	}
	item->ai_grantee = PG_GETARG_OID(0);
	item->ai_grantor = PG_GETARG_OID(1);
	ACLITEM_SET_PRIVS_GOPTIONS(*item, privs, grantable ? privs : ACL_NO_RIGHTS);
	PG_RETURN_ACLITEM_P(item);
}

/* ---- lists ------------------------------------------------------------------------------------------------------------------------------ */
Datum
acldefault_sql(PG_FUNCTION_ARGS)
{
	static const struct
	{
		char letter;
		ObjectType type;
	} kinds[] = {{'c', OBJECT_COLUMN},	 {'r', OBJECT_TABLE},		{'s', OBJECT_SEQUENCE},		  {'d', OBJECT_DATABASE},
				 {'f', OBJECT_FUNCTION}, {'l', OBJECT_LANGUAGE},	{'L', OBJECT_LARGEOBJECT},	  {'n', OBJECT_SCHEMA},
				 {'p', OBJECT_PARAMETER_ACL}, {'t', OBJECT_TABLESPACE}, {'F', OBJECT_FDW},		  {'S', OBJECT_FOREIGN_SERVER},
				 {'T', OBJECT_TYPE}};
	char letter = PG_GETARG_CHAR(0);

	for (size_t i = 0; i < lengthof(kinds); i++)
		if (kinds[i].letter == letter)
			PG_RETURN_ACL_P(acldefault(kinds[i].type, PG_GETARG_OID(1)));
	elog(ERROR, "unrecognized object type abbreviation: %c", letter);
	PG_RETURN_NULL();
}

/* One row per privilege of every item. */
Datum
aclexplode(PG_FUNCTION_ARGS)
{
	Acl *acl = PG_GETARG_ACL_P(0);
	ReturnSetInfo *rsinfo;

	InitMaterializedSRF(fcinfo, 0);
	rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	for (int i = 0; i < (ARR_NDIM(acl) ? ACL_NUM(acl) : 0); i++)
	{
		AclItem *item = &ACL_DAT(acl)[i];

		for (int right = 0; right < N_ACL_RIGHTS; right++)
		{
			Datum values[4] = {ObjectIdGetDatum(item->ai_grantor), ObjectIdGetDatum(item->ai_grantee),
							   CStringGetTextDatum(right_names[right]),
							   BoolGetDatum((ACLITEM_GET_GOPTIONS(*item) & (1 << right)) != 0)};
			bool nulls[4] = {false, false, false, false};

			if (ACLITEM_GET_PRIVS(*item) & (1 << right))
				tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	}
	return (Datum) 0;
}
