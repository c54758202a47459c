/*
 * extended_query.c
 *    Parse, Bind, Describe, Execute, Close.
 *
 * A statement lives until Close or (unnamed) the next Parse; a portal until Close or the end of the transaction. Both names
 * may be empty. The plan comes from the statement's plan cache entry, so that a second Execute of the same statement
 * neither parses nor plans, and starts from the executor state that the first one left.
 */
#include "postgres.h"

#include "access/xact.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/params.h"
#include "parser/analyze.h"
#include "parser/parser.h"
#include "session/extended_query.h"
#include "session/session.h"
#include "execute/printtup.h"
#include "tcop/dest.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/backend_status.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/portal.h"
#include "utils/ps_status.h"
#include "utils/snapmgr.h"

static CachedPlanSource *unnamed_statement = NULL;

void
drop_unnamed_statement(void)
{
	if (unnamed_statement)
	{
		CachedPlanSource *statement = unnamed_statement;

		unnamed_statement = NULL;
		DropCachedPlan(statement);
	}
}

static CachedPlanSource *
find_statement(const char *name)
{
	if (name[0] != '\0')
		return FetchPreparedStatement(name, true)->plansource;
	if (unnamed_statement == NULL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_PSTATEMENT), errmsg("unnamed prepared statement does not exist"));
	return unnamed_statement;
}

/* ---- Parse ------------------------------------------------------------------------------------------------------------ */
static RawStmt *
single_statement(const char *query_string)
{
	List *statements = pg_parse_query(query_string);

	if (list_length(statements) > 1)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("cannot insert multiple commands into a prepared statement"));
	return statements == NIL ? NULL : linitial_node(RawStmt, statements);
}

void
exec_parse_message(StringInfo message)
{
	const char *name = pq_getmsgstring(message);
	const char *query_string = pq_getmsgstring(message);
	int count = (int16) pq_getmsgint(message, 2);
	Oid *types = count > 0 ? palloc_array(Oid, count) : NULL;
	MemoryContext context, old;
	CachedPlanSource *source;
	RawStmt *raw;
	List *queries = NIL;

	for (int i = 0; i < count; i++)
		types[i] = pq_getmsgint(message, 4);
	count = Max(count, 0);
	pq_getmsgend(message);

	debug_query_string = query_string;
	pgstat_report_activity(STATE_RUNNING, query_string);
	set_ps_display("PARSE");
	session_begin_command();
	if (name[0] == '\0')
		drop_unnamed_statement();
	/* Analysis happens in a context of its own, which the plan source takes over. */
	context = AllocSetContextCreate(MessageContext, "unnamed prepared statement", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	raw = single_statement(query_string);
	if (raw)
	{
		bool snapshot_set = false;

		session_refuse_if_aborted(raw->stmt);
		source = CreateCachedPlan(raw, query_string, CreateCommandTag(raw->stmt));
		if (analyze_requires_snapshot(raw))
		{
			PushActiveSnapshot(GetTransactionSnapshot());
			snapshot_set = true;
		}
		queries = pg_analyze_and_rewrite_varparams(raw, query_string, &types, &count, NULL);
		if (snapshot_set)
			PopActiveSnapshot();
	}
	else
		source = CreateCachedPlan(NULL, query_string, CMDTAG_UNKNOWN);
	MemoryContextSwitchTo(old);
	CompleteCachedPlan(source, queries, context, types, count, NULL, NULL, CURSOR_OPT_PARALLEL_OK, true);
	CHECK_FOR_INTERRUPTS();
	if (name[0] != '\0')
		StorePreparedStatement(name, source, false);
	else
	{
		SaveCachedPlan(source);
		unnamed_statement = source;
	}
	/* Nothing of this command is to be kept for rollback; the transaction stays open until Sync. */
	CommandCounterIncrement();
	pq_putemptymessage('1');
	debug_query_string = NULL;
}

/* ---- Bind -------------------------------------------------------------------------------------------------------------- */
typedef struct FormatCodes
{
	int count;
	int16 *codes;
} FormatCodes;

static FormatCodes
read_formats(StringInfo message)
{
	FormatCodes formats;

	formats.count = (int16) pq_getmsgint(message, 2);
	if (formats.count < 0)
		formats.count = 0;
	formats.codes = formats.count > 0 ? palloc_array(int16, formats.count) : NULL;
	for (int i = 0; i < formats.count; i++)
		formats.codes[i] = (int16) pq_getmsgint(message, 2);
	return formats;
}

static int16
format_of(FormatCodes *formats, int index)
{
	if (formats->count > 1)
		return formats->codes[index];
	return formats->count == 1 ? formats->codes[0] : 0;
}

static Datum
read_text_parameter(Oid type, char *bytes, int length)
{
	Oid input, typioparam;
	char *text = pg_client_to_server(bytes, length);
	Datum value;

	getTypeInputInfo(type, &input, &typioparam);
	value = OidInputFunctionCall(input, text, typioparam, -1);
	if (text != bytes)
		pfree(text);
	return value;
}

static Datum
read_binary_parameter(Oid type, char *bytes, int length, int number)
{
	Oid receive, typioparam;
	StringInfoData buf = {bytes, length, length + 1, 0};
	Datum value;

	getTypeBinaryInputInfo(type, &receive, &typioparam);
	value = OidReceiveFunctionCall(receive, &buf, typioparam, -1);
	if (buf.cursor != buf.len)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("incorrect binary data format in bind parameter %d", number));
	return value;
}

static bool
input_accepts_null(Oid type)
{
	Oid input, typioparam;

	getTypeInputInfo(type, &input, &typioparam);
	return !func_strict(input);
}

static void
read_parameter(StringInfo message, ParamExternData *param, Oid type, int16 format, int number)
{
	int32 length = (int32) pq_getmsgint(message, 4);

	param->ptype = type;
	param->pflags = PARAM_FLAG_CONST;
	param->isnull = length == -1;
	param->value = (Datum) 0;
	if (length < -1)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid message format"));
	if (length == -1)
	{
		/* Input functions of domains want to see NULLs. */
		if (format == 0 && input_accepts_null(type))
		{
			Oid input, typioparam;

			getTypeInputInfo(type, &input, &typioparam);
			param->value = OidInputFunctionCall(input, NULL, typioparam, -1);
		}
		return;
	}
	{
		char *bytes = (char *) pq_getmsgbytes(message, length);
		char saved = bytes[length];

		/* Text functions want a terminator; the message has room for it, as there is always a byte after it. */
		bytes[length] = '\0';
		if (format == 0)
			param->value = read_text_parameter(type, bytes, length);
		else if (format == 1)
			param->value = read_binary_parameter(type, bytes, length, number);
		else
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unsupported format code: %d", format));
		bytes[length] = saved;
	}
}

static ParamListInfo
read_parameters(StringInfo message, CachedPlanSource *source, FormatCodes *formats, const char *name)
{
	int count = (int16) pq_getmsgint(message, 2);
	ParamListInfo params = NULL;

	if (formats->count > 1 && formats->count != count)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION),
				errmsg("bind message has %d parameter formats but %d parameters", formats->count, count));
	if (count != source->num_params)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION),
				errmsg("bind message supplies %d parameters, but prepared statement \"%s\" requires %d", count, name,
					   source->num_params));
	if (count > 0)
		params = makeParamList(count);
	for (int i = 0; i < count; i++)
		read_parameter(message, &params->params[i], source->param_types[i], format_of(formats, i), i + 1);
	return params;
}

void
exec_bind_message(StringInfo message)
{
	const char *portal_name = pq_getmsgstring(message);
	const char *statement_name = pq_getmsgstring(message);
	CachedPlanSource *source;
	CachedPlan *plan;
	FormatCodes param_formats, result_formats;
	ParamListInfo params;
	Portal portal;
	bool snapshot_set = false;
	MemoryContext old;

	source = find_statement(statement_name);
	debug_query_string = source->query_string;
	pgstat_report_activity(STATE_RUNNING, source->query_string);
	set_ps_display("BIND");
	session_begin_command();
	MemoryContextSwitchTo(MessageContext);
	/* In an aborted block only what ends it may be bound, and without parameters: reading them needs a live transaction. */
	if (IsAbortedTransactionBlockState() && (source->raw_parse_tree == NULL || source->num_params != 0))
		session_refuse_if_aborted(NULL);
	if (source->raw_parse_tree)
		session_refuse_if_aborted(source->raw_parse_tree->stmt);
	param_formats = read_formats(message);

	portal = CreatePortal(portal_name, portal_name[0] == '\0', portal_name[0] == '\0');
	old = MemoryContextSwitchTo(portal->portalContext);
	if (source->num_params > 0 || (source->raw_parse_tree && analyze_requires_snapshot(source->raw_parse_tree)))
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		snapshot_set = true;
	}
	params = read_parameters(message, source, &param_formats, statement_name);
	result_formats = read_formats(message);
	MemoryContextSwitchTo(old);
	pq_getmsgend(message);

	plan = GetCachedPlan(source, params, NULL, NULL);
	PortalDefineQuery(portal, statement_name[0] ? MemoryContextStrdup(portal->portalContext, statement_name) : NULL,
					  MemoryContextStrdup(portal->portalContext, source->query_string), source->commandTag,
					  plan->stmt_list, plan);
	if (snapshot_set)
		PopActiveSnapshot();
	PortalStart(portal, params, 0, InvalidSnapshot);
	PortalSetResultFormat(portal, result_formats.count, result_formats.codes);
	pq_putemptymessage('2');
	debug_query_string = NULL;
}

/* ---- Describe ------------------------------------------------------------------------------------------------------------ */
static void
describe_rows(TupleDesc desc, List *targetlist, int16 *formats)
{
	StringInfoData buf;

	if (desc == NULL)
	{
		pq_putemptymessage('n');
		return;
	}
	initStringInfo(&buf);
	SendRowDescriptionMessage(&buf, desc, targetlist, formats);
}

static void
describe_statement(const char *name)
{
	CachedPlanSource *source;
	StringInfoData buf;

	session_begin_command();
	source = find_statement(name);
	if (IsAbortedTransactionBlockState() && source->resultDesc)
		session_refuse_if_aborted(NULL);
	pq_beginmessage(&buf, 't');
	pq_sendint16(&buf, source->num_params);
	for (int i = 0; i < source->num_params; i++)
		pq_sendint32(&buf, source->param_types[i]);
	pq_endmessage(&buf);
	describe_rows(source->resultDesc, source->resultDesc ? CachedPlanGetTargetList(source, NULL) : NIL, NULL);
}

static void
describe_portal(const char *name)
{
	Portal portal;

	session_begin_command();
	portal = GetPortalByName(name);
	if (!PortalIsValid(portal))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_CURSOR), errmsg("portal \"%s\" does not exist", name));
	if (IsAbortedTransactionBlockState() && portal->tupDesc)
		session_refuse_if_aborted(NULL);
	describe_rows(portal->tupDesc, portal->tupDesc ? FetchPortalTargetList(portal) : NIL, portal->formats);
}

void
exec_describe_message(StringInfo message)
{
	int type = pq_getmsgbyte(message);
	const char *name = pq_getmsgstring(message);

	pq_getmsgend(message);
	if (type == 'S')
		describe_statement(name);
	else if (type == 'P')
		describe_portal(name);
	else
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid DESCRIBE message subtype %d", type));
}

/* ---- Execute --------------------------------------------------------------------------------------------------------------- */
static bool
is_transaction_exit(List *stmts)
{
	PlannedStmt *stmt;

	if (list_length(stmts) != 1)
		return false;
	stmt = linitial_node(PlannedStmt, stmts);
	return stmt->commandType == CMD_UTILITY && stmt->utilityStmt && IsA(stmt->utilityStmt, TransactionStmt) &&
		   (((TransactionStmt *) stmt->utilityStmt)->kind == TRANS_STMT_COMMIT ||
			((TransactionStmt *) stmt->utilityStmt)->kind == TRANS_STMT_PREPARE ||
			((TransactionStmt *) stmt->utilityStmt)->kind == TRANS_STMT_ROLLBACK ||
			((TransactionStmt *) stmt->utilityStmt)->kind == TRANS_STMT_ROLLBACK_TO);
}

static bool
is_transaction_statement(List *stmts)
{
	PlannedStmt *stmt = list_length(stmts) == 1 ? linitial_node(PlannedStmt, stmts) : NULL;

	return stmt && stmt->commandType == CMD_UTILITY && stmt->utilityStmt && IsA(stmt->utilityStmt, TransactionStmt);
}

void
exec_execute_message(StringInfo message)
{
	const char *name = pq_getmsgstring(message);
	long max_rows = (int32) pq_getmsgint(message, 4);
	Portal portal;
	DestReceiver *receiver;
	QueryCompletion qc;
	bool completed, ends_command;

	pq_getmsgend(message);
	portal = GetPortalByName(name);
	if (!PortalIsValid(portal))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_CURSOR), errmsg("portal \"%s\" does not exist", name));
	if (portal->commandTag == CMDTAG_UNKNOWN)
	{
		Assert(portal->stmts == NIL);
		NullCommand(DestRemoteExecute);
		return;
	}
	debug_query_string = portal->sourceText;
	pgstat_report_activity(STATE_RUNNING, portal->sourceText);
	set_ps_display(GetCommandTagName(portal->commandTag));
	ends_command = is_transaction_statement(portal->stmts);
	receiver = CreateDestReceiver(DestRemoteExecute);
	SetRemoteDestReceiverParams(receiver, portal);
	session_begin_command();
	if (IsAbortedTransactionBlockState() && !is_transaction_exit(portal->stmts))
		session_refuse_if_aborted(NULL);
	CHECK_FOR_INTERRUPTS();
	completed = PortalRun(portal, max_rows <= 0 ? FETCH_ALL : max_rows, true, portal->atStart && max_rows <= 0, receiver,
						  receiver, &qc);
	receiver->rDestroy(receiver);
	if (completed)
	{
		if (ends_command)
			session_finish_command();
		else
			CommandCounterIncrement();
		EndCommand(&qc, DestRemoteExecute, false);
	}
	else
		pq_putemptymessage('s');
	debug_query_string = NULL;
}

/* ---- Close ------------------------------------------------------------------------------------------------------------------- */
void
exec_close_message(StringInfo message)
{
	int type = pq_getmsgbyte(message);
	const char *name = pq_getmsgstring(message);

	pq_getmsgend(message);
	if (type == 'S')
	{
		if (name[0] != '\0')
			DropPreparedStatement(name, false);
		else
			drop_unnamed_statement();
	}
	else if (type == 'P')
	{
		Portal portal = GetPortalByName(name);

		if (PortalIsValid(portal))
			PortalDrop(portal, false);
	}
	else
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid CLOSE message subtype %d", type));
	pq_putemptymessage('3');
}
