/*
 * file.c
 *    Reading configuration files: lines of "name = value", include directives, comments.
 *
 * The reader only makes a list; errors are recorded in it (an item with errmsg and no name) and reported. Values may be quoted:
 * '' and \' stand for a quote, and the C escapes work.
 */
#include "postgres.h"

#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

#include "config/settings.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#define INCLUDE_DEPTH_MAX 10

typedef struct Reader
{
	const char *pos;
	const char *file;
	int line;
	int depth;
	int elevel;
	ConfigVariable **head;
	ConfigVariable **tail;
	bool ok;
	int errors;
} Reader;

/* ---- the list ------------------------------------------------------------------------------------------------------- */
static ConfigVariable *
append_item(ConfigVariable **head, ConfigVariable **tail, ConfigVariable item)
{
	ConfigVariable *copy = palloc_object(ConfigVariable);

	*copy = item;
	copy->next = NULL;
	if (*head == NULL)
		*head = copy;
	else
		(*tail)->next = copy;
	*tail = copy;
	return copy;
}

static void
record_error(const char *message, const char *file, int line, ConfigVariable **head, ConfigVariable **tail)
{
	append_item(head, tail,
				(ConfigVariable){.errmsg = pstrdup(message), .filename = file ? pstrdup(file) : NULL, .sourceline = line});
}

void
FreeConfigVariables(ConfigVariable *list)
{
	while (list)
	{
		ConfigVariable *next = list->next;
		char *strings[] = {list->name, list->value, list->errmsg, list->filename};

		for (int i = 0; i < lengthof(strings); i++)
			if (strings[i])
				pfree(strings[i]);
		pfree(list);
		list = next;
	}
}

/* ---- tokens ------------------------------------------------------------------------------------------------------------ */
static void
skip_blanks(Reader *reader)
{
	while (*reader->pos == ' ' || *reader->pos == '\t' || *reader->pos == '\r')
		reader->pos++;
}

static bool
at_line_end(Reader *reader)
{
	skip_blanks(reader);
	return *reader->pos == '\0' || *reader->pos == '\n' || *reader->pos == '#';
}

static bool
is_name_char(char c)
{
	return isalnum((unsigned char) c) || c == '_' || c == '.' || c == '$' || IS_HIGHBIT_SET(c);
}

static char *
read_name(Reader *reader)
{
	const char *start = reader->pos;

	if (!isalpha((unsigned char) *start) && *start != '_' && !IS_HIGHBIT_SET(*start))
		return NULL;
	while (is_name_char(*reader->pos))
		reader->pos++;
	return pnstrdup(start, reader->pos - start);
}

static void
append_escape(StringInfo buf, const char **p)
{
	static const char letters[] = "bfnrt";
	static const char meanings[] = "\b\f\n\r\t";
	const char *found;

	if (**p >= '0' && **p <= '7')
	{
		int value = 0;

		for (int i = 0; i < 3 && **p >= '0' && **p <= '7'; i++)
			value = value * 8 + (*(*p)++ - '0');
		appendStringInfoChar(buf, (char) value);
		return;
	}
	found = **p ? strchr(letters, **p) : NULL;
	appendStringInfoChar(buf, found ? meanings[found - letters] : **p);
	(*p)++;
}

/* reader->pos is at the opening quote. NULL: the quote is not closed on the line. */
static char *
read_quoted(Reader *reader)
{
	StringInfoData buf;
	const char *p = reader->pos + 1;

	initStringInfo(&buf);
	for (;;)
	{
		if (*p == '\0' || *p == '\n')
			return NULL;
		if (*p == '\\' && p[1] != '\0' && p[1] != '\n')
		{
			p++;
			append_escape(&buf, &p);
		}
		else if (*p == '\'' && p[1] == '\'')
		{
			appendStringInfoChar(&buf, '\'');
			p += 2;
		}
		else if (*p == '\'')
			break;
		else
			appendStringInfoChar(&buf, *p++);
	}
	reader->pos = p + 1;
	return buf.data;
}

static bool
is_bare_char(char c)
{
	return is_name_char(c) || (c != '\0' && strchr("-+/:", c) != NULL);
}

static char *
read_value(Reader *reader)
{
	const char *start = reader->pos;

	if (*start == '\'')
		return read_quoted(reader);
	while (is_bare_char(*reader->pos))
		reader->pos++;
	return reader->pos > start ? pnstrdup(start, reader->pos - start) : NULL;
}

/* ---- errors of one line ---------------------------------------------------------------------------------------------------- */
static void
syntax_error(Reader *reader)
{
	if (at_line_end(reader))
		ereport(reader->elevel,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("syntax error in file \"%s\" line %u, near end of line", reader->file, reader->line));
	else
	{
		const char *end = reader->pos + 1;

		while (is_bare_char(*reader->pos) && is_bare_char(*end))
			end++;
		ereport(reader->elevel,
				errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("syntax error in file \"%s\" line %u, near token \"%s\"", reader->file, reader->line,
					   pnstrdup(reader->pos, end - reader->pos)));
	}
	record_error("syntax error", reader->file, reader->line, reader->head, reader->tail);
	reader->ok = false;
	reader->errors++;
}

/* ---- include ----------------------------------------------------------------------------------------------------------------- */
/* Relative to the file that includes it. */
static char *
absolute_location(const char *location, const char *calling_file)
{
	const char *slash;

	if (location[0] == '/')
		return pstrdup(location);
	slash = calling_file ? strrchr(calling_file, '/') : NULL;
	if (slash)
		return psprintf("%.*s/%s", (int) (slash - calling_file), calling_file, location);
	return psprintf("%s/%s", DataDir, location);
}

static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* The files *.conf of the directory, not the hidden ones, in C order. */
static bool
read_directory(Reader *reader, const char *location)
{
	char *directory = absolute_location(location, reader->file);
	DIR *dir = opendir(directory);
	struct dirent *entry;
	char **names = NULL;
	int count = 0;
	bool ok = true;

	if (dir == NULL)
	{
		ereport(reader->elevel,
				errcode_for_file_access(),
				errmsg("could not open configuration directory \"%s\": %m", directory));
		record_error(psprintf("could not open directory \"%s\"", directory), reader->file, reader->line, reader->head,
					 reader->tail);
		return false;
	}
	while ((entry = readdir(dir)) != NULL)
	{
		size_t length = strlen(entry->d_name);

		if (length < 6 || entry->d_name[0] == '.' || strcmp(entry->d_name + length - 5, ".conf") != 0)
			continue;
		names = names ? repalloc_array(names, char *, count + 1) : palloc_array(char *, 1);
		names[count++] = psprintf("%s/%s", directory, entry->d_name);
	}
	closedir(dir);
	if (count > 1)
		qsort(names, count, sizeof(char *), compare_strings);
	for (int i = 0; i < count; i++)
		ok &= ParseConfigFile(names[i], true, reader->file, reader->line, reader->depth, reader->elevel, reader->head,
							  reader->tail);
	return ok;
}

static bool
follow_include(Reader *reader, const char *directive, const char *value)
{
	bool if_exists = strcasecmp(directive, "include_if_exists") == 0;

	if (strcasecmp(directive, "include_dir") == 0)
	{
		reader->ok &= read_directory(reader, value);
		return true;
	}
	if (!if_exists && strcasecmp(directive, "include") != 0)
		return false;
	reader->ok &= ParseConfigFile(absolute_location(value, reader->file), !if_exists, reader->file, reader->line,
								  reader->depth + 1, reader->elevel, reader->head, reader->tail);
	return true;
}

/* ---- lines -------------------------------------------------------------------------------------------------------------------- */
static void
read_line(Reader *reader)
{
	char *name;
	char *value;

	if (at_line_end(reader))
		return;
	name = read_name(reader);
	skip_blanks(reader);
	if (name && *reader->pos == '=')
		reader->pos++;
	skip_blanks(reader);
	value = name ? read_value(reader) : NULL;
	if (value == NULL || !at_line_end(reader))
	{
		syntax_error(reader);
		return;
	}
	if (follow_include(reader, name, value))
		return;
	append_item(reader->head, reader->tail,
				(ConfigVariable){
					.name = name, .value = value, .filename = pstrdup(reader->file), .sourceline = reader->line});
}

bool
ParseConfigFp(const char *text, const char *config_file, int depth, int elevel, ConfigVariable **head,
			  ConfigVariable **tail)
{
	enum { ERRORS_MAX = 100 };
	Reader reader = {.pos = text, .file = config_file, .line = 1, .depth = depth, .elevel = elevel, .head = head,
					 .tail = tail, .ok = true};

	for (;; reader.line++)
	{
		read_line(&reader);
		if (reader.errors >= ERRORS_MAX)
		{
			ereport(elevel,
					errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("too many syntax errors found, abandoning file \"%s\"", config_file));
			break;
		}
		reader.pos += strcspn(reader.pos, "\n");
		if (*reader.pos == '\0')
			break;
		reader.pos++;
	}
	return reader.ok;
}

static char *
read_whole_file(FILE *file)
{
	StringInfoData buf;
	char piece[4096];
	size_t got;

	initStringInfo(&buf);
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		appendBinaryStringInfo(&buf, piece, (int) got);
	return buf.data;
}

bool
ParseConfigFile(const char *config_file, bool strict, const char *calling_file, int calling_lineno, int depth, int elevel,
				ConfigVariable **head, ConfigVariable **tail)
{
	FILE *file;
	char *path;
	char *text;

	if (depth > INCLUDE_DEPTH_MAX)
	{
		ereport(elevel,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("could not open configuration file \"%s\": maximum nesting depth exceeded", config_file));
		record_error("nesting depth exceeded", calling_file, calling_lineno, head, tail);
		return false;
	}
	path = absolute_location(config_file, calling_file);
	if (calling_file && strcmp(path, calling_file) == 0)
	{
		ereport(elevel,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("configuration file recursion in \"%s\"", calling_file));
		record_error("configuration file recursion", calling_file, calling_lineno, head, tail);
		return false;
	}
	file = fopen(path, "re");
	if (file == NULL)
	{
		if (!strict)
		{
			ereport(LOG, errmsg("skipping missing configuration file \"%s\"", path));
			return true;
		}
		ereport(elevel, errcode_for_file_access(), errmsg("could not open configuration file \"%s\": %m", path));
		record_error(psprintf("could not open file \"%s\"", path), calling_file, calling_lineno, head, tail);
		return false;
	}
	text = read_whole_file(file);
	fclose(file);
	return ParseConfigFp(text, path, depth, elevel, head, tail);
}
