/*
 * pg_controldata.c
 *    The program pg_controldata: shows what pg_control says. The lines are PostgreSQL 15's, to the blank: tools parse them.
 */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "postgres.h"
#include "base/crc32c.h"
#include "main/programs.h"
#include "wal/wal.h"

static const char *
state_name(DBState state)
{
	switch (state)
	{
		case DB_STARTUP:
			return "starting up";
		case DB_SHUTDOWNED:
			return "shut down";
		case DB_SHUTDOWNED_IN_RECOVERY:
			return "shut down in recovery";
		case DB_SHUTDOWNING:
			return "shutting down";
		case DB_IN_CRASH_RECOVERY:
			return "in crash recovery";
		case DB_IN_ARCHIVE_RECOVERY:
			return "in archive recovery";
		case DB_IN_PRODUCTION:
			return "in production";
	}
	return "unrecognized status code";
}

static const char *
time_string(pg_time_t when, char *buf, size_t size)
{
	time_t t = (time_t) when;

	strftime(buf, size, "%c", localtime(&t));
	return buf;
}

static void
show_checkpoint(const ControlFileData *c)
{
	const CheckPointOnDisk *cp = &c->checkPointCopy;
	char fname[MAXFNAMELEN];
	char when[128];

	XLogFileName(fname, cp->ThisTimeLineID, cp->redo / c->xlog_seg_size, c->xlog_seg_size);
	printf("Latest checkpoint location:           %X/%X\n", LSN_FORMAT_ARGS(c->checkPoint));
	printf("Latest checkpoint's REDO location:    %X/%X\n", LSN_FORMAT_ARGS(cp->redo));
	printf("Latest checkpoint's REDO WAL file:    %s\n", fname);
	printf("Latest checkpoint's TimeLineID:       %u\n", cp->ThisTimeLineID);
	printf("Latest checkpoint's PrevTimeLineID:   %u\n", cp->PrevTimeLineID);
	printf("Latest checkpoint's full_page_writes: %s\n", cp->fullPageWrites ? "on" : "off");
	printf("Latest checkpoint's NextXID:          %u:%u\n", (uint32) (cp->nextXid >> 32), (uint32) cp->nextXid);
	printf("Latest checkpoint's NextOID:          %u\n", cp->nextOid);
	printf("Latest checkpoint's NextMultiXactId:  %u\n", cp->nextMulti);
	printf("Latest checkpoint's NextMultiOffset:  %u\n", cp->nextMultiOffset);
	printf("Latest checkpoint's oldestXID:        %u\n", cp->oldestXid);
	printf("Latest checkpoint's oldestXID's DB:   %u\n", cp->oldestXidDB);
	printf("Latest checkpoint's oldestActiveXID:  %u\n", cp->oldestActiveXid);
	printf("Latest checkpoint's oldestMultiXid:   %u\n", cp->oldestMulti);
	printf("Latest checkpoint's oldestMulti's DB: %u\n", cp->oldestMultiDB);
	printf("Latest checkpoint's oldestCommitTsXid:%u\n", cp->oldestCommitTsXid);
	printf("Latest checkpoint's newestCommitTsXid:%u\n", cp->newestCommitTsXid);
	printf("Time of latest checkpoint:            %s\n", time_string(cp->time, when, sizeof(when)));
}

static void
show(const ControlFileData *c)
{
	char when[128];

	printf("pg_control version number:            %u\n", c->pg_control_version);
	printf("Catalog version number:               %u\n", c->catalog_version_no);
	printf("Database system identifier:           %llu\n", (unsigned long long) c->system_identifier);
	printf("Database cluster state:               %s\n", state_name(c->state));
	printf("pg_control last modified:             %s\n", time_string(c->time, when, sizeof(when)));
	show_checkpoint(c);
	printf("Fake LSN counter for unlogged rels:   %X/%X\n", LSN_FORMAT_ARGS(c->unloggedLSN));
	printf("Minimum recovery ending location:     %X/%X\n", LSN_FORMAT_ARGS(c->minRecoveryPoint));
	printf("Min recovery ending loc's timeline:   %u\n", c->minRecoveryPointTLI);
	printf("Backup start location:                %X/%X\n", LSN_FORMAT_ARGS(c->backupStartPoint));
	printf("Backup end location:                  %X/%X\n", LSN_FORMAT_ARGS(c->backupEndPoint));
	printf("End-of-backup record required:        %s\n", c->backupEndRequired ? "yes" : "no");
	printf("wal_level setting:                    %s\n", wal_level_name(c->wal_level));
	printf("wal_log_hints setting:                %s\n", c->wal_log_hints ? "on" : "off");
	printf("max_connections setting:              %d\n", c->MaxConnections);
	printf("max_worker_processes setting:         %d\n", c->max_worker_processes);
	printf("max_wal_senders setting:              %d\n", c->max_wal_senders);
	printf("max_prepared_xacts setting:           %d\n", c->max_prepared_xacts);
	printf("max_locks_per_xact setting:           %d\n", c->max_locks_per_xact);
	printf("track_commit_timestamp setting:       %s\n", c->track_commit_timestamp ? "on" : "off");
	printf("Maximum data alignment:               %u\n", c->maxAlign);
	printf("Database block size:                  %u\n", c->blcksz);
	printf("Blocks per segment of large relation: %u\n", c->relseg_size);
	printf("WAL block size:                       %u\n", c->xlog_blcksz);
	printf("Bytes per WAL segment:                %u\n", c->xlog_seg_size);
	printf("Maximum length of identifiers:        %u\n", c->nameDataLen);
	printf("Maximum columns in an index:          %u\n", c->indexMaxKeys);
	printf("Maximum size of a TOAST chunk:        %u\n", c->toast_max_chunk_size);
	printf("Size of a large-object chunk:         %u\n", c->loblksize);
	printf("Date/time type storage:               64-bit integers\n");
	printf("Float8 argument passing:              %s\n", c->float8ByVal ? "by value" : "by reference");
	printf("Data page checksum version:           %u\n", c->data_checksum_version);
	printf("Mock authentication nonce:            ");
	for (int i = 0; i < MOCK_AUTH_NONCE_LEN; i++)
		printf("%02x", (unsigned char) c->mock_authentication_nonce[i]);
	printf("\n");
}

int
pg_controldata_main(int argc, char **argv)
{
	const char *dir = getenv("PGDATA");
	char path[MAXPGPATH];
	char bytes[PG_CONTROL_FILE_SIZE];
	ControlFileData control;
	const char *trouble;
	ssize_t len;
	int fd;

	for (int i = 1; i < argc; i++)
	{
		if (strcmp(argv[i], "-?") == 0 || strcmp(argv[i], "--help") == 0)
		{
			printf("pg_controldata displays control information of a PostgreSQL database cluster.\n\n"
				   "Usage:\n  pg_controldata [OPTION] [DATADIR]\n\nOptions:\n"
				   " [-D, --pgdata=]DATADIR  data directory\n"
				   "  -V, --version          output version information, then exit\n"
				   "  -?, --help             show this help, then exit\n\n"
				   "If no data directory (DATADIR) is specified, the environment variable PGDATA\nis used.\n\n");
			return 0;
		}
		if (strcmp(argv[i], "-V") == 0 || strcmp(argv[i], "--version") == 0)
		{
			printf("pg_controldata (PostgreSQL) %s\n", PG_VERSION);
			return 0;
		}
		if (strcmp(argv[i], "-D") == 0 && i + 1 < argc)
			dir = argv[++i];
		else if (strncmp(argv[i], "--pgdata=", 9) == 0)
			dir = argv[i] + 9;
		else
			dir = argv[i];
	}
	if (dir == NULL)
	{
		fprintf(stderr, "pg_controldata: error: no data directory specified\n"
						"pg_controldata: hint: Try \"pg_controldata --help\" for more information.\n");
		return 1;
	}
	snprintf(path, sizeof(path), "%s/" XLOG_CONTROL_FILE, dir);
	fd = open(path, O_RDONLY);
	if (fd < 0)
	{
		fprintf(stderr, "pg_controldata: error: could not open file \"%s\" for reading: %s\n", path, strerror(errno));
		return 1;
	}
	len = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (len < (ssize_t) sizeof(ControlFileData))
	{
		fprintf(stderr, "pg_controldata: error: could not read file \"%s\": read %d of %zu\n", path, (int) len,
				sizeof(ControlFileData));
		return 1;
	}
	trouble = control_file_parse(bytes, (size_t) len, &control);
	if (trouble)
		printf("WARNING: Calculated CRC checksum does not match value stored in file.\n"
			   "Either the file is corrupt, or it has a different layout than this program\n"
			   "is expecting.  The results below are untrustworthy.\n\n");
	show(&control);
	return 0;
}
