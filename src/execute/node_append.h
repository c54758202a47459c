/*
 * execute/node_append.h
 *    What others want of Append and MergeAppend.
 */
#ifndef EXECUTE_NODE_APPEND_H
#define EXECUTE_NODE_APPEND_H

#include "execute/exec.h"

extern void append_set_bound(PlanState *ps, int64 bound);
extern int append_num_children(PlanState *ps);
extern PlanState *append_child(PlanState *ps, int i);
extern int bitmap_num_children(PlanState *ps);
extern PlanState *bitmap_child(PlanState *ps, int i);

#endif /* EXECUTE_NODE_APPEND_H */
