/*
 * postmaster.c
 *    postgres without a mode: options, configuration, lock file, sockets, shared memory, then the loop.
 */
#include "postgres.h"

#include <getopt.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/xlog.h"
#include "error/log_context.h"
#include "main/programs.h"
#include "miscadmin.h"
#include "postmaster/listen.h"
#include "postmaster/pidfile.h"
#include "postmaster/pm_child.h"
#include "postmaster/pm_shell.h"
#include "process/init_postgres.h"
#include "process/preload.h"
#include "storage/ipc.h"
#include "storage/shmem.h"
#include "sys/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

extern int ReservedBackends;
extern bool load_hba(void) __attribute__((weak));

TimestampTz PgStartTime;

typedef struct PostmasterOptions
{
	const char *directory;
	const char *show; /* -C */
} PostmasterOptions;

/* ---- options ---------------------------------------------------------------------------------------------------------- */
static void
set_argument(const char *name, const char *value)
{
	SetConfigOption(name, value, PGC_POSTMASTER, PGC_S_ARGV);
}

static void
set_assignment(char flag, const char *argument)
{
	char *name;
	char *value;

	ParseLongOption(argument, &name, &value);
	if (value == NULL)
		ereport(ERROR,
				errcode(ERRCODE_SYNTAX_ERROR),
				flag == '-' ? errmsg("--%s requires a value", argument) : errmsg("-c %s requires a value", argument));
	set_argument(name, value);
	free(name);
	free(value);
}

static void
set_debug_level(const char *level)
{
	int number = (int) strtol(level, NULL, 10);
	char name[16];

	if (number <= 0)
	{
		set_argument("log_min_messages", "notice");
		return;
	}
	snprintf(name, sizeof(name), "debug%d", Min(number, 5));
	set_argument("log_min_messages", name);
	if (number >= 1)
	{
		set_argument("log_connections", "true");
		set_argument("log_disconnections", "true");
	}
	if (number >= 2)
		set_argument("log_statement", "all");
	if (number >= 3)
		set_argument("debug_print_parse", "true");
	if (number >= 4)
		set_argument("debug_print_plan", "true");
	if (number >= 5)
		set_argument("debug_print_rewritten", "true");
}

/* -f and -t: one letter stands for one setting. */
static void
set_by_letter(char flag, const char *letter)
{
	static const struct
	{
		char flag;
		const char *letter;
		const char *name;
		const char *value;
	} table[] = {
		{'f', "s", "enable_seqscan", "false"},	   {'f', "i", "enable_indexscan", "false"},
		{'f', "o", "enable_indexonlyscan", "false"}, {'f', "b", "enable_bitmapscan", "false"},
		{'f', "t", "enable_tidscan", "false"},	   {'f', "n", "enable_nestloop", "false"},
		{'f', "m", "enable_mergejoin", "false"},   {'f', "h", "enable_hashjoin", "false"},
		{'t', "pa", "log_parser_stats", "true"},   {'t', "pl", "log_planner_stats", "true"},
		{'t', "e", "log_executor_stats", "true"},
	};

	for (int i = 0; i < lengthof(table); i++)
		if (table[i].flag == flag && strncmp(letter, table[i].letter, strlen(table[i].letter)) == 0)
		{
			set_argument(table[i].name, table[i].value);
			return;
		}
	write_stderr("postgres: invalid argument for option -%c: \"%s\"\n", flag, letter);
	exit(1);
}

static void
parse_options(int argc, char **argv, PostmasterOptions *options)
{
	int flag;

	optind = 1;
	opterr = 1;
	while ((flag = getopt(argc, argv, "B:bC:c:D:d:EeFf:h:ijk:lN:nOPp:r:S:sTt:W:-:")) != -1)
		switch (flag)
		{
			case 'B':
				set_argument("shared_buffers", optarg);
				break;
			case 'C':
				options->show = optarg;
				break;
			case 'c':
			case '-':
				set_assignment((char) flag, optarg);
				break;
			case 'D':
				options->directory = optarg;
				break;
			case 'd':
				set_debug_level(optarg);
				break;
			case 'e':
				set_argument("datestyle", "euro");
				break;
			case 'F':
				set_argument("fsync", "false");
				break;
			case 'f':
			case 't':
				set_by_letter((char) flag, optarg);
				break;
			case 'h':
				set_argument("listen_addresses", optarg);
				break;
			case 'i':
				set_argument("listen_addresses", "*");
				break;
			case 'k':
				set_argument("unix_socket_directories", optarg);
				break;
			case 'l':
				set_argument("ssl", "true");
				break;
			case 'N':
				set_argument("max_connections", optarg);
				break;
			case 'O':
				set_argument("allow_system_table_mods", "true");
				break;
			case 'P':
				set_argument("ignore_system_indexes", "true");
				break;
			case 'p':
				set_argument("port", optarg);
				break;
			case 'r':
				strlcpy(OutputFileName, optarg, MAXPGPATH);
				break;
			case 'S':
				set_argument("work_mem", optarg);
				break;
			case 's':
				set_argument("log_statement_stats", "true");
				break;
			case 'W':
				set_argument("post_auth_delay", optarg);
				break;
			case 'b':
			case 'E':
			case 'j':
			case 'n':
			case 'T':
				break; /* for other modes, or of no consequence */
			default:
				write_stderr("Try \"%s --help\" for more information.\n", "postgres");
				exit(1);
		}
	if (optind < argc)
	{
		write_stderr("postgres: invalid argument: \"%s\"\n", argv[optind]);
		write_stderr("Try \"%s --help\" for more information.\n", "postgres");
		exit(1);
	}
}

/* What follows from other settings and can be asked for with -C before there is a server. */
static void
compute_dependent_settings(void)
{
	enum { HUGE_PAGE_MB = 2 };
	Size megabytes;
	char text[32];

	InitializeMaxBackends();
	megabytes = (CalculateShmemSize(NULL) + (1024 * 1024 - 1)) / (1024 * 1024);
	snprintf(text, sizeof(text), "%zu", megabytes);
	SetConfigOption("shared_memory_size", text, PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
	snprintf(text, sizeof(text), "%zu", megabytes / HUGE_PAGE_MB + 1);
	SetConfigOption("shared_memory_size_in_huge_pages", text, PGC_INTERNAL, PGC_S_DYNAMIC_DEFAULT);
}

/* ---- -C ------------------------------------------------------------------------------------------------------------------- */
static void pg_attribute_noreturn()
show_setting_and_exit(const char *name)
{
	if (GetConfigOptionFlags(name, true) & GUC_RUNTIME_COMPUTED)
	{
		ChangeToDataDir();
		LocalProcessControlFile(false);
		compute_dependent_settings();
	}
	puts(GetConfigOption(name, false, false));
	fflush(stdout);
	exit(0);
}

/* ---- checks and files -------------------------------------------------------------------------------------------------------- */
static void
check_setting_combinations(void)
{
	extern int max_wal_senders;
	extern int wal_level;

	if (ReservedBackends >= MaxConnections)
	{
		write_stderr("postgres: superuser_reserved_connections (%d) must be less than max_connections (%d)\n",
					 ReservedBackends, MaxConnections);
		exit(1);
	}
	if (max_wal_senders > 0 && wal_level == 0)
		ereport(ERROR,
				errmsg("WAL streaming (max_wal_senders > 0) requires wal_level \"replica\" or \"logical\""));
}

static void
remove_external_pid_file(int code, Datum arg)
{
	if (external_pid_file)
		unlink(external_pid_file);
}

static void
write_external_pid_file(void)
{
	FILE *file;

	if (external_pid_file == NULL || external_pid_file[0] == '\0')
		return;
	file = fopen(external_pid_file, "we");
	if (file == NULL)
	{
		write_stderr("postgres: could not write external PID file \"%s\": %s\n", external_pid_file, strerror(errno));
		return;
	}
	fprintf(file, "%d\n", MyProcPid);
	fclose(file);
	chmod(external_pid_file, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
	on_proc_exit(remove_external_pid_file, 0);
}

/* What was given on the command line, so that pg_ctl restart can give it again. */
static void
write_options_file(int argc, char **argv)
{
	FILE *file = fopen("postmaster.opts", "we");

	if (file == NULL)
	{
		ereport(LOG, errcode_for_file_access(), errmsg("could not create file \"%s\": %m", "postmaster.opts"));
		return;
	}
	fprintf(file, "%s", my_exec_path[0] ? my_exec_path : argv[0]);
	for (int i = 1; i < argc; i++)
		fprintf(file, " \"%s\"", argv[i]);
	fputs("\n", file);
	if (fclose(file) != 0)
		ereport(LOG, errcode_for_file_access(), errmsg("could not write file \"%s\": %m", "postmaster.opts"));
}

static void
become_postmaster(void)
{
	PostmasterPid = MyProcPid = getpid();
	IsPostmasterEnvironment = true;
	MyBackendType = B_POSTMASTER;
	log_context.backend_type = GetBackendTypeDesc(MyBackendType);
	PostmasterContext = AllocSetContextCreate(TopMemoryContext, "Postmaster", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(PostmasterContext);
}

static void
read_configuration(int argc, char **argv)
{
	PostmasterOptions options = {0};

	InitializeGUCOptions();
	set_stack_depth_default();
	parse_options(argc, argv, &options);
	if (!SelectConfigFiles(options.directory, "postgres"))
		exit(2);
	if (options.show)
		show_setting_and_exit(options.show);
	checkDataDir();
	ChangeToDataDir();
	check_setting_combinations();
}

int
postmaster_main(int argc, char **argv)
{
	become_postmaster();
	read_configuration(argc, argv);
	CreateDataDirLockFile(true);
	pm_shell_init();
	ereport(LOG, errmsg("starting %s", PG_VERSION_STR));
	LocalProcessControlFile(false);
	process_shared_preload_libraries();
	compute_dependent_settings();
	pm_child_init();
	listen_open_all();
	CreateSharedMemoryAndSemaphores();
	set_max_safe_fds();
	write_external_pid_file();
	RemovePgTempFiles();
	if (load_hba && !load_hba())
		ereport(FATAL, errmsg("could not load %s", HbaFileName));
	write_options_file(argc, argv);
	PgStartTime = GetCurrentTimestamp();
	AddToDataDirLockFile(LOCK_FILE_LINE_PM_STATUS, "starting");
	pm_shell_run();
}
