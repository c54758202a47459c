/*
 * node_bitmap.c
 *    Bitmap scans: BitmapIndexScan, BitmapAnd, BitmapOr make a set of TIDs; BitmapHeapScan reads its pages in order.
 *
 * The nodes that make bitmaps are not asked for batches but for a TIDBitmap, by bitmap_make().
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "execute/index_keys.h"
#include "execute/node_append.h"
#include "execute/node_scan.h"
#include "miscadmin.h"
#include "nodes/tidbitmap.h"
#include "utils/memutils.h"

static TIDBitmap *bitmap_make(PlanState *ps);

/* ---- BitmapIndexScan ---- */
typedef struct BitmapIndexState
{
	PlanState ps;
	Relation index;
	IndexScanDesc desc;
	IndexKeys keys;
	MemoryContext keys_cxt;
} BitmapIndexState;

static void
bitmap_index_init(PlanState *ps, int eflags)
{
	BitmapIndexState *bs = (BitmapIndexState *) ps;
	BitmapIndexScan *plan = (BitmapIndexScan *) ps->plan;
	ExprCompiler c;

	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;
	bs->index = index_open(plan->indexid, NoLock);
	expr_compiler_init(&c, ps);
	index_keys_init(&bs->keys, &c, plan->indexqual, bs->index);
	bs->keys_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Scan keys", ALLOCSET_SMALL_SIZES);
}

static TIDBitmap *
bitmap_index_make(BitmapIndexState *bs)
{
	PlanState *ps = &bs->ps;
	TIDBitmap *tbm;
	int64 n;

	MemoryContextReset(bs->keys_cxt);
	index_keys_evaluate(&bs->keys, &ps->ec, bs->keys_cxt);
	if (bs->index == NULL)
		bs->index = index_open(((BitmapIndexScan *) ps->plan)->indexid, AccessShareLock);
	if (bs->desc == NULL)
		bs->desc = index_beginscan_bitmap(bs->index, ps->state->es_snapshot, bs->keys.n);
	index_rescan(bs->desc, bs->keys.keys, bs->keys.n, NULL, 0);
	tbm = tbm_create((long) work_mem * 1024L, NULL);
	n = index_getbitmap(bs->desc, tbm);
	if (ps->instrument)
	{
		ps->instrument->loop_started = true;
		ps->instrument->loop_tuples += n;
	}
	return tbm;
}

static Batch *
no_rows(PlanState *ps, int max_rows)
{
	elog(ERROR, "a bitmap node does not return rows");
}

static void
bitmap_index_rescan(PlanState *ps)
{
}

static void
bitmap_index_close(PlanState *ps)
{
	BitmapIndexState *bs = (BitmapIndexState *) ps;

	if (bs->desc)
		index_endscan(bs->desc);
	if (bs->index)
		index_close(bs->index, NoLock);
	bs->desc = NULL;
	bs->index = NULL;
}

const NodeOps bitmap_index_scan_ops = {"Bitmap Index Scan", sizeof(BitmapIndexState), bitmap_index_init, no_rows,
									   bitmap_index_rescan, bitmap_index_close};

/* ---- BitmapAnd, BitmapOr ---- */
typedef struct BitmapListState
{
	PlanState ps;
	int n;
	PlanState **children;
} BitmapListState;

static void
bitmap_list_init(PlanState *ps, int eflags)
{
	BitmapListState *bl = (BitmapListState *) ps;
	List *plans = IsA(ps->plan, BitmapAnd) ? ((BitmapAnd *) ps->plan)->bitmapplans : ((BitmapOr *) ps->plan)->bitmapplans;
	ListCell *lc;

	bl->children = MemoryContextAlloc(ps->state->es_query_cxt, sizeof(PlanState *) * list_length(plans));
	foreach (lc, plans)
		bl->children[bl->n++] = exec_init_node(lfirst(lc), ps->state, eflags);
}

static TIDBitmap *
bitmap_list_make(BitmapListState *bl)
{
	bool conjunction = IsA(bl->ps.plan, BitmapAnd);
	TIDBitmap *result = NULL;

	for (int i = 0; i < bl->n; i++)
	{
		TIDBitmap *next = bitmap_make(bl->children[i]);

		if (result == NULL)
			result = next;
		else
		{
			if (conjunction)
				tbm_intersect(result, next);
			else
				tbm_union(result, next);
			tbm_free(next);
		}
		if (conjunction && tbm_is_empty(result))
			break;
	}
	return result;
}

static void
bitmap_list_rescan(PlanState *ps)
{
	BitmapListState *bl = (BitmapListState *) ps;

	for (int i = 0; i < bl->n; i++)
	{
		if (ps->chgParam)
			exec_mark_changed(bl->children[i], ps->chgParam);
		exec_rescan(bl->children[i]);
	}
}

static void
bitmap_list_close(PlanState *ps)
{
	BitmapListState *bl = (BitmapListState *) ps;

	for (int i = 0; i < bl->n; i++)
		exec_close(bl->children[i]);
}

int
bitmap_num_children(PlanState *ps)
{
	return ((BitmapListState *) ps)->n;
}

PlanState *
bitmap_child(PlanState *ps, int i)
{
	return ((BitmapListState *) ps)->children[i];
}

const NodeOps bitmap_and_ops = {"BitmapAnd", sizeof(BitmapListState), bitmap_list_init, no_rows, bitmap_list_rescan,
								bitmap_list_close};
const NodeOps bitmap_or_ops = {"BitmapOr", sizeof(BitmapListState), bitmap_list_init, no_rows, bitmap_list_rescan,
							   bitmap_list_close};

static TIDBitmap *
bitmap_make(PlanState *ps)
{
	check_stack_depth();
	if (ps->chgParam)
		exec_rescan(ps);
	if (IsA(ps->plan, BitmapIndexScan))
		return bitmap_index_make((BitmapIndexState *) ps);
	return bitmap_list_make((BitmapListState *) ps);
}

/* ---- BitmapHeapScan ---- */
typedef struct BitmapHeapState
{
	RelScanState rs;
	TableScanDesc desc;
	TIDBitmap *tbm;
	TBMIterator *iterator;
} BitmapHeapState;

static void
bitmap_heap_init(PlanState *ps, int eflags)
{
	ps->left = exec_init_node(outerPlan(ps->plan), ps->state, eflags);
	rel_scan_init((RelScanState *) ps, ((BitmapHeapScan *) ps->plan)->bitmapqualorig);
}

/* Rows of a lossy page must be tested against the index condition. */
static int
bitmap_recheck(RelScanState *ss, int n)
{
	Selection sel = {n, n, NULL};
	RowPos keep[BATCH_MAX_ROWS];
	int kept;

	if (ss->recheck == NULL || n == 0)
		return n;
	ss->scan.sel = sel;
	ss->scan.tuples = ss->tuples;
	deform_batch(&ss->qual_plan, ss->tuples, &sel, ss->scan.cols, ss->null_bufs);
	kept = expr_list_select(ss->recheck, &ss->ps.ec, &sel, keep);
	if (ss->ps.instrument)
		ss->ps.instrument->removed_by_join += n - kept;
	for (int i = 0; i < kept; i++)
		ss->tuples[i] = ss->tuples[keep[i]];
	return kept;
}

static int
bitmap_heap_fetch(RelScanState *ss, int max)
{
	BitmapHeapState *bs = (BitmapHeapState *) ss;
	int n;

	if (bs->iterator == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(ss->ps.state->es_query_cxt);

		rel_scan_open(ss);
		if (bs->desc == NULL)
			bs->desc = heap_beginscan(ss->rel, ss->ps.state->es_snapshot, 0, NULL, NULL,
									  SO_TYPE_BITMAPSCAN | SO_ALLOW_PAGEMODE);
		bs->tbm = bitmap_make(ss->ps.left);
		bs->iterator = tbm_begin_iterate(bs->tbm);
		MemoryContextSwitchTo(old);
	}
	rel_scan_reserve(ss, MaxHeapTuplesPerPage);
	do
	{
		TBMIterateResult *r = tbm_iterate(bs->iterator);

		CHECK_FOR_INTERRUPTS();
		if (r == NULL)
			return 0;
		if (r->blockno >= heap_scan_get_nblocks(bs->desc))
			continue;
		n = heap_scan_bitmap_block(bs->desc, r->blockno, r->offsets, r->ntuples, ss->tuples, MaxHeapTuplesPerPage);
		if (r->recheck || r->ntuples < 0)
			n = bitmap_recheck(ss, n);
		if (n > 0)
			return n;
	} while (true);
}

static Batch *
bitmap_heap_next(PlanState *ps, int max_rows)
{
	return rel_scan_next((RelScanState *) ps, max_rows, bitmap_heap_fetch);
}

static void
bitmap_heap_forget(BitmapHeapState *bs)
{
	if (bs->iterator)
		tbm_end_iterate(bs->iterator);
	if (bs->tbm)
		tbm_free(bs->tbm);
	bs->iterator = NULL;
	bs->tbm = NULL;
	rel_scan_reset(&bs->rs);
}

static void
bitmap_heap_rescan(PlanState *ps)
{
	BitmapHeapState *bs = (BitmapHeapState *) ps;

	bitmap_heap_forget(bs);
	if (bs->desc)
		table_rescan(bs->desc, NULL);
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
bitmap_heap_close(PlanState *ps)
{
	BitmapHeapState *bs = (BitmapHeapState *) ps;

	bitmap_heap_forget(bs);
	if (bs->desc)
		table_endscan(bs->desc);
	bs->desc = NULL;
	bs->rs.rel = NULL;
	exec_close(ps->left);
}

const NodeOps bitmap_heap_scan_ops = {"Bitmap Heap Scan", sizeof(BitmapHeapState), bitmap_heap_init, bitmap_heap_next,
									  bitmap_heap_rescan, bitmap_heap_close};
