/*
 * bt_array.c
 *    "column = ANY (array)": the scan is run once for each combination of elements, in index order.
 */
#include "postgres.h"

#include "index/btree/bt_scankey.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

typedef struct ElementOrder
{
	FmgrInfo cmp;
	Oid collation;
	bool reverse;
} ElementOrder;

static int
compare_elements(const void *a, const void *b, void *arg)
{
	ElementOrder *order = arg;
	int cmp = DatumGetInt32(FunctionCall2Coll(&order->cmp, order->collation, *(const Datum *) a, *(const Datum *) b));

	return order->reverse ? -cmp : cmp;
}

static void
element_order(Relation rel, ScanKey sk, Oid elemtype, ElementOrder *order)
{
	int i = sk->sk_attno - 1;
	Oid type = elemtype;
	RegProcedure proc = get_opfamily_proc(rel->rd_opfamily[i], type, type, BTORDER_PROC);

	/* Binary-compatible types have no entry of their own. */
	if (!OidIsValid(proc))
		proc = get_opfamily_proc(rel->rd_opfamily[i], rel->rd_opcintype[i], rel->rd_opcintype[i], BTORDER_PROC);
	if (!OidIsValid(proc))
		elog(ERROR, "missing support function %d(%u,%u) in opfamily %u", BTORDER_PROC, type, type, rel->rd_opfamily[i]);
	fmgr_info(proc, &order->cmp);
	order->collation = sk->sk_collation;
	order->reverse = (rel->rd_indoption[i] & INDOPTION_DESC) != 0;
}

/* For < ANY and the like one extreme element says it all. */
static Datum
extreme_element(ElementOrder *order, StrategyNumber strategy, Datum *elems, int n)
{
	bool want_max = strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber;
	Datum best = elems[0];

	for (int i = 1; i < n; i++)
	{
		int cmp = DatumGetInt32(FunctionCall2Coll(&order->cmp, order->collation, elems[i], best));

		if (want_max ? cmp > 0 : cmp < 0)
			best = elems[i];
	}
	return best;
}

static int
read_elements(Datum array_datum, Datum **elems, Oid *elemtype)
{
	ArrayType *array = DatumGetArrayTypeP(array_datum);
	int16 len;
	bool byval;
	char align;
	bool *nulls;
	int n;
	int kept = 0;

	*elemtype = ARR_ELEMTYPE(array);
	get_typlenbyvalalign(*elemtype, &len, &byval, &align);
	deconstruct_array(array, *elemtype, len, byval, align, elems, &nulls, &n);
	/* A null equals nothing. */
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			(*elems)[kept++] = (*elems)[i];
	return kept;
}

void
bt_collect_arrays(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;
	MemoryContext old;

	so->narrays = 0;
	if (so->array_cxt != NULL)
		MemoryContextReset(so->array_cxt);
	for (int i = 0; i < scan->numberOfKeys; i++)
	{
		ScanKey sk = &scan->keyData[i];
		ElementOrder order;
		BtArrayKey *array;
		Datum *elems;
		Oid elemtype;
		int n, unique;

		if (!(sk->sk_flags & SK_SEARCHARRAY))
			continue;
		if (so->array_cxt == NULL)
			so->array_cxt = AllocSetContextCreate(GetMemoryChunkContext(so), "BTree array context",
												  ALLOCSET_SMALL_SIZES);
		old = MemoryContextSwitchTo(so->array_cxt);
		n = sk->sk_flags & SK_ISNULL ? 0 : read_elements(sk->sk_argument, &elems, &elemtype);
		if (n == 0)
		{
			so->narrays = -1;
			MemoryContextSwitchTo(old);
			return;
		}
		element_order(scan->indexRelation, sk, elemtype, &order);
		if (sk->sk_strategy != BTEqualStrategyNumber)
		{
			sk->sk_argument = extreme_element(&order, sk->sk_strategy, elems, n);
			MemoryContextSwitchTo(old);
			continue;
		}
		qsort_r(elems, n, sizeof(Datum), compare_elements, &order);
		unique = 1;
		for (int k = 1; k < n; k++)
			if (compare_elements(&elems[k], &elems[unique - 1], &order) != 0)
				elems[unique++] = elems[k];
		if (so->arrays == NULL)
			so->arrays = MemoryContextAlloc(GetMemoryChunkContext(so), sizeof(BtArrayKey) * scan->numberOfKeys);
		array = &so->arrays[so->narrays++];
		array->key = i;
		array->nelems = unique;
		array->elems = elems;
		array->current = array->marked = 0;
		MemoryContextSwitchTo(old);
	}
}

static void
use_element(IndexScanDesc scan, BtArrayKey *array, int index)
{
	array->current = index;
	scan->keyData[array->key].sk_argument = array->elems[index];
}

void
bt_start_arrays(IndexScanDesc scan, ScanDirection dir)
{
	BtScan *so = scan->opaque;

	for (int i = 0; i < so->narrays; i++)
		use_element(scan, &so->arrays[i], ScanDirectionIsForward(dir) ? 0 : so->arrays[i].nelems - 1);
}

/* The next combination: the last array turns fastest. False: all are done. */
bool
bt_advance_arrays(IndexScanDesc scan, ScanDirection dir)
{
	BtScan *so = scan->opaque;

	for (int i = so->narrays - 1; i >= 0; i--)
	{
		BtArrayKey *array = &so->arrays[i];
		int next = array->current + (ScanDirectionIsForward(dir) ? 1 : -1);

		if (next >= 0 && next < array->nelems)
		{
			use_element(scan, array, next);
			return true;
		}
		use_element(scan, array, ScanDirectionIsForward(dir) ? 0 : array->nelems - 1);
	}
	return false;
}
