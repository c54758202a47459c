/*
 * commands/trigger.h
 *    The queue of after-row events, and the foreign-key checks and actions it fires.
 *
 * Events are queued while a statement runs and fired at its end, or, when the constraint is deferred, at COMMIT or SET
 * CONSTRAINTS. A queued event names rows by ctid.
 */
#ifndef TRIGGER_H
#define TRIGGER_H

#include "access/htup.h"
#include "executor/execdesc.h"
#include "nodes/parsenodes.h"
#include "storage/itemptr.h"
#include "utils/rel.h"

typedef enum TriggerOperation
{
	TRIGGER_OP_INSERT,
	TRIGGER_OP_UPDATE,
	TRIGGER_OP_DELETE
} TriggerOperation;

extern void AfterTriggerBeginXact(void);
extern void AfterTriggerBeginQuery(void);
extern void AfterTriggerEndQuery(EState *estate);
extern void AfterTriggerFireDeferred(void); /* before commit; may raise */
extern void AfterTriggerEndXact(bool isCommit);
extern void AfterTriggerBeginSubXact(void);
extern void AfterTriggerEndSubXact(bool isCommit);
extern void AfterTriggerSetState(ConstraintsSetStmt *stmt);
extern bool AfterTriggerPendingOnRel(Oid relid);

/* Queue the row events that foreign keys of (or to) the relation need. old/new as the operation has them. */
extern void after_trigger_queue_row(Relation rel, TriggerOperation op, HeapTuple oldtup, HeapTuple newtup);
/* A deferrable unique index may have a duplicate for the row: look again when the constraint is due. */
extern void after_trigger_queue_unique(Relation rel, Relation index, ItemPointer tid);
/* True when rows of the relation need events at all; asked once per statement. */
extern bool after_trigger_wanted(Relation rel, TriggerOperation op);
/* ALTER TABLE ADD FOREIGN KEY: check all existing rows. Raises 23503. */
extern void ri_validate_constraint(Oid constraint_oid);

#endif /* TRIGGER_H */
