/*
 * regex_translate.c
 *    From PostgreSQL's regular expression syntax to PCRE2's.
 *
 * The languages share most constructs; what differs is rewritten, and what PCRE2 alone understands (possessive
 * quantifiers, verbs, \Q, \p, ...) is refused as PostgreSQL would. Ordinary characters are copied, those with a meaning
 * in PCRE2 escaped.
 */
#include "postgres.h"

#include <ctype.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "types/regex.h"

typedef struct Translator
{
	const char *at;
	const char *end;
	int flags;
	int depth;			/* open parentheses */
	int groups;			/* capturing groups begun */
	bool can_quantify;	/* an atom stands before */
	bool saw_quantifier;
	StringInfoData out;
	RegexTranslation *result;
} Translator;

void
regex_error(const char *message)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_REGULAR_EXPRESSION), errmsg("invalid regular expression: %s", message));
}

/* ---- output */
static void
put(Translator *t, const char *s)
{
	appendStringInfoString(&t->out, s);
}

static void
put_code_point(Translator *t, uint32 c)
{
	appendStringInfo(&t->out, "\\x{%x}", c);
}

/* One character of the pattern that stands for itself. */
static void
put_literal(Translator *t)
{
	int n = pg_mblen(t->at);

	if (n == 1 && !isalnum((unsigned char) *t->at) && !IS_HIGHBIT_SET(*t->at))
	{
		if (isspace((unsigned char) *t->at) || iscntrl((unsigned char) *t->at))
			put_code_point(t, (unsigned char) *t->at);
		else
		{
			appendStringInfoChar(&t->out, '\\');
			appendStringInfoChar(&t->out, *t->at);
		}
	}
	else
		appendBinaryStringInfo(&t->out, t->at, (int) Min(n, t->end - t->at));
	t->at += Min(n, t->end - t->at);
}

static void
put_char_class_safe(Translator *t, uint32 c)
{
	if (c < 128 && isalnum((int) c))
		appendStringInfoChar(&t->out, (char) c);
	else
		put_code_point(t, c);
}

/* ---- escapes */
/* Up to max hexadecimal digits, at least min. */
static uint32
hex_digits(Translator *t, int min, int max)
{
	uint64 value = 0;
	int n = 0;

	while (n < max && t->at < t->end && isxdigit((unsigned char) *t->at))
	{
		int c = tolower((unsigned char) *t->at++);

		value = value << 4 | (uint64) (c <= '9' ? c - '0' : c - 'a' + 10);
		n++;
	}
	if (n < min || value > 0x10ffff)
		regex_error("invalid escape \\ sequence");
	return (uint32) value;
}

/*
 * An escape that names one character; at is behind the backslash. False, with nothing consumed, when it is another kind.
 */
static bool
character_escape(Translator *t, uint32 *c)
{
	static const char names[] = "abBefnrtv";
	static const unsigned char values[] = {7, 8, '\\', 27, 12, 10, 13, 9, 11};
	const char *found;
	char letter = *t->at;

	if (!isalnum((unsigned char) letter))
	{
		*c = IS_HIGHBIT_SET(letter) && GetDatabaseEncoding() == PG_UTF8 ? utf8_to_unicode((const unsigned char *) t->at)
																		 : (unsigned char) letter;
		t->at += Min(pg_mblen(t->at), t->end - t->at);
		return true;
	}
	found = strchr(names, letter);
	if (found)
	{
		*c = values[found - names];
		t->at++;
		return true;
	}
	switch (letter)
	{
		case 'c':
			if (t->at + 1 >= t->end)
				regex_error("invalid escape \\ sequence");
			*c = (unsigned char) t->at[1] & 0x1f;
			t->at += 2;
			return true;
		case 'u':
			t->at++;
			*c = hex_digits(t, 4, 4);
			return true;
		case 'U':
			t->at++;
			*c = hex_digits(t, 8, 8);
			return true;
		case 'x':
			t->at++;
			*c = hex_digits(t, 1, 255);
			return true;
		case '0':
			/* octal */
			*c = 0;
			for (int n = 0; n < 3 && t->at < t->end && *t->at >= '0' && *t->at <= '7'; n++)
				*c = *c << 3 | (uint32) (*t->at++ - '0');
			return true;
		default:
			return false;
	}
}

/* \1 ... : a reference when so many groups exist, else, from two digits on, octal. */
static void
reference_or_octal(Translator *t)
{
	int number = 0;
	const char *s = t->at;
	int digits = 0;

	while (s < t->end && isdigit((unsigned char) *s) && digits < 3)
	{
		number = number * 10 + (*s++ - '0');
		digits++;
	}
	if (digits == 1 || number <= t->groups)
	{
		if (number > t->groups)
			regex_error("invalid backreference number");
		t->at = s;
		appendStringInfo(&t->out, "\\g{%d}", number);
		t->result->backreference = true;
		return;
	}
	number = 0;
	for (digits = 0; digits < 3 && t->at < t->end && *t->at >= '0' && *t->at <= '7'; digits++)
		number = number << 3 | (*t->at++ - '0');
	if (digits == 0)
		regex_error("invalid backreference number");
	put_code_point(t, (uint32) number);
}

static void
escape(Translator *t)
{
	uint32 c;

	t->at++;
	if (t->at >= t->end)
		regex_error("invalid escape \\ sequence");
	t->can_quantify = true;
	if (t->flags & REGEX_ERE)
	{
		put_literal(t);
		return;
	}
	if (*t->at >= '1' && *t->at <= '9')
	{
		reference_or_octal(t);
		return;
	}
	switch (*t->at)
	{
		case 'd':
		case 'D':
		case 's':
		case 'S':
		case 'w':
		case 'W':
			appendStringInfoChar(&t->out, '\\');
			appendStringInfoChar(&t->out, *t->at++);
			return;
		case 'A':
			put(t, "\\A");
			break;
		case 'Z':
			put(t, "\\z");
			break;
		case 'm':
			put(t, "(?:\\b(?=\\w))");
			break;
		case 'M':
			put(t, "(?:\\b(?<=\\w))");
			break;
		case 'y':
			put(t, "\\b");
			break;
		case 'Y':
			put(t, "\\B");
			break;
		default:
			if (!character_escape(t, &c))
				regex_error("invalid escape \\ sequence");
			put_code_point(t, c);
			return;
	}
	/* constraints cannot be repeated */
	t->at++;
	t->can_quantify = false;
}

/* ---- bracket expressions */
/* [:name:] [.x.] [=x=]: true when the class item is one character that may begin or end a range. */
static bool
bracket_special(Translator *t, uint32 *c)
{
	static const char *const classes[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower",
										  "print", "punct", "space", "upper", "xdigit", "word"};
	char kind = t->at[1];
	const char *name = t->at + 2;
	const char *close = name;

	while (close + 1 < t->end && !(close[0] == kind && close[1] == ']'))
		close++;
	if (close + 1 >= t->end)
		regex_error("brackets [] not balanced");
	t->at = close + 2;
	if (kind == ':')
	{
		for (size_t i = 0; i < lengthof(classes); i++)
		{
			if (strlen(classes[i]) == (size_t) (close - name) && memcmp(classes[i], name, (size_t) (close - name)) == 0)
			{
				/* without regard to case, upper and lower are both */
				bool letters = (t->flags & REGEX_ICASE) && (strcmp(classes[i], "upper") == 0 || strcmp(classes[i], "lower") == 0);

				appendStringInfo(&t->out, "[:%s:]", letters ? "alpha" : classes[i]);
				return false;
			}
		}
		regex_error("invalid character class");
	}
	if (name >= close || name + pg_mblen(name) != close)
		regex_error("invalid collating element");
	*c = GetDatabaseEncoding() == PG_UTF8 ? utf8_to_unicode((const unsigned char *) name) : (unsigned char) *name;
	return true;
}

/* One member: true when it is a single character, in *c; else it has been written. */
static bool
bracket_member(Translator *t, uint32 *c)
{
	if (*t->at == '[' && t->at + 1 < t->end && (t->at[1] == ':' || t->at[1] == '.' || t->at[1] == '='))
		return bracket_special(t, c);
	if (*t->at == '\\' && !(t->flags & (REGEX_ERE | REGEX_BASIC)))
	{
		t->at++;
		if (t->at >= t->end)
			regex_error("invalid escape \\ sequence");
		if (strchr("dswDSW", *t->at))
		{
			appendStringInfoChar(&t->out, '\\');
			appendStringInfoChar(&t->out, *t->at++);
			return false;
		}
		if (!character_escape(t, c))
			regex_error("invalid escape \\ sequence");
		return true;
	}
	*c = IS_HIGHBIT_SET(*t->at) && GetDatabaseEncoding() == PG_UTF8 ? utf8_to_unicode((const unsigned char *) t->at)
																	 : (unsigned char) *t->at;
	t->at += Min(pg_mblen(t->at), t->end - t->at);
	return true;
}

static void
bracket(Translator *t)
{
	bool first = true;
	bool negated;

	/* [[:<:]] and [[:>:]] are constraints, not sets */
	if (t->end - t->at >= 7 && memcmp(t->at, "[[:<:]]", 7) == 0)
	{
		put(t, "(?:\\b(?=\\w))");
		t->at += 7;
		t->can_quantify = false;
		return;
	}
	if (t->end - t->at >= 7 && memcmp(t->at, "[[:>:]]", 7) == 0)
	{
		put(t, "(?:\\b(?<=\\w))");
		t->at += 7;
		t->can_quantify = false;
		return;
	}
	t->at++;
	appendStringInfoChar(&t->out, '[');
	negated = t->at < t->end && *t->at == '^';
	if (negated)
	{
		appendStringInfoChar(&t->out, '^');
		t->at++;
	}
	for (;; first = false)
	{
		uint32 c;
		uint32 last;

		if (t->at >= t->end)
			regex_error("brackets [] not balanced");
		if (*t->at == ']' && !first)
			break;
		if (*t->at == '-' && !first && t->at + 1 < t->end && t->at[1] != ']' && t->at[1] != '-')
			regex_error("invalid character range");
		if (!bracket_member(t, &c))
			continue;
		if (t->at + 1 < t->end && *t->at == '-' && t->at[1] != ']')
		{
			t->at++;
			if (!bracket_member(t, &last) || last < c)
				regex_error("invalid character range");
			put_char_class_safe(t, c);
			appendStringInfoChar(&t->out, '-');
			put_char_class_safe(t, last);
		}
		else
			put_char_class_safe(t, c);
	}
	t->at++;
	if (negated && (t->flags & REGEX_NLSTOP))
		put(t, "\\n");
	appendStringInfoChar(&t->out, ']');
	t->can_quantify = true;
}

/* ---- quantifiers */
static int
bound_number(Translator *t)
{
	int value = 0;
	int digits = 0;

	while (t->at < t->end && isdigit((unsigned char) *t->at) && digits < 4)
	{
		value = value * 10 + (*t->at++ - '0');
		digits++;
	}
	if (digits == 0 || value > 255)
		regex_error("invalid repetition count(s)");
	return value;
}

static void
quantifier(Translator *t)
{
	if (!t->can_quantify)
		regex_error("quantifier operand invalid");
	if (*t->at == '{')
	{
		int low;
		int high;

		t->at++;
		low = bound_number(t);
		appendStringInfo(&t->out, "{%d", low);
		if (t->at < t->end && *t->at == ',')
		{
			t->at++;
			appendStringInfoChar(&t->out, ',');
			if (t->at < t->end && isdigit((unsigned char) *t->at))
			{
				high = bound_number(t);
				if (high < low)
					regex_error("invalid repetition count(s)");
				appendStringInfo(&t->out, "%d", high);
			}
		}
		if (t->at >= t->end || *t->at != '}')
			regex_error(t->at >= t->end ? "braces {} not balanced" : "invalid repetition count(s)");
		appendStringInfoChar(&t->out, '}');
		t->at++;
	}
	else
		appendStringInfoChar(&t->out, *t->at++);
	if (t->at < t->end && *t->at == '?' && !(t->flags & REGEX_ERE))
	{
		appendStringInfoChar(&t->out, '?');
		t->at++;
		if (!t->saw_quantifier)
			t->result->shortest = true;
	}
	t->saw_quantifier = true;
	t->can_quantify = false;
}

/* ---- groups */
static void
open_group(Translator *t)
{
	static const char *const kinds[] = {"?:", "?=", "?!", "?<=", "?<!"};

	t->at++;
	appendStringInfoChar(&t->out, '(');
	t->depth++;
	t->can_quantify = false;
	if (t->at < t->end && *t->at == '?' && !(t->flags & REGEX_ERE))
	{
		for (size_t i = 0; i < lengthof(kinds); i++)
		{
			size_t n = strlen(kinds[i]);

			if ((size_t) (t->end - t->at) >= n && memcmp(t->at, kinds[i], n) == 0)
			{
				put(t, kinds[i]);
				t->at += n;
				return;
			}
		}
		/* a comment */
		if (t->at + 1 < t->end && t->at[1] == '#')
		{
			while (t->at < t->end && *t->at != ')')
				t->at++;
			put(t, "?:");
			return;
		}
		regex_error("quantifier operand invalid");
	}
	t->groups++;
	if (t->groups >= REGEX_MAX_GROUPS)
		regex_error("regular expression is too complex");
}

static void
one_item(Translator *t)
{
	char c = *t->at;

	if ((t->flags & REGEX_EXPANDED) && isspace((unsigned char) c))
	{
		t->at++;
		return;
	}
	if ((t->flags & REGEX_EXPANDED) && c == '#')
	{
		while (t->at < t->end && *t->at != '\n')
			t->at++;
		return;
	}
	switch (c)
	{
		case '\\':
			escape(t);
			return;
		case '[':
			bracket(t);
			return;
		case '(':
			open_group(t);
			return;
		case ')':
			if (t->depth == 0)
				regex_error("parentheses () not balanced");
			t->depth--;
			appendStringInfoChar(&t->out, ')');
			t->at++;
			t->can_quantify = true;
			return;
		case '|':
			t->result->alternation = true;
			appendStringInfoChar(&t->out, '|');
			t->at++;
			t->can_quantify = false;
			return;
		case '*':
		case '+':
		case '?':
			quantifier(t);
			return;
		case '{':
			if (t->at + 1 < t->end && isdigit((unsigned char) t->at[1]))
			{
				quantifier(t);
				return;
			}
			if (t->at + 1 == t->end)
				regex_error("braces {} not balanced");
			break;
		case '^':
			put(t, (t->flags & REGEX_NLANCH) ? "(?m:^)" : "\\A");
			t->at++;
			t->can_quantify = false;
			return;
		case '$':
			put(t, (t->flags & REGEX_NLANCH) ? "(?m:$)" : "\\z");
			t->at++;
			t->can_quantify = false;
			return;
		case '.':
			put(t, (t->flags & REGEX_NLSTOP) ? "[^\\n]" : "(?s:.)");
			t->at++;
			t->can_quantify = true;
			return;
	}
	put_literal(t);
	t->can_quantify = true;
}

/* ***: and ***=, then (?letters) at the very beginning. */
static void
directors(Translator *t)
{
	if (t->end - t->at >= 4 && memcmp(t->at, "***", 3) == 0)
	{
		if (t->at[3] == '=')
			t->flags = (t->flags & ~(REGEX_ERE | REGEX_BASIC)) | REGEX_LITERAL;
		else if (t->at[3] == ':')
			t->flags &= ~(REGEX_ERE | REGEX_BASIC);
		else
			regex_error("quantifier operand invalid");
		t->at += 4;
		if (t->flags & REGEX_LITERAL)
			return;
	}
	if (t->end - t->at >= 3 && t->at[0] == '(' && t->at[1] == '?' && isalpha((unsigned char) t->at[2]))
	{
		t->at += 2;
		for (; t->at < t->end && isalpha((unsigned char) *t->at); t->at++)
		{
			switch (*t->at)
			{
				case 'b':
					t->flags = (t->flags & ~REGEX_ERE) | REGEX_BASIC;
					break;
				case 'c':
					t->flags &= ~REGEX_ICASE;
					break;
				case 'e':
					t->flags |= REGEX_ERE;
					break;
				case 'i':
					t->flags |= REGEX_ICASE;
					break;
				case 'm':
				case 'n':
					t->flags |= REGEX_NLSTOP | REGEX_NLANCH;
					break;
				case 'p':
					t->flags = (t->flags | REGEX_NLSTOP) & ~REGEX_NLANCH;
					break;
				case 'q':
					t->flags |= REGEX_LITERAL;
					break;
				case 's':
					t->flags &= ~(REGEX_NLSTOP | REGEX_NLANCH);
					break;
				case 't':
					t->flags &= ~REGEX_EXPANDED;
					break;
				case 'w':
					t->flags = (t->flags | REGEX_NLANCH) & ~REGEX_NLSTOP;
					break;
				case 'x':
					t->flags |= REGEX_EXPANDED;
					break;
				default:
					regex_error("invalid embedded option");
			}
		}
		if (t->at >= t->end || *t->at != ')')
			regex_error("invalid embedded option");
		t->at++;
	}
}

void
regex_translate(const char *pattern, int len, int flags, bool unicode_classes, RegexTranslation *result)
{
	Translator t = {.at = pattern, .end = pattern + len, .flags = flags, .result = result};

	memset(result, 0, sizeof(*result));
	initStringInfo(&t.out);
	if (!(flags & REGEX_LITERAL))
		directors(&t);
	if (t.flags & REGEX_BASIC)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("basic regular expressions are not supported"));
	while (t.at < t.end)
	{
		if (t.flags & REGEX_LITERAL)
			put_literal(&t);
		else
			one_item(&t);
	}
	if (t.depth > 0)
		regex_error("parentheses () not balanced");
	result->pattern = t.out.data;
	result->len = t.out.len;
	result->options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
	if (t.flags & REGEX_ICASE)
		result->options |= PCRE2_CASELESS;
	if (GetDatabaseEncoding() == PG_UTF8)
		result->options |= PCRE2_UTF | PCRE2_NO_UTF_CHECK;
	if (unicode_classes && GetDatabaseEncoding() == PG_UTF8)
		result->options |= PCRE2_UCP;
}
