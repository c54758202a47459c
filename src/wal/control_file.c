/*
 * control_file.c
 *    global/pg_control: what must be known before anything else can be.
 *
 * The struct is PostgreSQL 15's and so is its checksum. It is smaller than a disk sector, and written in place with one pwrite and an
 * fsync: a crash leaves the old or the new. The copy in shared memory is the truth while the server runs (ControlFileLock).
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postgres.h"
#include "access/heaptoast.h"
#include "base/crc32c.h"
#include "miscadmin.h"
#include "storage/bufpage.h"
#include "storage/lwlock.h"
#include "sys/fd.h"
#include "utils/wait_event.h"
#include "wal/wal.h"

extern int max_prepared_xacts;
extern int max_locks_per_xact;
extern int max_wal_senders;
extern bool track_commit_timestamp;

ControlFileData *ControlFile;

static uint32
control_file_crc(const ControlFileData *control)
{
	pg_crc32c crc;

	INIT_CRC32C(crc);
	COMP_CRC32C(crc, control, offsetof(ControlFileData, crc));
	FIN_CRC32C(crc);
	return crc;
}

const char *
control_file_parse(const char *bytes, size_t len, ControlFileData *result)
{
	if (len < sizeof(ControlFileData))
		return "too short";
	memcpy(result, bytes, sizeof(ControlFileData));
	if (result->pg_control_version != PG_CONTROL_VERSION && result->pg_control_version % 65536 == 0 &&
		result->pg_control_version / 65536 != 0)
		return "byte ordering mismatch";
	if (result->pg_control_version != PG_CONTROL_VERSION)
		return "version mismatch";
	if (result->crc != control_file_crc(result))
		return "incorrect checksum";
	return NULL;
}

/* ---- compatibility with this server -------------------------------------------------------------------------------- */
static void
incompatible(const char *detail_had, long long had, const char *name, long long have)
{
	ereport(FATAL, errcode(ERRCODE_CONFIG_FILE_ERROR), errmsg("database files are incompatible with server"),
			errdetail("The database cluster was initialized with %s %lld, but the server was compiled with %s %lld.",
					  detail_had, had, name, have),
			errhint("It looks like you need to initdb."));
}

static void
check_compatible(const ControlFileData *control)
{
	if (control->catalog_version_no != CATALOG_VERSION_NO)
		incompatible("CATALOG_VERSION_NO", control->catalog_version_no, "CATALOG_VERSION_NO", CATALOG_VERSION_NO);
	if (control->maxAlign != MAXIMUM_ALIGNOF)
		incompatible("MAXALIGN", control->maxAlign, "MAXALIGN", MAXIMUM_ALIGNOF);
	if (control->blcksz != BLCKSZ)
		incompatible("BLCKSZ", control->blcksz, "BLCKSZ", BLCKSZ);
	if (control->relseg_size != RELSEG_SIZE)
		incompatible("RELSEG_SIZE", control->relseg_size, "RELSEG_SIZE", RELSEG_SIZE);
	if (control->xlog_blcksz != XLOG_BLCKSZ)
		incompatible("XLOG_BLCKSZ", control->xlog_blcksz, "XLOG_BLCKSZ", XLOG_BLCKSZ);
	if (control->nameDataLen != NAMEDATALEN)
		incompatible("NAMEDATALEN", control->nameDataLen, "NAMEDATALEN", NAMEDATALEN);
	if (control->indexMaxKeys != INDEX_MAX_KEYS)
		incompatible("INDEX_MAX_KEYS", control->indexMaxKeys, "INDEX_MAX_KEYS", INDEX_MAX_KEYS);
	if (!IsValidWalSegSize(control->xlog_seg_size))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg_plural("WAL segment size must be a power of two between 1 MB and 1 GB, but the control file "
							  "specifies %d byte",
							  "WAL segment size must be a power of two between 1 MB and 1 GB, but the control file "
							  "specifies %d bytes",
							  control->xlog_seg_size, (int) control->xlog_seg_size));
}

static void
read_control_file(ControlFileData *control)
{
	char bytes[PG_CONTROL_FILE_SIZE];
	const char *trouble;
	ssize_t len;
	int fd = BasicOpenFile(XLOG_CONTROL_FILE, O_RDWR | PG_BINARY);

	if (fd < 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", XLOG_CONTROL_FILE));
	pgstat_report_wait_start(WAIT_EVENT_CONTROL_FILE_READ);
	len = pg_pread(fd, bytes, sizeof(bytes), 0);
	pgstat_report_wait_end();
	if (len < 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not read file \"%s\": %m", XLOG_CONTROL_FILE));
	if (len < (ssize_t) sizeof(ControlFileData))
		ereport(PANIC, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("could not read file \"%s\": read %d of %zu", XLOG_CONTROL_FILE, (int) len,
					   sizeof(ControlFileData)));
	close(fd);
	trouble = control_file_parse(bytes, (size_t) len, control);
	if (trouble && strcmp(trouble, "incorrect checksum") == 0)
		ereport(FATAL, errcode(ERRCODE_DATA_CORRUPTED), errmsg("incorrect checksum in control file"));
	if (trouble)
		incompatible("PG_CONTROL_VERSION", control->pg_control_version, "PG_CONTROL_VERSION", PG_CONTROL_VERSION);
	check_compatible(control);
}

void
LocalProcessControlFile(bool reset)
{
	Assert(reset || ControlFile == NULL);
	if (ControlFile == NULL || (XLogCtl != NULL && ControlFile == &XLogCtl->control_file))
		ControlFile = malloc(sizeof(ControlFileData));
	if (ControlFile == NULL)
		ereport(FATAL, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	read_control_file(ControlFile);
	wal_segment_size = (int) ControlFile->xlog_seg_size;
	wal_calculate_checkpoint_segments();
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */
static void
write_all(int fd, const char *bytes, Size size)
{
	pgstat_report_wait_start(WAIT_EVENT_CONTROL_FILE_WRITE_UPDATE);
	errno = 0;
	if (pg_pwrite(fd, bytes, size, 0) != (ssize_t) size)
	{
		if (errno == 0)
			errno = ENOSPC;
		ereport(PANIC, errcode_for_file_access(), errmsg("could not write file \"%s\": %m", XLOG_CONTROL_FILE));
	}
	pgstat_report_wait_end();
	pgstat_report_wait_start(WAIT_EVENT_CONTROL_FILE_SYNC_UPDATE);
	if (pg_fsync(fd) != 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not fsync file \"%s\": %m", XLOG_CONTROL_FILE));
	pgstat_report_wait_end();
	if (close(fd) != 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not close file \"%s\": %m", XLOG_CONTROL_FILE));
}

void
UpdateControlFile(void)
{
	int fd = BasicOpenFile(XLOG_CONTROL_FILE, O_RDWR | PG_BINARY);

	if (fd < 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", XLOG_CONTROL_FILE));
	ControlFile->time = (pg_time_t) time(NULL);
	ControlFile->crc = control_file_crc(ControlFile);
	write_all(fd, (const char *) ControlFile, sizeof(ControlFileData));
}

void
WriteNewControlFile(void)
{
	char bytes[PG_CONTROL_FILE_SIZE];
	int fd;

	ControlFile->pg_control_version = PG_CONTROL_VERSION;
	ControlFile->catalog_version_no = CATALOG_VERSION_NO;
	ControlFile->maxAlign = MAXIMUM_ALIGNOF;
	ControlFile->floatFormat = FLOATFORMAT_VALUE;
	ControlFile->blcksz = BLCKSZ;
	ControlFile->relseg_size = RELSEG_SIZE;
	ControlFile->xlog_blcksz = XLOG_BLCKSZ;
	ControlFile->xlog_seg_size = (uint32) wal_segment_size;
	ControlFile->nameDataLen = NAMEDATALEN;
	ControlFile->indexMaxKeys = INDEX_MAX_KEYS;
	ControlFile->toast_max_chunk_size = 1996;
	ControlFile->loblksize = LOBLKSIZE;
	ControlFile->float8ByVal = true;
	ControlFile->crc = control_file_crc(ControlFile);

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, ControlFile, sizeof(ControlFileData));
	fd = BasicOpenFile(XLOG_CONTROL_FILE, O_RDWR | O_CREAT | O_EXCL | PG_BINARY);
	if (fd < 0)
		ereport(PANIC, errcode_for_file_access(), errmsg("could not create file \"%s\": %m", XLOG_CONTROL_FILE));
	write_all(fd, bytes, sizeof(bytes));
}

void
control_file_set_state(DBState state)
{
	LWLockAcquire(ControlFileLock, LW_EXCLUSIVE);
	ControlFile->state = state;
	UpdateControlFile();
	LWLockRelease(ControlFileLock);
}

CheckPointOnDisk
checkpoint_to_disk(const CheckPoint *checkpoint)
{
	CheckPointOnDisk disk;

	/* Padding is part of what the checksum covers. */
	memset(&disk, 0, sizeof(disk));
	disk.redo = checkpoint->redo;
	disk.ThisTimeLineID = checkpoint->ThisTimeLineID;
	disk.PrevTimeLineID = checkpoint->PrevTimeLineID;
	disk.fullPageWrites = checkpoint->fullPageWrites;
	disk.nextXid = U64FromFullTransactionId(checkpoint->nextXid);
	disk.nextOid = checkpoint->nextOid;
	disk.nextMulti = (uint32) checkpoint->nextMulti;
	disk.nextMultiOffset = (uint32) checkpoint->nextMultiOffset;
	disk.oldestXid = (uint32) checkpoint->oldestXid;
	disk.oldestXidDB = checkpoint->oldestXidDB;
	disk.oldestMulti = (uint32) checkpoint->oldestMulti;
	disk.oldestMultiDB = checkpoint->oldestMultiDB;
	disk.time = checkpoint->time;
	disk.oldestCommitTsXid = (uint32) checkpoint->oldestCommitTsXid;
	disk.newestCommitTsXid = (uint32) checkpoint->newestCommitTsXid;
	disk.oldestActiveXid = (uint32) checkpoint->oldestActiveXid;
	return disk;
}

void
control_file_note_settings(void)
{
	ControlFile->MaxConnections = MaxConnections;
	ControlFile->max_worker_processes = max_worker_processes;
	ControlFile->max_wal_senders = max_wal_senders;
	ControlFile->max_prepared_xacts = max_prepared_xacts;
	ControlFile->max_locks_per_xact = max_locks_per_xact;
	ControlFile->wal_level = wal_level;
	ControlFile->wal_log_hints = wal_log_hints;
	ControlFile->track_commit_timestamp = track_commit_timestamp;
}

/* ---- what others ask -------------------------------------------------------------------------------------------------- */
uint64
GetSystemIdentifier(void)
{
	return ControlFile->system_identifier;
}

char *
GetMockAuthenticationNonce(void)
{
	return ControlFile->mock_authentication_nonce;
}

bool
DataChecksumsEnabled(void)
{
	return ControlFile->data_checksum_version > 0;
}
