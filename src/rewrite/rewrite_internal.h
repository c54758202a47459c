/*
 * rewrite_internal.h
 *    Shared by the files of rewrite/.
 */
#ifndef REWRITE_INTERNAL_H
#define REWRITE_INTERNAL_H

#include "nodes/parsenodes.h"
#include "utils/relcache.h"

/* Expands views everywhere in the query; active: views being expanded, to detect recursion. In place. */
extern Query *rewrite_expand_views(Query *parsetree, List *active);
/* Completes the target list of INSERT or UPDATE: defaults, DEFAULT items, identity and generated columns; sorted. */
extern void rewrite_target_list(Query *parsetree, Relation target);

#endif /* REWRITE_INTERNAL_H */
