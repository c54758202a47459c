/*
 * variable.c
 *    SHOW, and setting variables from other statements (BEGIN ISOLATION LEVEL ...).
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "commands/variable.h"
#include "execute/batch.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/guc.h"

void
SetPGVariable(const char *name, List *args, bool is_local)
{
	VariableSetStmt *stmt = makeNode(VariableSetStmt);

	stmt->kind = VAR_SET_VALUE;
	stmt->name = pstrdup(name);
	stmt->args = args;
	stmt->is_local = is_local;
	ExecSetVariableStmt(stmt, true);
}

static TupleDesc
text_columns(int n, const char *const *names)
{
	TupleDesc desc = CreateTemplateTupleDesc(n);

	for (int i = 0; i < n; i++)
		TupleDescInitBuiltinEntry(desc, i + 1, names[i], TEXTOID, -1, 0);
	return desc;
}

static const char *const show_all_columns[] = {"name", "setting", "description"};

TupleDesc
GetPGVariableResultDesc(const char *name)
{
	const char *varname;

	if (strcasecmp(name, "all") == 0)
		return text_columns(3, show_all_columns);
	(void) GetConfigOptionByName(name, &varname, false);
	return text_columns(1, &varname);
}

static void
emit_row(DestReceiver *dest, TupleDesc desc, Datum *values, bool *nulls)
{
	Vector cols[3];
	Batch batch = {.sel = {.n = 1, .extent = 1}, .ncols = desc->natts, .cols = cols, .desc = desc};

	for (int i = 0; i < desc->natts; i++)
		cols[i] = (Vector){&values[i], &nulls[i], VECTOR_ALL};
	dest->receiveBatch(&batch, dest);
}

static Datum
text_or_null(const char *string, bool *isnull)
{
	*isnull = string == NULL;
	return string ? CStringGetTextDatum(string) : (Datum) 0;
}

static void
show_all(DestReceiver *dest, TupleDesc desc)
{
	int n = GetNumConfigOptions();

	for (int i = 0; i < n; i++)
	{
		GucSettingRow row;
		Datum values[3];
		bool nulls[3];
		const char *varname;

		if (!GetConfigOptionRow(i, &row) || (row.flags & GUC_NO_SHOW_ALL))
			continue;
		values[0] = text_or_null(row.name, &nulls[0]);
		values[1] = text_or_null(GetConfigOptionByName(row.name, &varname, false), &nulls[1]);
		values[2] = text_or_null(row.short_desc, &nulls[2]);
		emit_row(dest, desc, values, nulls);
	}
}

void
GetPGVariable(const char *name, DestReceiver *dest)
{
	TupleDesc desc = GetPGVariableResultDesc(name);

	dest->rStartup(dest, CMD_SELECT, desc);
	if (strcasecmp(name, "all") == 0)
		show_all(dest, desc);
	else
	{
		const char *varname;
		bool isnull;
		Datum value = text_or_null(GetConfigOptionByName(name, &varname, false), &isnull);

		emit_row(dest, desc, &value, &isnull);
	}
	dest->rShutdown(dest);
}
