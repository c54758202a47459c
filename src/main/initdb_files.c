/*
 * initdb_files.c
 *    Directories and configuration files of a new cluster.
 */
#include "postgres.h"

#include <ftw.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "lib/stringinfo.h"
#include "main/initdb.h"
#include "sys/fd.h"

static const char *const subdirectories[] = {
	"global",
	"pg_wal",
	"pg_wal/archive_status",
	"pg_commit_ts",
	"pg_dynshmem",
	"pg_notify",
	"pg_serial",
	"pg_snapshots",
	"pg_subtrans",
	"pg_twophase",
	"pg_multixact",
	"pg_multixact/members",
	"pg_multixact/offsets",
	"base",
	"base/1",
	"pg_replslot",
	"pg_tblspc",
	"pg_stat",
	"pg_stat_tmp",
	"pg_xact",
	"pg_logical",
	"pg_logical/snapshots",
	"pg_logical/mappings",
};

/* What to take away again when the run fails: contents, and the directory itself if we made it. */
typedef struct Made
{
	char *data;
	bool data_is_new;
	char *wal;
	bool wal_is_new;
} Made;

static Made made;

/* ---- removing -------------------------------------------------------------------------------------------------------- */
static const char *kept_root;

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (kept_root == NULL || strcmp(path, kept_root) != 0)
		(void) remove(path);
	return 0;
}

static void
remove_tree(const char *path, bool also_root)
{
	kept_root = also_root ? NULL : path;
	(void) nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
}

void
initdb_remove_all(void)
{
	if (made.data)
	{
		fprintf(stderr, "initdb: %s \"%s\"\n",
				made.data_is_new ? "removing data directory" : "removing contents of data directory", made.data);
		remove_tree(made.data, made.data_is_new);
	}
	if (made.wal)
	{
		fprintf(stderr, "initdb: %s \"%s\"\n",
				made.wal_is_new ? "removing WAL directory" : "removing contents of WAL directory", made.wal);
		remove_tree(made.wal, made.wal_is_new);
	}
}

/* ---- directories ----------------------------------------------------------------------------------------------------- */
static void
make_main_directory(const char *path, bool is_wal)
{
	char *copy = pstrdup(path);
	int state = pg_check_dir(path);

	switch (state)
	{
		case 0:
			initdb_begin("creating directory %s", path);
			if (pg_mkdir_p(copy, pg_dir_create_mode) != 0)
				initdb_fail("could not create directory \"%s\": %s", path, strerror(errno));
			initdb_end();
			break;
		case 1:
			initdb_begin("fixing permissions on existing directory %s", path);
			if (chmod(path, pg_dir_create_mode) != 0)
				initdb_fail("could not change permissions of directory \"%s\": %s", path, strerror(errno));
			initdb_end();
			break;
		case -1:
			initdb_fail("could not access directory \"%s\": %s", path, strerror(errno));
		default:
			fprintf(stderr, "initdb: error: directory \"%s\" exists but is not empty\n", path);
			if (is_wal)
				fprintf(stderr, "initdb: hint: If you want to store the WAL there, either remove or empty the directory "
								"\"%s\".\n",
						path);
			else
				fprintf(stderr, "initdb: hint: If you want to create a new database system, either remove or empty the "
								"directory \"%s\" or run initdb with an argument other than \"%s\".\n",
						path, path);
			exit(1);
	}
	if (is_wal)
	{
		made.wal = copy;
		made.wal_is_new = state == 0;
	}
	else
	{
		made.data = copy;
		made.data_is_new = state == 0;
	}
}

static void
make_subdirectory(const InitdbOptions *options, const char *name)
{
	char *path = psprintf("%s/%s", options->directory, name);

	if (options->waldir && strcmp(name, "pg_wal") == 0)
	{
		if (symlink(options->waldir, path) != 0)
			initdb_fail("could not create symbolic link \"%s\": %s", path, strerror(errno));
		return;
	}
	if (mkdir(path, pg_dir_create_mode) != 0)
		initdb_fail("could not create directory \"%s\": %s", path, strerror(errno));
}

void
initdb_make_directories(const InitdbOptions *options)
{
	make_main_directory(options->directory, false);
	if (options->waldir)
	{
		if (options->waldir[0] != '/')
			initdb_fail("WAL directory location must be an absolute path");
		make_main_directory(options->waldir, true);
	}
	initdb_begin("creating subdirectories");
	for (int i = 0; i < lengthof(subdirectories); i++)
		make_subdirectory(options, subdirectories[i]);
	initdb_end();
}

/* ---- files -------------------------------------------------------------------------------------------------------------- */
static void
write_file(const InitdbOptions *options, const char *name, const char *text)
{
	char *path = psprintf("%s/%s", options->directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, pg_file_create_mode);
	ssize_t length = strlen(text);

	if (fd < 0)
		initdb_fail("could not open file \"%s\" for writing: %s", path, strerror(errno));
	if (write(fd, text, length) != length || close(fd) != 0)
		initdb_fail("could not write file \"%s\": %s", path, strerror(errno));
}

/* Quote a value for postgresql.conf. */
static char *
quoted(const char *value)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '\'');
	for (; *value; value++)
	{
		if (*value == '\'' || *value == '\\')
			appendStringInfoChar(&buf, *value);
		appendStringInfoChar(&buf, *value);
	}
	appendStringInfoChar(&buf, '\'');
	return buf.data;
}

static bool
in_sample(const Setting *setting)
{
	return !(setting->flags & (GUC_NOT_IN_SAMPLE | GUC_NO_SHOW_ALL | GUC_DISALLOW_IN_FILE)) &&
		   strchr(setting->name, '.') == NULL;
}

static void
append_default(StringInfo buf, const Setting *setting)
{
	char *text = setting_show_value(setting, &setting->boot, true);
	char *value = setting->type == SETTING_BOOL || setting->type == SETTING_ENUM || setting->type == SETTING_INT ||
						  setting->type == SETTING_REAL
					  ? text
					  : quoted(text);

	appendStringInfo(buf, "#%s = %s", setting->name, value);
	appendStringInfo(buf, "\t\t# %s", setting->short_desc);
	if (setting->context == PGC_POSTMASTER)
		appendStringInfoString(buf, " (change requires restart)");
	appendStringInfoChar(buf, '\n');
}

static int
compare_categories(const void *a, const void *b)
{
	const Setting *x = *(Setting *const *) a;
	const Setting *y = *(Setting *const *) b;
	int order = strcmp(x->category, y->category);

	return order ? order : strcasecmp(x->name, y->name);
}

/* All settings with their defaults, commented out, by category: the table is the sample. */
static void
append_sample(StringInfo buf)
{
	int count;
	Setting **sorted = settings_sorted(&count);
	Setting **all = palloc_array(Setting *, count);
	const char *category = "";

	memcpy(all, sorted, count * sizeof(Setting *));
	qsort(all, count, sizeof(Setting *), compare_categories);
	for (int i = 0; i < count; i++)
	{
		if (!in_sample(all[i]))
			continue;
		if (strcmp(category, all[i]->category) != 0)
		{
			category = all[i]->category;
			appendStringInfo(buf, "\n# ---- %s\n\n", category);
		}
		append_default(buf, all[i]);
	}
}

static void
write_postgresql_conf(const InitdbOptions *options)
{
	StringInfoData buf;
	const char *zone = initdb_time_zone();

	initStringInfo(&buf);
	appendStringInfoString(&buf,
						   "# Configuration of this database cluster.\n"
						   "#\n"
						   "# Lines are \"name = value\"; \"#\" begins a comment. Memory units: B, kB, MB, GB, TB; time units: us,\n"
						   "# ms, s, min, h, d. Read at start and at SIGHUP (pg_ctl reload, pg_reload_conf()). ALTER SYSTEM\n"
						   "# writes to postgresql.auto.conf, which overrides this file. Defaults are listed below, commented out.\n\n");
	appendStringInfo(&buf, "max_connections = 100\t\t\t# (change requires restart)\n");
	appendStringInfo(&buf, "shared_buffers = 128MB\t\t\t# min 128kB\n");
	appendStringInfo(&buf, "max_wal_size = 1GB\nmin_wal_size = 80MB\n");
	appendStringInfo(&buf, "log_timezone = %s\n", quoted(zone));
	appendStringInfo(&buf, "datestyle = 'iso, mdy'\n");
	appendStringInfo(&buf, "timezone = %s\n", quoted(zone));
	appendStringInfo(&buf, "lc_messages = %s\t\t\t# locale for system error message\n", quoted(options->lc_messages));
	appendStringInfo(&buf, "lc_monetary = %s\t\t\t# locale for monetary formatting\n", quoted(options->lc_monetary));
	appendStringInfo(&buf, "lc_numeric = %s\t\t\t# locale for number formatting\n", quoted(options->lc_numeric));
	appendStringInfo(&buf, "lc_time = %s\t\t\t\t# locale for time formatting\n", quoted(options->lc_time));
	appendStringInfo(&buf, "default_text_search_config = %s\n",
					 quoted(psprintf("pg_catalog.%s", options->text_search_config)));
	if (options->group_access)
		appendStringInfo(&buf, "log_file_mode = 0640\n");
	for (int i = 0; i < options->setting_count; i++)
	{
		const char *equals = strchr(options->settings[i], '=');

		appendStringInfo(&buf, "%.*s = %s\n", (int) (equals - options->settings[i]), options->settings[i],
						 quoted(equals + 1));
	}
	append_sample(&buf);
	write_file(options, "postgresql.conf", buf.data);
}

static void
write_pg_hba_conf(const InitdbOptions *options)
{
	StringInfoData buf;
	const char *local = options->auth_local;
	const char *host = options->auth_host;

	initStringInfo(&buf);
	appendStringInfoString(&buf,
						   "# Who may connect, from where, to which database, and how it proves its identity.\n"
						   "#\n"
						   "# local  DATABASE  USER  METHOD  [OPTIONS]\n"
						   "# host   DATABASE  USER  ADDRESS  METHOD  [OPTIONS]\n"
						   "#\n"
						   "# The first line that fits decides. DATABASE: all, sameuser, samerole, replication or a name; USER: all, a\n"
						   "# name or +group; ADDRESS: an address with mask length, a host name, samehost, samenet or all. METHOD:\n"
						   "# trust, reject, password, md5, scram-sha-256, peer. Read again at SIGHUP.\n\n"
						   "# TYPE  DATABASE        USER            ADDRESS                 METHOD\n\n");
	appendStringInfo(&buf, "local   all             all                                     %s\n", local);
	appendStringInfo(&buf, "host    all             all             127.0.0.1/32            %s\n", host);
	appendStringInfo(&buf, "host    all             all             ::1/128                 %s\n", host);
	appendStringInfo(&buf, "local   replication     all                                     %s\n", local);
	appendStringInfo(&buf, "host    replication     all             127.0.0.1/32            %s\n", host);
	appendStringInfo(&buf, "host    replication     all             ::1/128                 %s\n", host);
	write_file(options, "pg_hba.conf", buf.data);
}

void
initdb_write_files(const InitdbOptions *options)
{
	initdb_begin("creating configuration files");
	write_file(options, "PG_VERSION", PG_MAJORVERSION "\n");
	write_file(options, "base/1/PG_VERSION", PG_MAJORVERSION "\n");
	write_postgresql_conf(options);
	write_file(options, "postgresql.auto.conf",
			   "# Do not edit this file manually!\n"
			   "# It will be overwritten by the ALTER SYSTEM command.\n");
	write_pg_hba_conf(options);
	write_file(options, "pg_ident.conf",
			   "# Which operating-system users may connect as which database users (pg_hba.conf option map=).\n\n"
			   "# MAPNAME       SYSTEM-USERNAME         PG-USERNAME\n");
	initdb_end();
}

/* ---- syncing ------------------------------------------------------------------------------------------------------------- */
static int
sync_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	int fd;

	if (type != FTW_F && type != FTW_DP)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
	{
		if (fsync(fd) != 0 && errno != EINVAL && errno != EBADF)
			initdb_fail("could not fsync file \"%s\": %s", path, strerror(errno));
		close(fd);
	}
	return 0;
}

void
initdb_sync(const InitdbOptions *options)
{
	initdb_begin("syncing data to disk");
	(void) nftw(options->directory, sync_entry, 32, FTW_DEPTH | FTW_PHYS);
	if (options->waldir)
		(void) nftw(options->waldir, sync_entry, 32, FTW_DEPTH | FTW_PHYS);
	initdb_end();
}
