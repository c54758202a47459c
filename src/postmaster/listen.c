/*
 * listen.c
 *    Listening sockets (postmaster/listen.h): TCP by listen_addresses, Unix by unix_socket_directories.
 */
#include "postgres.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "nodes/pg_list.h"
#include "postmaster/listen.h"
#include "postmaster/pidfile.h"
#include "storage/ipc.h"
#include "utils/guc.h"
#include "utils/varlena.h"

extern int PostPortNumber;
extern char *ListenAddresses;
extern char *Unix_socket_directories;
extern char *Unix_socket_group;
extern int Unix_socket_permissions;

typedef struct ListenSockets
{
	int fds[LISTEN_SOCKETS_MAX];
	int count;
	char *paths[LISTEN_SOCKETS_MAX]; /* of Unix sockets, to be removed */
	int path_count;
} ListenSockets;

static ListenSockets sockets;

#define BACKLOG 4096 /* the kernel cuts it to net.core.somaxconn */

static bool
add_socket(int fd)
{
	if (sockets.count >= LISTEN_SOCKETS_MAX)
	{
		close(fd);
		return false;
	}
	sockets.fds[sockets.count++] = fd;
	return true;
}

/* ---- TCP --------------------------------------------------------------------------------------------------------------- */
static bool
listen_on_address(const struct addrinfo *address)
{
	char host[NI_MAXHOST];
	const char *family = address->ai_family == AF_INET6 ? "IPv6" : "IPv4";
	int on = 1;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		strlcpy(host, "???", sizeof(host));
	if (fd < 0)
	{
		ereport(LOG,
				errcode_for_socket_access(),
				errmsg("could not create %s socket for address \"%s\": %m", family, host));
		return false;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
		(address->ai_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
		bind(fd, address->ai_addr, address->ai_addrlen) != 0)
	{
		int save_errno = errno;

		close(fd);
		errno = save_errno;
		ereport(LOG,
				errcode_for_socket_access(),
				errmsg("could not bind %s address \"%s\": %m", family, host),
				save_errno == EADDRINUSE
					? errhint("Is another postmaster already running on port %d? If not, wait a few seconds and retry.",
							  PostPortNumber)
					: 0);
		return false;
	}
	if (listen(fd, BACKLOG) != 0)
	{
		ereport(LOG, errcode_for_socket_access(), errmsg("could not listen on %s address \"%s\": %m", family, host));
		close(fd);
		return false;
	}
	ereport(LOG, errmsg("listening on %s address \"%s\", port %d", family, host, PostPortNumber));
	return add_socket(fd);
}

static bool
listen_on_host(const char *host)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *addresses;
	char service[16];
	int error;
	bool any = false;

	snprintf(service, sizeof(service), "%d", PostPortNumber);
	error = getaddrinfo(host, service, &hints, &addresses);
	if (error != 0)
	{
		ereport(LOG, errmsg("could not translate host name \"%s\", service \"%s\" to address: %s", host ? host : "", service,
							gai_strerror(error)));
		return false;
	}
	for (struct addrinfo *address = addresses; address; address = address->ai_next)
		if (address->ai_family == AF_INET || address->ai_family == AF_INET6)
			any |= listen_on_address(address);
	freeaddrinfo(addresses);
	return any;
}

static void
listen_tcp(char *first_host, size_t size)
{
	char *copy;
	List *hosts;
	ListCell *lc;
	int wanted = 0;
	int opened = 0;

	first_host[0] = '\0';
	if (ListenAddresses == NULL || ListenAddresses[0] == '\0')
		return;
	copy = pstrdup(ListenAddresses);
	if (!SplitGUCList(copy, ',', &hosts))
		ereport(FATAL,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid list syntax in parameter \"%s\"", "listen_addresses"));
	foreach (lc, hosts)
	{
		char *host = lfirst(lc);

		wanted++;
		if (!listen_on_host(strcmp(host, "*") == 0 ? NULL : host))
		{
			ereport(WARNING, errmsg("could not create listen socket for \"%s\"", host));
			continue;
		}
		if (opened++ == 0)
			strlcpy(first_host, host, size);
	}
	if (opened == 0 && wanted > 0)
		ereport(FATAL, errmsg("could not create any TCP/IP sockets"));
}

/* ---- Unix ---------------------------------------------------------------------------------------------------------------- */
static bool
adjust_permissions(const char *path)
{
	if (Unix_socket_group && Unix_socket_group[0])
	{
		char *end;
		unsigned long number = strtoul(Unix_socket_group, &end, 10);
		struct group *group = *end == '\0' ? NULL : getgrnam(Unix_socket_group);

		if (*end != '\0' && group == NULL)
		{
			ereport(LOG, errmsg("group \"%s\" does not exist", Unix_socket_group));
			return false;
		}
		if (chown(path, -1, group ? group->gr_gid : (gid_t) number) != 0)
		{
			ereport(LOG, errcode_for_file_access(), errmsg("could not set group of file \"%s\": %m", path));
			return false;
		}
	}
	if (chmod(path, Unix_socket_permissions) != 0)
	{
		ereport(LOG, errcode_for_file_access(), errmsg("could not set permissions of file \"%s\": %m", path));
		return false;
	}
	return true;
}

static bool
listen_in_directory(const char *directory)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char path[MAXPGPATH];
	int fd;

	snprintf(path, sizeof(path), "%s/.s.PGSQL.%d", directory, PostPortNumber);
	if (strlen(path) >= sizeof(address.sun_path))
	{
		ereport(LOG, errmsg("Unix-domain socket path \"%s\" is too long (maximum %d bytes)", path,
							(int) sizeof(address.sun_path) - 1));
		return false;
	}
	strlcpy(address.sun_path, path, sizeof(address.sun_path));
	/* the lock tells that a socket file of that name is a left-over */
	CreateSocketLockFile(path, true, directory);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof(address)) != 0)
	{
		ereport(LOG, errcode_for_socket_access(), errmsg("could not bind Unix address \"%s\": %m", path));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (!adjust_permissions(path) || listen(fd, BACKLOG) != 0)
	{
		close(fd);
		unlink(path);
		return false;
	}
	sockets.paths[sockets.path_count++] = strdup(path);
	ereport(LOG, errmsg("listening on Unix socket \"%s\"", path));
	return add_socket(fd);
}

static void
listen_unix(char *first_directory, size_t size)
{
	char *copy;
	List *directories;
	ListCell *lc;
	int opened = 0;

	first_directory[0] = '\0';
	if (Unix_socket_directories == NULL || Unix_socket_directories[0] == '\0')
		return;
	copy = pstrdup(Unix_socket_directories);
	if (!SplitDirectoriesString(copy, ',', &directories))
		ereport(FATAL,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid list syntax in parameter \"%s\"", "unix_socket_directories"));
	foreach (lc, directories)
	{
		if (!listen_in_directory(lfirst(lc)))
		{
			ereport(WARNING, errmsg("could not create Unix-domain socket in directory \"%s\"", (char *) lfirst(lc)));
			continue;
		}
		if (opened++ == 0)
			strlcpy(first_directory, lfirst(lc), size);
	}
	if (opened == 0 && directories != NIL)
		ereport(FATAL, errmsg("could not create any Unix-domain sockets"));
}

/* ---- interface -------------------------------------------------------------------------------------------------------------- */
static void
close_at_exit(int code, Datum arg)
{
	listen_close_all();
}

void
listen_open_all(void)
{
	char host[NI_MAXHOST];
	char directory[MAXPGPATH];

	on_proc_exit(close_at_exit, 0);
	listen_tcp(host, sizeof(host));
	AddToDataDirLockFile(LOCK_FILE_LINE_LISTEN_ADDR, host);
	listen_unix(directory, sizeof(directory));
	AddToDataDirLockFile(LOCK_FILE_LINE_SOCKET_DIR, directory);
	if (sockets.count == 0)
		ereport(FATAL, errmsg("no socket created for listening"));
}

int
listen_sockets(const int **fds)
{
	*fds = sockets.fds;
	return sockets.count;
}

bool
listen_accept(int fd, ClientSocket *client)
{
	client->raddr_len = sizeof(client->raddr);
	client->sock = accept4(fd, (struct sockaddr *) &client->raddr, &client->raddr_len, SOCK_CLOEXEC);
	if (client->sock < 0)
	{
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED)
		{
			ereport(LOG, errcode_for_socket_access(), errmsg("could not accept new connection: %m"));
			usleep(100000); /* out of descriptors: the condition persists, do not spin */
		}
		return false;
	}
	client->laddr_len = sizeof(client->laddr);
	if (getsockname(client->sock, (struct sockaddr *) &client->laddr, &client->laddr_len) != 0)
	{
		ereport(LOG, errmsg("%s() failed: %m", "getsockname"));
		close(client->sock);
		return false;
	}
	return true;
}

void
listen_close_in_child(void)
{
	for (int i = 0; i < sockets.count; i++)
		close(sockets.fds[i]);
	sockets.count = sockets.path_count = 0;
}

void
listen_close_all(void)
{
	for (int i = 0; i < sockets.path_count; i++)
		unlink(sockets.paths[i]);
	listen_close_in_child();
}
