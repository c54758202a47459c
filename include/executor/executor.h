/*
 * executor/executor.h
 *    Running plans, and evaluating single expressions outside of plans.
 *
 * ExecutorStart, ExecutorRun (any number of times), ExecutorFinish (after-triggers), ExecutorEnd. After an error none of
 * them needs to be called: the transaction's abort gives back what the query held.
 */
#ifndef EXECUTOR_H
#define EXECUTOR_H

#include "access/htup.h"
#include "access/sdir.h"
#include "executor/execdesc.h"
#include "fmgr.h"
#include "nodes/execnodes.h"

#define EXEC_FLAG_EXPLAIN_ONLY 0x0001
#define EXEC_FLAG_REWIND 0x0002
#define EXEC_FLAG_BACKWARD 0x0004
#define EXEC_FLAG_MARK 0x0008
#define EXEC_FLAG_SKIP_TRIGGERS 0x0010
#define EXEC_FLAG_WITH_NO_DATA 0x0020

typedef void (*ExecutorStart_hook_type)(QueryDesc *queryDesc, int eflags);
typedef void (*ExecutorRun_hook_type)(QueryDesc *queryDesc, ScanDirection direction, uint64 count, bool execute_once);
typedef void (*ExecutorFinish_hook_type)(QueryDesc *queryDesc);
typedef void (*ExecutorEnd_hook_type)(QueryDesc *queryDesc);
typedef bool (*ExecutorCheckPerms_hook_type)(List *rangeTable, bool ereport_on_violation);
extern ExecutorStart_hook_type ExecutorStart_hook;
extern ExecutorRun_hook_type ExecutorRun_hook;
extern ExecutorFinish_hook_type ExecutorFinish_hook;
extern ExecutorEnd_hook_type ExecutorEnd_hook;
extern ExecutorCheckPerms_hook_type ExecutorCheckPerms_hook;

extern void ExecutorStart(QueryDesc *queryDesc, int eflags);
extern void standard_ExecutorStart(QueryDesc *queryDesc, int eflags);
/* count 0: all rows. Only forward. A later call goes on where the count stopped the one before. */
extern void ExecutorRun(QueryDesc *queryDesc, ScanDirection direction, uint64 count, bool execute_once);
extern void standard_ExecutorRun(QueryDesc *queryDesc, ScanDirection direction, uint64 count, bool execute_once);
extern void ExecutorFinish(QueryDesc *queryDesc);
extern void standard_ExecutorFinish(QueryDesc *queryDesc);
extern void ExecutorEnd(QueryDesc *queryDesc);
extern void standard_ExecutorEnd(QueryDesc *queryDesc);
extern void ExecutorRewind(QueryDesc *queryDesc);
extern uint64 executor_rows_processed(QueryDesc *queryDesc);
extern bool ExecCheckRTPerms(List *rangeTable, bool ereport_on_violation);

/* The row type of a targetlist; Clean: without junk columns. */
extern TupleDesc ExecTypeFromTL(List *targetList);
extern TupleDesc ExecCleanTypeFromTL(List *targetList);
extern TupleDesc ExecTypeFromExprList(List *exprList);

/*
 * Expressions on one row. Vars (of any varno) name columns of desc; params may be NULL. Compiled into, and with results
 * that live in, the given context: results of by-reference types are valid until the next evaluation.
 */
extern RowExprs *row_exprs_prepare(List *exprs, TupleDesc desc, MemoryContext context);
extern void row_exprs_eval(RowExprs *re, const Datum *values, const bool *nulls, Datum *result, bool *isnull);
extern void row_exprs_eval_tuple(RowExprs *re, HeapTuple tuple, Datum *result, bool *isnull);
/* All expressions are true (NULL counts as pass for CHECK constraints, as failure for predicates). */
extern bool row_exprs_qual(RowExprs *re, HeapTuple tuple);
extern bool row_exprs_check(RowExprs *re, HeapTuple tuple);
extern int row_exprs_first_failed(RowExprs *re, HeapTuple tuple); /* number of the first that is false, -1 none */
extern void row_exprs_free(RowExprs *re);

/* One expression without Vars, on the spot. By-reference results are in CurrentMemoryContext. */
extern Datum expr_eval_one(Node *expr, ParamListInfo params, bool *isnull);
/* The same for the planner's constant folding: returns a Const. */
extern Expr *evaluate_expr(Expr *expr, Oid result_type, int32 result_typmod, Oid result_collation);

/* Callbacks that run when the context's query ends or rescans. */
extern void RegisterExprContextCallback(ExprContext *econtext, ExprContextCallbackFunction function, Datum arg);
extern void UnregisterExprContextCallback(ExprContext *econtext, ExprContextCallbackFunction function, Datum arg);

/* Asked by aggregate functions: 0 not in an aggregate, AGG_CONTEXT_*; the context where state may be kept. */
#define AGG_CONTEXT_AGGREGATE 1
#define AGG_CONTEXT_WINDOW 2
extern int AggCheckCallContext(FunctionCallInfo fcinfo, MemoryContext *aggcontext);
extern struct Aggref *AggGetAggref(FunctionCallInfo fcinfo);
extern bool AggStateIsShared(FunctionCallInfo fcinfo);
extern MemoryContext AggGetTempMemoryContext(FunctionCallInfo fcinfo);
extern void AggRegisterCallback(FunctionCallInfo fcinfo, ExprContextCallbackFunction func, Datum arg);

#endif /* EXECUTOR_H */
