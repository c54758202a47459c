/*
 * single_user.c
 *    postgres --single: one session, without postmaster and shared house-keeping; commands from standard input.
 *
 * A command ends at a newline, or with -j at a semicolon followed by two newlines. Results go to standard output in the
 * form DestDebug writes.
 */
#include "postgres.h"

#include <getopt.h>
#include <unistd.h>

#include "access/xact.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "postmaster/pidfile.h"
#include "process/init_postgres.h"
#include "process/interrupt.h"
#include "process/preload.h"
#include "session/session.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "sys/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"

CommandDest whereToSendOutput = DestDebug;

typedef struct SingleUserOptions
{
	bool semicolon_newline_newline; /* -j */
	bool echo;						/* -E */
	const char *directory;
	const char *dbname;
} SingleUserOptions;

/* ---- reading commands -------------------------------------------------------------------------------------------------- */
static bool
command_complete(const StringInfo buf, bool whole)
{
	if (whole)
		return buf->len >= 3 && strcmp(buf->data + buf->len - 3, ";\n\n") == 0;
	/* a backslash at the end of the line continues it */
	return buf->len >= 1 && buf->data[buf->len - 1] == '\n';
}

static bool
read_command(StringInfo buf, bool whole)
{
	int c;

	resetStringInfo(buf);
	while ((c = getchar()) != EOF)
	{
		if (c == '\n' && !whole && buf->len > 0 && buf->data[buf->len - 1] == '\\')
		{
			buf->data[--buf->len] = '\0';
			continue;
		}
		appendStringInfoChar(buf, (char) c);
		if (command_complete(buf, whole))
			return true;
	}
	return buf->len > 0;
}

/* ---- options --------------------------------------------------------------------------------------------------------------- */
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
parse_options(int argc, char **argv, SingleUserOptions *options)
{
	int flag;

	optind = 1;
	while ((flag = getopt(argc, argv, "B:c:C:D:d:EeFf:h:ijk:lN:nOPp:r:S:sTt:v:W:-:")) != -1)
		switch (flag)
		{
			case 'B':
				SetConfigOption("shared_buffers", optarg, PGC_POSTMASTER, PGC_S_ARGV);
				break;
			case 'D':
				options->directory = optarg;
				break;
			case 'E':
				options->echo = true;
				break;
			case 'F':
				SetConfigOption("fsync", "false", PGC_POSTMASTER, PGC_S_ARGV);
				break;
			case 'j':
				options->semicolon_newline_newline = true;
				break;
			case 'O':
				SetConfigOption("allow_system_table_mods", "true", PGC_POSTMASTER, PGC_S_ARGV);
				break;
			case 'P':
				SetConfigOption("ignore_system_indexes", "true", PGC_POSTMASTER, PGC_S_ARGV);
				break;
			case 'S':
				SetConfigOption("work_mem", optarg, PGC_POSTMASTER, PGC_S_ARGV);
				break;
			case 'r':
				strlcpy(OutputFileName, optarg, MAXPGPATH);
				break;
			case 'c':
			case '-':
				if (strcmp(optarg, "single") != 0)
					set_from_argument(optarg);
				break;
			default:
				ereport(FATAL,
						errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("invalid command-line arguments for server process"),
						errhint("Try \"%s --help\" for more information.", "postgres"));
		}
	if (optind < argc)
		options->dbname = argv[optind++];
	if (optind < argc)
		ereport(FATAL,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("invalid command-line argument: %s", argv[optind]),
				errhint("Try \"%s --help\" for more information.", "postgres"));
}

/* ---- the loop --------------------------------------------------------------------------------------------------------------- */
static void
run_commands(const SingleUserOptions *options)
{
	sigjmp_buf local_sigjmp_buf;
	StringInfoData buf;
	MemoryContext buffer_context = AllocSetContextCreate(TopMemoryContext, "command text", ALLOCSET_DEFAULT_SIZES);

	MessageContext = AllocSetContextCreate(TopMemoryContext, "MessageContext", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(buffer_context);
	initStringInfo(&buf);
	if (sigsetjmp(local_sigjmp_buf, 1) != 0)
		session_recover();
	PG_exception_stack = &local_sigjmp_buf;
	for (;;)
	{
		MemoryContextSwitchTo(MessageContext);
		MemoryContextReset(MessageContext);
		if (isatty(STDIN_FILENO))
		{
			printf("backend> ");
			fflush(stdout);
		}
		if (!read_command(&buf, options->semicolon_newline_newline))
			proc_exit(0);
		if (options->echo)
			printf("statement: %s\n", buf.data);
		SetCurrentStatementStartTimestamp();
		exec_simple_query(buf.data);
		fflush(stdout);
	}
}

void
PostgresSingleUserMain(int argc, char *argv[], const char *username)
{
	SingleUserOptions options = {0};

	InitStandaloneProcess(argv[0]);
	InitializeGUCOptions();
	set_stack_depth_default();
	parse_options(argc, argv, &options);
	if (options.dbname == NULL)
		options.dbname = username;
	if (!SelectConfigFiles(options.directory, "postgres"))
		proc_exit(1);
	checkDataDir();
	ChangeToDataDir();
	CreateDataDirLockFile(false);
	LocalProcessControlFile(false);
	process_shared_preload_libraries();
	InitializeMaxBackends();
	CreateSharedMemoryAndSemaphores();
	set_max_safe_fds();
	InitProcess();
	BaseInit();
	backend_signals_install();
	InitPostgres(options.dbname, InvalidOid, username, InvalidOid, true, false, NULL);
	SetProcessingMode(NormalProcessing);
	whereToSendOutput = DestDebug;
	run_commands(&options);
	proc_exit(0);
}
