/*
 * bootstrap.h
 *    Making the catalogs of a new cluster (called by "postgres --boot", which initdb runs).
 *
 * bootstrap_catalogs() expects a process with shared memory, WAL and a started log, in BootstrapProcessing mode, with
 * MyDatabaseId = 1 and MyDatabaseTableSpace = pg_default, and directories base/1 and global. It makes all system catalogs of
 * template1, durable through the log. bootstrap_run_sql() then expects NormalProcessing mode as the superuser, and makes the system
 * views, information_schema, and the databases template0 and postgres.
 */
#ifndef BOOTSTRAP_H
#define BOOTSTRAP_H

#include "postgres.h"

typedef struct BootstrapOptions
{
	const char *superuser; /* name of role 10 */
	int encoding;
	const char *lc_collate;
	const char *lc_ctype;
	const char *icu_locale; /* NULL: libc */
} BootstrapOptions;

extern void bootstrap_catalogs(const BootstrapOptions *options);
extern void bootstrap_run_sql(void);

/* One .sql file of src/catalog/sql, embedded. */
typedef struct EmbeddedSql
{
	const char *name;
	const char *text;
} EmbeddedSql;
extern const EmbeddedSql embedded_sql[];
extern const int embedded_sql_count;

/* Text of a fact row's field to a Datum of that type; raises for types no catalog has. */
extern Datum bootstrap_parse_value(Oid type, const char *string);

#endif /* BOOTSTRAP_H */
