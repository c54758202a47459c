/*
 * exec_util.c
 *    What many nodes need: row types, projection and filter of a batch, relations, callbacks.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "execute/exec.h"
#include "nodes/nodeFuncs.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/* ---- row types ---- */
static TupleDesc
type_from_targetlist(List *targetlist, bool skip_junk)
{
	TupleDesc desc;
	ListCell *lc;
	int n = 0;

	foreach (lc, targetlist)
		n += !(skip_junk && ((TargetEntry *) lfirst(lc))->resjunk);
	desc = CreateTemplateTupleDesc(n);
	n = 0;
	foreach (lc, targetlist)
	{
		TargetEntry *tle = lfirst(lc);

		if (skip_junk && tle->resjunk)
			continue;
		n++;
		TupleDescInitEntry(desc, n, tle->resname, exprType((Node *) tle->expr), exprTypmod((Node *) tle->expr), 0);
		TupleDescInitEntryCollation(desc, n, exprCollation((Node *) tle->expr));
	}
	return desc;
}

TupleDesc
ExecTypeFromTL(List *targetList)
{
	return type_from_targetlist(targetList, false);
}

TupleDesc
ExecCleanTypeFromTL(List *targetList)
{
	return type_from_targetlist(targetList, true);
}

TupleDesc
ExecTypeFromExprList(List *exprList)
{
	TupleDesc desc = CreateTemplateTupleDesc(list_length(exprList));
	ListCell *lc;
	int n = 0;

	foreach (lc, exprList)
	{
		Node *e = lfirst(lc);
		char name[16];

		n++;
		snprintf(name, sizeof(name), "f%d", n);
		TupleDescInitEntry(desc, n, name, exprType(e), exprTypmod(e), 0);
		TupleDescInitEntryCollation(desc, n, exprCollation(e));
	}
	return desc;
}

void
exec_init_result_type(PlanState *ps)
{
	MemoryContext old = MemoryContextSwitchTo(ps->state->es_query_cxt);

	ps->result_desc = ExecTypeFromTL(ps->plan->targetlist);
	MemoryContextSwitchTo(old);
	ps->out.desc = ps->result_desc;
}

TupleDesc
exec_output_desc(PlanState *ps)
{
	if (ps->result_desc == NULL)
		exec_init_result_type(ps);
	return ps->result_desc;
}

int
exec_find_column(List *targetlist, const char *resname)
{
	ListCell *lc;

	foreach (lc, targetlist)
	{
		TargetEntry *tle = lfirst(lc);

		if (tle->resjunk && tle->resname && strcmp(tle->resname, resname) == 0)
			return tle->resno - 1;
	}
	return -1;
}

/* ---- contexts ---- */

/* The context for results of one batch, made when a node first needs it. Reset by the node at each next. */
MemoryContext
exec_batch_context(PlanState *ps)
{
	if (ps->batch_cxt == NULL)
	{
		ps->batch_cxt = AllocSetContextCreate(ps->state->es_query_cxt, "Batch", ALLOCSET_DEFAULT_SIZES);
		ps->ec.ecxt_per_tuple_memory = ps->batch_cxt;
	}
	return ps->batch_cxt;
}

RowPos *
exec_sel_buffer(PlanState *ps)
{
	if (ps->sel_buf == NULL)
		ps->sel_buf = MemoryContextAlloc(ps->state->es_query_cxt, sizeof(RowPos) * BATCH_MAX_ROWS);
	return ps->sel_buf;
}

/* ---- projection and filter ---- */
void
exec_init_projection(PlanState *ps, ExprCompiler *compiler)
{
	exec_init_result_type(ps);
	ps->proj = projection_compile(compiler, ps->plan->targetlist);
	exec_batch_context(ps);
}

void
exec_init_qual(PlanState *ps, ExprCompiler *compiler)
{
	ps->qual = expr_compile_list(compiler, ps->plan->qual);
	if (ps->qual)
		exec_batch_context(ps);
}

Batch *
exec_project(PlanState *ps, const Selection *sel)
{
	MemoryContext old = MemoryContextSwitchTo(ps->ec.ecxt_per_tuple_memory);

	projection_eval(ps->proj, &ps->ec, sel);
	MemoryContextSwitchTo(old);
	ps->out.sel = *sel;
	ps->out.cols = ps->proj->cols;
	ps->out.ncols = ps->proj->n;
	return &ps->out;
}

Batch *
exec_filter_project(PlanState *ps, const Selection *in)
{
	Selection sel = *in;

	if (ps->qual != NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(ps->ec.ecxt_per_tuple_memory);
		RowPos *buf = exec_sel_buffer(ps);

		sel.n = expr_list_select(ps->qual, &ps->ec, in, buf);
		sel.rows = buf;
		MemoryContextSwitchTo(old);
		if (ps->instrument)
			ps->instrument->removed_by_filter += in->n - sel.n;
	}
	if (sel.n == 0)
		return NULL;
	return exec_project(ps, &sel);
}

/* ---- relations ---- */
RangeTblEntry *
exec_rte(Index rti, EState *estate)
{
	Assert(rti > 0 && (int) rti <= estate->es_range_table_size);
	return estate->es_rtes[rti - 1];
}

/* Open for the rest of this execution. The lock is held already: by the analyzer, or by the plan cache. */
Relation
exec_open_relation(EState *estate, Index rti)
{
	Relation *slot = &estate->es_relations[rti - 1];

	if (*slot == NULL)
		*slot = table_open(exec_rte(rti, estate)->relid, NoLock);
	return *slot;
}

EState *
exec_create_estate(void)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "ExecutorState", ALLOCSET_DEFAULT_SIZES);
	EState *estate = MemoryContextAllocZero(cxt, sizeof(EState));

	estate->type = T_EState;
	estate->es_query_cxt = cxt;
	return estate;
}

/* ---- callbacks of functions that must hear of the end ---- */
void
RegisterExprContextCallback(ExprContext *econtext, ExprContextCallbackFunction function, Datum arg)
{
	ExprContext_CB *cb = MemoryContextAlloc(econtext->ecxt_per_query_memory, sizeof(*cb));

	cb->function = function;
	cb->arg = arg;
	cb->next = econtext->ecxt_callbacks;
	econtext->ecxt_callbacks = cb;
}

void
UnregisterExprContextCallback(ExprContext *econtext, ExprContextCallbackFunction function, Datum arg)
{
	ExprContext_CB **p = &econtext->ecxt_callbacks;

	while (*p != NULL)
	{
		ExprContext_CB *cb = *p;

		if (cb->function == function && cb->arg == arg)
		{
			*p = cb->next;
			pfree(cb);
		}
		else
			p = &cb->next;
	}
}

void
exec_run_callbacks(ExprContext *ec)
{
	while (ec->ecxt_callbacks != NULL)
	{
		ExprContext_CB *cb = ec->ecxt_callbacks;

		ec->ecxt_callbacks = cb->next;
		cb->function(cb->arg);
		pfree(cb);
	}
}
