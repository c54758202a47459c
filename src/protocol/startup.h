/*
 * startup.h
 *    The first packets of a connection.
 */
#ifndef PROTOCOL_STARTUP_H
#define PROTOCOL_STARTUP_H

#include "libpq/libpq-be.h"

typedef enum StartupResult
{
	STARTUP_SESSION,	/* user, database and options are in the port */
	STARTUP_CANCEL,		/* a cancel request; it has been dealt with */
	STARTUP_CLOSED		/* nothing came, or nonsense that was reported */
} StartupResult;

/* Answers SSLRequest and GSSENCRequest, then reads the start-up packet. FATAL for what cannot be served. */
extern StartupResult read_startup_packet(Port *port);
/* Settings that came with the start-up packet, applied once the role is known. */
extern void process_startup_options(Port *port, bool am_superuser);

#endif /* PROTOCOL_STARTUP_H */
