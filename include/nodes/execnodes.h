/*
 * nodes/execnodes.h
 *    Executor state that functions called from queries may see.
 *
 * An ExprContext is what an expression is evaluated in; a set-returning function gets it through its ReturnSetInfo to
 * find the memory contexts of the query and of the current batch of rows.
 */
#ifndef EXECNODES_H
#define EXECNODES_H

#include "postgres.h"
#include "access/tupdesc.h"
#include "nodes/nodes.h"
#include "nodes/params.h"
#include "nodes/pg_list.h"

struct EState;
struct PlanState;
struct Batch;
struct Vector;
struct Tuplestorestate;

typedef void (*ExprContextCallbackFunction)(Datum arg);
typedef struct ExprContext_CB
{
	struct ExprContext_CB *next;
	ExprContextCallbackFunction function;
	Datum arg;
} ExprContext_CB;

/* Where a compiled Var reads from. */
typedef enum BatchSource
{
	BATCH_SCAN,
	BATCH_OUTER,
	BATCH_INNER,
	BATCH_AUX,		/* aggregate or window function results */
	BATCH_EXCLUDED, /* EXCLUDED of ON CONFLICT; OLD rows */
	BATCH_NUM_SOURCES
} BatchSource;

typedef struct ExprContext
{
	NodeTag type;
	const struct Batch *source[BATCH_NUM_SOURCES];
	struct EState *ecxt_estate;			/* NULL for expressions outside of a query */
	MemoryContext ecxt_per_query_memory;
	MemoryContext ecxt_per_tuple_memory; /* reset for each batch */
	struct ParamListInfoData *ecxt_param_list_info;
	struct Vector *case_value;			/* CaseTestExpr */
	struct Vector *domain_value;		/* CoerceToDomainValue */
	ExprContext_CB *ecxt_callbacks;
} ExprContext;

typedef enum
{
	ExprSingleResult,
	ExprMultipleResult,
	ExprEndResult
} ExprDoneCond;

typedef enum
{
	SFRM_ValuePerCall = 0x01,
	SFRM_Materialize = 0x02,
	SFRM_Materialize_Random = 0x04,
	SFRM_Materialize_Preferred = 0x08
} SetFunctionReturnMode;

typedef struct ReturnSetInfo
{
	NodeTag type;
	ExprContext *econtext;
	TupleDesc expectedDesc;
	int allowedModes;
	SetFunctionReturnMode returnMode;
	ExprDoneCond isDone;
	struct Tuplestorestate *setResult;
	TupleDesc setDesc;
} ReturnSetInfo;

/* How rows of one index are made: see catalog/index.h (BuildIndexInfo, FormIndexDatum). */
typedef struct RowExprs RowExprs;
typedef struct IndexInfo
{
	NodeTag type;
	int ii_NumIndexAttrs;
	int ii_NumIndexKeyAttrs;
	AttrNumber ii_IndexAttrNumbers[32]; /* INDEX_MAX_KEYS */
	List *ii_Expressions;		/* expression trees */
	RowExprs *ii_ExpressionsState; /* compiled; made on first use by who evaluates them */
	List *ii_Predicate;
	RowExprs *ii_PredicateState;
	Oid *ii_ExclusionOps;
	Oid *ii_ExclusionProcs;
	uint16 *ii_ExclusionStrats;
	Oid *ii_UniqueOps;
	Oid *ii_UniqueProcs;
	uint16 *ii_UniqueStrats;
	bool ii_Unique;
	bool ii_NullsNotDistinct;
	bool ii_ReadyForInserts;
	bool ii_CheckedUnchanged;
	bool ii_IndexUnchanged;
	bool ii_Concurrent;
	bool ii_BrokenHotChain;
	int ii_ParallelWorkers;
	Oid ii_Am;
	void *ii_AmCache;
	MemoryContext ii_Context;
} IndexInfo;

typedef struct EState EState;
typedef struct PlanState PlanState;
typedef struct QueryEnvironment QueryEnvironment;

#endif /* EXECNODES_H */
