/*
 * string_format.c
 *    concat, concat_ws and format: strings made of values of any type.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "types/array_internal.h"
#include "types/text.h"
#include "utils/lsyscache.h"

/* ---- arguments: those of the call, or the elements of a VARIADIC array */
typedef struct Arguments
{
	int count;
	Datum *values;
	bool *nulls;
	Oid *types;
} Arguments;

/* first: the first argument that counts. False when VARIADIC NULL was given. */
static bool
collect_arguments(FunctionCallInfo fcinfo, int first, Arguments *arguments)
{
	if (get_fn_expr_variadic(fcinfo->flinfo))
	{
		ArrayType *array;
		const ElementLayout *layout;

		if (PG_ARGISNULL(first))
			return false;
		array = PG_GETARG_ARRAYTYPE_P(first);
		layout = element_layout(NULL, ARR_ELEMTYPE(array));
		deconstruct_array(array, layout->type, layout->len, layout->byval, layout->align, &arguments->values,
						  &arguments->nulls, &arguments->count);
		arguments->types = palloc_array(Oid, Max(arguments->count, 1));
		for (int i = 0; i < arguments->count; i++)
			arguments->types[i] = layout->type;
		return true;
	}
	arguments->count = Max(PG_NARGS() - first, 0);
	arguments->values = palloc_array(Datum, arguments->count + 1);
	arguments->nulls = palloc_array(bool, arguments->count + 1);
	arguments->types = palloc_array(Oid, arguments->count + 1);
	for (int i = 0; i < arguments->count; i++)
	{
		arguments->values[i] = PG_GETARG_DATUM(first + i);
		arguments->nulls[i] = PG_ARGISNULL(first + i);
		arguments->types[i] = get_fn_expr_argtype(fcinfo->flinfo, first + i);
		if (!OidIsValid(arguments->types[i]))
			elog(ERROR, "could not determine data type of %s input", "concat()");
	}
	return true;
}

/* Output functions, remembered by argument number between calls. */
typedef struct OutputCache
{
	int count;
	struct
	{
		Oid type;
		FmgrInfo proc;
	} entry[];
} OutputCache;

static char *
value_text(FunctionCallInfo fcinfo, int n, Oid type, Datum value)
{
	OutputCache *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL || cache->count <= n)
	{
		int count = Max(n + 1, PG_NARGS());

		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(OutputCache) + (Size) count * sizeof(cache->entry[0]));
		cache->count = count;
		fcinfo->flinfo->fn_extra = cache;
	}
	if (cache->entry[n].type != type)
	{
		Oid output;
		bool is_varlena;

		getTypeOutputInfo(type, &output, &is_varlena);
		fmgr_info_cxt(output, &cache->entry[n].proc, fcinfo->flinfo->fn_mcxt);
		cache->entry[n].type = type;
	}
	return OutputFunctionCall(&cache->entry[n].proc, value);
}

/* ---- concat */
static Datum
concatenate(FunctionCallInfo fcinfo, int first, const char *separator)
{
	Arguments arguments;
	StringInfoData out;
	bool any = false;

	if (!collect_arguments(fcinfo, first, &arguments))
		PG_RETURN_NULL();
	initStringInfo(&out);
	for (int i = 0; i < arguments.count; i++)
	{
		if (arguments.nulls[i])
			continue;
		if (any)
			appendStringInfoString(&out, separator);
		any = true;
		appendStringInfoString(&out, value_text(fcinfo, i, arguments.types[i], arguments.values[i]));
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

Datum
text_concat(PG_FUNCTION_ARGS)
{
	return concatenate(fcinfo, 0, "");
}

Datum
text_concat_ws(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return concatenate(fcinfo, 1, text_to_cstring(PG_GETARG_TEXT_PP(0)));
}

/* ---- format: %[position$][flags][width]type */
typedef struct FormatSpec
{
	int position;		/* 1-based, 0: the next one */
	int width_position; /* of a width given as argument: -1 none, 0 the next one */
	int width;
	bool left;
	char type;
} FormatSpec;

static void pg_attribute_noreturn()
unterminated(void)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unterminated format() type specifier"),
			errhint("For a single \"%%\" use \"%%%%\"."));
}

static const char *
need(const char *s, const char *end)
{
	if (s >= end)
		unterminated();
	return s;
}

/* Digits; false, with nothing consumed, when there are none. */
static bool
scan_number(const char **s, const char *end, int *value)
{
	const char *at = *s;
	int64 result = 0;

	while (at < end && *at >= '0' && *at <= '9')
	{
		result = result * 10 + (*at++ - '0');
		if (result > PG_INT32_MAX)
			ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("number is out of range"));
		need(at, end);
	}
	if (at == *s)
		return false;
	*s = at;
	*value = (int) result;
	return true;
}

static void
check_position(int position)
{
	if (position == 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("format specifies argument 0, but arguments are numbered from 1"));
}

/* s is behind the percent sign; returns the end of the specifier. */
static const char *
parse_spec(const char *s, const char *end, FormatSpec *spec)
{
	int number;

	*spec = (FormatSpec){.width_position = -1};
	need(s, end);
	if (scan_number(&s, end, &number))
	{
		if (*s != '$')
		{
			/* it was a width */
			spec->width = number;
			spec->type = *s;
			return s + 1;
		}
		check_position(number);
		spec->position = number;
		need(++s, end);
	}
	while (*s == '-')
	{
		spec->left = true;
		need(++s, end);
	}
	if (*s == '*')
	{
		need(++s, end);
		spec->width_position = 0;
		if (scan_number(&s, end, &number))
		{
			if (*s != '$')
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("width argument position must be ended by \"$\""));
			check_position(number);
			spec->width_position = number;
			need(++s, end);
		}
	}
	else
		(void) scan_number(&s, end, &spec->width);
	spec->type = *s;
	return s + 1;
}

/* The index of an argument: given or the next. */
static int
pick(const Arguments *arguments, int position, int *next)
{
	int index = position > 0 ? position - 1 : *next;

	if (index >= arguments->count)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("too few arguments for format()"));
	*next = index + 1;
	return index;
}

static void
append_padded(StringInfo out, const char *s, bool left, int64 width)
{
	int64 missing;

	if (width < 0)
	{
		left = true;
		width = -width;
	}
	missing = width - text_char_length(s, (int) strlen(s));
	if (!left && missing > 0)
		appendStringInfoSpaces(out, (int) missing);
	appendStringInfoString(out, s);
	if (left && missing > 0)
		appendStringInfoSpaces(out, (int) missing);
}

static const char *
convert(char type, const char *value)
{
	if (type == 's')
		return value ? value : "";
	if (type == 'L')
		return value ? quote_literal_cstr(value) : "NULL";
	if (value == NULL)
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("null values cannot be formatted as an SQL identifier"));
	return quote_identifier(value);
}

Datum
text_format(PG_FUNCTION_ARGS)
{
	text *format;
	const char *s;
	const char *end;
	Arguments arguments = {0};
	StringInfoData out;
	int next = 0;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_NARGS() > 1)
		(void) collect_arguments(fcinfo, 1, &arguments);
	format = PG_GETARG_TEXT_PP(0);
	s = VARDATA_ANY(format);
	end = s + VARSIZE_ANY_EXHDR(format);
	initStringInfo(&out);
	while (s < end)
	{
		FormatSpec spec;
		int64 width;
		int index;

		if (*s != '%')
		{
			appendStringInfoCharMacro(&out, *s);
			s++;
			continue;
		}
		need(++s, end);
		if (*s == '%')
		{
			appendStringInfoCharMacro(&out, '%');
			s++;
			continue;
		}
		s = parse_spec(s, end, &spec);
		if (spec.type != 's' && spec.type != 'I' && spec.type != 'L')
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unrecognized format() type specifier \"%c\"", spec.type),
					errhint("For a single \"%%\" use \"%%%%\"."));
		width = spec.width;
		if (spec.width_position >= 0)
		{
			index = pick(&arguments, spec.width_position, &next);
			width = 0;
			if (!arguments.nulls[index])
				width = arguments.types[index] == INT4OID
							? DatumGetInt32(arguments.values[index])
							: pg_strtoint32(value_text(fcinfo, index, arguments.types[index], arguments.values[index]));
		}
		index = pick(&arguments, spec.position, &next);
		append_padded(&out,
					  convert(spec.type, arguments.nulls[index] ? NULL
																: value_text(fcinfo, index, arguments.types[index],
																			 arguments.values[index])),
					  spec.left, width);
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

Datum
text_format_nv(PG_FUNCTION_ARGS)
{
	return text_format(fcinfo);
}
