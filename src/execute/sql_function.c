/*
 * sql_function.c
 *    LANGUAGE sql: functions whose body is SQL text with $n parameters, returning one value or nothing.
 *
 * The body is prepared at the first call and kept with the caller's FmgrInfo. Missing: named parameters, sets, rows,
 * polymorphic arguments, and bodies stored as parse trees (BEGIN ATOMIC).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

typedef struct SqlFunction
{
	SPIPlanPtr plan;
	bool read_only;
	Oid rettype;
	int16 retlen;
	bool retbyval;
	bool retset;
} SqlFunction;

static void
drop_plan(void *arg)
{
	SqlFunction *f = arg;

	if (f->plan)
		SPI_freeplan(f->plan);
}

static SqlFunction *
prepare_function(FmgrInfo *flinfo)
{
	HeapTuple tup = SearchSysCache1(PROCOID, ObjectIdGetDatum(flinfo->fn_oid));
	SqlFunction *f = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(*f));
	MemoryContextCallback *cb = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(*cb));
	Form_pg_proc proc;
	Oid types[FUNC_MAX_ARGS];
	bool isnull;
	char *body;

	if (!HeapTupleIsValid(tup))
		elog(ERROR, "cache lookup failed for function %u", flinfo->fn_oid);
	proc = (Form_pg_proc) GETSTRUCT(tup);
	f->rettype = proc->prorettype;
	f->retset = proc->proretset;
	f->read_only = proc->provolatile != PROVOLATILE_VOLATILE;
	if (f->retset || type_is_rowtype(f->rettype) || IsPolymorphicType(f->rettype))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("SQL function \"%s\" is not supported: it returns a set, a row or a polymorphic type",
					   NameStr(proc->proname)));
	SysCacheGetAttr(PROCOID, tup, Anum_pg_proc_prosqlbody, &isnull);
	if (!isnull)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("SQL function \"%s\" is not supported: its body is a parse tree", NameStr(proc->proname)));
	for (int i = 0; i < proc->proargtypes.dim1; i++)
	{
		types[i] = proc->proargtypes.values[i];
		if (IsPolymorphicType(types[i]))
			types[i] = get_fn_expr_argtype(flinfo, i);
	}
	body = TextDatumGetCString(SysCacheGetAttr(PROCOID, tup, Anum_pg_proc_prosrc, &isnull));
	f->plan = SPI_prepare(body, proc->proargtypes.dim1, types);
	if (f->plan == NULL)
		elog(ERROR, "SPI_prepare returned %s", SPI_result_code_string(SPI_result));
	SPI_keepplan(f->plan);
	ReleaseSysCache(tup);
	if (f->rettype != VOIDOID)
		get_typlenbyval(f->rettype, &f->retlen, &f->retbyval);
	cb->func = drop_plan;
	cb->arg = f;
	MemoryContextRegisterResetCallback(flinfo->fn_mcxt, cb);
	flinfo->fn_extra = f;
	return f;
}

Datum
fmgr_sql(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	SqlFunction *f;
	Datum values[FUNC_MAX_ARGS];
	char nulls[FUNC_MAX_ARGS];
	Datum result = (Datum) 0;
	bool isnull = true;
	int rc;

	SPI_connect();
	f = fcinfo->flinfo->fn_extra;
	if (f == NULL)
		f = prepare_function(fcinfo->flinfo);
	for (int i = 0; i < fcinfo->nargs; i++)
	{
		values[i] = fcinfo->args[i].value;
		nulls[i] = fcinfo->args[i].isnull ? 'n' : ' ';
	}
	rc = SPI_execute_plan(f->plan, values, nulls, f->read_only, 0);
	if (rc < 0)
		elog(ERROR, "SPI_execute_plan returned %s", SPI_result_code_string(rc));
	if (f->rettype != VOIDOID && SPI_processed > 0 && SPI_tuptable)
	{
		result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
		if (!isnull)
		{
			MemoryContext old = MemoryContextSwitchTo(caller);

			result = datumCopy(result, f->retbyval, f->retlen);
			MemoryContextSwitchTo(old);
		}
	}
	SPI_finish();
	fcinfo->isnull = isnull;
	return isnull ? (Datum) 0 : result;
}
