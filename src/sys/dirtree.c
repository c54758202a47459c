/*
 * dirtree.c
 *    Whole directories: making, checking, walking, copying, removing, syncing.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "sys/fd_internal.h"

static bool
is_dot_entry(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* mkdir -p. path is changed while working and restored. */
int
pg_mkdir_p(char *path, int omode)
{
	for (char *p = path + (*path == '/');; p++)
	{
		char save = *p;

		if (save != '/' && save != '\0')
			continue;
		*p = '\0';
		if (*path && mkdir(path, save == '\0' ? omode : (omode | S_IWUSR | S_IXUSR)) < 0)
		{
			struct stat st;
			int save_errno = errno;

			if (save_errno != EEXIST || stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
			{
				*p = save;
				errno = save_errno == EEXIST ? ENOTDIR : save_errno;
				return -1;
			}
		}
		*p = save;
		if (save == '\0')
			return 0;
	}
}

int
pg_check_dir(const char *dir)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	bool dots = false;
	bool mount_point = false;
	bool full = false;

	if (stream == NULL)
		return errno == ENOENT ? 0 : -1;
	while ((entry = readdir(stream)) != NULL)
	{
		if (is_dot_entry(entry->d_name))
			continue;
		if (entry->d_name[0] == '.')
			dots = true;
		else if (strcmp(entry->d_name, "lost+found") == 0)
			mount_point = true;
		else
			full = true;
	}
	closedir(stream);
	return full ? 4 : mount_point ? 3 : dots ? 2 : 1;
}

void
walkdir(const char *path, void (*action)(const char *fname, bool isdir, int elevel), bool process_symlinks, int elevel)
{
	DIR *dir = AllocateDir(path);
	struct dirent *entry;

	check_stack_depth();
	while ((entry = ReadDirExtended(dir, path, elevel)) != NULL)
	{
		char sub[MAXPGPATH * 2];
		struct stat st;

		CHECK_FOR_INTERRUPTS();
		if (is_dot_entry(entry->d_name))
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, entry->d_name);
		if ((process_symlinks ? stat(sub, &st) : lstat(sub, &st)) != 0)
		{
			ereport(elevel, errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", sub));
			continue;
		}
		if (S_ISREG(st.st_mode))
			action(sub, false, elevel);
		else if (S_ISDIR(st.st_mode))
			walkdir(sub, action, false, elevel);
	}
	FreeDir(dir);
	if (dir)
		action(path, true, elevel);
}

bool
rmtree(const char *path, bool rmtopdir)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool ok = true;

	if (dir == NULL)
	{
		ereport(WARNING, errcode_for_file_access(), errmsg("could not open directory \"%s\": %m", path));
		return false;
	}
	while ((entry = readdir(dir)) != NULL)
	{
		char sub[MAXPGPATH * 2];
		struct stat st;

		if (is_dot_entry(entry->d_name))
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, entry->d_name);
		if (lstat(sub, &st) == 0 && S_ISDIR(st.st_mode))
			ok &= rmtree(sub, true);
		else if (unlink(sub) != 0 && errno != ENOENT)
		{
			ereport(WARNING, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", sub));
			ok = false;
		}
	}
	closedir(dir);
	if (rmtopdir && rmdir(path) != 0)
	{
		ereport(WARNING, errcode_for_file_access(), errmsg("could not remove directory \"%s\": %m", path));
		ok = false;
	}
	return ok;
}

/* ---- copying (CREATE DATABASE) ------------------------------------------------------------------------------------- */
static void
copy_bytes(int from, int to, const char *fromfile, const char *tofile)
{
	enum { PIECE = 64 * 1024, FLUSH_EVERY = 1024 * 1024 };
	char *buffer = palloc(PIECE);
	off_t offset = 0;
	off_t flushed = 0;

	for (;;)
	{
		ssize_t got = pg_pread(from, buffer, PIECE, offset);

		CHECK_FOR_INTERRUPTS();
		if (got < 0)
			ereport(ERROR, errcode_for_file_access(), errmsg("could not read file \"%s\": %m", fromfile));
		if (got == 0)
			break;
		errno = 0;
		if (pg_pwrite(to, buffer, got, offset) != got)
		{
			if (errno == 0)
				errno = ENOSPC;
			ereport(ERROR, errcode_for_file_access(), errmsg("could not write to file \"%s\": %m", tofile));
		}
		offset += got;
		if (offset - flushed >= FLUSH_EVERY)
		{
			pg_flush_data(to, flushed, offset - flushed);
			flushed = offset;
		}
	}
	pfree(buffer);
}

void
copy_file(const char *fromfile, const char *tofile)
{
	int from = OpenTransientFile(fromfile, O_RDONLY);
	int to;

	if (from < 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", fromfile));
	to = OpenTransientFile(tofile, O_RDWR | O_CREAT | O_EXCL);
	if (to < 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not create file \"%s\": %m", tofile));
	copy_bytes(from, to, fromfile, tofile);
	if (CloseTransientFile(to) != 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not close file \"%s\": %m", tofile));
	CloseTransientFile(from);
}

typedef void (*PairAction)(const char *from, const char *to, bool isdir, bool recurse);

static void
for_each_pair(const char *fromdir, const char *todir, bool recurse, PairAction action)
{
	DIR *dir = AllocateDir(fromdir);
	struct dirent *entry;

	while ((entry = ReadDir(dir, fromdir)) != NULL)
	{
		char from[MAXPGPATH * 2];
		char to[MAXPGPATH * 2];
		struct stat st;

		if (is_dot_entry(entry->d_name))
			continue;
		snprintf(from, sizeof(from), "%s/%s", fromdir, entry->d_name);
		snprintf(to, sizeof(to), "%s/%s", todir, entry->d_name);
		if (lstat(from, &st) != 0)
			ereport(ERROR, errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", from));
		if (S_ISDIR(st.st_mode) ? recurse : S_ISREG(st.st_mode))
			action(from, to, S_ISDIR(st.st_mode), recurse);
	}
	FreeDir(dir);
}

static void
copy_pair(const char *from, const char *to, bool isdir, bool recurse)
{
	if (isdir)
		copydir(from, to, recurse);
	else
		copy_file(from, to);
}

static void
sync_pair(const char *from, const char *to, bool isdir, bool recurse)
{
	if (!isdir)
		fsync_fname(to, false);
}

/* All files are copied first and synced after: the kernel has begun to write by then. */
void
copydir(const char *fromdir, const char *todir, bool recurse)
{
	if (MakePGDirectory(todir) != 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not create directory \"%s\": %m", todir));
	for_each_pair(fromdir, todir, recurse, copy_pair);
	if (!enableFsync)
		return;
	for_each_pair(todir, todir, recurse, sync_pair);
	fsync_fname(todir, true);
}

/* ---- before crash recovery -------------------------------------------------------------------------------------------- */
static void
sync_action(const char *fname, bool isdir, int elevel)
{
	fsync_fname_ext(fname, isdir, true, elevel);
}

/*
 * After a crash anything may be unwritten, and recovery will trust what it reads: sync the whole data directory.
 */
void
SyncDataDirectory(void)
{
	struct stat st;

	if (!enableFsync)
		return;
	if (recovery_init_sync_method == RECOVERY_INIT_SYNC_METHOD_SYNCFS)
	{
		int fd = OpenTransientFile(".", O_RDONLY);

		if (fd < 0 || syncfs(fd) != 0)
			ereport(LOG, errcode_for_file_access(), errmsg("could not synchronize file system for file \"%s\": %m", "."));
		if (fd >= 0)
			CloseTransientFile(fd);
		return;
	}
	walkdir(".", sync_action, false, LOG);
	if (lstat("pg_wal", &st) == 0 && S_ISLNK(st.st_mode))
		walkdir("pg_wal", sync_action, false, LOG);
	walkdir("pg_tblspc", sync_action, true, LOG);
}
