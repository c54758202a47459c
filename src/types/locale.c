/*
 * locale.c
 *    Collations: from catalog rows to ICU or C library objects; case conversion under them. See utils/pg_locale.h.
 */
#include "postgres.h"

#include <ctype.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <wctype.h>

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "mb/pg_wchar.h"
#include "types/text.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/pg_locale.h"
#include "utils/syscache.h"

char *locale_messages;
char *locale_monetary;
char *locale_numeric;
char *locale_time;

/* Until the database's collation is known (bootstrap, start-up) everything is C. */
static pg_locale_struct default_locale = {
	.provider = COLLPROVIDER_LIBC, .deterministic = true, .collate_is_c = true, .ctype_is_c = true};
static char *default_collate_name = "C";
static char *default_ctype_name = "C";

typedef struct LocaleCacheEntry
{
	Oid collid; /* key */
	pg_locale_t locale;
} LocaleCacheEntry;
static HTAB *locale_cache;

static bool
is_c_name(const char *name)
{
	return name != NULL && (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0);
}

/* ---- making */
static void
open_icu(pg_locale_struct *locale, const char *icu_locale)
{
	UErrorCode status = U_ZERO_ERROR;

	locale->ucol = ucol_open(icu_locale, &status);
	if (U_FAILURE(status))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("could not open collator for locale \"%s\": %s", icu_locale, u_errorName(status)));
	locale->icu_locale = MemoryContextStrdup(TopMemoryContext, icu_locale);
}

static void
open_libc(pg_locale_struct *locale, const char *collate, const char *ctype)
{
	locale->collate_is_c = is_c_name(collate);
	locale->ctype_is_c = is_c_name(ctype);
	if (locale->collate_is_c && locale->ctype_is_c)
		return;
	locale->libc = newlocale(LC_COLLATE_MASK, collate, (locale_t) 0);
	if (locale->libc)
	{
		locale_t both = newlocale(LC_CTYPE_MASK, ctype, locale->libc);

		if (both == (locale_t) 0)
			freelocale(locale->libc);
		locale->libc = both;
	}
	if (locale->libc == (locale_t) 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("could not create locale \"%s\": %m", collate),
				errno == ENOENT ? errdetail("The operating system could not find any locale data for the locale "
											"name \"%s\".", collate)
								: 0);
}

static void
open_locale(pg_locale_struct *locale, char provider, const char *collate, const char *ctype, const char *icu_locale)
{
	locale->provider = provider;
	if (provider == COLLPROVIDER_ICU)
		open_icu(locale, icu_locale);
	else
		open_libc(locale, collate, ctype);
}

void
set_default_collation(char provider, const char *collate, const char *ctype, const char *icu_locale)
{
	pg_locale_struct fresh = {.deterministic = true};

	open_locale(&fresh, provider, collate, ctype, icu_locale);
	default_locale = fresh;
	if (collate)
		default_collate_name = MemoryContextStrdup(TopMemoryContext, collate);
	if (ctype)
		default_ctype_name = MemoryContextStrdup(TopMemoryContext, ctype);
}

char *
pg_default_locale_name(int category)
{
	return category == LC_CTYPE ? default_ctype_name : default_collate_name;
}

static char *
collation_attribute(HeapTuple tuple, AttrNumber attnum)
{
	bool isnull;
	Datum value = SysCacheGetAttr(COLLOID, tuple, attnum, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static pg_locale_t
locale_from_catalog(Oid collid)
{
	HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collid));
	Form_pg_collation form;
	pg_locale_struct *locale;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collid);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	locale = MemoryContextAllocZero(TopMemoryContext, sizeof(pg_locale_struct));
	locale->deterministic = form->collisdeterministic;
	open_locale(locale, form->collprovider, collation_attribute(tuple, Anum_pg_collation_collcollate),
				collation_attribute(tuple, Anum_pg_collation_collctype),
				collation_attribute(tuple, Anum_pg_collation_colliculocale));
	ReleaseSysCache(tuple);
	return locale;
}

pg_locale_t
pg_newlocale_from_collation(Oid collid)
{
	static pg_locale_struct c_locale = {
		.provider = COLLPROVIDER_LIBC, .deterministic = true, .collate_is_c = true, .ctype_is_c = true};
	LocaleCacheEntry *entry;
	bool found;

	if (collid == DEFAULT_COLLATION_OID || !OidIsValid(collid))
		return &default_locale;
	if (collid == C_COLLATION_OID || collid == POSIX_COLLATION_OID)
		return &c_locale;
	if (locale_cache == NULL)
	{
		HASHCTL ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(LocaleCacheEntry), .hcxt = TopMemoryContext};

		locale_cache = hash_create("collations", 16, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	entry = hash_search(locale_cache, &collid, HASH_FIND, &found);
	if (!found)
	{
		/* made before the entry, so that an error leaves none behind */
		pg_locale_t locale = locale_from_catalog(collid);

		entry = hash_search(locale_cache, &collid, HASH_ENTER, &found);
		entry->locale = locale;
	}
	return entry->locale;
}

bool
lc_collate_is_c(Oid collation)
{
	if (likely(collation == C_COLLATION_OID))
		return true;
	if (collation == DEFAULT_COLLATION_OID)
		return default_locale.collate_is_c;
	return OidIsValid(collation) && pg_newlocale_from_collation(collation)->collate_is_c;
}

bool
lc_ctype_is_c(Oid collation)
{
	if (collation == C_COLLATION_OID)
		return true;
	if (collation == DEFAULT_COLLATION_OID)
		return default_locale.ctype_is_c;
	return OidIsValid(collation) && pg_newlocale_from_collation(collation)->ctype_is_c;
}

char *
get_collation_actual_version(char collprovider, const char *collcollate)
{
	if (collprovider == COLLPROVIDER_ICU)
	{
		UErrorCode status = U_ZERO_ERROR;
		UCollator *collator = ucol_open(collcollate, &status);
		UVersionInfo version;
		char text[U_MAX_VERSION_STRING_LENGTH];

		if (U_FAILURE(status))
			return NULL;
		ucol_getVersion(collator, version);
		ucol_close(collator);
		u_versionToString(version, text);
		return pstrdup(text);
	}
	if (collprovider == COLLPROVIDER_LIBC && collcollate && !is_c_name(collcollate) &&
		strncasecmp(collcollate, "C.", 2) != 0)
		return pstrdup("2.36");
	return NULL;
}

/* ---- case */
typedef enum CaseMapping
{
	CASE_LOWER,
	CASE_UPPER,
	CASE_INITCAP
} CaseMapping;

/* ASCII letters only; the other bytes stay. */
static char *
map_case_ascii(const char *s, size_t len, CaseMapping mapping)
{
	char *result = pnstrdup(s, len);
	bool in_word = false;

	for (size_t i = 0; i < len; i++)
	{
		unsigned char c = (unsigned char) result[i];
		bool lower = mapping == CASE_LOWER || (mapping == CASE_INITCAP && in_word);

		if (lower && c >= 'A' && c <= 'Z')
			result[i] = (char) (c + 32);
		else if (!lower && c >= 'a' && c <= 'z')
			result[i] = (char) (c - 32);
		in_word = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
	}
	return result;
}

/* By the C library, a character at a time. */
static char *
map_case_libc(const char *s, size_t len, CaseMapping mapping, locale_t locale)
{
	pg_wchar *chars = palloc_array(pg_wchar, len + 1);
	int count = pg_mb2wchar_with_len(s, chars, (int) len);
	char *result = palloc((Size) count * MAX_MULTIBYTE_CHAR_LEN + 1);
	bool in_word = false;

	for (int i = 0; i < count; i++)
	{
		bool lower = mapping == CASE_LOWER || (mapping == CASE_INITCAP && in_word);
		bool alnum = iswalnum_l((wint_t) chars[i], locale);

		chars[i] = (pg_wchar) (lower ? towlower_l((wint_t) chars[i], locale) : towupper_l((wint_t) chars[i], locale));
		in_word = alnum;
	}
	pg_wchar2mb_with_len(chars, result, count);
	pfree(chars);
	return result;
}

/* By ICU: full mappings, which may change the length. */
static char *
map_case_icu(const char *s, size_t len, CaseMapping mapping, const char *icu_locale)
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t wide_len = 0;
	int32_t capacity = (int32_t) len * 3 + 8;
	UChar *wide = palloc_array(UChar, len + 1);
	UChar *mapped = palloc_array(UChar, capacity);
	int32_t mapped_len;
	int32_t result_len = 0;
	char *result;

	u_strFromUTF8(wide, (int32_t) len + 1, &wide_len, s, (int32_t) len, &status);
	if (mapping == CASE_LOWER)
		mapped_len = u_strToLower(mapped, capacity, wide, wide_len, icu_locale, &status);
	else if (mapping == CASE_UPPER)
		mapped_len = u_strToUpper(mapped, capacity, wide, wide_len, icu_locale, &status);
	else
		mapped_len = u_strToTitle(mapped, capacity, wide, wide_len, NULL, icu_locale, &status);
	if (U_FAILURE(status))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("case conversion failed: %s", u_errorName(status)));
	result = palloc((Size) mapped_len * 3 + 1);
	u_strToUTF8(result, mapped_len * 3 + 1, &result_len, mapped, mapped_len, &status);
	result[result_len] = '\0';
	pfree(wide);
	pfree(mapped);
	return result;
}

static char *
map_case(const char *s, size_t len, Oid collid, CaseMapping mapping, const char *function)
{
	pg_locale_t locale;

	if (!OidIsValid(collid))
		ereport(ERROR, errcode(ERRCODE_INDETERMINATE_COLLATION),
				errmsg("could not determine which collation to use for %s function", function),
				errhint("Use the COLLATE clause to set the collation explicitly."));
	locale = pg_newlocale_from_collation(collid);
	if (locale->provider == COLLPROVIDER_ICU)
		return map_case_icu(s, len, mapping, locale->icu_locale);
	if (locale->ctype_is_c)
		return map_case_ascii(s, len, mapping);
	return map_case_libc(s, len, mapping, locale->libc);
}

char *
str_tolower(const char *buff, size_t nbytes, Oid collid)
{
	return map_case(buff, nbytes, collid, CASE_LOWER, "lower()");
}

char *
str_toupper(const char *buff, size_t nbytes, Oid collid)
{
	return map_case(buff, nbytes, collid, CASE_UPPER, "upper()");
}

char *
str_initcap(const char *buff, size_t nbytes, Oid collid)
{
	return map_case(buff, nbytes, collid, CASE_INITCAP, "initcap()");
}
