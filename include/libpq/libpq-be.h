/*
 * libpq/libpq-be.h
 *    A client's connection: what the postmaster hands over (ClientSocket, BackendStartupData) and what the child makes of
 *    it (Port).
 */
#ifndef LIBPQ_BE_H
#define LIBPQ_BE_H

#include <sys/socket.h>

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "storage/latch.h"

typedef struct SockAddr
{
	struct sockaddr_storage addr;
	socklen_t salen;
} SockAddr;

/* Accepted, not a byte read. Owned by whoever holds it; the postmaster closes its copy after the launch. */
typedef struct ClientSocket
{
	pgsocket sock;
	SockAddr laddr;
	SockAddr raddr;
} ClientSocket;

/* May a new session come in? The postmaster decides, the child tells the client. */
typedef enum CAC_state
{
	CAC_OK,
	CAC_STARTUP,		/* 57P03 the database system is starting up */
	CAC_SHUTDOWN,		/* 57P03 the database system is shutting down */
	CAC_RECOVERY,		/* 57P03 the database system is in recovery mode */
	CAC_NOTCONSISTENT,	/* 57P03 the database system is not yet accepting connections */
	CAC_TOOMANY			/* 53300 sorry, too many clients already */
} CAC_state;

/* startup_data of B_BACKEND and B_DEAD_END_BACKEND. */
typedef struct BackendStartupData
{
	CAC_state canAcceptConnections;
	TimestampTz socket_created;
} BackendStartupData;

typedef struct Port
{
	pgsocket sock;
	bool noblock;
	uint32 proto;			/* 0x00030000 */
	SockAddr laddr;
	SockAddr raddr;
	char *remote_host;		/* numeric address, or "[local]" */
	char *remote_port;		/* "" for a Unix socket */
	char *database_name;
	char *user_name;
	char *cmdline_options;	/* the client's "options" */
	List *guc_options;		/* names and values, alternating */
	char *application_name;	/* from the start-up packet, cleaned */
	struct HbaLine *hba;	/* the line that matched */
	const char *authn_id;	/* who the client proved to be; NULL with trust */
	TimestampTz SessionStartTime;
	bool ssl_in_use;
} Port;

extern ClientSocket *MyClientSocket;	/* set by the launch; NULL in other processes */
/* Entry point of client backends and dead-end backends. Does not return. */
extern void BackendMain(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();

#endif /* LIBPQ_BE_H */
