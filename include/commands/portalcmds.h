/*
 * commands/portalcmds.h
 *    DECLARE CURSOR, FETCH, MOVE, CLOSE.
 */
#ifndef PORTALCMDS_H
#define PORTALCMDS_H

#include "parser/parse_node.h"
#include "utils/portal.h"

extern void PerformCursorOpen(ParseState *pstate, DeclareCursorStmt *cstmt, ParamListInfo params, bool isTopLevel);
extern void PerformPortalFetch(FetchStmt *stmt, DestReceiver *dest, QueryCompletion *qc);
extern void PerformPortalClose(const char *name);
extern void PortalCleanup(Portal portal);
extern void PersistHoldablePortal(Portal portal);

#endif /* PORTALCMDS_H */
