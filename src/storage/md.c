/*
 * md.c
 *    A fork as a row of files, 131072 blocks (1 GB) each: REL, REL.1, REL.2, ...
 *
 * Every segment but the last is full; those after the last, if there are any, are empty (left by a truncation, so that a process that
 * still has them open does no harm). A fork ends with its first segment that is not full.
 *
 * The first segment of a permanent relation's main fork is not unlinked when the relation is dropped but truncated to nothing, and
 * unlinked after the next checkpoint: as long as the name is there, its number is not given to a new relation, and redo
 * of old records cannot write into a stranger.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postgres.h"
#include "access/xlogutils.h"
#include "miscadmin.h"
#include "storage/md.h"
#include "sys/fault.h"
#include "sys/fd.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

struct md_segment
{
	File vfd;
};

typedef enum
{
	MD_RETURN_NULL, /* no such segment: NULL */
	MD_ERROR,		/* no such segment: ERROR */
	MD_CREATE		/* make it, and the full ones before it */
} MissingSegment;

/* Is a missing file to be expected? Redo meets relations that are dropped later in the log. */
#define FILE_POSSIBLY_DELETED(err) ((err) == ENOENT)

static char *
segment_path(RelFileNodeBackend rnode, ForkNumber forknum, BlockNumber segno)
{
	char *base = relpath(rnode, forknum);
	char *path;

	if (segno == 0)
		return base;
	path = psprintf("%s.%u", base, segno);
	pfree(base);
	return path;
}

static FileTag
segment_tag(RelFileNodeBackend rnode, ForkNumber forknum, BlockNumber segno)
{
	return (FileTag) {.handler = SYNC_HANDLER_MD, .forknum = (int16) forknum, .rnode = rnode.node, .segno = segno};
}

/* ---- open segments ------------------------------------------------------------------------------------------------ */
static void
set_open_segments(SMgrRelation reln, ForkNumber forknum, int count)
{
	struct md_segment *segs = reln->md_segs[forknum];

	if (count == 0)
	{
		if (segs)
			pfree(segs);
		reln->md_segs[forknum] = NULL;
	}
	else if (segs == NULL)
		reln->md_segs[forknum] = MemoryContextAlloc(TopMemoryContext, count * sizeof(struct md_segment));
	else
		reln->md_segs[forknum] = repalloc(segs, count * sizeof(struct md_segment));
	reln->md_num_open_segs[forknum] = count;
}

static struct md_segment *
remember_segment(SMgrRelation reln, ForkNumber forknum, File vfd)
{
	int n = reln->md_num_open_segs[forknum];

	set_open_segments(reln, forknum, n + 1);
	reln->md_segs[forknum][n].vfd = vfd;
	return &reln->md_segs[forknum][n];
}

/* NULL when the file is not there and that is allowed. */
static struct md_segment *
open_segment(SMgrRelation reln, ForkNumber forknum, BlockNumber segno, int extra_flags, bool missing_ok)
{
	char *path = segment_path(reln->smgr_rnode, forknum, segno);
	File vfd = PathNameOpenFile(path, O_RDWR | PG_BINARY | extra_flags);

	if (vfd < 0)
	{
		if (missing_ok && FILE_POSSIBLY_DELETED(errno))
		{
			pfree(path);
			return NULL;
		}
		ereport(ERROR, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", path));
	}
	pfree(path);
	Assert(reln->md_num_open_segs[forknum] == (int) segno);
	return remember_segment(reln, forknum, vfd);
}

static BlockNumber
segment_nblocks(struct md_segment *seg)
{
	off_t len = FileSize(seg->vfd);

	if (len < 0)
		ereport(ERROR, errcode_for_file_access(),
				errmsg("could not seek to end of file \"%s\": %m", FilePathName(seg->vfd)));
	return (BlockNumber) (len / BLCKSZ);
}

/* The segment that holds blkno, opened along with all before it. */
static struct md_segment *
find_segment(SMgrRelation reln, ForkNumber forknum, BlockNumber blkno, MissingSegment missing)
{
	int target = (int) (blkno / RELSEG_SIZE);

	while (reln->md_num_open_segs[forknum] <= target)
	{
		int next = reln->md_num_open_segs[forknum];

		if (next > 0 && segment_nblocks(&reln->md_segs[forknum][next - 1]) < RELSEG_SIZE)
		{
			/* The fork ends before. A segment after a short one must not be looked at, it may be a left-over. */
			if (missing != MD_CREATE)
			{
				if (missing == MD_RETURN_NULL)
				{
					errno = ENOENT;
					return NULL;
				}
				ereport(ERROR, errcode_for_file_access(),
						errmsg("could not open file \"%s\" (target block %u): previous segment is only %u blocks",
							   segment_path(reln->smgr_rnode, forknum, next), blkno,
							   segment_nblocks(&reln->md_segs[forknum][next - 1])));
			}
			/* Redo may see a write far past the end: fill the gap, as the file had been before. */
			if (FileTruncate(reln->md_segs[forknum][next - 1].vfd, (off_t) RELSEG_SIZE * BLCKSZ,
							 WAIT_EVENT_DATA_FILE_EXTEND) < 0)
				ereport(ERROR, errcode_for_file_access(),
						errmsg("could not extend file \"%s\": %m",
							   FilePathName(reln->md_segs[forknum][next - 1].vfd)));
		}
		if (open_segment(reln, forknum, next, missing == MD_CREATE ? O_CREAT : 0, missing == MD_RETURN_NULL) == NULL)
			return NULL;
	}
	return &reln->md_segs[forknum][target];
}

void
md_close(SMgrRelation reln, ForkNumber forknum)
{
	for (int i = 0; i < reln->md_num_open_segs[forknum]; i++)
		FileClose(reln->md_segs[forknum][i].vfd);
	if (reln->md_num_open_segs[forknum] > 0)
		set_open_segments(reln, forknum, 0);
}

/* ---- existence ------------------------------------------------------------------------------------------------------ */
bool
md_exists(SMgrRelation reln, ForkNumber forknum)
{
	/* An open file may be unlinked already: ask for the name. In recovery nobody else unlinks. */
	if (!InRecovery)
		md_close(reln, forknum);
	if (reln->md_num_open_segs[forknum] > 0)
		return true;
	return open_segment(reln, forknum, 0, 0, true) != NULL;
}

void
md_create(SMgrRelation reln, ForkNumber forknum, bool isRedo)
{
	char *path;
	File vfd;

	if (isRedo && reln->md_num_open_segs[forknum] > 0)
		return;
	Assert(reln->md_num_open_segs[forknum] == 0);
	FAULT_POINT("md-create");
	path = segment_path(reln->smgr_rnode, forknum, 0);
	vfd = PathNameOpenFile(path, O_RDWR | O_CREAT | O_EXCL | PG_BINARY);
	if (vfd < 0 && isRedo && errno == EEXIST)
		vfd = PathNameOpenFile(path, O_RDWR | PG_BINARY);
	if (vfd < 0)
	{
		int save_errno = errno;

		/* Redo of a database whose directory a later record removes. */
		if (isRedo && save_errno == ENOENT)
		{
			char *slash = strrchr(path, '/');

			*slash = '\0';
			if (mkdir(path, pg_dir_create_mode) == 0 || errno == EEXIST)
			{
				*slash = '/';
				vfd = PathNameOpenFile(path, O_RDWR | O_CREAT | PG_BINARY);
				save_errno = errno;
			}
			*slash = '/';
		}
		if (vfd < 0)
		{
			errno = save_errno;
			ereport(ERROR, errcode_for_file_access(), errmsg("could not create file \"%s\": %m", path));
		}
	}
	pfree(path);
	remember_segment(reln, forknum, vfd);
}

static void
register_dirty(SMgrRelation reln, ForkNumber forknum, struct md_segment *seg)
{
	BlockNumber segno = (BlockNumber) (seg - reln->md_segs[forknum]);
	FileTag tag = segment_tag(reln->smgr_rnode, forknum, segno);

	Assert(!SmgrIsTemp(reln));
	if (RegisterSyncRequest(&tag, SYNC_REQUEST, false))
		return;
	/* The queue is full of other files: do it here and now. */
	if (FileSync(seg->vfd, WAIT_EVENT_DATA_FILE_SYNC) < 0)
		ereport(data_sync_elevel(ERROR), errcode_for_file_access(),
				errmsg("could not fsync file \"%s\": %m", FilePathName(seg->vfd)));
}

static int
truncate_by_name(const char *path)
{
	int fd = OpenTransientFile(path, O_RDWR | PG_BINARY);
	int result;
	int save_errno;

	if (fd < 0)
		return -1;
	result = ftruncate(fd, 0);
	save_errno = errno;
	CloseTransientFile(fd);
	errno = save_errno;
	return result;
}

static void
unlink_fork(RelFileNodeBackend rnode, ForkNumber forknum, bool isRedo)
{
	bool is_temp = RelFileNodeBackendIsTemp(rnode);
	bool defer = !is_temp && forknum == MAIN_FORKNUM && !isRedo;
	char *path = segment_path(rnode, forknum, 0);
	int result;

	if (!is_temp)
	{
		FileTag tag = segment_tag(rnode, forknum, 0);

		RegisterSyncRequest(&tag, SYNC_FORGET_REQUEST, true);
	}
	/* Give the space back at once in any case: the file may stay open in other processes for long. */
	result = is_temp ? 0 : truncate_by_name(path);
	if (result == 0 && !defer)
		result = unlink(path);
	if (result < 0 && errno != ENOENT)
		ereport(WARNING, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", path));
	if (result == 0 && defer)
	{
		FileTag tag = segment_tag(rnode, forknum, 0);

		RegisterSyncRequest(&tag, SYNC_UNLINK_REQUEST, true);
	}
	pfree(path);
	if (result < 0)
		return;
	for (BlockNumber segno = 1;; segno++)
	{
		path = segment_path(rnode, forknum, segno);
		if (!is_temp)
		{
			FileTag tag = segment_tag(rnode, forknum, segno);

			if (truncate_by_name(path) < 0 && errno == ENOENT)
			{
				pfree(path);
				return;
			}
			RegisterSyncRequest(&tag, SYNC_FORGET_REQUEST, true);
		}
		if (unlink(path) < 0)
		{
			if (errno != ENOENT)
				ereport(WARNING, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", path));
			pfree(path);
			return;
		}
		pfree(path);
	}
}

void
md_unlink(RelFileNodeBackend rnode, ForkNumber forknum, bool isRedo)
{
	if (forknum != InvalidForkNumber)
		unlink_fork(rnode, forknum, isRedo);
	else
		for (int fork = 0; fork <= MAX_FORKNUM; fork++)
			unlink_fork(rnode, (ForkNumber) fork, isRedo);
}

/* ---- reading and writing -------------------------------------------------------------------------------------------- */
static off_t
block_offset(BlockNumber blocknum)
{
	return (off_t) BLCKSZ * (blocknum % RELSEG_SIZE);
}

static void
report_short_write(File vfd, BlockNumber blocknum, int nbytes, bool extending)
{
	if (nbytes < 0)
		ereport(ERROR, errcode_for_file_access(),
				extending ? errmsg("could not extend file \"%s\": %m", FilePathName(vfd))
						  : errmsg("could not write block %u in file \"%s\": %m", blocknum, FilePathName(vfd)),
				errno == ENOSPC || extending ? errhint("Check free disk space.") : 0);
	ereport(ERROR, errcode(ERRCODE_DISK_FULL),
			extending ? errmsg("could not extend file \"%s\": wrote only %d of %d bytes at block %u",
							   FilePathName(vfd), nbytes, BLCKSZ, blocknum)
					  : errmsg("could not write block %u in file \"%s\": wrote only %d of %d bytes", blocknum,
							   FilePathName(vfd), nbytes, BLCKSZ),
			errhint("Check free disk space."));
}

static void
check_may_extend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum)
{
	if (blocknum == InvalidBlockNumber)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("cannot extend file \"%s\" beyond %u blocks", relpath(reln->smgr_rnode, forknum),
					   InvalidBlockNumber));
}

void
md_extend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync)
{
	struct md_segment *seg;
	int nbytes;

	check_may_extend(reln, forknum, blocknum);
	seg = find_segment(reln, forknum, blocknum, MD_CREATE);
	FAULT_POINT("md-extend");
	nbytes = FileWrite(seg->vfd, buffer, BLCKSZ, block_offset(blocknum), WAIT_EVENT_DATA_FILE_EXTEND);
	if (unlikely(nbytes != BLCKSZ))
		report_short_write(seg->vfd, blocknum, nbytes, true);
	if (!skipFsync && !SmgrIsTemp(reln))
		register_dirty(reln, forknum, seg);
}

/*
 * Zeroes are written, not merely claimed by ftruncate: a full disk must be noticed now, while the statement can fail, not at the
 * checkpoint.
 */
void
md_zero_extend(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, int nblocks, bool skipFsync)
{
	static const char zeroes[BLCKSZ * 16];

	while (nblocks > 0)
	{
		int in_segment = Min(nblocks, (int) (RELSEG_SIZE - blocknum % RELSEG_SIZE));
		struct md_segment *seg;

		check_may_extend(reln, forknum, blocknum);
		seg = find_segment(reln, forknum, blocknum, MD_CREATE);
		for (int done = 0; done < in_segment;)
		{
			int chunk = Min(in_segment - done, (int) lengthof(zeroes) / BLCKSZ);
			int nbytes = FileWrite(seg->vfd, (char *) zeroes, chunk * BLCKSZ, block_offset(blocknum + done),
								   WAIT_EVENT_DATA_FILE_EXTEND);

			if (unlikely(nbytes != chunk * BLCKSZ))
				report_short_write(seg->vfd, blocknum + done, nbytes, true);
			done += chunk;
		}
		if (!skipFsync && !SmgrIsTemp(reln))
			register_dirty(reln, forknum, seg);
		blocknum += in_segment;
		nblocks -= in_segment;
	}
}

bool
md_prefetch(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum)
{
	struct md_segment *seg = find_segment(reln, forknum, blocknum, InRecovery ? MD_RETURN_NULL : MD_ERROR);

	if (seg == NULL)
		return false;
	FilePrefetch(seg->vfd, block_offset(blocknum), BLCKSZ, WAIT_EVENT_DATA_FILE_PREFETCH);
	return true;
}

void
md_read(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer)
{
	struct md_segment *seg = find_segment(reln, forknum, blocknum, InRecovery ? MD_CREATE : MD_ERROR);
	int nbytes = FileRead(seg->vfd, buffer, BLCKSZ, block_offset(blocknum), WAIT_EVENT_DATA_FILE_READ);

	if (likely(nbytes == BLCKSZ))
		return;
	if (nbytes < 0)
		ereport(ERROR, errcode_for_file_access(),
				errmsg("could not read block %u in file \"%s\": %m", blocknum, FilePathName(seg->vfd)));
	/* Past the end. Redo sees that when an extension had not reached the disk: the block was never written, it is new. */
	if (zero_damaged_pages || InRecovery)
		memset(buffer, 0, BLCKSZ);
	else
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("could not read block %u in file \"%s\": read only %d of %d bytes", blocknum,
					   FilePathName(seg->vfd), nbytes, BLCKSZ));
}

void
md_write(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, char *buffer, bool skipFsync)
{
	struct md_segment *seg = find_segment(reln, forknum, blocknum, InRecovery ? MD_CREATE : MD_ERROR);
	int nbytes;

	FAULT_POINT("md-write");
	nbytes = FileWrite(seg->vfd, buffer, BLCKSZ, block_offset(blocknum), WAIT_EVENT_DATA_FILE_WRITE);
	if (unlikely(nbytes != BLCKSZ))
		report_short_write(seg->vfd, blocknum, nbytes, false);
	if (!skipFsync && !SmgrIsTemp(reln))
		register_dirty(reln, forknum, seg);
}

void
md_writeback(SMgrRelation reln, ForkNumber forknum, BlockNumber blocknum, BlockNumber nblocks)
{
	while (nblocks > 0)
	{
		BlockNumber in_segment = Min(nblocks, RELSEG_SIZE - blocknum % RELSEG_SIZE);
		struct md_segment *seg = find_segment(reln, forknum, blocknum, MD_RETURN_NULL);

		/* Gone or cut short meanwhile: nothing to hurry. */
		if (seg == NULL)
			return;
		FileWriteback(seg->vfd, block_offset(blocknum), (off_t) BLCKSZ * in_segment, WAIT_EVENT_DATA_FILE_FLUSH);
		blocknum += in_segment;
		nblocks -= in_segment;
	}
}

/* ---- size ------------------------------------------------------------------------------------------------------------- */
BlockNumber
md_nblocks(SMgrRelation reln, ForkNumber forknum)
{
	BlockNumber segno;

	if (reln->md_num_open_segs[forknum] == 0)
		open_segment(reln, forknum, 0, 0, false);
	/* Segments known to have one after them were full and stay so: truncation closes them everywhere. */
	for (segno = (BlockNumber) reln->md_num_open_segs[forknum] - 1;; segno++)
	{
		BlockNumber nblocks = segment_nblocks(&reln->md_segs[forknum][segno]);

		if (nblocks > RELSEG_SIZE)
			elog(FATAL, "segment too big");
		if (nblocks < RELSEG_SIZE)
			return segno * RELSEG_SIZE + nblocks;
		if (open_segment(reln, forknum, segno + 1, 0, true) == NULL)
			return (segno + 1) * RELSEG_SIZE;
	}
}

void
md_truncate(SMgrRelation reln, ForkNumber forknum, BlockNumber nblocks)
{
	BlockNumber current = md_nblocks(reln, forknum);

	if (nblocks > current)
	{
		if (InRecovery)
			return;
		ereport(ERROR, errmsg("could not truncate file \"%s\" to %u blocks: it's only %u blocks now",
							  relpath(reln->smgr_rnode, forknum), nblocks, current));
	}
	if (nblocks == current)
		return;
	FAULT_POINT("md-truncate");
	/* From the end, so that a crash midway leaves a shorter fork, never a hole. */
	for (int segno = reln->md_num_open_segs[forknum] - 1; segno >= 0; segno--)
	{
		struct md_segment *seg = &reln->md_segs[forknum][segno];
		BlockNumber first = (BlockNumber) segno * RELSEG_SIZE;
		BlockNumber keep = nblocks <= first ? 0 : nblocks - first;

		if (keep >= RELSEG_SIZE)
			break;
		if (FileTruncate(seg->vfd, (off_t) keep * BLCKSZ, WAIT_EVENT_DATA_FILE_TRUNCATE) < 0)
			ereport(ERROR, errcode_for_file_access(),
					errmsg("could not truncate file \"%s\" to %u blocks: %m", FilePathName(seg->vfd), nblocks));
		if (!SmgrIsTemp(reln))
			register_dirty(reln, forknum, seg);
		if (keep > 0 || segno == 0)
			break;
		FileClose(seg->vfd);
		set_open_segments(reln, forknum, segno);
	}
}

void
md_immediate_sync(SMgrRelation reln, ForkNumber forknum)
{
	md_nblocks(reln, forknum); /* opens all that are in use */
	for (int segno = 0; segno < reln->md_num_open_segs[forknum]; segno++)
	{
		File vfd = reln->md_segs[forknum][segno].vfd;

		if (FileSync(vfd, WAIT_EVENT_DATA_FILE_IMMEDIATE_SYNC) < 0)
			ereport(data_sync_elevel(ERROR), errcode_for_file_access(),
					errmsg("could not fsync file \"%s\": %m", FilePathName(vfd)));
	}
}

/* ---- for sync.c ----------------------------------------------------------------------------------------------------------- */
static void
tag_path(const FileTag *ftag, char *path)
{
	RelFileNodeBackend rnode = {.node = ftag->rnode, .backend = InvalidBackendId};
	char *name = segment_path(rnode, (ForkNumber) ftag->forknum, (BlockNumber) ftag->segno);

	strlcpy(path, name, MAXPGPATH);
	pfree(name);
}

int
md_sync_file(const FileTag *ftag, char *path)
{
	File vfd;
	int result;
	int save_errno;

	tag_path(ftag, path);
	vfd = PathNameOpenFile(path, O_RDWR | PG_BINARY);
	if (vfd < 0)
		return -1;
	result = FileSync(vfd, WAIT_EVENT_DATA_FILE_SYNC);
	save_errno = errno;
	FileClose(vfd);
	errno = save_errno;
	return result;
}

int
md_unlink_file(const FileTag *ftag, char *path)
{
	tag_path(ftag, path);
	return unlink(path);
}

/* Filter requests forget a whole database. */
bool
md_file_matches(const FileTag *ftag, const FileTag *candidate)
{
	return ftag->rnode.dbNode == candidate->rnode.dbNode;
}

void
md_forget_database(Oid dbid)
{
	FileTag tag = {.handler = SYNC_HANDLER_MD, .forknum = InvalidForkNumber, .segno = InvalidBlockNumber};

	tag.rnode.dbNode = dbid;
	RegisterSyncRequest(&tag, SYNC_FILTER_REQUEST, true);
}
