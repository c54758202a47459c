/*
 * config/settings.h
 *    What the files of config/ share: one Setting per configuration parameter, and its state.
 *
 * Invariants
 *   G1  *variable is the current value, and every value that is current, kept for RESET or kept on a stack has passed the
 *       check hook.
 *   G2  strings and extras are malloc'd, and freed when no value of their setting refers to them any more.
 *   G3  a setting is in the list `stacked` exactly when its stack is not empty; AtEOXact_GUC touches no other.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include "utils/guc.h"

typedef enum SettingType
{
	SETTING_BOOL,
	SETTING_INT,
	SETTING_REAL,
	SETTING_STRING,
	SETTING_ENUM
} SettingType;

typedef struct SettingValue
{
	union
	{
		bool b;
		int i; /* SETTING_INT and SETTING_ENUM */
		double r;
		char *s;
	};
	void *extra; /* what the check hook found out for the assign hook */
} SettingValue;

/* A value together with who set it. */
typedef struct SettingState
{
	SettingValue value;
	GucSource source;
	GucContext context; /* of who set it */
} SettingState;

typedef enum StackKind
{
	STACK_SAVE,		/* function SET option: the old value comes back in any case */
	STACK_SET,		/* stays when the transaction commits */
	STACK_LOCAL,	/* ends with the transaction */
	STACK_SET_LOCAL /* SET LOCAL after SET: then the SET value comes back */
} StackKind;

typedef struct StackEntry
{
	struct StackEntry *below;
	int nest_level;
	StackKind kind;
	SettingState prior;	   /* before this nesting level touched it */
	SettingState set_value; /* STACK_SET_LOCAL only */
} StackEntry;

typedef struct Setting
{
	const char *name;
	SettingType type;
	GucContext context;
	int flags;
	void *variable;
	SettingValue boot;
	int int_min;
	int int_max;
	double real_min;
	double real_max;
	const struct config_enum_entry *options;
	union
	{
		GucBoolCheckHook b;
		GucIntCheckHook i;
		GucRealCheckHook r;
		GucStringCheckHook s;
		GucEnumCheckHook e;
	} check_hook;
	union
	{
		GucBoolAssignHook b;
		GucIntAssignHook i;
		GucRealAssignHook r;
		GucStringAssignHook s;
		GucEnumAssignHook e;
	} assign_hook;
	GucShowHook show_hook;
	const char *category;
	const char *short_desc;
	const char *extra_desc;

	/* state */
	SettingState current; /* value.s and friends mirror *variable */
	SettingState reset;
	StackEntry *stack;
	struct Setting *next_stacked;
	bool in_stacked;
	bool is_in_file;	  /* seen while reading the configuration files */
	bool pending_restart; /* the file has another value, which needs a restart */
	bool report_needed;
	char *last_reported;
	char *source_file; /* malloc'd */
	int source_line;
} Setting;

/* Generated from settings.tsv. */
extern Setting builtin_settings[];
extern const int builtin_settings_count;

/* registry.c */
extern Setting *setting_find(const char *name); /* also by old names; NULL: none */
extern Setting *setting_find_or_placeholder(const char *name, int elevel); /* NULL after reporting below ERROR */
extern Setting **settings_sorted(int *count);
extern void setting_add(Setting *setting);
extern void setting_remove(Setting *setting);
extern bool setting_name_is_custom(const char *name, int elevel); /* may it be the name of a module's setting? */

/* value.c */
extern bool setting_parse_value(const Setting *setting, const char *text, GucSource source, int elevel,
								SettingValue *value);
extern bool setting_check_value(const Setting *setting, SettingValue *value, GucSource source, int elevel);
extern char *setting_show_value(const Setting *setting, const SettingValue *value, bool use_units); /* palloc'd */
extern char *setting_show(const Setting *setting, bool use_units); /* current value, show hook applied; palloc'd */
extern const char *setting_enum_label(const Setting *setting, int value);
extern const char *setting_unit_name(const Setting *setting); /* NULL: has none */

/* set.c */
extern void setting_initialize(Setting *setting);
extern void setting_assign(Setting *setting, const SettingState *state);
extern void setting_free_if_unused(Setting *setting, const SettingValue *value);
extern void setting_set_source_file(Setting *setting, const char *file, int line);
extern bool setting_is_visible(const Setting *setting);
/* Boot value becomes reset value and, where the source is a file, current value (it vanished from the file). */
extern void setting_back_to_boot(Setting *setting);

/* stack.c */
extern void setting_push(Setting *setting, GucAction action);
extern int guc_nest_level;

/* file.c: one "name = value" of a configuration file, in order of appearance. */
typedef struct ConfigVariable
{
	struct ConfigVariable *next;
	char *name;
	char *value;
	char *errmsg; /* why it could not be applied */
	char *filename;
	int sourceline;
	bool ignore;
	bool applied;
} ConfigVariable;
extern bool ParseConfigFp(const char *text, const char *config_file, int depth, int elevel, ConfigVariable **head,
						  ConfigVariable **tail);
extern bool ParseConfigFile(const char *config_file, bool strict, const char *calling_file, int calling_lineno,
							int depth, int elevel, ConfigVariable **head, ConfigVariable **tail);
extern ConfigVariable *ProcessConfigFileInternal(GucContext context, bool applySettings, int elevel);
extern void FreeConfigVariables(ConfigVariable *list);

#endif /* CONFIG_SETTINGS_H */
