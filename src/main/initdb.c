/*
 * initdb.c
 *    initdb: a new database cluster. Makes directories and files, then runs "postgres --boot" for the catalogs.
 *
 * Run by root it gives the directory to an unprivileged account and goes on as that. Anything made is removed again when
 * a step fails (unless --no-clean).
 */
#include "postgres.h"

#include <getopt.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/settings.h"
#include "lib/stringinfo.h"
#include "main/initdb.h"
#include "main/programs.h"
#include "miscadmin.h"
#include "process/privileges.h"
#include "sys/fd.h"

static InitdbOptions options;
static bool cleanup_wanted = false;

enum LongOption
{
	OPT_AUTH_HOST = 256,
	OPT_AUTH_LOCAL,
	OPT_DISCARD_CACHES,
	OPT_ICU_LOCALE,
	OPT_LC_COLLATE,
	OPT_LC_CTYPE,
	OPT_LC_MESSAGES,
	OPT_LC_MONETARY,
	OPT_LC_NUMERIC,
	OPT_LC_TIME,
	OPT_LOCALE,
	OPT_LOCALE_PROVIDER,
	OPT_NO_INSTRUCTIONS,
	OPT_NO_LOCALE,
	OPT_PWFILE,
	OPT_WAL_SEGSIZE
};

static const struct option long_options[] = {
	{"pgdata", required_argument, NULL, 'D'},
	{"encoding", required_argument, NULL, 'E'},
	{"auth", required_argument, NULL, 'A'},
	{"auth-host", required_argument, NULL, OPT_AUTH_HOST},
	{"auth-local", required_argument, NULL, OPT_AUTH_LOCAL},
	{"allow-group-access", no_argument, NULL, 'g'},
	{"set", required_argument, NULL, 'c'},
	{"data-checksums", no_argument, NULL, 'k'},
	{"debug", no_argument, NULL, 'd'},
	{"discard-caches", no_argument, NULL, OPT_DISCARD_CACHES},
	{"icu-locale", required_argument, NULL, OPT_ICU_LOCALE},
	{"lc-collate", required_argument, NULL, OPT_LC_COLLATE},
	{"lc-ctype", required_argument, NULL, OPT_LC_CTYPE},
	{"lc-messages", required_argument, NULL, OPT_LC_MESSAGES},
	{"lc-monetary", required_argument, NULL, OPT_LC_MONETARY},
	{"lc-numeric", required_argument, NULL, OPT_LC_NUMERIC},
	{"lc-time", required_argument, NULL, OPT_LC_TIME},
	{"locale", required_argument, NULL, OPT_LOCALE},
	{"locale-provider", required_argument, NULL, OPT_LOCALE_PROVIDER},
	{"no-clean", no_argument, NULL, 'n'},
	{"no-instructions", no_argument, NULL, OPT_NO_INSTRUCTIONS},
	{"no-locale", no_argument, NULL, OPT_NO_LOCALE},
	{"no-sync", no_argument, NULL, 'N'},
	{"nosync", no_argument, NULL, 'N'},
	{"pwfile", required_argument, NULL, OPT_PWFILE},
	{"pwprompt", no_argument, NULL, 'W'},
	{"show", no_argument, NULL, 's'},
	{"sync-only", no_argument, NULL, 'S'},
	{"text-search-config", required_argument, NULL, 'T'},
	{"username", required_argument, NULL, 'U'},
	{"version", no_argument, NULL, 'V'},
	{"waldir", required_argument, NULL, 'X'},
	{"wal-segsize", required_argument, NULL, OPT_WAL_SEGSIZE},
	{"help", no_argument, NULL, '?'},
	{NULL, 0, NULL, 0}};

/* ---- telling ------------------------------------------------------------------------------------------------------------ */
void
initdb_fail(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "initdb: error: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	if (cleanup_wanted && !options.no_clean)
		initdb_remove_all();
	exit(1);
}

void
initdb_begin(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf(" ... ");
	fflush(stdout);
}

void
initdb_end(void)
{
	printf("ok\n");
	fflush(stdout);
}

static void
show_help(void)
{
	printf("initdb initializes a PostgreSQL database cluster.\n\n"
		   "Usage:\n"
		   "  initdb [OPTION]... [DATADIR]\n\n"
		   "Options:\n"
		   "  -A, --auth=METHOD         default authentication method for local connections\n"
		   "      --auth-host=METHOD    default authentication method for local TCP/IP connections\n"
		   "      --auth-local=METHOD   default authentication method for local-socket connections\n"
		   "  -c, --set NAME=VALUE      override default setting for server parameter\n"
		   " [-D, --pgdata=]DATADIR     location for this database cluster\n"
		   "  -E, --encoding=ENCODING   set default encoding for new databases\n"
		   "  -g, --allow-group-access  allow group read/execute on data directory\n"
		   "  -k, --data-checksums      use data page checksums (always on)\n"
		   "      --locale=LOCALE       set default locale for new databases\n"
		   "      --lc-collate=, --lc-ctype=, --lc-messages=LOCALE\n"
		   "      --lc-monetary=, --lc-numeric=, --lc-time=LOCALE\n"
		   "                            set default locale in the respective category for\n"
		   "                            new databases (default taken from environment)\n"
		   "      --no-locale           equivalent to --locale=C\n"
		   "      --pwfile=FILE         read password for the new superuser from file\n"
		   "  -T, --text-search-config=CFG\n"
		   "                            default text search configuration\n"
		   "  -U, --username=NAME       database superuser name\n"
		   "  -W, --pwprompt            prompt for a password for the new superuser\n"
		   "  -X, --waldir=WALDIR       location for the write-ahead log directory\n\n"
		   "Less commonly used options:\n"
		   "  -n, --no-clean            do not clean up after errors\n"
		   "  -N, --no-sync             do not wait for changes to be written safely to disk\n"
		   "      --no-instructions     do not print instructions for next steps\n"
		   "  -s, --show                show internal settings\n"
		   "  -S, --sync-only           only sync database files to disk, then exit\n\n"
		   "Other options:\n"
		   "  -V, --version             output version information, then exit\n"
		   "  -?, --help                show this help, then exit\n\n"
		   "If the data directory is not specified, the environment variable PGDATA\n"
		   "is used.\n");
}

/* ---- options ------------------------------------------------------------------------------------------------------------ */
static void
set_all_locales(const char *locale)
{
	const char **targets[] = {&options.lc_collate,	&options.lc_ctype,	 &options.lc_messages,
							  &options.lc_monetary, &options.lc_numeric, &options.lc_time};

	/* single categories that were given stay */
	for (int i = 0; i < lengthof(targets); i++)
		if (*targets[i] == NULL)
			*targets[i] = locale;
}

static void
add_setting(const char *argument)
{
	if (strchr(argument, '=') == NULL)
		initdb_fail("-c %s requires a value", argument);
	if (options.setting_count >= lengthof(options.settings))
		initdb_fail("too many -c options");
	options.settings[options.setting_count++] = argument;
}

static void
handle_option(int option, const char *argument, const char **locale)
{
	char *end;
	switch (option)
	{
		case 'A':
			options.auth_local = options.auth_host = argument;
			break;
		case OPT_AUTH_LOCAL:
			options.auth_local = argument;
			break;
		case OPT_AUTH_HOST:
			options.auth_host = argument;
			break;
		case 'c':
			add_setting(argument);
			break;
		case 'D':
			options.directory = pstrdup(argument);
			break;
		case 'E':
			options.encoding = argument;
			break;
		case 'g':
			options.group_access = true;
			break;
		case 'k':
		case 'd':
		case OPT_DISCARD_CACHES:
			break; /* checksums are always on */
		case 'n':
			options.no_clean = true;
			break;
		case 'N':
			options.no_sync = true;
			break;
		case 's':
			options.show = true;
			break;
		case 'S':
			options.sync_only = true;
			break;
		case 'T':
			options.text_search_config = argument;
			break;
		case 'U':
			options.username = argument;
			break;
		case 'W':
			options.prompt_password = true;
			break;
		case 'X':
			options.waldir = pstrdup(argument);
			break;
		case OPT_ICU_LOCALE:
			options.icu_locale = argument;
			break;
		case OPT_LC_COLLATE:
			options.lc_collate = argument;
			break;
		case OPT_LC_CTYPE:
			options.lc_ctype = argument;
			break;
		case OPT_LC_MESSAGES:
			options.lc_messages = argument;
			break;
		case OPT_LC_MONETARY:
			options.lc_monetary = argument;
			break;
		case OPT_LC_NUMERIC:
			options.lc_numeric = argument;
			break;
		case OPT_LC_TIME:
			options.lc_time = argument;
			break;
		case OPT_LOCALE:
			*locale = argument;
			break;
		case OPT_NO_LOCALE:
			*locale = "C";
			break;
		case OPT_LOCALE_PROVIDER:
			if (strcmp(argument, "libc") != 0 && strcmp(argument, "icu") != 0)
				initdb_fail("unrecognized locale provider: %s", argument);
			if (strcmp(argument, "icu") == 0)
				initdb_fail("locale provider \"icu\" is not supported");
			break;
		case OPT_NO_INSTRUCTIONS:
			options.no_instructions = true;
			break;
		case OPT_PWFILE:
			options.password_file = argument;
			break;
		case OPT_WAL_SEGSIZE:
			options.wal_segment_size_mb = (int) strtol(argument, &end, 10);
			if (*end != '\0' || options.wal_segment_size_mb < 1 || options.wal_segment_size_mb > 1024 ||
				(options.wal_segment_size_mb & (options.wal_segment_size_mb - 1)) != 0)
				initdb_fail("argument of --wal-segsize must be a power of two between 1 and 1024");
			break;
		case 'V':
			printf("initdb (PostgreSQL) %s\n", PG_VERSION);
			exit(0);
		default:
			fprintf(stderr, "initdb: hint: Try \"initdb --help\" for more information.\n");
			exit(1);
	}
}

static void
parse_options(int argc, char **argv)
{
	const char *locale = NULL;
	int option;

	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0))
	{
		show_help();
		exit(0);
	}
	while ((option = getopt_long(argc, argv, "A:c:dD:E:gkL:nNsST:U:VWX:", long_options, NULL)) != -1)
		handle_option(option, optarg, &locale);
	if (optind < argc && options.directory == NULL)
		options.directory = pstrdup(argv[optind++]);
	if (optind < argc)
	{
		fprintf(stderr, "initdb: error: too many command-line arguments (first is \"%s\")\n", argv[optind]);
		fprintf(stderr, "initdb: hint: Try \"initdb --help\" for more information.\n");
		exit(1);
	}
	if (locale)
		set_all_locales(locale);
	if (options.prompt_password && options.password_file)
		initdb_fail("password prompt and password file cannot be specified together");
	if (options.directory == NULL && getenv("PGDATA"))
		options.directory = pstrdup(getenv("PGDATA"));
	if (options.directory == NULL || options.directory[0] == '\0')
	{
		fprintf(stderr, "initdb: error: no data directory specified\n"
						"initdb: hint: You must identify the directory where the data for this database system will "
						"reside.  Do this with either the invocation option -D or the environment variable PGDATA.\n");
		exit(1);
	}
	if (options.directory[0] != '/')
	{
		char cwd[MAXPGPATH];

		if (getcwd(cwd, sizeof(cwd)) == NULL)
			initdb_fail("could not identify current directory: %s", strerror(errno));
		options.directory = psprintf("%s/%s", cwd, options.directory);
	}
}

static void
check_auth_method(const char *method, const char *kind, bool local)
{
	static const char *const methods[] = {"trust", "reject", "scram-sha-256", "md5", "password", "peer", "ident"};

	for (int i = 0; i < lengthof(methods); i++)
		if (strcmp(method, methods[i]) == 0 && !(strcmp(method, "peer") == 0 && !local))
			return;
	initdb_fail("invalid authentication method \"%s\" for \"%s\" connections", method, kind);
}

static bool
is_password_method(const char *method)
{
	return strcmp(method, "md5") == 0 || strcmp(method, "password") == 0 || strcmp(method, "scram-sha-256") == 0;
}

static void
check_auth_methods(bool *warn)
{
	*warn = options.auth_local == NULL || options.auth_host == NULL;
	if (options.auth_local == NULL)
		options.auth_local = "trust";
	if (options.auth_host == NULL)
		options.auth_host = "trust";
	/* "-A peer" means: by what the kernel says, which over TCP is ident; we have only the former */
	if (strcmp(options.auth_host, "peer") == 0)
		options.auth_host = "ident";
	check_auth_method(options.auth_local, "local", true);
	check_auth_method(options.auth_host, "host", false);
	if ((is_password_method(options.auth_local) || is_password_method(options.auth_host)) &&
		!options.prompt_password && options.password_file == NULL)
		initdb_fail("must specify a password for the superuser to enable password authentication");
}

/* ---- root --------------------------------------------------------------------------------------------------------------- */
/* Make the directory as root, give it to the server's account, and go on as that. */
static void
step_down_from_root(void)
{
	struct stat st;
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0)
		return;
	if (stat(options.directory, &st) == 0 && st.st_uid != 0)
	{
		privileges_become(st.st_uid);
		return;
	}
	if (!privileges_server_account(&uid, &gid))
	{
		fprintf(stderr, "initdb: error: cannot be run as root\n"
						"initdb: hint: Make an account \"postgres\" or \"matriarch\" that shall own the data directory.\n");
		exit(1);
	}
	if (pg_check_dir(options.directory) > 1)
		return; /* refused later, with the right words */
	if (pg_mkdir_p(options.directory, 0700) != 0 || chown(options.directory, uid, gid) != 0)
		initdb_fail("could not create directory \"%s\": %s", options.directory, strerror(errno));
	privileges_become(uid);
}

static const char *
own_user_name(void)
{
	struct passwd *account = getpwuid(geteuid());

	return account ? pstrdup(account->pw_name) : "postgres";
}

/* ---- running the server --------------------------------------------------------------------------------------------------- */
static void
run_boot(void)
{
	char *collate = psprintf("--lc-collate=%s", options.lc_collate);
	char *ctype = psprintf("--lc-ctype=%s", options.lc_ctype);
	char *argv[] = {"postgres", "--boot", "-D", options.directory, "-U", (char *) options.username,
					"-E", (char *) options.encoding, collate, ctype, "-F", "-X",
					psprintf("%d", Max(options.wal_segment_size_mb, 0) == 0 ? 16 : options.wal_segment_size_mb), NULL};
	pid_t pid;
	int status;

	initdb_begin("running bootstrap script");
	pid = fork();
	if (pid == 0)
	{
		execv(my_exec_path, argv);
		fprintf(stderr, "initdb: could not execute \"%s\": %s\n", my_exec_path, strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		initdb_fail("could not execute command \"%s\": %s", my_exec_path, strerror(errno));
	if (WIFSIGNALED(status))
		initdb_fail("child process was terminated by signal %d: %s", WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		initdb_fail("child process exited with exit code %d", WEXITSTATUS(status));
	initdb_end();
}

static char *
read_password(void)
{
	char *first;

	if (options.password_file)
	{
		char line[1024];
		FILE *file = fopen(options.password_file, "re");

		if (file == NULL)
			initdb_fail("could not open file \"%s\" for reading: %s", options.password_file, strerror(errno));
		if (fgets(line, sizeof(line), file) == NULL)
			initdb_fail("password file \"%s\" is empty", options.password_file);
		fclose(file);
		line[strcspn(line, "\r\n")] = '\0';
		return pstrdup(line);
	}
	first = pstrdup(getpass("Enter new superuser password: "));
	if (strcmp(first, getpass("Enter it again: ")) != 0)
		initdb_fail("Passwords didn't match.");
	return first;
}

static void
append_quoted(StringInfo buf, const char *text, char quote)
{
	appendStringInfoChar(buf, quote);
	for (; *text; text++)
	{
		if (*text == quote || (quote == '\'' && *text == '\\'))
			appendStringInfoChar(buf, *text);
		appendStringInfoChar(buf, *text);
	}
	appendStringInfoChar(buf, quote);
}

/* By a single-user server that gets one statement on its standard input. */
static void
set_superuser_password(const char *password)
{
	StringInfoData statement;
	FILE *pipe_end;
	int status;
	char *command = psprintf("exec \"%s\" --single -F -D \"%s\" template1 >/dev/null", my_exec_path, options.directory);

	initStringInfo(&statement);
	appendStringInfoString(&statement, "ALTER USER ");
	append_quoted(&statement, options.username, '"');
	appendStringInfoString(&statement, " WITH PASSWORD E");
	append_quoted(&statement, password, '\'');
	appendStringInfoString(&statement, ";\n");
	pipe_end = popen(command, "w");
	if (pipe_end == NULL)
		initdb_fail("could not execute command \"%s\": %s", command, strerror(errno));
	fputs(statement.data, pipe_end);
	status = pclose(pipe_end);
	if (status != 0)
		initdb_fail("could not set the superuser's password");
}

/* ---- all together ------------------------------------------------------------------------------------------------------------ */
static void
describe_locales(void)
{
	bool same = strcmp(options.lc_ctype, options.lc_collate) == 0 && strcmp(options.lc_ctype, options.lc_time) == 0 &&
				strcmp(options.lc_ctype, options.lc_numeric) == 0 &&
				strcmp(options.lc_ctype, options.lc_monetary) == 0 &&
				strcmp(options.lc_ctype, options.lc_messages) == 0;

	if (same)
		printf("The database cluster will be initialized with locale \"%s\".\n", options.lc_ctype);
	else
		printf("The database cluster will be initialized with this locale configuration:\n"
			   "  provider:    libc\n"
			   "  LC_COLLATE:  %s\n  LC_CTYPE:    %s\n  LC_MESSAGES: %s\n  LC_MONETARY: %s\n  LC_NUMERIC:  %s\n"
			   "  LC_TIME:     %s\n",
			   options.lc_collate, options.lc_ctype, options.lc_messages, options.lc_monetary, options.lc_numeric,
			   options.lc_time);
}

static void
introduce(bool encoding_given)
{
	printf("The files belonging to this database system will be owned by user \"%s\".\n"
		   "This user must also own the server process.\n\n",
		   own_user_name());
	describe_locales();
	if (!encoding_given)
		printf("The default database encoding has accordingly been set to \"%s\".\n", options.encoding);
	printf("The default text search configuration will be set to \"%s\".\n\n", options.text_search_config);
	printf("Data page checksums are enabled.\n\n");
}

static void
instruct(void)
{
	char *directory = pstrdup(my_exec_path);
	char *slash = strrchr(directory, '/');

	if (options.no_instructions)
		return;
	if (slash)
		*slash = '\0';
	printf("\nSuccess. You can now start the database server using:\n\n"
		   "    %s/pg_ctl -D %s -l logfile start\n\n",
		   directory, options.directory);
}

int
initdb_main(int argc, char **argv)
{
	bool warn_about_trust;
	bool encoding_given;
	char *password = NULL;

	parse_options(argc, argv);
	if (options.sync_only)
	{
		initdb_sync(&options);
		return 0;
	}
	check_auth_methods(&warn_about_trust);
	if (options.prompt_password || options.password_file)
		password = read_password();
	step_down_from_root();
	if (options.username == NULL)
		options.username = own_user_name();
	if (strncmp(options.username, "pg_", 3) == 0)
		initdb_fail("superuser name \"%s\" is disallowed; role names cannot begin with \"pg_\"", options.username);
	if (options.group_access)
	{
		pg_dir_create_mode = 0750;
		pg_file_create_mode = 0640;
	}
	umask(options.group_access ? 0027 : 0077);
	encoding_given = options.encoding != NULL;
	initdb_choose_locales(&options);
	introduce(encoding_given);
	initdb_make_directories(&options);
	cleanup_wanted = true;
	initdb_write_files(&options);
	run_boot();
	if (password)
		set_superuser_password(password);
	if (options.no_sync)
		printf("\nSync to disk skipped.\nThe data directory might become corrupt if the operating system crashes.\n");
	else
		initdb_sync(&options);
	if (warn_about_trust)
		fprintf(stderr, "\ninitdb: warning: enabling \"trust\" authentication for local connections\n"
						"initdb: hint: You can change this by editing pg_hba.conf or using the option -A, or --auth-local "
						"and --auth-host, the next time you run initdb.\n");
	instruct();
	return 0;
}
