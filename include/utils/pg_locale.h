/*
 * utils/pg_locale.h
 *    Collations: what compares strings and changes their case.
 *
 * A pg_locale_t lives as long as the process. NULL stands for the default collation when that one is C. The database's
 * default (pg_database.datcollate, datctype, daticulocale) is set once, by set_default_collation() at session start.
 */
#ifndef PG_LOCALE_H
#define PG_LOCALE_H

#include <locale.h>

#include "c.h"

struct UCollator;

typedef struct pg_locale_struct
{
	char provider;		/* COLLPROVIDER_LIBC or COLLPROVIDER_ICU */
	bool deterministic; /* false: strings that compare equal may differ in bytes */
	bool collate_is_c;	/* compares bytes */
	bool ctype_is_c;	/* case and character classes of ASCII only */
	locale_t libc;		/* when the provider is libc and not C */
	struct UCollator *ucol;
	char *icu_locale;
} pg_locale_struct;
typedef struct pg_locale_struct *pg_locale_t;

extern char *locale_messages; /* GUCs */
extern char *locale_monetary;
extern char *locale_numeric;
extern char *locale_time;

extern void set_default_collation(char provider, const char *collate, const char *ctype, const char *icu_locale);
extern pg_locale_t pg_newlocale_from_collation(Oid collid);
extern bool lc_collate_is_c(Oid collation);
extern bool lc_ctype_is_c(Oid collation);
extern char *get_collation_actual_version(char collprovider, const char *collcollate);
extern char *pg_default_locale_name(int category); /* name in use for LC_COLLATE, LC_CTYPE ... of the database */

/* Case conversion under a collation: palloc'd, zero-terminated. */
extern char *str_tolower(const char *buff, size_t nbytes, Oid collid);
extern char *str_toupper(const char *buff, size_t nbytes, Oid collid);
extern char *str_initcap(const char *buff, size_t nbytes, Oid collid);

#endif /* PG_LOCALE_H */
