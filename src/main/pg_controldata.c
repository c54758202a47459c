/*
 * pg_controldata.c
 *    pg_controldata: what global/pg_control says, in PostgreSQL 15's layout.
 */
#include "postgres.h"

#include <fcntl.h>
#include <getopt.h>
#include <time.h>
#include <unistd.h>

#include "access/xlog_internal.h"
#include "base/crc32c.h"
#include "catalog/pg_control.h"
#include "main/programs.h"

static void
show_help(void)
{
	printf("pg_controldata displays control information of a PostgreSQL database cluster.\n\n"
		   "Usage:\n"
		   "  pg_controldata [OPTION] [DATADIR]\n\n"
		   "Options:\n"
		   " [-D, --pgdata=]DATADIR  data directory\n"
		   "  -V, --version          output version information, then exit\n"
		   "  -?, --help             show this help, then exit\n\n"
		   "If no data directory (DATADIR) is specified, the environment variable PGDATA\n"
		   "is used.\n");
}

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
name_of_wal_level(int level)
{
	static const char *const names[] = {"minimal", "replica", "logical"};

	return level >= 0 && level < lengthof(names) ? names[level] : "unrecognized wal_level";
}

static const char *
format_time(int64 when)
{
	static char buffer[2][128];
	static int turn;
	time_t seconds = (time_t) when;

	turn = !turn;
	strftime(buffer[turn], sizeof(buffer[turn]), "%c", localtime(&seconds));
	return buffer[turn];
}

static void
read_control_file(const char *directory, ControlFileData *control)
{
	char path[MAXPGPATH];
	int fd;
	ssize_t got;
	pg_crc32c crc;

	snprintf(path, sizeof(path), "%s/global/pg_control", directory);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
	{
		fprintf(stderr, "pg_controldata: error: could not open file \"%s\" for reading: %s\n", path, strerror(errno));
		exit(1);
	}
	got = read(fd, control, sizeof(*control));
	close(fd);
	if (got != sizeof(*control))
	{
		fprintf(stderr, "pg_controldata: error: could not read file \"%s\": read %zd of %zu\n", path, got,
				sizeof(*control));
		exit(1);
	}
	INIT_CRC32C(crc);
	COMP_CRC32C(crc, control, offsetof(ControlFileData, crc));
	FIN_CRC32C(crc);
	if (!EQ_CRC32C(crc, control->crc))
		fprintf(stderr, "pg_controldata: warning: Calculated CRC checksum does not match value stored in file.\n"
						"pg_controldata: detail: Either the file is corrupt, or it has a different layout than this program "
						"is expecting.  The results below are untrustworthy.\n");
}

#define LSN(value) (uint32) ((value) >> 32), (uint32) (value)

static void
show_checkpoint(const ControlFileData *control)
{
	const CheckPointOnDisk *checkpoint = &control->checkPointCopy;
	char wal_file[MAXFNAMELEN];
	XLogSegNo segment;

	XLByteToSeg(checkpoint->redo, segment, control->xlog_seg_size);
	XLogFileName(wal_file, checkpoint->ThisTimeLineID, segment, control->xlog_seg_size);
	printf("Latest checkpoint location:           %X/%X\n", LSN(control->checkPoint));
	printf("Latest checkpoint's REDO location:    %X/%X\n", LSN(checkpoint->redo));
	printf("Latest checkpoint's REDO WAL file:    %s\n", wal_file);
	printf("Latest checkpoint's TimeLineID:       %u\n", checkpoint->ThisTimeLineID);
	printf("Latest checkpoint's PrevTimeLineID:   %u\n", checkpoint->PrevTimeLineID);
	printf("Latest checkpoint's full_page_writes: %s\n", checkpoint->fullPageWrites ? "on" : "off");
	printf("Latest checkpoint's NextXID:          %u:%u\n", (uint32) (checkpoint->nextXid >> 32),
		   (uint32) checkpoint->nextXid);
	printf("Latest checkpoint's NextOID:          %u\n", checkpoint->nextOid);
	printf("Latest checkpoint's NextMultiXactId:  %u\n", (uint32) checkpoint->nextMulti);
	printf("Latest checkpoint's NextMultiOffset:  %u\n", (uint32) checkpoint->nextMultiOffset);
	printf("Latest checkpoint's oldestXID:        %u\n", (uint32) checkpoint->oldestXid);
	printf("Latest checkpoint's oldestXID's DB:   %u\n", checkpoint->oldestXidDB);
	printf("Latest checkpoint's oldestActiveXID:  %u\n", (uint32) checkpoint->oldestActiveXid);
	printf("Latest checkpoint's oldestMultiXid:   %u\n", (uint32) checkpoint->oldestMulti);
	printf("Latest checkpoint's oldestMulti's DB: %u\n", checkpoint->oldestMultiDB);
	printf("Latest checkpoint's oldestCommitTsXid:%u\n", (uint32) checkpoint->oldestCommitTsXid);
	printf("Latest checkpoint's newestCommitTsXid:%u\n", (uint32) checkpoint->newestCommitTsXid);
	printf("Time of latest checkpoint:            %s\n", format_time(checkpoint->time));
}

static void
show_settings(const ControlFileData *control)
{
	printf("wal_level setting:                    %s\n", name_of_wal_level(control->wal_level));
	printf("wal_log_hints setting:                %s\n", control->wal_log_hints ? "on" : "off");
	printf("max_connections setting:              %d\n", control->MaxConnections);
	printf("max_worker_processes setting:         %d\n", control->max_worker_processes);
	printf("max_wal_senders setting:              %d\n", control->max_wal_senders);
	printf("max_prepared_xacts setting:           %d\n", control->max_prepared_xacts);
	printf("max_locks_per_xact setting:           %d\n", control->max_locks_per_xact);
	printf("track_commit_timestamp setting:       %s\n", control->track_commit_timestamp ? "on" : "off");
	printf("Maximum data alignment:               %u\n", control->maxAlign);
	printf("Database block size:                  %u\n", control->blcksz);
	printf("Blocks per segment of large relation: %u\n", control->relseg_size);
	printf("WAL block size:                       %u\n", control->xlog_blcksz);
	printf("Bytes per WAL segment:                %u\n", control->xlog_seg_size);
	printf("Maximum length of identifiers:        %u\n", control->nameDataLen);
	printf("Maximum columns in an index:          %u\n", control->indexMaxKeys);
	printf("Maximum size of a TOAST chunk:        %u\n", control->toast_max_chunk_size);
	printf("Size of a large-object chunk:         %u\n", control->loblksize);
	printf("Date/time type storage:               %s\n", "64-bit integers");
	printf("Float8 argument passing:              %s\n", control->float8ByVal ? "by value" : "by reference");
	printf("Data page checksum version:           %u\n", control->data_checksum_version);
}

static void
show_nonce(const ControlFileData *control)
{
	printf("Mock authentication nonce:            ");
	for (int i = 0; i < MOCK_AUTH_NONCE_LEN; i++)
		printf("%02x", (unsigned char) control->mock_authentication_nonce[i]);
	printf("\n");
}

static void
show(const ControlFileData *control)
{
	printf("pg_control version number:            %u\n", control->pg_control_version);
	printf("Catalog version number:               %u\n", control->catalog_version_no);
	printf("Database system identifier:           %" PRIu64 "\n", control->system_identifier);
	printf("Database cluster state:               %s\n", state_name(control->state));
	printf("pg_control last modified:             %s\n", format_time(control->time));
	show_checkpoint(control);
	printf("Fake LSN counter for unlogged rels:   %X/%X\n", LSN(control->unloggedLSN));
	printf("Minimum recovery ending location:     %X/%X\n", LSN(control->minRecoveryPoint));
	printf("Min recovery ending loc's timeline:   %u\n", control->minRecoveryPointTLI);
	printf("Backup start location:                %X/%X\n", LSN(control->backupStartPoint));
	printf("Backup end location:                  %X/%X\n", LSN(control->backupEndPoint));
	printf("End-of-backup record required:        %s\n", control->backupEndRequired ? "yes" : "no");
	show_settings(control);
	show_nonce(control);
}

int
pg_controldata_main(int argc, char **argv)
{
	static const struct option long_options[] = {{"pgdata", required_argument, NULL, 'D'},
												 {"version", no_argument, NULL, 'V'},
												 {"help", no_argument, NULL, '?'},
												 {NULL, 0, NULL, 0}};
	const char *directory = NULL;
	ControlFileData control;
	int option;

	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0))
	{
		show_help();
		return 0;
	}
	while ((option = getopt_long(argc, argv, "D:V", long_options, NULL)) != -1)
		switch (option)
		{
			case 'D':
				directory = optarg;
				break;
			case 'V':
				printf("pg_controldata (PostgreSQL) %s\n", PG_VERSION);
				return 0;
			default:
				fprintf(stderr, "pg_controldata: hint: Try \"pg_controldata --help\" for more information.\n");
				return 1;
		}
	if (directory == NULL && optind < argc)
		directory = argv[optind++];
	if (directory == NULL)
		directory = getenv("PGDATA");
	if (optind < argc || directory == NULL)
	{
		if (optind < argc)
			fprintf(stderr, "pg_controldata: error: too many command-line arguments (first is \"%s\")\n", argv[optind]);
		else
			fprintf(stderr, "pg_controldata: error: no data directory specified\n");
		fprintf(stderr, "pg_controldata: hint: Try \"pg_controldata --help\" for more information.\n");
		return 1;
	}
	read_control_file(directory, &control);
	show(&control);
	return 0;
}
