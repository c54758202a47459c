/*
 * privilege.c
 *    has_..._privilege: may a role do something with an object?
 *
 * Each kind of object has one row: how to find it by name, how to check, and its privilege words. The six forms of a
 * function differ in how role (given as name, OID, or the current one) and object (name or OID) come in.
 */
#include "postgres.h"

#include <ctype.h>

#include "access/attnum.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "parser/parse_type.h"
#include "types/text.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

typedef struct PrivilegeWord
{
	const char *word;
	AclMode mode;
} PrivilegeWord;

typedef struct PrivilegeKind
{
	Oid (*find)(text *name);
	AclResult (*check)(Oid object, Oid role, AclMode mode);
	int cache; /* to tell whether an OID exists: NULL is the answer when it does not */
	const PrivilegeWord *words;
} PrivilegeKind;

/* ---- "SELECT, INSERT WITH GRANT OPTION": any of them will do */
static AclMode
parse_privileges(text *list, const PrivilegeWord *words)
{
	char *s = text_to_cstring(list);
	AclMode result = 0;

	for (char *item = s; item != NULL;)
	{
		char *comma = strchr(item, ',');
		char *end;
		const PrivilegeWord *word;

		if (comma)
			*comma = '\0';
		while (isspace((unsigned char) *item))
			item++;
		end = item + strlen(item);
		while (end > item && isspace((unsigned char) end[-1]))
			*--end = '\0';
		for (word = words; word->word; word++)
		{
			if (strcasecmp(word->word, item) == 0)
				break;
		}
		if (word->word == NULL)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unrecognized privilege type: \"%s\"", item));
		result |= word->mode;
		item = comma ? comma + 1 : NULL;
	}
	return result;
}

#define BOTH(word, mode) {word, mode}, {word " WITH GRANT OPTION", ACL_GRANT_OPTION_FOR(mode)}

static const PrivilegeWord table_words[] = {
	BOTH("SELECT", ACL_SELECT), BOTH("INSERT", ACL_INSERT), BOTH("UPDATE", ACL_UPDATE), BOTH("DELETE", ACL_DELETE),
	BOTH("TRUNCATE", ACL_TRUNCATE), BOTH("REFERENCES", ACL_REFERENCES), BOTH("TRIGGER", ACL_TRIGGER),
	{"RULE", 0}, {"RULE WITH GRANT OPTION", 0}, {NULL, 0}};
static const PrivilegeWord column_words[] = {BOTH("SELECT", ACL_SELECT), BOTH("INSERT", ACL_INSERT),
											 BOTH("UPDATE", ACL_UPDATE), BOTH("REFERENCES", ACL_REFERENCES), {NULL, 0}};
static const PrivilegeWord sequence_words[] = {BOTH("USAGE", ACL_USAGE), BOTH("SELECT", ACL_SELECT),
											   BOTH("UPDATE", ACL_UPDATE), {NULL, 0}};
static const PrivilegeWord database_words[] = {BOTH("CREATE", ACL_CREATE), BOTH("TEMPORARY", ACL_CREATE_TEMP),
											   BOTH("TEMP", ACL_CREATE_TEMP), BOTH("CONNECT", ACL_CONNECT), {NULL, 0}};
static const PrivilegeWord schema_words[] = {BOTH("CREATE", ACL_CREATE), BOTH("USAGE", ACL_USAGE), {NULL, 0}};
static const PrivilegeWord tablespace_words[] = {BOTH("CREATE", ACL_CREATE), {NULL, 0}};
static const PrivilegeWord function_words[] = {BOTH("EXECUTE", ACL_EXECUTE), {NULL, 0}};
static const PrivilegeWord usage_words[] = {BOTH("USAGE", ACL_USAGE), {NULL, 0}};
static const PrivilegeWord parameter_words[] = {BOTH("SET", ACL_SET), BOTH("ALTER SYSTEM", ACL_ALTER_SYSTEM), {NULL, 0}};
static const PrivilegeWord role_words[] = {{"USAGE", ACL_USAGE},
										   {"MEMBER", ACL_CREATE},
										   {"USAGE WITH GRANT OPTION", ACL_GRANT_OPTION_FOR(ACL_CREATE)},
										   {"USAGE WITH ADMIN OPTION", ACL_GRANT_OPTION_FOR(ACL_CREATE)},
										   {"MEMBER WITH GRANT OPTION", ACL_GRANT_OPTION_FOR(ACL_CREATE)},
										   {"MEMBER WITH ADMIN OPTION", ACL_GRANT_OPTION_FOR(ACL_CREATE)},
										   {NULL, 0}};

extern Oid get_tablespace_oid(const char *tablespacename, bool missing_ok); /* commands/tablespace */

/* ---- finding by name */
static Oid
find_relation(text *name)
{
	return RangeVarGetRelid(makeRangeVarFromNameList(textToQualifiedNameList(name)), NoLock, false);
}

static Oid
find_sequence(text *name)
{
	Oid oid = find_relation(name);

	if (get_rel_relkind(oid) != RELKIND_SEQUENCE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a sequence", text_to_cstring(name)));
	return oid;
}

static Oid
find_database(text *name)
{
	return get_database_oid(text_to_cstring(name), false);
}

static Oid
find_schema(text *name)
{
	return get_namespace_oid(text_to_cstring(name), false);
}

static Oid
find_function(text *name)
{
	return DatumGetObjectId(DirectFunctionCall1(regprocedurein, CStringGetDatum(text_to_cstring(name))));
}

static Oid
find_language(text *name)
{
	return get_language_oid(text_to_cstring(name), false);
}

static Oid
find_tablespace(text *name)
{
	return get_tablespace_oid(text_to_cstring(name), false);
}

static Oid
find_type(text *name)
{
	Oid type;
	int32 typmod;

	parseTypeString(text_to_cstring(name), &type, &typmod, false);
	return type;
}

static Oid
find_foreign_data_wrapper(text *name)
{
	ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
			errmsg("foreign-data wrapper \"%s\" does not exist", text_to_cstring(name)));
	return InvalidOid;
}

static Oid
find_server(text *name)
{
	ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("server \"%s\" does not exist", text_to_cstring(name)));
	return InvalidOid;
}

static AclResult
check_nothing(Oid object, Oid role, AclMode mode)
{
	return ACLCHECK_NO_PRIV;
}

static AclResult
check_any_column(Oid object, Oid role, AclMode mode)
{
	AclResult result = pg_class_aclcheck(object, role, mode);

	return result == ACLCHECK_OK ? result : pg_attribute_aclcheck_all(object, role, mode, ACLMASK_ANY);
}

/* USAGE: may use the role's rights now; MEMBER: could set to it; with ADMIN: may grant it. */
static AclResult
check_role(Oid object, Oid role, AclMode mode)
{
	if ((mode & ACL_GRANT_OPTION_FOR(ACL_CREATE)) && is_admin_of_role(role, object))
		return ACLCHECK_OK;
	if ((mode & ACL_CREATE) && is_member_of_role(role, object))
		return ACLCHECK_OK;
	if ((mode & ACL_USAGE) && has_privs_of_role(role, object))
		return ACLCHECK_OK;
	return ACLCHECK_NO_PRIV;
}

/* ---- the forms */
static Datum
answer(FunctionCallInfo fcinfo, const PrivilegeKind *kind, Oid role, Oid object, bool by_oid, text *privileges)
{
	AclMode mode = parse_privileges(privileges, kind->words);

	if (by_oid && kind->cache >= 0 && !SearchSysCacheExists1(kind->cache, ObjectIdGetDatum(object)))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(mode != 0 && kind->check(object, role, mode) == ACLCHECK_OK);
}

static Oid
role_by_name(FunctionCallInfo fcinfo)
{
	return get_role_oid_or_public(NameStr(*PG_GETARG_NAME(0)));
}

static const PrivilegeKind table_kind = {find_relation, pg_class_aclcheck, RELOID, table_words};
static const PrivilegeKind any_column_kind = {find_relation, check_any_column, RELOID, column_words};
static const PrivilegeKind sequence_kind = {find_sequence, pg_class_aclcheck, RELOID, sequence_words};
static const PrivilegeKind database_kind = {find_database, pg_database_aclcheck, DATABASEOID, database_words};
static const PrivilegeKind schema_kind = {find_schema, pg_namespace_aclcheck, NAMESPACEOID, schema_words};
static const PrivilegeKind function_kind = {find_function, pg_proc_aclcheck, PROCOID, function_words};
static const PrivilegeKind language_kind = {find_language, pg_language_aclcheck, LANGOID, usage_words};
static const PrivilegeKind tablespace_kind = {find_tablespace, pg_tablespace_aclcheck, TABLESPACEOID, tablespace_words};
static const PrivilegeKind type_kind = {find_type, pg_type_aclcheck, TYPEOID, usage_words};
static const PrivilegeKind foreign_data_wrapper_kind = {find_foreign_data_wrapper, check_nothing, -1, usage_words};
static const PrivilegeKind server_kind = {find_server, check_nothing, -1, usage_words};

Datum
has_table_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &table_kind, role_by_name(fcinfo), find_relation(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_table_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &table_kind, GetUserId(), find_relation(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_table_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &table_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_table_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &table_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_table_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &table_kind, PG_GETARG_OID(0), find_relation(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_table_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &table_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_any_column_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &any_column_kind, role_by_name(fcinfo), find_relation(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_any_column_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &any_column_kind, GetUserId(), find_relation(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_any_column_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &any_column_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_any_column_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &any_column_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_any_column_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &any_column_kind, PG_GETARG_OID(0), find_relation(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_any_column_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &any_column_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_sequence_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &sequence_kind, role_by_name(fcinfo), find_sequence(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_sequence_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &sequence_kind, GetUserId(), find_sequence(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_sequence_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &sequence_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_sequence_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &sequence_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_sequence_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &sequence_kind, PG_GETARG_OID(0), find_sequence(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_sequence_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &sequence_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_database_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &database_kind, role_by_name(fcinfo), find_database(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_database_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &database_kind, GetUserId(), find_database(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_database_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &database_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_database_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &database_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_database_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &database_kind, PG_GETARG_OID(0), find_database(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_database_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &database_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_schema_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &schema_kind, role_by_name(fcinfo), find_schema(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_schema_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &schema_kind, GetUserId(), find_schema(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_schema_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &schema_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_schema_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &schema_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_schema_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &schema_kind, PG_GETARG_OID(0), find_schema(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_schema_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &schema_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_function_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &function_kind, role_by_name(fcinfo), find_function(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_function_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &function_kind, GetUserId(), find_function(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_function_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &function_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_function_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &function_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_function_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &function_kind, PG_GETARG_OID(0), find_function(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_function_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &function_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_language_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &language_kind, role_by_name(fcinfo), find_language(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_language_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &language_kind, GetUserId(), find_language(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_language_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &language_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_language_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &language_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_language_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &language_kind, PG_GETARG_OID(0), find_language(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_language_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &language_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_tablespace_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &tablespace_kind, role_by_name(fcinfo), find_tablespace(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_tablespace_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &tablespace_kind, GetUserId(), find_tablespace(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_tablespace_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &tablespace_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_tablespace_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &tablespace_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_tablespace_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &tablespace_kind, PG_GETARG_OID(0), find_tablespace(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_tablespace_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &tablespace_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_type_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &type_kind, role_by_name(fcinfo), find_type(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_type_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &type_kind, GetUserId(), find_type(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_type_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &type_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_type_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &type_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_type_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &type_kind, PG_GETARG_OID(0), find_type(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_type_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &type_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_foreign_data_wrapper_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &foreign_data_wrapper_kind, role_by_name(fcinfo), find_foreign_data_wrapper(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_foreign_data_wrapper_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &foreign_data_wrapper_kind, GetUserId(), find_foreign_data_wrapper(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_foreign_data_wrapper_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &foreign_data_wrapper_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_foreign_data_wrapper_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &foreign_data_wrapper_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_foreign_data_wrapper_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &foreign_data_wrapper_kind, PG_GETARG_OID(0), find_foreign_data_wrapper(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_foreign_data_wrapper_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &foreign_data_wrapper_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_server_privilege_name_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &server_kind, role_by_name(fcinfo), find_server(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_server_privilege_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &server_kind, GetUserId(), find_server(PG_GETARG_TEXT_PP(0)), false, PG_GETARG_TEXT_PP(1));
}

Datum
has_server_privilege_name_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &server_kind, role_by_name(fcinfo), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

Datum
has_server_privilege_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &server_kind, GetUserId(), PG_GETARG_OID(0), true, PG_GETARG_TEXT_PP(1));
}

Datum
has_server_privilege_id_name(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &server_kind, PG_GETARG_OID(0), find_server(PG_GETARG_TEXT_PP(1)), false, PG_GETARG_TEXT_PP(2));
}

Datum
has_server_privilege_id_id(PG_FUNCTION_ARGS)
{
	return answer(fcinfo, &server_kind, PG_GETARG_OID(0), PG_GETARG_OID(1), true, PG_GETARG_TEXT_PP(2));
}

/* ---- configuration parameters have names only */
static Datum
parameter_answer(FunctionCallInfo fcinfo, Oid role, text *name, text *privileges)
{
	AclMode mode = parse_privileges(privileges, parameter_words);

	PG_RETURN_BOOL(pg_parameter_aclcheck(text_to_cstring(name), role, mode) == ACLCHECK_OK);
}

Datum
has_parameter_privilege_name_name(PG_FUNCTION_ARGS)
{
	return parameter_answer(fcinfo, role_by_name(fcinfo), PG_GETARG_TEXT_PP(1), PG_GETARG_TEXT_PP(2));
}

Datum
has_parameter_privilege_id_name(PG_FUNCTION_ARGS)
{
	return parameter_answer(fcinfo, PG_GETARG_OID(0), PG_GETARG_TEXT_PP(1), PG_GETARG_TEXT_PP(2));
}

Datum
has_parameter_privilege_name(PG_FUNCTION_ARGS)
{
	return parameter_answer(fcinfo, GetUserId(), PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1));
}

/* ---- roles */
static Datum
role_answer(FunctionCallInfo fcinfo, Oid member, Oid role, text *privileges)
{
	PG_RETURN_BOOL(check_role(role, member, parse_privileges(privileges, role_words)) == ACLCHECK_OK);
}

Datum
pg_has_role_name_name(PG_FUNCTION_ARGS)
{
	return role_answer(fcinfo, get_role_oid(NameStr(*PG_GETARG_NAME(0)), false), get_role_oid(NameStr(*PG_GETARG_NAME(1)), false), PG_GETARG_TEXT_PP(2));
}

Datum
pg_has_role_name(PG_FUNCTION_ARGS)
{
	return role_answer(fcinfo, GetUserId(), get_role_oid(NameStr(*PG_GETARG_NAME(0)), false), PG_GETARG_TEXT_PP(1));
}

Datum
pg_has_role_name_id(PG_FUNCTION_ARGS)
{
	return role_answer(fcinfo, get_role_oid(NameStr(*PG_GETARG_NAME(0)), false), PG_GETARG_OID(1), PG_GETARG_TEXT_PP(2));
}

Datum
pg_has_role_id(PG_FUNCTION_ARGS)
{
	return role_answer(fcinfo, GetUserId(), PG_GETARG_OID(0), PG_GETARG_TEXT_PP(1));
}

Datum
pg_has_role_id_name(PG_FUNCTION_ARGS)
{
	return role_answer(fcinfo, PG_GETARG_OID(0), get_role_oid(NameStr(*PG_GETARG_NAME(1)), false), PG_GETARG_TEXT_PP(2));
}

Datum
pg_has_role_id_id(PG_FUNCTION_ARGS)
{
	return role_answer(fcinfo, PG_GETARG_OID(0), PG_GETARG_OID(1), PG_GETARG_TEXT_PP(2));
}

/* ---- columns, by name or number */
static AttrNumber
column_by_name(Oid table, text *name)
{
	char *s = text_to_cstring(name);
	AttrNumber attnum = get_attnum(table, s);

	if (attnum == InvalidAttrNumber && get_rel_name(table) != NULL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist", s, get_rel_name(table)));
	return attnum;
}

static Datum
column_answer(FunctionCallInfo fcinfo, Oid role, Oid table, AttrNumber column, text *privileges)
{
	AclMode mode = parse_privileges(privileges, column_words);
	bool missing = false;

	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table)))
		PG_RETURN_NULL();
	if (pg_class_aclcheck(table, role, mode) == ACLCHECK_OK)
	{
		if (get_attname(table, column, true) == NULL)
			PG_RETURN_NULL();
		PG_RETURN_BOOL(true);
	}
	if (pg_attribute_aclcheck_ext(table, column, role, mode, &missing) == ACLCHECK_OK)
		PG_RETURN_BOOL(true);
	if (missing)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(false);
}

Datum
has_column_privilege_name_name_name(PG_FUNCTION_ARGS)
{
	Oid table = find_relation(PG_GETARG_TEXT_PP(1));

	return column_answer(fcinfo, role_by_name(fcinfo), table, column_by_name(table, PG_GETARG_TEXT_PP(2)), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_name_name_attnum(PG_FUNCTION_ARGS)
{
	Oid table = find_relation(PG_GETARG_TEXT_PP(1));

	return column_answer(fcinfo, role_by_name(fcinfo), table, PG_GETARG_INT16(2), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_name_id_name(PG_FUNCTION_ARGS)
{
	Oid table = PG_GETARG_OID(1);

	return column_answer(fcinfo, role_by_name(fcinfo), table, column_by_name(table, PG_GETARG_TEXT_PP(2)), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_name_id_attnum(PG_FUNCTION_ARGS)
{
	Oid table = PG_GETARG_OID(1);

	return column_answer(fcinfo, role_by_name(fcinfo), table, PG_GETARG_INT16(2), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_id_name_name(PG_FUNCTION_ARGS)
{
	Oid table = find_relation(PG_GETARG_TEXT_PP(1));

	return column_answer(fcinfo, PG_GETARG_OID(0), table, column_by_name(table, PG_GETARG_TEXT_PP(2)), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_id_name_attnum(PG_FUNCTION_ARGS)
{
	Oid table = find_relation(PG_GETARG_TEXT_PP(1));

	return column_answer(fcinfo, PG_GETARG_OID(0), table, PG_GETARG_INT16(2), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_id_id_name(PG_FUNCTION_ARGS)
{
	Oid table = PG_GETARG_OID(1);

	return column_answer(fcinfo, PG_GETARG_OID(0), table, column_by_name(table, PG_GETARG_TEXT_PP(2)), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_id_id_attnum(PG_FUNCTION_ARGS)
{
	Oid table = PG_GETARG_OID(1);

	return column_answer(fcinfo, PG_GETARG_OID(0), table, PG_GETARG_INT16(2), PG_GETARG_TEXT_PP(3));
}

Datum
has_column_privilege_name_name(PG_FUNCTION_ARGS)
{
	Oid table = find_relation(PG_GETARG_TEXT_PP(0));

	return column_answer(fcinfo, GetUserId(), table, column_by_name(table, PG_GETARG_TEXT_PP(1)), PG_GETARG_TEXT_PP(2));
}

Datum
has_column_privilege_name_attnum(PG_FUNCTION_ARGS)
{
	Oid table = find_relation(PG_GETARG_TEXT_PP(0));

	return column_answer(fcinfo, GetUserId(), table, PG_GETARG_INT16(1), PG_GETARG_TEXT_PP(2));
}

Datum
has_column_privilege_id_name(PG_FUNCTION_ARGS)
{
	Oid table = PG_GETARG_OID(0);

	return column_answer(fcinfo, GetUserId(), table, column_by_name(table, PG_GETARG_TEXT_PP(1)), PG_GETARG_TEXT_PP(2));
}

Datum
has_column_privilege_id_attnum(PG_FUNCTION_ARGS)
{
	Oid table = PG_GETARG_OID(0);

	return column_answer(fcinfo, GetUserId(), table, PG_GETARG_INT16(1), PG_GETARG_TEXT_PP(2));
}
