/*
 * report.c
 *    Errors and notices for the client, and the small messages that frame a command.
 */
#include "postgres.h"

#include "access/xact.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "protocol/report.h"
#include "tcop/dest.h"
#include "utils/guc.h"

/* ---- ErrorResponse, NoticeResponse ----------------------------------------------------------------------------------- */
static void
put_field(StringInfo buf, char code, const char *value)
{
	if (value == NULL)
		return;
	pq_sendbyte(buf, code);
	pq_sendstring(buf, value);
}

static void
put_number(StringInfo buf, char code, int value)
{
	char text[12];

	if (value <= 0)
		return;
	snprintf(text, sizeof(text), "%d", value);
	put_field(buf, code, text);
}

static void
send_report(const ErrorData *edata)
{
	StringInfoData buf;
	char line[12];

	pq_beginmessage(&buf, edata->elevel < ERROR ? 'N' : 'E');
	put_field(&buf, PG_DIAG_SEVERITY, error_severity(edata->elevel));
	put_field(&buf, PG_DIAG_SEVERITY_NONLOCALIZED, error_severity(edata->elevel));
	put_field(&buf, PG_DIAG_SQLSTATE, unpack_sql_state(edata->sqlerrcode));
	put_field(&buf, PG_DIAG_MESSAGE_PRIMARY, edata->message ? edata->message : "missing error text");
	put_field(&buf, PG_DIAG_MESSAGE_DETAIL, edata->detail);
	put_field(&buf, PG_DIAG_MESSAGE_HINT, edata->hint);
	put_field(&buf, PG_DIAG_CONTEXT, edata->hide_ctx ? NULL : edata->context);
	put_field(&buf, PG_DIAG_SCHEMA_NAME, edata->schema_name);
	put_field(&buf, PG_DIAG_TABLE_NAME, edata->table_name);
	put_field(&buf, PG_DIAG_COLUMN_NAME, edata->column_name);
	put_field(&buf, PG_DIAG_DATATYPE_NAME, edata->datatype_name);
	put_field(&buf, PG_DIAG_CONSTRAINT_NAME, edata->constraint_name);
	put_number(&buf, PG_DIAG_STATEMENT_POSITION, edata->cursorpos);
	put_number(&buf, PG_DIAG_INTERNAL_POSITION, edata->internalpos);
	put_field(&buf, PG_DIAG_INTERNAL_QUERY, edata->internalquery);
	put_field(&buf, PG_DIAG_SOURCE_FILE, edata->filename);
	if (edata->lineno > 0)
	{
		snprintf(line, sizeof(line), "%d", edata->lineno);
		put_field(&buf, PG_DIAG_SOURCE_LINE, line);
	}
	put_field(&buf, PG_DIAG_SOURCE_FUNCTION, edata->funcname);
	pq_sendbyte(&buf, '\0');
	pq_endmessage(&buf);
	/* An error may be the last thing this process says, a notice of a long command should not wait for its end. */
	pq_flush();
}

/* ParameterStatus */
static void
send_setting(const char *name, const char *value)
{
	StringInfoData buf;

	pq_beginmessage(&buf, 'S');
	pq_sendstring(&buf, name);
	pq_sendstring(&buf, value);
	pq_endmessage(&buf);
}

void
protocol_reports_install(void)
{
	client_report_hook = send_report;
	guc_report_hook = send_setting;
}

/* ---- around a command --------------------------------------------------------------------------------------------------- */
void
BeginCommand(CommandTag commandTag, CommandDest dest)
{
}

static bool
goes_to_client(CommandDest dest)
{
	return dest == DestRemote || dest == DestRemoteExecute || dest == DestRemoteSimple;
}

void
EndCommand(const QueryCompletion *qc, CommandDest dest, bool force_undecorated_output)
{
	char tag[COMPLETION_TAG_BUFSIZE];
	Size length;

	if (!goes_to_client(dest))
		return;
	length = BuildQueryCompletionString(tag, qc, force_undecorated_output);
	pq_putmessage('C', tag, length + 1);
}

void
EndReplicationCommand(const char *commandTag)
{
	pq_putmessage('C', commandTag, strlen(commandTag) + 1);
}

void
NullCommand(CommandDest dest)
{
	if (goes_to_client(dest))
		pq_putemptymessage('I');
}

void
ReadyForQuery(CommandDest dest)
{
	char status;

	if (!goes_to_client(dest))
		return;
	status = TransactionBlockStatusCode();
	pq_putmessage('Z', &status, 1);
	pq_flush();
}
