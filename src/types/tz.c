/*
 * tz.c
 *    Time zones: reader of TZif files (RFC 8536), evaluation of their transitions and of the POSIX rule at their end.
 *
 * A zone is loaded once per process and kept. Offsets here are seconds east of UTC. Files are read by hand, and nothing
 * in them is trusted: every count and index is checked against the file's size.
 */
#include "postgres.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "types/datetime.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#define ZONE_DIR "/usr/share/zoneinfo"
#define MAX_ZONE_FILE (1024 * 1024)

typedef struct ZoneType
{
	int32 offset;
	bool is_dst;
	const char *abbreviation;
} ZoneType;

/* A day of the year on which the clocks change. */
typedef struct RuleDay
{
	char kind; /* J: 1-365 without leap day, N: 0-365, M: month.week.weekday */
	int month;
	int week;
	int day;
	int32 time; /* seconds after local midnight; may be negative or beyond a day */
} RuleDay;

typedef struct ZoneRule
{
	bool present;
	bool has_dst;
	ZoneType std;
	ZoneType dst;
	RuleDay dst_start;
	RuleDay dst_end;
} ZoneRule;

struct pg_tz
{
	char name[TZ_STRLEN_MAX + 1];
	int transition_count;
	int64 *transitions;		   /* UTC seconds, ascending */
	uint8 *transition_types;
	int type_count;
	ZoneType *types;
	char *abbreviations;
	ZoneRule rule; /* after the last transition */
};

pg_tz *session_timezone = NULL;
pg_tz *log_timezone = NULL;

/* ---- POSIX TZ strings: EST5EDT,M3.2.0,M11.1.0 */
static bool
parse_abbreviation(const char **s, const char **result)
{
	const char *start = *s;
	const char *end;
	char *copy;

	/* a bare offset is taken too, as a zone without a name */
	if (*start == '+' || *start == '-' || isdigit((unsigned char) *start))
	{
		*result = "";
		return true;
	}
	if (*start == '<')
	{
		start++;
		end = strchr(start, '>');
		if (end == NULL)
			return false;
		*s = end + 1;
	}
	else
	{
		end = start;
		while (isalpha((unsigned char) *end))
			end++;
		*s = end;
	}
	if (end - start < 3 || end - start > 31)
		return false;
	copy = MemoryContextAlloc(TopMemoryContext, (Size) (end - start) + 1);
	memcpy(copy, start, (size_t) (end - start));
	copy[end - start] = '\0';
	*result = copy;
	return true;
}

static bool
parse_number(const char **s, int min, int max, int *result)
{
	int value = 0;

	if (!isdigit((unsigned char) **s))
		return false;
	while (isdigit((unsigned char) **s) && value <= 10000)
		value = value * 10 + (*(*s)++ - '0');
	*result = value;
	return value >= min && value <= max;
}

/* [+-]hh[:mm[:ss]] */
static bool
parse_hms(const char **s, int32 *seconds)
{
	int sign = **s == '-' ? -1 : 1;
	int h;
	int m = 0;
	int sec = 0;

	if (**s == '+' || **s == '-')
		(*s)++;
	if (!parse_number(s, 0, 167, &h))
		return false;
	if (**s == ':')
	{
		(*s)++;
		if (!parse_number(s, 0, 59, &m))
			return false;
		if (**s == ':')
		{
			(*s)++;
			if (!parse_number(s, 0, 59, &sec))
				return false;
		}
	}
	*seconds = sign * (h * SECS_PER_HOUR + m * SECS_PER_MINUTE + sec);
	return true;
}

static bool
parse_rule_day(const char **s, RuleDay *day)
{
	day->time = 2 * SECS_PER_HOUR;
	if (**s == 'M')
	{
		(*s)++;
		day->kind = 'M';
		if (!parse_number(s, 1, 12, &day->month) || *(*s)++ != '.' || !parse_number(s, 1, 5, &day->week) ||
			*(*s)++ != '.' || !parse_number(s, 0, 6, &day->day))
			return false;
	}
	else if (**s == 'J')
	{
		(*s)++;
		day->kind = 'J';
		if (!parse_number(s, 1, 365, &day->day))
			return false;
	}
	else
	{
		day->kind = 'N';
		if (!parse_number(s, 0, 365, &day->day))
			return false;
	}
	if (**s == '/')
	{
		(*s)++;
		return parse_hms(s, &day->time);
	}
	return true;
}

static bool
parse_posix_rule(const char *s, ZoneRule *rule)
{
	const char *abbreviation;
	int32 west;

	memset(rule, 0, sizeof(*rule));
	if (!parse_abbreviation(&s, &abbreviation) || !parse_hms(&s, &west))
		return false;
	rule->std = (ZoneType){-west, false, abbreviation};
	rule->present = true;
	if (*s == '\0')
		return true;
	if (!parse_abbreviation(&s, &abbreviation))
		return false;
	rule->has_dst = true;
	rule->dst = (ZoneType){rule->std.offset + SECS_PER_HOUR, true, abbreviation};
	if (*s != '\0' && *s != ',')
	{
		if (!parse_hms(&s, &west))
			return false;
		rule->dst.offset = -west;
	}
	/* without dates: those of the United States */
	if (*s == '\0')
		s = ",M3.2.0,M11.1.0";
	return *s++ == ',' && parse_rule_day(&s, &rule->dst_start) && *s++ == ',' && parse_rule_day(&s, &rule->dst_end) &&
		   *s == '\0';
}

/* The day a rule names in a year, as days since 1970. */
static int64
rule_day_number(const RuleDay *day, int year)
{
	int64 new_year = (int64) date2j(year, 1, 1) - UNIX_EPOCH_JDATE;

	if (day->kind == 'N')
		return new_year + day->day;
	if (day->kind == 'J')
		return new_year + day->day - 1 + (isleap(year) && day->day >= 60);
	{
		int first = date2j(year, day->month, 1);
		int length = day_tab[isleap(year)][day->month - 1];
		int offset = (day->day - j2day(first) + 7) % 7 + (day->week - 1) * 7;

		while (offset >= length)
			offset -= 7;
		return (int64) first + offset - UNIX_EPOCH_JDATE;
	}
}

/* When the clocks change in a year, in UTC. */
static int64
rule_change(const ZoneRule *rule, bool to_dst, int year)
{
	const RuleDay *day = to_dst ? &rule->dst_start : &rule->dst_end;

	return rule_day_number(day, year) * SECS_PER_DAY + day->time - (to_dst ? rule->std.offset : rule->dst.offset);
}

static int
utc_year(pg_time_t t)
{
	int64 day = t >= 0 ? t / SECS_PER_DAY : -((-t + SECS_PER_DAY - 1) / SECS_PER_DAY);
	int year;
	int month;
	int mday;

	j2date((int) Min(Max(day + UNIX_EPOCH_JDATE, 0), INT32_MAX), &year, &month, &mday);
	return year;
}

/* What holds at t by the rule; *next is the following change, when there is one. */
static const ZoneType *
rule_at(const ZoneRule *rule, pg_time_t t, int64 *next, const ZoneType **next_type)
{
	int year = utc_year(t);
	const ZoneType *current = NULL;

	*next_type = NULL;
	if (!rule->has_dst)
		return &rule->std;
	/* walk over the changes of the neighbouring years in order */
	for (int y = year - 1; y <= year + 1; y++)
	{
		int64 start = rule_change(rule, true, y);
		int64 end = rule_change(rule, false, y);
		bool start_first = start < end;

		for (int k = 0; k < 2; k++)
		{
			bool is_start = (k == 0) == start_first;
			int64 at = is_start ? start : end;

			if (at <= t)
				current = is_start ? &rule->dst : &rule->std;
			else
			{
				*next = at;
				*next_type = is_start ? &rule->dst : &rule->std;
				return current ? current : is_start ? &rule->std : &rule->dst;
			}
		}
	}
	return current;
}

/* ---- files */
static uint32
read_be32(const uint8 *p)
{
	return (uint32) p[0] << 24 | (uint32) p[1] << 16 | (uint32) p[2] << 8 | p[3];
}

static int64
read_be64(const uint8 *p)
{
	return (int64) ((uint64) read_be32(p) << 32 | read_be32(p + 4));
}

typedef struct TzifHeader
{
	uint32 isut_count;
	uint32 isstd_count;
	uint32 leap_count;
	uint32 time_count;
	uint32 type_count;
	uint32 char_count;
	char version;
} TzifHeader;

#define TZIF_HEADER_SIZE 44

static bool
read_header(const uint8 *data, size_t size, TzifHeader *header)
{
	if (size < TZIF_HEADER_SIZE || memcmp(data, "TZif", 4) != 0)
		return false;
	header->version = (char) data[4];
	header->isut_count = read_be32(data + 20);
	header->isstd_count = read_be32(data + 24);
	header->leap_count = read_be32(data + 28);
	header->time_count = read_be32(data + 32);
	header->type_count = read_be32(data + 36);
	header->char_count = read_be32(data + 40);
	return header->type_count >= 1 && header->type_count <= 256 && header->time_count <= 100000 &&
		   header->char_count <= 10000 && header->leap_count <= 10000 && header->isut_count <= 256 &&
		   header->isstd_count <= 256;
}

static size_t
block_size(const TzifHeader *h, size_t time_size)
{
	return h->time_count * time_size + h->time_count + h->type_count * 6 + h->char_count + h->leap_count * (time_size + 4) +
		   h->isstd_count + h->isut_count;
}

static bool
read_zone_data(const uint8 *data, size_t size, pg_tz *tz)
{
	TzifHeader h;
	size_t time_size = 4;
	const uint8 *p;
	const uint8 *types;
	const uint8 *chars;

	if (!read_header(data, size, &h))
		return false;
	if (h.version >= '2')
	{
		/* the 64-bit block follows the 32-bit one */
		size_t skip = TZIF_HEADER_SIZE + block_size(&h, 4);

		if (skip > size || !read_header(data + skip, size - skip, &h))
			return false;
		data += skip;
		size -= skip;
		time_size = 8;
	}
	if (TZIF_HEADER_SIZE + block_size(&h, time_size) > size)
		return false;
	p = data + TZIF_HEADER_SIZE;
	tz->transition_count = (int) h.time_count;
	tz->transitions = MemoryContextAlloc(TopMemoryContext, (h.time_count + 1) * sizeof(int64));
	tz->transition_types = MemoryContextAlloc(TopMemoryContext, h.time_count + 1);
	tz->type_count = (int) h.type_count;
	tz->types = MemoryContextAlloc(TopMemoryContext, h.type_count * sizeof(ZoneType));
	tz->abbreviations = MemoryContextAllocZero(TopMemoryContext, h.char_count + 1);
	types = p + h.time_count * (time_size + 1);
	chars = types + h.type_count * 6;
	memcpy(tz->abbreviations, chars, h.char_count);
	for (uint32 i = 0; i < h.time_count; i++)
	{
		tz->transitions[i] = time_size == 8 ? read_be64(p + i * 8) : (int32) read_be32(p + i * 4);
		tz->transition_types[i] = p[h.time_count * time_size + i];
		if (tz->transition_types[i] >= h.type_count || (i > 0 && tz->transitions[i] <= tz->transitions[i - 1]))
			return false;
	}
	for (uint32 i = 0; i < h.type_count; i++)
	{
		if (types[i * 6 + 5] > h.char_count)
			return false;
		tz->types[i] = (ZoneType){(int32) read_be32(types + i * 6), types[i * 6 + 4] != 0,
								  tz->abbreviations + types[i * 6 + 5]};
	}
	if (time_size == 8)
	{
		const char *footer = (const char *) data + TZIF_HEADER_SIZE + block_size(&h, time_size);
		const char *end = (const char *) data + size;
		const char *newline;

		if (footer < end && *footer == '\n' && (newline = memchr(footer + 1, '\n', (size_t) (end - footer - 1))) != NULL &&
			newline > footer + 1)
		{
			char *rule = pnstrdup(footer + 1, (Size) (newline - footer - 1));

			if (!parse_posix_rule(rule, &tz->rule))
				tz->rule.present = false;
			pfree(rule);
		}
	}
	return true;
}

static bool
read_zone_file(const char *path, pg_tz *tz)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8 *data;
	ssize_t got;
	bool ok;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < TZIF_HEADER_SIZE || st.st_size > MAX_ZONE_FILE)
	{
		close(fd);
		return false;
	}
	data = palloc((Size) st.st_size);
	got = read(fd, data, (size_t) st.st_size);
	close(fd);
	ok = got == st.st_size && read_zone_data(data, (size_t) got, tz);
	pfree(data);
	return ok;
}

/* Follows a name through the directories without regard to case; path gets the true spelling. */
static bool
find_spelling(const char *name, char *path, size_t path_size)
{
	size_t used = strlcpy(path, ZONE_DIR, path_size);

	while (*name)
	{
		size_t len = strcspn(name, "/");
		DIR *dir = opendir(path);
		struct dirent *entry;
		bool found = false;

		if (dir == NULL)
			return false;
		while (!found && (entry = readdir(dir)) != NULL)
		{
			if (strlen(entry->d_name) == len && strncasecmp(entry->d_name, name, len) == 0)
			{
				used += (size_t) snprintf(path + used, path_size - used, "/%s", entry->d_name);
				found = true;
			}
		}
		closedir(dir);
		if (!found || used >= path_size)
			return false;
		name += len;
		if (*name == '/')
			name++;
	}
	return true;
}

/* ---- cache of zones */
typedef struct ZoneCacheEntry
{
	char name[TZ_STRLEN_MAX + 1]; /* key: as asked for, in upper case */
	pg_tz *tz;
} ZoneCacheEntry;
static HTAB *zone_cache;

static pg_tz *
load_zone(const char *name)
{
	pg_tz *tz = MemoryContextAllocZero(TopMemoryContext, sizeof(pg_tz));
	char path[MAXPGPATH];

	/* no way out of the directory */
	if (name[0] != '/' && name[0] != '.' && strstr(name, "..") == NULL && name[0] != '\0' &&
		find_spelling(name, path, sizeof(path)) && read_zone_file(path, tz))
	{
		strlcpy(tz->name, path + strlen(ZONE_DIR "/"), sizeof(tz->name));
		return tz;
	}
	if (parse_posix_rule(name, &tz->rule))
	{
		for (size_t i = 0; i <= strlen(name); i++)
			tz->name[i] = (char) toupper((unsigned char) name[i]);
		return tz;
	}
	pfree(tz);
	return NULL;
}

pg_tz *
pg_tzset(const char *tzname)
{
	ZoneCacheEntry *entry;
	char key[TZ_STRLEN_MAX + 1] = {0};
	bool found;
	pg_tz *tz;

	if (strlen(tzname) > TZ_STRLEN_MAX)
		return NULL;
	for (size_t i = 0; tzname[i]; i++)
		key[i] = (char) toupper((unsigned char) tzname[i]);
	if (zone_cache == NULL)
	{
		HASHCTL ctl = {.keysize = TZ_STRLEN_MAX + 1, .entrysize = sizeof(ZoneCacheEntry), .hcxt = TopMemoryContext};

		zone_cache = hash_create("time zones", 16, &ctl, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	}
	entry = hash_search(zone_cache, key, HASH_FIND, &found);
	if (found)
		return entry->tz;
	tz = strcmp(key, "GMT") == 0 ? load_zone("GMT0") : load_zone(tzname);
	if (tz == NULL)
		return NULL;
	if (strcmp(key, "GMT") == 0)
	{
		strlcpy(tz->name, "GMT", sizeof(tz->name));
		tz->rule.std.abbreviation = "GMT";
	}
	entry = hash_search(zone_cache, key, HASH_ENTER, &found);
	entry->tz = tz;
	return tz;
}

/* A zone with one offset, in seconds west as POSIX counts; its name is a POSIX specification. */
pg_tz *
pg_tzset_offset(long gmtoffset)
{
	long abs_offset = gmtoffset < 0 ? -gmtoffset : gmtoffset;
	char hms[32];
	char name[128];
	int len = snprintf(hms, sizeof(hms), "%02ld", abs_offset / SECS_PER_HOUR);

	abs_offset %= SECS_PER_HOUR;
	if (abs_offset != 0)
	{
		len += snprintf(hms + len, sizeof(hms) - (size_t) len, ":%02ld", abs_offset / SECS_PER_MINUTE);
		if (abs_offset % SECS_PER_MINUTE != 0)
			snprintf(hms + len, sizeof(hms) - (size_t) len, ":%02ld", abs_offset % SECS_PER_MINUTE);
	}
	snprintf(name, sizeof(name), gmtoffset > 0 ? "<-%s>+%s" : "<+%s>-%s", hms, hms);
	return pg_tzset(name);
}

pg_tz *
zone_by_name(const char *name)
{
	return pg_tzset(name);
}

const char *
pg_get_timezone_name(pg_tz *tz)
{
	return tz ? tz->name : NULL;
}

/* Zones that count leap seconds do not fit our arithmetic. */
bool
pg_tz_acceptable(pg_tz *tz)
{
	pg_time_t t = (pg_time_t) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	struct pg_tm *tm = pg_localtime(&t, tz);

	return tm != NULL && tm->tm_sec == 0;
}

/* Before anything else needs a zone. The settings' assign hooks replace it. */
void
pg_timezone_initialize(void)
{
	if (session_timezone == NULL)
		session_timezone = pg_tzset("GMT");
	if (log_timezone == NULL)
		log_timezone = session_timezone;
}

/* ---- evaluation */
/* The index of the last transition at or before t; -1 when t is before the first. */
static int
transition_before(const pg_tz *tz, pg_time_t t)
{
	int low = 0;
	int high = tz->transition_count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (tz->transitions[middle] <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

/* What holds at t, and when and to what it changes next (*next_type NULL: never). */
static const ZoneType *
zone_at(const pg_tz *tz, pg_time_t t, int64 *next, const ZoneType **next_type)
{
	int i = transition_before(tz, t);

	*next_type = NULL;
	if (tz->transition_count == 0 || i == tz->transition_count - 1)
	{
		if (tz->rule.present)
			return rule_at(&tz->rule, t, next, next_type);
		return i >= 0 ? &tz->types[tz->transition_types[i]] : &tz->types[0];
	}
	*next = tz->transitions[i + 1];
	*next_type = &tz->types[tz->transition_types[i + 1]];
	return i >= 0 ? &tz->types[tz->transition_types[i]] : &tz->types[0];
}

static void
fill_tm(pg_time_t t, const ZoneType *type, struct pg_tm *tm)
{
	int64 local = t + type->offset;
	int64 day = local >= 0 ? local / SECS_PER_DAY : -((-local + SECS_PER_DAY - 1) / SECS_PER_DAY);
	int rest = (int) (local - day * SECS_PER_DAY);
	int year;

	j2date((int) (day + UNIX_EPOCH_JDATE), &year, &tm->tm_mon, &tm->tm_mday);
	tm->tm_yday = (int) (day + UNIX_EPOCH_JDATE) - date2j(year, 1, 1);
	tm->tm_wday = j2day((int) (day + UNIX_EPOCH_JDATE));
	tm->tm_year = year - 1900;
	tm->tm_mon -= 1;
	tm->tm_hour = rest / SECS_PER_HOUR;
	tm->tm_min = rest / SECS_PER_MINUTE % 60;
	tm->tm_sec = rest % 60;
	tm->tm_isdst = type->is_dst;
	tm->tm_gmtoff = type->offset;
	tm->tm_zone = type->abbreviation;
}

struct pg_tm *
pg_localtime(const pg_time_t *timep, const pg_tz *tz)
{
	static struct pg_tm result;
	int64 next;
	const ZoneType *next_type;

	if (tz == NULL)
	{
		pg_timezone_initialize();
		tz = session_timezone;
	}
	fill_tm(*timep, zone_at(tz, *timep, &next, &next_type), &result);
	return &result;
}

struct pg_tm *
pg_gmtime(const pg_time_t *timep)
{
	static struct pg_tm result;
	static const ZoneType utc = {0, false, "GMT"};

	fill_tm(*timep, &utc, &result);
	return &result;
}

int
pg_next_dst_boundary(const pg_time_t *timep, long int *before_gmtoff, int *before_isdst, pg_time_t *boundary,
					 long int *after_gmtoff, int *after_isdst, const pg_tz *tz)
{
	int64 next;
	const ZoneType *next_type;
	const ZoneType *type;

	if (tz == NULL)
	{
		pg_timezone_initialize();
		tz = session_timezone;
	}
	type = zone_at(tz, *timep, &next, &next_type);
	*before_gmtoff = type->offset;
	*before_isdst = type->is_dst;
	if (next_type == NULL)
		return 0;
	*boundary = next;
	*after_gmtoff = next_type->offset;
	*after_isdst = next_type->is_dst;
	return 1;
}

bool
pg_get_timezone_offset(const pg_tz *tz, long int *gmtoff)
{
	for (int i = 1; i < tz->type_count; i++)
	{
		if (tz->types[i].offset != tz->types[0].offset)
			return false;
	}
	if (tz->rule.present && tz->rule.has_dst)
		return false;
	*gmtoff = tz->type_count > 0 ? tz->types[0].offset : tz->rule.std.offset;
	return true;
}

/* The meaning that an abbreviation has in a zone, at *timep or nearest before it. */
bool
pg_interpret_timezone_abbrev(const char *abbrev, const pg_time_t *timep, long int *gmtoff, int *isdst, const pg_tz *tz)
{
	for (int i = transition_before(tz, *timep); i >= -1; i--)
	{
		const ZoneType *type = i >= 0 ? &tz->types[tz->transition_types[i]] : tz->type_count > 0 ? &tz->types[0] : NULL;

		if (type && strcasecmp(type->abbreviation, abbrev) == 0)
		{
			*gmtoff = type->offset;
			*isdst = type->is_dst;
			return true;
		}
	}
	return false;
}

/* ---- abbreviations */
static int
compare_abbreviation(const void *key, const void *member)
{
	return strcasecmp(key, ((const ZoneAbbreviation *) member)->name);
}

bool
zone_by_abbreviation(const char *word, int *zone, bool *is_dst)
{
	const ZoneAbbreviation *found = bsearch(word, zone_abbreviations, (size_t) zone_abbreviation_count,
											sizeof(ZoneAbbreviation), compare_abbreviation);

	if (found == NULL)
		return false;
	*zone = -found->utc_offset;
	*is_dst = found->is_dst;
	return true;
}

/* ---- listing */
struct pg_tzenum
{
	int depth;
	DIR *dir[8];
	char path[8][MAXPGPATH];
	pg_tz *current;
};

pg_tzenum *
pg_tzenumerate_start(void)
{
	pg_tzenum *e = palloc0(sizeof(pg_tzenum));

	strlcpy(e->path[0], ZONE_DIR, MAXPGPATH);
	e->dir[0] = opendir(ZONE_DIR);
	e->depth = e->dir[0] ? 1 : 0;
	return e;
}

void
pg_tzenumerate_end(pg_tzenum *e)
{
	while (e->depth > 0)
		closedir(e->dir[--e->depth]);
	pfree(e);
}

pg_tz *
pg_tzenumerate_next(pg_tzenum *e)
{
	while (e->depth > 0)
	{
		struct dirent *entry = readdir(e->dir[e->depth - 1]);
		char path[MAXPGPATH + 260];
		struct stat st;
		pg_tz *tz;

		if (entry == NULL)
		{
			closedir(e->dir[--e->depth]);
			continue;
		}
		if (entry->d_name[0] == '.' ||
			(e->depth == 1 && (strcmp(entry->d_name, "posix") == 0 || strcmp(entry->d_name, "right") == 0)))
			continue;
		snprintf(path, sizeof(path), "%s/%s", e->path[e->depth - 1], entry->d_name);
		if (stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
		{
			if (e->depth < (int) lengthof(e->dir) && (e->dir[e->depth] = opendir(path)) != NULL)
				strlcpy(e->path[e->depth++], path, MAXPGPATH);
			continue;
		}
		/* there are files that are no zones (tzdata.zi, leapseconds) */
		if (strchr(entry->d_name, '.') != NULL)
			continue;
		tz = pg_tzset(path + strlen(ZONE_DIR "/"));
		if (tz == NULL || !pg_tz_acceptable(tz))
			continue;
		return tz;
	}
	return NULL;
}
