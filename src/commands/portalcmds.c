/*
 * portalcmds.c
 *    DECLARE CURSOR, FETCH, MOVE, CLOSE; end of a portal; storing the rows of a holdable cursor.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/portalcmds.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/tcopprot.h"
#include "parser/analyze.h"

#include "tcop/pquery.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

extern List *QueryRewrite(Query *parsetree); /* rewrite/ */

/* Could a row executor run this plan backwards? Decides whether an undecorated cursor may scroll, as PostgreSQL does. */
static bool
plan_is_reversible(Plan *plan)
{
	ListCell *lc;

	if (plan == NULL)
		return false;
	check_stack_depth();
	switch (nodeTag(plan))
	{
		case T_Result:
			return outerPlan(plan) != NULL && plan_is_reversible(outerPlan(plan));
		case T_Append:
			foreach (lc, ((Append *) plan)->appendplans)
				if (!plan_is_reversible(lfirst(lc)))
					return false;
			return true;
		case T_SubqueryScan:
			return plan_is_reversible(((SubqueryScan *) plan)->subplan);
		case T_LockRows:
		case T_Limit:
			return plan_is_reversible(outerPlan(plan));
		case T_SeqScan:
		case T_TidScan:
		case T_IndexScan:
		case T_IndexOnlyScan:
		case T_FunctionScan:
		case T_ValuesScan:
		case T_CteScan:
		case T_Material:
		case T_Sort:
			return true;
		default:
			return false;
	}
}

void
PerformCursorOpen(ParseState *pstate, DeclareCursorStmt *cstmt, ParamListInfo params, bool isTopLevel)
{
	Query *query = castNode(Query, cstmt->query);
	List *rewritten;
	PlannedStmt *plan;
	Portal portal;
	MemoryContext old;

	if (cstmt->portalname == NULL || cstmt->portalname[0] == '\0')
		ereport(ERROR, errcode(ERRCODE_INVALID_CURSOR_NAME), errmsg("invalid cursor name: must not be empty"));
	/* Without HOLD it makes no sense outside of a transaction block: it would be gone at once. */
	if (!(cstmt->options & CURSOR_OPT_HOLD))
		RequireTransactionBlock(isTopLevel, "DECLARE CURSOR");
	else if (InSecurityRestrictedOperation())
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("cannot create a cursor WITH HOLD within security-restricted operation"));
	rewritten = QueryRewrite(copyObject(query));
	if (list_length(rewritten) != 1)
		elog(ERROR, "non-SELECT statement in DECLARE CURSOR");
	query = linitial_node(Query, rewritten);
	if (query->commandType != CMD_SELECT)
		elog(ERROR, "non-SELECT statement in DECLARE CURSOR");
	portal = CreatePortal(cstmt->portalname, false, false);
	/* Everything the cursor needs later must live in its own context. */
	old = MemoryContextSwitchTo(portal->portalContext);
	plan = pg_plan_query(copyObject(query), pstate->p_sourcetext, cstmt->options, params);
	PortalDefineQuery(portal, NULL, pstrdup(pstate->p_sourcetext), CMDTAG_SELECT, list_make1(plan), NULL);
	params = copyParamList(params);
	MemoryContextSwitchTo(old);
	portal->cursorOptions = cstmt->options;
	if (!(portal->cursorOptions & (CURSOR_OPT_SCROLL | CURSOR_OPT_NO_SCROLL)))
	{
		if (plan->rowMarks == NIL && plan_is_reversible(plan->planTree))
			portal->cursorOptions |= CURSOR_OPT_SCROLL;
		else
			portal->cursorOptions |= CURSOR_OPT_NO_SCROLL;
	}
	portal->holdFeeding = (portal->cursorOptions & CURSOR_OPT_SCROLL) != 0;
	PortalStart(portal, params, 0, GetActiveSnapshot());
	Assert(portal->strategy == PORTAL_ONE_SELECT);
}

void
PerformPortalFetch(FetchStmt *stmt, DestReceiver *dest, QueryCompletion *qc)
{
	Portal portal;
	uint64 n;

	if (stmt->portalname == NULL || stmt->portalname[0] == '\0')
		ereport(ERROR, errcode(ERRCODE_INVALID_CURSOR_NAME), errmsg("invalid cursor name: must not be empty"));
	portal = GetPortalByName(stmt->portalname);
	if (!PortalIsValid(portal))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_CURSOR), errmsg("cursor \"%s\" does not exist", stmt->portalname));
	if (stmt->ismove)
		dest = None_Receiver;
	n = PortalRunFetch(portal, stmt->direction, stmt->howMany, dest);
	if (qc)
		SetQueryCompletion(qc, stmt->ismove ? CMDTAG_MOVE : CMDTAG_FETCH, n);
}

void
PerformPortalClose(const char *name)
{
	Portal portal;

	if (name == NULL)
	{
		PortalHashTableDeleteAll();
		return;
	}
	if (name[0] == '\0')
		ereport(ERROR, errcode(ERRCODE_INVALID_CURSOR_NAME), errmsg("invalid cursor name: must not be empty"));
	portal = GetPortalByName(name);
	if (!PortalIsValid(portal))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_CURSOR), errmsg("cursor \"%s\" does not exist", name));
	PortalDrop(portal, false);
}

/* Shut the executor down. After a failure that is left to the transaction's abort. */
void
PortalCleanup(Portal portal)
{
	QueryDesc *qd = portal->queryDesc;
	ResourceOwner owner;

	if (qd == NULL)
		return;
	portal->queryDesc = NULL;
	if (portal->status == PORTAL_FAILED)
	{
		qd->estate = NULL;
		return;
	}
	owner = CurrentResourceOwner;
	if (portal->resowner)
		CurrentResourceOwner = portal->resowner;
	ExecutorFinish(qd);
	ExecutorEnd(qd);
	FreeQueryDesc(qd);
	CurrentResourceOwner = owner;
}

/* Compute all rows of a holdable cursor into its store, and put the position back where it was. */
void
PersistHoldablePortal(Portal portal)
{
	QueryDesc *qd = portal->queryDesc;
	Portal saved_active = ActivePortal;
	ResourceOwner saved_owner = CurrentResourceOwner;
	MemoryContext saved_portal = PortalContext;
	MemoryContext old;

	if (qd == NULL)
		return;
	old = MemoryContextSwitchTo(portal->holdContext);
	portal->tupDesc = CreateTupleDescCopy(portal->tupDesc);
	MemoryContextSwitchTo(old);
	MarkPortalActive(portal);
	PG_TRY();
	{
		DestReceiver *dest;

		ActivePortal = portal;
		if (portal->resowner)
			CurrentResourceOwner = portal->resowner;
		PortalContext = portal->portalContext;
		old = MemoryContextSwitchTo(PortalContext);
		PushActiveSnapshot(qd->snapshot);
		dest = CreateTuplestoreDestReceiver();
		SetTuplestoreDestReceiverParams(dest, portal->holdStore, portal->holdContext, true);
		qd->dest = dest;
		if (!portal->holdComplete)
			ExecutorRun(qd, ForwardScanDirection, 0, false);
		dest->rDestroy(dest);
		portal->queryDesc = NULL;
		ExecutorFinish(qd);
		ExecutorEnd(qd);
		FreeQueryDesc(qd);
		PopActiveSnapshot();
		MemoryContextSwitchTo(old);
	}
	PG_CATCH();
	{
		MarkPortalFailed(portal);
		ActivePortal = saved_active;
		CurrentResourceOwner = saved_owner;
		PortalContext = saved_portal;
		PG_RE_THROW();
	}
	PG_END_TRY();
	portal->holdComplete = true;
	portal->status = PORTAL_READY;
	ActivePortal = saved_active;
	CurrentResourceOwner = saved_owner;
	PortalContext = saved_portal;
	MemoryContextDeleteChildren(portal->portalContext);
}
