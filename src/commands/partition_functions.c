/*
 * partition_functions.c
 *    What psql and tools ask of partitions. No table is partitioned, so every answer is "none".
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"

static Datum
no_rows(FunctionCallInfo fcinfo)
{
	FuncCallContext *context;

	if (SRF_IS_FIRSTCALL())
		(void) SRF_FIRSTCALL_INIT();
	context = SRF_PERCALL_SETUP();
	SRF_RETURN_DONE(context);
}

Datum
pg_partition_ancestors(PG_FUNCTION_ARGS)
{
	return no_rows(fcinfo);
}

Datum
pg_partition_tree(PG_FUNCTION_ARGS)
{
	return no_rows(fcinfo);
}

Datum
pg_partition_root(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}
