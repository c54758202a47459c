/*
 * node_tid.c
 *    TID scan: ctid = value, ctid = ANY (array). The TIDs are evaluated at the start, sorted, and made unique.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "execute/node_scan.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/memutils.h"

typedef struct TidScanState
{
	RelScanState rs;
	int nexprs;
	ExprNode **exprs;
	bool *is_array;
	ItemPointerData *tids;
	int ntids;
	int at;
	bool evaluated;
	Buffer *pins;		/* pages of the tuples last returned */
	int npins;
} TidScanState;

static bool
is_ctid(Node *n)
{
	return n && IsA(n, Var) && ((Var *) n)->varattno == SelfItemPointerAttributeNumber;
}

static void
tid_scan_init(PlanState *ps, int eflags)
{
	TidScanState *ts = (TidScanState *) ps;
	TidScan *plan = (TidScan *) ps->plan;
	MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);
	ExprCompiler c;
	ListCell *lc;

	rel_scan_init(&ts->rs, NIL);
	expr_compiler_init(&c, ps);
	ts->exprs = palloc_array(ExprNode *, list_length(plan->tidquals));
	ts->is_array = palloc_array(bool, list_length(plan->tidquals));
	foreach (lc, plan->tidquals)
	{
		Node *qual = lfirst(lc);

		if (IsA(qual, OpExpr))
		{
			List *args = ((OpExpr *) qual)->args;

			ts->is_array[ts->nexprs] = false;
			ts->exprs[ts->nexprs++] = expr_compile(&c, is_ctid(linitial(args)) ? lsecond(args) : linitial(args));
		}
		else if (IsA(qual, ScalarArrayOpExpr))
		{
			ts->is_array[ts->nexprs] = true;
			ts->exprs[ts->nexprs++] = expr_compile(&c, lsecond(((ScalarArrayOpExpr *) qual)->args));
		}
		else if (IsA(qual, CurrentOfExpr))
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("WHERE CURRENT OF is not supported"));
		else
			elog(ERROR, "could not identify CTID expression");
	}
	exec_batch_context(ps);
	MemoryContextSwitchTo(old);
}

static void
add_tid(TidScanState *ts, ItemPointer tid)
{
	if (!heap_tid_is_valid(ts->rs.rel, tid))
		return;
	ts->tids = ts->tids ? repalloc_array(ts->tids, ItemPointerData, ts->ntids + 1) : palloc_array(ItemPointerData, 1);
	ts->tids[ts->ntids++] = *tid;
}

static int
compare_tids(const void *a, const void *b)
{
	return ItemPointerCompare((ItemPointer) a, (ItemPointer) b);
}

static void
tid_evaluate(TidScanState *ts)
{
	PlanState *ps = &ts->rs.ps;
	Selection one = {1, 1, NULL};
	MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);
	int n = 0;

	rel_scan_open(&ts->rs);
	ts->ntids = 0;
	for (int i = 0; i < ts->nexprs; i++)
	{
		Vector *v = expr_eval(ts->exprs[i], &ps->ec, &one);

		if (vector_isnull(v, 0))
			continue;
		if (ts->is_array[i])
		{
			Datum *elems;
			bool *nulls;
			int count;

			deconstruct_array(DatumGetArrayTypeP(vector_value(v, 0)), TIDOID, 6, false, 's', &elems, &nulls, &count);
			for (int k = 0; k < count; k++)
				if (!nulls[k])
					add_tid(ts, (ItemPointer) DatumGetPointer(elems[k]));
		}
		else
			add_tid(ts, (ItemPointer) DatumGetPointer(vector_value(v, 0)));
	}
	if (ts->ntids > 1)
	{
		qsort(ts->tids, ts->ntids, sizeof(ItemPointerData), compare_tids);
		for (int i = 0; i < ts->ntids; i++)
			if (i == 0 || !ItemPointerEquals(&ts->tids[i], &ts->tids[n - 1]))
				ts->tids[n++] = ts->tids[i];
		ts->ntids = n;
	}
	ts->at = 0;
	ts->evaluated = true;
	MemoryContextSwitchTo(old);
}

static void
release_pins(TidScanState *ts)
{
	for (int i = 0; i < ts->npins; i++)
		ReleaseBuffer(ts->pins[i]);
	ts->npins = 0;
}

#define TID_SCAN_MAX 32

static int
tid_scan_fetch(RelScanState *ss, int max)
{
	TidScanState *ts = (TidScanState *) ss;
	int n = 0;

	if (!ts->evaluated)
		tid_evaluate(ts);
	release_pins(ts);
	if (ts->pins == NULL)
		ts->pins = MemoryContextAlloc(ss->ps.state->es_query_cxt, sizeof(Buffer) * TID_SCAN_MAX);
	max = Min(max, TID_SCAN_MAX);
	rel_scan_reserve(ss, max);
	while (n < max && ts->at < ts->ntids)
	{
		HeapTuple tup = &ss->tuples[n];

		memset(tup, 0, sizeof(*tup));
		tup->t_self = ts->tids[ts->at++];
		if (!heap_fetch(ss->rel, ss->ps.state->es_snapshot, tup, &ts->pins[ts->npins], false))
			continue;
		tup->t_tableOid = RelationGetRelid(ss->rel);
		ts->npins++;
		n++;
	}
	return n;
}

static Batch *
tid_scan_next(PlanState *ps, int max_rows)
{
	return rel_scan_next((RelScanState *) ps, max_rows, tid_scan_fetch);
}

static void
tid_scan_rescan(PlanState *ps)
{
	TidScanState *ts = (TidScanState *) ps;

	release_pins(ts);
	ts->evaluated = false;
	rel_scan_reset(&ts->rs);
}

static void
tid_scan_close(PlanState *ps)
{
	tid_scan_rescan(ps);
	((TidScanState *) ps)->rs.rel = NULL;
}

const NodeOps tid_scan_ops = {"Tid Scan", sizeof(TidScanState), tid_scan_init, tid_scan_next, tid_scan_rescan,
							  tid_scan_close};
