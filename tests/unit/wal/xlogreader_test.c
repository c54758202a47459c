/*
 * Goal: the reader returns exactly the records that were written, stops cleanly at any damage, and never reads out of bounds.
 * Method: a small log is written into memory by a plain twin of the writer here (records of many sizes, over pages and segments),
 * read back; then every page is torn, bytes are flipped at random places, and lengths are set to nonsense.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "postgres.h"
#include "access/xlog_internal.h"
#include "wal/xlogreader_private.h"

#define SEG_SIZE (1024 * 1024)
#define LOG_SIZE (3 * SEG_SIZE)
#define LOG_START ((XLogRecPtr) SEG_SIZE) /* segment 1 */
#define SYSID UINT64CONST(0x1122334455667788)

static char *mem; /* LOG_SIZE bytes from LOG_START */
static uint32 mem_len;
static XLogRecPtr end_of_log;
static int record_count;

static char *
at(XLogRecPtr ptr)
{
	return mem + (ptr - LOG_START);
}

static void
make_header(XLogRecPtr page, uint32 rem_len)
{
	XLogLongPageHeader hdr = (XLogLongPageHeader) at(page);

	hdr->std = (XLogPageHeaderData) {.xlp_magic = XLOG_PAGE_MAGIC, .xlp_tli = 1, .xlp_pageaddr = page, .xlp_rem_len = rem_len};
	if (rem_len > 0)
		hdr->std.xlp_info |= XLP_FIRST_IS_CONTRECORD;
	if (page % SEG_SIZE == 0)
	{
		hdr->std.xlp_info |= XLP_LONG_HEADER;
		hdr->xlp_sysid = SYSID;
		hdr->xlp_seg_size = SEG_SIZE;
		hdr->xlp_xlog_blcksz = XLOG_BLCKSZ;
	}
}

static XLogRecPtr
write_bytes(XLogRecPtr ptr, const char *bytes, uint32 len)
{
	while (len > 0)
	{
		uint32 part;

		if (ptr % XLOG_BLCKSZ == 0)
		{
			make_header(ptr, len);
			ptr += XLogPageHeaderSize((XLogPageHeader) at(ptr));
		}
		part = Min(len, XLOG_BLCKSZ - (uint32) (ptr % XLOG_BLCKSZ));
		memcpy(at(ptr), bytes, part);
		ptr += part;
		bytes += part;
		len -= part;
	}
	return MAXALIGN64(ptr);
}

/* Main data of len bytes of the value fill. */
static XLogRecPtr
write_record(XLogRecPtr ptr, XLogRecPtr prev, uint32 len, uint8 fill)
{
	char *buf = calloc(1, SizeOfXLogRecord + 5 + len);
	XLogRecord *record = (XLogRecord *) buf;
	char *out = buf + SizeOfXLogRecord;

	if (len > 255)
	{
		*out++ = (char) XLR_BLOCK_ID_DATA_LONG;
		memcpy(out, &len, 4);
		out += 4;
	}
	else
	{
		*out++ = (char) XLR_BLOCK_ID_DATA_SHORT;
		*out++ = (char) len;
	}
	memset(out, fill, len);
	out += len;
	*record = (XLogRecord) {.xl_tot_len = (uint32) (out - buf), .xl_xid_low = 7, .xl_prev = prev, .xl_info = 0x20};
	record->xl_crc = xlog_record_crc(record);
	if (ptr % XLOG_BLCKSZ == 0)
	{
		make_header(ptr, 0);
		ptr += XLogPageHeaderSize((XLogPageHeader) at(ptr));
	}
	ptr = write_bytes(ptr, buf, record->xl_tot_len);
	free(buf);
	return ptr;
}

static void
write_log(void)
{
	XLogRecPtr ptr = LOG_START;
	XLogRecPtr prev = 0;
	uint32 seed = 5;

	mem = calloc(1, LOG_SIZE + XLOG_BLCKSZ);
	mem_len = LOG_SIZE;
	while (ptr < LOG_START + LOG_SIZE - 200000)
	{
		uint32 len;
		XLogRecPtr start = ptr % XLOG_BLCKSZ == 0 ? ptr + (ptr % SEG_SIZE == 0 ? SizeOfXLogLongPHD : SizeOfXLogShortPHD) : ptr;

		seed = seed * 1664525 + 1013904223;
		len = record_count % 50 == 49 ? 60000 + (seed >> 8) % 40000 : 1 + (seed >> 8) % 600;
		ptr = write_record(ptr, prev, len, (uint8) record_count);
		prev = start;
		record_count++;
	}
	end_of_log = ptr;
}

static int
read_page(XLogReaderState *state, XLogRecPtr page, int need, XLogRecPtr target, char *buf)
{
	if (page < LOG_START || page + XLOG_BLCKSZ > LOG_START + mem_len)
		return -1;
	memcpy(buf, at(page), XLOG_BLCKSZ);
	return XLOG_BLCKSZ;
}

/* Number of good records from the start; checks the contents of each. *error is empty when the source just ended. */
static int
read_all(char *error, Size error_size)
{
	XLogReaderState *reader = XLogReaderAllocate(SEG_SIZE, read_page, SYSID, NULL);
	char *message = NULL;
	int count = 0;

	XLogBeginRead(reader, LOG_START);
	while (XLogReadRecord(reader, &message) != NULL)
	{
		assert_int_equal(XLogRecGetXid(reader), 7);
		for (uint32 i = 0; i < XLogRecGetDataLen(reader); i++)
			assert_int_equal((uint8) XLogRecGetData(reader)[i], (uint8) count);
		count++;
	}
	strlcpy(error, message ? message : "", error_size);
	XLogReaderFree(reader);
	return count;
}

static void
reads_what_was_written(void **state)
{
	char error[200];

	assert_int_equal(read_all(error, sizeof(error)), record_count);
	/* After the last record there are zeroes. */
	assert_non_null(strstr(error, "invalid record length at"));
	assert_non_null(strstr(error, "wanted 24, got 0"));
}

static void
torn_tail(void **state)
{
	char error[200];
	int last = record_count;

	for (uint32 len = LOG_SIZE - XLOG_BLCKSZ; len > 0; len -= Min(len, 37 * XLOG_BLCKSZ))
	{
		int count;

		mem_len = len;
		count = read_all(error, sizeof(error));
		assert_true(count <= last);
		last = count;
	}
	mem_len = LOG_SIZE;
}

static void
flipped_bits(void **state)
{
	uint32 seed = 99;

	for (int step = 0; step < 300; step++)
	{
		char error[200];
		uint32 pos;
		int count;
		char saved;

		seed = seed * 1664525 + 1013904223;
		pos = (seed >> 4) % (uint32) (end_of_log - LOG_START);
		saved = mem[pos];
		mem[pos] ^= (char) (1 << (seed >> 29));
		count = read_all(error, sizeof(error));
		assert_true(count <= record_count);
		mem[pos] = saved;
	}
}

static void
nonsense_lengths(void **state)
{
	static const uint32 lengths[] = {0, 1, 23, 24, 25, 0x7FFFFFFF, 0xFFFFFFFF, 1069547520, 1069547521};
	XLogRecord *first = (XLogRecord *) (mem + SizeOfXLogLongPHD);
	uint32 saved = first->xl_tot_len;

	for (size_t i = 0; i < lengthof(lengths); i++)
	{
		char error[200];

		first->xl_tot_len = lengths[i];
		assert_int_equal(read_all(error, sizeof(error)), 0);
		assert_true(error[0] != '\0');
	}
	first->xl_tot_len = saved;
}

static void
foreign_log(void **state)
{
	char error[200];
	XLogLongPageHeader hdr = (XLogLongPageHeader) mem;

	hdr->xlp_sysid++;
	assert_int_equal(read_all(error, sizeof(error)), 0);
	assert_non_null(strstr(error, "WAL file is from different database system"));
	hdr->xlp_sysid--;
	hdr->std.xlp_magic++;
	assert_int_equal(read_all(error, sizeof(error)), 0);
	assert_non_null(strstr(error, "invalid magic number D111 in log segment"));
	hdr->std.xlp_magic--;
}

static void
finds_next(void **state)
{
	XLogReaderState *reader = XLogReaderAllocate(SEG_SIZE, read_page, SYSID, NULL);
	char *message;

	for (XLogRecPtr ptr = LOG_START; ptr < end_of_log - 200000; ptr += 50001)
	{
		XLogRecPtr found = XLogFindNextRecord(reader, ptr);

		assert_true(found >= ptr && found < end_of_log);
		assert_non_null(XLogReadRecord(reader, &message));
		assert_int_equal(reader->ReadRecPtr, found);
	}
	XLogReaderFree(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written), cmocka_unit_test(torn_tail),		 cmocka_unit_test(flipped_bits),
		cmocka_unit_test(nonsense_lengths),		  cmocka_unit_test(foreign_log), cmocka_unit_test(finds_next),
	};

	write_log();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
