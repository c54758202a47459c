/*
 * node_store.c
 *    Nodes that keep or share rows in a tuplestore: Material, CteScan, WorkTableScan, RecursiveUnion.
 */
#include "postgres.h"

#include "execute/row.h"
#include "execute/row_hash.h"
#include "execute/subplan.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

/* Reads up to max rows through the store's current pointer into a batch. */
typedef struct StoreReader
{
	TupleDesc desc;
	Datum *values;
	bool *nulls;
	RowLayout layout;
	RowBatch rb;
} StoreReader;

static void
store_reader_init(StoreReader *r, TupleDesc desc, MemoryContext cxt)
{
	r->desc = desc;
	r->values = MemoryContextAlloc(cxt, sizeof(Datum) * Max(desc->natts, 1));
	r->nulls = MemoryContextAlloc(cxt, sizeof(bool) * Max(desc->natts, 1));
	row_layout_init(&r->layout, desc, cxt);
	row_batch_init(&r->rb, desc, cxt);
}

/* Values stay where they are while the store is in memory; rows from a file are copied into cxt. */
static Batch *
store_reader_next(StoreReader *r, Tuplestorestate *store, int max, MemoryContext cxt)
{
	bool in_memory = tuplestore_in_memory(store);
	Vector *cols = NULL;

	row_batch_clear(&r->rb);
	while (r->rb.batch.sel.n < max && tuplestore_getvalues(store, true, r->values, r->nulls))
	{
		if (in_memory)
			row_batch_add_values(&r->rb, r->values, r->nulls);
		else
		{
			Batch one;

			if (cols == NULL)
			{
				cols = MemoryContextAlloc(cxt, sizeof(Vector) * Max(r->desc->natts, 1));
				for (int i = 0; i < r->desc->natts; i++)
					cols[i] = (Vector){&r->values[i], &r->nulls[i], 0};
			}
			one = (Batch){.sel = {1, 1, NULL}, .ncols = r->desc->natts, .cols = cols};
			row_batch_add_copy(&r->rb, &r->layout, &one, 0, cxt);
		}
	}
	return r->rb.batch.sel.n > 0 ? &r->rb.batch : NULL;
}

/* ---- Material ---- */
typedef struct MaterialState
{
	PlanState ps;
	Tuplestorestate *store;
	bool input_done;
	StoreReader reader;
} MaterialState;

static void
material_init(PlanState *ps, int eflags)
{
	MaterialState *ms = (MaterialState *) ps;

	ps->left = exec_init_node(outerPlan(ps->plan), ps->state, eflags & ~EXEC_FLAG_REWIND);
	ps->result_desc = exec_output_desc(ps->left);
	store_reader_init(&ms->reader, ps->result_desc, ps->state->es_query_cxt);
	exec_batch_context(ps);
}

static Batch *
material_next(PlanState *ps, int max_rows)
{
	MaterialState *ms = (MaterialState *) ps;
	Batch *out;

	MemoryContextReset(ps->batch_cxt);
	if (ms->store == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);

		ms->store = tuplestore_begin_heap(true, false, work_mem);
		MemoryContextSwitchTo(old);
	}
	out = store_reader_next(&ms->reader, ms->store, max_rows, ps->batch_cxt);
	if (out != NULL || ms->input_done)
		return out;
	/* Read on: the batch is stored and handed through. */
	out = exec_next(ps->left, max_rows);
	if (out == NULL)
	{
		ms->input_done = true;
		return NULL;
	}
	tuplestore_putbatch(ms->store, out, ps->result_desc);
	tuplestore_skiptuples(ms->store, out->sel.n, true);
	return out;
}

static void
material_forget(MaterialState *ms)
{
	if (ms->store)
		tuplestore_end(ms->store);
	ms->store = NULL;
	ms->input_done = false;
}

static void
material_rescan(PlanState *ps)
{
	MaterialState *ms = (MaterialState *) ps;

	if (ms->store != NULL && ps->left->chgParam == NULL)
	{
		tuplestore_rescan(ms->store);
		return;
	}
	material_forget(ms);
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
material_close(PlanState *ps)
{
	material_forget((MaterialState *) ps);
	exec_close(ps->left);
}

const NodeOps material_ops = {"Materialize", sizeof(MaterialState), material_init, material_next, material_rescan,
							  material_close};

/* ---- CteScan: the first reader of a CTE leads; all read one store, filled on demand ---- */
typedef struct CteScanState
{
	PlanState ps;
	PlanState *cte;				/* the CTE's plan, in es_subplanstates */
	struct CteScanState *leader;
	Tuplestorestate *store;		/* leader's */
	bool input_done;			/* leader's */
	int pointer;
	StoreReader reader;
	Batch scan;
} CteScanState;

static void
init_scan_of_rows(PlanState *ps, TupleDesc desc)
{
	ExprCompiler c;

	expr_compiler_init(&c, ps);
	c.scan_desc = desc;
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
}

static void
cte_scan_init(PlanState *ps, int eflags)
{
	CteScanState *cs = (CteScanState *) ps;
	CteScan *plan = (CteScan *) ps->plan;
	ParamExecData *prm = &ps->state->es_param_exec_vals[plan->cteParam];

	cs->cte = ps->state->es_subplanstates[plan->ctePlanId - 1];
	/* The parameter is not a value: it is where the readers of a CTE find the first of them. */
	if (DatumGetPointer(prm->value) == NULL)
	{
		prm->value = PointerGetDatum(cs);
		prm->isnull = false;
		cs->leader = cs;
	}
	else
		cs->leader = (CteScanState *) DatumGetPointer(prm->value);
	cs->pointer = -1;
	store_reader_init(&cs->reader, exec_output_desc(cs->cte), ps->state->es_query_cxt);
	init_scan_of_rows(ps, cs->reader.desc);
}

static Batch *
cte_scan_rows(CteScanState *cs, int max_rows)
{
	CteScanState *leader = cs->leader;
	Batch *out;

	if (leader->store == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(cs->ps.state->es_query_cxt);

		leader->store = tuplestore_begin_heap(true, false, work_mem);
		leader->pointer = 0;
		MemoryContextSwitchTo(old);
	}
	if (cs->pointer < 0)
	{
		cs->pointer = tuplestore_alloc_read_pointer(leader->store, 0);
		tuplestore_select_read_pointer(leader->store, cs->pointer);
		tuplestore_rescan(leader->store);
	}
	tuplestore_select_read_pointer(leader->store, cs->pointer);
	out = store_reader_next(&cs->reader, leader->store, max_rows, cs->ps.batch_cxt);
	if (out != NULL || leader->input_done)
		return out;
	out = exec_next(cs->cte, max_rows);
	if (out == NULL)
	{
		leader->input_done = true;
		return NULL;
	}
	tuplestore_putbatch(leader->store, out, cs->reader.desc);
	return store_reader_next(&cs->reader, leader->store, max_rows, cs->ps.batch_cxt);
}

static Batch *
cte_scan_next(PlanState *ps, int max_rows)
{
	CteScanState *cs = (CteScanState *) ps;

	for (;;)
	{
		Batch *in;
		Batch *out;

		MemoryContextReset(ps->batch_cxt);
		in = cte_scan_rows(cs, max_rows);
		if (in == NULL)
			return NULL;
		ps->ec.source[BATCH_SCAN] = in;
		out = exec_filter_project(ps, &in->sel);
		if (out != NULL)
			return out;
	}
}

static void
cte_scan_rescan(PlanState *ps)
{
	CteScanState *cs = (CteScanState *) ps;
	CteScanState *leader = cs->leader;

	/* A changed CTE begins anew for all readers; the first that notices clears. */
	if (leader->store != NULL && cs->cte->chgParam != NULL)
	{
		tuplestore_clear(leader->store);
		leader->input_done = false;
		exec_rescan(cs->cte);
	}
	if (leader->store != NULL && cs->pointer >= 0)
	{
		tuplestore_select_read_pointer(leader->store, cs->pointer);
		tuplestore_rescan(leader->store);
	}
}

static void
cte_scan_close(PlanState *ps)
{
	CteScanState *cs = (CteScanState *) ps;

	if (cs->leader == cs && cs->store)
		tuplestore_end(cs->store);
	cs->store = NULL;
	cs->pointer = -1;
	cs->input_done = false;
}

const NodeOps cte_scan_ops = {"CTE Scan", sizeof(CteScanState), cte_scan_init, cte_scan_next, cte_scan_rescan,
							  cte_scan_close};

/* ---- RecursiveUnion and WorkTableScan ---- */
typedef struct RecursiveUnionState
{
	PlanState ps;
	bool recursing;
	bool intermediate_empty;
	Tuplestorestate *working;
	Tuplestorestate *intermediate;
	RowHash *hash;			/* UNION: rows seen */
	RowPos *keep;
	Datum *keys;
	bool *key_nulls;
} RecursiveUnionState;

static void
recursive_union_init(PlanState *ps, int eflags)
{
	RecursiveUnionState *rs = (RecursiveUnionState *) ps;
	RecursiveUnion *plan = (RecursiveUnion *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;
	ParamExecData *prm = &ps->state->es_param_exec_vals[plan->wtParam];

	prm->value = PointerGetDatum(rs);
	prm->isnull = false;
	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	ps->right = exec_init_node(innerPlan(plan), ps->state, eflags);
	exec_init_result_type(ps);
	if (plan->numCols > 0)
	{
		rs->hash = row_hash_create(ps->result_desc, plan->numCols, plan->dupColIdx, plan->dupOperators,
								   plan->dupCollations, 0, (double) plan->numGroups, cxt);
		rs->keep = MemoryContextAlloc(cxt, sizeof(RowPos) * BATCH_MAX_ROWS);
		rs->keys = MemoryContextAlloc(cxt, sizeof(Datum) * plan->numCols);
		rs->key_nulls = MemoryContextAlloc(cxt, sizeof(bool) * plan->numCols);
	}
}

static void
recursive_union_start(RecursiveUnionState *rs)
{
	MemoryContext old = MemoryContextSwitchTo(rs->ps.state->es_query_cxt);

	rs->working = tuplestore_begin_heap(false, false, work_mem);
	rs->intermediate = tuplestore_begin_heap(false, false, work_mem);
	rs->recursing = false;
	rs->intermediate_empty = true;
	if (rs->hash)
		row_hash_reset(rs->hash);
	MemoryContextSwitchTo(old);
}

/* Drop rows seen before. Returns the number left. */
static int
recursive_union_dedupe(RecursiveUnionState *rs, Batch *batch)
{
	RecursiveUnion *plan = (RecursiveUnion *) rs->ps.plan;
	int n = 0;

	for (int k = 0; k < batch->sel.n; k++)
	{
		int pos = selection_pos(&batch->sel, k);
		uint32 hash;

		for (int i = 0; i < plan->numCols; i++)
		{
			Vector *v = &batch->cols[plan->dupColIdx[i] - 1];

			rs->keys[i] = vector_value(v, pos);
			rs->key_nulls[i] = vector_isnull(v, pos);
		}
		hash = row_hash_value(rs->hash, rs->keys, rs->key_nulls);
		if (row_hash_lookup(rs->hash, hash, rs->keys, rs->key_nulls) != NULL)
			continue;
		row_hash_insert_batch(rs->hash, hash, batch, pos);
		rs->keep[n++] = pos;
	}
	batch->sel.rows = rs->keep;
	batch->sel.n = n;
	return n;
}

static Batch *
recursive_union_next(PlanState *ps, int max_rows)
{
	RecursiveUnionState *rs = (RecursiveUnionState *) ps;
	RecursiveUnion *plan = (RecursiveUnion *) ps->plan;

	if (ps->done)
		return NULL;
	if (rs->working == NULL)
		recursive_union_start(rs);
	for (;;)
	{
		Batch *in = exec_next(rs->recursing ? ps->right : ps->left, max_rows);

		CHECK_FOR_INTERRUPTS();
		if (in != NULL)
		{
			ps->out = *in;
			ps->out.desc = ps->result_desc;
			ps->out.tuples = NULL;
			if (rs->hash && recursive_union_dedupe(rs, &ps->out) == 0)
				continue;
			tuplestore_putbatch(rs->recursing ? rs->intermediate : rs->working, &ps->out, ps->result_desc);
			if (rs->recursing)
				rs->intermediate_empty = false;
			return &ps->out;
		}
		if (!rs->recursing)
			rs->recursing = true;
		else
		{
			Tuplestorestate *t = rs->working;

			if (rs->intermediate_empty)
				break;
			rs->working = rs->intermediate;
			rs->intermediate = t;
			tuplestore_clear(rs->intermediate);
			rs->intermediate_empty = true;
		}
		if (tuplestore_tuple_count(rs->working) == 0)
			break;
		/* The recursive side reads the working table: let it start over. */
		{
			Bitmapset *changed = bms_make_singleton(plan->wtParam);

			exec_mark_changed(ps->right, changed);
			if (ps->right->chgParam == NULL)
				exec_rescan(ps->right);
			bms_free(changed);
		}
	}
	ps->done = true;
	return NULL;
}

static void
recursive_union_forget(RecursiveUnionState *rs)
{
	if (rs->working)
		tuplestore_end(rs->working);
	if (rs->intermediate)
		tuplestore_end(rs->intermediate);
	rs->working = rs->intermediate = NULL;
}

static void
recursive_union_rescan(PlanState *ps)
{
	RecursiveUnion *plan = (RecursiveUnion *) ps->plan;
	Bitmapset *changed = bms_make_singleton(plan->wtParam);

	recursive_union_forget((RecursiveUnionState *) ps);
	exec_mark_changed(ps->right, changed);
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
	bms_free(changed);
}

static void
recursive_union_close(PlanState *ps)
{
	recursive_union_forget((RecursiveUnionState *) ps);
	exec_close(ps->left);
	exec_close(ps->right);
}

const NodeOps recursive_union_ops = {"Recursive Union", sizeof(RecursiveUnionState), recursive_union_init,
									 recursive_union_next, recursive_union_rescan, recursive_union_close};

typedef struct WorkTableState
{
	PlanState ps;
	RecursiveUnionState *owner;
	Tuplestorestate *reading;	/* the store that `passed` counts in */
	StoreReader reader;
	bool started;
	bool initialized;
} WorkTableState;

static void
work_table_init(PlanState *ps, int eflags)
{
	/* The RecursiveUnion's row type is not known before its children are initialised: see work_table_bind. */
	exec_init_result_type(ps);
	exec_batch_context(ps);
}

static void
work_table_bind(WorkTableState *ws)
{
	PlanState *ps = &ws->ps;
	ParamExecData *prm = &ps->state->es_param_exec_vals[((WorkTableScan *) ps->plan)->wtParam];
	MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);

	ws->owner = (RecursiveUnionState *) DatumGetPointer(prm->value);
	store_reader_init(&ws->reader, ws->owner->ps.result_desc, ps->state->es_query_cxt);
	init_scan_of_rows(ps, ws->reader.desc);
	ws->initialized = true;
	MemoryContextSwitchTo(old);
}

static Batch *
work_table_next(PlanState *ps, int max_rows)
{
	WorkTableState *ws = (WorkTableState *) ps;

	if (!ws->initialized)
		work_table_bind(ws);
	if (!ws->started)
	{
		tuplestore_rescan(ws->owner->working);
		ws->started = true;
	}
	for (;;)
	{
		Batch *in;
		Batch *out;

		MemoryContextReset(ps->batch_cxt);
		in = store_reader_next(&ws->reader, ws->owner->working, max_rows, ps->batch_cxt);
		if (in == NULL)
			return NULL;
		ps->ec.source[BATCH_SCAN] = in;
		out = exec_filter_project(ps, &in->sel);
		if (out != NULL)
			return out;
	}
}

static void
work_table_rescan(PlanState *ps)
{
	((WorkTableState *) ps)->started = false;
}

const NodeOps work_table_scan_ops = {"WorkTable Scan", sizeof(WorkTableState), work_table_init, work_table_next,
									 work_table_rescan, work_table_rescan};
