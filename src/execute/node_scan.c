/*
 * node_scan.c
 *    Sequential scan, and what all scans of relations share.
 *
 * A fetch brings up to a page of tuples. Only the columns that the qual reads are extracted for all of them; the rest only for
 * rows that pass. Survivors that do not fit max_rows stay pending: their tuples remain pinned until the next fetch.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "execute/node_scan.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* ---- shared part ---- */
void
rel_scan_init(RelScanState *ss, List *recheck_quals)
{
	PlanState *ps = &ss->ps;
	EState *estate = ps->state;
	ExprCompiler c;
	Bitmapset *qual_attrs;
	MemoryContext old;

	ss->rti = ((Scan *) ps->plan)->scanrelid;
	ss->rel = exec_open_relation(estate, ss->rti);
	old = MemoryContextSwitchTo(estate->es_query_cxt);
	ss->desc = CreateTupleDescCopyConstr(RelationGetDescr(ss->rel));
	ss->desc->tdtypeid = RelationGetDescr(ss->rel)->tdtypeid;
	ss->desc->tdtypmod = RelationGetDescr(ss->rel)->tdtypmod;
	ss->scan.ncols = ss->desc->natts;
	ss->scan.cols = palloc0_array(Vector, Max(ss->desc->natts, 1));
	ss->scan.desc = ss->desc;
	ss->null_bufs = palloc0_array(bool *, Max(ss->desc->natts, 1));
	expr_compiler_init(&c, ps);
	c.scan_desc = ss->desc;
	exec_init_qual(ps, &c);
	ss->volatile_qual = c.volatile_count > 0;
	qual_attrs = bms_copy(c.scan_attrs);
	exec_init_projection(ps, &c);
	if (recheck_quals != NIL)
		ss->recheck = expr_compile_list(&c, recheck_quals);
	if (ss->recheck != NULL)
		qual_attrs = bms_copy(c.scan_attrs);
	deform_plan_init(&ss->qual_plan, ss->desc, ps->qual || ss->recheck ? qual_attrs : c.scan_attrs, estate->es_query_cxt);
	deform_plan_init(&ss->rest_plan, ss->desc, bms_difference(c.scan_attrs, qual_attrs), estate->es_query_cxt);
	ss->split = ps->qual != NULL && ss->rest_plan.natts > 0;
	ps->ec.source[BATCH_SCAN] = &ss->scan;
	MemoryContextSwitchTo(old);
}

/* Room for n tuples. Small at first: a point query never pays for more. */
void
rel_scan_reserve(RelScanState *ss, int n)
{
	MemoryContext cxt = ss->ps.state->es_query_cxt;
	int capacity = n <= 4 ? 4 : (n <= 320 ? 320 : BATCH_MAX_ROWS);

	if (n <= ss->capacity)
		return;
	if (ss->tuples)
		pfree(ss->tuples);
	ss->tuples = MemoryContextAlloc(cxt, capacity * sizeof(HeapTupleData));
	for (int i = 0; i < ss->desc->natts; i++)
	{
		bool wanted = ss->qual_plan.is_wanted[i] || ss->rest_plan.is_wanted[i];

		if (ss->scan.cols[i].values)
			pfree(ss->scan.cols[i].values);
		ss->scan.cols[i].values = NULL;
		ss->scan.cols[i].mask = VECTOR_ALL;
		if (!wanted)
			continue;
		ss->scan.cols[i].values = MemoryContextAlloc(cxt, capacity * (sizeof(Datum) + sizeof(bool)));
		ss->null_bufs[i] = (bool *) (ss->scan.cols[i].values + capacity);
	}
	ss->capacity = capacity;
}

void
rel_scan_open(RelScanState *ss)
{
	if (ss->rel == NULL)
		ss->rel = exec_open_relation(ss->ps.state, ss->rti);
}

void
rel_scan_reset(RelScanState *ss)
{
	ss->pending.n = 0;
	ss->pending_done = 0;
}

static void
rel_scan_set_source(RelScanState *ss, const Selection *sel)
{
	ss->scan.sel = *sel;
	ss->scan.tuples = ss->tuples;
}

/* Run the qual over freshly fetched tuples; leaves the survivors pending. */
static void
rel_scan_filter(RelScanState *ss, int n)
{
	PlanState *ps = &ss->ps;
	Selection sel = {n, n, NULL};

	rel_scan_set_source(ss, &sel);
	deform_batch(&ss->qual_plan, ss->tuples, &sel, ss->scan.cols, ss->null_bufs);
	if (ps->qual != NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(ps->ec.ecxt_per_tuple_memory);
		RowPos *buf = exec_sel_buffer(ps);

		sel.n = expr_list_select(ps->qual, &ps->ec, &sel, buf);
		sel.rows = buf;
		MemoryContextSwitchTo(old);
		if (ps->instrument)
			ps->instrument->removed_by_filter += n - sel.n;
	}
	ss->pending = sel;
	ss->pending_done = 0;
}

/* Return up to max_rows of the pending rows. */
static Batch *
rel_scan_emit(RelScanState *ss, int max_rows)
{
	Selection sel = ss->pending;

	sel.n = Min(max_rows, ss->pending.n - ss->pending_done);
	if (sel.rows != NULL)
		sel.rows += ss->pending_done;
	else if (ss->pending_done > 0)
	{
		RowPos *buf = exec_sel_buffer(&ss->ps);

		for (int i = 0; i < sel.n; i++)
			buf[i] = ss->pending_done + i;
		sel.rows = buf;
	}
	ss->pending_done += sel.n;
	rel_scan_set_source(ss, &sel);
	if (ss->rest_plan.natts > 0)
		deform_batch(&ss->rest_plan, ss->tuples, &sel, ss->scan.cols, ss->null_bufs);
	return exec_project(&ss->ps, &sel);
}

/* EvalPlanQual: the one row given for this relation, if it passes. */
static Batch *
rel_scan_epq(RelScanState *ss, EpqState *epq)
{
	PlanState *ps = &ss->ps;
	Selection sel = {1, 1, NULL};

	if (epq->returned[ss->rti - 1] || epq->tuples[ss->rti - 1] == NULL)
		return NULL;
	epq->returned[ss->rti - 1] = true;
	rel_scan_reserve(ss, 1);
	ss->tuples[0] = *epq->tuples[ss->rti - 1];
	rel_scan_set_source(ss, &sel);
	deform_batch(&ss->qual_plan, ss->tuples, &sel, ss->scan.cols, ss->null_bufs);
	if (ss->recheck != NULL)
	{
		RowPos buf[BATCH_MAX_ROWS];

		if (expr_list_select(ss->recheck, &ps->ec, &sel, buf) == 0)
			return NULL;
	}
	rel_scan_filter(ss, 1);
	if (ss->pending.n == 0)
		return NULL;
	return rel_scan_emit(ss, 1);
}

Batch *
rel_scan_next(RelScanState *ss, int max_rows, RelScanFetch fetch)
{
	PlanState *ps = &ss->ps;
	EpqState *epq = ps->state->es_epq;

	if (ps->batch_cxt)
		MemoryContextReset(ps->batch_cxt);
	if (unlikely(epq != NULL) && epq->has_tuple[ss->rti - 1])
		return rel_scan_epq(ss, epq);
	if (ss->pending_done < ss->pending.n)
		return rel_scan_emit(ss, max_rows);
	if (ps->done)
		return NULL;
	for (;;)
	{
		int want = MaxHeapTuplesPerPage;
		int n;

		if (ps->qual == NULL || ss->volatile_qual)
			want = Min(want, max_rows);
		CHECK_FOR_INTERRUPTS();
		n = fetch(ss, want);
		if (n == 0)
		{
			ps->done = true;
			return NULL;
		}
		rel_scan_filter(ss, n);
		if (ss->pending.n > 0)
			return rel_scan_emit(ss, max_rows);
		if (ps->batch_cxt)
			MemoryContextReset(ps->batch_cxt);
	}
}

/* ---- SeqScan ---- */
typedef struct SeqScanState
{
	RelScanState rs;
	TableScanDesc desc;
} SeqScanState;

static void
seq_scan_init(PlanState *ps, int eflags)
{
	rel_scan_init((RelScanState *) ps, NIL);
}

static int
seq_scan_fetch(RelScanState *ss, int max)
{
	SeqScanState *s = (SeqScanState *) ss;

	if (s->desc == NULL)
	{
		/* We may be called from an expression, in a context that does not last. */
		MemoryContext old = MemoryContextSwitchTo(ss->ps.state->es_query_cxt);

		rel_scan_open(ss);
		s->desc = table_beginscan(ss->rel, ss->ps.state->es_snapshot, 0, NULL);
		MemoryContextSwitchTo(old);
	}
	rel_scan_reserve(ss, max);
	return heap_scan_next_batch(s->desc, ss->tuples, max);
}

static Batch *
seq_scan_next(PlanState *ps, int max_rows)
{
	return rel_scan_next((RelScanState *) ps, max_rows, seq_scan_fetch);
}

static void
seq_scan_rescan(PlanState *ps)
{
	SeqScanState *s = (SeqScanState *) ps;

	rel_scan_reset(&s->rs);
	if (s->desc != NULL)
		table_rescan(s->desc, NULL);
}

static void
seq_scan_close(PlanState *ps)
{
	SeqScanState *s = (SeqScanState *) ps;

	if (s->desc != NULL)
		table_endscan(s->desc);
	s->desc = NULL;
	s->rs.rel = NULL;
	rel_scan_reset(&s->rs);
}

const NodeOps seq_scan_ops = {"Seq Scan", sizeof(SeqScanState), seq_scan_init, seq_scan_next, seq_scan_rescan,
							  seq_scan_close};
