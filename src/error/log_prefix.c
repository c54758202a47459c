/*
 * log_prefix.c
 *    log_line_prefix: the escapes, and the times in them.
 */
#include "postgres.h"

#include <time.h>
#include <unistd.h>

#include "error/error_internal.h"
#include "error/log_context.h"

LogContext log_context;
char *Log_line_prefix = NULL;

void
log_format_time(char *buf, size_t size, int64 seconds, int milliseconds)
{
	time_t when = seconds;
	struct tm tm;
	char date[64];
	char zone[32];

	localtime_r(&when, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%Z", &tm);
	if (milliseconds >= 0)
		snprintf(buf, size, "%s.%03d %s", date, milliseconds, zone);
	else
		snprintf(buf, size, "%s %s", date, zone);
}

static void
append_padded(StringInfo buf, int padding, const char *text)
{
	appendStringInfo(buf, "%*s", padding, text ? text : "");
}

static void
append_time(StringInfo buf, int padding, char escape)
{
	char text[128];
	struct timespec now;

	if (escape == 's')
		log_format_time(text, sizeof(text), log_context.start_time, -1);
	else
	{
		clock_gettime(CLOCK_REALTIME, &now);
		if (escape == 'n')
			snprintf(text, sizeof(text), "%ld.%03ld", (long) now.tv_sec, now.tv_nsec / 1000000);
		else
			log_format_time(text, sizeof(text), now.tv_sec, escape == 'm' ? (int) (now.tv_nsec / 1000000) : -1);
	}
	append_padded(buf, padding, text);
}

static void
append_remote(StringInfo buf, int padding, bool with_port)
{
	char text[256];

	if (log_context.remote_host == NULL)
	{
		append_padded(buf, padding, "");
		return;
	}
	if (with_port && log_context.remote_port && log_context.remote_port[0])
		snprintf(text, sizeof(text), "%s(%s)", log_context.remote_host, log_context.remote_port);
	else
		snprintf(text, sizeof(text), "%s", log_context.remote_host);
	append_padded(buf, padding, text);
}

static void
append_number(StringInfo buf, int padding, const char *format, ...)
{
	char text[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	append_padded(buf, padding, text);
}

/* One escape. Returns false when the line prefix ends here (%q in a process without a session). */
static bool
append_escape(StringInfo buf, int padding, char escape, const ErrorData *edata)
{
	int backend_id;
	uint64 local_xid;

	switch (escape)
	{
		case 'a':
			append_padded(buf, padding, log_context.application_name && log_context.application_name[0]
											? log_context.application_name
											: (log_context.user_name ? "[unknown]" : ""));
			break;
		case 'b':
			append_padded(buf, padding, log_context.backend_type);
			break;
		case 'u':
			append_padded(buf, padding, log_context.user_name);
			break;
		case 'd':
			append_padded(buf, padding, log_context.database_name);
			break;
		case 'h':
			append_remote(buf, padding, false);
			break;
		case 'r':
			append_remote(buf, padding, true);
			break;
		case 'p':
			append_number(buf, padding, "%d", (int) getpid());
			break;
		case 'P':
			append_padded(buf, padding, "");
			break;
		case 'c':
			append_number(buf, padding, "%" PRIx64 ".%x", log_context.start_time, (unsigned) getpid());
			break;
		case 'l':
			append_number(buf, padding, "%" PRIu64, log_context.line_number);
			break;
		case 'm':
		case 't':
		case 'n':
		case 's':
			append_time(buf, padding, escape);
			break;
		case 'i':
			append_padded(buf, padding, log_context.command_tag ? log_context.command_tag() : NULL);
			break;
		case 'v':
			if (log_context.virtual_xid && log_context.virtual_xid(&backend_id, &local_xid))
				append_number(buf, padding, "%d/%" PRIu64, backend_id, local_xid);
			else
				append_padded(buf, padding, "");
			break;
		case 'x':
			append_number(buf, padding, "%" PRIu64, log_context.transaction_id ? log_context.transaction_id() : 0);
			break;
		case 'e':
			append_padded(buf, padding, unpack_sql_state(edata->sqlerrcode));
			break;
		case 'Q':
			append_number(buf, padding, "%d", 0);
			break;
		case '%':
			appendStringInfoChar(buf, '%');
			break;
		case 'q':
			return log_context.user_name != NULL;
		default:
			break; /* unknown escapes print nothing */
	}
	return true;
}

void
log_append_prefix(StringInfo buf, const ErrorData *edata)
{
	log_context.line_number++;
	if (Log_line_prefix == NULL)
		return;
	for (const char *p = Log_line_prefix; *p; p++)
	{
		int padding = 0;
		bool left = false;

		if (*p != '%')
		{
			appendStringInfoChar(buf, *p);
			continue;
		}
		p++;
		if (*p == '-')
		{
			left = true;
			p++;
		}
		while (*p >= '0' && *p <= '9' && padding < 1000)
			padding = padding * 10 + (*p++ - '0');
		if (*p == '\0' || !append_escape(buf, left ? -padding : padding, *p, edata))
			return;
	}
}
