/*
 * backend_main.c
 *    The life of a client backend up to its first command: start-up packet, refusal or admission, authentication.
 */
#include "postgres.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "libpq/libpq.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "postmaster/launch.h"
#include "process/init_postgres.h"
#include "process/interrupt.h"
#include "protocol/report.h"
#include "protocol/startup.h"
#include "session/backend_loop.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "storage/procsignal.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/ps_status.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

static Port *
port_new(ClientSocket *client)
{
	Port *port = MemoryContextAllocZero(TopMemoryContext, sizeof(Port));
	char host[NI_MAXHOST] = "";
	char service[NI_MAXSERV] = "";
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	port->sock = client->sock;
	port->laddr.addr = client->laddr;
	port->laddr.salen = client->laddr_len;
	port->raddr.addr = client->raddr;
	port->raddr.salen = client->raddr_len;
	if (port->raddr.addr.ss_family == AF_UNIX || port->laddr.addr.ss_family == AF_UNIX)
		strlcpy(host, "[local]", sizeof(host));
	else if (getnameinfo((struct sockaddr *) &port->raddr.addr, port->raddr.salen, host, sizeof(host), service,
						 sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
	{
		strlcpy(host, "???", sizeof(host));
		strlcpy(service, "???", sizeof(service));
	}
	port->remote_host = pstrdup(host);
	port->remote_port = pstrdup(service);
	MemoryContextSwitchTo(old);
	return port;
}

static void
startup_timeout_handler(void)
{
	/* The client is slow or silent: there is nothing to tell it that it would read. */
	_exit(1);
}

static void
refuse(CAC_state state)
{
	switch (state)
	{
		case CAC_STARTUP:
			ereport(FATAL, errcode(ERRCODE_CANNOT_CONNECT_NOW), errmsg("the database system is starting up"));
			break;
		case CAC_NOTCONSISTENT:
			ereport(FATAL, errcode(ERRCODE_CANNOT_CONNECT_NOW), errmsg("the database system is not accepting connections"),
					errdetail("Hot standby mode is disabled."));
			break;
		case CAC_SHUTDOWN:
			ereport(FATAL, errcode(ERRCODE_CANNOT_CONNECT_NOW), errmsg("the database system is shutting down"));
			break;
		case CAC_RECOVERY:
			ereport(FATAL, errcode(ERRCODE_CANNOT_CONNECT_NOW), errmsg("the database system is in recovery mode"));
			break;
		case CAC_TOOMANY:
			ereport(FATAL, errcode(ERRCODE_TOO_MANY_CONNECTIONS), errmsg("sorry, too many clients already"));
			break;
		case CAC_OK:
			break;
	}
}

static void
log_connection_received(Port *port)
{
	if (!Log_connections)
		return;
	if (port->remote_port[0])
		ereport(LOG, errmsg("connection received: host=%s port=%s", port->remote_host, port->remote_port));
	else
		ereport(LOG, errmsg("connection received: host=%s", port->remote_host));
}

static void
set_initial_title(Port *port)
{
	StringInfoData title;

	initStringInfo(&title);
	appendStringInfo(&title, "%s %s %s", port->user_name, port->database_name, port->remote_host);
	if (port->remote_port[0])
		appendStringInfo(&title, "(%s)", port->remote_port);
	init_ps_display(title.data);
	pfree(title.data);
	set_ps_display("initializing");
}

void
BackendMain(const void *startup_data, size_t startup_data_len)
{
	BackendStartupData data;
	Port *port;
	StartupResult result;

	if (startup_data_len != sizeof(data))
		elog(FATAL, "backend started with %zu bytes of start-up data", startup_data_len);
	memcpy(&data, startup_data, sizeof(data));
	MyCancelKey = (uint32) data.cancel_key;

	port = port_new(MyClientSocket);
	port->SessionStartTime = data.socket_created ? data.socket_created : GetCurrentTimestamp();
	MyProcPort = port;
	pq_init(port);
	whereToSendOutput = DestRemote;
	protocol_reports_install();
	log_connection_received(port);

	/* Until the session exists, SIGTERM and silence just end the process. */
	InitializeTimeouts();
	pqsignal(SIGTERM, SIG_DFL);
	pqsignal(SIGQUIT, SIG_DFL);
	sigprocmask(SIG_SETMASK, &UnBlockSig, NULL);
	RegisterTimeout(STARTUP_PACKET_TIMEOUT, startup_timeout_handler);
	enable_timeout_after(STARTUP_PACKET_TIMEOUT, AuthenticationTimeout * 1000);
	result = read_startup_packet(port);
	disable_timeout(STARTUP_PACKET_TIMEOUT, false);
	if (result != STARTUP_SESSION)
		proc_exit(0);
	refuse(data.canAcceptConnections);
	sigprocmask(SIG_SETMASK, &BlockSig, NULL);
	set_initial_title(port);

	InitProcess();
	BaseInit();
	PostgresMain(port->database_name, port->user_name);
}
