/*
 * sort_variants.c
 *    What is sorted: rows, single values, B-tree entries.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/nbtree.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "sort/sort.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/*
 * Shared by all: the tuple goes to tuple_context. It is charged with what the allocator takes; bump allocation adds no header.
 */
static inline Size
charged(Size len)
{
	return MAXALIGN(len) + 16;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------- */
static int
compare_rows_rest(const SortItem *a, const SortItem *b, Tuplesortstate *state)
{
	MinimalTuple x = a->tuple;
	MinimalTuple y = b->tuple;

	for (int i = 1; i < state->nkeys; i++)
	{
		SortSupport key = &state->keys[i];
		bool xnull, ynull;
		Datum xvalue = minimal_tuple_getattr(x, key->ssup_attno, state->desc, &xnull);
		Datum yvalue = minimal_tuple_getattr(y, key->ssup_attno, state->desc, &ynull);
		int result = ApplySortComparator(xvalue, xnull, yvalue, ynull, key);

		if (result != 0)
			return result;
	}
	return 0;
}

static void
load_row_key(Tuplesortstate *state, SortItem *item)
{
	item->key = minimal_tuple_getattr(item->tuple, state->keys[0].ssup_attno, state->desc, &item->isnull);
}

static Size
row_size(Tuplesortstate *state, const SortItem *item)
{
	return ((MinimalTuple) item->tuple)->t_len;
}

Tuplesortstate *
tuplesort_begin_heap(TupleDesc tupDesc, int nkeys, AttrNumber *attNums, Oid *sortOperators, Oid *sortCollations,
					 bool *nullsFirstFlags, int workMem, void *coordinate, int sortopt)
{
	Tuplesortstate *state = sort_begin_common(workMem, sortopt);
	MemoryContext old = MemoryContextSwitchTo(state->context);

	Assert(nkeys > 0);
	state->nkeys = nkeys;
	state->only_key = nkeys == 1;
	state->desc = tupDesc;
	state->compare_rest = compare_rows_rest;
	state->load_key = load_row_key;
	state->tuple_size = row_size;
	state->keys = palloc0_array(SortSupportData, nkeys);
	for (int i = 0; i < nkeys; i++)
	{
		SortSupport key = &state->keys[i];

		key->ssup_cxt = state->context;
		key->ssup_collation = sortCollations[i];
		key->ssup_nulls_first = nullsFirstFlags[i];
		key->ssup_attno = attNums[i];
		PrepareSortSupportFromOrderingOp(sortOperators[i], key);
	}
	MemoryContextSwitchTo(old);
	return state;
}

void
tuplesort_putvalues(Tuplesortstate *state, const Datum *values, const bool *isnull)
{
	MemoryContext old = MemoryContextSwitchTo(state->tuple_context);
	SortItem item;
	AttrNumber attno = state->keys[0].ssup_attno;

	item.tuple = heap_form_minimal_tuple(state->desc, values, isnull);
	item.isnull = isnull[attno - 1];
	if (TupleDescAttr(state->desc, attno - 1)->attbyval)
		item.key = item.isnull ? (Datum) 0 : values[attno - 1];
	else
		load_row_key(state, &item);
	MemoryContextSwitchTo(state->context);
	sort_put(state, item, charged(((MinimalTuple) item.tuple)->t_len));
	MemoryContextSwitchTo(old);
}

MinimalTuple
tuplesort_getminimaltuple(Tuplesortstate *state, bool forward)
{
	SortItem item;

	return sort_next(state, forward, &item) ? item.tuple : NULL;
}

bool
tuplesort_getvalues(Tuplesortstate *state, bool forward, Datum *values, bool *isnull)
{
	SortItem item;

	if (!sort_next(state, forward, &item))
		return false;
	heap_deform_minimal_tuple(item.tuple, state->desc, state->desc->natts, values, isnull);
	return true;
}

/* ---- single values --------------------------------------------------------------------------------------------------------------- */
static void
load_datum_key(Tuplesortstate *state, SortItem *item)
{
	item->key = PointerGetDatum(item->tuple);
	item->isnull = false;
}

static Size
datum_size(Tuplesortstate *state, const SortItem *item)
{
	return datumGetSize(PointerGetDatum(item->tuple), false, state->datum_len);
}

Tuplesortstate *
tuplesort_begin_datum(Oid datumType, Oid sortOperator, Oid sortCollation, bool nullsFirstFlag, int workMem,
					  void *coordinate, int sortopt)
{
	Tuplesortstate *state = sort_begin_common(workMem, sortopt);
	MemoryContext old = MemoryContextSwitchTo(state->context);
	int16 len;

	state->nkeys = 1;
	state->only_key = true;
	state->datum_type = datumType;
	get_typlenbyval(datumType, &len, &state->datum_byval);
	state->datum_len = len;
	state->load_key = load_datum_key;
	state->tuple_size = datum_size;
	state->keys = palloc0_object(SortSupportData);
	state->keys->ssup_cxt = state->context;
	state->keys->ssup_collation = sortCollation;
	state->keys->ssup_nulls_first = nullsFirstFlag;
	PrepareSortSupportFromOrderingOp(sortOperator, state->keys);
	MemoryContextSwitchTo(old);
	return state;
}

void
tuplesort_putdatum(Tuplesortstate *state, Datum val, bool isNull)
{
	MemoryContext old = MemoryContextSwitchTo(state->tuple_context);
	SortItem item = {.key = isNull ? (Datum) 0 : val, .isnull = isNull};
	Size size = 0;

	if (!isNull && !state->datum_byval)
	{
		item.key = datumCopy(val, false, state->datum_len);
		item.tuple = DatumGetPointer(item.key);
		size = charged(datumGetSize(item.key, false, state->datum_len));
	}
	MemoryContextSwitchTo(state->context);
	sort_put(state, item, size);
	MemoryContextSwitchTo(old);
}

bool
tuplesort_getdatum(Tuplesortstate *state, bool forward, Datum *val, bool *isNull, Datum *abbrev)
{
	SortItem item;

	if (!sort_next(state, forward, &item))
		return false;
	*val = item.key;
	*isNull = item.isnull;
	if (abbrev)
		*abbrev = item.key;
	return true;
}

/* ---- B-tree entries ------------------------------------------------------------------------------------------------------------------ */
static void pg_attribute_noreturn()
report_unique_violation(Tuplesortstate *state, IndexTuple tuple)
{
	Datum values[INDEX_MAX_KEYS];
	bool isnull[INDEX_MAX_KEYS];
	char *description;

	index_deform_tuple(tuple, state->desc, values, isnull);
	description = BuildIndexValueDescription(state->index, values, isnull);
	ereport(ERROR, (errcode(ERRCODE_UNIQUE_VIOLATION),
					errmsg("could not create unique index \"%s\"", RelationGetRelationName(state->index)),
					description ? errdetail("Key %s is duplicated.", description) : errdetail("Duplicate keys exist."),
					errtableconstraint(state->heap, RelationGetRelationName(state->index))));
	pg_unreachable();
}

static int
compare_index_rest(const SortItem *a, const SortItem *b, Tuplesortstate *state)
{
	IndexTuple x = a->tuple;
	IndexTuple y = b->tuple;
	bool has_null = a->isnull;

	for (int i = 1; i < state->nkeys; i++)
	{
		SortSupport key = &state->keys[i];
		bool xnull, ynull;
		Datum xvalue = index_getattr(x, i + 1, state->desc, &xnull);
		Datum yvalue = index_getattr(y, i + 1, state->desc, &ynull);
		int result = ApplySortComparator(xvalue, xnull, yvalue, ynull, key);

		if (result != 0)
			return result;
		has_null |= xnull;
	}
	/* Equal entries of a unique index. Comparing an entry with itself happens, and means nothing. */
	if (state->enforce_unique && (state->nulls_not_distinct || !has_null) && x != y &&
		!ItemPointerEquals(&x->t_tid, &y->t_tid))
		report_unique_violation(state, x);
	return ItemPointerCompare(&x->t_tid, &y->t_tid);
}

static void
load_index_key(Tuplesortstate *state, SortItem *item)
{
	item->key = index_getattr(item->tuple, 1, state->desc, &item->isnull);
}

static Size
index_entry_size(Tuplesortstate *state, const SortItem *item)
{
	return IndexTupleSize((IndexTuple) item->tuple);
}

Tuplesortstate *
tuplesort_begin_index_btree(Relation heapRel, Relation indexRel, bool enforceUnique, bool uniqueNullsNotDistinct,
							int workMem, void *coordinate, int sortopt)
{
	Tuplesortstate *state = sort_begin_common(workMem, sortopt);
	MemoryContext old = MemoryContextSwitchTo(state->context);

	state->nkeys = IndexRelationGetNumberOfKeyAttributes(indexRel);
	state->desc = RelationGetDescr(indexRel);
	state->heap = heapRel;
	state->index = indexRel;
	state->enforce_unique = enforceUnique;
	state->nulls_not_distinct = uniqueNullsNotDistinct;
	state->bound_unusable = true;
	state->compare_rest = compare_index_rest;
	state->load_key = load_index_key;
	state->tuple_size = index_entry_size;
	state->keys = palloc0_array(SortSupportData, state->nkeys);
	for (int i = 0; i < state->nkeys; i++)
	{
		SortSupport key = &state->keys[i];
		int16 option = indexRel->rd_indoption[i];

		key->ssup_cxt = state->context;
		key->ssup_collation = indexRel->rd_indcollation[i];
		key->ssup_nulls_first = (option & INDOPTION_NULLS_FIRST) != 0;
		key->ssup_attno = i + 1;
		PrepareSortSupportFromIndexRel(indexRel,
									   option & INDOPTION_DESC ? BTGreaterStrategyNumber : BTLessStrategyNumber, key);
	}
	MemoryContextSwitchTo(old);
	return state;
}

void
tuplesort_putindextuplevalues(Tuplesortstate *state, Relation rel, ItemPointer self, const Datum *values,
							  const bool *isnull)
{
	MemoryContext old = MemoryContextSwitchTo(state->tuple_context);
	IndexTuple tuple = index_form_tuple(RelationGetDescr(rel), values, isnull);
	SortItem item = {.tuple = tuple};

	tuple->t_tid = *self;
	load_index_key(state, &item);
	MemoryContextSwitchTo(state->context);
	sort_put(state, item, charged(IndexTupleSize(tuple)));
	MemoryContextSwitchTo(old);
}

IndexTuple
tuplesort_getindextuple(Tuplesortstate *state, bool forward)
{
	SortItem item;

	return sort_next(state, forward, &item) ? item.tuple : NULL;
}
