/*
 * admin_functions.c
 *    SQL functions that talk to the postmaster or look into this process.
 */
#include "postgres.h"

#include <signal.h>

#include "fmgr.h"
#include "funcapi.h"
#include "memory/context.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/procsignal.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

Datum
pg_reload_conf(PG_FUNCTION_ARGS)
{
	if (kill(PostmasterPid, SIGHUP) != 0)
	{
		ereport(WARNING, errmsg("failed to send signal to postmaster: %m"));
		PG_RETURN_BOOL(false);
	}
	PG_RETURN_BOOL(true);
}

/* Rotation is the logger's, and that is not there. */
Datum
pg_rotate_logfile_v2(PG_FUNCTION_ARGS)
{
	ereport(WARNING, errmsg("rotation not possible because log collection not active"));
	PG_RETURN_BOOL(false);
}

Datum
pg_log_backend_memory_contexts(PG_FUNCTION_ARGS)
{
	int pid = PG_GETARG_INT32(0);
	PGPROC *proc = BackendPidGetProc(pid);
	BackendId backend_id = InvalidBackendId;

	if (proc == NULL)
		proc = AuxiliaryPidGetProc(pid);
	else
		backend_id = proc->backendId;
	if (proc == NULL)
	{
		ereport(WARNING, errmsg("PID %d is not a PostgreSQL server process", pid));
		PG_RETURN_BOOL(false);
	}
	if (SendProcSignal(pid, PROCSIG_LOG_MEMORY_CONTEXT, backend_id) < 0)
	{
		ereport(WARNING, errmsg("could not send signal to process %d: %m", pid));
		PG_RETURN_BOOL(false);
	}
	PG_RETURN_BOOL(true);
}

/* ---- pg_backend_memory_contexts ---------------------------------------------------------------------------------------- */
static void
put_context(ReturnSetInfo *rsinfo, MemoryContext context, int level)
{
	enum { COLUMNS = 9 };
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS] = {false};
	Size free_space = context->bump_end - context->bump;
	int blocks = 1;

	check_stack_depth();
	for (MemoryBlock *block = context->blocks; block; block = block->next)
		blocks++;
	values[0] = CStringGetTextDatum(context->name);
	nulls[1] = context->ident == NULL;
	if (context->ident)
		values[1] = CStringGetTextDatum(context->ident);
	nulls[2] = context->parent == NULL;
	if (context->parent)
		values[2] = CStringGetTextDatum(context->parent->name);
	values[3] = Int32GetDatum(level);
	values[4] = Int64GetDatum(context->allocated);
	values[5] = Int64GetDatum(blocks);
	values[6] = Int64GetDatum(free_space);
	values[7] = Int64GetDatum(0); /* freed chunks are not counted */
	values[8] = Int64GetDatum(context->allocated - free_space);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	for (MemoryContext child = context->first_child; child; child = child->next_sibling)
		put_context(rsinfo, child, level + 1);
}

Datum
pg_get_backend_memory_contexts(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	put_context((ReturnSetInfo *) fcinfo->resultinfo, TopMemoryContext, 0);
	return (Datum) 0;
}
