/*
 * utility.c
 *    ProcessUtility: from a utility statement to the function that carries it out.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "commands/comment.h"
#include "commands/commands.h"
#include "commands/copy.h"
#include "commands/createas.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "commands/explain.h"
#include "commands/portalcmds.h"
#include "commands/prepare.h"
#include "commands/sequence.h"
#include "commands/tablecmds.h"
#include "commands/trigger.h"
#include "commands/typecmds.h"
#include "commands/user.h"
#include "commands/vacuum.h"
#include "commands/variable.h"
#include "commands/view.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "postmaster/bgwriter.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

ProcessUtility_hook_type ProcessUtility_hook = NULL;

/* Everything a statement's function may need. */
typedef struct UtilityCall
{
	PlannedStmt *pstmt;
	Node *stmt;
	const char *query_string;
	bool top_level;
	ProcessUtilityContext context;
	ParamListInfo params;
	QueryEnvironment *query_env;
	DestReceiver *dest;
	QueryCompletion *qc;
	ParseState *pstate;
} UtilityCall;

/* ---- read-only transactions ------------------------------------------------------------------------------------------------------ */
/* What a read-only transaction may still do. */
static bool
allowed_read_only(Node *stmt)
{
	switch (nodeTag(stmt))
	{
		case T_TransactionStmt:
			return ((TransactionStmt *) stmt)->kind != TRANS_STMT_PREPARE && ((TransactionStmt *) stmt)->kind != TRANS_STMT_COMMIT_PREPARED &&
				((TransactionStmt *) stmt)->kind != TRANS_STMT_ROLLBACK_PREPARED;
		case T_CallStmt:
		case T_DoStmt:
		case T_CheckPointStmt:
		case T_ClosePortalStmt:
		case T_ConstraintsSetStmt:
		case T_DeallocateStmt:
		case T_DeclareCursorStmt:
		case T_DiscardStmt:
		case T_ExecuteStmt:
		case T_FetchStmt:
		case T_LoadStmt:
		case T_PrepareStmt:
		case T_UnlistenStmt:
		case T_VariableSetStmt:
		case T_ExplainStmt:
		case T_VariableShowStmt:
		case T_ListenStmt:
		case T_NotifyStmt:
		case T_CopyStmt: /* checks itself */
		case T_AlterSystemStmt:
			return true;
		case T_LockStmt:
			return ((LockStmt *) stmt)->mode <= RowExclusiveLock;
		case T_VacuumStmt:
		case T_ReindexStmt:
		case T_ClusterStmt:
			return true; /* change no contents */
		default:
			return false;
	}
}

bool
CommandIsReadOnly(PlannedStmt *pstmt)
{
	switch (pstmt->commandType)
	{
		case CMD_SELECT:
			return pstmt->rowMarks == NIL && !pstmt->hasModifyingCTE;
		case CMD_UTILITY:
			return allowed_read_only(pstmt->utilityStmt);
		default:
			return false;
	}
}

void
PreventCommandIfReadOnly(const char *cmdname)
{
	if (XactReadOnly)
		ereport(ERROR, errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("cannot execute %s in a read-only transaction", cmdname));
}

void
PreventCommandDuringRecovery(const char *cmdname)
{
	if (RecoveryInProgress())
		ereport(ERROR, errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("cannot execute %s during recovery", cmdname));
}

static void
refuse_restricted(const char *cmdname)
{
	if (InSecurityRestrictedOperation())
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("cannot execute %s within security-restricted operation", cmdname));
}

/* ---- transactions ------------------------------------------------------------------------------------------------------------------- */
static void
begin_with_options(List *options)
{
	ListCell *lc;

	BeginTransactionBlock();
	foreach(lc, options)
	{
		DefElem *item = lfirst(lc);

		SetPGVariable(item->defname, list_make1(item->arg), true);
	}
}

static void
set_not_in_transaction(QueryCompletion *qc)
{
	if (qc)
		SetQueryCompletion(qc, CMDTAG_ROLLBACK, 0);
}

static void
run_transaction(UtilityCall *call)
{
	TransactionStmt *stmt = (TransactionStmt *) call->stmt;

	switch (stmt->kind)
	{
		case TRANS_STMT_BEGIN:
		case TRANS_STMT_START:
			begin_with_options(stmt->options);
			break;
		case TRANS_STMT_COMMIT:
			if (!EndTransactionBlock(stmt->chain))
				set_not_in_transaction(call->qc);
			break;
		case TRANS_STMT_ROLLBACK:
			UserAbortTransactionBlock(stmt->chain);
			break;
		case TRANS_STMT_SAVEPOINT:
			RequireTransactionBlock(call->top_level, "SAVEPOINT");
			DefineSavepoint(stmt->savepoint_name);
			break;
		case TRANS_STMT_RELEASE:
			RequireTransactionBlock(call->top_level, "RELEASE SAVEPOINT");
			ReleaseSavepoint(stmt->savepoint_name);
			break;
		case TRANS_STMT_ROLLBACK_TO:
			RequireTransactionBlock(call->top_level, "ROLLBACK TO SAVEPOINT");
			RollbackToSavepoint(stmt->savepoint_name);
			break;
		default:
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("prepared transactions are not supported"));
	}
}

/* ---- small ones ------------------------------------------------------------------------------------------------------------------------ */
static void
run_discard(UtilityCall *call)
{
	DiscardStmt *stmt = (DiscardStmt *) call->stmt;

	refuse_restricted("DISCARD");
	DiscardCommand(stmt, call->top_level);
}

static void
run_checkpoint(UtilityCall *call)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_CHECKPOINT))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be superuser or have privileges of pg_checkpoint to do CHECKPOINT"));
	RequestCheckpoint(CHECKPOINT_IMMEDIATE | CHECKPOINT_WAIT | (RecoveryInProgress() ? 0 : CHECKPOINT_FORCE));
}

static void
run_copy(UtilityCall *call)
{
	uint64 processed;

	DoCopy(call->pstate, (CopyStmt *) call->stmt, call->pstmt->stmt_location, call->pstmt->stmt_len, &processed);
	if (call->qc)
		SetQueryCompletion(call->qc, CMDTAG_COPY, processed);
}

static void
run_drop(UtilityCall *call)
{
	DropStmt *stmt = (DropStmt *) call->stmt;

	switch (stmt->removeType)
	{
		case OBJECT_INDEX:
			if (stmt->concurrent)
				PreventInTransactionBlock(call->top_level, "DROP INDEX CONCURRENTLY");
			pg_fallthrough;
		case OBJECT_TABLE:
		case OBJECT_SEQUENCE:
		case OBJECT_VIEW:
		case OBJECT_MATVIEW:
		case OBJECT_FOREIGN_TABLE:
			RemoveRelations(stmt);
			break;
		default:
			RemoveObjects(stmt);
	}
}

static void
run_alter_table(UtilityCall *call)
{
	AlterTableStmt *stmt = (AlterTableStmt *) call->stmt;
	LOCKMODE lockmode = AlterTableGetLockLevel(stmt->cmds);
	Oid relid = AlterTableLookupRelation(stmt, lockmode);

	if (!OidIsValid(relid))
	{
		ereport(NOTICE, errmsg("relation \"%s\" does not exist, skipping", stmt->relation->relname));
		return;
	}
	AlterTable(stmt, lockmode, call->query_string);
}

static void
run_rename(UtilityCall *call)
{
	ExecRenameStmt((RenameStmt *) call->stmt);
}

/* CREATE TABLE is several statements: sequences before, indexes and foreign keys after. */
static void
run_create_table(UtilityCall *call)
{
	create_table_execute((CreateStmt *) call->stmt, call->query_string);
}

static void
run_create_index(UtilityCall *call)
{
	create_index_execute((IndexStmt *) call->stmt, call->query_string, call->top_level);
}

/* ---- dispatch ---------------------------------------------------------------------------------------------------------------------------- */
/* Statements that read or set up things, or that manage their own transactions. True: done. */
static bool
run_simple(UtilityCall *call)
{
	Node *stmt = call->stmt;

	switch (nodeTag(stmt))
	{
		case T_TransactionStmt:
			run_transaction(call);
			return true;
		case T_DeclareCursorStmt:
			PerformCursorOpen(call->pstate, (DeclareCursorStmt *) stmt, call->params, call->top_level);
			return true;
		case T_ClosePortalStmt:
			refuse_restricted("CLOSE");
			PerformPortalClose(((ClosePortalStmt *) stmt)->portalname);
			return true;
		case T_FetchStmt:
			PerformPortalFetch((FetchStmt *) stmt, call->dest, call->qc);
			return true;
		case T_PrepareStmt:
			refuse_restricted("PREPARE");
			PrepareQuery(call->pstate, (PrepareStmt *) stmt, call->pstmt->stmt_location, call->pstmt->stmt_len);
			return true;
		case T_ExecuteStmt:
			ExecuteQuery(call->pstate, (ExecuteStmt *) stmt, NULL, call->params, call->dest, call->qc);
			return true;
		case T_DeallocateStmt:
			refuse_restricted("DEALLOCATE");
			DeallocateQuery((DeallocateStmt *) stmt);
			return true;
		case T_CopyStmt:
			run_copy(call);
			return true;
		case T_ExplainStmt:
			ExplainQuery(call->pstate, (ExplainStmt *) stmt, call->params, call->dest);
			return true;
		case T_VariableSetStmt:
			ExecSetVariableStmt((VariableSetStmt *) stmt, call->top_level);
			return true;
		case T_VariableShowStmt:
			GetPGVariable(((VariableShowStmt *) stmt)->name, call->dest);
			return true;
		case T_DiscardStmt:
			run_discard(call);
			return true;
		case T_AlterSystemStmt:
			PreventInTransactionBlock(call->top_level, "ALTER SYSTEM");
			AlterSystemSetConfigFile((AlterSystemStmt *) stmt);
			return true;
		case T_LoadStmt:
			load_file(((LoadStmt *) stmt)->filename, !superuser());
			return true;
		case T_CheckPointStmt:
			run_checkpoint(call);
			return true;
		case T_ConstraintsSetStmt:
			AfterTriggerSetState((ConstraintsSetStmt *) stmt);
			return true;
		case T_VacuumStmt:
			ExecVacuum(call->pstate, (VacuumStmt *) stmt, call->top_level);
			return true;
		case T_LockStmt:
			RequireTransactionBlock(call->top_level, "LOCK TABLE");
			LockTableCommand((LockStmt *) stmt);
			return true;
		default:
			return false;
	}
}

/* Databases and roles. */
static bool
run_shared(UtilityCall *call)
{
	Node *stmt = call->stmt;

	switch (nodeTag(stmt))
	{
		case T_CreatedbStmt:
			PreventInTransactionBlock(call->top_level, "CREATE DATABASE");
			createdb(call->pstate, (CreatedbStmt *) stmt);
			return true;
		case T_DropdbStmt:
			PreventInTransactionBlock(call->top_level, "DROP DATABASE");
			DropDatabase(call->pstate, (DropdbStmt *) stmt);
			return true;
		case T_AlterDatabaseStmt:
			AlterDatabase(call->pstate, (AlterDatabaseStmt *) stmt, call->top_level);
			return true;
		case T_AlterDatabaseSetStmt:
			AlterDatabaseSet((AlterDatabaseSetStmt *) stmt);
			return true;
		case T_CreateRoleStmt:
			CreateRole(call->pstate, (CreateRoleStmt *) stmt);
			return true;
		case T_AlterRoleStmt:
			AlterRole(call->pstate, (AlterRoleStmt *) stmt);
			return true;
		case T_AlterRoleSetStmt:
			AlterRoleSet((AlterRoleSetStmt *) stmt);
			return true;
		case T_DropRoleStmt:
			DropRole((DropRoleStmt *) stmt);
			return true;
		case T_GrantRoleStmt:
			GrantRole((GrantRoleStmt *) stmt);
			return true;
		case T_DropOwnedStmt:
			DropOwnedObjects((DropOwnedStmt *) stmt);
			return true;
		case T_ReassignOwnedStmt:
			ReassignOwnedObjects((ReassignOwnedStmt *) stmt);
			return true;
		default:
			return false;
	}
}

/* Objects of this database. */
static bool
run_ddl(UtilityCall *call)
{
	Node *stmt = call->stmt;

	switch (nodeTag(stmt))
	{
		case T_CreateStmt:
			run_create_table(call);
			return true;
		case T_AlterTableStmt:
			run_alter_table(call);
			return true;
		case T_DropStmt:
			run_drop(call);
			return true;
		case T_TruncateStmt:
			ExecuteTruncate((TruncateStmt *) stmt);
			return true;
		case T_IndexStmt:
			run_create_index(call);
			return true;
		case T_ReindexStmt:
			ExecReindex(call->pstate, (ReindexStmt *) stmt, call->top_level);
			return true;
		case T_RenameStmt:
			run_rename(call);
			return true;
		case T_AlterObjectSchemaStmt:
			ExecAlterObjectSchemaStmt((AlterObjectSchemaStmt *) stmt);
			return true;
		case T_AlterOwnerStmt:
			ExecAlterOwnerStmt((AlterOwnerStmt *) stmt);
			return true;
		case T_ViewStmt:
			DefineView((ViewStmt *) stmt, call->query_string, call->pstmt->stmt_location, call->pstmt->stmt_len);
			return true;
		case T_CreateSeqStmt:
			DefineSequence(call->pstate, (CreateSeqStmt *) stmt);
			return true;
		case T_AlterSeqStmt:
			AlterSequence(call->pstate, (AlterSeqStmt *) stmt);
			return true;
		case T_CreateSchemaStmt:
			CreateSchemaCommand((CreateSchemaStmt *) stmt, call->query_string, call->pstmt->stmt_location, call->pstmt->stmt_len);
			return true;
		case T_CreateTableAsStmt:
			ExecCreateTableAs(call->pstate, (CreateTableAsStmt *) stmt, call->params, call->query_env, call->qc);
			return true;
		case T_CommentStmt:
			CommentObject((CommentStmt *) stmt);
			return true;
		case T_GrantStmt:
			ExecuteGrantStmt((GrantStmt *) stmt);
			return true;
		case T_CreateEnumStmt:
			DefineEnum((CreateEnumStmt *) stmt);
			return true;
		case T_AlterEnumStmt:
			AlterEnum((AlterEnumStmt *) stmt);
			return true;
		case T_CompositeTypeStmt:
			DefineCompositeType(((CompositeTypeStmt *) stmt)->typevar, ((CompositeTypeStmt *) stmt)->coldeflist);
			return true;
		case T_CreateDomainStmt:
			DefineDomain((CreateDomainStmt *) stmt);
			return true;
		case T_CreateFunctionStmt:
			CreateFunction(call->pstate, (CreateFunctionStmt *) stmt);
			return true;
		default:
			return false;
	}
}

void
standard_ProcessUtility(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree, ProcessUtilityContext context, ParamListInfo params,
						QueryEnvironment *queryEnv, DestReceiver *dest, QueryCompletion *qc)
{
	UtilityCall call = {.query_string = queryString, .context = context, .params = params, .query_env = queryEnv, .dest = dest, .qc = qc};

	check_stack_depth();
	/* Many commands scribble on their statements. */
	if (readOnlyTree)
	{
		PlannedStmt *copy = palloc(sizeof(PlannedStmt));

		*copy = *pstmt;
		copy->utilityStmt = copyObject(pstmt->utilityStmt);
		pstmt = copy;
	}
	call.pstmt = pstmt;
	call.stmt = pstmt->utilityStmt;
	call.top_level = context == PROCESS_UTILITY_TOPLEVEL;
	if (XactReadOnly && !allowed_read_only(call.stmt))
		PreventCommandIfReadOnly(CreateCommandName(call.stmt));
	call.pstate = make_parsestate(NULL);
	call.pstate->p_sourcetext = queryString;
	call.pstate->p_queryEnv = queryEnv;
	if (!run_simple(&call) && !run_shared(&call) && !run_ddl(&call))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s is not supported", CreateCommandName(call.stmt)));
	free_parsestate(call.pstate);
	/* What the command did must be seen by what follows, e.g. at commit. */
	if (!IsA(call.stmt, TransactionStmt) && IsTransactionState())
		CommandCounterIncrement();
}

void
ProcessUtility(PlannedStmt *pstmt, const char *queryString, bool readOnlyTree, ProcessUtilityContext context, ParamListInfo params,
			   QueryEnvironment *queryEnv, DestReceiver *dest, QueryCompletion *qc)
{
	Assert(IsA(pstmt, PlannedStmt) && pstmt->commandType == CMD_UTILITY);
	Assert(qc == NULL || qc->commandTag == CMDTAG_UNKNOWN);
	if (ProcessUtility_hook)
		ProcessUtility_hook(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
	else
		standard_ProcessUtility(pstmt, queryString, readOnlyTree, context, params, queryEnv, dest, qc);
}

/* ---- statements with results ------------------------------------------------------------------------------------------------------------- */
bool
UtilityReturnsTuples(Node *parsetree)
{
	switch (nodeTag(parsetree))
	{
		case T_FetchStmt:
		{
			FetchStmt *stmt = (FetchStmt *) parsetree;
			Portal portal = stmt->ismove ? NULL : GetPortalByName(stmt->portalname);

			return PortalIsValid(portal) && portal->tupDesc != NULL;
		}
		case T_ExecuteStmt:
		{
			PreparedStatement *entry = FetchPreparedStatement(((ExecuteStmt *) parsetree)->name, false);

			return entry != NULL && entry->plansource->resultDesc != NULL;
		}
		case T_ExplainStmt:
		case T_VariableShowStmt:
			return true;
		default:
			return false;
	}
}

TupleDesc
UtilityTupleDescriptor(Node *parsetree)
{
	switch (nodeTag(parsetree))
	{
		case T_FetchStmt:
		{
			FetchStmt *stmt = (FetchStmt *) parsetree;
			Portal portal = stmt->ismove ? NULL : GetPortalByName(stmt->portalname);

			return PortalIsValid(portal) && portal->tupDesc ? CreateTupleDescCopy(portal->tupDesc) : NULL;
		}
		case T_ExecuteStmt:
		{
			PreparedStatement *entry = FetchPreparedStatement(((ExecuteStmt *) parsetree)->name, false);

			return entry ? FetchPreparedStatementResultDesc(entry) : NULL;
		}
		case T_ExplainStmt:
			return ExplainResultDesc((ExplainStmt *) parsetree);
		case T_VariableShowStmt:
			return GetPGVariableResultDesc(((VariableShowStmt *) parsetree)->name);
		default:
			return NULL;
	}
}

Query *
UtilityContainsQuery(Node *parsetree)
{
	Node *query = NULL;

	switch (nodeTag(parsetree))
	{
		case T_DeclareCursorStmt:
			query = ((DeclareCursorStmt *) parsetree)->query;
			break;
		case T_ExplainStmt:
			query = ((ExplainStmt *) parsetree)->query;
			break;
		case T_CreateTableAsStmt:
			query = ((CreateTableAsStmt *) parsetree)->query;
			break;
		default:
			return NULL;
	}
	if (!IsA(query, Query))
		return NULL;
	if (((Query *) query)->commandType == CMD_UTILITY)
		return UtilityContainsQuery(((Query *) query)->utilityStmt);
	return (Query *) query;
}
