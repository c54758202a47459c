/*
 * bootstrap_sql.c
 *    The part of a new cluster that is made by SQL: system views, information_schema, the other two databases.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/bootstrap.h"
#include "catalog/heap.h"
#include "miscadmin.h"
#include "session/session.h"
#include "storage/ipc.h"
#include "tcop/dest.h"
#include "utils/guc.h"
#include "utils/memutils.h"

/* Statements end at a semicolon at the end of a line, outside comments: a convention of our scripts. */
static const char *
statement_end(const char *p)
{
	for (; *p; p++)
	{
		if (*p == ';' && (p[1] == '\n' || p[1] == '\0'))
			return p + 1;
	}
	return NULL;
}

static void
run_statement(const char *sql)
{
	MemoryContextSwitchTo(MessageContext);
	MemoryContextReset(MessageContext);
	SetCurrentStatementStartTimestamp();
	exec_simple_query(pstrdup(sql));
}

/* One transaction for the file: hundreds of commits would only cost time. */
static void
run_script(const EmbeddedSql *script)
{
	MemoryContext cxt = AllocSetContextCreate(TopMemoryContext, "system script", ALLOCSET_DEFAULT_SIZES);
	const char *p = script->text;
	const char *end;

	while ((end = statement_end(p)) != NULL)
	{
		char *sql = MemoryContextAllocZero(cxt, end - p + 1);

		memcpy(sql, p, end - p);
		run_statement(sql);
		MemoryContextReset(cxt);
		p = end;
	}
	MemoryContextDelete(cxt);
}

void
bootstrap_run_sql(void)
{
	MessageContext = AllocSetContextCreate(TopMemoryContext, "MessageContext", ALLOCSET_DEFAULT_SIZES);
	whereToSendOutput = DestNone;
	StopGeneratingPinnedObjectIds();
	InSystemScript = true;
	for (int i = 0; i < embedded_sql_count; i++)
	{
		run_script(&embedded_sql[i]);
	}
	InSystemScript = false;
	StopGeneratingSystemObjectIds();
}
