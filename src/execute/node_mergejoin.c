/*
 * node_mergejoin.c
 *    Merge join of two inputs sorted by the merge keys.
 *
 * The inner rows of one key value are gathered into a group; outer rows are compared with the group and either join with it,
 * are passed as unmatched (they sort before it), or let the next group be gathered (they sort after it).
 */
#include "postgres.h"

#include "access/nbtree.h"
#include "access/stratnum.h"
#include "execute/join.h"
#include "execute/key.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

typedef struct MergeKey
{
	FmgrInfo cmp;
	Oid collation;
	bool reverse;
	bool nulls_first;
	KeyKind left_kind;
	KeyKind right_kind;
	ExprNode *outer;
	ExprNode *inner;
} MergeKey;

typedef struct MergeJoinState
{
	PlanState ps;
	JoinOut jo;
	int nkeys;
	MergeKey *keys;
	FmgrInfo *inner_cmp;	/* inner with inner, to find the end of a group */
	ExprList *outer_list;
	ExprList *inner_list;
	ExprContext inner_ec;
	MemoryContext outer_cxt;	/* key values of the batches in work */
	MemoryContext inner_cxt;
	bool fill_outer;
	bool fill_inner;

	Batch *outer;
	int outer_at;
	bool outer_done;
	Vector **outer_keyv;
	bool outer_row_flushed;

	Batch *inner;
	int inner_at;
	bool inner_done;
	Vector **inner_keyv;

	/* the group */
	bool have_group;
	MemoryContext group_cxt;
	Row **group;
	int group_n;
	int group_capacity;
	Datum *group_keys;
	bool *group_nulls;
	int pair_at;			/* member that the current outer row is paired with next */
	bool row_open;
	int unmatched_at;		/* member to be emitted next as unmatched; -1: not emitting */
	int target;
	int64 rows_kept;		/* in group_cxt */
} MergeJoinState;

#define MERGE_KEEP_MAX 8192

static void
init_key(MergeJoinState *ms, ExprCompiler *c, int i, OpExpr *clause, Oid family, Oid collation, int strategy,
		 bool nulls_first)
{
	MergeKey *k = &ms->keys[i];
	int op_strategy;
	Oid lefttype;
	Oid righttype;
	Oid proc;
	KeyEqual eq;

	get_op_opfamily_properties(clause->opno, family, false, &op_strategy, &lefttype, &righttype);
	if (op_strategy != BTEqualStrategyNumber)
		elog(ERROR, "cannot merge using non-equality operator %u", clause->opno);
	proc = get_opfamily_proc(family, lefttype, righttype, BTORDER_PROC);
	if (!OidIsValid(proc))
		elog(ERROR, "missing support function %d(%u,%u) in opfamily %u", BTORDER_PROC, lefttype, righttype, family);
	fmgr_info_cxt(proc, &k->cmp, c->cxt);
	proc = get_opfamily_proc(family, righttype, righttype, BTORDER_PROC);
	fmgr_info_cxt(proc, &ms->inner_cmp[i], c->cxt);
	k->collation = collation;
	k->reverse = strategy == BTGreaterStrategyNumber;
	k->nulls_first = nulls_first;
	key_equal_init(&eq, clause->opno, collation, c->cxt);
	k->left_kind = key_kind_is_integer(eq.left) ? eq.left : KEY_GENERIC;
	k->right_kind = key_kind_is_integer(eq.right) ? eq.right : KEY_GENERIC;
}

static void
merge_join_init(PlanState *ps, int eflags)
{
	MergeJoinState *ms = (MergeJoinState *) ps;
	MergeJoin *plan = (MergeJoin *) ps->plan;
	MemoryContext cxt = ps->state->es_query_cxt;
	MemoryContext old = MemoryContextSwitchTo(cxt);
	List *outer_exprs = NIL;
	List *inner_exprs = NIL;
	ExprCompiler c;
	ListCell *lc;

	ps->left = exec_init_node(outerPlan(plan), ps->state, eflags);
	ps->right = exec_init_node(innerPlan(plan), ps->state, eflags);
	expr_compiler_init(&c, ps);
	ms->nkeys = list_length(plan->mergeclauses);
	ms->keys = palloc0_array(MergeKey, Max(ms->nkeys, 1));
	ms->inner_cmp = palloc0_array(FmgrInfo, Max(ms->nkeys, 1));
	foreach (lc, plan->mergeclauses)
	{
		OpExpr *clause = lfirst_node(OpExpr, lc);
		int i = foreach_current_index(lc);

		init_key(ms, &c, i, clause, plan->mergeFamilies[i], plan->mergeCollations[i], plan->mergeStrategies[i],
				 plan->mergeNullsFirst[i]);
		outer_exprs = lappend(outer_exprs, linitial(clause->args));
		inner_exprs = lappend(inner_exprs, lsecond(clause->args));
	}
	ms->outer_list = expr_compile_list(&c, outer_exprs);
	ms->inner_list = expr_compile_list(&c, inner_exprs);
	join_out_init(&ms->jo, ps, &c, &plan->join);
	ms->jo.copy_inner = true;
	ms->fill_outer = plan->join.jointype == JOIN_LEFT || plan->join.jointype == JOIN_FULL ||
					 plan->join.jointype == JOIN_ANTI;
	ms->fill_inner = plan->join.jointype == JOIN_RIGHT || plan->join.jointype == JOIN_FULL;
	ms->inner_ec = ps->ec;
	ms->outer_cxt = AllocSetContextCreate(cxt, "Merge outer keys", ALLOCSET_SMALL_SIZES);
	ms->inner_cxt = AllocSetContextCreate(cxt, "Merge inner keys", ALLOCSET_SMALL_SIZES);
	ms->group_cxt = AllocSetContextCreate(cxt, "Merge group", ALLOCSET_DEFAULT_SIZES);
	ms->outer_keyv = palloc0_array(Vector *, Max(ms->nkeys, 1));
	ms->inner_keyv = palloc0_array(Vector *, Max(ms->nkeys, 1));
	ms->group_keys = palloc0_array(Datum, Max(ms->nkeys, 1));
	ms->group_nulls = palloc0_array(bool, Max(ms->nkeys, 1));
	ms->unmatched_at = -1;
	ms->target = 64;
	MemoryContextSwitchTo(old);
}

/* ---- comparison ---- */
static int
compare_one(MergeKey *k, FmgrInfo *fn, KeyKind lk, KeyKind rk, Datum a, bool anull, Datum b, bool bnull)
{
	int r;

	if (anull || bnull)
	{
		if (anull && bnull)
			return 0;
		return (anull == k->nulls_first) ? -1 : 1;
	}
	if (lk != KEY_GENERIC)
	{
		int64 x = key_integer(lk, a);
		int64 y = key_integer(rk, b);

		r = (x > y) - (x < y);
	}
	else
		r = DatumGetInt32(FunctionCall2Coll(fn, k->collation, a, b));
	return k->reverse ? -r : r;
}

/* The current outer row against the group. *unmatchable: a NULL key, equal to nothing. */
static int
compare_outer_group(MergeJoinState *ms, int pos, bool *unmatchable)
{
	*unmatchable = false;
	for (int i = 0; i < ms->nkeys; i++)
	{
		MergeKey *k = &ms->keys[i];
		bool anull = vector_isnull(ms->outer_keyv[i], pos);
		int r = compare_one(k, &k->cmp, k->left_kind, k->right_kind, vector_value(ms->outer_keyv[i], pos), anull,
							ms->group_keys[i], ms->group_nulls[i]);

		*unmatchable |= anull;
		if (r != 0)
			return r;
	}
	return 0;
}

static bool
inner_in_group(MergeJoinState *ms, int pos)
{
	for (int i = 0; i < ms->nkeys; i++)
	{
		MergeKey *k = &ms->keys[i];

		if (compare_one(k, &ms->inner_cmp[i], k->right_kind, k->right_kind, vector_value(ms->inner_keyv[i], pos),
						vector_isnull(ms->inner_keyv[i], pos), ms->group_keys[i], ms->group_nulls[i]) != 0)
			return false;
	}
	return true;
}

/* ---- inputs ---- */
static void
eval_keys(ExprList *list, ExprContext *ec, MemoryContext cxt, const Selection *sel, Vector **keyv)
{
	MemoryContext old;

	MemoryContextReset(cxt);
	old = MemoryContextSwitchTo(cxt);
	for (int i = 0; list && i < list->n; i++)
		keyv[i] = expr_eval(list->nodes[i], ec, sel);
	MemoryContextSwitchTo(old);
}

static bool
next_outer(MergeJoinState *ms)
{
	if (ms->outer_done)
		return false;
	ms->outer = exec_next(ms->ps.left, BATCH_MAX_ROWS);
	ms->outer_at = 0;
	ms->row_open = false;
	if (ms->outer == NULL)
	{
		ms->outer_done = true;
		return false;
	}
	ms->ps.ec.source[BATCH_OUTER] = ms->outer;
	eval_keys(ms->outer_list, &ms->ps.ec, ms->outer_cxt, &ms->outer->sel, ms->outer_keyv);
	join_out_new_outer(&ms->jo, ms->outer);
	return true;
}

static bool
ensure_inner(MergeJoinState *ms)
{
	if (ms->inner != NULL && ms->inner_at < ms->inner->sel.n)
		return true;
	if (ms->inner_done)
		return false;
	ms->inner = exec_next(ms->ps.right, BATCH_MAX_ROWS);
	ms->inner_at = 0;
	if (ms->inner == NULL)
	{
		ms->inner_done = true;
		return false;
	}
	ms->inner_ec.source[BATCH_INNER] = ms->inner;
	eval_keys(ms->inner_list, &ms->inner_ec, ms->inner_cxt, &ms->inner->sel, ms->inner_keyv);
	return true;
}

static void
group_add(MergeJoinState *ms, int pos)
{
	if (ms->group_n >= ms->group_capacity)
	{
		int capacity = Max(64, ms->group_capacity * 2);
		Row **group = MemoryContextAllocHuge(ms->ps.state->es_query_cxt, sizeof(Row *) * (Size) capacity);

		if (ms->group)
		{
			memcpy(group, ms->group, sizeof(Row *) * ms->group_n);
			pfree(ms->group);
		}
		ms->group = group;
		ms->group_capacity = capacity;
	}
	ms->rows_kept++;
	ms->group[ms->group_n++] = row_from_batch(&ms->jo.inner_layout, ms->inner, pos, 0);
}

/* Gather the inner rows of the next key value. */
static bool
next_group(MergeJoinState *ms)
{
	MemoryContext old;
	bool first = true;

	ms->have_group = false;
	ms->group_n = 0;
	/* Pairs in the list still point to rows of earlier groups. */
	if (ms->jo.n == 0)
	{
		MemoryContextReset(ms->group_cxt);
		ms->rows_kept = 0;
	}
	if (!ensure_inner(ms))
		return false;
	old = MemoryContextSwitchTo(ms->group_cxt);
	while (ensure_inner(ms))
	{
		int pos = selection_pos(&ms->inner->sel, ms->inner_at);

		if (first)
		{
			for (int i = 0; i < ms->nkeys; i++)
			{
				Oid type = ms->inner_list->nodes[i]->type;
				int16 typlen;
				bool typbyval;

				ms->group_nulls[i] = vector_isnull(ms->inner_keyv[i], pos);
				ms->group_keys[i] = vector_value(ms->inner_keyv[i], pos);
				get_typlenbyval(type, &typlen, &typbyval);
				if (!ms->group_nulls[i] && !typbyval)
					ms->group_keys[i] = datumCopy(ms->group_keys[i], false, typlen);
			}
			first = false;
		}
		else if (!inner_in_group(ms, pos))
			break;
		group_add(ms, pos);
		ms->inner_at++;
	}
	MemoryContextSwitchTo(old);
	ms->have_group = true;
	return true;
}

/* ---- the merge ---- */

/* Work until `limit` pairs are there or both inputs are used up (returns false then). */
static bool
merge_pairs(MergeJoinState *ms, int limit)
{
	for (;;)
	{
		bool unmatchable = false;
		int pos;
		int cmp;

		if (ms->jo.n >= limit)
			return true;
		if (ms->unmatched_at >= 0)
		{
			/* The group is done with: emit members nobody matched, then go to the next. */
			if (ms->unmatched_at < ms->group_n)
			{
				Row *row = ms->group[ms->unmatched_at++];

				if (!row->mark)
					join_out_add(&ms->jo, 0, true, row);
				continue;
			}
			/* Pairs hold pointers into the group. */
			if (ms->jo.n > 0)
				return true;
			ms->unmatched_at = -1;
			next_group(ms);
			continue;
		}
		if (ms->outer == NULL || ms->outer_at >= ms->outer->sel.n)
		{
			if (ms->jo.n > 0)
				return true;
			if (!next_outer(ms))
			{
				/* Only unmatched inner rows are left. */
				if (!ms->fill_inner)
					return false;
				if (!ms->have_group && !next_group(ms))
					return false;
				ms->unmatched_at = 0;
				continue;
			}
		}
		if (!ms->have_group && !ms->inner_done)
		{
			if (ms->jo.n > 0)
				return true;
			next_group(ms);
		}
		pos = selection_pos(&ms->outer->sel, ms->outer_at);
		if (!ms->have_group)
		{
			if (!ms->fill_outer)
				return ms->jo.n > 0;
			cmp = -1;
		}
		else
			cmp = compare_outer_group(ms, pos, &unmatchable);
		if (cmp > 0)
		{
			if (ms->fill_inner)
			{
				/* Marks of the pairs in the list must be set before members are called unmatched. */
				if (ms->jo.n > 0)
					return true;
				ms->unmatched_at = 0;
				continue;
			}
			if (ms->jo.n > 0 && ms->rows_kept > MERGE_KEEP_MAX)
				return true;
			next_group(ms);
			continue;
		}
		if (cmp < 0 || unmatchable)
		{
			if (ms->fill_outer)
				join_out_add(&ms->jo, pos, false, NULL);
			ms->outer_at++;
			continue;
		}
		if (!ms->row_open)
		{
			ms->pair_at = 0;
			ms->row_open = true;
		}
		while (ms->pair_at < ms->group_n && ms->jo.n < limit)
		{
			join_out_add(&ms->jo, pos, false, ms->group[ms->pair_at++]);
			if (ms->jo.joinqual == NULL && (ms->jo.single_match || ms->jo.type == JOIN_ANTI))
				ms->pair_at = ms->group_n;
		}
		if (ms->pair_at < ms->group_n || ms->jo.n >= limit)
		{
			if (ms->pair_at >= ms->group_n && !ms->fill_outer)
			{
				ms->row_open = false;
				ms->outer_at++;
			}
			return true;
		}
		if (ms->fill_outer)
			join_out_add(&ms->jo, pos, false, NULL);
		ms->row_open = false;
		ms->outer_at++;
	}
}

static Batch *
merge_join_next(PlanState *ps, int max_rows)
{
	MergeJoinState *ms = (MergeJoinState *) ps;
	Batch empty = {.sel = {0, 0, NULL}};

	if (ps->done)
		return NULL;
	MemoryContextReset(ps->batch_cxt);
	for (;;)
	{
		int limit = Min(max_rows, ms->target);
		bool more;
		Batch *out;

		CHECK_FOR_INTERRUPTS();
		ms->target = Min(ms->target * 4, BATCH_MAX_ROWS);
		more = merge_pairs(ms, limit);
		out = join_out_flush(&ms->jo, ms->outer ? ms->outer : &empty);
		if (out != NULL)
			return out;
		if (!more)
		{
			ps->done = true;
			return NULL;
		}
		MemoryContextReset(ps->batch_cxt);
	}
}

static void
merge_join_forget(MergeJoinState *ms)
{
	ms->outer = ms->inner = NULL;
	ms->outer_done = ms->inner_done = false;
	ms->have_group = false;
	ms->row_open = false;
	ms->unmatched_at = -1;
	ms->group_n = 0;
	ms->jo.n = 0;
	ms->target = 64;
}

static void
merge_join_rescan(PlanState *ps)
{
	merge_join_forget((MergeJoinState *) ps);
	if (ps->left->chgParam == NULL)
		exec_rescan(ps->left);
	if (ps->right->chgParam == NULL)
		exec_rescan(ps->right);
}

static void
merge_join_close(PlanState *ps)
{
	merge_join_forget((MergeJoinState *) ps);
	exec_close(ps->left);
	exec_close(ps->right);
}

const NodeOps merge_join_ops = {"Merge Join", sizeof(MergeJoinState), merge_join_init, merge_join_next,
								merge_join_rescan, merge_join_close};
