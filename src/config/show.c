/*
 * show.c
 *    Reading settings: SHOW, pg_settings, and telling the client of changes (ParameterStatus).
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "config/settings.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/acl.h"

#define ROLE_PG_READ_ALL_SETTINGS 3374

static bool
may_see_superuser_settings(void)
{
	return superuser() || has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_SETTINGS);
}

bool
setting_is_visible(const Setting *setting)
{
	return !(setting->flags & GUC_SUPERUSER_ONLY) || may_see_superuser_settings();
}

static void
require_visible(const Setting *setting)
{
	if (!setting_is_visible(setting))
		ereport(ERROR,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("must be superuser or have privileges of pg_read_all_settings to examine \"%s\"", setting->name));
}

static Setting *
find_or_raise(const char *name, bool missing_ok)
{
	Setting *setting = setting_find(name);

	if (setting == NULL && !missing_ok)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("unrecognized configuration parameter \"%s\"", name));
	return setting;
}

/* Keep a result valid until the next call of the same kind. */
static const char *
keep(char *text)
{
	static char buffer[1024];

	strlcpy(buffer, text, sizeof(buffer));
	pfree(text);
	return buffer;
}

const char *
GetConfigOption(const char *name, bool missing_ok, bool restrict_privileged)
{
	Setting *setting = find_or_raise(name, missing_ok);

	if (setting == NULL)
		return NULL;
	if (restrict_privileged)
		require_visible(setting);
	if (setting->type == SETTING_STRING)
		return *(char **) setting->variable ? *(char **) setting->variable : "";
	return keep(setting_show_value(setting, &setting->current.value, false));
}

const char *
GetConfigOptionResetString(const char *name)
{
	Setting *setting = find_or_raise(name, false);

	require_visible(setting);
	if (setting->type == SETTING_STRING)
		return setting->reset.value.s ? setting->reset.value.s : "";
	return keep(setting_show_value(setting, &setting->reset.value, false));
}

int
GetConfigOptionFlags(const char *name, bool missing_ok)
{
	Setting *setting = find_or_raise(name, missing_ok);

	return setting ? setting->flags : 0;
}

char *
GetConfigOptionByName(const char *name, const char **varname, bool missing_ok)
{
	Setting *setting = find_or_raise(name, missing_ok);

	if (setting == NULL)
	{
		if (varname)
			*varname = NULL;
		return NULL;
	}
	require_visible(setting);
	if (varname)
		*varname = setting->name;
	return setting_show(setting, true);
}

int
GetNumConfigOptions(void)
{
	int count;

	(void) settings_sorted(&count);
	return count;
}

/* ---- pg_settings -------------------------------------------------------------------------------------------------- */
static const char *const context_names[] = {
	[PGC_INTERNAL] = "internal", [PGC_POSTMASTER] = "postmaster",	 [PGC_SIGHUP] = "sighup",
	[PGC_SU_BACKEND] = "superuser-backend", [PGC_BACKEND] = "backend", [PGC_SUSET] = "superuser",
	[PGC_USERSET] = "user",
};

static const char *const source_names[] = {
	[PGC_S_DEFAULT] = "default", [PGC_S_DYNAMIC_DEFAULT] = "default", [PGC_S_ENV_VAR] = "environment variable",
	[PGC_S_FILE] = "configuration file", [PGC_S_ARGV] = "command line", [PGC_S_GLOBAL] = "global",
	[PGC_S_DATABASE] = "database", [PGC_S_USER] = "user", [PGC_S_DATABASE_USER] = "database user",
	[PGC_S_CLIENT] = "client", [PGC_S_OVERRIDE] = "override", [PGC_S_INTERACTIVE] = "interactive",
	[PGC_S_TEST] = "test", [PGC_S_SESSION] = "session",
};

static const char *const type_names[] = {
	[SETTING_BOOL] = "bool", [SETTING_INT] = "integer", [SETTING_REAL] = "real",
	[SETTING_STRING] = "string", [SETTING_ENUM] = "enum",
};

static List *
enum_labels(const Setting *setting)
{
	List *labels = NIL;

	if (setting->type == SETTING_ENUM)
		for (const struct config_enum_entry *option = setting->options; option->name; option++)
			if (!option->hidden)
				labels = lappend(labels, (void *) option->name);
	return labels;
}

static const char *
show_or_null(const Setting *setting, const SettingValue *value)
{
	if (setting->type == SETTING_STRING && value->s == NULL)
		return NULL;
	return setting_show_value(setting, value, false);
}

static void
fill_limits(const Setting *setting, GucSettingRow *row)
{
	if (setting->type == SETTING_INT)
	{
		row->min_val = psprintf("%d", setting->int_min);
		row->max_val = psprintf("%d", setting->int_max);
	}
	else if (setting->type == SETTING_REAL)
	{
		row->min_val = psprintf("%g", setting->real_min);
		row->max_val = psprintf("%g", setting->real_max);
	}
}

bool
GetConfigOptionRow(int i, GucSettingRow *row)
{
	int count;
	const Setting *setting = settings_sorted(&count)[i];

	if (!setting_is_visible(setting))
		return false;
	*row = (GucSettingRow){
		.name = setting->name,
		.setting = setting_show(setting, false),
		.unit = setting_unit_name(setting),
		.category = setting->category,
		.short_desc = setting->short_desc,
		.extra_desc = setting->extra_desc,
		.context = context_names[setting->context],
		.vartype = type_names[setting->type],
		.source = source_names[setting->current.source],
		.enumvals = enum_labels(setting),
		.boot_val = show_or_null(setting, &setting->boot),
		.reset_val = show_or_null(setting, &setting->reset.value),
		.pending_restart = setting->pending_restart,
		.flags = setting->flags,
	};
	fill_limits(setting, row);
	if (setting->current.source == PGC_S_FILE && may_see_superuser_settings())
	{
		row->sourcefile = setting->source_file;
		row->sourceline = setting->source_line;
	}
	return true;
}

/* ---- ParameterStatus ------------------------------------------------------------------------------------------------ */
/* Sends one ParameterStatus message; protocol/ sets it when a client is connected. */
void (*guc_report_hook)(const char *name, const char *value) = NULL;
static bool reporting = false;

static void
report_if_changed(Setting *setting)
{
	char *value = setting_show(setting, true);

	setting->report_needed = false;
	if (setting->last_reported == NULL || strcmp(setting->last_reported, value) != 0)
	{
		guc_report_hook(setting->name, value);
		free(setting->last_reported);
		setting->last_reported = guc_strdup(LOG, value);
	}
	pfree(value);
}

void
BeginReportingGUCOptions(void)
{
	int count;
	Setting **all = settings_sorted(&count);

	if (guc_report_hook == NULL)
		return;
	reporting = true;
	for (int i = 0; i < count; i++)
		if (all[i]->flags & GUC_REPORT)
			report_if_changed(all[i]);
}

/* Called before ReadyForQuery: several changes in one message batch are told once. */
void
ReportChangedGUCOptions(void)
{
	static Setting *reported[32];
	static int reported_count = -1;

	if (!reporting)
		return;
	if (reported_count < 0)
	{
		int count;
		Setting **all = settings_sorted(&count);

		reported_count = 0;
		for (int i = 0; i < count && reported_count < lengthof(reported); i++)
			if (all[i]->flags & GUC_REPORT)
				reported[reported_count++] = all[i];
	}
	for (int i = 0; i < reported_count; i++)
		if (reported[i]->report_needed)
			report_if_changed(reported[i]);
}
