/*
 * regex.h
 *    PostgreSQL's advanced regular expressions on PCRE2.
 *
 * A pattern is translated to PCRE2's syntax (regex_translate.c), compiled, and kept in a small cache. Matching follows
 * PostgreSQL's rule where the two differ visibly: among the matches that begin first, the longest (or, for a pattern
 * that prefers short matches, the shortest), not the one that the first alternative gives.
 */
#ifndef TYPES_REGEX_H
#define TYPES_REGEX_H

#include "postgres.h"

typedef enum RegexFlags
{
	REGEX_ICASE = 1 << 0,
	REGEX_EXPANDED = 1 << 1,
	REGEX_LITERAL = 1 << 2,
	REGEX_NLSTOP = 1 << 3, /* . and [^ ] do not match newline */
	REGEX_NLANCH = 1 << 4, /* ^ and $ match at lines */
	REGEX_ERE = 1 << 5,	   /* no escapes but \ before punctuation */
	REGEX_BASIC = 1 << 6
} RegexFlags;

typedef struct Regex Regex;

#define REGEX_MAX_GROUPS 100

/* Byte offsets of the whole match [0] and of groups; start -1: the group took no part. */
typedef struct RegexMatch
{
	int count; /* groups + 1 */
	struct
	{
		int start;
		int end;
	} span[REGEX_MAX_GROUPS];
} RegexMatch;

/* From the cache, or compiled. 2201B when invalid. The result is valid until the next call. */
extern Regex *regex_get(const char *pattern, int len, int flags, Oid collation);
extern int regex_group_count(const Regex *regex);
/* Is there a match at or after start? match may be NULL when the answer is all that is wanted. */
extern bool regex_search(Regex *regex, const char *subject, int len, int start, RegexMatch *match);

typedef struct RegexTranslation
{
	char *pattern;		/* PCRE2's syntax */
	int len;
	uint32 options;		/* PCRE2 compile options */
	bool alternation;	/* the order of alternatives could matter */
	bool backreference; /* cannot be matched breadth first */
	bool shortest;		/* the first quantifier is a non-greedy one */
} RegexTranslation;

extern void regex_translate(const char *pattern, int len, int flags, bool unicode_classes, RegexTranslation *result);
extern void regex_error(const char *message) pg_attribute_noreturn();

#endif /* TYPES_REGEX_H */
