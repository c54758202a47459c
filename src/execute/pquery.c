/*
 * pquery.c
 *    Running portals: choice of strategy, start, run to a receiver, fetch in either direction.
 *
 * The executor runs forward only. A cursor that may go back keeps the rows it has produced in its hold store, filled on
 * demand (holdFeeding), and every fetch reads from there.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/portalcmds.h"
#include "commands/prepare.h"
#include "execute/batch.h"
#include "execute/exec.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

Portal ActivePortal = NULL;

/* ---- strategy ---- */
static PortalStrategy
strategy_of_one(Node *stmt)
{
	if (IsA(stmt, Query))
	{
		Query *query = (Query *) stmt;

		if (query->commandType == CMD_SELECT)
			return query->hasModifyingCTE ? PORTAL_ONE_MOD_WITH : PORTAL_ONE_SELECT;
		if (query->commandType == CMD_UTILITY)
			return UtilityReturnsTuples(query->utilityStmt) ? PORTAL_UTIL_SELECT : PORTAL_MULTI_QUERY;
		return query->returningList ? PORTAL_ONE_RETURNING : PORTAL_MULTI_QUERY;
	}
	if (IsA(stmt, PlannedStmt))
	{
		PlannedStmt *pstmt = (PlannedStmt *) stmt;

		if (pstmt->commandType == CMD_SELECT)
			return pstmt->hasModifyingCTE ? PORTAL_ONE_MOD_WITH : PORTAL_ONE_SELECT;
		if (pstmt->commandType == CMD_UTILITY)
			return UtilityReturnsTuples(pstmt->utilityStmt) ? PORTAL_UTIL_SELECT : PORTAL_MULTI_QUERY;
		return pstmt->hasReturning ? PORTAL_ONE_RETURNING : PORTAL_MULTI_QUERY;
	}
	elog(ERROR, "unrecognized node type: %d", (int) nodeTag(stmt));
}

static bool
stmt_can_set_tag(Node *stmt)
{
	return IsA(stmt, Query) ? ((Query *) stmt)->canSetTag : ((PlannedStmt *) stmt)->canSetTag;
}

static bool
stmt_returns(Node *stmt)
{
	return IsA(stmt, Query) ? ((Query *) stmt)->returningList != NIL : ((PlannedStmt *) stmt)->hasReturning;
}

PortalStrategy
ChoosePortalStrategy(List *stmts)
{
	ListCell *lc;
	int setters = 0;

	if (list_length(stmts) == 1 && stmt_can_set_tag(linitial(stmts)))
		return strategy_of_one(linitial(stmts));
	/* A rewritten statement may have become several, of which one, with RETURNING, sets the tag. */
	foreach (lc, stmts)
		if (stmt_can_set_tag(lfirst(lc)))
		{
			if (++setters > 1 || !stmt_returns(lfirst(lc)))
				return PORTAL_MULTI_QUERY;
		}
	return setters == 1 ? PORTAL_ONE_RETURNING : PORTAL_MULTI_QUERY;
}

List *
FetchStatementTargetList(Node *stmt)
{
	if (stmt == NULL)
		return NIL;
	if (IsA(stmt, Query))
	{
		Query *query = (Query *) stmt;

		if (query->commandType == CMD_UTILITY)
			stmt = query->utilityStmt;
		else
			return query->commandType == CMD_SELECT ? query->targetList : query->returningList;
	}
	if (IsA(stmt, PlannedStmt))
	{
		PlannedStmt *pstmt = (PlannedStmt *) stmt;

		if (pstmt->commandType == CMD_UTILITY)
			stmt = pstmt->utilityStmt;
		else if (pstmt->commandType == CMD_SELECT || pstmt->hasReturning)
			return pstmt->planTree->targetlist;
		else
			return NIL;
	}
	if (IsA(stmt, FetchStmt))
	{
		FetchStmt *fetch = (FetchStmt *) stmt;
		Portal portal = fetch->ismove ? NULL : GetPortalByName(fetch->portalname);

		return portal ? FetchPortalTargetList(portal) : NIL;
	}
	if (IsA(stmt, ExecuteStmt))
		return FetchPreparedStatementTargetList(FetchPreparedStatement(((ExecuteStmt *) stmt)->name, true));
	return NIL;
}

List *
FetchPortalTargetList(Portal portal)
{
	if (portal->strategy == PORTAL_MULTI_QUERY)
		return NIL;
	return FetchStatementTargetList((Node *) PortalGetPrimaryStmt(portal));
}

/* ---- start ---- */
static void
start_one_select(Portal portal, ParamListInfo params, int eflags, Snapshot snapshot)
{
	QueryDesc *qd;

	PushActiveSnapshot(snapshot ? snapshot : GetTransactionSnapshot());
	qd = CreateQueryDesc(linitial_node(PlannedStmt, portal->stmts), portal->sourceText, GetActiveSnapshot(),
						 InvalidSnapshot, None_Receiver, params, portal->queryEnv, 0);
	if (portal->cplan != NULL && portal->cplan->exec_slots != NULL)
		qd->cache = &portal->cplan->exec_slots[0];
	ExecutorStart(qd, eflags);
	portal->queryDesc = qd;
	portal->tupDesc = qd->tupDesc;
	portal->atStart = true;
	portal->atEnd = false;
	portal->portalPos = 0;
	PopActiveSnapshot();
}

static void
portal_start_strategy(Portal portal, ParamListInfo params, int eflags, Snapshot snapshot)
{
	switch (portal->strategy)
	{
		case PORTAL_ONE_SELECT:
			start_one_select(portal, params, eflags, snapshot);
			break;
		case PORTAL_ONE_RETURNING:
		case PORTAL_ONE_MOD_WITH:
			portal->tupDesc = ExecCleanTypeFromTL(PortalGetPrimaryStmt(portal)->planTree->targetlist);
			portal->atEnd = false;
			break;
		case PORTAL_UTIL_SELECT:
			portal->tupDesc = UtilityTupleDescriptor(PortalGetPrimaryStmt(portal)->utilityStmt);
			portal->atEnd = false;
			break;
		case PORTAL_MULTI_QUERY:
			portal->tupDesc = NULL;
			break;
	}
}

/* The surroundings of any work on a portal: active portal, resource owner, memory. */
typedef struct PortalFrame
{
	Portal active;
	ResourceOwner owner;
	MemoryContext portal_context;
	MemoryContext context;
} PortalFrame;

static void
portal_enter(PortalFrame *frame, Portal portal)
{
	frame->active = ActivePortal;
	frame->owner = CurrentResourceOwner;
	frame->portal_context = PortalContext;
	ActivePortal = portal;
	if (portal->resowner)
		CurrentResourceOwner = portal->resowner;
	PortalContext = portal->portalContext;
	frame->context = MemoryContextSwitchTo(portal->portalContext);
}

/*
 * COMMIT and the like run inside of a portal and replace the transaction's owner under us; a saved owner that was the
 * transaction's must then become the new one's.
 */
static void
portal_leave(PortalFrame *frame, ResourceOwner top_owner, MemoryContext top_context)
{
	if (frame->context == top_context)
		MemoryContextSwitchTo(TopTransactionContext);
	else
		MemoryContextSwitchTo(frame->context);
	ActivePortal = frame->active;
	CurrentResourceOwner = frame->owner == top_owner ? TopTransactionResourceOwner : frame->owner;
	PortalContext = frame->portal_context;
}

void
PortalStart(Portal portal, ParamListInfo params, int eflags, Snapshot snapshot)
{
	PortalFrame frame;
	ResourceOwner top_owner = TopTransactionResourceOwner;
	MemoryContext top_context = TopTransactionContext;

	Assert(portal->status == PORTAL_DEFINED);
	portal_enter(&frame, portal);
	PG_TRY();
	{
		portal->portalParams = params;
		portal->strategy = ChoosePortalStrategy(portal->stmts);
		portal_start_strategy(portal, params, eflags, snapshot);
	}
	PG_CATCH();
	{
		MarkPortalFailed(portal);
		portal_leave(&frame, top_owner, top_context);
		PG_RE_THROW();
	}
	PG_END_TRY();
	portal_leave(&frame, top_owner, top_context);
	portal->status = PORTAL_READY;
}

void
PortalSetResultFormat(Portal portal, int nFormats, int16 *formats)
{
	int natts;

	if (portal->tupDesc == NULL)
		return;
	natts = portal->tupDesc->natts;
	if (nFormats > 1 && nFormats != natts)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION),
				errmsg("bind message has %d result formats but query has %d columns", nFormats, natts));
	portal->formats = MemoryContextAlloc(portal->portalContext, Max(natts, 1) * sizeof(int16));
	for (int i = 0; i < natts; i++)
		portal->formats[i] = nFormats == 0 ? 0 : formats[nFormats > 1 ? i : 0];
}

/* ---- running ---- */

/* Rows from the hold store to a receiver. count 0: all. */
static uint64
run_from_store(Portal portal, bool forward, uint64 count, DestReceiver *dest)
{
	TupleDesc desc = portal->tupDesc;
	int natts = desc->natts;
	Vector *cols = palloc0_array(Vector, Max(natts, 1));
	Datum *values = palloc_array(Datum, Max(natts, 1));
	bool *nulls = palloc_array(bool, Max(natts, 1));
	Batch batch = {.sel = {1, 1, NULL}, .ncols = natts, .cols = cols, .desc = desc};
	uint64 done = 0;

	for (int i = 0; i < natts; i++)
		cols[i] = (Vector){&values[i], &nulls[i], 0};
	dest->rStartup(dest, CMD_SELECT, desc);
	while (count == 0 || done < count)
	{
		MemoryContext old = MemoryContextSwitchTo(portal->holdContext);
		bool more = tuplestore_getvalues(portal->holdStore, forward, values, nulls);

		MemoryContextSwitchTo(old);
		if (!more)
			break;
		done++;
		if (!dest->receiveBatch(&batch, dest))
			break;
	}
	dest->rShutdown(dest);
	return done;
}

/* Make sure that the store of a scrollable cursor has `wanted` rows, if the query has as many. 0: all. */
static void
feed_store(Portal portal, uint64 wanted)
{
	QueryDesc *qd = portal->queryDesc;
	DestReceiver *dest;
	uint64 have;
	uint64 got;

	if (portal->holdComplete || qd == NULL)
		return;
	if (portal->holdStore == NULL)
		PortalCreateHoldStore(portal);
	have = tuplestore_tuple_count(portal->holdStore);
	if (wanted != 0 && wanted <= have)
		return;
	dest = CreateTuplestoreDestReceiver();
	SetTuplestoreDestReceiverParams(dest, portal->holdStore, portal->holdContext, false);
	qd->dest = dest;
	PushActiveSnapshot(qd->snapshot);
	ExecutorRun(qd, ForwardScanDirection, wanted == 0 ? 0 : wanted - have, false);
	got = executor_rows_processed(qd);
	PopActiveSnapshot();
	dest->rDestroy(dest);
	if (wanted == 0 || got < wanted - have)
		portal->holdComplete = true;
}

static uint64
run_select_direct(Portal portal, long count, DestReceiver *dest)
{
	QueryDesc *qd = portal->queryDesc;
	uint64 n;

	qd->dest = dest;
	PushActiveSnapshot(qd->snapshot);
	ExecutorRun(qd, portal->atEnd || count <= 0 ? NoMovementScanDirection : ForwardScanDirection,
				count == FETCH_ALL ? 0 : (uint64) count, portal->run_once);
	n = executor_rows_processed(qd);
	PopActiveSnapshot();
	return n;
}

/* count rows in one direction from the current position. FETCH_ALL: as far as it goes. */
static uint64
run_select(Portal portal, bool forward, long count, DestReceiver *dest)
{
	bool from_store = portal->holdStore != NULL || portal->holdFeeding;
	uint64 n = 0;

	if (forward)
	{
		if (from_store)
		{
			if (!portal->atEnd && count > 0)
			{
				feed_store(portal, count == FETCH_ALL ? 0 : portal->portalPos + count);
				if (portal->holdStore)
					n = run_from_store(portal, true, count == FETCH_ALL ? 0 : count, dest);
			}
			else
			{
				dest->rStartup(dest, CMD_SELECT, portal->tupDesc);
				dest->rShutdown(dest);
			}
		}
		else
			n = run_select_direct(portal, count, dest);
		if (n > 0)
			portal->atStart = false;
		if (count == FETCH_ALL || n < (uint64) count)
			portal->atEnd = true;
		portal->portalPos += n;
		return n;
	}
	if (portal->cursorOptions & CURSOR_OPT_NO_SCROLL)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("cursor can only scan forward"),
				errhint("Declare it with SCROLL option to enable backward scan."));
	if (portal->atStart || count <= 0 || portal->holdStore == NULL)
	{
		dest->rStartup(dest, CMD_SELECT, portal->tupDesc);
		dest->rShutdown(dest);
		if (portal->holdStore == NULL)
			portal->atStart = true;
		return 0;
	}
	n = run_from_store(portal, false, count == FETCH_ALL ? 0 : count, dest);
	if (n > 0 && portal->atEnd)
	{
		portal->atEnd = false;
		portal->portalPos++;	/* stepping back from beyond the last row onto it is not a row passed */
	}
	if (count == FETCH_ALL || n < (uint64) count)
	{
		portal->atStart = true;
		portal->portalPos = 0;
	}
	else
		portal->portalPos -= n;
	return n;
}

static void
process_query(PlannedStmt *plan, Portal portal, ExecCacheSlot *cache, DestReceiver *dest, QueryCompletion *qc)
{
	QueryDesc *qd = CreateQueryDesc(plan, portal->sourceText, GetActiveSnapshot(), InvalidSnapshot, dest,
									portal->portalParams, portal->queryEnv, 0);

	qd->cache = cache;
	ExecutorStart(qd, 0);
	ExecutorRun(qd, ForwardScanDirection, 0, true);
	if (qc)
	{
		CommandTag tag = qd->operation == CMD_SELECT   ? CMDTAG_SELECT
						 : qd->operation == CMD_INSERT ? CMDTAG_INSERT
						 : qd->operation == CMD_UPDATE ? CMDTAG_UPDATE
						 : qd->operation == CMD_DELETE ? CMDTAG_DELETE
						 : qd->operation == CMD_MERGE  ? CMDTAG_MERGE
													   : CMDTAG_UNKNOWN;

		SetQueryCompletion(qc, tag, executor_rows_processed(qd));
	}
	ExecutorFinish(qd);
	ExecutorEnd(qd);
	FreeQueryDesc(qd);
}

bool
PlannedStmtRequiresSnapshot(PlannedStmt *pstmt)
{
	Node *utility = pstmt->utilityStmt;

	if (utility == NULL)
		return true;
	/* These manage snapshots themselves, or must run before the transaction has one. */
	switch (nodeTag(utility))
	{
		case T_TransactionStmt:
		case T_LockStmt:
		case T_VariableSetStmt:
		case T_VariableShowStmt:
		case T_ConstraintsSetStmt:
		case T_FetchStmt:
		case T_ListenStmt:
		case T_NotifyStmt:
		case T_UnlistenStmt:
		case T_CheckPointStmt:
			return false;
		default:
			return true;
	}
}

void
EnsurePortalSnapshotExists(void)
{
	Portal portal = ActivePortal;

	if (ActiveSnapshotSet())
		return;
	if (portal == NULL)
		elog(ERROR, "cannot execute SQL without an outer snapshot or portal");
	Assert(portal->portalSnapshot == NULL);
	PushActiveSnapshotWithLevel(GetTransactionSnapshot(), GetCurrentTransactionNestLevel());
	portal->portalSnapshot = GetActiveSnapshot();
}

static void
run_utility(Portal portal, PlannedStmt *pstmt, bool isTopLevel, bool setHoldSnapshot, DestReceiver *dest,
			QueryCompletion *qc)
{
	if (PlannedStmtRequiresSnapshot(pstmt))
	{
		Snapshot snapshot = GetTransactionSnapshot();

		if (setHoldSnapshot)
		{
			snapshot = RegisterSnapshot(snapshot);
			portal->holdSnapshot = snapshot;
		}
		PushActiveSnapshot(snapshot);
		portal->portalSnapshot = GetActiveSnapshot();
	}
	else
		portal->portalSnapshot = NULL;
	ProcessUtility(pstmt, portal->sourceText, portal->cplan != NULL,
				   isTopLevel ? PROCESS_UTILITY_TOPLEVEL : PROCESS_UTILITY_QUERY, portal->portalParams,
				   portal->queryEnv, dest, qc);
	/* Some statements end the transaction under us. */
	MemoryContextSwitchTo(portal->portalContext);
	if (portal->portalSnapshot != NULL && ActiveSnapshotSet())
	{
		PopActiveSnapshot();
		portal->portalSnapshot = NULL;
	}
	portal->portalSnapshot = NULL;
}

static void
run_multi(Portal portal, bool isTopLevel, bool setHoldSnapshot, DestReceiver *dest, DestReceiver *altdest,
		  QueryCompletion *qc)
{
	bool pushed = false;
	ListCell *lc;

	/* Rows of statements that no RowDescription was sent for cannot go to a client. */
	if (dest->mydest == DestRemoteExecute)
		dest = None_Receiver;
	if (altdest->mydest == DestRemoteExecute)
		altdest = None_Receiver;
	foreach (lc, portal->stmts)
	{
		PlannedStmt *pstmt = lfirst_node(PlannedStmt, lc);
		DestReceiver *to = pstmt->canSetTag ? dest : altdest;

		CHECK_FOR_INTERRUPTS();
		if (pstmt->utilityStmt == NULL)
		{
			ExecCacheSlot *cache = NULL;

			if (portal->cplan && portal->cplan->exec_slots)
				cache = &portal->cplan->exec_slots[foreach_current_index(lc)];
			if (!pushed)
			{
				Snapshot snapshot = GetTransactionSnapshot();

				if (setHoldSnapshot)
				{
					snapshot = RegisterSnapshot(snapshot);
					portal->holdSnapshot = snapshot;
				}
				/* A lone statement needs no copy: nobody advances the command id while it runs. */
				if (list_length(portal->stmts) == 1)
					PushActiveSnapshot(snapshot);
				else
					PushCopiedSnapshot(snapshot);
				pushed = true;
			}
			else
				UpdateActiveSnapshotCommandId();
			process_query(pstmt, portal, cache, to, pstmt->canSetTag ? qc : NULL);
		}
		else
		{
			Assert(!pushed);
			run_utility(portal, pstmt, isTopLevel, false, to, pstmt->canSetTag ? qc : NULL);
		}
		MemoryContextDeleteChildren(portal->portalContext);
		/* COMMIT in a procedure may have dropped what we were running. */
		if (portal->stmts == NIL)
			break;
		if (lnext(portal->stmts, lc) != NULL)
			CommandCounterIncrement();
	}
	if (pushed)
		PopActiveSnapshot();
	if (qc && qc->commandTag == CMDTAG_UNKNOWN && portal->qc.commandTag != CMDTAG_UNKNOWN)
		CopyQueryCompletion(qc, &portal->qc);
}

/* RETURNING, modifying CTEs, utilities with output: run to the end into the hold store. */
static void
fill_store(Portal portal, bool isTopLevel)
{
	DestReceiver *dest;
	QueryCompletion qc;

	InitializeQueryCompletion(&qc);
	PortalCreateHoldStore(portal);
	dest = CreateTuplestoreDestReceiver();
	SetTuplestoreDestReceiverParams(dest, portal->holdStore, portal->holdContext, false);
	if (portal->strategy == PORTAL_UTIL_SELECT)
		run_utility(portal, linitial_node(PlannedStmt, portal->stmts), isTopLevel, true, dest, &qc);
	else
		run_multi(portal, isTopLevel, true, dest, None_Receiver, &qc);
	if (qc.commandTag != CMDTAG_UNKNOWN)
		CopyQueryCompletion(&portal->qc, &qc);
	dest->rDestroy(dest);
	portal->holdComplete = true;
}

bool
PortalRun(Portal portal, long count, bool isTopLevel, bool run_once, DestReceiver *dest, DestReceiver *altdest,
		  QueryCompletion *qc)
{
	PortalFrame frame;
	ResourceOwner top_owner = TopTransactionResourceOwner;
	MemoryContext top_context = TopTransactionContext;
	bool result = false;
	uint64 n;

	if (qc)
		InitializeQueryCompletion(qc);
	MarkPortalActive(portal);
	portal->run_once = run_once;
	portal_enter(&frame, portal);
	PG_TRY();
	{
		if (portal->strategy == PORTAL_MULTI_QUERY)
		{
			run_multi(portal, isTopLevel, false, dest, altdest, qc);
			MarkPortalDone(portal);
			result = true;
		}
		else
		{
			if (portal->strategy != PORTAL_ONE_SELECT && portal->holdStore == NULL)
				fill_store(portal, isTopLevel);
			n = run_select(portal, true, count, dest);
			if (qc && portal->qc.commandTag != CMDTAG_UNKNOWN)
			{
				CopyQueryCompletion(qc, &portal->qc);
				if (portal->strategy == PORTAL_ONE_SELECT || qc->commandTag == CMDTAG_SELECT)
					qc->nprocessed = n;
			}
			portal->status = PORTAL_READY;
			result = portal->atEnd;
		}
	}
	PG_CATCH();
	{
		MarkPortalFailed(portal);
		portal_leave(&frame, top_owner, top_context);
		PG_RE_THROW();
	}
	PG_END_TRY();
	portal_leave(&frame, top_owner, top_context);
	return result;
}

/* ---- FETCH and MOVE ---- */
static void
rewind_portal(Portal portal)
{
	if (portal->holdStore)
	{
		MemoryContext old = MemoryContextSwitchTo(portal->holdContext);

		tuplestore_rescan(portal->holdStore);
		MemoryContextSwitchTo(old);
	}
	else if (portal->queryDesc && portal->portalPos > 0)
	{
		PushActiveSnapshot(portal->queryDesc->snapshot);
		ExecutorRewind(portal->queryDesc);
		PopActiveSnapshot();
	}
	portal->atStart = true;
	portal->atEnd = false;
	portal->portalPos = 0;
}

static void
forbid_backward(Portal portal)
{
	if (portal->cursorOptions & CURSOR_OPT_NO_SCROLL)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("cursor can only scan forward"),
				errhint("Declare it with SCROLL option to enable backward scan."));
}

static uint64
fetch_absolute(Portal portal, long count, DestReceiver *dest)
{
	if (count > 0)
	{
		/* Go to just before row `count`, from here when that is shorter and allowed. */
		if ((uint64) (count - 1) <= portal->portalPos / 2 || portal->portalPos >= (uint64) LONG_MAX)
		{
			if (!portal->atStart)
				forbid_backward(portal);
			rewind_portal(portal);
			if (count > 1)
				run_select(portal, true, count - 1, None_Receiver);
		}
		else
		{
			long pos = (long) portal->portalPos;

			if (portal->atEnd)
				pos++;
			if (count <= pos)
				run_select(portal, false, pos - count + 1, None_Receiver);
			else if (count > pos + 1)
				run_select(portal, true, count - pos - 1, None_Receiver);
		}
		return run_select(portal, true, 1, dest);
	}
	if (count < 0)
	{
		/* From the end. */
		run_select(portal, true, FETCH_ALL, None_Receiver);
		if (count < -1)
			run_select(portal, false, -count - 1, None_Receiver);
		return run_select(portal, false, 1, dest);
	}
	if (!portal->atStart)
		forbid_backward(portal);
	rewind_portal(portal);
	return run_select(portal, true, 0, dest);
}

static uint64
fetch_relative(Portal portal, long count, DestReceiver *dest)
{
	if (count > 0)
	{
		if (count > 1)
			run_select(portal, true, count - 1, None_Receiver);
		return run_select(portal, true, 1, dest);
	}
	if (count < 0)
	{
		if (count < -1)
			run_select(portal, false, -count - 1, None_Receiver);
		return run_select(portal, false, 1, dest);
	}
	/* The current row again. */
	if (portal->atStart || portal->atEnd)
		return run_select(portal, true, 0, dest);
	forbid_backward(portal);
	run_select(portal, false, 1, None_Receiver);
	return run_select(portal, true, 1, dest);
}

static uint64
run_fetch(Portal portal, FetchDirection fdirection, long count, DestReceiver *dest)
{
	bool forward = fdirection != FETCH_BACKWARD;

	if (fdirection == FETCH_ABSOLUTE)
		return fetch_absolute(portal, count, dest);
	if (fdirection == FETCH_RELATIVE)
		return fetch_relative(portal, count, dest);
	if (count < 0)
	{
		forward = !forward;
		count = -count;
	}
	if (count == 0)
		return fetch_relative(portal, 0, dest);
	if (!forward && count == FETCH_ALL && dest->mydest == DestNone)
	{
		/* MOVE BACKWARD ALL */
		uint64 result = portal->portalPos;

		if (result > 0 && !portal->atEnd)
			result--;
		forbid_backward(portal);
		rewind_portal(portal);
		return result;
	}
	return run_select(portal, forward, count, dest);
}

uint64
PortalRunFetch(Portal portal, FetchDirection fdirection, long count, DestReceiver *dest)
{
	PortalFrame frame;
	ResourceOwner top_owner = TopTransactionResourceOwner;
	MemoryContext top_context = TopTransactionContext;
	uint64 n = 0;

	MarkPortalActive(portal);
	portal->run_once = false;
	portal_enter(&frame, portal);
	PG_TRY();
	{
		if (portal->strategy == PORTAL_MULTI_QUERY)
			elog(ERROR, "unsupported portal strategy");
		if (portal->strategy != PORTAL_ONE_SELECT && portal->holdStore == NULL)
			fill_store(portal, false);
		n = run_fetch(portal, fdirection, count, dest);
	}
	PG_CATCH();
	{
		MarkPortalFailed(portal);
		portal_leave(&frame, top_owner, top_context);
		PG_RE_THROW();
	}
	PG_END_TRY();
	portal_leave(&frame, top_owner, top_context);
	portal->status = PORTAL_READY;
	return n;
}
