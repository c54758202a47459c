/*
 * subplan.c
 *    Subqueries in expressions: correlated ones run for each row, uncorrelated IN through a hash table, initplans once.
 *
 * NULL rules of IN: a row that is not found is NULL, not false, if a comparison with some row of the subquery was NULL. The hash
 * table therefore has a second part, the rows with NULLs, which are compared one by one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "execute/row_hash.h"
#include "execute/subplan.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

struct SubPlanState
{
	SubPlan *subplan;
	PlanState *plan;		/* the subquery's */
	PlanState *parent;
	int nargs;				/* correlation: parParam[i] gets args[i] */
	ExprNode **args;
	ExprNode *testexpr;
	MemoryContext row_cxt;
	/* values handed out by initplans and row results */
	MemoryContext result_cxt;
	/* hashed IN */
	bool hash_ready;
	RowHash *hash;
	RowHash *null_rows;		/* keyed like hash; rows with a NULL */
	bool have_nulls;
	int ncols;
	ExprNode **lefts;
	KeyHash *left_hash;
	KeyEqual *equal;		/* left value, subquery value */
	/* arrays */
	int16 typlen;
	bool typbyval;
	char typalign;
};

typedef struct SubPlanNode
{
	ExprNode base;
	SubPlanState *state;
} SubPlanNode;

SubPlan *
subplan_node(SubPlanState *state)
{
	return state->subplan;
}

PlanState *
subplan_plan(SubPlanState *state)
{
	return state->plan;
}

/* ---- initialisation ---- */

/* The hash table compares columns: testexpr is an OpExpr or an AND of them, subquery column i on the right. */
static void
init_hashed(SubPlanState *st, ExprCompiler *c)
{
	Node *test = st->subplan->testexpr;
	List *ops = IsA(test, OpExpr) ? list_make1(test) : ((BoolExpr *) test)->args;
	MemoryContext cxt = c->cxt;
	ListCell *lc;
	int i = 0;

	st->ncols = list_length(ops);
	st->lefts = MemoryContextAlloc(cxt, sizeof(ExprNode *) * st->ncols);
	st->left_hash = MemoryContextAllocZero(cxt, sizeof(KeyHash) * st->ncols);
	st->equal = MemoryContextAllocZero(cxt, sizeof(KeyEqual) * st->ncols);
	foreach (lc, ops)
	{
		OpExpr *op = lfirst_node(OpExpr, lc);

		st->lefts[i] = expr_compile(c, linitial(op->args));
		key_hash_init_op(&st->left_hash[i], NULL, op->opno, op->inputcollid, cxt);
		key_equal_init(&st->equal[i], op->opno, op->inputcollid, cxt);
		i++;
	}
}

static SubPlanState *
new_state(SubPlan *subplan, PlanState *parent, ExprCompiler *c)
{
	EState *estate = parent->state;
	SubPlanState *st = MemoryContextAllocZero(c->cxt, sizeof(SubPlanState));
	ListCell *lc;

	st->subplan = subplan;
	st->parent = parent;
	st->plan = estate->es_subplanstates[subplan->plan_id - 1];
	if (st->plan == NULL)
		elog(ERROR, "subplan \"%s\" was not initialized", subplan->plan_name);
	st->args = MemoryContextAlloc(c->cxt, sizeof(ExprNode *) * Max(list_length(subplan->args), 1));
	foreach (lc, subplan->args)
		st->args[st->nargs++] = expr_compile(c, lfirst(lc));
	if (subplan->testexpr)
	{
		if (subplan->useHashTable)
			init_hashed(st, c);
		else
			st->testexpr = expr_compile(c, subplan->testexpr);
	}
	st->row_cxt = AllocSetContextCreate(estate->es_query_cxt, "SubPlan", ALLOCSET_SMALL_SIZES);
	st->result_cxt = AllocSetContextCreate(estate->es_query_cxt, "SubPlan result", ALLOCSET_SMALL_SIZES);
	if (subplan->subLinkType == ARRAY_SUBLINK)
		get_typlenbyvalalign(subplan->firstColType, &st->typlen, &st->typbyval, &st->typalign);
	return st;
}

SubPlanState *
subplan_init(SubPlan *subplan, PlanState *parent)
{
	ExprCompiler c;
	SubPlanState *st;
	ListCell *lc;

	expr_compiler_init(&c, parent);
	st = new_state(subplan, parent, &c);
	/* Its output parameters compute themselves when they are first wanted. A CTE's parameter has another use. */
	if (subplan->subLinkType != CTE_SUBLINK)
		foreach (lc, subplan->setParam)
			parent->state->es_param_exec_vals[lfirst_int(lc)].plan = st;
	return st;
}

void
subplan_restart(SubPlanState *st)
{
	ListCell *lc;

	st->hash_ready = false;
	if (st->subplan->subLinkType != CTE_SUBLINK && st->subplan->parParam == NIL)
		foreach (lc, st->subplan->setParam)
			st->parent->state->es_param_exec_vals[lfirst_int(lc)].plan = st;
}

void
subplan_mark_changed(SubPlanState *st, Bitmapset *changed, bool is_initplan, PlanState *parent)
{
	ListCell *lc;

	if (!bms_overlap(st->plan->plan->allParam, changed) && !bms_overlap(st->plan->plan->extParam, changed))
		return;
	exec_mark_changed(st->plan, changed);
	st->hash_ready = false;
	if (!is_initplan)
		return;
	/* To be computed again; whoever depends on its output must hear of that. */
	foreach (lc, st->subplan->setParam)
	{
		int id = lfirst_int(lc);

		if (st->subplan->subLinkType != CTE_SUBLINK)
			parent->state->es_param_exec_vals[id].plan = st;
		parent->chgParam = bms_add_member(parent->chgParam, id);
	}
}

/* ---- running the subquery ---- */

/* Nodes keep what they allocate for an execution in the current context: it must be the query's, not an expression's. */
static Batch *
run_next(SubPlanState *st, int max_rows)
{
	MemoryContext old = MemoryContextSwitchTo(st->plan->state->es_query_cxt);
	Batch *b = exec_next(st->plan, max_rows);

	MemoryContextSwitchTo(old);
	return b;
}

static void
run_rescan(SubPlanState *st)
{
	MemoryContext old = MemoryContextSwitchTo(st->plan->state->es_query_cxt);

	exec_rescan(st->plan);
	MemoryContextSwitchTo(old);
}

static void
set_args(SubPlanState *st, ExprContext *ec, int pos)
{
	RowPos row = pos;
	Selection one = {1, pos + 1, &row};
	ListCell *lc;
	Bitmapset *changed = NULL;
	int i = 0;

	foreach (lc, st->subplan->parParam)
	{
		ParamExecData *prm = &ec->ecxt_estate->es_param_exec_vals[lfirst_int(lc)];
		Vector *v = expr_eval(st->args[i++], ec, &one);

		prm->value = vector_value(v, pos);
		prm->isnull = vector_isnull(v, pos);
		prm->plan = NULL;
		changed = bms_add_member(changed, lfirst_int(lc));
	}
	if (changed)
		exec_mark_changed(st->plan, changed);
	bms_free(changed);
}

static Datum
keep_datum(SubPlanState *st, Datum d, bool isnull, TupleDesc desc, int col, MemoryContext cxt)
{
	Form_pg_attribute att = TupleDescAttr(desc, col);
	MemoryContext old;

	if (isnull || att->attbyval)
		return d;
	old = MemoryContextSwitchTo(cxt);
	d = datumCopy(d, false, att->attlen);
	MemoryContextSwitchTo(old);
	return d;
}

/* Put one subquery row into the parameters that testexpr (or an outer expression) reads. */
static void
set_output_params(SubPlanState *st, EState *estate, const Batch *b, int pos, MemoryContext keep)
{
	List *ids = st->subplan->testexpr ? st->subplan->paramIds : st->subplan->setParam;
	TupleDesc desc = exec_output_desc(st->plan);
	ListCell *lc;
	int col = 0;

	foreach (lc, ids)
	{
		ParamExecData *prm = &estate->es_param_exec_vals[lfirst_int(lc)];

		prm->isnull = b == NULL || vector_isnull(&b->cols[col], pos);
		prm->value = prm->isnull ? (Datum) 0 : vector_value(&b->cols[col], pos);
		prm->plan = NULL;
		if (keep)
			prm->value = keep_datum(st, prm->value, prm->isnull, desc, col, keep);
		col++;
	}
}

static void
too_many_rows(void)
{
	ereport(ERROR, errcode(ERRCODE_CARDINALITY_VIOLATION),
			errmsg("more than one row returned by a subquery used as an expression"));
}

/* ARRAY(SELECT ...) */
static Datum
collect_array(SubPlanState *st)
{
	Oid type = st->subplan->firstColType;
	ArrayBuildStateAny *acc;
	Batch *b;

	if (st->plan->plan->targetlist != NIL)
		type = exprType((Node *) ((TargetEntry *) linitial(st->plan->plan->targetlist))->expr);
	acc = initArrayResultAny(type, CurrentMemoryContext, true);
	while ((b = run_next(st, BATCH_MAX_ROWS)) != NULL)
		for (int k = 0; k < b->sel.n; k++)
		{
			int pos = selection_pos(&b->sel, k);

			acc = accumArrayResultAny(acc, vector_value(&b->cols[0], pos), vector_isnull(&b->cols[0], pos), type,
									  CurrentMemoryContext);
		}
	return makeArrayResultAny(acc, CurrentMemoryContext, true);
}

/* EXISTS, a single value, ROW compare: at most one row is wanted. */
static Datum
eval_single(SubPlanState *st, ExprContext *ec, int pos, bool *isnull)
{
	SubPlan *sp = st->subplan;
	RowPos row = pos;
	Selection one = {1, pos + 1, &row};
	Batch *b = run_next(st, sp->subLinkType == EXISTS_SUBLINK ? 1 : 2);
	Vector *v;
	Datum result;

	*isnull = false;
	if (sp->subLinkType == EXISTS_SUBLINK)
		return BoolGetDatum(b != NULL);
	if (b == NULL)
	{
		*isnull = true;
		if (sp->subLinkType == MULTIEXPR_SUBLINK)
			set_output_params(st, ec->ecxt_estate, NULL, 0, NULL);
		return (Datum) 0;
	}
	if (b->sel.n > 1)
		too_many_rows();
	if (sp->subLinkType == EXPR_SUBLINK)
	{
		int p = selection_pos(&b->sel, 0);

		*isnull = vector_isnull(&b->cols[0], p);
		result = *isnull ? (Datum) 0 : vector_value(&b->cols[0], p);
		result = keep_datum(st, result, *isnull, exec_output_desc(st->plan), 0, CurrentMemoryContext);
		if (run_next(st, 1) != NULL)
			too_many_rows();
		return result;
	}
	if (sp->subLinkType == MULTIEXPR_SUBLINK)
	{
		set_output_params(st, ec->ecxt_estate, b, selection_pos(&b->sel, 0), CurrentMemoryContext);
		if (run_next(st, 1) != NULL)
			too_many_rows();
		*isnull = true;
		return (Datum) 0;
	}
	/* ROWCOMPARE */
	set_output_params(st, ec->ecxt_estate, b, selection_pos(&b->sel, 0), CurrentMemoryContext);
	if (run_next(st, 1) != NULL)
		too_many_rows();
	v = expr_eval(st->testexpr, ec, &one);
	*isnull = vector_isnull(v, pos);
	return vector_value(v, pos);
}

/* op ANY/ALL (SELECT ...), row by row of the subquery until decided. */
static Datum
eval_any_all(SubPlanState *st, ExprContext *ec, int pos, bool *isnull)
{
	bool any = st->subplan->subLinkType == ANY_SUBLINK;
	RowPos row = pos;
	Selection one = {1, pos + 1, &row};
	bool saw_null = false;
	Batch *b;

	while ((b = run_next(st, BATCH_MAX_ROWS)) != NULL)
		for (int k = 0; k < b->sel.n; k++)
		{
			Vector *v;

			set_output_params(st, ec->ecxt_estate, b, selection_pos(&b->sel, k), NULL);
			v = expr_eval(st->testexpr, ec, &one);
			if (vector_isnull(v, pos))
				saw_null = true;
			else if (DatumGetBool(vector_value(v, pos)) == any)
			{
				*isnull = false;
				return BoolGetDatum(any);
			}
		}
	*isnull = saw_null;
	return BoolGetDatum(!any);
}

static Datum
eval_row(SubPlanState *st, ExprContext *ec, int pos, bool *isnull)
{
	set_args(st, ec, pos);
	run_rescan(st);
	switch (st->subplan->subLinkType)
	{
		case ANY_SUBLINK:
		case ALL_SUBLINK:
			return eval_any_all(st, ec, pos, isnull);
		case ARRAY_SUBLINK:
			*isnull = false;
			return collect_array(st);
		default:
			return eval_single(st, ec, pos, isnull);
	}
}

static Vector *
subplan_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	SubPlanState *st = ((SubPlanNode *) base)->state;
	Vector *out = expr_begin(base, sel);

	CHECK_FOR_INTERRUPTS();
	/* MULTIEXPR leaves its values in parameters that other columns of the same row read. */
	SELECTION_FOREACH(sel, pos, { out->values[pos] = eval_row(st, ec, pos, &out->nulls[pos]); });
	return out;
}

/* ---- hashed IN ---- */
static void
build_hash(SubPlanState *st, EState *estate)
{
	TupleDesc desc = exec_output_desc(st->plan);
	AttrNumber *attnos = palloc_array(AttrNumber, st->ncols);
	Oid *eqops = palloc_array(Oid, st->ncols);
	Oid *colls = palloc_array(Oid, st->ncols);
	Datum *keys = palloc_array(Datum, st->ncols);
	bool *nulls = palloc_array(bool, st->ncols);
	Batch *b;

	if (st->hash)
	{
		row_hash_destroy(st->hash);
		row_hash_destroy(st->null_rows);
	}
	for (int i = 0; i < st->ncols; i++)
	{
		attnos[i] = i + 1;
		eqops[i] = key_equality_operator(TupleDescAttr(desc, i)->atttypid);
		colls[i] = st->equal[i].collation;
	}
	st->hash = row_hash_create(desc, st->ncols, attnos, eqops, colls, 0, st->plan->plan->plan_rows,
							   estate->es_query_cxt);
	st->null_rows = row_hash_create(desc, st->ncols, attnos, eqops, colls, 0, 0, estate->es_query_cxt);
	st->have_nulls = false;
	run_rescan(st);
	while ((b = run_next(st, BATCH_MAX_ROWS)) != NULL)
		for (int k = 0; k < b->sel.n; k++)
		{
			int pos = selection_pos(&b->sel, k);
			bool any_null = false;
			RowHash *into;
			uint32 h;

			for (int i = 0; i < st->ncols; i++)
			{
				nulls[i] = vector_isnull(&b->cols[i], pos);
				keys[i] = nulls[i] ? (Datum) 0 : vector_value(&b->cols[i], pos);
				any_null |= nulls[i];
			}
			into = any_null ? st->null_rows : st->hash;
			st->have_nulls |= any_null;
			h = row_hash_value(into, keys, nulls);
			if (row_hash_lookup(into, h, keys, nulls) == NULL)
				row_hash_insert_batch(into, h, b, pos);
		}
	st->hash_ready = true;
}

/* Could the row match if NULLs were known: no column is definitely unequal. */
static bool
maybe_equal(SubPlanState *st, RowHash *rh, Row *row, const Datum *keys, const bool *nulls)
{
	bool *flags = row_nulls(&rh->layout, row);

	for (int i = 0; i < st->ncols; i++)
		if (!nulls[i] && !flags[i] && !key_equal(&st->equal[i], keys[i], row->values[i]))
			return false;
	return true;
}

static bool
any_maybe_equal(SubPlanState *st, RowHash *rh, const Datum *keys, const bool *nulls)
{
	RowHashScan scan;
	Row *row;

	row_hash_scan_start(rh, &scan);
	while ((row = row_hash_scan_next(rh, &scan)) != NULL)
		if (maybe_equal(st, rh, row, keys, nulls))
			return true;
	return false;
}

static bool
hash_contains(SubPlanState *st, const Datum *keys)
{
	uint32 h = 0;

	for (int i = 0; i < st->ncols; i++)
		h = key_combine(h, key_hash(&st->left_hash[i], keys[i]));
	h = key_mix64(h);
	for (Row *row = st->hash->buckets[h & st->hash->mask]; row != NULL; row = row->next)
	{
		int i;

		if (row->hash != h)
			continue;
		for (i = 0; i < st->ncols; i++)
			if (!key_equal(&st->equal[i], keys[i], row->values[i]))
				break;
		if (i == st->ncols)
			return true;
	}
	return false;
}

static bool
hashed_row(SubPlanState *st, const Datum *keys, const bool *nulls, bool *isnull)
{
	bool any_null = false;

	*isnull = false;
	if (st->hash->count == 0 && !st->have_nulls)
		return false;
	for (int i = 0; i < st->ncols; i++)
		any_null |= nulls[i];
	if (!any_null && hash_contains(st, keys))
		return true;
	if (!any_null && !st->have_nulls)
		return false;
	/* unknownEqFalse: the caller does not care whether it is false or NULL. */
	if (st->subplan->unknownEqFalse)
		return false;
	*isnull = any_maybe_equal(st, st->null_rows, keys, nulls) || (any_null && any_maybe_equal(st, st->hash, keys, nulls));
	return false;
}

static Vector *
hashed_subplan_eval(ExprNode *base, ExprContext *ec, const Selection *sel)
{
	SubPlanState *st = ((SubPlanNode *) base)->state;
	Vector *lefts[32];
	Datum keys[32];
	bool nulls[32];
	Vector *out;

	if (st->ncols > (int) lengthof(lefts))
		elog(ERROR, "too many columns in hashed subquery");
	for (int i = 0; i < st->ncols; i++)
		lefts[i] = expr_eval(st->lefts[i], ec, sel);
	out = expr_begin(base, sel);
	if (sel->n == 0)
		return out;
	if (!st->hash_ready || st->plan->chgParam != NULL)
		build_hash(st, ec->ecxt_estate);
	SELECTION_FOREACH(sel, pos, {
		for (int i = 0; i < st->ncols; i++)
		{
			keys[i] = vector_value(lefts[i], pos);
			nulls[i] = vector_isnull(lefts[i], pos);
		}
		out->values[pos] = BoolGetDatum(hashed_row(st, keys, nulls, &out->nulls[pos]));
	});
	return out;
}

ExprNode *
expr_compile_subplan(ExprCompiler *c, SubPlan *e)
{
	Oid type = BOOLOID;
	SubPlanNode *node;
	MemoryContext old;

	if (c->parent == NULL)
		elog(ERROR, "SubPlan found with no parent plan");
	if (e->subLinkType == EXPR_SUBLINK)
		type = e->firstColType;
	else if (e->subLinkType == ARRAY_SUBLINK)
		type = get_promoted_array_type(e->firstColType);
	else if (e->subLinkType == MULTIEXPR_SUBLINK)
		type = RECORDOID;
	node = expr_new_node(c, sizeof(SubPlanNode), type, e->useHashTable ? hashed_subplan_eval : subplan_eval);
	node->state = new_state(e, c->parent, c);
	old = MemoryContextSwitchTo(c->cxt);
	c->parent->sub_plans = lappend(c->parent->sub_plans, node->state);
	MemoryContextSwitchTo(old);
	/* Values set for one row must be read before the next row's are. */
	if (e->subLinkType == MULTIEXPR_SUBLINK)
		c->volatile_count += 2;
	return &node->base;
}

/* ---- initplans ---- */
void
subplan_set_params(SubPlanState *st)
{
	SubPlan *sp = st->subplan;
	EState *estate = st->parent->state;
	MemoryContext old;
	ParamExecData *prm;
	Batch *b;

	CHECK_FOR_INTERRUPTS();
	if (sp->parParam != NIL)
		elog(ERROR, "correlated subplans cannot be executed via an initplan");
	MemoryContextReset(st->result_cxt);
	old = MemoryContextSwitchTo(st->row_cxt);
	run_rescan(st);
	if (sp->subLinkType == EXISTS_SUBLINK || sp->subLinkType == ARRAY_SUBLINK)
	{
		prm = &estate->es_param_exec_vals[linitial_int(sp->setParam)];
		prm->plan = NULL;
		prm->isnull = false;
		if (sp->subLinkType == EXISTS_SUBLINK)
			prm->value = BoolGetDatum(run_next(st, 1) != NULL);
		else
		{
			Datum array = collect_array(st);

			MemoryContextSwitchTo(st->result_cxt);
			prm->value = datumCopy(array, false, -1);
		}
	}
	else
	{
		b = run_next(st, 2);
		if (b != NULL && b->sel.n > 1)
			too_many_rows();
		set_output_params(st, estate, b, b ? selection_pos(&b->sel, 0) : 0, st->result_cxt);
		if (b != NULL && run_next(st, 1) != NULL)
			too_many_rows();
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(st->row_cxt);
}
