/*
 * enum.c
 *    Enumerated types: a value is the OID of its pg_enum row; order is that of enumsortorder.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_enum.h"
#include "libpq/pqformat.h"
#include "types/array_internal.h"
#include "types/comparison.h"
#include "utils/fmgroids.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

static Oid
enum_by_label(Oid type, const char *label)
{
	HeapTuple tuple = NULL;
	Oid result;

	/* longer ones cannot exist, and would be cut by the lookup */
	if (strlen(label) < NAMEDATALEN)
		tuple = SearchSysCache2(ENUMTYPOIDNAME, ObjectIdGetDatum(type), CStringGetDatum(label));
	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("invalid input value for enum %s: \"%s\"", format_type_be(type), label));
	result = ((Form_pg_enum) GETSTRUCT(tuple))->oid;
	ReleaseSysCache(tuple);
	return result;
}

/* The label; the type goes to *type when that is not NULL. */
static char *
enum_label(Oid value, Oid *type)
{
	HeapTuple tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));
	char *result;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("invalid internal value for enum: %u", value));
	result = pstrdup(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel));
	if (type)
		*type = ((Form_pg_enum) GETSTRUCT(tuple))->enumtypid;
	ReleaseSysCache(tuple);
	return result;
}

Datum
enum_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(enum_by_label(PG_GETARG_OID(1), PG_GETARG_CSTRING(0)));
}

Datum
enum_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(enum_label(PG_GETARG_OID(0), NULL));
}

Datum
enum_recv(PG_FUNCTION_ARGS)
{
	StringInfo buf = (StringInfo) PG_GETARG_POINTER(0);
	int nbytes;

	PG_RETURN_OID(enum_by_label(PG_GETARG_OID(1), pq_getmsgtext(buf, buf->len - buf->cursor, &nbytes)));
}

Datum
enum_send(PG_FUNCTION_ARGS)
{
	char *label = enum_label(PG_GETARG_OID(0), NULL);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendtext(&buf, label, (int) strlen(label));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* ---- comparison */
static int
enum_compare(FunctionCallInfo fcinfo)
{
	Oid a = PG_GETARG_OID(0);
	Oid b = PG_GETARG_OID(1);
	TypeCacheEntry *entry;

	if (a == b)
		return 0;
	/* labels made with their type have even OIDs in their order */
	if (((a | b) & 1) == 0)
		return a < b ? -1 : 1;
	entry = fcinfo->flinfo ? fcinfo->flinfo->fn_extra : NULL;
	if (entry == NULL)
	{
		Oid type;

		enum_label(a, &type);
		entry = lookup_type_cache(type, 0);
		if (fcinfo->flinfo)
			fcinfo->flinfo->fn_extra = entry;
	}
	return compare_values_of_enum(entry, a, b);
}

Datum
enum_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(enum_compare(fcinfo));
}

COMPARISON_OPERATORS(enum_, , enum_compare(fcinfo), 0)

Datum
enum_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(enum_compare(fcinfo) > 0 ? PG_GETARG_OID(0) : PG_GETARG_OID(1));
}

Datum
enum_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(enum_compare(fcinfo) < 0 ? PG_GETARG_OID(0) : PG_GETARG_OID(1));
}

/* ---- listing */
typedef struct EnumMember
{
	Oid oid;
	float4 order;
} EnumMember;

static int
compare_members(const void *a, const void *b)
{
	float4 x = ((const EnumMember *) a)->order;
	float4 y = ((const EnumMember *) b)->order;

	return (x > y) - (x < y);
}

static EnumMember *
enum_members(Oid type, int *count)
{
	Relation rel = table_open(EnumRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	int capacity = 16;
	EnumMember *members = palloc_array(EnumMember, capacity);

	*count = 0;
	ScanKeyInit(&key, Anum_pg_enum_enumtypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan(rel, EnumTypIdLabelIndexId, true, NULL, 1, &key);
	while ((tuple = systable_getnext(scan)) != NULL)
	{
		Form_pg_enum form = (Form_pg_enum) GETSTRUCT(tuple);

		if (*count == capacity)
			members = repalloc_array(members, EnumMember, capacity *= 2);
		members[(*count)++] = (EnumMember){form->oid, form->enumsortorder};
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	qsort(members, (size_t) *count, sizeof(EnumMember), compare_members);
	return members;
}

/* The arguments' values do not matter, NULLs will do: their type says which enum is meant. */
static Oid
enum_type_of_call(FunctionCallInfo fcinfo)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);

	if (!OidIsValid(type))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("could not determine actual enum type"));
	return type;
}

static Oid
first_or_last(FunctionCallInfo fcinfo, bool first)
{
	Oid type = enum_type_of_call(fcinfo);
	int count;
	EnumMember *members = enum_members(type, &count);

	if (count == 0)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("enum %s contains no values", format_type_be(type)));
	return members[first ? 0 : count - 1].oid;
}

Datum
enum_first(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(first_or_last(fcinfo, true));
}

Datum
enum_last(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(first_or_last(fcinfo, false));
}

/* Members from lower to upper; InvalidOid for an open end. */
static ArrayType *
enum_range(Oid type, Oid lower, Oid upper)
{
	int count;
	EnumMember *members = enum_members(type, &count);
	Datum *values = palloc_array(Datum, count + 1);
	int n = 0;
	bool inside = !OidIsValid(lower);

	for (int i = 0; i < count; i++)
	{
		inside = inside || members[i].oid == lower;
		if (inside)
			values[n++] = ObjectIdGetDatum(members[i].oid);
		if (members[i].oid == upper)
			break;
	}
	return construct_array(values, n, type, sizeof(Oid), true, TYPALIGN_INT);
}

Datum
enum_range_all(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(enum_range(enum_type_of_call(fcinfo), InvalidOid, InvalidOid));
}

Datum
enum_range_bounds(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(enum_range(enum_type_of_call(fcinfo), PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0),
									 PG_ARGISNULL(1) ? InvalidOid : PG_GETARG_OID(1)));
}
