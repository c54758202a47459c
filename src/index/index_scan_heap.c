/*
 * index_scan_heap.c
 *    Feeding a new index with the table's rows, and making index column values from a row.
 *
 * An index must have an entry for every row version that somebody may still see, under the TID of its HOT chain's root. A
 * chain whose members differ in the new index's columns is "broken": its old members get no entry, and the index must not
 * be used by snapshots that could see them (ii_BrokenHotChain).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "executor/executor.h"
#include "heap/heap.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "storage/lmgr.h"
#include "storage/procarray.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* ---- values of one row ------------------------------------------------------------------------------------------------------ */
void
index_form_datum(IndexInfo *indexInfo, HeapTuple tuple, TupleDesc tupdesc, Datum *values, bool *isnull)
{
	Datum expr_values[INDEX_MAX_KEYS];
	bool expr_nulls[INDEX_MAX_KEYS];
	int next_expr = 0;

	if (indexInfo->ii_Expressions != NIL)
	{
		if (indexInfo->ii_ExpressionsState == NULL)
			indexInfo->ii_ExpressionsState = row_exprs_prepare(indexInfo->ii_Expressions, tupdesc,
															   indexInfo->ii_Context ? indexInfo->ii_Context
																					 : CurrentMemoryContext);
		row_exprs_eval_tuple(indexInfo->ii_ExpressionsState, tuple, expr_values, expr_nulls);
	}
	for (int i = 0; i < indexInfo->ii_NumIndexAttrs; i++)
	{
		AttrNumber attnum = indexInfo->ii_IndexAttrNumbers[i];

		if (attnum == 0)
		{
			values[i] = expr_values[next_expr];
			isnull[i] = expr_nulls[next_expr];
			next_expr++;
		}
		else
			values[i] = heap_getattr(tuple, attnum, tupdesc, &isnull[i]);
	}
}

bool
index_predicate_holds(IndexInfo *indexInfo, HeapTuple tuple, TupleDesc tupdesc)
{
	if (indexInfo->ii_Predicate == NIL)
		return true;
	if (indexInfo->ii_PredicateState == NULL)
		indexInfo->ii_PredicateState = row_exprs_prepare(indexInfo->ii_Predicate, tupdesc,
														 indexInfo->ii_Context ? indexInfo->ii_Context
																			   : CurrentMemoryContext);
	return row_exprs_qual(indexInfo->ii_PredicateState, tuple);
}

/* ---- the build's scan ------------------------------------------------------------------------------------------------------------ */
typedef struct BuildScan
{
	Relation heap;
	Relation index;
	IndexInfo *info;
	IndexBuildCallback callback;
	void *state;
	TransactionId oldest_xmin;
	double live;
	Buffer buffer;
	BlockNumber block;
	OffsetNumber roots[MaxHeapTuplesPerPage];
	MemoryContext row_cxt;
} BuildScan;

typedef enum RowFate
{
	ROW_SKIP,
	ROW_INDEX,
	ROW_INDEX_NOT_ALIVE, /* index it, but do not hold it against uniqueness */
	ROW_WAIT			 /* for *xwait, then look again */
} RowFate;

static RowFate
row_fate(BuildScan *scan, HeapTuple tuple, TransactionId *xwait)
{
	bool hot = HeapTupleIsHotUpdated(tuple);

	switch (HeapTupleSatisfiesVacuum(tuple, scan->oldest_xmin, scan->buffer))
	{
		case HEAPTUPLE_DEAD:
			return ROW_SKIP;
		case HEAPTUPLE_LIVE:
			scan->live++;
			return ROW_INDEX;
		case HEAPTUPLE_RECENTLY_DEAD:
			/*
			 * A newer member of the same chain carries the entry, if the columns agree. They may not: then the index is not for
			 * snapshots that old.
			 */
			if (hot)
			{
				scan->info->ii_BrokenHotChain = true;
				return ROW_SKIP;
			}
			return ROW_INDEX_NOT_ALIVE;
		case HEAPTUPLE_INSERT_IN_PROGRESS:
			*xwait = HeapTupleGetXmin(tuple);
			/* Somebody else's insertion: only possible on catalogs, whose locks end before the transaction does. */
			if (!TransactionIdIsCurrentTransactionId(*xwait))
			{
				if (scan->info->ii_Unique)
					return ROW_WAIT;
			}
			else
				scan->live++;
			return ROW_INDEX;
		case HEAPTUPLE_DELETE_IN_PROGRESS:
			*xwait = HeapTupleGetUpdateXid(tuple);
			if (!TransactionIdIsCurrentTransactionId(*xwait))
			{
				if (scan->info->ii_Unique || hot)
					return ROW_WAIT;
				scan->live++;
				return ROW_INDEX;
			}
			if (hot)
			{
				scan->info->ii_BrokenHotChain = true;
				return ROW_SKIP;
			}
			return ROW_INDEX_NOT_ALIVE;
	}
	return ROW_SKIP;
}

static void
index_row(BuildScan *scan, HeapTuple tuple, bool alive)
{
	TupleDesc desc = RelationGetDescr(scan->heap);
	MemoryContext old = MemoryContextSwitchTo(scan->row_cxt);
	Datum values[INDEX_MAX_KEYS];
	bool isnull[INDEX_MAX_KEYS];
	ItemPointerData tid = tuple->t_self;

	if (index_predicate_holds(scan->info, tuple, desc))
	{
		index_form_datum(scan->info, tuple, desc, values, isnull);
		if (HeapTupleIsHeapOnly(tuple))
		{
			OffsetNumber root = scan->roots[ItemPointerGetOffsetNumber(&tuple->t_self) - 1];

			if (!OffsetNumberIsValid(root))
				ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
								errmsg_internal("failed to find parent tuple for heap-only tuple at (%u,%u) in table \"%s\"",
												scan->block, ItemPointerGetOffsetNumber(&tuple->t_self),
												RelationGetRelationName(scan->heap))));
			ItemPointerSetOffsetNumber(&tid, root);
		}
		scan->callback(scan->index, &tid, values, isnull, alive, scan->state);
	}
	MemoryContextSwitchTo(old);
}

/*
 * One page. Fates are decided under the share lock; values are formed after it is released, since expressions may do anything. The
 * pin keeps the tuples where they are.
 */
static void
build_page(BuildScan *scan)
{
	Page page = BufferGetPage(scan->buffer);
	HeapTupleData tuples[MaxHeapTuplesPerPage];
	bool alive[MaxHeapTuplesPerPage];
	int n;
	double live_before = scan->live;
	TransactionId xwait = InvalidTransactionId;

	for (;;)
	{
		bool wait = false;

		n = 0;
		scan->live = live_before;
		LockBuffer(scan->buffer, BUFFER_LOCK_SHARE);
		if (!PageIsNew(page))
			heap_get_root_tuples(page, scan->roots);
		for (OffsetNumber off = FirstOffsetNumber; !wait && off <= PageGetMaxOffsetNumber(page); off++)
		{
			ItemId lp = PageGetItemId(page, off);
			RowFate fate;

			if (!ItemIdIsNormal(lp))
				continue;
			heap_tuple_set_from_page(&tuples[n], page, lp, scan->block, off, RelationGetRelid(scan->heap));
			fate = row_fate(scan, &tuples[n], &xwait);
			if (fate == ROW_WAIT)
				wait = true;
			else if (fate != ROW_SKIP)
				alive[n++] = fate == ROW_INDEX;
		}
		LockBuffer(scan->buffer, BUFFER_LOCK_UNLOCK);
		if (!wait)
			break;
		XactLockTableWait(xwait, scan->heap, &tuples[n].t_self, XLTW_InsertIndexUnique);
		CHECK_FOR_INTERRUPTS();
	}
	for (int i = 0; i < n; i++)
		index_row(scan, &tuples[i], alive[i]);
}

double
table_index_build_scan(Relation table_rel, Relation index_rel, IndexInfo *index_info, bool allow_sync, bool progress,
					   IndexBuildCallback callback, void *callback_state, TableScanDesc existing)
{
	BuildScan scan = {.heap = table_rel, .index = index_rel, .info = index_info, .callback = callback,
					  .state = callback_state};
	BlockNumber nblocks = RelationGetNumberOfBlocks(table_rel);
	BufferAccessStrategy strategy = nblocks > (BlockNumber) NBuffers / 4 ? GetAccessStrategy(BAS_BULKREAD) : NULL;
	MemoryContext info_cxt = index_info->ii_Context;

	Assert(existing == NULL);
	if (IsBootstrapProcessingMode())
		scan.oldest_xmin = FirstNormalTransactionId;
	else
		scan.oldest_xmin = GetOldestNonRemovableTransactionId(table_rel);
	/* Compiled expressions must outlive the rows. */
	if (index_info->ii_Context == NULL)
		index_info->ii_Context = CurrentMemoryContext;
	scan.row_cxt = AllocSetContextCreate(CurrentMemoryContext, "index build row", ALLOCSET_DEFAULT_SIZES);
	for (scan.block = 0; scan.block < nblocks; scan.block++)
	{
		CHECK_FOR_INTERRUPTS();
		scan.buffer = ReadBufferExtended(table_rel, MAIN_FORKNUM, scan.block, RBM_NORMAL, strategy);
		heap_page_prune_opt(table_rel, scan.buffer);
		build_page(&scan);
		ReleaseBuffer(scan.buffer);
		MemoryContextReset(scan.row_cxt);
	}
	MemoryContextDelete(scan.row_cxt);
	if (strategy != NULL)
		FreeAccessStrategy(strategy);
	index_info->ii_Context = info_cxt;
	/* Belong to the memory that is gone or to this build. */
	index_info->ii_ExpressionsState = NULL;
	index_info->ii_PredicateState = NULL;
	return scan.live;
}
