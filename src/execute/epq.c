/*
 * epq.c
 *    EvalPlanQual: under READ COMMITTED, a row that somebody else updated since our snapshot is looked at again in its newest
 *    version. A second copy of the plan runs in which every relation of the query gives at most one row: the newest version for
 *    the relation in question, and for the others the row that took part in the original result.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "execute/epq.h"
#include "execute/modify.h"
#include "execute/subplan.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

void
epq_init(EpqState *epq, EState *parent, Plan *subplan, List *rowmarks, int param)
{
	memset(epq, 0, sizeof(*epq));
	epq->parent = parent;
	epq->plan = subplan;
	epq->rowmarks = rowmarks;
	epq->param = param;
}

List *
epq_build_rowmarks(List *planmarks, List *tlist, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	List *result = NIL;
	ListCell *lc;

	foreach (lc, planmarks)
	{
		PlanRowMark *pm = lfirst_node(PlanRowMark, lc);
		ExecRowMark *rm;
		char name[32];

		if (pm->isParent)
			continue;
		rm = palloc0_object(ExecRowMark);
		rm->rti = pm->rti;
		rm->rowmarkId = pm->rowmarkId;
		rm->markType = pm->markType;
		rm->strength = pm->strength;
		rm->waitPolicy = pm->waitPolicy;
		rm->ctid_col = rm->toid_col = rm->whole_col = -1;
		if (pm->markType == ROW_MARK_COPY)
		{
			snprintf(name, sizeof(name), "wholerow%u", pm->rowmarkId);
			rm->whole_col = exec_find_column(tlist, name);
		}
		else
		{
			snprintf(name, sizeof(name), "ctid%u", pm->rowmarkId);
			rm->ctid_col = exec_find_column(tlist, name);
			snprintf(name, sizeof(name), "tableoid%u", pm->rowmarkId);
			rm->toid_col = exec_find_column(tlist, name);
		}
		result = lappend(result, rm);
	}
	MemoryContextSwitchTo(old);
	return result;
}

/* Parameters that the parent has computed; initplans it has not run yet are run now, in the parent. */
static void
copy_params(EpqState *epq, bool all)
{
	EState *parent = epq->parent;

	for (int i = 0; i < parent->es_num_exec_params; i++)
	{
		ParamExecData *from = &parent->es_param_exec_vals[i];

		if (from->plan != NULL)
			subplan_set_params(from->plan);
		epq->estate->es_param_exec_vals[i].value = from->value;
		epq->estate->es_param_exec_vals[i].isnull = from->isnull;
		epq->estate->es_param_exec_vals[i].plan = NULL;
	}
}

static void
build_copy(EpqState *epq)
{
	EState *parent = epq->parent;
	MemoryContext old = MemoryContextSwitchTo(parent->es_query_cxt);
	EState *es = exec_create_estate();
	ListCell *lc;
	int i = 0;

	MemoryContextSwitchTo(es->es_query_cxt);
	es->es_plannedstmt = parent->es_plannedstmt;
	es->es_sourceText = parent->es_sourceText;
	es->es_snapshot = parent->es_snapshot;
	es->es_crosscheck_snapshot = parent->es_crosscheck_snapshot;
	es->es_param_list_info = parent->es_param_list_info;
	es->es_output_cid = parent->es_output_cid;
	es->es_rtes = parent->es_rtes;
	es->es_range_table_size = parent->es_range_table_size;
	es->es_relations = palloc0_array(Relation, Max(es->es_range_table_size, 1));
	es->es_num_exec_params = parent->es_num_exec_params;
	es->es_param_exec_vals = palloc0_array(ParamExecData, Max(es->es_num_exec_params, 1));
	es->es_epq = epq;
	epq->estate = es;
	epq->tuples = palloc0_array(HeapTuple, es->es_range_table_size);
	epq->has_tuple = palloc0_array(bool, es->es_range_table_size);
	epq->returned = palloc0_array(bool, es->es_range_table_size);
	es->es_num_subplans = parent->es_num_subplans;
	es->es_subplanstates = palloc0_array(PlanState *, Max(es->es_num_subplans, 1));
	foreach (lc, parent->es_plannedstmt->subplans)
	{
		Plan *sub = lfirst(lc);

		/* Data-modifying CTEs must not run again. */
		if (sub != NULL && !IsA(sub, ModifyTable))
			es->es_subplanstates[i] = exec_init_node(sub, es, 0);
		i++;
	}
	epq->planstate = exec_init_node(epq->plan, es, 0);
	es->es_planstate = epq->planstate;
	MemoryContextSwitchTo(old);
}

void
epq_begin(EpqState *epq, const Batch *origin, int pos)
{
	if (epq->estate == NULL)
		build_copy(epq);
	memset(epq->tuples, 0, sizeof(HeapTuple) * epq->estate->es_range_table_size);
	memset(epq->has_tuple, 0, sizeof(bool) * epq->estate->es_range_table_size);
	memset(epq->returned, 0, sizeof(bool) * epq->estate->es_range_table_size);
	epq->origin = (Batch *) origin;
	epq->origin_pos = pos;
	copy_params(epq, true);
}

void
epq_set_tuple(EpqState *epq, Index rti, HeapTuple tuple)
{
	MemoryContext old = MemoryContextSwitchTo(epq->estate->es_query_cxt);

	epq->has_tuple[rti - 1] = true;
	epq->tuples[rti - 1] = tuple ? heap_copytuple(tuple) : NULL;
	MemoryContextSwitchTo(old);
}

/* The rows of relations that are only remembered. */
static void
fetch_remembered(EpqState *epq, ExecRowMark *rm)
{
	EState *es = epq->estate;
	const Batch *origin = epq->origin;
	int pos = epq->origin_pos;

	if (epq->has_tuple[rm->rti - 1])
		return;
	if (rm->markType == ROW_MARK_COPY)
	{
		HeapTupleData tup = {0};
		Vector *v = rm->whole_col >= 0 ? &origin->cols[rm->whole_col] : NULL;

		if (v == NULL || vector_isnull(v, pos))
		{
			epq_set_tuple(epq, rm->rti, NULL);
			return;
		}
		tup.t_data = DatumGetHeapTupleHeader(vector_value(v, pos));
		tup.t_len = HeapTupleHeaderGetDatumLength(tup.t_data);
		ItemPointerSetInvalid(&tup.t_self);
		epq_set_tuple(epq, rm->rti, &tup);
	}
	else if (rm->ctid_col >= 0)
	{
		Vector *v = &origin->cols[rm->ctid_col];
		HeapTupleData tup = {0};
		Buffer buffer;

		if (vector_isnull(v, pos))
		{
			epq_set_tuple(epq, rm->rti, NULL);
			return;
		}
		tup.t_self = *(ItemPointer) DatumGetPointer(vector_value(v, pos));
		if (!heap_fetch(exec_open_relation(es, rm->rti), SnapshotAny, &tup, &buffer, false))
			elog(ERROR, "failed to fetch tuple for EvalPlanQual recheck");
		epq_set_tuple(epq, rm->rti, &tup);
		ReleaseBuffer(buffer);
	}
}

Batch *
epq_run(EpqState *epq)
{
	MemoryContext old = MemoryContextSwitchTo(epq->estate->es_query_cxt);
	Bitmapset *all = NULL;
	Batch *out;
	ListCell *lc;

	foreach (lc, epq->rowmarks)
		fetch_remembered(epq, lfirst(lc));
	if (epq->param >= 0 && epq->param < epq->estate->es_num_exec_params)
	{
		all = bms_make_singleton(epq->param);
		exec_mark_changed(epq->planstate, all);
	}
	exec_close(epq->planstate);
	exec_rescan(epq->planstate);
	out = exec_next(epq->planstate, 1);
	MemoryContextSwitchTo(old);
	return out;
}

void
epq_close(EpqState *epq)
{
	if (epq->estate == NULL)
		return;
	exec_end_plan(epq->estate);
	MemoryContextDelete(epq->estate->es_query_cxt);
	epq->estate = NULL;
	epq->planstate = NULL;
}
