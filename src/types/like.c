/*
 * like.c
 *    LIKE and ILIKE over text, name and bytea; ESCAPE.
 *
 * A match walks pattern and string together; on a mismatch it goes back to the last %, which then takes one character
 * more. Earlier % need never be revisited: what they matched was the first place where their rest fitted.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "types/text.h"
#include "utils/pg_locale.h"

static void pg_attribute_noreturn()
dangling_escape(void)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_ESCAPE_SEQUENCE), errmsg("LIKE pattern must not end with escape character"));
}

/* The pattern's escape character is always a backslash: like_escape has brought others to that. */
static bool
like_match(const char *s, int s_len, const char *p, int p_len, bool multibyte)
{
	const char *s_end = s + s_len;
	const char *p_end = p + p_len;
	const char *retry_p = NULL; /* pattern after the last % */
	const char *retry_s = NULL; /* where its rest was tried last */

	while (s < s_end)
	{
		if (p < p_end && *p == '%')
		{
			retry_p = ++p;
			retry_s = s;
			if (p == p_end)
				return true;
			continue;
		}
		if (p < p_end && *p == '_')
		{
			s += multibyte ? pg_mblen(s) : 1;
			p++;
			continue;
		}
		if (p < p_end)
		{
			const char *literal = p;

			if (*literal == '\\' && ++literal == p_end)
				dangling_escape();
			if (*literal == *s)
			{
				p = literal + 1;
				s++;
				continue;
			}
		}
		if (retry_p == NULL)
			return false;
		retry_s += multibyte ? pg_mblen(retry_s) : 1;
		s = retry_s;
		p = retry_p;
	}
	while (p < p_end && *p == '%')
		p++;
	return p >= p_end;
}

static void
check_like_collation(Oid collid)
{
	pg_locale_t locale;

	/* the pattern walks bytes, so a collation in which different bytes are equal cannot be honoured */
	if (!OidIsValid(collid) || lc_collate_is_c(collid))
		return;
	locale = pg_newlocale_from_collation(collid);
	if (locale && !locale->deterministic)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("nondeterministic collations are not supported for LIKE"));
}

static bool
text_like(const char *s, int s_len, const char *p, int p_len, Oid collid)
{
	check_like_collation(collid);
	return like_match(s, s_len, p, p_len, pg_database_encoding_max_length() > 1);
}

static bool
text_ilike(const char *s, int s_len, const char *p, int p_len, Oid collid)
{
	char *s_lower;
	char *p_lower;

	if (!OidIsValid(collid))
		ereport(ERROR, errcode(ERRCODE_INDETERMINATE_COLLATION),
				errmsg("could not determine which collation to use for ILIKE"),
				errhint("Use the COLLATE clause to set the collation explicitly."));
	check_like_collation(collid);
	s_lower = str_tolower(s, (size_t) s_len, collid);
	p_lower = str_tolower(p, (size_t) p_len, collid);
	return like_match(s_lower, (int) strlen(s_lower), p_lower, (int) strlen(p_lower),
					  pg_database_encoding_max_length() > 1);
}

typedef bool (*LikeOperation)(const char *s, int s_len, const char *p, int p_len, Oid collid);

static bool
name_against(FunctionCallInfo fcinfo, LikeOperation operation)
{
	const char *s = NameStr(*PG_GETARG_NAME(0));
	text *p = PG_GETARG_TEXT_PP(1);

	return operation(s, (int) strlen(s), VARDATA_ANY(p), (int) VARSIZE_ANY_EXHDR(p), PG_GET_COLLATION());
}

static bool
text_against(FunctionCallInfo fcinfo, LikeOperation operation)
{
	text *s = PG_GETARG_TEXT_PP(0);
	text *p = PG_GETARG_TEXT_PP(1);

	return operation(VARDATA_ANY(s), (int) VARSIZE_ANY_EXHDR(s), VARDATA_ANY(p), (int) VARSIZE_ANY_EXHDR(p),
					 PG_GET_COLLATION());
}

static bool
bytea_against(FunctionCallInfo fcinfo)
{
	bytea *s = PG_GETARG_BYTEA_PP(0);
	bytea *p = PG_GETARG_BYTEA_PP(1);

	return like_match(VARDATA_ANY(s), (int) VARSIZE_ANY_EXHDR(s), VARDATA_ANY(p), (int) VARSIZE_ANY_EXHDR(p), false);
}

Datum
namelike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(name_against(fcinfo, text_like));
}

Datum
namenlike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!name_against(fcinfo, text_like));
}

Datum
nameiclike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(name_against(fcinfo, text_ilike));
}

Datum
nameicnlike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!name_against(fcinfo, text_ilike));
}

Datum
textlike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_against(fcinfo, text_like));
}

Datum
textnlike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!text_against(fcinfo, text_like));
}

Datum
texticlike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_against(fcinfo, text_ilike));
}

Datum
texticnlike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!text_against(fcinfo, text_ilike));
}

Datum
bytealike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(bytea_against(fcinfo));
}

Datum
byteanlike(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!bytea_against(fcinfo));
}

/* ---- ESCAPE: the pattern with backslash as its escape character */
static text *
bring_to_backslash(text *pattern, text *escape, bool multibyte)
{
	const char *p = VARDATA_ANY(pattern);
	int p_len = (int) VARSIZE_ANY_EXHDR(pattern);
	const char *e = VARDATA_ANY(escape);
	int e_len = (int) VARSIZE_ANY_EXHDR(escape);
	text *result = text_alloc(2 * (Size) p_len);
	char *out = VARDATA(result);
	bool escaped = false;

	if (e_len > 0 && (multibyte ? pg_mblen(e) : 1) != e_len)
		ereport(ERROR, errcode(ERRCODE_INVALID_ESCAPE_SEQUENCE), errmsg("invalid escape string"),
				errhint("Escape string must be empty or one character."));
	for (int i = 0; i < p_len;)
	{
		int n = multibyte ? Min(pg_mblen(p + i), p_len - i) : 1;

		if (e_len > 0 && !escaped && n == e_len && memcmp(p + i, e, (size_t) n) == 0)
		{
			*out++ = '\\';
			escaped = true;
		}
		else
		{
			/* a backslash that is not the escape character is an ordinary one */
			if (p[i] == '\\' && !escaped)
				*out++ = '\\';
			memcpy(out, p + i, (size_t) n);
			out += n;
			escaped = false;
		}
		i += n;
	}
	SET_VARSIZE(result, out - (char *) result);
	return result;
}

Datum
like_escape(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(bring_to_backslash(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1),
										pg_database_encoding_max_length() > 1));
}

Datum
like_escape_bytea(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(bring_to_backslash(PG_GETARG_BYTEA_PP(0), PG_GETARG_BYTEA_PP(1), false));
}
