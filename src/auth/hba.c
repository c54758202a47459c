/*
 * hba.c
 *    Reads pg_hba.conf and finds the line for a connection.
 *
 * A line is: type database user [address [mask]] method [name=value ...]. Fields are separated by blanks, may be quoted,
 * and lists within a field by commas. "#" begins a comment. The parser is pure: text in, lines and messages out.
 */
#include "postgres.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include "access/htup_details.h"
#include "auth/hba.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "sys/fd.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/memutils.h"

static struct
{
	MemoryContext context;
	List *lines;
	bool loaded;
} hba;

static const struct
{
	const char *name;
	HbaMethod method;
} methods[] = {
	{"reject", HBA_REJECT}, {"trust", HBA_TRUST}, {"password", HBA_PASSWORD},
	{"md5", HBA_MD5},		{"scram-sha-256", HBA_SCRAM}, {"peer", HBA_PEER},
};

static const char *const unsupported_methods[] = {"gss", "sspi", "ident", "ldap", "radius", "cert", "pam", "bsd"};

const char *
hba_method_name(HbaMethod method)
{
	for (size_t i = 0; i < lengthof(methods); i++)
		if (methods[i].method == method)
			return methods[i].name;
	return "implicit reject";
}

/* ---- splitting ------------------------------------------------------------------------------------------------------- */
static HbaToken *
new_token(StringInfo text, bool quoted)
{
	HbaToken *token = palloc_object(HbaToken);

	token->string = pstrdup(text->data);
	token->quoted = quoted;
	return token;
}

/* One field, a list of tokens. Advances *cursor; NIL at the end of the line. */
static List *
next_field(const char **cursor)
{
	const char *c = *cursor;
	List *tokens = NIL;
	StringInfoData text;
	bool quoted = false;
	bool in_quotes = false;

	while (*c == ' ' || *c == '\t' || *c == ',' || *c == '\r')
		c++;
	if (*c == '\0' || *c == '#')
	{
		*cursor = c;
		return NIL;
	}
	initStringInfo(&text);
	for (;; c++)
	{
		bool blank = *c == ' ' || *c == '\t' || *c == '\r' || *c == '\0' || *c == '#';

		if (*c == '"' && !(in_quotes && c[1] == '"'))
		{
			in_quotes = !in_quotes;
			quoted = true;
		}
		else if (*c == '"')
			appendStringInfoChar(&text, *++c);
		else if (in_quotes && *c != '\0')
			appendStringInfoChar(&text, *c);
		else if (*c == ',' || blank)
		{
			if (text.len > 0 || quoted)
				tokens = lappend(tokens, new_token(&text, quoted));
			resetStringInfo(&text);
			quoted = false;
			if (blank)
				break;
			/* blanks after a comma belong to the list */
			while (c[1] == ' ' || c[1] == '\t')
				c++;
		}
		else
			appendStringInfoChar(&text, *c);
	}
	*cursor = c;
	return tokens;
}

static bool
keyword(HbaToken *token, const char *word)
{
	return !token->quoted && strcmp(token->string, word) == 0;
}

/* ---- one line ---------------------------------------------------------------------------------------------------------- */
typedef struct HbaParse
{
	const char *filename;
	int line_number;
	int elevel;
} HbaParse;

static HbaLine *
bad_line(HbaParse *parse, const char *message)
{
	ereport(parse->elevel, errcode(ERRCODE_CONFIG_FILE_ERROR), errmsg("%s", message),
			errcontext("line %d of configuration file \"%s\"", parse->line_number, parse->filename));
	return NULL;
}

static bool
parse_conntype(const char *word, HbaConnType *type)
{
	static const struct
	{
		const char *name;
		HbaConnType type;
	} types[] = {{"local", HBA_LOCAL},		 {"host", HBA_HOST},
				 {"hostssl", HBA_HOSTSSL},	 {"hostnossl", HBA_HOSTNOSSL},
				 {"hostgssenc", HBA_HOSTGSSENC}, {"hostnogssenc", HBA_HOSTNOGSSENC}};

	for (size_t i = 0; i < lengthof(types); i++)
		if (strcmp(types[i].name, word) == 0)
		{
			*type = types[i].type;
			return true;
		}
	return false;
}

static bool
parse_address(const char *text, struct sockaddr_storage *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &((struct sockaddr_in *) address)->sin_addr) == 1)
		address->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &((struct sockaddr_in6 *) address)->sin6_addr) == 1)
		address->ss_family = AF_INET6;
	else
		return false;
	return true;
}

static uint8 *
address_bytes(struct sockaddr_storage *address, int *length)
{
	if (address->ss_family == AF_INET)
	{
		*length = 4;
		return (uint8 *) &((struct sockaddr_in *) address)->sin_addr;
	}
	*length = 16;
	return (uint8 *) &((struct sockaddr_in6 *) address)->sin6_addr;
}

static bool
mask_from_bits(const char *text, struct sockaddr_storage *address, struct sockaddr_storage *mask)
{
	char *end;
	long bits = strtol(text, &end, 10);
	int length;
	uint8 *bytes;

	memset(mask, 0, sizeof(*mask));
	mask->ss_family = address->ss_family;
	bytes = address_bytes(mask, &length);
	if (*text == '\0' || *end != '\0' || bits < 0 || bits > length * 8)
		return false;
	for (int i = 0; i < length; i++)
	{
		int here = Min(Max(bits - i * 8, 0), 8);

		bytes[i] = (uint8) (0xff << (8 - here));
	}
	return true;
}

/* The address field(s) of a host line; returns an error message or NULL. */
static const char *
parse_host(HbaLine *line, const char **cursor)
{
	List *field = next_field(cursor);
	HbaToken *token;
	char *text, *slash;

	if (field == NIL)
		return "end-of-line before IP address specification";
	if (list_length(field) > 1)
		return "multiple values specified for host address";
	token = linitial(field);
	if (keyword(token, "all"))
		line->address_kind = HBA_ADDRESS_ALL;
	else if (keyword(token, "samehost"))
		line->address_kind = HBA_ADDRESS_SAMEHOST;
	else if (keyword(token, "samenet"))
		line->address_kind = HBA_ADDRESS_SAMENET;
	else
	{
		line->address_kind = HBA_ADDRESS_MASK;
		text = pstrdup(token->string);
		slash = strchr(text, '/');
		if (slash)
			*slash = '\0';
		if (!parse_address(text, &line->address))
			return psprintf("host name \"%s\" in an address is not supported", text);
		if (slash)
			return mask_from_bits(slash + 1, &line->address, &line->mask)
					   ? NULL
					   : psprintf("invalid CIDR mask in address \"%s\"", token->string);
		field = next_field(cursor);
		if (field == NIL)
			return "end-of-line before netmask specification";
		token = linitial(field);
		if (!parse_address(token->string, &line->mask))
			return psprintf("invalid IP mask \"%s\"", token->string);
		if (line->mask.ss_family != line->address.ss_family)
			return "IP address and mask do not match";
	}
	return NULL;
}

static const char *
parse_method(HbaLine *line, const char **cursor)
{
	List *field = next_field(cursor);
	HbaToken *token;

	if (field == NIL)
		return "end-of-line before authentication method";
	if (list_length(field) > 1)
		return "multiple values specified for authentication type";
	token = linitial(field);
	for (size_t i = 0; i < lengthof(methods); i++)
		if (strcmp(token->string, methods[i].name) == 0)
		{
			line->method = methods[i].method;
			if (line->method == HBA_PEER && line->conntype != HBA_LOCAL)
				return "peer authentication is only supported on local sockets";
			return NULL;
		}
	for (size_t i = 0; i < lengthof(unsupported_methods); i++)
		if (strcmp(token->string, unsupported_methods[i]) == 0)
			return psprintf("invalid authentication method \"%s\": not supported by this build", token->string);
	return psprintf("invalid authentication method \"%s\"", token->string);
}

static HbaLine *
parse_line(HbaParse *parse, const char *text, bool *blank)
{
	HbaLine *line = palloc0_object(HbaLine);
	const char *cursor = text;
	List *field = next_field(&cursor);
	const char *problem;
	HbaToken *type;

	*blank = field == NIL;
	if (*blank)
		return NULL;
	line->line_number = parse->line_number;
	line->raw_line = pstrdup(text);
	type = linitial(field);
	if (list_length(field) > 1)
		return bad_line(parse, "multiple values specified for connection type");
	if (!parse_conntype(type->string, &line->conntype))
		return bad_line(parse, psprintf("invalid connection type \"%s\"", type->string));
	line->databases = next_field(&cursor);
	if (line->databases == NIL)
		return bad_line(parse, "end-of-line before database specification");
	line->roles = next_field(&cursor);
	if (line->roles == NIL)
		return bad_line(parse, "end-of-line before role specification");
	problem = line->conntype == HBA_LOCAL ? NULL : parse_host(line, &cursor);
	if (problem == NULL)
		problem = parse_method(line, &cursor);
	if (problem)
		return bad_line(parse, problem);
	while ((field = next_field(&cursor)) != NIL)
	{
		const char *option = ((HbaToken *) linitial(field))->string;

		if (strncmp(option, "map=", 4) == 0)
			return bad_line(parse, "user name maps are not supported");
		if (strchr(option, '=') == NULL)
			return bad_line(parse, psprintf("authentication option not in name=value format: %s", option));
		return bad_line(parse, psprintf("unrecognized authentication option name: \"%.*s\"",
										(int) strcspn(option, "="), option));
	}
	return line;
}

List *
hba_parse(const char *text, const char *filename, int elevel, bool *ok)
{
	HbaParse parse = {filename, 0, elevel};
	List *lines = NIL;

	*ok = true;
	while (*text)
	{
		size_t length = strcspn(text, "\n");
		char *raw = pnstrdup(text, length);
		bool blank;
		HbaLine *line;

		parse.line_number++;
		line = parse_line(&parse, raw, &blank);
		if (line)
			lines = lappend(lines, line);
		else if (!blank)
			*ok = false;
		text += length;
		if (*text == '\n')
			text++;
	}
	return lines;
}

/* ---- the file ------------------------------------------------------------------------------------------------------------ */
List *
hba_load(const char *filename, int elevel, bool *ok)
{
	FILE *file = AllocateFile(filename, "r");
	StringInfoData text;
	char chunk[4096];
	size_t n;

	*ok = false;
	if (file == NULL)
	{
		ereport(elevel, errcode_for_file_access(), errmsg("could not open configuration file \"%s\": %m", filename));
		return NIL;
	}
	initStringInfo(&text);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		appendBinaryStringInfo(&text, chunk, n);
	FreeFile(file);
	return hba_parse(text.data, filename, elevel, ok);
}

bool
load_hba(void)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext, "hba parser context", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	bool ok;
	List *lines = hba_load(HbaFileName, LOG, &ok);

	MemoryContextSwitchTo(old);
	if (ok && lines == NIL)
	{
		ereport(LOG, errcode(ERRCODE_CONFIG_FILE_ERROR),
				errmsg("configuration file \"%s\" contains no entries", HbaFileName));
		ok = false;
	}
	if (!ok)
	{
		MemoryContextDelete(context);
		return false;
	}
	if (hba.context)
		MemoryContextDelete(hba.context);
	hba.context = context;
	hba.lines = lines;
	hba.loaded = true;
	return true;
}

List *
hba_current_lines(void)
{
	if (!hba.loaded && !load_hba())
		ereport(FATAL, errcode(ERRCODE_CONFIG_FILE_ERROR), errmsg("could not load %s", HbaFileName));
	return hba.lines;
}

/* ---- matching --------------------------------------------------------------------------------------------------------------- */
static bool
role_fits(List *tokens, const char *role, Oid role_oid)
{
	ListCell *lc;

	foreach (lc, tokens)
	{
		HbaToken *token = lfirst(lc);

		if (keyword(token, "all"))
			return true;
		if (!token->quoted && token->string[0] == '+')
		{
			Oid group = get_role_oid(token->string + 1, true);

			if (OidIsValid(group) && OidIsValid(role_oid) && is_member_of_role_nosuper(role_oid, group))
				return true;
		}
		else if (strcmp(token->string, role) == 0)
			return true;
	}
	return false;
}

static bool
database_fits(List *tokens, const char *database, const char *role, Oid role_oid)
{
	ListCell *lc;

	foreach (lc, tokens)
	{
		HbaToken *token = lfirst(lc);

		if (keyword(token, "all"))
			return true;
		if (keyword(token, "sameuser"))
		{
			if (strcmp(database, role) == 0)
				return true;
		}
		else if (keyword(token, "samegroup") || keyword(token, "samerole"))
		{
			Oid group = get_role_oid(database, true);

			if (OidIsValid(group) && OidIsValid(role_oid) && is_member_of_role_nosuper(role_oid, group))
				return true;
		}
		else if (keyword(token, "replication"))
			continue;
		else if (strcmp(token->string, database) == 0)
			return true;
	}
	return false;
}

static bool
in_network(struct sockaddr_storage *client, struct sockaddr_storage *address, struct sockaddr_storage *mask)
{
	int length, other;
	uint8 *c, *a, *m;

	if (client->ss_family != address->ss_family)
		return false;
	c = address_bytes(client, &length);
	a = address_bytes(address, &other);
	m = address_bytes(mask, &other);
	for (int i = 0; i < length; i++)
		if ((c[i] ^ a[i]) & m[i])
			return false;
	return true;
}

/* Is the client one of our own addresses, or (same_net) on a network we are directly on? */
static bool
on_own_interface(struct sockaddr_storage *client, bool same_net)
{
	struct ifaddrs *list, *ifa;
	bool result = false;

	if (getifaddrs(&list) < 0)
		return false;
	for (ifa = list; ifa && !result; ifa = ifa->ifa_next)
	{
		struct sockaddr_storage address, mask;
		size_t size;

		if (ifa->ifa_addr == NULL || ifa->ifa_netmask == NULL || ifa->ifa_addr->sa_family != client->ss_family)
			continue;
		size = client->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
		memcpy(&address, ifa->ifa_addr, size);
		if (same_net)
			memcpy(&mask, ifa->ifa_netmask, size);
		else
		{
			int length;
			uint8 *bytes;

			mask.ss_family = client->ss_family;
			bytes = address_bytes(&mask, &length);
			memset(bytes, 0xff, length);
		}
		mask.ss_family = client->ss_family;
		result = in_network(client, &address, &mask);
	}
	freeifaddrs(list);
	return result;
}

static bool
address_fits(HbaLine *line, Port *port)
{
	bool local = port->laddr.addr.ss_family == AF_UNIX || port->raddr.addr.ss_family == AF_UNIX;

	if (line->conntype == HBA_LOCAL)
		return local;
	/* Without encryption support, lines that demand it never match. */
	if (local || line->conntype == HBA_HOSTSSL || line->conntype == HBA_HOSTGSSENC)
		return false;
	switch (line->address_kind)
	{
		case HBA_ADDRESS_ALL:
			return true;
		case HBA_ADDRESS_MASK:
			return in_network(&port->raddr.addr, &line->address, &line->mask);
		case HBA_ADDRESS_SAMEHOST:
			return on_own_interface(&port->raddr.addr, false);
		case HBA_ADDRESS_SAMENET:
			return on_own_interface(&port->raddr.addr, true);
	}
	return false;
}

HbaLine *
hba_match(List *lines, Port *port, Oid role_oid)
{
	HbaLine *none;
	ListCell *lc;

	foreach (lc, lines)
	{
		HbaLine *line = lfirst(lc);

		if (address_fits(line, port) && database_fits(line->databases, port->database_name, port->user_name, role_oid) &&
			role_fits(line->roles, port->user_name, role_oid))
			return line;
	}
	none = palloc0_object(HbaLine);
	none->method = HBA_IMPLICIT_REJECT;
	return none;
}
