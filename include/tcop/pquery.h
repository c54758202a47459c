/*
 * tcop/pquery.h
 *    Running portals.
 */
#ifndef PQUERY_H
#define PQUERY_H

#include "nodes/parsenodes.h"
#include "utils/portal.h"

extern Portal ActivePortal;

extern PortalStrategy ChoosePortalStrategy(List *stmts);
extern List *FetchPortalTargetList(Portal portal);
extern List *FetchStatementTargetList(Node *stmt);
/* Params must live as long as the portal. snapshot NULL: take one. */
extern void PortalStart(Portal portal, ParamListInfo params, int eflags, Snapshot snapshot);
extern void PortalSetResultFormat(Portal portal, int nFormats, int16 *formats);
/* FETCH_ALL rows, or count. True when the portal ran to its end. */
extern bool PortalRun(Portal portal, long count, bool isTopLevel, bool run_once, DestReceiver *dest,
					  DestReceiver *altdest, QueryCompletion *qc);
extern uint64 PortalRunFetch(Portal portal, FetchDirection fdirection, long count, DestReceiver *dest);
extern bool PlannedStmtRequiresSnapshot(PlannedStmt *pstmt);
extern void EnsurePortalSnapshotExists(void);

#endif /* PQUERY_H */
