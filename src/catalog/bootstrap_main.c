/*
 * bootstrap_main.c
 *    postgres --boot -D dir [-U superuser] [-E encoding] [--lc-collate=..] [--lc-ctype=..] [-c name=value]: make the catalogs of a new
 *    cluster. initdb has made the directories and the configuration files before.
 *
 * Two processes one after the other: the first makes the catalogs in bootstrap mode and shuts down cleanly, the second starts like
 * a single-user server on template1 and runs the embedded SQL. Each leaves a finished checkpoint behind.
 */
#include "postgres.h"

#include <getopt.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access/xact.h"
#include "access/xlog.h"
#include "access/xlog_internal.h"
#include "catalog/bootstrap.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "postmaster/pidfile.h"
#include "process/init_postgres.h"
#include "process/interrupt.h"
#include "process/preload.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "sys/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"

typedef struct BootArguments
{
	const char *directory;
	BootstrapOptions options;
} BootArguments;

static void
set_from_argument(const char *argument)
{
	char *name;
	char *value;

	ParseLongOption(argument, &name, &value);
	if (value == NULL)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("-c %s requires a value", argument));
	SetConfigOption(name, value, PGC_POSTMASTER, PGC_S_ARGV);
	free(name);
	free(value);
}

static void
parse_arguments(int argc, char **argv, BootArguments *args)
{
	static const struct option long_options[] = {{"boot", no_argument, NULL, 1},
												 {"lc-collate", required_argument, NULL, 2},
												 {"lc-ctype", required_argument, NULL, 3},
												 {"icu-locale", required_argument, NULL, 4},
												 {NULL, 0, NULL, 0}};
	int flag;

	optind = 1;
	while ((flag = getopt_long(argc, argv, "D:U:E:c:FX:", long_options, NULL)) != -1)
	{
		switch (flag)
		{
			case 1:
				break;
			case 2:
				args->options.lc_collate = optarg;
				break;
			case 3:
				args->options.lc_ctype = optarg;
				break;
			case 4:
				args->options.icu_locale = optarg;
				break;
			case 'D':
				args->directory = optarg;
				break;
			case 'U':
				args->options.superuser = optarg;
				break;
			case 'E':
				args->options.encoding = pg_char_to_encoding(optarg);
				if (args->options.encoding < 0)
					ereport(FATAL, errmsg("\"%s\" is not a valid server encoding name", optarg));
				break;
			case 'X': /* size of WAL segments, MB; fixed for the cluster's life */
				wal_segment_size = (int) strtol(optarg, NULL, 10) * 1024 * 1024;
				if (!IsValidWalSegSize(wal_segment_size))
					ereport(FATAL, errmsg("-X requires a power of two value between 1 MB and 1 GB"));
				break;
			case 'F':
				SetConfigOption("fsync", "false", PGC_POSTMASTER, PGC_S_ARGV);
				break;
			case 'c':
				set_from_argument(optarg);
				break;
			default:
				ereport(FATAL, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid command-line arguments"));
		}
	}
}

static void
start_process(int argc, char **argv, BootArguments *args, bool bootstrap)
{
	*args = (BootArguments){.options = {.superuser = "postgres", .encoding = PG_UTF8, .lc_collate = "C", .lc_ctype = "C"}};
	InitStandaloneProcess(argv[0]);
	SetProcessingMode(bootstrap ? BootstrapProcessing : InitProcessing);
	InitializeGUCOptions();
	set_stack_depth_default();
	parse_arguments(argc, argv, args);
	if (!SelectConfigFiles(args->directory, "postgres"))
		proc_exit(1);
	checkDataDir();
	ChangeToDataDir();
	CreateDataDirLockFile(false);
	if (!bootstrap)
		LocalProcessControlFile(false);
	InitializeMaxBackends();
	CreateSharedMemoryAndSemaphores();
	set_max_safe_fds();
	InitProcess();
	BaseInit();
	if (bootstrap)
		BootStrapXLOG();
	backend_signals_install();
}

/* An error ends the process: there is nothing to go on with. */
static void
catalogs_main(int argc, char **argv)
{
	BootArguments args;

	start_process(argc, argv, &args, true);
	InitPostgres(NULL, 1, NULL, InvalidOid, false, true, NULL);
	SetDatabaseEncoding(args.options.encoding);
	bootstrap_catalogs(&args.options);
	proc_exit(0);
}

static void
sql_main(int argc, char **argv)
{
	BootArguments args;

	start_process(argc, argv, &args, false);
	InitPostgres("template1", InvalidOid, args.options.superuser, InvalidOid, false, true, NULL);
	SetProcessingMode(NormalProcessing);
	bootstrap_run_sql();
	proc_exit(0);
}

void
BootstrapMain(int argc, char **argv)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (child < 0)
		ereport(FATAL, errmsg("could not fork: %m"));
	if (child == 0)
		catalogs_main(argc, argv);
	if (waitpid(child, &status, 0) < 0)
		ereport(FATAL, errmsg("waitpid() failed: %m"));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	sql_main(argc, argv);
}
