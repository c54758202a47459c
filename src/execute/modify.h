/*
 * execute/modify.h
 *    What ModifyTable, COPY and the executor's main file share about changing rows.
 */
#ifndef EXECUTE_MODIFY_H
#define EXECUTE_MODIFY_H

#include "access/htup.h"
#include "execute/exec.h"
#include "utils/rel.h"

/* One relation that rows are written to, with its indexes open and constraints compiled. Kept for one execution. */
typedef struct TargetRel
{
	Relation rel;
	Index rti;				/* 0 when there is no range table (COPY) */
	TupleDesc desc;
	int nindexes;
	Relation *indexes;
	IndexInfo **infos;
	bool indexes_open;
	RowExprs *checks;		/* CHECK constraints in order of TupleConstr.check; NULL none */
	RowExprs *generated;	/* stored generated columns */
	int ngenerated;
	AttrNumber *generated_cols;
	bool wants_insert_events;
	bool wants_update_events;
	bool wants_delete_events;
	MemoryContext cxt;
} TargetRel;

extern TargetRel *target_rel_open(Relation rel, Index rti, CmdType op, bool with_indexes, MemoryContext cxt);
extern void target_rel_close(TargetRel *target);
/* Raises 42809 or 0A000 when rows of such a relation cannot be written. */
extern void target_rel_check_kind(Relation rel, CmdType op);

/* NOT NULL and CHECK. Raises 23502, 23514. */
extern void target_rel_check(TargetRel *target, HeapTuple tuple);
extern HeapTuple target_rel_compute_generated(TargetRel *target, HeapTuple tuple);

typedef struct ArbiterCheck
{
	List *index_oids;		/* NIL: every unique index arbitrates (DO NOTHING without target) */
	ItemPointerData conflict_tid;
} ArbiterCheck;

/* Index entries for a new row version. arbiters: a speculative insertion; false: a possible conflict was found. */
extern bool target_rel_insert_index_entries(TargetRel *target, HeapTuple tuple, EState *estate, bool update,
											ArbiterCheck *arbiters);
/* Is there a live conflicting row? Waits for transactions in doubt. Fills conflict_tid. */
extern bool target_rel_find_conflict(TargetRel *target, HeapTuple tuple, ArbiterCheck *arbiters);

/* "(a, b) = (1, 2)"-like description of a failing row, as far as the user may see it; NULL none. */
extern char *target_rel_describe_row(TargetRel *target, HeapTuple tuple);

/* Whether the nodes of a plan can be kept and started again. */
extern bool exec_plan_is_simple(Plan *plan);

extern void exec_init_plan(EState *estate, PlannedStmt *stmt, int eflags);
extern void exec_end_plan(EState *estate);

#endif /* EXECUTE_MODIFY_H */
