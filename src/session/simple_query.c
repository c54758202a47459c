/*
 * simple_query.c
 *    The simple protocol: a string of statements, run one after the other.
 *
 * Statements of one string are one transaction unless they contain transaction commands. Each is parsed and planned only
 * when the one before has run, because that may have made what it needs.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/prepare.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "session/extended_query.h"
#include "session/plan_by_text.h"
#include "session/session.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/backend_status.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/ps_status.h"
#include "utils/snapmgr.h"

/* How results leave: FETCH from a binary cursor is binary, everything else text. */
static int16
result_format(Node *stmt)
{
	if (IsA(stmt, FetchStmt) && !((FetchStmt *) stmt)->ismove)
	{
		Portal portal = GetPortalByName(((FetchStmt *) stmt)->portalname);

		if (PortalIsValid(portal) && (portal->cursorOptions & CURSOR_OPT_BINARY))
			return 1;
	}
	return 0;
}

static List *
plan_statement(RawStmt *raw, const char *query_string)
{
	bool snapshot_set = analyze_requires_snapshot(raw);
	List *queries;
	List *plans;

	if (snapshot_set)
		PushActiveSnapshot(GetTransactionSnapshot());
	queries = pg_analyze_and_rewrite_fixedparams(raw, query_string, NULL, 0, NULL);
	plans = pg_plan_queries(queries, query_string, CURSOR_OPT_PARALLEL_OK, NULL);
	if (snapshot_set)
		PopActiveSnapshot();
	return plans;
}

static void
run_plans(List *plans, RawStmt *raw, const char *query_string, CommandTag tag, QueryCompletion *qc)
{
	Portal portal = CreatePortal("", true, true);
	DestReceiver *receiver;
	int16 format = result_format(raw->stmt);
	CommandDest dest = whereToSendOutput;

	portal->visible = false;
	PortalDefineQuery(portal, NULL, query_string, tag, plans, NULL);
	PortalStart(portal, NULL, 0, InvalidSnapshot);
	PortalSetResultFormat(portal, 1, &format);
	receiver = CreateDestReceiver(dest);
	if (dest == DestRemote)
		SetRemoteDestReceiverParams(receiver, portal);
	MemoryContextSwitchTo(MessageContext);
	(void) PortalRun(portal, FETCH_ALL, true, true, receiver, receiver, qc);
	receiver->rDestroy(receiver);
	PortalDrop(portal, false);
}

/* After a statement: does the transaction end here, or only the command? */
static void
end_statement(RawStmt *raw, bool last, bool implicit_block)
{
	if (last)
	{
		if (implicit_block)
			EndImplicitTransactionBlock();
		session_finish_command();
	}
	else if (IsA(raw->stmt, TransactionStmt))
		session_finish_command();
	else
	{
		CommandCounterIncrement();
		/* a statement timeout is per statement */
	}
}

static void
run_statement(RawStmt *raw, const char *query_string, bool implicit_block, bool last)
{
	CommandTag tag = CreateCommandTag(raw->stmt);
	QueryCompletion qc;
	List *plans;

	set_ps_display(GetCommandTagName(tag));
	BeginCommand(tag, whereToSendOutput);
	session_refuse_if_aborted(raw->stmt);
	session_begin_command();
	if (implicit_block)
		BeginImplicitTransactionBlock();
	CHECK_FOR_INTERRUPTS();
	InitializeQueryCompletion(&qc);
	plans = plan_statement(raw, query_string);
	CHECK_FOR_INTERRUPTS();
	run_plans(plans, raw, query_string, tag, &qc);
	end_statement(raw, last, implicit_block);
	EndCommand(&qc, whereToSendOutput, false);
}

void
exec_simple_query(const char *query_string)
{
	List *statements;
	ListCell *lc;
	int number = 0;

	debug_query_string = query_string;
	pgstat_report_activity(STATE_RUNNING, query_string);
	drop_unnamed_statement(); /* a simple query ends its life */
	if (plan_by_text_run(query_string))
	{
		debug_query_string = NULL;
		return;
	}
	session_begin_command();
	MemoryContextSwitchTo(MessageContext);
	statements = pg_parse_query(query_string);

	foreach (lc, statements)
	{
		bool last = ++number == list_length(statements);

		run_statement(lfirst_node(RawStmt, lc), query_string, list_length(statements) > 1, last);
		MemoryContextSwitchTo(MessageContext);
	}
	session_finish_command();
	if (statements == NIL)
		NullCommand(whereToSendOutput);
	debug_query_string = NULL;
}
