/*
 * node_agg.c
 *    Aggregation over batches: plain, over sorted input, by hashing, and grouping sets.
 *
 * Hashing: one table per grouping set (one, without grouping sets), whose rows are the representative input row of a group
 * (only columns that the output reads; others are stored as NULL) followed by the states of the aggregates. Grouping sets always
 * hash, whatever strategy the plan names: they then need no sorted input. When memory runs out no new groups are made:
 * rows of groups that are not in the table go to files by bits of their hash value, and each file is aggregated afterwards
 * like an input of its own, dividing again when needed.
 */
#include "postgres.h"

#include "execute/agg.h"
#include "execute/hash_table.h"
#include "execute/row_hash.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#define SPILL_FILES 16

/* Input set aside: rows of one grouping set that share hash bits. */
typedef struct SpillPart
{
	int set;
	int level;
	BufFile *file;
	int64 rows;
} SpillPart;

typedef struct GroupSet
{
	int ncols;
	AttrNumber *cols;
	bool *grouped;			/* by input column: grouped in this set */
	RowHash *hash;			/* NULL: no columns, one group */
	Row **order;			/* groups as they were made */
	int64 ngroups;
	int64 capacity;
	AggGroup *single;		/* the group of a set without columns */
	BufFile *spill[SPILL_FILES];
	int64 spill_rows[SPILL_FILES];
	Oid *eqops;
	Oid *colls;
} GroupSet;

struct AggNodeState
{
	PlanState ps;
	AggContext actx;
	int ncalls;
	AggCall **calls;
	int calls_capacity;
	int ngroupings;			/* GROUPING() expressions read the current set */
	ExprContext in_ec;
	MemoryContext in_cxt;
	TupleDesc in_desc;
	RowLayout in_layout;
	bool *needed;			/* input columns that the output reads */
	Vector *masked_cols;	/* input batch with columns that are not needed replaced by NULL */
	Batch masked;
	Datum null_value;
	bool null_flag;

	int nsets;
	GroupSet *sets;
	bool hashed;
	bool filled;			/* hashing: the input (or a spilled part) has been read */
	bool no_new_groups;
	int out_set;
	int64 out_at;
	List *parts;			/* SpillPart to do */
	int level;
	AggGroup **row_groups;	/* per row position */
	Datum *keys;
	bool *key_nulls;
	Size limit;
	int64 spilled_parts;
	Size peak;

	/* sorted */
	KeyEqual *equal;
	Batch *in;
	int in_at;
	bool in_done;
	Row *group_row;
	MemoryContext group_row_cxt;
	AggGroup *sorted_group;

	/* output */
	RowBatch rep;
	Batch aux;
	Vector *aux_cols;
	GroupSet *current_set;
	bool emitted_any;
};
typedef struct AggNodeState AggNodeState;

/* ---- compiling Aggrefs ---- */
ExprNode *
expr_compile_aggref(ExprCompiler *c, Aggref *e)
{
	AggNodeState *as = c->agg;
	int i;

	if (as == NULL)
		elog(ERROR, "Aggref found in non-Agg plan node");
	for (i = 0; i < as->ncalls; i++)
		if (equal(as->calls[i]->aggref, e))
			break;
	if (i == as->ncalls)
	{
		ExprCompiler ic;

		if (as->ncalls >= as->calls_capacity)
		{
			AggCall **calls = MemoryContextAlloc(c->cxt, sizeof(AggCall *) * (as->calls_capacity + 8));

			if (as->calls)
				memcpy(calls, as->calls, sizeof(AggCall *) * as->ncalls);
			as->calls = calls;
			as->calls_capacity += 8;
		}
		as->calls[as->ncalls] = MemoryContextAllocZero(c->cxt, sizeof(AggCall));
		expr_compiler_init(&ic, c->parent);
		agg_call_init(as->calls[as->ncalls], e, &ic, &as->actx);
		as->ncalls++;
	}
	return expr_make_column(c, BATCH_AUX, i, e->aggtype);
}

typedef struct GroupingNode
{
	ExprNode base;
	AggNodeState *agg;
	int n;
	int *cols;
} GroupingNode;

static Vector *
grouping_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	GroupingNode *node = (GroupingNode *) base;
	Vector *out = expr_begin(base, sel);
	int32 bits = 0;

	for (int i = 0; i < node->n; i++)
	{
		GroupSet *set = node->agg->current_set;

		bits = bits << 1;
		if (set != NULL && !set->grouped[node->cols[i]])
			bits |= 1;
	}
	SELECTION_FOREACH(sel, pos, { out->values[pos] = Int32GetDatum(bits); });
	out->nulls = NULL;
	return out;
}

ExprNode *
expr_compile_grouping(ExprCompiler *c, GroupingFunc *e)
{
	GroupingNode *node = expr_new_node(c, sizeof(GroupingNode), 23 /* int4 */, grouping_eval);
	ListCell *lc;

	if (c->agg == NULL)
		elog(ERROR, "GroupingFunc found in non-Agg plan node");
	node->agg = c->agg;
	node->cols = MemoryContextAlloc(c->cxt, sizeof(int) * Max(list_length(e->cols), 1));
	foreach (lc, e->cols)
		node->cols[node->n++] = lfirst_int(lc) - 1;
	return &node->base;
}

/* ---- initialisation ---- */
static void
init_set(AggNodeState *as, GroupSet *set, Agg *plan, int ncols)
{
	MemoryContext cxt = as->ps.state->es_query_cxt;

	set->ncols = ncols;
	set->cols = plan->grpColIdx;
	set->eqops = plan->grpOperators;
	set->colls = plan->grpCollations;
	set->grouped = MemoryContextAllocZero(cxt, sizeof(bool) * Max(as->in_desc->natts, 1));
	for (int i = 0; i < ncols; i++)
		set->grouped[set->cols[i] - 1] = true;
}

static int
count_sets(Agg *plan)
{
	return plan->groupingSets ? list_length(plan->groupingSets) : 1;
}

static void
init_sets(AggNodeState *as)
{
	Agg *plan = (Agg *) as->ps.plan;
	List *aggs = list_concat(list_make1(plan), plan->chain);
	ListCell *lc;
	ListCell *lc2;
	int n = 0;

	foreach (lc, aggs)
		n += count_sets(lfirst(lc));
	as->sets = MemoryContextAllocZero(as->ps.state->es_query_cxt, sizeof(GroupSet) * n);
	foreach (lc, aggs)
	{
		Agg *a = lfirst(lc);

		if (a->groupingSets == NIL)
			init_set(as, &as->sets[as->nsets++], a, a->numCols);
		foreach (lc2, a->groupingSets)
			init_set(as, &as->sets[as->nsets++], a, list_length(lfirst(lc2)));
	}
	as->hashed = plan->aggstrategy == AGG_HASHED || plan->aggstrategy == AGG_MIXED || as->nsets > 1 ||
				 plan->groupingSets != NIL;
}

static void
agg_init(PlanState *ps, int eflags)
{
	AggNodeState *as = (AggNodeState *) ps;
	Agg *plan = (Agg *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;
	MemoryContext old = MemoryContextSwitchTo(cxt);
	ExprCompiler c;

	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	as->in_desc = exec_output_desc(ps->left);
	row_layout_init(&as->in_layout, as->in_desc, cxt);
	as->actx.type = T_AggState;
	as->actx.ec = &ps->ec;
	as->actx.group_cxt = AllocSetContextCreate(cxt, "Agg groups", ALLOCSET_DEFAULT_SIZES);
	as->actx.temp_cxt = AllocSetContextCreate(cxt, "Agg temp", ALLOCSET_DEFAULT_SIZES);
	as->in_ec = ps->ec;
	as->in_cxt = AllocSetContextCreate(cxt, "Agg input", ALLOCSET_DEFAULT_SIZES);
	as->in_ec.ecxt_per_tuple_memory = as->in_cxt;
	expr_compiler_init(&c, ps);
	c.agg = as;
	exec_init_qual(ps, &c);
	exec_init_projection(ps, &c);
	init_sets(as);
	as->needed = palloc0_array(bool, Max(as->in_desc->natts, 1));
	for (int i = 0; i < as->in_desc->natts; i++)
		as->needed[i] = c.whole_row[BATCH_OUTER] || bms_is_member(i, c.used[BATCH_OUTER]);
	for (int s = 0; s < as->nsets; s++)
		for (int i = 0; i < as->sets[s].ncols; i++)
			as->needed[as->sets[s].cols[i] - 1] = true;
	as->masked_cols = palloc0_array(Vector, Max(as->in_desc->natts, 1));
	as->null_flag = true;
	as->aux_cols = palloc0_array(Vector, Max(as->ncalls, 1));
	as->aux = (Batch){.ncols = as->ncalls, .cols = as->aux_cols};
	row_batch_init(&as->rep, as->in_desc, cxt);
	as->row_groups = palloc_array(AggGroup *, BATCH_MAX_ROWS);
	as->keys = palloc_array(Datum, Max(as->in_desc->natts, 1));
	as->key_nulls = palloc_array(bool, Max(as->in_desc->natts, 1));
	as->sorted_group = palloc0_array(AggGroup, Max(as->ncalls, 1));
	as->group_row_cxt = AllocSetContextCreate(cxt, "Agg group row", ALLOCSET_SMALL_SIZES);
	if (!as->hashed && plan->numCols > 0)
	{
		as->equal = palloc0_array(KeyEqual, plan->numCols);
		for (int i = 0; i < plan->numCols; i++)
			key_equal_init(&as->equal[i], plan->grpOperators[i], plan->grpCollations[i], cxt);
	}
	MemoryContextSwitchTo(old);
}

/* ---- groups ---- */
static void
start_groups(AggNodeState *as, AggGroup *groups)
{
	for (int i = 0; i < as->ncalls; i++)
		agg_group_start(as->calls[i], &groups[i], &as->actx);
}

static Batch *
mask_columns(AggNodeState *as, const Batch *in)
{
	for (int i = 0; i < in->ncols; i++)
		as->masked_cols[i] = as->needed[i] ? in->cols[i] : (Vector){&as->null_value, &as->null_flag, 0};
	as->masked = *in;
	as->masked.cols = as->masked_cols;
	return &as->masked;
}

/* Make room for one output group; returns its index. aux vectors are as large as the representative batch. */
static int
add_output_group(AggNodeState *as, MemoryContext aux_cxt)
{
	int at = as->rep.batch.sel.n;

	if (at >= as->rep.capacity)
	{
		row_batch_reserve(&as->rep, at + 1);
		for (int i = 0; i < as->ncalls; i++)
		{
			Datum *values = MemoryContextAlloc(as->rep.cxt, as->rep.capacity * (sizeof(Datum) + sizeof(bool)));
			bool *nulls = (bool *) (values + as->rep.capacity);

			if (as->aux_cols[i].values)
			{
				memcpy(values, as->aux_cols[i].values, at * sizeof(Datum));
				memcpy(nulls, as->aux_cols[i].nulls, at * sizeof(bool));
				pfree(as->aux_cols[i].values);
			}
			as->aux_cols[i] = (Vector){values, nulls, VECTOR_ALL};
		}
	}
	return at;
}

/* Final values of a group into the output at index `at`. Results that live in group memory are copied when it goes soon. */
static void
finalize_group(AggNodeState *as, AggGroup *groups, int at, bool copy)
{
	MemoryContext old = MemoryContextSwitchTo(as->ps.batch_cxt);

	for (int i = 0; i < as->ncalls; i++)
	{
		AggCall *call = as->calls[i];
		bool isnull;
		Datum d = agg_finalize(call, &groups[i], &as->actx, &as->ps.ec, &isnull);

		if (copy && !isnull && !call->result_byval)
			d = datumCopy(d, false, call->result_len);
		as->aux_cols[i].values[at] = d;
		as->aux_cols[i].nulls[at] = isnull;
	}
	MemoryContextSwitchTo(old);
}

/* The rows in rep and aux through HAVING and the targetlist. */
static Batch *
emit(AggNodeState *as)
{
	PlanState *ps = &as->ps;

	ps->ec.source[BATCH_OUTER] = &as->rep.batch;
	ps->ec.source[BATCH_AUX] = &as->aux;
	as->aux.sel = as->rep.batch.sel;
	return exec_filter_project(ps, &as->rep.batch.sel);
}

static void
output_row(AggNodeState *as, GroupSet *set, Row *row, AggGroup *groups, bool copy)
{
	int at = add_output_group(as, as->rep.cxt);
	bool *nulls = row ? row_nulls(&as->in_layout, row) : NULL;

	for (int i = 0; i < as->in_desc->natts; i++)
	{
		Vector *v = &as->rep.batch.cols[i];
		/* Columns that another grouping set groups by are NULL in this one. */
		bool hidden = set != NULL && as->nsets > 1 && !set->grouped[i];

		v->nulls[at] = row == NULL || hidden || nulls[i];
		v->values[at] = v->nulls[at] ? (Datum) 0 : row->values[i];
	}
	as->rep.batch.sel.n = as->rep.batch.sel.extent = at + 1;
	finalize_group(as, groups, at, copy);
}

/* ---- hashing ---- */
static void
begin_hash_tables(AggNodeState *as)
{
	Agg *plan = (Agg *) as->ps.plan;

	MemoryContextReset(as->actx.group_cxt);
	as->no_new_groups = false;
	as->limit = get_hash_memory_limit();
	for (int s = 0; s < as->nsets; s++)
	{
		GroupSet *set = &as->sets[s];

		set->ngroups = 0;
		memset(set->spill, 0, sizeof(set->spill));
		memset(set->spill_rows, 0, sizeof(set->spill_rows));
		if (set->ncols == 0)
		{
			if (set->single == NULL)
				set->single =
					MemoryContextAllocZero(as->ps.state->es_query_cxt, sizeof(AggGroup) * Max(as->ncalls, 1));
			continue;
		}
		if (set->hash == NULL)
			set->hash = row_hash_create(as->in_desc, set->ncols, set->cols, set->eqops, set->colls,
										sizeof(AggGroup) * as->ncalls, (double) plan->numGroups,
										as->ps.state->es_query_cxt);
		else
			row_hash_reset(set->hash);
	}
}

static void
remember_group(AggNodeState *as, GroupSet *set, Row *row)
{
	if (set->ngroups >= set->capacity)
	{
		int64 capacity = Max(256, set->capacity * 2);
		Row **order = MemoryContextAllocHuge(as->ps.state->es_query_cxt, sizeof(Row *) * capacity);

		if (set->order)
		{
			memcpy(order, set->order, sizeof(Row *) * set->ngroups);
			pfree(set->order);
		}
		set->order = order;
		set->capacity = capacity;
	}
	set->order[set->ngroups++] = row;
}

static void
spill_row(AggNodeState *as, GroupSet *set, const Batch *in, int pos, uint32 hash)
{
	int f = (hash >> (28 - 4 * (as->level % 7))) & (SPILL_FILES - 1);
	MemoryContext old = MemoryContextSwitchTo(as->in_cxt);
	Row *row = row_from_batch(&as->in_layout, in, pos, 0);

	row->hash = hash;
	if (set->spill[f] == NULL)
	{
		MemoryContextSwitchTo(as->ps.state->es_query_cxt);
		set->spill[f] = BufFileCreateTemp(false);
		MemoryContextSwitchTo(as->in_cxt);
	}
	row_write(&as->in_layout, row, set->spill[f]);
	set->spill_rows[f]++;
	MemoryContextSwitchTo(old);
}

/*
 * Find or make the group of every row of the batch for one set. Rows without one (spilled) are taken out; returns the number
 * of rows left in `rows`.
 */
static int
lookup_groups(AggNodeState *as, GroupSet *set, const Batch *in, RowPos *rows)
{
	Batch *masked = mask_columns(as, in);
	int n = 0;

	for (int k = 0; k < in->sel.n; k++)
	{
		int pos = selection_pos(&in->sel, k);
		uint32 h;
		Row *row;

		for (int i = 0; i < set->ncols; i++)
		{
			Vector *v = &in->cols[set->cols[i] - 1];

			as->key_nulls[i] = vector_isnull(v, pos);
			as->keys[i] = as->key_nulls[i] ? (Datum) 0 : vector_value(v, pos);
		}
		h = row_hash_value(set->hash, as->keys, as->key_nulls);
		row = row_hash_lookup(set->hash, h, as->keys, as->key_nulls);
		if (row == NULL)
		{
			if (as->no_new_groups)
			{
				spill_row(as, set, in, pos, h);
				continue;
			}
			row = row_hash_insert_batch(set->hash, h, masked, pos);
			remember_group(as, set, row);
			start_groups(as, row_extra(&set->hash->layout, row));
		}
		as->row_groups[pos] = row_extra(&set->hash->layout, row);
		rows[n++] = pos;
	}
	return n;
}

static void
check_memory(AggNodeState *as)
{
	Size used = MemoryContextMemAllocated(as->actx.group_cxt, true);

	for (int s = 0; s < as->nsets; s++)
		if (as->sets[s].hash)
			used += as->sets[s].hash->used + (Size) as->sets[s].hash->mask * sizeof(Row *);
	if (used > as->peak)
		as->peak = used;
	if (used > as->limit)
		as->no_new_groups = true;
}

static void
hash_one_batch(AggNodeState *as, GroupSet *set, const Batch *in)
{
	RowPos rows[BATCH_MAX_ROWS];
	RowPos filtered[BATCH_MAX_ROWS];
	Selection sel = in->sel;

	if (set->ncols > 0)
	{
		sel.n = lookup_groups(as, set, in, rows);
		sel.rows = rows;
		if (sel.n == 0)
			return;
	}
	for (int i = 0; i < as->ncalls; i++)
	{
		Selection fsel;

		agg_eval_inputs(as->calls[i], &as->in_ec, &sel, &fsel, filtered);
		if (fsel.n == 0)
			continue;
		if (set->ncols == 0)
			agg_advance_batch(as->calls[i], &set->single[i], &as->actx, &fsel);
		else
			agg_advance_grouped(as->calls[i], as->row_groups, i, &as->actx, &fsel);
	}
}

static void
reset_input_memory(AggNodeState *as)
{
	MemoryContextReset(as->in_cxt);
	MemoryContextReset(as->actx.temp_cxt);
}

static void
advance_input(AggNodeState *as, Batch *in, int first_set, int last_set)
{
	MemoryContext old;

	CHECK_FOR_INTERRUPTS();
	reset_input_memory(as);
	old = MemoryContextSwitchTo(as->in_cxt);
	as->in_ec.source[BATCH_OUTER] = in;
	for (int s = first_set; s <= last_set; s++)
		hash_one_batch(as, &as->sets[s], in);
	MemoryContextSwitchTo(old);
	check_memory(as);
}

/* Files made while reading become parts to do later. */
static void
collect_parts(AggNodeState *as)
{
	MemoryContext old = MemoryContextSwitchTo(as->ps.state->es_query_cxt);

	for (int s = 0; s < as->nsets; s++)
		for (int f = 0; f < SPILL_FILES; f++)
			if (as->sets[s].spill[f] != NULL)
			{
				SpillPart *part = palloc_object(SpillPart);

				*part = (SpillPart){s, as->level + 1, as->sets[s].spill[f], as->sets[s].spill_rows[f]};
				as->parts = lappend(as->parts, part);
				as->sets[s].spill[f] = NULL;
				as->spilled_parts++;
			}
	MemoryContextSwitchTo(old);
}

static void
fill_from_input(AggNodeState *as)
{
	Batch *in;

	begin_hash_tables(as);
	as->level = 0;
	for (int s = 0; s < as->nsets; s++)
		if (as->sets[s].ncols == 0)
			start_groups(as, as->sets[s].single);
	while ((in = exec_next(as->ps.left, BATCH_MAX_ROWS)) != NULL)
		advance_input(as, in, 0, as->nsets - 1);
	collect_parts(as);
	as->filled = true;
	as->out_set = 0;
	as->out_at = 0;
}

/* Aggregate one spilled part. */
static bool
fill_from_part(AggNodeState *as)
{
	SpillPart *part;
	RowBatch rb;

	if (as->parts == NIL)
		return false;
	part = linitial(as->parts);
	as->parts = list_delete_first(as->parts);
	begin_hash_tables(as);
	as->level = part->level;
	BufFileSeek(part->file, 0, 0, SEEK_SET);
	row_batch_init(&rb, as->in_desc, as->group_row_cxt);
	for (;;)
	{
		MemoryContext rows_cxt = AllocSetContextCreate(as->group_row_cxt, "Agg spilled", ALLOCSET_DEFAULT_SIZES);
		MemoryContext old = MemoryContextSwitchTo(rows_cxt);

		row_batch_clear(&rb);
		while (rb.batch.sel.n < BATCH_MAX_ROWS)
		{
			Row *row = row_read(&as->in_layout, part->file);

			if (row == NULL)
				break;
			row_batch_add_row(&rb, &as->in_layout, row);
		}
		MemoryContextSwitchTo(old);
		if (rb.batch.sel.n > 0)
			advance_input(as, &rb.batch, part->set, part->set);
		MemoryContextDelete(rows_cxt);
		if (rb.batch.sel.n == 0)
			break;
	}
	BufFileClose(part->file);
	MemoryContextReset(as->group_row_cxt);
	collect_parts(as);
	as->out_set = part->set;
	as->out_at = 0;
	return true;
}

/* Output groups of the set in turn; false when it has no more. */
static bool
output_set(AggNodeState *as, int max_rows)
{
	GroupSet *set = &as->sets[as->out_set];

	as->current_set = set;
	if (set->ncols == 0)
	{
		/* An empty grouping set has its one group even without input; parts never belong to it. */
		if (as->out_at > 0 || as->level > 0)
			return false;
		output_row(as, set, NULL, set->single, false);
		as->out_at = 1;
		return true;
	}
	while (as->out_at < set->ngroups && as->rep.batch.sel.n < max_rows)
	{
		Row *row = set->order[as->out_at++];

		output_row(as, set, row, row_extra(&set->hash->layout, row), false);
	}
	return as->rep.batch.sel.n > 0;
}

static Batch *
hashed_next(AggNodeState *as, int max_rows)
{
	if (!as->filled)
		fill_from_input(as);
	for (;;)
	{
		Batch *out;

		MemoryContextReset(as->ps.batch_cxt);
		row_batch_clear(&as->rep);
		if (!output_set(as, max_rows))
		{
			if (as->level == 0 && as->out_set + 1 < as->nsets)
			{
				as->out_set++;
				as->out_at = 0;
				continue;
			}
			if (fill_from_part(as))
				continue;
			return NULL;
		}
		out = emit(as);
		if (out != NULL)
			return out;
	}
}

/* ---- plain and sorted ---- */
static Batch *
plain_next(AggNodeState *as)
{
	Batch *in;
	RowPos filtered[BATCH_MAX_ROWS];

	MemoryContextReset(as->actx.group_cxt);
	start_groups(as, as->sorted_group);
	as->group_row = NULL;
	MemoryContextReset(as->group_row_cxt);
	while ((in = exec_next(as->ps.left, BATCH_MAX_ROWS)) != NULL)
	{
		MemoryContext old;

		CHECK_FOR_INTERRUPTS();
		reset_input_memory(as);
		old = MemoryContextSwitchTo(as->in_cxt);
		as->in_ec.source[BATCH_OUTER] = in;
		for (int i = 0; i < as->ncalls; i++)
		{
			Selection sel;

			agg_eval_inputs(as->calls[i], &as->in_ec, &in->sel, &sel, filtered);
			if (sel.n > 0)
				agg_advance_batch(as->calls[i], &as->sorted_group[i], &as->actx, &sel);
		}
		MemoryContextSwitchTo(old);
	}
	MemoryContextReset(as->ps.batch_cxt);
	row_batch_clear(&as->rep);
	output_row(as, NULL, NULL, as->sorted_group, false);
	return emit(as);
}

static bool
same_group(AggNodeState *as, const Batch *in, int pos)
{
	Agg *plan = (Agg *) as->ps.plan;
	bool *nulls = row_nulls(&as->in_layout, as->group_row);

	for (int i = 0; i < plan->numCols; i++)
	{
		int c = plan->grpColIdx[i] - 1;
		bool isnull = vector_isnull(&in->cols[c], pos);

		if (isnull != nulls[c])
			return false;
		if (!isnull && !key_equal(&as->equal[i], as->group_row->values[c], vector_value(&in->cols[c], pos)))
			return false;
	}
	return true;
}

/* Advance the current group by rows first..last-1 of the batch. */
static void
advance_run(AggNodeState *as, Batch *in, int first, int last)
{
	RowPos scratch[BATCH_MAX_ROWS];
	RowPos filtered[BATCH_MAX_ROWS];
	MemoryContext old;
	Batch part;

	if (last <= first)
		return;
	reset_input_memory(as);
	old = MemoryContextSwitchTo(as->in_cxt);
	batch_slice(&part, in, first, last - first, scratch);
	as->in_ec.source[BATCH_OUTER] = &part;
	for (int i = 0; i < as->ncalls; i++)
	{
		Selection sel;

		agg_eval_inputs(as->calls[i], &as->in_ec, &part.sel, &sel, filtered);
		if (sel.n > 0)
			agg_advance_batch(as->calls[i], &as->sorted_group[i], &as->actx, &sel);
	}
	MemoryContextSwitchTo(old);
}

static void
open_group(AggNodeState *as)
{
	MemoryContext old;

	MemoryContextReset(as->actx.group_cxt);
	old = MemoryContextSwitchTo(as->ps.batch_cxt);
	as->group_row = row_from_batch(&as->in_layout, mask_columns(as, as->in),
								   selection_pos(&as->in->sel, as->in_at), 0);
	MemoryContextSwitchTo(old);
	start_groups(as, as->sorted_group);
}

/* The open group's key must outlive the batch context, where it was made. */
static void
carry_group_row(AggNodeState *as)
{
	MemoryContext old;

	if (as->group_row == NULL)
		return;
	MemoryContextReset(as->group_row_cxt);
	old = MemoryContextSwitchTo(as->group_row_cxt);
	as->group_row =
		row_from_values(&as->in_layout, as->group_row->values, row_nulls(&as->in_layout, as->group_row), 0);
	MemoryContextSwitchTo(old);
}

static Batch *
sorted_next(AggNodeState *as, int max_rows)
{
	for (;;)
	{
		Batch *out;

		MemoryContextReset(as->ps.batch_cxt);
		row_batch_clear(&as->rep);
		while (as->rep.batch.sel.n < max_rows)
		{
			int k;

			if (as->in == NULL || as->in_at >= as->in->sel.n)
			{
				as->in = as->in_done ? NULL : exec_next(as->ps.left, BATCH_MAX_ROWS);
				as->in_at = 0;
				CHECK_FOR_INTERRUPTS();
				if (as->in == NULL)
				{
					as->in_done = true;
					if (as->group_row != NULL)
						output_row(as, NULL, as->group_row, as->sorted_group, true);
					as->group_row = NULL;
					break;
				}
			}
			if (as->group_row == NULL)
				open_group(as);
			for (k = as->in_at; k < as->in->sel.n; k++)
				if (!same_group(as, as->in, selection_pos(&as->in->sel, k)))
					break;
			advance_run(as, as->in, as->in_at, k);
			as->in_at = k;
			if (k < as->in->sel.n)
			{
				output_row(as, NULL, as->group_row, as->sorted_group, true);
				as->group_row = NULL;
			}
		}
		/* Output rows point to group rows of this batch, so copy the one that goes on. Before the reset above. */
		carry_group_row(as);
		if (as->rep.batch.sel.n == 0)
			return NULL;
		out = emit(as);
		if (out != NULL)
			return out;
	}
}

static Batch *
agg_next(PlanState *ps, int max_rows)
{
	AggNodeState *as = (AggNodeState *) ps;
	Agg *plan = (Agg *) ps->plan;
	Batch *out;

	if (ps->done)
		return NULL;
	if (as->hashed)
		out = hashed_next(as, max_rows);
	else if (plan->numCols == 0)
	{
		ps->done = true;
		return plain_next(as);
	}
	else
		out = sorted_next(as, max_rows);
	ps->done = out == NULL;
	return out;
}

static void
agg_forget(AggNodeState *as)
{
	ListCell *lc;

	foreach (lc, as->parts)
		BufFileClose(((SpillPart *) lfirst(lc))->file);
	as->parts = NIL;
	as->filled = false;
	as->in = NULL;
	as->in_at = 0;
	as->in_done = false;
	as->group_row = NULL;
	as->out_at = 0;
	as->out_set = 0;
	for (int s = 0; s < as->nsets; s++)
	{
		if (as->sets[s].hash)
			row_hash_reset(as->sets[s].hash);
		as->sets[s].ngroups = 0;
	}
	MemoryContextReset(as->actx.group_cxt);
}

static void
agg_rescan(PlanState *ps)
{
	AggNodeState *as = (AggNodeState *) ps;

	/* A complete table can be read again, unless a parameter that expressions of this node may use changed. */
	if (as->hashed && as->filled && as->spilled_parts == 0 && ps->left->chgParam == NULL && ps->chgParam == NULL)
	{
		as->out_set = 0;
		as->out_at = 0;
		return;
	}
	agg_forget(as);
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
agg_close(PlanState *ps)
{
	agg_forget((AggNodeState *) ps);
	exec_close(ps->left);
}

void
agg_hash_stats(PlanState *ps, int64 *parts, Size *peak)
{
	*parts = ((AggNodeState *) ps)->spilled_parts;
	*peak = ((AggNodeState *) ps)->peak;
}

const NodeOps agg_ops = {"Aggregate", sizeof(AggNodeState), agg_init, agg_next, agg_rescan, agg_close};
