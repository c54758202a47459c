/*
 * xact_command.c
 *    What happens around each statement, by block state.
 *
 * CommitTransactionCommand and AbortCurrentTransaction are tables: for each block state one action, which says whether the table is to
 * be consulted again for the state that it has left behind. Deep stacks of subtransactions are thus worked off in a
 * loop.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "txn/xact_internal.h"
#include "utils/memutils.h"
#include "utils/portal.h"

#pragma weak AtAbort_Portals

typedef bool (*XactStep)(void); /* true: look at the (new) current state again */

static void
unexpected(const char *function)
{
	elog(FATAL, "%s: unexpected state %s", function, xact_block_state_name(xact.current->blockState));
}

/* ---- before a statement ---------------------------------------------------------------------------------------------------------------------- */

void
StartTransactionCommand(void)
{
	switch (xact.current->blockState)
	{
		case TBLOCK_DEFAULT:
			xact_start_top();
			xact.top.blockState = TBLOCK_STARTED;
			break;
		case TBLOCK_INPROGRESS:
		case TBLOCK_IMPLICIT_INPROGRESS:
		case TBLOCK_SUBINPROGRESS:
		case TBLOCK_ABORT:
		case TBLOCK_SUBABORT:
			break; /* the next statement of a block; in a failed one the caller refuses nearly everything */
		default:
			unexpected("StartTransactionCommand");
	}
	MemoryContextSwitchTo(CurTransactionContext);
}

/* ---- after a statement ------------------------------------------------------------------------------------------------------------------------ */

void
SaveTransactionCharacteristics(SavedTransactionCharacteristics *s)
{
	s->save_XactIsoLevel = XactIsoLevel;
	s->save_XactReadOnly = XactReadOnly;
	s->save_XactDeferrable = XactDeferrable;
}

void
RestoreTransactionCharacteristics(const SavedTransactionCharacteristics *s)
{
	XactIsoLevel = s->save_XactIsoLevel;
	XactReadOnly = s->save_XactReadOnly;
	XactDeferrable = s->save_XactDeferrable;
}

/* AND CHAIN: the next transaction begins at once, in a block, with the same characteristics. */
static void
end_of_block(const SavedTransactionCharacteristics *saved, bool chain)
{
	xact.top.blockState = TBLOCK_DEFAULT;
	if (!chain)
		return;
	xact_start_top();
	xact.top.blockState = TBLOCK_INPROGRESS;
	RestoreTransactionCharacteristics(saved);
}

static bool
commit_single_statement(void)
{
	xact_commit_top();
	xact.top.blockState = TBLOCK_DEFAULT;
	return false;
}

static bool
enter_block(void)
{
	xact.top.blockState = TBLOCK_INPROGRESS;
	return false;
}

static bool
next_command(void)
{
	CommandCounterIncrement();
	return false;
}

static bool
nothing(void)
{
	return false;
}

static bool
commit_block(void)
{
	SavedTransactionCharacteristics saved;
	bool chain = xact.top.chain;

	SaveTransactionCharacteristics(&saved);
	xact_commit_top();
	end_of_block(&saved, chain);
	return false;
}

static bool
leave_failed_block(void)
{
	SavedTransactionCharacteristics saved;
	bool chain = xact.top.chain;

	SaveTransactionCharacteristics(&saved);
	xact_cleanup_top();
	end_of_block(&saved, chain);
	return false;
}

static bool
roll_back_block(void)
{
	SavedTransactionCharacteristics saved;
	bool chain = xact.top.chain;

	SaveTransactionCharacteristics(&saved);
	xact_abort_top();
	xact_cleanup_top();
	end_of_block(&saved, chain);
	return false;
}

static bool
begin_sub(void)
{
	xact_start_sub();
	xact.current->blockState = TBLOCK_SUBINPROGRESS;
	return false;
}

/* RELEASE: this level and all above it up to the named one are marked. */
static bool
release_subs(void)
{
	do
	{
		xact_commit_sub();
	} while (xact.current->blockState == TBLOCK_SUBRELEASE);
	return false;
}

static bool
commit_subs_then_block(void)
{
	do
	{
		xact_commit_sub();
	} while (xact.current->blockState == TBLOCK_SUBCOMMIT);
	return true; /* END of the block */
}

static bool
drop_failed_sub(void)
{
	xact_cleanup_sub();
	return true;
}

static bool
abort_sub_too(void)
{
	xact_abort_sub();
	xact_cleanup_sub();
	return true;
}

/* ROLLBACK TO: the savepoint is made again, with the same name and level. */
static void
remake_savepoint(bool alive)
{
	XactLevel *level = xact.current;
	char *name = level->name;
	int savepoint_level = level->savepointLevel;

	level->name = NULL; /* it outlives the level */
	if (alive)
		xact_abort_sub();
	xact_cleanup_sub();
	xact_push_sub();
	xact.current->name = name;
	xact.current->savepointLevel = savepoint_level;
	xact_start_sub();
	xact.current->blockState = TBLOCK_SUBINPROGRESS;
}

static bool
restart_sub(void)
{
	remake_savepoint(true);
	return false;
}

static bool
restart_failed_sub(void)
{
	remake_savepoint(false);
	return false;
}

static const XactStep after_statement[NUM_TBLOCK_STATES] = {
	[TBLOCK_DEFAULT] = NULL,
	[TBLOCK_STARTED] = commit_single_statement,
	[TBLOCK_BEGIN] = enter_block,
	[TBLOCK_INPROGRESS] = next_command,
	[TBLOCK_IMPLICIT_INPROGRESS] = next_command,
	[TBLOCK_END] = commit_block,
	[TBLOCK_ABORT] = nothing,
	[TBLOCK_ABORT_END] = leave_failed_block,
	[TBLOCK_ABORT_PENDING] = roll_back_block,
	[TBLOCK_SUBBEGIN] = begin_sub,
	[TBLOCK_SUBINPROGRESS] = next_command,
	[TBLOCK_SUBRELEASE] = release_subs,
	[TBLOCK_SUBCOMMIT] = commit_subs_then_block,
	[TBLOCK_SUBABORT] = nothing,
	[TBLOCK_SUBABORT_END] = drop_failed_sub,
	[TBLOCK_SUBABORT_PENDING] = abort_sub_too,
	[TBLOCK_SUBRESTART] = restart_sub,
	[TBLOCK_SUBABORT_RESTART] = restart_failed_sub,
};

void
CommitTransactionCommand(void)
{
	XactStep step;

	do
	{
		step = after_statement[xact.current->blockState];
		if (step == NULL)
			unexpected("CommitTransactionCommand");
	} while (step());
}

/* ---- after an error ---------------------------------------------------------------------------------------------------------------------------- */

static bool
error_without_transaction(void)
{
	/* It may have failed while it was being started. */
	if (xact.top.state == TRANS_DEFAULT)
		return false;
	if (xact.top.state == TRANS_START)
		xact.top.state = TRANS_INPROGRESS;
	xact_abort_top();
	xact_cleanup_top();
	return false;
}

static bool
abort_to_idle(void)
{
	xact_abort_top();
	xact_cleanup_top();
	xact.top.blockState = TBLOCK_DEFAULT;
	return false;
}

static bool
fail_block(void)
{
	xact_abort_top();
	xact.top.blockState = TBLOCK_ABORT;
	return false; /* cleanup when ROLLBACK comes */
}

static bool
cleanup_to_idle(void)
{
	xact_cleanup_top();
	xact.top.blockState = TBLOCK_DEFAULT;
	return false;
}

static bool
fail_sub(void)
{
	xact_abort_sub();
	xact.current->blockState = TBLOCK_SUBABORT;
	return false;
}

static const XactStep after_error[NUM_TBLOCK_STATES] = {
	[TBLOCK_DEFAULT] = error_without_transaction,
	[TBLOCK_STARTED] = abort_to_idle,
	[TBLOCK_BEGIN] = abort_to_idle,
	[TBLOCK_INPROGRESS] = fail_block,
	[TBLOCK_IMPLICIT_INPROGRESS] = abort_to_idle,
	[TBLOCK_END] = abort_to_idle,
	[TBLOCK_ABORT] = nothing,
	[TBLOCK_ABORT_END] = cleanup_to_idle,
	[TBLOCK_ABORT_PENDING] = abort_to_idle,
	[TBLOCK_SUBBEGIN] = abort_sub_too,
	[TBLOCK_SUBINPROGRESS] = fail_sub,
	[TBLOCK_SUBRELEASE] = abort_sub_too,
	[TBLOCK_SUBCOMMIT] = abort_sub_too,
	[TBLOCK_SUBABORT] = nothing,
	[TBLOCK_SUBABORT_END] = drop_failed_sub,
	[TBLOCK_SUBABORT_PENDING] = abort_sub_too,
	[TBLOCK_SUBRESTART] = abort_sub_too,
	[TBLOCK_SUBABORT_RESTART] = drop_failed_sub,
};

void
AbortCurrentTransaction(void)
{
	while (after_error[xact.current->blockState]())
		;
}

/* Whatever is in progress ends here: at the end of a session, and in workers. */
void
AbortOutOfAnyTransaction(void)
{
	while (xact.current->parent != NULL)
	{
		XactLevel *level = xact.current;

		if (level->state == TRANS_INPROGRESS || level->state == TRANS_START || level->state == TRANS_COMMIT)
		{
			level->state = TRANS_INPROGRESS;
			xact_abort_sub();
		}
		if (level->state == TRANS_DEFAULT)
			xact_pop_sub(); /* not started */
		else
			xact_cleanup_sub();
	}
	if (xact.top.state == TRANS_ABORT)
	{
		if (AtAbort_Portals)
			AtAbort_Portals();
		xact_cleanup_top();
	}
	else if (xact.top.state != TRANS_DEFAULT)
	{
		xact.top.state = TRANS_INPROGRESS;
		xact_abort_top();
		xact_cleanup_top();
	}
	xact.top.blockState = TBLOCK_DEFAULT;
	MemoryContextSwitchTo(TopMemoryContext);
}
