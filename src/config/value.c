/*
 * value.c
 *    Values of settings: from text, through the check hook, to text. Units.
 */
#include "postgres.h"

#include <ctype.h>
#include <float.h>
#include <limits.h>
#include <math.h>

#include "config/settings.h"
#include "lib/stringinfo.h"

char *GUC_check_errmsg_string;
char *GUC_check_errdetail_string;
char *GUC_check_errhint_string;
static int check_errcode;

void
GUC_check_errcode(int sqlerrcode)
{
	check_errcode = sqlerrcode;
}

const char *
guc_check_format(const char *fmt, ...)
{
	StringInfoData buf;
	va_list args;
	int needed;

	initStringInfo(&buf);
	for (;;)
	{
		va_start(args, fmt);
		needed = appendStringInfoVA(&buf, fmt, args);
		va_end(args);
		if (needed == 0)
			return buf.data;
		enlargeStringInfo(&buf, needed);
	}
}

/* ---- memory of values -------------------------------------------------------------------------------------------- */
static void *
check_malloc(int elevel, void *result, size_t size)
{
	if (result == NULL && size > 0)
		ereport(elevel, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
	return result;
}

void *
guc_malloc(int elevel, size_t size)
{
	return check_malloc(elevel, malloc(Max(size, 1)), size);
}

void *
guc_realloc(int elevel, void *old, size_t size)
{
	return check_malloc(elevel, realloc(old, Max(size, 1)), size);
}

char *
guc_strdup(int elevel, const char *src)
{
	return check_malloc(elevel, strdup(src), 1);
}

void
guc_free(void *ptr)
{
	free(ptr);
}

/* ---- units --------------------------------------------------------------------------------------------------------- */
/* One way to write a quantity with base unit base_unit: multiply by factor. Larger ones first. */
typedef struct UnitConversion
{
	const char *name;
	int base_unit;
	double factor;
} UnitConversion;

static const UnitConversion memory_units[] = {
	{"TB", GUC_UNIT_BYTE, 1024.0 * 1024 * 1024 * 1024},
	{"GB", GUC_UNIT_BYTE, 1024.0 * 1024 * 1024},
	{"MB", GUC_UNIT_BYTE, 1024.0 * 1024},
	{"kB", GUC_UNIT_BYTE, 1024.0},
	{"B", GUC_UNIT_BYTE, 1.0},
	{"TB", GUC_UNIT_KB, 1024.0 * 1024 * 1024},
	{"GB", GUC_UNIT_KB, 1024.0 * 1024},
	{"MB", GUC_UNIT_KB, 1024.0},
	{"kB", GUC_UNIT_KB, 1.0},
	{"B", GUC_UNIT_KB, 1.0 / 1024},
	{"TB", GUC_UNIT_MB, 1024.0 * 1024},
	{"GB", GUC_UNIT_MB, 1024.0},
	{"MB", GUC_UNIT_MB, 1.0},
	{"kB", GUC_UNIT_MB, 1.0 / 1024},
	{"B", GUC_UNIT_MB, 1.0 / (1024.0 * 1024)},
	{"TB", GUC_UNIT_BLOCKS, (1024.0 * 1024 * 1024) / (BLCKSZ / 1024)},
	{"GB", GUC_UNIT_BLOCKS, (1024.0 * 1024) / (BLCKSZ / 1024)},
	{"MB", GUC_UNIT_BLOCKS, 1024.0 / (BLCKSZ / 1024)},
	{"kB", GUC_UNIT_BLOCKS, 1.0 / (BLCKSZ / 1024)},
	{"B", GUC_UNIT_BLOCKS, 1.0 / BLCKSZ},
	{"TB", GUC_UNIT_XBLOCKS, (1024.0 * 1024 * 1024) / (XLOG_BLCKSZ / 1024)},
	{"GB", GUC_UNIT_XBLOCKS, (1024.0 * 1024) / (XLOG_BLCKSZ / 1024)},
	{"MB", GUC_UNIT_XBLOCKS, 1024.0 / (XLOG_BLCKSZ / 1024)},
	{"kB", GUC_UNIT_XBLOCKS, 1.0 / (XLOG_BLCKSZ / 1024)},
	{"B", GUC_UNIT_XBLOCKS, 1.0 / XLOG_BLCKSZ},
	{NULL}};

static const UnitConversion time_units[] = {
	{"d", GUC_UNIT_MS, 1000.0 * 60 * 60 * 24},
	{"h", GUC_UNIT_MS, 1000.0 * 60 * 60},
	{"min", GUC_UNIT_MS, 1000.0 * 60},
	{"s", GUC_UNIT_MS, 1000.0},
	{"ms", GUC_UNIT_MS, 1.0},
	{"us", GUC_UNIT_MS, 1.0 / 1000},
	{"d", GUC_UNIT_S, 60.0 * 60 * 24},
	{"h", GUC_UNIT_S, 60.0 * 60},
	{"min", GUC_UNIT_S, 60.0},
	{"s", GUC_UNIT_S, 1.0},
	{"ms", GUC_UNIT_S, 1.0 / 1000},
	{"us", GUC_UNIT_S, 1.0 / 1000000},
	{"d", GUC_UNIT_MIN, 60.0 * 24},
	{"h", GUC_UNIT_MIN, 60.0},
	{"min", GUC_UNIT_MIN, 1.0},
	{"s", GUC_UNIT_MIN, 1.0 / 60},
	{"ms", GUC_UNIT_MIN, 1.0 / (1000.0 * 60)},
	{"us", GUC_UNIT_MIN, 1.0 / (1000000.0 * 60)},
	{NULL}};

static const UnitConversion *
units_for(int flags)
{
	return (flags & GUC_UNIT_TIME) ? time_units : memory_units;
}

static const UnitConversion *
find_unit(const char *name, size_t length, int flags)
{
	for (const UnitConversion *unit = units_for(flags); unit->name; unit++)
		if (unit->base_unit == (flags & GUC_UNIT) && strlen(unit->name) == length &&
			memcmp(unit->name, name, length) == 0)
			return unit;
	return NULL;
}

const char *
setting_unit_name(const Setting *setting)
{
	switch (setting->flags & GUC_UNIT)
	{
		case GUC_UNIT_BYTE:
			return "B";
		case GUC_UNIT_KB:
			return "kB";
		case GUC_UNIT_MB:
			return "MB";
		case GUC_UNIT_BLOCKS:
			return "8kB";
		case GUC_UNIT_XBLOCKS:
			return "8kB";
		case GUC_UNIT_MS:
			return "ms";
		case GUC_UNIT_S:
			return "s";
		case GUC_UNIT_MIN:
			return "min";
		default:
			return NULL;
	}
}

/* "<number> [unit]" as a double in the base unit. Hexadecimal and octal integers are taken as well. */
static bool
parse_quantity(const char *value, bool want_integer, double *result, int flags, const char **hintmsg)
{
	char *end;
	char *real_end;
	double number;

	if (hintmsg)
		*hintmsg = NULL;
	errno = 0;
	number = strtod(value, &real_end);
	if (want_integer)
	{
		/* base detection for 0x1F and 0755, unless it is written as a fraction */
		long integer;

		errno = 0;
		integer = strtol(value, &end, 0);
		if (*end != '.' && *end != 'e' && *end != 'E' && errno == 0)
		{
			number = (double) integer;
			real_end = end;
		}
	}
	if (real_end == value || isnan(number))
		return false;
	if (errno == ERANGE && fabs(number) > 1)
	{
		if (hintmsg)
			*hintmsg = want_integer ? "Value exceeds integer range." : NULL;
		return false;
	}
	for (end = real_end; isspace((unsigned char) *end);)
		end++;
	if (*end != '\0')
	{
		const UnitConversion *unit;
		size_t length = 0;

		while (end[length] && !isspace((unsigned char) end[length]))
			length++;
		unit = (flags & GUC_UNIT) ? find_unit(end, length, flags) : NULL;
		for (const char *rest = end + length; *rest; rest++)
			if (!isspace((unsigned char) *rest))
				unit = NULL;
		if (unit == NULL)
		{
			if (hintmsg && (flags & GUC_UNIT))
				*hintmsg = (flags & GUC_UNIT_TIME)
							   ? "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\"."
							   : "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".";
			return false;
		}
		number *= unit->factor;
	}
	*result = number;
	return true;
}

bool
parse_int(const char *value, int *result, int flags, const char **hintmsg)
{
	double number;

	if (!parse_quantity(value, true, &number, flags, hintmsg))
		return false;
	number = rint(number);
	if (number > INT_MAX || number < INT_MIN)
	{
		if (hintmsg)
			*hintmsg = "Value exceeds integer range.";
		return false;
	}
	*result = (int) number;
	return true;
}

bool
parse_real(const char *value, double *result, int flags, const char **hintmsg)
{
	return parse_quantity(value, false, result, flags, hintmsg);
}

/* ---- from text ------------------------------------------------------------------------------------------------------ */
/* A boolean may be any unambiguous beginning of true, false, yes, no, on, off, or 1 or 0. */
static bool
parse_boolean(const char *text, bool *result)
{
	static const struct
	{
		const char *word;
		size_t shortest;
		bool value;
	} words[] = {{"true", 1, true}, {"false", 1, false}, {"yes", 1, true},	{"no", 1, false},
				 {"on", 2, true},	{"off", 2, false},	 {"1", 1, true},	{"0", 1, false}};
	size_t length = strlen(text);

	for (int i = 0; i < lengthof(words); i++)
		if (length >= words[i].shortest && length <= strlen(words[i].word) &&
			strncasecmp(text, words[i].word, length) == 0)
		{
			*result = words[i].value;
			return true;
		}
	return false;
}

static bool
lookup_enum(const Setting *setting, const char *text, int *value)
{
	for (const struct config_enum_entry *option = setting->options; option->name; option++)
		if (strcasecmp(option->name, text) == 0)
		{
			*value = option->val;
			return true;
		}
	return false;
}

const char *
setting_enum_label(const Setting *setting, int value)
{
	for (const struct config_enum_entry *option = setting->options; option->name; option++)
		if (option->val == value && !option->hidden)
			return option->name;
	elog(ERROR, "could not find enum option %d for %s", value, setting->name);
}

static char *
enum_hint(const Setting *setting)
{
	StringInfoData buf;
	bool first = true;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "Available values: ");
	for (const struct config_enum_entry *option = setting->options; option->name; option++)
		if (!option->hidden)
		{
			appendStringInfo(&buf, "%s%s", first ? "" : ", ", option->name);
			first = false;
		}
	appendStringInfoChar(&buf, '.');
	return buf.data;
}

static void
report_invalid(const Setting *setting, const char *text, const char *hint, int elevel)
{
	ereport(elevel,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("invalid value for parameter \"%s\": \"%s\"", setting->name, text),
			hint ? errhint("%s", hint) : 0);
}

static bool
parse_int_setting(const Setting *setting, const char *text, int elevel, SettingValue *value)
{
	const char *hint;
	const char *unit = setting_unit_name(setting);

	if (!parse_int(text, &value->i, setting->flags, &hint))
	{
		report_invalid(setting, text, hint, elevel);
		return false;
	}
	if (value->i < setting->int_min || value->i > setting->int_max)
	{
		ereport(elevel,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("%d%s%s is outside the valid range for parameter \"%s\" (%d .. %d)", value->i, unit ? " " : "",
					   unit ? unit : "", setting->name, setting->int_min, setting->int_max));
		return false;
	}
	return true;
}

static bool
parse_real_setting(const Setting *setting, const char *text, int elevel, SettingValue *value)
{
	const char *hint;
	const char *unit = setting_unit_name(setting);

	if (!parse_real(text, &value->r, setting->flags, &hint))
	{
		report_invalid(setting, text, hint, elevel);
		return false;
	}
	if (value->r < setting->real_min || value->r > setting->real_max)
	{
		ereport(elevel,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("%g%s%s is outside the valid range for parameter \"%s\" (%g .. %g)", value->r, unit ? " " : "",
					   unit ? unit : "", setting->name, setting->real_min, setting->real_max));
		return false;
	}
	return true;
}

static bool
parse_string_setting(const Setting *setting, const char *text, int elevel, SettingValue *value)
{
	value->s = guc_strdup(elevel, text);
	if (value->s && (setting->flags & GUC_IS_NAME) && strlen(value->s) >= NAMEDATALEN)
	{
		extern int pg_mbcliplen(const char *mbstr, int len, int limit) __attribute__((weak));

		value->s[pg_mbcliplen ? pg_mbcliplen(text, strlen(text), NAMEDATALEN - 1) : NAMEDATALEN - 1] = '\0';
	}
	return value->s != NULL;
}

static bool
parse_by_type(const Setting *setting, const char *text, int elevel, SettingValue *value)
{
	switch (setting->type)
	{
		case SETTING_BOOL:
			if (parse_boolean(text, &value->b))
				return true;
			ereport(elevel,
					errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("parameter \"%s\" requires a Boolean value", setting->name));
			return false;
		case SETTING_INT:
			return parse_int_setting(setting, text, elevel, value);
		case SETTING_REAL:
			return parse_real_setting(setting, text, elevel, value);
		case SETTING_STRING:
			return parse_string_setting(setting, text, elevel, value);
		case SETTING_ENUM:
			if (lookup_enum(setting, text, &value->i))
				return true;
			report_invalid(setting, text, enum_hint(setting), elevel);
			return false;
	}
	pg_unreachable();
}

bool
setting_parse_value(const Setting *setting, const char *text, GucSource source, int elevel, SettingValue *value)
{
	memset(value, 0, sizeof(*value));
	if (!parse_by_type(setting, text, elevel, value))
		return false;
	if (setting_check_value(setting, value, source, elevel))
		return true;
	if (setting->type == SETTING_STRING)
		guc_free(value->s);
	return false;
}

/* ---- check hooks -------------------------------------------------------------------------------------------------------- */
static bool
call_check_hook(const Setting *setting, SettingValue *value, GucSource source)
{
	switch (setting->type)
	{
		case SETTING_BOOL:
			return !setting->check_hook.b || setting->check_hook.b(&value->b, &value->extra, source);
		case SETTING_INT:
			return !setting->check_hook.i || setting->check_hook.i(&value->i, &value->extra, source);
		case SETTING_REAL:
			return !setting->check_hook.r || setting->check_hook.r(&value->r, &value->extra, source);
		case SETTING_STRING:
			return !setting->check_hook.s || setting->check_hook.s(&value->s, &value->extra, source);
		case SETTING_ENUM:
			return !setting->check_hook.e || setting->check_hook.e(&value->i, &value->extra, source);
	}
	pg_unreachable();
}

bool
setting_check_value(const Setting *setting, SettingValue *value, GucSource source, int elevel)
{
	GUC_check_errmsg_string = GUC_check_errdetail_string = GUC_check_errhint_string = NULL;
	check_errcode = ERRCODE_INVALID_PARAMETER_VALUE;
	if (call_check_hook(setting, value, source))
		return true;
	ereport(elevel,
			errcode(check_errcode),
			GUC_check_errmsg_string
				? errmsg_internal("%s", GUC_check_errmsg_string)
				: errmsg("invalid value for parameter \"%s\": \"%s\"", setting->name,
						 setting_show_value(setting, value, false)),
			GUC_check_errdetail_string ? errdetail_internal("%s", GUC_check_errdetail_string) : 0,
			GUC_check_errhint_string ? errhint("%s", GUC_check_errhint_string) : 0);
	return false;
}

/* ---- to text --------------------------------------------------------------------------------------------------------------- */
/* The largest unit in which the number is whole. */
static char *
show_int_with_unit(int64 number, int flags)
{
	for (const UnitConversion *unit = units_for(flags); unit->name; unit++)
		if (unit->base_unit == (flags & GUC_UNIT) &&
			(unit->factor <= 1.0 || number % (int64) unit->factor == 0))
			return psprintf(INT64_FORMAT "%s",
							unit->factor <= 1.0 ? (int64) rint((double) number / unit->factor)
												: number / (int64) unit->factor,
							unit->name);
	return psprintf(INT64_FORMAT, number);
}

static char *
show_real_with_unit(double number, int flags)
{
	for (const UnitConversion *unit = units_for(flags); unit->name; unit++)
		if (unit->base_unit == (flags & GUC_UNIT))
		{
			double converted = number / unit->factor;

			/* whole, as far as rounding errors let one see */
			if (converted > 0 && fabs((rint(converted) / converted) - 1.0) <= 1e-8)
				return psprintf("%g%s", rint(converted), unit->name);
		}
	return psprintf("%g", number);
}

char *
setting_show_value(const Setting *setting, const SettingValue *value, bool use_units)
{
	bool with_unit = use_units && (setting->flags & GUC_UNIT);

	switch (setting->type)
	{
		case SETTING_BOOL:
			return pstrdup(value->b ? "on" : "off");
		case SETTING_INT:
			if (with_unit && value->i > 0)
				return show_int_with_unit(value->i, setting->flags);
			return psprintf("%d", value->i);
		case SETTING_REAL:
			if (with_unit && value->r > 0)
				return show_real_with_unit(value->r, setting->flags);
			return psprintf("%g", value->r);
		case SETTING_STRING:
			return pstrdup(value->s ? value->s : "");
		case SETTING_ENUM:
			return pstrdup(setting_enum_label(setting, value->i));
	}
	pg_unreachable();
}

/* The variable itself, which code may have changed behind our back (computed settings). */
static SettingValue
variable_value(const Setting *setting)
{
	SettingValue value = {0};

	switch (setting->type)
	{
		case SETTING_BOOL:
			value.b = *(bool *) setting->variable;
			break;
		case SETTING_INT:
		case SETTING_ENUM:
			value.i = *(int *) setting->variable;
			break;
		case SETTING_REAL:
			value.r = *(double *) setting->variable;
			break;
		case SETTING_STRING:
			value.s = *(char **) setting->variable;
			break;
	}
	return value;
}

char *
setting_show(const Setting *setting, bool use_units)
{
	SettingValue value;

	if (setting->show_hook)
		return pstrdup(setting->show_hook());
	value = variable_value(setting);
	return setting_show_value(setting, &value, use_units);
}
