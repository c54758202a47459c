/*
 * xact_block.c
 *    BEGIN, COMMIT, ROLLBACK and savepoints: they check and change the block state; the work is done by CommitTransactionCommand at the end
 *    of the statement (xact_command.c).
 */
#include "postgres.h"

#include "miscadmin.h"
#include "txn/xact_internal.h"
#include "utils/memutils.h"

static void
unexpected(const char *function)
{
	elog(FATAL, "%s: unexpected state %s", function, xact_block_state_name(xact.current->blockState));
}

/* ---- begin, commit, roll back -------------------------------------------------------------------------------------------------------------------- */

void
BeginTransactionBlock(void)
{
	switch (xact.current->blockState)
	{
		case TBLOCK_STARTED:
		case TBLOCK_IMPLICIT_INPROGRESS: /* the implicit block becomes a real one, with what was done in it */
			xact.top.blockState = TBLOCK_BEGIN;
			break;
		case TBLOCK_INPROGRESS:
		case TBLOCK_SUBINPROGRESS:
		case TBLOCK_ABORT:
		case TBLOCK_SUBABORT:
			ereport(WARNING, errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
					errmsg("there is already a transaction in progress"));
			break;
		default:
			unexpected("BeginTransactionBlock");
	}
}

/* No block to end: an error if something was to follow it, else a warning. */
static void
complain_no_block(const char *command, bool chain)
{
	if (chain)
		ereport(ERROR, errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
				errmsg("%s can only be used in transaction blocks", command));
	ereport(WARNING, errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION), errmsg("there is no transaction in progress"));
}

/* All levels above the top one get the state for live ones or for failed ones. */
static void
mark_subs(TBlockState live, TBlockState failed)
{
	for (XactLevel *level = xact.current; level->parent != NULL; level = level->parent)
	{
		if (level->blockState == TBLOCK_SUBINPROGRESS)
			level->blockState = live;
		else if (level->blockState == TBLOCK_SUBABORT)
			level->blockState = failed;
		else
			elog(FATAL, "unexpected state %s of a subtransaction", xact_block_state_name(level->blockState));
	}
}

bool
EndTransactionBlock(bool chain)
{
	XactLevel *level = xact.current;
	bool commits = true;

	switch (level->blockState)
	{
		case TBLOCK_INPROGRESS:
			level->blockState = TBLOCK_END;
			break;
		case TBLOCK_SUBINPROGRESS:
			mark_subs(TBLOCK_SUBCOMMIT, TBLOCK_SUBCOMMIT);
			if (xact.top.blockState != TBLOCK_INPROGRESS)
				unexpected("EndTransactionBlock");
			xact.top.blockState = TBLOCK_END;
			break;
		case TBLOCK_ABORT:
			level->blockState = TBLOCK_ABORT_END;
			commits = false;
			break;
		case TBLOCK_SUBABORT:
			mark_subs(TBLOCK_SUBABORT_PENDING, TBLOCK_SUBABORT_END);
			xact.top.blockState = xact.top.blockState == TBLOCK_INPROGRESS ? TBLOCK_ABORT_PENDING : TBLOCK_ABORT_END;
			commits = false;
			break;
		case TBLOCK_STARTED:
			complain_no_block("COMMIT AND CHAIN", chain);
			break;
		case TBLOCK_IMPLICIT_INPROGRESS:
			complain_no_block("COMMIT AND CHAIN", chain);
			level->blockState = TBLOCK_END;
			break;
		default:
			unexpected("EndTransactionBlock");
	}
	xact.top.chain = chain;
	return commits;
}

bool
PrepareTransactionBlock(const char *gid)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("PREPARE TRANSACTION is not supported"));
	return false;
}

void
UserAbortTransactionBlock(bool chain)
{
	XactLevel *level = xact.current;

	switch (level->blockState)
	{
		case TBLOCK_INPROGRESS:
			level->blockState = TBLOCK_ABORT_PENDING;
			break;
		case TBLOCK_ABORT:
			level->blockState = TBLOCK_ABORT_END;
			break;
		case TBLOCK_SUBINPROGRESS:
		case TBLOCK_SUBABORT:
			mark_subs(TBLOCK_SUBABORT_PENDING, TBLOCK_SUBABORT_END);
			xact.top.blockState = xact.top.blockState == TBLOCK_INPROGRESS ? TBLOCK_ABORT_PENDING : TBLOCK_ABORT_END;
			break;
		case TBLOCK_STARTED:
		case TBLOCK_IMPLICIT_INPROGRESS:
			complain_no_block("ROLLBACK AND CHAIN", chain);
			level->blockState = TBLOCK_ABORT_PENDING;
			break;
		default:
			unexpected("UserAbortTransactionBlock");
	}
	xact.top.chain = chain;
}

/* A message of several statements is one transaction unless it says otherwise. */
void
BeginImplicitTransactionBlock(void)
{
	if (xact.current->blockState == TBLOCK_STARTED)
		xact.current->blockState = TBLOCK_IMPLICIT_INPROGRESS;
}

void
EndImplicitTransactionBlock(void)
{
	if (xact.current->blockState == TBLOCK_IMPLICIT_INPROGRESS)
		xact.current->blockState = TBLOCK_STARTED;
}

/* ---- savepoints --------------------------------------------------------------------------------------------------------------------------------------- */

static void
require_real_block(const char *command)
{
	if (xact.current->blockState == TBLOCK_IMPLICIT_INPROGRESS)
		ereport(ERROR, errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
				errmsg("%s can only be used in transaction blocks", command));
}

void
DefineSavepoint(const char *name)
{
	require_real_block("SAVEPOINT");
	if (xact.current->blockState != TBLOCK_INPROGRESS && xact.current->blockState != TBLOCK_SUBINPROGRESS)
		unexpected("DefineSavepoint");
	xact_push_sub();
	if (name)
		xact.current->name = MemoryContextStrdup(TopTransactionContext, name);
}

/* The newest savepoint of that name; it must have been made by this function or transaction, not by a caller. */
static XactLevel *
find_savepoint(const char *name)
{
	for (XactLevel *level = xact.current; level != NULL; level = level->parent)
	{
		if (level->name == NULL || strcmp(level->name, name) != 0)
			continue;
		if (level->savepointLevel != xact.current->savepointLevel)
			ereport(ERROR, errcode(ERRCODE_S_E_INVALID_SPECIFICATION),
					errmsg("savepoint \"%s\" does not exist within current savepoint level", name));
		return level;
	}
	ereport(ERROR, errcode(ERRCODE_S_E_INVALID_SPECIFICATION), errmsg("savepoint \"%s\" does not exist", name));
	return NULL;
}

static void
no_savepoint(const char *name)
{
	ereport(ERROR, errcode(ERRCODE_S_E_INVALID_SPECIFICATION), errmsg("savepoint \"%s\" does not exist", name));
}

void
ReleaseSavepoint(const char *name)
{
	XactLevel *target;

	require_real_block("RELEASE SAVEPOINT");
	if (xact.current->blockState == TBLOCK_INPROGRESS)
		no_savepoint(name);
	if (xact.current->blockState != TBLOCK_SUBINPROGRESS)
		unexpected("ReleaseSavepoint");
	target = find_savepoint(name);
	for (XactLevel *level = xact.current;; level = level->parent)
	{
		level->blockState = TBLOCK_SUBRELEASE;
		if (level == target)
			break;
	}
}

void
RollbackToSavepoint(const char *name)
{
	XactLevel *target;

	require_real_block("ROLLBACK TO SAVEPOINT");
	if (xact.current->blockState == TBLOCK_INPROGRESS || xact.current->blockState == TBLOCK_ABORT)
		no_savepoint(name);
	if (xact.current->blockState != TBLOCK_SUBINPROGRESS && xact.current->blockState != TBLOCK_SUBABORT)
		unexpected("RollbackToSavepoint");
	target = find_savepoint(name);
	for (XactLevel *level = xact.current; level != target; level = level->parent)
		level->blockState =
			level->blockState == TBLOCK_SUBINPROGRESS ? TBLOCK_SUBABORT_PENDING : TBLOCK_SUBABORT_END;
	target->blockState = target->blockState == TBLOCK_SUBINPROGRESS ? TBLOCK_SUBRESTART : TBLOCK_SUBABORT_RESTART;
}

/* ---- subtransactions of functions ------------------------------------------------------------------------------------------------------------------ */

void
BeginInternalSubTransaction(const char *name)
{
	switch (xact.current->blockState)
	{
		case TBLOCK_STARTED:
		case TBLOCK_INPROGRESS:
		case TBLOCK_IMPLICIT_INPROGRESS:
		case TBLOCK_END:
		case TBLOCK_SUBINPROGRESS:
			break;
		default:
			unexpected("BeginInternalSubTransaction");
	}
	xact_push_sub();
	if (name)
		xact.current->name = MemoryContextStrdup(TopTransactionContext, name);
	CommitTransactionCommand();
	StartTransactionCommand();
}

void
ReleaseCurrentSubTransaction(void)
{
	if (xact.current->blockState != TBLOCK_SUBINPROGRESS)
		elog(ERROR, "ReleaseCurrentSubTransaction: unexpected state %s",
			 xact_block_state_name(xact.current->blockState));
	MemoryContextSwitchTo(CurTransactionContext);
	xact_commit_sub();
}

void
RollbackAndReleaseCurrentSubTransaction(void)
{
	if (xact.current->blockState == TBLOCK_SUBINPROGRESS)
		xact_abort_sub();
	else if (xact.current->blockState != TBLOCK_SUBABORT)
		unexpected("RollbackAndReleaseCurrentSubTransaction");
	xact_cleanup_sub();
}

/* ---- what may run where ------------------------------------------------------------------------------------------------------------------------------- */

static void
refuse_in_block(const char *format, const char *stmtType)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	ereport(ERROR, errcode(ERRCODE_ACTIVE_SQL_TRANSACTION), errmsg(format, stmtType));
#pragma GCC diagnostic pop
}

void
PreventInTransactionBlock(bool isTopLevel, const char *stmtType)
{
	if (IsTransactionBlock())
		refuse_in_block("%s cannot run inside a transaction block", stmtType);
	if (IsSubTransaction())
		refuse_in_block("%s cannot run inside a subtransaction", stmtType);
	if (MyXactFlags & XACT_FLAGS_PIPELINING)
		refuse_in_block("%s cannot be executed within a pipeline", stmtType);
	if (!isTopLevel)
		refuse_in_block("%s cannot be executed from a function", stmtType);
	if (xact.current->blockState != TBLOCK_DEFAULT && xact.current->blockState != TBLOCK_STARTED)
		elog(FATAL, "cannot prevent transaction chain");
	/* What it does cannot be undone: the statement after it must not take it back. */
	MyXactFlags |= XACT_FLAGS_NEEDIMMEDIATECOMMIT;
}

bool
IsInTransactionBlock(bool isTopLevel)
{
	return IsTransactionBlock() || IsSubTransaction() || (MyXactFlags & XACT_FLAGS_PIPELINING) || !isTopLevel;
}

void
RequireTransactionBlock(bool isTopLevel, const char *stmtType)
{
	if (IsTransactionBlock() || IsSubTransaction() || !isTopLevel)
		return;
	ereport(ERROR, errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
			errmsg("%s can only be used in transaction blocks", stmtType));
}

void
WarnNoTransactionBlock(bool isTopLevel, const char *stmtType)
{
	if (IsTransactionBlock() || IsSubTransaction() || !isTopLevel)
		return;
	ereport(WARNING, errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
			errmsg("%s can only be used in transaction blocks", stmtType));
}
