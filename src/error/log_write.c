/*
 * log_write.c
 *    A report as text in the server's log.
 *
 * One report is one write(), so that lines of several processes do not mix. Lines after the first of a part begin
 * with a tab. The buffer is in ErrorContext, which has a reserve.
 */
#include "postgres.h"

#include <unistd.h>

#include "error/error_internal.h"
#include "error/log_context.h"
#include "utils/memutils.h"

int log_min_error_statement = ERROR;
int Log_error_verbosity = PGERROR_DEFAULT;
const char *debug_query_string = NULL;

static void
append_with_tabs(StringInfo buf, const char *text)
{
	for (; *text; text++)
	{
		appendStringInfoCharMacro(buf, *text);
		if (*text == '\n')
			appendStringInfoCharMacro(buf, '\t');
	}
}

static void
append_part(StringInfo buf, const ErrorData *edata, const char *label, const char *text)
{
	if (text == NULL)
		return;
	log_append_prefix(buf, edata);
	appendStringInfo(buf, "%s:  ", label);
	append_with_tabs(buf, text);
	appendStringInfoChar(buf, '\n');
}

static void
append_first_line(StringInfo buf, const ErrorData *edata)
{
	log_append_prefix(buf, edata);
	appendStringInfo(buf, "%s:  ", error_severity(edata->elevel));
	if (Log_error_verbosity >= PGERROR_VERBOSE)
		appendStringInfo(buf, "%s: ", unpack_sql_state(edata->sqlerrcode));
	append_with_tabs(buf, edata->message ? edata->message : "missing error text");
	if (edata->cursorpos > 0)
		appendStringInfo(buf, " at character %d", edata->cursorpos);
	else if (edata->internalpos > 0)
		appendStringInfo(buf, " at character %d", edata->internalpos);
	appendStringInfoChar(buf, '\n');
}

/* Is level a at least as grave as the configured level b? LOG ranks between ERROR and FATAL here. */
static bool
statement_wanted(const ErrorData *edata)
{
	int level = log_min_error_statement;

	if (edata->hide_stmt || debug_query_string == NULL)
		return false;
	if (edata->elevel == LOG || edata->elevel == LOG_SERVER_ONLY)
		return level == LOG || level <= ERROR;
	return level == LOG ? edata->elevel >= FATAL : edata->elevel >= level;
}

static void
write_all(const char *data, size_t size)
{
	while (size > 0)
	{
		ssize_t written = write(STDERR_FILENO, data, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return; /* nobody left to tell */
		data += written;
		size -= written;
	}
}

void
log_write_report(const ErrorData *edata)
{
	StringInfoData buf;

	initStringInfo(&buf);
	append_first_line(&buf, edata);
	if (Log_error_verbosity >= PGERROR_DEFAULT)
	{
		append_part(&buf, edata, "DETAIL", edata->detail_log ? edata->detail_log : edata->detail);
		append_part(&buf, edata, "HINT", edata->hint);
		append_part(&buf, edata, "QUERY", edata->internalquery);
		if (!edata->hide_ctx)
			append_part(&buf, edata, "CONTEXT", edata->context);
		if (Log_error_verbosity >= PGERROR_VERBOSE && edata->filename)
		{
			char location[512];

			snprintf(location, sizeof(location), "%s, %s:%d", edata->funcname ? edata->funcname : "", edata->filename,
					 edata->lineno);
			append_part(&buf, edata, "LOCATION", location);
		}
		append_part(&buf, edata, "BACKTRACE", edata->backtrace);
	}
	if (statement_wanted(edata))
		append_part(&buf, edata, "STATEMENT", debug_query_string);
	write_all(buf.data, buf.len);
	pfree(buf.data);
}

void
write_stderr(const char *fmt, ...)
{
	char buf[2048];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	if (len > 0)
		write_all(buf, Min((size_t) len, sizeof(buf) - 1));
}

void
ExceptionalCondition(const char *condition, const char *file, int line)
{
	write_stderr("TRAP: failed Assert(\"%s\"), File: \"%s\", Line: %d, PID: %d\n", condition, file, line,
				 (int) getpid());
	abort();
}
