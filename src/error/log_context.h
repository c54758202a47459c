/*
 * error/log_context.h
 *    What log_line_prefix can say of this session. Filled in by the session's start; NULL or 0 when not known.
 */
#ifndef ERROR_LOG_CONTEXT_H
#define ERROR_LOG_CONTEXT_H

#include "c.h"

typedef struct LogContext
{
	const char *user_name;		  /* %u */
	const char *database_name;	  /* %d */
	const char *remote_host;	  /* %h, %r; "[local]" for a Unix socket */
	const char *remote_port;	  /* %r; empty for a Unix socket */
	const char *application_name; /* %a */
	const char *backend_type;	  /* %b */
	const char *(*command_tag)(void);					  /* %i */
	bool (*virtual_xid)(int *backend_id, uint64 *local);  /* %v */
	uint64 (*transaction_id)(void);						  /* %x */
	int64 start_time;									  /* %s, %c: seconds since 1970 */
	uint64 line_number;									  /* %l */
	bool in_authentication; /* the client sees nothing but errors yet */
} LogContext;

extern LogContext log_context;

/* The statement being run, for STATEMENT lines. NULL when there is none. */
extern const char *debug_query_string;

/* Time of day as the log writes it, in log_timezone: "2026-01-31 12:00:00.123 UTC"; fills buf. */
extern void log_format_time(char *buf, size_t size, int64 seconds, int milliseconds);

#endif /* ERROR_LOG_CONTEXT_H */
