/*
 * size_functions.c
 *    SQL functions that tell how large things are on disk, and where.
 *
 * A relation that is dropped while one looks is NULL, not an error: these functions run over pg_class.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "postgres.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_tablespace.h"
#include "common/relpath.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/smgr.h"
#include "sys/fd.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

/* ---- relations -------------------------------------------------------------------------------------------------------- */
static int64
fork_size(Relation rel, ForkNumber fork)
{
	char *path = relpathbackend(rel->rd_node, rel->rd_backend, fork);
	int64 total = 0;

	for (unsigned segno = 0;; segno++)
	{
		char name[MAXPGPATH];
		struct stat st;

		CHECK_FOR_INTERRUPTS();
		if (segno == 0)
			snprintf(name, sizeof(name), "%s", path);
		else
			snprintf(name, sizeof(name), "%s.%u", path, segno);
		if (stat(name, &st) < 0)
		{
			if (errno == ENOENT)
				break;
			ereport(ERROR, errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", name));
		}
		total += st.st_size;
	}
	pfree(path);
	return total;
}

static int64
all_forks_size(Relation rel)
{
	int64 total = 0;

	for (int fork = 0; fork <= MAX_FORKNUM; fork++)
		total += fork_size(rel, (ForkNumber) fork);
	return total;
}

static int64
indexes_size(Relation rel)
{
	int64 total = 0;
	List *list;
	ListCell *cell;

	if (!rel->rd_rel->relhasindex)
		return 0;
	list = RelationGetIndexList(rel);
	foreach (cell, list)
	{
		Relation index = relation_open(lfirst_oid(cell), AccessShareLock);

		total += all_forks_size(index);
		relation_close(index, AccessShareLock);
	}
	list_free(list);
	return total;
}

/* With its TOAST table and that one's index, without its own indexes. */
static int64
table_size(Relation rel)
{
	int64 total = all_forks_size(rel);

	if (OidIsValid(rel->rd_rel->reltoastrelid))
	{
		Relation toast = relation_open(rel->rd_rel->reltoastrelid, AccessShareLock);

		total += all_forks_size(toast) + indexes_size(toast);
		relation_close(toast, AccessShareLock);
	}
	return total;
}

static int64
total_size(Relation rel)
{
	return table_size(rel) + indexes_size(rel);
}

/* -1: no such relation. */
static int64
size_of_relation(Oid relid, int64 (*measure)(Relation rel))
{
	Relation rel = try_relation_open(relid, AccessShareLock);
	int64 size;

	if (rel == NULL)
		return -1;
	size = measure(rel);
	relation_close(rel, AccessShareLock);
	return size;
}

static int64
main_fork_size(Relation rel)
{
	return fork_size(rel, MAIN_FORKNUM);
}

#define RETURN_SIZE(size)     \
	do                        \
	{                         \
		int64 size_ = (size); \
		if (size_ < 0)        \
			PG_RETURN_NULL(); \
		PG_RETURN_INT64(size_); \
	} while (0)

Datum
pg_relation_size(PG_FUNCTION_ARGS)
{
	Oid relid = PG_GETARG_OID(0);
	Relation rel = try_relation_open(relid, AccessShareLock);
	int64 size;

	if (rel == NULL)
		PG_RETURN_NULL();
	size = fork_size(rel, forkname_to_number(text_to_cstring(PG_GETARG_TEXT_PP(1))));
	relation_close(rel, AccessShareLock);
	PG_RETURN_INT64(size);
}

Datum
pg_relation_size_regclass(PG_FUNCTION_ARGS)
{
	RETURN_SIZE(size_of_relation(PG_GETARG_OID(0), main_fork_size));
}

Datum
pg_table_size(PG_FUNCTION_ARGS)
{
	RETURN_SIZE(size_of_relation(PG_GETARG_OID(0), table_size));
}

Datum
pg_indexes_size(PG_FUNCTION_ARGS)
{
	RETURN_SIZE(size_of_relation(PG_GETARG_OID(0), indexes_size));
}

Datum
pg_total_relation_size(PG_FUNCTION_ARGS)
{
	RETURN_SIZE(size_of_relation(PG_GETARG_OID(0), total_size));
}

/* ---- directories -------------------------------------------------------------------------------------------------------- */
static int64
directory_size(const char *path)
{
	DIR *dir = AllocateDir(path);
	struct dirent *entry;
	int64 total = 0;

	if (dir == NULL)
		return 0;
	while ((entry = ReadDir(dir, path)) != NULL)
	{
		char name[MAXPGPATH * 2];
		struct stat st;

		CHECK_FOR_INTERRUPTS();
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (stat(name, &st) < 0)
		{
			if (errno == ENOENT)
				continue;
			ereport(ERROR, errcode_for_file_access(), errmsg("could not stat file \"%s\": %m", name));
		}
		total += S_ISDIR(st.st_mode) ? directory_size(name) : st.st_size;
	}
	FreeDir(dir);
	return total;
}

static int64
database_size(Oid dbid)
{
	char path[MAXPGPATH];
	int64 total;
	DIR *dir;
	struct dirent *entry;

	snprintf(path, sizeof(path), "base/%u", dbid);
	total = directory_size(path);
	dir = AllocateDir("pg_tblspc");
	while ((entry = ReadDir(dir, "pg_tblspc")) != NULL)
	{
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "pg_tblspc/%s/%s/%u", entry->d_name, TABLESPACE_VERSION_DIRECTORY, dbid);
		total += directory_size(path);
	}
	FreeDir(dir);
	return total;
}

Datum
pg_database_size_oid(PG_FUNCTION_ARGS)
{
	Oid dbid = PG_GETARG_OID(0);
	int64 size = database_size(dbid);

	if (size == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(size);
}

Datum
pg_database_size_name(PG_FUNCTION_ARGS)
{
	extern Oid get_database_oid(const char *dbname, bool missing_ok);
	int64 size = database_size(get_database_oid(NameStr(*PG_GETARG_NAME(0)), false));

	if (size == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(size);
}

static int64
tablespace_size(Oid spcid)
{
	char path[MAXPGPATH];

	if (spcid == DEFAULTTABLESPACE_OID)
		return directory_size("base");
	if (spcid == GLOBALTABLESPACE_OID)
		return directory_size("global");
	snprintf(path, sizeof(path), "pg_tblspc/%u/%s", spcid, TABLESPACE_VERSION_DIRECTORY);
	return directory_size(path);
}

Datum
pg_tablespace_size_oid(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(tablespace_size(PG_GETARG_OID(0)));
}

Datum
pg_tablespace_size_name(PG_FUNCTION_ARGS)
{
	extern Oid get_tablespace_oid(const char *tablespacename, bool missing_ok);

	PG_RETURN_INT64(tablespace_size(get_tablespace_oid(NameStr(*PG_GETARG_NAME(0)), false)));
}

/* ---- names ----------------------------------------------------------------------------------------------------------------- */
Datum
pg_relation_filenode(PG_FUNCTION_ARGS)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(PG_GETARG_OID(0)));
	Oid filenode;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_NULL();
	filenode = ((Form_pg_class) GETSTRUCT(tuple))->relfilenode;
	/* Shared and nailed catalogs: the number is the oid. */
	if (filenode == InvalidOid && RELKIND_HAS_STORAGE(((Form_pg_class) GETSTRUCT(tuple))->relkind))
		filenode = PG_GETARG_OID(0);
	ReleaseSysCache(tuple);
	if (!OidIsValid(filenode))
		PG_RETURN_NULL();
	PG_RETURN_OID(filenode);
}

Datum
pg_relation_filepath(PG_FUNCTION_ARGS)
{
	Relation rel = try_relation_open(PG_GETARG_OID(0), AccessShareLock);
	char *path;

	if (rel == NULL)
		PG_RETURN_NULL();
	if (!RELKIND_HAS_STORAGE(rel->rd_rel->relkind))
	{
		relation_close(rel, AccessShareLock);
		PG_RETURN_NULL();
	}
	path = relpathbackend(rel->rd_node, rel->rd_backend, MAIN_FORKNUM);
	relation_close(rel, AccessShareLock);
	PG_RETURN_TEXT_P(cstring_to_text(path));
}
