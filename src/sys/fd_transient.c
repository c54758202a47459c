/*
 * fd_transient.c
 *    Descriptors that live no longer than a (sub)transaction: streams, pipes, directories and plain descriptors.
 *
 * They are kept in an array with the subtransaction that opened them; whatever is still open at its end is closed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "sys/fd_internal.h"

typedef enum TransientKind
{
	TRANSIENT_FILE,
	TRANSIENT_PIPE,
	TRANSIENT_DIR,
	TRANSIENT_FD
} TransientKind;

typedef struct Transient
{
	TransientKind kind;
	SubTransactionId subid;
	union
	{
		FILE *file;
		DIR *dir;
		int fd;
	};
} Transient;

typedef struct Transients
{
	Transient *items; /* malloc'd: it must grow without raising */
	int count;
	int room;
} Transients;

static Transients transients;

int
fd_transient_count(void)
{
	return transients.count;
}

/* Make room for one more, so that recording cannot fail once the descriptor is open. */
static void
reserve(const char *name)
{
	if (transients.count == transients.room)
	{
		int room = Max(32, transients.room * 2);
		Transient *items = transients.room >= max_safe_fds / 3 && transients.room > 0
							   ? NULL
							   : realloc(transients.items, room * sizeof(Transient));

		if (items == NULL)
			ereport(ERROR,
					errcode(ERRCODE_INSUFFICIENT_RESOURCES),
					errmsg("exceeded maxAllocatedDescs (%d) while trying to open file \"%s\"", transients.room, name));
		transients.items = items;
		transients.room = room;
	}
	fd_make_room();
}

static void
record(Transient item)
{
	item.subid = GetCurrentSubTransactionId();
	transients.items[transients.count++] = item;
}

static int
close_transient(int index)
{
	Transient item = transients.items[index];

	transients.items[index] = transients.items[--transients.count];
	switch (item.kind)
	{
		case TRANSIENT_FILE:
			return fclose(item.file);
		case TRANSIENT_PIPE:
			return pclose(item.file);
		case TRANSIENT_DIR:
			return closedir(item.dir);
		case TRANSIENT_FD:
			return close(item.fd);
	}
	pg_unreachable();
}

/* Out of descriptors is worth a second try after closing a virtual one. */
static bool
worth_retry(void)
{
	int save_errno = errno;
	bool retry = errno == EINTR || ((errno == EMFILE || errno == ENFILE) && fd_close_one_virtual());

	errno = save_errno;
	return retry;
}

FILE *
AllocateFile(const char *name, const char *mode)
{
	FILE *file;
	char mode_cloexec[16];

	reserve(name);
	snprintf(mode_cloexec, sizeof(mode_cloexec), "%se", mode);
	do
		file = fopen(name, mode_cloexec);
	while (file == NULL && worth_retry());
	if (file)
		record((Transient){.kind = TRANSIENT_FILE, .file = file});
	return file;
}

FILE *
OpenPipeStream(const char *command, const char *mode)
{
	FILE *file;

	reserve(command);
	fflush(NULL);
	do
		file = popen(command, mode);
	while (file == NULL && worth_retry());
	if (file)
		record((Transient){.kind = TRANSIENT_PIPE, .file = file});
	return file;
}

static int
free_stream(FILE *stream, TransientKind kind)
{
	for (int i = transients.count - 1; i >= 0; i--)
		if (transients.items[i].kind == kind && transients.items[i].file == stream)
			return close_transient(i);
	elog(WARNING, "file passed to FreeFile was not obtained from AllocateFile");
	return kind == TRANSIENT_PIPE ? pclose(stream) : fclose(stream);
}

int
FreeFile(FILE *file)
{
	return free_stream(file, TRANSIENT_FILE);
}

int
ClosePipeStream(FILE *file)
{
	return free_stream(file, TRANSIENT_PIPE);
}

int
OpenTransientFilePerm(const char *fileName, int fileFlags, mode_t fileMode)
{
	int fd;

	reserve(fileName);
	fd = BasicOpenFilePerm(fileName, fileFlags, fileMode);
	if (fd >= 0)
		record((Transient){.kind = TRANSIENT_FD, .fd = fd});
	return fd;
}

int
OpenTransientFile(const char *fileName, int fileFlags)
{
	return OpenTransientFilePerm(fileName, fileFlags, pg_file_create_mode);
}

int
CloseTransientFile(int fd)
{
	for (int i = transients.count - 1; i >= 0; i--)
		if (transients.items[i].kind == TRANSIENT_FD && transients.items[i].fd == fd)
			return close_transient(i);
	elog(WARNING, "fd passed to CloseTransientFile was not obtained from OpenTransientFile");
	return close(fd);
}

/* ---- directories ------------------------------------------------------------------------------------------------- */
DIR *
AllocateDir(const char *dirname)
{
	DIR *dir;

	reserve(dirname);
	do
		dir = opendir(dirname);
	while (dir == NULL && worth_retry());
	if (dir)
		record((Transient){.kind = TRANSIENT_DIR, .dir = dir});
	return dir;
}

struct dirent *
ReadDirExtended(DIR *dir, const char *dirname, int elevel)
{
	struct dirent *entry;

	if (dir == NULL)
	{
		ereport(elevel, errcode_for_file_access(), errmsg("could not open directory \"%s\": %m", dirname));
		return NULL;
	}
	errno = 0;
	entry = readdir(dir);
	if (entry == NULL && errno != 0)
		ereport(elevel, errcode_for_file_access(), errmsg("could not read directory \"%s\": %m", dirname));
	return entry;
}

struct dirent *
ReadDir(DIR *dir, const char *dirname)
{
	return ReadDirExtended(dir, dirname, ERROR);
}

int
FreeDir(DIR *dir)
{
	if (dir == NULL)
		return 0;
	for (int i = transients.count - 1; i >= 0; i--)
		if (transients.items[i].kind == TRANSIENT_DIR && transients.items[i].dir == dir)
			return close_transient(i);
	elog(WARNING, "dir passed to FreeDir was not obtained from AllocateDir");
	return closedir(dir);
}

/* ---- end of (sub)transactions --------------------------------------------------------------------------------------- */
void
AtEOSubXact_Files(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid)
{
	for (int i = transients.count - 1; i >= 0; i--)
		if (transients.items[i].subid == mySubid)
		{
			if (isCommit)
				transients.items[i].subid = parentSubid;
			else
				close_transient(i);
		}
}

void
AtEOXact_Files(bool isCommit)
{
	if (isCommit && transients.count > 0)
		elog(WARNING, "%d temporary files and directories not closed at end-of-transaction", transients.count);
	while (transients.count > 0)
		close_transient(transients.count - 1);
	fd_close_temporary_files(false);
	SetTempTablespaces(NULL, -1);
}

static void
close_files_at_exit(int code, Datum arg)
{
	while (transients.count > 0)
		close_transient(transients.count - 1);
	fd_close_temporary_files(true);
}

void
InitTemporaryFileAccess(void)
{
	before_shmem_exit(close_files_at_exit, 0);
}
