/*
 * libpq/libpq-be.h
 *    A client's connection, as its backend sees it.
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

#endif /* LIBPQ_BE_H */
