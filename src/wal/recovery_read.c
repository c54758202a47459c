/*
 * recovery_read.c
 *    Gives the reader WAL from the files in pg_wal, in large reads.
 */
#include <fcntl.h>
#include <unistd.h>

#include "postgres.h"
#include "miscadmin.h"
#include "sys/fd.h"
#include "utils/wait_event.h"
#include "wal/wal.h"

#define READ_CHUNK (512 * 1024)

struct RecoveryReader
{
	int fd; /* -1: none open */
	XLogSegNo segno;
	TimeLineID tli;
	XLogRecPtr chunk_begin; /* what chunk holds */
	uint32 chunk_len;
	char *chunk;
};

static bool
open_segment(RecoveryReader *source, XLogSegNo segno)
{
	char path[MAXPGPATH];

	if (source->fd >= 0 && source->segno == segno)
		return true;
	if (source->fd >= 0)
		close(source->fd);
	source->chunk_len = 0;
	source->segno = segno;
	XLogFilePath(path, source->tli, segno, wal_segment_size);
	source->fd = BasicOpenFile(path, O_RDONLY | PG_BINARY);
	if (source->fd < 0)
	{
		/* The segment after the last one: simply the end. */
		ereport(errno == ENOENT ? DEBUG2 : LOG, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", path));
		return false;
	}
	return true;
}

static int
read_page(XLogReaderState *reader, XLogRecPtr page_ptr, int need, XLogRecPtr target, char *out)
{
	RecoveryReader *source = reader->private_data;

	if (!open_segment(source, page_ptr / wal_segment_size))
		return -1;
	if (page_ptr < source->chunk_begin || page_ptr + XLOG_BLCKSZ > source->chunk_begin + source->chunk_len)
	{
		uint64 offset = XLogSegmentOffset(page_ptr, wal_segment_size);
		ssize_t len;

		pgstat_report_wait_start(WAIT_EVENT_WAL_READ);
		len = pg_pread(source->fd, source->chunk, Min(READ_CHUNK, wal_segment_size - offset), (off_t) offset);
		pgstat_report_wait_end();
		if (len < XLOG_BLCKSZ)
		{
			char fname[MAXFNAMELEN];

			XLogFileName(fname, source->tli, source->segno, wal_segment_size);
			if (len < 0)
				ereport(LOG, errcode_for_file_access(),
						errmsg("could not read from log segment %s, offset %u: %m", fname, (uint32) offset));
			else
				ereport(LOG, errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("could not read from log segment %s, offset %u: read %d of %zu", fname,
							   (uint32) offset, (int) len, (Size) XLOG_BLCKSZ));
			source->chunk_len = 0;
			return -1;
		}
		source->chunk_begin = page_ptr;
		source->chunk_len = (uint32) (len - len % XLOG_BLCKSZ);
	}
	memcpy(out, source->chunk + (page_ptr - source->chunk_begin), XLOG_BLCKSZ);
	return XLOG_BLCKSZ;
}

XLogReaderState *
recovery_reader_open(void)
{
	RecoveryReader *source = palloc0(sizeof(RecoveryReader));
	XLogReaderState *reader;

	source->fd = -1;
	source->tli = ControlFile->checkPointCopy.ThisTimeLineID;
	source->chunk = palloc(READ_CHUNK);
	reader = XLogReaderAllocate(wal_segment_size, read_page, ControlFile->system_identifier, source);
	if (reader == NULL)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
				errdetail("Failed while allocating a WAL reading processor."));
	reader->currTLI = source->tli;
	return reader;
}

void
recovery_reader_close(XLogReaderState *reader)
{
	RecoveryReader *source = reader->private_data;

	if (source->fd >= 0)
		close(source->fd);
	pfree(source->chunk);
	pfree(source);
	XLogReaderFree(reader);
}

XLogRecord *
recovery_read_record(XLogReaderState *reader, int emode)
{
	char *errormsg;
	XLogRecord *record = XLogReadRecord(reader, &errormsg);

	if (record == NULL && errormsg && emode > 0)
		ereport(emode, errmsg_internal("%s", errormsg));
	return record;
}
