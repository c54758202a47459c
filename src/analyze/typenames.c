/*
 * typenames.c
 *    Type names to pg_type rows: qualified names, %TYPE, arrays, typmods.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "parser/parse_relation.h"
#include "parser/parse_type.h"
#include "parser/parser.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* ---- name to OID ---- */

/* rel.col%TYPE: the last name is the column's. */
static Oid
column_reference_type(ParseState *pstate, const TypeName *typeName, bool missing_ok)
{
	RangeVar *rel = makeRangeVar(NULL, NULL, typeName->location);
	const char *field;
	Oid relid;
	AttrNumber attnum;
	Oid type;

	switch (list_length(typeName->names))
	{
		case 1:
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("improper %%TYPE reference (too few dotted names): %s", NameListToString(typeName->names)),
					parser_errposition(pstate, typeName->location));
			return InvalidOid;
		case 2:
			rel->relname = strVal(linitial(typeName->names));
			field = strVal(lsecond(typeName->names));
			break;
		case 3:
			rel->schemaname = strVal(linitial(typeName->names));
			rel->relname = strVal(lsecond(typeName->names));
			field = strVal(lthird(typeName->names));
			break;
		case 4:
			rel->catalogname = strVal(linitial(typeName->names));
			rel->schemaname = strVal(lsecond(typeName->names));
			rel->relname = strVal(lthird(typeName->names));
			field = strVal(lfourth(typeName->names));
			break;
		default:
			ereport(ERROR,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("improper %%TYPE reference (too many dotted names): %s",
						   NameListToString(typeName->names)),
					parser_errposition(pstate, typeName->location));
			return InvalidOid;
	}
	relid = RangeVarGetRelid(rel, NoLock, missing_ok);
	attnum = OidIsValid(relid) ? get_attnum(relid, field) : InvalidAttrNumber;
	if (attnum == InvalidAttrNumber)
	{
		if (missing_ok)
			return InvalidOid;
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist", field, rel->relname),
				parser_errposition(pstate, typeName->location));
	}
	type = get_atttype(relid, attnum);
	if (OidIsValid(type))
		ereport(NOTICE,
				errmsg("type reference %s converted to %s", TypeNameToString(typeName), format_type_be(type)));
	return type;
}

static Oid
named_type(ParseState *pstate, const TypeName *typeName, bool temp_ok, bool missing_ok)
{
	char *schemaname;
	char *typname;
	ParseCallbackState pcbstate;
	Oid namespace;
	Oid type = InvalidOid;

	DeconstructQualifiedName(typeName->names, &schemaname, &typname);
	if (schemaname == NULL)
		return TypenameGetTypidExtended(typname, temp_ok);
	setup_parser_errposition_callback(&pcbstate, pstate, typeName->location);
	namespace = LookupExplicitNamespace(schemaname, missing_ok);
	if (OidIsValid(namespace))
		type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, PointerGetDatum(typname), ObjectIdGetDatum(namespace));
	cancel_parser_errposition_callback(&pcbstate);
	return type;
}

/* The type meant, array decoration included; InvalidOid if there is none. */
static Oid
type_name_oid(ParseState *pstate, const TypeName *typeName, bool temp_ok, bool missing_ok)
{
	Oid type;

	if (typeName->names == NIL)
		type = typeName->typeOid;
	else if (typeName->pct_type)
		type = column_reference_type(pstate, typeName, missing_ok);
	else
		type = named_type(pstate, typeName, temp_ok, missing_ok);
	if (OidIsValid(type) && typeName->arrayBounds != NIL)
		type = get_array_type(type);
	return type;
}

/* ---- typmods ---- */

/* One modifier as the cstring that typmodin functions want. */
static char *
typmod_text(ParseState *pstate, Node *modifier, int location)
{
	if (IsA(modifier, A_Const))
	{
		A_Const *c = (A_Const *) modifier;

		if (!c->isnull && IsA(&c->val, Integer))
			return psprintf("%d", c->val.ival.ival);
		if (!c->isnull && IsA(&c->val, Float))
			return c->val.fval.fval;
		if (!c->isnull && IsA(&c->val, String))
			return c->val.sval.sval;
	}
	else if (IsA(modifier, ColumnRef))
	{
		List *fields = ((ColumnRef *) modifier)->fields;

		if (list_length(fields) == 1 && IsA(linitial(fields), String))
			return strVal(linitial(fields));
	}
	ereport(ERROR,
			errcode(ERRCODE_SYNTAX_ERROR),
			errmsg("type modifiers must be simple constants or identifiers"),
			parser_errposition(pstate, location));
	return NULL;
}

static int32
type_name_typmod(ParseState *pstate, const TypeName *typeName, Form_pg_type form)
{
	int count = list_length(typeName->typmods);
	Datum *texts;
	ArrayType *array;
	ParseCallbackState pcbstate;
	int32 result;

	if (count == 0)
		return typeName->typemod;
	if (!form->typisdefined)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("type modifier cannot be specified for shell type \"%s\"", TypeNameToString(typeName)),
				parser_errposition(pstate, typeName->location));
	if (!OidIsValid(form->typmodin))
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("type modifier is not allowed for type \"%s\"", TypeNameToString(typeName)),
				parser_errposition(pstate, typeName->location));
	texts = palloc(count * sizeof(Datum));
	for (int i = 0; i < count; i++)
		texts[i] = CStringGetDatum(typmod_text(pstate, list_nth(typeName->typmods, i), typeName->location));
	array = construct_array(texts, count, CSTRINGOID, -2, false, TYPALIGN_CHAR);
	setup_parser_errposition_callback(&pcbstate, pstate, typeName->location);
	result = DatumGetInt32(OidFunctionCall1(form->typmodin, PointerGetDatum(array)));
	cancel_parser_errposition_callback(&pcbstate);
	pfree(texts);
	pfree(array);
	return result;
}

/* ---- lookup ---- */
Type
LookupTypeNameExtended(ParseState *pstate, const TypeName *typeName, int32 *typmod_p, bool temp_ok, bool missing_ok)
{
	Oid type = type_name_oid(pstate, typeName, temp_ok, missing_ok);
	HeapTuple tuple;

	if (!OidIsValid(type))
	{
		if (typmod_p)
			*typmod_p = -1;
		return NULL;
	}
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	if (typmod_p)
		*typmod_p = type_name_typmod(pstate, typeName, (Form_pg_type) GETSTRUCT(tuple));
	return tuple;
}

Type
LookupTypeName(ParseState *pstate, const TypeName *typeName, int32 *typmod_p, bool missing_ok)
{
	return LookupTypeNameExtended(pstate, typeName, typmod_p, true, missing_ok);
}

static void pg_attribute_noreturn()
type_missing(ParseState *pstate, const TypeName *typeName)
{
	ereport(ERROR,
			errcode(ERRCODE_UNDEFINED_OBJECT),
			errmsg("type \"%s\" does not exist", TypeNameToString(typeName)),
			parser_errposition(pstate, typeName->location));
	pg_unreachable();
}

Oid
LookupTypeNameOid(ParseState *pstate, const TypeName *typeName, bool missing_ok)
{
	Type tuple = LookupTypeName(pstate, typeName, NULL, missing_ok);
	Oid type;

	if (tuple == NULL)
	{
		if (!missing_ok)
			type_missing(pstate, typeName);
		return InvalidOid;
	}
	type = typeTypeId(tuple);
	ReleaseSysCache(tuple);
	return type;
}

Type
typenameType(ParseState *pstate, const TypeName *typeName, int32 *typmod_p)
{
	Type tuple = LookupTypeName(pstate, typeName, typmod_p, false);

	if (tuple == NULL)
		type_missing(pstate, typeName);
	if (!((Form_pg_type) GETSTRUCT(tuple))->typisdefined)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("type \"%s\" is only a shell", TypeNameToString(typeName)),
				parser_errposition(pstate, typeName->location));
	return tuple;
}

void
typenameTypeIdAndMod(ParseState *pstate, const TypeName *typeName, Oid *typeid_p, int32 *typmod_p)
{
	Type tuple = typenameType(pstate, typeName, typmod_p);

	*typeid_p = typeTypeId(tuple);
	ReleaseSysCache(tuple);
}

Oid
typenameTypeId(ParseState *pstate, const TypeName *typeName)
{
	Type tuple = typenameType(pstate, typeName, NULL);
	Oid type = typeTypeId(tuple);

	ReleaseSysCache(tuple);
	return type;
}

/* ---- names for messages ---- */
static void
append_type_name(StringInfo buf, const TypeName *typeName)
{
	ListCell *lc;

	if (typeName->names == NIL)
		appendStringInfoString(buf, format_type_be(typeName->typeOid));
	foreach (lc, typeName->names)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(buf, '.');
		appendStringInfoString(buf, strVal(lfirst(lc)));
	}
	if (typeName->pct_type)
		appendStringInfoString(buf, "%TYPE");
	if (typeName->arrayBounds != NIL)
		appendStringInfoString(buf, "[]");
}

char *
TypeNameToString(const TypeName *typeName)
{
	StringInfoData buf;

	initStringInfo(&buf);
	append_type_name(&buf, typeName);
	return buf.data;
}

char *
TypeNameListToString(List *typenames)
{
	StringInfoData buf;
	ListCell *lc;

	initStringInfo(&buf);
	foreach (lc, typenames)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(&buf, ',');
		append_type_name(&buf, lfirst_node(TypeName, lc));
	}
	return buf.data;
}

/* ---- collations ---- */
Oid
LookupCollation(ParseState *pstate, List *collnames, int location)
{
	ParseCallbackState pcbstate;
	Oid collation;

	setup_parser_errposition_callback(&pcbstate, pstate, location);
	collation = get_collation_oid(collnames, false);
	cancel_parser_errposition_callback(&pcbstate);
	return collation;
}

Oid
GetColumnDefCollation(ParseState *pstate, ColumnDef *coldef, Oid typeOid)
{
	Oid type_collation = get_typcollation(typeOid);
	int location = coldef->location;
	Oid collation;

	if (coldef->collClause)
	{
		location = coldef->collClause->location;
		collation = LookupCollation(pstate, coldef->collClause->collname, location);
	}
	else if (OidIsValid(coldef->collOid))
		collation = coldef->collOid;
	else
		collation = type_collation;
	if (OidIsValid(collation) && !OidIsValid(type_collation))
		ereport(ERROR,
				errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("collations are not supported by type %s", format_type_be(typeOid)),
				parser_errposition(pstate, location));
	return collation;
}

/* ---- facts of a type ---- */
Type
typeidType(Oid id)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(id));

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", id);
	return tuple;
}

#define FORM(tuple) ((Form_pg_type) GETSTRUCT(tuple))

Oid typeTypeId(Type tp) { return FORM(tp)->oid; }
int16 typeLen(Type t) { return FORM(t)->typlen; }
bool typeByVal(Type t) { return FORM(t)->typbyval; }
char *typeTypeName(Type t) { return pstrdup(NameStr(FORM(t)->typname)); }
Oid typeTypeRelid(Type typ) { return FORM(typ)->typrelid; }
Oid typeTypeCollation(Type typ) { return FORM(typ)->typcollation; }

/* string NULL: the input function is called with a NULL cstring if it is not strict, as for domains. */
Datum
stringTypeDatum(Type tp, char *string, int32 atttypmod)
{
	return OidInputFunctionCall(FORM(tp)->typinput, string, getTypeIOParam(tp), atttypmod);
}

Oid
typeidTypeRelid(Oid type_id)
{
	Type tuple = typeidType(type_id);
	Oid relid = typeTypeRelid(tuple);

	ReleaseSysCache(tuple);
	return relid;
}

Oid
typeOrDomainTypeRelid(Oid type_id)
{
	return typeidTypeRelid(getBaseType(type_id));
}

/* ---- types in strings ---- */
static void
add_type_name_context(void *arg)
{
	errcontext("invalid type name \"%s\"", (const char *) arg);
}

TypeName *
typeStringToTypeName(const char *str)
{
	ErrorContextCallback context = {.previous = error_context_stack, .callback = add_type_name_context,
									.arg = (void *) str};
	TypeName *type;

	if (strspn(str, " \t\n\r\f\v") == strlen(str))
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid type name \"%s\"", str));
	error_context_stack = &context;
	type = linitial_node(TypeName, raw_parser(str, RAW_PARSE_TYPE_NAME));
	error_context_stack = context.previous;
	if (type->setof)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid type name \"%s\"", str));
	return type;
}

void
parseTypeString(const char *str, Oid *typeid_p, int32 *typmod_p, bool missing_ok)
{
	TypeName *name = typeStringToTypeName(str);
	Type tuple = LookupTypeName(NULL, name, typmod_p, missing_ok);

	if (tuple == NULL)
	{
		if (!missing_ok)
			type_missing(NULL, name);
		*typeid_p = InvalidOid;
		return;
	}
	if (!FORM(tuple)->typisdefined)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("type \"%s\" is only a shell", TypeNameToString(name)));
	*typeid_p = typeTypeId(tuple);
	ReleaseSysCache(tuple);
}
