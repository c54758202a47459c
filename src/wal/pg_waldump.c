/*
 * pg_waldump.c
 *    The program pg_waldump: shows the records of the log in words.
 *
 *    pg_waldump [OPTION]... [STARTSEG [ENDSEG]]
 *    -p PATH  -s LSN  -e LSN  -n LIMIT  -r RMGR (may be repeated)  -x XID  -t TLI  -b  -w  -z [--stats=record]  -f  -q
 */
#include <fcntl.h>
#include <dirent.h>
#include <getopt.h>
#include <sys/stat.h>
#include <unistd.h>

#include "postgres.h"
#include "access/xlog_internal.h"
#include "lib/stringinfo.h"
#include "main/programs.h"
#include "utils/memutils.h"

typedef struct DumpOptions
{
	const char *dir;
	TimeLineID tli;
	XLogRecPtr start;
	XLogRecPtr end; /* Invalid: to the end of the log */
	int64 limit;	/* -1: none */
	bool rmgrs[RM_MAX_ID + 1];
	bool filter_rmgr;
	bool filter_xid;
	TransactionId xid;
	bool only_fullpage;
	bool bkp_details;
	bool stats;
	bool stats_per_record;
	bool follow;
	bool quiet;
} DumpOptions;

typedef struct RecordStats
{
	uint64 count;
	uint64 rec_len;
	uint64 fpi_len;
} RecordStats;

typedef struct DumpState
{
	DumpOptions options;
	int seg_size;
	int fd;
	XLogSegNo segno;
	RecordStats by_rmgr[RM_MAX_ID + 1];
	RecordStats by_record[RM_MAX_ID + 1][16];
} DumpState;

static void fatal(const char *fmt, ...) pg_attribute_printf(1, 2) pg_attribute_noreturn();

static void
fatal(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "pg_waldump: error: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* ---- files ---------------------------------------------------------------------------------------------------------- */
static bool
open_segment(DumpState *dump, XLogSegNo segno)
{
	char fname[MAXFNAMELEN];
	char path[MAXPGPATH];

	if (dump->fd >= 0 && dump->segno == segno)
		return true;
	if (dump->fd >= 0)
		close(dump->fd);
	XLogFileName(fname, dump->options.tli, segno, dump->seg_size);
	snprintf(path, sizeof(path), "%s/%s", dump->options.dir, fname);
	dump->fd = open(path, O_RDONLY);
	dump->segno = segno;
	return dump->fd >= 0;
}

static int
read_page(XLogReaderState *reader, XLogRecPtr page_ptr, int need, XLogRecPtr target, char *out)
{
	DumpState *dump = reader->private_data;
	XLogRecPtr end = dump->options.end;
	ssize_t len;

	if (end != InvalidXLogRecPtr && page_ptr >= end)
		return -1;
	if (!open_segment(dump, page_ptr / dump->seg_size))
	{
		char fname[MAXFNAMELEN];

		XLogFileName(fname, dump->options.tli, page_ptr / dump->seg_size, dump->seg_size);
		fatal("could not find file \"%s\": %s", fname, strerror(errno));
	}
	len = pread(dump->fd, out, XLOG_BLCKSZ, (off_t) (page_ptr % dump->seg_size));
	return len == XLOG_BLCKSZ ? XLOG_BLCKSZ : -1;
}

/* The segment size is in the first page of every segment. */
static int
segment_size_of(const char *dir, const char *fname)
{
	char path[MAXPGPATH];
	char page[XLOG_BLCKSZ];
	XLogLongPageHeader header = (XLogLongPageHeader) page;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, fname);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		fatal("could not open file \"%s\": %s", path, strerror(errno));
	if (read(fd, page, sizeof(page)) != (ssize_t) sizeof(page))
		fatal("could not read file \"%s\"", path);
	close(fd);
	if (!IsValidWalSegSize(header->xlp_seg_size))
		fatal("WAL segment size must be a power of two between 1 MB and 1 GB, but the WAL file \"%s\" header "
			  "specifies %u bytes",
			  fname, header->xlp_seg_size);
	return (int) header->xlp_seg_size;
}

static bool
has_wal_files(const char *dir, char *first)
{
	DIR *handle = opendir(dir);
	struct dirent *entry;
	bool found = false;

	if (handle == NULL)
		return false;
	while ((entry = readdir(handle)) != NULL)
		if (IsXLogFileName(entry->d_name) && (!found || strcmp(entry->d_name, first) < 0))
		{
			strlcpy(first, entry->d_name, MAXFNAMELEN);
			found = true;
		}
	closedir(handle);
	return found;
}

/* PATH itself, PATH/pg_wal, ./pg_wal, $PGDATA/pg_wal. */
static const char *
find_directory(const char *path, char *first)
{
	static char found[MAXPGPATH];

	if (path != NULL)
	{
		if (has_wal_files(path, first))
			return path;
		snprintf(found, sizeof(found), "%s/%s", path, XLOGDIR);
		if (has_wal_files(found, first))
			return found;
		fatal("could not locate WAL file in \"%s\"", path);
	}
	if (has_wal_files(".", first))
		return ".";
	if (has_wal_files(XLOGDIR, first))
		return XLOGDIR;
	if (getenv("PGDATA"))
	{
		snprintf(found, sizeof(found), "%s/%s", getenv("PGDATA"), XLOGDIR);
		if (has_wal_files(found, first))
			return found;
	}
	fatal("could not find any WAL file");
}

/* ---- one record ------------------------------------------------------------------------------------------------------- */
static void
record_lengths(XLogReaderState *reader, uint32 *rec_len, uint32 *fpi_len)
{
	*fpi_len = 0;
	for (int id = 0; id <= XLogRecMaxBlockId(reader); id++)
		if (XLogRecHasBlockRef(reader, id) && XLogRecHasBlockImage(reader, id))
			*fpi_len += XLogRecGetBlock(reader, id)->bimg_len;
	*rec_len = XLogRecGetTotalLen(reader) - *fpi_len;
}

static void
append_block_details(StringInfo line, XLogReaderState *reader, bool details)
{
	for (int id = 0; id <= XLogRecMaxBlockId(reader); id++)
	{
		DecodedBkpBlock *blk = XLogRecGetBlock(reader, id);

		if (!blk->in_use)
			continue;
		appendStringInfo(line, details ? "\n\tblkref #%d:" : ", blkref #%d:", id);
		appendStringInfo(line, " rel %u/%u/%u", blk->rnode.spcNode, blk->rnode.dbNode, blk->rnode.relNode);
		if (details || blk->forknum != MAIN_FORKNUM)
			appendStringInfo(line, " fork %s", forkNames[blk->forknum]);
		appendStringInfo(line, " blk %u", blk->blkno);
		if (!blk->has_image)
			continue;
		appendStringInfoString(line, " FPW");
		if (!blk->apply_image)
			appendStringInfoString(line, " for WAL verification");
		if (details)
			appendStringInfo(line, "; hole: offset: %u, length: %u", blk->hole_offset, blk->hole_length);
	}
}

static void
show_record(DumpState *dump, XLogReaderState *reader)
{
	const RmgrData *rmgr = &RmgrTable[XLogRecGetRmid(reader)];
	StringInfoData line;
	uint32 rec_len;
	uint32 fpi_len;
	const char *id = rmgr->rm_identify ? rmgr->rm_identify(XLogRecGetInfo(reader)) : NULL;

	record_lengths(reader, &rec_len, &fpi_len);
	initStringInfo(&line);
	appendStringInfo(&line, "rmgr: %-11s len (rec/tot): %6u/%6u, tx: %10" PRIu64 ", lsn: %X/%08X, prev %X/%08X, ",
					 rmgr->rm_name, rec_len, XLogRecGetTotalLen(reader), XLogRecGetXid(reader),
					 LSN_FORMAT_ARGS(reader->ReadRecPtr), LSN_FORMAT_ARGS(XLogRecGetPrev(reader)));
	if (id)
		appendStringInfo(&line, "desc: %s ", id);
	else
		appendStringInfo(&line, "desc: UNKNOWN (%x) ", XLogRecGetInfo(reader) & ~XLR_INFO_MASK);
	if (rmgr->rm_desc)
		rmgr->rm_desc(&line, reader);
	append_block_details(&line, reader, dump->options.bkp_details);
	puts(line.data);
	pfree(line.data);
}

static void
count_record(DumpState *dump, XLogReaderState *reader)
{
	RmgrId rmid = XLogRecGetRmid(reader);
	RecordStats *rows[2] = {&dump->by_rmgr[rmid], &dump->by_record[rmid][XLogRecGetInfo(reader) >> 4]};
	uint32 rec_len;
	uint32 fpi_len;

	record_lengths(reader, &rec_len, &fpi_len);
	for (int i = 0; i < 2; i++)
	{
		rows[i]->count++;
		rows[i]->rec_len += rec_len;
		rows[i]->fpi_len += fpi_len;
	}
}

/* ---- statistics ----------------------------------------------------------------------------------------------------------- */
static double
percent(uint64 part, uint64 whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void
show_stats_row(const char *name, const RecordStats *s, const RecordStats *total)
{
	uint64 size = s->rec_len + s->fpi_len;

	printf("%-27s %20" PRIu64 " (%6.02f) %20" PRIu64 " (%6.02f) %20" PRIu64 " (%6.02f) %20" PRIu64 " (%6.02f)\n", name,
		   s->count, percent(s->count, total->count), s->rec_len, percent(s->rec_len, total->rec_len), s->fpi_len,
		   percent(s->fpi_len, total->fpi_len), size, percent(size, total->rec_len + total->fpi_len));
}

static void
show_stats(const DumpState *dump, XLogRecPtr start, XLogRecPtr end)
{
	RecordStats total = {0};

	for (int id = 0; id <= RM_MAX_BUILTIN_ID; id++)
	{
		total.count += dump->by_rmgr[id].count;
		total.rec_len += dump->by_rmgr[id].rec_len;
		total.fpi_len += dump->by_rmgr[id].fpi_len;
	}
	printf("WAL statistics between %X/%X and %X/%X:\n", LSN_FORMAT_ARGS(start), LSN_FORMAT_ARGS(end));
	printf("%-27s %20s %8s %20s %8s %20s %8s %20s %8s\n", "Type", "N", "(%)", "Record size", "(%)", "FPI size", "(%)",
		   "Combined size", "(%)");
	printf("%-27s %20s %8s %20s %8s %20s %8s %20s %8s\n", "----", "-", "---", "-----------", "---", "--------", "---",
		   "-------------", "---");
	for (int id = 0; id <= RM_MAX_BUILTIN_ID; id++)
	{
		if (!dump->options.stats_per_record)
		{
			if (dump->by_rmgr[id].count > 0 || RmgrIdExists(id))
				show_stats_row(RmgrTable[id].rm_name, &dump->by_rmgr[id], &total);
			continue;
		}
		for (int info = 0; info < 16; info++)
		{
			char name[64];
			const char *record_name;

			if (dump->by_record[id][info].count == 0)
				continue;
			record_name = RmgrTable[id].rm_identify ? RmgrTable[id].rm_identify((uint8) (info << 4)) : NULL;
			snprintf(name, sizeof(name), "%s/%s", RmgrTable[id].rm_name, record_name ? record_name : "UNKNOWN");
			show_stats_row(name, &dump->by_record[id][info], &total);
		}
	}
	printf("%-27s %20s %8s %20s %8s %20s %8s %20s\n", "", "--------", "", "--------", "", "--------", "", "--------");
	printf("%-27s %20" PRIu64 "          %20" PRIu64 " [%.02f%%]  %20" PRIu64 " [%.02f%%] %20" PRIu64 " [%.02f%%]\n",
		   "Total", total.count, total.rec_len, percent(total.rec_len, total.rec_len + total.fpi_len), total.fpi_len,
		   percent(total.fpi_len, total.rec_len + total.fpi_len), total.rec_len + total.fpi_len, 100.0);
}

/* ---- main --------------------------------------------------------------------------------------------------------------- */
static void
usage(void)
{
	printf("pg_waldump decodes and displays write-ahead logs for debugging.\n\n"
		   "Usage:\n  pg_waldump [OPTION]... [STARTSEG [ENDSEG]]\n\nOptions:\n"
		   "  -b, --bkp-details      output detailed information about backup blocks\n"
		   "  -e, --end=RECPTR       stop reading at WAL location RECPTR\n"
		   "  -f, --follow           keep retrying after reaching end of WAL\n"
		   "  -n, --limit=N          number of records to display\n"
		   "  -p, --path=PATH        directory in which to find WAL segment files or a\n"
		   "                         directory with a ./pg_wal that contains such files\n"
		   "                         (default: current directory, ./pg_wal, $PGDATA/pg_wal)\n"
		   "  -q, --quiet            do not print any output, except for errors\n"
		   "  -r, --rmgr=RMGR        only show records generated by resource manager RMGR;\n"
		   "                         use --rmgr=list to list valid resource manager names\n"
		   "  -s, --start=RECPTR     start reading at WAL location RECPTR\n"
		   "  -t, --timeline=TLI     timeline from which to read WAL records\n"
		   "                         (default: 1 or the value used in STARTSEG)\n"
		   "  -V, --version          output version information, then exit\n"
		   "  -w, --fullpage         only show records with a full page write\n"
		   "  -x, --xid=XID          only show records with transaction ID XID\n"
		   "  -z, --stats[=record]   show statistics instead of records\n"
		   "                         (optionally, show per-record statistics)\n"
		   "  -?, --help             show this help, then exit\n");
}

static XLogRecPtr
parse_lsn(const char *what, const char *text)
{
	uint32 high;
	uint32 low;

	if (sscanf(text, "%X/%X", &high, &low) != 2)
		fatal("invalid WAL location: \"%s\"", text);
	return ((uint64) high << 32) | low;
}

static void
parse_rmgr(DumpOptions *options, const char *name)
{
	if (strcasecmp(name, "list") == 0)
	{
		for (int id = 0; id <= RM_MAX_BUILTIN_ID; id++)
			printf("%s\n", RmgrTable[id].rm_name);
		exit(0);
	}
	for (int id = 0; id <= RM_MAX_BUILTIN_ID; id++)
		if (strcasecmp(RmgrTable[id].rm_name, name) == 0)
		{
			options->rmgrs[id] = options->filter_rmgr = true;
			return;
		}
	fatal("resource manager \"%s\" does not exist", name);
}

static void
parse_options(DumpOptions *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{"bkp-details", no_argument, NULL, 'b'}, {"end", required_argument, NULL, 'e'},
		{"follow", no_argument, NULL, 'f'},		 {"fullpage", no_argument, NULL, 'w'},
		{"help", no_argument, NULL, '?'},		 {"limit", required_argument, NULL, 'n'},
		{"path", required_argument, NULL, 'p'},	 {"quiet", no_argument, NULL, 'q'},
		{"rmgr", required_argument, NULL, 'r'},	 {"start", required_argument, NULL, 's'},
		{"timeline", required_argument, NULL, 't'}, {"xid", required_argument, NULL, 'x'},
		{"version", no_argument, NULL, 'V'},	 {"stats", optional_argument, NULL, 'z'},
		{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "be:fn:p:qr:s:t:Vwx:z?", long_options, NULL)) != -1)
		switch (c)
		{
			case 'b':
				options->bkp_details = true;
				break;
			case 'e':
				options->end = parse_lsn("end", optarg);
				break;
			case 'f':
				options->follow = true;
				break;
			case 'n':
				options->limit = strtoll(optarg, NULL, 10);
				if (options->limit <= 0)
					fatal("invalid value \"%s\" for option %s", optarg, "-n/--limit");
				break;
			case 'p':
				options->dir = optarg;
				break;
			case 'q':
				options->quiet = true;
				break;
			case 'r':
				parse_rmgr(options, optarg);
				break;
			case 's':
				options->start = parse_lsn("start", optarg);
				break;
			case 't':
				options->tli = (TimeLineID) strtoul(optarg, NULL, 10);
				break;
			case 'V':
				printf("pg_waldump (PostgreSQL) %s\n", PG_VERSION);
				exit(0);
			case 'w':
				options->only_fullpage = true;
				break;
			case 'x':
				options->xid = strtoull(optarg, NULL, 10);
				options->filter_xid = true;
				break;
			case 'z':
				options->stats = true;
				options->stats_per_record = optarg && strcmp(optarg, "record") == 0;
				break;
			default:
				usage();
				exit(c == '?' ? 0 : 1);
		}
}

static void
use_segment_arguments(DumpState *dump, int argc, char **argv)
{
	static char dir[MAXPGPATH];
	XLogSegNo segno = 0;
	const char *fname;

	if (optind >= argc)
		return;
	fname = strrchr(argv[optind], '/');
	if (fname)
	{
		snprintf(dir, sizeof(dir), "%.*s", (int) (fname - argv[optind]), argv[optind]);
		dump->options.dir = dir;
		fname++;
	}
	else
		fname = argv[optind];
	if (dump->options.dir == NULL || strchr(argv[optind], '/') == NULL)
	{
		char first[MAXFNAMELEN];

		dump->options.dir = find_directory(dump->options.dir, first);
	}
	if (!IsXLogFileName(fname))
		fatal("could not open file \"%s\": %s", fname, strerror(ENOENT));
	dump->seg_size = segment_size_of(dump->options.dir, fname);
	XLogFromFileName(fname, &dump->options.tli, &segno, dump->seg_size);
	if (dump->options.start == InvalidXLogRecPtr)
		dump->options.start = segno * dump->seg_size;
	if (optind + 1 < argc)
	{
		const char *slash = strrchr(argv[optind + 1], '/');

		XLogFromFileName(slash ? slash + 1 : argv[optind + 1], &dump->options.tli, &segno, dump->seg_size);
	}
	if (dump->options.end == InvalidXLogRecPtr)
		dump->options.end = (segno + 1) * dump->seg_size;
}

int
pg_waldump_main(int argc, char **argv)
{
	static DumpState dump = {.options = {.tli = 1, .limit = -1}, .fd = -1};
	XLogReaderState *reader;
	XLogRecPtr first;
	char first_file[MAXFNAMELEN];
	char *errormsg = NULL;
	int64 shown = 0;

	if (TopMemoryContext == NULL)
		MemoryContextInit();
	parse_options(&dump.options, argc, argv);
	use_segment_arguments(&dump, argc, argv);
	if (dump.seg_size == 0)
	{
		dump.options.dir = find_directory(dump.options.dir, first_file);
		dump.seg_size = segment_size_of(dump.options.dir, first_file);
	}
	if (dump.options.start == InvalidXLogRecPtr)
		fatal("no start WAL location given");
	reader = XLogReaderAllocate(dump.seg_size, read_page, 0, &dump);
	first = XLogFindNextRecord(reader, dump.options.start);
	if (first == InvalidXLogRecPtr)
		fatal("could not find a valid record after %X/%X", LSN_FORMAT_ARGS(dump.options.start));
	if (first != dump.options.start && dump.options.start % XLOG_BLCKSZ != 0 && !dump.options.quiet)
		printf("first record is after %X/%X, at %X/%X, skipping over %u bytes\n", LSN_FORMAT_ARGS(dump.options.start),
			   LSN_FORMAT_ARGS(first), (uint32) (first - dump.options.start));
	for (;;)
	{
		uint32 rec_len;
		uint32 fpi_len;

		if (XLogReadRecord(reader, &errormsg) == NULL)
		{
			if (!dump.options.follow)
				break;
			usleep(1000000L);
			continue;
		}
		if (dump.options.end != InvalidXLogRecPtr && reader->ReadRecPtr >= dump.options.end)
		{
			errormsg = NULL;
			break;
		}
		record_lengths(reader, &rec_len, &fpi_len);
		if ((dump.options.filter_rmgr && !dump.options.rmgrs[XLogRecGetRmid(reader)]) ||
			(dump.options.filter_xid && XLogRecGetXid(reader) != dump.options.xid) ||
			(dump.options.only_fullpage && fpi_len == 0))
			continue;
		if (dump.options.stats)
			count_record(&dump, reader);
		else if (!dump.options.quiet)
			show_record(&dump, reader);
		if (dump.options.limit > 0 && ++shown >= dump.options.limit)
			break;
	}
	if (dump.options.stats && !dump.options.quiet)
		show_stats(&dump, first, reader->EndRecPtr);
	if (errormsg)
		fatal("error in WAL record at %X/%X: %s", LSN_FORMAT_ARGS(reader->ReadRecPtr), errormsg);
	return 0;
}
