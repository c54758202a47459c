/*
 * pidfile.c
 *    Lock files (postmaster/pidfile.h).
 *
 * The kernel's lock decides, not the pid in the file: a pid may be reused, and a dead postmaster's children may live on.
 * The descriptor of postmaster.pid is kept for life without close-on-exec, and so the lock.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "miscadmin.h"
#include "postmaster/pidfile.h"
#include "storage/ipc.h"
#include "sys/fd.h"
#include "utils/guc.h"

#define DIRECTORY_LOCK_FILE "postmaster.pid"
#define SOCKET_LOCKS_MAX 64

typedef struct LockFiles
{
	int directory_fd; /* holds the flock; -1: none */
	bool have_directory;
	int socket_count;
	char *sockets[SOCKET_LOCKS_MAX];
} LockFiles;

static LockFiles lock_files = {.directory_fd = -1};

extern int PostPortNumber;

static void
remove_at_exit(int code, Datum arg)
{
	for (int i = 0; i < lock_files.socket_count; i++)
		unlink(lock_files.sockets[i]);
	if (lock_files.have_directory)
	{
		unlink(DIRECTORY_LOCK_FILE);
		ereport(IsPostmasterEnvironment ? LOG : NOTICE, errmsg("database system is shut down"));
	}
}

/* The pid in the first line of an existing lock file, 0 when there is none; negative: of a stand-alone backend. */
static long
pid_in_file(int fd)
{
	char text[64];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

	if (got <= 0)
		return 0;
	text[got] = '\0';
	return strtol(text, NULL, 10);
}

static void pg_attribute_noreturn()
refuse(const char *filename, long pid, bool is_directory, const char *what)
{
	ereport(FATAL,
			errcode(ERRCODE_LOCK_FILE_EXISTS),
			errmsg("lock file \"%s\" already exists", filename),
			is_directory
				? (pid < 0 ? errhint("Is another postgres (PID %d) running in data directory \"%s\"?", (int) -pid, what)
						   : errhint("Is another postmaster (PID %d) running in data directory \"%s\"?", (int) pid, what))
				: (pid < 0 ? errhint("Is another postgres (PID %d) using socket file \"%s\"?", (int) -pid, what)
						   : errhint("Is another postmaster (PID %d) using socket file \"%s\"?", (int) pid, what)));
	pg_unreachable();
}

/* Open and lock. The file may be unlinked between open and lock by a server that ends: then try the new one. */
static int
open_and_lock(const char *filename, bool is_directory, const char *what)
{
	for (int attempt = 0; attempt < 100; attempt++)
	{
		struct stat by_fd;
		struct stat by_name;
		int fd = open(filename, O_RDWR | O_CREAT, pg_file_create_mode);

		if (fd < 0)
			ereport(FATAL, errcode_for_file_access(), errmsg("could not create lock file \"%s\": %m", filename));
		if (flock(fd, LOCK_EX | LOCK_NB) != 0)
			refuse(filename, pid_in_file(fd), is_directory, what);
		if (fstat(fd, &by_fd) == 0 && stat(filename, &by_name) == 0 && by_fd.st_ino == by_name.st_ino)
			return fd;
		close(fd);
	}
	ereport(FATAL,
			errcode(ERRCODE_LOCK_FILE_EXISTS),
			errmsg("could not create lock file \"%s\": too many attempts", filename));
	pg_unreachable();
}

/*
 * A server of another make (a real PostgreSQL) does not hold our kernel lock: if the pid in the file runs and is not us or our
 * parents, believe it.
 */
static void
respect_foreign_owner(int fd, const char *filename, bool is_directory, const char *what)
{
	long pid = pid_in_file(fd);
	pid_t other = (pid_t) labs(pid);

	if (other == 0 || other == getpid() || other == getppid() || kill(other, 0) != 0)
		return;
	{
		char path[64];
		char program[MAXPGPATH];
		ssize_t length;
		const char *base;

		/* the pid was reused by something that is no server: the file is a left-over */
		snprintf(path, sizeof(path), "/proc/%d/exe", (int) other);
		length = readlink(path, program, sizeof(program) - 1);
		if (length > 0)
		{
			program[length] = '\0';
			base = strrchr(program, '/');
			if (strstr(base ? base : program, "postgres") == NULL)
				return;
		}
	}
	refuse(filename, pid, is_directory, what);
}

static void
write_contents(int fd, const char *filename, bool amPostmaster, const char *socketDir)
{
	char text[MAXPGPATH * 2 + 256];
	int length;

	length = snprintf(text, sizeof(text), "%d\n%s\n%ld\n%d\n%s\n", amPostmaster ? (int) getpid() : -(int) getpid(),
					  DataDir, (long) MyStartTime, PostPortNumber, socketDir);
	/* the listen address is not known yet: an empty line, unless there will be none */
	if (!amPostmaster)
		length += snprintf(text + length, sizeof(text) - length, "\n");
	errno = 0;
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, length, 0) != length || fsync(fd) != 0)
	{
		int save_errno = errno ? errno : ENOSPC;

		unlink(filename);
		errno = save_errno;
		ereport(FATAL, errcode_for_file_access(), errmsg("could not write lock file \"%s\": %m", filename));
	}
}

void
CreateDataDirLockFile(bool amPostmaster)
{
	int fd = open_and_lock(DIRECTORY_LOCK_FILE, true, DataDir);

	respect_foreign_owner(fd, DIRECTORY_LOCK_FILE, true, DataDir);
	write_contents(fd, DIRECTORY_LOCK_FILE, amPostmaster, "");
	lock_files.directory_fd = fd;
	lock_files.have_directory = true;
	on_proc_exit(remove_at_exit, 0);
}

void
CreateSocketLockFile(const char *socketfile, bool amPostmaster, const char *socketDir)
{
	char *filename = psprintf("%s.lock", socketfile);
	int fd = open_and_lock(filename, false, socketfile);

	respect_foreign_owner(fd, filename, false, socketfile);
	write_contents(fd, filename, amPostmaster, socketDir);
	/* the descriptor stays open: the lock is the point. Children do not need this one */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (lock_files.socket_count >= SOCKET_LOCKS_MAX)
		ereport(FATAL, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many Unix-domain sockets"));
	lock_files.sockets[lock_files.socket_count++] = strdup(filename);
	pfree(filename);
}

/* So that cleaners of /tmp see that the files are in use. */
void
TouchSocketLockFiles(void)
{
	for (int i = 0; i < lock_files.socket_count; i++)
		(void) utime(lock_files.sockets[i], NULL);
}

/* ---- rewriting one line ------------------------------------------------------------------------------------------------- */
/* The beginning of line number target (from 1); missing lines before it are added as empty ones. */
static char *
find_line(char *text, size_t size, int target)
{
	char *p = text;

	for (int line = 1; line < target; line++)
	{
		char *newline = strchr(p, '\n');

		if (newline == NULL)
		{
			newline = p + strlen(p);
			if (newline + 2 >= text + size)
				return p;
			newline[0] = '\n';
			newline[1] = '\0';
		}
		p = newline + 1;
	}
	return p;
}

void
AddToDataDirLockFile(int target_line, const char *str)
{
	char old_text[BLCKSZ];
	char new_text[BLCKSZ + 256];
	ssize_t got;
	char *line;
	char *rest;
	int length;

	if (lock_files.directory_fd < 0)
		return;
	got = pread(lock_files.directory_fd, old_text, sizeof(old_text) - 1, 0);
	if (got < 0)
	{
		ereport(LOG, errcode_for_file_access(), errmsg("could not read from file \"%s\": %m", DIRECTORY_LOCK_FILE));
		return;
	}
	old_text[got] = '\0';
	line = find_line(old_text, sizeof(old_text), target_line);
	rest = strchr(line, '\n');
	length = snprintf(new_text, sizeof(new_text), "%.*s%s\n%s", (int) (line - old_text), old_text, str, rest ? rest + 1 : "");
	length = Min(length, (int) sizeof(new_text) - 1);
	if (pwrite(lock_files.directory_fd, new_text, length, 0) != length ||
		ftruncate(lock_files.directory_fd, length) != 0 || pg_fsync(lock_files.directory_fd) != 0)
		ereport(LOG, errcode_for_file_access(), errmsg("could not write to file \"%s\": %m", DIRECTORY_LOCK_FILE));
}

bool
RecheckDataDirLockFile(void)
{
	char text[64];
	int fd = open(DIRECTORY_LOCK_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
	{
		/* anything but a missing directory or file may pass */
		if (errno != ENOENT && errno != ENOTDIR)
			return true;
		ereport(LOG, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", DIRECTORY_LOCK_FILE));
		return false;
	}
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got < 0)
		return true;
	text[got] = '\0';
	if (strtol(text, NULL, 10) == getpid())
		return true;
	ereport(LOG, errmsg("lock file \"%s\" contains wrong PID: %ld instead of %ld", DIRECTORY_LOCK_FILE,
						strtol(text, NULL, 10), (long) getpid()));
	return false;
}
