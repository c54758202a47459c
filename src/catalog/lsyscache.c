/*
 * lsyscache.c
 *    Columns, functions, relations and the rest: questions that one cached row answers.
 *    (Types are in lsyscache_type.c, operators in lsyscache_oper.c.)
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_range.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "catalog/namespace.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

get_attavgwidth_hook_type get_attavgwidth_hook = NULL;

/*
 * One field of one row by OID: the value if there is such a row, else the default. Most functions below are this.
 * MUST variants raise "cache lookup failed".
 */
#define FIELD_BY_OID(cache, oid, Form, field, dflt)                             \
	do                                                                          \
	{                                                                           \
		HeapTuple tp_ = SearchSysCache1(cache, ObjectIdGetDatum(oid));          \
		__typeof__(((Form) NULL)->field) value_;                                \
		if (!HeapTupleIsValid(tp_))                                             \
			return (dflt);                                                      \
		value_ = ((Form) GETSTRUCT(tp_))->field;                                \
		ReleaseSysCache(tp_);                                                   \
		return value_;                                                          \
	} while (0)
#define MUST_FIELD_BY_OID(cache, oid, Form, field, what)                        \
	do                                                                          \
	{                                                                           \
		HeapTuple tp_ = SearchSysCache1(cache, ObjectIdGetDatum(oid));          \
		__typeof__(((Form) NULL)->field) value_;                                \
		if (!HeapTupleIsValid(tp_))                                             \
			elog(ERROR, "cache lookup failed for " what " %u", (Oid) (oid));    \
		value_ = ((Form) GETSTRUCT(tp_))->field;                                \
		ReleaseSysCache(tp_);                                                   \
		return value_;                                                          \
	} while (0)
#define NAME_BY_OID(cache, oid, Form, field)                                    \
	do                                                                          \
	{                                                                           \
		HeapTuple tp_ = SearchSysCache1(cache, ObjectIdGetDatum(oid));          \
		char *name_;                                                            \
		if (!HeapTupleIsValid(tp_))                                             \
			return NULL;                                                        \
		name_ = pstrdup(NameStr(((Form) GETSTRUCT(tp_))->field));               \
		ReleaseSysCache(tp_);                                                   \
		return name_;                                                           \
	} while (0)

/* ---- columns -------------------------------------------------------------------------------------------------------------- */
char *
get_attname(Oid relid, AttrNumber attnum, bool missing_ok)
{
	HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	char *name;

	if (!HeapTupleIsValid(tuple))
	{
		if (!missing_ok)
			elog(ERROR, "cache lookup failed for attribute %d of relation %u", attnum, relid);
		return NULL;
	}
	name = pstrdup(NameStr(((Form_pg_attribute) GETSTRUCT(tuple))->attname));
	ReleaseSysCache(tuple);
	return name;
}

AttrNumber
get_attnum(Oid relid, const char *attname)
{
	HeapTuple tuple = SearchSysCacheAttName(relid, attname);
	AttrNumber attnum;

	if (!HeapTupleIsValid(tuple))
		return InvalidAttrNumber;
	attnum = ((Form_pg_attribute) GETSTRUCT(tuple))->attnum;
	ReleaseSysCache(tuple);
	return attnum;
}

static FormData_pg_attribute
must_attribute(Oid relid, AttrNumber attnum)
{
	HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	FormData_pg_attribute att;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for attribute %d of relation %u", attnum, relid);
	memcpy(&att, GETSTRUCT(tuple), ATTRIBUTE_FIXED_PART_SIZE);
	ReleaseSysCache(tuple);
	return att;
}

int
get_attstattarget(Oid relid, AttrNumber attnum)
{
	return must_attribute(relid, attnum).attstattarget;
}

char
get_attgenerated(Oid relid, AttrNumber attnum)
{
	return must_attribute(relid, attnum).attgenerated;
}

Oid
get_atttype(Oid relid, AttrNumber attnum)
{
	HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	Oid type;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	type = ((Form_pg_attribute) GETSTRUCT(tuple))->atttypid;
	ReleaseSysCache(tuple);
	return type;
}

void
get_atttypetypmodcoll(Oid relid, AttrNumber attnum, Oid *typid, int32 *typmod, Oid *collid)
{
	FormData_pg_attribute att = must_attribute(relid, attnum);

	*typid = att.atttypid;
	*typmod = att.atttypmod;
	*collid = att.attcollation;
}

Datum
get_attoptions(Oid relid, int16 attnum)
{
	HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	Datum value;
	bool isnull;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for attribute %d of relation %u", attnum, relid);
	value = SysCacheGetAttr(ATTNUM, tuple, Anum_pg_attribute_attoptions, &isnull);
	if (isnull)
		value = (Datum) 0;
	else
		value = PointerGetDatum(DatumGetArrayTypePCopy(value));
	ReleaseSysCache(tuple);
	return value;
}

/* ---- statistics ------------------------------------------------------------------------------------------------------------- */
int32
get_attavgwidth(Oid relid, AttrNumber attnum)
{
	HeapTuple tuple;
	int32 width;

	if (get_attavgwidth_hook && (width = get_attavgwidth_hook(relid, attnum)) > 0)
		return width;
	tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relid), Int16GetDatum(attnum), BoolGetDatum(false));
	if (!HeapTupleIsValid(tuple))
		return 0;
	width = ((Form_pg_statistic) GETSTRUCT(tuple))->stawidth;
	ReleaseSysCache(tuple);
	return Max(width, 0);
}

static void
read_slot_values(AttStatsSlot *sslot, HeapTuple tuple, int slot)
{
	bool isnull;
	Datum value = SysCacheGetAttr(STATRELATTINH, tuple, Anum_pg_statistic_stavalues1 + slot, &isnull);
	ArrayType *array;
	int16 typlen;
	bool typbyval;
	char typalign;

	if (isnull)
		elog(ERROR, "stavalues is null");
	array = DatumGetArrayTypePCopy(value);
	sslot->valuetype = ARR_ELEMTYPE(array);
	get_typlenbyvalalign(sslot->valuetype, &typlen, &typbyval, &typalign);
	deconstruct_array(array, sslot->valuetype, typlen, typbyval, typalign, &sslot->values, NULL, &sslot->nvalues);
	sslot->values_arr = array; /* pass-by-reference values point into it */
}

static void
read_slot_numbers(AttStatsSlot *sslot, HeapTuple tuple, int slot)
{
	bool isnull;
	Datum value = SysCacheGetAttr(STATRELATTINH, tuple, Anum_pg_statistic_stanumbers1 + slot, &isnull);
	ArrayType *array;

	if (isnull)
		elog(ERROR, "stanumbers is null");
	array = DatumGetArrayTypePCopy(value);
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != FLOAT4OID)
		elog(ERROR, "stanumbers is not a 1-D float4 array");
	sslot->numbers = (float4 *) ARR_DATA_PTR(array);
	sslot->nnumbers = ARR_DIMS(array)[0];
	sslot->numbers_arr = array;
}

bool
get_attstatsslot(AttStatsSlot *sslot, HeapTuple statstuple, int reqkind, Oid reqop, int flags)
{
	Form_pg_statistic stats = (Form_pg_statistic) GETSTRUCT(statstuple);
	int16 *kinds = &stats->stakind1;
	Oid *ops = &stats->staop1;
	Oid *collations = &stats->stacoll1;

	memset(sslot, 0, sizeof(*sslot));
	for (int i = 0; i < STATISTIC_NUM_SLOTS; i++)
	{
		if (kinds[i] != reqkind || (OidIsValid(reqop) && ops[i] != reqop))
			continue;
		sslot->staop = ops[i];
		sslot->stacoll = collations[i];
		if (flags & ATTSTATSSLOT_VALUES)
			read_slot_values(sslot, statstuple, i);
		if (flags & ATTSTATSSLOT_NUMBERS)
			read_slot_numbers(sslot, statstuple, i);
		return true;
	}
	return false;
}

void
free_attstatsslot(AttStatsSlot *sslot)
{
	if (sslot->values)
		pfree(sslot->values);
	if (sslot->values_arr)
		pfree(sslot->values_arr);
	if (sslot->numbers_arr)
		pfree(sslot->numbers_arr);
	memset(sslot, 0, sizeof(*sslot));
}

/* ---- casts, collations, constraints, languages ----------------------------------------------------------------------------------- */
Oid
get_cast_oid(Oid sourcetypeid, Oid targettypeid, bool missing_ok)
{
	Oid oid = GetSysCacheOid2(CASTSOURCETARGET, Anum_pg_cast_oid, ObjectIdGetDatum(sourcetypeid), ObjectIdGetDatum(targettypeid));

	if (!OidIsValid(oid) && !missing_ok)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("cast from type %s to type %s does not exist", format_type_be(sourcetypeid), format_type_be(targettypeid)));
	return oid;
}

char *
get_collation_name(Oid colloid)
{
	NAME_BY_OID(COLLOID, colloid, Form_pg_collation, collname);
}

bool
get_collation_isdeterministic(Oid colloid)
{
	MUST_FIELD_BY_OID(COLLOID, colloid, Form_pg_collation, collisdeterministic, "collation");
}

char *
get_constraint_name(Oid conoid)
{
	NAME_BY_OID(CONSTROID, conoid, Form_pg_constraint, conname);
}

Oid
get_constraint_index(Oid conoid)
{
	HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(conoid));
	Form_pg_constraint con;
	Oid result = InvalidOid;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	con = (Form_pg_constraint) GETSTRUCT(tuple);
	if (con->contype == CONSTRAINT_UNIQUE || con->contype == CONSTRAINT_PRIMARY || con->contype == CONSTRAINT_EXCLUSION)
		result = con->conindid;
	ReleaseSysCache(tuple);
	return result;
}

char *
get_language_name(Oid langoid, bool missing_ok)
{
	HeapTuple tuple = SearchSysCache1(LANGOID, ObjectIdGetDatum(langoid));
	char *name;

	if (!HeapTupleIsValid(tuple))
	{
		if (!missing_ok)
			elog(ERROR, "cache lookup failed for language %u", langoid);
		return NULL;
	}
	name = pstrdup(NameStr(((Form_pg_language) GETSTRUCT(tuple))->lanname));
	ReleaseSysCache(tuple);
	return name;
}

/* ---- functions ------------------------------------------------------------------------------------------------------------------------ */
char *
get_func_name(Oid funcid)
{
	NAME_BY_OID(PROCOID, funcid, Form_pg_proc, proname);
}

Oid
get_func_namespace(Oid funcid)
{
	FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, pronamespace, InvalidOid);
}

Oid
get_func_rettype(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, prorettype, "function");
}

int
get_func_nargs(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, pronargs, "function");
}

Oid
get_func_signature(Oid funcid, Oid **argtypes, int *nargs)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(funcid));
	Form_pg_proc proc;
	Oid result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", funcid);
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	result = proc->prorettype;
	*nargs = proc->pronargs;
	*argtypes = palloc(Max(proc->pronargs, 1) * sizeof(Oid));
	memcpy(*argtypes, proc->proargtypes.values, proc->pronargs * sizeof(Oid));
	ReleaseSysCache(tuple);
	return result;
}

Oid
get_func_variadictype(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, provariadic, "function");
}

bool
get_func_retset(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, proretset, "function");
}

bool
func_strict(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, proisstrict, "function");
}

char
func_volatile(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, provolatile, "function");
}

char
func_parallel(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, proparallel, "function");
}

char
get_func_prokind(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, prokind, "function");
}

bool
get_func_leakproof(Oid funcid)
{
	MUST_FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, proleakproof, "function");
}

RegProcedure
get_func_support(Oid funcid)
{
	FIELD_BY_OID(PROCOID, funcid, Form_pg_proc, prosupport, InvalidOid);
}

/* ---- relations --------------------------------------------------------------------------------------------------------------------------- */
Oid
get_relname_relid(const char *relname, Oid relnamespace)
{
	return GetSysCacheOid2(RELNAMENSP, Anum_pg_class_oid, CStringGetDatum(relname), ObjectIdGetDatum(relnamespace));
}

char *
get_rel_name(Oid relid)
{
	NAME_BY_OID(RELOID, relid, Form_pg_class, relname);
}

Oid
get_rel_namespace(Oid relid)
{
	FIELD_BY_OID(RELOID, relid, Form_pg_class, relnamespace, InvalidOid);
}

Oid
get_rel_type_id(Oid relid)
{
	FIELD_BY_OID(RELOID, relid, Form_pg_class, reltype, InvalidOid);
}

char
get_rel_relkind(Oid relid)
{
	FIELD_BY_OID(RELOID, relid, Form_pg_class, relkind, '\0');
}

bool
get_rel_relispartition(Oid relid)
{
	FIELD_BY_OID(RELOID, relid, Form_pg_class, relispartition, false);
}

Oid
get_rel_tablespace(Oid relid)
{
	FIELD_BY_OID(RELOID, relid, Form_pg_class, reltablespace, InvalidOid);
}

char
get_rel_persistence(Oid relid)
{
	MUST_FIELD_BY_OID(RELOID, relid, Form_pg_class, relpersistence, "relation");
}

/* ---- namespaces, ranges, indexes -------------------------------------------------------------------------------------------------------------- */
char *
get_namespace_name(Oid nspid)
{
	NAME_BY_OID(NAMESPACEOID, nspid, Form_pg_namespace, nspname);
}

char *
get_namespace_name_or_temp(Oid nspid)
{
	return isTempNamespace(nspid) ? pstrdup("pg_temp") : get_namespace_name(nspid);
}

Oid
get_range_subtype(Oid rangeOid)
{
	FIELD_BY_OID(RANGETYPE, rangeOid, Form_pg_range, rngsubtype, InvalidOid);
}

Oid
get_range_collation(Oid rangeOid)
{
	FIELD_BY_OID(RANGETYPE, rangeOid, Form_pg_range, rngcollation, InvalidOid);
}

Oid
get_range_multirange(Oid rangeOid)
{
	FIELD_BY_OID(RANGETYPE, rangeOid, Form_pg_range, rngmultitypid, InvalidOid);
}

Oid
get_multirange_range(Oid multirangeOid)
{
	FIELD_BY_OID(RANGEMULTIRANGE, multirangeOid, Form_pg_range, rngtypid, InvalidOid);
}

Oid
get_index_column_opclass(Oid index_oid, int attno)
{
	HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index_oid));
	Form_pg_index index;
	Oid result = InvalidOid;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	index = (Form_pg_index) GETSTRUCT(tuple);
	if (attno >= 1 && attno <= index->indnkeyatts)
	{
		Datum classes = SysCacheGetAttrNotNull(INDEXRELID, tuple, Anum_pg_index_indclass);

		result = ((oidvector *) DatumGetPointer(classes))->values[attno - 1];
	}
	ReleaseSysCache(tuple);
	return result;
}

bool
get_index_isreplident(Oid index_oid)
{
	FIELD_BY_OID(INDEXRELID, index_oid, Form_pg_index, indisreplident, false);
}

bool
get_index_isvalid(Oid index_oid)
{
	MUST_FIELD_BY_OID(INDEXRELID, index_oid, Form_pg_index, indisvalid, "index");
}

bool
get_index_isclustered(Oid index_oid)
{
	MUST_FIELD_BY_OID(INDEXRELID, index_oid, Form_pg_index, indisclustered, "index");
}
