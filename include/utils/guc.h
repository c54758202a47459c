/*
 * utils/guc.h
 *    Settings ("grand unified configuration"): reading, changing, defining.
 *
 * Every setting is a C variable with a row in config/settings.tsv; modules add theirs with DefineCustomXxxVariable. A value
 * has a source; a weaker source never overrides a stronger one. Changes made in a transaction are undone when it aborts,
 * SET LOCAL ones when it ends.
 */
#ifndef GUC_H
#define GUC_H

#include "postgres.h"

struct List;
struct ArrayType;
struct Node;
struct StringInfoData;

#define PG_AUTOCONF_FILENAME "postgresql.auto.conf"

/* Who may change a setting, and when. */
typedef enum
{
	PGC_INTERNAL,
	PGC_POSTMASTER,
	PGC_SIGHUP,
	PGC_SU_BACKEND,
	PGC_BACKEND,
	PGC_SUSET,
	PGC_USERSET
} GucContext;

/* Where a value came from, weakest first. */
typedef enum
{
	PGC_S_DEFAULT,
	PGC_S_DYNAMIC_DEFAULT,
	PGC_S_ENV_VAR,
	PGC_S_FILE,
	PGC_S_ARGV,
	PGC_S_GLOBAL,
	PGC_S_DATABASE,
	PGC_S_USER,
	PGC_S_DATABASE_USER,
	PGC_S_CLIENT,
	PGC_S_OVERRIDE,
	PGC_S_INTERACTIVE, /* not a real source: checks from here on are made in a session */
	PGC_S_TEST,		   /* only checked, for later use (ALTER ROLE SET) */
	PGC_S_SESSION
} GucSource;

typedef enum
{
	GUC_ACTION_SET,	 /* till the session ends, or undone by abort */
	GUC_ACTION_LOCAL, /* till the transaction ends */
	GUC_ACTION_SAVE	 /* till AtEOXact_GUC of this nesting level: function SET options */
} GucAction;

#define GUC_QUALIFIER_SEPARATOR '.'

/* Flags. Units are part of them. */
#define GUC_LIST_INPUT 0x0001
#define GUC_LIST_QUOTE 0x0002
#define GUC_NO_SHOW_ALL 0x0004
#define GUC_NO_RESET_ALL 0x0008
#define GUC_REPORT 0x0010
#define GUC_NOT_IN_SAMPLE 0x0020
#define GUC_DISALLOW_IN_FILE 0x0040
#define GUC_CUSTOM_PLACEHOLDER 0x0080
#define GUC_SUPERUSER_ONLY 0x0100
#define GUC_IS_NAME 0x0200
#define GUC_NOT_WHILE_SEC_REST 0x0400
#define GUC_DISALLOW_IN_AUTO_FILE 0x0800
#define GUC_UNIT_KB 0x1000
#define GUC_UNIT_BLOCKS 0x2000
#define GUC_UNIT_XBLOCKS 0x3000
#define GUC_UNIT_MB 0x4000
#define GUC_UNIT_BYTE 0x8000
#define GUC_UNIT_MEMORY 0xF000
#define GUC_UNIT_MS 0x10000
#define GUC_UNIT_S 0x20000
#define GUC_UNIT_MIN 0x30000
#define GUC_UNIT_TIME 0xF0000
#define GUC_EXPLAIN 0x100000
#define GUC_RUNTIME_COMPUTED 0x200000
#define GUC_NO_RESET 0x400000
#define GUC_UNIT (GUC_UNIT_MEMORY | GUC_UNIT_TIME)

struct config_enum_entry
{
	const char *name;
	int val;
	bool hidden;
};

/*
 * A check hook may replace *newval (strings: malloc/guc_malloc'd) and pass data to the assign hook in *extra (guc_malloc'd); it
 * returns false, with GUC_check_errmsg() and friends filled, to refuse. An assign hook cannot fail.
 */
typedef bool (*GucBoolCheckHook)(bool *newval, void **extra, GucSource source);
typedef bool (*GucIntCheckHook)(int *newval, void **extra, GucSource source);
typedef bool (*GucRealCheckHook)(double *newval, void **extra, GucSource source);
typedef bool (*GucStringCheckHook)(char **newval, void **extra, GucSource source);
typedef bool (*GucEnumCheckHook)(int *newval, void **extra, GucSource source);
typedef void (*GucBoolAssignHook)(bool newval, void *extra);
typedef void (*GucIntAssignHook)(int newval, void *extra);
typedef void (*GucRealAssignHook)(double newval, void *extra);
typedef void (*GucStringAssignHook)(const char *newval, void *extra);
typedef void (*GucEnumAssignHook)(int newval, void *extra);
typedef const char *(*GucShowHook)(void);

extern void *guc_malloc(int elevel, size_t size);
extern void *guc_realloc(int elevel, void *old, size_t size);
extern char *guc_strdup(int elevel, const char *src);
extern void guc_free(void *ptr);

/* For check hooks: what to say when refusing. */
extern char *GUC_check_errmsg_string;
extern char *GUC_check_errdetail_string;
extern char *GUC_check_errhint_string;
extern void GUC_check_errcode(int sqlerrcode);
extern const char *guc_check_format(const char *fmt, ...) pg_attribute_printf(1, 2);
#define GUC_check_errmsg(...) (GUC_check_errmsg_string = (char *) guc_check_format(__VA_ARGS__))
#define GUC_check_errdetail(...) (GUC_check_errdetail_string = (char *) guc_check_format(__VA_ARGS__))
#define GUC_check_errhint(...) (GUC_check_errhint_string = (char *) guc_check_format(__VA_ARGS__))

/* ---- life ------------------------------------------------------------------------------------------------------- */
extern void InitializeGUCOptions(void);
/* Finds the configuration file (-D or config_file) and reads it; false after telling stderr why not. */
extern bool SelectConfigFiles(const char *userDoption, const char *progname);
extern void ProcessConfigFile(GucContext context);
extern void ResetAllOptions(void);
extern void AtStart_GUC(void);
extern int NewGUCNestLevel(void);
extern void AtEOXact_GUC(bool isCommit, int nestLevel);
/* Tells the client of a GUC_REPORT setting's value; set by protocol/, NULL without a client. */
extern void (*guc_report_hook)(const char *name, const char *value);
extern void BeginReportingGUCOptions(void);
extern void ReportChangedGUCOptions(void);
extern void ParseLongOption(const char *string, char **name, char **value);

/* ---- changing ------------------------------------------------------------------------------------------------------ */
extern void SetConfigOption(const char *name, const char *value, GucContext context, GucSource source);
/* 1 done, 0 refused (only below ERROR), -1 ignored because a stronger source holds. value NULL: back to the default. */
extern int set_config_option(const char *name, const char *value, GucContext context, GucSource source,
							 GucAction action, bool changeVal, int elevel, bool is_reload);
extern bool parse_int(const char *value, int *result, int flags, const char **hintmsg);
extern bool parse_real(const char *value, double *result, int flags, const char **hintmsg);
struct VariableSetStmt;
extern char *ExtractSetVariableArgs(struct VariableSetStmt *stmt); /* SET's arguments as one string; NULL: DEFAULT */
extern void ExecSetVariableStmt(struct VariableSetStmt *stmt, bool isTopLevel);
struct AlterSystemStmt;
extern void AlterSystemSetConfigFile(struct AlterSystemStmt *altersysstmt);

/* Settings stored as arrays of "name=value" (pg_db_role_setting, proconfig). */
extern void ProcessGUCArray(struct ArrayType *array, GucContext context, GucSource source, GucAction action);
extern struct ArrayType *GUCArrayAdd(struct ArrayType *array, const char *name, const char *value);
extern struct ArrayType *GUCArrayDelete(struct ArrayType *array, const char *name);
extern struct ArrayType *GUCArrayReset(struct ArrayType *array);

/* ---- reading -------------------------------------------------------------------------------------------------------- */
/* In a static buffer or the variable itself: valid till the next call. */
extern const char *GetConfigOption(const char *name, bool missing_ok, bool restrict_privileged);
extern const char *GetConfigOptionResetString(const char *name);
extern int GetConfigOptionFlags(const char *name, bool missing_ok);
extern char *GetConfigOptionByName(const char *name, const char **varname, bool missing_ok); /* palloc'd, as SHOW */
extern int GetNumConfigOptions(void);

/* One row of pg_settings; all strings palloc'd or constant, NULL for NULL. */
typedef struct GucSettingRow
{
	const char *name;
	const char *setting;
	const char *unit;
	const char *category;
	const char *short_desc;
	const char *extra_desc;
	const char *context;
	const char *vartype;
	const char *source;
	const char *min_val;
	const char *max_val;
	struct List *enumvals; /* of C strings, or NIL */
	const char *boot_val;
	const char *reset_val;
	const char *sourcefile;
	int sourceline; /* 0: none */
	bool pending_restart;
	int flags;
} GucSettingRow;
/* Row number i of GetNumConfigOptions(), in name order; false when the current user may not see it. */
extern bool GetConfigOptionRow(int i, GucSettingRow *row);

/* ---- settings of modules ------------------------------------------------------------------------------------------------ */
extern void DefineCustomBoolVariable(const char *name, const char *short_desc, const char *long_desc, bool *valueAddr,
									 bool bootValue, GucContext context, int flags, GucBoolCheckHook check_hook,
									 GucBoolAssignHook assign_hook, GucShowHook show_hook);
extern void DefineCustomIntVariable(const char *name, const char *short_desc, const char *long_desc, int *valueAddr,
									int bootValue, int minValue, int maxValue, GucContext context, int flags,
									GucIntCheckHook check_hook, GucIntAssignHook assign_hook, GucShowHook show_hook);
extern void DefineCustomRealVariable(const char *name, const char *short_desc, const char *long_desc,
									 double *valueAddr, double bootValue, double minValue, double maxValue,
									 GucContext context, int flags, GucRealCheckHook check_hook,
									 GucRealAssignHook assign_hook, GucShowHook show_hook);
extern void DefineCustomStringVariable(const char *name, const char *short_desc, const char *long_desc,
									   char **valueAddr, const char *bootValue, GucContext context, int flags,
									   GucStringCheckHook check_hook, GucStringAssignHook assign_hook,
									   GucShowHook show_hook);
extern void DefineCustomEnumVariable(const char *name, const char *short_desc, const char *long_desc, int *valueAddr,
									 int bootValue, const struct config_enum_entry *options, GucContext context,
									 int flags, GucEnumCheckHook check_hook, GucEnumAssignHook assign_hook,
									 GucShowHook show_hook);
extern void MarkGUCPrefixReserved(const char *className);
#define EmitWarningsOnPlaceholders(className) MarkGUCPrefixReserved(className)

/* ---- variables that many look at -------------------------------------------------------------------------------------------- */
extern char *application_name;
extern char *cluster_name;
extern char *ConfigFileName;
extern char *HbaFileName;
extern char *IdentFileName;
extern char *external_pid_file;
extern bool Debug_print_plan;
extern bool Debug_print_parse;
extern bool Debug_print_rewritten;
extern bool Debug_pretty_print;
extern bool log_duration;
extern int log_statement;
extern int log_min_duration_statement;
extern int log_temp_files;
extern bool check_function_bodies;
extern bool row_security;
extern bool log_lock_waits;
extern bool default_with_oids;
extern bool current_role_is_superuser;
extern int trace_recovery_messages;
extern bool session_auth_is_superuser;

#endif /* GUC_H */
