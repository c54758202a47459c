/*
 * custom.c
 *    Settings of modules. A placeholder that was set before the module was loaded hands over its values.
 */
#include "postgres.h"

#include "config/settings.h"
#include "miscadmin.h"

/* Values given to the placeholder are applied to the real setting as if given now by the same source. */
static void
take_over(Setting *placeholder, Setting *setting)
{
	SettingState reset = placeholder->reset;
	SettingState current = placeholder->current;

	if (reset.value.s && reset.source > PGC_S_DEFAULT)
		(void) set_config_option(setting->name, reset.value.s, reset.context, reset.source, GUC_ACTION_SET, true, WARNING,
								 false);
	if (current.value.s && current.value.s != reset.value.s)
		(void) set_config_option(setting->name, current.value.s, current.context, current.source, GUC_ACTION_SET, true,
								 WARNING, false);
	if (placeholder->source_file)
		setting_set_source_file(setting, placeholder->source_file, placeholder->source_line);
}

static void
define(Setting *setting)
{
	Setting *placeholder = setting_find(setting->name);

	if (setting->context == PGC_POSTMASTER && !process_shared_preload_libraries_in_progress)
		elog(FATAL, "cannot create PGC_POSTMASTER variables after startup");
	if (placeholder && !(placeholder->flags & GUC_CUSTOM_PLACEHOLDER))
		ereport(ERROR,
				errcode(ERRCODE_INTERNAL_ERROR),
				errmsg("attempt to redefine parameter \"%s\"", setting->name));
	if (placeholder)
		setting_remove(placeholder);
	setting_add(setting);
	setting_initialize(setting);
	if (placeholder)
		take_over(placeholder, setting); /* the placeholder itself is not freed: a stack may name it */
}

static Setting *
new_setting(const char *name, const char *short_desc, const char *long_desc, void *variable, SettingType type,
			GucContext context, int flags, GucShowHook show_hook)
{
	Setting *setting = guc_malloc(ERROR, sizeof(Setting));

	memset(setting, 0, sizeof(Setting));
	setting->name = guc_strdup(ERROR, name);
	setting->short_desc = short_desc;
	setting->extra_desc = long_desc;
	setting->category = "Customized Options";
	setting->variable = variable;
	setting->type = type;
	setting->context = context;
	setting->flags = flags;
	setting->show_hook = show_hook;
	return setting;
}

void
DefineCustomBoolVariable(const char *name, const char *short_desc, const char *long_desc, bool *valueAddr,
						 bool bootValue, GucContext context, int flags, GucBoolCheckHook check_hook,
						 GucBoolAssignHook assign_hook, GucShowHook show_hook)
{
	Setting *setting = new_setting(name, short_desc, long_desc, valueAddr, SETTING_BOOL, context, flags, show_hook);

	setting->boot.b = bootValue;
	setting->check_hook.b = check_hook;
	setting->assign_hook.b = assign_hook;
	define(setting);
}

void
DefineCustomIntVariable(const char *name, const char *short_desc, const char *long_desc, int *valueAddr, int bootValue,
						int minValue, int maxValue, GucContext context, int flags, GucIntCheckHook check_hook,
						GucIntAssignHook assign_hook, GucShowHook show_hook)
{
	Setting *setting = new_setting(name, short_desc, long_desc, valueAddr, SETTING_INT, context, flags, show_hook);

	setting->boot.i = bootValue;
	setting->int_min = minValue;
	setting->int_max = maxValue;
	setting->check_hook.i = check_hook;
	setting->assign_hook.i = assign_hook;
	define(setting);
}

void
DefineCustomRealVariable(const char *name, const char *short_desc, const char *long_desc, double *valueAddr,
						 double bootValue, double minValue, double maxValue, GucContext context, int flags,
						 GucRealCheckHook check_hook, GucRealAssignHook assign_hook, GucShowHook show_hook)
{
	Setting *setting = new_setting(name, short_desc, long_desc, valueAddr, SETTING_REAL, context, flags, show_hook);

	setting->boot.r = bootValue;
	setting->real_min = minValue;
	setting->real_max = maxValue;
	setting->check_hook.r = check_hook;
	setting->assign_hook.r = assign_hook;
	define(setting);
}

void
DefineCustomStringVariable(const char *name, const char *short_desc, const char *long_desc, char **valueAddr,
						   const char *bootValue, GucContext context, int flags, GucStringCheckHook check_hook,
						   GucStringAssignHook assign_hook, GucShowHook show_hook)
{
	Setting *setting = new_setting(name, short_desc, long_desc, valueAddr, SETTING_STRING, context, flags, show_hook);

	setting->boot.s = (char *) bootValue;
	setting->check_hook.s = check_hook;
	setting->assign_hook.s = assign_hook;
	define(setting);
}

void
DefineCustomEnumVariable(const char *name, const char *short_desc, const char *long_desc, int *valueAddr, int bootValue,
						 const struct config_enum_entry *options, GucContext context, int flags,
						 GucEnumCheckHook check_hook, GucEnumAssignHook assign_hook, GucShowHook show_hook)
{
	Setting *setting = new_setting(name, short_desc, long_desc, valueAddr, SETTING_ENUM, context, flags, show_hook);

	setting->boot.i = bootValue;
	setting->options = options;
	setting->check_hook.e = check_hook;
	setting->assign_hook.e = assign_hook;
	define(setting);
}
