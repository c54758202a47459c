/*
 * main/initdb.h
 *    What the files of initdb share. Everything here runs before there is a server: failures print and exit.
 */
#ifndef MAIN_INITDB_H
#define MAIN_INITDB_H

#include "postgres.h"

typedef struct InitdbOptions
{
	char *directory; /* absolute */
	char *waldir;
	const char *username;
	const char *auth_local;
	const char *auth_host;
	const char *encoding; /* name; NULL: from the locale */
	const char *lc_collate;
	const char *lc_ctype;
	const char *lc_messages;
	const char *lc_monetary;
	const char *lc_numeric;
	const char *lc_time;
	const char *icu_locale;
	const char *text_search_config;
	const char *password_file;
	bool prompt_password;
	bool group_access;
	bool no_clean;
	bool no_sync;
	bool no_instructions;
	bool sync_only;
	bool show;
	int wal_segment_size_mb; /* 0: 16 */
	const char *settings[64]; /* -c name=value */
	int setting_count;
} InitdbOptions;

extern void initdb_fail(const char *fmt, ...) pg_attribute_printf(1, 2) pg_attribute_noreturn();
/* Start and end a step that is told to the user. */
extern void initdb_begin(const char *fmt, ...) pg_attribute_printf(1, 2);
extern void initdb_end(void);

/* initdb_locale.c */
extern void initdb_choose_locales(InitdbOptions *options);
extern const char *initdb_time_zone(void);

/* initdb_files.c */
extern void initdb_make_directories(const InitdbOptions *options);
extern void initdb_write_files(const InitdbOptions *options);
extern void initdb_sync(const InitdbOptions *options);
extern void initdb_remove_all(void); /* what this run has made */

#endif /* MAIN_INITDB_H */
