/*
 * execute/subplan.h
 *    Subqueries in expressions, and initplans.
 *
 * The plan tree of a subquery is initialised once per statement (EState.es_subplanstates); several SubPlanStates may use it.
 */
#ifndef EXECUTE_SUBPLAN_H
#define EXECUTE_SUBPLAN_H

#include "execute/exec.h"

typedef struct SubPlanState SubPlanState;

extern SubPlanState *subplan_init(SubPlan *subplan, PlanState *parent);
/* Run an initplan and store its output parameters. */
extern void subplan_set_params(SubPlanState *state);
extern void subplan_mark_changed(SubPlanState *state, Bitmapset *changed, bool is_initplan, PlanState *parent);
/* Before a new execution of the statement: initplans are to be run again. */
extern void subplan_restart(SubPlanState *state);
extern SubPlan *subplan_node(SubPlanState *state);
extern PlanState *subplan_plan(SubPlanState *state);

#endif /* EXECUTE_SUBPLAN_H */
