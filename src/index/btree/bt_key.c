/*
 * bt_key.c
 *    Search keys and their comparison with items: the innermost loop of everything a B-tree does.
 *
 * Columns whose comparison function is one of the built-in integer comparisons are compared in line.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/fmgroids.h"
#include "index/btree/btree.h"

SortIntKind
bt_int_kind(Oid cmp_proc)
{
	switch (cmp_proc)
	{
		case F_BTINT2CMP:
			return SORT_INT16;
		case F_BTINT4CMP:
			return SORT_INT32;
		case F_BTINT8CMP:
			return SORT_INT64;
		case F_BTOIDCMP:
			return SORT_UINT32;
		case F_TIMESTAMP_CMP:
		case F_TIMESTAMPTZ_CMP:
			return SORT_INT64;
		case F_DATE_CMP:
			return SORT_INT32;
		default:
			return SORT_NOT_INT;
	}
}

/* The order of every column, without values. */
void
bt_key_init(BtKey *key, Relation rel)
{
	int nkeys = IndexRelationGetNumberOfKeyAttributes(rel);

	key->nkeys = nkeys;
	key->nextkey = key->has_tid = key->pivotsearch = key->anynull = false;
	for (int i = 0; i < nkeys; i++)
	{
		BtKeyColumn *col = &key->cols[i];
		FmgrInfo *cmp = index_getprocinfo(rel, i + 1, BTORDER_PROC);
		int16 option = rel->rd_indoption[i];

		col->attno = i + 1;
		col->flags = (option & INDOPTION_DESC ? BT_KEY_DESC : 0) |
			(option & INDOPTION_NULLS_FIRST ? BT_KEY_NULLS_FIRST : 0);
		col->collation = rel->rd_indcollation[i];
		col->cmp = cmp;
		col->int_kind = bt_int_kind(cmp->fn_oid);
		col->isnull = true;
		col->value = (Datum) 0;
	}
}

void
bt_key_from_tuple(BtKey *key, Relation rel, IndexTuple itup)
{
	TupleDesc desc = RelationGetDescr(rel);
	ItemPointer tid = bt_tuple_heap_tid(itup);
	int natts = bt_tuple_natts(itup, rel);

	bt_key_init(key, rel);
	key->nkeys = Min(key->nkeys, natts);
	for (int i = 0; i < key->nkeys; i++)
	{
		BtKeyColumn *col = &key->cols[i];

		col->value = index_getattr(itup, i + 1, desc, &col->isnull);
		key->anynull |= col->isnull;
	}
	key->has_tid = tid != NULL;
	if (tid != NULL)
		key->tid = *tid;
}

#define THREE_WAY(a, b) (((a) > (b)) - ((a) < (b)))

static pg_attribute_always_inline int
compare_ints(int kind, Datum a, Datum b)
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

/* The key's column against a stored value, in the index's order. */
int
bt_compare_column(const BtKeyColumn *col, Datum value, bool isnull)
{
	int result;

	if (unlikely(col->isnull || isnull))
	{
		if (col->isnull && isnull)
			return 0;
		return col->isnull == ((col->flags & BT_KEY_NULLS_FIRST) != 0) ? -1 : 1;
	}
	if (col->int_kind != SORT_NOT_INT)
		result = compare_ints(col->int_kind, col->value, value);
	else
	{
		/* The function takes (stored, sought): the families' cross-type members are declared that way round. */
		result = DatumGetInt32(FunctionCall2Coll(col->cmp, col->collation, value, col->value));
		result = (result < 0) - (result > 0);
	}
	return col->flags & BT_KEY_DESC ? -result : result;
}

int
bt_compare_tuple(Relation rel, const BtKey *key, IndexTuple itup)
{
	TupleDesc desc = RelationGetDescr(rel);
	int natts = bt_tuple_natts(itup, rel);
	int ncompare = Min(natts, key->nkeys);
	ItemPointer tid;

	for (int i = 0; i < ncompare; i++)
	{
		const BtKeyColumn *col = &key->cols[i];
		bool isnull;
		Datum value = index_getattr(itup, col->attno, desc, &isnull);
		int result = bt_compare_column(col, value, isnull);

		if (result != 0)
			return result;
	}
	/* What was cut off is minus infinity. */
	if (key->nkeys > natts)
		return 1;
	tid = bt_tuple_heap_tid(itup);
	if (!key->has_tid)
	{
		/*
		 * Everything that has these columns lies to the right of a pivot that ends here. Whoever looks for the pivot itself wants to
		 * hear "equal".
		 */
		if (bt_is_pivot(itup) && tid == NULL && !key->pivotsearch && key->nkeys == natts)
			return 1;
		return 0;
	}
	if (key->nkeys < natts)
		return 0;
	if (tid == NULL)
		return 1;
	return ItemPointerCompare(&key->tid, tid);
}

int
bt_compare(Relation rel, const BtKey *key, Page page, OffsetNumber offnum)
{
	BTPageOpaque opaque = BTPageGetOpaque(page);

	if (!P_ISLEAF(opaque) && offnum == P_FIRSTDATAKEY(opaque))
		return 1;
	return bt_compare_tuple(rel, key, bt_page_tuple(page, offnum));
}
