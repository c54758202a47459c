/*
 * regexp.c
 *    SQL functions over regular expressions: operators, regexp_*(), substring(... from ...), SIMILAR TO.
 */
#include "postgres.h"

#include <ctype.h>

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "types/array_internal.h"
#include "types/regex.h"
#include "types/text.h"

/* ---- matching operators */
static bool
matches(const char *s, int len, text *pattern, int flags, Oid collation)
{
	Regex *regex = regex_get(VARDATA_ANY(pattern), (int) VARSIZE_ANY_EXHDR(pattern), flags, collation);

	return regex_search(regex, s, len, 0, NULL);
}

static bool
name_matches(FunctionCallInfo fcinfo, int flags)
{
	const char *s = NameStr(*PG_GETARG_NAME(0));

	return matches(s, (int) strlen(s), PG_GETARG_TEXT_PP(1), flags, PG_GET_COLLATION());
}

static bool
text_matches(FunctionCallInfo fcinfo, int flags)
{
	text *s = PG_GETARG_TEXT_PP(0);

	return matches(VARDATA_ANY(s), (int) VARSIZE_ANY_EXHDR(s), PG_GETARG_TEXT_PP(1), flags, PG_GET_COLLATION());
}

Datum
nameregexeq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(name_matches(fcinfo, 0));
}

Datum
nameregexne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!name_matches(fcinfo, 0));
}

Datum
nameicregexeq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(name_matches(fcinfo, REGEX_ICASE));
}

Datum
nameicregexne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!name_matches(fcinfo, REGEX_ICASE));
}

Datum
textregexeq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_matches(fcinfo, 0));
}

Datum
textregexne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!text_matches(fcinfo, 0));
}

Datum
texticregexeq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_matches(fcinfo, REGEX_ICASE));
}

Datum
texticregexne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!text_matches(fcinfo, REGEX_ICASE));
}

/* ---- options given as letters */
typedef struct RegexOptions
{
	int flags;
	bool global;
} RegexOptions;

static RegexOptions
parse_options(text *letters)
{
	RegexOptions options = {0};
	const char *s;
	const char *end;

	if (letters == NULL)
		return options;
	s = VARDATA_ANY(letters);
	end = s + VARSIZE_ANY_EXHDR(letters);
	for (; s < end; s++)
	{
		switch (*s)
		{
			case 'g':
				options.global = true;
				break;
			case 'b':
				options.flags |= REGEX_BASIC;
				break;
			case 'c':
				options.flags &= ~REGEX_ICASE;
				break;
			case 'e':
				options.flags |= REGEX_ERE;
				break;
			case 'i':
				options.flags |= REGEX_ICASE;
				break;
			case 'm':
			case 'n':
				options.flags |= REGEX_NLSTOP | REGEX_NLANCH;
				break;
			case 'p':
				options.flags = (options.flags | REGEX_NLSTOP) & ~REGEX_NLANCH;
				break;
			case 'q':
				options.flags |= REGEX_LITERAL;
				break;
			case 's':
				options.flags &= ~(REGEX_NLSTOP | REGEX_NLANCH);
				break;
			case 't':
				options.flags &= ~REGEX_EXPANDED;
				break;
			case 'w':
				options.flags = (options.flags | REGEX_NLANCH) & ~REGEX_NLSTOP;
				break;
			case 'x':
				options.flags |= REGEX_EXPANDED;
				break;
			default:
				ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid regular expression option: \"%.*s\"", (int) Min(pg_mblen(s), end - s), s));
		}
	}
	return options;
}

static RegexOptions
options_argument(FunctionCallInfo fcinfo, int n)
{
	return parse_options(PG_NARGS() > n ? PG_GETARG_TEXT_PP(n) : NULL);
}

static void
refuse_global(RegexOptions options, const char *function)
{
	if (options.global)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("%s does not support the \"global\" option", function));
}

static Regex *
regex_of(text *pattern, RegexOptions options, Oid collation)
{
	return regex_get(VARDATA_ANY(pattern), (int) VARSIZE_ANY_EXHDR(pattern), options.flags, collation);
}

/* A positive integer argument, 1 when the call does not have it. */
static int
positive_argument(FunctionCallInfo fcinfo, int n, int minimum, const char *name)
{
	int value = PG_NARGS() > n ? PG_GETARG_INT32(n) : 1;

	if (value < minimum)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid value for parameter \"%s\": %d", name, value));
	return value;
}

/* ---- walking over all matches */
typedef struct MatchWalk
{
	Regex *regex;
	const char *s;
	int len;
	int next;		/* where to search from; beyond len: done */
	int last_end;	/* end of the last match */
	bool skip_empty; /* do not report empty matches right after a match or at the ends: splitting */
} MatchWalk;

static void
walk_begin(MatchWalk *walk, Regex *regex, text *s, int start_char)
{
	walk->regex = regex;
	walk->s = VARDATA_ANY(s);
	walk->len = (int) VARSIZE_ANY_EXHDR(s);
	walk->next = start_char > 1 ? pg_mbcharcliplen(walk->s, walk->len, start_char - 1) : 0;
	if (start_char > 1 && start_char - 1 > text_char_length(walk->s, walk->len))
		walk->next = walk->len + 1;
	walk->last_end = 0;
	walk->skip_empty = false;
}

static bool
walk_next(MatchWalk *walk, RegexMatch *match)
{
	while (walk->next <= walk->len)
	{
		if (!regex_search(walk->regex, walk->s, walk->len, walk->next, match))
		{
			walk->next = walk->len + 1;
			return false;
		}
		/* after an empty match go on one character later */
		if (match->span[0].end > match->span[0].start)
			walk->next = match->span[0].end;
		else
			walk->next = match->span[0].end + (match->span[0].end < walk->len ? pg_mblen(walk->s + match->span[0].end) : 1);
		if (walk->skip_empty && match->span[0].start == match->span[0].end &&
			(match->span[0].start == walk->last_end || match->span[0].start >= walk->len))
			continue;
		walk->last_end = match->span[0].end;
		return true;
	}
	return false;
}

static text *
span_text(const MatchWalk *walk, const RegexMatch *match, int group)
{
	return cstring_to_text_with_len(walk->s + match->span[group].start,
									match->span[group].end - match->span[group].start);
}

/* The groups as a text array, or the whole match when there are none. */
static Datum
groups_array(const MatchWalk *walk, const RegexMatch *match)
{
	ElementLayout layout = {TEXTOID, -1, false, TYPALIGN_INT};
	Datum values[REGEX_MAX_GROUPS];
	bool nulls[REGEX_MAX_GROUPS];
	int first = match->count > 1 ? 1 : 0;
	int count = match->count - first;
	int lb = 1;

	for (int i = 0; i < count; i++)
	{
		nulls[i] = match->span[first + i].start < 0;
		values[i] = nulls[i] ? (Datum) 0 : PointerGetDatum(span_text(walk, match, first + i));
	}
	return PointerGetDatum(array_build(&layout, values, nulls, 1, &count, &lb));
}

/* ---- regexp_match, regexp_matches */
Datum
regexp_match(PG_FUNCTION_ARGS)
{
	RegexOptions options = options_argument(fcinfo, 2);
	MatchWalk walk;
	RegexMatch match;

	if (options.global)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("%s does not support the \"global\" option", "regexp_match()"),
				errhint("Use the regexp_matches function instead."));
	walk_begin(&walk, regex_of(PG_GETARG_TEXT_PP(1), options, PG_GET_COLLATION()), PG_GETARG_TEXT_PP(0), 1);
	if (!walk_next(&walk, &match))
		PG_RETURN_NULL();
	return groups_array(&walk, &match);
}

Datum
regexp_match_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_match(fcinfo);
}

/* A value-per-call walk. The regex is looked up again at each call: the cache may have dropped it. */
typedef struct MatchSeries
{
	text *s;
	text *pattern;
	RegexOptions options;
	MatchWalk walk;
	bool done;
} MatchSeries;

static MatchSeries *
series_begin(FunctionCallInfo fcinfo, FuncCallContext *context)
{
	MemoryContext old = MemoryContextSwitchTo(context->multi_call_memory_ctx);
	MatchSeries *series = palloc0_object(MatchSeries);

	series->s = (text *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
	series->pattern = (text *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1));
	series->options = options_argument(fcinfo, 2);
	walk_begin(&series->walk, regex_of(series->pattern, series->options, PG_GET_COLLATION()), series->s, 1);
	MemoryContextSwitchTo(old);
	context->user_fctx = series;
	return series;
}

Datum
regexp_matches(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	MatchSeries *series;
	RegexMatch match;

	if (SRF_IS_FIRSTCALL())
	{
		context = SRF_FIRSTCALL_INIT();
		series_begin(fcinfo, context);
	}
	context = SRF_PERCALL_SETUP();
	series = context->user_fctx;
	series->walk.regex = regex_of(series->pattern, series->options, PG_GET_COLLATION());
	if (series->done || !walk_next(&series->walk, &match))
		SRF_RETURN_DONE(context);
	series->done = !series->options.global;
	SRF_RETURN_NEXT(context, groups_array(&series->walk, &match));
}

Datum
regexp_matches_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_matches(fcinfo);
}

/* ---- splitting */
Datum
regexp_split_to_array(PG_FUNCTION_ARGS)
{
	RegexOptions options = options_argument(fcinfo, 2);
	ArrayBuildState *state = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	MatchWalk walk;
	RegexMatch match;
	int from = 0;

	refuse_global(options, "regexp_split_to_array()");
	walk_begin(&walk, regex_of(PG_GETARG_TEXT_PP(1), options, PG_GET_COLLATION()), PG_GETARG_TEXT_PP(0), 1);
	walk.skip_empty = true;
	while (walk_next(&walk, &match))
	{
		text *piece = cstring_to_text_with_len(walk.s + from, match.span[0].start - from);

		state = accumArrayResult(state, PointerGetDatum(piece), false, TEXTOID, CurrentMemoryContext);
		from = match.span[0].end;
	}
	state = accumArrayResult(state, PointerGetDatum(cstring_to_text_with_len(walk.s + from, walk.len - from)), false,
							 TEXTOID, CurrentMemoryContext);
	return makeArrayResult(state, CurrentMemoryContext);
}

Datum
regexp_split_to_array_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_split_to_array(fcinfo);
}

Datum
regexp_split_to_table(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	MatchSeries *series;
	RegexMatch match;
	int from;
	int to;

	if (SRF_IS_FIRSTCALL())
	{
		context = SRF_FIRSTCALL_INIT();
		series = series_begin(fcinfo, context);
		refuse_global(series->options, "regexp_split_to_table()");
		series->walk.skip_empty = true;
	}
	context = SRF_PERCALL_SETUP();
	series = context->user_fctx;
	if (series->done)
		SRF_RETURN_DONE(context);
	series->walk.regex = regex_of(series->pattern, series->options, PG_GET_COLLATION());
	from = series->walk.last_end;
	if (walk_next(&series->walk, &match))
		to = match.span[0].start;
	else
	{
		to = series->walk.len;
		series->done = true;
	}
	SRF_RETURN_NEXT(context, PointerGetDatum(cstring_to_text_with_len(series->walk.s + from, to - from)));
}

Datum
regexp_split_to_table_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_split_to_table(fcinfo);
}

/* ---- counting, finding */
Datum
regexp_count(PG_FUNCTION_ARGS)
{
	int start = positive_argument(fcinfo, 2, 1, "start");
	RegexOptions options = options_argument(fcinfo, 3);
	MatchWalk walk;
	RegexMatch match;
	int count = 0;

	refuse_global(options, "regexp_count()");
	walk_begin(&walk, regex_of(PG_GETARG_TEXT_PP(1), options, PG_GET_COLLATION()), PG_GETARG_TEXT_PP(0), start);
	while (walk_next(&walk, &match))
		count++;
	PG_RETURN_INT32(count);
}

/* The n-th match at or after start. */
static bool
nth_match(FunctionCallInfo fcinfo, RegexOptions options, int start, int n, MatchWalk *walk, RegexMatch *match)
{
	walk_begin(walk, regex_of(PG_GETARG_TEXT_PP(1), options, PG_GET_COLLATION()), PG_GETARG_TEXT_PP(0), start);
	while (walk_next(walk, match))
	{
		if (--n == 0)
			return true;
	}
	return false;
}

/* string, pattern, start, n, endoption, flags, subexpr */
Datum
regexp_instr(PG_FUNCTION_ARGS)
{
	int start = positive_argument(fcinfo, 2, 1, "start");
	int n = positive_argument(fcinfo, 3, 1, "n");
	int endoption = PG_NARGS() > 4 ? PG_GETARG_INT32(4) : 0;
	RegexOptions options = options_argument(fcinfo, 5);
	int group = PG_NARGS() > 6 ? PG_GETARG_INT32(6) : 0;
	MatchWalk walk;
	RegexMatch match;

	if (endoption != 0 && endoption != 1)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid value for parameter \"%s\": %d", "endoption", endoption));
	if (group < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid value for parameter \"%s\": %d", "subexpr", group));
	refuse_global(options, "regexp_instr()");
	if (!nth_match(fcinfo, options, start, n, &walk, &match) || group >= match.count || match.span[group].start < 0)
		PG_RETURN_INT32(0);
	PG_RETURN_INT32(
		text_char_length(walk.s, endoption ? match.span[group].end : match.span[group].start) + 1);
}

/* string, pattern, start, n, flags, subexpr */
Datum
regexp_substr(PG_FUNCTION_ARGS)
{
	int start = positive_argument(fcinfo, 2, 1, "start");
	int n = positive_argument(fcinfo, 3, 1, "n");
	RegexOptions options = options_argument(fcinfo, 4);
	int group = PG_NARGS() > 5 ? PG_GETARG_INT32(5) : 0;
	MatchWalk walk;
	RegexMatch match;

	if (group < 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid value for parameter \"%s\": %d", "subexpr", group));
	refuse_global(options, "regexp_substr()");
	if (!nth_match(fcinfo, options, start, n, &walk, &match) || group >= match.count || match.span[group].start < 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(span_text(&walk, &match, group));
}

Datum
regexp_like(PG_FUNCTION_ARGS)
{
	RegexOptions options = options_argument(fcinfo, 2);

	refuse_global(options, "regexp_like()");
	PG_RETURN_BOOL(text_matches(fcinfo, options.flags));
}

Datum
regexp_count_no_start(PG_FUNCTION_ARGS)
{
	return regexp_count(fcinfo);
}

Datum
regexp_count_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_count(fcinfo);
}

Datum
regexp_instr_no_start(PG_FUNCTION_ARGS)
{
	return regexp_instr(fcinfo);
}

Datum
regexp_instr_no_n(PG_FUNCTION_ARGS)
{
	return regexp_instr(fcinfo);
}

Datum
regexp_instr_no_endoption(PG_FUNCTION_ARGS)
{
	return regexp_instr(fcinfo);
}

Datum
regexp_instr_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_instr(fcinfo);
}

Datum
regexp_instr_no_subexpr(PG_FUNCTION_ARGS)
{
	return regexp_instr(fcinfo);
}

Datum
regexp_substr_no_start(PG_FUNCTION_ARGS)
{
	return regexp_substr(fcinfo);
}

Datum
regexp_substr_no_n(PG_FUNCTION_ARGS)
{
	return regexp_substr(fcinfo);
}

Datum
regexp_substr_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_substr(fcinfo);
}

Datum
regexp_substr_no_subexpr(PG_FUNCTION_ARGS)
{
	return regexp_substr(fcinfo);
}

Datum
regexp_like_no_flags(PG_FUNCTION_ARGS)
{
	return regexp_like(fcinfo);
}

/* substring(string from pattern): the first group, or the match when the pattern has none */
Datum
textregexsubstr(PG_FUNCTION_ARGS)
{
	MatchWalk walk;
	RegexMatch match;
	int group;

	walk_begin(&walk, regex_of(PG_GETARG_TEXT_PP(1), (RegexOptions){0}, PG_GET_COLLATION()), PG_GETARG_TEXT_PP(0), 1);
	if (!walk_next(&walk, &match))
		PG_RETURN_NULL();
	group = match.count > 1 ? 1 : 0;
	if (match.span[group].start < 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(span_text(&walk, &match, group));
}

/* ---- replacing */
/* Appends a replacement: \1 .. \9 are groups, \& the match, \\ a backslash. */
static void
append_replacement(StringInfo out, const MatchWalk *walk, const RegexMatch *match, text *replacement)
{
	const char *r = VARDATA_ANY(replacement);
	const char *end = r + VARSIZE_ANY_EXHDR(replacement);

	while (r < end)
	{
		const char *backslash = memchr(r, '\\', (size_t) (end - r));
		int group = -1;

		if (backslash == NULL)
			backslash = end;
		appendBinaryStringInfo(out, r, (int) (backslash - r));
		r = backslash;
		if (r == end)
			return;
		if (r + 1 < end && r[1] >= '1' && r[1] <= '9')
			group = r[1] - '0';
		else if (r + 1 < end && r[1] == '&')
			group = 0;
		else
		{
			/* another character stays as it is, with its backslash unless that is doubled */
			appendStringInfoChar(out, '\\');
			r += r + 1 < end && r[1] == '\\' ? 2 : 1;
			continue;
		}
		r += 2;
		if (group < match->count && match->span[group].start >= 0)
			appendBinaryStringInfo(out, walk->s + match->span[group].start,
								   match->span[group].end - match->span[group].start);
	}
}

/* Replaces the n-th match at or after start, all of them when n is 0. */
static text *
replace_matches(text *s, Regex *regex, text *replacement, int start, int n)
{
	StringInfoData out;
	MatchWalk walk;
	RegexMatch match;
	int copied = 0;
	int count = 0;

	initStringInfo(&out);
	walk_begin(&walk, regex, s, start);
	while (walk_next(&walk, &match))
	{
		if (n > 0 && ++count < n)
			continue;
		appendBinaryStringInfo(&out, walk.s + copied, match.span[0].start - copied);
		append_replacement(&out, &walk, &match, replacement);
		copied = match.span[0].end;
		if (n > 0)
			break;
	}
	appendBinaryStringInfo(&out, walk.s + copied, walk.len - copied);
	return cstring_to_text_with_len(out.data, out.len);
}

Datum
textregexreplace_noopt(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(replace_matches(PG_GETARG_TEXT_PP(0),
									 regex_of(PG_GETARG_TEXT_PP(1), (RegexOptions){0}, PG_GET_COLLATION()),
									 PG_GETARG_TEXT_PP(2), 1, 1));
}

Datum
textregexreplace(PG_FUNCTION_ARGS)
{
	text *letters = PG_GETARG_TEXT_PP(3);
	RegexOptions options;

	/* a number here is probably meant as the start of the longer form */
	if (VARSIZE_ANY_EXHDR(letters) > 0 && isdigit((unsigned char) *VARDATA_ANY(letters)))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid regular expression option: \"%.*s\"", pg_mblen(VARDATA_ANY(letters)), VARDATA_ANY(letters)),
				errhint("If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer "
						"explicitly."));
	options = parse_options(letters);
	PG_RETURN_TEXT_P(replace_matches(PG_GETARG_TEXT_PP(0), regex_of(PG_GETARG_TEXT_PP(1), options, PG_GET_COLLATION()),
									 PG_GETARG_TEXT_PP(2), 1, options.global ? 0 : 1));
}

/* string, pattern, replacement, start, n, flags */
Datum
textregexreplace_extended(PG_FUNCTION_ARGS)
{
	int start = positive_argument(fcinfo, 3, 1, "start");
	int n = positive_argument(fcinfo, 4, 0, "n");
	RegexOptions options = options_argument(fcinfo, 5);

	/* g counts only where n is not given */
	if (PG_NARGS() <= 4)
		n = options.global ? 0 : 1;
	PG_RETURN_TEXT_P(replace_matches(PG_GETARG_TEXT_PP(0), regex_of(PG_GETARG_TEXT_PP(1), options, PG_GET_COLLATION()),
									 PG_GETARG_TEXT_PP(2), start, n));
}

Datum
textregexreplace_extended_no_n(PG_FUNCTION_ARGS)
{
	return textregexreplace_extended(fcinfo);
}

Datum
textregexreplace_extended_no_flags(PG_FUNCTION_ARGS)
{
	return textregexreplace_extended(fcinfo);
}

/* ---- SIMILAR TO: the pattern as a regular expression */
/*
 * Escape-double-quote marks cut the pattern into the part before, the part wanted and the part after. The part before
 * matches as little as possible, so it becomes a group repeated exactly once, non-greedily.
 */
static text *
similar_to_regex(text *pattern, text *escape)
{
	const char *p = VARDATA_ANY(pattern);
	const char *end = p + VARSIZE_ANY_EXHDR(pattern);
	const char *e = escape ? VARDATA_ANY(escape) : "\\";
	int e_len = escape ? (int) VARSIZE_ANY_EXHDR(escape) : 1;
	bool escaped = false;
	bool in_bracket = false;
	int quotes = 0;
	StringInfoData out;

	if (e_len > 0 && pg_mblen(e) != e_len)
		ereport(ERROR, errcode(ERRCODE_INVALID_ESCAPE_SEQUENCE), errmsg("invalid escape string"),
				errhint("Escape string must be empty or one character."));
	initStringInfo(&out);
	appendStringInfoString(&out, "^(?:");
	while (p < end)
	{
		int n = (int) Min(pg_mblen(p), end - p);

		if (escaped)
		{
			if (*p == '"' && !in_bracket)
			{
				if (++quotes > 2)
					ereport(ERROR, errcode(ERRCODE_INVALID_USE_OF_ESCAPE_CHARACTER),
							errmsg("SQL regular expression may not contain more than two escape-double-quote separators"));
				appendStringInfoString(&out, quotes == 1 ? "){1,1}?(" : "){1,1}(?:");
			}
			else
			{
				appendStringInfoChar(&out, '\\');
				appendBinaryStringInfo(&out, p, n);
			}
			escaped = false;
		}
		else if (e_len > 0 && n == e_len && memcmp(p, e, (size_t) n) == 0)
			escaped = true;
		else if (in_bracket)
		{
			if (*p == '\\')
				appendStringInfoChar(&out, '\\');
			appendBinaryStringInfo(&out, p, n);
			in_bracket = *p != ']';
		}
		else if (*p == '[')
		{
			appendStringInfoChar(&out, '[');
			in_bracket = true;
			/* a leading ^ or ] does not end the set */
			if (p + 1 < end && p[1] == '^')
				appendStringInfoChar(&out, *++p);
			if (p + 1 < end && p[1] == ']')
				appendStringInfoChar(&out, *++p);
			n = 1;
		}
		else if (*p == '%')
			appendStringInfoString(&out, ".*");
		else if (*p == '_')
			appendStringInfoChar(&out, '.');
		else if (*p == '(')
			appendStringInfoString(&out, "(?:");
		else
		{
			if (*p == '\\' || *p == '.' || *p == '^' || *p == '$')
				appendStringInfoChar(&out, '\\');
			appendBinaryStringInfo(&out, p, n);
		}
		p += n;
	}
	appendStringInfoString(&out, ")$");
	return cstring_to_text_with_len(out.data, out.len);
}

Datum
similar_to_escape_2(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(similar_to_regex(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1)));
}

Datum
similar_to_escape_1(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(similar_to_regex(PG_GETARG_TEXT_PP(0), NULL));
}

/* The older form, in which a null escape means the default one. */
Datum
similar_escape(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(similar_to_regex(PG_GETARG_TEXT_PP(0), PG_ARGISNULL(1) ? NULL : PG_GETARG_TEXT_PP(1)));
}
