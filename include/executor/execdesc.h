/*
 * executor/execdesc.h
 *    A query ready to run: the plan together with its snapshot, parameters and destination.
 */
#ifndef EXECDESC_H
#define EXECDESC_H

#include "nodes/execnodes.h"
#include "nodes/plannodes.h"
#include "tcop/dest.h"
#include "utils/snapshot.h"

/*
 * A place, owned by a cached plan, where the executor leaves the compiled state of a statement between executions.
 * The owner calls exec_cache_release() before it frees the plan.
 */
typedef struct ExecCacheSlot
{
	struct EState *idle; /* ready for another start; NULL while in use or when nothing is cached */
} ExecCacheSlot;

typedef struct QueryDesc
{
	CmdType operation;
	PlannedStmt *plannedstmt;
	const char *sourceText;
	Snapshot snapshot;
	Snapshot crosscheck_snapshot;
	DestReceiver *dest;
	ParamListInfo params;
	QueryEnvironment *queryEnv;
	int instrument_options;
	ExecCacheSlot *cache;	/* optional */

	/* set by ExecutorStart */
	TupleDesc tupDesc;
	EState *estate;
	PlanState *planstate;
	bool already_executed;
	struct Instrumentation *totaltime;
} QueryDesc;

extern QueryDesc *CreateQueryDesc(PlannedStmt *plannedstmt, const char *sourceText, Snapshot snapshot,
								  Snapshot crosscheck_snapshot, DestReceiver *dest, ParamListInfo params,
								  QueryEnvironment *queryEnv, int instrument_options);
extern void FreeQueryDesc(QueryDesc *qdesc);
extern void exec_cache_release(ExecCacheSlot *slot);

#endif /* EXECDESC_H */
