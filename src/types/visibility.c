/*
 * visibility.c
 *    pg_*_is_visible: does the search path find the object by its bare name? NULL when there is no such object.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

typedef bool (*VisibilityTest)(Oid oid);

static Datum
visible_if_exists(FunctionCallInfo fcinfo, int cache, VisibilityTest test)
{
	Oid oid = PG_GETARG_OID(0);

	if (!SearchSysCacheExists1(cache, ObjectIdGetDatum(oid)))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(test(oid));
}

Datum
pg_table_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, RELOID, RelationIsVisible);
}

Datum
pg_type_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, TYPEOID, TypeIsVisible);
}

Datum
pg_function_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, PROCOID, FunctionIsVisible);
}

Datum
pg_operator_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, OPEROID, OperatorIsVisible);
}

Datum
pg_opclass_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, CLAOID, OpclassIsVisible);
}

Datum
pg_opfamily_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, OPFAMILYOID, OpfamilyIsVisible);
}

Datum
pg_collation_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, COLLOID, CollationIsVisible);
}

Datum
pg_conversion_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, CONVOID, ConversionIsVisible);
}

Datum
pg_statistics_obj_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, STATEXTOID, StatisticsObjIsVisible);
}

Datum
pg_ts_parser_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, TSPARSEROID, TSParserIsVisible);
}

Datum
pg_ts_dict_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, TSDICTOID, TSDictionaryIsVisible);
}

Datum
pg_ts_template_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, TSTEMPLATEOID, TSTemplateIsVisible);
}

Datum
pg_ts_config_is_visible(PG_FUNCTION_ARGS)
{
	return visible_if_exists(fcinfo, TSCONFIGOID, TSConfigIsVisible);
}

Datum
pg_my_temp_schema(PG_FUNCTION_ARGS)
{
	Oid temp;
	Oid temp_toast;

	GetTempNamespaceState(&temp, &temp_toast);
	PG_RETURN_OID(temp);
}

Datum
pg_is_other_temp_schema(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(isOtherTempNamespace(PG_GETARG_OID(0)));
}
