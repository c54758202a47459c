/*
 * fmgr.c
 *    From a function's OID to something that can be called.
 *
 * Built-in functions are found in the generated table without touching a catalog; a directory indexed by OID makes that
 * one load. Everything else reads pg_proc.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "fmgr.h"
#include "module/fmgr_internal.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* Built-in OIDs are hand-given and end well below this. */
#define FMGR_DIRECTORY_SIZE 10000

static uint16 builtin_directory[FMGR_DIRECTORY_SIZE]; /* OID -> position in fmgr_builtins + 1 */
static bool builtin_directory_ready = false;

static void
builtin_directory_fill(void)
{
	for (int i = 0; i < fmgr_nbuiltins; i++)
	{
		AssertAlways(fmgr_builtins[i].foid < FMGR_DIRECTORY_SIZE);
		builtin_directory[fmgr_builtins[i].foid] = (uint16) (i + 1);
	}
	builtin_directory_ready = true;
}

const FmgrBuiltin *
fmgr_isbuiltin(Oid id)
{
	if (unlikely(!builtin_directory_ready))
		builtin_directory_fill();
	if (id >= FMGR_DIRECTORY_SIZE || builtin_directory[id] == 0)
		return NULL;
	return &fmgr_builtins[builtin_directory[id] - 1];
}

static const FmgrBuiltin *
builtin_by_c_name(const char *name)
{
	for (int i = 0; i < fmgr_nbuiltins; i++)
	{
		if (strcmp(fmgr_builtins[i].funcName, name) == 0)
			return &fmgr_builtins[i];
	}
	return NULL;
}

Oid
fmgr_internal_function(const char *proname)
{
	const FmgrBuiltin *builtin = builtin_by_c_name(proname);

	return builtin ? builtin->foid : InvalidOid;
}

/*
 * Stands for a built-in that is not there yet. It raises when it is called, not when it is looked up: a query that mentions it
 * but has no row for it is answered all the same.
 */
static Datum
call_missing_builtin(PG_FUNCTION_ARGS)
{
	const FmgrBuiltin *builtin = fcinfo->flinfo ? fmgr_isbuiltin(fcinfo->flinfo->fn_oid) : NULL;

	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("function %s is not supported", builtin ? builtin->funcName : "of this name"));
	return (Datum) 0;
}

static void
fmgr_info_builtin(const FmgrBuiltin *builtin, FmgrInfo *finfo)
{
	finfo->fn_nargs = builtin->nargs;
	finfo->fn_strict = builtin->strict;
	finfo->fn_retset = builtin->retset;
	finfo->fn_addr = builtin->func ? builtin->func : call_missing_builtin;
}

/* LANGUAGE internal, created by a user: an alias of a built-in, found by C name. */
static PGFunction
resolve_internal(HeapTuple proctup, const char *proname)
{
	char *prosrc = TextDatumGetCString(SysCacheGetAttrNotNull(PROCOID, proctup, Anum_pg_proc_prosrc));
	const FmgrBuiltin *builtin = builtin_by_c_name(prosrc);

	if (builtin == NULL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("internal function \"%s\" is not in internal lookup table", prosrc));
	if (builtin->func == NULL)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("function %s is not supported", prosrc));
	pfree(prosrc);
	return builtin->func;
}

static PGFunction
resolve_c(HeapTuple proctup)
{
	char *prosrc = TextDatumGetCString(SysCacheGetAttrNotNull(PROCOID, proctup, Anum_pg_proc_prosrc));
	char *probin = TextDatumGetCString(SysCacheGetAttrNotNull(PROCOID, proctup, Anum_pg_proc_probin));
	PGFunction function = (PGFunction) load_external_function(probin, prosrc, true, NULL);

	pfree(prosrc);
	pfree(probin);
	return function;
}

static PGFunction
resolve_by_language(HeapTuple proctup)
{
	Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(proctup);

	switch (proc->prolang)
	{
		case INTERNALlanguageId:
			return resolve_internal(proctup, NameStr(proc->proname));
		case ClanguageId:
			return resolve_c(proctup);
		case SQLlanguageId:
			return fmgr_sql;
	}
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("language \"%s\" is not supported", get_language_name(proc->prolang, false)));
}

static void
fmgr_info_catalog(Oid functionId, FmgrInfo *finfo)
{
	HeapTuple proctup = SearchSysCache1(PROCOID, ObjectIdGetDatum(functionId));
	Form_pg_proc proc;

	if (!HeapTupleIsValid(proctup))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("function with OID %u does not exist", functionId));
	proc = (Form_pg_proc) GETSTRUCT(proctup);
	finfo->fn_nargs = proc->pronargs;
	finfo->fn_strict = proc->proisstrict;
	finfo->fn_retset = proc->proretset;
	if (proc->prosecdef || !heap_attisnull(proctup, Anum_pg_proc_proconfig, NULL))
		finfo->fn_addr = fmgr_security_definer;
	else
		finfo->fn_addr = resolve_by_language(proctup);
	ReleaseSysCache(proctup);
}

void
fmgr_info_cxt(Oid functionId, FmgrInfo *finfo, MemoryContext mcxt)
{
	const FmgrBuiltin *builtin = fmgr_isbuiltin(functionId);

	finfo->fn_oid = InvalidOid; /* until all is filled in: an error leaves it unset */
	finfo->fn_extra = NULL;
	finfo->fn_mcxt = mcxt;
	finfo->fn_expr = NULL;
	finfo->fn_stats = 0;
	if (builtin != NULL)
		fmgr_info_builtin(builtin, finfo);
	else
		fmgr_info_catalog(functionId, finfo);
	finfo->fn_oid = functionId;
}

void
fmgr_info(Oid functionId, FmgrInfo *finfo)
{
	fmgr_info_cxt(functionId, finfo, CurrentMemoryContext);
}

void
fmgr_info_copy(FmgrInfo *dstinfo, FmgrInfo *srcinfo, MemoryContext destcxt)
{
	*dstinfo = *srcinfo;
	dstinfo->fn_mcxt = destcxt;
	dstinfo->fn_extra = NULL; /* belongs to the source */
}

/* The real function behind fmgr_security_definer. */
void
fmgr_info_resolve_underlying(Oid functionId, FmgrInfo *finfo)
{
	HeapTuple proctup = SearchSysCache1(PROCOID, ObjectIdGetDatum(functionId));

	if (!HeapTupleIsValid(proctup))
		elog(ERROR, "cache lookup failed for function %u", functionId);
	finfo->fn_addr = resolve_by_language(proctup);
	ReleaseSysCache(proctup);
}
