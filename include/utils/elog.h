/*
 * utils/elog.h
 *    Reporting: ereport(), error contexts, and PG_TRY.
 *
 * ereport(level, ...) fills one ErrorData and, by level:
 *    DEBUG5..WARNING  sends it where log_min_messages and client_min_messages want it, and returns;
 *    ERROR            jumps to the innermost PG_TRY (at the latest the session's loop, which aborts the transaction);
 *    FATAL            ends this process with exit code 1 after the on-exit callbacks;
 *    PANIC            abort(): every process that shares memory with this one is reset.
 * Inside a critical section ERROR becomes PANIC; in a process without an error handler it becomes FATAL.
 *
 * SQLSTATE is always given (errcode); without it an ERROR is XX000. Wording: message short, lower case, no full stop;
 * detail and hint are sentences.
 */
#ifndef ELOG_H
#define ELOG_H

#include <setjmp.h>

#include "c.h"
#include "utils/errcodes.h"

#define DEBUG5 10
#define DEBUG4 11
#define DEBUG3 12
#define DEBUG2 13
#define DEBUG1 14
#define LOG 15
#define LOG_SERVER_ONLY 16
#define COMMERROR LOG_SERVER_ONLY
#define INFO 17
#define NOTICE 18
#define WARNING 19
#define PGWARNING 19
#define WARNING_CLIENT_ONLY 20
#define ERROR 21
#define PGERROR 21
#define FATAL 22
#define PANIC 23

struct MemoryContextData;

typedef struct ErrorData
{
	int elevel;
	bool output_to_server;
	bool output_to_client;
	bool hide_stmt;
	bool hide_ctx;
	const char *filename; /* constant */
	int lineno;
	const char *funcname; /* constant */
	const char *domain;
	const char *context_domain;
	int sqlerrcode;	 /* MAKE_SQLSTATE */
	char *message;	 /* the strings live in assoc_context */
	char *detail;
	char *detail_log;
	char *hint;
	char *context;
	char *backtrace;
	const char *message_id;
	char *schema_name;
	char *table_name;
	char *column_name;
	char *datatype_name;
	char *constraint_name;
	int cursorpos;	 /* 1-based character position in the client's statement; 0 = none */
	int internalpos; /* the same in internalquery */
	char *internalquery;
	int saved_errno; /* errno at ereport(), what %m prints */
	struct MemoryContextData *assoc_context;
} ErrorData;

#define ereport_domain(elevel, domain, ...)                                                      \
	do                                                                                           \
	{                                                                                            \
		const int elevel_ = (elevel);                                                            \
		if (errstart(elevel_, domain))                                                           \
			__VA_ARGS__, errfinish(__FILE__, __LINE__, __func__);                                \
		if (elevel_ >= ERROR)                                                                    \
			pg_unreachable();                                                                    \
	} while (0)
#define ereport(elevel, ...) ereport_domain(elevel, NULL, __VA_ARGS__)
/* For internal errors that "cannot happen": XX000, message not meant for users. */
#define elog(elevel, ...) ereport(elevel, errmsg_internal(__VA_ARGS__))

extern bool errstart(int elevel, const char *domain);
extern void errfinish(const char *filename, int lineno, const char *funcname);
extern int errcode(int sqlerrcode);
extern int errcode_for_file_access(void);	/* picks the SQLSTATE from errno: 42501, 58P01, 53100, 58030... */
extern int errcode_for_socket_access(void); /* 08006 or XX000 by errno */
extern int errmsg(const char *fmt, ...) pg_attribute_printf(1, 2);
extern int errmsg_internal(const char *fmt, ...) pg_attribute_printf(1, 2);
extern int errmsg_plural(const char *fmt_singular, const char *fmt_plural, unsigned long n, ...);
extern int errdetail(const char *fmt, ...) pg_attribute_printf(1, 2);
extern int errdetail_internal(const char *fmt, ...) pg_attribute_printf(1, 2);
extern int errdetail_log(const char *fmt, ...) pg_attribute_printf(1, 2);
extern int errdetail_plural(const char *fmt_singular, const char *fmt_plural, unsigned long n, ...);
extern int errhint(const char *fmt, ...) pg_attribute_printf(1, 2);
extern int errcontext_msg(const char *fmt, ...) pg_attribute_printf(1, 2);
#define errcontext errcontext_msg
extern int errhidestmt(bool hide_stmt);
extern int errhidecontext(bool hide_ctx);
extern int errbacktrace(void);
extern int errposition(int cursorpos);
extern int internalerrposition(int cursorpos);
extern int internalerrquery(const char *query);
extern int geterrposition(void);
extern int getinternalerrposition(void);
extern int geterrcode(void);
extern int err_generic_string(int field, const char *str); /* field: PG_DIAG_SCHEMA_NAME ... */

/* ---- context callbacks ------------------------------------------------------------------------------------- */
/* A stack of callbacks that add errcontext() lines to every report made while they are pushed. */
typedef struct ErrorContextCallback
{
	struct ErrorContextCallback *previous;
	void (*callback)(void *arg);
	void *arg;
} ErrorContextCallback;
extern ErrorContextCallback *error_context_stack;

/* ---- catching ------------------------------------------------------------------------------------------------ */
/*
 * PG_TRY(); { ... } PG_CATCH(); { ... PG_RE_THROW(); } PG_END_TRY();
 * No return, break or goto out of the PG_TRY block. Locals changed in it and read after must be volatile.
 * An optional argument makes the names unique when blocks nest in one function.
 */
extern sigjmp_buf *PG_exception_stack;
#define PG_TRY(...)                                                        \
	do                                                                     \
	{                                                                      \
		sigjmp_buf *_save_exception_stack##__VA_ARGS__ = PG_exception_stack;            \
		ErrorContextCallback *_save_context_stack##__VA_ARGS__ = error_context_stack;   \
		sigjmp_buf _local_sigjmp_buf##__VA_ARGS__;                                      \
		bool _do_rethrow##__VA_ARGS__ pg_attribute_unused() = false;                    \
		if (sigsetjmp(_local_sigjmp_buf##__VA_ARGS__, 0) == 0)                          \
		{                                                                               \
			PG_exception_stack = &_local_sigjmp_buf##__VA_ARGS__
#define PG_CATCH(...)                                                      \
		}                                                                  \
		else                                                               \
		{                                                                  \
			PG_exception_stack = _save_exception_stack##__VA_ARGS__;       \
			error_context_stack = _save_context_stack##__VA_ARGS__
#define PG_FINALLY(...)                                                    \
		}                                                                  \
		else                                                               \
			_do_rethrow##__VA_ARGS__ = true;                               \
		{                                                                  \
			PG_exception_stack = _save_exception_stack##__VA_ARGS__;       \
			error_context_stack = _save_context_stack##__VA_ARGS__
#define PG_END_TRY(...)                                                    \
		}                                                                  \
		if (_do_rethrow##__VA_ARGS__)                                      \
			PG_RE_THROW();                                                 \
		PG_exception_stack = _save_exception_stack##__VA_ARGS__;           \
		error_context_stack = _save_context_stack##__VA_ARGS__;            \
	} while (0)
#define PG_RE_THROW() pg_re_throw()
extern void pg_re_throw(void) pg_attribute_noreturn();

extern void EmitErrorReport(void);				/* send the current ErrorData to log and client */
extern ErrorData *CopyErrorData(void);			/* into CurrentMemoryContext; not ErrorContext */
extern void FreeErrorData(ErrorData *edata);
extern void FlushErrorState(void);				/* forget the current error: it has been handled */
extern void ReThrowError(ErrorData *edata) pg_attribute_noreturn();
extern void ThrowErrorData(ErrorData *edata);
extern char *GetErrorContextStack(void);
extern const char *unpack_sql_state(int sql_state); /* static buffer of 6 bytes */
extern const char *error_severity(int elevel);		/* constant: "ERROR" ... */

typedef void (*emit_log_hook_type)(ErrorData *edata);
extern emit_log_hook_type emit_log_hook;

/* Where reports for the client go; set by protocol/ when a client is connected. NULL: nowhere. */
typedef void (*client_report_hook_type)(const ErrorData *edata);
extern client_report_hook_type client_report_hook;

extern int log_min_messages;
extern int client_min_messages;
extern int log_min_error_statement;
extern int Log_error_verbosity;
extern char *Log_line_prefix;
enum
{
	PGERROR_TERSE,
	PGERROR_DEFAULT,
	PGERROR_VERBOSE
};

/* Writes to stderr without memory or locks; safe in any state. */
extern void write_stderr(const char *fmt, ...) pg_attribute_printf(1, 2);

#endif /* ELOG_H */
