/*
 * buffile.c
 *    Buffered temporary files (storage/buffile.h).
 *
 * The file's contents are [segment 0][segment 1]... of SEGMENT_BYTES each; a position is one 64-bit number. The buffer
 * covers buffer_bytes bytes at buffer_start; when dirty they are not in the file yet. Reading and writing may mix.
 */
#include "postgres.h"

#include "storage/buffile.h"
#include "storage/fd.h"
#include "utils/memutils.h"
#include "utils/wait_event.h"

#define SEGMENT_BYTES ((int64) 1024 * 1024 * 1024)
#define BUFFER_BYTES BLCKSZ

struct BufFile
{
	File *segments;
	int segment_count;
	bool inter_xact;
	bool dirty;
	int64 buffer_start;
	int buffer_bytes; /* valid bytes in the buffer */
	int buffer_pos;	  /* current position, relative to buffer_start */
	char buffer[BUFFER_BYTES];
};

static void
add_segment(BufFile *file)
{
	File segment = OpenTemporaryFile(file->inter_xact);

	file->segments = file->segments
		? repalloc_array(file->segments, File, file->segment_count + 1)
		: MemoryContextAlloc(GetMemoryChunkContext(file), sizeof(File));
	file->segments[file->segment_count++] = segment;
}

BufFile *
BufFileCreateTemp(bool interXact)
{
	/*
	 * As long-lived as the descriptors below it, whatever context its maker happens to be in: a node spills in the middle of
	 * a row.
	 */
	BufFile *file = MemoryContextAlloc(interXact || TopTransactionContext == NULL ? TopMemoryContext : TopTransactionContext,
									   sizeof(BufFile));

	memset(file, 0, offsetof(BufFile, buffer));
	file->inter_xact = interXact;
	add_segment(file);
	return file;
}

void
BufFileClose(BufFile *file)
{
	/* what is in the buffer only was never needed */
	for (int i = 0; i < file->segment_count; i++)
		FileClose(file->segments[i]);
	pfree(file->segments);
	pfree(file);
}

/* How much of [position, position + size) is in the segment of position. */
static int
part_in_segment(int64 position, int64 size)
{
	return (int) Min(size, SEGMENT_BYTES - position % SEGMENT_BYTES);
}

static void
flush_buffer(BufFile *file)
{
	int done = 0;

	while (file->dirty && done < file->buffer_bytes)
	{
		int64 position = file->buffer_start + done;
		int part = part_in_segment(position, file->buffer_bytes - done);
		int segment = (int) (position / SEGMENT_BYTES);
		int written;

		while (segment >= file->segment_count)
			add_segment(file);
		written = FileWrite(file->segments[segment], file->buffer + done, part, position % SEGMENT_BYTES,
							WAIT_EVENT_BUFFILE_WRITE);
		if (written <= 0)
			ereport(ERROR,
					errcode_for_file_access(),
					errmsg("could not write to file \"%s\": %m", FilePathName(file->segments[segment])));
		done += written;
	}
	file->dirty = false;
}

static void
load_buffer(BufFile *file)
{
	int64 position = file->buffer_start + file->buffer_pos;
	int segment = (int) (position / SEGMENT_BYTES);
	int got = 0;

	flush_buffer(file);
	file->buffer_start = position;
	file->buffer_pos = file->buffer_bytes = 0;
	if (segment >= file->segment_count)
		return;
	got = FileRead(file->segments[segment], file->buffer, part_in_segment(position, BUFFER_BYTES),
				   position % SEGMENT_BYTES, WAIT_EVENT_BUFFILE_READ);
	if (got < 0)
		ereport(ERROR,
				errcode_for_file_access(),
				errmsg("could not read file \"%s\": %m", FilePathName(file->segments[segment])));
	file->buffer_bytes = got;
}

size_t
BufFileRead(BufFile *file, void *ptr, size_t size)
{
	size_t done = 0;

	while (done < size)
	{
		size_t part;

		if (file->buffer_pos >= file->buffer_bytes)
		{
			load_buffer(file);
			if (file->buffer_bytes == 0)
				break;
		}
		part = Min(size - done, (size_t) (file->buffer_bytes - file->buffer_pos));
		memcpy((char *) ptr + done, file->buffer + file->buffer_pos, part);
		file->buffer_pos += (int) part;
		done += part;
	}
	return done;
}

static void pg_attribute_noreturn()
raise_short_read(BufFile *file, size_t got, size_t wanted)
{
	ereport(ERROR,
			errcode_for_file_access(),
			errmsg("could not read from file set \"%s\": read only %zu of %zu bytes", FilePathName(file->segments[0]),
				   got, wanted));
	pg_unreachable();
}

void
BufFileReadExact(BufFile *file, void *ptr, size_t size)
{
	size_t got = BufFileRead(file, ptr, size);

	if (got != size)
		raise_short_read(file, got, size);
}

size_t
BufFileReadMaybeEOF(BufFile *file, void *ptr, size_t size, bool eofOK)
{
	size_t got = BufFileRead(file, ptr, size);

	if (got != size && !(got == 0 && eofOK))
		raise_short_read(file, got, size);
	return got;
}

void
BufFileWrite(BufFile *file, const void *ptr, size_t size)
{
	while (size > 0)
	{
		size_t part;

		if (file->buffer_pos >= BUFFER_BYTES)
		{
			flush_buffer(file);
			file->buffer_start += file->buffer_pos;
			file->buffer_pos = file->buffer_bytes = 0;
		}
		part = Min(size, (size_t) (BUFFER_BYTES - file->buffer_pos));
		memcpy(file->buffer + file->buffer_pos, ptr, part);
		file->dirty = true;
		file->buffer_pos += (int) part;
		file->buffer_bytes = Max(file->buffer_bytes, file->buffer_pos);
		ptr = (const char *) ptr + part;
		size -= part;
	}
}

int64
BufFileSize(BufFile *file)
{
	int64 size;
	off_t last;

	/* What is in the buffer only counts as well; it need not be written for that. */
	last = FileSize(file->segments[file->segment_count - 1]);
	if (last < 0)
		ereport(ERROR,
				errcode_for_file_access(),
				errmsg("could not determine size of temporary file \"%s\": %m",
					   FilePathName(file->segments[file->segment_count - 1])));
	size = (file->segment_count - 1) * SEGMENT_BYTES + last;
	return Max(size, file->buffer_start + file->buffer_bytes);
}

int
BufFileSeek(BufFile *file, int fileno, off_t offset, int whence)
{
	int64 position;

	switch (whence)
	{
		case SEEK_SET:
			position = fileno * SEGMENT_BYTES + offset;
			break;
		case SEEK_CUR:
			position = file->buffer_start + file->buffer_pos + offset;
			break;
		case SEEK_END:
			position = BufFileSize(file) + offset;
			break;
		default:
			elog(ERROR, "invalid whence: %d", whence);
	}
	if (position < 0)
		return EOF;
	if (position >= file->buffer_start && position <= file->buffer_start + file->buffer_bytes)
	{
		file->buffer_pos = (int) (position - file->buffer_start);
		return 0;
	}
	if (position > BufFileSize(file))
		return EOF;
	flush_buffer(file);
	file->buffer_start = position;
	file->buffer_pos = file->buffer_bytes = 0;
	return 0;
}

void
BufFileTell(BufFile *file, int *fileno, off_t *offset)
{
	int64 position = file->buffer_start + file->buffer_pos;

	*fileno = (int) (position / SEGMENT_BYTES);
	*offset = position % SEGMENT_BYTES;
}

int
BufFileSeekBlock(BufFile *file, long blknum)
{
	int64 position = (int64) blknum * BLCKSZ;

	return BufFileSeek(file, (int) (position / SEGMENT_BYTES), position % SEGMENT_BYTES, SEEK_SET);
}
