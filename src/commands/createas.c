/*
 * createas.c
 *    CREATE TABLE AS, SELECT INTO and CREATE TABLE AS EXECUTE: a query whose rows fill a new table.
 *
 * The receiver makes the table when the executor tells it the result's columns, and inserts each batch as a whole.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/toasting.h"
#include "commands/createas.h"
#include "commands/prepare.h"
#include "commands/tablecmds.h"
#include "execute/batch.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

typedef struct IntoReceiver
{
	DestReceiver pub;
	IntoClause *into;
	ObjectAddress address; /* of the new table */
	Relation rel;
	CommandId cid;
	BulkInsertState bistate;
	MemoryContext batch_context;
} IntoReceiver;

/* ---- the new table ------------------------------------------------------------------------------------------------------------ */
static ColumnDef *
column_for(Form_pg_attribute att, const char *name)
{
	ColumnDef *column = makeColumnDef(name, att->atttypid, att->atttypmod, att->attcollation);

	if (!OidIsValid(att->attcollation) && type_is_collatable(att->atttypid))
		ereport(ERROR,
				errcode(ERRCODE_INDETERMINATE_COLLATION),
				errmsg("no collation was derived for column \"%s\" with collatable type %s", column->colname,
					   format_type_be(att->atttypid)),
				errhint("Use the COLLATE clause to set the collation explicitly."));
	return column;
}

static List *
columns_for(IntoClause *into, TupleDesc desc)
{
	List *columns = NIL;

	if (list_length(into->colNames) > desc->natts)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("too many column names were specified"));
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);
		const char *name = i < list_length(into->colNames) ? strVal(list_nth(into->colNames, i)) : NameStr(att->attname);

		columns = lappend(columns, column_for(att, name));
	}
	return columns;
}

static ObjectAddress
create_target(IntoClause *into, TupleDesc desc)
{
	CreateStmt *create = makeNode(CreateStmt);
	ObjectAddress address;

	create->relation = into->rel;
	create->tableElts = columns_for(into, desc);
	create->options = into->options;
	create->oncommit = into->onCommit;
	create->tablespacename = into->tableSpaceName;
	create->accessMethod = into->accessMethod;
	address = DefineRelation(create, RELKIND_RELATION, InvalidOid, NULL, NULL);
	CommandCounterIncrement();
	NewRelationCreateToastTable(address.objectId, (Datum) 0);
	CommandCounterIncrement();
	return address;
}

/* ---- the receiver ---------------------------------------------------------------------------------------------------------------- */
static void
into_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	IntoReceiver *receiver = (IntoReceiver *) self;

	receiver->address = create_target(receiver->into, typeinfo);
	receiver->rel = table_open(receiver->address.objectId, AccessExclusiveLock);
	receiver->cid = GetCurrentCommandId(true);
	receiver->bistate = GetBulkInsertState();
	receiver->batch_context =
		AllocSetContextCreate(CurrentMemoryContext, "rows for a new table", ALLOCSET_DEFAULT_SIZES);
}

static bool
into_receive(const Batch *batch, DestReceiver *self)
{
	IntoReceiver *receiver = (IntoReceiver *) self;
	MemoryContext caller = MemoryContextSwitchTo(receiver->batch_context);
	HeapTuple *tuples = palloc_array(HeapTuple, Max(batch->sel.n, 1));
	int count = 0;

	SELECTION_FOREACH(&batch->sel, pos, tuples[count++] = batch_form_tuple(batch, pos, RelationGetDescr(receiver->rel)));
	if (count > 0)
		heap_multi_insert(receiver->rel, tuples, count, receiver->cid, HEAP_INSERT_SKIP_FSM, receiver->bistate);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(receiver->batch_context);
	return true;
}

static void
into_shutdown(DestReceiver *self)
{
	IntoReceiver *receiver = (IntoReceiver *) self;

	if (receiver->rel == NULL)
		return;
	FreeBulkInsertState(receiver->bistate);
	MemoryContextDelete(receiver->batch_context);
	table_close(receiver->rel, NoLock);
	receiver->rel = NULL;
}

static void
into_destroy(DestReceiver *self)
{
	pfree(self);
}

DestReceiver *
CreateIntoRelDestReceiver(IntoClause *intoClause)
{
	IntoReceiver *receiver = palloc0_object(IntoReceiver);

	receiver->pub.receiveBatch = into_receive;
	receiver->pub.rStartup = into_startup;
	receiver->pub.rShutdown = into_shutdown;
	receiver->pub.rDestroy = into_destroy;
	receiver->pub.mydest = DestIntoRel;
	receiver->into = intoClause;
	return &receiver->pub;
}

/* ---- the statement ------------------------------------------------------------------------------------------------------------------ */
bool
CreateTableAsRelExists(CreateTableAsStmt *ctas)
{
	IntoClause *into = ctas->into;
	Oid namespace = RangeVarGetCreationNamespace(into->rel);

	if (!OidIsValid(get_relname_relid(into->rel->relname, namespace)))
		return false;
	if (!ctas->if_not_exists)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_TABLE), errmsg("relation \"%s\" already exists", into->rel->relname));
	ereport(NOTICE,
			errcode(ERRCODE_DUPLICATE_TABLE),
			errmsg("relation \"%s\" already exists, skipping", into->rel->relname));
	return true;
}

static Query *
rewritten_query(Query *query)
{
	List *rewritten = QueryRewrite(copyObject(query));

	if (list_length(rewritten) != 1)
		elog(ERROR, "unexpected rewrite result for CREATE TABLE AS SELECT");
	query = linitial_node(Query, rewritten);
	Assert(query->commandType == CMD_SELECT);
	return query;
}

static uint64
run_query(Query *query, const char *source, ParamListInfo params, QueryEnvironment *queryEnv, DestReceiver *receiver)
{
	PlannedStmt *plan = pg_plan_query(rewritten_query(query), source, CURSOR_OPT_PARALLEL_OK, params);
	QueryDesc *desc;
	uint64 rows;

	/* the new table's own creation must be seen */
	PushCopiedSnapshot(GetActiveSnapshot());
	UpdateActiveSnapshotCommandId();
	desc = CreateQueryDesc(plan, source, GetActiveSnapshot(), InvalidSnapshot, receiver, params, queryEnv, 0);
	ExecutorStart(desc, 0);
	ExecutorRun(desc, ForwardScanDirection, 0, true);
	rows = executor_rows_processed(desc);
	ExecutorFinish(desc);
	ExecutorEnd(desc);
	FreeQueryDesc(desc);
	PopActiveSnapshot();
	return rows;
}

ObjectAddress
ExecCreateTableAs(ParseState *pstate, CreateTableAsStmt *stmt, ParamListInfo params, QueryEnvironment *queryEnv,
				  QueryCompletion *qc)
{
	Query *query = castNode(Query, stmt->query);
	IntoReceiver *receiver;
	ObjectAddress address;

	if (stmt->objtype == OBJECT_MATVIEW)
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("CREATE MATERIALIZED VIEW is not supported"));
	if (CreateTableAsRelExists(stmt))
		return InvalidObjectAddress;
	if (stmt->into->skipData && query->commandType != CMD_UTILITY)
		return create_target(stmt->into, ExecCleanTypeFromTL(query->targetList));

	receiver = (IntoReceiver *) CreateIntoRelDestReceiver(stmt->into);
	if (query->commandType == CMD_UTILITY && IsA(query->utilityStmt, ExecuteStmt))
		ExecuteQuery(pstate, castNode(ExecuteStmt, query->utilityStmt), stmt->into, params, &receiver->pub, qc);
	else
	{
		uint64 rows = run_query(query, pstate->p_sourcetext, params, queryEnv, &receiver->pub);

		if (qc)
			SetQueryCompletion(qc, CMDTAG_SELECT, rows);
	}
	address = receiver->address;
	receiver->pub.rDestroy(&receiver->pub);
	return address;
}
