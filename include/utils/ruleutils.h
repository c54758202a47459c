/*
 * utils/ruleutils.h
 *    SQL text of catalog objects and expressions, as PostgreSQL's pg_get_...def functions give it. Strings are palloc'd.
 */
#ifndef RULEUTILS_H
#define RULEUTILS_H

#include "nodes/nodes.h"
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"

extern char *pg_get_indexdef_string(Oid indexrelid);
extern char *pg_get_indexdef_columns(Oid indexrelid, bool pretty); /* "a, lower(b)": key columns only */
extern char *pg_get_constraintdef_command(Oid constraintId);
extern char *deparse_expression(Node *expr, List *dpcontext, bool forceprefix, bool showimplicit);
extern List *deparse_context_for(const char *aliasname, Oid relid);

#endif /* RULEUTILS_H */
