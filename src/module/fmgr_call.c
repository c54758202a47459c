/*
 * fmgr_call.c
 *    Calling SQL functions from C, type input and output, SECURITY DEFINER.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "module/fmgr_internal.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static Datum
call_not_null(FunctionCallInfo fcinfo)
{
	Datum result = FunctionCallInvoke(fcinfo);

	if (unlikely(fcinfo->isnull))
		elog(ERROR, "function %u returned NULL", fcinfo->flinfo ? fcinfo->flinfo->fn_oid : 0);
	return result;
}

/* All entry points differ only in where the function comes from and how many arguments there are. */
#define SET_ARG(n, v) (fcinfo->args[n].value = (v), fcinfo->args[n].isnull = false)

static inline Datum
call_direct(PGFunction func, Oid collation, int nargs, const Datum *args)
{
	LOCAL_FCINFO(fcinfo, 9);
	Datum result;

	Assert(nargs <= 9);
	InitFunctionCallInfoData(*fcinfo, NULL, nargs, collation, NULL, NULL);
	for (int i = 0; i < nargs; i++)
		SET_ARG(i, args[i]);
	result = func(fcinfo);
	if (unlikely(fcinfo->isnull))
		elog(ERROR, "function %p returned NULL", (void *) func);
	return result;
}

static inline Datum
call_info(FmgrInfo *flinfo, Oid collation, int nargs, const Datum *args)
{
	LOCAL_FCINFO(fcinfo, 9);

	Assert(nargs <= 9);
	InitFunctionCallInfoData(*fcinfo, flinfo, nargs, collation, NULL, NULL);
	for (int i = 0; i < nargs; i++)
		SET_ARG(i, args[i]);
	return call_not_null(fcinfo);
}

static inline Datum
call_oid(Oid functionId, Oid collation, int nargs, const Datum *args)
{
	FmgrInfo flinfo;

	fmgr_info(functionId, &flinfo);
	return call_info(&flinfo, collation, nargs, args);
}

Datum
DirectFunctionCall1Coll(PGFunction func, Oid collation, Datum arg1)
{
	return call_direct(func, collation, 1, (Datum[]){arg1});
}

Datum
DirectFunctionCall2Coll(PGFunction func, Oid collation, Datum arg1, Datum arg2)
{
	return call_direct(func, collation, 2, (Datum[]){arg1, arg2});
}

Datum
DirectFunctionCall3Coll(PGFunction func, Oid collation, Datum arg1, Datum arg2, Datum arg3)
{
	return call_direct(func, collation, 3, (Datum[]){arg1, arg2, arg3});
}

Datum
DirectFunctionCall4Coll(PGFunction func, Oid collation, Datum arg1, Datum arg2, Datum arg3, Datum arg4)
{
	return call_direct(func, collation, 4, (Datum[]){arg1, arg2, arg3, arg4});
}

Datum
DirectFunctionCall5Coll(PGFunction func, Oid collation, Datum arg1, Datum arg2, Datum arg3, Datum arg4, Datum arg5)
{
	return call_direct(func, collation, 5, (Datum[]){arg1, arg2, arg3, arg4, arg5});
}

Datum
FunctionCall0Coll(FmgrInfo *flinfo, Oid collation)
{
	return call_info(flinfo, collation, 0, NULL);
}

Datum
FunctionCall1Coll(FmgrInfo *flinfo, Oid collation, Datum arg1)
{
	return call_info(flinfo, collation, 1, (Datum[]){arg1});
}

Datum
FunctionCall2Coll(FmgrInfo *flinfo, Oid collation, Datum arg1, Datum arg2)
{
	return call_info(flinfo, collation, 2, (Datum[]){arg1, arg2});
}

Datum
FunctionCall3Coll(FmgrInfo *flinfo, Oid collation, Datum arg1, Datum arg2, Datum arg3)
{
	return call_info(flinfo, collation, 3, (Datum[]){arg1, arg2, arg3});
}

Datum
FunctionCall4Coll(FmgrInfo *flinfo, Oid collation, Datum arg1, Datum arg2, Datum arg3, Datum arg4)
{
	return call_info(flinfo, collation, 4, (Datum[]){arg1, arg2, arg3, arg4});
}

Datum
OidFunctionCall0Coll(Oid functionId, Oid collation)
{
	return call_oid(functionId, collation, 0, NULL);
}

Datum
OidFunctionCall1Coll(Oid functionId, Oid collation, Datum arg1)
{
	return call_oid(functionId, collation, 1, (Datum[]){arg1});
}

Datum
OidFunctionCall2Coll(Oid functionId, Oid collation, Datum arg1, Datum arg2)
{
	return call_oid(functionId, collation, 2, (Datum[]){arg1, arg2});
}

Datum
OidFunctionCall3Coll(Oid functionId, Oid collation, Datum arg1, Datum arg2, Datum arg3)
{
	return call_oid(functionId, collation, 3, (Datum[]){arg1, arg2, arg3});
}

Datum
OidFunctionCall4Coll(Oid functionId, Oid collation, Datum arg1, Datum arg2, Datum arg3, Datum arg4)
{
	return call_oid(functionId, collation, 4, (Datum[]){arg1, arg2, arg3, arg4});
}

/* ---- type input and output ---------------------------------------------------------------------------------------- */

/*
 * Input and receive functions alike: NULL goes in only to non-strict functions (domains check NOT NULL), and must come out
 * as NULL; anything else must not.
 */
static Datum
call_input(FmgrInfo *flinfo, Datum source, bool isnull, Oid typioparam, int32 typmod, const char *what)
{
	LOCAL_FCINFO(fcinfo, 3);
	Datum result;

	if (isnull && flinfo->fn_strict)
		return (Datum) 0;
	InitFunctionCallInfoData(*fcinfo, flinfo, 3, InvalidOid, NULL, NULL);
	SET_ARG(0, source);
	fcinfo->args[0].isnull = isnull;
	SET_ARG(1, ObjectIdGetDatum(typioparam));
	SET_ARG(2, Int32GetDatum(typmod));
	result = FunctionCallInvoke(fcinfo);
	if (unlikely(fcinfo->isnull != isnull))
		elog(ERROR, isnull ? "%s function %u returned non-NULL" : "%s function %u returned NULL", what, flinfo->fn_oid);
	return result;
}

Datum
InputFunctionCall(FmgrInfo *flinfo, char *str, Oid typioparam, int32 typmod)
{
	return call_input(flinfo, CStringGetDatum(str), str == NULL, typioparam, typmod, "input");
}

Datum
OidInputFunctionCall(Oid functionId, char *str, Oid typioparam, int32 typmod)
{
	FmgrInfo flinfo;

	fmgr_info(functionId, &flinfo);
	return InputFunctionCall(&flinfo, str, typioparam, typmod);
}

Datum
ReceiveFunctionCall(FmgrInfo *flinfo, StringInfo buf, Oid typioparam, int32 typmod)
{
	return call_input(flinfo, PointerGetDatum(buf), buf == NULL, typioparam, typmod, "receive");
}

Datum
OidReceiveFunctionCall(Oid functionId, StringInfo buf, Oid typioparam, int32 typmod)
{
	FmgrInfo flinfo;

	fmgr_info(functionId, &flinfo);
	return ReceiveFunctionCall(&flinfo, buf, typioparam, typmod);
}

char *
OutputFunctionCall(FmgrInfo *flinfo, Datum val)
{
	return DatumGetCString(FunctionCall1(flinfo, val));
}

char *
OidOutputFunctionCall(Oid functionId, Datum val)
{
	return DatumGetCString(OidFunctionCall1(functionId, val));
}

bytea *
SendFunctionCall(FmgrInfo *flinfo, Datum val)
{
	return DatumGetByteaP(FunctionCall1(flinfo, val));
}

bytea *
OidSendFunctionCall(Oid functionId, Datum val)
{
	return DatumGetByteaP(OidFunctionCall1(functionId, val));
}

/* ---- SECURITY DEFINER and SET --------------------------------------------------------------------------------------- */
typedef struct SecurityState
{
	FmgrInfo real;
	Oid owner; /* valid if SECURITY DEFINER */
	ArrayType *config;
} SecurityState;

static SecurityState *
security_state(FunctionCallInfo fcinfo)
{
	FmgrInfo *flinfo = fcinfo->flinfo;
	SecurityState *state = flinfo->fn_extra;
	HeapTuple tuple;
	Form_pg_proc proc;
	Datum config;
	bool isnull;

	if (state != NULL)
		return state;
	state = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(SecurityState));
	state->real = *flinfo;
	state->real.fn_extra = NULL;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(flinfo->fn_oid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", flinfo->fn_oid);
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	state->owner = proc->prosecdef ? proc->proowner : InvalidOid;
	config = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig, &isnull);
	if (!isnull)
	{
		MemoryContext old = MemoryContextSwitchTo(flinfo->fn_mcxt);

		state->config = DatumGetArrayTypePCopy(config);
		MemoryContextSwitchTo(old);
	}
	ReleaseSysCache(tuple);
	fmgr_info_resolve_underlying(flinfo->fn_oid, &state->real);
	flinfo->fn_extra = state;
	return state;
}

Datum
fmgr_security_definer(PG_FUNCTION_ARGS)
{
	SecurityState *state = security_state(fcinfo);
	FmgrInfo *outer = fcinfo->flinfo;
	Oid save_userid;
	int save_sec_context;
	int nestlevel = 0;
	Datum result;

	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	if (state->config != NULL)
		nestlevel = NewGUCNestLevel();
	if (OidIsValid(state->owner))
		SetUserIdAndSecContext(state->owner, save_sec_context | SECURITY_LOCAL_USERID_CHANGE);
	if (state->config != NULL)
		ProcessGUCArray(state->config, superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE);
	PG_TRY();
	{
		fcinfo->flinfo = &state->real;
		result = FunctionCallInvoke(fcinfo);
	}
	PG_FINALLY();
	{
		/* User and settings need no undoing after an error: transaction abort does it. */
		fcinfo->flinfo = outer;
	}
	PG_END_TRY();
	if (state->config != NULL)
		AtEOXact_GUC(true, nestlevel);
	if (OidIsValid(state->owner))
		SetUserIdAndSecContext(save_userid, save_sec_context);
	return result;
}
