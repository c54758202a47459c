/*
 * postmaster/launch.h
 *    Making children: one table of kinds, one function that launches.
 *
 * startup_data has one meaning per kind: BackendStartupData for backends (dead-end ones too), nothing for the auxiliary processes.
 * A client's socket comes in a ClientSocket, which the child finds in MyClientSocket; everything else about the client (Port) is
 * made in the child.
 */
#ifndef POSTMASTER_LAUNCH_H
#define POSTMASTER_LAUNCH_H

#include <sys/socket.h>

#include "miscadmin.h"

/* Whether a new connection may become a session; decided by the postmaster, told to the client by the child. */
typedef enum CAC_state
{
	CAC_OK,
	CAC_STARTUP,
	CAC_SHUTDOWN,
	CAC_RECOVERY,
	CAC_NOTCONSISTENT,
	CAC_TOOMANY
} CAC_state;

typedef struct ClientSocket
{
	int sock;
	struct sockaddr_storage laddr;
	socklen_t laddr_len;
	struct sockaddr_storage raddr;
	socklen_t raddr_len;
} ClientSocket;

typedef struct BackendStartupData
{
	CAC_state canAcceptConnections;
	int32 cancel_key;		 /* the postmaster keeps it with the child's slot, to check cancel requests */
	int64 socket_created;	 /* TimestampTz */
} BackendStartupData;

extern ClientSocket *MyClientSocket; /* NULL but in backends */

typedef void (*ChildMain)(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();

/* One kind of child. */
typedef struct ChildKind
{
	const char *name; /* process title */
	ChildMain main;	  /* never returns */
	bool shmem_attach;
	bool needs_proc;
} ChildKind;
extern const ChildKind child_kinds[BACKEND_NUM_TYPES];

/* The pid, or -1 with errno. The child does not return. child_slot 0: no slot (dead-end backends). */
extern pid_t postmaster_child_launch(BackendType child_type, int child_slot, const void *startup_data,
									 size_t startup_data_len, ClientSocket *client_sock);

/* The main of backends, dead-end ones included: in protocol/. */
extern void BackendMain(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();

/*
 * For a backend that got a CancelRequest: does pid run with that key? The postmaster's table of children is copied by fork,
 * so the child looks it up in its own memory and signals itself. Returns false when there is none (the client is not told).
 */
extern bool postmaster_cancel_request(int pid, int32 key);

#endif /* POSTMASTER_LAUNCH_H */
