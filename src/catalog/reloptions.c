/*
 * reloptions.c
 *    Storage parameters: one table of what exists, with kind of relation, type, range and place in the parsed struct.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/reloptions.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"

typedef enum RelOptKind
{
	KIND_HEAP = 1,
	KIND_TOAST = 2,
	KIND_BTREE = 4,
	KIND_VIEW = 8,
	KIND_ATTRIBUTE = 16,
	KIND_TABLESPACE = 32
} RelOptKind;

typedef enum RelOptType
{
	OPT_BOOL,
	OPT_INT,
	OPT_REAL,
	OPT_INDEX_CLEANUP,
	OPT_CHECK_OPTION
} RelOptType;

typedef struct RelOpt
{
	const char *name;
	int kinds;
	RelOptType type;
	int offset; /* -1: accepted, validated, not kept */
	double def;
	double min;
	double max;
	LOCKMODE lock;
} RelOpt;

#define STD(field) offsetof(StdRdOptions, field)
#define VAC(field) offsetof(StdRdOptions, autovacuum.field)
#define TABLES (KIND_HEAP | KIND_TOAST)

static const RelOpt options[] = {
	{"fillfactor", KIND_HEAP, OPT_INT, STD(fillfactor), HEAP_DEFAULT_FILLFACTOR, HEAP_MIN_FILLFACTOR, 100, ShareUpdateExclusiveLock},
	{"toast_tuple_target", KIND_HEAP, OPT_INT, STD(toast_tuple_target), 2032, 128, 8160, ShareUpdateExclusiveLock},
	{"parallel_workers", KIND_HEAP, OPT_INT, STD(parallel_workers), -1, 0, 1024, ShareUpdateExclusiveLock},
	{"user_catalog_table", KIND_HEAP, OPT_BOOL, STD(user_catalog_table), 0, 0, 0, AccessExclusiveLock},
	{"vacuum_truncate", TABLES, OPT_BOOL, STD(vacuum_truncate), 1, 0, 0, ShareUpdateExclusiveLock},
	{"vacuum_index_cleanup", TABLES, OPT_INDEX_CLEANUP, STD(vacuum_index_cleanup), 0, 0, 0, ShareUpdateExclusiveLock},
	{"autovacuum_enabled", TABLES, OPT_BOOL, VAC(enabled), 1, 0, 0, ShareUpdateExclusiveLock},
	{"autovacuum_vacuum_threshold", TABLES, OPT_INT, VAC(vacuum_threshold), -1, 0, INT32_MAX, ShareUpdateExclusiveLock},
	{"autovacuum_vacuum_insert_threshold", TABLES, OPT_INT, VAC(vacuum_ins_threshold), -2, -1, INT32_MAX, ShareUpdateExclusiveLock},
	{"autovacuum_analyze_threshold", KIND_HEAP, OPT_INT, VAC(analyze_threshold), -1, 0, INT32_MAX, ShareUpdateExclusiveLock},
	{"autovacuum_vacuum_cost_limit", TABLES, OPT_INT, VAC(vacuum_cost_limit), -1, 1, 10000, ShareUpdateExclusiveLock},
	{"autovacuum_freeze_min_age", TABLES, OPT_INT, VAC(freeze_min_age), -1, 0, 1000000000, ShareUpdateExclusiveLock},
	{"autovacuum_freeze_max_age", TABLES, OPT_INT, VAC(freeze_max_age), -1, 100000, 2000000000, ShareUpdateExclusiveLock},
	{"autovacuum_freeze_table_age", TABLES, OPT_INT, VAC(freeze_table_age), -1, 0, 2000000000, ShareUpdateExclusiveLock},
	{"autovacuum_multixact_freeze_min_age", TABLES, OPT_INT, VAC(multixact_freeze_min_age), -1, 0, 1000000000, ShareUpdateExclusiveLock},
	{"autovacuum_multixact_freeze_max_age", TABLES, OPT_INT, VAC(multixact_freeze_max_age), -1, 10000, 2000000000, ShareUpdateExclusiveLock},
	{"autovacuum_multixact_freeze_table_age", TABLES, OPT_INT, VAC(multixact_freeze_table_age), -1, 0, 2000000000, ShareUpdateExclusiveLock},
	{"log_autovacuum_min_duration", TABLES, OPT_INT, VAC(log_min_duration), -1, -1, INT32_MAX, ShareUpdateExclusiveLock},
	{"autovacuum_vacuum_cost_delay", TABLES, OPT_REAL, VAC(vacuum_cost_delay), -1, 0, 100, ShareUpdateExclusiveLock},
	{"autovacuum_vacuum_scale_factor", TABLES, OPT_REAL, VAC(vacuum_scale_factor), -1, 0, 100, ShareUpdateExclusiveLock},
	{"autovacuum_vacuum_insert_scale_factor", TABLES, OPT_REAL, VAC(vacuum_ins_scale_factor), -1, 0, 100, ShareUpdateExclusiveLock},
	{"autovacuum_analyze_scale_factor", KIND_HEAP, OPT_REAL, VAC(analyze_scale_factor), -1, 0, 100, ShareUpdateExclusiveLock},
	{"fillfactor", KIND_BTREE, OPT_INT, offsetof(BTOptions, fillfactor), 90, 10, 100, ShareUpdateExclusiveLock},
	{"vacuum_cleanup_index_scale_factor", KIND_BTREE, OPT_REAL, offsetof(BTOptions, vacuum_cleanup_index_scale_factor), -1, 0, 1e10, ShareUpdateExclusiveLock},
	{"deduplicate_items", KIND_BTREE, OPT_BOOL, offsetof(BTOptions, deduplicate_items), 1, 0, 0, ShareUpdateExclusiveLock},
	{"security_barrier", KIND_VIEW, OPT_BOOL, offsetof(ViewOptions, security_barrier), 0, 0, 0, AccessExclusiveLock},
	{"security_invoker", KIND_VIEW, OPT_BOOL, offsetof(ViewOptions, security_invoker), 0, 0, 0, AccessExclusiveLock},
	{"check_option", KIND_VIEW, OPT_CHECK_OPTION, offsetof(ViewOptions, check_option), 0, 0, 0, AccessExclusiveLock},
	{"n_distinct", KIND_ATTRIBUTE, OPT_REAL, -1, 0, -1, DBL_MAX, ShareUpdateExclusiveLock},
	{"n_distinct_inherited", KIND_ATTRIBUTE, OPT_REAL, -1, 0, -1, DBL_MAX, ShareUpdateExclusiveLock},
	{"random_page_cost", KIND_TABLESPACE, OPT_REAL, -1, -1, 0, DBL_MAX, ShareUpdateExclusiveLock},
	{"seq_page_cost", KIND_TABLESPACE, OPT_REAL, -1, -1, 0, DBL_MAX, ShareUpdateExclusiveLock},
	{"effective_io_concurrency", KIND_TABLESPACE, OPT_INT, -1, -1, 0, 1000, ShareUpdateExclusiveLock},
	{"maintenance_io_concurrency", KIND_TABLESPACE, OPT_INT, -1, -1, 0, 1000, ShareUpdateExclusiveLock},
};

/* ---- the text[] form ------------------------------------------------------------------------------------------------------ */
static char *
def_value_text(DefElem *def)
{
	return def->arg != NULL ? defGetString(def) : pstrdup("true");
}

static bool
same_namespace(DefElem *def, const char *namspace)
{
	if (namspace == NULL)
		return def->defnamespace == NULL;
	return def->defnamespace != NULL && strcmp(def->defnamespace, namspace) == 0;
}

static bool
names_option(const char *item, const char *name)
{
	size_t len = strlen(name);

	return strncmp(item, name, len) == 0 && item[len] == '=';
}

static void
check_namespace(DefElem *def, const char *const validnsps[])
{
	if (def->defnamespace == NULL)
		return;
	for (int i = 0; validnsps && validnsps[i]; i++)
	{
		if (strcmp(def->defnamespace, validnsps[i]) == 0)
			return;
	}
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("unrecognized parameter namespace \"%s\"", def->defnamespace));
}

static List *
options_to_strings(Datum options)
{
	List *items = NIL;
	Datum *elems;
	int n;

	if (DatumGetPointer(options) == NULL)
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(options), TEXTOID, -1, false, TYPALIGN_INT, &elems, NULL, &n);
	for (int i = 0; i < n; i++)
		items = lappend(items, TextDatumGetCString(elems[i]));
	return items;
}

static bool
replaced_by(List *defList, const char *namspace, const char *item)
{
	ListCell *lc;

	foreach(lc, defList)
	{
		DefElem *def = lfirst(lc);

		if (same_namespace(def, namspace) && names_option(item, def->defname))
			return true;
	}
	return false;
}

Datum
transformRelOptions(Datum oldOptions, List *defList, const char *namspace, const char *const validnsps[],
					bool acceptOidsOff, bool isReset)
{
	List *items = NIL;
	ListCell *lc;
	Datum *elems;
	int n = 0;

	if (defList == NIL)
		return oldOptions;
	foreach(lc, options_to_strings(oldOptions))
	{
		if (!replaced_by(defList, namspace, lfirst(lc)))
			items = lappend(items, lfirst(lc));
	}
	foreach(lc, defList)
	{
		DefElem *def = lfirst(lc);

		if (isReset)
		{
			if (def->arg != NULL)
				ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("RESET must not include values for parameters"));
			continue;
		}
		check_namespace(def, validnsps);
		if (!same_namespace(def, namspace))
			continue;
		if (acceptOidsOff && def->defnamespace == NULL && strcmp(def->defname, "oids") == 0)
		{
			if (defGetBoolean(def))
				ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("tables declared WITH OIDS are not supported"));
			continue;
		}
		items = lappend(items, psprintf("%s=%s", def->defname, def_value_text(def)));
	}
	if (items == NIL)
		return (Datum) 0;
	elems = palloc(list_length(items) * sizeof(Datum));
	foreach(lc, items)
		elems[n++] = CStringGetTextDatum(lfirst(lc));
	return PointerGetDatum(construct_array(elems, n, TEXTOID, -1, false, TYPALIGN_INT));
}

List *
untransformRelOptions(Datum opts)
{
	List *result = NIL;
	ListCell *lc;

	foreach(lc, options_to_strings(opts))
	{
		char *item = lfirst(lc);
		char *eq = strchr(item, '=');
		Node *value = NULL;

		if (eq)
		{
			*eq = '\0';
			value = (Node *) makeString(pstrdup(eq + 1));
		}
		result = lappend(result, makeDefElem(item, value, -1));
	}
	return result;
}

/* ---- the parsed form ---------------------------------------------------------------------------------------------------------- */
static const RelOpt *
find_option(const char *name, int kind)
{
	for (int i = 0; i < (int) lengthof(options); i++)
	{
		if ((options[i].kinds & kind) && strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

static void
out_of_range(const RelOpt *opt, const char *value)
{
	if (opt->type == OPT_INT)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("value %s out of bounds for option \"%s\"", value, opt->name),
				errdetail("Valid values are between \"%d\" and \"%d\".", (int) opt->min, (int) opt->max));
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("value %s out of bounds for option \"%s\"", value, opt->name),
			errdetail("Valid values are between \"%f\" and \"%f\".", opt->min, opt->max));
}

static double
parse_number(const RelOpt *opt, const char *value, bool validate)
{
	double number = opt->def;
	int integer;
	bool ok;

	if (opt->type == OPT_INT)
	{
		ok = parse_int(value, &integer, 0, NULL);
		if (ok)
			number = integer;
	}
	else
		ok = parse_real(value, &number, 0, NULL);
	if (!ok)
	{
		if (validate)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg(opt->type == OPT_INT ? "invalid value for integer option \"%s\": %s"
												: "invalid value for floating point option \"%s\": %s",
						   opt->name, value));
		return opt->def;
	}
	if (validate && (number < opt->min || number > opt->max))
		out_of_range(opt, value);
	return number;
}

static int
parse_enum(const RelOpt *opt, const char *value, bool validate)
{
	bool flag;

	if (opt->type == OPT_INDEX_CLEANUP)
	{
		if (strcasecmp(value, "auto") == 0)
			return STDRD_OPTION_VACUUM_INDEX_CLEANUP_AUTO;
		if (parse_bool(value, &flag))
			return flag ? STDRD_OPTION_VACUUM_INDEX_CLEANUP_ON : STDRD_OPTION_VACUUM_INDEX_CLEANUP_OFF;
		if (validate)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid value for enum option \"%s\": %s", opt->name, value),
					errdetail("Valid values are \"on\", \"off\", and \"auto\"."));
		return 0;
	}
	if (strcasecmp(value, "local") == 0)
		return VIEW_OPTION_CHECK_OPTION_LOCAL;
	if (strcasecmp(value, "cascaded") == 0)
		return VIEW_OPTION_CHECK_OPTION_CASCADED;
	if (validate)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid value for enum option \"%s\": %s", opt->name, value),
				errdetail("Valid values are \"local\" and \"cascaded\"."));
	return 0;
}

static void
store(const RelOpt *opt, char *base, const char *value, bool validate)
{
	double number = opt->def;
	bool flag = opt->def != 0;
	int choice = (int) opt->def;

	if (value != NULL)
	{
		if (opt->type == OPT_INT || opt->type == OPT_REAL)
			number = parse_number(opt, value, validate);
		else if (opt->type == OPT_BOOL)
		{
			if (!parse_bool(value, &flag) && validate)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for boolean option \"%s\": %s", opt->name, value));
		}
		else
			choice = parse_enum(opt, value, validate);
	}
	if (opt->offset < 0)
		return;
	switch (opt->type)
	{
		case OPT_BOOL:
			*(bool *) (base + opt->offset) = flag;
			break;
		case OPT_INT:
			*(int *) (base + opt->offset) = (int) number;
			break;
		case OPT_REAL:
			*(float8 *) (base + opt->offset) = number;
			break;
		default:
			*(int *) (base + opt->offset) = choice;
	}
}

static bytea *
parse_options(Datum reloptions, bool validate, int kind, Size size)
{
	List *items = options_to_strings(reloptions);
	bytea *result;
	ListCell *lc;

	if (items == NIL)
		return NULL;
	result = palloc0(size);
	SET_VARSIZE(result, size);
	for (int i = 0; i < (int) lengthof(options); i++)
	{
		if (options[i].kinds & (kind == KIND_TOAST ? TABLES : kind))
			store(&options[i], (char *) result, NULL, false);
	}
	foreach(lc, items)
	{
		char *item = lfirst(lc);
		char *eq = strchr(item, '=');
		const RelOpt *opt;

		if (eq)
			*eq = '\0';
		opt = find_option(item, kind);
		if (opt != NULL)
			store(opt, (char *) result, eq ? eq + 1 : "true", validate);
		else if (validate)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unrecognized parameter \"%s\"", item));
	}
	list_free_deep(items);
	return result;
}

bytea *
heap_reloptions(char relkind, Datum reloptions, bool validate)
{
	bytea *result;

	switch (relkind)
	{
		case RELKIND_TOASTVALUE:
			result = parse_options(reloptions, validate, KIND_TOAST, sizeof(StdRdOptions));
			if (result)
			{
				/* chunks fill their pages */
				((StdRdOptions *) result)->fillfactor = 100;
				((StdRdOptions *) result)->autovacuum.analyze_threshold = -1;
				((StdRdOptions *) result)->autovacuum.analyze_scale_factor = -1;
			}
			return result;
		case RELKIND_RELATION:
		case RELKIND_MATVIEW:
			return parse_options(reloptions, validate, KIND_HEAP, sizeof(StdRdOptions));
		default:
			return NULL;
	}
}

bytea *
default_reloptions(Datum reloptions, bool validate, int kind)
{
	return parse_options(reloptions, validate, kind, sizeof(StdRdOptions));
}

bytea *
view_reloptions(Datum reloptions, bool validate)
{
	return parse_options(reloptions, validate, KIND_VIEW, sizeof(ViewOptions));
}

bytea *
btree_reloptions(Datum reloptions, bool validate)
{
	return parse_options(reloptions, validate, KIND_BTREE, sizeof(BTOptions));
}

bytea *
index_reloptions(amoptions_function amoptions, Datum reloptions, bool validate)
{
	if (DatumGetPointer(reloptions) == NULL)
		return NULL;
	return amoptions ? amoptions(reloptions, validate) : btree_reloptions(reloptions, validate);
}

bytea *
attribute_reloptions(Datum reloptions, bool validate)
{
	return parse_options(reloptions, validate, KIND_ATTRIBUTE, sizeof(StdRdOptions));
}

bytea *
tablespace_reloptions(Datum reloptions, bool validate)
{
	return parse_options(reloptions, validate, KIND_TABLESPACE, sizeof(StdRdOptions));
}

bytea *
extractRelOptions(HeapTuple tuple, TupleDesc tupdesc, amoptions_function amoptions)
{
	bool isnull;
	Datum datum = heap_getattr(tuple, Anum_pg_class_reloptions, tupdesc, &isnull);
	char relkind = ((Form_pg_class) GETSTRUCT(tuple))->relkind;

	if (isnull)
		return NULL;
	switch (relkind)
	{
		case RELKIND_VIEW:
			return view_reloptions(datum, false);
		case RELKIND_INDEX:
		case RELKIND_PARTITIONED_INDEX:
			return index_reloptions(amoptions, datum, false);
		default:
			return heap_reloptions(relkind, datum, false);
	}
}

LOCKMODE
AlterTableGetRelOptionsLockLevel(List *defList)
{
	LOCKMODE lock = defList == NIL ? AccessExclusiveLock : NoLock;
	ListCell *lc;

	foreach(lc, defList)
	{
		DefElem *def = lfirst(lc);
		LOCKMODE needed = AccessExclusiveLock;

		for (int i = 0; i < (int) lengthof(options); i++)
		{
			if (strcmp(options[i].name, def->defname) == 0)
				needed = options[i].lock;
		}
		lock = Max(lock, needed);
	}
	return lock;
}
