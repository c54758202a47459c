/*
 * backend_loop.c
 *    Reads messages and answers them, until Terminate or the end of the connection.
 *
 * An error anywhere comes back to the loop (session_recover). In the extended protocol everything up to the next Sync is
 * then skipped, so that the client knows where it stands.
 */
#include "postgres.h"

#include <unistd.h>

#include "access/xact.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "process/init_postgres.h"
#include "process/interrupt.h"
#include "session/backend_loop.h"
#include "session/extended_query.h"
#include "session/session.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "storage/procsignal.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/ps_status.h"
#include "utils/snapmgr.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

static bool skip_till_sync = false;		/* an extended-protocol error: discard up to Sync */
static bool in_extended_message = false;

/* ---- between commands -------------------------------------------------------------------------------------------------- */
static void
report_idle(void)
{
	if (IsAbortedTransactionBlockState())
	{
		set_ps_display("idle in transaction (aborted)");
		pgstat_report_activity(STATE_IDLEINTRANSACTION_ABORTED, NULL);
	}
	else if (IsTransactionOrTransactionBlock())
	{
		set_ps_display("idle in transaction");
		pgstat_report_activity(STATE_IDLEINTRANSACTION, NULL);
	}
	else
	{
		set_ps_display("idle");
		pgstat_report_activity(STATE_IDLE, NULL);
	}
}

static void
start_idle_timeout(void)
{
	if (IsTransactionOrTransactionBlock())
	{
		if (IdleInTransactionSessionTimeout > 0)
			enable_timeout_after(IDLE_IN_TRANSACTION_SESSION_TIMEOUT, IdleInTransactionSessionTimeout);
	}
	else if (IdleSessionTimeout > 0)
		enable_timeout_after(IDLE_SESSION_TIMEOUT, IdleSessionTimeout);
}

static void
stop_idle_timeout(void)
{
	if (get_timeout_active(IDLE_IN_TRANSACTION_SESSION_TIMEOUT))
		disable_timeout(IDLE_IN_TRANSACTION_SESSION_TIMEOUT, false);
	if (get_timeout_active(IDLE_SESSION_TIMEOUT))
		disable_timeout(IDLE_SESSION_TIMEOUT, false);
}

/* ---- one message ------------------------------------------------------------------------------------------------------------ */
/* Longest body that a message of this type may have; also tells which types there are at all (0: none such). */
static int
message_limit(int type)
{
	switch (type)
	{
		case 'Q':
		case 'P':
		case 'B':
		case 'F':
		case 'd':
			return PQ_LARGE_MESSAGE_LIMIT;
		case 'E':
		case 'D':
		case 'C':
		case 'f':
		case 'H':
		case 'S':
		case 'X':
		case 'c':
			return PQ_SMALL_MESSAGE_LIMIT;
		default:
			return 0;
	}
}

static bool
is_extended(int type)
{
	return strchr("PBEDCH", type) != NULL;
}

/* The next message's type, its body in *message. EOF: the client is gone. */
static int
read_message(StringInfo message)
{
	int type;
	int limit;

	pq_startmsgread();
	type = pq_getbyte();
	if (type == EOF)
	{
		if (IsTransactionState())
			ereport(COMMERROR, errcode(ERRCODE_CONNECTION_FAILURE),
					errmsg("unexpected EOF on client connection with an open transaction"));
		else
			whereToSendOutput = DestNone;
		return EOF;
	}
	limit = message_limit(type);
	if (limit == 0)
		ereport(FATAL, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid frontend message type %d", type));
	if (is_extended(type))
		in_extended_message = true;
	else if (type == 'Q' || type == 'F' || type == 'S')
	{
		in_extended_message = false;
		skip_till_sync = false;
	}
	if (pq_getmessage(message, limit) != 0)
		return EOF;
	return type;
}

static void
handle_message(int type, StringInfo message)
{
	switch (type)
	{
		case 'Q':
			{
				const char *query_string;

				SetCurrentStatementStartTimestamp();
				query_string = pq_getmsgstring(message);
				pq_getmsgend(message);
				exec_simple_query(query_string);
				break;
			}
		case 'P':
			SetCurrentStatementStartTimestamp();
			exec_parse_message(message);
			break;
		case 'B':
			SetCurrentStatementStartTimestamp();
			exec_bind_message(message);
			break;
		case 'E':
			SetCurrentStatementStartTimestamp();
			exec_execute_message(message);
			break;
		case 'D':
			SetCurrentStatementStartTimestamp();
			exec_describe_message(message);
			break;
		case 'C':
			exec_close_message(message);
			break;
		case 'H':
			pq_getmsgend(message);
			pq_flush();
			break;
		case 'S':
			pq_getmsgend(message);
			session_finish_command();
			break;
		case 'F':
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("the function call protocol is not supported"));
			break;
		default:
			/* COPY data after a COPY that failed: already answered, to be ignored. */
			break;
	}
}

static void
serve(void)
{
	StringInfoData message;
	bool send_ready = true;
	sigjmp_buf local_sigjmp_buf;

	if (sigsetjmp(local_sigjmp_buf, 1) != 0)
	{
		session_recover();
		if (in_extended_message)
			skip_till_sync = true;
		if (pq_is_reading_msg())
			ereport(FATAL, errcode(ERRCODE_PROTOCOL_VIOLATION),
					errmsg("terminating connection because protocol synchronization was lost"));
		send_ready = !skip_till_sync;
	}
	PG_exception_stack = &local_sigjmp_buf;

	for (;;)
	{
		int type;

		MemoryContextSwitchTo(MessageContext);
		MemoryContextReset(MessageContext);
		initStringInfo(&message);
		InvalidateCatalogSnapshotConditionally();
		if (send_ready)
		{
			report_idle();
			ReportChangedGUCOptions();
			ReadyForQuery(whereToSendOutput);
			start_idle_timeout();
			send_ready = false;
		}
		DoingCommandRead = true;
		type = read_message(&message);
		CHECK_FOR_INTERRUPTS();
		DoingCommandRead = false;
		stop_idle_timeout();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			ProcessConfigFile(PGC_SIGHUP);
		}
		if (type == EOF || type == 'X')
		{
			/* The client wants no answer, and may not be there to read one. */
			whereToSendOutput = DestNone;
			pq_abandon_output();
			proc_exit(0);
		}
		if (skip_till_sync)
			continue;
		handle_message(type, &message);
		send_ready = (type == 'Q' || type == 'S' || type == 'F');
	}
}

/* ---- the session --------------------------------------------------------------------------------------------------------------- */
static void
send_backend_key(void)
{
	StringInfoData buf;

	pq_beginmessage(&buf, 'K');
	pq_sendint32(&buf, (uint32) MyProcPid);
	pq_sendint32(&buf, MyCancelKey);
	pq_endmessage(&buf);
}

static void
log_disconnection(int code, Datum arg)
{
	Port *port = MyProcPort;
	int64 seconds, usecs;
	int64 total = GetCurrentTimestamp() - port->SessionStartTime;

	seconds = total / 1000000;
	usecs = total % 1000000;
	ereport(LOG, errmsg("disconnection: session time: %d:%02d:%02d.%03d user=%s database=%s host=%s%s%s",
						(int) (seconds / 3600), (int) (seconds / 60 % 60), (int) (seconds % 60), (int) (usecs / 1000),
						port->user_name, port->database_name, port->remote_host, port->remote_port[0] ? " port=" : "",
						port->remote_port));
}

void
PostgresMain(const char *dbname, const char *username)
{
	backend_signals_install();
	sigprocmask(SIG_SETMASK, &UnBlockSig, NULL);
	InitPostgres(dbname, InvalidOid, username, InvalidOid, true, false, NULL);
	SetProcessingMode(NormalProcessing);
	if (PostmasterContext)
	{
		MemoryContextDelete(PostmasterContext);
		PostmasterContext = NULL;
	}
	BeginReportingGUCOptions();
	if (Log_disconnections)
		on_proc_exit(log_disconnection, 0);
	send_backend_key();
	MessageContext = AllocSetContextCreate(TopMemoryContext, "MessageContext", ALLOCSET_DEFAULT_SIZES);
	serve();
	proc_exit(0);
}
