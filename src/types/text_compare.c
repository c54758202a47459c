/*
 * text_compare.c
 *    Comparison of text, of text with name, and of names; hashing.
 *
 * Equality under a deterministic collation is equality of bytes, whatever the order. A comparison without a known
 * collation is refused (42P22).
 */
#include "postgres.h"

#include <unicode/ucol.h>
#include <unicode/ustring.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "types/comparison.h"
#include "types/text.h"
#include "utils/pg_locale.h"

void
check_collation_set(Oid collid)
{
	if (!OidIsValid(collid))
		ereport(ERROR, errcode(ERRCODE_INDETERMINATE_COLLATION),
				errmsg("could not determine which collation to use for string comparison"),
				errhint("Use the COLLATE clause to set the collation explicitly."));
}

static int
compare_bytes(const char *a, int a_len, const char *b, int b_len)
{
	int result = memcmp(a, b, (size_t) Min(a_len, b_len));

	return result != 0 ? result : (a_len > b_len) - (a_len < b_len);
}

/* ICU compares UTF-8 directly; other encodings do not come with ICU collations. */
static int
compare_with_icu(pg_locale_t locale, const char *a, int a_len, const char *b, int b_len)
{
	UErrorCode status = U_ZERO_ERROR;
	UCollationResult result = ucol_strcollUTF8(locale->ucol, a, a_len, b, b_len, &status);

	if (U_FAILURE(status))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("collation failed: %s", u_errorName(status)));
	return (int) result;
}

static int
compare_with_libc(pg_locale_t locale, const char *a, int a_len, const char *b, int b_len)
{
	char buffer[512];
	char *copy = (Size) a_len + (Size) b_len + 2 <= sizeof(buffer) ? buffer : palloc((Size) a_len + (Size) b_len + 2);
	int result;

	memcpy(copy, a, (size_t) a_len);
	copy[a_len] = '\0';
	memcpy(copy + a_len + 1, b, (size_t) b_len);
	copy[a_len + 1 + b_len] = '\0';
	result = strcoll_l(copy, copy + a_len + 1, locale->libc);
	if (copy != buffer)
		pfree(copy);
	return result;
}

int
varstr_cmp(const char *arg1, int len1, const char *arg2, int len2, Oid collid)
{
	pg_locale_t locale;
	int result;

	check_collation_set(collid);
	if (lc_collate_is_c(collid))
		return compare_bytes(arg1, len1, arg2, len2);
	if (len1 == len2 && memcmp(arg1, arg2, (size_t) len1) == 0)
		return 0;
	locale = pg_newlocale_from_collation(collid);
	if (locale == NULL || locale->collate_is_c)
		return compare_bytes(arg1, len1, arg2, len2);
	result = locale->ucol ? compare_with_icu(locale, arg1, len1, arg2, len2)
						  : compare_with_libc(locale, arg1, len1, arg2, len2);
	if (result == 0 && locale->deterministic)
		result = compare_bytes(arg1, len1, arg2, len2);
	return result;
}

/* Whether equality is more than equality of bytes. */
static bool
equality_needs_collation(Oid collid)
{
	pg_locale_t locale;

	check_collation_set(collid);
	if (lc_collate_is_c(collid))
		return false;
	locale = pg_newlocale_from_collation(collid);
	return locale != NULL && !locale->deterministic;
}

static bool
strings_equal(const char *a, int a_len, const char *b, int b_len, Oid collid)
{
	if (unlikely(equality_needs_collation(collid)))
		return varstr_cmp(a, a_len, b, b_len, collid) == 0;
	return a_len == b_len && memcmp(a, b, (size_t) a_len) == 0;
}

static int
text_compare(FunctionCallInfo fcinfo)
{
	text *a = PG_GETARG_TEXT_PP(0);
	text *b = PG_GETARG_TEXT_PP(1);
	int result = varstr_cmp(VARDATA_ANY(a), (int) VARSIZE_ANY_EXHDR(a), VARDATA_ANY(b), (int) VARSIZE_ANY_EXHDR(b),
							PG_GET_COLLATION());

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

static int
text_pattern_compare(FunctionCallInfo fcinfo)
{
	text *a = PG_GETARG_TEXT_PP(0);
	text *b = PG_GETARG_TEXT_PP(1);
	int result = compare_bytes(VARDATA_ANY(a), (int) VARSIZE_ANY_EXHDR(a), VARDATA_ANY(b), (int) VARSIZE_ANY_EXHDR(b));

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

Datum
texteq(PG_FUNCTION_ARGS)
{
	text *a = PG_GETARG_TEXT_PP(0);
	text *b = PG_GETARG_TEXT_PP(1);
	bool result = strings_equal(VARDATA_ANY(a), (int) VARSIZE_ANY_EXHDR(a), VARDATA_ANY(b),
								(int) VARSIZE_ANY_EXHDR(b), PG_GET_COLLATION());

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	PG_RETURN_BOOL(result);
}

Datum
textne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!DatumGetBool(texteq(fcinfo)));
}

Datum
bttextcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(text_compare(fcinfo));
}

Datum
bttext_pattern_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(text_pattern_compare(fcinfo));
}

/* May index deduplication take equal keys for the same bytes? */
Datum
btvarstrequalimage(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equality_needs_collation(PG_GET_COLLATION()));
}

Datum
btequalimage(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(true);
}

/* ---- names compare by strcmp under the C collation, else as text */
static int
compare_name_bytes(const char *a, const char *b, Oid collid)
{
	if (!OidIsValid(collid) || lc_collate_is_c(collid))
		return strncmp(a, b, NAMEDATALEN);
	return varstr_cmp(a, (int) strlen(a), b, (int) strlen(b), collid);
}

static int
name_compare(FunctionCallInfo fcinfo)
{
	return compare_name_bytes(NameStr(*PG_GETARG_NAME(0)), NameStr(*PG_GETARG_NAME(1)), PG_GET_COLLATION());
}

static int
name_text_compare(FunctionCallInfo fcinfo)
{
	const char *a = NameStr(*PG_GETARG_NAME(0));
	text *b = PG_GETARG_TEXT_PP(1);

	return varstr_cmp(a, (int) strlen(a), VARDATA_ANY(b), (int) VARSIZE_ANY_EXHDR(b), PG_GET_COLLATION());
}

static int
text_name_compare(FunctionCallInfo fcinfo)
{
	text *a = PG_GETARG_TEXT_PP(0);
	const char *b = NameStr(*PG_GETARG_NAME(1));

	return varstr_cmp(VARDATA_ANY(a), (int) VARSIZE_ANY_EXHDR(a), b, (int) strlen(b), PG_GET_COLLATION());
}

Datum
btnamecmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(name_compare(fcinfo));
}

Datum
btnametextcmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(name_text_compare(fcinfo));
}

Datum
bttextnamecmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(text_name_compare(fcinfo));
}

/* ---- hashing. Under a nondeterministic collation the sort key is hashed: equal strings have equal keys. */
static uint8 *
collation_sort_key(pg_locale_t locale, const char *data, int len, int32_t *key_len)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t wide_len = 0;
	UChar *wide = palloc(((Size) len + 1) * sizeof(UChar));
	uint8 *key;

	u_strFromUTF8(wide, len + 1, &wide_len, data, len, &status);
	if (U_FAILURE(status))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("collation failed: %s", u_errorName(status)));
	*key_len = ucol_getSortKey(locale->ucol, wide, wide_len, NULL, 0);
	key = palloc((Size) *key_len);
	ucol_getSortKey(locale->ucol, wide, wide_len, key, *key_len);
	pfree(wide);
	return key;
}

Datum
hashtext(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);
	Oid collid = PG_GET_COLLATION();
	Datum result;

	if (OidIsValid(collid) && unlikely(equality_needs_collation(collid)))
	{
		int32_t key_len;
		uint8 *key = collation_sort_key(pg_newlocale_from_collation(collid), VARDATA_ANY(t),
										(int) VARSIZE_ANY_EXHDR(t), &key_len);

		result = hash_any(key, key_len);
		pfree(key);
	}
	else
		result = hash_any((unsigned char *) VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t));
	PG_FREE_IF_COPY(t, 0);
	return result;
}

Datum
hashtextextended(PG_FUNCTION_ARGS)
{
	text *t = PG_GETARG_TEXT_PP(0);
	Oid collid = PG_GET_COLLATION();
	uint64 seed = (uint64) PG_GETARG_INT64(1);
	Datum result;

	if (OidIsValid(collid) && unlikely(equality_needs_collation(collid)))
	{
		int32_t key_len;
		uint8 *key = collation_sort_key(pg_newlocale_from_collation(collid), VARDATA_ANY(t),
										(int) VARSIZE_ANY_EXHDR(t), &key_len);

		result = hash_any_extended(key, key_len, seed);
		pfree(key);
	}
	else
		result = hash_any_extended((unsigned char *) VARDATA_ANY(t), (int) VARSIZE_ANY_EXHDR(t), seed);
	PG_FREE_IF_COPY(t, 0);
	return result;
}

Datum
text_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_compare(fcinfo) < 0);
}

Datum
text_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_compare(fcinfo) <= 0);
}

Datum
text_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_compare(fcinfo) > 0);
}

Datum
text_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_compare(fcinfo) >= 0);
}

Datum
text_pattern_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_pattern_compare(fcinfo) < 0);
}

Datum
text_pattern_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_pattern_compare(fcinfo) <= 0);
}

Datum
text_pattern_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_pattern_compare(fcinfo) > 0);
}

Datum
text_pattern_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(text_pattern_compare(fcinfo) >= 0);
}

Datum
text_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(text_compare(fcinfo) > 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}

Datum
text_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(text_compare(fcinfo) < 0 ? PG_GETARG_DATUM(0) : PG_GETARG_DATUM(1));
}
COMPARISON_OPERATORS(name, , name_compare(fcinfo), 0)
COMPARISON_OPERATORS(name, text, name_text_compare(fcinfo), 0)
COMPARISON_OPERATORS(text, name, text_name_compare(fcinfo), 0)
