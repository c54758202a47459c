/*
 * fd.c
 *    Virtual file descriptors (storage/fd.h).
 *
 * A Vfd remembers how to open its file again; the ones whose kernel descriptor is open are in a list, most recently used
 * first, and the last of it is closed when descriptors run short. Reads and writes carry their offset, so there is no
 * position to restore.
 *
 * Invariants
 *   F1  a Vfd is in the open list exactly when its kernel_fd is not -1.
 *   F2  open kernel descriptors (Vfds + transient + reserved) stay below max_safe_fds, unless there is no Vfd to close.
 *   F3  a temporary file is unlinked when its Vfd is closed; it is owned by a resource owner unless interXact.
 */
#include "postgres.h"

#include "lib/ilist.h"
#include "miscadmin.h"
#include "sys/fault.h"
#include "sys/fd_internal.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/wait_event.h"

typedef struct Vfd
{
	int kernel_fd; /* -1: closed for now */
	int flags;	   /* for opening it again: without O_CREAT, O_TRUNC, O_EXCL */
	mode_t mode;
	bool in_use;
	bool is_temporary;
	bool inter_xact;
	off_t temp_size; /* counted against temp_file_limit */
	ResourceOwner owner;
	char *path;
	dlist_node lru;
	File next_free;
} Vfd;

typedef struct FileState
{
	Vfd **vfds; /* index 0 is not used */
	int size;
	File first_free; /* 0: none */
	dlist_head open_files;
	int open_count;
	int external_count;
	uint64 temp_bytes;
	bool have_temporary; /* any open temporary file that is not interXact */
} FileState;

static FileState files;

int max_files_per_process = 1000;
int max_safe_fds = 48;
int pg_file_create_mode = PG_FILE_MODE_OWNER;
int pg_dir_create_mode = PG_DIR_MODE_OWNER;
int temp_file_limit = -1;
bool data_sync_retry = false;

static void release_temporary_file(Datum res);

static const ResourceOwnerDesc file_resowner_desc = {
	.name = "File",
	.release_phase = RESOURCE_RELEASE_AFTER_LOCKS,
	.release_priority = RELEASE_PRIO_FILES,
	.ReleaseResource = release_temporary_file,
};

static inline Vfd *
vfd_of(File file)
{
	Assert(file > 0 && file < files.size && files.vfds[file]->in_use);
	return files.vfds[file];
}

/* ---- kernel descriptors -------------------------------------------------------------------------------------------- */
static void
close_kernel_fd(Vfd *vfd)
{
	dlist_delete(&vfd->lru);
	files.open_count--;
	if (close(vfd->kernel_fd) != 0)
		elog(vfd->is_temporary ? LOG : data_sync_elevel(LOG), "could not close file \"%s\": %m", vfd->path);
	vfd->kernel_fd = -1;
}

bool
fd_close_one_virtual(void)
{
	if (dlist_is_empty(&files.open_files))
		return false;
	close_kernel_fd(dlist_container(Vfd, lru, dlist_tail_node(&files.open_files)));
	return true;
}

void
fd_make_room(void)
{
	while (files.open_count + files.external_count + fd_transient_count() >= max_safe_fds)
		if (!fd_close_one_virtual())
			return;
}

int
BasicOpenFilePerm(const char *fileName, int fileFlags, mode_t fileMode)
{
	for (;;)
	{
		int fd = open(fileName, fileFlags | O_CLOEXEC, fileMode);

		if (fd >= 0 || (errno != EMFILE && errno != ENFILE && errno != EINTR))
			return fd;
		if (errno == EINTR)
			continue;
		ereport(LOG, errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				errmsg("out of file descriptors: %m; release and retry"));
		if (!fd_close_one_virtual())
		{
			errno = EMFILE;
			return -1;
		}
	}
}

int
BasicOpenFile(const char *fileName, int fileFlags)
{
	return BasicOpenFilePerm(fileName, fileFlags, pg_file_create_mode);
}

static bool
vfd_open_kernel_fd(Vfd *vfd, int flags)
{
	fd_make_room();
	vfd->kernel_fd = BasicOpenFilePerm(vfd->path, flags, vfd->mode);
	if (vfd->kernel_fd < 0)
	{
		vfd->kernel_fd = -1;
		return false;
	}
	files.open_count++;
	dlist_push_head(&files.open_files, &vfd->lru);
	return true;
}

/* The kernel's descriptor, opened again if need be; -1 with errno when that fails. */
static inline int
access_file(File file)
{
	Vfd *vfd = vfd_of(file);

	if (likely(vfd->kernel_fd >= 0))
		dlist_move_head(&files.open_files, &vfd->lru);
	else if (!vfd_open_kernel_fd(vfd, vfd->flags))
		return -1;
	return vfd->kernel_fd;
}

/* ---- virtual descriptors --------------------------------------------------------------------------------------------- */
static void
grow_vfds(void)
{
	int old_size = files.size;
	int new_size = Max(32, old_size * 2);

	files.vfds = old_size == 0 ? MemoryContextAlloc(TopMemoryContext, new_size * sizeof(Vfd *))
							   : repalloc(files.vfds, new_size * sizeof(Vfd *));
	for (int i = old_size; i < new_size; i++)
	{
		files.vfds[i] = MemoryContextAllocZero(TopMemoryContext, sizeof(Vfd));
		files.vfds[i]->kernel_fd = -1;
		files.size = i + 1;
		if (i > 0)
		{
			files.vfds[i]->next_free = files.first_free;
			files.first_free = i;
		}
	}
}

static File
allocate_vfd(void)
{
	File file;

	if (files.first_free == 0)
		grow_vfds();
	file = files.first_free;
	files.first_free = files.vfds[file]->next_free;
	*files.vfds[file] = (Vfd){.kernel_fd = -1, .in_use = true};
	return file;
}

static void
free_vfd(File file)
{
	Vfd *vfd = files.vfds[file];

	if (vfd->path)
		pfree(vfd->path);
	*vfd = (Vfd){.kernel_fd = -1, .next_free = files.first_free};
	files.first_free = file;
}

File
PathNameOpenFilePerm(const char *fileName, int fileFlags, mode_t fileMode)
{
	char *path = MemoryContextStrdup(TopMemoryContext, fileName);
	File file = allocate_vfd();
	Vfd *vfd = files.vfds[file];

	vfd->path = path;
	vfd->flags = fileFlags & ~(O_CREAT | O_TRUNC | O_EXCL);
	vfd->mode = fileMode;
	if (!vfd_open_kernel_fd(vfd, fileFlags))
	{
		int save_errno = errno;

		free_vfd(file);
		errno = save_errno;
		return -1;
	}
	return file;
}

File
PathNameOpenFile(const char *fileName, int fileFlags)
{
	return PathNameOpenFilePerm(fileName, fileFlags, pg_file_create_mode);
}

static void
delete_temporary_file(Vfd *vfd)
{
	files.temp_bytes -= vfd->temp_size;
	if (unlink(vfd->path) != 0)
		ereport(LOG, errcode_for_file_access(), errmsg("could not delete file \"%s\": %m", vfd->path));
	else
		fd_report_temporary_file(vfd->path, vfd->temp_size);
}

void
FileClose(File file)
{
	Vfd *vfd = vfd_of(file);

	if (vfd->owner)
		ResourceOwnerForget(vfd->owner, Int32GetDatum(file), &file_resowner_desc);
	vfd->owner = NULL;
	if (vfd->kernel_fd >= 0)
		close_kernel_fd(vfd);
	if (vfd->is_temporary)
	{
		vfd->is_temporary = false; /* first, so that an error in between does not bring us back here */
		delete_temporary_file(vfd);
	}
	free_vfd(file);
}

static void
release_temporary_file(Datum res)
{
	File file = DatumGetInt32(res);

	vfd_of(file)->owner = NULL;
	FileClose(file);
}

File
OpenTemporaryFile(bool interXact)
{
	char path[MAXPGPATH];
	File file;
	Vfd *vfd;

	if (!interXact)
		ResourceOwnerEnlarge(CurrentResourceOwner);
	fd_temporary_path(path, sizeof(path), interXact);
	file = PathNameOpenFile(path, O_RDWR | O_CREAT | O_TRUNC);
	if (file <= 0)
	{
		fd_make_temporary_directory(path);
		file = PathNameOpenFile(path, O_RDWR | O_CREAT | O_TRUNC);
	}
	if (file <= 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not create temporary file \"%s\": %m", path));
	vfd = vfd_of(file);
	vfd->is_temporary = true;
	vfd->inter_xact = interXact;
	if (!interXact)
	{
		vfd->owner = CurrentResourceOwner;
		ResourceOwnerRemember(CurrentResourceOwner, Int32GetDatum(file), &file_resowner_desc);
		files.have_temporary = true;
	}
	return file;
}

/* ---- reading and writing ------------------------------------------------------------------------------------------------ */
/* Repeat a call that returns -1 with EINTR. */
#define RETRY_EINTR(result, call)                      \
	do                                                 \
		(result) = (call);                             \
	while (unlikely((result) < 0 && errno == EINTR))

int
FileRead(File file, void *buffer, size_t amount, off_t offset, uint32 wait_event_info)
{
	int fd = access_file(file);
	ssize_t result;

	if (fd < 0)
		return -1;
	pgstat_report_wait_start(wait_event_info);
	RETRY_EINTR(result, pread(fd, buffer, amount, offset));
	pgstat_report_wait_end();
	return (int) result;
}

/* A temporary file's growth counts against temp_file_limit; raises when it goes beyond. */
static void
account_temporary_write(Vfd *vfd, off_t end)
{
	if (!vfd->is_temporary || end <= vfd->temp_size)
		return;
	if (temp_file_limit >= 0 && files.temp_bytes + (end - vfd->temp_size) > (uint64) temp_file_limit * 1024)
		ereport(ERROR,
				errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				errmsg("temporary file size exceeds temp_file_limit (%dkB)", temp_file_limit));
	files.temp_bytes += end - vfd->temp_size;
	vfd->temp_size = end;
}

int
FileWrite(File file, const void *buffer, size_t amount, off_t offset, uint32 wait_event_info)
{
	int fd;
	ssize_t result;

	account_temporary_write(vfd_of(file), offset + amount);
	fd = access_file(file);
	if (fd < 0)
		return -1;
	if (FAULT_FAILS("sys-pwrite"))
	{
		errno = ENOSPC;
		return -1;
	}
	errno = 0;
	pgstat_report_wait_start(wait_event_info);
	RETRY_EINTR(result, pwrite(fd, buffer, amount, offset));
	pgstat_report_wait_end();
	if (result >= 0 && result != (ssize_t) amount && errno == 0)
		errno = ENOSPC; /* what a short write means, if nothing else is said */
	return (int) result;
}

ssize_t
FileReadV(File file, const struct iovec *iov, int iovcnt, off_t offset, uint32 wait_event_info)
{
	int fd = access_file(file);
	ssize_t result;

	if (fd < 0)
		return -1;
	pgstat_report_wait_start(wait_event_info);
	RETRY_EINTR(result, preadv(fd, iov, iovcnt, offset));
	pgstat_report_wait_end();
	return result;
}

ssize_t
FileWriteV(File file, const struct iovec *iov, int iovcnt, off_t offset, uint32 wait_event_info)
{
	int fd = access_file(file);
	ssize_t result;

	if (fd < 0)
		return -1;
	if (FAULT_FAILS("sys-pwrite"))
	{
		errno = ENOSPC;
		return -1;
	}
	pgstat_report_wait_start(wait_event_info);
	RETRY_EINTR(result, pwritev(fd, iov, iovcnt, offset));
	pgstat_report_wait_end();
	return result;
}

int
FilePrefetch(File file, off_t offset, off_t amount, uint32 wait_event_info)
{
	int fd = access_file(file);
	int result;

	if (fd < 0)
		return -1;
	pgstat_report_wait_start(wait_event_info);
	result = posix_fadvise(fd, offset, amount, POSIX_FADV_WILLNEED);
	pgstat_report_wait_end();
	return result;
}

void
FileWriteback(File file, off_t offset, off_t nbytes, uint32 wait_event_info)
{
	int fd;

	if (nbytes <= 0 || (fd = access_file(file)) < 0)
		return;
	pgstat_report_wait_start(wait_event_info);
	pg_flush_data(fd, offset, nbytes);
	pgstat_report_wait_end();
}

int
FileSync(File file, uint32 wait_event_info)
{
	int fd = access_file(file);
	int result;

	if (fd < 0)
		return -1;
	pgstat_report_wait_start(wait_event_info);
	result = pg_fsync(fd);
	pgstat_report_wait_end();
	return result;
}

int
FileZero(File file, off_t offset, off_t amount, uint32 wait_event_info)
{
	static const char zeros[BLCKSZ * 16];

	while (amount > 0)
	{
		int part = (int) Min(amount, (off_t) sizeof(zeros));
		int written = FileWrite(file, zeros, part, offset, wait_event_info);

		if (written <= 0)
			return -1;
		offset += written;
		amount -= written;
	}
	return 0;
}

int
FileFallocate(File file, off_t offset, off_t amount, uint32 wait_event_info)
{
	int fd = access_file(file);
	int result;

	if (fd < 0)
		return -1;
	pgstat_report_wait_start(wait_event_info);
	do
		result = posix_fallocate(fd, offset, amount);
	while (result == EINTR);
	pgstat_report_wait_end();
	if (result == 0)
		return 0;
	if (result == EINVAL || result == EOPNOTSUPP)
		return FileZero(file, offset, amount, wait_event_info);
	errno = result;
	return -1;
}

off_t
FileSize(File file)
{
	struct stat st;
	int fd = access_file(file);

	return fd < 0 || fstat(fd, &st) != 0 ? -1 : st.st_size;
}

int
FileTruncate(File file, off_t offset, uint32 wait_event_info)
{
	Vfd *vfd = vfd_of(file);
	int fd = access_file(file);
	int result;

	if (fd < 0)
		return -1;
	pgstat_report_wait_start(wait_event_info);
	RETRY_EINTR(result, ftruncate(fd, offset));
	pgstat_report_wait_end();
	if (result == 0 && vfd->temp_size > offset)
	{
		files.temp_bytes -= vfd->temp_size - offset;
		vfd->temp_size = offset;
	}
	return result;
}

char *
FilePathName(File file)
{
	return vfd_of(file)->path;
}

int
FileGetRawDesc(File file)
{
	return access_file(file);
}

int
FileGetRawFlags(File file)
{
	return vfd_of(file)->flags;
}

mode_t
FileGetRawMode(File file)
{
	return vfd_of(file)->mode;
}

/* ---- life of the process --------------------------------------------------------------------------------------------------- */
void
InitFileAccess(void)
{
	if (files.size > 0)
		return;
	dlist_init(&files.open_files);
	grow_vfds();
}

void
set_max_safe_fds(void)
{
	enum { KEPT_FREE = 10, LEAST = 48 };
	long limit = sysconf(_SC_OPEN_MAX);

	if (limit <= 0)
		limit = 1024;
	max_safe_fds = (int) Min(limit, (long) max_files_per_process) - KEPT_FREE;
	if (max_safe_fds < LEAST)
		ereport(FATAL,
				errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				errmsg("insufficient file descriptors available to start server process"),
				errdetail("System allows %d, server needs at least %d.", max_safe_fds + KEPT_FREE, LEAST + KEPT_FREE));
	elog(DEBUG2, "max_safe_fds = %d, usable_fds = %ld", max_safe_fds, limit);
}

void
closeAllVfds(void)
{
	while (fd_close_one_virtual())
		;
}

bool
AcquireExternalFD(void)
{
	if (files.external_count >= max_safe_fds / 3)
	{
		errno = EMFILE;
		return false;
	}
	ReserveExternalFD();
	return true;
}

void
ReserveExternalFD(void)
{
	fd_make_room();
	files.external_count++;
}

void
ReleaseExternalFD(void)
{
	Assert(files.external_count > 0);
	files.external_count--;
}

void
fd_close_temporary_files(bool also_inter_xact)
{
	if (!also_inter_xact && !files.have_temporary)
		return;
	for (File file = 1; file < files.size; file++)
		if (files.vfds[file]->in_use && files.vfds[file]->is_temporary &&
			(also_inter_xact || !files.vfds[file]->inter_xact))
			FileClose(file);
	files.have_temporary = false;
}
