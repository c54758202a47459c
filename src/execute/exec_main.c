/*
 * exec_main.c
 *    ExecutorStart, Run, Finish, End: the life of one execution of a statement.
 *
 * The compiled state of a statement (EState with its PlanStates) may outlive the execution in the ExecCacheSlot of a cached
 * plan. It leaves the slot when an execution starts and is put back when that has ended without an error, so an
 * execution that fails, or a second one of the same plan inside the first, never sees a state in use. Whoever puts it back
 * has closed all relations, scans and files; only memory is kept.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "commands/trigger.h"
#include "execute/exec.h"
#include "execute/modify.h"
#include "execute/subplan.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

ExecutorStart_hook_type ExecutorStart_hook = NULL;
ExecutorRun_hook_type ExecutorRun_hook = NULL;
ExecutorFinish_hook_type ExecutorFinish_hook = NULL;
ExecutorEnd_hook_type ExecutorEnd_hook = NULL;
ExecutorCheckPerms_hook_type ExecutorCheckPerms_hook = NULL;

/* ---- query descriptors ---- */
QueryDesc *
CreateQueryDesc(PlannedStmt *plannedstmt, const char *sourceText, Snapshot snapshot, Snapshot crosscheck_snapshot,
				DestReceiver *dest, ParamListInfo params, QueryEnvironment *queryEnv, int instrument_options)
{
	QueryDesc *qd = palloc0_object(QueryDesc);

	qd->operation = plannedstmt->commandType;
	qd->plannedstmt = plannedstmt;
	qd->sourceText = sourceText;
	qd->snapshot = RegisterSnapshot(snapshot);
	qd->crosscheck_snapshot = RegisterSnapshot(crosscheck_snapshot);
	qd->dest = dest;
	qd->params = params;
	qd->queryEnv = queryEnv;
	qd->instrument_options = instrument_options;
	return qd;
}

void
FreeQueryDesc(QueryDesc *qdesc)
{
	Assert(qdesc->estate == NULL);
	UnregisterSnapshot(qdesc->snapshot);
	UnregisterSnapshot(qdesc->crosscheck_snapshot);
	pfree(qdesc);
}

void
exec_cache_release(ExecCacheSlot *slot)
{
	if (slot->idle != NULL)
		MemoryContextDelete(slot->idle->es_query_cxt);
	slot->idle = NULL;
}

/* ---- permissions ---- */
static bool
columns_allowed(Oid relid, Oid userid, Bitmapset *cols, AclMode mode, bool any_if_none)
{
	int col = -1;

	if (bms_is_empty(cols))
		return any_if_none && pg_attribute_aclcheck_all(relid, userid, mode, ACLMASK_ANY) == ACLCHECK_OK;
	while ((col = bms_next_member(cols, col)) >= 0)
	{
		AttrNumber attno = col + FirstLowInvalidHeapAttributeNumber;

		if (attno == InvalidAttrNumber)
		{
			if (mode != ACL_SELECT || pg_attribute_aclcheck_all(relid, userid, mode, ACLMASK_ALL) != ACLCHECK_OK)
				return false;
		}
		else if (pg_attribute_aclcheck(relid, attno, userid, mode) != ACLCHECK_OK)
			return false;
	}
	return true;
}

/* What the whole table does not grant must be granted by the columns used; only some privileges exist per column. */
static bool
rte_allowed(RangeTblEntry *rte)
{
	AclMode wanted = rte->requiredPerms;
	Oid userid;
	AclMode missing;

	if (wanted == 0)
		return true;
	userid = OidIsValid(rte->checkAsUser) ? rte->checkAsUser : GetUserId();
	missing = wanted & ~pg_class_aclmask(rte->relid, userid, wanted, ACLMASK_ALL);
	if (missing == 0)
		return true;
	if (missing & ~(ACL_SELECT | ACL_INSERT | ACL_UPDATE))
		return false;
	if ((missing & ACL_SELECT) && !columns_allowed(rte->relid, userid, rte->selectedCols, ACL_SELECT, true))
		return false;
	if ((missing & ACL_INSERT) && !columns_allowed(rte->relid, userid, rte->insertedCols, ACL_INSERT, false))
		return false;
	if ((missing & ACL_UPDATE) && !columns_allowed(rte->relid, userid, rte->updatedCols, ACL_UPDATE, false))
		return false;
	return true;
}

bool
ExecCheckRTPerms(List *rangeTable, bool ereport_on_violation)
{
	ListCell *lc;

	foreach (lc, rangeTable)
	{
		RangeTblEntry *rte = lfirst(lc);

		/* A view's entry has become a sub-query that still carries the view's own permissions. */
		if ((rte->rtekind != RTE_RELATION && !(rte->rtekind == RTE_SUBQUERY && OidIsValid(rte->relid))) ||
			rte_allowed(rte))
			continue;
		if (ereport_on_violation)
			aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(get_rel_relkind(rte->relid)),
						   get_rel_name(rte->relid));
		return false;
	}
	if (ExecutorCheckPerms_hook)
		return ExecutorCheckPerms_hook(rangeTable, ereport_on_violation);
	return true;
}

/* In a read-only transaction only temporary tables may be written. */
static void
check_xact_read_only(PlannedStmt *stmt)
{
	ListCell *lc;

	foreach (lc, stmt->rtable)
	{
		RangeTblEntry *rte = lfirst(lc);

		if (rte->rtekind != RTE_RELATION || (rte->requiredPerms & ~ACL_SELECT) == 0)
			continue;
		if (isTempNamespace(get_rel_namespace(rte->relid)))
			continue;
		PreventCommandIfReadOnly(CreateCommandName((Node *) stmt));
	}
}

/* ---- building the state ---- */
static void
init_range_table(EState *estate, List *rtable)
{
	int n = 0;
	ListCell *lc;

	estate->es_range_table_size = list_length(rtable);
	estate->es_rtes = palloc_array(RangeTblEntry *, Max(estate->es_range_table_size, 1));
	estate->es_relations = palloc0_array(Relation, Max(estate->es_range_table_size, 1));
	foreach (lc, rtable)
		estate->es_rtes[n++] = lfirst(lc);
}

/* Which columns of a SELECT's output go to the client. */
static void
init_output(EState *estate, CmdType operation, Plan *plan)
{
	List *tlist = plan->targetlist;
	bool junk = false;
	ListCell *lc;

	estate->es_result_desc = exec_output_desc(estate->es_planstate);
	if (operation != CMD_SELECT)
		return;
	foreach (lc, tlist)
		junk |= ((TargetEntry *) lfirst(lc))->resjunk;
	if (!junk)
		return;
	estate->es_clean_cols = palloc_array(int, list_length(tlist));
	foreach (lc, tlist)
		if (!((TargetEntry *) lfirst(lc))->resjunk)
			estate->es_clean_cols[estate->es_num_clean++] = foreach_current_index(lc);
	estate->es_result_desc = ExecCleanTypeFromTL(tlist);
	estate->es_clean_batch.ncols = estate->es_num_clean;
	estate->es_clean_batch.cols = palloc0_array(Vector, Max(estate->es_num_clean, 1));
	estate->es_clean_batch.desc = estate->es_result_desc;
}

void
exec_init_plan(EState *estate, PlannedStmt *stmt, int eflags)
{
	ListCell *lc;
	int i = 0;

	estate->es_plannedstmt = stmt;
	init_range_table(estate, stmt->rtable);
	estate->es_num_exec_params = list_length(stmt->paramExecTypes);
	estate->es_param_exec_vals = palloc0_array(ParamExecData, Max(estate->es_num_exec_params, 1));
	estate->es_num_subplans = list_length(stmt->subplans);
	estate->es_subplanstates = palloc0_array(PlanState *, Max(estate->es_num_subplans, 1));
	foreach (lc, stmt->subplans)
	{
		estate->es_subplanstates[i] = exec_init_node(lfirst(lc), estate, eflags);
		i++;
	}
	estate->es_planstate = exec_init_node(stmt->planTree, estate, eflags);
}

/* ---- start ---- */
static bool
statement_writes(PlannedStmt *stmt)
{
	return stmt->commandType != CMD_SELECT || stmt->rowMarks != NIL || stmt->hasModifyingCTE;
}

/* What differs from one execution to the next. */
static void
bind_execution(EState *estate, QueryDesc *qd, int eflags)
{
	estate->es_snapshot = RegisterSnapshot(qd->snapshot);
	estate->es_crosscheck_snapshot = RegisterSnapshot(qd->crosscheck_snapshot);
	estate->es_param_list_info = qd->params;
	estate->es_sourceText = qd->sourceText;
	estate->es_queryEnv = qd->queryEnv;
	estate->es_top_eflags = eflags;
	estate->es_instrument = qd->instrument_options;
	estate->es_processed = 0;
	estate->es_pending = NULL;
	estate->es_finished = false;
	estate->es_after_triggers = false;
	estate->es_output_cid = statement_writes(qd->plannedstmt) ? GetCurrentCommandId(true) : 0;
}

static void restart_node(PlanState *ps, ParamListInfo params);

static void
restart_child(PlanState *child, void *arg)
{
	restart_node(child, arg);
}

/* Make an idle tree ready: forget the last execution, bind new parameters. Children are reached by the nodes' rescans. */
static void
restart_node(PlanState *ps, ParamListInfo params)
{
	ListCell *lc;

	ps->ec.ecxt_param_list_info = params;
	if (ps->chgParam != NULL)
	{
		bms_free(ps->chgParam);
		ps->chgParam = NULL;
	}
	foreach (lc, ps->init_plans)
		subplan_restart(lfirst(lc));
	foreach (lc, ps->sub_plans)
		subplan_restart(lfirst(lc));
	exec_walk_children(ps, restart_child, params);
}

static EState *
reuse_state(QueryDesc *qd, int eflags)
{
	EState *estate = qd->cache->idle;

	qd->cache->idle = NULL;
	MemoryContextSetParent(estate->es_query_cxt, CurrentMemoryContext);
	bind_execution(estate, qd, eflags);
	for (int i = 0; i < estate->es_num_subplans; i++)
		if (estate->es_subplanstates[i])
		{
			restart_node(estate->es_subplanstates[i], qd->params);
			exec_rescan(estate->es_subplanstates[i]);
		}
	restart_node(estate->es_planstate, qd->params);
	exec_rescan(estate->es_planstate);
	return estate;
}

/* Plans whose nodes can all be started again in place. */
static bool
cacheable(QueryDesc *qd, int eflags)
{
	return qd->cache != NULL && qd->instrument_options == 0 && eflags == 0 && qd->crosscheck_snapshot == NULL &&
		   qd->queryEnv == NULL && qd->plannedstmt->subplans == NIL && exec_plan_is_simple(qd->plannedstmt->planTree);
}

void
standard_ExecutorStart(QueryDesc *queryDesc, int eflags)
{
	PlannedStmt *stmt = queryDesc->plannedstmt;
	EState *estate;
	MemoryContext old;

	Assert(queryDesc->estate == NULL);
	if ((XactReadOnly || IsInParallelMode()) && !(eflags & EXEC_FLAG_EXPLAIN_ONLY))
		check_xact_read_only(stmt);
	ExecCheckRTPerms(stmt->rtable, true);
	if (queryDesc->cache != NULL && queryDesc->cache->idle != NULL && queryDesc->instrument_options == 0 && eflags == 0)
		estate = reuse_state(queryDesc, eflags);
	else
	{
		estate = exec_create_estate();
		old = MemoryContextSwitchTo(estate->es_query_cxt);
		bind_execution(estate, queryDesc, eflags);
		exec_init_plan(estate, stmt, eflags);
		init_output(estate, queryDesc->operation, stmt->planTree);
		estate->es_cacheable = cacheable(queryDesc, eflags);
		MemoryContextSwitchTo(old);
	}
	queryDesc->estate = estate;
	queryDesc->planstate = estate->es_planstate;
	queryDesc->tupDesc = estate->es_result_desc;
	if (!(eflags & (EXEC_FLAG_SKIP_TRIGGERS | EXEC_FLAG_EXPLAIN_ONLY)) &&
		(stmt->commandType != CMD_SELECT || stmt->hasModifyingCTE))
	{
		AfterTriggerBeginQuery();
		estate->es_after_triggers = true;
	}
}

void
ExecutorStart(QueryDesc *queryDesc, int eflags)
{
	if (ExecutorStart_hook)
		ExecutorStart_hook(queryDesc, eflags);
	else
		standard_ExecutorStart(queryDesc, eflags);
}

/* ---- run ---- */
static const Batch *
without_junk(EState *estate, const Batch *batch)
{
	Batch *clean = &estate->es_clean_batch;

	if (estate->es_clean_cols == NULL)
		return batch;
	clean->sel = batch->sel;
	for (int i = 0; i < estate->es_num_clean; i++)
		clean->cols[i] = batch->cols[estate->es_clean_cols[i]];
	return clean;
}

/* Deliver up to `left` rows of the batch; the rest stays pending. False: the receiver wants no more. */
static bool
deliver(QueryDesc *qd, Batch *batch, int first, uint64 left, bool send)
{
	EState *estate = qd->estate;
	RowPos scratch[BATCH_MAX_ROWS];
	int n = batch->sel.n - first;
	Batch part;

	if (left != 0 && (uint64) n > left)
	{
		n = (int) left;
		estate->es_pending = batch;
		estate->es_pending_pos = first + n;
	}
	else
		estate->es_pending = NULL;
	if (qd->operation == CMD_SELECT)
		estate->es_processed += n;
	if (!send)
		return true;
	if (n < batch->sel.n)
	{
		batch_slice(&part, batch, first, n, scratch);
		batch = &part;
	}
	return qd->dest->receiveBatch(without_junk(estate, batch), qd->dest);
}

static void
run_plan(QueryDesc *qd, uint64 count, bool send)
{
	EState *estate = qd->estate;
	uint64 done = 0;

	for (;;)
	{
		uint64 left = count == 0 ? 0 : count - done;
		uint64 before = estate->es_processed;
		Batch *batch;
		int first = 0;
		int n;

		if (estate->es_pending != NULL)
		{
			batch = estate->es_pending;
			first = estate->es_pending_pos;
		}
		else
		{
			CHECK_FOR_INTERRUPTS();
			batch = exec_next(estate->es_planstate, left != 0 && left < BATCH_MAX_ROWS ? (int) left : BATCH_MAX_ROWS);
			if (batch == NULL)
				break;
		}
		n = batch->sel.n - first;
		if (left != 0 && (uint64) n > left)
			n = (int) left;
		(void) before;
		if (!deliver(qd, batch, first, left, send))
			break;
		done += n;
		if (count != 0 && done >= count)
			break;
	}
}

void
standard_ExecutorRun(QueryDesc *queryDesc, ScanDirection direction, uint64 count, bool execute_once)
{
	EState *estate = queryDesc->estate;
	DestReceiver *dest = queryDesc->dest;
	bool send = queryDesc->operation == CMD_SELECT || queryDesc->plannedstmt->hasReturning;
	MemoryContext old;

	Assert(estate != NULL && !(estate->es_top_eflags & EXEC_FLAG_EXPLAIN_ONLY));
	if (ScanDirectionIsBackward(direction))
		elog(ERROR, "the executor runs forward only");
	old = MemoryContextSwitchTo(estate->es_query_cxt);
	if (queryDesc->operation == CMD_SELECT)
		estate->es_processed = 0;
	if (send)
		dest->rStartup(dest, queryDesc->operation, queryDesc->tupDesc);
	if (!ScanDirectionIsNoMovement(direction))
		run_plan(queryDesc, count, send);
	queryDesc->already_executed = true;
	if (send)
		dest->rShutdown(dest);
	MemoryContextSwitchTo(old);
}

void
ExecutorRun(QueryDesc *queryDesc, ScanDirection direction, uint64 count, bool execute_once)
{
	if (ExecutorRun_hook)
		ExecutorRun_hook(queryDesc, direction, count, execute_once);
	else
		standard_ExecutorRun(queryDesc, direction, count, execute_once);
}

uint64
executor_rows_processed(QueryDesc *queryDesc)
{
	return queryDesc->estate->es_processed;
}

void
ExecutorRewind(QueryDesc *queryDesc)
{
	EState *estate = queryDesc->estate;
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);

	Assert(queryDesc->operation == CMD_SELECT);
	estate->es_pending = NULL;
	exec_rescan(estate->es_planstate);
	MemoryContextSwitchTo(old);
}

/* ---- finish and end ---- */
void
standard_ExecutorFinish(QueryDesc *queryDesc)
{
	EState *estate = queryDesc->estate;
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);
	ListCell *lc;

	Assert(!estate->es_finished);
	foreach (lc, estate->es_auxmodifytables)
		while (exec_next(lfirst(lc), BATCH_MAX_ROWS) != NULL)
			;
	if (estate->es_after_triggers)
		AfterTriggerEndQuery(estate);
	estate->es_finished = true;
	MemoryContextSwitchTo(old);
}

void
ExecutorFinish(QueryDesc *queryDesc)
{
	if (ExecutorFinish_hook)
		ExecutorFinish_hook(queryDesc);
	else
		standard_ExecutorFinish(queryDesc);
}

static void
close_relations(EState *estate)
{
	for (int i = 0; i < estate->es_range_table_size; i++)
		if (estate->es_relations[i] != NULL)
		{
			table_close(estate->es_relations[i], NoLock);
			estate->es_relations[i] = NULL;
		}
}

void
exec_end_plan(EState *estate)
{
	exec_close(estate->es_planstate);
	for (int i = 0; i < estate->es_num_subplans; i++)
		exec_close(estate->es_subplanstates[i]);
	close_relations(estate);
}

void
standard_ExecutorEnd(QueryDesc *queryDesc)
{
	EState *estate = queryDesc->estate;
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);

	exec_end_plan(estate);
	UnregisterSnapshot(estate->es_snapshot);
	UnregisterSnapshot(estate->es_crosscheck_snapshot);
	estate->es_snapshot = estate->es_crosscheck_snapshot = NULL;
	MemoryContextSwitchTo(old);
	queryDesc->estate = NULL;
	queryDesc->planstate = NULL;
	queryDesc->tupDesc = NULL;
	if (estate->es_cacheable && queryDesc->cache != NULL && queryDesc->cache->idle == NULL)
	{
		MemoryContextSetParent(estate->es_query_cxt, CacheMemoryContext);
		queryDesc->cache->idle = estate;
	}
	else
		MemoryContextDelete(estate->es_query_cxt);
}

void
ExecutorEnd(QueryDesc *queryDesc)
{
	if (ExecutorEnd_hook)
		ExecutorEnd_hook(queryDesc);
	else
		standard_ExecutorEnd(queryDesc);
}
