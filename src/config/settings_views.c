/*
 * settings_views.c
 *    The functions behind pg_settings and pg_file_settings.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "config/settings.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/* ---- pg_settings ---------------------------------------------------------------------------------------------------------- */
static Datum
text_or_null(const char *string, bool *isnull)
{
	*isnull = string == NULL;
	return string ? CStringGetTextDatum(string) : (Datum) 0;
}

static Datum
text_array(List *strings)
{
	Datum *elements = palloc_array(Datum, Max(list_length(strings), 1));
	int count = 0;
	ListCell *lc;

	foreach (lc, strings)
		elements[count++] = CStringGetTextDatum(lfirst(lc));
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

Datum
show_all_settings(PG_FUNCTION_ARGS)
{
	enum { COLUMNS = 17 };
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int count = GetNumConfigOptions();

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < count; i++)
	{
		GucSettingRow row;
		Datum values[COLUMNS];
		bool nulls[COLUMNS] = {false};
		const char *columns[15];

		if (!GetConfigOptionRow(i, &row) || (row.flags & GUC_NO_SHOW_ALL))
			continue;
		columns[0] = row.name;
		columns[1] = row.setting;
		columns[2] = row.unit;
		columns[3] = row.category;
		columns[4] = row.short_desc;
		columns[5] = row.extra_desc;
		columns[6] = row.context;
		columns[7] = row.vartype;
		columns[8] = row.source;
		columns[9] = row.min_val;
		columns[10] = row.max_val;
		columns[11] = NULL;
		columns[12] = row.boot_val;
		columns[13] = row.reset_val;
		columns[14] = row.sourcefile;
		for (int c = 0; c < lengthof(columns); c++)
			values[c] = text_or_null(columns[c], &nulls[c]);
		nulls[11] = strcmp(row.vartype, "enum") != 0;
		if (!nulls[11])
			values[11] = text_array(row.enumvals);
		nulls[15] = row.sourceline == 0;
		values[15] = Int32GetDatum(row.sourceline);
		values[16] = BoolGetDatum(row.pending_restart);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
pg_settings_get_flags(PG_FUNCTION_ARGS)
{
	static const struct
	{
		int flag;
		const char *name;
	} known[] = {{GUC_EXPLAIN, "EXPLAIN"},
				 {GUC_NO_RESET, "NO_RESET"},
				 {GUC_NO_RESET_ALL, "NO_RESET_ALL"},
				 {GUC_NO_SHOW_ALL, "NO_SHOW_ALL"},
				 {GUC_NOT_IN_SAMPLE, "NOT_IN_SAMPLE"},
				 {GUC_RUNTIME_COMPUTED, "RUNTIME_COMPUTED"}};
	Setting *setting = setting_find(TextDatumGetCString(PG_GETARG_DATUM(0)));
	List *names = NIL;

	if (setting == NULL)
		PG_RETURN_NULL();
	for (int i = 0; i < lengthof(known); i++)
		if (setting->flags & known[i].flag)
			names = lappend(names, (void *) known[i].name);
	PG_RETURN_DATUM(text_array(names));
}

Datum
show_all_file_settings(PG_FUNCTION_ARGS)
{
	enum { COLUMNS = 7 };
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ConfigVariable *item = ProcessConfigFileInternal(PGC_SIGHUP, false, DEBUG3);

	InitMaterializedSRF(fcinfo, 0);
	for (int number = 1; item; item = item->next, number++)
	{
		Datum values[COLUMNS];
		bool nulls[COLUMNS] = {false};

		values[0] = text_or_null(item->filename, &nulls[0]);
		nulls[1] = item->filename == NULL;
		values[1] = Int32GetDatum(item->sourceline);
		values[2] = Int32GetDatum(number);
		values[3] = text_or_null(item->name, &nulls[3]);
		values[4] = text_or_null(item->value, &nulls[4]);
		values[5] = BoolGetDatum(item->applied || (item->errmsg == NULL && !item->ignore));
		values[6] = text_or_null(item->errmsg, &nulls[6]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
