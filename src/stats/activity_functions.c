/*
 * activity_functions.c
 *    SQL functions that show what processes do: pg_stat_activity and relatives.
 */
#include "postgres.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/un.h>

#include "access/transam.h"
#include "catalog/pg_authid.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
#include "utils/wait_event.h"

extern Datum inet_in(PG_FUNCTION_ARGS) __attribute__((weak));

/* Columns of pg_stat_get_activity. */
enum
{
	COL_DATID,
	COL_PID,
	COL_USESYSID,
	COL_APPLICATION_NAME,
	COL_STATE,
	COL_QUERY,
	COL_WAIT_EVENT_TYPE,
	COL_WAIT_EVENT,
	COL_XACT_START,
	COL_QUERY_START,
	COL_BACKEND_START,
	COL_STATE_CHANGE,
	COL_CLIENT_ADDR,
	COL_CLIENT_HOSTNAME,
	COL_CLIENT_PORT,
	COL_BACKEND_XID,
	COL_BACKEND_XMIN,
	COL_BACKEND_TYPE,
	COL_SSL,
	COL_SSL_VERSION,
	COL_SSL_CIPHER,
	COL_SSL_BITS,
	COL_SSL_CLIENT_DN,
	COL_SSL_CLIENT_SERIAL,
	COL_SSL_ISSUER_DN,
	COL_GSS_AUTH,
	COL_GSS_PRINC,
	COL_GSS_ENC,
	COL_LEADER_PID,
	COL_QUERY_ID,
	NUM_COLS
};

typedef struct Row
{
	Datum values[NUM_COLS];
	bool nulls[NUM_COLS];
} Row;

static void
set(Row *row, int col, Datum value)
{
	row->values[col] = value;
	row->nulls[col] = false;
}

static void
set_time(Row *row, int col, TimestampTz time)
{
	if (time != 0)
		set(row, col, Int64GetDatum(time));
}

static const char *
state_name(BackendState state)
{
	switch (state)
	{
		case STATE_IDLE:
			return "idle";
		case STATE_RUNNING:
			return "active";
		case STATE_IDLEINTRANSACTION:
			return "idle in transaction";
		case STATE_FASTPATH:
			return "fastpath function call";
		case STATE_IDLEINTRANSACTION_ABORTED:
			return "idle in transaction (aborted)";
		case STATE_DISABLED:
			return "disabled";
		default:
			return NULL;
	}
}

static bool
may_see(Oid roleid)
{
	return has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS) || has_privs_of_role(GetUserId(), roleid);
}

static PGPROC *
proc_of(int pid)
{
	PGPROC *proc = BackendPidGetProc(pid);

	return proc ? proc : AuxiliaryPidGetProc(pid);
}

/* Numeric address of an Internet client; false: it came over a Unix socket, or there is none. */
static bool
client_address(const PgBackendStatus *entry, char *host, size_t hostlen, char *port, size_t portlen)
{
	if (entry->st_clientaddr.ss_family != AF_INET && entry->st_clientaddr.ss_family != AF_INET6)
		return false;
	return getnameinfo((const struct sockaddr *) &entry->st_clientaddr, entry->st_clientaddr_len, host, hostlen, port,
					   portlen, NI_NUMERICHOST | NI_NUMERICSERV) == 0;
}

static void
set_client(Row *row, const PgBackendStatus *entry)
{
	char host[NI_MAXHOST];
	char port[NI_MAXSERV];

	if (client_address(entry, host, sizeof(host), port, sizeof(port)))
	{
		if (inet_in)
			set(row, COL_CLIENT_ADDR, DirectFunctionCall1(inet_in, CStringGetDatum(host)));
		if (entry->st_clienthostname[0])
			set(row, COL_CLIENT_HOSTNAME, CStringGetTextDatum(entry->st_clienthostname));
		set(row, COL_CLIENT_PORT, Int32GetDatum(strtol(port, NULL, 10)));
	}
	else if (entry->st_clientaddr.ss_family == AF_UNIX)
		set(row, COL_CLIENT_PORT, Int32GetDatum(-1));
}

static void
set_details(Row *row, const LocalPgBackendStatus *local)
{
	const PgBackendStatus *entry = &local->backendStatus;
	PGPROC *proc = proc_of(entry->st_procpid);
	const char *state = state_name(entry->st_state);
	uint32 wait = proc ? proc->wait_event_info : 0;

	if (state)
		set(row, COL_STATE, CStringGetTextDatum(state));
	set(row, COL_QUERY, CStringGetTextDatum(pgstat_clip_activity(entry->st_activity_raw)));
	if (wait != 0)
	{
		set(row, COL_WAIT_EVENT_TYPE, CStringGetTextDatum(pgstat_get_wait_event_type(wait)));
		set(row, COL_WAIT_EVENT, CStringGetTextDatum(pgstat_get_wait_event(wait)));
	}
	set_time(row, COL_XACT_START, entry->st_xact_start_timestamp);
	set_time(row, COL_QUERY_START, entry->st_activity_start_timestamp);
	set_time(row, COL_BACKEND_START, entry->st_proc_start_timestamp);
	set_time(row, COL_STATE_CHANGE, entry->st_state_start_timestamp);
	set_client(row, entry);
	set(row, COL_BACKEND_TYPE, CStringGetTextDatum(GetBackendTypeDesc(entry->st_backendType)));
	set(row, COL_GSS_AUTH, BoolGetDatum(false));
	set(row, COL_GSS_ENC, BoolGetDatum(false));
	if (entry->st_query_id != 0)
		set(row, COL_QUERY_ID, Int64GetDatum((int64) entry->st_query_id));
}

static void
fill_row(Row *row, const LocalPgBackendStatus *local)
{
	const PgBackendStatus *entry = &local->backendStatus;

	memset(row->nulls, true, sizeof(row->nulls));
	set(row, COL_PID, Int32GetDatum(entry->st_procpid));
	if (OidIsValid(entry->st_databaseid))
		set(row, COL_DATID, ObjectIdGetDatum(entry->st_databaseid));
	if (OidIsValid(entry->st_userid))
		set(row, COL_USESYSID, ObjectIdGetDatum(entry->st_userid));
	set(row, COL_APPLICATION_NAME, CStringGetTextDatum(entry->st_appname));
	if (TransactionIdIsValid(local->backend_xid))
		set(row, COL_BACKEND_XID, TransactionIdGetDatum(local->backend_xid));
	if (TransactionIdIsValid(local->backend_xmin))
		set(row, COL_BACKEND_XMIN, TransactionIdGetDatum(local->backend_xmin));
	set(row, COL_SSL, BoolGetDatum(entry->st_ssl));
	if (may_see(entry->st_userid))
		set_details(row, local);
	else
	{
		set(row, COL_QUERY, CStringGetTextDatum("<insufficient privilege>"));
		set(row, COL_GSS_AUTH, BoolGetDatum(false));
		set(row, COL_GSS_ENC, BoolGetDatum(false));
	}
}

Datum
pg_stat_get_activity(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int pid = PG_ARGISNULL(0) ? -1 : PG_GETARG_INT32(0);
	int n;

	InitMaterializedSRF(fcinfo, 0);
	/* A picture per call, not per transaction: what people look at is "now". */
	pgstat_clear_backend_activity_snapshot();
	n = pgstat_fetch_stat_numbackends();
	for (int i = 1; i <= n; i++)
	{
		LocalPgBackendStatus *local = pgstat_fetch_stat_local_beentry(i);
		Row row;

		if (pid != -1 && local->backendStatus.st_procpid != pid)
			continue;
		fill_row(&row, local);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row.values, row.nulls);
		if (pid != -1)
			break;
	}
	return (Datum) 0;
}

/* ---- one column at a time: the functions take a number from pg_stat_get_backend_idset -------------------------------------------------------------- */

static const PgBackendStatus *
backend_arg(FunctionCallInfo fcinfo)
{
	return pgstat_fetch_stat_beentry(PG_GETARG_INT32(0));
}

/* The entry, if this user may see it. */
static const PgBackendStatus *
visible_backend_arg(FunctionCallInfo fcinfo)
{
	const PgBackendStatus *entry = backend_arg(fcinfo);

	return entry && may_see(entry->st_userid) ? entry : NULL;
}

#define RETURN_TIME_OF(field)                                          \
	do                                                                 \
	{                                                                  \
		const PgBackendStatus *entry_ = visible_backend_arg(fcinfo);   \
		if (entry_ == NULL || entry_->field == 0)                      \
			PG_RETURN_NULL();                                          \
		PG_RETURN_INT64(entry_->field);                                \
	} while (0)

Datum
pg_stat_get_backend_idset(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;

	if (SRF_IS_FIRSTCALL())
	{
		funcctx = SRF_FIRSTCALL_INIT();
		funcctx->max_calls = pgstat_fetch_stat_numbackends();
	}
	funcctx = SRF_PERCALL_SETUP();
	if (funcctx->call_cntr < funcctx->max_calls)
		SRF_RETURN_NEXT(funcctx, Int32GetDatum((int32) funcctx->call_cntr + 1));
	SRF_RETURN_DONE(funcctx);
}

Datum
pg_stat_get_backend_pid(PG_FUNCTION_ARGS)
{
	const PgBackendStatus *entry = backend_arg(fcinfo);

	if (entry == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INT32(entry->st_procpid);
}

Datum
pg_stat_get_backend_dbid(PG_FUNCTION_ARGS)
{
	const PgBackendStatus *entry = backend_arg(fcinfo);

	if (entry == NULL)
		PG_RETURN_NULL();
	PG_RETURN_OID(entry->st_databaseid);
}

Datum
pg_stat_get_backend_userid(PG_FUNCTION_ARGS)
{
	const PgBackendStatus *entry = backend_arg(fcinfo);

	if (entry == NULL)
		PG_RETURN_NULL();
	PG_RETURN_OID(entry->st_userid);
}

Datum
pg_stat_get_backend_activity(PG_FUNCTION_ARGS)
{
	const PgBackendStatus *entry = backend_arg(fcinfo);
	const char *text;

	if (entry == NULL)
		text = "<backend information not available>";
	else if (!may_see(entry->st_userid))
		text = "<insufficient privilege>";
	else if (entry->st_activity_raw[0] == '\0')
		text = "<command string not enabled>";
	else
		text = pgstat_clip_activity(entry->st_activity_raw);
	PG_RETURN_TEXT_P(cstring_to_text(text));
}

static uint32
wait_of_arg(FunctionCallInfo fcinfo)
{
	const PgBackendStatus *entry = visible_backend_arg(fcinfo);
	PGPROC *proc = entry ? proc_of(entry->st_procpid) : NULL;

	return proc ? proc->wait_event_info : 0;
}

Datum
pg_stat_get_backend_wait_event_type(PG_FUNCTION_ARGS)
{
	const char *name = pgstat_get_wait_event_type(wait_of_arg(fcinfo));

	if (name == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(name));
}

Datum
pg_stat_get_backend_wait_event(PG_FUNCTION_ARGS)
{
	const char *name = pgstat_get_wait_event(wait_of_arg(fcinfo));

	if (name == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(name));
}

Datum
pg_stat_get_backend_activity_start(PG_FUNCTION_ARGS)
{
	RETURN_TIME_OF(st_activity_start_timestamp);
}

Datum
pg_stat_get_backend_xact_start(PG_FUNCTION_ARGS)
{
	RETURN_TIME_OF(st_xact_start_timestamp);
}

Datum
pg_stat_get_backend_start(PG_FUNCTION_ARGS)
{
	RETURN_TIME_OF(st_proc_start_timestamp);
}

Datum
pg_stat_get_backend_client_addr(PG_FUNCTION_ARGS)
{
	const PgBackendStatus *entry = visible_backend_arg(fcinfo);
	char host[NI_MAXHOST];
	char port[NI_MAXSERV];

	if (entry == NULL || inet_in == NULL || !client_address(entry, host, sizeof(host), port, sizeof(port)))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(DirectFunctionCall1(inet_in, CStringGetDatum(host)));
}

Datum
pg_stat_get_backend_client_port(PG_FUNCTION_ARGS)
{
	const PgBackendStatus *entry = visible_backend_arg(fcinfo);
	char host[NI_MAXHOST];
	char port[NI_MAXSERV];

	if (entry && client_address(entry, host, sizeof(host), port, sizeof(port)))
		PG_RETURN_INT32(strtol(port, NULL, 10));
	if (entry && entry->st_clientaddr.ss_family == AF_UNIX)
		PG_RETURN_INT32(-1);
	PG_RETURN_NULL();
}
