/*
 * wal_segment.c
 *    Segment files: made in advance, recycled, removed.
 *
 * A segment is made under a temporary name, filled with zeroes, synced, and then renamed, so that a file with a segment's name has its
 * full length for certain. Old segments are renamed to future names instead of being removed: as many as the next checkpoints are
 * likely to need, between min_wal_size and max_wal_size. A recycled file's old pages are told from new ones by their addresses.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postgres.h"
#include "miscadmin.h"
#include "storage/lwlock.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
#include "wal/wal.h"

double CheckPointDistanceEstimate = 0;
double PrevCheckPointDistance = 0;

void
wal_close_file(void)
{
	if (wal_local.file < 0)
		return;
	if (close(wal_local.file) != 0)
	{
		char xlogfname[MAXFNAMELEN];

		XLogFileName(xlogfname, wal_local.file_tli, wal_local.file_segno, wal_segment_size);
		ereport(PANIC, errcode_for_file_access(), errmsg("could not close file \"%s\": %m", xlogfname));
	}
	wal_local.file = -1;
	ReleaseExternalFD();
}

static int
open_flags(void)
{
	if (!enableFsync)
		return 0;
	switch (sync_method)
	{
		case SYNC_METHOD_OPEN:
			return O_SYNC;
		case SYNC_METHOD_OPEN_DSYNC:
			return O_DSYNC;
		default:
			return 0;
	}
}

void
issue_xlog_fsync(int fd, XLogSegNo segno, TimeLineID tli)
{
	int result = 0;
	const char *how = "fsync";

	if (!enableFsync || sync_method == SYNC_METHOD_OPEN || sync_method == SYNC_METHOD_OPEN_DSYNC)
		return;
	pgstat_report_wait_start(WAIT_EVENT_WAL_SYNC);
	if (sync_method == SYNC_METHOD_FDATASYNC)
	{
		how = "fdatasync";
		result = pg_fdatasync(fd);
	}
	else
		result = pg_fsync_no_writethrough(fd);
	pgstat_report_wait_end();
	if (result != 0)
	{
		char xlogfname[MAXFNAMELEN];

		XLogFileName(xlogfname, tli, segno, wal_segment_size);
		ereport(PANIC, errcode_for_file_access(), errmsg("could not %s file \"%s\": %m", how, xlogfname));
	}
}

/* ---- making --------------------------------------------------------------------------------------------------------- */
static void
fill_with_zeroes(int fd, const char *path)
{
	static const char zeroes[XLOG_BLCKSZ * 16];
	int save_errno = 0;

	errno = 0;
	if (wal_init_zero)
	{
		for (off_t at = 0; at < wal_segment_size && save_errno == 0; at += sizeof(zeroes))
			if (pg_pwrite(fd, zeroes, sizeof(zeroes), at) != (ssize_t) sizeof(zeroes))
				save_errno = errno ? errno : ENOSPC;
	}
	else if (pg_pwrite(fd, zeroes, 1, wal_segment_size - 1) != 1)
		save_errno = errno ? errno : ENOSPC;
	if (save_errno == 0 && pg_fsync(fd) != 0)
		save_errno = errno;
	if (save_errno == 0)
		return;
	/* Give the space back: the disk is probably full. */
	unlink(path);
	close(fd);
	errno = save_errno;
	ereport(ERROR, errcode_for_file_access(), errmsg("could not write to file \"%s\": %m", path),
			save_errno == ENOSPC ? errhint("Check free disk space.") : 0);
}

/*
 * Gives the file at tmppath a segment's name: *segno's, or, with find_free, that of the first one up to max_segno that is not there.
 * False: there was no such place (the caller removes the file).
 */
static bool
install_segment(XLogSegNo *segno, const char *tmppath, bool find_free, XLogSegNo max_segno, TimeLineID tli)
{
	char path[MAXPGPATH];
	struct stat st;
	bool done;

	LWLockAcquire(ControlFileLock, LW_EXCLUSIVE);
	XLogFilePath(path, tli, *segno, wal_segment_size);
	if (find_free)
		while (stat(path, &st) == 0)
		{
			if (*segno >= max_segno)
			{
				LWLockRelease(ControlFileLock);
				return false;
			}
			(*segno)++;
			XLogFilePath(path, tli, *segno, wal_segment_size);
		}
	else
		unlink(path);
	done = durable_rename(tmppath, path, LOG) == 0;
	LWLockRelease(ControlFileLock);
	return done;
}

/* True if it was made by us (*fd is not open then). */
static void
make_segment(XLogSegNo segno, TimeLineID tli)
{
	char tmppath[MAXPGPATH];
	XLogSegNo installed = segno;
	int fd;

	snprintf(tmppath, sizeof(tmppath), XLOGDIR "/xlogtemp.%d", (int) getpid());
	unlink(tmppath);
	fd = BasicOpenFile(tmppath, O_RDWR | O_CREAT | O_EXCL | PG_BINARY);
	if (fd < 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not create file \"%s\": %m", tmppath));
	FAULT_POINT("wal-segment-create");
	pgstat_report_wait_start(WAIT_EVENT_WAL_INIT_WRITE);
	fill_with_zeroes(fd, tmppath);
	pgstat_report_wait_end();
	if (close(fd) != 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not close file \"%s\": %m", tmppath));
	/* Somebody may have made it meanwhile: then ours serves as a later one. */
	if (!install_segment(&installed, tmppath, true, segno + (uint64) CheckPointSegments, tli))
		unlink(tmppath);
}

int
XLogFileOpen(XLogSegNo segno, TimeLineID tli)
{
	char path[MAXPGPATH];
	int fd;

	XLogFilePath(path, tli, segno, wal_segment_size);
	fd = BasicOpenFile(path, O_RDWR | PG_BINARY | open_flags());
	if (fd < 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", path));
	return fd;
}

int
XLogFileInit(XLogSegNo segno, TimeLineID tli)
{
	char path[MAXPGPATH];
	int fd;

	XLogFilePath(path, tli, segno, wal_segment_size);
	fd = BasicOpenFile(path, O_RDWR | PG_BINARY | open_flags());
	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", path));
	make_segment(segno, tli);
	fd = BasicOpenFile(path, O_RDWR | PG_BINARY | open_flags());
	if (fd < 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", path));
	return fd;
}

/* If the present segment is three quarters full, make the next one now, while nobody waits for it. */
void
wal_preallocate(XLogRecPtr endptr, TimeLineID tli)
{
	XLogSegNo segno = (endptr - 1) / wal_segment_size;
	uint64 offset = XLogSegmentOffset(endptr - 1, wal_segment_size);
	struct stat st;
	char path[MAXPGPATH];

	if (offset < (uint64) (0.75 * wal_segment_size))
		return;
	XLogFilePath(path, tli, segno + 1, wal_segment_size);
	if (stat(path, &st) == 0)
		return;
	make_segment(segno + 1, tli);
	CheckpointStats.ckpt_segs_added++;
}

/* ---- how many to keep ------------------------------------------------------------------------------------------------- */
static XLogSegNo
segments_of_mb(int mb)
{
	return (XLogSegNo) mb / (wal_segment_size / (1024 * 1024));
}

void
wal_calculate_checkpoint_segments(void)
{
	/* At most the log of one finished and one running checkpoint exists: hence the divisor. */
	double target = (double) segments_of_mb(max_wal_size_mb) / (1.0 + CheckPointCompletionTarget);

	CheckPointSegments = Max((int) target, 1);
}

void
wal_update_checkpoint_distance(uint64 nbytes)
{
	PrevCheckPointDistance = nbytes;
	/* A burst counts at once; quieter times lower the estimate slowly. */
	if (CheckPointDistanceEstimate < nbytes)
		CheckPointDistanceEstimate = nbytes;
	else
		CheckPointDistanceEstimate = 0.90 * CheckPointDistanceEstimate + 0.10 * (double) nbytes;
}

/* The last segment number to which old files may be renamed. */
static XLogSegNo
recycle_up_to(XLogRecPtr redo)
{
	XLogSegNo redo_segno = redo / wal_segment_size;
	XLogSegNo min_segno = redo_segno + segments_of_mb(min_wal_size_mb) - 1;
	XLogSegNo max_segno = redo_segno + segments_of_mb(max_wal_size_mb) - 1;
	/* Up to the next checkpoint's end, and a tenth more. */
	double distance = (1.0 + CheckPointCompletionTarget) * CheckPointDistanceEstimate * 1.10;
	XLogSegNo wanted = (XLogSegNo) ((redo + distance) / wal_segment_size) + 1;

	return Min(Max(wanted, min_segno), max_segno);
}

XLogSegNo
wal_oldest_to_keep(XLogRecPtr redo, XLogRecPtr recptr)
{
	XLogSegNo segno = redo / wal_segment_size;
	XLogSegNo current = recptr / wal_segment_size;

	if (wal_keep_size_mb > 0)
	{
		XLogSegNo keep = segments_of_mb(wal_keep_size_mb);

		if (current < keep + 1)
			return 1;
		segno = Min(segno, current - keep);
	}
	return segno;
}

XLogSegNo
XLogGetLastRemovedSegno(void)
{
	XLogSegNo result;

	SpinLockAcquire(&XLogCtl->info_lock);
	result = XLogCtl->last_removed_segno;
	SpinLockRelease(&XLogCtl->info_lock);
	return result;
}

/* ---- removing ------------------------------------------------------------------------------------------------------------ */
static void
recycle_or_remove(const char *name, XLogSegNo *next_free, XLogSegNo recycle_limit, TimeLineID tli)
{
	char path[MAXPGPATH];
	struct stat st;

	snprintf(path, sizeof(path), XLOGDIR "/%s", name);
	FAULT_POINT("wal-segment-remove");
	if (wal_recycle && *next_free <= recycle_limit && lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		install_segment(next_free, path, true, recycle_limit, tli))
	{
		ereport(DEBUG2, errmsg_internal("recycled write-ahead log file \"%s\"", name));
		CheckpointStats.ckpt_segs_recycled++;
		(*next_free)++;
		return;
	}
	ereport(DEBUG2, errmsg_internal("removing write-ahead log file \"%s\"", name));
	if (durable_unlink(path, LOG) == 0)
		CheckpointStats.ckpt_segs_removed++;
}

void
wal_remove_old_segments(XLogSegNo segno, XLogRecPtr redo, XLogRecPtr endptr, TimeLineID tli)
{
	XLogSegNo next_free = endptr / wal_segment_size + 1;
	XLogSegNo limit = recycle_up_to(redo);
	char last_to_go[MAXFNAMELEN];
	DIR *dir;
	struct dirent *entry;

	/* Names are compared without the timeline: what matters is the position. */
	XLogFileName(last_to_go, 0, segno, wal_segment_size);
	dir = AllocateDir(XLOGDIR);
	while ((entry = ReadDir(dir, XLOGDIR)) != NULL)
	{
		TimeLineID file_tli;
		XLogSegNo file_segno;

		if (!IsXLogFileName(entry->d_name) || strcmp(entry->d_name + 8, last_to_go + 8) > 0)
			continue;
		if (XLogArchivingActive() && !XLogArchiveCheckDone(entry->d_name))
			continue;
		if (!XLogFromFileName(entry->d_name, &file_tli, &file_segno, wal_segment_size))
			continue;
		SpinLockAcquire(&XLogCtl->info_lock);
		XLogCtl->last_removed_segno = Max(XLogCtl->last_removed_segno, file_segno);
		SpinLockRelease(&XLogCtl->info_lock);
		recycle_or_remove(entry->d_name, &next_free, limit, tli);
	}
	FreeDir(dir);
}

void
wal_remove_temp_files(void)
{
	DIR *dir = AllocateDir(XLOGDIR);
	struct dirent *entry;

	while ((entry = ReadDir(dir, XLOGDIR)) != NULL)
	{
		char path[MAXPGPATH];

		if (strncmp(entry->d_name, "xlogtemp.", 9) != 0)
			continue;
		snprintf(path, sizeof(path), XLOGDIR "/%s", entry->d_name);
		unlink(path);
		elog(DEBUG2, "removed temporary WAL segment \"%s\"", path);
	}
	FreeDir(dir);
}

void
wal_check_directories(void)
{
	struct stat st;

	if (stat(XLOGDIR, &st) != 0 || !S_ISDIR(st.st_mode))
		ereport(FATAL, errmsg("required WAL directory \"%s\" does not exist", XLOGDIR));
	if (stat(XLOGDIR "/archive_status", &st) == 0)
	{
		if (!S_ISDIR(st.st_mode))
			ereport(FATAL, errmsg("required WAL directory \"%s\" does not exist", XLOGDIR "/archive_status"));
		return;
	}
	ereport(LOG, errmsg("creating missing WAL directory \"%s\"", XLOGDIR "/archive_status"));
	if (MakePGDirectory(XLOGDIR "/archive_status") < 0)
		ereport(FATAL, errmsg("could not create missing directory \"%s\": %m", XLOGDIR "/archive_status"));
}
