/*
 * bt_scankey.c
 *    What a scan's keys say about where to begin, which items match, and when to stop.
 */
#include "postgres.h"

#include "index/btree/bt_scankey.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

static int
compare_by_column(const void *a, const void *b)
{
	const BtScanKey *x = a;
	const BtScanKey *y = b;

	if (x->attno != y->attno)
		return x->attno - y->attno;
	return (x->source > y->source) - (x->source < y->source);
}

static bool
same_type_as_column(Relation rel, ScanKey sk)
{
	return sk->sk_subtype == InvalidOid || sk->sk_subtype == rel->rd_opcintype[sk->sk_attno - 1];
}

static void
prepare_one(Relation rel, ScanKey sk, BtScanKey *key)
{
	int16 option = rel->rd_indoption[sk->sk_attno - 1];

	key->source = sk;
	key->attno = sk->sk_attno;
	key->nulls_first = (option & INDOPTION_NULLS_FIRST) != 0;
	key->required_forward = key->required_backward = key->prefix = false;
	key->int_kind = SORT_NOT_INT;
	key->user_strategy = key->strategy = sk->sk_strategy;
	if (sk->sk_flags & SK_SEARCHNULL)
	{
		key->kind = BT_IS_NULL;
		key->strategy = BTEqualStrategyNumber;
		return;
	}
	if (sk->sk_flags & SK_SEARCHNOTNULL)
	{
		key->kind = BT_NOT_NULL;
		key->strategy = key->nulls_first ? BTGreaterStrategyNumber : BTLessStrategyNumber;
		return;
	}
	if (option & INDOPTION_DESC)
		key->strategy = BTCommuteStrategyNumber(key->strategy);
	if (sk->sk_flags & SK_ROW_HEADER)
	{
		key->kind = BT_ROW;
		return;
	}
	key->kind = BT_CMP;
	if (same_type_as_column(rel, sk))
		key->int_kind = bt_int_kind(index_getprocinfo(rel, sk->sk_attno, BTORDER_PROC)->fn_oid);
}

/*
 * A condition ends the scan when it fails if all columns before its own are bound by equality: beyond the first failure in
 * the scan's direction everything fails.
 */
static void
mark_required(BtScan *so)
{
	AttrNumber next_attno = 1;
	int i = 0;

	while (i < so->nkeys)
	{
		AttrNumber attno = so->keys[i].attno;
		bool equality = false;

		if (attno != next_attno)
			return;
		for (; i < so->nkeys && so->keys[i].attno == attno; i++)
		{
			BtScanKey *key = &so->keys[i];

			key->prefix = true;
			switch (key->strategy)
			{
				case BTEqualStrategyNumber:
					key->required_forward = key->required_backward = true;
					equality = true;
					break;
				case BTLessStrategyNumber:
				case BTLessEqualStrategyNumber:
					key->required_forward = true;
					break;
				default:
					key->required_backward = true;
					break;
			}
		}
		if (!equality)
			return;
		next_attno = attno + 1;
	}
}

void
bt_prepare_keys(IndexScanDesc scan)
{
	BtScan *so = scan->opaque;
	bool sorted = true;

	so->impossible = false;
	so->nkeys = scan->numberOfKeys;
	for (int i = 0; i < so->nkeys; i++)
	{
		ScanKey sk = &scan->keyData[i];

		/* No operator of the family is true for null. */
		if ((sk->sk_flags & SK_ISNULL) && !(sk->sk_flags & (SK_SEARCHNULL | SK_SEARCHNOTNULL)))
			so->impossible = true;
		prepare_one(scan->indexRelation, sk, &so->keys[i]);
		if (i > 0 && so->keys[i].attno < so->keys[i - 1].attno)
			sorted = false;
	}
	if (so->impossible)
		return;
	if (!sorted)
		qsort(so->keys, so->nkeys, sizeof(BtScanKey), compare_by_column);
	mark_required(so);
}

/* ---- where to begin ------------------------------------------------------------------------------------------------------ */
static FmgrInfo *
comparison_proc(IndexScanDesc scan, AttrNumber attno, Oid subtype)
{
	Relation rel = scan->indexRelation;
	BtScan *so = scan->opaque;
	int i = attno - 1;
	RegProcedure proc;

	if (subtype == InvalidOid || subtype == rel->rd_opcintype[i])
		return index_getprocinfo(rel, attno, BTORDER_PROC);
	if (so->cross_procs[i] != NULL && so->cross_types[i] == subtype)
		return so->cross_procs[i];
	proc = get_opfamily_proc(rel->rd_opfamily[i], rel->rd_opcintype[i], subtype, BTORDER_PROC);
	if (!OidIsValid(proc))
		elog(ERROR, "missing support function %d(%u,%u) for attribute %d of index \"%s\"", BTORDER_PROC,
			 rel->rd_opcintype[i], subtype, attno, RelationGetRelationName(rel));
	if (so->cross_procs[i] == NULL)
		so->cross_procs[i] = MemoryContextAlloc(GetMemoryChunkContext(so), sizeof(FmgrInfo));
	fmgr_info_cxt(proc, so->cross_procs[i], GetMemoryChunkContext(so));
	so->cross_types[i] = subtype;
	return so->cross_procs[i];
}

/* How well a condition bounds the beginning of the scan: equality best, then a bound on the side we come from. */
static int
start_value(const BtScanKey *key, bool forward)
{
	switch (key->strategy)
	{
		case BTEqualStrategyNumber:
			return key->kind == BT_ROW ? 1 : 3;
		case BTGreaterStrategyNumber:
		case BTGreaterEqualStrategyNumber:
			return forward ? (key->kind == BT_NOT_NULL ? 1 : 2) : 0;
		default:
			return forward ? 0 : (key->kind == BT_NOT_NULL ? 1 : 2);
	}
}

static void
set_start_column(IndexScanDesc scan, BtKeyColumn *col, const BtScanKey *key, StrategyNumber *strategy)
{
	ScanKey sk = key->source;

	*strategy = key->strategy;
	if (key->kind == BT_IS_NULL || key->kind == BT_NOT_NULL)
	{
		col->isnull = true;
		return;
	}
	if (key->kind == BT_ROW)
	{
		sk = (ScanKey) DatumGetPointer(sk->sk_argument);
		/* Equality in the first column may still satisfy the row condition. */
		*strategy = key->strategy == BTGreaterStrategyNumber ? BTGreaterEqualStrategyNumber
			: key->strategy == BTLessStrategyNumber			 ? BTLessEqualStrategyNumber
															 : key->strategy;
	}
	col->isnull = false;
	col->value = sk->sk_argument;
	col->cmp = comparison_proc(scan, key->attno, sk->sk_subtype);
	if (!same_type_as_column(scan->indexRelation, sk))
		col->int_kind = SORT_NOT_INT;
	col->collation = sk->sk_collation;
}

/* "a < 5" going forward on an index with nulls first: begin behind the nulls. */
static bool
implied_not_null(const BtScan *so, AttrNumber attno, bool forward)
{
	for (int i = 0; i < so->nkeys; i++)
		if (so->keys[i].attno == attno && so->keys[i].kind != BT_IS_NULL)
			return so->keys[i].nulls_first == forward;
	return false;
}

bool
bt_start_key(IndexScanDesc scan, ScanDirection dir, BtKey *key, bool *goback)
{
	BtScan *so = scan->opaque;
	bool forward = ScanDirectionIsForward(dir);
	StrategyNumber last = InvalidStrategy;
	AttrNumber attno = 1;
	int i = 0;

	bt_key_init(key, scan->indexRelation);
	key->nkeys = 0;
	while (i < so->nkeys && so->keys[i].attno == attno)
	{
		const BtScanKey *best = NULL;
		int best_value = 0;

		for (; i < so->nkeys && so->keys[i].attno == attno; i++)
		{
			int value = start_value(&so->keys[i], forward);

			if (value > best_value)
			{
				best_value = value;
				best = &so->keys[i];
			}
		}
		if (best == NULL)
		{
			if (implied_not_null(so, attno, forward))
			{
				key->cols[key->nkeys].isnull = true;
				key->nkeys++;
				last = forward ? BTGreaterStrategyNumber : BTLessStrategyNumber;
			}
			break;
		}
		set_start_column(scan, &key->cols[key->nkeys], best, &last);
		key->nkeys++;
		if (last != BTEqualStrategyNumber)
			break;
		attno++;
	}
	if (key->nkeys == 0)
		return false;
	switch (last)
	{
		case BTLessStrategyNumber:
			key->nextkey = false;
			*goback = true;
			break;
		case BTLessEqualStrategyNumber:
			key->nextkey = true;
			*goback = true;
			break;
		case BTEqualStrategyNumber:
			key->nextkey = !forward;
			*goback = !forward;
			break;
		case BTGreaterEqualStrategyNumber:
			key->nextkey = false;
			*goback = false;
			break;
		default:
			key->nextkey = true;
			*goback = false;
			break;
	}
	return true;
}

/* ---- matching ------------------------------------------------------------------------------------------------------------- */
static inline bool
strategy_holds(StrategyNumber strategy, int cmp)
{
	switch (strategy)
	{
		case BTLessStrategyNumber:
			return cmp < 0;
		case BTLessEqualStrategyNumber:
			return cmp <= 0;
		case BTEqualStrategyNumber:
			return cmp == 0;
		case BTGreaterEqualStrategyNumber:
			return cmp >= 0;
		default:
			return cmp > 0;
	}
}

#define THREE_WAY(a, b) (((a) > (b)) - ((a) < (b)))

static inline int
compare_int_values(SortIntKind kind, Datum a, Datum b)
{
	switch (kind)
	{
		case SORT_INT32:
			return THREE_WAY(DatumGetInt32(a), DatumGetInt32(b));
		case SORT_INT64:
			return THREE_WAY(DatumGetInt64(a), DatumGetInt64(b));
		case SORT_UINT32:
			return THREE_WAY(DatumGetUInt32(a), DatumGetUInt32(b));
		default:
			return THREE_WAY(DatumGetInt16(a), DatumGetInt16(b));
	}
}

/* Row comparison: the first members that differ decide. *unknown: a null or cut-off column decides. */
static bool
row_holds(IndexScanDesc scan, const BtScanKey *key, IndexTuple itup, int natts, bool *stops)
{
	TupleDesc desc = RelationGetDescr(scan->indexRelation);
	ScanKey sub = (ScanKey) DatumGetPointer(key->source->sk_argument);
	bool first = true;

	*stops = false;
	for (;; sub++, first = false)
	{
		bool isnull;
		Datum value;
		int cmp;
		FmgrInfo *proc;

		if (sub->sk_attno > natts)
			return true;
		value = index_getattr(itup, sub->sk_attno, desc, &isnull);
		if (isnull || (sub->sk_flags & SK_ISNULL))
			return false;
		proc = comparison_proc(scan, sub->sk_attno, sub->sk_subtype);
		cmp = DatumGetInt32(FunctionCall2Coll(proc, sub->sk_collation, value, sub->sk_argument));
		if (cmp == 0 && !(sub->sk_flags & SK_ROW_END))
			continue;
		if (strategy_holds(key->user_strategy, cmp))
			return true;
		/* Only the first column's order is surely the scan's. */
		*stops = first;
		return false;
	}
}

bool
bt_check_keys(IndexScanDesc scan, IndexTuple itup, int natts, ScanDirection dir, bool *goes_on)
{
	BtScan *so = scan->opaque;
	TupleDesc desc = RelationGetDescr(scan->indexRelation);
	bool forward = ScanDirectionIsForward(dir);

	*goes_on = true;
	for (int i = 0; i < so->nkeys; i++)
	{
		const BtScanKey *key = &so->keys[i];
		bool required = forward ? key->required_forward : key->required_backward;
		bool isnull, holds;
		Datum value;

		/* A high key may have lost this column: nothing can be said. */
		if (unlikely(key->attno > natts))
			continue;
		if (unlikely(key->kind == BT_ROW))
		{
			bool stops;

			if (row_holds(scan, key, itup, natts, &stops))
				continue;
			if (required && stops)
				*goes_on = false;
			return false;
		}
		value = index_getattr(itup, key->attno, desc, &isnull);
		if (unlikely(isnull || key->kind != BT_CMP))
		{
			if (key->kind == BT_IS_NULL ? isnull : (key->kind == BT_NOT_NULL && !isnull))
				continue;
			if (key->kind == BT_IS_NULL)
			{
				if (required)
					*goes_on = false;
			}
			else if (key->prefix && key->nulls_first != forward)
				/* Nulls are at the end that we run into. */
				*goes_on = false;
			return false;
		}
		if (key->int_kind != SORT_NOT_INT)
			holds = strategy_holds(key->user_strategy, compare_int_values(key->int_kind, value, key->source->sk_argument));
		else
			holds = DatumGetBool(FunctionCall2Coll(&key->source->sk_func, key->source->sk_collation, value,
												   key->source->sk_argument));
		if (!holds)
		{
			if (required)
				*goes_on = false;
			return false;
		}
	}
	return true;
}
