/*
 * reload.c
 *    Finding the configuration files at start, and applying them then and at SIGHUP.
 */
#include "postgres.h"

#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

char *ConfigFileName = NULL;
TimestampTz PgReloadTime;

/* ---- "name=value" ------------------------------------------------------------------------------------------------------- */
void
ParseLongOption(const char *string, char **name, char **value)
{
	const char *equals = strchr(string, '=');

	*name = equals ? strndup(string, equals - string) : strdup(string);
	*value = equals ? strdup(equals + 1) : NULL;
	if (*name == NULL)
		elog(FATAL, "out of memory");
	for (char *p = *name; *p; p++)
		if (*p == '-')
			*p = '_';
}

/* ---- applying ---------------------------------------------------------------------------------------------------------------- */
static void
note_error(ConfigVariable *item, const char *message)
{
	item->errmsg = pstrdup(message);
}

/* Later lines win; names must be known. Returns false when some name is not. */
static bool
match_names(ConfigVariable *list, int elevel)
{
	bool ok = true;

	for (ConfigVariable *item = list; item; item = item->next)
	{
		Setting *setting;

		if (item->ignore || item->name == NULL)
			continue;
		setting = setting_find(item->name);
		if (setting)
			setting->is_in_file = true;
		else if (!setting_name_is_custom(item->name, DEBUG5))
		{
			ereport(elevel,
					errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("unrecognized configuration parameter \"%s\" in file \"%s\" line %d", item->name, item->filename,
						   item->sourceline));
			note_error(item, "unrecognized configuration parameter");
			ok = false;
		}
		for (ConfigVariable *earlier = list; earlier != item; earlier = earlier->next)
			if (earlier->name && !earlier->ignore && strcasecmp(earlier->name, item->name) == 0)
				earlier->ignore = true;
	}
	return ok;
}

/* Settings that have a value from a file but are in no file any more. */
static void
forget_removed(GucContext context, int elevel)
{
	int count;
	Setting **all = settings_sorted(&count);

	for (int i = 0; i < count; i++)
	{
		Setting *setting = all[i];

		if (setting->reset.source != PGC_S_FILE || setting->is_in_file)
			continue;
		if (setting->context < PGC_SIGHUP)
		{
			setting->pending_restart = true;
			ereport(elevel,
					errcode(ERRCODE_CANT_CHANGE_RUNTIME_PARAM),
					errmsg("parameter \"%s\" cannot be changed without restarting the server", setting->name));
			continue;
		}
		setting_back_to_boot(setting);
		if (context == PGC_SIGHUP)
			ereport(elevel, errmsg("parameter \"%s\" removed from configuration file, reset to default", setting->name));
	}
}

static bool
apply_item(ConfigVariable *item, GucContext context, int elevel)
{
	Setting *setting = setting_find(item->name);
	char *before = NULL;
	int outcome;

	if (context == PGC_SIGHUP && setting && !IsUnderPostmaster)
		before = setting_show(setting, false);
	outcome = set_config_option(item->name, item->value, context, PGC_S_FILE, GUC_ACTION_SET, true, 0, false);
	if (outcome > 0)
	{
		if (before)
		{
			char *after = setting_show(setting_find(item->name), false);

			if (strcmp(before, after) != 0)
				ereport(elevel, errmsg("parameter \"%s\" changed to \"%s\"", item->name, item->value));
		}
		item->applied = true;
	}
	else if (outcome == 0)
	{
		note_error(item, "setting could not be applied");
		return false;
	}
	else
		item->applied = true;
	setting = setting_find(item->name);
	if (setting)
		setting_set_source_file(setting, item->filename, item->sourceline);
	return true;
}

static bool
read_files(int elevel, ConfigVariable **head)
{
	ConfigVariable *tail = NULL;
	bool ok = ParseConfigFile(ConfigFileName, true, NULL, 0, 0, elevel, head, &tail);

	/* what ALTER SYSTEM wrote comes last, and wins */
	if (DataDir)
	{
		char *path = psprintf("%s/%s", DataDir, PG_AUTOCONF_FILENAME);

		if (access(path, F_OK) == 0)
			ok &= ParseConfigFile(path, true, NULL, 0, 0, elevel, head, &tail);
	}
	else
	{
		/* only data_directory is wanted now; the rest is read again when we are there */
		for (ConfigVariable *item = *head; item; item = item->next)
			if (item->name && strcasecmp(item->name, "data_directory") != 0)
				item->ignore = true;
	}
	return ok;
}

static void
clear_file_marks(void)
{
	int count;
	Setting **all = settings_sorted(&count);

	for (int i = 0; i < count; i++)
	{
		all[i]->is_in_file = false;
		all[i]->pending_restart = false;
	}
}

ConfigVariable *
ProcessConfigFileInternal(GucContext context, bool applySettings, int elevel)
{
	ConfigVariable *head = NULL;
	bool error = !read_files(elevel, &head);
	bool applying = applySettings && !error;

	clear_file_marks();
	if (!error && !match_names(head, elevel))
	{
		error = true;
		/* a wrong name at start is fatal; later the rest still applies */
		applying = applying && context == PGC_SIGHUP;
	}
	if (applying)
	{
		forget_removed(context, elevel);
		for (ConfigVariable *item = head; item; item = item->next)
			if (item->name && !item->ignore && item->errmsg == NULL && !apply_item(item, context, elevel))
				error = true;
		PgReloadTime = GetCurrentTimestamp();
	}
	if (error && applySettings)
	{
		if (context == PGC_POSTMASTER)
			ereport(ERROR,
					errcode(ERRCODE_CONFIG_FILE_ERROR),
					errmsg("configuration file \"%s\" contains errors", ConfigFileName));
		else if (applying)
			ereport(elevel,
					errcode(ERRCODE_CONFIG_FILE_ERROR),
					errmsg("configuration file \"%s\" contains errors; unaffected changes were applied", ConfigFileName));
		else
			ereport(elevel,
					errcode(ERRCODE_CONFIG_FILE_ERROR),
					errmsg("configuration file \"%s\" contains errors; no changes were applied", ConfigFileName));
	}
	return head;
}

void
ProcessConfigFile(GucContext context)
{
	/* children read the same files: once in the log is enough */
	int elevel = IsUnderPostmaster ? DEBUG2 : LOG;
	MemoryContext context_of_files = AllocSetContextCreate(CurrentMemoryContext, "config file processing",
														   ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context_of_files);

	(void) ProcessConfigFileInternal(context, true, elevel);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context_of_files);
}

/* ---- at start ------------------------------------------------------------------------------------------------------------------ */
static void
choose_timezone_defaults(void)
{
	extern void pg_timezone_abbrev_initialize(void) __attribute__((weak));

	if (pg_timezone_abbrev_initialize)
		pg_timezone_abbrev_initialize();
}

static bool
locate_config_file(const char *configdir, const char *progname)
{
	char path[MAXPGPATH];
	struct stat st;

	if (ConfigFileName)
		strlcpy(path, ConfigFileName, sizeof(path));
	else if (configdir)
		snprintf(path, sizeof(path), "%s/postgresql.conf", configdir);
	else
	{
		write_stderr("%s does not know where to find the server configuration file.\n"
					 "You must specify the --config-file or -D invocation option or set the PGDATA environment variable.\n",
					 progname);
		return false;
	}
	if (path[0] != '/')
	{
		char *absolute = realpath(path, NULL);

		if (absolute)
			strlcpy(path, absolute, sizeof(path));
		free(absolute);
	}
	SetConfigOption("config_file", path, PGC_POSTMASTER, PGC_S_OVERRIDE);
	if (stat(path, &st) != 0)
	{
		write_stderr("%s: could not access the server configuration file \"%s\": %s\n", progname, path, strerror(errno));
		return false;
	}
	return true;
}

static void
default_path(const char *setting, const char *current, const char *configdir, const char *file)
{
	char path[MAXPGPATH];

	if (current)
		strlcpy(path, current, sizeof(path));
	else
		snprintf(path, sizeof(path), "%s/%s", configdir ? configdir : DataDir, file);
	SetConfigOption(setting, path, PGC_POSTMASTER, PGC_S_OVERRIDE);
}

bool
SelectConfigFiles(const char *userDoption, const char *progname)
{
	extern char *data_directory;
	char *configdir = NULL;
	struct stat st;

	if (userDoption == NULL)
		userDoption = getenv("PGDATA");
	if (userDoption)
	{
		configdir = realpath(userDoption, NULL);
		if (configdir == NULL)
			configdir = strdup(userDoption);
	}
	if (configdir && stat(configdir, &st) != 0)
	{
		write_stderr("%s: could not access directory \"%s\": %s\n", progname, configdir, strerror(errno));
		if (errno == ENOENT)
			write_stderr("Run initdb or pg_basebackup to initialize a PostgreSQL data directory.\n");
		return false;
	}
	if (!locate_config_file(configdir, progname))
		return false;
	ProcessConfigFile(PGC_POSTMASTER);
	if (data_directory)
		SetDataDir(data_directory);
	else if (configdir)
		SetDataDir(configdir);
	else
	{
		write_stderr("%s does not know where to find the database system data.\n"
					 "This can be specified as \"data_directory\" in \"%s\", or by the -D invocation option, or by the "
					 "PGDATA environment variable.\n",
					 progname, ConfigFileName);
		return false;
	}
	SetConfigOption("data_directory", DataDir, PGC_POSTMASTER, PGC_S_OVERRIDE);
	/* again, now that postgresql.auto.conf can be found */
	ProcessConfigFile(PGC_POSTMASTER);
	choose_timezone_defaults();
	default_path("hba_file", HbaFileName, configdir, "pg_hba.conf");
	default_path("ident_file", IdentFileName, configdir, "pg_ident.conf");
	free(configdir);
	return true;
}
