/*
 * execute/node_sort.h
 *    What Limit and EXPLAIN want of Sort nodes.
 */
#ifndef EXECUTE_NODE_SORT_H
#define EXECUTE_NODE_SORT_H

#include "execute/exec.h"
#include "utils/tuplesort.h"

/* Only the first `bound` rows will be asked for (0: all). Given down through nodes that keep order and number. */
extern void exec_set_tuple_bound(PlanState *ps, int64 bound);
extern void sort_set_bound(PlanState *ps, int64 bound);
extern bool sort_get_stats(PlanState *ps, TuplesortInstrumentation *stats);

#endif /* EXECUTE_NODE_SORT_H */
