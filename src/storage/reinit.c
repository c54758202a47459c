/*
 * reinit.c
 *    Resets unlogged relations: those with an init fork. See storage/reinit.h.
 */
#include <unistd.h>

#include "postgres.h"
#include "lib/stringinfo.h"
#include "storage/reinit.h"
#include "sys/fd.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

typedef struct UnloggedRelation
{
	Oid relnode; /* key */
} UnloggedRelation;

bool
parse_filename_for_nontemp_relation(const char *name, int *oidchars, ForkNumber *fork)
{
	int pos = 0;

	while (pos < OIDCHARS + 1 && name[pos] >= '0' && name[pos] <= '9')
		pos++;
	if (pos == 0 || pos > OIDCHARS)
		return false;
	*oidchars = pos;
	*fork = MAIN_FORKNUM;
	if (name[pos] == '_')
	{
		int len = forkname_chars(&name[pos + 1], fork);

		if (len <= 0)
			return false;
		pos += len + 1;
	}
	if (name[pos] == '.')
	{
		int digits = 1;

		while (name[pos + digits] >= '0' && name[pos + digits] <= '9')
			digits++;
		if (digits == 1)
			return false;
		pos += digits;
	}
	return name[pos] == '\0';
}

/* Calls for every relation file of the directory. */
static void
for_each_relation_file(const char *dirname,
					   void (*act)(const char *dirname, const char *name, Oid relnode, int oidchars, ForkNumber fork,
								   HTAB *unlogged),
					   HTAB *unlogged)
{
	DIR *dir = AllocateDir(dirname);
	struct dirent *entry;

	while ((entry = ReadDir(dir, dirname)) != NULL)
	{
		int oidchars;
		ForkNumber fork;

		if (parse_filename_for_nontemp_relation(entry->d_name, &oidchars, &fork))
			act(dirname, entry->d_name, (Oid) strtoul(entry->d_name, NULL, 10), oidchars, fork, unlogged);
	}
	FreeDir(dir);
}

static void
note_init_fork(const char *dirname, const char *name, Oid relnode, int oidchars, ForkNumber fork, HTAB *unlogged)
{
	if (fork == INIT_FORKNUM)
		hash_search(unlogged, &relnode, HASH_ENTER, NULL);
}

static void
remove_other_forks(const char *dirname, const char *name, Oid relnode, int oidchars, ForkNumber fork, HTAB *unlogged)
{
	char path[MAXPGPATH * 2];

	if (fork == INIT_FORKNUM || hash_search(unlogged, &relnode, HASH_FIND, NULL) == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s", dirname, name);
	if (unlink(path) < 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not remove file \"%s\": %m", path));
}

static void
copy_init_fork(const char *dirname, const char *name, Oid relnode, int oidchars, ForkNumber fork, HTAB *unlogged)
{
	char from[MAXPGPATH * 2];
	char to[MAXPGPATH * 2];
	const char *segment = strchr(name, '.');

	if (fork != INIT_FORKNUM)
		return;
	snprintf(from, sizeof(from), "%s/%s", dirname, name);
	snprintf(to, sizeof(to), "%s/%.*s%s", dirname, oidchars, name, segment ? segment : "");
	copy_file(from, to);
	fsync_fname(to, false);
}

static void
reset_directory(const char *dirname, int op)
{
	if (op & UNLOGGED_RELATION_CLEANUP)
	{
		HASHCTL ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(UnloggedRelation), .hcxt = CurrentMemoryContext};
		HTAB *unlogged = hash_create("unlogged relation OIDs", 32, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);

		for_each_relation_file(dirname, note_init_fork, unlogged);
		if (hash_get_num_entries(unlogged) > 0)
			for_each_relation_file(dirname, remove_other_forks, unlogged);
		hash_destroy(unlogged);
	}
	if (op & UNLOGGED_RELATION_INIT)
	{
		for_each_relation_file(dirname, copy_init_fork, NULL);
		fsync_fname(dirname, true);
	}
}

static void
reset_tablespace(const char *tsdirname, int op)
{
	DIR *dir = AllocateDir(tsdirname);
	struct dirent *entry;

	if (dir == NULL && errno == ENOENT)
		return;
	while ((entry = ReadDir(dir, tsdirname)) != NULL)
	{
		char path[MAXPGPATH * 2];

		/* Directories of databases have numbers for names. */
		if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", tsdirname, entry->d_name);
		reset_directory(path, op);
	}
	FreeDir(dir);
}

void
ResetUnloggedRelations(int op)
{
	DIR *dir;
	struct dirent *entry;

	elog(DEBUG1, "resetting unlogged relations: cleanup %d init %d", (op & UNLOGGED_RELATION_CLEANUP) != 0,
		 (op & UNLOGGED_RELATION_INIT) != 0);
	reset_tablespace("base", op);
	dir = AllocateDir("pg_tblspc");
	while ((entry = ReadDir(dir, "pg_tblspc")) != NULL)
	{
		char path[MAXPGPATH * 2];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "pg_tblspc/%s/%s", entry->d_name, TABLESPACE_VERSION_DIRECTORY);
		reset_tablespace(path, op);
	}
	FreeDir(dir);
}
