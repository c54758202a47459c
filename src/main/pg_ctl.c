/*
 * pg_ctl.c
 *    pg_ctl: start, stop, restart, reload, status, promote and more, by way of postmaster.pid and signals.
 *
 * Waiting looks at the files the server writes, as often as it has something to say: postmaster.pid's last line for a start, its
 * disappearance for a stop. Run by root it becomes the data directory's owner first.
 */
#include "postgres.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "catalog/pg_control.h"
#include "lib/stringinfo.h"
#include "main/programs.h"
#include "miscadmin.h"
#include "process/privileges.h"

#define DEFAULT_WAIT_SECONDS 60
#define POLLS_PER_SECOND 10

typedef struct CtlOptions
{
	const char *command;
	char *directory;
	const char *log_file;
	const char *mode; /* smart, fast, immediate */
	const char *postgres_path;
	StringInfoData server_options; /* of -o, in order */
	bool wait;
	bool silent;
	bool core_files;
	int timeout_seconds;
	const char *signal_name; /* kill */
	int signal_pid;
} CtlOptions;

static CtlOptions options = {.wait = true, .mode = "fast"};


/* ---- telling ------------------------------------------------------------------------------------------------------------- */
static void pg_attribute_printf(1, 2)
say(const char *fmt, ...)
{
	va_list args;

	if (options.silent)
		return;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	fflush(stdout);
}

static void pg_attribute_printf(1, 2)
complain(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "pg_ctl: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fflush(stderr);
}

static void
show_help(void)
{
	printf("pg_ctl is a utility to initialize, start, stop, or control a PostgreSQL server.\n\n"
		   "Usage:\n"
		   "  pg_ctl init[db]   [-D DATADIR] [-s] [-o OPTIONS]\n"
		   "  pg_ctl start      [-D DATADIR] [-l FILENAME] [-W] [-t SECS] [-s]\n"
		   "                    [-o OPTIONS] [-p PATH] [-c]\n"
		   "  pg_ctl stop       [-D DATADIR] [-m SHUTDOWN-MODE] [-W] [-t SECS] [-s]\n"
		   "  pg_ctl restart    [-D DATADIR] [-m SHUTDOWN-MODE] [-W] [-t SECS] [-s]\n"
		   "                    [-o OPTIONS] [-c]\n"
		   "  pg_ctl reload     [-D DATADIR] [-s]\n"
		   "  pg_ctl status     [-D DATADIR]\n"
		   "  pg_ctl promote    [-D DATADIR] [-W] [-t SECS] [-s]\n"
		   "  pg_ctl logrotate  [-D DATADIR] [-s]\n"
		   "  pg_ctl kill       SIGNALNAME PID\n\n"
		   "Common options:\n"
		   "  -D, --pgdata=DATADIR   location of the database storage area\n"
		   "  -s, --silent           only print errors, no informational messages\n"
		   "  -t, --timeout=SECS     seconds to wait when using -w option\n"
		   "  -V, --version          output version information, then exit\n"
		   "  -w, --wait             wait until operation completes (default)\n"
		   "  -W, --no-wait          do not wait until operation completes\n"
		   "  -?, --help             show this help, then exit\n"
		   "If the -D option is omitted, the environment variable PGDATA is used.\n\n"
		   "Options for start or restart:\n"
		   "  -c, --core-files       allow postgres to produce core files\n"
		   "  -l, --log=FILENAME     write (or append) server log to FILENAME\n"
		   "  -o, --options=OPTIONS  command line options to pass to postgres\n"
		   "                         (PostgreSQL server executable) or initdb\n"
		   "  -p PATH-TO-POSTGRES    normally not necessary\n\n"
		   "Options for stop or restart:\n"
		   "  -m, --mode=MODE        MODE can be \"smart\", \"fast\", or \"immediate\"\n\n"
		   "Shutdown modes are:\n"
		   "  smart       quit after all clients have disconnected\n"
		   "  fast        quit directly, with proper shutdown (default)\n"
		   "  immediate   quit without complete shutdown; will lead to recovery on restart\n\n"
		   "Allowed signal names for kill:\n"
		   "  ABRT HUP INT KILL QUIT TERM USR1 USR2\n");
}

static void pg_attribute_noreturn()
give_advice_and_exit(void)
{
	fprintf(stderr, "Try \"pg_ctl --help\" for more information.\n");
	exit(1);
}

/* ---- the server's files ------------------------------------------------------------------------------------------------------ */
static char *
path_in_data(const char *name)
{
	return psprintf("%s/%s", options.directory, name);
}

static char *
read_file(const char *path)
{
	StringInfoData buf;
	char piece[1024];
	size_t got;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return NULL;
	initStringInfo(&buf);
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		appendBinaryStringInfo(&buf, piece, (int) got);
	fclose(file);
	return buf.data;
}

/* A line of postmaster.pid (miscadmin.h, LOCK_FILE_LINE_...), without its newline; NULL when there is none. */
static char *
pid_file_line(int number)
{
	char *text = read_file(path_in_data("postmaster.pid"));

	for (int i = 1; text && i < number; i++)
	{
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return text && *text ? pnstrdup(text, strcspn(text, "\n")) : NULL;
}

/* Negative: of a single-user server. 0: none. */
static long
server_pid(void)
{
	char *line = pid_file_line(LOCK_FILE_LINE_PID);

	return line ? strtol(line, NULL, 10) : 0;
}

static bool
process_exists(long pid)
{
	pid = labs(pid);
	return pid != 0 && pid != getpid() && pid != getppid() && (kill((pid_t) pid, 0) == 0 || errno == EPERM);
}

static void
check_data_directory(void)
{
	struct stat st;

	if (options.directory == NULL)
	{
		complain("no database directory specified and environment variable PGDATA unset\n");
		give_advice_and_exit();
	}
	if (stat(options.directory, &st) != 0)
	{
		complain("directory \"%s\" does not exist\n", options.directory);
		exit(4);
	}
	if (stat(path_in_data("PG_VERSION"), &st) != 0)
	{
		complain("directory \"%s\" is not a database cluster directory\n", options.directory);
		exit(4);
	}
}

static bool
read_control_state(DBState *state)
{
	ControlFileData control;
	int fd = open(path_in_data("global/pg_control"), O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, &control, sizeof(control));

	if (fd >= 0)
		close(fd);
	if (got != sizeof(control))
		return false;
	*state = control.state;
	return true;
}

/* ---- starting ----------------------------------------------------------------------------------------------------------------- */
/* Through a shell, so that -o may quote; a session of its own, so that Ctrl-C here does not stop the server. */
static pid_t
launch_server(const char *extra_options)
{
	const char *program = options.postgres_path ? options.postgres_path : my_exec_path;
	char *command;
	pid_t pid;

	if (options.log_file)
		command = psprintf("exec -a postgres \"%s\" -D \"%s\" %s < /dev/null >> \"%s\" 2>&1", program, options.directory,
						   extra_options, options.log_file);
	else
		command = psprintf("exec -a postgres \"%s\" -D \"%s\" %s < /dev/null 2>&1", program, options.directory,
						   extra_options);
	fflush(NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	setsid();
	execl("/bin/bash", "bash", "-c", command, NULL);
	complain("could not start server: %s\n", strerror(errno));
	_exit(127);
}

typedef enum StartOutcome
{
	START_READY,
	START_STANDBY,
	START_STILL_STARTING,
	START_FAILED
} StartOutcome;

static bool
status_begins_with(const char *status, const char *word)
{
	return status && strncmp(status, word, strlen(word)) == 0;
}

static StartOutcome
wait_for_start(pid_t pid)
{
	for (int i = 0; i < options.timeout_seconds * POLLS_PER_SECOND; i++)
	{
		char *status;
		int exit_status;

		/* the file of a server that ran before must not be taken for this one's */
		if (server_pid() == pid)
		{
			status = pid_file_line(LOCK_FILE_LINE_PM_STATUS);
			if (status_begins_with(status, "ready"))
				return START_READY;
			if (status_begins_with(status, "standby"))
				return START_STANDBY;
		}
		if (waitpid(pid, &exit_status, WNOHANG) == pid)
			return START_FAILED;
		if (i % POLLS_PER_SECOND == 0)
			say(".");
		usleep(1000000 / POLLS_PER_SECOND);
	}
	return START_STILL_STARTING;
}

static int
report_start(StartOutcome outcome)
{
	switch (outcome)
	{
		case START_READY:
		case START_STANDBY:
			say(" done\n");
			say("server started\n");
			return 0;
		case START_STILL_STARTING:
			say(" stopped waiting\n");
			complain("server did not start in time\n");
			return 1;
		case START_FAILED:
			say(" stopped waiting\n");
			complain("could not start server\nExamine the log output.\n");
			return 1;
	}
	return 1;
}

static int
start_server(const char *extra_options)
{
	long old_pid = server_pid();
	pid_t pid;

	if (old_pid != 0 && process_exists(old_pid))
		complain("another server might be running; trying to start server anyway\n");
	if (options.core_files)
	{
		struct rlimit limit;

		if (getrlimit(RLIMIT_CORE, &limit) == 0)
		{
			limit.rlim_cur = limit.rlim_max;
			setrlimit(RLIMIT_CORE, &limit);
		}
	}
	pid = launch_server(extra_options);
	if (pid < 0)
	{
		complain("could not start server: %s\n", strerror(errno));
		return 1;
	}
	if (!options.wait)
	{
		say("server starting\n");
		return 0;
	}
	say("waiting for server to start...");
	return report_start(wait_for_start(pid));
}

static int
do_start(void)
{
	check_data_directory();
	return start_server(options.server_options.data);
}

/* ---- stopping ------------------------------------------------------------------------------------------------------------------- */
static int
shutdown_signal(void)
{
	if (strcmp(options.mode, "s") == 0 || strcmp(options.mode, "smart") == 0)
		return SIGTERM;
	if (strcmp(options.mode, "f") == 0 || strcmp(options.mode, "fast") == 0)
		return SIGINT;
	if (strcmp(options.mode, "i") == 0 || strcmp(options.mode, "immediate") == 0)
		return SIGQUIT;
	complain("unrecognized shutdown mode \"%s\"\n", options.mode);
	give_advice_and_exit();
}

static bool
wait_for_stop(void)
{
	for (int i = 0; i < options.timeout_seconds * POLLS_PER_SECOND; i++)
	{
		if (server_pid() == 0)
			return true;
		if (i % POLLS_PER_SECOND == 0)
			say(".");
		usleep(1000000 / POLLS_PER_SECOND);
	}
	return false;
}

static bool
refuse_single_user(long pid, const char *verb)
{
	if (pid >= 0)
		return false;
	complain("cannot %s server; single-user server is running (PID: %ld)\n", verb, -pid);
	return true;
}

static void
complain_no_pid_file(void)
{
	complain("PID file \"%s\" does not exist\n", path_in_data("postmaster.pid"));
	fprintf(stderr, "Is server running?\n");
}

/* Signal and wait. */
static int
stop_server(long pid)
{
	if (kill((pid_t) pid, shutdown_signal()) != 0)
	{
		complain("could not send stop signal (PID: %ld): %s\n", pid, strerror(errno));
		return 1;
	}
	if (!options.wait)
	{
		say("server shutting down\n");
		return 0;
	}
	say("waiting for server to shut down...");
	if (!wait_for_stop())
	{
		say(" failed\n");
		complain("server does not shut down\n");
		if (shutdown_signal() == SIGTERM)
			fprintf(stderr, "HINT: The \"-m fast\" option immediately disconnects sessions rather than\n"
							"waiting for session-initiated disconnection.\n");
		return 1;
	}
	say(" done\n");
	say("server stopped\n");
	return 0;
}

static int
do_stop(void)
{
	long pid;

	check_data_directory();
	pid = server_pid();
	if (pid == 0)
	{
		complain_no_pid_file();
		return 1;
	}
	if (refuse_single_user(pid, "stop"))
		return 1;
	return stop_server(pid);
}

/* What the last start was given, without program name and -D: the file has every argument in double quotes. */
static char *
previous_options(void)
{
	StringInfoData buf;
	char *text = read_file(path_in_data("postmaster.opts"));
	char *p = text ? strstr(text, " \"") : NULL;

	initStringInfo(&buf);
	for (; p; p = strstr(p + 1, " \""))
	{
		char *end = strchr(p + 2, '"');

		if (end == NULL)
			break;
		/* "-D" "dir" is given anew */
		if (strncmp(p, " \"-D\"", 5) == 0)
		{
			p = strstr(p + 1, " \"");
			if (p == NULL)
				break;
			continue;
		}
		appendBinaryStringInfo(&buf, p, (int) (end - p + 1));
	}
	return buf.data;
}

static int
do_restart(void)
{
	long pid;
	char *server_options;

	check_data_directory();
	server_options = options.server_options.len > 0 ? options.server_options.data : previous_options();
	pid = server_pid();
	if (pid == 0)
	{
		complain_no_pid_file();
		fprintf(stderr, "trying to start server anyway\n");
		return start_server(server_options);
	}
	if (refuse_single_user(pid, "restart"))
	{
		fprintf(stderr, "Please terminate the single-user server and try again.\n");
		return 1;
	}
	if (process_exists(pid))
	{
		bool wait = options.wait;
		int failed;

		options.wait = true; /* two servers cannot have one directory */
		failed = stop_server(pid);
		options.wait = wait;
		if (failed)
			return failed;
	}
	else
	{
		complain("old server process (PID: %ld) seems to be gone\n", pid);
		fprintf(stderr, "starting server anyway\n");
	}
	return start_server(server_options);
}

/* ---- the rest --------------------------------------------------------------------------------------------------------------------- */
static int
do_reload(void)
{
	long pid;

	check_data_directory();
	pid = server_pid();
	if (pid == 0)
	{
		complain_no_pid_file();
		return 1;
	}
	if (refuse_single_user(pid, "reload"))
	{
		fprintf(stderr, "Please terminate the single-user server and try again.\n");
		return 1;
	}
	if (kill((pid_t) pid, SIGHUP) != 0)
	{
		complain("could not send reload signal (PID: %ld): %s\n", pid, strerror(errno));
		return 1;
	}
	say("server signaled\n");
	return 0;
}

static int
do_status(void)
{
	long pid;

	check_data_directory();
	pid = server_pid();
	if (pid < 0 && process_exists(pid))
	{
		printf("pg_ctl: single-user server is running (PID: %ld)\n", -pid);
		return 0;
	}
	if (pid > 0 && process_exists(pid))
	{
		char *opts = read_file(path_in_data("postmaster.opts"));

		printf("pg_ctl: server is running (PID: %ld)\n", pid);
		if (opts)
			printf("%s", opts);
		return 0;
	}
	printf("pg_ctl: no server running\n");
	return 3;
}

static int
do_promote(void)
{
	long pid;
	DBState state;

	check_data_directory();
	pid = server_pid();
	if (pid == 0)
	{
		complain_no_pid_file();
		return 1;
	}
	if (refuse_single_user(pid, "promote"))
	{
		fprintf(stderr, "Please terminate the single-user server and try again.\n");
		return 1;
	}
	if (!read_control_state(&state) || state != DB_IN_ARCHIVE_RECOVERY)
	{
		complain("cannot promote server; server is not in standby mode\n");
		return 1;
	}
	complain("cannot promote server; promotion is not supported\n");
	return 1;
}

static int
do_logrotate(void)
{
	check_data_directory();
	complain("cannot rotate log file; logging_collector is not supported\n");
	return 1;
}

static int
do_kill(void)
{
	static const struct
	{
		const char *name;
		int signo;
	} names[] = {{"HUP", SIGHUP},	{"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ABRT", SIGABRT},
				 {"KILL", SIGKILL}, {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};

	for (int i = 0; i < lengthof(names); i++)
		if (strcmp(names[i].name, options.signal_name) == 0)
		{
			if (kill(options.signal_pid, names[i].signo) == 0)
				return 0;
			complain("could not send signal %d (PID: %d): %s\n", names[i].signo, options.signal_pid, strerror(errno));
			return 1;
		}
	complain("unrecognized signal name \"%s\"\n", options.signal_name);
	give_advice_and_exit();
}

static int
do_init(void)
{
	char *command;
	int status;
	char *program = pstrdup(my_exec_path);
	char *slash = strrchr(program, '/');

	if (slash)
		*slash = '\0';
	command = psprintf("\"%s/initdb\" %s%s%s %s%s", program, options.directory ? "-D \"" : "",
					   options.directory ? options.directory : "", options.directory ? "\"" : "",
					   options.server_options.data, options.silent ? " > /dev/null" : "");
	fflush(NULL);
	status = system(command);
	if (status != 0)
	{
		complain("database system initialization failed\n");
		return 1;
	}
	return 0;
}

/* ---- commands and options -------------------------------------------------------------------------------------------------------- */
static const struct
{
	const char *name;
	int (*run)(void);
	bool as_owner; /* root becomes the directory's owner first */
} commands[] = {
	{"init", do_init, false},		{"initdb", do_init, false},	  {"start", do_start, true},
	{"stop", do_stop, true},		{"restart", do_restart, true}, {"reload", do_reload, true},
	{"status", do_status, true},	{"promote", do_promote, true}, {"logrotate", do_logrotate, true},
	{"kill", do_kill, false},
};

static void
take_operand(const char *operand)
{
	if (options.command == NULL)
		options.command = operand;
	else if (strcmp(options.command, "kill") == 0 && options.signal_name == NULL)
		options.signal_name = operand;
	else if (strcmp(options.command, "kill") == 0 && options.signal_pid == 0)
		options.signal_pid = (int) strtol(operand, NULL, 10);
	else
	{
		complain("too many command-line arguments (first is \"%s\")\n", operand);
		give_advice_and_exit();
	}
}

static void
take_option(int option)
{
	switch (option)
	{
		case 'D':
			options.directory = optarg;
			break;
		case 'l':
			options.log_file = optarg;
			break;
		case 'm':
			options.mode = optarg;
			break;
		case 'o':
			appendStringInfo(&options.server_options, " %s", optarg);
			break;
		case 'p':
			options.postgres_path = optarg;
			break;
		case 's':
			options.silent = true;
			break;
		case 't':
			options.timeout_seconds = (int) strtol(optarg, NULL, 10);
			break;
		case 'w':
			options.wait = true;
			break;
		case 'W':
			options.wait = false;
			break;
		case 'c':
			options.core_files = true;
			break;
		case 'V':
			printf("pg_ctl (PostgreSQL) %s\n", PG_VERSION);
			exit(0);
		default:
			give_advice_and_exit();
	}
}

static void
parse_options(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"help", no_argument, NULL, '?'},		{"version", no_argument, NULL, 'V'},
		{"log", required_argument, NULL, 'l'},	{"mode", required_argument, NULL, 'm'},
		{"pgdata", required_argument, NULL, 'D'}, {"options", required_argument, NULL, 'o'},
		{"silent", no_argument, NULL, 's'},		{"timeout", required_argument, NULL, 't'},
		{"core-files", no_argument, NULL, 'c'}, {"wait", no_argument, NULL, 'w'},
		{"no-wait", no_argument, NULL, 'W'},	{NULL, 0, NULL, 0}};
	const char *timeout = getenv("PGCTLTIMEOUT");
	int option;

	options.timeout_seconds = timeout ? (int) strtol(timeout, NULL, 10) : DEFAULT_WAIT_SECONDS;
	initStringInfo(&options.server_options);
	while ((option = getopt_long(argc, argv, "cD:l:m:o:p:st:VwW", long_options, NULL)) != -1)
		take_option(option);
	while (optind < argc)
		take_operand(argv[optind++]);
	if (options.directory == NULL)
		options.directory = getenv("PGDATA");
	if (options.directory)
	{
		char *absolute = realpath(options.directory, NULL);

		if (absolute)
			options.directory = absolute;
	}
	if (options.command == NULL)
	{
		complain("no operation specified\n");
		give_advice_and_exit();
	}
	if (strcmp(options.command, "kill") == 0 && options.signal_pid == 0)
	{
		complain("missing arguments for kill mode\n");
		give_advice_and_exit();
	}
	(void) shutdown_signal(); /* reports a wrong mode */
}

static void
become_owner(void)
{
	struct stat st;

	if (geteuid() != 0 || options.directory == NULL || stat(options.directory, &st) != 0)
		return;
	if (st.st_uid == 0)
	{
		complain("cannot be run as root\n");
		fprintf(stderr, "Please log in (using, e.g., \"su\") as the (unprivileged) user that will\n"
						"own the server process.\n");
		exit(1);
	}
	/* a log file in a directory that only root may write */
	if (options.log_file && access(options.log_file, F_OK) != 0)
	{
		int fd = open(options.log_file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

		if (fd >= 0)
		{
			if (fchown(fd, st.st_uid, st.st_gid) != 0)
				complain("could not change the owner of \"%s\": %s\n", options.log_file, strerror(errno));
			close(fd);
		}
	}
	privileges_become(st.st_uid);
}

int
pg_ctl_main(int argc, char **argv)
{
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0))
	{
		show_help();
		return 0;
	}
	parse_options(argc, argv);
	umask(0077);
	for (int i = 0; i < lengthof(commands); i++)
		if (strcmp(commands[i].name, options.command) == 0)
		{
			if (commands[i].as_owner)
				become_owner();
			return commands[i].run();
		}
	complain("unrecognized operation mode \"%s\"\n", options.command);
	give_advice_and_exit();
}
