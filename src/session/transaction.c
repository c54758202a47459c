/*
 * transaction.c
 *    The transaction command around a statement, and its timeout.
 *
 * In the extended protocol several messages make one command: it begins with the first that needs it and ends with Sync.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "session/session.h"
#include "storage/proc.h"
#include "utils/timeout.h"

static bool command_open = false;

static void
start_timeouts(void)
{
	if (StatementTimeout > 0)
	{
		if (!get_timeout_active(STATEMENT_TIMEOUT))
			enable_timeout_after(STATEMENT_TIMEOUT, StatementTimeout);
	}
	else if (get_timeout_active(STATEMENT_TIMEOUT))
		disable_timeout(STATEMENT_TIMEOUT, false);
	if (client_connection_check_interval > 0 && IsUnderPostmaster && !get_timeout_active(CLIENT_CONNECTION_CHECK_TIMEOUT))
		enable_timeout_after(CLIENT_CONNECTION_CHECK_TIMEOUT, client_connection_check_interval);
}

void
session_begin_command(void)
{
	if (!command_open)
	{
		StartTransactionCommand();
		command_open = true;
	}
	start_timeouts();
}

void
session_finish_command(void)
{
	if (get_timeout_active(STATEMENT_TIMEOUT))
		disable_timeout(STATEMENT_TIMEOUT, false);
	if (command_open)
	{
		CommitTransactionCommand();
		command_open = false;
	}
}

bool
session_in_command(void)
{
	return command_open;
}

void
session_forget_command(void)
{
	command_open = false;
}

/* In an aborted block only the statements that end or rewind it may run. */
static bool
ends_transaction(Node *raw_stmt)
{
	if (raw_stmt && IsA(raw_stmt, TransactionStmt))
	{
		TransactionStmtKind kind = ((TransactionStmt *) raw_stmt)->kind;

		return kind == TRANS_STMT_COMMIT || kind == TRANS_STMT_PREPARE || kind == TRANS_STMT_ROLLBACK ||
			   kind == TRANS_STMT_ROLLBACK_TO;
	}
	return false;
}

void
session_refuse_if_aborted(Node *raw_stmt)
{
	if (IsAbortedTransactionBlockState() && !ends_transaction(raw_stmt))
		ereport(ERROR,
				errcode(ERRCODE_IN_FAILED_SQL_TRANSACTION),
				errmsg("current transaction is aborted, commands ignored until end of transaction block"));
}
