/*
 * clock.c
 *    Statement and transaction timestamps, CURRENT_DATE and its kin; settings of date handling. The clock itself: sys/clock.c.
 */
#include "postgres.h"

#include <ctype.h>
#include <limits.h>
#include <time.h>

#include "access/xact.h"
#include "mb/pg_wchar.h"
#include "types/datetime.h"
#include "utils/guc.h"
#include "utils/varlena.h"

/* ---- SQL functions */
Datum
now(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(GetCurrentTransactionStartTimestamp());
}

Datum
statement_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(GetCurrentStatementStartTimestamp());
}

Datum
clock_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(GetCurrentTimestamp());
}

Datum
timeofday(PG_FUNCTION_ARGS)
{
	TimestampTz t = GetCurrentTimestamp();
	pg_time_t seconds = timestamptz_to_time_t(t);
	struct pg_tm *tm = pg_localtime(&seconds, session_timezone);
	int micros = (int) (((t % USECS_PER_SEC) + USECS_PER_SEC) % USECS_PER_SEC);

	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%.3s %.3s %02d %02d:%02d:%02d.%06d %d %s", days[tm->tm_wday],
											  months[tm->tm_mon], tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec, micros,
											  tm->tm_year + 1900, tm->tm_zone)));
}

/* The transaction's start in fields of the session's zone. */
void
GetCurrentTimeUsec(struct pg_tm *tm, fsec_t *fsec, int *tzp)
{
	int zone;

	if (timestamp2tm(GetCurrentTransactionStartTimestamp(), &zone, tm, fsec, NULL, session_timezone) != 0)
		timestamp_out_of_range();
	if (tzp)
		*tzp = zone;
}

void
GetCurrentDateTime(struct pg_tm *tm)
{
	fsec_t fsec;

	GetCurrentTimeUsec(tm, &fsec, NULL);
}

TimestampTz
GetSQLCurrentTimestamp(int32 typmod)
{
	TimestampTz t = GetCurrentTransactionStartTimestamp();

	if (typmod >= 0)
		AdjustTimestampForTypmod(&t, typmod);
	return t;
}

Timestamp
GetSQLLocalTimestamp(int32 typmod)
{
	Timestamp t = timestamptz_to_local(GetCurrentTransactionStartTimestamp());

	if (typmod >= 0)
		AdjustTimestampForTypmod(&t, typmod);
	return t;
}

DateADT
GetSQLCurrentDate(void)
{
	struct pg_tm tm;

	GetCurrentDateTime(&tm);
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

TimeTzADT *
GetSQLCurrentTime(int32 typmod)
{
	TimeTzADT *result = palloc_object(TimeTzADT);
	struct pg_tm tm;
	fsec_t fsec;
	int zone;

	GetCurrentTimeUsec(&tm, &fsec, &zone);
	result->time =
		round_microseconds(((tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec) * USECS_PER_SEC + fsec, typmod);
	result->zone = zone;
	return result;
}

TimeADT
GetSQLLocalTime(int32 typmod)
{
	struct pg_tm tm;
	fsec_t fsec;

	GetCurrentTimeUsec(&tm, &fsec, NULL);
	return round_microseconds(((tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec) * USECS_PER_SEC + fsec, typmod);
}

/* ---- setting DateStyle: a style and an order, either may be left out */
typedef struct DateStyleValue
{
	int style;
	int order;
} DateStyleValue;

static const char *
date_style_name(int style)
{
	static const char *const names[] = {"Postgres", "ISO", "SQL", "German"};

	return names[style];
}

static const char *
date_order_name(int order)
{
	static const char *const names[] = {"YMD", "DMY", "MDY"};

	return names[order];
}

static bool
parse_date_style(const char *text, DateStyleValue *value)
{
	List *words;
	ListCell *cell;
	bool have_style = false;
	bool have_order = false;
	bool ok = true;

	if (!SplitIdentifierString(pstrdup(text), ',', &words))
	{
		GUC_check_errdetail("List syntax is invalid.");
		return false;
	}
	foreach (cell, words)
	{
		const char *word = lfirst(cell);
		int style = -1;
		int order = -1;

		if (strcasecmp(word, "iso") == 0)
			style = USE_ISO_DATES;
		else if (strcasecmp(word, "sql") == 0)
			style = USE_SQL_DATES;
		else if (strncasecmp(word, "postgres", 8) == 0)
			style = USE_POSTGRES_DATES;
		else if (strcasecmp(word, "german") == 0)
		{
			style = USE_GERMAN_DATES;
			if (!have_order)
				value->order = DATEORDER_DMY;
		}
		else if (strcasecmp(word, "ymd") == 0)
			order = DATEORDER_YMD;
		else if (strcasecmp(word, "dmy") == 0 || strncasecmp(word, "euro", 4) == 0)
			order = DATEORDER_DMY;
		else if (strcasecmp(word, "mdy") == 0 || strcasecmp(word, "us") == 0 || strncasecmp(word, "noneuro", 7) == 0)
			order = DATEORDER_MDY;
		else if (strcasecmp(word, "default") == 0)
		{
			style = have_style ? value->style : USE_ISO_DATES;
			order = have_order ? value->order : DATEORDER_MDY;
		}
		else
		{
			GUC_check_errdetail("Unrecognized key word: \"%s\".", word);
			return false;
		}
		if (style >= 0)
		{
			ok = ok && (!have_style || value->style == style);
			value->style = style;
			have_style = true;
		}
		if (order >= 0)
		{
			ok = ok && (!have_order || value->order == order);
			value->order = order;
			have_order = true;
		}
	}
	if (!ok)
		GUC_check_errdetail("Conflicting \"datestyle\" specifications.");
	return ok;
}

bool
check_datestyle(char **newval, void **extra, GucSource source)
{
	DateStyleValue value = {DateStyle, DateOrder};
	DateStyleValue *kept;
	char canonical[32];
	char *copy;

	if (!parse_date_style(*newval, &value))
		return false;
	snprintf(canonical, sizeof(canonical), "%s, %s", date_style_name(value.style), date_order_name(value.order));
	copy = guc_strdup(LOG, canonical);
	kept = guc_malloc(LOG, sizeof(DateStyleValue));
	if (copy == NULL || kept == NULL)
		return false;
	guc_free(*newval);
	*newval = copy;
	*kept = value;
	*extra = kept;
	return true;
}

void
assign_datestyle(const char *newval, void *extra)
{
	DateStyleValue *value = extra;

	DateStyle = value->style;
	DateOrder = value->order;
}

/* ---- setting TimeZone: a name, a number of hours, or INTERVAL '...' */
static pg_tz *
parse_zone_setting(const char *text)
{
	char *end;
	double hours;

	if (strncasecmp(text, "interval", 8) == 0)
	{
		const char *start = strchr(text, '\'');
		const char *stop = start ? strchr(start + 1, '\'') : NULL;
		Interval interval;

		if (stop == NULL || interval_parse(pnstrdup(start + 1, (Size) (stop - start - 1)), INTERVAL_FULL_RANGE, &interval) != DT_OK)
			return NULL;
		if (interval.month != 0)
		{
			GUC_check_errdetail("Cannot specify months in time zone interval.");
			return NULL;
		}
		if (interval.day != 0)
		{
			GUC_check_errdetail("Cannot specify days in time zone interval.");
			return NULL;
		}
		return pg_tzset_offset(-(long) (interval.time / USECS_PER_SEC));
	}
	hours = strtod(text, &end);
	if (end != text && *end == '\0')
	{
		/* written in hours east of UTC */
		if (hours < -MAX_TZDISP_HOUR || hours > MAX_TZDISP_HOUR)
		{
			GUC_check_errdetail("UTC timezone offset is out of range.");
			return NULL;
		}
		return pg_tzset_offset(-(long) (hours * SECS_PER_HOUR));
	}
	return pg_tzset(text);
}

static bool
check_zone(char **newval, void **extra)
{
	pg_tz **kept;
	pg_tz *tz = parse_zone_setting(*newval);

	if (tz == NULL)
		return false;
	if (!pg_tz_acceptable(tz))
	{
		GUC_check_errmsg("time zone \"%s\" appears to use leap seconds", *newval);
		GUC_check_errdetail("PostgreSQL does not support leap seconds.");
		return false;
	}
	kept = guc_malloc(LOG, sizeof(pg_tz *));
	if (kept == NULL)
		return false;
	*kept = tz;
	*extra = kept;
	return true;
}

bool
check_timezone(char **newval, void **extra, GucSource source)
{
	return check_zone(newval, extra);
}

void
assign_timezone(const char *newval, void *extra)
{
	session_timezone = *(pg_tz **) extra;
}

const char *
show_timezone(void)
{
	const char *name = pg_get_timezone_name(session_timezone);

	return name ? name : "unknown";
}

bool
check_log_timezone(char **newval, void **extra, GucSource source)
{
	return check_zone(newval, extra);
}

void
assign_log_timezone(const char *newval, void *extra)
{
	log_timezone = *(pg_tz **) extra;
}

const char *
show_log_timezone(void)
{
	const char *name = pg_get_timezone_name(log_timezone);

	return name ? name : "unknown";
}

/* ---- setting client_encoding */
bool
check_client_encoding(char **newval, void **extra, GucSource source)
{
	int encoding = pg_valid_client_encoding(*newval);
	int *kept;
	char *copy;

	if (encoding < 0)
		return false;
	if (PrepareClientEncoding(encoding) < 0)
	{
		GUC_check_errcode(ERRCODE_FEATURE_NOT_SUPPORTED);
		GUC_check_errdetail("Conversion between %s and %s is not supported.", pg_encoding_to_char(encoding),
							GetDatabaseEncodingName());
		return false;
	}
	/* drivers compare the value with what they asked for: only these two are kept as written */
	if (strcmp(*newval, pg_encoding_to_char(encoding)) != 0 && strcmp(*newval, "UNICODE") != 0)
	{
		copy = guc_strdup(LOG, pg_encoding_to_char(encoding));
		if (copy == NULL)
			return false;
		guc_free(*newval);
		*newval = copy;
	}
	kept = guc_malloc(LOG, sizeof(int));
	if (kept == NULL)
		return false;
	*kept = encoding;
	*extra = kept;
	return true;
}

void
assign_client_encoding(const char *newval, void *extra)
{
	if (SetClientEncoding(*(int *) extra) < 0)
		elog(LOG, "SetClientEncoding(%d) failed", *(int *) extra);
}
