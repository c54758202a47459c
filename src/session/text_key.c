/*
 * text_key.c
 *    The scanner behind text_key.h.
 */
#include "postgres.h"

#include "session/text_key.h"

/* What came before decides whether a constant may be taken out. */
typedef enum Before
{
	BEFORE_START,
	BEFORE_OPERATOR,	/* = < > + - * / and combinations */
	BEFORE_VALUE,		/* identifier, constant, closing parenthesis */
	BEFORE_KEYWORD,		/* a word that a constant may follow as a plain value */
	BEFORE_OPEN,
	BEFORE_COMMA,
	BEFORE_OTHER
} Before;

typedef struct Scan
{
	const char *at;
	TextKey *key;
	Before before;
	int depth;
	int values_depth; /* parenthesis depth at which the items of a VALUES list stand; 0: not in one */
} Scan;

static bool
is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_word_start(c) || is_digit(c) || c == '$';
}

static bool
may_take_constant(Scan *scan)
{
	if (scan->key->count >= TEXT_KEY_MAX_CONSTANTS)
		return false;
	if (scan->before == BEFORE_OPERATOR || scan->before == BEFORE_KEYWORD)
		return true;
	return scan->values_depth > 0 && scan->depth == scan->values_depth &&
		   (scan->before == BEFORE_OPEN || scan->before == BEFORE_COMMA);
}

static void
put_parameter(Scan *scan)
{
	appendStringInfo(&scan->key->key, "$%d", scan->key->count);
}

static bool
scan_number(Scan *scan)
{
	const char *start = scan->at;
	int64 value = 0;

	while (is_digit(*scan->at))
	{
		value = Min(value * 10 + (*scan->at - '0'), (int64) PG_INT32_MAX + 1);
		scan->at++;
	}
	if (*scan->at == '.' || is_word(*scan->at) || value > PG_INT32_MAX || !may_take_constant(scan))
	{
		while (is_word(*scan->at) || *scan->at == '.')
			scan->at++;
		appendBinaryStringInfo(&scan->key->key, start, scan->at - start);
	}
	else
	{
		TextConstant *constant = &scan->key->constants[scan->key->count++];

		constant->is_integer = true;
		scan->key->integers |= 1U << (scan->key->count - 1);
		constant->integer = (int32) value;
		put_parameter(scan);
	}
	scan->before = BEFORE_VALUE;
	return true;
}

/* After a quoted constant: could what follows join it to the next one, or is it a cast that wants a literal? */
static bool
scan_string(Scan *scan)
{
	const char *start = ++scan->at;
	bool take = may_take_constant(scan);

	for (;; scan->at++)
	{
		if (*scan->at == '\0' || *scan->at == '\\')
			return false;
		if (*scan->at == '\'')
		{
			if (scan->at[1] != '\'')
				break;
			scan->at++;
		}
	}
	if (take)
	{
		TextConstant *constant = &scan->key->constants[scan->key->count++];

		constant->is_integer = false;
		constant->start = start;
		constant->length = scan->at - start;
		put_parameter(scan);
	}
	else
		appendBinaryStringInfo(&scan->key->key, start - 1, scan->at - start + 2);
	scan->at++;
	scan->before = BEFORE_VALUE;
	return true;
}

static bool
scan_quoted_name(Scan *scan)
{
	const char *start = scan->at++;

	while (*scan->at != '"')
	{
		if (*scan->at == '\0')
			return false;
		scan->at++;
	}
	scan->at++;
	appendBinaryStringInfo(&scan->key->key, start, scan->at - start);
	scan->before = BEFORE_VALUE;
	return true;
}

static bool
word_is(const char *start, int length, const char *word)
{
	return (int) strlen(word) == length && strncasecmp(start, word, length) == 0;
}

static bool
scan_word(Scan *scan)
{
	const char *start = scan->at;
	int length;

	while (is_word(*scan->at))
		scan->at++;
	length = scan->at - start;
	if (*scan->at == '\'' || *scan->at == '&')
		return false; /* E'..', B'..', U&'..' */
	appendBinaryStringInfo(&scan->key->key, start, length);
	if (word_is(start, length, "values"))
	{
		scan->values_depth = scan->depth + 1;
		scan->before = BEFORE_OTHER;
	}
	else if (word_is(start, length, "between") || word_is(start, length, "like"))
		scan->before = BEFORE_KEYWORD;
	else
	{
		if (scan->depth < scan->values_depth)
			scan->values_depth = 0;
		scan->before = BEFORE_VALUE;
	}
	return true;
}

static const char *const plain_operators[] = {"=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "*", "/", "%"};

static bool
scan_operator(Scan *scan)
{
	const char *start = scan->at;

	while (*scan->at && strchr("=<>+-*/%!~|&^@#?`", *scan->at))
	{
		if (strncmp(scan->at, "--", 2) == 0 || strncmp(scan->at, "/*", 2) == 0)
			return false;
		scan->at++;
	}
	appendBinaryStringInfo(&scan->key->key, start, scan->at - start);
	/* Only comparison and arithmetic: JSON and geometric operators resolve by what kind of constant follows. */
	scan->before = BEFORE_OTHER;
	for (size_t i = 0; i < lengthof(plain_operators); i++)
		if ((int) strlen(plain_operators[i]) == scan->at - start &&
			strncmp(start, plain_operators[i], scan->at - start) == 0)
			scan->before = BEFORE_OPERATOR;
	return true;
}

static bool
scan_blank(Scan *scan)
{
	while (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r')
		scan->at++;
	appendStringInfoChar(&scan->key->key, ' ');
	return true;
}

static bool
scan_punctuation(Scan *scan)
{
	char c = *scan->at++;

	switch (c)
	{
		case '(':
			scan->depth++;
			scan->before = BEFORE_OPEN;
			break;
		case ')':
			if (--scan->depth < 0)
				return false;
			scan->before = BEFORE_VALUE;
			break;
		case ',':
			scan->before = BEFORE_COMMA;
			break;
		case '.':
		case ':':
		case '[':
		case ']':
			scan->before = BEFORE_OTHER;
			break;
		case ';':
			/* only as the very last thing */
			while (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r')
				scan->at++;
			return *scan->at == '\0';
		default:
			return false;
	}
	appendStringInfoChar(&scan->key->key, c);
	return true;
}

static bool
begins_with_dml(const char *text)
{
	static const char *const verbs[] = {"select", "insert", "update", "delete"};

	while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')
		text++;
	for (size_t i = 0; i < lengthof(verbs); i++)
		if (strncasecmp(text, verbs[i], 6) == 0 && !is_word(text[6]))
			return true;
	return false;
}

bool
text_key_make(const char *text, TextKey *key)
{
	Scan scan = {text, key, BEFORE_START, 0, 0};

	key->count = 0;
	key->integers = 0;
	resetStringInfo(&key->key);
	if (!begins_with_dml(text) || strnlen(text, TEXT_KEY_MAX_LENGTH + 1) > TEXT_KEY_MAX_LENGTH)
		return false;
	while (*scan.at)
	{
		char c = *scan.at;
		bool ok;

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			ok = scan_blank(&scan);
		else if (is_word_start(c))
			ok = scan_word(&scan);
		else if (is_digit(c))
			ok = scan_number(&scan);
		else if (c == '\'')
			ok = scan_string(&scan);
		else if (c == '"')
			ok = scan_quoted_name(&scan);
		else if (strchr("=<>+-*/%!~|&^@#?`", c))
			ok = scan_operator(&scan);
		else
			ok = scan_punctuation(&scan);
		if (!ok)
			return false;
	}
	return scan.depth == 0;
}
