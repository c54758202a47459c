/*
 * sortsupport.c
 *    Choosing how a sort column is compared.
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "catalog/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/sortsupport.h"

#define THREE_WAY(a, b) (((a) > (b)) - ((a) < (b)))

int
ssup_datum_unsigned_cmp(Datum x, Datum y, SortSupport ssup)
{
	return THREE_WAY(x, y);
}

int
ssup_datum_signed_cmp(Datum x, Datum y, SortSupport ssup)
{
	return THREE_WAY(DatumGetInt64(x), DatumGetInt64(y));
}

int
ssup_datum_int32_cmp(Datum x, Datum y, SortSupport ssup)
{
	return THREE_WAY(DatumGetInt32(x), DatumGetInt32(y));
}

static int
compare_int16(Datum x, Datum y, SortSupport ssup)
{
	return THREE_WAY(DatumGetInt16(x), DatumGetInt16(y));
}

static int
compare_uint32(Datum x, Datum y, SortSupport ssup)
{
	return THREE_WAY(DatumGetUInt32(x), DatumGetUInt32(y));
}

/* A call frame kept between comparisons. */
typedef struct CmpShim
{
	FmgrInfo flinfo;
	FunctionCallInfoBaseData fcinfo; /* must be last: followed by two arguments */
} CmpShim;

static int
compare_by_function(Datum x, Datum y, SortSupport ssup)
{
	CmpShim *shim = ssup->ssup_extra;
	Datum result;

	shim->fcinfo.args[0].value = x;
	shim->fcinfo.args[1].value = y;
	shim->fcinfo.isnull = false;
	result = FunctionCallInvoke(&shim->fcinfo);
	if (shim->fcinfo.isnull)
		elog(ERROR, "function %u returned NULL", shim->flinfo.fn_oid);
	return DatumGetInt32(result);
}

void
PrepareSortSupportComparisonShim(Oid cmpFunc, SortSupport ssup)
{
	CmpShim *shim = MemoryContextAllocZero(ssup->ssup_cxt, sizeof(CmpShim) + 2 * sizeof(NullableDatum));

	fmgr_info_cxt(cmpFunc, &shim->flinfo, ssup->ssup_cxt);
	InitFunctionCallInfoData(shim->fcinfo, &shim->flinfo, 2, ssup->ssup_collation, NULL, NULL);
	shim->fcinfo.args[0].isnull = false;
	shim->fcinfo.args[1].isnull = false;
	ssup->ssup_extra = shim;
	ssup->comparator = compare_by_function;
}

void
sort_support_from_cmp_proc(Oid cmp_proc, SortSupport ssup)
{
	ssup->int_kind = SORT_NOT_INT;
	switch (cmp_proc)
	{
		case F_BTINT2CMP:
			ssup->int_kind = SORT_INT16;
			ssup->comparator = compare_int16;
			return;
		case F_BTINT4CMP:
		case F_DATE_CMP:
			ssup->int_kind = SORT_INT32;
			ssup->comparator = ssup_datum_int32_cmp;
			return;
		case F_BTINT8CMP:
		case F_TIMESTAMP_CMP:
		case F_TIMESTAMPTZ_CMP:
			ssup->int_kind = SORT_INT64;
			ssup->comparator = ssup_datum_signed_cmp;
			return;
		case F_BTOIDCMP:
			ssup->int_kind = SORT_UINT32;
			ssup->comparator = compare_uint32;
			return;
		default:
			PrepareSortSupportComparisonShim(cmp_proc, ssup);
			return;
	}
}

void
PrepareSortSupportFromOrderingOp(Oid orderingOp, SortSupport ssup)
{
	Oid opfamily, opcintype;
	int16 strategy;
	Oid proc;

	if (!get_ordering_op_properties(orderingOp, &opfamily, &opcintype, &strategy))
		elog(ERROR, "operator %u is not a valid ordering operator", orderingOp);
	ssup->ssup_reverse = strategy == BTGreaterStrategyNumber;
	proc = get_opfamily_proc(opfamily, opcintype, opcintype, BTORDER_PROC);
	if (!OidIsValid(proc))
		elog(ERROR, "missing support function %d(%u,%u) in opfamily %u", BTORDER_PROC, opcintype, opcintype, opfamily);
	sort_support_from_cmp_proc(proc, ssup);
}

void
PrepareSortSupportFromIndexRel(Relation indexRel, int16 strategy, SortSupport ssup)
{
	ssup->ssup_reverse = strategy == BTGreaterStrategyNumber;
	sort_support_from_cmp_proc(index_getprocid(indexRel, ssup->ssup_attno, BTORDER_PROC), ssup);
}
