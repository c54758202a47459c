/*
 * initdb_locale.c
 *    Locale, encoding, text search configuration and time zone of a new cluster, from options and the environment.
 */
#include "postgres.h"

#include <langinfo.h>
#include <locale.h>
#include <unistd.h>

#include "main/initdb.h"

/* The name setlocale() gives to what was asked for; "" asks the environment. */
static const char *
canonical_locale(int category, const char *wanted)
{
	const char *name = setlocale(category, wanted ? wanted : "");
	char *copy;

	if (name == NULL)
	{
		if (wanted && *wanted)
			initdb_fail("invalid locale name \"%s\"", wanted);
		name = "C"; /* the environment names one that is not installed */
	}
	copy = pstrdup(name);
	setlocale(category, "C");
	return copy;
}

static const char *
encoding_of_locale(const char *ctype)
{
	const char *codeset;
	static const struct
	{
		const char *codeset;
		const char *encoding;
	} table[] = {{"UTF-8", "UTF8"},		  {"ANSI_X3.4-1968", "SQL_ASCII"}, {"US-ASCII", "SQL_ASCII"},
				 {"ISO-8859-1", "LATIN1"}, {"ISO-8859-2", "LATIN2"},		   {"ISO-8859-15", "LATIN9"},
				 {"KOI8-R", "KOI8R"},	  {"CP1251", "WIN1251"},		   {"CP1252", "WIN1252"}};

	if (strcmp(ctype, "C") == 0 || strcmp(ctype, "POSIX") == 0)
		return "SQL_ASCII";
	setlocale(LC_CTYPE, ctype);
	codeset = pstrdup(nl_langinfo(CODESET));
	setlocale(LC_CTYPE, "C");
	for (int i = 0; i < lengthof(table); i++)
		if (strcasecmp(table[i].codeset, codeset) == 0)
			return table[i].encoding;
	initdb_fail("could not find suitable encoding for locale \"%s\"", ctype);
}

static const char *
text_search_of_locale(const char *ctype)
{
	static const struct
	{
		const char *language;
		const char *config;
	} table[] = {
		{"ar", "arabic"},	  {"ca", "catalan"},	{"da", "danish"},	 {"de", "german"},	  {"el", "greek"},
		{"en", "english"},	  {"es", "spanish"},	{"eu", "basque"},	 {"fi", "finnish"},	  {"fr", "french"},
		{"ga", "irish"},	  {"hi", "hindi"},		{"hu", "hungarian"}, {"hy", "armenian"},  {"id", "indonesian"},
		{"it", "italian"},	  {"lt", "lithuanian"}, {"ne", "nepali"},	 {"nl", "dutch"},	  {"no", "norwegian"},
		{"pt", "portuguese"}, {"ro", "romanian"},	{"ru", "russian"},	 {"sr", "serbian"},	  {"sv", "swedish"},
		{"ta", "tamil"},	  {"tr", "turkish"},	{"yi", "yiddish"},
	};

	if (strcmp(ctype, "C") == 0 || strcmp(ctype, "POSIX") == 0 || strncmp(ctype, "C.", 2) == 0)
		return "english";
	for (int i = 0; i < lengthof(table); i++)
		if (strncmp(ctype, table[i].language, 2) == 0 && !(ctype[2] >= 'a' && ctype[2] <= 'z'))
			return table[i].config;
	return "simple";
}

void
initdb_choose_locales(InitdbOptions *options)
{
	options->lc_collate = canonical_locale(LC_COLLATE, options->lc_collate);
	options->lc_ctype = canonical_locale(LC_CTYPE, options->lc_ctype);
	options->lc_messages = canonical_locale(LC_MESSAGES, options->lc_messages);
	options->lc_monetary = canonical_locale(LC_MONETARY, options->lc_monetary);
	options->lc_numeric = canonical_locale(LC_NUMERIC, options->lc_numeric);
	options->lc_time = canonical_locale(LC_TIME, options->lc_time);
	if (options->encoding == NULL)
		options->encoding = encoding_of_locale(options->lc_ctype);
	if (options->text_search_config == NULL)
		options->text_search_config = text_search_of_locale(options->lc_ctype);
}

/* The zone's name by TZ, the link /etc/localtime or the file /etc/timezone. */
const char *
initdb_time_zone(void)
{
	static char buffer[MAXPGPATH];
	const char *tz = getenv("TZ");
	ssize_t length;
	char *found;
	FILE *file;

	if (tz && *tz && *tz != ':' && *tz != '/')
		return tz;
	length = readlink("/etc/localtime", buffer, sizeof(buffer) - 1);
	if (length > 0)
	{
		buffer[length] = '\0';
		found = strstr(buffer, "zoneinfo/");
		if (found)
			return found + strlen("zoneinfo/");
	}
	file = fopen("/etc/timezone", "re");
	if (file)
	{
		bool ok = fgets(buffer, sizeof(buffer), file) != NULL;

		fclose(file);
		buffer[strcspn(buffer, "\n")] = '\0';
		if (ok && buffer[0])
			return buffer;
	}
	return "GMT";
}
