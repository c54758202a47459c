/*
 * array.c
 *    Settings kept in catalogs as text arrays of "name=value": pg_db_role_setting.setconfig, pg_proc.proconfig.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config/settings.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

typedef struct Assignment
{
	char *name;
	char *value;
} Assignment;

/* The elements; NULL elements and such without "=" are left out. */
static Assignment *
take_apart(ArrayType *array, int *count)
{
	Datum *elements;
	bool *nulls;
	int number;
	Assignment *result;

	*count = 0;
	if (array == NULL)
		return NULL;
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &number);
	result = palloc_array(Assignment, Max(number, 1));
	for (int i = 0; i < number; i++)
	{
		char *item;
		char *equals;

		if (nulls[i])
			continue;
		item = TextDatumGetCString(elements[i]);
		equals = strchr(item, '=');
		if (equals == NULL)
		{
			ereport(WARNING,
					errcode(ERRCODE_SYNTAX_ERROR),
					errmsg("could not parse setting for parameter \"%s\"", item));
			continue;
		}
		*equals = '\0';
		result[(*count)++] = (Assignment){item, equals + 1};
	}
	return result;
}

static ArrayType *
put_together(const Assignment *assignments, int count)
{
	Datum *elements = palloc_array(Datum, Max(count, 1));

	if (count == 0)
		return NULL;
	for (int i = 0; i < count; i++)
		elements[i] = CStringGetTextDatum(psprintf("%s=%s", assignments[i].name, assignments[i].value));
	return construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT);
}

void
ProcessGUCArray(ArrayType *array, GucContext context, GucSource source, GucAction action)
{
	int count;
	Assignment *assignments = take_apart(array, &count);

	for (int i = 0; i < count; i++)
		(void) set_config_option(assignments[i].name, assignments[i].value, context, source, action, true, 0, false);
}

/* May the current user store (value given) or remove this setting? Raises if not; false: silently skip (RESET ALL). */
static bool
may_store(const char *name, const char *value, bool skip_if_not_permitted)
{
	const Setting *setting = setting_find(name);
	GucContext context = superuser() ? PGC_SUSET : PGC_USERSET;

	if (setting == NULL || (setting->flags & GUC_CUSTOM_PLACEHOLDER))
	{
		/* nobody can say what it means: a superuser may store it, and anybody may clear it away */
		if (skip_if_not_permitted && !superuser())
			return false;
		if (setting == NULL && !setting_name_is_custom(name, skip_if_not_permitted ? DEBUG5 : ERROR))
			return false;
		if (!superuser() && value)
			ereport(ERROR,
					errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					errmsg("permission denied to set parameter \"%s\"", name));
		return true;
	}
	if (skip_if_not_permitted)
		return setting->context == PGC_USERSET || (setting->context == PGC_SUSET && superuser());
	/* a test of the value, or of the right to change it, without changing anything */
	return set_config_option(name, value, context, PGC_S_TEST, GUC_ACTION_SET, false, 0, false) != 0;
}

static const char *
canonical_name(const char *name)
{
	const Setting *setting = setting_find(name);

	return setting ? setting->name : name;
}

ArrayType *
GUCArrayAdd(ArrayType *array, const char *name, const char *value)
{
	int count;
	Assignment *assignments = take_apart(array, &count);
	Assignment *grown = palloc_array(Assignment, count + 1);

	(void) may_store(name, value, false);
	name = canonical_name(name);
	if (count > 0)
		memcpy(grown, assignments, count * sizeof(Assignment));
	for (int i = 0; i < count; i++)
		if (strcmp(grown[i].name, name) == 0)
		{
			grown[i].value = pstrdup(value);
			return put_together(grown, count);
		}
	grown[count] = (Assignment){pstrdup(name), pstrdup(value)};
	return put_together(grown, count + 1);
}

ArrayType *
GUCArrayDelete(ArrayType *array, const char *name)
{
	int count;
	int kept = 0;
	Assignment *assignments = take_apart(array, &count);

	(void) may_store(name, NULL, false);
	name = canonical_name(name);
	for (int i = 0; i < count; i++)
		if (strcmp(assignments[i].name, name) != 0)
			assignments[kept++] = assignments[i];
	return put_together(assignments, kept);
}

/* RESET ALL: what the current user may not touch stays. */
ArrayType *
GUCArrayReset(ArrayType *array)
{
	int count;
	int kept = 0;
	Assignment *assignments = take_apart(array, &count);

	if (superuser())
		return NULL;
	for (int i = 0; i < count; i++)
		if (!may_store(assignments[i].name, NULL, true))
			assignments[kept++] = assignments[i];
	return put_together(assignments, kept);
}
