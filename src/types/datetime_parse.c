/*
 * datetime_parse.c
 *    Reading dates, times and timestamps.
 *
 * Input is cut into tokens by its punctuation (numbers, words, things with colons, things with date separators, signed
 * zone offsets) and these are interpreted from left to right. What a bare number means depends on DateOrder and on what
 * has been seen before; a month written as a word makes most combinations unambiguous.
 */
#include "postgres.h"

#include <ctype.h>

#include "types/datetime.h"

int DateStyle = USE_ISO_DATES;
int DateOrder = DATEORDER_MDY;
int IntervalStyle = INTSTYLE_POSTGRES;

/* ---- errors */
void
datetime_error(DateTimeError error, const char *input, const char *type_name)
{
	switch (error)
	{
		case DT_FIELD_OVERFLOW:
			ereport(ERROR, errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
					errmsg("date/time field value out of range: \"%s\"", input));
		case DT_MONTH_DAY_OVERFLOW:
			ereport(ERROR, errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
					errmsg("date/time field value out of range: \"%s\"", input),
					errhint("Perhaps you need a different \"datestyle\" setting."));
		case DT_INTERVAL_OVERFLOW:
			ereport(ERROR, errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
					errmsg("interval field value out of range: \"%s\"", input));
		case DT_ZONE_OVERFLOW:
			ereport(ERROR, errcode(ERRCODE_INVALID_TIME_ZONE_DISPLACEMENT_VALUE),
					errmsg("time zone displacement out of range: \"%s\"", input));
		default:
			ereport(ERROR, errcode(ERRCODE_INVALID_DATETIME_FORMAT),
					errmsg("invalid input syntax for type %s: \"%s\"", type_name, input));
	}
}

/* ---- tokens */
static int month_of(const char *word);

typedef enum TokenKind
{
	TOKEN_NUMBER, /* digits, maybe with a fraction */
	TOKEN_DATE,	  /* parts joined by - / or . */
	TOKEN_TIME,	  /* has a colon */
	TOKEN_ZONE,	  /* signed number: a zone's offset */
	TOKEN_WORD,
	TOKEN_SIGNED_WORD
} TokenKind;

typedef struct Token
{
	TokenKind kind;
	char text[48];
} Token;

/* Copies while the character is accepted; false when it gets too long. */
static bool
take(const char **s, Token *token, size_t *len, bool (*accept)(char c))
{
	while (**s && accept(**s))
	{
		if (*len + 1 >= sizeof(token->text))
			return false;
		token->text[(*len)++] = (char) tolower((unsigned char) *(*s)++);
	}
	token->text[*len] = '\0';
	return true;
}

static bool accept_digit(char c) { return c >= '0' && c <= '9'; }
static bool accept_number(char c) { return accept_digit(c) || c == '.'; }
static bool accept_time(char c) { return accept_digit(c) || c == ':' || c == '.'; }
static bool accept_alpha(char c) { return isalpha((unsigned char) c) || IS_HIGHBIT_SET(c); }
static bool accept_date(char c) { return isalnum((unsigned char) c) || c == '-' || c == '/' || c == '.'; }
static bool accept_zone(char c) { return accept_digit(c) || c == ':' || c == '.' || c == '-'; }
static bool accept_zone_name(char c) { return isalnum((unsigned char) c) || strchr("/_-+:", c) != NULL; }

/* A token that begins with a digit. */
static bool
tokenize_digits(const char **s, Token *token, size_t *len)
{
	if (!take(s, token, len, accept_digit))
		return false;
	token->kind = TOKEN_NUMBER;
	if (**s == ':')
	{
		token->kind = TOKEN_TIME;
		return take(s, token, len, accept_time);
	}
	if (**s == '-' || **s == '/')
	{
		char separator = **s;
		bool digits_only = accept_digit((*s)[1]);

		token->kind = TOKEN_DATE;
		/* behind two numbers only a third one may follow, with the same separator; a month's name comes first or second */
		while (**s && (digits_only ? accept_digit(**s) || **s == separator : accept_date(**s)))
		{
			if (!digits_only && (**s == 'T' || **s == 't') && accept_digit((*s)[1]))
				break;
			if (*len + 1 >= sizeof(token->text))
				return false;
			token->text[(*len)++] = (char) tolower((unsigned char) *(*s)++);
		}
		token->text[*len] = '\0';
		return true;
	}
	if (**s == '.')
	{
		const char *point = strchr(*s + 1, '.');
		size_t digits = strspn(*s + 1, "0123456789");

		/* two points: German style */
		if (point == *s + 1 + digits)
		{
			token->kind = TOKEN_DATE;
			return take(s, token, len, accept_date);
		}
		return take(s, token, len, accept_number);
	}
	return true;
}

/* A token that begins with a letter: a word, a date with the month first, or the name of a time zone. */
static bool
tokenize_alpha(const char **s, Token *token, size_t *len)
{
	if (!take(s, token, len, accept_alpha))
		return false;
	token->kind = TOKEN_WORD;
	if ((**s == '-' || **s == '.') && accept_digit((*s)[1]) && *len == 3 && strchr((*s) + 1, **s) != NULL)
	{
		token->kind = TOKEN_DATE;
		return take(s, token, len, accept_date);
	}
	/* j2451187 and the like */
	if (accept_digit(**s) && *len == 1 && (token->text[0] == 'j' || token->text[0] == 't'))
		return true;
	/* feb10 */
	if (accept_digit(**s) && *len == 3 && month_of(token->text) > 0)
		return true;
	/* America/New_York, Etc/GMT+5, EST5EDT, GMT+3 */
	if (**s == '/' || **s == '_' || (accept_digit(**s) && *len >= 3) ||
		((**s == '+' || **s == '-') && accept_digit((*s)[1]) && *len >= 3))
		return take(s, token, len, accept_zone_name);
	return true;
}

static int
tokenize(const char *s, Token *tokens)
{
	int count = 0;

	for (;;)
	{
		Token *token = &tokens[count];
		size_t len = 0;

		while (isspace((unsigned char) *s))
			s++;
		if (*s == '\0')
			return count;
		if (count >= MAXDATEFIELDS)
			return -1;
		if (accept_digit(*s) || (*s == '.' && accept_digit(s[1])))
		{
			if (*s == '.')
			{
				token->kind = TOKEN_NUMBER;
				if (!take(&s, token, &len, accept_number))
					return -1;
			}
			else if (!tokenize_digits(&s, token, &len))
				return -1;
		}
		else if (accept_alpha(*s))
		{
			if (!tokenize_alpha(&s, token, &len))
				return -1;
		}
		else if (*s == '+' || *s == '-')
		{
			token->text[len++] = *s++;
			while (isspace((unsigned char) *s))
				s++;
			if (accept_digit(*s))
			{
				token->kind = TOKEN_ZONE;
				if (!take(&s, token, &len, accept_zone))
					return -1;
			}
			else if (accept_alpha(*s))
			{
				token->kind = TOKEN_SIGNED_WORD;
				if (!take(&s, token, &len, accept_alpha))
					return -1;
			}
			else
				return -1;
		}
		else if (ispunct((unsigned char) *s))
		{
			s++;
			continue;
		}
		else
			return -1;
		count++;
	}
}

/* ---- state of the interpretation */
typedef struct DateTimeReader
{
	ParsedDateTime *out;
	bool have_year;
	bool have_month;
	bool have_day;
	bool have_doy;
	int doy;
	bool have_julian;
	bool text_month;
	bool two_digit_year;
	bool bc;
	int meridian; /* 0 none, 1 am, 2 pm */
	bool have_keyword; /* now, today ... stand for a whole date */
	bool time_expected; /* after a T */
	bool julian_expected; /* after a J */
	bool time_only;
} DateTimeReader;

static bool
have_full_date(const DateTimeReader *r)
{
	return (r->have_year && r->have_month && r->have_day) || r->have_julian || r->have_doy || r->have_keyword;
}

/* ---- numbers */
/* The fraction of a second behind a point, in microseconds, rounded; the rest of the text must be digits. */
static bool
parse_fraction(const char *s, fsec_t *fsec)
{
	double value;
	char *end;

	if (*s == '\0')
	{
		*fsec = 0;
		return true;
	}
	if (*s != '.' || strspn(s + 1, "0123456789") != strlen(s + 1))
		return false;
	value = s[1] ? strtod(s, &end) : 0;
	*fsec = (fsec_t) __builtin_rint(value * 1000000);
	return true;
}

/* hh:mm, hh:mm:ss, hh:mm:ss.fff */
static DateTimeError
read_time(const char *s, struct pg_tm *tm, fsec_t *fsec)
{
	char *end;

	errno = 0;
	tm->tm_hour = (int) strtol(s, &end, 10);
	if (errno == ERANGE)
		return DT_FIELD_OVERFLOW;
	if (*end != ':')
		return DT_BAD_FORMAT;
	s = end + 1;
	if (!accept_digit(*s))
		return DT_BAD_FORMAT;
	tm->tm_min = (int) strtol(s, &end, 10);
	tm->tm_sec = 0;
	*fsec = 0;
	if (*end == '.')
	{
		/* mm:ss.fff */
		tm->tm_sec = tm->tm_min;
		tm->tm_min = tm->tm_hour;
		tm->tm_hour = 0;
		if (!parse_fraction(end, fsec))
			return DT_BAD_FORMAT;
	}
	else if (*end == ':')
	{
		s = end + 1;
		if (!accept_digit(*s))
			return DT_BAD_FORMAT;
		tm->tm_sec = (int) strtol(s, &end, 10);
		if (!parse_fraction(end, fsec))
			return DT_BAD_FORMAT;
	}
	else if (*end != '\0')
		return DT_BAD_FORMAT;
	if (tm->tm_hour < 0 || tm->tm_min < 0 || tm->tm_min > 59 || tm->tm_sec < 0 || tm->tm_sec > 60)
		return DT_FIELD_OVERFLOW;
	return DT_OK;
}

/* ---- zones: +hh, +hhmm, +hh:mm, +hh:mm:ss */
DateTimeError
zone_offset_parse(const char *s, int *zone, const char **end)
{
	int sign = *s == '-' ? -1 : 1;
	char *next;
	long hours;
	long minutes = 0;
	long seconds = 0;
	size_t digits;

	if ((*s != '+' && *s != '-') || !accept_digit(s[1]))
		return DT_BAD_FORMAT;
	digits = strspn(s + 1, "0123456789");
	hours = strtol(s + 1, &next, 10);
	if (*next == ':')
	{
		if (!accept_digit(next[1]))
			return DT_BAD_FORMAT;
		minutes = strtol(next + 1, &next, 10);
		if (*next == ':')
		{
			if (!accept_digit(next[1]))
				return DT_BAD_FORMAT;
			seconds = strtol(next + 1, &next, 10);
		}
	}
	else if (digits > 2)
	{
		minutes = hours % 100;
		hours = hours / 100;
	}
	if (hours < 0 || hours > MAX_TZDISP_HOUR || minutes < 0 || minutes >= 60 || seconds < 0 || seconds >= 60)
		return DT_ZONE_OVERFLOW;
	if (end)
		*end = next;
	else if (*next != '\0')
		return DT_BAD_FORMAT;
	*zone = -sign * (int) (hours * SECS_PER_HOUR + minutes * SECS_PER_MINUTE + seconds);
	return DT_OK;
}

/* ---- numbers in dates */
static DateTimeError
set_year(DateTimeReader *r, int value, size_t digits)
{
	if (r->have_year)
		return DT_BAD_FORMAT;
	r->have_year = true;
	r->out->tm.tm_year = value;
	r->two_digit_year = digits <= 2;
	return DT_OK;
}

static DateTimeError
set_month(DateTimeReader *r, int value)
{
	if (r->have_month)
		return DT_BAD_FORMAT;
	r->have_month = true;
	r->out->tm.tm_mon = value;
	return DT_OK;
}

static DateTimeError
set_day(DateTimeReader *r, int value)
{
	if (r->have_day)
		return DT_BAD_FORMAT;
	r->have_day = true;
	r->out->tm.tm_mday = value;
	return DT_OK;
}

/* A number of up to four digits or so, that is a year, a month or a day. */
static DateTimeError
place_number(DateTimeReader *r, int value, size_t digits)
{
	bool y = r->have_year;
	bool m = r->have_month;
	bool d = r->have_day;

	/* day of the year: 1999.013 and 1999-013 */
	if (y && !m && !d && digits == 3)
	{
		if (value < 1 || value > 366)
			return DT_FIELD_OVERFLOW;
		r->have_doy = true;
		r->doy = value;
		return DT_OK;
	}
	if (!y && !m && !d)
	{
		if (digits >= 3 || DateOrder == DATEORDER_YMD)
			return set_year(r, value, digits);
		return DateOrder == DATEORDER_DMY ? set_day(r, value) : set_month(r, value);
	}
	if (y && !m)
		return set_month(r, value);
	if (!y && m && !d)
	{
		if (r->text_month && (digits >= 3 || DateOrder == DATEORDER_YMD))
			return set_year(r, value, digits);
		return set_day(r, value);
	}
	if (y && m && !d)
	{
		/* 99 Jan 1999: what was taken for the year was the day */
		if (r->text_month && digits >= 3 && r->two_digit_year)
		{
			r->have_day = true;
			r->out->tm.tm_mday = r->out->tm.tm_year;
			r->out->tm.tm_year = value;
			r->two_digit_year = false;
			return DT_OK;
		}
		return set_day(r, value);
	}
	if (!y && !m && d)
		return set_month(r, value);
	if (!y && m && d)
		return set_year(r, value, digits);
	return DT_BAD_FORMAT;
}

static DateTimeError
set_text_month(DateTimeReader *r, int value)
{
	/* a number taken for the month was the day */
	if (r->have_month && !r->text_month && !r->have_day && r->out->tm.tm_mon >= 1 && r->out->tm.tm_mon <= 31)
	{
		r->have_day = true;
		r->out->tm.tm_mday = r->out->tm.tm_mon;
		r->have_month = false;
	}
	r->text_month = true;
	return set_month(r, value);
}

/* hhmmss or hhmm */
static DateTimeError
read_packed_time(DateTimeReader *r, const char *s, size_t digits)
{
	struct pg_tm *tm = &r->out->tm;
	int value = (int) strtol(s, NULL, 10);

	if (r->out->has_time)
		return DT_BAD_FORMAT;
	if (digits == 6)
	{
		tm->tm_hour = value / 10000;
		tm->tm_min = value / 100 % 100;
		tm->tm_sec = value % 100;
	}
	else if (digits == 4)
	{
		tm->tm_hour = value / 100;
		tm->tm_min = value % 100;
		tm->tm_sec = 0;
	}
	else if (digits <= 2 && r->time_expected)
	{
		tm->tm_hour = value;
		tm->tm_min = tm->tm_sec = 0;
	}
	else
		return DT_BAD_FORMAT;
	if (!parse_fraction(s + digits, &r->out->fsec))
		return DT_BAD_FORMAT;
	if (tm->tm_min > 59 || tm->tm_sec > 60)
		return DT_FIELD_OVERFLOW;
	r->out->has_time = true;
	return DT_OK;
}

static DateTimeError
read_julian(DateTimeReader *r, const char *s)
{
	char *end;
	long value;
	double fraction = 0;

	errno = 0;
	value = strtol(s, &end, 10);
	if (errno == ERANGE || value < 0 || value > PG_INT32_MAX)
		return DT_FIELD_OVERFLOW;
	if (*end == '.')
		fraction = strtod(end, &end);
	if (*end != '\0')
		return DT_BAD_FORMAT;
	if (have_full_date(r))
		return DT_BAD_FORMAT;
	j2date((int) value, &r->out->tm.tm_year, &r->out->tm.tm_mon, &r->out->tm.tm_mday);
	if (fraction > 0)
	{
		dt2time((Timestamp) (fraction * (double) USECS_PER_DAY), &r->out->tm.tm_hour, &r->out->tm.tm_min, &r->out->tm.tm_sec,
				&r->out->fsec);
		r->out->has_time = true;
	}
	r->have_julian = true;
	return DT_OK;
}

static DateTimeError
read_number(DateTimeReader *r, const char *s)
{
	size_t digits = strspn(s, "0123456789");
	bool fraction = s[digits] == '.';
	long value;

	if (r->julian_expected)
	{
		r->julian_expected = false;
		return read_julian(r, s);
	}
	if (r->time_expected || (r->time_only && !r->have_year && !r->have_month && !r->have_day && !r->out->has_time) ||
		(have_full_date(r) && !r->out->has_time && (digits == 6 || digits == 4)))
	{
		DateTimeError error = read_packed_time(r, s, digits);

		r->time_expected = false;
		return error;
	}
	if (fraction)
	{
		/* 19990108.5 makes no sense; 1999.013 is a day of the year */
		if (digits == 4 && strlen(s) == 8 && !r->have_year)
		{
			DateTimeError error = set_year(r, (int) strtol(s, NULL, 10), 4);

			return error ? error : place_number(r, (int) strtol(s + 5, NULL, 10), 3);
		}
		return DT_BAD_FORMAT;
	}
	if (s[digits] != '\0')
		return DT_BAD_FORMAT;
	errno = 0;
	value = strtol(s, NULL, 10);
	if (errno == ERANGE || value > PG_INT32_MAX)
		return DT_FIELD_OVERFLOW;
	if (!r->have_year && !r->have_month && !r->have_day)
	{
		if (digits >= 8)
		{
			r->have_year = r->have_month = r->have_day = true;
			r->out->tm.tm_mday = (int) strtol(s + digits - 2, NULL, 10);
			r->out->tm.tm_mon = (int) (value / 100 % 100);
			r->out->tm.tm_year = (int) (value / 10000);
			return DT_OK;
		}
		if (digits == 6)
		{
			r->have_year = r->have_month = r->have_day = true;
			r->out->tm.tm_mday = (int) (value % 100);
			r->out->tm.tm_mon = (int) (value / 100 % 100);
			r->out->tm.tm_year = (int) (value / 10000);
			r->two_digit_year = true;
			return DT_OK;
		}
		if (digits == 7)
		{
			/* yyyyddd */
			r->have_year = r->have_doy = true;
			r->out->tm.tm_year = (int) (value / 1000);
			r->doy = (int) (value % 1000);
			return DT_OK;
		}
	}
	return place_number(r, (int) value, digits);
}

/* ---- words */
static int
month_of(const char *word)
{
	static const char *const full[] = {"january", "february", "march",	   "april",	  "may",	  "june",
									   "july",	  "august",	  "september", "october", "november", "december"};
	size_t len = strlen(word);

	if (strcmp(word, "sept") == 0)
		return 9;
	for (int i = 0; i < 12; i++)
	{
		if (strcmp(word, full[i]) == 0 || (len == 3 && strncmp(word, full[i], 3) == 0))
			return i + 1;
	}
	return 0;
}

static bool
is_weekday(const char *word)
{
	static const char *const names[] = {"sun", "sunday", "mon", "monday", "tue", "tues", "tuesday", "wed", "weds",
										"wednesday", "thu", "thur", "thurs", "thursday", "fri", "friday", "sat", "saturday"};

	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (strcmp(word, names[i]) == 0)
			return true;
	}
	return false;
}

/* A date whose parts are joined by separators. */
static DateTimeError
read_date(DateTimeReader *r, char *s)
{
	char *parts[3];
	int count = 0;
	DateTimeError error;

	/* a zone name such as est5edt never gets here: dates have at least one separator */
	for (char *p = s; p != NULL;)
	{
		char *next = strpbrk(p, "-/.");

		if (count >= 3)
			return DT_BAD_FORMAT;
		if (next)
			*next++ = '\0';
		parts[count++] = p;
		p = next;
	}
	if (have_full_date(r))
		return DT_BAD_FORMAT;
	/* the month first, when it is a word, for it tells how to read the rest */
	for (int i = 0; i < count; i++)
	{
		if (isalpha((unsigned char) parts[i][0]))
		{
			int month = month_of(parts[i]);

			if (month == 0)
				return DT_BAD_FORMAT;
			error = set_text_month(r, month);
			if (error)
				return error;
		}
	}
	for (int i = 0; i < count; i++)
	{
		size_t digits = strlen(parts[i]);

		if (isalpha((unsigned char) parts[i][0]))
			continue;
		if (digits == 0 || strspn(parts[i], "0123456789") != digits || digits > 9)
			return DT_BAD_FORMAT;
		error = place_number(r, (int) strtol(parts[i], NULL, 10), digits);
		if (error)
			return error;
	}
	return DT_OK;
}

/* Relative to the transaction's start. */
static void
set_current_date(DateTimeReader *r, int day_offset)
{
	struct pg_tm now;
	ParsedDateTime *out = r->out;

	GetCurrentDateTime(&now);
	j2date(date2j(now.tm_year, now.tm_mon, now.tm_mday) + day_offset, &out->tm.tm_year, &out->tm.tm_mon, &out->tm.tm_mday);
	r->have_keyword = true;
}

static DateTimeError
read_keyword(DateTimeReader *r, const char *word, bool *known)
{
	ParsedDateTime *out = r->out;

	*known = true;
	if (strcmp(word, "now") == 0)
	{
		int zone;

		GetCurrentTimeUsec(&out->tm, &out->fsec, &zone);
		out->zone = zone;
		out->has_zone = true;
		out->has_time = true;
		r->have_keyword = true;
	}
	else if (strcmp(word, "today") == 0)
		set_current_date(r, 0);
	else if (strcmp(word, "tomorrow") == 0)
		set_current_date(r, 1);
	else if (strcmp(word, "yesterday") == 0)
		set_current_date(r, -1);
	else if (strcmp(word, "epoch") == 0)
		out->kind = KIND_EPOCH;
	else if (strcmp(word, "infinity") == 0)
		out->kind = KIND_INFINITY;
	else if (strcmp(word, "allballs") == 0)
	{
		out->tm.tm_hour = out->tm.tm_min = out->tm.tm_sec = 0;
		out->fsec = 0;
		out->has_time = true;
		out->has_zone = true;
		out->zone = 0;
	}
	else
		*known = false;
	return DT_OK;
}

static DateTimeError
read_word(DateTimeReader *r, const char *word)
{
	ParsedDateTime *out = r->out;
	int month;
	int zone;
	bool is_dst;
	bool known;
	DateTimeError error;

	if (strcmp(word, "am") == 0 || strcmp(word, "pm") == 0)
	{
		r->meridian = word[0] == 'a' ? 1 : 2;
		return DT_OK;
	}
	if (strcmp(word, "ad") == 0 || strcmp(word, "bc") == 0)
	{
		r->bc = word[0] == 'b';
		return DT_OK;
	}
	if (strcmp(word, "t") == 0)
	{
		r->time_expected = true;
		return DT_OK;
	}
	if (strcmp(word, "j") == 0 || strcmp(word, "jd") == 0 || strcmp(word, "julian") == 0)
	{
		r->julian_expected = true;
		return DT_OK;
	}
	if (strcmp(word, "dst") == 0)
	{
		/* an offset written before it means standard time */
		if (!out->has_zone)
			return DT_BAD_FORMAT;
		out->zone -= SECS_PER_HOUR;
		return DT_OK;
	}
	if (strcmp(word, "at") == 0 || strcmp(word, "on") == 0 || is_weekday(word))
		return DT_OK;
	month = month_of(word);
	if (month > 0)
		return set_text_month(r, month);
	error = read_keyword(r, word, &known);
	if (known)
		return error;
	if (zone_by_abbreviation(word, &zone, &is_dst))
	{
		if (out->has_zone)
			return DT_BAD_FORMAT;
		out->zone = zone;
		out->has_zone = true;
		return DT_OK;
	}
	if (out->has_zone || out->tz)
		return DT_BAD_FORMAT;
	out->tz = zone_by_name(word);
	if (out->tz == NULL)
	{
		/* with a slash it was surely meant to be one */
		if (strchr(word, '/') || strchr(word, '_'))
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("time zone \"%s\" not recognized", word));
		return DT_BAD_FORMAT;
	}
	return DT_OK;
}

/* ---- after the last token */
static DateTimeError
check_date(DateTimeReader *r)
{
	struct pg_tm *tm = &r->out->tm;

	if (r->have_year && !r->have_julian)
	{
		if (r->bc)
		{
			if (tm->tm_year <= 0)
				return DT_FIELD_OVERFLOW;
			tm->tm_year = 1 - tm->tm_year; /* there is no year 0 in the calendar, but in arithmetic */
		}
		else if (r->two_digit_year)
		{
			if (tm->tm_year < 70)
				tm->tm_year += 2000;
			else if (tm->tm_year < 100)
				tm->tm_year += 1900;
		}
		else if (tm->tm_year <= 0)
			return DT_FIELD_OVERFLOW;
	}
	else if (r->bc)
		return DT_BAD_FORMAT;
	if (r->have_doy)
	{
		if (r->doy < 1 || r->doy > 365 + isleap(tm->tm_year))
			return DT_FIELD_OVERFLOW;
		j2date(date2j(tm->tm_year, 1, 1) + r->doy - 1, &tm->tm_year, &tm->tm_mon, &tm->tm_mday);
		return DT_OK;
	}
	if (r->have_month && (tm->tm_mon < 1 || tm->tm_mon > 12))
		return DT_MONTH_DAY_OVERFLOW;
	if (r->have_day && (tm->tm_mday < 1 || tm->tm_mday > 31))
		return DT_MONTH_DAY_OVERFLOW;
	if (r->have_year && r->have_month && r->have_day && tm->tm_mday > day_tab[isleap(tm->tm_year)][tm->tm_mon - 1])
		return DT_FIELD_OVERFLOW;
	return DT_OK;
}

static DateTimeError
check_time(DateTimeReader *r)
{
	struct pg_tm *tm = &r->out->tm;

	if (r->meridian != 0)
	{
		if (!r->out->has_time || tm->tm_hour > 12)
			return DT_FIELD_OVERFLOW;
		if (r->meridian == 1 && tm->tm_hour == 12)
			tm->tm_hour = 0;
		else if (r->meridian == 2 && tm->tm_hour != 12)
			tm->tm_hour += 12;
	}
	/* 24:00:00 is the end of the day, nothing beyond it */
	if (tm->tm_hour > 24 || (tm->tm_hour == 24 && (tm->tm_min > 0 || tm->tm_sec > 0 || r->out->fsec > 0)))
		return DT_FIELD_OVERFLOW;
	return DT_OK;
}

static DateTimeError
read_zone_token(DateTimeReader *r, const char *s)
{
	ParsedDateTime *out = r->out;
	int zone;
	DateTimeError error;

	/* 2001-02-03 -04 ... only after a time; before it a minus is a separator that got a blank in front */
	error = zone_offset_parse(s, &zone, NULL);
	if (error)
		return error;
	/* GMT-3: a name followed by an offset */
	if (out->has_zone && out->zone == 0 && r->out->tz == NULL)
	{
		out->zone = zone;
		return DT_OK;
	}
	if (out->has_zone || out->tz)
		return DT_BAD_FORMAT;
	out->zone = zone;
	out->has_zone = true;
	return DT_OK;
}

static DateTimeError
read_token(DateTimeReader *r, Token *token)
{
	DateTimeError error;

	switch (token->kind)
	{
		case TOKEN_NUMBER:
			return read_number(r, token->text);
		case TOKEN_DATE:
			return read_date(r, token->text);
		case TOKEN_TIME:
			if (r->out->has_time)
				return DT_BAD_FORMAT;
			error = read_time(token->text, &r->out->tm, &r->out->fsec);
			r->out->has_time = true;
			r->time_expected = false;
			return error;
		case TOKEN_ZONE:
			return read_zone_token(r, token->text);
		case TOKEN_WORD:
			return read_word(r, token->text);
		case TOKEN_SIGNED_WORD:
			if (strcmp(token->text + 1, "infinity") != 0)
				return DT_BAD_FORMAT;
			r->out->kind = token->text[0] == '-' ? KIND_NEG_INFINITY : KIND_INFINITY;
			return DT_OK;
	}
	return DT_BAD_FORMAT;
}

DateTimeError
datetime_parse(const char *input, bool time_only, ParsedDateTime *result)
{
	Token tokens[MAXDATEFIELDS];
	int count = tokenize(input, tokens);
	DateTimeReader r = {.out = result, .time_only = time_only};
	DateTimeError error = DT_OK;

	memset(result, 0, sizeof(*result));
	result->tm.tm_isdst = -1;
	if (count <= 0)
		return DT_BAD_FORMAT;
	for (int i = 0; i < count; i++)
	{
		error = read_token(&r, &tokens[i]);
		if (error)
			return error;
		if (result->kind != KIND_FIELDS)
			return count == 1 ? DT_OK : DT_BAD_FORMAT;
	}
	if (r.julian_expected || (r.time_expected && !result->has_time))
		return DT_BAD_FORMAT;
	error = check_date(&r);
	if (!error)
		error = check_time(&r);
	if (error)
		return error;
	result->has_date = have_full_date(&r);
	if (!result->has_date && (r.have_year || r.have_month || r.have_day))
		return DT_BAD_FORMAT;
	if (!time_only && !result->has_date)
		return DT_BAD_FORMAT;
	if (time_only && !result->has_time)
		return DT_BAD_FORMAT;
	if (result->tz && result->has_date)
	{
		result->zone = DetermineTimeZoneOffset(&result->tm, result->tz);
		result->has_zone = true;
	}
	return DT_OK;
}
