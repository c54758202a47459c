/*
 * regproc.c
 *    Object identifier types: OIDs that are read and written as names (regproc, regclass, regtype, ...).
 *
 * Each kind has one lookup function (name to OID) and one naming function (OID to name), in the table of its section;
 * input, to_reg* and output differ only in what they do when nothing is found. All accept "-" for 0 and plain numbers.
 */
#include "postgres.h"

#include <ctype.h>

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/value.h"
#include "parser/parse_type.h"
#include "parser/scansup.h"
#include "types/text.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

/* ---- shared by all */
/* "-" or digits: an OID as it stands. */
static bool
parse_dash_or_oid(const char *s, Oid *result)
{
	if (strcmp(s, "-") == 0)
	{
		*result = InvalidOid;
		return true;
	}
	if (s[0] >= '0' && s[0] <= '9' && strspn(s, "0123456789") == strlen(s))
	{
		*result = DatumGetObjectId(DirectFunctionCall1(oidin, CStringGetDatum(s)));
		return true;
	}
	return false;
}

static char *
unknown_oid(Oid oid)
{
	return psprintf("%u", oid);
}

/* The one name of an object that has no schema. */
static char *
single_name(const char *s)
{
	List *names = stringToQualifiedNameList(s);

	if (list_length(names) != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_NAME), errmsg("invalid name syntax"));
	return strVal(linitial(names));
}

/*
 * name(type, type): the name as a list, the types as OIDs. NONE is allowed for a missing operand of an operator.
 * The text is cut at commas outside quotes and parentheses, which typmods may bring.
 */
static void
parse_name_and_types(const char *string, bool allow_none, List **names, int *nargs, Oid *argtypes)
{
	char *raw = pstrdup(string);
	char *s;
	bool in_quotes = false;

	for (s = raw; *s && (in_quotes || *s != '('); s++)
	{
		if (*s == '"')
			in_quotes = !in_quotes;
	}
	if (*s == '\0')
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("expected a left parenthesis"));
	*s++ = '\0';
	*names = stringToQualifiedNameList(raw);

	{
		char *end = s + strlen(s);

		while (end > s && isspace((unsigned char) end[-1]))
			end--;
		if (end == s || end[-1] != ')')
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("expected a right parenthesis"));
		end[-1] = '\0';
	}

	*nargs = 0;
	for (bool more = false;; more = true)
	{
		char *type_name;
		char *type_end;
		int depth = 0;
		int32 typmod;
		bool last;

		while (isspace((unsigned char) *s))
			s++;
		if (*s == '\0')
		{
			if (more)
				ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("expected a type name"));
			return;
		}
		type_name = s;
		in_quotes = false;
		for (; *s && (in_quotes || depth > 0 || *s != ','); s++)
		{
			if (*s == '"')
				in_quotes = !in_quotes;
			else if (!in_quotes && (*s == '(' || *s == '['))
				depth++;
			else if (!in_quotes && (*s == ')' || *s == ']'))
				depth--;
		}
		if (in_quotes || depth != 0)
			ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("improper type name"));
		last = *s == '\0';
		type_end = s;
		while (type_end > type_name && isspace((unsigned char) type_end[-1]))
			type_end--;
		*type_end = '\0';
		if (*nargs >= FUNC_MAX_ARGS)
			ereport(ERROR, errcode(ERRCODE_TOO_MANY_ARGUMENTS), errmsg("too many arguments"));
		if (allow_none && strcasecmp(type_name, "none") == 0)
			argtypes[(*nargs)++] = InvalidOid;
		else
			parseTypeString(type_name, &argtypes[(*nargs)++], &typmod, false);
		if (last)
			return;
		s++;
	}
}

/* ---- functions */
/* By name alone, which must be unique; count says how many there are. */
static Oid
lookup_proc(const char *s, int *count)
{
	FuncCandidateList candidates =
		FuncnameGetCandidates(stringToQualifiedNameList(s), -1, NIL, false, false, false, true);

	*count = candidates == NULL ? 0 : candidates->next == NULL ? 1 : 2;
	return *count == 1 ? candidates->oid : InvalidOid;
}

Datum
regprocin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;
	int count;

	if (parse_dash_or_oid(s, &result))
		PG_RETURN_OID(result);
	result = lookup_proc(s, &count);
	if (count == 0)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("function \"%s\" does not exist", s));
	if (count > 1)
		ereport(ERROR, errcode(ERRCODE_AMBIGUOUS_FUNCTION), errmsg("more than one function named \"%s\"", s));
	PG_RETURN_OID(result);
}

Datum
to_regproc(PG_FUNCTION_ARGS)
{
	int count;
	Oid result = lookup_proc(text_to_cstring(PG_GETARG_TEXT_PP(0)), &count);

	if (count != 1)
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

Datum
regprocout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	HeapTuple tuple;
	Form_pg_proc form;
	FuncCandidateList candidates;
	char *schema = NULL;
	char *result;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tuple))
		PG_RETURN_CSTRING(unknown_oid(oid));
	form = (Form_pg_proc) GETSTRUCT(tuple);
	/* qualified unless the bare name would be read back as this function */
	candidates = FuncnameGetCandidates(list_make1(makeString(NameStr(form->proname))), -1, NIL, false, false, false, false);
	if (candidates == NULL || candidates->next != NULL || candidates->oid != oid)
		schema = get_namespace_name(form->pronamespace);
	result = quote_qualified_identifier(schema, NameStr(form->proname));
	ReleaseSysCache(tuple);
	PG_RETURN_CSTRING(result);
}

static Oid
lookup_procedure(const char *s)
{
	List *names;
	int nargs;
	Oid argtypes[FUNC_MAX_ARGS];
	FuncCandidateList candidate;

	parse_name_and_types(s, false, &names, &nargs, argtypes);
	candidate = FuncnameGetCandidates(names, nargs, NIL, false, false, false, false);
	for (; candidate; candidate = candidate->next)
	{
		if (memcmp(candidate->args, argtypes, (size_t) nargs * sizeof(Oid)) == 0)
			return candidate->oid;
	}
	return InvalidOid;
}

Datum
regprocedurein(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;

	if (parse_dash_or_oid(s, &result))
		PG_RETURN_OID(result);
	result = lookup_procedure(s);
	if (!OidIsValid(result))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("function \"%s\" does not exist", s));
	PG_RETURN_OID(result);
}

Datum
to_regprocedure(PG_FUNCTION_ARGS)
{
	Oid result = lookup_procedure(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

char *
format_procedure_extended(Oid procedure_oid, bits16 flags)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(procedure_oid));
	Form_pg_proc form;
	char *schema = NULL;
	StringInfoData buf;

	if (!HeapTupleIsValid(tuple))
		return flags & FORMAT_PROC_INVALID_AS_NULL ? NULL : unknown_oid(procedure_oid);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if ((flags & FORMAT_PROC_FORCE_QUALIFY) || !FunctionIsVisible(procedure_oid))
		schema = get_namespace_name(form->pronamespace);
	initStringInfo(&buf);
	appendStringInfo(&buf, "%s(", quote_qualified_identifier(schema, NameStr(form->proname)));
	for (int i = 0; i < form->pronargs; i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? "," : "",
						 format_type_extended(form->proargtypes.values[i], -1,
											  flags & FORMAT_PROC_FORCE_QUALIFY ? FORMAT_TYPE_FORCE_QUALIFY : 0));
	appendStringInfoChar(&buf, ')');
	ReleaseSysCache(tuple);
	return buf.data;
}

char *
format_procedure(Oid procedure_oid)
{
	return format_procedure_extended(procedure_oid, 0);
}

char *
format_procedure_qualified(Oid procedure_oid)
{
	return format_procedure_extended(procedure_oid, FORMAT_PROC_FORCE_QUALIFY);
}

Datum
regprocedureout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);

	PG_RETURN_CSTRING(oid == InvalidOid ? pstrdup("-") : format_procedure(oid));
}

/* ---- operators: 0 is "0", for "-" is an operator's name */
static bool
parse_operator_oid(const char *s, Oid *result)
{
	return strcmp(s, "-") != 0 && parse_dash_or_oid(s, result);
}

static Oid
lookup_oper(const char *s, int *count)
{
	FuncCandidateList candidates = OpernameGetCandidates(stringToQualifiedNameList(s), '\0', true);

	*count = candidates == NULL ? 0 : candidates->next == NULL ? 1 : 2;
	return *count == 1 ? candidates->oid : InvalidOid;
}

Datum
regoperin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;
	int count;

	if (parse_operator_oid(s, &result))
		PG_RETURN_OID(result);
	result = lookup_oper(s, &count);
	if (count == 0)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("operator does not exist: %s", s));
	if (count > 1)
		ereport(ERROR, errcode(ERRCODE_AMBIGUOUS_FUNCTION), errmsg("more than one operator named %s", s));
	PG_RETURN_OID(result);
}

Datum
to_regoper(PG_FUNCTION_ARGS)
{
	int count;
	Oid result = lookup_oper(text_to_cstring(PG_GETARG_TEXT_PP(0)), &count);

	if (count != 1)
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

Datum
regoperout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	HeapTuple tuple;
	Form_pg_operator form;
	FuncCandidateList candidates;
	char *result;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("0"));
	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tuple))
		PG_RETURN_CSTRING(unknown_oid(oid));
	form = (Form_pg_operator) GETSTRUCT(tuple);
	candidates = OpernameGetCandidates(list_make1(makeString(NameStr(form->oprname))), '\0', false);
	if (candidates != NULL && candidates->next == NULL && candidates->oid == oid)
		result = pstrdup(NameStr(form->oprname));
	else
		result = psprintf("%s.%s", quote_identifier(get_namespace_name(form->oprnamespace)), NameStr(form->oprname));
	ReleaseSysCache(tuple);
	PG_RETURN_CSTRING(result);
}

static Oid
lookup_operator(const char *s)
{
	List *names;
	int nargs;
	Oid argtypes[FUNC_MAX_ARGS];

	parse_name_and_types(s, true, &names, &nargs, argtypes);
	if (nargs == 1)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_PARAMETER), errmsg("missing argument"),
				errhint("Use NONE to denote the missing argument of a unary operator."));
	if (nargs != 2)
		ereport(ERROR, errcode(ERRCODE_TOO_MANY_ARGUMENTS), errmsg("too many arguments"),
				errhint("Provide two argument types for operator."));
	return OpernameGetOprid(names, argtypes[0], argtypes[1]);
}

Datum
regoperatorin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;

	if (parse_operator_oid(s, &result))
		PG_RETURN_OID(result);
	result = lookup_operator(s);
	if (!OidIsValid(result))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("operator does not exist: %s", s));
	PG_RETURN_OID(result);
}

Datum
to_regoperator(PG_FUNCTION_ARGS)
{
	Oid result = lookup_operator(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

static char *
operand_name(Oid type, bits16 flags)
{
	if (!OidIsValid(type))
		return "NONE";
	return flags & FORMAT_OPERATOR_FORCE_QUALIFY ? format_type_be_qualified(type) : format_type_be(type);
}

char *
format_operator_extended(Oid operator_oid, bits16 flags)
{
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator_oid));
	Form_pg_operator form;
	StringInfoData buf;

	if (!HeapTupleIsValid(tuple))
		return flags & FORMAT_OPERATOR_INVALID_AS_NULL ? NULL : unknown_oid(operator_oid);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	initStringInfo(&buf);
	if ((flags & FORMAT_OPERATOR_FORCE_QUALIFY) || !OperatorIsVisible(operator_oid))
		appendStringInfo(&buf, "%s.", quote_identifier(get_namespace_name(form->oprnamespace)));
	appendStringInfo(&buf, "%s(%s,%s)", NameStr(form->oprname), operand_name(form->oprleft, flags),
					 operand_name(form->oprright, flags));
	ReleaseSysCache(tuple);
	return buf.data;
}

char *
format_operator(Oid operator_oid)
{
	return format_operator_extended(operator_oid, 0);
}

char *
format_operator_qualified(Oid operator_oid)
{
	return format_operator_extended(operator_oid, FORMAT_OPERATOR_FORCE_QUALIFY);
}

Datum
regoperatorout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);

	PG_RETURN_CSTRING(oid == InvalidOid ? pstrdup("0") : format_operator(oid));
}

/* ---- relations */
Datum
regclassin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;

	if (!parse_dash_or_oid(s, &result))
		result = RangeVarGetRelid(makeRangeVarFromNameList(stringToQualifiedNameList(s)), NoLock, false);
	PG_RETURN_OID(result);
}

Datum
to_regclass(PG_FUNCTION_ARGS)
{
	List *names = textToQualifiedNameList(PG_GETARG_TEXT_PP(0));
	Oid result = RangeVarGetRelid(makeRangeVarFromNameList(names), NoLock, true);

	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

/* The cast from text, which sequences' defaults use. */
Datum
text_regclass(PG_FUNCTION_ARGS)
{
	List *names = textToQualifiedNameList(PG_GETARG_TEXT_PP(0));

	PG_RETURN_OID(RangeVarGetRelid(makeRangeVarFromNameList(names), NoLock, false));
}

Datum
regclassout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	HeapTuple tuple;
	Form_pg_class form;
	char *result;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tuple))
		PG_RETURN_CSTRING(unknown_oid(oid));
	form = (Form_pg_class) GETSTRUCT(tuple);
	result = quote_qualified_identifier(RelationIsVisible(oid) ? NULL : get_namespace_name(form->relnamespace),
										NameStr(form->relname));
	ReleaseSysCache(tuple);
	PG_RETURN_CSTRING(result);
}

/* ---- types */
Datum
regtypein(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;
	int32 typmod;

	if (!parse_dash_or_oid(s, &result))
		parseTypeString(s, &result, &typmod, false);
	PG_RETURN_OID(result);
}

Datum
to_regtype(PG_FUNCTION_ARGS)
{
	Oid result;
	int32 typmod;

	parseTypeString(text_to_cstring(PG_GETARG_TEXT_PP(0)), &result, &typmod, true);
	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

Datum
regtypeout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	char *result = NULL;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	result = format_type_extended(oid, -1, FORMAT_TYPE_INVALID_AS_NULL);
	PG_RETURN_CSTRING(result ? result : unknown_oid(oid));
}

/* ---- collations */
Datum
regcollationin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;

	if (!parse_dash_or_oid(s, &result))
		result = get_collation_oid(stringToQualifiedNameList(s), false);
	PG_RETURN_OID(result);
}

Datum
to_regcollation(PG_FUNCTION_ARGS)
{
	Oid result = get_collation_oid(textToQualifiedNameList(PG_GETARG_TEXT_PP(0)), true);

	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

Datum
regcollationout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	HeapTuple tuple;
	Form_pg_collation form;
	char *result;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tuple))
		PG_RETURN_CSTRING(unknown_oid(oid));
	form = (Form_pg_collation) GETSTRUCT(tuple);
	result = quote_qualified_identifier(CollationIsVisible(oid) ? NULL : get_namespace_name(form->collnamespace),
										NameStr(form->collname));
	ReleaseSysCache(tuple);
	PG_RETURN_CSTRING(result);
}

/* ---- text search */
Datum
regconfigin(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;

	if (!parse_dash_or_oid(s, &result))
		result = get_ts_config_oid(stringToQualifiedNameList(s), false);
	PG_RETURN_OID(result);
}

Datum
regconfigout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	HeapTuple tuple;
	Form_pg_ts_config form;
	char *result;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	tuple = SearchSysCache1(TSCONFIGOID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tuple))
		PG_RETURN_CSTRING(unknown_oid(oid));
	form = (Form_pg_ts_config) GETSTRUCT(tuple);
	result = quote_qualified_identifier(TSConfigIsVisible(oid) ? NULL : get_namespace_name(form->cfgnamespace),
										NameStr(form->cfgname));
	ReleaseSysCache(tuple);
	PG_RETURN_CSTRING(result);
}

Datum
regdictionaryout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	HeapTuple tuple;
	Form_pg_ts_dict form;
	char *result;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	tuple = SearchSysCache1(TSDICTOID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tuple))
		PG_RETURN_CSTRING(unknown_oid(oid));
	form = (Form_pg_ts_dict) GETSTRUCT(tuple);
	result = quote_qualified_identifier(TSDictionaryIsVisible(oid) ? NULL : get_namespace_name(form->dictnamespace),
										NameStr(form->dictname));
	ReleaseSysCache(tuple);
	PG_RETURN_CSTRING(result);
}

/* ---- roles and schemas */
Datum
regrolein(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;

	if (!parse_dash_or_oid(s, &result))
		result = get_role_oid(single_name(s), false);
	PG_RETURN_OID(result);
}

Datum
to_regrole(PG_FUNCTION_ARGS)
{
	Oid result = get_role_oid(single_name(text_to_cstring(PG_GETARG_TEXT_PP(0))), true);

	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

Datum
regroleout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	char *name;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	name = GetUserNameFromId(oid, true);
	PG_RETURN_CSTRING(name ? pstrdup(quote_identifier(name)) : unknown_oid(oid));
}

Datum
regnamespacein(PG_FUNCTION_ARGS)
{
	const char *s = PG_GETARG_CSTRING(0);
	Oid result;

	if (!parse_dash_or_oid(s, &result))
		result = get_namespace_oid(single_name(s), false);
	PG_RETURN_OID(result);
}

Datum
to_regnamespace(PG_FUNCTION_ARGS)
{
	Oid result = get_namespace_oid(single_name(text_to_cstring(PG_GETARG_TEXT_PP(0))), true);

	if (!OidIsValid(result))
		PG_RETURN_NULL();
	PG_RETURN_OID(result);
}

Datum
regnamespaceout(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	char *name;

	if (oid == InvalidOid)
		PG_RETURN_CSTRING(pstrdup("-"));
	name = get_namespace_name(oid);
	PG_RETURN_CSTRING(name ? pstrdup(quote_identifier(name)) : unknown_oid(oid));
}

/* ---- binary form: an OID's */
Datum
regprocrecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regprocsend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regprocedurerecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regproceduresend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regoperrecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regopersend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regoperatorrecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regoperatorsend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regclassrecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regclasssend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regtyperecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regtypesend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regcollationrecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regcollationsend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regconfigrecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regconfigsend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regdictionaryrecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regdictionarysend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regrolerecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regrolesend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}

Datum
regnamespacerecv(PG_FUNCTION_ARGS)
{
	return oidrecv(fcinfo);
}

Datum
regnamespacesend(PG_FUNCTION_ARGS)
{
	return oidsend(fcinfo);
}
