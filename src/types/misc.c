/*
 * misc.c
 *    Functions about the session and about values: who, where, which type, how large.
 */
#include "postgres.h"

#include <ctype.h>

#include "access/detoast.h"
#include "access/toast_compression.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "parser/keywords.h"
#include "parser/scansup.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "types/array_internal.h"
#include "types/numeric.h"
#include "types/text.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

/* ---- server and session */
Datum
pgsql_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(PG_VERSION_STR));
}

static Name
make_name(const char *s)
{
	Name name = palloc(NAMEDATALEN);

	namestrcpy(name, s);
	return name;
}

Datum
current_database(PG_FUNCTION_ARGS)
{
	PG_RETURN_NAME(make_name(get_database_name(MyDatabaseId)));
}

Datum
current_user(PG_FUNCTION_ARGS)
{
	PG_RETURN_NAME(make_name(GetUserNameFromId(GetUserId(), false)));
}

Datum
session_user(PG_FUNCTION_ARGS)
{
	PG_RETURN_NAME(make_name(GetUserNameFromId(GetSessionUserId(), false)));
}

Datum
current_query(PG_FUNCTION_ARGS)
{
	if (debug_query_string == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(debug_query_string));
}

Datum
current_schema(PG_FUNCTION_ARGS)
{
	List *path = fetch_search_path(false);
	char *name;

	if (path == NIL)
		PG_RETURN_NULL();
	name = get_namespace_name(linitial_oid(path));
	if (name == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NAME(make_name(name));
}

Datum
current_schemas(PG_FUNCTION_ARGS)
{
	List *path = fetch_search_path(PG_GETARG_BOOL(0));
	Datum *names = palloc_array(Datum, list_length(path) + 1);
	int count = 0;
	ListCell *cell;

	foreach (cell, path)
	{
		char *name = get_namespace_name(lfirst_oid(cell));

		if (name)
			names[count++] = NameGetDatum(make_name(name));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(names, count, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR));
}

Datum
pg_backend_pid(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(MyProcPid);
}

Datum
pg_get_userbyid(PG_FUNCTION_ARGS)
{
	Oid oid = PG_GETARG_OID(0);
	char *name = GetUserNameFromId(oid, true);

	PG_RETURN_NAME(make_name(name ? name : psprintf("unknown (OID=%u)", oid)));
}

Datum
pg_postmaster_start_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(PgStartTime);
}

Datum
pg_conf_load_time(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(PgReloadTime);
}

/* Sleeps on the latch so that cancel and terminate get through; the end is a point of time, wake-ups do not shift it. */
Datum
pg_sleep(PG_FUNCTION_ARGS)
{
	float8 seconds = PG_GETARG_FLOAT8(0);
	float8 end = (float8) GetCurrentTimestamp() / 1000000.0 + seconds;

	for (;;)
	{
		float8 left = end - (float8) GetCurrentTimestamp() / 1000000.0;

		CHECK_FOR_INTERRUPTS();
		if (left <= 0)
			break;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, (long) Min(left * 1000.0 + 0.999, 600000.0),
						 WAIT_EVENT_PG_SLEEP);
		ResetLatch(MyLatch);
	}
	PG_RETURN_VOID();
}

/* ---- settings */
Datum
show_config_by_name(PG_FUNCTION_ARGS)
{
	char *value = GetConfigOptionByName(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, false);

	PG_RETURN_TEXT_P(cstring_to_text(value));
}

Datum
show_config_by_name_missing_ok(PG_FUNCTION_ARGS)
{
	char *value = GetConfigOptionByName(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, PG_GETARG_BOOL(1));

	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(value));
}

Datum
set_config_by_name(PG_FUNCTION_ARGS)
{
	char *name;
	bool is_local = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);

	if (PG_ARGISNULL(0))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("SET requires parameter name"));
	name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	(void) set_config_option(name, PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1)),
							 superuser() ? PGC_SUSET : PGC_USERSET, PGC_S_SESSION,
							 is_local ? GUC_ACTION_LOCAL : GUC_ACTION_SET, true, 0, false);
	PG_RETURN_TEXT_P(cstring_to_text(GetConfigOptionByName(name, NULL, false)));
}

/* ---- types and arguments */
Datum
pg_typeof(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(get_fn_expr_argtype(fcinfo->flinfo, 0));
}

Datum
pg_collation_for(PG_FUNCTION_ARGS)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	Oid collation;

	if (!OidIsValid(type))
		PG_RETURN_NULL();
	if (!type_is_collatable(type) && type != UNKNOWNOID)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("collations are not supported by type %s", format_type_be(type)));
	collation = PG_GET_COLLATION();
	if (!OidIsValid(collation))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(generate_collation_name(collation)));
}

/* How many arguments are null and how many there are; with VARIADIC array its elements count. False for a null array. */
static bool
count_nulls(FunctionCallInfo fcinfo, int *nulls, int *total)
{
	*nulls = 0;
	if (get_fn_expr_variadic(fcinfo->flinfo))
	{
		ArrayType *array;
		bits8 *bitmap;

		if (PG_ARGISNULL(0))
			return false;
		array = PG_GETARG_ARRAYTYPE_P(0);
		*total = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
		bitmap = ARR_NULLBITMAP(array);
		for (int i = 0; bitmap && i < *total; i++)
			*nulls += !(bitmap[i / 8] & (1 << (i % 8)));
		return true;
	}
	*total = PG_NARGS();
	for (int i = 0; i < PG_NARGS(); i++)
		*nulls += PG_ARGISNULL(i);
	return true;
}

Datum
pg_num_nulls(PG_FUNCTION_ARGS)
{
	int nulls;
	int total;

	if (!count_nulls(fcinfo, &nulls, &total))
		PG_RETURN_NULL();
	PG_RETURN_INT32(nulls);
}

Datum
pg_num_nonnulls(PG_FUNCTION_ARGS)
{
	int nulls;
	int total;

	if (!count_nulls(fcinfo, &nulls, &total))
		PG_RETURN_NULL();
	PG_RETURN_INT32(total - nulls);
}

/* Bytes a value takes as it is stored: compressed, or as a pointer out of line. */
Datum
pg_column_size(PG_FUNCTION_ARGS)
{
	Datum value = PG_GETARG_DATUM(0);
	int16 typlen = get_typlen(get_fn_expr_argtype(fcinfo->flinfo, 0));

	if (typlen == 0)
		elog(ERROR, "cache lookup failed for type %u", get_fn_expr_argtype(fcinfo->flinfo, 0));
	if (typlen == -1)
		PG_RETURN_INT32((int32) toast_datum_size(value));
	if (typlen == -2)
		PG_RETURN_INT32((int32) strlen(DatumGetCString(value)) + 1);
	PG_RETURN_INT32(typlen);
}

Datum
pg_column_compression(PG_FUNCTION_ARGS)
{
	struct varlena *value;

	if (get_typlen(get_fn_expr_argtype(fcinfo->flinfo, 0)) != -1)
		PG_RETURN_NULL();
	value = (struct varlena *) DatumGetPointer(PG_GETARG_DATUM(0));
	switch (toast_get_compression_id(value))
	{
		case TOAST_PGLZ_COMPRESSION_ID:
			PG_RETURN_TEXT_P(cstring_to_text("pglz"));
		case TOAST_LZ4_COMPRESSION_ID:
			PG_RETURN_TEXT_P(cstring_to_text("lz4"));
		default:
			PG_RETURN_NULL();
	}
}

/* ---- encodings */
Datum
PG_encoding_to_char(PG_FUNCTION_ARGS)
{
	PG_RETURN_NAME(make_name(pg_encoding_to_char(PG_GETARG_INT32(0))));
}

Datum
PG_char_to_encoding(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(pg_char_to_encoding(NameStr(*PG_GETARG_NAME(0))));
}

Datum
getdatabaseencoding(PG_FUNCTION_ARGS)
{
	PG_RETURN_NAME(make_name(GetDatabaseEncodingName()));
}

Datum
pg_client_encoding(PG_FUNCTION_ARGS)
{
	PG_RETURN_NAME(make_name(pg_get_client_encoding_name()));
}

Datum
pg_encoding_max_length_sql(PG_FUNCTION_ARGS)
{
	int encoding = PG_GETARG_INT32(0);

	if (!PG_VALID_ENCODING(encoding))
		PG_RETURN_NULL();
	PG_RETURN_INT32(pg_encoding_max_length(encoding));
}

/* ---- sizes for people */
static const char *const size_units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};

/*
 * A size moves to the next unit from 10 of it on ("10240 bytes" is 10 kB), rounded half away from zero.
 */
static char *
pretty_size(int128 size)
{
	int unit = 0;
	int128 magnitude = size < 0 ? -size : size;
	int64 half_units; /* in half units, so that rounding is exact */

	if (magnitude < 10 * 1024)
		return psprintf("%lld bytes", (long long) size);
	half_units = 0;
	for (unit = 1;; unit++)
	{
		int128 halves = magnitude >> (10 * unit - 1);

		half_units = (int64) ((halves + 1) >> 1);
		if (halves < 20 * 1024 - 1 || unit == (int) lengthof(size_units) - 1)
			break;
	}
	return psprintf("%s%lld %s", size < 0 ? "-" : "", (long long) half_units, size_units[unit]);
}

Datum
pg_size_pretty(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(pretty_size(PG_GETARG_INT64(0))));
}

Datum
pg_size_pretty_numeric(PG_FUNCTION_ARGS)
{
	Num num;
	int128 size;

	num_from_datum(&num, PG_GETARG_DATUM(0));
	if (num.kind != NUM_FINITE)
		PG_RETURN_TEXT_P(cstring_to_text(psprintf("%s bytes", num_to_string(&num))));
	{
		Num limit;
		Num abs = num;

		if (num_sign(&abs) < 0)
			num_negate(&abs);
		num_set_int(&limit, 10 * 1024, 0);
		if (num_compare(&abs, &limit) < 0)
			PG_RETURN_TEXT_P(cstring_to_text(psprintf("%s bytes", num_to_string(&num))));
	}
	num_trunc(&num, 0);
	if (!num_to_int128(&num, &size))
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("bigint out of range"));
	PG_RETURN_TEXT_P(cstring_to_text(pretty_size(size)));
}

Datum
pg_size_bytes(PG_FUNCTION_ARGS)
{
	char *input = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char *s = input;
	const char *end;
	char *unit;
	char *unit_end;
	Num num;
	Num factor;
	int shift = -1;
	int128 result;

	while (isspace((unsigned char) *s))
		s++;
	if (!num_parse(s, &num, &end))
	{
		/* "1e" may be the beginning of a unit, not a broken exponent */
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid size: \"%s\"", input));
	}
	unit = (char *) end;
	while (isspace((unsigned char) *unit))
		unit++;
	unit_end = unit + strlen(unit);
	while (unit_end > unit && isspace((unsigned char) unit_end[-1]))
		*--unit_end = '\0';
	if (*unit == '\0' || strcasecmp(unit, "B") == 0)
		shift = 0;
	for (int i = 0; shift < 0 && i < (int) lengthof(size_units); i++)
	{
		if (strcasecmp(unit, size_units[i]) == 0)
			shift = 10 * i;
	}
	if (shift < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid size: \"%s\"", input),
				errdetail("Invalid size unit: \"%s\".", unit),
				errhint("Valid units are \"bytes\", \"B\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\"."));
	num_set_int(&factor, (int128) 1 << shift, 0);
	num_mul(&num, &num, &factor);
	if (!num_to_int128(&num, &result) || result != (int64) result)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("bigint out of range"));
	PG_RETURN_INT64((int64) result);
}

/* ---- names */
Datum
parse_ident(PG_FUNCTION_ARGS)
{
	char *input = text_to_cstring(PG_GETARG_TEXT_PP(0));
	bool strict = PG_GETARG_BOOL(1);
	char *s = input;
	ArrayBuildState *state = NULL;
	bool after_dot = false;

	while (isspace((unsigned char) *s))
		s++;
	for (;;)
	{
		char *start = s;
		char *part = NULL;
		const char *problem = NULL;

		if (*s == '"')
		{
			char *close = s;

			do
			{
				close = strchr(close + 1, '"');
				if (close && close[1] == '"')
				{
					memmove(close, close + 1, strlen(close));
					continue;
				}
				break;
			} while (close);
			if (close == NULL)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("string is not a valid identifier: \"%s\"", text_to_cstring(PG_GETARG_TEXT_PP(0))),
						errdetail("String has unclosed double quotes."));
			if (close == s + 1)
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("string is not a valid identifier: \"%s\"", text_to_cstring(PG_GETARG_TEXT_PP(0))),
						errdetail("Quoted identifier must not be empty."));
			part = pnstrdup(s + 1, (Size) (close - s - 1));
			s = close + 1;
		}
		else if (*s == '_' || isalpha((unsigned char) *s) || IS_HIGHBIT_SET(*s))
		{
			while (*s == '_' || *s == '$' || isalnum((unsigned char) *s) || IS_HIGHBIT_SET(*s))
				s++;
			part = downcase_identifier(start, (int) (s - start), false, false);
		}
		else
		{
			if (*s == '.')
				problem = "No valid identifier before \".\".";
			else if (after_dot)
				problem = "No valid identifier after \".\".";
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("string is not a valid identifier: \"%s\"", text_to_cstring(PG_GETARG_TEXT_PP(0))),
					problem ? errdetail("%s", problem) : 0);
		}
		state = accumArrayResult(state, CStringGetTextDatum(part), false, TEXTOID, CurrentMemoryContext);
		while (isspace((unsigned char) *s))
			s++;
		if (*s == '.')
		{
			after_dot = true;
			s++;
			while (isspace((unsigned char) *s))
				s++;
			continue;
		}
		if (*s != '\0' && strict)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("string is not a valid identifier: \"%s\"", text_to_cstring(PG_GETARG_TEXT_PP(0))));
		break;
	}
	return makeArrayResult(state, CurrentMemoryContext);
}
