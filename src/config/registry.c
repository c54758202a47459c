/*
 * registry.c
 *    All settings by name: the built-in ones, those of modules, and placeholders for modules that are not loaded yet.
 */
#include "postgres.h"

#include <ctype.h>

#include "config/settings.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct NameEntry
{
	char key[128]; /* lower case; longer names are compared in full through the setting */
	Setting *setting;
} NameEntry;

typedef struct Registry
{
	HTAB *by_name;
	Setting **sorted; /* by name, made when asked for */
	int sorted_count;
	char **reserved_prefixes;
	int reserved_count;
} Registry;

static Registry registry;

/* Names that were in use once. */
static const char *const old_names[][2] = {
	{"sort_mem", "work_mem"},
	{"vacuum_mem", "maintenance_work_mem"},
};

static void
fold_name(char *key, size_t size, const char *name)
{
	size_t i;

	for (i = 0; name[i] && i < size - 1; i++)
		key[i] = (char) tolower((unsigned char) name[i]);
	key[i] = '\0';
}

static void
make_registry(void)
{
	HASHCTL info = {.keysize = sizeof(((NameEntry *) 0)->key), .entrysize = sizeof(NameEntry)};

	registry.by_name = hash_create("settings", 512, &info, HASH_ELEM | HASH_STRINGS);
	for (int i = 0; i < builtin_settings_count; i++)
		setting_add(&builtin_settings[i]);
}

void
setting_add(Setting *setting)
{
	char key[sizeof(((NameEntry *) 0)->key)];
	NameEntry *entry;
	bool found;

	if (registry.by_name == NULL)
		make_registry();
	fold_name(key, sizeof(key), setting->name);
	entry = hash_search(registry.by_name, key, HASH_ENTER, &found);
	entry->setting = setting;
	registry.sorted_count = 0;
}

void
setting_remove(Setting *setting)
{
	char key[sizeof(((NameEntry *) 0)->key)];

	fold_name(key, sizeof(key), setting->name);
	hash_search(registry.by_name, key, HASH_REMOVE, NULL);
	registry.sorted_count = 0;
}

static Setting *
look_up(const char *name)
{
	char key[sizeof(((NameEntry *) 0)->key)];
	NameEntry *entry;

	if (registry.by_name == NULL)
		make_registry();
	fold_name(key, sizeof(key), name);
	entry = hash_search(registry.by_name, key, HASH_FIND, NULL);
	return entry && strcasecmp(entry->setting->name, name) == 0 ? entry->setting : NULL;
}

Setting *
setting_find(const char *name)
{
	Setting *setting = look_up(name);

	for (int i = 0; setting == NULL && i < lengthof(old_names); i++)
		if (strcasecmp(name, old_names[i][0]) == 0)
			setting = look_up(old_names[i][1]);
	return setting;
}

static int
compare_names(const void *a, const void *b)
{
	return strcasecmp((*(Setting *const *) a)->name, (*(Setting *const *) b)->name);
}

Setting **
settings_sorted(int *count)
{
	HASH_SEQ_STATUS scan;
	NameEntry *entry;

	if (registry.by_name == NULL)
		make_registry();
	if (registry.sorted_count == 0)
	{
		if (registry.sorted)
			pfree(registry.sorted);
		registry.sorted = MemoryContextAlloc(TopMemoryContext, hash_get_num_entries(registry.by_name) * sizeof(Setting *));
		hash_seq_init(&scan, registry.by_name);
		while ((entry = hash_seq_search(&scan)) != NULL)
			registry.sorted[registry.sorted_count++] = entry->setting;
		qsort(registry.sorted, registry.sorted_count, sizeof(Setting *), compare_names);
	}
	*count = registry.sorted_count;
	return registry.sorted;
}

/* ---- names with a prefix ---------------------------------------------------------------------------------------- */
static bool
is_identifier_start(char c)
{
	return isalpha((unsigned char) c) || c == '_' || IS_HIGHBIT_SET(c);
}

static bool
is_identifier_char(char c)
{
	return is_identifier_start(c) || isdigit((unsigned char) c) || c == '$';
}

/* Two or more identifiers joined by dots. */
static bool
is_qualified_name(const char *name)
{
	bool saw_dot = false;
	bool at_start = true;

	for (const char *p = name; *p; p++)
	{
		if (*p == GUC_QUALIFIER_SEPARATOR)
		{
			if (at_start)
				return false;
			saw_dot = at_start = true;
		}
		else if (at_start ? !is_identifier_start(*p) : !is_identifier_char(*p))
			return false;
		else
			at_start = false;
	}
	return saw_dot && !at_start;
}

static const char *
reserved_prefix_of(const char *name)
{
	for (int i = 0; i < registry.reserved_count; i++)
	{
		size_t length = strlen(registry.reserved_prefixes[i]);

		if (strncmp(name, registry.reserved_prefixes[i], length) == 0 && name[length] == GUC_QUALIFIER_SEPARATOR)
			return registry.reserved_prefixes[i];
	}
	return NULL;
}

bool
setting_name_is_custom(const char *name, int elevel)
{
	const char *prefix;

	if (strchr(name, GUC_QUALIFIER_SEPARATOR) == NULL)
	{
		ereport(elevel,
				errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("unrecognized configuration parameter \"%s\"", name));
		return false;
	}
	if (!is_qualified_name(name))
	{
		ereport(elevel,
				errcode(ERRCODE_INVALID_NAME),
				errmsg("invalid configuration parameter name \"%s\"", name),
				errdetail("Custom parameter names must be two or more simple identifiers separated by dots."));
		return false;
	}
	prefix = reserved_prefix_of(name);
	if (prefix)
	{
		ereport(elevel,
				errcode(ERRCODE_INVALID_NAME),
				errmsg("invalid configuration parameter name \"%s\"", name),
				errdetail("\"%s\" is a reserved prefix.", prefix));
		return false;
	}
	return true;
}

Setting *
setting_find_or_placeholder(const char *name, int elevel)
{
	Setting *setting = setting_find(name);

	if (setting || !setting_name_is_custom(name, elevel))
		return setting;
	setting = calloc(1, sizeof(Setting) + sizeof(char *));
	if (setting == NULL || (setting->name = strdup(name)) == NULL)
	{
		free(setting);
		ereport(elevel, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
		return NULL;
	}
	setting->type = SETTING_STRING;
	setting->context = PGC_USERSET;
	setting->flags = GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_CUSTOM_PLACEHOLDER;
	setting->variable = setting + 1;
	setting->category = "Customized Options";
	setting->short_desc = "GUC placeholder variable";
	setting_add(setting);
	setting_initialize(setting);
	return setting;
}

/* The module of that prefix is loaded: what is still a placeholder is a misspelling. */
void
MarkGUCPrefixReserved(const char *className)
{
	size_t length = strlen(className);
	int count;
	Setting **all = settings_sorted(&count);
	char **prefixes;

	for (int i = count - 1; i >= 0; i--)
		if ((all[i]->flags & GUC_CUSTOM_PLACEHOLDER) && strncmp(all[i]->name, className, length) == 0 &&
			all[i]->name[length] == GUC_QUALIFIER_SEPARATOR)
		{
			ereport(WARNING,
					errcode(ERRCODE_INVALID_NAME),
					errmsg("invalid configuration parameter name \"%s\", removing it", all[i]->name),
					errdetail("\"%s\" is now a reserved prefix.", className));
			setting_remove(all[i]);
			all = settings_sorted(&count);
			i = Min(i, count);
		}
	prefixes = guc_realloc(ERROR, registry.reserved_prefixes, (registry.reserved_count + 1) * sizeof(char *));
	registry.reserved_prefixes = prefixes;
	prefixes[registry.reserved_count++] = guc_strdup(ERROR, className);
}
