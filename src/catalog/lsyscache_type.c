/*
 * lsyscache_type.c
 *    Questions about data types.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "nodes/nodes.h"
#include "nodes/primnodes.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Copies the fixed part of a pg_type row; false: no such type. */
static bool
type_form(Oid typid, FormData_pg_type *form)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(typid));

	if (!HeapTupleIsValid(tuple))
		return false;
	memcpy(form, GETSTRUCT(tuple), sizeof(*form));
	ReleaseSysCache(tuple);
	return true;
}

static void
must_type_form(Oid typid, FormData_pg_type *form)
{
	if (!type_form(typid, form))
		elog(ERROR, "cache lookup failed for type %u", typid);
}

bool
get_typisdefined(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) && form.typisdefined;
}

int16
get_typlen(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typlen : 0;
}

bool
get_typbyval(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) && form.typbyval;
}

void
get_typlenbyval(Oid typid, int16 *typlen, bool *typbyval)
{
	char ignored;

	get_typlenbyvalalign(typid, typlen, typbyval, &ignored);
}

void
get_typlenbyvalalign(Oid typid, int16 *typlen, bool *typbyval, char *typalign)
{
	FormData_pg_type form;

	must_type_form(typid, &form);
	*typlen = form.typlen;
	*typbyval = form.typbyval;
	*typalign = form.typalign;
}

/* What the input function's second argument is: the element type of an array type, else the type itself. */
Oid
getTypeIOParam(HeapTuple typeTuple)
{
	Form_pg_type form = (Form_pg_type) GETSTRUCT(typeTuple);

	return OidIsValid(form->typelem) ? form->typelem : form->oid;
}

void
get_type_io_data(Oid typid, IOFuncSelector which_func, int16 *typlen, bool *typbyval, char *typalign, char *typdelim,
				 Oid *typioparam, Oid *func)
{
	FormData_pg_type form;

	must_type_form(typid, &form);
	*typlen = form.typlen;
	*typbyval = form.typbyval;
	*typalign = form.typalign;
	*typdelim = form.typdelim;
	*typioparam = OidIsValid(form.typelem) ? form.typelem : typid;
	switch (which_func)
	{
		case IOFunc_input:
			*func = form.typinput;
			break;
		case IOFunc_output:
			*func = form.typoutput;
			break;
		case IOFunc_receive:
			*func = form.typreceive;
			break;
		case IOFunc_send:
			*func = form.typsend;
			break;
	}
}

char
get_typstorage(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typstorage : TYPSTORAGE_PLAIN;
}

/* A type's own default (a domain's, mostly): a stored expression, or text for the input function. */
Node *
get_typdefault(Oid typid)
{
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(typid));
	Form_pg_type form;
	Node *expr = NULL;
	Datum datum;
	bool isnull;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", typid);
	form = (Form_pg_type) GETSTRUCT(tuple);
	datum = SysCacheGetAttr(TYPEOID, tuple, Anum_pg_type_typdefaultbin, &isnull);
	if (!isnull)
		expr = stringToNode(TextDatumGetCString(datum));
	else
	{
		datum = SysCacheGetAttr(TYPEOID, tuple, Anum_pg_type_typdefault, &isnull);
		if (!isnull)
		{
			char *string = TextDatumGetCString(datum);
			Datum value = OidInputFunctionCall(form->typinput, string, getTypeIOParam(tuple), -1);

			expr = (Node *) makeConst(typid, -1, form->typcollation, form->typlen, value, false, form->typbyval);
			pfree(string);
		}
	}
	ReleaseSysCache(tuple);
	return expr;
}

char
get_typtype(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typtype : '\0';
}

bool
type_is_rowtype(Oid typid)
{
	if (typid == RECORDOID)
		return true;
	switch (get_typtype(typid))
	{
		case TYPTYPE_COMPOSITE:
			return true;
		case TYPTYPE_DOMAIN:
			return get_typtype(getBaseType(typid)) == TYPTYPE_COMPOSITE;
		default:
			return false;
	}
}

bool
type_is_enum(Oid typid)
{
	return get_typtype(typid) == TYPTYPE_ENUM;
}

bool
type_is_range(Oid typid)
{
	return get_typtype(typid) == TYPTYPE_RANGE;
}

bool
type_is_multirange(Oid typid)
{
	return get_typtype(typid) == TYPTYPE_MULTIRANGE;
}

void
get_type_category_preferred(Oid typid, char *typcategory, bool *typispreferred)
{
	FormData_pg_type form;

	must_type_form(typid, &form);
	*typcategory = form.typcategory;
	*typispreferred = form.typispreferred;
}

Oid
get_typ_typrelid(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typrelid : InvalidOid;
}

Oid
get_element_type(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) && IsTrueArrayType(&form) ? form.typelem : InvalidOid;
}

Oid
get_array_type(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typarray : InvalidOid;
}

/* What array_agg of it gives: for an array the type itself. */
Oid
get_promoted_array_type(Oid typid)
{
	Oid array = get_array_type(typid);

	if (OidIsValid(array))
		return array;
	return OidIsValid(get_element_type(typid)) ? typid : InvalidOid;
}

Oid
get_base_element_type(Oid typid)
{
	FormData_pg_type form;

	while (type_form(typid, &form))
	{
		if (form.typtype != TYPTYPE_DOMAIN)
			return IsTrueArrayType(&form) ? form.typelem : InvalidOid;
		typid = form.typbasetype;
	}
	return InvalidOid;
}

static void
must_io_form(Oid type, FormData_pg_type *form, Oid function_of_type, const char *missing)
{
	if (!form->typisdefined)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("type %s is only a shell", format_type_be(type)));
	if (!OidIsValid(function_of_type))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg(missing, format_type_be(type)));
}

void
getTypeInputInfo(Oid type, Oid *typInput, Oid *typIOParam)
{
	FormData_pg_type form;

	must_type_form(type, &form);
	must_io_form(type, &form, form.typinput, "no input function available for type %s");
	*typInput = form.typinput;
	*typIOParam = OidIsValid(form.typelem) ? form.typelem : type;
}

void
getTypeOutputInfo(Oid type, Oid *typOutput, bool *typIsVarlena)
{
	FormData_pg_type form;

	must_type_form(type, &form);
	must_io_form(type, &form, form.typoutput, "no output function available for type %s");
	*typOutput = form.typoutput;
	*typIsVarlena = !form.typbyval && form.typlen == -1;
}

void
getTypeBinaryInputInfo(Oid type, Oid *typReceive, Oid *typIOParam)
{
	FormData_pg_type form;

	must_type_form(type, &form);
	must_io_form(type, &form, form.typreceive, "no binary input function available for type %s");
	*typReceive = form.typreceive;
	*typIOParam = OidIsValid(form.typelem) ? form.typelem : type;
}

void
getTypeBinaryOutputInfo(Oid type, Oid *typSend, bool *typIsVarlena)
{
	FormData_pg_type form;

	must_type_form(type, &form);
	must_io_form(type, &form, form.typsend, "no binary output function available for type %s");
	*typSend = form.typsend;
	*typIsVarlena = !form.typbyval && form.typlen == -1;
}

Oid
get_typmodin(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typmodin : InvalidOid;
}

Oid
get_typmodout(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typmodout : InvalidOid;
}

Oid
get_typcollation(Oid typid)
{
	FormData_pg_type form;

	return type_form(typid, &form) ? form.typcollation : InvalidOid;
}

bool
type_is_collatable(Oid typid)
{
	return OidIsValid(get_typcollation(typid));
}

RegProcedure
get_typsubscript(Oid typid, Oid *typelemp)
{
	FormData_pg_type form;

	if (!type_form(typid, &form))
	{
		if (typelemp)
			*typelemp = InvalidOid;
		return InvalidOid;
	}
	if (typelemp)
		*typelemp = form.typelem;
	return form.typsubscript;
}

Oid
getBaseType(Oid typid)
{
	int32 typmod = -1;

	return getBaseTypeAndTypmod(typid, &typmod);
}

Oid
getBaseTypeAndTypmod(Oid typid, int32 *typmod)
{
	FormData_pg_type form;

	for (;;)
	{
		must_type_form(typid, &form);
		if (form.typtype != TYPTYPE_DOMAIN)
			return typid;
		Assert(*typmod == -1);
		typid = form.typbasetype;
		*typmod = form.typtypmod;
	}
}

/*
 * A column declared char(n) is full, a short varchar(n) half full, a long one mostly empty; what nothing is known of is taken
 * as 32 bytes.
 */
int32
get_typavgwidth(Oid typid, int32 typmod)
{
	int typlen = get_typlen(typid);
	int32 maxwidth;

	if (typlen > 0)
		return typlen;
	maxwidth = type_maximum_size(typid, typmod);
	if (maxwidth <= 0)
		return 32;
	if (typid == BPCHAROID || maxwidth <= 32)
		return maxwidth;
	if (maxwidth < 1000)
		return 32 + (maxwidth - 32) / 2;
	return 32 + (1000 - 32) / 2;
}
