/*
 * commands/ri.h
 *    Foreign keys: checks of the referencing side, actions on the referenced side.
 */
#ifndef RI_H
#define RI_H

#include "commands/trigger.h"
#include "utils/rel.h"
#include "utils/reltrigger.h"

/* Is it one of the RI_FKey_* functions? */
extern bool ri_is_trigger_function(Oid fn);
/* Can the change matter to the foreign key at all (keys unchanged, or NULL)? */
extern bool ri_event_needed(Relation rel, const Trigger *trigger, TriggerOperation op, HeapTuple oldtup, HeapTuple newtup);
/* Check or action. Raises 23503 (23001 for RESTRICT is 23503 too, as in PostgreSQL). */
extern void ri_fire(Relation rel, const Trigger *trigger, HeapTuple oldtup, HeapTuple newtup);
extern void ri_constraint_deferral(Oid constraint, bool *deferrable, bool *deferred);

#endif /* RI_H */
