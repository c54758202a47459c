/*
 * slru_io.c
 *    Segment files of the small logs.
 *
 * A segment is SLRU_PAGES_PER_SEGMENT pages; its name is its number in hexadecimal, at least four digits, so that the first 65536
 * are named as in PostgreSQL. Files are opened per page access: pages are cached, and the kernel caches the rest.
 */
#include "postgres.h"

#include "access/xlogutils.h"
#include "access/transam.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "txn/slru_io.h"
#include "utils/wait_event.h"

static void
segment_path(SlruCtl ctl, int64 segno, char *path, size_t size)
{
	snprintf(path, size, "%s/%04" PRIX64, ctl->Dir, (uint64) segno);
}

static FileTag
segment_tag(SlruCtl ctl, int64 segno)
{
	FileTag tag;

	memset(&tag, 0, sizeof(tag));
	tag.handler = ctl->sync_handler;
	tag.segno = segno;
	return tag;
}

static bool
fail(SlruIoError *error, const char *what, off_t offset)
{
	error->what = what;
	error->saved_errno = errno;
	error->offset = offset;
	return false;
}

bool
slru_read_page(SlruCtl ctl, SlruPageNo pageno, char *page, SlruIoError *error)
{
	off_t offset = (pageno % SLRU_PAGES_PER_SEGMENT) * BLCKSZ;
	ssize_t nread;
	int fd;

	segment_path(ctl, pageno / SLRU_PAGES_PER_SEGMENT, error->path, sizeof(error->path));
	fd = OpenTransientFile(error->path, O_RDONLY);
	if (fd < 0)
	{
		if (errno != ENOENT || !InRecovery)
			return fail(error, "Could not open file \"%s\": %m.", offset);
		/* Redo may meet ids whose pages were truncated later on: what it writes there will go again. */
		ereport(LOG, errmsg("file \"%s\" doesn't exist, reading as zeroes", error->path));
		memset(page, 0, BLCKSZ);
		return true;
	}
	errno = 0;
	pgstat_report_wait_start(WAIT_EVENT_SLRU_READ);
	nread = pg_pread(fd, page, BLCKSZ, offset);
	pgstat_report_wait_end();
	if (nread != BLCKSZ)
	{
		if (nread >= 0 && InRecovery)
		{
			/* The file had not been extended on disk when we crashed. */
			memset(page + nread, 0, BLCKSZ - nread);
			CloseTransientFile(fd);
			return true;
		}
		fail(error,
			 nread < 0 ? "Could not read from file \"%s\" at offset %lld: %m."
					   : "Could not read from file \"%s\" at offset %lld: read too few bytes.",
			 offset);
		CloseTransientFile(fd);
		return false;
	}
	if (CloseTransientFile(fd) != 0)
		return fail(error, "Could not close file \"%s\": %m.", offset);
	return true;
}

bool
slru_write_page(SlruCtl ctl, SlruPageNo pageno, const char *page, SlruIoError *error)
{
	int64 segno = pageno / SLRU_PAGES_PER_SEGMENT;
	off_t offset = (pageno % SLRU_PAGES_PER_SEGMENT) * BLCKSZ;
	ssize_t written;
	int fd;

	segment_path(ctl, segno, error->path, sizeof(error->path));
	fd = OpenTransientFile(error->path, O_RDWR | O_CREAT);
	if (fd < 0)
		return fail(error, "Could not open file \"%s\": %m.", offset);
	errno = 0;
	pgstat_report_wait_start(WAIT_EVENT_SLRU_WRITE);
	written = pg_pwrite(fd, page, BLCKSZ, offset);
	pgstat_report_wait_end();
	if (written != BLCKSZ)
	{
		if (errno == 0)
			errno = ENOSPC;
		fail(error, "Could not write to file \"%s\" at offset %lld: %m.", offset);
		CloseTransientFile(fd);
		return false;
	}
	if (ctl->sync_handler != SYNC_HANDLER_NONE)
	{
		FileTag tag = segment_tag(ctl, segno);

		if (!RegisterSyncRequest(&tag, SYNC_REQUEST, false))
		{
			int result;

			pgstat_report_wait_start(WAIT_EVENT_SLRU_SYNC);
			result = pg_fsync(fd);
			pgstat_report_wait_end();
			if (result != 0)
			{
				fail(error, "Could not fsync file \"%s\": %m.", offset);
				CloseTransientFile(fd);
				return false;
			}
		}
	}
	if (CloseTransientFile(fd) != 0)
		return fail(error, "Could not close file \"%s\": %m.", offset);
	return true;
}

void
slru_report_error(const SlruIoError *error, TransactionId xid)
{
	int elevel = strstr(error->what, "fsync") ? data_sync_elevel(ERROR) : ERROR;

	errno = error->saved_errno;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	if (elevel >= PANIC)
		ereport(PANIC, errcode_for_file_access(),
				errmsg("could not access status of transaction %" PRIu64, xid),
				errdetail(error->what, error->path, (long long) error->offset));
	ereport(ERROR, errcode_for_file_access(), errmsg("could not access status of transaction %" PRIu64, xid),
			errdetail(error->what, error->path, (long long) error->offset));
#pragma GCC diagnostic pop
	pg_unreachable();
}

void
slru_sync_directory(SlruCtl ctl)
{
	if (ctl->sync_handler != SYNC_HANDLER_NONE)
		fsync_fname(ctl->Dir, true);
}

bool
SimpleLruDoesPhysicalPageExist(SlruCtl ctl, SlruPageNo pageno)
{
	char path[128];
	struct stat st;

	segment_path(ctl, pageno / SLRU_PAGES_PER_SEGMENT, path, sizeof(path));
	if (stat(path, &st) < 0)
	{
		if (errno == ENOENT)
			return false;
		ereport(ERROR, errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", path));
	}
	return st.st_size >= (pageno % SLRU_PAGES_PER_SEGMENT + 1) * BLCKSZ;
}

void
SlruDeleteSegment(SlruCtl ctl, int64 segno)
{
	char path[128];

	if (ctl->sync_handler != SYNC_HANDLER_NONE)
	{
		FileTag tag = segment_tag(ctl, segno);

		RegisterSyncRequest(&tag, SYNC_FORGET_REQUEST, true);
	}
	segment_path(ctl, segno, path, sizeof(path));
	ereport(DEBUG2, errmsg_internal("removing file \"%s\"", path));
	if (unlink(path) < 0 && errno != ENOENT)
		ereport(LOG, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", path));
}

void
slru_remove_segments_before(SlruCtl ctl, int64 segno)
{
	DIR *dir = AllocateDir(ctl->Dir);
	struct dirent *de;

	while ((de = ReadDir(dir, ctl->Dir)) != NULL)
	{
		char *end;
		uint64 number;

		if (strlen(de->d_name) < 4)
			continue;
		number = strtoull(de->d_name, &end, 16);
		if (*end == '\0' && (int64) number < segno)
			SlruDeleteSegment(ctl, number);
	}
	FreeDir(dir);
}

int
SlruSyncFileTag(SlruCtl ctl, const FileTag *ftag, char *path)
{
	int fd;
	int result;
	int save_errno;

	segment_path(ctl, ftag->segno, path, MAXPGPATH);
	fd = OpenTransientFile(path, O_RDWR);
	if (fd < 0)
		return -1;
	pgstat_report_wait_start(WAIT_EVENT_SLRU_FLUSH_SYNC);
	result = pg_fsync(fd);
	pgstat_report_wait_end();
	save_errno = errno;
	CloseTransientFile(fd);
	errno = save_errno;
	return result;
}
