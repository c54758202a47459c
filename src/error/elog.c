/*
 * elog.c
 *    Making and delivering reports (utils/elog.h).
 *
 * Reports in the making form a stack: a function called from an errmsg() argument, or an error-context callback, may itself
 * report. Its strings live in ErrorContext, which is reset when the outermost report is done and keeps a reserve for
 * running out of memory.
 *
 * Invariants
 *   E1  an errstart() that returned true is followed by errfinish() or by a longjmp from a nested report.
 *   E2  ERROR leaves its ErrorData on the stack until FlushErrorState(); everything below ERROR pops its own.
 *   E3  a failure while reporting (recursion) never loops: contexts are dropped first, then it is a PANIC.
 */
#include "postgres.h"

#include <stdio.h>
#include <unistd.h>

#include "error/error_internal.h"
#include "error/log_context.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/memutils.h"

#define REPORTS_MAX 5

typedef struct ReportStack
{
	ErrorData reports[REPORTS_MAX];
	int top;   /* index of the report in the making, -1: none */
	int depth; /* errstart() and errfinish() calls that are active */
} ReportStack;

static ReportStack stack = {.top = -1};

ErrorContextCallback *error_context_stack = NULL;
sigjmp_buf *PG_exception_stack = NULL;
emit_log_hook_type emit_log_hook = NULL;
client_report_hook_type client_report_hook = NULL;
int log_min_messages = WARNING;
int client_min_messages = NOTICE;
bool ExitOnAnyError = false;

/* ---- who gets it ------------------------------------------------------------------------------------------------- */
static bool
server_wants(int elevel)
{
	if (elevel == WARNING_CLIENT_ONLY)
		return false;
	if (elevel == LOG || elevel == LOG_SERVER_ONLY)
		return log_min_messages == LOG || log_min_messages <= ERROR;
	if (log_min_messages == LOG)
		return elevel >= FATAL;
	return elevel >= log_min_messages;
}

static bool
client_wants(int elevel)
{
	if (client_report_hook == NULL || elevel == LOG_SERVER_ONLY)
		return false;
	if (log_context.in_authentication)
		return elevel >= ERROR;
	return elevel >= client_min_messages || elevel == INFO;
}

/* What an error is in the situation we are in. */
static int
effective_level(int elevel)
{
	if (elevel < ERROR)
		return elevel;
	if (CritSectionCount > 0)
		return PANIC;
	if (elevel == ERROR && (PG_exception_stack == NULL || ExitOnAnyError || proc_exit_inprogress))
		elevel = FATAL;
	/* an error inside the reporting of a graver one must not soften it */
	for (int i = 0; i <= stack.top; i++)
		elevel = Max(elevel, stack.reports[i].elevel);
	return elevel;
}

static bool
in_trouble(void)
{
	return stack.depth > 2;
}

static ErrorData *
current_report(void)
{
	if (stack.top < 0)
	{
		stack.top = -1;
		elog(ERROR, "errstart was not called");
	}
	return &stack.reports[stack.top];
}

static ErrorData *
push_report(void)
{
	if (++stack.top >= REPORTS_MAX)
	{
		stack.top = -1;
		elog(PANIC, "too many errors while reporting errors");
	}
	memset(&stack.reports[stack.top], 0, sizeof(ErrorData));
	return &stack.reports[stack.top];
}

bool
errstart(int elevel, const char *domain)
{
	bool to_server;
	bool to_client;
	ErrorData *edata;

	elevel = effective_level(elevel);
	to_server = server_wants(elevel);
	to_client = client_wants(elevel);
	if (elevel < ERROR && !to_server && !to_client)
		return false;

	if (ErrorContext == NULL)
	{
		write_stderr("error occurred before error message processing is available\n");
		exit(2);
	}
	if (stack.depth++ > 0 && elevel >= ERROR)
	{
		MemoryContextReset(ErrorContext);
		if (in_trouble())
		{
			error_context_stack = NULL;
			debug_query_string = NULL;
		}
	}
	edata = push_report();
	edata->elevel = elevel;
	edata->output_to_server = to_server;
	edata->output_to_client = to_client;
	edata->domain = edata->context_domain = domain ? domain : "postgres";
	edata->sqlerrcode = elevel >= ERROR		 ? ERRCODE_INTERNAL_ERROR
						: elevel >= WARNING	 ? ERRCODE_WARNING
											 : ERRCODE_SUCCESSFUL_COMPLETION;
	edata->saved_errno = errno;
	edata->assoc_context = ErrorContext;
	stack.depth--;
	return true;
}

static void
collect_context_lines(void)
{
	for (ErrorContextCallback *callback = error_context_stack; callback; callback = callback->previous)
		callback->callback(callback->arg);
}

static const char *
file_base_name(const char *filename)
{
	const char *slash = filename ? strrchr(filename, '/') : NULL;

	return slash ? slash + 1 : filename;
}

static void
pop_report(void)
{
	stack.top--;
	if (stack.depth <= 1 && stack.top < 0)
		MemoryContextReset(ErrorContext);
}

static void pg_attribute_noreturn()
end_process(int elevel)
{
	if (elevel == PANIC)
	{
		fflush(NULL);
		abort();
	}
	/* the client is gone or is being told; a broken connection must not stop the exit */
	if (PG_exception_stack == NULL)
		client_report_hook = NULL;
	stack.depth = 0;
	fflush(NULL);
	proc_exit(1);
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	ErrorData *edata = current_report();
	int elevel = edata->elevel;
	MemoryContext old_context;

	stack.depth++;
	edata->filename = file_base_name(filename);
	edata->lineno = lineno;
	edata->funcname = funcname;
	old_context = MemoryContextSwitchTo(ErrorContext);
	collect_context_lines();

	if (elevel == ERROR)
	{
		/* whoever catches it starts with a clean slate; critical sections cannot be open here */
		InterruptHoldoffCount = 0;
		QueryCancelHoldoffCount = 0;
		stack.depth--;
		PG_RE_THROW();
	}
	EmitErrorReport();
	if (elevel >= FATAL)
		end_process(elevel);
	pop_report();
	MemoryContextSwitchTo(old_context);
	errno = edata->saved_errno;
	stack.depth--;
	CHECK_FOR_INTERRUPTS();
}

void
EmitErrorReport(void)
{
	ErrorData *edata = current_report();
	MemoryContext old_context = MemoryContextSwitchTo(ErrorContext);

	stack.depth++;
	if (edata->output_to_server && emit_log_hook)
		emit_log_hook(edata);
	if (edata->output_to_server)
		log_write_report(edata);
	if (edata->output_to_client && client_report_hook)
		client_report_hook(edata);
	stack.depth--;
	MemoryContextSwitchTo(old_context);
}

void
FlushErrorState(void)
{
	stack.top = -1;
	stack.depth = 0;
	MemoryContextReset(ErrorContext);
}

void
pg_re_throw(void)
{
	ErrorData *edata;

	if (PG_exception_stack != NULL)
		siglongjmp(*PG_exception_stack, 1);

	/* nobody catches it any more: it ends the process, and the log and the client hear of it now */
	edata = current_report();
	edata->elevel = FATAL;
	edata->output_to_server = server_wants(FATAL);
	edata->output_to_client = client_wants(FATAL);
	error_context_stack = NULL;
	EmitErrorReport();
	end_process(FATAL);
}

/* ---- copies ------------------------------------------------------------------------------------------------------ */
static char *
copy_string(MemoryContext context, const char *string)
{
	return string ? MemoryContextStrdup(context, string) : NULL;
}

static void
copy_strings(ErrorData *edata, MemoryContext context)
{
	char **fields[] = {&edata->message,		&edata->detail,		 &edata->detail_log,  &edata->hint,
					   &edata->context,		&edata->backtrace,	 &edata->schema_name, &edata->table_name,
					   &edata->column_name, &edata->datatype_name, &edata->constraint_name, &edata->internalquery};

	for (int i = 0; i < lengthof(fields); i++)
		*fields[i] = copy_string(context, *fields[i]);
	edata->assoc_context = context;
}

ErrorData *
CopyErrorData(void)
{
	ErrorData *copy;

	Assert(CurrentMemoryContext != ErrorContext);
	copy = palloc_object(ErrorData);
	*copy = *current_report();
	copy_strings(copy, CurrentMemoryContext);
	return copy;
}

void
FreeErrorData(ErrorData *edata)
{
	char *fields[] = {edata->message,	  edata->detail,		edata->detail_log,	edata->hint,
					  edata->context,	  edata->backtrace,		edata->schema_name, edata->table_name,
					  edata->column_name, edata->datatype_name, edata->constraint_name, edata->internalquery};

	for (int i = 0; i < lengthof(fields); i++)
		if (fields[i])
			pfree(fields[i]);
	pfree(edata);
}

void
ReThrowError(ErrorData *edata)
{
	ErrorData *report;

	Assert(edata->elevel == ERROR);
	stack.depth++;
	report = push_report();
	*report = *edata;
	copy_strings(report, ErrorContext);
	stack.depth--;
	PG_RE_THROW();
}

/* Report again what another process or an earlier catch produced; anything from DEBUG to ERROR. */
void
ThrowErrorData(ErrorData *edata)
{
	ErrorData *report;

	if (!errstart(edata->elevel, edata->domain))
		return;
	report = current_report();
	{
		ErrorData made = *report;

		*report = *edata;
		report->elevel = made.elevel;
		report->output_to_server = made.output_to_server;
		report->output_to_client = made.output_to_client;
		report->domain = made.domain;
		copy_strings(report, ErrorContext);
	}
	errfinish(edata->filename, edata->lineno, edata->funcname);
}

char *
GetErrorContextStack(void)
{
	MemoryContext caller = CurrentMemoryContext;
	ErrorData *edata;
	char *result;

	stack.depth++;
	edata = push_report();
	edata->assoc_context = ErrorContext;
	MemoryContextSwitchTo(ErrorContext);
	collect_context_lines();
	MemoryContextSwitchTo(caller);
	result = edata->context ? pstrdup(edata->context) : NULL;
	pop_report();
	stack.depth--;
	return result;
}

/* ---- the auxiliary functions of ereport() -------------------------------------------------------------------------- */
/* Format into ErrorContext; %m sees the errno of ereport()'s caller. */
static char *
format_in_context(const ErrorData *edata, const char *fmt, va_list args)
{
	MemoryContext old_context = MemoryContextSwitchTo(edata->assoc_context);
	size_t size = 256;
	char *text;

	for (;;)
	{
		va_list copy;
		size_t needed;

		text = palloc(size);
		errno = edata->saved_errno;
		va_copy(copy, args);
		needed = pvsnprintf(text, size, fmt, copy);
		va_end(copy);
		if (needed < size)
			break;
		pfree(text);
		size = needed;
	}
	MemoryContextSwitchTo(old_context);
	return text;
}

#define SET_TEXT_FIELD(field, fmt)                                       \
	do                                                                   \
	{                                                                    \
		ErrorData *edata = current_report();                             \
		va_list args;                                                    \
                                                                         \
		stack.depth++;                                                   \
		va_start(args, fmt);                                             \
		edata->field = format_in_context(edata, (fmt), args);            \
		va_end(args);                                                    \
		stack.depth--;                                                   \
		return 0;                                                        \
	} while (0)

int
errmsg(const char *fmt, ...)
{
	current_report()->message_id = fmt;
	SET_TEXT_FIELD(message, fmt);
}

int
errmsg_internal(const char *fmt, ...)
{
	current_report()->message_id = fmt;
	SET_TEXT_FIELD(message, fmt);
}

int
errdetail(const char *fmt, ...)
{
	SET_TEXT_FIELD(detail, fmt);
}

int
errdetail_internal(const char *fmt, ...)
{
	SET_TEXT_FIELD(detail, fmt);
}

int
errdetail_log(const char *fmt, ...)
{
	SET_TEXT_FIELD(detail_log, fmt);
}

int
errhint(const char *fmt, ...)
{
	SET_TEXT_FIELD(hint, fmt);
}

#define SET_PLURAL_FIELD(field)                                                                   \
	do                                                                                            \
	{                                                                                             \
		ErrorData *edata = current_report();                                                      \
		va_list args;                                                                             \
                                                                                                  \
		stack.depth++;                                                                            \
		va_start(args, n);                                                                        \
		edata->field = format_in_context(edata, n == 1 ? fmt_singular : fmt_plural, args);        \
		va_end(args);                                                                             \
		stack.depth--;                                                                            \
		return 0;                                                                                 \
	} while (0)

int
errmsg_plural(const char *fmt_singular, const char *fmt_plural, unsigned long n, ...)
{
	current_report()->message_id = fmt_singular;
	SET_PLURAL_FIELD(message);
}

int
errdetail_plural(const char *fmt_singular, const char *fmt_plural, unsigned long n, ...)
{
	SET_PLURAL_FIELD(detail);
}

/* Context lines accumulate, innermost first. */
int
errcontext_msg(const char *fmt, ...)
{
	ErrorData *edata = current_report();
	va_list args;
	char *line;

	stack.depth++;
	va_start(args, fmt);
	line = format_in_context(edata, fmt, args);
	va_end(args);
	if (edata->context)
	{
		Size size = strlen(edata->context) + 1 + strlen(line) + 1;
		char *joined = MemoryContextAlloc(edata->assoc_context, size);

		snprintf(joined, size, "%s\n%s", edata->context, line);
		pfree(line);
		line = joined;
	}
	edata->context = line;
	stack.depth--;
	return 0;
}

int
errcode(int sqlerrcode)
{
	current_report()->sqlerrcode = sqlerrcode;
	return 0;
}

static int
sqlstate_of_file_errno(int error)
{
	switch (error)
	{
		case EPERM:
		case EACCES:
		case EROFS:
			return ERRCODE_INSUFFICIENT_PRIVILEGE;
		case ENOENT:
			return ERRCODE_UNDEFINED_FILE;
		case EEXIST:
			return ERRCODE_DUPLICATE_FILE;
		case ENOTDIR:
		case EISDIR:
		case ENOTEMPTY:
			return ERRCODE_WRONG_OBJECT_TYPE;
		case ENOSPC:
			return ERRCODE_DISK_FULL;
		case ENOMEM:
			return ERRCODE_OUT_OF_MEMORY;
		case ENFILE:
		case EMFILE:
			return ERRCODE_INSUFFICIENT_RESOURCES;
		case EIO:
			return ERRCODE_IO_ERROR;
		default:
			return ERRCODE_INTERNAL_ERROR;
	}
}

int
errcode_for_file_access(void)
{
	ErrorData *edata = current_report();

	edata->sqlerrcode = sqlstate_of_file_errno(edata->saved_errno);
	return 0;
}

static bool
is_connection_loss(int error)
{
	return error == EPIPE || error == ECONNRESET || error == ECONNABORTED || error == EHOSTDOWN ||
		   error == EHOSTUNREACH || error == ENETDOWN || error == ENETRESET || error == ENETUNREACH ||
		   error == ETIMEDOUT;
}

int
errcode_for_socket_access(void)
{
	ErrorData *edata = current_report();

	edata->sqlerrcode = is_connection_loss(edata->saved_errno) ? ERRCODE_CONNECTION_FAILURE : ERRCODE_INTERNAL_ERROR;
	return 0;
}

int
errhidestmt(bool hide_stmt)
{
	current_report()->hide_stmt = hide_stmt;
	return 0;
}

int
errhidecontext(bool hide_ctx)
{
	current_report()->hide_ctx = hide_ctx;
	return 0;
}

int
errbacktrace(void)
{
	return 0; /* symbols are for the debugger: abort() leaves a core */
}

int
errposition(int cursorpos)
{
	current_report()->cursorpos = cursorpos;
	return 0;
}

int
internalerrposition(int cursorpos)
{
	current_report()->internalpos = cursorpos;
	return 0;
}

int
internalerrquery(const char *query)
{
	ErrorData *edata = current_report();

	if (edata->internalquery)
		pfree(edata->internalquery);
	edata->internalquery = copy_string(edata->assoc_context, query);
	return 0;
}

int
geterrposition(void)
{
	return current_report()->cursorpos;
}

int
getinternalerrposition(void)
{
	return current_report()->internalpos;
}

int
geterrcode(void)
{
	return current_report()->sqlerrcode;
}

int
err_generic_string(int field, const char *str)
{
	ErrorData *edata = current_report();
	char *copy = copy_string(edata->assoc_context, str);

	switch (field)
	{
		case PG_DIAG_SCHEMA_NAME:
			edata->schema_name = copy;
			break;
		case PG_DIAG_TABLE_NAME:
			edata->table_name = copy;
			break;
		case PG_DIAG_COLUMN_NAME:
			edata->column_name = copy;
			break;
		case PG_DIAG_DATATYPE_NAME:
			edata->datatype_name = copy;
			break;
		case PG_DIAG_CONSTRAINT_NAME:
			edata->constraint_name = copy;
			break;
		default:
			elog(ERROR, "unsupported ErrorData field id: %d", field);
	}
	return 0;
}

/* ---- names --------------------------------------------------------------------------------------------------------- */
const char *
unpack_sql_state(int sql_state)
{
	static char buf[6];

	for (int i = 0; i < 5; i++)
	{
		buf[i] = PGUNSIXBIT(sql_state);
		sql_state >>= 6;
	}
	return buf;
}

const char *
error_severity(int elevel)
{
	switch (elevel)
	{
		case DEBUG1:
		case DEBUG2:
		case DEBUG3:
		case DEBUG4:
		case DEBUG5:
			return "DEBUG";
		case LOG:
		case LOG_SERVER_ONLY:
			return "LOG";
		case INFO:
			return "INFO";
		case NOTICE:
			return "NOTICE";
		case WARNING:
		case WARNING_CLIENT_ONLY:
			return "WARNING";
		case ERROR:
			return "ERROR";
		case FATAL:
			return "FATAL";
		case PANIC:
			return "PANIC";
		default:
			return "???";
	}
}
