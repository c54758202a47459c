/*
 * set.c
 *    Changing settings: may this context do it now, does this source win, check, keep the old value, assign.
 */
#include "postgres.h"

#include "access/xact.h"
#include "config/settings.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

/* ---- values in place ---------------------------------------------------------------------------------------------- */
static bool
same_string(const SettingState *state, const char *string)
{
	return state->value.s == string;
}

static bool
string_in_use(const Setting *setting, const char *string)
{
	if (same_string(&setting->current, string) || same_string(&setting->reset, string) || setting->boot.s == string)
		return true;
	for (const StackEntry *entry = setting->stack; entry; entry = entry->below)
		if (same_string(&entry->prior, string) || same_string(&entry->set_value, string))
			return true;
	return false;
}

static bool
extra_in_use(const Setting *setting, const void *extra)
{
	if (setting->current.value.extra == extra || setting->reset.value.extra == extra)
		return true;
	for (const StackEntry *entry = setting->stack; entry; entry = entry->below)
		if (entry->prior.value.extra == extra || entry->set_value.value.extra == extra)
			return true;
	return false;
}

void
setting_free_if_unused(Setting *setting, const SettingValue *value)
{
	if (setting->type == SETTING_STRING && value->s && !string_in_use(setting, value->s))
		guc_free(value->s);
	if (value->extra && !extra_in_use(setting, value->extra))
		guc_free(value->extra);
}

static void
write_variable(Setting *setting, const SettingValue *value)
{
	switch (setting->type)
	{
		case SETTING_BOOL:
			if (setting->assign_hook.b)
				setting->assign_hook.b(value->b, value->extra);
			*(bool *) setting->variable = value->b;
			break;
		case SETTING_INT:
			if (setting->assign_hook.i)
				setting->assign_hook.i(value->i, value->extra);
			*(int *) setting->variable = value->i;
			break;
		case SETTING_ENUM:
			if (setting->assign_hook.e)
				setting->assign_hook.e(value->i, value->extra);
			*(int *) setting->variable = value->i;
			break;
		case SETTING_REAL:
			if (setting->assign_hook.r)
				setting->assign_hook.r(value->r, value->extra);
			*(double *) setting->variable = value->r;
			break;
		case SETTING_STRING:
			if (setting->assign_hook.s)
				setting->assign_hook.s(value->s, value->extra);
			*(char **) setting->variable = value->s;
			break;
	}
}

/* Make state the current one. The old value is freed unless something else still refers to it. */
void
setting_assign(Setting *setting, const SettingState *state)
{
	SettingValue old = setting->current.value;

	write_variable(setting, &state->value);
	setting->current = *state;
	setting_free_if_unused(setting, &old);
	if (setting->flags & GUC_REPORT)
		setting->report_needed = true;
}

static void
set_reset_value(Setting *setting, const SettingState *state)
{
	SettingValue old = setting->reset.value;

	setting->reset = *state;
	setting_free_if_unused(setting, &old);
}

/* The boot value as a value of its own, checked. */
static SettingState
boot_state(Setting *setting)
{
	SettingState state = {.value = setting->boot, .source = PGC_S_DEFAULT, .context = PGC_INTERNAL};

	if (setting->type == SETTING_STRING && state.value.s)
		state.value.s = guc_strdup(FATAL, setting->boot.s);
	if (!setting_check_value(setting, &state.value, PGC_S_DEFAULT, LOG))
		elog(FATAL, "failed to initialize %s to its default", setting->name);
	return state;
}

void
setting_initialize(Setting *setting)
{
	SettingState state = boot_state(setting);

	setting->stack = NULL;
	setting->reset = state;
	write_variable(setting, &state.value);
	setting->current = state;
}

void
setting_back_to_boot(Setting *setting)
{
	SettingState state = boot_state(setting);

	for (StackEntry *entry = setting->stack; entry; entry = entry->below)
		if (entry->prior.source <= PGC_S_FILE)
		{
			SettingValue old = entry->prior.value;

			entry->prior = state;
			setting_free_if_unused(setting, &old);
		}
	if (setting->reset.source <= PGC_S_FILE)
		set_reset_value(setting, &state);
	if (setting->current.source <= PGC_S_FILE)
		setting_assign(setting, &state);
	setting_free_if_unused(setting, &state.value);
	setting_set_source_file(setting, NULL, 0);
}

void
setting_set_source_file(Setting *setting, const char *file, int line)
{
	free(setting->source_file);
	setting->source_file = file ? guc_strdup(LOG, file) : NULL;
	setting->source_line = line;
}

/* ---- permission ---------------------------------------------------------------------------------------------------- */
typedef enum Verdict
{
	VERDICT_GO,
	VERDICT_REFUSED, /* reported */
	VERDICT_IGNORED	 /* nothing to do, and nothing wrong */
} Verdict;

static void
refuse(int elevel, const char *format, const char *name)
{
	ereport(elevel, errcode(ERRCODE_CANT_CHANGE_RUNTIME_PARAM), errmsg_internal(format, name));
}

/*
 * May somebody in this context change the setting now? A configuration file reread at run time may not change what needs a
 * restart: then changing is told apart from repeating the value by the caller (VERDICT_GO with *prohibit).
 */
static Verdict
judge_context(const Setting *setting, GucContext context, GucSource source, GucAction action, bool is_reload,
			  int elevel, bool *prohibit)
{
	bool privileged = context != PGC_USERSET && context != PGC_BACKEND;

	switch (setting->context)
	{
		case PGC_INTERNAL:
			if (context == PGC_INTERNAL)
				return VERDICT_GO;
			refuse(elevel, "parameter \"%s\" cannot be changed", setting->name);
			return VERDICT_REFUSED;
		case PGC_POSTMASTER:
			if (context == PGC_SIGHUP)
			{
				*prohibit = true;
				return VERDICT_GO;
			}
			if (context == PGC_POSTMASTER || context == PGC_INTERNAL)
				return VERDICT_GO;
			refuse(elevel, "parameter \"%s\" cannot be changed without restarting the server", setting->name);
			return VERDICT_REFUSED;
		case PGC_SIGHUP:
			if (context == PGC_SIGHUP || context == PGC_POSTMASTER || context == PGC_INTERNAL)
				return VERDICT_GO;
			refuse(elevel, "parameter \"%s\" cannot be changed now", setting->name);
			return VERDICT_REFUSED;
		case PGC_SU_BACKEND:
			if (context == PGC_BACKEND)
			{
				ereport(elevel,
						errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to set parameter \"%s\"", setting->name));
				return VERDICT_REFUSED;
			}
			pg_fallthrough;
		case PGC_BACKEND:
			/* a session keeps what it started with: a reload reaches only later ones */
			if (context == PGC_SIGHUP)
				return IsUnderPostmaster && !is_reload ? VERDICT_IGNORED : VERDICT_GO;
			if (context == PGC_POSTMASTER || context == PGC_BACKEND || context == PGC_SU_BACKEND ||
				context == PGC_INTERNAL)
				return VERDICT_GO;
			refuse(elevel, "parameter \"%s\" cannot be set after connection start", setting->name);
			return VERDICT_REFUSED;
		case PGC_SUSET:
			if (privileged)
				return VERDICT_GO;
			ereport(elevel,
					errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					errmsg("permission denied to set parameter \"%s\"", setting->name));
			return VERDICT_REFUSED;
		case PGC_USERSET:
			return VERDICT_GO;
	}
	pg_unreachable();
}

/* A security-restricted operation (index expressions, VACUUM on behalf of others) may not leave traces in the session. */
static bool
security_allows(const Setting *setting, int elevel)
{
	if (!(setting->flags & GUC_NOT_WHILE_SEC_REST))
		return true;
	if (InLocalUserIdChange())
	{
		ereport(elevel,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("cannot set parameter \"%s\" within security-definer function", setting->name));
		return false;
	}
	if (InSecurityRestrictedOperation())
	{
		ereport(elevel,
				errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("cannot set parameter \"%s\" within security-restricted operation", setting->name));
		return false;
	}
	return true;
}

static int
default_elevel(GucSource source)
{
	if (source == PGC_S_DEFAULT || source == PGC_S_FILE)
		return IsUnderPostmaster ? DEBUG3 : LOG; /* the postmaster says it once */
	if (source == PGC_S_GLOBAL || source == PGC_S_DATABASE || source == PGC_S_USER || source == PGC_S_DATABASE_USER)
		return WARNING;
	return ERROR;
}

static bool
values_differ(const Setting *setting, const SettingValue *a, const SettingValue *b)
{
	switch (setting->type)
	{
		case SETTING_BOOL:
			return a->b != b->b;
		case SETTING_INT:
		case SETTING_ENUM:
			return a->i != b->i;
		case SETTING_REAL:
			return a->r != b->r;
		case SETTING_STRING:
			return a->s == NULL || b->s == NULL ? a->s != b->s : strcmp(a->s, b->s) != 0;
	}
	pg_unreachable();
}

/* ---- the door ----------------------------------------------------------------------------------------------------------- */
/* What the statement asks for: a parsed value, or for NULL the reset value (boot value if the source is the default). */
static bool
wanted_state(Setting *setting, const char *text, GucContext context, GucSource source, int elevel, SettingState *state)
{
	if (text)
	{
		*state = (SettingState){.source = source, .context = context};
		return setting_parse_value(setting, text, source, elevel, &state->value);
	}
	if (source == PGC_S_DEFAULT)
	{
		*state = boot_state(setting);
		return true;
	}
	*state = setting->reset;
	return true;
}

static void
apply_as_default(Setting *setting, const SettingState *state)
{
	if (setting->reset.source <= state->source)
		set_reset_value(setting, state);
	for (StackEntry *entry = setting->stack; entry; entry = entry->below)
		if (entry->prior.source <= state->source)
		{
			SettingValue old = entry->prior.value;

			entry->prior = *state;
			setting_free_if_unused(setting, &old);
		}
}

int
set_config_option(const char *name, const char *value, GucContext context, GucSource source, GucAction action,
				  bool changeVal, int elevel, bool is_reload)
{
	Setting *setting;
	SettingState state;
	bool make_default = changeVal && source <= PGC_S_OVERRIDE && (value != NULL || source == PGC_S_DEFAULT);
	bool prohibit = false;

	if (elevel == 0)
		elevel = default_elevel(source);
	setting = setting_find_or_placeholder(name, elevel);
	if (setting == NULL)
		return 0;
	switch (judge_context(setting, context, source, action, is_reload, elevel, &prohibit))
	{
		case VERDICT_REFUSED:
			return 0;
		case VERDICT_IGNORED:
			return -1;
		case VERDICT_GO:
			break;
	}
	if (!security_allows(setting, elevel))
		return 0;
	if ((setting->flags & GUC_NO_RESET) && value == NULL && action != GUC_ACTION_SAVE && source != PGC_S_DEFAULT)
	{
		ereport(elevel,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("parameter \"%s\" cannot be reset", setting->name));
		return 0;
	}
	/* a stronger source holds: check the value all the same, unless it may still become the reset value */
	if (changeVal && source < setting->current.source)
	{
		if (!make_default)
			return -1;
		changeVal = false;
	}
	if (!wanted_state(setting, value, context, source, elevel, &state))
		return 0;
	if (prohibit)
	{
		bool differs = values_differ(setting, &state.value, &setting->current.value);

		setting_free_if_unused(setting, &state.value);
		setting->pending_restart = differs;
		if (!differs)
			return -1;
		refuse(elevel, "parameter \"%s\" cannot be changed without restarting the server", setting->name);
		return 0;
	}
	if (changeVal)
	{
		if (!make_default)
			setting_push(setting, action);
		setting_assign(setting, &state);
	}
	if (make_default)
		apply_as_default(setting, &state);
	setting_free_if_unused(setting, &state.value);
	return changeVal ? 1 : -1;
}

void
SetConfigOption(const char *name, const char *value, GucContext context, GucSource source)
{
	(void) set_config_option(name, value, context, source, GUC_ACTION_SET, true, 0, false);
}

void
ResetAllOptions(void)
{
	int count;
	Setting **all = settings_sorted(&count);

	for (int i = 0; i < count; i++)
	{
		Setting *setting = all[i];
		SettingState reset = setting->reset;

		if ((setting->context != PGC_SUSET && setting->context != PGC_USERSET) ||
			(setting->flags & (GUC_NO_RESET_ALL | GUC_NO_RESET)) || setting->current.source <= PGC_S_OVERRIDE)
			continue;
		setting_push(setting, GUC_ACTION_SET);
		setting_assign(setting, &reset);
	}
}

/* ---- start ------------------------------------------------------------------------------------------------------------------ */
static void
take_environment(const char *variable, const char *name)
{
	const char *value = getenv(variable);

	if (value)
		SetConfigOption(name, value, PGC_POSTMASTER, PGC_S_ENV_VAR);
}

void
InitializeGUCOptions(void)
{
	int count;
	Setting **all = settings_sorted(&count);

	for (int i = 0; i < count; i++)
		setting_initialize(all[i]);
	/* transactions start from these, whatever the defaults are set to later */
	SetConfigOption("transaction_isolation", "read committed", PGC_POSTMASTER, PGC_S_OVERRIDE);
	SetConfigOption("transaction_read_only", "no", PGC_POSTMASTER, PGC_S_OVERRIDE);
	SetConfigOption("transaction_deferrable", "no", PGC_POSTMASTER, PGC_S_OVERRIDE);
	take_environment("PGPORT", "port");
	take_environment("PGDATESTYLE", "datestyle");
	take_environment("PGCLIENTENCODING", "client_encoding");
}
