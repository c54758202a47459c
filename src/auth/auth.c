/*
 * auth.c
 *    Authentication of a client: the method of its pg_hba.conf line carried out.
 */
#include "postgres.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/htup_details.h"
#include "auth/auth.h"
#include "catalog/pg_authid.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "process/init_postgres.h"
#include "storage/ipc.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/ps_status.h"
#include "utils/syscache.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

#define AUTH_REQ_OK 0
#define AUTH_REQ_PASSWORD 3
#define AUTH_REQ_MD5 5
#define MAX_PASSWORD_MESSAGE 65536

/* ---- messages -------------------------------------------------------------------------------------------------------- */
void
auth_send_request(uint32 code, const char *data, int length)
{
	StringInfoData buf;

	CHECK_FOR_INTERRUPTS();
	pq_beginmessage(&buf, 'R');
	pq_sendint32(&buf, code);
	if (length > 0)
		pq_sendbytes(&buf, data, length);
	pq_endmessage(&buf);
	/* AuthenticationOk goes out with what follows it. */
	if (code != AUTH_REQ_OK)
		pq_flush();
	CHECK_FOR_INTERRUPTS();
}

char *
auth_read_password_message(Port *port, int *length)
{
	StringInfoData buf;
	int type;

	pq_startmsgread();
	type = pq_getbyte();
	if (type == EOF)
		return NULL;
	if (type != 'p')
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("expected password response, got message type %d", type));
	initStringInfo(&buf);
	if (pq_getmessage(&buf, MAX_PASSWORD_MESSAGE) != 0)
		return NULL;
	*length = buf.len;
	return buf.data;
}

/* A password in a 'p' message: one zero-terminated, not empty string. */
static char *
read_password(Port *port)
{
	int length;
	char *message = auth_read_password_message(port, &length);

	if (message == NULL)
		return NULL;
	if ((int) strlen(message) + 1 != length)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid password packet size"));
	if (length == 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PASSWORD), errmsg("empty password returned by client"));
	return message;
}

/* ---- failure ------------------------------------------------------------------------------------------------------------ */
static const char *
failure_message(HbaMethod method)
{
	switch (method)
	{
		case HBA_REJECT:
		case HBA_IMPLICIT_REJECT:
			return "authentication failed for user \"%s\": host rejected";
		case HBA_TRUST:
			return "\"trust\" authentication failed for user \"%s\"";
		case HBA_PEER:
			return "Peer authentication failed for user \"%s\"";
		case HBA_PASSWORD:
		case HBA_MD5:
		case HBA_SCRAM:
			return "password authentication failed for user \"%s\"";
	}
	return "authentication failed for user \"%s\": invalid authentication method";
}

void
auth_failed(Port *port, int status, const char *logdetail)
{
	HbaMethod method = port->hba->method;
	bool by_password = method == HBA_PASSWORD || method == HBA_MD5 || method == HBA_SCRAM;
	char *message;

	/* A client that asks for the password after having seen that one is needed just goes away. */
	if (status == AUTH_EOF)
		proc_exit(0);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	message = psprintf(failure_message(method), port->user_name);
#pragma GCC diagnostic pop
	ereport(FATAL, errcode(by_password ? ERRCODE_INVALID_PASSWORD : ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
			errmsg("%s", message),
			errdetail_log("%s%sConnection matched pg_hba.conf line %d: \"%s\"", logdetail ? logdetail : "",
						  logdetail ? "\n" : "", port->hba->line_number, port->hba->raw_line ? port->hba->raw_line : ""));
}

static void
reject(Port *port)
{
	bool implicit = port->hba->method == HBA_IMPLICIT_REJECT;

	ereport(FATAL, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
			implicit ? errmsg("no pg_hba.conf entry for host \"%s\", user \"%s\", database \"%s\", %s", port->remote_host,
							  port->user_name, port->database_name, "no encryption")
					 : errmsg("pg_hba.conf rejects connection for host \"%s\", user \"%s\", database \"%s\", %s",
							  port->remote_host, port->user_name, port->database_name, "no encryption"));
}

/* ---- secrets --------------------------------------------------------------------------------------------------------------- */
char *
auth_role_secret(const char *role, const char **logdetail)
{
	HeapTuple tuple = SearchSysCache1(AUTHNAME, PointerGetDatum(role));
	bool isnull;
	Datum datum;
	TimestampTz valid_until = 0;
	char *secret;

	if (!HeapTupleIsValid(tuple))
	{
		*logdetail = psprintf("Role \"%s\" does not exist.", role);
		return NULL;
	}
	datum = SysCacheGetAttr(AUTHNAME, tuple, Anum_pg_authid_rolpassword, &isnull);
	if (isnull)
	{
		ReleaseSysCache(tuple);
		*logdetail = psprintf("User \"%s\" has no password assigned.", role);
		return NULL;
	}
	secret = TextDatumGetCString(datum);
	datum = SysCacheGetAttr(AUTHNAME, tuple, Anum_pg_authid_rolvaliduntil, &isnull);
	if (!isnull)
		valid_until = DatumGetTimestampTz(datum);
	ReleaseSysCache(tuple);
	if (!isnull && valid_until < GetCurrentTimestamp())
	{
		*logdetail = psprintf("User \"%s\" has an expired password.", role);
		return NULL;
	}
	return secret;
}

/* ---- methods ----------------------------------------------------------------------------------------------------------------- */
int
auth_password_exchange(Port *port, const char **logdetail)
{
	char *password, *secret;

	auth_send_request(AUTH_REQ_PASSWORD, NULL, 0);
	password = read_password(port);
	if (password == NULL)
		return AUTH_EOF;
	secret = auth_role_secret(port->user_name, logdetail);
	if (secret == NULL)
		return AUTH_ERROR;
	if (password_matches_secret(port->user_name, secret, password))
		return AUTH_OK;
	*logdetail = psprintf("Password does not match for user \"%s\".", port->user_name);
	return AUTH_ERROR;
}

/* "md5" lines serve SCRAM secrets with SCRAM, so that a migration needs no flag day. */
int
auth_md5_exchange(Port *port, const char **logdetail)
{
	char *secret = auth_role_secret(port->user_name, logdetail);
	uint8 salt[4];
	char *answer, *salted;
	char expected[36] = "md5";

	if (secret && get_password_type(secret) == PASSWORD_TYPE_SCRAM_SHA_256)
		return auth_scram_exchange(port, secret, logdetail);
	if (RAND_bytes(salt, sizeof(salt)) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random MD5 salt"));
	auth_send_request(AUTH_REQ_MD5, (char *) salt, sizeof(salt));
	answer = read_password(port);
	if (answer == NULL)
		return AUTH_EOF;
	if (secret == NULL || get_password_type(secret) != PASSWORD_TYPE_MD5)
		return AUTH_ERROR;
	salted = palloc(32 + sizeof(salt));
	memcpy(salted, secret + 3, 32);
	memcpy(salted + 32, salt, sizeof(salt));
	md5_hex(salted, 32 + sizeof(salt), expected + 3);
	if (strlen(answer) == 35 && CRYPTO_memcmp(answer, expected, 35) == 0)
		return AUTH_OK;
	*logdetail = psprintf("Password does not match for user \"%s\".", port->user_name);
	return AUTH_ERROR;
}

static int
peer_check(Port *port, const char **logdetail)
{
	struct ucred credentials;
	socklen_t length = sizeof(credentials);
	struct passwd pwbuf, *pw = NULL;
	char buffer[1024];

	if (getsockopt(port->sock, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
	{
		ereport(LOG, errcode_for_socket_access(), errmsg("could not get peer credentials: %m"));
		return AUTH_ERROR;
	}
	if (getpwuid_r(credentials.uid, &pwbuf, buffer, sizeof(buffer), &pw) != 0 || pw == NULL)
	{
		ereport(LOG, errmsg("could not look up local user ID %ld: %s", (long) credentials.uid, "user does not exist"));
		return AUTH_ERROR;
	}
	port->authn_id = pstrdup(pw->pw_name);
	if (strcmp(pw->pw_name, port->user_name) == 0)
		return AUTH_OK;
	*logdetail = psprintf("provided user name (%s) and authenticated user name (%s) do not match", port->user_name,
						  pw->pw_name);
	return AUTH_ERROR;
}

void
auth_authenticate(Port *port)
{
	const char *logdetail = NULL;
	int status = AUTH_ERROR;

	port->hba = hba_match(hba_current_lines(), port, get_role_oid(port->user_name, true));
	CHECK_FOR_INTERRUPTS();
	switch (port->hba->method)
	{
		case HBA_REJECT:
		case HBA_IMPLICIT_REJECT:
			reject(port);
			break;
		case HBA_TRUST:
			status = AUTH_OK;
			break;
		case HBA_PASSWORD:
			status = auth_password_exchange(port, &logdetail);
			break;
		case HBA_MD5:
			status = auth_md5_exchange(port, &logdetail);
			break;
		case HBA_SCRAM:
			status = auth_scram_exchange(port, auth_role_secret(port->user_name, &logdetail), &logdetail);
			break;
		case HBA_PEER:
			status = peer_check(port, &logdetail);
			break;
	}
	if (status != AUTH_OK)
		auth_failed(port, status, logdetail);
	auth_send_request(AUTH_REQ_OK, NULL, 0);
}

/* ---- the step of InitPostgres ---------------------------------------------------------------------------------------------- */
void
PerformAuthentication(Port *port)
{
	enable_timeout_after(STATEMENT_TIMEOUT, AuthenticationTimeout * 1000);
	auth_authenticate(port);
	disable_timeout(STATEMENT_TIMEOUT, false);
	if (Log_connections)
	{
		StringInfoData line;

		initStringInfo(&line);
		appendStringInfo(&line, "connection authorized: user=%s database=%s", port->user_name, port->database_name);
		if (port->application_name)
			appendStringInfo(&line, " application_name=%s", port->application_name);
		ereport(LOG, errmsg_internal("%s", line.data));
		pfree(line.data);
	}
	set_ps_display("startup");
}
