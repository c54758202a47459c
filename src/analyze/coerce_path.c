/*
 * coerce_path.c
 *    How to get from one type to another: pg_cast, binary coercibility, arrays by element, text by I/O.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "parser/parse_type.h"
#include "analyze/analyze_internal.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

/* pg_cast.castcontext and castmethod */
#define COERCION_CODE_IMPLICIT 'i'
#define COERCION_CODE_ASSIGNMENT 'a'
#define COERCION_CODE_EXPLICIT 'e'
#define COERCION_METHOD_FUNCTION 'f'
#define COERCION_METHOD_BINARY 'b'
#define COERCION_METHOD_INOUT 'i'

TYPCATEGORY
TypeCategory(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(type, &category, &preferred);
	return category;
}

bool
IsPreferredType(TYPCATEGORY category, Oid type)
{
	char actual;
	bool preferred;

	get_type_category_preferred(type, &actual, &preferred);
	return preferred && (category == actual || category == TYPCATEGORY_INVALID);
}

/* Is the type, seen as a pseudo-type's actual, one of the family? */
static bool
matches_pseudo_type(Oid src, Oid target)
{
	switch (target)
	{
		case ANYOID:
		case ANYELEMENTOID:
		case ANYCOMPATIBLEOID:
			return true;
		case ANYARRAYOID:
		case ANYCOMPATIBLEARRAYOID:
			return type_is_array(src);
		case ANYNONARRAYOID:
		case ANYCOMPATIBLENONARRAYOID:
			return !type_is_array(src);
		case ANYENUMOID:
			return type_is_enum(src);
		case ANYRANGEOID:
		case ANYCOMPATIBLERANGEOID:
			return type_is_range(src);
		case ANYMULTIRANGEOID:
		case ANYCOMPATIBLEMULTIRANGEOID:
			return type_is_multirange(src);
		case RECORDOID:
			return ISCOMPLEX(src);
		case RECORDARRAYOID:
			return is_complex_array(src);
		default:
			return false;
	}
}

static HeapTuple
find_cast(Oid src, Oid target)
{
	return SearchSysCache2(CASTSOURCETARGET, ObjectIdGetDatum(src), ObjectIdGetDatum(target));
}

bool
IsBinaryCoercible(Oid srctype, Oid targettype)
{
	HeapTuple tuple;
	Form_pg_cast cast;
	bool result;

	if (srctype == targettype || targettype == ANYOID || targettype == ANYELEMENTOID || targettype == ANYCOMPATIBLEOID)
		return true;
	if (OidIsValid(srctype))
		srctype = getBaseType(srctype);
	if (srctype == targettype || matches_pseudo_type(srctype, targettype))
		return true;
	tuple = find_cast(srctype, targettype);
	if (!HeapTupleIsValid(tuple))
		return false;
	cast = (Form_pg_cast) GETSTRUCT(tuple);
	result = cast->castmethod == COERCION_METHOD_BINARY && cast->castcontext == COERCION_CODE_IMPLICIT;
	ReleaseSysCache(tuple);
	return result;
}

/* The least insistent context in which the cast is allowed. */
static CoercionContext
cast_context(Form_pg_cast cast)
{
	switch (cast->castcontext)
	{
		case COERCION_CODE_IMPLICIT:
			return COERCION_IMPLICIT;
		case COERCION_CODE_ASSIGNMENT:
			return COERCION_ASSIGNMENT;
		case COERCION_CODE_EXPLICIT:
			return COERCION_EXPLICIT;
		default:
			elog(ERROR, "unrecognized castcontext: %d", (int) cast->castcontext);
			return COERCION_EXPLICIT;
	}
}

static CoercionPathType
cast_path(Form_pg_cast cast, CoercionContext ccontext, Oid *funcid)
{
	if (ccontext < cast_context(cast))
		return COERCION_PATH_NONE;
	switch (cast->castmethod)
	{
		case COERCION_METHOD_FUNCTION:
			*funcid = cast->castfunc;
			return COERCION_PATH_FUNC;
		case COERCION_METHOD_INOUT:
			return COERCION_PATH_COERCEVIAIO;
		case COERCION_METHOD_BINARY:
			return COERCION_PATH_RELABELTYPE;
		default:
			elog(ERROR, "unrecognized castmethod: %d", (int) cast->castmethod);
			return COERCION_PATH_NONE;
	}
}

/* Array to array, if the elements can. oidvector and int2vector are arrays of their own kind. */
static CoercionPathType
array_path(Oid target, Oid source, CoercionContext ccontext)
{
	Oid target_element;
	Oid source_element;
	Oid element_func;
	CoercionPathType element_path;

	if (target == OIDVECTOROID || target == INT2VECTOROID)
		return COERCION_PATH_NONE;
	target_element = get_element_type(target);
	source_element = get_element_type(source);
	if (!OidIsValid(target_element) || !OidIsValid(source_element))
		return COERCION_PATH_NONE;
	element_path = find_coercion_pathway(target_element, source_element, ccontext, &element_func);
	return element_path == COERCION_PATH_NONE ? COERCION_PATH_NONE : COERCION_PATH_ARRAYCOERCE;
}

/* Anything to a string type on assignment, a string type to anything when asked explicitly: through text. */
static CoercionPathType
text_path(Oid target, Oid source, CoercionContext ccontext)
{
	if (ccontext >= COERCION_ASSIGNMENT && TypeCategory(target) == TYPCATEGORY_STRING)
		return COERCION_PATH_COERCEVIAIO;
	if (ccontext >= COERCION_EXPLICIT && TypeCategory(source) == TYPCATEGORY_STRING)
		return COERCION_PATH_COERCEVIAIO;
	return COERCION_PATH_NONE;
}

CoercionPathType
find_coercion_pathway(Oid targetTypeId, Oid sourceTypeId, CoercionContext ccontext, Oid *funcid)
{
	CoercionPathType path;
	HeapTuple tuple;

	*funcid = InvalidOid;
	if (OidIsValid(sourceTypeId))
		sourceTypeId = getBaseType(sourceTypeId);
	if (OidIsValid(targetTypeId))
		targetTypeId = getBaseType(targetTypeId);
	if (sourceTypeId == targetTypeId)
		return COERCION_PATH_RELABELTYPE;
	tuple = find_cast(sourceTypeId, targetTypeId);
	if (HeapTupleIsValid(tuple))
	{
		path = cast_path((Form_pg_cast) GETSTRUCT(tuple), ccontext, funcid);
		ReleaseSysCache(tuple);
	}
	else
	{
		path = array_path(targetTypeId, sourceTypeId, ccontext);
		if (path == COERCION_PATH_NONE)
			path = text_path(targetTypeId, sourceTypeId, ccontext);
	}
	/* PL/pgSQL assigns through I/O when nothing better exists. */
	if (path == COERCION_PATH_NONE && ccontext == COERCION_PLPGSQL)
		path = COERCION_PATH_COERCEVIAIO;
	return path;
}

/* The function that applies a typmod: a cast from the type to itself; for arrays, that of the elements. */
CoercionPathType
find_typmod_coercion_function(Oid typeId, Oid *funcid)
{
	CoercionPathType path = COERCION_PATH_FUNC;
	Oid element;
	HeapTuple tuple;

	*funcid = InvalidOid;
	element = get_element_type(typeId);
	if (OidIsValid(element))
	{
		typeId = element;
		path = COERCION_PATH_ARRAYCOERCE;
	}
	tuple = find_cast(typeId, typeId);
	if (HeapTupleIsValid(tuple))
	{
		*funcid = ((Form_pg_cast) GETSTRUCT(tuple))->castfunc;
		ReleaseSysCache(tuple);
	}
	return OidIsValid(*funcid) ? path : COERCION_PATH_NONE;
}

bool
is_complex_array(Oid type)
{
	Oid element = get_element_type(type);

	return OidIsValid(element) && ISCOMPLEX(element);
}
