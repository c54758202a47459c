/*
 * bootstrap_value.c
 *    From the text of a compiled-in fact to a Datum, without the type system, which does not exist yet.
 */
#include "postgres.h"

#include "catalog/bootstrap.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"

static Datum
parse_vector(const char *string, Oid elemtype)
{
	int64 numbers[FUNC_MAX_ARGS];
	int n = 0;
	const char *p = string;

	for (;;)
	{
		char *end;

		while (*p == ' ')
			p++;
		if (*p == '\0')
			break;
		AssertAlways(n < FUNC_MAX_ARGS);
		numbers[n++] = strtoll(p, &end, 10);
		p = end;
	}
	if (elemtype == OIDOID)
	{
		Oid oids[FUNC_MAX_ARGS];

		for (int i = 0; i < n; i++)
			oids[i] = (Oid) numbers[i];
		return PointerGetDatum(buildoidvector(oids, n));
	}
	else
	{
		int16 values[FUNC_MAX_ARGS];

		for (int i = 0; i < n; i++)
			values[i] = (int16) numbers[i];
		return PointerGetDatum(buildint2vector(values, n));
	}
}

/* {a,b,"c d"}: items may be quoted; \ escapes. */
static List *
split_array(const char *string)
{
	List *items = NIL;
	StringInfoData item;
	bool quoted = false;

	AssertAlways(string[0] == '{');
	if (string[1] == '}')
		return NIL;
	initStringInfo(&item);
	for (const char *p = string + 1; *p; p++)
	{
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '\\' && p[1])
			appendStringInfoChar(&item, *++p);
		else if (!quoted && (*p == ',' || *p == '}'))
		{
			items = lappend(items, pstrdup(item.data));
			resetStringInfo(&item);
			if (*p == '}')
				break;
		}
		else
			appendStringInfoChar(&item, *p);
	}
	return items;
}

static Datum
parse_array(const char *string, Oid elemtype, int elemlen, bool elembyval, char elemalign)
{
	List *items = split_array(string);
	Datum *elems = palloc(Max(list_length(items), 1) * sizeof(Datum));
	ListCell *lc;

	foreach(lc, items)
		elems[foreach_current_index(lc)] = bootstrap_parse_value(elemtype, lfirst(lc));
	return PointerGetDatum(construct_array(elems, list_length(items), elemtype, elemlen, elembyval, elemalign));
}

static AclMode
parse_privileges(const char *p, const char *end)
{
	AclMode mode = 0;

	for (; p < end; p++)
	{
		const char *at = strchr(ACL_ALL_RIGHTS_STR, *p);

		AssertAlways(at != NULL);
		mode |= (AclMode) 1 << (at - ACL_ALL_RIGHTS_STR);
	}
	return mode;
}

/* grantee=privileges/grantor,... with roles as OIDs */
static Datum
parse_acl(const char *string)
{
	int n = 1;
	Acl *acl;
	const char *p = string;

	for (const char *c = string; *c; c++)
		n += *c == ',';
	acl = palloc0(ACL_N_SIZE(n));
	SET_VARSIZE(acl, ACL_N_SIZE(n));
	acl->ndim = 1;
	acl->elemtype = ACLITEMOID;
	ARR_DIMS(acl)[0] = n;
	ARR_LBOUND(acl)[0] = 1;
	for (int i = 0; i < n; i++)
	{
		AclItem *item = &ACL_DAT(acl)[i];
		char *end;
		const char *slash;

		item->ai_grantee = (Oid) strtoul(p, &end, 10);
		AssertAlways(*end == '=');
		slash = strchr(end, '/');
		item->ai_privs = parse_privileges(end + 1, slash);
		item->ai_grantor = (Oid) strtoul(slash + 1, &end, 10);
		p = end + 1;
	}
	return PointerGetDatum(acl);
}

static Datum
parse_name(const char *string)
{
	Name name = palloc0(sizeof(NameData));

	strlcpy(NameStr(*name), string, NAMEDATALEN);
	return NameGetDatum(name);
}

Datum
bootstrap_parse_value(Oid type, const char *string)
{
	switch (type)
	{
		case BOOLOID:
			return BoolGetDatum(string[0] == 't');
		case CHAROID:
			return CharGetDatum(string[0]);
		case NAMEOID:
			return parse_name(string);
		case INT2OID:
			return Int16GetDatum((int16) strtol(string, NULL, 10));
		case INT4OID:
			return Int32GetDatum((int32) strtol(string, NULL, 10));
		case OIDOID:
		case REGPROCOID:
		case XIDOID:
			return ObjectIdGetDatum((Oid) strtoul(string, NULL, 10));
		case INT8OID:
			return Int64GetDatum(strtoll(string, NULL, 10));
		case FLOAT4OID:
			return Float4GetDatum(strtof(string, NULL));
		case TEXTOID:
		case PG_NODE_TREEOID:
			return CStringGetTextDatum(string);
		case INT2VECTOROID:
			return parse_vector(string, INT2OID);
		case OIDVECTOROID:
			return parse_vector(string, OIDOID);
		case OIDARRAYOID:
			return parse_array(string, OIDOID, sizeof(Oid), true, TYPALIGN_INT);
		case TEXTARRAYOID:
			return parse_array(string, TEXTOID, -1, false, TYPALIGN_INT);
		case CHARARRAYOID:
			return parse_array(string, CHAROID, 1, true, TYPALIGN_CHAR);
		case ACLITEMARRAYOID:
			return parse_acl(string);
	}
	elog(ERROR, "no catalog has a column of type %u with initial values", type);
}
