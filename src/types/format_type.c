/*
 * format_type.c
 *    Names of types as SQL writes them.
 *
 * Types with a name of their own in the standard's grammar are written so ("character varying(10)", not
 * pg_catalog.varchar); the others by name, qualified when the search path does not find them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "types/text.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/syscache.h"

/* The standard's name of a type: prefix, where the modifier goes, suffix. */
typedef struct StandardName
{
	Oid type;
	const char *name;
	const char *suffix;
} StandardName;

static const StandardName standard_names[] = {
	{BITOID, "bit", ""},
	{BOOLOID, "boolean", ""},
	{BPCHAROID, "character", ""},
	{FLOAT4OID, "real", ""},
	{FLOAT8OID, "double precision", ""},
	{INT2OID, "smallint", ""},
	{INT4OID, "integer", ""},
	{INT8OID, "bigint", ""},
	{INTERVALOID, "interval", ""},
	{NUMERICOID, "numeric", ""},
	{TIMEOID, "time", " without time zone"},
	{TIMETZOID, "time", " with time zone"},
	{TIMESTAMPOID, "timestamp", " without time zone"},
	{TIMESTAMPTZOID, "timestamp", " with time zone"},
	{VARBITOID, "bit varying", ""},
	{VARCHAROID, "character varying", ""},
};

static const StandardName *
find_standard_name(Oid type, bool typmod_given, int32 typmod)
{
	/* bare "bit" and "character" mean length 1 to the grammar: without a length write the internal name */
	if ((type == BITOID || type == BPCHAROID) && typmod_given && typmod < 0)
		return NULL;
	for (size_t i = 0; i < lengthof(standard_names); i++)
	{
		if (standard_names[i].type == type)
			return &standard_names[i];
	}
	return NULL;
}

/* The modifier as the type's typmodout writes it, else in plain parentheses. */
static char *
typmod_text(int32 typmod, Oid typmodout)
{
	if (!OidIsValid(typmodout))
		return psprintf("(%d)", typmod);
	return DatumGetCString(OidFunctionCall1(typmodout, Int32GetDatum(typmod)));
}

/* A true array by its element type? */
static Oid
element_to_show(Form_pg_type form)
{
	return IsTrueArrayType(form) && form->typstorage != TYPSTORAGE_PLAIN ? form->typelem : InvalidOid;
}

char *
format_type_extended(Oid type_oid, int32 typemod, bits16 flags)
{
	HeapTuple tuple;
	Form_pg_type form;
	Oid element;
	const StandardName *standard;
	bool typmod_given = (flags & FORMAT_TYPE_TYPEMOD_GIVEN) != 0;
	bool show_typmod = typmod_given && typemod >= 0;
	char *modifier;
	char *result;

	if (type_oid == InvalidOid && (flags & FORMAT_TYPE_INVALID_AS_NULL))
		return NULL;
	if (type_oid == InvalidOid && (flags & FORMAT_TYPE_ALLOW_INVALID))
		return pstrdup("-");
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type_oid));
	if (!HeapTupleIsValid(tuple))
	{
		if (flags & FORMAT_TYPE_INVALID_AS_NULL)
			return NULL;
		if (flags & FORMAT_TYPE_ALLOW_INVALID)
			return pstrdup("???");
		elog(ERROR, "cache lookup failed for type %u", type_oid);
	}
	form = (Form_pg_type) GETSTRUCT(tuple);
	element = element_to_show(form);
	if (OidIsValid(element))
	{
		/* an array's modifier is its elements' */
		ReleaseSysCache(tuple);
		tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(element));
		if (!HeapTupleIsValid(tuple))
		{
			if (flags & FORMAT_TYPE_INVALID_AS_NULL)
				return NULL;
			if (flags & FORMAT_TYPE_ALLOW_INVALID)
				return pstrdup("???[]");
			elog(ERROR, "cache lookup failed for type %u", type_oid);
		}
		form = (Form_pg_type) GETSTRUCT(tuple);
		type_oid = element;
	}
	modifier = show_typmod ? typmod_text(typemod, form->typmodout) : pstrdup("");
	standard = find_standard_name(type_oid, typmod_given, typemod);
	if (standard)
		result = psprintf("%s%s%s", standard->name, modifier, standard->suffix);
	else
	{
		bool qualify = (flags & FORMAT_TYPE_FORCE_QUALIFY) || !TypeIsVisible(type_oid);
		char *schema = qualify ? get_namespace_name_or_temp(form->typnamespace) : NULL;

		result = type_oid == CHAROID && !qualify
					 ? psprintf("\"char\"%s", modifier)
					 : psprintf("%s%s", quote_qualified_identifier(schema, NameStr(form->typname)), modifier);
	}
	ReleaseSysCache(tuple);
	return OidIsValid(element) ? psprintf("%s[]", result) : result;
}

char *
format_type_be(Oid type_oid)
{
	return format_type_extended(type_oid, -1, 0);
}

char *
format_type_be_qualified(Oid type_oid)
{
	return format_type_extended(type_oid, -1, FORMAT_TYPE_FORCE_QUALIFY);
}

char *
format_type_with_typemod(Oid type_oid, int32 typemod)
{
	return format_type_extended(type_oid, typemod, FORMAT_TYPE_TYPEMOD_GIVEN);
}

Datum
format_type(PG_FUNCTION_ARGS)
{
	int32 typmod = -1;
	bits16 flags = FORMAT_TYPE_ALLOW_INVALID;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
	{
		typmod = PG_GETARG_INT32(1);
		flags |= FORMAT_TYPE_TYPEMOD_GIVEN;
	}
	PG_RETURN_TEXT_P(cstring_to_text(format_type_extended(PG_GETARG_OID(0), typmod, flags)));
}

/* Most bytes that a value can take, header included; -1 when unknown. */
int32
type_maximum_size(Oid type_oid, int32 typemod)
{
	if (typemod < 0)
		return -1;
	switch (type_oid)
	{
		case BPCHAROID:
		case VARCHAROID:
			return (typemod - VARHDRSZ) * pg_encoding_max_length(GetDatabaseEncoding()) + VARHDRSZ;
		case NUMERICOID:
			return numeric_maximum_size(typemod);
		case VARBITOID:
		case BITOID:
			return (typemod + 7) / 8 + 2 * (int32) sizeof(int32);
		default:
			return -1;
	}
}

Datum
oidvectortypes(PG_FUNCTION_ARGS)
{
	oidvector *types = (oidvector *) PG_GETARG_VARLENA_P(0);
	StringInfoData buf;

	check_valid_oidvector(types);
	initStringInfo(&buf);
	for (int i = 0; i < types->dim1; i++)
	{
		if (i > 0)
			appendStringInfoString(&buf, ", ");
		appendStringInfoString(&buf, format_type_extended(types->values[i], -1, FORMAT_TYPE_ALLOW_INVALID));
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}
