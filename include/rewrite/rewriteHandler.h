/*
 * rewrite/rewriteHandler.h
 *    Between analysis and planning: views expanded, INSERT and UPDATE target lists completed with defaults.
 */
#ifndef REWRITEHANDLER_H
#define REWRITEHANDLER_H

#include "nodes/parsenodes.h"
#include "utils/relcache.h"

/* The query as a list of queries to plan (one, as only view rules exist). Scribbles on its input. Relations must be locked. */
extern List *QueryRewrite(Query *parsetree);
/* Locks every relation of an already analyzed query again (a cached one), as strongly as its use needs. */
extern void AcquireRewriteLocks(Query *parsetree, bool forExecute, bool forUpdatePushedDown);
/* Default of a column as an expression of the column's type: identity, DEFAULT, the domain's default; NULL: none. */
extern Node *build_column_default(Relation rel, int attrno);
extern Query *get_view_query(Relation view);
/* NULL: the view can be updated by itself. Else why not (a constant string, the detail of an error). */
extern const char *view_query_is_auto_updatable(Query *viewquery, bool check_cols);

#endif /* REWRITEHANDLER_H */
