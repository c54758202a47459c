/*
 * node_hashjoin.c
 *    Hash join: the inner side goes into a hash table, outer batches probe it.
 *
 * When the table outgrows work_mem * hash_mem_multiplier the input is divided by bits of the hash value: division 0 stays in
 * memory, rows of others go to temporary files, one per division and side. Afterwards the divisions are joined one by one.
 * The number of divisions doubles whenever one does not fit; a row then stays where it is or moves to a later division, never
 * an earlier one. Doubling stops when it does not help (many equal keys).
 */
#include "postgres.h"

#include "execute/hash_table.h"
#include "execute/join.h"
#include "execute/key.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/memutils.h"

typedef enum HashJoinPhase
{
	HASH_BUILD,
	HASH_PROBE,
	HASH_UNMATCHED,		/* RIGHT, FULL: inner rows that found no partner */
	HASH_NEXT_DIVISION,
	HASH_DONE
} HashJoinPhase;

typedef struct HashJoinState
{
	PlanState ps;
	JoinOut jo;
	HashJoinPhase phase;
	ExprList *outer_keys;
	ExprList *inner_keys;
	int nkeys;
	KeyHash *outer_hash;
	KeyHash *inner_hash;
	KeyEqual *equal;
	int *inner_key_cols;	/* column of the stored row, or -1: extra key value */
	TupleDesc stored_desc;	/* inner columns, then keys that are not plain columns */
	RowLayout stored;
	ExprContext inner_ec;
	MemoryContext inner_cxt;

	/* the table */
	MemoryContext table_cxt;
	Row **buckets;
	uint32 mask;
	int64 nrows;
	Size used;
	Size limit;
	bool keep_null_keys;

	/* divisions */
	int ndivisions;
	int division;
	bool no_more_divisions;
	BufFile **inner_files;
	BufFile **outer_files;
	RowLayout outer_layout;
	RowBatch outer_rb;		/* rows read back from a file */
	MemoryContext outer_rows_cxt;

	/* probing */
	Batch *outer;
	int outer_at;
	Row *chain;				/* next candidate of the row in work */
	bool row_open;
	Vector **keyv;
	uint32 *hashes;
	bool *hash_null;
	RowPos *own_rows;		/* rows of the outer batch that belong to the current division */
	Selection probe_sel;
	int target;
	/* unmatched inner rows */
	uint32 um_bucket;
	Row *um_row;
	/* for EXPLAIN */
	HashTableStats stats;
} HashJoinState;

Size
get_hash_memory_limit(void)
{
	double limit = (double) work_mem * 1024.0 * hash_mem_multiplier;

	return limit < (double) (SIZE_MAX / 2) ? (Size) limit : SIZE_MAX / 2;
}

/* ---- set-up ---- */
static void
init_keys(HashJoinState *hs, ExprCompiler *c, int eflags)
{
	HashJoin *plan = (HashJoin *) hs->ps.plan;
	Hash *hash = (Hash *) innerPlan(plan);
	MemoryContext cxt = hs->ps.state->es_query_cxt;
	ExprCompiler ic;
	ListCell *lc;
	ListCell *lc2;
	int i = 0;

	hs->outer_keys = expr_compile_list(c, plan->hashkeys);
	/* The Hash node's keys name columns of its input as OUTER_VAR. */
	expr_compiler_init(&ic, &hs->ps);
	ic.outer_source = BATCH_INNER;
	hs->inner_keys = expr_compile_list(&ic, hash->hashkeys);
	hs->nkeys = list_length(plan->hashoperators);
	hs->outer_hash = MemoryContextAllocZero(cxt, sizeof(KeyHash) * hs->nkeys);
	hs->inner_hash = MemoryContextAllocZero(cxt, sizeof(KeyHash) * hs->nkeys);
	hs->equal = MemoryContextAllocZero(cxt, sizeof(KeyEqual) * hs->nkeys);
	hs->keyv = MemoryContextAlloc(cxt, sizeof(Vector *) * hs->nkeys);
	forboth(lc, plan->hashoperators, lc2, plan->hashcollations)
	{
		if (!key_hash_init_op(&hs->outer_hash[i], &hs->inner_hash[i], lfirst_oid(lc), lfirst_oid(lc2), cxt))
			elog(ERROR, "could not find hash function for hash operator %u", lfirst_oid(lc));
		key_equal_init(&hs->equal[i], lfirst_oid(lc), lfirst_oid(lc2), cxt);
		i++;
	}
}

/* Stored rows have the inner columns and, for keys that are expressions, the key's value behind them. */
static void
init_stored_rows(HashJoinState *hs)
{
	Hash *hash = (Hash *) innerPlan(hs->ps.plan);
	TupleDesc inner = exec_output_desc(hs->ps.right);
	MemoryContext old = MemoryContextSwitchTo(hs->ps.state->es_query_cxt);
	int extra = 0;
	int n = inner->natts;
	ListCell *lc;
	int i = 0;

	hs->inner_key_cols = palloc_array(int, hs->nkeys);
	foreach (lc, hash->hashkeys)
	{
		Node *key = lfirst(lc);

		while (IsA(key, RelabelType))
			key = (Node *) ((RelabelType *) key)->arg;
		if (IsA(key, Var) && ((Var *) key)->varattno > 0)
			hs->inner_key_cols[i++] = ((Var *) key)->varattno - 1;
		else
			hs->inner_key_cols[i++] = n + extra++;
	}
	hs->stored_desc = CreateTemplateTupleDesc(n + extra);
	for (i = 0; i < n; i++)
		TupleDescCopyEntry(hs->stored_desc, i + 1, inner, i + 1);
	i = 0;
	foreach (lc, hash->hashkeys)
	{
		if (hs->inner_key_cols[i] >= n)
			TupleDescInitEntry(hs->stored_desc, hs->inner_key_cols[i] + 1, "key", exprType(lfirst(lc)), -1, 0);
		i++;
	}
	row_layout_init(&hs->stored, hs->stored_desc, hs->ps.state->es_query_cxt);
	MemoryContextSwitchTo(old);
}

static void
hash_join_init(PlanState *ps, int eflags)
{
	HashJoinState *hs = (HashJoinState *) ps;
	HashJoin *plan = (HashJoin *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;
	ExprCompiler c;

	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	ps->right = exec_init_node(innerPlan(plan), ps->state, eflags);
	expr_compiler_init(&c, ps);
	init_keys(hs, &c, eflags);
	join_out_init(&hs->jo, ps, &c, &plan->join);
	init_stored_rows(hs);
	hs->jo.inner_layout = hs->stored;
	row_layout_init(&hs->outer_layout, exec_output_desc(ps->left), cxt);
	hs->keep_null_keys = plan->join.jointype == JOIN_RIGHT || plan->join.jointype == JOIN_FULL;
	hs->table_cxt = GenerationContextCreate(cxt, "HashTable", ALLOCSET_DEFAULT_SIZES);
	hs->inner_cxt = AllocSetContextCreate(cxt, "Hash keys", ALLOCSET_SMALL_SIZES);
	hs->hashes = MemoryContextAlloc(cxt, sizeof(uint32) * BATCH_MAX_ROWS);
	hs->hash_null = MemoryContextAlloc(cxt, sizeof(bool) * BATCH_MAX_ROWS);
	hs->own_rows = MemoryContextAlloc(cxt, sizeof(RowPos) * BATCH_MAX_ROWS);
	hs->inner_ec = ps->ec;
	hs->inner_ec.ecxt_per_tuple_memory = hs->inner_cxt;
	hs->target = 64;
}

/* ---- hashing ---- */

/* Hash values of all selected rows into hs->hashes; hash_null[]: some key is NULL. */
static void
hash_batch(HashJoinState *hs, ExprList *keys, KeyHash *fns, ExprContext *ec, const Selection *sel)
{
	SELECTION_FOREACH(sel, pos, {
		hs->hashes[pos] = 0;
		hs->hash_null[pos] = false;
	});
	for (int i = 0; i < hs->nkeys; i++)
	{
		Vector *v = hs->keyv[i] = expr_eval(keys->nodes[i], ec, sel);
		KeyHash *h = &fns[i];

		if (v->nulls == NULL && key_kind_is_integer(h->kind))
		{
			KeyKind kind = h->kind;

			SELECTION_FOREACH(sel, pos, {
				hs->hashes[pos] =
					key_combine(hs->hashes[pos], key_mix64((uint64) key_integer(kind, vector_value(v, pos))));
			});
			continue;
		}
		SELECTION_FOREACH(sel, pos, {
			if (vector_isnull(v, pos))
				hs->hash_null[pos] = true;
			else
				hs->hashes[pos] = key_combine(hs->hashes[pos], key_hash(h, vector_value(v, pos)));
		});
	}
}

static inline int
division_of(HashJoinState *hs, uint32 hash)
{
	return hs->ndivisions == 1 ? 0 : (int) (key_mix64((uint64) hash << 8) & (uint32) (hs->ndivisions - 1));
}

static inline uint32
bucket_of(HashJoinState *hs, uint32 hash)
{
	return (hash ^ (hash >> 15)) & hs->mask;
}

/* ---- the table ---- */
static void
table_begin(HashJoinState *hs)
{
	Hash *hash = (Hash *) innerPlan(hs->ps.plan);
	double rows = Max(hash->plan.plan_rows, 1.0);
	uint32 size = 1024;

	while (size < rows && size < (1 << 22))
		size *= 2;
	hs->buckets = MemoryContextAllocExtended(hs->ps.state->es_query_cxt, size * sizeof(Row *),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	hs->mask = size - 1;
	hs->nrows = 0;
	hs->used = 0;
	hs->limit = get_hash_memory_limit();
	hs->ndivisions = 1;
	hs->division = 0;
	hs->no_more_divisions = false;
}

static void
table_grow_buckets(HashJoinState *hs)
{
	uint32 size = (hs->mask + 1) * 2;
	Row **old = hs->buckets;
	uint32 old_mask = hs->mask;

	hs->buckets = MemoryContextAllocExtended(hs->ps.state->es_query_cxt, (Size) size * sizeof(Row *),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	hs->mask = size - 1;
	for (uint32 b = 0; b <= old_mask; b++)
		for (Row *row = old[b]; row != NULL;)
		{
			Row *next = row->next;
			uint32 to = bucket_of(hs, row->hash);

			row->next = hs->buckets[to];
			hs->buckets[to] = row;
			row = next;
		}
	pfree(old);
}

static void
table_link(HashJoinState *hs, Row *row)
{
	uint32 b;

	if (hs->nrows > hs->mask && hs->mask < (1u << 28))
		table_grow_buckets(hs);
	b = bucket_of(hs, row->hash);
	row->next = hs->buckets[b];
	hs->buckets[b] = row;
	hs->nrows++;
	hs->used += row->size + sizeof(Row *);
	if (hs->used > hs->stats.peak)
		hs->stats.peak = hs->used;
}

static void
to_file(HashJoinState *hs, BufFile **file, const RowLayout *layout, const Row *row)
{
	if (*file == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(hs->ps.state->es_query_cxt);

		*file = BufFileCreateTemp(false);
		MemoryContextSwitchTo(old);
	}
	row_write(layout, row, *file);
}

static void
grow_file_arrays(HashJoinState *hs, int n)
{
	MemoryContext cxt = hs->ps.state->es_query_cxt;
	BufFile **inner = MemoryContextAllocZero(cxt, sizeof(BufFile *) * n);
	BufFile **outer = MemoryContextAllocZero(cxt, sizeof(BufFile *) * n);

	if (hs->inner_files)
	{
		memcpy(inner, hs->inner_files, sizeof(BufFile *) * hs->ndivisions);
		memcpy(outer, hs->outer_files, sizeof(BufFile *) * hs->ndivisions);
		pfree(hs->inner_files);
		pfree(hs->outer_files);
	}
	hs->inner_files = inner;
	hs->outer_files = outer;
}

/* The table is too big: double the divisions and send away rows that belong to others now. */
static void
table_divide(HashJoinState *hs)
{
	MemoryContext cxt = hs->ps.state->es_query_cxt;
	MemoryContext fresh;
	Row **old = hs->buckets;
	int64 before = hs->nrows;

	if (hs->no_more_divisions || hs->ndivisions >= 1 << 14)
		return;
	grow_file_arrays(hs, hs->ndivisions * 2);
	hs->ndivisions *= 2;
	fresh = GenerationContextCreate(cxt, "HashTable", ALLOCSET_DEFAULT_SIZES);
	hs->buckets = MemoryContextAllocExtended(cxt, ((Size) hs->mask + 1) * sizeof(Row *),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	hs->nrows = 0;
	hs->used = 0;
	for (uint32 b = 0; b <= hs->mask; b++)
		for (Row *row = old[b]; row != NULL; row = row->next)
		{
			int d = division_of(hs, row->hash);

			if (d != hs->division)
				to_file(hs, &hs->inner_files[d], &hs->stored, row);
			else
			{
				MemoryContext o = MemoryContextSwitchTo(fresh);
				Row *copy = row_from_values(&hs->stored, row->values, row_nulls(&hs->stored, row), 0);

				copy->hash = row->hash;
				MemoryContextSwitchTo(o);
				table_link(hs, copy);
			}
		}
	pfree(old);
	MemoryContextDelete(hs->table_cxt);
	hs->table_cxt = fresh;
	/* All stayed, or all went: the keys are the same, and dividing again would not help. */
	if (hs->nrows == before || hs->nrows == 0)
		hs->no_more_divisions = true;
	hs->stats.divisions = hs->ndivisions;
}

static void
table_add(HashJoinState *hs, Row *row)
{
	table_link(hs, row);
	if (hs->used > hs->limit)
		table_divide(hs);
}

/* One row of an inner batch, with key expressions' values. */
static Row *
stored_row(HashJoinState *hs, const Batch *in, int pos)
{
	Datum vbuf[64];
	bool nbuf[64];
	Datum *values = vbuf;
	bool *nulls = nbuf;
	MemoryContext old;
	Row *row;

	if (hs->stored.ncols > (int) lengthof(vbuf))
	{
		values = MemoryContextAlloc(hs->inner_cxt, sizeof(Datum) * hs->stored.ncols);
		nulls = MemoryContextAlloc(hs->inner_cxt, sizeof(bool) * hs->stored.ncols);
	}
	batch_get_row(in, pos, values, nulls);
	for (int i = 0; i < hs->nkeys; i++)
		if (hs->inner_key_cols[i] >= in->ncols)
		{
			values[hs->inner_key_cols[i]] = vector_value(hs->keyv[i], pos);
			nulls[hs->inner_key_cols[i]] = vector_isnull(hs->keyv[i], pos);
		}
	old = MemoryContextSwitchTo(hs->table_cxt);
	row = row_from_values(&hs->stored, values, nulls, 0);
	MemoryContextSwitchTo(old);
	row->hash = hs->hashes[pos];
	return row;
}

static void
build(HashJoinState *hs)
{
	PlanState *input = hs->ps.right->left; /* below the Hash node, which only describes */
	Batch *in;

	table_begin(hs);
	if (hs->ps.right->chgParam)
		exec_rescan(hs->ps.right);
	while ((in = exec_next(input, BATCH_MAX_ROWS)) != NULL)
	{
		MemoryContext old;

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(hs->inner_cxt);
		old = MemoryContextSwitchTo(hs->inner_cxt);
		hs->inner_ec.source[BATCH_INNER] = in;
		hash_batch(hs, hs->inner_keys, hs->inner_hash, &hs->inner_ec, &in->sel);
		MemoryContextSwitchTo(old);
		if (hs->ps.right->instrument)
			hs->ps.right->instrument->ntuples += in->sel.n;
		for (int k = 0; k < in->sel.n; k++)
		{
			int pos = selection_pos(&in->sel, k);
			int d;

			if (hs->hash_null[pos] && !hs->keep_null_keys)
				continue;
			d = hs->hash_null[pos] ? hs->division : division_of(hs, hs->hashes[pos]);
			if (hs->hash_null[pos])
				hs->hashes[pos] = 0;
			if (d == hs->division || hs->hash_null[pos])
				table_add(hs, stored_row(hs, in, pos));
			else
			{
				Row *row = stored_row(hs, in, pos);

				to_file(hs, &hs->inner_files[d], &hs->stored, row);
				if (MemoryContextMemAllocated(hs->table_cxt, false) > 2 * hs->limit + hs->used)
					table_divide(hs);
			}
		}
	}
	hs->stats.buckets = hs->mask + 1;
	if (hs->stats.divisions == 0)
		hs->stats.divisions = 1;
}

/* ---- probing ---- */
static void
divide_outer_batch(HashJoinState *hs)
{
	int n = 0;
	bool extend = hs->jo.type == JOIN_LEFT || hs->jo.type == JOIN_ANTI || hs->jo.type == JOIN_FULL;

	for (int k = 0; k < hs->outer->sel.n; k++)
	{
		int pos = selection_pos(&hs->outer->sel, k);
		int d = hs->hash_null[pos] ? hs->division : division_of(hs, hs->hashes[pos]);

		if (hs->hash_null[pos] && !extend)
			continue;
		if (d == hs->division)
			hs->own_rows[n++] = pos;
		else
		{
			MemoryContext old = MemoryContextSwitchTo(hs->ps.batch_cxt);
			Row *row = row_from_batch(&hs->outer_layout, hs->outer, pos, 0);

			row->hash = hs->hashes[pos];
			to_file(hs, &hs->outer_files[d], &hs->outer_layout, row);
			pfree(row);
			MemoryContextSwitchTo(old);
		}
	}
	hs->probe_sel = (Selection){n, hs->outer->sel.extent, hs->own_rows};
}

/* The next outer batch, from the input or from the division's file. */
static Batch *
fetch_outer(HashJoinState *hs, int max)
{
	BufFile *file;
	MemoryContext old;

	if (hs->division == 0)
		return exec_next(hs->ps.left, max);
	file = hs->outer_files[hs->division];
	if (file == NULL)
		return NULL;
	if (hs->outer_rb.cxt == NULL)
	{
		row_batch_init(&hs->outer_rb, exec_output_desc(hs->ps.left), hs->ps.state->es_query_cxt);
		hs->outer_rows_cxt =
			AllocSetContextCreate(hs->ps.state->es_query_cxt, "Hash outer rows", ALLOCSET_DEFAULT_SIZES);
	}
	MemoryContextReset(hs->outer_rows_cxt);
	row_batch_clear(&hs->outer_rb);
	old = MemoryContextSwitchTo(hs->outer_rows_cxt);
	while (hs->outer_rb.batch.sel.n < max)
	{
		Row *row = row_read(&hs->outer_layout, file);

		if (row == NULL)
			break;
		row_batch_add_row(&hs->outer_rb, &hs->outer_layout, row);
	}
	MemoryContextSwitchTo(old);
	return hs->outer_rb.batch.sel.n > 0 ? &hs->outer_rb.batch : NULL;
}

static bool
next_outer_batch(HashJoinState *hs, int max)
{
	MemoryContext old;

	hs->outer = fetch_outer(hs, max);
	if (hs->outer == NULL)
		return false;
	old = MemoryContextSwitchTo(hs->ps.batch_cxt);
	hs->ps.ec.source[BATCH_OUTER] = hs->outer;
	hash_batch(hs, hs->outer_keys, hs->outer_hash, &hs->ps.ec, &hs->outer->sel);
	MemoryContextSwitchTo(old);
	divide_outer_batch(hs);
	hs->outer_at = 0;
	hs->row_open = false;
	join_out_new_outer(&hs->jo, hs->outer);
	return true;
}

static inline bool
keys_equal(HashJoinState *hs, Row *row, int pos)
{
	bool *nulls = NULL;

	for (int i = 0; i < hs->nkeys; i++)
	{
		int c = hs->inner_key_cols[i];

		if (hs->keep_null_keys)
		{
			nulls = row_nulls(&hs->stored, row);
			if (nulls[c])
				return false;
		}
		if (!key_equal(&hs->equal[i], vector_value(hs->keyv[i], pos), row->values[c]))
			return false;
	}
	return true;
}

/* Candidates of one outer row. False: the pair list is full, call again. */
static bool
probe_row(HashJoinState *hs, int pos, int limit)
{
	bool extend = hs->jo.type == JOIN_LEFT || hs->jo.type == JOIN_ANTI || hs->jo.type == JOIN_FULL;
	bool found = false;

	if (!hs->row_open)
	{
		hs->chain = hs->hash_null[pos] ? NULL : hs->buckets[bucket_of(hs, hs->hashes[pos])];
		hs->row_open = true;
	}
	for (; hs->chain != NULL; hs->chain = hs->chain->next)
	{
		Row *row = hs->chain;

		if (row->hash != hs->hashes[pos] || !keys_equal(hs, row, pos))
			continue;
		if (hs->jo.n >= limit)
			return false;
		join_out_add(&hs->jo, pos, false, row);
		found = true;
		/* Without a further condition the first match decides. */
		if (hs->jo.joinqual == NULL && (hs->jo.single_match || hs->jo.type == JOIN_ANTI))
		{
			hs->chain = NULL;
			break;
		}
	}
	if (extend && !(found && hs->jo.joinqual == NULL))
	{
		if (hs->jo.n >= limit)
			return false;
		join_out_add(&hs->jo, pos, false, NULL);
	}
	hs->row_open = false;
	return true;
}

static Batch *
probe(HashJoinState *hs, int max_rows)
{
	int limit = Min(max_rows, hs->target);

	hs->target = Min(hs->target * 4, BATCH_MAX_ROWS);
	for (;;)
	{
		Batch *out;

		CHECK_FOR_INTERRUPTS();
		if (hs->outer == NULL && !next_outer_batch(hs, limit))
			return NULL;
		while (hs->outer_at < hs->probe_sel.n)
		{
			if (!probe_row(hs, hs->probe_sel.rows[hs->outer_at], limit))
				break;
			hs->outer_at++;
		}
		out = join_out_flush(&hs->jo, hs->outer);
		if (hs->outer_at >= hs->probe_sel.n && out == NULL)
			hs->outer = NULL;
		if (out != NULL)
			return out;
		MemoryContextReset(hs->ps.batch_cxt);
		if (hs->outer != NULL)
		{
			/* Key vectors of the batch in work may have lived there. */
			MemoryContext old = MemoryContextSwitchTo(hs->ps.batch_cxt);

			hs->ps.ec.source[BATCH_OUTER] = hs->outer;
			hash_batch(hs, hs->outer_keys, hs->outer_hash, &hs->ps.ec, &hs->outer->sel);
			MemoryContextSwitchTo(old);
		}
	}
}

/* RIGHT and FULL: inner rows nobody matched. */
static Batch *
emit_unmatched(HashJoinState *hs, int max_rows)
{
	Batch empty = {.sel = {0, 0, NULL}};

	for (;;)
	{
		Batch *out;

		while (hs->jo.n < max_rows)
		{
			while (hs->um_row == NULL && hs->um_bucket <= hs->mask)
				hs->um_row = hs->buckets[hs->um_bucket++];
			if (hs->um_row == NULL)
				break;
			if (!hs->um_row->mark)
				join_out_add(&hs->jo, 0, true, hs->um_row);
			hs->um_row = hs->um_row->next;
		}
		if (hs->jo.n == 0)
			return NULL;
		out = join_out_flush(&hs->jo, &empty);
		if (out != NULL)
			return out;
	}
}

/* Load the next division that has work. False: none is left. */
static bool
next_division(HashJoinState *hs)
{
	bool need_inner_only = hs->keep_null_keys;
	bool need_outer_only = hs->jo.type == JOIN_LEFT || hs->jo.type == JOIN_ANTI || hs->jo.type == JOIN_FULL;

	for (;;)
	{
		BufFile *inner;
		Row *row;

		if (hs->division > 0)
		{
			if (hs->inner_files[hs->division])
				BufFileClose(hs->inner_files[hs->division]);
			if (hs->outer_files[hs->division])
				BufFileClose(hs->outer_files[hs->division]);
			hs->inner_files[hs->division] = hs->outer_files[hs->division] = NULL;
		}
		if (++hs->division >= hs->ndivisions)
			return false;
		MemoryContextReset(hs->table_cxt);
		memset(hs->buckets, 0, ((Size) hs->mask + 1) * sizeof(Row *));
		hs->nrows = 0;
		hs->used = 0;
		hs->no_more_divisions = false;
		inner = hs->inner_files[hs->division];
		if (inner == NULL && (hs->outer_files[hs->division] == NULL || !need_outer_only))
			continue;
		if (hs->outer_files[hs->division] == NULL && !need_inner_only)
			continue;
		if (inner != NULL)
		{
			BufFileSeek(inner, 0, 0, SEEK_SET);
			for (;;)
			{
				MemoryContext old = MemoryContextSwitchTo(hs->table_cxt);

				row = row_read(&hs->stored, inner);
				MemoryContextSwitchTo(old);
				if (row == NULL)
					break;
				row->mark = false;
				if (division_of(hs, row->hash) != hs->division)
					to_file(hs, &hs->inner_files[division_of(hs, row->hash)], &hs->stored, row);
				else
					table_add(hs, row);
			}
		}
		if (hs->outer_files[hs->division])
			BufFileSeek(hs->outer_files[hs->division], 0, 0, SEEK_SET);
		return true;
	}
}

static Batch *
hash_join_next(PlanState *ps, int max_rows)
{
	HashJoinState *hs = (HashJoinState *) ps;
	Batch *out;

	MemoryContextReset(ps->batch_cxt);
	if (hs->outer != NULL && hs->phase == HASH_PROBE)
	{
		if (hs->outer_at >= hs->probe_sel.n)
			hs->outer = NULL;
		else
		{
			MemoryContext old = MemoryContextSwitchTo(ps->batch_cxt);

			ps->ec.source[BATCH_OUTER] = hs->outer;
			hash_batch(hs, hs->outer_keys, hs->outer_hash, &ps->ec, &hs->outer->sel);
			MemoryContextSwitchTo(old);
		}
	}
	for (;;)
	{
		switch (hs->phase)
		{
			case HASH_BUILD:
				build(hs);
				hs->phase = HASH_PROBE;
				/* Nothing to join with: the outer side need not even be read. */
				if (hs->nrows == 0 && hs->ndivisions == 1 &&
					(hs->jo.type == JOIN_INNER || hs->jo.type == JOIN_SEMI || hs->jo.type == JOIN_RIGHT))
					hs->phase = HASH_DONE;
				break;
			case HASH_PROBE:
				out = probe(hs, max_rows);
				if (out != NULL)
					return out;
				hs->outer = NULL;
				hs->um_bucket = 0;
				hs->um_row = NULL;
				hs->phase = hs->keep_null_keys ? HASH_UNMATCHED : HASH_NEXT_DIVISION;
				break;
			case HASH_UNMATCHED:
				out = emit_unmatched(hs, max_rows);
				if (out != NULL)
					return out;
				hs->phase = HASH_NEXT_DIVISION;
				break;
			case HASH_NEXT_DIVISION:
				hs->phase = next_division(hs) ? HASH_PROBE : HASH_DONE;
				break;
			case HASH_DONE:
				return NULL;
		}
	}
}

static void
table_forget(HashJoinState *hs)
{
	if (hs->buckets)
		pfree(hs->buckets);
	hs->buckets = NULL;
	MemoryContextReset(hs->table_cxt);
	if (hs->inner_files)
	{
		for (int i = 0; i < hs->ndivisions; i++)
		{
			if (hs->inner_files[i])
				BufFileClose(hs->inner_files[i]);
			if (hs->outer_files[i])
				BufFileClose(hs->outer_files[i]);
		}
		pfree(hs->inner_files);
		pfree(hs->outer_files);
		hs->inner_files = hs->outer_files = NULL;
	}
	hs->phase = HASH_BUILD;
	hs->outer = NULL;
	hs->jo.n = 0;
	hs->target = 64;
}

static void
hash_join_rescan(PlanState *ps)
{
	HashJoinState *hs = (HashJoinState *) ps;

	/* The table can be probed again when it is whole and its input has not changed. */
	if (hs->buckets != NULL && hs->ndivisions == 1 && ps->right->chgParam == NULL && hs->phase != HASH_BUILD)
	{
		if (hs->keep_null_keys)
			for (uint32 b = 0; b <= hs->mask; b++)
				for (Row *row = hs->buckets[b]; row != NULL; row = row->next)
					row->mark = false;
		hs->phase = HASH_PROBE;
		hs->division = 0;
		hs->outer = NULL;
		hs->jo.n = 0;
		hs->target = 64;
	}
	else
	{
		table_forget(hs);
		if (ps->right->chgParam == NULL)
			exec_rescan(ps->right);
	}
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
hash_join_close(PlanState *ps)
{
	table_forget((HashJoinState *) ps);
	exec_close(ps->left);
	exec_close(ps->right);
}

bool
hash_join_stats(PlanState *ps, HashTableStats *stats)
{
	*stats = ((HashJoinState *) ps)->stats;
	return stats->buckets > 0;
}

const NodeOps hash_join_ops = {"Hash Join", sizeof(HashJoinState), hash_join_init, hash_join_next, hash_join_rescan,
							   hash_join_close};

/* ---- Hash: holds the input; its join reads that directly ---- */
static void
hash_init(PlanState *ps, int eflags)
{
	ps->left = exec_init_node(outerPlan(ps->plan), ps->state, eflags);
	ps->result_desc = exec_output_desc(ps->left);
}

static Batch *
hash_next(PlanState *ps, int max_rows)
{
	return exec_next(ps->left, max_rows);
}

static void
hash_rescan(PlanState *ps)
{
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
}

static void
hash_close(PlanState *ps)
{
	exec_close(ps->left);
}

const NodeOps hash_ops = {"Hash", sizeof(PlanState), hash_init, hash_next, hash_rescan, hash_close};
