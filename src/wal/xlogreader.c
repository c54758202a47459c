/*
 * xlogreader.c
 *    From pages to validated records.
 *
 * A record is believed step by step, and nothing is used before it has been checked: the page header (magic, flags, address,
 * system), the record's length against what can be, its header, the flags and remaining lengths of the pages it goes on to, at last its
 * CRC. Only then is it taken apart (xlogdecode.c), and even then each length inside is bounded by the record.
 *
 * Memory grows with the bytes that have arrived, not with what a length promises.
 */
#include "c.h"
#include "access/xlog_internal.h"
#include "access/xlogreader.h"
#include "base/crc32c.h"
#include "catalog/pg_control.h"
#include "wal/xlogreader_private.h"

#define MAX_ERRORMSG_LEN 1000

XLogReaderState *
XLogReaderAllocate(int wal_segment_size, XLogPageReadCB page_read, uint64 system_identifier, void *private_data)
{
	XLogReaderState *state = calloc(1, sizeof(XLogReaderState));

	if (state == NULL)
		return NULL;
	state->wal_segment_size = wal_segment_size;
	state->page_read = page_read;
	state->system_identifier = system_identifier;
	state->private_data = private_data;
	state->max_block_id = -1;
	state->readBuf = aligned_alloc(XLOG_BLCKSZ, XLOG_BLCKSZ);
	state->errormsg_buf = calloc(1, MAX_ERRORMSG_LEN + 1);
	if (state->readBuf == NULL || state->errormsg_buf == NULL)
	{
		XLogReaderFree(state);
		return NULL;
	}
	return state;
}

void
XLogReaderFree(XLogReaderState *state)
{
	free(state->readBuf);
	free(state->errormsg_buf);
	free(state->readRecordBuf);
	free(state->decode_buf);
	free(state);
}

void
xlogreader_error(XLogReaderState *state, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(state->errormsg_buf, MAX_ERRORMSG_LEN, fmt, args);
	va_end(args);
}

void
XLogReaderInvalReadState(XLogReaderState *state)
{
	state->readPagePtr = InvalidXLogRecPtr;
	state->readLen = 0;
}

void
XLogBeginRead(XLogReaderState *state, XLogRecPtr RecPtr)
{
	state->NextRecPtr = RecPtr;
	state->EndRecPtr = RecPtr;
	state->ReadRecPtr = InvalidXLogRecPtr;
	state->decoded_record = NULL;
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */
bool
XLogReaderValidatePageHeader(XLogReaderState *state, XLogRecPtr recptr, char *phdr)
{
	XLogPageHeader hdr = (XLogPageHeader) phdr;
	XLogSegNo segno = recptr / state->wal_segment_size;
	uint32 offset = (uint32) XLogSegmentOffset(recptr, state->wal_segment_size);
	char fname[MAXFNAMELEN];

	XLogFileName(fname, state->currTLI ? state->currTLI : hdr->xlp_tli, segno, state->wal_segment_size);
	if (hdr->xlp_magic != XLOG_PAGE_MAGIC)
	{
		xlogreader_error(state, "invalid magic number %04X in log segment %s, offset %u", hdr->xlp_magic, fname, offset);
		return false;
	}
	if ((hdr->xlp_info & ~XLP_ALL_FLAGS) != 0)
	{
		xlogreader_error(state, "invalid info bits %04X in log segment %s, offset %u", hdr->xlp_info, fname, offset);
		return false;
	}
	if (hdr->xlp_info & XLP_LONG_HEADER)
	{
		XLogLongPageHeader longhdr = (XLogLongPageHeader) phdr;

		if (state->system_identifier && longhdr->xlp_sysid != state->system_identifier)
		{
			xlogreader_error(state,
							 "WAL file is from different database system: WAL file database system identifier is "
							 "%llu, pg_control database system identifier is %llu",
							 (unsigned long long) longhdr->xlp_sysid, (unsigned long long) state->system_identifier);
			return false;
		}
		if (longhdr->xlp_seg_size != (uint32) state->wal_segment_size)
		{
			xlogreader_error(state,
							 "WAL file is from different database system: incorrect segment size in page header");
			return false;
		}
		if (longhdr->xlp_xlog_blcksz != XLOG_BLCKSZ)
		{
			xlogreader_error(state,
							 "WAL file is from different database system: incorrect XLOG_BLCKSZ in page header");
			return false;
		}
	}
	else if (offset == 0)
	{
		/* A segment begins with a long header, always. */
		xlogreader_error(state, "invalid info bits %04X in log segment %s, offset %u", hdr->xlp_info, fname, offset);
		return false;
	}
	/* A recycled file has right-looking pages of the segment that it once was. */
	if (hdr->xlp_pageaddr != recptr)
	{
		xlogreader_error(state, "unexpected pageaddr %X/%X in log segment %s, offset %u",
						 LSN_FORMAT_ARGS(hdr->xlp_pageaddr), fname, offset);
		return false;
	}
	/* Timelines only ever grow along the log. */
	if (recptr > state->latestPagePtr && hdr->xlp_tli < state->latestPageTLI)
	{
		xlogreader_error(state, "out-of-sequence timeline ID %u (after %u) in log segment %s, offset %u", hdr->xlp_tli,
						 state->latestPageTLI, fname, offset);
		return false;
	}
	state->latestPagePtr = recptr;
	state->latestPageTLI = hdr->xlp_tli;
	return true;
}

/* Makes the first need bytes of the page valid in readBuf, its header checked. False: errormsg_buf may say why. */
static bool
read_page(XLogReaderState *state, XLogRecPtr page_ptr, uint32 need)
{
	bool fresh = state->readPagePtr != page_ptr;
	int len;

	Assert(page_ptr % XLOG_BLCKSZ == 0 && need <= XLOG_BLCKSZ);
	need = Max(need, SizeOfXLogShortPHD);
	if (!fresh && state->readLen >= need)
		return true;
	XLogReaderInvalReadState(state);
	len = state->page_read(state, page_ptr, (int) need, state->currRecPtr, state->readBuf);
	if (len < (int) need || len > XLOG_BLCKSZ)
		return false;
	if (((XLogPageHeader) state->readBuf)->xlp_info & XLP_LONG_HEADER && len < (int) SizeOfXLogLongPHD)
	{
		len = state->page_read(state, page_ptr, SizeOfXLogLongPHD, state->currRecPtr, state->readBuf);
		if (len < (int) SizeOfXLogLongPHD || len > XLOG_BLCKSZ)
			return false;
	}
	if (fresh && !XLogReaderValidatePageHeader(state, page_ptr, state->readBuf))
		return false;
	state->readPagePtr = page_ptr;
	state->readLen = (uint32) len;
	return true;
}

/* ---- records ----------------------------------------------------------------------------------------------------------- */
static bool
valid_record_header(XLogReaderState *state, XLogRecPtr rec_ptr, XLogRecPtr prev_ptr, const XLogRecord *record)
{
	if (record->xl_tot_len < SizeOfXLogRecord)
	{
		xlogreader_error(state, "invalid record length at %X/%X: wanted %u, got %u", LSN_FORMAT_ARGS(rec_ptr),
						 (uint32) SizeOfXLogRecord, record->xl_tot_len);
		return false;
	}
	if (!RmgrIdIsValid(record->xl_rmid))
	{
		xlogreader_error(state, "invalid resource manager ID %u at %X/%X", record->xl_rmid, LSN_FORMAT_ARGS(rec_ptr));
		return false;
	}
	/* After a jump the previous record is not known; it must at least be before this one. */
	if (prev_ptr == InvalidXLogRecPtr ? record->xl_prev >= rec_ptr : record->xl_prev != prev_ptr)
	{
		xlogreader_error(state, "record with incorrect prev-link %X/%X at %X/%X", LSN_FORMAT_ARGS(record->xl_prev),
						 LSN_FORMAT_ARGS(rec_ptr));
		return false;
	}
	return true;
}

uint32
xlog_record_crc(const XLogRecord *record)
{
	pg_crc32c crc = XLOG_CRC_SEED;

	COMP_CRC32C(crc, (const char *) record + SizeOfXLogRecord, record->xl_tot_len - SizeOfXLogRecord);
	COMP_CRC32C(crc, record, offsetof(XLogRecord, xl_crc));
	FIN_CRC32C(crc);
	return crc;
}

static bool
valid_record_crc(XLogReaderState *state, XLogRecPtr rec_ptr, const XLogRecord *record)
{
	if (xlog_record_crc(record) == record->xl_crc)
		return true;
	xlogreader_error(state, "incorrect resource manager data checksum in record at %X/%X", LSN_FORMAT_ARGS(rec_ptr));
	return false;
}

static bool
ensure_record_buf(XLogReaderState *state, uint32 need)
{
	uint32 size = Max(state->readRecordBufSize, 4 * XLOG_BLCKSZ);
	char *grown;

	if (need <= state->readRecordBufSize)
		return true;
	while (size < need)
		size = size > PG_UINT32_MAX / 2 ? need : size * 2;
	grown = realloc(state->readRecordBuf, size);
	if (grown == NULL)
	{
		xlogreader_error(state, "out of memory while trying to decode a record of length %u", need);
		return false;
	}
	state->readRecordBuf = grown;
	state->readRecordBufSize = size;
	return true;
}

typedef enum
{
	ASSEMBLE_OK,
	ASSEMBLE_FAILED,
	ASSEMBLE_OVERWRITTEN /* the rest was never written; the log goes on at the page of *end_ptr */
} AssembleResult;

/* Collects a record that goes over its page's end. The first part is in readBuf at offset. */
static AssembleResult
assemble_record(XLogReaderState *state, XLogRecPtr rec_ptr, XLogRecPtr prev_ptr, uint32 total_len, XLogRecPtr *end_ptr)
{
	uint32 offset = (uint32) (rec_ptr % XLOG_BLCKSZ);
	uint32 got = XLOG_BLCKSZ - offset;
	XLogRecPtr page_ptr = rec_ptr - offset;
	bool header_checked = got >= SizeOfXLogRecord;

	if (!read_page(state, page_ptr, XLOG_BLCKSZ) || !ensure_record_buf(state, got))
		return ASSEMBLE_FAILED;
	memcpy(state->readRecordBuf, state->readBuf + offset, got);
	while (got < total_len)
	{
		XLogPageHeader hdr;
		uint32 header_size;
		uint32 part;

		page_ptr += XLOG_BLCKSZ;
		if (!read_page(state, page_ptr, Min(total_len - got + SizeOfXLogShortPHD, XLOG_BLCKSZ)))
		{
			state->abortedRecPtr = rec_ptr;
			state->missingContrecPtr = page_ptr;
			return ASSEMBLE_FAILED;
		}
		hdr = (XLogPageHeader) state->readBuf;
		if (hdr->xlp_info & XLP_FIRST_IS_OVERWRITE_CONTRECORD)
		{
			*end_ptr = page_ptr;
			return ASSEMBLE_OVERWRITTEN;
		}
		if (!(hdr->xlp_info & XLP_FIRST_IS_CONTRECORD))
		{
			xlogreader_error(state, "there is no contrecord flag at %X/%X", LSN_FORMAT_ARGS(rec_ptr));
			goto broken;
		}
		if (hdr->xlp_rem_len == 0 || hdr->xlp_rem_len != total_len - got)
		{
			xlogreader_error(state, "invalid contrecord length %u (expected %u) at %X/%X", hdr->xlp_rem_len,
							 total_len - got, LSN_FORMAT_ARGS(rec_ptr));
			goto broken;
		}
		header_size = XLogPageHeaderSize(hdr);
		part = Min(total_len - got, XLOG_BLCKSZ - header_size);
		if (!read_page(state, page_ptr, header_size + part))
		{
			state->abortedRecPtr = rec_ptr;
			state->missingContrecPtr = page_ptr;
			return ASSEMBLE_FAILED;
		}
		if (!ensure_record_buf(state, got + part))
			return ASSEMBLE_FAILED;
		memcpy(state->readRecordBuf + got, state->readBuf + header_size, part);
		got += part;
		*end_ptr = page_ptr + header_size + MAXALIGN(part);
		if (!header_checked)
		{
			if (!valid_record_header(state, rec_ptr, prev_ptr, (XLogRecord *) state->readRecordBuf))
				return ASSEMBLE_FAILED;
			header_checked = true;
		}
	}
	return ASSEMBLE_OK;

broken:
	state->abortedRecPtr = rec_ptr;
	state->missingContrecPtr = page_ptr;
	return ASSEMBLE_FAILED;
}

/* The record at rec_ptr, or NULL. */
static XLogRecord *
read_record_at(XLogReaderState *state, XLogRecPtr rec_ptr, XLogRecPtr prev_ptr)
{
	XLogRecord *record;
	XLogRecPtr end_ptr = InvalidXLogRecPtr;
	uint32 offset;
	uint32 header_size;
	uint32 total_len;
	uint32 room;

restart:
	state->currRecPtr = rec_ptr;
	offset = (uint32) (rec_ptr % XLOG_BLCKSZ);
	if (!read_page(state, rec_ptr - offset, Min(offset + SizeOfXLogRecord, XLOG_BLCKSZ)))
		return NULL;
	header_size = XLogPageHeaderSize((XLogPageHeader) state->readBuf);
	if (offset == 0)
	{
		rec_ptr += header_size;
		offset = header_size;
		state->currRecPtr = rec_ptr;
		if (!read_page(state, rec_ptr - offset, offset + SizeOfXLogRecord))
			return NULL;
	}
	else if (offset < header_size)
	{
		xlogreader_error(state, "invalid record offset at %X/%X", LSN_FORMAT_ARGS(rec_ptr));
		return NULL;
	}
	if ((((XLogPageHeader) state->readBuf)->xlp_info & XLP_FIRST_IS_CONTRECORD) && offset == header_size)
	{
		xlogreader_error(state, "contrecord is requested by %X/%X", LSN_FORMAT_ARGS(rec_ptr));
		return NULL;
	}
	if (offset % MAXIMUM_ALIGNOF != 0)
	{
		xlogreader_error(state, "invalid record offset at %X/%X", LSN_FORMAT_ARGS(rec_ptr));
		return NULL;
	}

	/* The length is on this page whatever happens, the rest of the header perhaps not. */
	room = XLOG_BLCKSZ - offset;
	record = (XLogRecord *) (state->readBuf + offset);
	total_len = record->xl_tot_len;
	if (room >= SizeOfXLogRecord)
	{
		if (!valid_record_header(state, rec_ptr, prev_ptr, record))
			return NULL;
	}
	else if (total_len < SizeOfXLogRecord)
	{
		xlogreader_error(state, "invalid record length at %X/%X: wanted %u, got %u", LSN_FORMAT_ARGS(rec_ptr),
						 (uint32) SizeOfXLogRecord, total_len);
		return NULL;
	}
	if (total_len > XLogRecordMaxSize)
	{
		xlogreader_error(state, "record length %u at %X/%X too long", total_len, LSN_FORMAT_ARGS(rec_ptr));
		return NULL;
	}
	if (total_len <= room)
	{
		if (!read_page(state, rec_ptr - offset, offset + total_len))
			return NULL;
		record = (XLogRecord *) (state->readBuf + offset);
		end_ptr = rec_ptr + MAXALIGN(total_len);
	}
	else
	{
		AssembleResult result = assemble_record(state, rec_ptr, prev_ptr, total_len, &end_ptr);

		if (result == ASSEMBLE_FAILED)
			return NULL;
		if (result == ASSEMBLE_OVERWRITTEN)
		{
			/* Its first record says what it overwrites; the chain of prev-links goes on from the record before. */
			rec_ptr = end_ptr;
			state->abortedRecPtr = InvalidXLogRecPtr;
			state->missingContrecPtr = InvalidXLogRecPtr;
			prev_ptr = InvalidXLogRecPtr;
			XLogReaderInvalReadState(state);
			goto restart;
		}
		record = (XLogRecord *) state->readRecordBuf;
	}
	if (!valid_record_crc(state, rec_ptr, record))
		return NULL;
	state->abortedRecPtr = InvalidXLogRecPtr;
	state->missingContrecPtr = InvalidXLogRecPtr;
	/* After a switch the rest of the segment is padding. */
	if (record->xl_rmid == RM_XLOG_ID && (record->xl_info & ~XLR_INFO_MASK) == XLOG_SWITCH)
	{
		end_ptr += state->wal_segment_size - 1;
		end_ptr -= XLogSegmentOffset(end_ptr, state->wal_segment_size);
	}
	state->ReadRecPtr = rec_ptr;
	state->EndRecPtr = end_ptr;
	state->NextRecPtr = end_ptr;
	return record;
}

XLogRecord *
XLogReadRecord(XLogReaderState *state, char **errormsg)
{
	XLogRecPtr prev_ptr = state->ReadRecPtr;
	XLogRecord *record;

	state->errormsg_buf[0] = '\0';
	state->decoded_record = NULL;
	*errormsg = NULL;
	if (state->NextRecPtr % XLOG_BLCKSZ != 0 && !XRecOffIsValid(state->NextRecPtr))
	{
		xlogreader_error(state, "invalid record offset at %X/%X", LSN_FORMAT_ARGS(state->NextRecPtr));
		record = NULL;
	}
	else
		record = read_record_at(state, state->NextRecPtr, prev_ptr);
	if (record != NULL && xlogreader_decode(state, record))
	{
		state->decoded_record = record;
		return record;
	}
	/* Whatever was in the buffer may be read again from somewhere better. */
	XLogReaderInvalReadState(state);
	if (record != NULL)
	{
		/* It did not decode: do not step over it. */
		state->NextRecPtr = state->ReadRecPtr;
		state->ReadRecPtr = prev_ptr;
	}
	if (state->errormsg_buf[0] != '\0')
		*errormsg = state->errormsg_buf;
	return NULL;
}

XLogRecPtr
XLogFindNextRecord(XLogReaderState *state, XLogRecPtr RecPtr)
{
	XLogRecPtr ptr = RecPtr;
	char *errormsg;

	/* Over the rest of a record that began on an earlier page. */
	for (;;)
	{
		XLogRecPtr page_ptr = ptr - ptr % XLOG_BLCKSZ;
		XLogPageHeader hdr;
		uint32 header_size;

		state->currRecPtr = ptr;
		if (!read_page(state, page_ptr, SizeOfXLogShortPHD))
			return InvalidXLogRecPtr;
		hdr = (XLogPageHeader) state->readBuf;
		header_size = XLogPageHeaderSize(hdr);
		if (!(hdr->xlp_info & XLP_FIRST_IS_CONTRECORD))
		{
			ptr = Max(ptr, page_ptr + header_size);
			break;
		}
		if (MAXALIGN(hdr->xlp_rem_len) >= XLOG_BLCKSZ - header_size)
		{
			ptr = page_ptr + XLOG_BLCKSZ;
			continue;
		}
		ptr = page_ptr + header_size + MAXALIGN(hdr->xlp_rem_len);
		break;
	}
	XLogBeginRead(state, ptr);
	while (XLogReadRecord(state, &errormsg) != NULL)
		if (state->ReadRecPtr >= RecPtr)
		{
			XLogRecPtr found = state->ReadRecPtr;

			XLogBeginRead(state, found);
			return found;
		}
	return InvalidXLogRecPtr;
}
