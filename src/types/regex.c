/*
 * regex.c
 *    Compiling and matching regular expressions; see types/regex.h.
 *
 * Where alternatives are involved PCRE2's matcher may stop at a shorter match than PostgreSQL's. Then its breadth-first
 * matcher is asked where the longest one ends, and the backtracking one is run once more, told to end there, to find the
 * groups.
 */
#include "postgres.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "miscadmin.h"
#include "types/regex.h"
#include "utils/memutils.h"
#include "utils/pg_locale.h"

#define CACHE_SIZE 64
#define DFA_WORKSPACE 4096

struct Regex
{
	/* key */
	char *pattern;
	int len;
	int flags;
	Oid collation;
	/* value */
	pcre2_code *code;
	pcre2_code *to_end; /* the same, having to end at the subject's end; made when first needed */
	pcre2_match_data *data;
	RegexTranslation translation; /* its pattern is kept for to_end */
	int groups;
	uint64 last_use;
};

static Regex cache[CACHE_SIZE];
static uint64 use_clock = 0;

static void
forget(Regex *regex)
{
	if (regex->code)
	{
		pcre2_code_free(regex->code);
		pcre2_match_data_free(regex->data);
		pcre2_code_free(regex->to_end);
		pfree(regex->pattern);
		pfree(regex->translation.pattern);
	}
	memset(regex, 0, sizeof(*regex));
}

/* What PCRE2 finds wrong that the translator let through. */
static void pg_attribute_noreturn()
compile_error(int error)
{
	char buffer[256];

	pcre2_get_error_message(error, (PCRE2_UCHAR *) buffer, sizeof(buffer));
	regex_error(pstrdup(buffer));
}

static pcre2_code *
compile(const char *pattern, int len, uint32 options)
{
	int error;
	PCRE2_SIZE offset;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR) pattern, (PCRE2_SIZE) len, options, &error, &offset, NULL);

	if (code == NULL)
		compile_error(error);
	(void) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

static void
fill(Regex *regex, const char *pattern, int len, int flags, Oid collation)
{
	RegexTranslation translation;
	pcre2_code *code;
	uint32_t groups;

	/* everything that can fail comes before the entry is touched */
	regex_translate(pattern, len, flags, !lc_ctype_is_c(collation), &translation);
	code = compile(translation.pattern, translation.len, translation.options);
	forget(regex);
	regex->code = code;
	regex->data = pcre2_match_data_create_from_pattern(code, NULL);
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	regex->groups = (int) groups;
	regex->translation = translation;
	regex->translation.pattern = MemoryContextStrdup(TopMemoryContext, translation.pattern);
	pfree(translation.pattern);
	regex->pattern = MemoryContextAlloc(TopMemoryContext, (Size) len + 1);
	memcpy(regex->pattern, pattern, (size_t) len);
	regex->len = len;
	regex->flags = flags;
	regex->collation = collation;
}

Regex *
regex_get(const char *pattern, int len, int flags, Oid collation)
{
	Regex *victim = &cache[0];

	if (!OidIsValid(collation))
		ereport(ERROR, errcode(ERRCODE_INDETERMINATE_COLLATION),
				errmsg("could not determine which collation to use for regular expression"),
				errhint("Use the COLLATE clause to set the collation explicitly."));
	for (int i = 0; i < CACHE_SIZE; i++)
	{
		Regex *regex = &cache[i];

		if (regex->code && regex->len == len && regex->flags == flags && regex->collation == collation &&
			memcmp(regex->pattern, pattern, (size_t) len) == 0)
		{
			regex->last_use = ++use_clock;
			return regex;
		}
		if (regex->last_use < victim->last_use)
			victim = regex;
	}
	fill(victim, pattern, len, flags, collation);
	victim->last_use = ++use_clock;
	return victim;
}

int
regex_group_count(const Regex *regex)
{
	return regex->groups;
}

static void pg_attribute_noreturn()
match_error(int error)
{
	char buffer[256];

	if (error == PCRE2_ERROR_MATCHLIMIT || error == PCRE2_ERROR_DEPTHLIMIT || error == PCRE2_ERROR_HEAPLIMIT ||
		error == PCRE2_ERROR_JIT_STACKLIMIT)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("regular expression failed: %s", "regular expression is too complex"));
	pcre2_get_error_message(error, (PCRE2_UCHAR *) buffer, sizeof(buffer));
	ereport(ERROR, errcode(ERRCODE_INVALID_REGULAR_EXPRESSION), errmsg("regular expression failed: %s", buffer));
}

/* Where the longest match that begins at start ends; -1 when the breadth-first matcher cannot say. */
static int
longest_end(Regex *regex, const char *subject, int len, int start)
{
	static int workspace[DFA_WORKSPACE];
	pcre2_match_data *data = pcre2_match_data_create(64, NULL);
	int end = -1;
	int rc = pcre2_dfa_match(regex->code, (PCRE2_SPTR) subject, (PCRE2_SIZE) len, (PCRE2_SIZE) start,
							 PCRE2_ANCHORED | PCRE2_NO_UTF_CHECK | (regex->translation.shortest ? PCRE2_DFA_SHORTEST : 0),
							 data, NULL, workspace, DFA_WORKSPACE);

	if (rc >= 0)
		end = (int) pcre2_get_ovector_pointer(data)[1];
	pcre2_match_data_free(data);
	return end;
}

static pcre2_code *
code_to_end(Regex *regex)
{
	if (regex->to_end == NULL)
	{
		char *wrapped = psprintf("(?:%s)\\z", regex->translation.pattern);

		regex->to_end = compile(wrapped, (int) strlen(wrapped), regex->translation.options);
		pfree(wrapped);
	}
	return regex->to_end;
}

bool
regex_search(Regex *regex, const char *subject, int len, int start, RegexMatch *match)
{
	PCRE2_SIZE *spans;
	int rc = pcre2_match(regex->code, (PCRE2_SPTR) subject, (PCRE2_SIZE) len, (PCRE2_SIZE) start, PCRE2_NO_UTF_CHECK,
						 regex->data, NULL);

	CHECK_FOR_INTERRUPTS();
	if (rc == PCRE2_ERROR_NOMATCH)
		return false;
	if (rc < 0)
		match_error(rc);
	if (match == NULL)
		return true;
	spans = pcre2_get_ovector_pointer(regex->data);
	if (regex->translation.alternation && !regex->translation.backreference)
	{
		int from = (int) spans[0];
		int end = longest_end(regex, subject, len, from);

		/* when the second run fails (a lookahead beyond the end), the first answer is in doubt but the best there is */
		if (end >= 0 && end != (int) spans[1])
		{
			rc = pcre2_match(code_to_end(regex), (PCRE2_SPTR) subject, (PCRE2_SIZE) end, (PCRE2_SIZE) from,
							 PCRE2_ANCHORED | PCRE2_NO_UTF_CHECK, regex->data, NULL);
			if (rc < 0)
				rc = pcre2_match(regex->code, (PCRE2_SPTR) subject, (PCRE2_SIZE) len, (PCRE2_SIZE) start,
								 PCRE2_NO_UTF_CHECK, regex->data, NULL);
			if (rc < 0)
				match_error(rc);
		}
	}
	match->count = regex->groups + 1;
	for (int i = 0; i <= regex->groups; i++)
	{
		bool set = i < rc && spans[2 * i] != PCRE2_UNSET;

		match->span[i].start = set ? (int) spans[2 * i] : -1;
		match->span[i].end = set ? (int) spans[2 * i + 1] : -1;
	}
	return true;
}
