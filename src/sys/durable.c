/*
 * durable.c
 *    Making files and changes of directories survive a crash (storage/fd.h).
 */
#include "postgres.h"

#include "miscadmin.h"
#include "sys/fault.h"
#include "sys/fd_internal.h"

int recovery_init_sync_method = RECOVERY_INIT_SYNC_METHOD_FSYNC;

#define RETRY_EINTR(result, call)                      \
	do                                                 \
		(result) = (call);                             \
	while (unlikely((result) < 0 && errno == EINTR))

ssize_t
pg_pread(int fd, void *buf, size_t nbyte, off_t offset)
{
	ssize_t result;

	RETRY_EINTR(result, pread(fd, buf, nbyte, offset));
	return result;
}

ssize_t
pg_pwrite(int fd, const void *buf, size_t nbyte, off_t offset)
{
	ssize_t result;

	if (FAULT_FAILS("sys-pwrite"))
	{
		errno = ENOSPC;
		return -1;
	}
	RETRY_EINTR(result, pwrite(fd, buf, nbyte, offset));
	return result;
}

/* All of it or an error. */
ssize_t
pg_pwritev_with_retry(int fd, const struct iovec *iov, int iovcnt, off_t offset)
{
	ssize_t total = 0;

	for (int i = 0; i < iovcnt; i++)
	{
		size_t done = 0;

		while (done < iov[i].iov_len)
		{
			ssize_t part = pg_pwrite(fd, (char *) iov[i].iov_base + done, iov[i].iov_len - done, offset + total);

			if (part < 0)
				return -1;
			if (part == 0)
			{
				errno = ENOSPC;
				return -1;
			}
			done += part;
			total += part;
		}
	}
	return total;
}

int
pg_fsync_no_writethrough(int fd)
{
	int result;

	if (!enableFsync)
		return 0;
	if (FAULT_FAILS("sys-fsync"))
	{
		errno = EIO;
		return -1;
	}
	RETRY_EINTR(result, fsync(fd));
	return result;
}

int
pg_fsync(int fd)
{
	return pg_fsync_no_writethrough(fd);
}

int
pg_fdatasync(int fd)
{
	int result;

	if (!enableFsync)
		return 0;
	if (FAULT_FAILS("sys-fsync"))
	{
		errno = EIO;
		return -1;
	}
	RETRY_EINTR(result, fdatasync(fd));
	return result;
}

void
pg_flush_data(int fd, off_t offset, off_t amount)
{
	if (!enableFsync)
		return;
	(void) sync_file_range(fd, offset, amount, SYNC_FILE_RANGE_WRITE); /* a hint: errors show up at fsync */
}

int
pg_truncate(const char *path, off_t length)
{
	int result;

	RETRY_EINTR(result, truncate(path, length));
	return result;
}

int
data_sync_elevel(int elevel)
{
	return data_sync_retry ? elevel : PANIC;
}

int
MakePGDirectory(const char *directoryName)
{
	return mkdir(directoryName, pg_dir_create_mode);
}

/* ---- fsync by name ---------------------------------------------------------------------------------------------------- */
int
fsync_fname_ext(const char *fname, bool isdir, bool ignore_perm, int elevel)
{
	int fd = OpenTransientFile(fname, isdir ? O_RDONLY : O_RDWR);
	int result;

	if (fd < 0)
	{
		if ((isdir && (errno == EISDIR || errno == EACCES)) || (ignore_perm && errno == EACCES))
			return 0;
		ereport(elevel, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", fname));
		return -1;
	}
	result = pg_fsync(fd);
	/* some file systems do not let directories be synced */
	if (result != 0 && !(isdir && (errno == EBADF || errno == EINVAL)))
	{
		int save_errno = errno;

		(void) CloseTransientFile(fd);
		errno = save_errno;
		ereport(elevel, errcode_for_file_access(), errmsg("could not fsync file \"%s\": %m", fname));
		return -1;
	}
	if (CloseTransientFile(fd) != 0)
	{
		ereport(elevel, errcode_for_file_access(), errmsg("could not close file \"%s\": %m", fname));
		return -1;
	}
	return 0;
}

void
fsync_fname(const char *fname, bool isdir)
{
	fsync_fname_ext(fname, isdir, false, data_sync_elevel(ERROR));
}

int
fsync_parent_path(const char *fname, int elevel)
{
	char parent[MAXPGPATH];
	char *slash;

	strlcpy(parent, fname, sizeof(parent));
	slash = strrchr(parent, '/');
	if (slash == NULL)
		strlcpy(parent, ".", sizeof(parent));
	else if (slash == parent)
		parent[1] = '\0';
	else
		*slash = '\0';
	return fsync_fname_ext(parent, true, false, elevel);
}

/* ---- durable renames --------------------------------------------------------------------------------------------------- */
/* The old content of the target too: else a crash may leave a directory entry for something never written. */
static int
sync_if_exists(const char *fname, int elevel)
{
	struct stat st;

	if (stat(fname, &st) != 0)
	{
		if (errno == ENOENT)
			return 0;
		ereport(elevel, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", fname));
		return -1;
	}
	return fsync_fname_ext(fname, false, false, elevel);
}

int
durable_rename(const char *oldfile, const char *newfile, int elevel)
{
	if (fsync_fname_ext(oldfile, false, false, elevel) != 0 || sync_if_exists(newfile, elevel) != 0)
		return -1;
	FAULT_POINT("sys-durable-rename-before");
	if (rename(oldfile, newfile) != 0)
	{
		ereport(elevel, errcode_for_file_access(),
				errmsg("could not rename file \"%s\" to \"%s\": %m", oldfile, newfile));
		return -1;
	}
	FAULT_POINT("sys-durable-rename-after");
	if (fsync_fname_ext(newfile, false, false, elevel) != 0)
		return -1;
	return fsync_parent_path(newfile, elevel);
}

/* The same, but never over an existing file. */
int
durable_rename_excl(const char *oldfile, const char *newfile, int elevel)
{
	if (fsync_fname_ext(oldfile, false, false, elevel) != 0)
		return -1;
	if (renameat2(AT_FDCWD, oldfile, AT_FDCWD, newfile, RENAME_NOREPLACE) != 0)
	{
		ereport(elevel, errcode_for_file_access(),
				errmsg("could not rename file \"%s\" to \"%s\": %m", oldfile, newfile));
		return -1;
	}
	return fsync_parent_path(newfile, elevel);
}

int
durable_unlink(const char *fname, int elevel)
{
	if (unlink(fname) < 0)
	{
		ereport(elevel, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", fname));
		return -1;
	}
	return fsync_parent_path(fname, elevel);
}
