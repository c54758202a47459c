/*
 * funcapi.h
 *    For C functions that return sets, rows or polymorphic types.
 *
 * Value-per-call set functions keep a FuncCallContext between calls:
 *    if (SRF_IS_FIRSTCALL()) { ctx = SRF_FIRSTCALL_INIT(); allocate in ctx->multi_call_memory_ctx ... }
 *    ctx = SRF_PERCALL_SETUP();
 *    if (more) SRF_RETURN_NEXT(ctx, datum); else SRF_RETURN_DONE(ctx);
 * Materializing ones call InitMaterializedSRF and put rows into rsinfo->setResult.
 */
#ifndef FUNCAPI_H
#define FUNCAPI_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "nodes/execnodes.h"
#include "utils/tuplestore.h"

typedef struct AttInMetadata
{
	TupleDesc tupdesc;
	FmgrInfo *attinfuncs;
	Oid *attioparams;
	int32 *atttypmods;
} AttInMetadata;

typedef struct FuncCallContext
{
	uint64 call_cntr;
	uint64 max_calls;
	void *user_fctx;
	AttInMetadata *attinmeta;
	MemoryContext multi_call_memory_ctx;
	TupleDesc tuple_desc;
} FuncCallContext;

typedef enum TypeFuncClass
{
	TYPEFUNC_SCALAR,
	TYPEFUNC_COMPOSITE,
	TYPEFUNC_COMPOSITE_DOMAIN,
	TYPEFUNC_RECORD,
	TYPEFUNC_OTHER
} TypeFuncClass;

extern TypeFuncClass get_call_result_type(FunctionCallInfo fcinfo, Oid *resultTypeId, TupleDesc *resultTupleDesc);
extern TypeFuncClass get_expr_result_type(Node *expr, Oid *resultTypeId, TupleDesc *resultTupleDesc);
extern TypeFuncClass get_func_result_type(Oid functionId, Oid *resultTypeId, TupleDesc *resultTupleDesc);
extern TupleDesc get_expr_result_tupdesc(Node *expr, bool noError);
extern bool resolve_polymorphic_argtypes(int numargs, Oid *argtypes, char *argmodes, Node *call_expr);
extern int get_func_arg_info(HeapTuple procTup, Oid **p_argtypes, char ***p_argnames, char **p_argmodes);
extern int get_func_input_arg_names(Datum proargnames, Datum proargmodes, char ***arg_names);
extern char *get_func_result_name(Oid functionId);
extern TupleDesc build_function_result_tupdesc_d(char prokind, Datum proallargtypes, Datum proargmodes,
												 Datum proargnames);
extern TupleDesc build_function_result_tupdesc_t(HeapTuple procTuple);
extern TupleDesc RelationNameGetTupleDesc(const char *relname);

#define HeapTupleGetDatum(tuple) HeapTupleHeaderGetDatum((tuple)->t_data)
extern Datum HeapTupleHeaderGetDatum(HeapTupleHeader tuple);
extern TupleDesc BlessTupleDesc(TupleDesc tupdesc);
extern AttInMetadata *TupleDescGetAttInMetadata(TupleDesc tupdesc);
extern HeapTuple BuildTupleFromCStrings(AttInMetadata *attinmeta, char **values);

#define MAT_SRF_USE_EXPECTED_DESC 0x01
#define MAT_SRF_BLESS 0x02
extern void InitMaterializedSRF(FunctionCallInfo fcinfo, bits32 flags);
#define SetSingleFuncCall(fcinfo, flags) InitMaterializedSRF(fcinfo, flags)

extern FuncCallContext *init_MultiFuncCall(FunctionCallInfo fcinfo);
extern FuncCallContext *per_MultiFuncCall(FunctionCallInfo fcinfo);
extern void end_MultiFuncCall(FunctionCallInfo fcinfo, FuncCallContext *funcctx);
#define SRF_IS_FIRSTCALL() (fcinfo->flinfo->fn_extra == NULL)
#define SRF_FIRSTCALL_INIT() init_MultiFuncCall(fcinfo)
#define SRF_PERCALL_SETUP() per_MultiFuncCall(fcinfo)
#define SRF_RETURN_NEXT(_funcctx, _result)                     \
	do                                                         \
	{                                                          \
		ReturnSetInfo *rsi__ = (ReturnSetInfo *) fcinfo->resultinfo; \
		(_funcctx)->call_cntr++;                               \
		rsi__->isDone = ExprMultipleResult;                    \
		PG_RETURN_DATUM(_result);                              \
	} while (0)
#define SRF_RETURN_NEXT_NULL(_funcctx)                         \
	do                                                         \
	{                                                          \
		ReturnSetInfo *rsi__ = (ReturnSetInfo *) fcinfo->resultinfo; \
		(_funcctx)->call_cntr++;                               \
		rsi__->isDone = ExprMultipleResult;                    \
		PG_RETURN_NULL();                                      \
	} while (0)
#define SRF_RETURN_DONE(_funcctx)                              \
	do                                                         \
	{                                                          \
		ReturnSetInfo *rsi__ = (ReturnSetInfo *) fcinfo->resultinfo; \
		end_MultiFuncCall(fcinfo, _funcctx);                   \
		rsi__->isDone = ExprEndResult;                         \
		PG_RETURN_NULL();                                      \
	} while (0)

extern int extract_variadic_args(FunctionCallInfo fcinfo, int variadic_start, bool convert_unknown, Datum **args,
								 Oid **types, bool **nulls);

#endif /* FUNCAPI_H */
