/*
 * execute/exec.h
 *    Private state of the executor: EState for a statement, PlanState for each plan node, and the table of node kinds.
 *
 * Life of a node: init once (memory, compiled expressions; opens nothing), then any number of executions. An execution is
 * a rescan that forgets everything, exec_next calls until NULL, perhaps more rescans, and close, which gives back
 * relations, pins and files but keeps memory. Scans open their relation at the first exec_next. This is what lets a cached
 * plan keep its compiled state: starting it again costs a walk over the nodes.
 *
 * exec_next(node, max_rows) returns at most max_rows live rows (1..BATCH_MAX_ROWS) and never an empty batch; NULL is the end,
 * and asking again after the end is allowed and gives NULL.
 */
#ifndef EXECUTE_EXEC_H
#define EXECUTE_EXEC_H

#include "access/relscan.h"
#include "execute/batch.h"
#include "execute/expr.h"
#include "executor/executor.h"
#include "nodes/bitmapset.h"
#include "nodes/plannodes.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

typedef struct NodeOps
{
	const char *name;
	Size state_size;
	void (*init)(PlanState *ps, int eflags);
	Batch *(*next)(PlanState *ps, int max_rows);
	void (*rescan)(PlanState *ps);
	void (*close)(PlanState *ps);
} NodeOps;

/* Run time figures of one node (EXPLAIN ANALYZE). Times in seconds. */
typedef struct Instrumentation
{
	bool running;
	double first_time;
	double total_time;
	double ntuples;
	double nloops;
	double removed_by_filter; /* plan.qual */
	double removed_by_join;	  /* join qual, recheck or one-time filter */
	double ntuples2;		  /* node specific: conflicts */
	struct timespec start;
	double loop_first;
	double loop_total;
	double loop_tuples;
	bool loop_started;
	struct BufferUsage *bufusage;
} Instrumentation;
#define INSTRUMENT_TIMER 1
#define INSTRUMENT_BUFFERS 2
#define INSTRUMENT_ROWS 4
#define INSTRUMENT_ALL 0x7fff

/* The value of a PARAM_EXEC. plan: an initplan that computes it on first use. */
typedef struct ParamExecData
{
	struct SubPlanState *plan;
	Datum value;
	bool isnull;
} ParamExecData;

/*
 * EvalPlanQual: a second copy of a plan in which each relation of the query yields one given row (or none), to ask whether
 * an updated row version still qualifies. Indexed by range-table index.
 */
typedef struct EpqState
{
	EState *parent;
	EState *estate;			/* the copy; made on first use */
	PlanState *planstate;
	Plan *plan;
	HeapTuple *tuples;		/* per rti: the row to return, or NULL */
	bool *has_tuple;		/* per rti: substituted at all (tuples[] may still be NULL: no row) */
	bool *returned;			/* per rti: already returned in this recheck */
	int param;
	List *rowmarks;			/* ExecRowMark of the other relations */
	Batch *origin;			/* the row being rechecked, for refetching the others */
	int origin_pos;
} EpqState;

/* One locked or remembered relation, from PlanRowMark. */
typedef struct ExecRowMark
{
	Index rti;
	Index rowmarkId;
	RowMarkType markType;
	LockClauseStrength strength;
	LockWaitPolicy waitPolicy;
	int ctid_col;			/* columns in the plan's output, 0-based; -1 none */
	int toid_col;
	int whole_col;
} ExecRowMark;

struct EState
{
	NodeTag type;
	MemoryContext es_query_cxt;
	PlannedStmt *es_plannedstmt;
	const char *es_sourceText;
	Snapshot es_snapshot;
	Snapshot es_crosscheck_snapshot;
	ParamListInfo es_param_list_info;
	ParamExecData *es_param_exec_vals;
	int es_num_exec_params;
	CommandId es_output_cid;
	RangeTblEntry **es_rtes;		/* by rti - 1 */
	Relation *es_relations;			/* by rti - 1; open for this execution, or NULL */
	int es_range_table_size;
	PlanState **es_subplanstates;	/* by plan_id - 1 */
	int es_num_subplans;
	PlanState *es_planstate;
	List *es_auxmodifytables;		/* ModifyTable states of WITH clauses, run to the end at finish */
	TupleDesc es_result_desc;
	int *es_clean_cols;				/* output columns that are not junk; NULL: all */
	int es_num_clean;
	Batch es_clean_batch;
	Batch *es_pending;				/* rest of a batch of which ExecutorRun's count took only a part */
	int es_pending_pos;
	uint64 es_processed;
	int es_instrument;
	int es_top_eflags;
	bool es_finished;
	bool es_cacheable;
	bool es_first_execution;
	bool es_after_triggers;			/* AfterTriggerBeginQuery was called */
	EpqState *es_epq;				/* in a copy made by EvalPlanQual */
	ExprContext_CB *es_callbacks;
	QueryEnvironment *es_queryEnv;
};

struct PlanState
{
	const NodeOps *ops;
	Plan *plan;
	EState *state;
	PlanState *left;
	PlanState *right;
	List *init_plans;		/* SubPlanState */
	List *sub_plans;		/* SubPlanState in expressions of this node */
	Bitmapset *chgParam;	/* changed parameters not yet taken notice of */
	ExprContext ec;
	MemoryContext batch_cxt; /* ec.ecxt_per_tuple_memory */
	ExprList *qual;
	Projection *proj;
	TupleDesc result_desc;
	Batch out;
	RowPos *sel_buf;		/* BATCH_MAX_ROWS positions, made on first use */
	bool done;
	Instrumentation *instrument;
};

/* ---- exec_node.c ---- */
extern PlanState *exec_init_node(Plan *plan, EState *estate, int eflags);
extern Batch *exec_next_slow(PlanState *ps, int max_rows);
extern void exec_rescan(PlanState *ps);
extern void exec_close(PlanState *ps);
extern void exec_mark_changed(PlanState *ps, Bitmapset *changed);
extern void exec_walk_children(PlanState *ps, void (*visit)(PlanState *child, void *arg), void *arg);
extern RowPos *exec_sel_buffer(PlanState *ps);
extern void exec_instrument_end_loop(Instrumentation *in);

static inline Batch *
exec_next(PlanState *ps, int max_rows)
{
	if (unlikely(ps->chgParam != NULL || ps->instrument != NULL))
		return exec_next_slow(ps, max_rows);
	return ps->ops->next(ps, max_rows);
}

/* ---- exec_util.c: what many nodes need ---- */
extern MemoryContext exec_batch_context(PlanState *ps);
extern void exec_init_result_type(PlanState *ps);
extern void exec_init_projection(PlanState *ps, ExprCompiler *compiler);
extern void exec_init_qual(PlanState *ps, ExprCompiler *compiler);
/* Filter `in` by qual and project into ps->out; NULL when no row is left. Contexts must have been reset before. */
extern Batch *exec_filter_project(PlanState *ps, const Selection *in);
extern Batch *exec_project(PlanState *ps, const Selection *sel);
extern Relation exec_open_relation(EState *estate, Index rti);
extern RangeTblEntry *exec_rte(Index rti, EState *estate);
extern TupleDesc exec_output_desc(PlanState *ps);
extern EState *exec_create_estate(void);
extern void exec_run_callbacks(ExprContext *ec);
/* 0-based column of the junk entry of that name, -1 none. */
extern int exec_find_column(List *targetlist, const char *resname);

/* All node kinds, in node_*.c. */
#define EXEC_NODE(tag, ops) extern const NodeOps ops;
#include "execute/exec_nodes.list"
#undef EXEC_NODE

#endif /* EXECUTE_EXEC_H */
