/*
 * startup.c
 *    From the first byte to a validated start-up packet.
 *
 * A start-up message is a length word (4 bytes, itself included), a code word, and for version 3 a list of
 * zero-terminated name/value pairs ended by an empty name. Nothing in it is trusted: lengths are bounded before memory is
 * taken, and every string must end inside the packet.
 */
#include "postgres.h"

#include <netdb.h>
#include <sys/socket.h>

#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "postmaster/launch.h"
#include "protocol/startup.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#define MAX_STARTUP_PACKET_LENGTH 10000
#define PG_PROTOCOL(m, n) (((m) << 16) | (n))
#define PG_PROTOCOL_MAJOR(v) ((v) >> 16)
#define PG_PROTOCOL_MINOR(v) ((v) &0xffff)
#define PROTOCOL_EARLIEST PG_PROTOCOL(3, 0)
#define PROTOCOL_LATEST PG_PROTOCOL(3, 0)
#define CANCEL_REQUEST_CODE PG_PROTOCOL(1234, 5678)
#define NEGOTIATE_SSL_CODE PG_PROTOCOL(1234, 5679)
#define NEGOTIATE_GSS_CODE PG_PROTOCOL(1234, 5680)

static void
refuse_encryption(Port *port)
{
	char no = 'N';

	if (send(port->sock, &no, 1, MSG_NOSIGNAL) != 1)
	{
		ereport(COMMERROR, errcode_for_socket_access(), errmsg("failed to send SSL negotiation response: %m"));
		proc_exit(0);
	}
	/* Whoever sends on before our answer has spoken to somebody else. */
	if (pq_buffer_has_data())
		ereport(FATAL, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("received unencrypted data after SSL request"),
				errdetail("This could be either a client-software bug or evidence of an attempted man-in-the-middle attack."));
}

/* The body of a start-up message, zero-terminated beyond its length. NULL: the peer left. */
static char *
read_packet(Port *port, int32 *length)
{
	uint32 word;
	char *body;
	int first;

	pq_startmsgread();
	first = pq_peekbyte();
	if (first == EOF)
		return NULL; /* a port scan, or a load balancer's probe: not worth a log line */
	if (pq_getbytes((char *) &word, 4) != 0)
	{
		ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("incomplete startup packet"));
		return NULL;
	}
	*length = (int32) __builtin_bswap32(word) - 4;
	if (*length < 4 || *length > MAX_STARTUP_PACKET_LENGTH)
	{
		ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid length of startup packet"));
		return NULL;
	}
	body = palloc0(*length + 1);
	if (pq_getbytes(body, *length) != 0)
	{
		ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("incomplete startup packet"));
		return NULL;
	}
	pq_endmsgread();
	return body;
}

/* Minor versions and options of the future are answered with what we do speak. */
static void
negotiate_version(List *unknown_options)
{
	StringInfoData buf;
	ListCell *lc;

	pq_beginmessage(&buf, 'v');
	pq_sendint32(&buf, PROTOCOL_LATEST);
	pq_sendint32(&buf, list_length(unknown_options));
	foreach (lc, unknown_options)
		pq_sendstring(&buf, lfirst(lc));
	pq_endmessage(&buf);
}

static bool
parse_boolean_option(const char *value, const char *name)
{
	bool result;

	if (!parse_bool(value, &result))
		ereport(FATAL, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid value for parameter \"%s\": \"%s\"", name, value));
	return result;
}

/* For log lines: anything but printable ASCII becomes a question mark. */
static char *
printable_copy(const char *value)
{
	char *copy = pstrdup(value);

	for (char *c = copy; *c; c++)
		if (*c < 32 || *c > 126)
			*c = '?';
	return copy;
}

static void
take_option(Port *port, const char *name, const char *value, List **unknown)
{
	if (strcmp(name, "database") == 0)
		port->database_name = pstrdup(value);
	else if (strcmp(name, "user") == 0)
		port->user_name = pstrdup(value);
	else if (strcmp(name, "options") == 0)
		port->cmdline_options = pstrdup(value);
	else if (strcmp(name, "replication") == 0)
	{
		if (strcmp(value, "database") == 0 || parse_boolean_option(value, name))
			ereport(FATAL, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("replication connections are not supported"));
	}
	else if (strncmp(name, "_pq_.", 5) == 0)
		*unknown = lappend(*unknown, pstrdup(name));
	else
	{
		port->guc_options = lappend(port->guc_options, pstrdup(name));
		port->guc_options = lappend(port->guc_options, pstrdup(value));
		if (strcmp(name, "application_name") == 0)
			port->application_name = printable_copy(value);
	}
}

static void
parse_options(Port *port, const char *body, int32 length)
{
	int32 offset = 4; /* after the version */
	List *unknown = NIL;

	while (offset < length)
	{
		const char *name = body + offset;
		int32 value_offset;

		if (*name == '\0')
			break;
		value_offset = offset + (int32) strlen(name) + 1;
		if (value_offset >= length)
			break;
		take_option(port, name, body + value_offset, &unknown);
		offset = value_offset + (int32) strlen(body + value_offset) + 1;
	}
	if (offset != length - 1)
		ereport(FATAL, errcode(ERRCODE_PROTOCOL_VIOLATION),
				errmsg("invalid startup packet layout: expected terminator as last byte"));
	if (PG_PROTOCOL_MINOR(port->proto) > PG_PROTOCOL_MINOR(PROTOCOL_LATEST) || unknown != NIL)
		negotiate_version(unknown);
}

static void
truncate_name(char *name)
{
	if (name && strlen(name) >= NAMEDATALEN)
		name[NAMEDATALEN - 1] = '\0';
}

StartupResult
read_startup_packet(Port *port)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	bool ssl_done = false;
	bool gss_done = false;
	char *body;
	int32 length;

	for (;;)
	{
		uint32 word;

		body = read_packet(port, &length);
		if (body == NULL)
		{
			MemoryContextSwitchTo(old);
			return STARTUP_CLOSED;
		}
		memcpy(&word, body, 4);
		port->proto = __builtin_bswap32(word);
		if (port->proto == CANCEL_REQUEST_CODE)
		{
			uint32 pid, key;

			MemoryContextSwitchTo(old);
			if (length != 12)
			{
				ereport(COMMERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid length of startup packet"));
				return STARTUP_CLOSED;
			}
			memcpy(&pid, body + 4, 4);
			memcpy(&key, body + 8, 4);
			(void) postmaster_cancel_request((int) __builtin_bswap32(pid), (int32) __builtin_bswap32(key));
			return STARTUP_CANCEL;
		}
		if (port->proto == NEGOTIATE_SSL_CODE && !ssl_done)
			ssl_done = true;
		else if (port->proto == NEGOTIATE_GSS_CODE && !gss_done)
			gss_done = true;
		else
			break;
		refuse_encryption(port);
		pfree(body);
	}
	if (PG_PROTOCOL_MAJOR(port->proto) != PG_PROTOCOL_MAJOR(PROTOCOL_LATEST))
		ereport(FATAL, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("unsupported frontend protocol %u.%u: server supports %u.0 to %u.%u", PG_PROTOCOL_MAJOR(port->proto),
					   PG_PROTOCOL_MINOR(port->proto), PG_PROTOCOL_MAJOR(PROTOCOL_EARLIEST),
					   PG_PROTOCOL_MAJOR(PROTOCOL_LATEST), PG_PROTOCOL_MINOR(PROTOCOL_LATEST)));
	parse_options(port, body, length);
	pfree(body);
	if (port->user_name == NULL || port->user_name[0] == '\0')
		ereport(FATAL, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				errmsg("no PostgreSQL user name specified in startup packet"));
	if (port->database_name == NULL || port->database_name[0] == '\0')
		port->database_name = pstrdup(port->user_name);
	truncate_name(port->user_name);
	truncate_name(port->database_name);
	MemoryContextSwitchTo(old);
	return STARTUP_SESSION;
}

/* ---- settings ------------------------------------------------------------------------------------------------------------ */
/* Splits "-c a=b -c d=e" at blanks; a backslash takes the next character as it is. */
static List *
split_options(const char *options)
{
	List *words = NIL;
	StringInfoData word;

	initStringInfo(&word);
	while (*options)
	{
		while (*options == ' ' || *options == '\t' || *options == '\n' || *options == '\r')
			options++;
		if (*options == '\0')
			break;
		resetStringInfo(&word);
		while (*options && *options != ' ' && *options != '\t' && *options != '\n' && *options != '\r')
		{
			if (*options == '\\' && options[1] != '\0')
				options++;
			appendStringInfoChar(&word, *options++);
		}
		words = lappend(words, pstrdup(word.data));
	}
	return words;
}

/* "name=value", dashes in the name standing for underscores. */
static void
set_from_argument(const char *argument, GucContext context)
{
	const char *equals = strchr(argument, '=');
	char *name;

	if (equals == NULL)
		ereport(FATAL, errcode(ERRCODE_SYNTAX_ERROR), errmsg("-c %s requires a value", argument));
	name = pnstrdup(argument, equals - argument);
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	SetConfigOption(name, equals + 1, context, PGC_S_CLIENT);
}

void
process_startup_options(Port *port, bool am_superuser)
{
	GucContext context = am_superuser ? PGC_SU_BACKEND : PGC_BACKEND;
	ListCell *lc;

	if (port->cmdline_options)
	{
		List *words = split_options(port->cmdline_options);

		foreach (lc, words)
		{
			const char *word = lfirst(lc);

			if (strcmp(word, "-c") == 0 && lnext(words, lc))
			{
				lc = lnext(words, lc);
				lc__state.i++;
				set_from_argument(lfirst(lc), context);
			}
			else if (strncmp(word, "-c", 2) == 0)
				set_from_argument(word + 2, context);
			else if (strncmp(word, "--", 2) == 0)
				set_from_argument(word + 2, context);
			else
				ereport(FATAL, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid command-line argument for server process: %s", word),
						errhint("Try \"%s --help\" for more information.", "postgres"));
		}
	}
	foreach (lc, port->guc_options)
	{
		const char *name = lfirst(lc);

		lc = lnext(port->guc_options, lc);
		lc__state.i++;
		SetConfigOption(name, lfirst(lc), context, PGC_S_CLIENT);
	}
}
