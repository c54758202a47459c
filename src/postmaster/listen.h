/*
 * postmaster/listen.h
 *    The postmaster's listening sockets.
 */
#ifndef POSTMASTER_LISTEN_H
#define POSTMASTER_LISTEN_H

#include "postmaster/launch.h"

#define LISTEN_SOCKETS_MAX 64

/* Open all that listen_addresses, port and unix_socket_directories ask for; FATAL when none could be. */
extern void listen_open_all(void);
extern int listen_sockets(const int **fds);
/* Accept one connection; false when there is none (any more), or it is gone already. */
extern bool listen_accept(int fd, ClientSocket *client);
extern void listen_close_in_child(void);
extern void listen_close_all(void); /* and remove the socket files */

#endif /* POSTMASTER_LISTEN_H */
