/*
 * main.c
 *    One binary, several programs: the name it is called by chooses (postgres, initdb, pg_ctl, pg_controldata, pg_waldump),
 *    for postgres also the first argument.
 */
#include "postgres.h"

#include <pwd.h>
#include <unistd.h>

#include "main/programs.h"
#include "miscadmin.h"
#include "process/init_postgres.h"
#include "process/privileges.h"
#include "tcop/tcopprot.h"
#include "utils/ps_status.h"

typedef struct Program
{
	const char *name;
	int (*run)(int argc, char **argv);
} Program;

/* Programs that are not the server, by the name of the binary. */
static const Program programs[] = {
	{"initdb", initdb_main},
	{"pg_ctl", pg_ctl_main},
	{"pg_controldata", pg_controldata_main},
	{"pg_waldump", pg_waldump_main},
};

/* What "postgres <first argument>" does instead of starting a postmaster. */
static const Program modes[] = {
	{"--single", postgres_single_main},
	{"--boot", postgres_boot_main},
	{"--check", postgres_boot_main},
	{"--describe-config", postgres_describe_config_main},
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const Program *
find_program(const Program *table, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static void
find_own_executable(void)
{
	ssize_t length = readlink("/proc/self/exe", my_exec_path, sizeof(my_exec_path) - 1);

	my_exec_path[Max(length, 0)] = '\0';
}

static void
show_help(void)
{
	printf("postgres is the Matriarch server, compatible with PostgreSQL %s.\n\n", PG_MAJORVERSION);
	printf("Usage:\n  postgres [OPTION]...\n\nOptions:\n");
	printf("  -B NBUFFERS        number of shared buffers\n"
		   "  -c NAME=VALUE      set run-time parameter\n"
		   "  -C NAME            print value of run-time parameter, then exit\n"
		   "  -d 1-5             debugging level\n"
		   "  -D DATADIR         database directory\n"
		   "  -e                 use European date input format (DMY)\n"
		   "  -F                 turn fsync off\n"
		   "  -h HOSTNAME        host name or IP address to listen on\n"
		   "  -i                 enable TCP/IP connections (deprecated)\n"
		   "  -k DIRECTORY       Unix-domain socket location\n"
		   "  -N MAX-CONNECT     maximum number of allowed connections\n"
		   "  -p PORT            port number to listen on\n"
		   "  -s                 show statistics after each query\n"
		   "  -S WORK-MEM        set amount of memory for sorts (in kB)\n"
		   "  -V, --version      output version information, then exit\n"
		   "  --NAME=VALUE       set run-time parameter\n"
		   "  --describe-config  describe configuration parameters, then exit\n"
		   "  -?, --help         show this help, then exit\n");
	printf("\nOptions for single-user mode:\n"
		   "  --single           selects single-user mode (must be first argument)\n"
		   "  DBNAME             database name (defaults to user name)\n"
		   "  -E                 echo statement before execution\n"
		   "  -j                 do not use newline as interactive query delimiter\n"
		   "  -r FILENAME        send stdout and stderr to given file\n");
	printf("\nOptions for bootstrapping mode:\n"
		   "  --boot             selects bootstrapping mode (must be first argument)\n");
}

/* ---- modes of postgres ----------------------------------------------------------------------------------------------- */
int
postgres_single_main(int argc, char **argv)
{
	struct passwd *user = getpwuid(geteuid());

	PostgresSingleUserMain(argc, argv, user ? pstrdup(user->pw_name) : "postgres");
}

int
postgres_boot_main(int argc, char **argv)
{
	extern void BootstrapMain(int argc, char **argv);

	BootstrapMain(argc, argv);
	return 0;
}

static bool
wants_version(const char *argument)
{
	return strcmp(argument, "--version") == 0 || strcmp(argument, "-V") == 0;
}

static bool
wants_help(const char *argument)
{
	return strcmp(argument, "--help") == 0 || strcmp(argument, "-?") == 0;
}

static int
postgres_main(int argc, char **argv)
{
	const Program *mode;

	if (argc > 1 && wants_help(argv[1]))
	{
		show_help();
		return 0;
	}
	if (argc > 1 && wants_version(argv[1]))
	{
		printf("postgres (PostgreSQL) %s\n", PG_VERSION);
		return 0;
	}
	mode = argc > 1 ? find_program(modes, lengthof(modes), argv[1]) : NULL;
	/* printing settings is harmless, running as root is not */
	if (!(mode && mode->run == postgres_describe_config_main) && !(argc > 1 && strcmp(argv[1], "-C") == 0))
		privileges_drop_for_server(argc, argv);
	if (mode)
		return mode->run(argc, argv);
	return postmaster_main(argc, argv);
}

int
main(int argc, char **argv)
{
	const Program *program;

	argv = save_ps_display_args(argc, argv);
	InitProcessGlobals();
	find_own_executable();
	program = find_program(programs, lengthof(programs), base_name(argv[0]));
	if (program)
		return program->run(argc, argv);
	return postgres_main(argc, argv);
}
