/*
 * bootstrap_log.c
 *    The first segment and the control file of a new cluster.
 *
 * The log begins at 0/1000028 like PostgreSQL's: segment 1, after its long page header, with a shutdown checkpoint.
 */
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include "postgres.h"
#include "access/clog.h"
#include "access/multixact.h"
#include "access/subtrans.h"
#include "access/transam.h"
#include "base/crc32c.h"
#include "miscadmin.h"
#include "storage/bufpage.h"
#include "sys/fd.h"
#include "utils/wait_event.h"
#include "wal/wal.h"
#include "wal/xlogreader_private.h"

#define BOOTSTRAP_TIMELINE 1

static uint64
new_system_identifier(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return ((uint64) now.tv_sec << 32) | ((uint64) now.tv_usec << 12) | ((uint64) getpid() & 0xFFF);
}

/* One page: headers and the checkpoint record. */
static void
write_first_page(const CheckPoint *checkpoint, uint64 sysid)
{
	static char page[XLOG_BLCKSZ] pg_attribute_aligned(4096);
	XLogLongPageHeader header = (XLogLongPageHeader) page;
	XLogRecord *record = (XLogRecord *) (page + SizeOfXLogLongPHD);
	char *at = (char *) record + SizeOfXLogRecord;

	_Static_assert(sizeof(CheckPoint) <= 255, "fits a short data header");
	header->std = (XLogPageHeaderData) {.xlp_magic = XLOG_PAGE_MAGIC,
										.xlp_info = XLP_LONG_HEADER,
										.xlp_tli = BOOTSTRAP_TIMELINE,
										.xlp_pageaddr = wal_segment_size};
	header->xlp_sysid = sysid;
	header->xlp_seg_size = (uint32) wal_segment_size;
	header->xlp_xlog_blcksz = XLOG_BLCKSZ;
	*record = (XLogRecord) {.xl_tot_len = SizeOfXLogRecord + 2 + sizeof(CheckPoint),
							.xl_info = XLOG_CHECKPOINT_SHUTDOWN,
							.xl_rmid = RM_XLOG_ID};
	*at++ = (char) XLR_BLOCK_ID_DATA_SHORT;
	*at++ = (char) sizeof(CheckPoint);
	memcpy(at, checkpoint, sizeof(CheckPoint));
	record->xl_crc = xlog_record_crc(record);

	wal_local.file_tli = BOOTSTRAP_TIMELINE;
	wal_local.file_segno = 1;
	wal_local.file = XLogFileInit(1, BOOTSTRAP_TIMELINE);
	ReserveExternalFD();
	errno = 0;
	if (pg_pwrite(wal_local.file, page, XLOG_BLCKSZ, 0) != XLOG_BLCKSZ)
	{
		if (errno == 0)
			errno = ENOSPC;
		ereport(PANIC, errcode_for_file_access(), errmsg("could not write bootstrap write-ahead log file: %m"));
	}
	if (pg_fsync(wal_local.file) != 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not fsync bootstrap write-ahead log file: %m"));
	wal_close_file();
}

static void
write_control_file(const CheckPoint *checkpoint, uint64 sysid)
{
	memset(ControlFile, 0, sizeof(ControlFileData));
	ControlFile->system_identifier = sysid;
	if (getrandom(ControlFile->mock_authentication_nonce, MOCK_AUTH_NONCE_LEN, 0) != MOCK_AUTH_NONCE_LEN)
		ereport(PANIC, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate secret authorization token"));
	ControlFile->time = checkpoint->time;
	ControlFile->state = DB_SHUTDOWNED;
	ControlFile->unloggedLSN = FirstNormalUnloggedLSN;
	ControlFile->checkPoint = checkpoint->redo;
	ControlFile->checkPointCopy = checkpoint_to_disk(checkpoint);
	control_file_note_settings();
	ControlFile->data_checksum_version = PG_DATA_CHECKSUM_VERSION;
	WriteNewControlFile();
}

void
BootStrapXLOG(void)
{
	uint64 sysid = new_system_identifier();
	CheckPoint checkpoint;

	memset(&checkpoint, 0, sizeof(checkpoint));
	checkpoint.redo = (XLogRecPtr) wal_segment_size + SizeOfXLogLongPHD;
	checkpoint.ThisTimeLineID = BOOTSTRAP_TIMELINE;
	checkpoint.PrevTimeLineID = BOOTSTRAP_TIMELINE;
	checkpoint.fullPageWrites = fullPageWrites;
	checkpoint.nextXid = FullTransactionIdFromU64(FirstNormalTransactionId);
	checkpoint.nextOid = FirstGenbkiObjectId;
	checkpoint.nextMulti = FirstMultiXactId;
	checkpoint.nextMultiOffset = 0;
	checkpoint.oldestXid = FirstNormalTransactionId;
	checkpoint.oldestXidDB = 1; /* template1 */
	checkpoint.oldestMulti = FirstMultiXactId;
	checkpoint.oldestMultiDB = 1;
	checkpoint.time = (pg_time_t) time(NULL);
	checkpoint_apply_counters(&checkpoint);

	write_first_page(&checkpoint, sysid);
	write_control_file(&checkpoint, sysid);

	BootStrapCLOG();
	BootStrapSUBTRANS();
	BootStrapMultiXact();
	/* The control file read back is what StartupXLOG expects to find in place. */
	LocalProcessControlFile(true);
	if (XLogCtl)
	{
		ControlFileData *local = ControlFile;

		XLogCtl->control_file = *local;
		ControlFile = &XLogCtl->control_file;
	}
}
