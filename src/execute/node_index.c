/*
 * node_index.c
 *    Index scan, index-only scan, and the making of scan keys from index quals.
 *
 * A key whose right side is a constant is made once; others are evaluated again at every rescan. A NULL on the right side
 * of a strict operator means that nothing can match; the access method sees that from SK_ISNULL.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/nbtree.h"
#include "access/visibilitymap.h"
#include "catalog/pg_am.h"
#include "execute/index_keys.h"
#include "execute/node_scan.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "storage/bufmgr.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/* ---- scan keys ---- */
static AttrNumber
index_column(Node *left)
{
	if (left && IsA(left, RelabelType))
		left = (Node *) ((RelabelType *) left)->arg;
	if (left == NULL || !IsA(left, Var) || ((Var *) left)->varno != INDEX_VAR)
		elog(ERROR, "indexqual doesn't have key on left side");
	return ((Var *) left)->varattno;
}

static void
set_argument(IndexKeys *keys, ExprCompiler *c, ScanKey key, Node *right)
{
	if (right && IsA(right, RelabelType))
		right = (Node *) ((RelabelType *) right)->arg;
	if (IsA(right, Const))
	{
		Const *con = (Const *) right;
		Datum value = con->constvalue;

		if (!con->constisnull && con->constlen == -1 && VARATT_IS_EXTENDED(DatumGetPointer(value)))
			value = PointerGetDatum(PG_DETOAST_DATUM(value));
		key->sk_argument = value;
		if (con->constisnull)
			key->sk_flags |= SK_ISNULL;
		return;
	}
	keys->runtime = repalloc_or_alloc(keys->runtime, sizeof(RuntimeKey) * (keys->nruntime + 1));
	keys->runtime[keys->nruntime++] = (RuntimeKey){key, expr_compile(c, right), get_typlen(exprType(right)),
												   get_typbyval(exprType(right))};
}

void *
repalloc_or_alloc(void *p, Size size)
{
	return p ? repalloc(p, size) : palloc(size);
}

/* (a, b) op (x, y): a header key whose argument is the array of column keys. */
static void
row_compare_keys(IndexKeys *keys, ExprCompiler *c, ScanKey key, RowCompareExpr *rc, Relation index)
{
	int n = list_length(rc->opnos);
	ScanKey sub = palloc0_array(ScanKeyData, n);

	for (int i = 0; i < n; i++)
	{
		AttrNumber col = index_column(list_nth(rc->largs, i));
		Oid opfamily = index->rd_opfamily[col - 1];
		int strategy;
		Oid lefttype;
		Oid righttype;

		get_op_opfamily_properties(list_nth_oid(rc->opnos, i), opfamily, false, &strategy, &lefttype, &righttype);
		if (strategy != (int) rc->rctype)
			elog(ERROR, "RowCompare index qualification contains wrong operator");
		ScanKeyEntryInitialize(&sub[i], SK_ROW_MEMBER | (i == n - 1 ? SK_ROW_END : 0), col, strategy, righttype,
							   list_nth_oid(rc->inputcollids, i),
							   get_opfamily_proc(opfamily, lefttype, righttype, BTORDER_PROC), (Datum) 0);
		set_argument(keys, c, &sub[i], list_nth(rc->rargs, i));
	}
	memset(key, 0, sizeof(*key));
	key->sk_flags = SK_ROW_HEADER;
	key->sk_attno = sub[0].sk_attno;
	key->sk_strategy = rc->rctype;
	key->sk_argument = PointerGetDatum(sub);
}

static void
operator_key(IndexKeys *keys, ExprCompiler *c, ScanKey key, Oid opno, Oid opfuncid, Oid collation, Node *left,
			 Node *right, int flags, Relation index)
{
	AttrNumber col = index_column(left);
	int strategy;
	Oid lefttype;
	Oid righttype;

	get_op_opfamily_properties(opno, index->rd_opfamily[col - 1], false, &strategy, &lefttype, &righttype);
	ScanKeyEntryInitialize(key, flags, col, strategy, righttype, collation, opfuncid, (Datum) 0);
	set_argument(keys, c, key, right);
}

void
index_keys_init(IndexKeys *keys, ExprCompiler *c, List *indexquals, Relation index)
{
	MemoryContext old = MemoryContextSwitchTo(c->cxt);
	ListCell *lc;

	memset(keys, 0, sizeof(*keys));
	keys->keys = palloc0_array(ScanKeyData, Max(list_length(indexquals), 1));
	foreach (lc, indexquals)
	{
		Node *clause = lfirst(lc);
		ScanKey key = &keys->keys[keys->n++];

		if (IsA(clause, OpExpr))
		{
			OpExpr *op = (OpExpr *) clause;

			operator_key(keys, c, key, op->opno, op->opfuncid, op->inputcollid, linitial(op->args), lsecond(op->args),
						 0, index);
		}
		else if (IsA(clause, ScalarArrayOpExpr))
		{
			ScalarArrayOpExpr *sa = (ScalarArrayOpExpr *) clause;

			operator_key(keys, c, key, sa->opno, sa->opfuncid, sa->inputcollid, linitial(sa->args), lsecond(sa->args),
						 SK_SEARCHARRAY, index);
		}
		else if (IsA(clause, RowCompareExpr))
			row_compare_keys(keys, c, key, (RowCompareExpr *) clause, index);
		else if (IsA(clause, NullTest))
		{
			NullTest *nt = (NullTest *) clause;

			ScanKeyEntryInitialize(key,
								   SK_ISNULL | (nt->nulltesttype == IS_NULL ? SK_SEARCHNULL : SK_SEARCHNOTNULL),
								   index_column((Node *) nt->arg), InvalidStrategy, InvalidOid, InvalidOid, InvalidOid,
								   (Datum) 0);
		}
		else
			elog(ERROR, "unsupported indexqual type: %d", (int) nodeTag(clause));
	}
	MemoryContextSwitchTo(old);
}

/* Values live in cxt, which the caller resets before each call. */
void
index_keys_evaluate(IndexKeys *keys, ExprContext *ec, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Selection one = {1, 1, NULL};

	for (int i = 0; i < keys->nruntime; i++)
	{
		RuntimeKey *rk = &keys->runtime[i];
		Vector *v = expr_eval(rk->expr, ec, &one);

		if (vector_isnull(v, 0))
		{
			rk->key->sk_argument = (Datum) 0;
			rk->key->sk_flags |= SK_ISNULL;
			continue;
		}
		rk->key->sk_flags &= ~SK_ISNULL;
		rk->key->sk_argument = vector_value(v, 0);
		/* The scan outlives what the expression borrowed its value from. */
		if (rk->typlen == -1)
			rk->key->sk_argument = PointerGetDatum(PG_DETOAST_DATUM_COPY(rk->key->sk_argument));
		else if (!rk->typbyval)
			rk->key->sk_argument = datumCopy(rk->key->sk_argument, false, rk->typlen);
	}
	MemoryContextSwitchTo(old);
}

/* ---- IndexScan ---- */
typedef struct IndexScanState
{
	RelScanState rs;
	Relation index;
	IndexScanDesc desc;
	IndexKeys keys;
	MemoryContext keys_cxt;	/* runtime key values */
	ScanDirection dir;
	ExprList *orig_quals;	/* for rows that the index says must be rechecked */
} IndexScanState;

static void
index_scan_init(PlanState *ps, int eflags)
{
	IndexScanState *is = (IndexScanState *) ps;
	IndexScan *plan = (IndexScan *) ps->plan;
	ExprCompiler c;

	if (plan->indexorderby != NIL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("index scan in distance order is not supported"));
	rel_scan_init(&is->rs, plan->indexqualorig);
	is->dir = ScanDirectionIsBackward(plan->indexorderdir) ? BackwardScanDirection : ForwardScanDirection;
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;
	is->index = index_open(plan->indexid, NoLock);
	expr_compiler_init(&c, ps);
	index_keys_init(&is->keys, &c, plan->indexqual, is->index);
	if (is->keys.nruntime > 0)
		is->keys_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Scan keys", ALLOCSET_SMALL_SIZES);
}

static void
index_scan_start(IndexScanState *is)
{
	PlanState *ps = &is->rs.ps;
	MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);

	if (is->keys.nruntime > 0)
	{
		MemoryContextReset(is->keys_cxt);
		index_keys_evaluate(&is->keys, &ps->ec, is->keys_cxt);
	}
	if (is->desc == NULL)
	{
		rel_scan_open(&is->rs);
		if (is->index == NULL)
			is->index = index_open(((IndexScan *) ps->plan)->indexid, AccessShareLock);
		is->desc = index_beginscan(is->rs.rel, is->index, ps->state->es_snapshot, is->keys.n, 0);
	}
	index_rescan(is->desc, is->keys.keys, is->keys.n, NULL, 0);
	MemoryContextSwitchTo(old);
}

/* Quals that the index could not decide are tested on the row. */
static int
index_scan_recheck(IndexScanState *is, int n)
{
	RelScanState *ss = &is->rs;
	Selection sel = {n, n, NULL};
	RowPos keep[BATCH_MAX_ROWS];
	int kept;

	if (!is->desc->xs_recheck || ss->recheck == NULL)
		return n;
	ss->scan.sel = sel;
	ss->scan.tuples = ss->tuples;
	deform_batch(&ss->qual_plan, ss->tuples, &sel, ss->scan.cols, ss->null_bufs);
	kept = expr_list_select(ss->recheck, &ss->ps.ec, &sel, keep);
	for (int i = 0; i < kept; i++)
		ss->tuples[i] = ss->tuples[keep[i]];
	return kept;
}

static int
index_scan_fetch(RelScanState *ss, int max)
{
	IndexScanState *is = (IndexScanState *) ss;
	int n;

	if (is->desc == NULL || !is->keys.started)
	{
		index_scan_start(is);
		is->keys.started = true;
		is->keys.next_max = 2;
	}
	/* A lookup mostly finds one row: ask for little at first. */
	if (max > is->keys.next_max)
		max = is->keys.next_max;
	is->keys.next_max = Min(is->keys.next_max * 8, BATCH_MAX_ROWS);
	rel_scan_reserve(ss, max);
	do
	{
		n = index_getnext_batch(is->desc, is->dir, ss->tuples, max);
		if (n == 0)
			return 0;
		n = index_scan_recheck(is, n);
	} while (n == 0);
	return n;
}

static Batch *
index_scan_next(PlanState *ps, int max_rows)
{
	return rel_scan_next((RelScanState *) ps, max_rows, index_scan_fetch);
}

static void
index_scan_rescan(PlanState *ps)
{
	IndexScanState *is = (IndexScanState *) ps;

	rel_scan_reset(&is->rs);
	is->keys.started = false;
}

static void
index_scan_close(PlanState *ps)
{
	IndexScanState *is = (IndexScanState *) ps;

	if (is->desc != NULL)
		index_endscan(is->desc);
	if (is->index != NULL)
		index_close(is->index, NoLock);
	is->desc = NULL;
	is->index = NULL;
	is->rs.rel = NULL;
	is->keys.started = false;
	rel_scan_reset(&is->rs);
}

const NodeOps index_scan_ops = {"Index Scan", sizeof(IndexScanState), index_scan_init, index_scan_next,
								index_scan_rescan, index_scan_close};

/* ---- IndexOnlyScan ---- */

/*
 * Columns come from the index entry. The heap is looked at only for entries on pages that the visibility map does not call
 * all-visible.
 */
typedef struct IndexOnlyState
{
	PlanState ps;
	Index rti;
	Relation rel;
	Relation index;
	IndexScanDesc desc;
	IndexKeys keys;
	MemoryContext keys_cxt;
	ScanDirection dir;
	Buffer vmbuffer;
	TupleDesc index_desc;	/* copy */
	Batch scan;
	Datum **values;			/* per column */
	bool **nulls;
	int capacity;
	MemoryContext copy_cxt;
	double heap_fetches;
} IndexOnlyState;

static void
index_only_init(PlanState *ps, int eflags)
{
	IndexOnlyState *is = (IndexOnlyState *) ps;
	IndexOnlyScan *plan = (IndexOnlyScan *) ps->plan;
	MemoryContext old;
	ExprCompiler c;
	TupleDesc desc;

	is->rti = plan->scan.scanrelid;
	is->rel = exec_open_relation(ps->state, is->rti);
	is->dir = ScanDirectionIsBackward(plan->indexorderdir) ? BackwardScanDirection : ForwardScanDirection;
	is->index = index_open(plan->indexid, NoLock);
	old = MemoryContextSwitchTo(ps->state->es_query_cxt);
	is->index_desc = CreateTupleDescCopy(RelationGetDescr(is->index));
	/* What the columns are called above: as the table's. */
	desc = ExecTypeFromTL(plan->indextlist);
	is->scan.desc = desc;
	is->scan.ncols = is->index_desc->natts;
	is->scan.cols = palloc0_array(Vector, Max(is->scan.ncols, 1));
	is->nulls = palloc0_array(bool *, Max(is->scan.ncols, 1));
	ps->ec.source[BATCH_SCAN] = &is->scan;
	expr_compiler_init(&c, ps);
	c.scan_desc = desc;
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
	index_keys_init(&is->keys, &c, plan->indexqual, is->index);
	if (is->keys.nruntime > 0)
		is->keys_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Scan keys", ALLOCSET_SMALL_SIZES);
	is->copy_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Index entries", ALLOCSET_SMALL_SIZES);
	is->vmbuffer = InvalidBuffer;
	MemoryContextSwitchTo(old);
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
	{
		index_close(is->index, NoLock);
		is->index = NULL;
	}
}

static void
index_only_reserve(IndexOnlyState *is, int n)
{
	int capacity = n <= 4 ? 4 : (n <= 256 ? 256 : BATCH_MAX_ROWS);

	if (n <= is->capacity)
		return;
	for (int i = 0; i < is->scan.ncols; i++)
	{
		if (is->scan.cols[i].values)
			pfree(is->scan.cols[i].values);
		is->scan.cols[i].values =
			MemoryContextAlloc(is->ps.state->es_query_cxt, capacity * (sizeof(Datum) + sizeof(bool)));
		is->nulls[i] = (bool *) (is->scan.cols[i].values + capacity);
		is->scan.cols[i].nulls = is->nulls[i];
		is->scan.cols[i].mask = VECTOR_ALL;
	}
	is->capacity = capacity;
}

static void
index_only_start(IndexOnlyState *is)
{
	PlanState *ps = &is->ps;
	MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);

	if (is->keys.nruntime > 0)
	{
		MemoryContextReset(is->keys_cxt);
		index_keys_evaluate(&is->keys, &ps->ec, is->keys_cxt);
	}
	if (is->desc == NULL)
	{
		is->rel = exec_open_relation(ps->state, is->rti);
		if (is->index == NULL)
			is->index = index_open(((IndexOnlyScan *) ps->plan)->indexid, AccessShareLock);
		is->desc = index_beginscan(is->rel, is->index, ps->state->es_snapshot, is->keys.n, 0);
		is->desc->xs_want_itup = true;
	}
	index_rescan(is->desc, is->keys.keys, is->keys.n, NULL, 0);
	is->keys.started = true;
	is->keys.next_max = 2;
	MemoryContextSwitchTo(old);
}

/* Put the current index entry into row `at`. Its page may go with the next call, so by-reference values are copied. */
static void
index_only_store(IndexOnlyState *is, int at)
{
	for (int i = 0; i < is->scan.ncols; i++)
	{
		Form_pg_attribute att = TupleDescAttr(is->index_desc, i);
		bool isnull;
		Datum d = index_getattr(is->desc->xs_itup, i + 1, is->index_desc, &isnull);

		if (!isnull && !att->attbyval)
			d = datumCopy(d, false, att->attlen);
		is->scan.cols[i].values[at] = d;
		is->nulls[i][at] = isnull;
	}
}

static int
index_only_fetch(IndexOnlyState *is, int max)
{
	MemoryContext old;
	int n = 0;

	if (!is->keys.started)
		index_only_start(is);
	max = Min(max, is->keys.next_max);
	is->keys.next_max = Min(is->keys.next_max * 8, BATCH_MAX_ROWS);
	index_only_reserve(is, max);
	MemoryContextReset(is->copy_cxt);
	old = MemoryContextSwitchTo(is->copy_cxt);
	while (n < max)
	{
		ItemPointer tid = index_getnext_tid(is->desc, is->dir);

		CHECK_FOR_INTERRUPTS();
		if (tid == NULL)
			break;
		if (!VM_ALL_VISIBLE(is->rel, ItemPointerGetBlockNumber(tid), &is->vmbuffer))
		{
			is->heap_fetches++;
			if (index_fetch_heap(is->desc) == NULL)
				continue;
		}
		index_only_store(is, n++);
	}
	MemoryContextSwitchTo(old);
	return n;
}

static Batch *
index_only_next(PlanState *ps, int max_rows)
{
	IndexOnlyState *is = (IndexOnlyState *) ps;
	EpqState *epq = ps->state->es_epq;

	if (ps->done)
		return NULL;
	if (unlikely(epq != NULL) && epq->has_tuple[is->rti - 1])
		elog(ERROR, "unexpected index-only scan of a locked relation in EvalPlanQual recheck");
	for (;;)
	{
		Batch *out;
		int n;

		if (ps->batch_cxt)
			MemoryContextReset(ps->batch_cxt);
		n = index_only_fetch(is, max_rows);
		if (n == 0)
		{
			ps->done = true;
			return NULL;
		}
		is->scan.sel = (Selection){n, n, NULL};
		out = exec_filter_project(ps, &is->scan.sel);
		if (out != NULL)
			return out;
	}
}

static void
index_only_rescan(PlanState *ps)
{
	((IndexOnlyState *) ps)->keys.started = false;
}

static void
index_only_close(PlanState *ps)
{
	IndexOnlyState *is = (IndexOnlyState *) ps;

	if (is->vmbuffer != InvalidBuffer)
		ReleaseBuffer(is->vmbuffer);
	is->vmbuffer = InvalidBuffer;
	if (is->desc)
		index_endscan(is->desc);
	if (is->index)
		index_close(is->index, NoLock);
	is->desc = NULL;
	is->index = NULL;
	is->rel = NULL;
	is->keys.started = false;
}

double
index_only_heap_fetches(PlanState *ps)
{
	return ((IndexOnlyState *) ps)->heap_fetches;
}

const NodeOps index_only_scan_ops = {"Index Only Scan", sizeof(IndexOnlyState), index_only_init, index_only_next,
									 index_only_rescan, index_only_close};
