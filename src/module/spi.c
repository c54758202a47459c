/*
 * spi.c
 *    The server programming interface.
 *
 * Each SPI_connect opens a level with two contexts: procCxt, current until SPI_finish, for what the caller allocates, and execCxt, reset
 * after each command, for parsing and planning. Results are HeapTuples in a context of their own (SPITupleTable), freed with the
 * level or by SPI_freetuptable.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "execute/batch.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "parser/parser.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

struct _SPI_plan
{
	int magic;
	bool saved;
	bool oneshot;
	List *sources;		/* CachedPlanSource */
	MemoryContext cxt;
	int cursor_options;
	int nargs;
	Oid *argtypes;
};
#define SPI_PLAN_MAGIC 569278163

typedef struct SpiLevel
{
	MemoryContext procCxt;
	MemoryContext execCxt;
	MemoryContext savedcxt;
	SPITupleTable *tables;		/* of this level, newest first */
	SPITupleTable *current;		/* receiving rows */
	uint64 processed;
	SubTransactionId subid;
	bool atomic;
	/* caller's values of the public variables */
	uint64 outer_processed;
	SPITupleTable *outer_tuptable;
	int outer_result;
} SpiLevel;

uint64 SPI_processed = 0;
SPITupleTable *SPI_tuptable = NULL;
int SPI_result = 0;

static SpiLevel *levels;
static int nlevels;
static int levels_capacity;

#define TOP_LEVEL (&levels[nlevels - 1])

/* ---- levels ---- */
int
SPI_connect_ext(int options)
{
	SpiLevel *l;

	if (nlevels >= levels_capacity)
	{
		int capacity = Max(16, levels_capacity * 2);
		SpiLevel *more = MemoryContextAlloc(TopMemoryContext, sizeof(SpiLevel) * capacity);

		if (levels)
		{
			memcpy(more, levels, sizeof(SpiLevel) * nlevels);
			pfree(levels);
		}
		levels = more;
		levels_capacity = capacity;
	}
	l = &levels[nlevels++];
	memset(l, 0, sizeof(*l));
	l->subid = GetCurrentSubTransactionId();
	l->atomic = (options & SPI_OPT_NONATOMIC) == 0;
	l->outer_processed = SPI_processed;
	l->outer_tuptable = SPI_tuptable;
	l->outer_result = SPI_result;
	l->procCxt = AllocSetContextCreate(l->atomic ? TopTransactionContext : PortalContext, "SPI Proc",
									   ALLOCSET_DEFAULT_SIZES);
	l->execCxt = AllocSetContextCreate(l->atomic ? TopTransactionContext : l->procCxt, "SPI Exec",
									   ALLOCSET_DEFAULT_SIZES);
	l->savedcxt = MemoryContextSwitchTo(l->procCxt);
	SPI_processed = 0;
	SPI_tuptable = NULL;
	SPI_result = 0;
	return SPI_OK_CONNECT;
}

int
SPI_connect(void)
{
	return SPI_connect_ext(0);
}

static void
pop_level(void)
{
	SpiLevel *l = TOP_LEVEL;

	SPI_processed = l->outer_processed;
	SPI_tuptable = l->outer_tuptable;
	SPI_result = l->outer_result;
	nlevels--;
}

int
SPI_finish(void)
{
	SpiLevel *l;

	if (nlevels == 0)
		return SPI_ERROR_UNCONNECTED;
	l = TOP_LEVEL;
	MemoryContextSwitchTo(l->savedcxt);
	MemoryContextDelete(l->execCxt);
	MemoryContextDelete(l->procCxt);
	pop_level();
	return SPI_OK_FINISH;
}

void
AtEOXact_SPI(bool isCommit)
{
	bool found = false;

	while (nlevels > 0)
	{
		/* Contexts under the transaction's go with it; a non-atomic caller's live in its portal. */
		if (!TOP_LEVEL->atomic && isCommit)
			break;
		found = true;
		pop_level();
	}
	if (found && isCommit)
		ereport(WARNING, errcode(ERRCODE_WARNING), errmsg("transaction left non-empty SPI stack"),
				errhint("Check for missing \"SPI_finish\" calls."));
}

void
AtEOSubXact_SPI(bool isCommit, SubTransactionId mySubid)
{
	while (nlevels > 0 && TOP_LEVEL->subid == mySubid)
	{
		SpiLevel *l = TOP_LEVEL;
		MemoryContext exec = l->execCxt;
		MemoryContext proc = l->procCxt;

		pop_level();
		MemoryContextDelete(exec);
		MemoryContextDelete(proc);
	}
}

bool
SPI_inside_nonatomic_context(void)
{
	return nlevels > 0 && !TOP_LEVEL->atomic;
}

static void
begin_call(void)
{
	if (nlevels == 0)
		elog(ERROR, "SPI function called without SPI_connect");
	MemoryContextSwitchTo(TOP_LEVEL->execCxt);
}

static void
end_call(void)
{
	MemoryContextReset(TOP_LEVEL->execCxt);
	MemoryContextSwitchTo(TOP_LEVEL->procCxt);
}

/* ---- results ---- */
typedef struct SpiReceiver
{
	DestReceiver pub;
} SpiReceiver;

static void
spi_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	SpiLevel *l = TOP_LEVEL;
	MemoryContext cxt;
	MemoryContext old;
	SPITupleTable *t;

	if (l->current != NULL)
		return;
	cxt = AllocSetContextCreate(l->procCxt, "SPI TupTable", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(cxt);
	t = palloc0_object(SPITupleTable);
	t->tuptabcxt = cxt;
	t->subid = GetCurrentSubTransactionId();
	t->tupdesc = CreateTupleDescCopy(typeinfo);
	t->alloced = 128;
	t->vals = palloc_array(HeapTuple, t->alloced);
	t->next = l->tables;
	l->tables = t;
	l->current = t;
	MemoryContextSwitchTo(old);
}

static bool
spi_receive(const Batch *batch, DestReceiver *self)
{
	SPITupleTable *t = TOP_LEVEL->current;
	MemoryContext old = MemoryContextSwitchTo(t->tuptabcxt);

	for (int k = 0; k < batch->sel.n; k++)
	{
		if (t->numvals >= t->alloced)
		{
			t->alloced *= 2;
			t->vals = repalloc_huge(t->vals, t->alloced * sizeof(HeapTuple));
		}
		t->vals[t->numvals++] = batch_form_tuple(batch, selection_pos(&batch->sel, k), t->tupdesc);
	}
	MemoryContextSwitchTo(old);
	return true;
}

static void
spi_nothing(DestReceiver *self)
{
}

DestReceiver *
spi_create_receiver(void)
{
	static DestReceiver receiver = {spi_receive, spi_startup, spi_nothing, spi_nothing, DestSPI};

	return &receiver;
}

/* ---- plans ---- */
static SPIPlanPtr
new_plan(MemoryContext parent)
{
	MemoryContext cxt = AllocSetContextCreate(parent, "SPI Plan", ALLOCSET_SMALL_SIZES);
	SPIPlanPtr plan = MemoryContextAllocZero(cxt, sizeof(*plan));

	plan->magic = SPI_PLAN_MAGIC;
	plan->cxt = cxt;
	return plan;
}

/* Parse and analyze all statements of src. */
static SPIPlanPtr
prepare_plan(const char *src, int nargs, const Oid *argtypes, int cursor_options)
{
	SPIPlanPtr plan = new_plan(TOP_LEVEL->procCxt);
	MemoryContext old = MemoryContextSwitchTo(plan->cxt);
	ListCell *lc;

	plan->cursor_options = cursor_options;
	plan->nargs = nargs;
	plan->argtypes = palloc_array(Oid, Max(nargs, 1));
	if (nargs > 0)
		memcpy(plan->argtypes, argtypes, sizeof(Oid) * nargs);
	foreach (lc, pg_parse_query(src))
	{
		RawStmt *raw = lfirst_node(RawStmt, lc);
		CachedPlanSource *source = CreateCachedPlan(raw, src, CreateCommandTag(raw->stmt));
		List *queries = pg_analyze_and_rewrite_fixedparams(raw, src, plan->argtypes, nargs, NULL);

		CompleteCachedPlan(source, queries, NULL, plan->argtypes, nargs, NULL, NULL, cursor_options, false);
		plan->sources = lappend(plan->sources, source);
	}
	MemoryContextSwitchTo(old);
	return plan;
}

SPIPlanPtr
SPI_prepare_cursor(const char *src, int nargs, Oid *argtypes, int cursorOptions)
{
	SPIPlanPtr plan;

	if (src == NULL || nargs < 0 || (nargs > 0 && argtypes == NULL))
	{
		SPI_result = SPI_ERROR_ARGUMENT;
		return NULL;
	}
	begin_call();
	plan = prepare_plan(src, nargs, argtypes, cursorOptions);
	end_call();
	SPI_result = 0;
	return plan;
}

SPIPlanPtr
SPI_prepare(const char *src, int nargs, Oid *argtypes)
{
	return SPI_prepare_cursor(src, nargs, argtypes, 0);
}

int
SPI_keepplan(SPIPlanPtr plan)
{
	ListCell *lc;

	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC || plan->saved)
		return SPI_ERROR_ARGUMENT;
	plan->saved = true;
	MemoryContextSetParent(plan->cxt, CacheMemoryContext);
	foreach (lc, plan->sources)
		SaveCachedPlan(lfirst(lc));
	return 0;
}

SPIPlanPtr
SPI_saveplan(SPIPlanPtr plan)
{
	SPIPlanPtr copy;
	const char *text;

	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC || plan->sources == NIL)
	{
		SPI_result = SPI_ERROR_ARGUMENT;
		return NULL;
	}
	text = ((CachedPlanSource *) linitial(plan->sources))->query_string;
	begin_call();
	copy = prepare_plan(text, plan->nargs, plan->argtypes, plan->cursor_options);
	end_call();
	SPI_keepplan(copy);
	SPI_result = 0;
	return copy;
}

int
SPI_freeplan(SPIPlanPtr plan)
{
	ListCell *lc;

	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC)
		return SPI_ERROR_ARGUMENT;
	foreach (lc, plan->sources)
		DropCachedPlan(lfirst(lc));
	MemoryContextDelete(plan->cxt);
	return 0;
}

Oid
SPI_getargtypeid(SPIPlanPtr plan, int argIndex)
{
	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC || argIndex < 0 || argIndex >= plan->nargs)
	{
		SPI_result = SPI_ERROR_ARGUMENT;
		return InvalidOid;
	}
	return plan->argtypes[argIndex];
}

int
SPI_getargcount(SPIPlanPtr plan)
{
	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC)
	{
		SPI_result = SPI_ERROR_ARGUMENT;
		return -1;
	}
	return plan->nargs;
}

bool
SPI_is_cursor_plan(SPIPlanPtr plan)
{
	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC)
	{
		SPI_result = SPI_ERROR_ARGUMENT;
		return false;
	}
	return list_length(plan->sources) == 1 && ((CachedPlanSource *) linitial(plan->sources))->resultDesc != NULL;
}

bool
SPI_plan_is_valid(SPIPlanPtr plan)
{
	ListCell *lc;

	foreach (lc, plan->sources)
		if (!CachedPlanIsValid(lfirst(lc)))
			return false;
	return true;
}

/* ---- execution ---- */
static int
run_planned(QueryDesc *qd, bool fire_triggers, uint64 tcount)
{
	int res;

	switch (qd->operation)
	{
		case CMD_SELECT:
			res = SPI_OK_SELECT;
			break;
		case CMD_INSERT:
			res = qd->plannedstmt->hasReturning ? SPI_OK_INSERT_RETURNING : SPI_OK_INSERT;
			break;
		case CMD_DELETE:
			res = qd->plannedstmt->hasReturning ? SPI_OK_DELETE_RETURNING : SPI_OK_DELETE;
			break;
		case CMD_UPDATE:
			res = qd->plannedstmt->hasReturning ? SPI_OK_UPDATE_RETURNING : SPI_OK_UPDATE;
			break;
		default:
			return SPI_ERROR_OPUNKNOWN;
	}
	/* Events that are not to fire now go to the list of the statement around us. */
	ExecutorStart(qd, fire_triggers ? 0 : EXEC_FLAG_SKIP_TRIGGERS);
	ExecutorRun(qd, ForwardScanDirection, tcount, true);
	TOP_LEVEL->processed = executor_rows_processed(qd);
	ExecutorFinish(qd);
	ExecutorEnd(qd);
	return res;
}

static int
run_utility(PlannedStmt *stmt, CachedPlanSource *source, ParamListInfo params, DestReceiver *dest)
{
	QueryCompletion qc;
	Node *u = stmt->utilityStmt;

	if (IsA(u, CopyStmt) && ((CopyStmt *) u)->filename == NULL)
		return SPI_ERROR_COPY;
	if (IsA(u, TransactionStmt))
		return SPI_ERROR_TRANSACTION;
	InitializeQueryCompletion(&qc);
	ProcessUtility(stmt, source->query_string, true, PROCESS_UTILITY_QUERY, params, NULL, dest, &qc);
	if (TOP_LEVEL->current)
		TOP_LEVEL->processed = TOP_LEVEL->current->numvals;
	if (IsA(u, CreateTableAsStmt) || IsA(u, CopyStmt) || IsA(u, FetchStmt) || IsA(u, ExecuteStmt))
		TOP_LEVEL->processed = Max(TOP_LEVEL->processed, qc.nprocessed);
	return SPI_OK_UTILITY;
}

static int
execute_plan(SPIPlanPtr plan, ParamListInfo params, Snapshot snapshot, Snapshot crosscheck, bool read_only,
			 bool fire_triggers, uint64 tcount, DestReceiver *caller_dest)
{
	SpiLevel *l = TOP_LEVEL;
	ResourceOwner owner = plan->saved ? CurrentResourceOwner : NULL;
	bool pushed = false;
	uint64 processed = 0;
	SPITupleTable *table = NULL;
	int res = 0;
	ListCell *lc;
	ListCell *lc2;

	if (snapshot != InvalidSnapshot)
	{
		if (read_only)
			PushActiveSnapshot(snapshot);
		else
			PushCopiedSnapshot(snapshot);
		pushed = true;
	}
	foreach (lc, plan->sources)
	{
		CachedPlanSource *source = lfirst(lc);
		CachedPlan *cplan = GetCachedPlan(source, params, owner, NULL);

		foreach (lc2, cplan->stmt_list)
		{
			PlannedStmt *stmt = lfirst_node(PlannedStmt, lc2);
			bool own_snapshot = false;
			DestReceiver *dest = !stmt->canSetTag ? None_Receiver : (caller_dest ? caller_dest : spi_create_receiver());

			if (read_only && !CommandIsReadOnly(stmt))
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("%s is not allowed in a non-volatile function", CreateCommandName((Node *) stmt)));
			if (!read_only && snapshot == InvalidSnapshot)
			{
				CommandCounterIncrement();
				if (stmt->utilityStmt == NULL || PlannedStmtRequiresSnapshot(stmt))
				{
					PushActiveSnapshot(GetTransactionSnapshot());
					own_snapshot = true;
				}
			}
			else if (!read_only)
			{
				CommandCounterIncrement();
				UpdateActiveSnapshotCommandId();
			}
			else if (!ActiveSnapshotSet())
			{
				PushActiveSnapshot(GetTransactionSnapshot());
				own_snapshot = true;
			}
			l->processed = 0;
			l->current = NULL;
			if (stmt->utilityStmt == NULL)
			{
				QueryDesc *qd = CreateQueryDesc(stmt, source->query_string, GetActiveSnapshot(), crosscheck, dest,
												params, NULL, 0);

				if (cplan->exec_slots && crosscheck == InvalidSnapshot)
					qd->cache = &cplan->exec_slots[foreach_current_index(lc2)];
				res = run_planned(qd, fire_triggers, stmt->canSetTag ? tcount : 0);
				FreeQueryDesc(qd);
			}
			else
				res = run_utility(stmt, source, params, dest);
			l = TOP_LEVEL;
			if (stmt->canSetTag)
			{
				processed = l->processed;
				if (l->current)
					table = l->current;
			}
			if (own_snapshot)
				PopActiveSnapshot();
			if (res < 0)
				break;
		}
		ReleaseCachedPlan(cplan, owner);
		if (res < 0)
			break;
		if (!read_only)
			CommandCounterIncrement();
	}
	if (pushed)
		PopActiveSnapshot();
	l->current = NULL;
	SPI_processed = processed;
	SPI_tuptable = table;
	return res == 0 ? SPI_OK_REWRITTEN : res;
}

static ParamListInfo
params_from_arrays(int nargs, const Oid *types, const Datum *values, const char *nulls)
{
	ParamListInfo params;

	if (nargs <= 0)
		return NULL;
	params = makeParamList(nargs);
	for (int i = 0; i < nargs; i++)
		params->params[i] = (ParamExternData){values[i], nulls && nulls[i] == 'n', PARAM_FLAG_CONST, types[i]};
	return params;
}

static void
free_oneshot(SPIPlanPtr plan)
{
	ListCell *lc;

	foreach (lc, plan->sources)
		DropCachedPlan(lfirst(lc));
	MemoryContextDelete(plan->cxt);
}

static int
execute_text(const char *src, int nargs, const Oid *types, ParamListInfo params, bool read_only, uint64 tcount,
			 DestReceiver *dest)
{
	SPIPlanPtr plan;
	int res;

	begin_call();
	plan = prepare_plan(src, nargs, types, 0);
	res = execute_plan(plan, params, InvalidSnapshot, InvalidSnapshot, read_only, true, tcount, dest);
	free_oneshot(plan);
	end_call();
	return res;
}

int
SPI_execute(const char *src, bool read_only, long tcount)
{
	if (src == NULL || tcount < 0)
		return SPI_ERROR_ARGUMENT;
	return execute_text(src, 0, NULL, NULL, read_only, (uint64) tcount, NULL);
}

int
SPI_execute_extended(const char *src, const SPIExecuteOptions *options)
{
	int n = options->params ? options->params->numParams : 0;
	Oid *types = palloc_array(Oid, Max(n, 1));

	if (src == NULL)
		return SPI_ERROR_ARGUMENT;
	for (int i = 0; i < n; i++)
		types[i] = options->params->params[i].ptype;
	return execute_text(src, n, types, options->params, options->read_only, options->tcount, options->dest);
}

int
SPI_execute_with_args(const char *src, int nargs, Oid *argtypes, Datum *Values, const char *Nulls, bool read_only,
					  long tcount)
{
	if (src == NULL || nargs < 0 || tcount < 0 || (nargs > 0 && (argtypes == NULL || Values == NULL)))
		return SPI_ERROR_ARGUMENT;
	return execute_text(src, nargs, argtypes, params_from_arrays(nargs, argtypes, Values, Nulls), read_only,
						(uint64) tcount, NULL);
}

int
SPI_execute_snapshot(SPIPlanPtr plan, Datum *Values, const char *Nulls, Snapshot snapshot,
					 Snapshot crosscheck_snapshot, bool read_only, bool fire_triggers, long tcount)
{
	int res;

	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC || tcount < 0 || (plan->nargs > 0 && Values == NULL))
		return SPI_ERROR_ARGUMENT;
	begin_call();
	res = execute_plan(plan, params_from_arrays(plan->nargs, plan->argtypes, Values, Nulls), snapshot,
					   crosscheck_snapshot, read_only, fire_triggers, (uint64) tcount, NULL);
	end_call();
	return res;
}

int
SPI_execute_plan(SPIPlanPtr plan, Datum *Values, const char *Nulls, bool read_only, long tcount)
{
	return SPI_execute_snapshot(plan, Values, Nulls, InvalidSnapshot, InvalidSnapshot, read_only, true, tcount);
}

int
SPI_execute_plan_with_paramlist(SPIPlanPtr plan, ParamListInfo params, bool read_only, long tcount)
{
	int res;

	if (plan == NULL || plan->magic != SPI_PLAN_MAGIC || tcount < 0)
		return SPI_ERROR_ARGUMENT;
	begin_call();
	res = execute_plan(plan, params, InvalidSnapshot, InvalidSnapshot, read_only, true, (uint64) tcount, NULL);
	end_call();
	return res;
}

const char *
SPI_result_code_string(int code)
{
	static const struct
	{
		int code;
		const char *name;
	} names[] = {
		{SPI_ERROR_CONNECT, "SPI_ERROR_CONNECT"},
		{SPI_ERROR_COPY, "SPI_ERROR_COPY"},
		{SPI_ERROR_OPUNKNOWN, "SPI_ERROR_OPUNKNOWN"},
		{SPI_ERROR_UNCONNECTED, "SPI_ERROR_UNCONNECTED"},
		{SPI_ERROR_ARGUMENT, "SPI_ERROR_ARGUMENT"},
		{SPI_ERROR_PARAM, "SPI_ERROR_PARAM"},
		{SPI_ERROR_TRANSACTION, "SPI_ERROR_TRANSACTION"},
		{SPI_ERROR_NOATTRIBUTE, "SPI_ERROR_NOATTRIBUTE"},
		{SPI_ERROR_NOOUTFUNC, "SPI_ERROR_NOOUTFUNC"},
		{SPI_ERROR_TYPUNKNOWN, "SPI_ERROR_TYPUNKNOWN"},
		{SPI_ERROR_REL_DUPLICATE, "SPI_ERROR_REL_DUPLICATE"},
		{SPI_ERROR_REL_NOT_FOUND, "SPI_ERROR_REL_NOT_FOUND"},
		{SPI_OK_CONNECT, "SPI_OK_CONNECT"},
		{SPI_OK_FINISH, "SPI_OK_FINISH"},
		{SPI_OK_FETCH, "SPI_OK_FETCH"},
		{SPI_OK_UTILITY, "SPI_OK_UTILITY"},
		{SPI_OK_SELECT, "SPI_OK_SELECT"},
		{SPI_OK_SELINTO, "SPI_OK_SELINTO"},
		{SPI_OK_INSERT, "SPI_OK_INSERT"},
		{SPI_OK_DELETE, "SPI_OK_DELETE"},
		{SPI_OK_UPDATE, "SPI_OK_UPDATE"},
		{SPI_OK_CURSOR, "SPI_OK_CURSOR"},
		{SPI_OK_INSERT_RETURNING, "SPI_OK_INSERT_RETURNING"},
		{SPI_OK_DELETE_RETURNING, "SPI_OK_DELETE_RETURNING"},
		{SPI_OK_UPDATE_RETURNING, "SPI_OK_UPDATE_RETURNING"},
		{SPI_OK_REWRITTEN, "SPI_OK_REWRITTEN"},
		{SPI_OK_MERGE, "SPI_OK_MERGE"},
	};
	static char unknown[64];

	for (int i = 0; i < (int) lengthof(names); i++)
		if (names[i].code == code)
			return names[i].name;
	snprintf(unknown, sizeof(unknown), "Unrecognized SPI code %d", code);
	return unknown;
}

/* ---- tuples ---- */
static MemoryContext
caller_context(void)
{
	return nlevels > 0 ? TOP_LEVEL->savedcxt : CurrentMemoryContext;
}

HeapTuple
SPI_copytuple(HeapTuple tuple)
{
	MemoryContext old = MemoryContextSwitchTo(caller_context());
	HeapTuple copy = heap_copytuple(tuple);

	MemoryContextSwitchTo(old);
	return copy;
}

HeapTupleHeader
SPI_returntuple(HeapTuple tuple, TupleDesc tupdesc)
{
	MemoryContext old = MemoryContextSwitchTo(caller_context());
	HeapTupleHeader h = DatumGetHeapTupleHeader(heap_copy_tuple_as_datum(tuple, tupdesc));

	MemoryContextSwitchTo(old);
	return h;
}

HeapTuple
SPI_modifytuple(Relation rel, HeapTuple tuple, int natts, int *attnum, Datum *Values, const char *Nulls)
{
	MemoryContext old = MemoryContextSwitchTo(caller_context());
	bool *nulls = palloc_array(bool, Max(natts, 1));
	HeapTuple result;

	for (int i = 0; i < natts; i++)
		nulls[i] = Nulls && Nulls[i] == 'n';
	result = heap_modify_tuple_by_cols(tuple, RelationGetDescr(rel), natts, attnum, Values, nulls);
	result->t_self = tuple->t_self;
	result->t_tableOid = tuple->t_tableOid;
	MemoryContextSwitchTo(old);
	return result;
}

int
SPI_fnumber(TupleDesc tupdesc, const char *fname)
{
	for (int i = 0; i < tupdesc->natts; i++)
		if (!TupleDescAttr(tupdesc, i)->attisdropped &&
			strcmp(NameStr(TupleDescAttr(tupdesc, i)->attname), fname) == 0)
			return i + 1;
	return SPI_ERROR_NOATTRIBUTE;
}

char *
SPI_fname(TupleDesc tupdesc, int fnumber)
{
	SPI_result = 0;
	if (fnumber > tupdesc->natts || fnumber <= 0)
	{
		SPI_result = SPI_ERROR_NOATTRIBUTE;
		return NULL;
	}
	return pstrdup(NameStr(TupleDescAttr(tupdesc, fnumber - 1)->attname));
}

Datum
SPI_getbinval(HeapTuple tuple, TupleDesc tupdesc, int fnumber, bool *isnull)
{
	SPI_result = 0;
	if (fnumber > tupdesc->natts || fnumber == 0)
	{
		SPI_result = SPI_ERROR_NOATTRIBUTE;
		*isnull = true;
		return (Datum) 0;
	}
	return heap_getattr(tuple, fnumber, tupdesc, isnull);
}

char *
SPI_getvalue(HeapTuple tuple, TupleDesc tupdesc, int fnumber)
{
	bool isnull;
	Datum d = SPI_getbinval(tuple, tupdesc, fnumber, &isnull);
	Oid fn;
	bool varlena;

	if (isnull)
		return NULL;
	getTypeOutputInfo(SPI_gettypeid(tupdesc, fnumber), &fn, &varlena);
	return OidOutputFunctionCall(fn, d);
}

Oid
SPI_gettypeid(TupleDesc tupdesc, int fnumber)
{
	SPI_result = 0;
	if (fnumber > tupdesc->natts || fnumber <= 0)
	{
		SPI_result = SPI_ERROR_NOATTRIBUTE;
		return InvalidOid;
	}
	return TupleDescAttr(tupdesc, fnumber - 1)->atttypid;
}

char *
SPI_gettype(TupleDesc tupdesc, int fnumber)
{
	Oid type = SPI_gettypeid(tupdesc, fnumber);

	return OidIsValid(type) ? format_type_be(type) : NULL;
}

char *
SPI_getrelname(Relation rel)
{
	return pstrdup(RelationGetRelationName(rel));
}

char *
SPI_getnspname(Relation rel)
{
	return get_namespace_name(RelationGetNamespace(rel));
}

void *
SPI_palloc(Size size)
{
	return MemoryContextAlloc(caller_context(), size);
}

void *
SPI_repalloc(void *pointer, Size size)
{
	return repalloc(pointer, size);
}

void
SPI_pfree(void *pointer)
{
	pfree(pointer);
}

Datum
SPI_datumTransfer(Datum value, bool typByVal, int typLen)
{
	MemoryContext old = MemoryContextSwitchTo(caller_context());
	Datum copy = datumCopy(value, typByVal, typLen);

	MemoryContextSwitchTo(old);
	return copy;
}

void
SPI_freetuple(HeapTuple pointer)
{
	heap_freetuple(pointer);
}

void
SPI_freetuptable(SPITupleTable *tuptable)
{
	if (tuptable == NULL || nlevels == 0)
		return;
	for (SPITupleTable **p = &TOP_LEVEL->tables; *p != NULL; p = &(*p)->next)
		if (*p == tuptable)
		{
			*p = tuptable->next;
			if (SPI_tuptable == tuptable)
				SPI_tuptable = NULL;
			MemoryContextDelete(tuptable->tuptabcxt);
			return;
		}
	elog(WARNING, "attempt to delete invalid SPITupleTable %p", (void *) tuptable);
}

/* ---- cursors ---- */
static Portal
open_cursor(const char *name, SPIPlanPtr plan, ParamListInfo params, bool read_only)
{
	CachedPlanSource *source = linitial(plan->sources);
	CachedPlan *cplan;
	Portal portal;
	MemoryContext old;
	Snapshot snapshot;

	if (!SPI_is_cursor_plan(plan))
		ereport(ERROR, errcode(ERRCODE_INVALID_CURSOR_DEFINITION), errmsg("cannot open %s query as cursor",
																		   GetCommandTagName(source->commandTag)));
	portal = name == NULL || name[0] == '\0' ? CreateNewPortal() : CreatePortal(name, false, false);
	cplan = GetCachedPlan(source, params, plan->saved ? CurrentResourceOwner : NULL, NULL);
	if (plan->saved)
	{
		/* The reference goes to the portal. */
		cplan->refcount++;
		ReleaseCachedPlan(cplan, CurrentResourceOwner);
	}
	old = MemoryContextSwitchTo(portal->portalContext);
	PortalDefineQuery(portal, NULL, pstrdup(source->query_string), source->commandTag, cplan->stmt_list, cplan);
	params = copyParamList(params);
	MemoryContextSwitchTo(old);
	portal->cursorOptions = plan->cursor_options ? plan->cursor_options : CURSOR_OPT_SCROLL;
	portal->holdFeeding = (portal->cursorOptions & CURSOR_OPT_SCROLL) != 0;
	if (read_only && ActiveSnapshotSet())
		snapshot = GetActiveSnapshot();
	else
	{
		CommandCounterIncrement();
		snapshot = GetTransactionSnapshot();
	}
	PortalStart(portal, params, 0, snapshot);
	return portal;
}

Portal
SPI_cursor_open(const char *name, SPIPlanPtr plan, Datum *Values, const char *Nulls, bool read_only)
{
	Portal portal;

	begin_call();
	portal = open_cursor(name, plan, params_from_arrays(plan->nargs, plan->argtypes, Values, Nulls), read_only);
	end_call();
	return portal;
}

Portal
SPI_cursor_open_with_args(const char *name, const char *src, int nargs, Oid *argtypes, Datum *Values,
						  const char *Nulls, bool read_only, int cursorOptions)
{
	SPIPlanPtr plan;
	Portal portal;

	begin_call();
	plan = prepare_plan(src, nargs, argtypes, cursorOptions);
	portal = open_cursor(name, plan, params_from_arrays(nargs, argtypes, Values, Nulls), read_only);
	end_call();
	return portal;
}

Portal
SPI_cursor_find(const char *name)
{
	return GetPortalByName(name);
}

static void
cursor_operation(Portal portal, bool forward, long count, DestReceiver *dest)
{
	if (!PortalIsValid(portal))
		elog(ERROR, "invalid portal in SPI cursor operation");
	begin_call();
	TOP_LEVEL->processed = 0;
	TOP_LEVEL->current = NULL;
	SPI_processed = PortalRunFetch(portal, forward ? FETCH_FORWARD : FETCH_BACKWARD, count, dest);
	SPI_tuptable = TOP_LEVEL->current;
	TOP_LEVEL->current = NULL;
	end_call();
}

void
SPI_cursor_fetch(Portal portal, bool forward, long count)
{
	cursor_operation(portal, forward, count, spi_create_receiver());
}

void
SPI_cursor_move(Portal portal, bool forward, long count)
{
	cursor_operation(portal, forward, count, None_Receiver);
}

void
SPI_cursor_close(Portal portal)
{
	PortalDrop(portal, false);
}

/* ---- transactions: only from procedures, which there are none of yet ---- */
static void
no_transaction_control(void)
{
	if (nlevels == 0 || TOP_LEVEL->atomic)
		ereport(ERROR, errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION), errmsg("invalid transaction termination"));
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("transaction control in a procedure is not supported"));
}

void
SPI_start_transaction(void)
{
}
void
SPI_commit(void)
{
	no_transaction_control();
}
void
SPI_commit_and_chain(void)
{
	no_transaction_control();
}
void
SPI_rollback(void)
{
	no_transaction_control();
}
void
SPI_rollback_and_chain(void)
{
	no_transaction_control();
}
